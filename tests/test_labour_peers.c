/* Labour markets against those that others published: the R packages LabourMarketAreas on the commuters of Brindisi 2001,
 * and ttwa on those of Reunion, with their statistics. Skips without ../shared/data/peers. */
#include <gdal.h>
#include <unistd.h>

#include "labour_case.h"

enum { TEXT = 32 };

static const char *peer(sund_ctx *ctx, const char *name) {
  const char *data = getenv("SUND_DATA");
  const char *path = sund_text(ctx, "%s/peers/%s", data ? data : "../shared/data", name);
  return access(path, R_OK) == 0 ? path : NULL;
}

/* Reads the flows as the program does: by the names of the columns. */
static const sund_table *read_flows(sund_ctx *ctx, const char *path) {
  sund_source source = {.role = SUND_FLOWS, .text = path, .path = path};
  sund_frame frame = {draw_crs(ctx), NULL};
  sund_reading reading = {0};
  sund_findings findings = {0};
  sund_table *table;
  assert_ok(ctx, sund_vector_read(ctx, &source, &frame, &table, &reading, &findings));
  return table;
}

/* The next row of a table of words and numbers, quotes taken off; false at the end. */
static bool next_row(FILE *file, size_t columns, char text[][TEXT]) {
  char line[300];
  if (!fgets(line, sizeof line, file)) return false;
  line[strcspn(line, "\r\n")] = 0;
  char *at = line;
  for (size_t c = 0; c < columns; c++) {
    at += *at == '"';
    size_t length = strcspn(at, "\",");
    assert_true(length < TEXT);
    memcpy(text[c], at, length);
    text[c][length] = 0;
    at += strcspn(at, ",");
    at += *at == ',';
  }
  return true;
}

static FILE *open_table(const char *path) {
  char line[300];
  FILE *file = fopen(path, "r");
  assert_non_null(file);
  assert_non_null(fgets(line, sizeof line, file));
  return file;
}

/* Every pair of units is together in both or in neither. ours: by unit of the layer; NULL names the same ids. */
static void assert_same_partition(const sund_table *units, const char *path, bool same_names) {
  enum { MOST = 64 };
  char row[3][TEXT], id[MOST][TEXT], theirs[MOST][TEXT];
  size_t count = 0;
  FILE *file = open_table(path);
  while (next_row(file, 2, row)) {
    assert_true(count < MOST);
    memcpy(id[count], row[0], TEXT), memcpy(theirs[count++], row[1], TEXT);
  }
  fclose(file);
  assert_int_equal(count, units->rows);
  for (size_t i = 0; i < count; i++) {
    const char *a = labour_text(units, "area_id", id[i], "market_id");
    if (same_names) assert_string_equal(a, theirs[i]);
    for (size_t j = 0; j < i; j++) {
      const char *b = labour_text(units, "area_id", id[j], "market_id");
      if ((strcmp(a, b) == 0) != (strcmp(theirs[i], theirs[j]) == 0)) fail_msg("%s and %s", id[i], id[j]);
    }
  }
}

/* -------------------------------------------------------------------------------------------------------- Brindisi */

static void brindisi_is_divided_alike(void **state) {
  sund_ctx *ctx = *state;
  const char *flows = peer(ctx, "lma-brindisi/brindisi_flows_2001.csv");
  const char *clusters =
      peer(ctx, "lma-brindisi/expected_brindisi_clusters_minSZ1000_minSC0.6667_tarSZ10000_tarSC0.75.csv");
  if (!flows || !clusters) skip();
  labour_case c;
  labour_begin(&c, ctx);
  c.in.role[SUND_FLOWS] = read_flows(ctx, flows);
  c.rule[0] = "containment";
  c.options.min_size = 1000, c.options.min_containment = 0.6667;
  c.options.target_size = 10000, c.options.target_containment = 0.75;
  assert_ok(ctx, labour_ask(&c));
  const sund_table *units = draw_layer(&c.out, "labour_areas"), *markets = draw_layer(&c.out, "labour_markets");
  assert_same_partition(units, clusters, false);
  assert_int_equal(markets->rows, 9);

  char row[3][TEXT];
  FILE *file = open_table(clusters); /* residents of the communities */
  while (next_row(file, 3, row))
    assert_near(labour_real(units, "area_id", row[0], "residents"), strtod(row[2], NULL), 0);
  fclose(file);
  /* their clusters have numbers, in the order of the communities: 74001 is 1 */
  file = open_table(peer(ctx, "lma-brindisi/expected_brindisi_marginals.csv"));
  while (next_row(file, 3, row)) {
    const char *first = sund_text(ctx, "%ld", 74000 + strtol(row[0], NULL, 10));
    const char *market = labour_text(units, "area_id", first, "market_id");
    assert_near(labour_real(markets, "market_id", market, "residents"), strtod(row[1], NULL), 0);
    assert_near(labour_real(markets, "market_id", market, "jobs"), strtod(row[2], NULL), 0);
  }
  fclose(file);
  file = open_table(peer(ctx, "lma-brindisi/expected_brindisi_flows_between_clusters.csv"));
  while (next_row(file, 3, row)) {
    if (strcmp(row[0], row[1]) != 0) continue;
    const char *first = sund_text(ctx, "%ld", 74000 + strtol(row[0], NULL, 10));
    const char *market = labour_text(units, "area_id", first, "market_id");
    assert_near(labour_real(markets, "market_id", market, "inside"), strtod(row[2], NULL), 0);
  }
  fclose(file);
}

/* --------------------------------------------------------------------------------------------------------- Reunion */

static void compare_reunion(sund_ctx *ctx, labour_case *c, const char *zoning, const char *statistic) {
  char row[4][TEXT];
  assert_ok(ctx, labour_ask(c));
  const sund_table *markets = draw_layer(&c->out, "labour_markets");
  assert_same_partition(draw_layer(&c->out, "labour_areas"), peer(ctx, zoning), true);
  FILE *file = open_table(peer(ctx, statistic));
  size_t count = 0;
  for (; next_row(file, 4, row); count++) {
    assert_near(labour_real(markets, "market_id", row[0], "residents") / strtod(row[1], NULL), 1, 1e-12);
    assert_near(labour_real(markets, "market_id", row[0], "self_containment_pct") / 100, strtod(row[2], NULL), 1e-12);
    assert_int_equal(sund_table_int(markets, "units")[labour_row(markets, "market_id", row[0])],
                     strtol(row[3], NULL, 10));
  }
  fclose(file);
  assert_int_equal(count, markets->rows);
}

static void reunion_is_divided_alike(void **state) {
  sund_ctx *ctx = *state;
  const char *flows = peer(ctx, "ttwa-reunion/reunion_flows.csv"), *centres[] = {"97411,97415,97416,97410"};
  if (!flows) skip();
  labour_case c;
  labour_begin(&c, ctx);
  c.in.role[SUND_FLOWS] = read_flows(ctx, flows);
  c.rule[0] = "ttwa";
  compare_reunion(ctx, &c, "ttwa-reunion/expected_zoning_size_center50000.csv",
                  "ttwa-reunion/expected_statistic_size_center50000.csv");
  c.options.centre_size = 500000;
  c.options.centres = (sund_strings){1, centres, NULL};
  compare_reunion(ctx, &c, "ttwa-reunion/expected_zoning_4centres.csv",
                  "ttwa-reunion/expected_statistic_4centres.csv");
}

int main(void) {
  const struct CMUnitTest tests[] = {
      SUND_TEST(brindisi_is_divided_alike),
      SUND_TEST(reunion_is_divided_alike),
  };
  GDALAllRegister();
  return cmocka_run_group_tests(tests, NULL, NULL);
}

/* Tests of what a run says of its sources: the height operations that queries tell of. queries/record_sources.c */
#include "queries/record.h"
#include "support.h"

static const char up[] = "RH2000 = DVR90 + 0.015 m \302\261 0.010 m", other[] = "by a rule of the user";

typedef struct fixture {
  sources sources;
  sund_source source[5];
  sund_reading reading[5];
  sund_results results[2];
  record_input in;
} fixture;

/* Two terrains, one of two files, and the same name in two folders; events; barriers. */
static fixture *new_fixture(sund_ctx *ctx) {
  fixture *x = sund_alloc(ctx, 1, sizeof *x);
  static const struct {
    sund_role role;
    const char *path, *crs, *heights;
  } given[] = {{SUND_TERRAIN, "dk/dtm.tif", "EPSG:25832", "EPSG:5799"},
               {SUND_TERRAIN, "dk/dtm2.tif", "EPSG:25832", "EPSG:5799"},
               {SUND_TERRAIN, "se/dtm.tif", "EPSG:3006", "EPSG:5613"},
               {SUND_EVENTS, "e.csv", NULL, NULL},
               {SUND_BARRIERS, "b.gpkg", "EPSG:25832", NULL}};
  for (size_t i = 0; i < 5; i++) {
    x->source[i] = (sund_source){.role = given[i].role, .path = given[i].path, .text = given[i].path};
    x->reading[i] = (sund_reading){.role = given[i].role,
                                   .path = given[i].path,
                                   .crs = given[i].crs,
                                   .read = 7,
                                   .heights = given[i].heights,
                                   .operation = "",
                                   .accuracy_m = 0};
  }
  x->reading[4].operation = "UTM zone 32N";
  x->reading[4].accuracy_m = 0.5;
  x->sources = (sources){.count = 5, .source = x->source, .reading = x->reading};
  x->in = (record_input){.sources = &x->sources, .queries = 2, .results = x->results};
  return x;
}

static void note(sund_ctx *ctx, fixture *x, size_t query, sund_role role, const char *path, const char *heights,
                 const char *operation, double accuracy_m) {
  assert_ok(ctx, sund_results_heights(ctx, &x->results[query],
                                      (sund_reading){.role = role,
                                                     .path = path,
                                                     .heights = heights,
                                                     .heights_operation = operation,
                                                     .accuracy_m = accuracy_m}));
}

static sund_table *table_of(sund_ctx *ctx, fixture *x) {
  sund_table *table = NULL;
  assert_ok(ctx, record_sources(ctx, &x->in, &table));
  return table;
}

static void no_note(void **state) {
  fixture *x = new_fixture(*state);
  const sund_table *t = table_of(*state, x);
  assert_int_equal(t->rows, 5);
  for (size_t i = 0; i < 5; i++) assert_null(sund_table_text(t, "heights_operation")[i]);
}

static void told_where_it_belongs(void **state) {
  sund_ctx *ctx = *state;
  fixture *x = new_fixture(ctx);
  note(ctx, x, 0, SUND_TERRAIN, "dtm.tif", "EPSG:5799", up, 0.010);
  note(ctx, x, 0, SUND_TERRAIN, "dtm.tif", "EPSG:5613", "", 0);
  note(ctx, x, 0, SUND_EVENTS, "e.csv", "EPSG:5799", up, 0.010);
  note(ctx, x, 1, SUND_EVENTS, "e.csv", "EPSG:5799", up, 0.010); /* said twice */
  note(ctx, x, 1, SUND_EVENTS, "e.csv", "EPSG:5733", other, 0.02);
  note(ctx, x, 1, SUND_BARRIERS, "b.gpkg", "EPSG:5799", up, 0.010);
  const sund_table *t = table_of(ctx, x);
  const char **operation = sund_table_text(t, "heights_operation");
  const double *accuracy = sund_table_real(t, "accuracy_m");
  assert_int_equal(t->rows, 5);
  assert_string_equal(operation[0], up);
  assert_string_equal(operation[1], up); /* of the same terrain */
  assert_null(operation[2]);
  assert_string_equal(operation[3], sund_text(ctx, "%s; %s", up, other));
  assert_string_equal(operation[4], up);
  assert_true(accuracy[0] == 0.010 && accuracy[2] == 0 && accuracy[3] == 0.02);
  assert_true(accuracy[4] == 0.5); /* of its coordinate operation, as said */
}

static void else_a_row_of_its_own(void **state) {
  sund_ctx *ctx = *state;
  fixture *x = new_fixture(ctx);
  note(ctx, x, 0, SUND_GAUGE, "gauge.csv", "EPSG:5799", up, 0.010);
  note(ctx, x, 1, SUND_GAUGE, "gauge.csv", "EPSG:5799", up, 0.010);
  note(ctx, x, 1, SUND_TERRAIN, "elsewhere.tif", "EPSG:5799", up, 0.010);
  const sund_table *t = table_of(ctx, x);
  assert_int_equal(t->rows, 7);
  assert_string_equal(sund_table_text(t, "role")[5], "gauge");
  assert_string_equal(sund_table_text(t, "path")[5], "gauge.csv");
  assert_string_equal(sund_table_text(t, "heights")[5], "EPSG:5799");
  assert_string_equal(sund_table_text(t, "heights_operation")[6], up);
  assert_true(sund_table_real(t, "accuracy_m")[6] == 0.010);
  assert_true(sund_table_int(t, "features_read")[5] == SUND_NULL_INT);
  assert_true(sund_table_int(t, "features_read")[0] == 7);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      SUND_TEST(no_note),
      SUND_TEST(told_where_it_belongs),
      SUND_TEST(else_a_row_of_its_own),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}

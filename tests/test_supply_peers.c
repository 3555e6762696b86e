/* Supply and demand against numbers that others published: ipeaGIT/accessibility on Belo Horizonte (its tests and its
 * article on inequality), natcap/invest on its test of Urban Nature Access. Skips without ../shared/data/peers. */
#include <gdal.h>
#include <unistd.h>

#include "supply_case.h"

/* ------------------------------------------------------------------------------------------------ Belo Horizonte */

#define CELLS 1000 /* room for the 898 hexagons */

/* Hexagons and the minutes between them, ordered by destination. */
typedef struct belo {
  size_t cells;
  char id[CELLS][16];
  double persons[CELLS], jobs[CELLS], schools[CELLS], income[CELLS];
  sund_pairs *to_cell;   /* rows: destinations */
  sund_pairs *from_cell; /* rows: origins      */
} belo;

static const char *peers(const char *name, char path[600]) {
  const char *data = getenv("SUND_DATA");
  if (!data) return NULL;
  snprintf(path, 600, "%s/peers/%s", data, name);
  return access(path, R_OK) == 0 ? path : NULL;
}

static size_t cell_of(const belo *b, const char *id) {
  for (size_t i = 0; i < b->cells; i++)
    if (strcmp(b->id[i], id) == 0) return i;
  fail_msg("no cell %s", id);
  return 0;
}

static int by_id(const void *a, const void *b) {
  return strcmp(a, b);
}

static void read_cells(belo *b, const char *path) {
  char line[300], text[CELLS][300];
  FILE *file = fopen(path, "r");
  assert_non_null(file);
  assert_non_null(fgets(line, sizeof line, file));
  while (fgets(text[b->cells], sizeof text[0], file)) b->cells++;
  fclose(file);
  qsort(text, b->cells, sizeof text[0], by_id);
  for (size_t i = 0; i < b->cells; i++) {
    b->income[i] = NAN;
    assert_true(sscanf(text[i], "%15[^,],%lf,%lf,%lf,%lf", b->id[i], &b->persons[i], &b->jobs[i], &b->schools[i],
                       &b->income[i]) >= 4);
  }
}

/* Minutes of all pairs by row: a dense matrix, NAN = not in the table. */
static double *read_minutes(sund_ctx *ctx, const belo *b, const char *path) {
  double *minutes = sund_alloc(ctx, b->cells * b->cells, sizeof *minutes);
  char line[300];
  FILE *pipe = popen(sund_text(ctx, "zcat '%s'", path), "r");
  assert_non_null(pipe);
  assert_non_null(fgets(line, sizeof line, pipe));
  for (size_t k = 0; k < b->cells * b->cells; k++) minutes[k] = NAN;
  while (fgets(line, sizeof line, pipe)) {
    char from[16], to[16];
    double value;
    assert_int_equal(sscanf(line, "%15[^,],%15[^,],%lf", from, to, &value), 3);
    const char *f = bsearch(from, b->id, b->cells, sizeof b->id[0], by_id);
    const char *t = bsearch(to, b->id, b->cells, sizeof b->id[0], by_id);
    assert_true(f && t);
    minutes[(size_t)(t - b->id[0]) / 16 * b->cells + (size_t)(f - b->id[0]) / 16] = value;
  }
  assert_int_equal(pclose(pipe), 0);
  return minutes;
}

/* All cells, or those of the published subset. NULL = no data. */
static belo *read_belo(sund_ctx *ctx, bool subset) {
  static const char *const five[] = {"89a88cdb57bffff", "89a88cdb597ffff", "89a88cdb5b3ffff", "89a88cdb5cfffff",
                                     "89a88cd909bffff"};
  char path[600];
  if (!peers("belo-horizonte/land_use_data.csv", path)) return NULL;
  belo *b = sund_alloc(ctx, 1, sizeof *b);
  read_cells(b, path);
  double *minutes = read_minutes(ctx, b, peers("belo-horizonte/travel_matrix.csv.gz", path)), *back;
  for (size_t i = 0; subset && i < b->cells; i++) {
    bool kept = false;
    for (int k = 0; k < 5; k++) kept = kept || strcmp(b->id[i], five[k]) == 0;
    for (size_t k = 0; !kept && k < b->cells; k++) minutes[i * b->cells + k] = minutes[k * b->cells + i] = NAN;
  }
  back = sund_alloc(ctx, b->cells * b->cells, sizeof *back);
  for (size_t i = 0; i < b->cells; i++)
    for (size_t k = 0; k < b->cells; k++) back[k * b->cells + i] = minutes[i * b->cells + k];
  b->to_cell = dense(ctx, b->cells, b->cells, minutes);
  b->from_cell = dense(ctx, b->cells, b->cells, back);
  return b;
}

/* A measure as the published table names it: what is handed out, to whom, by which rule. */
typedef struct published {
  const char *name, *params;
  supply_rule rule;
  enum { JOBS, SCHOOLS, PEOPLE } what;
} published;

static const published measures[] = {
    {"2sfca_jobs", "binary45 population", {.measure = SUPPLY_2SFCA, .radius = 45}, JOBS},
    {"2sfca_jobs", "weight 1 everywhere", {.measure = SUPPLY_2SFCA, .radius = INFINITY}, JOBS},
    {"bfca_jobs", "binary45 population", {.measure = SUPPLY_BFCA, .radius = 45}, JOBS},
    {"bfca_jobs",
     "exponential 0.5",
     {.measure = SUPPLY_BFCA, .decay = DECAY_EXPONENTIAL, .decay_value = 0.5, .radius = INFINITY},
     JOBS},
    {"cumulative_jobs", "cutoff30", {.measure = SUPPLY_CUMULATIVE, .radius = 30}, JOBS},
    {"passive_population", "cutoff30", {.measure = SUPPLY_CUMULATIVE, .radius = 30}, PEOPLE},
    {"passive_population", "cutoff45", {.measure = SUPPLY_CUMULATIVE, .radius = 45}, PEOPLE},
    {"gravity_schools",
     "exponential 0.2",
     {.measure = SUPPLY_GRAVITY, .decay = DECAY_EXPONENTIAL, .decay_value = 0.2, .radius = INFINITY},
     SCHOOLS},
};

static double *value_of(sund_ctx *ctx, const belo *b, const char *name, const char *params) {
  if (strcmp(name, "cost_to_closest_school") == 0) {
    supply_case what = {.pairs = b->to_cell, .supply = b->schools, .homes = b->cells, .persons = b->persons};
    double *nearest = sund_alloc(ctx, b->cells, sizeof *nearest);
    nearest_supply(&what, nearest);
    return nearest;
  }
  for (size_t m = 0; m < sizeof measures / sizeof *measures; m++) {
    const published *p = &measures[m];
    if (strcmp(p->name, name) != 0 || strcmp(p->params, params) != 0) continue;
    supply_case what = {.pairs = p->what == PEOPLE ? b->from_cell : b->to_cell,
                        .supply = p->what == JOBS      ? b->jobs
                                  : p->what == SCHOOLS ? b->schools
                                                       : b->persons,
                        .homes = b->cells,
                        .persons = b->persons};
    return compute(ctx, &what, &p->rule).value;
  }
  return NULL; /* spatial availability is not ours */
}

static void belo_horizonte(void **state) {
  sund_ctx *ctx = *state;
  char path[600], line[300];
  if (!peers("belo-horizonte/published_test_values.csv", path)) skip();
  FILE *file = fopen(path, "r");
  assert_non_null(file);
  belo *full = read_belo(ctx, false), *subset = read_belo(ctx, true);
  assert_non_null(fgets(line, sizeof line, file));
  int checked = 0, others = 0;
  while (fgets(line, sizeof line, file)) {
    char set[20], name[40], params[40], id[16];
    double wanted;
    assert_int_equal(sscanf(line, "%19[^,],%39[^,],%39[^,],%15[^,],%lf", set, name, params, id, &wanted), 5);
    bool five = strcmp(set, "subset5") == 0;
    const belo *b = five ? subset : full;
    double *value = value_of(ctx, b, name, params);
    others += !value;
    if (!value) continue;
    double got = value[strcmp(id, "any") == 0 ? cell_of(b, "89a88cdb57bffff") : cell_of(b, id)];
    double digits = strchr(line, '.') && !five ? 1e-8 : 1e-4; /* as printed: 4 digits, or 8 */
    if (!(fabs(got - wanted) <= digits * 0.51)) fail_msg("%s: got %.10g", line, got);
    checked++;
  }
  fclose(file);
  assert_true(checked == 33 && others == 1);
}

/* The article's numbers: jobs within 30 minutes, by people and their income.
 * Corrected concentration (Erreygers 2009) = 4 mean C / (largest - smallest); the article orders cells of equal income,
 * here they share their rank. Palma: the article takes whole cells (more than the 90 % quantile of income), here the
 * cell on the boundary counts with its share; the whole cells are added up below to see that nothing else differs. */
static void inequality_in_belo_horizonte(void **state) {
  sund_ctx *ctx = *state;
  belo *b = read_belo(ctx, false);
  if (!b) skip();
  double *access = value_of(ctx, b, "cumulative_jobs", "cutoff30"), gini, theil, c, palma, q40, q90;
  assert_ok(ctx, sund_gini(ctx, b->cells, access, b->persons, &gini));
  assert_ok(ctx, sund_theil(ctx, b->cells, access, b->persons, &theil));
  assert_ok(ctx, sund_concentration(ctx, b->cells, access, b->persons, b->income, &c));
  assert_ok(ctx, sund_palma(ctx, b->cells, access, b->persons, b->income, &palma));
  assert_near(gini, 0.4715251, 5.1e-8);
  assert_near(theil, 0.3616631, 5.1e-8);
  double low = INFINITY, high = -INFINITY, sum[2] = {0, 0}, persons[2] = {0, 0};
  assert_ok(ctx, sund_quantile(ctx, b->cells, b->income, b->persons, 0.4, &q40));
  assert_ok(ctx, sund_quantile(ctx, b->cells, b->income, b->persons, 0.9, &q90));
  for (size_t i = 0; i < b->cells; i++) {
    if (!(b->persons[i] > 0)) continue;
    low = fmin(low, access[i]), high = fmax(high, access[i]);
    if (b->income[i] <= q40) sum[0] += b->persons[i] * access[i], persons[0] += b->persons[i];
    if (b->income[i] > q90) sum[1] += b->persons[i] * access[i], persons[1] += b->persons[i];
  }
  double mean = supply_balance_of(b->cells, b->persons, access, 0).mean;
  assert_near(4 * mean * c / (high - low), 0.3346494, 5e-5);
  assert_near(sum[1] / persons[1] / (sum[0] / persons[0]), 3.800465, 5.1e-7);
  assert_near(palma, 3.800465, 0.01 * palma);
}

/* ------------------------------------------------------------------------------------------- Urban Nature Access */

#define SIDE 30 /* cells of 30 m */
#define CELL_M 30.0
#define ALL (SIDE * SIDE)

/* Land use: odd codes are nature. Persons come in cells of 90 m; their density is interpolated bilinearly between the
 * centres of those, and kept beyond the outermost: sums are unchanged. */
typedef struct nature {
  double persons[ALL], supply[ALL];
  int32_t kind[ALL]; /* code of the green, in the order of cells that are nature */
  size_t green;
  size_t cell[ALL]; /* green: its cell */
} nature;

static void read_cells_of(const char *path, int side, double *value) {
  GDALDatasetH set = GDALOpen(path, GA_ReadOnly);
  assert_non_null(set);
  assert_int_equal(GDALGetRasterXSize(set), side);
  assert_int_equal(
      GDALRasterIO(GDALGetRasterBand(set, 1), GF_Read, 0, 0, side, side, value, side, side, GDT_Float64, 0, 0),
      CE_None);
  GDALClose(set);
}

static double coarse(const double *value, int row, int column) {
  row = row < 0 ? 0 : row > 9 ? 9 : row, column = column < 0 ? 0 : column > 9 ? 9 : column;
  return value[row * 10 + column];
}

static nature *read_nature(sund_ctx *ctx) {
  char path[600];
  double use[ALL], persons[100];
  if (!peers("invest-una/lulc.tif", path)) return NULL;
  nature *n = sund_alloc(ctx, 1, sizeof *n);
  GDALAllRegister();
  read_cells_of(path, SIDE, use);
  read_cells_of(peers("invest-una/population.tif", path), 10, persons);
  for (int k = 0; k < ALL; k++) {
    double y = (k / SIDE + 0.5) / 3 - 0.5, x = (k % SIDE + 0.5) / 3 - 0.5, fy = y - floor(y), fx = x - floor(x);
    int row = (int)floor(y), column = (int)floor(x);
    n->persons[k] = ((1 - fy) * ((1 - fx) * coarse(persons, row, column) + fx * coarse(persons, row, column + 1)) +
                     fy * ((1 - fx) * coarse(persons, row + 1, column) + fx * coarse(persons, row + 1, column + 1))) /
                    9;
    if ((int)use[k] % 2 == 0) continue;
    n->supply[n->green] = CELL_M * CELL_M, n->kind[n->green] = (int32_t)use[k], n->cell[n->green++] = (size_t)k;
  }
  return n;
}

static double apart(size_t a, size_t b) {
  double rows = (double)(a / SIDE) - (double)(b / SIDE), columns = (double)(a % SIDE) - (double)(b % SIDE);
  return CELL_M * hypot(rows, columns);
}

/* Centre to centre, as their kernel counts whole cells. */
static supply_case nature_case(sund_ctx *ctx, nature *n) {
  double *metres = sund_alloc(ctx, n->green * ALL, sizeof *metres);
  for (size_t j = 0; j < n->green; j++)
    for (size_t i = 0; i < ALL; i++) metres[j * ALL + i] = apart(n->cell[j], i) <= 280 ? apart(n->cell[j], i) : NAN;
  return (supply_case){.pairs = dense(ctx, n->green, ALL, metres),
                       .supply = n->supply,
                       .kind = n->kind,
                       .homes = ALL,
                       .persons = n->persons};
}

/* Sum, least and largest of all cells. Theirs is a raster of 32-bit numbers: 7 digits. */
static void assert_raster(const double *value, double sum, double least, double largest) {
  double low = INFINITY, high = -INFINITY;
  for (int k = 0; k < ALL; k++) low = fmin(low, value[k]), high = fmax(high, value[k]);
  assert_near(sund_sum(ALL, value), sum, 1e-7 * sum);
  assert_near(low, least, 2e-7 * largest);
  assert_near(high, largest, 2e-7 * largest);
}

static void assert_balance(const nature *n, const double *value, double balance, double under, double over) {
  supply_balance got = supply_balance_of(ALL, n->persons, value, 100);
  assert_near(got.balance, balance, 1e-6 * fabs(balance)); /* as exact as their own test asks */
  assert_near(got.under, under, 2e-7 * 5076);
  assert_near(got.over, over, 2e-7 * 5076);
}

/* test_core_model: Gaussian, 100 m, 100 m2 asked per person. */
static void nature_by_one_radius(void **state) {
  sund_ctx *ctx = *state;
  nature *n = read_nature(ctx);
  if (!n) skip();
  supply_case what = nature_case(ctx, n);
  supply_rule rule = {.measure = SUPPLY_GRAVITY, .decay = DECAY_GAUSSIAN, .radius = 100};
  assert_raster(compute(ctx, &what, &rule).value, 6221004.4126, 1171.7352294921875, 11898.0712890625);
  rule.measure = SUPPLY_2SFCA;
  assert_balance(n, compute(ctx, &what, &rule).value, -17.9078, 3991.827148, 1084.172852);
}

/* test_split_urban_nature: 30 m a code, 270 m for 7. Where at most one person is near a cell they hand out its whole
 * area to every person: of 900 m2 with 0.2 persons, 180 are used. That is all of the difference in the balance. */
static void nature_by_radius_of_kind(void **state) {
  sund_ctx *ctx = *state;
  nature *n = read_nature(ctx);
  if (!n) skip();
  static const double radius[] = {NAN, 30, NAN, 90, NAN, 150, NAN, 270, NAN, 270};
  static const double theirs[][4] = {{1, 72000.0, 0.0, 900.0},
                                     {3, 1034934.9864730835, 0.0, 4431.1650390625},
                                     {5, 2837622.9519348145, 0.0, 8136.6884765625},
                                     {7, 8112734.805541992, 2019.2935791015625, 17729.431640625},
                                     {9, 7744116.974121094, 1567.57958984375, 12863.4619140625}};
  supply_case what = nature_case(ctx, n);
  supply_rule rule = {.measure = SUPPLY_GRAVITY, .decay = DECAY_GAUSSIAN, .radius = 1, .kind_radius = radius};
  double all[ALL], only[ALL];
  memcpy(all, n->supply, sizeof all);
  for (int t = 0; t < 5; t++) {
    for (size_t j = 0; j < n->green; j++) only[j] = n->kind[j] == (int)theirs[t][0] ? all[j] : 0;
    what.supply = only;
    assert_raster(compute(ctx, &what, &rule).value, theirs[t][1], theirs[t][2], theirs[t][3]);
  }
  double unused = 0;
  for (size_t j = 0; j < n->green; j++) {
    double near_persons = 0;
    for (size_t i = 0; i < ALL; i++)
      near_persons += n->persons[i] * supply_weight(&rule, apart(n->cell[j], i), radius[n->kind[j]]);
    unused += all[j] * fmax(0, 1 - near_persons);
  }
  what.supply = all, rule.measure = SUPPLY_2SFCA;
  assert_true(unused > 0);
  assert_balance(n, compute(ctx, &what, &rule).value, -18.045702 + unused / 5076, 4475.123047, 600.876587);
}

/* test_radii_by_pop_group and its exponential sister, whose kernel goes on to 2 * ceil(radius in cells) + 1 = 9 cells:
 * 270 m for the 100 m that were asked. */
static void nature_by_radius_of_group(void **state) {
  sund_ctx *ctx = *state;
  nature *n = read_nature(ctx);
  if (!n) skip();
  supply_case what = nature_case(ctx, n);
  double women[ALL], men[ALL];
  const double radius[] = {100, 100}, far[] = {270, 270};
  const double *const group[] = {women, men};
  for (int k = 0; k < ALL; k++) women[k] = 0.56 * n->persons[k], men[k] = 0.44 * n->persons[k];
  what.group = group;
  supply_rule rule = {.decay = DECAY_GAUSSIAN, .groups = 2, .group_radius = radius};
  supply_answer got = compute(ctx, &what, &rule);
  assert_balance(n, got.value, -17.9078, 3991.8271484375, 1084.1727294921875);
  supply_balance w = supply_balance_of(ALL, women, got.group_value[0], 100);
  supply_balance m = supply_balance_of(ALL, men, got.group_value[1], 100);
  assert_near(w.under, 2235.423095703125, 1e-3);
  assert_near(m.over, 477.0360107421875, 1e-3);
  rule.decay = DECAY_EXPONENTIAL, rule.decay_value = 1.0 / 100, rule.group_radius = far;
  assert_balance(n, compute(ctx, &what, &rule).value, -17.9078, 4801.7900390625, 274.2098693847656);
  rule.measure = SUPPLY_GRAVITY;
  supply_answer beyond = compute(ctx, &what, &rule);
  assert_raster(beyond.group_value[0], 17812884.000976562, 7740.4287109375, 25977.67578125);
  rule.group_radius = radius;
  double within = sund_sum(ALL, compute(ctx, &what, &rule).group_value[0]);
  assert_true(within <
              0.5 * sund_sum(ALL, beyond.group_value[0])); /* most of theirs lies beyond the radius asked for */
}

int main(void) {
  const struct CMUnitTest tests[] = {
      SUND_TEST(belo_horizonte),           SUND_TEST(inequality_in_belo_horizonte), SUND_TEST(nature_by_one_radius),
      SUND_TEST(nature_by_radius_of_kind), SUND_TEST(nature_by_radius_of_group),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}

/* Tests of the step between height systems: layers/heights.c, heights_grid.c. */
#include "raster_files.h"

static const char DVR90[] = "EPSG:5799", RH2000[] = "EPSG:5613", DNN[] = "EPSG:5733";

static const sund_crs *crs_of(sund_ctx *ctx, const char *code) {
  sund_crs *crs = NULL;
  assert_ok(ctx, sund_crs_open(ctx, code, &crs));
  return crs;
}

/* Mid-Sound between Helsingor and Helsingborg in EPSG:25832. */
static const double SOUND_X = 724000, SOUND_Y = 6216000;

static sund_height_step step_of(files *f, const char *from, const char *to, size_t rules, const char *const *rule) {
  sund_height_step step = {NAN, NAN, NULL};
  assert_ok(f->ctx,
            sund_heights_step(f->ctx, from, to, crs_of(f->ctx, "EPSG:25832"), SOUND_X, SOUND_Y, rules, rule, &step));
  assert_non_null(step.operation);
  return step;
}

static void refused(files *f, const char *from, const char *to, const char *crs, double x, double y, const char *rule,
                    sund_code code, const char *part) {
  sund_ctx *own = sund_ctx_child(f->ctx);
  sund_height_step step = {7, 7, "untouched"};
  const char *message = "";
  sund_code got =
      sund_heights_step(own, from, to, crs ? crs_of(f->ctx, crs) : NULL, x, y, rule ? 1 : 0, &rule, &step);
  sund_failure(own, &message, NULL, NULL);
  if (got != code || !strstr(message ? message : "", part))
    fail_msg("%s to %s by %s: code %d: %s\nexpected %d: %s", from, to, rule ? rule : "no rule", got, message, code,
             part);
  assert_null(strchr(message, '\n'));
  sund_ctx_free(own);
}

/* T17: 2.000 m in DVR90 are 2.015 m in RH2000 and back, to 0.1 mm; what says so stands in the operation. PROJ would
 * leave them at 2.000 without a word. */
static void test_T17_both_ways(void **state) {
  files *f = *state;
  sund_height_step up = step_of(f, DVR90, RH2000, 0, NULL), down = step_of(f, RH2000, DVR90, 0, NULL);
  assert_true(fabs(2.000 + up.add_m - 2.015) < 1e-4);
  assert_true(fabs(2.015 + down.add_m - 2.000) < 1e-4);
  assert_true(up.add_m == -down.add_m);
  assert_true(up.sigma_m == 0.010 && down.sigma_m == 0.010);
  assert_non_null(strstr(up.operation, "+ 0.015 m \302\261 0.010 m"));
  assert_non_null(strstr(up.operation, "NKG:ETRF14"));
  assert_string_equal(up.operation, down.operation);
  /* In the other country's frame, and where the place is not known. */
  sund_height_step step;
  assert_ok(f->ctx,
            sund_heights_step(f->ctx, DVR90, RH2000, crs_of(f->ctx, "EPSG:3006"), 357000, 6213000, 0, NULL, &step));
  assert_true(step.add_m == 0.015);
  assert_ok(f->ctx, sund_heights_step(f->ctx, "epsg:5799", RH2000, NULL, 0, 0, 0, NULL, &step));
  assert_true(step.add_m == 0.015);
}

static void test_same_system(void **state) {
  files *f = *state;
  sund_height_step step = step_of(f, DVR90, DVR90, 0, NULL);
  assert_true(step.add_m == 0 && step.sigma_m == 0);
  assert_string_equal(step.operation, "");
  assert_string_equal(step_of(f, "EPSG:9999", "epsg:9999", 0, NULL).operation, ""); /* whatever it is */
  /* The realisations of DVR90 count as DVR90, and that is said. */
  step = step_of(f, "EPSG:10485", DVR90, 0, NULL);
  assert_true(step.add_m == 0);
  assert_non_null(strstr(step.operation, "EPSG:10485 and EPSG:5799 are both taken as EPSG:5799"));
  assert_true(step_of(f, "EPSG:10484", RH2000, 0, NULL).add_m == 0.015);
}

static void test_refusals(void **state) {
  files *f = *state;
  const char *utm = "EPSG:25832";
  refused(f, DNN, DVR90, utm, SOUND_X, SOUND_Y, NULL, SUND_OUTPUT,
          "heights in EPSG:5733 (DNN height) and in EPSG:5799 (DVR90 height) are mixed");
  refused(f, RH2000, "EPSG:9389", utm, SOUND_X, SOUND_Y, NULL, SUND_OUTPUT, "nothing says how they differ");
  /* Aalborg and Stockholm are not at the Sound. */
  refused(f, DVR90, RH2000, utm, 555000, 6323000, NULL, SUND_OUTPUT, "northern Sound only (54.9-56.6 N");
  refused(f, RH2000, DVR90, "EPSG:3006", 674000, 6580000, NULL, SUND_OUTPUT, "mixed at 59.3");
}

static void test_rules(void **state) {
  files *f = *state;
  const char *rule[] = {"EPSG:5733 EPSG:5799 -0.058 0.02 SDFI, table of 2005", "EPSG:5799 EPSG:5613 0.0167"};
  sund_height_step step = step_of(f, DNN, DVR90, 2, rule);
  assert_true(step.add_m == -0.058 && step.sigma_m == 0.02);
  assert_string_equal(step.operation,
                      "EPSG:5799 = EPSG:5733 - 0.0580 m \302\261 0.020 m; rule of the user: SDFI, table of 2005");
  step = step_of(f, DVR90, DNN, 2, rule);
  assert_true(step.add_m == 0.058 && step.sigma_m == 0.02);
  step = step_of(f, RH2000, DVR90, 2, rule); /* before the constant */
  assert_true(step.add_m == -0.0167 && step.sigma_m == 0);
  assert_non_null(strstr(step.operation, "uncertainty not stated; rule of the user, no source stated"));
  /* The realisations serve here too; far from the Sound a rule does. */
  assert_true(step_of(f, "EPSG:10485", RH2000, 2, rule).add_m == 0.0167);
  assert_ok(f->ctx, sund_heights_step(f->ctx, DVR90, RH2000, crs_of(f->ctx, "EPSG:25832"), 555000, 6323000, 1,
                                      &rule[1], &step));
  /* A system without a code, by its name. */
  const char *old = "KN44 EPSG:5799 -0.11 0.03 harbour office";
  assert_true(step_of(f, "KN44", DVR90, 1, &old).add_m == -0.11);
  refused(f, "KN45", DVR90, "EPSG:25832", SOUND_X, SOUND_Y, old, SUND_OUTPUT, "heights in KN45 and in EPSG:5799");
  /* Rules are not chained. */
  const char *one = rule[0];
  refused(f, DNN, RH2000, "EPSG:25832", SOUND_X, SOUND_Y, one, SUND_OUTPUT, "nothing says how they differ");
}

static void test_wrong_rules(void **state) {
  files *f = *state;
  static const struct {
    const char *rule, *part;
  } wrong[] = {
      {"", "is not complete"},
      {"EPSG:5799 EPSG:5613", "is not complete"},
      {"EPSG:25832 EPSG:5613 0.1", "names EPSG:25832, which is no height system"},
      {"EPSG:5799 EPSG:99999 0.1", "names EPSG:99999, which is no height system"},
      {"KN44 EPSG:5799 0.1 0.05", "needs a source: one of its systems has no code"},
      {"EPSG:5799 EPSG:10485 0.1", "leads nowhere"},
      {"EPSG:5799 EPSG:5613 0.01 -0.1", "has a negative standard deviation"},
      {"EPSG:5799 EPSG:5613 15", "is too large for two height systems"},
  };
  for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
    refused(f, DVR90, DVR90, "EPSG:25832", SOUND_X, SOUND_Y, wrong[i].rule, SUND_USAGE, wrong[i].part);
}

/* A plane over degrees: value = 0.01 + 0.02 * (longitude - 12) + 0.004 * (latitude - 56), nodes every 0.05 degrees. */
static const char *plane(files *f, const char *name, double nodata_at_longitude) {
  enum { COLUMNS = 41, ROWS = 31 };
  double value[COLUMNS * ROWS];
  for (size_t r = 0; r < ROWS; r++)
    for (size_t c = 0; c < COLUMNS; c++) {
      double longitude = 11.5 + 0.05 * (double)c, latitude = 56.75 - 0.05 * (double)r;
      value[r * COLUMNS + c] =
          longitude > nodata_at_longitude ? -88.8888 : 0.01 + 0.02 * (longitude - 12) + 0.004 * (latitude - 56);
    }
  const raster_spec spec = {name, COLUMNS, ROWS, GDT_Float64, 4258, 0, 11.475, 56.775, 0.05, -0.05, -88.8888};
  return raster_make(f, spec, value, NULL);
}

static void test_grid(void **state) {
  files *f = *state;
  const char *rule = sund_text(f->ctx, "EPSG:5799 EPSG:5613 %s 0.007 two agencies", plane(f, "d.tif", 99));
  const sund_crs *utm = crs_of(f->ctx, "EPSG:25832"), *degrees = crs_of(f->ctx, "EPSG:4258");
  sund_height_step step, back, at;
  assert_ok(f->ctx, sund_heights_step(f->ctx, DVR90, RH2000, degrees, 12.6573, 56.0411, 1, &rule, &at));
  double expected = 0.01 + 0.02 * 0.6573 + 0.004 * 0.0411;
  if (fabs(at.add_m - expected) > 1e-9) fail_msg("%.9f, not %.9f", at.add_m, expected);
  assert_true(at.sigma_m == 0.007);
  assert_non_null(strstr(at.operation, "from the grid d.tif at 56.0411 N 12.6573 E"));
  assert_non_null(strstr(at.operation, "two agencies"));
  /* 20 km are 0.18 degrees of latitude and 0.32 of longitude: the plane rises by 6 mm either way. */
  const char *range = strstr(at.operation, "E, ");
  double low = atof(range + 3), high = atof(strstr(range, "to ") + 3);
  if (fabs(low - (expected - 0.0061)) > 0.001 || fabs(high - (expected + 0.0061)) > 0.001)
    fail_msg("range %s", range);
  assert_ok(f->ctx, sund_heights_step(f->ctx, DVR90, RH2000, utm, SOUND_X, SOUND_Y, 1, &rule, &step));
  assert_ok(f->ctx, sund_heights_step(f->ctx, RH2000, DVR90, utm, SOUND_X, SOUND_Y, 1, &rule, &back));
  assert_true(step.add_m == -back.add_m && fabs(step.add_m - expected) < 0.005);
  /* Without a standard deviation half the range stands in. */
  rule = sund_text(f->ctx, "EPSG:5799 EPSG:5613 %s", strstr(rule, "/") ? plane(f, "e.tif", 99) : "");
  assert_ok(f->ctx, sund_heights_step(f->ctx, DVR90, RH2000, utm, SOUND_X, SOUND_Y, 1, &rule, &step));
  assert_true(step.sigma_m > 0.004 && step.sigma_m < 0.007);
}

/* In metres, scaled, in centimetres, south row first. */
static void test_grid_in_metres(void **state) {
  files *f = *state;
  enum { SIDE = 21 };
  double value[SIDE * SIDE];
  for (size_t r = 0; r < SIDE; r++)
    for (size_t c = 0; c < SIDE; c++) value[r * SIDE + c] = (double)(100 + 3 * c + 2 * r);
  const raster_spec spec = {"m.tif", SIDE, SIDE, GDT_Int16, 25832, 0, 714500, 6205500, 1000, 1000, NAN};
  const char *path = raster_make(f, spec, value, NULL);
  GDALDatasetH dataset = GDALOpen(path, GA_Update);
  GDALSetRasterScale(GDALGetRasterBand(dataset, 1), 0.01);
  GDALSetRasterUnitType(GDALGetRasterBand(dataset, 1), "cm");
  GDALClose(dataset);
  const char *rule = sund_text(f->ctx, "EPSG:5799 EPSG:5613 %s 0", path);
  sund_height_step step;
  /* Nodes at 715000 + 1000 c, 6206000 + 1000 r. */
  assert_ok(f->ctx,
            sund_heights_step(f->ctx, DVR90, RH2000, crs_of(f->ctx, "EPSG:25832"), 724250, 6216500, 1, &rule, &step));
  double expected = (100 + 3 * 9.25 + 2 * 10.5) * 0.0001;
  if (fabs(step.add_m - expected) > 1e-12) fail_msg("%.9f, not %.9f", step.add_m, expected);
  assert_true(step.sigma_m == 0);
}

static void test_grid_refusals(void **state) {
  files *f = *state;
  const char *utm = "EPSG:25832", *rule = "EPSG:5799 EPSG:5613 /nowhere/at/all.tif 0.01";
  refused(f, DVR90, RH2000, utm, SOUND_X, SOUND_Y, rule, SUND_OUTPUT,
          "the grid all.tif of a height shift is not there");
  rule = sund_text(f->ctx, "EPSG:5799 EPSG:5613 %s", plane(f, "half.tif", 12.2));
  refused(f, DVR90, RH2000, utm, SOUND_X, SOUND_Y, rule, SUND_OUTPUT, "the grid has no value at 56.0");
  refused(f, DVR90, RH2000, utm, 555000, 6323000, rule, SUND_OUTPUT, "the grid does not reach 57.0");
  refused(f, DVR90, RH2000, NULL, 0, 0, rule, SUND_OUTPUT, "the grid half.tif needs a place");
  double geoid[9];
  for (size_t i = 0; i < 9; i++) geoid[i] = 36.4;
  const raster_spec spec = {"geoid.tif", 3, 3, GDT_Float32, 4258, 0, 11, 57, 1, -1, NAN};
  rule = sund_text(f->ctx, "EPSG:5799 EPSG:5613 %s", raster_make(f, spec, geoid, NULL));
  refused(f, DVR90, RH2000, utm, SOUND_X, SOUND_Y, rule, SUND_OUTPUT, "is it a geoid model?");
  rule = sund_text(f->ctx, "EPSG:5799 EPSG:5613 %s", files_text(f, "text.tif", "hello"));
  refused(f, DVR90, RH2000, utm, SOUND_X, SOUND_Y, rule, SUND_SOURCE, "of no known kind");
}

/* Every allocation fails once; nothing leaks and nothing but SUND_LIMIT comes of it. */
static void test_memory(void **state) {
  files *f = *state;
  const char *rule = sund_text(f->ctx, "EPSG:5799 EPSG:5613 %s", plane(f, "m.tif", 99));
  const sund_crs *utm = crs_of(f->ctx, "EPSG:25832");
  for (size_t n = 1;; n++) {
    sund_ctx *own = sund_ctx_new();
    sund_height_step step;
    sund_ctx_fail_alloc(own, n);
    sund_code code = sund_heights_step(own, DVR90, RH2000, utm, SOUND_X, SOUND_Y, 1, &rule, &step);
    sund_ctx_free(own);
    if (code == SUND_OK) break;
    assert_int_equal(code, SUND_LIMIT);
    assert_true(n < 2000);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      FILES_TEST(test_T17_both_ways),  FILES_TEST(test_same_system),   FILES_TEST(test_refusals),
      FILES_TEST(test_rules),          FILES_TEST(test_wrong_rules),   FILES_TEST(test_grid),
      FILES_TEST(test_grid_in_metres), FILES_TEST(test_grid_refusals), FILES_TEST(test_memory),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}

/* Edges of measuring access: what is withheld, minutes to the last digit, radii beyond the standard, green in two
 * areas, nobody at home, pieces by a table. */
#include "ask.h"

static double value(const town *t, const char *indicator, const char *variant, size_t area) {
  return draw_value(&t->out, indicator, variant, area);
}

static const sund_indicator *share_of(const town *t, const char *variant) {
  for (size_t i = 0; i < t->out.indicators; i++)
    if (strcmp(t->out.indicator[i].indicator, "access.share") == 0 &&
        strcmp(t->out.indicator[i].variant, variant) == 0)
      return &t->out.indicator[i];
  fail_msg("no share of %s", variant);
  return NULL;
}

/* Two districts, fifty people and three, green in the first; green data reach far. */
static void found_districts(town *t, sund_ctx *ctx) {
  const draw_box area[] = {{0, 0, 1000, 1000}, {1000, 0, 2000, 1000}}, green[] = {{100, 100, 180, 180}};
  const draw_point home[] = {{200, 200, 50}, {1500, 500, 3}};
  const double wide[4] = {DRAW_X - 5000, DRAW_Y - 5000, DRAW_X + 5000, DRAW_Y + 5000};
  found_town(t, ctx);
  give(t, SUND_AREAS, draw_areas(ctx, 2, area));
  give(t, SUND_GREEN, draw_boxes(ctx, SUND_GREEN, 1, green));
  memcpy(t->extent[SUND_GREEN][0], wide, sizeof wide);
  give(t, SUND_HOMES, draw_points(ctx, SUND_HOMES, 2, home));
}

/* Of few people nothing is told by any road: alternatives, kinds, curve, ranks, surveys. */
static void nothing_slips_through(void **state) {
  town t;
  found_districts(&t, *state);
  sund_table *people = (sund_table *)t.in.role[SUND_HOMES];
  sund_table_real(people, "dwellings")[0] = 20, sund_table_real(people, "dwellings")[1] = 2;
  sund_table *survey = draw_table(t.ctx, SUND_SURVEYS, SUND_NONE, 1);
  sund_table_text(survey, "area")[0] = "b", sund_table_real(survey, "share")[0] = 90;
  t.in.role[SUND_SURVEYS] = survey;
  assert_ok(t.ctx, ask(&t));
  assert_near(value(&t, "access.alternative", "near/weights-dwellings", 1), 0, 1e-9);
  assert_near(value(&t, "access.kinds", "near", 1), 0, 1e-9);
  assert_true(draw_found(&t.out, "note", "disagree"));
  t.options.suppress = 4;
  assert_ok(t.ctx, ask(&t));
  size_t rows = 0;
  for (size_t i = 0; i < t.out.indicators; i++) {
    const sund_indicator *row = &t.out.indicator[i];
    if (row->area != 1) continue;
    rows++;
    if (strcmp(row->indicator, "access.experienced") == 0 || strcmp(row->indicator, "area.persons") == 0) continue;
    assert_string_equal(row->indicator, "access.share");
    assert_true(isnan(row->value) && isnan(row->low) && isnan(row->high) && !row->verdict);
  }
  assert_true(rows > 2);
  const sund_table *curve = draw_layer(&t.out, "access_curve");
  for (size_t i = 0; i < curve->rows; i++)
    if (strcmp(sund_table_text(curve, "area_id")[i], "b") == 0)
      assert_true(isnan(sund_table_real(curve, "share_pct")[i]));
  const sund_table *areas = draw_layer(&t.out, "access_areas");
  assert_true(isnan(sund_table_real(areas, "near_share_pct")[1]) && isnan(sund_table_real(areas, "near_low_pct")[1]));
  assert_near(sund_table_real(areas, "near_share_pct")[0], 100, 1e-9);
  assert_true(isnan(sund_table_real(areas, "persons")[1]) && isnan(value(&t, "area.persons", "", 1)));
  assert_false(draw_found(&t.out, "note", "disagree"));
  assert_true(draw_found(&t.out, "note", "fewer than 4 persons"));
}

/* access_areas says what the indicators say, interval and verdict too. */
static void areas_are_the_indicators(void **state) {
  town t;
  found_districts(&t, *state);
  t.options.target_pct = 50;
  assert_ok(t.ctx, ask(&t));
  const sund_table *areas = draw_layer(&t.out, "access_areas");
  size_t rows = 0;
  for (size_t i = 0; i < t.out.indicators; i++) {
    const sund_indicator *row = &t.out.indicator[i];
    if (strcmp(row->indicator, "access.share") != 0 || strcmp(row->variant, "near") != 0) continue;
    assert_near(sund_table_real(areas, "near_share_pct")[row->area], row->value, 0);
    assert_string_equal(sund_table_text(areas, "near_verdict")[row->area], row->area ? "not met" : "met");
    rows++;
  }
  assert_int_equal(rows, 2);
}

/* The survey is held against the interval that is published: who is not assessed may live near or far. */
static void surveys_meet_the_whole_interval(void **state) {
  town t;
  found_town(&t, *state);
  const draw_line road[] = {{0, 0, 1000, 0, 0}};
  const draw_box park[] = {{400, -20, 600, 100}};
  const draw_point home[] = {{300, 10, 1}, {300, 3000, 1}}; /* the second has no path */
  give(&t, SUND_GREEN, draw_boxes(t.ctx, SUND_GREEN, 1, park));
  give(&t, SUND_HOMES, draw_points(t.ctx, SUND_HOMES, 2, home));
  give(&t, SUND_PATHS, draw_lines(t.ctx, 1, road));
  sund_table *survey = draw_table(t.ctx, SUND_SURVEYS, SUND_NONE, 1);
  sund_table_text(survey, "area")[0] = "all", sund_table_real(survey, "share")[0] = 60;
  t.in.role[SUND_SURVEYS] = survey;
  assert_ok(t.ctx, ask(&t));
  assert_near(share_of(&t, "near")->value, 100, 1e-9);
  assert_near(share_of(&t, "near")->low, 50, 1e-9);
  assert_false(draw_found(&t.out, "note", "disagree"));
  sund_table_real(survey, "share")[0] = 40;
  assert_ok(t.ctx, ask(&t));
  assert_true(draw_found(&t.out, "note", "disagree"));
}

/* Where no other choice means anything and all are assessed, there is no interval. */
static void nothing_open_is_no_interval(void **state) {
  town t;
  found_town(&t, *state);
  const draw_point park[] = {{0, 0, 0}}, home[] = {{200, 50, 3}, {900, 50, 1}};
  t.standards[0] = standard("near", 0, 300);
  give(&t, SUND_GREEN, draw_points(t.ctx, SUND_GREEN, 1, park));
  give(&t, SUND_HOMES, draw_points(t.ctx, SUND_HOMES, 2, home));
  assert_ok(t.ctx, ask(&t));
  assert_near(share_of(&t, "near")->value, 75, 1e-9);
  assert_true(isnan(share_of(&t, "near")->low) && isnan(share_of(&t, "near")->high));
}

/* A town of tables only: each home `minutes[i]` from the only green. */
static void found_table(town *t, sund_ctx *ctx, size_t n, const double *minutes) {
  found_town(t, ctx);
  sund_table *people = draw_table(ctx, SUND_HOMES, SUND_NONE, n), *green = draw_table(ctx, SUND_GREEN, SUND_NONE, 1);
  sund_table *od = draw_table(ctx, SUND_OD, SUND_NONE, n);
  sund_table_text(green, "id")[0] = "a";
  for (size_t i = 0; i < n; i++) {
    sund_table_text(people, "id")[i] = sund_table_text(od, "from")[i] = sund_text(ctx, "h%zu", i + 1);
    sund_table_real(people, "persons")[i] = 1;
    sund_table_text(od, "to")[i] = "a";
    sund_table_real(od, "minutes")[i] = minutes[i];
  }
  t->in.role[SUND_HOMES] = people, t->in.role[SUND_GREEN] = green, t->in.role[SUND_OD] = od;
}

/* A standard in minutes is inclusive to the last digit, whatever the walking speed; the curve is in minutes. */
static void minutes_stay_minutes(void **state) {
  static const double speed[] = {4, 4.5, 4.8, 5, 6};
  for (size_t s = 0; s < sizeof speed / sizeof *speed; s++)
    for (int minutes = 1; minutes <= 60; minutes++) {
      town t;
      sund_ctx *ctx = sund_ctx_new();
      const double asked[] = {minutes, minutes + 1e-9};
      found_table(&t, ctx, 2, asked);
      t.options.walk_speed_kmh = speed[s];
      t.standards[0].max_m = NAN, t.standards[0].max_min = minutes;
      assert_ok(ctx, ask(&t));
      assert_int_equal(met(&t, 0), 1);
      assert_int_equal(met(&t, 1), 0);
      const sund_table *curve = draw_layer(&t.out, "access_curve");
      assert_null(sund_table_real(curve, "dist_m"));
      assert_near(sund_table_real(curve, "minutes")[CURVE_TENTHS], minutes, 0);
      assert_near(sund_table_real(curve, "share_pct")[CURVE_TENTHS], 50, 1e-9);
      sund_ctx_free(ctx);
    }
  (void)state;
}

/* Rows in the other unit are not silently out of reach. */
static void rows_without_metres_are_told(void **state) {
  town t;
  const double minutes[] = {2, 3};
  found_table(&t, *state, 2, minutes);
  sund_table_real((sund_table *)t.in.role[SUND_OD], "metres")[0] = 100;
  assert_ok(t.ctx, ask(&t));
  assert_int_equal(met(&t, 0), 1);
  assert_int_equal(met(&t, 1), 0);
  assert_true(draw_found(&t.out, "warning", "1 say no metres"));
}

/* Over land a radius may be wider than any standard: what it reaches is looked at, too. */
static void wide_radii_over_land(void **state) {
  town t;
  found_town(&t, *state);
  const draw_box land[] = {{-10000, -10000, 10000, 10000}}, park[] = {{5000, 0, 5100, 100}};
  const draw_point home[] = {{0, 50, 10}};
  const char *measure[] = {"cumulative"};
  give(&t, SUND_LAND, draw_boxes(t.ctx, SUND_LAND, 1, land));
  give(&t, SUND_GREEN, draw_boxes(t.ctx, SUND_GREEN, 1, park));
  give(&t, SUND_HOMES, draw_points(t.ctx, SUND_HOMES, 1, home));
  t.options.measure = (sund_strings){.count = 1, .value = measure};
  t.options.radius_m = 6000;
  assert_ok(t.ctx, ask(&t));
  double square = pow(draw_ground(t.ctx, 100), 2);
  assert_near(sund_table_real(draw_layer(&t.out, "access_homes"), "near_cumulative")[0], square, 1e-4 * square);
  const char *radius[] = {"other=6000"};
  t.options.radius_m = 0;
  t.options.radius_of = (sund_strings){.count = 1, .value = radius};
  assert_ok(t.ctx, ask(&t));
  assert_near(sund_table_real(draw_layer(&t.out, "access_homes"), "near_cumulative")[0], square, 1e-4 * square);
}

/* The form of an option is looked at before any work, also where nothing asks for it. */
static void radii_have_a_form(void **state) {
  const char *radius[] = {"forest"}, *why = NULL;
  town t;
  found_districts(&t, *state);
  t.options.radius_of = (sund_strings){.count = 1, .value = radius};
  assert_int_equal(sund_query_find("access")->check(t.ctx, 0, &t.options), SUND_USAGE);
  sund_failure(t.ctx, &why, NULL, NULL);
  assert_non_null(strstr(why, "not NAME=METRES"));
  sund_ctx *ctx = t.ctx = sund_ctx_new();
  radius[0] = "wood=100";
  assert_int_equal(ask(&t), SUND_USAGE);
  sund_ctx_free(ctx);
}

static void areas_are_counted_whole(void **state) {
  const char *why = NULL;
  town t;
  found_districts(&t, *state);
  t.options.nearest = 2.5;
  assert_int_equal(ask(&t), SUND_USAGE);
  sund_failure(t.ctx, &why, NULL, NULL);
  assert_non_null(strstr(why, "2.5"));
}

/* Where nobody lives there is no share, and nothing else goes wrong. */
static void nobody_at_home(void **state) {
  town t;
  found_districts(&t, *state);
  const char *measure[] = {"2sfca", "bfca", "gravity"};
  sund_table *people = (sund_table *)t.in.role[SUND_HOMES];
  sund_table_real(people, "persons")[0] = sund_table_real(people, "persons")[1] = 0;
  t.options.measure = (sund_strings){.count = 3, .value = measure};
  t.options.demand_m2 = 10, t.options.nearest = 3, t.options.target_pct = 90;
  assert_ok(t.ctx, ask(&t));
  assert_true(isnan(value(&t, "access.share", "near", 0)) && isnan(value(&t, "access.median", "near", 0)));
  assert_true(isnan(value(&t, "access.gini", "near/2sfca", 0)));
  assert_near(value(&t, "area.persons", "", 0), 0, 0);
  assert_int_equal(met(&t, 0), 1);
  assert_int_equal(met(&t, 1), 0);
}

/* A census cell by a table: every piece has the cell's distance, and no person is lost. */
static void pieces_by_a_table(void **state) {
  town t;
  found_town(&t, *state);
  const draw_box cell[] = {{0, 0, 1000, 1000}, {2000, 0, 2010, 10}}, park[] = {{9000, 0, 9100, 100}};
  const draw_box area[] = {{-10, -10, 500, 1010}, {500, -10, 3000, 1010}};
  const char *measure[] = {"2sfca"};
  sund_table *people = draw_boxes(t.ctx, SUND_HOMES, 2, cell), *green = draw_boxes(t.ctx, SUND_GREEN, 1, park);
  sund_table *od = draw_table(t.ctx, SUND_OD, SUND_NONE, 1);
  sund_table_text(people, "id")[0] = "c", sund_table_text(people, "id")[1] = "h";
  sund_table_real(people, "persons")[0] = 100, sund_table_real(people, "persons")[1] = 7;
  sund_table_text(green, "id")[0] = "a";
  sund_table_text(od, "from")[0] = "c", sund_table_text(od, "to")[0] = "a", sund_table_real(od, "metres")[0] = 300;
  give(&t, SUND_AREAS, draw_areas(t.ctx, 2, area));
  give(&t, SUND_HOMES, people);
  give(&t, SUND_GREEN, green);
  give(&t, SUND_OD, od);
  t.options.measure = (sund_strings){.count = 1, .value = measure};
  t.options.nearest = 2;
  assert_ok(t.ctx, ask(&t));
  assert_near(value(&t, "access.share", "near", 0), 100, 1e-9);
  assert_near(value(&t, "access.persons", "near", 0), 50, 1e-6);
  assert_near(value(&t, "access.persons", "near", 1), 50, 1e-6);
  assert_near(value(&t, "access.unassessed", "near", 1), 0, 1e-9);
  assert_near(value(&t, "area.persons", "", 1), 57, 1e-6);
  double square = pow(draw_ground(t.ctx, 100), 2);
  assert_near(value(&t, "access.supply", "near/2sfca", 0), square / 100, 2e-5 * square);
}

/* A home inside two areas of different access has both at 0 m. */
static void inside_two_areas(void **state) {
  town t;
  found_town(&t, *state);
  const draw_box green[] = {{0, 0, 400, 400}, {100, 100, 300, 300}, {2000, 0, 2100, 100}};
  const draw_line road[] = {{-100, 200, 3000, 200, 0}, {2050, 50, 2050, 300, 0}};
  const draw_point home[] = {{200, 190, 1}};
  sund_table *table = draw_boxes(t.ctx, SUND_GREEN, 3, green);
  sund_table_text(table, "access")[0] = "public", sund_table_text(table, "access")[2] = "public";
  sund_table_text(table, "access")[1] = "unknown";
  give(&t, SUND_GREEN, table);
  give(&t, SUND_HOMES, draw_points(t.ctx, SUND_HOMES, 1, home));
  give(&t, SUND_PATHS, draw_lines(t.ctx, 2, road));
  t.options.nearest = 2;
  assert_ok(t.ctx, ask(&t));
  const sund_table *rows = draw_layer(&t.out, "access_homes");
  assert_near(sund_table_real(rows, "near_dist_m")[0], 0, 0);
  assert_near(sund_table_real(rows, "near_next_m")[0], 0, 0);
  assert_near(sund_table_real(rows, "near_nearest_m")[0], 0, 0);
  t.options.nearest = 3;
  assert_ok(t.ctx, ask(&t));
  rows = draw_layer(&t.out, "access_homes");
  assert_near(sund_table_real(rows, "near_nearest_m")[0], draw_ground(t.ctx, 10 + 1850 + 100), 0.1);
}

/* A hedge between the gate and its park does not take the gate. */
static void strips_have_no_gates(void **state) {
  town t;
  found_town(&t, *state);
  const draw_box green[] = {{0, 0, 100, 100}, {-2, 0, -1, 100}};
  const draw_line road[] = {{-300, -20, 300, -20, 0}, {50, -20, 50, 10, 0}, {-3, -20, -3, 50, 0}};
  const draw_point home[] = {{60, -25, 1}}, gate[] = {{-3, 50, 0}};
  sund_table *table = draw_boxes(t.ctx, SUND_GREEN, 2, green);
  sund_table_text(table, "access")[0] = "public";
  give(&t, SUND_GREEN, table);
  give(&t, SUND_HOMES, draw_points(t.ctx, SUND_HOMES, 1, home));
  give(&t, SUND_PATHS, draw_lines(t.ctx, 3, road));
  assert_ok(t.ctx, ask(&t));
  assert_near(dist(&t, 0), draw_ground(t.ctx, 5 + 10 + 20), 0.02);
  give(&t, SUND_ENTRANCES, draw_points(t.ctx, SUND_ENTRANCES, 1, gate));
  assert_ok(t.ctx, ask(&t));
  assert_near(dist(&t, 0), draw_ground(t.ctx, 5 + 63 + 70), 0.02);
}

/* Over land nothing is looked for beyond three times the distance asked about, the N-th nearest neither. */
static void far_ways_over_land_are_not_looked_for(void **state) {
  town t;
  found_town(&t, *state);
  const draw_box land[] = {{-5000, -5000, 5000, 5000}}, park[] = {{100, 0, 200, 100}, {1000, 0, 1100, 100}};
  const draw_point home[] = {{0, 50, 1}, {200, 50, 1}};
  give(&t, SUND_LAND, draw_boxes(t.ctx, SUND_LAND, 1, land));
  give(&t, SUND_GREEN, draw_boxes(t.ctx, SUND_GREEN, 2, park));
  give(&t, SUND_HOMES, draw_points(t.ctx, SUND_HOMES, 2, home));
  t.options.nearest = 2;
  assert_ok(t.ctx, ask(&t));
  const double *second = sund_table_real(draw_layer(&t.out, "access_homes"), "near_nearest_m");
  assert_true(isnan(second[0])); /* 1000 m */
  assert_near(second[1], draw_ground(t.ctx, 800), 0.01);
}

static const char *method_of(const town *t, const char *variant) {
  return share_of(t, variant)->method;
}

/* What counts is what the standard says, not what the data happen to hold: where there is nothing private yet, a
 * private candidate still counts for nobody, and a lake that is dug later leaves the method what it was. */
static void what_counts_is_the_standards(void **state) {
  const struct {
    const char *kind, *access;
    double persons;
  } wood[] = {{"forest", "public", 5}, {"forest", "private", 0}, {"lake", "public", 0}};
  const char *method = NULL, *all = NULL;
  for (size_t k = 0; k < 3; k++) {
    town t;
    const draw_box park[] = {{0, 0, 100, 100}, {9000, 0, 9100, 100}}, made[] = {{1900, 0, 2100, 100}};
    const draw_point home[] = {{150, 50, 3}, {2200, 50, 5}};
    found_town(&t, *state);
    t.standards[0].kinds = ALL & ~(1u << 5); /* no lakes */
    sund_table *green = draw_boxes(t.ctx, SUND_GREEN, k ? 2 : 1, park);
    sund_table *candidates = draw_boxes(t.ctx, SUND_CANDIDATES, 1, made);
    sund_table_text(candidates, "kind")[0] = wood[k].kind, sund_table_text(candidates, "access")[0] = wood[k].access;
    give(&t, SUND_GREEN, green);
    give(&t, SUND_HOMES, draw_points(t.ctx, SUND_HOMES, 2, home));
    t.in.role[SUND_CANDIDATES] = t.in.candidate[SUND_AREA] = candidates;
    assert_ok(t.ctx, ask(&t));
    assert_near(value(&t, "access.gain", "near/a1", SIZE_MAX), wood[k].persons, 1e-9);
    if (k) sund_table_text(green, "kind")[1] = "lake", sund_table_text(green, "access")[1] = "private";
    assert_ok(t.ctx, ask(&t));
    assert_near(value(&t, "access.gain", "near/a1", SIZE_MAX), wood[k].persons, 1e-9);
    if (k) assert_string_equal(method_of(&t, "near"), method);
    if (k) assert_string_equal(method_of(&t, "near/all"), all);
    method = method_of(&t, "near"), all = method_of(&t, "near/all");
    assert_string_not_equal(method, all);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      SUND_TEST(nothing_slips_through),
      SUND_TEST(areas_are_the_indicators),
      SUND_TEST(surveys_meet_the_whole_interval),
      SUND_TEST(nothing_open_is_no_interval),
      SUND_TEST(minutes_stay_minutes),
      SUND_TEST(rows_without_metres_are_told),
      SUND_TEST(wide_radii_over_land),
      SUND_TEST(radii_have_a_form),
      SUND_TEST(areas_are_counted_whole),
      SUND_TEST(nobody_at_home),
      SUND_TEST(pieces_by_a_table),
      SUND_TEST(inside_two_areas),
      SUND_TEST(strips_have_no_gates),
      SUND_TEST(far_ways_over_land_are_not_looked_for),
      SUND_TEST(what_counts_is_the_standards),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}

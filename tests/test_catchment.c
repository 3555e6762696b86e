/* test_catchment.c - the query `catchment` on small worlds drawn by hand: bounds, one-way streets and speeds, shores,
 * straight lines without paths, gates and scenarios; and what is refused. Times are exact: lines carry length_m. */
#include "catchment_usual.h"
#include "draw.h"

/* A world to be asked about. */
typedef struct world {
  sund_ctx *ctx;
  sund_inputs in;
  sund_variant variants[2];
  const char *modes[4];
  double minutes[4], percents[3];
  catchment_options options;
  sund_results out;
} world;

static void begin(world *w, sund_ctx *ctx) {
  *w = (world){.ctx = ctx, .modes = {"walk"}, .minutes = {15, 30, 45, 60}, .percents = {50}};
  w->in.crs = draw_crs(ctx);
  w->in.scenario = "baseline";
  w->in.variant = w->variants;
  w->options = usual_options(w->modes, (sund_numbers){4, w->minutes}, (sund_numbers){1, w->percents});
  w->options.no_map = w->options.matrix = true;
}

static sund_code ask(world *w) {
  w->out = (sund_results){0};
  return sund_query_find("catchment")->run(w->ctx, &w->in, &w->options, &w->out);
}

/* The value of an indicator for the place p, NAN when there is no such row. */
static double told(const world *w, const char *indicator, const char *variant, const char *scenario) {
  for (size_t i = 0; i < w->out.indicators; i++) {
    const sund_indicator *row = &w->out.indicator[i];
    const char *of = row->scenario ? row->scenario : w->in.scenario;
    if (strcmp(row->indicator, indicator) == 0 && strcmp(row->variant, variant) == 0 && strcmp(of, scenario) == 0)
      return row->value;
  }
  return NAN;
}
static double persons(const world *w, const char *variant) {
  return told(w, "catchment.persons", variant, "baseline");
}

/* Seconds in the matrix to home `to` by a mode at a percentile; NAN = NULL. */
static double seconds(const world *w, const char *mode, double percent, size_t to) {
  const sund_table *matrix = draw_layer(&w->out, "matrix");
  const size_t count = w->in.role[SUND_HOMES]->rows;
  for (size_t r = 0; r < matrix->rows; r++)
    if (r % count == to && strcmp(sund_table_text(matrix, "mode")[r], mode) == 0 &&
        sund_table_real(matrix, "percentile")[r] == percent)
      return sund_table_real(matrix, "seconds")[r];
  fail();
  return NAN;
}
static double metres(const world *w, size_t to) {
  return sund_table_real(draw_layer(&w->out, "matrix"), "metres")[to];
}

static sund_table *places(sund_ctx *ctx, size_t n, const draw_point *at) {
  sund_table *table = draw_points(ctx, SUND_PLACES, n, at);
  for (size_t i = 0; i < n; i++) {
    sund_table_text(table, "id")[i] = sund_text(ctx, "p%zu", i);
    sund_table_text(table, "name")[i] = sund_text(ctx, "Place %zu", i);
  }
  return table;
}

/* Lines with a length of their own in metres, so that times are exact. */
static sund_table *roads(sund_ctx *ctx, size_t n, const draw_line *line) {
  sund_table *table = draw_lines(ctx, n, line);
  for (size_t i = 0; i < n; i++)
    sund_table_real(table, "length_m")[i] = hypot(line[i].x1 - line[i].x0, line[i].y1 - line[i].y0);
  return table;
}

/* -------------------------------------------------------------------------------------------------------- streets */

/* One street of 5 km: a quarter of an hour on foot is 1250 m, and that is inside. */
static void bounds_are_inclusive(void **state) {
  world w;
  (void)state;
  begin(&w, sund_ctx_new());
  const draw_line street[] = {{0, 0, 5000, 0, 0}};
  const draw_point at[] = {{0, 0, 0}};
  const draw_point home[] = {{0, 0, 1},       {1250, 0, 10},    {1251, 0, 100},
                             {2500, 0, 1000}, {5000, 0, 10000}, {100, 400, 7}};
  w.in.role[SUND_PATHS] = roads(w.ctx, 1, street);
  w.in.role[SUND_PLACES] = places(w.ctx, 1, at);
  w.in.role[SUND_HOMES] = draw_points(w.ctx, SUND_HOMES, 6, home);
  assert_ok(w.ctx, ask(&w));
  assert_true(persons(&w, "walk/15") == 11);
  assert_true(persons(&w, "walk/30") == 1111);
  assert_true(persons(&w, "walk/60") == 11111); /* nobody within 250 m of 100, 400 */
  assert_true(seconds(&w, "walk", 50, 0) == 0);
  assert_near(seconds(&w, "walk", 50, 1), 900, 0.005);
  assert_near(metres(&w, 3), 2500, 0.001);
  assert_true(isnan(seconds(&w, "walk", 50, 5)));
  assert_true(isnan(told(&w, "catchment.jobs", "walk/15", "baseline"))); /* no jobs given: not known, not 0 */
  sund_ctx_free(w.ctx);
}

/* Both legs are walked, whatever the mode. */
static void legs_are_walked(void **state) {
  world w;
  (void)state;
  begin(&w, sund_ctx_new());
  const draw_line street[] = {{0, 0, 4000, 0, 0}};
  const draw_point at[] = {{0, 100, 0}};
  const draw_point home[] = {{2500, -200, 3}};
  w.modes[0] = "car";
  w.in.role[SUND_PATHS] = roads(w.ctx, 1, street);
  sund_table_real((sund_table *)(uintptr_t)w.in.role[SUND_PATHS], "speed_kmh")[0] = 50;
  w.in.role[SUND_PLACES] = places(w.ctx, 1, at);
  w.in.role[SUND_HOMES] = draw_points(w.ctx, SUND_HOMES, 1, home);
  assert_ok(w.ctx, ask(&w));
  assert_near(seconds(&w, "car", 50, 0), 2500 * 3.6 / 50 + 300 * 3.6 / 5, 0.2); /* legs on the ellipsoid */
  assert_near(metres(&w, 0), 2800, 0.5);
  sund_ctx_free(w.ctx);
}

/* A block with a one-way street: cars go around against it, cyclists too, walkers do not mind; the steps are for walkers. */
static void one_way_and_classes(void **state) {
  world w;
  (void)state;
  begin(&w, sund_ctx_new());
  const draw_line street[] = {{0, 0, 600, 0, 0}, {600, 0, 600, 600, 0}, {600, 600, 0, 600, 0}, {0, 600, 0, 0, 0}};
  const draw_point at[] = {{600, 0, 0}};
  const draw_point home[] = {{0, 0, 1}};
  w.modes[0] = "walk,bike", w.modes[1] = "car";
  w.options.mode.count = 2;
  sund_table *lines = roads(w.ctx, 4, street);
  sund_table_text(lines, "oneway")[0] = "yes";
  sund_table_text(lines, "class")[1] = "residential";
  for (size_t i = 0; i < 4; i++) sund_table_real(lines, "speed_kmh")[i] = 36;
  w.in.role[SUND_PATHS] = lines;
  w.in.role[SUND_PLACES] = places(w.ctx, 1, at);
  w.in.role[SUND_HOMES] = draw_points(w.ctx, SUND_HOMES, 1, home);
  assert_ok(w.ctx, ask(&w));
  assert_near(seconds(&w, "walk", 50, 0), 600 * 3.6 / 5, 0.005);
  assert_near(seconds(&w, "bike", 50, 0), 1800 * 3.6 / 15, 0.005);
  assert_near(seconds(&w, "car", 50, 0), 180, 0.005);
  sund_table_text(lines, "class")[2] = "Trappe"; /* any case: not for bicycles and cars */
  assert_ok(w.ctx, ask(&w));
  assert_true(isnan(seconds(&w, "bike", 50, 0)));
  assert_true(isnan(seconds(&w, "car", 50, 0)));
  sund_table_int(lines, "car")[2] = 1; /* what a line says counts before its class */
  assert_ok(w.ctx, ask(&w));
  assert_near(seconds(&w, "car", 50, 0), 180, 0.005);
  sund_ctx_free(w.ctx);
}

/* A line without a speed counts by its class, without a class by what was asked, and that is said. */
static void speeds_that_are_not_given(void **state) {
  world w;
  (void)state;
  begin(&w, sund_ctx_new());
  const draw_line street[] = {{0, 0, 1000, 0, 0}, {1000, 0, 2000, 0, 0}};
  const draw_point at[] = {{0, 0, 0}};
  const draw_point home[] = {{1000, 0, 1}, {2000, 0, 1}};
  w.modes[0] = "car";
  sund_table *lines = roads(w.ctx, 2, street);
  sund_table_text(lines, "class")[0] = "primary";
  w.in.role[SUND_PATHS] = lines;
  w.in.role[SUND_PLACES] = places(w.ctx, 1, at);
  w.in.role[SUND_HOMES] = draw_points(w.ctx, SUND_HOMES, 2, home);
  assert_ok(w.ctx, ask(&w));
  assert_near(seconds(&w, "car", 50, 0), 3600 / 65.0, 0.01);
  assert_near(seconds(&w, "car", 50, 1), 3600 / 65.0 + 72, 0.01);
  assert_true(draw_found(&w.out, "warning", "1.0 km of street have neither a speed nor a known class"));
  sund_ctx_free(w.ctx);
}

/* 10 km by car, 4 of them inside the place's own area: 141 g/km make 1,410 g, 564 of them at home. */
static void carbon_dioxide_at_home(void **state) {
  world w;
  (void)state;
  begin(&w, sund_ctx_new());
  const char *way = "p0:p1";
  const draw_line street[] = {{0, 0, 10000, 0, 0}};
  const draw_point at[] = {{0, 30, 0}, {10000, 0, 0}}, home[] = {{0, 0, 1}};
  const draw_box area[] = {{-100, -100, 4000, 100}, {4000, -100, 10100, 100}};
  w.modes[0] = "car";
  w.options.co2_g_km = 141;
  w.options.route = (sund_strings){1, &way, NULL};
  w.in.role[SUND_AREAS] = draw_areas(w.ctx, 2, area);
  w.in.role[SUND_PATHS] = roads(w.ctx, 1, street);
  w.in.role[SUND_PLACES] = places(w.ctx, 2, at);
  w.in.role[SUND_HOMES] = draw_points(w.ctx, SUND_HOMES, 1, home);
  assert_ok(w.ctx, ask(&w));
  const sund_table *ways = draw_layer(&w.out, "catchment_routes");
  assert_int_equal(ways->rows, 1);
  assert_near(sund_table_real(ways, "co2_g")[0], 1410, 0.1); /* the 30 m to the car are walked */
  assert_near(sund_table_real(ways, "co2_own_g")[0], 564, 0.1);
  way = "p0:nobody";
  assert_int_equal(ask(&w), SUND_USAGE);
  sund_ctx_free(w.ctx);
}

/* --------------------------------------------------------------------------------------------------------- shores */

static void across_by_country(void **state) {
  world w;
  (void)state;
  begin(&w, sund_ctx_new());
  const draw_line street[] = {{0, 0, 2000, 0, 0}};
  const draw_point at[] = {{0, 0, 0}};
  const draw_point home[] = {{500, 0, 1}, {1500, 0, 10}, {1990, 50, 100}};
  const draw_box country[] = {{-100, -100, 1000, 100}, {1000, -100, 1980, 40}};
  sund_table *areas = draw_areas(w.ctx, 2, country);
  sund_table_text(areas, "country")[0] = "DK";
  sund_table_text(areas, "country")[1] = "SE";
  w.in.role[SUND_AREAS] = areas;
  w.in.role[SUND_PATHS] = roads(w.ctx, 1, street);
  w.in.role[SUND_PLACES] = places(w.ctx, 1, at);
  w.in.role[SUND_HOMES] = draw_points(w.ctx, SUND_HOMES, 3, home);
  assert_ok(w.ctx, ask(&w));
  assert_true(persons(&w, "walk/30") == 111);
  assert_true(told(&w, "catchment.persons_across", "walk/30", "baseline") ==
              110); /* the pier belongs to the nearest */
  for (size_t r = 0; r < 2; r++) sund_table_text(areas, "country")[r] = NULL;
  assert_ok(w.ctx, ask(&w));
  assert_true(told(&w, "catchment.persons_across", "walk/30", "baseline") == 0); /* one network: one shore */
  sund_ctx_free(w.ctx);
}

static void straight_lines_without_paths(void **state) {
  world w;
  (void)state;
  begin(&w, sund_ctx_new());
  const draw_point at[] = {{0, 0, 0}};
  const draw_point home[] = {{0, 0, 1}, {150, 200, 10}, {0, 251, 100}};
  w.in.role[SUND_PLACES] = places(w.ctx, 1, at);
  w.in.role[SUND_HOMES] = draw_points(w.ctx, SUND_HOMES, 3, home);
  assert_ok(w.ctx, ask(&w));
  assert_true(persons(&w, "walk/15") == 11);
  assert_near(seconds(&w, "walk", 50, 1), 180, 0.2); /* a metre here is 0.05 % off on the ground */
  assert_true(isnan(seconds(&w, "walk", 50, 2)));
  sund_ctx_free(w.ctx);
}

/* ---------------------------------------------------------------------------------------------------------- gates */

/* Two shores: 500 m to the quay, 20 minutes on board, 666 2/3 m from it: 6, 20 and 8 minutes. */
static void draw_shores(world *w, const char *times, double headway_min) {
  const draw_line street[] = {{0, 0, 500, 0, 0}, {5500, 0, 5500 + 2000 / 3.0, 0, 0}};
  const draw_line ferry[] = {{500, 0, 5500, 0, 0}};
  const draw_point at[] = {{0, 0, 0}};
  const draw_point home[] = {{500, 0, 1}, {5500 + 2000 / 3.0, 0, 10}};
  w->in.role[SUND_PATHS] = roads(w->ctx, 2, street);
  w->in.role[SUND_PLACES] = places(w->ctx, 1, at);
  w->in.role[SUND_HOMES] = draw_points(w->ctx, SUND_HOMES, 2, home);
  sund_table *gates = draw_table(w->ctx, SUND_GATES, SUND_LINE, 1);
  gates->shapes = draw_lines(w->ctx, 1, ferry)->shapes;
  sund_table_real(gates, "minutes")[0] = 20;
  if (headway_min > 0) sund_table_real(gates, "headway_min")[0] = headway_min;
  sund_table_text(gates, "times")[0] = times;
  sund_table_text(gates, "modes")[0] = "walk";
  w->in.role[SUND_GATES] = gates;
}

static const char sailings[] = "06:40 07:00 07:20 07:40 08:00 08:20";

static void a_ferry_by_the_clock(void **state) {
  world w;
  (void)state;
  begin(&w, sund_ctx_new());
  draw_shores(&w, sailings, 0);
  static const struct {
    double percent, minutes;
  } wanted[] = {{1, 34}, {10, 35}, {25, 38}, {50, 43}, {75, 48}, {90, 51}, {100, 53}};
  for (size_t k = 0; k < sizeof wanted / sizeof *wanted; k++) {
    w.percents[0] = wanted[k].percent;
    assert_ok(w.ctx, ask(&w));
    assert_near(seconds(&w, "walk", wanted[k].percent, 1), wanted[k].minutes * 60, 0.01);
  }
  w.percents[0] = 50;
  assert_ok(w.ctx, ask(&w));
  assert_true(persons(&w, "walk/30") == 1 && persons(&w, "walk/45") == 11); /* 43 minutes */
  assert_true(told(&w, "catchment.persons", "walk/30/planned", "baseline") == 1);
  assert_true(told(&w, "catchment.persons", "walk/45/planned", "baseline") == 11);
  assert_true(told(&w, "catchment.persons_across", "walk/60", "baseline") == 10); /* no areas: beyond the gate */
  assert_near(metres(&w, 1), 500 + 5000 + 2000 / 3.0, 10);
  sund_ctx_free(w.ctx);
}

static void a_ferry_by_its_headway(void **state) {
  world w;
  (void)state;
  begin(&w, sund_ctx_new());
  draw_shores(&w, NULL, 20);
  static const struct {
    double percent, minutes;
  } wanted[] = {{10, 36}, {25, 39}, {50, 44}, {75, 49}, {90, 52}, {100, 54}};
  for (size_t k = 0; k < sizeof wanted / sizeof *wanted; k++) {
    w.percents[0] = wanted[k].percent;
    assert_ok(w.ctx, ask(&w));
    assert_near(seconds(&w, "walk", wanted[k].percent, 1), wanted[k].minutes * 60, 0.01);
  }
  sund_ctx_free(w.ctx);
}

/* A scenario compared with is what a run with its gates gives; one that closes the ferry reaches nobody across. */
static void scenarios_are_full_runs(void **state) {
  world w, tunnel;
  (void)state;
  begin(&w, sund_ctx_new());
  begin(&tunnel, w.ctx);
  draw_shores(&tunnel, NULL, 0);
  sund_table_real((sund_table *)(uintptr_t)tunnel.in.role[SUND_GATES], "headway_min")[0] = 0;
  sund_table_real((sund_table *)(uintptr_t)tunnel.in.role[SUND_GATES], "minutes")[0] = 5;
  draw_shores(&w, sailings, 0);
  static const char *const shut[] = {"ferry"};
  sund_table_text((sund_table *)(uintptr_t)w.in.role[SUND_GATES], "id")[0] = "ferry";
  w.variants[0] = (sund_variant){.name = "tunnel", .gates = tunnel.in.role[SUND_GATES]};
  w.variants[1] = (sund_variant){.name = "shut", .gates = w.in.role[SUND_GATES], .closed = 1, .close = shut};
  w.in.variants = 2;
  assert_ok(w.ctx, ask(&w));
  assert_ok(w.ctx, ask(&tunnel));
  assert_near(seconds(&tunnel, "walk", 50, 1), 19 * 60, 0.01);
  static const char *const bounds[] = {"walk/15", "walk/30", "walk/45", "walk/60"};
  for (size_t b = 0; b < 4; b++) {
    assert_true(told(&w, "catchment.persons", bounds[b], "tunnel") == persons(&tunnel, bounds[b]));
    assert_true(told(&w, "catchment.persons", bounds[b], "shut") == 1);
  }
  assert_true(persons(&w, "walk/30") == 1 && told(&w, "catchment.persons", "walk/30", "tunnel") == 11);
  sund_ctx_free(w.ctx);
}

/* ---------------------------------------------------------------------------------------------------------- refused */

static void what_is_refused(void **state) {
  world w;
  (void)state;
  begin(&w, sund_ctx_new());
  const sund_query *query = sund_query_find("catchment");
  const uint32_t usual = 1u << SUND_PLACES | 1u << SUND_HOMES | 1u << SUND_PATHS;
  const struct {
    uint32_t roles;
    const char *mode, *depart, *text;
  } wrong[] = {{usual & ~(1u << SUND_PLACES), "walk", NULL, "needs places"},
               {usual & ~(1u << SUND_HOMES), "walk", NULL, "nothing to count"},
               {usual & ~(1u << SUND_PATHS), "car", NULL, "needs streets"},
               {usual, "transit", NULL, "needs a timetable"},
               {usual, "bicycle", NULL, "none of walk, bike, car, transit"},
               {usual, "walk,cra", NULL, "did you mean 'car'"},
               {usual, "walk", "tomorrow", "2026-11-24T07:00"},
               {usual, "walk", "2026-02-30T07:00", "no day and time"},
               {usual, "walk", "2026-11-24T24:00", "no day and time"},
               {usual, "walk", "2026-11-24T7:00", "no day and time"}};
  for (size_t k = 0; k < sizeof wrong / sizeof *wrong; k++) {
    sund_ctx *ctx = sund_ctx_child(w.ctx);
    const char *text;
    w.modes[0] = wrong[k].mode;
    w.options.depart = wrong[k].depart;
    assert_int_equal(query->check(ctx, wrong[k].roles, &w.options), SUND_USAGE);
    (void)sund_failure(ctx, &text, NULL, NULL);
    assert_non_null(strstr(text, wrong[k].text));
    sund_ctx_free(ctx);
  }
  w.modes[0] = "walk,bike,car";
  w.options.depart = "2026-11-24T07:00:30";
  assert_ok(w.ctx, query->check(w.ctx, usual, &w.options));
  sund_ctx_free(w.ctx);
}

static void places_need_ids_of_their_own(void **state) {
  world w;
  (void)state;
  begin(&w, sund_ctx_new());
  const draw_point at[] = {{0, 0, 0}, {100, 0, 0}};
  sund_table *two = places(w.ctx, 2, at);
  sund_table_text(two, "id")[1] = "p0";
  w.in.role[SUND_PLACES] = two;
  w.in.role[SUND_HOMES] = draw_points(w.ctx, SUND_HOMES, 1, at);
  assert_int_equal(ask(&w), SUND_DATA);
  sund_ctx_free(w.ctx);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(bounds_are_inclusive),
      cmocka_unit_test(legs_are_walked),
      cmocka_unit_test(one_way_and_classes),
      cmocka_unit_test(speeds_that_are_not_given),
      cmocka_unit_test(carbon_dioxide_at_home),
      cmocka_unit_test(across_by_country),
      cmocka_unit_test(straight_lines_without_paths),
      cmocka_unit_test(a_ferry_by_the_clock),
      cmocka_unit_test(a_ferry_by_its_headway),
      cmocka_unit_test(scenarios_are_full_runs),
      cmocka_unit_test(what_is_refused),
      cmocka_unit_test(places_need_ids_of_their_own),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}

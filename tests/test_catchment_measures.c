/* test_catchment_measures.c - decays, gravity, minutes to the k-th job, potential, detour, performance; two places together
 * and shorter crossings: closed forms, a slow twin, and a run with the shorter gates. */
#include "draw.h"
#include "queries/catchment.h"
#include "queries/catchment_decay.h"

/* -------------------------------------------------------------------------------------- answers made by hand */

enum { MOST_PLACES = 24 };

/* A run whose answers are written down: one variant, one mode. */
typedef struct desk {
  sund_ctx *ctx;
  sund_inputs in;
  catchment_options options;
  sund_results out;
  catchment_run run;
  catchment_variant variant;
  sund_mode mode;
  const char *measure[3], *id[MOST_PLACES], *country[2];
  double x[MOST_PLACES], y[MOST_PLACES], minutes[4], percent;
  int32_t shore[MOST_PLACES];
  uint32_t bound[4];
} desk;

static void begin(desk *d, sund_ctx *ctx, sund_mode mode, size_t places, size_t targets, double bound) {
  *d = (desk){.ctx = ctx, .mode = mode, .minutes = {bound}, .percent = 50, .country = {"DK", "SE"}};
  d->in.scenario = "baseline";
  d->variant.name = "baseline";
  d->options = (catchment_options){
      .measure = {1, d->measure, NULL}, .decay = "exponential", .nearest = 1, .wants = {[SUND_CAR] = true}};
  catchment_town *t = &d->run.town;
  d->run = (catchment_run){.in = &d->in,
                           .options = &d->options,
                           .out = &d->out,
                           .unit_s = 1.0 / 16384,
                           .bounds = 1,
                           .minutes = d->minutes,
                           .bound = d->bound,
                           .percents = 1,
                           .percent = &d->percent,
                           .variants = 1,
                           .variant = &d->variant,
                           .method = "catchment/1#test"};
  d->run.bound[0] = (uint32_t)(bound * 60 * 16384) + CATCHMENT_ROUNDING;
  d->run.limit = d->run.bound[0];
  *t = (catchment_town){.targets = targets, .home_count = 1, .job_count = 1, .places = places};
  t->x = sund_alloc(ctx, targets, sizeof *t->x), t->y = sund_alloc(ctx, targets, sizeof *t->y);
  t->persons = sund_alloc(ctx, targets, sizeof *t->persons), t->jobs = sund_alloc(ctx, targets, sizeof *t->jobs);
  t->place_x = d->x, t->place_y = d->y, t->place_id = d->id, t->place_name = d->id;
  t->place_shore = d->shore, t->country = d->country;
  d->run.answer = sund_alloc(ctx, SUND_MODES * places, sizeof *d->run.answer);
  for (size_t i = 0; i < places; i++) {
    catchment_answer *answer = catchment_answer_of(&d->run, 0, mode, i);
    d->id[i] = sund_text(ctx, "p%zu", i);
    d->shore[i] = -1;
    answer->time = sund_alloc(ctx, 1, sizeof *answer->time);
    answer->time[0] = sund_alloc(ctx, targets, sizeof **answer->time);
    answer->across = sund_alloc(ctx, targets, 1);
    for (size_t k = 0; k < targets; k++) answer->time[0][k] = SUND_BEYOND;
  }
}

static void set_minutes(desk *d, size_t place, size_t target, double minutes) {
  catchment_answer_of(&d->run, 0, d->mode, place)->time[0][target] = (uint32_t)(minutes * 60 * 16384 + 0.5);
}

static void measure(desk *d, const char *word) {
  catchment_town *t = &d->run.town;
  d->measure[0] = word;
  d->out = (sund_results){0};
  t->all_persons = t->all_jobs = 0;
  for (size_t k = 0; k < t->targets; k++) t->all_persons += t->persons[k], t->all_jobs += t->jobs[k];
  assert_ok(d->ctx, catchment_measures(d->ctx, &d->run));
}

/* The value of an indicator for a unit; NAN also when there is no such row. */
static double of_unit(const sund_results *out, const char *indicator, const char *variant, const char *unit) {
  double value = NAN;
  int found = 0;
  for (size_t i = 0; i < out->indicators; i++) {
    const sund_indicator *row = &out->indicator[i];
    if (strcmp(row->indicator, indicator) != 0 || strcmp(row->variant, variant) != 0) continue;
    if (strcmp(row->unit_id, unit) != 0) continue;
    value = row->value;
    found++;
  }
  assert_true(found <= 1);
  return value;
}
static double told(const desk *d, const char *indicator, const char *variant) {
  return of_unit(&d->out, indicator, variant, "p0");
}

/* --------------------------------------------------------------------------------------------------------- decays */

static void decays_in_closed_form(void **state) {
  (void)state;
  static const struct {
    const char *name;
    double value, minutes, weight;
  } each[] = {{"step", 0, 60, 1},
              {"step", 0, 60.001, 0},
              {"step", 30, 31, 0},
              {"linear", 40, 10, 0.75},
              {"linear", 0, 60, 0},
              {"exponential", 0, 0, 1},
              {"exponential", 0.69314718055994531, 3, 0.125},
              {"gaussian", 10, 10, 0.60653065971263342},
              {"logistic", 30, 0, 1},
              {"power", 2, 4, 0.0625},
              {"power", 2, 0.5, 1},
              {"lognormal", 0.5, 1.7182818284590452, 0.60653065971263342}};
  catchment_decay decay;
  for (size_t k = 0; k < sizeof each / sizeof *each; k++) {
    assert_true(catchment_decay_of(each[k].name, each[k].value, 60, &decay));
    assert_near(catchment_decay_weight(&decay, each[k].minutes), each[k].weight, 1e-12);
  }
  assert_false(catchment_decay_of("cubic", 0, 60, &decay));
  /* (1 + e^(-30/s)) / (1 + e^0), s = 12 sqrt(3) / pi */
  assert_true(catchment_decay_of("logistic", 30, 60, &decay));
  assert_near(catchment_decay_weight(&decay, 30), (1 + exp(-30 / (12 * sqrt(3) / 3.14159265358979323846))) / 2,
              1e-12);
}

static void decays_never_rise(void **state) {
  (void)state;
  static const char *const names[] = {"step", "linear", "exponential", "gaussian", "logistic", "power", "lognormal"};
  for (size_t k = 0; k < sizeof names / sizeof *names; k++) {
    catchment_decay decay;
    assert_true(catchment_decay_of(names[k], 0, 60, &decay));
    assert_near(catchment_decay_weight(&decay, 0), 1, 1e-12);
    for (double t = 0, before = 1; t < 200; t += 0.5) {
      const double weight = catchment_decay_weight(&decay, t);
      assert_true(weight <= before && weight >= 0);
      before = weight;
    }
  }
}

/* ------------------------------------------------------------------------------------------------------- measures */

/* An open grid of streets a minute long, a job at every corner: 1 + 4 q / (1 - q)^2. */
static void gravity_on_the_open_grid(void **state) {
  enum { HALF = 60, SIDE = 2 * HALF + 1 };
  desk d;
  begin(&d, *state, SUND_CAR, 1, SIDE * SIDE, 500);
  for (int i = 0; i < SIDE; i++)
    for (int j = 0; j < SIDE; j++) {
      d.run.town.jobs[i * SIDE + j] = 1;
      set_minutes(&d, 0, (size_t)(i * SIDE + j), abs(i - HALF) + abs(j - HALF));
    }
  d.options.decay_value = log(2);
  measure(&d, "gravity");
  assert_near(told(&d, "catchment.gravity", "car/exponential/jobs"), 9, 1e-10);
  d.options.decay_value = 0.5;
  measure(&d, "gravity");
  const double q = exp(-0.5);
  assert_near(told(&d, "catchment.gravity", "car/exponential/jobs"), 1 + 4 * q / ((1 - q) * (1 - q)), 1e-9);
  assert_true(told(&d, "catchment.gravity", "car/exponential/persons") == 0);
}

/* 700 persons here and 300 a quarter of an hour away. */
static void two_towns(void **state) {
  desk d;
  begin(&d, *state, SUND_CAR, 1, 2, 30);
  d.run.town.persons[0] = 700, d.run.town.persons[1] = 300;
  set_minutes(&d, 0, 0, 0);
  set_minutes(&d, 0, 1, 15);
  measure(&d, "gravity");
  assert_near(told(&d, "catchment.gravity", "car/exponential/persons"), 700 + 300 * exp(-0.45), 1e-9);
  const double s = 12 * sqrt(3) / 3.14159265358979323846;
  d.options.decay = "logistic", d.options.decay_value = 20;
  measure(&d, "gravity");
  assert_near(told(&d, "catchment.gravity", "car/logistic/persons"),
              700 + 300 * (1 + exp(-20 / s)) / (1 + exp(-5 / s)), 1e-9);
  d.options.decay = "step", d.options.decay_value = 15;
  measure(&d, "gravity");
  assert_true(told(&d, "catchment.gravity", "car/step/persons") == 1000);
  d.options.decay_value = 14.9;
  measure(&d, "gravity");
  assert_true(told(&d, "catchment.gravity", "car/step/persons") == 700);
  d.options.decay_value = 100;
  set_minutes(&d, 0, 1, 30.1); /* beyond the largest bound nothing is known */
  measure(&d, "gravity");
  assert_true(told(&d, "catchment.gravity", "car/step/persons") == 700);
}

static void minutes_to_the_hundredth_job(void **state) {
  static const double jobs[] = {40, 10, 60, 5}, minutes[] = {12, 3, 20, 21};
  desk d;
  begin(&d, *state, SUND_BIKE, 1, 4, 60);
  for (size_t k = 0; k < 4; k++) {
    d.run.town.jobs[k] = jobs[k];
    set_minutes(&d, 0, k, minutes[k]);
  }
  static const struct {
    double k, minutes;
    const char *variant;
  } each[] = {
      {1, 3, "bike/1"}, {10, 3, "bike/10"}, {11, 12, "bike/11"}, {100, 20, "bike/100"}, {115, 21, "bike/115"}};
  for (size_t k = 0; k < sizeof each / sizeof *each; k++) {
    d.options.nearest = each[k].k;
    measure(&d, "nearest");
    assert_near(told(&d, "catchment.nearest", each[k].variant), each[k].minutes, 1e-4);
  }
  d.options.nearest = 116;
  measure(&d, "nearest");
  assert_int_equal(d.out.indicators, 1);
  assert_true(isnan(d.out.indicator[0].value));
}

static void potential_is_a_share_of_all(void **state) {
  desk d;
  begin(&d, *state, SUND_CAR, 2, 2, 60);
  d.run.town.persons[0] = 300, d.run.town.persons[1] = 100;
  for (size_t i = 0; i < 2; i++) set_minutes(&d, i, i, 0);
  set_minutes(&d, 0, 1, 10);
  measure(&d, "potential");
  assert_near(told(&d, "catchment.potential", "car/exponential"), 75 + 25 * exp(-0.3), 1e-9);
  assert_near(of_unit(&d.out, "catchment.potential", "car/exponential", "p1"), 25, 1e-9);
}

static void detour_by_persons_and_jobs(void **state) {
  desk d;
  begin(&d, *state, SUND_CAR, 1, 4, 60);
  double metres[] = {1500, 0.2, 8000, 3000};
  catchment_answer *answer = catchment_answer_of(&d.run, 0, SUND_CAR, 0);
  d.run.town.x[0] = 1000, d.run.town.x[1] = 0.1, d.run.town.x[2] = 4000, d.run.town.y[3] = 3000;
  d.run.town.persons[0] = 2, d.run.town.persons[1] = 5, d.run.town.jobs[2] = 1, d.run.town.jobs[3] = 3;
  for (size_t k = 0; k < 4; k++) set_minutes(&d, 0, k, 10);
  answer->metres = metres;
  answer->across[2] = 1;
  measure(&d, "detour");
  assert_near(told(&d, "catchment.detour", "car"), (2 * 1500 + 3 * 3000) / (2 * 1000 + 3 * 3000.0), 1e-12);
  assert_near(told(&d, "catchment.detour", "car/across"), 2, 1e-12);
  answer->metres = NULL;
  measure(&d, "detour");
  assert_int_equal(d.out.indicators, 0);
}

/* A plane of a person a square kilometre, straight roads at 80 km/h: performance 1; with detours of 1.3: 1 / 1.69. */
static void performance_on_the_plane(void **state) {
  enum { HALF = 125, SIDE = 2 * HALF + 1 };
  desk d;
  begin(&d, *state, SUND_CAR, 1, SIDE * SIDE, 90);
  static const double detour[] = {1, 1.3};
  for (size_t k = 0; k < 2; k++) {
    for (int i = 0; i < SIDE; i++)
      for (int j = 0; j < SIDE; j++) {
        const size_t t = (size_t)(i * SIDE + j);
        d.run.town.x[t] = 1000.0 * (i - HALF), d.run.town.y[t] = 1000.0 * (j - HALF);
        d.run.town.persons[t] = 1;
        set_minutes(&d, 0, t, detour[k] * hypot(i - HALF, j - HALF) * 60 / 80);
      }
    measure(&d, "performance");
    const double ratio = told(&d, "catchment.performance", "car/90");
    if (k == 0) assert_true(ratio == 1);
    else assert_near(ratio, 1 / 1.69, 0.002);
    assert_near(told(&d, "catchment.proximity", "car/90"), 3.14159265 * 120 * 120, 100);
  }
  d.options.wants[SUND_CAR] = false;
  measure(&d, "performance");
  assert_true(draw_found(&d.out, "warning", "performance is measured by car"));
}

/* ---------------------------------------------------------------------------------------------------------- joint */

static const sund_table *join(desk *d) {
  d->measure[0] = "joint";
  d->out = (sund_results){0};
  assert_ok(d->ctx, catchment_joint(d->ctx, &d->run));
  return draw_layer(&d->out, "catchment_joint");
}

static double cell(const sund_table *table, const char *column, size_t row) {
  return sund_table_real(table, column)[row];
}

static void both_and_either(void **state) {
  enum { PLACES = 5, TARGETS = 60 };
  desk d;
  uint64_t random = support_seed();
  begin(&d, *state, SUND_CAR, PLACES, TARGETS, 20);
  d.run.bounds = 2, d.minutes[1] = 45;
  d.bound[1] = 45 * 60 * 16384 + CATCHMENT_ROUNDING;
  for (size_t k = 0; k < TARGETS; k++) {
    d.run.town.persons[k] = k % 2 ? (double)(support_random(&random) % 50) : 0;
    d.run.town.jobs[k] = k % 2 ? 0 : (double)(support_random(&random) % 50);
    for (size_t i = 0; i < PLACES; i++)
      if (support_random(&random) % 5) set_minutes(&d, i, k, support_uniform(&random, 0, 60));
  }
  const sund_table *table = join(&d);
  assert_int_equal(table->rows, PLACES * (PLACES - 1) / 2 * 2);
  size_t row = 0;
  for (size_t a = 0; a < PLACES; a++)
    for (size_t b = a + 1; b < PLACES; b++)
      for (size_t bound = 0; bound < 2; bound++, row++) {
        double both = 0, either = 0, persons = 0;
        for (size_t k = 0; k < TARGETS; k++) {
          const bool by_a = catchment_answer_of(&d.run, 0, SUND_CAR, a)->time[0][k] <= d.bound[bound];
          const bool by_b = catchment_answer_of(&d.run, 0, SUND_CAR, b)->time[0][k] <= d.bound[bound];
          if (by_a && by_b) both += d.run.town.jobs[k], persons += d.run.town.persons[k];
          if (by_a || by_b) either += d.run.town.jobs[k];
        }
        assert_string_equal(sund_table_text(table, "place_a")[row], d.id[a]);
        assert_true(cell(table, "joint_jobs", row) == both && cell(table, "either_jobs", row) == either);
        assert_true(cell(table, "joint_persons", row) == persons);
        assert_near(cell(table, "overlap_jobs_pct", row), 100 * both / either, 1e-12);
        const char *text = bound ? "car/45" : "car/20", *unit = sund_text(d.ctx, "%s+%s", d.id[a], d.id[b]);
        assert_true(of_unit(&d.out, "catchment.joint_jobs", text, unit) == both);
        assert_true(of_unit(&d.out, "catchment.joint_persons", text, unit) == persons);
        assert_near(of_unit(&d.out, "catchment.overlap", text, unit), 100 * both / either, 1e-12);
      }
}

static void one_place_has_no_pair(void **state) {
  desk d;
  begin(&d, *state, SUND_CAR, 1, 1, 20);
  assert_null(join(&d));
  assert_int_equal(d.out.indicators, 0);
}

/* Of many places those on different shores only; where no shore is known, all. */
static void many_places(void **state) {
  desk d;
  begin(&d, *state, SUND_CAR, 22, 1, 20);
  assert_int_equal(join(&d)->rows, 22 * 21 / 2);
  assert_true(sund_table_int(draw_layer(&d.out, "catchment_joint"), "across")[0] == SUND_NULL_INT);
  for (size_t i = 0; i < 22; i++) d.shore[i] = i < 15 ? 0 : 1;
  d.shore[3] = -1;
  const sund_table *table = join(&d);
  assert_int_equal(table->rows, 14 * 7);
  assert_string_equal(sund_table_text(table, "place_b")[0], "p15");
  assert_int_equal(sund_table_int(table, "across")[0], 1);
  assert_null(d.out.indicator[0].unit_country);
}

static void joint_is_the_same_with_any_threads(void **state) {
  desk d;
  uint64_t random = 4;
  begin(&d, *state, SUND_CAR, 20, 500, 20);
  for (size_t k = 0; k < 500; k++) {
    d.run.town.jobs[k] = support_uniform(&random, 0, 9);
    for (size_t i = 0; i < 20; i++) set_minutes(&d, i, k, support_uniform(&random, 0, 60));
  }
  sund_ctx_threads(d.ctx, 1);
  const sund_table *one = join(&d);
  sund_ctx_threads(d.ctx, 4);
  const sund_table *four = join(&d);
  assert_memory_equal(sund_table_real(one, "joint_jobs"), sund_table_real(four, "joint_jobs"),
                      one->rows * sizeof(double));
}

static void without_memory(void **state) {
  for (size_t n = 1; n < 200; n++) {
    desk d;
    sund_ctx *ctx = sund_ctx_child(*state);
    begin(&d, ctx, SUND_CAR, 3, 4, 20);
    for (size_t k = 0; k < 4; k++) {
      d.run.town.jobs[k] = d.run.town.persons[k] = 1;
      for (size_t i = 0; i < 3; i++) set_minutes(&d, i, k, 5);
    }
    static const char *const words[] = {"gravity", "nearest", "potential", "performance", "joint"};
    const char *all[5];
    memcpy(all, words, sizeof all);
    d.options.measure = (sund_strings){5, all, NULL};
    sund_ctx_threads(ctx, 1);
    sund_ctx_fail_alloc(ctx, n);
    sund_code code = catchment_measures(ctx, &d.run);
    if (code == SUND_OK) code = catchment_joint(ctx, &d.run);
    assert_int_equal(sund_failure(ctx, NULL, NULL, NULL), code);
    assert_true(code == SUND_LIMIT || (code == SUND_OK && n > 30));
    sund_ctx_free(ctx);
    if (code == SUND_OK) return;
  }
  fail();
}

/* --------------------------------------------------------------------------------------------------------- shrink */

/* Two towns, 1 km of street each, a ferry between; homes along the streets. */
typedef struct strait {
  sund_inputs in;
  const char *mode, *measure;
  double minutes[3], percent;
  catchment_options options;
  sund_results out;
  catchment_variant variant;
} strait;

typedef struct ferry {
  double crossing, board, headway; /* minutes */
  const char *times;
} ferry;

static void run_strait(sund_ctx *ctx, strait *s, const ferry *by) {
  static const draw_line street[] = {{0, 0, 1000, 0, 0}, {5000, 0, 6000, 0, 0}}, route[] = {{1000, 0, 5000, 0, 0}};
  static const draw_point town[] = {{0, 0, 0}, {6000, 0, 0}};
  draw_point home[20];
  for (size_t k = 0; k < 20; k++) home[k] = (draw_point){(double)(k / 10) * 5000 + (double)(k % 10) * 100, 0, 1};
  *s = (strait){.mode = "walk", .measure = "shrink", .minutes = {30, 45, 60}, .percent = 50};
  s->in.crs = draw_crs(ctx);
  s->in.scenario = "baseline";
  s->in.role[SUND_PATHS] = draw_lines(ctx, 2, street);
  s->in.role[SUND_HOMES] = draw_points(ctx, SUND_HOMES, 20, home);
  sund_table *places = draw_points(ctx, SUND_PLACES, 2, town), *gates = draw_table(ctx, SUND_GATES, SUND_LINE, 1);
  for (size_t i = 0; i < 2; i++) sund_table_text(places, "id")[i] = sund_text(ctx, "t%zu", i);
  s->in.role[SUND_PLACES] = places;
  gates->shapes = draw_lines(ctx, 1, route)->shapes;
  sund_table_text(gates, "modes")[0] = "walk";
  sund_table_real(gates, "minutes")[0] = by->crossing;
  sund_table_real(gates, "headway_min")[0] = by->headway;
  sund_table_text(gates, "times")[0] = by->times;
  sund_table_real(gates, "board_s")[0] = by->board * 60;
  s->options = (catchment_options){.mode = {1, &s->mode, NULL},
                                   .minutes = {3, s->minutes},
                                   .percentiles = {1, &s->percent},
                                   .depart = "2026-11-24T07:00",
                                   .window_min = 60,
                                   .walk_kmh = 5,
                                   .bike_kmh = 15,
                                   .car_kmh = 50,
                                   .snap_limit_m = 250,
                                   .join_m = 1,
                                   .piece_m = 100,
                                   .access_by = "walk",
                                   .bikes_aboard = "no",
                                   .no_map = true,
                                   .measure = {1, &s->measure, NULL},
                                   .decay = "step"};
  s->variant = (catchment_variant){.name = "baseline", .gates = gates};
  catchment_run run = {
      .in = &s->in, .options = &s->options, .out = &s->out, .variants = 1, .variant = &s->variant, .method = "m"};
  const double box[4] = {DRAW_X - 100, DRAW_Y - 100, DRAW_X + 7000, DRAW_Y + 100};
  assert_ok(ctx, catchment_options_read(ctx, &run));
  assert_ok(ctx, sund_ground_open(ctx, s->in.crs, box, &run.ground));
  assert_ok(ctx, catchment_town_make(ctx, &run));
  assert_ok(ctx, catchment_streets_make(ctx, &run));
  assert_ok(ctx, catchment_gates_make(ctx, &run));
  assert_ok(ctx, catchment_reach(ctx, &run));
  assert_ok(ctx, catchment_joint(ctx, &run));
}

/* Takes up to `left` minutes off a time. */
static double without(double minutes, double *left) {
  const double by = fmin(minutes, *left);
  *left -= by;
  return minutes - by;
}

/* Every step is a run with that gate; the minutes go from the crossing, then the boarding, then the headway. */
static void every_step_is_a_run_of_its_own(void **state) {
  static const ferry each[] = {
      {40, 1, 20, NULL}, {12, 2, 25, NULL}, {3, 4, 60, NULL}, {20, 3, NAN, "07:00 07:20 07:40 08:00 08:20 08:40"}};
  size_t changes = 0;
  for (size_t k = 0; k < sizeof each / sizeof *each; k++) {
    strait all;
    run_strait(*state, &all, &each[k]);
    const sund_table *table = draw_layer(&all.out, "catchment_shrink");
    assert_int_equal(table->rows, 7 * 3);
    for (size_t step = 0; step < 7; step++) {
      strait one;
      double left = 5.0 * (double)step;
      ferry by = each[k];
      by.crossing = without(by.crossing, &left);
      by.board = without(by.board, &left);
      if (!by.times) by.headway = without(by.headway, &left);
      run_strait(*state, &one, &by);
      const sund_table *alone = draw_layer(&one.out, "catchment_shrink");
      for (size_t b = 0; b < 3; b++) {
        const size_t row = 3 * step + b;
        assert_true(cell(table, "shrink_min", row) == 5.0 * (double)step);
        assert_true(cell(table, "joint_persons", row) == cell(alone, "joint_persons", b));
        assert_true(cell(table, "persons_b", row) == cell(alone, "persons_b", b));
        changes += step > 0 && cell(table, "persons_a", row) > cell(table, "persons_a", row - 3);
      }
    }
    assert_true(of_unit(&all.out, "catchment.joint_persons", "walk/60/-30min", "t0+t1") ==
                cell(table, "joint_persons", 20));
  }
  assert_true(changes > 10); /* else the test would see nothing */
}

static void nothing_to_shrink(void **state) {
  strait s;
  run_strait(*state, &s, &(ferry){20, 0, 20, NULL});
  sund_results out = {0};
  s.options.wants[SUND_WALK] = true;
  catchment_variant none = {.name = "baseline"};
  double minutes = 30;
  uint32_t bound = 30;
  catchment_run run = {.in = &s.in,
                       .options = &s.options,
                       .out = &out,
                       .variants = 1,
                       .variant = &none,
                       .bounds = 1,
                       .minutes = &minutes,
                       .bound = &bound};
  assert_ok(*state, catchment_town_make(*state, &run));
  assert_ok(*state, catchment_joint(*state, &run));
  assert_int_equal(out.layers, 0);
  assert_true(draw_found(&out, "note", "shrink: no gate"));
}

int main(void) {
  const struct CMUnitTest tests[] = {
      SUND_TEST(decays_in_closed_form),
      SUND_TEST(decays_never_rise),
      SUND_TEST(gravity_on_the_open_grid),
      SUND_TEST(two_towns),
      SUND_TEST(minutes_to_the_hundredth_job),
      SUND_TEST(potential_is_a_share_of_all),
      SUND_TEST(detour_by_persons_and_jobs),
      SUND_TEST(performance_on_the_plane),
      SUND_TEST(both_and_either),
      SUND_TEST(one_place_has_no_pair),
      SUND_TEST(many_places),
      SUND_TEST(joint_is_the_same_with_any_threads),
      SUND_TEST(every_step_is_a_run_of_its_own),
      SUND_TEST(nothing_to_shrink),
      SUND_TEST(without_memory),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}

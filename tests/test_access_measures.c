/* Supply and demand in the query `access`: what is handed out, to whom, and what is told about it. */
#include "ask.h"

/* A square of 100 m is handed out in ground square metres. */
static double square_m2(const town *t) {
  return pow(draw_ground(t->ctx, 100), 2);
}

static double number(const town *t, const char *column, size_t home) {
  const double *value = sund_table_real(draw_layer(&t->out, "access_homes"), column);
  if (!value) fail_msg("no column %s", column);
  return value[home];
}

static double value(const town *t, const char *indicator, const char *variant) {
  return draw_value(&t->out, indicator, variant, SIZE_MAX);
}

static void ask_for(town *t, size_t count, const char **measure) {
  t->options.measure = (sund_strings){.count = count, .value = measure};
}

static sund_table *boxes(const town *t, size_t n, const draw_box *box, const char *const *kind,
                         const char *const *access) {
  sund_table *green = draw_boxes(t->ctx, SUND_GREEN, n, box);
  for (size_t i = 0; i < n; i++) {
    if (kind) sund_table_text(green, "kind")[i] = kind[i];
    if (access) sund_table_text(green, "access")[i] = access[i];
  }
  return green;
}

/* One park for 40 people, one for 20, one that is too far from everybody. */
static void parks_are_shared(void **state) {
  town t;
  found_town(&t, *state);
  const draw_box park[] = {{0, 0, 100, 100}, {1000, 0, 1100, 100}, {9000, 0, 9100, 100}};
  const draw_point home[] = {{150, 50, 10}, {200, 50, 30}, {1150, 50, 20}, {5000, 50, 5}};
  const char *measure[] = {"2sfca", "nearest", "cumulative", "2sfca"};
  give(&t, SUND_GREEN, draw_boxes(t.ctx, SUND_GREEN, 3, park));
  give(&t, SUND_HOMES, draw_points(t.ctx, SUND_HOMES, 4, home));
  ask_for(&t, 4, measure);
  t.options.demand_m2 = 300;
  assert_ok(t.ctx, ask(&t));
  double area = square_m2(&t), mean = 2 * area / 65;
  for (size_t i = 0; i < 4; i++) {
    const double wanted[] = {area / 40, area / 40, area / 20, 0}, reach[] = {area, area, area, 0};
    assert_near(number(&t, "near_2sfca", i), wanted[i], 2e-5 * wanted[i]); /* the scale changes with x */
    assert_near(number(&t, "near_cumulative", i), reach[i], 2e-5 * reach[i]);
  }
  assert_near(value(&t, "access.supply", "near/2sfca"), mean, 2e-5 * mean);
  assert_near(value(&t, "access.balance", "near/2sfca"), mean - 300, 2e-5 * mean);
  assert_true(value(&t, "access.under", "near/2sfca") == 45); /* 250 m2, and nothing */
  assert_true(value(&t, "access.over", "near/2sfca") == 20);
  /* (20 persons 500, 40 persons 250, 5 persons 0): 2 * sum of differences of pairs over 2 * 65^2 * mean. */
  double pairs = 20 * 40 * area / 40 + 20 * 5 * area / 20 + 40 * 5 * area / 40;
  assert_near(value(&t, "access.gini", "near/2sfca"), pairs / (65 * 65 * mean), 1e-5);
  assert_true(draw_found(&t.out, "note", "2sfca: 1.99") && draw_found(&t.out, "note", "in reach of nobody"));
}

/* Ground in two registers is handed out once: it belongs to the one that more people may enter. */
static void overlapping_ground_counts_once(void **state) {
  town t;
  found_town(&t, *state);
  const draw_box box[] = {{50, 0, 150, 100}, {0, 0, 100, 100}, {0, 0, 100, 100}, {120, 0, 140, 100}};
  const char *const access[] = {"unknown", "public", "public", "public"};
  const draw_point home[] = {{-10, 50, 1}, {440, 50, 1}}; /* the second has the unknown one only: 290 m */
  const char *measure[] = {"cumulative"};
  t.standards[0].min_ha = 0.1;
  give(&t, SUND_GREEN, boxes(&t, 4, box, NULL, access));
  give(&t, SUND_HOMES, draw_points(t.ctx, SUND_HOMES, 2, home));
  ask_for(&t, 1, measure);
  t.options.radius_m = 295;
  assert_ok(t.ctx, ask(&t));
  double area = square_m2(&t);
  assert_near(number(&t, "near_cumulative", 0), 1.5 * area, 1);
  assert_near(number(&t, "near_cumulative", 1), 0.3 * area, 1); /* 150 m less the 50 and the 20 that are public */
}

/* Forest is walked to from farther away than parks; where they overlap the kind that was named has the ground. */
static void kinds_with_a_radius_of_their_own(void **state) {
  town t;
  found_town(&t, *state);
  const draw_box box[] = {{0, 0, 100, 100}, {50, 0, 150, 100}};
  const char *const kind[] = {"forest", "park"};
  const draw_point home[] = {{-10, 50, 1}, {-500, 50, 1}, {-1200, 50, 1}};
  const char *measure[] = {"cumulative"}, *radius[] = {"forest=1000"};
  give(&t, SUND_GREEN, boxes(&t, 2, box, kind, NULL));
  give(&t, SUND_HOMES, draw_points(t.ctx, SUND_HOMES, 3, home));
  ask_for(&t, 1, measure);
  assert_ok(t.ctx, ask(&t));
  double area = square_m2(&t);
  assert_near(number(&t, "near_cumulative", 0), 1.5 * area, 1);
  assert_true(number(&t, "near_cumulative", 1) == 0);
  t.options.radius_of = (sund_strings){.count = 1, .value = radius};
  t.standards[0].min_ha = 0;
  assert_ok(t.ctx, ask(&t));
  assert_near(number(&t, "near_cumulative", 0), 1.5 * area, 1);
  assert_near(number(&t, "near_cumulative", 1), area, 1);
  assert_true(number(&t, "near_cumulative", 2) == 0);
}

/* Homes with their old people, and what they earn. */
static sund_table *homes_with_groups(const town *t, size_t n, const draw_point *home, const double *old,
                                     const double *income) {
  const sund_field fields[] = {{"id", SUND_TEXT, NULL, {NULL}, NULL},
                               {"persons", SUND_REAL, "persons", {NULL}, NULL},
                               {"group_65_plus", SUND_REAL, "persons", {NULL}, NULL},
                               {"income", SUND_REAL, NULL, {NULL}, NULL}};
  sund_table *out;
  assert_ok(t->ctx, sund_table_new(t->ctx, "homes", SUND_POINT, n, fields, 4, &out));
  for (size_t i = 0; i < n; i++) {
    out->x[i] = DRAW_X + home[i].x, out->y[i] = DRAW_Y + home[i].y;
    out->column[1].real[i] = home[i].persons, out->column[2].real[i] = old[i];
    out->column[3].real[i] = income[i];
  }
  return out;
}

/* The old walk 100 m: of home 2, 200 m away, only the 8 others come. 2 + 8 and 8 others: 18 persons share. */
static void groups_with_a_radius_of_their_own(void **state) {
  town t;
  found_town(&t, *state);
  const draw_box park[] = {{0, 0, 100, 100}};
  const draw_point home[] = {{150, 50, 10}, {300, 50, 10}};
  const double old[] = {2, 2}, income[] = {1, 2};
  const char *measure[] = {"2sfca"}, *radius[] = {"65_plus=100"};
  give(&t, SUND_GREEN, draw_boxes(t.ctx, SUND_GREEN, 1, park));
  give(&t, SUND_HOMES, homes_with_groups(&t, 2, home, old, income));
  ask_for(&t, 1, measure);
  t.options.demand_m2 = 400;
  assert_ok(t.ctx, ask(&t));
  double area = square_m2(&t);
  assert_near(value(&t, "access.supply", "near/2sfca/group_65_plus"), area / 20, 1e-3);
  assert_near(value(&t, "access.concentration", "near/2sfca"), 0, 1e-9);
  assert_null(sund_table_real(draw_layer(&t.out, "access_homes"), "near_2sfca_65_plus"));
  t.options.radius_of = (sund_strings){.count = 1, .value = radius};
  assert_ok(t.ctx, ask(&t));
  assert_near(number(&t, "near_2sfca", 0), area / 18, 1e-3);
  assert_near(number(&t, "near_2sfca", 1), 0.8 * area / 18, 1e-3);
  assert_near(number(&t, "near_2sfca_65_plus", 0), area / 18, 1e-3);
  assert_true(number(&t, "near_2sfca_65_plus", 1) == 0);
  assert_near(value(&t, "access.supply", "near/2sfca/group_65_plus"), area / 36, 1e-3);
  assert_true(value(&t, "access.under", "near/2sfca/group_65_plus") == 2);
  assert_true(value(&t, "access.concentration", "near/2sfca") < 0); /* the poorer live nearer */
  assert_near(value(&t, "access.palma", "near/2sfca"), 0.8, 1e-9);
}

/* A home without a path has no value, but its people are there: the others have no more green for it. */
static void the_unassessed_take_their_share(void **state) {
  town t;
  found_town(&t, *state);
  const draw_box park[] = {{0, 0, 1000, 1000}};
  const draw_line path[] = {{-200, 500, 100, 500, 0}};
  const draw_point home[] = {{-100, 500, 10}, {900, 900, 30}};
  const char *measure[] = {"2sfca"};
  give(&t, SUND_GREEN, draw_boxes(t.ctx, SUND_GREEN, 1, park));
  give(&t, SUND_HOMES, draw_points(t.ctx, SUND_HOMES, 2, home));
  give(&t, SUND_PATHS, draw_lines(t.ctx, 1, path));
  ask_for(&t, 1, measure);
  assert_ok(t.ctx, ask(&t));
  assert_near(number(&t, "near_2sfca", 0), 100 * square_m2(&t) / 40, 1);
  assert_true(isnan(number(&t, "near_2sfca", 1)));
  assert_near(value(&t, "access.supply", "near/2sfca"), 100 * square_m2(&t) / 40, 1);
}

/* What the column supply says is handed out, summed over the parcels of an area; where it says nothing, the area. */
static void supply_as_given(void **state) {
  town t;
  found_town(&t, *state);
  const draw_box box[] = {{0, 0, 100, 100}, {100, 0, 200, 100}, {1000, 0, 1100, 100}};
  const draw_point home[] = {{-10, 50, 3}, {990, 50, 2}}, gate[] = {{0, 50, 0}};
  const char *measure[] = {"2sfca"};
  sund_table *green = draw_boxes(t.ctx, SUND_GREEN, 3, box);
  sund_table_real(green, "supply")[0] = 5, sund_table_real(green, "supply")[1] = 7;
  give(&t, SUND_GREEN, green);
  give(&t, SUND_HOMES, draw_points(t.ctx, SUND_HOMES, 2, home));
  ask_for(&t, 1, measure);
  assert_ok(t.ctx, ask(&t));
  assert_near(number(&t, "near_2sfca", 0), 4, 1e-12);
  assert_near(number(&t, "near_2sfca", 1), square_m2(&t) / 2, 0.1);
  t.standards[0].min_ha = 0;
  green = draw_points(t.ctx, SUND_GREEN, 1, gate);
  give(&t, SUND_GREEN, green);
  assert_ok(t.ctx, ask(&t));
  assert_true(number(&t, "near_2sfca", 0) == 0 && draw_found(&t.out, "warning", "points have no area"));
  sund_table_real(green, "supply")[0] = 6;
  assert_ok(t.ctx, ask(&t));
  assert_near(number(&t, "near_2sfca", 0), 2, 1e-12);
}

/* Distances of their own: homes and green by id, a row a pair. */
typedef struct drawn_pair {
  const char *from, *to;
  double metres;
} drawn_pair;

static void give_pairs(town *t, size_t n, const drawn_pair *pair) {
  sund_table *od = draw_table(t->ctx, SUND_OD, SUND_NONE, n);
  for (size_t i = 0; i < n; i++) {
    sund_table_text(od, "from")[i] = pair[i].from, sund_table_text(od, "to")[i] = pair[i].to;
    sund_table_real(od, "metres")[i] = pair[i].metres;
  }
  t->in.role[SUND_OD] = od;
}

static void name_rows(sund_table *table, const char *const *id) {
  for (size_t i = 0; i < table->rows; i++) sund_table_text(table, "id")[i] = id[i];
}

/* Parcels of a table of distances stand alone; where they overlap, the earlier one has the ground. */
static void distances_by_table(void **state) {
  town t;
  found_town(&t, *state);
  const draw_box box[] = {{0, 0, 100, 100}, {50, 0, 150, 100}};
  const drawn_pair pair[] = {{"h", "a", 10}, {"h", "b", 20}, {"i", "b", 300}, {"i", "a", 301}};
  const char *const homes_id[] = {"h", "i"}, *const green_id[] = {"a", "b"};
  const char *measure[] = {"2sfca", "cumulative"}, *message = "";
  sund_table *green = draw_boxes(t.ctx, SUND_GREEN, 2, box), *lived = draw_table(t.ctx, SUND_HOMES, SUND_NONE, 2);
  name_rows(green, green_id), name_rows(lived, homes_id);
  give(&t, SUND_GREEN, green);
  t.in.role[SUND_HOMES] = lived;
  give_pairs(&t, 4, pair);
  ask_for(&t, 2, measure);
  assert_ok(t.ctx, ask(&t));
  double area = square_m2(&t);
  assert_near(number(&t, "near_cumulative", 0), 1.5 * area, 1);
  assert_near(number(&t, "near_cumulative", 1), 0.5 * area, 1); /* 300 m is within, 301 is not */
  assert_near(number(&t, "near_2sfca", 0), area + 0.25 * area, 1);
  green = draw_table(t.ctx, SUND_GREEN, SUND_NONE, 2);
  name_rows(green, green_id);
  t.in.role[SUND_GREEN] = green;
  sund_table_real(green, "supply")[0] = 4, sund_table_real(green, "supply")[1] = 2;
  assert_ok(t.ctx, ask(&t));
  assert_near(number(&t, "near_2sfca", 0), 5, 1e-12);
  sund_table_real(green, "supply")[1] = NAN;
  assert_int_equal(ask(&t), SUND_DATA);
  sund_failure(t.ctx, &message, NULL, NULL);
  assert_non_null(strstr(message, "no supply, and no geometry"));
}

static void few_people_are_not_told_about(void **state) {
  town t;
  found_town(&t, *state);
  const draw_box park[] = {{0, 0, 100, 100}};
  const draw_point home[] = {{150, 50, 3}};
  const char *measure[] = {"bfca"};
  give(&t, SUND_GREEN, draw_boxes(t.ctx, SUND_GREEN, 1, park));
  give(&t, SUND_HOMES, draw_points(t.ctx, SUND_HOMES, 1, home));
  ask_for(&t, 1, measure);
  t.options.suppress = 5;
  assert_ok(t.ctx, ask(&t));
  assert_true(isnan(value(&t, "access.supply", "near/bfca")));
}

static void what_is_no_radius(void **state) {
  const struct {
    const char *text, *why;
  } bad[] = {{"forest", "not NAME=METRES"},
             {"forest=far", "not NAME=METRES"},
             {"forest=-1", "not NAME=METRES"},
             {"wood=100", "\"wood\" is no kind of green and no group of the homes; there are forest park"}};
  for (size_t k = 0; k < sizeof bad / sizeof *bad; k++) {
    town t;
    sund_ctx *ctx = sund_ctx_new();
    found_town(&t, ctx);
    const draw_box park[] = {{0, 0, 100, 100}};
    const draw_point home[] = {{150, 50, 3}};
    const char *measure[] = {"gravity"}, *radius[] = {bad[k].text}, *why = "";
    give(&t, SUND_GREEN, draw_boxes(ctx, SUND_GREEN, 1, park));
    give(&t, SUND_HOMES, draw_points(ctx, SUND_HOMES, 1, home));
    ask_for(&t, 1, measure);
    t.options.radius_of = (sund_strings){.count = 1, .value = radius};
    assert_int_equal(ask(&t), SUND_USAGE);
    sund_failure(ctx, &why, NULL, NULL);
    if (!strstr(why, bad[k].why)) fail_msg("%s: %s", bad[k].text, why);
    sund_ctx_free(ctx);
  }
  (void)state;
}

/* The same figures whatever the order of homes and green, and the same bits for any number of threads. */
static void order_and_threads(void **state) {
  uint64_t random = support_seed();
  (void)state;
  for (int round = 0; round < 10; round++) {
    draw_box park[12], back_park[12];
    draw_point home[30], back_home[30];
    for (int i = 0; i < 12; i++) {
      double x = support_uniform(&random, 0, 1500), y = support_uniform(&random, 0, 1500);
      park[i] = back_park[11 - i] = (draw_box){x, y, x + support_uniform(&random, 80, 300), y + 150};
    }
    for (int i = 0; i < 30; i++)
      home[i] = back_home[29 - i] = (draw_point){support_uniform(&random, 0, 1800), support_uniform(&random, 0, 1800),
                                                 (double)(support_random(&random) % 20)};
    double supply[3], gini[3];
    for (int k = 0; k < 3; k++) {
      town t;
      sund_ctx *ctx = sund_ctx_new();
      const char *measure[] = {"2sfca"};
      found_town(&t, ctx);
      sund_ctx_threads(ctx, k == 1 ? 4 : 1);
      give(&t, SUND_GREEN, draw_boxes(ctx, SUND_GREEN, 12, k == 2 ? back_park : park));
      give(&t, SUND_HOMES, draw_points(ctx, SUND_HOMES, 30, k == 2 ? back_home : home));
      ask_for(&t, 1, measure);
      t.options.decay = "gaussian";
      assert_ok(ctx, ask(&t));
      supply[k] = value(&t, "access.supply", "near/2sfca"), gini[k] = value(&t, "access.gini", "near/2sfca");
      sund_ctx_free(ctx);
    }
    if (supply[0] != supply[1] || gini[0] != gini[1] || !(fabs(supply[0] - supply[2]) <= 1e-9 * supply[0]) ||
        !(fabs(gini[0] - gini[2]) <= 1e-9))
      fail_msg("seed %llu round %d: %.17g %.17g %.17g", (unsigned long long)support_seed(), round, supply[0],
               supply[1], supply[2]);
  }
}

/* A run that takes every way through: overlaps, kinds and groups with radii, income. nth: allocation of the query that
 * fails, 0 = none. */
static sund_code run_short_of_memory(size_t nth, size_t *allocations) {
  sund_ctx *ctx = sund_ctx_new();
  town t;
  found_town(&t, ctx);
  const draw_box box[] = {{0, 0, 100, 100}, {50, 0, 150, 100}, {60, 0, 90, 300}};
  const char *const kind[] = {"forest", "park", "park"}, *const access[] = {"public", "public", "unknown"};
  const draw_point home[] = {{150, 50, 10}, {300, 50, 10}};
  const double old[] = {2, 20}, income[] = {1, 2};
  const char *measure[] = {"2sfca", "bfca"}, *radius[] = {"forest=200", "65_plus=100"};
  t.standards[0].min_ha = 0;
  give(&t, SUND_GREEN, boxes(&t, 3, box, kind, access));
  give(&t, SUND_HOMES, homes_with_groups(&t, 2, home, old, income));
  ask_for(&t, 2, measure);
  t.options.radius_of = (sund_strings){.count = 2, .value = radius};
  t.options.demand_m2 = 10, t.options.quick = true;
  size_t before = sund_ctx_allocations(ctx);
  sund_ctx_threads(ctx, 1);
  sund_ctx_fail_alloc(ctx, nth);
  sund_code code = ask(&t), noted = sund_failure(ctx, NULL, NULL, NULL);
  *allocations = sund_ctx_allocations(ctx) - before;
  if (code == SUND_OK) assert_true(draw_found(&t.out, "warning", "10 persons more than live in their homes"));
  sund_ctx_free(ctx);
  assert_true(code == noted);
  return code;
}

/* Every 29th allocation of the run, one at a time. */
static void memory_runs_out(void **state) {
  (void)state;
  size_t all, some;
  assert_int_equal(run_short_of_memory(0, &all), SUND_OK);
  for (size_t nth = 1; nth <= all; nth += 29) {
    sund_code code = run_short_of_memory(nth, &some);
    if (code != SUND_LIMIT) fail_msg("allocation %zu of %zu: code %d", nth, all, code);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      SUND_TEST(parks_are_shared),
      SUND_TEST(overlapping_ground_counts_once),
      SUND_TEST(kinds_with_a_radius_of_their_own),
      SUND_TEST(groups_with_a_radius_of_their_own),
      SUND_TEST(the_unassessed_take_their_share),
      SUND_TEST(supply_as_given),
      SUND_TEST(distances_by_table),
      SUND_TEST(few_people_are_not_told_about),
      SUND_TEST(what_is_no_radius),
      SUND_TEST(order_and_threads),
      SUND_TEST(memory_runs_out),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}

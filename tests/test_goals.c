/* test_goals.c - goals against indicators drawn by hand: which rows answer a goal, verdicts, warnings. */
#include "draw.h"
#include "queries/goals.h"

/* A run of two queries on two areas, a and b. */
typedef struct drawn {
  sund_ctx *ctx;
  sund_inputs inputs;
  sund_results results[2], out;
  sund_project project;
  sund_goal goal[8];
} drawn;

static void add(drawn *d, size_t query, const char *indicator, const char *variant, size_t area, double value,
                double low, double high) {
  const sund_indicator row = {.indicator = indicator,
                              .variant = variant,
                              .area = area,
                              .value = value,
                              .unit = "%",
                              .low = low,
                              .high = high,
                              .base = NAN,
                              .method = "m/1"};
  assert_ok(d->ctx, sund_results_indicator(d->ctx, &d->results[query], row));
}

static drawn *draw_run(sund_ctx *ctx) {
  drawn *d = sund_alloc(ctx, 1, sizeof *d);
  d->ctx = ctx;
  d->inputs.scenario = "baseline";
  d->inputs.role[SUND_AREAS] = draw_areas(ctx, 2, (const draw_box[]){{0, 0, 1, 1}, {1, 0, 2, 1}});
  d->project = (sund_project){.file = "p.yaml", .folder = ".", .goal = d->goal};
  for (size_t area = 0; area < 2; area++) {
    add(d, 0, "access.share", "who-05", area, 90 + (double)area, 88, 92);
    add(d, 0, "access.share", "who-05/straight", area, 99, NAN, NAN);
    add(d, 0, "access.share", "who-1", area, 40, NAN, NAN);
    add(d, 1, "catchment.persons", "car/30", area, area ? NAN : 7, NAN, NAN);
  }
  return d;
}

static void set_goal(drawn *d, const char *indicator, const char *variant, const char *area, double target) {
  size_t i = d->project.goals++;
  d->goal[i] = (sund_goal){
      .mark = {"p.yaml", 20 + (int)i, 5}, .indicator = indicator, .variant = variant, .area = area, .target = target};
}

/* The table, NULL when there is none. */
static const sund_table *answer(drawn *d) {
  const goals_input in = {&d->project, &d->inputs, 2, d->results};
  assert_ok(d->ctx, goals_make(d->ctx, &in, &d->out));
  return draw_layer(&d->out, "goals");
}

/* Rows as "variant area verdict" joined by ", ". */
static void assert_rows(const drawn *d, const sund_table *table, const char *expected) {
  const char *text = "";
  for (size_t r = 0; r < table->rows; r++)
    text = sund_text(d->ctx, "%s%s%s %s %s", text, r ? ", " : "", sund_table_text(table, "variant")[r],
                     sund_table_text(table, "area_id")[r], sund_table_text(table, "verdict")[r]);
  assert_string_equal(text, expected);
}

static void test_one_goal(void **state) {
  drawn *d = draw_run(*state);
  set_goal(d, "access.share", "who-05", "b", 90);
  d->goal[0].year = 2030;
  const sund_table *table = answer(d);
  assert_rows(d, table, "who-05 b undecided");
  assert_string_equal(sund_table_text(table, "scenario")[0], "baseline");
  assert_string_equal(sund_table_text(table, "indicator")[0], "access.share");
  assert_string_equal(sund_table_text(table, "area_name")[0], "Area B");
  assert_string_equal(sund_table_text(table, "rule")[0], "at least");
  assert_string_equal(sund_table_text(table, "unit")[0], "%");
  assert_string_equal(sund_table_text(table, "method")[0], "m/1");
  assert_true(sund_table_real(table, "target")[0] == 90 && sund_table_real(table, "value")[0] == 91);
  assert_true(sund_table_real(table, "low")[0] == 88 && sund_table_real(table, "high")[0] == 92);
  assert_true(sund_table_int(table, "year")[0] == 2030);
  assert_int_equal(d->out.findings.count, 0);
}

static void test_which_rows(void **state) {
  drawn *d = draw_run(*state);
  set_goal(d, "access.share", NULL, NULL, 88);             /* every variant that stands for itself */
  set_goal(d, "access.share", "who", "a", 95);             /* the members of a family */
  set_goal(d, "access.share", "who-05/straight", "a", 99); /* asked for by name */
  set_goal(d, "catchment.persons", NULL, NULL, 7);         /* no shorter variant beside "car/30" */
  set_goal(d, "access.share", "sund/who", "b", 30);
  assert_rows(d, answer(d),
              "who-05 a met, who-1 a not met, who-05 b met, who-1 b not met, who-05 a not met, who-1 a not met, "
              "who-05/straight a met, car/30 a met, car/30 b unknown, who-05 b met, who-1 b met");
  assert_true(sund_table_int(draw_layer(&d->out, "goals"), "year")[0] == SUND_NULL_INT);
}

/* A place is answered by its own id, and a scenario that is only compared with answers no goal. */
static void test_places_and_compared_scenarios(void **state) {
  drawn *d = draw_run(*state);
  set_goal(d, "catchment.jobs", NULL, "harbour", 10);
  add(d, 1, "catchment.jobs", "car/30", SIZE_MAX, 12, NAN, NAN);
  add(d, 1, "catchment.jobs", "car/30", SIZE_MAX, 99, NAN, NAN);
  sund_indicator *row = d->results[1].indicator + d->results[1].indicators - 2;
  row[0].unit_id = row[1].unit_id = "harbour";
  row[1].scenario = "tunnel";
  assert_rows(d, answer(d), "car/30 harbour met");
}

static void test_verdicts(void **state) {
  static const struct {
    double value, low, high, target;
    bool at_most;
    const char *verdict;
  } cases[] = {
      {90, NAN, NAN, 90, false, "met"},        {89.999, NAN, NAN, 90, false, "not met"},
      {95, 90, 97, 90, false, "met"},          {95, 89.9, 97, 90, false, "undecided"},
      {85, 80, 90, 90, false, "undecided"},    {85, 80, 89.9, 90, false, "not met"},
      {85, 80, NAN, 90, false, "not met"},     {95, NAN, 97, 90, false, "met"},
      {NAN, 80, 99, 90, false, "unknown"},     {300, NAN, NAN, 300, true, "met"},
      {300.1, NAN, NAN, 300, true, "not met"}, {290, 280, 300, 300, true, "met"},
      {290, 280, 301, 300, true, "undecided"}, {310, 300, 320, 300, true, "undecided"},
      {310, 301, 320, 300, true, "not met"},   {NAN, NAN, NAN, 300, true, "unknown"},
  };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    drawn *d = draw_run(*state);
    add(d, 1, "x", "", SIZE_MAX, cases[i].value, cases[i].low, cases[i].high);
    set_goal(d, "x", NULL, "all", cases[i].target);
    d->goal[0].at_most = cases[i].at_most;
    const sund_table *table = answer(d);
    if (strcmp(sund_table_text(table, "verdict")[0], cases[i].verdict) != 0)
      fail_msg("case %zu is %s", i, sund_table_text(table, "verdict")[0]);
    assert_string_equal(sund_table_text(table, "rule")[0], cases[i].at_most ? "at most" : "at least");
  }
}

static void test_survey_stands_beside_the_proxy(void **state) {
  drawn *d = draw_run(*state);
  add(d, 0, "access.experienced", "", 0, 80, 70, 88);
  add(d, 0, "access.experienced", "who-1", 1, 95, 91, 97);
  set_goal(d, "access.share", "who", NULL, 90);
  const sund_table *table = answer(d);
  assert_rows(d, table,
              "who-05 a undecided, who-1 a not met, who-05 b undecided, who-1 b not met, "
              " a not met, who-1 b met");
  assert_string_equal(sund_table_text(table, "indicator")[4], "access.experienced");
  drawn *other = draw_run(*state);
  add(other, 0, "access.experienced", "who-1", 0, 80, NAN, NAN);
  set_goal(other, "access.share", "who-05", "a", 90); /* another standard was asked about */
  set_goal(other, "access.experienced", "who-1", "a", 80);
  assert_rows(other, answer(other), "who-05 a undecided, who-1 a met");
}

static void test_unanswered(void **state) {
  drawn *d = draw_run(*state);
  set_goal(d, "flood.persons", "1.50", "a", 0);
  set_goal(d, "access.share", "ags", "a", 90);
  set_goal(d, "access.share", "who-05", "zz", 90);
  assert_null(answer(d));
  assert_int_equal(d->out.findings.count, 3);
  assert_true(draw_found(&d->out, "warning", "goal at 20:5: no query of this run gives flood.persons"));
  assert_true(draw_found(&d->out, "warning", "goal at 21:5: access.share has no variant ags in this run"));
  assert_true(
      draw_found(&d->out, "warning", "goal at 22:5: access.share of variant who-05 is not given for area zz"));
  assert_string_equal(d->out.findings.item[0].source, "p.yaml");
}

static void test_no_goals(void **state) {
  drawn *d = draw_run(*state);
  assert_null(answer(d));
  assert_int_equal(d->out.findings.count, 0);
  assert_int_equal(d->out.layers, 0);
}

static void test_without_memory(void **state) {
  (void)state;
  for (size_t n = 1, needed = 1; n <= needed; n++) {
    sund_ctx *ctx = sund_ctx_new();
    drawn *d = draw_run(ctx);
    set_goal(d, "access.share", "who", NULL, 90);
    set_goal(d, "nothing", NULL, NULL, 90);
    const goals_input in = {&d->project, &d->inputs, 2, d->results};
    if (n == 1) {
      size_t before = sund_ctx_allocations(ctx);
      sund_results out = {0};
      assert_ok(ctx, goals_make(ctx, &in, &out));
      needed = sund_ctx_allocations(ctx) - before;
    }
    sund_ctx_fail_alloc(ctx, n);
    if (goals_make(ctx, &in, &d->out) != SUND_LIMIT) fail_msg("allocation %zu of %zu failed unseen", n, needed);
    sund_ctx_free(ctx);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      SUND_TEST(test_one_goal),       SUND_TEST(test_which_rows),
      SUND_TEST(test_verdicts),       SUND_TEST(test_survey_stands_beside_the_proxy),
      SUND_TEST(test_unanswered),     SUND_TEST(test_no_goals),
      SUND_TEST(test_without_memory), SUND_TEST(test_places_and_compared_scenarios),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}

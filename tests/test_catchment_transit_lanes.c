/* test_catchment_transit_lanes.c - mode transit of the query `catchment`, departure by departure: a window is its departures
 * one by one, which bounds are asked for does not matter, places and rows of cells are answered alike, walks are those of
 * one tree a stop, threads and memory. */
#include "transit_case.h"

/* Places and the rows of cells are answered by one and the same. */
typedef struct row_check {
  size_t targets;
  uint32_t units[8];
} row_check;

static sund_code keep_row(sund_ctx *worker, size_t i, const uint32_t *units, void *data) {
  row_check *check = data;
  (void)worker;
  (void)i;
  memcpy(check->units, units, check->targets * sizeof *units);
  return SUND_OK;
}

static void rows_and_planned(void **state) {
  world w;
  catchment_run run;
  begin(&w, *state);
  two_shores(&w);
  by_timetable(&w);
  w.options.no_map = false;
  reach(&w, &run);
  const catchment_answer *a = catchment_answer_of(&run, 0, SUND_TRANSIT, 0);
  assert_near(a->planned[0] * run.unit_s / 60, 34, 0.001);
  assert_near(a->time[run.main][0] * run.unit_s / 60, 43, 0.001);
  row_check check = {.targets = run.town.targets};
  assert_ok(w.ctx, catchment_transit_rows(w.ctx, &run, 0, 1, run.town.place_x, run.town.place_y, keep_row, &check));
  assert_memory_equal(check.units, a->time[run.main], check.targets * sizeof *check.units);
  /* Nodes for the map: where one lands 35 minutes, 1000 m up the first street 12, the far end 47 minutes away. */
  double found[3] = {INFINITY, INFINITY, INFINITY};
  const double at[3][2] = {{EAST, 0}, {0, 1000}, {EAST + 1000, 0}};
  for (size_t n = 0; n < run.graph->nodes; n++)
    for (int k = 0; k < 3; k++)
      if (hypot(run.graph->x[n] - DRAW_X - at[k][0], run.graph->y[n] - DRAW_Y - at[k][1]) < 1)
        found[k] = a->node[n] * run.unit_s / 60;
  assert_near(found[0], 35, 0.001);
  assert_near(found[1], 12, 0.001);
  assert_near(found[2], 47, 0.001);
}

/* A window is its departures one by one: percentiles over 20 lanes are those of 20 runs of one lane each. */
static void lane_by_lane(void **state) {
  enum { LANES = 20 };
  uint64_t random = support_seed();
  for (int turn = 0; turn < 4; turn++) {
    world w;
    catchment_run run, one;
    begin(&w, *state);
    draw_town(&w, &random);
    w.options.window_min = LANES;
    w.options.board_slack_s = turn % 2 ? 45 : 0;
    reach(&w, &run);
    uint32_t value[16][LANES], scratch[LANES];
    assert_true(run.town.targets <= 16);
    for (int m = 0; m < LANES; m++) {
      w.options.window_min = 1;
      w.options.depart = sund_text(w.ctx, "2026-11-24T07:%02d", m);
      reach(&w, &one);
      for (size_t k = 0; k < run.town.targets; k++)
        value[k][m] = catchment_answer_of(&one, 0, SUND_TRANSIT, 0)->time[0][k];
    }
    const catchment_answer *a = catchment_answer_of(&run, 0, SUND_TRANSIT, 0);
    for (size_t k = 0; k < run.town.targets; k++)
      for (size_t p = 0; p < run.percents; p++) {
        const uint32_t wanted = sund_lanes_percentile(LANES, value[k], run.percent[p], scratch);
        if (a->time[p][k] != wanted)
          fail_msg("seed %llu, turn %d, home %zu, p%g: %u, lane by lane %u", (unsigned long long)support_seed(), turn,
                   k, run.percent[p], a->time[p][k], wanted);
      }
  }
}

static void any_number_of_threads(void **state) {
  uint64_t random = support_seed();
  world w;
  catchment_run one, four;
  begin(&w, *state);
  draw_town(&w, &random);
  sund_ctx_threads(w.ctx, 1);
  reach(&w, &one);
  sund_ctx_threads(w.ctx, 4);
  reach(&w, &four);
  const catchment_answer *a = catchment_answer_of(&one, 0, SUND_TRANSIT, 0);
  const catchment_answer *b = catchment_answer_of(&four, 0, SUND_TRANSIT, 0);
  const size_t size = one.town.targets * sizeof *a->planned;
  for (size_t p = 0; p < one.percents; p++) assert_memory_equal(a->time[p], b->time[p], size);
  assert_memory_equal(a->planned, b->planned, size);
  assert_memory_equal(a->metres, b->metres, one.town.targets * sizeof *a->metres);
}

static sund_code make_and_reach(sund_ctx *ctx, catchment_run *run) {
  TRY(catchment_transit_make(ctx, run));
  return catchment_reach(ctx, run);
}

/* Memory that runs out anywhere is told, and nothing else happens. */
static void without_memory(void **state) {
  enum { STEP = 11 };
  world w;
  begin(&w, *state);
  two_shores(&w);
  by_timetable(&w);
  sund_ctx *all = w.ctx;
  size_t count = 1;
  for (size_t n = 0; n < count; n += STEP) { /* the first one only counts */
    catchment_run run;
    w.ctx = sund_ctx_child(all);
    sund_ctx_threads(w.ctx, 1);
    prepare(&w, &run);
    const size_t before = sund_ctx_allocations(w.ctx);
    sund_ctx_fail_alloc(w.ctx, n);
    const sund_code code = make_and_reach(w.ctx, &run);
    sund_ctx_fail_alloc(w.ctx, 0);
    if (n == 0) {
      assert_int_equal(code, SUND_OK);
      count = sund_ctx_allocations(w.ctx) - before;
      n = 1;
    } else if (code != SUND_LIMIT) {
      fail_msg("allocation %zu of %zu: code %d", n, count, code);
    }
    sund_ctx_free(w.ctx);
  }
}

/* What is planned for a bound does not hang on larger bounds, and waits left out may be longer than any. */
static void bounds_alone(void **state) {
  uint64_t random = support_seed();
  for (int turn = 0; turn < 4; turn++) {
    world w;
    catchment_run wide, small;
    begin(&w, *state);
    draw_town(&w, &random);
    w.minutes[0] = 25 + 5 * turn;
    w.minutes[1] = 300;
    reach(&w, &wide);
    w.options.minutes.count = 1;
    reach(&w, &small);
    const catchment_answer *a = catchment_answer_of(&wide, 0, SUND_TRANSIT, 0);
    const catchment_answer *b = catchment_answer_of(&small, 0, SUND_TRANSIT, 0);
    for (size_t k = 0; k < wide.town.targets; k++) {
      const uint32_t planned = a->planned[k] <= small.limit ? a->planned[k] : SUND_BEYOND;
      const uint32_t time = a->time[wide.main][k] <= small.limit ? a->time[wide.main][k] : SUND_BEYOND;
      if (b->planned[k] != planned || b->time[small.main][k] != time)
        fail_msg("seed %llu, turn %d, target %zu: planned %u, with a larger bound %u; %u, with it %u",
                 (unsigned long long)support_seed(), turn, k, b->planned[k], planned, b->time[small.main][k], time);
    }
  }
}

/* Units from point p to a target or point, looked up in the lists; SUND_BEYOND = no walk. */
static uint32_t listed(const transit_walks *w, size_t targets, size_t p, size_t to) {
  if (to < targets) {
    for (size_t i = w->first_from[to]; i < w->first_from[to + 1]; i++) {
      assert_true(i == w->first_from[to] || w->from[i - 1] < w->from[i]);
      if (w->from[i] == p) return w->from_units[i];
    }
    return SUND_BEYOND;
  }
  for (size_t i = w->first_near[p]; i < w->first_near[p + 1]; i++) {
    assert_true(i == w->first_near[p] || w->near[i - 1] < w->near[i]);
    if (w->near[i] == to - targets) return w->near_units[i];
  }
  return SUND_BEYOND;
}

/* Walks are those that asking for each of them alone gives, by streets and by straight lines. */
static void walks_one_by_one(void **state) {
  uint64_t random = support_seed();
  for (int turn = 0; turn < 4; turn++) {
    world w;
    catchment_run run;
    size_t some = 0;
    begin(&w, *state);
    draw_town(&w, &random);
    if (turn % 2) w.in.role[SUND_PATHS] = NULL;
    if (turn % 2) w.options.snap_limit_m = 1300;
    reach(&w, &run);
    const transit_walks *walks = run.variant[0].transit->walks;
    const size_t targets = run.town.targets;
    for (size_t p = 0; p < walks->points; p++)
      for (size_t to = 0; to < targets + walks->points; to++) {
        const bool target = to < targets;
        const double x = target ? run.town.x[to] : walks->x[to - targets];
        const double y = target ? run.town.y[to] : walks->y[to - targets];
        const sund_spot *spot = target ? &run.net[SUND_WALK].target[to] : &walks->spot[to - targets];
        uint32_t units;
        assert_ok(w.ctx, catchment_between(w.ctx, &run, SUND_WALK, 1, &walks->x[p], &walks->y[p], &walks->spot[p], 1,
                                           &x, &y, spot, &units));
        if (units > walks->limit || to == targets + p) units = SUND_BEYOND;
        const uint32_t found = listed(walks, targets, p, to);
        if (found != units)
          fail_msg("seed %llu, turn %d: from point %zu to %zu %u, alone %u", (unsigned long long)support_seed(), turn,
                   p, to, found, units);
        some += units != SUND_BEYOND;
      }
    assert_true(some > 0);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      FILES_TEST(rows_and_planned), FILES_TEST(lane_by_lane), FILES_TEST(any_number_of_threads),
      FILES_TEST(without_memory),   FILES_TEST(bounds_alone), FILES_TEST(walks_one_by_one),
  };
  return cmocka_run_group_tests_name("catchment_transit_lanes", tests, NULL, NULL);
}

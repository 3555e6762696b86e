/* test_gates.c - ways through ferries, bridges and tunnels: known answers, and the obvious slow twin on random towns. */
#include "support.h"

enum { MINUTE = 960 }; /* units of 1/16 s */
static const double UNIT_S = 0.0625;

static const sund_lanes hour = {7 * 3600, 60, 60};

/* Sailings every `every` minutes from 05:00 to 12:00. */
static size_t sailings(uint32_t *time, uint32_t every) {
  size_t count = 0;
  for (uint32_t minute = 300; minute <= 720; minute += every) time[count++] = minute * MINUTE;
  return count;
}

/* Percentile of the times through one gate: `walk` minutes to it, `rest` minutes after it. */
typedef struct crossing_case {
  sund_gate gate;
  uint32_t walk, rest;
} crossing_case;

static void at_ends(sund_ctx *ctx, const crossing_case *c, bool no_first_wait, uint32_t *at_end) {
  const uint32_t to_end[2] = {c->walk * MINUTE, SUND_BEYOND};
  const uint32_t between[4] = {0, SUND_BEYOND, SUND_BEYOND, 0};
  const sund_gates_ask ask = {.gates = 1,
                              .gate = &c->gate,
                              .lanes = &hour,
                              .unit_s = UNIT_S,
                              .to_end = to_end,
                              .between = between,
                              .limit = 200 * MINUTE,
                              .no_first_wait = no_first_wait};
  assert_ok(ctx, sund_gates_reach(ctx, &ask, at_end));
}

static uint32_t joined(sund_ctx *ctx, const crossing_case *c, const uint32_t *at_end, double percent, uint32_t step) {
  const uint32_t direct = SUND_BEYOND, there = c->rest * MINUTE, no = SUND_BEYOND;
  const uint32_t *const from_end[2] = {&no, &there};
  const sund_gates_join ask = {2, hour.count, 1, &direct, at_end, from_end, 200 * MINUTE, percent, step};
  uint32_t out = 0;
  uint8_t through = 0;
  assert_ok(ctx, sund_gates_times(ctx, &ask, &out, &through));
  assert_int_equal(through, 1);
  return out;
}

/* In minutes; the mean of all lanes too. */
static void check_percentiles(sund_ctx *ctx, const crossing_case *c, const double expected[7], double mean) {
  static const double percents[7] = {0.1, 10, 25, 50, 75, 90, 100};
  uint32_t at_end[2 * 60];
  double sum = 0;
  at_ends(ctx, c, false, at_end);
  for (size_t k = 0; k < 7; k++)
    assert_int_equal(joined(ctx, c, at_end, percents[k], 0), (uint32_t)(expected[k] * MINUTE + 0.5));
  for (size_t k = 1; k <= 60; k++) sum += joined(ctx, c, at_end, (double)k / 60 * 100 - 1e-6, 0);
  assert_true(sum / 60 == mean * MINUTE);
}

static void the_ferry_every_twenty_minutes(void **state) {
  uint32_t time[64];
  crossing_case c = {{.crossing = 20 * MINUTE, .time = {time, NULL}}, 6, 8};
  c.gate.times[0] = sailings(time, 20);
  check_percentiles(*state, &c, (const double[]){34, 35, 38, 43, 48, 51, 53}, 43.5);
  c.gate.board = MINUTE;
  check_percentiles(*state, &c, (const double[]){35, 36, 39, 44, 49, 52, 54}, 44.5);
}

static void the_tunnel_train_every_fifteen(void **state) {
  uint32_t time[64];
  crossing_case c = {{.crossing = 5 * MINUTE, .time = {time, NULL}}, 6, 8};
  c.gate.times[0] = sailings(time, 15);
  check_percentiles(*state, &c, (const double[]){19, 20, 22, 26, 30, 32, 33}, 26);
}

/* The uniform law on 34 to 54 minutes, by the nearest rank of 60 parts. */
static void a_headway_is_the_uniform_law(void **state) {
  const crossing_case c = {{.crossing = 20 * MINUTE, .headway = 20 * MINUTE, .service = 3}, 6, 8};
  const double expected[] = {34 + 20.0 / 60, 36, 39, 44, 49, 52, 54};
  check_percentiles(*state, &c, expected, 34 + 20 * 61.0 / 120);
}

static void without_the_first_wait(void **state) {
  sund_ctx *ctx = *state;
  uint32_t at_end[2 * 60], time[64];
  crossing_case c = {{.crossing = 20 * MINUTE, .headway = 20 * MINUTE, .board = 2 * MINUTE}, 6, 8};
  at_ends(ctx, &c, true, at_end);
  for (size_t m = 0; m < 60; m++) assert_int_equal(at_end[60 + m], 28 * MINUTE);
  assert_int_equal(joined(ctx, &c, at_end, 100, 0), 36 * MINUTE);
  /* By times: whoever knows them leaves home later; the last sailing's lanes of the window keep what they have. */
  c = (crossing_case){{.crossing = 20 * MINUTE, .time = {time, NULL}}, 6, 8};
  c.gate.times[0] = sailings(time, 20);
  at_ends(ctx, &c, true, at_end);
  assert_int_equal(joined(ctx, &c, at_end, 50, MINUTE), 34 * MINUTE);
}

static void after_the_last_sailing(void **state) {
  const uint32_t time[] = {425 * MINUTE, 430 * MINUTE}; /* 07:05, 07:10 */
  const sund_gate gate = {.crossing = MINUTE, .times = {2, 0}, .time = {time, NULL}, .back = true};
  (void)state;
  assert_int_equal(sund_gate_pass(&gate, 0, &hour, UNIT_S, 0, 5 * MINUTE, false), 6 * MINUTE);
  assert_int_equal(sund_gate_pass(&gate, 0, &hour, UNIT_S, 0, 5 * MINUTE + 1, false), 11 * MINUTE);
  assert_int_equal(sund_gate_pass(&gate, 0, &hour, UNIT_S, 10, 0, false), MINUTE);
  assert_int_equal(sund_gate_pass(&gate, 0, &hour, UNIT_S, 10, 1, false), SUND_BEYOND);
  assert_int_equal(sund_gate_pass(&gate, 1, &hour, UNIT_S, 0, 0, false), SUND_BEYOND); /* none from there */
  assert_int_equal(sund_gate_pass(&gate, 0, &hour, UNIT_S, 0, SUND_BEYOND, false), SUND_BEYOND);
  const sund_gate oneway = {.crossing = MINUTE};
  assert_int_equal(sund_gate_pass(&oneway, 0, &hour, UNIT_S, 0, 7, false), MINUTE + 7);
  assert_int_equal(sund_gate_pass(&oneway, 1, &hour, UNIT_S, 0, 7, false), SUND_BEYOND);
}

/* Out by one gate, 5 minutes on foot, in by the next one. */
static void two_gates_in_series(void **state) {
  sund_ctx *ctx = *state;
  const uint32_t time[] = {430 * MINUTE, 445 * MINUTE, 460 * MINUTE, 475 * MINUTE, 490 * MINUTE};
  const sund_gate gate[2] = {{.crossing = 4 * MINUTE, .times = {5, 0}, .time = {time, NULL}},
                             {.crossing = 3 * MINUTE, .board = MINUTE, .headway = 60 * MINUTE}};
  const uint32_t to_end[4] = {10 * MINUTE, SUND_BEYOND, SUND_BEYOND, SUND_BEYOND};
  uint32_t between[16], out[4 * 60], first[4 * 60];
  for (size_t k = 0; k < 16; k++) between[k] = SUND_BEYOND;
  between[1 * 4 + 2] = 5 * MINUTE;
  sund_gates_ask ask = {2, gate, &hour, UNIT_S, to_end, between, 500 * MINUTE, false};
  assert_ok(ctx, sund_gates_reach(ctx, &ask, out));
  ask.no_first_wait = true;
  assert_ok(ctx, sund_gates_reach(ctx, &ask, first));
  for (size_t m = 0; m < 60; m++) {
    uint32_t sails = 430 * MINUTE;
    while (sails < (430 + m) * MINUTE) sails += 15 * MINUTE;
    const uint32_t at_one = sails - (uint32_t)(420 + m) * MINUTE + 4 * MINUTE;
    const double wait = 60 * MINUTE * sund_lane_wait(&hour, 0, m);
    assert_int_equal(out[60 + m], at_one);
    assert_int_equal(out[180 + m], at_one + (uint32_t)(9 * MINUTE + wait + 0.5));
    assert_int_equal(first[180 + m], out[180 + m]); /* the second gate's wait stays */
    assert_int_equal(out[m], SUND_BEYOND);
  }
}

/* Both ends on one shore: a short cut, and one that is none. */
static void a_gate_along_the_shore(void **state) {
  sund_ctx *ctx = *state;
  const sund_gate gate = {.crossing = 10, .back = true};
  const uint32_t to_end[2] = {5, 100}, between[4] = {0, 105, 105, 0};
  const sund_gates_ask ask = {1, &gate, &hour, UNIT_S, to_end, between, 1000, false};
  uint32_t out[2 * 60];
  assert_ok(ctx, sund_gates_reach(ctx, &ask, out));
  const uint32_t direct[3] = {5, 100, 12}, from0[3] = {0, 105, 7}, from1[3] = {105, 0, 112};
  const uint32_t *const from_end[2] = {from0, from1};
  const sund_gates_join join = {2, 60, 3, direct, out, from_end, 1000, 50, 0};
  uint32_t units[3];
  uint8_t through[3];
  assert_ok(ctx, sund_gates_times(ctx, &join, units, through));
  assert_int_equal(units[0], 5);
  assert_int_equal(units[1], 15);
  assert_int_equal(units[2], 12);
  assert_int_equal(through[0], UINT8_MAX);
  assert_int_equal(through[1], 1);
  assert_int_equal(through[2], UINT8_MAX);
}

/* Two gates with the same answers on every lane: the first is told. */
static void of_equal_gates_the_first_counts(void **state) {
  const uint32_t at_end[6] = {7, 9, 8, 7, 9, 8}, direct = 20, leg = 2;
  const uint32_t *const from_end[2] = {&leg, &leg};
  const sund_gates_join join = {2, 3, 1, &direct, at_end, from_end, 100, 50, 0};
  uint32_t units;
  uint8_t through;
  assert_ok(*state, sund_gates_times(*state, &join, &units, &through));
  assert_int_equal(units, 10);
  assert_int_equal(through, 0);
}

static void the_limit_is_inclusive_and_sums_never_wrap(void **state) {
  sund_ctx *ctx = *state;
  const sund_gate gate = {.crossing = 10};
  const uint32_t to_end[2] = {5, SUND_BEYOND}, between[4] = {0, SUND_BEYOND, SUND_BEYOND, 0};
  sund_gates_ask ask = {1, &gate, &hour, UNIT_S, to_end, between, 15, false};
  uint32_t out[2 * 60], units[3];
  assert_ok(ctx, sund_gates_reach(ctx, &ask, out));
  assert_int_equal(out[60], 15);
  const uint32_t none[3] = {SUND_BEYOND, SUND_BEYOND, SUND_BEYOND}, from1[3] = {1, 2, SUND_BEYOND - 3};
  const uint32_t *const from_end[2] = {none, from1};
  const sund_gates_join join = {2, 60, 3, none, out, from_end, 16, 50, 0};
  assert_ok(ctx, sund_gates_times(ctx, &join, units, NULL));
  assert_int_equal(units[0], 16);
  assert_int_equal(units[1], SUND_BEYOND);
  assert_int_equal(units[2], SUND_BEYOND);
  ask.limit = 14;
  assert_ok(ctx, sund_gates_reach(ctx, &ask, out));
  for (size_t k = 0; k < 120; k++) assert_int_equal(out[k], SUND_BEYOND);
}

/* ---------------------------------------------------------------------------------------------- the slow twin */

enum { NODES = 24, GATES = 5, ENDS = 2 * GATES, LANES = 12, SAILINGS = 9 };
static const sund_lanes dozen = {6 * 3600 + 7, 240, LANES};

typedef struct town {
  uint32_t way[NODES][NODES]; /* shortest without a gate */
  size_t place[ENDS];
  sund_gate gate[GATES];
  uint32_t time[ENDS][SAILINGS];
} town;

static int rising(const void *a, const void *b) {
  const uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
  return (x > y) - (x < y);
}

/* Two shores of random one-way streets; gates anywhere. */
static void build_town(town *w, uint64_t *random, bool timed) {
  *w = (town){.place = {0}};
  for (size_t a = 0; a < NODES; a++)
    for (size_t b = 0; b < NODES; b++) {
      const bool street = (a < NODES / 2) == (b < NODES / 2) && support_random(random) % 4 == 0;
      w->way[a][b] = a == b ? 0 : street ? 1 + (uint32_t)(support_random(random) % (30 * MINUTE)) : SUND_BEYOND;
    }
  for (size_t k = 0; k < NODES; k++)
    for (size_t a = 0; a < NODES; a++)
      for (size_t b = 0; b < NODES; b++) {
        const uint64_t sum = (uint64_t)w->way[a][k] + w->way[k][b];
        if (sum < w->way[a][b]) w->way[a][b] = (uint32_t)sum;
      }
  for (size_t e = 0; e < ENDS; e++) w->place[e] = support_random(random) % NODES;
  for (size_t g = 0; g < GATES; g++) {
    sund_gate *gate = &w->gate[g];
    const uint64_t kind = timed ? support_random(random) % 3 : 0;
    gate->crossing = (uint32_t)(support_random(random) % (20 * MINUTE));
    gate->board = (uint32_t)(support_random(random) % 3) * MINUTE;
    gate->back = support_random(random) % 3 > 0;
    gate->service = g;
    if (kind == 1) gate->headway = 1 + (uint32_t)(support_random(random) % (40 * MINUTE));
    for (size_t side = 0; side < 2 && kind == 2; side++) {
      uint32_t *time = w->time[2 * g + side];
      for (size_t k = 0; k < SAILINGS; k++) time[k] = (uint32_t)(330 + support_random(random) % 150) * MINUTE;
      qsort(time, SAILINGS, sizeof *time, rising);
      gate->times[side] = SAILINGS;
      gate->time[side] = time;
    }
  }
}

static uint64_t slow_pass(const sund_gate *gate, size_t side, size_t lane, uint64_t before, bool no_wait) {
  const uint64_t start = (uint64_t)(dozen.depart_s + dozen.step_s * (int32_t)lane) * 16;
  uint64_t leaves = before + gate->board;
  if (side == 1 && !gate->back) return UINT64_MAX / 4;
  if (gate->headway > 0 && !no_wait)
    leaves += (uint64_t)((double)gate->headway * sund_lane_wait(&dozen, gate->service, lane) + 0.5);
  if (gate->times[side] > 0) {
    size_t k = 0;
    while (k < gate->times[side] && gate->time[side][k] < start + leaves) k++;
    if (k == gate->times[side]) return UINT64_MAX / 4;
    leaves = gate->time[side][k] - start;
  }
  return leaves + gate->crossing;
}

/* Earliest arrival at every node and state (0 = no gate yet, 1 = some), over and over until nothing changes. */
static void slow_search(const town *w, size_t origin, size_t lane, bool no_first_wait, uint64_t at[NODES][2]) {
  for (size_t a = 0; a < NODES; a++)
    at[a][0] = w->way[origin][a] == SUND_BEYOND ? UINT64_MAX / 4 : w->way[origin][a], at[a][1] = UINT64_MAX / 4;
  for (bool changed = true; changed;) {
    changed = false;
    for (size_t e = 0; e < ENDS; e++)
      for (size_t used = 0; used < 2; used++) {
        const size_t in = w->place[e], exit = w->place[e ^ 1];
        if (at[in][used] >= UINT64_MAX / 4) continue;
        const uint64_t units = slow_pass(&w->gate[e / 2], e % 2, lane, at[in][used], no_first_wait && !used);
        for (size_t a = 0; a < NODES; a++) {
          const uint64_t there = units + w->way[exit][a];
          if (w->way[exit][a] == SUND_BEYOND || units >= UINT64_MAX / 4 || there >= at[a][1]) continue;
          at[a][1] = there;
          changed = true;
        }
      }
  }
}

/* All that is joined for one origin of the town. */
typedef struct answer {
  uint32_t units[NODES];
  uint8_t through[NODES];
} answer;

static void fast_search(sund_ctx *ctx, const town *w, size_t origin, const sund_gates_join *how, bool no_first_wait,
                        uint32_t limit, answer *out) {
  uint32_t to_end[ENDS], between[ENDS * ENDS], at_end[ENDS * LANES];
  const uint32_t *from_end[ENDS];
  for (size_t e = 0; e < ENDS; e++) {
    to_end[e] = w->way[origin][w->place[e]];
    from_end[e] = w->way[w->place[e]];
    for (size_t b = 0; b < ENDS; b++) between[e * ENDS + b] = w->way[w->place[e]][w->place[b]];
  }
  const sund_gates_ask ask = {GATES, w->gate, &dozen, UNIT_S, to_end, between, limit, no_first_wait};
  assert_ok(ctx, sund_gates_reach(ctx, &ask, at_end));
  sund_gates_join join = *how;
  join.ends = ENDS, join.lanes = LANES, join.n = NODES;
  join.direct = w->way[origin];
  join.at_end = at_end;
  join.from_end = from_end;
  join.limit = limit;
  assert_ok(ctx, sund_gates_times(ctx, &join, out->units, out->through));
}

/* Closed under gates, in the plain sense of Floyd and Warshall. */
static void open_gates_close_the_metric(void **state) {
  sund_ctx *ctx = *state;
  uint64_t random = support_seed();
  for (int round = 0; round < 60; round++) {
    town w, all;
    build_town(&w, &random, false);
    all = w;
    for (size_t e = 0; e < ENDS; e++) {
      const sund_gate *gate = &w.gate[e / 2];
      uint32_t *way = &all.way[w.place[e]][w.place[e ^ 1]];
      if ((e % 2 == 0 || gate->back) && gate->crossing + gate->board < *way) *way = gate->crossing + gate->board;
    }
    for (size_t k = 0; k < NODES; k++)
      for (size_t a = 0; a < NODES; a++)
        for (size_t b = 0; b < NODES; b++) {
          const uint64_t sum = (uint64_t)all.way[a][k] + all.way[k][b];
          if (sum < all.way[a][b]) all.way[a][b] = (uint32_t)sum;
        }
    for (size_t origin = 0; origin < NODES; origin++) {
      answer got;
      fast_search(ctx, &w, origin, &(sund_gates_join){.percent = 50}, false, SUND_BEYOND - 1, &got);
      for (size_t a = 0; a < NODES; a++)
        if (got.units[a] != all.way[origin][a])
          fail_msg("seed %llu round %d: %zu to %zu is %u, not %u", (unsigned long long)support_seed(), round, origin,
                   a, got.units[a], all.way[origin][a]);
    }
  }
}

/* Which ends give that value at the node on that lane, the least of them; UINT8_MAX = direct. */
static size_t slow_through(const town *w, size_t origin, size_t node, const uint64_t *value, const uint32_t *at_end) {
  size_t count[ENDS + 1] = {0}, best = ENDS;
  for (size_t m = 0; m < LANES; m++) {
    size_t e = 0;
    if (value[m] >= UINT64_MAX / 4) continue;
    if (value[m] == w->way[origin][node]) e = ENDS;
    while (e < ENDS && (uint64_t)at_end[e * LANES + m] + w->way[w->place[e]][node] != value[m]) e++;
    count[e]++;
  }
  for (size_t e = 0; e < ENDS; e++)
    if (count[e] > count[best]) best = e;
  return best == ENDS ? UINT8_MAX : best;
}

static void check_lanes(sund_ctx *ctx, const town *w, size_t origin, bool no_first_wait, uint32_t limit,
                        double percent) {
  uint64_t at[LANES][NODES][2], value[LANES];
  uint32_t end[ENDS * LANES], sorted[LANES];
  answer got;
  fast_search(ctx, w, origin, &(sund_gates_join){.percent = percent}, no_first_wait, limit, &got);
  for (size_t m = 0; m < LANES; m++) slow_search(w, origin, m, no_first_wait, at[m]);
  for (size_t e = 0; e < ENDS; e++)
    for (size_t m = 0; m < LANES; m++) {
      uint64_t units = UINT64_MAX / 4;
      for (size_t used = 0; used < 2; used++) {
        const uint64_t in = at[m][w->place[e ^ 1]][used];
        if (in >= UINT64_MAX / 4) continue;
        const uint64_t then = slow_pass(&w->gate[e / 2], (e ^ 1) % 2, m, in, no_first_wait && !used);
        if (then < units) units = then;
      }
      end[e * LANES + m] = units > limit ? SUND_BEYOND : (uint32_t)units;
    }
  for (size_t a = 0; a < NODES; a++) {
    for (size_t m = 0; m < LANES; m++) {
      value[m] = at[m][a][0] < at[m][a][1] ? at[m][a][0] : at[m][a][1];
      if (value[m] > limit) value[m] = UINT64_MAX / 4;
      sorted[m] = value[m] > limit ? SUND_BEYOND : (uint32_t)value[m];
    }
    qsort(sorted, LANES, sizeof *sorted, rising);
    const size_t rank = (size_t)(percent / 100 * LANES + 0.999999);
    const uint32_t units = sorted[rank - 1];
    const size_t through = units == SUND_BEYOND ? UINT8_MAX : slow_through(w, origin, a, value, end);
    if (got.units[a] != units || got.through[a] != through)
      fail_msg("seed %llu: %zu to %zu is %u by %d, not %u by %zu", (unsigned long long)support_seed(), origin, a,
               got.units[a], (int)got.through[a], units, through);
  }
}

static void timetables_are_searched_exactly(void **state) {
  static const double percents[] = {10, 50, 90, 100};
  uint64_t random = support_seed() + 77;
  for (int round = 0; round < 40; round++) {
    town w;
    build_town(&w, &random, true);
    const uint32_t limit = round % 3 == 0 ? 60 * MINUTE : SUND_BEYOND - 1;
    for (size_t origin = 0; origin < NODES; origin += 5)
      check_lanes(*state, &w, origin, round % 2 == 1, limit, percents[support_random(&random) % 4]);
  }
}

/* Planned: the lanes of every target by hand, then the waits left out. */
static void planned_departures_leave_the_waits_out(void **state) {
  sund_ctx *ctx = *state;
  uint64_t random = support_seed() + 5;
  for (int round = 0; round < 40; round++) {
    town w;
    answer got;
    uint32_t lane[LANES], planned[LANES], scratch[LANES];
    build_town(&w, &random, true);
    const sund_gates_join how = {.percent = 50, .planned_step = 240 * 16};
    fast_search(ctx, &w, 0, &how, true, SUND_BEYOND - 1, &got);
    for (size_t a = 0; a < NODES; a++) {
      for (size_t m = 0; m < LANES; m++) {
        uint64_t at[NODES][2];
        slow_search(&w, 0, m, true, at);
        const uint64_t units = at[a][0] < at[a][1] ? at[a][0] : at[a][1];
        lane[m] = units >= SUND_BEYOND ? SUND_BEYOND : (uint32_t)units;
      }
      sund_lanes_planned(LANES, lane, how.planned_step, planned);
      assert_int_equal(got.units[a], sund_lanes_percentile(LANES, planned, 50, scratch));
    }
  }
}

/* ------------------------------------------------------------------------------------------------ surroundings */

enum { MANY = 7000 };

static void many_targets(sund_ctx *ctx, int threads, uint32_t *units, uint8_t *through) {
  uint64_t random = 9;
  uint32_t at_end[4 * 60], direct[MANY], from[4][MANY];
  for (size_t k = 0; k < 4 * 60; k++) at_end[k] = (uint32_t)(support_random(&random) % 3000);
  for (size_t t = 0; t < MANY; t++) {
    direct[t] = (uint32_t)(support_random(&random) % 6000);
    for (size_t e = 0; e < 4; e++) from[e][t] = (uint32_t)(support_random(&random) % 6000);
  }
  const uint32_t *const from_end[4] = {from[0], from[1], from[2], from[3]};
  const sund_gates_join ask = {4, 60, MANY, direct, at_end, from_end, 4000, 50, 0};
  sund_ctx_threads(ctx, threads);
  assert_ok(ctx, sund_gates_times(ctx, &ask, units, through));
}

static void threads_change_nothing(void **state) {
  static uint32_t one[MANY], four[MANY];
  static uint8_t by_one[MANY], by_four[MANY];
  many_targets(*state, 1, one, by_one);
  many_targets(*state, 4, four, by_four);
  assert_memory_equal(one, four, sizeof one);
  assert_memory_equal(by_one, by_four, sizeof by_one);
}

static void without_memory_nothing_is_answered(void **state) {
  const crossing_case c = {{.crossing = 20 * MINUTE, .headway = 20 * MINUTE}, 6, 8};
  const uint32_t to_end[2] = {0, SUND_BEYOND}, between[4] = {0}, direct = 5, there = 1;
  const uint32_t *const from_end[2] = {&there, &there};
  uint32_t out[2 * 60], units = 0;
  (void)state;
  for (size_t n = 1; n < 40; n++) {
    sund_ctx *ctx = sund_ctx_new();
    const sund_gates_ask ask = {1, &c.gate, &hour, UNIT_S, to_end, between, 900000, false};
    const sund_gates_join join = {2, 60, 1, &direct, out, from_end, 900000, 50, 0};
    sund_ctx_threads(ctx, 1);
    sund_ctx_fail_alloc(ctx, n);
    sund_code code = sund_gates_reach(ctx, &ask, out);
    if (code == SUND_OK) code = sund_gates_times(ctx, &join, &units, NULL);
    assert_true(code == SUND_OK || code == SUND_LIMIT);
    assert_int_equal(sund_failure(ctx, NULL, NULL, NULL), code);
    sund_ctx_free(ctx);
  }
}

static void more_gates_than_can_be_told_apart(void **state) {
  const uint32_t direct = 5;
  const sund_gates_join join = {.ends = 256, .lanes = 1, .n = 1, .direct = &direct, .percent = 50};
  uint32_t units = 0;
  assert_int_equal(sund_gates_times(*state, &join, &units, NULL), SUND_LIMIT);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      SUND_TEST(the_ferry_every_twenty_minutes),
      SUND_TEST(the_tunnel_train_every_fifteen),
      SUND_TEST(a_headway_is_the_uniform_law),
      SUND_TEST(without_the_first_wait),
      SUND_TEST(after_the_last_sailing),
      SUND_TEST(two_gates_in_series),
      SUND_TEST(a_gate_along_the_shore),
      SUND_TEST(of_equal_gates_the_first_counts),
      SUND_TEST(the_limit_is_inclusive_and_sums_never_wrap),
      SUND_TEST(open_gates_close_the_metric),
      SUND_TEST(timetables_are_searched_exactly),
      SUND_TEST(planned_departures_leave_the_waits_out),
      SUND_TEST(threads_change_nothing),
      SUND_TEST(without_memory_nothing_is_answered),
      SUND_TEST(more_gates_than_can_be_told_apart),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}

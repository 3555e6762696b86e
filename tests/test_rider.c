/* Rides over a window of departures: hand cases, the ferry and the tunnel of the Sound, a slow twin on random timetables. */
#include "geo/timetable.h"
#include "rides.h"

static int by_value(const void *left, const void *right) {
  const uint32_t a = *(const uint32_t *)left, b = *(const uint32_t *)right;
  return (a > b) - (a < b);
}

static uint32_t percentile(size_t count, const uint32_t *value, double percent) {
  uint32_t *scratch = malloc(count * sizeof *scratch);
  const uint32_t out = sund_lanes_percentile(count, value, percent, scratch);
  free(scratch);
  return out;
}

/* Lanes of one stop from an access list. */
static void ride(sund_ctx *ctx, const sund_timetable *t, const sund_rides_ask *ask, size_t count,
                 const sund_access *access, uint32_t stop, uint32_t *lanes) {
  sund_rider *rider = NULL;
  assert_ok(ctx, sund_rider_open(ctx, t, ask, &rider));
  assert_ok(ctx, sund_rider_ride(rider, count, access, NULL));
  sund_rider_lanes(rider, stop, lanes);
}

/* --------------------------------------------------------------------------------------- the Sound: ferry, tunnel */

enum { HOUR = 60 };
static const sund_lanes SEVEN = {7 * 3600, 60, HOUR};

/* Walk 6 minutes, sail 20, walk 8; seconds a lane, SUND_BEYOND kept. */
static void cross(sund_ctx *ctx, rides *r, uint32_t slack, uint32_t *seconds) {
  const sund_access quay = {0, 360};
  const sund_rides_ask ask = {.lanes = &SEVEN, .limit_s = 5400, .slack_s = slack, .rides = 2};
  ride(ctx, rides_table(ctx, r, 2), &ask, 1, &quay, 1, seconds);
  for (size_t m = 0; m < HOUR; m++)
    if (seconds[m] != SUND_BEYOND) seconds[m] += 480;
}

static double mean_minutes(const uint32_t *seconds) {
  double sum = 0;
  for (size_t m = 0; m < HOUR; m++) sum += seconds[m] / 60.0;
  return sum / HOUR;
}

static const double SHARES[] = {10, 25, 50, 75, 90};

static void assert_minutes(const uint32_t *seconds, const double wanted[5], double least, double most, double mean) {
  for (int i = 0; i < 5; i++) assert_int_equal(percentile(HOUR, seconds, SHARES[i]), (uint32_t)(wanted[i] * 60));
  uint32_t sorted[HOUR];
  memcpy(sorted, seconds, sizeof sorted);
  qsort(sorted, HOUR, sizeof *sorted, by_value);
  assert_int_equal(sorted[0], (uint32_t)(least * 60));
  assert_int_equal(sorted[HOUR - 1], (uint32_t)(most * 60));
  assert_true(mean_minutes(seconds) > mean - 1e-9 && mean_minutes(seconds) < mean + 1e-9);
}

static void ferry_by_timetable(void **state) {
  rides r = {0};
  for (int m = 0; m < 180; m += 20) rides_hop(&r, 0, 1, clock_s(6, m), clock_s(6, m + 20));
  uint32_t seconds[HOUR];
  cross(*state, &r, 0, seconds);
  assert_minutes(seconds, (double[]){35, 38, 43, 48, 51}, 34, 53, 43.5);
  cross(*state, &r, 60, seconds); /* each a minute more: 06:59 is missed by one who comes at the minute */
  assert_minutes(seconds, (double[]){36, 39, 44, 49, 52}, 35, 54, 44.5);
}

static void ferry_by_headway(void **state) {
  rides r = {0};
  rides_call(&r, 0, 0, 0, 3);
  rides_call(&r, 1, 1200, 1200, 3);
  rides_headway(&r, 0, 1200, clock_s(6, 0), clock_s(10, 0));
  uint32_t seconds[HOUR];
  cross(*state, &r, 0, seconds);
  assert_int_equal(percentile(HOUR, seconds, 10), 36 * 60);
  assert_int_equal(percentile(HOUR, seconds, 50), 44 * 60);
  assert_int_equal(percentile(HOUR, seconds, 90), 52 * 60);
  qsort(seconds, HOUR, sizeof *seconds, by_value);
  for (size_t m = 0; m < HOUR; m++) assert_int_equal(seconds[m], 34 * 60 + (m + 1) * 20); /* the even law itself */
}

static void tunnel_train(void **state) {
  rides r = {0};
  for (int m = 0; m < 180; m += 15) rides_hop(&r, 0, 1, clock_s(6, m), clock_s(6, m + 5));
  uint32_t seconds[HOUR];
  cross(*state, &r, 0, seconds);
  assert_minutes(seconds, (double[]){20, 22, 26, 30, 32}, 19, 33, 26);
}

/* A 08:00 -> B 08:10, 08:20 -> 08:30; B 08:12 -> C 08:20, 08:35 -> 08:43. */
static void change_of_trains(void **state) {
  sund_ctx *ctx = *state;
  const sund_lanes lanes = {clock_s(7, 55), 60, 30};
  const sund_access at_a = {0, 0};
  const sund_rides_ask ask = {.lanes = &lanes, .limit_s = 7200, .rides = 3};
  uint32_t seconds[30];
  for (int change = 120; change <= 180; change += 60) {
    rides r = {0};
    rides_hop(&r, 0, 1, clock_s(8, 0), clock_s(8, 10));
    rides_hop(&r, 0, 1, clock_s(8, 20), clock_s(8, 30));
    rides_hop(&r, 1, 2, clock_s(8, 12), clock_s(8, 20));
    rides_hop(&r, 1, 2, clock_s(8, 35), clock_s(8, 43));
    rides_link(&r, 1, 1, change, 1);
    ride(ctx, rides_table(ctx, &r, 3), &ask, 1, &at_a, 2, seconds);
    if (change == 120) {
      assert_int_equal(percentile(30, seconds, 10), 22 * 60);
      assert_int_equal(percentile(30, seconds, 50), 31 * 60);
      assert_int_equal(percentile(30, seconds, 90), SUND_BEYOND);
      size_t lost = 0;
      for (size_t m = 0; m < 30; m++) lost += seconds[m] == SUND_BEYOND;
      assert_int_equal(lost, 3 + 1); /* 08:21 .. 08:24 */
    } else {
      assert_int_equal(seconds[5], 43 * 60); /* 08:00 reaches C only at 08:43 */
    }
  }
}

/* A trip of the day before at 25:10 is one of today at 01:10; one of today beyond midnight stays. */
static void after_midnight(void **state) {
  sund_ctx *ctx = *state;
  rides r = {0};
  rides_hop(&r, 0, 1, clock_s(25, 10) - 86400, clock_s(25, 30) - 86400);
  rides_hop(&r, 0, 1, clock_s(25, 10), clock_s(25, 30));
  const sund_timetable *t = rides_table(ctx, &r, 2);
  const sund_access here = {0, 0};
  uint32_t seconds;
  sund_lanes lanes = {clock_s(1, 5), 60, 1};
  sund_rides_ask ask = {.lanes = &lanes, .limit_s = 7200, .rides = 1};
  ride(ctx, t, &ask, 1, &here, 1, &seconds);
  assert_int_equal(seconds, 25 * 60);
  lanes.depart_s = clock_s(24, 50);
  ride(ctx, t, &ask, 1, &here, 1, &seconds);
  assert_int_equal(seconds, 40 * 60);
}

/* A quay without a footpath: Ängelholm - Helsingborg by train, ferry to Helsingør; the long way round by København. */
static void quay_without_footpath(void **state) {
  sund_ctx *ctx = *state;
  enum { ANGELHOLM, HELSINGBORG, QUAY, HELSINGOR_QUAY, KOBENHAVN, HELSINGOR, STOPS };
  const sund_lanes lanes = {clock_s(12, 0), 60, 1};
  const sund_rides_ask ask = {.lanes = &lanes, .limit_s = 4 * 3600, .rides = 4};
  const sund_access start = {ANGELHOLM, 0};
  for (int linked = 0; linked < 2; linked++) {
    rides r = {0};
    rides_hop(&r, ANGELHOLM, HELSINGBORG, clock_s(12, 3), clock_s(12, 25));
    for (int m = 0; m < 180; m += 20) rides_hop(&r, QUAY, HELSINGOR_QUAY, clock_s(12, m), clock_s(12, m + 20));
    rides_hop(&r, HELSINGBORG, KOBENHAVN, clock_s(12, 48), clock_s(14, 10));
    rides_hop(&r, KOBENHAVN, HELSINGOR, clock_s(14, 20), clock_s(15, 6));
    rides_link(&r, HELSINGOR, HELSINGOR_QUAY, 240, 0);
    rides_link(&r, HELSINGOR_QUAY, HELSINGOR, 240, 0);
    if (linked) rides_link(&r, HELSINGBORG, QUAY, 180, 0); /* 250 m */
    uint32_t seconds;
    ride(ctx, rides_table(ctx, &r, STOPS), &ask, 1, &start, HELSINGOR_QUAY, &seconds);
    assert_int_equal(seconds, linked ? 60 * 60 : 190 * 60);
  }
}

/* --------------------------------------------------------------------------------------------------- a slow twin */

enum { STOPS = 9, LANES = 24, ROUNDS = 4 };

typedef struct twin {
  const rides *r;
  const sund_timetable *t;
  const sund_rides_ask *ask;
  size_t count;
  const sund_access *access;
} twin;

static void least(int64_t *at, int64_t value) {
  if (value < *at) *at = value;
}

static int64_t wait_of(const twin *w, size_t trip, size_t lane) {
  for (size_t l = 0; l < w->t->lines; l++)
    if (w->t->trip[w->t->pattern[w->t->patterns + l].first_trip] == trip)
      return (int64_t)(sund_lane_wait(w->ask->lanes, w->t->line[l].service, lane) * w->r->headway[trip] + 0.5);
  fail_msg("a line is lost");
  return 0;
}

/* Every pair of calls of one trip, whatever else there is. */
static void twin_trip(const twin *w, size_t trip, size_t lane, bool wait, const int64_t *ready, int64_t *arrive) {
  const rides *r = w->r;
  for (size_t i = r->first[trip]; i < r->first[trip + 1]; i++) {
    int64_t at = ready[r->stop[i]] + w->ask->slack_s, zero = 0;
    if (!(r->use[i] & 1) || ready[r->stop[i]] == INT64_MAX / 2) continue;
    if (r->headway[trip]) {
      zero = at - r->depart[i] > r->begin[trip] ? at - r->depart[i] : r->begin[trip];
      if (wait) zero += wait_of(w, trip, lane);
      if (zero >= r->end[trip]) continue;
    } else if (r->depart[i] < at) {
      continue;
    }
    for (size_t j = i + 1; j < r->first[trip + 1]; j++)
      if (r->use[j] & 2) least(&arrive[r->stop[j]], zero + r->arrive[j]);
  }
}

static int64_t change_at(const rides *r, uint32_t stop) {
  int64_t out = INT64_MAX;
  for (size_t l = 0; l < r->links; l++)
    if (r->from[l] == stop && r->to[l] == stop) least(&out, r->seconds[l]);
  return out == INT64_MAX ? 0 : out;
}

static void twin_lane(const twin *w, size_t lane, uint32_t out[STOPS]) {
  const rides *r = w->r;
  const int64_t now = w->ask->lanes->depart_s + (int64_t)lane * w->ask->lanes->step_s;
  int64_t ready[STOPS], best[STOPS], arrive[STOPS];
  for (int s = 0; s < STOPS; s++) ready[s] = best[s] = INT64_MAX / 2;
  for (size_t i = 0; i < w->count; i++) {
    least(&ready[w->access[i].stop], now + w->access[i].seconds);
    for (size_t l = 0; l < r->links; l++)
      if (r->from[l] == w->access[i].stop && r->from[l] != r->to[l] && !r->change_only[l])
        least(&ready[r->to[l]], now + w->access[i].seconds + r->seconds[l]);
  }
  for (size_t k = 0; k < w->ask->rides; k++) {
    for (int s = 0; s < STOPS; s++) arrive[s] = INT64_MAX / 2;
    for (size_t t = 0; t < r->trips; t++) twin_trip(w, t, lane, k > 0 || !w->ask->no_first_wait, ready, arrive);
    for (uint32_t s = 0; s < STOPS; s++) {
      if (arrive[s] == INT64_MAX / 2) continue;
      least(&best[s], arrive[s]);
      least(&ready[s], arrive[s] + change_at(r, s));
      for (size_t l = 0; l < r->links; l++) {
        if (r->from[l] != s || r->to[l] == s) continue;
        least(&ready[r->to[l]], arrive[s] + r->seconds[l]);
        if (!r->change_only[l]) least(&best[r->to[l]], arrive[s] + r->seconds[l]);
      }
    }
  }
  for (int s = 0; s < STOPS; s++) out[s] = best[s] - now <= w->ask->limit_s ? (uint32_t)(best[s] - now) : SUND_BEYOND;
}

static void draw_trip(rides *r, uint64_t *random, bool headway) {
  const size_t calls = 2 + support_random(random) % 4;
  /* Few rows of calls, so that trips share them and overtake; a stop may be called at twice. */
  const uint32_t row = (uint32_t)(support_random(random) % 6), skip = 1 + row % 3;
  int32_t at = headway ? 0 : 3600 + (int32_t)(support_random(random) % 90) * 60;
  for (size_t c = 0; c < calls; c++) {
    const int32_t stay = c > 0 ? (int32_t)(support_random(random) % 3) * 30 : 0;
    const uint8_t use = support_random(random) % 8 == 0 ? (uint8_t)(support_random(random) % 4) : 3;
    rides_call(r, (row + (uint32_t)c * skip) % STOPS, at, at + stay, use);
    at += stay + (int32_t)(support_random(random) % 12) * 60;
  }
  if (!headway) {
    rides_trip(r, row);
    return;
  }
  const int32_t begin = 3600 + (int32_t)(support_random(random) % 60) * 60;
  rides_headway(r, row % 2, 60 + (int32_t)(support_random(random) % 1500), begin,
                begin + (int32_t)(support_random(random) % 90) * 60);
}

static void draw(rides *r, uint64_t *random, size_t lines) {
  const size_t trips = 5 + support_random(random) % 60, links = support_random(random) % 12;
  for (size_t i = 0; i < trips; i++) draw_trip(r, random, false);
  for (size_t i = 0; i < lines; i++) draw_trip(r, random, true);
  for (size_t i = 0; i < links; i++)
    rides_link(r, (uint32_t)(support_random(random) % STOPS), (uint32_t)(support_random(random) % STOPS),
               (int32_t)(support_random(random) % 600), support_random(random) % 3 == 0);
}

/* The journey of a lane must be one, and arrive when the lane does. */
static void assert_journey(sund_ctx *ctx, const twin *w, sund_rider *rider, size_t lane, uint32_t stop,
                           uint32_t seconds) {
  size_t legs = 0;
  sund_leg *leg = NULL;
  assert_ok(ctx, sund_rider_journey(ctx, rider, w->count, w->access, lane, stop, &legs, &leg));
  assert_int_equal(legs > 0, seconds != SUND_BEYOND);
  if (legs == 0) return;
  assert_true(legs <= w->ask->rides);
  const int32_t now = w->ask->lanes->depart_s + (int32_t)lane * w->ask->lanes->step_s;
  int32_t at = now;
  for (size_t i = 0; i < legs; i++) {
    if (i > 0) assert_int_equal(leg[i].depart_s, at + leg[i].linked_s + leg[i].waited_s);
    if (i > 0 && leg[i].linked_s == 0 && leg[i].board == leg[i - 1].alight)
      assert_true(leg[i].waited_s >= change_at(w->r, leg[i].board) + (int64_t)w->ask->slack_s);
    assert_true(leg[i].waited_s >= (int32_t)w->ask->slack_s && leg[i].arrive_s >= leg[i].depart_s);
    at = leg[i].arrive_s;
  }
  int64_t walk = leg[legs - 1].alight == stop ? 0 : INT64_MAX;
  for (size_t l = 0; l < w->r->links; l++)
    if (w->r->from[l] == leg[legs - 1].alight && w->r->to[l] == stop && !w->r->change_only[l])
      least(&walk, leg[legs - 1].alight == stop ? 0 : w->r->seconds[l]);
  assert_int_equal(at + walk - now, seconds);
}

static void compare(sund_ctx *ctx, uint64_t *random, size_t lines) {
  rides r = {0};
  draw(&r, random, lines);
  const sund_lanes lanes = {3600 + (int32_t)(support_random(random) % 1800), 60, LANES};
  const sund_rides_ask ask = {.lanes = &lanes,
                              .limit_s = 600 + (uint32_t)(support_random(random) % 6000),
                              .slack_s = (uint32_t)(support_random(random) % 3) * 45,
                              .rides = 1 + support_random(random) % ROUNDS,
                              .no_first_wait = support_random(random) % 2};
  sund_access access[3];
  twin w = {&r, rides_table(ctx, &r, STOPS), &ask, support_random(random) % 4, access};
  sund_rider *rider = NULL;
  assert_ok(ctx, sund_rider_open(ctx, w.t, &ask, &rider));
  uint32_t arrive[STOPS * LANES], slow[STOPS];
  for (int turn = 0; turn < 2; turn++) { /* a rider is used again */
    for (size_t i = 0; i < w.count; i++)
      access[i] = (sund_access){(uint32_t)(support_random(random) % STOPS), (uint32_t)(support_random(random) % 900)};
    assert_ok(ctx, sund_rider_ride(rider, w.count, access, arrive));
    for (size_t m = 0; m < LANES; m++) {
      twin_lane(&w, m, slow);
      for (size_t s = 0; s < STOPS; s++)
        if (arrive[s * LANES + m] != slow[s])
          fail_msg("seed %llu: stop %zu lane %zu: %u, the slow twin says %u", (unsigned long long)support_seed(), s,
                   m, arrive[s * LANES + m], slow[s]);
    }
    const size_t lane = support_random(random) % LANES, stop = support_random(random) % STOPS;
    assert_journey(ctx, &w, rider, lane, (uint32_t)stop, arrive[stop * LANES + lane]);
  }
}

static void as_the_slow_twin(void **state) {
  uint64_t random = support_seed();
  for (int i = 0; i < 1500; i++) {
    sund_ctx *ctx = sund_ctx_child(*state);
    compare(ctx, &random, i % 2 ? support_random(&random) % 5 : 0);
    sund_ctx_free(ctx);
  }
}

/* -------------------------------------------------------------------------------------------------------- failures */

static void wrong_asks(void **state) {
  sund_ctx *ctx = *state;
  rides r = {0};
  rides_hop(&r, 0, 1, 100, 200);
  const sund_timetable *t = rides_table(ctx, &r, 2);
  const sund_lanes none = {0, 60, 0}, one = {0, 60, 1};
  const sund_rides_ask asks[] = {{.lanes = &none, .limit_s = 60, .rides = 1},
                                 {.lanes = &one, .limit_s = 60, .rides = 0},
                                 {.lanes = &one, .limit_s = UINT32_MAX, .rides = 1}};
  for (int i = 0; i < 3; i++) {
    sund_ctx *child = sund_ctx_child(ctx);
    sund_rider *rider = NULL;
    assert_int_equal(sund_rider_open(child, t, &asks[i], &rider), SUND_USAGE);
    assert_null(rider);
    sund_ctx_free(child);
  }
  sund_rider *rider = NULL;
  const sund_rides_ask ask = {.lanes = &one, .limit_s = 600, .rides = 1};
  const sund_access away = {2, 0};
  assert_ok(ctx, sund_rider_open(ctx, t, &ask, &rider));
  assert_int_equal(sund_rider_ride(rider, 1, &away, NULL), SUND_DEFECT);
}

static sund_code once(sund_ctx *ctx) {
  static const sund_lanes lanes = {0, 60, 4};
  static const sund_rides_ask ask = {.lanes = &lanes, .limit_s = 3600, .rides = 3};
  static const sund_access here = {0, 0};
  rides *r = malloc(sizeof *r);
  memset(r, 0, sizeof *r);
  rides_hop(r, 0, 1, 100, 200);
  rides_call(r, 1, 0, 0, 3);
  rides_call(r, 2, 60, 60, 3);
  rides_headway(r, 0, 100, 0, 1000);
  rides_link(r, 2, 3, 30, 0);
  const sund_trips trips = rides_trips(r);
  const sund_links links = rides_links(r);
  sund_timetable *t;
  sund_rider *rider;
  uint32_t out[4 * 4];
  size_t legs;
  sund_leg *leg;
  sund_code code = sund_timetable_build(ctx, 4, &trips, &links, &t);
  if (code == SUND_OK) code = sund_rider_open(ctx, t, &ask, &rider);
  if (code == SUND_OK) code = sund_rider_ride(rider, 1, &here, out);
  if (code == SUND_OK) code = sund_rider_journey(ctx, rider, 1, &here, 0, 3, &legs, &leg);
  if (code == SUND_OK) assert_int_equal(legs, 2);
  free(r);
  return code;
}

static void without_memory(void **state) {
  sund_ctx *count = sund_ctx_child(*state);
  const size_t before = sund_ctx_allocations(*state);
  assert_int_equal(once(count), SUND_OK);
  const size_t all = sund_ctx_allocations(*state) - before;
  sund_ctx_free(count);
  for (size_t n = 1; n <= all; n++) {
    sund_ctx *ctx = sund_ctx_new();
    sund_ctx_fail_alloc(ctx, n);
    assert_int_equal(once(ctx), SUND_LIMIT);
    sund_ctx_free(ctx);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      SUND_TEST(ferry_by_timetable), SUND_TEST(ferry_by_headway), SUND_TEST(tunnel_train),
      SUND_TEST(change_of_trains),   SUND_TEST(after_midnight),   SUND_TEST(quay_without_footpath),
      SUND_TEST(as_the_slow_twin),   SUND_TEST(wrong_asks),       SUND_TEST(without_memory),
  };
  return cmocka_run_group_tests_name("rider", tests, NULL, NULL);
}

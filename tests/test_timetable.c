/* Patterns: what is told apart, what overtakes, links, what cannot be. */
#include "geo/timetable.h"
#include "rides.h"

static void patterns(void **state) {
  rides r = {0};
  for (int i = 0; i < 5; i++) rides_hop(&r, 0, 1, 100 * i, 100 * i + 250); /* one pattern        */
  rides_hop(&r, 1, 0, 0, 100);                                             /* the other way      */
  rides_call(&r, 0, 0, 0, 1);                                              /* no leave to alight */
  rides_call(&r, 1, 50, 50, 1);
  rides_trip(&r, 0);
  rides_call(&r, 2, 0, 0, 3); /* one call: not a ride */
  rides_trip(&r, 0);
  sund_timetable_facts facts;
  sund_timetable_told(rides_table(*state, &r, 3), &facts);
  assert_int_equal(facts.patterns, 3);
  assert_int_equal(facts.trips, 7);
  assert_int_equal(facts.events, 14);
  assert_int_equal(facts.overtaking, 0);
}

/* A slow train at :00 of 60 minutes, a fast one at :10 of 30, the next slow one: the fast one stands alone. */
static void overtaking(void **state) {
  rides r = {0};
  for (int hour = 8; hour < 12; hour++) {
    rides_hop(&r, 0, 1, clock_s(hour, 0), clock_s(hour + 1, 0));
    rides_hop(&r, 0, 1, clock_s(hour, 10), clock_s(hour, 40));
  }
  const sund_timetable *t = rides_table(*state, &r, 2);
  assert_int_equal(t->facts.patterns, 2);
  assert_int_equal(t->facts.overtaking, 1);
  for (size_t i = 0; i < t->patterns; i++)
    for (uint32_t row = 1; row < t->pattern[i].trips; row++) {
      assert_true(timetable_departs(t, &t->pattern[i], 0)[row] >= timetable_departs(t, &t->pattern[i], 0)[row - 1]);
      assert_true(timetable_arrive(t, &t->pattern[i], row, 1) >= timetable_arrive(t, &t->pattern[i], row - 1, 1));
    }
  /* Whoever waits for the fast train is there first. */
  const sund_lanes lanes = {clock_s(8, 0), 60, 1};
  const sund_rides_ask ask = {.lanes = &lanes, .limit_s = 7200, .rides = 1};
  sund_rider *rider;
  uint32_t seconds;
  assert_ok(*state, sund_rider_open(*state, t, &ask, &rider));
  assert_ok(*state, sund_rider_ride(rider, 1, &(sund_access){0, 0}, NULL));
  sund_rider_lanes(rider, 1, &seconds);
  assert_int_equal(seconds, 40 * 60);
}

/* Windows of one service that follow each other share its number; what runs beside it has another. */
static void services(void **state) {
  rides r = {0};
  const int32_t window[][2] = {{0, 3600}, {3600, 7200}, {1800, 5400}, {7200, 9000}};
  for (int i = 0; i < 4; i++) {
    rides_call(&r, 0, 5, 5, 3); /* not from 0: times are taken from the first departure */
    rides_call(&r, 1, 65, 65, 3);
    rides_headway(&r, 7, 600, window[i][0], window[i][1]);
  }
  rides_call(&r, 0, 0, 0, 3);
  rides_call(&r, 1, 60, 60, 3);
  rides_headway(&r, 8, 600, 0, 3600);
  const sund_timetable *t = rides_table(*state, &r, 2);
  assert_int_equal(t->facts.headways, 5);
  uint32_t of[5];
  for (size_t l = 0; l < 5; l++) of[t->trip[t->pattern[t->patterns + l].first_trip]] = t->line[l].service;
  assert_true(of[0] == of[1] && of[1] == of[3]);
  assert_true(of[2] != of[0] && of[4] != of[0] && of[4] != of[2]);
  for (size_t l = 0; l < 5; l++) {
    assert_int_equal(t->depart[t->pattern[l].event], 0);
    assert_int_equal(t->arrive[t->pattern[l].event + 1], 60);
  }
}

static void links(void **state) {
  rides r = {0};
  rides_hop(&r, 0, 1, 0, 60);
  rides_link(&r, 0, 1, 300, 0);
  rides_link(&r, 0, 1, 200, 0);
  rides_link(&r, 0, 1, 100, 1); /* faster, between rides only: stands beside the open one */
  rides_link(&r, 0, 1, 250, 1);
  rides_link(&r, 1, 1, 90, 1);
  rides_link(&r, 1, 1, 60, 1);
  const sund_timetable *t = rides_table(*state, &r, 3);
  assert_int_equal(t->facts.links, 2);
  assert_int_equal(t->first_link[1] - t->first_link[0], 2);
  assert_true(t->link[0].open && t->link[0].seconds == 200);
  assert_true(!t->link[1].open && t->link[1].seconds == 100);
  assert_int_equal(t->change[0], 0);
  assert_int_equal(t->change[1], 60);
}

static void what_cannot_be(void **state) {
  for (int i = 0; i < 6; i++) {
    sund_ctx *ctx = sund_ctx_child(*state);
    rides r = {0};
    rides_hop(&r, 0, i == 0 ? 9 : 1, 100, i == 1 ? 50 : 200);
    if (i == 2) r.arrive[1] = r.depart[1] = TIMETABLE_MOST_S + 1;
    if (i == 3) rides_link(&r, 0, 9, 10, 0);
    if (i == 4) rides_link(&r, 0, 1, -10, 0);
    if (i == 5) r.arrive[1] = 300; /* leaves before it arrives */
    const sund_trips trips = rides_trips(&r);
    const sund_links l = rides_links(&r);
    sund_timetable *out = NULL;
    assert_int_equal(sund_timetable_build(ctx, 2, &trips, &l, &out), i == 0 || i == 3 ? SUND_DEFECT : SUND_DATA);
    assert_null(out);
    sund_ctx_free(ctx);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {SUND_TEST(patterns), SUND_TEST(overtaking), SUND_TEST(services),
                                     SUND_TEST(links), SUND_TEST(what_cannot_be)};
  return cmocka_run_group_tests_name("timetable", tests, NULL, NULL);
}

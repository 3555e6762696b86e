/* test_catchment_transit_gates.c - gates one may walk aboard in the mode transit of the query `catchment`: the law of waits,
 * gates that are always open, the same waits in every variant and on foot, bicycles, what is planned. */
#include "transit_case.h"

/* A table of gates that are open to whoever walks, between ends given. */
static sund_table *gates_between(world *w, size_t n, const draw_line *line) {
  sund_table *gates = draw_table(w->ctx, SUND_GATES, SUND_LINE, n);
  gates->shapes = draw_lines(w->ctx, n, line)->shapes;
  for (size_t g = 0; g < n; g++) {
    sund_table_text(gates, "id")[g] = sund_text(w->ctx, "g%zu", g);
    sund_table_text(gates, "modes")[g] = "walk,transit";
    sund_table_real(gates, "minutes")[g] = 20;
    sund_table_real(gates, "headway_min")[g] = 0;
  }
  w->in.role[SUND_GATES] = gates;
  return gates;
}

/* A bus far away, so that there is a timetable; by headway: one comes now and then. */
static void bus_elsewhere(world *w, bool headway) {
  add_stop(w, "far1", -9000, 9000);
  add_stop(w, "far2", -9000, 9500);
  const case_table bus[] = {ferry_route,
                            {"trips.txt", "route_id,service_id,trip_id\nB,W,b\n"},
                            {"stop_times.txt",
                             "trip_id,arrival_time,departure_time,stop_id,stop_sequence\n"
                             "b,07:30:00,07:30:00,far1,1\nb,07:40:00,07:40:00,far2,2\n"},
                            {headway ? "frequencies.txt" : NULL,
                             "trip_id,start_time,end_time,headway_secs,exact_times\nb,05:00:00,12:00:00,1200,0\n"},
                            {NULL, NULL}};
  give_feed(w, bus);
}

/* The same crossing as a gate with a headway follows the law of continuous departures; beside a ferry of the timetable it
 * does not count, and says so. */
static void ferry_as_a_gate(void **state) {
  world w;
  begin(&w, *state);
  two_shores(&w);
  add_stop(&w, "far1", -9000, 9000);
  add_stop(&w, "far2", -9000, 9500);
  const draw_line water[] = {{500, 0, EAST, 0, 0}};
  sund_table *gates = draw_table(w.ctx, SUND_GATES, SUND_LINE, 1);
  gates->shapes = draw_lines(w.ctx, 1, water)->shapes;
  sund_table_text(gates, "id")[0] = "hh";
  sund_table_real(gates, "minutes")[0] = 20;
  sund_table_real(gates, "headway_min")[0] = 20;
  sund_table_text(gates, "modes")[0] = "walk,transit";
  w.in.role[SUND_GATES] = gates;
  const case_table bus[] = {ferry_route,
                            {"trips.txt", "route_id,service_id,trip_id\nB,W,b\n"},
                            {"stop_times.txt",
                             "trip_id,arrival_time,departure_time,stop_id,stop_sequence\n"
                             "b,07:30:00,07:30:00,far1,1\nb,07:40:00,07:40:00,far2,2\n"},
                            {NULL, NULL}};
  give_feed(&w, bus);
  assert_ok(w.ctx, ask(&w));
  assert_law(&w, (double[]){36, 39, 44, 49, 52}, 0.001);
  by_timetable(&w);
  assert_ok(w.ctx, ask(&w));
  assert_law(&w, (double[]){35, 38, 43, 48, 51}, 0.001);
  assert_non_null(finding(&w, "sails by the timetable"));
}

/* Whoever comes goes: no second is waited, and a bound that is just met is met. */
static void always_open(void **state) {
  world w;
  begin(&w, *state);
  two_shores(&w);
  gates_between(&w, 1, (const draw_line[]){{500, 0, EAST, 0, 0}});
  bus_elsewhere(&w, false);
  w.minutes[0] = 34;
  assert_ok(w.ctx, ask(&w));
  assert_law(&w, (double[]){34, 34, 34, 34, 34}, 1e-9 + 0.01 / 60);
  assert_true(persons(&w, "transit/34") == 1010);
  assert_true(persons(&w, "transit/34/planned") == 1010);
}

/* Seconds of the first home by a mode in the matrix. */
static double seconds_by(const world *w, const char *mode, const char *scenario, double percent) {
  const sund_table *matrix = draw_layer(&w->out, "matrix");
  const size_t count = w->in.role[SUND_HOMES]->rows;
  for (size_t r = 0; r < matrix->rows; r++)
    if (strcmp(sund_table_text(matrix, "mode")[r], mode) == 0 &&
        strcmp(sund_table_text(matrix, "scenario")[r], scenario) == 0 && r % count == 0 &&
        sund_table_real(matrix, "percentile")[r] == percent)
      return sund_table_real(matrix, "seconds")[r];
  fail();
  return NAN;
}

/* Two gates after each other: how their waits add up tells their orders. Closing a third one beside them changes nothing,
 * and those on foot are the same. */
static void waits_of_a_gate(void **state) {
  world w;
  begin(&w, *state);
  const draw_line street[] = {{0, 0, 500, 0, 0}, {EAST, 0, EAST + 500, 0, 0}, {9000, 0, 10000, 0, 0}};
  const draw_point home[] = {{9000 + HOME_M, 0, 1}};
  w.in.role[SUND_PATHS] = roads(w.ctx, 3, street);
  w.in.role[SUND_PLACES] = place_at(w.ctx, 0, 0);
  w.in.role[SUND_HOMES] = draw_points(w.ctx, SUND_HOMES, 1, home);
  const draw_line water[] = {{0, 0, 10000, 0, 0}, {500, 0, EAST, 0, 0}, {EAST + 500, 0, 9000, 0, 0}};
  sund_table *gates = gates_between(&w, 3, water);
  const double wait[] = {60, 20, 30};
  for (size_t g = 0; g < 3; g++) sund_table_real(gates, "headway_min")[g] = wait[g];
  sund_table_real(gates, "minutes")[0] = 115; /* of no use */
  const char *close[] = {"g0"}, *modes[] = {"walk", "transit"}, *compare[] = {"fewer"};
  w.variants[0] = (sund_variant){.name = "fewer", .closed = 1, .close = close, .gates = gates};
  w.in.variants = 1;
  w.options.compare = (sund_strings){1, compare, NULL};
  w.options.mode = (sund_strings){2, modes, NULL};
  w.minutes[1] = 120;
  bus_elsewhere(&w, false);
  assert_ok(w.ctx, ask(&w));
  for (int p = 0; p < 5; p++) {
    const double foot = seconds_by(&w, "walk", "baseline", w.percents[p]);
    assert_near(seconds_by(&w, "transit", "baseline", w.percents[p]), foot, 0.05);
    assert_near(seconds_by(&w, "transit", "fewer", w.percents[p]), foot, 0.05);
  }
}

/* With the bicycle aboard one takes the gates that bicycles may take. */
static void gates_for_bicycles(void **state) {
  static const struct {
    const char *modes, *aboard;
    double wanted; /* minutes */
  } each[] = {{"walk,transit", "unless-refused", NAN},
              {"walk,bike", "unless-refused", 2 + 20 + 8 / 3.},
              {"bike", "unless-refused", 2 + 20 + 8 / 3.},
              {"bike", "no", NAN},
              {"walk", "no", 34}};
  for (size_t k = 0; k < sizeof each / sizeof *each; k++) {
    world w;
    begin(&w, *state);
    two_shores(&w);
    sund_table *gates = gates_between(&w, 1, (const draw_line[]){{500, 0, EAST, 0, 0}});
    sund_table_text(gates, "modes")[0] = each[k].modes;
    add_stop(&w, "near1", 0, 0); /* else the timetable is told to be of another region */
    bus_elsewhere(&w, false);
    const case_table stop[] = {{"stop_times.txt",
                                "trip_id,arrival_time,departure_time,stop_id,stop_sequence\n"
                                "b,05:30:00,05:30:00,far1,1\nb,11:40:00,11:40:00,near1,2\n"},
                               {"trips.txt", "route_id,service_id,trip_id\nB,W,b\n"},
                               ferry_route,
                               {NULL, NULL}};
    give_feed(&w, stop);
    w.options.bikes_aboard = each[k].aboard;
    assert_ok(w.ctx, ask(&w));
    if (isnan(each[k].wanted)) assert_true(isnan(minutes(&w, 50, 0)));
    else assert_near(minutes(&w, 50, 0), each[k].wanted, 0.001);
  }
}

/* A boat an hour, 64 minutes for who knows when it leaves: found whatever the bounds, by the timetable, beside services that
 * come now and then, as a gate, and on foot through that gate. */
static void planned_beyond_the_bound(void **state) {
  enum { BY_FEED, BESIDE_HEADWAYS, BY_GATE, CASES };
  for (int turn = 0; turn < 2 * CASES; turn++) {
    world w;
    begin(&w, *state);
    two_shores(&w);
    const char *modes[] = {"transit", "walk"};
    w.options.mode = (sund_strings){turn / 2 == BY_GATE ? 2 : 1, modes, NULL};
    w.minutes[0] = 64;
    w.minutes[1] = 150;
    w.options.minutes.count = 1 + (size_t)turn % 2;
    if (turn / 2 == BY_GATE) {
      sund_table *gates = gates_between(&w, 1, (const draw_line[]){{500, 0, EAST, 0, 0}});
      sund_table_text(gates, "times")[0] = "07:40 08:40 09:40";
      sund_table_real(gates, "minutes")[0] = 50;
      bus_elsewhere(&w, false);
    } else {
      add_stop(&w, "far1", -9000, 9000);
      add_stop(&w, "far2", -9000, 9500);
      const case_table feed[] = {
          ferry_route,
          {"trips.txt", "route_id,service_id,trip_id\nF,W,f7\nF,W,f8\nB,W,b\n"},
          {"stop_times.txt",
           "trip_id,arrival_time,departure_time,stop_id,stop_sequence\n"
           "f7,07:40:00,07:40:00,west,1\nf7,08:30:00,08:30:00,east,2\n"
           "f8,08:40:00,08:40:00,west,1\nf8,09:30:00,09:30:00,east,2\n"
           "b,07:30:00,07:30:00,far1,1\nb,07:40:00,07:40:00,far2,2\n"},
          {turn / 2 == BESIDE_HEADWAYS ? "frequencies.txt" : NULL,
           "trip_id,start_time,end_time,headway_secs,exact_times\nb,05:00:00,12:00:00,1200,0\n"},
          {NULL, NULL}};
      give_feed(&w, feed);
    }
    assert_ok(w.ctx, ask(&w));
    assert_true(persons(&w, "transit/64") == 10);
    assert_true(persons(&w, "transit/64/planned") == 1010);
    if (turn / 2 == BY_GATE) assert_true(persons(&w, "walk/64/planned") == 1010);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      FILES_TEST(ferry_as_a_gate),          FILES_TEST(always_open),
      FILES_TEST(waits_of_a_gate),          FILES_TEST(gates_for_bicycles),
      FILES_TEST(planned_beyond_the_bound),
  };
  return cmocka_run_group_tests_name("catchment_transit_gates", tests, NULL, NULL);
}

/* test_catchment_transit.c - mode transit of the query `catchment`: the ferry of the Sound by timetable and by headway;
 * walks, stated links, quays in the air, bicycles, a way leg by leg. */
#include "transit_case.h"

/* ---------------------------------------------------------------------------------------------------------- ferries */

static void ferry_by_timetable(void **state) {
  world w;
  begin(&w, *state);
  two_shores(&w);
  by_timetable(&w);
  assert_ok(w.ctx, ask(&w));
  assert_law(&w, (double[]){35, 38, 43, 48, 51}, 0.001);
  assert_near(minutes(&w, 50, 1), 3, 0.001); /* on the same street: walked */
  assert_true(persons(&w, "transit/60") == 1110);
  assert_near(of_matrix(&w, "metres", 50, 0), 500 + 4000 + HOME_M, 8); /* map metres on the water */
  assert_near(of_matrix(&w, "metres", 50, 1), 250, 0.1);
  w.options.board_slack_s = 60;
  assert_ok(w.ctx, ask(&w));
  assert_law(&w, (double[]){36, 39, 44, 49, 52}, 0.001);
}

/* In frequencies.txt: the even law itself. */
static void ferry_by_frequencies(void **state) {
  world w;
  begin(&w, *state);
  two_shores(&w);
  const case_table feed[] = {
      ferry_route,
      {"trips.txt", "route_id,service_id,trip_id\nF,W,f\n"},
      {"stop_times.txt",
       "trip_id,arrival_time,departure_time,stop_id,stop_sequence\n"
       "f,06:00:00,06:00:00,west,1\nf,06:20:00,06:20:00,east,2\n"},
      {"frequencies.txt", "trip_id,start_time,end_time,headway_secs,exact_times\nf,05:00:00,12:00:00,1200,0\n"},
      {NULL, NULL}};
  give_feed(&w, feed);
  assert_ok(w.ctx, ask(&w));
  assert_law(&w, (double[]){36, 39, 44, 49, 52}, 0.001);
}

/* A scenario without the ferry, in the same run. */
static void ferry_closed(void **state) {
  world w;
  begin(&w, *state);
  two_shores(&w);
  by_timetable(&w);
  const char *close[] = {"F"};
  add_stop(&w, "far1", -9000, 9000);
  w.variants[0] = (sund_variant){.name = "no-ferry", .closed = 1, .close = close};
  w.in.variants = 1;
  w.options.matrix = false;
  assert_ok(w.ctx, ask(&w)); /* a feed of one route: nothing is left */
  int found = 0;
  for (size_t i = 0; i < w.out.indicators; i++) {
    const sund_indicator *row = &w.out.indicator[i];
    if (strcmp(row->indicator, "catchment.persons") != 0 || strcmp(row->variant, "transit/60") != 0) continue;
    const bool closed = row->scenario && strcmp(row->scenario, "no-ferry") == 0;
    assert_true(row->value == (closed ? 10 : 1110));
    found++;
  }
  assert_int_equal(found, 2);
}

/* ------------------------------------------------------------------------------------------------------------ links */

/* A bus to a stop 300 m from the quay: the walk of 3.6 minutes is a link unless the timetable states one or forbids it. */
static void stated_links_win(void **state) {
  static const struct {
    const char *transfers;
    double wanted; /* minutes at any departure 07:00: bus 07:10 - 07:20, ferries 07:20, 07:24, 07:30 */
  } each[] = {{NULL, 30}, {"bus2,quay,2,120\n", 30}, {"bus2,quay,2,360\n", 36}, {"bus2,quay,3,\n", NAN}};
  for (size_t k = 0; k < sizeof each / sizeof *each; k++) {
    world w;
    begin(&w, *state);
    const draw_line street[] = {
        {0, 0, 1000, 0, 0}, {3000, 0, 3300, 0, 0}, {3000, 0, 3000, 900, 0}, {7000, 0, 7500, 0, 0}};
    const draw_point home[] = {{7000, 0, 1}};
    w.in.role[SUND_PATHS] = roads(w.ctx, 4, street);
    w.in.role[SUND_PLACES] = place_at(w.ctx, 0, 0);
    w.in.role[SUND_HOMES] = draw_points(w.ctx, SUND_HOMES, 1, home);
    add_stop(&w, "bus1", 0, 0);
    add_stop(&w, "bus2", 3000, 0);
    add_stop(&w, "quay", 3300, 0);
    add_stop(&w, "over", 7000, 0);
    const char *times =
        "trip_id,arrival_time,departure_time,stop_id,stop_sequence\n"
        "b,07:10:00,07:10:00,bus1,1\nb,07:20:00,07:20:00,bus2,2\n"
        "f1,07:21:00,07:21:00,quay,1\nf1,07:25:00,07:25:00,over,2\n"
        "f2,07:24:00,07:24:00,quay,1\nf2,07:30:00,07:30:00,over,2\n"
        "f3,07:26:00,07:26:00,quay,1\nf3,07:36:00,07:36:00,over,2\n";
    const case_table feed[] = {
        ferry_route,
        {"trips.txt", "route_id,service_id,trip_id\nB,W,b\nF,W,f1\nF,W,f2\nF,W,f3\n"},
        {"stop_times.txt", times},
        {each[k].transfers ? "transfers.txt" : NULL,
         each[k].transfers
             ? sund_text(w.ctx, "from_stop_id,to_stop_id,transfer_type,min_transfer_time\n%s", each[k].transfers)
             : NULL},
        {NULL, NULL}};
    give_feed(&w, feed);
    w.options.window_min = 1;
    assert_ok(w.ctx, ask(&w));
    if (isnan(each[k].wanted)) assert_true(isnan(minutes(&w, 50, 0)));
    else assert_near(minutes(&w, 50, 0), each[k].wanted, 0.001);
  }
}

/* The quay lies off the street: it is told, and nobody crosses; a link of the timetable brings everybody back. */
static void quay_in_the_air(void **state) {
  for (int linked = 0; linked < 2; linked++) {
    world w;
    begin(&w, *state);
    const draw_line street[] = {{0, 0, 1000, 0, 0}, {7000, 0, 7500, 0, 0}};
    const draw_point home[] = {{7000, 0, 1}};
    w.in.role[SUND_PATHS] = roads(w.ctx, 2, street);
    w.in.role[SUND_PLACES] = place_at(w.ctx, 0, 0);
    w.in.role[SUND_HOMES] = draw_points(w.ctx, SUND_HOMES, 1, home);
    add_stop(&w, "train1", 0, 0);
    add_stop(&w, "train2", 1000, 0);
    add_stop(&w, "quay", 1000, 400);
    add_stop(&w, "over", 7000, 0);
    const case_table feed[] = {ferry_route,
                               {"trips.txt", "route_id,service_id,trip_id\nB,W,b\nF,W,f\n"},
                               {"stop_times.txt",
                                "trip_id,arrival_time,departure_time,stop_id,stop_sequence\n"
                                "b,07:10:00,07:10:00,train1,1\nb,07:20:00,07:20:00,train2,2\n"
                                "f,07:30:00,07:30:00,quay,1\nf,07:50:00,07:50:00,over,2\n"},
                               {linked ? "transfers.txt" : NULL,
                                "from_stop_id,to_stop_id,transfer_type,min_transfer_time\ntrain2,quay,2,300\n"},
                               {NULL, NULL}};
    give_feed(&w, feed);
    w.options.window_min = 1;
    assert_ok(w.ctx, ask(&w));
    assert_non_null(finding(&w, "ferry quay quay"));
    if (linked) assert_near(minutes(&w, 50, 0), 50, 0.001);
    else assert_true(isnan(minutes(&w, 50, 0)));
    assert_int_equal(finding(&w, "no bus or train stop is linked to it") != NULL, !linked);
  }
}

/* ---------------------------------------------------------------------------------------------------------- bicycles */

/* Whether the bicycle may come aboard is not said: lenient it crosses, strict it does not. */
static void bikes_unknown(void **state) {
  static const struct {
    const char *rule;
    double wanted; /* minutes: 500 m at 15 km/h, ferry 07:20, 667 m at 15 km/h */
  } each[] = {{"unless-refused", 40 + 8 / 3.}, {"stated", NAN}, {"no", 48}};
  for (size_t k = 0; k < 3; k++) {
    world w;
    begin(&w, *state);
    two_shores(&w);
    by_timetable(&w);
    w.options.window_min = 1;
    w.options.bikes_aboard = each[k].rule;
    const sund_code code = ask(&w);
    assert_ok(w.ctx, code);
    if (isnan(each[k].wanted)) assert_true(isnan(minutes(&w, 50, 0)));
    else assert_near(minutes(&w, 50, 0), each[k].wanted, 0.001);
    assert_int_equal(finding(&w, "it is not said") != NULL, k < 2);
  }
}

/* By bicycle to the ferry, on foot after it. */
static void bike_to_the_stop(void **state) {
  world w;
  begin(&w, *state);
  two_shores(&w);
  by_timetable(&w);
  w.options.access_by = "bike";
  assert_ok(w.ctx, ask(&w));
  /* 2 minutes to the quay: 30 + wait; of the hour's departures each third waits 0 .. 19 */
  assert_law(&w, (double[]){31, 34, 39, 44, 47}, 0.001);
  assert_near(minutes(&w, 50, 1), 1, 0.001);
}

/* ------------------------------------------------------------------------------------------------------------ others */

/* Without paths: straight lines within the snap limit. */
static void without_paths(void **state) {
  world w;
  begin(&w, *state);
  two_shores(&w);
  by_timetable(&w);
  w.in.role[SUND_PATHS] = NULL;
  w.options.snap_limit_m = 700;
  assert_ok(w.ctx, ask(&w));
  assert_law(&w, (double[]){35, 38, 43, 48, 51}, 1.02); /* metres on the ellipsoid: a departure may just be missed */
  assert_true(isnan(minutes(&w, 50, 2)));
}

/* A stop that the feed does not place is passed through, and nobody walks there. */
static void stop_without_a_place(void **state) {
  world w;
  begin(&w, *state);
  two_shores(&w);
  w.stops = sund_text(w.ctx, "%snowhere,nowhere,,\n", w.stops);
  const case_table feed[] = {
      ferry_route,
      {"trips.txt", "route_id,service_id,trip_id\nF,W,f\n"},
      {"stop_times.txt",
       "trip_id,arrival_time,departure_time,stop_id,stop_sequence\n"
       "f,07:10:00,07:10:00,west,1\nf,07:20:00,07:20:00,nowhere,2\nf,07:30:00,07:30:00,east,3\n"},
      {NULL, NULL}};
  give_feed(&w, feed);
  w.options.window_min = 1;
  assert_ok(w.ctx, ask(&w));
  assert_near(minutes(&w, 50, 0), 38, 0.001);
}

/* The way leg by leg: on foot, the ferry, on foot; its time is that of the matrix. */
static void way_by_legs(void **state) {
  world w;
  begin(&w, *state);
  two_shores(&w);
  by_timetable(&w);
  const draw_point at[] = {{0, 0, 0}, {EAST + HOME_M, 0, 0}};
  sund_table *places = draw_points(w.ctx, SUND_PLACES, 2, at);
  for (size_t i = 0; i < 2; i++)
    sund_table_text(places, "id")[i] = sund_table_text(places, "name")[i] = i ? "p1" : "p0";
  w.in.role[SUND_PLACES] = places;
  const char *asked[] = {"p0:p1"};
  w.options.route = (sund_strings){1, asked, NULL};
  w.options.matrix = false;
  assert_ok(w.ctx, ask(&w));
  const sund_table *legs = draw_layer(&w.out, "catchment_routes");
  assert_int_equal(legs->rows, 3);
}

/* On the days of the time change --depart is what the clock on the wall shows; trips count from noon minus 12 hours. */
static void clock_on_the_wall(void **state) {
  static const struct {
    const char *trip, *depart;
    double wanted; /* minutes, 6 to the stop and 8 from it; NAN = gone */
  } each[] = {
      {"02:30:00,02:40:00", "2026-03-29T01:20", 20 + 8}, /* 02:30:00 is 01:30 */
      {"02:30:00,02:40:00", "2026-03-29T01:31", NAN},    /* gone               */
      {"04:00:00,04:10:00", "2026-03-29T01:50", 80 + 8}, /* 04:00, of which an hour is left out */
      {"04:00:00,04:10:00", "2026-03-29T03:50", 20 + 8},
      {"04:00:00,04:10:00", "2026-10-25T01:50", 200 + 8}, /* 04:00, after 02 has come twice      */
      {"26:30:00,26:40:00", "2026-03-29T01:50", 50 + 8},  /* Saturday's: 02:30 winter time, the clock's 03:30 */
      {"25:10:00,25:20:00", "2026-11-25T01:00", 20 + 8},  /* the day before's     */
      {"02:30:00,02:40:00", "2026-10-25T02:20", 20 + 8},  /* of two the second    */
  };
  for (size_t k = 0; k < sizeof each / sizeof *each; k++) {
    world w;
    begin(&w, *state);
    two_shores(&w);
    const char *times = sund_text(w.ctx,
                                  "trip_id,arrival_time,departure_time,stop_id,stop_sequence\n"
                                  "f,%.8s,%.8s,west,1\nf,%.8s,%.8s,east,2\n",
                                  each[k].trip, each[k].trip, each[k].trip + 9, each[k].trip + 9);
    const case_table feed[] = {
        ferry_route,
        {"trips.txt", "route_id,service_id,trip_id\nF,W,f\n"},
        {"stop_times.txt", times},
        {"calendar.txt",
         "service_id,monday,tuesday,wednesday,thursday,friday,saturday,sunday,start_date,end_date\n"
         "W,1,1,1,1,1,1,1,20260101,20261231\n"},
        {NULL, NULL}};
    give_feed(&w, feed);
    w.options.depart = each[k].depart;
    w.options.window_min = 1;
    w.minutes[1] = 240;
    assert_ok(w.ctx, ask(&w));
    const double got = minutes(&w, 50, 0);
    assert_int_equal(finding(&w, "nothing in the timetable can be boarded") != NULL, isnan(each[k].wanted));
    if (isnan(each[k].wanted) != isnan(got) || fabs(got - each[k].wanted) > 0.001)
      fail_msg("%s, %s: %g min, not %g", each[k].trip, each[k].depart, got, each[k].wanted);
    w.options.depart = "2026-03-29T02:30";
    w.ctx = sund_ctx_child(w.ctx);
    assert_int_equal(ask(&w), SUND_USAGE);
    sund_ctx_free(w.ctx);
  }
}

/* A timetable whose stops lie elsewhere is refused; a place alone without a stop is told. */
static void no_stop_near(void **state) {
  for (int paths = 0; paths < 2; paths++) {
    world w;
    begin(&w, *state);
    two_shores(&w);
    by_timetable(&w);
    if (!paths) w.in.role[SUND_PATHS] = NULL, w.options.snap_limit_m = 700;
    const char *message = "";
    w.in.role[SUND_PLACES] = place_at(w.ctx, 0, paths ? 1000 : 800); /* too far: 18 minutes are allowed below */
    w.options.walk_limit_min = 12;
    assert_ok(w.ctx, ask(&w));
    assert_non_null(
        finding(&w, paths ? "no stop of the timetable lies within 12 minutes' way (--walk-limit) of Place (p0)"
                          : "no stop of the timetable lies within 700 m (--snap-limit; there are no paths) of "
                            "Place (p0)"));
    w.stops = "stop_id,stop_name,stop_lat,stop_lon\nwest,west,12.6,56.0\neast,east,12.6,56.1\n";
    by_timetable(&w);
    w.ctx = sund_ctx_child(w.ctx);
    assert_int_equal(ask(&w), SUND_DATA);
    sund_failure(w.ctx, &message, NULL, NULL);
    assert_non_null(strstr(message, "timetable: no place and no home has a stop within"));
    assert_non_null(strstr(message, "are stop_lat and stop_lon the right way round?"));
    sund_ctx_free(w.ctx);
  }
}

/* What is wrong with a timetable is told once, however many scenarios are compared. */
static void told_once(void **state) {
  world w;
  begin(&w, *state);
  two_shores(&w);
  const case_table feed[] = {
      {"routes.txt", "route_id,agency_id,route_short_name,route_type\nF,A,Ferry,4\nB,A,Bus,3\nD,A,Dead,3\n"},
      {"trips.txt", "route_id,service_id,trip_id\nF,W,f\nB,W,b\nD,X,d\n"},
      {"stop_times.txt",
       "trip_id,arrival_time,departure_time,stop_id,stop_sequence\n"
       "f,07:10:00,07:10:00,west,1\nf,07:20:00,07:20:00,east,2\n"
       "b,07:30:00,07:30:00,east,1\nb,07:40:00,07:40:00,west,2\n"
       "d,07:30:00,07:30:00,east,1\nd,07:40:00,07:40:00,west,2\n"},
      {"calendar_dates.txt", "service_id,date,exception_type\nX,20260601,1\n"},
      {NULL, NULL}};
  give_feed(&w, feed);
  const char *close[2] = {"F", "B"};
  w.variants[0] = (sund_variant){.name = "no-ferry", .closed = 1, .close = close};
  w.variants[1] = (sund_variant){.name = "no-bus", .closed = 1, .close = close + 1};
  w.in.variants = 2;
  assert_ok(w.ctx, ask(&w));
  int told = 0;
  for (size_t i = 0; i < w.out.findings.count; i++)
    told += strstr(w.out.findings.item[i].text, "routes do not run in the week of") != NULL;
  assert_int_equal(told, 1);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      FILES_TEST(ferry_by_timetable), FILES_TEST(ferry_by_frequencies), FILES_TEST(ferry_closed),
      FILES_TEST(stated_links_win),   FILES_TEST(quay_in_the_air),      FILES_TEST(bikes_unknown),
      FILES_TEST(bike_to_the_stop),   FILES_TEST(stop_without_a_place), FILES_TEST(without_paths),
      FILES_TEST(way_by_legs),        FILES_TEST(clock_on_the_wall),    FILES_TEST(no_stop_near),
      FILES_TEST(told_once),
  };
  return cmocka_run_group_tests_name("catchment_transit", tests, NULL, NULL);
}

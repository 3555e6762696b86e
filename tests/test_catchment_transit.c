/* test_catchment_transit.c - mode transit of the query `catchment`: the ferry of the Sound by timetable, by headway and as a
 * gate; walks, stated links, quays in the air, bicycles; places and rows give the same. Times are exact: streets carry
 * length_m. */
#include "draw.h"
#include "feed_case.h"
#include "queries/catchment.h"

/* Two shores 4 km apart. West: a street from the place to the quay, 500 m: 6 minutes. East: from the quay 666 2/3 m to the
 * home: 8 minutes; and on to the end of the street. */
static const double HOME_M = 8 * 5000 / 60.;
enum { EAST = 4500 };

extern const sund_query query_catchment;

typedef struct world {
  files *f;
  sund_ctx *ctx;
  sund_inputs in;
  sund_variant variants[2];
  const char *modes[4];
  double minutes[2], percents[5];
  catchment_options options;
  sund_results out;
  const char *stops; /* rows of stops.txt */
} world;

/* A stop at a place of the drawing. */
static void add_stop(world *w, const char *id, double x, double y) {
  sund_crs *degrees;
  sund_op *op;
  double at[2] = {DRAW_X + x, DRAW_Y + y};
  assert_ok(w->ctx, sund_crs_open(w->ctx, "EPSG:4326", &degrees));
  assert_ok(w->ctx, sund_op_open(w->ctx, w->in.crs, degrees, NULL, &op));
  assert_ok(w->ctx, sund_op_apply(w->ctx, op, 1, &at[0], &at[1], NULL));
  w->stops = sund_text(w->ctx, "%s%s,%s,%.10f,%.10f\n", w->stops, id, id, at[1], at[0]);
}

static void begin(world *w, files *f) {
  *w = (world){.f = f, .ctx = f->ctx, .modes = {"transit"}, .minutes = {60, 90}, .percents = {10, 25, 50, 75, 90}};
  w->in.crs = draw_crs(w->ctx);
  w->in.scenario = "baseline";
  w->in.variant = w->variants;
  w->stops = "stop_id,stop_name,stop_lat,stop_lon\n";
  w->options = (catchment_options){.mode = {1, w->modes, NULL},
                                   .minutes = {2, w->minutes},
                                   .percentiles = {5, w->percents},
                                   .depart = "2026-11-24T07:00",
                                   .window_min = 60,
                                   .walk_kmh = 5,
                                   .bike_kmh = 15,
                                   .car_kmh = 50,
                                   .snap_limit_m = 250,
                                   .walk_limit_min = 20,
                                   .rides = 5,
                                   .join_m = 1,
                                   .piece_m = 100,
                                   .access_by = "walk",
                                   .bikes_aboard = "no",
                                   .no_map = true,
                                   .matrix = true,
                                   .decay = "exponential",
                                   .nearest = 1};
}

static sund_table *roads(sund_ctx *ctx, size_t n, const draw_line *line) {
  sund_table *table = draw_lines(ctx, n, line);
  for (size_t i = 0; i < n; i++)
    sund_table_real(table, "length_m")[i] = hypot(line[i].x1 - line[i].x0, line[i].y1 - line[i].y0);
  return table;
}

static sund_table *place_at(sund_ctx *ctx, double x, double y) {
  const draw_point at[] = {{x, y, 0}};
  sund_table *table = draw_points(ctx, SUND_PLACES, 1, at);
  sund_table_text(table, "id")[0] = "p0";
  sund_table_text(table, "name")[0] = "Place";
  return table;
}

/* The two shores, without a timetable yet. */
static void two_shores(world *w) {
  const draw_line street[] = {{0, 0, 500, 0, 0}, {EAST, 0, EAST + 1000, 0, 0}, {0, 0, 0, 1000, 0}};
  const draw_point home[] = {{EAST + HOME_M, 0, 1000}, {250, 0, 10}, {EAST + 1000, 0, 100}};
  w->in.role[SUND_PATHS] = roads(w->ctx, 3, street);
  w->in.role[SUND_PLACES] = place_at(w->ctx, 0, 0);
  w->in.role[SUND_HOMES] = draw_points(w->ctx, SUND_HOMES, 3, home);
  add_stop(w, "west", 500, 0);
  add_stop(w, "east", EAST, 0);
}

/* A feed with more tables or other ones. */
static void give_feed(world *w, const case_table *changes) {
  const case_table stops[] = {{"stops.txt", w->stops}, {NULL, NULL}};
  const char *path = case_folder(w->f, "base", case_small, stops);
  for (const case_table *c = changes; c->name; c++) case_write_table(path, c->name, c->text);
  w->in.feeds = case_read(w->ctx, 1, (const char *[]){path}).feeds;
}

static const case_table ferry_route = {"routes.txt",
                                       "route_id,agency_id,route_short_name,route_type\nF,A,Ferry,4\nB,A,Bus,3\n"};

/* Sailings :00 :20 :40 from 06 to 10, 20 minutes. bikes: NULL or a column of trips.txt. */
static void by_timetable(world *w) {
  const char *trips = "route_id,service_id,trip_id\n";
  const char *times = "trip_id,arrival_time,departure_time,stop_id,stop_sequence\n";
  for (int m = 360; m < 600; m += 20) {
    trips = sund_text(w->ctx, "%sF,W,f%d\n", trips, m);
    times =
        sund_text(w->ctx, "%sf%d,%02d:%02d:00,%02d:%02d:00,west,1\nf%d,%02d:%02d:00,%02d:%02d:00,east,2\n", times, m,
                  m / 60, m % 60, m / 60, m % 60, m, (m + 20) / 60, (m + 20) % 60, (m + 20) / 60, (m + 20) % 60);
  }
  const case_table feed[] = {ferry_route, {"trips.txt", trips}, {"stop_times.txt", times}, {NULL, NULL}};
  give_feed(w, feed);
}

static sund_code ask(world *w) {
  w->out = (sund_results){0};
  return query_catchment.run(w->ctx, &w->in, &w->options, &w->out);
}

static double of_matrix(const world *w, const char *column, double percent, size_t to) {
  const sund_table *matrix = draw_layer(&w->out, "matrix");
  const size_t count = w->in.role[SUND_HOMES]->rows;
  for (size_t r = 0; r < matrix->rows; r++)
    if (r % count == to && sund_table_real(matrix, "percentile")[r] == percent)
      return sund_table_real(matrix, column)[r];
  fail();
  return NAN;
}
static double minutes(const world *w, double percent, size_t to) {
  return of_matrix(w, "seconds", percent, to) / 60;
}

static double persons(const world *w, const char *variant) {
  for (size_t i = 0; i < w->out.indicators; i++)
    if (strcmp(w->out.indicator[i].indicator, "catchment.persons") == 0 &&
        strcmp(w->out.indicator[i].variant, variant) == 0)
      return w->out.indicator[i].value;
  return NAN;
}

static const sund_finding *finding(const world *w, const char *part) {
  for (size_t i = 0; i < w->out.findings.count; i++)
    if (strstr(w->out.findings.item[i].text, part)) return &w->out.findings.item[i];
  return NULL;
}

static void assert_law(const world *w, const double wanted[5], double tolerance) {
  for (int i = 0; i < 5; i++)
    if (fabs(minutes(w, w->percents[i], 0) - wanted[i]) > tolerance)
      fail_msg("p%g: %.4f min, not %g", w->percents[i], minutes(w, w->percents[i], 0), wanted[i]);
}

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

/* The run up to the timetable. */
static void prepare(world *w, catchment_run *run) {
  double box[4];
  w->out = (sund_results){0};
  *run = (catchment_run){.in = &w->in, .options = &w->options, .out = &w->out, .variants = 1};
  assert_true(sund_table_box(w->in.role[SUND_HOMES], box));
  assert_ok(w->ctx, catchment_options_read(w->ctx, run));
  assert_ok(w->ctx, sund_ground_open(w->ctx, w->in.crs, box, &run->ground));
  run->variant = sund_alloc(w->ctx, 1, sizeof *run->variant);
  run->variant[0].name = "baseline";
  assert_ok(w->ctx, catchment_town_make(w->ctx, run));
  assert_ok(w->ctx, catchment_streets_make(w->ctx, run));
  assert_ok(w->ctx, catchment_gates_make(w->ctx, run));
}

static void reach(world *w, catchment_run *run) {
  prepare(w, run);
  assert_ok(w->ctx, catchment_transit_make(w->ctx, run));
  assert_ok(w->ctx, catchment_reach(w->ctx, run));
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

/* A town of stops along one street and trips drawn by lot. */
static void draw_town(world *w, uint64_t *random) {
  enum { STOPS = 8, TRIPS = 40, HOMES = 7 };
  const draw_line street[] = {{0, 0, 9000, 0, 0}};
  draw_point home[HOMES];
  for (int i = 0; i < HOMES; i++) home[i] = (draw_point){support_uniform(random, 0, 9000), 0, 1};
  w->in.role[SUND_PATHS] = roads(w->ctx, 1, street);
  w->in.role[SUND_PLACES] = place_at(w->ctx, support_uniform(random, 0, 2000), 0);
  w->in.role[SUND_HOMES] = draw_points(w->ctx, SUND_HOMES, HOMES, home);
  for (int i = 0; i < STOPS; i++) add_stop(w, sund_text(w->ctx, "s%d", i), 100 + 1200 * i, 10);
  add_stop(w, "s8", 8500, 3000); /* in the air */
  const char *trips = "route_id,service_id,trip_id\n";
  const char *times = "trip_id,arrival_time,departure_time,stop_id,stop_sequence\n";
  for (int i = 0; i < TRIPS; i++) {
    int at = 6 * 60 + 30 + (int)(support_random(random) % 120);
    trips = sund_text(w->ctx, "%sB,W,t%d\n", trips, i);
    for (int stop = (int)(support_random(random) % 4), n = 0; stop <= STOPS; n++) {
      times = sund_text(w->ctx, "%st%d,%02d:%02d:00,%02d:%02d:00,s%d,%d\n", times, i, at / 60, at % 60, at / 60,
                        at % 60, stop, n);
      stop += 1 + (int)(support_random(random) % 3);
      at += 1 + (int)(support_random(random) % 6);
    }
  }
  const case_table feed[] = {ferry_route,
                             {"trips.txt", trips},
                             {"stop_times.txt", times},
                             {"transfers.txt",
                              "from_stop_id,to_stop_id,transfer_type,min_transfer_time\n"
                              "s2,s2,2,120\ns3,s4,2,240\ns4,s3,3,\ns7,s8,2,60\n"},
                             {NULL, NULL}};
  give_feed(w, feed);
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

int main(void) {
  const struct CMUnitTest tests[] = {
      FILES_TEST(ferry_by_timetable),   FILES_TEST(ferry_as_a_gate),       FILES_TEST(ferry_by_frequencies),
      FILES_TEST(ferry_closed),         FILES_TEST(stated_links_win),      FILES_TEST(quay_in_the_air),
      FILES_TEST(bikes_unknown),        FILES_TEST(bike_to_the_stop),      FILES_TEST(rows_and_planned),
      FILES_TEST(lane_by_lane),         FILES_TEST(any_number_of_threads), FILES_TEST(without_memory),
      FILES_TEST(stop_without_a_place), FILES_TEST(without_paths),         FILES_TEST(way_by_legs),
  };
  return cmocka_run_group_tests_name("catchment_transit", tests, NULL, NULL);
}

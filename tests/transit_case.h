/* transit_case.h - two shores, a place, homes and a ferry, or a town drawn by lot, for tests of the mode transit of the
 * query `catchment`. Times are exact: streets carry length_m. */
#ifndef SUND_TESTS_TRANSIT_CASE_H
#define SUND_TESTS_TRANSIT_CASE_H

#include "catchment_usual.h"
#include "draw.h"
#include "feed_case.h"
#include "queries/catchment_transit.h"

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
static inline void add_stop(world *w, const char *id, double x, double y) {
  sund_crs *degrees;
  sund_op *op;
  double at[2] = {DRAW_X + x, DRAW_Y + y};
  assert_ok(w->ctx, sund_crs_open(w->ctx, "EPSG:4326", &degrees));
  assert_ok(w->ctx, sund_op_open(w->ctx, w->in.crs, degrees, NULL, &op));
  assert_ok(w->ctx, sund_op_apply(w->ctx, op, 1, &at[0], &at[1], NULL));
  w->stops = sund_text(w->ctx, "%s%s,%s,%.10f,%.10f\n", w->stops, id, id, at[1], at[0]);
}

static inline void begin(world *w, files *f) {
  *w = (world){.f = f, .ctx = f->ctx, .modes = {"transit"}, .minutes = {60, 90}, .percents = {10, 25, 50, 75, 90}};
  w->in.crs = draw_crs(w->ctx);
  w->in.scenario = "baseline";
  w->in.variant = w->variants;
  w->stops = "stop_id,stop_name,stop_lat,stop_lon\n";
  w->options = usual_options(w->modes, (sund_numbers){2, w->minutes}, (sund_numbers){5, w->percents});
  w->options.no_map = w->options.matrix = true;
}

static inline sund_table *roads(sund_ctx *ctx, size_t n, const draw_line *line) {
  sund_table *table = draw_lines(ctx, n, line);
  for (size_t i = 0; i < n; i++)
    sund_table_real(table, "length_m")[i] = hypot(line[i].x1 - line[i].x0, line[i].y1 - line[i].y0);
  return table;
}

static inline sund_table *place_at(sund_ctx *ctx, double x, double y) {
  const draw_point at[] = {{x, y, 0}};
  sund_table *table = draw_points(ctx, SUND_PLACES, 1, at);
  sund_table_text(table, "id")[0] = "p0";
  sund_table_text(table, "name")[0] = "Place";
  return table;
}

/* The two shores, without a timetable yet. */
static inline void two_shores(world *w) {
  const draw_line street[] = {{0, 0, 500, 0, 0}, {EAST, 0, EAST + 1000, 0, 0}, {0, 0, 0, 1000, 0}};
  const draw_point home[] = {{EAST + HOME_M, 0, 1000}, {250, 0, 10}, {EAST + 1000, 0, 100}};
  w->in.role[SUND_PATHS] = roads(w->ctx, 3, street);
  w->in.role[SUND_PLACES] = place_at(w->ctx, 0, 0);
  w->in.role[SUND_HOMES] = draw_points(w->ctx, SUND_HOMES, 3, home);
  add_stop(w, "west", 500, 0);
  add_stop(w, "east", EAST, 0);
}

/* A feed with more tables or other ones. */
static inline void give_feed(world *w, const case_table *changes) {
  const case_table stops[] = {{"stops.txt", w->stops}, {NULL, NULL}};
  const char *path = case_folder(w->f, "base", case_small, stops);
  for (const case_table *c = changes; c->name; c++) case_write_table(path, c->name, c->text);
  w->in.feeds = case_read(w->ctx, 1, (const char *[]){path}).feeds;
}

static const case_table ferry_route = {"routes.txt",
                                       "route_id,agency_id,route_short_name,route_type\nF,A,Ferry,4\nB,A,Bus,3\n"};

/* Sailings :00 :20 :40 from 06 to 10, 20 minutes. bikes: NULL or a column of trips.txt. */
static inline void by_timetable(world *w) {
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

static inline sund_code ask(world *w) {
  w->out = (sund_results){0};
  return query_catchment.run(w->ctx, &w->in, &w->options, &w->out);
}

static inline double of_matrix(const world *w, const char *column, double percent, size_t to) {
  const sund_table *matrix = draw_layer(&w->out, "matrix");
  const size_t count = w->in.role[SUND_HOMES]->rows;
  for (size_t r = 0; r < matrix->rows; r++)
    if (r % count == to && sund_table_real(matrix, "percentile")[r] == percent)
      return sund_table_real(matrix, column)[r];
  fail();
  return NAN;
}
static inline double minutes(const world *w, double percent, size_t to) {
  return of_matrix(w, "seconds", percent, to) / 60;
}

static inline double persons(const world *w, const char *variant) {
  for (size_t i = 0; i < w->out.indicators; i++)
    if (strcmp(w->out.indicator[i].indicator, "catchment.persons") == 0 &&
        strcmp(w->out.indicator[i].variant, variant) == 0)
      return w->out.indicator[i].value;
  return NAN;
}

static inline const sund_finding *finding(const world *w, const char *part) {
  for (size_t i = 0; i < w->out.findings.count; i++)
    if (strstr(w->out.findings.item[i].text, part)) return &w->out.findings.item[i];
  return NULL;
}

static inline void assert_law(const world *w, const double wanted[5], double tolerance) {
  for (int i = 0; i < 5; i++)
    if (fabs(minutes(w, w->percents[i], 0) - wanted[i]) > tolerance)
      fail_msg("p%g: %.4f min, not %g", w->percents[i], minutes(w, w->percents[i], 0), wanted[i]);
}

/* The run up to the timetable. */
static inline void prepare(world *w, catchment_run *run) {
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

static inline void reach(world *w, catchment_run *run) {
  prepare(w, run);
  assert_ok(w->ctx, catchment_transit_make(w->ctx, run));
  assert_ok(w->ctx, catchment_reach(w->ctx, run));
}

/* A town of stops along one street and trips drawn by lot. */
static inline void draw_town(world *w, uint64_t *random) {
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

#endif

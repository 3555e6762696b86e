/* bench_commute.c - what catchments need beside a town of bench_town.c: bench_commute FOLDER SIDE_KM JOBS PLACES.
 *
 *   jobs.geojson    places of work, dense in the middle: id, jobs (EPSG:25832)
 *   places.geojson  places on a lattice: id, name
 *   gates.geojson   a ferry every 20 minutes and a tunnel, each from one corner of the town to the next
 *   timetable/      GTFS: stops every 500 m; a bus along every row and column of stops, both ways, every 10 minutes from 05:00
 *                   to 24:00; a faster line along every fourth that calls at every fourth stop
 *
 * Equal parameters give equal files.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "sund/geo.h"

static const double SOUTH_WEST_X = 600000, SOUTH_WEST_Y = 6170000, STOP_M = 500; /* the corner is bench_town's */

enum { BEGIN_S = 5 * 3600, END_S = 24 * 3600, HEADWAY_S = 600, CALLS_MOST = 400 };

typedef struct commute {
  const char *folder;
  double side_m;
  unsigned jobs, places, stops_a_side;
  sund_ctx *ctx;
} commute;

/* Uniform in [0, 1), from a number (finaliser of splitmix64; Steele, Lea, Flood 2014). */
static double chance(uint64_t number, uint64_t salt) {
  uint64_t z = (number * 16 + salt + 1) * 0x9e3779b97f4a7c15u;
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
  return (double)((z ^ (z >> 31)) >> 11) * 0x1p-53;
}

static FILE *begin(const commute *c, const char *name, const char *header) {
  char path[4096];
  snprintf(path, sizeof path, "%s/%s", c->folder, name);
  FILE *file = fopen(path, "w");
  if (!file) exit(2);
  fputs(header, file);
  return file;
}

static void end(FILE *file, const char *last) {
  fputs(last, file);
  if (fclose(file) != 0) exit(2);
}

static FILE *begin_features(const commute *c, const char *name) {
  return begin(c, name,
               "{\"type\":\"FeatureCollection\",\"crs\":{\"type\":\"name\",\"properties\":{\"name\":"
               "\"urn:ogc:def:crs:EPSG::25832\"}},\"features\":[");
}

/* ------------------------------------------------------------------------------------------------------- features */

static void write_jobs(const commute *c) {
  FILE *file = begin_features(c, "jobs.geojson");
  for (unsigned i = 0; i < c->jobs; i++) { /* the mean of two is denser in the middle */
    const double x = c->side_m * (chance(i, 0) + chance(i, 1)) / 2, y = c->side_m * (chance(i, 2) + chance(i, 3)) / 2;
    fprintf(file,
            "%s\n{\"type\":\"Feature\",\"properties\":{\"id\":\"j%u\",\"jobs\":%.0f},\"geometry\":"
            "{\"type\":\"Point\",\"coordinates\":[%.2f,%.2f]}}",
            i ? "," : "", i, 1 + floor(9 * chance(i, 4)), SOUTH_WEST_X + x, SOUTH_WEST_Y + y);
  }
  end(file, "\n]}\n");
}

static void write_places(const commute *c) {
  FILE *file = begin_features(c, "places.geojson");
  const unsigned a_row = (unsigned)ceil(sqrt(c->places));
  for (unsigned i = 0; i < c->places; i++)
    fprintf(file,
            "%s\n{\"type\":\"Feature\",\"properties\":{\"id\":\"p%u\",\"name\":\"Place %u\"},\"geometry\":"
            "{\"type\":\"Point\",\"coordinates\":[%.2f,%.2f]}}",
            i ? "," : "", i, i, SOUTH_WEST_X + c->side_m * ((i % a_row) + 0.5) / a_row,
            SOUTH_WEST_Y + c->side_m * ((i / a_row) + 0.5) / a_row);
  end(file, "\n]}\n");
}

static void write_gates(const commute *c) {
  const double low_x = SOUTH_WEST_X + 100, low_y = SOUTH_WEST_Y + 100, high_x = low_x + c->side_m - 200,
               high_y = low_y + c->side_m - 200;
  FILE *file = begin_features(c, "gates.geojson");
  fprintf(
      file,
      "\n{\"type\":\"Feature\",\"properties\":{\"id\":\"ferry\",\"minutes\":8,\"headway_min\":20,\"modes\":\"walk,"
      "bike,"
      "car\"},\"geometry\":{\"type\":\"LineString\",\"coordinates\":[[%.2f,%.2f],[%.2f,%.2f]]}},"
      "\n{\"type\":\"Feature\",\"properties\":{\"id\":\"tunnel\",\"minutes\":4,\"headway_min\":0,\"modes\":\"car\"},"
      "\"geometry\":{\"type\":\"LineString\",\"coordinates\":[[%.2f,%.2f],[%.2f,%.2f]]}}",
      low_x, low_y, high_x, low_y, low_x, high_y, high_x, high_y);
  end(file, "\n]}\n");
}

/* ------------------------------------------------------------------------------------------------------ timetable */

static sund_code write_stops(const commute *c) {
  sund_crs *metres, *degrees;
  sund_op *op;
  TRY(sund_crs_open(c->ctx, "EPSG:25832", &metres));
  TRY(sund_crs_open(c->ctx, "EPSG:4326", &degrees));
  TRY(sund_op_open(c->ctx, metres, degrees, NULL, &op));
  FILE *file = begin(c, "timetable/stops.txt", "stop_id,stop_name,stop_lat,stop_lon\n");
  for (unsigned i = 0; i < c->stops_a_side * c->stops_a_side; i++) {
    double x = SOUTH_WEST_X + STOP_M * (i % c->stops_a_side + 0.5);
    double y = SOUTH_WEST_Y + STOP_M * (i / c->stops_a_side + 0.5);
    TRY(sund_op_apply(c->ctx, op, 1, &x, &y, NULL));
    fprintf(file, "s%u,Stop %u,%.7f,%.7f\n", i, i, y, x);
  }
  end(file, "");
  return SUND_OK;
}

typedef struct timetable {
  FILE *trips, *times;
  unsigned trip, route;
} timetable;

/* A line along a row (0) or column (1) of stops, every `every` of them, both ways; seconds from call to call. */
static void write_line(const commute *c, timetable *t, bool column, unsigned across, unsigned every) {
  const unsigned calls = (c->stops_a_side - 1) / every + 1;
  const int ride_s = every == 1 ? 80 : 150;
  const unsigned shift = (unsigned)(600 * chance(t->route, 5)) / 60 * 60;
  for (unsigned back = 0; back < 2; back++)
    for (unsigned at = BEGIN_S + shift; at < END_S; at += HEADWAY_S, t->trip++) {
      fprintf(t->trips, "r%u,daily,t%u,%u\n", t->route, t->trip, back);
      for (unsigned k = 0; k < calls; k++) {
        const unsigned along = every * (back ? calls - 1 - k : k), second = at + k * (unsigned)ride_s;
        const unsigned stop = column ? along * c->stops_a_side + across : across * c->stops_a_side + along;
        fprintf(t->times, "t%u,%02u:%02u:%02u,%02u:%02u:%02u,s%u,%u\n", t->trip, second / 3600, second / 60 % 60,
                second % 60, second / 3600, second / 60 % 60, second % 60, stop, k + 1);
      }
    }
  t->route++;
}

static sund_code write_timetable(const commute *c) {
  char path[4096];
  timetable t = {0};
  snprintf(path, sizeof path, "%s/timetable", c->folder);
  if (mkdir(path, 0777) != 0) return SUND_OUTPUT;
  end(begin(c, "timetable/agency.txt", "agency_id,agency_name,agency_url,agency_timezone\n"),
      "A,Bench,https://example.org,Europe/Copenhagen\n");
  end(begin(c, "timetable/calendar.txt",
            "service_id,monday,tuesday,wednesday,thursday,friday,saturday,sunday,start_date,end_date\n"),
      "daily,1,1,1,1,1,1,1,20260101,20261231\n");
  TRY(write_stops(c));
  t.trips = begin(c, "timetable/trips.txt", "route_id,service_id,trip_id,direction_id\n");
  t.times = begin(c, "timetable/stop_times.txt", "trip_id,arrival_time,departure_time,stop_id,stop_sequence\n");
  for (unsigned column = 0; column < 2; column++)
    for (unsigned across = 0; across < c->stops_a_side; across++) {
      write_line(c, &t, column, across, 1);
      if (across % 4 == 2) write_line(c, &t, column, across, 4);
    }
  end(t.trips, "");
  end(t.times, "");
  FILE *routes = begin(c, "timetable/routes.txt", "route_id,agency_id,route_short_name,route_type\n");
  for (unsigned r = 0; r < t.route; r++) fprintf(routes, "r%u,A,%u,3\n", r, r);
  end(routes, "");
  printf("jobs %u places %u stops %u lines %u trips %u\n", c->jobs, c->places, c->stops_a_side * c->stops_a_side,
         t.route, t.trip);
  return SUND_OK;
}

int main(int argc, char **argv) {
  if (argc != 5) {
    fprintf(stderr, "usage: bench_commute FOLDER SIDE_KM JOBS PLACES\n");
    return 2;
  }
  commute c = {argv[1], 1000 * atof(argv[2]), (unsigned)atoi(argv[3]), (unsigned)atoi(argv[4]), 0, sund_ctx_new()};
  c.stops_a_side = (unsigned)(c.side_m / STOP_M);
  if (!c.ctx || c.stops_a_side < 2 || c.stops_a_side > CALLS_MOST) return 2;
  write_jobs(&c);
  write_places(&c);
  write_gates(&c);
  const sund_code code = write_timetable(&c);
  const char *why = "";
  if (sund_failure(c.ctx, &why, NULL, NULL) != SUND_OK) fprintf(stderr, "bench_commute: %s\n", why);
  sund_ctx_free(c.ctx);
  return code == SUND_OK ? 0 : 1;
}

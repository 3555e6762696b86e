/* bench_gtfs.c - a timetable of the size of Denmark and Skåne, made without chance, and how long reading it takes.
 *
 * bench_gtfs write FILE.zip [ROWS]: writes a feed of about ROWS rows of stop_times (default 4,000,000), 41 bytes
 * each.
 * bench_gtfs read FILE.zip [TIMES]: reads it TIMES times (default 5) and puts the timetable of a day together once;
 * says `wall` and `cpu` (user time), best of all, `service_wall` and `service_cpu`, `rows`, `peak` (MB; largest
 * resident set).
 * bench_gtfs gdal FILE.zip: reads stop_times field by field with GDAL's CSV driver out of the archive; says `rows`.
 * bench_gtfs text FILE.zip OUT: unpacks stop_times.
 */
#include <cpl_vsi.h>
#include <gdal.h>
#include <ogr_api.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

#include "sund/layers.h"

enum { STOPS = 22000, PATTERNS = 2600, CALLS = 25, ROUTES = 1300, SERVICES = 20, LINE = 128, BUFFER = 1 << 20 };

/* ----------------------------------------------------------------------------------------------------------- feed */

typedef struct table {
  VSILFILE *file;
  char *text;
  size_t length;
} table;

static void flush(table *t) {
  if (VSIFWriteL(t->text, 1, t->length, t->file) != t->length) exit(2);
  t->length = 0;
}

static void begin(table *t, const char *zip, const char *name, const char *header) {
  char path[4096];
  snprintf(path, sizeof path, "/vsizip/%s/%s", zip, name);
  *t = (table){.file = VSIFOpenL(path, "wb"), .text = malloc(BUFFER + LINE)};
  if (!t->file || !t->text) exit(2);
  t->length = (size_t)sprintf(t->text, "%s\n", header);
}

static void end(table *t) {
  flush(t);
  free(t->text);
  if (VSIFCloseL(t->file) != 0) exit(2);
}

#define LINE_OF(t, ...)                                                          \
  do {                                                                           \
    (t)->length += (size_t)snprintf((t)->text + (t)->length, LINE, __VA_ARGS__); \
    if ((t)->length > BUFFER) flush(t);                                          \
  } while (0)

/* Numbers without chance: a stop of a pattern lies beside the stop before it. */
static unsigned stop_of(unsigned pattern, unsigned call) {
  return (pattern * 7919u + call * (1 + pattern % 5)) % STOPS;
}

static void write_small(const char *zip) {
  table t;
  begin(&t, zip, "agency.txt", "agency_id,agency_name,agency_url,agency_timezone");
  LINE_OF(&t, "A,Bench,https://example.org,Europe/Copenhagen\n");
  end(&t);
  begin(&t, zip, "stops.txt", "stop_id,stop_name,stop_lat,stop_lon,location_type,parent_station");
  for (unsigned s = 0; s < STOPS; s++)
    LINE_OF(&t, "9021%06u,Stop %u,%.5f,%.5f,0,\n", s, s, 55.2 + 0.006 * (s / 150), 11.0 + 0.02 * (s % 150));
  end(&t);
  begin(&t, zip, "routes.txt", "route_id,agency_id,route_short_name,route_long_name,route_type");
  for (unsigned r = 0; r < ROUTES; r++) LINE_OF(&t, "R%04u,A,%u,,%d\n", r, r, r % 20 ? 3 : 2);
  end(&t);
  begin(&t, zip, "calendar.txt",
        "service_id,monday,tuesday,wednesday,thursday,friday,saturday,sunday,start_date,end_date");
  for (unsigned s = 0; s < SERVICES; s++)
    LINE_OF(&t, "S%02u,%s,20260101,20261231\n", s, s % 5 < 3 ? "1,1,1,1,1,0,0" : "0,0,0,0,0,1,1");
  end(&t);
}

/* Trips of a pattern stand together, as timetables are written route by route. */
static unsigned pattern_of(unsigned trip, unsigned trips) {
  return (unsigned)((uint64_t)trip * PATTERNS / trips);
}

static void write_times(const char *zip, unsigned trips) {
  table t;
  begin(&t, zip, "stop_times.txt", "trip_id,arrival_time,departure_time,stop_id,stop_sequence");
  for (unsigned k = 0; k < trips; k++) {
    unsigned pattern = pattern_of(k, trips), at = 5 * 3600 + (k * 1187 + pattern * 61) % (19 * 3600);
    for (unsigned c = 0; c < CALLS; c++, at += 90 + (pattern + c) % 4 * 30) {
      unsigned leave = at + (c % 6 == 5 ? 30 : 0);
      LINE_OF(&t, "T%07u,%02u:%02u:%02u,%02u:%02u:%02u,9021%06u,%u\n", k, at / 3600, at / 60 % 60, at % 60,
              leave / 3600, leave / 60 % 60, leave % 60, stop_of(pattern, c), c + 1);
      at = leave;
    }
  }
  end(&t);
}

static int write_feed(const char *zip, unsigned rows) {
  const unsigned trips = rows / CALLS;
  VSIUnlink(zip);
  table t;
  write_small(zip);
  begin(&t, zip, "trips.txt", "route_id,service_id,trip_id,trip_headsign,direction_id,block_id");
  for (unsigned k = 0; k < trips; k++)
    LINE_OF(&t, "R%04u,S%02u,T%07u,To stop %u,%u,\n", pattern_of(k, trips) / 2, k % SERVICES, k,
            stop_of(pattern_of(k, trips), CALLS - 1), k % 2);
  end(&t);
  write_times(zip, trips);
  return 0;
}

/* ----------------------------------------------------------------------------------------------------------- time */

typedef struct clock_pair {
  double wall, cpu;
} clock_pair;

static clock_pair now(void) {
  struct timespec time;
  struct rusage usage;
  clock_gettime(CLOCK_MONOTONIC, &time);
  getrusage(RUSAGE_SELF, &usage);
  return (clock_pair){(double)time.tv_sec + 1e-9 * (double)time.tv_nsec,
                      (double)usage.ru_utime.tv_sec + 1e-6 * (double)usage.ru_utime.tv_usec};
}

static int fail(sund_ctx *ctx) {
  const char *why = "";
  sund_failure(ctx, &why, NULL, NULL);
  fprintf(stderr, "bench_gtfs: %s\n", why);
  return 2;
}

static int read_feed(const char *zip, int times) {
  clock_pair best = {1e9, 1e9}, service_time = {0, 0};
  int64_t rows = 0;
  for (int i = 0; i < times; i++) {
    sund_ctx *ctx = sund_ctx_new();
    sund_source source = {.role = SUND_TIMETABLE, .text = zip, .path = zip};
    sund_reading reading;
    sund_findings findings = {0};
    sund_feeds *feeds;
    sund_service *service;
    sund_crs *crs;
    if (!ctx || sund_crs_open(ctx, "EPSG:25832", &crs) != SUND_OK) return 2;
    clock_pair start = now();
    if (sund_feeds_read(ctx, 1, &source, crs, &feeds, &reading, &findings) != SUND_OK) return fail(ctx);
    clock_pair stop = now();
    if (stop.wall - start.wall < best.wall) best.wall = stop.wall - start.wall;
    if (stop.cpu - start.cpu < best.cpu) best.cpu = stop.cpu - start.cpu;
    rows = reading.used;
    if (i == 0) {
      const sund_service_ask ask = {.day = SUND_ANY_DAY, .begin_s = 0, .end_s = 86400};
      if (sund_feeds_service(ctx, feeds, &ask, &service, &findings) != SUND_OK) return fail(ctx);
      clock_pair made = now();
      service_time = (clock_pair){made.wall - stop.wall, made.cpu - stop.cpu};
    }
    sund_ctx_free(ctx);
  }
  struct rusage usage;
  getrusage(RUSAGE_SELF, &usage);
  printf("wall %.3f\ncpu %.3f\nservice_wall %.3f\nservice_cpu %.3f\nrows %lld\npeak %.1f\n", best.wall, best.cpu,
         service_time.wall, service_time.cpu, (long long)rows, (double)usage.ru_maxrss / 1024);
  return 0;
}

/* ---------------------------------------------------------------------------------------------------------- peers */

static int read_by_gdal(const char *zip) {
  char path[4096];
  long rows = 0;
  size_t bytes = 0;
  static const char *const drivers[] = {"CSV", NULL};
  snprintf(path, sizeof path, "CSV:/vsizip/%s/stop_times.txt", zip);
  GDALAllRegister();
  GDALDatasetH data = GDALOpenEx(path, GDAL_OF_VECTOR, drivers, NULL, NULL);
  OGRLayerH layer = data ? GDALDatasetGetLayer(data, 0) : NULL;
  if (!layer) return 2;
  for (OGRFeatureH f; (f = OGR_L_GetNextFeature(layer)); OGR_F_Destroy(f), rows++)
    for (int c = 0; c < 5; c++) bytes += strlen(OGR_F_GetFieldAsString(f, c));
  GDALClose(data);
  printf("rows %ld\nbytes %zu\n", rows, bytes);
  return rows > 0 ? 0 : 2;
}

static int unpack(const char *zip, const char *to) {
  char path[4096];
  char *bytes = malloc(BUFFER);
  size_t got;
  snprintf(path, sizeof path, "/vsizip/%s/stop_times.txt", zip);
  VSILFILE *in = VSIFOpenL(path, "rb");
  FILE *out = in && bytes ? fopen(to, "wb") : NULL;
  if (!out) return 2;
  while ((got = VSIFReadL(bytes, 1, BUFFER, in)) > 0)
    if (fwrite(bytes, 1, got, out) != got) return 2;
  VSIFCloseL(in);
  free(bytes);
  return fclose(out) == 0 ? 0 : 2;
}

int main(int argc, char **argv) {
  if (argc >= 3 && strcmp(argv[1], "write") == 0)
    return write_feed(argv[2], argc > 3 ? (unsigned)strtoul(argv[3], NULL, 10) : 4000000);
  if (argc >= 3 && strcmp(argv[1], "read") == 0) return read_feed(argv[2], argc > 3 ? atoi(argv[3]) : 5);
  if (argc == 3 && strcmp(argv[1], "gdal") == 0) return read_by_gdal(argv[2]);
  if (argc == 4 && strcmp(argv[1], "text") == 0) return unpack(argv[2], argv[3]);
  fprintf(stderr, "usage: bench_gtfs write|read|gdal|text FILE.zip [ROWS|TIMES|OUT]\n");
  return 2;
}

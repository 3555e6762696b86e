/* demo_transit.c - the demo's timetable as a GTFS folder, and the tunnel of the scenario `fixed-link` as GeoJSON.
 *
 * Trains and the ferry run by stated times, the last ones after midnight; buses run by frequencies. One feed for both
 * shores. Times between stops come from the straight distance, a speed and the stop itself. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "demo.h"

#define COUNT(a) (sizeof(a) / sizeof *(a))

enum { TRAIN = 2, BUS = 3, FERRY = 4 }; /* GTFS route_type */

static const struct {
  const char *id, *name;
  int16_t x, y; /* tens of metres */
} stops[] = {{"dk-01", "Nordsund St.", 612, 806},
             {"dk-02", "Nordsund F\303\246rgehavn", 632, 801},
             {"dk-03", "Vesttorvet", 500, 757},
             {"dk-04", "Engkvarteret St.", 524, 590},
             {"dk-05", "Strandby St.", 540, 470},
             {"dk-06", "Egholm St.", 512, 262},
             {"dk-07", "Skovby", 235, 583},
             {"dk-08", "Nordstrand", 455, 864},
             {"dk-09", "Nordsund Hospital", 446, 698},
             {"dk-10", "Mosede", 264, 211},
             {"dk-11", "Industrivej", 402, 715},
             {"se-01", "Sundvik C", 1153, 746},
             {"se-02", "Sundvik F\303\244rjel\303\244ge", 1124, 750},
             {"se-03", "Norr", 1118, 900},
             {"se-04", "Lasarettet", 1265, 743},
             {"se-05", "\303\226ster", 1410, 756},
             {"se-06", "S\303\266der", 1225, 660},
             {"se-07", "R\303\245b\303\244ck", 1196, 565},
             {"se-08", "Ekeby station", 1240, 195},
             {"se-09", "Hallby", 1516, 360},
             {"se-10", "H\303\266ganryd", 1412, 955}};

/* route: type, km/h, minutes from 05:00 of the first departure, minutes between, stops */
static const struct {
  const char *id, *name;
  int type, kmh, first, headway, n;
  uint8_t stop[6];
} routes[] = {{"tog-dk", "Kystbanen", TRAIN, 60, 2, 20, 4, {0, 3, 4, 5}},
              {"bus-1", "Bus 1", BUS, 24, 10, 15, 6, {1, 0, 2, 8, 10, 6}},
              {"bus-2", "Bus 2", BUS, 24, 15, 30, 3, {0, 7, 10}},
              {"bus-3", "Bus 3", BUS, 30, 20, 60, 3, {5, 9, 6}},
              {"tag-se", "Sundt\303\245get", TRAIN, 60, 8, 20, 3, {11, 17, 18}},
              {"buss-11", "Buss 11", BUS, 24, 5, 10, 4, {12, 11, 14, 15}},
              {"buss-12", "Buss 12", BUS, 24, 10, 20, 3, {11, 13, 20}},
              {"buss-13", "Buss 13", BUS, 26, 12, 20, 3, {11, 16, 19}},
              {"buss-14", "Buss 14", BUS, 30, 25, 60, 2, {18, 19}},
              {"faerge", "Nordsund\342\200\223Sundvik", FERRY, 0, 30, 20, 2, {1, 12}}};

/* Same stop: least time to change. Two stops: the walk between them, seconds. */
static const struct {
  uint8_t from, to;
  int seconds;
} transfers[] = {{0, 0, 120}, {11, 11, 120}, {5, 5, 90},    {18, 18, 90},
                 {0, 1, 254}, {1, 0, 254},   {11, 12, 300}, {12, 11, 300}};

static const char *const services[] = {"hverdag", "weekend"};

/* Text that grows. */
typedef struct script {
  char *text;
  size_t n, room;
} script;

static sund_code say(sund_ctx *ctx, script *to, const char *text) {
  if (!text) return SUND_LIMIT;
  size_t n = strlen(text);
  if (to->n + n + 1 > to->room) {
    size_t room = 2 * (to->n + n) + 4096;
    char *more = sund_alloc(ctx, room, 1);
    if (!more) return SUND_LIMIT;
    if (to->n) memcpy(more, to->text, to->n);
    to->text = more, to->room = room;
  }
  memcpy(to->text + to->n, text, n + 1);
  to->n += n;
  return SUND_OK;
}

sund_code demo_text_write(sund_ctx *ctx, const char *folder, const char *name, const char *text, size_t length) {
  const char *path = sund_text(ctx, "%s/%s", folder, name);
  if (!path) return SUND_LIMIT;
  FILE *file = fopen(path, "wb");
  if (!file) return sund_fail(ctx, SUND_OUTPUT, "cannot write %s: is the folder writable?", name);
  bool good = fwrite(text, 1, length, file) == length;
  good = fclose(file) == 0 && good; /* a full disk may show only here */
  return good ? SUND_OK : sund_fail(ctx, SUND_OUTPUT, "cannot write %s whole: is the disk full?", name);
}

static sund_code write_stops(sund_ctx *ctx, const char *folder) {
  script to = {0};
  double x[COUNT(stops)], y[COUNT(stops)];
  for (size_t i = 0; i < COUNT(stops); i++) x[i] = 10.0 * stops[i].x, y[i] = 10.0 * stops[i].y;
  TRY(demo_move(ctx, "EPSG:4326", COUNT(stops), x, y));
  TRY(say(ctx, &to, "stop_id,stop_name,stop_lat,stop_lon\n"));
  for (size_t i = 0; i < COUNT(stops); i++)
    TRY(say(ctx, &to, sund_text(ctx, "%s,%s,%.6f,%.6f\n", stops[i].id, stops[i].name, y[i], x[i])));
  return demo_text_write(ctx, folder, "gtfs/stops.txt", to.text, to.n);
}

static int seconds_between(size_t route, size_t from, size_t to) {
  double dx = 10.0 * (stops[from].x - stops[to].x), dy = 10.0 * (stops[from].y - stops[to].y);
  if (routes[route].type == FERRY) return 20 * 60;
  return 30 * (int)ceil(1.2 * hypot(dx, dy) / (routes[route].kmh / 3.6) / 30) + 30;
}

static const char *clock_of(sund_ctx *ctx, int s) {
  return sund_text(ctx, "%02d:%02d:%02d", s / 3600, s / 60 % 60, s % 60);
}

/* One trip there (way 0) or back: a row of trips.txt and its rows of stop_times.txt; 30 s at each stop on the way. */
static sund_code add_trip(sund_ctx *ctx, script to[2], size_t r, int way, int service, int start) {
  const char *id = sund_text(ctx, "%s-%c%d-%05d", routes[r].id, way ? 'b' : 'a', service, start);
  if (!id) return SUND_LIMIT;
  int now = start, n = routes[r].n;
  TRY(say(
      ctx, &to[0],
      sund_text(ctx, "%s,%s,%s,%d,%d\n", routes[r].id, services[service], id, way, routes[r].type == BUS ? 2 : 1)));
  for (int k = 0; k < n; k++) {
    size_t stop = routes[r].stop[way ? n - 1 - k : k];
    if (k) now += seconds_between(r, routes[r].stop[way ? n - k : k - 1], stop);
    int leave = k && k + 1 < n ? now + 30 : now;
    const char *arrives = clock_of(ctx, now), *leaves = clock_of(ctx, leave);
    if (!arrives || !leaves) return SUND_LIMIT;
    TRY(say(ctx, &to[1], sund_text(ctx, "%s,%s,%s,%s,%d\n", id, arrives, leaves, stops[stop].id, k + 1)));
    now = leave;
  }
  return SUND_OK;
}

static sund_code write_trips(sund_ctx *ctx, const char *folder) {
  script to[3] = {{0}, {0}, {0}};
  TRY(say(ctx, &to[0], "route_id,service_id,trip_id,direction_id,bikes_allowed\n"));
  TRY(say(ctx, &to[1], "trip_id,arrival_time,departure_time,stop_id,stop_sequence\n"));
  TRY(say(ctx, &to[2], "trip_id,start_time,end_time,headway_secs,exact_times\n"));
  for (size_t r = 0; r < COUNT(routes); r++)
    for (int service = 0; service < 2; service++)
      for (int way = 0; way < 2; way++) {
        int headway = routes[r].headway * (service && routes[r].type != FERRY ? 2 : 1), last = 20 * 60;
        int first = routes[r].first + (way ? 7 : 0), start = (300 + first) * 60;
        if (routes[r].type == FERRY) first = routes[r].first; /* both ferries leave at the same time */
        if (routes[r].type == BUS) {
          TRY(add_trip(ctx, to, r, way, service, start));
          TRY(say(ctx, &to[2],
                  sund_text(ctx, "%s-%c%d-%05d,05:00:00,23:30:00,%d,0\n", routes[r].id, way ? 'b' : 'a', service,
                            start, headway * 60)));
          continue;
        }
        for (int t = first; t < last; t += headway) TRY(add_trip(ctx, to, r, way, service, (300 + t) * 60));
      }
  TRY(demo_text_write(ctx, folder, "gtfs/trips.txt", to[0].text, to[0].n));
  TRY(demo_text_write(ctx, folder, "gtfs/stop_times.txt", to[1].text, to[1].n));
  return demo_text_write(ctx, folder, "gtfs/frequencies.txt", to[2].text, to[2].n);
}

static sund_code write_rest(sund_ctx *ctx, const char *folder) {
  static const char agency[] =
      "agency_id,agency_name,agency_url,agency_timezone,agency_lang\n"
      "demo,Sundtrafikken (opfundet),https://example.org/,Europe/Copenhagen,da\n";
  static const char calendar[] =
      "service_id,monday,tuesday,wednesday,thursday,friday,saturday,sunday,start_date,end_date\n"
      "hverdag,1,1,1,1,1,0,0,20250101,20291231\nweekend,0,0,0,0,0,1,1,20250101,20291231\n";
  static const char dates[] =
      "service_id,date,exception_type\nhverdag,20251225,2\nweekend,20251225,1\nhverdag,20251226,2\nweekend,20251226,"
      "1\n";
  script to[2] = {{0}, {0}};
  TRY(say(ctx, &to[0], "route_id,agency_id,route_short_name,route_long_name,route_type\n"));
  for (size_t r = 0; r < COUNT(routes); r++)
    TRY(say(ctx, &to[0], sund_text(ctx, "%s,demo,%s,,%d\n", routes[r].id, routes[r].name, routes[r].type)));
  TRY(say(ctx, &to[1], "from_stop_id,to_stop_id,transfer_type,min_transfer_time\n"));
  for (size_t i = 0; i < COUNT(transfers); i++)
    TRY(say(ctx, &to[1],
            sund_text(ctx, "%s,%s,2,%d\n", stops[transfers[i].from].id, stops[transfers[i].to].id,
                      transfers[i].seconds)));
  TRY(demo_text_write(ctx, folder, "gtfs/agency.txt", agency, sizeof agency - 1));
  TRY(demo_text_write(ctx, folder, "gtfs/calendar.txt", calendar, sizeof calendar - 1));
  TRY(demo_text_write(ctx, folder, "gtfs/calendar_dates.txt", dates, sizeof dates - 1));
  TRY(demo_text_write(ctx, folder, "gtfs/routes.txt", to[0].text, to[0].n));
  return demo_text_write(ctx, folder, "gtfs/transfers.txt", to[1].text, to[1].n);
}

/* From the ring road of Nordsund to the ring road of Sundvik, in longitude and latitude as GeoJSON wants it. */
static sund_code write_tunnel(sund_ctx *ctx, const char *folder) {
  double x[] = {4620, 6300, 9000, 11800, 13350}, y[] = {6300, 6500, 6480, 6250, 6060};
  script to = {0};
  TRY(demo_move(ctx, "EPSG:4326", COUNT(x), x, y));
  TRY(say(ctx, &to,
          "{\"type\": \"FeatureCollection\", \"features\": [{\"type\": \"Feature\", \"properties\": {\"minutes\": 7,"
          " \"headway_min\": 0, \"modes\": \"car\", \"border_s\": 0},\n\"geometry\": {\"type\": \"LineString\","
          " \"coordinates\": ["));
  for (size_t i = 0; i < COUNT(x); i++)
    TRY(say(ctx, &to, sund_text(ctx, "%s[%.7f, %.7f]", i ? ", " : "", x[i], y[i])));
  TRY(say(ctx, &to, "]}}]}\n"));
  return demo_text_write(ctx, folder, "both/tunnel.geojson", to.text, to.n);
}

sund_code demo_transit_write(sund_ctx *ctx, const char *folder) {
  TRY(write_stops(ctx, folder));
  TRY(write_trips(ctx, folder));
  TRY(write_rest(ctx, folder));
  return write_tunnel(ctx, folder);
}

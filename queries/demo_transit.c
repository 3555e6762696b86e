/* demo_transit.c - the demo's timetables as GTFS folders, and the crossings of its scenarios as GeoJSON.
 *
 * Trains and the ferry run by stated times, the last ones after midnight; buses run by frequencies. One feed has both
 * shores; a second one, of the Swedish side, has the ferry once more. Times between stops come from the straight
 * distance, a speed and the stop itself. What is odd here is planted: docs/demo.md says what must come of it. */
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
             {"se-10", "H\303\266ganryd", 1412, 955},
             {"dk-12", "\303\230ens Bro", 640, 135}}; /* too far out: no path is near */

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
              {"faerge", "Nordsund\342\200\223Sundvik", FERRY, 0, 30, 20, 2, {1, 12}},
              {"baad", "\303\230b\303\245den", FERRY, 0, 60, 60, 2, {1, 21}}};

/* A train of Kystbanen that the next one overtakes: at Nordsund ten minutes before it, at Egholm fourteen after it. */
static const char slow_trip[] = "tog-dk,hverdag,tog-dk-veteran,0,1\n";
static const char slow_times[] =
    "tog-dk-veteran,07:12:00,07:12:00,dk-01,1\ntog-dk-veteran,07:24:00,07:26:00,dk-04,2\n"
    "tog-dk-veteran,07:32:00,07:34:00,dk-05,3\ntog-dk-veteran,07:46:00,07:46:00,dk-06,4\n";

/* Same stop: least time to change. Two stops: the walk between them, seconds. */
static const struct {
  uint8_t from, to;
  int seconds;
} transfers[] = {{0, 0, 120}, {11, 11, 120}, {5, 5, 90},    {18, 18, 90},
                 {0, 1, 254}, {1, 0, 254},   {11, 12, 300}, {12, 11, 300}};

static const char *const services[] = {"hverdag", "weekend"};

/* Crossings of the scenarios, with their ends and bends in metres. A gate of public transport ends at its stations. */
static const struct {
  const char *file, *id, *name, *modes;
  int minutes, headway_min;
  int16_t n, at[10];
} crossings[] = {
    {"both/tunnel.geojson",
     "biltunnel",
     "Sundtunnelen, biler",
     "car",
     7,
     0,
     5,
     {4620, 6300, 6300, 6500, 9000, 6480, 11800, 6250, 13350, 6060}},
    {"both/tunnel.geojson",
     "togtunnel",
     "Sundtunnelen, tog",
     "transit",
     6,
     10,
     5,
     {6120, 8060, 6900, 7900, 8800, 7700, 10850, 7480, 11530, 7460}},
    {"both/overfart10.geojson",
     "faerge-10",
     "Nordsund\342\200\223Sundvik",
     "walk,bike,car,transit",
     20,
     10,
     5,
     {6410, 8010, 6900, 8120, 8800, 7880, 10850, 7520, 11200, 7500}},
};

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
  TRY(say(ctx, &to[0], slow_trip));
  TRY(say(ctx, &to[1], slow_times));
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

/* ------------------------------------------------------------------------------------------------- the second feed */

/* The ferry as the Swedish side knows it, in the morning: the same sailings under other names, quays 20 m off, and one
 * that the first feed lacks. */
static sund_code write_second(sund_ctx *ctx, const char *folder) {
  static const char agency[] =
      "agency_id,agency_name,agency_url,agency_timezone,agency_lang\n"
      "demo-se,Sundviks lokaltrafik (p\303\245hittad),https://example.org/,Europe/Stockholm,sv\n";
  static const char calendar[] =
      "service_id,monday,tuesday,wednesday,thursday,friday,saturday,sunday,start_date,end_date\n"
      "dagligen,1,1,1,1,1,1,1,20250101,20291231\n";
  static const char line[] =
      "route_id,agency_id,route_short_name,route_long_name,route_type\nfarja,demo-se,F\303\244rjan,,4\n";
  static const int NIGHT = 4 * 60 + 50, FIRST = 6 * 60 + 10, LAST = 9 * 60 + 50; /* minutes of the day */
  double x[2] = {6330, 11250}, y[2] = {8028, 7518};
  script to[3] = {{0}, {0}, {0}};
  TRY(demo_move(ctx, "EPSG:4326", 2, x, y));
  TRY(say(ctx, &to[0],
          sund_text(ctx,
                    "stop_id,stop_name,stop_lat,stop_lon\nhamn-w,Nordsund hamn,%.6f,%.6f\n"
                    "hamn-o,Sundvik hamn,%.6f,%.6f\n",
                    y[0], x[0], y[1], x[1])));
  TRY(say(ctx, &to[1], "route_id,service_id,trip_id,direction_id\n"));
  TRY(say(ctx, &to[2], "trip_id,arrival_time,departure_time,stop_id,stop_sequence\n"));
  for (int t = NIGHT; t <= LAST; t = t == NIGHT ? FIRST : t + 20)
    for (int way = 0; way < 2; way++) {
      const char *id = sund_text(ctx, "f%d-%c", t, way ? 'b' : 'a');
      const char *leaves = clock_of(ctx, t * 60), *arrives = clock_of(ctx, (t + 20) * 60);
      if (!id || !leaves || !arrives) return SUND_LIMIT;
      TRY(say(ctx, &to[1], sund_text(ctx, "farja,dagligen,%s,%d\n", id, way)));
      TRY(say(ctx, &to[2],
              sund_text(ctx, "%s,%s,%s,hamn-%c,1\n%s,%s,%s,hamn-%c,2\n", id, leaves, leaves, way ? 'o' : 'w', id,
                        arrives, arrives, way ? 'w' : 'o')));
    }
  TRY(demo_text_write(ctx, folder, "gtfs-se/agency.txt", agency, sizeof agency - 1));
  TRY(demo_text_write(ctx, folder, "gtfs-se/calendar.txt", calendar, sizeof calendar - 1));
  TRY(demo_text_write(ctx, folder, "gtfs-se/routes.txt", line, sizeof line - 1));
  TRY(demo_text_write(ctx, folder, "gtfs-se/stops.txt", to[0].text, to[0].n));
  TRY(demo_text_write(ctx, folder, "gtfs-se/trips.txt", to[1].text, to[1].n));
  return demo_text_write(ctx, folder, "gtfs-se/stop_times.txt", to[2].text, to[2].n);
}

/* ------------------------------------------------------------------------------------------------------ crossings */

/* One feature, in longitude and latitude as GeoJSON wants it. */
static sund_code say_crossing(sund_ctx *ctx, script *to, size_t i) {
  double x[5], y[5];
  const size_t n = (size_t)crossings[i].n;
  for (size_t k = 0; k < n; k++) x[k] = crossings[i].at[2 * k], y[k] = crossings[i].at[2 * k + 1];
  TRY(demo_move(ctx, "EPSG:4326", n, x, y));
  TRY(say(ctx, to,
          sund_text(ctx,
                    "{\"type\": \"Feature\", \"properties\": {\"id\": \"%s\", \"name\": \"%s\", \"minutes\": %d,"
                    " \"headway_min\": %d, \"modes\": \"%s\", \"border_s\": 0},\n\"geometry\": {\"type\":"
                    " \"LineString\", \"coordinates\": [",
                    crossings[i].id, crossings[i].name, crossings[i].minutes, crossings[i].headway_min,
                    crossings[i].modes)));
  for (size_t k = 0; k < n; k++) TRY(say(ctx, to, sund_text(ctx, "%s[%.7f, %.7f]", k ? ", " : "", x[k], y[k])));
  return say(ctx, to, "]}}");
}

static sund_code write_crossings(sund_ctx *ctx, const char *folder) {
  for (size_t i = 0, end = 0; i < COUNT(crossings); i = end) {
    script to = {0};
    TRY(say(ctx, &to, "{\"type\": \"FeatureCollection\", \"features\": [\n"));
    for (end = i; end < COUNT(crossings) && strcmp(crossings[end].file, crossings[i].file) == 0; end++) {
      if (end > i) TRY(say(ctx, &to, ",\n"));
      TRY(say_crossing(ctx, &to, end));
    }
    TRY(say(ctx, &to, "]}\n"));
    TRY(demo_text_write(ctx, folder, crossings[i].file, to.text, to.n));
  }
  return SUND_OK;
}

sund_code demo_transit_write(sund_ctx *ctx, const char *folder) {
  TRY(write_stops(ctx, folder));
  TRY(write_trips(ctx, folder));
  TRY(write_rest(ctx, folder));
  TRY(write_second(ctx, folder));
  return write_crossings(ctx, folder);
}

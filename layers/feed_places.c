/* feed_places.c - stops and routes of a timetable.
 *
 * A stop without a place of its own has its station's; without either it stays, one can ride through it but not walk
 * to it.
 */
#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "feed.h"

enum { PLATFORM = 0, BOARDING_AREA = 4 };

/* ---------------------------------------------------------------------------------------------------------- stops */

enum { STOP_ID, STOP_LAT, STOP_LON, STOP_NAME, STOP_TYPE, STOP_PARENT, STOP_PLATFORM };
static const char *const stop_columns[] = {"stop_id",       "stop_lat",       "stop_lon",      "stop_name",
                                           "location_type", "parent_station", "platform_code", NULL};

/* Degrees of a stop; NAN when they are missing, no numbers, off the globe, or 0, 0: in the Gulf of Guinea. */
static void read_place(const feed_csv *csv, feed_stop *stop) {
  double lat = NAN, lon = NAN;
  stop->longitude = stop->latitude = stop->x = stop->y = NAN;
  if (!sund_number_read(csv->field[STOP_LAT], &lat) || !sund_number_read(csv->field[STOP_LON], &lon)) return;
  if (!(fabs(lat) <= 90 && fabs(lon) <= 180) || (lat == 0 && lon == 0)) return;
  stop->latitude = lat, stop->longitude = lon;
}

static sund_code read_stop(feed_reader *r, feed_csv *csv) {
  uint32_t number;
  bool fresh;
  int64_t type = PLATFORM;
  if (csv->length[STOP_ID] == 0) return feed_csv_fail(csv, "no stop_id");
  TRY(feed_ids_add(r->ctx, &r->stop_ids, csv->field[STOP_ID], csv->length[STOP_ID], &number, &fresh));
  if (!fresh) return feed_repeated(r, csv, csv->field[STOP_ID]);
  feed_stop *stop = &r->feed->stop[number];
  TRY(feed_csv_int(csv, STOP_TYPE, "location_type", 0, BOARDING_AREA, &type));
  *stop = (feed_stop){.id = csv->field[STOP_ID], .parent = FEED_NONE, .type = (uint8_t)type};
  stop->platform = csv->field[STOP_PLATFORM];
  stop->name = csv->length[STOP_NAME] > 0 ? csv->field[STOP_NAME] : stop->id;
  read_place(csv, stop);
  r->feed->stops++;
  return SUND_OK;
}

/* Parents may stand behind their children: they are looked up last. */
static sund_code find_parents(feed_reader *r, const char *const *parent) {
  feed *f = r->feed;
  size_t lost = 0, first = 0;
  for (size_t s = 0; s < f->stops; s++) {
    if (!*parent[s]) continue;
    uint32_t at = feed_ids_find(&r->stop_ids, parent[s], strlen(parent[s]));
    if (at != FEED_NONE && at != s) f->stop[s].parent = at;
    else if (lost++ == 0) first = s;
  }
  if (lost == 0) return SUND_OK;
  return feed_tell(r, "warning", NAN, NAN,
                   "stops.txt: %zu stops belong to a station that is not there, the first is %s (%s)", lost,
                   f->stop[first].id, parent[first]);
}

/* Boarding areas belong to platforms, platforms to stations: a circle would never end. */
static void inherit_places(feed *f) {
  for (size_t s = 0; s < f->stops; s++) {
    uint32_t up = f->stop[s].parent;
    for (int k = 0; k < 3 && isnan(f->stop[s].latitude) && up != FEED_NONE; k++, up = f->stop[up].parent) {
      f->stop[s].latitude = f->stop[up].latitude;
      f->stop[s].longitude = f->stop[up].longitude;
    }
  }
}

static sund_code place_stops(feed_reader *r) {
  feed *f = r->feed;
  double *x = sund_alloc(r->ctx, f->stops, sizeof *x), *y = sund_alloc(r->ctx, f->stops, sizeof *y);
  double box[4] = {INFINITY, INFINITY, -INFINITY, -INFINITY};
  size_t n = 0, bad = 0;
  if (!x || !y) return SUND_LIMIT;
  for (size_t s = 0; s < f->stops; s++) {
    const feed_stop *stop = &f->stop[s];
    if (isnan(stop->latitude)) continue;
    x[n] = stop->longitude, y[n++] = stop->latitude;
    box[0] = fmin(box[0], stop->longitude), box[1] = fmin(box[1], stop->latitude);
    box[2] = fmax(box[2], stop->longitude), box[3] = fmax(box[3], stop->latitude);
  }
  if (n == 0 || !r->crs) return SUND_OK;
  sund_crs *degrees;
  sund_op *op;
  TRY(sund_crs_open(r->keep, "EPSG:4326", &degrees));
  TRY(sund_op_open(r->keep, degrees, r->crs, box, &op));
  if (sund_op_apply(r->keep, op, n, x, y, &bad) != SUND_OK) return SUND_DATA;
  r->op = op;
  n = 0;
  for (size_t s = 0; s < f->stops; s++)
    if (!isnan(f->stop[s].latitude)) f->stop[s].x = x[n], f->stop[s].y = y[n++];
  return SUND_OK;
}

static sund_code read_stops(feed_reader *r) {
  const feed_file *file = &r->files.file[FEED_STOPS];
  feed_csv csv;
  bool got = true;
  size_t rows = feed_csv_rows(file);
  TRY(feed_csv_open(r->ctx, file, stop_columns, 1, &csv));
  TRY(feed_ids_new(r->ctx, rows, &r->stop_ids));
  const char **parent = sund_alloc(r->ctx, rows, sizeof *parent);
  if (!parent || !(r->feed->stop = sund_alloc(r->keep, rows, sizeof *r->feed->stop))) return SUND_LIMIT;
  for (;;) {
    TRY(feed_csv_next(&csv, &got));
    if (!got) break;
    parent[r->feed->stops] = csv.field[STOP_PARENT];
    TRY(read_stop(r, &csv));
  }
  if (r->feed->stops == 0) return sund_fail(r->ctx, SUND_SOURCE, "stops.txt has no rows");
  TRY(find_parents(r, parent));
  inherit_places(r->feed);
  return place_stops(r);
}

/* --------------------------------------------------------------------------------------------------------- routes */

/* Extended types (Google's list after TPEG) by their hundreds. */
int feed_route_type(int64_t type) {
  static const int hundreds[] = {-1,         FEED_RAIL,   FEED_BUS,        FEED_RAIL, FEED_METRO, FEED_METRO,
                                 FEED_METRO, FEED_BUS,    FEED_TROLLEYBUS, FEED_TRAM, FEED_FERRY, FEED_AIR,
                                 FEED_FERRY, FEED_AERIAL, FEED_FUNICULAR,  FEED_BUS,  FEED_BUS,   FEED_BUS};
  enum { MONORAIL = 405, HUNDREDS = sizeof hundreds / sizeof *hundreds };
  if ((type >= FEED_TRAM && type <= FEED_FUNICULAR) || type == FEED_TROLLEYBUS || type == FEED_MONORAIL)
    return (int)type;
  if (type == MONORAIL) return FEED_MONORAIL;
  return type >= 100 && type / 100 < HUNDREDS ? hundreds[type / 100] : -1;
}

enum { ROUTE_ID, ROUTE_TYPE, ROUTE_SHORT, ROUTE_LONG };
static const char *const route_columns[] = {"route_id", "route_type", "route_short_name", "route_long_name", NULL};

static sund_code read_route(feed_reader *r, feed_csv *csv, size_t *strange) {
  uint32_t number;
  bool fresh;
  int64_t type = -1;
  if (csv->length[ROUTE_ID] == 0) return feed_csv_fail(csv, "no route_id");
  TRY(feed_ids_add(r->ctx, &r->route_ids, csv->field[ROUTE_ID], csv->length[ROUTE_ID], &number, &fresh));
  if (!fresh) return feed_repeated(r, csv, csv->field[ROUTE_ID]);
  TRY(feed_csv_int(csv, ROUTE_TYPE, "route_type", INT32_MIN, INT32_MAX, &type));
  feed_route *route = &r->feed->route[number];
  *route = (feed_route){.id = csv->field[ROUTE_ID],
                        .short_name = csv->field[ROUTE_SHORT],
                        .long_name = csv->field[ROUTE_LONG],
                        .type = feed_route_type(type)};
  route->name = csv->length[ROUTE_SHORT] > 0  ? csv->field[ROUTE_SHORT]
                : csv->length[ROUTE_LONG] > 0 ? csv->field[ROUTE_LONG]
                                              : route->id;
  if (route->type < 0) route->type = FEED_BUS, ++*strange;
  r->feed->routes++;
  return SUND_OK;
}

static sund_code read_routes(feed_reader *r) {
  const feed_file *file = &r->files.file[FEED_ROUTES];
  feed_csv csv;
  size_t rows = feed_csv_rows(file), strange = 0;
  TRY(feed_csv_open(r->ctx, file, route_columns, 2, &csv));
  TRY(feed_ids_new(r->ctx, rows, &r->route_ids));
  if (!(r->feed->route = sund_alloc(r->keep, rows, sizeof *r->feed->route))) return SUND_LIMIT;
  for (bool got = true; got;) {
    TRY(feed_csv_next(&csv, &got));
    if (got) TRY(read_route(r, &csv, &strange));
  }
  if (r->feed->routes == 0) return sund_fail(r->ctx, SUND_SOURCE, "routes.txt has no rows");
  if (strange == 0) return SUND_OK;
  return feed_tell(r, "warning", NAN, NAN, "routes.txt: %zu routes have no known route_type; read as buses", strange);
}

sund_code feed_read_places(feed_reader *r) {
  TRY(read_stops(r));
  return read_routes(r);
}

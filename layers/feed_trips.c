/* feed_trips.c - trips of a timetable and the headways some of them run at. */
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>

#include "feed.h"

/* ---------------------------------------------------------------------------------------------------------- trips */

enum { TRIP_ROUTE, TRIP_SERVICE, TRIP_ID, TRIP_BLOCK, TRIP_BIKES, TRIP_NUMBER, TRIP_HEADSIGN };
static const char *const trip_columns[] = {"route_id",      "service_id",      "trip_id",       "block_id",
                                           "bikes_allowed", "trip_short_name", "trip_headsign", NULL};

static sund_code read_trip(feed_reader *r, const feed_csv *csv, size_t *lost) {
  feed *f = r->feed;
  uint32_t number;
  bool fresh;
  int64_t bikes = 0;
  if (csv->length[TRIP_ID] == 0) return feed_csv_fail(csv, "no trip_id");
  TRY(feed_ids_add(r->ctx, &r->trip_ids, csv->field[TRIP_ID], csv->length[TRIP_ID], &number, &fresh));
  if (!fresh) return feed_repeated(r, csv, csv->field[TRIP_ID]);
  feed_trip *trip = &f->trip[number];
  *trip = (feed_trip){.id = csv->field[TRIP_ID],
                      .number = csv->field[TRIP_NUMBER],
                      .headsign = csv->field[TRIP_HEADSIGN],
                      .block = FEED_NONE};
  trip->route = feed_ids_find(&r->route_ids, csv->field[TRIP_ROUTE], csv->length[TRIP_ROUTE]);
  if (trip->route == FEED_NONE)
    return feed_csv_fail(csv, "route_id \"%s\" is not in routes.txt", csv->field[TRIP_ROUTE]);
  trip->service = feed_ids_find(&r->service_ids, csv->field[TRIP_SERVICE], csv->length[TRIP_SERVICE]);
  *lost += trip->service == FEED_NONE;
  f->route[trip->route].used = true;
  if (csv->length[TRIP_BLOCK] > 0)
    TRY(feed_ids_add(r->ctx, &r->block_ids, csv->field[TRIP_BLOCK], csv->length[TRIP_BLOCK], &trip->block, &fresh));
  TRY(feed_csv_int(csv, TRIP_BIKES, "bikes_allowed", 0, 2, &bikes));
  trip->bikes = (uint8_t)bikes;
  f->trips++;
  return SUND_OK;
}

static sund_code read_trips(feed_reader *r) {
  const feed_file *file = &r->files.file[FEED_TRIPS];
  feed_csv csv;
  size_t rows = feed_csv_rows(file), lost = 0;
  TRY(feed_csv_open(r->ctx, file, trip_columns, 3, &csv));
  TRY(feed_ids_new(r->ctx, rows, &r->trip_ids));
  TRY(feed_ids_new(r->ctx, 0, &r->block_ids));
  if (!(r->feed->trip = sund_alloc(r->keep, rows, sizeof *r->feed->trip))) return SUND_LIMIT;
  for (bool got = true; got;) {
    TRY(feed_csv_next(&csv, &got));
    if (got) TRY(read_trip(r, &csv, &lost));
  }
  r->feed->blocks = r->block_ids.count;
  if (r->feed->trips == 0) return sund_fail(r->ctx, SUND_SOURCE, "trips.txt has no rows");
  if (lost == 0) return SUND_OK;
  return feed_tell(r, "warning", NAN, NAN, "trips.txt: %zu trips are of a service no calendar knows: they never run",
                   lost);
}

/* ---------------------------------------------------------------------------------------------------- frequencies */

enum { FREQ_TRIP, FREQ_BEGIN, FREQ_END, FREQ_HEADWAY, FREQ_EXACT };
static const char *const frequency_columns[] = {"trip_id",      "start_time",  "end_time",
                                                "headway_secs", "exact_times", NULL};

static sund_code read_frequency(feed_reader *r, const feed_csv *csv, size_t *empty) {
  feed *f = r->feed;
  feed_frequency *row = &f->frequency[f->frequencies];
  int64_t headway = -1, exact = 0;
  row->trip = feed_ids_find(&r->trip_ids, csv->field[FREQ_TRIP], csv->length[FREQ_TRIP]);
  if (row->trip == FEED_NONE) return feed_csv_fail(csv, "trip_id \"%s\" is not in trips.txt", csv->field[FREQ_TRIP]);
  TRY(feed_csv_time(csv, FREQ_BEGIN, "start_time", &row->begin_s));
  TRY(feed_csv_time(csv, FREQ_END, "end_time", &row->end_s));
  if (row->begin_s == FEED_UNTIMED || row->end_s == FEED_UNTIMED)
    return feed_csv_fail(csv, "no start_time or end_time");
  TRY(feed_csv_int(csv, FREQ_HEADWAY, "headway_secs", 1, 7 * 86400, &headway));
  if (headway < 0) return feed_csv_fail(csv, "no headway_secs");
  TRY(feed_csv_int(csv, FREQ_EXACT, "exact_times", 0, 1, &exact));
  row->headway_s = (int32_t)headway;
  row->exact = exact == 1;
  bool runs = row->end_s > row->begin_s;
  *empty += !runs;
  f->frequencies += runs;
  return SUND_OK;
}

static int by_trip_and_begin(const void *a, const void *b) {
  const feed_frequency *x = a, *y = b;
  if (x->trip != y->trip) return x->trip < y->trip ? -1 : 1;
  if (x->begin_s != y->begin_s) return x->begin_s < y->begin_s ? -1 : 1;
  return x->end_s < y->end_s ? -1 : x->end_s > y->end_s;
}

static sund_code read_frequencies(feed_reader *r) {
  const feed_file *file = &r->files.file[FEED_FREQUENCIES];
  feed *f = r->feed;
  feed_csv csv;
  size_t empty = 0;
  if (!file->there) return SUND_OK;
  TRY(feed_csv_open(r->ctx, file, frequency_columns, 4, &csv));
  if (!(f->frequency = sund_alloc(r->keep, feed_csv_rows(file), sizeof *f->frequency))) return SUND_LIMIT;
  for (bool got = true; got;) {
    TRY(feed_csv_next(&csv, &got));
    if (got) TRY(read_frequency(r, &csv, &empty));
  }
  qsort(f->frequency, f->frequencies, sizeof *f->frequency, by_trip_and_begin);
  for (size_t i = 0; i < f->frequencies; i++) {
    feed_trip *trip = &f->trip[f->frequency[i].trip];
    if (trip->frequencies++ == 0) trip->first_frequency = i;
  }
  if (empty == 0) return SUND_OK;
  return feed_tell(r, "warning", NAN, NAN, "frequencies.txt: %zu rows end before they begin: left out", empty);
}

sund_code feed_read_trips(feed_reader *r) {
  TRY(read_trips(r));
  return read_frequencies(r);
}

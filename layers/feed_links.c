/* feed_links.c - transfers and pathways of a timetable, as they are written. What they mean on a day is said by
 * service_links.c. A row that names a stop, route or trip that is not there links nothing: it is left out and told.
 */
#include <math.h>

#include "feed.h"

enum { MOST_TRANSFER_TYPE = 5, STAY_SEATED = 4 };

/* -------------------------------------------------------------------------------------------------------- columns */

enum { FROM_STOP, TO_STOP, TYPE, SECONDS, FROM_ROUTE, TO_ROUTE, FROM_TRIP, TO_TRIP };
static const char *const transfer_columns[] = {"from_stop_id",      "to_stop_id",    "transfer_type",
                                               "min_transfer_time", "from_route_id", "to_route_id",
                                               "from_trip_id",      "to_trip_id",    NULL};
enum { PATH_FROM, PATH_TO, PATH_BOTH, PATH_LENGTH, PATH_SECONDS };
static const char *const pathway_columns[] = {"from_stop_id", "to_stop_id",     "is_bidirectional",
                                              "length",       "traversal_time", NULL};

/* The row an id names; FEED_NONE when the text is blank. False when it is not there. */
static bool find_id(const feed_ids *ids, const feed_csv *csv, size_t column, uint32_t *out) {
  *out = FEED_NONE;
  if (csv->length[column] == 0) return true;
  *out = feed_ids_find(ids, csv->field[column], csv->length[column]);
  return *out != FEED_NONE;
}

/* ------------------------------------------------------------------------------------------------------ transfers */

static sund_code read_transfer(feed_reader *r, const feed_csv *csv, size_t *lost) {
  feed *f = r->feed;
  feed_transfer *t = &f->transfer[f->transfers];
  int64_t type = 0, seconds = FEED_UNTIMED;
  TRY(feed_csv_int(csv, TYPE, "transfer_type", 0, MOST_TRANSFER_TYPE, &type));
  TRY(feed_csv_int(csv, SECONDS, "min_transfer_time", 0, 86400, &seconds));
  t->type = (uint8_t)type;
  t->seconds = (int32_t)seconds;
  bool there =
      find_id(&r->stop_ids, csv, FROM_STOP, &t->from_stop) && find_id(&r->stop_ids, csv, TO_STOP, &t->to_stop) &&
      find_id(&r->route_ids, csv, FROM_ROUTE, &t->from_route) &&
      find_id(&r->route_ids, csv, TO_ROUTE, &t->to_route) && find_id(&r->trip_ids, csv, FROM_TRIP, &t->from_trip) &&
      find_id(&r->trip_ids, csv, TO_TRIP, &t->to_trip);
  bool seated = t->type >= STAY_SEATED && t->from_trip != FEED_NONE && t->to_trip != FEED_NONE;
  bool whole = t->type >= STAY_SEATED ? seated : t->from_stop != FEED_NONE && t->to_stop != FEED_NONE;
  f->transfers += there && whole;
  *lost += !(there && whole);
  return SUND_OK;
}

static sund_code read_transfers(feed_reader *r) {
  const feed_file *file = &r->files.file[FEED_TRANSFERS];
  feed_csv csv;
  size_t lost = 0;
  if (!file->there) return SUND_OK;
  TRY(feed_csv_open(r->ctx, file, transfer_columns, 2, &csv));
  if (!(r->feed->transfer = sund_alloc(r->keep, feed_csv_rows(file), sizeof *r->feed->transfer))) return SUND_LIMIT;
  for (bool got = true; got;) {
    TRY(feed_csv_next(&csv, &got));
    if (got) TRY(read_transfer(r, &csv, &lost));
  }
  if (lost == 0) return SUND_OK;
  return feed_tell(r, "warning", NAN, NAN,
                   "transfers.txt: %zu rows name stops, routes or trips that are not there: left out", lost);
}

/* ------------------------------------------------------------------------------------------------------- pathways */

/* Seconds as stated, else by the length, else by the straight line between its ends. */
static double pathway_seconds(const feed *f, const feed_csv *csv, const feed_pathway *p) {
  double seconds = NAN, metres = NAN;
  if (sund_number_read(csv->field[PATH_SECONDS], &seconds) && seconds >= 0) return seconds;
  if (!sund_number_read(csv->field[PATH_LENGTH], &metres) || metres < 0)
    metres = hypot(f->stop[p->to].x - f->stop[p->from].x, f->stop[p->to].y - f->stop[p->from].y);
  return isnan(metres) ? 0 : metres * 3.6 / FEED_WALK_KMH;
}

static sund_code read_pathway(feed_reader *r, const feed_csv *csv, size_t *lost) {
  feed *f = r->feed;
  feed_pathway *p = &f->pathway[f->pathways];
  int64_t both = 0;
  TRY(feed_csv_int(csv, PATH_BOTH, "is_bidirectional", 0, 1, &both));
  bool there = find_id(&r->stop_ids, csv, PATH_FROM, &p->from) && find_id(&r->stop_ids, csv, PATH_TO, &p->to) &&
               p->from != FEED_NONE && p->to != FEED_NONE;
  *lost += !there;
  if (!there) return SUND_OK;
  p->both = both == 1;
  p->seconds = (int32_t)fmin(ceil(pathway_seconds(f, csv, p)), 86400);
  f->pathways++;
  return SUND_OK;
}

static sund_code read_pathways(feed_reader *r) {
  const feed_file *file = &r->files.file[FEED_PATHWAYS];
  feed_csv csv;
  size_t lost = 0;
  if (!file->there) return SUND_OK;
  TRY(feed_csv_open(r->ctx, file, pathway_columns, 2, &csv));
  if (!(r->feed->pathway = sund_alloc(r->keep, feed_csv_rows(file), sizeof *r->feed->pathway))) return SUND_LIMIT;
  for (bool got = true; got;) {
    TRY(feed_csv_next(&csv, &got));
    if (got) TRY(read_pathway(r, &csv, &lost));
  }
  if (lost == 0) return SUND_OK;
  return feed_tell(r, "warning", NAN, NAN, "pathways.txt: %zu rows name stops that are not there: left out", lost);
}

sund_code feed_read_links(feed_reader *r) {
  TRY(read_transfers(r));
  return read_pathways(r);
}

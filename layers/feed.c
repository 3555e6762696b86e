/* feed.c - timetables (GTFS Schedule reference) read whole: sund_feeds_read.
 *
 * Order for each feed: files found and unpacked, the small tables, stop_times, checks. Texts of the small tables stay
 * where they were read to; of stop_times only numbers stay.
 */
#include "feed.h"

#include <math.h>
#include <stdarg.h>
#include <string.h>

#include "path.h"

static const feed_table required[] = {FEED_AGENCY, FEED_STOPS, FEED_ROUTES, FEED_TRIPS, FEED_STOP_TIMES};

sund_code feed_tell(feed_reader *r, const char *severity, double x, double y, const char *format, ...) {
  va_list list;
  va_start(list, format);
  const char *text = sund_text_list(r->keep, format, list);
  va_end(list);
  if (!text) return SUND_LIMIT;
  return sund_finding_add(r->keep, r->findings, (sund_finding){severity, r->feed->name, SUND_NO_FEATURE, text, x, y});
}

sund_code feed_tell_repeated(feed_reader *r) {
  size_t count = r->repetitions;
  r->repetitions = 0;
  if (count == 0) return SUND_OK;
  return feed_tell(r, "warning", NAN, NAN,
                   "%s: %zu rows have an id that was there before and are left out, the first is %s", r->repeated,
                   count, r->repeated_id);
}

sund_code feed_repeated(feed_reader *r, const feed_csv *csv, const char *id) {
  if (r->repetitions > 0 && r->repeated != csv->name) TRY(feed_tell_repeated(r));
  if (r->repetitions++ == 0) r->repeated = csv->name, r->repeated_id = id;
  return SUND_OK;
}

static sund_code check_tables(feed_reader *r) {
  for (size_t i = 0; i < sizeof required / sizeof *required; i++)
    if (!r->files.file[required[i]].there)
      return sund_fail(r->ctx, SUND_SOURCE, "no GTFS feed: %s is missing", r->files.file[required[i]].name);
  if (r->files.file[FEED_CALENDAR].there || r->files.file[FEED_CALENDAR_DATES].there) return SUND_OK;
  return sund_fail(r->ctx, SUND_SOURCE, "no GTFS feed: calendar.txt and calendar_dates.txt are missing or empty");
}

static sund_code read_small_tables(feed_reader *r) {
  TRY(feed_read_places(r));
  TRY(feed_read_days(r));
  TRY(feed_read_agency(r));
  TRY(feed_read_trips(r));
  TRY(feed_tell_repeated(r));
  return feed_read_links(r);
}

/* Row 0 reads the small tables, row 1 unpacks stop_times. Nobody else uses the reader's contexts meanwhile. What
 * row 0 has to say goes first, whoever is ready first. */
typedef struct reading_job {
  feed_reader *reader;
  sund_code small;
} reading_job;

static sund_code read_rows(sund_ctx *worker, size_t begin, size_t end, void *data) {
  reading_job *job = data;
  for (size_t row = begin; row < end; row++)
    if (row == 0) job->small = read_small_tables(job->reader);
    else TRY(feed_files_load_times(worker, &job->reader->files));
  return SUND_OK;
}

static sund_code read_beside(feed_reader *r) {
  reading_job job = {r, SUND_OK};
  sund_ctx *both = sund_ctx_child(r->ctx);
  if (!both) return SUND_LIMIT;
  sund_code code = sund_for(both, 2, 1, read_rows, &job);
  if (job.small != SUND_OK) code = job.small;
  else if (code != SUND_OK) sund_ctx_pass(r->ctx, both);
  sund_ctx_free(both);
  return code;
}

static sund_code read_tables(feed_reader *r, const char *path) {
  feed_hops hops;
  TRY(feed_files_look(r->ctx, path, &r->files));
  TRY(check_tables(r));
  TRY(feed_files_load(r->ctx, r->keep, &r->files));
  TRY(read_beside(r));
  TRY(feed_read_times(r));
  TRY(feed_clock(r, &hops));
  return feed_check(r, &hops);
}

/* -------------------------------------------------------------------------------------------------------- reading */

/* "2025-01-01/2025-12-13": as feed_info states it, else the days its calendar knows. */
static sund_code days_text(sund_ctx *ctx, const feed *f, const char **out) {
  bool stated = f->info_begin != INT32_MIN && f->info_end != INT32_MIN;
  int32_t begin = stated ? f->info_begin : f->begin_day, end = stated ? f->info_end : f->end_day;
  *out = NULL;
  if (begin > end) return SUND_OK;
  const char *first = sund_day_text(ctx, begin), *last = sund_day_text(ctx, end);
  if (!first || !last) return SUND_LIMIT;
  *out = sund_text(ctx, "%s/%s", first, last);
  return *out ? SUND_OK : SUND_LIMIT;
}

/* Where its trips call. */
static void fill_extent(const feed *f, double extent[4]) {
  extent[0] = extent[1] = INFINITY, extent[2] = extent[3] = -INFINITY;
  for (size_t s = 0; s < f->stops; s++) {
    const feed_stop *stop = &f->stop[s];
    if (!stop->called || !isfinite(stop->x) || !isfinite(stop->y)) continue;
    extent[0] = fmin(extent[0], stop->x), extent[1] = fmin(extent[1], stop->y);
    extent[2] = fmax(extent[2], stop->x), extent[3] = fmax(extent[3], stop->y);
  }
}

static sund_code fill_reading(feed_reader *r, const sund_source *source, sund_reading *out) {
  feed *f = r->feed;
  f->rows_used = 0;
  for (size_t k = 0; k < f->trips; k++)
    if (f->trip[k].runs) f->rows_used += f->trip[k].events;
  *out = (sund_reading){.role = source->role,
                        .path = source->text,
                        .driver = "GTFS",
                        .read = f->rows,
                        .used = f->rows_used,
                        .rejected = f->rows - f->rows_used,
                        .crs = r->op ? "EPSG:4326" : NULL,
                        .operation = r->op ? r->op->name : "",
                        .accuracy_m = r->op ? r->op->accuracy_m : NAN,
                        .licence = source->licence,
                        .hash = sund_text_copy(r->keep, r->files.hash)};
  fill_extent(f, out->extent);
  if (!out->hash) return SUND_LIMIT;
  return days_text(r->keep, f, &out->date);
}

static sund_code read_feed(feed_reader *r, const sund_source *source, sund_reading *reading) {
  if (!(r->feed->name = path_base(r->keep, source->path))) return SUND_LIMIT;
  TRY(read_tables(r, source->path));
  return fill_reading(r, source, reading);
}

static sund_code read_one(feed_reader *r, const sund_source *source, sund_reading *reading) {
  sund_ctx *keep = r->keep;
  if (!(r->ctx = sund_ctx_child(keep))) return SUND_LIMIT;
  sund_code code = read_feed(r, source, reading);
  if (code != SUND_OK) {
    sund_ctx_pass(keep, r->ctx);
    sund_blame(keep, r->feed->name, SUND_NO_FEATURE);
  }
  sund_ctx_free(r->ctx);
  return code;
}

sund_code sund_feeds_read(sund_ctx *ctx, size_t count, const sund_source *source, const sund_crs *crs,
                          sund_feeds **out, sund_reading *reading, sund_findings *findings) {
  sund_feeds *feeds = sund_alloc(ctx, 1, sizeof *feeds);
  sund_reading *done = sund_alloc(ctx, count, sizeof *done);
  sund_findings told = *findings;
  if (!feeds || !done || !(feeds->feed = sund_alloc(ctx, count, sizeof *feeds->feed))) return SUND_LIMIT;
  feeds->count = count;
  feeds->crs = crs;
  for (size_t i = 0; i < count; i++) {
    feed_reader r = {.keep = ctx, .crs = crs, .feed = &feeds->feed[i], .findings = &told};
    TRY(read_one(&r, &source[i], &done[i]));
  }
  memcpy(reading, done, count * sizeof *done);
  *findings = told;
  *out = feeds;
  return SUND_OK;
}

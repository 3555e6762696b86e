/* feed_times.c - stop_times: the one large table of a timetable.
 *
 * Order: header, pieces of about a megabyte cut at line ends, lines counted (every piece then knows where its rows
 * go), rows read into their slots, trips given their events. Pieces are read in threads. Where a quoted text goes on
 * over the end of a line pieces may begin inside it: then the table is read again as one.
 */
#include "feed_times.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

enum { PIECE_BYTES = 1 << 20, MOST_COLUMNS = 255 };

static const char *const column_names[TIMES_COLUMNS] = {
    [TIMES_TRIP_ID] = "trip_id",
    [TIMES_STOP_ID] = "stop_id",
    [TIMES_STOP_SEQUENCE] = "stop_sequence",
    [TIMES_ARRIVAL_TIME] = "arrival_time",
    [TIMES_DEPARTURE_TIME] = "departure_time",
    [TIMES_PICKUP_TYPE] = "pickup_type",
    [TIMES_DROP_OFF_TYPE] = "drop_off_type",
};
static const char *const fault_texts[TIMES_FAULTS] = {
    [TIMES_TRIP] = "trip_id \"%.*s\" is not in trips.txt",
    [TIMES_STOP] = "stop_id \"%.*s\" is not in stops.txt",
    [TIMES_ARRIVAL] = "arrival_time is no time such as 25:10:00: %.*s",
    [TIMES_DEPARTURE] = "departure_time is no time such as 25:10:00: %.*s",
    [TIMES_SEQUENCE] = "stop_sequence is missing or no whole number: %.*s",
    [TIMES_USE] = "pickup_type or drop_off_type is not in 0 to 3: %.*s",
};

/* ------------------------------------------------------------------------------------------------------- failures */

/* The line a place of the table stands in. */
static int64_t line_at(const feed_times *t, const char *at) {
  int64_t line = t->first_line;
  for (const char *c = t->begin; c < at && (c = memchr(c, '\n', (size_t)(at - c))); c++) line++;
  return line;
}

static sund_code fail_piece(sund_ctx *ctx, const feed_times *t, const times_piece *p) {
  times_row row = {.likely_trip_length = SIZE_MAX, .likely_stop_length = SIZE_MAX};
  const char *next = p->fault_at;
  if (p->fault == TIMES_QUOTE) return sund_fail(ctx, SUND_SOURCE, "%s ends inside a quoted text", t->file->name);
  feed_row_read(t, p->fault_at, &next, &row);
  int64_t line = line_at(t, p->fault_at);
  if (p->fault == TIMES_LONG)
    return sund_fail(ctx, SUND_SOURCE, "%s: line %" PRId64 " is longer than 1 MB%s", t->file->name, line,
                     line_at(t, next) > line + 1 ? "; is a quote not closed?" : "");
  const char *text = p->fault_at;
  size_t length = strcspn(text, "\r\n");
  if (p->fault == TIMES_TRIP) text = row.trip, length = row.trip_length;
  if (p->fault == TIMES_STOP) text = row.stop, length = row.stop_length;
  const char *why = sund_text(ctx, fault_texts[p->fault], (int)(length < 80 ? length : 80), text);
  if (!why) return SUND_LIMIT;
  return sund_fail(ctx, SUND_DATA, "%s: line %" PRId64 ": %s", t->file->name, line, why);
}

sund_code feed_times_fail(feed_reader *r, size_t event, const char *text) {
  feed_times *t = r->times;
  size_t slot = t->slot_of_event ? t->slot_of_event[event] : event;
  times_piece *p = t->piece;
  while (p + 1 < t->piece + t->pieces && p[1].base <= slot) p++;
  TRY(feed_rows_read(r->ctx, r, t, p, slot - p->base));
  return sund_fail(r->ctx, SUND_DATA, "%s: line %" PRId64 ": %s", t->file->name, line_at(t, p->fault_at), text);
}

/* --------------------------------------------------------------------------------------------------------- header */

/* The header is read by the reader of the small tables, which only changes what it reads. */
static sund_code read_header(feed_reader *r, feed_times *t) {
  static const char *const required[] = {"trip_id", "stop_id", "stop_sequence", NULL};
  static const times_column of[] = {TIMES_TRIP_ID, TIMES_STOP_ID, TIMES_STOP_SEQUENCE};
  const char *names[TIMES_COLUMNS] = {0};
  memcpy(names, required, sizeof required);
  for (size_t c = 3; c + 1 < TIMES_COLUMNS; c++) names[c] = column_names[c + 1];
  feed_csv csv;
  TRY(feed_csv_open(r->ctx, t->file, names, 3, &csv));
  if (csv.fields > MOST_COLUMNS)
    return sund_fail(r->ctx, SUND_SOURCE, "%s has %zu columns", t->file->name, csv.fields);
  if (csv.fields > 0 && !csv.has[3] && !csv.has[4])
    return sund_fail(r->ctx, SUND_SOURCE, "%s has no column arrival_time and no column departure_time",
                     t->file->name);
  uint8_t *column = sund_alloc(r->ctx, csv.fields, 1);
  if (!column) return SUND_LIMIT;
  for (size_t c = 0; c < csv.fields; c++)
    if (csv.wanted[c]) column[c] = csv.wanted[c] <= 3 ? (uint8_t)of[csv.wanted[c] - 1] : csv.wanted[c];
  t->column = column;
  t->columns = csv.fields;
  t->begin = csv.at;
  t->first_line = csv.next_line;
  t->end = t->file->bytes + t->file->size;
  t->file->bytes[t->file->size] = '\n';
  return SUND_OK;
}

/* --------------------------------------------------------------------------------------------------------- pieces */

static sund_code count_lines(sund_ctx *worker, size_t begin, size_t end, void *data) {
  (void)worker;
  feed_times *t = data;
  for (size_t i = begin; i < end; i++) {
    times_piece *p = &t->piece[i];
    p->lines = p->end[-1] != '\n'; /* the last line may have no end */
    for (const char *at = p->begin; at < p->end && (at = memchr(at, '\n', (size_t)(p->end - at))); at++) p->lines++;
  }
  return SUND_OK;
}

static sund_code cut_pieces(sund_ctx *ctx, feed_times *t) {
  size_t bytes = (size_t)(t->end - t->begin);
  size_t most = t->over_lines ? 1 : bytes / PIECE_BYTES + 1;
  if (!(t->piece = sund_alloc(ctx, most, sizeof *t->piece))) return SUND_LIMIT;
  t->pieces = 0;
  for (const char *at = t->begin; at < t->end;) {
    const char *stop = t->end;
    if (!t->over_lines && t->end - at > PIECE_BYTES) {
      stop = memchr(at + PIECE_BYTES, '\n', (size_t)(t->end - at - PIECE_BYTES));
      stop = stop ? stop + 1 : t->end;
    }
    t->piece[t->pieces++] = (times_piece){.begin = at, .end = stop};
    at = stop;
  }
  TRY(sund_for(ctx, t->pieces, 1, count_lines, t));
  t->slots = 0;
  for (size_t i = 0; i < t->pieces; i++) {
    t->piece[i].base = t->slots;
    t->slots += t->piece[i].lines;
  }
  return SUND_OK;
}

typedef struct pieces_job {
  const feed_reader *reader;
  feed_times *times;
} pieces_job;

static sund_code read_pieces(sund_ctx *worker, size_t begin, size_t end, void *data) {
  const pieces_job *job = data;
  for (size_t i = begin; i < end; i++)
    TRY(feed_rows_read(worker, job->reader, job->times, &job->times->piece[i], SIZE_MAX));
  return SUND_OK;
}

static times_fault worst_fault(const feed_times *t, const times_piece **first) {
  *first = NULL;
  for (size_t i = 0; i < t->pieces; i++) {
    if (t->piece[i].fault == TIMES_QUOTE) return TIMES_QUOTE;
    if (t->piece[i].fault != TIMES_FINE && !*first) *first = &t->piece[i];
  }
  return *first ? (*first)->fault : TIMES_FINE;
}

sund_code feed_times_pieces(feed_reader *r, feed_times *t) {
  pieces_job job = {r, t};
  const times_piece *first;
  TRY(sund_for(r->ctx, t->pieces, 1, read_pieces, &job));
  times_fault fault = worst_fault(t, &first);
  if (fault == TIMES_QUOTE && !t->over_lines) {
    t->over_lines = true;
    TRY(cut_pieces(r->ctx, t));
    TRY(sund_for(r->ctx, t->pieces, 1, read_pieces, &job));
    fault = worst_fault(t, &first);
  }
  if (fault == TIMES_FINE) return SUND_OK;
  return fail_piece(r->ctx, t, first ? first : t->piece);
}

static sund_code make_room(feed_reader *r, feed_times *t) {
  t->run = sund_alloc(r->ctx, t->slots, sizeof *t->run);
  t->stop = sund_alloc(r->keep, t->slots, sizeof *t->stop);
  t->arrive_s = sund_alloc(r->keep, t->slots, sizeof *t->arrive_s);
  t->depart_s = sund_alloc(r->keep, t->slots, sizeof *t->depart_s);
  t->use = sund_alloc(r->keep, t->slots, 1);
  return t->run && t->stop && t->arrive_s && t->depart_s && t->use ? SUND_OK : SUND_LIMIT;
}

sund_code feed_read_times(feed_reader *r) {
  feed_times *t = r->times = sund_alloc(r->ctx, 1, sizeof *t);
  if (!t) return SUND_LIMIT;
  t->file = &r->files.file[FEED_STOP_TIMES];
  TRY(read_header(r, t));
  TRY(cut_pieces(r->ctx, t));
  TRY(make_room(r, t));
  TRY(feed_times_pieces(r, t));
  int64_t rows = 0, placeless = 0;
  for (size_t i = 0; i < t->pieces; i++) {
    rows += (int64_t)t->piece[i].rows;
    placeless += (int64_t)t->piece[i].placeless;
  }
  r->feed->rows = rows + placeless;
  if (r->feed->rows == 0) return sund_fail(r->ctx, SUND_SOURCE, "stop_times.txt has no rows");
  TRY(feed_order(r, t));
  if (placeless == 0) return SUND_OK;
  return feed_tell(r, "warning", NAN, NAN,
                   "stop_times.txt: %" PRId64 " rows name no stop (areas on demand): left out", placeless);
}

/* feed_rows.c - the rows of stop_times, read without a copy: millions of them, in pieces side by side.
 *
 * A row is walked through once, field by field; trips are looked up when the text differs from that of the row
 * before, stops always. The byte behind the table is a line end, so no loop has to look for the end of the text.
 */
#include <string.h>

#include "feed_times.h"

/* --------------------------------------------------------------------------------------------------------- fields */

typedef struct field {
  const char *at;
  size_t length;
  bool doubled; /* has doubled quotes */
} field;

static inline bool is_blank(char c) {
  return c == ' ' || c == '\t' || c == '\r';
}

/* A field in quotes, `at` on the first of them; gives where the comma or line end behind it stands, NULL when the
 * quote is not closed. */
static const char *quoted_field(const feed_times *t, const char *at, field *out) {
  const char *stop = ++at;
  out->doubled = false;
  for (;; stop++) {
    if (stop >= t->end || (*stop == '\n' && !t->over_lines)) return NULL;
    if (*stop != '"') continue;
    if (stop[1] != '"') break;
    out->doubled = true;
    stop++;
  }
  out->at = at;
  out->length = (size_t)(stop - at);
  for (stop++; *stop != ',' && *stop != '\n';) stop++;
  return stop;
}

static inline const char *plain_field(const char *at, field *out) {
  const char *stop = at;
  while (*stop != ',' && *stop != '\n') stop++;
  out->at = at;
  out->length = (size_t)(stop - at);
  while (out->length > 0 && is_blank(at[out->length - 1])) out->length--;
  return stop;
}

/* The text with doubled quotes made one. */
static void rewrite(field *f, char *room) {
  size_t length = 0;
  for (size_t i = 0; i < f->length && length < TIMES_ID_BYTES; i++) {
    room[length++] = f->at[i];
    i += f->at[i] == '"';
  }
  f->at = room;
  f->length = length;
}

/* --------------------------------------------------------------------------------------------------------- values */

/* HH:MM:SS, as times nearly always are. */
static inline bool read_plain_time(const char *c, int32_t *out) {
  unsigned h1 = (unsigned)(c[0] - '0'), h0 = (unsigned)(c[1] - '0'), m1 = (unsigned)(c[3] - '0'),
           m0 = (unsigned)(c[4] - '0'), s1 = (unsigned)(c[6] - '0'), s0 = (unsigned)(c[7] - '0');
  if (!((h1 < 10) & (h0 < 10) & (m1 < 6) & (m0 < 10) & (s1 < 6) & (s0 < 10) & (c[2] == ':') & (c[5] == ':')))
    return false;
  *out = (int32_t)((h1 * 10 + h0) * 3600 + (m1 * 10 + m0) * 60 + s1 * 10 + s0);
  return true;
}

static inline bool read_count(const field *f, uint32_t *out) {
  uint64_t value = 0;
  if (f->length == 0 || f->length > 9) return false;
  for (size_t i = 0; i < f->length; i++) {
    unsigned digit = (unsigned)(f->at[i] - '0');
    if (digit > 9) return false;
    value = 10 * value + digit;
  }
  *out = (uint32_t)value;
  return true;
}

/* Boarding or alighting: 0 and blank regular, 1 none, 2 and 3 by appointment. */
static bool read_use(const field *f, uint8_t bit, uint8_t *use) {
  uint32_t type = 0;
  if (f->length > 0 && (!read_count(f, &type) || type > 3)) return false;
  if (type == 1) *use &= (uint8_t)~bit;
  return true;
}

/* ----------------------------------------------------------------------------------------------------------- rows */

static inline times_fault take_value(times_column column, field *f, times_row *row) {
  switch (column) {
    case TIMES_TRIP_ID:
      if (f->doubled) rewrite(f, row->trip_text), row->rewritten = true;
      row->trip = f->at, row->trip_length = f->length;
      return TIMES_FINE;
    case TIMES_STOP_ID:
      if (f->doubled) rewrite(f, row->stop_text), row->rewritten = true;
      row->stop = f->at, row->stop_length = f->length;
      return TIMES_FINE;
    case TIMES_STOP_SEQUENCE:
      return read_count(f, &row->sequence) ? TIMES_FINE : TIMES_SEQUENCE;
    case TIMES_ARRIVAL_TIME:
      return feed_time_read(f->at, f->length, &row->arrive_s) ? TIMES_FINE : TIMES_ARRIVAL;
    case TIMES_DEPARTURE_TIME:
      return feed_time_read(f->at, f->length, &row->depart_s) ? TIMES_FINE : TIMES_DEPARTURE;
    case TIMES_PICKUP_TYPE:
      return read_use(f, 1, &row->use) ? TIMES_FINE : TIMES_USE;
    case TIMES_DROP_OFF_TYPE:
      return read_use(f, 2, &row->use) ? TIMES_FINE : TIMES_USE;
    default:
      return TIMES_FINE;
  }
}

static inline bool says(const char *at, size_t left, const char *text, size_t length) {
  return left > length && (at[length] == ',' || at[length] == '\n') && memcmp(at, text, length) == 0;
}

/* Fields that need not be looked through for their end: ids that are as expected, times of eight bytes. Gives
 * where the comma or line end behind it stands, or NULL. */
static inline const char *quick_field(const feed_times *t, times_column column, const char *at, times_row *row) {
  const size_t left = (size_t)(t->end - at);
  if (column == TIMES_TRIP_ID && says(at, left, row->likely_trip, row->likely_trip_length)) {
    row->as_trip = true;
    return at + row->likely_trip_length;
  }
  if (column == TIMES_STOP_ID && says(at, left, row->likely_stop, row->likely_stop_length)) {
    row->as_stop = true;
    return at + row->likely_stop_length;
  }
  if (left <= 8 || (at[8] != ',' && at[8] != '\n')) return NULL;
  if (column == TIMES_ARRIVAL_TIME) return read_plain_time(at, &row->arrive_s) ? at + 8 : NULL;
  if (column == TIMES_DEPARTURE_TIME) return read_plain_time(at, &row->depart_s) ? at + 8 : NULL;
  return NULL;
}

times_fault feed_row_read(const feed_times *t, const char *at, const char **next, times_row *row) {
  const char *begin = at;
  times_fault fault = TIMES_FINE;
  row->trip = row->stop = at;
  row->trip_length = row->stop_length = 0;
  row->arrive_s = row->depart_s = FEED_UNTIMED;
  row->sequence = UINT32_MAX;
  row->use = 3;
  row->blank = row->rewritten = row->as_trip = row->as_stop = false;
  for (size_t c = 0;; c++, at++) {
    const times_column column = c < t->columns ? (times_column)t->column[c] : TIMES_OTHER;
    const char *quick = quick_field(t, column, at, row);
    if (quick) {
      at = quick;
    } else {
      field f = {0};
      while (*at == ' ' || *at == '\t') at++;
      at = *at == '"' ? quoted_field(t, at, &f) : plain_field(at, &f);
      if (!at) return TIMES_QUOTE;
      if (column != TIMES_OTHER && fault == TIMES_FINE) fault = take_value(column, &f, row);
      row->blank = c == 0 && f.length == 0 && *at == '\n';
    }
    if (*at == '\n') break;
  }
  *next = at + 1;
  if (row->blank) return TIMES_FINE;
  if (at - begin > FEED_LINE_BYTES) return TIMES_LONG;
  return fault != TIMES_FINE || row->sequence != UINT32_MAX ? fault : TIMES_SEQUENCE;
}

static void put_row(feed_times *t, size_t slot, const times_row *row, uint32_t trip, uint32_t stop) {
  t->stop[slot] = stop;
  t->arrive_s[slot] = row->arrive_s;
  t->depart_s[slot] = row->depart_s;
  t->use[slot] = row->use;
  if (!t->trip) return;
  t->trip[slot] = trip;
  t->sequence[slot] = row->sequence;
}

/* The ids of the row in hand as numbers, and what is expected of the next. */
typedef struct following {
  const feed_reader *r;
  uint32_t *next; /* stops: 1 + the stop that came behind it last */
  uint32_t trip, stop;
} following;

/* Trips mostly stand in the order of trips.txt. */
static inline uint32_t find_trip(const feed_ids *trips, uint32_t before, const times_row *row) {
  uint32_t next = before + 1; /* the first one, when there was none before */
  if (next < trips->count && trips->length[next] == row->trip_length &&
      memcmp(trips->text[next], row->trip, row->trip_length) == 0)
    return next;
  return feed_ids_find(trips, row->trip, row->trip_length);
}

static inline times_fault find_ids(following *f, times_row *row) {
  const feed_ids *stops = &f->r->stop_ids;
  uint32_t before = f->stop;
  if (!row->as_trip) {
    f->trip = find_trip(&f->r->trip_ids, f->trip, row);
    row->likely_trip = row->trip;
    row->likely_trip_length = row->rewritten ? SIZE_MAX : row->trip_length;
    if (f->trip == FEED_NONE) return TIMES_TRIP;
  }
  if (row->as_stop) f->stop = f->next[before] - 1;
  else f->stop = row->stop_length > 0 ? feed_ids_find(stops, row->stop, row->stop_length) : FEED_NONE;
  row->likely_stop_length = SIZE_MAX;
  if (f->stop == FEED_NONE) return row->stop_length > 0 ? TIMES_STOP : TIMES_FINE;
  if (before != FEED_NONE) f->next[before] = f->stop + 1;
  if (f->next[f->stop] > 0) {
    row->likely_stop = stops->text[f->next[f->stop] - 1];
    row->likely_stop_length = stops->length[f->next[f->stop] - 1];
  }
  return TIMES_FINE;
}

sund_code feed_rows_read(sund_ctx *ctx, const feed_reader *r, feed_times *t, times_piece *p, size_t stop_at) {
  times_row row;
  const char *next = p->begin;
  following f = {.r = r, .trip = FEED_NONE, .stop = FEED_NONE};
  uint32_t open = FEED_NONE, last = 0; /* open: trip of the run in hand */
  if (!(f.next = sund_alloc(ctx, r->feed->stops, sizeof *f.next))) return SUND_LIMIT;
  row.likely_trip = row.likely_stop = "";
  row.likely_trip_length = row.likely_stop_length = SIZE_MAX;
  p->rows = p->runs = p->placeless = 0;
  p->disorder = false;
  for (const char *at = p->begin; at < p->end; at = next) {
    p->fault_at = at;
    if ((p->fault = feed_row_read(t, at, &next, &row)) != TIMES_FINE) return SUND_OK;
    if (row.blank) continue;
    if ((p->fault = find_ids(&f, &row)) != TIMES_FINE) return SUND_OK;
    if (f.stop == FEED_NONE) {
      p->placeless++; /* an area where one calls a taxi */
      continue;
    }
    if (stop_at == p->rows) return SUND_OK;
    if (f.trip != open) t->run[p->base + p->runs++] = (times_run){f.trip, (uint32_t)p->rows};
    else p->disorder = p->disorder || row.sequence <= last;
    if (p->rows == 0) p->first_sequence = row.sequence;
    open = f.trip;
    last = p->last_sequence = row.sequence;
    put_row(t, p->base + p->rows++, &row, f.trip, f.stop);
  }
  return SUND_OK;
}

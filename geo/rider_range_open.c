/* rider_range_open.c - sets up the search of rider_range.c: the trips that can matter, by stop and call, and room for what
 * is known of every stop.
 */
#include <string.h>

#include "geo/rider_range.h"

/* Where each pattern's rows that can matter begin among those of all. */
static sund_code count_rows(sund_rider *r, uint32_t *first) {
  for (size_t i = 0; i < r->t->patterns; i++) {
    first[i] = (uint32_t)r->range->rows;
    r->range->rows += r->rows[i].end - r->rows[i].begin;
  }
  r->range->reach = sund_alloc(r->ctx, r->range->rows, r->range->rides * sizeof *r->range->reach);
  return r->range->reach ? SUND_OK : SUND_LIMIT;
}

static size_t rows_of(const sund_rider *r, uint32_t pattern) {
  return pattern < r->t->patterns ? r->rows[pattern].end - r->rows[pattern].begin : 0;
}

static void fill_seat(const sund_rider *r, size_t a, uint32_t first) {
  const timetable_at at = r->t->at[a];
  struct rider_range *s = r->range;
  seat *x = (seat *)(void *)(s->seats + s->seat[a]);
  const uint32_t rows = (uint32_t)rows_of(r, at.pattern);
  x->pattern = at.pattern;
  x->call = at.call;
  x->rows = rows;
  x->reach = first;
  x->depart[0] = INT32_MIN;
  s->fresh[a] = (offered){at.pattern < r->t->patterns ? INT32_MIN : INT32_MAX, rows};
  if (rows == 0) return;
  const int32_t *depart = timetable_departs(r->t, &r->t->pattern[at.pattern], at.call) + r->rows[at.pattern].begin;
  memcpy(x->depart + 1, depart, rows * sizeof *depart);
  s->fresh[a].before = depart[rows - 1];
}

/* Calls by stop with the departures there: those of a stop lie side by side. */
static sund_code open_seats(sund_rider *r, const uint32_t *first) {
  const sund_timetable *t = r->t;
  struct rider_range *s = r->range;
  const size_t ats = t->first_at[t->stops];
  size_t words = 0;
  for (size_t a = 0; a < ats; a++) {
    s->seat[a] = (uint32_t)words;
    words += SEAT_HEAD + rows_of(r, t->at[a].pattern);
  }
  if (words >= UINT32_MAX) return sund_fail(r->ctx, SUND_LIMIT, "more departures than can be counted");
  s->seats = sund_alloc(r->ctx, words, sizeof *s->seats);
  if (!s->seats) return SUND_LIMIT;
  for (size_t a = 0; a < ats; a++) fill_seat(r, a, t->at[a].pattern < t->patterns ? first[t->at[a].pattern] : 0);
  return SUND_OK;
}

static sund_code open_places(sund_rider *r) {
  struct rider_range *s = r->range;
  const size_t stops = r->t->stops;
  s->stride = (HEAD + 2 * s->rides - 1 + LINE - 1) / LINE * LINE;
  uint32_t *words = sund_alloc(r->ctx, stops * s->stride + LINE, sizeof *words);
  s->arrived.stop = sund_alloc(r->ctx, stops, sizeof *s->arrived.stop);
  s->waiting.stop = sund_alloc(r->ctx, stops, sizeof *s->waiting.stop);
  s->noted = sund_alloc(r->ctx, stops / 64 + 1, sizeof *s->noted);
  if (!words || !s->arrived.stop || !s->waiting.stop || !s->noted) return SUND_LIMIT;
  const size_t line = LINE * sizeof *words;
  s->words = words + (line - (uintptr_t)words % line) % line / sizeof *words; /* to the beginning of a line */
  return SUND_OK;
}

static sund_code open_lanes(sund_rider *r) {
  struct rider_range *s = r->range;
  s->width = (r->lanes.count + LANES - 1) / LANES * LANES;
  s->now = sund_alloc(r->ctx, s->width, sizeof *s->now);
  s->runs = sund_alloc(r->ctx, s->width + LANES, sizeof *s->runs);
  s->seconds = sund_alloc(r->ctx, s->width, sizeof *s->seconds);
  if (!s->now || !s->runs || !s->seconds) return SUND_LIMIT;
  for (size_t m = 0; m < r->lanes.count; m++) s->now[m] = rider_now(r, m);
  return SUND_OK;
}

sund_code rider_range_open(sund_rider *r) {
  const size_t ats = r->t->first_at[r->t->stops];
  struct rider_range *s = r->range = sund_alloc(r->ctx, 1, sizeof *s);
  uint32_t *first = sund_alloc(r->ctx, r->t->patterns, sizeof *first);
  if (!s || !first) return SUND_LIMIT;
  s->rides = r->ask.rides;
  s->seat = sund_alloc(r->ctx, ats, sizeof *s->seat);
  s->fresh = sund_alloc(r->ctx, ats, sizeof *s->fresh);
  s->offered = sund_alloc(r->ctx, ats, (s->rides - 1) * sizeof *s->offered);
  if (!s->seat || !s->fresh || !s->offered) return SUND_LIMIT;
  TRY(open_lanes(r));
  TRY(count_rows(r, first));
  TRY(open_seats(r, first));
  return open_places(r);
}

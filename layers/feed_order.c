/* feed_order.c - which rows of stop_times are whose.
 *
 * Tables are nearly always written trip by trip, in order of stop_sequence: then a trip is a run of rows and nothing
 * is moved. Otherwise the table is read once more with trip and sequence of every row, and the rows are put in order:
 * by trip (counting), then by sequence (stable merge sort).
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "feed_times.h"

/* Gives the trips the runs as they stand; false when a trip has several, or rows that are not in order. */
static bool take_runs(feed *f, const feed_times *t) {
  const times_piece *before = NULL;
  uint32_t open = FEED_NONE;
  for (size_t i = 0; i < t->pieces; i++) {
    const times_piece *p = &t->piece[i];
    if (p->disorder) return false;
    for (size_t k = 0; k < p->runs; k++) {
      const times_run *run = &t->run[p->base + k];
      size_t end = k + 1 < p->runs ? run[1].first : p->rows;
      feed_trip *trip = &f->trip[run->trip];
      bool goes_on = k == 0 && open == run->trip && trip->first + trip->events == p->base &&
                     p->first_sequence > before->last_sequence;
      if (trip->events > 0 && !goes_on) return false;
      if (trip->events == 0) trip->first = p->base + run->first;
      trip->events += (uint32_t)(end - run->first);
      open = run->trip;
    }
    if (p->rows > 0) before = p;
  }
  return true;
}

/* ------------------------------------------------------------------------------------------------------- disorder */

/* Rows of all trips, in order of trips and as they stand within one. first: trips + 1. */
static sund_code group_rows(feed_reader *r, const feed_times *t, size_t **first, size_t **row) {
  const size_t trips = r->feed->trips;
  size_t count = 0;
  if (!(*first = sund_alloc(r->ctx, trips + 2, sizeof **first))) return SUND_LIMIT;
  size_t *next = *first + 1;
  for (size_t i = 0; i < t->pieces; i++) {
    count += t->piece[i].rows;
    for (size_t k = 0; k < t->piece[i].rows; k++) next[t->trip[t->piece[i].base + k] + 1]++;
  }
  if (!(*row = sund_alloc(r->keep, count, sizeof **row))) return SUND_LIMIT;
  for (size_t k = 0; k < trips; k++) next[k + 1] += next[k];
  for (size_t i = 0; i < t->pieces; i++)
    for (size_t k = 0; k < t->piece[i].rows; k++) {
      size_t slot = t->piece[i].base + k;
      (*row)[next[t->trip[slot]]++] = slot;
    }
  return SUND_OK;
}

/* Sorts rows by sequence, keeping the order of equal ones; scratch: n. Merges runs that rise already. */
static void sort_rows(const uint32_t *sequence, size_t n, size_t *row, size_t *scratch) {
  if (n < 2) return;
  size_t half = n / 2, a = 0, b = half;
  sort_rows(sequence, half, row, scratch);
  sort_rows(sequence, n - half, row + half, scratch);
  if (sequence[row[half - 1]] <= sequence[row[half]]) return;
  memcpy(scratch, row, half * sizeof *row);
  for (size_t k = 0; a < half; k++)
    row[k] = b < n && sequence[row[b]] < sequence[scratch[a]] ? row[b++] : scratch[a++];
}

/* Moves the columns of the feed into the order of `row`. */
static sund_code move_rows(feed_reader *r, feed_times *t, size_t count, const size_t *row) {
  feed *f = r->feed;
  f->event_stop = sund_alloc(r->keep, count, sizeof *f->event_stop);
  f->arrive_s = sund_alloc(r->keep, count, sizeof *f->arrive_s);
  f->depart_s = sund_alloc(r->keep, count, sizeof *f->depart_s);
  f->event_use = sund_alloc(r->keep, count, 1);
  if (!f->event_stop || !f->arrive_s || !f->depart_s || !f->event_use) return SUND_LIMIT;
  for (size_t i = 0; i < count; i++) {
    f->event_stop[i] = t->stop[row[i]];
    f->arrive_s[i] = t->arrive_s[row[i]];
    f->depart_s[i] = t->depart_s[row[i]];
    f->event_use[i] = t->use[row[i]];
  }
  return SUND_OK;
}

static sund_code order_rows(feed_reader *r, feed_times *t) {
  feed *f = r->feed;
  size_t *first, *row, most = 0, twice = 0;
  t->trip = sund_alloc(r->ctx, t->slots, sizeof *t->trip);
  t->sequence = sund_alloc(r->ctx, t->slots, sizeof *t->sequence);
  if (!t->trip || !t->sequence) return SUND_LIMIT;
  TRY(feed_times_pieces(r, t));
  TRY(group_rows(r, t, &first, &row));
  for (size_t k = 0; k < f->trips; k++)
    if (first[k + 1] - first[k] > most) most = first[k + 1] - first[k];
  size_t *scratch = sund_alloc(r->ctx, most, sizeof *scratch);
  if (!scratch) return SUND_LIMIT;
  for (size_t k = 0; k < f->trips; k++) {
    feed_trip *trip = &f->trip[k];
    trip->first = first[k];
    trip->events = (uint32_t)(first[k + 1] - first[k]);
    sort_rows(t->sequence, trip->events, row + trip->first, scratch);
    for (size_t e = 1; e < trip->events; e++)
      twice += t->sequence[row[trip->first + e]] == t->sequence[row[trip->first + e - 1]];
  }
  t->slot_of_event = row;
  TRY(move_rows(r, t, first[f->trips], row));
  if (twice == 0) return SUND_OK;
  return feed_tell(r, "warning", NAN, NAN,
                   "stop_times.txt: %zu rows have the stop_sequence of the row before; taken in the order they stand",
                   twice);
}

sund_code feed_order(feed_reader *r, feed_times *t) {
  feed *f = r->feed;
  if (!take_runs(f, t)) return order_rows(r, t);
  f->event_stop = t->stop;
  f->arrive_s = t->arrive_s;
  f->depart_s = t->depart_s;
  f->event_use = t->use;
  return SUND_OK;
}

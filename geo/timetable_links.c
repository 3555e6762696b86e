/* timetable_links.c - changing within stops and walking between them, by stop; of several links of a pair the fastest. */
#include <stdlib.h>

#include "geo/timetable.h"

typedef struct pair {
  uint32_t from, to;
  int32_t seconds;
  uint8_t open;
} pair;

/* A link that is open to all comes before one for changes that is no faster. */
static int by_pair(const void *left, const void *right) {
  const pair *a = left, *b = right;
  if (a->from != b->from) return a->from < b->from ? -1 : 1;
  if (a->to != b->to) return a->to < b->to ? -1 : 1;
  if (a->open != b->open) return a->open > b->open ? -1 : 1;
  return (a->seconds > b->seconds) - (a->seconds < b->seconds);
}

static sund_code take(sund_ctx *ctx, sund_timetable *t, const sund_links *links, pair *pairs, size_t *count) {
  for (size_t i = 0; i < t->stops; i++) t->change[i] = INT32_MAX;
  for (size_t i = 0; i < links->count; i++) {
    const uint32_t from = links->from[i], to = links->to[i];
    if (from >= t->stops || to >= t->stops) return sund_fail(ctx, SUND_DEFECT, "a link to a stop that is not there");
    if (links->seconds[i] < 0) return sund_fail(ctx, SUND_DATA, "a change takes less than no time");
    const int32_t seconds = links->seconds[i] < TIMETABLE_MOST_S ? links->seconds[i] : TIMETABLE_MOST_S;
    if (from != to) pairs[(*count)++] = (pair){from, to, seconds, !(links->change_only && links->change_only[i])};
    else if (seconds < t->change[from]) t->change[from] = seconds;
  }
  for (size_t i = 0; i < t->stops; i++)
    if (t->change[i] == INT32_MAX) t->change[i] = 0;
  return SUND_OK;
}

sund_code timetable_links(sund_ctx *ctx, sund_timetable *t, const sund_links *links) {
  static const sund_links none = {0};
  if (!links) links = &none;
  t->change = sund_alloc(ctx, t->stops, sizeof *t->change);
  t->first_link = sund_alloc(ctx, t->stops + 1, sizeof *t->first_link);
  t->link = sund_alloc(ctx, links->count, sizeof *t->link);
  pair *pairs = sund_alloc(ctx, links->count, sizeof *pairs);
  if (!t->change || !t->first_link || !t->link || !pairs) return SUND_LIMIT;
  size_t count = 0, kept = 0;
  TRY(take(ctx, t, links, pairs, &count));
  if (count >= UINT32_MAX) return sund_fail(ctx, SUND_LIMIT, "more links than can be counted");
  qsort(pairs, count, sizeof *pairs, by_pair);
  for (size_t i = 0; i < count; i++) {
    /* Of a pair the fastest open one comes first; one for changes only is kept besides when it is faster. */
    const bool again = i > 0 && pairs[i - 1].from == pairs[i].from && pairs[i - 1].to == pairs[i].to;
    if (again && (pairs[i - 1].open == pairs[i].open || t->link[kept - 1].seconds <= pairs[i].seconds)) continue;
    t->link[kept++] = (timetable_link){pairs[i].to, pairs[i].seconds, pairs[i].open};
    t->first_link[pairs[i].from + 1]++;
  }
  for (size_t s = 0; s < t->stops; s++) t->first_link[s + 1] += t->first_link[s];
  t->facts.links = kept;
  return SUND_OK;
}

/* service_merge.c - trips that two feeds both know: found by where and when they call.
 *
 * Feeds of two countries hold the trains between them twice, or a half each, under other names. Two trips of
 * different feeds are one when they are of one kind, leave (or arrive) within a minute of each other at two or more
 * stops that lie within 250 m, in the same order, and at each end at most one of them comes from or goes further; two
 * that part on both ways are two trains. Feeds are taken up one after the other: each against all before it, whose
 * trips may have grown.
 */
#include "service_merge.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* A trip at a stop, by the time it arrives or leaves. */
typedef struct passing {
  int32_t at_s;
  uint32_t trip, call;
} passing;
/* Passings of the trips before the feed in hand, stop by stop in order of time. */
typedef struct passings {
  size_t *first; /* stops + 1 */
  passing *item;
} passings;

/* Call `mine` of the trip in hand and call `other` of trip `trip` are one. */
typedef struct match {
  uint32_t trip, mine, other;
  int32_t apart_s;
} match;

typedef struct matching {
  service_build *b;
  size_t *first_pair; /* stops + 1 */
  passings leave, arrive;
  uint32_t *taken_by; /* trips: 1 + the feed whose trip it was joined with last */
  size_t matches, room;
  match *match;
  match *chain; /* as many */
  size_t chain_room;
} matching;

/* ------------------------------------------------------------------------------------------------------- passings */

static bool last_call(const service_trip *t, uint32_t call) {
  return call + 1 == t->calls;
}

static int32_t time_of(const service_build *b, const service_trip *t, uint32_t call, bool leave) {
  const service_call *c = &b->call[t->first + call];
  int32_t begin_s = b->run[t->run].headway_s > 0 ? b->run[t->run].begin_s : 0;
  return begin_s + (leave ? c->depart_s : c->arrive_s);
}

static int by_time(const void *a, const void *b) {
  const passing *x = a, *y = b;
  if (x->at_s != y->at_s) return x->at_s < y->at_s ? -1 : 1;
  if (x->trip != y->trip) return x->trip < y->trip ? -1 : 1;
  return x->call < y->call ? -1 : x->call > y->call;
}

static bool passes(const matching *m, const service_trip *t, uint32_t call, bool leave) {
  uint32_t stop = m->b->call[t->first + call].stop;
  return m->first_pair[stop] < m->first_pair[stop + 1] && !(leave ? last_call(t, call) : call == 0);
}

static sund_code gather_passings(matching *m, size_t trips, bool leave, passings *out) {
  const service_build *b = m->b;
  out->first = sund_alloc(b->ctx, b->stops + 2, sizeof *out->first);
  if (!out->first) return SUND_LIMIT;
  size_t *next = out->first + 1, count = 0;
  for (size_t t = 0; t < trips; t++)
    for (uint32_t k = 0; k < b->trip[t].calls && !b->trip[t].gone; k++)
      if (passes(m, &b->trip[t], k, leave)) next[b->call[b->trip[t].first + k].stop + 1]++, count++;
  if (!(out->item = sund_alloc(b->ctx, count, sizeof *out->item))) return SUND_LIMIT;
  for (size_t s = 0; s < b->stops; s++) next[s + 1] += next[s];
  for (size_t t = 0; t < trips; t++)
    for (uint32_t k = 0; k < b->trip[t].calls && !b->trip[t].gone; k++)
      if (passes(m, &b->trip[t], k, leave))
        out->item[next[b->call[b->trip[t].first + k].stop]++] =
            (passing){time_of(b, &b->trip[t], k, leave), (uint32_t)t, k};
  for (size_t s = 0; s < b->stops; s++)
    if (out->first[s + 1] > out->first[s] + 1)
      qsort(out->item + out->first[s], out->first[s + 1] - out->first[s], sizeof *out->item, by_time);
  return SUND_OK;
}

/* -------------------------------------------------------------------------------------------------------- matches */

/* Vehicles that may be told as different types by two feeds. */
static int kind_of(int type) {
  switch (type) {
    case FEED_BUS:
    case FEED_TROLLEYBUS:
      return FEED_BUS;
    case FEED_FERRY:
    case FEED_AERIAL:
    case FEED_AIR:
      return type;
    default:
      return FEED_RAIL;
  }
}

int service_kind(const service_build *b, const service_trip *t) {
  const service_run *run = &b->run[t->run];
  return kind_of(service_feed(b, run)->route[service_trip_of(b, run)->route].type);
}

/* Can they be one at all: of one kind, and of one headway if any? */
static bool alike(const matching *m, const service_trip *a, const service_trip *b) {
  const service_run *p = &m->b->run[a->run], *q = &m->b->run[b->run];
  if (p->headway_s != q->headway_s || service_kind(m->b, a) != service_kind(m->b, b)) return false;
  return p->headway_s == 0 || abs(p->end_s - q->end_s) <= SERVICE_SAME_S;
}

static sund_code add_match(matching *m, match new) {
  match *grown = sund_grow(m->b->ctx, m->match, &m->room, m->matches + 1, sizeof *grown);
  if (!grown) return SUND_LIMIT;
  m->match = grown;
  m->match[m->matches++] = new;
  return SUND_OK;
}

/* Passings near a stop within a minute of a time. */
static sund_code look_near(matching *m, const passings *list, const service_trip *t, uint32_t call, int32_t at_s) {
  const service_build *b = m->b;
  uint32_t stop = b->call[t->first + call].stop;
  for (size_t p = m->first_pair[stop]; p < m->first_pair[stop + 1]; p++) {
    size_t low = list->first[b->pair[p].to], end = list->first[b->pair[p].to + 1], high = end;
    while (low < high) {
      size_t middle = (low + high) / 2;
      if (list->item[middle].at_s < at_s - SERVICE_SAME_S) low = middle + 1;
      else high = middle;
    }
    for (; low < end && list->item[low].at_s <= at_s + SERVICE_SAME_S; low++) {
      const passing *other = &list->item[low];
      if (m->taken_by[other->trip] == 1 + b->run[t->run].feed || !alike(m, t, &b->trip[other->trip])) continue;
      TRY(add_match(m, (match){other->trip, call, other->call, abs(other->at_s - at_s)}));
    }
  }
  return SUND_OK;
}

static int by_trip_and_calls(const void *a, const void *b) {
  const match *x = a, *y = b;
  if (x->trip != y->trip) return x->trip < y->trip ? -1 : 1;
  if (x->mine != y->mine) return x->mine < y->mine ? -1 : 1;
  if (x->other != y->other) return x->other < y->other ? -1 : 1;
  return x->apart_s < y->apart_s ? -1 : x->apart_s > y->apart_s;
}

/* The longest row of matches that rises on both sides; they stand in order of `mine`. Returns its length; chain: the
 * row, apart_s: its sum. (Longest increasing subsequence, by looking back: trips have tens of calls.) */
static sund_code longest_chain(matching *m, size_t count, const match *list, size_t *length, int64_t *apart_s) {
  sund_ctx *scratch = sund_ctx_child(m->b->ctx);
  if (!scratch) return SUND_LIMIT;
  size_t *best = sund_alloc(scratch, count, sizeof *best), *before = sund_alloc(scratch, count, sizeof *before);
  int64_t *sum = sund_alloc(scratch, count, sizeof *sum);
  match *chain = sund_grow(m->b->ctx, m->chain, &m->chain_room, count, sizeof *chain);
  if (!best || !before || !sum || !chain) {
    sund_ctx_pass(m->b->ctx, scratch);
    sund_ctx_free(scratch);
    return SUND_LIMIT;
  }
  size_t end = 0;
  for (size_t i = 0; i < count; i++) {
    best[i] = 1, before[i] = SIZE_MAX, sum[i] = list[i].apart_s;
    for (size_t k = 0; k < i; k++) {
      if (list[k].mine >= list[i].mine || list[k].other >= list[i].other) continue;
      int64_t through = sum[k] + list[i].apart_s;
      if (best[k] + 1 < best[i] || (best[k] + 1 == best[i] && through >= sum[i])) continue;
      best[i] = best[k] + 1, before[i] = k, sum[i] = through;
    }
    if (best[i] > best[end] || (best[i] == best[end] && sum[i] < sum[end])) end = i;
  }
  *length = best[end], *apart_s = sum[end];
  for (size_t k = best[end], i = end; k-- > 0; i = before[i]) chain[k] = list[i];
  m->chain = chain;
  sund_ctx_free(scratch);
  return SUND_OK;
}

/* Do they part on both ways, before the first call they share or behind the last? */
static bool parts(const matching *m, const service_trip *t, size_t length) {
  const match *first = &m->chain[0], *last = &m->chain[length - 1];
  const service_trip *other = &m->b->trip[first->trip];
  return (first->mine > 0 && first->other > 0) || (!last_call(t, last->mine) && !last_call(other, last->other));
}

/* The trip that is the same as t, by most calls, then by the nearest times; chain in m->chain. */
static sund_code find_same(matching *m, const service_trip *t, size_t *length) {
  int64_t nearest_s = 0, apart_s;
  const match *best = NULL;
  size_t n, best_count = 0;
  *length = 0;
  qsort(m->match, m->matches, sizeof *m->match, by_trip_and_calls);
  for (size_t begin = 0, end; begin < m->matches; begin = end) {
    for (end = begin; end < m->matches && m->match[end].trip == m->match[begin].trip;) end++;
    if (end - begin < 2) continue;
    TRY(longest_chain(m, end - begin, m->match + begin, &n, &apart_s));
    if (n < 2 || parts(m, t, n) || n < *length || (n == *length && apart_s >= nearest_s)) continue;
    *length = n, nearest_s = apart_s;
    best = m->match + begin, best_count = end - begin;
  }
  return best ? longest_chain(m, best_count, best, &n, &apart_s) : SUND_OK;
}

static int by_from_and_to(const void *a, const void *b) {
  const service_pair *p = a, *q = b;
  if (p->from != q->from) return p->from < q->from ? -1 : 1;
  return p->to < q->to ? -1 : p->to > q->to;
}

void service_share(service_build *b, uint32_t one, uint32_t other) {
  for (int turn = 0; turn < 2; turn++) {
    const service_pair key = {.from = turn ? other : one, .to = turn ? one : other};
    service_pair *pair = b->pairs ? bsearch(&key, b->pair, b->pairs, sizeof key, by_from_and_to) : NULL;
    if (pair) pair->shared = true;
  }
}

/* Looks for the same trip in the feeds before; joined: it was found. */
static sund_code match_trip(matching *m, uint32_t number, uint32_t *with, bool *joined) {
  service_build *b = m->b;
  const service_trip *t = &b->trip[number];
  size_t length;
  m->matches = 0;
  for (uint32_t k = 0; k < t->calls; k++) {
    if (passes(m, t, k, true)) TRY(look_near(m, &m->leave, t, k, time_of(b, t, k, true)));
    if (passes(m, t, k, false)) TRY(look_near(m, &m->arrive, t, k, time_of(b, t, k, false)));
  }
  *joined = false;
  if (m->matches < 2) return SUND_OK;
  TRY(find_same(m, t, &length));
  if (length < 2) return SUND_OK;
  *with = m->chain[0].trip;
  *joined = true;
  m->taken_by[*with] = 1 + b->run[t->run].feed;
  for (size_t k = 0; k < length; k++)
    service_share(b, b->call[t->first + m->chain[k].mine].stop,
                  b->call[b->trip[*with].first + m->chain[k].other].stop);
  const match *first = &m->chain[0], *last = &m->chain[length - 1];
  return service_unite(b, *with, number, (service_span){first->other, last->other, first->mine, last->mine});
}

static sund_code merge_feed(matching *m, uint32_t number, size_t begin, size_t end) {
  service_build *b = m->b;
  size_t joined = 0;
  uint32_t first = 0, first_with = 0;
  TRY(gather_passings(m, begin, true, &m->leave));
  TRY(gather_passings(m, begin, false, &m->arrive));
  for (size_t t = begin; t < end; t++) {
    uint32_t with = 0;
    bool same;
    TRY(match_trip(m, (uint32_t)t, &with, &same));
    if (same && joined++ == 0) first = (uint32_t)t, first_with = with;
  }
  if (joined == 0) return SUND_OK;
  const service_run *one = &b->run[b->trip[first].run], *other = &b->run[b->trip[first_with].run];
  return service_tell(b, "note", b->feeds->feed[number].name,
                      "%zu trips of the day are in other timetables too and were joined with them, the first is %s, "
                      "which is %s in %s",
                      joined, service_trip_of(b, one)->id, service_trip_of(b, other)->id,
                      service_feed(b, other)->name);
}

sund_code service_merge(service_build *b) {
  matching m = {.b = b};
  if (b->feeds->count < 2) return SUND_OK;
  TRY(service_near(b, FEED_SAME_PLACE_M));
  m.taken_by = sund_alloc(b->ctx, b->trips, sizeof *m.taken_by);
  m.first_pair = sund_alloc(b->ctx, b->stops + 1, sizeof *m.first_pair);
  if (!m.taken_by || !m.first_pair) return SUND_LIMIT;
  for (size_t p = 0; p < b->pairs; p++) m.first_pair[b->pair[p].from + 1]++;
  for (size_t s = 0; s < b->stops; s++) m.first_pair[s + 1] += m.first_pair[s];
  size_t begin = 0, end;
  for (uint32_t i = 0; i < b->feeds->count; i++, begin = end) {
    for (end = begin; end < b->trips && b->run[b->trip[end].run].feed == i;) end++;
    if (begin > 0 && end > begin) TRY(merge_feed(&m, i, begin, end));
  }
  return service_halves(b);
}

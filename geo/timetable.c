/* timetable.c - trips in patterns in which none overtakes another.
 *
 *   1. Trips are put in order: by the stops they call at and what one may do there, then by their times.
 *   2. Those of one row of calls are dealt out, in that order, each to the first pattern whose last trip it comes nowhere
 *      before: as few patterns as this simple rule finds. A trip that overtakes begins a pattern of its own, so that
 *      within a pattern the next trip to leave is the first to arrive, wherever one gets on and off.
 *   3. Trips known by their headway become lines of their own. Windows of a route on the same calls that follow each
 *      other are one service; services are numbered by their calls, not by their place in the feed, so that taking one
 *      out leaves the waits for the others as they are; or as the caller numbers them.
 *   4. Links: timetable_links.c.
 */
#include "geo/timetable.h"

#include <stdlib.h>
#include <string.h>

typedef struct key {
  const sund_trips *trips;
  size_t trip;
  uint64_t calls; /* digest of the stops and what one may do there */
} key;

typedef struct builder {
  sund_ctx *ctx, *scratch;
  const sund_trips *trips;
  sund_timetable *t;
  key *key; /* keys: stated trips first, then those by headway */
  size_t keys, stated;
  uint32_t *chain; /* keys: number of the pattern */
  size_t calls, events;
} builder;

static inline size_t length_of(const sund_trips *t, size_t trip) {
  return t->first[trip + 1] - t->first[trip];
}
static inline bool by_headway(const sund_trips *t, size_t trip) {
  return t->headway_s && t->headway_s[trip] > 0;
}

/* -------------------------------------------------------------------------------------------------------- check */

static sund_code check_trip(sund_ctx *ctx, const sund_trips *t, size_t stops, size_t trip) {
  for (size_t e = t->first[trip]; e < t->first[trip + 1]; e++) {
    if (t->stop[e] >= stops) return sund_fail(ctx, SUND_DEFECT, "trip %zu calls at a stop that is not there", trip);
    if (t->arrive_s[e] < -TIMETABLE_MOST_S || t->depart_s[e] > TIMETABLE_MOST_S)
      return sund_fail(ctx, SUND_DATA, "trip %zu runs more than %d days away", trip, TIMETABLE_MOST_S / 86400);
    if ((e + 1 < t->first[trip + 1] && t->arrive_s[e + 1] < t->depart_s[e]) ||
        (e > t->first[trip] && t->depart_s[e] < t->arrive_s[e]))
      return sund_fail(ctx, SUND_DATA, "trip %zu runs backwards in time", trip);
  }
  if (by_headway(t, trip) && (t->headway_s[trip] > TIMETABLE_MOST_S || t->begin_s[trip] < -TIMETABLE_MOST_S ||
                              t->end_s[trip] > TIMETABLE_MOST_S))
    return sund_fail(ctx, SUND_DATA, "the headway of trip %zu holds for more than %d days", trip,
                     TIMETABLE_MOST_S / 86400);
  return SUND_OK;
}

/* ------------------------------------------------------------------------------------------------------- sorting */

/* FNV-1a (Fowler, Noll, Vo) over stops and use. */
static uint64_t digest(const sund_trips *t, size_t trip) {
  uint64_t h = 0xcbf29ce484222325u;
  for (size_t e = t->first[trip]; e < t->first[trip + 1]; e++)
    h = (h ^ ((uint64_t)t->stop[e] << 2 | (t->use ? t->use[e] & 3u : 3u))) * 0x100000001b3u;
  return h;
}

static int by_calls(const key *a, const key *b) {
  const sund_trips *t = a->trips;
  const size_t n = length_of(t, a->trip), m = length_of(t, b->trip);
  if (a->calls != b->calls) return a->calls < b->calls ? -1 : 1;
  if (n != m) return n < m ? -1 : 1;
  const size_t i = t->first[a->trip], j = t->first[b->trip];
  const int stops = memcmp(t->stop + i, t->stop + j, n * sizeof *t->stop);
  if (stops != 0 || !t->use) return stops;
  return memcmp(t->use + i, t->use + j, n);
}

/* Compares times at the calls where they matter: one leaves all but the last and arrives at all but the first. */
static int by_times(const sund_trips *t, size_t a, size_t b) {
  const size_t n = length_of(t, a), i = t->first[a], j = t->first[b];
  for (size_t k = 0; k < n; k++) {
    if (k > 0 && t->arrive_s[i + k] != t->arrive_s[j + k]) return t->arrive_s[i + k] < t->arrive_s[j + k] ? -1 : 1;
    if (k + 1 < n && t->depart_s[i + k] != t->depart_s[j + k])
      return t->depart_s[i + k] < t->depart_s[j + k] ? -1 : 1;
  }
  return 0;
}

static int in_order(const void *left, const void *right) {
  const key *a = left, *b = right;
  const sund_trips *t = a->trips;
  const bool a_line = by_headway(t, a->trip), b_line = by_headway(t, b->trip);
  if (a_line != b_line) return a_line ? 1 : -1;
  int order = by_calls(a, b);
  if (order == 0 && a_line) {
    order = (t->route[a->trip] > t->route[b->trip]) - (t->route[a->trip] < t->route[b->trip]);
    if (order == 0) order = (t->begin_s[a->trip] > t->begin_s[b->trip]) - (t->begin_s[a->trip] < t->begin_s[b->trip]);
  } else if (order == 0) {
    order = by_times(t, a->trip, b->trip);
  }
  return order != 0 ? order : (a->trip > b->trip) - (a->trip < b->trip);
}

static sund_code sort(builder *b) {
  b->key = sund_alloc(b->scratch, b->trips->trips, sizeof *b->key);
  if (!b->key) return SUND_LIMIT;
  for (size_t i = 0; i < b->trips->trips; i++) {
    TRY(check_trip(b->ctx, b->trips, b->t->stops, i));
    if (length_of(b->trips, i) < 2) continue;
    b->key[b->keys++] = (key){b->trips, i, digest(b->trips, i)};
    b->stated += !by_headway(b->trips, i);
    b->events += length_of(b->trips, i);
  }
  if (b->events >= UINT32_MAX) return sund_fail(b->ctx, SUND_LIMIT, "more stop times than can be counted");
  qsort(b->key, b->keys, sizeof *b->key, in_order);
  return SUND_OK;
}

/* ------------------------------------------------------------------------------------------------------- patterns */

/* Is `next` nowhere before `last`? */
static bool comes_after(const sund_trips *t, size_t last, size_t next) {
  const size_t n = length_of(t, last), i = t->first[last], j = t->first[next];
  for (size_t k = 0; k + 1 < n; k++)
    if (t->depart_s[j + k] < t->depart_s[i + k] || t->arrive_s[j + k + 1] < t->arrive_s[i + k + 1]) return false;
  return true;
}

/* Deals the keys begin .. end-1, of one row of calls, out to patterns from number `first` on; returns how many. */
static uint32_t deal(builder *b, size_t begin, size_t end, uint32_t first, size_t *last) {
  uint32_t count = 0;
  for (size_t k = begin; k < end; k++) {
    uint32_t c = 0;
    while (c < count && !comes_after(b->trips, b->key[last[c]].trip, b->key[k].trip)) c++;
    count += c == count;
    last[c] = k;
    b->chain[k] = first + c;
  }
  return count;
}

static sund_code find_patterns(builder *b) {
  sund_timetable *t = b->t;
  b->chain = sund_alloc(b->scratch, b->keys, sizeof *b->chain);
  size_t *last = sund_alloc(b->scratch, b->keys, sizeof *last), end;
  if (!b->chain || !last) return SUND_LIMIT;
  for (size_t begin = 0; begin < b->stated; begin = end) {
    for (end = begin + 1; end < b->stated && by_calls(&b->key[begin], &b->key[end]) == 0;) end++;
    const uint32_t made = deal(b, begin, end, (uint32_t)t->patterns, last);
    t->patterns += made;
    t->facts.overtaking += made - 1;
  }
  t->lines = b->keys - b->stated;
  for (size_t k = b->stated; k < b->keys; k++) b->chain[k] = (uint32_t)(t->patterns + k - b->stated);
  return SUND_OK;
}

/* Sizes of the patterns: calls and trips, then where they begin. */
static sund_code size_patterns(builder *b) {
  sund_timetable *t = b->t;
  const size_t all = t->patterns + t->lines;
  t->pattern = sund_alloc(b->ctx, all, sizeof *t->pattern);
  if (!t->pattern) return SUND_LIMIT;
  for (size_t k = 0; k < b->keys; k++) {
    timetable_pattern *p = &t->pattern[b->chain[k]];
    p->calls = (uint32_t)length_of(b->trips, b->key[k].trip);
    p->trips++;
  }
  uint32_t rows = 0;
  size_t event = 0;
  for (size_t i = 0; i < all; i++) {
    timetable_pattern *p = &t->pattern[i];
    p->first_call = (uint32_t)b->calls;
    p->first_trip = rows;
    p->event = event;
    b->calls += p->calls;
    rows += p->trips;
    event += (size_t)p->calls * p->trips;
    p->trips = 0; /* counted again while they are filled in */
  }
  t->stop = sund_alloc(b->ctx, b->calls, sizeof *t->stop);
  t->use = sund_alloc(b->ctx, b->calls, sizeof *t->use);
  t->trip = sund_alloc(b->ctx, b->keys, sizeof *t->trip);
  t->arrive = sund_alloc(b->ctx, event, sizeof *t->arrive);
  t->depart = sund_alloc(b->ctx, event, sizeof *t->depart);
  t->line = sund_alloc(b->ctx, t->lines, sizeof *t->line);
  return t->stop && t->use && t->trip && t->arrive && t->depart && t->line ? SUND_OK : SUND_LIMIT;
}

/* Keys are in order of time within each pattern. Departures are turned round afterwards: see turn_departures. */
static void fill_trip(builder *b, size_t k) {
  sund_timetable *t = b->t;
  const sund_trips *from = b->trips;
  timetable_pattern *p = &t->pattern[b->chain[k]];
  const size_t trip = b->key[k].trip, first = from->first[trip], row = p->trips++;
  const int32_t zero = by_headway(from, trip) ? from->depart_s[first] : 0;
  t->trip[p->first_trip + row] = (uint32_t)trip;
  for (uint32_t c = 0; c < p->calls; c++) {
    t->stop[p->first_call + c] = from->stop[first + c];
    t->use[p->first_call + c] = from->use ? from->use[first + c] & 3 : 3;
    t->arrive[p->event + row * p->calls + c] = from->arrive_s[first + c] - zero;
    t->depart[p->event + row * p->calls + c] = from->depart_s[first + c] - zero;
  }
}

/* Departures call by call, for the search of the next trip. */
static sund_code turn_departures(builder *b) {
  size_t most = 0;
  for (size_t i = 0; i < b->t->patterns; i++) {
    const size_t n = (size_t)b->t->pattern[i].calls * b->t->pattern[i].trips;
    if (n > most) most = n;
  }
  int32_t *kept = sund_alloc(b->scratch, most, sizeof *kept);
  if (!kept) return SUND_LIMIT;
  for (size_t i = 0; i < b->t->patterns; i++) {
    const timetable_pattern *p = &b->t->pattern[i];
    int32_t *depart = b->t->depart + p->event;
    memcpy(kept, depart, (size_t)p->calls * p->trips * sizeof *kept);
    for (size_t row = 0; row < p->trips; row++)
      for (size_t c = 0; c < p->calls; c++) depart[c * p->trips + row] = kept[row * p->calls + c];
  }
  return SUND_OK;
}

/* ---------------------------------------------------------------------------------------------------------- lines */

/* May line `i` go on with a service of its row of calls, whose lines begin at `group`? Only with one of its own route
 * whose windows have all ended. */
static bool goes_on(const builder *b, size_t group, size_t i, uint32_t service) {
  const key *lines = b->key + b->stated;
  const timetable_line *line = b->t->line;
  for (size_t j = group; j < i; j++)
    if (line[j].service == service &&
        (b->trips->route[lines[j].trip] != b->trips->route[lines[i].trip] || line[j].end_s > line[i].begin_s))
      return false;
  return true;
}

/* Lines of one row of calls are neighbours, by route, then begin. */
static void number_lines(builder *b) {
  const key *lines = b->key + b->stated;
  timetable_line *line = b->t->line;
  uint32_t services = 0;
  for (size_t i = 0, group = 0; i < b->t->lines; i++) {
    const size_t trip = lines[i].trip;
    if (by_calls(&lines[group], &lines[i]) != 0) group = i;
    if (group == i) services = 0;
    line[i] = (timetable_line){b->trips->headway_s[trip], b->trips->begin_s[trip], b->trips->end_s[trip], 0};
    while (line[i].service < services && !goes_on(b, group, i, line[i].service)) line[i].service++;
    services += line[i].service == services;
  }
  const uint32_t *own = b->trips->service;
  for (size_t i = 0; i < b->t->lines; i++) {
    if (own && own[lines[i].trip] != UINT32_MAX) line[i].service = own[lines[i].trip];
    else line[i].service += (uint32_t)(lines[i].calls >> 33);
  }
}

/* ------------------------------------------------------------------------------------------------------- by stop */

static sund_code list_stops(builder *b) {
  sund_timetable *t = b->t;
  t->first_at = sund_alloc(b->ctx, t->stops + 1, sizeof *t->first_at);
  t->at = sund_alloc(b->ctx, b->calls, sizeof *t->at);
  uint32_t *next = sund_alloc(b->scratch, t->stops + 1, sizeof *next);
  if (!t->first_at || !t->at || !next) return SUND_LIMIT;
  for (int fill = 0; fill < 2; fill++)
    for (uint32_t i = 0; i < t->patterns + t->lines; i++) {
      const timetable_pattern *p = &t->pattern[i];
      for (uint32_t c = 0; c + 1 < p->calls; c++) {
        if (!(t->use[p->first_call + c] & 1)) continue;
        const uint32_t stop = t->stop[p->first_call + c];
        if (!fill) t->first_at[stop + 1]++;
        else t->at[t->first_at[stop] + next[stop]++] = (timetable_at){i, c};
      }
      if (!fill && i + 1 == t->patterns + t->lines)
        for (size_t s = 0; s < t->stops; s++) t->first_at[s + 1] += t->first_at[s];
    }
  return SUND_OK;
}

static sund_code build(builder *b, const sund_links *links) {
  sund_timetable *t = b->t;
  TRY(sort(b));
  TRY(find_patterns(b));
  TRY(size_patterns(b));
  for (size_t k = 0; k < b->keys; k++) fill_trip(b, k);
  TRY(turn_departures(b));
  number_lines(b);
  TRY(list_stops(b));
  TRY(timetable_links(b->ctx, t, links));
  t->facts.stops = t->stops;
  t->facts.patterns = t->patterns;
  t->facts.trips = b->stated;
  t->facts.headways = t->lines;
  t->facts.events = b->events;
  return SUND_OK;
}

sund_code sund_timetable_build(sund_ctx *ctx, size_t stops, const sund_trips *trips, const sund_links *links,
                               sund_timetable **out) {
  if (stops >= UINT32_MAX || trips->trips >= UINT32_MAX)
    return sund_fail(ctx, SUND_LIMIT, "more stops or trips than can be counted");
  sund_timetable *t = sund_alloc(ctx, 1, sizeof *t);
  sund_ctx *scratch = t ? sund_ctx_child(ctx) : NULL;
  if (!scratch) return SUND_LIMIT;
  t->stops = stops;
  builder b = {.ctx = ctx, .scratch = scratch, .trips = trips, .t = t};
  const sund_code code = build(&b, links);
  if (code != SUND_OK) sund_ctx_pass(ctx, scratch);
  sund_ctx_free(scratch);
  if (code == SUND_OK) *out = t;
  return code;
}

void sund_timetable_told(const sund_timetable *timetable, sund_timetable_facts *out) {
  *out = timetable->facts;
}

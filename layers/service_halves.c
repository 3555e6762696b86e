/* service_halves.c - trains of which two feeds know a half each, up to and from the stop where they meet: one train, in
 * which one stays seated.
 *
 * That a train of one feed ends where one of another begins is no proof: at any large station some do. So something must
 * say that they are one (rising):
 *   ends    both timetables' railways end there: no train of either goes through or on from there, both ways; the rows
 *           of transfers.txt ask for no time to change; platforms, where both are named, are one
 *   line    the two have the same short or long name of their route
 *   towards the first's headsign names a stop the second calls at
 *   number  both have the same train number (trip_short_name)
 * and nothing may speak against it: two different train numbers, a headsign that names the stop where the first ends, a
 * second train that goes back. By number or headsign the stay is at most ten minutes, else five; the second never leaves
 * before the first is there. A pair is joined only when neither of the two has another such partner that is as good (for
 * `ends`: any other at all). What is not joined is a change like any other.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "service_merge.h"

enum { LONG_STAY_S = 600, SHORT_STAY_S = 300, BETWEEN_STOPS = 2, NO_CHANGE = 3 };

typedef enum reason { NOTHING, ENDS, LINE, TOWARDS, NUMBER } reason;

/* A train that could go on as another. */
typedef struct meeting {
  uint32_t from, to;
  int32_t stay_s;
  double metres;
  reason reason;
  bool rival; /* another pair is as good */
} meeting;

/* Trips by the stop they begin or end at. */
typedef struct trips_at {
  size_t *first; /* stops + 1 */
  uint32_t *trip;
} trips_at;

typedef struct halving {
  service_build *b;
  trips_at begin, end;
  uint8_t *through; /* stops: a train goes through */
  size_t count, room;
  meeting *item;
} halving;

static const service_call *first_call(const service_build *b, uint32_t trip) {
  return &b->call[b->trip[trip].first];
}

static const service_call *last_call(const service_build *b, uint32_t trip) {
  return &b->call[b->trip[trip].first + b->trip[trip].calls - 1];
}

static const feed_trip *trip_at(const service_build *b, const service_call *call) {
  return service_trip_of(b, &b->run[call->run]);
}

static const feed_route *route_at(const service_build *b, const service_call *call) {
  return &service_feed(b, &b->run[call->run])->route[trip_at(b, call)->route];
}

static const feed *feed_at(const service_build *b, const service_call *call) {
  return service_feed(b, &b->run[call->run]);
}

/* The stop of a call in its own feed. */
static uint32_t own_stop(const service_build *b, const service_call *call) {
  return (uint32_t)(call->stop - b->first_stop[b->run[call->run].feed]);
}

static bool is_train(const service_build *b, uint32_t trip) {
  const service_trip *t = &b->trip[trip];
  return !t->gone && b->run[t->run].headway_s == 0 && route_at(b, first_call(b, trip))->type == FEED_RAIL &&
         route_at(b, last_call(b, trip))->type == FEED_RAIL;
}

/* ---------------------------------------------------------------------------------------------------------- lists */

static sund_code gather(service_build *b, bool ends, trips_at *out) {
  out->first = sund_alloc(b->ctx, b->stops + 2, sizeof *out->first);
  out->trip = sund_alloc(b->ctx, b->trips, sizeof *out->trip);
  if (!out->first || !out->trip) return SUND_LIMIT;
  size_t *next = out->first + 1;
  for (uint32_t t = 0; t < b->trips; t++)
    if (is_train(b, t)) next[(ends ? last_call(b, t) : first_call(b, t))->stop + 1]++;
  for (size_t s = 0; s < b->stops; s++) next[s + 1] += next[s];
  for (uint32_t t = 0; t < b->trips; t++)
    if (is_train(b, t)) out->trip[next[(ends ? last_call(b, t) : first_call(b, t))->stop]++] = t;
  return SUND_OK;
}

static sund_code note_through(halving *h) {
  const service_build *b = h->b;
  if (!(h->through = sund_alloc(b->ctx, b->stops, 1))) return SUND_LIMIT;
  for (uint32_t t = 0; t < b->trips; t++) {
    const service_trip *trip = &b->trip[t];
    if (trip->gone || route_at(b, first_call(b, t))->type != FEED_RAIL) continue;
    for (uint32_t k = 1; k + 1 < trip->calls; k++) h->through[b->call[trip->first + k].stop] = 1;
  }
  return SUND_OK;
}

/* The first pair of stops from `stop` on, or where it would be. */
static size_t first_pair(const service_build *b, uint32_t stop) {
  size_t low = 0, high = b->pairs;
  while (low < high) {
    size_t middle = (low + high) / 2;
    if (b->pair[middle].from < stop) low = middle + 1;
    else high = middle;
  }
  return low;
}

/* Is one of two stops of all feeds the other, or near it? */
static bool near(const service_build *b, uint32_t from, uint32_t to) {
  if (from == to) return true;
  for (size_t p = first_pair(b, from); p < b->pairs && b->pair[p].from == from; p++)
    if (b->pair[p].to == to) return true;
  return false;
}

/* Does the second train go back to where the first came from? */
static bool goes_back(const service_build *b, uint32_t from, uint32_t to) {
  return near(b, last_call(b, from)[-1].stop, first_call(b, to)[1].stop);
}

/* -------------------------------------------------------------------------------------------------------- reasons */

static bool alike(const char *a, const char *b) {
  return *a && *b && sund_same_name(a, b);
}

static bool names_stop(const service_build *b, const char *text, const service_call *call) {
  const feed *f = feed_at(b, call);
  const feed_stop *stop = &f->stop[own_stop(b, call)];
  return alike(text, stop->name) || (stop->parent != FEED_NONE && alike(text, f->stop[stop->parent].name));
}

static bool goes_towards(const service_build *b, const char *headsign, uint32_t to) {
  for (uint32_t k = 1; k < b->trip[to].calls; k++)
    if (names_stop(b, headsign, first_call(b, to) + k)) return true;
  return false;
}

static bool same_place(const feed *f, uint32_t a, uint32_t b) {
  const feed_stop *p = &f->stop[a], *q = &f->stop[b];
  if (a == b || (p->parent != FEED_NONE && p->parent == q->parent)) return true;
  return hypot(p->x - q->x, p->y - q->y) <= FEED_SAME_PLACE_M;
}

/* Does a train of the feed that the call is of go through its place, or go on from there (come from elsewhere to there)
 * when the other train does? */
static bool knows_more(const halving *h, const service_call *call, const meeting *m, bool begins) {
  const service_build *b = h->b;
  const feed *f = feed_at(b, call);
  const size_t base = b->first_stop[b->run[call->run].feed];
  const trips_at *list = begins ? &h->begin : &h->end;
  const int32_t at_s = begins ? call->arrive_s : call->depart_s;
  const uint32_t here = own_stop(b, call);
  for (uint32_t s = 0; s < f->stops; s++) {
    const size_t lo = list->first[base + s], hi = list->first[base + s + 1];
    if ((!h->through[base + s] && lo == hi) || !same_place(f, here, s)) continue;
    if (h->through[base + s]) return true;
    for (size_t k = lo; k < hi; k++) {
      const uint32_t other = list->trip[k];
      const int32_t stay_s = begins ? first_call(b, other)->depart_s - at_s : at_s - last_call(b, other)->arrive_s;
      const bool back = begins ? goes_back(b, m->from, other) : goes_back(b, other, m->to);
      if (stay_s >= 0 && stay_s <= LONG_STAY_S && !back) return true;
    }
  }
  return false;
}

/* Does transfers.txt ask for time between two trains at a stop, or forbid to change? */
static bool change_is_stated(const feed *f, uint32_t stop) {
  const uint32_t station = f->stop[stop].parent;
  for (size_t k = 0; k < f->transfers; k++) {
    const feed_transfer *t = &f->transfer[k];
    const bool here = (t->from_stop == stop || (station != FEED_NONE && t->from_stop == station)) &&
                      (t->to_stop == stop || (station != FEED_NONE && t->to_stop == station));
    if (here && (t->type == BETWEEN_STOPS || t->type == NO_CHANGE)) return true;
  }
  return false;
}

static bool both_end(const halving *h, const meeting *m) {
  const service_build *b = h->b;
  const service_call *last = last_call(b, m->from), *first = first_call(b, m->to);
  const feed *f = feed_at(b, last), *g = feed_at(b, first);
  const uint32_t p = own_stop(b, last), q = own_stop(b, first);
  const char *one = f->stop[p].platform, *other = g->stop[q].platform;
  if (*one && *other && !alike(one, other)) return false;
  if (knows_more(h, last, m, true) || knows_more(h, first, m, false)) return false;
  return !change_is_stated(f, p) && !change_is_stated(g, q);
}

static reason judge(const halving *h, const meeting *m) {
  const service_build *b = h->b;
  const service_call *last = last_call(b, m->from), *first = first_call(b, m->to);
  const feed_trip *one = trip_at(b, last), *other = trip_at(b, first);
  const feed_route *line = route_at(b, last), *next = route_at(b, first);
  if (alike(one->number, other->number)) return NUMBER;
  if ((*one->number && *other->number) || names_stop(b, one->headsign, last)) return NOTHING;
  if (goes_towards(b, one->headsign, m->to)) return TOWARDS;
  if (m->stay_s > SHORT_STAY_S) return NOTHING;
  if (alike(line->short_name, next->short_name) || alike(line->long_name, next->long_name)) return LINE;
  return both_end(h, m) ? ENDS : NOTHING;
}

/* ------------------------------------------------------------------------------------------------------- meetings */

static sund_code meet_at(halving *h, uint32_t number, const service_pair *pair) {
  service_build *b = h->b;
  for (size_t k = h->begin.first[pair->to]; k < h->begin.first[pair->to + 1]; k++) {
    const uint32_t next = h->begin.trip[k];
    const int32_t stay_s = first_call(b, next)->depart_s - last_call(b, number)->arrive_s;
    if (next == number || stay_s < 0 || stay_s > LONG_STAY_S || goes_back(b, number, next)) continue;
    meeting *grown = sund_grow(b->ctx, h->item, &h->room, h->count + 1, sizeof *grown);
    if (!grown) return SUND_LIMIT;
    h->item = grown;
    meeting *m = &h->item[h->count++];
    *m = (meeting){.from = number, .to = next, .stay_s = stay_s, .metres = pair->metres};
    m->reason = judge(h, m);
  }
  return SUND_OK;
}

static int by_from(const void *a, const void *b) {
  const meeting *x = a, *y = b;
  if (x->from != y->from) return x->from < y->from ? -1 : 1;
  return x->to < y->to ? -1 : x->to > y->to;
}

static int by_to(const void *a, const void *b) {
  const meeting *x = a, *y = b;
  if (x->to != y->to) return x->to < y->to ? -1 : 1;
  return x->from < y->from ? -1 : x->from > y->from;
}

static int by_reason(const void *a, const void *b) {
  const meeting *x = a, *y = b;
  if (x->reason != y->reason) return x->reason > y->reason ? -1 : 1;
  if (x->stay_s != y->stay_s) return x->stay_s < y->stay_s ? -1 : 1;
  if (x->metres != y->metres) return x->metres < y->metres ? -1 : 1;
  return by_from(a, b);
}

/* Which pairs share a train with one that is as good. */
static void find_rivals(halving *h, bool to) {
  qsort(h->item, h->count, sizeof *h->item, to ? by_to : by_from);
  for (size_t begin = 0, end; begin < h->count; begin = end) {
    for (end = begin + 1; end < h->count; end++)
      if (to ? h->item[end].to != h->item[begin].to : h->item[end].from != h->item[begin].from) break;
    for (size_t i = begin; i < end; i++)
      for (size_t k = begin; k < end; k++)
        h->item[i].rival |= k != i && (h->item[k].reason >= h->item[i].reason || h->item[i].reason == ENDS);
  }
}

static const char *trip_name(const service_build *b, uint32_t trip) {
  return service_trip_of(b, &b->run[b->trip[trip].run])->id;
}

static const char *feed_name(const service_build *b, uint32_t trip) {
  return service_feed(b, &b->run[b->trip[trip].run])->name;
}

/* Joins what can be; went_on: trips that go on as another. */
static sund_code join(halving *h, uint8_t *went_on) {
  service_build *b = h->b;
  size_t joined = 0, of[NUMBER + 1] = {0}, first = 0;
  uint8_t *came = sund_alloc(b->ctx, b->trips, 1);
  if (!came) return SUND_LIMIT;
  qsort(h->item, h->count, sizeof *h->item, by_reason);
  for (size_t k = 0; k < h->count && h->item[k].reason > NOTHING; k++) {
    const meeting *m = &h->item[k];
    /* A train of three parts would have to be put together from behind: two is what happens. */
    if (m->rival || went_on[m->from] || came[m->from] || went_on[m->to] || came[m->to]) continue;
    went_on[m->from] = came[m->to] = 1;
    of[m->reason]++;
    if (joined++ == 0) first = k;
    TRY(service_append(b, m->from, m->to));
  }
  if (joined == 0) return SUND_OK;
  const meeting *m = &h->item[first];
  return service_tell(
      b, "note", feed_name(b, m->from),
      "%zu trains of the day go on as a train of another timetable and were joined with it (%zu by train "
      "number, %zu by headsign, %zu by the name of the line, %zu because both timetables end there), the "
      "first is %s, which goes on as %s in %s",
      joined, of[NUMBER], of[TOWARDS], of[LINE], of[ENDS], trip_name(b, m->from), trip_name(b, m->to),
      feed_name(b, m->to));
}

static sund_code tell_apart(const halving *h, const uint8_t *went_on) {
  service_build *b = h->b;
  const meeting *first = NULL;
  size_t apart = 0;
  qsort(h->item, h->count, sizeof *h->item, by_from);
  for (size_t k = 0; k < h->count; k++) {
    if (went_on[h->item[k].from] || (k > 0 && h->item[k].from == h->item[k - 1].from)) continue;
    if (apart++ == 0) first = &h->item[k];
  }
  if (apart == 0) return SUND_OK;
  return service_tell(
      b, "note", feed_name(b, first->from),
      "%zu trains of the day end where within ten minutes one of another timetable begins; nothing says "
      "that they are one, so one changes there; the first is %s, then %s in %s",
      apart, trip_name(b, first->from), trip_name(b, first->to), feed_name(b, first->to));
}

sund_code service_halves(service_build *b) {
  halving h = {.b = b};
  TRY(gather(b, false, &h.begin));
  TRY(gather(b, true, &h.end));
  TRY(note_through(&h));
  for (uint32_t t = 0; t < b->trips; t++) {
    if (!is_train(b, t)) continue;
    const uint32_t stop = last_call(b, t)->stop;
    for (size_t p = first_pair(b, stop); p < b->pairs && b->pair[p].from == stop; p++)
      TRY(meet_at(&h, t, &b->pair[p]));
  }
  if (h.count == 0) return SUND_OK;
  uint8_t *went_on = sund_alloc(b->ctx, b->trips, 1);
  if (!went_on) return SUND_LIMIT;
  find_rivals(&h, false);
  find_rivals(&h, true);
  TRY(join(&h, went_on));
  return tell_apart(&h, went_on);
}

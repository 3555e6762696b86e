/* service_readings.c - stops read several times, where changing depends on routes or trips: each of those named by a
 * rule has a reading of its own, so that a time between two readings says how long the change takes.
 */
#include <stdlib.h>

#include "service.h"

/* More readings than this of one stop would cost more than they tell: first trips, then routes are then not told
 * apart. */
enum { MOST_READINGS = 64 };

/* A route or trip some rule names at a stop. */
typedef struct name {
  uint32_t stop, token;
} name;

static int by_stop_and_token(const void *a, const void *b) {
  const name *x = a, *y = b;
  if (x->stop != y->stop) return x->stop < y->stop ? -1 : 1;
  return x->token < y->token ? -1 : x->token > y->token;
}

static size_t feed_of_stop(const service_build *b, uint32_t stop) {
  size_t i = 0;
  while (stop >= b->first_stop[i + 1]) i++;
  return i;
}

typedef struct names {
  size_t count, room;
  name *name;
  size_t *first; /* stops + 1 */
} names;

static sund_code add_name(service_build *b, names *all, uint32_t stop, uint32_t route, uint32_t trip) {
  if (route == FEED_NONE && trip == FEED_NONE) return SUND_OK;
  const feed *f = &b->feeds->feed[feed_of_stop(b, stop)];
  name *grown = sund_grow(b->ctx, all->name, &all->room, all->count + 1, sizeof *grown);
  if (!grown) return SUND_LIMIT;
  all->name = grown;
  uint32_t token = trip != FEED_NONE ? 1 + (uint32_t)f->routes + trip : 1 + route;
  all->name[all->count++] = (name){stop, token};
  return SUND_OK;
}

static sund_code gather_names(service_build *b, const service_rules *rules, names *all) {
  *all = (names){.first = sund_alloc(b->ctx, b->stops + 1, sizeof *all->first)};
  if (!all->first) return SUND_LIMIT;
  for (size_t k = 0; k < rules->count; k++) {
    const service_rule *rule = &rules->rule[k];
    TRY(add_name(b, all, rule->from, rule->from_route, rule->from_trip));
    TRY(add_name(b, all, rule->to, rule->to_route, rule->to_trip));
  }
  if (all->count > 0) qsort(all->name, all->count, sizeof *all->name, by_stop_and_token);
  size_t kept = 0;
  for (size_t k = 0; k < all->count; k++)
    if (k == 0 || by_stop_and_token(&all->name[k], &all->name[kept - 1]) != 0) all->name[kept++] = all->name[k];
  all->count = kept;
  for (size_t k = 0; k < kept; k++) all->first[all->name[k].stop + 1]++;
  for (size_t s = 0; s < b->stops; s++) all->first[s + 1] += all->first[s];
  return SUND_OK;
}

static bool is_named(const names *all, uint32_t stop, uint32_t token) {
  const name key = {stop, token};
  size_t count = all->first[stop + 1] - all->first[stop];
  return count > 0 && bsearch(&key, all->name + all->first[stop], count, sizeof key, by_stop_and_token);
}

/* The reading of a stop a call is of: the trip when it is named there, else its route, else the others. detail: 2
 * = trips and routes are told apart, 1 = routes, 0 = neither. */
static uint32_t token_of(const service_build *b, const names *all, const service_call *call, uint8_t detail) {
  const service_run *run = &b->run[call->run];
  const feed *f = service_feed(b, run);
  uint32_t trip = 1 + (uint32_t)f->routes + run->trip, route = 1 + f->trip[run->trip].route;
  if (detail > 1 && is_named(all, call->stop, trip)) return trip;
  return detail > 0 && is_named(all, call->stop, route) ? route : 0;
}

static size_t unique(name *list, size_t count) {
  size_t kept = 0;
  if (count > 0) qsort(list, count, sizeof *list, by_stop_and_token);
  for (size_t k = 0; k < count; k++)
    if (kept == 0 || by_stop_and_token(&list[k], &list[kept - 1]) != 0) list[kept++] = list[k];
  return kept;
}

/* Readings of the stops where something is named; detail is lowered where there would be too many. */
static sund_code read_named(service_build *b, const names *all, uint8_t *detail, size_t *count, name **out) {
  size_t calls = 0, most = 0;
  for (size_t k = 0; k < b->calls; k++) calls += all->first[b->call[k].stop] < all->first[b->call[k].stop + 1];
  name *list = sund_alloc(b->ctx, calls, sizeof *list);
  if (!list) return SUND_LIMIT;
  for (bool again = true; again;) {
    size_t n = 0;
    for (size_t k = 0; k < b->calls; k++) {
      const service_call *call = &b->call[k];
      if (all->first[call->stop] == all->first[call->stop + 1]) continue;
      list[n++] = (name){call->stop, token_of(b, all, call, detail[call->stop])};
    }
    *count = unique(list, n);
    again = false;
    for (size_t k = 0, same = 0; k < *count; k++) {
      same = k > 0 && list[k].stop == list[k - 1].stop ? same + 1 : 1;
      if (same != MOST_READINGS + 1) continue;
      detail[list[k].stop]--;
      again = true;
      most++;
    }
  }
  *out = list;
  if (most == 0) return SUND_OK;
  return service_tell(
      b, "warning", NULL,
      "transfers.txt: stops with more than %d different changes by trip or route: those are not told apart there",
      MOST_READINGS);
}

sund_code service_readings_make(service_build *b, const uint8_t *used, const service_rules *rules,
                                service_readings *out) {
  names all;
  name *list;
  size_t count = 0, at = 0;
  uint8_t *detail = sund_alloc(b->ctx, b->stops, 1);
  out->first = sund_alloc(b->ctx, b->stops + 1, sizeof *out->first);
  if (!detail || !out->first) return SUND_LIMIT;
  for (size_t s = 0; s < b->stops; s++) detail[s] = 2;
  TRY(gather_names(b, rules, &all));
  TRY(read_named(b, &all, detail, &count, &list));
  out->stop = sund_alloc(b->ctx, b->stops + count, sizeof *out->stop);
  out->token = sund_alloc(b->ctx, b->stops + count, sizeof *out->token);
  if (!out->stop || !out->token) return SUND_LIMIT;
  out->count = 0;
  for (uint32_t s = 0; s < b->stops; s++) {
    out->first[s] = out->count;
    size_t named = at;
    while (at < count && list[at].stop == s) out->stop[out->count] = s, out->token[out->count++] = list[at++].token;
    if (named == at && used[s]) out->stop[out->count] = s, out->token[out->count++] = 0;
  }
  out->first[b->stops] = out->count;
  for (size_t k = 0; k < b->calls; k++) {
    service_call *call = &b->call[k];
    size_t reading = out->first[call->stop];
    if (out->first[call->stop + 1] - reading > 1) {
      uint32_t token = token_of(b, &all, call, detail[call->stop]);
      while (out->token[reading] != token) reading++;
    }
    call->stop = (uint32_t)reading;
  }
  return SUND_OK;
}

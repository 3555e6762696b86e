/* service_rules.c - transfers.txt stop by stop: rules of stations become rules of their platforms, pathways and stops
 * that two feeds share become rules of the lowest rank.
 *
 * Rank (GTFS reference, transfers.txt): both trips; a trip and a route; one trip; both routes; one route; stops only.
 * Of equal ones the rule that names the platforms themselves goes before that of their station.
 */
#include <math.h>
#include <stdlib.h>

#include "service.h"

enum { PLAIN_RANK = 3, GET_OUT_AND_STAY = 4 };
/* Two poles of different feeds this near are one stop. */
static const double ONE_POLE_M = 25;

/* Platforms of stations: those called at that are the stop itself, or have it above them. */
typedef struct families {
  size_t *first; /* stops of the feed + 1 */
  uint32_t *member;
} families;

static uint32_t above(const feed *f, uint32_t stop, int levels) {
  for (; levels > 0 && stop != FEED_NONE; levels--) stop = f->stop[stop].parent;
  return stop;
}

static sund_code gather_families(service_build *b, const feed *f, const uint8_t *used, families *out) {
  out->first = sund_alloc(b->ctx, f->stops + 2, sizeof *out->first);
  out->member = sund_alloc(b->ctx, 3 * f->stops, sizeof *out->member);
  if (!out->first || !out->member) return SUND_LIMIT;
  size_t *next = out->first + 1;
  for (uint32_t s = 0; s < f->stops; s++)
    for (int level = 0; level < 3 && used[s]; level++)
      if (above(f, s, level) != FEED_NONE) next[above(f, s, level) + 1]++;
  for (size_t s = 0; s < f->stops; s++) next[s + 1] += next[s];
  for (uint32_t s = 0; s < f->stops; s++)
    for (int level = 0; level < 3 && used[s]; level++)
      if (above(f, s, level) != FEED_NONE) out->member[next[above(f, s, level)]++] = s;
  return SUND_OK;
}

sund_code service_rules_add(service_build *b, service_rules *rules, service_rule rule) {
  service_rule *grown = sund_grow(b->ctx, rules->rule, &rules->room, rules->count + 1, sizeof *grown);
  if (!grown) return SUND_LIMIT;
  rules->rule = grown;
  rules->rule[rules->count++] = rule;
  return SUND_OK;
}

static uint8_t rank_of(const feed_transfer *t, bool from_itself, bool to_itself) {
  int trips = (t->from_trip != FEED_NONE) + (t->to_trip != FEED_NONE);
  bool crossed = (t->from_trip != FEED_NONE && t->to_trip == FEED_NONE && t->to_route != FEED_NONE) ||
                 (t->to_trip != FEED_NONE && t->from_trip == FEED_NONE && t->from_route != FEED_NONE);
  int routes = (t->from_route != FEED_NONE) + (t->to_route != FEED_NONE);
  int named = trips == 2 ? 5 : crossed ? 4 : trips == 1 ? 3 : routes;
  return (uint8_t)(PLAIN_RANK * (named + 1) + from_itself + to_itself);
}

/* One row of transfers.txt, for every pair of platforms it speaks of. */
static sund_code expand(service_build *b, size_t feed_number, const families *all, const feed_transfer *t,
                        service_rules *out) {
  const feed *f = &b->feeds->feed[feed_number];
  const uint32_t base = (uint32_t)b->first_stop[feed_number];
  bool named =
      t->from_route != FEED_NONE || t->to_route != FEED_NONE || t->from_trip != FEED_NONE || t->to_trip != FEED_NONE;
  bool inside = t->from_stop == t->to_stop || f->stop[t->from_stop].parent == t->to_stop ||
                f->stop[t->to_stop].parent == t->from_stop;
  for (size_t i = all->first[t->from_stop]; i < all->first[t->from_stop + 1]; i++)
    for (size_t k = all->first[t->to_stop]; k < all->first[t->to_stop + 1]; k++) {
      uint32_t from = all->member[i], to = all->member[k];
      TRY(service_rules_add(b, out,
                            (service_rule){.from = base + from,
                                           .to = base + to,
                                           .from_route = t->from_route,
                                           .to_route = t->to_route,
                                           .from_trip = t->from_trip,
                                           .to_trip = t->to_trip,
                                           .rank = rank_of(t, from == t->from_stop, to == t->to_stop),
                                           .type = t->type,
                                           .change_only = named || inside || t->type == 1,
                                           .seconds = t->seconds}));
    }
  return SUND_OK;
}

static sund_code add_transfers(service_build *b, const uint8_t *used, service_rules *out) {
  for (size_t i = 0; i < b->feeds->count; i++) {
    const feed *f = &b->feeds->feed[i];
    families all;
    if (f->transfers == 0) continue;
    TRY(gather_families(b, f, used + b->first_stop[i], &all));
    for (size_t k = 0; k < f->transfers; k++)
      if (f->transfer[k].type < GET_OUT_AND_STAY) TRY(expand(b, i, &all, &f->transfer[k], out));
  }
  return SUND_OK;
}

/* Stops of two feeds that trips show to be one, or that stand at the same pole. */
static sund_code add_shared(service_build *b, const uint8_t *used, service_rules *out) {
  for (size_t k = 0; k < b->pairs; k++) {
    const service_pair *pair = &b->pair[k];
    if (!used[pair->from] || !used[pair->to] || !(pair->shared || pair->metres <= ONE_POLE_M)) continue;
    TRY(service_rules_add(b, out,
                          (service_rule){.from = pair->from,
                                         .to = pair->to,
                                         .from_route = FEED_NONE,
                                         .to_route = FEED_NONE,
                                         .from_trip = FEED_NONE,
                                         .to_trip = FEED_NONE,
                                         .type = 2,
                                         .seconds = (int32_t)ceil(pair->metres * 3.6 / FEED_WALK_KMH)}));
  }
  return SUND_OK;
}

/* Of equal rank the strictest first: no change at all, then the longest. */
static int by_pair_and_rank(const void *a, const void *b) {
  const service_rule *p = a, *q = b;
  if (p->from != q->from) return p->from < q->from ? -1 : 1;
  if (p->to != q->to) return p->to < q->to ? -1 : 1;
  if (p->rank != q->rank) return p->rank > q->rank ? -1 : 1;
  if ((p->type == 3) != (q->type == 3)) return p->type == 3 ? -1 : 1;
  if (p->seconds != q->seconds) return p->seconds > q->seconds ? -1 : 1;
  if (p->from_trip != q->from_trip) return p->from_trip < q->from_trip ? -1 : 1;
  if (p->to_trip != q->to_trip) return p->to_trip < q->to_trip ? -1 : 1;
  if (p->from_route != q->from_route) return p->from_route < q->from_route ? -1 : 1;
  if (p->to_route != q->to_route) return p->to_route < q->to_route ? -1 : 1;
  return p->type < q->type ? -1 : p->type > q->type;
}

sund_code service_rules_make(service_build *b, const uint8_t *used, service_rules *out) {
  *out = (service_rules){0};
  TRY(add_transfers(b, used, out));
  TRY(service_paths_add(b, used, out));
  TRY(add_shared(b, used, out));
  if (out->count > 0) qsort(out->rule, out->count, sizeof *out->rule, by_pair_and_rank);
  return SUND_OK;
}

/* catchment_transit_links.c - links between stops: those the timetable states, then walks.
 *
 * What the timetable states for a pair of stops holds for it, even where walking would be faster; a pair it forbids has no
 * link at all. Only stops where something calls are linked.
 */
#include <stdlib.h>
#include <string.h>

#include "catchment_transit.h"

enum { BOARDED = 1, ALIGHTED = 2 };

/* Pairs of stops that are settled, as one number each. */
static inline uint64_t pair_of(uint32_t from, uint32_t to) {
  return (uint64_t)from << 32 | to;
}

static int by_pair(const void *left, const void *right) {
  const uint64_t a = *(const uint64_t *)left, b = *(const uint64_t *)right;
  return (a > b) - (a < b);
}

static sund_code settled_pairs(sund_ctx *ctx, const sund_service *s, size_t *count, uint64_t **out) {
  *count = s->links.count + s->forbidden;
  uint64_t *pair = sund_alloc(ctx, *count, sizeof *pair);
  if (!pair) return SUND_LIMIT;
  for (size_t i = 0; i < s->links.count; i++) pair[i] = pair_of(s->links.from[i], s->links.to[i]);
  for (size_t i = 0; i < s->forbidden; i++) pair[s->links.count + i] = pair_of(s->no_from[i], s->no_to[i]);
  if (*count) qsort(pair, *count, sizeof *pair, by_pair);
  *out = pair;
  return SUND_OK;
}

typedef struct growing {
  sund_ctx *ctx;
  sund_links *links;
  size_t room;
  size_t settled; /* pairs that walks do not touch, in order */
  uint64_t *pair;
} growing;

static sund_code add(growing *g, uint32_t from, uint32_t to, int32_t seconds, uint8_t change_only) {
  sund_links *l = g->links;
  size_t room = g->room, need = l->count + 1;
  uint32_t *more_from = sund_grow(g->ctx, l->from, &room, need, sizeof *more_from);
  if (!more_from) return SUND_LIMIT;
  l->from = more_from;
  room = g->room;
  uint32_t *more_to = sund_grow(g->ctx, l->to, &room, need, sizeof *more_to);
  if (!more_to) return SUND_LIMIT;
  l->to = more_to;
  room = g->room;
  int32_t *more_seconds = sund_grow(g->ctx, l->seconds, &room, need, sizeof *more_seconds);
  if (!more_seconds) return SUND_LIMIT;
  l->seconds = more_seconds;
  room = g->room;
  uint8_t *more_only = sund_grow(g->ctx, l->change_only, &room, need, sizeof *more_only);
  if (!more_only) return SUND_LIMIT;
  l->change_only = more_only;
  g->room = room;
  l->from[l->count] = from;
  l->to[l->count] = to;
  l->seconds[l->count] = seconds;
  l->change_only[l->count++] = change_only;
  return SUND_OK;
}

/* Walks from a stop to all stops of a point. */
static sund_code walk_to(growing *g, const catchment_transit *t, uint32_t stop, uint32_t point, int32_t seconds) {
  for (size_t i = t->first_stop[point]; i < t->first_stop[point + 1]; i++) {
    const uint32_t to = t->at[i];
    const uint64_t this = pair_of(stop, to);
    if (to == stop || !(t->served[to] & BOARDED)) continue;
    if (g->settled && bsearch(&this, g->pair, g->settled, sizeof this, by_pair)) continue;
    TRY(add(g, stop, to, seconds, 1));
  }
  return SUND_OK;
}

/* Walks hold between two rides only: places and targets have walks of their own to and from every stop, and two walks in a
 * row would be longer than the longest one asked for. */
static sund_code add_walks(growing *g, const catchment_run *run, const catchment_transit *t) {
  const transit_walks *w = t->walks;
  for (uint32_t stop = 0; stop < t->stops; stop++) {
    if (!(t->served[stop] & ALIGHTED)) continue;
    const uint32_t here = t->point[stop];
    TRY(walk_to(g, t, stop, here, 0));
    for (size_t k = w->first_near[here]; k < w->first_near[here + 1]; k++)
      TRY(walk_to(g, t, stop, w->near[k], (int32_t)transit_seconds(run, w->near_units[k])));
  }
  return SUND_OK;
}

sund_code transit_links(sund_ctx *ctx, const catchment_run *run, catchment_transit *t) {
  const sund_links *stated = &t->service->links;
  growing g = {.ctx = ctx, .links = &t->links};
  TRY(settled_pairs(ctx, t->service, &g.settled, &g.pair));
  for (size_t i = 0; i < stated->count; i++) {
    const bool only = stated->change_only ? stated->change_only[i] : stated->from[i] == stated->to[i];
    TRY(add(&g, stated->from[i], stated->to[i], stated->seconds[i], only));
  }
  t->links_stated = t->links.count;
  return add_walks(&g, run, t);
}

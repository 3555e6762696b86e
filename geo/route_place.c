/* route_place.c - sources in order along their edges, with the best ones to either side of each place: see route.h. */
#include <stdlib.h>

#include "geo/route.h"

static int by_place(const void *left, const void *right) {
  const route_place *a = left, *b = right;
  if (a->along_m != b->along_m) return a->along_m < b->along_m ? -1 : 1;
  return a->source < b->source ? -1 : a->source > b->source;
}

static bool used(const sund_spot *source, const uint8_t *use, size_t i) {
  return (!use || use[i]) && source[i].edge != SUND_NO_EDGE;
}

static sund_code check(sund_ctx *ctx, size_t sources, const sund_spot *source, const uint8_t *use,
                       const size_t *group) {
  if (sources >= ROUTE_NOBODY) return sund_fail(ctx, SUND_LIMIT, "%zu places to reach are too many", sources);
  for (size_t i = 0; group && i < sources; i++)
    if (used(source, use, i) && group[i] >= ROUTE_NOBODY)
      return sund_fail(ctx, SUND_LIMIT, "%zu as the number of a group of places is too large", group[i]);
  return SUND_OK;
}

sund_code route_place_sources(sund_ctx *ctx, const sund_graph *graph, size_t sources, const sund_spot *source,
                              const uint8_t *use, const size_t *group, route_places *out) {
  TRY(check(ctx, sources, source, use, group));
  const size_t edges = graph->edges;
  route_places p = {.at = sund_alloc(ctx, sources, sizeof *p.at),
                    .first = sund_alloc(ctx, edges + 1, sizeof *p.first)};
  if (!p.at || !p.first) return SUND_LIMIT;
  for (size_t i = 0; i < sources; i++) p.first[used(source, use, i) ? source[i].edge : edges]++;
  for (size_t e = 0; e < edges; e++) p.first[e] = (uint32_t)(p.count += p.first[e]);
  p.first[edges] = (uint32_t)p.count;
  for (size_t i = sources; i-- > 0;)
    if (used(source, use, i))
      p.at[--p.first[source[i].edge]] = (route_place){.edge = source[i].edge,
                                                      .source = (uint32_t)i,
                                                      .group = (uint32_t)(group ? group[i] : i),
                                                      .along_m = source[i].along_m,
                                                      .leg_m = source[i].leg_m};
  for (size_t e = 0; e < edges; e++) {
    const size_t first = p.first[e], end = p.first[e + 1];
    if (end - first > 1) qsort(p.at + first, end - first, sizeof *p.at, by_place);
  }
  *out = p;
  return SUND_OK;
}

sund_code route_best_room(sund_ctx *ctx, size_t k, route_places *places) {
  places->k = k;
  places->before = sund_alloc(ctx, places->count, k * sizeof *places->before);
  places->after = sund_alloc(ctx, places->count, k * sizeof *places->after);
  return places->before && places->after ? SUND_OK : SUND_LIMIT;
}

/* Is place a nearer than place b for a spot that lies after both (side -1) or before both (side 1)? */
static bool nearer(const route_places *p, uint32_t a, uint32_t b, double side) {
  if (b == ROUTE_NOBODY) return true;
  const route_place *l = &p->at[a], *r = &p->at[b];
  return route_better(l->leg_m + side * l->along_m, l->source, r->leg_m + side * r->along_m, r->source);
}

/* Puts the place into the list of its neighbour's best, which is copied (NULL = empty). */
static void add_best(const route_places *p, const uint32_t *from, uint32_t place, double side, uint32_t *list) {
  for (size_t i = 0; i < p->k; i++) list[i] = from ? from[i] : ROUTE_NOBODY;
  size_t i = 0;
  while (i + 1 < p->k && list[i] != ROUTE_NOBODY && p->at[list[i]].group != p->at[place].group) i++;
  if (!nearer(p, place, list[i], side)) return;
  for (; i > 0 && nearer(p, place, list[i - 1], side); i--) list[i] = list[i - 1];
  list[i] = place;
}

void route_note_best(route_places *places, size_t first, size_t end) {
  const size_t k = places->k;
  for (size_t i = first; i < end; i++)
    add_best(places, i > first ? places->before + k * (i - 1) : NULL, (uint32_t)i, -1, places->before + k * i);
  for (size_t i = end; i-- > first;)
    add_best(places, i + 1 < end ? places->after + k * (i + 1) : NULL, (uint32_t)i, 1, places->after + k * i);
}

size_t route_first_after(const route_places *places, size_t first, size_t end, double along_m) {
  while (first < end) {
    const size_t middle = first + (end - first) / 2;
    if (places->at[middle].along_m <= along_m) first = middle + 1;
    else end = middle;
  }
  return first;
}

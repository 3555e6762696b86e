/* route.c - from everywhere to the nearest of many places: one sweep.
 *
 *   1. Every source reaches both ends of its edge (leg and part of the edge).
 *   2. Labels spread from all those at once in order of distance (route.h). A node keeps the k best labels of groups that
 *      are all different: a group that is not among the k nearest of a node is not among those of what lies behind it.
 *      A label is the smallest pair of distance and source: equal distances go to the smallest source.
 *   3. Every spot takes the best of its edge's two ends and of the sources on its own edge. Those are kept sorted along
 *      the edge with the best ones to either side of each place.
 */
#include "geo/route.h"

#include <math.h>

enum { BLOCK = 4096 };

typedef struct sweep {
  const sund_graph *graph;
  double limit; /* with rounding */
  size_t k;
  route_label *label; /* nodes * k, the best first */
  route_queue queue;
  route_places places;
  sund_ctx *scratch;
  const sund_spot *spots;
  route_label *best; /* blocks of spots * k: of the spot being answered */
  double *metres;
  size_t *nearest;
} sweep;

static const route_label nothing = {INFINITY, ROUTE_NOBODY, ROUTE_NOBODY};

/* ------------------------------------------------------------------------------------------------------- labels */

/* Puts a label among the k best of groups that are all different. False when it is not one of them. */
static inline bool insert(route_label *best, size_t k, double metres, uint32_t source, uint32_t group) {
  if (!route_better(metres, source, best[k - 1].metres, best[k - 1].source)) return false;
  size_t i = 0;
  while (i + 1 < k && best[i].group != group) i++;
  if (!route_better(metres, source, best[i].metres, best[i].source)) return false;
  for (; i > 0 && route_better(metres, source, best[i - 1].metres, best[i - 1].source); i--) best[i] = best[i - 1];
  best[i] = (route_label){metres, source, group};
  return true;
}

/* The label an entry was made for, or NULL when it has been overtaken. */
static inline const route_label *still(const sweep *s, const route_entry *e) {
  const route_label *best = s->label + s->k * e->node;
  for (size_t i = 0; i < s->k; i++)
    if (best[i].source == e->source && best[i].metres == e->metres) return &best[i];
  return NULL;
}

static inline sund_code offer(sweep *s, uint32_t node, double metres, uint32_t source, uint32_t group) {
  if (!(metres <= s->limit) || !insert(s->label + s->k * node, s->k, metres, source, group)) return SUND_OK;
  return route_push(&s->queue, node, metres, source);
}

/* ------------------------------------------------------------------------------------------------------- sweep */

static sund_code settle(sweep *s) {
  const sund_graph *g = s->graph;
  const route_scale scale = route_measure(g);
  TRY(route_queue_open(s->scratch, &scale, route_step(g, &scale, &s->places, s->limit), &s->queue));
  for (size_t i = 0; i < s->places.count; i++) {
    const route_place *p = &s->places.at[i];
    if (!isfinite(p->leg_m + p->along_m)) continue;
    TRY(offer(s, g->edge_from[p->edge], p->leg_m + p->along_m, p->source, p->group));
    TRY(offer(s, g->edge_to[p->edge], p->leg_m + fmax(g->edge_m[p->edge] - p->along_m, 0), p->source, p->group));
  }
  for (route_entry e; route_pop(&s->queue, &e);) {
    const route_label *label = still(s, &e);
    if (!label) continue;
    const uint32_t group = label->group; /* the label may move while it spreads: edges can lead back */
    for (size_t arc = g->first_out[e.node]; arc < g->first_out[e.node + 1]; arc++)
      TRY(offer(s, g->head[arc], e.metres + g->arc_m[arc], e.source, group));
  }
  return SUND_OK;
}

/* ------------------------------------------------------------------------------------------------------- spots */

static void try_place(const sweep *s, uint32_t place, const sund_spot *spot, route_label *best) {
  const route_place *p = &s->places.at[place];
  insert(best, s->k, p->leg_m + fabs(spot->along_m - p->along_m) + spot->leg_m, p->source, p->group);
}

static void try_node(const sweep *s, uint32_t node, double part_m, double leg_m, route_label *best) {
  const route_label *label = s->label + s->k * node;
  for (size_t i = 0; i < s->k && label[i].source != ROUTE_NOBODY; i++)
    insert(best, s->k, label[i].metres + part_m + leg_m, label[i].source, label[i].group);
}

static void answer(const sweep *s, const sund_spot *spot, route_label *best) {
  for (size_t i = 0; i < s->k; i++) best[i] = nothing;
  if (spot->edge == SUND_NO_EDGE) return;
  const sund_graph *g = s->graph;
  const route_places *p = &s->places;
  try_node(s, g->edge_from[spot->edge], spot->along_m, spot->leg_m, best);
  try_node(s, g->edge_to[spot->edge], g->edge_m[spot->edge] - spot->along_m, spot->leg_m, best);
  const size_t first = p->first[spot->edge], end = p->first[spot->edge + 1];
  if (first == end) return;
  const size_t after = route_first_after(p, first, end, spot->along_m);
  const uint32_t *before = after > first ? p->before + s->k * (after - 1) : NULL;
  const uint32_t *behind = after < end ? p->after + s->k * after : NULL;
  for (size_t i = 0; before && i < s->k && before[i] != ROUTE_NOBODY; i++) try_place(s, before[i], spot, best);
  for (size_t i = 0; behind && i < s->k && behind[i] != ROUTE_NOBODY; i++) try_place(s, behind[i], spot, best);
}

static sund_code answer_rows(sund_ctx *worker, size_t begin, size_t end, void *data) {
  (void)worker;
  const sweep *s = data;
  route_label *best = s->best + s->k * (begin / BLOCK);
  for (size_t i = begin; i < end; i++) {
    answer(s, &s->spots[i], best);
    for (size_t rank = 0; rank < s->k; rank++) {
      const bool found = best[rank].source != ROUTE_NOBODY && best[rank].metres <= s->limit;
      s->metres[i * s->k + rank] = found ? best[rank].metres : NAN;
      if (s->nearest) s->nearest[i * s->k + rank] = found ? best[rank].source : SIZE_MAX;
    }
  }
  return SUND_OK;
}

static sund_code answer_nothing(const sweep *s, size_t n) {
  for (size_t i = 0; i < n * s->k; i++) {
    s->metres[i] = NAN;
    if (s->nearest) s->nearest[i] = SIZE_MAX;
  }
  return SUND_OK;
}

static sund_code run(sweep *s, size_t sources, const sund_spot *source, const uint8_t *use, const size_t *group,
                     size_t n) {
  TRY(route_place_sources(s->scratch, s->graph, sources, source, use, group, &s->places));
  if (s->places.count == 0) return answer_nothing(s, n);
  TRY(route_best_room(s->scratch, s->k, &s->places));
  for (size_t e = 0; e < s->graph->edges; e++)
    route_note_best(&s->places, s->places.first[e], s->places.first[e + 1]);
  s->label = sund_alloc(s->scratch, s->graph->nodes, s->k * sizeof *s->label);
  s->best = sund_alloc(s->scratch, n / BLOCK + 1, s->k * sizeof *s->best);
  if (!s->label || !s->best) return SUND_LIMIT;
  for (size_t i = 0; i < s->graph->nodes * s->k; i++) s->label[i] = nothing;
  TRY(settle(s));
  return sund_for(s->scratch, n, BLOCK, answer_rows, s);
}

sund_code sund_route_ranked(sund_ctx *ctx, const sund_graph *graph, size_t sources, const sund_spot *source,
                            const uint8_t *use, const size_t *group, double limit, size_t k, size_t n,
                            const sund_spot *spots, double *metres, size_t *nearest) {
  if (k == 0) return SUND_OK;
  sund_ctx *scratch = sund_ctx_child(ctx);
  if (!scratch) return SUND_LIMIT;
  sweep s = {.graph = graph,
             .limit = limit + GRAPH_ROUNDING_M,
             .k = k,
             .scratch = scratch,
             .spots = spots,
             .metres = metres,
             .nearest = nearest};
  sund_code code = run(&s, sources, source, use, group, n);
  if (code != SUND_OK) code = sund_ctx_pass(ctx, scratch);
  sund_ctx_free(scratch);
  return code;
}

sund_code sund_route_nearest(sund_ctx *ctx, const sund_graph *graph, size_t sources, const sund_spot *source,
                             const uint8_t *use, double limit, size_t n, const sund_spot *spots, double *metres,
                             size_t *nearest) {
  return sund_route_ranked(ctx, graph, sources, source, use, NULL, limit, 1, n, spots, metres, nearest);
}

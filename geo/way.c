/* way.c - the shortest way between two places on the network, as it is gone.
 *
 * One search from the first place, in order of distance (route.h), that keeps for each node the arc it was reached
 * by and goes no farther than the best way to the second place found so far. The way is then followed back from its
 * end, and drawn (way_draw.c).
 */
#include <math.h>

#include "geo/route.h"
#include "geo/way.h"

/* How a node was reached, besides by an arc. */
#define FROM_FIRST SIZE_MAX /* from the first place */

typedef struct search {
  const sund_graph *graph;
  sund_ctx *scratch;
  const sund_spot *from, *to;
  double *metres; /* nodes, from the first place on the network; INFINITY = not reached */
  size_t *by;     /* nodes: arc, or FROM_FIRST                                          */
  route_queue queue;
  double best;   /* metres on the network between the places */
  bool direct;   /* along their common edge                  */
  uint32_t last; /* else: node by which the second place's edge is reached */
} search;

/* ------------------------------------------------------------------------------------------------------- search */

static double rest(const sund_graph *g, const sund_spot *spot) {
  return fmax(g->edge_m[spot->edge] - spot->along_m, 0);
}

static sund_code offer(search *s, uint32_t node, double metres, size_t by) {
  if (!(metres < s->metres[node] && metres < s->best)) return SUND_OK;
  s->metres[node] = metres;
  s->by[node] = by;
  return route_push(&s->queue, node, metres, 0);
}

/* Is the second place nearer by this node? */
static void try_end(search *s, uint32_t node, double part) {
  if (!(s->metres[node] + part < s->best)) return;
  s->best = s->metres[node] + part;
  s->direct = false;
  s->last = node;
}

static sund_code find(search *s) {
  const sund_graph *g = s->graph;
  const sund_spot *from = s->from, *to = s->to;
  const route_scale scale = route_measure(g);
  TRY(route_queue_open(s->scratch, &scale, scale.most, &s->queue));
  s->best = INFINITY;
  s->last = ROUTE_NOBODY;
  if (from->edge == to->edge) {
    s->best = fabs(from->along_m - to->along_m);
    s->direct = true;
  }
  const uint32_t ends[2] = {g->edge_from[to->edge], g->edge_to[to->edge]};
  TRY(offer(s, g->edge_from[from->edge], from->along_m, FROM_FIRST));
  TRY(offer(s, g->edge_to[from->edge], rest(g, from), FROM_FIRST));
  for (route_entry e; route_pop(&s->queue, &e);) {
    if (s->metres[e.node] < e.metres) continue;
    if (e.node == ends[0]) try_end(s, e.node, to->along_m);
    if (e.node == ends[1]) try_end(s, e.node, rest(g, to));
    for (size_t arc = g->first_out[e.node]; arc < g->first_out[e.node + 1]; arc++)
      TRY(offer(s, g->head[arc], e.metres + g->arc_m[arc], arc));
  }
  return SUND_OK;
}

/* --------------------------------------------------------------------------------------------------- following */

/* Metres along the edge at which one gets to the place from the node, which is at one end of it, or at both. */
static double end_of(const sund_graph *g, const sund_spot *spot, uint32_t node) {
  const bool from = g->edge_from[spot->edge] == node, to = g->edge_to[spot->edge] == node;
  return from && !(to && rest(g, spot) < spot->along_m) ? 0 : g->edge_m[spot->edge];
}

/* The stretches in the order they are gone. */
static sund_code follow(search *s, way_stretches *way) {
  const sund_graph *g = s->graph;
  const sund_spot *from = s->from, *to = s->to;
  if (s->direct) {
    TRY(way_add(s->scratch, way, from->edge, from->along_m, to->along_m));
  } else {
    TRY(way_add(s->scratch, way, to->edge, end_of(g, to, s->last), to->along_m));
    uint32_t node = s->last;
    while (s->by[node] != FROM_FIRST) {
      const size_t arc = s->by[node];
      const uint32_t edge = g->arc_edge[arc];
      const bool along = g->edge_to[edge] == node;
      TRY(way_add(s->scratch, way, edge, along ? 0 : g->edge_m[edge], along ? g->edge_m[edge] : 0));
      node = along ? g->edge_from[edge] : g->edge_to[edge];
    }
    TRY(way_add(s->scratch, way, from->edge, from->along_m, end_of(g, from, node)));
  }
  way_reverse(way);
  return SUND_OK;
}

static sund_code run(sund_ctx *ctx, search *s, sund_way *out) {
  const size_t nodes = s->graph->nodes;
  s->metres = sund_alloc(s->scratch, nodes, sizeof *s->metres);
  s->by = sund_alloc(s->scratch, nodes, sizeof *s->by);
  if (!s->metres || !s->by) return SUND_LIMIT;
  for (size_t v = 0; v < nodes; v++) s->metres[v] = INFINITY;
  TRY(find(s));
  if (!isfinite(s->best)) {
    *out = (sund_way){.metres = NAN};
    return SUND_OK;
  }
  way_stretches way = {0};
  TRY(follow(s, &way));
  return way_draw(ctx, s->graph, &way, s->from, s->from->leg_m + s->best + s->to->leg_m, out);
}

sund_code sund_route_way(sund_ctx *ctx, const sund_graph *graph, const sund_spot *from, const sund_spot *to,
                         sund_way *out) {
  if (from->edge == SUND_NO_EDGE || to->edge == SUND_NO_EDGE) {
    *out = (sund_way){.metres = NAN};
    return SUND_OK;
  }
  sund_ctx *scratch = sund_ctx_child(ctx);
  if (!scratch) return SUND_LIMIT;
  search s = {.graph = graph, .scratch = scratch, .from = from, .to = to};
  sund_code code = run(ctx, &s, out);
  if (code != SUND_OK) code = sund_ctx_pass(ctx, scratch);
  sund_ctx_free(scratch);
  return code;
}

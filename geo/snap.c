/* snap.c - points put on the network: on the nearest edge with the leg to get there, or on the nearest node.
 *
 * The index finds the nearest segment in map metres; the leg is then measured on the ground, and the limit holds for
 * that. Points are independent of each other: one parallel loop.
 */
#include <math.h>

#include "geo/graph.h"

enum { BLOCK = 256 };

static const sund_spot no_spot = {.edge = SUND_NO_EDGE, .along_m = NAN, .leg_m = NAN};

typedef struct snapping {
  const sund_graph *graph;
  const sund_ground *ground;
  const double *x, *y;
  double limit;          /* ground metres                               */
  double map_limit;      /* map metres that hold it                     */
  const uint8_t *accept; /* edges, or NULL                              */
  sund_spot *spots;
  const sund_index *index; /* of nodes, for snapping to nodes             */
  const uint32_t *arc;     /* nodes: the first arc that may be used, or JOIN_NONE */
} snapping;

static double to_segment(const sund_graph *graph, size_t item, double x, double y, double *share) {
  const sund_shapes *s = graph->shape;
  const size_t v = graph->segments->segment[item];
  return sund_segment_nearest(x, y, s->x[v], s->y[v], s->x[v + 1], s->y[v + 1], share);
}

static double edge_distance(size_t item, double x, double y, void *data) {
  const snapping *s = data;
  double share;
  if (s->accept && !s->accept[s->graph->segments->row[item]]) return -1;
  return to_segment(s->graph, item, x, y, &share);
}

static sund_spot nearest_edge(snapping *s, double x, double y) {
  double metres, share;
  const sund_segments *segments = s->graph->segments;
  const size_t item = sund_index_nearest(segments->index, x, y, s->map_limit, edge_distance, s, &metres);
  if (item == SIZE_MAX) return no_spot;
  to_segment(s->graph, item, x, y, &share);
  const sund_shapes *shape = s->graph->shape;
  const size_t v = segments->segment[item], edge = segments->row[item];
  const double near_x = share < 1 ? shape->x[v] + share * (shape->x[v + 1] - shape->x[v]) : shape->x[v + 1];
  const double near_y = share < 1 ? shape->y[v] + share * (shape->y[v + 1] - shape->y[v]) : shape->y[v + 1];
  const double leg = graph_metres(s->ground, x, y, near_x, near_y);
  if (!(leg <= s->limit + GRAPH_ROUNDING_M)) return no_spot;
  return (sund_spot){
      .edge = (uint32_t)edge, .along_m = graph_along(s->graph, s->ground, edge, v, share), .leg_m = leg};
}

static sund_code snap_rows(sund_ctx *worker, size_t begin, size_t end, void *data) {
  (void)worker;
  snapping *s = data;
  for (size_t i = begin; i < end; i++) s->spots[i] = nearest_edge(s, s->x[i], s->y[i]);
  return SUND_OK;
}

sund_code sund_graph_snap(sund_ctx *ctx, const sund_graph *graph, const sund_ground *ground, size_t n,
                          const double *x, const double *y, double limit, const uint8_t *accept, sund_spot *spots) {
  snapping s = {.graph = graph, .ground = ground, .x = x, .y = y, .limit = limit, .accept = accept, .spots = spots};
  s.map_limit = graph_map_reach(ground, limit);
  return sund_for(ctx, n, BLOCK, snap_rows, &s);
}

/* ------------------------------------------------------------------------------------------------------- nodes */

static double node_distance(size_t node, double x, double y, void *data) {
  const snapping *s = data;
  return s->arc[node] == JOIN_NONE ? -1 : hypot(s->graph->x[node] - x, s->graph->y[node] - y);
}

static sund_code snap_node_rows(sund_ctx *worker, size_t begin, size_t end, void *data) {
  (void)worker;
  snapping *s = data;
  const sund_graph *g = s->graph;
  for (size_t i = begin; i < end; i++) {
    double metres;
    s->spots[i] = no_spot;
    const size_t node = sund_index_nearest(s->index, s->x[i], s->y[i], s->map_limit, node_distance, s, &metres);
    if (node == SIZE_MAX) continue;
    metres = graph_metres(s->ground, s->x[i], s->y[i], g->x[node], g->y[node]);
    if (!(metres <= s->limit + GRAPH_ROUNDING_M)) continue;
    const uint32_t edge = s->arc[node];
    s->spots[i] = (sund_spot){.edge = edge, .along_m = g->edge_from[edge] == node ? 0 : g->edge_m[edge]};
  }
  return SUND_OK;
}

/* The first edge of every node that may be used, and an index of the nodes. */
static sund_code prepare_nodes(sund_ctx *scratch, snapping *s) {
  const sund_graph *g = s->graph;
  double *boxes = sund_alloc(scratch, g->nodes, 4 * sizeof *boxes);
  uint32_t *arc = sund_alloc(scratch, g->nodes, sizeof *arc);
  if (!boxes || !arc) return SUND_LIMIT;
  for (size_t node = 0; node < g->nodes; node++) {
    boxes[4 * node] = boxes[4 * node + 2] = g->x[node];
    boxes[4 * node + 1] = boxes[4 * node + 3] = g->y[node];
    arc[node] = JOIN_NONE;
    for (size_t i = g->first_out[node]; i < g->first_out[node + 1] && arc[node] == JOIN_NONE; i++)
      if (!s->accept || s->accept[g->arc_edge[i]]) arc[node] = g->arc_edge[i];
  }
  s->arc = arc;
  sund_index *index;
  TRY(sund_index_build(scratch, g->nodes, boxes, &index));
  s->index = index;
  return SUND_OK;
}

sund_code sund_graph_snap_nodes(sund_ctx *ctx, const sund_graph *graph, const sund_ground *ground, size_t n,
                                const double *x, const double *y, double limit, const uint8_t *accept,
                                sund_spot *spots) {
  sund_ctx *scratch = sund_ctx_child(ctx);
  if (!scratch) return SUND_LIMIT;
  snapping s = {.graph = graph, .ground = ground, .x = x, .y = y, .limit = limit, .accept = accept, .spots = spots};
  s.map_limit = graph_map_reach(ground, limit);
  sund_code code = prepare_nodes(scratch, &s);
  if (code == SUND_OK) code = sund_for(scratch, n, BLOCK, snap_node_rows, &s);
  if (code != SUND_OK) code = sund_ctx_pass(ctx, scratch);
  sund_ctx_free(scratch);
  return code;
}

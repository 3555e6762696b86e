/* graph.c - the network as arrays, from lines that have been joined.
 *
 * The pieces between two stops of a line become edges. Nodes are numbered along a Hilbert curve and edges by their first
 * node, so that what is near on the map is near in memory: a sweep over the network then runs two to three times
 * faster than with numbers in no order. Arcs are grouped by node (compressed sparse rows).
 */
#include "geo/graph.h"

#include <math.h>

#include "geo/meet.h"
#include "geo/unite.h"

enum { BLOCK = 4096 };

/* --------------------------------------------------------------------------------------------------- measuring */

double graph_metres(const sund_ground *ground, double x0, double y0, double x1, double y1) {
  return ground ? sund_ground_distance(ground, x0, y0, x1, y1) : hypot(x1 - x0, y1 - y0);
}

double graph_map_reach(const sund_ground *ground, double metres) {
  double smallest = 1, largest = 1;
  if (ground) sund_ground_scale(ground, &smallest, &largest);
  return metres * largest * (1 + 1e-6) + 1e-6; /* the scale is interpolated, the distance has roundings */
}

double graph_along(const sund_graph *graph, const sund_ground *ground, size_t edge, size_t vertex, double share) {
  const sund_shapes *s = graph->shape;
  const size_t first = s->first_vertex[edge], last = s->first_vertex[edge + 1] - 1;
  double whole = 0, along = 0;
  for (size_t v = first; v < last; v++) {
    const double metres = graph_metres(ground, s->x[v], s->y[v], s->x[v + 1], s->y[v + 1]);
    if (v == vertex) along = whole + share * metres;
    whole += metres;
  }
  if (vertex >= last || (vertex + 1 == last && share >= 1)) return graph->edge_m[edge];
  return whole > 0 ? fmin(along / whole, 1) * graph->edge_m[edge] : 0;
}

/* ------------------------------------------------------------------------------------------------------ pieces */

/* Pieces of the joined lines, by the stop they begin at. */
typedef struct pieces {
  const join *j;
  double *metres;   /* stops: drawn ground metres of the piece; negative = no piece  */
  uint32_t *number; /* nodes of j: node of the graph, or JOIN_NONE                   */
  uint32_t *edge;   /* stops: edge of the graph, or JOIN_NONE                        */
  size_t nodes, edges;
} pieces;

/* Vertices strictly between two stops are stop->vertex + 1 .. this one. */
static uint32_t last_inside(const join_place *stop) {
  return stop->share > 0 ? stop->vertex : stop->vertex - 1;
}

static size_t inside_count(const join_place *stop) {
  const uint32_t last = last_inside(stop + 1);
  return last > stop->vertex && last != UINT32_MAX ? last - stop->vertex : 0;
}

static sund_code measure_pieces(sund_ctx *worker, size_t begin, size_t end, void *data) {
  (void)worker;
  pieces *p = data;
  const join *j = p->j;
  const sund_shapes *s = j->shapes;
  for (size_t k = begin; k < end; k++) {
    p->metres[k] = -1;
    if (k + 1 == j->stops || j->stop_part[k] != j->stop_part[k + 1]) continue;
    const join_place *stop = &j->stop[k];
    double x = j->x[stop->node], y = j->y[stop->node], metres = 0;
    for (size_t i = 1; i <= inside_count(stop); i++) {
      metres += graph_metres(j->ground, x, y, s->x[stop->vertex + i], s->y[stop->vertex + i]);
      x = s->x[stop->vertex + i];
      y = s->y[stop->vertex + i];
    }
    p->metres[k] = metres + graph_metres(j->ground, x, y, j->x[stop[1].node], j->y[stop[1].node]);
  }
  return SUND_OK;
}

/* Leaves out what is shorter than a millimetre, without cutting the network there. */
static void drop_short(pieces *p, join *j, sund_join_report *report) {
  for (size_t k = 0; k < j->stops; k++) {
    if (p->metres[k] < 0 || p->metres[k] >= MEET_NEAR_M) continue;
    unite_join(j->parent, j->stop[k].node, j->stop[k + 1].node);
    p->metres[k] = -1;
    report->dropped++;
  }
  for (size_t k = 0; k < j->stops; k++) j->stop[k].node = unite_root(j->parent, j->stop[k].node);
}

/* ---------------------------------------------------------------------------------------------------- ordering */

/* Numbers the nodes that have edges. */
static sund_code number_nodes(sund_ctx *scratch, pieces *p) {
  const join *j = p->j;
  p->number = sund_alloc(scratch, j->nodes, sizeof *p->number);
  uint32_t *node = sund_alloc(scratch, j->nodes, sizeof *node);
  size_t *order = sund_alloc(scratch, j->nodes, sizeof *order);
  double *x = sund_alloc(scratch, j->nodes, sizeof *x);
  double *y = sund_alloc(scratch, j->nodes, sizeof *y);
  if (!p->number || !node || !order || !x || !y) return SUND_LIMIT;
  for (size_t v = 0; v < j->nodes; v++) p->number[v] = JOIN_NONE;
  for (size_t k = 0; k < j->stops; k++)
    if (p->metres[k] >= 0) p->number[j->stop[k].node] = p->number[j->stop[k + 1].node] = 0;
  for (uint32_t v = 0; v < j->nodes; v++) {
    if (p->number[v] == JOIN_NONE) continue;
    x[p->nodes] = j->x[v];
    y[p->nodes] = j->y[v];
    node[p->nodes++] = v;
  }
  TRY(sund_hilbert_order(scratch, p->nodes, x, y, order));
  for (size_t i = 0; i < p->nodes; i++) p->number[node[order[i]]] = (uint32_t)i;
  return SUND_OK;
}

/* Numbers the edges by their first node, then in the order of the lines. */
static sund_code number_edges(sund_ctx *scratch, pieces *p) {
  const join *j = p->j;
  size_t *start = sund_alloc(scratch, p->nodes + 1, sizeof *start);
  p->edge = sund_alloc(scratch, j->stops, sizeof *p->edge);
  if (!start || !p->edge) return SUND_LIMIT;
  for (size_t k = 0; k < j->stops; k++)
    if (p->metres[k] >= 0) start[p->number[j->stop[k].node] + 1]++;
  for (size_t v = 0; v < p->nodes; v++) start[v + 1] += start[v];
  p->edges = start[p->nodes];
  for (size_t k = 0; k < j->stops; k++)
    p->edge[k] = p->metres[k] >= 0 ? (uint32_t)start[p->number[j->stop[k].node]]++ : JOIN_NONE;
  return SUND_OK;
}

/* -------------------------------------------------------------------------------------------------- the arrays */

sund_code graph_room(sund_ctx *ctx, size_t nodes, size_t edges, sund_graph *g) {
  g->nodes = nodes;
  g->edges = edges;
  g->x = sund_alloc(ctx, g->nodes, sizeof *g->x);
  g->y = sund_alloc(ctx, g->nodes, sizeof *g->y);
  g->first_out = sund_alloc(ctx, g->nodes + 1, sizeof *g->first_out);
  g->head = sund_alloc(ctx, g->edges, 2 * sizeof *g->head);
  g->arc_edge = sund_alloc(ctx, g->edges, 2 * sizeof *g->arc_edge);
  g->arc_m = sund_alloc(ctx, g->edges, 2 * sizeof *g->arc_m);
  g->edge_from = sund_alloc(ctx, g->edges, sizeof *g->edge_from);
  g->edge_to = sund_alloc(ctx, g->edges, sizeof *g->edge_to);
  g->edge_m = sund_alloc(ctx, g->edges, sizeof *g->edge_m);
  g->edge_line = sund_alloc(ctx, g->edges, sizeof *g->edge_line);
  g->edge_level = sund_alloc(ctx, g->edges, sizeof *g->edge_level);
  g->component = sund_alloc(ctx, g->nodes, sizeof *g->component);
  const bool places = g->x && g->y && g->first_out && g->component;
  const bool arcs = g->head && g->arc_edge && g->arc_m;
  return places && arcs && g->edge_from && g->edge_to && g->edge_m && g->edge_line && g->edge_level ? SUND_OK
                                                                                                    : SUND_LIMIT;
}

/* Ground metres of each piece over drawn metres: not 1 where the line says how long it is. */
static sund_code line_factors(sund_ctx *scratch, const pieces *p, const double *length_m, double **out) {
  const join *j = p->j;
  double *factor = sund_alloc(scratch, j->rows, sizeof *factor);
  if (!factor) return SUND_LIMIT;
  for (size_t k = 0; k < j->stops; k++)
    if (p->metres[k] >= 0) factor[j->line[j->stop_part[k]]] += p->metres[k];
  for (size_t row = 0; row < j->rows; row++) {
    const bool given = length_m && isfinite(length_m[row]) && length_m[row] >= 0;
    factor[row] = given && factor[row] > 0 ? length_m[row] / factor[row] : 1;
  }
  *out = factor;
  return SUND_OK;
}

static sund_code fill_edges(sund_ctx *scratch, const pieces *p, const double *length_m, sund_graph *g) {
  const join *j = p->j;
  double *factor;
  TRY(line_factors(scratch, p, length_m, &factor));
  for (size_t v = 0; v < j->nodes; v++) {
    if (p->number[v] == JOIN_NONE) continue;
    g->x[p->number[v]] = j->x[v];
    g->y[p->number[v]] = j->y[v];
  }
  for (size_t k = 0; k < j->stops; k++) {
    const uint32_t e = p->edge[k];
    if (e == JOIN_NONE) continue;
    g->edge_from[e] = p->number[j->stop[k].node];
    g->edge_to[e] = p->number[j->stop[k + 1].node];
    g->edge_line[e] = j->line[j->stop_part[k]];
    g->edge_level[e] = j->level[j->stop_part[k]];
    g->edge_m[e] = p->metres[k] * factor[g->edge_line[e]];
  }
  return SUND_OK;
}

static sund_code fill_shape(sund_ctx *ctx, const pieces *p, sund_graph *g) {
  const join *j = p->j;
  size_t vertices = 0;
  for (size_t k = 0; k < j->stops; k++)
    if (p->edge[k] != JOIN_NONE) vertices += 2 + inside_count(&j->stop[k]);
  sund_shapes *s;
  TRY(sund_shapes_new(ctx, SUND_LINE, g->edges, g->edges, vertices, &s));
  for (size_t k = 0; k < j->stops; k++)
    if (p->edge[k] != JOIN_NONE) s->first_vertex[p->edge[k] + 1] = 2 + inside_count(&j->stop[k]);
  for (size_t e = 0; e < g->edges; e++) {
    s->first_part[e + 1] = e + 1;
    s->first_vertex[e + 1] += s->first_vertex[e];
  }
  for (size_t k = 0; k < j->stops; k++) {
    const uint32_t e = p->edge[k];
    if (e == JOIN_NONE) continue;
    const join_place *stop = &j->stop[k];
    size_t v = s->first_vertex[e];
    s->x[v] = g->x[g->edge_from[e]];
    s->y[v++] = g->y[g->edge_from[e]];
    for (size_t i = 1; i <= inside_count(stop); i++) {
      s->x[v] = j->shapes->x[stop->vertex + i];
      s->y[v++] = j->shapes->y[stop->vertex + i];
    }
    s->x[v] = g->x[g->edge_to[e]];
    s->y[v] = g->y[g->edge_to[e]];
  }
  g->shape = s;
  return sund_segments_build(ctx, s, &g->segments);
}

void graph_arcs(sund_graph *g) {
  for (size_t e = 0; e < g->edges; e++) {
    g->first_out[g->edge_from[e]]++;
    g->first_out[g->edge_to[e]]++;
  }
  size_t arcs = 0;
  for (size_t v = 0; v < g->nodes; v++) g->first_out[v] = arcs += g->first_out[v];
  g->first_out[g->nodes] = arcs;
  for (size_t e = g->edges; e-- > 0;) { /* backwards, so that a node's arcs come in the order of the edges */
    const uint32_t ends[2] = {g->edge_from[e], g->edge_to[e]};
    for (int k = 1; k >= 0; k--) {
      const size_t arc = --g->first_out[ends[k]];
      g->head[arc] = ends[1 - k];
      g->arc_edge[arc] = (uint32_t)e;
      g->arc_m[arc] = g->edge_m[e];
    }
  }
}

/* Numbers connected components by their first node. */
sund_code graph_components(sund_ctx *ctx, sund_ctx *scratch, sund_graph *g) {
  uint32_t *queue = sund_alloc(scratch, g->nodes, sizeof *queue);
  if (!queue) return SUND_LIMIT;
  for (size_t v = 0; v < g->nodes; v++) g->component[v] = JOIN_NONE;
  for (size_t v = 0; v < g->nodes; v++) {
    if (g->component[v] != JOIN_NONE) continue;
    const uint32_t number = (uint32_t)g->components++;
    size_t read = 0, written = 0;
    g->component[v] = number;
    queue[written++] = (uint32_t)v;
    while (read < written) {
      const uint32_t node = queue[read++];
      for (size_t arc = g->first_out[node]; arc < g->first_out[node + 1]; arc++) {
        if (g->component[g->head[arc]] != JOIN_NONE) continue;
        g->component[g->head[arc]] = number;
        queue[written++] = g->head[arc];
      }
    }
  }
  g->component_m = sund_alloc(ctx, g->components, sizeof *g->component_m);
  if (!g->component_m) return SUND_LIMIT;
  for (size_t e = 0; e < g->edges; e++) g->component_m[g->component[g->edge_from[e]]] += g->edge_m[e];
  return SUND_OK;
}

/* Counts ends that stayed loose although another line is close. */
static void report_near(join *j, const pieces *p, const sund_graph *g, const uint8_t *near,
                        sund_join_report *report) {
  for (uint32_t v = 0; v < j->nodes; v++) {
    const uint32_t node = near[v] ? p->number[unite_root(j->parent, v)] : JOIN_NONE;
    if (node == JOIN_NONE || g->first_out[node + 1] - g->first_out[node] != 1) continue;
    if (report->near_misses++ == 0) {
      report->near_x = g->x[node];
      report->near_y = g->y[node];
    }
  }
}

sund_code graph_build(sund_ctx *ctx, sund_ctx *scratch, join *j, const double *length_m, const uint8_t *near,
                      sund_graph **out, sund_join_report *report) {
  sund_graph *g = sund_alloc(ctx, 1, sizeof *g);
  if (!g) return SUND_LIMIT;
  pieces p = {.j = j};
  p.metres = sund_alloc(scratch, j->stops, sizeof *p.metres);
  if (!p.metres) return SUND_LIMIT;
  TRY(sund_for(scratch, j->stops, BLOCK, measure_pieces, &p));
  drop_short(&p, j, report);
  TRY(number_nodes(scratch, &p));
  TRY(number_edges(scratch, &p));
  TRY(graph_room(ctx, p.nodes, p.edges, g));
  TRY(fill_edges(scratch, &p, length_m, g));
  TRY(fill_shape(ctx, &p, g));
  graph_arcs(g);
  TRY(graph_components(ctx, scratch, g));
  if (near) report_near(j, &p, g, near, report);
  *out = g;
  return SUND_OK;
}

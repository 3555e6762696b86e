/* web.h - graphs drawn node by node and edge by edge for the tests of streets, and a slow twin of their searches. */
#ifndef SUND_TESTS_WEB_H
#define SUND_TESTS_WEB_H

#include <math.h>

#include "support.h"

/* A graph under construction: edges are straight and have the length of their line unless web_metres says otherwise. */
typedef struct web {
  size_t nodes, edges, node_room, edge_room;
  double *x, *y;       /* nodes */
  uint32_t *from, *to; /* edges */
  double *forward_s, *backward_s, *metres;
} web;

static inline void *web_more(sund_ctx *ctx, void *items, size_t room, size_t need, size_t size) {
  void *grown = sund_grow(ctx, items, &room, need, size);
  assert_non_null(grown);
  return grown;
}

static inline uint32_t web_node(sund_ctx *ctx, web *w, double x, double y) {
  const size_t room = w->node_room;
  w->x = web_more(ctx, w->x, room, w->nodes + 1, sizeof *w->x);
  w->y = sund_grow(ctx, w->y, &w->node_room, w->nodes + 1, sizeof *w->y);
  assert_non_null(w->y);
  w->x[w->nodes] = x;
  w->y[w->nodes] = y;
  return (uint32_t)w->nodes++;
}

/* Seconds each way; NAN = not allowed. */
static inline uint32_t web_edge(sund_ctx *ctx, web *w, uint32_t from, uint32_t to, double forward_s,
                                double backward_s) {
  const size_t room = w->edge_room, need = w->edges + 1;
  w->from = web_more(ctx, w->from, room, need, sizeof *w->from);
  w->to = web_more(ctx, w->to, room, need, sizeof *w->to);
  w->forward_s = web_more(ctx, w->forward_s, room, need, sizeof *w->forward_s);
  w->backward_s = web_more(ctx, w->backward_s, room, need, sizeof *w->backward_s);
  w->metres = sund_grow(ctx, w->metres, &w->edge_room, need, sizeof *w->metres);
  assert_non_null(w->metres);
  w->from[w->edges] = from;
  w->to[w->edges] = to;
  w->forward_s[w->edges] = forward_s;
  w->backward_s[w->edges] = backward_s;
  w->metres[w->edges] = hypot(w->x[from] - w->x[to], w->y[from] - w->y[to]);
  return (uint32_t)w->edges++;
}

/* Lines of the edges: row e is edge e. */
static inline sund_shapes *web_shapes(sund_ctx *ctx, const web *w) {
  sund_shapes *s;
  assert_ok(ctx, sund_shapes_new(ctx, SUND_LINE, w->edges, w->edges, 2 * w->edges, &s));
  for (size_t e = 0; e < w->edges; e++) {
    s->first_part[e + 1] = e + 1;
    s->first_vertex[e + 1] = 2 * (e + 1);
    s->x[2 * e] = w->x[w->from[e]];
    s->y[2 * e] = w->y[w->from[e]];
    s->x[2 * e + 1] = w->x[w->to[e]];
    s->y[2 * e + 1] = w->y[w->to[e]];
  }
  return s;
}

static inline void *web_room(sund_ctx *ctx, size_t count, size_t size) {
  void *room = sund_alloc(ctx, count, size);
  assert_non_null(room);
  return room;
}

/* The graph as the rooms of the network make them, without components and without the index. */
static inline sund_graph *web_graph(sund_ctx *ctx, const web *w) {
  sund_graph *g = web_room(ctx, 1, sizeof *g);
  *g = (sund_graph){.nodes = w->nodes,
                    .edges = w->edges,
                    .x = w->x,
                    .y = w->y,
                    .edge_from = w->from,
                    .edge_to = w->to,
                    .edge_m = w->metres,
                    .shape = web_shapes(ctx, w)};
  g->first_out = web_room(ctx, w->nodes + 2, sizeof *g->first_out);
  g->head = web_room(ctx, 2 * w->edges, sizeof *g->head);
  g->arc_edge = web_room(ctx, 2 * w->edges, sizeof *g->arc_edge);
  g->arc_m = web_room(ctx, 2 * w->edges, sizeof *g->arc_m);
  g->edge_line = web_room(ctx, w->edges, sizeof *g->edge_line);
  g->edge_level = web_room(ctx, w->edges, sizeof *g->edge_level);
  size_t *next = g->first_out + 1;
  for (size_t e = 0; e < w->edges; e++) {
    g->edge_line[e] = e;
    next[w->from[e] + 1]++;
    next[w->to[e] + 1]++;
  }
  for (size_t v = 0; v < w->nodes; v++) next[v + 1] += next[v];
  for (size_t e = 0; e < w->edges; e++)
    for (int k = 0; k < 2; k++) {
      const size_t arc = next[k ? w->to[e] : w->from[e]]++;
      g->head[arc] = k ? w->from[e] : w->to[e];
      g->arc_edge[arc] = (uint32_t)e;
      g->arc_m[arc] = w->metres[e];
    }
  assert_ok(ctx, sund_segments_build(ctx, g->shape, &g->segments));
  return g;
}

static inline sund_streets_spec web_spec(const web *w, const sund_graph *g) {
  return (sund_streets_spec){.graph = g,
                             .unit_s = 1,
                             .forward_s = w->forward_s,
                             .backward_s = w->backward_s,
                             .mode = SUND_CAR,
                             .lines = g->shape};
}

/* Streets without turns, in units of a second. */
static inline sund_streets *web_streets(sund_ctx *ctx, const web *w, const sund_graph *g) {
  const sund_streets_spec spec = web_spec(w, g);
  sund_streets *s;
  assert_ok(ctx, sund_streets_build(ctx, &spec, &s, NULL, NULL));
  return s;
}

/* A spot that stands at a node. */
static inline sund_spot web_at(const sund_graph *g, uint32_t node) {
  if (g->first_out[node] == g->first_out[node + 1]) return (sund_spot){.edge = SUND_NO_EDGE};
  const uint32_t edge = g->arc_edge[g->first_out[node]];
  return (sund_spot){.edge = edge, .along_m = g->edge_from[edge] == node ? 0 : g->edge_m[edge]};
}

/* An open grid of side by side nodes, 1 m and `seconds` apart both ways; node number: row * side + column. */
static inline web web_grid(sund_ctx *ctx, uint32_t side, double seconds) {
  web w = {0};
  for (uint32_t i = 0; i < side * side; i++) web_node(ctx, &w, i % side, i / side);
  for (uint32_t i = 0; i < side * side; i++) {
    if (i % side + 1 < side) web_edge(ctx, &w, i, i + 1, seconds, seconds);
    if (i / side + 1 < side) web_edge(ctx, &w, i, i + side, seconds, seconds);
  }
  return w;
}

/* What the visitor of trees writes down: sources * targets, sources * nodes. */
typedef struct web_sheet {
  size_t targets, nodes;
  uint32_t *units;
  double *metres;
  uint32_t *node;
} web_sheet;

static inline sund_code web_note(sund_ctx *worker, const sund_tree *tree, void *data) {
  (void)worker;
  const web_sheet *s = data;
  memcpy(s->units + tree->source * s->targets, tree->units, s->targets * sizeof *s->units);
  if (tree->metres) memcpy(s->metres + tree->source * s->targets, tree->metres, s->targets * sizeof *s->metres);
  if (tree->node) memcpy(s->node + tree->source * s->nodes, tree->node, s->nodes * sizeof *s->node);
  return SUND_OK;
}

static inline web_sheet web_trees(sund_ctx *ctx, const sund_graph *g, const sund_streets *s,
                                  const sund_trees_ask *ask) {
  web_sheet sheet = {.targets = ask->targets, .nodes = g->nodes};
  sheet.units = web_room(ctx, ask->sources * ask->targets, sizeof *sheet.units);
  sheet.metres = web_room(ctx, ask->sources * ask->targets, sizeof *sheet.metres);
  sheet.node = web_room(ctx, ask->nodes ? ask->sources * g->nodes : 0, sizeof *sheet.node);
  assert_ok(ctx, sund_streets_trees(ctx, s, ask, web_note, &sheet));
  return sheet;
}

/* Spots at all nodes. */
static inline sund_spot *web_all(sund_ctx *ctx, const sund_graph *g) {
  sund_spot *spot = web_room(ctx, g->nodes, sizeof *spot);
  for (uint32_t v = 0; v < g->nodes; v++) spot[v] = web_at(g, v);
  return spot;
}

#endif

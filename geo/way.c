/* way.c - the shortest way between two places on the network, as it is gone.
 *
 * One search from the first place, in order of distance (route.h), that keeps for each node the arc it was reached by and
 * goes no farther than the best way to the second place found so far. The way is then followed back from its end, and
 * drawn: the edges' own lines, the first and the last one cut at the places. A cut lies at its share of the edge's
 * length as drawn on the map.
 */
#include <math.h>

#include "geo/route.h"

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

/* A stretch of an edge gone along, in metres from edge_from; begin > end: against its direction. */
typedef struct stretch {
  uint32_t edge;
  double begin, end;
} stretch;

typedef struct stretches {
  stretch *at;
  size_t count, room;
} stretches;

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

/* Adds a stretch, unless it is of no length. */
static sund_code add(search *s, stretches *way, uint32_t edge, double begin, double end) {
  if (begin == end) return SUND_OK;
  stretch *at = sund_grow(s->scratch, way->at, &way->room, way->count + 1, sizeof *at);
  if (!at) return SUND_LIMIT;
  way->at = at;
  at[way->count++] = (stretch){edge, begin, end};
  return SUND_OK;
}

/* Metres along the edge at which one gets to the place from the node, which is at one end of it, or at both. */
static double end_of(const sund_graph *g, const sund_spot *spot, uint32_t node) {
  const bool from = g->edge_from[spot->edge] == node, to = g->edge_to[spot->edge] == node;
  return from && !(to && rest(g, spot) < spot->along_m) ? 0 : g->edge_m[spot->edge];
}

/* The stretches in the order they are gone. */
static sund_code follow(search *s, stretches *way) {
  const sund_graph *g = s->graph;
  const sund_spot *from = s->from, *to = s->to;
  if (s->direct) {
    TRY(add(s, way, from->edge, from->along_m, to->along_m));
  } else {
    TRY(add(s, way, to->edge, end_of(g, to, s->last), to->along_m));
    uint32_t node = s->last;
    while (s->by[node] != FROM_FIRST) {
      const size_t arc = s->by[node];
      const uint32_t edge = g->arc_edge[arc];
      const bool along = g->edge_to[edge] == node;
      TRY(add(s, way, edge, along ? 0 : g->edge_m[edge], along ? g->edge_m[edge] : 0));
      node = along ? g->edge_from[edge] : g->edge_to[edge];
    }
    TRY(add(s, way, from->edge, from->along_m, end_of(g, from, node)));
  }
  for (size_t i = 0; i < way->count / 2; i++) {
    const stretch other = way->at[i];
    way->at[i] = way->at[way->count - 1 - i];
    way->at[way->count - 1 - i] = other;
  }
  return SUND_OK;
}

/* ------------------------------------------------------------------------------------------------------ drawing */

static void add_vertex(sund_way *way, double x, double y) {
  const size_t n = way->vertices;
  if (n && way->x[n - 1] == x && way->y[n - 1] == y) return;
  way->x[n] = x;
  way->y[n] = y;
  way->vertices++;
}

static double side_length(const sund_shapes *s, size_t v) {
  return hypot(s->x[v + 1] - s->x[v], s->y[v + 1] - s->y[v]);
}

/* A place on an edge's line: `share` of the way from vertex `vertex` to the next. */
typedef struct cut {
  size_t vertex;
  double share;
  double x, y;
} cut;

static cut cut_at(const sund_graph *g, uint32_t edge, double along_m) {
  const sund_shapes *s = g->shape;
  const size_t first = s->first_vertex[edge], last = s->first_vertex[edge + 1] - 1;
  if (!(along_m > 0)) return (cut){first, 0, s->x[first], s->y[first]};
  if (!(along_m < g->edge_m[edge])) return (cut){last, 0, s->x[last], s->y[last]};
  double whole = 0;
  for (size_t v = first; v < last; v++) whole += side_length(s, v);
  double left = along_m / g->edge_m[edge] * whole;
  for (size_t v = first; v < last; v++) {
    const double length = side_length(s, v);
    if (left < length) {
      const double share = left / length;
      return (cut){v, share, s->x[v] + share * (s->x[v + 1] - s->x[v]), s->y[v] + share * (s->y[v + 1] - s->y[v])};
    }
    left -= length;
  }
  return (cut){last, 0, s->x[last], s->y[last]};
}

static void draw(const sund_graph *g, const stretch *part, sund_way *way) {
  const sund_shapes *s = g->shape;
  const cut begin = cut_at(g, part->edge, part->begin), end = cut_at(g, part->edge, part->end);
  add_vertex(way, begin.x, begin.y);
  if (part->begin < part->end) {
    for (size_t v = begin.vertex + 1; v <= end.vertex; v++) add_vertex(way, s->x[v], s->y[v]);
  } else {
    for (size_t v = begin.vertex + (begin.share > 0); v-- > end.vertex + 1;) add_vertex(way, s->x[v], s->y[v]);
  }
  add_vertex(way, end.x, end.y);
}

static sund_code deliver(sund_ctx *ctx, const search *s, const stretches *parts, sund_way *out) {
  const sund_graph *g = s->graph;
  size_t room = 2;
  for (size_t i = 0; i < parts->count; i++) {
    const uint32_t edge = parts->at[i].edge;
    room += 2 + g->shape->first_vertex[edge + 1] - g->shape->first_vertex[edge];
  }
  sund_way way = {.metres = s->from->leg_m + s->best + s->to->leg_m,
                  .edges = parts->count,
                  .edge = sund_alloc(ctx, parts->count, sizeof *way.edge),
                  .x = sund_alloc(ctx, room, sizeof *way.x),
                  .y = sund_alloc(ctx, room, sizeof *way.y)};
  if (!way.edge || !way.x || !way.y) return SUND_LIMIT;
  for (size_t i = 0; i < parts->count; i++) {
    way.edge[i] = parts->at[i].edge;
    draw(g, &parts->at[i], &way);
  }
  if (way.vertices < 2) { /* a line has two ends, also when it leads nowhere */
    const cut here = cut_at(g, s->from->edge, s->from->along_m);
    way.x[0] = way.x[1] = here.x;
    way.y[0] = way.y[1] = here.y;
    way.vertices = 2;
  }
  *out = way;
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
  stretches way = {0};
  TRY(follow(s, &way));
  return deliver(ctx, s, &way, out);
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

/* network.c - a network of lines that know their nodes (OpenStreetMap) and of lines that do not, side by side.
 *
 *   cut      rows with node ids, where they share a node                   (network_cut.c)
 *   chains   what is alike and meets end to end becomes one edge           (network_chain.c)
 *   join     the other rows by their geometry                             (join.c)
 *   build    nodes of both numbered along one Hilbert curve, edges by their first node, then arcs and components
 *
 * Lines without any node id give the very graph of sund_graph_join.
 */
#include "geo/network.h"

#include <math.h>
#include <string.h>

#include "geo/graph.h"

/* ------------------------------------------------------------------------------------------------------- the draft */

static void *more(sund_ctx *scratch, void *old, size_t have, size_t add, size_t size) {
  char *made = sund_alloc(scratch, have + add, size);
  if (made && have) memcpy(made, old, have * size);
  return made;
}

sund_code network_room(sund_ctx *scratch, network_draft *d, size_t nodes, size_t edges, size_t vertices) {
  const size_t had = d->first ? d->first[d->edges] : 0, firsts = d->first ? d->edges + 1 : 0;
  d->x = more(scratch, d->x, d->nodes, nodes, sizeof *d->x);
  d->y = more(scratch, d->y, d->nodes, nodes, sizeof *d->y);
  d->from = more(scratch, d->from, d->edges, edges, sizeof *d->from);
  d->to = more(scratch, d->to, d->edges, edges, sizeof *d->to);
  d->line = more(scratch, d->line, d->edges, edges, sizeof *d->line);
  d->level = more(scratch, d->level, d->edges, edges, sizeof *d->level);
  d->metres = more(scratch, d->metres, d->edges, edges, sizeof *d->metres);
  d->first = more(scratch, d->first, firsts, d->edges + edges + 1 - firsts, sizeof *d->first);
  d->vx = more(scratch, d->vx, had, vertices, sizeof *d->vx);
  d->vy = more(scratch, d->vy, had, vertices, sizeof *d->vy);
  const bool ends = d->x && d->y && d->from && d->to && d->line && d->level;
  return ends && d->metres && d->first && d->vx && d->vy ? SUND_OK : SUND_LIMIT;
}

/* Adds the lines that were joined by their geometry. */
static sund_code add_graph(sund_ctx *scratch, network_draft *d, const sund_graph *g) {
  TRY(network_room(scratch, d, g->nodes, g->edges, g->shape->vertices));
  for (size_t v = 0; v < g->nodes; v++) {
    d->x[d->nodes + v] = g->x[v];
    d->y[d->nodes + v] = g->y[v];
  }
  const size_t had = d->first[d->edges];
  for (size_t v = 0; v < g->shape->vertices; v++) {
    d->vx[had + v] = g->shape->x[v];
    d->vy[had + v] = g->shape->y[v];
  }
  for (size_t e = 0; e < g->edges; e++) {
    const size_t to = d->edges + e;
    d->from[to] = (uint32_t)(d->nodes + g->edge_from[e]);
    d->to[to] = (uint32_t)(d->nodes + g->edge_to[e]);
    d->line[to] = g->edge_line[e];
    d->level[to] = g->edge_level[e];
    d->metres[to] = g->edge_m[e];
    d->first[to + 1] = had + g->shape->first_vertex[e + 1];
  }
  d->nodes += g->nodes;
  d->edges += g->edges;
  return SUND_OK;
}

/* ------------------------------------------------------------------------------------------------------- the graph */

/* Numbers of the nodes that edges end at, along a Hilbert curve; NETWORK_NONE for the others. */
static sund_code number_nodes(sund_ctx *scratch, const network_draft *d, uint32_t *number, size_t *count) {
  uint32_t *node = sund_alloc(scratch, d->nodes, sizeof *node);
  size_t *order = sund_alloc(scratch, d->nodes, sizeof *order), n = 0;
  double *x = sund_alloc(scratch, d->nodes, sizeof *x);
  double *y = sund_alloc(scratch, d->nodes, sizeof *y);
  if (!node || !order || !x || !y) return SUND_LIMIT;
  for (size_t v = 0; v < d->nodes; v++) number[v] = NETWORK_NONE;
  for (size_t e = 0; e < d->edges; e++) number[d->from[e]] = number[d->to[e]] = 0;
  for (size_t v = 0; v < d->nodes; v++) {
    if (number[v] == NETWORK_NONE) continue;
    x[n] = d->x[v];
    y[n] = d->y[v];
    node[n++] = (uint32_t)v;
  }
  TRY(sund_hilbert_order(scratch, n, x, y, order));
  for (size_t i = 0; i < n; i++) number[node[order[i]]] = (uint32_t)i;
  *count = n;
  return SUND_OK;
}

/* The draft's edges in order of their first node, then as they stand. */
static sund_code order_edges(sund_ctx *scratch, const network_draft *d, const uint32_t *number, size_t nodes,
                             size_t *order) {
  size_t *start = sund_alloc(scratch, nodes + 1, sizeof *start);
  if (!start) return SUND_LIMIT;
  for (size_t e = 0; e < d->edges; e++) start[number[d->from[e]] + 1]++;
  for (size_t v = 0; v < nodes; v++) start[v + 1] += start[v];
  for (size_t e = 0; e < d->edges; e++) order[start[number[d->from[e]]]++] = e;
  return SUND_OK;
}

static sund_code fill_shape(sund_ctx *ctx, const network_draft *d, const size_t *order, sund_graph *g) {
  sund_shapes *s;
  TRY(sund_shapes_new(ctx, SUND_LINE, d->edges, d->edges, d->first[d->edges], &s));
  for (size_t e = 0; e < d->edges; e++) {
    const size_t from = d->first[order[e]], n = d->first[order[e] + 1] - from;
    memcpy(s->x + s->first_vertex[e], d->vx + from, n * sizeof *s->x);
    memcpy(s->y + s->first_vertex[e], d->vy + from, n * sizeof *s->y);
    s->first_part[e + 1] = e + 1;
    s->first_vertex[e + 1] = s->first_vertex[e] + n;
  }
  g->shape = s;
  return sund_segments_build(ctx, s, &g->segments);
}

static sund_code build(sund_ctx *ctx, sund_ctx *scratch, const network_draft *d, sund_graph **out) {
  sund_graph *g = sund_alloc(ctx, 1, sizeof *g);
  uint32_t *number = sund_alloc(scratch, d->nodes, sizeof *number);
  size_t *order = sund_alloc(scratch, d->edges, sizeof *order), nodes = 0;
  if (!g || !number || !order) return SUND_LIMIT;
  TRY(number_nodes(scratch, d, number, &nodes));
  TRY(order_edges(scratch, d, number, nodes, order));
  TRY(graph_room(ctx, nodes, d->edges, g));
  for (size_t v = 0; v < d->nodes; v++) {
    if (number[v] == NETWORK_NONE) continue;
    g->x[number[v]] = d->x[v];
    g->y[number[v]] = d->y[v];
  }
  for (size_t e = 0; e < d->edges; e++) {
    g->edge_from[e] = number[d->from[order[e]]];
    g->edge_to[e] = number[d->to[order[e]]];
    g->edge_line[e] = d->line[order[e]];
    g->edge_level[e] = d->level[order[e]];
    g->edge_m[e] = d->metres[order[e]];
  }
  TRY(fill_shape(ctx, d, order, g));
  graph_arcs(g);
  TRY(graph_components(ctx, scratch, g));
  *out = g;
  return SUND_OK;
}

/* -------------------------------------------------------------------------------------------------------- the whole */

/* Which rows are kept and know all their nodes (take), and which of those kept do not (rest). */
static void sort_rows(const sund_network_ask *ask, uint8_t *take, uint8_t *rest, size_t *taken, size_t *left) {
  const sund_shapes *s = ask->lines->shapes;
  for (size_t row = 0; row < s->rows; row++) {
    if (ask->keep && !ask->keep[row]) continue;
    const size_t first = s->first_vertex[s->first_part[row]], end = s->first_vertex[s->first_part[row + 1]];
    bool known = true;
    for (size_t v = first; v < end; v++) known = known && ask->lines->topology->node[v] != SUND_NULL_INT;
    take[row] = known;
    rest[row] = !known;
    *taken += known;
    *left += !known;
  }
}

static sund_code check_places(sund_ctx *scratch, const sund_shapes *s, const uint8_t *take) {
  if (s->vertices >= NETWORK_NONE / 2)
    return sund_fail(scratch, SUND_LIMIT, "the network has %zu vertices; %u are the most", s->vertices,
                     NETWORK_NONE / 2 - 1);
  for (size_t row = 0; row < s->rows; row++)
    for (size_t v = s->first_vertex[s->first_part[row]]; take[row] && v < s->first_vertex[s->first_part[row + 1]];
         v++)
      if (!isfinite(s->x[v]) || !isfinite(s->y[v]))
        return sund_fail(scratch, SUND_DATA, "line %zu has a coordinate that is no number", row);
  return SUND_OK;
}

static sund_code make(sund_ctx *ctx, sund_ctx *scratch, const sund_network_ask *ask, const sund_ground *ground,
                      sund_graph **out, sund_join_report *report) {
  const sund_table *lines = ask->lines;
  const size_t rows = lines->shapes->rows;
  uint8_t *take = sund_alloc(scratch, rows, 1), *rest = sund_alloc(scratch, rows, 1);
  size_t taken = 0, left = 0;
  if (!take || !rest) return SUND_LIMIT;
  sort_rows(ask, take, rest, &taken, &left);
  TRY(check_places(scratch, lines->shapes, take));
  network_pieces pieces = {.ask = ask, .ground = ground, .take = take};
  network_draft draft = {.nodes = 0};
  sund_graph *joined = NULL;
  if (left)
    TRY(sund_graph_join(scratch, lines->shapes, ask->level, ask->length_m, rest, ask->tolerance, ground, &joined,
                        report));
  else *report = (sund_join_report){.lines = rows, .near_x = NAN, .near_y = NAN};
  TRY(network_cut(scratch, &pieces, report));
  TRY(network_chains(scratch, &pieces, &draft));
  if (left) TRY(add_graph(scratch, &draft, joined));
  return build(ctx, scratch, &draft, out);
}

sund_code sund_graph_network(sund_ctx *ctx, const sund_network_ask *ask, const sund_ground *ground, sund_graph **out,
                             sund_join_report *report) {
  const sund_table *lines = ask->lines;
  if (!lines->topology)
    return sund_graph_join(ctx, lines->shapes, ask->level, ask->length_m, ask->keep, ask->tolerance, ground, out,
                           report);
  sund_ctx *scratch = sund_ctx_child(ctx);
  if (!scratch) return SUND_LIMIT;
  sund_join_report said;
  sund_code code = make(ctx, scratch, ask, ground, out, &said);
  if (code == SUND_OK && report) *report = said;
  if (code != SUND_OK) code = sund_ctx_pass(ctx, scratch);
  sund_ctx_free(scratch);
  return code;
}

/* streets_ends.c - where ways begin and end: from places on edges to nodes and back, legs included.
 *
 * A spot that lies at the very end of an edge stands at the node there: the edge's directions do not matter then.
 */
#include <math.h>

#include "geo/streets.h"

/* The part of the edge before the spot, 0 to 1. */
static double share_of(const sund_graph *g, const sund_spot *spot) {
  const double whole = g->edge_m[spot->edge];
  return whole > 0 ? fmin(fmax(spot->along_m / whole, 0), 1) : 0;
}

static sund_code add(sund_ctx *ctx, streets_ends *ends, streets_end end) {
  streets_end *at = sund_grow(ctx, ends->at, &ends->room, ends->count + 1, sizeof *at);
  if (!at) return SUND_LIMIT;
  ends->at = at;
  if (end.units != SUND_BEYOND) at[ends->count++] = end;
  return SUND_OK;
}

static bool leaves_by(const sund_streets *s, uint32_t node, uint32_t pass) {
  for (size_t i = s->arcs[0].first[node]; i < s->arcs[0].first[node + 1]; i++)
    if (s->arcs[0].pass[i] == pass) return true;
  return false;
}

/* One direction of the edge: `part` of it lies between the spot and the node. */
static sund_code add_pass(sund_ctx *ctx, const sund_streets *s, const sund_spot *spot, uint32_t pass, double part,
                          bool begins, streets_ends *ends) {
  const sund_graph *g = s->graph;
  const bool against = pass & 1;
  const uint32_t node = against == begins ? g->edge_from[spot->edge] : g->edge_to[spot->edge];
  const bool at_node = part == 0;
  if (isnan(s->seconds[pass]) && !at_node) return SUND_OK;
  const double edge_s = at_node ? 0 : part * s->seconds[pass];
  streets_end end = {.node = begins && !at_node ? s->after[pass] : node,
                     .units = streets_units(s, spot->leg_m * s->leg_s_m + edge_s),
                     .metres = spot->leg_m + part * g->edge_m[spot->edge],
                     .pass = pass};
  if (begins) return add(ctx, ends, end);
  for (; end.node != STREETS_NOTHING; end.node = s->next[end.node])
    if (at_node || leaves_by(s, end.node, pass)) TRY(add(ctx, ends, end));
  return SUND_OK;
}

sund_code streets_ends_add(sund_ctx *ctx, const sund_streets *s, const sund_spot *spot, bool begins,
                           streets_ends *ends) {
  if (spot->edge == SUND_NO_EDGE) return SUND_OK;
  const double share = share_of(s->graph, spot);
  const uint32_t pass = 2 * spot->edge;
  if (share == 0) return add_pass(ctx, s, spot, pass + begins, 0, begins, ends);
  if (share == 1) return add_pass(ctx, s, spot, pass + !begins, 0, begins, ends);
  TRY(add_pass(ctx, s, spot, pass, begins ? 1 - share : share, begins, ends));
  return add_pass(ctx, s, spot, pass + 1, begins ? share : 1 - share, begins, ends);
}

streets_end streets_direct(const sund_streets *s, const sund_spot *from, const sund_spot *to) {
  const double a = share_of(s->graph, from), b = share_of(s->graph, to);
  const double edge_s = a == b ? 0 : fabs(b - a) * s->seconds[2 * from->edge + (b < a)];
  if (isnan(edge_s)) return (streets_end){.node = STREETS_NOTHING, .units = SUND_BEYOND, .metres = NAN};
  const double leg_m = from->leg_m + to->leg_m;
  return (streets_end){.node = STREETS_NOTHING,
                       .units = streets_units(s, leg_m * s->leg_s_m + edge_s),
                       .metres = leg_m + fabs(b - a) * s->graph->edge_m[from->edge],
                       .pass = 2 * from->edge + (b < a)};
}

/* ----------------------------------------------------------------------------------------------------- targets */

/* Ends of all targets, and whose they are. */
static sund_code list_ends(sund_ctx *scratch, const sund_streets *s, const streets_targets *t, bool begins,
                           streets_ends *ends, uint32_t **whose) {
  size_t room = 0;
  uint32_t *owner = NULL;
  for (size_t i = 0; i < t->count; i++) {
    const size_t before = ends->count;
    TRY(streets_ends_add(scratch, s, &t->spot[i], begins, ends));
    owner = sund_grow(scratch, owner, &room, ends->count + 1, sizeof *owner);
    if (!owner) return SUND_LIMIT;
    for (size_t k = before; k < ends->count; k++) owner[k] = (uint32_t)i;
  }
  *whose = owner;
  return SUND_OK;
}

static sund_code by_node(sund_ctx *ctx, sund_ctx *scratch, const sund_streets *s, bool begins, streets_targets *t) {
  streets_ends ends = {0};
  uint32_t *whose;
  if (list_ends(scratch, s, t, begins, &ends, &whose) != SUND_OK) return sund_ctx_pass(ctx, scratch);
  t->at = sund_alloc(ctx, ends.count, sizeof *t->at);
  if (!t->at) return SUND_LIMIT;
  size_t *next = t->first + 1;
  for (size_t i = 0; i < ends.count; i++) next[ends.at[i].node + 1]++;
  for (size_t v = 0; v < s->nodes; v++) next[v + 1] += next[v];
  for (size_t i = 0; i < ends.count; i++)
    t->at[next[ends.at[i].node]++] = (streets_target){whose[i], ends.at[i].units, ends.at[i].metres};
  return SUND_OK;
}

sund_code streets_targets_make(sund_ctx *ctx, const sund_streets *s, size_t count, const sund_spot *spot, bool begins,
                               streets_targets *out) {
  if (count >= UINT32_MAX) return sund_fail(ctx, SUND_LIMIT, "%zu targets are too many", count);
  const size_t edges = s->graph->edges;
  streets_targets t = {.spot = spot,
                       .count = count,
                       .first = sund_alloc(ctx, s->nodes + 2, sizeof *t.first),
                       .first_on = sund_alloc(ctx, edges + 2, sizeof *t.first_on),
                       .on = sund_alloc(ctx, count, sizeof *t.on)};
  if (!t.first || !t.first_on || !t.on) return SUND_LIMIT;
  size_t *next = t.first_on + 1;
  for (size_t i = 0; i < count; i++)
    if (spot[i].edge != SUND_NO_EDGE) next[spot[i].edge + 1]++;
  for (size_t e = 0; e < edges; e++) next[e + 1] += next[e];
  for (size_t i = 0; i < count; i++)
    if (spot[i].edge != SUND_NO_EDGE) t.on[next[spot[i].edge]++] = (uint32_t)i;
  sund_ctx *scratch = sund_ctx_child(ctx);
  if (!scratch) return SUND_LIMIT;
  const sund_code code = by_node(ctx, scratch, s, begins, &t);
  sund_ctx_free(scratch);
  if (code == SUND_OK) *out = t;
  return code;
}

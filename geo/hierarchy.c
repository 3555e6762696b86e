/* hierarchy.c - contracted streets in the order of a sweep.
 *
 * The elimination tree (Liu 1990; for streets Dibbelt, Strasser and Wagner 2016) of the order in which nodes were
 * contracted: a node's parent is the lowest of all higher nodes that it, or a node below it, has an arc to or from.
 * All higher nodes that a node has arcs with are then on its way to the root. In preorder a node's row of times is
 * needed only while the nodes below it are swept.
 */
#include "geo/hierarchy.h"

#include <string.h>

#define NOTHING STREETS_NOTHING

/* --------------------------------------------------------------------------------------------------------- tree */

/* Parents by rank: nodes from the first contracted on; `top` leads from a node to the highest one above it so far, with
 * short cuts on the way (Liu 1990). */
static sund_code make_tree(sund_ctx *scratch, const hierarchy_order *o, uint32_t **out) {
  uint32_t *parent = sund_alloc(scratch, o->nodes, sizeof *parent);
  uint32_t *top = sund_alloc(scratch, o->nodes, sizeof *top);
  size_t *first = sund_alloc(scratch, o->nodes + 2, sizeof *first);
  size_t arcs = 0;
  for (size_t v = 0; v < o->nodes; v++) arcs += o->count[v];
  uint32_t *lower = sund_alloc(scratch, arcs, sizeof *lower); /* neighbours contracted before a node, by its rank */
  if (!parent || !top || !first || !lower) return SUND_LIMIT;
  size_t *next = first + 1;
  for (size_t v = 0; v < o->nodes; v++)
    for (uint32_t i = 0; i < o->count[v]; i++) next[o->rank[o->near[v][i].node] + 1]++;
  for (size_t r = 0; r < o->nodes; r++) next[r + 1] += next[r];
  for (size_t r = 0; r < o->nodes; r++)
    for (uint32_t v = o->order[r], i = 0; i < o->count[v]; i++)
      lower[next[o->rank[o->near[v][i].node]]++] = (uint32_t)r;
  for (uint32_t r = 0; r < o->nodes; r++) {
    parent[r] = top[r] = NOTHING;
    for (size_t i = first[r]; i < first[r + 1]; i++)
      for (uint32_t at = lower[i]; at != NOTHING && at != r;) {
        const uint32_t above = top[at];
        top[at] = r;
        if (above == NOTHING) parent[at] = r;
        at = above;
      }
  }
  *out = parent;
  return SUND_OK;
}

/* Ranks by the size of what is below them, smallest first, then the higher rank. */
static sund_code by_size(sund_ctx *scratch, size_t n, const uint32_t *size, uint32_t **out) {
  size_t *first = sund_alloc(scratch, n + 2, sizeof *first);
  uint32_t *order = sund_alloc(scratch, n, sizeof *order);
  if (!first || !order) return SUND_LIMIT;
  for (size_t r = 0; r < n; r++) first[size[r] + 1]++;
  for (size_t i = 0; i <= n; i++) first[i + 1] += first[i];
  for (size_t r = n; r-- > 0;) order[first[size[r]]++] = (uint32_t)r;
  *out = order;
  return SUND_OK;
}

/* Positions: a node, then the nodes below it, small parts before large ones: what the sweep keeps is then needed no longer
 * than it must be. Where a part begins within that of its parent is known first, from the root down it is added up. */
static sund_code number_positions(sund_ctx *scratch, const hierarchy_order *o, const uint32_t *parent, hierarchy *h) {
  const size_t n = o->nodes;
  uint32_t *size = sund_alloc(scratch, n, sizeof *size);   /* by rank: nodes below and itself */
  uint32_t *begin = sund_alloc(scratch, n, sizeof *begin); /* by rank: in the part of the parent, then of all */
  uint32_t *taken = sund_alloc(scratch, n, sizeof *taken); /* by rank: of its part */
  uint32_t *order, roots = 0;
  if (!size || !begin || !taken) return SUND_LIMIT;
  for (size_t r = 0; r < n; r++) {
    size[r]++;
    if (parent[r] != NOTHING) size[parent[r]] += size[r];
    taken[r] = 1;
  }
  TRY(by_size(scratch, n, size, &order));
  for (size_t i = 0; i < n; i++) {
    uint32_t *free_at = parent[order[i]] == NOTHING ? &roots : &taken[parent[order[i]]];
    begin[order[i]] = *free_at;
    *free_at += size[order[i]];
  }
  for (size_t r = n; r-- > 0;) {
    if (parent[r] != NOTHING) begin[r] += begin[parent[r]];
    h->position[o->order[r]] = begin[r];
    h->end[begin[r]] = begin[r] + size[r];
  }
  return SUND_OK;
}

/* --------------------------------------------------------------------------------------------------------- arcs */

static sund_code make_arcs(sund_ctx *ctx, const hierarchy_order *o, const hierarchy *h, bool up,
                           hierarchy_arcs *out) {
  out->first = sund_alloc(ctx, o->nodes + 1, sizeof *out->first);
  if (!out->first) return SUND_LIMIT;
  for (size_t v = 0; v < o->nodes; v++)
    for (uint32_t i = 0; i < o->count[v]; i++)
      out->first[h->position[v] + 1] += (up ? o->near[v][i].to : o->near[v][i].from) != SUND_BEYOND;
  for (size_t p = 0; p < o->nodes; p++) out->first[p + 1] += out->first[p];
  out->arc = sund_alloc(ctx, out->first[o->nodes], sizeof *out->arc);
  if (!out->arc) return SUND_LIMIT;
  for (size_t v = 0; v < o->nodes; v++) {
    size_t at = out->first[h->position[v]];
    for (uint32_t i = 0; i < o->count[v]; i++) {
      const uint32_t units = up ? o->near[v][i].to : o->near[v][i].from;
      if (units != SUND_BEYOND) out->arc[at++] = (hierarchy_arc){h->position[o->near[v][i].node], units};
    }
  }
  return SUND_OK;
}

static sund_code build(sund_ctx *ctx, sund_ctx *scratch, const sund_streets *s, hierarchy *h) {
  hierarchy_order order;
  uint32_t *parent;
  h->nodes = s->nodes;
  h->position = sund_alloc(ctx, s->nodes, sizeof *h->position);
  h->end = sund_alloc(ctx, s->nodes, sizeof *h->end);
  if (!h->position || !h->end) return SUND_LIMIT;
  TRY(hierarchy_contract(scratch, s, &order));
  TRY(make_tree(scratch, &order, &parent));
  TRY(number_positions(scratch, &order, parent, h));
  TRY(make_arcs(ctx, &order, h, true, &h->arcs[0]));
  return make_arcs(ctx, &order, h, false, &h->arcs[1]);
}

sund_code sund_streets_contract(sund_ctx *ctx, sund_streets *streets) {
  if (streets->hierarchy) return SUND_OK;
  hierarchy *h = sund_alloc(ctx, 1, sizeof *h);
  sund_ctx *scratch = h ? sund_ctx_child(ctx) : NULL;
  if (!scratch) return SUND_LIMIT;
  sund_code code = build(ctx, scratch, streets, h);
  if (code != SUND_OK) code = sund_ctx_pass(ctx, scratch);
  sund_ctx_free(scratch);
  if (code == SUND_OK) streets->hierarchy = h;
  return code;
}

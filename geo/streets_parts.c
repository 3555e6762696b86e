/* streets_parts.c - parts of the streets in which one can go from everywhere to everywhere and come back: strongly
 * connected components (Tarjan 1972), without recursion.
 */
#include <string.h>

#include "geo/streets.h"

#define NOTHING UINT32_MAX

typedef struct walk {
  const sund_streets *s;
  uint32_t *seen;   /* nodes: when it was come to first, from 1; 0 = not yet         */
  uint32_t *low;    /* nodes: earliest node on the stack that can be come to from it */
  uint32_t *part;   /* nodes: number of its part, NOTHING = open                     */
  uint32_t *open;   /* nodes come to whose part is not known                         */
  uint32_t *trail;  /* nodes on the way here                                         */
  size_t *next_arc; /* nodes: next one to look at                                    */
  size_t open_count, trail_count;
  uint32_t clock, parts;
} walk;

static void come_to(walk *w, uint32_t node) {
  w->seen[node] = w->low[node] = ++w->clock;
  w->next_arc[node] = w->s->arcs[0].first[node];
  w->open[w->open_count++] = node;
  w->trail[w->trail_count++] = node;
}

/* All arcs of the node at the end of the trail have been looked at. */
static void leave(walk *w, uint32_t node) {
  if (w->low[node] == w->seen[node]) {
    uint32_t member;
    do {
      member = w->open[--w->open_count];
      w->part[member] = w->parts;
    } while (member != node);
    w->parts++;
  }
  w->trail_count--;
  if (!w->trail_count) return;
  const uint32_t before = w->trail[w->trail_count - 1];
  if (w->low[node] < w->low[before]) w->low[before] = w->low[node];
}

static void walk_from(walk *w, uint32_t start) {
  const streets_arcs *arcs = &w->s->arcs[0];
  come_to(w, start);
  while (w->trail_count) {
    const uint32_t node = w->trail[w->trail_count - 1];
    if (w->next_arc[node] == arcs->first[node + 1]) {
      leave(w, node);
      continue;
    }
    const uint32_t head = arcs->arc[w->next_arc[node]++].node;
    if (!w->seen[head]) come_to(w, head);
    else if (w->part[head] == NOTHING && w->seen[head] < w->low[node]) w->low[node] = w->seen[head];
  }
}

static sund_code find_parts(sund_ctx *scratch, const sund_streets *s, walk *w) {
  *w = (walk){.s = s,
              .seen = sund_alloc(scratch, s->nodes, sizeof *w->seen),
              .low = sund_alloc(scratch, s->nodes, sizeof *w->low),
              .part = sund_alloc(scratch, s->nodes, sizeof *w->part),
              .open = sund_alloc(scratch, s->nodes, sizeof *w->open),
              .trail = sund_alloc(scratch, s->nodes, sizeof *w->trail),
              .next_arc = sund_alloc(scratch, s->nodes, sizeof *w->next_arc)};
  if (!w->seen || !w->low || !w->part || !w->open || !w->trail || !w->next_arc) return SUND_LIMIT;
  memset(w->part, 0xff, s->nodes * sizeof *w->part);
  for (uint32_t v = 0; v < s->nodes; v++)
    if (!w->seen[v]) walk_from(w, v);
  return SUND_OK;
}

/* The part of each edge, of several (where turns are restricted) the one with most nodes, then the lowest; the numbers
 * are those of the walk. */
static sund_code parts_of_edges(sund_ctx *scratch, const walk *w, uint32_t *edge_part) {
  const sund_streets *s = w->s;
  size_t *size = sund_alloc(scratch, w->parts, sizeof *size);
  if (!size) return SUND_LIMIT;
  for (size_t v = 0; v < s->nodes; v++) size[w->part[v]]++;
  memset(edge_part, 0xff, s->graph->edges * sizeof *edge_part);
  for (size_t v = 0; v < s->nodes; v++)
    for (size_t i = s->arcs[0].first[v]; i < s->arcs[0].first[v + 1]; i++) {
      const uint32_t edge = s->arcs[0].pass[i] / 2, part = w->part[v], old = edge_part[edge];
      if (w->part[s->arcs[0].arc[i].node] != part) continue;
      if (old == NOTHING || size[part] > size[old] || (size[part] == size[old] && part < old)) edge_part[edge] = part;
    }
  return SUND_OK;
}

static sund_code number_parts(sund_ctx *scratch, const walk *w, double least_m, uint8_t *accept, uint32_t *edge_part,
                              size_t *small) {
  const sund_graph *g = w->s->graph;
  double *metres = sund_alloc(scratch, w->parts, sizeof *metres);
  uint32_t *number = sund_alloc(scratch, w->parts, sizeof *number);
  if (!metres || !number) return SUND_LIMIT;
  uint32_t parts = 0;
  *small = 0;
  for (size_t p = 0; p < w->parts; p++) number[p] = NOTHING;
  for (size_t e = 0; e < g->edges; e++)
    if (edge_part[e] != NOTHING) metres[edge_part[e]] += g->edge_m[e];
  for (size_t e = 0; e < g->edges; e++) {
    const uint32_t part = edge_part[e];
    accept[e] = part != NOTHING && metres[part] >= least_m;
    if (part == NOTHING) continue;
    if (number[part] == NOTHING) {
      number[part] = parts++;
      *small += !accept[e];
    }
    edge_part[e] = number[part];
  }
  return SUND_OK;
}

static sund_code run(sund_ctx *scratch, const sund_streets *s, double least_m, uint8_t *accept, uint32_t *part,
                     size_t *small) {
  walk w;
  if (!part && !(part = sund_alloc(scratch, s->graph->edges, sizeof *part))) return SUND_LIMIT;
  TRY(find_parts(scratch, s, &w));
  TRY(parts_of_edges(scratch, &w, part));
  return number_parts(scratch, &w, least_m, accept, part, small);
}

sund_code sund_streets_parts(sund_ctx *ctx, const sund_streets *streets, double least_m, uint8_t *accept,
                             uint32_t *part, size_t *parts_small) {
  sund_ctx *scratch = sund_ctx_child(ctx);
  if (!scratch) return SUND_LIMIT;
  size_t small;
  sund_code code = run(scratch, streets, least_m, accept, part, &small);
  if (code != SUND_OK) code = sund_ctx_pass(ctx, scratch);
  else if (parts_small) *parts_small = small;
  sund_ctx_free(scratch);
  return code;
}

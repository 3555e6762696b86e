/* reach.c - which spots lie within a limit of each of many groups of sources: one bounded search a group.
 *
 *   1. Sources are put in order along their edges, then dealt to their groups, so that a group has its sources edge by
 *      edge; spots are listed by edge.
 *   2. A group spreads from both ends of its sources' edges as far as the limit, in order of distance (route.h).
 *   3. The spots on every edge it came to take the best of the edge's ends and, on edges with sources of the group, of
 *      those. They are noted in a set of bits, and read from it in rising order.
 *
 * Groups are independent: one parallel loop. What a search knows of nodes and edges counts only while its number, the
 * stamp, is that of the group, so nothing is cleared between groups. Each block of groups keeps what it found in memory
 * of its own; at the end the blocks are put one after the other.
 */
#include <math.h>
#include <string.h>

#include "geo/route.h"

enum { BLOCKS_A_THREAD = 8 /* a block has the memory of a search, once */ };

/* Who was found, in the order of the groups of a block. */
typedef struct harvest {
  sund_ctx *ctx;
  size_t count, room, metres_room;
  uint32_t *to;
  double *metres;
} harvest;

/* A spot in the list of its edge: what is near on the network is near in memory, whatever the order of the spots. */
typedef struct listed {
  double along_m, leg_m;
  uint32_t spot;
} listed;

/* What all searches share. */
typedef struct reach {
  const sund_graph *graph;
  sund_ctx *scratch;
  double limit; /* with rounding */
  route_scale scale;
  double step;          /* see route_queue_open            */
  route_places places;  /* by group, then edge, then along */
  size_t *first_source; /* groups + 1: into places         */
  const sund_spot *spots;
  size_t n;
  size_t *first_spot; /* edges + 1                       */
  listed *spot;       /* spots by edge */
  size_t groups, block;
  harvest *found; /* blocks                               */
  size_t *count;  /* groups: how many were found          */
} reach;

typedef struct node_state {
  double metres; /* when stamp is the search's */
  uint32_t stamp;
} node_state;

/* One search after the other. */
typedef struct search {
  const reach *r;
  uint32_t stamp; /* group + 1 */
  node_state *node;
  uint32_t *edge_stamp; /* edges: those done */
  route_queue queue;
  uint32_t *reached; /* nodes */
  size_t reached_count;
  double *metres;   /* spots: where the bit is set */
  uint64_t *bits;   /* spots                       */
  size_t low, high; /* words of bits that may be set: low .. high - 1 */
} search;

/* ------------------------------------------------------------------------------------------------------- search */

static double metres_at(const search *s, uint32_t node) {
  return s->node[node].stamp == s->stamp ? s->node[node].metres : INFINITY;
}

static sund_code offer(search *s, uint32_t node, double metres) {
  node_state *state = &s->node[node];
  if (!(metres <= s->r->limit)) return SUND_OK;
  if (state->stamp != s->stamp) s->reached[s->reached_count++] = node;
  else if (state->metres <= metres) return SUND_OK;
  *state = (node_state){metres, s->stamp};
  return route_push(&s->queue, node, metres, 0);
}

static sund_code spread(search *s, size_t first, size_t end) {
  const sund_graph *g = s->r->graph;
  for (size_t i = first; i < end; i++) {
    const route_place *p = &s->r->places.at[i];
    if (!isfinite(p->leg_m + p->along_m)) continue;
    TRY(offer(s, g->edge_from[p->edge], p->leg_m + p->along_m));
    TRY(offer(s, g->edge_to[p->edge], p->leg_m + fmax(g->edge_m[p->edge] - p->along_m, 0)));
  }
  for (route_entry e; route_pop(&s->queue, &e);) {
    if (s->node[e.node].metres < e.metres) continue;
    for (size_t arc = g->first_out[e.node]; arc < g->first_out[e.node + 1]; arc++)
      TRY(offer(s, g->head[arc], e.metres + g->arc_m[arc]));
  }
  return SUND_OK;
}

/* ------------------------------------------------------------------------------------------------------- spots */

static void note(search *s, uint32_t spot, double metres) {
  const size_t word = spot / 64;
  s->metres[spot] = metres;
  s->bits[word] |= (uint64_t)1 << spot % 64;
  if (word < s->low) s->low = word;
  if (word >= s->high) s->high = word + 1;
}

/* The best of the sources first .. end-1, which lie on the spot's edge. */
static double along_edge(const route_places *p, size_t first, size_t end, const listed *spot) {
  const size_t after = route_first_after(p, first, end, spot->along_m);
  double best = INFINITY;
  if (after > first) {
    const route_place *before = &p->at[p->before[after - 1]];
    best = before->leg_m + (spot->along_m - before->along_m) + spot->leg_m;
  }
  if (after < end) {
    const route_place *behind = &p->at[p->after[after]];
    best = fmin(best, behind->leg_m + (behind->along_m - spot->along_m) + spot->leg_m);
  }
  return best;
}

/* Looks at the spots on an edge, once; the group's sources on it are first .. end-1. */
static void visit_edge(search *s, uint32_t edge, size_t first, size_t end) {
  const reach *r = s->r;
  if (s->edge_stamp[edge] == s->stamp) return;
  s->edge_stamp[edge] = s->stamp;
  if (r->first_spot[edge] == r->first_spot[edge + 1]) return;
  const double from = metres_at(s, r->graph->edge_from[edge]), to = metres_at(s, r->graph->edge_to[edge]);
  for (size_t i = r->first_spot[edge]; i < r->first_spot[edge + 1]; i++) {
    const listed *spot = &r->spot[i];
    double metres =
        fmin(from + spot->along_m + spot->leg_m, to + (r->graph->edge_m[edge] - spot->along_m) + spot->leg_m);
    if (first < end) metres = fmin(metres, along_edge(&r->places, first, end, spot));
    if (metres <= r->limit) note(s, spot->spot, metres);
  }
}

static void visit_edges(search *s, size_t first, size_t end) {
  const sund_graph *g = s->r->graph;
  for (size_t i = first, next; i < end; i = next) {
    const uint32_t edge = s->r->places.at[i].edge;
    for (next = i; next < end && s->r->places.at[next].edge == edge;) next++;
    visit_edge(s, edge, i, next);
  }
  for (size_t i = 0; i < s->reached_count; i++) {
    const uint32_t node = s->reached[i];
    for (size_t arc = g->first_out[node]; arc < g->first_out[node + 1]; arc++) visit_edge(s, g->arc_edge[arc], 0, 0);
  }
}

/* Moves what was noted to the end of what the block found, in rising order. */
static sund_code collect(search *s, harvest *found, size_t *count) {
  const size_t before = found->count;
  for (size_t word = s->low; word < s->high; word++) {
    uint64_t bits = s->bits[word];
    if (!bits) continue;
    s->bits[word] = 0;
    uint32_t *to = sund_grow(found->ctx, found->to, &found->room, found->count + 64, sizeof *to);
    if (!to) return SUND_LIMIT;
    found->to = to;
    double *metres = sund_grow(found->ctx, found->metres, &found->metres_room, found->count + 64, sizeof *metres);
    if (!metres) return SUND_LIMIT;
    found->metres = metres;
    for (; bits; bits &= bits - 1) {
      const size_t spot = 64 * word + (size_t)__builtin_ctzll(bits);
      to[found->count] = (uint32_t)spot;
      metres[found->count++] = s->metres[spot];
    }
  }
  *count = found->count - before;
  return SUND_OK;
}

static sund_code search_open(sund_ctx *worker, const reach *r, search *s) {
  const sund_graph *g = r->graph;
  *s = (search){.r = r,
                .node = sund_alloc(worker, g->nodes, sizeof *s->node),
                .edge_stamp = sund_alloc(worker, g->edges, sizeof *s->edge_stamp),
                .reached = sund_alloc(worker, g->nodes, sizeof *s->reached),
                .metres = sund_alloc(worker, r->n, sizeof *s->metres),
                .bits = sund_alloc(worker, r->n / 64 + 1, sizeof *s->bits)};
  if (!s->node || !s->edge_stamp || !s->reached || !s->metres || !s->bits) return SUND_LIMIT;
  return route_queue_open(worker, &r->scale, r->step, &s->queue);
}

static sund_code search_groups(sund_ctx *worker, size_t begin, size_t end, void *data) {
  const reach *r = data;
  harvest *found = &r->found[begin / r->block];
  search s;
  TRY(search_open(worker, r, &s));
  for (size_t group = begin; group < end; group++) {
    const size_t first = r->first_source[group], last = r->first_source[group + 1];
    s.stamp = (uint32_t)group + 1;
    s.reached_count = 0;
    s.low = SIZE_MAX;
    s.high = 0;
    TRY(spread(&s, first, last));
    visit_edges(&s, first, last);
    if (collect(&s, found, &r->count[group]) != SUND_OK) return sund_ctx_pass(worker, found->ctx);
  }
  return SUND_OK;
}

/* ----------------------------------------------------------------------------------------------------- preparing */

/* Deals the places, which come edge by edge, to their groups, and notes the best ones on each edge. */
static sund_code deal_sources(reach *r, const route_places *all) {
  route_places *p = &r->places;
  p->count = all->count;
  p->at = sund_alloc(r->scratch, all->count, sizeof *p->at);
  r->first_source = sund_alloc(r->scratch, r->groups + 2, sizeof *r->first_source);
  if (!p->at || !r->first_source) return SUND_LIMIT;
  size_t *next = r->first_source + 1;
  for (size_t i = 0; i < all->count; i++) next[all->at[i].group + 1]++;
  for (size_t group = 0; group < r->groups; group++) next[group + 1] += next[group];
  for (size_t i = 0; i < all->count; i++) p->at[next[all->at[i].group]++] = all->at[i];
  TRY(route_best_room(r->scratch, 1, p));
  for (size_t i = 0, end; i < p->count; i = end) {
    for (end = i; end < p->count && p->at[end].edge == p->at[i].edge && p->at[end].group == p->at[i].group;) end++;
    route_note_best(p, i, end);
  }
  return SUND_OK;
}

static sund_code list_spots(reach *r) {
  const size_t edges = r->graph->edges;
  r->first_spot = sund_alloc(r->scratch, edges + 2, sizeof *r->first_spot);
  r->spot = sund_alloc(r->scratch, r->n, sizeof *r->spot);
  if (!r->first_spot || !r->spot) return SUND_LIMIT;
  size_t *next = r->first_spot + 1;
  for (size_t i = 0; i < r->n; i++)
    if (r->spots[i].edge != SUND_NO_EDGE) next[r->spots[i].edge + 1]++;
  for (size_t e = 0; e < edges; e++) next[e + 1] += next[e];
  for (size_t i = 0; i < r->n; i++) {
    const sund_spot *spot = &r->spots[i];
    if (spot->edge != SUND_NO_EDGE) r->spot[next[spot->edge]++] = (listed){spot->along_m, spot->leg_m, (uint32_t)i};
  }
  return SUND_OK;
}

static sund_code deliver(sund_ctx *ctx, const reach *r, sund_pairs **out) {
  sund_pairs *pairs = sund_alloc(ctx, 1, sizeof *pairs);
  if (!pairs) return SUND_LIMIT;
  pairs->rows = r->groups;
  pairs->first = sund_alloc(ctx, r->groups + 1, sizeof *pairs->first);
  if (!pairs->first) return SUND_LIMIT;
  for (size_t group = 0; group < r->groups; group++) pairs->first[group + 1] = pairs->first[group] + r->count[group];
  const size_t total = pairs->first[r->groups];
  pairs->to = sund_alloc(ctx, total, sizeof *pairs->to);
  pairs->metres = sund_alloc(ctx, total, sizeof *pairs->metres);
  if (!pairs->to || !pairs->metres) return SUND_LIMIT;
  for (size_t group = 0; group < r->groups; group += r->block) {
    const harvest *found = &r->found[group / r->block];
    if (!found->count) continue;
    memcpy(pairs->to + pairs->first[group], found->to, found->count * sizeof *found->to);
    memcpy(pairs->metres + pairs->first[group], found->metres, found->count * sizeof *found->metres);
  }
  *out = pairs;
  return SUND_OK;
}

/* Every block of groups has a context for what it finds. */
static sund_code search_all(sund_ctx *ctx, reach *r, sund_pairs **out) {
  const size_t blocks = BLOCKS_A_THREAD * (size_t)sund_ctx_thread_count(ctx);
  r->block = (r->groups + blocks - 1) / blocks;
  r->count = sund_alloc(r->scratch, r->groups, sizeof *r->count);
  r->found = sund_alloc(r->scratch, blocks, sizeof *r->found);
  if (!r->count || !r->found) return SUND_LIMIT;
  sund_code code = SUND_OK;
  for (size_t b = 0; b < blocks && code == SUND_OK; b++)
    if (!(r->found[b].ctx = sund_ctx_child(r->scratch))) code = SUND_LIMIT;
  if (code == SUND_OK) code = sund_for(r->scratch, r->groups, r->block, search_groups, r);
  if (code == SUND_OK) code = deliver(ctx, r, out);
  for (size_t b = 0; b < blocks; b++) sund_ctx_free(r->found[b].ctx);
  return code;
}

static sund_code run(sund_ctx *ctx, reach *r, size_t sources, const sund_spot *source, const uint8_t *use,
                     const size_t *group, sund_pairs **out) {
  if (r->n >= UINT32_MAX) return sund_fail(r->scratch, SUND_LIMIT, "%zu spots are too many", r->n);
  if (r->groups >= UINT32_MAX) return sund_fail(r->scratch, SUND_LIMIT, "%zu groups are too many", r->groups);
  route_places all;
  TRY(route_place_sources(r->scratch, r->graph, sources, source, use, group, &all));
  for (size_t i = 0; i < all.count; i++)
    if (all.at[i].group >= r->groups)
      return sund_fail(r->scratch, SUND_DEFECT, "place %u belongs to group %u of %zu", all.at[i].source,
                       all.at[i].group, r->groups);
  TRY(deal_sources(r, &all));
  TRY(list_spots(r));
  r->scale = route_measure(r->graph);
  r->step = route_step(r->graph, &r->scale, &r->places, r->limit);
  return search_all(ctx, r, out);
}

sund_code sund_route_pairs(sund_ctx *ctx, const sund_graph *graph, size_t sources, const sund_spot *source,
                           const uint8_t *use, const size_t *group, size_t groups, double limit, size_t n,
                           const sund_spot *spots, sund_pairs **out) {
  sund_ctx *scratch = sund_ctx_child(ctx);
  if (!scratch) return SUND_LIMIT;
  reach r = {.graph = graph,
             .scratch = scratch,
             .limit = limit + GRAPH_ROUNDING_M,
             .spots = spots,
             .n = n,
             .groups = groups};
  sund_code code = run(ctx, &r, sources, source, use, group, out);
  if (code != SUND_OK) code = sund_ctx_pass(ctx, scratch);
  sund_ctx_free(scratch);
  return code;
}

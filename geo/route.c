/* route.c - from everywhere to the nearest of many places: one sweep.
 *
 *   1. Every source reaches both ends of its edge (leg and part of the edge).
 *   2. Labels spread from all those at once in circular buckets of distance (Dial 1969). A bucket is about as wide as a
 *      short edge, so its entries need no order: a node may be improved while its bucket is worked off and then spreads
 *      again, which is rare (label correcting, as in Meyer & Sanders 2003). Entries overtaken are passed over.
 *      A label is the smallest pair of distance and source: equal distances go to the smallest source.
 *   3. Every spot takes the best of its edge's two ends and of the sources on its own edge. Those are kept sorted along
 *      the edge with the best one to either side of each place, so that a crowded edge costs no more than a search.
 */
#include <math.h>
#include <stdlib.h>

#include "geo/graph.h"

enum { BLOCK = 4096, BUCKETS_MOST = 1 << 16 };

/* Distance to a source; ordered by metres, then source. NOBODY = not reached. */
typedef struct label {
  double metres;
  uint32_t source;
} label;
#define NOBODY UINT32_MAX

/* A node to spread from, in a list of its bucket. */
typedef struct entry {
  double metres;
  uint32_t source, node;
  uint32_t next; /* entry, or NOBODY */
} entry;

/* A source on its edge. */
typedef struct place {
  uint32_t edge, source;
  double along_m, leg_m;
  uint32_t best_before; /* places: the best one at or before this for spots that lie after it  */
  uint32_t best_after;  /* the best one at or after this for spots that lie before it          */
} place;

typedef struct sweep {
  const sund_graph *graph;
  double limit; /* with rounding */
  label *label; /* nodes */
  entry *pool;
  size_t size, room;
  uint32_t spare;   /* list of entries free again */
  uint32_t *bucket; /* buckets: first entry, or NOBODY */
  size_t buckets;
  size_t waiting; /* entries in all buckets */
  double width;   /* metres of a bucket */
  sund_ctx *scratch;
  place *place; /* places, by edge, then along, then source */
  size_t places;
  uint32_t *first; /* edges + 1: the places of edge e are first[e] .. first[e+1]-1 */
  const sund_spot *spots;
  double *metres;
  size_t *nearest;
} sweep;

static bool better(double metres, uint32_t source, const label *than) {
  return metres < than->metres || (metres == than->metres && source < than->source);
}

/* ----------------------------------------------------------------------------------------------------- buckets */

static sund_code grow(sweep *s) {
  if (s->size + 1 >= NOBODY) return sund_fail(s->scratch, SUND_LIMIT, "the network is too large for one sweep");
  entry *pool = sund_grow(s->scratch, s->pool, &s->room, s->size + 1, sizeof *pool);
  if (!pool) return SUND_LIMIT;
  s->pool = pool;
  return SUND_OK;
}

static size_t bucket_of(const sweep *s, double metres) {
  return (size_t)(metres / s->width) % s->buckets;
}

static sund_code push(sweep *s, uint32_t node, double metres, uint32_t source) {
  uint32_t at = s->spare;
  if (at == NOBODY) {
    if (s->size == s->room) TRY(grow(s));
    at = (uint32_t)s->size++;
  } else {
    s->spare = s->pool[at].next;
  }
  uint32_t *first = &s->bucket[bucket_of(s, metres)];
  s->pool[at] = (entry){.metres = metres, .source = source, .node = node, .next = *first};
  *first = at;
  s->waiting++;
  return SUND_OK;
}

/* Buckets as wide as half a usual edge, and enough of them for the farthest step ahead. */
static sund_code open_buckets(sweep *s) {
  const sund_graph *g = s->graph;
  double sum = 0, most = 0;
  for (size_t e = 0; e < g->edges; e++) {
    sum += g->edge_m[e];
    most = fmax(most, g->edge_m[e]);
  }
  double step = most;
  for (size_t i = 0; i < s->places; i++) {
    const place *p = &s->place[i];
    const double first = p->leg_m + fmax(p->along_m, g->edge_m[p->edge]);
    if (isfinite(first) && p->leg_m <= s->limit) step = fmax(step, first);
  }
  s->width = fmax(g->edges ? sum / (double)g->edges / 2 : 1, step / (BUCKETS_MOST - 4));
  if (!(s->width > 0)) s->width = 1;
  s->buckets = (size_t)(step / s->width) + 3;
  s->spare = NOBODY;
  s->bucket = sund_alloc(s->scratch, s->buckets, sizeof *s->bucket);
  if (!s->bucket) return SUND_LIMIT;
  for (size_t i = 0; i < s->buckets; i++) s->bucket[i] = NOBODY;
  return SUND_OK;
}

/* ------------------------------------------------------------------------------------------------------- sweep */

static sund_code offer(sweep *s, uint32_t node, double metres, uint32_t source) {
  if (!(metres <= s->limit) || !better(metres, source, &s->label[node])) return SUND_OK;
  s->label[node] = (label){metres, source};
  return push(s, node, metres, source);
}

static sund_code spread(sweep *s, const entry *e) {
  const sund_graph *g = s->graph;
  if (better(s->label[e->node].metres, s->label[e->node].source, &(label){e->metres, e->source})) return SUND_OK;
  for (size_t arc = g->first_out[e->node]; arc < g->first_out[e->node + 1]; arc++)
    TRY(offer(s, g->head[arc], e->metres + g->arc_m[arc], e->source));
  return SUND_OK;
}

static sund_code settle(sweep *s) {
  const sund_graph *g = s->graph;
  TRY(open_buckets(s));
  for (size_t i = 0; i < s->places; i++) {
    const place *p = &s->place[i];
    if (!isfinite(p->leg_m + p->along_m)) continue;
    TRY(offer(s, g->edge_from[p->edge], p->leg_m + p->along_m, p->source));
    TRY(offer(s, g->edge_to[p->edge], p->leg_m + fmax(g->edge_m[p->edge] - p->along_m, 0), p->source));
  }
  for (size_t at = 0; s->waiting; at = at + 1 == s->buckets ? 0 : at + 1) {
    while (s->bucket[at] != NOBODY) {
      const uint32_t first = s->bucket[at];
      const entry e = s->pool[first];
      s->bucket[at] = e.next;
      s->pool[first].next = s->spare;
      s->spare = first;
      s->waiting--;
      TRY(spread(s, &e));
    }
  }
  return SUND_OK;
}

/* ------------------------------------------------------------------------------------------------ same edge */

static int by_place(const void *left, const void *right) {
  const place *a = left, *b = right;
  if (a->along_m != b->along_m) return a->along_m < b->along_m ? -1 : 1;
  return a->source < b->source ? -1 : a->source > b->source;
}

static bool beats(double a, uint32_t source_a, double b, uint32_t source_b) {
  return a < b || (a == b && source_a < source_b);
}

/* Notes the best source to either side of each, of the places first .. end-1 of one edge. */
static void note_best(place *places, uint32_t first, uint32_t end) {
  for (uint32_t i = first; i < end; i++) {
    place *p = &places[i];
    p->best_before = i;
    if (i == first) continue;
    const place *q = &places[places[i - 1].best_before];
    if (beats(q->leg_m - q->along_m, q->source, p->leg_m - p->along_m, p->source))
      p->best_before = places[i - 1].best_before;
  }
  for (uint32_t i = end; i-- > first;) {
    place *p = &places[i];
    p->best_after = i;
    if (i + 1 == end) continue;
    const place *q = &places[places[i + 1].best_after];
    if (beats(q->leg_m + q->along_m, q->source, p->leg_m + p->along_m, p->source))
      p->best_after = places[i + 1].best_after;
  }
}

static bool used(const sund_spot *source, const uint8_t *use, size_t i) {
  return (!use || use[i]) && source[i].edge != SUND_NO_EDGE;
}

/* Puts the sources on their edges, in order along each. */
static sund_code place_sources(sweep *s, size_t sources, const sund_spot *source, const uint8_t *use) {
  const size_t edges = s->graph->edges;
  s->place = sund_alloc(s->scratch, sources, sizeof *s->place);
  s->first = sund_alloc(s->scratch, edges + 1, sizeof *s->first);
  if (!s->place || !s->first) return SUND_LIMIT;
  for (size_t i = 0; i < sources; i++) s->first[used(source, use, i) ? source[i].edge : edges]++;
  for (size_t e = 0; e < edges; e++) s->first[e] = (uint32_t)(s->places += s->first[e]);
  s->first[edges] = (uint32_t)s->places;
  for (size_t i = sources; i-- > 0;)
    if (used(source, use, i))
      s->place[--s->first[source[i].edge]] = (place){
          .edge = source[i].edge, .source = (uint32_t)i, .along_m = source[i].along_m, .leg_m = source[i].leg_m};
  for (size_t e = 0; e < edges; e++) {
    const uint32_t first = s->first[e], end = s->first[e + 1];
    if (end - first > 1) qsort(s->place + first, end - first, sizeof *s->place, by_place);
    note_best(s->place, first, end);
  }
  return SUND_OK;
}

/* First place of the spot's edge that is further along. */
static uint32_t first_after(const sweep *s, const sund_spot *spot) {
  uint32_t low = s->first[spot->edge], high = s->first[spot->edge + 1];
  while (low < high) {
    const uint32_t middle = low + (high - low) / 2;
    if (s->place[middle].along_m <= spot->along_m) low = middle + 1;
    else high = middle;
  }
  return low;
}

static void try_label(label *best, double metres, uint32_t source) {
  if (better(metres, source, best)) *best = (label){metres, source};
}

static label answer(const sweep *s, const sund_spot *spot) {
  label best = {INFINITY, NOBODY};
  if (spot->edge == SUND_NO_EDGE) return best;
  const sund_graph *g = s->graph;
  const label *from = &s->label[g->edge_from[spot->edge]], *to = &s->label[g->edge_to[spot->edge]];
  try_label(&best, from->metres + spot->along_m + spot->leg_m, from->source);
  try_label(&best, to->metres + (g->edge_m[spot->edge] - spot->along_m) + spot->leg_m, to->source);
  const uint32_t after = first_after(s, spot);
  if (after > s->first[spot->edge]) {
    const place *p = &s->place[s->place[after - 1].best_before];
    try_label(&best, p->leg_m + (spot->along_m - p->along_m) + spot->leg_m, p->source);
  }
  if (after < s->first[spot->edge + 1]) {
    const place *p = &s->place[s->place[after].best_after];
    try_label(&best, p->leg_m + (p->along_m - spot->along_m) + spot->leg_m, p->source);
  }
  return best;
}

static sund_code answer_rows(sund_ctx *worker, size_t begin, size_t end, void *data) {
  (void)worker;
  const sweep *s = data;
  for (size_t i = begin; i < end; i++) {
    const label best = answer(s, &s->spots[i]);
    const bool found = best.source != NOBODY && best.metres <= s->limit;
    s->metres[i] = found ? best.metres : NAN;
    if (s->nearest) s->nearest[i] = found ? best.source : SIZE_MAX;
  }
  return SUND_OK;
}

static sund_code run(sweep *s, size_t sources, const sund_spot *source, const uint8_t *use, size_t n) {
  if (sources >= NOBODY) return sund_fail(s->scratch, SUND_LIMIT, "%zu places to reach are too many", sources);
  s->label = sund_alloc(s->scratch, s->graph->nodes, sizeof *s->label);
  if (!s->label) return SUND_LIMIT;
  for (size_t v = 0; v < s->graph->nodes; v++) s->label[v] = (label){INFINITY, NOBODY};
  TRY(place_sources(s, sources, source, use));
  TRY(settle(s));
  return sund_for(s->scratch, n, BLOCK, answer_rows, s);
}

sund_code sund_route_nearest(sund_ctx *ctx, const sund_graph *graph, size_t sources, const sund_spot *source,
                             const uint8_t *use, double limit, size_t n, const sund_spot *spots, double *metres,
                             size_t *nearest) {
  sund_ctx *scratch = sund_ctx_child(ctx);
  if (!scratch) return SUND_LIMIT;
  sweep s = {.graph = graph,
             .limit = limit + GRAPH_ROUNDING_M,
             .scratch = scratch,
             .spots = spots,
             .metres = metres,
             .nearest = nearest};
  sund_code code = run(&s, sources, source, use, n);
  if (code != SUND_OK) code = sund_ctx_pass(ctx, scratch);
  sund_ctx_free(scratch);
  return code;
}

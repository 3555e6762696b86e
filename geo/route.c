/* route.c - from everywhere to the nearest of many places: one sweep.
 *
 *   1. Every source reaches both ends of its edge (leg and part of the edge).
 *   2. Dijkstra (1959) from all those at once, on a heap with four children a node (Johnson 1975). A node's label is the
 *      smallest pair of distance and source, so that equal distances go to the smallest source whatever order the heap
 *      takes; entries that have been overtaken stay in the heap and are passed over.
 *   3. Every spot takes the best of its edge's two ends and of the sources on its own edge. Those are kept sorted along
 *      the edge with the best one to either side of each place, so that a crowded edge costs no more than a search.
 */
#include <math.h>
#include <stdlib.h>

#include "geo/graph.h"

enum { BLOCK = 4096, CHILDREN = 4 };

/* Distance to a source; ordered by metres, then source. NOBODY = not reached. */
typedef struct label {
  double metres;
  uint32_t source;
} label;
#define NOBODY UINT32_MAX

typedef struct entry {
  double metres;
  uint32_t source, node;
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
  entry *heap;
  size_t size, room;
  sund_ctx *scratch;
  place *place; /* places, by edge, then along, then source */
  size_t places;
  const sund_spot *spots;
  double *metres;
  size_t *nearest;
} sweep;

static bool better(double metres, uint32_t source, const label *than) {
  return metres < than->metres || (metres == than->metres && source < than->source);
}

/* -------------------------------------------------------------------------------------------------------- heap */

static bool before(const entry *a, const entry *b) {
  if (a->metres != b->metres) return a->metres < b->metres;
  return a->source != b->source ? a->source < b->source : a->node < b->node;
}

static sund_code grow(sweep *s) {
  const size_t room = s->room ? 2 * s->room : 1024;
  entry *heap = sund_alloc(s->scratch, room, sizeof *heap);
  if (!heap) return SUND_LIMIT;
  for (size_t i = 0; i < s->size; i++) heap[i] = s->heap[i];
  s->heap = heap;
  s->room = room;
  return SUND_OK;
}

static sund_code push(sweep *s, entry e) {
  if (s->size == s->room) TRY(grow(s));
  size_t at = s->size++;
  while (at > 0 && before(&e, &s->heap[(at - 1) / CHILDREN])) {
    s->heap[at] = s->heap[(at - 1) / CHILDREN];
    at = (at - 1) / CHILDREN;
  }
  s->heap[at] = e;
  return SUND_OK;
}

static entry pop(sweep *s) {
  const entry top = s->heap[0], last = s->heap[--s->size];
  size_t at = 0;
  for (;;) {
    const size_t first = CHILDREN * at + 1, end = first + CHILDREN < s->size ? first + CHILDREN : s->size;
    if (first >= s->size) break;
    size_t least = first;
    for (size_t child = first + 1; child < end; child++)
      if (before(&s->heap[child], &s->heap[least])) least = child;
    if (!before(&s->heap[least], &last)) break;
    s->heap[at] = s->heap[least];
    at = least;
  }
  s->heap[at] = last;
  return top;
}

/* ------------------------------------------------------------------------------------------------------- sweep */

static sund_code offer(sweep *s, uint32_t node, double metres, uint32_t source) {
  if (!(metres <= s->limit) || !better(metres, source, &s->label[node])) return SUND_OK;
  s->label[node] = (label){metres, source};
  return push(s, (entry){metres, source, node});
}

static sund_code settle(sweep *s) {
  const sund_graph *g = s->graph;
  for (size_t i = 0; i < s->places; i++) {
    const place *p = &s->place[i];
    TRY(offer(s, g->edge_from[p->edge], p->leg_m + p->along_m, p->source));
    TRY(offer(s, g->edge_to[p->edge], p->leg_m + (g->edge_m[p->edge] - p->along_m), p->source));
  }
  while (s->size) {
    const entry e = pop(s);
    if (better(s->label[e.node].metres, s->label[e.node].source, &(label){e.metres, e.source})) continue;
    for (size_t arc = g->first_out[e.node]; arc < g->first_out[e.node + 1]; arc++)
      TRY(offer(s, g->head[arc], e.metres + g->arc_m[arc], e.source));
  }
  return SUND_OK;
}

/* ------------------------------------------------------------------------------------------------ same edge */

static int by_place(const void *left, const void *right) {
  const place *a = left, *b = right;
  if (a->edge != b->edge) return a->edge < b->edge ? -1 : 1;
  if (a->along_m != b->along_m) return a->along_m < b->along_m ? -1 : 1;
  return a->source < b->source ? -1 : a->source > b->source;
}

static bool beats(double a, uint32_t source_a, double b, uint32_t source_b) {
  return a < b || (a == b && source_a < source_b);
}

/* Sorts the sources by edge and along, and notes the best one to either side of each. */
static sund_code place_sources(sweep *s, size_t sources, const sund_spot *source, const uint8_t *use) {
  s->place = sund_alloc(s->scratch, sources, sizeof *s->place);
  if (!s->place) return SUND_LIMIT;
  for (size_t i = 0; i < sources; i++) {
    if ((use && !use[i]) || source[i].edge == SUND_NO_EDGE) continue;
    s->place[s->places++] = (place){
        .edge = source[i].edge, .source = (uint32_t)i, .along_m = source[i].along_m, .leg_m = source[i].leg_m};
  }
  qsort(s->place, s->places, sizeof *s->place, by_place);
  for (size_t i = 0; i < s->places; i++) {
    place *p = &s->place[i], *q = NULL;
    p->best_before = (uint32_t)i;
    if (i == 0 || s->place[i - 1].edge != p->edge) continue;
    q = &s->place[s->place[i - 1].best_before];
    if (beats(q->leg_m - q->along_m, q->source, p->leg_m - p->along_m, p->source))
      p->best_before = s->place[i - 1].best_before;
  }
  for (size_t i = s->places; i-- > 0;) {
    place *p = &s->place[i], *q = NULL;
    p->best_after = (uint32_t)i;
    if (i + 1 == s->places || s->place[i + 1].edge != p->edge) continue;
    q = &s->place[s->place[i + 1].best_after];
    if (beats(q->leg_m + q->along_m, q->source, p->leg_m + p->along_m, p->source))
      p->best_after = s->place[i + 1].best_after;
  }
  return SUND_OK;
}

/* First place on a later edge, or on this edge and further along. */
static size_t first_after(const sweep *s, uint32_t edge, double along_m) {
  size_t low = 0, high = s->places;
  while (low < high) {
    const size_t middle = low + (high - low) / 2;
    const place *p = &s->place[middle];
    if (p->edge < edge || (p->edge == edge && p->along_m <= along_m)) low = middle + 1;
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
  const size_t after = first_after(s, spot->edge, spot->along_m);
  if (after > 0 && s->place[after - 1].edge == spot->edge) {
    const place *p = &s->place[s->place[after - 1].best_before];
    try_label(&best, p->leg_m + (spot->along_m - p->along_m) + spot->leg_m, p->source);
  }
  if (after < s->places && s->place[after].edge == spot->edge) {
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

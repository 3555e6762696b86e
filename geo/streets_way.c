/* streets_way.c - the fastest way between two spots, as it is gone: one tree from the first (streets_search.c),
 * followed back from the second.
 */
#include <math.h>

#include "geo/streets.h"
#include "geo/way.h"

typedef struct finding {
  const sund_streets *s;
  sund_ctx *scratch;
  const sund_spot *from, *to;
  streets_search search;
  streets_ends begins, ends;
  streets_end best; /* where the way leaves the nodes; STREETS_NOTHING = it never comes to one */
  uint64_t units;
  double metres; /* both of the whole way */
} finding;

static void choose(finding *f) {
  const streets_search *q = &f->search;
  f->units = SUND_BEYOND;
  f->metres = INFINITY;
  if (f->from->edge == f->to->edge) {
    f->best = streets_direct(f->s, f->from, f->to);
    f->units = f->best.units;
    f->metres = f->best.metres;
  }
  for (size_t i = 0; i < f->ends.count; i++) {
    const streets_end *end = &f->ends.at[i];
    const uint64_t units = (uint64_t)q->units[end->node] + end->units;
    if (q->units[end->node] == SUND_BEYOND || units >= SUND_BEYOND || units > f->units) continue;
    const double metres = q->metres[end->node] + end->metres;
    if (units == f->units && !(metres < f->metres)) continue;
    f->units = units;
    f->metres = metres;
    f->best = *end;
  }
}

/* The node an arc leaves: the last one whose arcs begin at or before it. */
static uint32_t tail_of(const finding *f, size_t arc) {
  size_t low = 0, high = f->s->nodes;
  while (high - low > 1) {
    const size_t middle = low + (high - low) / 2;
    if (f->s->arcs[0].first[middle] <= arc) low = middle;
    else high = middle;
  }
  return (uint32_t)low;
}

/* The stretches from the last to the first, then put in order. */
static sund_code follow(finding *f, way_stretches *way) {
  const sund_graph *g = f->s->graph;
  if (f->best.node == STREETS_NOTHING)
    return way_add(f->scratch, way, f->best.pass / 2, f->from->along_m, f->to->along_m);
  const double whole = g->edge_m[f->to->edge];
  TRY(way_add(f->scratch, way, f->best.pass / 2, f->best.pass & 1 ? whole : 0, f->to->along_m));
  uint32_t node = f->best.node;
  while (f->search.by[node] != SIZE_MAX) {
    const size_t arc = f->search.by[node];
    const uint32_t pass = f->s->arcs[0].pass[arc];
    const double edge_m = g->edge_m[pass / 2];
    TRY(way_add(f->scratch, way, pass / 2, pass & 1 ? edge_m : 0, pass & 1 ? 0 : edge_m));
    node = tail_of(f, arc);
  }
  const streets_end *begin = NULL;
  for (size_t i = 0; i < f->begins.count && !begin; i++) {
    const streets_end *at = &f->begins.at[i];
    if (at->node == node && at->units == f->search.units[node] && at->metres == f->search.metres[node]) begin = at;
  }
  if (!begin) return sund_fail(f->scratch, SUND_DEFECT, "a way on the streets begins nowhere");
  TRY(way_add(f->scratch, way, begin->pass / 2, f->from->along_m, begin->pass & 1 ? 0 : g->edge_m[f->from->edge]));
  way_reverse(way);
  return SUND_OK;
}

static sund_code run(sund_ctx *ctx, finding *f, sund_way *out, uint32_t *units) {
  TRY(streets_ends_add(f->scratch, f->s, f->from, true, &f->begins));
  TRY(streets_ends_add(f->scratch, f->s, f->to, false, &f->ends));
  TRY(streets_search_open(f->scratch, f->s, false, true, true, &f->search));
  f->search.goal = &f->ends;
  TRY(streets_search_run(&f->search, SUND_BEYOND - 1, &f->begins));
  choose(f);
  if (f->units == SUND_BEYOND) {
    *out = (sund_way){.metres = NAN};
    *units = SUND_BEYOND;
    return SUND_OK;
  }
  way_stretches way = {0};
  TRY(follow(f, &way));
  TRY(way_draw(ctx, f->s->graph, &way, f->from, f->metres, out));
  *units = (uint32_t)f->units;
  return SUND_OK;
}

sund_code sund_streets_way(sund_ctx *ctx, const sund_streets *streets, const sund_spot *from, const sund_spot *to,
                           sund_way *out, uint32_t *units) {
  if (from->edge == SUND_NO_EDGE || to->edge == SUND_NO_EDGE) {
    *out = (sund_way){.metres = NAN};
    *units = SUND_BEYOND;
    return SUND_OK;
  }
  sund_ctx *scratch = sund_ctx_child(ctx);
  if (!scratch) return SUND_LIMIT;
  finding f = {.s = streets, .scratch = scratch, .from = from, .to = to};
  sund_code code = run(ctx, &f, out, units);
  if (code != SUND_OK) code = sund_ctx_pass(ctx, scratch);
  sund_ctx_free(scratch);
  return code;
}

/* streets_trees.c - trees from many spots to many targets, a search each; the nearest of several sources.
 *
 * Targets are listed by the nodes they are reached from (streets_ends.c): a tree then costs what it reaches.
 * Sources are dealt to threads in blocks. With a hierarchy the trees are swept instead (sweep.c).
 */
#include <math.h>
#include <string.h>

#include "geo/streets.h"
#include "geo/sweep.h"

enum { BLOCKS_A_THREAD = 4 };

typedef struct growing {
  const sund_streets *streets;
  const sund_trees_ask *ask;
  streets_targets targets;
  sund_tree_fn visit;
  void *data;
} growing;

/* What a thread keeps from tree to tree. */
typedef struct grower {
  streets_search search;
  streets_ends ends;
  uint32_t *units; /* targets                      */
  double *metres;  /* targets, or NULL             */
  uint32_t *node;  /* nodes of the graph, or NULL  */
  size_t reached;
  uint32_t *reaching; /* targets that are reached, or NULL = not listed */
} grower;

static inline void note(grower *w, uint32_t target, uint64_t units, double metres, uint32_t limit) {
  if (units > limit || units > w->units[target]) return;
  if (units == w->units[target] && !(w->metres && metres < w->metres[target])) return;
  if (w->reaching && w->units[target] == SUND_BEYOND) w->reaching[w->reached++] = target;
  w->units[target] = (uint32_t)units;
  if (w->metres) w->metres[target] = metres;
}

/* Targets by the nodes reached. */
static void note_targets(grower *w, const streets_targets *t) {
  const streets_search *q = &w->search;
  for (size_t i = 0; i < q->reached_count; i++) {
    const uint32_t node = q->reached[i];
    for (size_t k = t->first[node]; k < t->first[node + 1]; k++)
      note(w, t->at[k].target, (uint64_t)q->units[node] + t->at[k].units,
           q->metres ? q->metres[node] + t->at[k].metres : 0, q->limit);
  }
}

/* Targets on the source's own edge. start: units and metres it begins at. */
static void note_direct(grower *w, const growing *g, const sund_spot *source, uint32_t start) {
  const streets_targets *t = &g->targets;
  if (source->edge == SUND_NO_EDGE) return;
  for (size_t k = t->first_on[source->edge]; k < t->first_on[source->edge + 1]; k++) {
    const sund_spot *target = &t->spot[t->on[k]];
    const streets_end way =
        g->ask->backward ? streets_direct(g->streets, target, source) : streets_direct(g->streets, source, target);
    if (way.units != SUND_BEYOND) note(w, t->on[k], (uint64_t)start + way.units, way.metres, w->search.limit);
  }
}

static void note_nodes(const grower *w, const sund_streets *s, uint32_t *node) {
  memset(node, 0xff, s->graph->nodes * sizeof *node);
  for (size_t i = 0; i < w->search.reached_count; i++) {
    const uint32_t v = w->search.reached[i], place = s->place[v];
    if (w->search.units[v] < node[place]) node[place] = w->search.units[v];
  }
}

static void clear_targets(grower *w, size_t targets) {
  memset(w->units, 0xff, targets * sizeof *w->units);
  for (size_t i = 0; w->metres && i < targets; i++) w->metres[i] = NAN;
}

/* What the last tree has reached, and nothing else: of many targets most trees reach few. */
static void clear_reached(grower *w) {
  while (w->reached > 0) {
    const uint32_t target = w->reaching[--w->reached];
    w->units[target] = SUND_BEYOND;
    if (w->metres) w->metres[target] = NAN;
  }
}

static sund_code grow(sund_ctx *worker, const growing *g, grower *w, size_t source) {
  const sund_trees_ask *ask = g->ask;
  w->ends.count = 0;
  TRY(streets_ends_add(worker, g->streets, &ask->source[source], !ask->backward, &w->ends));
  TRY(streets_search_run(&w->search, ask->limit, &w->ends));
  clear_reached(w);
  note_targets(w, &g->targets);
  note_direct(w, g, &ask->source[source], 0);
  if (w->node) note_nodes(w, g->streets, w->node);
  const sund_tree tree = {.source = source,
                          .units = w->units,
                          .metres = w->metres,
                          .node = w->node,
                          .reached = w->reached,
                          .reaching = w->reaching};
  return g->visit(worker, &tree, g->data);
}

static sund_code grow_some(sund_ctx *worker, size_t begin, size_t end, void *data) {
  const growing *g = data;
  const sund_trees_ask *ask = g->ask;
  grower w = {.units = sund_alloc(worker, ask->targets, sizeof *w.units),
              .reaching = sund_alloc(worker, ask->targets, sizeof *w.reaching)};
  if (!w.units || !w.reaching) return SUND_LIMIT;
  if (ask->metres && !(w.metres = sund_alloc(worker, ask->targets, sizeof *w.metres))) return SUND_LIMIT;
  if (ask->nodes && !(w.node = sund_alloc(worker, g->streets->graph->nodes, sizeof *w.node))) return SUND_LIMIT;
  TRY(streets_search_open(worker, g->streets, ask->backward, ask->metres, false, &w.search));
  clear_targets(&w, ask->targets);
  for (size_t source = begin; source < end; source++) TRY(grow(worker, g, &w, source));
  return SUND_OK;
}

sund_code streets_trees_search(sund_ctx *ctx, const sund_streets *streets, const sund_trees_ask *ask,
                               sund_tree_fn visit, void *data) {
  sund_ctx *scratch = sund_ctx_child(ctx);
  if (!scratch) return SUND_LIMIT;
  growing g = {.streets = streets, .ask = ask, .visit = visit, .data = data};
  sund_code code = streets_targets_make(scratch, streets, ask->targets, ask->target, ask->backward, &g.targets);
  const size_t blocks = BLOCKS_A_THREAD * (size_t)sund_ctx_thread_count(ctx);
  if (code == SUND_OK) code = sund_for(scratch, ask->sources, (ask->sources + blocks - 1) / blocks, grow_some, &g);
  if (code != SUND_OK) code = sund_ctx_pass(ctx, scratch);
  sund_ctx_free(scratch);
  return code;
}

sund_code sund_streets_trees(sund_ctx *ctx, const sund_streets *streets, const sund_trees_ask *ask,
                             sund_tree_fn visit, void *data) {
  if (sweep_suits(streets, ask)) return sweep_trees(ctx, streets, ask, visit, data);
  return streets_trees_search(ctx, streets, ask, visit, data);
}

/* ------------------------------------------------------------------------------------------------------ spread */

static sund_code spread(sund_ctx *ctx, const growing *g, const uint32_t *start, uint32_t *node, uint32_t *target) {
  const sund_trees_ask *ask = g->ask;
  grower w = {.units = target};
  TRY(streets_search_open(ctx, g->streets, ask->backward, false, false, &w.search));
  for (size_t i = 0; i < ask->sources; i++) {
    const size_t before = w.ends.count;
    if (start[i] == SUND_BEYOND) continue;
    TRY(streets_ends_add(ctx, g->streets, &ask->source[i], !ask->backward, &w.ends));
    for (size_t k = before; k < w.ends.count; k++) {
      const uint64_t units = (uint64_t)w.ends.at[k].units + start[i];
      w.ends.at[k].units = units < SUND_BEYOND ? (uint32_t)units : SUND_BEYOND;
    }
  }
  TRY(streets_search_run(&w.search, ask->limit, &w.ends));
  if (node) note_nodes(&w, g->streets, node);
  if (!target) return SUND_OK;
  clear_targets(&w, ask->targets);
  note_targets(&w, &g->targets);
  for (size_t i = 0; i < ask->sources; i++)
    if (start[i] != SUND_BEYOND) note_direct(&w, g, &ask->source[i], start[i]);
  return SUND_OK;
}

sund_code sund_streets_spread(sund_ctx *ctx, const sund_streets *streets, const sund_trees_ask *ask,
                              const uint32_t *start, uint32_t *node, uint32_t *target) {
  sund_ctx *scratch = sund_ctx_child(ctx);
  if (!scratch) return SUND_LIMIT;
  growing g = {.streets = streets, .ask = ask};
  sund_code code =
      streets_targets_make(scratch, streets, target ? ask->targets : 0, ask->target, ask->backward, &g.targets);
  if (code == SUND_OK) code = spread(scratch, &g, start, node, target);
  if (code != SUND_OK) code = sund_ctx_pass(ctx, scratch);
  sund_ctx_free(scratch);
  return code;
}

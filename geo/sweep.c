/* sweep.c - trees from many spots at once over the contracted streets: one-to-all by one sweep (PHAST: Delling,
 * Goldberg, Nowatzyk and Werneck 2011, 2013), in lanes, a lane a tree: of 16 bits where the limit fits, else of 32. Either
 * way the answer is that of a search to the unit.
 *
 * Order: the plan for the targets (sweep_plan.c), then batches of lanes on the threads. A batch: each source climbs
 * to the nodes above it, in the order of their positions, so that none is come to twice; all nodes of the plan are
 * swept from above in preorder (sweep_lanes.c), so that a row of lanes is kept only while nodes below it are swept:
 * the rows kept are few and fit the nearest caches, whatever the size of the streets. The rows of the targets are
 * turned to a list a source.
 */
#include "geo/sweep.h"

#include <string.h>

typedef struct sweeping {
  const sund_streets *s;
  const sund_trees_ask *ask;
  streets_targets targets;
  sweep_plan plan;
  size_t width;
  sund_tree_fn visit;
  void *data;
} sweeping;

/* What a thread keeps from batch to batch. */
typedef struct sweeper {
  sund_ctx *ctx;
  const sweeping *w;
  sweep_seeds seeds;
  uint32_t *climb; /* positions: units of a source there; SUND_BEYOND */
  uint32_t *heap;  /* positions                         */
  size_t waiting, heap_room;
  streets_ends ends;
  void *kept;      /* slots * width, of 16 or 32 bits    */
  uint32_t *out;   /* width * records                    */
  uint32_t *units; /* targets                           */
} sweeper;

bool sweep_suits(const sund_streets *streets, const sund_trees_ask *ask) {
  return streets->hierarchy && ask->limit < SWEEP_FAR && !ask->metres && !ask->nodes;
}

/* ----------------------------------------------------------------------------------------------------- climbing */

static sund_code add_seed(sweeper *w, uint32_t position, size_t lane, uint32_t units) {
  sweep_seeds *s = &w->seeds;
  if (!s->row[position]) {
    uint32_t *rows = sund_grow(w->ctx, s->units, &s->room, (s->rows + 1) * s->width, sizeof *rows);
    uint32_t *list = rows ? sund_grow(w->ctx, s->position, &s->position_room, s->rows + 1, sizeof *list) : NULL;
    if (!list) return SUND_LIMIT;
    s->units = rows;
    s->position = list;
    memset(rows + s->rows * s->width, 0xff, s->width * sizeof *rows);
    list[s->rows++] = position;
    s->row[position] = (uint32_t)s->rows;
  }
  uint32_t *known = &s->units[(s->row[position] - 1) * s->width + lane];
  if (units < *known) *known = units;
  return SUND_OK;
}

/* Nodes that wait, the last position first: a heap. */
static sund_code push(sweeper *w, uint32_t position) {
  uint32_t *heap = sund_grow(w->ctx, w->heap, &w->heap_room, w->waiting + 1, sizeof *heap);
  if (!heap) return SUND_LIMIT;
  w->heap = heap;
  size_t at = w->waiting++;
  for (; at && heap[(at - 1) / 2] < position; at = (at - 1) / 2) heap[at] = heap[(at - 1) / 2];
  heap[at] = position;
  return SUND_OK;
}

static uint32_t pop(sweeper *w) {
  uint32_t *heap = w->heap;
  const uint32_t first = heap[0], last = heap[--w->waiting];
  size_t at = 0;
  for (size_t child; (child = 2 * at + 1) < w->waiting; at = child) {
    if (child + 1 < w->waiting && heap[child + 1] > heap[child]) child++;
    if (heap[child] <= last) break;
    heap[at] = heap[child];
  }
  heap[at] = last;
  return first;
}

static sund_code offer(sweeper *w, uint32_t position, uint64_t units) {
  if (units > w->w->ask->limit || units >= w->climb[position]) return SUND_OK;
  const bool waits = w->climb[position] != SUND_BEYOND;
  w->climb[position] = (uint32_t)units;
  return waits ? SUND_OK : push(w, position);
}

/* From the nodes of a source's ends to the nodes above: whatever leads to a node has a later position. */
static sund_code climb(sweeper *w, const sund_spot *source, size_t lane) {
  const hierarchy *h = w->w->s->hierarchy;
  const hierarchy_arcs *arcs = &h->arcs[w->w->ask->backward];
  w->ends.count = 0;
  TRY(streets_ends_add(w->ctx, w->w->s, source, !w->w->ask->backward, &w->ends));
  for (size_t i = 0; i < w->ends.count; i++) TRY(offer(w, h->position[w->ends.at[i].node], w->ends.at[i].units));
  while (w->waiting) {
    const uint32_t at = pop(w), units = w->climb[at];
    w->climb[at] = SUND_BEYOND;
    TRY(add_seed(w, at, lane, units));
    for (size_t i = arcs->first[at]; i < arcs->first[at + 1]; i++)
      TRY(offer(w, arcs->arc[i].high, (uint64_t)units + arcs->arc[i].units));
  }
  return SUND_OK;
}

/* ------------------------------------------------------------------------------------------------------ delivery */

static void note(sweeper *w, uint32_t target, uint32_t units) {
  if (units <= w->w->ask->limit && units < w->units[target]) w->units[target] = units;
}

static sund_code deliver(sweeper *w, size_t source, size_t lane) {
  const sweeping *all = w->w;
  const sund_spot *spot = &all->ask->source[source];
  const uint32_t *out = w->out + lane * all->plan.records;
  const streets_targets *t = &all->targets;
  memset(w->units, 0xff, t->count * sizeof *w->units);
  for (size_t i = 0; i < all->plan.records; i++) note(w, all->plan.target[i], out[i]);
  if (spot->edge != SUND_NO_EDGE)
    for (size_t k = t->first_on[spot->edge]; k < t->first_on[spot->edge + 1]; k++) {
      const sund_spot *target = &t->spot[t->on[k]];
      note(w, t->on[k],
           all->ask->backward ? streets_direct(all->s, target, spot).units
                              : streets_direct(all->s, spot, target).units);
    }
  const sund_tree tree = {.source = source, .units = w->units};
  return all->visit(w->ctx, &tree, all->data);
}

/* ------------------------------------------------------------------------------------------------------- batches */

static sund_code sweeper_open(sund_ctx *worker, const sweeping *all, sweeper *w) {
  const hierarchy *h = all->s->hierarchy;
  *w = (sweeper){.ctx = worker,
                 .w = all,
                 .seeds = {.width = all->width, .row = sund_alloc(worker, h->nodes, sizeof *w->seeds.row)},
                 .climb = sund_alloc(worker, h->nodes, sizeof *w->climb),
                 .out = sund_alloc(worker, all->plan.records, all->width * sizeof *w->out),
                 .units = sund_alloc(worker, all->ask->targets, sizeof *w->units)};
  unsigned char *kept = sund_alloc(worker, all->plan.slots * all->width * (all->plan.wide ? 4 : 2) + 64, 1);
  if (!w->seeds.row || !w->climb || !w->out || !w->units || !kept) return SUND_LIMIT;
  w->kept = kept + (64 - (uintptr_t)kept % 64) % 64;
  memset(w->climb, 0xff, h->nodes * sizeof *w->climb);
  return SUND_OK;
}

static sund_code sweep_batch(sweeper *w, size_t begin, size_t end) {
  for (size_t i = begin; i < end; i++) TRY(climb(w, &w->w->ask->source[i], i - begin));
  sweep_lanes(&w->w->plan, &w->seeds, w->kept, w->out, w->w->plan.records);
  for (size_t i = 0; i < w->seeds.rows; i++) w->seeds.row[w->seeds.position[i]] = 0;
  w->seeds.rows = 0;
  for (size_t i = begin; i < end; i++) TRY(deliver(w, i, i - begin));
  return SUND_OK;
}

static sund_code sweep_some(sund_ctx *worker, size_t begin, size_t end, void *data) {
  const sweeping *all = data;
  sweeper w;
  TRY(sweeper_open(worker, all, &w));
  for (size_t i = begin; i < end; i += all->width)
    TRY(sweep_batch(&w, i, i + all->width < end ? i + all->width : end));
  return SUND_OK;
}

sund_code sweep_trees(sund_ctx *ctx, const sund_streets *streets, const sund_trees_ask *ask, sund_tree_fn visit,
                      void *data) {
  sund_ctx *scratch = sund_ctx_child(ctx);
  if (!scratch) return SUND_LIMIT;
  sweeping w = {.s = streets, .ask = ask, .visit = visit, .data = data};
  const size_t threads = (size_t)sund_ctx_thread_count(ctx);
  w.width = sweep_width((ask->sources + threads - 1) / threads);
  const size_t batches = (ask->sources + w.width - 1) / w.width;
  const size_t block = (batches + 4 * threads - 1) / (4 * threads) * w.width;
  sund_code code = streets_targets_make(scratch, streets, ask->targets, ask->target, ask->backward, &w.targets);
  if (code == SUND_OK) code = sweep_plan_make(scratch, streets, ask->backward, &w.targets, ask->limit, &w.plan);
  if (code == SUND_OK) code = sund_for(scratch, ask->sources, block, sweep_some, &w);
  if (code != SUND_OK) code = sund_ctx_pass(ctx, scratch);
  sund_ctx_free(scratch);
  return code;
}

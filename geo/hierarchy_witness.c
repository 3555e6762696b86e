/* hierarchy_witness.c - bounded searches by Dijkstra's method, with a binary heap: they are too short for buckets. */
#include "geo/hierarchy_witness.h"

sund_code witness_open(sund_ctx *ctx, const hierarchy_order *left, witness *out) {
  witness w = {.ctx = ctx, .left = left, .mark = sund_alloc(ctx, left->nodes, sizeof *w.mark)};
  if (!w.mark) return SUND_LIMIT;
  *out = w;
  return SUND_OK;
}

static sund_code push(witness *w, uint32_t node, uint32_t units) {
  witness_entry *heap = sund_grow(w->ctx, w->heap, &w->room, w->waiting + 1, sizeof *heap);
  if (!heap) return SUND_LIMIT;
  w->heap = heap;
  size_t at = w->waiting++;
  for (; at && heap[(at - 1) / 2].units > units; at = (at - 1) / 2) heap[at] = heap[(at - 1) / 2];
  heap[at] = (witness_entry){units, node};
  return SUND_OK;
}

static witness_entry pop(witness *w) {
  const witness_entry first = w->heap[0], last = w->heap[--w->waiting];
  size_t at = 0;
  for (;;) {
    size_t child = 2 * at + 1;
    if (child >= w->waiting) break;
    if (child + 1 < w->waiting && w->heap[child + 1].units < w->heap[child].units) child++;
    if (w->heap[child].units >= last.units) break;
    w->heap[at] = w->heap[child];
    at = child;
  }
  w->heap[at] = last;
  return first;
}

sund_code witness_search(witness *w, uint32_t from, uint32_t avoid, uint64_t most, size_t settle) {
  w->stamp++;
  w->waiting = 0;
  w->mark[from] = (witness_mark){w->stamp, 0};
  TRY(push(w, from, 0));
  for (size_t settled = 0; w->waiting && settled < settle;) {
    const witness_entry entry = pop(w);
    if (w->mark[entry.node].units < entry.units) continue;
    settled++;
    const hierarchy_near *near = w->left->near[entry.node];
    for (uint32_t i = 0; i < w->left->count[entry.node]; i++) {
      const uint64_t units = (uint64_t)entry.units + near[i].to;
      const uint32_t node = near[i].node;
      if (near[i].to == SUND_BEYOND || units > most || node == avoid || units >= witness_units(w, node)) continue;
      w->mark[node] = (witness_mark){w->stamp, (uint32_t)units};
      TRY(push(w, node, (uint32_t)units));
    }
  }
  return SUND_OK;
}

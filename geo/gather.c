/* gather.c - a parallel loop whose rows yield any number of records.
 *
 * Every block of rows keeps what it finds in memory of its own, which grows as it must. At the end the blocks are put
 * one after the other, so that the order is that of the rows whatever the threads did.
 */
#include "gather.h"

#include <string.h>

typedef struct harvest {
  const gather_plan *plan;
  gather_fn fn;
  void *data;
  size_t blocks;
  gather *found; /* blocks */
} harvest;

void gather_push(gather *found, const void *record) {
  if (sund_failure(found->ctx, NULL, NULL, NULL) != SUND_OK) return;
  unsigned char *at = sund_grow(found->ctx, found->at, &found->room, found->count + 1, found->size);
  if (!at) return;
  found->at = at;
  memcpy(at + found->count++ * found->size, record, found->size);
}

static sund_code run_block(sund_ctx *worker, size_t begin, size_t end, void *data) {
  harvest *h = data;
  gather *found = &h->found[begin / h->plan->block];
  TRY(h->fn(worker, begin, end, h->data, found));
  return sund_ctx_pass(worker, found->ctx);
}

static sund_code put_together(sund_ctx *ctx, const harvest *h, void **records, size_t *count) {
  const size_t size = h->plan->size;
  size_t total = 0;
  for (size_t b = 0; b < h->blocks; b++) total += h->found[b].count;
  unsigned char *all = sund_alloc(ctx, total, size);
  if (!all) return SUND_LIMIT;
  *records = all;
  *count = total;
  for (size_t b = 0; b < h->blocks; b++) {
    if (h->found[b].count) memcpy(all, h->found[b].at, h->found[b].count * size);
    all += h->found[b].count * size;
  }
  return SUND_OK;
}

static sund_code run(sund_ctx *ctx, sund_ctx *scratch, harvest *h, void **records, size_t *count) {
  for (size_t b = 0; b < h->blocks; b++) {
    gather *found = &h->found[b];
    *found = (gather){.ctx = sund_ctx_child(scratch), .size = h->plan->size};
    if (!found->ctx) return SUND_LIMIT;
  }
  TRY(sund_for(scratch, h->plan->rows, h->plan->block, run_block, h));
  return put_together(ctx, h, records, count);
}

sund_code gather_for(sund_ctx *ctx, const gather_plan *plan, gather_fn fn, void *data, void **records,
                     size_t *count) {
  sund_ctx *scratch = sund_ctx_child(ctx);
  if (!scratch) return SUND_LIMIT;
  harvest h = {.plan = plan, .fn = fn, .data = data, .blocks = (plan->rows + plan->block - 1) / plan->block};
  h.found = sund_alloc(scratch, h.blocks, sizeof *h.found);
  sund_code code = h.found ? run(ctx, scratch, &h, records, count) : SUND_LIMIT;
  if (code != SUND_OK) code = sund_ctx_pass(ctx, scratch);
  for (size_t b = 0; h.found && b < h.blocks; b++) sund_ctx_free(h.found[b].ctx);
  sund_ctx_free(scratch);
  return code;
}

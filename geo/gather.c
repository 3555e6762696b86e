/* gather.c - a parallel loop whose rows yield any number of records.
 *
 * Every block of rows has room for as many records as are expected. A block that finds more only counts them, and is
 * run again with the room it needs. At the end the blocks are put one after the other, so that the order is that of
 * the rows whatever the threads did.
 */
#include "gather.h"

#include <string.h>

typedef struct harvest {
  const gather_plan *plan;
  gather_fn fn;
  void *data;
  gather *found; /* blocks                               */
  size_t *again; /* numbers of the blocks to be run again */
} harvest;

void gather_push(gather *found, const void *record) {
  if (found->count < found->capacity) memcpy(found->at + found->count * found->size, record, found->size);
  found->count++;
}

static sund_code first_run(sund_ctx *worker, size_t begin, size_t end, void *data) {
  harvest *h = data;
  return h->fn(worker, begin, end, h->data, &h->found[begin / h->plan->block]);
}

static sund_code second_run(sund_ctx *worker, size_t begin, size_t end, void *data) {
  harvest *h = data;
  for (size_t i = begin; i < end; i++) {
    const size_t first = h->again[i] * h->plan->block, rest = h->plan->rows - first;
    TRY(h->fn(worker, first, first + (rest < h->plan->block ? rest : h->plan->block), h->data,
              &h->found[h->again[i]]));
  }
  return SUND_OK;
}

/* Gives the blocks that found too much the room they need. */
static sund_code make_room(sund_ctx *scratch, harvest *h, size_t blocks, size_t *again) {
  size_t records = 0, many = 0;
  for (size_t b = 0; b < blocks; b++)
    if (h->found[b].count > h->found[b].capacity) records += h->found[b].count, many++;
  *again = many;
  if (!many) return SUND_OK;
  unsigned char *at = sund_alloc(scratch, records, h->plan->size);
  h->again = sund_alloc(scratch, many, sizeof *h->again);
  if (!at || !h->again) return SUND_LIMIT;
  many = 0;
  for (size_t b = 0; b < blocks; b++) {
    gather *found = &h->found[b];
    if (found->count <= found->capacity) continue;
    h->again[many++] = b;
    *found = (gather){.at = at, .size = h->plan->size, .capacity = found->count};
    at += found->capacity * h->plan->size;
  }
  return SUND_OK;
}

static sund_code run(sund_ctx *ctx, sund_ctx *scratch, harvest *h, void **records, size_t *count) {
  const gather_plan *plan = h->plan;
  const size_t blocks = (plan->rows + plan->block - 1) / plan->block;
  h->found = sund_alloc(scratch, blocks, sizeof *h->found);
  unsigned char *at = sund_alloc(scratch, blocks * plan->room, plan->size);
  if (!h->found || !at) return SUND_LIMIT;
  for (size_t b = 0; b < blocks; b++)
    h->found[b] = (gather){.at = at + b * plan->room * plan->size, .size = plan->size, .capacity = plan->room};
  TRY(sund_for(scratch, plan->rows, plan->block, first_run, h));
  size_t again;
  TRY(make_room(scratch, h, blocks, &again));
  TRY(sund_for(scratch, again, 1, second_run, h));
  size_t total = 0;
  for (size_t b = 0; b < blocks; b++) total += h->found[b].count;
  unsigned char *all = sund_alloc(ctx, total, plan->size);
  if (!all) return SUND_LIMIT;
  *records = all;
  *count = total;
  for (size_t b = 0; b < blocks; b++) {
    if (h->found[b].count) memcpy(all, h->found[b].at, h->found[b].count * plan->size);
    all += h->found[b].count * plan->size;
  }
  return SUND_OK;
}

sund_code gather_for(sund_ctx *ctx, const gather_plan *plan, gather_fn fn, void *data, void **records,
                     size_t *count) {
  sund_ctx *scratch = sund_ctx_child(ctx);
  if (!scratch) return SUND_LIMIT;
  harvest h = {.plan = plan, .fn = fn, .data = data};
  sund_code code = run(ctx, scratch, &h, records, count);
  if (code != SUND_OK) code = sund_ctx_pass(ctx, scratch);
  sund_ctx_free(scratch);
  return code;
}

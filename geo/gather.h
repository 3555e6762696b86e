/* gather.h - records that a parallel loop finds, in the order of the rows, however many there are. */
#ifndef SUND_GEO_GATHER_H
#define SUND_GEO_GATHER_H

#include "sund/geo.h"

/* What one block of rows found. */
typedef struct gather {
  sund_ctx *ctx; /* the block's own memory; a failure to get more of it is noted there */
  unsigned char *at;
  size_t size; /* bytes of a record */
  size_t count, room;
} gather;

/* Adds a record. After a failure there is no need to stop: gather_for sees it. */
void gather_push(gather *found, const void *record);

/* Looks at rows begin .. end-1 and pushes what it finds there. Everything else is as for sund_for. */
typedef sund_code (*gather_fn)(sund_ctx *worker, size_t begin, size_t end, void *data, gather *found);

/* What to gather: `rows` in blocks of `block`, records of `size` bytes. */
typedef struct gather_plan {
  size_t rows, block, size;
} gather_plan;

/* Runs fn over all rows; *records (from ctx) are those of all blocks, one after the other. The same for any number
 * of threads. */
sund_code gather_for(sund_ctx *ctx, const gather_plan *plan, gather_fn fn, void *data, void **records, size_t *count);

#endif

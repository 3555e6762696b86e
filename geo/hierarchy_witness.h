/* hierarchy_witness.h - short searches in the graph that is left while it is contracted: is there a way round a
 * node?
 */
#ifndef SUND_GEO_HIERARCHY_WITNESS_H
#define SUND_GEO_HIERARCHY_WITNESS_H

#include "geo/hierarchy.h"

/* A node that waits to be looked at, nearest first. */
typedef struct witness_entry {
  uint32_t units, node;
} witness_entry;

typedef struct witness_mark {
  uint32_t stamp, units;
} witness_mark;

typedef struct witness {
  sund_ctx *ctx;
  const hierarchy_order *left;
  witness_mark *mark; /* nodes: units hold where the stamp is that of the search */
  uint32_t stamp;
  witness_entry *heap;
  size_t waiting, room;
} witness;

sund_code witness_open(sund_ctx *ctx, const hierarchy_order *left, witness *out);
/* Ways from a node that avoid another, at most `most` units long, over at most `settle` nodes. */
sund_code witness_search(witness *w, uint32_t from, uint32_t avoid, uint64_t most, size_t settle);
/* Units to a node as far as the last search has found; SUND_BEYOND = it has found nothing. */
static inline uint32_t witness_units(const witness *w, uint32_t node) {
  return w->mark[node].stamp == w->stamp ? w->mark[node].units : SUND_BEYOND;
}

#endif

/* route.h - what the searches along the network share: labels, a queue in buckets of distance, places along edges.
 *
 * The queue is a ring of buckets (Dial 1969). A bucket is about as wide as half a usual edge, so its entries need no
 * order: a node may be improved while its bucket is worked off and is then pushed again, which is rare (label
 * correcting, as in Meyer & Sanders 2003). Entries overtaken are for the caller to pass over.
 */
#ifndef SUND_GEO_ROUTE_H
#define SUND_GEO_ROUTE_H

#include "geo/graph.h"

#define ROUTE_NOBODY UINT32_MAX

/* ------------------------------------------------------------------------------------------------------ labels */

/* Metres to a source and the group of that source; ordered by metres, then source. */
typedef struct route_label {
  double metres;
  uint32_t source; /* ROUTE_NOBODY = not reached */
  uint32_t group;
} route_label;

static inline bool route_better(double a, uint32_t source_a, double b, uint32_t source_b) {
  return a < b || (a == b && source_a < source_b);
}

/* ------------------------------------------------------------------------------------------------------- queue */

/* A node to spread from, in a list of its bucket. */
typedef struct route_entry {
  double metres;
  uint32_t source, node;
  uint32_t next; /* entry, or ROUTE_NOBODY */
} route_entry;

typedef struct route_queue {
  sund_ctx *ctx; /* memory */
  route_entry *pool;
  size_t size, room;
  uint32_t spare;   /* list of entries free again */
  uint32_t *bucket; /* buckets: first entry, or ROUTE_NOBODY */
  size_t buckets;
  size_t waiting; /* entries in all buckets */
  size_t at;      /* the bucket being worked off */
  double width;   /* metres of a bucket */
} route_queue;

/* How far apart the nodes of a network are: measured once for many queues. */
typedef struct route_scale {
  double usual; /* metres of an edge, the mean */
  double most;  /* metres of the longest edge  */
} route_scale;

route_scale route_measure(const sund_graph *graph);

/* An empty queue in memory of ctx. `step`: no push is farther than this ahead of the entry popped last, or of 0. */
sund_code route_queue_open(sund_ctx *ctx, const route_scale *scale, double step, route_queue *q);

/* Room for one more entry. */
sund_code route_queue_grow(route_queue *q);

static inline sund_code route_push(route_queue *q, uint32_t node, double metres, uint32_t source) {
  uint32_t at = q->spare;
  if (at == ROUTE_NOBODY) {
    if (q->size == q->room) TRY(route_queue_grow(q));
    at = (uint32_t)q->size++;
  } else {
    q->spare = q->pool[at].next;
  }
  uint32_t *first = &q->bucket[(size_t)(metres / q->width) % q->buckets];
  q->pool[at] = (route_entry){.metres = metres, .source = source, .node = node, .next = *first};
  *first = at;
  q->waiting++;
  return SUND_OK;
}

/* The next entry, about in order of metres; false when the queue is empty, and it may then be used again from 0. */
static inline bool route_pop(route_queue *q, route_entry *out) {
  if (!q->waiting) {
    q->at = 0;
    return false;
  }
  while (q->bucket[q->at] == ROUTE_NOBODY) q->at = q->at + 1 == q->buckets ? 0 : q->at + 1;
  const uint32_t first = q->bucket[q->at];
  *out = q->pool[first];
  q->bucket[q->at] = out->next;
  q->pool[first].next = q->spare;
  q->spare = first;
  q->waiting--;
  return true;
}

/* --------------------------------------------------------------------------------------------- places on edges */

/* A source on its edge. */
typedef struct route_place {
  uint32_t edge, source, group;
  double along_m, leg_m;
} route_place;

/* Sources in order along their edges, and for each the best of its neighbours to either side: a crowded edge then costs
 * a spot no more than a search. */
typedef struct route_places {
  size_t count;
  route_place *at;  /* count: by edge, then along, then source                                    */
  uint32_t *first;  /* edges + 1: the places of edge e are first[e] .. first[e+1]-1                */
  size_t k;         /* best ones noted                                                            */
  uint32_t *before; /* count * k: the best at or before each for spots that lie after it, of groups
                       that are all different; ROUTE_NOBODY behind them                           */
  uint32_t *after;  /* count * k: the best at or after each for spots that lie before it          */
} route_places;

/* Puts the sources with use not 0 (NULL = all) on their edges. group: of sources; NULL = each its own. */
sund_code route_place_sources(sund_ctx *ctx, const sund_graph *graph, size_t sources, const sund_spot *source,
                              const uint8_t *use, const size_t *group, route_places *out);

/* Notes the k best to either side of the places first .. end-1, which lie on one edge. before, after: room for
 * count * k; k as set. */
void route_note_best(route_places *places, size_t first, size_t end);

/* Room for k best a place. */
sund_code route_best_room(sund_ctx *ctx, size_t k, route_places *places);

/* The farthest that a push can be ahead in a search from places (see route_queue_open), which ends at `limit`. */
double route_step(const sund_graph *graph, const route_scale *scale, const route_places *places, double limit);

/* First of the places first .. end-1 of one edge that is further along than along_m; end when there is none. */
size_t route_first_after(const route_places *places, size_t first, size_t end, double along_m);

#endif

/* streets_search.c - one tree of fastest ways (Dijkstra 1959), in buckets of time (Dial 1969).
 *
 * A bucket is about as wide as half a usual arc, so what waits in it needs no order: a node may be improved while
 * its bucket is worked off and waits again then, which is rare (label correcting, as in Meyer and Sanders 2003).
 * Buckets lie in a ring that holds the longest arc; ends that begin later than that are put in when their time
 * comes.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "geo/streets.h"

#define NOBODY UINT32_MAX

enum { MOST_BUCKETS = 1 << 16 };

typedef struct streets_entry {
  uint32_t units, node, next;
} streets_entry;

/* ------------------------------------------------------------------------------------------------------- queue */

static sund_code queue_open(streets_search *q) {
  const sund_streets *s = q->streets;
  while ((s->usual >> 1) >> q->shift > 1) q->shift++;
  while (((uint64_t)s->longest >> q->shift) + 2 > MOST_BUCKETS) q->shift++;
  uint64_t buckets = 2;
  while (buckets < ((uint64_t)s->longest >> q->shift) + 2) buckets *= 2;
  q->mask = (uint32_t)(buckets - 1);
  q->bucket = sund_alloc(q->ctx, buckets, sizeof *q->bucket);
  if (!q->bucket) return SUND_LIMIT;
  memset(q->bucket, 0xff, buckets * sizeof *q->bucket);
  q->spare = NOBODY;
  return SUND_OK;
}

static sund_code more_room(streets_search *q) {
  if (q->size >= NOBODY - 1) return sund_fail(q->ctx, SUND_LIMIT, "too many nodes wait to be looked at");
  streets_entry *pool = sund_grow(q->ctx, q->pool, &q->room, q->size + 1, sizeof *pool);
  if (!pool) return SUND_LIMIT;
  q->pool = pool;
  return SUND_OK;
}

static inline sund_code push(streets_search *q, uint32_t node, uint32_t units) {
  uint32_t at = q->spare;
  if (at == NOBODY) {
    if (q->size == q->room) TRY(more_room(q));
    at = (uint32_t)q->size++;
  } else {
    q->spare = q->pool[at].next;
  }
  uint32_t *first = &q->bucket[units >> q->shift & q->mask];
  q->pool[at] = (streets_entry){units, node, *first};
  *first = at;
  q->waiting++;
  return SUND_OK;
}

/* ------------------------------------------------------------------------------------------------------ search */

/* A better way to a node? metres and by: none when the search does not keep them. */
static inline sund_code offer(streets_search *q, uint32_t node, uint64_t units, double metres, size_t by) {
  const uint32_t old = q->units[node];
  if (units > old || units > q->limit) return SUND_OK;
  if (units == old && !(q->metres && metres < q->metres[node])) return SUND_OK;
  if (old == SUND_BEYOND) q->reached[q->reached_count++] = node;
  q->units[node] = (uint32_t)units;
  if (q->metres) q->metres[node] = metres;
  if (q->by) q->by[node] = by;
  return push(q, node, (uint32_t)units);
}

static sund_code relax(streets_search *q, uint32_t node) {
  const uint64_t units = q->units[node];
  const size_t end = q->arcs->first[node + 1];
  for (size_t i = q->arcs->first[node]; i < end; i++) {
    const streets_arc *arc = &q->arcs->arc[i];
    const double metres = q->metres ? q->metres[node] + q->streets->graph->edge_m[q->arcs->pass[i] / 2] : 0;
    TRY(offer(q, arc->node, units + arc->units, metres, i));
  }
  return SUND_OK;
}

static int by_units(const void *a, const void *b) {
  const streets_end *p = a, *q = b;
  if (p->units != q->units) return p->units < q->units ? -1 : 1;
  return p->node < q->node ? -1 : p->node > q->node;
}

static void forget(streets_search *q) {
  for (size_t i = 0; i < q->reached_count; i++) q->units[q->reached[i]] = SUND_BEYOND;
  q->reached_count = 0;
}

/* Brings the limit down to the best way to a goal so far. */
static void approach(streets_search *q) {
  for (size_t i = 0; i < q->goal->count; i++) {
    const streets_end *end = &q->goal->at[i];
    if (q->units[end->node] == SUND_BEYOND) continue;
    const uint64_t units = (uint64_t)q->units[end->node] + end->units;
    if (units < q->limit) q->limit = (uint32_t)units;
  }
}

sund_code streets_search_run(streets_search *q, uint32_t limit, streets_ends *ends) {
  enum { OFTEN = 8 };
  forget(q);
  q->limit = limit < SUND_BEYOND ? limit : SUND_BEYOND - 1;
  if (ends->count) qsort(ends->at, ends->count, sizeof *ends->at, by_units);
  uint32_t at = 0; /* number of the bucket worked off, on from 0 */
  for (size_t next = 0; q->waiting || next < ends->count;) {
    if (!q->waiting) at = ends->at[next].units >> q->shift;
    for (; next < ends->count && ends->at[next].units >> q->shift <= at; next++)
      TRY(offer(q, ends->at[next].node, ends->at[next].units, ends->at[next].metres, SIZE_MAX));
    if (((uint64_t)at << q->shift) > q->limit) break; /* all that is left takes longer */
    const uint32_t first = q->bucket[at & q->mask];
    if (first == NOBODY) {
      at++;
      if (q->goal && at % OFTEN == 0) approach(q);
      continue;
    }
    const streets_entry entry = q->pool[first];
    q->bucket[at & q->mask] = entry.next;
    q->pool[first].next = q->spare;
    q->spare = first;
    q->waiting--;
    if (q->units[entry.node] == entry.units) TRY(relax(q, entry.node));
  }
  return SUND_OK;
}

sund_code streets_search_open(sund_ctx *ctx, const sund_streets *s, bool backward, bool metres, bool with_by,
                              streets_search *out) {
  streets_search q = {.ctx = ctx,
                      .streets = s,
                      .arcs = &s->arcs[backward],
                      .units = sund_alloc(ctx, s->nodes, sizeof *q.units),
                      .reached = sund_alloc(ctx, s->nodes, sizeof *q.reached)};
  if (!q.units || !q.reached) return SUND_LIMIT;
  memset(q.units, 0xff, s->nodes * sizeof *q.units);
  if (metres && !(q.metres = sund_alloc(ctx, s->nodes, sizeof *q.metres))) return SUND_LIMIT;
  if (with_by && !(q.by = sund_alloc(ctx, s->nodes, sizeof *q.by))) return SUND_LIMIT;
  TRY(queue_open(&q));
  *out = q;
  return SUND_OK;
}

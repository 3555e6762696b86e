/* route_queue.c - buckets of distance for the searches along the network: see route.h. */
#include <math.h>

#include "geo/route.h"

enum { BUCKETS_MOST = 1 << 16 };

route_scale route_measure(const sund_graph *graph) {
  double sum = 0, most = 0;
  for (size_t e = 0; e < graph->edges; e++) {
    sum += graph->edge_m[e];
    most = fmax(most, graph->edge_m[e]);
  }
  return (route_scale){.usual = graph->edges ? sum / (double)graph->edges : 2, .most = most};
}

double route_step(const sund_graph *graph, const route_scale *scale, const route_places *places, double limit) {
  double step = scale->most;
  for (size_t i = 0; i < places->count; i++) {
    const route_place *p = &places->at[i];
    const double first = p->leg_m + fmax(p->along_m, graph->edge_m[p->edge]);
    if (isfinite(first) && p->leg_m <= limit) step = fmax(step, first);
  }
  return fmax(fmin(step, limit), 0);
}

/* Buckets as wide as half a usual edge, and enough of them for the farthest step ahead. */
sund_code route_queue_open(sund_ctx *ctx, const route_scale *scale, double step, route_queue *q) {
  *q = (route_queue){.ctx = ctx, .spare = ROUTE_NOBODY};
  q->width = fmax(scale->usual / 2, step / (BUCKETS_MOST - 4));
  if (!(q->width > 0)) q->width = 1;
  q->buckets = (size_t)(step / q->width) + 3;
  q->bucket = sund_alloc(ctx, q->buckets, sizeof *q->bucket);
  if (!q->bucket) return SUND_LIMIT;
  for (size_t i = 0; i < q->buckets; i++) q->bucket[i] = ROUTE_NOBODY;
  return SUND_OK;
}

sund_code route_queue_grow(route_queue *q) {
  if (q->size + 1 >= ROUTE_NOBODY) return sund_fail(q->ctx, SUND_LIMIT, "the network is too large for one sweep");
  route_entry *pool = sund_grow(q->ctx, q->pool, &q->room, q->size + 1, sizeof *pool);
  if (!pool) return SUND_LIMIT;
  q->pool = pool;
  return SUND_OK;
}

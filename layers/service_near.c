/* service_near.c - stops of different feeds that lie near each other: a Hilbert R-tree over all that are called
 * at. */
#include <math.h>
#include <stdlib.h>

#include "service.h"

typedef struct looking {
  service_build *b;
  const uint32_t *stop; /* items of the index: stops of all feeds */
  const double *x, *y;  /* items */
  size_t item;
  size_t from_feed_begin, from_feed_end; /* stops of its own feed */
  double metres;
  size_t room;
  sund_code code;
} looking;

static bool take_pair(size_t item, void *data) {
  looking *l = data;
  service_build *b = l->b;
  uint32_t other = l->stop[item];
  if (other >= l->from_feed_begin && other < l->from_feed_end) return true;
  double metres = hypot(l->x[item] - l->x[l->item], l->y[item] - l->y[l->item]);
  if (!(metres <= l->metres)) return true;
  service_pair *grown = sund_grow(b->ctx, b->pair, &l->room, b->pairs + 1, sizeof *grown);
  if (!grown) {
    l->code = SUND_LIMIT;
    return false;
  }
  b->pair = grown;
  b->pair[b->pairs++] = (service_pair){l->stop[l->item], other, metres, false};
  return true;
}

static int by_from_and_to(const void *a, const void *b) {
  const service_pair *p = a, *q = b;
  if (p->from != q->from) return p->from < q->from ? -1 : 1;
  return p->to < q->to ? -1 : p->to > q->to;
}

/* Stops called at that have a place, of all feeds in order. */
static sund_code gather_stops(service_build *b, size_t *count, uint32_t **stop, double **x, double **y) {
  uint8_t *used = sund_alloc(b->ctx, b->stops, 1);
  *stop = sund_alloc(b->ctx, b->stops, sizeof **stop);
  *x = sund_alloc(b->ctx, b->stops, sizeof **x);
  *y = sund_alloc(b->ctx, b->stops, sizeof **y);
  if (!used || !*stop || !*x || !*y) return SUND_LIMIT;
  for (size_t k = 0; k < b->calls; k++) used[b->call[k].stop] = 1;
  *count = 0;
  for (size_t i = 0; i < b->feeds->count; i++)
    for (size_t s = 0; s < b->feeds->feed[i].stops; s++) {
      const feed_stop *at = &b->feeds->feed[i].stop[s];
      if (!used[b->first_stop[i] + s] || !isfinite(at->x)) continue;
      (*stop)[*count] = (uint32_t)(b->first_stop[i] + s);
      (*x)[*count] = at->x, (*y)[(*count)++] = at->y;
    }
  return SUND_OK;
}

sund_code service_near(service_build *b, double metres) {
  looking l = {.b = b, .metres = metres};
  size_t count;
  uint32_t *stop;
  double *x, *y;
  sund_index *index;
  TRY(gather_stops(b, &count, &stop, &x, &y));
  double *box = sund_alloc(b->ctx, count, 4 * sizeof *box);
  if (!box) return SUND_LIMIT;
  for (size_t k = 0; k < count; k++) box[4 * k] = box[4 * k + 2] = x[k], box[4 * k + 1] = box[4 * k + 3] = y[k];
  TRY(sund_index_build(b->ctx, count, box, &index));
  l.stop = stop, l.x = x, l.y = y;
  for (size_t k = 0, i = 0; k < count; k++) {
    while (stop[k] >= b->first_stop[i + 1]) i++;
    l.item = k;
    l.from_feed_begin = b->first_stop[i], l.from_feed_end = b->first_stop[i + 1];
    const double around[4] = {x[k] - metres, y[k] - metres, x[k] + metres, y[k] + metres};
    sund_index_search(index, around, take_pair, &l);
    TRY(l.code);
  }
  if (b->pairs > 0) qsort(b->pair, b->pairs, sizeof *b->pair, by_from_and_to);
  return SUND_OK;
}

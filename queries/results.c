/* results.c - what queries give back, growing. */
#include <string.h>

#include "sund/queries.h"

/* Room for one more in an array from the arena: doubled when full, the old one stays with the context. */
static void *grown(sund_ctx *ctx, void *old, size_t count, size_t *room, size_t size) {
  if (count < *room) return old;
  size_t wanted = *room ? *room * 2 : 16;
  void *array = sund_alloc(ctx, wanted, size);
  if (!array) return NULL;
  if (count > 0) memcpy(array, old, count * size);
  *room = wanted;
  return array;
}

sund_code sund_results_indicator(sund_ctx *ctx, sund_results *out, sund_indicator row) {
  sund_indicator *array = grown(ctx, out->indicator, out->indicators, &out->indicator_room, sizeof row);
  if (!array) return SUND_LIMIT;
  out->indicator = array;
  array[out->indicators++] = row;
  return SUND_OK;
}

sund_code sund_results_layer(sund_ctx *ctx, sund_results *out, sund_layer layer) {
  sund_layer *array = grown(ctx, out->layer, out->layers, &out->layer_room, sizeof layer);
  if (!array) return SUND_LIMIT;
  out->layer = array;
  array[out->layers++] = layer;
  return SUND_OK;
}

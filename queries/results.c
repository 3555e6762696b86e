/* results.c - what queries give back, growing. */
#include "sund/queries.h"

sund_code sund_results_indicator(sund_ctx *ctx, sund_results *out, sund_indicator row) {
  sund_indicator *array = sund_grow(ctx, out->indicator, &out->indicator_room, out->indicators + 1, sizeof row);
  if (!array) return SUND_LIMIT;
  out->indicator = array;
  array[out->indicators++] = row;
  return SUND_OK;
}

sund_code sund_results_layer(sund_ctx *ctx, sund_results *out, sund_layer layer) {
  sund_layer *array = sund_grow(ctx, out->layer, &out->layer_room, out->layers + 1, sizeof layer);
  if (!array) return SUND_LIMIT;
  out->layer = array;
  array[out->layers++] = layer;
  return SUND_OK;
}

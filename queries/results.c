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

sund_code sund_results_raster(sund_ctx *ctx, sund_results *out, sund_raster raster) {
  sund_raster *array = sund_grow(ctx, out->raster, &out->raster_room, out->rasters + 1, sizeof raster);
  if (!array) return SUND_LIMIT;
  out->raster = array;
  array[out->rasters++] = raster;
  return SUND_OK;
}

sund_code sund_results_heights(sund_ctx *ctx, sund_results *out, sund_reading note) {
  sund_reading *array = sund_grow(ctx, out->note, &out->note_room, out->notes + 1, sizeof note);
  if (!array) return SUND_LIMIT;
  out->note = array;
  array[out->notes++] = note;
  return SUND_OK;
}

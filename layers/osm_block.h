/* osm_block.h - a PrimitiveBlock of a .osm.pbf file, unpacked: up to some thousand nodes, ways or relations. */
#ifndef SUND_LAYERS_OSM_BLOCK_H
#define SUND_LAYERS_OSM_BLOCK_H

#include "osm_inside.h"

/* A text of the block's table. */
typedef struct osm_string {
  const char *text; /* length bytes, no 0 behind them              */
  uint32_t length;
  uint8_t wanted; /* bit of osm_kind: a key that is wanted there */
  size_t copy;    /* its place in the part's text + 1; 0 = not copied yet */
} osm_string;

/* What a worker keeps from block to block, for its memory. Begins as {.ctx, .reader}. */
typedef struct osm_block {
  sund_ctx *ctx;
  osm_reader *reader;
  osm_part *part;
  size_t strings, string_room;
  osm_string *string;
  uint64_t granularity, lat_offset, lon_offset; /* nanodegrees; unsigned, so that sums may wrap */
  size_t hint;                                  /* row of the last node asked for               */
} osm_block;

/* Takes from the bytes of a block what the reader's pass takes. */
sund_code osm_block_take(osm_block *block, osm_part *part, const uint8_t *bytes, size_t size);

#endif

/* flood_places.h - which cells of the terrain a home stands on; for flood_homes.c only.
 *
 * Found once for all homes (flood_places_find), then asked at any state of the floods: walls that are tried change the
 * water, not where homes stand.
 */
#ifndef SUND_QUERIES_FLOOD_PLACES_H
#define SUND_QUERIES_FLOOD_PLACES_H

#include "flood.h"

/* Cells side by side in a row. */
typedef struct flood_span {
  uint32_t row, column, count;
} flood_span;

/* Where a home stands. Spans are in order of their cells: row by row from the north, each from the west. */
typedef struct flood_place {
  size_t site;           /* SIZE_MAX = no terrain there                                        */
  size_t own, own_end;   /* spans of the cells it stands on, all with known ground             */
  size_t near, near_end; /* spans of those within 1 m of it, its own among them                */
  size_t own_cells;      /* number of its own cells                                            */
  sund_window box;       /* around the near ones                                               */
  bool lifted;           /* the ground beside it stands for its own                            */
} flood_place;

typedef struct flood_places {
  flood_place *place; /* homes */
  size_t spans, room;
  flood_span *span;
} flood_places;

sund_code flood_places_find(sund_ctx *ctx, const flood_run *run, flood_places **out);

/* ------------------------------------------------------------------------------------------------ flood_lifted.c */

/* A block that stands above all ground around it, or a hole in the terrain, with the cells right around it. */
typedef struct flood_block {
  sund_window window;
  uint8_t *mark; /* window cells: FLOOD_IN_BLOCK, FLOOD_BESIDE (known ground), or 0 */
  size_t *stack; /* scratch of the search                                           */
  uint16_t *ground;
  uint8_t *sea;
  size_t room; /* cells the arrays hold */
} flood_block;
enum { FLOOD_IN_BLOCK = 1, FLOOD_BESIDE };

/* Does `from` stand on a building that the terrain lifts above everything around, or in a gap where one was cut out?
 * block begins with zeros and is used again from home to home. */
sund_code flood_block_find(sund_ctx *scratch, const flood_site *site, sund_cell from, bool *found,
                           flood_block *block);
/* Mark of a cell of the lattice; 0 outside the window. */
uint8_t flood_block_mark(const flood_block *block, sund_cell cell);

#endif

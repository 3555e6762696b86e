/* flood_walls.h - walls on trial: what flood_walls.c and flood_closings.c share. */
#ifndef SUND_QUERIES_FLOOD_WALLS_H
#define SUND_QUERIES_FLOOD_WALLS_H

#include "flood.h"

/* Raises cells of a site to a raw height at least; sea becomes land. before: what takes it back by sund_flood_change. */
sund_code flood_walls_raise(sund_ctx *ctx, const flood_site *site, const sund_cell_list *cells, uint16_t crest,
                            sund_flood_edit *before);

/* flood_closings.c: the layer flood_closings, flood.closed. */
sund_code flood_closings_measure(sund_ctx *ctx, flood_run *run);

#endif

/* catchment_times.h - what the files of the layer catchment_times hand to each other. */
#ifndef SUND_QUERIES_CATCHMENT_TIMES_H
#define SUND_QUERIES_CATCHMENT_TIMES_H

#include "catchment.h"
#include "catchment_grid.h"

/* A place, a mode and a cell reached in at least one variant. */
typedef struct catchment_times_row {
  size_t place, cell;
  sund_mode mode;
} catchment_times_row;

typedef struct catchment_times_rows {
  size_t count, room, minutes_room;
  catchment_times_row *row;
  double *minutes; /* count x variants: NAN = not reached */
} catchment_times_rows;

/* catchment_times_layer.c: the table and its style. */
sund_code catchment_times_layer(sund_ctx *ctx, catchment_run *run, const catchment_grid *grid,
                                const catchment_times_rows *rows);

#endif

/* catchment_grid.h - square cells of the analysis CRS, for the layers catchment_times and catchment_cells. */
#ifndef SUND_QUERIES_CATCHMENT_GRID_H
#define SUND_QUERIES_CATCHMENT_GRID_H

#include "catchment.h"

/* A cell: its south-west corner is at (east * side, north * side). */
typedef struct catchment_cell {
  int64_t east, north;
} catchment_cell;

/* Cells with something in them, from south to north, in a row from west to east. */
typedef struct catchment_grid {
  double side_m; /* map metres */
  size_t count;
  catchment_cell *cell; /* count                                                      */
  size_t *first;        /* count + 1: targets of a cell are target[first[c]] ..       */
  size_t *target;       /* numbers of the targets                                     */
  double *persons;      /* count                                                      */
  double *jobs;         /* count                                                      */
} catchment_grid;

/* The cell that holds a point. */
catchment_cell catchment_cell_at(double side_m, double x, double y);
/* The cells of the targets and of `extra` points (x, y) besides. */
sund_code catchment_grid_make(sund_ctx *ctx, const catchment_run *run, double side_m, size_t extra, const double *x,
                              const double *y, catchment_grid **out);
/* The number of a cell; SIZE_MAX = it is not in the grid. */
size_t catchment_grid_find(const catchment_grid *grid, catchment_cell cell);

/* Its name, after the Danish square grid: side, then northing and easting of the south-west corner in the largest power
 * of ten that divides the side: 500m_62080_7180, 1km_6208_718. In the analysis CRS. NULL without memory. */
const char *catchment_cell_name(sund_ctx *ctx, double side_m, catchment_cell cell);
/* The cells of some rows as squares. */
sund_code catchment_cell_squares(sund_ctx *ctx, double side_m, size_t rows, const catchment_cell *cell,
                                 sund_shapes **out);

/* The name of a column for a scenario: "minutes_fixed_link", different for each of the run's variants. */
const char *catchment_column_name(sund_ctx *ctx, const catchment_run *run, const char *prefix, size_t variant);

#endif

/* catchment_cells.h - what the files of the layer catchment_cells hand to each other. */
#ifndef SUND_QUERIES_CATCHMENT_CELLS_H
#define SUND_QUERIES_CATCHMENT_CELLS_H

#include "catchment.h"
#include "catchment_grid.h"

/* What is reached from a cell within a bound. */
typedef struct catchment_cells_sums {
  double persons, jobs, persons_across, jobs_across;
} catchment_cells_sums;

/* A cell with something in it, at the weighted centre of that: people at home and jobs alike. */
typedef struct catchment_cells_run {
  const catchment_run *run;
  const catchment_grid *grid; /* its cells are the targets                       */
  double *x, *y;              /* grid->count: weighted centres                   */
  int32_t *shore;             /* grid->count: where most of it lies, -1 = unknown */
  size_t origins;             /* inhabited cells                                 */
  size_t *cell;               /* origins: number in the grid                     */
  double *from_x, *from_y;    /* origins: weighted centre of its homes           */
  int32_t *from_shore;        /* origins                                         */
  catchment_cells_sums *sums; /* ((variant * SUND_MODES + mode) * bounds + bound) * origins + origin */
} catchment_cells_run;

static inline catchment_cells_sums *catchment_cells_sums_of(const catchment_cells_run *c, size_t variant,
                                                            sund_mode mode, size_t bound) {
  return c->sums + ((variant * SUND_MODES + (size_t)mode) * c->run->bounds + bound) * c->origins;
}

/* Fills the sums of a mode of streets in every variant. */
sund_code catchment_cells_by_streets(sund_ctx *ctx, const catchment_cells_run *c, sund_mode mode);
/* The same without paths, by straight lines. */
sund_code catchment_cells_by_lines(sund_ctx *ctx, catchment_cells_run *c);
/* The sums of public transport in a variant. */
sund_code catchment_cells_by_transit(sund_ctx *ctx, const catchment_cells_run *c, size_t variant);

#endif

/* homes_spread.h - census cells spread over their land; for queries/homes.c only. */
#ifndef SUND_QUERIES_HOMES_SPREAD_H
#define SUND_QUERIES_HOMES_SPREAD_H

#include "homes.h"

/* What spreading makes: areas with the home they come from. */
typedef struct homes_pieces {
  sund_shapes *shapes;
  size_t *home;  /* row of the homes table                              */
  size_t *unit;  /* row of the areas it was cut by; SIZE_MAX without areas */
  double *share; /* of the home's persons                               */
  double *plain; /* of the home's whole area, water too                 */
} homes_pieces;

/* Spreads `count` homes (rows pick of the homes table) over their land and cuts them by the areas of level 0. */
sund_code homes_spread(sund_ctx *ctx, const sund_inputs *in, const homes_options *options, size_t count,
                       const size_t *pick, const size_t *level_of, homes_pieces *out, sund_findings *findings);

/* A point inside row `row`: the centroid, or where that lies outside (a horseshoe) the middle of the widest crossing
 * of the horizontal line through it. */
void homes_inside_point(const sund_shapes *areas, size_t row, double *x, double *y);

#endif

/* overland_water.h - water as a barrier; private to the ways over land (geo/overland*.c). */
#ifndef SUND_GEO_OVERLAND_WATER_H
#define SUND_GEO_OVERLAND_WATER_H

#include "sund/geo.h"

/* What lies nearer than this to the water's edge lies on it, map metres. */
#define WATER_NEAR_M 1e-6

typedef enum water_place { WATER_LAND, WATER_SHORE, WATER_IN } water_place;

/* The water, dissolved into one row, and a grid over it. A cell is land, water, or has a list of the shore's segments
 * in it. Beyond the grid is land. */
typedef struct water {
  sund_shapes *areas;      /* one row; no part when there is no water             */
  sund_segments *segments; /* of areas                                            */
  size_t columns, rows;    /* of the grid; 0 when there is no water               */
  double x0, y0, cell;     /* lower left corner and cell size, map metres         */
  uint8_t *state;          /* cells: a water_place; WATER_SHORE = has segments    */
  size_t *first;           /* cells + 1                                           */
  uint32_t *vertex;        /* first vertex of each segment in a cell              */
  uint32_t *land;          /* cells + 1, the last for beyond the grid: see water_land */
} water;

/* Water areas in any number, overlapping or not. */
sund_code water_build(sund_ctx *ctx, const sund_shapes *areas, water **out);

/* Where a point lies. */
water_place water_at(const water *w, double x, double y);

/* Is the straight way from a to b, both on land or on the shore, free of water? Touching the edge and going along it
 * is allowed. skip[0], skip[1]: what is met at a or b itself is of no interest, because the direction is known not to
 * lead into the water there. */
bool water_clear(const water *w, const double a[2], const double b[2], const bool skip[2]);

/* Shares along a-b, in rising order, between which the line is all on land (or along the shore) or all in water: 0,
 * where it meets the shore, 1. Written to *share, which grows in ctx. */
sund_code water_cuts(sund_ctx *ctx, const water *w, const double a[2], const double b[2], double **share,
                     size_t *room, size_t *count);

/* The land a point lies on, by number: from one land to another there is surely no way but over bridges that were not
 * joined. Good once the lands are settled. */
uint32_t water_land(const water *w, double x, double y);
/* A bridge leads from a to b: their lands are one. Then, once: the lands are settled. */
void water_join(water *w, const double a[2], const double b[2]);
void water_settle(water *w);

/* Is the box surely all on land? */
bool water_free_box(const water *w, const double box[4]);

#endif

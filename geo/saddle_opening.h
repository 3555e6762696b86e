/* saddle_opening.h - the water around a saddle, and the line of its way through; private to geo/saddle_opening*.c. */
#ifndef SUND_GEO_SADDLE_OPENING_H
#define SUND_GEO_SADDLE_OPENING_H

#include "geo/saddles.h"

/* A square piece of the raster around a saddle, that may stick out of it. Cells are numbered row by row. */
typedef struct opening_view {
  sund_ctx *ctx; /* scratch                                                   */
  const sund_flood_spec *spec;
  double radius_m;        /* cells farther from the saddle are outside       */
  ptrdiff_t column, row;  /* upper left cell                                 */
  size_t columns, rows;   /* of the piece                                    */
  uint16_t *ground, *wet; /* as saddles_load gives them                      */
  uint16_t crest, level;  /* the saddle's; that of the water, at most the cap */
  size_t saddle;          /* its cell                                        */
  size_t basin;           /* the lowest cell of the basin, SIZE_MAX = not here */
  size_t count;           /* of the way                                      */
  size_t *way;            /* cells of the water's way, from the basin to the sea */
  uint32_t *on_way;       /* cells: 1 + place on the way, 0 = not on it      */
} opening_view;

static inline bool opening_is_source(const opening_view *v, size_t cell) {
  return saddles_is_source(v->ground[cell], v->wet[cell]);
}
/* Is there water at the level? Else it is a bank. */
static inline bool opening_is_water(const opening_view *v, size_t cell) {
  return v->ground[cell] <= v->level || opening_is_source(v, cell);
}
/* In the raster, not in what sticks out of it? */
bool opening_in_raster(const opening_view *v, size_t cell);
/* Nearer to the saddle than the radius? Cells at the rim of the piece are not. */
bool opening_inside(const opening_view *v, size_t cell);
/* The neighbour in direction k of saddles_around; the cell must be inside. */
static inline size_t opening_beside(const opening_view *v, size_t cell, size_t k) {
  return cell + (size_t)(saddles_around[k][1] * (ptrdiff_t)v->columns + saddles_around[k][0]);
}

/* Finds the way: v->count, way, on_way. Both its ends lie outside, or in a bank. */
sund_code opening_find_way(opening_view *v);
/* Does a step in direction k from `cell` cross the way? (The way runs a little to the left of its cells.) */
bool opening_crosses(const opening_view *v, size_t cell, size_t k);

#endif

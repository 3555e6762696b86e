/* closing.h - where to build: what geo/closing*.c share.
 *
 * The plane is the asker's window with a ring of one cell around it. A wall is a closed line that runs through cells
 * from one point of their border to another: the middles of their sides, and their corners too where water does not pass
 * corners. Such a line is tight: no water gets across it. */
#ifndef SUND_GEO_CLOSING_H
#define SUND_GEO_CLOSING_H

#include "sund/geo.h"

/* What a cell is to the wall and to the water. */
enum {
  PLANE_BANK,  /* higher than the target, or unknown: stops water, costs nothing   */
  PLANE_LAND,  /* water passes, a wall can be built                                */
  PLANE_FIXED, /* water passes, nothing can be built: no-go, or to be kept dry     */
  PLANE_SEA,   /* where water comes from                                           */
  PLANE_SHUT   /* beyond the window: nobody looks                                  */
};

/* Directions: to the cell in the east, then counter-clockwise. Odd ones are corners. */
enum { PLANE_WAYS = 8 };

typedef struct closing_plane {
  size_t columns, rows, cells; /* with the ring                                                   */
  double length[PLANE_WAYS]
               [PLANE_WAYS]; /* ground metres through a cell between points of its border; 0 = not a way */
  bool corners;              /* water passes corners, so a wall must not                        */
  uint8_t *kind;             /* cells                                                           */
  uint16_t *lift;            /* cells: raw steps that land has to be raised                     */
} closing_plane;

/* The cell index in a direction. The result lies on the plane for all cells but those of the ring. */
static inline size_t plane_step(const closing_plane *p, size_t cell, unsigned direction) {
  static const int8_t east[PLANE_WAYS] = {1, 1, 0, -1, -1, -1, 0, 1};
  static const int8_t south[PLANE_WAYS] = {0, -1, -1, -1, 0, 1, 1, 1};
  return (size_t)((ptrdiff_t)cell + south[direction] * (ptrdiff_t)p->columns + east[direction]);
}

static inline bool plane_on_ring(const closing_plane *p, size_t cell) {
  const size_t column = cell % p->columns;
  return column == 0 || column + 1 == p->columns || cell < p->columns || cell + p->columns >= p->cells;
}

/* Is a step from a cell of the ring still on the plane? */
static inline bool plane_beside(const closing_plane *p, size_t cell, size_t next) {
  const size_t column = cell % p->columns, other = next % p->columns;
  return next < p->cells && column <= other + 1 && other <= column + 1;
}

static inline bool plane_is_wet(const closing_plane *p, size_t cell) {
  return p->kind[cell] == PLANE_LAND || p->kind[cell] == PLANE_FIXED || p->kind[cell] == PLANE_SEA;
}

/* A piece of a wall: through land, from one point of its border to another. */
typedef struct closing_piece {
  uint32_t cell;
  uint8_t from, to; /* directions                                */
  bool landed;      /* it begins at a bank                       */
} closing_piece;

typedef struct closing_cycle {
  bool found;
  double cost; /* sum of lift times length, raw steps times metres */
  size_t count, room;
  closing_piece *piece; /* count: all the way round                        */
} closing_cycle;

/* The cheapest closed line that crosses the water's way an odd number of times. way: n cells, neighbours, none
 * twice, from the sea to the cell to be kept dry. */
sund_code closing_cycle_find(sund_ctx *ctx, const closing_plane *plane, size_t n, const uint32_t *way,
                             closing_cycle *out);

#endif

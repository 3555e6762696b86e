/* cells.h - how geometry meets the cells of a lattice; private to geo/cells*.c.
 *
 * Everything is measured against the numbers the front door gives for a cell (its centre, its edges), computed by the
 * same formulas: what rounding does to them it does on both sides.
 */
#ifndef SUND_GEO_CELLS_H
#define SUND_GEO_CELLS_H

#include "sund/geo.h"

/* Centre of a column or a row, map metres. */
static inline double cells_x(const sund_lattice *lattice, size_t column) {
  return lattice->x0 + ((double)column + 0.5) * lattice->dx;
}
static inline double cells_y(const sund_lattice *lattice, size_t row) {
  return lattice->y0 - ((double)row + 0.5) * lattice->dy;
}

/* A number of cells as an index: 0 when it is negative or NAN, at most `most`. */
static inline size_t cells_index(double number, size_t most) {
  if (!(number > 0)) return 0;
  return number < (double)most ? (size_t)number : most;
}

/* Where a point lies in cells from the corner of the lattice, to the east and to the south. Whole numbers are exactly
 * the edges x0 + k * dx and y0 - k * dy. */
double cells_east(const sund_lattice *lattice, double x);
double cells_south(const sund_lattice *lattice, double y);

/* Rows whose centres the segment from vertex v to v + 1 crosses: *first .. *end - 1. Its lower end counts, its upper
 * end does not (as in sund_area_contains). None when the segment is level or not finite. */
void cells_edge_rows(const sund_lattice *lattice, const sund_shapes *areas, size_t v, size_t *first, size_t *end);

/* How many centres of a row that the segment crosses lie west of it: the columns for which sund_area_contains finds
 * it in the east. */
size_t cells_edge_column(const sund_lattice *lattice, const sund_shapes *areas, size_t v, size_t row);

/* Sorts crossings. */
void cells_sort(size_t n, uint64_t *key);

#endif

/* cells_line.c - cells by place: the cell of a point, the cells of a line, lists of cells.
 *
 * A line is drawn segment by segment in cells from the corner of the lattice. Along its axis each column (or row)
 * gets the stretch of cells that the segment runs through there. The tight pen takes them from where the segment
 * enters the column to where it leaves it; neighbours share the point between them, so the chain is 4-connected
 * whatever rounding does, and a corner that is hit exactly costs one cell more (the supercover line; Andres, Nehlig
 * and Francon 1997). The thin pen looks at the middle of each column or row, along the longer axis (Bresenham 1965,
 * for ends anywhere in their cells), and adds the cells of the ends, so that segments join. Both reckon from the same
 * end whichever way the line was drawn: the cells are the same there and back.
 */
#include <math.h>

#include "cells.h"

/* ------------------------------------------------------------------------------------------------ lattice, list */

/* Cells of `size` from `origin` to `at`. Division may put an edge itself on its wrong side: the edges decide. */
static double place(double origin, double size, double at) {
  const double cells = (at - origin) / size, whole = floor(cells);
  if (origin + whole * size > at) return nextafter(whole, -INFINITY);
  if (origin + (whole + 1) * size <= at) return whole + 1;
  return cells;
}

double cells_east(const sund_lattice *lattice, double x) {
  return place(lattice->x0, lattice->dx, x);
}

double cells_south(const sund_lattice *lattice, double y) {
  return place(-lattice->y0, lattice->dy, -y);
}

bool sund_lattice_cell(const sund_lattice *lattice, double x, double y, sund_cell *out) {
  const double column = cells_east(lattice, x), row = cells_south(lattice, y);
  if (!(column >= 0 && column < (double)lattice->columns && row >= 0 && row < (double)lattice->rows)) return false;
  *out = (sund_cell){(uint32_t)column, (uint32_t)row};
  return true;
}

void sund_lattice_centre(const sund_lattice *lattice, sund_cell cell, double *x, double *y) {
  *x = cells_x(lattice, cell.column);
  *y = cells_y(lattice, cell.row);
}

sund_code sund_cell_add(sund_ctx *ctx, sund_cell_list *list, sund_cell cell) {
  sund_cell *grown = sund_grow(ctx, list->cell, &list->room, list->count + 1, sizeof *grown);
  if (!grown) return SUND_LIMIT;
  list->cell = grown;
  list->cell[list->count++] = cell;
  return SUND_OK;
}

/* ------------------------------------------------------------------------------------------------------ lines */

/* A segment in cells: `along` its axis, which it runs up, and across it. */
typedef struct stroke {
  double along[2], across[2];
  bool rows;     /* the axis counts rows, else columns         */
  bool backward; /* drawn from the upper end of the axis       */
} stroke;

/* Lines as they are drawn. */
typedef struct drawing {
  sund_ctx *ctx;
  const sund_lattice *lattice;
  sund_pen pen;
  sund_cell_list *out;
  size_t begin; /* of this line in `out` */
} drawing;

/* Where the segment is at `along`: never beyond its ends. */
static double across_at(const stroke *s, double along) {
  if (along <= s->along[0]) return s->across[0];
  if (along >= s->along[1]) return s->across[1];
  const double share = (s->across[1] - s->across[0]) / (s->along[1] - s->along[0]);
  const double across = s->across[0] + (along - s->along[0]) * share;
  const double low = fmin(s->across[0], s->across[1]), high = fmax(s->across[0], s->across[1]);
  return across < low ? low : across > high ? high : across;
}

/* Cells across, *from .. *to (either may be the larger), that the segment takes at the step `at` .. `at` + 1 of its
 * axis. */
static void stretch(const stroke *s, sund_pen pen, double at, double *from, double *to) {
  const bool first = at <= s->along[0], last = at + 1 > s->along[1];
  const double begin = floor(s->across[0]), end = floor(s->across[1]);
  if (pen == SUND_TIGHT) {
    *from = first ? begin : floor(across_at(s, at));
    *to = last ? end : floor(across_at(s, at + 1));
    return;
  }
  const double middle = floor(across_at(s, at + 0.5));
  *from = first ? begin : middle;
  *to = last ? end : middle;
  if (first) return;
  /* rounding can make a slope of 1 jump by 2 */
  const double before = floor(across_at(s, at - 0.5));
  if (middle > before + 1) *from = before + 1;
  if (middle < before - 1) *from = before - 1;
}

static sund_code put(drawing *d, const stroke *s, size_t along, size_t across) {
  sund_cell_list *out = d->out;
  const uint32_t a = (uint32_t)along, b = (uint32_t)across;
  const sund_cell cell = s->rows ? (sund_cell){b, a} : (sund_cell){a, b};
  if (out->count > d->begin) {
    const sund_cell last = out->cell[out->count - 1];
    if (last.column == cell.column && last.row == cell.row) return SUND_OK;
  }
  return sund_cell_add(d->ctx, out, cell);
}

/* The cells of one step of the axis, in the order of drawing, as far as they are in the lattice. */
static sund_code draw_step(drawing *d, const stroke *s, size_t at, size_t most_across) {
  double from, to;
  stretch(s, d->pen, (double)at, &from, &to);
  const double low = fmax(fmin(from, to), 0), high = fmin(fmax(from, to), (double)most_across - 1);
  if (!(low <= high)) return SUND_OK;
  const size_t least = (size_t)low, count = (size_t)high - least + 1;
  const bool up = (from <= to) != s->backward;
  for (size_t i = 0; i < count; i++) TRY(put(d, s, at, up ? least + i : least + count - 1 - i));
  return SUND_OK;
}

static sund_code draw_stroke(drawing *d, const stroke *s) {
  const size_t most_along = s->rows ? d->lattice->rows : d->lattice->columns;
  const size_t most_across = s->rows ? d->lattice->columns : d->lattice->rows;
  const double low = fmax(floor(s->along[0]), 0), high = fmin(floor(s->along[1]), (double)most_along - 1);
  if (!(low <= high)) return SUND_OK;
  if (fmax(s->across[0], s->across[1]) < 0 || fmin(s->across[0], s->across[1]) >= (double)most_across) return SUND_OK;
  const size_t first = (size_t)low, count = (size_t)high - first + 1;
  for (size_t i = 0; i < count; i++) {
    TRY(draw_step(d, s, s->backward ? first + count - 1 - i : first + i, most_across));
  }
  return SUND_OK;
}

/* The segment from a to b, given as (east, south) in cells. */
static stroke make_stroke(sund_pen pen, const double a[2], const double b[2]) {
  stroke s = {.rows = pen == SUND_THIN && fabs(b[1] - a[1]) > fabs(b[0] - a[0])};
  const int axis = s.rows ? 1 : 0;
  s.backward = b[axis] < a[axis] || (b[axis] == a[axis] && b[1 - axis] < a[1 - axis]);
  const double *first = s.backward ? b : a, *last = s.backward ? a : b;
  s.along[0] = first[axis], s.along[1] = last[axis];
  s.across[0] = first[1 - axis], s.across[1] = last[1 - axis];
  return s;
}

sund_code sund_cells_line(sund_ctx *ctx, const sund_lattice *lattice, size_t n, const double *x, const double *y,
                          sund_pen pen, sund_cell_list *out) {
  drawing d = {.ctx = ctx, .lattice = lattice, .pen = pen, .out = out, .begin = out->count};
  for (size_t i = n == 1 ? 0 : 1; i < n; i++) {
    const size_t from = n == 1 ? 0 : i - 1;
    const double a[2] = {cells_east(lattice, x[from]), cells_south(lattice, y[from])};
    const double b[2] = {cells_east(lattice, x[i]), cells_south(lattice, y[i])};
    if (!isfinite(a[0]) || !isfinite(a[1]) || !isfinite(b[0]) || !isfinite(b[1])) continue;
    const stroke s = make_stroke(pen, a, b);
    TRY(draw_stroke(&d, &s));
  }
  return SUND_OK;
}

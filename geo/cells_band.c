/* cells_band.c - the cells near a line, and those of a footprint.
 *
 * What lies within a distance of a segment is convex: in each row of the lattice it is one stretch of cells. Its ends
 * are reckoned (the two circles around the segment's ends, the two lines beside it) and then settled by measuring
 * from the centres. Stretches of all segments, and for a footprint those between the crossings of its boundary, are
 * sorted and united.
 *
 * "Within d metres" is meant to hold for what is d metres away on paper: coordinates of six million metres are
 * rounded to a nanometre, so a micrometre more counts as inside.
 */
#include <math.h>
#include <stdlib.h>

#include "cells.h"

static const double ROUNDING_M = 1e-6;

/* Cells begin .. end - 1 of a row. */
typedef struct stretch {
  uint32_t row, begin, end;
} stretch;

typedef struct stretches {
  sund_ctx *ctx; /* scratch */
  const sund_lattice *lattice;
  size_t count, room;
  stretch *item;
} stretches;

static sund_code add(stretches *list, size_t row, size_t begin, size_t end) {
  if (begin >= end) return SUND_OK;
  stretch *grown = sund_grow(list->ctx, list->item, &list->room, list->count + 1, sizeof *grown);
  if (!grown) return SUND_LIMIT;
  list->item = grown;
  list->item[list->count++] = (stretch){(uint32_t)row, (uint32_t)begin, (uint32_t)end};
  return SUND_OK;
}

/* ------------------------------------------------------------------------------------------------ near a segment */

typedef struct segment {
  double ax, ay, bx, by;
} segment;

static void include(double range[2], double x) {
  if (x < range[0]) range[0] = x;
  if (x > range[1]) range[1] = x;
}

/* What the circle around (x, y) covers at a height. */
static void include_circle(double range[2], double x, double y, double metres, double at) {
  const double high = fabs(at - y);
  if (high > metres + ROUNDING_M) return;
  const double half = sqrt(fmax((metres - high) * (metres + high), 0));
  include(range, x - half);
  include(range, x + half);
}

/* From where to where the band around a segment reaches at a height. False when it does not reach it. */
static bool range_at(const segment *s, double metres, double at, double range[2]) {
  const double dx = s->bx - s->ax, dy = s->by - s->ay, length = sqrt(dx * dx + dy * dy);
  range[0] = INFINITY;
  range[1] = -INFINITY;
  include_circle(range, s->ax, s->ay, metres, at);
  include_circle(range, s->bx, s->by, metres, at);
  for (int side = -1; side <= 1 && length > 0 && dy != 0; side += 2) {
    const double over_x = -side * metres * dy / length, over_y = side * metres * dx / length;
    const double share = (at - s->ay - over_y) / dy;
    if (share >= 0 && share <= 1) include(range, s->ax + over_x + share * dx);
  }
  return range[0] <= range[1];
}

static bool is_near(const stretches *list, const segment *s, double metres, size_t column, size_t row) {
  double share;
  return sund_segment_nearest(cells_x(list->lattice, column), cells_y(list->lattice, row), s->ax, s->ay, s->bx, s->by,
                              &share) <= metres + ROUNDING_M;
}

/* The cells of all rows near a segment. */
static sund_code add_band(stretches *list, const segment *s, double metres) {
  const sund_lattice *l = list->lattice;
  if (!isfinite(s->ax) || !isfinite(s->ay) || !isfinite(s->bx) || !isfinite(s->by)) return SUND_OK;
  const double high = fmax(s->ay, s->by) + metres, low = fmin(s->ay, s->by) - metres;
  const size_t first = cells_index((l->y0 - high) / l->dy - 1, l->rows);
  const size_t end = cells_index((l->y0 - low) / l->dy + 2, l->rows);
  for (size_t row = first; row < end; row++) {
    double range[2];
    if (!range_at(s, metres, cells_y(l, row), range)) continue;
    /* a cell more on both sides, then by measure */
    size_t from = cells_index((range[0] - l->x0) / l->dx - 1, l->columns);
    size_t to = cells_index((range[1] - l->x0) / l->dx + 2, l->columns);
    while (from < to && !is_near(list, s, metres, from, row)) from++;
    while (from < to && !is_near(list, s, metres, to - 1, row)) to--;
    TRY(add(list, row, from, to));
  }
  return SUND_OK;
}

static sund_code add_bands(stretches *list, size_t n, const double *x, const double *y, double metres) {
  if (!(metres >= 0)) return SUND_OK;
  if (n == 1) return add_band(list, &(segment){x[0], y[0], x[0], y[0]}, metres);
  for (size_t i = 1; i < n; i++) TRY(add_band(list, &(segment){x[i - 1], y[i - 1], x[i], y[i]}, metres));
  return SUND_OK;
}

/* -------------------------------------------------------------------------------------------- inside a footprint */

/* Where the boundary of a footprint crosses rows: row << 32 | cells west of it; into `key` unless it is NULL. */
static size_t list_crossings(const sund_lattice *lattice, const sund_shapes *areas, size_t row, uint64_t *key) {
  size_t count = 0;
  for (size_t part = areas->first_part[row]; part < areas->first_part[row + 1]; part++)
    for (size_t v = areas->first_vertex[part]; v + 1 < areas->first_vertex[part + 1]; v++) {
      size_t first, end;
      cells_edge_rows(lattice, areas, v, &first, &end);
      for (size_t at = first; key && at < end; at++)
        key[count + at - first] = (uint64_t)at << 32 | cells_edge_column(lattice, areas, v, at);
      count += end - first;
    }
  return count;
}

static sund_code add_inside(stretches *list, const sund_shapes *areas, size_t row) {
  const size_t count = list_crossings(list->lattice, areas, row, NULL);
  uint64_t *key = sund_alloc(list->ctx, count, sizeof *key);
  if (!key) return SUND_LIMIT;
  list_crossings(list->lattice, areas, row, key);
  cells_sort(count, key);
  for (size_t n = count; n;) {
    const uint64_t at = key[n - 1] >> 32, end = (uint32_t)key[n - 1];
    uint64_t begin = 0;
    n--;
    if (n && key[n - 1] >> 32 == at) begin = (uint32_t)key[--n];
    TRY(add(list, at, begin, end));
  }
  return SUND_OK;
}

static int by_height(const void *a, const void *b) {
  const double p = *(const double *)a, q = *(const double *)b;
  return p < q ? -1 : p > q;
}

/* A height halfway between two vertices, nearest to the middle of the footprint: it crosses no vertex. */
static double clear_height(const sund_shapes *areas, size_t row, const double box[4]) {
  const double middle = box[1] + (box[3] - box[1]) / 2;
  double below = box[1], above = box[3];
  for (size_t v = areas->first_vertex[areas->first_part[row]]; v < areas->first_vertex[areas->first_part[row + 1]];
       v++) {
    if (areas->y[v] <= middle && areas->y[v] > below) below = areas->y[v];
    if (areas->y[v] > middle && areas->y[v] < above) above = areas->y[v];
  }
  return below + (above - below) / 2;
}

/* A point inside a footprint: the middle of the widest stretch at a height without vertices; a vertex when it has no
 * inside. False when it is empty. */
static sund_code point_inside(sund_ctx *scratch, const sund_shapes *areas, size_t row, bool *found, double *x,
                              double *y) {
  double box[4];
  const size_t from = areas->first_vertex[areas->first_part[row]];
  const size_t to = areas->first_vertex[areas->first_part[row + 1]];
  *found = sund_shapes_box(areas, row, box);
  if (!*found) return SUND_OK;
  double *crossing = sund_alloc(scratch, to - from, sizeof *crossing);
  if (!crossing) return SUND_LIMIT;
  *x = areas->x[from];
  *y = areas->y[from];
  const double height = clear_height(areas, row, box);
  size_t count = 0;
  for (size_t part = areas->first_part[row]; part < areas->first_part[row + 1]; part++)
    for (size_t v = areas->first_vertex[part]; v + 1 < areas->first_vertex[part + 1]; v++) {
      const double ax = areas->x[v], ay = areas->y[v], bx = areas->x[v + 1], by = areas->y[v + 1];
      if ((ay > height) != (by > height)) crossing[count++] = ax + (bx - ax) * ((height - ay) / (by - ay));
    }
  qsort(crossing, count, sizeof *crossing, by_height);
  double widest = 0;
  for (size_t i = 0; i + 1 < count; i += 2) {
    if (!(crossing[i + 1] - crossing[i] > widest)) continue;
    widest = crossing[i + 1] - crossing[i];
    *x = crossing[i] + widest / 2;
    *y = height;
  }
  return SUND_OK;
}

/* ----------------------------------------------------------------------------------------------------- together */

static int by_place(const void *a, const void *b) {
  const stretch *p = a, *q = b;
  if (p->row != q->row) return p->row < q->row ? -1 : 1;
  if (p->begin != q->begin) return p->begin < q->begin ? -1 : 1;
  return p->end < q->end ? -1 : p->end > q->end;
}

/* Appends the cells of all stretches, each once, row by row. */
static sund_code unite(sund_ctx *ctx, stretches *list, sund_cell_list *out) {
  if (!list->count) return SUND_OK;
  qsort(list->item, list->count, sizeof *list->item, by_place);
  uint32_t done = 0; /* columns of the row that are told */
  for (size_t i = 0; i < list->count; i++) {
    const stretch *s = list->item + i;
    if (i == 0 || s->row != s[-1].row) done = 0;
    for (uint32_t column = s->begin > done ? s->begin : done; column < s->end; column++) {
      TRY(sund_cell_add(ctx, out, (sund_cell){column, s->row}));
    }
    if (s->end > done) done = s->end;
  }
  return SUND_OK;
}

sund_code sund_cells_band(sund_ctx *ctx, const sund_lattice *lattice, size_t n, const double *x, const double *y,
                          double metres, sund_cell_list *out) {
  sund_ctx *scratch = sund_ctx_child(ctx);
  if (!scratch) return SUND_LIMIT;
  stretches list = {.ctx = scratch, .lattice = lattice};
  sund_code code = add_bands(&list, n, x, y, metres);
  if (code != SUND_OK) code = sund_ctx_pass(ctx, scratch);
  else code = unite(ctx, &list, out);
  sund_ctx_free(scratch);
  return code;
}

/* Stretches of a footprint, or its one cell. */
static sund_code add_footprint(stretches *list, const sund_shapes *areas, size_t row, double metres) {
  TRY(add_inside(list, areas, row));
  for (size_t part = areas->first_part[row]; metres > 0 && part < areas->first_part[row + 1]; part++) {
    const size_t first = areas->first_vertex[part], n = areas->first_vertex[part + 1] - first;
    TRY(add_bands(list, n, areas->x + first, areas->y + first, metres));
  }
  if (list->count) return SUND_OK;
  bool found;
  double x = 0, y = 0;
  sund_cell cell;
  TRY(point_inside(list->ctx, areas, row, &found, &x, &y));
  if (!found || !sund_lattice_cell(list->lattice, x, y, &cell)) return SUND_OK;
  return add(list, cell.row, cell.column, (size_t)cell.column + 1);
}

sund_code sund_cells_footprint(sund_ctx *ctx, const sund_lattice *lattice, const sund_shapes *areas, size_t row,
                               double metres, sund_cell_list *out) {
  sund_ctx *scratch = sund_ctx_child(ctx);
  if (!scratch) return SUND_LIMIT;
  stretches list = {.ctx = scratch, .lattice = lattice};
  sund_code code = add_footprint(&list, areas, row, metres);
  if (code != SUND_OK) code = sund_ctx_pass(ctx, scratch);
  else code = unite(ctx, &list, out);
  sund_ctx_free(scratch);
  return code;
}

/* sketch.h - areas drawn by hand for the tests of cells, and where lines meet cells. */
#ifndef SUND_TESTS_SKETCH_H
#define SUND_TESTS_SKETCH_H

#include <math.h>

#include "support.h"

#define PI 3.14159265358979323846

/* Shapes with one ring or line a row. */
typedef struct sketch {
  size_t rows, vertices;
  size_t first[400];
  double x[8000], y[8000];
} sketch;

static inline void start(sketch *s) {
  s->first[s->rows++] = s->vertices;
}

static inline void to(sketch *s, double x, double y) {
  s->x[s->vertices] = x;
  s->y[s->vertices++] = y;
}

static inline void close_ring(sketch *s) {
  to(s, s->x[s->first[s->rows - 1]], s->y[s->first[s->rows - 1]]);
}

static inline sund_shapes *finish(sund_ctx *ctx, const sketch *s) {
  sund_shapes *shapes = NULL;
  assert_ok(ctx, sund_shapes_new(ctx, SUND_AREA, s->rows, s->rows, s->vertices, &shapes));
  for (size_t r = 0; r < s->rows; r++) {
    shapes->first_part[r + 1] = r + 1;
    shapes->first_vertex[r] = s->first[r];
  }
  shapes->first_vertex[s->rows] = s->vertices;
  memcpy(shapes->x, s->x, s->vertices * sizeof *s->x);
  memcpy(shapes->y, s->y, s->vertices * sizeof *s->y);
  return shapes;
}

/* All parts become one row. */
static inline void unite_rows(sund_shapes *shapes) {
  shapes->first_part[1] = shapes->parts;
  shapes->rows = 1;
}

static inline sketch *new_sketch(sund_ctx *ctx) {
  sketch *s = sund_alloc(ctx, 1, sizeof *s);
  assert_non_null(s);
  return s;
}

/* Does the segment meet the rectangle, grown by `by`? Liang and Barsky 1984. */
static inline bool meets(const double a[2], const double b[2], double x0, double y0, double x1, double y1,
                         double by) {
  double low = 0, high = 1;
  const double d[2] = {b[0] - a[0], b[1] - a[1]}, least[2] = {x0 - by, y0 - by}, most[2] = {x1 + by, y1 + by};
  for (int k = 0; k < 2; k++) {
    if (d[k] == 0) {
      if (a[k] <= least[k] || a[k] >= most[k]) return false;
      continue;
    }
    const double s = (least[k] - a[k]) / d[k], t = (most[k] - a[k]) / d[k];
    low = fmax(low, fmin(s, t));
    high = fmin(high, fmax(s, t));
  }
  return low < high;
}

static inline bool line_meets(size_t n, const double *x, const double *y, const sund_lattice *l, uint32_t column,
                              uint32_t row, double by) {
  const double west = l->x0 + column * l->dx, north = l->y0 - row * l->dy;
  for (size_t i = 1; i < n; i++)
    if (meets((double[2]){x[i - 1], y[i - 1]}, (double[2]){x[i], y[i]}, west, north - l->dy, west + l->dx, north, by))
      return true;
  return false;
}

#endif

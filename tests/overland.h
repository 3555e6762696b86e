/* overland.h - what the tests of ways over land share: ground drawn by hand, in the plane (no ellipsoid). */
#ifndef SUND_TESTS_OVERLAND_H
#define SUND_TESTS_OVERLAND_H

#include <math.h>

#include "sund/geo.h"
#include "support.h"

#define BOXES_MAX 64

#define NEAR(got, wanted, tolerance)                                                            \
  do {                                                                                          \
    const double near_got = (got), near_wanted = (wanted);                                      \
    if (!(fabs(near_got - near_wanted) <= (tolerance)))                                         \
      fail_msg("%s is %.9g, not %.9g +- %g", #got, near_got, near_wanted, (double)(tolerance)); \
  } while (0)

/* Rows from rings (closed here) or lines: count[i] vertices each, x and y alternating in xy. hole: ring i is a hole of
 * the row before, or NULL. */
static inline sund_shapes *draw(sund_ctx *ctx, sund_kind kind, size_t parts, const size_t *count, const double *xy,
                                const uint8_t *hole) {
  sund_shapes *s = NULL;
  size_t vertices = 0, rows = 0, at = 0, from = 0;
  const bool closed = kind == SUND_AREA;
  for (size_t p = 0; p < parts; p++) vertices += count[p] + closed, rows += !(hole && hole[p]);
  assert_ok(ctx, sund_shapes_new(ctx, kind, rows, parts, vertices, &s));
  for (size_t p = 0, row = 0; p < parts; p++) {
    for (size_t v = 0; v < count[p] + closed; v++, at++) {
      s->x[at] = xy[2 * (from + v % count[p])];
      s->y[at] = xy[2 * (from + v % count[p]) + 1];
    }
    from += count[p];
    s->first_vertex[p + 1] = at;
    if (s->hole) s->hole[p] = hole && hole[p];
    if (!(hole && hole[p])) row++;
    s->first_part[row] = p + 1;
  }
  return s;
}

static inline sund_shapes *boxes(sund_ctx *ctx, size_t n, const double (*box)[4]) {
  double xy[8 * BOXES_MAX];
  size_t count[BOXES_MAX];
  for (size_t i = 0; i < n; i++) {
    const double *b = box[i], ring[8] = {b[0], b[1], b[2], b[1], b[2], b[3], b[0], b[3]};
    memcpy(xy + 8 * i, ring, sizeof ring);
    count[i] = 4;
  }
  return draw(ctx, SUND_AREA, n, count, xy, NULL);
}

static inline sund_overland *open_ground(sund_ctx *ctx, const sund_shapes *water, const sund_shapes *bridges,
                                         double shore) {
  sund_overland *o = NULL;
  assert_ok(ctx, sund_overland_build(ctx, water, bridges, NULL, shore, &o));
  return o;
}

/* Metres from a point to the nearest of some points. */
static inline double to_points(sund_ctx *ctx, const sund_overland *o, double limit, double x, double y, size_t n,
                               const double *px, const double *py) {
  const sund_places places = {.rows = n, .x = px, .y = py};
  double metres = 0;
  size_t row;
  assert_ok(ctx, sund_overland_ranked(ctx, o, &places, limit, 1, 1, &x, &y, &metres, &row, NULL, NULL));
  assert_true(isnan(metres) == (row == SIZE_MAX));
  return metres;
}

static inline double to_point(sund_ctx *ctx, const sund_overland *o, double limit, double x, double y, double px,
                              double py) {
  return to_points(ctx, o, limit, x, y, 1, &px, &py);
}

static inline double to_areas(sund_ctx *ctx, const sund_overland *o, double limit, double x, double y,
                              const sund_shapes *areas, double near[2]) {
  const sund_places places = {.rows = areas->rows, .areas = areas};
  double metres = 0;
  size_t row;
  assert_ok(ctx, sund_overland_ranked(ctx, o, &places, limit, 1, 1, &x, &y, &metres, &row, near, near + 1));
  return metres;
}

#endif

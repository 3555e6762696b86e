/* segments.c - the nearest line or area to a point.
 *
 * Every segment of every row is a box in one index (geo/index.c). Areas also get geo/inside.c, so that a point in an
 * area is found without measuring to its boundary. Asking allocates nothing: any number of threads may ask at once.
 */
#include <math.h>

#include "inside.h"
#include "sund/geo.h"

/* NAN in a coordinate gives a box with a NAN, which the index leaves out. */
static void segment_box(const sund_shapes *shapes, size_t v, double box[4]) {
  const double ax = shapes->x[v], ay = shapes->y[v], bx = shapes->x[v + 1], by = shapes->y[v + 1];
  if (isnan(ax) || isnan(ay) || isnan(bx) || isnan(by)) {
    for (int k = 0; k < 4; k++) box[k] = NAN;
    return;
  }
  box[0] = ax < bx ? ax : bx;
  box[1] = ay < by ? ay : by;
  box[2] = ax < bx ? bx : ax;
  box[3] = ay < by ? by : ay;
}

static size_t count_segments(const sund_shapes *shapes) {
  size_t count = 0;
  for (size_t part = 0; part < shapes->parts; part++) {
    const size_t vertices = shapes->first_vertex[part + 1] - shapes->first_vertex[part];
    if (vertices > 1) count += vertices - 1;
  }
  return count;
}

static sund_code build(sund_ctx *ctx, sund_ctx *scratch, const sund_shapes *shapes, sund_segments **out) {
  sund_segments *segments = sund_alloc(ctx, 1, sizeof *segments);
  if (!segments) return SUND_LIMIT;
  segments->shapes = shapes;
  segments->count = count_segments(shapes);
  segments->segment = sund_alloc(ctx, segments->count, sizeof *segments->segment);
  segments->row = sund_alloc(ctx, segments->count, sizeof *segments->row);
  double *boxes = sund_alloc(scratch, segments->count, 4 * sizeof *boxes);
  if (!segments->segment || !segments->row || !boxes) return SUND_LIMIT;
  size_t i = 0;
  for (size_t row = 0; row < shapes->rows; row++) {
    for (size_t part = shapes->first_part[row]; part < shapes->first_part[row + 1]; part++) {
      for (size_t v = shapes->first_vertex[part]; v + 1 < shapes->first_vertex[part + 1]; v++, i++) {
        segments->segment[i] = v;
        segments->row[i] = row;
        segment_box(shapes, v, boxes + 4 * i);
      }
    }
  }
  TRY(sund_index_build(ctx, segments->count, boxes, &segments->index));
  if (shapes->kind == SUND_AREA) TRY(inside_build(ctx, shapes, &segments->inside));
  *out = segments;
  return SUND_OK;
}

sund_code sund_segments_build(sund_ctx *ctx, const sund_shapes *shapes, sund_segments **out) {
  sund_ctx *scratch = sund_ctx_child(ctx);
  if (!scratch) return SUND_LIMIT;
  sund_code code = build(ctx, scratch, shapes, out);
  if (code != SUND_OK) code = sund_ctx_pass(ctx, scratch);
  sund_ctx_free(scratch);
  return code;
}

size_t sund_segments_inside(const sund_segments *segments, double x, double y, const uint8_t *accept) {
  return segments->inside ? inside_row(segments->inside, x, y, accept) : SIZE_MAX;
}

typedef struct filter {
  const sund_segments *segments;
  const uint8_t *accept;
} filter;

static double to_segment(const sund_segments *segments, size_t item, double x, double y, double *share) {
  const sund_shapes *shapes = segments->shapes;
  const size_t v = segments->segment[item];
  return sund_segment_nearest(x, y, shapes->x[v], shapes->y[v], shapes->x[v + 1], shapes->y[v + 1], share);
}

static double distance(size_t item, double x, double y, void *data) {
  const filter *f = data;
  double share;
  if (f->accept && !f->accept[f->segments->row[item]]) return -1;
  return to_segment(f->segments, item, x, y, &share);
}

size_t sund_segments_nearest(const sund_segments *segments, double x, double y, double limit, const uint8_t *accept,
                             bool filled, double *near_x, double *near_y, double *metres) {
  if (!(limit >= 0)) return SIZE_MAX;
  filter f = {.segments = segments, .accept = accept};
  const size_t home = filled ? sund_segments_inside(segments, x, y, accept) : SIZE_MAX;
  /* Inside one area the point may lie on the boundary of a smaller row: that is a tie at 0. */
  if (home != SIZE_MAX) limit = 0;
  double best = 0;
  const size_t item = sund_index_nearest(segments->index, x, y, limit, distance, &f, &best);
  if (item == SIZE_MAX && home == SIZE_MAX) return SIZE_MAX;
  const size_t touched = item == SIZE_MAX ? SIZE_MAX : segments->row[item];
  double at_x = x, at_y = y;
  if (home == SIZE_MAX) {
    const sund_shapes *shapes = segments->shapes;
    const size_t v = segments->segment[item];
    double share;
    to_segment(segments, item, x, y, &share);
    at_x = shapes->x[v] + share * (shapes->x[v + 1] - shapes->x[v]);
    at_y = shapes->y[v] + share * (shapes->y[v + 1] - shapes->y[v]);
    if (share >= 1) { /* the end itself, not what rounding makes of it */
      at_x = shapes->x[v + 1];
      at_y = shapes->y[v + 1];
    }
  }
  if (near_x) *near_x = at_x;
  if (near_y) *near_y = at_y;
  if (metres) *metres = best;
  return touched < home ? touched : home;
}

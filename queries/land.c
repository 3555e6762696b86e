/* land.c - the land near a place, dissolved; rectangles as areas. */
#include "land.h"

#include <math.h>
#include <string.h>

sund_code land_rectangles(sund_ctx *ctx, size_t count, const double (*box)[4], sund_shapes **out) {
  sund_shapes *shapes = NULL;
  TRY(sund_shapes_new(ctx, SUND_AREA, count, count, 5 * count, &shapes));
  for (size_t i = 0; i < count; i++) {
    const double *b = box[i];
    const double x[] = {b[0], b[2], b[2], b[0], b[0]}, y[] = {b[1], b[1], b[3], b[3], b[1]};
    shapes->first_part[i] = i;
    shapes->first_vertex[i] = 5 * i;
    memcpy(shapes->x + 5 * i, x, sizeof x);
    memcpy(shapes->y + 5 * i, y, sizeof y);
  }
  shapes->first_part[count] = count;
  shapes->first_vertex[count] = 5 * count;
  *out = shapes;
  return SUND_OK;
}

sund_code land_within(sund_ctx *ctx, const sund_table *land, const double box[4], sund_shapes **out) {
  sund_shapes *frame = NULL, *near = NULL;
  size_t *land_of, *frame_of;
  TRY(land_rectangles(ctx, 1, (const double(*)[4])box, &frame));
  TRY(sund_overlay_intersect(ctx, land->shapes, frame, &near, &land_of, &frame_of));
  return sund_overlay_dissolve(ctx, near, out);
}

sund_code land_water(sund_ctx *ctx, const sund_inputs *in, const double box[4], double margin, sund_shapes **out) {
  /* One box around all land sources: the strait between two shores is water to both. */
  double known[1][4] = {{INFINITY, INFINITY, -INFINITY, -INFINITY}};
  for (size_t i = 0; i < in->extents[SUND_LAND]; i++) {
    const double *e = in->extent[SUND_LAND][i];
    known[0][0] = fmin(known[0][0], e[0]), known[0][1] = fmin(known[0][1], e[1]);
    known[0][2] = fmax(known[0][2], e[2]), known[0][3] = fmax(known[0][3], e[3]);
  }
  known[0][0] = fmax(known[0][0] - margin, box[0]), known[0][1] = fmax(known[0][1] - margin, box[1]);
  known[0][2] = fmin(known[0][2] + margin, box[2]), known[0][3] = fmin(known[0][3] + margin, box[3]);
  size_t count = known[0][0] < known[0][2] && known[0][1] < known[0][3];
  sund_shapes *frame = NULL, *dry = NULL;
  TRY(land_rectangles(ctx, count, (const double(*)[4])known, &frame));
  TRY(land_within(ctx, in->role[SUND_LAND], box, &dry));
  return sund_overlay_subtract(ctx, frame, dry, out);
}

sund_code land_lakes(sund_ctx *ctx, const sund_table *green, sund_shapes **out) {
  const char **kind = sund_table_text(green, "kind");
  size_t *row = sund_alloc(ctx, green->rows, sizeof *row), count = 0;
  if (!row) return SUND_LIMIT;
  for (size_t r = 0; kind && r < green->rows; r++)
    if (kind[r] && strcmp(kind[r], "lake") == 0) row[count++] = r;
  return sund_shapes_pick(ctx, green->shapes, count, row, out);
}

/* access_land.c - the water that is in the way of those who walk: what the land layer shows to be none, the sea, and
 * the lakes among the green; and the bridges over it: every path that is walked.
 */
#include <math.h>
#include <string.h>

#include "access.h"
#include "land.h"

/* The farthest that is asked about, map metres. */
static double halo_of(const access_run *run) {
  double halo = 0, smallest, largest;
  sund_ground_scale(run->ground, &smallest, &largest);
  for (size_t a = 0; a < run->standards; a++) halo = fmax(halo, run->answer[a].max);
  return halo * largest;
}

/* The homes' box, and around it what may be walked on the way: a way round the water leads out of the box it begins and
 * ends in, so twice the largest distance, half the box's own size and a kilometre are added. */
static void view_of(const access_run *run, double halo, double view[4]) {
  const homes *h = run->homes;
  view[0] = view[1] = INFINITY, view[2] = view[3] = -INFINITY;
  for (size_t i = 0; i < h->count; i++) {
    view[0] = fmin(view[0], h->x[i]), view[1] = fmin(view[1], h->y[i]);
    view[2] = fmax(view[2], h->x[i]), view[3] = fmax(view[3], h->y[i]);
  }
  double wide = 2 * halo + fmax(view[2] - view[0], view[3] - view[1]) / 2 + 1000;
  view[0] -= wide, view[1] -= wide, view[2] += wide, view[3] += wide;
}

/* What is not looked at is not walked on: a frame around the view, or ways would lead around the water at its edge. */
static sund_code frame_of(sund_ctx *ctx, const double view[4], sund_shapes **out) {
  enum { WIDE = 1000 };
  const double outer[1][4] = {{view[0] - WIDE, view[1] - WIDE, view[2] + WIDE, view[3] + WIDE}};
  const double inner[1][4] = {{view[0], view[1], view[2], view[3]}};
  sund_shapes *all = NULL, *hole = NULL;
  TRY(land_rectangles(ctx, 1, outer, &all));
  TRY(land_rectangles(ctx, 1, inner, &hole));
  return sund_overlay_subtract(ctx, all, hole, out);
}

/* Green areas of kind lake. */
static sund_code lakes(sund_ctx *ctx, const sund_table *green, sund_shapes **out) {
  const char **kind = sund_table_text(green, "kind");
  size_t *row = sund_alloc(ctx, green->rows, sizeof *row), count = 0;
  if (!row) return SUND_LIMIT;
  for (size_t r = 0; kind && r < green->rows; r++)
    if (kind[r] && strcmp(kind[r], "lake") == 0) row[count++] = r;
  return sund_shapes_pick(ctx, green->shapes, count, row, out);
}

static sund_code gather_water(sund_ctx *ctx, const access_run *run, sund_shapes **out) {
  const sund_inputs *in = run->in;
  const sund_table *sea = in->role[SUND_SEA], *green = in->role[SUND_GREEN];
  const sund_shapes *part[4];
  size_t parts = 0;
  sund_shapes *piece;
  double view[4], halo = halo_of(run);
  view_of(run, halo, view);
  TRY(frame_of(ctx, view, &piece));
  part[parts++] = piece;
  if (in->role[SUND_LAND]) {
    TRY(land_water(ctx, in, view, halo, &piece));
    part[parts++] = piece;
  }
  if (sea && sea->kind == SUND_AREA) {
    TRY(land_within(ctx, sea, view, &piece));
    part[parts++] = piece;
  }
  if (green->kind == SUND_AREA) {
    TRY(lakes(ctx, green, &piece));
    part[parts++] = piece;
  }
  return sund_shapes_join(ctx, SUND_AREA, parts, part, out);
}

sund_code access_land(sund_ctx *ctx, access_run *run) {
  const sund_table *paths = run->in->role[SUND_PATHS];
  sund_shapes *water = NULL, *bridges = NULL;
  TRY(gather_water(ctx, run, &water));
  if (paths) {
    uint8_t *keep;
    TRY(access_walkable(ctx, run, &keep));
    size_t *row = sund_alloc(ctx, paths->rows, sizeof *row), count = 0;
    if (!row) return SUND_LIMIT;
    for (size_t r = 0; r < paths->rows; r++)
      if (keep[r]) row[count++] = r;
    TRY(sund_shapes_pick(ctx, paths->shapes, count, row, &bridges));
  }
  TRY(sund_overland_build(ctx, water, bridges, run->ground, run->options->snap_limit_m, &run->overland));
  size_t count = run->homes->count, lost = 0;
  if (!(run->lost = sund_alloc(ctx, count, 1))) return SUND_LIMIT;
  TRY(sund_overland_lost(ctx, run->overland, count, run->homes->x, run->homes->y, run->lost));
  for (size_t i = 0; i < count; i++) lost += run->lost[i];
  const char *text =
      sund_text(ctx, "water in the way: %zu areas; %zu of %zu homes lie in it, farther than %g m from land",
                water->rows, lost, count, run->options->snap_limit_m);
  return text ? access_note(ctx, run, lost ? "warning" : "note", "land", text) : SUND_LIMIT;
}

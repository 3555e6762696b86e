/* access_land.c - the water that is in the way of those who walk: what the land layer shows to be none, the sea, and
 * the lakes among the green; and the bridges over it: every path that is walked.
 */
#include <math.h>
#include <string.h>

#include "access_supply.h"
#include "land.h"

/* The farthest that is asked about, by a standard or a radius of supply, map metres. */
static sund_code find_halo(sund_ctx *ctx, const access_run *run, double *halo) {
  double smallest, largest;
  access_radii radii;
  TRY(access_radii_read(ctx, run, &radii));
  sund_ground_scale(run->ground, &smallest, &largest);
  *halo = run->options->radius_m;
  for (size_t a = 0; a < run->standards; a++) *halo = fmax(*halo, run->answer[a].max);
  for (size_t k = 0; k < radii.kinds; k++) *halo = fmax(*halo, radii.kind_m[k]);
  for (size_t g = 0; g < radii.groups; g++) *halo = fmax(*halo, radii.group_m[g]);
  *halo *= largest;
  return SUND_OK;
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

static sund_code gather_water(sund_ctx *ctx, const access_run *run, sund_shapes **out) {
  const sund_inputs *in = run->in;
  const sund_table *sea = in->role[SUND_SEA], *green = in->role[SUND_GREEN];
  const sund_shapes *part[4];
  size_t parts = 0;
  sund_shapes *piece;
  double view[4], halo;
  TRY(find_halo(ctx, run, &halo));
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
    TRY(land_lakes(ctx, green, &piece));
    part[parts++] = piece;
  }
  return sund_shapes_join(ctx, SUND_AREA, parts, part, out);
}

/* Paths that are walked and lead over water, whole. */
static sund_code gather_bridges(sund_ctx *ctx, const access_run *run, const sund_shapes *water, sund_shapes **out) {
  const sund_table *paths = run->in->role[SUND_PATHS];
  sund_shapes *over = NULL, *walked = NULL;
  size_t *path_of = NULL, *water_of = NULL, count = 0;
  uint8_t *keep;
  TRY(access_walkable(ctx, run, &keep));
  size_t *row = sund_alloc(ctx, paths->rows, sizeof *row);
  if (!row) return SUND_LIMIT;
  for (size_t r = 0; r < paths->rows; r++)
    if (keep[r]) row[count++] = r;
  TRY(sund_shapes_pick(ctx, paths->shapes, count, row, &walked));
  TRY(sund_overlay_intersect(ctx, walked, water, &over, &path_of, &water_of));
  count = 0;
  for (size_t i = 0; i < over->rows; i++) /* pieces come by path */
    if (i == 0 || path_of[i] != path_of[i - 1]) row[count++] = path_of[i];
  return sund_shapes_pick(ctx, walked, count, row, out);
}

sund_code access_land(sund_ctx *ctx, access_run *run) {
  sund_shapes *water = NULL, *bridges = NULL;
  TRY(gather_water(ctx, run, &water));
  if (run->in->role[SUND_PATHS]) TRY(gather_bridges(ctx, run, water, &bridges));
  TRY(sund_overland_build(ctx, water, bridges, run->ground, run->options->snap_limit_m, &run->overland));
  size_t count = run->homes->count, lost = 0;
  if (!(run->lost = sund_alloc(ctx, count, 1))) return SUND_LIMIT;
  TRY(sund_overland_lost(ctx, run->overland, count, run->homes->x, run->homes->y, run->lost));
  for (size_t i = 0; i < count; i++) lost += run->lost[i];
  const char *text =
      sund_text(ctx, "%zu paths lead over water; %zu of %zu homes lie in it, farther than %g m from land",
                bridges ? bridges->rows : 0, lost, count, run->options->snap_limit_m);
  return text ? access_note(ctx, run, lost ? "warning" : "note", "land", text) : SUND_LIMIT;
}

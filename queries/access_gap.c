/* access_gap.c - where the green data end inside the halo around the areas.
 *
 * The halo is the ring around the areas as wide as the largest distance asked for. It is covered where green lies,
 * where a green source says its extent reaches, and where there is water: the sea layer, and inside the stated extent
 * of the land layer everything that is not land. The rest is the gap: green may lie there that nobody told us of.
 */
#include <math.h>
#include <string.h>

#include "access.h"
#include "land.h"

/* The halo without what is covered; one row, maybe empty. */
static sund_code find_gap(sund_ctx *ctx, const access_run *run, double width_m, sund_shapes **out) {
  const sund_inputs *in = run->in;
  const sund_table *green = in->role[SUND_GREEN], *land = in->role[SUND_LAND], *sea = in->role[SUND_SEA];
  sund_shapes *inside = NULL, *outside = NULL, *gap = NULL, *covered = NULL;
  double smallest, largest;
  sund_ground_scale(run->ground, &smallest, &largest);
  TRY(sund_overlay_dissolve(ctx, in->role[SUND_AREAS]->shapes, &inside));
  TRY(sund_overlay_buffer(ctx, inside, width_m * largest, &outside));
  TRY(sund_overlay_subtract(ctx, outside, inside, &gap));
  TRY(land_rectangles(ctx, in->extents[SUND_GREEN], in->extent[SUND_GREEN], &covered));
  TRY(sund_overlay_subtract(ctx, gap, covered, &gap));
  if (gap->parts > 0 && green->kind == SUND_AREA) TRY(sund_overlay_subtract(ctx, gap, green->shapes, &gap));
  if (gap->parts > 0 && sea && sea->kind == SUND_AREA) TRY(sund_overlay_subtract(ctx, gap, sea->shapes, &gap));
  if (gap->parts > 0 && land) {
    double box[4];
    sund_shapes_box(gap, 0, box);
    TRY(land_water(ctx, in, box, 0, &covered));
    TRY(sund_overlay_subtract(ctx, gap, covered, &gap));
  }
  *out = gap;
  return SUND_OK;
}

typedef struct gap_job {
  access_run *run;
  const sund_segments *segments;
} gap_job;

static sund_code gap_block(sund_ctx *worker, size_t begin, size_t end, void *data) {
  (void)worker;
  gap_job *job = data;
  const homes *h = job->run->homes;
  for (size_t i = begin; i < end; i++) {
    double near_x, near_y, metres;
    if (sund_segments_nearest(job->segments, h->x[i], h->y[i], INFINITY, NULL, true, &near_x, &near_y, &metres) !=
        SIZE_MAX)
      job->run->gap_m[i] = sund_ground_distance(job->run->ground, h->x[i], h->y[i], near_x, near_y);
  }
  return SUND_OK;
}

sund_code access_gap(sund_ctx *ctx, access_run *run) {
  size_t count = run->homes->count;
  if (!(run->gap_m = sund_alloc(ctx, count, sizeof(double)))) return SUND_LIMIT;
  for (size_t i = 0; i < count; i++) run->gap_m[i] = INFINITY;
  if (!run->in->role[SUND_AREAS] || run->way == BY_TABLE) return SUND_OK;
  double width_m = 0;
  for (size_t a = 0; a < run->standards; a++)
    width_m = fmax(width_m, access_reach_m(run->answer[a].standard, run->options));
  sund_shapes *gap;
  TRY(find_gap(ctx, run, width_m, &gap));
  if (gap->parts == 0) return SUND_OK;
  run->gap = gap;
  sund_segments *segments;
  TRY(sund_segments_build(ctx, gap, &segments));
  gap_job job = {run, segments};
  return sund_for(ctx, count, 1024, gap_block, &job);
}

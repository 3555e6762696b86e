/* access_straight.c - straight-line distance from every home to the nearest green of each target.
 *
 * Each target gets an index over its own areas: most tiers take few of them, and a search that has to pass over the
 * others is slow. The nearest point is searched in the map plane, the metres are measured on the ground: scale changes
 * so little over such distances that the order of candidates is that of the plane.
 */
#include <math.h>

#include "access.h"

typedef struct straight_job {
  const access_run *run;
  access_target *target;
  const sund_segments *segments; /* of the target's areas; NULL when green is points */
} straight_job;

static double point_distance(size_t item, double x, double y, void *data) {
  const access_target *target = data;
  return target->accept[item] ? hypot(target->set->x[item] - x, target->set->y[item] - y) : NAN;
}

static sund_code straight_block(sund_ctx *worker, size_t begin, size_t end, void *data) {
  (void)worker;
  straight_job *job = data;
  access_target *target = job->target;
  const green_set *set = target->set;
  const homes *h = job->run->homes;
  for (size_t i = begin; i < end; i++) {
    double x = h->x[i], y = h->y[i], near_x = x, near_y = y, metres;
    size_t row = set->shapes
                     ? sund_segments_nearest(job->segments, x, y, INFINITY, NULL, true, &near_x, &near_y, &metres)
                     : sund_index_nearest(set->index, x, y, INFINITY, point_distance, target, &metres);
    if (row != SIZE_MAX && !set->shapes) near_x = set->x[row], near_y = set->y[row];
    target->near_x[i] = near_x, target->near_y[i] = near_y;
    target->straight_m[i] = row == SIZE_MAX ? NAN : sund_ground_distance(job->run->ground, x, y, near_x, near_y);
  }
  return SUND_OK;
}

/* Index over the areas the target accepts. */
static sund_code index_target(sund_ctx *scratch, const access_target *target, sund_segments **out) {
  const green_set *set = target->set;
  size_t *row = sund_alloc(scratch, set->rows, sizeof *row), count = 0;
  sund_shapes *accepted = NULL;
  if (!row) return SUND_LIMIT;
  for (size_t r = 0; r < set->rows; r++)
    if (target->accept[r]) row[count++] = r;
  TRY(sund_shapes_pick(scratch, set->shapes, count, row, &accepted));
  return sund_segments_build(scratch, accepted, out);
}

static sund_code measure(sund_ctx *ctx, const access_run *run, access_target *target) {
  sund_ctx *scratch = sund_ctx_child(ctx);
  if (!scratch) return SUND_LIMIT;
  sund_segments *segments = NULL;
  sund_code code = target->set->shapes ? index_target(scratch, target, &segments) : SUND_OK;
  straight_job job = {run, target, segments};
  if (code == SUND_OK) code = sund_for(scratch, run->homes->count, 1024, straight_block, &job);
  if (code != SUND_OK) code = sund_ctx_pass(ctx, scratch);
  sund_ctx_free(scratch);
  return code;
}

sund_code access_straight(sund_ctx *ctx, access_run *run) {
  size_t count = run->homes->count;
  for (size_t t = 0; t < run->targets; t++) {
    access_target *target = &run->target[t];
    if (!(target->straight_m = sund_alloc(ctx, count, sizeof(double))) ||
        !(target->near_x = sund_alloc(ctx, count, sizeof(double))) ||
        !(target->near_y = sund_alloc(ctx, count, sizeof(double))))
      return SUND_LIMIT;
    TRY(measure(ctx, run, target));
  }
  return SUND_OK;
}

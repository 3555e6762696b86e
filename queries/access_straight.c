/* access_straight.c - straight-line distance from every home to the nearest green of each target.
 *
 * The nearest point is searched in the map plane, the metres are measured on the ground: scale changes so little
 * over such distances that the order of candidates is that of the plane.
 */
#include <math.h>

#include "access.h"

typedef struct straight_job {
  const access_run *run;
  access_target *target;
} straight_job;

typedef struct point_search {
  const green_set *set;
  const uint8_t *accept;
} point_search;

static double point_distance(size_t item, double x, double y, void *data) {
  const point_search *search = data;
  return search->accept[item] ? hypot(search->set->x[item] - x, search->set->y[item] - y) : NAN;
}

static sund_code straight_block(sund_ctx *worker, size_t begin, size_t end, void *data) {
  (void)worker;
  straight_job *job = data;
  access_target *target = job->target;
  const green_set *set = target->set;
  const homes *h = job->run->homes;
  point_search search = {set, target->accept};
  for (size_t i = begin; i < end; i++) {
    double x = h->x[i], y = h->y[i], near_x = x, near_y = y, metres;
    size_t row = set->shapes ? sund_segments_nearest(set->segments, x, y, INFINITY, target->accept, true, &near_x,
                                                     &near_y, &metres)
                             : sund_index_nearest(set->index, x, y, INFINITY, point_distance, &search, &metres);
    if (row != SIZE_MAX && !set->shapes) near_x = set->x[row], near_y = set->y[row];
    target->near_x[i] = near_x, target->near_y[i] = near_y;
    target->straight_m[i] = row == SIZE_MAX ? NAN : sund_ground_distance(job->run->ground, x, y, near_x, near_y);
  }
  return SUND_OK;
}

sund_code access_straight(sund_ctx *ctx, access_run *run) {
  for (size_t t = 0; t < run->targets; t++) {
    access_target *target = &run->target[t];
    size_t count = run->homes->count;
    if (!(target->straight_m = sund_alloc(ctx, count, sizeof(double))) ||
        !(target->near_x = sund_alloc(ctx, count, sizeof(double))) ||
        !(target->near_y = sund_alloc(ctx, count, sizeof(double))))
      return SUND_LIMIT;
    straight_job job = {run, target};
    TRY(sund_for(ctx, count, 1024, straight_block, &job));
  }
  return SUND_OK;
}

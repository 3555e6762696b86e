/* catchment_trees.c - times over the ground from some places to all targets and nodes, and between two sets of places:
 * along the streets of a mode, or, where there are no streets, by straight lines within the snap limit at walking speed.
 */
#include <math.h>
#include <string.h>

#include "catchment.h"

uint32_t catchment_straight(const catchment_run *run, double x0, double y0, double x1, double y1) {
  const double metres = sund_ground_distance(run->ground, x0, y0, x1, y1);
  if (!(metres <= run->options->snap_limit_m + 1e-6)) return SUND_BEYOND;
  const double units = round(metres * 3.6 / run->options->walk_kmh / run->unit_s);
  return units <= run->limit ? (uint32_t)units : SUND_BEYOND;
}

/* ------------------------------------------------------------------------------------------------------ by streets */

typedef struct grow_job {
  const catchment_run *run;
  const catchment_trees *ask;
} grow_job;

static sund_code keep_tree(sund_ctx *worker, const sund_tree *tree, void *data) {
  (void)worker;
  const grow_job *job = data;
  const size_t targets = job->run->town.targets, nodes = job->run->graph->nodes, i = tree->source;
  if (job->ask->time && targets) memcpy(job->ask->time[i], tree->units, targets * sizeof *tree->units);
  if (job->ask->metres && targets) memcpy(job->ask->metres[i], tree->metres, targets * sizeof *tree->metres);
  if (job->ask->node && nodes) memcpy(job->ask->node[i], tree->node, nodes * sizeof *tree->node);
  return SUND_OK;
}

static sund_code by_streets(sund_ctx *ctx, const catchment_run *run, sund_mode mode, const catchment_trees *ask) {
  const sund_trees_ask how = {.backward = ask->backward,
                              .sources = ask->n,
                              .source = ask->spot,
                              .targets = run->town.targets,
                              .target = run->net[mode].target,
                              .limit = run->limit,
                              .metres = ask->metres != NULL,
                              .nodes = ask->node != NULL};
  grow_job job = {run, ask};
  return sund_streets_trees(ctx, run->net[mode].streets, &how, keep_tree, &job);
}

/* ----------------------------------------------------------------------------------------------- by straight lines */

static sund_code straight_rows(sund_ctx *worker, size_t begin, size_t end, void *data) {
  (void)worker;
  const grow_job *job = data;
  const catchment_town *t = &job->run->town;
  for (size_t i = begin; i < end; i++)
    for (size_t k = 0; k < t->targets; k++) {
      const uint32_t units = catchment_straight(job->run, job->ask->x[i], job->ask->y[i], t->x[k], t->y[k]);
      if (job->ask->time) job->ask->time[i][k] = units;
      if (job->ask->metres)
        job->ask->metres[i][k] = units == SUND_BEYOND ? NAN
                                                      : sund_ground_distance(job->run->ground, job->ask->x[i],
                                                                             job->ask->y[i], t->x[k], t->y[k]);
    }
  return SUND_OK;
}

sund_code catchment_trees_grow(sund_ctx *ctx, const catchment_run *run, sund_mode mode, const catchment_trees *ask) {
  if (run->graph) return by_streets(ctx, run, mode, ask);
  grow_job job = {run, ask};
  return sund_for(ctx, ask->n, 1, straight_rows, &job);
}

/* --------------------------------------------------------------------------------------------------------- between */

typedef struct between_job {
  size_t m;
  uint32_t *out;
} between_job;

static sund_code keep_row(sund_ctx *worker, const sund_tree *tree, void *data) {
  (void)worker;
  const between_job *job = data;
  if (job->m) memcpy(job->out + tree->source * job->m, tree->units, job->m * sizeof *job->out);
  return SUND_OK;
}

sund_code catchment_between(sund_ctx *ctx, const catchment_run *run, sund_mode mode, size_t n, const double *x,
                            const double *y, const sund_spot *from, size_t m, const double *to_x, const double *to_y,
                            const sund_spot *to, uint32_t *out) {
  if (!run->graph) {
    for (size_t i = 0; i < n; i++)
      for (size_t j = 0; j < m; j++) out[i * m + j] = catchment_straight(run, x[i], y[i], to_x[j], to_y[j]);
    return SUND_OK;
  }
  const sund_trees_ask ask = {
      .sources = n, .source = from, .targets = m, .target = to, .limit = run->limit, .metres = false};
  between_job job = {m, out};
  return sund_streets_trees(ctx, run->net[mode].streets, &ask, keep_row, &job);
}

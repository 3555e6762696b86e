/* catchment_measures.c - other measures of what a place reaches than a count within a bound: weighted sums, minutes to the
 * k-th job, potential, detour, and the European Commission's accessibility, proximity and performance.
 *
 * All from the answers alone: times at the main percentile to every target, known up to the largest bound; what lies
 * beyond it counts nothing.
 *   gravity      sum of opportunities, each times its weight (Hansen 1959), jobs and persons on their own
 *   nearest      minutes until so many jobs are reached (dual access: Cui and Levinson 2020)
 *   potential    gravity of persons, as a share of all persons: 100 % if they all were here
 *   detour       metres of the ways over metres straight, of all persons and jobs reached; across the Sound on its own
 *   performance  persons within N minutes by car (accessibility) over persons within N times 4/3 km, that is 120 km for 90
 *                minutes, 80 km/h straight (proximity): Dijkstra, Poelman and Ackermans 2019, Road transport performance
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "catchment.h"
#include "catchment_decay.h"

/* 120 km in 90 minutes. */
static const double STRAIGHT_M_MIN = 120000.0 / 90;
/* A straight distance that is shorter says nothing of the way. */
static const double LEAST_STRAIGHT_M = 1;

/* One answer: a place by a mode in a variant. */
typedef struct one {
  size_t variant, place;
  sund_mode mode;
  const catchment_answer *answer;
  const uint32_t *time; /* targets: at the main percentile */
} one;

static double minutes_of(const catchment_run *run, uint32_t units) {
  return (double)units * run->unit_s / 60;
}

/* Within the largest bound, as the counts take it. */
static bool reached(const catchment_run *run, const one *of, size_t target) {
  return of->time[target] <= run->bound[run->bounds - 1];
}

static sund_code tell(sund_ctx *ctx, catchment_run *run, const one *of, sund_indicator row) {
  const sund_indicator place =
      catchment_indicator(run, of->variant, of->place, row.indicator, row.variant, row.value, row.unit);
  if (!row.variant) return SUND_LIMIT;
  sund_indicator told = place;
  told.method = run->measure_method;
  told.base = row.base_unit ? row.base : NAN;
  told.base_unit = row.base_unit;
  return sund_results_indicator(ctx, run->out, told);
}

/* ------------------------------------------------------------------------------------------------------- weighted */

static double weighted(const catchment_run *run, const one *of, const catchment_decay *decay, const double *what) {
  double sum = 0;
  for (size_t k = 0; k < run->town.targets; k++)
    if (what[k] > 0 && reached(run, of, k))
      sum += what[k] * catchment_decay_weight(decay, minutes_of(run, of->time[k]));
  return sum;
}

static sund_code tell_gravity(sund_ctx *ctx, catchment_run *run, const one *of, const catchment_decay *decay) {
  const struct {
    size_t count;
    const char *unit;
    const double *what;
    double all;
  } each[] = {{run->town.job_count, "jobs", run->town.jobs, run->town.all_jobs},
              {run->town.home_count, "persons", run->town.persons, run->town.all_persons}};
  for (size_t k = 0; k < 2; k++) {
    if (each[k].count == 0) continue;
    const char *text = sund_text(ctx, "%s/%s/%s", catchment_mode_names[of->mode], run->options->decay, each[k].unit);
    TRY(tell(ctx, run, of,
             (sund_indicator){.indicator = "catchment.gravity",
                              .variant = text,
                              .value = weighted(run, of, decay, each[k].what),
                              .unit = each[k].unit,
                              .base = each[k].all,
                              .base_unit = each[k].unit}));
  }
  return SUND_OK;
}

static sund_code tell_potential(sund_ctx *ctx, catchment_run *run, const one *of, const catchment_decay *decay) {
  const double all = run->town.all_persons;
  if (run->town.home_count == 0) return SUND_OK;
  const char *text = sund_text(ctx, "%s/%s", catchment_mode_names[of->mode], run->options->decay);
  return tell(ctx, run, of,
              (sund_indicator){.indicator = "catchment.potential",
                               .variant = text,
                               .value = all > 0 ? 100 * weighted(run, of, decay, run->town.persons) / all : NAN,
                               .unit = "%",
                               .base = all,
                               .base_unit = "persons"});
}

/* -------------------------------------------------------------------------------------------------------- nearest */

typedef struct near_jobs {
  uint32_t units;
  double jobs;
} near_jobs;

static int by_units(const void *a, const void *b) {
  const near_jobs *x = a, *y = b;
  return (x->units > y->units) - (x->units < y->units);
}

static sund_code tell_nearest(sund_ctx *ctx, catchment_run *run, const one *of) {
  const catchment_town *t = &run->town;
  const double wanted = run->options->nearest;
  if (t->job_count == 0) return SUND_OK;
  sund_ctx *scratch = sund_ctx_child(ctx);
  if (!scratch) return SUND_LIMIT;
  near_jobs *list = sund_alloc(scratch, t->targets, sizeof *list);
  double minutes = NAN, sum = 0;
  size_t count = 0;
  for (size_t k = 0; list && k < t->targets; k++)
    if (t->jobs[k] > 0 && reached(run, of, k)) list[count++] = (near_jobs){of->time[k], t->jobs[k]};
  if (list && count) qsort(list, count, sizeof *list, by_units);
  /* Sums of parts of a cell can fall a hair short of the whole. */
  for (size_t k = 0; k < count && isnan(minutes); k++)
    if ((sum += list[k].jobs) >= wanted * (1 - 1e-12)) minutes = minutes_of(run, list[k].units);
  if (!list) sund_ctx_pass(ctx, scratch);
  sund_ctx_free(scratch);
  if (!list) return SUND_LIMIT;
  const char *text = sund_text(ctx, "%s/%.15g", catchment_mode_names[of->mode], wanted);
  return tell(ctx, run, of,
              (sund_indicator){.indicator = "catchment.nearest",
                               .variant = text,
                               .value = minutes,
                               .unit = "min",
                               .base = wanted,
                               .base_unit = "jobs"});
}

/* --------------------------------------------------------------------------------------------------------- detour */

static double straight_m(const catchment_run *run, size_t place, size_t target) {
  const catchment_town *t = &run->town;
  const double x0 = t->place_x[place], y0 = t->place_y[place], x1 = t->x[target], y1 = t->y[target];
  return run->ground ? sund_ground_distance(run->ground, x0, y0, x1, y1) : hypot(x1 - x0, y1 - y0);
}

static sund_code tell_detour(sund_ctx *ctx, catchment_run *run, const one *of) {
  const catchment_town *t = &run->town;
  double way[2] = {0}, straight[2] = {0}, weight[2] = {0}; /* own side, across */
  if (!of->answer->metres) return SUND_OK;
  for (size_t k = 0; k < t->targets; k++) {
    const double what = t->persons[k] + t->jobs[k], metres = of->answer->metres[k];
    const size_t side = of->answer->across && of->answer->across[k] ? 1 : 0;
    if (!(what > 0) || isnan(metres) || !reached(run, of, k)) continue;
    const double line = straight_m(run, of->place, k);
    if (line < LEAST_STRAIGHT_M) continue;
    way[side] += what * metres, straight[side] += what * line, weight[side] += what;
  }
  for (size_t side = 0; side < 2; side++) {
    if (!(straight[side] > 0)) continue;
    const char *text = sund_text(ctx, "%s%s", catchment_mode_names[of->mode], side ? "/across" : "");
    TRY(tell(ctx, run, of,
             (sund_indicator){.indicator = "catchment.detour",
                              .variant = text,
                              .value = way[side] / straight[side],
                              .unit = "ratio",
                              .base = weight[side],
                              .base_unit = "persons and jobs"}));
  }
  return SUND_OK;
}

/* ---------------------------------------------------------------------------------------------------- performance */

static sund_code tell_performance(sund_ctx *ctx, catchment_run *run, const one *of) {
  const catchment_town *t = &run->town;
  if (of->mode != SUND_CAR || t->home_count == 0) return SUND_OK;
  for (size_t b = 0; b < run->bounds; b++) {
    const char *text = catchment_variant_text(ctx, run, of->mode, b, run->main);
    const double radius = run->minutes[b] * STRAIGHT_M_MIN;
    double within = 0, near = 0;
    for (size_t k = 0; k < t->targets; k++) {
      if (!(t->persons[k] > 0)) continue;
      if (of->time[k] <= run->bound[b]) within += t->persons[k];
      if (straight_m(run, of->place, k) <= radius * (1 + 1e-9)) near += t->persons[k];
    }
    TRY(tell(ctx, run, of,
             (sund_indicator){
                 .indicator = "catchment.accessibility", .variant = text, .value = within, .unit = "persons"}));
    TRY(tell(
        ctx, run, of,
        (sund_indicator){.indicator = "catchment.proximity", .variant = text, .value = near, .unit = "persons"}));
    TRY(tell(ctx, run, of,
             (sund_indicator){.indicator = "catchment.performance",
                              .variant = text,
                              .value = near > 0 ? within / near : NAN,
                              .unit = "ratio",
                              .base = near,
                              .base_unit = "persons"}));
  }
  return SUND_OK;
}

/* ------------------------------------------------------------------------------------------------------------ all */

static sund_code tell_one(sund_ctx *ctx, catchment_run *run, const one *of, const catchment_decay *decay) {
  if (catchment_wants_measure(run->options, "gravity")) TRY(tell_gravity(ctx, run, of, decay));
  if (catchment_wants_measure(run->options, "nearest")) TRY(tell_nearest(ctx, run, of));
  if (catchment_wants_measure(run->options, "potential")) TRY(tell_potential(ctx, run, of, decay));
  if (catchment_wants_measure(run->options, "detour")) TRY(tell_detour(ctx, run, of));
  return catchment_wants_measure(run->options, "performance") ? tell_performance(ctx, run, of) : SUND_OK;
}

sund_code catchment_measures(sund_ctx *ctx, catchment_run *run) {
  catchment_decay decay;
  const double bound = run->minutes[run->bounds - 1];
  if (!catchment_decay_of(run->options->decay, run->options->decay_value, bound, &decay))
    return sund_fail(ctx, SUND_DEFECT, "decay without a rule");
  if (catchment_wants_measure(run->options, "performance") && !run->options->wants[SUND_CAR])
    TRY(catchment_note(ctx, run, "warning", NULL, "performance is measured by car, and the mode car is not asked for",
                       NAN, NAN));
  for (int m = 0; m < SUND_MODES; m++) {
    for (size_t v = 0; v < run->variants; v++)
      for (size_t i = 0; i < run->town.places; i++) {
        const sund_mode mode = (sund_mode)m;
        const catchment_answer *answer = catchment_answer_of(run, v, mode, i);
        if (!answer->time) continue;
        const one of = {v, i, mode, answer, answer->time[run->main]};
        TRY(tell_one(ctx, run, &of, &decay));
      }
  }
  return SUND_OK;
}

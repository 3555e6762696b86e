/* catchment_transit_metres.c - metres of ways by public transport: what is walked, and the rides.
 *
 * A ride counts straight from stop to stop along the trip: shapes are drawings, not measurements. What is walked or cycled
 * counts as its time at the usual speed.
 */
#include <math.h>
#include <string.h>

#include "catchment_transit.h"

typedef struct metres_job {
  const catchment_run *run;
  const catchment_transit *t;
  const transit_origin *o;
  double *at;      /* points: metres until one stands there, of lane `of`; with */
  uint32_t *of;    /* points: lane + 1 it was found for                      */
  uint32_t *lanes; /* lanes: seconds of a stop                               */
} metres_job;

static double walked(const catchment_run *run, sund_mode mode, double seconds) {
  return seconds * (mode == SUND_BIKE ? run->options->bike_kmh : run->options->walk_kmh) / 3.6;
}

/* Straight from stop to stop between where one gets on and off. */
static double ridden(const catchment_run *run, const catchment_transit *t, const sund_leg *leg) {
  const sund_trips *trips = &t->trips;
  const bool stated = trips->headway_s[leg->trip] == 0;
  size_t e = trips->first[leg->trip];
  const size_t end = trips->first[leg->trip + 1];
  while (e < end && (trips->stop[e] != leg->board || (stated && trips->depart_s[e] != leg->depart_s))) e++;
  double metres = 0;
  for (; e + 1 < end; e++) {
    const uint32_t a = trips->stop[e], b = trips->stop[e + 1];
    metres += sund_ground_distance(run->ground, t->x[a], t->y[a], t->x[b], t->y[b]);
    if (b == leg->alight && (!stated || trips->arrive_s[e + 1] == leg->arrive_s)) break;
  }
  return metres;
}

/* Metres of the journey of a lane to a point: to that of its stops which is reached first. */
static sund_code metres_to(sund_ctx *ctx, metres_job *job, uint32_t point, size_t lane) {
  const catchment_run *run = job->run;
  const catchment_transit *t = job->t;
  uint32_t best = SUND_BEYOND, stop = 0;
  for (size_t i = t->first_stop[point]; i < t->first_stop[point + 1]; i++) {
    sund_rider_lanes(job->o->rider, t->at[i], job->lanes);
    if (job->lanes[lane] < best) best = job->lanes[lane], stop = t->at[i];
  }
  size_t legs;
  sund_leg *leg;
  TRY(sund_rider_journey(ctx, job->o->rider, job->o->count, job->o->access, lane, stop, &legs, &leg));
  const int32_t now = run->lanes.depart_s + (int32_t)lane * run->lanes.step_s;
  double metres = NAN;
  if (legs > 0) {
    metres = walked(run, t->walks->access, leg[0].depart_s - leg[0].waited_s - leg[0].linked_s - now);
    metres += walked(run, t->walks->ground, best - (double)(leg[legs - 1].arrive_s - now));
  }
  for (size_t i = 0; i < legs; i++)
    metres += walked(run, t->walks->ground, leg[i].linked_s) + ridden(run, t, &leg[i]);
  job->at[point] = metres;
  job->of[point] = (uint32_t)lane + 1;
  return SUND_OK;
}

static double last_walk(const catchment_run *run, const transit_walks *w, size_t target, uint32_t point) {
  for (size_t k = w->first_from[target]; k < w->first_from[target + 1]; k++)
    if (w->from[k] == point) return walked(run, w->ground, w->from_units[k] * run->unit_s);
  return NAN;
}

static sund_code fill(sund_ctx *ctx, metres_job *job, const transit_answer *a, double *metres) {
  const catchment_run *run = job->run;
  const uint32_t *time = a->time[run->main];
  const size_t targets = run->town.targets, lanes = run->lanes.count;
  const uint32_t *row = job->o->row;
  size_t *first = sund_alloc(ctx, lanes + 2, sizeof *first), *by_lane = sund_alloc(ctx, targets, sizeof *by_lane);
  if (!first || !by_lane) return SUND_LIMIT;
  for (size_t k = 0; k < targets; k++) {
    metres[k] = time[k] == SUND_BEYOND ? NAN : walked(run, job->t->walks->access, row[k] * run->unit_s);
    if (a->through[k] != TRANSIT_NONE) first[a->lane[k] + 2]++;
  }
  for (size_t m = 0; m < lanes; m++) first[m + 2] += first[m + 1];
  for (size_t k = 0; k < targets; k++)
    if (a->through[k] != TRANSIT_NONE) by_lane[first[a->lane[k] + 1]++] = k;
  for (size_t i = 0; i < first[lanes]; i++) { /* lane by lane: a journey's search serves all its stops */
    const size_t k = by_lane[i], lane = a->lane[k];
    const uint32_t point = a->through[k];
    if (job->of[point] != lane + 1) TRY(metres_to(ctx, job, point, lane));
    metres[k] = job->at[point] + last_walk(run, job->t->walks, k, point);
  }
  return SUND_OK;
}

sund_code transit_metres(sund_ctx *ctx, const catchment_run *run, const catchment_transit *t, const transit_origin *o,
                         const transit_answer *answer, double *metres) {
  sund_ctx *scratch = sund_ctx_child(ctx);
  if (!scratch) return SUND_LIMIT;
  metres_job job = {run,
                    t,
                    o,
                    sund_alloc(scratch, t->walks->points, sizeof *job.at),
                    sund_alloc(scratch, t->walks->points, sizeof *job.of),
                    sund_alloc(scratch, run->lanes.count, sizeof *job.lanes)};
  sund_code code = job.at && job.of && job.lanes ? fill(scratch, &job, answer, metres) : SUND_LIMIT;
  if (code != SUND_OK) code = sund_ctx_pass(ctx, scratch);
  sund_ctx_free(scratch);
  return code;
}

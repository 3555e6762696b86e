/* catchment_transit_route.c - one way by public transport, leg by leg: that of the departure whose time is the main
 * percentile, as for the ways by street.
 *
 * Order: walks from the place to stops and from stops to the goal, rides of all lanes, the lane of the percentile and the
 * stop it gets off at, its journey (sund_rider_journey), and the legs drawn one after the other.
 */
#include <math.h>
#include <string.h>

#include "catchment_gate_read.h"
#include "catchment_routes.h"
#include "catchment_transit.h"

typedef struct drawing {
  sund_ctx *ctx; /* of the route */
  const catchment_run *run;
  const catchment_variant *variant;
  const catchment_transit *t;
  const catchment_route_ask *ask;
  sund_rider *rider;
  size_t count;
  sund_access *access;
  uint32_t directly; /* units: without a ride           */
  uint32_t *to_goal; /* points: units                   */
  uint32_t *value;   /* lanes: units                    */
  uint32_t *seconds; /* lanes of the stop got off at    */
  size_t lane;
  uint32_t stop;  /* the journey ends at; TRANSIT_NONE = directly */
  int32_t now;    /* departure of the lane */
  int32_t at;     /* where the legs drawn so far have come to */
  uint32_t units; /* of the whole way */
} drawing;

/* ------------------------------------------------------------------------------------------------------- search */

static sund_code keep_tree(sund_ctx *worker, const sund_tree *tree, void *data) {
  (void)worker;
  const drawing *d = data;
  memcpy(d->to_goal, tree->units, d->t->walks->points * sizeof *d->to_goal);
  return SUND_OK;
}

/* Units from all points to the goal, TRANSIT_NONE beyond the longest walk. */
static sund_code walks_to_goal(sund_ctx *ctx, drawing *d) {
  const transit_walks *w = d->t->walks;
  const catchment_run *run = d->run;
  d->to_goal = sund_alloc(ctx, w->points + 1, sizeof *d->to_goal);
  if (!d->to_goal) return SUND_LIMIT;
  if (!run->graph) {
    for (size_t p = 0; p < w->points; p++)
      d->to_goal[p] = catchment_straight(run, w->x[p], w->y[p], d->ask->to_x, d->ask->to_y);
    return SUND_OK;
  }
  const sund_trees_ask ask = {.backward = true,
                              .sources = 1,
                              .source = &d->ask->to[w->ground],
                              .targets = w->points,
                              .target = w->spot,
                              .limit = w->limit};
  return w->points ? sund_streets_trees(ctx, run->net[w->ground].streets, &ask, keep_tree, d) : SUND_OK;
}

static sund_code walks_to_stops(sund_ctx *ctx, drawing *d) {
  const catchment_run *run = d->run;
  const transit_walks *w = d->t->walks;
  const catchment_town *town = &run->town;
  const sund_spot *spot = &run->net[w->access].place[d->ask->place];
  uint32_t *to_point = sund_alloc(ctx, w->points, sizeof *to_point);
  d->access = sund_alloc(ctx, d->t->stops, sizeof *d->access);
  if (!to_point || !d->access) return SUND_LIMIT;
  const double *x = &town->place_x[d->ask->place], *y = &town->place_y[d->ask->place];
  const transit_places from = {1, x, y, spot};
  TRY(transit_walks_to_points(ctx, run, w, &from, to_point));
  d->count = transit_access(run, d->t, to_point, d->access);
  return catchment_between(ctx, run, w->access, 1, x, y, spot, 1, &d->ask->to_x, &d->ask->to_y,
                           &d->ask->to[w->access], &d->directly);
}

/* Units of every lane; with `stop` the stop that lane `of` gets off at. */
static void all_lanes(drawing *d, size_t of, uint32_t *stop) {
  const catchment_run *run = d->run;
  const uint32_t *reached;
  const size_t count = sund_rider_reached(d->rider, &reached);
  uint32_t best = d->directly;
  if (stop) *stop = TRANSIT_NONE;
  for (size_t m = 0; !stop && m < run->lanes.count; m++) d->value[m] = d->directly;
  for (size_t i = 0; i < count; i++) {
    const uint32_t walk = d->to_goal[d->t->point[reached[i]]];
    if (walk > d->t->walks->limit) continue;
    sund_rider_lanes(d->rider, reached[i], d->seconds);
    for (size_t m = stop ? of : 0; m < (stop ? of + 1 : run->lanes.count); m++) {
      const uint32_t units = transit_units(run, d->seconds[m], run->limit);
      if (units == SUND_BEYOND || units + walk > run->limit) continue;
      if (!stop && units + walk < d->value[m]) d->value[m] = units + walk;
      if (stop && units + walk < best) best = units + walk, *stop = reached[i];
    }
  }
}

static sund_code find_lane(sund_ctx *ctx, drawing *d) {
  const catchment_run *run = d->run;
  const size_t lanes = run->lanes.count;
  const sund_rides_ask ask = transit_rides(run, false);
  d->value = sund_alloc(ctx, lanes, sizeof *d->value);
  d->seconds = sund_alloc(ctx, lanes, sizeof *d->seconds);
  uint32_t *scratch = sund_alloc(ctx, lanes, sizeof *scratch);
  if (!d->value || !d->seconds || !scratch) return SUND_LIMIT;
  TRY(sund_rider_open(ctx, d->t->timetable, &ask, &d->rider));
  TRY(sund_rider_ride(d->rider, d->count, d->access, NULL));
  all_lanes(d, 0, NULL);
  d->units = sund_lanes_percentile(lanes, d->value, run->percent[run->main], scratch);
  if (d->units == SUND_BEYOND) return SUND_OK;
  for (d->lane = 0; d->value[d->lane] != d->units;) d->lane++;
  d->now = run->lanes.depart_s + (int32_t)d->lane * run->lanes.step_s;
  d->at = d->now;
  all_lanes(d, d->lane, &d->stop);
  return SUND_OK;
}

/* --------------------------------------------------------------------------------------------------------- drawing */

/* Over the ground to a point, or to the goal (TRANSIT_NONE); from a point, or from the place. seconds < 0: as it takes. */
static sund_code draw_ground(drawing *d, uint32_t from, uint32_t to, double seconds, catchment_route *out) {
  const transit_walks *w = d->t->walks;
  const catchment_town *town = &d->run->town;
  const sund_mode mode = from == TRANSIT_NONE ? w->access : w->ground;
  const sund_spot *spot = mode == w->ground ? w->spot : w->access_spot;
  const double begin[2] = {from == TRANSIT_NONE ? town->place_x[d->ask->place] : w->x[from],
                           from == TRANSIT_NONE ? town->place_y[d->ask->place] : w->y[from]};
  const double end[2] = {to == TRANSIT_NONE ? d->ask->to_x : w->x[to], to == TRANSIT_NONE ? d->ask->to_y : w->y[to]};
  catchment_leg leg;
  TRY(catchment_leg_ground(d->ctx, d->run, mode, begin,
                           from == TRANSIT_NONE ? &d->run->net[mode].place[d->ask->place] : &spot[from], end,
                           to == TRANSIT_NONE ? &d->ask->to[mode] : &spot[to], &leg));
  leg.begin_s = d->at;
  if (seconds >= 0) leg.seconds = seconds;
  return catchment_leg_add(d->ctx, out, leg);
}

static const char *stop_name(const catchment_transit *t, uint32_t stop) {
  const sund_service_stop *s = &t->service->stop[stop];
  return s->name ? s->name : s->id;
}

static sund_code name_ride(drawing *d, const sund_leg *ride, catchment_leg *leg) {
  const catchment_transit *t = d->t;
  const size_t gate = t->gate[ride->trip];
  if (gate != SIZE_MAX) {
    leg->what = "gate";
    leg->name = catchment_gate_name(d->ctx, d->variant->gates, d->variant->by[SUND_TRANSIT].row[gate]);
  } else {
    const sund_service_route *route = &t->service->route[t->trips.route[ride->trip]];
    leg->what = "ride";
    leg->name = sund_text(d->ctx, "%s: %s - %s", route->name ? route->name : route->id, stop_name(t, ride->board),
                          stop_name(t, ride->alight));
  }
  return leg->name ? SUND_OK : SUND_LIMIT;
}

static sund_code draw_ride(drawing *d, const sund_leg *ride, catchment_route *out) {
  const catchment_transit *t = d->t;
  const sund_trips *trips = &t->trips;
  const bool stated = trips->headway_s[ride->trip] == 0;
  size_t begin = trips->first[ride->trip];
  while (trips->stop[begin] != ride->board || (stated && trips->depart_s[begin] != ride->depart_s)) begin++;
  size_t end = begin + 1;
  while (trips->stop[end] != ride->alight || (stated && trips->arrive_s[end] != ride->arrive_s)) end++;
  catchment_leg leg = {.begin_s = ride->depart_s,
                       .seconds = ride->arrive_s - ride->depart_s,
                       .wait_s = ride->waited_s,
                       .vertices = end - begin + 1};
  TRY(name_ride(d, ride, &leg));
  leg.x = sund_alloc(d->ctx, leg.vertices, sizeof *leg.x);
  leg.y = sund_alloc(d->ctx, leg.vertices, sizeof *leg.y);
  if (!leg.x || !leg.y) return SUND_LIMIT;
  for (size_t k = 0; k < leg.vertices; k++) {
    leg.x[k] = t->x[trips->stop[begin + k]];
    leg.y[k] = t->y[trips->stop[begin + k]];
    if (k) leg.metres += sund_ground_distance(d->run->ground, leg.x[k - 1], leg.y[k - 1], leg.x[k], leg.y[k]);
  }
  d->at = ride->arrive_s;
  return catchment_leg_add(d->ctx, out, leg);
}

/* To the first stop, a stated link before the first ride included. */
static sund_code draw_access(drawing *d, const sund_leg *first, catchment_route *out) {
  const catchment_transit *t = d->t;
  const int32_t walked = first->depart_s - first->waited_s - first->linked_s - d->now;
  uint32_t by = t->point[first->board];
  for (size_t l = 0; first->linked_s > 0 && l < t->links.count; l++) {
    if (t->links.to[l] != first->board || t->links.seconds[l] != first->linked_s) continue;
    for (size_t i = 0; i < d->count; i++)
      if (d->access[i].stop == t->links.from[l] && d->access[i].seconds == (uint32_t)walked)
        by = t->point[d->access[i].stop];
  }
  TRY(draw_ground(d, TRANSIT_NONE, by, walked, out));
  d->at += walked;
  if (by == t->point[first->board]) return SUND_OK;
  TRY(draw_ground(d, by, t->point[first->board], first->linked_s, out));
  d->at += first->linked_s;
  return SUND_OK;
}

static sund_code draw_journey(drawing *d, catchment_route *out) {
  const catchment_transit *t = d->t;
  size_t legs;
  sund_leg *leg;
  TRY(sund_rider_journey(d->ctx, d->rider, d->count, d->access, d->lane, d->stop, &legs, &leg));
  if (legs == 0) return sund_fail(d->ctx, SUND_DEFECT, "a lane that arrives has no journey");
  TRY(draw_access(d, &leg[0], out));
  for (size_t i = 0; i < legs; i++) {
    if (i > 0 && leg[i].board != leg[i - 1].alight) {
      TRY(draw_ground(d, t->point[leg[i - 1].alight], t->point[leg[i].board], leg[i].linked_s, out));
      d->at += leg[i].linked_s;
    }
    TRY(draw_ride(d, &leg[i], out));
  }
  sund_rider_lanes(d->rider, d->stop, d->seconds);
  const int32_t after = d->now + (int32_t)d->seconds[d->lane] - d->at;
  if (d->stop != leg[legs - 1].alight) {
    TRY(draw_ground(d, t->point[leg[legs - 1].alight], t->point[d->stop], after, out));
    d->at += after;
  }
  return draw_ground(d, t->point[d->stop], TRANSIT_NONE, -1, out);
}

static sund_code draw(sund_ctx *scratch, drawing *d, catchment_route *out) {
  TRY(walks_to_goal(scratch, d));
  TRY(walks_to_stops(scratch, d));
  TRY(find_lane(scratch, d));
  if (d->units == SUND_BEYOND) return SUND_OK;
  out->total_s = d->units * d->run->unit_s;
  if (d->stop == TRANSIT_NONE) return draw_ground(d, TRANSIT_NONE, TRANSIT_NONE, -1, out);
  return draw_journey(d, out);
}

sund_code catchment_transit_route(sund_ctx *ctx, const catchment_run *run, size_t variant,
                                  const catchment_route_ask *ask, catchment_route *out) {
  sund_ctx *scratch = sund_ctx_child(ctx);
  if (!scratch) return SUND_LIMIT;
  drawing d = {.ctx = ctx,
               .run = run,
               .variant = &run->variant[variant],
               .t = run->variant[variant].transit,
               .ask = ask,
               .stop = TRANSIT_NONE};
  sund_code code = draw(scratch, &d, out);
  if (code != SUND_OK) code = sund_ctx_pass(ctx, scratch);
  sund_ctx_free(scratch);
  return code;
}

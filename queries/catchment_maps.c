/* catchment_maps.c - what every answer reaches, as areas: the bounds of one answer lie within each other.
 *
 * Along the streets as far as the labels of their nodes say, and off them on foot as far as the rest of the time carries,
 * at most the snap limit, which is also how far a home may lie from its street; never over water (sund_isochrone). Only
 * streets where somebody may begin or end count: no area around a motorway between two exits, a bridge or a tunnel.
 * By public transport streets are reached from stops, on foot.
 *
 * Without paths there is nothing to march along: no areas then, rather than a guess, and a finding says so. Water is what
 * is not land, and the sea where it is given as areas; without either nothing is known to be water, which is told too.
 *
 * The lattice gets coarser the farther one comes in the time, but never so coarse that a street's own band is lost.
 */
#include <math.h>
#include <string.h>

#include "catchment.h"
#include "land.h"

/* Cells: a band is at least so many of them wide on each side of a street; a reach so many of them long. */
static const double LEG_CELLS = 2.5, REACH_CELLS = 400;
static const double FINEST_M = 25;
/* With a snap limit below this nothing could be drawn around a street. */
static const double LEAST_LEG_M = 25;
/* How fast one comes at best, for the choice of cells only. */
static const double FAST_CAR_KMH = 110, FAST_TRANSIT_KMH = 80;

/* ---------------------------------------------------------------------------------------------------------- water */

/* The box the map may fill: the network and the legs off it. */
static bool map_box(const catchment_run *run, double leg_m, double box[4]) {
  if (!sund_shapes_extent(run->graph->shape, box)) return false;
  const double wide = 2 * leg_m;
  box[0] -= wide, box[1] -= wide, box[2] += wide, box[3] += wide;
  return true;
}

static sund_code gather_water(sund_ctx *ctx, catchment_run *run, const double box[4], double leg_m,
                              sund_shapes **out) {
  const sund_inputs *in = run->in;
  const sund_table *land = in->role[SUND_LAND], *sea = in->role[SUND_SEA];
  const sund_shapes *part[2];
  size_t parts = 0;
  sund_shapes *piece, *all;
  *out = NULL;
  if (land && land->rows) {
    TRY(land_water(ctx, in, box, leg_m, &piece));
    part[parts++] = piece;
  }
  if (sea && sea->kind == SUND_AREA) {
    TRY(land_within(ctx, sea, box, &piece));
    part[parts++] = piece;
  }
  if (!parts)
    return catchment_note(ctx, run, "note", "land",
                          "neither land nor sea is given: the areas of catchments may reach over water", NAN, NAN);
  TRY(sund_shapes_join(ctx, SUND_AREA, parts, part, &all));
  return sund_overlay_dissolve(ctx, all, out);
}

/* ----------------------------------------------------------------------------------------------------------- maps */

/* What all areas of a mode share. */
typedef struct sheet {
  const catchment_net *net;
  double *forward_s, *backward_s; /* edges; NAN where nobody may begin or end */
  double leg_m, cell_m;
  const sund_shapes *water;
} sheet;

static double fastest_kmh(const catchment_run *run, sund_mode mode) {
  const catchment_options *o = run->options;
  const double kmh[SUND_MODES] = {o->walk_kmh, o->bike_kmh, fmax(o->car_kmh, FAST_CAR_KMH), FAST_TRANSIT_KMH};
  return kmh[mode];
}

static sund_code make_sheet(sund_ctx *ctx, const catchment_run *run, sund_mode mode, sheet *s) {
  const sund_graph *g = run->graph;
  double box[4], reach_m = fastest_kmh(run, mode) / 3.6 * run->minutes[run->bounds - 1] * 60;
  if (sund_shapes_extent(g->shape, box)) reach_m = fmin(reach_m, fmax(box[2] - box[0], box[3] - box[1]));
  s->net = &run->net[mode];
  s->cell_m = fmin(s->leg_m / LEG_CELLS, fmax(FINEST_M, reach_m / REACH_CELLS));
  if (!(s->forward_s = sund_alloc(ctx, g->edges, sizeof *s->forward_s)) ||
      !(s->backward_s = sund_alloc(ctx, g->edges, sizeof *s->backward_s)))
    return SUND_LIMIT;
  for (size_t e = 0; e < g->edges; e++) {
    s->forward_s[e] = s->net->accept[e] ? s->net->forward_s[e] : NAN;
    s->backward_s[e] = s->net->accept[e] ? s->net->backward_s[e] : NAN;
  }
  return SUND_OK;
}

static sund_code draw(sund_ctx *ctx, const catchment_run *run, const sheet *s, const catchment_answer *answer,
                      size_t place, sund_shapes **out) {
  const sund_isochrone_ask ask = {.graph = run->graph,
                                  .ground = run->ground,
                                  .forward_s = s->forward_s,
                                  .backward_s = s->backward_s,
                                  .unit_s = run->unit_s,
                                  .node = answer->node,
                                  .origin = &s->net->place[place],
                                  .leg_s_m = 3.6 / run->options->walk_kmh,
                                  .leg_m = s->leg_m,
                                  .cell_m = s->cell_m,
                                  .water = s->water,
                                  .limits = run->bounds,
                                  .limit = run->bound};
  return sund_isochrone(ctx, &ask, out);
}

/* Does another variant reach the very same, drawn already? Gates of cars change nothing for those who walk. */
static sund_shapes *drawn_before(const catchment_run *run, sund_shapes *const *area, size_t variant, sund_mode mode,
                                 size_t place) {
  const uint32_t *node = catchment_answer_of(run, variant, mode, place)->node;
  for (size_t v = 0; v < variant; v++) {
    const catchment_answer *other = catchment_answer_of(run, v, mode, place);
    if (other->node && memcmp(other->node, node, run->graph->nodes * sizeof *node) == 0)
      return area[other - run->answer];
  }
  return NULL;
}

static sund_code draw_mode(sund_ctx *ctx, const catchment_run *run, sund_mode mode, sheet *s, sund_shapes **area) {
  bool made = false;
  for (size_t v = 0; v < run->variants; v++)
    for (size_t i = 0; i < run->town.places; i++) {
      const catchment_answer *answer = catchment_answer_of(run, v, mode, i);
      if (!answer->node) continue;
      sund_shapes **out = &area[answer - run->answer];
      if (!made) TRY(make_sheet(ctx, run, mode, s));
      made = true;
      *out = drawn_before(run, area, v, mode, i);
      if (!*out) TRY(draw(ctx, run, s, answer, i, out));
    }
  return SUND_OK;
}

sund_code catchment_maps(sund_ctx *ctx, catchment_run *run, sund_shapes ***out) {
  double box[4];
  sheet s = {.leg_m = fmax(run->options->snap_limit_m, LEAST_LEG_M)};
  sund_shapes *water;
  sund_shapes **area = sund_alloc(ctx, run->variants * SUND_MODES * run->town.places, sizeof *area);
  if (!area) return SUND_LIMIT;
  *out = area;
  if (!run->graph)
    return catchment_note(ctx, run, "note", "paths",
                          "without paths catchments have no areas: there are no streets to draw them along", NAN,
                          NAN);
  if (!map_box(run, s.leg_m, box)) return SUND_OK;
  TRY(gather_water(ctx, run, box, s.leg_m, &water));
  s.water = water;
  for (int m = 0; m < SUND_MODES; m++) TRY(draw_mode(ctx, run, (sund_mode)m, &s, area));
  return SUND_OK;
}

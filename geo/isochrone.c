/* isochrone.c - what is reached within limits, as areas that lie within each other.
 *
 * Definition. A point of an edge is reached at the earlier of two moments: coming from either end, at the end's time
 * and the edge's pace (or from the origin, on its own edge). From there a traveller may leave the network in any
 * direction in a straight line at leg_s_m seconds a metre, for the rest of the time, but at most leg_m metres, and never
 * over water. The area of a limit is the union of all that: discs around the reached points of edges. No hull: what lies
 * between two roads and is not reached from either is a hole.
 *
 * Order: stretches of edges (here), the field over the cells of a lattice (isochrone_field.c), its contour
 * (isochrone_contour.c), less the water itself (overlay). The lattice holds what the last limit reaches and is the same
 * for all limits, so that areas lie within each other; its lines are at whole multiples of the cell's side. Cells are
 * made twice as long as often as it takes until there are no more than MOST_CELLS: 5 bytes each.
 *
 * How exact. The field is exact at the centres (apart from water); between them it is interpolated. Water is seen as
 * cells whose centre lies in it when a way off the network is tried, so that water narrower than a cell can be passed
 * by such a way; the areas themselves are cut along the water's own line.
 */
#include "isochrone.h"

#include <math.h>

#include "graph.h"

enum { MOST_CELLS = 1 << 24, RIM = 4 /* cells around what is reached */ };

/* Labels may have been rounded on ways of their own: differences up to this are none. */
enum { ROUNDING_UNITS = 16 };

double isochrone_leg_units(const sund_isochrone_ask *ask) {
  return ask->leg_s_m / ask->unit_s;
}

/* ------------------------------------------------------------------------------------------------------ stretches */

/* When the traveller enters an edge at an end whose label is `near`; NAN = does not. far: label of the other end; pass:
 * units along the edge. A turn that is not allowed shows: the other end would have been reached earlier. Then the edge
 * is entered just so late that its far end comes out right, or not at all. */
static double entry(const sund_isochrone_ask *ask, uint32_t near, uint32_t far, double pass) {
  const uint32_t last = ask->limit[ask->limits - 1];
  if (near == SUND_BEYOND || near > last || isnan(pass)) return NAN;
  const double out = near + pass;
  if (far == SUND_BEYOND) return out + ROUNDING_UNITS < last ? NAN : (double)near;
  return fmax(near, far - pass);
}

static void add(isochrone_stretch *out, size_t *count, isochrone_stretch made, const sund_isochrone_ask *ask) {
  if (made.units <= ask->limit[ask->limits - 1] && *count < ISOCHRONE_STRETCHES) out[(*count)++] = made;
}

/* From the origin along its own edge. */
static void add_origin(const sund_isochrone_ask *ask, size_t edge, double ahead, double back, isochrone_stretch *out,
                       size_t *count) {
  const sund_spot *o = ask->origin;
  if (!o || o->edge != edge) return;
  const double metres = ask->graph->edge_m[edge], begin = fmin(fmax(o->along_m, 0), metres);
  const double units = o->leg_m * isochrone_leg_units(ask);
  if (!isnan(ahead)) add(out, count, (isochrone_stretch){begin, metres, units, ahead / metres}, ask);
  if (!isnan(back)) add(out, count, (isochrone_stretch){begin, 0, units, back / metres}, ask);
}

size_t isochrone_stretches(const sund_isochrone_ask *ask, size_t edge, isochrone_stretch out[ISOCHRONE_STRETCHES]) {
  const sund_graph *g = ask->graph;
  const uint32_t from = ask->node[g->edge_from[edge]], to = ask->node[g->edge_to[edge]];
  const double metres = g->edge_m[edge];
  const double ahead = rint(ask->forward_s[edge] / ask->unit_s), back = rint(ask->backward_s[edge] / ask->unit_s);
  const double at_from = entry(ask, from, to, ahead), at_to = entry(ask, to, from, back);
  size_t count = 0;
  double meet = metres; /* where both ways are equally fast */
  if (!(metres > 0)) return 0;
  if (isnan(at_from)) meet = 0;
  else if (!isnan(at_to) && ahead + back > 0) meet = metres * (at_to + back - at_from) / (ahead + back);
  meet = fmin(fmax(meet, 0), metres);
  if (!isnan(at_from)) add(out, &count, (isochrone_stretch){0, meet, at_from, ahead / metres}, ask);
  if (!isnan(at_to)) add(out, &count, (isochrone_stretch){metres, meet, at_to, back / metres}, ask);
  add_origin(ask, edge, ahead, back, out, &count);
  return count;
}

/* -------------------------------------------------------------------------------------------------------- reached */

typedef struct reach {
  float *share;  /* vertices of the edges: part of the drawn way from edge_from */
  double box[4]; /* map metres, of the edges reached                           */
  bool any;
} reach;

static void reach_edge(const sund_isochrone_ask *ask, size_t edge, reach *r) {
  const sund_shapes *s = ask->graph->shape;
  const size_t first = s->first_vertex[edge], end = s->first_vertex[edge + 1];
  const double whole = sund_line_length(end - first, s->x + first, s->y + first);
  double along = 0;
  for (size_t v = first; v < end; v++) {
    if (v > first) along += hypot(s->x[v] - s->x[v - 1], s->y[v] - s->y[v - 1]);
    r->share[v] = whole > 0 ? (float)fmin(along / whole, 1) : 0;
    r->box[0] = fmin(r->box[0], s->x[v]), r->box[1] = fmin(r->box[1], s->y[v]);
    r->box[2] = fmax(r->box[2], s->x[v]), r->box[3] = fmax(r->box[3], s->y[v]);
  }
  r->share[end - 1] = 1;
  r->any = true;
}

static sund_code reach_all(sund_ctx *ctx, const sund_isochrone_ask *ask, reach *r) {
  isochrone_stretch stretch[ISOCHRONE_STRETCHES];
  *r = (reach){.box = {INFINITY, INFINITY, -INFINITY, -INFINITY}};
  if (!(r->share = sund_alloc(ctx, ask->graph->shape->vertices, sizeof *r->share))) return SUND_LIMIT;
  for (size_t e = 0; e < ask->graph->edges; e++)
    if (isochrone_stretches(ask, e, stretch)) reach_edge(ask, e, r);
  return SUND_OK;
}

/* The lattice around a box. */
static sund_lattice lattice_for(const sund_isochrone_ask *ask, const double box[4], double leg_map) {
  for (double cell = ask->cell_m;; cell *= 2) {
    const double margin = leg_map + RIM * cell;
    const double west = floor((box[0] - margin) / cell), north = ceil((box[3] + margin) / cell);
    const double columns = ceil((box[2] + margin) / cell) - west, rows = north - floor((box[1] - margin) / cell);
    if (columns * rows > MOST_CELLS) continue;
    return (sund_lattice){(size_t)columns, (size_t)rows, west * cell, north * cell, cell, cell};
  }
}

/* ---------------------------------------------------------------------------------------------------------- water */

typedef struct wet {
  const sund_cells *cells;
  isochrone_field *field;
} wet;

static sund_code mark_rows(sund_ctx *worker, size_t begin, size_t end, void *data) {
  const wet *w = data;
  const size_t columns = w->field->lattice.columns;
  return sund_cells_mark(worker, w->cells, &(sund_window){0, begin, columns, end - begin},
                         w->field->water + begin * columns);
}

static sund_code mark_water(sund_ctx *ctx, const sund_shapes *water, double leg_map, isochrone_field *field) {
  const sund_lattice *l = &field->lattice;
  sund_cells *cells;
  if (!water || !water->parts) return SUND_OK;
  if (!(field->water = sund_alloc(ctx, l->columns * l->rows, 1))) return SUND_LIMIT;
  TRY(sund_cells_prepare(ctx, water, l, &cells));
  TRY(sund_for(ctx, l->rows, 64, mark_rows, &(wet){cells, field}));
  return isochrone_near_water(ctx, leg_map, field);
}

/* ---------------------------------------------------------------------------------------------------------- areas */

static sund_code trace_limits(sund_ctx *ctx, sund_ctx *scratch, const sund_isochrone_ask *ask, const reach *r,
                              sund_shapes **out) {
  double smallest = 1, largest = 1;
  if (ask->ground) sund_ground_scale(ask->ground, &smallest, &largest);
  const double scale = (smallest + largest) / 2;
  const sund_shapes **made = sund_alloc(scratch, ask->limits, sizeof *made);
  isochrone_field field = {.lattice = lattice_for(ask, r->box, ask->leg_m * scale)};
  field.value = sund_alloc(scratch, field.lattice.columns * field.lattice.rows, sizeof *field.value);
  if (!made || !field.value) return SUND_LIMIT;
  TRY(mark_water(scratch, ask->water, ask->leg_m * scale, &field));
  for (size_t i = 0; i < ask->limits; i++) {
    sund_shapes *one;
    TRY(isochrone_spread(scratch, ask, r->share, i, scale, &field));
    TRY(isochrone_contour(scratch, &field, &one));
    made[i] = one;
  }
  if (!field.water) return sund_shapes_join(ctx, SUND_AREA, ask->limits, made, out);
  sund_shapes *all;
  TRY(sund_shapes_join(scratch, SUND_AREA, ask->limits, made, &all));
  return sund_overlay_subtract(ctx, all, ask->water, out);
}

static sund_code make(sund_ctx *ctx, sund_ctx *scratch, const sund_isochrone_ask *ask, sund_shapes **out) {
  reach r;
  if (!ask->limits) return sund_shapes_new(ctx, SUND_AREA, 0, 0, 0, out);
  TRY(reach_all(scratch, ask, &r));
  if (!r.any) return sund_shapes_new(ctx, SUND_AREA, ask->limits, 0, 0, out);
  return trace_limits(ctx, scratch, ask, &r, out);
}

sund_code sund_isochrone(sund_ctx *ctx, const sund_isochrone_ask *ask, sund_shapes **out) {
  if (!(ask->cell_m > 0) || !isfinite(ask->cell_m) || !(ask->leg_m >= 0) || !(ask->leg_s_m >= 0))
    return sund_fail(ctx, SUND_USAGE, "cells must have a side, and legs off the network a length and a pace");
  sund_ctx *scratch = sund_ctx_child(ctx);
  if (!scratch) return SUND_LIMIT;
  sund_code code = make(ctx, scratch, ask, out);
  if (code != SUND_OK) code = sund_ctx_pass(ctx, scratch);
  sund_ctx_free(scratch);
  return code;
}

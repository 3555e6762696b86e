/* overland_place.c - where ways over land begin and end.
 *
 * A point in the water begins at the nearest land. A place is reached at the parts of its boundary that are on land or
 * along the shore, and where bridges land in it; one that has none of these is reached from the land nearest to it.
 */
#include "geo/overland.h"

#include <math.h>

overland_start overland_start_at(const sund_overland *o, double x, double y) {
  overland_start start = {.x = x, .y = y};
  if (isnan(x) || isnan(y)) start.lost = true;
  if (start.lost || water_at(o->water, x, y) != WATER_IN) return start;
  start.lost = true;
  if (sund_segments_nearest(o->water->segments, x, y, o->shore_m * o->scale, NULL, false, &start.x, &start.y, NULL) ==
      SIZE_MAX)
    return start;
  start.leg_m = straight_metres(o->ground, x, y, start.x, start.y);
  start.lost = !(start.leg_m <= o->shore_m);
  return start;
}

/* ------------------------------------------------------------------------------------------------------ pieces */

typedef struct clipping {
  sund_ctx *ctx, *scratch;
  const sund_overland *o;
  straight_piece *piece; /* that can be reached */
  size_t count, room;
  double *cut;
  size_t cut_room;
} clipping;

static sund_code keep(clipping *c, const straight_piece *piece) {
  straight_piece *grown = sund_grow(c->ctx, c->piece, &c->room, c->count + 1, sizeof *grown);
  if (!grown) return SUND_LIMIT;
  c->piece = grown;
  c->piece[c->count] = *piece;
  c->piece[c->count++].land = water_land(c->o->water, piece->x0, piece->y0);
  return SUND_OK;
}

/* Keeps the parts of a piece that are not in the water, and the points where it only touches the shore. */
static sund_code clip_piece(clipping *c, const straight_piece *p) {
  const water *w = c->o->water;
  const double a[2] = {p->x0, p->y0}, b[2] = {p->x1, p->y1}, dx = b[0] - a[0], dy = b[1] - a[1];
  size_t cuts;
  TRY(water_cuts(c->scratch, w, a, b, &c->cut, &c->cut_room, &cuts));
  bool before = false; /* the part that ended here was kept */
  for (size_t i = 0; i < cuts; i++) {
    const double from = c->cut[i], to = i + 1 < cuts ? c->cut[i + 1] : from, middle = (from + to) / 2;
    straight_piece part = {
        .x0 = a[0] + from * dx, .y0 = a[1] + from * dy, .x1 = a[0] + to * dx, .y1 = a[1] + to * dy, .row = p->row};
    if (to >= 1) part.x1 = b[0], part.y1 = b[1];
    if (from >= 1) part.x0 = b[0], part.y0 = b[1];
    const bool dry = to > from && water_at(w, a[0] + middle * dx, a[1] + middle * dy) != WATER_IN;
    const bool touch = !dry && !before && water_at(w, part.x0, part.y0) != WATER_IN;
    if (touch) part.x1 = part.x0, part.y1 = part.y0;
    if (dry || touch) TRY(keep(c, &part));
    before = dry;
  }
  return SUND_OK;
}

/* ------------------------------------------------------------------------------------------------------- links */

/* A place over the shore, and the bridges that land in it. */
typedef struct landing {
  clipping *c;
  const sund_shapes *areas;
  uint32_t row;
  sund_code code;
} landing;

static bool try_landing(size_t item, void *data) {
  landing *l = data;
  const overland_node *node = &l->c->o->node[item];
  if (node->corner || !sund_area_contains(l->areas, l->row, node->x, node->y)) return true;
  const straight_piece piece = {.x0 = node->x, .y0 = node->y, .x1 = node->x, .y1 = node->y, .row = l->row};
  l->code = keep(l->c, &piece);
  return l->code == SUND_OK;
}

/* Who comes over a bridge may be in the place without having crossed its boundary on land. */
static sund_code land_bridges(clipping *c, const sund_shapes *areas, uint32_t row, const double box[4]) {
  landing l = {.c = c, .areas = areas, .row = row};
  if (areas) sund_index_search(c->o->index, box, try_landing, &l);
  return l.code;
}

/* The land nearest to a place in the water. */
typedef struct linking {
  const sund_overland *o;
  const sund_shapes *areas; /* NULL when places are points */
  const straight_piece *piece;
  straight_piece best; /* leg_m INFINITY = none yet */
} linking;

static void try_link(linking *l, double land_x, double land_y, double x, double y) {
  const double metres = straight_metres(l->o->ground, land_x, land_y, x, y);
  if (!(metres <= l->o->shore_m && metres < l->best.leg_m)) return;
  if (l->areas && sund_area_contains(l->areas, l->piece->row, land_x, land_y)) return; /* an island of the place */
  l->best = (straight_piece){.x0 = land_x, .y0 = land_y, .x1 = x, .y1 = y, .leg_m = metres, .row = l->piece->row};
}

/* The nearest points of a piece and a segment of the shore that do not meet: one of them is an end. */
static bool try_shore(size_t item, void *data) {
  linking *l = data;
  const straight_piece *p = l->piece;
  const sund_segments *segments = l->o->water->segments;
  const double *sx = segments->shapes->x, *sy = segments->shapes->y;
  const size_t v = segments->segment[item];
  double share;
  for (size_t k = 0; k < 2; k++) {
    const double x = k ? p->x1 : p->x0, y = k ? p->y1 : p->y0, cx = sx[v + k], cy = sy[v + k];
    sund_segment_nearest(x, y, sx[v], sy[v], sx[v + 1], sy[v + 1], &share);
    try_link(l, sx[v] + share * (sx[v + 1] - sx[v]), sy[v] + share * (sy[v + 1] - sy[v]), x, y);
    sund_segment_nearest(cx, cy, p->x0, p->y0, p->x1, p->y1, &share);
    try_link(l, cx, cy, p->x0 + share * (p->x1 - p->x0), p->y0 + share * (p->y1 - p->y0));
  }
  return true;
}

static sund_code link_place(clipping *c, const sund_shapes *areas, const straight_piece *piece, size_t count) {
  linking l = {.o = c->o, .areas = areas, .best = {.leg_m = INFINITY}};
  const double reach = c->o->shore_m * c->o->scale;
  for (size_t i = 0; i < count; i++) {
    const straight_piece *p = l.piece = &piece[i];
    sund_index_search(c->o->water->segments->index,
                      (const double[4]){fmin(p->x0, p->x1) - reach, fmin(p->y0, p->y1) - reach,
                                        fmax(p->x0, p->x1) + reach, fmax(p->y0, p->y1) + reach},
                      try_shore, &l);
  }
  return isfinite(l.best.leg_m) ? keep(c, &l.best) : SUND_OK;
}

/* ----------------------------------------------------------------------------------------------------- opening */

static sund_code clip_place(clipping *c, const sund_shapes *areas, const straight_piece *piece, size_t count) {
  double box[4] = {INFINITY, INFINITY, -INFINITY, -INFINITY};
  for (size_t i = 0; i < count; i++) {
    box[0] = fmin(box[0], fmin(piece[i].x0, piece[i].x1)), box[1] = fmin(box[1], fmin(piece[i].y0, piece[i].y1));
    box[2] = fmax(box[2], fmax(piece[i].x0, piece[i].x1)), box[3] = fmax(box[3], fmax(piece[i].y0, piece[i].y1));
  }
  const bool dry = water_free_box(c->o->water, box);
  const size_t before = c->count;
  for (size_t i = 0; i < count; i++) TRY(dry ? keep(c, &piece[i]) : clip_piece(c, &piece[i]));
  if (!dry) TRY(land_bridges(c, areas, piece->row, box));
  return c->count > before ? SUND_OK : link_place(c, areas, piece, count);
}

static sund_code open_places(clipping *c, const sund_places *places, straight_set **out) {
  straight_set *set;
  TRY(straight_set_open(c->ctx, places, &set));
  for (size_t i = 0, to; i < set->count; i = to) {
    for (to = i + 1; to < set->count && set->piece[to].row == set->piece[i].row;) to++;
    TRY(clip_place(c, set->areas, set->piece + i, to - i));
  }
  set->piece = c->piece;
  set->count = c->count;
  TRY(straight_set_index(c->ctx, set));
  *out = set;
  return SUND_OK;
}

sund_code overland_place_open(sund_ctx *ctx, const sund_overland *o, const sund_places *places, straight_set **out) {
  sund_ctx *scratch = sund_ctx_child(ctx);
  if (!scratch) return SUND_LIMIT;
  clipping c = {.ctx = ctx, .scratch = scratch, .o = o};
  sund_code code = open_places(&c, places, out);
  if (code != SUND_OK) code = sund_ctx_pass(ctx, scratch);
  sund_ctx_free(scratch);
  return code;
}

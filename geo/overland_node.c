/* overland_node.c - where ways over land bend, and the steps between such places.
 *
 * A shortest way bends only at corners of the water that point towards the land, and it is taut there: the line along
 * which it comes and the line along which it goes both leave the two neighbours of the corner on one side. So only
 * pairs of corners whose line is taut at both ends have to be looked at (the tangent visibility graph; Rohnert 1986).
 * Bridges add nodes where they leave the shore and wherever they bend over the water.
 */
#include <math.h>
#include <stdlib.h>

#include "geo/overland.h"

/* A node before it has its number, and where in the list of places it stands. */
typedef struct mark {
  double x, y;
  size_t at;
} mark;

typedef struct drawing {
  sund_ctx *ctx, *scratch;
  sund_overland *o;
  size_t node_room;
  mark *mark; /* ends of the bridges' steps, two for each */
  size_t marks, mark_room;
  double *cut;
  size_t cut_room;
  overland_step *step; /* known steps, one way */
  size_t steps, step_room;
} drawing;

/* ----------------------------------------------------------------------------------------------------- corners */

static sund_code add_node(drawing *d, const overland_node *node) {
  sund_overland *o = d->o;
  if (o->nodes + 1 >= UINT32_MAX) return sund_fail(d->ctx, SUND_LIMIT, "more than 4 billion corners of water");
  overland_node *grown = sund_grow(d->ctx, o->node, &d->node_room, o->nodes + 1, sizeof *grown);
  if (!grown) return SUND_LIMIT;
  o->node = grown;
  o->node[o->nodes++] = *node;
  return SUND_OK;
}

static bool count_item(size_t item, void *data) {
  (void)item;
  ++*(size_t *)data;
  return true;
}

/* Does no other part of the shore come to this vertex? */
static bool is_alone(const water *w, double x, double y) {
  const double near = 2 * WATER_NEAR_M;
  size_t met = 0;
  sund_index_search(w->segments->index, (const double[4]){x - near, y - near, x + near, y + near}, count_item, &met);
  return met <= 2;
}

static sund_code add_step(drawing *d, size_t from, size_t to, double metres) {
  overland_step *grown = sund_grow(d->scratch, d->step, &d->step_room, d->steps + 1, sizeof *grown);
  if (!grown) return SUND_LIMIT;
  d->step = grown;
  d->step[d->steps++] = (overland_step){.from = (uint32_t)from, .to = (uint32_t)to, .metres = metres};
  return SUND_OK;
}

/* The corner at a vertex of a ring that begins at `begin` and is closed at `end`. Water lies on the left of its
 * boundary: it points to the land where the boundary turns left. */
static bool corner_at(const water *w, size_t begin, size_t end, size_t v, overland_node *out) {
  const double *x = w->areas->x, *y = w->areas->y;
  const size_t last = v > begin ? v - 1 : end - 1;
  const overland_node node = {.x = x[v],
                              .y = y[v],
                              .before = {x[last] - x[v], y[last] - y[v]},
                              .after = {x[v + 1] - x[v], y[v + 1] - y[v]},
                              .corner = true,
                              .alone = is_alone(w, x[v], y[v])};
  *out = node;
  return node.before[0] * node.after[1] - node.before[1] * node.after[0] < 0;
}

/* Corners of one ring, and the ways along the shore from each to the next. */
static sund_code add_corners(drawing *d, size_t begin, size_t end) {
  sund_overland *o = d->o;
  const double *x = o->water->areas->x, *y = o->water->areas->y;
  const size_t first = o->nodes;
  double metres = 0, to_first = 0; /* along the shore since the last corner; to the first one */
  for (size_t v = begin; v < end; v++) {
    overland_node node;
    if (v > begin) metres += straight_metres(o->ground, x[v - 1], y[v - 1], x[v], y[v]);
    if (!corner_at(o->water, begin, end, v, &node)) continue;
    TRY(add_node(d, &node));
    if (o->nodes == first + 1) to_first = metres;
    else TRY(add_step(d, o->nodes - 2, o->nodes - 1, metres));
    metres = 0;
  }
  if (o->nodes < first + 2) return SUND_OK;
  metres += straight_metres(o->ground, x[end - 1], y[end - 1], x[end], y[end]) + to_first;
  return add_step(d, o->nodes - 1, first, metres);
}

/* ----------------------------------------------------------------------------------------------------- bridges */

static sund_code add_mark(drawing *d, double x, double y) {
  mark *grown = sund_grow(d->scratch, d->mark, &d->mark_room, d->marks + 1, sizeof *grown);
  if (!grown) return SUND_LIMIT;
  d->mark = grown;
  d->mark[d->marks] = (mark){.x = x, .y = y, .at = d->marks};
  d->marks++;
  return SUND_OK;
}

/* The parts of a straight piece of bridge that lie over water. */
static sund_code add_span(drawing *d, const double a[2], const double b[2]) {
  size_t cuts;
  TRY(water_cuts(d->scratch, d->o->water, a, b, &d->cut, &d->cut_room, &cuts));
  for (size_t i = 0; i + 1 < cuts; i++) {
    const double from = d->cut[i], to = d->cut[i + 1], middle = (from + to) / 2;
    if (water_at(d->o->water, a[0] + middle * (b[0] - a[0]), a[1] + middle * (b[1] - a[1])) != WATER_IN) continue;
    TRY(add_mark(d, a[0] + from * (b[0] - a[0]), a[1] + from * (b[1] - a[1])));
    if (to < 1) TRY(add_mark(d, a[0] + to * (b[0] - a[0]), a[1] + to * (b[1] - a[1])));
    else TRY(add_mark(d, b[0], b[1]));
  }
  return SUND_OK;
}

/* A bridge that ends in the water near the shore is joined to it, as a start there would be. */
static sund_code add_landing(drawing *d, double x, double y) {
  const overland_start start = overland_start_at(d->o, x, y);
  if (start.lost || start.leg_m == 0) return SUND_OK;
  TRY(add_mark(d, x, y));
  return add_mark(d, start.x, start.y);
}

static int by_place(const void *left, const void *right) {
  const mark *a = left, *b = right;
  if (a->x != b->x) return a->x < b->x ? -1 : 1;
  if (a->y != b->y) return a->y < b->y ? -1 : 1;
  return (a->at > b->at) - (a->at < b->at);
}

/* Ends over the water where nothing goes on. */
static sund_code add_landings(drawing *d) {
  const size_t marks = d->marks;
  mark *sorted = sund_alloc(d->scratch, marks, sizeof *sorted);
  if (!sorted) return SUND_LIMIT;
  for (size_t i = 0; i < marks; i++) sorted[i] = d->mark[i];
  qsort(sorted, marks, sizeof *sorted, by_place);
  for (size_t i = 0, to; i < marks; i = to) {
    for (to = i + 1; to < marks && sorted[to].x == sorted[i].x && sorted[to].y == sorted[i].y;) to++;
    if (to - i == 1) TRY(add_landing(d, sorted[i].x, sorted[i].y));
  }
  return SUND_OK;
}

/* Nodes from the marks, equal places once, and the steps between them. */
static sund_code join_marks(drawing *d) {
  sund_overland *o = d->o;
  uint32_t *node = sund_alloc(d->scratch, d->marks, sizeof *node);
  mark *sorted = sund_alloc(d->scratch, d->marks, sizeof *sorted);
  if (!node || !sorted) return SUND_LIMIT;
  for (size_t i = 0; i < d->marks; i++) sorted[i] = d->mark[i];
  qsort(sorted, d->marks, sizeof *sorted, by_place);
  for (size_t i = 0; i < d->marks; i++) {
    const mark *m = &sorted[i];
    if (i == 0 || m->x != m[-1].x || m->y != m[-1].y)
      TRY(add_node(d, &(overland_node){.x = m->x, .y = m->y, .afloat = water_at(o->water, m->x, m->y) == WATER_IN}));
    node[m->at] = (uint32_t)(o->nodes - 1);
  }
  for (size_t i = 0; i < d->marks; i += 2) {
    const mark *from = &d->mark[i], *to = &d->mark[i + 1];
    water_join(o->water, (const double[2]){from->x, from->y}, (const double[2]){to->x, to->y});
    TRY(add_step(d, node[i], node[i + 1], straight_metres(o->ground, from->x, from->y, to->x, to->y)));
  }
  return SUND_OK;
}

/* The known steps, both ways, in the order of the nodes they begin at. */
static sund_code sort_steps(drawing *d) {
  sund_overland *o = d->o;
  o->first_known = sund_alloc(d->ctx, o->nodes + 1, sizeof *o->first_known);
  o->known = sund_alloc(d->ctx, d->steps, 2 * sizeof *o->known);
  if (!o->first_known || !o->known) return SUND_LIMIT;
  for (size_t i = 0; i < d->steps; i++) o->first_known[d->step[i].from]++, o->first_known[d->step[i].to]++;
  for (size_t v = 0, sum = 0; v <= o->nodes; v++) {
    sum += v < o->nodes ? o->first_known[v] : 0;
    o->first_known[v] = sum; /* the end, and the beginning once it is filled from behind */
  }
  for (size_t i = d->steps; i-- > 0;) {
    const overland_step step = d->step[i], back = {.from = step.to, .to = step.from, .metres = step.metres};
    o->known[--o->first_known[step.from]] = step;
    o->known[--o->first_known[back.from]] = back;
  }
  return SUND_OK;
}

static sund_code build(drawing *d, const sund_shapes *bridges) {
  sund_overland *o = d->o;
  const sund_shapes *shore = o->water->areas;
  for (size_t part = 0; part < shore->parts; part++)
    TRY(add_corners(d, shore->first_vertex[part], shore->first_vertex[part + 1] - 1));
  for (size_t part = 0; bridges && part < bridges->parts; part++)
    for (size_t v = bridges->first_vertex[part]; v + 1 < bridges->first_vertex[part + 1]; v++)
      TRY(add_span(d, (const double[2]){bridges->x[v], bridges->y[v]},
                   (const double[2]){bridges->x[v + 1], bridges->y[v + 1]}));
  TRY(add_landings(d));
  TRY(join_marks(d));
  water_settle(o->water);
  TRY(sort_steps(d));
  double *boxes = sund_alloc(d->scratch, o->nodes, 4 * sizeof *boxes);
  if (!boxes) return SUND_LIMIT;
  for (size_t v = 0; v < o->nodes; v++) {
    const overland_node *node = &o->node[v];
    boxes[4 * v] = boxes[4 * v + 2] = node->afloat ? NAN : node->x;
    boxes[4 * v + 1] = boxes[4 * v + 3] = node->afloat ? NAN : node->y;
  }
  return sund_index_build(d->ctx, o->nodes, boxes, &o->index);
}

sund_code overland_node_build(sund_ctx *ctx, sund_overland *o, const sund_shapes *bridges) {
  sund_ctx *scratch = sund_ctx_child(ctx);
  if (!scratch) return SUND_LIMIT;
  drawing d = {.ctx = ctx, .scratch = scratch, .o = o};
  sund_code code = build(&d, bridges);
  if (code != SUND_OK) code = sund_ctx_pass(ctx, scratch);
  sund_ctx_free(scratch);
  return code;
}

/* ------------------------------------------------------------------------------------------------------- sight */

bool overland_node_taut(const overland_node *node, double x, double y) {
  if (!node->corner) return !node->afloat;
  const double dx = x - node->x, dy = y - node->y, near = WATER_NEAR_M * (fabs(dx) + fabs(dy));
  const double before = dx * node->before[1] - dy * node->before[0],
               after = dx * node->after[1] - dy * node->after[0];
  return (before >= -near && after >= -near) || (before <= near && after <= near);
}

/* Where the shore has no other part here, a taut way does not lead into the water. */
static bool leaves_clear(const overland_node *node) {
  return node->corner && node->alone;
}

bool overland_node_sees(const sund_overland *o, const overland_node *node, double x, double y) {
  return water_clear(o->water, (const double[2]){x, y}, (const double[2]){node->x, node->y},
                     (const bool[2]){false, leaves_clear(node)});
}

bool overland_node_sees_node(const sund_overland *o, const overland_node *a, const overland_node *b) {
  return water_clear(o->water, (const double[2]){a->x, a->y}, (const double[2]){b->x, b->y},
                     (const bool[2]){leaves_clear(a), leaves_clear(b)});
}

/* entrances.c - where the network leads into areas.
 *
 * Rule 0: an edge of level 0 crosses or touches the boundary (outer rings and holes alike), runs along it, or ends
 * within a metre of it. Only for an area that has no such place, rule 1: points of the boundary near an edge of level 0,
 * with the straight way over to that edge as leg. These points are all vertices, points between them at the spacing, and
 * the places nearest to a vertex of the edge; since two straight segments that do not cross are nearest at an end of one
 * of them, the shortest leg of every edge is among them. Rule 2: such points for an area of open ground, beside the
 * places of rule 0; those nearest to a vertex of an edge then lead to that edge only.
 *
 * Of the places on one edge those that cannot win are left out: where walking along the edge to another place and taking
 * that one's leg is no longer. Areas are independent of each other: one parallel loop.
 */
#include <math.h>
#include <stdlib.h>

#include "geo/gather.h"
#include "geo/graph.h"
#include "geo/meet.h"

enum {
  BLOCK = 8,
  NEAR_MOST = 64 /* more segments than that are not gone through for every point: the index is asked again */
};

enum { OPEN_GROUND = 2 }; /* of accept */

#define END_M 1.0 /* a path that ends this near to a boundary leads in, ground metres */

typedef struct entrance {
  size_t area;
  sund_spot spot;
  double x, y; /* on the boundary */
  uint8_t rule;
} entrance;

/* Places found so far; grows in the worker's context. */
typedef struct list {
  entrance *at;
  size_t count, room;
  bool failed; /* out of memory, noted in the context */
} list;

/* Segments of the network near one segment of the boundary; grows in the worker's context. */
typedef struct items {
  size_t *at;
  size_t count, room;
} items;

typedef struct search {
  const sund_graph *graph;
  const sund_ground *ground;
  const sund_shapes *areas;
  const uint8_t *accept;
  double reach, spacing;     /* ground metres        */
  double map_reach, map_end; /* map metres for reach and END_M */
  double scale;              /* map metres a ground metre has at the most */
} search;

/* One segment or point of one area's boundary being looked at. */
typedef struct look {
  const search *s;
  sund_ctx *worker;
  list *found;
  items *near;
  size_t first; /* places found for this segment or point begin here */
  size_t area;
  uint8_t rule;   /* of points near a path: 1, or 2 on open ground */
  double side[4]; /* the segment: x, y, x, y              */
  double x, y;    /* the point                            */
  uint32_t only;  /* edge looked for from the point, or SUND_NO_EDGE = all */
} look;

static void add(look *l, entrance e) {
  list *found = l->found;
  if (found->failed) return;
  entrance *at = sund_grow(l->worker, found->at, &found->room, found->count + 1, sizeof *at);
  found->failed = !at;
  if (!at) return;
  found->at = at;
  e.area = l->area;
  found->at[found->count++] = e;
}

/* ------------------------------------------------------------------------------------------------------ places */

static entrance place_on(const look *l, size_t item, double share, double leg) {
  const sund_segments *segments = l->s->graph->segments;
  const size_t edge = segments->row[item];
  return (entrance){.spot = {.edge = (uint32_t)edge,
                             .along_m = graph_along(l->s->graph, l->s->ground, edge, segments->segment[item], share),
                             .leg_m = leg}};
}

static double part_way(double from, double to, double share) {
  return share < 1 ? from + share * (to - from) : to;
}

/* The network's segment `item` when it is of level 0. */
static bool on_ground(const look *l, size_t item, double side[4]) {
  const sund_graph *g = l->s->graph;
  if (g->edge_level[g->segments->row[item]] != 0) return false;
  const size_t v = g->segments->segment[item];
  side[0] = g->shape->x[v];
  side[1] = g->shape->y[v];
  side[2] = g->shape->x[v + 1];
  side[3] = g->shape->y[v + 1];
  return true;
}

/* Searches the network around a box. */
static void search_around(look *l, const double side[4], double by, bool (*visit)(size_t item, void *data)) {
  const double box[4] = {fmin(side[0], side[2]) - by, fmin(side[1], side[3]) - by, fmax(side[0], side[2]) + by,
                         fmax(side[1], side[3]) + by};
  sund_index_search(l->s->graph->segments->index, box, visit, l);
}

/* ------------------------------------------------------------------------------------------------------ rule 0 */

/* The boundary at `share` of its segment, and the network's segment at `at`, meet. */
static void add_meeting(look *l, size_t item, double share, double at, double leg) {
  entrance e = place_on(l, item, at, leg);
  e.x = part_way(l->side[0], l->side[2], share);
  e.y = part_way(l->side[1], l->side[3], share);
  add(l, e);
}

/* Pieces no longer than the spacing in a stretch of ground metres, at least one. */
static size_t steps_along(const look *l, double metres) {
  const double steps = l->s->spacing > 0 ? ceil(metres / l->s->spacing) : 1;
  return steps > 1 ? (size_t)steps : 1;
}

/* Ends on the other segment. Two of them apart from each other: the path runs along the boundary, and every place of the
 * shared stretch is an entrance; the ends and some between stand for it. */
static void add_touches(look *l, size_t item, const meet *met, const double path[4]) {
  double low = 2, high = -1, low_side = 0, high_side = 0;
  for (int k = 0; k < 4; k++) {
    if (isnan(met->on[k])) continue;
    const double at = k < 2 ? met->on[k] : k - 2, share = k < 2 ? k : met->on[k];
    add_meeting(l, item, share, at, 0);
    if (at < low) low = at, low_side = share;
    if (at > high) high = at, high_side = share;
  }
  const double shared = (high - low) * graph_metres(l->s->ground, path[0], path[1], path[2], path[3]);
  const size_t steps = steps_along(l, shared);
  for (size_t step = 1; step < steps; step++) {
    const double t = (double)step / (double)steps;
    add_meeting(l, item, low_side + t * (high_side - low_side), low + t * (high - low), 0);
  }
}

/* Does the path come to an end at this end (0 or 1) of the network's segment? */
static bool dead_end(const look *l, size_t item, size_t end) {
  const sund_graph *g = l->s->graph;
  const size_t edge = g->segments->row[item], v = g->segments->segment[item] + end;
  const bool start = v == g->shape->first_vertex[edge];
  if (!start && v + 1 != g->shape->first_vertex[edge + 1]) return false;
  const uint32_t node = start ? g->edge_from[edge] : g->edge_to[edge];
  return g->first_out[node + 1] - g->first_out[node] == 1;
}

static bool visit_meeting(size_t item, void *data) {
  look *l = data;
  double path[4];
  meet met;
  if (!on_ground(l, item, path)) return true;
  if (meet_segments(l->side, path, &met)) {
    if (met.cross) add_meeting(l, item, met.at_a, met.at_b, 0);
    else add_touches(l, item, &met, path);
  }
  for (size_t end = 0; end < 2; end++) {
    if (!dead_end(l, item, end)) continue;
    const double x = path[2 * end], y = path[2 * end + 1];
    double share;
    sund_segment_nearest(x, y, l->side[0], l->side[1], l->side[2], l->side[3], &share);
    const double leg = graph_metres(l->s->ground, x, y, part_way(l->side[0], l->side[2], share),
                                    part_way(l->side[1], l->side[3], share));
    if (leg <= END_M + GRAPH_ROUNDING_M) add_meeting(l, item, share, (double)end, leg <= MEET_NEAR_M ? 0 : leg);
  }
  return !l->found->failed;
}

static void look_meeting(look *l) {
  search_around(l, l->side, l->s->map_end, visit_meeting);
}

/* ------------------------------------------------------------------------------------------------ rules 1 and 2 */

/* The place on `edge` found for this segment or point, or NULL. */
static entrance *found_on(const look *l, size_t edge) {
  for (size_t i = l->first; i < l->found->count; i++)
    if (l->found->at[i].spot.edge == edge) return &l->found->at[i];
  return NULL;
}

/* From a point of the boundary over to the nearest place of an edge. */
static bool visit_point(size_t item, void *data) {
  look *l = data;
  double path[4], share;
  if (l->only != SUND_NO_EDGE && l->s->graph->segments->row[item] != l->only) return true;
  if (!on_ground(l, item, path)) return true;
  const double map_m = sund_segment_nearest(l->x, l->y, path[0], path[1], path[2], path[3], &share);
  entrance *old = found_on(l, l->s->graph->segments->row[item]);
  if (map_m > l->s->map_reach || (old && map_m > old->spot.leg_m * l->s->scale + GRAPH_ROUNDING_M)) return true;
  const double leg =
      graph_metres(l->s->ground, l->x, l->y, part_way(path[0], path[2], share), part_way(path[1], path[3], share));
  if (!(leg <= l->s->reach + GRAPH_ROUNDING_M)) return true;
  if (old && old->spot.leg_m < leg) return true;
  entrance e = place_on(l, item, share, leg);
  e.area = l->area;
  e.x = l->x;
  e.y = l->y;
  e.rule = l->rule;
  if (!old) add(l, e);
  else if (leg < old->spot.leg_m || e.spot.along_m < old->spot.along_m) *old = e;
  return !l->found->failed;
}

static void look_from(look *l, double x, double y) {
  const double point[4] = {x, y, x, y};
  l->x = x;
  l->y = y;
  l->first = l->found->count;
  if (l->near->count > NEAR_MOST) {
    search_around(l, point, l->s->map_reach, visit_point);
    return;
  }
  for (size_t i = 0; i < l->near->count; i++)
    if (!visit_point(l->near->at[i], l)) return;
}

static bool note_near(look *l, size_t item) {
  items *near = l->near;
  size_t *at = sund_grow(l->worker, near->at, &near->room, near->count + 1, sizeof *at);
  l->found->failed |= !at;
  if (!at) return false;
  near->at = at;
  at[near->count++] = item;
  return true;
}

/* Notes what is near the boundary's segment, and the place of it nearest to a vertex of each edge: points to look from. */
static bool visit_side(size_t item, void *data) {
  look *l = data;
  double path[4];
  if (!on_ground(l, item, path)) return true;
  if (!note_near(l, item)) return false;
  const size_t edge = l->s->graph->segments->row[item];
  for (size_t end = 0; end < 2; end++) {
    double share;
    const double away = sund_segment_nearest(path[2 * end], path[2 * end + 1], l->side[0], l->side[1], l->side[2],
                                             l->side[3], &share);
    if (!(away <= l->s->map_reach)) continue;
    const entrance e = {.spot = {.edge = (uint32_t)edge, .leg_m = away},
                        .x = part_way(l->side[0], l->side[2], share),
                        .y = part_way(l->side[1], l->side[3], share)};
    entrance *old = found_on(l, edge);
    if (!old) add(l, e);
    else if (away < old->spot.leg_m) *old = e;
  }
  return !l->found->failed;
}

static void look_near(look *l) {
  list points = {0}, *found = l->found;
  l->found = &points;
  l->first = 0;
  l->near->count = 0;
  search_around(l, l->side, l->s->map_reach, visit_side);
  l->found = found;
  found->failed |= points.failed;
  for (size_t i = 0; i < points.count; i++) { /* open ground has many: each is for its own edge */
    l->only = l->rule == 2 ? points.at[i].spot.edge : SUND_NO_EDGE;
    look_from(l, points.at[i].x, points.at[i].y);
  }
  l->only = SUND_NO_EDGE;
  const double metres = graph_metres(l->s->ground, l->side[0], l->side[1], l->side[2], l->side[3]);
  const size_t steps = steps_along(l, metres);
  for (size_t step = 0; step < steps; step++) { /* the segment's end is the next one's start */
    const double t = (double)step / (double)steps;
    look_from(l, part_way(l->side[0], l->side[2], t), part_way(l->side[1], l->side[3], t));
  }
}

/* ------------------------------------------------------------------------------------------------------- areas */

static void around_boundary(look *l, void (*at_side)(look *l)) {
  const sund_shapes *areas = l->s->areas;
  for (size_t part = areas->first_part[l->area]; part < areas->first_part[l->area + 1]; part++) {
    for (size_t v = areas->first_vertex[part]; v + 1 < areas->first_vertex[part + 1] && !l->found->failed; v++) {
      l->side[0] = areas->x[v];
      l->side[1] = areas->y[v];
      l->side[2] = areas->x[v + 1];
      l->side[3] = areas->y[v + 1];
      at_side(l);
    }
  }
}

static int by_edge(const void *left, const void *right) {
  const entrance *a = left, *b = right;
  if (a->spot.edge != b->spot.edge) return a->spot.edge < b->spot.edge ? -1 : 1;
  if (a->spot.along_m != b->spot.along_m) return a->spot.along_m < b->spot.along_m ? -1 : 1;
  if (a->rule != b->rule) return a->rule < b->rule ? -1 : 1;
  if (a->spot.leg_m != b->spot.leg_m) return a->spot.leg_m < b->spot.leg_m ? -1 : 1;
  if (a->x != b->x) return a->x < b->x ? -1 : 1;
  return a->y < b->y ? -1 : a->y > b->y;
}

/* Is walking along the edge to the other place and taking its leg no longer? A place of a smaller rule stays beside one
 * that is as good. */
static bool beaten(const entrance *place, const entrance *by) {
  if (by->spot.edge != place->spot.edge) return false;
  const double rounding = by->rule <= place->rule ? GRAPH_ROUNDING_M : -GRAPH_ROUNDING_M;
  return by->spot.leg_m + fabs(place->spot.along_m - by->spot.along_m) <= place->spot.leg_m + rounding;
}

/* Leaves out the places beaten by one before them on their edge, then those beaten by one after them. */
static void thin(list *found) {
  size_t kept = 0;
  for (size_t i = 0; i < found->count; i++) { /* the last place kept is the best before: it beat those before it */
    if (kept && beaten(&found->at[i], &found->at[kept - 1])) continue;
    found->at[kept++] = found->at[i];
  }
  size_t first = kept;
  for (size_t i = kept; i-- > 0;) {
    if (first < kept && beaten(&found->at[i], &found->at[first])) continue;
    found->at[--first] = found->at[i];
  }
  found->count = kept - first;
  for (size_t i = 0; i < found->count; i++) found->at[i] = found->at[first + i];
}

static sund_code find_entrances(sund_ctx *worker, size_t begin, size_t end, void *data, gather *out) {
  const search *s = data;
  list found = {0};
  items near = {0};
  for (size_t area = begin; area < end; area++) {
    if (s->accept && !s->accept[area]) continue;
    const bool open = s->accept && s->accept[area] == OPEN_GROUND;
    look l = {.s = s, .worker = worker, .found = &found, .near = &near, .area = area, .rule = open ? 2 : 1};
    found.count = 0;
    around_boundary(&l, look_meeting);
    if (open || found.count == 0) around_boundary(&l, look_near);
    if (found.failed) return SUND_LIMIT;
    if (found.count) qsort(found.at, found.count, sizeof *found.at, by_edge);
    thin(&found);
    for (size_t i = 0; i < found.count; i++) gather_push(out, &found.at[i]);
  }
  return SUND_OK;
}

static sund_code deliver(sund_ctx *ctx, const entrance *found, size_t count, sund_entrances **out) {
  sund_entrances *e = sund_alloc(ctx, 1, sizeof *e);
  if (!e) return SUND_LIMIT;
  e->count = count;
  e->spot = sund_alloc(ctx, count, sizeof *e->spot);
  e->area = sund_alloc(ctx, count, sizeof *e->area);
  e->rule = sund_alloc(ctx, count, 1);
  e->x = sund_alloc(ctx, count, sizeof *e->x);
  e->y = sund_alloc(ctx, count, sizeof *e->y);
  if (!e->spot || !e->area || !e->rule || !e->x || !e->y) return SUND_LIMIT;
  for (size_t i = 0; i < count; i++) {
    e->spot[i] = found[i].spot;
    e->area[i] = found[i].area;
    e->rule[i] = found[i].rule;
    e->x[i] = found[i].x;
    e->y[i] = found[i].y;
  }
  *out = e;
  return SUND_OK;
}

sund_code sund_graph_entrances(sund_ctx *ctx, const sund_graph *graph, const sund_ground *ground,
                               const sund_shapes *areas, const uint8_t *accept, double reach, double spacing,
                               sund_entrances **out) {
  sund_ctx *scratch = sund_ctx_child(ctx);
  if (!scratch) return SUND_LIMIT;
  search s = {.graph = graph, .ground = ground, .areas = areas, .accept = accept, .reach = reach, .spacing = spacing};
  s.map_reach = graph_map_reach(ground, reach);
  s.map_end = graph_map_reach(ground, END_M);
  s.scale = graph_map_reach(ground, 1);
  const gather_plan plan = {.rows = areas->rows, .block = BLOCK, .size = sizeof(entrance)};
  void *found = NULL;
  size_t count = 0;
  sund_code code = gather_for(scratch, &plan, find_entrances, &s, &found, &count);
  if (code == SUND_OK) code = deliver(ctx, found, count, out);
  else sund_ctx_pass(ctx, scratch);
  sund_ctx_free(scratch);
  return code;
}

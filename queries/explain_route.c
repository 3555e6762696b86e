/* explain_route.c - the way from a home to the green, leg by leg, drawn again from what the result holds.
 *
 * Network: the edges of the layer walk_network are joined again as they are, the home goes to its nearest street, the
 * entrance lies at its place on the path, and the shortest way between the two is the one that was measured. No edge
 * farther from the home than the distance, as drawn, can be part of it. Over land: the bent way of the layer access_detours, else
 * the straight line. The legs must add up to the distance in the result; when they do not, that is said.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "explain_access.h"

const char *const explain_leg_names[] = {"to_path", "along", "to_entrance", "land", "straight"};

/* Legs that miss the result's distance by more do not add up. */
static const double AGREES_M = 0.05;
/* The place of an entrance lies on its path but for rounding. */
static const double ON_PATH_M = 1;
/* A line shorter than this is none. */
static const double LINE_M = 0.001;

/* The walk network as stored, joined again. */
typedef struct net {
  const sund_table *edges;
  sund_graph *graph;
  uint8_t *street, *level_ground; /* edges of the graph */
} net;

/* -------------------------------------------------------------------------------------------------------- network */

/* Metres walked per metre drawn, at least: less than 1 where edges are shorter than they are drawn (ferries). */
static double least_factor(const access_facts *facts, const sund_table *edges) {
  const double *length = sund_table_real(edges, "length_m");
  const sund_shapes *s = edges->shapes;
  double least = 1;
  for (size_t e = 0; length && e < edges->rows; e++) {
    double drawn = 0;
    for (size_t p = s->first_part[e]; p < s->first_part[e + 1]; p++)
      for (size_t v = s->first_vertex[p]; v + 1 < s->first_vertex[p + 1]; v++)
        drawn += sund_ground_distance(facts->ground, s->x[v], s->y[v], s->x[v + 1], s->y[v + 1]);
    if (drawn > 0 && length[e] > 0) least = fmin(least, length[e] / drawn);
  }
  return least;
}

/* Edges near enough to the home to be part of a way. */
static sund_code near_edges(sund_ctx *ctx, const access_facts *facts, const sund_table *edges, uint8_t **keep) {
  double reach = 0, smallest, largest, box[4];
  for (size_t i = 0; i < facts->cases; i++)
    reach = fmax(reach, fmax(facts->one[i].dist, EXPLAIN_FARTHER * facts->one[i].snap_limit_m));
  sund_ground_scale(facts->ground, &smallest, &largest);
  reach = reach / least_factor(facts, edges) * largest * 1.001 + 1;
  if (!(*keep = sund_alloc(ctx, edges->rows, 1))) return SUND_LIMIT;
  for (size_t e = 0; e < edges->rows; e++)
    (*keep)[e] = sund_shapes_box(edges->shapes, e, box) && box[0] <= facts->x + reach && box[2] >= facts->x - reach &&
                 box[1] <= facts->y + reach && box[3] >= facts->y - reach;
  return SUND_OK;
}

/* Ends of edges by place: equal ones stand together. */
typedef struct edge_end {
  double x, y;
  size_t vertex;
} edge_end;

static int by_place(const void *a, const void *b) {
  const edge_end *p = a, *q = b;
  if (p->x != q->x) return p->x < q->x ? -1 : 1;
  if (p->y != q->y) return p->y < q->y ? -1 : 1;
  return (p->vertex > q->vertex) - (p->vertex < q->vertex);
}

/* Edges of a result meet at their ends and nowhere else, whatever they cross: a node for each place where they end. */
static sund_code name_ends(sund_ctx *ctx, const sund_table *edges, sund_topology **out) {
  const sund_shapes *s = edges->shapes;
  sund_topology *topology = sund_alloc(ctx, 1, sizeof *topology);
  edge_end *end = sund_alloc(ctx, 2 * s->parts, sizeof *end);
  if (!topology || !end) return SUND_LIMIT;
  if (!(topology->node = sund_alloc(ctx, s->vertices, sizeof *topology->node))) return SUND_LIMIT;
  for (size_t v = 0; v < s->vertices; v++) topology->node[v] = (int64_t)(s->vertices + v); /* nobody else's */
  for (size_t k = 0; k < 2 * s->parts; k++) {
    const size_t v = k % 2 ? s->first_vertex[k / 2 + 1] - 1 : s->first_vertex[k / 2];
    end[k] = (edge_end){s->x[v], s->y[v], v};
  }
  if (s->parts) qsort(end, 2 * s->parts, sizeof *end, by_place);
  for (size_t k = 0; k < 2 * s->parts; k++) {
    const bool same = k > 0 && end[k].x == end[k - 1].x && end[k].y == end[k - 1].y;
    topology->node[end[k].vertex] = same ? topology->node[end[k - 1].vertex] : (int64_t)k;
  }
  *out = topology;
  return SUND_OK;
}

static sund_code join_edges(sund_ctx *ctx, const access_facts *facts, net *out) {
  const sund_table *edges = out->edges;
  const int64_t *level = sund_table_int(edges, "level"), *street = sund_table_int(edges, "street");
  sund_join_report report;
  uint8_t *keep;
  int32_t *levels = sund_alloc(ctx, edges->rows, sizeof *levels);
  if (!levels) return SUND_LIMIT;
  for (size_t e = 0; level && e < edges->rows; e++) levels[e] = level[e] == SUND_NULL_INT ? 0 : (int32_t)level[e];
  TRY(near_edges(ctx, facts, edges, &keep));
  sund_topology *topology;
  TRY(name_ends(ctx, edges, &topology));
  sund_table lines = *edges;
  lines.topology = topology;
  const sund_network_ask ask = {
      .lines = &lines, .level = levels, .length_m = sund_table_real(edges, "length_m"), .keep = keep};
  TRY(sund_graph_network(ctx, &ask, facts->ground, &out->graph, &report));
  const sund_graph *g = out->graph;
  out->street = sund_alloc(ctx, g->edges, 1), out->level_ground = sund_alloc(ctx, g->edges, 1);
  if (!out->street || !out->level_ground) return SUND_LIMIT;
  for (size_t e = 0; e < g->edges; e++) {
    out->street[e] = street && street[g->edge_line[e]] == 1;
    out->level_ground[e] = g->edge_level[e] == 0;
  }
  return SUND_OK;
}

/* The network, read when it is first needed; out->edges NULL when the result has none. */
static sund_code open_net(sund_ctx *ctx, const access_facts *facts, net *out) {
  static const char *const columns[] = {"source", "class", "level", "street", "length_m", NULL};
  sund_table *edges;
  if (out->graph) return SUND_OK;
  TRY(sund_result_table(ctx, facts->question->result, "walk_network", columns, NULL, &edges));
  if (!edges || edges->kind != SUND_LINE) return SUND_OK;
  out->edges = edges;
  return join_edges(ctx, facts, out);
}

/* "street, path": classes of the way's edges from one source, each once, in their order. */
static const char *classes_of(sund_ctx *ctx, const net *n, const sund_way *way, const char *source) {
  const char **sources = sund_table_text(n->edges, "source"), **class = sund_table_text(n->edges, "class");
  const char *list = "";
  for (size_t i = 0; list && class && i < way->edges; i++) {
    size_t row = n->graph->edge_line[way->edge[i]];
    if (!class[row] || !sources[row] || strcmp(sources[row], source) != 0 || explain_listed(list, class[row]))
      continue;
    list = sund_text(ctx, "%s%s%s", list, *list ? ", " : "", class[row]);
  }
  return list;
}

/* "roads.gpkg (street, path); paths.gpkg" */
static sund_code used_by(sund_ctx *ctx, const net *n, const sund_way *way, const char **out) {
  const char **source = sund_table_text(n->edges, "source");
  const char *seen = "";
  *out = "";
  for (size_t i = 0; source && i < way->edges; i++) {
    const char *name = source[n->graph->edge_line[way->edge[i]]];
    if (!name || explain_listed(seen, name)) continue;
    const char *classes = classes_of(ctx, n, way, name);
    seen = sund_text(ctx, "%s%s%s", seen, *seen ? ", " : "", name);
    if (!classes || !seen) return SUND_LIMIT;
    *out = sund_text(ctx, "%s%s%s%s%s%s", *out, **out ? "; " : "", name, *classes ? " (" : "", classes,
                     *classes ? ")" : "");
    if (!*out) return SUND_LIMIT;
  }
  return SUND_OK;
}

/* ----------------------------------------------------------------------------------------------------------- legs */

static void add_leg(access_case *one, access_leg leg) {
  double length = 0;
  for (size_t i = 1; i < leg.vertices; i++) length += hypot(leg.x[i] - leg.x[i - 1], leg.y[i] - leg.y[i - 1]);
  if (length < LINE_M) leg.vertices = 0, leg.x = leg.y = NULL;
  one->leg[one->legs++] = leg;
  one->sum_m += leg.metres;
}

static sund_code add_pair(sund_ctx *ctx, access_case *one, leg_kind kind, double metres, const double end[4]) {
  double *x = sund_alloc(ctx, 2, sizeof *x), *y = sund_alloc(ctx, 2, sizeof *y);
  if (!x || !y) return SUND_LIMIT;
  x[0] = end[0], y[0] = end[1], x[1] = end[2], y[1] = end[3];
  add_leg(one, (access_leg){.kind = kind, .metres = metres, .vertices = 2, .x = x, .y = y});
  return SUND_OK;
}

static sund_code network_legs(sund_ctx *ctx, const access_facts *facts, const net *n, const sund_spot *from,
                              const sund_spot *to, access_case *one) {
  sund_way way;
  TRY(sund_route_way(ctx, n->graph, from, to, &way));
  if (isnan(way.metres) || !way.vertices) {
    one->drawing = NOT_FOUND;
    return SUND_OK;
  }
  size_t last = way.vertices - 1;
  access_leg along = {.kind = LEG_ALONG,
                      .metres = fmax(0, way.metres - from->leg_m - to->leg_m),
                      .vertices = way.vertices,
                      .x = way.x,
                      .y = way.y};
  TRY(used_by(ctx, n, &way, &along.used));
  TRY(add_pair(ctx, one, LEG_TO_PATH, from->leg_m, (const double[]){facts->x, facts->y, way.x[0], way.y[0]}));
  add_leg(one, along);
  TRY(add_pair(ctx, one, LEG_TO_ENTRANCE, to->leg_m,
               (const double[]){way.x[last], way.y[last], one->near_x, one->near_y}));
  one->drawing = DRAWN;
  return SUND_OK;
}

static sund_code way_along_network(sund_ctx *ctx, const access_facts *facts, net *n, access_case *one) {
  const sund_table *entrances = facts->entrances;
  one->drawing = one->entrance == SIZE_MAX ? BEYOND : NOT_STORED;
  if (one->entrance == SIZE_MAX) return SUND_OK;
  const double *x = sund_table_real(entrances, "path_x"), *y = sund_table_real(entrances, "path_y");
  const double *leg = sund_table_real(entrances, "leg_m");
  if (entrances->x) one->near_x = entrances->x[one->entrance], one->near_y = entrances->y[one->entrance];
  if (!x || !y || !leg || !isfinite(x[one->entrance]) || !isfinite(y[one->entrance]) || !isfinite(one->near_x))
    return SUND_OK;
  TRY(open_net(ctx, facts, n));
  if (!n->graph) return SUND_OK;
  sund_spot from, to;
  TRY((one->nodes ? sund_graph_snap_nodes : sund_graph_snap)(ctx, n->graph, facts->ground, 1, &facts->x, &facts->y,
                                                             one->snap_limit_m, n->street, &from));
  TRY(sund_graph_snap(ctx, n->graph, facts->ground, 1, &x[one->entrance], &y[one->entrance], ON_PATH_M,
                      n->level_ground, &to));
  to.leg_m = isfinite(leg[one->entrance]) ? leg[one->entrance] : 0;
  return network_legs(ctx, facts, n, &from, &to, one);
}

/* Straight to the nearest point of the green. */
static sund_code way_straight(sund_ctx *ctx, const access_facts *facts, leg_kind kind, access_case *one) {
  size_t row;
  double metres;
  uint8_t *accept = sund_alloc(ctx, facts->green->rows, 1);
  if (!accept) return SUND_LIMIT;
  accept[one->green] = 1;
  sund_places places = explain_places(facts, accept);
  TRY(sund_straight_ranked(ctx, &places, facts->ground, INFINITY, 1, 1, &facts->x, &facts->y, &metres, &row,
                           &one->near_x, &one->near_y));
  if (row == SIZE_MAX) {
    one->drawing = NOT_FOUND;
    return SUND_OK;
  }
  one->drawing = DRAWN;
  return add_pair(ctx, one, kind, metres, (const double[]){facts->x, facts->y, one->near_x, one->near_y});
}

/* The bent way of the home and standard among those of the home; SIZE_MAX = it has none. */
static size_t detour_of(const access_facts *facts, const sund_table *detours, const char *standard) {
  const int64_t *piece = sund_table_int(detours, "piece");
  const char **name = sund_table_text(detours, "standard");
  for (size_t i = 0; name && i < detours->rows; i++)
    if (name[i] && strcmp(name[i], standard) == 0 && (!piece || piece[i] == facts->piece)) return i;
  return SIZE_MAX;
}

static sund_code way_over_land(sund_ctx *ctx, const access_facts *facts, access_case *one) {
  sund_table *detours;
  TRY(sund_result_table(ctx, facts->question->result, "access_detours", NULL, &(sund_match){"home_id", facts->id},
                        &detours));
  size_t row = detours && detours->kind == SUND_LINE ? detour_of(facts, detours, one->standard) : SIZE_MAX;
  if (row == SIZE_MAX && one->dist > one->straight_m + AGREES_M) {
    one->drawing = NOT_STORED;
    return SUND_OK;
  }
  if (row == SIZE_MAX) return way_straight(ctx, facts, LEG_LAND, one);
  const sund_shapes *s = detours->shapes;
  const double *length = sund_table_real(detours, "length_m");
  size_t first = s->first_vertex[s->first_part[row]], end = s->first_vertex[s->first_part[row + 1]];
  if (end - first < 2) {
    one->drawing = NOT_STORED;
    return SUND_OK;
  }
  one->near_x = s->x[end - 1], one->near_y = s->y[end - 1];
  one->drawing = DRAWN;
  add_leg(one, (access_leg){.kind = LEG_LAND,
                            .metres = length ? length[row] : NAN,
                            .vertices = end - first,
                            .x = s->x + first,
                            .y = s->y + first});
  return SUND_OK;
}

/* How far the nearest street is from a home that has none near enough. */
static sund_code nearest_path(sund_ctx *ctx, const access_facts *facts, net *n, access_case *one) {
  const char *reason = explain_home_text(facts, "reason");
  sund_spot spot;
  if (one->way != WAY_NETWORK || !reason || strcmp(reason, "no-path") != 0) return SUND_OK;
  TRY(open_net(ctx, facts, n));
  if (!n->graph) return SUND_OK;
  TRY(sund_graph_snap(ctx, n->graph, facts->ground, 1, &facts->x, &facts->y, EXPLAIN_FARTHER * one->snap_limit_m,
                      n->street, &spot));
  if (spot.edge != SUND_NO_EDGE) one->path_m = spot.leg_m;
  return SUND_OK;
}

static sund_code find_way(sund_ctx *ctx, const access_facts *facts, net *n, access_case *one) {
  one->drawing = NO_WAY;
  if (!facts->placed || one->way == WAY_TABLE) return SUND_OK;
  if (one->met < 0) return nearest_path(ctx, facts, n, one);
  if (isnan(one->dist)) return SUND_OK;
  if (one->dist == 0 && one->entrance == SIZE_MAX) {
    one->drawing = INSIDE;
    one->near_x = facts->x, one->near_y = facts->y;
    return SUND_OK;
  }
  one->drawing = NOT_STORED;
  if (one->green == SIZE_MAX && one->way != WAY_NETWORK) {
    one->drawing = BEYOND;
    return SUND_OK;
  }
  if (one->way == WAY_NETWORK) TRY(way_along_network(ctx, facts, n, one));
  else if (one->way == WAY_LAND) TRY(way_over_land(ctx, facts, one));
  else TRY(way_straight(ctx, facts, LEG_STRAIGHT, one));
  if (one->drawing == DRAWN && !(fabs(one->sum_m - one->dist) <= AGREES_M)) one->drawing = DIFFERS;
  return SUND_OK;
}

sund_code explain_ways(sund_ctx *ctx, access_facts *facts) {
  net n = {0};
  for (size_t i = 0; i < facts->cases; i++) TRY(find_way(ctx, facts, &n, &facts->one[i]));
  return SUND_OK;
}

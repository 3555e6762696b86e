/* join.c - a network from lines: the order of work, and what the steps share.
 *
 *   clean   the lines kept, without repeated vertices
 *   cross   where lines of one level meet (join_cross.c)
 *   stops   all nodes in order along each line: the first draft of the network
 *   near    ends that stop short of a node or line (join_near.c), judged on that draft
 *   stops   the final order
 *   build   nodes numbered along a Hilbert curve, edges, arcs, components (graph.c)
 *
 * Every step is a parallel loop that writes only its own rows, followed by a merge in the order of the rows. Memory is
 * linear in vertices and crossings.
 */
#include "geo/join.h"

#include <math.h>

#include "geo/graph.h"
#include "geo/meet.h"
#include "geo/unite.h"

int join_by_place(const void *left, const void *right) {
  const join_place *a = left, *b = right;
  if (a->vertex != b->vertex) return a->vertex < b->vertex ? -1 : 1;
  if (a->share != b->share) return a->share < b->share ? -1 : 1;
  return a->node < b->node ? -1 : a->node > b->node;
}

/* ---------------------------------------------------------------------------------------------------- cleaning */

/* Copies one part to `to` without vertices that repeat the one before; its last vertex stays. Returns the vertices
 * written; fewer than 2 when the part has no length. */
static size_t copy_part(const sund_shapes *lines, size_t part, double *x, double *y) {
  size_t n = 0;
  const size_t end = lines->first_vertex[part + 1];
  for (size_t v = lines->first_vertex[part]; v < end; v++) {
    const double vx = lines->x[v] + 0.0, vy = lines->y[v] + 0.0; /* -0 becomes 0: equal numbers have equal bits */
    const bool repeats = n > 0 && hypot(vx - x[n - 1], vy - y[n - 1]) <= MEET_NEAR_M;
    if (!repeats) {
      x[n] = vx;
      y[n++] = vy;
    } else if (v + 1 == end && n > 1) {
      x[n - 1] = vx;
      y[n - 1] = vy;
    }
  }
  return n;
}

static bool finite_part(const sund_shapes *lines, size_t part) {
  for (size_t v = lines->first_vertex[part]; v < lines->first_vertex[part + 1]; v++)
    if (!isfinite(lines->x[v]) || !isfinite(lines->y[v])) return false;
  return true;
}

sund_code join_clean(sund_ctx *scratch, sund_ctx *early, join *j, const sund_shapes *lines, const int32_t *level,
                     const uint8_t *keep, sund_join_report *report) {
  if (lines->vertices >= JOIN_NONE / 2)
    return sund_fail(scratch, SUND_LIMIT, "the network has %zu vertices; %u are the most", lines->vertices,
                     JOIN_NONE / 2 - 1);
  sund_shapes *shapes;
  TRY(sund_shapes_new(scratch, SUND_LINE, lines->parts, lines->parts, lines->vertices, &shapes));
  j->line = sund_alloc(scratch, lines->parts, sizeof *j->line);
  j->level = sund_alloc(scratch, lines->parts, sizeof *j->level);
  if (!j->line || !j->level) return SUND_LIMIT;
  size_t parts = 0, vertices = 0;
  for (size_t row = 0; row < lines->rows; row++) {
    if (keep && !keep[row]) continue;
    for (size_t part = lines->first_part[row]; part < lines->first_part[row + 1]; part++) {
      if (!finite_part(lines, part))
        return sund_fail(scratch, SUND_DATA, "line %zu has a coordinate that is no number", row);
      const size_t n = copy_part(lines, part, shapes->x + vertices, shapes->y + vertices);
      if (n < 2) {
        report->dropped++;
        continue;
      }
      j->line[parts] = row;
      j->level[parts] = level ? level[row] : 0;
      vertices += n;
      parts++;
      shapes->first_part[parts] = parts;
      shapes->first_vertex[parts] = vertices;
    }
  }
  shapes->rows = shapes->parts = parts;
  shapes->vertices = vertices;
  j->shapes = shapes;
  j->rows = lines->rows;
  return sund_segments_build(early, shapes, &j->segments);
}

/* ------------------------------------------------------------------------------------------------------- stops */

static sund_code room_for_stops(sund_ctx *scratch, join *j) {
  size_t count = j->cuts;
  for (size_t v = 0; v < j->shapes->vertices; v++) count += j->at_vertex[v] != JOIN_NONE;
  j->stop = sund_alloc(scratch, count, sizeof *j->stop);
  j->stop_part = sund_alloc(scratch, count, sizeof *j->stop_part);
  return j->stop && j->stop_part ? SUND_OK : SUND_LIMIT;
}

static double segment_length(const sund_shapes *shapes, size_t v) {
  return hypot(shapes->x[v + 1] - shapes->x[v], shapes->y[v + 1] - shapes->y[v]);
}

/* Is this cut the same place as the last stop? Several lines through one point all cut there. */
static bool repeats(const join *j, const join_place *last, const join_place *next) {
  return last->node == next->node && last->vertex == next->vertex && next->share > 0 &&
         (next->share - last->share) * segment_length(j->shapes, next->vertex) <= 2 * MEET_NEAR_M;
}

static void add_stop(join *j, size_t part, uint32_t vertex, uint32_t node, double share) {
  const join_place stop = {.vertex = vertex, .node = unite_root(j->parent, node), .share = share};
  const size_t n = j->stops;
  if (n > 0 && j->stop_part[n - 1] == part && repeats(j, &j->stop[n - 1], &stop)) return;
  j->stop[n] = stop;
  j->stop_part[n] = (uint32_t)part;
  j->stops++;
}

sund_code join_stops(sund_ctx *scratch, join *j) {
  TRY(room_for_stops(scratch, j));
  j->stops = 0;
  size_t cut = 0;
  for (size_t part = 0; part < j->shapes->parts; part++) {
    const uint32_t end = (uint32_t)j->shapes->first_vertex[part + 1];
    for (uint32_t v = (uint32_t)j->shapes->first_vertex[part]; v < end; v++) {
      if (j->at_vertex[v] != JOIN_NONE) add_stop(j, part, v, j->at_vertex[v], 0);
      for (; cut < j->cuts && j->cut[cut].vertex == v; cut++)
        add_stop(j, part, v, j->cut[cut].node, j->cut[cut].share);
    }
  }
  return SUND_OK;
}

/* -------------------------------------------------------------------------------------------------- the whole */

/* Ends that lie elsewhere than they were drawn. */
static size_t count_moved_ends(join *j) {
  size_t moved = 0;
  for (size_t part = 0; part < j->shapes->parts; part++) {
    const size_t ends[2] = {j->shapes->first_vertex[part], j->shapes->first_vertex[part + 1] - 1};
    for (int k = 0; k < 2; k++) {
      const uint32_t node = unite_root(j->parent, j->at_vertex[ends[k]]);
      moved += hypot(j->x[node] - j->shapes->x[ends[k]], j->y[node] - j->shapes->y[ends[k]]) > GRAPH_ROUNDING_M;
    }
  }
  return moved;
}

/* Everything up to the graph itself. near: nodes of j, see join_near. */
static sund_code prepare(sund_ctx *scratch, join *j, const sund_shapes *lines, const int32_t *level,
                         const uint8_t *keep, uint8_t **near, sund_join_report *report) {
  sund_ctx *early = sund_ctx_child(scratch);
  if (!early) return SUND_LIMIT;
  sund_code code = join_clean(scratch, early, j, lines, level, keep, report);
  if (code == SUND_OK) code = join_cross(scratch, early, j, report);
  if (code == SUND_OK) code = join_stops(early, j);
  if (code == SUND_OK) code = join_near(scratch, early, j, near);
  if (code == SUND_OK) code = join_stops(scratch, j);
  if (code == SUND_OK) report->snapped_ends = count_moved_ends(j);
  if (code != SUND_OK) code = sund_ctx_pass(scratch, early);
  sund_ctx_free(early);
  j->segments = NULL;
  return code;
}

sund_code sund_graph_join(sund_ctx *ctx, const sund_shapes *lines, const int32_t *level, const double *length_m,
                          const uint8_t *keep, double tolerance, const sund_ground *ground, sund_graph **out,
                          sund_join_report *report) {
  sund_ctx *scratch = sund_ctx_child(ctx);
  if (!scratch) return SUND_LIMIT;
  sund_join_report said = {.lines = lines->rows, .near_x = NAN, .near_y = NAN};
  join j = {.ground = ground, .tolerance = tolerance};
  uint8_t *near = NULL;
  sund_code code = prepare(scratch, &j, lines, level, keep, &near, &said);
  if (code == SUND_OK) code = graph_build(ctx, scratch, &j, length_m, near, out, &said);
  if (code == SUND_OK && report) *report = said;
  if (code != SUND_OK) code = sund_ctx_pass(ctx, scratch);
  sund_ctx_free(scratch);
  return code;
}

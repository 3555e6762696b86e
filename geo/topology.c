/* topology.c - node ids and turns of lines, taken along when rows are picked or joined (sund_shapes_pick,
 * sund_shapes_join, whose order of parts and vertices is followed).
 */
#include <string.h>

#include "sund/geo.h"

static sund_code new_topology(sund_ctx *ctx, size_t vertices, size_t turns, sund_topology **out) {
  sund_topology *t = sund_alloc(ctx, 1, sizeof *t);
  if (!t) return SUND_LIMIT;
  t->node = sund_alloc(ctx, vertices, sizeof *t->node);
  t->turn = sund_alloc(ctx, turns, sizeof *t->turn);
  *out = t;
  return t->node && t->turn ? SUND_OK : SUND_LIMIT;
}

/* --------------------------------------------------------------------------------------------------------- picking */

static bool all_picked(const sund_turn *turn, const size_t *to) {
  bool all = to[turn->from] != SIZE_MAX && to[turn->to] != SIZE_MAX;
  for (size_t k = 0; k < turn->via_rows; k++) all = all && to[turn->via[k]] != SIZE_MAX;
  return all;
}

/* The turn with its rows called as `to` says: rows of the source, new row. */
static sund_code copy_turn(sund_ctx *ctx, const sund_turn *turn, const size_t *to, size_t shift, sund_turn *out) {
  *out = *turn;
  out->from = to ? to[turn->from] : turn->from + shift;
  out->to = to ? to[turn->to] : turn->to + shift;
  if (turn->via_rows == 0) return SUND_OK;
  if (!(out->via = sund_alloc(ctx, turn->via_rows, sizeof *out->via))) return SUND_LIMIT;
  for (size_t k = 0; k < turn->via_rows; k++) out->via[k] = to ? to[turn->via[k]] : turn->via[k] + shift;
  return SUND_OK;
}

static size_t row_vertices(const sund_shapes *shapes, size_t row) {
  return shapes->first_vertex[shapes->first_part[row + 1]] - shapes->first_vertex[shapes->first_part[row]];
}

static sund_code pick(sund_ctx *ctx, sund_ctx *scratch, const sund_shapes *from, const sund_topology *topology,
                      size_t count, const size_t *row, sund_topology **out) {
  size_t *to = sund_alloc(scratch, from->rows, sizeof *to), vertices = 0, turns = 0;
  if (!to) return SUND_LIMIT;
  memset(to, 0xff, from->rows * sizeof *to);
  for (size_t i = count; i-- > 0;) to[row[i]] = i; /* picked twice: the first of them */
  for (size_t i = 0; i < count; i++) vertices += row_vertices(from, row[i]);
  for (size_t k = 0; k < topology->turns; k++) turns += all_picked(&topology->turn[k], to);
  TRY(new_topology(ctx, vertices, turns, out));
  vertices = 0;
  for (size_t i = 0; i < count; i++) {
    const size_t n = row_vertices(from, row[i]);
    memcpy((*out)->node + vertices, topology->node + from->first_vertex[from->first_part[row[i]]],
           n * sizeof *topology->node);
    vertices += n;
  }
  for (size_t k = 0; k < topology->turns; k++)
    if (all_picked(&topology->turn[k], to))
      TRY(copy_turn(ctx, &topology->turn[k], to, 0, &(*out)->turn[(*out)->turns++]));
  return SUND_OK;
}

sund_code sund_topology_pick(sund_ctx *ctx, const sund_shapes *from, const sund_topology *topology, size_t count,
                             const size_t *row, sund_topology **out) {
  sund_topology *picked = NULL;
  if (!topology) {
    *out = NULL;
    return SUND_OK;
  }
  sund_ctx *scratch = sund_ctx_child(ctx);
  if (!scratch) return SUND_LIMIT;
  sund_code code = pick(ctx, scratch, from, topology, count, row, &picked);
  if (code == SUND_OK) *out = picked;
  else code = sund_ctx_pass(ctx, scratch);
  sund_ctx_free(scratch);
  return code;
}

/* --------------------------------------------------------------------------------------------------------- joining */

/* Ids below 0 have not been given out: two sources mean different nodes by them. */
static int64_t id_of(int64_t id, size_t source) {
  return id < 0 && id != SUND_NULL_INT ? id - ((int64_t)source << 40) : id;
}

sund_code sund_topology_join(sund_ctx *ctx, size_t count, const sund_shapes *const *from,
                             const sund_topology *const *topology, sund_topology **out) {
  size_t vertices = 0, turns = 0, rows = 0;
  bool any = false;
  for (size_t i = 0; i < count; i++) {
    vertices += from[i]->vertices;
    turns += topology[i] ? topology[i]->turns : 0;
    any = any || topology[i];
  }
  sund_topology *joined = NULL;
  if (any) TRY(new_topology(ctx, vertices, turns, &joined));
  vertices = 0;
  for (size_t i = 0; i < count && any; i++) {
    for (size_t v = 0; v < from[i]->vertices; v++)
      joined->node[vertices++] = topology[i] ? id_of(topology[i]->node[v], i) : SUND_NULL_INT;
    for (size_t k = 0; topology[i] && k < topology[i]->turns; k++) {
      sund_turn *turn = &joined->turn[joined->turns++];
      TRY(copy_turn(ctx, &topology[i]->turn[k], NULL, rows, turn));
      turn->node = id_of(turn->node, i);
    }
    rows += from[i]->rows;
  }
  *out = joined;
  return SUND_OK;
}

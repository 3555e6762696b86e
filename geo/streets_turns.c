/* streets_turns.c - restricted turns as chains of passes: rows of lines found again as edges of the graph.
 *
 * A row may have been cut at junctions, or joined with others, on the way to an edge; its vertices are still there.
 * So a turn is followed along vertices: from the via node, which has a place, to the edges there whose next vertex
 * is that of the row.
 */
#include <math.h>
#include <string.h>

#include "geo/streets.h"

#define NOTHING UINT32_MAX

typedef struct reading {
  sund_ctx *scratch;
  const sund_streets *s;
  const sund_graph *g;
  const sund_streets_spec *spec;
  uint32_t *slot; /* nodes of the graph by place, open addressing; NOTHING = free */
  size_t mask;
  streets_chains *out;
} reading;

/* What became of a turn. */
typedef enum fate { USED, IDLE, LOST } fate;

uint32_t streets_tail(const sund_graph *g, uint32_t pass) {
  return pass & 1 ? g->edge_to[pass / 2] : g->edge_from[pass / 2];
}

uint32_t streets_head(const sund_graph *g, uint32_t pass) {
  return pass & 1 ? g->edge_from[pass / 2] : g->edge_to[pass / 2];
}

/* ------------------------------------------------------------------------------------------------ nodes by place */

static size_t hash(double x, double y) {
  const double place[2] = {x + 0.0, y + 0.0}; /* -0 becomes 0 */
  uint64_t bits[2];
  memcpy(bits, place, sizeof bits);
  uint64_t h = (bits[0] ^ (bits[1] << 32 | bits[1] >> 32)) * 0x9e3779b97f4a7c15u;
  return (size_t)(h ^ h >> 29);
}

static sund_code list_nodes(reading *r) {
  size_t slots = 16;
  while (slots < 2 * r->g->nodes) slots *= 2;
  r->slot = sund_alloc(r->scratch, slots, sizeof *r->slot);
  if (!r->slot) return SUND_LIMIT;
  memset(r->slot, 0xff, slots * sizeof *r->slot);
  r->mask = slots - 1;
  for (uint32_t v = 0; v < r->g->nodes; v++) {
    size_t at = hash(r->g->x[v], r->g->y[v]) & r->mask;
    while (r->slot[at] != NOTHING) at = (at + 1) & r->mask;
    r->slot[at] = v;
  }
  return SUND_OK;
}

/* The pass that leaves the node towards a vertex, one of the row's own edges rather than another; or NOTHING. */
static uint32_t towards(const sund_graph *g, uint32_t node, double x, double y, size_t line) {
  const sund_shapes *s = g->shape;
  uint32_t other = NOTHING;
  for (size_t arc = g->first_out[node]; arc < g->first_out[node + 1]; arc++) {
    const uint32_t e = g->arc_edge[arc];
    const size_t first = s->first_vertex[e], last = s->first_vertex[e + 1] - 1;
    uint32_t pass = NOTHING;
    if (g->edge_from[e] == node && s->x[first + 1] == x && s->y[first + 1] == y) pass = 2 * e;
    else if (g->edge_to[e] == node && s->x[last - 1] == x && s->y[last - 1] == y) pass = 2 * e + 1;
    if (pass != NOTHING && g->edge_line[e] == line) return pass;
    if (other == NOTHING) other = pass;
  }
  return other;
}

/* The pass that leaves vertex `from` of a row towards vertex `to`. */
static uint32_t leaving(const reading *r, size_t line, size_t from, size_t to) {
  const sund_shapes *s = r->spec->lines;
  for (size_t at = hash(s->x[from], s->y[from]) & r->mask; r->slot[at] != NOTHING; at = (at + 1) & r->mask) {
    const uint32_t node = r->slot[at];
    if (r->g->x[node] != s->x[from] || r->g->y[node] != s->y[from]) continue;
    const uint32_t pass = towards(r->g, node, s->x[to], s->y[to], line);
    if (pass != NOTHING) return pass;
  }
  return NOTHING;
}

/* --------------------------------------------------------------------------------------------------------- rows */

/* Vertices of a row: first .. end - 1; none when it is not one line. */
typedef struct span {
  size_t first, end;
} span;

static span row_span(const reading *r, size_t row) {
  const sund_shapes *s = r->spec->lines;
  if (row >= s->rows || s->first_part[row + 1] - s->first_part[row] != 1) return (span){0, 0};
  const size_t part = s->first_part[row];
  return (span){s->first_vertex[part], s->first_vertex[part + 1]};
}

/* The next vertex of the row at another place; SIZE_MAX at its end. step: 1 or -1. */
static size_t next_vertex(const reading *r, span row, size_t vertex, int step) {
  const sund_shapes *s = r->spec->lines;
  for (size_t v = vertex; step > 0 ? v + 1 < row.end : v > row.first;) {
    v = step > 0 ? v + 1 : v - 1;
    if (s->x[v] != s->x[vertex] || s->y[v] != s->y[vertex]) return v;
  }
  return SIZE_MAX;
}

/* The one pass of a row that leaves the node (or comes to it, when `to`) and is allowed. */
static fate pass_at(const reading *r, size_t line, int64_t node, bool to, uint32_t *out) {
  const span row = row_span(r, line);
  fate result = LOST;
  uint32_t found = NOTHING;
  for (size_t v = row.first; v < row.end; v++) {
    if (r->spec->topology->node[v] != node) continue;
    for (int step = -1; step <= 1; step += 2) {
      const size_t other = next_vertex(r, row, v, step);
      const uint32_t pass = other == SIZE_MAX ? NOTHING : leaving(r, line, v, other) ^ (uint32_t)to;
      if (pass == NOTHING || pass == (NOTHING ^ 1)) continue;
      if (result == LOST) result = IDLE;
      if (isnan(r->s->seconds[pass]) || pass == found) continue;
      if (found != NOTHING) return LOST; /* it goes on at both sides: nobody knows which is meant */
      found = pass;
    }
  }
  if (found == NOTHING) return result;
  *out = found;
  return USED;
}

/* ------------------------------------------------------------------------------------------------------- chains */

static sund_code add_pass(reading *r, uint32_t pass) {
  streets_chains *c = r->out;
  uint32_t *grown = sund_grow(r->scratch, c->pass, &c->pass_room, c->passes + 1, sizeof *grown);
  if (!grown) return SUND_LIMIT;
  c->pass = grown;
  grown[c->passes++] = pass;
  return SUND_OK;
}

/* Follows a row from one of its vertices to another, edge by edge. */
static sund_code follow(reading *r, size_t line, size_t from, size_t to, fate *result) {
  const sund_shapes *s = r->spec->lines;
  const sund_graph *g = r->g;
  const span row = row_span(r, line);
  const int step = from < to ? 1 : -1;
  for (size_t v = from; v != to;) {
    const size_t next = next_vertex(r, row, v, step);
    const uint32_t pass = next == SIZE_MAX ? NOTHING : leaving(r, line, v, next);
    if (pass == NOTHING) {
      *result = LOST;
      return SUND_OK;
    }
    if (isnan(r->s->seconds[pass])) *result = IDLE;
    TRY(add_pass(r, pass));
    const uint32_t head = streets_head(g, pass);
    while (v != to && (v == from || s->x[v] != g->x[head] || s->y[v] != g->y[head])) v = step > 0 ? v + 1 : v - 1;
    if (s->x[v] != g->x[head] || s->y[v] != g->y[head]) *result = LOST; /* the edge ends beyond */
    if (*result == LOST) return SUND_OK;
    from = v;
  }
  return SUND_OK;
}

/* A node of the row that the other row has, too, but not `except`; the one that is reached first from `from`. */
static size_t meeting(const reading *r, span row, size_t from, span other, int64_t except) {
  const int64_t *node = r->spec->topology->node;
  size_t best = SIZE_MAX, least = SIZE_MAX;
  for (size_t v = row.first; v < row.end; v++) {
    const size_t apart = v < from ? from - v : v - from;
    if (node[v] == SUND_NULL_INT || node[v] == except || apart >= least) continue;
    for (size_t o = other.first; o < other.end; o++)
      if (node[o] == node[v]) {
        best = v;
        least = apart;
        break;
      }
  }
  return best;
}

static size_t vertex_of(const reading *r, span row, int64_t node) {
  for (size_t v = row.first; v < row.end; v++)
    if (r->spec->topology->node[v] == node) return v;
  return SIZE_MAX;
}

/* The passes of the rows between; *node is where they lead. */
static sund_code follow_via(reading *r, const sund_turn *turn, int64_t *node, fate *result) {
  for (size_t i = 0; i < turn->via_rows && *result != LOST; i++) {
    const span row = row_span(r, turn->via[i]);
    const span other = row_span(r, i + 1 < turn->via_rows ? turn->via[i + 1] : turn->to);
    const size_t from = vertex_of(r, row, *node);
    const size_t to = from == SIZE_MAX ? SIZE_MAX : meeting(r, row, from, other, *node);
    if (to == SIZE_MAX) {
      *result = LOST;
      return SUND_OK;
    }
    TRY(follow(r, turn->via[i], from, to, result));
    *node = r->spec->topology->node[to];
  }
  return SUND_OK;
}

static sund_code read_turn(reading *r, const sund_turn *turn, fate *out) {
  streets_chains *c = r->out;
  const size_t first = c->passes;
  int64_t node = turn->node;
  uint32_t pass = NOTHING;
  fate result = pass_at(r, turn->from, node, true, &pass);
  if (result != LOST) {
    TRY(add_pass(r, pass));
    TRY(follow_via(r, turn, &node, &result));
  }
  if (result != LOST) {
    const fate last = pass_at(r, turn->to, node, false, &pass);
    if (last != USED) result = last;
    TRY(add_pass(r, pass));
  }
  *out = result;
  if (result != USED) {
    c->passes = first;
    return SUND_OK;
  }
  streets_chain *at = sund_grow(r->scratch, c->at, &c->room, c->count + 1, sizeof *at);
  if (!at) return SUND_LIMIT;
  c->at = at;
  at[c->count++] = (streets_chain){turn->only, first, c->passes - first};
  return SUND_OK;
}

sund_code streets_turns_read(sund_ctx *scratch, const sund_streets_spec *spec, const sund_streets *streets,
                             streets_chains *out, size_t *used, size_t *lost) {
  reading r = {.scratch = scratch, .s = streets, .g = streets->graph, .spec = spec, .out = out};
  TRY(list_nodes(&r));
  for (size_t i = 0; i < spec->turns; i++) {
    fate result;
    if (!(spec->turn[i].modes & 1u << spec->mode)) continue;
    TRY(read_turn(&r, &spec->turn[i], &result));
    *used += result == USED;
    *lost += result == LOST;
  }
  return SUND_OK;
}

/* catchment_gates.c - the gates of every variant and mode, their ends on the streets, and the trees from them.
 *
 * Order, mode by mode: the rows of each variant's table that the mode may use and that are not closed, with their
 * crossings, waits and ends (catchment_gate_read.c); all different ends of all variants in one pool; one tree an end and
 * the times between all ends, once; then every variant takes out of the pool what is its own. Two variants that share a
 * gate share its trees, and every mode has trees of its own.
 */
#include <math.h>
#include <string.h>

#include "catchment.h"
#include "catchment_gate_read.h"
#include "gate_words.h"

/* Ends without a street that are told one by one. */
enum { MOST_TOLD = 5 };

/* Different ends of all variants in one mode. */
typedef struct pool {
  size_t count, room;
  gate_end *end;
  double *x, *y;
  sund_spot *spot;
  uint32_t **time, **node; /* count: targets, nodes; node NULL without maps */
  uint32_t *between;       /* count x count                                 */
} pool;

const sund_shapes *catchment_gate_line(const sund_table *gates, size_t row) {
  const sund_shapes *lines = gates->shapes;
  return lines && lines->first_part[row + 1] > lines->first_part[row] ? lines : NULL;
}

bool catchment_gate_closed(const catchment_variant *variant, const sund_table *gates, size_t row) {
  return gate_words_closed(gates, row, variant->closed, variant->close);
}

/* ----------------------------------------------------------------------------------------------------------- pool */

static sund_code add_end(sund_ctx *ctx, pool *p, gate_end end, size_t *out) {
  for (size_t k = 0; k < p->count; k++)
    if (p->end[k].x == end.x && p->end[k].y == end.y) {
      *out = k;
      return SUND_OK;
    }
  gate_end *grown = sund_grow(ctx, p->end, &p->room, p->count + 1, sizeof *grown);
  if (!grown) return SUND_LIMIT;
  p->end = grown;
  p->end[p->count] = end;
  *out = p->count++;
  return SUND_OK;
}

/* A number for the waits of the k-th gate between two ends, made of where they are: the same in every variant and in every
 * run that has the gate, so that a scenario compared with is a scenario run. Mixed by splitmix64 (Steele, Lea and Flood
 * 2014). */
static size_t number_of(const gate_end *end, size_t k) {
  const double place[] = {end[0].x, end[0].y, end[1].x, end[1].y};
  uint64_t hash = k;
  for (size_t i = 0; i < sizeof place / sizeof *place; i++) {
    uint64_t bits;
    memcpy(&bits, &place[i], sizeof bits);
    hash = (hash ^ bits) + 0x9e3779b97f4a7c15u;
    hash = (hash ^ (hash >> 30)) * 0xbf58476d1ce4e5b9u;
    hash = (hash ^ (hash >> 27)) * 0x94d049bb133111ebu;
    hash ^= hash >> 31;
  }
  return (size_t)(hash >> 34);
}

/* Where a way may lead off to a gate: on every street of the mode in a part of the network where homes are put, motorways,
 * bridges and tunnels too. */
static sund_code edges_for_gates(sund_ctx *ctx, const catchment_run *run, const catchment_net *net, uint8_t **out) {
  const size_t edges = run->graph->edges;
  uint8_t *accept = sund_alloc(ctx, edges, 1), *good = sund_alloc(ctx, edges, 1); /* fewer parts than edges */
  if (!accept || !good) return SUND_LIMIT;
  for (size_t e = 0; e < edges; e++)
    if (net->part[e] < edges && net->accept[e]) good[net->part[e]] = 1;
  for (size_t e = 0; e < edges; e++) accept[e] = net->part[e] < edges && good[net->part[e]];
  *out = accept;
  return SUND_OK;
}

static sund_code snap_ends(sund_ctx *ctx, catchment_run *run, sund_mode mode, pool *p) {
  const catchment_net *net = &run->net[mode];
  if (!(p->x = sund_alloc(ctx, p->count, sizeof *p->x)) || !(p->y = sund_alloc(ctx, p->count, sizeof *p->y)) ||
      !(p->spot = sund_alloc(ctx, p->count, sizeof *p->spot)))
    return SUND_LIMIT;
  for (size_t k = 0; k < p->count; k++) p->x[k] = p->end[k].x, p->y[k] = p->end[k].y;
  if (!run->graph || !net->part || !net->accept) return catchment_snap(ctx, run, mode, p->count, p->x, p->y, p->spot);
  uint8_t *accept;
  TRY(edges_for_gates(ctx, run, net, &accept));
  return sund_graph_snap(ctx, run->graph, run->ground, p->count, p->x, p->y, run->options->snap_limit_m, accept,
                         p->spot);
}

static sund_code tell_lost_ends(sund_ctx *ctx, catchment_run *run, sund_mode mode, const pool *p) {
  const char *name = catchment_mode_names[mode], *text;
  size_t lost = 0;
  for (size_t k = 0; k < p->count && run->graph; k++) {
    if (p->spot[k].edge != SUND_NO_EDGE || lost++ >= MOST_TOLD) continue;
    text = sund_text(ctx, "%s: an end of the gate %s has no street within %g m: it cannot be used", name,
                     p->end[k].name, run->options->snap_limit_m);
    if (!text) return SUND_LIMIT;
    TRY(catchment_note(ctx, run, "warning", "gates", text, p->x[k], p->y[k]));
  }
  if (lost <= MOST_TOLD) return SUND_OK;
  text = sund_text(ctx, "%s: %zu more ends of gates have no street near them", name, lost - MOST_TOLD);
  return text ? catchment_note(ctx, run, "warning", "gates", text, NAN, NAN) : SUND_LIMIT;
}

static sund_code new_rows(sund_ctx *ctx, size_t rows, size_t n, uint32_t ***out) {
  if (!(*out = sund_alloc(ctx, rows, sizeof **out))) return SUND_LIMIT;
  for (size_t k = 0; k < rows; k++)
    if (!((*out)[k] = sund_alloc(ctx, n, sizeof ***out))) return SUND_LIMIT;
  return SUND_OK;
}

static sund_code grow_trees(sund_ctx *ctx, const catchment_run *run, sund_mode mode, pool *p) {
  TRY(new_rows(ctx, p->count, run->town.targets, &p->time));
  if (run->graph && !run->options->no_map) TRY(new_rows(ctx, p->count, run->graph->nodes, &p->node));
  if (!(p->between = sund_alloc(ctx, p->count * p->count, sizeof *p->between))) return SUND_LIMIT;
  const catchment_trees ask = {
      .n = p->count, .x = p->x, .y = p->y, .spot = p->spot, .time = p->time, .node = p->node};
  TRY(catchment_trees_grow(ctx, run, mode, &ask));
  return catchment_between(ctx, run, mode, p->count, p->x, p->y, p->spot, p->count, p->x, p->y, p->spot, p->between);
}

/* ------------------------------------------------------------------------------------------------------- variants */

/* The gates of one variant: which ends of the pool they have. */
typedef struct chosen {
  size_t count;
  gate_row *row;
  size_t *end; /* 2 count: of the pool */
} chosen;

static sund_code choose_rows(sund_ctx *ctx, catchment_run *run, sund_mode mode, size_t v, pool *p, chosen *c) {
  const catchment_variant *variant = &run->variant[v];
  const sund_table *gates = variant->gates;
  const size_t rows = gates ? gates->rows : 0;
  if (!(c->row = sund_alloc(ctx, rows, sizeof *c->row)) || !(c->end = sund_alloc(ctx, 2 * rows, sizeof *c->end)))
    return SUND_LIMIT;
  for (size_t r = 0; r < rows; r++) {
    gate_row *row = &c->row[c->count];
    bool used = false;
    if (catchment_gate_closed(variant, gates, r)) continue;
    TRY(catchment_gate_read(ctx, run, gates, r, mode, row, &used));
    if (!used) continue;
    for (size_t k = 0; k < 2; k++) TRY(add_end(ctx, p, row->end[k], &c->end[2 * c->count + k]));
    const size_t *end = &c->end[2 * c->count];
    size_t before = 0;
    for (size_t g = 0; g < c->count; g++) before += c->end[2 * g] == end[0] && c->end[2 * g + 1] == end[1];
    row->gate.service = number_of(row->end, before);
    c->count++;
  }
  return SUND_OK;
}

/* Ends are told apart by a byte. Of too many gates those that lead nowhere are left out; a national network has many. */
static sund_code check_count(sund_ctx *ctx, const catchment_run *run, sund_mode mode, const pool *p, chosen *c) {
  size_t kept = 0;
  if (2 * c->count < UINT8_MAX) return SUND_OK;
  for (size_t g = 0; g < c->count; g++) {
    const size_t *end = &c->end[2 * g];
    if (run->graph && (p->spot[end[0]].edge == SUND_NO_EDGE || p->spot[end[1]].edge == SUND_NO_EDGE)) continue;
    c->row[kept] = c->row[g];
    memmove(&c->end[2 * kept++], end, 2 * sizeof *end);
  }
  c->count = kept;
  if (2 * kept < UINT8_MAX) return SUND_OK;
  return sund_fail(ctx, SUND_LIMIT, "gates: %zu for %s, at most %d; leave some out with where", kept,
                   catchment_mode_names[mode], (UINT8_MAX - 1) / 2);
}

static sund_code take_from_pool(sund_ctx *ctx, const pool *p, const chosen *c, catchment_gates *out) {
  const size_t ends = 2 * c->count;
  out->count = c->count;
  if (!(out->gate = sund_alloc(ctx, c->count, sizeof *out->gate)) ||
      !(out->row = sund_alloc(ctx, c->count, sizeof *out->row)) ||
      !(out->x = sund_alloc(ctx, ends, sizeof *out->x)) || !(out->y = sund_alloc(ctx, ends, sizeof *out->y)) ||
      !(out->end = sund_alloc(ctx, ends, sizeof *out->end)) ||
      !(out->from_end = sund_alloc(ctx, ends, sizeof *out->from_end)) ||
      !(out->between = sund_alloc(ctx, ends * ends, sizeof *out->between)))
    return SUND_LIMIT;
  if (p->node && !(out->node_from_end = sund_alloc(ctx, ends, sizeof *out->node_from_end))) return SUND_LIMIT;
  for (size_t g = 0; g < c->count; g++) out->gate[g] = c->row[g].gate, out->row[g] = c->row[g].row;
  for (size_t e = 0; e < ends; e++) {
    const size_t at = c->end[e];
    out->x[e] = p->x[at], out->y[e] = p->y[at], out->end[e] = p->spot[at];
    out->from_end[e] = p->time[at];
    if (p->node) out->node_from_end[e] = p->node[at];
    for (size_t b = 0; b < ends; b++) out->between[e * ends + b] = p->between[at * p->count + c->end[b]];
  }
  return SUND_OK;
}

static sund_code make_mode(sund_ctx *ctx, catchment_run *run, sund_mode mode) {
  pool p = {0};
  chosen *c = sund_alloc(ctx, run->variants, sizeof *c);
  if (!c) return SUND_LIMIT;
  for (size_t v = 0; v < run->variants; v++) TRY(choose_rows(ctx, run, mode, v, &p, &c[v]));
  if (p.count == 0) return SUND_OK;
  TRY(snap_ends(ctx, run, mode, &p));
  TRY(tell_lost_ends(ctx, run, mode, &p));
  for (size_t v = 0; v < run->variants; v++) TRY(check_count(ctx, run, mode, &p, &c[v]));
  TRY(grow_trees(ctx, run, mode, &p));
  for (size_t v = 0; v < run->variants; v++)
    if (c[v].count) TRY(take_from_pool(ctx, &p, &c[v], &run->variant[v].by[mode]));
  return SUND_OK;
}

/* ------------------------------------------------------------------------------------------------ what is closed */

/* The nearest id or name of a gate, as a question. */
static const char *hint(sund_ctx *ctx, const sund_table *gates, const char *word) {
  static const char *const columns[] = {"name", "id"};
  for (size_t k = 0; gates && k < 2; k++) {
    const char **text = sund_table_text(gates, columns[k]);
    for (size_t r = 0; text && r < gates->rows; r++)
      if (text[r] && sund_nearest_word(word, 1, &text[r])) return sund_text(ctx, "; did you mean %s?", text[r]);
  }
  return "";
}

static bool is_gate(const sund_table *gates, const char *const *name) {
  for (size_t r = 0; gates && r < gates->rows; r++)
    if (gate_words_closed(gates, r, 1, name)) return true;
  return false;
}

static bool is_route(const sund_service *service, const char *id) {
  for (size_t k = 0; service && k < service->routes; k++)
    if (strcmp(service->route[k].id, id) == 0) return true;
  return false;
}

/* What a scenario closes ought to be there. service NULL: routes are not known. */
static sund_code tell_not_closed(sund_ctx *ctx, catchment_run *run, const catchment_variant *variant,
                                 const sund_service *service) {
  for (size_t k = 0; k < variant->closed; k++) {
    const char *name = variant->close[k], *of = service ? ", and no route that id" : "";
    if (is_gate(variant->gates, &name) || is_route(service, name)) continue;
    const char *near = hint(ctx, variant->gates, name);
    if (!near) return SUND_LIMIT;
    const char *text = sund_text(ctx, "the scenario %s closes %s, and no gate has that id or name%s%s", variant->name,
                                 name, of, near);
    if (!text) return SUND_LIMIT;
    TRY(catchment_note(ctx, run, "warning", "gates", text, NAN, NAN));
  }
  return SUND_OK;
}

/* Is something closed that is no gate? Then it ought to be a route. */
static bool closes_routes(const catchment_run *run) {
  for (size_t v = 0; v < run->variants; v++)
    for (size_t k = 0; k < run->variant[v].closed; k++)
      if (!is_gate(run->variant[v].gates, &run->variant[v].close[k])) return true;
  return false;
}

static sund_code check_closed(sund_ctx *ctx, sund_ctx *scratch, catchment_run *run) {
  enum { TWO_DAYS_S = 172800 };
  const sund_service_ask ask = {.day = run->options->day, .end_s = TWO_DAYS_S};
  sund_service *service = NULL;
  sund_findings told = {0}; /* by who reads it for its trips */
  if (run->in->feeds && !run->options->wants[SUND_TRANSIT]) return SUND_OK;
  if (run->in->feeds && sund_feeds_service(scratch, run->in->feeds, &ask, &service, &told) != SUND_OK)
    return sund_ctx_pass(ctx, scratch);
  for (size_t v = 0; v < run->variants; v++) TRY(tell_not_closed(ctx, run, &run->variant[v], service));
  return SUND_OK;
}

sund_code catchment_gates_make(sund_ctx *ctx, catchment_run *run) {
  if (closes_routes(run)) {
    sund_ctx *scratch = sund_ctx_child(ctx);
    if (!scratch) return SUND_LIMIT;
    const sund_code code = check_closed(ctx, scratch, run);
    sund_ctx_free(scratch);
    TRY(code);
  }
  for (size_t v = 0; v < run->variants; v++) TRY(catchment_gates_tell(ctx, run, v));
  for (int m = 0; m < SUND_MODES; m++)
    if (run->options->wants[m]) TRY(make_mode(ctx, run, (sund_mode)m));
  return SUND_OK;
}

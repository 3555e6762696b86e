/* closing.c - where to build: the cheapest line of raised ground that keeps a basin dry up to a level.
 *
 *   1. plane_open: the window with a ring around it; what every cell is to the wall and to the water. Where the raster
 *      ends without sea the ring is a bank: no water comes from there. Low ground beyond the window is sea.
 *   2. way_find: does water come, and the way from the sea to the basin that would cost least as a wall (Dijkstra).
 *   3. closing_cycle_find (closing_cover.c): the cheapest closed line that crosses the way an odd number of times.
 *   4. line_add: the line's cells are raised and become banks. From 2. until no water comes.
 *
 * Every piece of sea that touches the edge of the window counts as one sea with all that lies beyond: one closed line
 * keeps all of it out, and it is the cheapest there is. Sea that lies within the window on all sides needs a line of its
 * own. */
#include <math.h>
#include <string.h>

#include "geo/closing.h"
#include "geo/route.h"

static const uint32_t NOBODY = UINT32_MAX;

typedef struct closing {
  sund_ctx *ctx, *scratch;
  const sund_flood *flood;
  const sund_flood_spec *spec;
  const sund_closing_ask *ask;
  closing_plane plane;
  size_t keep;       /* cell of the plane to be kept dry                              */
  uint8_t *basin;    /* cells: 1 = lower than the first-wet level of `keep`, joined to it */
  uint8_t *open_sea; /* cells: 1 = joined to the sea beyond */
  uint8_t *seen;     /* cells: by water_find */
  double *cost;      /* cells: of the way to `keep` */
  uint32_t *queue;   /* cells                                                         */
  uint32_t *before;  /* cells: cell nearer to `keep`                                  */
  size_t way_length;
  uint32_t *way;    /* from the sea to `keep`            */
  uint32_t *placed; /* cells: 1 + where it stands in line */
  size_t stretch_room, metre_room;
  sund_closing line;
} closing;

/* ------------------------------------------------------------------------------------------------------- plane */

static unsigned water_stride(const closing *c) {
  return c->plane.corners ? 1 : 2;
}

/* Ground metres of the straight line between two points of a cell's border. A wall does not run along a cell's border
 * from its corner: another way is never longer. */
static void lengths_set(closing *c) {
  static const double east[PLANE_WAYS] = {1, 1, 0, -1, -1, -1, 0, 1}, north[PLANE_WAYS] = {0, 1, 1, 1, 0, -1, -1, -1};
  const double dx = c->spec->lattice.dx / 2 * c->ask->ground_scale,
               dy = c->spec->lattice.dy / 2 * c->ask->ground_scale;
  for (unsigned d = 0; d < PLANE_WAYS; d++)
    for (unsigned e = 0; e < PLANE_WAYS; e++) {
      const unsigned apart = (d + PLANE_WAYS - e) % PLANE_WAYS;
      if (apart == 0 || apart == 1 || apart == PLANE_WAYS - 1) continue;
      c->plane.length[d][e] = hypot(dx * (east[d] - east[e]), dy * (north[d] - north[e]));
    }
}

static void set_cell(closing *c, size_t at, uint16_t ground, bool sea, bool no_go) {
  const bool unknown = ground == SUND_NEVER, outlet = unknown && (c->spec->seeds & SUND_SEED_NODATA);
  closing_plane *p = &c->plane;
  if (sea || outlet) p->kind[at] = PLANE_SEA;
  else if (unknown || ground > c->ask->target) p->kind[at] = PLANE_BANK;
  else {
    p->kind[at] = no_go ? PLANE_FIXED : PLANE_LAND;
    p->lift[at] = (uint16_t)(c->ask->target + 1 - ground);
  }
}

static size_t clamp(ptrdiff_t value, size_t count) {
  return value < 0 ? 0 : (size_t)value >= count ? count - 1 : (size_t)value;
}

/* A cell of the ring: what lies there, or the end of the raster. */
static void set_ring(closing *c, size_t at) {
  closing_plane *p = &c->plane;
  const sund_window *w = &c->ask->within;
  const sund_lattice *lattice = &c->spec->lattice;
  const ptrdiff_t column = (ptrdiff_t)(w->column + at % p->columns) - 1;
  const ptrdiff_t row = (ptrdiff_t)(w->row + at / p->columns) - 1;
  const size_t near_column = clamp(column, lattice->columns), near_row = clamp(row, lattice->rows);
  const sund_cell near = {(uint32_t)near_column, (uint32_t)near_row};
  set_cell(c, at, sund_flood_ground(c->flood, near), sund_flood_is_sea(c->flood, near), true);
  const bool sea = p->kind[at] == PLANE_SEA;
  if ((size_t)column == near_column && (size_t)row == near_row) {
    if (p->kind[at] == PLANE_FIXED) p->kind[at] = PLANE_SEA;
  } else if (c->spec->seeds & SUND_SEED_EDGE) p->kind[at] = PLANE_SEA;
  else p->kind[at] = sea ? PLANE_SHUT : PLANE_BANK;
}

/* Sea that reaches the edge of the window is one with the sea beyond. */
static void open_sea(closing *c) {
  const closing_plane *p = &c->plane;
  size_t count = 0;
  for (size_t at = 0; at < p->cells; at++) {
    if (p->kind[at] != PLANE_SEA) continue;
    bool edge = plane_on_ring(p, at);
    for (unsigned d = 0; d < PLANE_WAYS && !edge; d++) edge = plane_on_ring(p, plane_step(p, at, d));
    if (!edge) continue;
    c->open_sea[at] = 1;
    c->queue[count++] = (uint32_t)at;
  }
  for (size_t i = 0; i < count; i++)
    for (unsigned d = 0; d < PLANE_WAYS && !plane_on_ring(p, c->queue[i]); d += water_stride(c)) {
      const size_t next = plane_step(p, c->queue[i], d);
      if (p->kind[next] != PLANE_SEA || c->open_sea[next]) continue;
      c->open_sea[next] = 1;
      c->queue[count++] = (uint32_t)next;
    }
}

/* The basin is not built in. */
static void basin_fix(closing *c, const uint16_t *ground, uint16_t wet) {
  closing_plane *p = &c->plane;
  const size_t inside = c->ask->within.columns;
  size_t count = 0;
  c->queue[count++] = (uint32_t)c->keep;
  p->kind[c->keep] = PLANE_FIXED;
  c->basin[c->keep] = 1;
  for (size_t i = 0; i < count; i++)
    for (unsigned d = 0; d < PLANE_WAYS; d += water_stride(c)) {
      const size_t next = plane_step(p, c->queue[i], d);
      if (plane_on_ring(p, next) || c->basin[next] || !plane_is_wet(p, next) || p->kind[next] == PLANE_SEA) continue;
      const size_t column = next % p->columns - 1, row = next / p->columns - 1;
      if (ground[row * inside + column] >= wet) continue;
      c->basin[next] = 1;
      p->kind[next] = PLANE_FIXED;
      c->queue[count++] = (uint32_t)next;
    }
}

static sund_code plane_open(closing *c, uint16_t wet) {
  closing_plane *p = &c->plane;
  const sund_window *w = &c->ask->within;
  p->columns = w->columns + 2, p->rows = w->rows + 2, p->cells = p->columns * p->rows;
  p->corners = c->spec->connectivity == 8;
  if (p->cells >= NOBODY) return sund_fail(c->ctx, SUND_LIMIT, "the window for a closing line is too large");
  lengths_set(c);
  p->kind = sund_alloc(c->scratch, p->cells, 1);
  p->lift = sund_alloc(c->scratch, p->cells, sizeof *p->lift);
  c->basin = sund_alloc(c->scratch, p->cells, 1);
  c->open_sea = sund_alloc(c->scratch, p->cells, 1);
  c->seen = sund_alloc(c->scratch, p->cells, 1);
  c->cost = sund_alloc(c->scratch, p->cells, sizeof *c->cost);
  c->queue = sund_alloc(c->scratch, p->cells, sizeof *c->queue);
  c->before = sund_alloc(c->scratch, p->cells, sizeof *c->before);
  c->way = sund_alloc(c->scratch, p->cells, sizeof *c->way);
  c->placed = sund_alloc(c->scratch, p->cells, sizeof *c->placed);
  uint16_t *ground = sund_alloc(c->scratch, w->columns * w->rows, sizeof *ground);
  uint8_t *sea = sund_alloc(c->scratch, w->columns * w->rows, 1);
  if (!p->kind || !p->lift || !c->basin || !c->open_sea || !c->seen || !c->cost || !c->queue || !c->before ||
      !c->way || !c->placed || !ground || !sea)
    return SUND_LIMIT;
  sund_flood_window(c->flood, w, SUND_ANY_ZONE, ground, NULL, sea);
  for (size_t at = 0; at < p->cells; at++) {
    if (plane_on_ring(p, at)) {
      set_ring(c, at);
      continue;
    }
    const size_t i = (at / p->columns - 1) * w->columns + at % p->columns - 1;
    set_cell(c, at, ground[i], sea[i] != 0, c->ask->no_go && c->ask->no_go[i]);
  }
  basin_fix(c, ground, wet);
  open_sea(c);
  return SUND_OK;
}

/* --------------------------------------------------------------------------------------------------------- way */

/* Where water comes from to `keep`: the sea beyond, or else sea within the window; SIZE_MAX = it is dry. */
static size_t water_find(closing *c) {
  const closing_plane *p = &c->plane;
  size_t count = 0, from = SIZE_MAX;
  memset(c->seen, 0, p->cells);
  c->queue[count++] = (uint32_t)c->keep;
  c->seen[c->keep] = 1;
  for (size_t i = 0; i < count; i++) {
    const size_t at = c->queue[i];
    if (p->kind[at] == PLANE_SEA) {
      if (c->open_sea[at]) return at;
      if (from == SIZE_MAX) from = at;
      continue;
    }
    for (unsigned d = 0; d < PLANE_WAYS; d += water_stride(c)) {
      const size_t next = plane_step(p, at, d);
      if (c->seen[next] || !plane_is_wet(p, next)) continue;
      c->seen[next] = 1;
      c->queue[count++] = (uint32_t)next;
    }
  }
  return from;
}

/* What a step of the way costs: what a wall would cost there, so that no wall gains much by crossing the way twice. */
static double way_cost(const closing *c, size_t to, unsigned direction) {
  const uint8_t kind = c->plane.kind[to];
  const double most = c->ask->target + 1;
  const double height = kind == PLANE_BANK || c->basin[to] ? 1 : kind == PLANE_LAND ? c->plane.lift[to] : most;
  return direction % 2 ? height * sqrt(2) : height;
}

/* The way from `keep` to `from`, or to any of the sea beyond if it is of that: over banks as well. */
static sund_code way_search(closing *c, route_queue *queue, size_t from) {
  const closing_plane *p = &c->plane;
  for (size_t at = 0; at < p->cells; at++) c->cost[at] = INFINITY;
  c->cost[c->keep] = 0;
  c->before[c->keep] = NOBODY;
  TRY(route_push(queue, (uint32_t)c->keep, 0, 0));
  route_entry entry;
  while (route_pop(queue, &entry)) {
    size_t at = entry.node;
    if (entry.metres > c->cost[at]) continue;
    if (at == from || (c->open_sea[at] && c->open_sea[from])) {
      for (c->way_length = 0; at != NOBODY; at = c->before[at]) c->way[c->way_length++] = (uint32_t)at;
      return SUND_OK;
    }
    if (plane_on_ring(p, at)) continue;
    for (unsigned d = 0; d < PLANE_WAYS; d += water_stride(c)) {
      const size_t next = plane_step(p, at, d);
      const double cost = entry.metres + way_cost(c, next, d);
      if (p->kind[next] == PLANE_SHUT || !(cost < c->cost[next])) continue;
      c->cost[next] = cost;
      c->before[next] = (uint32_t)at;
      TRY(route_push(queue, (uint32_t)next, cost, 0));
    }
  }
  return SUND_OK;
}

/* The way from the sea to `keep`; of length 0 when it is dry. */
static sund_code way_find(closing *c) {
  c->way_length = 0;
  const size_t from = water_find(c);
  if (from == SIZE_MAX) return SUND_OK;
  const route_scale scale = {.usual = 1, .most = (c->ask->target + 1) * sqrt(2)};
  sund_ctx *scratch = sund_ctx_child(c->scratch);
  if (!scratch) return SUND_LIMIT;
  route_queue queue;
  sund_code code = route_queue_open(scratch, &scale, scale.most, &queue);
  if (code == SUND_OK) code = way_search(c, &queue, from);
  sund_ctx_pass(c->scratch, scratch);
  sund_ctx_free(scratch);
  return code;
}

/* -------------------------------------------------------------------------------------------------------- line */

static sund_cell cell_of(const closing *c, size_t at) {
  const sund_window *w = &c->ask->within;
  return (sund_cell){(uint32_t)(w->column + at % c->plane.columns - 1),
                     (uint32_t)(w->row + at / c->plane.columns - 1)};
}

/* One more stretch begins here. */
static sund_code stretch_add(closing *c) {
  sund_closing *line = &c->line;
  size_t *first = sund_grow(c->ctx, line->first, &c->stretch_room, line->stretches + 2, sizeof *first);
  if (!first) return SUND_LIMIT;
  line->first = first;
  first[line->stretches++] = line->line.count;
  return SUND_OK;
}

static sund_code piece_add(closing *c, const closing_piece *piece) {
  sund_closing *line = &c->line;
  const double metres = c->plane.length[piece->from][piece->to];
  const double height = c->plane.lift[piece->cell] * c->spec->step_m;
  if (!c->placed[piece->cell]) {
    double *grown = sund_grow(c->ctx, line->metres, &c->metre_room, line->line.count + 1, sizeof *grown);
    if (!grown) return SUND_LIMIT;
    line->metres = grown;
    grown[line->line.count] = 0;
    TRY(sund_cell_add(c->ctx, &line->line, cell_of(c, piece->cell)));
    c->placed[piece->cell] = (uint32_t)line->line.count;
  }
  line->metres[c->placed[piece->cell] - 1] += metres;
  line->length_m += metres;
  line->face_m2 += metres * height;
  line->highest_m = fmax(line->highest_m, height);
  return SUND_OK;
}

/* Adds a line, beginning at a bank when there is one, and makes banks of its cells. */
static sund_code line_add(closing *c, const closing_cycle *cycle) {
  size_t start = 0;
  while (start < cycle->count && !cycle->piece[start].landed) start++;
  for (size_t i = 0; i < cycle->count; i++) {
    const closing_piece *piece = &cycle->piece[(start + i) % cycle->count];
    if (i == 0 || piece->landed) TRY(stretch_add(c));
    TRY(piece_add(c, piece));
  }
  for (size_t i = 0; i < cycle->count; i++) c->plane.kind[cycle->piece[i].cell] = PLANE_BANK;
  c->line.first[c->line.stretches] = c->line.line.count;
  return SUND_OK;
}

static sund_code lines_find(closing *c, bool *found) {
  for (;;) {
    TRY(way_find(c));
    if (!c->way_length) break;
    closing_cycle cycle = {.found = false};
    TRY(closing_cycle_find(c->scratch, &c->plane, c->way_length, c->way, &cycle));
    if (!cycle.found || cycle.count == 0) return SUND_OK;
    TRY(line_add(c, &cycle));
  }
  *found = c->line.line.count > 0;
  return SUND_OK;
}

sund_code sund_closing_find(sund_ctx *ctx, const sund_flood *flood, const sund_closing_ask *ask, bool *found,
                            sund_closing *out) {
  closing c = {.ctx = ctx, .flood = flood, .spec = sund_flood_spec_of(flood), .ask = ask};
  const sund_window *w = &ask->within;
  *found = false;
  if (ask->target + 1 >= SUND_NEVER)
    return sund_fail(ctx, SUND_LIMIT, "the level to build for is higher than heights can be kept");
  if (ask->keep.column < w->column || ask->keep.column - w->column >= w->columns || ask->keep.row < w->row ||
      ask->keep.row - w->row >= w->rows)
    return SUND_OK;
  const uint16_t wet = sund_flood_wet(flood, SUND_ANY_ZONE, ask->keep);
  if (wet > ask->target || sund_flood_is_sea(flood, ask->keep)) return SUND_OK;
  c.scratch = sund_ctx_child(ctx);
  if (!c.scratch) return SUND_LIMIT;
  c.plane.columns = w->columns + 2;
  c.keep = (ask->keep.row - w->row + 1) * c.plane.columns + ask->keep.column - w->column + 1;
  bool done = false;
  sund_code code = plane_open(&c, wet);
  if (code == SUND_OK) code = lines_find(&c, &done);
  sund_ctx_pass(ctx, c.scratch);
  sund_ctx_free(c.scratch);
  if (code != SUND_OK) return code;
  if (!done) return SUND_OK;
  *found = true;
  *out = c.line;
  return SUND_OK;
}

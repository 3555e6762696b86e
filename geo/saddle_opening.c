/* saddle_opening.c - how wide is the opening at a saddle?
 *
 *   1. The water's way through the saddle is drawn (saddle_opening_way.c).
 *   2. Shortest lines over water from the saddle to the banks, twice over: those that cross the way an even number of
 *      times, and those that do so an odd number (Dijkstra 1959 in the double cover of the plane, after Reif 1983). One
 *      of each together cross it once, and part the basin from the sea.
 *   3. The cells of the two lines; where water passes corners, diagonal steps are filled.
 *
 * First close around the saddle, then in rings twice as wide each time: most openings are a few cells wide. A line that
 * is no longer than the radius lies inside it, so that looking farther would not find a shorter one.
 */
#include <math.h>

#include "geo/saddle_opening.h"

enum { RADIUS_FIRST = 12 /* cells */ };

/* A line's end so far: a cell, twice, by how often the way was crossed. */
typedef struct ahead {
  double metres;
  size_t state; /* 2 * cell + 1 when the way was crossed an odd number of times */
} ahead;

typedef struct crossing {
  opening_view *view;
  double *metres; /* states: shortest so far, INFINITY = none                  */
  uint8_t *from;  /* states: direction in which the cell was entered, + 8 when the way was crossed on that step */
  size_t count, room;
  ahead *heap;
  double width[2]; /* to the nearest bank, even and odd; INFINITY = none  */
  size_t end[2];   /* state of the last water before it                   */
  size_t bank[2];  /* direction of the last step                          */
} crossing;

static bool before(ahead a, ahead b) {
  return a.metres < b.metres || (a.metres == b.metres && a.state < b.state);
}

static sund_code push(crossing *c, double metres, size_t state) {
  ahead *heap = sund_grow(c->view->ctx, c->heap, &c->room, c->count + 1, sizeof *heap);
  if (!heap) return SUND_LIMIT;
  c->heap = heap;
  size_t i = c->count++;
  const ahead put = {metres, state};
  for (; i > 0 && before(put, heap[(i - 1) / 2]); i = (i - 1) / 2) heap[i] = heap[(i - 1) / 2];
  heap[i] = put;
  return SUND_OK;
}

static ahead pop(crossing *c) {
  const ahead first = c->heap[0], put = c->heap[--c->count];
  size_t i = 0;
  for (;;) {
    size_t child = 2 * i + 1;
    if (child >= c->count) break;
    if (child + 1 < c->count && before(c->heap[child + 1], c->heap[child])) child++;
    if (!before(c->heap[child], put)) break;
    c->heap[i] = c->heap[child];
    i = child;
  }
  c->heap[i] = put;
  return first;
}

/* Map metres of a step. */
static double step_m(const opening_view *v, size_t k) {
  return hypot(saddles_around[k][0] * v->spec->lattice.dx, saddles_around[k][1] * v->spec->lattice.dy);
}

/* Goes on from a cell of water to the cell beside it: water, or the bank where the line ends. */
static sund_code step_on(crossing *c, ahead at, size_t k) {
  const opening_view *v = c->view;
  const size_t cell = at.state / 2, to = opening_beside(v, cell, k);
  const bool crossed = opening_crosses(v, cell, k);
  const size_t odd = (at.state + crossed) % 2;
  if (!opening_is_water(v, to)) {
    const double width = at.metres + step_m(v, k) / 2;
    if (width >= c->width[odd]) return SUND_OK;
    c->width[odd] = width;
    c->end[odd] = at.state;
    c->bank[odd] = k;
    return SUND_OK;
  }
  const double metres = at.metres + step_m(v, k);
  const size_t state = 2 * to + odd;
  if (!opening_inside(v, to) || !opening_in_raster(v, to) || metres > v->radius_m || metres >= c->metres[state])
    return SUND_OK;
  c->metres[state] = metres;
  c->from[state] = (uint8_t)(k + (crossed ? 8 : 0));
  return push(c, metres, state);
}

static sund_code cross(crossing *c) {
  opening_view *v = c->view;
  const size_t states = 2 * v->columns * v->rows;
  c->metres = sund_alloc(v->ctx, states, sizeof *c->metres);
  c->from = sund_alloc(v->ctx, states, sizeof *c->from);
  if (!c->metres || !c->from) return SUND_LIMIT;
  for (size_t i = 0; i < states; i++) c->metres[i] = INFINITY;
  c->width[0] = c->width[1] = INFINITY;
  c->metres[2 * v->saddle] = 0;
  TRY(push(c, 0, 2 * v->saddle));
  while (c->count) {
    const ahead at = pop(c);
    if (at.metres >= c->width[0] && at.metres >= c->width[1]) break;
    if (at.metres > c->metres[at.state]) continue;
    for (size_t k = 0; k < 8; k++) TRY(step_on(c, at, k));
  }
  return SUND_OK;
}

/* ---------------------------------------------------------------------------------------------------------- line */

typedef struct drawing {
  const opening_view *view;
  uint8_t *drawn; /* cells: 1 = in the line */
  size_t count, room;
  size_t *cell;
} drawing;

static sund_code draw(drawing *d, size_t cell) {
  if (d->drawn[cell]) return SUND_OK;
  size_t *grown = sund_grow(d->view->ctx, d->cell, &d->room, d->count + 1, sizeof *grown);
  if (!grown) return SUND_LIMIT;
  d->cell = grown;
  d->cell[d->count++] = cell;
  d->drawn[cell] = 1;
  return SUND_OK;
}

/* Height of what must be built on a cell, the lower the more: the sea's floor is not known. */
static int32_t floor_of(const opening_view *v, size_t cell) {
  return opening_is_source(v, cell) ? -1 : v->ground[cell];
}

/* The cell that fills a diagonal step: one in the line already, else the higher one that is wet. */
static sund_code fill_corner(drawing *d, size_t cell, size_t k) {
  const opening_view *v = d->view;
  if (v->spec->connectivity == 4 || k % 2 == 0) return SUND_OK;
  const size_t a = opening_beside(v, cell, (k + 7) % 8), b = opening_beside(v, cell, (k + 1) % 8);
  if (d->drawn[a] || d->drawn[b]) return SUND_OK;
  const bool wet_a = opening_is_water(v, a), wet_b = opening_is_water(v, b);
  if (wet_a != wet_b) return draw(d, wet_a ? a : b);
  return draw(d, floor_of(v, a) >= floor_of(v, b) ? a : b);
}

/* Where the way to a state came from. */
static size_t state_before(const crossing *c, size_t state) {
  const size_t back = opening_beside(c->view, state / 2, (c->from[state] + 4u) % 8);
  return 2 * back + (state + (c->from[state] >= 8)) % 2;
}

/* From the one bank over the saddle to the other. */
static sund_code draw_line(sund_ctx *ctx, const crossing *c, sund_opening *out) {
  opening_view *v = c->view;
  drawing d = {.view = v};
  d.drawn = sund_alloc(v->ctx, v->columns * v->rows, 1);
  if (!d.drawn) return SUND_LIMIT;
  TRY(fill_corner(&d, c->end[0] / 2, c->bank[0]));
  for (size_t at = c->end[0]; at != 2 * v->saddle; at = state_before(c, at)) {
    TRY(draw(&d, at / 2));
    TRY(fill_corner(&d, at / 2, (c->from[at] + 4u) % 8));
  }
  TRY(draw(&d, v->saddle));
  size_t steps = 0;
  for (size_t at = c->end[1]; at != 2 * v->saddle; at = state_before(c, at)) steps++;
  uint8_t *step = sund_alloc(v->ctx, steps, sizeof *step);
  if (!step) return SUND_LIMIT;
  for (size_t at = c->end[1], i = steps; i-- > 0; at = state_before(c, at)) step[i] = c->from[at] % 8;
  size_t at = v->saddle;
  for (size_t i = 0; i < steps; i++) {
    TRY(fill_corner(&d, at, step[i]));
    at = opening_beside(v, at, step[i]);
    TRY(draw(&d, at));
  }
  TRY(fill_corner(&d, at, c->bank[1]));
  out->line = (sund_cell_list){0};
  for (size_t i = 0; i < d.count; i++) {
    const sund_cell cell = {(uint32_t)(v->column + (ptrdiff_t)(d.cell[i] % v->columns)),
                            (uint32_t)(v->row + (ptrdiff_t)(d.cell[i] / v->columns))};
    TRY(sund_cell_add(ctx, &out->line, cell));
  }
  out->width_m = c->width[0] + c->width[1];
  return SUND_OK;
}

/* -------------------------------------------------------------------------------------------------------- opening */

static sund_code look_around(sund_ctx *scratch, const sund_flood *flood, const sund_saddle *saddle, uint16_t above,
                             double radius_m, opening_view *v) {
  const sund_flood_spec *spec = sund_flood_spec_of(flood);
  const size_t across = (size_t)(radius_m / spec->lattice.dx) + 1, down = (size_t)(radius_m / spec->lattice.dy) + 1;
  *v = (opening_view){.ctx = scratch, .spec = spec, .radius_m = radius_m, .crest = saddle->crest};
  const uint32_t level = (uint32_t)saddle->crest + above;
  v->level = level < spec->cap ? (uint16_t)level : spec->cap;
  v->column = (ptrdiff_t)saddle->cell.column - (ptrdiff_t)across;
  v->row = (ptrdiff_t)saddle->cell.row - (ptrdiff_t)down;
  v->columns = 2 * across + 1;
  v->rows = 2 * down + 1;
  v->saddle = down * v->columns + across;
  const ptrdiff_t column = (ptrdiff_t)saddle->basin.column - v->column, row = (ptrdiff_t)saddle->basin.row - v->row;
  const bool here = column >= 0 && row >= 0 && (size_t)column < v->columns && (size_t)row < v->rows;
  v->basin = here ? (size_t)row * v->columns + (size_t)column : SIZE_MAX;
  v->ground = sund_alloc(scratch, v->columns * v->rows, sizeof *v->ground);
  v->wet = sund_alloc(scratch, v->columns * v->rows, sizeof *v->wet);
  uint8_t *sea = sund_alloc(scratch, v->columns * v->rows, 1);
  if (!v->ground || !v->wet || !sea) return SUND_LIMIT;
  saddles_load(flood, v->column, v->row, v->columns, v->rows, v->ground, v->wet, sea);
  return opening_find_way(v);
}

/* With what lies within a radius. *found false: the line would be longer. */
static sund_code measure(sund_ctx *ctx, sund_ctx *scratch, const sund_flood *flood, const sund_saddle *saddle,
                         uint16_t above, double radius_m, bool *found, sund_opening *out) {
  opening_view view;
  TRY(look_around(scratch, flood, saddle, above, radius_m, &view));
  crossing c = {.view = &view};
  TRY(cross(&c));
  *found = c.width[0] <= radius_m && c.width[1] <= radius_m;
  return *found ? draw_line(ctx, &c, out) : SUND_OK;
}

sund_code sund_saddle_opening(sund_ctx *ctx, const sund_flood *flood, const sund_saddle *saddle, uint16_t above,
                              double reach_m, sund_opening *out) {
  const sund_lattice *lattice = &sund_flood_spec_of(flood)->lattice;
  sund_opening opening = {.width_m = NAN};
  bool found = false;
  for (double radius_m = RADIUS_FIRST * fmax(lattice->dx, lattice->dy); !found; radius_m *= 2) {
    const bool last = radius_m >= reach_m;
    sund_ctx *scratch = sund_ctx_child(ctx);
    if (!scratch) return SUND_LIMIT;
    sund_code code = measure(ctx, scratch, flood, saddle, above, last ? reach_m : radius_m, &found, &opening);
    if (code != SUND_OK) code = sund_ctx_pass(ctx, scratch);
    sund_ctx_free(scratch);
    TRY(code);
    if (last) break;
  }
  *out = opening;
  return SUND_OK;
}

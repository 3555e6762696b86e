/* Where to build: corridors with known answers, and small worlds against every closed line there is. */
#include <math.h>

#include "support.h"

enum { RUNS = 800, TRIES_MOST = 200000, WAYS = 8, MOST = 8, POINTS_MOST = 3 * (MOST + 3) * (MOST + 3) };

/* ------------------------------------------------------------------------------------------------------- worlds */

/* A raster drawn by hand: heights in metres, -1 = sea, -2 = unknown. */
typedef struct world {
  sund_ctx *ctx;
  size_t columns, rows;
  double dx, dy, step;
  int connectivity;
  unsigned seeds;
  float *height;
} world;

static sund_code world_read(sund_ctx *ctx, void *data, const sund_window *window, float *metres, uint8_t *sea) {
  (void)ctx;
  const world *w = data;
  for (size_t r = 0, i = 0; r < window->rows; r++)
    for (size_t c = 0; c < window->columns; c++, i++) {
      const float h = w->height[(window->row + r) * w->columns + window->column + c];
      sea[i] = h == -1;
      metres[i] = h < 0 ? NAN : h;
    }
  return SUND_OK;
}

static world world_new(sund_ctx *ctx, size_t columns, size_t rows, float height) {
  world w = {.ctx = ctx,
             .columns = columns,
             .rows = rows,
             .dx = 1,
             .dy = 1,
             .step = 0.001,
             .connectivity = 8,
             .seeds = SUND_SEED_SEA};
  w.height = sund_alloc(ctx, columns * rows, sizeof *w.height);
  assert_non_null(w.height);
  for (size_t i = 0; i < columns * rows; i++) w.height[i] = height;
  return w;
}

static void draw(world *w, size_t column, size_t row, size_t columns, size_t rows, float height) {
  for (size_t r = row; r < row + rows; r++)
    for (size_t c = column; c < column + columns; c++) w->height[r * w->columns + c] = height;
}

static sund_flood *flooded(world *w) {
  const sund_flood_spec spec = {.lattice = {w->columns, w->rows, 0, 0, w->dx, w->dy},
                                .step_m = w->step,
                                .cap = SUND_NEVER - 1,
                                .connectivity = w->connectivity,
                                .seeds = w->seeds,
                                .zones = 1};
  const sund_flood_source source = {.read = world_read, .data = w};
  sund_flood *flood = NULL;
  assert_ok(w->ctx, sund_flood_run(w->ctx, &spec, &source, &flood));
  return flood;
}

static sund_closing_ask ask_for(const world *w, size_t column, size_t row, double target_m) {
  return (sund_closing_ask){.keep = {(uint32_t)column, (uint32_t)row},
                            .target = (uint16_t)lrint(target_m / w->step),
                            .within = {0, 0, w->columns, w->rows},
                            .ground_scale = 1};
}

/* The line asked for; its sums hold, and with it built the cell is dry up to the target. */
static bool closed(world *w, const sund_closing_ask *ask, sund_closing *out) {
  sund_flood *flood = flooded(w);
  bool found = true;
  *out = (sund_closing){.stretches = 0};
  assert_ok(w->ctx, sund_closing_find(w->ctx, flood, ask, &found, out));
  if (!found) return false;
  double length = 0, face = 0, highest = 0;
  assert_true(out->line.count > 0);
  for (size_t i = 0; i < out->line.count; i++) {
    const sund_cell cell = out->line.cell[i];
    const uint16_t ground = sund_flood_ground(flood, cell);
    assert_true(ground <= ask->target);
    assert_false(sund_flood_is_sea(flood, cell));
    const double height = (ask->target + 1 - ground) * w->step;
    length += out->metres[i], face += out->metres[i] * height, highest = fmax(highest, height);
  }
  assert_true(fabs(length - out->length_m) <= 1e-9 * length && fabs(face - out->face_m2) <= 1e-9 * face);
  assert_true(highest == out->highest_m);
  assert_int_equal(out->first[0], 0);
  assert_int_equal(out->first[out->stretches], out->line.count);
  float *before = w->height, *raised = sund_alloc(w->ctx, w->columns * w->rows, sizeof *raised);
  memcpy(raised, before, w->columns * w->rows * sizeof *raised);
  for (size_t i = 0; i < out->line.count; i++)
    raised[out->line.cell[i].row * w->columns + out->line.cell[i].column] = (float)((ask->target + 1) * w->step);
  w->height = raised;
  assert_true(sund_flood_wet(flooded(w), SUND_ANY_ZONE, ask->keep) > ask->target);
  w->height = before;
  return true;
}

static void assert_near(double value, double expected) {
  if (!(fabs(value - expected) <= 1e-9 * fmax(1, fabs(expected))))
    fail_msg("%.12g instead of %.12g", value, expected);
}

/* --------------------------------------------------------------------------------------------------- corridors */

/* Sea in the west, hills, a corridor of width `wide` to a basin. */
static world corridor(sund_ctx *ctx, size_t wide, float bed) {
  world w = world_new(ctx, 40, 30, 9);
  draw(&w, 0, 0, 2, 30, -1);
  draw(&w, 2, 8, 22, wide, bed);
  draw(&w, 24, 3, 12, 24, bed - 1);
  return w;
}

/* T13: a corridor costs its width times what it lacks, one raw step included. */
static void test_corridor(void **state) {
  for (size_t wide = 1; wide < 12; wide += 3)
    for (int connectivity = 4; connectivity <= 8; connectivity += 4) {
      world w = corridor(*state, wide, 1.5f);
      w.connectivity = connectivity;
      w.dx = 3, w.dy = 2;
      sund_closing_ask ask = ask_for(&w, 30, 12, 2.25);
      ask.ground_scale = 0.5;
      sund_closing line;
      assert_true(closed(&w, &ask, &line));
      assert_near(line.length_m, (double)wide);
      assert_near(line.face_m2, (double)wide * 0.751);
      assert_near(line.highest_m, 0.751);
      assert_int_equal(line.stretches, 1);
      assert_int_equal(line.line.count, wide);
      for (size_t i = 1; i < wide; i++) assert_int_equal(line.line.cell[i].column, line.line.cell[0].column);
    }
}

/* The narrower throat is taken iff it is cheaper; around its mouth the wall cuts two corners. */
static void test_throat(void **state) {
  for (size_t narrow = 3; narrow < 8; narrow++)
    for (int deep = 0; deep < 2; deep++) {
      world w = corridor(*state, 8, 1.5f);
      draw(&w, 10, 8, 3, 8, 9);
      draw(&w, 10, 9, 3, narrow, deep ? 1.f : 1.5f);
      sund_closing line;
      const sund_closing_ask ask = ask_for(&w, 30, 12, 2);
      assert_true(closed(&w, &ask, &line));
      const double throat = (double)narrow * (deep ? 1.001 : 0.501), wide = 8 * 0.501;
      const double mouth = ((double)narrow + (narrow < 7 ? 2 : 1) * sqrt(0.5)) * 0.501;
      assert_near(line.face_m2, fmin(throat, fmin(mouth, wide)));
      const uint32_t column = line.line.cell[0].column;
      assert_true((column >= 10 && column < 13) == (throat < fmin(mouth, wide)));
    }
}

/* Two ways in, 3 wide each: both are closed, or what lies behind both when that is narrower. */
static void test_two(void **state) {
  world w = world_new(*state, 60, 40, 9);
  draw(&w, 0, 0, 60, 2, -1);
  draw(&w, 0, 38, 60, 2, -1);
  draw(&w, 10, 2, 3, 36, 1);
  draw(&w, 13, 15, 27, 8, 1);
  draw(&w, 40, 10, 12, 20, 0);
  sund_closing line;
  const sund_closing_ask ask = ask_for(&w, 45, 20, 2);
  assert_true(closed(&w, &ask, &line));
  assert_near(line.face_m2, 6 * 1.001);
  assert_int_equal(line.stretches, 2);
  assert_int_equal(line.first[1], 3);
  draw(&w, 30, 15, 2, 3, 9);
  assert_true(closed(&w, &ask, &line));
  assert_near(line.face_m2, 5 * 1.001);
  assert_int_equal(line.stretches, 1);
}

/* Where nothing may be built the next best is taken; without any there is none. */
static void test_no_go(void **state) {
  world w = corridor(*state, 4, 1.5f);
  draw(&w, 10, 8, 3, 1, 9);
  uint8_t *no_go = sund_alloc(*state, w.columns * w.rows, 1);
  sund_closing_ask ask = ask_for(&w, 30, 12, 2);
  ask.no_go = no_go;
  sund_closing line;
  assert_true(closed(&w, &ask, &line));
  assert_near(line.face_m2, 3 * 0.501);
  for (size_t c = 10; c < 13; c++) no_go[10 * w.columns + c] = 1;
  assert_true(closed(&w, &ask, &line));
  assert_near(line.face_m2, (2 + 2 * sqrt(0.5)) * 0.501);
  for (size_t c = 9; c < 14; c++) no_go[10 * w.columns + c] = 1;
  assert_true(closed(&w, &ask, &line));
  assert_near(line.face_m2, 4 * 0.501);
  memset(no_go, 1, w.columns * w.rows);
  assert_false(closed(&w, &ask, &line));
}

/* Nothing to do: dry there, or in the sea, or outside the window. */
static void test_nothing(void **state) {
  world w = corridor(*state, 4, 1.5f);
  sund_closing line;
  sund_closing_ask ask = ask_for(&w, 30, 12, 1.499);
  assert_false(closed(&w, &ask, &line));
  ask = ask_for(&w, 0, 12, 2);
  assert_false(closed(&w, &ask, &line));
  ask = ask_for(&w, 30, 12, 2);
  ask.within = (sund_window){0, 0, 20, 30};
  assert_false(closed(&w, &ask, &line));
  /* The basin reaches out of the window. */
  ask.within = (sund_window){0, 0, 32, 30};
  assert_false(closed(&w, &ask, &line));
  ask.within = (sund_window){12, 2, 25, 26};
  assert_true(closed(&w, &ask, &line));
  assert_near(line.face_m2, 4 * 0.501);
}

/* Diagonal corridor: the wall runs across at its length on the ground. */
static void test_diagonal(void **state) {
  world w = world_new(*state, 60, 60, 9);
  draw(&w, 0, 0, 60, 3, -1);
  for (size_t r = 3; r < 40; r++)
    for (size_t c = 0; c < 60; c++)
      if (c + 3 >= r && c + 3 <= r + 4) w.height[r * 60 + c] = 1;
  draw(&w, 25, 40, 30, 15, 0);
  sund_closing line;
  const sund_closing_ask ask = ask_for(&w, 40, 50, 2);
  assert_true(closed(&w, &ask, &line));
  /* Five diagonals of cells: every cell is crossed at half its diagonal. */
  assert_near(line.length_m, 5 * sqrt(0.5));
}

/* A pond of sea within the window is walled off too. */
static void test_pond(void **state) {
  world w = corridor(*state, 4, 1.5f);
  draw(&w, 28, 20, 2, 2, -1);
  sund_closing line;
  draw(&w, 26, 18, 6, 6, 1.5f);
  draw(&w, 28, 20, 2, 2, -1);
  const sund_closing_ask ask = ask_for(&w, 30, 8, 2);
  assert_true(closed(&w, &ask, &line));
  assert_int_equal(line.stretches, 2);
}

/* -------------------------------------------------------------------------------------------------- every line */

/* A small world in a ring: what the twin walks on. Kinds as letters: Bank, Land, Fixed, Sea, X = nobody's. */
typedef struct twin_arc {
  uint16_t from, to, cell;
  uint8_t d, e;
  double cost;
} twin_arc;

typedef struct twin {
  size_t columns, rows, cells;
  bool corners;
  char kind[(MOST + 2) * (MOST + 2)];
  double lift[(MOST + 2) * (MOST + 2)];
  double length[WAYS][WAYS];
  size_t keep;
  uint16_t node[POINTS_MOST];
  size_t arcs;
  twin_arc arc[MOST * MOST * WAYS * WAYS];
  double home[POINTS_MOST];
  double least, bound;
  uint64_t tried;
  size_t deep; /* arcs of the line walked now */
  const twin_arc *line[MOST * MOST * WAYS];
  size_t sea; /* a cell the water comes from */
  uint8_t on[POINTS_MOST], raised[(MOST + 2) * (MOST + 2)];
} twin;

static const int EAST[WAYS] = {1, 1, 0, -1, -1, -1, 0, 1}, SOUTH[WAYS] = {0, -1, -1, -1, 0, 1, 1, 1};

static size_t beside(const twin *t, size_t cell, unsigned d) {
  return (size_t)((int)cell + SOUTH[d] * (int)t->columns + EAST[d]);
}

/* Number of a point, on a lattice of half cells. */
static size_t point(const twin *t, size_t cell, unsigned d) {
  const size_t column = 2 * (cell % t->columns) + 1, row = 2 * (cell / t->columns) + 1;
  const size_t x = (size_t)((int)column + EAST[d]), y = (size_t)((int)row + SOUTH[d]);
  return y / 2 * 3 * (t->columns + 1) + x / 2 * 3 + (x % 2) + 2 * (y % 2);
}

static bool ring(const twin *t, size_t cell) {
  const size_t c = cell % t->columns, r = cell / t->columns;
  return !c || !r || c + 1 == t->columns || r + 1 == t->rows;
}

static void twin_open(twin *t, const world *w, const sund_flood *flood, const sund_closing_ask *ask) {
  memset(t, 0, sizeof *t);
  const sund_window *in = &ask->within;
  t->columns = in->columns + 2, t->rows = in->rows + 2, t->cells = t->columns * t->rows;
  t->corners = w->connectivity == 8;
  t->keep = (ask->keep.row - in->row + 1) * t->columns + ask->keep.column - in->column + 1;
  for (unsigned d = 0; d < WAYS; d++)
    for (unsigned e = 0; e < WAYS; e++)
      if ((d + WAYS - e) % WAYS > 1 && (e + WAYS - d) % WAYS > 1)
        t->length[d][e] = ask->ground_scale * hypot(w->dx * (EAST[d] - EAST[e]), w->dy * (SOUTH[d] - SOUTH[e])) / 2;
  for (size_t i = 0; i < t->cells; i++) {
    const int c = (int)(in->column + i % t->columns) - 1, r = (int)(in->row + i / t->columns) - 1;
    const int near_c = c < 0 ? 0 : c >= (int)w->columns ? (int)w->columns - 1 : c;
    const int near_r = r < 0 ? 0 : r >= (int)w->rows ? (int)w->rows - 1 : r;
    const sund_cell near = {(uint32_t)near_c, (uint32_t)near_r};
    const uint16_t ground = sund_flood_ground(flood, near);
    const bool sea = sund_flood_is_sea(flood, near), beyond = c != near_c || r != near_r;
    const bool low = ground != SUND_NEVER && ground <= ask->target;
    const bool outlet = ground == SUND_NEVER && (w->seeds & SUND_SEED_NODATA);
    if (beyond) t->kind[i] = w->seeds & SUND_SEED_EDGE ? 'S' : sea || outlet ? 'X' : 'B';
    else if (ring(t, i)) t->kind[i] = sea || low || outlet ? 'S' : 'B';
    else t->kind[i] = sea || outlet ? 'S' : low ? 'L' : 'B';
    if (t->kind[i] == 'L' && ask->no_go &&
        ask->no_go[(size_t)(r - (int)in->row) * in->columns + (size_t)(c - (int)in->column)])
      t->kind[i] = 'F';
    if (t->kind[i] == 'L' || t->kind[i] == 'F') t->lift[i] = (ask->target + 1 - ground) * w->step;
  }
  /* The basin, grown cell by cell. */
  const uint16_t wet = sund_flood_wet(flood, SUND_ANY_ZONE, ask->keep);
  t->kind[t->keep] = 'K';
  for (bool more = true; more;) {
    more = false;
    for (size_t i = 0; i < t->cells; i++) {
      if (ring(t, i) || (t->kind[i] != 'L' && t->kind[i] != 'F')) continue;
      const sund_cell at = {(uint32_t)(in->column + i % t->columns - 1), (uint32_t)(in->row + i / t->columns - 1)};
      if (sund_flood_ground(flood, at) >= wet) continue;
      for (unsigned d = 0; d < WAYS; d += t->corners ? 1 : 2)
        if (t->kind[beside(t, i, d)] == 'K') t->kind[i] = 'K', more = true;
    }
  }
  /* Points of one bank are one. */
  for (size_t i = 0; i < POINTS_MOST; i++) t->node[i] = (uint16_t)i;
  for (bool more = true; more;) {
    more = false;
    for (size_t i = 0; i < t->cells; i++) {
      if (t->kind[i] != 'B') continue;
      uint16_t least = UINT16_MAX;
      for (unsigned d = 0; d < WAYS; d += t->corners ? 2 : 1)
        if (t->node[point(t, i, d)] < least) least = t->node[point(t, i, d)];
      for (unsigned d = 0; d < WAYS; d += t->corners ? 2 : 1)
        if (t->node[point(t, i, d)] != least) t->node[point(t, i, d)] = least, more = true;
    }
  }
}

/* Does water reach what is to be kept dry, with the cells raised? */
static bool twin_wet(twin *t) {
  size_t queue[(MOST + 2) * (MOST + 2)], count = 0;
  uint8_t seen[(MOST + 2) * (MOST + 2)] = {0};
  for (size_t i = 0; i < t->cells; i++)
    if (t->kind[i] == 'K') queue[count++] = i, seen[i] = 1;
  for (size_t at = 0; at < count; at++) {
    if (t->kind[queue[at]] == 'S') return t->sea = queue[at], true;
    for (unsigned d = 0; d < WAYS; d += t->corners ? 1 : 2) {
      const size_t next = beside(t, queue[at], d);
      if (seen[next] || t->raised[next] || t->kind[next] == 'B' || t->kind[next] == 'X') continue;
      seen[next] = 1;
      queue[count++] = next;
    }
  }
  return false;
}

/* A point of the plane in half cells. */
typedef struct spot {
  double x, y;
} spot;

static spot spot_of(const twin *t, size_t cell, unsigned d) {
  return (spot){(double)(2 * (cell % t->columns) + 1) + EAST[d], (double)(2 * (cell / t->columns) + 1) + SOUTH[d]};
}

static spot centre_of(const twin *t, size_t cell) {
  return (spot){(double)(2 * (cell % t->columns) + 1), (double)(2 * (cell / t->columns) + 1)};
}

/* A bank cell that has the point, or SIZE_MAX. */
static size_t bank_at(const twin *t, spot at) {
  for (size_t i = 0; i < t->cells; i++)
    for (unsigned d = 0; d < WAYS && t->kind[i] == 'B'; d += t->corners ? 2 : 1) {
      const spot s = spot_of(t, i, d);
      if (s.x == at.x && s.y == at.y) return i;
    }
  return SIZE_MAX;
}

/* Appends the centres of bank cells from one to another. */
static size_t along_bank(const twin *t, size_t from, size_t to, spot *out) {
  size_t queue[(MOST + 2) * (MOST + 2)], after[(MOST + 2) * (MOST + 2)], count = 0, n = 0;
  for (size_t i = 0; i < t->cells; i++) after[i] = SIZE_MAX;
  queue[count++] = to, after[to] = to;
  for (size_t at = 0; at < count && after[from] == SIZE_MAX; at++)
    for (unsigned d = 0; d < WAYS; d += t->corners ? 2 : 1) {
      const size_t c = queue[at] % t->columns, r = queue[at] / t->columns;
      const int nc = (int)c + EAST[d], nr = (int)r + SOUTH[d];
      if (nc < 0 || nr < 0 || nc >= (int)t->columns || nr >= (int)t->rows) continue;
      const size_t next = (size_t)nr * t->columns + (size_t)nc;
      if (t->kind[next] != 'B' || after[next] != SIZE_MAX) continue;
      after[next] = queue[at];
      queue[count++] = next;
    }
  for (size_t at = from;; at = after[at]) {
    out[n++] = centre_of(t, at);
    if (at == to) return n;
  }
}

static bool twin_inside(size_t n, const spot *ring_of, spot at) {
  bool inside = false;
  at.x += 0.013, at.y += 0.0071;
  for (size_t i = 0, k = n - 1; i < n; k = i++) {
    const spot a = ring_of[i], b = ring_of[k];
    if ((a.y > at.y) != (b.y > at.y) && at.x < (b.x - a.x) * (at.y - a.y) / (b.y - a.y) + a.x) inside = !inside;
  }
  return inside;
}

/* Does the line itself part the basin from the sea? A raised cell alone could, whatever way the line takes in it. */
static bool twin_parts(const twin *t) {
  spot corner[MOST * MOST * WAYS * 4];
  size_t n = 0;
  for (size_t i = 0; i < t->deep; i++) {
    const twin_arc *arc = t->line[i], *next = t->line[(i + 1) % t->deep];
    corner[n++] = spot_of(t, arc->cell, arc->d);
    corner[n++] = spot_of(t, arc->cell, arc->e);
    const spot on = spot_of(t, next->cell, next->d);
    if (corner[n - 1].x != on.x || corner[n - 1].y != on.y)
      n += along_bank(t, bank_at(t, corner[n - 1]), bank_at(t, on), corner + n);
  }
  return twin_inside(n, corner, centre_of(t, t->keep)) != twin_inside(n, corner, centre_of(t, t->sea));
}

static void twin_arcs(twin *t) {
  for (size_t cell = 0; cell < t->cells; cell++)
    for (unsigned d = 0; d < WAYS && t->kind[cell] == 'L'; d += t->corners ? 2 : 1)
      for (unsigned e = 0; e < WAYS; e += t->corners ? 2 : 1)
        if (t->length[d][e] > 0)
          t->arc[t->arcs++] = (twin_arc){
              t->node[point(t, cell, d)],     t->node[point(t, cell, e)], (uint16_t)cell, (uint8_t)d, (uint8_t)e,
              t->length[d][e] * t->lift[cell]};
}

/* Costs back to a node over nodes after it. */
static void twin_home(twin *t, uint16_t start) {
  for (size_t i = 0; i < POINTS_MOST; i++) t->home[i] = INFINITY;
  t->home[start] = 0;
  for (bool more = true; more;) {
    more = false;
    for (size_t a = 0; a < t->arcs; a++) {
      const twin_arc *arc = &t->arc[a];
      if (arc->from < start || !(t->home[arc->to] + arc->cost < t->home[arc->from])) continue;
      t->home[arc->from] = t->home[arc->to] + arc->cost;
      more = true;
    }
  }
}

/* Goes on with a line from a node; nodes before `start` have been tried as starts. */
static void twin_walk(twin *t, uint16_t start, uint16_t node, double cost) {
  for (size_t a = 0; a < t->arcs && t->tried < TRIES_MOST; a++) {
    const twin_arc *arc = &t->arc[a];
    const double more = cost + arc->cost;
    if (arc->from != node || arc->to < start || t->on[arc->to]) continue;
    if (more + t->home[arc->to] > t->bound || more + t->home[arc->to] >= t->least - 1e-12) continue;
    t->tried++;
    t->raised[arc->cell]++;
    t->line[t->deep++] = arc;
    if (arc->to == start) {
      if (twin_parts(t) && !twin_wet(t)) t->least = more;
    } else {
      t->on[arc->to] = 1;
      twin_walk(t, start, arc->to, more);
      t->on[arc->to] = 0;
    }
    t->deep--;
    t->raised[arc->cell]--;
  }
}

/* The cheapest closed line that keeps the basin dry, of all that cost at most `bound`; NAN = too many to try. */
static double twin_least(twin *t, double bound) {
  t->least = INFINITY;
  t->bound = bound;
  assert_true(twin_wet(t));
  twin_arcs(t);
  for (size_t i = 0; i < POINTS_MOST; i++) {
    if (t->node[i] != i) continue;
    twin_home(t, (uint16_t)i);
    twin_walk(t, (uint16_t)i, (uint16_t)i, 0);
  }
  return t->tried < TRIES_MOST ? t->least : NAN;
}

/* Is it dry with everything built that can be? */
static bool twin_possible(twin *t) {
  for (size_t cell = 0; cell < t->cells; cell++) t->raised[cell] = t->kind[cell] == 'L';
  return !twin_wet(t);
}

static void random_world(world *w, uint64_t *seed) {
  const size_t n = w->columns * w->rows;
  const int banks = 2 + (int)(support_random(seed) % 5);
  for (size_t i = 0; i < n; i++) {
    const uint64_t dice = support_random(seed) % 10;
    w->height[i] = dice < (uint64_t)banks ? 9 : (float)(5 - (int)sqrt((double)(support_random(seed) % 25)));
    if (support_random(seed) % 20 == 0) w->height[i] = -2;
    const size_t c = i % w->columns, r = i / w->columns;
    const bool edge = !c || !r || c + 1 == w->columns || r + 1 == w->rows;
    if (edge && support_random(seed) % 7 == 0) w->height[i] = -1;
  }
}

static void test_every_line(void **state) {
  const uint64_t first = support_seed();
  uint64_t lines = 0, none = 0, dry = 0, many = 0;
  for (uint64_t run = 0; run < RUNS; run++) {
    uint64_t seed = first * 1000003 + run;
    sund_ctx *ctx = sund_ctx_child(*state);
    world w = world_new(ctx, 4 + support_random(&seed) % 4, 4 + support_random(&seed) % 4, 0);
    w.step = 1;
    w.connectivity = support_random(&seed) % 2 ? 8 : 4;
    w.dx = 1 + (double)(support_random(&seed) % 2);
    const uint64_t dice = support_random(&seed) % 8;
    w.seeds = dice == 0   ? SUND_SEED_SEA | SUND_SEED_EDGE
              : dice == 1 ? SUND_SEED_SEA | SUND_SEED_NODATA
                          : SUND_SEED_SEA;
    random_world(&w, &seed);
    sund_closing_ask ask = ask_for(&w, 1 + support_random(&seed) % (w.columns - 2),
                                   1 + support_random(&seed) % (w.rows - 2), (double)(4 + support_random(&seed) % 3));
    uint8_t *no_go = sund_alloc(ctx, w.columns * w.rows, 1);
    for (size_t i = 0; i < w.columns * w.rows; i++) no_go[i] = support_random(&seed) % 12 == 0;
    if (support_random(&seed) % 2) ask.no_go = no_go;
    if (support_random(&seed) % 4 == 0) {
      ask.within = (sund_window){support_random(&seed) % 2, support_random(&seed) % 2, w.columns - 1, w.rows - 1};
      if (ask.within.row) ask.within.rows -= support_random(&seed) % 2;
    }
    sund_closing line;
    const bool found = closed(&w, &ask, &line);
    const sund_flood *flood = flooded(&w);
    if (sund_flood_wet(flood, SUND_ANY_ZONE, ask.keep) > ask.target || sund_flood_is_sea(flood, ask.keep)) {
      assert_false(found);
      dry++;
    } else {
      static twin t;
      twin_open(&t, &w, flood, &ask);
      const double least = found ? twin_least(&t, line.face_m2 + 1e-9) : INFINITY;
      if (isnan(least)) many++;
      /* Unknown cells that let water in may need a line each: then no single line is the twin of the sum. */
      const bool same = !found                                       ? !twin_possible(&t)
                        : w.seeds & SUND_SEED_NODATA || isnan(least) ? true
                                                                     : fabs(least - line.face_m2) <= 1e-9;
      if (!same)
        fail_msg("seed %llu run %llu: %s %g, every line says %g", (unsigned long long)first, (unsigned long long)run,
                 found ? "found" : "none", found ? line.face_m2 : 0, least);
      found ? lines++ : none++;
    }
    sund_ctx_free(ctx);
  }
  assert_true(lines > RUNS / 8 && none > RUNS / 60 && dry > RUNS / 60 && many < RUNS / 60);
}

/* The same world seen in a mirror, on its side, upside down: other ways, other sides, the same cost. */
static void test_mirrors(void **state) {
  enum { SIDE = 32 };
  const uint64_t first = support_seed();
  int lines = 0;
  for (uint64_t run = 0; run < 24; run++) {
    uint64_t seed = first * 7919 + run;
    double cost[4] = {0};
    sund_ctx *ctx = sund_ctx_child(*state);
    world w = world_new(ctx, SIDE, SIDE, 0);
    w.step = 1;
    w.connectivity = support_random(&seed) % 2 ? 8 : 4;
    random_world(&w, &seed);
    const int share = 3 + (int)(support_random(&seed) % 30);
    for (size_t i = 0; i < SIDE * SIDE; i++)
      if (w.height[i] == 9 && (int)(support_random(&seed) % 32) > share) w.height[i] = 4;
    for (size_t i = 0; i < SIDE; i++) w.height[i] = -1;
    draw(&w, 13, 13, 6, 6, 0);
    float *before = w.height;
    for (int view = 0; view < 4; view++) {
      w.height = sund_alloc(ctx, SIDE * SIDE, sizeof *w.height);
      for (size_t r = 0; r < SIDE; r++)
        for (size_t c = 0; c < SIDE; c++) {
          const size_t vc = view & 1 ? SIDE - 1 - c : c, vr = r;
          w.height[view & 2 ? vc * SIDE + vr : vr * SIDE + vc] = before[r * SIDE + c];
        }
      const sund_closing_ask ask = ask_for(&w, view & 1 ? SIDE - 1 - 15 : 15, 15, 6);
      sund_closing_ask turned = ask;
      if (view & 2) turned.keep = (sund_cell){ask.keep.row, ask.keep.column};
      sund_closing line;
      cost[view] = closed(&w, &turned, &line) ? line.face_m2 : -1;
      if (fabs(cost[view] - cost[0]) > 1e-9)
        fail_msg("seed %llu run %llu: %g, in view %d %g", (unsigned long long)first, (unsigned long long)run, cost[0],
                 view, cost[view]);
    }
    lines += cost[0] > 0;
    sund_ctx_free(ctx);
  }
  assert_true(lines > 8);
}

static void test_memory(void **state) {
  (void)state;
  size_t needed = 0;
  for (size_t n = 0; n <= needed; n++) {
    sund_ctx *ctx = sund_ctx_new();
    world w = corridor(ctx, 3, 1.5f);
    const sund_closing_ask ask = ask_for(&w, 30, 12, 2);
    sund_flood *flood = flooded(&w);
    sund_closing line = {.stretches = 77};
    bool found = false;
    const size_t before = sund_ctx_allocations(ctx);
    sund_ctx_fail_alloc(ctx, n);
    assert_int_equal(sund_closing_find(ctx, flood, &ask, &found, &line), n ? SUND_LIMIT : SUND_OK);
    assert_int_equal(line.stretches, n ? 77 : 1);
    if (!n) needed = sund_ctx_allocations(ctx) - before;
    sund_ctx_free(ctx);
  }
  assert_true(needed > 20);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      SUND_TEST(test_corridor), SUND_TEST(test_throat),   SUND_TEST(test_two),  SUND_TEST(test_no_go),
      SUND_TEST(test_nothing),  SUND_TEST(test_diagonal), SUND_TEST(test_pond), SUND_TEST(test_every_line),
      SUND_TEST(test_mirrors),  SUND_TEST(test_memory),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}

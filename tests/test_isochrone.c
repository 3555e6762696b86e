/* test_isochrone.c - areas reached within limits (geo/isochrone*.c): areas known in closed form, a twin that looks at
 * every reached point for every cell, rings proved valid by GEOS, one inside the other. */
#include <math.h>

#include "geo/isochrone.h"
#include "support.h"

#define PI 3.14159265358979323846
#define UNIT_S 0x1p-10

/* A network drawn by hand, seconds an edge and the labels of its nodes. */
typedef struct town {
  sund_graph *graph;
  double *forward_s, *backward_s;
  uint32_t *node;
  sund_spot origin;
} town;

typedef struct stroke {
  double x0, y0, x1, y1;
} stroke;

static void draw(sund_ctx *ctx, size_t n, const stroke *line, town *t) {
  sund_shapes *lines;
  sund_join_report report;
  assert_ok(ctx, sund_shapes_new(ctx, SUND_LINE, n, n, 2 * n, &lines));
  for (size_t i = 0; i < n; i++) {
    lines->x[2 * i] = line[i].x0, lines->y[2 * i] = line[i].y0;
    lines->x[2 * i + 1] = line[i].x1, lines->y[2 * i + 1] = line[i].y1;
    lines->first_part[i + 1] = i + 1;
    lines->first_vertex[i + 1] = 2 * i + 2;
  }
  assert_ok(ctx, sund_graph_join(ctx, lines, NULL, NULL, NULL, 0.01, NULL, &t->graph, &report));
  t->forward_s = sund_alloc(ctx, t->graph->edges, sizeof *t->forward_s);
  t->backward_s = sund_alloc(ctx, t->graph->edges, sizeof *t->backward_s);
  t->node = sund_alloc(ctx, t->graph->nodes, sizeof *t->node);
}

static void pace(const town *t, double ahead_s_m, double back_s_m) {
  for (size_t e = 0; e < t->graph->edges; e++) {
    t->forward_s[e] = t->graph->edge_m[e] * ahead_s_m;
    t->backward_s[e] = t->graph->edge_m[e] * back_s_m;
  }
}

static bool better(uint32_t *label, double units, uint32_t limit) {
  if (!(units <= limit) || !(units < *label)) return false;
  *label = (uint32_t)units;
  return true;
}

/* Labels by relaxing every edge until nothing changes (Bellman 1958). */
static void label(sund_ctx *ctx, town *t, double x, double y, double leg_s_m, uint32_t limit) {
  const sund_graph *g = t->graph;
  assert_ok(ctx, sund_graph_snap(ctx, g, NULL, 1, &x, &y, 1000, NULL, &t->origin));
  for (size_t v = 0; v < g->nodes; v++) t->node[v] = SUND_BEYOND;
  const sund_spot *o = &t->origin;
  const double part = o->along_m / g->edge_m[o->edge], leg = o->leg_m * leg_s_m;
  better(t->node + g->edge_from[o->edge], rint((leg + part * t->backward_s[o->edge]) / UNIT_S), limit);
  better(t->node + g->edge_to[o->edge], rint((leg + (1 - part) * t->forward_s[o->edge]) / UNIT_S), limit);
  for (bool changed = true; changed;) {
    changed = false;
    for (size_t e = 0; e < g->edges; e++) {
      uint32_t *from = t->node + g->edge_from[e], *to = t->node + g->edge_to[e];
      if (*from != SUND_BEYOND) changed |= better(to, *from + rint(t->forward_s[e] / UNIT_S), limit);
      if (*to != SUND_BEYOND) changed |= better(from, *to + rint(t->backward_s[e] / UNIT_S), limit);
    }
  }
}

static uint32_t units(double seconds) {
  return (uint32_t)(seconds / UNIT_S);
}

static sund_isochrone_ask ask_of(const town *t, double leg_s_m, double leg_m, double cell_m, size_t limits,
                                 const uint32_t *limit) {
  return (sund_isochrone_ask){.graph = t->graph,
                              .forward_s = t->forward_s,
                              .backward_s = t->backward_s,
                              .unit_s = UNIT_S,
                              .node = t->node,
                              .origin = &t->origin,
                              .leg_s_m = leg_s_m,
                              .leg_m = leg_m,
                              .cell_m = cell_m,
                              .limits = limits,
                              .limit = limit};
}

static double area_of(const sund_shapes *s, size_t row) {
  double area = 0;
  for (size_t p = s->first_part[row]; p < s->first_part[row + 1]; p++)
    area += sund_ring_area(s->first_vertex[p + 1] - s->first_vertex[p], s->x + s->first_vertex[p],
                           s->y + s->first_vertex[p]);
  return area;
}

static double area_of_all(const sund_shapes *s) {
  double area = 0;
  for (size_t r = 0; r < s->rows; r++) area += area_of(s, r);
  return area;
}

static void assert_close(double got, double wanted, double share) {
  if (!(fabs(got - wanted) <= share * fabs(wanted)))
    fail_msg("%.3f is not %.3f (%.2g)", got, wanted, got / wanted - 1);
}

static void prove(sund_ctx *ctx, const sund_shapes *s, uint64_t seed) {
  sund_shapes *valid = NULL;
  sund_repair *repair = NULL;
  size_t repairs = 0;
  assert_ok(ctx, sund_overlay_valid(ctx, s, &valid, &repair, &repairs));
  if (repairs)
    fail_msg("seed %llu, row %zu: %s at %g %g", (unsigned long long)seed, repair[0].row, repair[0].reason,
             repair[0].x, repair[0].y);
}

/* Row by row each lies within the next; what sticks out is rounding. */
static void prove_nested(sund_ctx *ctx, const sund_shapes *s, double rounding_m2) {
  for (size_t r = 0; r + 1 < s->rows; r++) {
    sund_shapes *small, *large, *rest;
    assert_ok(ctx, sund_shapes_pick(ctx, s, 1, (size_t[1]){r}, &small));
    assert_ok(ctx, sund_shapes_pick(ctx, s, 1, (size_t[1]){r + 1}, &large));
    assert_ok(ctx, sund_overlay_subtract(ctx, small, large, &rest));
    if (area_of(rest, 0) > rounding_m2) fail_msg("row %zu sticks out by %g m2", r, area_of(rest, 0));
  }
}

/* ----------------------------------------------------------------------------------------------- one road, a band */

/* Walking: a road reached for 2,500 m to both sides, a band of 263 m with round ends where the bound of the leg ends. The
 * edge of the band lies anywhere between centres. */
static void test_band(void **state) {
  sund_ctx *ctx = *state;
  town t;
  sund_shapes *s;
  const uint32_t limit = units(2500 * 0.72);
  const double r = 263;
  draw(ctx, 1, &(stroke){0, 3.7, 10000, 3.7}, &t);
  pace(&t, 0.72, 0.72);
  label(ctx, &t, 5003, 3.7, 0.72, limit);
  assert_int_equal(t.node[0], SUND_BEYOND); /* neither end is reached: the origin's own edge is, in part */
  for (double cell = 50; cell > 5; cell /= 2) {
    const sund_isochrone_ask ask = ask_of(&t, 0.72, r, cell, 1, &limit);
    assert_ok(ctx, sund_isochrone(ctx, &ask, &s));
    assert_close(area_of(s, 0), (5000 - 2 * r) * 2 * r + PI * r * r, 0.003 * cell / 50);
    assert_int_equal(s->parts, 1);
    prove(ctx, s, 0);
  }
}

/* By car the rest of the time fades slowly: tangents to the last full disc meet where the time is up. */
static void test_tapered(void **state) {
  sund_ctx *ctx = *state;
  town t;
  sund_shapes *s;
  const uint32_t limit = units(300);
  const double k = 0.045 / 0.72, far = 250 / k, full = 300 / 0.045 - far, r = 250;
  draw(ctx, 1, &(stroke){0, 3, 20000, 3}, &t);
  pace(&t, 0.045, 0.045);
  label(ctx, &t, 10000, 3, 0.72, limit);
  const sund_isochrone_ask ask = ask_of(&t, 0.72, r, 10, 1, &limit);
  assert_ok(ctx, sund_isochrone(ctx, &ask, &s));
  const double wanted = 4 * full * r + 2 * (r * sqrt(far * far - r * r) + r * r * (PI / 2 - acos(r / far)));
  assert_close(area_of(s, 0), wanted, 0.001);
  prove(ctx, s, 0);
}

/* A one-way street from its middle: only what lies ahead. */
static void test_one_way(void **state) {
  sund_ctx *ctx = *state;
  town t;
  sund_shapes *s;
  const uint32_t limit = units(1000);
  draw(ctx, 1, &(stroke){0, 0, 0, 6000}, &t);
  const bool north = t.graph->y[t.graph->edge_to[0]] > 1;
  pace(&t, north ? 0.5 : NAN, north ? NAN : 0.5);
  label(ctx, &t, 0, 3000, 1, limit);
  const sund_isochrone_ask ask = ask_of(&t, 1, 200, 20, 1, &limit);
  assert_ok(ctx, sund_isochrone(ctx, &ask, &s));
  /* 2,000 m ahead, full legs for 1,600 m, then a tip of slope 1/2; behind it half a disc */
  const double tip = 200 * sqrt(400 * 400 - 200 * 200) + 200 * 200 * (PI / 2 - acos(0.5));
  assert_close(area_of(s, 0), 1600 * 400 + PI * 200 * 200 / 2 + tip, 0.003);
  assert_true(sund_area_contains(s, 0, 0, 4900));
  assert_false(sund_area_contains(s, 0, 0, 2780));
}

/* A leg to the origin's edge takes its time off everything. */
static void test_leg_first(void **state) {
  sund_ctx *ctx = *state;
  town t;
  sund_shapes *s;
  const uint32_t limit = units(1000);
  draw(ctx, 1, &(stroke){0, 0, 6000, 0}, &t);
  pace(&t, 1, 1);
  label(ctx, &t, 3000, 100, 1, limit);
  const sund_isochrone_ask ask = ask_of(&t, 1, 50, 10, 1, &limit);
  assert_ok(ctx, sund_isochrone(ctx, &ask, &s));
  assert_close(area_of(s, 0), 2 * 850 * 100 + PI * 50 * 50, 0.003);
}

/* ------------------------------------------------------------------------------------------------ grid of streets */

/* Streets n to each side of the middle, 20 m apart. */
static void draw_grid(sund_ctx *ctx, size_t n, double apart, town *t) {
  stroke *line = sund_alloc(ctx, 4 * n + 2, sizeof *line);
  const double far = (double)n * apart;
  for (size_t i = 0; i <= 2 * n; i++) {
    const double at = (double)i * apart - far;
    line[2 * i] = (stroke){-far, at, far, at};
    line[2 * i + 1] = (stroke){at, -far, at, far};
  }
  draw(ctx, 4 * n + 2, line, t);
}

/* Walking on a dense grid: the diamond |x| + |y| <= r, and what is gained where legs of at most a block run
 * slantwise: less than 20 (sqrt 2 - 1) m. */
static void test_diamond(void **state) {
  sund_ctx *ctx = *state;
  town t;
  sund_shapes *s;
  const uint32_t limit[3] = {units(125), units(250), units(500)};
  draw_grid(ctx, 30, 20, &t);
  pace(&t, 1, 1);
  label(ctx, &t, 0, 0, 1, limit[2]);
  const sund_isochrone_ask ask = ask_of(&t, 1, 20, 2.5, 3, limit);
  assert_ok(ctx, sund_isochrone(ctx, &ask, &s));
  for (size_t i = 0; i < 3; i++) {
    const double r = 500 / (double)(4 >> i);
    assert_true(area_of(s, i) > 2 * r * r * (1 - 1e-3) && area_of(s, i) < 2 * (r + 8.3) * (r + 8.3));
    assert_int_equal(s->first_part[i + 1] - s->first_part[i], 1);
  }
  prove(ctx, s, 0);
  prove_nested(ctx, s, 1e-6);
}

/* Legs shorter than half a block leave a hole in every block: no hull. */
static void test_holes(void **state) {
  sund_ctx *ctx = *state;
  town t;
  sund_shapes *s;
  const uint32_t limit = units(2000);
  draw_grid(ctx, 2, 200, &t);
  pace(&t, 1, 1);
  label(ctx, &t, 0, 0, 1, limit);
  const sund_isochrone_ask ask = ask_of(&t, 1, 40, 5, 1, &limit);
  assert_ok(ctx, sund_isochrone(ctx, &ask, &s));
  size_t holes = 0;
  for (size_t p = 0; p < s->parts; p++) holes += s->hole[p];
  assert_int_equal(holes, 16);
  assert_int_equal(s->parts, 17);
  /* 880 x 880 with rounded corners, less 16 holes of 120 x 120 */
  assert_close(area_of(s, 0), 880 * 880 - (4 - PI) * 40 * 40 - 16 * 120 * 120, 0.002);
  prove(ctx, s, 0);
}

/* ---------------------------------------------------------------------------------------------------------- water */

static sund_shapes *box(sund_ctx *ctx, double x0, double y0, double x1, double y1) {
  sund_shapes *s;
  const double x[5] = {x0, x1, x1, x0, x0}, y[5] = {y0, y0, y1, y1, y0};
  assert_ok(ctx, sund_shapes_new(ctx, SUND_AREA, 1, 1, 5, &s));
  memcpy(s->x, x, sizeof x);
  memcpy(s->y, y, sizeof y);
  s->first_part[1] = 1;
  s->first_vertex[1] = 5;
  return s;
}

static double overlap(sund_ctx *ctx, const sund_shapes *a, const sund_shapes *b) {
  sund_shapes *both;
  size_t *a_of, *b_of;
  assert_ok(ctx, sund_overlay_intersect(ctx, a, b, &both, &a_of, &b_of));
  return area_of_all(both);
}

/* A canal beside the road: nothing on it, nothing behind it but what one sees past its ends. */
static void test_canal(void **state) {
  sund_ctx *ctx = *state;
  town t;
  sund_shapes *dry, *s;
  const uint32_t limit = units(3000);
  const sund_shapes *canal = box(ctx, -1000.3, 50.7, 1000.2, 111.1);
  draw(ctx, 1, &(stroke){-2000, 0, 2000, 0}, &t);
  pace(&t, 1, 1);
  label(ctx, &t, 0, 0, 1, limit);
  sund_isochrone_ask ask = ask_of(&t, 1, 200, 10, 1, &limit);
  assert_ok(ctx, sund_isochrone(ctx, &ask, &dry));
  ask.water = canal;
  assert_ok(ctx, sund_isochrone(ctx, &ask, &s));
  prove(ctx, s, 0);
  assert_true(overlap(ctx, dry, canal) > 100000);
  assert_true(overlap(ctx, s, canal) < 5); /* a grid of 1 mm along 4 km of water's edge */
  assert_true(sund_area_contains(s, 0, 0, 45) && sund_area_contains(s, 0, 0, -190));
  assert_false(sund_area_contains(s, 0, 0, 120)); /* the other bank */
  assert_true(sund_area_contains(s, 0, 1010, 150) && sund_area_contains(s, 0, -1010, 150));
  /* the shore is the water's own line: right beside it one is reached */
  assert_true(sund_area_contains(s, 0, 333, 50.6));
}

/* A bridge: the water under it is not reached, nor the shores from it; both ends are. */
static void test_bridge(void **state) {
  sund_ctx *ctx = *state;
  town t;
  sund_shapes *s;
  const uint32_t limit[2] = {units(800), units(3000)};
  const sund_shapes *strait = box(ctx, -200, -3000, 200, 3000);
  draw(ctx, 1, &(stroke){-1000, 0, 1000, 0}, &t);
  pace(&t, 1, 1);
  label(ctx, &t, -900, 0, 1, limit[1]);
  sund_isochrone_ask ask = ask_of(&t, 1, 100, 10, 2, limit);
  ask.water = strait;
  assert_ok(ctx, sund_isochrone(ctx, &ask, &s));
  prove(ctx, s, 0);
  assert_true(overlap(ctx, s, strait) < 5);
  assert_false(sund_area_contains(s, 0, 205, 0)); /* 800 s end on the bridge */
  assert_true(sund_area_contains(s, 1, 205, 60));
  assert_true(s->first_part[2] - s->first_part[1] == 2); /* two shores */
  assert_close(area_of(s, 1), 2 * (800 * 200 + PI * 100 * 100 / 2), 0.01);
  prove_nested(ctx, s, 5);
}

/* --------------------------------------------------------------------------------------------------------- turns */

/* Labels that say that an edge was not entered: one may not turn into it. */
static void test_turn_refused(void **state) {
  sund_ctx *ctx = *state;
  town t;
  sund_shapes *s;
  const uint32_t limit = units(1000);
  draw(ctx, 2, (stroke[2]){{0, 0, 300, 0}, {300, 0, 300, 300}}, &t);
  pace(&t, 1, 1);
  label(ctx, &t, 0, 0, 1, limit);
  const sund_isochrone_ask ask = ask_of(&t, 1, 30, 5, 1, &limit);
  assert_ok(ctx, sund_isochrone(ctx, &ask, &s));
  assert_true(sund_area_contains(s, 0, 300, 200));
  for (size_t v = 0; v < t.graph->nodes; v++)
    if (t.graph->y[v] > 299) t.node[v] = SUND_BEYOND;
  assert_ok(ctx, sund_isochrone(ctx, &ask, &s));
  assert_false(sund_area_contains(s, 0, 300, 200));
  assert_true(sund_area_contains(s, 0, 200, 0));
}

/* --------------------------------------------------------------------------------------------------------- random */

static void draw_random(sund_ctx *ctx, uint64_t *seed, town *t) {
  const size_t n = 4 + support_random(seed) % 30;
  stroke *line = sund_alloc(ctx, n, sizeof *line);
  for (size_t i = 0; i < n; i++)
    line[i] = (stroke){support_uniform(seed, 0, 3000), support_uniform(seed, 0, 3000), support_uniform(seed, 0, 3000),
                       support_uniform(seed, 0, 3000)};
  draw(ctx, n, line, t);
  for (size_t e = 0; e < t->graph->edges; e++) {
    const double s_m = support_uniform(seed, 0.04, 1.2);
    t->forward_s[e] = support_random(seed) % 5 ? t->graph->edge_m[e] * s_m : NAN;
    t->backward_s[e] = support_random(seed) % 3 ? t->graph->edge_m[e] * support_uniform(seed, 0.04, 1.2) : NAN;
  }
}

/* Earliest units at a place of an edge, by its definition. */
static double units_at(const sund_isochrone_ask *ask, size_t e, double along) {
  const sund_graph *g = ask->graph;
  const uint32_t from = ask->node[g->edge_from[e]], to = ask->node[g->edge_to[e]];
  const double part = along / g->edge_m[e], ahead = ask->forward_s[e] / UNIT_S, back = ask->backward_s[e] / UNIT_S;
  double best = INFINITY;
  if (from != SUND_BEYOND && !isnan(ahead)) best = fmin(best, from + part * ahead);
  if (to != SUND_BEYOND && !isnan(back)) best = fmin(best, to + (1 - part) * back);
  if (ask->origin->edge == e) {
    const double there = ask->origin->along_m, leg = ask->origin->leg_m * ask->leg_s_m / UNIT_S;
    if (along >= there && !isnan(ahead)) best = fmin(best, leg + (along - there) / g->edge_m[e] * ahead);
    if (along <= there && !isnan(back)) best = fmin(best, leg + (there - along) / g->edge_m[e] * back);
  }
  return best;
}

/* The field at a point by looking at a reached point every `step` metres. */
static double twin(const sund_isochrone_ask *ask, uint32_t limit, double x, double y, double step) {
  const sund_graph *g = ask->graph;
  double best = INFINITY;
  for (size_t e = 0; e < g->edges; e++) {
    const size_t v = g->shape->first_vertex[e];
    assert_int_equal(g->shape->first_vertex[e + 1], v + 2);
    const double pieces = ceil(g->edge_m[e] / step);
    for (double k = 0; k <= pieces; k++) {
      const double part = k / pieces, at = units_at(ask, e, part * g->edge_m[e]);
      if (!(at <= limit)) continue;
      const double radius = fmin(ask->leg_m, (limit - at) * UNIT_S / ask->leg_s_m);
      const double qx = g->shape->x[v] + part * (g->shape->x[v + 1] - g->shape->x[v]);
      const double qy = g->shape->y[v] + part * (g->shape->y[v + 1] - g->shape->y[v]);
      best = fmin(best, hypot(x - qx, y - qy) - radius);
    }
  }
  return best;
}

static void check_twin(const sund_isochrone_ask *ask, const isochrone_field *field, uint32_t limit, uint64_t *seed,
                       uint64_t started) {
  const sund_lattice *l = &field->lattice;
  for (int i = 0; i < 40; i++) {
    const size_t c = support_random(seed) % l->columns, r = support_random(seed) % l->rows;
    double x, y;
    sund_lattice_centre(l, (sund_cell){(uint32_t)c, (uint32_t)r}, &x, &y);
    const double got = field->value[r * l->columns + c], wanted = twin(ask, limit, x, y, 1);
    if (fabs(wanted) > l->dx && fabs(got) > l->dx && wanted * got > 0) continue; /* far from the edge: not exact */
    if (!(got < wanted + 0.01) || !(got > wanted - 1.6))
      fail_msg("seed %llu: cell %zu, %zu: %g, not %g", (unsigned long long)started, c, r, got, wanted);
  }
}

static void test_twin(void **state) {
  uint64_t seed = support_seed();
  for (int round = 0; round < 15; round++) {
    sund_ctx *ctx = sund_ctx_child(*state);
    const uint64_t started = seed;
    const uint32_t limit[3] = {units(200), units(500), units(900)};
    town t;
    draw_random(ctx, &seed, &t);
    label(ctx, &t, support_uniform(&seed, 0, 3000), support_uniform(&seed, 0, 3000), 0.72, limit[2]);
    const sund_isochrone_ask ask = ask_of(&t, 0.72, support_uniform(&seed, 60, 300), 25, 3, limit);
    sund_shapes *s, *same;
    assert_ok(ctx, sund_isochrone(ctx, &ask, &s));
    prove(ctx, s, started);
    prove_nested(ctx, s, 1e-3);
    sund_ctx_threads(ctx, 4);
    assert_ok(ctx, sund_isochrone(ctx, &ask, &same));
    assert_int_equal(s->vertices, same->vertices);
    assert_memory_equal(s->x, same->x, s->vertices * sizeof *s->x);
    assert_memory_equal(s->y, same->y, s->vertices * sizeof *s->y);
    isochrone_field field = {.lattice = {160, 160, -500, 3500, 25, 25}};
    field.value = sund_alloc(ctx, 160 * 160, sizeof *field.value);
    float *share = sund_alloc(ctx, t.graph->shape->vertices, sizeof *share);
    for (size_t v = 1; v < t.graph->shape->vertices; v += 2) share[v] = 1;
    for (size_t i = 0; i < 3; i++) {
      assert_ok(ctx, isochrone_spread(ctx, &ask, share, i, 1, &field));
      check_twin(&ask, &field, limit[i], &seed, started);
    }
    sund_ctx_free(ctx);
  }
}

/* Water in any place: never covered; valid and nested all the same; never more than without it. */
static void test_random_water(void **state) {
  uint64_t seed = support_seed() + 7;
  for (int round = 0; round < 15; round++) {
    sund_ctx *ctx = sund_ctx_child(*state);
    const uint64_t started = seed;
    const uint32_t limit[2] = {units(400), units(900)};
    town t;
    sund_shapes *dry, *s;
    const sund_shapes *lake[6];
    sund_shapes *water;
    draw_random(ctx, &seed, &t);
    label(ctx, &t, support_uniform(&seed, 0, 3000), support_uniform(&seed, 0, 3000), 0.72, limit[1]);
    for (int i = 0; i < 6; i++) {
      const double x = support_uniform(&seed, 0, 3000), y = support_uniform(&seed, 0, 3000);
      lake[i] = box(ctx, x, y, x + support_uniform(&seed, 5, 900), y + support_uniform(&seed, 5, 900));
    }
    assert_ok(ctx, sund_shapes_join(ctx, SUND_AREA, 6, lake, &water));
    sund_isochrone_ask ask = ask_of(&t, 0.72, 200, 20, 2, limit);
    assert_ok(ctx, sund_isochrone(ctx, &ask, &dry));
    ask.water = water;
    assert_ok(ctx, sund_isochrone(ctx, &ask, &s));
    prove(ctx, s, started);
    prove_nested(ctx, s, 20);
    sund_shapes *sea, *more;
    assert_ok(ctx, sund_overlay_dissolve(ctx, water, &sea));
    if (overlap(ctx, s, sea) > 20) fail_msg("seed %llu: water is covered", (unsigned long long)started);
    assert_ok(ctx, sund_overlay_subtract(ctx, s, dry, &more));
    for (size_t i = 0; i < 2; i++) assert_true(area_of(s, i) <= area_of(dry, i) + 20);
    sund_ctx_free(ctx);
  }
}

/* -------------------------------------------------------------------------------------------------------- contour */

static size_t count_sets(size_t columns, size_t rows, const float *value) {
  uint8_t seen[1024] = {0};
  size_t stack[1024], sets = 0;
  for (size_t i = 0; i < columns * rows; i++) {
    if (value[i] > 0 || seen[i]) continue;
    size_t depth = 0;
    sets++;
    seen[i] = 1;
    stack[depth++] = i;
    while (depth) {
      const size_t at = stack[--depth];
      const size_t near[4] = {at - 1, at + 1, at - columns, at + columns};
      for (int k = 0; k < 4; k++)
        if (value[near[k]] <= 0 && !seen[near[k]]) seen[near[k]] = 1, stack[depth++] = near[k];
    }
  }
  return sets;
}

/* Any values: rings are valid, hold exactly the centres inside, are as many as sets of joined centres, and a smaller
 * field holds more. */
static void test_any_field(void **state) {
  uint64_t seed = support_seed();
  for (int round = 0; round < 700; round++) {
    sund_ctx *ctx = sund_ctx_child(*state);
    const uint64_t started = seed;
    const size_t columns = 3 + support_random(&seed) % 20, rows = 3 + support_random(&seed) % 20;
    const double share = support_uniform(&seed, 0, 1);
    float value[2][1024];
    const sund_shapes *made[2];
    for (size_t i = 0; i < columns * rows; i++) {
      const bool rim = i % columns == 0 || i % columns == columns - 1 || i < columns || i >= columns * (rows - 1);
      const double v = support_random(&seed) % 9 ? support_uniform(&seed, 0, 40) : 0;
      const bool in = !rim && support_uniform(&seed, 0, 1) < share;
      value[0][i] = (float)(in ? -v : v + 1e-3);
      value[1][i] = rim ? value[0][i] : (float)(value[0][i] - support_uniform(&seed, 0, 20));
    }
    for (size_t k = 0; k < 2; k++) {
      isochrone_field field = {.lattice = {columns, rows, 700000, 6200000, 20, 20}, .value = value[k]};
      sund_shapes *s;
      assert_ok(ctx, isochrone_contour(ctx, &field, &s));
      size_t outer = 0;
      for (size_t p = 0; p < s->parts; p++) outer += !s->hole[p];
      if (outer != count_sets(columns, rows, value[k])) fail_msg("seed %llu: sets", (unsigned long long)started);
      for (size_t i = 0; i < columns * rows; i++) {
        double x, y;
        sund_lattice_centre(&field.lattice, (sund_cell){(uint32_t)(i % columns), (uint32_t)(i / columns)}, &x, &y);
        assert_int_equal(sund_area_contains(s, 0, x, y), value[k][i] <= 0);
      }
      made[k] = s;
    }
    sund_shapes *both;
    assert_ok(ctx, sund_shapes_join(ctx, SUND_AREA, 2, made, &both));
    prove(ctx, both, started);
    if (round % 10 == 0) prove_nested(ctx, both, 2);
    sund_ctx_free(ctx);
  }
}

/* ---------------------------------------------------------------------------------------------------------- edges */

static void test_nothing(void **state) {
  sund_ctx *ctx = *state;
  town t;
  sund_shapes *s;
  const uint32_t limit[2] = {units(10), units(20)};
  draw(ctx, 1, &(stroke){0, 0, 100, 0}, &t);
  pace(&t, NAN, NAN);
  label(ctx, &t, 0, 0, 1, limit[1]);
  t.node[0] = t.node[1] = SUND_BEYOND;
  sund_isochrone_ask ask = ask_of(&t, 1, 30, 5, 2, limit);
  assert_ok(ctx, sund_isochrone(ctx, &ask, &s));
  assert_int_equal(s->rows, 2);
  assert_int_equal(s->parts, 0);
  ask.limits = 0;
  assert_ok(ctx, sund_isochrone(ctx, &ask, &s));
  assert_int_equal(s->rows, 0);
}

static void test_refused(void **state) {
  sund_ctx *ctx = *state;
  town t;
  sund_shapes *s = NULL;
  const uint32_t limit = units(10);
  draw(ctx, 1, &(stroke){0, 0, 100, 0}, &t);
  const sund_isochrone_ask ask = ask_of(&t, 1, 30, 0, 1, &limit);
  assert_int_equal(sund_isochrone(ctx, &ask, &s), SUND_USAGE);
  assert_null(s);
}

/* Cells far too small for the memory: they grow, the area stays. */
static void test_cells_grow(void **state) {
  sund_ctx *ctx = *state;
  town t;
  sund_shapes *s;
  const uint32_t limit = units(100);
  draw(ctx, 1, &(stroke){0, 0, 200, 0}, &t);
  pace(&t, 0.01, 0.01);
  label(ctx, &t, 100, 0, 1, limit);
  const sund_isochrone_ask ask = ask_of(&t, 1, 20, 1e-6, 1, &limit);
  assert_ok(ctx, sund_isochrone(ctx, &ask, &s));
  assert_close(area_of(s, 0), 200 * 40 + PI * 400, 1e-4);
}

/* Without memory at any moment: a failure, no crash, nothing returned. */
static void test_no_memory(void **state) {
  sund_ctx *ctx = *state;
  town t;
  const uint32_t limit = units(300);
  draw_grid(ctx, 2, 100, &t);
  pace(&t, 1, 1);
  label(ctx, &t, 10, 10, 1, limit);
  const sund_shapes *lake = box(ctx, 20, 20, 70, 60);
  for (size_t n = 1; n < 400; n++) {
    sund_ctx *child = sund_ctx_child(ctx);
    sund_shapes *s = NULL;
    sund_isochrone_ask ask = ask_of(&t, 1, 40, 10, 1, &limit);
    ask.water = lake;
    sund_ctx_fail_alloc(child, n);
    const sund_code code = sund_isochrone(child, &ask, &s);
    sund_ctx_fail_alloc(child, 0);
    sund_ctx_free(child);
    if (code == SUND_OK) return;
    assert_int_equal(code, SUND_LIMIT);
    assert_null(s);
  }
  fail_msg("never enough memory");
}

int main(void) {
  const struct CMUnitTest tests[] = {
      SUND_TEST(test_band),         SUND_TEST(test_tapered), SUND_TEST(test_one_way),      SUND_TEST(test_leg_first),
      SUND_TEST(test_diamond),      SUND_TEST(test_holes),   SUND_TEST(test_canal),        SUND_TEST(test_bridge),
      SUND_TEST(test_turn_refused), SUND_TEST(test_twin),    SUND_TEST(test_random_water), SUND_TEST(test_any_field),
      SUND_TEST(test_nothing),      SUND_TEST(test_refused), SUND_TEST(test_cells_grow),   SUND_TEST(test_no_memory),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}

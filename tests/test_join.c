/* Lines to a network: crossings, touches, levels, tolerances, lengths, components, and a slow twin. */
#include "town.h"

/* Every invariant a graph must have, whatever the lines. */
static void check_graph(const sund_graph *g) {
  assert_int_equal(g->first_out[0], 0);
  assert_int_equal(g->first_out[g->nodes], 2 * g->edges);
  for (size_t v = 0; v < g->nodes; v++) {
    assert_true(g->first_out[v] < g->first_out[v + 1]); /* no node without an edge */
    for (size_t arc = g->first_out[v]; arc < g->first_out[v + 1]; arc++) {
      const uint32_t e = g->arc_edge[arc], to = g->head[arc];
      assert_true((g->edge_from[e] == v && g->edge_to[e] == to) || (g->edge_to[e] == v && g->edge_from[e] == to));
      assert_true(g->arc_m[arc] == g->edge_m[e]);
      assert_int_equal(g->component[v], g->component[to]);
    }
  }
  double all = 0, parts = 0;
  for (size_t e = 0; e < g->edges; e++) {
    const size_t first = g->shape->first_vertex[e], last = g->shape->first_vertex[e + 1] - 1;
    assert_true(g->shape->x[first] == g->x[g->edge_from[e]] && g->shape->y[first] == g->y[g->edge_from[e]]);
    assert_true(g->shape->x[last] == g->x[g->edge_to[e]] && g->shape->y[last] == g->y[g->edge_to[e]]);
    all += g->edge_m[e];
  }
  for (size_t c = 0; c < g->components; c++) parts += g->component_m[c];
  assert_close(all, parts, 1e-6);
}

static size_t degree(const sund_graph *g, double x, double y) {
  const size_t v = town_node(g, x, y);
  return v == SIZE_MAX ? 0 : g->first_out[v + 1] - g->first_out[v];
}

static void crosses(void **state) {
  town t = {0};
  sund_join_report r;
  LINE(&t, 0, 0, 50, 100, 50);
  LINE(&t, 0, 50, 0, 50, 100);
  const sund_graph *g = town_graph(*state, &t, &r);
  check_graph(g);
  assert_int_equal(g->nodes, 5);
  assert_int_equal(g->edges, 4);
  assert_int_equal(degree(g, 50, 50), 4);
  assert_int_equal(r.lines, 2);
  assert_int_equal(r.crossings, 1);
  assert_int_equal(r.snapped_ends, 0);
  assert_int_equal(r.near_misses, 0);
  assert_true(isnan(r.near_x));
  assert_close(town_metres(*state, g, 0, 50, 50, 100), 100, 1e-9);
}

static void touches(void **state) {
  town t = {0};
  sund_join_report r;
  LINE(&t, 0, 0, 0, 30, 0, 100, 0);    /* its vertex (30, 0) is nobody's: no node                */
  LINE(&t, 0, 50, 0, 50, 40);          /* an end on a segment                                    */
  LINE(&t, 0, 60, 40, 70, 0, 80, 40);  /* a vertex on a segment                                  */
  LINE(&t, 0, 70, -40, 70, 0);         /* an end on that vertex                                  */
  LINE(&t, 0, 90, 10, 100, 0, 110, 9); /* a vertex at an end                                     */
  const sund_graph *g = town_graph(*state, &t, &r);
  check_graph(g);
  assert_int_equal(town_node(g, 30, 0), SIZE_MAX);
  assert_int_equal(degree(g, 50, 0), 3);
  assert_int_equal(degree(g, 70, 0), 5);
  assert_int_equal(degree(g, 100, 0), 3);
  assert_int_equal(g->components, 1);
  assert_int_equal(r.crossings, 3);
}

static void crosses_itself(void **state) {
  town t = {0};
  LINE(&t, 0, 0, 0, 100, 0, 100, 100, 50, 100, 50, -50); /* a loop with two tails */
  LINE(&t, 0, 200, 0, 250, 0, 250, 50, 200, 0);          /* a ring                */
  const sund_graph *g = town_graph(*state, &t, NULL);
  check_graph(g);
  assert_int_equal(g->nodes, 4);
  assert_int_equal(g->edges, 4);
  assert_int_equal(degree(g, 50, 0), 4);
  assert_int_equal(degree(g, 200, 0), 2); /* the ring is an edge from its node to itself */
  assert_int_equal(g->components, 2);
}

static void many_in_one_point(void **state) {
  town t = {0};
  for (int k = 0; k < 12; k++) { /* all through (1000 / 3, 2000 / 7), no two on a line */
    const double dx = cos(k * 0.25), dy = sin(k * 0.25), x = 600000 + 1000 / 3.0, y = 6200000 + 2000 / 7.0;
    LINE(&t, 0, x - 70 * dx, y - 70 * dy, x + 50 * dx, y + 50 * dy);
  }
  sund_join_report r;
  const sund_graph *g = town_graph(*state, &t, &r);
  check_graph(g);
  assert_int_equal(g->nodes, 25);
  assert_int_equal(g->edges, 24);
  assert_int_equal(r.crossings, 1);
  assert_int_equal(r.dropped, 0);
}

static void overlaps_and_duplicates(void **state) {
  town t = {0};
  LINE(&t, 0, 0, 0, 100, 0);
  LINE(&t, 0, 40, 0, 140, 0);
  LINE(&t, 0, 0, 50, 30, 60, 90, 50);
  LINE(&t, 0, 0, 50, 30, 60, 90, 50);
  const sund_graph *g = town_graph(*state, &t, NULL);
  check_graph(g);
  assert_int_equal(g->nodes, 4 + 3);
  assert_int_equal(g->edges, 4 + 4); /* the shared stretch twice */
  assert_int_equal(g->components, 2);
  assert_close(town_metres(*state, g, 0, 0, 140, 0), 140, 1e-9);
}

/* P06: what a millimetre keeps apart is joined, what three metres keep apart is reported. */
static void gaps(void **state) {
  static const struct {
    double gap;
    size_t components, snapped, near;
  } cases[] = {{0, 1, 0, 0},   {0.0005, 1, 0, 0}, {0.001, 1, SIZE_MAX, 0}, {0.002, 1, 1, 0}, {0.9, 1, 1, 0},
               {1.1, 2, 0, 1}, {3, 2, 0, 1},      {3.2, 2, 0, 0}};
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    const double x = 600000, y = 6200000;
    town t = {0};
    sund_join_report r;
    LINE(&t, 0, x, y, x + 200, y);
    LINE(&t, 0, x + 50, y + cases[i].gap, x + 50, y + 100); /* to the inside of a line */
    const sund_graph *g = town_graph(*state, &t, &r);
    check_graph(g);
    assert_int_equal(g->components, cases[i].components);
    if (cases[i].snapped != SIZE_MAX) assert_int_equal(r.snapped_ends, cases[i].snapped); /* 1 mm: either way */
    assert_int_equal(r.near_misses, cases[i].near);
    if (cases[i].near) assert_close(hypot(r.near_x - x - 50, r.near_y - y - cases[i].gap), 0, 1e-6);
    if (cases[i].components == 1) assert_close(town_metres(*state, g, x, y, x + 50, y + 100), 150, 0.01);
    memset(&t, 0, sizeof t);
    LINE(&t, 0, x, y, x + 100, y);
    LINE(&t, 0, x + 100 + cases[i].gap, y, x + 200, y); /* end to end: both are loose */
    g = town_graph(*state, &t, &r);
    check_graph(g);
    assert_int_equal(g->components, cases[i].components);
    assert_int_equal(r.near_misses, 2 * cases[i].near);
    if (cases[i].components == 1) assert_close(town_metres(*state, g, x, y, x + 200, y), 200, 1.0);
  }
}

/* Four streets that end at two points half a metre apart are one junction. */
static void sloppy_junction(void **state) {
  town t = {0};
  LINE(&t, 0, -100, 0, 0, 0);
  LINE(&t, 0, 0, -100, 0, 0);
  LINE(&t, 0, 0.3, 0.4, 100, 0);
  LINE(&t, 0, 0.3, 0.4, 0, 100);
  sund_join_report r;
  const sund_graph *g = town_graph(*state, &t, &r);
  check_graph(g);
  assert_int_equal(g->nodes, 5);
  assert_int_equal(g->edges, 4);
  assert_int_equal(r.snapped_ends, 2);
}

/* Steps of 40 cm, a stub of half a metre and a hook stay as they are drawn. */
static void short_pieces_stay(void **state) {
  town t = {0};
  for (int k = 0; k < 20; k++) LINE(&t, 0, 0.4 * k, 0, 0.4 * (k + 1), 0);
  LINE(&t, 0, 0, 50, 100, 50);
  LINE(&t, 0, 30, 49.5, 30, 90);             /* sticks out half a metre beyond the crossing */
  LINE(&t, 0, 60, 50, 60, 51.2, 60.5, 50.6); /* a hook */
  sund_join_report r;
  const sund_graph *g = town_graph(*state, &t, &r);
  check_graph(g);
  assert_int_equal(r.snapped_ends, 0);
  assert_int_equal(r.dropped, 0);
  assert_close(town_metres(*state, g, 0, 0, 8, 0), 8, 1e-9);
  assert_int_equal(degree(g, 30, 49.5), 1);
  assert_int_equal(degree(g, 60.5, 50.6), 1);
  assert_int_equal(r.near_misses, 0);
}

/* P07: lines of different levels do not meet where they cross, but an end goes on whatever the level. */
static void levels(void **state) {
  town t = {0};
  sund_join_report r;
  LINE(&t, 0, 0, 0, 100, 0);                /* street                                                    */
  LINE(&t, 1, 100, 0, 150, 0, 200, 0);      /* bridge                                                    */
  LINE(&t, 0, 200.4, 0, 300, 0);            /* street beyond, 40 cm off                                  */
  LINE(&t, 0, 150, -100, 150, 0, 150, 100); /* path below, a vertex exactly below one of the bridge   */
  LINE(&t, 0, 120, -80, 120, 0);            /* two paths that end at each other below the bridge ...     */
  LINE(&t, 0, 120, 0, 130, 80);
  LINE(&t, 0, 180, 60, 180, 0.2); /* stairs up to the bridge: loose, so they join               */
  const sund_graph *g = town_graph(*state, &t, &r);
  check_graph(g);
  assert_close(town_metres(*state, g, 0, 0, 300, 0), 300, 0.5);
  assert_int_equal(town_node(g, 150, 0), SIZE_MAX);
  assert_int_equal(degree(g, 120, 0), 2);
  assert_int_equal(degree(g, 180, 0), 3);
  assert_int_equal(g->components, 3);
  const size_t street = town_node(g, 0, 0), below = town_node(g, 150, -100);
  assert_int_not_equal(g->component[street], g->component[below]);
}

/* A vertex of the bridge exactly where ramps end says that a junction is meant. */
static void ramps_at_a_vertex(void **state) {
  town t = {0};
  LINE(&t, 2, 0, 0, 50, 0, 100, 0);
  LINE(&t, 0, 50, 0, 50, 40);
  LINE(&t, 0, 50, 0, 50, -40);
  const sund_graph *g = town_graph(*state, &t, NULL);
  assert_int_equal(g->components, 1);
  assert_int_equal(degree(g, 50, 0), 4);
  assert_int_equal(g->edge_level[0] + g->edge_level[1] + g->edge_level[2] + g->edge_level[3], 4);
}

/* P05: a tiny footway apart from everything is a component of its own, of known length. */
static void components(void **state) {
  town t = {0};
  LINE(&t, 0, 0, 0, 100, 0);
  LINE(&t, 0, 50, 0, 50, 70);
  LINE(&t, 0, 300, 300, 312, 305);
  const sund_graph *g = town_graph(*state, &t, NULL);
  assert_int_equal(g->components, 2);
  const size_t main_road = town_node(g, 0, 0), footway = town_node(g, 300, 300);
  assert_close(g->component_m[g->component[main_road]], 170, 1e-9);
  assert_close(g->component_m[g->component[footway]], 13, 1e-9);
}

static void rows_and_lengths(void **state) {
  sund_ctx *ctx = *state;
  town t = {0};
  LINE(&t, 0, 0, 0, 100, 0);    /* says 250 m: 100 m and 150 m either side of the crossing at 40 */
  LINE(&t, 0, 40, -20, 40, 20); /* says nothing                                             */
  LINE(&t, 0, 0, 10, 30, 10);   /* two parts of one row that says 120 m                     */
  PART(&t, 0, 12, 10, 12);
  LINE(&t, 0, 60, -20, 60, 20); /* left out                                                 */
  LINE(&t, 0, 70, 70, 70, 70);  /* no length                                                */
  const double length[] = {250, NAN, 120, NAN, NAN};
  const uint8_t keep[] = {1, 1, 1, 0, 1};
  sund_graph *g;
  sund_join_report r;
  assert_ok(ctx, sund_graph_join(ctx, town_shapes(&t, SUND_LINE), NULL, length, keep, 1, NULL, &g, &r));
  check_graph(g);
  assert_int_equal(r.lines, 5);
  assert_int_equal(r.dropped, 1);
  double sum[5] = {0};
  for (size_t e = 0; e < g->edges; e++) {
    sum[g->edge_line[e]] += g->edge_m[e];
    if (g->edge_line[e] == 0 && g->shape->x[g->shape->first_vertex[e]] == 0) assert_close(g->edge_m[e], 100, 1e-9);
  }
  assert_close(sum[0], 250, 1e-9);
  assert_close(sum[1], 40, 1e-9);
  assert_close(sum[2], 120, 1e-9);
  assert_close(sum[3] + sum[4], 0, 0.0);
}

static void nothing_and_nonsense(void **state) {
  sund_ctx *ctx = *state;
  town t = {0};
  const sund_graph *empty = town_graph(ctx, &t, NULL);
  assert_int_equal(empty->nodes + empty->edges + empty->components, 0);
  const sund_spot none = town_spot(ctx, empty, 0, 0);
  assert_int_equal(none.edge, SUND_NO_EDGE);
  LINE(&t, 0, 0, 0, 1, 1);
  LINE(&t, 0, 5, 5, NAN, 1);
  sund_graph *g = NULL;
  assert_int_equal(sund_graph_join(ctx, town_shapes(&t, SUND_LINE), NULL, NULL, NULL, 1, NULL, &g, NULL), SUND_DATA);
  const char *message;
  sund_failure(ctx, &message, NULL, NULL);
  assert_non_null(strstr(message, "line 1"));
  assert_null(g);
}

/* Ground metres: in UTM zone 32 at its central meridian the map is 0.9996 of the ground. */
static void on_the_ground(void **state) {
  sund_ctx *ctx = *state;
  const double x = 500000, y = 6200000, box[4] = {x - 3000, y - 3000, x + 3000, y + 3000};
  sund_crs *crs;
  sund_ground *ground;
  assert_ok(ctx, sund_crs_open(ctx, "EPSG:25832", &crs));
  assert_ok(ctx, sund_ground_open(ctx, crs, box, &ground));
  town t = {0};
  LINE(&t, 0, x, y, x + 999.6, y);
  LINE(&t, 0, x + 499.8, y + 0.9997, x + 499.8, y + 100); /* 1.0001 m off: beyond the metre */
  LINE(&t, 0, x + 250, y - 0.9995, x + 250, y - 100);     /* 0.9999 m off: within           */
  sund_graph *g;
  sund_join_report r;
  assert_ok(ctx, sund_graph_join(ctx, town_shapes(&t, SUND_LINE), NULL, NULL, NULL, 1, ground, &g, &r));
  assert_int_equal(r.near_misses, 1);
  assert_int_equal(r.snapped_ends, 1);
  double main_m = 0;
  for (size_t e = 0; e < g->edges; e++) main_m += g->edge_line[e] == 0 ? g->edge_m[e] : 0;
  assert_close(main_m, 1000, 0.001);
}

/* -------------------------------------------------------------------------------------------------------- twin */

typedef struct twin {
  size_t nodes;
  double x[4096], y[4096];
  int32_t level[4096];
} twin;

static void twin_add(twin *w, int32_t level, double x, double y) {
  for (size_t i = 0; i < w->nodes; i++)
    if (w->level[i] == level && hypot(w->x[i] - x, w->y[i] - y) < 1e-3) return;
  assert_true(w->nodes < 4096);
  w->level[w->nodes] = level;
  w->x[w->nodes] = x;
  w->y[w->nodes++] = y;
}

/* Share along a-b of p when p lies on it, else NAN. */
static double twin_on(double px, double py, double ax, double ay, double bx, double by) {
  double share;
  return sund_segment_nearest(px, py, ax, ay, bx, by, &share) < 1e-4 ? share : NAN;
}

/* All places where segments v and w (first vertices) of one level meet. */
static void twin_pair(const town *t, twin *w, int32_t level, size_t v, size_t u) {
  const double *x = t->x, *y = t->y;
  bool touch = false;
  for (size_t k = 0; k < 4; k++) {
    const size_t p = k < 2 ? v + k : u + k - 2, s = k < 2 ? u : v;
    if (isnan(twin_on(x[p], y[p], x[s], y[s], x[s + 1], y[s + 1]))) continue;
    touch = true;
    if (p != s && p != s + 1) twin_add(w, level, x[p], y[p]); /* not the vertex they share in their line */
  }
  const double ax = x[v + 1] - x[v], ay = y[v + 1] - y[v], bx = x[u + 1] - x[u], by = y[u + 1] - y[u];
  const double across = ax * by - ay * bx, dx = x[u] - x[v], dy = y[u] - y[v];
  if (touch || across == 0) return;
  const double a = (dx * by - dy * bx) / across, b = (dx * ay - dy * ax) / across;
  if (a > 0 && a < 1 && b > 0 && b < 1) twin_add(w, level, x[v] + a * ax, y[v] + a * ay);
}

/* Compares the town of one level with all pairs of segments: nodes, edges, lengths. */
static void compare_with_twin(const town *t, const sund_graph *g, const char *where) {
  static twin w;
  w.nodes = 0;
  for (size_t i = 0; i < t->rows; i++) {
    twin_add(&w, t->level[i], t->x[t->first_vertex[i]], t->y[t->first_vertex[i]]);
    twin_add(&w, t->level[i], t->x[t->first_vertex[i + 1] - 1], t->y[t->first_vertex[i + 1] - 1]);
  }
  for (size_t i = 0; i < t->rows; i++)
    for (size_t v = t->first_vertex[i]; v + 1 < t->first_vertex[i + 1]; v++)
      for (size_t j = i; j < t->rows; j++)
        for (size_t u = t->first_vertex[j]; u + 1 < t->first_vertex[j + 1]; u++)
          if (u > v && t->level[i] == t->level[j]) twin_pair(t, &w, t->level[i], v, u);
  size_t stops = 0;
  double metres = 0, graph_m = 0;
  for (size_t i = 0; i < t->rows; i++) {
    for (size_t v = t->first_vertex[i]; v + 1 < t->first_vertex[i + 1]; v++) {
      const bool last = v + 2 == t->first_vertex[i + 1];
      metres += hypot(t->x[v + 1] - t->x[v], t->y[v + 1] - t->y[v]);
      for (size_t k = 0; k < w.nodes; k++) {
        const double share = twin_on(w.x[k], w.y[k], t->x[v], t->y[v], t->x[v + 1], t->y[v + 1]);
        stops += w.level[k] == t->level[i] && !isnan(share) && (share < 1 - 1e-9 || last);
      }
    }
  }
  for (size_t e = 0; e < g->edges; e++) graph_m += g->edge_m[e];
  if (g->nodes != w.nodes || g->edges != stops - t->rows || fabs(graph_m - metres) > 1e-3)
    fail_msg("%s: %zu nodes, %zu edges, %.6f m; the twin has %zu, %zu, %.6f", where, g->nodes, g->edges, graph_m,
             w.nodes, stops - t->rows, metres);
  for (size_t k = 0; k < w.nodes; k++)
    if (town_node(g, w.x[k], w.y[k]) == SIZE_MAX) fail_msg("%s: no node at %.6f %.6f", where, w.x[k], w.y[k]);
}

/* A town without repeated vertices, whose lines all lie on one lattice: crossings are then 12 mm apart or one. */
static void draw(town *t, uint64_t *seed, size_t lines) {
  town_random(t, seed, lines, 8, 1000, 1);
  for (size_t i = 0; i < t->rows; i++)
    for (size_t v = t->first_vertex[i] + 1; v < t->first_vertex[i + 1]; v++)
      if (t->x[v] == t->x[v - 1] && t->y[v] == t->y[v - 1])
        t->x[v] = t->x[v] > 3500 ? t->x[v] - 3000 : t->x[v] + 3000;
}

static void like_the_twin(void **state) {
  uint64_t seed = support_seed();
  for (int round = 0; round < 200; round++) {
    char where[64];
    snprintf(where, sizeof where, "seed %llu, round %d", (unsigned long long)support_seed(), round);
    town t;
    draw(&t, &seed, 2 + (size_t)(round % 14));
    const sund_graph *g = town_graph(*state, &t, NULL);
    check_graph(g);
    compare_with_twin(&t, g, where);
  }
}

/* Lines of several levels without common ends make the networks of the levels, side by side. */
static void levels_like_the_twin(void **state) {
  uint64_t seed = support_seed();
  for (int round = 0; round < 100; round++) {
    char where[64];
    snprintf(where, sizeof where, "seed %llu, round %d", (unsigned long long)support_seed(), round);
    town t;
    draw(&t, &seed, 10);
    for (size_t i = 0; i < t.rows; i++) {
      t.level[i] = (int32_t)(i % 3) - 1;
      for (size_t v = t.first_vertex[i]; v < t.first_vertex[i + 1]; v++) t.x[v] += 331.7 * t.level[i];
    }
    sund_graph *g;
    assert_ok(*state, sund_graph_join(*state, town_shapes(&t, SUND_LINE), t.level, NULL, NULL, 0, NULL, &g, NULL));
    check_graph(g);
    for (size_t e = 0; e < g->edges; e++) assert_int_equal(g->edge_level[e], t.level[g->edge_line[e]]);
    compare_with_twin(&t, g, where);
  }
}

/* ------------------------------------------------------------------------------------------- threads, memory */

static bool same_bytes(const void *a, const void *b, size_t bytes) {
  return bytes == 0 || memcmp(a, b, bytes) == 0;
}

static void same_for_any_threads(void **state) {
  enum { LINES = 3000 };
  sund_ctx *ctx = *state;
  uint64_t seed = support_seed();
  sund_shapes *s;
  assert_ok(ctx, sund_shapes_new(ctx, SUND_LINE, LINES, LINES, 2 * LINES, &s));
  int32_t *level = sund_alloc(ctx, LINES, sizeof *level);
  for (size_t i = 0; i < LINES; i++) {
    s->first_part[i + 1] = i + 1;
    s->first_vertex[i + 1] = 2 * i + 2;
    s->x[2 * i] = support_uniform(&seed, 0, 2000);
    s->y[2 * i] = support_uniform(&seed, 0, 2000);
    s->x[2 * i + 1] = s->x[2 * i] + support_uniform(&seed, -90, 90);
    s->y[2 * i + 1] = s->y[2 * i] + support_uniform(&seed, -90, 90);
    level[i] = (int32_t)(support_random(&seed) % 2);
  }
  sund_graph *g[2];
  sund_join_report r[2];
  for (int k = 0; k < 2; k++) {
    sund_ctx_threads(ctx, k == 0 ? 1 : 4);
    assert_ok(ctx, sund_graph_join(ctx, s, level, NULL, NULL, 1, NULL, &g[k], &r[k]));
    check_graph(g[k]);
  }
  assert_true(g[0]->edges > LINES && r[0].crossings > 1000 && r[0].snapped_ends > 0 && r[0].near_misses > 0);
  assert_memory_equal(&r[0], &r[1], sizeof r[0]);
  assert_int_equal(g[0]->nodes, g[1]->nodes);
  assert_int_equal(g[0]->edges, g[1]->edges);
  assert_true(same_bytes(g[0]->x, g[1]->x, g[0]->nodes * sizeof(double)));
  assert_true(same_bytes(g[0]->head, g[1]->head, 2 * g[0]->edges * sizeof(uint32_t)));
  assert_true(same_bytes(g[0]->arc_m, g[1]->arc_m, 2 * g[0]->edges * sizeof(double)));
  assert_true(same_bytes(g[0]->edge_line, g[1]->edge_line, g[0]->edges * sizeof(size_t)));
  assert_true(same_bytes(g[0]->component, g[1]->component, g[0]->nodes * sizeof(uint32_t)));
  assert_true(same_bytes(g[0]->shape->x, g[1]->shape->x, g[0]->shape->vertices * sizeof(double)));
}

static void without_memory(void **state) {
  (void)state;
  size_t n = 1;
  for (bool done = false; !done; n++) {
    sund_ctx *ctx = sund_ctx_new();
    assert_non_null(ctx);
    sund_ctx_threads(ctx, 1);
    town t = {0};
    LINE(&t, 0, 0, 0, 100, 0);
    LINE(&t, 0, 50, -50, 50, 50);
    LINE(&t, 0, 100.5, 0, 100.5, 60);
    LINE(&t, 0, 20, 0.5, 20, 60);
    sund_graph *g = NULL;
    sund_ctx_fail_alloc(ctx, n);
    const sund_code code = sund_graph_join(ctx, town_shapes(&t, SUND_LINE), NULL, NULL, NULL, 1, NULL, &g, NULL);
    done = code == SUND_OK;
    if (!done) {
      assert_int_equal(code, SUND_LIMIT);
      assert_int_equal(sund_failure(ctx, NULL, NULL, NULL), SUND_LIMIT);
      assert_null(g);
    }
    sund_ctx_free(ctx);
  }
  assert_true(n > 40); /* it did fail many times before it succeeded */
}

int main(void) {
  const struct CMUnitTest tests[] = {
      SUND_TEST(crosses),
      SUND_TEST(touches),
      SUND_TEST(crosses_itself),
      SUND_TEST(many_in_one_point),
      SUND_TEST(overlaps_and_duplicates),
      SUND_TEST(gaps),
      SUND_TEST(sloppy_junction),
      SUND_TEST(short_pieces_stay),
      SUND_TEST(levels),
      SUND_TEST(ramps_at_a_vertex),
      SUND_TEST(components),
      SUND_TEST(rows_and_lengths),
      SUND_TEST(nothing_and_nonsense),
      SUND_TEST(on_the_ground),
      SUND_TEST(like_the_twin),
      SUND_TEST(levels_like_the_twin),
      SUND_TEST(same_for_any_threads),
      SUND_TEST(without_memory),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}

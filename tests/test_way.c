/* Ways as they are gone: hand cases, cuts, ways round, and a twin that knows the metres only. */
#include "town.h"

static sund_way way_between(sund_ctx *ctx, const sund_graph *g, sund_spot from, sund_spot to) {
  sund_way way = {0};
  assert_ok(ctx, sund_route_way(ctx, g, &from, &to, &way));
  return way;
}

static void expect_line(const sund_way *way, size_t vertices, const double *xy) {
  assert_int_equal(way->vertices, vertices);
  for (size_t i = 0; i < vertices; i++) {
    assert_close(way->x[i], xy[2 * i], 1e-9);
    assert_close(way->y[i], xy[2 * i + 1], 1e-9);
  }
}

#define expect_way(way, ...) \
  expect_line((way), sizeof((double[]){__VA_ARGS__}) / (2 * sizeof(double)), (double[]){__VA_ARGS__})

/* A street with a bend, a branch, and an island. */
static const sund_graph *street(sund_ctx *ctx, town *t) {
  LINE(t, 0, 0, 0, 300, 0, 300, 100, 600, 100);
  LINE(t, 0, 600, 100, 1000, 100);
  LINE(t, 0, 600, 500, 600, 300, 600, 100);
  LINE(t, 0, 5000, 0, 5100, 0);
  return town_graph(ctx, t, NULL);
}

static void by_hand(void **state) {
  sund_ctx *ctx = *state;
  town t = {0};
  const sund_graph *g = street(ctx, &t);
  const sund_spot a = town_spot(ctx, g, 100, -20), b = town_spot(ctx, g, 610, 400);
  const sund_way there = way_between(ctx, g, a, b);
  assert_close(there.metres, 20 + 200 + 100 + 300 + 300 + 10, 1e-9);
  expect_way(&there, 100, 0, 300, 0, 300, 100, 600, 100, 600, 300, 600, 400);
  assert_int_equal(there.edges, 2);
  assert_int_equal(there.edge[0], a.edge);
  assert_int_equal(there.edge[1], b.edge);
  const sund_way back = way_between(ctx, g, b, a);
  assert_close(back.metres, there.metres, 1e-9);
  expect_way(&back, 600, 400, 600, 300, 600, 100, 300, 100, 300, 0, 100, 0);
  assert_int_equal(back.edge[0], b.edge);
  /* cut twice on one edge, either way, with a bend between and without */
  const sund_spot c = town_spot(ctx, g, 450, 100);
  const sund_way on = way_between(ctx, g, a, c), off = way_between(ctx, g, c, a);
  expect_way(&on, 100, 0, 300, 0, 300, 100, 450, 100);
  expect_way(&off, 450, 100, 300, 100, 300, 0, 100, 0);
  const sund_way straight = way_between(ctx, g, town_spot(ctx, g, 200, 0), a);
  expect_way(&straight, 200, 0, 100, 0);
  assert_close(straight.metres, 120, 1e-9);
  assert_int_equal(straight.edges, 1);
}

static void from_the_ends_of_edges(void **state) {
  sund_ctx *ctx = *state;
  town t = {0};
  const sund_graph *g = street(ctx, &t);
  const sund_spot junction = town_spot(ctx, g, 600, 100), end = town_spot(ctx, g, 1000, 100);
  const sund_way way = way_between(ctx, g, junction, end);
  assert_close(way.metres, 400, 1e-9);
  expect_way(&way, 600, 100, 1000, 100); /* whatever edge the junction was put on, none is gone along for 0 m */
  assert_int_equal(way.edges, 1);
  assert_int_equal(way.edge[0], end.edge);
  sund_spot near = junction, far = junction;
  near.leg_m = 5, far.leg_m = 7;
  const sund_way nowhere = way_between(ctx, g, near, far); /* a line all the same, of no length */
  assert_close(nowhere.metres, 12, 1e-9);
  expect_way(&nowhere, 600, 100, 600, 100);
  assert_int_equal(nowhere.edges, 0);
}

static void no_way(void **state) {
  sund_ctx *ctx = *state;
  town t = {0};
  const sund_graph *g = street(ctx, &t);
  const sund_spot a = town_spot(ctx, g, 100, -20), island = town_spot(ctx, g, 5050, 0), none = {.edge = SUND_NO_EDGE};
  const sund_spot pair[][2] = {{a, island}, {island, a}, {a, none}, {none, a}, {none, none}};
  for (size_t i = 0; i < sizeof pair / sizeof *pair; i++) {
    const sund_way way = way_between(ctx, g, pair[i][0], pair[i][1]);
    assert_true(isnan(way.metres));
    assert_int_equal(way.vertices, 0);
    assert_int_equal(way.edges, 0);
  }
}

/* Both on one edge, whose ends a short cut joins: the way round is 190 m, the direct one 800 m. And a ring, which is one
 * edge from a node to itself. */
static void the_way_round(void **state) {
  sund_ctx *ctx = *state;
  town t = {0};
  LINE(&t, 0, 0, 0, 0, 400, 100, 400, 100, 0);
  LINE(&t, 0, 0, 0, 100, 0);
  LINE(&t, 0, 1000, 0, 1000, 100, 1200, 100, 1200, 0, 1000, 0);
  const sund_graph *g = town_graph(ctx, &t, NULL);
  const sund_spot a = town_spot(ctx, g, 0, 50), b = town_spot(ctx, g, 100, 40);
  assert_int_equal(a.edge, b.edge);
  const sund_way way = way_between(ctx, g, a, b);
  assert_close(way.metres, 190, 1e-9);
  expect_way(&way, 0, 50, 0, 0, 100, 0, 100, 40);
  assert_int_equal(way.edges, 3);
  assert_int_equal(way.edge[0], way.edge[2]);
  const sund_way high = way_between(ctx, g, town_spot(ctx, g, 0, 390), town_spot(ctx, g, 100, 380));
  assert_close(high.metres, 130, 1e-9);
  expect_way(&high, 0, 390, 0, 400, 100, 400, 100, 380);
  const sund_way ring = way_between(ctx, g, town_spot(ctx, g, 1000, 10), town_spot(ctx, g, 1020, 0));
  assert_close(ring.metres, 30, 1e-9);
  expect_way(&ring, 1000, 10, 1000, 0, 1020, 0);
  const sund_way again = way_between(ctx, g, town_spot(ctx, g, 1020, 0), town_spot(ctx, g, 1000, 10));
  assert_close(again.metres, 30, 1e-9);
  expect_way(&again, 1020, 0, 1000, 0, 1000, 10);
}

/* The length given for a line is not that drawn: places lie at their share of it. */
static void lengths_of_their_own(void **state) {
  sund_ctx *ctx = *state;
  town t = {0};
  LINE(&t, 0, 0, 0, 100, 0, 100, 100);
  LINE(&t, 0, 100, 100, 200, 100);
  const double length[] = {1000, NAN};
  sund_graph *g;
  assert_ok(ctx, sund_graph_join(ctx, town_shapes(&t, SUND_LINE), NULL, length, NULL, 1, NULL, &g, NULL));
  const sund_spot from = town_spot(ctx, g, 50, 0), to = town_spot(ctx, g, 150, 100);
  const sund_way way = way_between(ctx, g, from, to);
  assert_close(way.metres, 750 + 50, 1e-9);
  expect_way(&way, 50, 0, 100, 0, 100, 100, 150, 100);
}

/* --------------------------------------------------------------------------------------------------------- twin */

/* Metres from a place to the line of an edge. */
static double away_from(const sund_graph *g, uint32_t edge, double x, double y) {
  double best = INFINITY, share;
  for (size_t v = g->shape->first_vertex[edge]; v + 1 < g->shape->first_vertex[edge + 1]; v++)
    best = fmin(best, sund_segment_nearest(x, y, g->shape->x[v], g->shape->y[v], g->shape->x[v + 1],
                                           g->shape->y[v + 1], &share));
  return best;
}

/* What is wrong with the line of a way, or NULL: it must be as long as said and lie on its edges in their order. */
static const char *fault_of(const sund_graph *g, const sund_way *way, double legs_m) {
  if (way->vertices < 2) return "no line";
  double metres = 0;
  size_t at = 0;
  for (size_t i = 1; i < way->vertices; i++) {
    metres += hypot(way->x[i] - way->x[i - 1], way->y[i] - way->y[i - 1]);
    const double x = (way->x[i] + way->x[i - 1]) / 2, y = (way->y[i] + way->y[i - 1]) / 2;
    while (at < way->edges && !(away_from(g, way->edge[at], x, y) < 1e-6)) at++;
    if (at == way->edges && way->edges) return "a stretch that is on none of the edges left";
  }
  if (!(fabs(metres + legs_m - way->metres) < 1e-6)) return "longer or shorter than said";
  for (size_t i = 1; i < way->edges; i++) {
    const uint32_t a = way->edge[i - 1], b = way->edge[i];
    if (g->edge_from[a] != g->edge_from[b] && g->edge_from[a] != g->edge_to[b] && g->edge_to[a] != g->edge_from[b] &&
        g->edge_to[a] != g->edge_to[b])
      return "edges that do not meet";
  }
  return NULL;
}

static void like_the_sweep(void **state) {
  (void)state;
  uint64_t seed = support_seed();
  int found = 0;
  for (int round = 0; round < 400; round++) {
    sund_ctx *ctx = sund_ctx_new();
    town t;
    town_random(&t, &seed, 4 + support_random(&seed) % 12, 10, 37, 2);
    const sund_graph *g = town_graph(ctx, &t, NULL);
    double x[2], y[2];
    sund_spot spot[2];
    for (int i = 0; i < 2; i++) {
      x[i] = support_uniform(&seed, 0, 370);
      y[i] = support_uniform(&seed, 0, 370);
      spot[i] = town_spot(ctx, g, x[i], y[i]);
    }
    if (round % 5 == 0) { /* both on one edge */
      spot[1].edge = spot[0].edge;
      spot[1].along_m = support_uniform(&seed, 0, g->edge_m[spot[0].edge]);
    }
    const sund_way way = way_between(ctx, g, spot[0], spot[1]);
    double metres;
    assert_ok(ctx, sund_route_nearest(ctx, g, 1, &spot[1], NULL, INFINITY, 1, &spot[0], &metres, NULL));
    const char *fault = isnan(metres) != isnan(way.metres)                      ? "a way or none"
                        : isnan(metres)                                         ? NULL
                        : !(fabs(metres - way.metres) < 1e-6)                   ? "not the shortest"
                        : away_from(g, spot[0].edge, way.x[0], way.y[0]) > 1e-6 ? "begins elsewhere"
                        : fabs(hypot(way.x[0] - x[0], way.y[0] - y[0]) - spot[0].leg_m) > 1e-6
                            ? "begins elsewhere"
                            : fault_of(g, &way, spot[0].leg_m + spot[1].leg_m);
    const size_t last = way.vertices - 1;
    if (!fault && way.vertices && round % 5 &&
        fabs(hypot(way.x[last] - x[1], way.y[last] - y[1]) - spot[1].leg_m) > 1e-6)
      fault = "ends elsewhere";
    if (fault)
      fail_msg("seed %llu, round %d: %s; %.9f m, twin %.9f", (unsigned long long)support_seed(), round, fault,
               way.metres, metres);
    found += !isnan(metres);
    sund_ctx_free(ctx);
  }
  assert_true(found > 100);
}

static void without_memory(void **state) {
  sund_ctx *town_ctx = *state;
  town t = {0};
  const sund_graph *g = street(town_ctx, &t);
  const sund_spot a = town_spot(town_ctx, g, 100, -20), b = town_spot(town_ctx, g, 610, 400);
  size_t n = 1;
  for (bool done = false; !done; n++) {
    sund_ctx *ctx = sund_ctx_new();
    assert_non_null(ctx);
    sund_ctx_fail_alloc(ctx, n);
    sund_way way = {.metres = -1};
    const sund_code code = sund_route_way(ctx, g, &a, &b, &way);
    done = code == SUND_OK;
    if (done) {
      assert_close(way.metres, 930, 1e-9);
    } else {
      assert_int_equal(code, SUND_LIMIT);
      assert_int_equal(sund_failure(ctx, NULL, NULL, NULL), SUND_LIMIT);
      assert_true(way.metres == -1 && !way.x); /* untouched */
    }
    sund_ctx_free(ctx);
  }
  assert_true(n > 5);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      SUND_TEST(by_hand),        SUND_TEST(from_the_ends_of_edges), SUND_TEST(no_way),
      SUND_TEST(the_way_round),  SUND_TEST(lengths_of_their_own),   SUND_TEST(like_the_sweep),
      SUND_TEST(without_memory),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}

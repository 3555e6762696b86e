/* Points put on the network: mid-edge, limits, filters, ties, nodes, and a slow twin. */
#include "town.h"

static const sund_graph *long_edge(sund_ctx *ctx, town *t) {
  LINE(t, 0, 0, 0, 600, 0, 600, 800, 1000, 800); /* 1800 m with two bends */
  return town_graph(ctx, t, NULL);
}

static void in_mid_edge(void **state) {
  town t = {0};
  const sund_graph *g = long_edge(*state, &t);
  const struct {
    double x, y, along, leg;
  } cases[] = {{250, 30, 250, 30}, {600, 0, 600, 0},     {640, 500, 1100, 40},
               {-30, -40, 0, 50},  {1003, 804, 1800, 5}, {610, -10, 600, sqrt(200)}};
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    const sund_spot spot = town_spot(*state, g, cases[i].x, cases[i].y);
    assert_int_equal(spot.edge, 0);
    assert_close(spot.along_m, cases[i].along, 1e-9);
    assert_close(spot.leg_m, cases[i].leg, 1e-9);
    assert_true(spot.pad == 0);
  }
}

/* P01, P02: the gate is in the middle of a long edge, the home 255 m beside the network. */
static void legs_count(void **state) {
  town t = {0};
  const sund_graph *g = long_edge(*state, &t);
  assert_close(town_metres(*state, g, 100, 0, 600, 433), 933, 1e-9);
  assert_close(town_metres(*state, g, 100, -255, 600, 433), 933 + 255, 1e-9);
  assert_close(town_metres(*state, g, 100, -255, 580, 433), 933 + 255 + 20, 1e-9);
}

static void limits(void **state) {
  sund_ctx *ctx = *state;
  town t = {0};
  const sund_graph *g = long_edge(ctx, &t);
  const double x[] = {100, 100, 100, 100, NAN}, y[] = {-250, -250.001, -255, 3000, 0};
  sund_spot spot[5];
  assert_ok(ctx, sund_graph_snap(ctx, g, NULL, 5, x, y, 250, NULL, spot));
  assert_int_equal(spot[0].edge, 0);
  assert_close(spot[0].leg_m, 250, 1e-9);
  for (int i = 1; i < 5; i++) assert_int_equal(spot[i].edge, SUND_NO_EDGE);
  assert_ok(ctx, sund_graph_snap_nodes(ctx, g, NULL, 5, x, y, 250, NULL, spot));
  for (int i = 0; i < 5; i++) assert_int_equal(spot[i].edge, SUND_NO_EDGE); /* the node is 269 m away */
}

static void filters_and_ties(void **state) {
  sund_ctx *ctx = *state;
  town t = {0};
  LINE(&t, 0, 0, 0, 100, 0);
  LINE(&t, 0, 0, 20, 100, 20);
  LINE(&t, 0, 0, 40, 100, 40);
  const sund_graph *g = town_graph(ctx, &t, NULL);
  uint32_t edge[3];
  for (uint32_t e = 0; e < 3; e++) edge[g->edge_line[e]] = e;
  const double x[] = {50, 50}, y[] = {10, 21};
  sund_spot spot[2];
  assert_ok(ctx, sund_graph_snap(ctx, g, NULL, 2, x, y, 250, NULL, spot));
  assert_int_equal(spot[0].edge, edge[0] < edge[1] ? edge[0] : edge[1]); /* equally near: the smaller number */
  assert_int_equal(spot[1].edge, edge[1]);
  uint8_t accept[3] = {1, 1, 1};
  accept[edge[1]] = 0;
  assert_ok(ctx, sund_graph_snap(ctx, g, NULL, 2, x, y, 250, accept, spot));
  assert_int_equal(spot[1].edge, edge[2]);
  assert_close(spot[1].leg_m, 19, 1e-9);
  assert_ok(ctx, sund_graph_snap_nodes(ctx, g, NULL, 2, x, y, 250, accept, spot));
  assert_int_equal(spot[1].edge, edge[2]);
  memset(accept, 0, sizeof accept);
  assert_ok(ctx, sund_graph_snap(ctx, g, NULL, 2, x, y, 250, accept, spot));
  assert_int_equal(spot[0].edge, SUND_NO_EDGE);
}

static void on_nodes(void **state) {
  sund_ctx *ctx = *state;
  town t = {0};
  const sund_graph *g = long_edge(ctx, &t);
  const double x[] = {599, 900, 0, 400}, y[] = {1, 800, -10, 0};
  sund_spot spot[4];
  assert_ok(ctx, sund_graph_snap_nodes(ctx, g, NULL, 4, x, y, INFINITY, NULL, spot));
  const double along[] = {0, 1800, 0,
                          0}; /* (599, 1) is on a bend but 599 m from the first node, 894 m from the last */
  for (int i = 0; i < 4; i++) {
    assert_int_equal(spot[i].edge, 0);
    assert_close(spot[i].along_m, along[i], 1e-9);
    assert_close(spot[i].leg_m, 0, 0.0);
  }
}

/* The line says it is twice as long as drawn: along is in that measure, the leg is not. */
static void given_lengths(void **state) {
  sund_ctx *ctx = *state;
  town t = {0};
  LINE(&t, 0, 0, 0, 30, 40, 100, 40);
  const double length = 240;
  sund_graph *g;
  assert_ok(ctx, sund_graph_join(ctx, town_shapes(&t, SUND_LINE), NULL, &length, NULL, 1, NULL, &g, NULL));
  const sund_spot spot = town_spot(ctx, g, 65, 47);
  assert_close(spot.along_m, 2 * 85, 1e-9);
  assert_close(spot.leg_m, 7, 1e-9);
}

static void on_the_ground(void **state) {
  sund_ctx *ctx = *state;
  const double x = 500000, y = 6200000, box[4] = {x - 5000, y - 5000, x + 5000, y + 5000};
  sund_crs *crs;
  sund_ground *ground;
  assert_ok(ctx, sund_crs_open(ctx, "EPSG:25832", &crs));
  assert_ok(ctx, sund_ground_open(ctx, crs, box, &ground));
  town t = {0};
  LINE(&t, 0, x, y, x + 2000, y);
  sund_graph *g;
  assert_ok(ctx, sund_graph_join(ctx, town_shapes(&t, SUND_LINE), NULL, NULL, NULL, 1, ground, &g, NULL));
  const double px[] = {x + 999.6, x + 999.6}, py[] = {y + 249.89, y + 249.91}; /* 249.99 and 250.01 m on the ground */
  sund_spot spot[2];
  assert_ok(ctx, sund_graph_snap(ctx, g, ground, 2, px, py, 250, NULL, spot));
  assert_int_equal(spot[0].edge, 0);
  assert_close(spot[0].along_m, 1000, 0.001);
  assert_close(spot[0].leg_m, 249.99, 0.001);
  assert_int_equal(spot[1].edge, SUND_NO_EDGE);
}

/* Twin: every segment of every edge. */
static void like_the_twin(void **state) {
  uint64_t seed = support_seed();
  sund_ctx *ctx = *state;
  for (int round = 0; round < 50; round++) {
    town t;
    town_random(&t, &seed, 12, 50, 7, 2);
    const sund_graph *g = town_graph(ctx, &t, NULL);
    for (int k = 0; k < 20; k++) {
      const double x = support_uniform(&seed, -50, 400), y = support_uniform(&seed, -50, 400);
      double leg = INFINITY, share;
      for (size_t e = 0; e < g->edges; e++)
        for (size_t v = g->shape->first_vertex[e]; v + 1 < g->shape->first_vertex[e + 1]; v++)
          leg = fmin(leg, sund_segment_nearest(x, y, g->shape->x[v], g->shape->y[v], g->shape->x[v + 1],
                                               g->shape->y[v + 1], &share));
      const sund_spot spot = town_spot(ctx, g, x, y);
      /* walk the edge to along_m: that place must be leg_m away */
      double left = spot.along_m;
      size_t v = g->shape->first_vertex[spot.edge];
      const size_t last = g->shape->first_vertex[spot.edge + 1] - 1;
      double length = 0;
      for (; v < last; v++, left -= length) {
        length = hypot(g->shape->x[v + 1] - g->shape->x[v], g->shape->y[v + 1] - g->shape->y[v]);
        if (left <= length || v + 1 == last) break;
      }
      const double part = length > 0 ? left / length : 0;
      const double at_x = g->shape->x[v] + part * (g->shape->x[v + 1] - g->shape->x[v]);
      const double at_y = g->shape->y[v] + part * (g->shape->y[v + 1] - g->shape->y[v]);
      if (fabs(spot.leg_m - leg) > 1e-9 || fabs(hypot(x - at_x, y - at_y) - leg) > 1e-6)
        fail_msg("seed %llu, round %d, point %d: leg %.9f at %.9f, twin %.9f", (unsigned long long)support_seed(),
                 round, k, spot.leg_m, hypot(x - at_x, y - at_y), leg);
    }
  }
}

static void same_for_any_threads(void **state) {
  enum { POINTS = 5000 };
  sund_ctx *ctx = *state;
  uint64_t seed = support_seed();
  town t;
  town_random(&t, &seed, 60, 50, 7, 1);
  const sund_graph *g = town_graph(ctx, &t, NULL);
  double *x = sund_alloc(ctx, POINTS, sizeof *x), *y = sund_alloc(ctx, POINTS, sizeof *y);
  for (size_t i = 0; i < POINTS; i++) {
    x[i] = support_uniform(&seed, 0, 350);
    y[i] = support_uniform(&seed, 0, 350);
  }
  sund_spot *one = sund_alloc(ctx, POINTS, sizeof *one), *four = sund_alloc(ctx, POINTS, sizeof *four);
  sund_ctx_threads(ctx, 1);
  assert_ok(ctx, sund_graph_snap(ctx, g, NULL, POINTS, x, y, 20, NULL, one));
  sund_ctx_threads(ctx, 4);
  assert_ok(ctx, sund_graph_snap(ctx, g, NULL, POINTS, x, y, 20, NULL, four));
  for (size_t i = 0; i < POINTS; i++) {
    assert_int_equal(one[i].edge, four[i].edge);
    if (one[i].edge != SUND_NO_EDGE) assert_memory_equal(&one[i], &four[i], sizeof one[i]);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      SUND_TEST(in_mid_edge),      SUND_TEST(legs_count),    SUND_TEST(limits),
      SUND_TEST(filters_and_ties), SUND_TEST(on_nodes),      SUND_TEST(given_lengths),
      SUND_TEST(on_the_ground),    SUND_TEST(like_the_twin), SUND_TEST(same_for_any_threads),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}

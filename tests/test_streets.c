/* Streets by hand: trees on known graphs, one-way streets, ends on edges, limits, parts, ways, spreading, failures. */
#include "web.h"

static const uint32_t anywhere = SUND_BEYOND - 1;

static uint64_t sum_of(size_t n, const uint32_t *value) {
  uint64_t sum = 0;
  for (size_t i = 0; i < n; i++) sum += value[i];
  return sum;
}

/* --------------------------------------------------------------------------------------------- graphs of books */

/* Unit grid from a corner: d = i + j, sum n * n * (n - 1). */
static void grid_from_a_corner(void **state) {
  sund_ctx *ctx = *state;
  const uint32_t n = 100;
  const web w = web_grid(ctx, n, 1);
  const sund_graph *g = web_graph(ctx, &w);
  const sund_streets *s = web_streets(ctx, &w, g);
  const sund_spot *all = web_all(ctx, g);
  const sund_trees_ask ask = {.sources = 1,
                              .source = all,
                              .targets = g->nodes,
                              .target = all,
                              .limit = anywhere,
                              .metres = true,
                              .nodes = true};
  const web_sheet sheet = web_trees(ctx, g, s, &ask);
  assert_int_equal(sum_of(g->nodes, sheet.node), 990000);
  for (uint32_t v = 0; v < g->nodes; v++) {
    assert_int_equal(sheet.units[v], v % n + v / n);
    assert_true(sheet.metres[v] == v % n + v / n);
  }
}

/* Nodes within r on an open grid: 2 r r + 2 r + 1; gravity with one job a node: 1 + 4 q / (1 - q)^2, 9 for q = 1/2. */
static void grid_from_the_middle(void **state) {
  sund_ctx *ctx = *state;
  const uint32_t n = 121;
  const web w = web_grid(ctx, n, 1);
  const sund_graph *g = web_graph(ctx, &w);
  const sund_streets *s = web_streets(ctx, &w, g);
  const sund_spot *all = web_all(ctx, g), middle = web_at(g, n / 2 * n + n / 2);
  const struct {
    uint32_t limit;
    size_t count;
  } within[] = {{0, 1}, {5, 61}, {10, 221}, {30, 1861}, {60, 7321}};
  for (size_t i = 0; i < sizeof within / sizeof *within; i++) {
    const sund_trees_ask ask = {
        .sources = 1, .source = &middle, .targets = g->nodes, .target = all, .limit = within[i].limit, .nodes = true};
    const web_sheet sheet = web_trees(ctx, g, s, &ask);
    size_t count = 0, nodes = 0;
    double gravity = 0;
    for (size_t v = 0; v < g->nodes; v++) {
      nodes += sheet.node[v] != SUND_BEYOND;
      if (sheet.units[v] == SUND_BEYOND) continue;
      count++;
      gravity += exp2(-(double)sheet.units[v]);
    }
    assert_int_equal(count, within[i].count);
    assert_int_equal(nodes, within[i].count);
    if (within[i].limit == 60) assert_true(fabs(gravity - 9) < 1e-12);
  }
}

/* The graph on which SpatiaLite 5.0.1 errs. */
static void twelve_edges(void **state) {
  sund_ctx *ctx = *state;
  const uint32_t edge[][3] = {{1, 2, 4}, {1, 4, 6}, {2, 3, 7}, {2, 5, 9}, {3, 6, 6}, {4, 5, 2},
                              {4, 7, 7}, {5, 6, 6}, {5, 8, 3}, {6, 9, 2}, {7, 8, 1}, {8, 9, 5}};
  const uint32_t wanted[] = {0, 4, 11, 6, 8, 14, 12, 11, 16};
  web w = {0};
  for (uint32_t v = 0; v < 9; v++) web_node(ctx, &w, v % 3, v / 3);
  for (size_t e = 0; e < 12; e++) web_edge(ctx, &w, edge[e][0] - 1, edge[e][1] - 1, edge[e][2], edge[e][2]);
  const sund_graph *g = web_graph(ctx, &w);
  sund_streets *s = web_streets(ctx, &w, g);
  const sund_spot *all = web_all(ctx, g);
  const sund_trees_ask ask = {.sources = 1, .source = all, .targets = 9, .target = all, .limit = anywhere};
  for (int contracted = 0; contracted < 2; contracted++) {
    sund_trees_ask small = ask;
    if (contracted) {
      assert_ok(ctx, sund_streets_contract(ctx, s));
      small.limit = 65534;
    }
    const web_sheet sheet = web_trees(ctx, g, s, &small);
    assert_memory_equal(sheet.units, wanted, sizeof wanted);
  }
}

/* Sum of the distances of all pairs of nodes on a path of n, with one more unit link when a < n. */
static uint64_t pairs_on_path(sund_ctx *ctx, uint32_t n, uint32_t a, uint32_t b) {
  web w = {0};
  for (uint32_t v = 0; v < n; v++) web_node(ctx, &w, v, 0);
  for (uint32_t v = 0; v + 1 < n; v++) web_edge(ctx, &w, v, v + 1, 1, 1);
  if (a < n) web_edge(ctx, &w, a, b, 1, 1);
  const sund_graph *g = web_graph(ctx, &w);
  const sund_spot *all = web_all(ctx, g);
  const sund_trees_ask ask = {.sources = n, .source = all, .targets = n, .target = all, .limit = anywhere};
  const web_sheet sheet = web_trees(ctx, g, web_streets(ctx, &w, g), &ask);
  return sum_of((size_t)n * n, sheet.units) / 2;
}

/* The link that helps most is not the one between the ends. */
static void one_more_link(void **state) {
  sund_ctx *ctx = *state;
  assert_int_equal(pairs_on_path(ctx, 10, 10, 10), 165);
  assert_int_equal(pairs_on_path(ctx, 10, 0, 9), 125);
  const struct {
    uint32_t n;
    uint64_t best;
    uint32_t a, b;
  } known[] = {{5, 15, 0, 4}, {6, 26, 0, 4}, {10, 114, 1, 7}};
  for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
    uint64_t best = UINT64_MAX;
    for (uint32_t a = 0; a < known[i].n; a++)
      for (uint32_t b = a + 1; b < known[i].n; b++) {
        const uint64_t sum = pairs_on_path(ctx, known[i].n, a, b);
        if (sum < best) best = sum;
      }
    assert_int_equal(best, known[i].best);
    assert_int_equal(pairs_on_path(ctx, known[i].n, known[i].a, known[i].b), best);
  }
  assert_int_equal(pairs_on_path(ctx, 6, 0, 5), 27);
}

/* ------------------------------------------------------------------------------------------------------- one way */

static void one_way_ring(void **state) {
  sund_ctx *ctx = *state;
  const uint32_t n = 17;
  web w = {0};
  for (uint32_t v = 0; v < n; v++) web_node(ctx, &w, cos(v), sin(v));
  for (uint32_t v = 0; v < n; v++) web_edge(ctx, &w, v, (v + 1) % n, 1, NAN);
  const sund_graph *g = web_graph(ctx, &w);
  const sund_streets *s = web_streets(ctx, &w, g);
  const sund_spot *all = web_all(ctx, g);
  for (int backward = 0; backward < 2; backward++) {
    const sund_trees_ask ask = {
        .backward = backward, .sources = n, .source = all, .targets = n, .target = all, .limit = anywhere};
    const web_sheet sheet = web_trees(ctx, g, s, &ask);
    for (uint32_t v = 0; v < n; v++) {
      assert_int_equal(sum_of(n, sheet.units + v * n), n * (n - 1) / 2);
      assert_int_equal(sheet.units[v * n + (v + 1) % n], backward ? n - 1 : 1);
    }
  }
}

/* On one edge of a one-way ring of 4 x 10 s: on is direct, back is all around. Legs of 3 and 5 m at 2 s a metre. */
static void on_the_same_edge(void **state) {
  sund_ctx *ctx = *state;
  web w = {0};
  for (uint32_t v = 0; v < 4; v++) web_node(ctx, &w, v == 1 || v == 2 ? 100 : 0, v > 1 ? 100 : 0);
  for (uint32_t v = 0; v < 4; v++) web_edge(ctx, &w, v, (v + 1) % 4, 10, NAN);
  const sund_graph *g = web_graph(ctx, &w);
  sund_streets_spec spec = web_spec(&w, g);
  spec.leg_s_m = 2;
  sund_streets *s;
  assert_ok(ctx, sund_streets_build(ctx, &spec, &s, NULL, NULL));
  const sund_spot spot[] = {{.edge = 1, .along_m = 20, .leg_m = 3},
                            {.edge = 1, .along_m = 70, .leg_m = 5},
                            {.edge = SUND_NO_EDGE},
                            {.edge = 1, .along_m = 20, .leg_m = 0}};
  const uint32_t wanted[4][4] = {{12, 21, SUND_BEYOND, 6},
                                 {16 + 35, 20, SUND_BEYOND, 10 + 35},
                                 {SUND_BEYOND, SUND_BEYOND, SUND_BEYOND, SUND_BEYOND},
                                 {6, 15, SUND_BEYOND, 0}};
  for (int contracted = 0; contracted < 2; contracted++) {
    if (contracted) assert_ok(ctx, sund_streets_contract(ctx, s));
    for (int backward = 0; backward < 2; backward++) {
      const sund_trees_ask ask = {.backward = backward,
                                  .sources = 4,
                                  .source = spot,
                                  .targets = 4,
                                  .target = spot,
                                  .limit = 65000,
                                  .metres = !contracted};
      const web_sheet sheet = web_trees(ctx, g, s, &ask);
      for (size_t i = 0; i < 4; i++)
        for (size_t k = 0; k < 4; k++)
          assert_int_equal(sheet.units[i * 4 + k], backward ? wanted[k][i] : wanted[i][k]);
      if (!contracted) {
        assert_true(fabs(sheet.metres[backward ? 4 : 1] - 58) < 1e-9);
        assert_true(fabs(sheet.metres[backward ? 1 : 4] - 358) < 1e-9);
        assert_true(isnan(sheet.metres[2]));
      }
    }
  }
}

/* Equally fast: the shorter way counts. */
static void the_shorter_of_equally_fast_ways(void **state) {
  sund_ctx *ctx = *state;
  web w = {0};
  web_node(ctx, &w, 0, 0), web_node(ctx, &w, 100, 0), web_node(ctx, &w, 50, 30), web_node(ctx, &w, 50, -20);
  web_edge(ctx, &w, 0, 2, 5, 5), web_edge(ctx, &w, 2, 1, 5, 5);
  web_edge(ctx, &w, 0, 3, 4, 4), web_edge(ctx, &w, 3, 1, 6, 6);
  web_edge(ctx, &w, 0, 1, 11, 11);
  const sund_graph *g = web_graph(ctx, &w);
  const sund_spot from = web_at(g, 0), to = web_at(g, 1);
  const sund_trees_ask ask = {
      .sources = 1, .source = &from, .targets = 1, .target = &to, .limit = 10, .metres = true};
  const sund_streets *s = web_streets(ctx, &w, g);
  const web_sheet sheet = web_trees(ctx, g, s, &ask);
  assert_int_equal(sheet.units[0], 10);
  assert_true(fabs(sheet.metres[0] - 2 * hypot(50, 20)) < 1e-9);
  sund_trees_ask less = ask;
  less.limit = 9;
  const web_sheet none = web_trees(ctx, g, s, &less);
  assert_int_equal(none.units[0], SUND_BEYOND);
  assert_true(isnan(none.metres[0]));
}

/* --------------------------------------------------------------------------------------------------------- parts */

/* A square both ways (400 m), a one-way street out of it to a far ring (30 m), a street nobody may use. */
static void parts(void **state) {
  sund_ctx *ctx = *state;
  web w = {0};
  const double xy[][2] = {{0, 0}, {100, 0}, {100, 100}, {0, 100}, {500, 0}, {510, 0}, {510, 10}, {0, 900}};
  for (size_t i = 0; i < 8; i++) web_node(ctx, &w, xy[i][0], xy[i][1]);
  for (uint32_t v = 0; v < 4; v++) web_edge(ctx, &w, v, (v + 1) % 4, 9, 9);
  web_edge(ctx, &w, 1, 4, 9, NAN);
  web_edge(ctx, &w, 4, 5, 9, NAN), web_edge(ctx, &w, 5, 6, 9, NAN), web_edge(ctx, &w, 6, 4, 9, NAN);
  web_edge(ctx, &w, 3, 7, NAN, NAN);
  const sund_graph *g = web_graph(ctx, &w);
  const sund_streets *s = web_streets(ctx, &w, g);
  uint8_t accept[9];
  uint32_t part[9];
  size_t small = 9;
  assert_ok(ctx, sund_streets_parts(ctx, s, 100, accept, part, &small));
  const uint8_t accepted[] = {1, 1, 1, 1, 0, 0, 0, 0, 0};
  const uint32_t none = UINT32_MAX, numbers[] = {0, 0, 0, 0, none, 1, 1, 1, none};
  assert_memory_equal(accept, accepted, sizeof accepted);
  assert_memory_equal(part, numbers, sizeof numbers);
  assert_int_equal(small, 1);
  assert_ok(ctx, sund_streets_parts(ctx, s, 0, accept, NULL, NULL));
  assert_int_equal(accept[6], 1);
  assert_int_equal(accept[4], 0);
}

/* ------------------------------------------------------------------------------------------------------ failures */

static void refused(void **state) {
  sund_ctx *ctx = *state;
  web w = web_grid(ctx, 3, 1);
  const sund_graph *g = web_graph(ctx, &w);
  sund_streets_spec spec = web_spec(&w, g);
  sund_streets *s;
  for (int i = 0; i < 3; i++) {
    sund_ctx *own = sund_ctx_child(ctx);
    sund_streets_spec wrong = spec;
    w.forward_s[7] = i == 0 ? -1 : i == 1 ? INFINITY : 1;
    if (i == 2) wrong.unit_s = 0;
    assert_int_equal(sund_streets_build(own, &wrong, &s, NULL, NULL), i == 2 ? SUND_DEFECT : SUND_DATA);
    sund_ctx_free(own);
  }
}

static sund_code stop_at_two(sund_ctx *worker, const sund_tree *tree, void *data) {
  (void)data;
  return tree->source < 2 ? SUND_OK : sund_fail(worker, SUND_LIMIT, "enough after %zu", tree->source);
}

static void the_visitor_says_stop(void **state) {
  sund_ctx *ctx = *state;
  const web w = web_grid(ctx, 5, 1);
  const sund_graph *g = web_graph(ctx, &w);
  sund_streets *s = web_streets(ctx, &w, g);
  const sund_spot *all = web_all(ctx, g);
  const sund_trees_ask ask = {.sources = 25, .source = all, .targets = 25, .target = all, .limit = 60000};
  for (int contracted = 0; contracted < 2; contracted++) {
    sund_ctx *own = sund_ctx_child(ctx);
    const char *message = "";
    assert_int_equal(sund_streets_trees(own, s, &ask, stop_at_two, NULL), SUND_LIMIT);
    sund_failure(own, &message, NULL, NULL);
    assert_memory_equal(message, "enough after", 12);
    sund_ctx_free(own);
    assert_ok(ctx, sund_streets_contract(ctx, s));
  }
}

/* What a visitor is told to look at is what is reached, each once, tree after tree. */
static sund_code check_list(sund_ctx *worker, const sund_tree *tree, void *data) {
  const sund_trees_ask *ask = data;
  size_t reached = 0;
  uint8_t *listed = sund_alloc(worker, ask->targets, 1);
  if (!listed) return SUND_LIMIT;
  if (!tree->reaching) return sund_fail(worker, SUND_DEFECT, "no list");
  for (size_t i = 0; i < tree->reached; i++) listed[tree->reaching[i]]++;
  for (size_t k = 0; k < ask->targets; k++) {
    if (listed[k] != (tree->units[k] != SUND_BEYOND)) return sund_fail(worker, SUND_DEFECT, "target %zu", k);
    reached += listed[k];
  }
  return reached > 0 && reached < ask->targets ? SUND_OK : sund_fail(worker, SUND_DEFECT, "%zu reached", reached);
}

static void reached_are_listed(void **state) {
  sund_ctx *ctx = *state;
  const web w = web_grid(ctx, 5, 1);
  const sund_graph *g = web_graph(ctx, &w);
  const sund_spot *all = web_all(ctx, g);
  sund_trees_ask ask = {.sources = 25, .source = all, .targets = 25, .target = all, .limit = 60000};
  uint32_t far = 0;
  const uint32_t *units = web_trees(ctx, g, web_streets(ctx, &w, g), &ask).units;
  for (size_t k = 0; k < 25; k++) far = units[k] > far ? units[k] : far;
  ask.limit = far / 3;
  assert_ok(ctx, sund_streets_trees(ctx, web_streets(ctx, &w, g), &ask, check_list, &ask));
}

int main(void) {
  const struct CMUnitTest tests[] = {SUND_TEST(grid_from_a_corner),
                                     SUND_TEST(reached_are_listed),
                                     SUND_TEST(grid_from_the_middle),
                                     SUND_TEST(twelve_edges),
                                     SUND_TEST(one_more_link),
                                     SUND_TEST(one_way_ring),
                                     SUND_TEST(on_the_same_edge),
                                     SUND_TEST(the_shorter_of_equally_fast_ways),
                                     SUND_TEST(parts),
                                     SUND_TEST(refused),
                                     SUND_TEST(the_visitor_says_stop)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}

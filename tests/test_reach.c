/* Who is within reach of each group along the network: hand cases, limits, a twin that asks for every group alone. */
#include "town.h"

/* A street of 1000 m in two edges of 600 and 400 m, and a branch of 500 m at 600. */
static const sund_graph *street(sund_ctx *ctx, town *t) {
  LINE(t, 0, 0, 0, 600, 0, 1000, 0);
  LINE(t, 0, 600, 0, 600, 500);
  LINE(t, 0, 5000, 0, 5100, 0); /* an island */
  return town_graph(ctx, t, NULL);
}

static void expect_row(const sund_pairs *p, size_t row, size_t count, const uint32_t *to, const double *metres) {
  assert_int_equal(p->first[row + 1] - p->first[row], count);
  for (size_t i = 0; i < count; i++) {
    assert_int_equal(p->to[p->first[row] + i], to[i]);
    assert_close(p->metres[p->first[row] + i], metres[i], 1e-9);
  }
}

static void by_hand(void **state) {
  sund_ctx *ctx = *state;
  town t = {0};
  const sund_graph *g = street(ctx, &t);
  const sund_spot source[] = {town_spot(ctx, g, 900, 20), town_spot(ctx, g, 5050, 0), town_spot(ctx, g, 600, 480),
                              town_spot(ctx, g, 1000, 0)};
  const size_t group[] = {0, 3, 0, 2};
  const sund_spot spot[] = {
      town_spot(ctx, g, 950, 0),   /* beside the entrance: 50 + 20; 50 from group 2                     */
      town_spot(ctx, g, 600, 450), /* 30 from the other entrance; 850 from group 2                      */
      {.edge = SUND_NO_EDGE},
      town_spot(ctx, g, 590, -5), /* 5 + 10 + 320; 415 from group 2                                     */
      town_spot(ctx, g, 5000, 3), /* the island                                                         */
      town_spot(ctx, g, 880, 0),  /* before the entrance, on its edge                                   */
  };
  sund_pairs *p;
  assert_ok(ctx, sund_route_pairs(ctx, g, 4, source, NULL, group, 4, 420, 6, spot, &p));
  assert_int_equal(p->rows, 4);
  expect_row(p, 0, 4, (uint32_t[]){0, 1, 3, 5}, (double[]){70, 30, 335, 40});
  expect_row(p, 1, 0, NULL, NULL); /* a group without sources */
  expect_row(p, 2, 3, (uint32_t[]){0, 3, 5}, (double[]){50, 415, 120});
  expect_row(p, 3, 1, (uint32_t[]){4}, (double[]){53});
  const uint8_t use[] = {0, 0, 1, 1};
  assert_ok(ctx, sund_route_pairs(ctx, g, 4, source, use, group, 4, INFINITY, 6, spot, &p));
  expect_row(p, 0, 4, (uint32_t[]){0, 1, 3, 5}, (double[]){830, 30, 495, 760});
  expect_row(p, 2, 4, (uint32_t[]){0, 1, 3, 5}, (double[]){50, 850, 415, 120});
  expect_row(p, 3, 0, NULL, NULL);
}

static void limit_is_inclusive(void **state) {
  sund_ctx *ctx = *state;
  town t = {0};
  const sund_graph *g = street(ctx, &t);
  const sund_spot source = town_spot(ctx, g, 0, -25);
  const size_t group = 0;
  const sund_spot spot[] = {town_spot(ctx, g, 265.01, 10), town_spot(ctx, g, 265, 10)}; /* 300 m with both legs */
  sund_pairs *p;
  assert_ok(ctx, sund_route_pairs(ctx, g, 1, &source, NULL, &group, 1, 300, 2, spot, &p));
  expect_row(p, 0, 1, (uint32_t[]){1}, (double[]){300});
  assert_ok(ctx, sund_route_pairs(ctx, g, 1, &source, NULL, &group, 1, 0, 2, spot, &p));
  expect_row(p, 0, 0, NULL, NULL);
  assert_ok(ctx, sund_route_pairs(ctx, g, 1, &source, NULL, &group, 1, -1, 2, spot, &p));
  expect_row(p, 0, 0, NULL, NULL);
}

static void nothing_to_reach(void **state) {
  sund_ctx *ctx = *state;
  town t = {0};
  const sund_graph *g = street(ctx, &t);
  const sund_spot source = town_spot(ctx, g, 0, 0);
  const size_t group = 1;
  sund_pairs *p;
  assert_ok(ctx, sund_route_pairs(ctx, g, 0, NULL, NULL, NULL, 0, 300, 1, &source, &p));
  assert_int_equal(p->rows, 0);
  assert_int_equal(p->first[0], 0);
  assert_ok(ctx, sund_route_pairs(ctx, g, 1, &source, NULL, &group, 2, 300, 0, NULL, &p));
  assert_int_equal(p->first[2], 0);
  assert_int_equal(sund_route_pairs(ctx, g, 1, &source, NULL, &group, 1, 300, 1, &source, &p), SUND_DEFECT);
}

/* --------------------------------------------------------------------------------------------------------- twin */

static sund_spot random_spot(const sund_graph *g, uint64_t *seed) {
  if (support_random(seed) % 20 == 0) return (sund_spot){.edge = SUND_NO_EDGE};
  const uint32_t edge = (uint32_t)(support_random(seed) % g->edges);
  return (sund_spot){
      .edge = edge, .along_m = support_uniform(seed, 0, g->edge_m[edge]), .leg_m = support_uniform(seed, 0, 30)};
}

static void like_each_group_alone(void **state) {
  enum { SPOTS = 200, SOURCES = 60, GROUPS = 90 };
  (void)state;
  uint64_t seed = support_seed();
  for (int round = 0; round < 40; round++) {
    sund_ctx *ctx = sund_ctx_new();
    town t;
    town_random(&t, &seed, 14, 12, 37, 2);
    const sund_graph *g = town_graph(ctx, &t, NULL);
    sund_spot spot[SPOTS], source[SOURCES];
    size_t group[SOURCES];
    uint8_t use[SOURCES];
    for (size_t i = 0; i < SPOTS; i++) spot[i] = random_spot(g, &seed);
    for (size_t i = 0; i < SOURCES; i++) {
      source[i] = random_spot(g, &seed);
      if (i % 3 && source[i - 1].edge != SUND_NO_EDGE) {
        source[i].edge = source[i - 1].edge;
        source[i].along_m = support_uniform(&seed, 0, g->edge_m[source[i].edge]);
      }
      group[i] = support_random(&seed) % 3 ? support_random(&seed) % GROUPS : GROUPS / 2;
      use[i] = support_random(&seed) % 5 != 0;
    }
    const double limit = round % 4 ? support_uniform(&seed, 20, 400) : INFINITY;
    sund_pairs *p;
    assert_ok(ctx, sund_route_pairs(ctx, g, SOURCES, source, use, group, GROUPS, limit, SPOTS, spot, &p));
    size_t at = 0;
    for (size_t row = 0; row < GROUPS; row++) {
      uint8_t only[SOURCES];
      double metres[SPOTS];
      for (size_t i = 0; i < SOURCES; i++) only[i] = use[i] && group[i] == row;
      assert_ok(ctx, sund_route_nearest(ctx, g, SOURCES, source, only, limit, SPOTS, spot, metres, NULL));
      for (size_t i = 0; i < SPOTS; i++) {
        const bool given = at < p->first[row + 1] && p->to[at] == i;
        if (given == isnan(metres[i]) || (given && !(fabs(p->metres[at] - metres[i]) < 1e-9)))
          fail_msg("seed %llu, round %d, group %zu, spot %zu: %.9f m, twin %.9f", (unsigned long long)support_seed(),
                   round, row, i, given ? p->metres[at] : NAN, metres[i]);
        at += given;
      }
      assert_int_equal(at, p->first[row + 1]);
    }
    sund_ctx_free(ctx);
  }
}

/* ------------------------------------------------------------------------------------------- threads, memory */

static void same_for_any_threads(void **state) {
  enum { MANY = 3000, PLACES = 600, GROUPS = 200 };
  sund_ctx *ctx = *state;
  uint64_t seed = support_seed();
  town t;
  town_random(&t, &seed, 60, 60, 11, 1);
  const sund_graph *g = town_graph(ctx, &t, NULL);
  sund_spot *place = sund_alloc(ctx, MANY + PLACES, sizeof *place);
  size_t group[PLACES];
  for (size_t i = 0; i < MANY + PLACES; i++) place[i] = random_spot(g, &seed);
  for (size_t i = 0; i < PLACES; i++) group[i] = i % GROUPS;
  sund_pairs *p[2];
  for (int run = 0; run < 2; run++) {
    sund_ctx_threads(ctx, run ? 4 : 1);
    assert_ok(ctx, sund_route_pairs(ctx, g, PLACES, place + MANY, NULL, group, GROUPS, 150, MANY, place, &p[run]));
  }
  const size_t count = p[0]->first[GROUPS];
  assert_true(count > 1000);
  assert_memory_equal(p[0]->first, p[1]->first, (GROUPS + 1) * sizeof *p[0]->first);
  assert_memory_equal(p[0]->to, p[1]->to, count * sizeof *p[0]->to);
  assert_memory_equal(p[0]->metres, p[1]->metres, count * sizeof *p[0]->metres);
}

static void without_memory(void **state) {
  sund_ctx *town_ctx = *state;
  town t = {0};
  const sund_graph *g = street(town_ctx, &t);
  const sund_spot source[] = {town_spot(town_ctx, g, 900, 20), town_spot(town_ctx, g, 300, 0)};
  const sund_spot spot = town_spot(town_ctx, g, 100, -30);
  const size_t group[] = {0, 1};
  size_t n = 1;
  for (bool done = false; !done; n++) {
    sund_ctx *ctx = sund_ctx_new();
    assert_non_null(ctx);
    sund_ctx_threads(ctx, 1);
    sund_ctx_fail_alloc(ctx, n);
    sund_pairs *p = NULL;
    const sund_code code = sund_route_pairs(ctx, g, 2, source, NULL, group, 2, INFINITY, 1, &spot, &p);
    done = code == SUND_OK;
    if (done) {
      expect_row(p, 0, 1, (uint32_t[]){0}, (double[]){850});
      expect_row(p, 1, 1, (uint32_t[]){0}, (double[]){230});
    } else {
      assert_int_equal(code, SUND_LIMIT);
      assert_int_equal(sund_failure(ctx, NULL, NULL, NULL), SUND_LIMIT);
      assert_null(p);
    }
    sund_ctx_free(ctx);
  }
  assert_true(n > 20);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      SUND_TEST(by_hand),
      SUND_TEST(limit_is_inclusive),
      SUND_TEST(nothing_to_reach),
      SUND_TEST(like_each_group_alone),
      SUND_TEST(same_for_any_threads),
      SUND_TEST(without_memory),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}

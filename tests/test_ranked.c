/* The nearest groups of sources: hand cases, ties, limits, and twins that ask for every group alone. */
#include "town.h"

/* A street of 1000 m in two edges of 600 and 400 m, and a branch of 500 m at 600. */
static const sund_graph *street(sund_ctx *ctx, town *t) {
  LINE(t, 0, 0, 0, 600, 0, 1000, 0);
  LINE(t, 0, 600, 0, 600, 500);
  LINE(t, 0, 5000, 0, 5100, 0); /* an island */
  return town_graph(ctx, t, NULL);
}

static void expect(const double *metres, const size_t *nearest, size_t k, const double *wanted, const size_t *from) {
  for (size_t rank = 0; rank < k; rank++) {
    if (isnan(wanted[rank])) {
      assert_true(isnan(metres[rank]));
      assert_int_equal(nearest[rank], SIZE_MAX);
    } else {
      assert_close(metres[rank], wanted[rank], 1e-9);
      assert_int_equal(nearest[rank], from[rank]);
    }
  }
}

static void by_hand(void **state) {
  sund_ctx *ctx = *state;
  town t = {0};
  const sund_graph *g = street(ctx, &t);
  const sund_spot source[] = {
      town_spot(ctx, g, 900, 0),   town_spot(ctx, g, 950, 0), /* one area with two entrances on one edge */
      town_spot(ctx, g, 600, 480), town_spot(ctx, g, 200, 0), town_spot(ctx, g, 5050, 0),
  };
  const size_t group[] = {7, 7, 3, 40, 1};
  const sund_spot spot[] = {
      town_spot(ctx, g, 600, 0),   town_spot(ctx, g, 1000, 0), town_spot(ctx, g, 930, -10),
      town_spot(ctx, g, 5000, 25), {.edge = SUND_NO_EDGE},
  };
  double metres[15];
  size_t nearest[15];
  assert_ok(ctx, sund_route_ranked(ctx, g, 5, source, NULL, group, INFINITY, 3, 5, spot, metres, nearest));
  expect(metres, nearest, 3, (double[]){300, 400, 480}, (size_t[]){0, 3, 2});
  expect(metres + 3, nearest + 3, 3, (double[]){50, 800, 880}, (size_t[]){1, 3, 2});
  expect(metres + 6, nearest + 6, 3, (double[]){30, 740, 820}, (size_t[]){1, 3, 2});
  expect(metres + 9, nearest + 9, 3, (double[]){75, NAN, NAN}, (size_t[]){4, 0, 0});
  expect(metres + 12, nearest + 12, 3, (double[]){NAN, NAN, NAN}, (size_t[]){0, 0, 0});
}

/* Group B lies behind two entrances of group A, on the same edge and on the way: it is still the second. */
static void behind_the_nearest(void **state) {
  sund_ctx *ctx = *state;
  town t = {0};
  LINE(&t, 0, 0, 0, 100, 0);
  LINE(&t, 0, 100, 0, 400, 0);
  LINE(&t, 0, 100, 0, 100, 50); /* keeps the two edges apart */
  const sund_graph *g = town_graph(ctx, &t, NULL);
  const sund_spot source[] = {town_spot(ctx, g, 50, 0), town_spot(ctx, g, 200, 0), town_spot(ctx, g, 210, 3),
                              town_spot(ctx, g, 300, 0)};
  const size_t group[] = {0, 0, 0, 1};
  const sund_spot spot[] = {town_spot(ctx, g, 0, 0), town_spot(ctx, g, 150, 0), town_spot(ctx, g, 350, 0)};
  double metres[6];
  size_t nearest[6];
  assert_ok(ctx, sund_route_ranked(ctx, g, 4, source, NULL, group, INFINITY, 2, 3, spot, metres, nearest));
  expect(metres, nearest, 2, (double[]){50, 300}, (size_t[]){0, 3});
  expect(metres + 2, nearest + 2, 2, (double[]){50, 150}, (size_t[]){1, 3});
  expect(metres + 4, nearest + 4, 2, (double[]){50, 143}, (size_t[]){3, 2});
}

static void limit_is_inclusive(void **state) {
  sund_ctx *ctx = *state;
  town t = {0};
  const sund_graph *g = street(ctx, &t);
  const sund_spot source[] = {town_spot(ctx, g, 0, -25), town_spot(ctx, g, 265, 0)};
  const size_t group[] = {0, 1};
  const sund_spot spot[] = {town_spot(ctx, g, 265, 10), town_spot(ctx, g, 265.01, 10)};
  double metres[4];
  size_t nearest[4];
  assert_ok(ctx, sund_route_ranked(ctx, g, 2, source, NULL, group, 300, 2, 2, spot, metres, nearest));
  expect(metres, nearest, 2, (double[]){10, 300}, (size_t[]){1, 0});
  expect(metres + 2, nearest + 2, 2, (double[]){10.01, NAN}, (size_t[]){1, 0});
}

static void nothing_to_rank(void **state) {
  sund_ctx *ctx = *state;
  town t = {0};
  const sund_graph *g = street(ctx, &t);
  const sund_spot spot = town_spot(ctx, g, 0, 0);
  const size_t too_large = SIZE_MAX;
  double metres[2] = {1, 1};
  assert_ok(ctx, sund_route_ranked(ctx, g, 0, NULL, NULL, NULL, INFINITY, 2, 1, &spot, metres, NULL));
  assert_true(isnan(metres[0]) && isnan(metres[1]));
  const uint8_t unused = 0; /* and then its group does not matter */
  assert_ok(ctx, sund_route_ranked(ctx, g, 1, &spot, &unused, &too_large, INFINITY, 2, 1, &spot, metres, NULL));
  assert_true(isnan(metres[0]) && isnan(metres[1]));
  assert_int_equal(sund_route_ranked(ctx, g, 1, &spot, NULL, &too_large, INFINITY, 2, 1, &spot, metres, NULL),
                   SUND_LIMIT);
}

/* -------------------------------------------------------------------------------------------------------- twins */

enum { SPOTS = 40, SOURCES = 24, GROUPS = 9, K = 4 };

typedef struct asked {
  sund_spot spot[SPOTS], source[SOURCES];
  size_t group[SOURCES];
  uint8_t use[SOURCES];
  double limit;
} asked;

/* The best of each group alone. */
typedef struct alone {
  double metres[GROUPS][SPOTS];
  size_t nearest[GROUPS][SPOTS];
} alone;

static void ask_alone(sund_ctx *ctx, const sund_graph *g, const asked *a, alone *out) {
  for (size_t group = 0; group < GROUPS; group++) {
    uint8_t use[SOURCES];
    for (size_t i = 0; i < SOURCES; i++) use[i] = a->use[i] && a->group[i] == group;
    assert_ok(ctx, sund_route_nearest(ctx, g, SOURCES, a->source, use, a->limit, SPOTS, a->spot, out->metres[group],
                                      out->nearest[group]));
  }
}

/* Each rank has the metres that the twin has there, of a group not had before. */
static void compare(const asked *a, const alone *twin, const double *metres, const size_t *nearest, size_t k,
                    bool exact, int round) {
  for (size_t i = 0; i < SPOTS; i++) {
    bool had[GROUPS] = {false};
    for (size_t rank = 0; rank < k; rank++) {
      size_t best = SIZE_MAX;
      for (size_t group = 0; group < GROUPS; group++) {
        if (had[group] || isnan(twin->metres[group][i])) continue;
        if (best == SIZE_MAX || twin->metres[group][i] < twin->metres[best][i] ||
            (twin->metres[group][i] == twin->metres[best][i] && twin->nearest[group][i] < twin->nearest[best][i]))
          best = group;
      }
      const double got = metres[i * k + rank];
      const size_t from = nearest[i * k + rank];
      bool right = best == SIZE_MAX ? isnan(got) && from == SIZE_MAX : from < SOURCES && !had[a->group[from]];
      if (right && best != SIZE_MAX) {
        const size_t group = a->group[from];
        right = exact ? got == twin->metres[best][i] && from == twin->nearest[best][i]
                      : fabs(got - twin->metres[best][i]) < 1e-9 && fabs(got - twin->metres[group][i]) < 1e-9;
        had[group] = true;
      }
      if (!right)
        fail_msg("seed %llu, round %d, spot %zu, rank %zu of %zu: %.9f m to source %zu, twin %.9f",
                 (unsigned long long)support_seed(), round, i, rank, k, got, from,
                 best == SIZE_MAX ? NAN : twin->metres[best][i]);
      if (best == SIZE_MAX) break;
    }
  }
}

/* whole: everything lies at whole metres, so that sums are exact and ties are many. */
static sund_spot random_spot(const sund_graph *g, uint64_t *seed, bool whole) {
  if (support_random(seed) % 20 == 0) return (sund_spot){.edge = SUND_NO_EDGE};
  const uint32_t edge = (uint32_t)(support_random(seed) % g->edges);
  sund_spot spot = {
      .edge = edge, .along_m = support_uniform(seed, 0, g->edge_m[edge]), .leg_m = support_uniform(seed, 0, 30)};
  if (whole) spot.along_m = floor(spot.along_m / 10) * 10, spot.leg_m = floor(spot.leg_m / 10) * 10;
  return spot;
}

static void random_question(const sund_graph *g, uint64_t *seed, bool whole, asked *a) {
  for (size_t i = 0; i < SPOTS; i++) a->spot[i] = random_spot(g, seed, whole);
  for (size_t i = 0; i < SOURCES; i++) {
    a->source[i] = random_spot(g, seed, whole);
    if (i % 3 && a->source[i - 1].edge != SUND_NO_EDGE) a->source[i].edge = a->source[i - 1].edge; /* crowded edges */
    if (a->source[i].edge != SUND_NO_EDGE)
      a->source[i].along_m = fmin(a->source[i].along_m, g->edge_m[a->source[i].edge]);
    a->group[i] = support_random(seed) % GROUPS;
    a->use[i] = support_random(seed) % 5 != 0;
  }
}

static void like_each_group_alone(void **state) {
  (void)state;
  uint64_t seed = support_seed();
  for (int round = 0; round < 60; round++) {
    sund_ctx *ctx = sund_ctx_new();
    town t;
    town_random(&t, &seed, 14, 12, 37, 2);
    const sund_graph *g = town_graph(ctx, &t, NULL);
    asked a;
    alone twin;
    random_question(g, &seed, false, &a);
    a.limit = round % 2 ? INFINITY : support_uniform(&seed, 50, 400);
    ask_alone(ctx, g, &a, &twin);
    for (size_t k = 1; k <= K; k++) {
      double metres[SPOTS * K];
      size_t nearest[SPOTS * K];
      assert_ok(ctx, sund_route_ranked(ctx, g, SOURCES, a.source, a.use, a.group, a.limit, k, SPOTS, a.spot, metres,
                                       nearest));
      compare(&a, &twin, metres, nearest, k, false, round);
    }
    sund_ctx_free(ctx);
  }
}

/* Streets at right angles, 10 m or a multiple long. */
static void ties_are_exact(void **state) {
  (void)state;
  uint64_t seed = support_seed();
  for (int round = 0; round < 40; round++) {
    sund_ctx *ctx = sund_ctx_new();
    town t = {0};
    for (int i = 0; i < 24; i++) {
      const double x = 20 * (double)(support_random(&seed) % 8), y = 20 * (double)(support_random(&seed) % 8);
      const double length = 20 * (double)(1 + support_random(&seed) % 5);
      if (i % 2) LINE(&t, 0, x, y, x + length, y);
      else LINE(&t, 0, x, y, x, y + length);
    }
    const sund_graph *g = town_graph(ctx, &t, NULL);
    asked a;
    alone twin;
    random_question(g, &seed, true, &a);
    a.limit = round % 2 ? INFINITY : 10 * (double)(support_random(&seed) % 12);
    ask_alone(ctx, g, &a, &twin);
    for (size_t k = 1; k <= K; k++) {
      double metres[SPOTS * K];
      size_t nearest[SPOTS * K];
      assert_ok(ctx, sund_route_ranked(ctx, g, SOURCES, a.source, a.use, a.group, a.limit, k, SPOTS, a.spot, metres,
                                       nearest));
      compare(&a, &twin, metres, nearest, k, true, round);
    }
    sund_ctx_free(ctx);
  }
}

static void one_is_the_nearest(void **state) {
  sund_ctx *ctx = *state;
  uint64_t seed = support_seed();
  town t;
  town_random(&t, &seed, 40, 30, 17, 1);
  const sund_graph *g = town_graph(ctx, &t, NULL);
  asked a;
  random_question(g, &seed, false, &a);
  double metres[2][SPOTS];
  size_t nearest[2][SPOTS];
  assert_ok(ctx, sund_route_nearest(ctx, g, SOURCES, a.source, a.use, 200, SPOTS, a.spot, metres[0], nearest[0]));
  assert_ok(ctx, sund_route_ranked(ctx, g, SOURCES, a.source, a.use, a.group, 200, 1, SPOTS, a.spot, metres[1],
                                   nearest[1]));
  assert_memory_equal(metres[0], metres[1], sizeof metres[0]);
  assert_memory_equal(nearest[0], nearest[1], sizeof nearest[0]);
}

/* ------------------------------------------------------------------------------------------- threads, memory */

static void same_for_any_threads(void **state) {
  enum { MANY = 20000, PLACES = 300 };
  sund_ctx *ctx = *state;
  uint64_t seed = support_seed();
  town t;
  town_random(&t, &seed, 60, 60, 11, 1);
  const sund_graph *g = town_graph(ctx, &t, NULL);
  sund_spot *place = sund_alloc(ctx, MANY + PLACES, sizeof *place);
  size_t group[PLACES];
  for (size_t i = 0; i < MANY + PLACES; i++) place[i] = random_spot(g, &seed, false);
  for (size_t i = 0; i < PLACES; i++) group[i] = i / 3;
  double *metres[2];
  size_t *nearest[2];
  for (int run = 0; run < 2; run++) {
    metres[run] = sund_alloc(ctx, 2 * MANY, sizeof **metres);
    nearest[run] = sund_alloc(ctx, 2 * MANY, sizeof **nearest);
    sund_ctx_threads(ctx, run ? 4 : 1);
    assert_ok(ctx, sund_route_ranked(ctx, g, PLACES, place + MANY, NULL, group, 300, 2, MANY, place, metres[run],
                                     nearest[run]));
  }
  assert_memory_equal(metres[0], metres[1], 2 * MANY * sizeof **metres);
  assert_memory_equal(nearest[0], nearest[1], 2 * MANY * sizeof **nearest);
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
    sund_ctx_fail_alloc(ctx, n);
    double metres[2] = {-1, -1};
    size_t nearest[2] = {77, 77};
    const sund_code code = sund_route_ranked(ctx, g, 2, source, NULL, group, INFINITY, 2, 1, &spot, metres, nearest);
    done = code == SUND_OK;
    if (done) {
      expect(metres, nearest, 2, (double[]){230, 850}, (size_t[]){1, 0});
    } else {
      assert_int_equal(code, SUND_LIMIT);
      assert_int_equal(sund_failure(ctx, NULL, NULL, NULL), SUND_LIMIT);
      assert_true(metres[0] == -1 && metres[1] == -1 && nearest[0] == 77); /* untouched */
    }
    sund_ctx_free(ctx);
  }
  assert_true(n > 5);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      SUND_TEST(by_hand),
      SUND_TEST(behind_the_nearest),
      SUND_TEST(limit_is_inclusive),
      SUND_TEST(nothing_to_rank),
      SUND_TEST(like_each_group_alone),
      SUND_TEST(ties_are_exact),
      SUND_TEST(one_is_the_nearest),
      SUND_TEST(same_for_any_threads),
      SUND_TEST(without_memory),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}

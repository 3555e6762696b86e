/* test_line.c - lines joined end to end (geo/line.c). */
#include <math.h>

#include "support.h"

/* Lines of one part each from vertices given one after another (x, y, x, y, ...), counts ended by 0. */
static sund_shapes *lines_of(sund_ctx *ctx, const size_t *counts, const double *at) {
  sund_shapes *lines = NULL;
  size_t rows = 0, vertices = 0;
  while (counts[rows]) vertices += counts[rows++];
  assert_ok(ctx, sund_shapes_new(ctx, SUND_LINE, rows, rows, vertices, &lines));
  for (size_t i = 0; i < rows; i++) {
    lines->first_part[i + 1] = i + 1;
    lines->first_vertex[i + 1] = lines->first_vertex[i] + counts[i];
  }
  for (size_t v = 0; v < vertices; v++) lines->x[v] = at[2 * v], lines->y[v] = at[2 * v + 1];
  return lines;
}

static void expect_line(const sund_shapes *lines, size_t row, size_t n, const double *at) {
  assert_true(row < lines->rows);
  const size_t part = lines->first_part[row], first = lines->first_vertex[part];
  assert_int_equal(lines->first_part[row + 1], part + 1);
  assert_int_equal(lines->first_vertex[part + 1] - first, n);
  for (size_t i = 0; i < n; i++)
    if (lines->x[first + i] != at[2 * i] || lines->y[first + i] != at[2 * i + 1])
      fail_msg("line %zu vertex %zu: %g %g", row, i, lines->x[first + i], lines->y[first + i]);
}

static void test_join_ends(void **state) {
  sund_ctx *ctx = *state;
  const size_t counts[] = {2, 3, 2, 0};
  /* the second runs against the others; the third is apart */
  const double at[][2] = {{0, 0}, {10, 0}, {30, 0}, {20, 5}, {10, 0}, {-5, 50}, {-9, 50}};
  const double first[][2] = {{-9, 50}, {-5, 50}}, second[][2] = {{0, 0}, {10, 0}, {20, 5}, {30, 0}};
  sund_shapes *out = NULL;
  assert_ok(ctx, sund_line_join(ctx, lines_of(ctx, counts, *at), &out));
  assert_int_equal(out->rows, 2);
  expect_line(out, 0, 2, *first);
  expect_line(out, 1, 4, *second);
}

static void test_join_ring(void **state) {
  sund_ctx *ctx = *state;
  const size_t counts[] = {3, 3, 0};
  const double at[][2] = {{10, 10}, {0, 10}, {0, 0}, {0, 0}, {10, 0}, {10, 10}};
  const double ring[][2] = {{0, 0}, {10, 0}, {10, 10}, {0, 10}, {0, 0}};
  sund_shapes *out = NULL;
  assert_ok(ctx, sund_line_join(ctx, lines_of(ctx, counts, *at), &out));
  assert_int_equal(out->rows, 1);
  expect_line(out, 0, 5, *ring);
  /* one line that is closed already, the other way round and begun elsewhere: the same ring */
  const size_t one[] = {5, 0};
  const double turned[][2] = {{10, 10}, {10, 0}, {0, 0}, {0, 10}, {10, 10}};
  assert_ok(ctx, sund_line_join(ctx, lines_of(ctx, one, *turned), &out));
  expect_line(out, 0, 5, *ring);
}

static void test_join_junction(void **state) {
  sund_ctx *ctx = *state;
  const size_t counts[] = {2, 2, 2, 0};
  const double at[][2] = {{0, 0}, {10, 0}, {10, 0}, {20, 0}, {10, 0}, {10, 9}};
  sund_shapes *out = NULL;
  assert_ok(ctx, sund_line_join(ctx, lines_of(ctx, counts, *at), &out));
  assert_int_equal(out->rows, 3); /* nobody can say which two belong together */
}

static void test_join_degenerate(void **state) {
  sund_ctx *ctx = *state;
  const size_t counts[] = {1, 3, 2, 4, 0};
  const double at[][2] = {{5, 5}, {7, 7}, {7, 7}, {7, 7}, {0, 0}, {1, 0}, {1, 0}, {1, 0}, {2, 0}, {2, 0}};
  const double joined[][2] = {{0, 0}, {1, 0}, {2, 0}};
  sund_shapes *out = NULL;
  assert_ok(ctx, sund_line_join(ctx, lines_of(ctx, counts, *at), &out));
  assert_int_equal(out->rows, 1);
  expect_line(out, 0, 3, *joined);
  const size_t none[] = {0};
  assert_ok(ctx, sund_line_join(ctx, lines_of(ctx, none, *at), &out));
  assert_int_equal(out->rows, 0);
}

/* A path and a ring cut at random, the pieces shuffled and turned: always the same two lines, vertex by vertex. */
static void test_join_any_order(void **state) {
  sund_ctx *ctx = *state;
  enum { N = 60 };
  uint64_t seed = support_seed();
  double path[N][2], ring[N + 1][2];
  for (size_t i = 0; i < N; i++) {
    path[i][0] = (double)i, path[i][1] = support_uniform(&seed, 0, 1);
    ring[i][0] = 500 - 100 * cos(6.283185307179586 * (double)i / N);
    ring[i][1] = -100 * sin(6.283185307179586 * (double)i / N);
  }
  ring[N][0] = ring[0][0], ring[N][1] = ring[0][1];
  for (int round = 0; round < 30; round++) {
    size_t counts[2 * N + 1] = {0}, from[2 * N], rows = 0, vertices = 0, order[2 * N];
    double at[4 * N + 4][2];
    const double *source[2] = {*path, *ring};
    uint8_t which[2 * N];
    for (size_t s = 0; s < 2; s++)
      for (size_t i = 0, last = N - 1 + s, to; i < last; i = to, rows++) {
        to = i + 1 + support_random(&seed) % 9;
        if (to > last) to = last;
        from[rows] = i, which[rows] = (uint8_t)s, counts[rows] = to - i + 1;
      }
    for (size_t i = 0; i < rows; i++) {
      const size_t j = support_random(&seed) % (i + 1);
      order[i] = order[j];
      order[j] = i;
    }
    size_t shuffled[2 * N + 1] = {0};
    for (size_t i = 0; i < rows; i++) {
      const size_t r = order[i], n = counts[r];
      const bool turned = support_random(&seed) % 2;
      shuffled[i] = n;
      for (size_t k = 0; k < n; k++) {
        const double *v = source[which[r]] + 2 * (from[r] + (turned ? n - 1 - k : k));
        at[vertices][0] = v[0], at[vertices++][1] = v[1];
      }
    }
    sund_shapes *out = NULL;
    assert_ok(ctx, sund_line_join(ctx, lines_of(ctx, shuffled, *at), &out));
    assert_int_equal(out->rows, 2);
    expect_line(out, 0, N, *path);
    expect_line(out, 1, N + 1, *ring);
  }
}

static void test_join_memory(void **state) {
  (void)state;
  const size_t counts[] = {2, 2, 0};
  const double at[][2] = {{0, 0}, {10, 0}, {10, 0}, {20, 0}};
  for (size_t n = 1; n < 60; n++) {
    sund_ctx *ctx = sund_ctx_new();
    sund_shapes *out = NULL, *lines = lines_of(ctx, counts, *at);
    sund_ctx_fail_alloc(ctx, n);
    const sund_code code = sund_line_join(ctx, lines, &out);
    sund_ctx_free(ctx);
    if (code == SUND_OK) return;
    assert_int_equal(code, SUND_LIMIT);
  }
  fail_msg("60 allocations to join two lines");
}

int main(void) {
  const struct CMUnitTest tests[] = {
      SUND_TEST(test_join_ends),       SUND_TEST(test_join_ring),      SUND_TEST(test_join_junction),
      SUND_TEST(test_join_degenerate), SUND_TEST(test_join_any_order), SUND_TEST(test_join_memory),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}

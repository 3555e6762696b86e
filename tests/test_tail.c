/* The line through levels and the logarithm of their return periods. */
#include <math.h>

#include "support.h"

static bool near(double a, double b, double within) {
  return fabs(a - b) <= within;
}

static void a_line_is_found_again(void **state) {
  sund_ctx *ctx = *state;
  const double period[] = {20, 50, 100, 1000};
  double level[4];
  sund_tail tail;
  for (int i = 0; i < 4; i++) level[i] = 0.9 + 0.14 * log(period[i]);
  assert_ok(ctx, sund_tail_fit(ctx, 4, period, level, &tail));
  assert_true(near(tail.a, 0.9, 1e-12) && near(tail.b, 0.14, 1e-12) && tail.largest_m < 1e-12);
  assert_true(tail.least_y == 20 && tail.most_y == 1000 && tail.count == 4);
  assert_true(near(sund_tail_level(&tail, 200), 0.9 + 0.14 * log(200), 1e-12));
  assert_true(near(sund_tail_rate(&tail, sund_tail_level(&tail, 0.5)), 2, 1e-9));
  assert_true(near(sund_tail_rate(&tail, sund_tail_level(&tail, 5000)), 0.0002, 1e-12));
}

/* Three points by hand: T = 1, e, e^2 with levels 0, 1, 1: slope 1/2, mean 2/3. */
static void points_that_are_no_line(void **state) {
  sund_ctx *ctx = *state;
  const double period[] = {exp(2), 1, exp(1)}, level[] = {1, 0, 1};
  sund_tail tail;
  assert_ok(ctx, sund_tail_fit(ctx, 3, period, level, &tail));
  assert_true(near(tail.b, 0.5, 1e-12) && near(tail.a, 1.0 / 6, 1e-12));
  assert_true(near(tail.largest_m, 1.0 / 3, 1e-12));
}

/* Slow twin: no line near the one found has a smaller sum of squares. */
static double squares(size_t n, const double *period, const double *level, double a, double b) {
  double sum = 0;
  for (size_t i = 0; i < n; i++) sum += pow(level[i] - a - b * log(period[i]), 2);
  return sum;
}

static void no_other_line_is_nearer(void **state) {
  sund_ctx *ctx = *state;
  uint64_t random = support_seed();
  for (int round = 0; round < 300; round++) {
    const size_t n = 2 + (size_t)(support_random(&random) % 6);
    double period[8], level[8];
    for (size_t i = 0; i < n; i++) {
      period[i] = (i ? period[i - 1] : 1) * support_uniform(&random, 1.5, 4);
      level[i] = (i ? level[i - 1] : 0.5) + support_uniform(&random, 0.01, 0.4);
    }
    sund_tail tail;
    assert_ok(ctx, sund_tail_fit(ctx, n, period, level, &tail));
    const double best = squares(n, period, level, tail.a, tail.b);
    for (int side = 0; side < 4; side++) {
      const double da = side == 0 ? 1e-4 : side == 1 ? -1e-4 : 0, db = side == 2 ? 1e-4 : side == 3 ? -1e-4 : 0;
      if (!(best <= squares(n, period, level, tail.a + da, tail.b + db)))
        fail_msg("seed %llu round %d", (unsigned long long)support_seed(), round);
    }
  }
}

static void refused(sund_ctx *ctx, size_t n, const double *period, const double *level, const char *word) {
  sund_ctx *child = sund_ctx_child(ctx);
  const char *why = "";
  sund_tail tail = {.a = 42};
  assert_int_equal(sund_tail_fit(child, n, period, level, &tail), SUND_DATA);
  sund_failure(child, &why, NULL, NULL);
  if (!strstr(why, word)) fail_msg("\"%s\" does not say \"%s\"", why, word);
  assert_true(tail.a == 42);
  sund_ctx_free(child);
}

static void what_is_no_tail_is_refused(void **state) {
  sund_ctx *ctx = *state;
  refused(ctx, 0, (double[]){1}, (double[]){1}, "two different return periods");
  refused(ctx, 2, (double[]){20, 20}, (double[]){1, 1.1}, "two different return periods");
  refused(ctx, 2, (double[]){20, 100}, (double[]){1.5, 1.4}, "the level of 20 years");
  refused(ctx, 2, (double[]){20, 100}, (double[]){1.5, 1.5}, "does not rise");
  refused(ctx, 2, (double[]){0, 100}, (double[]){1.5, 1.6}, "more than 0 years");
  refused(ctx, 2, (double[]){20, INFINITY}, (double[]){1.5, 1.6}, "more than 0 years");
  refused(ctx, 2, (double[]){20, 100}, (double[]){1.5, NAN}, "has no level");
}

int main(void) {
  const struct CMUnitTest tests[] = {
      SUND_TEST(a_line_is_found_again),
      SUND_TEST(points_that_are_no_line),
      SUND_TEST(no_other_line_is_nearer),
      SUND_TEST(what_is_no_tail_is_refused),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}

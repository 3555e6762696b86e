/* Sums, quantiles, slopes. */
#include <math.h>
#include <stdlib.h>

#include "support.h"

static void sums_do_not_lose_small_terms(void **state) {
  (void)state;
  const double value[] = {1e16, 1, NAN, 1, -1e16};
  assert_true(sund_sum(5, value) == 2);
  assert_true(sund_sum(0, value) == 0);
}

static double quantile(sund_ctx *ctx, size_t n, const double *value, const double *weight, double share) {
  double out = 0;
  assert_ok(ctx, sund_quantile(ctx, n, value, weight, share, &out));
  return out;
}

static void quantiles_are_values_by_weight(void **state) {
  sund_ctx *ctx = *state;
  const double value[] = {30, 10, 20, NAN, 40}, weight[] = {1, 1, 1, 50, 97};
  assert_true(quantile(ctx, 5, value, NULL, 0.5) == 20);
  assert_true(quantile(ctx, 5, value, weight, 0.5) == 40);
  assert_true(quantile(ctx, 5, value, weight, 0.02) == 20);
  assert_true(quantile(ctx, 5, value, weight, 0) == 10);
  assert_true(quantile(ctx, 5, value, weight, 1) == 40);
  assert_true(isnan(quantile(ctx, 1, value + 3, NULL, 0.5)));
  double ten[10];
  for (int i = 0; i < 10; i++) ten[i] = i + 1;
  assert_true(quantile(ctx, 10, ten, NULL, 0.9) == 9);
}

/* Slow twin: the smallest value that holds the share, by trying each. */
static void quantiles_agree_with_trying_each(void **state) {
  sund_ctx *ctx = *state;
  uint64_t random = support_seed();
  for (int round = 0; round < 200; round++) {
    double value[40], weight[40];
    size_t n = 1 + (size_t)(support_random(&random) % 40);
    double total = 0;
    for (size_t i = 0; i < n; i++) {
      value[i] = (double)(support_random(&random) % 12);
      weight[i] = (double)(support_random(&random) % 5);
      total += weight[i];
    }
    double share = (double)(support_random(&random) % 100) / 100 + 0.001, best = NAN;
    for (size_t i = 0; i < n; i++) {
      double below = 0;
      for (size_t k = 0; k < n; k++) below += value[k] <= value[i] ? weight[k] : 0;
      if (weight[i] > 0 && below >= share * total && !(best <= value[i])) best = value[i];
    }
    double got = quantile(ctx, n, value, weight, share);
    if (!(got == best || (isnan(got) && isnan(best))))
      fail_msg("seed %llu round %d", (unsigned long long)support_seed(), round);
  }
}

static int by_value_and_weight(const void *a, const void *b) {
  const double *p = a, *q = b;
  if (p[0] != q[0]) return p[0] < q[0] ? -1 : 1;
  return (p[1] > q[1]) - (p[1] < q[1]);
}

/* Slow twin: qsort. Values of both signs, ties, zeros, infinity and rows that do not count; few rows and many. */
static void ranks_are_in_order(void **state) {
  sund_ctx *ctx = *state;
  uint64_t random = support_seed();
  for (int round = 0; round < 60; round++) {
    const size_t n = (size_t)(support_random(&random) % 2000);
    double *value = sund_alloc(ctx, n, sizeof *value), *weight = sund_alloc(ctx, n, sizeof *weight);
    double(*row)[2] = sund_alloc(ctx, n, sizeof *row), total = 0;
    size_t count = 0;
    sund_ranks ranks;
    for (size_t i = 0; i < n; i++) {
      const uint64_t kind = support_random(&random) % 8;
      value[i] = ((double)(support_random(&random) % 2000001) - 1e6) / (round % 2 ? 1 : 1e5);
      if (kind < 3) value[i] = kind == 0 ? 0 : kind == 1 ? INFINITY : NAN;
      weight[i] = round % 3 ? (double)(support_random(&random) % 6) : (double)support_random(&random) / 1e18;
      if (!isnan(value[i]) && weight[i] > 0) row[count][0] = value[i], row[count++][1] = weight[i];
    }
    if (count) qsort(row, count, sizeof *row, by_value_and_weight);
    assert_ok(ctx, sund_ranks_make(ctx, n, value, weight, &ranks));
    bool same = ranks.count == count;
    for (size_t i = 0; same && i < count; i++) {
      total += row[i][1];
      same = ranks.value[i] == row[i][0] && ranks.below[i] == total;
    }
    if (!same || ranks.total != total) fail_msg("seed %llu round %d", (unsigned long long)support_seed(), round);
  }
}

static void slopes(void **state) {
  (void)state;
  const double x[] = {0, 1, 2, 3}, y[] = {5, 3, 1, -1}, same[] = {2, 2, 2, 2};
  assert_true(fabs(sund_slope(4, x, y) + 2) < 1e-12);
  assert_true(isnan(sund_slope(4, same, y)));
  assert_true(isnan(sund_slope(1, x, y)));
}

int main(void) {
  const struct CMUnitTest tests[] = {
      SUND_TEST(sums_do_not_lose_small_terms), SUND_TEST(quantiles_are_values_by_weight),
      SUND_TEST(quantiles_agree_with_trying_each), SUND_TEST(ranks_are_in_order), SUND_TEST(slopes)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}

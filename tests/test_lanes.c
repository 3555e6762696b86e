/* Departures as lanes: shares of a headway, percentiles by nearest rank, waits left out. */
#include "geo/lanes.h"
#include "support.h"

#include <math.h>

static int by_value(const void *left, const void *right) {
  const double a = *(const double *)left, b = *(const double *)right;
  return (a > b) - (a < b);
}

/* Every service shares out 1/n, 2/n ... 1, each once; half a lane less when n is odd, so that the median is a half. */
static void even_law(void **state) {
  (void)state;
  const size_t counts[] = {1, 2, 15, 60, 61, 120, 121, 240};
  double wait[240];
  for (size_t c = 0; c < sizeof counts / sizeof *counts; c++) {
    const sund_lanes lanes = {7 * 3600, 60, counts[c]};
    for (size_t service = 0; service < 4000000000u; service = service * 7 + 1) {
      double at_once[240];
      lanes_place scratch[240];
      lanes_waits(&lanes, service, scratch, at_once);
      for (size_t m = 0; m < counts[c]; m++) wait[m] = sund_lane_wait(&lanes, service, m);
      assert_memory_equal(wait, at_once, counts[c] * sizeof *wait);
      qsort(wait, counts[c], sizeof *wait, by_value);
      const double less = counts[c] % 2 ? 0.5 : 0;
      for (size_t m = 0; m < counts[c]; m++)
        assert_true(fabs(wait[m] - ((double)(m + 1) - less) / (double)counts[c]) < 1e-12);
      assert_true(fabs(wait[(counts[c] + 1) / 2 - 1] - 0.5) < 1e-12);
    }
  }
}

/* Largest distance between the distribution of a sum of two waits and that of two independent ones. */
static double distance(size_t n, const double *a, const double *b, bool turned) {
  double worst = 0;
  for (double x = 0.1; x < 1.95; x += 0.05) {
    size_t below = 0;
    for (size_t m = 0; m < n; m++)
      below += (turned ? 1 + 1.0 / (double)n - a[m] : a[m]) + b[m] <= x + 1.0 / (double)n;
    const double law = x <= 1 ? x * x / 2 : 1 - (2 - x) * (2 - x) / 2;
    worst = fmax(worst, fabs((double)below / (double)n - law));
  }
  return worst;
}

/* Waits follow neither each other nor the clock. */
static void as_if_independent(void **state) {
  (void)state;
  enum { SERVICES = 12, MOST = 121 };
  const size_t counts[] = {60, 120, 121};
  static double wait[SERVICES + 1][MOST];
  for (size_t c = 0; c < 3; c++) {
    const sund_lanes lanes = {0, 60, counts[c]};
    for (size_t m = 0; m < counts[c]; m++) wait[0][m] = (double)(m + 1) / (double)counts[c];
    for (size_t s = 0; s < SERVICES; s++)
      for (size_t m = 0; m < counts[c]; m++) wait[s + 1][m] = sund_lane_wait(&lanes, s, m);
    double sum = 0, worst = 0;
    for (size_t i = 0; i <= SERVICES; i++)
      for (size_t j = 0; j < i; j++) {
        const double d =
            fmax(distance(counts[c], wait[i], wait[j], false), distance(counts[c], wait[i], wait[j], true));
        sum += d;
        worst = fmax(worst, d);
      }
    const double mean = sum / (SERVICES * (SERVICES + 1) / 2.0);
    if (getenv("SUND_SHOW")) printf("%zu lanes: mean %.4f, worst %.4f\n", counts[c], mean, worst);
    assert_true(mean < 0.8 / sqrt((double)counts[c]) && worst < 1.5 / sqrt((double)counts[c]));
  }
}

static int by_number(const void *left, const void *right) {
  const uint32_t a = *(const uint32_t *)left, b = *(const uint32_t *)right;
  return (a > b) - (a < b);
}

static void nearest_rank(void **state) {
  (void)state;
  const uint32_t ten[] = {50, 10, 40, 20, 30, 90, 80, 70, 60, SUND_BEYOND};
  uint32_t scratch[300], value[300];
  assert_int_equal(sund_lanes_percentile(10, ten, 10, scratch), 10);
  assert_int_equal(sund_lanes_percentile(10, ten, 10.1, scratch), 20);
  assert_int_equal(sund_lanes_percentile(10, ten, 50, scratch), 50);
  assert_int_equal(sund_lanes_percentile(10, ten, 90, scratch), 90);
  assert_int_equal(sund_lanes_percentile(10, ten, 90.1, scratch), SUND_BEYOND);
  assert_int_equal(sund_lanes_percentile(10, ten, 100, scratch), SUND_BEYOND);
  assert_int_equal(sund_lanes_percentile(1, ten, 1e-6, scratch), 50);
  uint64_t random = support_seed();
  for (int turn = 0; turn < 3000; turn++) {
    const size_t n = 1 + support_random(&random) % 300;
    const uint64_t spread = 1 + support_random(&random) % 400;
    for (size_t i = 0; i < n; i++) value[i] = (uint32_t)(support_random(&random) % spread);
    const size_t rank = 1 + support_random(&random) % n;
    const uint32_t got = sund_lanes_percentile(n, value, 100.0 * (double)rank / (double)n, scratch);
    qsort(value, n, sizeof *value, by_number);
    if (got != value[rank - 1])
      fail_msg("seed %llu, turn %d: %u, not %u", (unsigned long long)support_seed(), turn, got, value[rank - 1]);
  }
}

static void waits_left_out(void **state) {
  (void)state;
  /* Arrivals at minutes 30 30 30 50 50 never, a lane a minute. */
  const uint32_t value[] = {30, 29, 28, 47, 46, SUND_BEYOND};
  uint32_t planned[6];
  sund_lanes_planned(6, value, 1, planned);
  const uint32_t wanted[] = {28, 28, 28, 46, 46, SUND_BEYOND};
  for (int i = 0; i < 6; i++) assert_int_equal(planned[i], wanted[i]);
}

int main(void) {
  const struct CMUnitTest tests[] = {SUND_TEST(even_law), SUND_TEST(as_if_independent), SUND_TEST(nearest_rank),
                                     SUND_TEST(waits_left_out)};
  return cmocka_run_group_tests_name("lanes", tests, NULL, NULL);
}

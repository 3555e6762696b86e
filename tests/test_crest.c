/* test_crest.c - how much noise lowers a crest: known means of the lowest of n, and walls of noise flooded by hand. */
#include <math.h>

#include "support.h"

enum { WALLS = 700, MOST_CELLS = 30000 };

static void assert_within(double got, double want, double tolerance) {
  if (!(fabs(got - want) <= tolerance)) fail_msg("%.9g, not %.9g", got, want);
}

/* Mean of the smallest of n normal errors: closed forms for few, and tables (Harter 1961, Biometrika 48) for many. */
static void one_cell_thick_is_the_lowest_of_n(void **state) {
  (void)state;
  const double pi = 3.14159265358979323846;
  assert_within(sund_crest_bias(1, 1), 0, 1e-9);
  assert_within(sund_crest_bias(2, 1), -1 / sqrt(pi), 1e-9);
  assert_within(sund_crest_bias(3, 1), -1.5 / sqrt(pi), 1e-9);
  assert_within(sund_crest_bias(4, 1), -6 / (pi * sqrt(pi)) * atan(sqrt(2)), 1e-9);
  assert_within(sund_crest_bias(10, 1), -1.53875, 1e-5);
  assert_within(sund_crest_bias(100, 1), -2.50759, 1e-5);
  assert_within(sund_crest_bias(1000, 1), -3.24144, 1e-5); /* T16 */
  assert_within(sund_crest_bias(0.2, 1), 0, 1e-9);
}

/* Longer lowers more, thicker less; never above the true height; between the cells of the table nothing jumps. */
static void it_is_monotone_and_smooth(void **state) {
  (void)state;
  for (double length = 1; length < 1e6; length *= 1.17)
    for (double width = 1; width < 60; width *= 1.09) {
      const double here = sund_crest_bias(length, width);
      assert_true(here <= 0);
      assert_true(sund_crest_bias(length * 1.17, width) <= here + 1e-12);
      assert_true(sund_crest_bias(length, width * 1.09) >= here - 1e-12);
      assert_within(sund_crest_bias(length * 1.001, width), here, 0.003);
      assert_within(sund_crest_bias(length, width * 1.001), here, 0.003);
    }
  assert_true(isnan(sund_crest_bias(NAN, 1)) && isnan(sund_crest_bias(5, NAN)));
  assert_true(isfinite(sund_crest_bias(INFINITY, 1)) && isfinite(sund_crest_bias(INFINITY, INFINITY)));
}

/* A normal error (Box and Muller 1958). */
static double noise(uint64_t *random) {
  const double a = 1 - support_uniform(random, 0, 1), b = support_uniform(random, 0, 1);
  return sqrt(-2 * log(a)) * cos(6.28318530717958648 * b);
}

static int by_error(const void *a, const void *b) {
  const double *p = *(const double *const *)a, *q = *(const double *const *)b;
  return (*p > *q) - (*p < *q);
}

static size_t root(size_t *up, size_t i) {
  while (up[i] != i) i = up[i] = up[up[i]];
  return i;
}

/* The lowest highest error on a way across: cells are opened from the lowest on until both sides are joined. */
static double crossing(size_t length, size_t width, uint64_t *random) {
  static double error[MOST_CELLS];
  static const double *order[MOST_CELLS];
  static size_t up[MOST_CELLS + 2];
  static uint8_t open[MOST_CELLS];
  const size_t cells = length * width, near = cells, far = cells + 1;
  assert_true(cells <= MOST_CELLS);
  for (size_t i = 0; i < cells; i++) {
    error[i] = noise(random);
    order[i] = &error[i];
    open[i] = 0;
  }
  for (size_t i = 0; i < cells + 2; i++) up[i] = i;
  qsort(order, cells, sizeof *order, by_error);
  for (size_t k = 0; k < cells; k++) {
    const size_t i = (size_t)(order[k] - error), row = i / length, column = i % length;
    open[i] = 1;
    if (row == 0) up[root(up, i)] = root(up, near);
    if (row + 1 == width) up[root(up, i)] = root(up, far);
    for (size_t r = row ? row - 1 : 0; r <= row + 1 && r < width; r++)
      for (size_t c = column ? column - 1 : 0; c <= column + 1 && c < length; c++)
        if (open[r * length + c]) up[root(up, i)] = root(up, r * length + c);
    if (root(up, near) == root(up, far)) return *order[k];
  }
  return NAN;
}

/* T16: the table and what lies between against a simulation of its own; within 4.5 standard errors, and 0.03 where
 * it is interpolated. */
static void walls_of_noise_leak_as_told(void **state) {
  (void)state;
  static const size_t wall[][2] = {{1000, 1}, {1000, 2}, {1000, 3}, {1000, 5}, {1000, 10}, {100, 2},
                                   {30, 5},   {10, 3},   {300, 30}, {550, 7},  {60, 4},    {200, 15}};
  uint64_t random = support_seed();
  for (size_t i = 0; i < sizeof wall / sizeof *wall; i++) {
    const size_t length = wall[i][0], width = wall[i][1], walls = WALLS * 1000 / (length * width) + 60;
    double sum = 0, squares = 0;
    for (size_t k = 0; k < walls; k++) {
      const double at = crossing(length, width, &random);
      sum += at;
      squares += at * at;
    }
    const double n = (double)walls, mean = sum / n, error = sqrt((squares / n - mean * mean) / n);
    const double told = sund_crest_bias((double)length, (double)width), between = i < 9 ? 0.005 : 0.03;
    if (!(fabs(mean - told) <= 4.5 * error + between))
      fail_msg("seed %llu: a wall %zu cells long and %zu thick leaks at %.3f (+- %.3f), not %.3f",
               (unsigned long long)support_seed(), length, width, mean, error, told);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(one_cell_thick_is_the_lowest_of_n),
      cmocka_unit_test(it_is_monotone_and_smooth),
      cmocka_unit_test(walls_of_noise_leak_as_told),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}

/* test_hilbert.c - the order of points along a Hilbert curve (geo/hilbert.c): by what the curve is known for. */
#include <math.h>

#include "support.h"

enum { SIDE = 16, POINTS = SIDE * SIDE };

/* On a full grid each point's successor is its neighbour: that is what tells the curve from any other order. */
static void steps_go_to_a_neighbour(void **state) {
  double x[POINTS], y[POINTS];
  size_t order[POINTS], seen[POINTS] = {0};
  for (size_t i = 0; i < POINTS; i++) {
    const size_t mixed = i * 101 % POINTS; /* the order given must not help */
    x[i] = 720000 + 50.0 * (double)(mixed % SIDE);
    y[i] = 6215000 + 50.0 * (double)(mixed / SIDE);
  }
  assert_ok(*state, sund_hilbert_order(*state, POINTS, x, y, order));
  for (size_t i = 0; i < POINTS; i++) seen[order[i]]++;
  for (size_t i = 0; i < POINTS; i++) assert_int_equal(seen[i], 1);
  for (size_t i = 1; i < POINTS; i++) {
    const double step = fabs(x[order[i]] - x[order[i - 1]]) + fabs(y[order[i]] - y[order[i - 1]]);
    if (step != 50) fail_msg("step %zu is %g m long", i, step);
  }
}

static void equal_places_keep_their_order(void **state) {
  const double x[] = {5, 1, 5, 1, 5}, y[] = {5, 1, 5, 1, 5};
  size_t order[5];
  assert_ok(*state, sund_hilbert_order(*state, 5, x, y, order));
  const size_t low[] = {1, 3}, high[] = {0, 2, 4};
  const bool low_first = order[0] == 1;
  assert_memory_equal(order + (low_first ? 0 : 3), low, sizeof low);
  assert_memory_equal(order + (low_first ? 2 : 0), high, sizeof high);
}

static void odd_input_gives_every_row_once(void **state) {
  const double x[] = {NAN, 3, INFINITY, -INFINITY, 3}, y[] = {1, NAN, 2, 2, 7};
  for (size_t n = 0; n <= 5; n++) {
    size_t order[5], sum = 0;
    assert_ok(*state, sund_hilbert_order(*state, n, x, y, order));
    for (size_t i = 0; i < n; i++) sum += (size_t)1 << order[i];
    assert_int_equal(sum, ((size_t)1 << n) - 1);
  }
}

static void missing_memory_is_told(void **state) {
  const double x[] = {1, 2}, y[] = {1, 2};
  size_t order[2];
  sund_ctx_fail_alloc(*state, 2);
  assert_int_equal(sund_hilbert_order(*state, 2, x, y, order), SUND_LIMIT);
  assert_int_equal(sund_failure(*state, NULL, NULL, NULL), SUND_LIMIT);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      SUND_TEST(steps_go_to_a_neighbour),
      SUND_TEST(equal_places_keep_their_order),
      SUND_TEST(odd_input_gives_every_row_once),
      SUND_TEST(missing_memory_is_told),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}

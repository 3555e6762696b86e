/* test_weir.c - T21: 10 m of crest under half a metre of water for two hours let 43,274 m3 in. */
#include <math.h>

#include "support.h"

static void two_hours_of_half_a_metre(void **state) {
  (void)state;
  double flow = sund_weir_flow(10, 0.5);
  assert_true(fabs(flow - 6.0104) < 1e-4);
  assert_true(fabs(flow * 2 * 3600 - 43274) < 1);
  assert_true(sund_weir_hours(10, 0.5, 43000) < 2); /* fills */
  assert_true(sund_weir_hours(10, 0.5, 43500) > 2); /* does not */
  assert_true(fabs(sund_weir_hours(10, 0.5, 43274.6) - 2) < 1e-4);
}

static void nothing_comes_over_a_dry_crest(void **state) {
  (void)state;
  assert_true(sund_weir_flow(10, 0) == 0 && sund_weir_flow(10, -1) == 0 && sund_weir_flow(0, 1) == 0);
  assert_true(isinf(sund_weir_hours(10, 0, 5)));
  assert_true(sund_weir_hours(10, 0, 0) == 0);
  assert_true(sund_weir_flow((double)NAN, 1) == 0);
}

static void four_times_the_head_is_eight_times_the_flow(void **state) {
  (void)state;
  assert_true(fabs(sund_weir_flow(3, 2) / sund_weir_flow(3, 0.5) - 8) < 1e-12);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(two_hours_of_half_a_metre),
                                     cmocka_unit_test(nothing_comes_over_a_dry_crest),
                                     cmocka_unit_test(four_times_the_head_is_eight_times_the_flow)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}

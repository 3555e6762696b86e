/* Tests of sets that become one: geo/unite.c. */
#include "geo/unite.h"

#include "support.h"

enum { MANY = 300 };

/* Against a twin that relabels everything, on random unions: same sets, named by their smallest number, and
 * unite_join tells whether something changed. */
static void sets_are_those_of_a_slow_twin(void **state) {
  sund_ctx *ctx = *state;
  uint64_t seed = support_seed();
  for (int round = 0; round < 30; round++) {
    uint32_t *parent = unite_new(ctx, MANY), label[MANY];
    assert_non_null(parent);
    for (uint32_t i = 0; i < MANY; i++) label[i] = i;
    for (int step = 0; step < 20 * round; step++) {
      const uint32_t a = (uint32_t)(support_random(&seed) % MANY), b = (uint32_t)(support_random(&seed) % MANY);
      const uint32_t from = label[a] > label[b] ? label[a] : label[b], to = label[a] + label[b] - from;
      assert_int_equal(unite_join(parent, a, b), from != to);
      for (size_t i = 0; i < MANY; i++)
        if (label[i] == from) label[i] = to;
    }
    for (size_t i = 0; i < MANY; i++)
      if (unite_root(parent, i) != label[i])
        fail_msg("seed %llu, round %d: %zu is in %u, not %u", (unsigned long long)support_seed(), round, i,
                 unite_root(parent, i), label[i]);
  }
}

/* A chain joined from its far end is the longest path there can be. */
static void a_long_chain_has_one_root(void **state) {
  sund_ctx *ctx = *state;
  const size_t n = 1000000;
  uint32_t *parent = unite_new(ctx, n);
  assert_non_null(parent);
  for (size_t i = n - 1; i > 0; i--) assert_true(unite_join(parent, i, i - 1));
  for (size_t i = 0; i < n; i += 997) assert_int_equal(unite_root(parent, n - 1 - i), 0);
  assert_false(unite_join(parent, 0, n - 1));
}

static void too_many_are_refused(void **state) {
  sund_ctx *ctx = *state;
  assert_non_null(unite_new(ctx, 0));
  assert_null(unite_new(ctx, (size_t)UINT32_MAX + 1));
  assert_int_equal(sund_failure(ctx, NULL, NULL, NULL), SUND_LIMIT);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      SUND_TEST(sets_are_those_of_a_slow_twin),
      SUND_TEST(a_long_chain_has_one_root),
      SUND_TEST(too_many_are_refused),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}

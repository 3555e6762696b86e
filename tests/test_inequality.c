/* Gini, Theil, concentration index, Palma: by hand, against slow twins, and what must not change them. */
#include <math.h>

#include "support.h"

#define MOST 40

/* A random town: weights and ranks with ties, values with zeros. */
typedef struct town {
  size_t n;
  double value[2 * MOST], weight[2 * MOST], rank[2 * MOST];
} town;

typedef struct indices {
  double gini, theil, concentration, palma;
} indices;

static bool near(double a, double b) {
  return (isnan(a) && isnan(b)) || fabs(a - b) <= 1e-12 * fmax(1, fabs(b));
}

/* Also from rows that are in order already: the same index by another way. */
static indices measure(sund_ctx *ctx, const town *t) {
  indices out;
  sund_ranks ranks;
  assert_ok(ctx, sund_gini(ctx, t->n, t->value, t->weight, &out.gini));
  assert_ok(ctx, sund_ranks_make(ctx, t->n, t->value, t->weight, &ranks));
  if (!near(sund_ranks_gini(&ranks), out.gini))
    fail_msg("seed %llu: %.17g in order, %.17g", (unsigned long long)support_seed(), sund_ranks_gini(&ranks),
             out.gini);
  assert_ok(ctx, sund_theil(ctx, t->n, t->value, t->weight, &out.theil));
  assert_ok(ctx, sund_concentration(ctx, t->n, t->value, t->weight, t->rank, &out.concentration));
  assert_ok(ctx, sund_palma(ctx, t->n, t->value, t->weight, t->rank, &out.palma));
  return out;
}

static town draw(uint64_t *random) {
  town t = {.n = 2 + (size_t)(support_random(random) % (MOST - 2))};
  for (size_t i = 0; i < t.n; i++) {
    t.value[i] = (double)(support_random(random) % 9) * 1.25;
    t.weight[i] = (double)(support_random(random) % 6);
    t.rank[i] = (double)(support_random(random) % 12) - 5;
  }
  t.value[0] = 3, t.weight[0] = 2; /* somebody has something */
  return t;
}

#define CHECK_SAME(got, wanted)                                                                           \
  if (!near((got).gini, (wanted).gini) || !near((got).theil, (wanted).theil) ||                           \
      !near((got).concentration, (wanted).concentration) || !near((got).palma, (wanted).palma))           \
  fail_msg("seed %llu round %d: %g %g %g %g, not %g %g %g %g", (unsigned long long)support_seed(), round, \
           (got).gini, (got).theil, (got).concentration, (got).palma, (wanted).gini, (wanted).theil,      \
           (wanted).concentration, (wanted).palma)

/* ------------------------------------------------------------------------------------------------------- by hand */

static void ginis_by_hand(void **state) {
  sund_ctx *ctx = *state;
  const double four[] = {3, 1, 4, 2}, one[] = {0, 0, 0, 7}, two[] = {0, 7, NAN, 5}, weight[] = {3, 1, 9, 0};
  const double same[] = {0.1, 0.1, 0.1}, thirds[] = {0.7, 0.1, 0.2};
  double out;
  assert_ok(ctx, sund_gini(ctx, 4, four, NULL, &out));
  assert_true(near(out, 0.25)); /* differences 1 2 3 1 2 1, twice, over 2 * 16 * 2.5 */
  assert_ok(ctx, sund_gini(ctx, 4, one, NULL, &out));
  assert_true(near(out, 0.75));
  assert_ok(ctx, sund_gini(ctx, 4, two, weight, &out));
  assert_true(near(out, 0.75)); /* NAN and weight 0 are left out */
  assert_ok(ctx, sund_gini(ctx, 3, same, thirds, &out));
  assert_true(out >= 0 && out < 1e-15);
  assert_ok(ctx, sund_gini(ctx, 3, one, NULL, &out));
  assert_true(isnan(out)); /* nobody has anything */
  assert_ok(ctx, sund_gini(ctx, 0, NULL, NULL, &out));
  assert_true(isnan(out));
}

static void theils_by_hand(void **state) {
  sund_ctx *ctx = *state;
  const double pair[] = {1, 3}, one[] = {0, 0, 0, 7}, same[] = {0.1, 0.1, 0.1};
  double out;
  assert_ok(ctx, sund_theil(ctx, 2, pair, NULL, &out));
  assert_true(near(out, (0.5 * log(0.5) + 1.5 * log(1.5)) / 2));
  assert_ok(ctx, sund_theil(ctx, 4, one, NULL, &out));
  assert_true(near(out, log(4)));
  assert_ok(ctx, sund_theil(ctx, 3, same, NULL, &out));
  assert_true(out >= 0 && out < 1e-15);
  assert_ok(ctx, sund_theil(ctx, 1, one, NULL, &out));
  assert_true(isnan(out));
}

static void concentrations_by_hand(void **state) {
  sund_ctx *ctx = *state;
  const double value[] = {4, 3, 2, 1}, rich_last[] = {10, 20, 30, 40}, rich_first[] = {4, 3, 2, 1};
  const double tied[] = {5, 5, 5, 5}, unknown[] = {1, 2, NAN, NAN};
  double out;
  assert_ok(ctx, sund_concentration(ctx, 4, value, NULL, rich_last, &out));
  assert_true(near(out, -0.25));
  assert_ok(ctx, sund_concentration(ctx, 4, value, NULL, rich_first, &out));
  assert_true(near(out, 0.25));
  assert_ok(ctx, sund_concentration(ctx, 4, value, NULL, tied, &out));
  assert_true(fabs(out) < 1e-15);
  assert_ok(ctx, sund_concentration(ctx, 4, value, NULL, unknown, &out));
  assert_true(near(out, -1.0 / 14)); /* 4 and 3: 2/2 * (0.5 * -0.25 - 0.5 * 0.25) / 3.5 */
}

static void palmas_by_hand(void **state) {
  sund_ctx *ctx = *state;
  double value[10], rank[10], out;
  for (int i = 0; i < 10; i++) value[i] = i + 1, rank[i] = 100 * i;
  assert_ok(ctx, sund_palma(ctx, 10, value, NULL, rank, &out));
  assert_true(near(out, 4)); /* 10 over the mean of 1 2 3 4 */
  assert_ok(ctx, sund_palma(ctx, 4, value, NULL, rank, &out));
  assert_true(near(out, 4 / (2.2 / 1.6))); /* 1.6 persons: the first and six tenths of the second */
  const double tied[] = {1, 1, 2, 2};
  assert_ok(ctx, sund_palma(ctx, 4, value, NULL, tied, &out));
  assert_true(near(out, 3.5 / 1.5));
  value[0] = value[1] = value[2] = value[3] = 0;
  assert_ok(ctx, sund_palma(ctx, 10, value, NULL, rank, &out));
  assert_true(isnan(out)); /* over nothing */
  assert_ok(ctx, sund_palma(ctx, 0, NULL, NULL, NULL, &out));
  assert_true(isnan(out));
}

/* --------------------------------------------------------------------------------------------------------- twins */

static double mean_of(const town *t, double *weight) {
  double sum = 0;
  *weight = 0;
  for (size_t i = 0; i < t->n; i++) sum += t->weight[i] * t->value[i], *weight += t->weight[i];
  return sum / *weight;
}

/* Every pair of persons. */
static indices twin(const town *t) {
  double weight, mean = mean_of(t, &weight);
  indices out = {0, 0, 0, 0};
  for (size_t i = 0; i < t->n; i++) {
    double below = 0, part = t->value[i] / mean;
    for (size_t k = 0; k < t->n; k++) {
      out.gini += t->weight[i] * t->weight[k] * fabs(t->value[i] - t->value[k]);
      below += t->weight[k] * (t->rank[k] < t->rank[i] ? 1 : t->rank[k] == t->rank[i] ? 0.5 : 0);
    }
    out.concentration += 2 * t->weight[i] * (t->value[i] - mean) * (below / weight - 0.5) / weight / mean;
    if (part > 0) out.theil += t->weight[i] * part * log(part) / weight;
  }
  out.gini /= 2 * weight * weight * mean;
  return out;
}

/* Ten copies of every person stand in a row by rank, each with the mean of those of equal rank. */
static double palma_twin(const town *t) {
  double line[10 * 5 * MOST], low = 0, high = 0;
  size_t count = 0;
  for (int rank = -5; rank <= 6; rank++) {
    double have = 0, persons = 0;
    for (size_t i = 0; i < t->n; i++)
      if (t->rank[i] == rank) have += t->weight[i] * t->value[i], persons += t->weight[i];
    for (size_t k = 0; k < 10 * (size_t)persons; k++) line[count++] = have / persons;
  }
  for (size_t k = 0; k < count * 4 / 10; k++) low += line[k];
  for (size_t k = count - count / 10; k < count; k++) high += line[k];
  return low > 0 ? high * 4 / low : NAN;
}

static void indices_agree_with_every_pair(void **state) {
  sund_ctx *ctx = *state;
  uint64_t random = support_seed();
  for (int round = 0; round < 500; round++) {
    town t = draw(&random);
    indices got = measure(ctx, &t), wanted = twin(&t);
    wanted.palma = palma_twin(&t);
    CHECK_SAME(got, wanted);
    if (!(got.gini >= 0 && got.gini < 1 && got.theil >= 0 && fabs(got.concentration) <= got.gini + 1e-12))
      fail_msg("seed %llu round %d: out of bounds", (unsigned long long)support_seed(), round);
  }
}

/* ---------------------------------------------------------------------------------------------------- invariants */

static void what_changes_nothing(void **state) {
  sund_ctx *ctx = *state;
  uint64_t random = support_seed() + 1;
  for (int round = 0; round < 200; round++) {
    town t = draw(&random), scaled = t, twice = t, split = t;
    indices base = measure(ctx, &t), got;
    for (size_t i = 0; i < t.n; i++) {
      scaled.value[i] *= 37.5, scaled.weight[i] *= 0.125;
      twice.value[t.n + i] = t.value[i], twice.weight[t.n + i] = t.weight[i], twice.rank[t.n + i] = t.rank[i];
      split.value[t.n + i] = t.value[i], split.rank[t.n + i] = t.rank[i];
      split.weight[t.n + i] = t.weight[i] * support_uniform(&random, 0, 1);
      split.weight[i] -= split.weight[t.n + i];
    }
    twice.n = split.n = 2 * t.n;
    got = measure(ctx, &scaled);
    CHECK_SAME(got, base);
    got = measure(ctx, &twice);
    CHECK_SAME(got, base);
    got = measure(ctx, &split);
    CHECK_SAME(got, base);
  }
}

/* The same bits, whatever the order of the rows. */
static void order_does_not_matter(void **state) {
  sund_ctx *ctx = *state;
  uint64_t random = support_seed() + 2;
  for (int round = 0; round < 200; round++) {
    town t = draw(&random), back = t;
    for (size_t i = 0; i < t.n; i++) {
      size_t k = t.n - 1 - i;
      back.value[i] = t.value[k], back.weight[i] = t.weight[k], back.rank[i] = t.rank[k];
    }
    indices a = measure(ctx, &t), b = measure(ctx, &back);
    if (memcmp(&a, &b, sizeof a) != 0)
      fail_msg("seed %llu round %d: order changes bits", (unsigned long long)support_seed(), round);
  }
}

/* Pigou and Dalton: giving from one who has more to one who has less makes it more equal. */
static void giving_makes_it_more_equal(void **state) {
  sund_ctx *ctx = *state;
  uint64_t random = support_seed() + 3;
  for (int round = 0; round < 200; round++) {
    town t = draw(&random);
    t.value[0] = 9, t.value[1] = 2, t.weight[0] = t.weight[1] = 1;
    indices before = measure(ctx, &t), after;
    t.value[0] -= 1, t.value[1] += 1;
    after = measure(ctx, &t);
    if (!(after.gini < before.gini && after.theil < before.theil))
      fail_msg("seed %llu round %d: not more equal", (unsigned long long)support_seed(), round);
  }
}

/* ------------------------------------------------------------------------------------------------------ failures */

static void what_cannot_be_shared_out_is_refused(void **state) {
  sund_ctx *ctx = *state;
  const double value[] = {1, -2}, good[] = {1, 2}, endless[] = {1, INFINITY};
  const char *why = "";
  double out = 42;
  assert_int_equal(sund_gini(ctx, 2, value, NULL, &out), SUND_DATA);
  assert_true(out == 42);
  assert_int_equal(sund_failure(ctx, &why, NULL, NULL), SUND_DATA);
  assert_non_null(strstr(why, "row 1 has -2"));
  assert_int_equal(sund_theil(ctx, 2, endless, NULL, &out), SUND_DATA);
  assert_int_equal(sund_palma(ctx, 2, good, value, good, &out), SUND_DATA);
  assert_int_equal(sund_concentration(ctx, 2, good, endless, good, &out), SUND_DATA);
}

static void memory_runs_out(void **state) {
  (void)state;
  const double value[] = {1, 2, 3};
  for (size_t nth = 1; nth < 10; nth++) {
    sund_ctx *ctx = sund_ctx_new();
    double out = 42;
    sund_ctx_fail_alloc(ctx, nth);
    sund_code code = sund_gini(ctx, 3, value, NULL, &out);
    sund_code noted = sund_failure(ctx, NULL, NULL, NULL);
    sund_ctx_free(ctx);
    if (code == SUND_OK) {
      assert_true(nth > 1 && near(out, 4.0 / 18));
      return;
    }
    assert_int_equal(code, SUND_LIMIT);
    assert_int_equal(noted, SUND_LIMIT);
    assert_true(out == 42);
  }
  fail_msg("never enough memory");
}

int main(void) {
  const struct CMUnitTest tests[] = {
      SUND_TEST(ginis_by_hand),
      SUND_TEST(theils_by_hand),
      SUND_TEST(concentrations_by_hand),
      SUND_TEST(palmas_by_hand),
      SUND_TEST(indices_agree_with_every_pair),
      SUND_TEST(what_changes_nothing),
      SUND_TEST(order_does_not_matter),
      SUND_TEST(giving_makes_it_more_equal),
      SUND_TEST(what_cannot_be_shared_out_is_refused),
      SUND_TEST(memory_runs_out),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}

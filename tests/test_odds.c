/* P(wet): the cases known by heart, closed forms, an integral by brute force, drawn errors. */
#include <math.h>

#include "support.h"

static bool near(double a, double b, double within) {
  return fabs(a - b) <= within;
}

static double wet(double level, double ground, size_t crests, const double *crest, double ground_sigma,
                  double level_sigma, bool correlated) {
  const sund_doubt doubt = {ground_sigma, level_sigma, correlated};
  return sund_probability_wet(&doubt, level, ground, crests, crest);
}

static void normal_by_the_book(void **state) {
  (void)state;
  assert_true(sund_normal(0) == 0.5);
  assert_true(near(sund_normal(1.959963984540054), 0.975, 1e-15));
  assert_true(near(sund_normal(-1), 0.15865525393145705, 1e-15));
  assert_true(near(sund_normal(-10) / 7.6198530241605e-24, 1, 1e-10));
  assert_true(sund_normal(INFINITY) == 1 && sund_normal(-INFINITY) == 0);
}

static void one_sill(void **state) {
  (void)state;
  const double sill = 2;
  for (int correlated = 0; correlated < 2; correlated++) {
    assert_true(near(wet(2.0, -1, 1, &sill, 0.1, 0, correlated), 0.5, 1e-9)); /* not 1 as its own height says */
    assert_true(near(wet(2.196, -1, 1, &sill, 0.1, 0, correlated), 0.975, 1e-4));
    assert_true(near(wet(2.0, -1, 1, &sill, 0, 0.1, correlated), 0.5, 1e-9));
    assert_true(near(wet(2.196, -1, 1, &sill, 0.06, 0.08, correlated), sund_normal(1.96), 1e-9));
    assert_true(near(wet(2.0, 1.804, 0, NULL, 0.1, 0, correlated), 0.975, 1e-4)); /* unprotected */
    assert_true(near(wet(2.0, 1.804, 0, NULL, 0.1, 0.1, correlated), sund_normal(0.196 / hypot(0.1, 0.1)), 1e-9));
  }
}

static void two_sills(void **state) {
  (void)state;
  const double equal[] = {2, 2}, with_none[] = {NAN, 2, NAN}, none[] = {NAN};
  assert_true(near(wet(2, -1, 2, equal, 0.1, 0, false), 0.75, 1e-9));
  assert_true(near(wet(2, -1, 2, equal, 0.1, 0, true), 0.5, 1e-9));
  assert_true(near(wet(2, -1, 3, with_none, 0.1, 0, false), 0.5, 1e-9));
  assert_true(near(wet(2, 1.804, 1, none, 0.1, 0, false), 0.975, 1e-4));
  assert_true(near(wet(2, NAN, 2, equal, 0.1, 0, false), 0.75, 1e-9));
  assert_true(isnan(wet(2, NAN, 1, none, 0.1, 0, false)) && isnan(wet(NAN, 1, 0, NULL, 0.1, 0, false)));
  /* A common level error with errors of their own just as large: three normals in the orthant of correlation 1/2:
   * P(the level is above the lower of the two sills) = 1 - 1/3. */
  assert_true(near(wet(2, -9, 2, equal, 0.1, 0.1, false), 2.0 / 3, 1e-8));
  /* Ground and sill of one height, both have to be passed: P = 1/3. */
  assert_true(near(wet(2, 2, 1, equal, 0.1, 0.1, false), 1.0 / 3, 1e-8));
}

/* Orthants: n equal sills, all of them held, correlation r: with sigma of level and ground equal r = 1/2 and
 * P(all held) = 1 / (n + 1). */
static void many_equal_sills(void **state) {
  (void)state;
  const double equal[] = {2, 2, 2, 2, 2, 2, 2};
  for (size_t n = 1; n <= 7; n++)
    assert_true(near(wet(2, -9, n, equal, 0.1, 0.1, false), 1 - 1 / (double)(n + 1), 1e-8));
  /* any ratio: P(both held) = 1/4 + asin(r) / (2 pi) (Sheppard 1899) */
  for (double ratio = 1e-4; ratio < 2e4; ratio *= 3) {
    const double level = 0.1 * ratio, r = level * level / (level * level + 0.01);
    if (!near(wet(2, -99999, 2, equal, 0.1, level, false), 0.75 - asin(r) / (2 * acos(-1)), 1e-8))
      fail_msg("ratio %g: %.12f not %.12f", ratio, wet(2, -99999, 2, equal, 0.1, level, false),
               0.75 - asin(r) / (2 * acos(-1)));
  }
}

static void known_heights_are_steps(void **state) {
  (void)state;
  const double crest[] = {1.5, 1.2};
  assert_true(wet(1.2, 1.0, 2, crest, 0, 0, false) == 1 && wet(1.1999, 1.0, 2, crest, 0, 0, false) == 0);
  assert_true(wet(1.3, 1.4, 2, crest, 0, 0, true) == 0 && wet(1.4, 1.4, 2, crest, 0, 0, true) == 1);
  assert_true(near(wet(1.3, 1.0, 2, crest, 0, 0.1, false), sund_normal(1), 1e-12));
}

/* Slow twin: the mean over the level's error by a fine Riemann sum. */
static double slow(double level, double ground, size_t n, const double *crest, double sg, double sl) {
  enum { STEPS = 40000 };
  double sum = 0, low = level - 9 * sl, width = 18 * sl / STEPS;
  for (int s = 0; s < STEPS; s++) {
    const double l = low + ((double)s + 0.5) * width, z = (l - level) / sl;
    double holds = 1;
    for (size_t i = 0; i < n; i++) holds *= 0.5 * erfc((l - crest[i]) / sg / sqrt(2));
    sum += exp(-z * z / 2) / sqrt(2 * acos(-1)) / sl * width * (n ? 1 - holds : 1) * 0.5 *
           erfc((ground - l) / sg / sqrt(2));
  }
  return sum;
}

static void it_is_the_mean_over_the_level(void **state) {
  (void)state;
  uint64_t random = support_seed();
  double worst = 0;
  for (int round = 0; round < 60; round++) {
    const size_t n = (size_t)(support_random(&random) % 5);
    const double sg = exp(support_uniform(&random, log(0.01), log(0.5)));
    const double sl = exp(support_uniform(&random, log(0.01), log(0.5)));
    double crest[5], ground = support_uniform(&random, 0.5, 2.2), level = support_uniform(&random, 1, 2.5);
    for (size_t i = 0; i < n; i++) crest[i] = support_uniform(&random, 1.2, 2.2);
    const double got = wet(level, ground, n, crest, sg, sl, false), want = slow(level, ground, n, crest, sg, sl);
    worst = fmax(worst, fabs(got - want));
    if (!near(got, want, 1e-8))
      fail_msg("seed %llu round %d: %.12f not %.12f", (unsigned long long)support_seed(), round, got, want);
  }
  assert_true(worst < 1e-8);
}

/* Two normals (Box and Muller 1958). */
static void draw(uint64_t *random, double out[2]) {
  const double r = sqrt(-2 * log(1 - support_uniform(random, 0, 1))),
               angle = support_uniform(random, 0, 2 * acos(-1));
  out[0] = r * cos(angle), out[1] = r * sin(angle);
}

/* Errors drawn by lot: the definition itself. */
static void drawn_errors_say_the_same(void **state) {
  (void)state;
  enum { DRAWS = 200000 };
  uint64_t random = support_seed();
  const double crest[] = {1.95, 2.05}, level = 2, ground = 1.9, sg = 0.07, sl = 0.1;
  for (int correlated = 0; correlated < 2; correlated++) {
    double count = 0;
    for (int d = 0; d < DRAWS; d++) {
      double e[2], f[2];
      draw(&random, e), draw(&random, f);
      const double l = level + sl * e[0], g = sg * e[1], c0 = correlated ? g : sg * f[0],
                   c1 = correlated ? g : sg * f[1];
      count += l >= ground + g && (l >= crest[0] + c0 || l >= crest[1] + c1);
    }
    const double p = wet(level, ground, 2, crest, sg, sl, correlated), share = count / DRAWS;
    if (!near(p, share, 4 * sqrt(p * (1 - p) / DRAWS)))
      fail_msg("seed %llu: %.5f, drawn %.5f", (unsigned long long)support_seed(), p, share);
  }
}

static void order_and_direction(void **state) {
  (void)state;
  uint64_t random = support_seed();
  for (int round = 0; round < 200; round++) {
    double crest[3], turned[3], ground = support_uniform(&random, 1, 2), level = support_uniform(&random, 1, 2.5);
    for (int i = 0; i < 3; i++) turned[2 - i] = crest[i] = support_uniform(&random, 1, 2.2);
    const double sg = support_uniform(&random, 0.02, 0.2), sl = support_uniform(&random, 0.02, 0.2);
    const double p = wet(level, ground, 3, crest, sg, sl, false);
    bool good = near(p, wet(level, ground, 3, turned, sg, sl, false), 1e-12) && p >= 0 && p <= 1;
    good = good && wet(level + 0.02, ground, 3, crest, sg, sl, false) >= p - 1e-9; /* more water */
    good = good && wet(level, ground, 2, crest, sg, sl, false) <= p + 1e-9;        /* fewer openings */
    good = good && wet(level, ground + 0.02, 3, crest, sg, sl, false) <= p + 1e-9; /* higher ground */
    good = good && wet(level, ground, 0, NULL, sg, sl, false) >= p - 1e-9;         /* no protection */
    if (!good) fail_msg("seed %llu round %d", (unsigned long long)support_seed(), round);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      SUND_TEST(normal_by_the_book),
      SUND_TEST(one_sill),
      SUND_TEST(two_sills),
      SUND_TEST(many_equal_sills),
      SUND_TEST(known_heights_are_steps),
      SUND_TEST(it_is_the_mean_over_the_level),
      SUND_TEST(drawn_errors_say_the_same),
      SUND_TEST(order_and_direction),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}

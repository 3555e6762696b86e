/* Expected amounts a year: closed forms, the errors of what is usually done, an integral by brute force. */
#include <math.h>

#include "support.h"

#define BETA_M 0.14 /* metres a factor e of the return period, as around the Sound */

static bool near(double a, double b, double within) {
  return fabs(a - b) <= within * fmax(1, fabs(b));
}

/* level = 1 + BETA ln T */
static const sund_tail sound = {.a = 1, .b = BETA_M, .least_y = 20, .most_y = 100, .count = 3};

static sund_expected expect(sund_ctx *ctx, size_t periods, const double *period, double most, size_t n,
                            const double *level, const double *amount) {
  sund_expected out = {0};
  assert_ok(ctx, sund_expected_yearly(ctx, &sound, periods, period, most, n, level, amount, &out));
  return out;
}

/* A quarter of 1000 persons behind a wall: D0 p(L*). */
static void a_step_is_its_rate(void **state) {
  sund_ctx *ctx = *state;
  const double period[] = {100, 20, 50}, level[] = {sund_tail_level(&sound, 40)}, amount[] = {1000};
  const sund_expected out = expect(ctx, 3, period, 1, 1, level, amount);
  assert_true(near(out.value, 25, 1e-12) && near(out.first_y, 40, 1e-12));
  assert_true(near(out.tail, 10, 1e-12) && near(out.head, 0, 1e-12)); /* a hundredth of a year above T100 */
  assert_true(near(out.trapezoid, 0.03 * 500 + 0.01 * 1000, 1e-12));
  const double often[] = {sund_tail_level(&sound, 0.1)};
  const sund_expected capped = expect(ctx, 3, period, 1, 1, often, amount);
  assert_true(near(capped.value, 1000, 1e-12) && near(capped.first_y, 1, 1e-12));
  assert_true(near(capped.head, 950, 1e-12));
  const sund_expected free = expect(ctx, 3, period, INFINITY, 1, often, amount);
  assert_true(near(free.value, 10000, 1e-12));
}

/* What grows by `amount` a factor e of the return period from T0 on: D = a beta ln(T / T0) with a beta = 1. The curve in
 * steps of 1 cm up to T = 1e7 years; `half`: each step half at either end of its centimetre (the trapezoid rule over the
 * curve), else at its middle. */
enum { CURVE = 400 };
static size_t curve(double from_y, bool half, double *level, double *amount) {
  size_t n = 0;
  double reached = 0;
  for (size_t k = 1; k < CURVE; k++) {
    const double low = sund_tail_level(&sound, from_y) + 0.01 * (double)(k - 1), grown = 0.01 * (double)k / BETA_M;
    if (half) level[n] = low, amount[n++] = (reached + grown) / 2;
    else level[n] = low + 0.005, amount[n++] = grown;
    reached = grown;
  }
  return n;
}

static void a_curve_in_centimetres_is_exact(void **state) {
  sund_ctx *ctx = *state;
  const double period[] = {20, 50, 100};
  double level[CURVE], amount[CURVE];
  for (double from = 10; from <= 40; from *= 2) {
    const size_t n = curve(from, false, level, amount);
    const sund_expected out = expect(ctx, 3, period, 1, n, level, amount);
    assert_true(fabs(out.value * from - 1) < 0.0004);
    assert_true(near(out.value * from, 1 - 1e-4 / (24 * BETA_M * BETA_M), 1e-6));
  }
  const sund_expected out = expect(ctx, 3, period, 1, curve(20, true, level, amount), level, amount);
  assert_true(near(out.value * 20, 1.000425, 1e-5)); /* the trapezoid rule over the curve: 0.04 % too much */
}

/* What the usual methods say of it: the numbers of the table in docs/flood.md. */
static void the_usual_methods_err(void **state) {
  sund_ctx *ctx = *state;
  static const struct {
    size_t n;
    double period[4], from, trapezoid_pct, flat_pct;
  } row[] = {{3, {20, 50, 100}, 20, -47, -15},
             {3, {20, 50, 100}, 10, -46, -23},
             {4, {10, 20, 50, 100}, 10, -29, -6},
             {4, {20, 50, 100, 1000}, 20, 2, 10}};
  enum { STEPS = 20000 };
  double *level = sund_alloc(ctx, STEPS, sizeof *level), *amount = sund_alloc(ctx, STEPS, sizeof *amount);
  for (size_t r = 0; r < sizeof row / sizeof *row; r++) {
    for (size_t k = 0; k < STEPS; k++) { /* steps of 0.1 mm, so that they do not matter */
      level[k] = sund_tail_level(&sound, row[r].from) + 1e-4 * ((double)k + 0.5);
      amount[k] = 1e-4 * (double)(k + 1) / BETA_M;
    }
    const sund_expected out = expect(ctx, row[r].n, row[r].period, 1, STEPS, level, amount);
    const double most = row[r].period[row[r].n - 1], flat = out.trapezoid + log(most / row[r].from) / most;
    const double exact = 1 / row[r].from;
    if (round(100 * (out.trapezoid / exact - 1)) != row[r].trapezoid_pct ||
        round(100 * (flat / exact - 1)) != row[r].flat_pct)
      fail_msg("row %zu: trapezoid %.2f %%, with a flat tail %.2f %%", r, 100 * (out.trapezoid / exact - 1),
               100 * (flat / exact - 1));
    assert_true(near(out.value, exact, 1e-3));
    assert_true(near(out.tail, (log(most / row[r].from) + 1) / most, 1e-2)); /* of D over p below 1 / most */
  }
}

/* Slow twin: the integral of the amount over the rate, by small steps of ln rate; with its parts. */
static double slow(size_t n, const double *level, const double *amount, double low_rate, double high_rate) {
  enum { STEPS = 200000 };
  double sum = 0;
  const double from = log(fmax(low_rate, 1e-9)), width = (log(high_rate) - from) / STEPS;
  for (size_t s = 0; s < STEPS; s++) {
    const double rate = exp(from + width * ((double)s + 0.5)), at = sund_tail_level(&sound, 1 / rate);
    double wet = 0;
    for (size_t i = 0; i < n; i++) wet = level[i] <= at ? amount[i] : wet;
    sum += wet * rate * width;
  }
  return sum;
}

static void it_is_the_integral(void **state) {
  sund_ctx *ctx = *state;
  uint64_t random = support_seed();
  const double period[] = {5, 100, 20};
  for (int round = 0; round < 10; round++) {
    double level[12], amount[12];
    const size_t n = 1 + (size_t)(support_random(&random) % 12);
    for (size_t i = 0; i < n; i++) {
      const double step = support_uniform(&random, 0, 0.25);
      level[i] = (i ? level[i - 1] : 0.8) + (step < 0.05 ? 0 : step); /* some get wet together */
      amount[i] = (i ? amount[i - 1] : 0) + (double)(support_random(&random) % 20);
    }
    const sund_expected out = expect(ctx, 3, period, 1, n, level, amount);
    const double whole = slow(n, level, amount, 0, 1), tail = slow(n, level, amount, 0, 0.01),
                 head = slow(n, level, amount, 0.2, 1);
    if (!near(out.value, whole, 1e-3) || !near(out.tail, tail, 1e-3) || !near(out.head, head, 1e-3))
      fail_msg("seed %llu round %d: %g %g, %g %g, %g %g", (unsigned long long)support_seed(), round, out.value, whole,
               out.tail, tail, out.head, head);
  }
}

/* A level given to the centimetre is the table's level although it went through a logarithm. */
static void a_level_of_the_table_counts_in_its_trapezoid(void **state) {
  sund_ctx *ctx = *state;
  for (int cm = 100; cm < 300; cm += 7) {
    const double low[] = {cm / 100.0, cm / 100.0 + 0.2}, period[] = {20, 100};
    const double amount[] = {10, 10};
    sund_tail tail;
    sund_expected out;
    assert_ok(ctx, sund_tail_fit(ctx, 2, period, low, &tail));
    assert_ok(ctx, sund_expected_yearly(ctx, &tail, 2, period, 1, 2, low, amount, &out));
    assert_true(near(out.trapezoid, 0.4, 1e-9) && near(out.first_y, 20, 1e-9));
  }
}

static void nothing_is_nothing(void **state) {
  sund_ctx *ctx = *state;
  const double period[] = {20, 100}, level[] = {1, 2}, zero[] = {0, 0};
  sund_expected out = expect(ctx, 2, period, 1, 0, level, zero);
  assert_true(out.value == 0 && out.tail == 0 && out.head == 0 && out.trapezoid == 0 && isinf(out.first_y));
  out = expect(ctx, 2, period, 1, 2, level, zero);
  assert_true(out.value == 0 && isinf(out.first_y));
  out = expect(ctx, 1, period, 1, 2, level, level);
  assert_true(out.value > 0 && isnan(out.trapezoid) && !isnan(out.tail));
  out = expect(ctx, 0, period, 1, 2, level, level);
  assert_true(out.value > 0 && isnan(out.trapezoid) && isnan(out.tail) && isnan(out.head));
}

static void what_fails(void **state) {
  (void)state;
  const double period[] = {20, -1}, level[] = {1}, amount[] = {1};
  for (size_t nth = 0; nth < 2; nth++) {
    sund_ctx *ctx = sund_ctx_new();
    sund_expected out = {.value = 42};
    sund_ctx_fail_alloc(ctx, nth);
    assert_int_equal(sund_expected_yearly(ctx, &sound, 2, period, 1, 1, level, amount, &out),
                     nth ? SUND_LIMIT : SUND_DATA);
    assert_true(out.value == 42);
    sund_ctx_free(ctx);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      SUND_TEST(a_step_is_its_rate),
      SUND_TEST(a_curve_in_centimetres_is_exact),
      SUND_TEST(the_usual_methods_err),
      SUND_TEST(it_is_the_integral),
      SUND_TEST(a_level_of_the_table_counts_in_its_trapezoid),
      SUND_TEST(nothing_is_nothing),
      SUND_TEST(what_fails),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}

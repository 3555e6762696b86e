/* The gravity model: known tables, cross ratios kept, slopes recovered from their own flows, standard errors against an
 * obvious twin, what fails. geo/gravity*.c. */
#include <math.h>

#include "support.h"

#define MOST 12

#define assert_close(got, wanted, tolerance)                                                             \
  do {                                                                                                   \
    double close_got = (got), close_wanted = (wanted);                                                   \
    if (!(fabs(close_got - close_wanted) <= (tolerance)))                                                \
      fail_msg("seed %llu: %s is %.12g, not %.12g", (unsigned long long)support_seed(), #got, close_got, \
               close_wanted);                                                                            \
  } while (0)

/* --------------------------------------------------------------------------------------------------------- fitting */

static void two_by_two_by_hand(void **state) {
  const double hundred[] = {100, 100}, half[] = {1, 0.5, 0.5, 1}, sixth[] = {1, 0.5 / 3, 0.5 / 3, 1};
  double flow[4];
  assert_ok(*state, sund_gravity_fit(*state, 2, hundred, hundred, half, flow));
  assert_close(flow[0], 200.0 / 3, 1e-7);
  assert_close(flow[1], 100.0 / 3, 1e-7);
  assert_ok(*state, sund_gravity_fit(*state, 2, hundred, hundred, sixth, flow));
  assert_close(flow[0], 600.0 / 7, 1e-7);
  assert_close(flow[2], 100.0 / 7, 1e-7);
  const double out[] = {100, 200}, in[] = {150, 150};
  assert_ok(*state, sund_gravity_fit(*state, 2, out, in, half, flow));
  assert_close(flow[0], (350 - sqrt(42500)) / 2, 1e-7);
  assert_close(flow[0] + flow[1], 100, 1e-7);
  assert_close(flow[1] + flow[3], 150, 1e-7);
}

static void cross_ratios_are_kept(void **state) {
  uint64_t random = support_seed();
  for (int round = 0; round < 50; round++) {
    const size_t n = 2 + (size_t)(support_random(&random) % (MOST - 1));
    double weight[MOST * MOST], flow[MOST * MOST], out[MOST], in[MOST], leave = 0, arrive = 0;
    for (size_t k = 0; k < n * n; k++) weight[k] = exp(support_uniform(&random, -6, 0));
    for (size_t i = 0; i < n; i++) {
      leave += out[i] = support_uniform(&random, 1, 1000);
      arrive += in[i] = support_uniform(&random, 1, 1000);
    }
    for (size_t i = 0; i < n; i++) in[i] *= leave / arrive;
    assert_ok(*state, sund_gravity_fit(*state, n, out, in, weight, flow));
    for (size_t i = 0; i < n; i++) {
      double row = 0, column = 0;
      for (size_t j = 0; j < n; j++) row += flow[i * n + j], column += flow[j * n + i];
      assert_close(row / out[i], 1, 1e-9);
      assert_close(column / in[i], 1, 1e-9);
      for (size_t j = 0; i && j < n; j++) { /* against the first row and column */
        double got = flow[i * n + j] * flow[0] / (flow[i * n] * flow[j]);
        assert_close(got / (weight[i * n + j] * weight[0] / (weight[i * n] * weight[j])), 1, 1e-9);
      }
    }
  }
}

/* A long valley where people go to the next village only: scaling in turn alone would take thousands of rounds. */
static void local_flows_are_balanced_too(void **state) {
  enum { VILLAGES = 120 };
  uint64_t random = support_seed();
  double *weight = sund_alloc(*state, VILLAGES * VILLAGES, sizeof *weight), out[VILLAGES], in[VILLAGES];
  double *flow = sund_alloc(*state, VILLAGES * VILLAGES, sizeof *flow), leave = 0, arrive = 0;
  double *minutes = sund_alloc(*state, VILLAGES * VILLAGES, sizeof *minutes);
  for (size_t i = 0; i < VILLAGES; i++) {
    leave += out[i] = support_uniform(&random, 100, 1000);
    arrive += in[i] = out[i] * support_uniform(&random, 0.7, 1.4);
    for (size_t j = 0; j < VILLAGES; j++) {
      minutes[i * VILLAGES + j] = 10 * fabs((double)i - (double)j) + support_uniform(&random, 0, 5);
      weight[i * VILLAGES + j] = exp(-0.2 * minutes[i * VILLAGES + j]);
    }
  }
  for (size_t i = 0; i < VILLAGES; i++) in[i] *= leave / arrive;
  assert_ok(*state, sund_gravity_fit(*state, VILLAGES, out, in, weight, flow));
  for (size_t i = 0; i < VILLAGES; i++) {
    double row = 0, column = 0;
    for (size_t j = 0; j < VILLAGES; j++) row += flow[i * VILLAGES + j], column += flow[j * VILLAGES + i];
    assert_close(row / out[i], 1, 1e-9);
    assert_close(column / in[i], 1, 1e-9);
  }
  sund_gravity_estimate e;
  assert_ok(*state, sund_gravity_estimate_fit(*state, &(sund_flows){VILLAGES, flow}, minutes, NULL, &e));
  assert_close(e.beta, 0.2, 1e-6);
}

static void units_without_anybody_have_no_flows(void **state) {
  const double out[] = {10, 0, 20}, in[] = {0, 12, 18}, weight[] = {1, 1, 1, 1, 1, 1, 1, 1, 1};
  double flow[9];
  assert_ok(*state, sund_gravity_fit(*state, 3, out, in, weight, flow));
  assert_true(flow[3] == 0 && flow[4] == 0 && flow[0] == 0 && flow[6] == 0);
  assert_close(flow[1], 4, 1e-8);
  assert_close(flow[8], 12, 1e-8);
}

static void assert_failure(sund_code code, const char *words, const double *out, const double *in,
                           const double *weight) {
  sund_ctx *ctx = sund_ctx_new();
  const char *why = "";
  double flow[4] = {7, 7, 7, 7};
  assert_int_equal(sund_gravity_fit(ctx, 2, out, in, weight, flow), code);
  assert_int_equal(sund_failure(ctx, &why, NULL, NULL), code);
  if (!strstr(why, words)) fail_msg("\"%s\" does not say \"%s\"", why, words);
  assert_true(flow[0] == 7 && flow[3] == 7); /* results are left untouched */
  sund_ctx_free(ctx);
}

static void what_cannot_be_fitted(void **state) {
  (void)state;
  const double ten[] = {10, 10}, more[] = {10, 10.1}, less[] = {-1, 21}, ones[] = {1, 1, 1, 1};
  const double no_row[] = {0, 0, 1, 1}, no_column[] = {1, 0, 1, 0}, diagonal[] = {1, 0, 0, 1}, other[] = {5, 15};
  assert_failure(SUND_DATA, "20 leave but 20.1 arrive", ten, more, ones);
  assert_failure(SUND_DATA, "negative", less, ten, ones);
  assert_failure(SUND_DATA, "can reach nobody", ten, ten, no_row);
  assert_failure(SUND_DATA, "nobody can reach", ten, ten, no_column);
  assert_failure(SUND_DATA, "no flows between these units have these sums", ten, other, diagonal);
}

/* ------------------------------------------------------------------------------------------------------ estimating */

/* Towns on both sides of a water, with flows of the model itself. */
typedef struct model {
  size_t n;
  double minutes[MOST * MOST], flow[MOST * MOST];
  uint8_t across[MOST * MOST];
} model;

static void draw(sund_ctx *ctx, uint64_t *random, size_t n, double beta, double factor, model *m) {
  double x[MOST], y[MOST], out[MOST], in[MOST], weight[MOST * MOST], leave = 0, arrive = 0;
  m->n = n;
  for (size_t i = 0; i < n; i++) {
    x[i] = support_uniform(random, 0, 60), y[i] = support_uniform(random, 0, 60);
    leave += out[i] = support_uniform(random, 100, 9000);
    arrive += in[i] = support_uniform(random, 100, 9000);
  }
  for (size_t i = 0; i < n; i++) in[i] *= leave / arrive;
  for (size_t k = 0; k < n * n; k++) {
    const size_t i = k / n, j = k % n;
    m->minutes[k] = i == j ? 5 : 10 + hypot(x[i] - x[j], y[i] - y[j]);
    m->across[k] = i % 2 != j % 2;
    weight[k] = exp(-beta * m->minutes[k]) / (m->across[k] ? factor : 1);
  }
  assert_ok(ctx, sund_gravity_fit(ctx, n, out, in, weight, m->flow));
}

static void slopes_are_recovered(void **state) {
  uint64_t random = support_seed();
  for (int round = 0; round < 20; round++) {
    model m;
    sund_gravity_estimate e;
    const size_t n = 4 + (size_t)(support_random(&random) % (MOST - 3));
    const double beta = support_uniform(&random, 0.01, 0.2),
                 factor = round % 2 ? 3 : support_uniform(&random, 0.5, 30);
    draw(*state, &random, n, beta, factor, &m);
    assert_ok(*state, sund_gravity_estimate_fit(*state, &(sund_flows){n, m.flow}, m.minutes, m.across, &e));
    assert_close(e.beta, beta, 1e-6);
    assert_close(e.factor, factor, 1e-6 * factor);
    assert_close(e.beta_se, 0, 1e-5);
    assert_close(e.log_factor_se, 0, 1e-5);
    assert_int_equal(e.pairs, n * n);
    /* without a border only the minutes speak */
    draw(*state, &random, n, beta, 1, &m);
    assert_ok(*state, sund_gravity_estimate_fit(*state, &(sund_flows){n, m.flow}, m.minutes, NULL, &e));
    assert_close(e.beta, beta, 1e-6);
    assert_true(isnan(e.factor) && isnan(e.log_factor_se));
  }
}

static void pairs_without_minutes_say_nothing(void **state) {
  uint64_t random = support_seed();
  model m;
  sund_gravity_estimate e;
  draw(*state, &random, 8, 0.04, 3, &m);
  for (size_t i = 0; i < 8; i++)
    m.minutes[9 * i] = NAN, m.flow[9 * i] *= 50; /* who stays at home is not asked about */
  m.minutes[3] = NAN, m.flow[3] = 1e6;
  assert_ok(*state, sund_gravity_estimate_fit(*state, &(sund_flows){8, m.flow}, m.minutes, m.across, &e));
  assert_close(e.beta, 0.04, 1e-6);
  assert_close(e.factor, 3, 3e-6);
  assert_int_equal(e.pairs, 64 - 9);
}

enum { TOWNS = 6, TERMS = 2 + 2 * TOWNS - 1 };

/* Solves a system in place by elimination with pivots. */
static void solve(double a[TERMS][TERMS + 1]) {
  for (size_t c = 0; c < TERMS; c++) {
    size_t pivot = c;
    for (size_t r = c; r < TERMS; r++)
      if (fabs(a[r][c]) > fabs(a[pivot][c])) pivot = r;
    for (size_t k = 0; k <= TERMS; k++) {
      double t = a[c][k];
      a[c][k] = a[pivot][k], a[pivot][k] = t;
    }
    for (size_t r = 0; r < TERMS; r++) {
      if (r == c) continue;
      double f = a[r][c] / a[c][c];
      for (size_t k = c; k <= TERMS; k++) a[r][k] -= f * a[c][k];
    }
  }
  for (size_t r = 0; r < TERMS; r++) a[r][TERMS] /= a[r][r];
}

static void terms_of(const model *m, size_t k, double *x) {
  memset(x, 0, TERMS * sizeof *x);
  x[0] = -m->minutes[k], x[1] = m->across[k] ? -1 : 0, x[2 + k / TOWNS] = 1;
  if (k % TOWNS) x[1 + TOWNS + k % TOWNS] = 1;
}

static void solve_information(double matrix[TERMS][TERMS], const double *right, double *out) {
  double a[TERMS][TERMS + 1];
  for (size_t s = 0; s < TERMS; s++) {
    memcpy(a[s], matrix[s], TERMS * sizeof **matrix);
    a[s][TERMS] = right[s];
  }
  solve(a);
  for (size_t s = 0; s < TERMS; s++) out[s] = a[s][TERMS];
}

/* Obvious twin: the whole Poisson regression with a column for every town, by weighted least squares and the whole
 * sandwich. */
static void obvious(const model *m, sund_gravity_estimate *out) {
  double theta[TERMS] = {0}, bread[TERMS][TERMS], filling[TERMS][TERMS], x[TERMS];
  for (size_t i = 0; i < TOWNS; i++) theta[2 + i] = 5;
  for (int round = 0; round < 200; round++) {
    double score[TERMS] = {0}, step[TERMS];
    memset(bread, 0, sizeof bread), memset(filling, 0, sizeof filling);
    for (size_t k = 0; k < TOWNS * TOWNS; k++) {
      double log_mean = 0;
      terms_of(m, k, x);
      for (size_t s = 0; s < TERMS; s++) log_mean += theta[s] * x[s];
      double mean = exp(log_mean), off = m->flow[k] - mean;
      for (size_t s = 0; s < TERMS; s++) {
        score[s] += off * x[s];
        for (size_t t = 0; t < TERMS; t++)
          bread[s][t] += mean * x[s] * x[t], filling[s][t] += off * off * x[s] * x[t];
      }
    }
    solve_information(bread, score, step);
    double most = 1; /* no pair's mean changes by more than a factor of e at once */
    for (size_t k = 0; k < TOWNS * TOWNS; k++) {
      double change = 0;
      terms_of(m, k, x);
      for (size_t s = 0; s < TERMS; s++) change += step[s] * x[s];
      most = fmax(most, fabs(change));
    }
    for (size_t s = 0; s < TERMS; s++) theta[s] += step[s] / most;
  }
  double se[2];
  for (size_t s = 0; s < 2; s++) {
    double unit[TERMS] = {0}, row[TERMS], variance = 0;
    unit[s] = 1;
    solve_information(bread, unit, row);
    for (size_t t = 0; t < TERMS; t++)
      for (size_t u = 0; u < TERMS; u++) variance += row[t] * filling[t][u] * row[u];
    se[s] = sqrt(variance);
  }
  *out = (sund_gravity_estimate){theta[0], se[0], exp(theta[1]), se[1], TOWNS * TOWNS};
}

static void estimates_equal_the_obvious_regression(void **state) {
  uint64_t random = support_seed();
  for (int round = 0; round < 20; round++) {
    model m;
    sund_gravity_estimate got, wanted;
    draw(*state, &random, TOWNS, support_uniform(&random, 0.01, 0.08), 3, &m);
    for (size_t k = 0; k < TOWNS * TOWNS; k++) /* noise larger than Poisson's, some pairs empty */
      m.flow[k] = floor(m.flow[k] * support_uniform(&random, 0, 2));
    obvious(&m, &wanted);
    assert_ok(*state, sund_gravity_estimate_fit(*state, &(sund_flows){TOWNS, m.flow}, m.minutes, m.across, &got));
    assert_close(got.beta, wanted.beta, 1e-8);
    assert_close(got.factor, wanted.factor, 1e-7);
    assert_close(got.beta_se / wanted.beta_se, 1, 1e-5);
    assert_close(got.log_factor_se / wanted.log_factor_se, 1, 1e-5);
  }
}

static void assert_no_estimate(const model *m, const char *words) {
  sund_ctx *ctx = sund_ctx_new();
  const char *why = "";
  sund_gravity_estimate e = {.beta = 7};
  assert_int_equal(sund_gravity_estimate_fit(ctx, &(sund_flows){m->n, m->flow}, m->minutes, m->across, &e),
                   SUND_DATA);
  sund_failure(ctx, &why, NULL, NULL);
  if (!strstr(why, words)) fail_msg("\"%s\" does not say \"%s\"", why, words);
  assert_true(e.beta == 7);
  sund_ctx_free(ctx);
}

static void what_cannot_be_estimated(void **state) {
  uint64_t random = support_seed();
  model m, n;
  draw(*state, &random, 6, 0.05, 3, &m);
  n = m;
  for (size_t k = 0; k < 36; k++)
    if (n.across[k]) n.flow[k] = 0;
  assert_no_estimate(&n, "nobody crosses the border");
  n = m;
  for (size_t k = 0; k < 36; k++) n.minutes[k] = NAN;
  assert_no_estimate(&n, "no pair of units has both");
  n = m;
  memset(n.across, 0, sizeof n.across);
  for (size_t k = 0; k < 36; k++) n.minutes[k] = (double)(k / 6 + k % 6); /* a sum of two units' own: tells no pair */
  assert_no_estimate(&n, "the minutes tell no pair from another");
  n = m;
  for (size_t k = 0; k < 36; k++) n.minutes[k] = n.across[k] ? 30 : 10;
  assert_no_estimate(&n, "cannot be told apart");
}

static void every_allocation_may_fail(void **state) {
  uint64_t random = support_seed();
  model m;
  sund_gravity_estimate e;
  draw(*state, &random, 5, 0.05, 3, &m);
  sund_ctx *counted = sund_ctx_new();
  assert_ok(counted, sund_gravity_estimate_fit(counted, &(sund_flows){5, m.flow}, m.minutes, m.across, &e));
  const size_t count = sund_ctx_allocations(counted);
  sund_ctx_free(counted);
  for (size_t n = 1; n <= count; n++) {
    sund_ctx *ctx = sund_ctx_new();
    sund_ctx_fail_alloc(ctx, n);
    assert_int_equal(sund_gravity_estimate_fit(ctx, &(sund_flows){5, m.flow}, m.minutes, m.across, &e), SUND_LIMIT);
    sund_ctx_free(ctx);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      SUND_TEST(two_by_two_by_hand),
      SUND_TEST(cross_ratios_are_kept),
      SUND_TEST(local_flows_are_balanced_too),
      SUND_TEST(units_without_anybody_have_no_flows),
      SUND_TEST(what_cannot_be_fitted),
      SUND_TEST(slopes_are_recovered),
      SUND_TEST(pairs_without_minutes_say_nothing),
      SUND_TEST(estimates_equal_the_obvious_regression),
      SUND_TEST(what_cannot_be_estimated),
      SUND_TEST(every_allocation_may_fail),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}

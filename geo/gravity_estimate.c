/* gravity_estimate.c - how minutes and a border hold people back: Poisson regression with two sets of fixed effects.
 *
 * Order: Newton's steps on the one or two slopes. The fixed effects of origins and destinations are not solved for: for
 * given slopes their likelihood equations say that the rows and columns add up, which is the balancing of gravity.c. The
 * information of the slopes is that of the variables after the fixed effects are taken out of them, by least
 * squares weighted with the expected flows (gravity_solve.c). A step that makes the likelihood smaller is halved. Standard
 * errors are those of the sandwich (Huber 1967), which do not trust the variance of a Poisson count.
 * Sources: R. Flowerdew and M. Aitkin (1982), A method of fitting the gravity model based on the Poisson distribution;
 * P. Guimaraes and P. Portugal (2010), A simple feasible procedure to fit models with high-dimensional fixed effects.
 */
#include <math.h>

#include "gravity.h"

enum { MOST_STEPS = 100, MOST_HALVINGS = 40, SLOPES = 2 };
static const double BALANCE = 1e-12, NO_STEP = 1e-8;

typedef struct estimate {
  size_t n, slopes;
  const double *flow;       /* n * n, observed                                        */
  double *variable[SLOPES]; /* n * n: minus minutes, minus across; 0 where left out */
  uint8_t *in;              /* n * n: the pair is in                                  */
  double *out_of, *in_of;
  double *weight;       /* n * n: deterrence                                      */
  double *expected;     /* n * n                                                  */
  double *rest[SLOPES]; /* n * n: the variables without the fixed effects         */
  double *row, *column; /* n: factors of the balancing                            */
  double *to_rows, *to_columns, *row_effect, *column_effect; /* n                 */
  double largest;                                            /* minutes           */
} estimate;

static sund_code make(sund_ctx *ctx, const sund_flows *flows, size_t slopes, estimate *e) {
  const size_t n = flows->n, all = n * n;
  *e = (estimate){.n = n, .slopes = slopes, .flow = flows->flow};
  double **const big[] = {&e->weight, &e->expected, &e->variable[0], &e->rest[0], &e->variable[1], &e->rest[1]};
  double **const small[] = {&e->out_of,  &e->in_of,      &e->row,        &e->column,
                            &e->to_rows, &e->to_columns, &e->row_effect, &e->column_effect};
  for (size_t k = 0; k < 2 + 2 * slopes; k++)
    if (!(*big[k] = sund_alloc(ctx, all, sizeof **big[k]))) return SUND_LIMIT;
  for (size_t k = 0; k < sizeof small / sizeof *small; k++)
    if (!(*small[k] = sund_alloc(ctx, n, sizeof **small[k]))) return SUND_LIMIT;
  e->in = sund_alloc(ctx, all, sizeof *e->in);
  return e->in ? SUND_OK : SUND_LIMIT;
}

/* Which pairs are in, their sums; units that send or receive nobody say nothing and are left out with their pairs. */
static void choose_pairs(const double *minutes, const uint8_t *across, estimate *e) {
  const size_t n = e->n;
  for (size_t k = 0; k < n * n; k++) {
    if (isnan(minutes[k])) continue;
    e->in[k] = 1;
    e->out_of[k / n] += e->flow[k], e->in_of[k % n] += e->flow[k];
  }
  for (size_t k = 0; k < n * n; k++) {
    e->in[k] = e->in[k] && e->out_of[k / n] > 0 && e->in_of[k % n] > 0;
    if (!e->in[k]) continue;
    e->largest = fmax(e->largest, minutes[k]);
    e->variable[0][k] = -minutes[k];
    if (e->slopes > 1) e->variable[1][k] = across[k] ? -1 : 0;
  }
}

/* Log of the deterrence by these slopes. */
static double deterrence(const estimate *e, const double *slope, size_t k) {
  double log_of = 0;
  for (size_t s = 0; s < e->slopes; s++) log_of += slope[s] * e->variable[s][k];
  return log_of;
}

/* Expected flows by these slopes, and the log likelihood without what does not depend on them. */
static sund_code expect(sund_ctx *ctx, estimate *e, const double *slope, double *likelihood) {
  const size_t n = e->n;
  for (size_t i = 0; i < n; i++) {
    double most = -INFINITY; /* taken off the row: its factor makes up for it, and nothing vanishes */
    for (size_t j = 0; j < n; j++)
      if (e->in[i * n + j]) most = fmax(most, deterrence(e, slope, i * n + j));
    for (size_t j = 0; j < n; j++)
      e->weight[i * n + j] = e->in[i * n + j] ? exp(deterrence(e, slope, i * n + j) - most) : 0;
  }
  gravity_table table = {n, e->out_of, e->in_of, e->weight, e->row, e->column};
  TRY(gravity_balance(ctx, &table, BALANCE));
  *likelihood = 0;
  for (size_t k = 0; k < n * n; k++) {
    e->expected[k] = e->row[k / n] * e->weight[k] * e->column[k % n];
    if (e->in[k] && e->flow[k] > 0) *likelihood += e->flow[k] * log(e->expected[k]);
  }
  return SUND_OK; /* the sum of the expected is that of the observed, whatever the slopes */
}

/* What the effects of rows and columns leave of the variables, by weighted least squares. */
static sund_code take_effects_out(sund_ctx *ctx, estimate *e) {
  const size_t n = e->n;
  for (size_t s = 0; s < e->slopes; s++) {
    for (size_t i = 0; i < n; i++) e->to_rows[i] = e->to_columns[i] = 0;
    for (size_t k = 0; k < n * n; k++) {
      const double product = e->expected[k] * e->variable[s][k];
      e->to_rows[k / n] += product, e->to_columns[k % n] += product;
    }
    const gravity_sums sums = {n, e->expected, e->out_of, e->in_of};
    TRY(gravity_solve(ctx, &sums, e->to_rows, e->to_columns, e->row_effect, e->column_effect));
    for (size_t k = 0; k < n * n; k++)
      e->rest[s][k] = e->in[k] ? e->variable[s][k] - e->row_effect[k / n] - e->column_effect[k % n] : 0;
  }
  return SUND_OK;
}

/* Sums of the variables' products, weighted with the expected flows, or with the squares of what is left. */
static void products(const estimate *e, bool squares, double out[SLOPES][SLOPES]) {
  for (size_t s = 0; s < e->slopes; s++)
    for (size_t t = 0; t < e->slopes; t++) {
      double sum = 0;
      for (size_t k = 0; k < e->n * e->n; k++) {
        if (!e->in[k]) continue;
        double off = e->flow[k] - e->expected[k];
        sum += (squares ? off * off : e->expected[k]) * e->rest[s][k] * e->rest[t][k];
      }
      out[s][t] = sum;
    }
}

/* Inverts the information; false when the variables do not differ beyond what the fixed effects explain. */
static bool invert(const estimate *e, double a[SLOPES][SLOPES], double out[SLOPES][SLOPES]) {
  double whole[SLOPES] = {0};
  for (size_t s = 0; s < e->slopes; s++) {
    for (size_t k = 0; k < e->n * e->n; k++) whole[s] += e->expected[k] * e->variable[s][k] * e->variable[s][k];
    if (!(a[s][s] > 1e-10 * whole[s])) return false;
  }
  if (e->slopes == 1) {
    out[0][0] = 1 / a[0][0];
    return true;
  }
  double determinant = a[0][0] * a[1][1] - a[0][1] * a[1][0];
  if (!(determinant > 1e-10 * a[0][0] * a[1][1])) return false;
  out[0][0] = a[1][1] / determinant, out[1][1] = a[0][0] / determinant;
  out[0][1] = out[1][0] = -a[0][1] / determinant;
  return true;
}

/* The step from the slopes at hand. */
static sund_code newton(sund_ctx *ctx, estimate *e, double inverse[SLOPES][SLOPES], double *step) {
  double information[SLOPES][SLOPES], score[SLOPES] = {0};
  TRY(take_effects_out(ctx, e));
  products(e, false, information);
  if (!invert(e, information, inverse))
    return sund_fail(ctx, SUND_DATA,
                     e->slopes > 1 ? "gravity: minutes and border cannot be told apart by these flows"
                                   : "gravity: the minutes tell no pair from another");
  for (size_t s = 0; s < e->slopes; s++)
    for (size_t k = 0; k < e->n * e->n; k++)
      if (e->in[k]) score[s] += (e->flow[k] - e->expected[k]) * e->variable[s][k];
  for (size_t s = 0; s < e->slopes; s++) {
    step[s] = 0;
    for (size_t t = 0; t < e->slopes; t++) step[s] += inverse[s][t] * score[t];
  }
  return SUND_OK;
}

/* Moves the slopes to the best there are. inverse: of the information there. */
static sund_code climb(sund_ctx *ctx, estimate *e, double *slope, double inverse[SLOPES][SLOPES]) {
  double best = 0, step[SLOPES], tried[SLOPES] = {0};
  TRY(expect(ctx, e, slope, &best));
  for (int round = 0; round < MOST_STEPS; round++) {
    TRY(newton(ctx, e, inverse, step));
    double size = fmax(fabs(step[0]) * e->largest, e->slopes > 1 ? fabs(step[1]) : 0);
    if (size <= NO_STEP) return SUND_OK;
    double length = 1, likelihood = -INFINITY;
    for (int halving = 0; halving < MOST_HALVINGS; halving++, length /= 2) {
      for (size_t s = 0; s < e->slopes; s++) tried[s] = slope[s] + length * step[s];
      TRY(expect(ctx, e, tried, &likelihood));
      if (likelihood >= best - 1e-12 * fabs(best)) break;
    }
    for (size_t s = 0; s < e->slopes; s++) slope[s] = tried[s];
    best = likelihood;
  }
  return sund_fail(ctx, SUND_DATA, "gravity: no slopes fit the flows best (they run away)");
}

/* Standard error of a slope by the sandwich. */
static double deviation(const estimate *e, double bread[SLOPES][SLOPES], size_t s) {
  double filling[SLOPES][SLOPES], variance = 0;
  products(e, true, filling);
  for (size_t t = 0; t < e->slopes; t++)
    for (size_t u = 0; u < e->slopes; u++) variance += bread[s][t] * filling[t][u] * bread[u][s];
  return sqrt(variance);
}

/* Does anybody cross the border, and is there a pair that does? */
static sund_code look_across(sund_ctx *ctx, const sund_flows *flows, const double *minutes, const uint8_t *across,
                             bool *found) {
  double crossing = 0;
  *found = false;
  for (size_t k = 0; across && k < flows->n * flows->n; k++) {
    if (!across[k] || isnan(minutes[k])) continue;
    *found = true;
    crossing += flows->flow[k];
  }
  if (!*found || crossing > 0) return SUND_OK;
  return sund_fail(ctx, SUND_DATA, "gravity: nobody crosses the border, so its factor cannot be estimated");
}

static sund_code work(sund_ctx *scratch, const sund_flows *flows, const double *minutes, const uint8_t *across,
                      sund_gravity_estimate *out) {
  bool border;
  estimate e;
  double slope[SLOPES] = {0}, inverse[SLOPES][SLOPES] = {{0}};
  TRY(look_across(scratch, flows, minutes, across, &border));
  TRY(make(scratch, flows, border ? 2 : 1, &e));
  choose_pairs(minutes, across, &e);
  size_t pairs = 0;
  for (size_t k = 0; k < e.n * e.n; k++) pairs += e.in[k];
  if (pairs == 0) return sund_fail(scratch, SUND_DATA, "gravity: no pair of units has both minutes and commuters");
  TRY(climb(scratch, &e, slope, inverse));
  *out = (sund_gravity_estimate){slope[0], deviation(&e, inverse, 0), NAN, NAN, pairs};
  if (border) out->factor = exp(slope[1]), out->log_factor_se = deviation(&e, inverse, 1);
  return SUND_OK;
}

sund_code sund_gravity_estimate_fit(sund_ctx *ctx, const sund_flows *flows, const double *minutes,
                                    const uint8_t *across, sund_gravity_estimate *out) {
  sund_ctx *scratch = sund_ctx_child(ctx);
  if (!scratch) return SUND_LIMIT;
  sund_gravity_estimate found;
  sund_code code = work(scratch, flows, minutes, across, &found);
  if (code != SUND_OK) code = sund_ctx_pass(ctx, scratch);
  else *out = found;
  sund_ctx_free(scratch);
  return code;
}

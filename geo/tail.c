/* tail.c - sea levels by how rarely they come: a straight line in the logarithm of the return period.
 *
 * Order: sund_tail_fit (or sund_tail_of_peaks in peaks.c), then sund_tail_rate and sund_tail_level in any order.
 *
 * A level that is exceeded exp(-(level - a) / b) times a year has the return period T = exp((level - a) / b), so that
 * level = a + b ln T: the exponential tail, which is the Gumbel law of annual maxima for levels that are not met every
 * year (Coles 2001, An Introduction to Statistical Modeling of Extreme Values, chapters 3 and 4). Published statistics
 * stop at 100 years; beyond, the line is an assumption and the result says how much of it rests on that.
 */
#include <math.h>

#include "sund/geo.h"

/* Is every point a return period with a level, and does no longer period have a lower level? */
static sund_code check_points(sund_ctx *ctx, size_t n, const double *period_y, const double *level_m) {
  for (size_t i = 0; i < n; i++) {
    if (!(period_y[i] > 0) || !isfinite(period_y[i]))
      return sund_fail(ctx, SUND_DATA, "a return period must be more than 0 years, not %g", period_y[i]);
    if (!isfinite(level_m[i]))
      return sund_fail(ctx, SUND_DATA, "the return period of %g years has no level", period_y[i]);
  }
  for (size_t i = 0; i < n; i++) {
    for (size_t k = 0; k < n; k++) {
      if (period_y[i] < period_y[k] && level_m[i] > level_m[k])
        return sund_fail(ctx, SUND_DATA, "the level of %g years, %.3f m, is higher than that of %g years, %.3f m",
                         period_y[i], level_m[i], period_y[k], level_m[k]);
    }
  }
  return SUND_OK;
}

sund_code sund_tail_fit(sund_ctx *ctx, size_t n, const double *period_y, const double *level_m, sund_tail *out) {
  TRY(check_points(ctx, n, period_y, level_m));
  sund_tail tail = {.least_y = INFINITY, .count = n};
  double mean_x = 0, mean_m = 0, xx = 0, xm = 0;
  for (size_t i = 0; i < n; i++) {
    tail.least_y = fmin(tail.least_y, period_y[i]);
    tail.most_y = fmax(tail.most_y, period_y[i]);
    mean_x += log(period_y[i]) / (double)n;
    mean_m += level_m[i] / (double)n;
  }
  if (!(tail.least_y < tail.most_y))
    return sund_fail(ctx, SUND_DATA, "levels of at least two different return periods are needed");
  for (size_t i = 0; i < n; i++) {
    const double x = log(period_y[i]) - mean_x;
    xx += x * x;
    xm += x * (level_m[i] - mean_m);
  }
  tail.b = xm / xx;
  tail.a = mean_m - tail.b * mean_x;
  if (!(tail.b > 0)) return sund_fail(ctx, SUND_DATA, "the level does not rise with the return period");
  for (size_t i = 0; i < n; i++)
    tail.largest_m = fmax(tail.largest_m, fabs(level_m[i] - sund_tail_level(&tail, period_y[i])));
  *out = tail;
  return SUND_OK;
}

double sund_tail_rate(const sund_tail *tail, double level_m) {
  return exp((tail->a - level_m) / tail->b);
}

double sund_tail_level(const sund_tail *tail, double period_y) {
  return tail->a + tail->b * log(period_y);
}

/* expected.c - the expected amount a year of something that is wet from a level on.
 *
 * The amount is a staircase over the level: what gets wet at level[i] is amount[i] - amount[i - 1], and it is wet as
 * often as that level is exceeded. The expectation is the sum of the steps times the rate of their level, which is the
 * integral of the amount over the yearly exceedances (Arnell 1989; Rosbjerg 2024, PIAHS 385) without any rule of
 * quadrature: exact for a table of first-wet levels. A curve of something that grows between its levels (area) is
 * better given with each step at the middle of its interval, which errs by step^2 / (24 b^2).
 *
 * The parts are told by where the sea stands: `tail` for levels above the table's rarest, `head` for levels below its
 * most frequent; what is between is what the trapezoid rule can see.
 */
#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "sund/geo.h"

/* Two levels closer than this are one: a level that went through ln and back is not the same to the last bit. */
#define ALIKE_M 1e-6

/* The staircase. */
typedef struct stairs {
  size_t n;
  const double *level_m, *amount;
} stairs;

static double step_of(const stairs *s, size_t i) {
  return s->amount[i] - (i > 0 ? s->amount[i - 1] : 0);
}

/* What is wet when the sea stands at a level. */
static double amount_at(const stairs *s, double level_m) {
  size_t low = 0, high = s->n;
  while (low < high) {
    const size_t middle = low + (high - low) / 2;
    if (s->level_m[middle] <= level_m + ALIKE_M) low = middle + 1;
    else high = middle;
  }
  return low > 0 ? s->amount[low - 1] : 0;
}

static int by_value(const void *a, const void *b) {
  const double *p = a, *q = b;
  return (*p > *q) - (*p < *q);
}

/* The table's return periods, rising. */
static sund_code sort_periods(sund_ctx *ctx, size_t count, const double *period_y, double **out) {
  double *sorted = sund_alloc(ctx, count, sizeof *sorted);
  if (!sorted) return SUND_LIMIT;
  for (size_t i = 0; i < count; i++) {
    if (!(period_y[i] > 0) || !isfinite(period_y[i]))
      return sund_fail(ctx, SUND_DATA, "a return period must be more than 0 years, not %g", period_y[i]);
    sorted[i] = period_y[i];
  }
  if (count > 0) qsort(sorted, count, sizeof *sorted, by_value);
  *out = sorted;
  return SUND_OK;
}

/* The trapezoid rule over the table's return periods alone: what is rarer than the rarest or more frequent than the most
 * frequent counts for nothing. */
static double trapezoid(const stairs *s, const sund_tail *tail, size_t count, const double *period_y,
                        double most_rate) {
  double sum = 0;
  for (size_t i = 1; i < count; i++) {
    const double often = fmin(most_rate, 1 / period_y[i - 1]), rarely = fmin(most_rate, 1 / period_y[i]);
    const double low = amount_at(s, sund_tail_level(tail, period_y[i - 1]));
    const double high = amount_at(s, sund_tail_level(tail, period_y[i]));
    sum += (often - rarely) * (low + high) / 2;
  }
  return sum;
}

/* Of a rate, the part that lies between two rates. */
static double part_between(double rate, double low, double high) {
  return fmax(0, fmin(rate, high) - low);
}

sund_code sund_expected_yearly(sund_ctx *ctx, const sund_tail *tail, size_t periods, const double *period_y,
                               double most_rate, size_t n, const double *level_m, const double *amount,
                               sund_expected *out) {
  const stairs s = {n, level_m, amount};
  double *sorted = NULL;
  TRY(sort_periods(ctx, periods, period_y, &sorted));
  sund_expected sum = {.tail = NAN, .head = NAN, .trapezoid = NAN, .first_y = INFINITY};
  const double rarest = periods > 0 ? fmin(most_rate, 1 / sorted[periods - 1]) : 0;
  const double most_frequent = periods > 0 ? fmin(most_rate, 1 / sorted[0]) : 0;
  double beyond = 0, before = 0;
  for (size_t i = 0; i < n; i++) {
    const double step = step_of(&s, i), rate = fmin(most_rate, sund_tail_rate(tail, level_m[i]));
    assert(step >= 0 && (i == 0 || level_m[i] >= level_m[i - 1]));
    if (!(step > 0)) continue;
    if (isinf(sum.first_y)) sum.first_y = 1 / rate;
    sum.value += step * rate;
    beyond += step * part_between(rate, 0, rarest);
    before += step * part_between(rate, most_frequent, INFINITY);
  }
  if (periods > 0) sum.tail = beyond, sum.head = before;
  if (periods > 1) sum.trapezoid = trapezoid(&s, tail, periods, sorted, most_rate);
  *out = sum;
  return SUND_OK;
}

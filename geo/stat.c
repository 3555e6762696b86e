/* stat.c - sums, weighted quantiles, slopes. */
#include <math.h>
#include <stdlib.h>

#include "sund/geo.h"

double sund_sum(size_t n, const double *value) {
  double sum = 0, lost = 0;
  for (size_t i = 0; i < n; i++) {
    if (isnan(value[i])) continue;
    double next = sum + value[i];
    lost += fabs(sum) >= fabs(value[i]) ? (sum - next) + value[i] : (value[i] - next) + sum;
    sum = next;
  }
  return sum + lost;
}

typedef struct weighted {
  double value, weight;
} weighted;

/* Equal values may stand in any order: the quantile is a value, so that it does not matter which row gives it; equal
 * weights sum up in one order, because ties are ordered by weight. */
static int by_value(const void *a, const void *b) {
  const weighted *p = a, *q = b;
  if (p->value != q->value) return p->value < q->value ? -1 : 1;
  return (p->weight > q->weight) - (p->weight < q->weight);
}

sund_code sund_quantile(sund_ctx *ctx, size_t n, const double *value, const double *weight, double share,
                        double *out) {
  sund_ctx *scratch = sund_ctx_child(ctx);
  if (!scratch) return SUND_LIMIT;
  weighted *row = sund_alloc(scratch, n, sizeof *row);
  if (!row) {
    sund_ctx_pass(ctx, scratch);
    sund_ctx_free(scratch);
    return SUND_LIMIT;
  }
  size_t count = 0;
  for (size_t i = 0; i < n; i++) {
    double w = weight ? weight[i] : 1;
    if (!isnan(value[i]) && w > 0) row[count++] = (weighted){value[i], w};
  }
  qsort(row, count, sizeof *row, by_value);
  double total = 0, reached = 0;
  for (size_t i = 0; i < count; i++) total += row[i].weight;
  double wanted = share * total * (1 - 1e-12); /* 0.9 of ten equal rows is the ninth, whatever 0.9 * 10 rounds to */
  size_t at = 0;
  while (at < count && (reached += row[at].weight) < wanted) at++;
  if (at == count && count > 0) at = count - 1;
  *out = count > 0 ? row[at].value : NAN;
  sund_ctx_free(scratch);
  return SUND_OK;
}

double sund_slope(size_t n, const double *x, const double *y) {
  double mean_x = 0, mean_y = 0, xx = 0, xy = 0;
  for (size_t i = 0; i < n; i++) mean_x += x[i] / (double)n, mean_y += y[i] / (double)n;
  for (size_t i = 0; i < n; i++) {
    xx += (x[i] - mean_x) * (x[i] - mean_x);
    xy += (x[i] - mean_x) * (y[i] - mean_y);
  }
  return xx > 0 ? xy / xx : NAN;
}

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

sund_code sund_ranks_make(sund_ctx *ctx, size_t n, const double *value, const double *weight, sund_ranks *out) {
  weighted *row = sund_alloc(ctx, n, sizeof *row);
  sund_ranks ranks = {.value = sund_alloc(ctx, n, sizeof(double)), .below = sund_alloc(ctx, n, sizeof(double))};
  if (!row || !ranks.value || !ranks.below) return SUND_LIMIT;
  for (size_t i = 0; i < n; i++) {
    double w = weight ? weight[i] : 1;
    if (!isnan(value[i]) && w > 0) row[ranks.count++] = (weighted){value[i], w};
  }
  if (ranks.count) qsort(row, ranks.count, sizeof *row, by_value);
  for (size_t i = 0; i < ranks.count; i++) {
    ranks.total += row[i].weight;
    ranks.value[i] = row[i].value, ranks.below[i] = ranks.total;
  }
  *out = ranks;
  return SUND_OK;
}

/* First of n rising values that is not below `wanted`. */
static size_t first_from(size_t n, const double *value, double wanted) {
  size_t low = 0, high = n;
  while (low < high) {
    size_t middle = low + (high - low) / 2;
    if (value[middle] < wanted) low = middle + 1;
    else high = middle;
  }
  return low;
}

double sund_ranks_quantile(const sund_ranks *ranks, double share) {
  if (ranks->count == 0) return NAN;
  double wanted = share * ranks->total * (1 - 1e-12); /* 0.9 of ten equal rows is the ninth, whatever 0.9 * 10 rounds to */
  size_t at = first_from(ranks->count, ranks->below, wanted);
  return ranks->value[at < ranks->count ? at : ranks->count - 1];
}

double sund_ranks_share(const sund_ranks *ranks, double value) {
  if (ranks->count == 0) return NAN;
  size_t at = first_from(ranks->count, ranks->value, nextafter(value, INFINITY));
  return at > 0 ? ranks->below[at - 1] / ranks->total : 0;
}

sund_code sund_quantile(sund_ctx *ctx, size_t n, const double *value, const double *weight, double share,
                        double *out) {
  sund_ctx *scratch = sund_ctx_child(ctx);
  if (!scratch) return SUND_LIMIT;
  sund_ranks ranks;
  sund_code code = sund_ranks_make(scratch, n, value, weight, &ranks);
  if (code == SUND_OK) *out = sund_ranks_quantile(&ranks, share);
  else sund_ctx_pass(ctx, scratch);
  sund_ctx_free(scratch);
  return code;
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

/* stat.c - sums, weighted quantiles, slopes.
 *
 * Many values are sorted by the digits of their bits (Knuth, The Art of Computer Programming 3, 5.2.5: distribution
 * sorting), which takes a few passes whatever their order.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

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

enum { DIGITS = 8, DIGIT_VALUES = 256, FEW = 256 /* rows that qsort has in order sooner */ };

/* A number that is in the order of the values. */
static uint64_t key_of(double value) {
  const uint64_t sign = (uint64_t)1 << 63;
  uint64_t bits;
  value += 0.0; /* no negative zero */
  memcpy(&bits, &value, sizeof bits);
  return bits & sign ? ~bits : bits | sign;
}

static double part_of(const weighted *row, bool value) {
  return value ? row->value : row->weight;
}

/* Puts rows in order by value or by weight; equal ones stay as they are. Digit by digit, the last one first; a digit
 * that is the same in all rows moves none. Returns the one of the two arrays that has them. */
static weighted *radix_sort(size_t n, weighted *row, weighted *other, bool value) {
  size_t count[DIGITS][DIGIT_VALUES] = {{0}};
  for (size_t i = 0; i < n; i++) {
    uint64_t key = key_of(part_of(&row[i], value));
    for (int d = 0; d < DIGITS; d++) count[d][key >> 8 * d & 255]++;
  }
  for (int d = 0; d < DIGITS; d++) {
    size_t *at = count[d];
    if (at[key_of(part_of(&row[0], value)) >> 8 * d & 255] == n) continue;
    for (size_t k = 0, sum = 0; k < DIGIT_VALUES; k++) {
      const size_t here = at[k];
      at[k] = sum, sum += here;
    }
    for (size_t i = 0; i < n; i++) other[at[key_of(part_of(&row[i], value)) >> 8 * d & 255]++] = row[i];
    weighted *swap = row;
    row = other, other = swap;
  }
  return row;
}

/* Rows by value, equal ones by weight. */
static sund_code sort_rows(sund_ctx *ctx, size_t n, weighted **row) {
  if (n < FEW) {
    if (n) qsort(*row, n, sizeof **row, by_value);
    return SUND_OK;
  }
  weighted *other = sund_alloc(ctx, n, sizeof *other);
  if (!other) return SUND_LIMIT;
  weighted *sorted = radix_sort(n, *row, other, false);
  *row = radix_sort(n, sorted, sorted == *row ? other : *row, true);
  return SUND_OK;
}

sund_code sund_ranks_make(sund_ctx *ctx, size_t n, const double *value, const double *weight, sund_ranks *out) {
  weighted *row = sund_alloc(ctx, n, sizeof *row);
  sund_ranks ranks = {.value = sund_alloc(ctx, n, sizeof(double)), .below = sund_alloc(ctx, n, sizeof(double))};
  if (!row || !ranks.value || !ranks.below) return SUND_LIMIT;
  for (size_t i = 0; i < n; i++) {
    double w = weight ? weight[i] : 1;
    if (!isnan(value[i]) && w > 0) row[ranks.count++] = (weighted){value[i], w};
  }
  TRY(sort_rows(ctx, ranks.count, &row));
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
  double wanted =
      share * ranks->total * (1 - 1e-12); /* 0.9 of ten equal rows is the ninth, whatever 0.9 * 10 rounds to */
  size_t at = first_from(ranks->count, ranks->below, wanted);
  return ranks->value[at < ranks->count ? at : ranks->count - 1];
}

double sund_ranks_share(const sund_ranks *ranks, double value) {
  if (ranks->count == 0) return NAN;
  size_t at = first_from(ranks->count, ranks->value, nextafter(value, INFINITY));
  return at > 0 ? ranks->below[at - 1] / ranks->total : 0;
}

/* 1 less twice the area under the Lorenz curve, a trapezium a row. */
double sund_ranks_gini(const sund_ranks *ranks) {
  double sum = 0, area = 0, weight = 0;
  for (size_t i = 0; i < ranks->count && isfinite(ranks->value[i]); i++) {
    const double w = ranks->below[i] - weight, before = sum;
    sum += w * ranks->value[i];
    area += w * (before + sum);
    weight = ranks->below[i];
  }
  return sum > 0 ? fmax(0, 1 - area / (weight * sum)) : NAN;
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

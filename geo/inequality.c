/* inequality.c - how unequally a thing is shared out among persons: Gini, Theil, concentration index, Palma.
 *
 * A row stands for `weight` persons who each have `value`. Rows are sorted by what ranks them; rows of equal rank are
 * one step, so that neither the order of the input nor splitting a row in two changes an answer. The Gini index is the
 * concentration index of a value ranked by itself (Lerman and Yitzhaki 1984), hence one routine for both:
 *   C = 2 / (W m) * sum of w (v - m) (r - 1/2),  r the share of persons below the step and half of the step itself.
 */
#include <math.h>
#include <stdlib.h>

#include "sund/geo.h"

#define LOWEST_SHARE 0.4  /* Palma: four tenths with the lowest rank */
#define HIGHEST_SHARE 0.1 /* and the tenth with the highest          */

/* One row that counts. */
typedef struct holder {
  double rank, value, weight;
} holder;

/* All rows that count, by rank. */
typedef struct holders {
  size_t count;
  holder *row;     /* count                                 */
  double weight;   /* of all                                */
  double mean;     /* value a person; NAN when nobody counts */
  double *scratch; /* count: terms of a sum                 */
} holders;

static int compare(double a, double b) {
  return (a > b) - (a < b);
}

/* Rows that compare equal are the same in every number: which comes first cannot be seen in a sum. */
static int by_rank(const void *a, const void *b) {
  const holder *p = a, *q = b;
  int order = compare(p->rank, q->rank);
  if (order == 0) order = compare(p->value, q->value);
  return order ? order : compare(p->weight, q->weight);
}

/* Weights and weighted sum of values. */
static void sum_up(holders *all) {
  for (size_t i = 0; i < all->count; i++) all->scratch[i] = all->row[i].weight;
  all->weight = sund_sum(all->count, all->scratch);
  for (size_t i = 0; i < all->count; i++) all->scratch[i] = all->row[i].weight * all->row[i].value;
  all->mean = all->count > 0 ? sund_sum(all->count, all->scratch) / all->weight : NAN;
}

/* The rows that count, ordered by rank (rank NULL = by value). */
static sund_code gather(sund_ctx *ctx, size_t n, const double *value, const double *weight, const double *rank,
                        holders *all) {
  all->count = 0;
  if (!(all->row = sund_alloc(ctx, n, sizeof *all->row))) return SUND_LIMIT;
  if (!(all->scratch = sund_alloc(ctx, n, sizeof *all->scratch))) return SUND_LIMIT;
  for (size_t i = 0; i < n; i++) {
    holder h = {rank ? rank[i] : value[i], value[i], weight ? weight[i] : 1};
    if (isnan(h.rank) || isnan(h.value) || isnan(h.weight) || h.weight == 0) continue;
    if (h.value < 0 || isinf(h.value))
      return sund_fail(ctx, SUND_DATA, "inequality needs values that are finite and not negative, row %zu has %g", i,
                       h.value);
    if (h.weight < 0 || isinf(h.weight))
      return sund_fail(ctx, SUND_DATA, "inequality needs weights that are finite and not negative, row %zu has %g", i,
                       h.weight);
    all->row[all->count++] = h;
  }
  qsort(all->row, all->count, sizeof *all->row, by_rank);
  sum_up(all);
  return SUND_OK;
}

/* End of the step that begins at row `begin`: rows of equal rank. *weight: its persons. */
static size_t step_end(const holders *all, size_t begin, double *weight) {
  size_t end = begin;
  *weight = 0;
  while (end < all->count && all->row[end].rank == all->row[begin].rank) *weight += all->row[end++].weight;
  return end;
}

static double concentration(const holders *all) {
  if (!(all->mean > 0)) return NAN;
  double below = 0, step = 0;
  for (size_t begin = 0, end; begin < all->count; begin = end) {
    end = step_end(all, begin, &step);
    double rank = (below + step / 2) / all->weight - 0.5;
    for (size_t i = begin; i < end; i++)
      all->scratch[i] = all->row[i].weight * (all->row[i].value - all->mean) * rank;
    below += step;
  }
  return 2 * sund_sum(all->count, all->scratch) / all->weight / all->mean;
}

static double gini(const holders *all) {
  double out = concentration(all);
  return out < 0 ? 0 : out; /* all equal: rounding must not give -1e-17 */
}

static double theil(const holders *all) {
  if (!(all->mean > 0)) return NAN;
  for (size_t i = 0; i < all->count; i++) {
    double part = all->row[i].value / all->mean;
    all->scratch[i] = part > 0 ? all->row[i].weight * part * log(part) : 0; /* x ln x goes to 0 with x */
  }
  return fmax(0, sund_sum(all->count, all->scratch) / all->weight);
}

/* Mean value of the persons with the lowest rank, `share` of all. A step on the boundary gives each of its rows the same
 * part. */
static double lowest_mean(const holders *all, double share) {
  double wanted = share * all->weight, left = wanted, step;
  size_t begin = 0, used = 0;
  for (size_t end; begin < all->count && left > 0; begin = end) {
    end = step_end(all, begin, &step);
    double part = fmin(1, left / step);
    for (size_t i = begin; i < end; i++) all->scratch[used++] = part * all->row[i].weight * all->row[i].value;
    left -= step;
  }
  return sund_sum(used, all->scratch) / wanted;
}

/* Mean value of the persons with the highest rank, `share` of all; steps as above. */
static double highest_mean(const holders *all, double share) {
  double below = (1 - share) * all->weight, step, passed = 0;
  size_t used = 0;
  for (size_t begin = 0, end; begin < all->count; begin = end) {
    end = step_end(all, begin, &step);
    double part = fmin(1, fmax(0, (passed + step - below) / step));
    for (size_t i = begin; i < end; i++) all->scratch[used++] = part * all->row[i].weight * all->row[i].value;
    passed += step;
  }
  return sund_sum(used, all->scratch) / (share * all->weight);
}

static double palma(const holders *all) {
  if (all->count == 0) return NAN;
  double low = lowest_mean(all, LOWEST_SHARE), high = highest_mean(all, HIGHEST_SHARE);
  return low > 0 ? high / low : NAN;
}

/* The one way in: gathers in memory of its own, answers, lets go. */
static sund_code answer(sund_ctx *ctx, size_t n, const double *const column[3], double (*index)(const holders *),
                        double *out) {
  sund_ctx *scratch = sund_ctx_child(ctx);
  if (!scratch) return SUND_LIMIT;
  holders all = {0};
  sund_code code = gather(scratch, n, column[0], column[1], column[2], &all);
  if (code == SUND_OK) *out = index(&all);
  else sund_ctx_pass(ctx, scratch);
  sund_ctx_free(scratch);
  return code;
}

sund_code sund_gini(sund_ctx *ctx, size_t n, const double *value, const double *weight, double *out) {
  return answer(ctx, n, (const double *const[]){value, weight, NULL}, gini, out);
}

sund_code sund_theil(sund_ctx *ctx, size_t n, const double *value, const double *weight, double *out) {
  return answer(ctx, n, (const double *const[]){value, weight, NULL}, theil, out);
}

sund_code sund_concentration(sund_ctx *ctx, size_t n, const double *value, const double *weight, const double *rank,
                             double *out) {
  return answer(ctx, n, (const double *const[]){value, weight, rank}, concentration, out);
}

sund_code sund_palma(sund_ctx *ctx, size_t n, const double *value, const double *weight, const double *rank,
                     double *out) {
  return answer(ctx, n, (const double *const[]){value, weight, rank}, palma, out);
}

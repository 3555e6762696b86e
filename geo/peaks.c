/* peaks.c - storms in a series of water levels, and what they say of rarer ones.
 *
 * Order: sund_peaks_find, sund_tail_of_peaks.
 *
 * Peaks over a threshold after runs declustering (Smith and Weissman 1994; Coles 2001, chapters 4 and 5): each run of
 * values above the threshold has one peak; runs whose peaks follow each other in less than `apart_s` are one storm, of
 * which the highest counts. Excesses of the storms over the threshold are taken as exponential: with `rate` storms a year
 * and a mean excess b, the level exceeded once in T years is threshold + b ln(rate T). It is the generalised Pareto law
 * with shape 0: a short record cannot tell the shape, and a wrong shape is what spoils long return periods.
 */
#include <math.h>
#include <stdlib.h>

#include "sund/geo.h"

#define YEAR_S (365.25 * 86400)

enum { FEWEST_PEAKS = 5 };

/* What has been seen so far. */
typedef struct walk {
  size_t last;       /* newest value that is known; SIZE_MAX = none     */
  size_t peak;       /* highest of the run above the threshold; SIZE_MAX = outside */
  size_t last_peak;  /* of the run before it; SIZE_MAX = none           */
  double observed_s; /* steps that are no gap                           */
  double sum_m;
  size_t known;
  size_t room;
} walk;

static sund_code check_times(sund_ctx *ctx, size_t n, const double *time_s) {
  for (size_t i = 0; i < n; i++) {
    if (!isfinite(time_s[i]) || (i > 0 && !(time_s[i] > time_s[i - 1])))
      return sund_fail(ctx, SUND_DATA, "times of a series must rise, value %zu does not follow the one before",
                       i + 1);
  }
  return SUND_OK;
}

/* A run has ended: its peak belongs to the storm before, or is a storm of its own. */
static sund_code end_run(sund_ctx *ctx, const double *time_s, const double *level_m, double apart_s, walk *w,
                         sund_peaks *out) {
  const size_t peak = w->peak;
  if (peak == SIZE_MAX) return SUND_OK;
  const bool same = w->last_peak != SIZE_MAX && time_s[peak] - time_s[w->last_peak] < apart_s;
  w->last_peak = peak, w->peak = SIZE_MAX;
  if (same) {
    size_t *storm = &out->row[out->count - 1];
    if (level_m[peak] > level_m[*storm]) *storm = peak;
    return SUND_OK;
  }
  size_t *row = sund_grow(ctx, out->row, &w->room, out->count + 1, sizeof *row);
  if (!row) return SUND_LIMIT;
  out->row = row;
  row[out->count++] = peak;
  return SUND_OK;
}

sund_code sund_peaks_find(sund_ctx *ctx, size_t n, const double *time_s, const double *level_m, double threshold_m,
                          double apart_s, double gap_s, sund_peaks *out) {
  walk w = {.last = SIZE_MAX, .peak = SIZE_MAX, .last_peak = SIZE_MAX};
  sund_peaks found = {.row = sund_alloc(ctx, 0, sizeof *found.row)};
  if (!found.row) return SUND_LIMIT;
  TRY(check_times(ctx, n, time_s));
  for (size_t i = 0; i < n; i++) {
    if (isnan(level_m[i])) continue;
    const double step_s = w.last == SIZE_MAX ? INFINITY : time_s[i] - time_s[w.last];
    if (step_s <= gap_s) w.observed_s += step_s;
    if (step_s > gap_s || !(level_m[i] > threshold_m)) TRY(end_run(ctx, time_s, level_m, apart_s, &w, &found));
    if (level_m[i] > threshold_m && (w.peak == SIZE_MAX || level_m[i] > level_m[w.peak])) w.peak = i;
    w.last = i;
    w.sum_m += level_m[i];
    w.known++;
  }
  TRY(end_run(ctx, time_s, level_m, apart_s, &w, &found));
  found.years = w.observed_s / YEAR_S;
  found.mean_m = w.known > 0 ? w.sum_m / (double)w.known : NAN;
  *out = found;
  return SUND_OK;
}

static int falling(const void *a, const void *b) {
  const double *p = a, *q = b;
  return (*p < *q) - (*p > *q);
}

/* How far the excesses lie from what is expected of them: of n exponential ones the k-th highest is on average the mean
 * times 1/k + 1/(k + 1) + ... + 1/n (Renyi 1953). */
static sund_code largest_distance(sund_ctx *ctx, size_t n, const size_t *row, const double *level_m,
                                  double threshold_m, double mean_m, double *out) {
  double *excess = sund_alloc(ctx, n, sizeof *excess), expected = 0;
  if (!excess) return SUND_LIMIT;
  for (size_t i = 0; i < n; i++) excess[i] = level_m[row[i]] - threshold_m;
  qsort(excess, n, sizeof *excess, falling);
  *out = 0;
  for (size_t k = n; k > 0; k--) {
    expected += mean_m / (double)k;
    *out = fmax(*out, fabs(excess[k - 1] - expected));
  }
  return SUND_OK;
}

sund_code sund_tail_of_peaks(sund_ctx *ctx, const sund_peaks *peaks, const double *level_m, double threshold_m,
                             sund_tail *out) {
  if (peaks->count < FEWEST_PEAKS)
    return sund_fail(ctx, SUND_DATA, "%zu storms above %.2f m are too few for a tail: at least %d are needed",
                     peaks->count, threshold_m, FEWEST_PEAKS);
  if (!(peaks->years > 0)) return sund_fail(ctx, SUND_DATA, "the series has no time without gaps");
  const double rate = (double)peaks->count / peaks->years;
  double sum = 0, largest = 0;
  for (size_t i = 0; i < peaks->count; i++) sum += level_m[peaks->row[i]] - threshold_m;
  const double mean = sum / (double)peaks->count;
  TRY(largest_distance(ctx, peaks->count, peaks->row, level_m, threshold_m, mean, &largest));
  *out = (sund_tail){.a = threshold_m + mean * log(rate),
                     .b = mean,
                     .least_y = 1 / rate,
                     .most_y = peaks->years,
                     .count = peaks->count,
                     .largest_m = largest};
  return SUND_OK;
}

/* gravity.c - the doubly constrained gravity model: flows with given sums of rows and columns.
 *
 * Order: rows and columns are scaled to their sums in turn until both hold; where that takes long, with Newton's steps on
 * all factors between. Either keeps all cross ratios of the weights, so that the answer is the one table with these sums
 * that has them.
 * Sources: W. E. Deming and F. F. Stephan (1940), On a least squares adjustment of a sampled frequency table; A. G. Wilson
 * (1971), A family of spatial interaction models.
 */
#include "gravity.h"

#include <math.h>

enum { PLAIN_ROUNDS = 20, MOST_ROUNDS = 300, MOST_HALVINGS = 40 };
static const double LONGEST = 4; /* no factor changes by more than e^4 at once */

/* Who sends must be able to reach somebody who receives, and the other way round. */
static sund_code check_reach(sund_ctx *ctx, const gravity_table *t) {
  for (size_t i = 0; i < t->n; i++) {
    bool sends = false, receives = false;
    for (size_t j = 0; j < t->n; j++) {
      sends = sends || (t->weight[i * t->n + j] > 0 && t->in_of[j] > 0);
      receives = receives || (t->weight[j * t->n + i] > 0 && t->out_of[j] > 0);
    }
    if (t->out_of[i] > 0 && !sends)
      return sund_fail(ctx, SUND_DATA, "gravity: unit %zu sends %g but can reach nobody", i, t->out_of[i]);
    if (t->in_of[i] > 0 && !receives)
      return sund_fail(ctx, SUND_DATA, "gravity: unit %zu receives %g but nobody can reach it", i, t->in_of[i]);
  }
  return SUND_OK;
}

/* Sets the row factors from the column factors. The largest deviation of a row's sum before that, as a share of it; not
 * finite when the factors run away. */
static double scale_rows(gravity_table *t) {
  double off = 0;
  for (size_t i = 0; i < t->n; i++) {
    const double *weight = t->weight + i * t->n;
    double sum = 0;
    for (size_t j = 0; j < t->n; j++) sum += weight[j] * t->column[j];
    if (t->out_of[i] > 0 && !(sum > 0)) return NAN;
    if (t->out_of[i] > 0) off = fmax(off, fabs(t->row[i] * sum / t->out_of[i] - 1));
    t->row[i] = t->out_of[i] > 0 ? t->out_of[i] / sum : 0;
  }
  return off;
}

/* The same for columns; sum: n, scratch. False when the factors run away. */
static bool scale_columns(gravity_table *t, double *sum) {
  for (size_t j = 0; j < t->n; j++) sum[j] = 0;
  for (size_t i = 0; i < t->n; i++) {
    const double *weight = t->weight + i * t->n, factor = t->row[i];
    if (factor > 0)
      for (size_t j = 0; j < t->n; j++) sum[j] += factor * weight[j];
  }
  for (size_t j = 0; j < t->n; j++) {
    if (t->in_of[j] > 0 && !(sum[j] > 0)) return false;
    t->column[j] = t->in_of[j] > 0 ? t->in_of[j] / sum[j] : 0;
  }
  return true;
}

/* What the factors are moved by at once. */
typedef struct leap {
  double *flow, *sum, *off, *zero, *row, *column;
} leap;

static sund_code make_leap(sund_ctx *ctx, size_t n, leap *l) {
  double *room = sund_alloc(ctx, 5 * n, sizeof *room);
  l->flow = sund_alloc(ctx, n * n, sizeof *l->flow);
  if (!room || !l->flow) return SUND_LIMIT;
  l->sum = room, l->off = room + n, l->zero = room + 2 * n, l->row = room + 3 * n, l->column = room + 4 * n;
  return SUND_OK;
}

/* What the balanced factors have least of: the flows, less the logs of the factors weighted by the sums, for the factors
 * moved by a part of the leap; relative to not moving. */
static double worth(const gravity_table *t, const leap *l, double part) {
  double change = 0;
  for (size_t j = 0; j < t->n; j++) l->sum[j] = expm1(part * l->column[j]);
  for (size_t i = 0; i < t->n; i++) {
    const double *flow = l->flow + i * t->n, by = expm1(part * l->row[i]);
    double row = 0;
    for (size_t j = 0; j < t->n; j++) row += flow[j] * (by + l->sum[j] + by * l->sum[j]);
    change += row - part * (t->out_of[i] * l->row[i] + t->in_of[i] * l->column[i]);
  }
  return change;
}

/* Newton's step on all factors, columns holding: halved until it is for the better. */
static sund_code jump(sund_ctx *ctx, gravity_table *t, leap *l) {
  const size_t n = t->n;
  double most = 0, part = 1;
  for (size_t i = 0; i < n; i++) {
    l->sum[i] = 0;
    for (size_t j = 0; j < n; j++) {
      l->flow[i * n + j] = t->row[i] * t->weight[i * n + j] * t->column[j];
      l->sum[i] += l->flow[i * n + j];
    }
    l->off[i] = t->out_of[i] - l->sum[i];
  }
  sund_ctx *scratch = sund_ctx_child(ctx);
  if (!scratch) return SUND_LIMIT;
  sund_code code =
      gravity_solve(scratch, &(gravity_sums){n, l->flow, l->sum, t->in_of}, l->off, l->zero, l->row, l->column);
  if (code != SUND_OK) code = sund_ctx_pass(ctx, scratch);
  sund_ctx_free(scratch);
  TRY(code);
  for (size_t i = 0; i < n; i++) most = fmax(most, fmax(fabs(l->row[i]), fabs(l->column[i])));
  if (most > LONGEST) part = LONGEST / most;
  for (int halving = 0; halving < MOST_HALVINGS && !(worth(t, l, part) <= 0); halving++) part /= 2;
  for (size_t i = 0; i < n; i++) t->row[i] *= exp(part * l->row[i]), t->column[i] *= exp(part * l->column[i]);
  return SUND_OK;
}

sund_code gravity_balance(sund_ctx *ctx, gravity_table *t, double tolerance) {
  double *sum = sund_alloc(ctx, t->n, sizeof *sum);
  leap move = {0};
  if (!sum) return SUND_LIMIT;
  TRY(check_reach(ctx, t));
  for (size_t j = 0; j < t->n; j++)
    if (!(t->column[j] > 0)) t->column[j] = t->in_of[j] > 0 ? 1 : 0;
  for (int round = 0; round < MOST_ROUNDS; round++) {
    double off = scale_rows(t);
    if (round > 0 && off <= tolerance) return SUND_OK; /* columns held before, and the rows moved by no more */
    if (!isfinite(off) || !scale_columns(t, sum)) break;
    if (round < PLAIN_ROUNDS) continue;
    if (!move.flow) TRY(make_leap(ctx, t->n, &move));
    TRY(jump(ctx, t, &move));
    if (!scale_columns(t, sum)) break;
  }
  return sund_fail(ctx, SUND_DATA, "gravity: no flows between these units have these sums");
}

static sund_code check_sums(sund_ctx *ctx, size_t n, const double *out_of, const double *in_of) {
  double out = 0, in = 0;
  for (size_t i = 0; i < n; i++) {
    if (!(out_of[i] >= 0 && in_of[i] >= 0)) return sund_fail(ctx, SUND_DATA, "gravity: a sum is negative or unknown");
    out += out_of[i], in += in_of[i];
  }
  if (fabs(out - in) <= 1e-9 * fmax(out, in)) return SUND_OK;
  return sund_fail(ctx, SUND_DATA, "gravity: %.10g leave but %.10g arrive", out, in);
}

sund_code sund_gravity_fit(sund_ctx *ctx, size_t n, const double *out_of, const double *in_of,
                           const double *deterrence, double *flow) {
  TRY(check_sums(ctx, n, out_of, in_of));
  sund_ctx *scratch = sund_ctx_child(ctx);
  if (!scratch) return SUND_LIMIT;
  gravity_table t = {
      n, out_of, in_of, deterrence, sund_alloc(scratch, n, sizeof *t.row), sund_alloc(scratch, n, sizeof *t.column)};
  sund_code code = t.row && t.column ? gravity_balance(scratch, &t, 1e-10) : SUND_LIMIT;
  if (code != SUND_OK) code = sund_ctx_pass(ctx, scratch);
  for (size_t i = 0; code == SUND_OK && i < n; i++)
    for (size_t j = 0; j < n; j++) flow[i * n + j] = t.row[i] * deterrence[i * n + j] * t.column[j];
  sund_ctx_free(scratch);
  return code;
}

/* gravity_solve.c - equations between the effects of rows and of columns of a table of flows.
 *
 * Both the balancing and the regression ask for x (rows) and y (columns) with
 *     R x + M y = a,   M' x + C y = b,
 * M the flows, R and C their sums. Scaling rows and columns in turn solves them too, but crawls where flows are local: what
 * is wrong here must seep through all units between to there. So the rows are eliminated and what is left, a Laplacian, is
 * solved by conjugate gradients with its diagonal as preconditioner. One constant can be moved from x to y: any answer will do.
 * Source: M. R. Hestenes and E. Stiefel (1952), Methods of conjugate gradients for solving linear systems.
 */
#include <string.h>

#include "gravity.h"

static const double CLOSE = 1e-12; /* of the residual at the beginning        */
static const double FLAT = 1e-14;  /* of the curvature without the rows: rounding */

typedef struct solver {
  size_t n;
  const double *flow, *row, *column; /* sums: 0 = the unit has no flow */
  double *across;                    /* rows: scratch                   */
  double *residual, *scaled, *direction, *image, *at;
} solver;

/* In eight sums side by side: one alone would wait for each addition. */
static double times(size_t n, const double *a, const double *b) {
  enum { LANES = 8 };
  double part[LANES] = {0}, sum = 0;
  size_t i = 0;
  for (; i + LANES <= n; i += LANES)
    for (size_t k = 0; k < LANES; k++) part[k] += a[i + k] * b[i + k];
  for (; i < n; i++) sum += a[i] * b[i];
  for (size_t k = 0; k < LANES; k++) sum += part[k];
  return sum;
}

/* rows: M y / R. */
static void to_rows(const solver *s, const double *y, double *rows) {
  for (size_t i = 0; i < s->n; i++) rows[i] = s->row[i] > 0 ? times(s->n, s->flow + i * s->n, y) / s->row[i] : 0;
}

/* out: C y - M' rows. */
static void to_columns(const solver *s, const double *y, const double *rows, double *out) {
  for (size_t j = 0; j < s->n; j++) out[j] = s->column[j] * y[j];
  for (size_t i = 0; i < s->n; i++) {
    const double *flow = s->flow + i * s->n;
    if (s->row[i] > 0)
      for (size_t j = 0; j < s->n; j++) out[j] -= flow[j] * rows[i];
  }
}

static double precondition(const solver *s) {
  for (size_t j = 0; j < s->n; j++) s->scaled[j] = s->column[j] > 0 ? s->residual[j] / s->column[j] : 0;
  return times(s->n, s->residual, s->scaled);
}

/* y from the residual at y = 0: the best of the steps, as rounding spoils what comes after it. Along a direction that
 * changes nothing (the constant) there is nothing to gain. */
static void descend(const solver *s, double *y) {
  const size_t n = s->n;
  double size = precondition(s), best = size, least = CLOSE * CLOSE * size;
  for (size_t j = 0; j < n; j++) y[j] = s->at[j] = 0, s->direction[j] = s->scaled[j];
  for (size_t step = 0; step < 4 * n + 100 && size > least; step++) {
    to_rows(s, s->direction, s->across);
    to_columns(s, s->direction, s->across, s->image);
    const double bend = times(n, s->direction, s->image);
    double stiff = 0;
    for (size_t j = 0; j < n; j++) stiff += s->column[j] * s->direction[j] * s->direction[j];
    if (!(bend > FLAT * stiff)) return;
    const double length = size / bend;
    for (size_t j = 0; j < n; j++) s->at[j] += length * s->direction[j], s->residual[j] -= length * s->image[j];
    const double next = precondition(s), keep = next / size;
    for (size_t j = 0; j < n; j++) s->direction[j] = s->scaled[j] + keep * s->direction[j];
    size = next;
    if (!(size < best)) continue;
    best = size;
    memcpy(y, s->at, n * sizeof *y);
  }
}

sund_code gravity_solve(sund_ctx *ctx, const gravity_sums *of, const double *a, const double *b, double *x,
                        double *y) {
  const size_t n = of->n;
  double *room = sund_alloc(ctx, 6 * n, sizeof *room);
  if (!room) return SUND_LIMIT;
  const solver s = {n,        of->flow,     of->row,      of->column,   room,
                    room + n, room + 2 * n, room + 3 * n, room + 4 * n, room + 5 * n};
  for (size_t j = 0; j < n; j++) y[j] = 0;
  for (size_t i = 0; i < n; i++) s.across[i] = of->row[i] > 0 ? a[i] / of->row[i] : 0;
  to_columns(&s, y, s.across, s.residual);
  for (size_t j = 0; j < n; j++) s.residual[j] = of->column[j] > 0 ? s.residual[j] + b[j] : 0;
  descend(&s, y);
  to_rows(&s, y, s.across);
  for (size_t i = 0; i < n; i++) x[i] = of->row[i] > 0 ? a[i] / of->row[i] - s.across[i] : 0;
  return SUND_OK;
}

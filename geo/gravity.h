/* gravity.h - inside of the gravity rooms: the balancing that both use. */
#ifndef SUND_GEO_GRAVITY_H
#define SUND_GEO_GRAVITY_H

#include "sund/geo.h"

/* What is balanced: flow[i * n + j] = row[i] * weight[i * n + j] * column[j]. */
typedef struct gravity_table {
  size_t n;
  const double *out_of, *in_of; /* sums of rows and of columns wanted                        */
  const double *weight;         /* n * n, not negative; 0 = no flow                          */
  double *row, *column;         /* n: the factors; where column holds numbers they are begun with */
} gravity_table;

/* Factors so that every sum is within `tolerance` of itself. SUND_DATA when a sum can have no flow, or they are not found. */
sund_code gravity_balance(sund_ctx *ctx, gravity_table *table, double tolerance);

/* Flows with the sums of their rows and columns. */
typedef struct gravity_sums {
  size_t n;
  const double *flow, *row, *column;
} gravity_sums;

/* x, y: n, with row x + flow y = a and flow' x + column y = b, where the sums of a and of b are the same. */
sund_code gravity_solve(sund_ctx *ctx, const gravity_sums *of, const double *a, const double *b, double *x,
                        double *y);

#endif

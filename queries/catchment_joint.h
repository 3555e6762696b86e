/* catchment_joint.h - two places together: what catchment_joint.c and catchment_shrink.c share. */
#ifndef SUND_QUERIES_CATCHMENT_JOINT_H
#define SUND_QUERIES_CATCHMENT_JOINT_H

#include "catchment.h"

typedef struct joint_pair {
  size_t a, b; /* places */
} joint_pair;

/* Pairs of places: all, or, of more than JOINT_ALL_PLACES places or with `across`, those on different shores. Where shores
 * are not known for any place, all. */
enum { JOINT_ALL_PLACES = 20 };
sund_code joint_pairs(sund_ctx *ctx, const catchment_run *run, bool across, size_t *count, joint_pair **out);

/* What two places reach, of persons (0) and jobs (1). */
typedef struct joint_sums {
  double a[2], b[2], both[2];
} joint_sums;

/* For each bound of the run, from the times of the two places to the targets. */
void joint_count(const catchment_run *run, const uint32_t *time_a, const uint32_t *time_b, joint_sums *out);

/* A row of the layers catchment_joint and catchment_shrink, with its indicators. */
typedef struct joint_row {
  joint_pair pair;
  size_t variant, bound;
  sund_mode mode;
  double shrink_min; /* minutes taken off every gate */
  joint_sums sums;
} joint_row;
/* shrunk: the layer catchment_shrink, with the column shrink_min. */
sund_code joint_tell(sund_ctx *ctx, catchment_run *run, size_t rows, const joint_row *row, bool shrunk);

/* The same as gates take fewer minutes. */
sund_code catchment_shrink(sund_ctx *ctx, catchment_run *run);

#endif

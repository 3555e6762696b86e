/* catchment_gate_read.h - what one row of a table of gates says, for catchment_gates.c only. */
#ifndef SUND_QUERIES_CATCHMENT_GATE_READ_H
#define SUND_QUERIES_CATCHMENT_GATE_READ_H

#include "catchment.h"

typedef struct gate_end {
  double x, y;      /* analysis CRS                   */
  const char *name; /* of the gate, for messages      */
} gate_end;

typedef struct gate_row {
  size_t row;
  sund_gate gate; /* service not set                */
  gate_end end[2];
} gate_row;

/* Reads a row for a mode; *used false when its `modes` do not have it (transit: those one may walk aboard, too).
 * SUND_DATA naming the feature for a word that is no mode, a time that is none, a crossing without minutes, and ends that
 * are neither drawn nor places or stops. */
sund_code catchment_gate_read(sund_ctx *ctx, const catchment_run *run, const sund_table *gates, size_t row,
                              sund_mode mode, gate_row *out, bool *used);
/* What is assumed about the gates of a variant, as findings: each row once, though variants share it. */
sund_code catchment_gates_tell(sund_ctx *ctx, catchment_run *run, size_t variant);
/* Name, else id, else number of a gate; NULL without memory. */
const char *catchment_gate_name(sund_ctx *ctx, const sund_table *gates, size_t row);

#endif

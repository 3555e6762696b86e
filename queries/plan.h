/* plan.h - what a run would do, said before it is done. */
#ifndef SUND_QUERIES_PLAN_H
#define SUND_QUERIES_PLAN_H

#include "sources.h"

/* Prints the plan to stdout: queries, sources with layers, counts, extents, CRS and height operations, analysis CRS,
 * output, an estimate of memory and disk. shifts: the height shifts asked for. */
sund_code plan_print(sund_ctx *ctx, const sources *s, size_t queries, const sund_query *const *query,
                     const sund_strings *shifts, const run_settings *settings);

#endif

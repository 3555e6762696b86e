/* sweep.h - trees swept in lanes over a hierarchy: see sweep.c. */
#ifndef SUND_GEO_SWEEP_H
#define SUND_GEO_SWEEP_H

#include "geo/hierarchy.h"

/* Beyond in 16 bits: nothing is ever added to it. */
#define SWEEP_BEYOND UINT16_MAX
/* Beyond in 32 bits: the longest arc may still be added to it. */
#define SWEEP_FAR (UINT32_MAX / 2)

/* ---------------------------------------------------------------------------------------------- trees: sweep.c */

/* Can this be swept? There is a hierarchy, the limit lies below SWEEP_FAR, and times to targets are all that is asked. */
bool sweep_suits(const sund_streets *streets, const sund_trees_ask *ask);
sund_code sweep_trees(sund_ctx *ctx, const sund_streets *streets, const sund_trees_ask *ask, sund_tree_fn visit,
                      void *data);

/* ----------------------------------------------------------------------------------------- plan: sweep_plan.c */

/* An arc into a node, from one whose row is kept in a slot. */
typedef struct sweep_arc {
  uint32_t slot, units;
} sweep_arc;

/* One row of times to be made: a node's, kept in a slot until no later row is made of it; or a *record*, the times at a
 * target. */
typedef struct sweep_step {
  uint32_t arcs;     /* how many                                  */
  uint32_t position; /* of the node; STREETS_NOTHING = a record  */
  uint32_t slot;     /* of the node                               */
} sweep_step;

/* What is swept for a set of targets: the nodes that lie above them, in order, and records after the last node that each
 * depends on. */
typedef struct sweep_plan {
  bool wide; /* times need 32 bits, else 16 */
  size_t steps;
  sweep_step *step;
  sweep_arc *arc; /* of all steps, one after the other */
  size_t slots;   /* rows kept at a time               */
  size_t records;
  uint32_t *target; /* records: the smallest of a target's records counts */
} sweep_plan;
/* targets: at their nodes. limit: of the times, units: whether they fit 16 bits. */
sund_code sweep_plan_make(sund_ctx *ctx, const sund_streets *streets, bool backward, const streets_targets *targets,
                          uint32_t limit, sweep_plan *out);

/* ---------------------------------------------------------------------------------------- lanes: sweep_lanes.c */

enum { SWEEP_LANES = 64 };

/* Lanes that are swept for `trees` of them: 16, 32 or 64. */
size_t sweep_width(size_t trees);

/* Times that lanes begin with, by position: rows as wide as the sweep. */
typedef struct sweep_seeds {
  size_t width;
  uint32_t *row;   /* positions: number of its row, from 1; 0 = none */
  uint32_t *units; /* SUND_BEYOND = none                           */
  size_t rows, room;
  uint32_t *position; /* rows */
  size_t position_room;
} sweep_seeds;
/* kept: room for slots * width times of 16 or 32 bits, aligned to 64 bytes. out: lane by lane, `stride` apart, a value a
 * record; what is beyond is not below SWEEP_BEYOND, SWEEP_FAR. */
void sweep_lanes(const sweep_plan *plan, const sweep_seeds *seeds, void *kept, uint32_t *out, size_t stride);

#endif

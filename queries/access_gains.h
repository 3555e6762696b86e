/* access_gains.h - what candidates would change: paths, gates and green areas that could be made.
 *
 * A candidate can only change homes near it. Each is tried on the part of the town around it, with the functions that
 * answered for the whole town, so that there is no second way of computing; docs/gains.md says why that is exact.
 *
 * Order: gains_town_new; for each candidate gains_try (any number at once, the town is only read); for the one that is
 * picked gains_try again and gains_commit. Boxes are min x, min y, max x, max y in map metres.
 */
#ifndef SUND_QUERIES_ACCESS_GAINS_H
#define SUND_QUERIES_ACCESS_GAINS_H

#include "access.h"

/* How an area of green is entered: gates shut out the other ways, crossings shut out near boundaries. */
typedef enum gains_mode { MODE_NONE, MODE_NEAR, MODE_CROSSING, MODE_GATED } gains_mode;

/* What a candidate changes. */
typedef struct gains_outcome {
  double met, assessed; /* persons more                                             */
  double reads[4];      /* where a change can change this outcome; empty = nowhere  */
} gains_outcome;

typedef struct gains_candidate {
  sund_kind kind;
  size_t row;    /* of in->candidate[kind]                        */
  double box[4]; /* empty when it has no geometry                 */
  double cost;   /* NAN = unknown                                 */
  const char *id;
  gains_outcome alone, now; /* in the town as it is; after what was picked   */
  double share_alone;       /* points of the share, alone                    */
  bool stale;               /* now has to be found again                     */
  size_t rank;              /* greedy order from 1; 0 = not picked           */
  double gain;              /* persons, when picked                          */
  double share, spent;      /* after the pick, per cent; costs so far        */
} gains_candidate;

/* A home as it stands. */
typedef struct gains_home {
  int8_t met;
  uint8_t reason;
  bool pathless;
  double metres;                   /* to the nearest green; INFINITY = farther than asked */
  double straight, near_x, near_y; /* by straight line                                    */
  double gap_m;
} gains_home;

/* A green area (or point) as it stands. */
typedef struct gains_green {
  const sund_shapes *shapes; /* NULL for points */
  size_t row;                /* of shapes, or of the set's points */
  double box[4];
  double ha;
  uint8_t sliver, open, accept;
  gains_mode mode;
  size_t parcel; /* row of the green table that stands for its access class; SIZE_MAX: see candidate */
  size_t candidate;
  size_t into; /* the area it went into, SIZE_MAX = it is there */
} gains_green;

/* The town as it stands after what was picked. */
typedef struct gains_town {
  const access_run *run;
  const access_answer *answer;
  double largest;      /* map metres per ground metre, at most                     */
  double reach;        /* map metres: whoever is near enough is nearer than this   */
  double snap;         /* map metres of the snap limit                             */
  double slack;        /* map metres a scrap of network may be long; 0 = no scraps */
  double near;         /* map metres around a candidate that it can touch          */
  bool tiny;           /* the network is a scrap itself: nothing is local          */
  double (*line)[4];   /* paths: boxes                                             */
  double *gate_m;      /* mapped gates: map metres to their path, at most          */
  uint8_t *witness;    /* entrances of the answer's set: 1 = as it was             */
  gains_home *home;    /* run->homes                                               */
  size_t greens, room; /* the set's own areas, then those made by picks            */
  gains_green *green;
  const sund_shapes *gap; /* where green data end, NULL = nowhere */
  double met, assessed;   /* persons */
  size_t candidates;
  gains_candidate *candidate;
} gains_town;

/* What a candidate touches, and how far that can be felt. */
typedef struct gains_plan {
  const gains_candidate *candidate;
  bool idle;     /* it can change nothing                                       */
  bool whole;    /* it may change any home                                      */
  bool alone;    /* it only adds: what is there stays as it is                  */
  bool regap;    /* it lies where green data end                                */
  bool has_area; /* `area` is made                                              */
  gains_green area;
  size_t members, *member; /* areas that go into it                           */
  size_t asked, *ask;      /* areas whose mode has to be found again; town->greens = `area` */
  size_t regions, room;
  double (*region)[4]; /* homes that may change lie in one of these             */
  double felt[4];      /* around the regions and the areas it touches           */
} gains_plan;

/* The homes asked about, with arrays of their own. */
typedef struct gains_part {
  size_t count, *home; /* rows of run->homes */
  bool far;            /* they lie outside the regions: no ways are asked */
  double view[4];
  access_run run;
  sund_inputs in;
  access_options options;
  sund_results out;
  homes homes;
  access_net net;
  access_target target;
  access_answer answer;
  green_set set;
  size_t *green; /* rows of the set: area of the town; town->greens = the plan's */
} gains_part;

typedef struct gains_change {
  size_t home;
  gains_home now;
} gains_change;

/* All that a candidate does. */
typedef struct gains_effect {
  gains_plan plan;
  gains_outcome outcome;
  size_t changes;
  gains_change *change;
  gains_mode *mode; /* plan.asked */
  double writes[4]; /* around all that is otherwise in the town with it */
  const sund_shapes *gap;
} gains_effect;

/* ------------------------------------------------------------------------------------------- access_gains_town.c */

sund_code gains_town_new(sund_ctx *ctx, const access_run *run, const access_answer *answer, gains_town *out);
/* The town with the candidate (a row of town->candidate). */
sund_code gains_commit(sund_ctx *ctx, gains_town *town, size_t candidate, const gains_effect *effect);
/* The area that a row of the answer's set is in by now. */
size_t gains_green_now(const gains_town *town, size_t row);

/* ------------------------------------------------------------------------------------------- access_gains_plan.c */

sund_code gains_plan_make(sund_ctx *ctx, const gains_town *town, const gains_candidate *c, gains_plan *out);
/* Is the mapped gate in reach of what the candidate does to the network or the green? */
bool gains_gate_near(const gains_town *town, const gains_candidate *c, size_t gate);

/* ------------------------------------------------------------------------------------------ access_gains_green.c */

/* A candidate area with the areas it touches: plan->area, plan->member. No area when it is none that counts. */
sund_code gains_merge(sund_ctx *ctx, const gains_town *town, const gains_candidate *c, gains_plan *plan);
/* The straight lines, gaps and ways over land of a part, with the plan's area. */
sund_code gains_lines(sund_ctx *ctx, const gains_town *town, const gains_plan *plan, gains_part *part);

/* ---------------------------------------------------------------------------------------- access_gains_network.c */

/* The ways along the network of a part; mode: of plan->ask. */
sund_code gains_network(sund_ctx *ctx, const gains_town *town, const gains_plan *plan, gains_part *part,
                        gains_mode *mode);

/* -------------------------------------------------------------------------------------------- access_gains_try.c */

sund_code gains_try(sund_ctx *ctx, const gains_town *town, const gains_candidate *c, gains_effect *out);

/* ----------------------------------------------------------------------------------------- access_gains_report.c */

/* Layers, indicators, and how far the target is met. */
sund_code gains_report(sund_ctx *ctx, access_run *run, const gains_town *town, double share_before);

/* --------------------------------------------------------------------------------------------- access_gains_box.c */

void box_empty(double box[4]);
void box_everywhere(double box[4]);
void box_copy(double to[4], const double from[4]);
void box_add(double to[4], const double more[4]);
void box_grow(double to[4], const double from[4], double by);
bool box_meets(const double a[4], const double b[4]);
bool box_holds(const double box[4], double x, double y);

#endif

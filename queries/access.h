/* access.h - inside of the query `access`: its options, the green that counts, distances, what is reported. */
#ifndef SUND_QUERIES_ACCESS_H
#define SUND_QUERIES_ACCESS_H

#include "homes.h"
#include "sund/queries.h"

typedef struct access_options {
  sund_strings standard; /* resolved by the driver into in->standard                    */
  const char *distance;  /* "network", "straight", or NULL: network when there are paths */
  const char *match;     /* "edges", "nodes"                                            */
  double snap_limit_m;   /* home to path, ground metres, inclusive                      */
  double walk_speed_kmh; /* turns minutes of a standard into metres                     */
  double merge_gap_m;    /* green areas this near to each other are one                 */
  double join_m;         /* line ends this near to a line are joined to it              */
  double piece_m;        /* side of the pieces a census cell is spread in               */
  bool plain_weights;    /* spread over water too                                       */
} access_options;

/* Green of certain kinds and access classes, touching parcels merged. */
typedef struct green_set {
  uint32_t kinds, access; /* bits, order of the role's choices                         */
  int32_t *group;         /* parcels: access class, -1 = not in the set */
  size_t rows;            /* merged areas, or points                                   */
  sund_shapes *shapes;    /* merged areas; NULL when green is points                   */
  double *x, *y;          /* rows: points, NULL for areas                              */
  double *ha;             /* rows: ground hectares; 0 for points                       */
  size_t *merged_of;      /* parcels (rows of the green table): merged row or SIZE_MAX */
  sund_index *index;      /* over points                                               */
} green_set;

/* A green set and a smallest size: what distances are measured to. Standards that share both share one. */
typedef struct access_target {
  const green_set *set;
  double min_ha;
  uint8_t *accept;         /* set->rows: large enough                                   */
  double *straight_m;      /* homes: ground metres by straight line, NAN = there is none */
  double *near_x, *near_y; /* homes: the nearest point by straight line                 */
  double *network_m;       /* homes: along the network, NAN = unreached; NULL = not asked */
} access_target;

/* The answer to one standard. */
typedef struct access_answer {
  const sund_standard *standard;
  const access_target *target;
  double max_m;         /* ground metres, inclusive                                  */
  const double *dist_m; /* homes: the target's straight_m or network_m               */
  int64_t *met;         /* homes: 1, 0, SUND_NULL_INT = unassessed                   */
} access_answer;

/* Why a home has no answer. */
enum access_reason { REASON_NONE, REASON_NO_PATH, REASON_GREEN_ENDS, REASON_PATHS_END };

/* All of one run, from the first step to the report. */
typedef struct access_run {
  const sund_inputs *in;
  const access_options *options;
  sund_results *out;
  sund_ground *ground;
  homes *homes;
  size_t sets;
  green_set *set;
  size_t targets;
  access_target *target;
  size_t answers;
  access_answer *answer;
  const green_set *all; /* all green, for the layer green_areas                      */
  bool network;
  sund_spot *home_spot;      /* homes: place on the network                               */
  sund_entrances *entrances; /* of the set `all`, for the layer green_entrances; or NULL */
  double *gap_m;             /* homes: ground metres to where green data end; INFINITY = nowhere near */
  uint8_t *reason;           /* homes: enum access_reason                                 */
} access_run;

/* Figures of one area and one standard. */
typedef struct access_figures {
  double persons;  /* all of the area                                          */
  double assessed; /* persons with an answer                                   */
  double met;      /* persons near enough                                      */
  double share;    /* per cent of the assessed, NAN = nobody assessed          */
  double median_m; /* half of the assessed live within; NAN = beyond all reach */
  double d90_m;    /* 90 % of the assessed live within                         */
} access_figures;

/* The largest distance of a standard, ground metres: minutes are walked at the speed asked for. */
double access_reach_m(const sund_standard *standard, const access_options *options);
/* access_green.c: sets, targets and answers from the standards. */
sund_code access_green(sund_ctx *ctx, access_run *run);
/* access_straight.c: straight_m of every target. */
sund_code access_straight(sund_ctx *ctx, access_run *run);
/* access_network.c: network_m of every target. */
sund_code access_network(sund_ctx *ctx, access_run *run);
/* access_gap.c: gap_m. */
sund_code access_gap(sund_ctx *ctx, access_run *run);
/* access_figures.c: adds the indicators; homes of area u are list[first[u]] .. list[first[u+1] - 1]. kept: areas x
 * answers, the caller's. */
sund_code access_figures_add(sund_ctx *ctx, access_run *run, const size_t *first, const size_t *list,
                             access_figures *kept);
/* access_report.c: all that is given back. */
sund_code access_report(sund_ctx *ctx, access_run *run);

/* Adds a finding of the given severity about a role or file. */
sund_code access_note(sund_ctx *ctx, access_run *run, const char *severity, const char *source, const char *text);

#endif

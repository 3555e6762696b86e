/* access.h - inside of the query `access`: its options, the green that counts, distances, what is reported.
 *
 * Vocabulary: a *set* is the green of certain kinds and access classes; a *target* is a set with a smallest size; a
 * *way* is how distance is measured; an *answer* is one question put to every home: a target, a way, a largest
 * distance. The first answers are the standards asked for; the others are the same standards read differently.
 */
#ifndef SUND_QUERIES_ACCESS_H
#define SUND_QUERIES_ACCESS_H

#include "homes.h"
#include "sund/queries.h"

typedef struct access_options {
  sund_strings standard;  /* resolved by the driver into in->standard                    */
  const char *distance;   /* "network", "land", "straight", or NULL: see access_choose_way */
  const char *od;         /* the driver reads it as role od                              */
  const char *match;      /* "edges", "nodes"                                            */
  double snap_limit_m;    /* home to path, ground metres, inclusive                      */
  double walk_speed_kmh;  /* turns minutes of a standard into metres                     */
  double merge_gap_m;     /* green areas this near to each other are one                 */
  double sliver_m;        /* strips narrower than this are no green area; 0 = all are    */
  double join_m;          /* line ends this near to a line are joined to it              */
  double piece_m;         /* side of the pieces a census cell is spread in               */
  bool plain_weights;     /* spread over water too                                       */
  bool ferries;           /* ferries may be used                                         */
  bool quick;             /* without the alternatives of the interval                    */
  double target_pct;      /* a share of this is met; 0 = no verdict                      */
  double suppress;        /* figures of fewer persons than this are not given; 0 = all are */
  sund_strings measure;   /* "nearest", "2sfca", "bfca", "cumulative", "gravity"         */
  const char *decay;      /* "dichotomy", "gaussian", "exponential", "density", "power"  */
  double radius_m;        /* metres, or minutes with minutes in od; 0 = the standard's distance */
  double decay_value;     /* rate of exponential, exponent of power; 0 = their default   */
  sund_strings radius_of; /* "forest=1000", "group_65_plus=300"                         */
  double demand_m2;       /* square metres of green a person is to have; 0 = not asked   */
  double nearest;         /* nearest N areas reported, 1 = the nearest only              */
  const char *gain;       /* standard that candidates are judged by; NULL = the first    */
} access_options;

/* How distance is measured. */
typedef enum access_way { BY_STRAIGHT, BY_LAND, BY_NETWORK, BY_TABLE, WAYS } access_way;

/* Which entrances are found: by the rules; mapped ones and crossings only; anywhere beside a path. */
typedef enum access_rule { ENTER_BY_RULE, ENTER_CROSSING, ENTER_ANYWHERE } access_rule;

/* Rules of sund_entrances, and the one the query adds. */
enum { RULE_CROSSING, RULE_NEAR, RULE_OPEN, RULE_MAPPED };

/* Green of certain kinds and access classes. */
typedef struct green_set {
  bool merged;               /* touching parcels are one; else every parcel stands alone  */
  int32_t *group;            /* parcels: access class, -1 = not in the set                */
  size_t rows;               /* merged areas, or points                                   */
  sund_shapes *shapes;       /* merged areas; NULL when green has no areas                */
  double *x, *y;             /* rows: points, NULL for areas                              */
  double *ha;                /* rows: ground hectares; 0 for points                       */
  uint8_t *sliver;           /* rows: 1 = too narrow to count                             */
  uint8_t *open;             /* rows: 1 = open ground, entered anywhere along a path      */
  size_t *merged_of;         /* parcels (rows of the green table): merged row or SIZE_MAX */
  double *wider_ha;          /* rows: hectares of all that hang together across a road; found when first asked for */
  size_t *parcel;            /* rows: the first of its parcels                            */
  size_t first_entrance;     /* entrances are numbered through all sets: of those before  */
  sund_entrances *entrances; /* found when first asked for, by ENTER_BY_RULE              */
  sund_entrances *anywhere;  /* the same by ENTER_ANYWHERE, for the interval               */
} green_set;

/* The nearest place of a target, for every home. */
typedef struct access_reach {
  double *metres;          /* homes: ground metres (minutes with minutes in od); NAN = none; NULL = not measured */
  double *next_m;          /* homes: to the second nearest area, NAN = none                  */
  size_t *row;             /* homes: row of the set, SIZE_MAX = none                         */
  size_t *entrance;        /* homes: entrance of the set, SIZE_MAX = none; network only      */
  double *near_x, *near_y; /* homes: where it is reached; straight line and land only       */
} access_reach;

/* A green set and a smallest size: what distances are measured to. Answers that share both share one. */
typedef struct access_target {
  green_set *set;
  double min_ha;
  uint8_t *accept; /* set->rows: large enough, no sliver */
  double reach;    /* the largest distance asked of it: a second nearest area matters within it only */
  bool near_only;  /* nor does the nearest                                                           */
  struct access_target *entered[2]; /* the same, entered by another access_rule - 1; for the interval */
  struct access_target *wider;      /* the same, sizes by wider_ha; for the interval                  */
  access_reach by[WAYS];
} access_target;

/* One question put to every home. */
typedef struct access_answer {
  const sund_standard *standard;
  const char *variant; /* "who-05", "who-05/straight", "who-05/public" */
  access_target *target;
  access_way way;
  uint32_t access;    /* classes that count, bits: the standard's or those of a reading */
  bool reading;       /* of whom the law lets in: share and persons are all that is asked */
  double max;         /* ground metres or, by a table of minutes, minutes; inclusive */
  int8_t *met;        /* homes: 1, 0, -1 = unassessed                                */
  double *low, *high; /* units: the least and the largest share by the alternatives, %; NULL = not computed */
} access_answer;

/* Why a home has no answer. */
enum access_reason {
  REASON_NONE,
  REASON_NO_PATH,
  REASON_NO_LAND,
  REASON_GREEN_ENDS,
  REASON_PATHS_END,
  REASON_LAND_ENDS,
  REASONS
};

/* The walk network. */
typedef struct access_net {
  sund_graph *graph;
  uint8_t *street;      /* edges: homes may stand at it                                */
  sund_spot *home_spot; /* homes: nearest street at most `farthest_m` away             */
  double farthest_m;    /* >= the snap limit: the interval asks for more               */
  size_t entrances;     /* numbered so far, in all sets                                */
} access_net;

/* A table of distances, by rows of homes and green. */
typedef struct access_od {
  bool minutes;
  sund_pairs pairs; /* rows: rows of the green table; to: rows of the homes table */
} access_od;

/* All of one run, from the first step to the report. */
typedef struct access_run {
  const sund_inputs *in;
  const access_options *options;
  sund_results *out;
  sund_ground *ground;
  homes *homes;
  access_way way; /* of the standards' own answers */
  size_t sets;
  green_set **set;
  size_t targets;
  access_target **target;
  size_t standards; /* the first answers */
  size_t answers;
  access_answer *answer;
  green_set *all;                 /* all green, for the layer green_areas; made first; NULL = not made */
  access_net *net;                /* NULL = no network                                             */
  const double *view;             /* part of a town: a piece of network that leaves this box is long; NULL = all */
  const struct access_wet *wet;   /* NULL = no water known that a leg off the network could cross       */
  sund_overland *overland;        /* NULL = no water known                                   */
  uint8_t *lost;                  /* homes: in the water, far from land; NULL = not asked          */
  access_od *od;                  /* NULL = no table                                               */
  double *gap_m;                  /* homes: ground metres to where green data end; INFINITY = nowhere near */
  const sund_shapes *gap;         /* that gap in the data; NULL = there is none */
  uint8_t *reason;                /* homes: enum access_reason, of the standards' own answers      */
  size_t *first, *list;           /* homes of unit u: list[first[u]] .. list[first[u + 1] - 1]  */
  uint8_t **kinds;                /* standards: homes: kinds of green in reach; NULL = not asked   */
  sund_results later;             /* indicators that come after the figures */
  size_t withheld;                /* shares not given because they are of too few persons */
  struct access_columns *columns; /* further columns of access_homes                  */
} access_run;

/* Further columns of access_homes, made by measures: real values, one a home. */
typedef struct access_columns {
  size_t count, room;
  sund_field *field;
  const double **value;
} access_columns;

/* Steps of the curve of shares: 0, a tenth of the standard's distance, ... three times the distance. */
enum { CURVE_STEPS = 31, CURVE_TENTHS = 10 };

/* Figures of one unit and one answer. */
typedef struct access_figures {
  double persons;            /* all of the unit                                          */
  double assessed;           /* persons with an answer                                   */
  double met;                /* persons near enough                                      */
  double share;              /* per cent of the assessed, NAN = nobody assessed          */
  double median_m;           /* half of the assessed live within; NAN = beyond all reach */
  double d90_m;              /* 90 % of the assessed live within                         */
  double p99_m;              /* 99 % of the assessed                                     */
  double farthest_m;         /* the farthest of the assessed that reaches any            */
  double slope;              /* points of the share per 10 m of the standard's distance  */
  double only_one;           /* persons near enough to one area only                     */
  double gini;               /* of the distance, among the assessed that reach any       */
  double low, high;          /* interval of the share, NAN = nothing is open             */
  const char *verdict;       /* of the share against the target, or NULL                 */
  double curve[CURVE_STEPS]; /* per cent of the assessed within each step      */
} access_figures;

/* ----------------------------------------------------------------------------------------- access_options.c */

enum { ACCESS_OPTIONS = 23 };
extern const sund_option access_option_table[ACCESS_OPTIONS];
/* What the option table cannot say. */
sund_code access_check(sund_ctx *ctx, uint32_t roles, const void *options);
/* Reads "forest=1000" of the option radius-of: where its name ends, and the metres; NULL when it is not that. */
const char *access_radius_read(const char *text, double *metres);
/* The way of the standards' own answers: as asked; else by the table, the network when there are paths, over land when
 * water is known, else straight. */
access_way access_choose_way(const access_options *options, uint32_t roles);
/* The largest distance of a standard, ground metres: minutes are walked at the speed asked for. */
double access_reach_m(const sund_standard *standard, const access_options *options);

/* ------------------------------------------------------------------------------------------- access_green.c */

/* The set of these kinds and access classes (EVERY_BIT = all), found or made. */
#define EVERY_BIT UINT32_MAX
sund_code access_set(sund_ctx *ctx, access_run *run, uint32_t kinds, uint32_t access, bool merged, green_set **out);
/* The target of a set and a smallest size, found or made; reach is the largest of all that ask. */
sund_code access_target_of(sund_ctx *ctx, access_run *run, green_set *set, double min_ha, double reach,
                           access_target **out);
/* Sets, targets and answers from the standards: their own, by straight line, and the three readings of access. */
sund_code access_green(sund_ctx *ctx, access_run *run);

/* ------------------------------------------------------------------------------------------- access_reach.c */

/* Over land no way is looked for that is longer than this many times the distance asked about, as far as the curve of
 * shares goes: around a whole strait the corners of the shore are too many. */
enum { FAR_REACHES = 3 };
/* Fills target->by[way] (and, for the network, by[BY_STRAIGHT]) unless it is there. */
sund_code access_measure(sund_ctx *ctx, access_run *run, access_target *target, access_way way);
/* The same of several targets, which may be the same ones; the network is searched for all of them side by side. */
sund_code access_measure_all(sund_ctx *ctx, access_run *run, access_way way, size_t count,
                             access_target *const *target);
/* Homes that stand inside each row of the target's set, as pairs at 0 m. */
sund_code access_inside(sund_ctx *ctx, const access_run *run, const access_target *target, sund_pairs **out);
/* Homes within `limit` of each row of the target's set (rows the target does not accept have none), by the way of the
 * run. Homes that stand inside are 0 away. Homes are rows of run->homes. limit: metres, or minutes with minutes in od. */
sund_code access_pairs(sund_ctx *ctx, access_run *run, access_target *target, double limit, sund_pairs **out);

/* ----------------------------------------------------------------------------------------- access_network.c */

enum {
  SCRAP_M = 200,  /* pieces of network shorter than this are scraps of drawing, not streets one lives at */
  ENTRANCE_M = 30 /* a boundary or gate this near to a path, or to an area, belongs to it                */
};

/* The network and the homes on it. Reports what joining did. */
sund_code access_network(sund_ctx *ctx, access_run *run);
/* One sweep of the network: to a target from the entrances given. */
typedef struct access_search {
  const sund_entrances *entrances;
  const uint8_t *use; /* entrances, 0 = shut; NULL = all are open */
  access_target *target;
} access_search;
/* by[BY_NETWORK] of the targets, which are all different; sweeps run side by side. */
sund_code access_sweep(sund_ctx *ctx, const access_run *run, size_t count, const access_search *search);
/* Points put on the streets: nearest edges or, when asked for, nearest nodes. */
sund_code access_snap(sund_ctx *ctx, const access_run *run, double limit, size_t n, const double *x, const double *y,
                      sund_spot *spots);
/* Are homes and entrances put on the nearest node, not edge? */
bool access_to_nodes(const access_run *run);
/* Has the home a path at most this far away? */
bool access_has_path(const access_run *run, double snap_limit_m, size_t home);
/* Which paths are walked: rows, 1 = yes. */
sund_code access_walkable(sund_ctx *ctx, const access_run *run, uint8_t **keep);

/* --------------------------------------------------------------------------------------- access_entrances.c */

/* Where a set is entered. */
sund_code access_entrances(sund_ctx *ctx, const access_run *run, const green_set *set, access_rule rule,
                           sund_entrances **out);

/* --------------------------------------------------------------------------------------------- access_wet.c */

/* Water that legs off the network could cross: run->wet. */
sund_code access_wet_open(sund_ctx *ctx, access_run *run);
/* Do ten metres of water or more lie between two places on land? */
bool access_wet_between(const access_run *run, double x0, double y0, double x1, double y1);
/* Takes the spots away whose leg from (x, y) leads over water; *shut: how many. */
sund_code access_wet_shut(sund_ctx *ctx, const access_run *run, size_t n, const double *x, const double *y,
                          sund_spot *spots, size_t *shut);
/* Where a spot lies on the map. */
void access_spot_place(const sund_graph *graph, const sund_spot *spot, double *x, double *y);

/* -------------------------------------------------------------------------------------------- access_land.c */

/* Water and bridges: run->overland, run->lost. */
sund_code access_land(sund_ctx *ctx, access_run *run);

/* ---------------------------------------------------------------------------------------------- access_od.c */

/* The table of distances: run->od. */
sund_code access_od_read(sund_ctx *ctx, access_run *run);

/* --------------------------------------------------------------------------------------------- access_gap.c */

/* Where green data end: run->gap_m. */
sund_code access_gap(sund_ctx *ctx, access_run *run);

/* ------------------------------------------------------------------------------------------- access_judge.c */

/* Verdict of one home: 1, 0, -1 and why. snap_limit_m as in the options, given apart for the interval. */
int8_t access_judge(const access_run *run, const access_answer *answer, double snap_limit_m, size_t home,
                    uint8_t *reason);
/* met of every answer, reason, findings. */
sund_code access_judge_all(sund_ctx *ctx, access_run *run);

/* ------------------------------------------------------------------------------------- access_alternatives.c */

/* low, high of the standards' own answers, and indicators access.alternative. */
sund_code access_alternatives(sund_ctx *ctx, access_run *run);

/* ----------------------------------------------------------------------------------------- access_figures.c */

/* The indicators of every unit and answer. kept: units x standards, the caller's; of what is withheld the persons only. */
sund_code access_figures_add(sund_ctx *ctx, access_run *run, access_figures *kept);
/* Too few persons to be told of without telling of somebody (option suppress). */
bool access_hidden(const access_run *run, double persons);
/* Persons, assessed, met and share among the homes list[0..n), persons[i] each. */
sund_code access_count(sund_ctx *ctx, const access_answer *answer, const double *persons, size_t n,
                       const size_t *list, access_figures *out);
/* Short id of method and version, with a mark of all that changes what is measured. */
const char *access_method(sund_ctx *ctx, const access_run *run, const access_answer *answer);
/* Adds an indicator of one unit. */
sund_code access_add(sund_ctx *ctx, access_run *run, size_t unit, sund_indicator row);
/* "met", "not met", "undecided", or NULL without a target or a value. */
const char *access_verdict(double target, double value, double low, double high);

/* ---------------------------------------------------------------------------------------- access_variety.c */

/* run->kinds: how many kinds of green are in reach of every home. */
sund_code access_variety(sund_ctx *ctx, access_run *run);

/* ---------------------------------------------------------------------------------------- access_nearest.c */

/* The column of distances to the N-th nearest area. */
sund_code access_nearest(sund_ctx *ctx, access_run *run);

/* --------------------------------------------------------------------------------------- access_measures.c */

/* 2SFCA, BFCA, cumulative, gravity: columns, indicators. */
sund_code access_measures(sund_ctx *ctx, access_run *run);

/* ----------------------------------------------------------------------------------------- access_survey.c */

/* What people say, beside what is computed. */
sund_code access_survey(sund_ctx *ctx, access_run *run, const access_figures *kept);

/* ------------------------------------------------------------------------------------------- access_gains.c */

/* What candidates would change, each alone and in the greedy order. */
sund_code access_gains(sund_ctx *ctx, access_run *run);

/* ------------------------------------------------------------------------- access_report.c, _layers.c, _tables.c */

/* All that is given back. */
sund_code access_report(sund_ctx *ctx, access_run *run);
sund_code access_layers(sund_ctx *ctx, access_run *run, const access_figures *kept);
sund_code access_detours(sund_ctx *ctx, access_run *run);
sund_code access_tables(sund_ctx *ctx, access_run *run, const access_figures *kept);
/* `common` fields and then `each` for every standard. */
sund_code access_standard_fields(sund_ctx *ctx, const access_run *run, size_t common_count, const sund_field *common,
                                 size_t each_count, const sund_field *each, sund_field **out);
sund_code access_styled(sund_ctx *ctx, const char *column, bool graduated, const sund_class *classes, size_t count,
                        sund_style **out);
/* Id of a home: its own, or that of its feature. */
const char *access_home_id(sund_ctx *ctx, const access_run *run, size_t home);
/* "who_05_dist_m" from "who-05" and "dist_m". */
const char *access_column_name(sund_ctx *ctx, const char *standard, const char *what);
/* Id of a merged area in the layer green_areas that row `row` of a set lies in: "g12". */
const char *access_green_id(sund_ctx *ctx, const access_run *run, const green_set *set, size_t row);
/* Adds a column to access_homes. */
sund_code access_add_column(sund_ctx *ctx, access_run *run, sund_field field, const double *value);

/* Adds a finding of the given severity about a role or file. */
sund_code access_note(sund_ctx *ctx, access_run *run, const char *severity, const char *source, const char *text);

#endif

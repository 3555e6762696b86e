/* catchment.h - inside of the query `catchment`: what its files hand to each other. Method, rules and limits:
 * docs/catchment.md.
 *
 * Order of a run: catchment_options_read, catchment_town_make (homes, jobs, places), catchment_streets_make (a network a
 * mode), catchment_gates_make (gates a mode and variant), catchment_transit_make (the timetable of the day); then place by
 * place catchment_reach (times to every target and node, by variant and mode); then the reports, each from the answers
 * alone, with its own layers and indicators.
 *
 * Vocabulary: a *target* is a home or a place of work; a *variant* is the run's own scenario (0) or one it is compared
 * with (1 ..); an *answer* is what one place reaches by one mode in one variant. Times are whole units of run->unit_s
 * seconds, SUND_BEYOND = not within the largest bound; limits are inclusive, with CATCHMENT_ROUNDING units for the sum of
 * roundings.
 */
#ifndef SUND_QUERIES_CATCHMENT_H
#define SUND_QUERIES_CATCHMENT_H

#include "homes.h"
#include "sund/queries.h"

enum { CATCHMENT_ROUNDING = 328, MOST_VARIANTS = 16 };

/* As read by the option table; catchment_options_read fills the last block. */
typedef struct catchment_options {
  sund_strings mode;    /* walk, bike, car, transit                                        */
  sund_numbers minutes; /* bounds                                                          */
  sund_numbers percentiles;
  const char *depart;                 /* "2026-11-24T07:00", or NULL                                      */
  double window_min;                  /* departures: one a minute                                        */
  double walk_kmh, bike_kmh, car_kmh; /* car: on lines without a speed and of no class known   */
  double board_slack_s;               /* transit: to be at the stop before boarding                      */
  double snap_limit_m;                /* place, home, stop or gate to path                               */
  double walk_limit_min;              /* transit: to the first stop, between stops, from the last        */
  double rides;                       /* at most                                                          */
  double join_m;                      /* line ends this near to a line are joined                         */
  double piece_m;                     /* side of the pieces a census cell is spread in                    */
  const char *access_by;              /* transit: "walk" or "bike": how one comes to the first stop       */
  const char *bikes_aboard;           /* "no", "stated", "unless-refused": transit with the bike along   */
  sund_strings route;                 /* "A:B", "places", "none": ways to be drawn                        */
  double co2_g_km;                    /* of a car                                                        */
  sund_strings compare;               /* scenarios                                                        */
  bool matrix;                        /* table matrix                                                     */
  double cell_m;                      /* side of the cells of maps and of `cells`; 0 = no cells           */
  bool cells;                         /* from every inhabited cell too                                    */
  bool no_map;                        /* catchments without geometry: quick                               */
  sund_strings measure;               /* gravity, nearest, potential, detour, performance, joint, shrink   */
  const char *decay;                  /* step, linear, exponential ...: catchment_decay.h */
  double decay_value;                 /* per minute; 0 = its default                                      */
  double nearest;                     /* k of measure nearest: jobs                                       */
  double suppress;
  /* filled by catchment_options_read */
  bool wants[SUND_MODES];
  int64_t day; /* SUND_ANY_DAY = chosen                                            */
} catchment_options;

/* Targets and places. Targets 0 .. home_count - 1 are homes (homes->count), then places of work, then the places. */
typedef struct catchment_town {
  homes *homes;                          /* NULL without homes                                               */
  size_t home_count, job_count, targets; /* targets: home_count + job_count + places */
  double *x, *y;                         /* targets                                                          */
  double *persons, *jobs;                /* targets: 0 where it is the other                                 */
  double all_persons, all_jobs;          /* of all targets                                              */
  int32_t *shore;                        /* targets: number of its country, -1 = unknown; without areas all -1 */
  size_t places;
  double *place_x, *place_y;
  const char **place_id, **place_name;
  int32_t *place_shore; /* places                                                           */
  const char **country; /* by number of shore: "DK"                                         */
  size_t *place_area;   /* places: row of the areas, SIZE_MAX                               */
  size_t *target_area;  /* targets: row of the areas of the first level, SIZE_MAX           */
} catchment_town;

/* The network of a mode. Without paths graph is NULL: whatever lies within the snap limit is joined by a straight line. */
typedef struct catchment_net {
  bool made;
  double *forward_s, *backward_s; /* edges                                                     */
  sund_streets *streets;
  uint8_t *accept;   /* edges one may begin or end at                                    */
  uint32_t *part;    /* edges: strongly connected part; UINT32_MAX                       */
  sund_spot *target; /* targets                                                          */
  sund_spot *place;  /* places                                                           */
} catchment_net;

/* The gates of a mode in a variant: rows of its table of gates. */
typedef struct catchment_gates {
  size_t count;
  sund_gate *gate;          /* count                                                            */
  size_t *row;              /* count: row of the variant's table                                */
  double *x, *y;            /* 2 count: its ends, analysis CRS                                  */
  sund_spot *end;           /* 2 count: SUND_NO_EDGE = no street near it; told                  */
  uint32_t **from_end;      /* 2 count: targets: units from the end, without a gate             */
  uint32_t **node_from_end; /* 2 count: nodes of the graph, the same; NULL without maps         */
  uint32_t *between;        /* (2 count)^2                                                       */
} catchment_gates;

/* What one place reaches by one mode in one variant. */
typedef struct catchment_answer {
  uint32_t **time;   /* percentiles: targets: units                                      */
  uint32_t *planned; /* targets: the main percentile without the first wait              */
  double *metres;    /* targets: of the fastest way at the main percentile, NAN; or NULL */
  uint32_t *node;    /* nodes of the walk or mode graph: main percentile; NULL without maps */
  uint8_t *through;  /* targets: end of the gate most lanes come through, UINT8_MAX; or NULL */
  uint8_t *across;   /* targets: 1 = on the other side of the Sound                      */
} catchment_answer;

typedef struct catchment_variant {
  const char *name;        /* of the scenario                                                  */
  const sund_table *gates; /* or NULL                                                          */
  size_t closed;
  const char *const *close;
  catchment_gates by[SUND_MODES];    /* SUND_TRANSIT: gates one may walk aboard, as rides          */
  struct catchment_transit *transit; /* NULL without a timetable or the mode                  */
} catchment_variant;

typedef struct catchment_run {
  const sund_inputs *in;
  const catchment_options *options;
  sund_results *out;
  sund_ground *ground;
  catchment_town town;
  double unit_s;  /* 1/16384 s, coarser for bounds beyond a day                       */
  uint32_t limit; /* units: the largest bound                                         */
  size_t bounds;
  double *minutes;       /* bounds, rising                                                   */
  uint32_t *bound;       /* bounds: units                                                    */
  size_t percents, main; /* main: the 50th, else the first                                   */
  double *percent;
  sund_lanes lanes;              /* by the timetable's clock, which is the one on the wall but before a time change */
  sund_graph *graph;             /* of all modes; NULL without paths                                 */
  catchment_net net[SUND_MODES]; /* SUND_TRANSIT: that of walking                              */
  size_t variants;
  catchment_variant *variant;
  catchment_answer *answer;   /* (variant * SUND_MODES + mode) * places + place; time NULL = not asked */
  const char *method;         /* "catchment/1#...."                                               */
  const char *measure_method; /* the same with what only measures take */
} catchment_run;

static inline catchment_answer *catchment_answer_of(const catchment_run *run, size_t variant, sund_mode mode,
                                                    size_t place) {
  return &run->answer[(variant * SUND_MODES + (size_t)mode) * run->town.places + place];
}

extern const char *const catchment_mode_names[]; /* "walk", "bike", "car", "transit", NULL */

/* ------------------------------------------------------------ catchment_options.c, catchment_option_table.c */
enum { CATCHMENT_OPTIONS = 28 };
extern const sund_option catchment_option_table[CATCHMENT_OPTIONS];
sund_code catchment_check(sund_ctx *ctx, uint32_t roles, const void *options);
sund_code catchment_options_read(sund_ctx *ctx, catchment_run *run);
bool catchment_wants_measure(const catchment_options *options, const char *measure);
/* A clock on the wall as seconds of the timetable's day: trips count from noon less twelve hours, which is another hour
 * before a time change. Without a timetable, or when its day is still to be chosen, nothing is known of that. */
sund_code catchment_clock(sund_ctx *ctx, const catchment_run *run, int64_t day, int32_t *seconds);
/* "car/30", and "car/30/p10" for other percentiles than the main one. */
const char *catchment_variant_text(sund_ctx *ctx, const catchment_run *run, sund_mode mode, size_t bound,
                                   size_t percent);

/* ------------------------------------------------------------------------------------------ catchment_town.c */
sund_code catchment_town_make(sund_ctx *ctx, catchment_run *run);

/* --------------------------------------------------------------------------------------- catchment_streets.c */
/* Graph, times an edge and mode, streets, spots of targets and places. */
sund_code catchment_streets_make(sund_ctx *ctx, catchment_run *run);
/* Puts points on the streets of a mode. */
sund_code catchment_snap(sund_ctx *ctx, const catchment_run *run, sund_mode mode, size_t n, const double *x,
                         const double *y, sund_spot *spot);
/* Units by straight line at walking speed, legs as without paths: SUND_BEYOND above the snap limit. */
uint32_t catchment_straight(const catchment_run *run, double x0, double y0, double x1, double y1);

/* Trees from n places on the ground (x, y; spot with paths): time, metres, node: n arrays each; NULL = not wanted. Without
 * paths straight lines. */
typedef struct catchment_trees {
  bool backward;
  size_t n;
  const double *x, *y;
  const sund_spot *spot;
  uint32_t **time; /* n: targets          */
  double **metres; /* n: targets, or NULL */
  uint32_t **node; /* n: nodes, or NULL   */
} catchment_trees;
sund_code catchment_trees_grow(sund_ctx *ctx, const catchment_run *run, sund_mode mode, const catchment_trees *ask);
/* Units between two sets of places on the ground: out[i * m + j]. */
sund_code catchment_between(sund_ctx *ctx, const catchment_run *run, sund_mode mode, size_t n, const double *x,
                            const double *y, const sund_spot *from, size_t m, const double *to_x, const double *to_y,
                            const sund_spot *to, uint32_t *out);

/* ----------------------------------------------------------------------------------------- catchment_gates.c */
/* Gates of every variant and mode, their ends on the streets, their trees: once, whatever the number of places. Gates that
 * two variants share are not routed twice. */
sund_code catchment_gates_make(sund_ctx *ctx, catchment_run *run);
/* The lines a gate is drawn in; NULL when its row has none (ends by name). */
const sund_shapes *catchment_gate_line(const sund_table *gates, size_t row);
/* Is the gate closed in the variant? By its id or name. */
bool catchment_gate_closed(const catchment_variant *variant, const sund_table *gates, size_t row);

/* ----------------------------------------------------------------------------------------- catchment_reach.c */
/* Do the matrix or a measure want metres of ways too? */
bool catchment_wants_metres(const catchment_options *options);
/* Is a target across the Sound, seen from a place of another shore number? By country; where no country is known, by the
 * parts of the network the two stand on (spots; NULL without paths). */
bool catchment_is_across(const catchment_run *run, int32_t here, int32_t there, const sund_spot *from,
                         const sund_spot *to);
/* Fills the answers of all places, modes and variants. */
sund_code catchment_reach(sund_ctx *ctx, catchment_run *run);

/* --------------------------------------------------------------------------------------- catchment_transit.c */
/* The timetable of a variant with its walks: from stops to targets, nodes and other stops, made once. */
typedef struct catchment_transit catchment_transit;
sund_code catchment_transit_make(sund_ctx *ctx, catchment_run *run);
/* Answers of mode transit for all places in a variant. */
sund_code catchment_transit_reach(sund_ctx *ctx, catchment_run *run, size_t variant);
/* Times from n further places (inhabited cells) to m others by transit at the main percentile, place by place:
 * visit(worker, i, units of m, data). */
typedef sund_code (*catchment_row_fn)(sund_ctx *worker, size_t i, const uint32_t *units, void *data);
sund_code catchment_transit_rows(sund_ctx *ctx, const catchment_run *run, size_t variant, size_t n, const double *x,
                                 const double *y, catchment_row_fn visit, void *data);

/* --------------------------------------------------------------------------------------------------- reports */
sund_code catchment_report(sund_ctx *ctx,
                           catchment_run *run); /* catchment_report.c: catchment.persons ..., layer catchments */
sund_code catchment_maps(sund_ctx *ctx, catchment_run *run,
                         sund_shapes ***out); /* catchment_maps.c: areas of each answer:
                                                                [(variant * SUND_MODES + mode) * places + place]: bounds rows */
sund_code catchment_times(sund_ctx *ctx,
                          catchment_run *run); /* catchment_times.c: minutes a place and cell, differences  */
sund_code catchment_cells(sund_ctx *ctx,
                          catchment_run *run); /* catchment_cells.c: what every inhabited cell reaches      */
sund_code catchment_matrix(sund_ctx *ctx,
                           catchment_run *run); /* catchment_matrix.c: table matrix                          */
/* SUND_USAGE when a way is asked for between ids that are not there: before the streets are made. */
sund_code catchment_routes_check(sund_ctx *ctx, const catchment_run *run);
sund_code catchment_routes(sund_ctx *ctx,
                           catchment_run *run); /* catchment_routes.c: ways leg by leg                       */
sund_code catchment_measures(
    sund_ctx *ctx, catchment_run *run); /* catchment_measures.c: decays, k nearest, potential, detour, performance */
sund_code catchment_joint(sund_ctx *ctx,
                          catchment_run *run); /* catchment_joint.c: two places together, shrinking minutes */

/* What the modes are called. catchment_grid.c. */
extern const sund_choice catchment_mode_choices[];
/* An indicator of a place; variant: of the scenario; text: "car/30". catchment_report.c. */
sund_indicator catchment_indicator(const catchment_run *run, size_t variant, size_t place, const char *name,
                                   const char *text, double value, const char *unit);
sund_code catchment_note(sund_ctx *ctx, catchment_run *run, const char *severity, const char *source,
                         const char *text, double x, double y);

#endif

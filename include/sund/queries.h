/* queries.h - the top floor: queries as tables of options, needs and answers; the program. No third-party header. */
#ifndef SUND_QUERIES_H
#define SUND_QUERIES_H

#include "sund/layers.h"

enum { SUND_DA, SUND_SV, SUND_EN };

/* ------------------------------------------------------------------------------------------------------- options */

typedef enum sund_option_kind {
  SUND_FLAG,    /* bool                                        */
  SUND_NUMBER,  /* double                                      */
  SUND_NUMBERS, /* sund_numbers: comma-separated or a list     */
  SUND_WORD,    /* const char *, one of `words`                */
  SUND_STRING,  /* const char *                                */
  SUND_STRINGS  /* sund_strings: repeatable or a list          */
} sund_option_kind;

typedef struct sund_numbers {
  size_t count;
  double *value;
} sund_numbers;
typedef struct sund_strings {
  size_t count;
  const char **value;
  sund_mark *mark;
} sund_strings;

/* One option of a query. The same table reads the command line and the project file and prints the help. */
typedef struct sund_option {
  const char *name;  /* "snap-limit"; in a project file the same, or `alias`            */
  const char *alias; /* plural used in project files ("standards"), or NULL             */
  sund_option_kind kind;
  size_t offset;            /* of the member in the query's options struct                     */
  const char *fallback;     /* default, as text; NULL = unset (zero)                           */
  const char *unit;         /* shown in help                                                   */
  double low, high;         /* allowed range of numbers, inclusive                             */
  const char *const *words; /* SUND_WORD: allowed values, ended by NULL                        */
  const char *help[3];      /* da, sv, en: one line                                            */
} sund_option;

/* A role a query reads. */
typedef struct sund_need {
  sund_role role;
  bool required;
  const char *why[3]; /* what it is for, one line */
} sund_need;

/* -------------------------------------------------------------------------------------------------- in and out */

/* A scenario to be compared with the run, for queries with the option `compare`: its gates differ, nothing else. */
typedef struct sund_variant {
  const char *name;
  const sund_table *gates; /* all gates of the scenario, or NULL = none */
  size_t closed;           /* ids or names of gates, ids of routes      */
  const char *const *close;
} sund_variant;

/* What a query is given. Tables are NULL when the role was not given. */
typedef struct sund_inputs {
  const sund_table *role[SUND_ROLE_COUNT];
  const sund_table
      *candidate[SUND_AREA + 1];   /* by sund_kind: gates, paths, green areas; role[SUND_CANDIDATES] = first */
  size_t extents[SUND_ROLE_COUNT]; /* number of stated extents of the role's sources     */
  const double (*extent[SUND_ROLE_COUNT])[4]; /* each min x, min y, max x, max y, analysis CRS      */
  const sund_crs *crs;                        /* analysis CRS                                       */
  size_t standards;
  const sund_standard *standard; /* for queries with the option `standard`         */
  const char *scenario;          /* "baseline" or its name                             */
  size_t terrains;               /* of the role terrain, for queries that need it      */
  const sund_terrain *terrain;
  const sund_feeds *feeds; /* of the role timetable, or NULL                     */
  size_t closed;           /* gates and routes the run's scenario closes         */
  const char *const *close;
  size_t variants; /* scenarios to be compared with the run              */
  const sund_variant *variant;
  const char *heights; /* height system of the results, NULL = not said      */
  const char *result;  /* path of the result, or NULL: whereabouts of a spool */
} sund_inputs;

/* A row of `indicators`. */
typedef struct sund_indicator {
  const char *indicator; /* "access.share"                                    */
  const char *variant;   /* standard, tolerance, level ...; "" when there is one only */
  size_t area;           /* row of the areas; SIZE_MAX = all                  */
  double value;          /* NAN = could not be known                          */
  const char *unit;
  double low, high; /* NAN = no interval                                 */
  double base;      /* NAN = none                                        */
  const char *base_unit;
  const char *method;   /* id and version of the method, "access-network/2#1a2b3c" */
  const char *verdict;  /* "met", "not met", "undecided" against the query's target, or NULL   */
  const char *scenario; /* NULL = the run's                                   */
  /* A unit that is no area (a place, a market): what stands in area_id, area_name, country, level. NULL = see area. */
  const char *unit_id, *unit_name, *unit_country, *unit_level;
} sund_indicator;

/* What a query gives back; grows by the functions below. */
typedef struct sund_results {
  size_t indicators, indicator_room;
  sund_indicator *indicator;
  size_t layers, layer_room;
  sund_layer *layer;
  size_t rasters, raster_room;
  sund_raster *raster;
  size_t notes, note_room; /* height operations used: rows of `sources` beside those of the inputs */
  sund_reading *note;
  sund_findings findings;
} sund_results;
sund_code sund_results_indicator(sund_ctx *ctx, sund_results *out, sund_indicator row);
sund_code sund_results_layer(sund_ctx *ctx, sund_results *out, sund_layer layer);
sund_code sund_results_raster(sund_ctx *ctx, sund_results *out, sund_raster raster);
/* What a query did to heights: role, path (base name of the source), heights, heights_operation, accuracy_m. Where a row
 * of `sources` has that role and base name, it is told there; else it becomes a row of its own. */
sund_code sund_results_heights(sund_ctx *ctx, sund_results *out, sund_reading note);

/* A query: one file, one row in queries/list.h. */
typedef struct sund_query {
  const char *name;
  const char *summary[3]; /* da, sv, en: one line                                      */
  const sund_option *options;
  size_t option_count;
  size_t options_size; /* of its options struct                                     */
  const sund_need *needs;
  size_t need_count;
  const char *const *answers; /* layers and indicators it gives, for help, ended by NULL   */
  const char *const *rasters; /* what suffixes of its rasters begin with, ended by NULL; or NULL */
  /* What the tables above cannot say, before any work: roles are the bits 1 << role of those given. NULL = nothing. */
  sund_code (*check)(sund_ctx *ctx, uint32_t roles, const void *options);
  /* Opens no file; options points to the query's own struct, filled from its table. */
  sund_code (*run)(sund_ctx *ctx, const sund_inputs *in, const void *options, sund_results *out);
} sund_query;
extern const sund_query *const sund_queries[]; /* ended by NULL */
const sund_query *sund_query_find(const char *name);

/* ------------------------------------------------------------------------------------------------------- program */

/* The whole program: reads argv, works, prints. Returns the exit code of contract section 1. */
int sund_command(sund_ctx *ctx, int argc, char **argv);

/* Writes the demo project into a new or empty folder. */
sund_code sund_demo_write(sund_ctx *ctx, const char *folder);

#endif

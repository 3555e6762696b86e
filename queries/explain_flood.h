/* explain_flood.h - what is known of a home in the layers and rasters of `flood`: the facts behind text, JSON and map.
 *
 * Levels and heights are metres in the height system of the results; widths, areas and lengths are on the ground.
 */
#ifndef SUND_QUERIES_EXPLAIN_FLOOD_H
#define SUND_QUERIES_EXPLAIN_FLOOD_H

#include "explain.h"

enum { WATER_SILLS = 5, WATER_RULES = 4 };

/* What became of drawing the water's way. */
typedef enum water_state {
  WATER_DRAWN,
  WATER_NOT_DONE,  /* the home is never wet below the cap, or has no place     */
  WATER_NO_RASTER, /* no raster of the result lies beside it                   */
  WATER_NO_LEVEL,  /* no raster has the home's level near its place            */
  WATER_TOO_WIDE,  /* the ground along it is too wide to be searched: drawn as far as was found */
  WATER_STATES
} water_state;

/* Where the water has to pass over a crest: the end, towards the sea, of a stretch at one level. */
typedef struct water_sill {
  double level_m;
  double x, y;     /* analysis CRS                             */
  double behind_m; /* length of the stretch of the way behind it */
} water_sill;

/* The way of the water from the sea to the home. */
typedef struct water_way {
  water_state state;
  const char *raster; /* base name of the file; or NULL              */
  size_t vertices;    /* from the sea to the home; analysis CRS      */
  double *x, *y;
  double metres;
  size_t sills; /* the highest, highest first                  */
  water_sill sill[WATER_SILLS];
  double saddle_m; /* distance of the deciding saddle from the way, NAN = none decides */
} water_way;

/* A level asked for. */
typedef struct flood_case {
  const char *variant; /* as in the indicators                                   */
  const char *column;  /* what its columns end with                              */
  double level_m;      /* NAN = not in the result                                */
  int wet;             /* 1, 0, -1 = not known                                   */
  double depth_m;      /* over the home's ground, where it is wet; NAN           */
  double probability;  /* NAN = not in the result                                */
  const char *says;    /* what can be said; NULL                                 */
} flood_case;

typedef struct flood_facts {
  const explain_question *question;
  const char *crs;   /* code or name                                        */
  explain_home home; /* row is set                                          */
  bool worst;        /* of several rows the worst was taken                 */
  bool placed;       /* homes have geometry                                 */
  double x, y;
  double ground_m, wet_m;     /* NAN = unknown; never below the cap                  */
  double rule_m[WATER_RULES]; /* first-wet level by each rule, NAN                  */
  const char *rule;           /* the one that counts                                 */
  bool lifted;
  const char *heights;       /* code of the results' height system, or NULL         */
  const char *heights_name;  /* its name                                            */
  double cap_m;              /* NAN = the result does not say                       */
  const sund_table *saddles; /* flood_saddles, or NULL                              */
  size_t decides, through;   /* rows of saddles, SIZE_MAX = none                    */
  size_t cases;
  flood_case *one;
  water_way way;
} flood_facts;

extern const char *const explain_rule_names[WATER_RULES];   /* "touch" ... */
extern const char *const explain_water_names[WATER_STATES]; /* "drawn" ... */

/* ------------------------------------------------------------------------------------------- explain_flood_way.c */

/* The way from the sea to a cell over a raster of first-wet levels, where the neighbours of a cell are 8 or 4: from the
 * cell over its plateau to the nearest lower cell, and so on, until none is lower, or the level is `stop_m` or less.
 * cells: from the sea; level: of each. *wide: the search was given up, and the way is what was found until then. */
typedef struct water_search {
  const sund_terrain *raster;
  sund_cell start;
  int connectivity;
  double stop_m;
  size_t most_tiles; /* of 512 x 512 cells that may be read, 0 = 256 */
} water_search;
sund_code explain_water_search(sund_ctx *ctx, const water_search *ask, sund_cell_list *cells, float **level,
                               bool *wide);

/* Finds raster and start, fills facts->way. */
sund_code explain_water(sund_ctx *ctx, flood_facts *facts);

/* --------------------------------------------------------------------- explain_flood_tell.c, explain_flood_tables.c */

sund_code explain_flood_tell(sund_ctx *ctx, const void *facts, int language, explain_answer *out);
sund_code explain_flood_tables(sund_ctx *ctx, const void *facts, explain_answer *out);

#endif

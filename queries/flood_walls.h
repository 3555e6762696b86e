/* flood_walls.h - walls on trial: what flood_walls.c, flood_closings.c and flood_closings_write.c share. */
#ifndef SUND_QUERIES_FLOOD_WALLS_H
#define SUND_QUERIES_FLOOD_WALLS_H

#include "flood.h"

/* Raises cells of a site to a raw height at least; sea becomes land. before: what takes it back by sund_flood_change. */
sund_code flood_walls_raise(sund_ctx *ctx, const flood_site *site, const sund_cell_list *cells, uint16_t crest,
                            sund_flood_edit *before);

/* A line that was tried. */
typedef struct flood_trial {
  sund_ctx *ctx; /* of the line and what was found */
  size_t saddle;
  sund_closing line;
  double persons, homes; /* made dry at the level                    */
  double gain;           /* persons, or without homes the basin's m2 */
  double next_m;         /* first-wet level of the basin behind it   */
  bool verified;         /* the basin is dry at the level            */
  uint8_t *wet;          /* homes: still wet at the level            */
} flood_trial;

typedef struct flood_closings {
  flood_run *run;
  double level_m;
  uint8_t *wet;       /* homes: 1 = wet at the level, with the lines built so far */
  uint8_t *tried;     /* saddles: 1 = built, or cannot be                         */
  double *score;      /* saddles: persons to be gained at most, or m2             */
  sund_cells **no_go; /* sites: NULL = can be built everywhere                    */
  flood_trial best;   /* of the step now being chosen */
  size_t steps;
  flood_trial *step;
  sund_flood_edit *before; /* steps: what stood there */
} flood_closings;

/* flood_closings.c */
sund_code flood_closings_measure(sund_ctx *ctx, flood_run *run);
/* The level to be held, raw of a site; -1 = below all its heights. */
int32_t flood_closings_target(const flood_closings *c, const flood_site *site);
/* flood_closings_write.c: the layer flood_closings, its indicators. */
sund_code flood_closings_write(sund_ctx *ctx, const flood_closings *c);

#endif

/* flood_steps.h - lines cut into steps no longer than a cell, what the terrain says at each, and steps joined to
 * stretches that get wet alike: coast and paths. */
#ifndef SUND_QUERIES_FLOOD_STEPS_H
#define SUND_QUERIES_FLOOD_STEPS_H

#include "flood.h"

enum { FLOOD_STEPS = 4096 };

/* Steps of a line one after the other, all in the analysis CRS. */
typedef struct flood_steps {
  size_t count;
  double x[FLOOD_STEPS], y[FLOOD_STEPS];         /* middle: where the terrain is asked */
  double end_x[FLOOD_STEPS], end_y[FLOOD_STEPS]; /* where the step ends                */
  double map_m[FLOOD_STEPS];                     /* map metres                         */
  bool corner[FLOOD_STEPS];                      /* it ends at a vertex of the line    */
  size_t site[FLOOD_STEPS];                      /* SIZE_MAX = nothing is known there  */
  sund_cell cell[FLOOD_STEPS];
  double raster_x[FLOOD_STEPS], raster_y[FLOOD_STEPS]; /* scratch: middles on a terrain */
} flood_steps;

/* A walk along part `part` of lines. */
typedef struct flood_walk {
  const sund_shapes *lines;
  size_t vertex, last; /* the segment it is on begins at vertex; last vertex of the part */
  size_t done;         /* steps of that segment that were taken                          */
  double longest_m;    /* map metres of a step, at most                                  */
} flood_walk;

/* The cell of the finest terrain, map metres. */
double flood_steps_longest(const flood_run *run);
flood_walk flood_walk_begin(const sund_shapes *lines, size_t part, double longest_m);
/* Takes the next steps, up to FLOOD_STEPS of them; 0 at the end of the line. */
size_t flood_walk_on(flood_walk *walk, flood_steps *steps);

/* What is known where each step has its middle, on the first terrain that knows something: the cell it lies in, or
 * with `shore` the nearest cell of land at most two rows and columns away (of equal ones the northernmost, then
 * westernmost). Cells without a height tell nothing. */
sund_code flood_steps_ask(sund_ctx *ctx, const flood_run *run, bool shore, flood_steps *steps);

/* At a level: dry, wet, or it says nothing of the terrain there (flood_speaks). */
enum { FLOOD_STEP_DRY, FLOOD_STEP_WET, FLOOD_STEP_UNSAID };

/* First-wet level of a cell from any part of the sea, raw; wet[l]: FLOOD_STEP_... at level l. */
uint16_t flood_cell_wet(const flood_run *run, size_t site, sund_cell cell, uint8_t *wet);

/* Consecutive metres of one line that are wet at the same levels and drawn alike. */
typedef struct flood_stretch {
  size_t line;          /* as the caller numbers them                 */
  size_t first, points; /* of flood_stretches.x, y                    */
  double metres;        /* ground                                     */
  double wet_m;         /* lowest first-wet level; NAN = never, unknown */
  unsigned class;       /* how it is drawn, as the caller numbers it  */
  const uint8_t *wet;   /* levels: FLOOD_STEP_...                     */
} flood_stretch;

typedef struct flood_stretches {
  size_t levels; /* set by the caller */
  size_t count, room;
  flood_stretch *stretch;
  size_t points, x_room, y_room;
  double *x, *y;   /* analysis CRS                                     */
  bool open;       /* the last stretch can go on                       */
  bool ends_drawn; /* the end of its last step is among its points     */
  double end_x, end_y;
} flood_stretches;

/* A line begins at a place, or goes on there after metres that are left out. */
sund_code flood_stretches_begin(sund_ctx *ctx, flood_stretches *all, double x, double y);
/* Adds a step up to (x, y): line, metres, wet_m, class and wet are those of the step. The points of a stretch are its
 * ends and the corners. */
sund_code flood_stretches_add(sund_ctx *ctx, flood_stretches *all, const flood_stretch *step, double x, double y,
                              bool corner);
/* After the last step. */
sund_code flood_stretches_end(sund_ctx *ctx, flood_stretches *all);
/* A line for every stretch. */
sund_code flood_stretches_shapes(sund_ctx *ctx, const flood_stretches *all, sund_shapes **out);

/* After asking cells here and there: a spool gives the memory of all sites back. */
void flood_steps_done(const flood_run *run);

#endif

/* flood_steps.h - lines cut into steps no longer than a cell, and what the terrain says at each: coast and paths. */
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

/* First-wet level of a cell from any part of the sea, raw, and wet[l] = 1 where it is wet at level l. */
uint16_t flood_cell_wet(const flood_run *run, size_t site, sund_cell cell, uint8_t *wet);

/* After asking cells here and there: a spool gives the memory of all sites back. */
void flood_steps_done(const flood_run *run);

#endif

/* flood_coast.h - the coast in stretches that get wet alike: flood_coast.c and flood_coast_report.c only. */
#ifndef SUND_QUERIES_FLOOD_COAST_H
#define SUND_QUERIES_FLOOD_COAST_H

#include "coast.h"
#include "flood.h"

/* Consecutive metres of one piece of coast that are wet at the same levels and drawn alike. */
typedef struct flood_stretch {
  size_t piece;         /* row of from.pieces                          */
  size_t first, points; /* of x, y                                     */
  double metres;        /* ground                                      */
  double wet_m;         /* lowest first-wet level; NAN = never, unknown */
  unsigned class;       /* flood_wet_class                             */
  const uint8_t *wet;   /* levels: 1 = wet; NULL when nothing is known */
} flood_stretch;

typedef struct flood_shore {
  flood_coast coast; /* first: what flood_coast_find gives */
  coast_run from;
  size_t stretches, stretch_room;
  flood_stretch *stretch;
  size_t points, x_room, y_room;
  double *x, *y;     /* points of the stretches, analysis CRS        */
  double *exposed_m; /* units x levels: ground metres                */
  double *unknown_m; /* units: no cell of land with a height is near */
} flood_shore;

/* How a stretch is drawn: by half metres, then what is never wet and what is not known. */
enum { FLOOD_WET_CLASSES = 10, FLOOD_NEVER_WET = FLOOD_WET_CLASSES - 2, FLOOD_NOT_KNOWN };
unsigned flood_wet_class(double wet_m);

/* Indicators and the layer coast_lines. */
sund_code flood_shore_report(sund_ctx *ctx, flood_run *run, const flood_shore *shore);

#endif

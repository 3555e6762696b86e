/* flood_coast.h - the coast in stretches that get wet alike: flood_coast.c and flood_coast_report.c only. */
#ifndef SUND_QUERIES_FLOOD_COAST_H
#define SUND_QUERIES_FLOOD_COAST_H

#include "coast.h"
#include "flood.h"
#include "flood_steps.h"

typedef struct flood_shore {
  flood_coast coast; /* first: what flood_coast_find gives */
  coast_run from;
  flood_stretches stretches; /* line: row of from.pieces; class: flood_wet_class            */
  double *exposed_m;         /* units x levels: ground metres                               */
  double *unsaid_m;          /* units x levels: of which nothing is known at the level      */
  double *unknown_m;         /* units: at no level, no cell of land with a height being near */
} flood_shore;

/* How a stretch is drawn: by half metres, then what is never wet and what is not known. */
enum { FLOOD_WET_CLASSES = 10, FLOOD_NEVER_WET = FLOOD_WET_CLASSES - 2, FLOOD_NOT_KNOWN };
unsigned flood_wet_class(double wet_m);

/* Indicators and the layer coast_lines. */
sund_code flood_shore_report(sund_ctx *ctx, flood_run *run, const flood_shore *shore);

#endif

/* coast.h - inside of the query `coast`: its options, the pieces of coast, their lengths by yardstick. */
#ifndef SUND_QUERIES_COAST_H
#define SUND_QUERIES_COAST_H

#include "homes.h"
#include "sund/queries.h"

typedef struct coast_options {
  sund_numbers tolerances; /* yardsticks, ground metres */
} coast_options;

/* Where the coast of a reporting unit comes from. */
typedef enum coast_source { COAST_NONE, COAST_LAND, COAST_LINE } coast_source;

/* Connected lines of coast, each inside one reporting unit, ordered by unit and then by first vertex. */
typedef struct coast_pieces {
  sund_shapes *lines; /* one part a row                                   */
  size_t *unit;       /* rows                                             */
  size_t *first;      /* units + 1: first piece of every unit             */
  double *ground_m;   /* rows: length as drawn, on the ellipsoid          */
  double *stretch;    /* rows: map metres per ground metre along the piece */
} coast_pieces;

/* All of one run, from the first step to the report. */
typedef struct coast_run {
  const sund_inputs *in;
  sund_results *out;
  const sund_table *land, *coast, *areas; /* NULL when not given or empty                     */
  size_t units;                           /* areas, or 1                                       */
  coast_source *source;                   /* units                                             */
  double *land_m2;                        /* units: ground; NAN = not known                    */
  coast_pieces pieces;
  size_t yardsticks;
  double *yardstick_m;  /* ascending or not: as asked for, without repetition */
  double *simplified_m; /* units x yardsticks: ground metres, Douglas-Peucker */
  double *divider_m;    /* units x yardsticks: ground metres, divider         */
  double *spacing_m;    /* units: median distance between vertices, or NAN    */
} coast_run;

/* coast_pieces.c: source, land_m2 and pieces. Scratch memory comes from `scratch`. */
sund_code coast_pieces_find(sund_ctx *ctx, sund_ctx *scratch, coast_run *run);
/* coast_measure.c: simplified_m, divider_m, spacing_m. */
sund_code coast_measure(sund_ctx *ctx, sund_ctx *scratch, coast_run *run);
/* coast_report.c: indicators, findings, the layer coast_lines. */
sund_code coast_report(sund_ctx *ctx, coast_run *run);

/* Columns of coast_lines; the query `flood` adds its own behind them. */
enum {
  COAST_AREA_ID,
  COAST_AREA_NAME,
  COAST_PIECE,
  COAST_LENGTH_M,
  COAST_ISLAND,
  COAST_DRAWN_FROM,
  COAST_LINE_FIELDS
};
extern const sund_field coast_line_fields[COAST_LINE_FIELDS];

/* Is a connected piece of coast closed, a whole island? */
bool coast_is_island(const sund_shapes *lines, size_t piece);

/* Can the coast of the unit be known? An area inside what the coast's files state to cover has none when no line of
 * them runs there. */
bool coast_is_covered(const coast_run *run, size_t unit);

#endif

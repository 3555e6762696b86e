/* flood_coast.c - at which level does each metre of coast get wet?
 *
 * The pieces of coast are those of the query `coast` (coast_pieces.c), in their units. Each is walked in steps no
 * longer than a cell (flood_steps.c); a step has the first-wet level of the nearest cell of land, at most two cells
 * away. Steps in a row that are wet at the same levels and events and are drawn alike make a stretch. For the curve
 * the metres of a unit are added up by their raw level, exactly.
 *
 * Lengths are the map's by the piece's own scale, as `coast` measures them: stretches add up to their piece.
 */
#include "flood_coast.h"

#include <math.h>
#include <string.h>

#include "flood_steps.h"

enum { RAW = UINT16_MAX + 1 };

/* A walk along all pieces. */
typedef struct gathering {
  sund_ctx *keep, *scratch;
  flood_run *run;
  flood_shore *shore;
  flood_steps *steps;
  double *by_raw; /* sites x RAW: metres of the unit; those never wet at SUND_NEVER, those unknown there too */
  uint8_t *wet;   /* levels: of the step, FLOOD_STEP_...       */
  size_t coast_room[3];
} gathering;

unsigned flood_wet_class(double wet_m) {
  static const double edge_m[] = {0.5, 1, 1.5, 2, 2.5, 3, 4};
  unsigned class = 0;
  if (isnan(wet_m)) return FLOOD_NEVER_WET;
  while (class < sizeof edge_m / sizeof *edge_m && wet_m > edge_m[class]) class ++;
  return class;
}

/* ------------------------------------------------------------------------------------------------------------ steps */

/* Adds step `i`: to the stretch, to the unit's metres at each level and raw value. */
static sund_code add_step(gathering *g, size_t piece, size_t i) {
  const flood_steps *steps = g->steps;
  flood_shore *s = g->shore;
  const size_t site = steps->site[i], unit = s->from.pieces.unit[piece], levels = g->run->levels.count;
  const double metres = steps->map_m[i] / s->from.pieces.stretch[piece];
  const bool known = site != SIZE_MAX;
  const uint16_t raw = known ? flood_cell_wet(g->run, site, steps->cell[i], g->wet) : SUND_NEVER;
  const double wet_m = known ? flood_metres(&g->run->site[site], raw) : NAN;
  const unsigned class = known ? flood_wet_class(wet_m) : FLOOD_NOT_KNOWN;
  if (!known) memset(g->wet, FLOOD_STEP_UNSAID, levels);
  if (!known) s->unknown_m[unit] += metres;
  for (size_t l = 0; l < levels; l++) {
    if (g->wet[l] == FLOOD_STEP_WET) s->exposed_m[unit * levels + l] += metres;
    if (g->wet[l] == FLOOD_STEP_UNSAID) s->unsaid_m[unit * levels + l] += metres;
  }
  g->by_raw[(known ? site : 0) * RAW + raw] += metres;
  const flood_stretch step = {.line = piece, .metres = metres, .wet_m = wet_m, .class = class, .wet = g->wet};
  return flood_stretches_add(g->keep, &s->stretches, &step, steps->end_x[i], steps->end_y[i], steps->corner[i]);
}

/* ----------------------------------------------------------------------------------------------------------- curve */

static sund_code add_curve(gathering *g, size_t unit, double wet_m, double metres) {
  flood_coast *c = &g->shore->coast;
  size_t *units = sund_grow(g->keep, c->unit, &g->coast_room[0], c->pieces + 1, sizeof *units);
  double *wet = sund_grow(g->keep, c->wet_m, &g->coast_room[1], c->pieces + 1, sizeof *wet);
  double *length = sund_grow(g->keep, c->metres, &g->coast_room[2], c->pieces + 1, sizeof *length);
  if (!units || !wet || !length) return SUND_LIMIT;
  c->unit = units, c->wet_m = wet, c->metres = length;
  c->unit[c->pieces] = unit, c->wet_m[c->pieces] = wet_m, c->metres[c->pieces++] = metres;
  return SUND_OK;
}

/* The metres of a unit by level, and a clean sheet for the next. */
static sund_code finish_unit(gathering *g, size_t unit) {
  for (size_t s = 0; s < g->run->sites; s++)
    for (size_t raw = 0; raw < RAW; raw++) {
      double *metres = &g->by_raw[s * RAW + raw];
      if (*metres > 0) TRY(add_curve(g, unit, flood_metres(&g->run->site[s], (uint16_t)raw), *metres));
      *metres = 0;
    }
  return SUND_OK;
}

/* ------------------------------------------------------------------------------------------------------------ walk */

static sund_code walk_piece(gathering *g, size_t piece, double longest_m) {
  const sund_shapes *lines = g->shore->from.pieces.lines;
  const size_t first = lines->first_vertex[piece];
  flood_walk walk = flood_walk_begin(lines, piece, longest_m);
  TRY(flood_stretches_begin(g->keep, &g->shore->stretches, lines->x[first], lines->y[first]));
  while (flood_walk_on(&walk, g->steps) > 0) {
    TRY(flood_steps_ask(g->scratch, g->run, true, g->steps));
    for (size_t i = 0; i < g->steps->count; i++) TRY(add_step(g, piece, i));
  }
  return SUND_OK;
}

static sund_code walk_all(gathering *g) {
  const coast_run *from = &g->shore->from;
  const double longest_m = flood_steps_longest(g->run);
  g->steps = sund_alloc(g->scratch, 1, sizeof *g->steps);
  g->by_raw = sund_alloc(g->scratch, g->run->sites * RAW, sizeof *g->by_raw);
  g->wet = sund_alloc(g->scratch, g->run->levels.count, 1);
  if (!g->steps || !g->by_raw || !g->wet) return SUND_LIMIT;
  for (size_t u = 0; u < from->units; u++) {
    for (size_t p = from->pieces.first[u]; p < from->pieces.first[u + 1]; p++) TRY(walk_piece(g, p, longest_m));
    if (from->pieces.first[u + 1] > from->pieces.first[u]) TRY(finish_unit(g, u));
  }
  return flood_stretches_end(g->keep, &g->shore->stretches);
}

/* The table of a role when it has rows, else NULL. */
static const sund_table *given(const sund_inputs *in, sund_role role) {
  const sund_table *table = in->role[role];
  return table && table->rows > 0 && table->shapes ? table : NULL;
}

sund_code flood_coast_find(sund_ctx *ctx, flood_run *run, const flood_coast **out) {
  const sund_inputs *in = run->in;
  *out = run->coast;
  if (run->coast || (!given(in, SUND_LAND) && !given(in, SUND_COAST)) || units_count(in) == 0) return SUND_OK;
  flood_shore *shore = sund_alloc(ctx, 1, sizeof *shore);
  if (!shore) return SUND_LIMIT;
  shore->from = (coast_run){.in = in,
                            .out = run->out,
                            .land = given(in, SUND_LAND),
                            .coast = given(in, SUND_COAST),
                            .areas = in->role[SUND_AREAS],
                            .units = units_count(in)};
  shore->exposed_m = sund_alloc(ctx, shore->from.units * run->levels.count, sizeof *shore->exposed_m);
  shore->unsaid_m = sund_alloc(ctx, shore->from.units * run->levels.count, sizeof *shore->unsaid_m);
  shore->unknown_m = sund_alloc(ctx, shore->from.units, sizeof *shore->unknown_m);
  if (!shore->exposed_m || !shore->unsaid_m || !shore->unknown_m) return SUND_LIMIT;
  shore->stretches.levels = run->levels.count;
  sund_ctx *scratch = sund_ctx_child(ctx);
  if (!scratch) return SUND_LIMIT;
  gathering g = {.keep = ctx, .scratch = scratch, .run = run, .shore = shore};
  sund_code code = coast_pieces_find(ctx, scratch, &shore->from);
  if (code == SUND_OK) code = walk_all(&g);
  if (code != SUND_OK) code = sund_ctx_pass(ctx, scratch);
  sund_ctx_free(scratch);
  TRY(code);
  flood_steps_done(run);
  run->coast = *out = &shore->coast;
  return SUND_OK;
}

sund_code flood_coast_measure(sund_ctx *ctx, flood_run *run) {
  const flood_coast *coast;
  TRY(flood_coast_find(ctx, run, &coast));
  return coast ? flood_shore_report(ctx, run, (const flood_shore *)coast) : SUND_OK;
}

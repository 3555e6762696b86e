/* flood_coast_report.c - what `flood` says of the coast: coast.exposed, and the layer coast_lines.
 *
 * The layer has all columns that the query `coast` gives it: in a run of both this one is written.
 */
#include <math.h>
#include <string.h>

#include "flood_coast.h"

static const sund_choice yes_no[] = {
    {"0", {"nej", "nej", "no"}}, {"1", {"ja", "ja", "yes"}}, {NULL, {NULL, NULL, NULL}}};

/* By flood_wet_class. */
static const sund_choice class_choices[FLOOD_WET_CLASSES + 1] = {
    {"0.50", {"til 0,5 m", "till 0,5 m", "up to 0.5 m"}},
    {"1.00", {"0,5–1 m", "0,5–1 m", "0.5–1 m"}},
    {"1.50", {"1–1,5 m", "1–1,5 m", "1–1.5 m"}},
    {"2.00", {"1,5–2 m", "1,5–2 m", "1.5–2 m"}},
    {"2.50", {"2–2,5 m", "2–2,5 m", "2–2.5 m"}},
    {"3.00", {"2,5–3 m", "2,5–3 m", "2.5–3 m"}},
    {"4.00", {"3–4 m", "3–4 m", "3–4 m"}},
    {"above", {"over 4 m", "över 4 m", "above 4 m"}},
    {"never", {"ikke under loftet", "inte under taket", "not below the cap"}},
    {"unknown", {"ikke kendt", "inte känt", "not known"}},
    {NULL, {NULL, NULL, NULL}},
};
static const sund_class classes[FLOOD_WET_CLASSES] = {
    {0, 0, "0.50", "#08306b", {"til 0,5 m", "till 0,5 m", "up to 0.5 m"}},
    {0, 0, "1.00", "#08519c", {"0,5–1 m", "0,5–1 m", "0.5–1 m"}},
    {0, 0, "1.50", "#2171b5", {"1–1,5 m", "1–1,5 m", "1–1.5 m"}},
    {0, 0, "2.00", "#4292c6", {"1,5–2 m", "1,5–2 m", "1.5–2 m"}},
    {0, 0, "2.50", "#6baed6", {"2–2,5 m", "2–2,5 m", "2–2.5 m"}},
    {0, 0, "3.00", "#9ecae1", {"2,5–3 m", "2,5–3 m", "2.5–3 m"}},
    {0, 0, "4.00", "#a1d99b", {"3–4 m", "3–4 m", "3–4 m"}},
    {0, 0, "above", "#41ab5d", {"over 4 m", "över 4 m", "above 4 m"}},
    {0, 0, "never", "#006d2c", {"ikke under loftet", "inte under taket", "not below the cap"}},
    {0, 0, "unknown", "#969696", {"ikke kendt", "inte känt", "not known"}},
};
static const sund_style style = {
    .column = "wet_class", .classes = classes, .count = FLOOD_WET_CLASSES, .size_mm = 0.9, .opacity = 1};

enum { FIRST_WET_M = COAST_LINE_FIELDS, WET_CLASS, COMMON };
static const sund_field own_fields[COMMON - COAST_LINE_FIELDS] = {
    {"first_wet_m",
     SUND_REAL,
     "m",
     {"laveste vandstand, hvor kysten bliver våd", "lägsta vattenstånd då kusten blir våt",
      "lowest level at which the shore gets wet"},
     NULL},
    {"wet_class",
     SUND_TEXT,
     NULL,
     {"vandstand, hvor kysten bliver våd", "vattenstånd då kusten blir våt", "level at which the shore gets wet"},
     class_choices},
};

/* ---------------------------------------------------------------------------------------------------------- layer */

static sund_code make_fields(sund_ctx *ctx, const flood_run *run, sund_field **out) {
  static const sund_field exposed = {
      "exposed_", SUND_INT, NULL, {"oversvømmes ved", "översvämmas vid", "flooded at"}, yes_no};
  sund_field common[COMMON]; /* those of the query coast, then its own */
  memcpy(common, coast_line_fields, sizeof coast_line_fields);
  memcpy(common + COAST_LINE_FIELDS, own_fields, sizeof own_fields);
  return flood_level_fields(ctx, run, &(flood_columns){COMMON, 1, common, &exposed}, out);
}

static sund_code fill_row(sund_ctx *ctx, const flood_run *run, const flood_shore *shore, size_t row,
                          sund_table *table) {
  const flood_stretch *s = &shore->stretches.stretch[row];
  const coast_pieces *pieces = &shore->from.pieces;
  const size_t unit = pieces->unit[s->line];
  sund_column *c = table->column;
  if (!(c[COAST_AREA_ID].text[row] = flood_unit_text(ctx, run, unit, "id"))) return SUND_LIMIT;
  c[COAST_AREA_NAME].text[row] = flood_unit_text(ctx, run, unit, "name");
  c[COAST_PIECE].integer[row] = (int64_t)(s->line - pieces->first[unit]) + 1;
  c[COAST_LENGTH_M].real[row] = s->metres;
  c[COAST_ISLAND].integer[row] = coast_is_island(pieces->lines, s->line);
  c[COAST_DRAWN_FROM].text[row] = shore->from.source[unit] == COAST_LAND ? "land" : "coast";
  c[FIRST_WET_M].real[row] = s->wet_m;
  c[WET_CLASS].text[row] = class_choices[s->class].value;
  for (size_t l = 0; l < run->levels.count; l++)
    c[COMMON + l].integer[row] = s->wet[l] == FLOOD_STEP_UNSAID ? SUND_NULL_INT : s->wet[l] == FLOOD_STEP_WET;
  return SUND_OK;
}

static sund_code lines_layer(sund_ctx *ctx, flood_run *run, const flood_shore *shore) {
  sund_field *fields;
  sund_table *table;
  TRY(make_fields(ctx, run, &fields));
  TRY(sund_table_new(ctx, "coast_lines", SUND_LINE, shore->stretches.count, fields, COMMON + run->levels.count,
                     &table));
  TRY(flood_stretches_shapes(ctx, &shore->stretches, &table->shapes));
  for (size_t row = 0; row < shore->stretches.count; row++) TRY(fill_row(ctx, run, shore, row, table));
  return sund_results_layer(
      ctx, run->out,
      (sund_layer){.table = table,
                   .style = &style,
                   .indexed = true,
                   .title = {"Kyst og vandstand", "Kust och vattenstånd", "Coast and water levels"},
                   .summary = {"En strækning pr. række, som bliver våd ved de samme vandstande; længde på jorden",
                               "En sträcka per rad, som blir våt vid samma vattenstånd; längd på marken",
                               "One stretch per row that gets wet at the same levels; length on the ground"}});
}

/* ----------------------------------------------------------------------------------------------------- indicators */

static sund_code report_unit(sund_ctx *ctx, flood_run *run, const flood_shore *shore, size_t u) {
  const coast_run *from = &shore->from;
  const size_t first = from->pieces.first[u], count = from->pieces.first[u + 1] - first, levels = run->levels.count;
  const double whole_m = sund_sum(count, from->pieces.ground_m + first);
  if (from->source[u] != COAST_LAND && count == 0 && !(from->source[u] == COAST_LINE && coast_is_covered(from, u)))
    return SUND_OK; /* nobody knows whether there is any: `coast` says so */
  for (size_t l = 0; l < levels; l++) {
    const double exposed_m = shore->exposed_m[u * levels + l], unknown_m = shore->unsaid_m[u * levels + l];
    const bool nothing = count > 0 && unknown_m >= whole_m * (1 - 1e-9);
    TRY(sund_results_indicator(ctx, run->out,
                               (sund_indicator){.indicator = "coast.exposed",
                                                .variant = run->levels.level[l].variant,
                                                .area = units_area(run->in, u),
                                                .value = nothing ? NAN : exposed_m,
                                                .unit = "m",
                                                .low = unknown_m > 0 ? exposed_m : NAN,
                                                .high = unknown_m > 0 ? exposed_m + unknown_m : NAN,
                                                .base = whole_m,
                                                .base_unit = "m",
                                                .method = run->method}));
  }
  return SUND_OK;
}

/* Coast of which nothing can be told. */
static sund_code note_unknown(sund_ctx *ctx, flood_run *run, const flood_shore *shore) {
  const double unknown_m = sund_sum(shore->from.units, shore->unknown_m);
  if (!(unknown_m > 0)) return SUND_OK;
  const char *text = sund_text(ctx,
                               "%.0f m of coast have no land with a known height within two cells: their exposure is "
                               "not known",
                               unknown_m);
  return text ? flood_note(ctx, run, "note", "terrain", text, NAN, NAN) : SUND_LIMIT;
}

sund_code flood_shore_report(sund_ctx *ctx, flood_run *run, const flood_shore *shore) {
  for (size_t u = 0; u < shore->from.units; u++) TRY(report_unit(ctx, run, shore, u));
  TRY(note_unknown(ctx, run, shore));
  return lines_layer(ctx, run, shore);
}

/* coast_report.c - what `coast` says: indicators unit by unit, findings, the layer coast_lines.
 */
#include <math.h>

#include "coast.h"

static const char method_simplified[] = "coast-douglas-peucker/1", method_divider[] = "coast-divider/1",
                  method_drawn[] = "coast-as-drawn/1", method_land[] = "land-geodesic/1";

/* A text of an area, or what stands in for it: its feature's number for an id, the id for a name. */
static const char *text_of(const coast_run *run, size_t unit, const char *column) {
  const char **text = run->areas ? sund_table_text(run->areas, column) : NULL;
  if (!run->areas) return "all";
  return text ? text[unit] : NULL;
}

static sund_code id_of(sund_ctx *ctx, const coast_run *run, size_t unit, const char **out) {
  *out = text_of(run, unit, "id");
  if (!*out) *out = sund_text(ctx, "%lld", (long long)sund_table_feature(run->areas, unit));
  return *out ? SUND_OK : SUND_LIMIT;
}

/* Adds an indicator; a value that is not known is left out. */
static sund_code add(sund_ctx *ctx, coast_run *run, size_t unit, const char *indicator, const char *variant,
                     double value, const char *unit_name, const char *method) {
  if (isnan(value)) return SUND_OK;
  return sund_results_indicator(ctx, run->out,
                                (sund_indicator){.indicator = indicator,
                                                 .variant = variant,
                                                 .area = units_area(run->in, unit),
                                                 .value = value,
                                                 .unit = unit_name,
                                                 .low = NAN,
                                                 .high = NAN,
                                                 .base = NAN,
                                                 .method = method});
}

/* ------------------------------------------------------------------------------------------------------- findings */

static sund_code note(sund_ctx *ctx, coast_run *run, size_t unit, const char *severity, const char *text) {
  double box[4] = {NAN, NAN, NAN, NAN};
  const bool placed = run->areas && sund_shapes_box(run->areas->shapes, unit, box);
  return sund_finding_add(
      ctx, &run->out->findings,
      (sund_finding){.severity = severity,
                     .source = run->areas ? sund_table_source(run->areas, unit) : NULL,
                     .feature = run->areas ? sund_table_feature(run->areas, unit) : SUND_NO_FEATURE,
                     .text = text,
                     .x = placed ? (box[0] + box[2]) / 2 : NAN,
                     .y = placed ? (box[1] + box[3]) / 2 : NAN});
}

/* What could not be known of a unit. */
static sund_code note_missing(sund_ctx *ctx, coast_run *run, size_t unit, bool known) {
  const char *id, *text = NULL;
  TRY(id_of(ctx, run, unit, &id));
  if (!known) {
    text = sund_text(ctx, "area %s has no %s data: its coast is not known and not reported", id,
                     run->land && run->coast ? "land and no coast"
                     : run->land             ? "land"
                                             : "coast");
  } else if (run->land && isnan(run->land_m2[unit])) {
    text =
        sund_text(ctx, "area %s has no land data: its coast is taken from `coast`, its land area is not known", id);
  } else {
    return SUND_OK;
  }
  return text ? note(ctx, run, unit, known ? "note" : "warning", text) : SUND_LIMIT;
}

/* Yardsticks finer than the source tell nothing that the drawn line does not. */
static sund_code note_resolution(sund_ctx *ctx, coast_run *run, size_t unit) {
  const char *id, *list = "";
  size_t finer = 0;
  for (size_t k = 0; k < run->yardsticks; k++) {
    if (!(run->yardstick_m[k] < run->spacing_m[unit])) continue;
    list = sund_text(ctx, "%s%s%.10g", list, finer++ ? ", " : "", run->yardstick_m[k]);
    if (!list) return SUND_LIMIT;
  }
  if (!finer) return SUND_OK;
  TRY(id_of(ctx, run, unit, &id));
  const char *text =
      sund_text(ctx,
                "coast of %s at %s m: finer than the source, whose vertices are %.3g m apart (median); "
                "the length there is that of the source",
                id, list, run->spacing_m[unit]);
  return text ? note(ctx, run, unit, "note", text) : SUND_LIMIT;
}

static sund_code note_general(sund_ctx *ctx, coast_run *run) {
  if (run->land && run->coast && !run->areas)
    TRY(note(
        ctx, run, 0, "warning",
        "`coast` is not used: `land` is given, and without `areas` nothing says where the one ends and the other "
        "begins"));
  if (run->land && run->land->rows == 1)
    TRY(note(ctx, run, 0, "note",
             "`land` is one feature: where it borders on land that is not in the data, that border counts as coast"));
  return SUND_OK;
}

/* ----------------------------------------------------------------------------------------------------- indicators */

/* Slope of log length on log yardstick, 1 - D; NAN with fewer than two yardsticks that see any coast. */
static sund_code slope(sund_ctx *ctx, const coast_run *run, const double *metres, double *out) {
  double *x = sund_alloc(ctx, run->yardsticks, sizeof *x);
  if (!x) return SUND_LIMIT;
  double *y = sund_alloc(ctx, run->yardsticks, sizeof *y);
  if (!y) return SUND_LIMIT;
  size_t n = 0;
  for (size_t k = 0; k < run->yardsticks; k++) {
    if (!(metres[k] > 0)) continue;
    x[n] = log(run->yardstick_m[k]);
    y[n++] = log(metres[k]);
  }
  *out = sund_slope(n, x, y);
  return SUND_OK;
}

/* Lengths at every yardstick, and their slope, by one method. */
static sund_code add_lengths(sund_ctx *ctx, coast_run *run, size_t unit, bool divider) {
  const double *metres = (divider ? run->divider_m : run->simplified_m) + unit * run->yardsticks;
  const char *method = divider ? method_divider : method_simplified;
  double steepness = NAN;
  for (size_t k = 0; k < run->yardsticks; k++) {
    const char *variant = sund_text(ctx, "%.10g", run->yardstick_m[k]);
    if (!variant) return SUND_LIMIT;
    TRY(add(ctx, run, unit, divider ? "coast.length_divider" : "coast.length", variant, metres[k], "m", method));
  }
  TRY(slope(ctx, run, metres, &steepness));
  return add(ctx, run, unit, "coast.slope", divider ? "divider" : "douglas-peucker", steepness, "1", method);
}

static sund_code report_unit(sund_ctx *ctx, coast_run *run, size_t unit) {
  const size_t first = run->pieces.first[unit], count = run->pieces.first[unit + 1] - first;
  const bool known = run->source[unit] == COAST_LAND || count > 0 ||
                     (run->source[unit] == COAST_LINE && coast_is_covered(run, unit));
  TRY(note_missing(ctx, run, unit, known));
  if (known) {
    TRY(add_lengths(ctx, run, unit, false));
    TRY(add_lengths(ctx, run, unit, true));
    TRY(add(ctx, run, unit, "coast.length_as_drawn", "", sund_sum(count, run->pieces.ground_m + first), "m",
            method_drawn));
    TRY(add(ctx, run, unit, "coast.vertex_spacing", "", run->spacing_m[unit], "m", method_drawn));
    TRY(note_resolution(ctx, run, unit));
  }
  return add(ctx, run, unit, "area.land", "", run->land_m2[unit] / 10000, "ha", method_land);
}

/* ---------------------------------------------------------------------------------------------------------- layer */

static const sund_choice source_choices[] = {
    {"land", {"lands ydre grænse", "lands yttre gräns", "outer boundary of land"}},
    {"coast", {"kystlinje", "kustlinje", "shoreline"}},
    {NULL, {NULL, NULL, NULL}},
};
static const sund_choice yes_no[] = {
    {"0", {"nej", "nej", "no"}}, {"1", {"ja", "ja", "yes"}}, {NULL, {NULL, NULL, NULL}}};

const sund_field coast_line_fields[COAST_LINE_FIELDS] = {
    [COAST_AREA_ID] = {"area_id", SUND_TEXT, NULL, {"område", "område", "area"}, NULL},
    [COAST_AREA_NAME] = {"area_name", SUND_TEXT, NULL, {"områdets navn", "områdets namn", "name of the area"}, NULL},
    [COAST_PIECE] = {"piece", SUND_INT, NULL, {"stykke nr.", "bit nr", "piece number"}, NULL},
    [COAST_LENGTH_M] =
        {"length_m", SUND_REAL, "m", {"længde som tegnet", "längd som ritad", "length as drawn"}, NULL},
    [COAST_ISLAND] = {"island", SUND_INT, NULL, {"hel ø", "hel ö", "whole island"}, yes_no},
    [COAST_DRAWN_FROM] = {"drawn_from", SUND_TEXT, NULL, {"tegnet af", "ritad av", "drawn from"}, source_choices},
};

static const sund_class line_class[] = {{0, 0, NULL, "#1864ab", {"kyst", "kust", "coast"}}};
static const sund_style line_style = {.classes = line_class, .count = 1, .size_mm = 0.7, .opacity = 1};

bool coast_is_island(const sund_shapes *lines, size_t piece) {
  const size_t first = lines->first_vertex[piece], last = lines->first_vertex[piece + 1] - 1;
  return lines->x[first] == lines->x[last] && lines->y[first] == lines->y[last];
}

static sund_code lines_layer(sund_ctx *ctx, coast_run *run) {
  const coast_pieces *pieces = &run->pieces;
  const sund_shapes *lines = pieces->lines;
  sund_table *table;
  TRY(sund_table_new(ctx, "coast_lines", SUND_LINE, lines->rows, coast_line_fields, COAST_LINE_FIELDS, &table));
  table->shapes = pieces->lines;
  for (size_t p = 0; p < lines->rows; p++) {
    const size_t unit = pieces->unit[p];
    TRY(id_of(ctx, run, unit, &table->column[COAST_AREA_ID].text[p]));
    table->column[COAST_AREA_NAME].text[p] = text_of(run, unit, "name");
    table->column[COAST_PIECE].integer[p] = (int64_t)(p - pieces->first[unit]) + 1;
    table->column[COAST_LENGTH_M].real[p] = pieces->ground_m[p];
    table->column[COAST_ISLAND].integer[p] = coast_is_island(lines, p);
    table->column[COAST_DRAWN_FROM].text[p] = run->source[unit] == COAST_LAND ? "land" : "coast";
  }
  return sund_results_layer(
      ctx, run->out,
      (sund_layer){
          .table = table,
          .style = &line_style,
          .indexed = true,
          .title = {"Kyst", "Kust", "Coast"},
          .summary = {"Et sammenhængende stykke kyst pr. række, delt ved områdernes grænser; længde på jorden",
                      "En sammanhängande bit kust per rad, delad vid områdenas gränser; längd på marken",
                      "One connected piece of coast per row, cut at the areas' borders; length on the ground"}});
}

sund_code coast_report(sund_ctx *ctx, coast_run *run) {
  TRY(note_general(ctx, run));
  for (size_t u = 0; u < run->units; u++) TRY(report_unit(ctx, run, u));
  return lines_layer(ctx, run);
}

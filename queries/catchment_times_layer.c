/* catchment_times_layer.c - the layer catchment_times: its columns, rows and style.
 *
 * A gain is the minutes saved; where a cell is reached only with the scenario, or no longer, there is no number of minutes
 * to tell, and the class of the change says so.
 */
#include <math.h>
#include <string.h>

#include "catchment_times.h"

/* ---------------------------------------------------------------------------------------------------- the fields */

enum { T_PLACE, T_NAME, T_MODE, T_CELL, T_PERSONS, T_JOBS, T_MINUTES, T_FIXED };
enum { S_MINUTES, S_GAIN, S_CHANGE, S_FIELDS };
static const sund_field fixed[T_FIXED] = {
    {"place_id", SUND_TEXT, NULL, {"sted", "plats", "place"}, NULL},
    {"place_name", SUND_TEXT, NULL, {"navn", "namn", "name"}, NULL},
    {"mode", SUND_TEXT, NULL, {"transportform", "färdsätt", "mode"}, catchment_mode_choices},
    {"cell_id", SUND_TEXT, NULL, {"celle", "ruta", "cell"}, NULL},
    {"persons", SUND_REAL, "persons", {"personer i cellen", "personer i rutan", "persons in the cell"}, NULL},
    {"jobs", SUND_REAL, "jobs", {"arbejdspladser i cellen", "arbetstillfällen i rutan", "jobs in the cell"}, NULL},
    {"minutes", SUND_REAL, "min", {"minutter", "minuter", "minutes"}, NULL},
};
static const sund_choice changes[] = {
    {"new", {"nås kun i scenariet", "nås bara i scenariot", "reached in the scenario only"}},
    {"-20", {"20 min eller mere hurtigere", "20 min eller mer snabbare", "20 min or more faster"}},
    {"-10", {"10–20 min hurtigere", "10–20 min snabbare", "10–20 min faster"}},
    {"-5", {"5–10 min hurtigere", "5–10 min snabbare", "5–10 min faster"}},
    {"-1", {"1–5 min hurtigere", "1–5 min snabbare", "1–5 min faster"}},
    {"0", {"uændret", "oförändrat", "unchanged"}},
    {"+1", {"1–5 min langsommere", "1–5 min långsammare", "1–5 min slower"}},
    {"+5", {"5 min eller mere langsommere", "5 min eller mer långsammare", "5 min or more slower"}},
    {"lost", {"nås ikke længere", "nås inte längre", "no longer reached"}},
    {NULL, {NULL, NULL, NULL}},
};
static const char *const change_colours[] = {"#542788", "#08519c", "#3182bd", "#6baed6", "#c6dbef",
                                             "#e6e6e6", "#fdbe85", "#e6550d", "#67000d"};
enum { CHANGES = sizeof change_colours / sizeof *change_colours };
static const sund_field scenario_fields[S_FIELDS] = {
    {"minutes", SUND_REAL, "min", {"minutter", "minuter", "minutes"}, NULL},
    {"gain_min", SUND_REAL, "min", {"sparede minutter", "sparade minuter", "minutes saved"}, NULL},
    {"change", SUND_TEXT, NULL, {"ændring", "förändring", "change"}, changes},
};
/* Near is dark. */
static const char *const shades[] = {"#084081", "#2b8cbe", "#4eb3d3", "#7bccc4", "#a8ddb5", "#ccebc5", "#e0f3db"};
enum { SHADES = sizeof shades / sizeof *shades };

static const char *change_of(double before, double after) {
  if (isnan(before)) return isnan(after) ? NULL : "new";
  if (isnan(after)) return "lost";
  const double gain = before - after;
  if (gain >= 20) return "-20";
  if (gain >= 10) return "-10";
  if (gain >= 5) return "-5";
  if (gain >= 1) return "-1";
  return gain > -1 ? "0" : gain > -5 ? "+1" : "+5";
}

/* ------------------------------------------------------------------------------------------------------ the layer */

static sund_code make_table(sund_ctx *ctx, const catchment_run *run, size_t count, sund_table **out) {
  const size_t columns = T_FIXED + (run->variants - 1) * S_FIELDS;
  sund_field *field = sund_alloc(ctx, columns, sizeof *field);
  if (!field) return SUND_LIMIT;
  memcpy(field, fixed, sizeof fixed);
  for (size_t v = 1; v < run->variants; v++)
    for (int k = 0; k < S_FIELDS; k++) {
      sund_field *f = &field[T_FIXED + (v - 1) * S_FIELDS + (size_t)k];
      *f = scenario_fields[k];
      if (!(f->name = catchment_column_name(ctx, run, scenario_fields[k].name, v))) return SUND_LIMIT;
      for (int l = 0; l < 3; l++)
        if (!(f->label[l] = sund_text(ctx, "%s: %s", run->variant[v].name, scenario_fields[k].label[l])))
          return SUND_LIMIT;
    }
  return sund_table_new(ctx, "catchment_times", SUND_AREA, count, field, columns, out);
}

/* Not where fewer live than may be told. */
static double persons_told(const catchment_run *run, double persons) {
  return run->town.home_count && (persons == 0 || persons >= run->options->suppress) ? persons : NAN;
}

static sund_code fill_table(sund_ctx *ctx, const catchment_run *run, const catchment_grid *grid,
                            const catchment_times_rows *all, sund_table *table) {
  sund_column *column = table->column;
  catchment_cell *cell = sund_alloc(ctx, all->count, sizeof *cell);
  const char **name = sund_alloc(ctx, grid->count, sizeof *name);
  if (!cell || !name) return SUND_LIMIT;
  for (size_t r = 0; r < all->count; r++) {
    const catchment_times_row *k = &all->row[r];
    const double *minutes = all->minutes + r * run->variants;
    cell[r] = grid->cell[k->cell];
    if (!name[k->cell]) name[k->cell] = catchment_cell_name(ctx, grid->side_m, cell[r]);
    if (!name[k->cell]) return SUND_LIMIT;
    column[T_PLACE].text[r] = run->town.place_id[k->place];
    column[T_NAME].text[r] = run->town.place_name[k->place];
    column[T_MODE].text[r] = catchment_mode_names[k->mode];
    column[T_CELL].text[r] = name[k->cell];
    column[T_PERSONS].real[r] = persons_told(run, grid->persons[k->cell]);
    column[T_JOBS].real[r] = run->town.job_count ? grid->jobs[k->cell] : NAN;
    column[T_MINUTES].real[r] = minutes[0];
    for (size_t v = 1; v < run->variants; v++) {
      sund_column *of = column + T_FIXED + (v - 1) * S_FIELDS;
      of[S_MINUTES].real[r] = minutes[v];
      of[S_GAIN].real[r] = minutes[0] - minutes[v];
      of[S_CHANGE].text[r] = change_of(minutes[0], minutes[v]);
    }
  }
  return catchment_cell_squares(ctx, grid->side_m, all->count, cell, &table->shapes);
}

/* By minutes, or, where something is compared, by what the first scenario changes. */
static sund_code make_style(sund_ctx *ctx, const catchment_run *run, const sund_style **out) {
  const bool compared = run->variants > 1;
  const size_t count = compared ? CHANGES : run->bounds;
  sund_class *class = sund_alloc(ctx, count, sizeof *class);
  sund_style *style = sund_alloc(ctx, 1, sizeof *style);
  const char *column = compared ? catchment_column_name(ctx, run, scenario_fields[S_CHANGE].name, 1) : "minutes";
  if (!class || !style || !column) return SUND_LIMIT;
  for (size_t k = 0; k < count; k++) {
    if (compared) {
      class[k] = (sund_class){.value = changes[k].value, .colour = change_colours[k]};
      memcpy(class[k].label, changes[k].label, sizeof class[k].label);
      continue;
    }
    const char *text = sund_text(ctx, "≤ %g min", run->minutes[k]);
    if (!text) return SUND_LIMIT;
    class[k] = (sund_class){.low = k ? run->minutes[k - 1] + 1e-9 : 0,
                            .high = run->minutes[k] + 0.001, /* sums of roundings lie a hair above */
                            .colour = shades[count > 1 ? k * (SHADES - 1) / (count - 1) : 0],
                            .label = {text, text, text}};
  }
  *style = (sund_style){
      .column = column, .graduated = !compared, .classes = class, .count = count, .size_mm = 0.1, .opacity = 0.75};
  *out = style;
  return SUND_OK;
}

sund_code catchment_times_layer(sund_ctx *ctx, catchment_run *run, const catchment_grid *grid,
                                const catchment_times_rows *rows) {
  const sund_style *style;
  sund_table *table;
  TRY(make_table(ctx, run, rows->count, &table));
  TRY(fill_table(ctx, run, grid, rows, table));
  TRY(make_style(ctx, run, &style));
  return sund_results_layer(
      ctx, run->out,
      (sund_layer){
          .table = table,
          .title = {"Minutter til celler", "Minuter till rutor", "Minutes to cells"},
          .summary = {"Minutter fra hvert sted til det, der bor og arbejder i cellen (halvdelen er nået), og "
                      "ændringen i scenarier",
                      "Minuter från varje plats till dem som bor och arbetar i rutan (hälften är nådd), och "
                      "förändringen i scenarier",
                      "Minutes from every place to what lives and works in the cell (half of it is reached), "
                      "and the change in scenarios"},
          .style = style,
          .indexed = true,
          .kept = true});
}

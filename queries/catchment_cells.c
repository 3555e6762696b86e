/* catchment_cells.c - the layer catchment_cells (option cells): what is reached from every inhabited cell, mode by mode,
 * bound by bound, across the Sound too, today and in every scenario compared; and the average over all inhabitants.
 *
 * A cell stands at the weighted centre of its homes when one goes from it, and at that of its homes and jobs when one
 * goes to it; what lies in a cell is reached as a whole, and a cell reaches itself in no time. So the figures are those
 * of a model with cells of that size: for single places the layer catchments counts home by home.
 *
 * Order: the cells (catchment_grid.c), the ways (catchment_cells_ways.c), the rows.
 */
#include "catchment_cells.h"

#include <math.h>
#include <string.h>

/* ------------------------------------------------------------------------------------------------------ centres */

/* What a target counts when a cell's centre is sought: who lives there, or jobs as well. */
static double weight_of(const catchment_town *t, size_t target, bool jobs_too) {
  return t->persons[target] + (jobs_too ? t->jobs[target] : 0);
}

/* Where a cell stands. */
typedef struct stand {
  double x, y;
  int32_t shore;
} stand;

/* The shore where most of a cell's targets lie; of equal ones the first. */
static int32_t main_shore(const catchment_cells_run *c, size_t cell, bool jobs_too) {
  const catchment_town *t = &c->run->town;
  const size_t first = c->grid->first[cell], end = c->grid->first[cell + 1], *target = c->grid->target;
  int32_t best = -1;
  double most = -1;
  for (size_t k = first; k < end; k++) {
    const int32_t here = t->shore[target[k]];
    double same = 0;
    if (k > first && here == t->shore[target[k - 1]]) continue;
    for (size_t j = first; j < end; j++)
      if (t->shore[target[j]] == here) same += weight_of(t, target[j], jobs_too);
    if (same > most) most = same, best = here;
  }
  return best;
}

/* The weighted centre of a cell's targets, or their plain centre where nothing is weighed. */
static stand stand_of(const catchment_cells_run *c, size_t cell, bool jobs_too) {
  const catchment_town *t = &c->run->town;
  const size_t first = c->grid->first[cell], end = c->grid->first[cell + 1], *target = c->grid->target;
  /* against the first target: no figures are lost in large coordinates */
  const double x0 = t->x[target[first]], y0 = t->y[target[first]];
  double total = 0, x = 0, y = 0;
  for (size_t k = first; k < end; k++) total += weight_of(t, target[k], jobs_too);
  for (size_t k = first; k < end; k++) {
    const double part = total > 0 ? weight_of(t, target[k], jobs_too) / total : 1 / (double)(end - first);
    x += part * (t->x[target[k]] - x0), y += part * (t->y[target[k]] - y0);
  }
  return (stand){x0 + x, y0 + y, main_shore(c, cell, jobs_too)};
}

static sund_code make_cells(sund_ctx *ctx, catchment_cells_run *c) {
  const catchment_run *run = c->run;
  catchment_grid *grid;
  TRY(catchment_grid_make(ctx, run, run->options->cell_m, 0, NULL, NULL, &grid));
  const size_t n = grid->count;
  c->grid = grid;
  if (!(c->x = sund_alloc(ctx, n, sizeof *c->x)) || !(c->y = sund_alloc(ctx, n, sizeof *c->y)) ||
      !(c->shore = sund_alloc(ctx, n, sizeof *c->shore)) || !(c->cell = sund_alloc(ctx, n, sizeof *c->cell)) ||
      !(c->from_x = sund_alloc(ctx, n, sizeof *c->from_x)) || !(c->from_y = sund_alloc(ctx, n, sizeof *c->from_y)) ||
      !(c->from_shore = sund_alloc(ctx, n, sizeof *c->from_shore)))
    return SUND_LIMIT;
  for (size_t k = 0; k < n; k++) {
    const stand to = stand_of(c, k, true), from = stand_of(c, k, false);
    c->x[k] = to.x, c->y[k] = to.y, c->shore[k] = to.shore;
    if (grid->persons[k] <= 0) continue;
    const size_t o = c->origins++;
    c->cell[o] = k;
    c->from_x[o] = from.x, c->from_y[o] = from.y, c->from_shore[o] = from.shore;
  }
  c->sums = sund_alloc(ctx, run->variants * SUND_MODES * run->bounds * c->origins, sizeof *c->sums);
  return c->sums ? SUND_OK : SUND_LIMIT;
}

static sund_code find_sums(sund_ctx *ctx, catchment_cells_run *c) {
  const catchment_run *run = c->run;
  for (int m = 0; m < SUND_TRANSIT; m++)
    if (run->options->wants[m])
      TRY(run->graph ? catchment_cells_by_streets(ctx, c, (sund_mode)m) : catchment_cells_by_lines(ctx, c));
  for (size_t v = 0; v < run->variants && run->options->wants[SUND_TRANSIT]; v++)
    TRY(catchment_cells_by_transit(ctx, c, v));
  return SUND_OK;
}

/* ------------------------------------------------------------------------------------------------------- fields */

enum { F_CELL, F_COUNTRY, F_LIVING, F_MODE, F_MINUTES, F_PERSONS, F_JOBS, F_PERSONS_ACROSS, F_JOBS_ACROSS, F_FIXED };
static const sund_field fixed[F_FIXED] = {
    {"cell_id", SUND_TEXT, NULL, {"celle", "ruta", "cell"}, NULL},
    {"country", SUND_TEXT, NULL, {"land", "land", "country"}, NULL},
    {"living", SUND_REAL, "persons", {"bor i cellen", "bor i rutan", "live in the cell"}, NULL},
    {"mode", SUND_TEXT, NULL, {"transportform", "färdsätt", "mode"}, catchment_mode_choices},
    {"minutes", SUND_REAL, "min", {"inden for", "inom", "within"}, NULL},
    {"persons", SUND_REAL, "persons", {"personer", "personer", "persons"}, NULL},
    {"jobs", SUND_REAL, "jobs", {"arbejdspladser", "arbetstillfällen", "jobs"}, NULL},
    {"persons_across",
     SUND_REAL,
     "persons",
     {"personer på den anden kyst", "personer på andra kusten", "persons across the Sound"},
     NULL},
    {"jobs_across",
     SUND_REAL,
     "jobs",
     {"arbejdspladser på den anden kyst", "arbetstillfällen på andra kusten", "jobs across the Sound"},
     NULL},
};
enum { S_PERSONS, S_JOBS, S_PERSONS_GAIN, S_JOBS_GAIN, S_FIELDS };
static const sund_field scenario_fields[S_FIELDS] = {
    {"persons", SUND_REAL, "persons", {"personer", "personer", "persons"}, NULL},
    {"jobs", SUND_REAL, "jobs", {"arbejdspladser", "arbetstillfällen", "jobs"}, NULL},
    {"persons_gain", SUND_REAL, "persons", {"flere personer", "fler personer", "more persons"}, NULL},
    {"jobs_gain", SUND_REAL, "jobs", {"flere arbejdspladser", "fler arbetstillfällen", "more jobs"}, NULL},
};

static sund_code make_table(sund_ctx *ctx, const catchment_run *run, size_t rows, sund_table **out) {
  const size_t columns = F_FIXED + (run->variants - 1) * S_FIELDS;
  sund_field *field = sund_alloc(ctx, columns, sizeof *field);
  if (!field) return SUND_LIMIT;
  memcpy(field, fixed, sizeof fixed);
  for (size_t v = 1; v < run->variants; v++)
    for (int k = 0; k < S_FIELDS; k++) {
      sund_field *f = &field[F_FIXED + (v - 1) * S_FIELDS + (size_t)k];
      *f = scenario_fields[k];
      if (!(f->name = catchment_column_name(ctx, run, scenario_fields[k].name, v))) return SUND_LIMIT;
      for (int l = 0; l < 3; l++)
        if (!(f->label[l] = sund_text(ctx, "%s: %s", run->variant[v].name, scenario_fields[k].label[l])))
          return SUND_LIMIT;
    }
  return sund_table_new(ctx, "catchment_cells", SUND_AREA, rows, field, columns, out);
}

/* --------------------------------------------------------------------------------------------------------- rows */

static void fill_row(const catchment_cells_run *c, const sund_table *table, size_t row, sund_mode mode, size_t bound,
                     size_t origin) {
  const catchment_run *run = c->run;
  const bool jobs = run->town.job_count > 0;
  const catchment_cells_sums *today = catchment_cells_sums_of(c, 0, mode, bound) + origin;
  sund_column *column = table->column;
  const int32_t shore = c->from_shore[origin];
  if (shore >= 0) column[F_COUNTRY].text[row] = run->town.country[shore];
  column[F_LIVING].real[row] = c->grid->persons[c->cell[origin]];
  column[F_MODE].text[row] = catchment_mode_names[mode];
  column[F_MINUTES].real[row] = run->minutes[bound];
  column[F_PERSONS].real[row] = today->persons;
  column[F_PERSONS_ACROSS].real[row] = today->persons_across;
  if (jobs) column[F_JOBS].real[row] = today->jobs, column[F_JOBS_ACROSS].real[row] = today->jobs_across;
  for (size_t v = 1; v < run->variants; v++) {
    const catchment_cells_sums *then = catchment_cells_sums_of(c, v, mode, bound) + origin;
    sund_column *of = column + F_FIXED + (v - 1) * S_FIELDS;
    of[S_PERSONS].real[row] = then->persons;
    of[S_PERSONS_GAIN].real[row] = then->persons - today->persons;
    if (jobs) of[S_JOBS].real[row] = then->jobs, of[S_JOBS_GAIN].real[row] = then->jobs - today->jobs;
  }
}

/* Is the cell shown? Not where fewer live than may be told. */
static bool is_shown(const catchment_cells_run *c, size_t origin) {
  return c->grid->persons[c->cell[origin]] >= c->run->options->suppress;
}

static sund_code fill_table(sund_ctx *ctx, const catchment_cells_run *c, sund_table *table) {
  const catchment_run *run = c->run;
  const char **name = sund_alloc(ctx, c->origins, sizeof *name);
  catchment_cell *cell = sund_alloc(ctx, table->rows, sizeof *cell);
  size_t row = 0;
  if (!name || !cell) return SUND_LIMIT;
  for (int m = 0; m < SUND_MODES; m++)
    for (size_t b = 0; b < run->bounds && run->options->wants[m]; b++)
      for (size_t o = 0; o < c->origins; o++) {
        if (!is_shown(c, o)) continue;
        cell[row] = c->grid->cell[c->cell[o]];
        if (!name[o]) name[o] = catchment_cell_name(ctx, c->grid->side_m, cell[row]);
        if (!name[o]) return SUND_LIMIT;
        table->column[F_CELL].text[row] = name[o];
        fill_row(c, table, row++, (sund_mode)m, b, o);
      }
  return catchment_cell_squares(ctx, c->grid->side_m, table->rows, cell, &table->shapes);
}

/* -------------------------------------------------------------------------------------------------------- style */

enum { CLASSES = 5 };
static const char *const shades[CLASSES] = {"#ffffcc", "#a1dab4", "#41b6c4", "#2c7fb8", "#253494"};

/* A number that is easy to read: two figures. */
static double round_nicely(double value) {
  if (!(value > 0)) return 0;
  const double step = pow(10, floor(log10(value)) - 1);
  return rint(value / step) * step;
}

/* Fifths of the rows by the column that tells most: jobs gained by the first scenario, else jobs, else persons. */
static sund_code make_style(sund_ctx *ctx, const catchment_cells_run *c, const sund_table *table,
                            const sund_style **out) {
  const bool jobs = c->run->town.job_count > 0, compared = c->run->variants > 1;
  const size_t k = compared ? F_FIXED + (jobs ? S_JOBS_GAIN : S_PERSONS_GAIN) : jobs ? F_JOBS : F_PERSONS;
  sund_class *class = sund_alloc(ctx, CLASSES, sizeof *class);
  sund_style *style = sund_alloc(ctx, 1, sizeof *style);
  sund_ranks ranks;
  double low = -INFINITY;
  size_t count = 0;
  if (!class || !style) return SUND_LIMIT;
  TRY(sund_ranks_make(ctx, table->rows, table->column[k].real, NULL, &ranks));
  for (int i = 1; i <= CLASSES; i++) {
    const double value = sund_ranks_quantile(&ranks, (double)i / CLASSES);
    const double high = i == CLASSES || isnan(value) ? INFINITY : round_nicely(value);
    if (high <= low) continue; /* several fifths are one number */
    const bool first = count == 0, last = isinf(high);
    const char *text = first && last ? sund_text(ctx, "≥ 0")
                       : first       ? sund_text(ctx, "≤ %.0f", high)
                       : last        ? sund_text(ctx, "> %.0f", low)
                                     : sund_text(ctx, "%.0f – %.0f", low, high);
    if (!text) return SUND_LIMIT;
    class[count++] = (sund_class){
        .low = first ? low : low + 1e-6, .high = high, .colour = shades[i - 1], .label = {text, text, text}};
    low = high;
    if (last) break;
  }
  *style = (sund_style){.column = table->column[k].field.name,
                        .graduated = true,
                        .classes = class,
                        .count = count,
                        .size_mm = 0.1,
                        .opacity = 0.75};
  *out = style;
  return SUND_OK;
}

/* --------------------------------------------------------------------------------------------------- indicators */

/* What the average inhabitant reaches. */
static sund_code tell_mean(sund_ctx *ctx, const catchment_cells_run *c, size_t variant, sund_mode mode,
                           size_t bound) {
  const catchment_cells_sums *sums = catchment_cells_sums_of(c, variant, mode, bound);
  double living = 0, persons = 0, jobs = 0;
  for (size_t o = 0; o < c->origins; o++) {
    const double here = c->grid->persons[c->cell[o]];
    living += here, persons += here * sums[o].persons, jobs += here * sums[o].jobs;
  }
  const char *text = catchment_variant_text(ctx, c->run, mode, bound, c->run->main);
  if (!text) return SUND_LIMIT;
  sund_indicator row = {.indicator = "catchment.mean_persons",
                        .variant = text,
                        .area = SIZE_MAX,
                        .value = living > 0 ? persons / living : NAN,
                        .unit = "persons",
                        .low = NAN,
                        .high = NAN,
                        .base = living,
                        .base_unit = "persons",
                        .method = c->run->method,
                        .scenario = variant ? c->run->variant[variant].name : NULL};
  TRY(sund_results_indicator(ctx, c->run->out, row));
  if (!c->run->town.job_count) return SUND_OK;
  row.indicator = "catchment.mean_jobs";
  row.unit = "jobs";
  row.value = living > 0 ? jobs / living : NAN;
  return sund_results_indicator(ctx, c->run->out, row);
}

static sund_code tell_means(sund_ctx *ctx, const catchment_cells_run *c) {
  for (size_t v = 0; v < c->run->variants; v++)
    for (int m = 0; m < SUND_MODES; m++)
      for (size_t b = 0; b < c->run->bounds && c->run->options->wants[m]; b++)
        TRY(tell_mean(ctx, c, v, (sund_mode)m, b));
  return SUND_OK;
}

/* -------------------------------------------------------------------------------------------------------- layer */

static sund_code write_layer(sund_ctx *ctx, const catchment_cells_run *c) {
  size_t shown = 0, modes = 0;
  sund_table *table;
  const sund_style *style;
  for (size_t o = 0; o < c->origins; o++) shown += is_shown(c, o);
  for (int m = 0; m < SUND_MODES; m++) modes += c->run->options->wants[m];
  TRY(make_table(ctx, c->run, shown * modes * c->run->bounds, &table));
  TRY(fill_table(ctx, c, table));
  TRY(make_style(ctx, c, table, &style));
  return sund_results_layer(
      ctx, c->run->out,
      (sund_layer){
          .table = table,
          .title = {"Hvad celler når", "Vad rutor når", "What cells reach"},
          .summary = {"Personer og arbejdspladser, der nås fra hver beboet celle inden for så mange minutter",
                      "Personer och arbetstillfällen som nås från varje bebodd ruta inom så många minuter",
                      "Persons and jobs reached from every inhabited cell within so many minutes"},
          .style = style,
          .indexed = true,
          .kept = true});
}

sund_code catchment_cells(sund_ctx *ctx, catchment_run *run) {
  catchment_cells_run c = {.run = run};
  if (!run->options->cells || run->options->cell_m <= 0 || !run->town.home_count) return SUND_OK;
  sund_ctx *scratch = sund_ctx_child(ctx);
  if (!scratch) return SUND_LIMIT;
  sund_code code = make_cells(scratch, &c);
  if (code == SUND_OK) code = find_sums(scratch, &c);
  if (code == SUND_OK) code = tell_means(ctx, &c);
  if (code == SUND_OK) code = write_layer(ctx, &c);
  if (code != SUND_OK) code = sund_ctx_pass(ctx, scratch);
  sund_ctx_free(scratch);
  return code;
}

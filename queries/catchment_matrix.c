/* catchment_matrix.c - the table matrix: seconds and metres from every place to every home and every other place, by mode
 * and percentile; NULL where the largest bound does not reach.
 */
#include <math.h>
#include <string.h>

#include "catchment.h"

enum { M_FROM, M_TO, M_MODE, M_PERCENTILE, M_SECONDS, M_METRES, M_SCENARIO, M_PIECE, M_FIELDS };
static const sund_field fields[M_FIELDS] = {
    {"from_id", SUND_TEXT, NULL, {"fra sted", "från plats", "from place"}, NULL},
    {"to_id", SUND_TEXT, NULL, {"til hjem", "till hem", "to home"}, NULL},
    {"mode", SUND_TEXT, NULL, {"transportform", "färdsätt", "mode"}, NULL},
    {"percentile",
     SUND_REAL,
     "%",
     {"percentil af afgange", "percentil av avgångar", "percentile of departures"},
     NULL},
    {"seconds", SUND_REAL, "s", {"rejsetid", "restid", "travel time"}, NULL},
    {"metres", SUND_REAL, "m", {"længde", "längd", "length"}, NULL},
    {"scenario", SUND_TEXT, NULL, {"scenarie", "scenario", "scenario"}, NULL},
    {"piece", SUND_INT, NULL, {"stykke af en spredt celle", "bit av en spridd ruta", "piece of a spread cell"}, NULL},
};

/* Hundredths: finer than any timetable, and free of the unit's fractions. */
static double round_to(double value, double step) {
  return round(value / step) * step;
}

/* One row of the answer: to target k, called `to`. */
static void fill_row(const catchment_run *run, const catchment_answer *answer, size_t percent, size_t k,
                     const char *to, const sund_table *table, size_t row) {
  const uint32_t units = answer->time[percent][k];
  if (k < run->town.home_count) table->column[M_PIECE].integer[row] = run->town.homes->piece[k];
  table->column[M_TO].text[row] = to;
  table->column[M_PERCENTILE].real[row] = run->percent[percent];
  if (units == SUND_BEYOND) return;
  table->column[M_SECONDS].real[row] = round_to(units * run->unit_s, 0.01);
  if (answer->metres) table->column[M_METRES].real[row] = round_to(answer->metres[k], 0.001);
}

/* Rows from one place by one mode: to every home, then to every other place. Returns the row behind them. */
static size_t fill_rows(const catchment_run *run, size_t variant, sund_mode mode, size_t place, size_t percent,
                        const char *const *home_id, const sund_table *table, size_t row) {
  const catchment_town *t = &run->town;
  const catchment_answer *answer = catchment_answer_of(run, variant, mode, place);
  const size_t first = row, places = t->home_count + t->job_count;
  for (size_t k = 0; k < t->home_count; k++) fill_row(run, answer, percent, k, home_id[k], table, row++);
  for (size_t i = 0; i < t->places; i++)
    if (i != place) fill_row(run, answer, percent, places + i, t->place_id[i], table, row++);
  for (size_t r = first; r < row; r++) {
    table->column[M_FROM].text[r] = t->place_id[place];
    table->column[M_MODE].text[r] = catchment_mode_names[mode];
    table->column[M_SCENARIO].text[r] = run->variant[variant].name;
  }
  return row;
}

sund_code catchment_matrix(sund_ctx *ctx, catchment_run *run) {
  const catchment_town *t = &run->town;
  size_t answers = 0, row = 0;
  sund_table *table;
  if (!run->options->matrix) return SUND_OK;
  const size_t each = t->home_count + (t->places ? t->places - 1 : 0);
  const char **id = sund_alloc(ctx, t->home_count, sizeof *id);
  if (!id) return SUND_LIMIT;
  for (size_t k = 0; k < t->home_count; k++)
    if (!(id[k] = homes_id(ctx, run->in, t->homes, k))) return SUND_LIMIT;
  for (size_t a = 0; a < run->variants * SUND_MODES * t->places; a++) answers += run->answer[a].time != NULL;
  TRY(sund_table_new(ctx, "matrix", SUND_NONE, answers * run->percents * each, fields, M_FIELDS, &table));
  for (size_t v = 0; v < run->variants; v++)
    for (int m = 0; m < SUND_MODES; m++)
      for (size_t i = 0; i < t->places; i++)
        for (size_t p = 0; p < run->percents && catchment_answer_of(run, v, (sund_mode)m, i)->time; p++)
          row = fill_rows(run, v, (sund_mode)m, i, p, id, table, row);
  return sund_results_layer(ctx, run->out,
                            (sund_layer){.table = table,
                                         .title = {"Rejsetider", "Restider", "Travel times"},
                                         .summary = {"Sekunder fra hvert sted til hvert hjem og hvert andet sted, "
                                                     "begge adgangsben med; meter af rejsen ved "
                                                     "hovedpercentilen",
                                                     "Sekunder från varje plats till varje hem och varje annan "
                                                     "plats, båda anslutningarna med; meter av resan "
                                                     "vid huvudpercentilen",
                                                     "Seconds from every place to every home and every other place, "
                                                     "both access legs included; metres of the "
                                                     "way at the main percentile"},
                                         .kept = true});
}

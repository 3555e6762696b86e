/* catchment_report.c - how many persons and jobs each place reaches, on its own side and across: the indicators and the
 * layer catchments.
 *
 * Cumulative opportunities (Wickstrom 1971; Wachs and Kumagai 1973) with an inclusive bound, counted target by target and
 * never inside a drawn area. Beside the median, or whichever percentile comes first: other percentiles, and the planned
 * departure without the first wait.
 */
#include <math.h>
#include <string.h>

#include "catchment.h"

/* What lies within a bound. */
typedef struct sums {
  double persons, jobs, persons_across, jobs_across;
} sums;

static sums sum_within(const catchment_run *run, const uint32_t *time, const uint8_t *across, uint32_t bound) {
  sums s = {0};
  const catchment_town *t = &run->town;
  for (size_t k = 0; k < t->targets; k++) {
    if (time[k] > bound) continue;
    s.persons += t->persons[k], s.jobs += t->jobs[k];
    if (across[k]) s.persons_across += t->persons[k], s.jobs_across += t->jobs[k];
  }
  return s;
}

sund_indicator catchment_indicator(const catchment_run *run, size_t variant, size_t place, const char *name,
                                   const char *text, double value, const char *unit) {
  const catchment_town *t = &run->town;
  const int32_t shore = t->place_shore[place];
  return (sund_indicator){.indicator = name,
                          .variant = text,
                          .area = SIZE_MAX,
                          .value = value,
                          .unit = unit,
                          .low = NAN,
                          .high = NAN,
                          .base = NAN,
                          .method = run->method,
                          .scenario = variant ? run->variant[variant].name : NULL,
                          .unit_id = t->place_id[place],
                          .unit_name = t->place_name[place],
                          .unit_country = shore >= 0 ? t->country[shore] : NULL,
                          .unit_level = "place"};
}

static sund_code tell_sums(sund_ctx *ctx, catchment_run *run, size_t variant, size_t place, const char *text,
                           const sums *s) {
  const bool persons = run->town.home_count > 0, jobs = run->town.job_count > 0;
  const struct {
    bool known;
    const char *name, *unit;
    double value, base;
  } row[] = {{persons, "catchment.persons", "persons", s->persons, run->town.all_persons},
             {jobs, "catchment.jobs", "jobs", s->jobs, run->town.all_jobs},
             {persons, "catchment.persons_across", "persons", s->persons_across, s->persons},
             {jobs, "catchment.jobs_across", "jobs", s->jobs_across, s->jobs}};
  for (size_t k = 0; k < sizeof row / sizeof *row; k++) {
    sund_indicator told =
        catchment_indicator(run, variant, place, row[k].name, text, row[k].known ? row[k].value : NAN, row[k].unit);
    if (row[k].known) told.base = row[k].base, told.base_unit = row[k].unit;
    TRY(sund_results_indicator(ctx, run->out, told));
  }
  return SUND_OK;
}

/* Is there anything in the way that departs by the clock? Then planning ahead saves time. */
static bool waits(const catchment_answer *answer) {
  return answer->planned && answer->planned != answer->time[0];
}

static sund_code tell_answer(sund_ctx *ctx, catchment_run *run, size_t variant, sund_mode mode, size_t place) {
  const catchment_answer *answer = catchment_answer_of(run, variant, mode, place);
  for (size_t b = 0; b < run->bounds; b++) {
    for (size_t p = 0; p < run->percents; p++) {
      const char *text = catchment_variant_text(ctx, run, mode, b, p);
      const sums s = sum_within(run, answer->time[p], answer->across, run->bound[b]);
      if (!text) return SUND_LIMIT;
      TRY(tell_sums(ctx, run, variant, place, text, &s));
    }
    if (!waits(answer)) continue;
    const char *text = catchment_variant_text(ctx, run, mode, b, run->main);
    if (text) text = sund_text(ctx, "%s/planned", text);
    if (!text) return SUND_LIMIT;
    const sums s = sum_within(run, answer->planned, answer->across, run->bound[b]);
    TRY(tell_sums(ctx, run, variant, place, text, &s));
  }
  return SUND_OK;
}

/* ----------------------------------------------------------------------------------------------- layer catchments */

enum {
  C_PLACE,
  C_NAME,
  C_MODE,
  C_MINUTES,
  C_PERSONS,
  C_JOBS,
  C_PERSONS_ACROSS,
  C_JOBS_ACROSS,
  C_PERCENTILE,
  C_SCENARIO,
  C_FIELDS
};
static const sund_field fields[C_FIELDS] = {
    {"place_id", SUND_TEXT, NULL, {"sted", "plats", "place"}, NULL},
    {"place_name", SUND_TEXT, NULL, {"navn", "namn", "name"}, NULL},
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
    {"percentile",
     SUND_REAL,
     "%",
     {"percentil af afgange", "percentil av avgångar", "percentile of departures"},
     NULL},
    {"scenario", SUND_TEXT, NULL, {"scenarie", "scenario", "scenario"}, NULL},
};

/* From near (dark) to far (light). */
static const char *const shades[] = {"#084081", "#2b8cbe", "#4eb3d3", "#7bccc4", "#a8ddb5", "#ccebc5", "#e0f3db"};
enum { SHADES = sizeof shades / sizeof *shades };

static sund_code make_style(sund_ctx *ctx, const catchment_run *run, const sund_style **out) {
  sund_class *class = sund_alloc(ctx, run->bounds, sizeof *class);
  sund_style *style = sund_alloc(ctx, 1, sizeof *style);
  if (!class || !style) return SUND_LIMIT;
  for (size_t b = 0; b < run->bounds; b++) {
    const size_t shade = run->bounds > 1 ? b * (SHADES - 1) / (run->bounds - 1) : 0;
    const char *text = sund_text(ctx, "≤ %g min", run->minutes[b]);
    if (!text) return SUND_LIMIT;
    class[b] = (sund_class){.low = b ? run->minutes[b - 1] + 1e-9 : 0,
                            .high = run->minutes[b],
                            .colour = shades[shade],
                            .label = {text, text, text}};
  }
  *style = (sund_style){.column = "minutes",
                        .graduated = true,
                        .classes = class,
                        .count = run->bounds,
                        .size_mm = 0.2,
                        .opacity = 0.6,
                        .nested = true};
  *out = style;
  return SUND_OK;
}

static void fill_row(const catchment_run *run, size_t variant, sund_mode mode, size_t place, size_t bound,
                     const sund_table *table, size_t row) {
  const catchment_answer *answer = catchment_answer_of(run, variant, mode, place);
  const sums s = sum_within(run, answer->time[run->main], answer->across, run->bound[bound]);
  const bool persons = run->town.home_count > 0, jobs = run->town.job_count > 0;
  table->column[C_PLACE].text[row] = run->town.place_id[place];
  table->column[C_NAME].text[row] = run->town.place_name[place];
  table->column[C_MODE].text[row] = catchment_mode_names[mode];
  table->column[C_MINUTES].real[row] = run->minutes[bound];
  table->column[C_PERSONS].real[row] = persons ? s.persons : NAN;
  table->column[C_JOBS].real[row] = jobs ? s.jobs : NAN;
  table->column[C_PERSONS_ACROSS].real[row] = persons ? s.persons_across : NAN;
  table->column[C_JOBS_ACROSS].real[row] = jobs ? s.jobs_across : NAN;
  table->column[C_PERCENTILE].real[row] = run->percent[run->main];
  table->column[C_SCENARIO].text[row] = run->variant[variant].name;
}

/* The areas of all answers one after the other; those that have none are empty rows. */
static sund_code join_areas(sund_ctx *ctx, const catchment_run *run, sund_shapes *const *area, size_t answers,
                            sund_shapes **out) {
  const sund_shapes **list = sund_alloc(ctx, answers, sizeof *list);
  sund_shapes *empty;
  size_t count = 0;
  if (!list) return SUND_LIMIT;
  TRY(sund_shapes_new(ctx, SUND_AREA, run->bounds, 0, 0, &empty));
  for (size_t a = 0; a < answers; a++)
    if (run->answer[a].time) list[count++] = area && area[a] ? area[a] : empty;
  return sund_shapes_join(ctx, SUND_AREA, count, list, out);
}

static sund_code write_layer(sund_ctx *ctx, catchment_run *run) {
  const size_t answers = run->variants * SUND_MODES * run->town.places;
  size_t rows = 0, row = 0;
  sund_shapes **area = NULL;
  sund_table *table;
  const sund_style *style;
  if (!run->options->no_map) TRY(catchment_maps(ctx, run, &area));
  for (size_t a = 0; a < answers; a++) rows += run->answer[a].time ? run->bounds : 0;
  TRY(sund_table_new(ctx, "catchments", SUND_AREA, rows, fields, C_FIELDS, &table));
  TRY(join_areas(ctx, run, area, answers, &table->shapes));
  for (size_t v = 0; v < run->variants; v++)
    for (int m = 0; m < SUND_MODES; m++)
      for (size_t i = 0; i < run->town.places; i++)
        for (size_t b = 0; b < run->bounds && catchment_answer_of(run, v, (sund_mode)m, i)->time; b++)
          fill_row(run, v, (sund_mode)m, i, b, table, row++);
  TRY(make_style(ctx, run, &style));
  return sund_results_layer(
      ctx, run->out,
      (sund_layer){
          .table = table,
          .title = {"Oplande", "Omland", "Catchments"},
          .summary = {"Hvad et sted når inden for så mange minutter; tallene er talt hjem for hjem, ikke i fladen",
                      "Vad en plats når inom så många minuter; talen är räknade hem för hem, inte i ytan",
                      "What a place reaches within so many minutes; counted home by home, not in the area"},
          .style = style,
          .indexed = true,
          .multi = true,
          .kept = true});
}

sund_code catchment_report(sund_ctx *ctx, catchment_run *run) {
  for (size_t v = 0; v < run->variants; v++)
    for (int m = 0; m < SUND_MODES; m++)
      for (size_t i = 0; i < run->town.places; i++)
        if (catchment_answer_of(run, v, (sund_mode)m, i)->time) TRY(tell_answer(ctx, run, v, (sund_mode)m, i));
  return run->town.places ? write_layer(ctx, run) : SUND_OK;
}

/* labour_steps.c - the joint labour market as minutes shrink: a gravity model fitted to the flows, flows modelled with
 * fewer minutes across the border, markets delimited on them.
 *
 * Order: estimate (what a minute and the border do), then for every step: modelled flows, markets by each rule. Sums of
 * residents and of jobs are those observed: people change where they work, not where they live, and no job is made. Pairs
 * without minutes keep their flows. Model "gravity": weight exp(-beta * minutes) / factor; model "pivot": the observed
 * flow, times what the model says has changed. The minute at which units merge is looked for minute by minute.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "labour.h"

static const size_t NONE = SIZE_MAX;
static const double NORMAL_95 = 1.959963984540054;

enum { MINUTES, RULE, AREA_ID, AREA_NAME, COUNTRY, MARKET_ID, MARKET_NAME, JOINT, ACROSS, FIELDS };
static const sund_choice yes_no[] = {
    {"0", {"nej", "nej", "no"}}, {"1", {"ja", "ja", "yes"}}, {NULL, {NULL, NULL, NULL}}};
static const sund_field fields[FIELDS] = {
    [MINUTES] = {"minutes",
                 SUND_REAL,
                 "min",
                 {"minutter kortere over grænsen", "minuter kortare över gränsen", "minutes less across the border"},
                 NULL},
    [RULE] = {"rule", SUND_TEXT, NULL, {"regel", "regel", "rule"}, NULL},
    [AREA_ID] = {"area_id", SUND_TEXT, NULL, {"enhed", "enhet", "unit"}, NULL},
    [AREA_NAME] = {"area_name", SUND_TEXT, NULL, {"enhedens navn", "enhetens namn", "name of the unit"}, NULL},
    [COUNTRY] = {"country", SUND_TEXT, NULL, {"land", "land", "country"}, NULL},
    [MARKET_ID] = {"market_id", SUND_TEXT, NULL, {"arbejdsmarked", "arbetsmarknad", "labour market"}, NULL},
    [MARKET_NAME] =
        {"market_name", SUND_TEXT, NULL, {"markedets navn", "marknadens namn", "name of the market"}, NULL},
    [JOINT] =
        {"joint", SUND_INT, NULL, {"marked i to lande", "marknad i två länder", "market in two countries"}, yes_no},
    [ACROSS] = {"across_pct",
                SUND_REAL,
                "%",
                {"beboere der arbejder på den anden side", "boende som arbetar på andra sidan",
                 "residents who work on the other side"},
                NULL},
};

typedef struct model {
  labour_run *run;
  sund_gravity_estimate estimate;
  double factor; /* of the border in the steps            */
  bool pivot;
  double *out_of, *in_of; /* units: sums of the pairs with minutes */
  double *weight, *flow;  /* n * n                                 */
  size_t *leader;         /* units                                 */
  const char *method;
} model;

/* -------------------------------------------------------------------------------------------------------- estimate */

static double crossing(const labour_units *u) {
  double persons = 0;
  for (size_t k = 0; u->across && k < u->n * u->n; k++)
    if (u->across[k] && !isnan(u->minutes[k])) persons += u->flow[k];
  return persons;
}

static sund_code report(sund_ctx *ctx, labour_run *run, sund_indicator row, const char *method) {
  row.area = SIZE_MAX, row.method = method;
  if (!row.variant) row.variant = "";
  return sund_results_indicator(ctx, run->out, row);
}

static sund_code estimate(sund_ctx *ctx, model *m) {
  labour_run *run = m->run;
  const labour_units *u = &run->units;
  const bool known = crossing(u) > 0;
  const sund_flows flows = {u->n, u->flow};
  sund_gravity_estimate *e = &m->estimate;
  TRY(sund_gravity_estimate_fit(ctx, &flows, u->minutes, known ? u->across : NULL, e));
  const double spread = NORMAL_95 * e->beta_se, times = known ? exp(NORMAL_95 * e->log_factor_se) : NAN;
  TRY(report(ctx, run,
             (sund_indicator){.indicator = "labour.beta",
                              .value = e->beta,
                              .unit = "1/min",
                              .low = e->beta - spread,
                              .high = e->beta + spread,
                              .base = (double)e->pairs,
                              .base_unit = "pairs"},
             m->method));
  if (!(e->beta > 0))
    TRY(labour_note(ctx, run, "warning",
                    "minutes: more minutes do not make fewer commuters here; the steps say nothing"));
  if (!known) return SUND_OK;
  return report(ctx, run,
                (sund_indicator){.indicator = "labour.border_factor",
                                 .value = e->factor,
                                 .unit = "1",
                                 .low = e->factor / times,
                                 .high = e->factor * times,
                                 .base = crossing(u),
                                 .base_unit = "persons"},
                m->method);
}

/* ----------------------------------------------------------------------------------------------------------- flows */

/* Log of what a pair weighs with so many minutes less across the border. */
static double weight_of(const model *m, size_t pair, double less) {
  const labour_units *u = &m->run->units;
  const bool across = u->across && u->across[pair];
  const double minutes = fmax(0, u->minutes[pair] - (across ? less : 0));
  const double now = -m->estimate.beta * minutes - (across ? log(m->factor) : 0);
  if (!m->pivot) return now;
  if (!(u->flow[pair] > 0)) return -INFINITY;
  const double border = across && !isnan(m->estimate.factor) ? log(m->estimate.factor) : 0;
  return log(u->flow[pair]) + now + m->estimate.beta * u->minutes[pair] + border;
}

/* Flows with so many minutes less: m->flow. */
static sund_code move(sund_ctx *ctx, model *m, double less) {
  const labour_units *u = &m->run->units;
  for (size_t i = 0; i < u->n; i++) {
    double most = -INFINITY; /* the row's factor makes up for what is taken off */
    for (size_t k = i * u->n; k < (i + 1) * u->n; k++) {
      m->weight[k] = isnan(u->minutes[k]) ? -INFINITY : weight_of(m, k, less);
      most = fmax(most, m->weight[k]);
    }
    for (size_t k = i * u->n; k < (i + 1) * u->n; k++)
      m->weight[k] = isinf(m->weight[k]) ? 0 : exp(m->weight[k] - most);
  }
  TRY(sund_gravity_fit(ctx, u->n, m->out_of, m->in_of, m->weight, m->flow));
  for (size_t k = 0; k < u->n * u->n; k++)
    if (isnan(u->minutes[k])) m->flow[k] = u->flow[k];
  return SUND_OK;
}

/* How many of the commuters the model puts where they are: the common part (Lenormand and others 2012). */
static sund_code report_fit(sund_ctx *ctx, model *m) {
  const labour_units *u = &m->run->units;
  const double factor = m->factor;
  double common = 0, all = 0;
  m->factor = isnan(m->estimate.factor) ? 1 : m->estimate.factor;
  TRY(move(ctx, m, 0));
  m->factor = factor;
  for (size_t k = 0; k < u->n * u->n; k++) {
    if (isnan(u->minutes[k])) continue;
    common += fmin(m->flow[k], u->flow[k]), all += u->flow[k];
  }
  return report(ctx, m->run,
                (sund_indicator){.indicator = "labour.fit",
                                 .value = labour_percent(common, all),
                                 .unit = "%",
                                 .low = NAN,
                                 .high = NAN,
                                 .base = all,
                                 .base_unit = "persons"},
                m->method);
}

/* ----------------------------------------------------------------------------------------------------------- steps */

static sund_code divide(sund_ctx *ctx, const model *m, size_t rule) {
  return labour_divide(ctx, m->run, m->run->partition[rule].rule, m->flow, m->leader, NULL, NULL);
}

/* joint: n: 1 = the unit's market has units of two countries. The number of such markets. */
static size_t find_joint(const model *m, uint8_t *joint) {
  const labour_units *u = &m->run->units;
  size_t markets = 0;
  memset(joint, 0, u->n);
  for (size_t k = 0; k < u->n * u->n; k++)
    if (u->across[k] && m->leader[k / u->n] != NONE && m->leader[k / u->n] == m->leader[k % u->n])
      joint[m->leader[k / u->n]] = 1;
  for (size_t i = 0; i < u->n; i++) markets += joint[i];
  for (size_t i = 0; i < u->n; i++)
    if (m->leader[i] != NONE && joint[m->leader[i]]) joint[i] = 1;
  return markets;
}

static double work_across(const model *m, size_t unit) {
  const labour_units *u = &m->run->units;
  double persons = 0;
  for (size_t j = 0; j < u->n; j++)
    if (u->across[unit * u->n + j]) persons += m->flow[unit * u->n + j];
  return persons;
}

/* The numbers of a step by a rule: markets, markets in two countries and who lives in them, commuters across. */
static sund_code report_step(sund_ctx *ctx, const model *m, size_t rule, double less, const uint8_t *joint,
                             size_t joints) {
  const labour_units *u = &m->run->units;
  double markets = 0, living = 0, across = 0;
  const char *variant = sund_text(ctx, "%s/shrink/%g", m->run->partition[rule].rule, less);
  if (!variant) return SUND_LIMIT;
  for (size_t i = 0; i < u->n; i++) {
    markets += m->leader[i] == i;
    living += joint[i] ? u->residents[i] : 0;
    across += work_across(m, i);
  }
  const sund_indicator rows[] = {
      {.indicator = "labour.markets", .value = markets, .unit = "markets", .base = NAN},
      {.indicator = "labour.joint_markets",
       .value = (double)joints,
       .unit = "markets",
       .base = markets,
       .base_unit = "markets"},
      {.indicator = "labour.joint_residents",
       .value = living,
       .unit = "persons",
       .base = u->all,
       .base_unit = "persons"},
      {.indicator = "labour.across", .value = across, .unit = "persons", .base = u->all, .base_unit = "persons"},
  };
  for (size_t k = 0; k < sizeof rows / sizeof *rows; k++) {
    sund_indicator row = rows[k];
    row.variant = variant, row.low = row.high = NAN;
    TRY(report(ctx, m->run, row, m->method));
  }
  return SUND_OK;
}

static sund_code fill_step(sund_ctx *ctx, const model *m, size_t rule, double less, uint8_t *joint, size_t *row,
                           sund_table *table) {
  const labour_units *u = &m->run->units;
  TRY(divide(ctx, m, rule));
  const size_t joints = find_joint(m, joint);
  TRY(report_step(ctx, m, rule, less, joint, joints));
  for (size_t i = 0; i < u->n; i++, ++*row) {
    const size_t leader = m->leader[i];
    const char *text[FIELDS] = {[RULE] = m->run->partition[rule].rule,
                                [AREA_ID] = u->id[i],
                                [AREA_NAME] = u->name[i],
                                [COUNTRY] = u->country[i],
                                [MARKET_ID] = leader == NONE ? NULL : u->id[leader],
                                [MARKET_NAME] = leader == NONE ? NULL : u->name[leader]};
    for (size_t c = RULE; c <= MARKET_NAME; c++) table->column[c].text[*row] = text[c];
    table->column[MINUTES].real[*row] = less;
    table->column[JOINT].integer[*row] = joint[i];
    table->column[ACROSS].real[*row] = labour_percent(work_across(m, i), u->residents[i]);
  }
  return SUND_OK;
}

static int compare_numbers(const void *a, const void *b) {
  const double x = *(const double *)a, y = *(const double *)b;
  return x < y ? -1 : x > y;
}

/* The steps asked for, rising, and that of today before them. */
static sund_code list_steps(sund_ctx *ctx, const labour_options *o, size_t *count, double **out) {
  double *step = sund_alloc(ctx, o->shrink.count + 1, sizeof *step);
  if (!step) return SUND_LIMIT;
  *count = 1;
  for (size_t k = 0; k < o->shrink.count; k++)
    if (o->shrink.value[k] > 0) step[(*count)++] = o->shrink.value[k];
  qsort(step, *count, sizeof *step, compare_numbers);
  *out = step;
  return SUND_OK;
}

static sund_code write_steps(sund_ctx *ctx, model *m, size_t steps, const double *step) {
  const size_t n = m->run->units.n, rules = m->run->rules;
  uint8_t *joint = sund_alloc(ctx, n, sizeof *joint);
  sund_table *table;
  size_t row = 0;
  if (!joint) return SUND_LIMIT;
  TRY(sund_table_new(ctx, "labour_steps", SUND_NONE, steps * rules * n, fields, FIELDS, &table));
  for (size_t s = 0; s < steps; s++) {
    TRY(move(ctx, m, step[s]));
    for (size_t r = 0; r < rules; r++) TRY(fill_step(ctx, m, r, step[s], joint, &row, table));
  }
  return sund_results_layer(
      ctx, m->run->out,
      (sund_layer){.table = table,
                   .title = {"Arbejdsmarkeder med færre minutter", "Arbetsmarknader med färre minuter",
                             "Labour markets with fewer minutes"},
                   .summary = {"Hver enheds arbejdsmarked, når rejsen over grænsen bliver kortere; modelberegnet",
                               "Varje enhets arbetsmarknad när resan över gränsen blir kortare; modellberäknad",
                               "Each unit's labour market as the journey across the border shrinks; modelled"}});
}

/* ----------------------------------------------------------------------------------------------------------- merge */

/* Units asked about as one, and the minutes with which each rule makes them one market; NAN = not yet. */
typedef struct merging {
  const char *ids;
  size_t count, *unit;
  double *less; /* rules */
} merging;

static sund_code list_merging(sund_ctx *ctx, const model *m, merging *all) {
  const sund_strings *sets = &m->run->options->together;
  for (size_t k = 0; k < sets->count; k++) {
    all[k].ids = sets->value[k];
    TRY(labour_unit_list(ctx, m->run, "together", sets->value[k], &all[k].count, &all[k].unit));
    all[k].less = sund_alloc(ctx, m->run->rules, sizeof *all[k].less);
    if (!all[k].less) return SUND_LIMIT;
    for (size_t r = 0; r < m->run->rules; r++) all[k].less[r] = NAN;
  }
  return SUND_OK;
}

static bool together(const model *m, const merging *set) {
  for (size_t k = 0; k < set->count; k++)
    if (m->leader[set->unit[k]] == NONE || m->leader[set->unit[k]] != m->leader[set->unit[0]]) return false;
  return true;
}

static sund_code report_merge(sund_ctx *ctx, const model *m, const merging *set, size_t rule, double most) {
  const char *name = m->run->partition[rule].rule;
  sund_indicator row = {.indicator = "labour.merge_minutes",
                        .value = set->less[rule],
                        .unit = "min",
                        .low = NAN,
                        .high = NAN,
                        .base = NAN,
                        .variant = name};
  row.unit_id = labour_join(ctx, m->run->units.id, set->count, set->unit, "+");
  row.unit_name = labour_join(ctx, m->run->units.name, set->count, set->unit, " + ");
  row.unit_level = "together";
  if (!row.unit_id || !row.unit_name) return SUND_LIMIT;
  TRY(report(ctx, m->run, row, m->method));
  if (!isnan(set->less[rule])) return SUND_OK;
  return labour_note(
      ctx, m->run, "note",
      sund_text(ctx, "%s: %s do not become one market with up to %g minutes less", name, row.unit_name, most));
}

/* The fewest whole minutes less with which the units of each set are one market. */
static sund_code find_merges(sund_ctx *ctx, model *m, double most) {
  const size_t count = m->run->options->together.count, rules = m->run->rules;
  merging *all = sund_alloc(ctx, count, sizeof *all);
  if (!all) return SUND_LIMIT;
  TRY(list_merging(ctx, m, all));
  for (double less = 0; count > 0 && less <= most; less++) {
    TRY(move(ctx, m, less));
    for (size_t r = 0; r < rules; r++) {
      TRY(divide(ctx, m, r));
      for (size_t k = 0; k < count; k++)
        if (isnan(all[k].less[r]) && together(m, &all[k])) all[k].less[r] = less;
    }
  }
  for (size_t k = 0; k < count; k++)
    for (size_t r = 0; r < rules; r++) TRY(report_merge(ctx, m, &all[k], r, most));
  return SUND_OK;
}

/* ------------------------------------------------------------------------------------------------------------- all */

static sund_code prepare(sund_ctx *ctx, model *m) {
  const labour_units *u = &m->run->units;
  m->out_of = sund_alloc(ctx, u->n, sizeof *m->out_of);
  m->in_of = sund_alloc(ctx, u->n, sizeof *m->in_of);
  m->weight = sund_alloc(ctx, u->n * u->n, sizeof *m->weight);
  m->flow = sund_alloc(ctx, u->n * u->n, sizeof *m->flow);
  m->leader = sund_alloc(ctx, u->n, sizeof *m->leader);
  if (!m->out_of || !m->in_of || !m->weight || !m->flow || !m->leader) return SUND_LIMIT;
  for (size_t k = 0; k < u->n * u->n; k++)
    if (!isnan(u->minutes[k])) m->out_of[k / u->n] += u->flow[k], m->in_of[k % u->n] += u->flow[k];
  return SUND_OK;
}

/* Is there a border that minutes can be taken off at? */
static sund_code check_border(sund_ctx *ctx, model *m) {
  const labour_units *u = &m->run->units;
  bool border = false;
  for (size_t k = 0; u->across && k < u->n * u->n && !border; k++) border = u->across[k] && !isnan(u->minutes[k]);
  if (!border)
    return sund_fail(ctx, SUND_DATA, "shrink: no two units with minutes lie in different countries (areas: country)");
  m->factor = m->run->options->border_factor > 0 ? m->run->options->border_factor : m->estimate.factor;
  if (!isnan(m->factor)) return SUND_OK;
  return sund_fail(
      ctx, SUND_DATA,
      "shrink: nobody crosses the border in these flows, so what it does is not known: give --border-factor");
}

sund_code labour_steps(sund_ctx *ctx, labour_run *run) {
  const labour_options *o = run->options;
  model m = {.run = run, .pivot = strcmp(o->model, "pivot") == 0};
  size_t steps;
  double *step;
  if (!run->units.minutes) return SUND_OK;
  m.method = sund_text(ctx, "labour-gravity%s/1", m.pivot ? "-pivot" : "");
  if (!m.method) return SUND_LIMIT;
  TRY(estimate(ctx, &m));
  TRY(prepare(ctx, &m));
  m.factor = isnan(m.estimate.factor) ? 1 : m.estimate.factor;
  TRY(report_fit(ctx, &m));
  if (o->shrink.count == 0) return SUND_OK;
  TRY(check_border(ctx, &m));
  TRY(list_steps(ctx, o, &steps, &step));
  TRY(write_steps(ctx, &m, steps, step));
  return find_merges(ctx, &m, step[steps - 1]);
}

/* labour_maps.c - the layers labour_markets (units of a market dissolved) and labour_flows (the largest flows as lines).
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "homes_spread.h"
#include "labour.h"

static const size_t NONE = SIZE_MAX;

/* ----------------------------------------------------------------------------------------------------------- style */

/* Twelve colours that can be told apart, after ColorBrewer's Set3; with more markets they come again. */
static const char *const colours[] = {"#8dd3c7", "#fb8072", "#80b1d3", "#fdb462", "#b3de69", "#bebada",
                                      "#fccde5", "#ffed6f", "#bc80bd", "#ccebc5", "#d9d9d9", "#ffffb3"};
enum { COLOURS = sizeof colours / sizeof *colours };
static const sund_class in_none = {0, 0, NULL, "#ffffff", {"i intet marked", "i ingen marknad", "in no market"}};

sund_code labour_style(sund_ctx *ctx, const labour_run *run, const labour_partition *p, const char *label,
                       const sund_style **out) {
  sund_class *class = sund_alloc(ctx, p->count + 1, sizeof *class);
  sund_style *style = sund_alloc(ctx, 1, sizeof *style);
  size_t left_over = p->count == 0;
  if (!class || !style) return SUND_LIMIT;
  for (size_t i = 0; i < run->units.n; i++)
    if (p->market[i] == NONE) left_over = 1;
  for (size_t k = 0; k < p->count; k++) {
    const size_t leader = p->found[k].leader;
    const char *name = run->units.name[leader];
    class[k] = (sund_class){0, 0, run->units.id[leader], colours[k % COLOURS], {name, name, name}};
  }
  class[p->count] = in_none;
  *style = (sund_style){.column = "market_id",
                        .classes = class,
                        .count = p->count + left_over,
                        .size_mm = 0.3,
                        .opacity = 0.8,
                        .label_column = label};
  *out = style;
  return SUND_OK;
}

/* --------------------------------------------------------------------------------------------------------- markets */

#define TEXT(name, da, sv, en) \
  { name, SUND_TEXT, NULL, {da, sv, en}, NULL }
#define REAL(name, unit, da, sv, en) \
  { name, SUND_REAL, unit, {da, sv, en}, NULL }

enum {
  MARKET_ID,
  MARKET_NAME,
  RULE,
  COUNTRIES,
  UNITS,
  RESIDENTS,
  JOBS,
  INSIDE,
  SELF,
  JOB_SELF,
  VALIDITY,
  CROSSING,
  PERSONS,
  MARKET_FIELDS
};
static const sund_field market_fields[MARKET_FIELDS] = {
    [MARKET_ID] = TEXT("market_id", "arbejdsmarked", "arbetsmarknad", "labour market"),
    [MARKET_NAME] = TEXT("market_name", "markedets navn", "marknadens namn", "name of the market"),
    [RULE] = TEXT("rule", "regel", "regel", "rule"),
    [COUNTRIES] = TEXT("countries", "lande", "länder", "countries"),
    [UNITS] = {"units", SUND_INT, NULL, {"enheder", "enheter", "units"}, NULL},
    [RESIDENTS] = REAL("residents", "persons", "beskæftigede beboere", "sysselsatta boende", "employed residents"),
    [JOBS] = REAL("jobs", "jobs", "arbejdspladser", "arbetstillfällen", "jobs"),
    [INSIDE] = REAL("inside", "persons", "bor og arbejder i markedet", "bor och arbetar i marknaden",
                    "live and work in the market"),
    [SELF] = REAL("self_containment_pct", "%", "selvforsyning, beboere", "självförsörjning, boende",
                  "self-containment of residents"),
    [JOB_SELF] =
        REAL("job_containment_pct", "%", "selvforsyning, job", "självförsörjning, jobb", "self-containment of jobs"),
    [VALIDITY] = REAL("validity", NULL, "gyldighed efter containment", "giltighet enligt containment",
                      "validity by containment"),
    [CROSSING] = REAL("crossing", "persons", "pendlere over grænsen i markedet", "pendlare över gränsen i marknaden",
                      "commuters across the border within the market"),
    [PERSONS] = REAL("persons", "persons", "indbyggere", "invånare", "inhabitants"),
};

static void fill_market(const labour_run *run, const labour_partition *p, size_t k, sund_table *table) {
  const labour_market *m = &p->found[k];
  const char *text[] = {[MARKET_ID] = run->units.id[m->leader],
                        [MARKET_NAME] = run->units.name[m->leader],
                        [RULE] = p->rule,
                        [COUNTRIES] = m->countries};
  const double real[MARKET_FIELDS] = {[RESIDENTS] = m->residents,
                                      [JOBS] = m->jobs,
                                      [INSIDE] = m->inside,
                                      [SELF] = labour_percent(m->inside, m->residents),
                                      [JOB_SELF] = labour_percent(m->inside, m->jobs),
                                      [VALIDITY] = labour_validity(run->options, m),
                                      [CROSSING] = run->units.across ? m->crossing : NAN,
                                      [PERSONS] = m->persons};
  for (size_t c = MARKET_ID; c <= COUNTRIES; c++) table->column[c].text[k] = text[c];
  table->column[UNITS].integer[k] = (int64_t)m->units;
  for (size_t c = RESIDENTS; c < MARKET_FIELDS; c++) table->column[c].real[k] = real[c];
}

/* The areas of a market's units as one; empty when none is among the areas. */
static sund_code dissolve(sund_ctx *ctx, const labour_run *run, const labour_partition *p, size_t market,
                          sund_shapes **out) {
  const labour_units *u = &run->units;
  size_t *row = sund_alloc(ctx, u->n, sizeof *row), count = 0;
  sund_shapes *parts;
  if (!row) return SUND_LIMIT;
  for (size_t i = 0; i < u->n; i++)
    if (p->market[i] == market && u->area[i] != NONE) row[count++] = u->area[i];
  if (count == 0) return sund_shapes_new(ctx, SUND_AREA, 1, 0, 0, out);
  TRY(sund_shapes_pick(ctx, run->in->role[SUND_AREAS]->shapes, count, row, &parts));
  if (count > 1) return sund_overlay_dissolve(ctx, parts, out);
  *out = parts;
  return SUND_OK;
}

static sund_code dissolve_all(sund_ctx *ctx, const labour_run *run, const labour_partition *p, sund_shapes **out) {
  sund_shapes **each = sund_alloc(ctx, p->count, sizeof *each);
  if (!each) return SUND_LIMIT;
  for (size_t k = 0; k < p->count; k++) TRY(dissolve(ctx, run, p, k, &each[k]));
  return sund_shapes_join(ctx, SUND_AREA, p->count, (const sund_shapes *const *)each, out);
}

static sund_code markets_layer(sund_ctx *ctx, labour_run *run, const labour_partition *p, bool mapped) {
  sund_table *table;
  const sund_style *style = NULL;
  const char *name = labour_layer_name(ctx, run, p, "labour_markets");
  if (!name) return SUND_LIMIT;
  TRY(sund_table_new(ctx, name, mapped ? SUND_AREA : SUND_NONE, p->count, market_fields, MARKET_FIELDS, &table));
  for (size_t k = 0; k < p->count; k++) fill_market(run, p, k, table);
  if (mapped) TRY(dissolve_all(ctx, run, p, &table->shapes));
  if (mapped) TRY(labour_style(ctx, run, p, NULL, &style));
  return sund_results_layer(
      ctx, run->out,
      (sund_layer){.table = table,
                   .style = style,
                   .indexed = mapped,
                   .multi = mapped,
                   .title = {"Arbejdsmarkeder", "Arbetsmarknader", "Labour markets"},
                   .summary = {"Et arbejdsmarked pr. række: de enheder, pendlingen binder sammen",
                               "En arbetsmarknad per rad: de enheter som pendlingen binder samman",
                               "One labour market per row: the units that commuting ties together"}});
}

/* ----------------------------------------------------------------------------------------------------------- flows */

enum { FROM_ID, FROM_NAME, TO_ID, TO_NAME, FLOW_PERSONS, SHARE, ACROSS, SAME, FLOW_FIELDS };
static const sund_choice yes_no[] = {
    {"0", {"nej", "nej", "no"}}, {"1", {"ja", "ja", "yes"}}, {NULL, {NULL, NULL, NULL}}};
static const sund_field flow_fields[FLOW_FIELDS] = {
    [FROM_ID] = TEXT("from_id", "bor i", "bor i", "lives in"),
    [FROM_NAME] = TEXT("from_name", "bor i (navn)", "bor i (namn)", "lives in (name)"),
    [TO_ID] = TEXT("to_id", "arbejder i", "arbetar i", "works in"),
    [TO_NAME] = TEXT("to_name", "arbejder i (navn)", "arbetar i (namn)", "works in (name)"),
    [FLOW_PERSONS] = REAL("persons", "persons", "pendlere", "pendlare", "commuters"),
    [SHARE] = REAL("share_pct", "%", "del af beboerne", "del av de boende", "share of residents"),
    [ACROSS] = {"across", SUND_INT, NULL, {"over grænsen", "över gränsen", "across the border"}, yes_no},
    [SAME] = {"same_market",
              SUND_INT,
              NULL,
              {"i samme arbejdsmarked", "i samma arbetsmarknad", "within one market"},
              yes_no},
};
static const sund_class flow_classes[] = {
    {0, 99.5, NULL, "#c6dbef", {"under 100 pendlere", "under 100 pendlare", "below 100 commuters"}},
    {99.5, 499.5, NULL, "#6baed6", {"100–499", "100–499", "100–499"}},
    {499.5, 1999.5, NULL, "#2171b5", {"500–1.999", "500–1 999", "500–1,999"}},
    {1999.5, INFINITY, NULL, "#08306b", {"2.000 og flere", "2 000 och fler", "2,000 and more"}},
};
static const sund_style flow_style = {.column = "persons",
                                      .graduated = true,
                                      .classes = flow_classes,
                                      .count = sizeof flow_classes / sizeof *flow_classes,
                                      .size_mm = 0.6,
                                      .opacity = 1};

/* A flow between two units of the map. */
typedef struct arrow {
  size_t from, to;
  double persons;
} arrow;

/* The largest first; of equal ones in the order of the units. */
static int compare_arrows(const void *a, const void *b) {
  const arrow *x = a, *y = b;
  if (x->persons != y->persons) return x->persons > y->persons ? -1 : 1;
  if (x->from != y->from) return x->from < y->from ? -1 : 1;
  return x->to < y->to ? -1 : x->to > y->to;
}

static sund_code list_arrows(sund_ctx *ctx, const labour_run *run, size_t *count, arrow **out) {
  const labour_units *u = &run->units;
  size_t room = 0;
  *count = 0, *out = NULL;
  for (size_t k = 0; k < u->n * u->n; k++) {
    const size_t i = k / u->n, j = k % u->n;
    if (i == j || !(u->flow[k] > 0) || u->area[i] == NONE || u->area[j] == NONE) continue;
    arrow *grown = sund_grow(ctx, *out, &room, *count + 1, sizeof *grown);
    if (!grown) return SUND_LIMIT;
    *out = grown;
    grown[(*count)++] = (arrow){i, j, u->flow[k]};
  }
  if (*count > 0) qsort(*out, *count, sizeof **out, compare_arrows);
  if (*count > (size_t)run->options->flow_lines) *count = (size_t)run->options->flow_lines;
  return SUND_OK;
}

static void fill_arrow(const labour_run *run, const arrow *a, size_t row, sund_table *table) {
  const labour_units *u = &run->units;
  const size_t *market = run->partition[0].market;
  const sund_shapes *areas = run->in->role[SUND_AREAS]->shapes;
  sund_shapes *s = table->shapes;
  table->column[FROM_ID].text[row] = u->id[a->from], table->column[FROM_NAME].text[row] = u->name[a->from];
  table->column[TO_ID].text[row] = u->id[a->to], table->column[TO_NAME].text[row] = u->name[a->to];
  table->column[FLOW_PERSONS].real[row] = a->persons;
  table->column[SHARE].real[row] = labour_percent(a->persons, u->residents[a->from]);
  if (u->across) table->column[ACROSS].integer[row] = u->across[a->from * u->n + a->to];
  table->column[SAME].integer[row] = market[a->from] != NONE && market[a->from] == market[a->to];
  homes_inside_point(areas, u->area[a->from], &s->x[2 * row], &s->y[2 * row]);
  homes_inside_point(areas, u->area[a->to], &s->x[2 * row + 1], &s->y[2 * row + 1]);
  s->first_part[row + 1] = row + 1, s->first_vertex[row + 1] = 2 * (row + 1);
}

static sund_code flows_layer(sund_ctx *ctx, labour_run *run) {
  size_t count;
  arrow *all;
  sund_table *table;
  TRY(list_arrows(ctx, run, &count, &all));
  if (count == 0) return SUND_OK;
  TRY(sund_table_new(ctx, "labour_flows", SUND_LINE, count, flow_fields, FLOW_FIELDS, &table));
  TRY(sund_shapes_new(ctx, SUND_LINE, count, count, 2 * count, &table->shapes));
  for (size_t k = 0; k < count; k++) fill_arrow(run, &all[k], k, table);
  return sund_results_layer(
      ctx, run->out,
      (sund_layer){.table = table,
                   .style = &flow_style,
                   .indexed = true,
                   .title = {"Største pendlerstrømme", "Största pendlingsflöden", "Largest commuting flows"},
                   .summary = {"En strøm mellem to enheder pr. række, fra bopæl til arbejde; de største",
                               "Ett flöde mellan två enheter per rad, från bostad till arbete; de största",
                               "One flow between two units per row, from home to work; the largest"}});
}

sund_code labour_maps(sund_ctx *ctx, labour_run *run) {
  const sund_table *areas = run->in->role[SUND_AREAS];
  const bool mapped = areas && areas->shapes;
  for (size_t r = 0; r < run->rules; r++) TRY(markets_layer(ctx, run, &run->partition[r], mapped));
  return mapped ? flows_layer(ctx, run) : SUND_OK;
}

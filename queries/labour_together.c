/* labour_together.c - are some units one labour market? What they have together, and what each rule says.
 *
 * Two tables: labour_together, a set by a rule (is it exactly a market, part of a larger one, split; how far from being
 * one by itself), and labour_together_units, a unit of the set by a rule (where it is, and how many more commuters into
 * the set it would take). The largest unit of the set by residents is the one the others would follow.
 */
#include <math.h>
#include <string.h>

#include "labour.h"

static const size_t NONE = SIZE_MAX;

#define TEXT(name, da, sv, en) \
  { name, SUND_TEXT, NULL, {da, sv, en}, NULL }
#define REAL(name, unit, da, sv, en) \
  { name, SUND_REAL, unit, {da, sv, en}, NULL }

static const sund_choice verdicts[] = {
    {"market", {"netop ét marked", "just en marknad", "exactly one market"}},
    {"part", {"del af et større marked", "del av en större marknad", "part of a larger market"}},
    {"split", {"delt mellem markeder", "delad mellan marknader", "split between markets"}},
    {NULL, {NULL, NULL, NULL}},
};
static const sund_choice yes_no[] = {
    {"0", {"nej", "nej", "no"}}, {"1", {"ja", "ja", "yes"}}, {NULL, {NULL, NULL, NULL}}};

enum {
  SET,
  RULE,
  VERDICT,
  MARKETS,
  OTHERS,
  PULL_ID,
  UNITS,
  PASSES,
  SET_PERSONS,
  SET_RESIDENTS,
  SET_JOBS,
  INSIDE,
  SELF,
  JOB_SELF,
  VALIDITY,
  NEEDED,
  SHORT,
  INSIDE_SHORT,
  PULL_SHARE,
  SET_FIELDS
};
static const sund_field set_fields[SET_FIELDS] = {
    [SET] = TEXT("together", "enheder", "enheter", "units"),
    [RULE] = TEXT("rule", "regel", "regel", "rule"),
    [VERDICT] = {"verdict", SUND_TEXT, NULL, {"afgørelse", "utslag", "verdict"}, verdicts},
    [MARKETS] = TEXT("market_ids", "markeder de ligger i", "marknader de ligger i", "markets they lie in"),
    [OTHERS] = TEXT("other_ids", "andre i disse markeder", "andra i dessa marknader", "others in these markets"),
    [PULL_ID] = TEXT("pull_id", "flest udefra-job i", "flest jobb utanför i", "most who leave work in"),
    [UNITS] = {"units", SUND_INT, NULL, {"antal enheder", "antal enheter", "number of units"}, NULL},
    [PASSES] = {"passes",
                SUND_INT,
                NULL,
                {"gyldigt efter containment", "giltig enligt containment", "valid by containment"},
                yes_no},
    [SET_PERSONS] = REAL("persons", "persons", "indbyggere", "invånare", "inhabitants"),
    [SET_RESIDENTS] =
        REAL("residents", "persons", "beskæftigede beboere", "sysselsatta boende", "employed residents"),
    [SET_JOBS] = REAL("jobs", "jobs", "arbejdspladser", "arbetstillfällen", "jobs"),
    [INSIDE] = REAL("inside", "persons", "bor og arbejder i dem", "bor och arbetar i dem", "live and work in them"),
    [SELF] = REAL("self_containment_pct", "%", "selvforsyning, beboere", "självförsörjning, boende",
                  "self-containment of residents"),
    [JOB_SELF] =
        REAL("job_containment_pct", "%", "selvforsyning, job", "självförsörjning, jobb", "self-containment of jobs"),
    [VALIDITY] = REAL("validity", NULL, "gyldighed", "giltighet", "validity"),
    [NEEDED] = REAL("validity_needed", NULL, "gyldighed der kræves", "giltighet som krävs", "validity needed"),
    [SHORT] = REAL("persons_short", "persons", "pendlere der mangler efter scb", "pendlare som fattas enligt scb",
                   "commuters short by scb"),
    [INSIDE_SHORT] = REAL("inside_short", "persons", "der mangler efter containment", "som fattas enligt containment",
                          "short by containment"),
    [PULL_SHARE] = REAL("pull_pct", "%", "del af beboerne der arbejder der", "del av de boende som arbetar där",
                        "share of residents who work there"),
};

enum {
  UNIT_SET,
  UNIT_RULE,
  AREA_ID,
  AREA_NAME,
  MARKET_ID,
  STRONGEST_ID,
  INTO_SET,
  INTO_STRONGEST,
  OUT,
  UNIT_SHORT,
  UNIT_FIELDS
};
static const sund_field unit_fields[UNIT_FIELDS] = {
    [UNIT_SET] = TEXT("together", "enheder", "enheter", "units"),
    [UNIT_RULE] = TEXT("rule", "regel", "regel", "rule"),
    [AREA_ID] = TEXT("area_id", "enhed", "enhet", "unit"),
    [AREA_NAME] = TEXT("area_name", "enhedens navn", "enhetens namn", "name of the unit"),
    [MARKET_ID] = TEXT("market_id", "arbejdsmarked", "arbetsmarknad", "labour market"),
    [STRONGEST_ID] = TEXT("strongest_id", "flest i de andre arbejder i", "flest i de andra arbetar i",
                          "most in the others work in"),
    [INTO_SET] = REAL("into_others_pct", "%", "arbejder i de andre", "arbetar i de andra", "work in the others"),
    [INTO_STRONGEST] = REAL("into_strongest_pct", "%", "arbejder i den stærkeste", "arbetar i den starkaste",
                            "work in the strongest"),
    [OUT] = REAL("out_pct", "%", "arbejder uden for enheden", "arbetar utanför enheten", "work outside the unit"),
    [UNIT_SHORT] = REAL("persons_short", "persons", "flere pendlere der skal til", "fler pendlare som behövs",
                        "more commuters it takes"),
};

/* A set of units. */
typedef struct company {
  const char *text, *names; /* "A+B", "Astad + Bstad" */
  size_t count, *unit;
  uint8_t *in; /* units: 1 = in the set      */
  labour_market sum;
} company;

/* --------------------------------------------------------------------------------------------------------- measures */

/* How many more of a unit's residents would have to work in the strongest other unit of the set for it to follow that
 * one by the rule of Statistics Sweden, if they came from those who stay; 0 for whom it does, and for the set's leader. */
typedef struct pull {
  size_t strongest; /* NONE = nobody goes to the others */
  double into, most, out, needed;
} pull;

static pull pull_of(const labour_run *run, const company *set, size_t unit) {
  const labour_units *u = &run->units;
  const labour_options *o = run->options;
  const double *row = u->flow + unit * u->n, residents = u->residents[unit];
  pull p = {.strongest = NONE};
  double outside = 0, within = 0;
  for (size_t j = 0; j < u->n; j++) {
    if (j == unit) continue;
    p.out += row[j];
    if (!set->in[j]) {
      outside = fmax(outside, row[j]);
      continue;
    }
    within += row[j];
    if (row[j] > p.most) p.most = row[j], p.strongest = j;
  }
  p.into = within;
  if (unit == set->sum.leader) return p;
  const double behind = outside - p.most; /* as many more, and one, until the set is the strongest */
  const bool centre = p.out <= labour_share(o->max_out) * residents &&
                      fmax(p.most, outside) <= labour_share(o->max_single) * residents;
  if (behind >= 0) p.needed = floor(behind) + 1;
  if (centre) {
    double by_out = labour_share(o->max_out) * residents - p.out;
    double by_one = labour_share(o->max_single) * residents - p.most;
    p.needed = fmax(p.needed, floor(fmin(by_out, by_one)) + 1);
  }
  return p;
}

/* Persons who live or work in the set that would have to do both for it to pass, its size as it is; 0 when it passes. */
static double inside_short(const labour_options *o, const labour_market *m) {
  const sund_containment_rule rule = labour_containment(o);
  const double needed = rule.min_containment / rule.target_containment;
  const double larger = fmax(m->residents, m->jobs), by_size = sund_containment_validity(&rule, m->residents, 1);
  if (!(by_size >= needed - 1e-12)) return NAN; /* too small, however closed */
  return fmax(0, ceil(needed / by_size * rule.target_containment * larger - m->inside - 1e-9));
}

/* The unit outside that most residents of the set work in, and how many. */
static size_t pull_outside(const labour_run *run, const company *set, double *persons) {
  const labour_units *u = &run->units;
  size_t found = NONE;
  *persons = 0;
  for (size_t j = 0; j < u->n; j++) {
    double sum = 0;
    for (size_t k = 0; !set->in[j] && k < set->count; k++) sum += u->flow[set->unit[k] * u->n + j];
    if (sum > *persons) *persons = sum, found = j;
  }
  return found;
}

static const char *add_id(sund_ctx *ctx, const char *list, const char *id) {
  return list ? sund_text(ctx, "%s, %s", list, id) : id;
}

/* Markets the set lies in, and units of these that are not in it. left: units of the set in no market. */
static sund_code compare(sund_ctx *ctx, const labour_run *run, const labour_partition *p, const company *set,
                         const char *text[SET_FIELDS]) {
  uint8_t *touched = sund_alloc(ctx, p->count, sizeof *touched);
  size_t markets = 0, left = 0;
  if (!touched) return SUND_LIMIT;
  for (size_t k = 0; k < set->count; k++) {
    const size_t market = p->market[set->unit[k]];
    if (market == NONE) left++;
    else if (!touched[market]) touched[market] = 1, markets++;
  }
  for (size_t m = 0; m < p->count; m++)
    if (touched[m] && !(text[MARKETS] = add_id(ctx, text[MARKETS], run->units.id[p->found[m].leader])))
      return SUND_LIMIT;
  for (size_t i = 0; i < run->units.n; i++) {
    if (set->in[i] || p->market[i] == NONE || !touched[p->market[i]]) continue;
    if (!(text[OTHERS] = add_id(ctx, text[OTHERS], run->units.id[i]))) return SUND_LIMIT;
  }
  text[VERDICT] = markets + left > 1 || markets == 0 ? "split" : text[OTHERS] ? "part" : "market";
  return SUND_OK;
}

/* ----------------------------------------------------------------------------------------------------------- tables */

static sund_code fill_set(sund_ctx *ctx, const labour_run *run, const labour_partition *p, const company *set,
                          size_t row, sund_table *table) {
  const labour_market *m = &set->sum;
  const sund_containment_rule rule = labour_containment(run->options);
  const double needed = rule.min_containment / rule.target_containment, validity = labour_validity(run->options, m);
  double away, missing = 0;
  const size_t pull_unit = pull_outside(run, set, &away);
  for (size_t k = 0; k < set->count; k++) missing += pull_of(run, set, set->unit[k]).needed;
  const char *text[SET_FIELDS] = {
      [SET] = set->text, [RULE] = p->rule, [PULL_ID] = pull_unit == NONE ? NULL : run->units.id[pull_unit]};
  TRY(compare(ctx, run, p, set, text));
  const double real[SET_FIELDS] = {[SET_PERSONS] = m->persons,
                                   [SET_RESIDENTS] = m->residents,
                                   [SET_JOBS] = m->jobs,
                                   [INSIDE] = m->inside,
                                   [SELF] = labour_percent(m->inside, m->residents),
                                   [JOB_SELF] = labour_percent(m->inside, m->jobs),
                                   [VALIDITY] = validity,
                                   [NEEDED] = needed,
                                   [SHORT] = missing,
                                   [INSIDE_SHORT] = inside_short(run->options, m),
                                   [PULL_SHARE] = labour_percent(away, m->residents)};
  for (size_t c = SET; c <= PULL_ID; c++) table->column[c].text[row] = text[c];
  table->column[UNITS].integer[row] = (int64_t)set->count;
  table->column[PASSES].integer[row] = validity >= needed - 1e-12;
  for (size_t c = SET_PERSONS; c < SET_FIELDS; c++) table->column[c].real[row] = real[c];
  return SUND_OK;
}

static void fill_unit(const labour_run *run, const labour_partition *p, const company *set, size_t unit, size_t row,
                      sund_table *table) {
  const labour_units *u = &run->units;
  const pull pulled = pull_of(run, set, unit);
  const size_t market = p->market[unit];
  const char *text[] = {[UNIT_SET] = set->text,
                        [UNIT_RULE] = p->rule,
                        [AREA_ID] = u->id[unit],
                        [AREA_NAME] = u->name[unit],
                        [MARKET_ID] = market == NONE ? NULL : u->id[p->found[market].leader],
                        [STRONGEST_ID] = pulled.strongest == NONE ? NULL : u->id[pulled.strongest]};
  const double real[UNIT_FIELDS] = {[INTO_SET] = labour_percent(pulled.into, u->residents[unit]),
                                    [INTO_STRONGEST] = labour_percent(pulled.most, u->residents[unit]),
                                    [OUT] = labour_percent(pulled.out, u->residents[unit]),
                                    [UNIT_SHORT] = pulled.needed};
  for (size_t c = UNIT_SET; c <= STRONGEST_ID; c++) table->column[c].text[row] = text[c];
  for (size_t c = INTO_SET; c < UNIT_FIELDS; c++) table->column[c].real[row] = real[c];
}

static sund_code report(sund_ctx *ctx, labour_run *run, const company *set) {
  const labour_market *m = &set->sum;
  const sund_indicator rows[] = {
      {.indicator = "labour.together_self_containment",
       .value = labour_percent(m->inside, m->residents),
       .unit = "%",
       .base = m->residents,
       .base_unit = "persons"},
      {.indicator = "labour.together_residents", .value = m->residents, .unit = "persons", .base = NAN},
      {.indicator = "labour.together_jobs", .value = m->jobs, .unit = "jobs", .base = NAN},
      {.indicator = "labour.together_persons", .value = m->persons, .unit = "persons", .base = NAN},
  };
  for (size_t k = 0; k < sizeof rows / sizeof *rows; k++) {
    sund_indicator row = rows[k];
    if (isnan(row.value)) continue;
    row.variant = "", row.area = SIZE_MAX, row.low = row.high = NAN, row.method = "labour-together/1";
    row.unit_id = set->text, row.unit_name = set->names, row.unit_country = m->countries, row.unit_level = "together";
    TRY(sund_results_indicator(ctx, run->out, row));
  }
  return SUND_OK;
}

/* ------------------------------------------------------------------------------------------------------------ sets */

static sund_code read_set(sund_ctx *ctx, const labour_run *run, const char *ids, company *set) {
  TRY(labour_unit_list(ctx, run, "together", ids, &set->count, &set->unit));
  if (set->count < 2) return sund_fail(ctx, SUND_DATA, "together: '%s' is one unit; name two or more", ids);
  set->in = sund_alloc(ctx, run->units.n, sizeof *set->in);
  if (!set->in) return SUND_LIMIT;
  for (size_t k = 0; k < set->count; k++) set->in[set->unit[k]] = 1;
  set->text = labour_join(ctx, run->units.id, set->count, set->unit, "+");
  set->names = labour_join(ctx, run->units.name, set->count, set->unit, " + ");
  if (!set->text || !set->names) return SUND_LIMIT;
  return labour_sum(ctx, &run->units, set->in, &set->sum);
}

static sund_code add_layers(sund_ctx *ctx, labour_run *run, sund_table *sets, sund_table *units) {
  TRY(sund_results_layer(
      ctx, run->out,
      (sund_layer){.table = sets,
                   .title = {"Er de ét arbejdsmarked?", "Är de en arbetsmarknad?", "Are they one labour market?"},
                   .summary = {"De enheder der er spurgt om, hver regels afgørelse, og hvad der mangler",
                               "De enheter som frågan gäller, varje regels utslag, och vad som fattas",
                               "The units asked about, the verdict of each rule, and what is short"}}));
  return sund_results_layer(
      ctx, run->out,
      (sund_layer){.table = units,
                   .title = {"Enheder i de spurgte", "Enheter i de efterfrågade", "Units of those asked about"},
                   .summary = {"Hvor hver enhed hører hen, og hvor mange flere pendlere der skal til",
                               "Vart varje enhet hör, och hur många fler pendlare som behövs",
                               "Where each unit belongs, and how many more commuters it takes"}});
}

sund_code labour_together(sund_ctx *ctx, labour_run *run) {
  const sund_strings *asked = &run->options->together;
  company *set = sund_alloc(ctx, asked->count, sizeof *set);
  sund_table *sets, *units;
  size_t members = 0, row = 0, unit_row = 0;
  if (!set) return SUND_LIMIT;
  if (asked->count == 0) return SUND_OK;
  for (size_t k = 0; k < asked->count; k++) {
    TRY(read_set(ctx, run, asked->value[k], &set[k]));
    TRY(report(ctx, run, &set[k]));
    members += set[k].count;
  }
  TRY(sund_table_new(ctx, "labour_together", SUND_NONE, asked->count * run->rules, set_fields, SET_FIELDS, &sets));
  TRY(sund_table_new(ctx, "labour_together_units", SUND_NONE, members * run->rules, unit_fields, UNIT_FIELDS,
                     &units));
  for (size_t k = 0; k < asked->count; k++)
    for (size_t r = 0; r < run->rules; r++) {
      const labour_partition *p = &run->partition[r];
      TRY(fill_set(ctx, run, p, &set[k], row++, sets));
      for (size_t m = 0; m < set[k].count; m++) fill_unit(run, p, &set[k], set[k].unit[m], unit_row++, units);
    }
  return add_layers(ctx, run, sets, units);
}

/* access_measures.c - supply and demand of every standard: columns of the homes, indicators of the units.
 *
 * For every standard: what green hands out and to whom it is within reach (access_supply.c), then every measure that was
 * asked for on these pairs (supply.c), then figures by unit. A home that the standard leaves unassessed has no value,
 * but its people take their share: others do not have more green because somebody's path is not in the data.
 */
#include <math.h>
#include <string.h>

#include "access_supply.h"

#define HECTARE 10000.0

static const char *const measure_labels[SUPPLY_MEASURES][3] = {
    {"udbud pr. person (2SFCA)", "utbud per person (2SFCA)", "supply per person (2SFCA)"},
    {"udbud pr. person (BFCA)", "utbud per person (BFCA)", "supply per person (BFCA)"},
    {"udbud inden for radius", "utbud inom radien", "supply within the radius"},
    {"udbud vægtet efter afstand", "utbud viktat efter avstånd", "supply weighted by distance"},
};

/* One standard and one measure. */
typedef struct asked {
  const access_answer *answer;
  const access_supply *supply;
  const access_radii *radii;
  supply_rule rule;
  const char *variant; /* "who-05/2sfca" */
  const char *unit;    /* of its values  */
  const char *method, *demand_method;
} asked;

static bool per_person(const supply_rule *rule) {
  return rule->measure == SUPPLY_2SFCA || rule->measure == SUPPLY_BFCA;
}

/* Number of a name in a list ended by NULL; its end when it is not there. */
static int number_of(const char *const *names, const char *name) {
  int k = 0;
  while (names[k] && strcmp(names[k], name) != 0) k++;
  return k;
}

/* ------------------------------------------------------------------------------------------------------- method */

/* All that changes what is measured, as text; demand 0 = it plays no part. NULL without memory. */
static const char *settings_of(sund_ctx *ctx, const access_run *run, const asked *a, double demand) {
  bool by_value =
      a->rule.measure != SUPPLY_CUMULATIVE && (a->rule.decay == DECAY_EXPONENTIAL || a->rule.decay == DECAY_POWER);
  const char *distance = access_method(ctx, run, a->answer);
  const char *text = distance ? sund_text(ctx, "%s %.17g %.17g %.17g %d", distance, a->rule.radius,
                                          by_value ? a->rule.decay_value : 0, demand, a->supply->in_m2)
                              : NULL;
  for (size_t k = 0; text && k < a->radii->kinds; k++)
    text = sund_text(ctx, "%s %x=%.17g", text, (unsigned)a->radii->kind[k], a->radii->kind_m[k]);
  for (size_t g = 0; text && g < a->radii->groups; g++)
    text = sund_text(ctx, "%s %s=%.17g", text, run->homes->group[a->radii->group[g]], a->radii->group_m[g]);
  return text;
}

/* Id of the method with a mark of its settings. */
static const char *method_of(sund_ctx *ctx, const access_run *run, const asked *a, double demand) {
  const char *text = settings_of(ctx, run, a, demand);
  bool weighted = a->rule.measure != SUPPLY_CUMULATIVE;
  uint32_t hash = 2166136261u;
  if (!text) return NULL;
  for (; *text; text++) hash = (hash ^ (unsigned char)*text) * 16777619u; /* FNV-1a */
  return sund_text(ctx, "supply-%s%s%s/1#%06x", supply_measure_names[a->rule.measure], weighted ? "-" : "",
                   weighted ? supply_decay_names[a->rule.decay] : "", (hash ^ hash >> 24) & 0xffffff);
}

/* -------------------------------------------------------------------------------------------------- indicators */

static sund_code add(sund_ctx *ctx, access_run *run, size_t unit, sund_indicator like, const char *name, double value,
                     const char *unit_name) {
  like.indicator = name, like.value = value, like.unit = unit_name;
  return access_add(ctx, run, unit, like);
}

/* What the homes of a unit have, in a row: value, persons and income of each. */
typedef struct people {
  size_t n;
  double *value, *persons, *income;
} people;

static sund_code gather(sund_ctx *ctx, const access_run *run, size_t unit, const double *persons, const double *value,
                        people *out) {
  const size_t *list = run->list + run->first[unit];
  *out = (people){.n = run->first[unit + 1] - run->first[unit]};
  if (!(out->value = sund_alloc(ctx, out->n, sizeof(double))) ||
      !(out->persons = sund_alloc(ctx, out->n, sizeof(double))) ||
      !(out->income = sund_alloc(ctx, out->n, sizeof(double))))
    return SUND_LIMIT;
  for (size_t k = 0; k < out->n; k++) {
    out->value[k] = value[list[k]];
    out->persons[k] = isnan(persons[list[k]]) ? 0 : persons[list[k]]; /* a group nobody counted here */
    out->income[k] = run->homes->income ? run->homes->income[list[k]] : NAN;
  }
  return SUND_OK;
}

/* Gini, Theil; with income concentration and Palma. */
static sund_code add_inequality(sund_ctx *ctx, sund_ctx *scratch, access_run *run, size_t unit, sund_indicator like,
                                const people *p) {
  double value;
  TRY(sund_gini(scratch, p->n, p->value, p->persons, &value));
  TRY(add(ctx, run, unit, like, "access.gini", value, ""));
  TRY(sund_theil(scratch, p->n, p->value, p->persons, &value));
  TRY(add(ctx, run, unit, like, "access.theil", value, ""));
  if (!run->homes->income) return SUND_OK;
  TRY(sund_concentration(scratch, p->n, p->value, p->persons, p->income, &value));
  TRY(add(ctx, run, unit, like, "access.concentration", value, ""));
  TRY(sund_palma(scratch, p->n, p->value, p->persons, p->income, &value));
  return add(ctx, run, unit, like, "access.palma", value, "");
}

/* The figures of one unit for these persons: all of them, or those of a group. */
static sund_code add_unit(sund_ctx *ctx, sund_ctx *scratch, access_run *run, size_t unit, const asked *a,
                          const people *p) {
  double demand = run->options->demand_m2;
  supply_balance b = supply_balance_of(p->n, p->persons, p->value, demand);
  sund_indicator like = {.variant = a->variant, .low = NAN, .high = NAN, .base = b.persons, .method = a->method};
  if (access_hidden(run, b.persons)) {
    like.base = NAN;
    return add(ctx, run, unit, like, "access.supply", NAN, a->unit);
  }
  TRY(add(ctx, run, unit, like, "access.supply", b.mean, a->unit));
  TRY(add_inequality(ctx, scratch, run, unit, like, p));
  if (!(demand > 0) || !per_person(&a->rule)) return SUND_OK;
  like.method = a->demand_method;
  TRY(add(ctx, run, unit, like, "access.balance", b.balance, a->unit));
  TRY(add(ctx, run, unit, like, "access.under", b.persons > 0 ? b.under : NAN, "persons"));
  return add(ctx, run, unit, like, "access.over", b.persons > 0 ? b.over : NAN, "persons");
}

static sund_code add_units(sund_ctx *ctx, access_run *run, const asked *a, const double *persons,
                           const double *value) {
  for (size_t u = 0; u < units_count(run->in); u++) {
    sund_ctx *scratch = sund_ctx_child(ctx);
    people p;
    if (!scratch) return SUND_LIMIT;
    sund_code code = gather(scratch, run, u, persons, value, &p);
    if (code == SUND_OK) code = add_unit(ctx, scratch, run, u, a, &p);
    sund_ctx_pass(ctx, scratch);
    sund_ctx_free(scratch);
    if (code != SUND_OK) return code;
  }
  return SUND_OK;
}

/* ------------------------------------------------------------------------------------------------------ columns */

/* A value a home, in memory of the run; NAN where the standard does not assess the home. */
static sund_code keep_values(sund_ctx *ctx, const access_run *run, const asked *a, const double *value,
                             double **out) {
  size_t count = run->homes->count;
  if (!(*out = sund_alloc(ctx, count, sizeof **out))) return SUND_LIMIT;
  for (size_t i = 0; i < count; i++) (*out)[i] = a->answer->met[i] < 0 ? NAN : value[i];
  return SUND_OK;
}

/* Column "who_05_2sfca", or "who_05_2sfca_65_plus" for a group. */
static sund_code add_column(sund_ctx *ctx, access_run *run, const asked *a, const char *group, const double *value) {
  const char *name = supply_measure_names[a->rule.measure];
  sund_field field = {.type = SUND_REAL, .unit = a->unit};
  if (group && !(name = sund_text(ctx, "%s_%s", name, group + strlen("group_")))) return SUND_LIMIT;
  if (!(field.name = access_column_name(ctx, a->answer->standard->name, name))) return SUND_LIMIT;
  for (int k = 0; k < 3; k++) {
    const char *label = measure_labels[a->rule.measure][k];
    field.label[k] = sund_text(ctx, "%s: %s%s%s", a->answer->standard->name, label, group ? ", " : "",
                               group ? group + strlen("group_") : "");
    if (!field.label[k]) return SUND_LIMIT;
  }
  return access_add_column(ctx, run, field, value);
}

/* --------------------------------------------------------------------------------------------------- one measure */

/* What was handed out, and what nobody has in reach. */
static sund_code note_supply(sund_ctx *ctx, access_run *run, const asked *a, const supply_answer *got) {
  double scale = a->supply->in_m2 ? HECTARE : 1;
  const char *unit = a->supply->in_m2 ? " ha" : "", *text;
  if (!(a->supply->all > 0)) {
    bool points = run->in->role[SUND_GREEN]->kind == SUND_POINT;
    text = sund_text(ctx, "%s: there is no green to hand out%s", a->variant,
                     points ? "; points have no area, give them a supply" : " under this standard");
    return text ? access_note(ctx, run, points ? "warning" : "note", "green", text) : SUND_LIMIT;
  }
  if (!per_person(&a->rule)) return SUND_OK;
  text = sund_text(ctx, "%s: %.6g%s handed out, %.6g%s in reach of nobody", a->variant, got->handed / scale, unit,
                   got->idle / scale, unit);
  if (!text) return SUND_LIMIT;
  TRY(access_note(ctx, run, "note", "green", text));
  if (!(got->overfull > 0)) return SUND_OK;
  text = sund_text(ctx,
                   "%s: groups with a radius of their own count %.6g persons more than live in their homes; they are "
                   "scaled down to the homes",
                   a->variant, got->overfull);
  return text ? access_note(ctx, run, "warning", "homes", text) : SUND_LIMIT;
}

/* Groups of people: by their own radius where they have one, else by what their homes have. */
static sund_code report_groups(sund_ctx *ctx, access_run *run, asked a, const supply_answer *got,
                               const double *home_value) {
  const char *variant = a.variant;
  for (size_t g = 0; g < run->homes->groups; g++) {
    size_t own = 0;
    const double *value = home_value;
    while (own < a.radii->groups && a.radii->group[own] != g) own++;
    if (own < a.radii->groups) {
      double *kept;
      TRY(keep_values(ctx, run, &a, got->group_value[own], &kept));
      TRY(add_column(ctx, run, &a, run->homes->group[g], value = kept));
    }
    if (!(a.variant = sund_text(ctx, "%s/%s", variant, run->homes->group[g]))) return SUND_LIMIT;
    TRY(add_units(ctx, run, &a, run->homes->in_group[g], value));
  }
  return SUND_OK;
}

static sund_code run_measure(sund_ctx *ctx, sund_ctx *scratch, access_run *run, asked *a) {
  supply_answer got;
  double *value;
  a->unit = !a->supply->in_m2 ? "" : per_person(&a->rule) ? "m2/person" : "m2";
  a->variant = sund_text(ctx, "%s/%s", a->answer->variant, supply_measure_names[a->rule.measure]);
  a->method = method_of(ctx, run, a, 0), a->demand_method = method_of(ctx, run, a, run->options->demand_m2);
  if (!a->variant || !a->method || !a->demand_method) return SUND_LIMIT;
  TRY(supply_measure_homes(scratch, &a->supply->what, &a->rule, &got));
  TRY(keep_values(ctx, run, a, got.value, &value));
  TRY(note_supply(ctx, run, a, &got));
  TRY(add_column(ctx, run, a, NULL, value));
  TRY(add_units(ctx, run, a, run->homes->persons, value));
  return report_groups(ctx, run, *a, &got, value);
}

/* All measures of one standard. wanted: SUPPLY_MEASURES. */
static sund_code run_standard(sund_ctx *ctx, sund_ctx *scratch, access_run *run, const access_answer *answer,
                              const access_radii *radii, const bool *wanted) {
  const access_options *o = run->options;
  access_supply supply;
  TRY(access_supply_of(scratch, ctx, run, answer, radii, &supply));
  for (int m = 0; m < SUPPLY_MEASURES; m++) {
    asked a = {.answer = answer,
               .supply = &supply,
               .radii = radii,
               .rule = {.measure = (supply_measure)m,
                        .decay = o->decay ? (supply_decay)number_of(supply_decay_names, o->decay) : DECAY_DICHOTOMY,
                        .decay_value = o->decay_value,
                        .radius = supply.radius,
                        .kind_radius = supply.part_radius,
                        .groups = radii->groups,
                        .group_radius = radii->group_m}};
    if (wanted[m]) TRY(run_measure(ctx, scratch, run, &a));
  }
  return SUND_OK;
}

sund_code access_measures(sund_ctx *ctx, access_run *run) {
  bool wanted[SUPPLY_MEASURES + 1] = {false}, any = false;
  access_radii radii;
  for (size_t i = 0; i < run->options->measure.count; i++) /* "nearest" is none of them: the place behind the last */
    wanted[number_of(supply_measure_names, run->options->measure.value[i])] = true;
  for (int m = 0; m < SUPPLY_MEASURES; m++) any = any || wanted[m];
  TRY(access_radii_read(ctx, run, &radii)); /* a wrong name is told also where nothing asks for it */
  if (!any) return SUND_OK;
  for (size_t s = 0; s < run->standards; s++) {
    sund_ctx *scratch = sund_ctx_child(ctx);
    if (!scratch) return SUND_LIMIT;
    sund_code code = run_standard(ctx, scratch, run, &run->answer[s], &radii, wanted);
    sund_ctx_pass(ctx, scratch);
    sund_ctx_free(scratch);
    if (code != SUND_OK) return code;
  }
  return SUND_OK;
}

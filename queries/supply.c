/* supply.c - supply and demand: 2SFCA, BFCA, cumulative and gravity access on pairs of green areas and homes.
 *
 * Every measure gives each green area j a coefficient and adds coefficient * weight to the homes it reaches:
 *   cumulative, gravity  S_j
 *   2SFCA                S_j / D_j, D_j = sum of P_i w_ij: what there is for each person who can come
 *   BFCA                 S_j / D_j / N_j: demand is balanced, D_j = sum of P_i w_ij / W_i with W_i = sum over the green
 *                        of i, so that nobody is counted twice; and the level of service S_j / D_j is balanced by
 *                        N_j = sum of w_ij over homes, so that it is given out once
 * Persons of a home are split in cohorts: the groups with a radius of their own, and everybody else. A cohort is a home
 * of its own in all sums but N_j, where its weight counts with its share of the home: then a split into groups of equal
 * radius changes nothing.
 */
#include "supply.h"

#include <assert.h>
#include <math.h>

#define ROUNDING 1e-6       /* metres or minutes above a radius that are still within: sums of lengths are rounded */
#define LEAST_WEIGHT 1e-200 /* smaller ones are 0: dividing by them would not give back what was handed out        */
#define CONSERVATION 1e-9   /* relative                                                                             */

const char *const supply_measure_names[] = {"2sfca", "bfca", "cumulative", "gravity", NULL};
const char *const supply_decay_names[] = {"dichotomy", "gaussian", "exponential", "density", "power", NULL};

/* The persons of a home with the same radii. */
typedef struct cohort {
  const double *radius; /* of the cohort; NULL = everybody else: that of the kind or the common one */
  double *persons;      /* homes                                                                   */
  double *share;        /* homes: of the home's persons                                            */
  double *value;        /* homes: what a person of the cohort has                                   */
  double *total;        /* homes: sum of weights over all green, BFCA only                         */
} cohort;

typedef struct work {
  const supply_case *what;
  supply_rule rule;
  size_t cohorts;
  cohort *people;      /* cohorts */
  double *coefficient; /* green areas                                  */
  double service;      /* BFCA: sum of the levels of service           */
  double handed, idle; /* supply                                       */
} work;

double supply_weight(const supply_rule *rule, double distance, double radius) {
  if (!(distance <= radius + ROUNDING) || isinf(distance)) return 0;
  const double rim = exp(-0.5);
  double v = rule->decay_value, share = radius > 0 ? distance / radius : 0, weight = 1;
  switch (rule->decay) {
    case DECAY_GAUSSIAN:
      weight = (exp(-0.5 * share * share) - rim) / (1 - rim);
      break;
    case DECAY_EXPONENTIAL:
      weight = v > 0 ? exp(-v * distance) : exp(-share);
      break;
    case DECAY_DENSITY:
      weight = 0.75 * (1 - share * share);
      break;
    case DECAY_POWER:
      weight = distance <= 1 ? 1 : pow(distance, -(v > 0 ? v : 1));
      break;
    case DECAY_DICHOTOMY:
    case SUPPLY_DECAYS:
      break;
  }
  return weight >= LEAST_WEIGHT ? weight : 0; /* a hair beyond the rim some are below 0 */
}

/* Radius of a cohort for the green area of row j. */
static double radius_of(const work *w, const cohort *c, size_t j) {
  if (c->radius) return *c->radius;
  const double *by_kind = w->rule.kind_radius;
  if (!by_kind || !w->what->kind || w->what->kind[j] < 0 || isnan(by_kind[w->what->kind[j]])) return w->rule.radius;
  return by_kind[w->what->kind[j]];
}

/* ------------------------------------------------------------------------------------------------------- cohorts */

static sund_code check(sund_ctx *ctx, const supply_case *what) {
  for (size_t j = 0; j < what->pairs->rows; j++)
    if (!(what->supply[j] >= 0 && isfinite(what->supply[j])))
      return sund_fail(ctx, SUND_DATA, "supply of green area %zu is %g: not a finite number from 0 up", j,
                       what->supply[j]);
  for (size_t i = 0; i < what->homes; i++)
    if (!(what->persons[i] >= 0 && isfinite(what->persons[i])))
      return sund_fail(ctx, SUND_DATA, "persons of home %zu are %g: not a finite number from 0 up", i,
                       what->persons[i]);
  return SUND_OK;
}

/* Persons of home i in the groups, scaled down where registers say more than live there (counts are rounded or blurred
 * to protect people, and groups may overlap), and everybody else in the last cohort. */
static sund_code split_home(sund_ctx *ctx, work *w, size_t i, double *overfull) {
  double persons = w->what->persons[i], grouped = 0;
  cohort *rest = &w->people[w->cohorts - 1];
  for (size_t g = 0; g + 1 < w->cohorts; g++) {
    double members = isnan(w->what->group[g][i]) ? 0 : w->what->group[g][i];
    if (!(members >= 0 && isfinite(members)))
      return sund_fail(ctx, SUND_DATA, "group %zu of home %zu has %g persons", g, i, members);
    grouped += w->people[g].persons[i] = members;
  }
  double scale = grouped > persons ? persons / grouped : 1;
  if (grouped > persons) *overfull += grouped - persons;
  rest->persons[i] = grouped > persons ? 0 : persons - grouped;
  rest->share[i] = persons > 0 ? rest->persons[i] / persons : 1; /* where nobody lives the common radius counts */
  for (size_t g = 0; g + 1 < w->cohorts; g++) {
    w->people[g].persons[i] *= scale;
    w->people[g].share[i] = persons > 0 ? w->people[g].persons[i] / persons : 0;
  }
  return SUND_OK;
}

static sund_code split(sund_ctx *ctx, work *w, double *overfull) {
  size_t homes = w->what->homes;
  w->cohorts = w->rule.groups + 1;
  if (!(w->people = sund_alloc(ctx, w->cohorts, sizeof *w->people))) return SUND_LIMIT;
  if (!(w->coefficient = sund_alloc(ctx, w->what->pairs->rows, sizeof *w->coefficient))) return SUND_LIMIT;
  for (size_t g = 0; g < w->cohorts; g++) {
    cohort *c = &w->people[g];
    c->radius = g < w->rule.groups ? &w->rule.group_radius[g] : NULL;
    if (!(c->persons = sund_alloc(ctx, homes, sizeof *c->persons))) return SUND_LIMIT;
    if (!(c->share = sund_alloc(ctx, homes, sizeof *c->share))) return SUND_LIMIT;
    if (!(c->value = sund_alloc(ctx, homes, sizeof *c->value))) return SUND_LIMIT;
    if (w->rule.measure == SUPPLY_BFCA && !(c->total = sund_alloc(ctx, homes, sizeof *c->total))) return SUND_LIMIT;
  }
  for (size_t i = 0; i < homes; i++) TRY(split_home(ctx, w, i, overfull));
  return SUND_OK;
}

/* ------------------------------------------------------------------------------------------------------- the sums */

/* Adds scale * weight of green area j to sum[home], for the homes that cohort c reaches. */
static void add_row(const work *w, const cohort *c, size_t j, double scale, double *sum) {
  const sund_pairs *pairs = w->what->pairs;
  double radius = radius_of(w, c, j);
  for (size_t k = pairs->first[j]; k < pairs->first[j + 1]; k++)
    sum[pairs->to[k]] += scale * supply_weight(&w->rule, pairs->metres[k], radius);
}

/* Sum of weight * by[home] over the homes that cohort c reaches; over[home] divides, or NULL. */
static double row_sum(const work *w, const cohort *c, size_t j, const double *by, const double *over) {
  const sund_pairs *pairs = w->what->pairs;
  double radius = radius_of(w, c, j), sum = 0;
  for (size_t k = pairs->first[j]; k < pairs->first[j + 1]; k++) {
    size_t i = pairs->to[k];
    assert(i < w->what->homes);
    double weight = supply_weight(&w->rule, pairs->metres[k], radius);
    if (weight > 0) sum += weight * by[i] / (over ? over[i] : 1);
  }
  return sum;
}

/* What green area j hands out to a weight of 1; 0 when there is no demand. */
static double coefficient(work *w, size_t j) {
  double supply = w->what->supply[j], demand = 0, balance = 0;
  if (w->rule.measure == SUPPLY_CUMULATIVE || w->rule.measure == SUPPLY_GRAVITY) return supply;
  for (size_t g = 0; g < w->cohorts; g++) {
    demand += row_sum(w, &w->people[g], j, w->people[g].persons, w->people[g].total);
    if (w->rule.measure == SUPPLY_BFCA) balance += row_sum(w, &w->people[g], j, w->people[g].share, NULL);
  }
  if (!(demand > LEAST_WEIGHT)) {
    w->idle += supply;
    return 0;
  }
  w->handed += supply;
  w->service += supply / demand;
  return supply / demand / (w->rule.measure == SUPPLY_BFCA ? balance : 1);
}

static void hand_out(work *w) {
  const sund_pairs *pairs = w->what->pairs;
  if (w->rule.measure == SUPPLY_BFCA)
    for (size_t g = 0; g < w->cohorts; g++)
      for (size_t j = 0; j < pairs->rows; j++) add_row(w, &w->people[g], j, 1, w->people[g].total);
  for (size_t j = 0; j < pairs->rows; j++) w->coefficient[j] = coefficient(w, j);
  for (size_t g = 0; g < w->cohorts; g++)
    for (size_t j = 0; j < pairs->rows; j++)
      if (w->coefficient[j] > 0) add_row(w, &w->people[g], j, w->coefficient[j], w->people[g].value);
}

/* Nothing is lost and nothing is made: terms is scratch of the homes' length. */
static sund_code check_conservation(sund_ctx *ctx, const work *w, const double *value, double *terms) {
  if (w->rule.measure != SUPPLY_2SFCA && w->rule.measure != SUPPLY_BFCA) return SUND_OK;
  bool persons = w->rule.measure == SUPPLY_2SFCA;
  for (size_t i = 0; i < w->what->homes; i++) terms[i] = value[i] * (persons ? w->what->persons[i] : 1);
  double received = sund_sum(w->what->homes, terms), given = persons ? w->handed : w->service;
  if (fabs(received - given) <= CONSERVATION * given) return SUND_OK;
  return sund_fail(ctx, SUND_DEFECT, "%s is not conserved: %.12g given out, %.12g received",
                   supply_measure_names[w->rule.measure], given, received);
}

sund_code supply_measure_homes(sund_ctx *ctx, const supply_case *what, const supply_rule *rule, supply_answer *out) {
  work w = {.what = what, .rule = *rule};
  supply_answer answer = {0};
  if (rule->measure == SUPPLY_CUMULATIVE) w.rule.decay = DECAY_DICHOTOMY;
  TRY(check(ctx, what));
  TRY(split(ctx, &w, &answer.overfull));
  if (!(answer.value = sund_alloc(ctx, what->homes, sizeof *answer.value))) return SUND_LIMIT;
  if (rule->groups && !(answer.group_value = sund_alloc(ctx, rule->groups, sizeof *answer.group_value)))
    return SUND_LIMIT;
  hand_out(&w);
  for (size_t g = 0; g < w.cohorts; g++) {
    for (size_t i = 0; i < what->homes; i++) answer.value[i] += w.people[g].share[i] * w.people[g].value[i];
    if (g < rule->groups) answer.group_value[g] = w.people[g].value;
  }
  TRY(check_conservation(ctx, &w, answer.value, w.people[0].persons)); /* persons are no longer needed */
  answer.handed = w.handed, answer.idle = w.idle;
  *out = answer;
  return SUND_OK;
}

/* -------------------------------------------------------------------------------------------------------- figures */

supply_balance supply_balance_of(size_t n, const double *persons, const double *value, double demand) {
  supply_balance out = {0};
  double had = 0;
  for (size_t i = 0; i < n; i++) {
    if (isnan(value[i])) continue;
    out.persons += persons[i];
    had += persons[i] * value[i];
    if (value[i] < demand) out.under += persons[i];
    if (value[i] > demand) out.over += persons[i];
  }
  out.mean = out.persons > 0 ? had / out.persons : NAN;
  out.balance = out.mean - demand;
  return out;
}

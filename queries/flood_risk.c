/* flood_risk.c - what a year costs on average: persons, homes and hectares under water, by how rarely levels come.
 *
 * Order: tails (flood_tails.c), how often each home is wet, the expectation over all homes of a unit
 * (sund_expected_yearly), indicators. A home is wet as often as the sea passes its first-wet level; homes are steps, so
 * that there is no curve to be integrated. With several zones of the sea a storm is taken to be the same storm
 * everywhere (full dependence): a home is wet as often as from the zone it is wet from most often.
 *
 * To have one order for all zones a home's level is given as the logarithm of its return period, and the tail as
 * a = 0, b = 1. Return periods below a year count as a year: a home that is wet ten times a year is not ten homes.
 */
#include "flood_risk.h"

#include <math.h>
#include <stdlib.h>

/* The level that stands for a rate: the logarithm of its return period; the tail of such levels. */
static const sund_tail by_rate = {.a = 0, .b = 1};

static double level_of_rate(double rate) {
  return -log(rate);
}

/* --------------------------------------------------------------------------------------------------------- stairs */

typedef struct step {
  double level, persons, homes;
} step;

static int by_level(const void *a, const void *b) {
  const step *p = a, *q = b;
  if (p->level != q->level) return p->level < q->level ? -1 : 1;
  if (p->persons != q->persons) return p->persons < q->persons ? -1 : 1;
  return (p->homes > q->homes) - (p->homes < q->homes);
}

sund_code flood_stairs_build(sund_ctx *ctx, const flood_run *run, const double *level, size_t n, const size_t *list,
                             flood_stairs *out) {
  step *steps = sund_alloc(ctx, n, sizeof *steps);
  flood_stairs s = {0, sund_alloc(ctx, n, sizeof *s.level), sund_alloc(ctx, n, sizeof *s.persons),
                    sund_alloc(ctx, n, sizeof *s.homes)};
  if (!steps || !s.level || !s.persons || !s.homes) return SUND_LIMIT;
  for (size_t k = 0; k < n; k++) {
    const size_t i = list[k];
    if (!isnan(level[i])) steps[s.n++] = (step){level[i], run->homes->persons[i], run->homes->share[i]};
  }
  if (s.n > 0) qsort(steps, s.n, sizeof *steps, by_level);
  for (size_t k = 0; k < s.n; k++) {
    s.level[k] = steps[k].level;
    s.persons[k] = steps[k].persons + (k > 0 ? s.persons[k - 1] : 0);
    s.homes[k] = steps[k].homes + (k > 0 ? s.homes[k - 1] : 0);
  }
  *out = s;
  return SUND_OK;
}

/* ----------------------------------------------------------------------------------------------------- indicators */

static sund_code add_one(sund_ctx *ctx, flood_run *run, size_t unit, sund_indicator row, const char *variant,
                         double value, const char *how) {
  row.area = units_area(run->in, unit);
  row.variant = variant;
  row.value = value;
  row.low = row.high = NAN;
  row.method = sund_text(ctx, "%s+%s", run->method, how);
  return row.method ? sund_results_indicator(ctx, run->out, row) : SUND_LIMIT;
}

/* What is asked of a unit. */
typedef struct ask {
  const flood_tail_group *group;
  size_t unit;
  bool known; /* is there ground of which anything is known? */
  size_t n;
  const double *level; /* n: rising */
} ask;

/* One amount of a unit: with the fitted tail, and as the trapezoid rule over the events alone has it. */
static sund_code add_pair(sund_ctx *ctx, flood_run *run, const ask *a, sund_indicator row, const double *amount,
                          double trapezoid) {
  const flood_tail_group *g = a->group;
  sund_expected e;
  TRY(sund_expected_yearly(ctx, &by_rate, g->periods, g->period_y, FLOOD_MOST_RATE, a->n, a->level, amount, &e));
  TRY(add_one(ctx, run, a->unit, row, g->fitted, a->known ? e.value : NAN, "exponential"));
  return add_one(ctx, run, a->unit, row, g->trapezoid, a->known ? trapezoid : NAN, "trapezoid");
}

/* ---------------------------------------------------------------------------------------------------------- homes */

/* How rarely every home is wet, as a level; NAN = never. *often: homes that the tail has wet more than once a year. */
static sund_code rank_homes(sund_ctx *ctx, const flood_run *run, const flood_tail_group *g, double **out,
                            size_t *often) {
  double *level = sund_alloc(ctx, run->homes->count, sizeof *level);
  if (!level) return SUND_LIMIT;
  *often = 0;
  for (size_t i = 0; i < run->homes->count; i++) {
    double rate = NAN;
    for (size_t z = 0; z < run->levels.zones; z++) {
      const double first_m = run->home[i].site == SIZE_MAX ? NAN : run->home[i].zone_m[z];
      if (g->of_zone[z] && !isnan(first_m)) rate = fmax(rate, sund_tail_rate(&g->of_zone[z]->tail, first_m));
    }
    level[i] = isnan(rate) ? NAN : level_of_rate(rate);
    *often += rate > FLOOD_MOST_RATE;
  }
  *out = level;
  return SUND_OK;
}

/* The same of a home by the trapezoid rule: the largest of the zones. */
static double often_by_trapezoid(const flood_run *run, const flood_tail_group *g, size_t home) {
  double rate = 0;
  for (size_t z = 0; run->home[home].site != SIZE_MAX && z < run->levels.zones; z++)
    if (g->of_zone[z]) rate = fmax(rate, flood_trapezoid(g->of_zone[z], run->home[home].zone_m[z]));
  return rate;
}

/* What lives in a unit. *known: nobody does, or the ground is known somewhere. */
/* Does the group say anything of the sea that touches a home's terrain? */
static bool speaks(const flood_run *run, const flood_tail_group *g, size_t home) {
  const size_t site = run->home[home].site;
  for (size_t z = 0; site != SIZE_MAX && z < run->levels.zones; z++)
    if (g->of_zone[z] && (!run->site[site].has_zone || run->site[site].has_zone[z])) return true;
  return false;
}

static void sum_up(const flood_run *run, const flood_tail_group *g, size_t n, const size_t *list,
                   sund_indicator base[2], bool *known) {
  base[0] = (sund_indicator){.indicator = "flood.ead_persons", .unit = "persons/year", .base_unit = "persons"};
  base[1] = (sund_indicator){.indicator = "flood.ead_homes", .unit = "homes/year", .base_unit = "homes"};
  *known = n == 0;
  for (size_t k = 0; k < n; k++) {
    base[0].base += run->homes->persons[list[k]];
    base[1].base += run->homes->share[list[k]];
    *known = *known || speaks(run, g, list[k]);
  }
}

static sund_code note_often(sund_ctx *ctx, flood_run *run, const flood_tail_group *g, size_t often) {
  if (often == 0) return SUND_OK;
  const char *text =
      sund_text(ctx,
                "%zu homes lie so low that the tail (%s) has them wet more than once a year: they count "
                "once a year; protection that the terrain does not show, or the ground's height, is to "
                "be looked into",
                often, g->fitted);
  return text ? flood_note(ctx, run, "note", "events", text, NAN, NAN) : SUND_LIMIT;
}

static sund_code measure_homes(sund_ctx *ctx, flood_run *run, const flood_tail_group *g) {
  size_t *first, *list, often;
  double *level;
  TRY(homes_by_area(ctx, run->in, run->homes, &first, &list));
  TRY(rank_homes(ctx, run, g, &level, &often));
  TRY(note_often(ctx, run, g, often));
  for (size_t u = 0; u < units_count(run->in); u++) {
    const size_t n = first[u + 1] - first[u];
    flood_stairs stairs;
    sund_indicator base[2];
    ask a = {.group = g, .unit = u};
    TRY(flood_stairs_build(ctx, run, level, n, list + first[u], &stairs));
    sum_up(run, g, n, list + first[u], base, &a.known);
    a.n = stairs.n, a.level = stairs.level;
    double persons = 0, count = 0;
    for (size_t k = first[u]; k < first[u + 1]; k++) {
      const double rate = often_by_trapezoid(run, g, list[k]);
      persons += rate * run->homes->persons[list[k]], count += rate * run->homes->share[list[k]];
    }
    TRY(add_pair(ctx, run, &a, base[0], stairs.persons, persons));
    TRY(add_pair(ctx, run, &a, base[1], stairs.homes, count));
  }
  return SUND_OK;
}

/* ----------------------------------------------------------------------------------------------------------- area */

/* Hectares, from the curve: what gets wet within a centimetre counts at its middle. For one zone of the sea only, the
 * curve does not say where the water came from. */
static sund_code measure_area(sund_ctx *ctx, flood_run *run, const flood_tail_group *g, const flood_area *area) {
  double *level = sund_alloc(ctx, area->bins, sizeof *level);
  double *hectares = sund_alloc(ctx, area->bins, sizeof *hectares);
  if (!level || !hectares) return SUND_LIMIT;
  for (size_t b = 0; b < area->bins; b++) {
    const double middle_m = ((double)area->first_cm + (double)b - 0.5) / 100;
    level[b] = level_of_rate(sund_tail_rate(&g->of_zone[0]->tail, middle_m));
  }
  for (size_t u = 0; u < units_count(run->in); u++) {
    const double *at_m2 = area->at_m2 + u * area->bins;
    const ask a = {g, u, area->known_m2[u] > 0, area->bins, level};
    const sund_indicator row = {
        .indicator = "flood.ead_area", .unit = "ha/year", .base = area->known_m2[u] / 1e4, .base_unit = "ha"};
    double trapezoid = 0;
    for (size_t b = 0; b < area->bins; b++) {
      hectares[b] = at_m2[b] / 1e4 + (b > 0 ? hectares[b - 1] : 0);
      trapezoid += at_m2[b] / 1e4 * flood_trapezoid(g->of_zone[0], ((double)area->first_cm + (double)b) / 100);
    }
    TRY(add_pair(ctx, run, &a, row, hectares, trapezoid));
  }
  return SUND_OK;
}

static sund_code note_zones(sund_ctx *ctx, flood_run *run) {
  return flood_note(ctx, run, "note", "events",
                    "expected hectares a year are not given with several zones of the sea: the curve does not say "
                    "which zone the water came from",
                    NAN, NAN);
}

/* ------------------------------------------------------------------------------------------------------------ all */

static sund_code measure_groups(sund_ctx *ctx, flood_run *run, const flood_tails *tails) {
  for (size_t g = 0; g < tails->groups; g++) {
    if (run->homes) TRY(measure_homes(ctx, run, &tails->group[g]));
    if (run->area && run->levels.zones == 1) TRY(measure_area(ctx, run, &tails->group[g], run->area));
  }
  return run->area && run->levels.zones > 1 && tails->groups > 0 ? note_zones(ctx, run) : SUND_OK;
}

sund_code flood_risk_measure(sund_ctx *ctx, flood_run *run) {
  flood_tails tails;
  TRY(flood_tails_find(ctx, run, &tails));
  if (tails.count == 0) return SUND_OK;
  TRY(measure_groups(ctx, run, &tails));
  return flood_tails_write(ctx, run, &tails);
}

/* flood_curve.c - the table flood_curve: what is wet at every centimetre, by unit.
 *
 * From 0.00 m, or the first centimetre with anything wet when that is lower, up to the cap when one was asked for, else
 * to the highest level. Homes count by the rule asked for; coast as far as land or a shoreline was given.
 */
#include <math.h>

#include "flood.h"

enum { AREA_ID, AREA_NAME, LEVEL_M, AREA_HA, HOMES, PERSONS, COAST_M, FIELDS };
static const sund_field fields[FIELDS] = {
    [AREA_ID] = {"area_id", SUND_TEXT, NULL, {"område", "område", "area"}, NULL},
    [AREA_NAME] = {"area_name", SUND_TEXT, NULL, {"områdets navn", "områdets namn", "name of the area"}, NULL},
    [LEVEL_M] = {"level_m", SUND_REAL, "m", {"vandstand", "vattenstånd", "sea level"}, NULL},
    [AREA_HA] = {"area_ha", SUND_REAL, "ha", {"vådt areal", "våt areal", "wet area"}, NULL},
    [HOMES] = {"homes", SUND_REAL, "homes", {"våde hjem", "våta hem", "wet homes"}, NULL},
    [PERSONS] = {"persons",
                 SUND_REAL,
                 "persons",
                 {"personer i våde hjem", "personer i våta hem", "persons in wet homes"},
                 NULL},
    [COAST_M] = {"coast_m", SUND_REAL, "m", {"våd kyst", "våt kust", "wet coast"}, NULL},
};

/* Units x bins: what gets wet at each centimetre. */
typedef struct growth {
  double *homes, *persons, *coast;
} growth;

static size_t bin_of(const flood_area *a, double wet_m) {
  int32_t bin = flood_centimetre(wet_m) - a->first_cm;
  return bin < 0 ? 0 : (size_t)bin < a->bins ? (size_t)bin : a->bins - 1;
}

static sund_code add_homes(sund_ctx *ctx, const flood_run *run, const flood_area *a, growth *g) {
  size_t *first, *list, units = units_count(run->in);
  if (!run->homes) return SUND_OK;
  TRY(homes_by_area(ctx, run->in, run->homes, &first, &list));
  for (size_t u = 0; u < units; u++)
    for (size_t k = first[u]; k < first[u + 1]; k++) {
      double wet_m = run->home[list[k]].wet_m[run->rule];
      if (isnan(wet_m)) continue;
      size_t at = u * a->bins + bin_of(a, wet_m);
      g->homes[at] += run->homes->share[list[k]]; /* the pieces of a spread one are one home */
      g->persons[at] += run->homes->persons[list[k]];
    }
  return SUND_OK;
}

static void add_coast(const flood_coast *coast, const flood_area *a, growth *g) {
  for (size_t i = 0; coast && i < coast->pieces; i++)
    if (!isnan(coast->wet_m[i])) g->coast[coast->unit[i] * a->bins + bin_of(a, coast->wet_m[i])] += coast->metres[i];
}

/* First and last bin of the table. */
static void choose_range(const flood_run *run, const flood_area *a, size_t *from, size_t *to) {
  size_t zero = a->first_cm < 0 ? (size_t)-a->first_cm : 0, top = a->bins - 1;
  *from = zero < top ? zero : top;
  for (size_t i = 0; i < units_count(run->in) * a->bins; i++)
    if (a->at_m2[i] > 0 && i % a->bins < *from) *from = i % a->bins;
  int32_t highest = flood_centimetre(run->levels.highest_m) - a->first_cm;
  *to = isnan(run->asked->cap_m) && highest >= 0 && (size_t)highest < top ? (size_t)highest : top;
  if (*to < *from) *to = *from;
}

static sund_code fill(sund_ctx *ctx, const flood_run *run, const flood_area *a, const growth *g, size_t from,
                      size_t to, sund_table *table) {
  size_t n = 0;
  for (size_t u = 0; u < units_count(run->in); u++) {
    double m2 = 0, wet_homes = 0, persons = 0, coast = 0;
    const char *id = flood_unit_text(ctx, run, u, "id"), *name = flood_unit_text(ctx, run, u, "name");
    if (!id) return SUND_LIMIT;
    for (size_t bin = 0; bin <= to && a->known_m2[u] > 0; bin++) {
      size_t at = u * a->bins + bin;
      m2 += a->at_m2[at], wet_homes += g->homes[at], persons += g->persons[at], coast += g->coast[at];
      if (bin < from) continue;
      table->column[AREA_ID].text[n] = id;
      table->column[AREA_NAME].text[n] = name;
      table->column[LEVEL_M].real[n] = (double)(a->first_cm + (int32_t)bin) / 100;
      table->column[AREA_HA].real[n] = m2 / 1e4;
      if (run->homes) table->column[HOMES].real[n] = wet_homes, table->column[PERSONS].real[n] = persons;
      if (run->coast) table->column[COAST_M].real[n] = coast;
      n++;
    }
  }
  return SUND_OK;
}

sund_code flood_curve_write(sund_ctx *ctx, flood_run *run, const flood_area *a) {
  size_t units = units_count(run->in), known = 0, from, to;
  growth g = {.homes = sund_alloc(ctx, units * a->bins, sizeof(double)),
              .persons = sund_alloc(ctx, units * a->bins, sizeof(double)),
              .coast = sund_alloc(ctx, units * a->bins, sizeof(double))};
  sund_table *table;
  if (!g.homes || !g.persons || !g.coast) return SUND_LIMIT;
  TRY(add_homes(ctx, run, a, &g));
  add_coast(run->coast, a, &g);
  choose_range(run, a, &from, &to);
  for (size_t u = 0; u < units; u++) known += a->known_m2[u] > 0;
  TRY(sund_table_new(ctx, "flood_curve", SUND_NONE, known * (to - from + 1), fields, FIELDS, &table));
  TRY(fill(ctx, run, a, &g, from, to, table));
  return sund_results_layer(
      ctx, run->out,
      (sund_layer){.table = table,
                   .title = {"Hvad er vådt ved hver centimeter", "Vad är vått vid varje centimeter",
                             "What is wet at every centimetre"},
                   .summary = {"Areal, hjem, personer og kyst, som er våde ved vandstanden, for hver enhed",
                               "Areal, hem, personer och kust som är våta vid vattenståndet, för varje enhet",
                               "Area, homes, persons and coast that are wet at the level, for every unit"}});
}

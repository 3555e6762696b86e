/* flood_tails.c - the tails of the events: one a zone of the sea and year, what they rest on, how far they carry.
 *
 * Order: flood_tails_find collects the events with a return period and fits them (sund_tail_fit); groups are what is
 * told together: first the present, made of the earliest year of every zone, because two countries' statistics are
 * seldom of one year; then every later year by itself. flood_tails_write says of each tail what it makes of all homes,
 * and beside it what the trapezoid rule over the published return periods would.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "flood_risk.h"

/* Part of an expectation from beyond the table that is worth a finding, and distance of a level from its tail. */
#define MUCH 0.30
#define FAR_M 0.05
/* Levels nearer than this are the same: as thresholds of the flood. */
#define ALIKE_M 1e-6

/* ----------------------------------------------------------------------------------------------------------- find */

static flood_tail *tail_of(flood_tails *all, size_t zone, int64_t year) {
  for (size_t t = 0; t < all->count; t++)
    if (all->tail[t].zone == zone && all->tail[t].year == year) return &all->tail[t];
  return NULL;
}

static int by_zone_and_year(const void *a, const void *b) {
  const flood_tail *p = a, *q = b;
  if (p->zone != q->zone) return p->zone < q->zone ? -1 : 1;
  return (p->year > q->year) - (p->year < q->year); /* a year that is not said is the smallest number: the present */
}

/* Is a level one with a return period, and does it say something of the zone? */
static bool counts(const flood_level *level, size_t zone) {
  return level->event && !isnan(level->period_y) && !isnan(level->level_m[zone]);
}

static sund_code collect(sund_ctx *ctx, const flood_run *run, flood_tails *out) {
  const flood_levels *all = &run->levels;
  if (!(out->tail = sund_alloc(ctx, all->count * all->zones, sizeof *out->tail))) return SUND_LIMIT;
  for (size_t z = 0; z < all->zones; z++)
    for (size_t l = 0; l < all->count; l++) {
      const flood_level *level = &all->level[l];
      if (!counts(level, z)) continue;
      flood_tail *t = tail_of(out, z, level->year);
      if (!t) {
        t = &out->tail[out->count++];
        *t = (flood_tail){.zone = z, .year = level->year};
        if (!(t->period_y = sund_alloc(ctx, all->count, sizeof *t->period_y))) return SUND_LIMIT;
        if (!(t->level_m = sund_alloc(ctx, all->count, sizeof *t->level_m))) return SUND_LIMIT;
      }
      size_t at = t->points++;
      for (; at > 0 && t->period_y[at - 1] > level->period_y; at--)
        t->period_y[at] = t->period_y[at - 1], t->level_m[at] = t->level_m[at - 1];
      t->period_y[at] = level->period_y;
      t->level_m[at] = level->level_m[z];
      if (!level->source || (t->source && strstr(t->source, level->source))) continue;
      t->source = t->source ? sund_text(ctx, "%s; %s", t->source, level->source) : level->source;
      if (!t->source) return SUND_LIMIT;
    }
  if (out->count > 0) qsort(out->tail, out->count, sizeof *out->tail, by_zone_and_year);
  return SUND_OK;
}

double flood_trapezoid(const flood_tail *t, double first_m) {
  double sum = 0;
  for (size_t i = 1; i < t->points; i++) {
    const double often = fmin(FLOOD_MOST_RATE, 1 / t->period_y[i - 1]),
                 rarely = fmin(FLOOD_MOST_RATE, 1 / t->period_y[i]);
    const int wet = (first_m <= t->level_m[i - 1] + ALIKE_M) + (first_m <= t->level_m[i] + ALIKE_M); /* NAN: no */
    sum += (often - rarely) * wet / 2;
  }
  return sum;
}

/* "zone north, 2100" */
static sund_code name_tail(sund_ctx *ctx, const flood_run *run, const flood_tail *t, const char **out) {
  const char *zone = run->levels.zone[t->zone];
  const char *year = t->year == SUND_NULL_INT ? "" : sund_text(ctx, ", %lld", (long long)t->year);
  if (!year) return SUND_LIMIT;
  *out = zone ? sund_text(ctx, "zone %s%s", zone, year) : sund_text(ctx, "the sea%s", year);
  return *out ? SUND_OK : SUND_LIMIT;
}

/* Fits a tail; why it cannot be is a finding, not the end of the run. */
static sund_code fit(sund_ctx *ctx, flood_run *run, flood_tail *t) {
  sund_ctx *own = sund_ctx_child(ctx);
  const char *why = "", *name;
  if (!own) return SUND_LIMIT;
  const sund_code code = sund_tail_fit(own, t->points, t->period_y, t->level_m, &t->tail);
  t->fits = code == SUND_OK;
  sund_failure(own, &why, NULL, NULL);
  const char *kept = t->fits ? "" : sund_text_copy(ctx, why);
  if (code == SUND_LIMIT) sund_ctx_pass(ctx, own);
  sund_ctx_free(own);
  if (code == SUND_LIMIT || !kept) return SUND_LIMIT;
  if (t->fits) return SUND_OK;
  TRY(name_tail(ctx, run, t, &name));
  const char *text = sund_text(ctx, "no tail and no expected yearly exposure for %s: %s", name, kept);
  return text ? flood_note(ctx, run, "warning", "events", text, NAN, NAN) : SUND_LIMIT;
}

/* --------------------------------------------------------------------------------------------------------- groups */

/* The return periods of all tails of the group. */
static sund_code gather_periods(sund_ctx *ctx, const flood_run *run, flood_tail_group *g) {
  size_t total = 0;
  for (size_t z = 0; z < run->levels.zones; z++) total += g->of_zone[z] ? g->of_zone[z]->points : 0;
  if (!(g->period_y = sund_alloc(ctx, total, sizeof *g->period_y))) return SUND_LIMIT;
  for (size_t z = 0; z < run->levels.zones; z++)
    for (size_t k = 0; g->of_zone[z] && k < g->of_zone[z]->points; k++)
      g->period_y[g->periods++] = g->of_zone[z]->period_y[k];
  return SUND_OK;
}

/* Zones of which nothing is said in a group, while others have a tail. */
static sund_code note_missing(sund_ctx *ctx, flood_run *run, const flood_tail_group *g) {
  for (size_t z = 0; z < run->levels.zones; z++) {
    if (g->of_zone[z]) continue;
    const char *text =
        sund_text(ctx,
                  "expected yearly exposure (%s) leaves out what comes from zone %s: its events give no "
                  "tail for that",
                  g->fitted, run->levels.zone[z] ? run->levels.zone[z] : "of the rest of the sea");
    if (!text) return SUND_LIMIT;
    TRY(flood_note(ctx, run, "warning", "events", text, NAN, NAN));
  }
  return SUND_OK;
}

/* Tails of a year; of the present: the earliest of every zone. A group without any tail is none. */
static sund_code add_group(sund_ctx *ctx, flood_run *run, flood_tails *all, bool present, int64_t year) {
  flood_tail_group *g = &all->group[all->groups];
  size_t found = 0;
  if (!(g->of_zone = sund_alloc(ctx, run->levels.zones, sizeof *g->of_zone))) return SUND_LIMIT;
  for (size_t t = 0; t < all->count; t++) {
    const flood_tail *tail = &all->tail[t];
    const bool earliest = t == 0 || all->tail[t - 1].zone != tail->zone;
    if (!tail->fits || !(present ? earliest : tail->year == year)) continue;
    g->of_zone[tail->zone] = tail;
    found++;
  }
  if (found == 0) return SUND_OK;
  g->fitted = present ? "fitted" : sund_text(ctx, "%lld", (long long)year);
  g->trapezoid = present ? "trapezoid" : sund_text(ctx, "%lld/trapezoid", (long long)year);
  if (!g->fitted || !g->trapezoid) return SUND_LIMIT;
  TRY(gather_periods(ctx, run, g));
  all->groups++;
  return note_missing(ctx, run, g);
}

/* The present, then every year that is not the earliest of some zone, rising. */
static sund_code make_groups(sund_ctx *ctx, flood_run *run, flood_tails *all) {
  int64_t last = INT64_MIN;
  if (!(all->group = sund_alloc(ctx, all->count + 1, sizeof *all->group))) return SUND_LIMIT;
  TRY(add_group(ctx, run, all, true, 0));
  for (;;) {
    int64_t next = INT64_MAX;
    for (size_t t = 1; t < all->count; t++) {
      const bool later = all->tail[t].zone == all->tail[t - 1].zone;
      if (later && all->tail[t].year > last && all->tail[t].year < next) next = all->tail[t].year;
    }
    if (next == INT64_MAX) return SUND_OK;
    TRY(add_group(ctx, run, all, false, next));
    last = next;
  }
}

/* Is there an event beside those asked for as plain levels? */
static bool any_event(const flood_run *run) {
  for (size_t l = 0; l < run->levels.count; l++)
    if (run->levels.level[l].event) return true;
  return false;
}

sund_code flood_tails_find(sund_ctx *ctx, flood_run *run, flood_tails *out) {
  *out = (flood_tails){0};
  TRY(collect(ctx, run, out));
  if (out->count == 0 && any_event(run))
    return flood_note(ctx, run, "note", "events",
                      "no event has a return period: expected yearly exposure is not given", NAN, NAN);
  for (size_t t = 0; t < out->count; t++) TRY(fit(ctx, run, &out->tail[t]));
  return make_groups(ctx, run, out);
}

/* ---------------------------------------------------------------------------------------------------------- table */

enum {
  ZONE,
  YEAR,
  SOURCE,
  POINTS,
  LEAST_Y,
  MOST_Y,
  A_M,
  B_M,
  RESIDUAL_M,
  FIRST_Y,
  PERSONS,
  TAIL_PCT,
  HEAD_PCT,
  TRAPEZOID,
  TRAPEZOID_PCT,
  FIELDS
};
static const sund_field fields[FIELDS] = {
    [ZONE] = {"zone", SUND_TEXT, NULL, {"zone", "zon", "zone"}, NULL},
    [YEAR] = {"year", SUND_INT, NULL, {"år", "år", "year"}, NULL},
    [SOURCE] = {"source", SUND_TEXT, NULL, {"kilde", "källa", "source"}, NULL},
    [POINTS] = {"points", SUND_INT, NULL, {"gentagelsesperioder", "återkomsttider", "return periods"}, NULL},
    [LEAST_Y] = {"least_y", SUND_REAL, "y", {"korteste", "kortaste", "shortest"}, NULL},
    [MOST_Y] = {"most_y", SUND_REAL, "y", {"længste", "längsta", "longest"}, NULL},
    [A_M] = {"a_m", SUND_REAL, "m", {"a i a + b ln T", "a i a + b ln T", "a of a + b ln T"}, NULL},
    [B_M] = {"b_m", SUND_REAL, "m", {"b i a + b ln T", "b i a + b ln T", "b of a + b ln T"}, NULL},
    [RESIDUAL_M] = {"largest_residual_m",
                    SUND_REAL,
                    "m",
                    {"største afvigelse fra halen", "största avvikelse från svansen",
                     "largest distance from the tail"},
                    NULL},
    [FIRST_Y] = {"first_wet_period_y",
                 SUND_REAL,
                 "y",
                 {"gentagelsesperiode, hvor det første hjem bliver vådt",
                  "återkomsttid då det första hemmet blir vått", "return period at which the first home gets wet"},
                 NULL},
    [PERSONS] = {"persons_a_year",
                 SUND_REAL,
                 "persons/year",
                 {"ramte pr. år, alle hjem", "drabbade per år, alla hem", "persons hit a year, all homes"},
                 NULL},
    [TAIL_PCT] = {"tail_share_pct",
                  SUND_REAL,
                  "%",
                  {"heraf sjældnere end tabellens sjældneste", "därav ovanligare än tabellens ovanligaste",
                   "of them from levels rarer than the table's rarest"},
                  NULL},
    [HEAD_PCT] = {"head_share_pct",
                  SUND_REAL,
                  "%",
                  {"heraf hyppigere end tabellens hyppigste", "därav vanligare än tabellens vanligaste",
                   "of them from levels more frequent than the table's most frequent"},
                  NULL},
    [TRAPEZOID] = {"trapezoid_persons_a_year",
                   SUND_REAL,
                   "persons/year",
                   {"ramte pr. år efter trapezreglen", "drabbade per år enligt trapetsregeln",
                    "persons hit a year by the trapezoid rule"},
                   NULL},
    [TRAPEZOID_PCT] = {"trapezoid_error_pct",
                       SUND_REAL,
                       "%",
                       {"trapezreglens afvigelse", "trapetsregelns avvikelse", "what the trapezoid rule is off by"},
                       NULL},
};

/* All homes as wet from one zone of the sea. */
static sund_code expect(sund_ctx *ctx, const flood_run *run, const flood_tail *t, sund_expected *out) {
  const size_t n = run->homes->count;
  double *level = sund_alloc(ctx, n, sizeof *level);
  size_t *list = sund_alloc(ctx, n, sizeof *list);
  flood_stairs stairs;
  if (!level || !list) return SUND_LIMIT;
  for (size_t i = 0; i < n; i++) {
    list[i] = i;
    level[i] = run->home[i].site == SIZE_MAX ? NAN : run->home[i].zone_m[t->zone];
  }
  TRY(flood_stairs_build(ctx, run, level, n, list, &stairs));
  TRY(sund_expected_yearly(ctx, &t->tail, t->points, t->period_y, FLOOD_MOST_RATE, stairs.n, stairs.level,
                           stairs.persons, out));
  out->trapezoid = 0;
  for (size_t i = 0; i < n; i++) out->trapezoid += run->homes->persons[i] * flood_trapezoid(t, level[i]);
  return SUND_OK;
}

static sund_code note(sund_ctx *ctx, flood_run *run, const char *text) {
  return text ? flood_note(ctx, run, "note", "events", text, NAN, NAN) : SUND_LIMIT;
}

/* How far the tail carries, in words. */
static sund_code note_reach(sund_ctx *ctx, flood_run *run, const flood_tail *t, const sund_expected *e) {
  const char *name;
  TRY(name_tail(ctx, run, t, &name));
  if (t->tail.largest_m > FAR_M)
    TRY(note(ctx, run,
             sund_text(ctx, "levels of %s lie up to %.2f m off the tail that is fitted to them", name,
                       t->tail.largest_m)));
  const double cap_m = run->asked->cap_m, most_y = t->tail.most_y;
  if (!isnan(cap_m) && sund_tail_rate(&t->tail, cap_m) * most_y > MUCH / 10)
    TRY(note(
        ctx, run,
        sund_text(ctx,
                  "the cap of %.2f m is passed once in %.0f years by the tail of %s: what is wet above it only is "
                  "missing from the expected yearly exposure",
                  cap_m, 1 / sund_tail_rate(&t->tail, cap_m), name)));
  if (!e || !(e->value > 0)) return SUND_OK;
  if (e->tail > MUCH * e->value)
    TRY(note(ctx, run,
             sund_text(ctx,
                       "%.0f %% of the persons expected a year for %s come from levels rarer than %g years, beyond "
                       "its events: they rest on the fitted tail",
                       100 * e->tail / e->value, name, most_y)));
  if (e->head > MUCH * e->value)
    TRY(note(ctx, run,
             sund_text(ctx,
                       "%.0f %% of the persons expected a year for %s come from levels more frequent than %g years, "
                       "before its events: they rest on the fitted tail",
                       100 * e->head / e->value, name, t->tail.least_y)));
  return SUND_OK;
}

static sund_code fill_row(sund_ctx *ctx, flood_run *run, const flood_tail *t, const sund_column *c, size_t r) {
  sund_expected e;
  c[ZONE].text[r] = run->levels.zone[t->zone];
  c[YEAR].integer[r] = t->year;
  c[SOURCE].text[r] = t->source;
  c[POINTS].integer[r] = (int64_t)t->points;
  if (!t->fits) return SUND_OK;
  c[LEAST_Y].real[r] = t->tail.least_y, c[MOST_Y].real[r] = t->tail.most_y;
  c[A_M].real[r] = t->tail.a, c[B_M].real[r] = t->tail.b, c[RESIDUAL_M].real[r] = t->tail.largest_m;
  if (!run->homes) return note_reach(ctx, run, t, NULL);
  TRY(expect(ctx, run, t, &e));
  c[FIRST_Y].real[r] = isinf(e.first_y) ? NAN : e.first_y;
  c[PERSONS].real[r] = e.value;
  c[TRAPEZOID].real[r] = e.trapezoid;
  if (e.value > 0) {
    c[TAIL_PCT].real[r] = 100 * e.tail / e.value;
    c[HEAD_PCT].real[r] = 100 * e.head / e.value;
    c[TRAPEZOID_PCT].real[r] = 100 * (e.trapezoid / e.value - 1);
  }
  return note_reach(ctx, run, t, &e);
}

sund_code flood_tails_write(sund_ctx *ctx, flood_run *run, const flood_tails *tails) {
  sund_table *table;
  TRY(sund_table_new(ctx, "flood_tails", SUND_NONE, tails->count, fields, FIELDS, &table));
  for (size_t t = 0; t < tails->count; t++) TRY(fill_row(ctx, run, &tails->tail[t], table->column, t));
  return sund_results_layer(
      ctx, run->out,
      (sund_layer){
          .table = table,
          .title = {"Sjældne vandstande", "Ovanliga vattenstånd", "Rare sea levels"},
          .summary = {
              "En havzone og et år pr. række: vandstand = a + b ln T, hvad den bygger på, og hvad den giver for "
              "alle hjem tilsammen",
              "En havszon och ett år per rad: vattenstånd = a + b ln T, vad det bygger på, och vad det ger för "
              "alla hem tillsammans",
              "One zone of the sea and year per row: level = a + b ln T, what it rests on, and what it makes of "
              "all homes together"}});
}

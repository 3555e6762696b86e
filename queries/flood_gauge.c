/* flood_gauge.c - what a series of observed water levels says: annual maxima, storms, and levels of return periods.
 *
 * Order: values brought to the results' height system and put in order of time, a threshold, storms above it
 * (sund_peaks_find), their tail (sund_tail_of_peaks), the tables flood_gauge and flood_gauge_tail, and, when no event
 * has a return period, the tail's levels as events.
 *
 * The threshold is the highest whole centimetre that at least STORMS_A_YEAR storms a year pass: few enough to be storms,
 * enough to have more to go by than the annual maxima. All of it is screening: a record of ten years says little of a
 * hundred, and the findings say so.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "flood_levels.h"

#define HOUR_S 3600.0
#define DAY_S 86400.0

static const double APART_S = 72 * HOUR_S; /* peaks nearer than this are one storm                      */
static const double GAP_S = 6 * HOUR_S;    /* longer steps are gaps, unless the series is coarser still */
static const double GAP_STEPS = 3;         /* usual steps that make a gap in a coarse series            */
static const double STORMS_A_YEAR = 3;
static const double LEAST_YEARS = 2; /* shorter records give no tail                                  */

enum { FEWEST_STORMS = 5 };

static const double tail_periods[FLOOD_GAUGE_LEVELS] = {20, 50, 100};
static const char *const tail_events[FLOOD_GAUGE_LEVELS] = {"gauge-T20", "gauge-T50", "gauge-T100"};

/* One value. */
typedef struct reading {
  double time_s, level_m; /* since 1970; results' heights */
  int year;               /* as written                   */
  const char *time;       /* as written                   */
  size_t row;
} reading;

typedef struct series {
  const char *name; /* of the first source          */
  size_t count;
  reading *value;
  double *time_s, *level_m; /* count: the same, for geo/     */
  double gap_s;
  size_t twice; /* times that were there twice   */
  double threshold_m;
  sund_peaks peaks;
  bool has_tail;
  sund_tail tail;
} series;

/* ----------------------------------------------------------------------------------------------------------- time */

/* Days from 1970-01-01 to a day of the Gregorian calendar (Richards 1998, Mapping Time). */
static double days_to(int year, int month, int day) {
  const int y = month > 2 ? year : year - 1, m = month > 2 ? month - 3 : month + 9;
  const int century = y / 100;
  return 365.0 * y + y / 4 - century + century / 4 + (153 * m + 2) / 5 + day - 1 - 719468;
}

/* Seconds of a zone's clock ahead of UTC: "", "Z", "+01:00", "+0100"; false = none of these. */
static bool read_offset(const char *text, double *seconds) {
  int hours, minutes, used = 0;
  *seconds = 0;
  if (!*text || strcmp(text, "Z") == 0) return true;
  if (*text != '+' && *text != '-') return false;
  const bool colon = sscanf(text + 1, "%2d:%2d%n", &hours, &minutes, &used) == 2 && text[1 + used] == '\0';
  if (!colon && !(sscanf(text + 1, "%2d%2d%n", &hours, &minutes, &used) == 2 && text[1 + used] == '\0')) return false;
  *seconds = (*text == '-' ? -1 : 1) * (hours * HOUR_S + minutes * 60.0);
  return true;
}

/* "2014-01-31", "2014-01-31T13:30", "2014-01-31 13:30:00Z", "2014-01-31T13:30:00+01:00". */
static bool read_time(const char *text, reading *out) {
  int year, month, day, hour = 0, minute = 0, used = 0, more = 0;
  double second = 0, ahead = 0;
  if (!text || sscanf(text, "%4d-%2d-%2d%n", &year, &month, &day, &used) != 3) return false;
  text += used;
  if (*text == 'T' || *text == ' ') {
    if (sscanf(++text, "%2d:%2d%n", &hour, &minute, &used) != 2) return false;
    text += used;
    if (*text == ':' && sscanf(text, ":%2d%n", &more, &used) == 1) second = more, text += used;
    if (*text == '.') text += 1 + strspn(text + 1, "0123456789"); /* parts of a second do not matter here */
  }
  if (!read_offset(text, &ahead)) return false;
  if (month < 1 || month > 12 || day < 1 || day > 31 || hour > 24 || minute > 59 || second > 60) return false;
  out->time_s = days_to(year, month, day) * DAY_S + hour * HOUR_S + minute * 60.0 + second - ahead;
  out->year = year;
  return true;
}

/* --------------------------------------------------------------------------------------------------------- values */

/* Steps of the sources to the results' heights; a source that does not say its heights is refused. */
static sund_code step_sources(sund_ctx *ctx, flood_run *run, const sund_table *table, double **add_m) {
  const size_t sources = table->sources > 0 ? table->sources : 1;
  if (!(*add_m = sund_alloc(ctx, sources, sizeof **add_m))) return SUND_LIMIT;
  for (size_t s = 0; s < sources; s++) {
    const char *name = table->sources ? table->source_name[s] : NULL;
    const char *heights = table->source_heights ? table->source_heights[s] : NULL;
    sund_height_step step;
    if (!heights || !*heights)
      sund_fail(ctx, SUND_DATA,
                "the gauge does not say which height system its levels are in: add heights: EPSG:5799 (DVR90) or "
                "EPSG:5613 (RH2000) to the source");
    if (!heights || !*heights || flood_levels_step(ctx, run, heights, &step) != SUND_OK)
      return sund_blame(ctx, name, SUND_NO_FEATURE);
    (*add_m)[s] = step.add_m;
    TRY(sund_results_heights(ctx, run->out,
                             (sund_reading){.role = SUND_GAUGE,
                                            .path = name ? name : "gauge",
                                            .heights = heights,
                                            .heights_operation = step.operation,
                                            .accuracy_m = step.sigma_m}));
  }
  return SUND_OK;
}

/* By time; of values at one time the highest first. */
static int by_time(const void *a, const void *b) {
  const reading *p = a, *q = b;
  if (p->time_s != q->time_s) return p->time_s < q->time_s ? -1 : 1;
  if (p->level_m != q->level_m) return p->level_m > q->level_m ? -1 : 1;
  return (p->row > q->row) - (p->row < q->row);
}

static sund_code read_values(sund_ctx *ctx, flood_run *run, const sund_table *table, series *out) {
  const char **time = sund_table_text(table, "time");
  const double *level = sund_table_real(table, "level_m");
  double *add_m;
  TRY(step_sources(ctx, run, table, &add_m));
  if (!(out->value = sund_alloc(ctx, table->rows, sizeof *out->value))) return SUND_LIMIT;
  for (size_t r = 0; r < table->rows; r++) {
    reading *v = &out->value[out->count];
    if (!level || !isfinite(level[r])) continue; /* a gap */
    *v = (reading){.time = time ? time[r] : NULL, .row = r};
    if (!read_time(v->time, v)) {
      sund_fail(ctx, SUND_DATA, "\"%s\" is no time: write 2024-01-31T13:30", v->time ? v->time : "");
      return sund_blame(ctx, sund_table_source(table, r), sund_table_feature(table, r));
    }
    v->level_m = level[r] + add_m[table->source ? table->source[r] : 0];
    out->count++;
  }
  if (out->count > 0) qsort(out->value, out->count, sizeof *out->value, by_time);
  return SUND_OK;
}

static int rising(const void *a, const void *b) {
  const double *p = a, *q = b;
  return (*p > *q) - (*p < *q);
}

/* One value a time, arrays for geo/, the length of a gap. */
static sund_code make_series(sund_ctx *ctx, series *s) {
  size_t n = 0;
  for (size_t i = 0; i < s->count; i++)
    if (n == 0 || s->value[i].time_s > s->value[n - 1].time_s) s->value[n++] = s->value[i];
  s->twice = s->count - n, s->count = n;
  double *step = sund_alloc(ctx, n, sizeof *step);
  if (!step || !(s->time_s = sund_alloc(ctx, n, sizeof *step)) || !(s->level_m = sund_alloc(ctx, n, sizeof *step)))
    return SUND_LIMIT;
  for (size_t i = 0; i < n; i++) {
    s->time_s[i] = s->value[i].time_s, s->level_m[i] = s->value[i].level_m;
    if (i > 0) step[i - 1] = s->time_s[i] - s->time_s[i - 1];
  }
  if (n > 1) qsort(step, n - 1, sizeof *step, rising);
  s->gap_s = fmax(GAP_S, n > 1 ? GAP_STEPS * step[(n - 1) / 2] : 0);
  return SUND_OK;
}

/* ----------------------------------------------------------------------------------------------------------- tail */

/* Storms above so many centimetres. */
static sund_code find_storms(sund_ctx *ctx, series *s, long centimetres) {
  s->threshold_m = (double)centimetres / 100;
  return sund_peaks_find(ctx, s->count, s->time_s, s->level_m, s->threshold_m, APART_S, s->gap_s, &s->peaks);
}

static bool enough(const series *s) {
  return (double)s->peaks.count >= STORMS_A_YEAR * s->peaks.years;
}

/* Halves the range between the mean, which is passed often enough, and the maximum, which is not. */
static sund_code choose_threshold(sund_ctx *ctx, series *s) {
  double most = -INFINITY;
  for (size_t i = 0; i < s->count; i++) most = fmax(most, s->level_m[i]);
  TRY(find_storms(ctx, s, 0));
  long low = (long)ceil(s->peaks.mean_m * 100), high = (long)ceil(most * 100);
  while (high - low > 1) {
    const long middle = low + (high - low) / 2;
    TRY(find_storms(ctx, s, middle));
    if (enough(s)) low = middle;
    else high = middle;
  }
  return find_storms(ctx, s, low);
}

static sund_code find_tail(sund_ctx *ctx, series *s) {
  TRY(choose_threshold(ctx, s));
  s->has_tail = s->peaks.years >= LEAST_YEARS && s->peaks.count >= FEWEST_STORMS;
  return s->has_tail ? sund_tail_of_peaks(ctx, &s->peaks, s->level_m, s->threshold_m, &s->tail) : SUND_OK;
}

/* --------------------------------------------------------------------------------------------------------- tables */

enum { YEAR, HOURS, MAXIMUM_M, TIME, STORMS, YEAR_FIELDS };
static const sund_field year_fields[YEAR_FIELDS] = {
    [YEAR] = {"year", SUND_INT, NULL, {"år", "år", "year"}, NULL},
    [HOURS] = {"hours", SUND_REAL, "h", {"timer med målinger", "timmar med mätningar", "hours observed"}, NULL},
    [MAXIMUM_M] = {"maximum_m", SUND_REAL, "m", {"årets højeste", "årets högsta", "highest of the year"}, NULL},
    [TIME] = {"time", SUND_TEXT, NULL, {"tidspunkt", "tidpunkt", "time"}, NULL},
    [STORMS] = {"storms",
                SUND_INT,
                NULL,
                {"storme over tærsklen", "stormar över tröskeln", "storms above the threshold"},
                NULL},
};

/* A row for every year from the first to the last, also for those without a value. */
static sund_code add_years(sund_ctx *ctx, flood_run *run, const series *s) {
  int least = s->value[0].year, most = least;
  for (size_t i = 0; i < s->count; i++) {
    least = s->value[i].year < least ? s->value[i].year : least;
    most = s->value[i].year > most ? s->value[i].year : most;
  }
  sund_table *table;
  TRY(sund_table_new(ctx, "flood_gauge", SUND_NONE, (size_t)(most - least) + 1, year_fields, YEAR_FIELDS, &table));
  const sund_column *c = table->column;
  for (size_t r = 0; r < table->rows; r++)
    c[YEAR].integer[r] = least + (int64_t)r, c[HOURS].real[r] = 0, c[STORMS].integer[r] = 0;
  for (size_t i = 0; i < s->count; i++) {
    const reading *v = &s->value[i];
    const size_t r = (size_t)(v->year - least);
    const double step = i > 0 ? v->time_s - s->value[i - 1].time_s : INFINITY;
    if (step <= s->gap_s) c[HOURS].real[r] += step / HOUR_S;
    if (c[MAXIMUM_M].real[r] >= v->level_m) continue; /* NAN: no */
    c[MAXIMUM_M].real[r] = v->level_m, c[TIME].text[r] = v->time;
  }
  for (size_t k = 0; k < s->peaks.count; k++) c[STORMS].integer[s->value[s->peaks.row[k]].year - least]++;
  return sund_results_layer(
      ctx, run->out,
      (sund_layer){
          .table = table,
          .title = {"Målte årsmaksima", "Uppmätta årsmaxima", "Observed annual maxima"},
          .summary = {"Et år pr. række: højeste målte vandstand i resultaternes højdesystem; storme mindst 72 "
                      "timer fra hinanden",
                      "Ett år per rad: högsta uppmätta vattenstånd i resultatens höjdsystem; stormar minst 72 "
                      "timmar från varandra",
                      "One year per row: highest observed level in the results' height system; storms at "
                      "least 72 hours apart"}});
}

enum {
  GAUGE,
  YEARS,
  MEAN_M,
  THRESHOLD_M,
  COUNT,
  A_M,
  B_M,
  RESIDUAL_M,
  T20_M,
  T50_M,
  T100_M,
  T100_SIGMA_M,
  USE,
  TAIL_FIELDS
};
static const sund_choice uses[] = {{"screening", {"kun til screening", "endast för screening", "screening only"}},
                                   {NULL, {NULL, NULL, NULL}}};
static const sund_field tail_fields[TAIL_FIELDS] = {
    [GAUGE] = {"gauge", SUND_TEXT, NULL, {"måler", "mätare", "gauge"}, NULL},
    [YEARS] = {"years", SUND_REAL, "y", {"år uden huller", "år utan luckor", "years without gaps"}, NULL},
    [MEAN_M] = {"mean_m", SUND_REAL, "m", {"middelvandstand", "medelvattenstånd", "mean level"}, NULL},
    [THRESHOLD_M] = {"threshold_m", SUND_REAL, "m", {"tærskel", "tröskel", "threshold"}, NULL},
    [COUNT] = {"storms", SUND_INT, NULL, {"storme over den", "stormar över den", "storms above it"}, NULL},
    [A_M] = {"a_m", SUND_REAL, "m", {"a i a + b ln T", "a i a + b ln T", "a of a + b ln T"}, NULL},
    [B_M] = {"b_m", SUND_REAL, "m", {"b i a + b ln T", "b i a + b ln T", "b of a + b ln T"}, NULL},
    [RESIDUAL_M] = {"largest_residual_m",
                    SUND_REAL,
                    "m",
                    {"største afvigelse fra halen", "största avvikelse från svansen",
                     "largest distance from the tail"},
                    NULL},
    [T20_M] = {"t20_m", SUND_REAL, "m", {"20 år", "20 år", "20 years"}, NULL},
    [T50_M] = {"t50_m", SUND_REAL, "m", {"50 år", "50 år", "50 years"}, NULL},
    [T100_M] = {"t100_m", SUND_REAL, "m", {"100 år", "100 år", "100 years"}, NULL},
    [T100_SIGMA_M] = {"t100_sigma_m",
                      SUND_REAL,
                      "m",
                      {"usikkerhed på 100 år (standardfejl)", "osäkerhet för 100 år (standardfel)",
                       "uncertainty of 100 years (standard error)"},
                      NULL},
    [USE] = {"use", SUND_TEXT, NULL, {"brug", "användning", "use"}, uses},
};

/* Standard error of the level of a return period, from the errors of the mean excess, b / sqrt(n), and of the rate,
 * 1 / sqrt(n) of it (delta method; Coles 2001, section 4.3.3). That the tail is exponential is not doubted here. */
static double error_of(const series *s, double period_y) {
  const double logs = log(period_y * (double)s->peaks.count / s->peaks.years);
  return s->tail.b * sqrt((1 + logs * logs) / (double)s->peaks.count);
}

static sund_code add_tail(sund_ctx *ctx, flood_run *run, const series *s) {
  sund_table *table;
  TRY(sund_table_new(ctx, "flood_gauge_tail", SUND_NONE, 1, tail_fields, TAIL_FIELDS, &table));
  const sund_column *c = table->column;
  c[GAUGE].text[0] = s->name, c[USE].text[0] = uses[0].value;
  c[YEARS].real[0] = s->peaks.years, c[MEAN_M].real[0] = s->peaks.mean_m;
  c[THRESHOLD_M].real[0] = s->threshold_m, c[COUNT].integer[0] = (int64_t)s->peaks.count;
  c[A_M].real[0] = s->tail.a, c[B_M].real[0] = s->tail.b, c[RESIDUAL_M].real[0] = s->tail.largest_m;
  for (size_t k = 0; k < FLOOD_GAUGE_LEVELS; k++) c[T20_M + k].real[0] = sund_tail_level(&s->tail, tail_periods[k]);
  c[T100_SIGMA_M].real[0] = error_of(s, 100);
  return sund_results_layer(
      ctx, run->out,
      (sund_layer){
          .table = table,
          .title = {"Målerens hale", "Mätarens svans", "Tail of the gauge"},
          .summary = {"Toppe over en tærskel, som omtrent tre storme om året når, med eksponentiel hale; kun "
                      "til screening",
                      "Toppar över en tröskel som ungefär tre stormar om året når, med exponentiell svans; "
                      "endast för screening",
                      "Peaks over a threshold that about three storms a year pass, with an exponential tail; "
                      "screening only"}});
}

/* --------------------------------------------------------------------------------------------------------- events */

static bool has_periods(const flood_levels *all) {
  for (size_t l = 0; l < all->count; l++)
    if (!isnan(all->level[l].period_y)) return true;
  return false;
}

static sund_code add_events(sund_ctx *ctx, flood_run *run, const series *s) {
  const char *source = sund_text(ctx, "%s: %zu storms above %.2f m in %.1f years, exponential tail; screening",
                                 s->name, s->peaks.count, s->threshold_m, s->peaks.years);
  if (!source) return SUND_LIMIT;
  for (size_t k = 0; k < FLOOD_GAUGE_LEVELS; k++) {
    flood_level *level = flood_levels_add(ctx, run, tail_events[k]);
    if (!level) return SUND_LIMIT;
    level->event = true;
    level->period_y = tail_periods[k];
    level->sigma_m = error_of(s, tail_periods[k]);
    level->source = source;
    for (size_t z = 0; z < run->levels.zones; z++) level->level_m[z] = sund_tail_level(&s->tail, tail_periods[k]);
  }
  return SUND_OK;
}

static sund_code note_series(sund_ctx *ctx, flood_run *run, const series *s, bool used) {
  const char *text =
      s->has_tail
          ? sund_text(ctx,
                      "%.1f years of levels carry return periods of about %.0f years; those of 20, 50 and 100 "
                      "years are extrapolated from %zu storms above %.2f m and are for screening only%s",
                      s->peaks.years, s->peaks.years, s->peaks.count, s->threshold_m,
                      used ? "; they are used, because no event has a return period" : "")
          : sund_text(ctx,
                      "%.1f years of levels with %zu storms above %.2f m are too few for return periods: at "
                      "least %.0f years and %d storms are needed",
                      s->peaks.years, s->peaks.count, s->threshold_m, LEAST_YEARS, (int)FEWEST_STORMS);
  if (!text) return SUND_LIMIT;
  TRY(flood_note(ctx, run, s->has_tail ? "note" : "warning", s->name, text, NAN, NAN));
  if (s->twice == 0) return SUND_OK;
  text = sund_text(ctx, "%zu times are there twice: the higher level counts", s->twice);
  return text ? flood_note(ctx, run, "warning", s->name, text, NAN, NAN) : SUND_LIMIT;
}

/* A year of observations gives the present mean level, when nothing better does. */
static sund_code take_mean(sund_ctx *ctx, flood_run *run, const series *s) {
  if (!isnan(run->levels.mean_m) || s->peaks.years < 1) return SUND_OK;
  run->levels.mean_m = s->peaks.mean_m;
  run->levels.mean_source = sund_text(ctx, "mean of %.1f years, %s", s->peaks.years, s->name);
  return run->levels.mean_source ? SUND_OK : SUND_LIMIT;
}

sund_code flood_gauge_read(sund_ctx *ctx, flood_run *run) {
  const sund_table *table = run->in->role[SUND_GAUGE];
  if (!table) return SUND_OK;
  series s = {.name = table->sources ? table->source_name[0] : "gauge"};
  TRY(read_values(ctx, run, table, &s));
  TRY(make_series(ctx, &s));
  if (s.count == 0)
    return flood_note(ctx, run, "warning", s.name, "the gauge has no value: nothing is made of it", NAN, NAN);
  TRY(find_tail(ctx, &s));
  TRY(take_mean(ctx, run, &s));
  TRY(add_years(ctx, run, &s));
  const bool used = s.has_tail && !has_periods(&run->levels);
  TRY(note_series(ctx, run, &s, used));
  if (s.has_tail) TRY(add_tail(ctx, run, &s));
  return used ? add_events(ctx, run, &s) : SUND_OK;
}

/* catchment_options.c - what the table of options (catchment_option_table.c) cannot say, and what follows from them: bounds
 * in units, percentiles, the window of departures.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "catchment.h"

const char *const catchment_mode_names[] = {"walk", "bike", "car", "transit", NULL};
static const char *const measure_words[] = {"gravity",     "nearest", "potential", "detour",
                                            "performance", "joint",   "shrink",    NULL};

static bool given(uint32_t roles, sund_role role) {
  return (roles >> role & 1) != 0;
}

/* Number of a word in a list ended by NULL; SUND_USAGE with the nearest one. */
static sund_code find_word(sund_ctx *ctx, const sund_strings *asked, size_t i, const char *option,
                           const char *const *words, size_t *out) {
  size_t count = 0;
  for (; words[count]; count++)
    if (strcmp(words[count], asked->value[i]) == 0) {
      *out = count;
      return SUND_OK;
    }
  const char *near = sund_nearest_word(asked->value[i], count, words), *all = words[0];
  for (size_t k = 1; all && k < count; k++) all = sund_text(ctx, "%s, %s", all, words[k]);
  if (!all) return SUND_LIMIT;
  return sund_fail_at(ctx, asked->mark ? asked->mark[i] : (sund_mark){0}, "%s: '%s' is none of %s%s%s%s", option,
                      asked->value[i], all, near ? "; did you mean '" : "", near ? near : "", near ? "'?" : "");
}

/* Modes as named, each on its own or with commas; without any those there are data for. */
static sund_code read_modes(sund_ctx *ctx, uint32_t roles, const catchment_options *asked, bool wants[SUND_MODES]) {
  memset(wants, 0, SUND_MODES * sizeof *wants);
  for (size_t i = 0; i < asked->mode.count; i++) {
    sund_mark *mark = asked->mode.mark ? &asked->mode.mark[i] : NULL;
    for (const char *part = asked->mode.value[i];; part++) {
      const char *word = sund_text(ctx, "%.*s", (int)strcspn(part, ","), part);
      const sund_strings one = {1, &word, mark};
      size_t mode = 0;
      if (!word) return SUND_LIMIT;
      TRY(find_word(ctx, &one, 0, "mode", catchment_mode_names, &mode));
      wants[mode] = true;
      part += strlen(word);
      if (!*part) break;
    }
  }
  if (asked->mode.count > 0) return SUND_OK;
  wants[SUND_WALK] = true;
  wants[SUND_BIKE] = wants[SUND_CAR] = given(roles, SUND_PATHS);
  wants[SUND_TRANSIT] = given(roles, SUND_TIMETABLE);
  return SUND_OK;
}

/* "2026-11-24T07:00", seconds allowed, a space for the T. */
static bool read_moment(const char *text, int64_t *day, int32_t *seconds) {
  char date[11] = {0};
  if (strlen(text) < 16 || (text[10] != 'T' && text[10] != ' ')) return false;
  memcpy(date, text, 10);
  static const char form[] = "00:00:00";
  const char *clock = text + 11;
  const size_t length = strlen(clock);
  if (length != 5 && length != 8) return false;
  for (size_t k = 0; k < length; k++)
    if (form[k] == ':' ? clock[k] != ':' : clock[k] < '0' || clock[k] > '9') return false;
  int part[3] = {0};
  for (size_t k = 0; k * 3 < length; k++) part[k] = (clock[3 * k] - '0') * 10 + clock[3 * k + 1] - '0';
  *seconds = part[0] * 3600 + part[1] * 60 + part[2];
  return part[0] < 24 && part[1] < 60 && part[2] < 60 && sund_day_read(date, day);
}

sund_code catchment_check(sund_ctx *ctx, uint32_t roles, const void *settings) {
  const catchment_options *asked = settings;
  bool wants[SUND_MODES];
  int64_t day;
  int32_t seconds;
  size_t word;
  TRY(read_modes(ctx, roles, asked, wants));
  for (size_t i = 0; i < asked->measure.count; i++)
    TRY(find_word(ctx, &asked->measure, i, "measure", measure_words, &word));
  if (asked->depart && !read_moment(asked->depart, &day, &seconds))
    return sund_fail(ctx, SUND_USAGE, "depart: '%s' is no day and time; write it as 2026-11-24T07:00", asked->depart);
  if (!given(roles, SUND_PLACES) && !asked->cells)
    return sund_fail(
        ctx, SUND_USAGE,
        "catchment needs places to start from: give --places (points with id and name), or `places:` under "
        "`layers:`; or --cells for every inhabited cell");
  if (!given(roles, SUND_HOMES) && !given(roles, SUND_JOBS))
    return sund_fail(ctx, SUND_USAGE, "catchment has nothing to count: give --homes or --jobs (or both)");
  if (asked->cells && !given(roles, SUND_HOMES))
    return sund_fail(ctx, SUND_USAGE,
                     "catchment: --cells needs homes: it asks what is reached from where people live");
  if (asked->cells && asked->cell_m <= 0)
    return sund_fail(ctx, SUND_USAGE, "catchment: --cells needs a --cell above 0");
  if (asked->matrix && !given(roles, SUND_PLACES))
    return sund_fail(ctx, SUND_USAGE, "catchment: --matrix goes from places to homes: give --places");
  for (int m = SUND_BIKE; m <= SUND_CAR; m++)
    if (wants[m] && !given(roles, SUND_PATHS))
      return sund_fail(ctx, SUND_USAGE, "catchment: the mode %s needs streets: give --paths",
                       catchment_mode_names[m]);
  if (wants[SUND_TRANSIT] && !given(roles, SUND_TIMETABLE))
    return sund_fail(ctx, SUND_USAGE,
                     "catchment: the mode transit needs a timetable: give --timetable (GTFS folder or zip)");
  if (asked->compare.count >= MOST_VARIANTS)
    return sund_fail(ctx, SUND_USAGE, "catchment: at most %d scenarios can be compared in one run",
                     MOST_VARIANTS - 1);
  if (asked->minutes.count == 0 || asked->percentiles.count == 0)
    return sund_fail(ctx, SUND_USAGE, "catchment: minutes and percentiles need at least one number");
  return SUND_OK;
}

static int rising(const void *a, const void *b) {
  const double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

/* The numbers in rising order, each once. */
static sund_code sorted_once(sund_ctx *ctx, const sund_numbers *from, size_t *count, double **out) {
  double *value = sund_alloc(ctx, from->count, sizeof *value);
  if (!value) return SUND_LIMIT;
  memcpy(value, from->value, from->count * sizeof *value);
  qsort(value, from->count, sizeof *value, rising);
  *count = 0;
  for (size_t i = 0; i < from->count; i++)
    if (i == 0 || value[i] != value[*count - 1]) value[(*count)++] = value[i];
  *out = value;
  return SUND_OK;
}

/* The finest unit in which the largest bound fits half of 32 bits, and the clock until the last arrival fits all of them:
 * every edge is rounded to it once, and a thousand edges of one length must not shift a bound. */
static sund_code choose_unit(sund_ctx *ctx, catchment_run *run) {
  static const double TWO_DAYS_S = 172800; /* the last departure of the longest window of the latest start */
  const double longest_s = run->minutes[run->bounds - 1] * 60;
  run->unit_s = 1.0 / 16384;
  while (longest_s / run->unit_s > UINT32_MAX / 2 || (longest_s + TWO_DAYS_S) / run->unit_s > UINT32_MAX - 1e6)
    run->unit_s *= 2;
  if (!(run->bound = sund_alloc(ctx, run->bounds, sizeof *run->bound))) return SUND_LIMIT;
  for (size_t b = 0; b < run->bounds; b++)
    run->bound[b] = (uint32_t)floor(run->minutes[b] * 60 / run->unit_s) + CATCHMENT_ROUNDING;
  run->limit = run->bound[run->bounds - 1];
  return SUND_OK;
}

sund_code catchment_clock(sund_ctx *ctx, const catchment_run *run, int64_t day, int32_t *seconds) {
  if (!run->in->feeds || day == SUND_ANY_DAY) return SUND_OK;
  const int32_t wall_s = *seconds;
  return sund_feeds_clock(ctx, run->in->feeds, day, wall_s, seconds);
}

sund_code catchment_options_read(sund_ctx *ctx, catchment_run *run) {
  catchment_options *own = sund_alloc(ctx, 1, sizeof *own);
  uint32_t roles = run->in->feeds ? 1u << SUND_TIMETABLE : 0;
  int32_t depart_s = 7 * 3600;
  if (!own) return SUND_LIMIT;
  *own = *run->options;
  for (int r = 0; r < SUND_ROLE_COUNT; r++)
    if (run->in->role[r]) roles |= 1u << r;
  TRY(read_modes(ctx, roles, own, own->wants));
  own->day = SUND_ANY_DAY;
  if (own->depart) (void)read_moment(own->depart, &own->day, &depart_s); /* checked before */
  TRY(sorted_once(ctx, &own->minutes, &run->bounds, &run->minutes));
  TRY(sorted_once(ctx, &own->percentiles, &run->percents, &run->percent));
  run->main = 0;
  for (size_t p = 0; p < run->percents; p++)
    if (run->percent[p] == 50) run->main = p;
  TRY(choose_unit(ctx, run));
  if (run->in->feeds && own->day != SUND_ANY_DAY) TRY(sund_feeds_shown(ctx, run->in->feeds, own->day, depart_s));
  TRY(catchment_clock(ctx, run, own->day, &depart_s));
  run->lanes = (sund_lanes){.depart_s = depart_s, .step_s = 60, .count = (size_t)ceil(own->window_min)};
  run->options = own;
  return SUND_OK;
}

bool catchment_wants_measure(const catchment_options *options, const char *measure) {
  for (size_t i = 0; i < options->measure.count; i++)
    if (strcmp(options->measure.value[i], measure) == 0) return true;
  return false;
}

const char *catchment_variant_text(sund_ctx *ctx, const catchment_run *run, sund_mode mode, size_t bound,
                                   size_t percent) {
  const char *name = catchment_mode_names[mode];
  if (percent == run->main) return sund_text(ctx, "%s/%.10g", name, run->minutes[bound]);
  return sund_text(ctx, "%s/%.10g/p%.10g", name, run->minutes[bound], run->percent[percent]);
}

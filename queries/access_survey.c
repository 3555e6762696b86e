/* access_survey.c - what people say they experience, beside what is computed. A vision speaks of experience; a rate of
 * homes near green is a proxy, and neither replaces the other. Where they disagree, a finding says so.
 */
#include <math.h>
#include <string.h>

#include "access.h"

/* The unit a survey row is about, by id or name; SIZE_MAX = none. */
static size_t unit_of(const sund_inputs *in, const char *area) {
  const sund_table *areas = in->role[SUND_AREAS];
  static const char *const column[] = {"id", "name"};
  if (!areas) return strcmp(area, "all") == 0 ? 0 : SIZE_MAX;
  for (size_t c = 0; c < 2; c++) {
    const char **text = sund_table_text(areas, column[c]);
    for (size_t u = 0; text && u < areas->rows; u++)
      if (text[u] && strcmp(text[u], area) == 0) return u;
  }
  return SIZE_MAX;
}

/* Says where the interval of the survey and that of the rate lie apart. */
static sund_code compare(sund_ctx *ctx, access_run *run, size_t unit, const char *area, const sund_indicator *said,
                         const access_figures *kept) {
  double low = isnan(said->low) ? said->value : said->low, high = isnan(said->high) ? said->value : said->high;
  for (size_t a = 0; a < run->standards; a++) {
    const access_answer *answer = &run->answer[a];
    if (*said->variant && strcmp(said->variant, answer->standard->name) != 0) continue;
    const access_figures *f = &kept[unit * run->standards + a];
    double share = f->share, least = isnan(f->low) ? share : f->low, most = isnan(f->high) ? share : f->high;
    if (isnan(share) || (low <= most && least <= high)) continue;
    const char *text =
        sund_text(ctx, "%s: %.1f %% say so (%.1f to %.1f), %s computes %.1f %% (%.1f to %.1f): they disagree", area,
                  said->value, low, high, answer->variant, share, least, most);
    if (!text) return SUND_LIMIT;
    TRY(access_note(ctx, run, "note", "surveys", text));
  }
  return SUND_OK;
}

/* A share lies in its interval, and is a percentage. */
static sund_code check_rows(sund_ctx *ctx, access_run *run, const sund_table *table) {
  const double *share = sund_table_real(table, "share"), *low = sund_table_real(table, "low");
  const double *high = sund_table_real(table, "high");
  double most = 0;
  for (size_t r = 0; r < table->rows; r++) {
    most = fmax(most, share[r]);
    if (!(low && low[r] > share[r]) && !(high && high[r] < share[r])) continue;
    sund_fail(ctx, SUND_DATA, "surveys: the share %g lies outside its interval from %g to %g", share[r],
              low ? low[r] : NAN, high ? high[r] : NAN);
    return sund_blame(ctx, sund_table_source(table, r), sund_table_feature(table, r));
  }
  if (table->rows == 0 || most > 1) return SUND_OK;
  return access_note(ctx, run, "warning", "surveys",
                     "no share is above 1: they are read as per cent, not as parts of 1");
}

sund_code access_survey(sund_ctx *ctx, access_run *run, const access_figures *kept) {
  const sund_table *table = run->in->role[SUND_SURVEYS];
  if (!table) return SUND_OK;
  TRY(check_rows(ctx, run, table));
  const char **area = sund_table_text(table, "area"), **standard = sund_table_text(table, "standard");
  const double *share = sund_table_real(table, "share"), *low = sund_table_real(table, "low");
  const double *high = sund_table_real(table, "high"), *asked = sund_table_real(table, "persons");
  for (size_t r = 0; r < table->rows; r++) {
    size_t unit = unit_of(run->in, area[r]);
    if (unit == SIZE_MAX) {
      const char *text = sund_text(ctx, "the survey's area \"%s\" is none of this run's areas", area[r]);
      if (!text) return SUND_LIMIT;
      TRY(access_note(ctx, run, "warning", "surveys", text));
      continue;
    }
    sund_indicator said = {.indicator = "access.experienced",
                           .variant = standard && standard[r] ? standard[r] : "",
                           .value = share[r],
                           .unit = "%",
                           .low = low ? low[r] : NAN,
                           .high = high ? high[r] : NAN,
                           .base = asked ? asked[r] : NAN,
                           .base_unit = asked && !isnan(asked[r]) ? "answers" : NULL,
                           .method = "survey/1"};
    said.verdict = access_verdict(run->options->target_pct, said.value, said.low, said.high);
    TRY(access_add(ctx, run, unit, said));
    TRY(compare(ctx, run, unit, area[r], &said, kept));
  }
  return SUND_OK;
}

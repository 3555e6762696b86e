/* trend.c - what changed between two results, and what cannot be compared.
 *
 * Rows of the two tables `indicators` are one when scenario, query, indicator, variant and area are the same; of
 * several rows of one key the first is compared with the first, and so on. A pair is judged in this order:
 *   other method or unit: refused. Malmö's share of people near green rose from 82 to 95 % from 2005 to 2010 because
 *     it was measured in another way; the subtraction would have been right and the trend wrong.
 *   the same number: same.
 *   intervals apart: up or down. A value without an interval is its own interval.
 *   else, or where a value is unknown: undecided.
 */
#include "trend.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "text.h"

/* Numbers that differ by less, relative to their size, are the same: what another build may add up differently. */
static const double SAME_RELATIVE = 1e-9;

const char *const trend_columns[] = {"scenario", "query", "indicator", "variant", "area_id", "area_name",
                                     "value",    "unit",  "low",       "high",    "method",  NULL};

/* The columns of a table as arrays; texts first. */
enum { TEXT_AREA_NAME = TREND_KEYS, TEXT_UNIT, TEXT_METHOD, TEXTS };
typedef struct numbers {
  size_t rows;
  const char **text[TEXTS];
  const double *value, *low, *high;
} numbers;

/* A row to be sorted by its key. */
typedef struct keyed {
  const char *key[TREND_KEYS];
  size_t row;
} keyed;

/* ------------------------------------------------------------------------------------------------------- columns */

static sund_code take_columns(sund_ctx *ctx, const sund_table *table, numbers *out) {
  static const char *const texts[TEXTS] = {"scenario", "query",     "indicator", "variant",
                                           "area_id",  "area_name", "unit",      "method"};
  *out = (numbers){.rows = table->rows,
                   .value = sund_table_real(table, "value"),
                   .low = sund_table_real(table, "low"),
                   .high = sund_table_real(table, "high")};
  const char *missing = !out->value ? "value" : !out->low ? "low" : !out->high ? "high" : NULL;
  for (size_t i = 0; i < TEXTS; i++)
    if (!(out->text[i] = sund_table_text(table, texts[i]))) missing = texts[i];
  if (!missing) return SUND_OK;
  sund_fail(ctx, SUND_SOURCE, "is no result of sund: table indicators has no column %s", missing);
  return sund_blame(ctx, table->sources > 0 ? table->source_name[0] : NULL, SUND_NO_FEATURE);
}

/* A key's text; NULL and "" are one. */
static const char *key_text(const numbers *n, size_t key, size_t row) {
  const char *text = n->text[key][row];
  return text ? text : "";
}

static bool alike(const char *a, const char *b) {
  return strcmp(a ? a : "", b ? b : "") == 0;
}

/* ------------------------------------------------------------------------------------------------------ wanted */

static bool wanted(const numbers *n, size_t row, const sund_strings *indicator, const char *area) {
  bool named = indicator->count == 0;
  for (size_t i = 0; i < indicator->count && !named; i++)
    named = strcmp(indicator->value[i], key_text(n, TREND_INDICATOR, row)) == 0;
  return named && (!area || strcmp(area, key_text(n, TREND_AREA, row)) == 0);
}

/* A word that no row of either table has is a mistake, and the answer would be an empty table. */
static sund_code check_word(sund_ctx *ctx, const numbers side[2], size_t key, const char *option, const char *word) {
  const char **words = sund_alloc(ctx, side[0].rows + side[1].rows, sizeof *words);
  if (!words) return SUND_LIMIT;
  size_t count = 0;
  for (int s = 0; s < 2; s++)
    for (size_t row = 0; row < side[s].rows; row++) {
      const char *text = key_text(&side[s], key, row);
      if (strcmp(text, word) == 0) return SUND_OK;
      if (count == 0 || strcmp(words[count - 1], text) != 0) words[count++] = text;
    }
  const char *near = sund_nearest_word(word, count, words);
  return sund_fail(ctx, SUND_USAGE, "--%s: neither result has '%s'%s%s%s", option, word,
                   near ? "; did you mean '" : "", near ? near : "", near ? "'?" : "");
}

static sund_code check_words(sund_ctx *ctx, const numbers side[2], const sund_strings *indicator, const char *area) {
  for (size_t i = 0; i < indicator->count; i++)
    TRY(check_word(ctx, side, TREND_INDICATOR, "indicator", indicator->value[i]));
  return area ? check_word(ctx, side, TREND_AREA, "area", area) : SUND_OK;
}

/* ------------------------------------------------------------------------------------------------------ pairs */

static int compare_keys(const keyed *a, const keyed *b) {
  for (size_t k = 0; k < TREND_KEYS; k++) {
    int order = strcmp(a->key[k], b->key[k]);
    if (order != 0) return order;
  }
  return 0;
}

static int compare_keyed(const void *a, const void *b) {
  const keyed *left = a, *right = b;
  int order = compare_keys(left, right);
  return order != 0 ? order : (left->row > right->row) - (left->row < right->row);
}

/* The wanted rows, sorted by key. */
static sund_code sort_rows(sund_ctx *ctx, const numbers *n, const sund_strings *indicator, const char *area,
                           keyed **out, size_t *count) {
  keyed *rows = sund_alloc(ctx, n->rows, sizeof *rows);
  if (!rows) return SUND_LIMIT;
  *count = 0;
  for (size_t row = 0; row < n->rows; row++) {
    if (!wanted(n, row, indicator, area)) continue;
    keyed *next = &rows[(*count)++];
    next->row = row;
    for (size_t k = 0; k < TREND_KEYS; k++) next->key[k] = key_text(n, k, row);
  }
  qsort(rows, *count, sizeof *rows, compare_keyed);
  *out = rows;
  return SUND_OK;
}

/* partner[s][row]: the row of the other table, SIZE_MAX when it has none. Both lists are sorted. */
static void pair_rows(keyed *const rows[2], const size_t count[2], size_t *const partner[2]) {
  size_t i = 0, k = 0;
  while (i < count[0] || k < count[1]) {
    int order = i == count[0] ? 1 : k == count[1] ? -1 : compare_keys(&rows[0][i], &rows[1][k]);
    if (order == 0) {
      partner[0][rows[0][i].row] = rows[1][k].row;
      partner[1][rows[1][k].row] = rows[0][i].row;
    } else {
      if (order < 0) partner[0][rows[0][i].row] = SIZE_MAX;
      else partner[1][rows[1][k].row] = SIZE_MAX;
    }
    i += order <= 0;
    k += order >= 0;
  }
}

/* ------------------------------------------------------------------------------------------------------ verdicts */

static trend_side side_of(const numbers *n, size_t row) {
  return (trend_side){n->value[row], n->low[row], n->high[row]};
}

/* What is certain at least, and at most. */
static double lower(const trend_side *s) {
  return fmin(s->value, isnan(s->low) ? s->value : s->low);
}
static double upper(const trend_side *s) {
  return fmax(s->value, isnan(s->high) ? s->value : s->high);
}

static trend_verdict judge(const trend_side *before, const trend_side *after) {
  if (isnan(before->value) || isnan(after->value)) return TREND_UNDECIDED;
  double size = fmax(fabs(before->value), fabs(after->value));
  if (fabs(after->value - before->value) <= SAME_RELATIVE * size) return TREND_SAME;
  if (lower(after) > upper(before)) return TREND_UP;
  if (upper(after) < lower(before)) return TREND_DOWN;
  return TREND_UNDECIDED;
}

/* "method access-network/1 → access-network/2#1a2b3c", NULL when both are the same. */
static sund_code find_reason(sund_ctx *ctx, const numbers side[2], size_t old_row, size_t new_row, const char **out) {
  static const struct {
    size_t text;
    const char *word;
  } must_agree[] = {{TEXT_METHOD, "method"}, {TEXT_UNIT, "unit"}};
  *out = NULL;
  for (size_t i = 0; i < sizeof must_agree / sizeof *must_agree && !*out; i++) {
    const char *a = side[0].text[must_agree[i].text][old_row], *b = side[1].text[must_agree[i].text][new_row];
    if (alike(a, b)) continue;
    *out = sund_text(ctx, "%s %s → %s", must_agree[i].word, a ? a : "-", b ? b : "-");
    if (!*out) return SUND_LIMIT;
  }
  return SUND_OK;
}

/* A row that has its texts from table `n`. */
static trend_row *add_row(trend *out, const numbers *n, size_t row) {
  trend_row *r = &out->row[out->rows++];
  *r = (trend_row){.before = {NAN, NAN, NAN}, .after = {NAN, NAN, NAN}, .change = NAN};
  for (size_t k = 0; k < TREND_KEYS; k++) r->key[k] = key_text(n, k, row);
  r->area_name = n->text[TEXT_AREA_NAME][row];
  r->unit = n->text[TEXT_UNIT][row];
  return r;
}

static sund_code add_new(sund_ctx *ctx, const numbers side[2], size_t old_row, size_t new_row, trend *out) {
  trend_row *r = add_row(out, &side[1], new_row);
  r->after = side_of(&side[1], new_row);
  r->verdict = TREND_ONLY_NEW;
  if (old_row != SIZE_MAX) {
    r->before = side_of(&side[0], old_row);
    TRY(find_reason(ctx, side, old_row, new_row, &r->reason));
    r->verdict = r->reason ? TREND_REFUSED : judge(&r->before, &r->after);
    if (!r->reason) r->change = r->after.value - r->before.value;
  }
  out->count[r->verdict]++;
  return SUND_OK;
}

sund_code trend_compare(sund_ctx *ctx, const sund_table *before, const sund_table *after,
                        const sund_strings *indicator, const char *area, trend *out) {
  numbers side[2];
  keyed *rows[2];
  size_t count[2], *partner[2];
  TRY(take_columns(ctx, before, &side[0]));
  TRY(take_columns(ctx, after, &side[1]));
  TRY(check_words(ctx, side, indicator, area));
  for (int s = 0; s < 2; s++) {
    TRY(sort_rows(ctx, &side[s], indicator, area, &rows[s], &count[s]));
    if (!(partner[s] = sund_alloc(ctx, side[s].rows, sizeof **partner))) return SUND_LIMIT;
  }
  pair_rows(rows, count, partner);
  if (!(out->row = sund_alloc(ctx, count[0] + count[1], sizeof *out->row))) return SUND_LIMIT;
  for (size_t row = 0; row < side[1].rows; row++)
    if (wanted(&side[1], row, indicator, area)) TRY(add_new(ctx, side, partner[1][row], row, out));
  for (size_t row = 0; row < side[0].rows; row++) {
    if (!wanted(&side[0], row, indicator, area) || partner[0][row] != SIZE_MAX) continue;
    trend_row *r = add_row(out, &side[0], row);
    r->before = side_of(&side[0], row);
    r->verdict = TREND_ONLY_OLD;
    out->count[TREND_ONLY_OLD]++;
  }
  return SUND_OK;
}

/* ---------------------------------------------------------------------------------------------------------- run */

static sund_code read_side(sund_ctx *ctx, const char *path, sund_table **out) {
  sund_result *result;
  TRY(sund_result_open(ctx, path, &result));
  return sund_result_table(ctx, result, "indicators", trend_columns, NULL, out);
}

sund_code trend_run(sund_ctx *ctx, const trend_settings *settings, bool *refused) {
  sund_table *before, *after;
  trend found = {.before_name = sund_base_name(settings->old_path), .after_name = sund_base_name(settings->new_path)};
  TRY(read_side(ctx, settings->old_path, &before));
  TRY(read_side(ctx, settings->new_path, &after));
  TRY(trend_compare(ctx, before, after, settings->indicator, settings->area, &found));
  TRY(settings->json ? trend_print_json(ctx, &found) : trend_print(ctx, &found, settings->language));
  TRY(text_flush(ctx)); /* before the summary: what is not printed has not happened */
  if (!settings->quiet) trend_say(&found, settings->language);
  *refused = found.count[TREND_REFUSED] > 0;
  return SUND_OK;
}

/* trend_print.c - a comparison of two results as a table for people, or as JSON for programs.
 *
 * The table has two passes over the same cells: how wide each column is, then the lines. A number has as many decimals
 * as the larger of the two sides deserves, and an interval where it has one. JSON has the plain English words.
 */
#include <math.h>
#include <string.h>

#include "text.h"
#include "trend.h"

enum { INDICATOR, VARIANT, AREA, BEFORE, AFTER, CHANGE, UNIT, VERDICT, COLUMNS };
static const bool to_the_right[COLUMNS] = {[BEFORE] = true, [AFTER] = true, [CHANGE] = true};

static const char *const headings[COLUMNS][3] = {
    [INDICATOR] = {"indikator", "indikator", "indicator"},
    [VARIANT] = {"variant", "variant", "variant"},
    [AREA] = {"område", "område", "area"},
    [BEFORE] = {"før", "före", "old"},
    [AFTER] = {"nu", "nu", "new"},
    [CHANGE] = {"ændring", "ändring", "change"},
    [UNIT] = {"enhed", "enhet", "unit"},
    [VERDICT] = {"vurdering", "bedömning", "verdict"},
};
/* English as in the JSON document. */
static const char *const verdicts[TREND_VERDICTS][3] = {
    [TREND_UP] = {"op", "upp", "up"},
    [TREND_DOWN] = {"ned", "ned", "down"},
    [TREND_SAME] = {"uændret", "oförändrad", "same"},
    [TREND_UNDECIDED] = {"uafgjort", "oavgjord", "undecided"},
    [TREND_REFUSED] = {"afvist", "avvisad", "refused"},
    [TREND_ONLY_NEW] = {"kun i NEW", "bara i NEW", "only in NEW"},
    [TREND_ONLY_OLD] = {"kun i OLD", "bara i OLD", "only in OLD"},
};

/* ------------------------------------------------------------------------------------------------------ numbers */

/* Counts are shown as such. A side that is not known or not there is no hindrance. */
static bool whole(const trend_side *side) {
  return isnan(side->value) || (side->value == floor(side->value) && isnan(side->low) && isnan(side->high));
}

static int decimals_of(const trend_row *row) {
  if (whole(&row->before) && whole(&row->after)) return 0;
  double size = fmax(fabs(row->before.value), fabs(row->after.value));
  if (!(size < 1000)) return 0;
  return size >= 100 ? 1 : size >= 1 ? 2 : 4;
}

/* "51.75 (51.69–51.80)" */
static const char *side_text(sund_ctx *ctx, const trend_side *side, int decimals) {
  if (isnan(side->value)) return "";
  if (isnan(side->low) && isnan(side->high)) return sund_text(ctx, "%.*f", decimals, side->value);
  double low = isnan(side->low) ? side->value : side->low, high = isnan(side->high) ? side->value : side->high;
  return sund_text(ctx, "%.*f (%.*f–%.*f)", decimals, side->value, decimals, low, decimals, high);
}

/* With its sign; a change too small for the decimals is shown by its size. */
static const char *change_text(sund_ctx *ctx, const trend_row *row, int decimals) {
  if (isnan(row->change)) return "";
  if (row->verdict == TREND_SAME) return "0";
  bool small = fabs(row->change) < 0.5 * pow(10, -decimals);
  return small ? sund_text(ctx, "%+.1g", row->change) : sund_text(ctx, "%+.*f", decimals, row->change);
}

/* -------------------------------------------------------------------------------------------------------- table */

static sund_code cells_of(sund_ctx *ctx, const trend_row *row, int language, const char *cell[COLUMNS]) {
  int decimals = decimals_of(row);
  const char *id = row->key[TREND_AREA], *name = row->area_name, *word = verdicts[row->verdict][language];
  bool named = name && *name && strcmp(name, id) != 0;
  cell[INDICATOR] = row->key[TREND_INDICATOR];
  cell[VARIANT] = row->key[TREND_VARIANT];
  cell[AREA] = named ? sund_text(ctx, "%s %s", id, name) : id;
  cell[BEFORE] = side_text(ctx, &row->before, decimals);
  cell[AFTER] = side_text(ctx, &row->after, decimals);
  cell[CHANGE] = change_text(ctx, row, decimals);
  cell[UNIT] = row->unit ? row->unit : "";
  cell[VERDICT] = row->reason ? sund_text(ctx, "%s: %s", word, row->reason) : word;
  for (size_t c = 0; c < COLUMNS; c++)
    if (!cell[c]) return SUND_LIMIT;
  return SUND_OK;
}

/* Characters of a UTF-8 text. */
static int width_of(const char *text) {
  int width = 0;
  for (; *text; text++) width += ((unsigned char)*text & 0xc0) != 0x80;
  return width;
}

static void print_line(const char *const cell[COLUMNS], const int width[COLUMNS]) {
  for (size_t c = 0; c < COLUMNS; c++) {
    int blanks = width[c] - width_of(cell[c]);
    if (to_the_right[c]) printf("%*s", blanks, "");
    text_put_plain(stdout, cell[c]);
    if (c + 1 == COLUMNS) break;
    printf("%*s", to_the_right[c] ? 2 : blanks + 2, "");
  }
  putchar('\n');
}

sund_code trend_print(sund_ctx *ctx, const trend *found, int language) {
  const char *(*cell)[COLUMNS] = sund_alloc(ctx, found->rows + 1, sizeof *cell);
  int width[COLUMNS] = {0};
  if (!cell) return SUND_LIMIT;
  for (size_t c = 0; c < COLUMNS; c++) cell[0][c] = headings[c][language];
  for (size_t i = 0; i < found->rows; i++) TRY(cells_of(ctx, &found->row[i], language, cell[i + 1]));
  for (size_t i = 0; i <= found->rows; i++)
    for (size_t c = 0; c < COLUMNS; c++) {
      int wide = width_of(cell[i][c]);
      if (wide > width[c]) width[c] = wide;
    }
  for (size_t i = 0; i <= found->rows; i++) print_line(cell[i], width);
  return SUND_OK;
}

/* --------------------------------------------------------------------------------------------------------- JSON */

#define TEXT(name) \
  { name, SUND_TEXT, NULL, {NULL}, NULL }
#define REAL(name) \
  { name, SUND_REAL, NULL, {NULL}, NULL }

static const sund_field row_fields[] = {
    TEXT("scenario"), TEXT("query"),  TEXT("indicator"), TEXT("variant"),  TEXT("area_id"), TEXT("area_name"),
    TEXT("unit"),     REAL("old"),    REAL("old_low"),   REAL("old_high"), REAL("new"),     REAL("new_low"),
    REAL("new_high"), REAL("change"), TEXT("verdict"),   TEXT("reason"),
};
enum { ROW_FIELDS = sizeof row_fields / sizeof *row_fields };

static const sund_field count_fields[] = {{"verdict", SUND_TEXT, NULL, {NULL}, NULL},
                                          {"rows", SUND_INT, NULL, {NULL}, NULL}};

static void fill_row(sund_table *table, size_t i, const trend_row *row) {
  const char *const text[] = {row->key[0], row->key[1],    row->key[2], row->key[3],
                              row->key[4], row->area_name, row->unit,   NULL};
  const double real[] = {row->before.value, row->before.low, row->before.high, row->after.value,
                         row->after.low,    row->after.high, row->change};
  size_t c = 0;
  for (size_t k = 0; k < 7; k++) table->column[c++].text[i] = text[k];
  for (size_t k = 0; k < 7; k++) table->column[c++].real[i] = real[k];
  table->column[c++].text[i] = verdicts[row->verdict][SUND_EN];
  table->column[c].text[i] = row->reason;
}

sund_code trend_print_json(sund_ctx *ctx, const trend *found) {
  sund_table *rows, *counts;
  TRY(sund_table_new(ctx, "rows", SUND_NONE, found->rows, row_fields, ROW_FIELDS, &rows));
  TRY(sund_table_new(ctx, "counts", SUND_NONE, TREND_VERDICTS, count_fields, 2, &counts));
  for (size_t i = 0; i < found->rows; i++) fill_row(rows, i, &found->row[i]);
  for (size_t v = 0; v < TREND_VERDICTS; v++) {
    counts->column[0].text[v] = verdicts[v][SUND_EN];
    counts->column[1].integer[v] = (int64_t)found->count[v];
  }
  const sund_json_member members[] = {{"program", "sund " SUND_VERSION, NULL},
                                      {"old", found->before_name, NULL},
                                      {"new", found->after_name, NULL},
                                      {"counts", NULL, counts},
                                      {"rows", NULL, rows}};
  const char *text;
  TRY(sund_json_write(ctx, sizeof members / sizeof *members, members, &text));
  puts(text);
  return SUND_OK;
}

/* ------------------------------------------------------------------------------------------------------ summary */

void trend_say(const trend *found, int language) {
  static const char *const no_trend[3] = {"tal af forskellig metode er ingen udvikling",
                                          "tal av olika metod är ingen utveckling",
                                          "numbers of different methods are no trend"};
  static const char *const nothing[3] = {"ingen række er i begge", "ingen rad finns i båda", "no row is in both"};
  size_t both = found->rows - found->count[TREND_ONLY_OLD] - found->count[TREND_ONLY_NEW];
  fputs("sund trend: ", stderr);
  text_put_plain(stderr, found->before_name);
  fputs(" → ", stderr);
  text_put_plain(stderr, found->after_name);
  for (size_t v = 0; v < TREND_VERDICTS; v++)
    fprintf(stderr, "%s %zu %s", v ? "," : ":", found->count[v], verdicts[v][language]);
  if (both == 0) fprintf(stderr, "; %s", nothing[language]);
  if (found->count[TREND_REFUSED] > 0) fprintf(stderr, "; %s", no_trend[language]);
  fputc('\n', stderr);
}

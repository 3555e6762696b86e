/* explain_home.c - what explainers look up and tell alike: values of tables that may lack them, the home, the sources. */
#include <math.h>
#include <string.h>

#include "explain_pen.h"
#include "explain_words.h"

double explain_real(const sund_table *table, const char *column, size_t row) {
  const double *real = table ? sund_table_real(table, column) : NULL;
  return real ? real[row] : NAN;
}

int64_t explain_int(const sund_table *table, const char *column, size_t row) {
  const int64_t *integer = table ? sund_table_int(table, column) : NULL;
  return integer ? integer[row] : SUND_NULL_INT;
}

const char *explain_text(const sund_table *table, const char *column, size_t row) {
  const char **text = table ? sund_table_text(table, column) : NULL;
  return text ? text[row] : NULL;
}

sund_code explain_parameter(sund_ctx *ctx, const explain_question *question, const char *name, const char **out) {
  const char *all = question->run && question->run->rows ? explain_text(question->run, "parameters", 0) : NULL;
  const size_t length = strlen(name);
  *out = NULL;
  for (const char *at = all; at && *at;) {
    const size_t part = strcspn(at, ";");
    if (part > length && strncmp(at, name, length) == 0 && at[length] == '=') {
      *out = sund_text(ctx, "%.*s", (int)(part - length - 1), at + length + 1);
      return *out ? SUND_OK : SUND_LIMIT;
    }
    at += part;
    at += strspn(at, "; ");
  }
  return SUND_OK;
}

/* ---------------------------------------------------------------------------------------------------------- home */

static sund_code home_rows(sund_ctx *ctx, const explain_question *question, const char *layer, const char *id,
                           sund_table **out) {
  return sund_result_table(ctx, question->result, layer, NULL, &(sund_match){"home_id", id}, out);
}

/* No such home: the nearest id, or what ids look like. */
static sund_code fail_home(sund_ctx *ctx, const explain_question *question, const char *layer) {
  static const char *const columns[] = {"home_id", NULL};
  sund_table *all;
  TRY(sund_result_table(ctx, question->result, layer, columns, NULL, &all));
  const char **id = all ? sund_table_text(all, "home_id") : NULL;
  size_t count = 0; /* pieces of a home follow each other */
  for (size_t i = 0; id && i < all->rows; i++)
    if (id[i] && (!count || strcmp(id[i], id[count - 1]) != 0)) id[count++] = id[i];
  const char *near = count ? sund_nearest_word(question->home, count, id) : NULL;
  if (near)
    return sund_fail(ctx, SUND_USAGE, "--home: %s has no home '%s'; did you mean '%s'?", question->file,
                     question->home, near);
  if (!count) return sund_fail(ctx, SUND_USAGE, "--home: %s has no homes", question->file);
  return sund_fail(ctx, SUND_USAGE, "--home: %s has no home '%s'; its %zu ids go from '%s' to '%s'", question->file,
                   question->home, count, id[0], id[count - 1]);
}

/* The row of that piece; SIZE_MAX when there is none. */
static size_t row_of_piece(const sund_table *table, int64_t piece) {
  for (size_t i = 0; i < table->rows; i++)
    if (explain_int(table, "piece", i) == piece) return i;
  return SIZE_MAX;
}

static sund_code fail_piece(sund_ctx *ctx, const sund_table *table, const char *id, const char *piece) {
  int64_t most = 0;
  for (size_t i = 0; i < table->rows; i++)
    if (explain_int(table, "piece", i) > most) most = explain_int(table, "piece", i);
  if (!most) return sund_fail(ctx, SUND_USAGE, "--home: home %s is not spread in pieces; ask for '%s'", id, id);
  return sund_fail(ctx, SUND_USAGE, "--home: home %s has no piece '%s'; its pieces go up to %lld", id, piece,
                   (long long)most);
}

sund_code explain_home_find(sund_ctx *ctx, const explain_question *question, const char *layer, bool any_piece,
                            explain_home *out) {
  sund_table *table;
  TRY(home_rows(ctx, question, layer, question->home, &table));
  *out = (explain_home){.rows = table, .id = question->home, .row = SIZE_MAX};
  if (!table || table->rows) return SUND_OK;
  const char *slash = strrchr(question->home, '/');
  double piece = NAN;
  if (!slash) return fail_home(ctx, question, layer);
  if (!(out->id = sund_text(ctx, "%.*s", (int)(slash - question->home), question->home))) return SUND_LIMIT;
  TRY(home_rows(ctx, question, layer, out->id, &table));
  if (!table->rows) return fail_home(ctx, question, layer);
  if (sund_number_read(slash + 1, &piece) && piece >= 0 && piece < 1e9)
    out->row = row_of_piece(table, (int64_t)piece);
  out->rows = table;
  return out->row == SIZE_MAX && !any_piece ? fail_piece(ctx, table, out->id, slash + 1) : SUND_OK;
}

bool explain_home_place(const explain_home *home, double *x, double *y) {
  if (!home->rows->x || !isfinite(home->rows->x[home->row])) return false;
  *x = home->rows->x[home->row];
  *y = home->rows->y[home->row];
  return true;
}

const char *explain_crs(const explain_question *question) {
  const sund_crs *crs = sund_result_crs(question->result);
  return *sund_crs_code(crs) ? sund_crs_code(crs) : sund_crs_name(crs);
}

/* ---------------------------------------------------------------------------------------------------------- tell */

static sund_code tell_piece(sund_ctx *ctx, const explain_home *home, int language, explain_answer *out) {
  const int64_t piece = explain_int(home->rows, "piece", home->row);
  if (piece > 0) {
    const char *number = sund_text(ctx, "%lld", (long long)piece);
    if (!number) return SUND_LIMIT;
    TRY(explain_say(ctx, out, explain_words[WORD_PIECE][language], number, NULL));
  }
  if (!home->worst) return SUND_OK;
  const char *rows = sund_text(ctx, "%zu", home->rows->rows);
  if (!rows) return SUND_LIMIT;
  TRY(explain_say(ctx, out, explain_words[WORD_WORST][language], rows, NULL));
  return piece > 0 ? explain_say(ctx, out, explain_words[WORD_OTHERS][language], home->id, NULL) : SUND_OK;
}

sund_code explain_home_tell(sund_ctx *ctx, const explain_question *question, const explain_home *home, int language,
                            explain_answer *out) {
  const char *area = explain_text(home->rows, "area_id", home->row);
  const char *command = question->run && question->run->rows ? explain_text(question->run, "command", 0) : NULL;
  const double persons = explain_real(home->rows, "persons", home->row);
  double x = NAN, y = NAN;
  TRY(explain_say(ctx, out, explain_words[WORD_HOME][language], home->id, NULL));
  if (isfinite(persons)) {
    const char *number = persons < 1000 ? sund_text(ctx, "%.3g", persons) : sund_text(ctx, "%.0f", persons);
    if (!number) return SUND_LIMIT;
    TRY(explain_say(ctx, out, explain_words[WORD_PERSONS][language], number, NULL));
  }
  if (area) TRY(explain_say(ctx, out, explain_words[WORD_AREA][language], area, NULL));
  if (explain_home_place(home, &x, &y)) {
    const char *east = sund_text(ctx, "%.1f", x), *north = sund_text(ctx, "%.1f", y);
    if (!east || !north) return SUND_LIMIT;
    TRY(explain_say(ctx, out, explain_words[WORD_PLACE][language], east, north, explain_crs(question), NULL));
  }
  TRY(explain_say(ctx, out, explain_words[WORD_END][language], NULL));
  TRY(tell_piece(ctx, home, language, out));
  return command ? explain_say(ctx, out, explain_words[WORD_RESULT][language], question->file, command, NULL)
                 : SUND_OK;
}

/* ------------------------------------------------------------------------------------------------------- sources */

/* ", dated 2025-01-01", or nothing. */
static const char *part(sund_ctx *ctx, explain_word which, int language, const char *value) {
  return value ? explain_fill(ctx, explain_words[which][language], value, NULL) : "";
}

static sund_code tell_source(sund_ctx *ctx, const sund_table *s, size_t row, int language, explain_answer *out) {
  const char *path = explain_text(s, "path", row), *hash = explain_text(s, "hash_sha256", row);
  const char *layer = part(ctx, WORD_LAYER, language, explain_text(s, "layer", row));
  const char *date = part(ctx, WORD_DATED, language, explain_text(s, "date", row));
  const char *licence = part(ctx, WORD_LICENCE, language, explain_text(s, "licence", row));
  const char *begins = part(ctx, WORD_HASH, language, hash ? sund_text(ctx, "%.16s", hash) : NULL);
  if (!layer || !date || !licence || !begins) return SUND_LIMIT;
  return explain_say(ctx, out, explain_words[WORD_SOURCE_LINE][language], explain_text(s, "role", row),
                     path ? path : "", layer, date, licence, begins, NULL);
}

sund_code explain_sources_tell(sund_ctx *ctx, const explain_question *question, explain_reads_fn reads,
                               const void *data, int language, explain_answer *out) {
  const sund_table *s = question->sources;
  const char **role = s ? sund_table_text(s, "role") : NULL;
  if (!role) return SUND_OK;
  TRY(explain_say(ctx, out, explain_words[WORD_SOURCES][language], NULL));
  for (size_t i = 0; i < s->rows; i++)
    if (role[i] && reads(data, role[i])) TRY(tell_source(ctx, s, i, language, out));
  return SUND_OK;
}

sund_code explain_sources_table(sund_ctx *ctx, const explain_question *question, explain_reads_fn reads,
                                const void *data, explain_answer *out) {
  static const sund_field fields[] = {T("role"),    T("path"),        T("layer"),    T("date"),
                                      T("licence"), T("hash_sha256"), T("operation")};
  enum { FIELDS = sizeof fields / sizeof *fields };
  const sund_table *from = question->sources;
  const char **role = from ? sund_table_text(from, "role") : NULL;
  sund_table *table;
  size_t rows = 0, row = 0;
  for (size_t i = 0; role && i < from->rows; i++) rows += role[i] && reads(data, role[i]);
  TRY(sund_table_new(ctx, "sources", SUND_NONE, rows, fields, FIELDS, &table));
  for (size_t i = 0; role && i < from->rows; i++) {
    if (!role[i] || !reads(data, role[i])) continue;
    pen p = {table, row++, 0};
    for (size_t c = 0; c < FIELDS; c++) put_text(&p, explain_text(from, fields[c].name, i));
  }
  explain_add_member(out, "sources", table);
  return SUND_OK;
}

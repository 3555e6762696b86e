/* vector_codes.c - codes of a source and what they become.
 *
 * A code is looked for as it stands, then in any case and spelling (word.h), then as `*`; one that is not there as `missing`. What no mapping knows is
 * gathered while the features are read and told at the end, all of it at once: a code that is new in this edition of
 * a data set is a question to the user, never "other".
 */
#include <ogr_api.h>
#include <string.h>

#include "source.h"
#include "vector.h"
#include "word.h"

enum { CHOICES = 64 }; /* most values of an enumeration */

sund_code vector_codes_open(vector_reader *r, vector_column *column) {
  size_t room = r->source->recodes;
  if (!(column->from_code = sund_alloc(r->scratch, room, sizeof *column->from_code)) ||
      !(column->to_value = sund_alloc(r->scratch, room, sizeof *column->to_value)))
    return SUND_LIMIT;
  for (size_t i = 0; i < room; i++) {
    const sund_recode *recode = &r->source->recode[i];
    if (strcmp(recode->column, column->field.name) != 0) continue;
    column->skips = column->skips || strcmp(recode->to, SOURCE_SKIP) == 0;
    column->from_code[column->recodes] = recode->from;
    column->to_value[column->recodes++] = recode->to;
  }
  return SUND_OK;
}

const char *vector_codes_value(const vector_column *column, const char *code) {
  size_t at = word_find(code ? code : SOURCE_MISSING, column->recodes, column->from_code);
  if (!code) return at == SIZE_MAX ? NULL : column->to_value[at];
  for (size_t i = 0; at == SIZE_MAX && i < column->recodes; i++)
    if (strcmp(column->from_code[i], "*") == 0) at = i;
  return at == SIZE_MAX ? code : column->to_value[at];
}

sund_code vector_codes_unknown(vector_reader *r, vector_column *column, const char *code) {
  for (size_t i = 0; i < column->unknown && i < VECTOR_CODES; i++)
    if (strcmp(column->unknown_code[i], code) == 0) return SUND_OK;
  if (column->unknown == 0) column->unknown_first = r->last;
  if (column->unknown < VECTOR_CODES && !(column->unknown_code[column->unknown] = sund_text_copy(r->scratch, code)))
    return SUND_LIMIT;
  column->unknown++;
  return SUND_OK;
}

/* ------------------------------------------------------------------------------------------------------ failure */

/* "kind (field X) has codes that are not known: A, B; map them under codes to: forest, park; known codes: C, D" */
static const char *tell_column(sund_ctx *ctx, const vector_column *column) {
  const char *value[CHOICES + 1], *code[VECTOR_CODES];
  size_t count = 0, shown = column->unknown < VECTOR_CODES ? column->unknown : VECTOR_CODES;
  for (size_t i = 0; i < shown; i++) code[i] = word_shown(ctx, column->unknown_code[i]);
  for (const sund_choice *choice = column->field.choices; choice->value && count < CHOICES; choice++)
    if (strcmp(choice->value, SOURCE_SKIP) != 0) value[count++] = choice->value;
  value[count++] = SOURCE_SKIP;
  return sund_text(ctx, "%s (field %s) has codes that are not known: %s%s; map them under codes to: %s%s%s",
                   column->field.name, column->from, word_list(ctx, shown, code),
                   column->unknown > shown ? ", ..." : "", word_list(ctx, count, value),
                   column->recodes > 0 ? "; known codes: " : "", word_list(ctx, column->recodes, column->from_code));
}

sund_code vector_codes_close(vector_reader *r) {
  const char *text = NULL;
  int64_t first = SUND_NO_FEATURE;
  for (size_t i = 0; i <= r->columns; i++) {
    const vector_column *column = i < r->columns ? &r->column[i] : r->use;
    if (!column || column->unknown == 0) continue;
    const char *told = tell_column(r->scratch, column);
    if (told) text = text ? sund_text(r->scratch, "%s. %s", text, told) : told;
    if (!told || !text) return SUND_LIMIT;
    if (first == SUND_NO_FEATURE || column->unknown_first < first) first = column->unknown_first;
  }
  if (!text) return SUND_OK;
  sund_fail(r->scratch, SUND_DATA, "%s", text);
  return sund_blame(r->scratch, NULL, first);
}

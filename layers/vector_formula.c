/* vector_formula.c - a column that comes from more than one field.
 *
 *   A + B + C             the sum of number fields; a part that is missing adds nothing
 *   A | B | C             the first that has a value
 *   FIELD:TAG             a tag out of a text of tags ("key"=>"value","key"=>"value"), as GDAL writes OpenStreetMap's
 *   FIELD:TAG=VALUE       "TAG=VALUE" where the tag has that value, else nothing
 *
 * A field whose own name reads like a formula is that field.
 */
#include <ogr_api.h>
#include <string.h>

#include "source.h"
#include "vector.h"
#include "word.h"

/* -------------------------------------------------------------------------------------------------------- open */

static sund_code fail_part(vector_reader *r, const vector_column *column, const char *name, size_t fields,
                           const char *const *field) {
  return sund_fail(r->scratch, SUND_SOURCE, "column %s: no field named %s in layer %s%s; it has: %s",
                   column->field.name, word_shown(r->scratch, name), r->layer_name,
                   word_hint(r->scratch, name, fields, field), word_list(r->scratch, fields, field));
}

/* One part: a field, or a tag of one. */
static sund_code open_part(vector_reader *r, const vector_column *column, char *name, size_t fields,
                           const char *const *field, vector_part *out) {
  size_t at = word_find(name, fields, field);
  char *colon = at == SIZE_MAX ? strchr(name, ':') : NULL;
  if (colon) {
    *colon = '\0';
    at = word_find(name, fields, field);
    out->tag = colon + 1;
    char *equals = strchr(colon + 1, '=');
    if (equals) {
      out->pair = sund_text_copy(r->scratch, colon + 1);
      if (!out->pair) return SUND_LIMIT;
      *equals = '\0';
      out->value = equals + 1;
    }
  }
  if (at == SIZE_MAX) return fail_part(r, column, name, fields, field);
  out->index = (int)at;
  OGRFieldType type = OGR_Fld_GetType(OGR_FD_GetFieldDefn(OGR_L_GetLayerDefn(r->layer), out->index));
  if (column->sum && type != OFTReal && type != OFTInteger && type != OFTInteger64)
    return sund_fail(r->scratch, SUND_SOURCE, "column %s: the field %s is no number, it cannot be added",
                     column->field.name, word_shown(r->scratch, name));
  return SUND_OK;
}

bool vector_formula_is(const char *text) {
  return strstr(text, SOURCE_PLUS) || strstr(text, SOURCE_OR) || strchr(text, ':');
}

sund_code vector_formula_open(vector_reader *r, vector_column *column, const char *formula, size_t fields,
                              const char *const *field) {
  column->sum = column->field.type == SUND_REAL && strstr(formula, SOURCE_PLUS);
  const char *between = column->sum ? SOURCE_PLUS : SOURCE_OR;
  char *rest = sund_text_copy(r->scratch, formula);
  column->from = sund_text_copy(r->scratch, formula);
  column->part = sund_alloc(r->scratch, strlen(formula) + 1, sizeof *column->part);
  if (!rest || !column->from || !column->part) return SUND_LIMIT;
  while (rest) {
    char *end = strstr(rest, between), *name = rest;
    rest = end ? end + strlen(between) : NULL;
    if (end) *end = '\0';
    TRY(open_part(r, column, name, fields, field, &column->part[column->parts++]));
  }
  column->index = column->part[0].index;
  column->type = OFTString;
  return SUND_OK;
}

/* -------------------------------------------------------------------------------------------------------- read */

double vector_formula_sum(const vector_column *column, OGRFeatureH feature) {
  double sum = 0;
  size_t found = 0;
  for (size_t i = 0; i < column->parts; i++) {
    if (!OGR_F_IsFieldSetAndNotNull(feature, column->part[i].index)) continue;
    sum += OGR_F_GetFieldAsDouble(feature, column->part[i].index);
    found++;
  }
  return found > 0 ? sum : column->real_default;
}

/* The end of a quoted text that begins at `at`, which stands on its first letter: its closing quote, or the end. */
static const char *quoted_end(const char *at) {
  for (; *at && *at != '"'; at++)
    if (*at == '\\' && at[1]) at++;
  return at;
}

/* The value of a tag, without the marks before quotes and backslashes; NULL when it is not there. */
static sund_code read_tag(sund_ctx *ctx, const char *tags, const char *tag, const char **out) {
  size_t length = strlen(tag);
  *out = NULL;
  for (const char *at = strchr(tags, '"'); at; at = strchr(at, '"')) {
    const char *key = at + 1, *key_end = quoted_end(key);
    if (strncmp(key_end, "\"=>\"", 4) != 0) return SUND_OK; /* no tags, or cut off */
    const char *value = key_end + 4, *end = quoted_end(value);
    if ((size_t)(key_end - key) == length && memcmp(key, tag, length) == 0) {
      char *text = sund_alloc(ctx, (size_t)(end - value) + 1, 1), *to = text;
      if (!text) return SUND_LIMIT;
      for (; value < end; value++) {
        if (*value == '\\' && value + 1 < end) value++;
        *to++ = *value;
      }
      *out = text;
      return SUND_OK;
    }
    if (!*end) return SUND_OK;
    at = end + 1;
  }
  return SUND_OK;
}

sund_code vector_formula_first(vector_reader *r, const vector_column *column, OGRFeatureH feature, const char **out) {
  *out = NULL;
  for (size_t i = 0; i < column->parts && !*out; i++) {
    const vector_part *part = &column->part[i];
    if (!OGR_F_IsFieldSetAndNotNull(feature, part->index)) continue;
    const char *text = OGR_F_GetFieldAsString(feature, part->index);
    if (part->tag) TRY(read_tag(r->scratch, text, part->tag, &text));
    if (text && part->value) text = strcmp(text, part->value) == 0 ? part->pair : NULL;
    if (text && text[strspn(text, " \t\r\n")]) *out = text;
  }
  return SUND_OK;
}

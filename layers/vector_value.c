/* vector_value.c - numbers out of text, read strictly: the whole text or nothing, whatever the locale. */
#include <cpl_conv.h>
#include <ctype.h>
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "vector.h"
#include "word.h"

static sund_code fail_number(vector_reader *r, const vector_column *column, const char *text, const char *wanted) {
  const char *hint = strchr(text, ',') ? "; write the decimals after a point" : "";
  return sund_fail(r->scratch, SUND_DATA, "%s: '%s' (field %s) is not a %s%s", column->field.name,
                   word_shown(r->scratch, text), column->from, wanted, hint);
}

/* Digits with at most one comma and no point: a decimal comma. */
static bool has_comma(const char *text) {
  const char *comma = strchr(text, ',');
  return comma && !strchr(text, '.') && !strchr(comma + 1, ',');
}

static bool is_plain(const char *text) {
  for (; *text; text++)
    if (!isdigit((unsigned char)*text) && !strchr("+-.eE", *text)) return false;
  return true;
}

static void trim(const char **text, size_t *length) {
  while (isspace((unsigned char)**text)) ++*text;
  *length = strlen(*text);
  while (*length > 0 && isspace((unsigned char)(*text)[*length - 1])) --*length;
}

sund_code vector_value_real(vector_reader *r, const vector_column *column, const char *text, double *out) {
  char number[64];
  size_t length = 0;
  const char *start = text;
  trim(&start, &length);
  if (length == 0 || length >= sizeof number) return fail_number(r, column, text, "number");
  memcpy(number, start, length);
  number[length] = '\0';
  if (r->comma && has_comma(number)) {
    *strchr(number, ',') = '.';
    vector_count(r, VECTOR_COMMA, r->last);
  }
  char *end = number;
  double value = is_plain(number) ? CPLStrtod(number, &end) : 0;
  if (end == number || *end || !isfinite(value)) return fail_number(r, column, text, "number");
  *out = value;
  return SUND_OK;
}

sund_code vector_value_integer(vector_reader *r, const vector_column *column, const char *text, int64_t *out) {
  const char *start = text;
  size_t length = 0;
  trim(&start, &length);
  char *end = NULL;
  errno = 0;
  long long value = strtoll(start, &end, 10);
  bool whole = end == start + length && length > 0 && isdigit((unsigned char)end[-1]);
  if (whole && errno == ERANGE)
    return sund_fail(r->scratch, SUND_DATA, "%s: %s (field %s) does not fit into 64 bits", column->field.name,
                     word_shown(r->scratch, text), column->from);
  if (!whole) {
    /* 3.0 is whole too, as spreadsheets write it. */
    double real = 0;
    TRY(vector_value_real(r, column, text, &real));
    if (real != floor(real) || fabs(real) > 9007199254740992.0) return fail_number(r, column, text, "whole number");
    value = (long long)real;
  }
  *out = value;
  return SUND_OK;
}

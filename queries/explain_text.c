/* explain_text.c - what explainers put together: phrases with their places filled, lines, points, tables. */
#include <string.h>

#include "explain.h"

enum { ARGUMENTS = 9 };

/* Length of the phrase when filled, and, with `to`, the filled phrase. */
static size_t fill(const char *phrase, const char *const argument[ARGUMENTS], char *to) {
  size_t length = 0;
  for (const char *c = phrase; *c; c++) {
    bool place = c[0] == '{' && c[1] >= '1' && c[1] <= '9' && c[2] == '}';
    const char *part = place ? argument[c[1] - '1'] : c;
    size_t part_length = place ? (part ? strlen(part) : 0) : 1;
    if (to && part_length) memcpy(to + length, part, part_length);
    length += part_length;
    if (place) c += 2;
  }
  return length;
}

/* The arguments of a list, up to its NULL. */
static void take(va_list list, const char *argument[ARGUMENTS]) {
  for (size_t i = 0; i < ARGUMENTS; i++) argument[i] = NULL;
  for (size_t i = 0; i < ARGUMENTS && (argument[i] = va_arg(list, const char *)); i++) continue;
}

const char *explain_fill(sund_ctx *ctx, const char *phrase, ...) {
  const char *argument[ARGUMENTS];
  va_list list;
  va_start(list, phrase);
  take(list, argument);
  va_end(list);
  char *text = sund_alloc(ctx, fill(phrase, argument, NULL) + 1, 1);
  if (text) fill(phrase, argument, text);
  return text;
}

sund_code explain_say_list(sund_ctx *ctx, explain_answer *out, const char *phrase, va_list list) {
  const char *argument[ARGUMENTS];
  take(list, argument);
  size_t length = fill(phrase, argument, NULL);
  char *text = sund_grow(ctx, out->text, &out->text_room, out->text_length + length + 1, 1);
  if (!text) return SUND_LIMIT;
  fill(phrase, argument, text + out->text_length);
  out->text = text;
  out->text_length += length;
  text[out->text_length] = 0;
  return SUND_OK;
}

sund_code explain_say(sund_ctx *ctx, explain_answer *out, const char *phrase, ...) {
  va_list list;
  va_start(list, phrase);
  sund_code code = explain_say_list(ctx, out, phrase, list);
  va_end(list);
  return code;
}

sund_code explain_add_line(sund_ctx *ctx, explain_answer *out, explain_line line) {
  explain_line *grown = sund_grow(ctx, out->line, &out->line_room, out->lines + 1, sizeof *grown);
  if (!grown) return SUND_LIMIT;
  out->line = grown;
  out->line[out->lines++] = line;
  return SUND_OK;
}

sund_code explain_add_point(sund_ctx *ctx, explain_answer *out, explain_point point) {
  explain_point *grown = sund_grow(ctx, out->point, &out->point_room, out->points + 1, sizeof *grown);
  if (!grown) return SUND_LIMIT;
  out->point = grown;
  out->point[out->points++] = point;
  return SUND_OK;
}

void explain_add_member(explain_answer *out, const char *name, const sund_table *table) {
  for (size_t i = 0; i < out->members; i++)
    if (strcmp(out->member[i].name, name) == 0) return; /* another explainer told it */
  if (out->members < EXPLAIN_MEMBERS) out->member[out->members++] = (sund_json_member){name, NULL, table};
}

sund_code explain_line_text(sund_ctx *ctx, size_t n, const double *x, const double *y, const char **out) {
  static const char begin[] = "LINESTRING (";
  size_t length = strlen(begin);
  *out = NULL;
  if (!n) return SUND_OK;
  const char **pair = sund_alloc(ctx, n, sizeof *pair);
  if (!pair) return SUND_LIMIT;
  for (size_t v = 0; v < n; v++) {
    if (!(pair[v] = sund_text(ctx, "%.3f %.3f%s", x[v], y[v], v + 1 < n ? ", " : ")"))) return SUND_LIMIT;
    length += strlen(pair[v]);
  }
  char *text = sund_alloc(ctx, length + 1, 1), *to = text;
  if (!text) return SUND_LIMIT;
  memcpy(to, begin, strlen(begin));
  to += strlen(begin);
  for (size_t v = 0; v < n; v++) {
    memcpy(to, pair[v], strlen(pair[v]));
    to += strlen(pair[v]);
  }
  *out = text;
  return SUND_OK;
}

const char *explain_label(const sund_choice *choices, const char *value, int language) {
  if (!value) return "";
  for (const sund_choice *c = choices; c && c->value; c++)
    if (strcmp(c->value, value) == 0 && c->label[language]) return c->label[language];
  return value;
}

bool explain_listed(const char *list, const char *word) {
  size_t length = strlen(word);
  for (const char *at = list; at && *at;) {
    size_t item = strcspn(at, ",");
    if (item == length && strncmp(at, word, length) == 0) return true;
    at += item;
    at += strspn(at, ", ");
  }
  return false;
}

/* json.c - JSON out (jansson): tables as lists of objects. */
#include <jansson.h>
#include <math.h>
#include <stdlib.h>

#include "sund/layers.h"

static json_t *json_cell(const sund_column *column, size_t row) {
  if (column->real) return isfinite(column->real[row]) ? json_real(column->real[row]) : json_null();
  if (column->integer)
    return column->integer[row] != SUND_NULL_INT ? json_integer(column->integer[row]) : json_null();
  return column->text[row] ? json_string(column->text[row]) : json_null();
}

static json_t *json_table(const sund_table *table) {
  json_t *list = json_array();
  for (size_t row = 0; row < table->rows; row++) {
    json_t *object = json_object();
    for (size_t c = 0; c < table->columns; c++)
      if (json_object_set_new(object, table->column[c].field.name, json_cell(&table->column[c], row)) != 0) {
        json_decref(object);
        json_decref(list);
        return NULL;
      }
    if (json_array_append_new(list, object) != 0) {
      json_decref(list);
      return NULL;
    }
  }
  return list;
}

sund_code sund_json_write(sund_ctx *ctx, size_t count, const sund_json_member *member, const char **out) {
  json_t *document = json_object();
  bool done = document != NULL;
  for (size_t i = 0; done && i < count; i++)
    done = json_object_set_new(document, member[i].name,
                               member[i].table ? json_table(member[i].table) : json_string(member[i].text)) == 0;
  char *text = done ? json_dumps(document, JSON_INDENT(1) | JSON_REAL_PRECISION(15)) : NULL;
  if (text) *out = sund_text_copy(ctx, text);
  else sund_fail(ctx, SUND_LIMIT, "out of memory (JSON)");
  free(text);
  json_decref(document);
  return sund_failure(ctx, NULL, NULL, NULL);
}

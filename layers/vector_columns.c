/* vector_columns.c - role columns out of the fields of a layer.
 *
 * A column's value is, in this order: the constant of `set`; the mapped field; the field with the column's name or an
 * alias (any case, with or without ae/oe/aa); the FID column; the fallback. Codes are translated before values are
 * read; numbers are read strictly; every failure names the feature.
 */
#include <cpl_string.h>
#include <inttypes.h>
#include <math.h>
#include <ogr_api.h>
#include <string.h>
#include <strings.h>

#include "source.h"
#include "textbuf.h"
#include "vector.h"
#include "word.h"

/* ---------------------------------------------------------------------------------------------------------- fields */

typedef struct field_names {
  size_t count; /* of the layer's fields, the FID column not counted */
  const char **name;
  const char *key; /* FID column, "" = none */
} field_names;

static sund_code list_fields(vector_reader *r, field_names *out) {
  OGRFeatureDefnH layer = OGR_L_GetLayerDefn(r->layer);
  out->count = (size_t)OGR_FD_GetFieldCount(layer);
  out->key = OGR_L_GetFIDColumn(r->layer);
  if (!(out->name = sund_alloc(r->scratch, out->count, sizeof *out->name))) return SUND_LIMIT;
  for (size_t i = 0; i < out->count; i++) out->name[i] = OGR_Fld_GetNameRef(OGR_FD_GetFieldDefn(layer, (int)i));
  return SUND_OK;
}

static const char *pair_value(size_t count, const sund_pair *pair, const char *key) {
  for (size_t i = 0; i < count; i++)
    if (strcmp(pair[i].key, key) == 0) return pair[i].value;
  return NULL;
}

static void use_field(vector_column *column, const vector_reader *r, const field_names *fields, size_t at) {
  column->index = (int)at;
  column->from = fields->name[at];
  column->type = OGR_Fld_GetType(OGR_FD_GetFieldDefn(OGR_L_GetLayerDefn(r->layer), (int)at));
}

static void use_key(vector_column *column, const field_names *fields) {
  column->index = VECTOR_FID;
  column->from = *fields->key ? fields->key : "fid";
  column->type = OFTInteger64;
}

static sund_code fail_mapped(vector_reader *r, const vector_column *column, const field_names *fields,
                             const char *field) {
  return sund_fail(r->scratch, SUND_SOURCE, "column %s: no field named %s in layer %s%s; it has: %s",
                   column->field.name, word_shown(r->scratch, field), r->layer_name,
                   word_hint(r->scratch, field, fields->count, fields->name),
                   word_list(r->scratch, fields->count, fields->name));
}

static bool is_number(OGRFieldType type) {
  return type == OFTReal || type == OFTInteger || type == OFTInteger64;
}

static sund_code find_mapped(vector_reader *r, vector_column *column, const field_names *fields, const char *field) {
  size_t at = word_find(field, fields->count, fields->name);
  if (at != SIZE_MAX) use_field(column, r, fields, at);
  else if (vector_formula_is(field)) return vector_formula_open(r, column, field, fields->count, fields->name);
  else if (strcasecmp(field, "fid") == 0 || (*fields->key && strcasecmp(field, fields->key) == 0))
    use_key(column, fields);
  else return fail_mapped(r, column, fields, field);
  return SUND_OK;
}

static void find_named(vector_reader *r, vector_column *column, const field_names *fields) {
  size_t at = word_find(column->field.name, fields->count, fields->name);
  const char *const *alias = column->info->alias;
  for (size_t i = 0; at == SIZE_MAX && alias && alias[i]; i++) at = word_find(alias[i], fields->count, fields->name);
  if (at != SIZE_MAX) use_field(column, r, fields, at);
  else if (*fields->key && strcasecmp(fields->key, column->field.name) == 0) use_key(column, fields);
}

static sund_code fail_required(vector_reader *r, const vector_column *column, const field_names *fields) {
  const char *looked = column->field.name;
  const char *const *alias = column->info->alias;
  for (size_t i = 0; alias && alias[i]; i++)
    if (!(looked = sund_text(r->scratch, "%s, %s", looked, alias[i]))) return SUND_LIMIT;
  return sund_fail(r->scratch, SUND_SOURCE, "%s needs the column %s; looked for the field %s; the layer has: %s",
                   r->role->name, column->field.name, looked, word_list(r->scratch, fields->count, fields->name));
}

/* ------------------------------------------------------------------------------------------------------------ open */

static sund_code check_range(vector_reader *r, const vector_column *column, double value) {
  const sund_role_column *info = column->info;
  if (!info || !(value < info->low || value > info->high)) return SUND_OK;
  if (isnan(info->high))
    return sund_fail(r->scratch, SUND_DATA, "%s is %g, below %g", column->field.name, value, info->low);
  return sund_fail(r->scratch, SUND_DATA, "%s is %g, not within %g to %g", column->field.name, value, info->low,
                   info->high);
}

static const char *match_choice(const vector_column *column, const char *text) {
  for (const sund_choice *choice = column->field.choices; choice->value; choice++)
    if (word_alike(choice->value, text)) return choice->value;
  return NULL;
}

/* The value that stands for what is missing: of the constant, else the fallback. */
static sund_code set_default(vector_reader *r, vector_column *column, const char *text) {
  column->real_default = NAN;
  column->integer_default = SUND_NULL_INT;
  if (!text) return SUND_OK;
  switch (column->field.type) {
    case SUND_REAL:
      TRY(vector_value_real(r, column, text, &column->real_default));
      return check_range(r, column, column->real_default);
    case SUND_INT:
      TRY(vector_value_integer(r, column, text, &column->integer_default));
      return check_range(r, column, (double)column->integer_default);
    case SUND_TEXT:
      if (!column->field.choices) column->text_default = sund_text_copy(r->ctx, text);
      else if (!(column->text_default = match_choice(column, text)))
        return sund_fail(r->scratch, SUND_USAGE, "%s is set to %s, which it cannot be", column->field.name,
                         word_shown(r->scratch, text));
      return column->text_default ? SUND_OK : SUND_LIMIT;
  }
  return SUND_OK;
}

static sund_code open_column(vector_reader *r, vector_column *column, const field_names *fields) {
  const sund_source *source = r->source;
  const char *constant = pair_value(source->sets, source->set, column->field.name);
  const char *mapped = pair_value(source->fields, source->field, column->field.name);
  column->index = VECTOR_NO_FIELD;
  column->unknown_first = SUND_NO_FEATURE;
  column->from = constant ? "a constant" : "default";
  if (constant) return set_default(r, column, constant);
  if (mapped) TRY(find_mapped(r, column, fields, mapped));
  else if (column->info) find_named(r, column, fields);
  const sund_role_column *info = column->info;
  if (column->index == VECTOR_NO_FIELD && info && info->required && !info->fallback)
    return fail_required(r, column, fields);
  TRY(set_default(r, column, info ? info->fallback : NULL));
  return vector_codes_open(r, column);
}

/* A column taken by its prefix: the name in lower case, a real. */
static sund_code add_prefixed(vector_reader *r, const char *name, const field_names *fields, size_t at) {
  char *lower = sund_text_copy(r->ctx, name);
  if (!lower) return SUND_LIMIT;
  for (char *c = lower; *c; c++)
    if (*c >= 'A' && *c <= 'Z') *c = (char)(*c + 32);
  for (size_t i = 0; i < r->columns; i++)
    if (strcmp(r->column[i].field.name, lower) == 0) return SUND_OK;
  vector_column *column = &r->column[r->columns++];
  column->field = (sund_field){.name = lower, .type = SUND_REAL, .label = {lower, lower, lower}};
  TRY(open_column(r, column, fields));
  if (column->index == VECTOR_NO_FIELD && at != SIZE_MAX) use_field(column, r, fields, at);
  return SUND_OK;
}

static sund_code open_prefixed(vector_reader *r, const field_names *fields) {
  const char *prefix = r->role->prefix;
  size_t length = prefix ? strlen(prefix) : 0;
  for (size_t i = 0; prefix && i < r->source->fields; i++)
    if (strncasecmp(r->source->field[i].key, prefix, length) == 0)
      TRY(add_prefixed(r, r->source->field[i].key, fields, SIZE_MAX));
  for (size_t i = 0; prefix && i < r->source->sets; i++)
    if (strncasecmp(r->source->set[i].key, prefix, length) == 0)
      TRY(add_prefixed(r, r->source->set[i].key, fields, SIZE_MAX));
  for (size_t i = 0; prefix && i < fields->count; i++)
    if (strncasecmp(fields->name[i], prefix, length) == 0) TRY(add_prefixed(r, fields->name[i], fields, i));
  return SUND_OK;
}

/* SQLite lets a number field hold text, which GDAL reads as 0. */
static sund_code check_numbers(vector_reader *r) {
  const char *key = OGR_L_GetFIDColumn(r->layer);
  for (size_t i = 0; i < r->columns && r->guard->inspect; i++) {
    const vector_column *column = &r->column[i];
    bool whole = column->type == OFTInteger || column->type == OFTInteger64;
    if (column->index < 0 || (!whole && column->type != OFTReal)) continue;
    TRY(gpkg_inspect_number(r->scratch, r->guard->inspect, r->layer_name, column->from, *key ? key : NULL, whole));
  }
  return SUND_OK;
}

/* The column that is there for its codes only. */
static sund_code open_use(vector_reader *r, const field_names *fields) {
  if (!pair_value(r->source->fields, r->source->field, SOURCE_USE)) return SUND_OK;
  if (!(r->use = sund_alloc(r->scratch, 1, sizeof *r->use))) return SUND_LIMIT;
  r->use->info = source_column(r->source->role, SOURCE_USE);
  r->use->field = r->use->info->field;
  return open_column(r, r->use, fields);
}

static sund_code open_stamp(vector_reader *r, const field_names *fields) {
  const char *latest = r->source->latest;
  size_t at = latest ? word_find(latest, fields->count, fields->name) : 0;
  r->stamp_index = (int)at;
  if (at != SIZE_MAX) return SUND_OK;
  return sund_fail(r->scratch, SUND_SOURCE, "latest: no field named %s in layer %s%s; it has: %s",
                   word_shown(r->scratch, latest), r->layer_name,
                   word_hint(r->scratch, latest, fields->count, fields->name),
                   word_list(r->scratch, fields->count, fields->name));
}

sund_code vector_columns_open(vector_reader *r) {
  field_names fields;
  TRY(list_fields(r, &fields));
  TRY(open_use(r, &fields));
  TRY(open_stamp(r, &fields));
  size_t most = r->role->columns + fields.count + r->source->fields + r->source->sets;
  if (!(r->column = sund_alloc(r->scratch, most, sizeof *r->column))) return SUND_LIMIT;
  for (size_t i = 0; i < r->role->columns; i++) {
    vector_column *column = &r->column[r->columns++];
    column->info = &r->role->column[i];
    column->field = column->info->field;
    TRY(open_column(r, column, &fields));
  }
  TRY(open_prefixed(r, &fields));
  return check_numbers(r);
}

/* ------------------------------------------------------------------------------------------------------------ take */

/* A number as the text a key is written in: 217, not 217.000. */
static const char *number_text(vector_reader *r, double value) {
  if (value == floor(value) && fabs(value) < 1e15) return sund_text(r->scratch, "%.0f", value);
  char text[40];
  CPLsnprintf(text, sizeof text, "%.15g", value);
  return sund_text_copy(r->scratch, text);
}

/* What stands for a value that is not there: a mapping may say so under `missing`. */
static sund_code no_text(const vector_column *column, const char **out) {
  const char *to = column->recodes > 0 ? vector_codes_value(column, NULL) : NULL;
  *out = to && strcmp(to, SOURCE_MISSING) != 0 ? to : NULL;
  return SUND_OK;
}

/* The field's value as text, NULL when it is missing or blank; codes translated. */
static sund_code read_text(vector_reader *r, const vector_column *column, OGRFeatureH feature, const char **out) {
  const char *text = NULL;
  *out = NULL;
  if (column->index == VECTOR_FID) text = sund_text(r->scratch, "%" PRId64, (int64_t)OGR_F_GetFID(feature));
  else if (column->parts > 0) TRY(vector_formula_first(r, column, feature, &text));
  else if (!OGR_F_IsFieldSetAndNotNull(feature, column->index)) return no_text(column, out);
  else if (column->type == OFTReal) text = number_text(r, OGR_F_GetFieldAsDouble(feature, column->index));
  else text = OGR_F_GetFieldAsString(feature, column->index);
  if (!text) return column->parts > 0 ? no_text(column, out) : SUND_LIMIT;
  if (text[strspn(text, " \t\r\n")] == '\0') return no_text(column, out);
  if (!textbuf_utf8(text))
    return sund_fail(r->scratch, SUND_DATA, "field %s is not UTF-8; the file must say its encoding (.cpg)",
                     column->from);
  if (column->recodes > 0) text = vector_codes_value(column, text);
  *out = strcmp(text, SOURCE_MISSING) == 0 && column->recodes > 0 ? NULL : text;
  return SUND_OK;
}

sund_code vector_columns_skip(vector_reader *r, OGRFeatureH feature, bool *skip) {
  const char *text = NULL;
  if (r->use) {
    TRY(read_text(r, r->use, feature, &text));
    if (text && strcmp(text, SOURCE_SKIP) != 0 && !match_choice(r->use, text))
      TRY(vector_codes_unknown(r, r->use, text));
    *skip = text && strcmp(text, SOURCE_SKIP) == 0;
  }
  for (size_t i = 0; i < r->columns && !*skip; i++) {
    if (!r->column[i].skips || r->column[i].index == VECTOR_NO_FIELD) continue;
    TRY(read_text(r, &r->column[i], feature, &text));
    *skip = text && strcmp(text, SOURCE_SKIP) == 0;
  }
  return SUND_OK;
}

static sund_code take_text(vector_reader *r, vector_column *column, OGRFeatureH feature, size_t row) {
  const char *text = NULL;
  TRY(read_text(r, column, feature, &text));
  if (!text && column->info && column->info->required && !column->text_default)
    return sund_fail(r->scratch, SUND_DATA, "%s (field %s) is empty", column->field.name, column->from);
  if (!text || (column->skips && strcmp(text, SOURCE_SKIP) == 0)) {
    column->text[row] = column->text_default;
  } else if (column->field.choices) {
    column->text[row] = match_choice(column, text);
    if (!column->text[row]) return vector_codes_unknown(r, column, text);
  } else if (row > 0 && column->text[row - 1] && strcmp(column->text[row - 1], text) == 0) {
    column->text[row] = column->text[row - 1]; /* runs of equal values share one text */
  } else if (!(column->text[row] = sund_text_copy(r->ctx, text))) {
    return SUND_LIMIT;
  }
  return SUND_OK;
}

static sund_code take_real(vector_reader *r, vector_column *column, OGRFeatureH feature, size_t row) {
  double value = column->real_default;
  bool number = column->index >= 0 && column->recodes == 0 && is_number(column->type);
  if (column->sum) {
    value = vector_formula_sum(column, feature);
  } else if (number) {
    if (OGR_F_IsFieldSetAndNotNull(feature, column->index)) value = OGR_F_GetFieldAsDouble(feature, column->index);
    if (isinf(value))
      return sund_fail(r->scratch, SUND_DATA, "%s (field %s) is infinite", column->field.name, column->from);
    if (isnan(value)) value = column->real_default;
  } else if (column->index != VECTOR_NO_FIELD) {
    const char *text = NULL;
    TRY(read_text(r, column, feature, &text));
    if (text) TRY(vector_value_real(r, column, text, &value));
  }
  column->real[row] = value;
  return check_range(r, column, value);
}

static sund_code take_integer(vector_reader *r, vector_column *column, OGRFeatureH feature, size_t row) {
  int64_t value = column->integer_default;
  bool number =
      column->index >= 0 && column->recodes == 0 && (column->type == OFTInteger || column->type == OFTInteger64);
  if (number) {
    if (OGR_F_IsFieldSetAndNotNull(feature, column->index)) value = OGR_F_GetFieldAsInteger64(feature, column->index);
  } else if (column->index != VECTOR_NO_FIELD) {
    const char *text = NULL;
    TRY(read_text(r, column, feature, &text));
    if (text) TRY(vector_value_integer(r, column, text, &value));
  }
  if (value == SUND_NULL_INT && column->info && column->info->required)
    return sund_fail(r->scratch, SUND_DATA, "%s (field %s) is empty", column->field.name, column->from);
  column->integer[row] = value;
  return value == SUND_NULL_INT ? SUND_OK : check_range(r, column, (double)value);
}

/* Room for one more row; the three kinds of array grow alike. */
static sund_code grow_column(vector_reader *r, vector_column *column, size_t row) {
  void *items = column->field.type == SUND_REAL  ? (void *)column->real
                : column->field.type == SUND_INT ? (void *)column->integer
                                                 : (void *)column->text;
  items = sund_grow(r->scratch, items, &column->room, row + 1, 8);
  if (!items) return SUND_LIMIT;
  if (column->field.type == SUND_REAL) column->real = items;
  else if (column->field.type == SUND_INT) column->integer = items;
  else column->text = items;
  return SUND_OK;
}

sund_code vector_columns_take(vector_reader *r, OGRFeatureH feature, size_t row) {
  for (size_t i = 0; i < r->columns; i++) {
    vector_column *column = &r->column[i];
    TRY(grow_column(r, column, row));
    if (column->index == VECTOR_NO_FIELD) { /* a constant, a fallback or unknown */
      if (column->field.type == SUND_REAL) column->real[row] = column->real_default;
      else if (column->field.type == SUND_INT) column->integer[row] = column->integer_default;
      else column->text[row] = column->text_default;
      continue;
    }
    if (column->field.type == SUND_REAL) TRY(take_real(r, column, feature, row));
    else if (column->field.type == SUND_INT) TRY(take_integer(r, column, feature, row));
    else TRY(take_text(r, column, feature, row));
  }
  return SUND_OK;
}

/* ----------------------------------------------------------------------------------------------------------- close */

sund_code vector_columns_move(vector_reader *r, const uint8_t *keep, sund_table *table) {
  for (size_t i = 0; i < r->columns; i++) {
    const vector_column *from = &r->column[i];
    sund_column *to = &table->column[i];
    size_t row = 0;
    for (size_t k = 0; k < r->rows; k++) {
      if (!keep[k]) continue;
      if (to->real) to->real[row] = from->real[k];
      else if (to->integer) to->integer[row] = from->integer[k];
      else to->text[row] = from->text[k];
      row++;
    }
  }
  return SUND_OK;
}

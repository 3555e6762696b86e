/* source.c - one source of a role: as a map of a project file, or as written on the command line.
 *
 *   {source: dk/kommuner.gpkg, where: "code = '0217'", fields: {id: code}, set: {country: DK}}
 *   dk/kommuner.gpkg|where=code = '0217'|id=code
 *
 * Both forms give the same sund_source. What a column is (the role's table) decides what may be written: unknown
 * columns, values outside an enumeration, numbers out of range are found here, before any file is opened.
 */
#include "source.h"

#include <math.h>
#include <string.h>

#include "word.h"

enum { MOST_WORDS = 64 };

/* ------------------------------------------------------------------------------------------------------- columns */

/* Columns taken by prefix are shares of the role's counts: reals, not negative. */
static const sund_role_column by_prefix = {
    {"group", SUND_REAL, NULL, {NULL, NULL, NULL}, NULL}, false, NULL, NULL, 0, NAN};

/* Says which features of a layer are of use where no column of the role can: buildings by what they are used for. */
static const sund_choice use_values[] = {
    {"take", {NULL, NULL, NULL}}, {SOURCE_SKIP, {NULL, NULL, NULL}}, {NULL, {NULL, NULL, NULL}}};
static const sund_role_column by_use = {
    {SOURCE_USE, SUND_TEXT, NULL, {NULL, NULL, NULL}, use_values}, false, NULL, NULL, NAN, NAN};

const sund_role_column *source_column(sund_role role, const char *name) {
  const sund_role_info *info = sund_role_of(role);
  if (info->medium == SUND_VECTOR && strcmp(name, SOURCE_USE) == 0) return &by_use;
  for (size_t k = 0; k < info->columns; k++)
    if (strcmp(info->column[k].field.name, name) == 0) return &info->column[k];
  size_t length = info->prefix ? strlen(info->prefix) : 0;
  return length > 0 && strncmp(name, info->prefix, length) == 0 && name[length] ? &by_prefix : NULL;
}

/* Names of the role's columns behind those in `word`; returns how many there are then. */
static size_t add_columns(sund_role role, size_t count, const char *word[MOST_WORDS]) {
  const sund_role_info *info = sund_role_of(role);
  for (size_t k = 0; k < info->columns && count < MOST_WORDS; k++) word[count++] = info->column[k].field.name;
  return count;
}

static sund_code note_no_column(schema_walk *walk, sund_role role, sund_mark mark, const char *name) {
  const char *word[MOST_WORDS];
  size_t count = add_columns(role, 0, word);
  const sund_role_info *info = sund_role_of(role);
  const char *shown = word_shown(walk->ctx, name), *hint = word_hint(walk->ctx, name, count, word);
  if (count == 0) return schema_note(walk, mark, "%s has no columns, so there is no %s", info->name, shown);
  if (*hint) return schema_note(walk, mark, "%s has no column %s%s", info->name, shown, hint);
  return schema_note(walk, mark, "%s has no column %s; it has: %s%s%s%s", info->name, shown,
                     word_list(walk->ctx, count, word), info->prefix ? ", " : "", info->prefix ? info->prefix : "",
                     info->prefix ? "*" : "");
}

static sund_code check_choice(schema_walk *walk, const sund_role_column *column, const sund_node *value) {
  const char *word[MOST_WORDS];
  size_t count = 0;
  for (const sund_choice *choice = column->field.choices; choice->value && count < MOST_WORDS; choice++) {
    if (strcmp(choice->value, value->text) == 0) return SUND_OK;
    word[count++] = choice->value;
  }
  const char *shown = word_shown(walk->ctx, value->text), *hint = word_hint(walk->ctx, value->text, count, word);
  if (*hint) return schema_note(walk, value->mark, "%s is no value of %s%s", shown, column->field.name, hint);
  return schema_note(walk, value->mark, "%s is no value of %s; use one of: %s", shown, column->field.name,
                     word_list(walk->ctx, count, word));
}

static sund_code check_number(schema_walk *walk, const sund_role_column *column, const char *name,
                              const sund_node *value) {
  double number = NAN;
  TRY(schema_number(walk, value, &number));
  if (isnan(number)) return SUND_OK;
  const char *text = value->text;
  if (column->field.type == SUND_INT && number != floor(number))
    return schema_note(walk, value->mark, "%s is a whole number, not %s", name, text);
  if (number < column->low)
    return schema_note(walk, value->mark, "%s is at least %g, not %s", name, column->low, text);
  if (number > column->high)
    return schema_note(walk, value->mark, "%s is at most %g, not %s", name, column->high, text);
  return SUND_OK;
}

/* May this stand in the column of that name? */
static sund_code check_value(schema_walk *walk, const sund_role_column *column, const char *name,
                             const sund_node *value) {
  if (column->field.choices) return check_choice(walk, column, value);
  return column->field.type == SUND_TEXT ? SUND_OK : check_number(walk, column, name, value);
}

/* -------------------------------------------------------------------------------------------- fields, set, codes */

/* The pairs of a map, with or without a look at the values. */
static sund_code take_pairs(schema_walk *walk, sund_role role, const sund_node *node, bool values, size_t *count,
                            sund_pair **out) {
  if (schema_empty(node)) return SUND_OK;
  if (node->kind != SUND_MAP)
    return schema_note(walk, node->mark, "written as {column: %s}, not as a %s", values ? "value" : "field",
                       schema_kind(node));
  sund_pair *pair = sund_alloc(walk->ctx, node->count, sizeof *pair);
  if (!pair) return SUND_LIMIT;
  size_t taken = 0;
  for (size_t k = 0; k < node->count; k++) {
    const sund_role_column *column = source_column(role, node->key[k]);
    const char *value = NULL;
    if (!column) TRY(note_no_column(walk, role, node->key_mark[k], node->key[k]));
    TRY(schema_text(walk, node->item[k], &value));
    if (!column || !value) continue;
    if (values) TRY(check_value(walk, column, node->key[k], node->item[k]));
    pair[taken++] = (sund_pair){node->key[k], value, node->item[k]->mark};
  }
  *out = pair;
  *count = taken;
  return SUND_OK;
}

sund_code source_take_fields(schema_walk *walk, sund_role role, const sund_node *node, size_t *count,
                             sund_pair **out) {
  return take_pairs(walk, role, node, false, count, out);
}

sund_code source_take_set(schema_walk *walk, sund_role role, const sund_node *node, size_t *count, sund_pair **out) {
  return take_pairs(walk, role, node, true, count, out);
}

/* The codes of one column, behind those there are. */
static sund_code take_column_codes(schema_walk *walk, sund_role role, const char *name, const sund_node *codes,
                                   size_t *count, sund_recode *out) {
  const sund_role_column *column = source_column(role, name);
  for (size_t k = 0; k < codes->count; k++) {
    const char *to = NULL;
    TRY(schema_text(walk, codes->item[k], &to));
    if (!column || !to) continue;
    bool word = strcmp(to, SOURCE_SKIP) == 0 || strcmp(to, SOURCE_MISSING) == 0;
    if (!word) TRY(check_value(walk, column, name, codes->item[k]));
    out[(*count)++] = (sund_recode){name, codes->key[k], to};
  }
  return SUND_OK;
}

sund_code source_take_codes(schema_walk *walk, sund_role role, const sund_node *node, size_t *count,
                            sund_recode **out) {
  if (schema_empty(node)) return SUND_OK;
  if (node->kind != SUND_MAP)
    return schema_note(walk, node->mark, "written as {column: {code: value}}, not as a %s", schema_kind(node));
  size_t room = 0;
  for (size_t k = 0; k < node->count; k++) room += node->item[k]->count;
  sund_recode *recode = sund_alloc(walk->ctx, room, sizeof *recode);
  if (!recode) return SUND_LIMIT;
  for (size_t k = 0; k < node->count; k++) {
    const sund_node *codes = node->item[k];
    if (!source_column(role, node->key[k])) TRY(note_no_column(walk, role, node->key_mark[k], node->key[k]));
    if (codes->kind == SUND_MAP) TRY(take_column_codes(walk, role, node->key[k], codes, count, recode));
    else TRY(schema_note(walk, codes->mark, "codes are written as {code: value}, not as a %s", schema_kind(codes)));
  }
  *out = recode;
  return SUND_OK;
}

/* ------------------------------------------------------------------------------------------------------ the map */

/* A source as its keys are written, before the role is looked at. */
typedef struct draft {
  const char *source, *layername, *where, *crs, *heights, *licence, *latest, *as;
  const sund_node *fields, *set, *codes;
} draft;

/* How the cells of a raster are read. */
static sund_code check_as(schema_walk *walk, sund_mark mark, const char *text) {
  static const char *const words[] = {"areas", "cells"};
  for (size_t k = 0; k < sizeof words / sizeof *words; k++)
    if (strcmp(text, words[k]) == 0) return SUND_OK;
  return schema_note(walk, mark, "as is areas or cells, not %s", word_shown(walk->ctx, text));
}

static sund_code take_as(schema_walk *walk, const sund_node *value, void *out) {
  const char **text = out;
  TRY(schema_text(walk, value, text));
  return *text ? check_as(walk, value->mark, *text) : SUND_OK;
}

static const schema_key source_keys[] = {
    {"source", schema_text, offsetof(draft, source), true},
    {"layername", schema_text, offsetof(draft, layername), false},
    {"where", schema_text, offsetof(draft, where), false},
    {"crs", schema_text, offsetof(draft, crs), false},
    {"heights", schema_text, offsetof(draft, heights), false},
    {"licence", schema_text, offsetof(draft, licence), false},
    {"latest", schema_text, offsetof(draft, latest), false},
    {"as", take_as, offsetof(draft, as), false},
    {"fields", schema_node, offsetof(draft, fields), false},
    {"set", schema_node, offsetof(draft, set), false},
    {"codes", schema_node, offsetof(draft, codes), false},
};
static const schema source_table = {"a source", source_keys, sizeof source_keys / sizeof *source_keys};

const char *source_path(sund_ctx *ctx, const char *folder, const char *path) {
  if (path[0] == '/' || strcmp(folder, ".") == 0) return sund_text_copy(ctx, path);
  return sund_text(ctx, "%s/%s", folder, path);
}

/* A column cannot both come from a field and be a constant. */
static sund_code check_once(schema_walk *walk, const sund_source *source) {
  for (size_t k = 0; k < source->sets; k++)
    for (size_t j = 0; j < source->fields; j++)
      if (strcmp(source->set[k].key, source->field[j].key) == 0)
        TRY(schema_note(walk, source->set[k].mark, "%s is set here and mapped to the field %s; keep one",
                        source->set[k].key, word_shown(walk->ctx, source->field[j].value)));
  return SUND_OK;
}

static sund_code parse_text(schema_walk *walk, const char *text, const char *folder, sund_source *out);

sund_code source_take(schema_walk *walk, const sund_node *node, const char *folder, sund_source *out) {
  out->mark = node->mark;
  if (node->kind == SUND_SCALAR) {
    const char *text = NULL;
    TRY(schema_text(walk, node, &text));
    return text ? parse_text(walk, text, folder, out) : SUND_OK;
  }
  const sund_node *named = sund_node_get(node, "source");
  if (named) out->mark = named->mark;
  draft d = {0};
  TRY(schema_map(walk, &source_table, node, &d));
  if (d.fields) TRY(source_take_fields(walk, out->role, d.fields, &out->fields, &out->field));
  if (d.set) TRY(source_take_set(walk, out->role, d.set, &out->sets, &out->set));
  if (d.codes) TRY(source_take_codes(walk, out->role, d.codes, &out->recodes, &out->recode));
  TRY(check_once(walk, out));
  if (!d.source) return SUND_OK;
  /* `source: a.gpkg|layername=b` is understood too; the keys beside it come on top. */
  TRY(parse_text(walk, d.source, folder, out));
  if (d.layername) out->layer = d.layername;
  if (d.where) out->where = d.where;
  if (d.crs) out->crs = d.crs;
  if (d.heights) out->heights = d.heights;
  if (d.licence) out->licence = d.licence;
  if (d.latest) out->latest = d.latest;
  if (d.as) out->as = d.as;
  return SUND_OK;
}

/* ---------------------------------------------------------------------------------------------- the command line */

/* Keys of the command-line form; the others are columns. QGIS writes a filter as subset. */
static const char *const reserved[] = {"layername", "where", "crs", "heights", "licence", "latest", "as", "subset"};
enum { RESERVED = sizeof reserved / sizeof *reserved };

static const char **reserved_member(sund_source *source, size_t k) {
  const char **member[RESERVED] = {&source->layer,   &source->where,  &source->crs, &source->heights,
                                   &source->licence, &source->latest, &source->as,  &source->where};
  return member[k];
}

/* End of the part that begins at `at`: the next bar. In a filter, bars within quotes and doubled ones belong to it. */
static const char *part_end(const char *at) {
  bool filter = strncmp(at, "where=", 6) == 0 || strncmp(at, "subset=", 7) == 0;
  char quote = 0;
  for (; *at; at++) {
    if (filter && quote) {
      if (*at == quote) quote = 0;
    } else if (filter && (*at == '\'' || *at == '"')) {
      quote = *at;
    } else if (filter && at[0] == '|' && at[1] == '|') {
      at++;
    } else if (*at == '|') {
      break;
    }
  }
  return at;
}

static sund_code take_column_field(schema_walk *walk, sund_source *out, const char *key, const char *value) {
  if (!source_column(out->role, key)) {
    const char *word[MOST_WORDS];
    size_t count = 0;
    for (; count < RESERVED; count++) word[count] = reserved[count];
    count = add_columns(out->role, count, word);
    const char *hint = word_hint(walk->ctx, key, count, word), *shown = word_shown(walk->ctx, key);
    if (*hint) return schema_note(walk, out->mark, "unknown key %s in the source%s", shown, hint);
    return schema_note(walk, out->mark, "unknown key %s in the source of %s; known: %s", shown,
                       sund_role_of(out->role)->name, word_list(walk->ctx, count, word));
  }
  for (size_t k = 0; k < out->fields; k++)
    if (strcmp(out->field[k].key, key) == 0)
      return schema_note(walk, out->mark, "%s is mapped twice in the source", word_shown(walk->ctx, key));
  sund_pair *field = sund_alloc(walk->ctx, out->fields + 1, sizeof *field);
  if (!field) return SUND_LIMIT;
  if (out->fields > 0) memcpy(field, out->field, out->fields * sizeof *field);
  field[out->fields++] = (sund_pair){key, value, out->mark};
  out->field = field;
  return SUND_OK;
}

/* One `key=value`. */
static sund_code take_part(schema_walk *walk, sund_source *out, char *part) {
  char *equals = strchr(part, '=');
  if (!equals || equals == part || !equals[1])
    return schema_note(walk, out->mark, "after a | the source says key=value, not %s",
                       *part ? word_shown(walk->ctx, part) : "nothing");
  *equals = '\0';
  for (size_t k = 0; k < RESERVED; k++) {
    if (strcmp(reserved[k], part) != 0) continue;
    const char **member = reserved_member(out, k);
    if (*member) return schema_note(walk, out->mark, "%s is given twice in the source", part);
    *member = equals + 1;
    return member == &out->as ? check_as(walk, out->mark, *member) : SUND_OK;
  }
  return take_column_field(walk, out, part, equals + 1);
}

static sund_code parse_text(schema_walk *walk, const char *text, const char *folder, sund_source *out) {
  out->text = sund_text_copy(walk->ctx, text);
  char *at = sund_text_copy(walk->ctx, text);
  if (!out->text || !at) return SUND_LIMIT;
  char *path = at;
  char *end = at + strcspn(at, "|");
  while (*end) {
    *end = '\0';
    at = end + 1;
    end = at + (part_end(at) - at);
    char kept = *end;
    *end = '\0';
    TRY(take_part(walk, out, at));
    *end = kept;
  }
  if (!*path) return schema_note(walk, out->mark, "the source has no path: %s", word_shown(walk->ctx, text));
  out->path = source_path(walk->ctx, folder, path);
  return out->path ? SUND_OK : SUND_LIMIT;
}

sund_code sund_source_parse_at(sund_ctx *ctx, sund_role role, const char *text, const char *folder, sund_mark mark,
                               sund_source *out) {
  schema_walk walk = {.ctx = ctx};
  sund_source source = {.role = role, .mark = mark};
  TRY(parse_text(&walk, text, folder, &source));
  TRY(schema_end(&walk));
  *out = source;
  return SUND_OK;
}

sund_code sund_source_parse(sund_ctx *ctx, sund_role role, const char *text, sund_source *out) {
  return sund_source_parse_at(ctx, role, text, ".", (sund_mark){0}, out);
}

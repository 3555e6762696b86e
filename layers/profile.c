/* profile.c - country and data set profiles: how known layers map to roles.
 *
 *   name: dk
 *   title: {da: …, sv: …, en: …}
 *   licence, crs, heights: text
 *   layers:
 *     ROLE:
 *       - data: text               the register, for people
 *         layer: word or list      patterns (* and ?) of layer names; absent = any layer
 *         needs: [FIELD, …]        fields the layer must have; "A | B" is one of them
 *         where, crs, heights, licence: text
 *         fields: {COLUMN: FIELD}  or a list of fields, of which the first that is there is taken; also a formula:
 *                                  "A + B", "A | B", "other_tags:access" (vector_formula.c)
 *         set:    {COLUMN: VALUE}
 *         codes:  {COLUMN: {CODE: VALUE, "*": VALUE}}; `skip` leaves the feature out, `missing` is no value;
 *                                  the code `missing` stands for a value that is not there
 *         latest: FIELD            of several rows with one id those newest by it count
 *         parts:  [COLUMN, …]      columns that ought to add up to persons
 *   modes: {…}                     who may go where in OpenStreetMap, and how fast (osm_modes.c)
 *
 * The first entry that fits is used, whole; what the source says itself always wins. Names of layers and fields, and
 * codes, are compared as alike (word.h). The column `use` (take, skip) chooses features where no other column does. A
 * raster of classes has one field, `kind`, and its file's name as its layer's.
 */
#include <string.h>

#include "osm_modes.h"
#include "schema.h"
#include "shipped.h"
#include "source.h"
#include "word.h"

/* ------------------------------------------------------------------------------------------------------- entries */

typedef struct profile_entry {
  schema_words layer, needs, parts;
  const char *data, *where, *crs, *heights, *licence;
  schema_words latest; /* names of one field: the first that is there */
  const sund_node *fields, *set, *codes;
} profile_entry;

static const schema_key entry_keys[] = {
    {"data", schema_text, offsetof(profile_entry, data), false},
    {"layer", schema_wordlist, offsetof(profile_entry, layer), false},
    {"needs", schema_wordlist, offsetof(profile_entry, needs), false},
    {"where", schema_text, offsetof(profile_entry, where), false},
    {"crs", schema_text, offsetof(profile_entry, crs), false},
    {"heights", schema_text, offsetof(profile_entry, heights), false},
    {"licence", schema_text, offsetof(profile_entry, licence), false},
    {"latest", schema_wordlist, offsetof(profile_entry, latest), false},
    {"parts", schema_wordlist, offsetof(profile_entry, parts), false},
    {"fields", schema_node, offsetof(profile_entry, fields), false},
    {"set", schema_node, offsetof(profile_entry, set), false},
    {"codes", schema_node, offsetof(profile_entry, codes), false},
};
static const schema entry_table = {"an entry", entry_keys, sizeof entry_keys / sizeof *entry_keys};

/* An entry that names neither layers nor fields would fit everything. */
static sund_code take_entry(schema_walk *walk, const sund_node *node, profile_entry *out) {
  TRY(schema_map(walk, &entry_table, node, out));
  if (out->layer.count == 0 && out->needs.count == 0)
    return schema_note(walk, node->mark, "an entry needs the key layer or needs");
  return SUND_OK;
}

/* Is one of the fields `A | B` there? A name is at most NAME letters. */
static bool has_any(const char *names, size_t fields, const char *const *field) {
  enum { NAME = 80 };
  for (const char *at = names; at;) {
    const char *end = strstr(at, SOURCE_OR);
    size_t length = end ? (size_t)(end - at) : strlen(at);
    char name[NAME];
    if (length < NAME) {
      memcpy(name, at, length);
      name[length] = '\0';
      if (word_find(name, fields, field) != SIZE_MAX) return true;
    }
    at = end ? end + strlen(SOURCE_OR) : NULL;
  }
  return false;
}

static bool fits(const profile_entry *entry, size_t fields, const char *const *field, const char *layer) {
  bool named = entry->layer.count == 0;
  for (size_t k = 0; k < entry->layer.count && layer; k++) named = named || word_fits(layer, entry->layer.word[k]);
  for (size_t k = 0; k < entry->needs.count; k++)
    if (!has_any(entry->needs.word[k], fields, field)) return false;
  return named;
}

/* ------------------------------------------------------------------------------------------------------- reading */

static sund_code check_fields(schema_walk *walk, sund_role role, const sund_node *node) {
  if (node->kind != SUND_MAP) return schema_note(walk, node->mark, "written as {column: field}");
  for (size_t k = 0; k < node->count; k++) {
    schema_words words = {0};
    TRY(schema_wordlist(walk, node->item[k], &words));
    if (!source_column(role, node->key[k]))
      TRY(schema_note(walk, node->key_mark[k], "%s has no column %s", sund_role_of(role)->name,
                      word_shown(walk->ctx, node->key[k])));
  }
  return SUND_OK;
}

static sund_code check_entry(schema_walk *walk, sund_role role, const sund_node *node) {
  profile_entry entry = {.where = NULL};
  sund_source scratch = {.role = role};
  TRY(take_entry(walk, node, &entry));
  if (entry.fields) TRY(check_fields(walk, role, entry.fields));
  for (size_t k = 0; k < entry.parts.count; k++)
    if (!source_column(role, entry.parts.word[k]))
      TRY(schema_note(walk, entry.parts.mark[k], "%s has no column %s", sund_role_of(role)->name,
                      word_shown(walk->ctx, entry.parts.word[k])));
  if (entry.set) TRY(source_take_set(walk, role, entry.set, &scratch.sets, &scratch.set));
  if (entry.codes) TRY(source_take_codes(walk, role, entry.codes, &scratch.recodes, &scratch.recode));
  return SUND_OK;
}

static sund_code check_layers(schema_walk *walk, const sund_node *value, void *out) {
  (void)out;
  if (value->kind != SUND_MAP) return schema_note(walk, value->mark, "layers are written as {role: entries}");
  for (size_t k = 0; k < value->count; k++) {
    sund_role role = sund_role_find(value->key[k]);
    if (role == SUND_ROLE_COUNT)
      TRY(schema_note(walk, value->key_mark[k], "unknown role %s", word_shown(walk->ctx, value->key[k])));
    for (size_t j = 0; j < schema_count(value->item[k]) && role != SUND_ROLE_COUNT; j++)
      TRY(check_entry(walk, role, schema_item(value->item[k], j)));
  }
  return SUND_OK;
}

static sund_code check_modes(schema_walk *walk, const sund_node *value, void *out) {
  osm_rules rules;
  (void)out;
  return osm_modes_take(walk, value, &rules);
}

static const schema_key profile_keys[] = {
    {"name", schema_text, offsetof(sund_profile, name), true},
    {"title", schema_titles, offsetof(sund_profile, title), true},
    {"licence", schema_text, offsetof(sund_profile, licence), false},
    {"crs", schema_text, offsetof(sund_profile, crs), false},
    {"heights", schema_text, offsetof(sund_profile, heights), false},
    {"layers", check_layers, 0, true},
    {"modes", check_modes, 0, false},
};
static const schema profile_table = {"a profile", profile_keys, sizeof profile_keys / sizeof *profile_keys};

/* The text of a shipped profile, else the file of that name. */
static sund_code read_text(sund_ctx *ctx, const char *name, sund_node **out) {
  const sund_shipped *shipped = shipped_find(sund_shipped_profiles, name);
  if (shipped) return shipped_parse(ctx, shipped, out);
  const char *ending = strrchr(name, '.');
  if (strchr(name, '/') || (ending && strcmp(ending, ".yaml") == 0)) return sund_yaml_read(ctx, name, out);
  size_t known = 0;
  const char **word = shipped_names(ctx, sund_shipped_profiles, &known);
  if (!word) return SUND_LIMIT;
  return sund_fail(ctx, SUND_USAGE, "unknown profile %s%s; known: %s", word_shown(ctx, name),
                   word_hint(ctx, name, known, word), word_list(ctx, known, word));
}

sund_code sund_profile_read(sund_ctx *ctx, const char *name, sund_profile **out) {
  sund_node *root = NULL;
  TRY(read_text(ctx, name, &root));
  sund_profile *profile = sund_alloc(ctx, 1, sizeof *profile);
  if (!profile) return SUND_LIMIT;
  schema_walk walk = {.ctx = ctx};
  TRY(schema_map(&walk, &profile_table, root, profile));
  TRY(schema_end(&walk));
  profile->root = root;
  *out = profile;
  return SUND_OK;
}

/* ------------------------------------------------------------------------------------------------------ applying */

/* A source that is being completed: what the user wrote (given), and the fields of the layer. */
typedef struct completion {
  sund_ctx *ctx;
  const sund_source *given;
  size_t fields;
  const char *const *field;
  sund_source made;
} completion;

static const sund_pair *find_pair(size_t count, const sund_pair *pair, const char *key) {
  for (size_t k = 0; k < count; k++)
    if (strcmp(pair[k].key, key) == 0) return &pair[k];
  return NULL;
}

static bool user_says(const completion *c, const char *column) {
  return find_pair(c->given->fields, c->given->field, column) || find_pair(c->given->sets, c->given->set, column);
}

/* The user's pairs with room for more behind them. */
static sund_pair *grown(sund_ctx *ctx, size_t count, const sund_pair *pair, size_t more) {
  sund_pair *copy = sund_alloc(ctx, count + more, sizeof *copy);
  if (copy && count > 0) memcpy(copy, pair, count * sizeof *copy);
  return copy;
}

/* Is the field there, or the one whose tag this is? */
static bool has_part(const completion *c, char *name) {
  bool there = word_find(name, c->fields, c->field) != SIZE_MAX;
  char *colon = there ? NULL : strchr(name, ':');
  if (!colon) return there;
  *colon = '\0';
  there = word_find(name, c->fields, c->field) != SIZE_MAX;
  *colon = ':';
  return there;
}

/* A formula (vector_formula.c) with the parts that the layer has: of a sum all or nothing, of alternatives those there
 * are. *out NULL when nothing is left. */
static sund_code shorten(const completion *c, const char *formula, const char **out) {
  bool sum = strstr(formula, SOURCE_PLUS) != NULL;
  const char *between = sum ? SOURCE_PLUS : SOURCE_OR, *text = NULL;
  char *rest = sund_text_copy(c->ctx, formula);
  *out = NULL;
  if (!rest) return SUND_LIMIT;
  while (rest) {
    char *end = strstr(rest, between), *part = rest;
    rest = end ? end + strlen(between) : NULL;
    if (end) *end = '\0';
    bool there = has_part(c, part);
    if (!there && sum) return SUND_OK;
    if (there && !(text = text ? sund_text(c->ctx, "%s%s%s", text, between, part) : part)) return SUND_LIMIT;
  }
  *out = text;
  return SUND_OK;
}

/* The field's name as the layer spells it, else the formula; NULL when the layer has no such field. */
static sund_code spelled(const completion *c, const char *name, const char **out) {
  size_t whole = word_find(name, c->fields, c->field);
  if (whole == SIZE_MAX) return shorten(c, name, out);
  *out = sund_text_copy(c->ctx, c->field[whole]);
  return *out ? SUND_OK : SUND_LIMIT;
}

static sund_code add_fields(completion *c, const sund_node *map) {
  c->made.field = grown(c->ctx, c->given->fields, c->given->field, map->count);
  if (!c->made.field) return SUND_LIMIT;
  for (size_t k = 0; k < map->count; k++) {
    if (user_says(c, map->key[k])) continue;
    for (size_t j = 0; j < schema_count(map->item[k]); j++) {
      const char *field = NULL;
      TRY(spelled(c, schema_item(map->item[k], j)->text, &field));
      if (!field) continue;
      c->made.field[c->made.fields++] = (sund_pair){map->key[k], field, map->key_mark[k]};
      break;
    }
  }
  return SUND_OK;
}

static sund_code add_set(completion *c, const sund_node *map) {
  c->made.set = grown(c->ctx, c->given->sets, c->given->set, map->count);
  if (!c->made.set) return SUND_LIMIT;
  for (size_t k = 0; k < map->count; k++) {
    if (user_says(c, map->key[k]) || find_pair(c->made.fields, c->made.field, map->key[k])) continue;
    c->made.set[c->made.sets++] = (sund_pair){map->key[k], map->item[k]->text, map->item[k]->mark};
  }
  return SUND_OK;
}

/* Are the codes for the field that the column comes from? Not when the user named another field or a constant. */
static bool codes_apply(const completion *c, const profile_entry *entry, const char *column) {
  if (find_pair(c->made.sets, c->made.set, column)) return false;
  const sund_pair *from = find_pair(c->given->fields, c->given->field, column);
  if (!from && find_pair(c->made.fields, c->made.field, column)) return true; /* it is the profile's own field */
  const sund_node *names = sund_node_get(entry->fields, column);
  if (!names) return !from;
  for (size_t k = 0; from && k < schema_count(names); k++)
    if (word_alike(schema_item(names, k)->text, from->value)) return true;
  return false;
}

/* Does the user already say what becomes of this code? */
static bool user_codes(const sund_source *given, const char *column, const char *code) {
  for (size_t k = 0; k < given->recodes; k++) {
    const sund_recode *r = &given->recode[k];
    if (strcmp(r->column, column) == 0 && (strcmp(r->from, code) == 0 || strcmp(r->from, "*") == 0)) return true;
  }
  return false;
}

static sund_code add_codes(completion *c, const profile_entry *entry) {
  const sund_node *map = entry->codes;
  size_t room = c->given->recodes;
  for (size_t k = 0; k < map->count; k++) room += map->item[k]->count;
  sund_recode *recode = sund_alloc(c->ctx, room, sizeof *recode);
  if (!recode) return SUND_LIMIT;
  if (c->given->recodes > 0) memcpy(recode, c->given->recode, c->given->recodes * sizeof *recode);
  c->made.recode = recode;
  for (size_t k = 0; k < map->count; k++) {
    const sund_node *codes = map->item[k];
    if (!codes_apply(c, entry, map->key[k])) continue;
    for (size_t j = 0; j < codes->count; j++)
      if (!user_codes(c->given, map->key[k], codes->key[j]))
        recode[c->made.recodes++] = (sund_recode){map->key[k], codes->key[j], codes->item[j]->text};
  }
  return SUND_OK;
}

static sund_code complete(completion *c, const sund_profile *profile, const profile_entry *entry) {
  if (entry->fields) TRY(add_fields(c, entry->fields));
  if (entry->set) TRY(add_set(c, entry->set));
  if (entry->codes) TRY(add_codes(c, entry));
  for (size_t k = 0; k < entry->latest.count && !c->made.latest; k++)
    if (word_find(entry->latest.word[k], c->fields, c->field) != SIZE_MAX) c->made.latest = entry->latest.word[k];
  c->made.parts = entry->parts.count;
  c->made.part = entry->parts.word;
  if (!c->made.where) c->made.where = entry->where;
  if (!c->made.crs) c->made.crs = entry->crs;
  if (!c->made.heights) c->made.heights = entry->heights;
  if (!c->made.licence) c->made.licence = entry->licence ? entry->licence : profile->licence;
  c->made.profile = profile->name;
  return SUND_OK;
}

sund_code sund_profile_apply(sund_ctx *ctx, size_t profiles, sund_profile *const *profile, size_t fields,
                             const char *const *field, const char *layer, sund_source *source) {
  schema_walk walk = {.ctx = ctx};
  /* Ways of OpenStreetMap are told by all their tags, whatever entry of the profile fits. */
  for (size_t k = 0; k < profiles && !source->modes; k++) source->modes = sund_node_get(profile[k]->root, "modes");
  for (size_t k = 0; k < profiles; k++) {
    const sund_node *layers = sund_node_get(profile[k]->root, "layers");
    const sund_node *entries = layers ? sund_node_get(layers, sund_role_of(source->role)->name) : NULL;
    for (size_t j = 0; entries && j < schema_count(entries); j++) {
      profile_entry entry = {.where = NULL};
      TRY(take_entry(&walk, schema_item(entries, j), &entry));
      if (!fits(&entry, fields, field, layer)) continue;
      completion c = {ctx, source, fields, field, *source};
      TRY(complete(&c, profile[k], &entry));
      *source = c.made;
      return SUND_OK;
    }
  }
  return schema_end(&walk);
}

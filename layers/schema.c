/* schema.c - reading YAML nodes by a table of keys, collecting every problem with its place.
 *
 * schema_map goes through the keys in the order of the file, so the first problem noted is usually the first a reader
 * meets; schema_sort makes that exact.
 */
#include "schema.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "word.h"

enum { LONGEST_MESSAGE = 900, MOST_KEYS = 64 };

/* ------------------------------------------------------------------------------------------------------ problems */

sund_code schema_note(schema_walk *walk, sund_mark mark, const char *format, ...) {
  if (walk->count == SCHEMA_PROBLEMS) return SUND_OK;
  char text[LONGEST_MESSAGE];
  va_list list;
  va_start(list, format);
  vsnprintf(text, sizeof text, format, list);
  va_end(list);
  const char *kept = mark.line == 0 ? sund_text_copy(walk->ctx, text)
                                    : sund_text(walk->ctx, "%s:%d:%d: %s", mark.file, mark.line, mark.column, text);
  if (!kept) return SUND_LIMIT;
  walk->problem[walk->count++] = (schema_problem){mark, kept};
  return SUND_OK;
}

static bool stands_before(sund_mark a, sund_mark b) {
  return a.line < b.line || (a.line == b.line && a.column < b.column);
}

/* By insertion: few, and nearly in order already; equal places keep their order. */
void schema_sort(schema_walk *walk) {
  for (size_t k = 1; k < walk->count; k++) {
    schema_problem moved = walk->problem[k];
    size_t to = k;
    for (; to > 0 && stands_before(moved.mark, walk->problem[to - 1].mark); to--)
      walk->problem[to] = walk->problem[to - 1];
    walk->problem[to] = moved;
  }
}

sund_code schema_end(schema_walk *walk) {
  if (walk->count == 0) return SUND_OK;
  schema_sort(walk);
  return sund_fail(walk->ctx, SUND_USAGE, "%s", walk->problem[0].text);
}

/* ---------------------------------------------------------------------------------------------------------- maps */

const char *schema_kind(const sund_node *node) {
  return node->kind == SUND_LIST ? "list" : node->kind == SUND_MAP ? "map" : "text";
}

static sund_code note_unknown(schema_walk *walk, const schema *table, sund_mark mark, const char *key) {
  const char *word[MOST_KEYS];
  size_t count = table->keys < MOST_KEYS ? table->keys : MOST_KEYS;
  for (size_t k = 0; k < count; k++) word[k] = table->key[k].name;
  const char *hint = word_hint(walk->ctx, key, count, word);
  if (*hint) return schema_note(walk, mark, "unknown key %s%s", word_shown(walk->ctx, key), hint);
  return schema_note(walk, mark, "unknown key %s; %s has: %s", word_shown(walk->ctx, key), table->what,
                     word_list(walk->ctx, count, word));
}

static const schema_key *find_key(const schema *table, const char *name) {
  for (size_t k = 0; k < table->keys; k++)
    if (strcmp(table->key[k].name, name) == 0) return &table->key[k];
  return NULL;
}

sund_code schema_map(schema_walk *walk, const schema *table, const sund_node *node, void *record) {
  if (node->kind != SUND_MAP)
    return schema_note(walk, node->mark, "%s is written as `key: value`, not as a %s", table->what,
                       schema_kind(node));
  for (size_t k = 0; k < node->count; k++) {
    const schema_key *key = find_key(table, node->key[k]);
    if (!key) TRY(note_unknown(walk, table, node->key_mark[k], node->key[k]));
    else TRY(key->take(walk, node->item[k], (char *)record + key->offset));
  }
  for (size_t k = 0; k < table->keys; k++)
    if (table->key[k].required && !sund_node_get(node, table->key[k].name))
      TRY(schema_note(walk, node->mark, "%s needs the key %s", table->what, table->key[k].name));
  return SUND_OK;
}

/* -------------------------------------------------------------------------------------------------------- values */

bool schema_empty(const sund_node *node) {
  if (node->kind != SUND_SCALAR || node->quoted) return false;
  return !*node->text || strcmp(node->text, "~") == 0 || strcmp(node->text, "null") == 0;
}

size_t schema_count(const sund_node *node) {
  if (schema_empty(node)) return 0;
  return node->kind == SUND_LIST ? node->count : 1;
}

const sund_node *schema_item(const sund_node *node, size_t k) {
  return node->kind == SUND_LIST ? node->item[k] : node;
}

sund_code schema_text(schema_walk *walk, const sund_node *value, void *out) {
  if (value->kind != SUND_SCALAR)
    return schema_note(walk, value->mark, "a text is expected here, not a %s", schema_kind(value));
  if (schema_empty(value) || !*value->text) return schema_note(walk, value->mark, "a value is missing here");
  *(const char **)out = value->text;
  return SUND_OK;
}

sund_code schema_node(schema_walk *walk, const sund_node *value, void *out) {
  (void)walk;
  *(const sund_node **)out = value;
  return SUND_OK;
}

/* The reader of numbers throws; here its message is one of several. */
sund_code schema_number(schema_walk *walk, const sund_node *value, void *out) {
  sund_ctx *scratch = sund_ctx_child(walk->ctx);
  if (!scratch) return SUND_LIMIT;
  sund_code code = sund_node_number(scratch, value, out);
  const char *message = NULL;
  if (code == SUND_USAGE && sund_failure(scratch, &message, NULL, NULL) && walk->count < SCHEMA_PROBLEMS) {
    const char *text = sund_text_copy(walk->ctx, message);
    code = text ? SUND_OK : SUND_LIMIT;
    if (text) walk->problem[walk->count++] = (schema_problem){value->mark, text};
  } else if (code != SUND_OK && code != SUND_USAGE) {
    sund_ctx_pass(walk->ctx, scratch);
  } else {
    code = SUND_OK;
  }
  sund_ctx_free(scratch);
  return code;
}

sund_code schema_wordlist(schema_walk *walk, const sund_node *value, void *out) {
  if (value->kind == SUND_MAP) return schema_note(walk, value->mark, "a word or a list of words is expected here");
  schema_words words = {.count = schema_count(value)};
  if (words.count == 0) return schema_note(walk, value->mark, "a value is missing here");
  words.word = sund_alloc(walk->ctx, words.count, sizeof *words.word);
  words.mark = sund_alloc(walk->ctx, words.count, sizeof *words.mark);
  if (!words.word || !words.mark) return SUND_LIMIT;
  for (size_t k = 0; k < words.count; k++) {
    const sund_node *item = schema_item(value, k);
    words.word[k] = "";
    words.mark[k] = item->mark;
    TRY(schema_text(walk, item, &words.word[k]));
  }
  *(schema_words *)out = words;
  return SUND_OK;
}

typedef struct titles {
  const char *language[3];
} titles;

static const schema_key titles_keys[] = {
    {"da", schema_text, offsetof(titles, language[0]), false},
    {"sv", schema_text, offsetof(titles, language[1]), false},
    {"en", schema_text, offsetof(titles, language[2]), false},
};
static const schema titles_table = {"a title", titles_keys, sizeof titles_keys / sizeof *titles_keys};

/* A language that is missing is filled by English, else by any; one text alone stands for all three. */
sund_code schema_titles(schema_walk *walk, const sund_node *value, void *out) {
  titles found = {{NULL, NULL, NULL}};
  if (value->kind == SUND_SCALAR) TRY(schema_text(walk, value, &found.language[2]));
  else TRY(schema_map(walk, &titles_table, value, &found));
  const char *any = found.language[2];
  for (size_t k = 0; k < 3 && !any; k++) any = found.language[k];
  const char **title = out;
  for (size_t k = 0; k < 3; k++) title[k] = found.language[k] ? found.language[k] : any;
  return SUND_OK;
}

/* yaml.c - YAML texts as a tree of nodes that know where they stand. Third party: libyaml, here only.
 *
 * libyaml hands over events; a stack of open lists and maps (at most DEEPEST) turns them into nodes, whose children
 * wait on one growing pile until their parent is closed. Scalars stay text, so that `NO`, `0217` and `1_000` mean what
 * was written. What could make a small text large or read otherwise than it looks is refused: anchors, aliases, tags,
 * more than one document, control characters, a key given twice.
 *
 * Order: sund_yaml_read -> sund_yaml_parse -> take_event for every event -> close_node, which checks for duplicates.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <yaml.h>

#include "number.h"
#include "word.h"

enum { DEEPEST = 16, LARGEST_BYTES = 4 << 20 };

/* ------------------------------------------------------------------------------------------------------ messages */

sund_code sund_fail_at(sund_ctx *ctx, sund_mark mark, const char *format, ...) {
  va_list list;
  va_start(list, format);
  const char *text = sund_text_list(ctx, format, list);
  va_end(list);
  if (!text) return SUND_LIMIT;
  if (mark.line == 0) return sund_fail(ctx, SUND_USAGE, "%s", text);
  return sund_fail(ctx, SUND_USAGE, "%s:%d:%d: %s", mark.file ? mark.file : "?", mark.line, mark.column, text);
}

/* ------------------------------------------------------------------------------------------------------- parsing */

/* A value that waits for its parent to be closed. */
typedef struct entry {
  const char *key; /* NULL in a list */
  sund_mark key_mark;
  sund_node *value;
} entry;

typedef struct level {
  sund_node *node;
  size_t first;    /* its first entry on the pile   */
  const char *key; /* a map's key without value yet */
  sund_mark key_mark;
} level;

typedef struct builder {
  sund_ctx *ctx;
  const char *name;
  level open[DEEPEST];
  size_t depth;
  entry *pile;
  size_t count, room;
  sund_node *root;
  int documents;
} builder;

static sund_mark mark_of(const builder *b, yaml_mark_t at) {
  return (sund_mark){b->name, (int)at.line + 1, (int)at.column + 1};
}

static sund_code push_entry(builder *b, entry e) {
  entry *pile = sund_grow(b->ctx, b->pile, &b->room, b->count + 1, sizeof *pile);
  if (!pile) return SUND_LIMIT;
  b->pile = pile;
  b->pile[b->count++] = e;
  return SUND_OK;
}

/* Puts a finished value where it belongs: the root, a list, or behind the key that waits for it. */
static sund_code place(builder *b, sund_node *node) {
  if (b->depth == 0) {
    b->root = node;
    return SUND_OK;
  }
  level *top = &b->open[b->depth - 1];
  entry e = {top->key, top->key_mark, node};
  top->key = NULL;
  return push_entry(b, e);
}

static sund_code new_node(builder *b, sund_node_kind kind, yaml_mark_t at, sund_node **out) {
  sund_node *node = sund_alloc(b->ctx, 1, sizeof *node);
  if (!node) return SUND_LIMIT;
  node->kind = kind;
  node->mark = mark_of(b, at);
  *out = node;
  return SUND_OK;
}

/* libyaml's text ends at its length and may hold what escapes like "\0" made. */
static sund_code copy_text(builder *b, const yaml_event_t *event, const char **out) {
  size_t length = event->data.scalar.length;
  const unsigned char *value = event->data.scalar.value;
  for (size_t k = 0; k < length; k++)
    if ((value[k] < 0x20 && value[k] != '\n' && value[k] != '\t') || value[k] == 0x7F)
      return sund_fail_at(b->ctx, mark_of(b, event->start_mark), "the text holds a control character; remove it");
  char *text = sund_alloc(b->ctx, length + 1, 1);
  if (!text) return SUND_LIMIT;
  memcpy(text, value, length);
  *out = text;
  return SUND_OK;
}

/* In `{a: 0,35}` YAML sees the key 35 without a value, right behind the number 0 and its comma. */
static sund_code refuse_comma(builder *b, const level *top) {
  const entry *last = b->count > top->first ? &b->pile[b->count - 1] : NULL;
  if (!last || last->value->kind != SUND_SCALAR || last->value->quoted) return SUND_OK;
  const char *whole = last->value->text, *part = top->key;
  size_t sign = *whole == '-' || *whole == '+', length = strlen(whole);
  bool digits = length > sign && whole[sign + strspn(whole + sign, "0123456789")] == '\0' &&
                part[strspn(part, "0123456789")] == '\0';
  if (!digits || last->value->mark.line != top->key_mark.line ||
      last->value->mark.column + (int)length + 1 != top->key_mark.column)
    return SUND_OK;
  return sund_fail_at(b->ctx, last->value->mark, "%s: %s,%s is no number; write %s.%s", word_shown(b->ctx, last->key),
                      whole, part, whole, part);
}

static sund_code take_scalar(builder *b, const yaml_event_t *event) {
  const char *text = NULL;
  TRY(copy_text(b, event, &text));
  level *top = b->depth > 0 ? &b->open[b->depth - 1] : NULL;
  if (top && top->node->kind == SUND_MAP && !top->key) {
    if (!*text) return sund_fail_at(b->ctx, mark_of(b, event->start_mark), "a key is missing before the colon");
    top->key = text;
    top->key_mark = mark_of(b, event->start_mark);
    return SUND_OK;
  }
  if (top && top->key && !*text) TRY(refuse_comma(b, top));
  sund_node *node = NULL;
  TRY(new_node(b, SUND_SCALAR, event->start_mark, &node));
  node->text = text;
  node->quoted = event->data.scalar.style != YAML_PLAIN_SCALAR_STYLE;
  return place(b, node);
}

static sund_code open_node(builder *b, sund_node_kind kind, yaml_mark_t at) {
  const level *top = b->depth > 0 ? &b->open[b->depth - 1] : NULL;
  if (top && top->node->kind == SUND_MAP && !top->key)
    return sund_fail_at(b->ctx, mark_of(b, at), "a key must be a word, not a list or a map");
  if (b->depth == DEEPEST) return sund_fail_at(b->ctx, mark_of(b, at), "nested deeper than %d levels", DEEPEST);
  sund_node *node = NULL;
  TRY(new_node(b, kind, at, &node));
  b->open[b->depth++] = (level){node, b->count, NULL, {NULL, 0, 0}};
  return SUND_OK;
}

/* By key, then by place: equal keys stand together in the order of the file. */
typedef struct ranked {
  const char *key;
  size_t index;
} ranked;

static int compare_keys(const void *a, const void *b) {
  const ranked *x = a, *y = b;
  int order = strcmp(x->key, y->key);
  return order ? order : (x->index > y->index) - (x->index < y->index);
}

static sund_code check_duplicates(builder *b, const sund_node *map) {
  if (map->count < 2) return SUND_OK;
  ranked *by_key = sund_alloc(b->ctx, map->count, sizeof *by_key);
  if (!by_key) return SUND_LIMIT;
  for (size_t k = 0; k < map->count; k++) by_key[k] = (ranked){map->key[k], k};
  qsort(by_key, map->count, sizeof *by_key, compare_keys);
  size_t second = SIZE_MAX, first = 0;
  for (size_t k = 1; k < map->count; k++) {
    if (strcmp(by_key[k - 1].key, by_key[k].key) != 0 || by_key[k].index >= second) continue;
    second = by_key[k].index;
    first = by_key[k - 1].index;
  }
  if (second == SIZE_MAX) return SUND_OK;
  return sund_fail_at(b->ctx, map->key_mark[second], "%s is given twice (first in line %d)",
                      word_shown(b->ctx, map->key[second]), map->key_mark[first].line);
}

/* Takes the entries of the innermost list or map from the pile. */
static sund_code close_node(builder *b) {
  level top = b->open[--b->depth];
  sund_node *node = top.node;
  bool map = node->kind == SUND_MAP;
  node->count = b->count - top.first;
  node->item = sund_alloc(b->ctx, node->count, sizeof(*node->item));
  if (!node->item) return SUND_LIMIT;
  if (map) {
    node->key = sund_alloc(b->ctx, node->count, sizeof(*node->key));
    node->key_mark = sund_alloc(b->ctx, node->count, sizeof(*node->key_mark));
    if (!node->key || !node->key_mark) return SUND_LIMIT;
  }
  for (size_t k = 0; k < node->count; k++) {
    const entry *e = &b->pile[top.first + k];
    node->item[k] = e->value;
    if (!map) continue;
    node->key[k] = e->key;
    node->key_mark[k] = e->key_mark;
  }
  b->count = top.first;
  if (map) TRY(check_duplicates(b, node));
  return place(b, node);
}

static sund_code refuse_anchor(builder *b, const yaml_event_t *event, const yaml_char_t *anchor,
                               const yaml_char_t *tag) {
  sund_mark at = mark_of(b, event->start_mark);
  if (anchor) return sund_fail_at(b->ctx, at, "anchors (&) are not allowed here; write the value out");
  if (tag) return sund_fail_at(b->ctx, at, "tags (!) are not allowed here; put a text that begins with ! in quotes");
  return SUND_OK;
}

static sund_code take_event(builder *b, const yaml_event_t *event) {
  sund_mark at = mark_of(b, event->start_mark);
  switch (event->type) {
    case YAML_DOCUMENT_START_EVENT:
      if (b->documents++ == 0) return SUND_OK;
      return sund_fail_at(b->ctx, at, "a second document begins here; only one is allowed in a file");
    case YAML_ALIAS_EVENT:
      return sund_fail_at(b->ctx, at, "aliases (*) are not allowed here; put a text that begins with * in quotes");
    case YAML_SCALAR_EVENT:
      TRY(refuse_anchor(b, event, event->data.scalar.anchor, event->data.scalar.tag));
      return take_scalar(b, event);
    case YAML_SEQUENCE_START_EVENT:
      TRY(refuse_anchor(b, event, event->data.sequence_start.anchor, event->data.sequence_start.tag));
      return open_node(b, SUND_LIST, event->start_mark);
    case YAML_MAPPING_START_EVENT:
      TRY(refuse_anchor(b, event, event->data.mapping_start.anchor, event->data.mapping_start.tag));
      return open_node(b, SUND_MAP, event->start_mark);
    case YAML_SEQUENCE_END_EVENT:
    case YAML_MAPPING_END_EVENT:
      return close_node(b);
    default:
      return SUND_OK;
  }
}

/* Line and column of a byte: the text before it is valid UTF-8. */
static sund_mark mark_at_byte(const builder *b, const char *text, size_t offset) {
  sund_mark mark = {b->name, 1, 1};
  for (size_t k = 0; k < offset; k++) {
    if (text[k] == '\n') {
      mark.line++;
      mark.column = 1;
    } else if (((unsigned char)text[k] & 0xC0) != 0x80) {
      mark.column++;
    }
  }
  return mark;
}

/* libyaml names the byte that broke a character; the character begins up to three bytes before it. */
static size_t character_start(const char *text, size_t offset) {
  size_t at = offset;
  while (at > 0 && offset - at < 3 && ((unsigned char)text[at - 1] & 0xC0) == 0x80) at--;
  if (at == 0) return offset;
  unsigned char lead = (unsigned char)text[at - 1];
  size_t width = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : lead >= 0xC0 ? 2 : 1;
  return width > offset - at + 1 ? at - 1 : offset;
}

static bool stands_tab(const yaml_parser_t *parser, size_t length, const char *text) {
  size_t line = 0, k = 0;
  while (k < length && line < parser->problem_mark.line)
    if (text[k++] == '\n') line++;
  while (k < length && (text[k] == ' ' || text[k] == '\t')) {
    if (text[k] == '\t') return true;
    k++;
  }
  return false;
}

static sund_code syntax_failure(builder *b, const yaml_parser_t *parser, size_t length, const char *text) {
  if (parser->error == YAML_MEMORY_ERROR) return sund_fail(b->ctx, SUND_LIMIT, "out of memory");
  if (parser->error == YAML_READER_ERROR) {
    size_t offset = parser->problem_offset < length ? parser->problem_offset : length;
    offset = character_start(text, offset);
    return sund_fail_at(b->ctx, mark_at_byte(b, text, offset), "the text is not valid UTF-8 (%s); save it as UTF-8",
                        parser->problem ? parser->problem : "unreadable");
  }
  sund_mark at = mark_of(b, parser->problem_mark);
  if (stands_tab(parser, length, text)) return sund_fail_at(b->ctx, at, "a tab cannot indent YAML; use spaces");
  return sund_fail_at(b->ctx, at, "not YAML: %s%s%s", parser->problem ? parser->problem : "syntax error",
                      parser->context ? ", " : "", parser->context ? parser->context : "");
}

static sund_code run_parser(builder *b, yaml_parser_t *parser, size_t length, const char *text) {
  for (bool more = true; more;) {
    yaml_event_t event;
    if (!yaml_parser_parse(parser, &event)) return syntax_failure(b, parser, length, text);
    more = event.type != YAML_STREAM_END_EVENT;
    sund_code code = take_event(b, &event);
    yaml_event_delete(&event);
    TRY(code);
  }
  return SUND_OK;
}

sund_code sund_yaml_parse(sund_ctx *ctx, const char *name, const char *text, size_t length, sund_node **out) {
  builder b = {.ctx = ctx, .name = sund_text_copy(ctx, name)};
  if (!b.name) return SUND_LIMIT;
  sund_mark top = {b.name, 1, 1};
  if (length > LARGEST_BYTES) return sund_fail_at(ctx, top, "larger than %d MB", LARGEST_BYTES >> 20);
  yaml_parser_t parser;
  if (!yaml_parser_initialize(&parser)) return sund_fail(ctx, SUND_LIMIT, "out of memory");
  yaml_parser_set_input_string(&parser, (const unsigned char *)text, length);
  sund_code code = run_parser(&b, &parser, length, text);
  yaml_parser_delete(&parser);
  TRY(code);
  if (!b.root) return sund_fail_at(ctx, top, "the file is empty");
  *out = b.root;
  return SUND_OK;
}

/* ------------------------------------------------------------------------------------------------------- reading */

/* The whole file; a folder or a device is refused before it is read. */
static sund_code read_file(sund_ctx *ctx, const char *path, FILE *file, char **text, size_t *length) {
  const char *name = sund_base_name(path);
  struct stat info;
  if (fstat(fileno(file), &info) != 0 || !S_ISREG(info.st_mode))
    return sund_fail(ctx, SUND_USAGE, "%s: not a file", word_shown(ctx, name));
  if (info.st_size > LARGEST_BYTES)
    return sund_fail(ctx, SUND_USAGE, "%s:1:1: larger than %d MB", word_shown(ctx, name), LARGEST_BYTES >> 20);
  size_t room = (size_t)info.st_size;
  *text = sund_alloc(ctx, room + 1, 1);
  if (!*text) return SUND_LIMIT;
  *length = fread(*text, 1, room, file);
  if (ferror(file)) return sund_fail(ctx, SUND_USAGE, "%s: cannot be read", word_shown(ctx, name));
  return SUND_OK;
}

sund_code sund_yaml_read(sund_ctx *ctx, const char *path, sund_node **out) {
  const char *name = sund_base_name(path);
  /* Without O_NONBLOCK opening a named pipe would wait for ever. */
  struct stat info;
  if (stat(path, &info) == 0 && !S_ISREG(info.st_mode))
    return sund_fail(ctx, SUND_USAGE, "%s: not a file", word_shown(ctx, name));
  FILE *file = fopen(path, "rb");
  if (!file) return sund_fail(ctx, SUND_USAGE, "%s: %s", word_shown(ctx, name), strerror(errno));
  char *text = NULL;
  size_t length = 0;
  sund_code code = read_file(ctx, path, file, &text, &length);
  fclose(file);
  TRY(code);
  return sund_yaml_parse(ctx, name, text, length, out);
}

/* -------------------------------------------------------------------------------------------------------- values */

const sund_node *sund_node_get(const sund_node *map, const char *key) {
  if (!map || map->kind != SUND_MAP) return NULL;
  for (size_t k = 0; k < map->count; k++)
    if (strcmp(map->key[k], key) == 0) return map->item[k];
  return NULL;
}

/* The text with its comma as a point when that makes it a number, else NULL. */
static const char *with_point(sund_ctx *ctx, const char *text) {
  const char *comma = strchr(text, ',');
  if (!comma) return NULL;
  char *fixed = sund_text_copy(ctx, text);
  if (!fixed) return NULL;
  fixed[comma - text] = '.';
  return number_is(fixed) ? fixed : NULL;
}

sund_code sund_node_number(sund_ctx *ctx, const sund_node *node, double *out) {
  if (node->kind != SUND_SCALAR)
    return sund_fail_at(ctx, node->mark, "a number is expected here, not a %s",
                        node->kind == SUND_LIST ? "list" : "map");
  if (!*node->text) return sund_fail_at(ctx, node->mark, "a number is missing here");
  number_result result = number_read(node->text, out);
  if (result == NUMBER_READ) return SUND_OK;
  if (result == NUMBER_MEMORY) return sund_fail(ctx, SUND_LIMIT, "out of memory");
  const char *shown = word_shown(ctx, node->text);
  if (result == NUMBER_LARGE) return sund_fail_at(ctx, node->mark, "%s is too large", shown);
  const char *fixed = with_point(ctx, node->text);
  if (fixed) return sund_fail_at(ctx, node->mark, "%s is no number; write %s", node->text, fixed);
  return sund_fail_at(ctx, node->mark, "%s is no number", shown);
}

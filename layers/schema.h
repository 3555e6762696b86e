/* schema.h - reading YAML nodes by a table of keys, for project, profile, standard and source only.
 *
 * A grammar is data: for each map the keys it may have, what reads each value, and where that goes. Problems are
 * collected, not thrown: reading goes on behind a problem, so that all of them can be shown at once.
 */
#ifndef SUND_LAYERS_SCHEMA_H
#define SUND_LAYERS_SCHEMA_H

#include "sund/layers.h"

/* More problems than this in one file are not listed. */
enum { SCHEMA_PROBLEMS = 20 };

typedef struct schema_problem {
  sund_mark mark;
  const char *text; /* with file:line:column */
} schema_problem;

/* What was found wrong so far. Start with {.ctx = ctx}. */
typedef struct schema_walk {
  sund_ctx *ctx; /* owns what is read */
  size_t count;
  schema_problem problem[SCHEMA_PROBLEMS];
} schema_walk;

/* Notes a problem and lets the reading go on: SUND_OK, or SUND_LIMIT without memory. */
sund_code schema_note(schema_walk *walk, sund_mark mark, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
/* Puts the problems into the order of the file. */
void schema_sort(schema_walk *walk);
/* SUND_OK when there was no problem; else fails with the first in the order of the file. */
sund_code schema_end(schema_walk *walk);

/* Reads a value into out; what it cannot read it notes. Fails only without memory. */
typedef sund_code (*schema_take)(schema_walk *walk, const sund_node *value, void *out);

typedef struct schema_key {
  const char *name;
  schema_take take;
  size_t offset; /* of the value in the record */
  bool required;
} schema_key;

typedef struct schema {
  const char *what; /* "a source": for messages */
  const schema_key *key;
  size_t keys;
} schema;

/* Reads a map by its table; unknown and missing keys, and a node that is no map, are problems. */
sund_code schema_map(schema_walk *walk, const schema *table, const sund_node *node, void *record);

/* Values. An empty one is a problem, save where it says otherwise. */
sund_code schema_text(schema_walk *walk, const sund_node *value, void *out);   /* const char *                     */
sund_code schema_number(schema_walk *walk, const sund_node *value, void *out); /* double                           */
sund_code schema_titles(schema_walk *walk, const sund_node *value, void *out); /* const char *[3]: {da:, sv:, en:} */

sund_code schema_node(schema_walk *walk, const sund_node *value, void *out); /* const sund_node *, to be read later */

/* Words, written as one or as a list. */
typedef struct schema_words {
  size_t count;
  const char **word;
  sund_mark *mark;
} schema_words;
sund_code schema_wordlist(schema_walk *walk, const sund_node *value, void *out); /* schema_words */

/* Nothing written: `coast:` alone, `~` or `null`. */
bool schema_empty(const sund_node *node);
/* "One, or a list of them": how many, and the k-th. An empty node has none. */
size_t schema_count(const sund_node *node);
const sund_node *schema_item(const sund_node *node, size_t k);
/* "text", "list" or "map", for messages. */
const char *schema_kind(const sund_node *node);

#endif

/* vocabulary.h - the words of the command line: commands, and the options that are not a query's own. */
#ifndef SUND_QUERIES_VOCABULARY_H
#define SUND_QUERIES_VOCABULARY_H

#include "sund/queries.h"

/* What may follow `sund`. Bits, so that an option can say where it belongs. */
enum {
  COMMAND_RUN = 1,
  COMMAND_QUERY = 2, /* the name of a query */
  COMMAND_CHECK = 4,
  COMMAND_DEMO = 8,
  COMMAND_LIST = 16,
  COMMAND_HELP = 32,
  COMMAND_TREND = 64,
  COMMAND_EXPLAIN = 128
};

/* A command: its word, what it needs after it, what it is for. */
typedef struct vocabulary_command {
  unsigned bit;           /* COMMAND_...                               */
  const char *name;       /* NULL for COMMAND_QUERY                    */
  const char *operand;    /* as help shows it: "PROJECT.yaml"          */
  int operands;           /* how many must be there, 0 to 2; one is taken in any case */
  const char *summary[3]; /* da, sv, en: one line                      */
} vocabulary_command;
extern const vocabulary_command vocabulary_commands[]; /* ended by bit 0; the last one is COMMAND_QUERY */

/* Values of the common options. */
typedef struct vocabulary_values {
  const char *output, *crs, *heights, *lang, *progress, *only, *scenario; /* NULL = not given   */
  sund_strings indicator;                                                 /* of sund trend      */
  const char *area;
  const char *home, *place, *to, *standard; /* of sund explain */
  double threads; /* 0 = not given      */
  bool overwrite, json, quiet, verbose, dry_run, help, version;
} vocabulary_values;

/* An option that commands share; its offset is in vocabulary_values. */
typedef struct vocabulary_option {
  sund_option option;
  char letter;         /* "-o", or 0                                                       */
  const char *metavar; /* as help shows the value: "RESULT.gpkg"; NULL = made from kind    */
  unsigned commands;   /* where it may stand                                               */
  bool recorded;       /* part of the command line in the provenance: it changes results   */
} vocabulary_option;
extern const vocabulary_option vocabulary_options[]; /* ended by a NULL name */

/* Queries of the contract that are still to come, ended by NULL. */
extern const char *const vocabulary_planned[];

/* The command of that word (never COMMAND_QUERY), or NULL. */
const vocabulary_command *vocabulary_command_find(const char *name);
const vocabulary_command *vocabulary_command_of(unsigned bit);

/* "access, coast": the queries there are. */
const char *vocabulary_queries(sund_ctx *ctx);

/* SUND_USAGE for a word that is no query of this version: planned, misspelt or unknown. commands: may also be one of
 * them. mark: where it stands, line 0 for the command line. */
sund_code vocabulary_fail_query(sund_ctx *ctx, const char *word, bool commands, sund_mark mark);

#endif

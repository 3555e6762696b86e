/* arguments.h - what a command line says. Reading it opens no file. */
#ifndef SUND_QUERIES_ARGUMENTS_H
#define SUND_QUERIES_ARGUMENTS_H

#include "vocabulary.h"

/* A command line, read and checked as far as that goes without looking at any file. */
typedef struct arguments {
  const vocabulary_command *command; /* NULL: only `sund --version` or `sund --help`                 */
  const sund_query *query;           /* for COMMAND_QUERY                                            */
  const char *operand;               /* project file, folder, list or topic; NULL when there is none */
  const char *second;                /* the second of two: sund trend                                */
  vocabulary_values common;
  int language;   /* SUND_DA, SUND_SV, SUND_EN                                    */
  size_t sources; /* roles given as options, in their order                       */
  sund_source *source;
  sund_request request; /* the query's own options, in their order                      */
  const char *recorded; /* canonical command line for the provenance                    */
} arguments;

/* SUND_USAGE for unknown words (with the nearest one), missing, empty, repeated or impossible values, missing -o. On
 * failure `out` holds what was understood before: command and query, for the message. */
sund_code arguments_read(sund_ctx *ctx, int argc, char *const *argv, arguments *out);

#endif

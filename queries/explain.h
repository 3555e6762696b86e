/* explain.h - `sund explain RESULT --home ID`: why a number of a result is what it is, from the result file alone.
 *
 * A query's answer is explained by one explainer: it finds the facts about a home in the layers its query wrote, and
 * tells them in a language. Text, JSON and the GeoPackage of the way are all made from the same facts.
 */
#ifndef SUND_QUERIES_EXPLAIN_H
#define SUND_QUERIES_EXPLAIN_H

#include "sund/queries.h"

typedef struct explain_settings {
  const char *path;     /* of the result                                         */
  const char *home;     /* id, or id/piece                                       */
  const char *standard; /* NULL = all                                            */
  const char *output;   /* the GeoPackage to be written, or NULL                 */
  const char *command;  /* canonical command line, for the GeoPackage            */
  bool overwrite, json, quiet;
  int language;       /* of the text on stdout                                     */
  int label_language; /* of the GeoPackage: not the environment's                  */
} explain_settings;

/* Answers on stdout and, with an output, in a GeoPackage. SUND_USAGE for a home or standard that the result does not
 * have, SUND_SOURCE for a file that is no result, SUND_DATA for one that has no answer about homes. */
sund_code explain_run(sund_ctx *ctx, const explain_settings *settings);

/* ---------------------------------------------------------------------------------------------------- explainers */

/* What an explainer is asked. */
typedef struct explain_question {
  const sund_result *result;
  const char *file; /* base name of the result */
  const char *home, *standard;
  const sund_table *run, *sources; /* of the result */
} explain_question;

/* A stretch of the way. */
typedef struct explain_line {
  const char *standard, *leg;
  double metres;    /* ground metres                                           */
  const char *text; /* in a language, or NULL                                  */
  size_t vertices;  /* at least 2; map metres                                  */
  const double *x, *y;
} explain_line;

/* A place that matters. */
typedef struct explain_point {
  const char *standard, *point;
  const char *id; /* of the home, entrance or green area; or NULL            */
  double metres;  /* ground metres from the home, NAN = not said             */
  const char *text;
  double x, y;
} explain_point;

enum { EXPLAIN_MEMBERS = 8 };

/* What an explainer gives back. */
typedef struct explain_answer {
  size_t text_length, text_room;
  char *text; /* lines, each with its end; NULL = nothing was said */
  size_t lines, line_room;
  explain_line *line;
  size_t points, point_room;
  explain_point *point;
  size_t members; /* of the JSON document */
  sund_json_member member[EXPLAIN_MEMBERS];
} explain_answer;

/* Explains the answers of one query. */
typedef struct explainer {
  const char *query;
  /* Facts about the home; *facts NULL when the result has no layers of the query. Fails when it has, but not the home. */
  sund_code (*find)(sund_ctx *ctx, const explain_question *question, void **facts);
  /* Text, lines and points in a language. */
  sund_code (*tell)(sund_ctx *ctx, const void *facts, int language, explain_answer *out);
  /* Members of the JSON document. */
  sund_code (*tables)(sund_ctx *ctx, const void *facts, explain_answer *out);
} explainer;
extern const explainer explain_access; /* explain_access.c */

/* Adds to an answer. The text is a phrase whose {1}, {2} ... are the arguments, up to a NULL; the list is used up. */
sund_code explain_say_list(sund_ctx *ctx, explain_answer *out, const char *phrase, va_list list);
sund_code explain_add_line(sund_ctx *ctx, explain_answer *out, explain_line line);
sund_code explain_add_point(sund_ctx *ctx, explain_answer *out, explain_point point);
void explain_add_member(explain_answer *out, const char *name, const sund_table *table);

/* ---------------------------------------------------------------------------------------------------------- text */

/* The phrase with {1}, {2} ... replaced by the arguments, up to a NULL. NULL without memory. */
const char *explain_fill(sund_ctx *ctx, const char *phrase, ...) __attribute__((sentinel));
/* The label of a value among the choices, or the value itself; "" for NULL. */
const char *explain_label(const sund_choice *choices, const char *value, int language);
/* Is the word one of a list "a, b, c"? */
bool explain_listed(const char *list, const char *word);

/* Layers of the GeoPackage; tables without rows are left out. */
sund_code explain_write(sund_ctx *ctx, const explain_settings *settings, const explain_question *question,
                        const explain_answer *answer);

#endif

/* explain.h - `sund explain RESULT --home ID`, `sund explain RESULT --place A --to B`: why a number of a result is what it is, from the result file alone.
 *
 * A query's answer is explained by one explainer: it finds the facts about a home in the layers its query wrote, and
 * tells them in a language. Text, JSON and the GeoPackage of the way are all made from the same facts.
 */
#ifndef SUND_QUERIES_EXPLAIN_H
#define SUND_QUERIES_EXPLAIN_H

#include "sund/queries.h"

typedef struct explain_settings {
  const char *path;       /* of the result                                         */
  const char *home;       /* id, or id/piece; NULL = a way is asked about          */
  const char *place, *to; /* ids: from a place to a place or home; NULL = a home is asked about */
  const char *standard;   /* NULL = all                                            */
  const char *output;     /* the GeoPackage to be written, or NULL                 */
  const char *command;    /* canonical command line, for the GeoPackage            */
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
  const char *path; /* of the result */
  const char *file; /* its base name */
  const char *home, *standard;
  const char *place, *to;
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

enum { EXPLAIN_MEMBERS = 16 };

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
  bool ways; /* explains ways from place to place, not homes */
  /* Facts about the home; *facts NULL when the result has no layers of the query. Fails when it has, but not the home. */
  sund_code (*find)(sund_ctx *ctx, const explain_question *question, void **facts);
  /* Do the facts rest on sources of the role? */
  bool (*reads)(const void *facts, const char *role);
  /* Text, lines and points in a language; the text goes on from what others have said. */
  sund_code (*tell)(sund_ctx *ctx, const void *facts, int language, explain_answer *out);
  /* Members of the JSON document. */
  sund_code (*tables)(sund_ctx *ctx, const void *facts, explain_answer *out);
} explainer;
extern const explainer explain_access;    /* explain_access.c */
extern const explainer explain_flood;     /* explain_flood.c */
extern const explainer explain_catchment; /* explain_catchment.c */

/* Adds to an answer. The text is a phrase whose {1}, {2} ... are the arguments, up to a NULL; the list is used up. */
sund_code explain_say_list(sund_ctx *ctx, explain_answer *out, const char *phrase, va_list list);
sund_code explain_say(sund_ctx *ctx, explain_answer *out, const char *phrase, ...) __attribute__((sentinel));
sund_code explain_add_line(sund_ctx *ctx, explain_answer *out, explain_line line);
sund_code explain_add_point(sund_ctx *ctx, explain_answer *out, explain_point point);
/* A member of a name that is there already is left out. */
void explain_add_member(explain_answer *out, const char *name, const sund_table *table);

/* ---------------------------------------------------------------------------------------------------- explain_home.c */

/* A value of a table that may be NULL or lack the column: NAN, SUND_NULL_INT, NULL then. */
double explain_real(const sund_table *table, const char *column, size_t row);
int64_t explain_int(const sund_table *table, const char *column, size_t row);
const char *explain_text(const sund_table *table, const char *column, size_t row);

/* The value of a parameter of the run ("access.walk-speed"), or NULL. */
sund_code explain_parameter(sund_ctx *ctx, const explain_question *question, const char *name, const char **out);

/* The rows of a layer that are of the home asked for. */
typedef struct explain_home {
  const sund_table *rows; /* NULL = the result has no such layer                    */
  const char *id;         /* of the home, without the piece                         */
  size_t row;             /* of the piece asked for; SIZE_MAX = none                */
  bool worst;             /* of several rows the worst was taken, not one asked for */
} explain_home;
/* SUND_USAGE, with the nearest id, when the layer has no such home or piece. any_piece: a piece that is not there is no
 * failure; two queries may have spread a home differently. */
sund_code explain_home_find(sund_ctx *ctx, const explain_question *question, const char *layer, bool any_piece,
                            explain_home *out);
/* Where the row's point stands; false when homes have no geometry. */
bool explain_home_place(const explain_home *home, double *x, double *y);
/* "EPSG:25832" of the result, or the name of its system. */
const char *explain_crs(const explain_question *question);
/* Sources whose role is read, as text and as the member `sources`. */
typedef bool (*explain_reads_fn)(const void *data, const char *role);
sund_code explain_sources_tell(sund_ctx *ctx, const explain_question *question, explain_reads_fn reads,
                               const void *data, int language, explain_answer *out);
sund_code explain_sources_table(sund_ctx *ctx, const explain_question *question, explain_reads_fn reads,
                                const void *data, explain_answer *out);
/* Who is spoken of, and of which result. */
sund_code explain_home_tell(sund_ctx *ctx, const explain_question *question, const explain_home *home, int language,
                            explain_answer *out);

/* ---------------------------------------------------------------------------------------------------------- text */

/* The phrase with {1}, {2} ... replaced by the arguments, up to a NULL. NULL without memory. */
const char *explain_fill(sund_ctx *ctx, const char *phrase, ...) __attribute__((sentinel));
/* A line as WKT; NULL for one without vertices. */
sund_code explain_line_text(sund_ctx *ctx, size_t n, const double *x, const double *y, const char **out);
/* The label of a value among the choices, or the value itself; "" for NULL. */
const char *explain_label(const sund_choice *choices, const char *value, int language);
/* Is the word one of a list "a, b, c"? */
bool explain_listed(const char *list, const char *word);

/* Layers of the GeoPackage; tables without rows are left out. */
sund_code explain_write(sund_ctx *ctx, const explain_settings *settings, const explain_question *question,
                        const explain_answer *answer);

#endif

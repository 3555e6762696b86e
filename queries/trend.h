/* trend.h - `sund trend OLD NEW`: what changed between two results, and what cannot be compared. */
#ifndef SUND_QUERIES_TREND_H
#define SUND_QUERIES_TREND_H

#include "sund/queries.h"

typedef enum trend_verdict {
  TREND_UP,        /* the intervals do not overlap: certainly more     */
  TREND_DOWN,      /* certainly less                                   */
  TREND_SAME,      /* the same number                                  */
  TREND_UNDECIDED, /* the change lies within the bounds, or is unknown */
  TREND_REFUSED,   /* different methods or units                       */
  TREND_ONLY_NEW,  /* a row of NEW alone                               */
  TREND_ONLY_OLD,
  TREND_VERDICTS
} trend_verdict;

/* What makes two rows one: in this order. */
enum { TREND_SCENARIO, TREND_QUERY, TREND_INDICATOR, TREND_VARIANT, TREND_AREA, TREND_KEYS };

/* One side of a comparison; NAN = unknown or not there. */
typedef struct trend_side {
  double value, low, high;
} trend_side;

typedef struct trend_row {
  const char *key[TREND_KEYS];
  const char *area_name, *unit; /* of NEW, where it has the row; may be NULL */
  trend_side before, after;
  double change; /* after - before; NAN when it is unknown or refused */
  trend_verdict verdict;
  const char *reason; /* of a refusal, else NULL */
} trend_row;

/* Rows of NEW in their order, then those of OLD alone. */
typedef struct trend {
  const char *before_name, *after_name; /* base names */
  size_t rows;
  trend_row *row;
  size_t count[TREND_VERDICTS];
} trend;

/* Compares two tables `indicators`; both have the columns of trend_columns. indicator: names wanted, none = all.
 * area: id, or NULL = all. SUND_USAGE when an indicator or the area is in neither. */
sund_code trend_compare(sund_ctx *ctx, const sund_table *before, const sund_table *after,
                        const sund_strings *indicator, const char *area, trend *out);
/* Columns read from the table `indicators`, ended by NULL. */
extern const char *const trend_columns[];

/* On stdout: aligned columns in a language, or one JSON document. */
sund_code trend_print(sund_ctx *ctx, const trend *found, int language);
sund_code trend_print_json(sund_ctx *ctx, const trend *found);
/* On stderr: how many of which verdict. */
void trend_say(const trend *found, int language);

typedef struct trend_settings {
  const char *old_path, *new_path;
  const sund_strings *indicator;
  const char *area; /* id, or NULL */
  bool json, quiet;
  int language; /* SUND_DA, SUND_SV, SUND_EN */
} trend_settings;

/* Reads both results, compares, prints. *refused: was a comparison refused? SUND_SOURCE for a file that is no result. */
sund_code trend_run(sund_ctx *ctx, const trend_settings *settings, bool *refused);

#endif

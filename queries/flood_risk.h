/* flood_risk.h - inside of flood_risk.c and flood_tails.c: sea levels by how rarely they come, and the years they are
 * for. */
#ifndef SUND_QUERIES_FLOOD_RISK_H
#define SUND_QUERIES_FLOOD_RISK_H

#include "flood.h"

/* Return periods of one zone of the sea and one year. */
typedef struct flood_tail {
  size_t zone;
  int64_t year; /* SUND_NULL_INT = not said */
  size_t points;
  double *period_y, *level_m; /* points, by period */
  const char *source;         /* of the events, each once; or NULL */
  bool fits;
  sund_tail tail; /* when it fits */
} flood_tail;

/* What is told together: a tail for each zone. */
typedef struct flood_tail_group {
  const char *fitted, *trapezoid; /* variants: "fitted", "trapezoid"; "2100", "2100/trapezoid" */
  const flood_tail **of_zone;     /* zones: NULL = the events say nothing of it, or it is no tail */
  size_t periods;
  double *period_y; /* periods: of all its tails */
} flood_tail_group;

typedef struct flood_tails {
  size_t count;
  flood_tail *tail; /* by zone, then year */
  size_t groups;
  flood_tail_group *group; /* the present first */
} flood_tails;

/* What is wet more often than this counts as often as this, a year. */
#define FLOOD_MOST_RATE 1.0

/* Tails of all events with a return period; findings for those that are none. */
sund_code flood_tails_find(sund_ctx *ctx, flood_run *run, flood_tails *out);
/* How often a year something is wet that gets wet at a level, as the trapezoid rule over the events alone has it: at
 * their own levels, inclusive, with nothing beyond the rarest and the most frequent. */
double flood_trapezoid(const flood_tail *tail, double first_m);
/* The table flood_tails, and findings about how far it carries. */
sund_code flood_tails_write(sund_ctx *ctx, flood_run *run, const flood_tails *tails);

/* Homes in the order they get wet, as sund_expected_yearly wants them. */
typedef struct flood_stairs {
  size_t n;
  double *level, *persons, *homes; /* n: amounts wet at the level and above: they rise */
} flood_stairs;
/* `list`: n homes; level: of every home (run->homes->count), NAN = never wet. */
sund_code flood_stairs_build(sund_ctx *ctx, const flood_run *run, const double *level, size_t n, const size_t *list,
                             flood_stairs *out);

#endif

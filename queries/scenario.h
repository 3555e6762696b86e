/* scenario.h - the scenario that is run, and those it is compared with. */
#ifndef SUND_QUERIES_SCENARIO_H
#define SUND_QUERIES_SCENARIO_H

#include "sund/queries.h"

/* Makes the project's sources those of the scenario of that name: the baseline's without the roles it replaces, then its
 * own. NULL or "baseline": as they are. SUND_USAGE with the nearest name. */
sund_code scenario_apply(sund_ctx *ctx, const char *name, sund_project *project);
/* The scenario of that name, NULL = none: the baseline. */
const sund_scenario *scenario_named(const sund_project *project, const char *name);

/* A scenario the run is compared with: the sources of its gates, and what it closes. */
typedef struct scenario_compared {
  const char *name;
  size_t sources;
  sund_source *source;
  size_t closed;
  const char *const *close;
} scenario_compared;

typedef struct scenario_ask {
  const sund_project *project;
  const char *running; /* the scenario that is run, NULL = the baseline */
  const sund_query *query;
  const void *options; /* of the query */
} scenario_ask;
/* The scenarios that the option `compare` of a query names, without the run's own; none when it has no such option.
 * SUND_USAGE at the name when there is no such scenario, when it is named twice, or when it changes more than gates and
 * what is closed. When the run's own scenario changes more than that: none, and a finding, for the others would not be
 * what their names say. */
sund_code scenario_compare(sund_ctx *ctx, const scenario_ask *ask, sund_findings *findings, size_t *count,
                           scenario_compared **out);

/* Adds to `list` (*count, *room) those sources of the compared that neither the project nor the list has. */
sund_code scenario_asides(sund_ctx *ctx, const sund_project *project, size_t compared, const scenario_compared *from,
                          size_t *count, size_t *room, sund_source **list);
/* Would the two read the same? Other parts of a layer, or other columns of it, are another source. */
bool scenario_same_source(const sund_source *a, const sund_source *b);

#endif

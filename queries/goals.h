/* goals.h - the goals of a project held against what its queries gave. */
#ifndef SUND_QUERIES_GOALS_H
#define SUND_QUERIES_GOALS_H

#include <stdio.h>

#include "sund/queries.h"

typedef struct goals_input {
  const sund_project *project;
  const sund_inputs *inputs; /* for the areas and the scenario */
  size_t queries;
  const sund_results *results; /* queries: what each gave */
} goals_input;

/* Before any work: is the indicator of a goal a misspelt one? SUND_USAGE at the goal's place, with the nearest. */
sund_code goals_check(sund_ctx *ctx, const sund_project *project);

/* Adds the table `goals` as a layer, unless there is no row for it, and a warning for every goal that no indicator
 * answers. */
sund_code goals_make(sund_ctx *ctx, const goals_input *in, sund_results *out);

/* How many goals are met, and how many not, as one line; nothing when there is no table. */
void goals_say(FILE *stream, const sund_results *results);

#endif

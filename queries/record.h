/* record.h - what a run says of itself: the tables indicators, run, sources, findings. */
#ifndef SUND_QUERIES_RECORD_H
#define SUND_QUERIES_RECORD_H

#include "sources.h"

/* What the record is made from. */
typedef struct record_input {
  const sund_project *project;
  const run_settings *settings;
  const sources *sources;
  const sund_inputs *inputs;
  size_t queries;
  const sund_query *const *query; /* queries run                                */
  const sund_results *results;    /* queries: what each gave                    */
  const char *parameters;         /* "access.snap-limit=250; ..."               */
  const sund_findings *findings;  /* of reading; those of the queries and goals are added */
  const sund_results *goals;      /* what goals_make gave                       */
} record_input;

/* The four tables as layers, in the order they are written; record: the run as JSON. */
typedef struct record_output {
  sund_layer indicators, run, sources, findings;
  size_t warnings;
  const char *json;
  const char *history; /* for QGIS' metadata                         */
  const char *date;    /* newest stated date of the inputs, as gpkg wants it */
} record_output;

/* The date a GeoPackage carries, as the writer wants it: never the clock's. date: count, as inputs state them, or NULL. */
sund_code record_date(sund_ctx *ctx, size_t count, const char *const *date, const char **out);

/* The table `sources`, with the height operations the queries tell of. record_sources.c */
sund_code record_sources(sund_ctx *ctx, const record_input *in, sund_table **out);

sund_code record_make(sund_ctx *ctx, const record_input *in, record_output *out);

#endif

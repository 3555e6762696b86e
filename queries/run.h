/* run.h - what the command line hands to the driver. */
#ifndef SUND_QUERIES_RUN_H
#define SUND_QUERIES_RUN_H

#include "sund/queries.h"

/* How a run is to be done; what is to be done stands in the project. */
typedef struct run_settings {
  const char *output;   /* -o, or NULL (dry run, check, or JSON only)            */
  bool overwrite;       /* replace an existing output                            */
  bool json;            /* the indicators as one JSON document on stdout         */
  bool dry_run;         /* print the plan only                                   */
  bool quiet;           /* say nothing but errors                                */
  bool verbose;         /* say more                                              */
  bool check;           /* sund check: read everything, list problems, no result */
  int language;         /* SUND_DA, SUND_SV, SUND_EN                             */
  const char *scenario; /* its name, or NULL for the baseline                    */
  const char *command;  /* canonical command line for provenance: without -o, --overwrite, --threads, talk options */
  void (*problem)(const sund_ctx *failed, void *data); /* check: called for each problem found, with its context */
  void *problem_data;
} run_settings;

/* Runs the requests of the project: plan, read, compute, write. */
sund_code run_project(sund_ctx *ctx, const sund_project *project, const run_settings *settings);

#endif

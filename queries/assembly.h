/* assembly.h - from a command line and a project file to one project that can be run. */
#ifndef SUND_QUERIES_ASSEMBLY_H
#define SUND_QUERIES_ASSEMBLY_H

#include "arguments.h"

/* The project a command line asks for: its project file, if any, with what the command line replaces, and only the
 * queries wanted. SUND_USAGE with the place of what is wrong. */
sund_code assembly_project(sund_ctx *ctx, const arguments *args, sund_project **out);

/* Everything that can be wrong with it and is seen without opening a source: queries, options, missing roles, an
 * output that is also an input. First problem only. */
sund_code assembly_check(sund_ctx *ctx, const arguments *args, const sund_project *project);

/* All such problems: calls report with a context that holds each of them. */
sund_code assembly_check_all(sund_ctx *ctx, const sund_project *project,
                             void (*report)(const sund_ctx *problem, void *data), void *data);

#endif

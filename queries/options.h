/* options.h - reading settings, as written on a command line or in a project file, into a query's options struct. */
#ifndef SUND_QUERIES_OPTIONS_H
#define SUND_QUERIES_OPTIONS_H

#include "sund/queries.h"

/* The options struct of the query, with its defaults and then the request's settings. SUND_USAGE at the place of the
 * first setting that is unknown (with the nearest word), given twice, not a number, out of range, or no word of the
 * list. Opens no file. *out: query->options_size bytes (at least 1), from the context. */
sund_code options_fill(sund_ctx *ctx, const sund_query *query, const sund_request *request, void **out);

/* Defaults only, into a zeroed struct. */
sund_code options_defaults(sund_ctx *ctx, size_t count, const sund_option *table, void *options);

/* Reads one setting into the struct. `where` is what the option belongs to, for messages ("access"). */
sund_code options_set(sund_ctx *ctx, const char *where, size_t count, const sund_option *table,
                      const sund_setting *setting, void *options);

/* The option of that name, or, in a project file, of that alias; or NULL. */
const sund_option *options_find(size_t count, const sund_option *table, const char *name, bool in_file);

/* The request's setting of an option (by its name, not its alias), or NULL: tells where a value was written, so that
 * a file named in a project is looked for beside the project (mark.line > 0) and one named in argv in the folder
 * one stands in. */
const sund_setting *options_setting(const sund_query *query, const sund_request *request, const char *name);

/* The value of an option as it was used, for the record; member: where it stands in its struct. NULL without memory. */
const char *options_text(sund_ctx *ctx, const sund_option *option, const void *member);

#endif

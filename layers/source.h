/* source.h - one source of a role, and the columns it may fill. Private to layers/. */
#ifndef SUND_LAYERS_SOURCE_H
#define SUND_LAYERS_SOURCE_H

#include "schema.h"

/* Reads a source written as a map or in the form of the command line; relative paths are against `folder`. out: its
 * role is set by the caller, all else zero. */
sund_code source_take(schema_walk *walk, const sund_node *node, const char *folder, sund_source *out);

/* Reads the maps `fields:`, `set:` and `codes:` of role `role`. */
sund_code source_take_fields(schema_walk *walk, sund_role role, const sund_node *node, size_t *count,
                             sund_pair **out);
sund_code source_take_set(schema_walk *walk, sund_role role, const sund_node *node, size_t *count, sund_pair **out);
sund_code source_take_codes(schema_walk *walk, sund_role role, const sund_node *node, size_t *count,
                            sund_recode **out);

/* What codes may be mapped to in any column. */
#define SOURCE_SKIP "skip"       /* the feature is left out  */
#define SOURCE_MISSING "missing" /* the value is not known   */
/* A column that any role of features has for its codes only: `take` or `skip`. It is not kept. */
#define SOURCE_USE "use"

/* Between the fields of a formula: `A + B` is their sum, `A | B` the first that has a value. See vector_formula.c. */
#define SOURCE_PLUS " + "
#define SOURCE_OR " | "

/* The path against the folder; absolute ones stay. NULL without memory. */
const char *source_path(sund_ctx *ctx, const char *folder, const char *path);
/* A column of the role by that name; columns with the role's prefix share one description. NULL = none. */
const sund_role_column *source_column(sund_role role, const char *name);

#endif

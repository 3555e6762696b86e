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

/* The path against the folder; absolute ones stay. NULL without memory. */
const char *source_path(sund_ctx *ctx, const char *folder, const char *path);
/* A column of the role by that name; columns with the role's prefix share one description. NULL = none. */
const sund_role_column *source_column(sund_role role, const char *name);

#endif

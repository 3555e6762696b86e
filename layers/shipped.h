/* shipped.h - the lists of texts shipped inside the program. Private to layers/. */
#ifndef SUND_LAYERS_SHIPPED_H
#define SUND_LAYERS_SHIPPED_H

#include "sund/layers.h"

/* The text of that name, or NULL. */
const sund_shipped *shipped_find(const sund_shipped *list, const char *name);
/* All names, for messages; NULL without memory. */
const char **shipped_names(sund_ctx *ctx, const sund_shipped *list, size_t *count);
/* Parses it; messages call it NAME.yaml. */
sund_code shipped_parse(sund_ctx *ctx, const sund_shipped *shipped, sund_node **out);

#endif

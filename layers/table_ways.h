/* table_ways.h - ways that several sources hold, once. Private to layers/. */
#ifndef SUND_LAYERS_TABLE_WAYS_H
#define SUND_LAYERS_TABLE_WAYS_H

#include "sund/layers.h"

/* Rows of lines with one feature id and the same node ids become one, the first of them. Tables without nodes stay. */
sund_code table_unite_ways(sund_ctx *ctx, sund_table **table);

#endif

/* hash.h - SHA-256 of bytes as they come. Private to layers/. */
#ifndef SUND_LAYERS_HASH_H
#define SUND_LAYERS_HASH_H

#include "sund/geo.h"

typedef struct hash_state hash_state;

/* Order: open, add as often as needed, end once. Closed with the context. */
sund_code hash_open(sund_ctx *ctx, hash_state **out);
sund_code hash_add(sund_ctx *ctx, hash_state *state, const void *bytes, size_t length);
/* 64 hexadecimal digits. */
sund_code hash_end(sund_ctx *ctx, hash_state *state, const char **hex);

#endif

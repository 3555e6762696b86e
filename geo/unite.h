/* unite.h - sets of numbers that become one (union-find); private to geo/. */
#ifndef SUND_GEO_UNITE_H
#define SUND_GEO_UNITE_H

#include "sund/geo.h"

/* Trees of n numbers, each a set of its own. NULL without memory, or when n does not fit (SUND_LIMIT, noted). */
uint32_t *unite_new(sund_ctx *ctx, size_t n);
/* The number that stands for the set of `i`: the smallest in it, so the outcome does not depend on the order. */
uint32_t unite_root(uint32_t *parent, size_t i);
/* Makes the sets of a and b one. False when they were one already. */
bool unite_join(uint32_t *parent, size_t a, size_t b);

#endif

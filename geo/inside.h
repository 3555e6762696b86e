/* inside.h - which row of areas holds a point, fast; private to geo/. */
#ifndef SUND_GEO_INSIDE_H
#define SUND_GEO_INSIDE_H

#include "sund/geo.h"

/* Index over the rows of areas and, for long boundaries, over the heights of their segments. */
typedef struct inside inside;

/* Borrows `areas`. */
sund_code inside_build(sund_ctx *ctx, const sund_shapes *areas, inside **out);

/* The smallest row with accept[row] not 0 (NULL = all) that holds the point, or SIZE_MAX. Even-odd over all rings; a
 * point exactly on a boundary may be either. */
size_t inside_row(const inside *in, double x, double y, const uint8_t *accept);

/* Calls visit for every row that holds the point, in no useful order. */
void inside_each(const inside *in, double x, double y, void (*visit)(size_t row, void *data), void *data);

#endif

/* land.h - the land near a place, dissolved; its water; rectangles as areas. */
#ifndef SUND_QUERIES_LAND_H
#define SUND_QUERIES_LAND_H

#include "sund/queries.h"

/* Rectangles {min x, min y, max x, max y} as areas, one row each. */
sund_code land_rectangles(sund_ctx *ctx, size_t count, const double (*box)[4], sund_shapes **out);

/* The land inside the box, dissolved into one row: a whole country's land is cut down before anything costly. */
sund_code land_within(sund_ctx *ctx, const sund_table *land, const double box[4], sund_shapes **out);

/* What the land layer shows to be water: inside the box, and inside the box around what its sources say they cover,
 * grown by `margin` map metres, all that is not land. */
sund_code land_water(sund_ctx *ctx, const sund_inputs *in, const double box[4], double margin, sund_shapes **out);

/* The lakes among green areas. */
sund_code land_lakes(sund_ctx *ctx, const sund_table *green, sund_shapes **out);

#endif

/* isochrone.h - what the files of the room isochrone hand to each other; for geo/isochrone*.c only. */
#ifndef SUND_GEO_ISOCHRONE_H
#define SUND_GEO_ISOCHRONE_H

#include "sund/geo.h"

/* A stretch of an edge along which the traveller comes, in order of time: units(along) = units + rate * |along - begin|. */
typedef struct isochrone_stretch {
  double begin, end; /* ground metres from edge_from; end < begin = travelled backwards */
  double units;      /* at begin                                                        */
  double rate;       /* units a metre, not negative                                     */
} isochrone_stretch;

enum { ISOCHRONE_STRETCHES = 4 };

/* The stretches of an edge that begin within the last limit; their number. */
size_t isochrone_stretches(const sund_isochrone_ask *ask, size_t edge, isochrone_stretch out[ISOCHRONE_STRETCHES]);

/* Units a ground metre off the network. */
double isochrone_leg_units(const sund_isochrone_ask *ask);

/* A field over the centres of a lattice: map metres from the centre to the edge of what is reached, 0 or less inside; held
 * between -far and far. */
typedef struct isochrone_field {
  sund_lattice lattice;
  float *value;   /* cells                                                                    */
  uint8_t *water; /* cells: 1 = in the water, and marks of isochrone_near_water; NULL = none  */
} isochrone_field;

static inline float isochrone_far(const sund_lattice *lattice) {
  return 2 * (float)lattice->dx;
}

/* Marks the cells from where a leg of `metres` (map) could come to water. */
sund_code isochrone_near_water(sund_ctx *ctx, double metres, isochrone_field *field);

/* What the stretches of limit number `limit` reach, into field->value, which holds the answer of the limit before it.
 * share: vertices of the edges: their part of the way along. */
sund_code isochrone_spread(sund_ctx *ctx, const sund_isochrone_ask *ask, const float *share, size_t limit,
                           double map_scale, isochrone_field *field);

/* The area where the field is 0 or less. Cells at the rim of the lattice are outside. One row. */
sund_code isochrone_contour(sund_ctx *ctx, const isochrone_field *field, sund_shapes **out);

#endif

/* heights.h - the grid of a height rule at a place, for heights.c. Private. */
#ifndef SUND_LAYERS_HEIGHTS_H
#define SUND_LAYERS_HEIGHTS_H

#include "sund/layers.h"

/* What a grid says of a place and around it. */
typedef struct heights_grid {
  double metres;              /* between the four nodes around the place, bilinear        */
  double longitude, latitude; /* of the place, degrees                                    */
  double lowest, highest;     /* within 20 km                                             */
} heights_grid;

/* SUND_OUTPUT when there is no such grid, it does not reach the place, or is not known there. */
sund_code heights_grid_read(sund_ctx *ctx, const char *path, const sund_crs *crs, double x, double y,
                            heights_grid *out);
/* The place in degrees, longitude and latitude in ETRS89. */
sund_code heights_place(sund_ctx *ctx, const sund_crs *crs, double x, double y, double *longitude, double *latitude);

#endif

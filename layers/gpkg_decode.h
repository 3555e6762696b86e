/* gpkg_decode.h - geometry of a GeoPackage back into points, lines and areas. Private to layers/. */
#ifndef SUND_LAYERS_GPKG_DECODE_H
#define SUND_LAYERS_GPKG_DECODE_H

#include "sund/geo.h"

/* Geometry of one table while its rows are read. Begin with ctx, kind and srs set, the rest zero. */
typedef struct gpkg_decoder {
  sund_ctx *ctx;
  sund_kind kind;     /* of the table, not SUND_NONE                  */
  int32_t srs;        /* srs_id every geometry must name              */
  sund_shapes shapes; /* grows; rows and first_part are the caller's  */
  size_t vertex_room, x_room, y_room, hole_room;
} gpkg_decoder;

/* Reads the geometry of the next row: vertices and parts are added to shapes, or the point goes to x and y, both NAN
 * when it is empty. blob NULL = none. Rings come out closed, outer ones counter-clockwise, holes clockwise. Returns
 * what is wrong with it, or NULL; without memory the context holds that failure besides. */
const char *gpkg_decode(gpkg_decoder *decoder, const uint8_t *blob, size_t bytes, double *x, double *y);

#endif

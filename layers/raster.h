/* raster.h - what every raster is asked before its values are believed, for raster.c and vector_cells.c. Private. */
#ifndef SUND_LAYERS_RASTER_H
#define SUND_LAYERS_RASTER_H

#include "guard.h"
#include "sund/layers.h"

/* What a raster says of itself. */
typedef struct raster_claims {
  GDALRasterBandH band, mask; /* mask NULL: none                                  */
  size_t columns, rows;
  double transform[6]; /* GDAL's: x0, dx, 0, y0, 0, dy                     */
  bool south_up;
  bool has_nodata;
  double nodata;        /* raw                                              */
  double scale, offset; /* value = raw * scale + offset                     */
  const char *crs;      /* code, else WKT, else as the source says          */
} raster_claims;

/* Checks size, place and CRS: no cells, more of them than the file can hold, several bands, a rotated or missing
 * geotransform, no CRS or one that is neither in metres nor in degrees are refused. crs lives in ctx; failures are
 * noted in the guard's context. */
sund_code raster_claims_read(sund_ctx *ctx, guard *g, const sund_source *source, raster_claims *out);

/* Is there no value in the cell? mask: 0 = masked. */
bool raster_nodata(const raster_claims *is, double raw, uint8_t mask);

/* West, south, east, north in the raster's CRS. */
void raster_extent(const raster_claims *is, double box[4]);

/* Hands over the rows in the file's order, raw values and mask (NULL = none); a failure of `take` ends it. Every block
 * is read, so that a cut file is found: SUND_SOURCE. */
typedef sund_code (*raster_take)(void *data, const double *raw, const uint8_t *mask, size_t row);
sund_code raster_each_row(guard *g, const raster_claims *is, raster_take take, void *data);

#endif

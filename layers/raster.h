/* raster.h - what every raster is asked before its values are believed, for raster.c, terrain.c and vector_cells.c.
 * Private. */
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

/* raster_heights.c: cells as heights in metres, and what all cells seen so far say. */
typedef struct raster_heights {
  const raster_claims *is;
  double scale, offset;   /* raw to metres                             */
  const char *system;     /* "EPSG:5799"                               */
  double lowest, highest; /* of the values that are no mark, metres    */
  double mark;            /* first value that looks like no data       */
  size_t mark_column, mark_row;
  int64_t marked;
} raster_heights;

/* Metres a unit of the values; none said = metres. SUND_DATA when it is no unit of height. */
sund_code raster_unit(guard *g, const raster_claims *is, double *metres);
/* Can the cells be heights: their type, height system, scale and unit? system lives in ctx. */
sund_code raster_heights_open(sund_ctx *ctx, guard *g, const sund_source *source, const raster_claims *is,
                              raster_heights *out);
/* Turns a row of raw values, in place, into metres and NAN. mask: NULL = none, else 0 = masked. column, row: of the
 * first cell, as the file counts. SUND_DATA for an infinite cell. */
sund_code raster_heights_row(sund_ctx *ctx, raster_heights *h, size_t count, float *value, const uint8_t *mask,
                             size_t column, size_t row);
/* The same from doubles. */
sund_code raster_heights_row_of(sund_ctx *ctx, raster_heights *h, size_t count, const double *raw,
                                const uint8_t *mask, size_t column, size_t row, float *value);
/* After the last cell: SUND_DATA for an undeclared mark of no data. */
sund_code raster_heights_close(sund_ctx *ctx, const raster_heights *h);
/* Was there nothing but no data? */
bool raster_heights_empty(const raster_heights *h);
/* Fills what every reading of a raster says, for memory that stays. */
sund_code raster_reading(sund_ctx *ctx, const guard *g, const sund_source *source, const raster_heights *h,
                         const char *hash, sund_reading *out);
/* What is worth knowing of it. */
sund_code raster_findings(sund_ctx *ctx, const guard *g, const raster_heights *h, sund_findings *list);

/* raster_write.c: the system of a raster to be written, compound when its heights are named. The caller destroys it. */
sund_code raster_system(sund_ctx *ctx, const char *crs, const char *heights, OGRSpatialReferenceH *out);

#endif

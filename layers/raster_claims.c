/* raster_claims.c - what every raster is asked before its values are believed, and its rows, one after the other. */
#include <cpl_error.h>
#include <math.h>

#include "raster.h"

/* More cells than this times the file's bytes cannot be packed into it. */
enum { LARGEST_RATIO = 2000, HARMLESS_CELLS = 1 << 24, MOST_ROWS = 256 };

/* ----------------------------------------------------------------------------------------------------------- claims */

static sund_code check_size(guard *g, raster_claims *is) {
  int columns = GDALGetRasterXSize(g->dataset), rows = GDALGetRasterYSize(g->dataset);
  int bands = GDALGetRasterCount(g->dataset);
  if (bands < 1) return sund_fail(g->ctx, SUND_SOURCE, "has no raster of its own; name one with |layername=");
  if (columns < 1 || rows < 1) return sund_fail(g->ctx, SUND_SOURCE, "has no cells");
  is->columns = (size_t)columns;
  is->rows = (size_t)rows;
  double cells = (double)columns * (double)rows, bytes = (double)g->facts.size;
  if (cells > HARMLESS_CELLS && cells > bytes * LARGEST_RATIO)
    return sund_fail(g->ctx, SUND_LIMIT, "claims %d x %d cells in a file of %.0f bytes; not read", columns, rows,
                     bytes);
  is->band = GDALGetRasterBand(g->dataset, 1);
  if (bands > 1 && GDALGetRasterColorInterpretation(GDALGetRasterBand(g->dataset, 2)) != GCI_AlphaBand)
    return sund_fail(g->ctx, SUND_DATA, "has %d bands, and only one can be read; cut it out first", bands);
  return SUND_OK;
}

static sund_code check_transform(guard *g, raster_claims *is) {
  double *t = is->transform;
  if (GDALGetGeoTransform(g->dataset, t) != CE_None)
    return sund_fail(g->ctx, SUND_DATA, "does not say where it lies (no geotransform)");
  for (size_t i = 0; i < 6; i++)
    if (!isfinite(t[i])) return sund_fail(g->ctx, SUND_DATA, "its geotransform is not finite");
  if (t[2] != 0 || t[4] != 0) return sund_fail(g->ctx, SUND_DATA, "is rotated; warp it to a north-up grid first");
  if (t[1] <= 0 || t[5] == 0) return sund_fail(g->ctx, SUND_DATA, "its columns run from east to west");
  is->south_up = t[5] > 0;
  return SUND_OK;
}

static sund_code check_crs(sund_ctx *ctx, guard *g, const sund_source *source, raster_claims *is) {
  const char *wkt = NULL, *code = NULL;
  sund_crs *layer = NULL, *given = NULL;
  TRY(guard_wkt(g->ctx, GDALGetSpatialRef(g->dataset), &wkt));
  if (!wkt && !source->crs) return sund_fail(g->ctx, SUND_SOURCE, "has no CRS; say it with |crs=EPSG:...");
  if (source->crs) TRY(sund_crs_open(g->ctx, source->crs, &given));
  if (wkt) TRY(sund_crs_open(g->ctx, wkt, &layer));
  if (layer && given && !guard_same_crs(layer, given))
    return sund_fail(g->ctx, SUND_DATA, "the raster says it is in %s, not %s", sund_crs_name(layer), source->crs);
  if (!layer) layer = given;
  if (!sund_crs_metric(layer) && !sund_crs_geographic(layer))
    return sund_fail(g->ctx, SUND_DATA, "its CRS %s is not in metres", sund_crs_name(layer));
  code = sund_crs_code(layer);
  is->crs = sund_text_copy(ctx, *code ? code : wkt ? wkt : source->crs);
  return is->crs ? SUND_OK : SUND_LIMIT;
}

static void read_marks(raster_claims *is) {
  int given = 0;
  is->scale = GDALGetRasterScale(is->band, &given);
  if (!given || is->scale == 0) is->scale = 1;
  is->offset = GDALGetRasterOffset(is->band, &given);
  if (!given) is->offset = 0;
  is->nodata = GDALGetRasterNoDataValue(is->band, &given);
  is->has_nodata = given != 0;
  int flags = GDALGetMaskFlags(is->band);
  is->mask = (flags & (GMF_ALL_VALID | GMF_NODATA)) ? NULL : GDALGetMaskBand(is->band);
}

sund_code raster_claims_read(sund_ctx *ctx, guard *g, const sund_source *source, raster_claims *out) {
  TRY(check_size(g, out));
  TRY(check_transform(g, out));
  TRY(check_crs(ctx, g, source, out));
  read_marks(out);
  return guard_check(g);
}

/* ------------------------------------------------------------------------------------------------------------- rows */

bool raster_nodata(const raster_claims *is, double raw, uint8_t mask) {
  return mask == 0 || isnan(raw) || (is->has_nodata && (raw == is->nodata || (float)raw == (float)is->nodata));
}

void raster_extent(const raster_claims *is, double box[4]) {
  const double *t = is->transform;
  double y1 = t[3] + t[5] * (double)is->rows;
  box[0] = t[0];
  box[2] = t[0] + t[1] * (double)is->columns;
  box[1] = is->south_up ? t[3] : y1;
  box[3] = is->south_up ? y1 : t[3];
}

sund_code raster_each_row(guard *g, const raster_claims *is, raster_take take, void *data) {
  int block_columns = 0, block_rows = 0, width = (int)is->columns;
  GDALGetBlockSize(is->band, &block_columns, &block_rows);
  size_t step = block_rows > MOST_ROWS ? MOST_ROWS : block_rows < 1 ? 1 : (size_t)block_rows;
  double *raw = sund_alloc(g->ctx, is->columns * step, sizeof *raw);
  uint8_t *mask = is->mask ? sund_alloc(g->ctx, is->columns * step, 1) : NULL;
  if (!raw || (is->mask && !mask)) return SUND_LIMIT;
  for (size_t row = 0; row < is->rows; row += step) {
    int at = (int)row, count = (int)(is->rows - row < step ? is->rows - row : step);
    CPLErr error = GDALRasterIO(is->band, GF_Read, 0, at, width, count, raw, width, count, GDT_Float64, 0, 0);
    if (error == CE_None && mask)
      error = GDALRasterIO(is->mask, GF_Read, 0, at, width, count, mask, width, count, GDT_Byte, 0, 0);
    if (error != CE_None || g->failures > 0)
      return sund_fail(g->ctx, SUND_SOURCE, "rows %d to %d of %zu cannot be read: %s", at, at + count - 1, is->rows,
                       g->failures > 0 ? g->failure : "file is damaged");
    for (size_t k = 0; k < (size_t)count; k++)
      TRY(take(data, raw + k * is->columns, mask ? mask + k * is->columns : NULL, row + k));
  }
  return SUND_OK;
}

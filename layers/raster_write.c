/* raster_write.c - writes a grid as Cloud Optimized GeoTIFF.
 *
 * Order: publish_enter and publish_begin make a hidden temporary beside the target; GDAL's COG driver fills it from the
 * grid's own memory; it is closed, read back and compared cell by cell, since GDAL before 3.7 does not tell that closing
 * failed; publish_commit flushes and renames it. Nothing depends on clock, threads or the name of the temporary, so
 * equal grids give equal bytes.
 */
#include <cpl_conv.h>
#include <cpl_error.h>
#include <cpl_string.h>
#include <errno.h>
#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "publish.h"
#include "raster.h"

enum { BLOCK_CELLS = 512 };

typedef struct raster_writer {
  sund_ctx *ctx; /* scratch */
  guard guard;
  publish_target target;
  publish_draft draft;
  const sund_grid *grid;
  OGRSpatialReferenceH srs;
  GDALDatasetH memory;
} raster_writer;

static void release(void *data) {
  raster_writer *w = data;
  if (w->memory) GDALClose(w->memory);
  if (w->srs) OSRDestroySpatialReference(w->srs);
}

/* Gives the temporary up, and the overviews that the COG driver keeps beside it. */
static void drop(raster_writer *w) {
  static const char *const beside[] = {".ovr.tmp", ".msk.ovr.tmp"};
  char name[PATH_MAX];
  for (size_t i = 0; w->draft.fd >= 0 && i < sizeof beside / sizeof *beside; i++)
    if (snprintf(name, sizeof name, "%s%s", w->draft.name, beside[i]) < (int)sizeof name)
      unlinkat(w->target.folder, name, 0);
  publish_drop(&w->target, &w->draft);
}

static sund_code fail_write(raster_writer *w) {
  bool said = w->guard.failures > 0;
  return sund_fail(w->ctx, SUND_OUTPUT, "cannot be written: %s", said ? w->guard.failure : strerror(errno));
}

/* --------------------------------------------------------------------------------------------------------------- crs */

static OGRSpatialReferenceH system_of(const char *definition) {
  OGRSpatialReferenceH srs = OSRNewSpatialReference(NULL);
  if (srs && OSRSetFromUserInput(srs, definition) == OGRERR_NONE) return srs;
  if (srs) OSRDestroySpatialReference(srs);
  return NULL;
}

sund_code raster_system(sund_ctx *ctx, const char *crs, const char *heights, OGRSpatialReferenceH *out) {
  sund_crs *checked = NULL;
  *out = NULL;
  /* Opening it first keeps files and addresses out of OSRSetFromUserInput. */
  TRY(sund_crs_open(ctx, crs, &checked));
  OGRSpatialReferenceH flat = system_of(crs), vertical = NULL, srs = NULL;
  if (flat && heights) {
    if (sund_crs_open(ctx, heights, &checked) == SUND_OK) vertical = system_of(heights);
    char *name = vertical ? sund_text(ctx, "%s + %s", OSRGetName(flat), OSRGetName(vertical)) : NULL;
    srs = name ? OSRNewSpatialReference(NULL) : NULL;
    if (srs && OSRSetCompoundCS(srs, name, flat, vertical) != OGRERR_NONE) {
      OSRDestroySpatialReference(srs);
      srs = NULL;
    }
  } else if (flat) {
    srs = OSRClone(flat);
  }
  if (flat) OSRDestroySpatialReference(flat);
  if (vertical) OSRDestroySpatialReference(vertical);
  if (!srs)
    return sund_fail(ctx, SUND_USAGE, "CRS %s with heights %s is not understood", crs, heights ? heights : "none");
  OSRSetAxisMappingStrategy(srs, OAMS_TRADITIONAL_GIS_ORDER);
  *out = srs;
  return SUND_OK;
}

/* ------------------------------------------------------------------------------------------------------------- write */

/* The grid as a dataset that reads the grid's own memory. */
static sund_code wrap_grid(raster_writer *w) {
  const sund_grid *grid = w->grid;
  if (grid->columns > INT32_MAX || grid->rows > INT32_MAX)
    return sund_fail(w->ctx, SUND_LIMIT, "grid is too large for GeoTIFF");
  w->memory = GDALCreate(GDALGetDriverByName("MEM"), "", (int)grid->columns, (int)grid->rows, 0, GDT_Float32, NULL);
  if (!w->memory) return fail_write(w);
  char address[64] = {0};
  CPLPrintPointer(address, grid->value, sizeof address - 1);
  char **options = CSLSetNameValue(NULL, "DATAPOINTER", address);
  CPLErr error = GDALAddBand(w->memory, GDT_Float32, options);
  CSLDestroy(options);
  if (error != CE_None) return fail_write(w);
  double transform[6] = {grid->x0, grid->dx, 0, grid->y0, 0, -grid->dy};
  GDALRasterBandH band = GDALGetRasterBand(w->memory, 1);
  bool described =
      GDALSetGeoTransform(w->memory, transform) == CE_None && GDALSetSpatialRef(w->memory, w->srs) == CE_None &&
      GDALSetRasterNoDataValue(band, (double)NAN) == CE_None && GDALSetRasterUnitType(band, "m") == CE_None;
  return described && w->guard.failures == 0 ? SUND_OK : fail_write(w);
}

static sund_code write_file(raster_writer *w) {
  static const char *const options[] = {"COMPRESS=DEFLATE",
                                        "PREDICTOR=YES",
                                        "LEVEL=6",
                                        "BLOCKSIZE=512",
                                        "NUM_THREADS=1",
                                        "BIGTIFF=IF_SAFER",
                                        "OVERVIEW_RESAMPLING=NEAREST",
                                        NULL};
  GDALDatasetH file =
      GDALCreateCopy(GDALGetDriverByName("COG"), w->draft.path, w->memory, FALSE, (char **)options, NULL, NULL);
  if (!file) return fail_write(w);
  GDALFlushCache(file);
  GDALClose(file);
  if (w->guard.failures > 0) return fail_write(w);
  /* What publish_commit flushes and renames must be what GDAL wrote, not a file it removed and made anew. */
  struct stat made, held;
  bool same = lstat(w->draft.path, &made) == 0 && fstat(w->draft.fd, &held) == 0 && made.st_ino == held.st_ino &&
              made.st_dev == held.st_dev;
  return same ? SUND_OK : sund_fail(w->ctx, SUND_OUTPUT, "the temporary file was replaced by another program");
}

/* Bits are compared, so that NAN equals NAN. */
static sund_code compare_rows(raster_writer *w, GDALDatasetH file) {
  const sund_grid *grid = w->grid;
  int width = (int)grid->columns;
  float *read = sund_alloc(w->ctx, grid->columns * BLOCK_CELLS, sizeof *read);
  if (!read) return SUND_LIMIT;
  GDALRasterBandH band = GDALGetRasterBand(file, 1);
  for (size_t row = 0; row < grid->rows; row += BLOCK_CELLS) {
    size_t count = grid->rows - row < BLOCK_CELLS ? grid->rows - row : BLOCK_CELLS;
    if (GDALRasterIO(band, GF_Read, 0, (int)row, width, (int)count, read, width, (int)count, GDT_Float32, 0, 0) !=
        CE_None)
      return fail_write(w);
    const float *wrote = grid->value + row * grid->columns;
    for (size_t i = 0; i < count * grid->columns; i++)
      if (read[i] != wrote[i] && !(isnan(read[i]) && isnan(wrote[i])))
        return sund_fail(w->ctx, SUND_OUTPUT, "what was written reads back differently; is the disk sound?");
  }
  return w->guard.failures > 0 ? fail_write(w) : SUND_OK;
}

static sund_code read_back(raster_writer *w) {
  static const char *const drivers[] = {"GTiff", NULL};
  GDALDatasetH file = GDALOpenEx(w->draft.path, GDAL_OF_RASTER | GDAL_OF_READONLY, drivers, NULL, NULL);
  if (!file) return fail_write(w);
  bool same = GDALGetRasterXSize(file) == (int)w->grid->columns && GDALGetRasterYSize(file) == (int)w->grid->rows;
  sund_code code = same ? compare_rows(w, file) : sund_fail(w->ctx, SUND_OUTPUT, "what was written has another size");
  GDALClose(file);
  return code;
}

static sund_code fill_and_publish(raster_writer *w) {
  sund_code code = publish_begin(w->ctx, &w->target, &w->draft);
  if (code == SUND_OK) code = write_file(w);
  if (code == SUND_OK) code = read_back(w);
  if (code == SUND_OK) code = publish_commit(w->ctx, &w->target, &w->draft);
  drop(w);
  if (code == SUND_OK) publish_sweep(&w->target);
  return code;
}

static sund_code write_raster(raster_writer *w, const char *path, const char *crs, const char *heights) {
  TRY(sund_defer(w->ctx, release, w));
  TRY(guard_enter(w->ctx, &w->guard));
  guard_register_writers();
  TRY(raster_system(w->ctx, crs, heights, &w->srs));
  TRY(wrap_grid(w));
  TRY(publish_enter(w->ctx, path, true, &w->target));
  sund_code code = fill_and_publish(w);
  publish_leave(&w->target);
  return code;
}

sund_code sund_raster_write(sund_ctx *ctx, const char *path, const sund_grid *grid, const char *crs,
                            const char *heights) {
  sund_ctx *scratch = sund_ctx_child(ctx);
  if (!scratch) return SUND_LIMIT;
  raster_writer *w = sund_alloc(scratch, 1, sizeof *w);
  const char *name = w ? path_base(scratch, path) : NULL;
  sund_code code = SUND_LIMIT;
  if (name) {
    *w = (raster_writer){.ctx = scratch, .target.folder = -1, .draft.fd = -1, .grid = grid};
    code = write_raster(w, path, crs, heights);
  }
  if (code != SUND_OK) {
    sund_ctx_pass(ctx, scratch);
    sund_blame(ctx, name, SUND_NO_FEATURE);
  }
  sund_ctx_free(scratch);
  return code;
}

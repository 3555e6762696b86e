/* raster_write.c - writes a grid as Cloud Optimized GeoTIFF.
 *
 * Order: a hidden temporary beside the target, written by GDAL's COG driver from the grid's own memory; closed; flushed
 * to the disk; read back and compared cell by cell, since GDAL before 3.7 does not tell that closing failed; renamed;
 * the folder flushed. Nothing depends on clock, threads or the name of the temporary, so equal grids give equal bytes.
 */
#include <cpl_conv.h>
#include <cpl_error.h>
#include <cpl_string.h>
#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

#include "guard.h"
#include "sund/layers.h"

enum { BLOCK_CELLS = 512 };

typedef struct raster_writer {
  sund_ctx *ctx; /* scratch */
  guard guard;
  const char *path, *folder, *temporary;
  const sund_grid *grid;
  OGRSpatialReferenceH srs;
  GDALDatasetH memory;
} raster_writer;

static void release(void *data) {
  raster_writer *w = data;
  if (w->memory) GDALClose(w->memory);
  if (w->srs) OSRDestroySpatialReference(w->srs);
}

/* Removes what a failed write left: the temporary and the overviews the COG driver keeps beside it. */
static void remove_temporary(void *data) {
  raster_writer *w = data;
  static const char *const beside[] = {"", ".ovr.tmp", ".msk.ovr.tmp", ".aux.xml"};
  for (size_t i = 0; i < sizeof beside / sizeof *beside; i++) {
    const char *path = CPLSPrintf("%s%s", w->temporary, beside[i]);
    unlink(path);
  }
}

static sund_code fail_write(raster_writer *w) {
  bool said = w->guard.failures > 0;
  return sund_fail(w->ctx, SUND_OUTPUT, "cannot be written: %s", said ? w->guard.failure : strerror(errno));
}

/* ------------------------------------------------------------------------------------------------------------ target */

static sund_code check_target(raster_writer *w) {
  struct stat status;
  if (stat(w->folder, &status) != 0 || !S_ISDIR(status.st_mode))
    return sund_fail(w->ctx, SUND_OUTPUT, "the folder %s is not there", w->folder);
  if (lstat(w->path, &status) == 0 && !S_ISREG(status.st_mode))
    return sund_fail(w->ctx, SUND_OUTPUT, "is a link or a folder, not a file; not replaced");
  return SUND_OK;
}

/* A hidden name of its own beside the target. */
static sund_code make_temporary(raster_writer *w) {
  size_t length = strlen(w->path);
  while (length > 0 && w->path[length - 1] != '/') length--;
  w->folder = length ? sund_text(w->ctx, "%.*s", (int)length, w->path) : ".";
  char *name = sund_text(w->ctx, "%.*s.%s.sund-XXXXXX", (int)length, w->path, w->path + length);
  if (!w->folder || !name) return SUND_LIMIT;
  TRY(check_target(w));
  int file = mkstemp(name);
  if (file < 0) return sund_fail(w->ctx, SUND_OUTPUT, "no file can be made in %s: %s", w->folder, strerror(errno));
  /* mkstemp makes it private; the result is as readable as the user's other files. */
  mode_t mask = umask(0);
  umask(mask);
  fchmod(file, 0666 & ~mask);
  close(file);
  w->temporary = name;
  return sund_defer(w->ctx, remove_temporary, w);
}

/* --------------------------------------------------------------------------------------------------------------- crs */

static OGRSpatialReferenceH system_of(const char *definition) {
  OGRSpatialReferenceH srs = OSRNewSpatialReference(NULL);
  bool code = strncasecmp(definition, "EPSG:", 5) == 0;
  OGRErr error = code ? OSRImportFromEPSG(srs, atoi(definition + 5)) : OSRSetFromUserInput(srs, definition);
  if (error == OGRERR_NONE) return srs;
  OSRDestroySpatialReference(srs);
  return NULL;
}

static sund_code make_srs(raster_writer *w, const char *crs, const char *heights) {
  sund_crs *checked = NULL;
  /* Opening it first keeps files and addresses out of OSRSetFromUserInput. */
  TRY(sund_crs_open(w->ctx, crs, &checked));
  OGRSpatialReferenceH flat = system_of(crs), vertical = NULL;
  if (flat && heights) {
    if (sund_crs_open(w->ctx, heights, &checked) == SUND_OK) vertical = system_of(heights);
    char *name = vertical ? sund_text(w->ctx, "%s + %s", OSRGetName(flat), OSRGetName(vertical)) : NULL;
    w->srs = name ? OSRNewSpatialReference(NULL) : NULL;
    if (w->srs && OSRSetCompoundCS(w->srs, name, flat, vertical) != OGRERR_NONE) {
      OSRDestroySpatialReference(w->srs);
      w->srs = NULL;
    }
  } else if (flat) {
    w->srs = OSRClone(flat);
  }
  if (flat) OSRDestroySpatialReference(flat);
  if (vertical) OSRDestroySpatialReference(vertical);
  if (!w->srs)
    return sund_fail(w->ctx, SUND_USAGE, "CRS %s with heights %s is not understood", crs, heights ? heights : "none");
  OSRSetAxisMappingStrategy(w->srs, OAMS_TRADITIONAL_GIS_ORDER);
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
  GDALSetGeoTransform(w->memory, transform);
  GDALSetSpatialRef(w->memory, w->srs);
  GDALRasterBandH band = GDALGetRasterBand(w->memory, 1);
  GDALSetRasterNoDataValue(band, (double)NAN);
  GDALSetRasterUnitType(band, "m");
  return w->guard.failures > 0 ? fail_write(w) : SUND_OK;
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
      GDALCreateCopy(GDALGetDriverByName("COG"), w->temporary, w->memory, FALSE, (char **)options, NULL, NULL);
  if (!file) return fail_write(w);
  GDALFlushCache(file);
  GDALClose(file);
  if (w->guard.failures > 0) return fail_write(w);
  int handle = open(w->temporary, O_RDONLY);
  bool flushed = handle >= 0 && fsync(handle) == 0;
  if (handle >= 0) close(handle);
  return flushed ? SUND_OK : fail_write(w);
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
  GDALDatasetH file = GDALOpenEx(w->temporary, GDAL_OF_RASTER | GDAL_OF_READONLY, drivers, NULL, NULL);
  if (!file) return fail_write(w);
  bool same = GDALGetRasterXSize(file) == (int)w->grid->columns && GDALGetRasterYSize(file) == (int)w->grid->rows;
  sund_code code = same ? compare_rows(w, file) : sund_fail(w->ctx, SUND_OUTPUT, "what was written has another size");
  GDALClose(file);
  return code;
}

static sund_code publish(raster_writer *w) {
  if (rename(w->temporary, w->path) != 0)
    return sund_fail(w->ctx, SUND_OUTPUT, "cannot be put in place: %s", strerror(errno));
  int folder = open(w->folder, O_RDONLY | O_DIRECTORY);
  bool flushed = folder >= 0 && fsync(folder) == 0;
  if (folder >= 0) close(folder);
  return flushed ? SUND_OK : sund_fail(w->ctx, SUND_OUTPUT, "the folder cannot be flushed: %s", strerror(errno));
}

static sund_code write_raster(raster_writer *w, const char *crs, const char *heights) {
  TRY(sund_defer(w->ctx, release, w));
  TRY(guard_enter(w->ctx, &w->guard));
  guard_register_writers();
  TRY(make_srs(w, crs, heights));
  TRY(make_temporary(w));
  TRY(wrap_grid(w));
  TRY(write_file(w));
  TRY(read_back(w));
  return publish(w);
}

sund_code sund_raster_write(sund_ctx *ctx, const char *path, const sund_grid *grid, const char *crs,
                            const char *heights) {
  sund_ctx *scratch = sund_ctx_child(ctx);
  if (!scratch) return SUND_LIMIT;
  raster_writer *w = sund_alloc(scratch, 1, sizeof *w);
  const char *name = w ? path_base(scratch, path) : NULL;
  sund_code code = SUND_LIMIT;
  if (name) {
    *w = (raster_writer){.ctx = scratch, .path = path, .grid = grid};
    code = write_raster(w, crs, heights);
  }
  if (code != SUND_OK) {
    sund_ctx_pass(ctx, scratch);
    sund_blame(ctx, name, SUND_NO_FEATURE);
  }
  sund_ctx_free(scratch);
  return code;
}

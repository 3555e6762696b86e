/* cog_write.c - one raster as a Cloud Optimized GeoTIFF.
 *
 * Order: the cells are collected window by window in a plain raster (in memory, or when they are many in a temporary file
 * beside the target), with their overviews; GDAL's COG driver packs them from there into the draft; that is closed, read
 * back and compared cell by cell, since GDAL before 3.7 does not tell that closing failed. Nothing depends on the clock,
 * the number of threads or the name of the temporary, so equal cells give equal bytes.
 *
 * ZSTD at level 1 packs 100 million cells of the Sound in half the time of level 3, into a tenth more bytes; the file
 * beside the target costs a fifteenth more time than memory would.
 */
#include <cpl_conv.h>
#include <cpl_string.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cog.h"
#include "raster.h"
#include "style_inside.h"

enum { BLOCK = 512, WINDOW = 2048, MOST_OVERVIEWS = 32 };

/* Blocks that GDAL keeps; left alone it takes a share of the machine's memory. Enough for the blocks of a few windows. */
enum { CACHE_BYTES = 64 << 20 };

/* By these a later run knows what sund wrote, and as which raster of a result. */
#define SOFTWARE "TIFFTAG_SOFTWARE"
#define DOCUMENT "TIFFTAG_DOCUMENTNAME"
#define MARK "sund "

typedef struct cog_writer {
  sund_ctx *ctx; /* scratch */
  guard guard;
  const sund_raster *raster;
  int language;
  double in_memory; /* cells */
  const publish_target *target;
  const publish_draft *draft;
  OGRSpatialReferenceH srs;
  GDALDatasetH plain; /* the cells as they come                            */
  const char *spool;  /* path of its file, NULL = in memory                */
  uint16_t *window;   /* WINDOW * WINDOW                                   */
  uint16_t *back;     /* the same, for comparing                           */
  GIntBig cache;      /* bytes GDAL kept before                            */
} cog_writer;

static void release(void *data) {
  cog_writer *w = data;
  if (w->plain) GDALClose(w->plain);
  if (w->srs) OSRDestroySpatialReference(w->srs);
  if (w->spool) unlink(w->spool);
  GDALSetCacheMax64(w->cache);
}

void cog_tidy(const publish_target *target, const publish_draft *draft) {
  static const char *const beside[] = {".ovr.tmp", ".msk.ovr.tmp"};
  char name[PATH_MAX];
  for (size_t i = 0; draft->fd >= 0 && i < sizeof beside / sizeof *beside; i++)
    if (snprintf(name, sizeof name, "%s%s", draft->name, beside[i]) < (int)sizeof name)
      unlinkat(target->folder, name, 0);
}

static sund_code fail_write(cog_writer *w) {
  bool said = w->guard.failures > 0;
  return sund_fail(w->ctx, SUND_OUTPUT, "cannot be written: %s", said ? w->guard.failure : strerror(errno));
}

/* ------------------------------------------------------------------------------------------------------------ plain */

static sund_code create_plain(cog_writer *w) {
  static const char *const tiled[] = {"TILED=YES", "BLOCKXSIZE=512", "BLOCKYSIZE=512", "BIGTIFF=IF_SAFER", NULL};
  const sund_lattice *l = &w->raster->lattice;
  if (l->columns > INT32_MAX || l->rows > INT32_MAX)
    return sund_fail(w->ctx, SUND_LIMIT, "raster is too large for GeoTIFF");
  int columns = (int)l->columns, rows = (int)l->rows;
  if ((double)l->columns * (double)l->rows <= w->in_memory) {
    w->plain = GDALCreate(GDALGetDriverByName("MEM"), "", columns, rows, 1, GDT_UInt16, NULL);
    return w->plain ? SUND_OK : sund_fail(w->ctx, SUND_LIMIT, "out of memory for the cells of a raster");
  }
  /* The end of the name makes it go with the draft when this run is killed. */
  if (!(w->spool = sund_text(w->ctx, "%s.cells", w->draft->path))) return SUND_LIMIT;
  w->plain = GDALCreate(GDALGetDriverByName("GTiff"), w->spool, columns, rows, 1, GDT_UInt16, (CSLConstList)tiled);
  return w->plain ? SUND_OK : fail_write(w);
}

static sund_code describe(cog_writer *w) {
  const sund_raster *raster = w->raster;
  const sund_lattice *l = &raster->lattice;
  double transform[6] = {l->x0, l->dx, 0, l->y0, 0, -l->dy};
  GDALRasterBandH band = GDALGetRasterBand(w->plain, 1);
  GDALSetDescription(band, style_in(raster->title, w->language, raster->suffix));
  bool described =
      GDALSetGeoTransform(w->plain, transform) == CE_None && GDALSetSpatialRef(w->plain, w->srs) == CE_None &&
      GDALSetRasterNoDataValue(band, raster->nodata) == CE_None && GDALSetRasterUnitType(band, "m") == CE_None &&
      GDALSetRasterScale(band, raster->scale) == CE_None && GDALSetRasterOffset(band, raster->offset) == CE_None &&
      GDALSetMetadataItem(w->plain, SOFTWARE, MARK SUND_VERSION, NULL) == CE_None &&
      GDALSetMetadataItem(w->plain, DOCUMENT, raster->suffix, NULL) == CE_None;
  return described && w->guard.failures == 0 ? SUND_OK : fail_write(w);
}

static int least(int a, int b) {
  return a < b ? a : b;
}

/* Calls `use` for each window of the raster. */
static sund_code each_window(cog_writer *w, void *data, sund_code (*use)(cog_writer *w, void *data, sund_window at)) {
  int columns = (int)w->raster->lattice.columns, rows = (int)w->raster->lattice.rows; /* create_plain has looked */
  for (int row = 0; row < rows; row += WINDOW)
    for (int column = 0; column < columns; column += WINDOW) {
      const sund_window at = {(size_t)column, (size_t)row, (size_t)least(WINDOW, columns - column),
                              (size_t)least(WINDOW, rows - row)};
      TRY(use(w, data, at));
    }
  return SUND_OK;
}

static CPLErr transfer(GDALDatasetH dataset, GDALRWFlag way, sund_window at, uint16_t *cells) {
  int columns = (int)at.columns, rows = (int)at.rows;
  return GDALRasterIO(GDALGetRasterBand(dataset, 1), way, (int)at.column, (int)at.row, columns, rows, cells, columns,
                      rows, GDT_UInt16, 0, 0);
}

static sund_code collect_window(cog_writer *w, void *data, sund_window at) {
  (void)data;
  TRY(w->raster->read(w->ctx, w->raster->data, &at, w->window));
  return transfer(w->plain, GF_Write, at, w->window) == CE_None ? SUND_OK : fail_write(w);
}

/* One level: every second cell of every second row of the level before. */
static sund_code fill_overview(cog_writer *w, GDALRasterBandH from, GDALRasterBandH to) {
  int columns = GDALGetRasterBandXSize(to), rows = GDALGetRasterBandYSize(to);
  int from_columns = GDALGetRasterBandXSize(from), from_rows = GDALGetRasterBandYSize(from);
  for (int row = 0; row < rows; row += WINDOW / 2)
    for (int column = 0; column < columns; column += WINDOW / 2) {
      int wide = least(WINDOW / 2, columns - column), high = least(WINDOW / 2, rows - row);
      int from_wide = least(2 * wide, from_columns - 2 * column), from_high = least(2 * high, from_rows - 2 * row);
      CPLErr error = GDALRasterIO(from, GF_Read, 2 * column, 2 * row, from_wide, from_high, w->window, from_wide,
                                  from_high, GDT_UInt16, 0, 0);
      for (int r = 0; r < high; r++)
        for (int c = 0; c < wide; c++) w->back[r * wide + c] = w->window[2 * r * from_wide + 2 * c];
      if (error == CE_None)
        error = GDALRasterIO(to, GF_Write, column, row, wide, high, w->back, wide, high, GDT_UInt16, 0, 0);
      if (error != CE_None || w->guard.failures > 0) return fail_write(w);
    }
  return SUND_OK;
}

/* Overviews until one block holds the whole. The COG driver would make its own, but pack them twice; and GDAL's ways to
 * make them differ between memory and file. */
static sund_code add_overviews(cog_writer *w) {
  const sund_lattice *l = &w->raster->lattice;
  int factor[MOST_OVERVIEWS], count = 0;
  size_t largest = l->columns > l->rows ? l->columns : l->rows;
  for (size_t f = 2; largest * 2 / f > BLOCK; f *= 2) factor[count++] = (int)f;
  if (count == 0) return SUND_OK;
  CPLSetThreadLocalConfigOption("GDAL_TIFF_OVR_BLOCKSIZE", "512");
  CPLErr error = GDALBuildOverviews(w->plain, "NONE", count, factor, 0, NULL, NULL, NULL);
  GDALRasterBandH band = GDALGetRasterBand(w->plain, 1);
  if (error != CE_None || w->guard.failures > 0 || GDALGetOverviewCount(band) != count) return fail_write(w);
  for (int k = 0; k < count; k++)
    TRY(fill_overview(w, k == 0 ? band : GDALGetOverview(band, k - 1), GDALGetOverview(band, k)));
  return SUND_OK;
}

/* ------------------------------------------------------------------------------------------------------------- pack */

static sund_code pack(cog_writer *w) {
  const char *threads = sund_text(w->ctx, "NUM_THREADS=%d", sund_ctx_thread_count(w->ctx));
  const char *const options[] = {"COMPRESS=ZSTD",
                                 "PREDICTOR=YES",
                                 "LEVEL=1",
                                 "BLOCKSIZE=512",
                                 "BIGTIFF=IF_SAFER",
                                 "OVERVIEW_RESAMPLING=NEAREST",
                                 threads,
                                 NULL};
  if (!threads) return SUND_LIMIT;
  GDALDatasetH file =
      GDALCreateCopy(GDALGetDriverByName("COG"), w->draft->path, w->plain, FALSE, (CSLConstList)options, NULL, NULL);
  if (!file) return fail_write(w);
  GDALFlushCache(file);
  GDALClose(file);
  if (w->guard.failures > 0) return fail_write(w);
  /* What is flushed and renamed in the end must be what GDAL wrote, not a file it removed and made anew. */
  struct stat made, held;
  bool same = lstat(w->draft->path, &made) == 0 && fstat(w->draft->fd, &held) == 0 && made.st_ino == held.st_ino &&
              made.st_dev == held.st_dev;
  return same ? SUND_OK : sund_fail(w->ctx, SUND_OUTPUT, "the temporary file was replaced by another program");
}

static sund_code compare_window(cog_writer *w, void *data, sund_window at) {
  GDALDatasetH file = data;
  if (transfer(file, GF_Read, at, w->back) != CE_None || transfer(w->plain, GF_Read, at, w->window) != CE_None ||
      w->guard.failures > 0)
    return fail_write(w);
  return memcmp(w->back, w->window, at.columns * at.rows * sizeof *w->back) == 0
             ? SUND_OK
             : sund_fail(w->ctx, SUND_OUTPUT, "what was written reads back differently; is the disk sound?");
}

static sund_code read_back(cog_writer *w) {
  static const char *const drivers[] = {"GTiff", NULL};
  const char *threads = sund_text(w->ctx, "NUM_THREADS=%d", sund_ctx_thread_count(w->ctx));
  const char *const options[] = {threads, NULL};
  if (!threads) return SUND_LIMIT;
  GDALDatasetH file = GDALOpenEx(w->draft->path, GDAL_OF_RASTER | GDAL_OF_READONLY, drivers, options, NULL);
  if (!file) return fail_write(w);
  const sund_lattice *l = &w->raster->lattice;
  bool same = GDALGetRasterXSize(file) == (int)l->columns && GDALGetRasterYSize(file) == (int)l->rows;
  sund_code code = same ? each_window(w, file, compare_window)
                        : sund_fail(w->ctx, SUND_OUTPUT, "what was written has another size");
  GDALClose(file);
  return code;
}

static sund_code write_raster(cog_writer *w) {
  size_t cells = (size_t)WINDOW * WINDOW;
  w->cache = GDALGetCacheMax64();
  GDALSetCacheMax64(CACHE_BYTES);
  TRY(sund_defer(w->ctx, release, w));
  TRY(guard_enter(w->ctx, &w->guard));
  guard_register_writers();
  TRY(raster_system(w->ctx, w->raster->crs, w->raster->heights, &w->srs));
  w->window = sund_alloc(w->ctx, cells, sizeof *w->window);
  w->back = sund_alloc(w->ctx, cells, sizeof *w->back);
  if (!w->window || !w->back) return SUND_LIMIT;
  TRY(create_plain(w));
  TRY(describe(w));
  TRY(each_window(w, NULL, collect_window));
  TRY(add_overviews(w));
  TRY(pack(w));
  return read_back(w);
}

sund_code cog_write(sund_ctx *ctx, const sund_raster *raster, int language, double in_memory,
                    const publish_target *target, const publish_draft *draft) {
  sund_ctx *scratch = sund_ctx_child(ctx);
  if (!scratch) return SUND_LIMIT;
  cog_writer *w = sund_alloc(scratch, 1, sizeof *w);
  sund_code code = SUND_LIMIT;
  if (w) {
    *w = (cog_writer){.ctx = scratch,
                      .raster = raster,
                      .language = language,
                      .in_memory = in_memory,
                      .target = target,
                      .draft = draft};
    code = write_raster(w);
  }
  if (code != SUND_OK) sund_ctx_pass(ctx, scratch);
  sund_ctx_free(scratch);
  return code;
}

/* ------------------------------------------------------------------------------------------------------------- mark */

static sund_code read_mark(sund_ctx *ctx, sund_ctx *scratch, const char *path, const char **suffix) {
  static const char *const drivers[] = {"GTiff", NULL};
  guard *g = sund_alloc(scratch, 1, sizeof *g); /* it is left when the scratch is freed */
  if (!g) return SUND_LIMIT;
  TRY(guard_enter(scratch, g));
  guard_register_writers();
  GDALDatasetH file = GDALOpenEx(path, GDAL_OF_RASTER | GDAL_OF_READONLY, drivers, NULL, NULL);
  if (!file) return SUND_OK;
  const char *software = GDALGetMetadataItem(file, SOFTWARE, NULL), *name = GDALGetMetadataItem(file, DOCUMENT, NULL);
  bool marked = software && name && strncmp(software, MARK, strlen(MARK)) == 0;
  if (marked) *suffix = sund_text_copy(ctx, name);
  GDALClose(file);
  return !marked || *suffix ? SUND_OK : SUND_LIMIT;
}

sund_code cog_written_as(sund_ctx *ctx, const char *path, const char **suffix) {
  sund_ctx *scratch = sund_ctx_child(ctx);
  if (!scratch) return SUND_LIMIT;
  *suffix = NULL;
  sund_code code = read_mark(ctx, scratch, path, suffix);
  if (code != SUND_OK) sund_ctx_pass(ctx, scratch);
  sund_ctx_free(scratch);
  return code;
}

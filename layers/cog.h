/* cog.h - the rasters of a result on their way to the disk, shared by cog.c, cog_older.c, cog_write.c and
 * cog_style.c. Private. */
#ifndef SUND_LAYERS_COG_H
#define SUND_LAYERS_COG_H

#include "publish.h"
#include "sund/layers.h"

/* Cells of a raster that is put together in memory; larger ones are in a temporary file. */
#define COG_IN_MEMORY 32e6
/* cog_write.c: fills the draft with a Cloud Optimized GeoTIFF, reads it back and compares. language: of the band's name.
 * in_memory: COG_IN_MEMORY, but for tests; the bytes do not depend on it. */
sund_code cog_write(sund_ctx *ctx, const sund_raster *raster, int language, double in_memory,
                    const publish_target *target, const publish_draft *draft);
/* Takes away what GDAL keeps beside a draft while it writes. */
void cog_tidy(const publish_target *target, const publish_draft *draft);

/* cog_write.c: the suffix under which sund wrote a raster; NULL when it did not, or when that is no raster. */
sund_code cog_written_as(sund_ctx *ctx, const char *path, const char **suffix);

/* cog.c: RESULT_suffix.tif, where RESULT is the name of the result without its ending. */
const char *cog_path(sund_ctx *ctx, const char *result, const char *suffix, const char *ending);

/* cog_older.c: suffixes of the rasters and styles beside a result that begin with one of the prefixes, sorted. */
typedef struct cog_suffixes {
  size_t count;
  const char **suffix;
} cog_suffixes;
sund_code cog_beside(sund_ctx *ctx, const char *result, size_t count, const char *const *prefix, cog_suffixes *out);

/* Whose RESULT_suffix.tif is: written by sund for this result; by sund, but for another result or then renamed; or not known
 * (no mark, no raster, not there). file: as it was looked at. */
typedef enum cog_owned { COG_UNMARKED, COG_OURS, COG_ANOTHERS } cog_owned;
sund_code cog_owner(sund_ctx *ctx, const char *result, const char *suffix, cog_owned *out, struct stat *file);
/* Removes a raster, its style and what GDAL and QGIS noted beside it, if it is still the file that was looked at. */
void cog_older_remove(int folder, const char *name, const struct stat *file);

/* cog.c, for the GeoPackage's writer: moves the drafts to their names and keeps the older files; then what was published
 * stays (keep), or the older files come back. */
sund_code cog_publish(sund_ctx *ctx, sund_raster_draft *draft);
void cog_settle(sund_raster_draft *draft, bool keep);

/* cog_style.c: QGIS' style of a raster as a QML document. language: 0 da, 1 sv, 2 en. */
sund_code cog_style(sund_ctx *ctx, const sund_raster *raster, int language, const char **out);

#endif

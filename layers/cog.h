/* cog.h - the rasters of a result on their way to the disk, shared by cog.c, cog_write.c and cog_style.c. Private. */
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

/* cog.c, for the GeoPackage's writer: moves the drafts to their names and keeps the older files; then what was published
 * stays (keep), or the older files come back. */
sund_code cog_publish(sund_ctx *ctx, sund_raster_draft *draft);
void cog_settle(sund_raster_draft *draft, bool keep);

/* cog_style.c: QGIS' style of a raster as a QML document. language: 0 da, 1 sv, 2 en. */
sund_code cog_style(sund_ctx *ctx, const sund_raster *raster, int language, const char **out);

#endif

/* version.c - which libraries are at work. */
#include <gdal.h>
#include <sqlite3.h>

#include "sund/layers.h"

sund_code sund_library_versions(sund_ctx *ctx, const char **out) {
  const char *geo = sund_geo_versions(ctx);
  *out = geo ? sund_text(ctx, "GDAL %s, %s, SQLite %s", GDALVersionInfo("RELEASE_NAME"), geo, sqlite3_libversion())
             : NULL;
  return *out ? SUND_OK : SUND_LIMIT;
}

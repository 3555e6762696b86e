/* version.c - which libraries the ground floor works with. */
#include <geos_c.h>
#include <proj.h>

#include "sund/geo.h"

const char *sund_geo_versions(sund_ctx *ctx) {
  return sund_text(ctx, "PROJ %s, GEOS %s", proj_info().version, GEOSversion());
}

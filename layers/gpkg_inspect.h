/* gpkg_inspect.h - is an SQLite source sound, before and beside GDAL's reading of it. Private to layers/. */
#ifndef SUND_LAYERS_GPKG_INSPECT_H
#define SUND_LAYERS_GPKG_INSPECT_H

#include "sund/geo.h"

typedef struct gpkg_inspect gpkg_inspect;

/* A path as SQLite's file: URI, with `query` ("?mode=ro") behind it. NULL without memory. */
const char *gpkg_inspect_uri(sund_ctx *ctx, const char *path, const char *query);

/* Opens a database for reading and looks at its header and schema: application id, virtual tables that could read
 * other files. settle: the file is a private copy, and what a crashed writer left beside it is worked in first.
 * immutable: nobody writes it, nothing is created beside it. Closed with the context. SUND_SOURCE. */
sund_code gpkg_inspect_open(sund_ctx *ctx, const char *path, bool settle, bool immutable, gpkg_inspect **out);
bool gpkg_inspect_geopackage(const gpkg_inspect *inspect);

/* Reads every page. SUND_SOURCE when one is damaged, with the last good feature of `layer`. */
sund_code gpkg_inspect_pages(sund_ctx *ctx, gpkg_inspect *inspect, const char *layer);

/* What the database itself says about a layer. */
typedef struct gpkg_facts {
  int64_t rows; /* counted                                       */
  bool listed;  /* in gpkg_contents                              */
  bool view;
  const char *date; /* last_change, YYYY-MM-DD, or NULL              */
  const char *note; /* a fault that does no harm, or NULL            */
} gpkg_facts;
/* Counts a layer. SUND_LIMIT for a view that does not end; SUND_SOURCE for a table without a key. */
sund_code gpkg_inspect_layer(sund_ctx *ctx, gpkg_inspect *inspect, const char *layer, gpkg_facts *out);

/* key: the column of feature ids, or NULL. SUND_DATA when a geometry names another CRS than its table does. */
sund_code gpkg_inspect_crs(sund_ctx *ctx, gpkg_inspect *inspect, const char *layer, const char *geometry,
                           const char *key);
/* SUND_DATA when a numeric column holds something else (SQLite lets it; GDAL reads it as 0). */
sund_code gpkg_inspect_number(sund_ctx *ctx, gpkg_inspect *inspect, const char *layer, const char *column,
                              const char *key, bool whole);

#endif

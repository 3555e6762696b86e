/* guard.h - the only door to GDAL for reading: allowed drivers, captured errors. Private to layers/. */
#ifndef SUND_LAYERS_GUARD_H
#define SUND_LAYERS_GUARD_H

#include <gdal.h>
#include <ogr_srs_api.h>

#include "gpkg_inspect.h"
#include "path.h"

enum { GUARD_NOTES = 4, GUARD_TEXT = 400 };

typedef enum guard_kind { GUARD_VECTOR, GUARD_RASTER } guard_kind;

/* An open source. Everything is closed, and GDAL's settings are as before, when its context is freed. */
typedef struct guard {
  sund_ctx *ctx;
  path_facts facts;
  const char *path;      /* what GDAL opens: the file, a private copy, or /vsizip/...   */
  gpkg_inspect *inspect; /* for SQLite files, else NULL                                 */
  bool private_copy;
  bool unfinished; /* another program left a log beside the file                  */
  GDALDatasetH dataset;
  const char *driver;       /* short name                                                  */
  size_t failures;          /* errors GDAL reported since the last guard_check             */
  char failure[GUARD_TEXT]; /* the first of them                                           */
  size_t notes;             /* different warnings, the first few                           */
  char note[GUARD_NOTES][GUARD_TEXT];
  char **config; /* GDAL's settings of this thread, before                      */
  bool entered;  /* they are ours now                                           */
} guard;

/* Sets GDAL up for this thread: no message printed, nothing taken from hostile settings, errors noted in the guard.
 * Undone with the context. For writing too. */
sund_code guard_enter(sund_ctx *ctx, guard *out);
/* A source that stays open gives GDAL's settings back in between, so that several can be open at once: each call to GDAL
 * for it then stands between guard_resume and guard_pause. */
void guard_pause(guard *g);
void guard_resume(guard *g);
/* Registers the drivers for writing rasters. */
void guard_register_writers(void);

/* Looks at a source and opens it with the allowed drivers only. part: a raster inside a file of several, or NULL. */
sund_code guard_open(sund_ctx *ctx, const char *path, guard_kind kind, const char *part, guard **out);

/* The same without GDAL reading the file: for those who read it themselves and only need its drivers and errors. */
sund_code guard_stand(sund_ctx *ctx, const char *path, const char *driver, guard **out);

/* SUND_SOURCE with GDAL's words when it reported an error since the last call. */
sund_code guard_check(guard *g);

/* guard_zip.c: g->path becomes the member of the archive that is meant. */
sund_code guard_enter_zip(guard *g);
/* guard_gzip.c: unpacks the file into a private folder, under its name without .gz; g->path is it then. */
sund_code guard_unpack(guard *g);

/* WKT 2 of a CRS without its height part, or NULL when it says nothing ("undefined", local). */
sund_code guard_wkt(sund_ctx *ctx, OGRSpatialReferenceH srs, const char **out);
/* Are data in this CRS stored as y, x? */
bool guard_swapped(OGRSpatialReferenceH srs);

/* Are two systems the same, by code or else by definition? */
bool guard_same_crs(const sund_crs *a, const sund_crs *b);

#endif

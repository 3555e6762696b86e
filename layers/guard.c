/* guard.c - the only door to GDAL for reading: allowed drivers, captured errors.
 *
 * GDAL would open a file by any of 200 drivers, some of which read other files or the network; it prints its errors
 * and carries on. Here no driver is registered before a source is opened, then only those of the table below, and
 * every open names them again. Errors go into the guard; whoever reads asks guard_check after each call.
 * Order: path_look, SQLite's own inspection, guard_enter, open, check.
 */
#include "guard.h"

#include <cpl_conv.h>
#include <cpl_error.h>
#include <cpl_string.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

/* The drivers' entry points are exported, but declared for C++ only. Weak: a GDAL built without one lacks it. */
#define ENTRY(function) extern void function(void) __attribute__((weak));
ENTRY(RegisterOGRGeoPackage)
ENTRY(RegisterOGRShape)
ENTRY(RegisterOGRGeoJSON)
ENTRY(RegisterOGRGeoJSONSeq)
ENTRY(RegisterOGRFlatGeobuf)
ENTRY(RegisterOGRGML)
ENTRY(RegisterOGRKML)
ENTRY(RegisterOGRCSV)
ENTRY(RegisterOGRTAB)
ENTRY(RegisterOGROpenFileGDB)
ENTRY(RegisterOGRSQLite)
ENTRY(RegisterOGROSM)
ENTRY(RegisterOGRMEM)
ENTRY(GDALRegister_GTiff)
ENTRY(GDALRegister_AAIGrid)
ENTRY(GDALRegister_HFA)
ENTRY(GDALRegister_netCDF)
ENTRY(GDALRegister_PNG)
ENTRY(GDALRegister_COG)
ENTRY(GDALRegister_MEM)

typedef struct entry {
  const char *driver; /* NULL: a helper that opens nothing by itself */
  void (*enter)(void);
} entry;

static const entry vector_entries[] = {
    {"GPKG", RegisterOGRGeoPackage},
    {"ESRI Shapefile", RegisterOGRShape},
    {"GeoJSON", RegisterOGRGeoJSON},
    {"GeoJSONSeq", RegisterOGRGeoJSONSeq},
    {"FlatGeobuf", RegisterOGRFlatGeobuf},
    {"GML", RegisterOGRGML},
    {"KML", RegisterOGRKML},
    {"CSV", RegisterOGRCSV},
    {"MapInfo File", RegisterOGRTAB},
    {"SQLite", RegisterOGRSQLite},
    {"OpenFileGDB", RegisterOGROpenFileGDB},
    {"OSM", RegisterOGROSM},
    {NULL, RegisterOGRMEM},
    {NULL, GDALRegister_MEM},
};

/* PNG only decodes the tiles of a GeoPackage. */
static const entry raster_entries[] = {
    {"GTiff", GDALRegister_GTiff},   {"AAIGrid", GDALRegister_AAIGrid},
    {"HFA", GDALRegister_HFA},       {"GPKG", RegisterOGRGeoPackage},
    {"netCDF", GDALRegister_netCDF}, {NULL, GDALRegister_PNG},
    {NULL, GDALRegister_MEM},        {NULL, RegisterOGRMEM},
};

static const entry writer_entries[] = {
    {"GTiff", GDALRegister_GTiff},
    {"MEM", GDALRegister_MEM},
    {"COG", GDALRegister_COG},
};

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
enum { MOST_DRIVERS = 16 };

/* Settings that would change what is read, or let a file reach outside itself; whatever the environment says. */
static const char *const settings[][2] = {
    {"GDAL_DRIVER_PATH", "disable"},
    {"OGR_DRIVER_PATH", "disable"},
    {"GDAL_VRT_ENABLE_PYTHON", "NO"},
    {"GDAL_PAM_ENABLED", "NO"},
    {"CPL_VSIL_GZIP_WRITE_PROPERTIES", "NO"},
    {"CPL_VSIL_CURL_ALLOWED_EXTENSIONS", ".nothing"},
    {"CPL_DEBUG", "OFF"},
    {"OGR_SQLITE_LOAD_EXTENSIONS", ""},
    {"OGR_SQLITE_PRAGMA", "trusted_schema=OFF,cell_size_check=ON"},
    {"OGR_GEOMETRY_ACCEPT_UNCLOSED_RING", "YES"},
    {"OGR_ARC_STEPSIZE", "4"},
    {"GML_SKIP_RESOLVE_ELEMS", "ALL"},
    {"SHAPE_RESTORE_SHX", "NO"},
    {"GTIFF_HONOUR_NEGATIVE_SCALEY", "NO"},
};

static const char *const xml_options[] = {"DOWNLOAD_SCHEMA=NO", "WRITE_GFS=NO", NULL};
static const char *const csv_options[] = {"AUTODETECT_TYPE=NO",
                                          "X_POSSIBLE_NAMES=x,lon,lng,longitude,easting,east,øst,etrs89koordinat_øst",
                                          "Y_POSSIBLE_NAMES=y,lat,latitude,northing,north,nord,etrs89koordinat_nord",
                                          "GEOM_POSSIBLE_NAMES=wkt,geom,geometry,the_geom", NULL};
/* Downloads from the OpenStreetMap site do not have their nodes in order, as GDAL's own index of nodes needs them. */
static const char *const osm_options[] = {"USE_CUSTOM_INDEXING=NO", NULL};
/* "06:00 06:20" is a list of times, of which GDAL would keep the first. */
static const char *const json_options[] = {"DATE_AS_STRING=YES", NULL};
static const char *const wal_options[] = {"IMMUTABLE=YES", NULL};
static const char *const no_options[] = {NULL};

/* ------------------------------------------------------------------------------------------------------- capture */

/* Words in warnings which mean that what GDAL delivers is not what the file holds. */
static const char *const losses[] = {"UTF-8",        "clamped",           "clipped",    "overflow",
                                     "out of range", "outside the range", "truncated",  "incompletely",
                                     "corrupt",      "Cannot read",       "not a valid"};

static bool means_loss(const char *message) {
  for (size_t i = 0; i < COUNT(losses); i++)
    if (path_find(message, losses[i])) return true;
  return false;
}

static void copy_line(char *to, const char *from) {
  size_t length = 0;
  for (; from[length] && length < GUARD_TEXT - 1; length++)
    to[length] = (unsigned char)from[length] < ' ' ? ' ' : from[length];
  to[length] = '\0';
}

static void CPL_STDCALL capture(CPLErr level, CPLErrorNum number, const char *message) {
  (void)number;
  guard *g = CPLGetErrorHandlerUserData();
  if (level == CE_Debug || level == CE_None) return;
  if (level == CE_Warning && !means_loss(message)) {
    char line[GUARD_TEXT];
    copy_line(line, message);
    if (path_find(line, "Non closed ring")) return; /* closed and counted by whoever reads */
    for (size_t i = 0; i < g->notes; i++)
      if (strcmp(g->note[i], line) == 0) return;
    if (g->notes < GUARD_NOTES) copy_line(g->note[g->notes++], line);
    return;
  }
  if (g->failures++ == 0) copy_line(g->failure, message);
}

void guard_pause(guard *g) {
  if (!g->entered) return;
  g->entered = false;
  CPLPopErrorHandler();
  CPLSetThreadLocalConfigOptions((const char *const *)g->config);
  CSLDestroy(g->config);
}

void guard_resume(guard *g) {
  if (g->entered) return;
  g->entered = true;
  g->config = CPLGetThreadLocalConfigOptions();
  for (size_t i = 0; i < COUNT(settings); i++) CPLSetThreadLocalConfigOption(settings[i][0], settings[i][1]);
  CPLPushErrorHandlerEx(capture, g);
}

static void leave(void *data) {
  guard_pause(data);
}

sund_code guard_enter(sund_ctx *ctx, guard *out) {
  out->ctx = ctx;
  guard_resume(out);
  return sund_defer(ctx, leave, out);
}

sund_code guard_check(guard *g) {
  if (g->failures == 0) return SUND_OK;
  g->failures = 0;
  return sund_fail(g->ctx, SUND_SOURCE, "%s", g->failure);
}

/* --------------------------------------------------------------------------------------------------------- drivers */

static void register_all(const entry *entries, size_t count, const char **names) {
  size_t named = 0;
  for (size_t i = 0; i < count; i++) {
    if (!entries[i].enter) continue;
    entries[i].enter();
    if (names && entries[i].driver) names[named++] = entries[i].driver;
  }
  if (names) names[named] = NULL;
}

void guard_register_writers(void) {
  register_all(writer_entries, COUNT(writer_entries), NULL);
}

static void close_dataset(void *data) {
  guard *g = data;
  guard_resume(g); /* `leave` comes next */
  GDALClose(g->dataset);
}

/* A file of the wrong kind, told in terms of what it is. */
static sund_code fail_unknown(guard *g, guard_kind kind) {
  const char *is = path_content_name(g->facts.content);
  if (g->failures > 0 && g->facts.content != PATH_HTML) return guard_check(g);
  if (g->inspect)
    return sund_fail(g->ctx, SUND_SOURCE, "is a database with no layers of %s",
                     kind == GUARD_RASTER ? "raster cells" : "features");
  if (kind == GUARD_RASTER)
    return sund_fail(g->ctx, SUND_SOURCE,
                     "content is %s; rasters are read as GeoTIFF, ASCII grid, HFA, netCDF, GeoPackage",
                     is ? is : "of no known kind");
  return sund_fail(
      g->ctx, SUND_SOURCE,
      "content is %s; read are GeoPackage, GeoJSON, Shapefile, FlatGeobuf, GML, KML, CSV, MapInfo, SQLite, "
      "file geodatabase, OSM",
      is ? is : "of no known kind");
}

/* Contents that are never opened, and why. */
static sund_code refuse_content(guard *g, guard_kind kind) {
  switch (g->facts.content) {
    case PATH_VRT:
      return sund_fail(g->ctx, SUND_SOURCE,
                       "content is a GDAL virtual dataset (VRT), which reads other files; name those files instead");
    case PATH_GZIP:
      if (kind == GUARD_VECTOR && (path_ends(g->facts.file, ".csv.gz") || path_ends(g->facts.file, ".osm.gz")))
        return SUND_OK;
      return sund_fail(g->ctx, SUND_SOURCE, "content is a gzip archive; unpack it first");
    case PATH_HTML:
    case PATH_PDF:
    case PATH_PICTURE:
      return fail_unknown(g, kind);
    case PATH_TIFF:
      return kind == GUARD_VECTOR ? fail_unknown(g, kind) : SUND_OK;
    default:
      return SUND_OK;
  }
}

/* ------------------------------------------------------------------------------------------------------------ open */

static const char *const sidecars[] = {"-wal", "-journal", "-shm", NULL};
static const char *const logs[] = {"-wal", "-journal", NULL};

/* A database that another program left unfinished is read from a private copy, where SQLite may work in the log;
 * the user's folder stays as it is. The copy's own -shm is on the list of what is removed. */
static sund_code enter_sqlite(guard *g) {
  bool unfinished = false;
  for (size_t i = 0; logs[i]; i++) unfinished = unfinished || path_beside(g->ctx, g->path, logs[i]);
  /* Without a log beside it a file in write-ahead mode is complete; saying so keeps SQLite from making one. GDAL
   * cannot say so for a name that means something in a URI. */
  if (unfinished || (g->facts.wal && strpbrk(g->path, "%?#"))) {
    TRY(path_copy(g->ctx, g->path, sidecars, &g->path));
    TRY(path_unchanged(g->ctx, &g->facts));
    g->private_copy = true;
  }
  g->unfinished = unfinished;
  return gpkg_inspect_open(g->ctx, g->path, g->private_copy, !g->private_copy && g->facts.wal, &g->inspect);
}

/* GDAL takes some names for more than files; a path with a slash is none of them. */
static sund_code plain_path(guard *g, const char *part) {
  const char *path = g->path;
  if (*path != '/' && *path != '.') path = sund_text(g->ctx, "./%s", path);
  if (path && part && g->facts.content == PATH_NETCDF) path = sund_text(g->ctx, "NETCDF:\"%s\":%s", path, part);
  else if (path && part && g->inspect) path = sund_text(g->ctx, "GPKG:%s:%s", path, part);
  g->path = path;
  return path ? SUND_OK : SUND_LIMIT;
}

/* A driver warns of options it does not know. */
static const char *const *options_of(const guard *g) {
  if (g->inspect) return g->facts.wal && !g->private_copy ? wal_options : no_options;
  if (path_ends(g->path, ".csv")) return csv_options;
  if (g->facts.content == PATH_OSM) return osm_options;
  if (g->facts.content == PATH_JSON) return json_options;
  return g->facts.content == PATH_GML || g->facts.content == PATH_XML || path_ends(g->path, ".gml") ? xml_options
                                                                                                    : no_options;
}

/* Tiles of one request are unpacked side by side; what comes out is the same. */
static sund_code raster_options(const guard *g, const char *out[2]) {
  int threads = sund_ctx_thread_count(g->ctx);
  out[0] = out[1] = NULL;
  if (g->facts.content != PATH_TIFF || threads < 2) return SUND_OK;
  out[0] = sund_text(g->ctx, "NUM_THREADS=%d", threads);
  return out[0] ? SUND_OK : SUND_LIMIT;
}

static sund_code open_dataset(guard *g, guard_kind kind, const char *part) {
  const char *names[MOST_DRIVERS], *threads[2];
  if (kind == GUARD_VECTOR) register_all(vector_entries, COUNT(vector_entries), names);
  else register_all(raster_entries, COUNT(raster_entries), names);
  TRY(plain_path(g, part));
  TRY(raster_options(g, threads));
  unsigned flags = GDAL_OF_READONLY | (kind == GUARD_VECTOR ? GDAL_OF_VECTOR : GDAL_OF_RASTER);
  g->dataset = GDALOpenEx(g->path, flags, names, threads[0] ? threads : options_of(g), NULL);
  if (!g->dataset) return fail_unknown(g, kind);
  TRY(sund_defer(g->ctx, close_dataset, g));
  g->driver = GDALGetDriverShortName(GDALGetDatasetDriver(g->dataset));
  return guard_check(g);
}

sund_code guard_open(sund_ctx *ctx, const char *path, guard_kind kind, const char *part, guard **out) {
  guard *g = sund_alloc(ctx, 1, sizeof *g);
  if (!g) return SUND_LIMIT;
  TRY(path_look(ctx, path, &g->facts));
  g->path = g->facts.file;
  TRY(guard_enter(ctx, g));
  TRY(refuse_content(g, kind));
  if (g->facts.inside) TRY(guard_enter_zip(g));
  else if (g->facts.content == PATH_SQLITE) TRY(enter_sqlite(g));
  else if (g->facts.content == PATH_GZIP) TRY(guard_unpack(g));
  TRY(open_dataset(g, kind, part));
  *out = g;
  return SUND_OK;
}

sund_code guard_stand(sund_ctx *ctx, const char *path, const char *driver, guard **out) {
  const char *names[MOST_DRIVERS];
  guard *g = sund_alloc(ctx, 1, sizeof *g);
  if (!g) return SUND_LIMIT;
  TRY(path_look(ctx, path, &g->facts));
  g->path = g->facts.file;
  g->driver = driver;
  TRY(guard_enter(ctx, g));
  register_all(vector_entries, COUNT(vector_entries), names);
  *out = g;
  return SUND_OK;
}

/* ------------------------------------------------------------------------------------------------------------- crs */

static bool says_nothing(OGRSpatialReferenceH srs) {
  const char *name = OSRGetName(srs);
  return OSRIsLocal(srs) || !name || strncasecmp(name, "undefined", 9) == 0 || strcasecmp(name, "unknown") == 0;
}

sund_code guard_wkt(sund_ctx *ctx, OGRSpatialReferenceH srs, const char **out) {
  *out = NULL;
  if (!srs || says_nothing(srs)) return SUND_OK;
  OGRSpatialReferenceH flat = OSRClone(srs);
  if (OSRIsCompound(flat)) OSRStripVertical(flat);
  OSRDemoteTo2D(flat, NULL);
  char *text = NULL;
  static const char *const options[] = {"FORMAT=WKT2_2019", NULL};
  OGRErr error = OSRExportToWktEx(flat, &text, options);
  sund_code code = SUND_OK;
  if (error != OGRERR_NONE || !text)
    code = sund_fail(ctx, SUND_SOURCE, "its CRS is not understood; give crs=EPSG:...");
  else if (!(*out = sund_text_copy(ctx, text))) code = SUND_LIMIT;
  CPLFree(text);
  OSRDestroySpatialReference(flat);
  return code;
}

bool guard_swapped(OGRSpatialReferenceH srs) {
  if (!srs) return false;
  OGRAxisOrientation first = OAO_Other;
  OSRGetAxis(srs, NULL, 0, &first);
  int count = 0;
  const int *order = OSRGetDataAxisToSRSAxisMapping(srs, &count);
  bool turned = count >= 2 && order[0] == 2 && order[1] == 1;
  return (first == OAO_North) != turned;
}

bool guard_same_crs(const sund_crs *a, const sund_crs *b) {
  if (*sund_crs_code(a) && *sund_crs_code(b)) return strcasecmp(sund_crs_code(a), sund_crs_code(b)) == 0;
  OGRSpatialReferenceH one = OSRNewSpatialReference(sund_crs_wkt(a)), other = OSRNewSpatialReference(sund_crs_wkt(b));
  static const char *const options[] = {"CRITERION=EQUIVALENT_EXCEPT_AXIS_ORDER_GEOGCRS",
                                        "IGNORE_DATA_AXIS_TO_SRS_AXIS_MAPPING=YES", NULL};
  bool same = one && other && OSRIsSameEx(one, other, options);
  if (one) OSRDestroySpatialReference(one);
  if (other) OSRDestroySpatialReference(other);
  return same;
}

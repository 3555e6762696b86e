/* vector_files.h - what the tests of reading share: a folder of their own, files crafted in it, and the question
 * whether a failure says what it should. The files are made with GDAL and SQLite directly. */
#ifndef SUND_TESTS_VECTOR_FILES_H
#define SUND_TESTS_VECTOR_FILES_H

#include <cpl_conv.h>
#include <cpl_error.h>
#include <gdal.h>
#include <math.h>
#include <ogr_api.h>
#include <ogr_srs_api.h>
#include <sqlite3.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sund/layers.h"
#include "support.h"

/* ---------------------------------------------------------------------------------------------------------- folder */

typedef struct files {
  sund_ctx *ctx;
  char folder[64];
  char path[4][512]; /* the last paths handed out */
  int turn;
} files;

static inline int files_setup(void **state) {
  files *f = calloc(1, sizeof *f);
  if (!f || !(f->ctx = sund_ctx_new())) return -1;
  strcpy(f->folder, P_tmpdir "/sund-test-XXXXXX");
  if (!mkdtemp(f->folder)) return -1;
  CPLSetErrorHandler(CPLQuietErrorHandler);
  GDALAllRegister();
  *state = f;
  return 0;
}

static inline int files_teardown(void **state) {
  files *f = *state;
  sund_ctx_free(f->ctx);
  int failed = CPLUnlinkTree(f->folder);
  free(f);
  return failed;
}

#define FILES_TEST(fn) cmocka_unit_test_setup_teardown(fn, files_setup, files_teardown)

static inline const char *files_path(files *f, const char *name) {
  char *path = f->path[f->turn = (f->turn + 1) % 4];
  snprintf(path, sizeof f->path[0], "%s/%s", f->folder, name);
  return path;
}

static inline const char *files_bytes(files *f, const char *name, const void *bytes, size_t length) {
  const char *path = files_path(f, name);
  FILE *file = fopen(path, "wb");
  assert_non_null(file);
  assert_int_equal(fwrite(bytes, 1, length, file), length);
  assert_int_equal(fclose(file), 0);
  return path;
}

static inline const char *files_text(files *f, const char *name, const char *text) {
  return files_bytes(f, name, text, strlen(text));
}

static inline long files_size(const char *path) {
  struct stat status;
  return stat(path, &status) == 0 ? (long)status.st_size : -1;
}

static inline void files_cut(const char *path, double share) {
  assert_int_equal(truncate(path, (off_t)((double)files_size(path) * share)), 0);
}

static inline void files_patch(const char *path, long offset, const void *bytes, size_t length) {
  FILE *file = fopen(path, "r+b");
  assert_non_null(file);
  assert_int_equal(fseek(file, offset, SEEK_SET), 0);
  assert_int_equal(fwrite(bytes, 1, length, file), length);
  assert_int_equal(fclose(file), 0);
}

static inline void files_copy(const char *from, const char *to) {
  FILE *in = fopen(from, "rb"), *out = fopen(to, "wb");
  assert_non_null(in);
  assert_non_null(out);
  for (int c = fgetc(in); c != EOF; c = fgetc(in)) fputc(c, out);
  fclose(in);
  assert_int_equal(fclose(out), 0);
}

static void files_nothing(sqlite3_context *context, int count, sqlite3_value **value) {
  (void)count, (void)value;
  sqlite3_result_int(context, 0);
}

/* A database in which the functions that GDAL's triggers call do nothing. */
static inline sqlite3 *files_open(const char *path) {
  sqlite3 *db = NULL;
  assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
  static const char *const functions[] = {"ST_IsEmpty", "ST_MinX", "ST_MaxX", "ST_MinY", "ST_MaxY"};
  for (size_t i = 0; i < 5; i++)
    sqlite3_create_function(db, functions[i], 1, SQLITE_UTF8, NULL, files_nothing, NULL, NULL);
  return db;
}

static inline void files_sql(const char *path, const char *sql) {
  sqlite3 *db = files_open(path);
  char *why = NULL;
  if (sqlite3_exec(db, sql, NULL, NULL, &why) != SQLITE_OK) fail_msg("%s: %s", sql, why);
  sqlite3_close(db);
}

/* ---------------------------------------------------------------------------------------------------------- layers */

/* A layer of features given as WKT, with one text field per feature `kode` = "k<i>" and a real `tal` = i + 0.5. */
typedef struct layer_spec {
  const char *driver, *name;
  int epsg; /* 0 = no CRS */
  OGRwkbGeometryType type;
  size_t count;
  const char *const *wkt; /* NULL entries have no geometry */
} layer_spec;

static inline const char *files_layer(files *f, const char *name, layer_spec spec) {
  const char *path = files_path(f, name);
  GDALDriverH driver = GDALGetDriverByName(spec.driver);
  assert_non_null(driver);
  GDALDatasetH dataset = files_size(path) >= 0 ? GDALOpenEx(path, GDAL_OF_VECTOR | GDAL_OF_UPDATE, NULL, NULL, NULL)
                                               : GDALCreate(driver, path, 0, 0, 0, GDT_Unknown, NULL);
  assert_non_null(dataset);
  OGRSpatialReferenceH srs = NULL;
  if (spec.epsg) {
    srs = OSRNewSpatialReference(NULL);
    assert_int_equal(OSRImportFromEPSG(srs, spec.epsg), OGRERR_NONE);
    OSRSetAxisMappingStrategy(srs, OAMS_TRADITIONAL_GIS_ORDER);
  }
  OGRLayerH layer = GDALDatasetCreateLayer(dataset, spec.name, srs, spec.type, NULL);
  assert_non_null(layer);
  OGRFieldDefnH code = OGR_Fld_Create("kode", OFTString), number = OGR_Fld_Create("tal", OFTReal);
  OGR_L_CreateField(layer, code, 1);
  OGR_L_CreateField(layer, number, 1);
  OGR_Fld_Destroy(code);
  OGR_Fld_Destroy(number);
  for (size_t i = 0; i < spec.count; i++) {
    OGRFeatureH feature = OGR_F_Create(OGR_L_GetLayerDefn(layer));
    char text[32], *wkt = (char *)spec.wkt[i];
    snprintf(text, sizeof text, "k%zu", i);
    OGR_F_SetFieldString(feature, 0, text);
    OGR_F_SetFieldDouble(feature, 1, (double)i + 0.5);
    OGRGeometryH geometry = NULL;
    if (wkt) assert_int_equal(OGR_G_CreateFromWkt(&wkt, NULL, &geometry), OGRERR_NONE);
    if (geometry) OGR_F_SetGeometryDirectly(feature, geometry);
    assert_int_equal(OGR_L_CreateFeature(layer, feature), OGRERR_NONE);
    OGR_F_Destroy(feature);
  }
  if (srs) OSRDestroySpatialReference(srs);
  GDALClose(dataset);
  return path;
}

/* `count` homes in rows of 100, 10 m apart, west of Helsingor in EPSG:25832. */
static inline const char *files_homes(files *f, const char *name, const char *driver, size_t count) {
  char(*text)[64] = calloc(count, sizeof *text);
  const char **wkt = calloc(count, sizeof *wkt);
  for (size_t i = 0; i < count; i++) {
    snprintf(text[i], sizeof *text, "POINT(%zu %zu)", 720000 + i % 100 * 10, 6214000 + i / 100 * 10);
    wkt[i] = text[i];
  }
  const char *path = files_layer(f, name, (layer_spec){driver, "homes", 25832, wkbPoint, count, wkt});
  free(text);
  free(wkt);
  return path;
}

/* --------------------------------------------------------------------------------------------------------- reading */

typedef struct reading {
  sund_table *table;
  sund_reading reading;
  sund_findings findings;
} reading;

/* Reads into EPSG:25832 with a context of its own if `ctx` is NULL. */
static inline sund_code files_read_into(sund_ctx *ctx, const char *crs, sund_source source, reading *out) {
  sund_crs *system = NULL;
  assert_ok(ctx, sund_crs_open(ctx, crs, &system));
  memset(out, 0, sizeof *out);
  sund_frame frame = {system, NULL};
  return sund_vector_read(ctx, &source, &frame, &out->table, &out->reading, &out->findings);
}

static inline sund_code files_read(sund_ctx *ctx, sund_source source, reading *out) {
  return files_read_into(ctx, "EPSG:25832", source, out);
}

static inline sund_source files_source(sund_role role, const char *path) {
  return (sund_source){.role = role, .text = path, .path = path};
}

/* The finding whose text contains `part`, or NULL. */
static inline const sund_finding *files_finding(const reading *r, const char *part) {
  for (size_t i = 0; i < r->findings.count; i++)
    if (strstr(r->findings.item[i].text, part)) return &r->findings.item[i];
  return NULL;
}

/* Reading must fail with the code, a message that contains `part`, the source and the feature. */
static inline void files_expect(sund_ctx *ctx, sund_source source, sund_code code, const char *part,
                                int64_t feature) {
  sund_ctx *own = sund_ctx_child(ctx);
  reading r;
  const char *message = "", *blamed = "", *slash = strrchr(source.path, '/');
  int64_t fid = 0;
  sund_code got = files_read(own, source, &r);
  sund_failure(own, &message, &blamed, &fid);
  if (got == SUND_OK) fail_msg("%s was read; expected: %s", source.path, part);
  if (got != code || !strstr(message, part))
    fail_msg("%s: code %d: %s\nexpected code %d: %s", source.path, got, message, code, part);
  if (!blamed || strcmp(blamed, slash ? slash + 1 : source.path) != 0) fail_msg("blames %s: %s", blamed, message);
  if (fid != feature) fail_msg("%s: feature %lld, not %lld", message, (long long)fid, (long long)feature);
  assert_null(strchr(message, '\n'));
  assert_null(r.table);
  sund_ctx_free(own);
}

#endif

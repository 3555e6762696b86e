/* profile_files.h - what the tests of profiles share: small layers with the documented field names of a register, read
 * through a shipped profile as the program does it. */
#ifndef SUND_TESTS_PROFILE_FILES_H
#define SUND_TESTS_PROFILE_FILES_H

#include "vector_files.h"

/* A GeoJSON layer named after its file: `count` features, 100 m apart at Helsingør; shape: 'p' points, 'l' lines, 'a'
 * squares of 0.002 degrees. rows: the properties of each as JSON, without braces. */
static inline const char *profile_layer(files *f, const char *name, char shape, size_t count,
                                        const char *const *rows) {
  static char text[40000];
  size_t length = (size_t)snprintf(text, sizeof text, "{\"type\":\"FeatureCollection\",\"features\":[");
  for (size_t i = 0; i < count; i++) {
    double x = 12.55 + 0.003 * (double)i, y = 56.02, step = 0.002;
    length += (size_t)snprintf(text + length, sizeof text - length,
                               "%s{\"type\":\"Feature\",\"properties\":{%s},\"geometry\":", i ? "," : "", rows[i]);
    const char *form = shape == 'p'   ? "{\"type\":\"Point\",\"coordinates\":[%.4f,%.4f]}}"
                       : shape == 'l' ? "{\"type\":\"LineString\",\"coordinates\":[[%.4f,%.4f],[%.4f,%.4f]]}}"
                                      : "{\"type\":\"Polygon\",\"coordinates\":[[[%.4f,%.4f],[%.4f,%.4f],[%.4f,%.4f],"
                                        "[%.4f,%.4f],[%.4f,%.4f]]]}}";
    length += (size_t)snprintf(text + length, sizeof text - length, form, x, y, x + step, y, x + step, y + step, x,
                               y + step, x, y);
    assert_true(length < sizeof text);
  }
  snprintf(text + length, sizeof text - length, "]}");
  return files_text(f, name, text);
}

/* A GeoTIFF of one row of cells of 10 m in a CRS, west to east from (x, y). */
static inline const char *profile_raster(files *f, const char *name, int epsg, double x, double y, int count,
                                         const int *value) {
  const char *path = files_path(f, name);
  GDALDatasetH dataset = GDALCreate(GDALGetDriverByName("GTiff"), path, count, 1, 1, GDT_UInt16, NULL);
  assert_non_null(dataset);
  double transform[6] = {x, 10, 0, y, 0, -10};
  OGRSpatialReferenceH srs = OSRNewSpatialReference(NULL);
  assert_int_equal(OSRImportFromEPSG(srs, epsg), OGRERR_NONE);
  GDALSetSpatialRef(dataset, srs);
  GDALSetGeoTransform(dataset, transform);
  assert_int_equal(GDALRasterIO(GDALGetRasterBand(dataset, 1), GF_Write, 0, 0, count, 1, (void *)(uintptr_t)value,
                                count, 1, GDT_Int32, 0, 0),
                   CE_None);
  OSRDestroySpatialReference(srs);
  GDALClose(dataset);
  return path;
}

/* The source with the profile's mapping. */
static inline sund_source profile_source(files *f, const char *name, sund_role role, const char *path,
                                         const char *layer) {
  sund_source source = files_source(role, path);
  source.layer = layer;
  sund_profile *profile = NULL;
  sund_peek peek;
  assert_ok(f->ctx, sund_profile_read(f->ctx, name, &profile));
  assert_ok(f->ctx, sund_vector_peek(f->ctx, &source, &peek));
  assert_ok(f->ctx, sund_profile_apply(f->ctx, 1, &profile, peek.fields, peek.field, peek.layer, &source));
  if (!source.profile || strcmp(source.profile, name) != 0) fail_msg("%s: no entry of %s fits", path, name);
  return source;
}

/* Reads through the profile; the table. */
static inline const sund_table *profile_read(files *f, const char *name, sund_role role, const char *path,
                                             reading *out) {
  assert_ok(f->ctx, files_read(f->ctx, profile_source(f, name, role, path, NULL), out));
  return out->table;
}

/* Reading through the profile must fail on a code, with `part` in the message. */
static inline void profile_unknown(files *f, const char *name, sund_role role, const char *path, const char *part) {
  sund_ctx *own = sund_ctx_child(f->ctx);
  reading r;
  const char *message = "";
  sund_code code = files_read(own, profile_source(f, name, role, path, NULL), &r);
  sund_failure(own, &message, NULL, NULL);
  if (code != SUND_DATA || !strstr(message, part))
    fail_msg("%s: code %d: %s\nexpected: %s", path, code, message, part);
  assert_non_null(strstr(message, "; map them under codes to: "));
  sund_ctx_free(own);
}

/* A text of a row, "" when it is missing. */
static inline const char *profile_text(const sund_table *table, const char *column, size_t row) {
  const char **text = sund_table_text(table, column);
  assert_non_null(text);
  assert_true(row < table->rows);
  return text[row] ? text[row] : "";
}

/* "kind access" of a row of green. */
static inline void profile_green(const sund_table *table, size_t row, const char *kind, const char *access,
                                 const char *law) {
  assert_string_equal(profile_text(table, "kind", row), kind);
  assert_string_equal(profile_text(table, "access", row), access);
  if (!*law) assert_string_equal(profile_text(table, "law", row), "");
  else if (!strstr(profile_text(table, "law", row), law))
    fail_msg("row %zu: %s, not %s", row, profile_text(table, "law", row), law);
}

/* A file of the real data by its path in `oresund`; NULL when it is not there. */
static inline const char *profile_real(files *f, const char *name) {
  const char *folder = getenv("SUND_DATA");
  char *path = f->path[f->turn = (f->turn + 1) % 4];
  snprintf(path, sizeof f->path[0], "%s/oresund/%s", folder ? folder : "../shared/data", name);
  return files_size(path) >= 0 ? path : NULL;
}

#endif

/* test_gpkg.c - the GeoPackage as SQLite and GDAL see it: tables, geometry, NULLs, descriptions, checks, equal bytes,
 * editing afterwards, and what happens when memory runs out. The names and places of files: test_publish.c. */
#include <gdal.h>
#include <locale.h>
#include <ogr_api.h>
#include <time.h>

#include "support_gpkg.h"

static char *path_in(sund_ctx *ctx, const char *folder, const char *name) {
  return sund_text(ctx, "%s/%s", folder, name);
}

#define assert_sql(ctx, path, sql, expected) assert_string_equal(sql_word(ctx, path, sql), expected)

static void test_header(void **state) {
  sund_ctx *ctx = *state;
  char *folder = folder_new(ctx), *path = path_in(ctx, folder, "r.gpkg");
  assert_ok(ctx, sund_gpkg_write(ctx, &sample_new(ctx, path, 500)->spec));
  assert_sql(ctx, path, "PRAGMA application_id", "1196444487");
  assert_sql(ctx, path, "PRAGMA user_version", "10301");
  assert_sql(ctx, path, "PRAGMA journal_mode", "delete");
  assert_sql(ctx, path, "PRAGMA integrity_check", "ok");
  assert_sql(ctx, path, "SELECT count(*) FROM pragma_foreign_key_check", "0");
  assert_sql(ctx, path, "SELECT group_concat(srs_id) FROM (SELECT srs_id FROM gpkg_spatial_ref_sys ORDER BY 1)",
             "-1,0,4326,25832");
  assert_sql(ctx, path,
             "SELECT organization || ' ' || substr(definition, 1, 6) FROM gpkg_spatial_ref_sys WHERE "
             "srs_id = 25832",
             "EPSG PROJCS");
  assert_sql(
      ctx, path, "SELECT group_concat(table_name || ' ' || data_type) FROM gpkg_contents",
      "access_homes features,coast_lines features,green_areas features,run attributes,layer_styles attributes");
  assert_sql(ctx, path, "SELECT count(DISTINCT last_change) || min(last_change) FROM gpkg_contents",
             "12024-01-31T00:00:00.000Z");
  assert_sql(ctx, path, "SELECT group_concat(geometry_type_name) FROM gpkg_geometry_columns",
             "POINT,LINESTRING,MULTIPOLYGON");
  assert_sql(ctx, path, "SELECT group_concat(feature_count) FROM gpkg_ogr_contents", "500,3,2,1");
  folder_free(folder);
}

static void test_rows(void **state) {
  sund_ctx *ctx = *state;
  char *folder = folder_new(ctx), *path = path_in(ctx, folder, "r.gpkg");
  sample *s = sample_new(ctx, path, 500);
  assert_ok(ctx, sund_gpkg_write(ctx, &s->spec));
  assert_sql(ctx, path, "SELECT group_concat(name || ' ' || type) FROM pragma_table_info('access_homes')",
             "fid INTEGER,geom POINT,home_id TEXT,330_300_dist_m REAL,who_met INTEGER,kind TEXT");
  assert_sql(ctx, path, "SELECT min(fid) || ' ' || max(fid) || ' ' || count(*) FROM access_homes", "1 500 500");
  assert_sql(ctx, path, "SELECT home_id FROM access_homes WHERE fid = 8", "h7 \"æøå\" & <x>");
  assert_sql(ctx, path,
             "SELECT count(*) FROM access_homes WHERE typeof(\"330_300_dist_m\") = 'null' AND (fid - 1) % 3 = 0",
             "167");
  assert_sql(ctx, path, "SELECT count(*) FROM access_homes WHERE typeof(\"330_300_dist_m\") = 'real'", "333");
  assert_sql(ctx, path, "SELECT group_concat(DISTINCT typeof(who_met)) FROM access_homes", "null,integer");
  assert_sql(ctx, path, "SELECT typeof(geom) FROM access_homes WHERE fid = 3", "null");
  assert_sql(ctx, path, "SELECT typeof(geom) FROM coast_lines WHERE fid = 3", "null");
  assert_sql(ctx, path, "SELECT count(*) FROM rtree_access_homes_geom", "499");
  assert_sql(ctx, path, "SELECT hex(substr(geom, 1, 8)) FROM access_homes WHERE fid = 1", "47500001E8640000");
  assert_sql(ctx, path, "SELECT length(geom) FROM access_homes WHERE fid = 1", "29");
  assert_sql(ctx, path,
             "SELECT min_x || ' ' || min_y || ' ' || max_x || ' ' || max_y FROM gpkg_contents WHERE "
             "table_name = 'green_areas'",
             "700000.0 6200000.0 700600.0 6200600.0");
  assert_sql(ctx, path, "SELECT min_x FROM gpkg_contents WHERE table_name = 'run'", "NULL");
  folder_free(folder);
}

static void test_gdal_reads_the_same(void **state) {
  sund_ctx *ctx = *state;
  char *folder = folder_new(ctx), *path = path_in(ctx, folder, "r.gpkg");
  sample *s = sample_new(ctx, path, 500);
  assert_ok(ctx, sund_gpkg_write(ctx, &s->spec));
  GDALDatasetH file = GDALOpenEx(path, GDAL_OF_VECTOR, NULL, NULL, NULL);
  assert_non_null(file);
  OGRLayerH homes = GDALDatasetGetLayerByName(file, "access_homes"),
            areas = GDALDatasetGetLayerByName(file, "green_areas");
  OGRLayerH lines = GDALDatasetGetLayerByName(file, "coast_lines");
  assert_int_equal(OGR_L_GetFeatureCount(homes, 1), 500);
  for (size_t i = 0; i < 500; i++) {
    OGRFeatureH feature = OGR_L_GetFeature(homes, (GIntBig)i + 1);
    OGRGeometryH point = OGR_F_GetGeometryRef(feature);
    if (i == 2) {
      assert_null(point);
    } else {
      assert_true(OGR_G_GetX(point, 0) == s->homes->x[i] && OGR_G_GetY(point, 0) == s->homes->y[i]);
    }
    assert_string_equal(OGR_F_GetFieldAsString(feature, 0), s->homes->column[0].text[i]);
    OGR_F_Destroy(feature);
  }
  OGRFeatureH feature = OGR_L_GetFeature(areas, 1);
  OGRGeometryH area = OGR_F_GetGeometryRef(feature);
  assert_int_equal(OGR_G_GetGeometryType(area), wkbMultiPolygon);
  assert_int_equal(OGR_G_GetGeometryCount(area), 2);
  assert_int_equal(OGR_G_GetGeometryCount(OGR_G_GetGeometryRef(area, 0)), 2);
  assert_true(fabs(OGR_G_Area(area) - (10000 - 400 + 2500)) < 1e-6);
  OGR_F_Destroy(feature);
  feature = OGR_L_GetFeature(lines, 1);
  assert_int_equal(OGR_G_GetGeometryType(OGR_F_GetGeometryRef(feature)), wkbLineString);
  assert_true(fabs(OGR_G_Length(OGR_F_GetGeometryRef(feature)) - 2 * sqrt(200)) < 1e-9);
  OGR_F_Destroy(feature);
  GDALClose(file);
  folder_free(folder);
}

static void test_descriptions(void **state) {
  sund_ctx *ctx = *state;
  char *folder = folder_new(ctx), *path = path_in(ctx, folder, "r.gpkg");
  assert_ok(ctx, sund_gpkg_write(ctx, &sample_new(ctx, path, 20)->spec));
  assert_sql(ctx, path, "SELECT title FROM gpkg_data_columns WHERE column_name = '330_300_dist_m'", "Afstand (m)");
  assert_sql(ctx, path, "SELECT description FROM gpkg_data_columns WHERE column_name = '330_300_dist_m'",
             "Afstand / Avstånd / Distance");
  assert_sql(ctx, path, "SELECT count(*) FROM gpkg_data_columns WHERE name IS NOT NULL", "0");
  assert_sql(ctx, path,
             "SELECT group_concat(c.value || '=' || c.description) FROM gpkg_data_columns d JOIN "
             "gpkg_data_column_constraints c USING (constraint_name) WHERE d.column_name = 'kind'",
             "beach=Strand / Beach,forest=Skov / Skog / Forest");
  assert_sql(ctx, path,
             "SELECT group_concat(styleName || useAsDefault) FROM layer_styles WHERE f_table_name = "
             "'green_areas' AND f_table_catalog = '' AND f_table_schema = '' AND f_geometry_column = 'geom'",
             "Dansk1,Svenska0,English0");
  assert_sql(ctx, path, "SELECT count(*) FROM layer_styles WHERE update_time <> '2024-01-31T00:00:00.000Z'", "0");
  assert_sql(ctx, path, "SELECT count(*) FROM gpkg_metadata_reference WHERE timestamp <> '2024-01-31T00:00:00.000Z'",
             "0");
  assert_sql(ctx, path,
             "SELECT json_extract(metadata, '$.program') FROM gpkg_metadata m JOIN gpkg_metadata_reference r "
             "ON r.md_file_id = m.id WHERE r.reference_scope = 'geopackage'",
             "sund");
  assert_sql(ctx, path,
             "SELECT count(*) FROM gpkg_metadata m JOIN gpkg_metadata_reference r ON r.md_file_id = m.id "
             "WHERE r.table_name = 'run' AND m.mime_type = 'text/xml'",
             "1");
  assert_sql(ctx, path,
             "SELECT identifier || ': ' || description FROM gpkg_contents WHERE table_name = 'access_homes'",
             "Boliger: Én række per bolig");
  folder_free(folder);
}

static void test_language_and_equal_titles(void **state) {
  sund_ctx *ctx = *state;
  char *folder = folder_new(ctx), *path = path_in(ctx, folder, "r.gpkg");
  sample *s = sample_new(ctx, path, 5);
  s->spec.language = 1;
  s->layer[1].title[1] = "Bostäder";
  assert_ok(ctx, sund_gpkg_write(ctx, &s->spec));
  assert_sql(ctx, path, "SELECT group_concat(identifier) FROM gpkg_contents WHERE table_name < 'g'",
             "Bostäder (access_homes),Bostäder (coast_lines)");
  assert_sql(ctx, path, "SELECT group_concat(DISTINCT styleName) FROM layer_styles WHERE useAsDefault", "Svenska");
  assert_sql(ctx, path, "SELECT title FROM gpkg_data_columns WHERE column_name = 'area_ha'", "Areal (ha)");
  folder_free(folder);
}

/* No layers, no rows, a CRS without a code: all are valid files. */
static void test_edges(void **state) {
  sund_ctx *ctx = *state;
  char *folder = folder_new(ctx), *path = path_in(ctx, folder, "r.gpkg");
  sample *s = sample_new(ctx, path, 0);
  assert_ok(ctx, sund_gpkg_write(ctx, &s->spec));
  assert_sql(ctx, path, "SELECT rtreecheck('rtree_access_homes_geom')", "ok");
  assert_sql(ctx, path, "SELECT max_x FROM gpkg_contents WHERE table_name = 'access_homes'", "NULL");
  s->spec.overwrite = true;
  s->spec.layers = 0;
  assert_ok(ctx, sund_crs_open(ctx,
                               "PROJCS[\"own\",GEOGCS[\"WGS 84\",DATUM[\"WGS_1984\",SPHEROID[\"WGS 84\",6378137,"
                               "298.257223563]],PRIMEM[\"Greenwich\",0],UNIT[\"degree\",0.0174532925199433]],"
                               "PROJECTION[\"Transverse_Mercator\"],PARAMETER[\"latitude_of_origin\",0],"
                               "PARAMETER[\"central_meridian\",12.6],PARAMETER[\"scale_factor\",1],"
                               "PARAMETER[\"false_easting\",0],PARAMETER[\"false_northing\",0],UNIT[\"metre\",1]]",
                               (sund_crs **)&s->spec.crs));
  assert_ok(ctx, sund_gpkg_write(ctx, &s->spec));
  assert_sql(ctx, path, "SELECT organization || max(srs_id) FROM gpkg_spatial_ref_sys", "NONE100000");
  folder_free(folder);
}

/* ------------------------------------------------------------------------------------------- equal bytes */

static void test_equal_bytes(void **state) {
  sund_ctx *ctx = *state;
  char *folder = folder_new(ctx), *one = path_in(ctx, folder, "1.gpkg"), *two = path_in(ctx, folder, "2.gpkg");
  assert_ok(ctx, sund_gpkg_write(ctx, &sample_new(ctx, one, 700)->spec));
  setenv("TZ", "Pacific/Kiritimati", 1);
  tzset();
  const char *const locales[] = {"da_DK.UTF-8", "sv_SE.UTF-8", "de_DE.UTF-8", "tr_TR.UTF-8"};
  for (size_t i = 0; i < 4 && !setlocale(LC_ALL, locales[i]); i++) continue;
  sund_ctx_threads(ctx, 7);
  sleep(1); /* a clock that is looked at would show */
  assert_ok(ctx, sund_gpkg_write(ctx, &sample_new(ctx, two, 700)->spec));
  setlocale(LC_ALL, "C");
  unsetenv("TZ");
  tzset();
  size_t length_one, length_two;
  char *bytes_one = file_read(ctx, one, &length_one), *bytes_two = file_read(ctx, two, &length_two);
  assert_int_equal(length_one, length_two);
  assert_memory_equal(bytes_one, bytes_two, length_one);
  folder_free(folder);
}

/* Replacing a file gives the same bytes as writing a new one. */
static void test_equal_bytes_over(void **state) {
  sund_ctx *ctx = *state;
  char *folder = folder_new(ctx), *one = path_in(ctx, folder, "1.gpkg"), *two = path_in(ctx, folder, "2.gpkg");
  assert_ok(ctx, sund_gpkg_write(ctx, &sample_new(ctx, one, 100)->spec));
  assert_ok(ctx, sund_gpkg_write(ctx, &sample_new(ctx, two, 999)->spec));
  sample *s = sample_new(ctx, two, 100);
  s->spec.overwrite = true;
  assert_ok(ctx, sund_gpkg_write(ctx, &s->spec));
  size_t length_one, length_two;
  char *bytes_one = file_read(ctx, one, &length_one), *bytes_two = file_read(ctx, two, &length_two);
  assert_int_equal(length_one, length_two);
  assert_memory_equal(bytes_one, bytes_two, length_one);
  folder_free(folder);
}

/* ------------------------------------------------------------------------------------ editing afterwards */

/* QGIS edits through OGR: triggers keep the index and the count right. */
static void test_editing(void **state) {
  sund_ctx *ctx = *state;
  char *folder = folder_new(ctx), *path = path_in(ctx, folder, "r.gpkg");
  assert_ok(ctx, sund_gpkg_write(ctx, &sample_new(ctx, path, 3000)->spec));
  GDALDatasetH file = GDALOpenEx(path, GDAL_OF_VECTOR | GDAL_OF_UPDATE, NULL, NULL, NULL);
  OGRLayerH layer = GDALDatasetGetLayerByName(file, "access_homes");
  assert_int_equal(GDALDatasetStartTransaction(file, 0), OGRERR_NONE); /* not one a row: slow on a real disk */
  for (GIntBig fid = 10; fid < 400; fid++) assert_int_equal(OGR_L_DeleteFeature(layer, fid), OGRERR_NONE);
  OGRFeatureH feature = OGR_L_GetFeature(layer, 1000);
  OGRGeometryH point = OGR_G_CreateGeometry(wkbPoint);
  OGR_G_SetPoint_2D(point, 0, 650000, 6100000);
  OGR_F_SetGeometryDirectly(feature, point);
  assert_int_equal(OGR_L_SetFeature(layer, feature), OGRERR_NONE);
  OGR_F_SetFID(feature, OGRNullFID);
  for (int i = 0; i < 5; i++) {
    OGR_F_SetFID(feature, OGRNullFID);
    assert_int_equal(OGR_L_CreateFeature(layer, feature), OGRERR_NONE);
  }
  OGR_F_Destroy(feature);
  assert_int_equal(GDALDatasetCommitTransaction(file), OGRERR_NONE);
  GDALClose(file);
  assert_sql(ctx, path, "SELECT rtreecheck('rtree_access_homes_geom')", "ok");
  assert_sql(ctx, path, "SELECT count(*) FROM access_homes", "2615");
  assert_sql(ctx, path, "SELECT count(*) FROM rtree_access_homes_geom", "2614");
  assert_sql(ctx, path, "SELECT feature_count FROM gpkg_ogr_contents WHERE table_name = 'access_homes'", "2615");
  assert_sql(ctx, path, "SELECT count(*) FROM rtree_access_homes_geom WHERE maxx < 650001", "6");
  folder_free(folder);
}

/* ------------------------------------------------------------------------------------------------ checks */

/* Spoils the sample, writes, expects a defect with this message and row, and nothing in the folder. */
static void expect_defect(sund_ctx *above, void (*spoil)(sample *), const char *part, int64_t row) {
  sund_ctx *ctx = sund_ctx_child(above);
  char *folder = folder_new(above), *path = path_in(above, folder, "r.gpkg");
  sample *s = sample_new(above, path, 10);
  spoil(s);
  assert_int_equal(sund_gpkg_write(ctx, &s->spec), SUND_DEFECT);
  int64_t feature = 0;
  sund_failure(ctx, NULL, NULL, &feature);
  assert_failure(ctx, SUND_DEFECT, part, "r.gpkg");
  assert_int_equal(feature, row);
  assert_int_equal(folder_count(folder, NULL, 0), 0);
  folder_free(folder);
  sund_ctx_free(ctx);
}

static void table_named_gpkg(sample *s) {
  s->homes->name = "gpkg_homes";
}
static void table_with_quote(sample *s) {
  s->homes->name = "ho\"mes";
}
static void table_twice(sample *s) {
  s->homes->name = "Coast_Lines";
}
static void column_fid(sample *s) {
  s->homes->column[0].field.name = "FID";
}
static void column_twice(sample *s) {
  s->homes->column[0].field.name = "KIND";
}
static void column_long(sample *s) {
  s->homes->column[0].field.name = "a123456789b123456789c123456789d123456789e123456789f123456789abcd";
}
static void infinite_value(sample *s) {
  s->homes->column[1].real[6] = -INFINITY;
}
static void latin_1(sample *s) {
  s->homes->column[0].text[4] =
      "K\xF8"
      "benhavn";
}
static void surrogate(sample *s) {
  s->homes->column[0].text[4] = "\xED\xA0\x80";
}
static void overlong(sample *s) {
  s->homes->column[0].text[4] = "\xC0\xAF";
}
static void cut_letter(sample *s) {
  s->homes->column[0].text[9] = "a\xE2\x82";
}
static void half_point(sample *s) {
  s->homes->y[3] = NAN;
}
static void far_point(sample *s) {
  s->homes->x[3] = INFINITY;
}
static void nan_vertex(sample *s) {
  s->areas->shapes->x[15] = NAN;
}
static void open_ring(sample *s) {
  s->areas->shapes->x[18] += 1;
}
static void early_hole(sample *s) {
  s->areas->shapes->hole[3] = 1;
}
static void short_line(sample *s) {
  s->lines->shapes->first_vertex[1] = 4;
}
static void no_shapes(sample *s) {
  s->lines->shapes = NULL;
}
static void no_values(sample *s) {
  s->lines->column[0].real = NULL;
}
static void bad_date(sample *s) {
  s->spec.date = "yesterday";
}
static void bad_record(sample *s) {
  s->spec.record = "{\"path\": \"\xFF\"}";
}

static void test_checks(void **state) {
  sund_ctx *ctx = *state;
  const int64_t none = SUND_NO_FEATURE;
  expect_defect(ctx, table_named_gpkg, "'gpkg_homes'", none);
  expect_defect(ctx, table_with_quote, "cannot be that of a table", none);
  expect_defect(ctx, table_twice, "two layers", none);
  expect_defect(ctx, column_fid, "'FID'", none);
  expect_defect(ctx, column_twice, "twice", none);
  expect_defect(ctx, column_long, "cannot be the name", none);
  expect_defect(ctx, infinite_value, "'access_homes': '330_300_dist_m' is infinite", 7);
  expect_defect(ctx, latin_1, "'access_homes': 'home_id' is not UTF-8", 5);
  expect_defect(ctx, surrogate, "not UTF-8", 5);
  expect_defect(ctx, overlong, "not UTF-8", 5);
  expect_defect(ctx, cut_letter, "not UTF-8", 10);
  expect_defect(ctx, half_point, "not a finite number", 4);
  expect_defect(ctx, far_point, "not a finite number", 4);
  expect_defect(ctx, nan_vertex, "not a finite number", 2);
  expect_defect(ctx, open_ring, "not closed", 2);
  expect_defect(ctx, early_hole, "a hole comes before", 2);
  expect_defect(ctx, short_line, "fewer than two", 2);
  expect_defect(ctx, no_shapes, "do not fit", none);
  expect_defect(ctx, no_values, "has no values", none);
  expect_defect(ctx, bad_date, "date", none);
  expect_defect(ctx, bad_record, "record", none);
}

/* A layer declared single gets MULTI when a row needs it: the file stays valid. */
static void test_single_becomes_multi(void **state) {
  sund_ctx *ctx = *state;
  char *folder = folder_new(ctx), *path = path_in(ctx, folder, "r.gpkg");
  sample *s = sample_new(ctx, path, 1);
  s->layer[2].multi = false;
  s->layer[1].multi = true;
  assert_ok(ctx, sund_gpkg_write(ctx, &s->spec));
  assert_sql(ctx, path, "SELECT group_concat(geometry_type_name) FROM gpkg_geometry_columns",
             "POINT,MULTILINESTRING,MULTIPOLYGON");
  folder_free(folder);
}

/* Whichever allocation fails: out of memory, and nothing left in the folder. */
static void test_no_memory(void **state) {
  sund_ctx *ctx = *state;
  char *folder = folder_new(ctx), *path = path_in(ctx, folder, "r.gpkg");
  sample *s = sample_new(ctx, path, 10);
  size_t before = sund_ctx_allocations(ctx);
  assert_ok(ctx, sund_gpkg_write(ctx, &s->spec));
  size_t needed = sund_ctx_allocations(ctx) - before;
  assert_true(needed > 50);
  unlink(path);
  for (size_t n = 1; n <= needed; n += 1 + n / 40) {
    sund_ctx *poor = sund_ctx_new();
    sund_ctx_fail_alloc(poor, n);
    if (sund_gpkg_write(poor, &s->spec) != SUND_LIMIT) fail_msg("allocation %zu of %zu failed unseen", n, needed);
    assert_failure(poor, SUND_LIMIT, "out of memory", "r.gpkg");
    assert_int_equal(folder_count(folder, NULL, 0), 0);
    sund_ctx_free(poor);
  }
  folder_free(folder);
}

static int setup(void **state) {
  GDALAllRegister();
  *state = NULL;
  return 0;
}

int main(void) {
  const struct CMUnitTest tests[] = {
      SUND_TEST(test_header),
      SUND_TEST(test_rows),
      SUND_TEST(test_gdal_reads_the_same),
      SUND_TEST(test_descriptions),
      SUND_TEST(test_language_and_equal_titles),
      SUND_TEST(test_edges),
      SUND_TEST(test_equal_bytes),
      SUND_TEST(test_equal_bytes_over),
      SUND_TEST(test_editing),
      SUND_TEST(test_checks),
      SUND_TEST(test_single_becomes_multi),
      SUND_TEST(test_no_memory),
  };
  return cmocka_run_group_tests(tests, setup, NULL);
}

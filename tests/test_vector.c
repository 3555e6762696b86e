/* Tests of reading vector sources whole: layers/vector.c, table_join.c; every allocation failing; real data. */
#include "vector_files.h"

static void test_points(void **state) {
  files *f = *state;
  reading r;
  const char *path = files_homes(f, "homes.gpkg", "GPKG", 250);
  sund_pair pairs[] = {{"id", "kode", {0}}, {"persons", "tal", {0}}};
  sund_source source = files_source(SUND_HOMES, path);
  source.fields = 2;
  source.field = pairs;
  assert_ok(f->ctx, files_read(f->ctx, source, &r));
  assert_int_equal(r.table->rows, 250);
  assert_int_equal(r.table->kind, SUND_POINT);
  for (size_t i = 0; i < 250; i++) {
    char id[32];
    snprintf(id, sizeof id, "k%zu", i);
    assert_true(r.table->x[i] == 720000 + (double)(i % 100 * 10));
    assert_true(r.table->y[i] == 6214000 + (double)(i / 100 * 10));
    assert_string_equal(sund_table_text(r.table, "id")[i], id);
    assert_true(sund_table_real(r.table, "persons")[i] == (double)i + 0.5);
    assert_int_equal(sund_table_feature(r.table, i), (int64_t)i + 1);
    assert_string_equal(sund_table_source(r.table, i), "homes.gpkg");
  }
  assert_int_equal(r.reading.read, 250);
  assert_int_equal(r.reading.used, 250);
  assert_int_equal(r.reading.rejected, 0);
  assert_string_equal(r.reading.driver, "GPKG");
  assert_string_equal(r.reading.crs, "EPSG:25832");
  assert_string_equal(r.reading.operation, "");
  assert_int_equal(strlen(r.reading.hash), 64);
  assert_int_equal(strlen(r.reading.date), 10);
  assert_true(r.reading.extent[0] == 720000 && r.reading.extent[3] == 6214020);
  if (r.findings.count) fail_msg("%s", r.findings.item[0].text);
}

/* The same homes through every format that can hold them. */
static void test_formats(void **state) {
  static const char *const formats[][2] = {{"GPKG", "h.gpkg"},        {"ESRI Shapefile", "h.shp"},
                                           {"FlatGeobuf", "h.fgb"},   {"GeoJSON", "h.json"},
                                           {"MapInfo File", "h.tab"}, {"SQLite", "h.sqlite"}};
  files *f = *state;
  for (size_t i = 0; i < sizeof formats / sizeof *formats; i++) {
    reading r;
    const char *path = files_homes(f, formats[i][1], formats[i][0], 120);
    sund_source source = files_source(SUND_HOMES, path);
    /* GDAL writes GeoJSON in the layer's CRS and says so in the old crs member. */
    assert_ok(f->ctx, files_read(f->ctx, source, &r));
    assert_int_equal(r.table->rows, 120);
    for (size_t k = 0; k < 120; k++) { /* FlatGeobuf orders its features by place */
      assert_true(r.table->x[k] >= 720000 - 0.02 && r.table->x[k] <= 720990.02);
      assert_true(r.table->y[k] >= 6214000 - 0.02 && r.table->y[k] <= 6214010.02);
    }
  }
}

static void test_hash_is_sha256(void **state) {
  files *f = *state;
  reading r;
  const char *path = files_text(f, "x.csv", "event,level_m,heights\nstorm,1.5,EPSG:5799\n");
  assert_ok(f->ctx, files_read(f->ctx, files_source(SUND_EVENTS, path), &r));
  /* sha256sum of the text */
  assert_string_equal(r.reading.hash, "aeba3e0f00285841b8f45894e15f3d5f279d032853dd04217053bfd78bbc3fd1");
  assert_int_equal(r.table->kind, SUND_NONE);
  assert_true(sund_table_real(r.table, "level_m")[0] == 1.5);
  assert_string_equal(sund_table_text(r.table, "heights")[0], "EPSG:5799");
}

static void test_where(void **state) {
  files *f = *state;
  reading r;
  sund_source source = files_source(SUND_HOMES, files_homes(f, "homes.gpkg", "GPKG", 250));
  source.where = "tal < 10";
  assert_ok(f->ctx, files_read(f->ctx, source, &r));
  assert_int_equal(r.table->rows, 10);
  assert_int_equal(r.reading.read, 10);
  source.where = "kode IN ('k3', 'k7')";
  assert_ok(f->ctx, files_read(f->ctx, source, &r));
  assert_int_equal(r.table->rows, 2);
  source.where = "nix = 1";
  files_expect(f->ctx, source, SUND_SOURCE, "where \"nix = 1\" is not understood", SUND_NO_FEATURE);
  source.where = "1 = 1) UNION SELECT * FROM sqlite_master --";
  files_expect(f->ctx, source, SUND_SOURCE, "is not understood", SUND_NO_FEATURE);
  source.where = "fid IN (SELECT fid FROM homes)";
  files_expect(f->ctx, source, SUND_SOURCE, "is not understood", SUND_NO_FEATURE);
  source = files_source(SUND_HOMES, files_homes(f, "homes.shp", "ESRI Shapefile", 250));
  source.where = "tal < 10";
  assert_ok(f->ctx, files_read(f->ctx, source, &r));
  assert_int_equal(r.table->rows, 10);
}

static void test_deleted_rows_of_a_shapefile(void **state) {
  files *f = *state;
  reading r;
  const char *path = files_homes(f, "homes.shp", "ESRI Shapefile", 20);
  GDALDatasetH dataset = GDALOpenEx(path, GDAL_OF_VECTOR | GDAL_OF_UPDATE, NULL, NULL, NULL);
  assert_int_equal(OGR_L_DeleteFeature(GDALDatasetGetLayer(dataset, 0), 7), OGRERR_NONE);
  GDALClose(dataset);
  assert_ok(f->ctx, files_read(f->ctx, files_source(SUND_HOMES, path), &r));
  assert_int_equal(r.table->rows, 19);
}

/* ------------------------------------------------------------------------------------------------------------- join */

static void test_join(void **state) {
  files *f = *state;
  reading a, b, c;
  sund_table *joined = NULL, *tables[3];
  const char *const box[] = {"POLYGON((720000 6214000,720100 6214000,720100 6214100,720000 6214000))"};
  assert_ok(f->ctx, files_read(f->ctx, files_source(SUND_HOMES, files_homes(f, "a.gpkg", "GPKG", 3)), &a));
  files_sql(files_homes(f, "b.gpkg", "GPKG", 2),
            "ALTER TABLE homes ADD COLUMN group_old REAL; UPDATE homes SET group_old = 4");
  assert_ok(f->ctx, files_read(f->ctx, files_source(SUND_HOMES, files_path(f, "b.gpkg")), &b));
  tables[0] = a.table;
  tables[1] = b.table;
  assert_ok(f->ctx, sund_table_join(f->ctx, SUND_HOMES, 2, tables, &joined));
  assert_int_equal(joined->rows, 5);
  assert_string_equal(sund_table_source(joined, 2), "a.gpkg");
  assert_string_equal(sund_table_source(joined, 3), "b.gpkg");
  assert_int_equal(sund_table_feature(joined, 3), 1);
  assert_true(isnan(sund_table_real(joined, "group_old")[0]));
  assert_true(sund_table_real(joined, "group_old")[4] == 4);
  assert_true(sund_table_real(joined, "persons")[4] == 1);
  const char *path = files_layer(f, "c.gpkg", (layer_spec){"GPKG", "cells", 25832, wkbPolygon, 1, box});
  assert_ok(f->ctx, files_read(f->ctx, files_source(SUND_HOMES, path), &c));
  tables[2] = c.table;
  /* Addresses and cells are homes together: a point is an area of no size, where it was. */
  assert_ok(f->ctx, sund_table_join(f->ctx, SUND_HOMES, 3, tables, &joined));
  assert_int_equal(joined->kind, SUND_AREA);
  assert_int_equal(joined->rows, 6);
  double at[4];
  assert_true(sund_shapes_box(joined->shapes, 4, at));
  assert_true(at[0] == b.table->x[1] && at[2] == b.table->x[1] && at[1] == b.table->y[1] && at[3] == b.table->y[1]);
  assert_true(sund_shapes_box(joined->shapes, 5, at));
  assert_true(at[0] == 720000 && at[2] == 720100);
  const char *message = NULL;
  assert_int_equal(sund_table_join(f->ctx, SUND_GREEN, 3, tables, &joined), SUND_DATA);
  sund_failure(f->ctx, &message, NULL, NULL);
  assert_string_equal(message, "green: a.gpkg holds points and c.gpkg holds areas; they cannot be read as one layer");
}

static void test_join_areas(void **state) {
  files *f = *state;
  reading a, b;
  sund_table *joined = NULL, *tables[2];
  const char *const one[] = {"POLYGON((0 0,10 0,10 10,0 10,0 0),(2 2,4 2,4 4,2 4,2 2))"};
  const char *const two[] = {"MULTIPOLYGON(((20 0,30 0,30 10,20 0)),((40 0,50 0,50 10,40 0)))"};
  const char *path = files_layer(f, "a.gpkg", (layer_spec){"GPKG", "a", 25832, wkbPolygon, 1, one});
  assert_ok(f->ctx, files_read(f->ctx, files_source(SUND_GREEN, path), &a));
  path = files_layer(f, "b.gpkg", (layer_spec){"GPKG", "b", 25832, wkbMultiPolygon, 1, two});
  assert_ok(f->ctx, files_read(f->ctx, files_source(SUND_GREEN, path), &b));
  tables[0] = a.table;
  tables[1] = b.table;
  assert_ok(f->ctx, sund_table_join(f->ctx, SUND_GREEN, 2, tables, &joined));
  const sund_shapes *s = joined->shapes;
  assert_int_equal(s->rows, 2);
  assert_int_equal(s->parts, 4);
  assert_int_equal(s->first_part[1], 2);
  assert_int_equal(s->first_vertex[4], s->vertices);
  assert_int_equal(s->hole[1], 1);
  assert_int_equal(s->hole[2], 0);
  assert_true(sund_area_contains(s, 0, 1, 1) && !sund_area_contains(s, 0, 3, 3) && sund_area_contains(s, 1, 49, 2));
}

/* -------------------------------------------------------------------------------------------------------- robustness */

/* The n-th allocation fails, for every n: the reader must say so and leave nothing behind. */
static void test_every_allocation_fails(void **state) {
  files *f = *state;
  const char *const wkt[] = {"POLYGON((720000 6214000,720100 6214100,720100 6214000,720000 6214100,720000 6214000))",
                             NULL, "POLYGON((720200 6214000,720300 6214000,720300 6214100,720200 6214000))"};
  const char *path = files_layer(f, "x.gpkg", (layer_spec){"GPKG", "green", 3006, wkbPolygon, 3, wkt});
  sund_recode recode = {"kind", "k0", "park"};
  sund_pair pair = {"name", "kode", {0}};
  sund_source source = files_source(SUND_GREEN, path);
  source.recodes = 1;
  source.recode = &recode;
  source.fields = 1;
  source.field = &pair;
  size_t n = 1;
  for (;; n++) {
    sund_ctx *own = sund_ctx_new();
    sund_crs *crs = NULL;
    assert_ok(own, sund_crs_open(own, "EPSG:25832", &crs));
    sund_frame frame = {crs, NULL};
    sund_table *table = NULL;
    sund_reading done;
    sund_findings findings = {0};
    sund_ctx_fail_alloc(own, n);
    sund_code code = sund_vector_read(own, &source, &frame, &table, &done, &findings);
    if (code != SUND_OK) assert_null(table);
    if (code != SUND_OK && code != SUND_LIMIT) fail_msg("allocation %zu: code %d", n, code);
    if (code != SUND_OK) assert_int_equal(sund_failure(own, NULL, NULL, NULL), SUND_LIMIT);
    sund_ctx_free(own);
    if (code == SUND_OK) break;
    assert_true(n < 5000);
  }
  assert_true(n > 30);
}

/* ---------------------------------------------------------------------------------------------------------- real data */

static sund_code read_real(files *f, const char *file, sund_role role, const char *layer, reading *r) {
  char path[700];
  snprintf(path, sizeof path, "%s/%s", getenv("SUND_DATA"), file);
  sund_source source = files_source(role, path);
  source.layer = layer;
  sund_pair sets[] = {{"id", "1", {0}}, {"name", "x", {0}}};
  if (role == SUND_AREAS) {
    source.sets = 2;
    source.set = sets;
  }
  return files_read(f->ctx, source, r);
}

static void skip_without_data(void) {
  const char *data = getenv("SUND_DATA");
  if (!data || access(data, R_OK) != 0) skip();
}

static void test_peers_gpkg(void **state) {
  skip_without_data();
  files *f = *state;
  reading r;
  const char *message = NULL;
  assert_ok(f->ctx, read_real(f, "peers/gpkg-ets/states10.gpkg", SUND_GREEN, NULL, &r));
  assert_int_equal(r.table->rows, 51);
  assert_ok(f->ctx,
            read_real(f, "peers/gpkg-ets/gdal_sample_v1.2_no_extensions.gpkg", SUND_COAST, "linestring2d", &r));
  assert_int_equal(r.reading.read, 2);
  assert_ok(f->ctx,
            read_real(f, "peers/gpkg-ets/gdal_sample_v1.2_spatial_index_extension.gpkg", SUND_LAND, "polygon2d", &r));
  assert_ok(f->ctx, read_real(f, "peers/gpkg-ets/gdal_sample_view.gpkg", SUND_LAND, "polygon2d", &r));
  assert_ok(f->ctx, read_real(f, "peers/gpkg-ets/null_geometry.gpkg", SUND_LAND, "new_geopackage", &r));
  assert_non_null(files_finding(&r, "without geometry, left out"));
  assert_ok(f->ctx, read_real(f, "peers/gpkg-ets/v12_bad_attributes.gpkg", SUND_COAST, "linestring2d", &r));
  assert_non_null(files_finding(&r, "attribute_table has no integer primary key"));
  assert_int_equal(read_real(f, "peers/gpkg-ets/empty.gpkg", SUND_LAND, NULL, &r), SUND_SOURCE);
  sund_failure(f->ctx, &message, NULL, NULL);
  if (!strstr(message, "no layers of features")) fail_msg("%s", message);
}

static void test_helsingor(void **state) {
  static const struct {
    const char *file;
    sund_role role;
  } sources[] = {{"oresund/dk/0217/land_beskyttnatur_flade.gpkg", SUND_LAND},
                 {"oresund/dk/0217/rute_vandre.gpkg", SUND_PATHS},
                 {"oresund/dk/0217/vej_myndighed.gpkg", SUND_PATHS},
                 {"oresund/dk/kommuner.gpkg", SUND_LAND},
                 {"oresund/se/kommuner.gpkg", SUND_LAND},
                 {"oresund/se/malmo_delomraden.gpkg", SUND_LAND},
                 {"oresund/dk/0217/land_udflugt.gpkg", SUND_GREEN}};
  skip_without_data();
  files *f = *state;
  for (size_t i = 0; i < sizeof sources / sizeof *sources; i++) {
    reading r;
    if (read_real(f, sources[i].file, sources[i].role, NULL, &r) != SUND_OK) {
      const char *why = NULL;
      sund_failure(f->ctx, &why, NULL, NULL);
      fail_msg("%s: %s", sources[i].file, why);
    }
    assert_true(r.table->rows > 0);
    assert_int_equal(r.reading.read, r.reading.used + r.reading.rejected);
    double box[4];
    assert_true(sund_table_box(r.table, box));
    assert_true(box[0] > 550000 && box[2] < 1100000 && box[1] > 5900000 && box[3] < 6400000);
    assert_true(r.reading.extent[0] <= box[0] && r.reading.extent[3] >= box[3]);
  }
}

/* The reserves of Skane are areas and points in one layer: the filter parts them. */
static void test_mixed_reserves(void **state) {
  skip_without_data();
  files *f = *state;
  char path[700];
  reading areas, points;
  snprintf(path, sizeof path, "%s/oresund/se/naturreservat.gpkg", getenv("SUND_DATA"));
  sund_source source = files_source(SUND_GREEN, path);
  files_expect(f->ctx, source, SUND_DATA, "geometry is a point among areas", 5);
  source.where = "OGR_GEOMETRY = 'MULTIPOLYGON'";
  assert_ok(f->ctx, files_read(f->ctx, source, &areas));
  assert_int_equal(areas.reading.read, 400);
  source.where = "OGR_GEOMETRY = 'MULTIPOINT'";
  assert_ok(f->ctx, files_read(f->ctx, source, &points));
  assert_int_equal(points.reading.used, 56);
  assert_true(points.table->rows > 56); /* several points of a reserve are several entrances */
  assert_int_equal(points.table->kind, SUND_POINT);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      FILES_TEST(test_points),
      FILES_TEST(test_formats),
      FILES_TEST(test_hash_is_sha256),
      FILES_TEST(test_where),
      FILES_TEST(test_deleted_rows_of_a_shapefile),
      FILES_TEST(test_join),
      FILES_TEST(test_join_areas),
      FILES_TEST(test_every_allocation_fails),
      FILES_TEST(test_peers_gpkg),
      FILES_TEST(test_helsingor),
      FILES_TEST(test_mixed_reserves),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}

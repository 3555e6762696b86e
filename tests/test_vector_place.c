/* Tests of where sources say they are: layers/vector_place.c. C01 ... are the numbers of the corpus of bad inputs. */
#include "vector_files.h"

#define COLLECTION                                                                                                \
  "{\"type\":\"FeatureCollection\",\"features\":[{\"type\":\"Feature\",\"properties\":{},\"geometry\":{\"type\":" \
  "\"Point\",\"coordinates\":[%s]}}]}"

static const char *geojson(files *f, const char *name, const char *coordinates) {
  char text[600];
  snprintf(text, sizeof text, COLLECTION, coordinates);
  return files_text(f, name, text);
}

static const char *point(files *f, const char *name, int epsg, const char *wkt) {
  return files_layer(f, name, (layer_spec){"GPKG", "homes", epsg, wkbPoint, 1, &wkt});
}

/* Helsingor's town hall, about: 12.6144 E, 56.0362 N. By PROJ: 25832 725259 6215714, 3006 351337 6212876 or so. */
static void test_axis_orders_agree(void **state) {
  files *f = *state;
  reading a, b, c;
  assert_ok(f->ctx, files_read(f->ctx, files_source(SUND_HOMES, geojson(f, "a.geojson", "12.6144,56.0362")), &a));
  double x = a.table->x[0], y = a.table->y[0];
  assert_true(x > 720000 && x < 730000 && y > 6210000 && y < 6220000);
  assert_string_equal(a.reading.crs, "EPSG:4326");
  assert_true(strlen(a.reading.operation) > 0);
  /* The same place made in 3006 by reading into it, written in 3006 (an authority order of north, east), read back. */
  reading s;
  char wkt[100];
  assert_ok(f->ctx, files_read_into(f->ctx, "EPSG:3006",
                                    files_source(SUND_HOMES, geojson(f, "a.geojson", "12.6144,56.0362")), &s));
  assert_true(s.table->x[0] > 340000 && s.table->x[0] < 360000 && s.table->y[0] > 6200000);
  snprintf(wkt, sizeof wkt, "POINT(%.4f %.4f)", s.table->x[0], s.table->y[0]);
  assert_ok(f->ctx, files_read(f->ctx, files_source(SUND_HOMES, point(f, "b.gpkg", 3006, wkt)), &b));
  assert_true(fabs(b.table->x[0] - x) < 0.01 && fabs(b.table->y[0] - y) < 0.01);
  assert_string_equal(b.reading.crs, "EPSG:3006");
  assert_ok(f->ctx,
            files_read(f->ctx, files_source(SUND_HOMES, point(f, "c.shp.gpkg", 4326, "POINT(12.6144 56.0362)")), &c));
  assert_true(fabs(c.table->x[0] - x) < 0.01 && fabs(c.table->y[0] - y) < 0.01);
}

/* GML in EPSG:3006 by URN is written north, east; the driver turns it. */
static void test_gml_urn(void **state) {
  files *f = *state;
  reading r;
  const char *path = files_text(
      f, "x.gml",
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?><ogr:FeatureCollection xmlns:ogr=\"http://ogr.maptools.org/\" "
      "xmlns:gml=\"http://www.opengis.net/gml/3.2\" gml:id=\"a\"><ogr:featureMember><ogr:homes "
      "gml:id=\"h.0\"><ogr:geom>"
      "<gml:Point srsName=\"urn:ogc:def:crs:EPSG::3006\" gml:id=\"p\"><gml:pos>6212876 351337</gml:pos></gml:Point>"
      "</ogr:geom><ogr:kode>1</ogr:kode></ogr:homes></ogr:featureMember></ogr:FeatureCollection>");
  assert_ok(f->ctx, files_read_into(f->ctx, "EPSG:3006", files_source(SUND_HOMES, path), &r));
  assert_true(fabs(r.table->x[0] - 351337) < 0.01 && fabs(r.table->y[0] - 6212876) < 0.01);
  assert_int_equal(files_size(files_path(f, "x.gfs")), -1); /* nothing is written beside the input */
}

static void test_C01_swapped(void **state) {
  files *f = *state;
  files_expect(f->ctx, files_source(SUND_HOMES, geojson(f, "a.geojson", "56.03,12.6")), SUND_DATA,
               "x and y look swapped", 0);
  files_expect(f->ctx, files_source(SUND_HOMES, point(f, "b.gpkg", 3006, "POINT(6212876 351337)")), SUND_DATA,
               "x and y look swapped", 1);
  files_expect(f->ctx, files_source(SUND_HOMES, point(f, "c.gpkg", 25832, "POINT(6215714 725259)")), SUND_DATA,
               "x and y look swapped", 1);
}

static void test_C02_metres_as_degrees(void **state) {
  files *f = *state;
  reading r;
  const char *path = geojson(f, "a.geojson", "725259,6215714");
  files_expect(f->ctx, files_source(SUND_HOMES, path), SUND_DATA,
               "coordinate 725259 6215714 is no longitude and latitude, as EPSG:4326 says; it looks like EPSG:25832",
               0);
  sund_source source = files_source(SUND_HOMES, path);
  source.crs = "EPSG:25832"; /* GeoJSON cannot say it: the user can */
  assert_ok(f->ctx, files_read(f->ctx, source, &r));
  assert_true(r.table->x[0] == 725259);
  source.path = source.text = geojson(f, "b.geojson", "12.6,56.03");
  files_expect(f->ctx, source, SUND_DATA, "the layer says it is in EPSG:4326, not EPSG:25832", SUND_NO_FEATURE);
  files_expect(f->ctx, files_source(SUND_HOMES, point(f, "c.gpkg", 4326, "POINT(12.6 126.6)")), SUND_DATA,
               "no longitude and latitude", 1);
}

static void test_C05_no_false_alarm(void **state) {
  static const struct {
    const char *crs;
    int epsg;
    const char *wkt;
  } places[] = {
      {"EPSG:25832", 25832, "POINT(725259 6215714)"}, /* Helsingor, outside 25832's area */
      {"EPSG:25832", 25832, "POINT(870000 6150000)"}, /* Bornholm */
      {"EPSG:25832", 3006, "POINT(351337 6212876)"},  /* Helsingborg's side */
      {"EPSG:25832", 25832, "POINT(5 5)"},            /* a toy */
      {"EPSG:25832", 25832, "POINT(1000 2000)"},
      {"EPSG:3035", 3035, "POINT(4480000 3620000)"},
      {"EPSG:32628", 4326, "POINT(-15.42 28.12)"}, /* Las Palmas */
      {"EPSG:31982", 4326, "POINT(-51.2 -30.03)"}, /* Porto Alegre */
      {"EPSG:28354", 4326, "POINT(137.0 -25.0)"},  /* Simpson desert */
  };
  files *f = *state;
  for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
    reading r;
    char name[32];
    snprintf(name, sizeof name, "p%zu.gpkg", i);
    sund_source source = files_source(SUND_HOMES, point(f, name, places[i].epsg, places[i].wkt));
    assert_ok(f->ctx, files_read_into(f->ctx, places[i].crs, source, &r));
    assert_int_equal(r.table->rows, 1);
  }
}

static void test_units(void **state) {
  files *f = *state;
  files_expect(f->ctx, files_source(SUND_HOMES, point(f, "a.gpkg", 25832, "POINT(12.6 56.03)")), SUND_DATA,
               "look like degrees", 1);
  files_expect(f->ctx, files_source(SUND_HOMES, point(f, "b.gpkg", 25832, "POINT(725.259 6215.714)")), SUND_DATA,
               "look like kilometres", 1);
  files_expect(f->ctx, files_source(SUND_HOMES, point(f, "c.gpkg", 25832, "POINT(725259000 6215714000)")), SUND_DATA,
               "is not on the Earth", 1);
}

static void test_C09_mixed_crs(void **state) {
  files *f = *state;
  const char *path = files_homes(f, "x.gpkg", "GPKG", 5);
  /* srs_id 3006 (0x0BBE) in the blob of feature 3, little-endian as GDAL writes it. */
  files_sql(
      path,
      "DROP TRIGGER rtree_homes_geom_update1; DROP TRIGGER rtree_homes_geom_update3;"
      "UPDATE homes SET geom = CAST(substr(geom, 1, 4) || x'BE0B0000' || substr(geom, 9) AS BLOB) WHERE fid = 3");
  files_expect(f->ctx, files_source(SUND_HOMES, path), SUND_DATA, "1 geometries carry another CRS number", 3);
}

static void test_C10_no_crs(void **state) {
  files *f = *state;
  reading r;
  const char *path = point(f, "x.gpkg", 25832, "POINT(725259 6215714)");
  static const char *const none[] = {"0", "-1"};
  for (size_t i = 0; i < 2; i++) {
    char sql[200];
    snprintf(sql, sizeof sql, "UPDATE gpkg_geometry_columns SET srs_id = %s; UPDATE gpkg_contents SET srs_id = %s",
             none[i], none[i]);
    files_sql(path, sql);
    files_sql(path, "UPDATE homes SET geom = CAST(substr(geom, 1, 4) || x'00000000' || substr(geom, 9) AS BLOB)");
    files_expect(f->ctx, files_source(SUND_HOMES, path), SUND_SOURCE,
                 "has no CRS; say it with |crs=EPSG:..., which may be EPSG:25832", SUND_NO_FEATURE);
  }
  sund_source source = files_source(SUND_HOMES, path);
  source.crs = "EPSG:25832";
  assert_ok(f->ctx, files_read(f->ctx, source, &r));
  assert_true(r.table->x[0] == 725259);
  path = files_homes(f, "y.shp", "ESRI Shapefile", 5); /* F09 */
  unlink(files_path(f, "y.prj"));
  files_expect(f->ctx, files_source(SUND_HOMES, files_path(f, "y.shp")), SUND_SOURCE, "has no CRS", SUND_NO_FEATURE);
  files_text(f, "y.prj", "PROJCS[\"nonsense\""); /* F10 */
  files_expect(f->ctx, files_source(SUND_HOMES, files_path(f, "y.shp")), SUND_SOURCE, "", SUND_NO_FEATURE);
  source = files_source(SUND_HOMES, point(f, "z.gpkg", 3006, "POINT(351337 6212876)"));
  source.crs = "EPSG:25832";
  files_expect(f->ctx, source, SUND_DATA, "the layer says it is in EPSG:3006, not EPSG:25832", SUND_NO_FEATURE);
  source.crs = "EPSG:3006";
  assert_ok(f->ctx, files_read(f->ctx, source, &r));
}

/* Replaces the x of a point's WKB in a GeoPackage: GDAL's blob has 8 + 0 (no envelope) + 5 bytes before it. */
static void set_x(const char *path, int fid, const char *hex) {
  char sql[300];
  snprintf(sql, sizeof sql,
           "UPDATE homes SET geom = CAST(substr(geom, 1, 13) || x'%s' || substr(geom, 22) AS BLOB) WHERE fid = %d",
           hex, fid);
  files_sql(path, sql);
}

static void test_C17_not_finite(void **state) {
  files *f = *state;
  const char *path = files_homes(f, "inf.gpkg", "GPKG", 5);
  set_x(path, 4, "000000000000F07F");
  files_expect(f->ctx, files_source(SUND_HOMES, path), SUND_DATA, "a coordinate is not finite", 4);
  path = files_homes(f, "nan.gpkg", "GPKG", 5);
  set_x(path, 2, "000000000000F87F");
  files_expect(f->ctx, files_source(SUND_HOMES, path), SUND_DATA, "a coordinate is not finite", 2);
  /* GDAL calls such points empty. */
  static const char *const pairs[] = {"NaN,6214000", "720000,NaN", "NaN,NaN"};
  for (size_t i = 0; i < 3; i++) {
    char text[300];
    snprintf(text, sizeof text,
             "{\"type\":\"FeatureCollection\",\"crs\":{\"type\":\"name\",\"properties\":{\"name\":\"EPSG:25832\"}},"
             "\"features\":[{\"type\":\"Feature\",\"id\":7,\"properties\":{},\"geometry\":{\"type\":\"Point\","
             "\"coordinates\":[%s]}}]}",
             pairs[i]);
    path = files_text(f, "nan.geojson", text);
    files_expect(f->ctx, files_source(SUND_HOMES, path), SUND_DATA, "a coordinate is not finite", 7);
  }
  path = files_homes(f, "big.gpkg", "GPKG", 5);
  set_x(path, 5, "9C7500883CE4377E"); /* 1e300 */
  files_expect(f->ctx, files_source(SUND_HOMES, path), SUND_DATA, "is not on the Earth", 5);
}

/* The stated extent is moved with its edges, not its corners only, and is absent where none is stated. */
static void test_extent(void **state) {
  files *f = *state;
  reading r;
  const char *const wkt[] = {"POINT(11 55)", "POINT(13 57)"};
  const char *path = files_layer(f, "x.gpkg", (layer_spec){"GPKG", "homes", 4326, wkbPoint, 2, wkt});
  assert_ok(f->ctx, files_read(f->ctx, files_source(SUND_HOMES, path), &r));
  /* The parallel of 55 bends: its lowest northing is at 11 E, its corners are not below. */
  assert_true(r.reading.extent[0] <= r.table->x[0] && r.reading.extent[3] >= r.table->y[1]);
  assert_true(r.reading.extent[2] - r.reading.extent[0] > 120000);
  assert_ok(f->ctx, files_read(f->ctx, files_source(SUND_HOMES, geojson(f, "a.geojson", "12.6,56.03")), &r));
  assert_true(r.reading.extent[0] > r.reading.extent[2]);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      FILES_TEST(test_axis_orders_agree),  FILES_TEST(test_gml_urn),
      FILES_TEST(test_C01_swapped),        FILES_TEST(test_C02_metres_as_degrees),
      FILES_TEST(test_C05_no_false_alarm), FILES_TEST(test_units),
      FILES_TEST(test_C09_mixed_crs),      FILES_TEST(test_C10_no_crs),
      FILES_TEST(test_C17_not_finite),     FILES_TEST(test_extent),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}

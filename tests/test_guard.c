/* Tests of opening sources from strangers: layers/guard.c, path.c, gpkg_inspect.c, vector_scan.c, vector_shapefile.c.
 * The names F01, P03 ... are those of the corpus of bad inputs the project works through. */
#include <fcntl.h>
#include <sys/socket.h>
#include <sys/un.h>

#include "vector_files.h"

#define GEOJSON_HEAD "{\"type\":\"FeatureCollection\",\"features\":["
#define GEOJSON_POINT                                                                                              \
  "{\"type\":\"Feature\",\"properties\":{\"kode\":\"%s\"},\"geometry\":{\"type\":\"Point\",\"coordinates\":[12.6," \
  "56.03]}}"

static void expect(files *f, const char *path, sund_code code, const char *part) {
  files_expect(f->ctx, files_source(SUND_HOMES, path), code, part, SUND_NO_FEATURE);
}

/* ------------------------------------------------------------------------------------------------------ whole files */

static void test_F01_empty(void **state) {
  expect(*state, files_text(*state, "x.geojson", ""), SUND_SOURCE, "file is empty");
}

static void test_F02_no_features(void **state) {
  files *f = *state;
  reading r;
  assert_ok(f->ctx, files_read(f->ctx, files_source(SUND_HOMES, files_text(f, "x.geojson", GEOJSON_HEAD "]}")), &r));
  assert_int_equal(r.table->rows, 0);
  assert_non_null(files_finding(&r, "no feature was read"));
  assert_non_null(sund_table_real(r.table, "persons"));
}

static void test_F03_bom(void **state) {
  files *f = *state;
  reading r;
  char text[600];
  snprintf(text, sizeof text, "\xEF\xBB\xBF" GEOJSON_HEAD GEOJSON_POINT "]}", "\xC3\xA6");
  assert_ok(f->ctx, files_read(f->ctx, files_source(SUND_HOMES, files_text(f, "x.geojson", text)), &r));
  assert_int_equal(r.table->rows, 1);
}

static void test_F04_latin1(void **state) {
  char text[600];
  snprintf(text, sizeof text, GEOJSON_HEAD GEOJSON_POINT "]}", "\xE6");
  const char *path = files_text(*state, "x.geojson", text);
  char part[80];
  snprintf(part, sizeof part, "byte %zu (0xE6) is not UTF-8", (size_t)(strchr(text, '\xE6') - text));
  expect(*state, path, SUND_SOURCE, part);
  expect(*state, files_text(*state, "y.csv", "id;navn\n1;K\xF8ge\n"), SUND_SOURCE, "byte 11 (0xF8)");
  expect(*state, files_bytes(*state, "z.csv", "id;x\n1;a\0b\n", 11), SUND_SOURCE, "byte 8 of the text is NUL");
  expect(*state, files_bytes(*state, "w.csv", "\xFF\xFEi\0d\0", 6), SUND_SOURCE, "UTF-16");
  expect(*state, files_text(*state, "v.csv", "id\n\xC3"), SUND_SOURCE, "ends inside a character");
}

static void test_F05_cut_geojson(void **state) {
  files *f = *state;
  const char *path = files_homes(f, "x.geojson", "GeoJSON", 500);
  files_cut(path, 0.5);
  expect(f, path, SUND_SOURCE, "");
}

static void test_F06_cut_shapefile(void **state) {
  files *f = *state;
  const char *path = files_homes(f, "x.shp", "ESRI Shapefile", 1000);
  files_cut(path, 0.5); /* 100 + 28 * 1000 bytes: 501 shapes lie whole before byte 14050 */
  expect(f, path, SUND_SOURCE, "the last whole feature is 497, of 1000");
}

static void test_F07_F08_missing_parts(void **state) {
  files *f = *state;
  const char *path = files_homes(f, "x.shp", "ESRI Shapefile", 3);
  unlink(files_path(f, "x.shx"));
  expect(f, path, SUND_SOURCE, "x.shx is missing");
  path = files_homes(f, "y.shp", "ESRI Shapefile", 3);
  unlink(files_path(f, "y.dbf"));
  expect(f, path, SUND_SOURCE, "y.dbf is missing");
  path = files_homes(f, "z.shp", "ESRI Shapefile", 300);
  files_cut(files_path(f, "z.dbf"), 0.5);
  expect(f, files_path(f, "z.shp"), SUND_SOURCE, "z.dbf is cut");
}

static void test_F12_cut_gpkg(void **state) {
  files *f = *state;
  const char *path = files_homes(f, "x.gpkg", "GPKG", 3000);
  files_cut(path, 0.6);
  expect(f, path, SUND_SOURCE, "damaged");
}

static void test_F13_F19_no_file(void **state) {
  files *f = *state;
  mkdir(files_path(f, "folder"), 0700);
  expect(f, files_path(f, "folder"), SUND_SOURCE, "is a folder");
  assert_int_equal(mkfifo(files_path(f, "pipe.gpkg"), 0600), 0);
  expect(f, files_path(f, "pipe.gpkg"), SUND_SOURCE, "not a regular file");
  expect(f, "/dev/zero", SUND_SOURCE, "not a regular file");
  struct sockaddr_un address = {.sun_family = AF_UNIX};
  snprintf(address.sun_path, sizeof address.sun_path, "%s/s.gpkg", f->folder);
  int handle = socket(AF_UNIX, SOCK_STREAM, 0);
  assert_int_equal(bind(handle, (struct sockaddr *)&address, sizeof address), 0);
  close(handle);
  expect(f, files_path(f, "s.gpkg"), SUND_SOURCE, "not a regular file");
  unlink(address.sun_path);
  unlink(files_path(f, "pipe.gpkg"));
}

static void test_F14_missing(void **state) {
  files *f = *state;
  files_text(f, "adresser.gpkg", "x");
  char part[600];
  snprintf(part, sizeof part, "no such file: %s/adreser.gpkg; did you mean adresser.gpkg?", f->folder);
  expect(f, files_path(f, "adreser.gpkg"), SUND_SOURCE, part);
  expect(f, files_path(f, "nowhere/a.gpkg"), SUND_SOURCE, "nor its folder");
  char *long_path = calloc(1, 6000);
  memset(long_path, 'a', 5000);
  reading r;
  sund_ctx *own = sund_ctx_child(f->ctx);
  sund_code code = files_read(own, files_source(SUND_HOMES, long_path), &r);
  sund_ctx_free(own);
  free(long_path);
  assert_int_equal(code, SUND_USAGE);
}

static void test_F15_other_content(void **state) {
  expect(*state, files_bytes(*state, "x.gpkg", "II*\0\x08\0\0\0", 8), SUND_SOURCE, "TIFF");
  expect(*state, files_text(*state, "y.gpkg", "<!DOCTYPE html><html>404</html>"), SUND_SOURCE,
         "content is a web page");
  expect(*state, files_bytes(*state, "z.gpkg", "\x1f\x8b\x08 ...", 8), SUND_SOURCE, "gzip");
  expect(*state, files_text(*state, "n.gpkg", "no database at all"), SUND_SOURCE, "content is of no known kind");
}

static void test_F16_odd_names(void **state) {
  files *f = *state;
  reading r;
  const char *path = files_homes(f, "a b & æøå\n%20?#.gpkg", "GPKG", 3);
  assert_ok(f->ctx, files_read(f->ctx, files_source(SUND_HOMES, path), &r));
  assert_int_equal(r.table->rows, 3);
}

/* F11: text in Windows-1252 that the file does not own up to. */
static void test_F11_codepage(void **state) {
  files *f = *state;
  const char *path = files_homes(f, "x.shp", "ESRI Shapefile", 3);
  unlink(files_path(f, "x.cpg"));
  files_text(f, "x.cpg", "UTF-8");
  const char *dbf = files_path(f, "x.dbf");
  FILE *file = fopen(dbf, "rb");
  static char bytes[4096];
  size_t length = fread(bytes, 1, sizeof bytes, file), at = 0;
  fclose(file);
  for (size_t i = 0; i + 2 < length; i++)
    if (memcmp(bytes + i, "k1", 2) == 0) at = i;
  assert_true(at > 0);
  files_patch(dbf, (long)at, "\xF8", 1);
  sund_pair field = {"id", "kode", {0}};
  sund_source source = files_source(SUND_HOMES, path);
  source.fields = 1;
  source.field = &field;
  files_expect(f->ctx, source, SUND_DATA, "not UTF-8", 1);
}

static void test_F27_nested(void **state) {
  enum { DEEP = 200000 };
  char *text = calloc(1, 2 * DEEP + 100);
  strcpy(text, "{\"type\":\"FeatureCollection\",\"features\":");
  memset(text + strlen(text), '[', DEEP);
  memset(text + strlen(text), ']', DEEP);
  strcat(text, "}");
  const char *path = files_text(*state, "x.geojson", text);
  free(text);
  expect(*state, path, SUND_SOURCE, "");
}

static void test_osm(void **state) {
  files *f = *state;
  reading r;
  const char *path = files_text(
      f, "x.osm",
      "<?xml version='1.0' encoding='UTF-8'?><osm version='0.6'>"
      /* not in the order of their ids, as the site delivers them */
      "<node id='2' lat='56.03' lon='12.61'/><node id='1' lat='56.03' lon='12.60'/><node id='3' lat='56.04' "
      "lon='12.61'/>"
      "<node id='4' lat='56.05' lon='12.60'><tag k='name' v='x'/></node>"
      "<way id='10'><nd ref='1'/><nd ref='2'/><tag k='highway' v='footway'/></way>"
      "<way id='11'><nd ref='2'/><nd ref='3'/><tag k='waterway' v='stream'/></way>"
      "<way id='12'><nd ref='1'/><nd ref='2'/><nd ref='3'/><nd ref='1'/><tag k='building' v='yes'/></way></osm>");
  assert_ok(f->ctx, files_read(f->ctx, files_source(SUND_PATHS, path), &r));
  assert_int_equal(r.table->rows, 1);
  assert_int_equal(r.table->kind, SUND_LINE);
  assert_ok(f->ctx, files_read(f->ctx, files_source(SUND_HOMES, path), &r));
  assert_int_equal(r.table->rows, 1);
  assert_int_equal(r.table->kind, SUND_AREA);
}

/* --------------------------------------------------------------------------------------------------------- strangers */

static void test_vrt_is_refused(void **state) {
  files *f = *state;
  files_text(f, "secret.csv", "id,password\n1,hunter2\n");
  char vrt[600];
  snprintf(vrt, sizeof vrt,
           "<OGRVRTDataSource><OGRVRTLayer name=\"secret\"><SrcDataSource>%s/secret.csv</SrcDataSource>"
           "<GeometryType>wkbNone</GeometryType></OGRVRTLayer></OGRVRTDataSource>",
           f->folder);
  expect(f, files_text(f, "x.geojson", vrt), SUND_SOURCE, "virtual dataset (VRT)");
  /* Behind 5000 blanks the first bytes do not tell; the allow-list must. */
  char *padded = calloc(1, 6000);
  memset(padded, ' ', 5000);
  strcat(padded, vrt);
  expect(f, files_text(f, "y.geojson", padded), SUND_SOURCE, "");
  free(padded);
}

static void test_network_is_refused(void **state) {
  static const char *const paths[] = {"/vsicurl/http://127.0.0.1/x.gpkg", "/vsis3/bucket/x.gpkg", "/vsistdin/x",
                                      "/vsizip/vsicurl/http://127.0.0.1/x.zip/x.shp", "/vsizip//vsicurl/x.zip/y.shp"};
  for (size_t i = 0; i < sizeof paths / sizeof *paths; i++) expect(*state, paths[i], SUND_SOURCE, "read");
  files_expect(((files *)*state)->ctx, files_source(SUND_HOMES, "https://example.org/x.geojson"), SUND_SOURCE,
               "nothing is read over the network", SUND_NO_FEATURE);
}

static void test_F25_doctype(void **state) {
  expect(*state,
         files_text(*state, "x.gml",
                    "<?xml version=\"1.0\"?><!DOCTYPE x [<!ENTITY a \"aaaa\">]><gml:FeatureCollection "
                    "xmlns:gml=\"http://www.opengis.net/gml\">&a;</gml:FeatureCollection>"),
         SUND_SOURCE, "DOCTYPE");
}

static void test_zip(void **state) {
  files *f = *state;
  reading r;
  char command[600];
  files_homes(f, "homes.shp", "ESRI Shapefile", 5);
  snprintf(command, sizeof command, "/vsizip/%s", files_path(f, "homes.zip"));
  const char *const parts[] = {"homes.shp", "homes.shx", "homes.dbf", "homes.prj"};
  for (size_t i = 0; i < 4; i++) {
    char target[700];
    snprintf(target, sizeof target, "%s/%s", command, parts[i]);
    assert_int_equal(CPLCopyFile(target, files_path(f, parts[i])), 0);
  }
  assert_ok(f->ctx, files_read(f->ctx, files_source(SUND_HOMES, files_path(f, "homes.zip")), &r));
  assert_int_equal(r.table->rows, 5);
  snprintf(command, sizeof command, "/vsizip/%s/homes.shp", files_path(f, "homes.zip"));
  assert_ok(f->ctx, files_read(f->ctx, files_source(SUND_HOMES, command), &r));
  assert_int_equal(r.table->rows, 5);
}

static void test_F29_bomb(void **state) {
  files *f = *state;
  char target[600];
  snprintf(target, sizeof target, "/vsizip/%s/x.geojson", files_path(f, "bomb.zip"));
  VSILFILE *file = VSIFOpenL(target, "wb");
  assert_non_null(file);
  char *blank = calloc(1, 1 << 20);
  memset(blank, ' ', 1 << 20);
  for (int i = 0; i < 40; i++) VSIFWriteL(blank, 1, 1 << 20, file);
  VSIFCloseL(file);
  free(blank);
  expect(f, files_path(f, "bomb.zip"), SUND_LIMIT, "unpacks to 40 MB");
}

static void test_hostile_settings(void **state) {
  files *f = *state;
  reading r;
  const char *path = files_homes(f, "x.gpkg", "GPKG", 3);
  setenv("OGR_SQLITE_LOAD_EXTENSIONS", "/nowhere/evil.so", 1);
  CPLSetThreadLocalConfigOption("OGR_SQLITE_PRAGMA", "foo=bar");
  assert_ok(f->ctx, files_read(f->ctx, files_source(SUND_HOMES, path), &r));
  unsetenv("OGR_SQLITE_LOAD_EXTENSIONS");
  assert_string_equal(CPLGetThreadLocalConfigOption("OGR_SQLITE_PRAGMA", ""), "foo=bar"); /* given back */
  CPLSetThreadLocalConfigOption("OGR_SQLITE_PRAGMA", NULL);
}

/* ------------------------------------------------------------------------------------------------------- GeoPackage */

static void test_P01_P02_P03_stale(void **state) {
  files *f = *state;
  reading r;
  const char *path = files_homes(f, "x.gpkg", "GPKG", 250);
  files_sql(path,
            "UPDATE gpkg_ogr_contents SET feature_count = 99;"
            "UPDATE gpkg_contents SET max_x = 720100, max_y = 6214000;"
            "DELETE FROM rtree_homes_geom_node; INSERT INTO rtree_homes_geom_node VALUES (1, zeroblob(1228))");
  assert_ok(f->ctx, files_read(f->ctx, files_source(SUND_HOMES, path), &r));
  assert_int_equal(r.table->rows, 250);
  assert_int_equal(r.reading.read, 250);
  assert_true(r.reading.extent[2] >= 720990 && r.reading.extent[3] >= 6214020);
}

static void test_P04_missing_table(void **state) {
  files *f = *state;
  reading r;
  const char *path = files_homes(f, "x.gpkg", "GPKG", 3);
  files_sql(path,
            "INSERT INTO gpkg_contents(table_name, data_type, identifier, srs_id) VALUES"
            "('gone', 'features', 'gone', 25832)");
  assert_ok(f->ctx, files_read(f->ctx, files_source(SUND_HOMES, path), &r));
  assert_non_null(files_finding(&r, "table gone is listed in gpkg_contents but is not there"));
  sund_source source = files_source(SUND_HOMES, path);
  source.layer = "gone";
  files_expect(f->ctx, source, SUND_USAGE, "no layer named gone", SUND_NO_FEATURE);
}

static void test_P06_P07_views(void **state) {
  files *f = *state;
  reading r;
  const char *path = files_homes(f, "x.gpkg", "GPKG", 10);
  files_sql(path,
            "CREATE TRIGGER hostile AFTER INSERT ON homes BEGIN DELETE FROM homes; END;"
            "CREATE VIEW half AS SELECT fid AS OGC_FID, geom, kode FROM homes WHERE fid <= 5;"
            "CREATE VIEW endless AS WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n)"
            " SELECT i AS OGC_FID, geom, kode FROM n, homes;"
            "INSERT INTO gpkg_contents(table_name, data_type, identifier, srs_id) VALUES"
            "('half', 'features', 'half', 25832), ('endless', 'features', 'endless', 25832);"
            "INSERT INTO gpkg_geometry_columns VALUES ('half', 'geom', 'POINT', 25832, 0, 0),"
            "('endless', 'geom', 'POINT', 25832, 0, 0)");
  sund_source source = files_source(SUND_HOMES, path);
  source.layer = "half";
  assert_ok(f->ctx, files_read(f->ctx, source, &r));
  assert_int_equal(r.table->rows, 5);
  source.layer = "homes";
  assert_ok(f->ctx, files_read(f->ctx, source, &r));
  assert_int_equal(r.table->rows, 10);
  source.layer = "endless";
  files_expect(f->ctx, source, SUND_LIMIT, "does not end", SUND_NO_FEATURE);
}

static void test_virtual_table(void **state) {
  files *f = *state;
  const char *path = files_homes(f, "x.gpkg", "GPKG", 3);
  files_sql(path,
            "PRAGMA writable_schema = ON; INSERT INTO sqlite_master VALUES ('table', 'evil', 'evil', 0, "
            "'CREATE VIRTUAL TABLE evil USING VirtualText(''/etc/passwd'')')");
  expect(f, path, SUND_SOURCE, "could read other files");
}

static void test_P08_damaged(void **state) {
  files *f = *state;
  char zeros[4096];
  memset(zeros, 0x5A, sizeof zeros);
  const char *path = files_homes(f, "x.gpkg", "GPKG", 20000);
  /* A page in the middle of the file is one of the layer's. */
  files_patch(path, files_size(path) / 2 / 4096 * 4096, zeros, sizeof zeros);
  expect(f, path, SUND_SOURCE, "file is damaged");
  path = files_homes(f, "y.gpkg", "GPKG", 3);
  files_sql(path, "PRAGMA application_id = 17");
  expect(f, path, SUND_SOURCE, "application id");
  path = files_homes(f, "z.gpkg", "GPKG", 3);
  files_patch(path, 0, "ENCRYPTED DATA..", 16);
  expect(f, path, SUND_SOURCE, "content is of no known kind");
}

/* A file whose last good feature can be told: damage the last leaf of a table of one page a feature. */
static void test_P08_last_good(void **state) {
  files *f = *state;
  const char *path = files_path(f, "x.gpkg");
  files_homes(f, "x.gpkg", "GPKG", 3);
  files_sql(path, "UPDATE homes SET kode = hex(zeroblob(1500)); VACUUM");
  FILE *file = fopen(path, "rb");
  static unsigned char bytes[1 << 20];
  size_t length = fread(bytes, 1, sizeof bytes, file), at = 0;
  fclose(file);
  /* The page on which feature 3 (POINT 720020 6214000) lies: 720020 = 0x4125F92800000000 little-endian. */
  const unsigned char x[8] = {0, 0, 0, 0, 0x28, 0xF9, 0x25, 0x41};
  for (size_t i = 0; i + 8 <= length; i++)
    if (memcmp(bytes + i, x, 8) == 0) at = i;
  assert_true(at > 4096);
  files_patch(path, (long)(at / 4096 * 4096), "\x5A\x5A\x5A\x5A", 4);
  expect(f, path, SUND_SOURCE, "last good feature is 2");
}

/* P09: a writer that died with its changes in the write-ahead log only. */
static void crash_with_wal(files *f, const char *name, const char *saved) {
  const char *path = files_path(f, name);
  sqlite3 *db = files_open(path);
  char from[600], to[600];
  assert_int_equal(sqlite3_exec(db,
                                "PRAGMA journal_mode = WAL; PRAGMA wal_autocheckpoint = 0;"
                                "UPDATE homes SET kode = 'new'",
                                NULL, NULL, NULL),
                   SQLITE_OK);
  files_copy(path, files_path(f, saved));
  snprintf(from, sizeof from, "%s-wal", path);
  snprintf(to, sizeof to, "%s/%s-wal", f->folder, saved);
  files_copy(from, to);
  sqlite3_close(db);
}

static void test_P09_wal(void **state) {
  files *f = *state;
  reading r;
  char log[600];
  files_homes(f, "live.gpkg", "GPKG", 4);
  crash_with_wal(f, "live.gpkg", "dead.gpkg");
  snprintf(log, sizeof log, "%s/dead.gpkg-wal", f->folder);
  long before = files_size(log);
  assert_true(before > 0);
  sund_pair pair = {"id", "kode", {0}};
  sund_source source = files_source(SUND_HOMES, files_path(f, "dead.gpkg"));
  source.fields = 1;
  source.field = &pair;
  assert_ok(f->ctx, files_read(f->ctx, source, &r));
  assert_string_equal(sund_table_text(r.table, "id")[0], "new");
  assert_non_null(files_finding(&r, "unfinished changes"));
  assert_int_equal(files_size(log), before); /* the user's folder is as it was */
  snprintf(log, sizeof log, "%s/dead.gpkg-shm", f->folder);
  assert_int_equal(files_size(log), -1);
}

/* A writer that died inside a transaction: the journal beside the file takes its half-made change back. */
static void test_P09_hot_journal(void **state) {
  files *f = *state;
  reading r;
  const char *path = files_homes(f, "live.gpkg", "GPKG", 3000);
  char from[600], to[600];
  sqlite3 *db = files_open(path);
  assert_int_equal(sqlite3_exec(db,
                                "PRAGMA cache_size = 5; PRAGMA cache_spill = 5; BEGIN; UPDATE homes SET kode = "
                                "hex(zeroblob(200)); DELETE FROM homes WHERE fid > 10",
                                NULL, NULL, NULL),
                   SQLITE_OK);
  files_copy(path, files_path(f, "dead.gpkg"));
  snprintf(from, sizeof from, "%s/live.gpkg-journal", f->folder);
  snprintf(to, sizeof to, "%s/dead.gpkg-journal", f->folder);
  files_copy(from, to);
  sqlite3_close(db);
  long before = files_size(to);
  assert_true(before > 512);
  assert_ok(f->ctx, files_read(f->ctx, files_source(SUND_HOMES, files_path(f, "dead.gpkg")), &r));
  assert_int_equal(r.table->rows, 3000);
  assert_int_equal(files_size(to), before);
}

static void test_P10_readonly_wal(void **state) {
  files *f = *state;
  reading r;
  mkdir(files_path(f, "ro"), 0700);
  files_homes(f, "ro/x.gpkg", "GPKG", 4);
  const char *path = files_path(f, "ro/x.gpkg");
  files_sql(path, "PRAGMA journal_mode = WAL; UPDATE homes SET kode = 'wal'");
  chmod(path, 0400);
  chmod(files_path(f, "ro"), 0500);
  assert_ok(f->ctx, files_read(f->ctx, files_source(SUND_HOMES, path), &r));
  assert_int_equal(r.table->rows, 4);
  chmod(files_path(f, "ro"), 0700);
  assert_int_equal(files_size(files_path(f, "ro/x.gpkg-shm")), -1); /* also as root nothing was left */
}

static void test_no_key(void **state) {
  files *f = *state;
  const char *path = files_homes(f, "x.gpkg", "GPKG", 3);
  files_sql(path,
            "CREATE TABLE loose(event TEXT, level_m REAL, heights TEXT);"
            "INSERT INTO gpkg_contents(table_name, data_type, identifier) VALUES ('loose', 'attributes', 'loose')");
  sund_source source = files_source(SUND_EVENTS, path);
  source.layer = "loose";
  files_expect(f->ctx, source, SUND_SOURCE, "table loose has no integer primary key", SUND_NO_FEATURE);
}

/* ------------------------------------------------------------------------------------------------------------ layers */

static void test_layers(void **state) {
  files *f = *state;
  reading r;
  const char *const wkt[] = {"POINT(720000 6214000)"};
  const char *path = files_layer(f, "x.gpkg", (layer_spec){"GPKG", "boliger", 25832, wkbPoint, 1, wkt});
  files_layer(f, "x.gpkg", (layer_spec){"GPKG", "arbejde", 25832, wkbPoint, 1, wkt});
  sund_source source = files_source(SUND_HOMES, path);
  files_expect(f->ctx, source, SUND_SOURCE, "name one with |layername=: boliger, arbejde", SUND_NO_FEATURE);
  source.layer = "bolger";
  files_expect(f->ctx, source, SUND_USAGE, "no layer named bolger (did you mean boliger?)", SUND_NO_FEATURE);
  source.layer = "Boliger";
  assert_ok(f->ctx, files_read(f->ctx, source, &r));
  assert_string_equal(r.reading.layer, "boliger");
  files_text(f, "e.csv", "event;level_m\nx;1\n");
  files_expect(f->ctx, files_source(SUND_PATHS, files_path(f, "e.csv")), SUND_DATA, "table without geometry",
               SUND_NO_FEATURE);
}

static void test_peek(void **state) {
  files *f = *state;
  sund_peek peek;
  sund_source source = files_source(SUND_HOMES, files_homes(f, "x.gpkg", "GPKG", 30));
  assert_ok(f->ctx, sund_vector_peek(f->ctx, &source, &peek));
  assert_string_equal(peek.driver, "GPKG");
  assert_string_equal(peek.layer, "homes");
  assert_int_equal(peek.features, 30);
  assert_int_equal(peek.kind, SUND_POINT);
  assert_non_null(strstr(peek.wkt, "25832"));
  assert_true(peek.box[0] == 720000 && peek.box[2] == 720290);
  assert_int_equal(peek.fields, 2);
  assert_string_equal(peek.field[0], "kode");
  source.path = files_path(f, "none.gpkg");
  assert_int_equal(sund_vector_peek(f->ctx, &source, &peek), SUND_SOURCE);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      FILES_TEST(test_F01_empty),
      FILES_TEST(test_F02_no_features),
      FILES_TEST(test_F03_bom),
      FILES_TEST(test_F04_latin1),
      FILES_TEST(test_F05_cut_geojson),
      FILES_TEST(test_F06_cut_shapefile),
      FILES_TEST(test_F07_F08_missing_parts),
      FILES_TEST(test_F12_cut_gpkg),
      FILES_TEST(test_F13_F19_no_file),
      FILES_TEST(test_F14_missing),
      FILES_TEST(test_F15_other_content),
      FILES_TEST(test_F16_odd_names),
      FILES_TEST(test_vrt_is_refused),
      FILES_TEST(test_network_is_refused),
      FILES_TEST(test_F25_doctype),
      FILES_TEST(test_zip),
      FILES_TEST(test_F29_bomb),
      FILES_TEST(test_hostile_settings),
      FILES_TEST(test_P01_P02_P03_stale),
      FILES_TEST(test_P04_missing_table),
      FILES_TEST(test_P06_P07_views),
      FILES_TEST(test_virtual_table),
      FILES_TEST(test_P08_damaged),
      FILES_TEST(test_P08_last_good),
      FILES_TEST(test_P09_wal),
      FILES_TEST(test_P09_hot_journal),
      FILES_TEST(test_F11_codepage),
      FILES_TEST(test_F27_nested),
      FILES_TEST(test_osm),
      FILES_TEST(test_P10_readonly_wal),
      FILES_TEST(test_no_key),
      FILES_TEST(test_layers),
      FILES_TEST(test_peek),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}

/* Tests of geometry out of files: layers/vector_geometry.c. G01 ... are the numbers of the corpus of bad inputs. */
#include "vector_files.h"

static const char *layer(files *f, const char *name, OGRwkbGeometryType type, size_t count, const char *const *wkt) {
  return files_layer(f, name, (layer_spec){"GPKG", "x", 25832, type, count, wkt});
}

static void read_ok(files *f, sund_role role, const char *path, reading *r) {
  assert_ok(f->ctx, files_read(f->ctx, files_source(role, path), r));
}

static void test_rings(void **state) {
  files *f = *state;
  reading r;
  /* Outer ring clockwise, hole counter-clockwise: both the wrong way round (G13). */
  const char *const wkt[] = {
      "POLYGON((0 0,0 10,10 10,10 0,0 0),(2 2,4 2,4 4,2 4,2 2))",
      "MULTIPOLYGON(((20 0,30 0,30 10,20 10,20 0)),((40 0,50 0,50 10,40 10,40 0),(41 1,41 2,42 2,42 1,41 1)))"};
  read_ok(f, SUND_LAND, layer(f, "x.gpkg", wkbUnknown, 2, wkt), &r);
  const sund_shapes *s = r.table->shapes;
  assert_int_equal(r.table->kind, SUND_AREA);
  assert_int_equal(s->rows, 2);
  assert_int_equal(s->parts, 5);
  static const double area[] = {100, -4, 100, 100, -1};
  static const int hole[] = {0, 1, 0, 0, 1};
  for (size_t p = 0; p < 5; p++) {
    size_t first = s->first_vertex[p], count = s->first_vertex[p + 1] - first;
    assert_int_equal(s->hole[p], hole[p]);
    assert_true(fabs(sund_ring_area(count, s->x + first, s->y + first) - area[p]) < 1e-9);
    assert_true(s->x[first] == s->x[first + count - 1] && s->y[first] == s->y[first + count - 1]);
  }
}

static void test_lines_and_heights(void **state) {
  files *f = *state;
  reading r;
  const char *const wkt[] = {"LINESTRING Z (0 0 5,10 0 6)", "MULTILINESTRING((0 0,5 5),(6 6,7 7,8 6))",
                             "LINESTRING M (0 0 1,3 4 2)"};
  read_ok(f, SUND_PATHS, layer(f, "x.gpkg", wkbUnknown, 3, wkt), &r);
  const sund_shapes *s = r.table->shapes;
  assert_int_equal(s->rows, 3);
  assert_int_equal(s->parts, 4);
  assert_int_equal(s->first_part[2], 3);
  assert_int_equal(s->vertices, 9);
  assert_null(s->hole);
  assert_true(s->x[8] == 3 && s->y[8] == 4);
}

static void test_G01_G02_repair(void **state) {
  files *f = *state;
  reading r;
  const char *const wkt[] = {"POLYGON((0 0,10 0,10 10,0 10,0 0))",
                             "POLYGON((720000 6214000,720010 6214010,720010 6214000,720000 6214010,720000 6214000))"};
  read_ok(f, SUND_GREEN, layer(f, "x.gpkg", wkbPolygon, 2, wkt), &r);
  const sund_finding *finding = files_finding(&r, "invalid area repaired");
  assert_non_null(finding);
  assert_int_equal(finding->feature, 2);
  assert_non_null(strstr(finding->text, "0.00 m2 before, 50.00 m2 after"));
  assert_true(fabs(finding->x - 720005) < 1e-6 && fabs(finding->y - 6214005) < 1e-6);
  assert_string_equal(finding->source, "x.gpkg");
}

static void test_G03_unclosed(void **state) {
  files *f = *state;
  reading r;
  /* OGR closes rings of WKT; so the file is made by hand: one polygon, one ring, three points not closed. */
  static const char hex[] =
      "47500001E8640000" /* GP, version, little-endian, no envelope, srs 25832 */
      "01030000000100000003000000"
      "00000000000000000000000000000000"  /* 0 0  */
      "00000000000024400000000000000000"  /* 10 0 */
      "00000000000024400000000000002440"; /* 10 10 */
  const char *const wkt[] = {"POLYGON((0 0,10 0,10 10,0 0))"};
  char sql[600];
  const char *path = layer(f, "x.gpkg", wkbPolygon, 1, wkt);
  snprintf(sql, sizeof sql, "UPDATE x SET geom = x'%s'", hex);
  files_sql(path, sql);
  read_ok(f, SUND_LAND, path, &r);
  assert_int_equal(r.table->shapes->vertices, 4);
  assert_true(fabs(sund_ring_area(4, r.table->shapes->x, r.table->shapes->y) - 50) < 1e-9);
  assert_non_null(files_finding(&r, "1 feature with a ring that was not closed, closed; the first is 1"));
}

static void test_G04_degenerate(void **state) {
  files *f = *state;
  reading r;
  const char *const lines[] = {"LINESTRING(1 1,1 1)", "LINESTRING(0 0,5 0)", "MULTILINESTRING((2 2,2 2),(0 0,7 0))"};
  read_ok(f, SUND_COAST, layer(f, "l.gpkg", wkbUnknown, 3, lines), &r);
  assert_int_equal(r.table->rows, 2);
  assert_int_equal(r.table->shapes->parts, 2);
  assert_int_equal(sund_table_feature(r.table, 0), 2);
  assert_int_equal(r.reading.rejected, 1);
  assert_non_null(files_finding(&r, "1 feature whose geometry has no extent, left out; the first is 1"));
  assert_non_null(files_finding(&r, "2 features with a line or ring of too few points"));
  const char *const areas[] = {"POLYGON((1 1,2 2,1 1))", "POLYGON((0 0,10 0,10 10,0 0),(5 1,6 2,5 1))"};
  read_ok(f, SUND_LAND, layer(f, "a.gpkg", wkbPolygon, 2, areas), &r);
  assert_int_equal(r.table->rows, 1);
  assert_int_equal(r.table->shapes->parts, 1);
}

static void test_G05_empty(void **state) {
  files *f = *state;
  reading r;
  const char *const wkt[] = {"POINT(720000 6214000)", NULL, "POINT EMPTY", "POINT(720010 6214000)", NULL};
  read_ok(f, SUND_HOMES, layer(f, "x.gpkg", wkbPoint, 5, wkt), &r);
  assert_int_equal(r.table->rows, 2);
  assert_int_equal(r.reading.read, 5);
  assert_int_equal(r.reading.rejected, 3);
  const sund_finding *finding = files_finding(&r, "3 features without geometry, left out; the first is 2");
  assert_non_null(finding);
  assert_string_equal(finding->severity, "warning");
  assert_int_equal(finding->feature, 2);
  const char *const none[] = {NULL, NULL};
  files_expect(f->ctx, files_source(SUND_GREEN, layer(f, "y.gpkg", wkbUnknown, 2, none)), SUND_DATA,
               "none of the 2 features has a geometry", SUND_NO_FEATURE);
}

static void test_G06_collection(void **state) {
  files *f = *state;
  reading r;
  const char *const wkt[] = {
      "GEOMETRYCOLLECTION(POINT(1 1),POLYGON((0 0,10 0,10 10,0 0)),GEOMETRYCOLLECTION(LINESTRING(0 0,1 "
      "1),POLYGON((20 0,30 0,30 10,20 0))))"};
  read_ok(f, SUND_LAND, layer(f, "x.gpkg", wkbUnknown, 1, wkt), &r);
  assert_int_equal(r.table->rows, 1);
  assert_int_equal(r.table->shapes->parts, 2);
  assert_non_null(files_finding(&r, "parts of another kind"));
}

static void test_wrong_kind(void **state) {
  files *f = *state;
  const char *const mixed[] = {"POLYGON((0 0,10 0,10 10,0 0))", "LINESTRING(0 0,1 1)"};
  files_expect(f->ctx, files_source(SUND_LAND, layer(f, "a.gpkg", wkbUnknown, 2, mixed)), SUND_DATA,
               "geometry is a line; land takes areas", 2);
  const char *const both[] = {"POLYGON((0 0,10 0,10 10,0 0))", "POINT(0 0)"};
  files_expect(f->ctx, files_source(SUND_GREEN, layer(f, "b.gpkg", wkbUnknown, 2, both)), SUND_DATA,
               "geometry is a point among areas; read them as two sources", 2);
  const char *const points[] = {"MULTIPOINT(0 0,1 1)"};
  files_expect(f->ctx, files_source(SUND_HOMES, layer(f, "c.gpkg", wkbMultiPoint, 1, points)), SUND_DATA,
               "several points", 1);
}

static void test_C19_curves(void **state) {
  files *f = *state;
  reading r;
  const char *const wkt[] = {
      "CURVEPOLYGON(CIRCULARSTRING(720000 6214000,720100 6214100,720200 6214000,720100 6213900,720000 6214000))"};
  read_ok(f, SUND_LAND, layer(f, "x.gpkg", wkbCurvePolygon, 1, wkt), &r);
  const sund_shapes *s = r.table->shapes;
  assert_true(fabs(sund_ring_area(s->vertices, s->x, s->y) / (3.14159265358979 * 100 * 100) - 1) < 2e-3);
  assert_non_null(files_finding(&r, "arcs, drawn as chords"));
}

static void test_G14_bad_blobs(void **state) {
  static const char *const blobs[] = {"DEADBEEF",
                                      "",
                                      "47500001E8640000",
                                      "47500001E8640000010300000001000000FFFFFFFF",
                                      "47500001E86400000103000000FFFFFFFF",
                                      "47500001E864000001030000000100000004000000000000"};
  files *f = *state;
  const char *const wkt[] = {"POLYGON((0 0,10 0,10 10,0 0))", "POLYGON((0 0,10 0,10 10,0 0))",
                             "POLYGON((0 0,10 0,10 10,0 0))"};
  for (size_t i = 0; i < sizeof blobs / sizeof *blobs; i++) {
    char name[32], sql[200];
    snprintf(name, sizeof name, "x%zu.gpkg", i);
    const char *path = layer(f, name, wkbPolygon, 3, wkt);
    snprintf(sql, sizeof sql, "UPDATE x SET geom = x'%s' WHERE fid = 2", blobs[i]);
    files_sql(path, sql);
    files_expect(f->ctx, files_source(SUND_LAND, path), SUND_SOURCE, "", 2);
  }
}

/* Against a slow twin: the arrays must be what OGR's own export says, vertex by vertex. */
static void test_random_against_wkt(void **state) {
  files *f = *state;
  uint64_t seed = support_seed();
  enum { ROWS = 60 };
  static char text[ROWS][4000];
  const char *wkt[ROWS];
  size_t vertices = 0, parts = 0;
  for (size_t i = 0; i < ROWS; i++) { /* parts are combs that touch nowhere, so that nothing is repaired */
    size_t count = 1 + (size_t)(support_random(&seed) % 4), at = (size_t)sprintf(text[i], "MULTIPOLYGON(");
    for (size_t p = 0; p < count; p++) {
      double x = support_uniform(&seed, 0, 50) + (double)p * 1000, y = support_uniform(&seed, 0, 1000);
      at += (size_t)sprintf(text[i] + at, "%s((%.3f %.3f,%.3f %.3f,%.3f %.3f,%.3f %.3f))", p ? "," : "", x, y,
                            x + 100, y, x + 50, y + 80, x, y);
      vertices += 4;
      parts++;
    }
    strcpy(text[i] + at, ")");
    wkt[i] = text[i];
  }
  reading r;
  read_ok(f, SUND_LAND, layer(f, "x.gpkg", wkbMultiPolygon, ROWS, wkt), &r);
  const sund_shapes *s = r.table->shapes;
  if (s->vertices != vertices || s->parts != parts) fail_msg("seed %llu", (unsigned long long)support_seed());
  for (size_t i = 0; i < ROWS; i++) {
    char made[4000];
    size_t at = (size_t)sprintf(made, "MULTIPOLYGON(");
    for (size_t p = s->first_part[i]; p < s->first_part[i + 1]; p++) {
      at += (size_t)sprintf(made + at, "%s((", p > s->first_part[i] ? "," : "");
      for (size_t v = s->first_vertex[p]; v < s->first_vertex[p + 1]; v++)
        at += (size_t)sprintf(made + at, "%s%.3f %.3f", v > s->first_vertex[p] ? "," : "", s->x[v], s->y[v]);
      at += (size_t)sprintf(made + at, "))");
    }
    strcpy(made + at, ")");
    if (strcmp(made, text[i]) != 0) fail_msg("seed %llu: %s\n%s", (unsigned long long)support_seed(), made, text[i]);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      FILES_TEST(test_rings),          FILES_TEST(test_lines_and_heights),  FILES_TEST(test_G01_G02_repair),
      FILES_TEST(test_G03_unclosed),   FILES_TEST(test_G04_degenerate),     FILES_TEST(test_G05_empty),
      FILES_TEST(test_G06_collection), FILES_TEST(test_wrong_kind),         FILES_TEST(test_C19_curves),
      FILES_TEST(test_G14_bad_blobs),  FILES_TEST(test_random_against_wkt),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}

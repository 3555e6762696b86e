/* Tests of tables read without geometry: distances computed elsewhere, packed or not, surveys, homes and green areas
 * that need no place. layers/vector_od.c, guard_gzip.c. */
#include <cpl_vsi.h>

#include "vector_files.h"

static const char distances[] = "from_id,to_id,travel_time\na,x,5.8\na,y,47\nb,x,0\n";

/* The text as a gzip file, by GDAL. */
static const char *packed(files *f, const char *name, const char *text, size_t length) {
  char vsi[600];
  const char *path = files_path(f, name);
  snprintf(vsi, sizeof vsi, "/vsigzip/%s", path);
  VSILFILE *file = VSIFOpenL(vsi, "wb");
  assert_non_null(file);
  assert_int_equal(VSIFWriteL(text, 1, length, file), length);
  assert_int_equal(VSIFCloseL(file), 0);
  return path;
}

static void check_distances(const reading *r) {
  static const char *const from[] = {"a", "a", "b"}, *const to[] = {"x", "y", "x"};
  static const double minutes[] = {5.8, 47, 0};
  assert_int_equal(r->table->kind, SUND_NONE);
  assert_int_equal(r->table->rows, 3);
  for (size_t i = 0; i < 3; i++) {
    assert_string_equal(sund_table_text(r->table, "from")[i], from[i]);
    assert_string_equal(sund_table_text(r->table, "to")[i], to[i]);
    assert_true(sund_table_real(r->table, "minutes")[i] == minutes[i]);
    assert_true(isnan(sund_table_real(r->table, "metres")[i]));
  }
}

static void distances_are_found_by_alias(void **state) {
  files *f = *state;
  reading r;
  assert_ok(f->ctx, files_read(f->ctx, files_source(SUND_OD, files_text(f, "m.csv", distances)), &r));
  check_distances(&r);
  assert_int_equal(r.reading.read, 3);
  assert_non_null(r.reading.hash);
}

static void distances_may_be_mapped(void **state) {
  files *f = *state;
  reading r;
  sund_source source;
  char text[600];
  snprintf(text, sizeof text, "%s|from=hjem|to=park|metres=gang",
           files_text(f, "n.csv", "hjem;park;gang\nh1;g1;120,5\nh1;g2;\nh2;g2;0\n"));
  assert_ok(f->ctx, sund_source_parse(f->ctx, SUND_OD, text, &source));
  assert_ok(f->ctx, files_read(f->ctx, source, &r));
  assert_int_equal(r.table->rows, 2);
  assert_true(sund_table_real(r.table, "metres")[0] == 120.5);
  assert_string_equal(sund_table_text(r.table, "from")[1], "h2");
  assert_int_equal(r.reading.rejected, 1);
  const sund_finding *finding =
      files_finding(&r, "1 feature with neither minutes nor metres, left out; the first is 2");
  assert_non_null(finding);
  assert_string_equal(finding->severity, "warning");
}

static void one_measure_must_be_there(void **state) {
  files *f = *state;
  files_expect(f->ctx, files_source(SUND_OD, files_text(f, "a.csv", "from,to,km\na,x,1\n")), SUND_SOURCE,
               "od needs the column minutes or metres", SUND_NO_FEATURE);
  files_expect(f->ctx, files_source(SUND_OD, files_text(f, "b.csv", "from,minutes\na,1\n")), SUND_SOURCE,
               "od needs the column to", SUND_NO_FEATURE);
  files_expect(f->ctx, files_source(SUND_OD, files_text(f, "c.csv", "from,to,minutes\na,x,1\na,y,-3\n")), SUND_DATA,
               "minutes is -3, below 0", 2);
  files_expect(f->ctx, files_source(SUND_OD, files_text(f, "d.csv", "from,to,minutes\na,x,soon\n")), SUND_DATA,
               "'soon' (field minutes) is not a number", 1);
}

/* ------------------------------------------------------------------------------------------------------------ gzip */

static void packed_tables_are_read(void **state) {
  files *f = *state;
  reading plain, r;
  assert_ok(f->ctx, files_read(f->ctx, files_source(SUND_OD, files_text(f, "m.csv", distances)), &plain));
  const char *path = packed(f, "m.csv.gz", distances, sizeof distances - 1);
  assert_ok(f->ctx, files_read(f->ctx, files_source(SUND_OD, path), &r));
  check_distances(&r);
  assert_string_equal(r.reading.layer, plain.reading.layer);
  assert_string_not_equal(r.reading.hash, plain.reading.hash); /* of the file as it is */
  assert_string_equal(r.table->source_name[0], "m.csv.gz");
  char **beside = VSIReadDir(f->folder);
  for (char **name = beside; *name; name++) assert_null(strstr(*name, "properties"));
  for (char **name = beside; *name; name++) CPLFree(*name);
  CPLFree(beside);
}

static void damaged_archives_are_found(void **state) {
  files *f = *state;
  static char text[400000];
  size_t length = (size_t)snprintf(text, sizeof text, "from,to,minutes\n");
  uint64_t seed = support_seed();
  while (length < sizeof text - 100)
    length += (size_t)snprintf(text + length, 100, "h%u,g%u,%.1f\n", (unsigned)(support_random(&seed) % 1000),
                               (unsigned)(support_random(&seed) % 1000), support_uniform(&seed, 0, 60));
  const char *path = packed(f, "cut.csv.gz", text, length);
  files_cut(path, 0.7);
  files_expect(f->ctx, files_source(SUND_OD, path), SUND_SOURCE, "gzip archive is cut or damaged", SUND_NO_FEATURE);
  path = packed(f, "crc.csv.gz", text, length);
  files_patch(path, files_size(path) - 6, "\x5a", 1);
  files_expect(f->ctx, files_source(SUND_OD, path), SUND_SOURCE, "gzip archive is cut or damaged", SUND_NO_FEATURE);
  path = packed(f, "latin.csv.gz", "from,to,minutes\n\xf8,x,1\n", 22);
  files_expect(f->ctx, files_source(SUND_OD, path), SUND_SOURCE, "is not UTF-8", SUND_NO_FEATURE);
  path = packed(f, "m.gpkg.gz", text, length);
  files_expect(f->ctx, files_source(SUND_OD, path), SUND_SOURCE, "unpack it first", SUND_NO_FEATURE);
}

static void bombs_are_not_unpacked(void **state) {
  files *f = *state;
  enum { BYTES = 40 << 20 };
  char *zeros = calloc(BYTES, 1);
  assert_non_null(zeros);
  memset(zeros, '1', BYTES);
  const char *path = packed(f, "bomb.csv.gz", zeros, BYTES);
  free(zeros);
  files_expect(f->ctx, files_source(SUND_OD, path), SUND_LIMIT, "unpacks to more than 200 times its size",
               SUND_NO_FEATURE);
}

/* -------------------------------------------------------------------------------------------------- other tables */

static void homes_may_be_a_table(void **state) {
  files *f = *state;
  reading r;
  assert_ok(f->ctx,
            files_read(f->ctx,
                       files_source(SUND_HOMES, files_text(f, "h.csv", "id,population,income\n1,3,20\n2,0,\n")), &r));
  assert_int_equal(r.table->kind, SUND_NONE);
  assert_int_equal(r.table->rows, 2);
  assert_null(r.table->x);
  assert_true(sund_table_real(r.table, "persons")[0] == 3 && sund_table_real(r.table, "income")[0] == 20);
  assert_true(isnan(sund_table_real(r.table, "income")[1]));
  assert_true(r.reading.extent[0] > r.reading.extent[2]);
  assert_ok(
      f->ctx,
      files_read(f->ctx, files_source(SUND_GREEN, files_text(f, "g.csv", "id,kind,supply,law\nx,park,7,§ 3\n")), &r));
  assert_int_equal(r.table->kind, SUND_NONE);
  assert_string_equal(sund_table_text(r.table, "law")[0], "§ 3");
}

/* A layer with geometry is meant, whatever tables lie beside it. */
static void a_table_beside_a_layer_is_left_alone(void **state) {
  files *f = *state;
  reading r;
  const char *const wkt[] = {"POINT(720000 6214000)"}, *const none[] = {NULL};
  const char *path = files_layer(f, "x.gpkg", (layer_spec){"GPKG", "boliger", 25832, wkbPoint, 1, wkt});
  files_layer(f, "x.gpkg", (layer_spec){"GPKG", "kodeliste", 0, wkbNone, 1, none});
  assert_ok(f->ctx, files_read(f->ctx, files_source(SUND_HOMES, path), &r));
  assert_string_equal(r.reading.layer, "boliger");
  assert_int_equal(r.table->kind, SUND_POINT);
  sund_source source = files_source(SUND_HOMES, path);
  source.layer = "kodeliste";
  assert_ok(f->ctx, files_read(f->ctx, source, &r));
  assert_int_equal(r.table->kind, SUND_NONE);
}

static void surveys_are_shares(void **state) {
  files *f = *state;
  reading r;
  const char *good = "område;andel;low;high;år;svar\n0217;83,5;80;87;2024;1200\n";
  assert_ok(f->ctx, files_read(f->ctx, files_source(SUND_SURVEYS, files_text(f, "s.csv", good)), &r));
  assert_string_equal(sund_table_text(r.table, "area")[0], "0217");
  assert_true(sund_table_real(r.table, "share")[0] == 83.5 && sund_table_real(r.table, "persons")[0] == 1200);
  assert_null(sund_table_text(r.table, "question")[0]);
  files_expect(f->ctx, files_source(SUND_SURVEYS, files_text(f, "t.csv", "area,share\n1,50\n2,120\n")), SUND_DATA,
               "share is 120, not within 0 to 100", 2);
  files_expect(f->ctx, files_source(SUND_SURVEYS, files_text(f, "u.csv", "area,share\n1,50\n,20\n")), SUND_DATA,
               "area (field area) is empty", 2);
  files_expect(f->ctx, files_source(SUND_SURVEYS, files_text(f, "v.csv", "area,part\n1,50\n")), SUND_SOURCE,
               "surveys needs the column share", SUND_NO_FEATURE);
}

static void candidates_are_of_one_kind(void **state) {
  files *f = *state;
  reading r;
  const char *const lines[] = {"LINESTRING(720000 6214000, 720100 6214000)"};
  const char *path = files_layer(f, "l.gpkg", (layer_spec){"GPKG", "stier", 25832, wkbLineString, 1, lines});
  assert_ok(f->ctx, files_read(f->ctx, files_source(SUND_CANDIDATES, path), &r));
  assert_int_equal(r.table->kind, SUND_LINE);
  assert_true(isnan(sund_table_real(r.table, "cost")[0]));
  assert_true(sund_table_int(r.table, "level")[0] == 0);
  const char *const mixed[] = {"POINT(720000 6214000)", "LINESTRING(720000 6214000, 720100 6214000)"};
  path = files_layer(f, "m.gpkg", (layer_spec){"GPKG", "alt", 25832, wkbUnknown, 2, mixed});
  files_expect(f->ctx, files_source(SUND_CANDIDATES, path), SUND_DATA, "geometry is a line among points", 2);
}

static void memory_may_end_anywhere(void **state) {
  files *f = *state;
  const char *path = packed(f, "m.csv.gz", distances, sizeof distances - 1);
  sund_source source = files_source(SUND_OD, path);
  for (size_t n = 1;; n += 1 + n / 8) {
    sund_ctx *own = sund_ctx_child(f->ctx);
    sund_crs *crs = NULL;
    assert_ok(own, sund_crs_open(own, "EPSG:25832", &crs));
    sund_frame frame = {crs, NULL};
    reading r = {0};
    sund_ctx_fail_alloc(own, n);
    sund_code code = sund_vector_read(own, &source, &frame, &r.table, &r.reading, &r.findings);
    sund_ctx_fail_alloc(own, 0);
    if (code != SUND_OK && code != SUND_LIMIT) fail_msg("allocation %zu: code %d", n, code);
    if (code == SUND_OK) check_distances(&r);
    sund_ctx_free(own);
    if (code == SUND_OK) break;
  }
}

/* The peers' table of travel times, 750,000 pairs, of which those from one place are kept. */
static void the_peers_matrix_is_read(void **state) {
  files *f = *state;
  reading r;
  const char *data = getenv("SUND_DATA");
  char path[500], text[700];
  sund_source source;
  snprintf(path, sizeof path, "%s/peers/belo-horizonte/travel_matrix.csv.gz", data ? data : "../shared/data");
  if (files_size(path) < 0) skip();
  snprintf(text, sizeof text, "%s|from=from_id|to=to_id|minutes=travel_time|where=from_id = '89a88cdb57bffff'", path);
  assert_ok(f->ctx, sund_source_parse(f->ctx, SUND_OD, text, &source));
  assert_ok(f->ctx, files_read(f->ctx, source, &r));
  assert_int_equal(r.table->rows, 867);
  assert_string_equal(sund_table_text(r.table, "to")[1], "89a88cdb597ffff");
  assert_true(sund_table_real(r.table, "minutes")[1] == 47);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      FILES_TEST(distances_are_found_by_alias), FILES_TEST(distances_may_be_mapped),
      FILES_TEST(one_measure_must_be_there),    FILES_TEST(packed_tables_are_read),
      FILES_TEST(damaged_archives_are_found),   FILES_TEST(bombs_are_not_unpacked),
      FILES_TEST(homes_may_be_a_table),         FILES_TEST(a_table_beside_a_layer_is_left_alone),
      FILES_TEST(surveys_are_shares),           FILES_TEST(candidates_are_of_one_kind),
      FILES_TEST(memory_may_end_anywhere),      FILES_TEST(the_peers_matrix_is_read),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}

/* Tests of role columns out of fields: layers/vector_columns.c, vector_value.c. A01 ... are the numbers of the corpus. */
#include "vector_files.h"

#define HEAD "{\"type\":\"FeatureCollection\",\"features\":["
#define FEATURE \
  "{\"type\":\"Feature\",\"properties\":{%s},\"geometry\":{\"type\":\"Point\",\"coordinates\":[12.6,56.03]}}"

/* A GeoJSON file of two homes with the properties given. */
static const char *homes(files *f, const char *name, const char *first, const char *second) {
  char text[2000];
  snprintf(text, sizeof text, HEAD FEATURE "," FEATURE "]}", first, second);
  return files_text(f, name, text);
}

static void read_ok(files *f, sund_source source, reading *r) {
  assert_ok(f->ctx, files_read(f->ctx, source, r));
}

static void test_names_with_and_without_letters(void **state) {
  static const char *const names[] = {"persons",         "PERSONS",   "personer", "Personer",
                                      "inv\xC3\xA5nare", "INVAANARE", "invanare", "INV\xC3\x85NARE"};
  files *f = *state;
  for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
    reading r;
    char first[100];
    snprintf(first, sizeof first, "\"%s\":7", names[i]);
    read_ok(f, files_source(SUND_HOMES, homes(f, "x.geojson", first, first)), &r);
    assert_true(sund_table_real(r.table, "persons")[0] == 7);
  }
}

static void test_mapping_set_and_fallback(void **state) {
  files *f = *state;
  reading r;
  sund_pair fields[] = {{"persons", "T", {0}}, {"group_old", "F65", {0}}, {"id", "fid", {0}}};
  sund_pair sets[] = {{"dwellings", "2", {0}}};
  sund_source source = files_source(
      SUND_HOMES, homes(f, "x.geojson", "\"T\":3,\"persons\":9,\"F65\":1,\"Group_Young\":2", "\"T\":null"));
  source.fields = 3;
  source.field = fields;
  source.sets = 1;
  source.set = sets;
  read_ok(f, source, &r);
  assert_true(sund_table_real(r.table, "persons")[0] == 3); /* the mapping, not the field of that name */
  assert_true(sund_table_real(r.table, "persons")[1] == 1); /* NULL: the role's default */
  assert_true(sund_table_real(r.table, "dwellings")[1] == 2);
  assert_true(sund_table_real(r.table, "group_old")[0] == 1 && isnan(sund_table_real(r.table, "group_old")[1]));
  assert_true(sund_table_real(r.table, "group_young")[0] == 2);
  assert_string_equal(sund_table_text(r.table, "id")[1], "1");
  fields[0].value = "TT";
  files_expect(f->ctx, source, SUND_SOURCE, "column persons: no field named TT in layer x", SUND_NO_FEATURE);
  fields[0].value = "Group_Yung";
  files_expect(f->ctx, source, SUND_SOURCE, "did you mean Group_Young?", SUND_NO_FEATURE);
}

static void test_required(void **state) {
  files *f = *state;
  files_expect(f->ctx, files_source(SUND_JOBS, homes(f, "x.geojson", "\"antal\":3", "\"antal\":4")), SUND_SOURCE,
               "jobs needs the column jobs; looked for the field jobs, arbejdspladser", SUND_NO_FEATURE);
  files_expect(f->ctx,
               files_source(SUND_PLACES, homes(f, "y.geojson", "\"id\":1,\"navn\":\"a\"", "\"id\":2,\"navn\":null")),
               SUND_DATA, "name (field navn) is empty", 2); /* GDAL takes a whole `id` for the feature id */
}

static void test_codes(void **state) {
  files *f = *state;
  reading r;
  sund_recode recodes[] = {{"kind", "Hede", "meadow"}, {"kind", "S\xC3\xB8", "lake"}, {"access", "1", "public"}};
  sund_source source = files_source(
      SUND_GREEN, homes(f, "x.geojson", "\"kind\":\"Hede\",\"access\":1", "\"kind\":\"FOREST\",\"access\":null"));
  source.recodes = 3;
  source.recode = recodes;
  read_ok(f, source, &r);
  assert_string_equal(sund_table_text(r.table, "kind")[0], "meadow");
  assert_string_equal(sund_table_text(r.table, "kind")[1], "forest");
  assert_string_equal(sund_table_text(r.table, "access")[0], "public");
  assert_string_equal(sund_table_text(r.table, "access")[1], "unknown");
  source.path = source.text = homes(f, "y.geojson", "\"kind\":\"Mose\"", "\"kind\":\"Overdrev\"");
  files_expect(f->ctx, source, SUND_DATA,
               "codes that are not known: Mose, Overdrev; map them under codes to: forest, park", 0);
  sund_pair set = {"kind", "jungle", {0}};
  source.sets = 1;
  source.set = &set;
  files_expect(f->ctx, source, SUND_USAGE, "kind is set to jungle", SUND_NO_FEATURE);
}

static void test_A01_large_integer(void **state) {
  files *f = *state;
  files_expect(
      f->ctx, files_source(SUND_HOMES, homes(f, "x.geojson", "\"persons\":12345678901234567890123", "\"persons\":1")),
      SUND_SOURCE, "", SUND_NO_FEATURE);
}

static void test_A02_text_in_a_number(void **state) {
  files *f = *state;
  const char *path = files_homes(f, "x.gpkg", "GPKG", 5);
  files_sql(path, "UPDATE homes SET tal = 'ikke et tal' WHERE fid = 3");
  sund_pair field = {"persons", "tal", {0}};
  sund_source source = files_source(SUND_HOMES, path);
  source.fields = 1;
  source.field = &field;
  files_expect(f->ctx, source, SUND_DATA, "field tal is declared a number but holds 'ikke et tal'", 3);
  files_expect(f->ctx, files_source(SUND_HOMES, homes(f, "y.geojson", "\"persons\":\"3\"", "\"persons\":\"tre\"")),
               SUND_DATA, "persons: 'tre' (field persons) is not a number", 1);
}

static void test_numbers_in_text(void **state) {
  static const struct {
    const char *text;
    double value; /* NAN = must fail */
  } cases[] = {{"3", 3},     {" 3.5 ", 3.5}, {"1e3", 1000},  {"0,35", NAN}, {"3 personer", NAN}, {"0x10", NAN},
               {"inf", NAN}, {"nan", NAN},   {"1.2.3", NAN}, {"", 1},       {"+4", 4},           {"--4", NAN}};
  files *f = *state;
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    char first[100];
    reading r;
    snprintf(first, sizeof first, "\"persons\":\"%s\"", cases[i].text);
    sund_source source = files_source(SUND_HOMES, homes(f, "x.geojson", first, "\"persons\":\"1\""));
    if (isnan(cases[i].value)) {
      files_expect(f->ctx, source, SUND_DATA, "is not a number", 0);
    } else {
      read_ok(f, source, &r);
      assert_true(sund_table_real(r.table, "persons")[0] == cases[i].value);
    }
  }
}

static void test_range_and_integers(void **state) {
  files *f = *state;
  reading r;
  files_expect(f->ctx, files_source(SUND_HOMES, homes(f, "x.geojson", "\"persons\":2", "\"persons\":-1")), SUND_DATA,
               "persons is -1, below 0", 1);
  const char *const wkt[] = {"LINESTRING(0 0,1 1)", "LINESTRING(0 0,2 2)"};
  const char *path = files_layer(f, "p.gpkg", (layer_spec){"GPKG", "p", 25832, wkbLineString, 2, wkt});
  files_sql(path,
            "ALTER TABLE p ADD COLUMN level INTEGER; ALTER TABLE p ADD COLUMN walk TEXT; UPDATE p SET level = fid - "
            "2, walk = '1' WHERE fid = 1");
  read_ok(f, files_source(SUND_PATHS, path), &r);
  assert_int_equal(sund_table_int(r.table, "level")[0], -1);
  assert_int_equal(sund_table_int(r.table, "level")[1], 0); /* NULL = 0 */
  assert_int_equal(sund_table_int(r.table, "walk")[0], 1);
  assert_true(sund_table_int(r.table, "walk")[1] == SUND_NULL_INT);
  files_sql(path, "UPDATE p SET walk = '2'");
  files_expect(f->ctx, files_source(SUND_PATHS, path), SUND_DATA, "walk is 2, not within 0 to 1", 1);
  files_sql(path, "UPDATE p SET walk = '0.5'");
  files_expect(f->ctx, files_source(SUND_PATHS, path), SUND_DATA, "is not a whole number", 1);
  files_sql(path, "UPDATE p SET walk = '1', level = 0.5 WHERE fid = 2");
  files_expect(f->ctx, files_source(SUND_PATHS, path), SUND_DATA, "declared a whole number but holds '0.5'", 2);
}

static void test_A06_utf8(void **state) {
  files *f = *state;
  const char *path = files_homes(f, "x.gpkg", "GPKG", 3);
  files_sql(path, "UPDATE homes SET kode = CAST(x'4BF86765' AS TEXT) WHERE fid = 2");
  sund_pair field = {"id", "kode", {0}};
  sund_source source = files_source(SUND_HOMES, path);
  source.fields = 1;
  source.field = &field;
  files_expect(f->ctx, source, SUND_DATA, "not UTF-8", 2);
}

/* A12: a municipality code given as a number is the text 217, not 217.0. */
static void test_A12_number_as_key(void **state) {
  files *f = *state;
  reading r;
  sund_pair field = {"id", "kode", {0}};
  sund_source source = files_source(
      SUND_PLACES, homes(f, "x.geojson", "\"kode\":217.0,\"name\":\"a\"", "\"kode\":217.25,\"name\":\"b\""));
  source.fields = 1;
  source.field = &field;
  read_ok(f, source, &r);
  assert_string_equal(sund_table_text(r.table, "id")[0], "217");
  assert_string_equal(sund_table_text(r.table, "id")[1], "217.25");
}

static void test_csv(void **state) {
  files *f = *state;
  reading r;
  const char *path =
      files_text(f, "x.csv", "\xEF\xBB\xBFid;persons;x;y\n0217;2,5;725259;6215714\n0270;;725300;6215700\n");
  sund_source source = files_source(SUND_HOMES, path);
  source.crs = "EPSG:25832";
  read_ok(f, source, &r);
  assert_int_equal(r.table->rows, 2);
  assert_string_equal(sund_table_text(r.table, "id")[0], "0217"); /* zeros stay */
  assert_true(sund_table_real(r.table, "persons")[0] == 2.5 && sund_table_real(r.table, "persons")[1] == 1);
  assert_true(r.table->x[0] == 725259 && r.table->y[0] == 6215714);
  assert_non_null(files_finding(&r, "decimal comma"));
  source.path = source.text = files_text(f, "y.csv", "id;persons;x;y\n1;1.234,5;725259;6215714\n");
  files_expect(f->ctx, source, SUND_DATA, "'1.234,5' (field persons) is not a number", 1);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      FILES_TEST(test_names_with_and_without_letters),
      FILES_TEST(test_mapping_set_and_fallback),
      FILES_TEST(test_required),
      FILES_TEST(test_codes),
      FILES_TEST(test_A01_large_integer),
      FILES_TEST(test_A02_text_in_a_number),
      FILES_TEST(test_numbers_in_text),
      FILES_TEST(test_range_and_integers),
      FILES_TEST(test_A06_utf8),
      FILES_TEST(test_A12_number_as_key),
      FILES_TEST(test_csv),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}

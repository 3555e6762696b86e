/* test_vector_codes.c - mappings: codes that skip and are missing, columns out of several fields, the newest of several
 * rows, counts whose parts miss them. P23, P26, P27 are pitfalls of access to nature. */
#include "profile_files.h"

static sund_recode recode(const char *column, const char *from, const char *to) {
  return (sund_recode){column, from, to};
}

/* P26: a code is the same in any case and spelling; as it stands it comes first. */
static void codes_in_any_spelling(void **state) {
  static const char *const rows[] = {"\"kind\":\"SOE\"", "\"kind\":\"Sö\"", "\"kind\":\"sø\"", "\"kind\":\"SO\""};
  files *f = *state;
  reading r;
  sund_recode recodes[] = {recode("kind", "Sø", "lake"), recode("kind", "SO", "other")};
  sund_source source = files_source(SUND_GREEN, profile_layer(f, "x.geojson", 'a', 4, rows));
  source.recodes = 2;
  source.recode = recodes;
  assert_ok(f->ctx, files_read(f->ctx, source, &r));
  for (size_t i = 0; i < 3; i++) assert_string_equal(profile_text(r.table, "kind", i), "lake");
  assert_string_equal(profile_text(r.table, "kind", 3), "other");
}

/* P23: all codes that no mapping knows are told at once, of all columns, with those that are known. */
static void unknown_codes_are_listed(void **state) {
  static char text[40][40];
  const char *rows[40];
  files *f = *state;
  for (int i = 0; i < 40; i++) {
    snprintf(text[i], sizeof text[i], "\"kind\":\"K%d\",\"access\":\"A%d\"", i % 20, i % 2);
    rows[i] = text[i];
  }
  sund_recode recodes[] = {recode("kind", "K3", "park"), recode("kind", "K4", "skip"),
                           recode("access", "A1", "public")};
  sund_source source = files_source(SUND_GREEN, profile_layer(f, "x.geojson", 'a', 40, rows));
  source.recodes = 3;
  source.recode = recodes;
  files_expect(f->ctx, source, SUND_DATA,
               "kind (field kind) has codes that are not known: K0, K1, K2, K5, K6, K7, K8, K9, K10, K11, K12, K13, "
               "K14, K15, K16, K17, K18, K19; map them under codes to: forest, park, meadow, wetland, beach, lake, "
               "sports, allotment, cemetery, playground, protected, other, skip; known codes: K3, K4. access (field "
               "access) has codes that are not known: A0; map them under codes to: public, restricted, private, "
               "unknown, skip; known codes: A1",
               0);
}

static void words_of_codes(void **state) {
  static const char *const rows[] = {"\"kind\":\"park\",\"access\":\"x\",\"supply\":-9999",
                                     "\"kind\":\"road\",\"access\":\"y\",\"supply\":2",
                                     "\"kind\":null,\"access\":null,\"supply\":3"};
  files *f = *state;
  reading r;
  sund_recode recodes[] = {recode("kind", "road", "skip"), recode("access", "*", "restricted"),
                           recode("access", "y", "private"), recode("supply", "-9999", "missing"),
                           recode("access", "missing", "public")};
  sund_source source = files_source(SUND_GREEN, profile_layer(f, "x.geojson", 'a', 3, rows));
  source.recodes = 5;
  source.recode = recodes;
  assert_ok(f->ctx, files_read(f->ctx, source, &r));
  assert_int_equal(r.table->rows, 2);
  assert_int_equal(r.reading.read, 3);
  assert_int_equal(r.reading.rejected, 1);
  const sund_finding *skipped = files_finding(&r, "whose code is mapped to skip, left out");
  assert_non_null(skipped);
  assert_string_equal(skipped->severity, "note");
  assert_string_equal(profile_text(r.table, "access", 0), "restricted");
  assert_true(isnan(sund_table_real(r.table, "supply")[0]));
  assert_string_equal(profile_text(r.table, "kind", 1), "other");
  assert_string_equal(profile_text(r.table, "access", 1), "public");
}

/* A feature that is skipped is not looked at further: its geometry may be nothing. */
static void skipped_features_are_not_read(void **state) {
  files *f = *state;
  reading r;
  static const char *const wkt[] = {"POLYGON ((0 0,1 0,1 1,0 0))", "POINT (3 3)", NULL};
  sund_pair fields[] = {{"use", "kode", {0}}};
  sund_recode recodes[] = {recode("use", "k0", "take"), recode("use", "*", "skip")};
  sund_source source =
      files_source(SUND_GREEN, files_layer(f, "x.gpkg", (layer_spec){"GPKG", "x", 25832, wkbUnknown, 3, wkt}));
  source.fields = 1;
  source.field = fields;
  source.recodes = 2;
  source.recode = recodes;
  assert_ok(f->ctx, files_read(f->ctx, source, &r));
  assert_int_equal(r.table->rows, 1);
  assert_null(sund_table_text(r.table, "use"));
  assert_null(files_finding(&r, "without geometry"));
}

static void formulas(void **state) {
  static const char *const rows[] = {"\"a\":1,\"b\":2,\"n\":\"x\",\"m\":null",
                                     "\"a\":null,\"b\":4,\"n\":\"\",\"m\":\"y\"",
                                     "\"a\":null,\"b\":null,\"n\":null,\"m\":null"};
  files *f = *state;
  reading r;
  sund_pair fields[] = {{"group_sum", "a + B", {0}}, {"id", "n | m", {0}}};
  sund_source source = files_source(SUND_HOMES, profile_layer(f, "x.geojson", 'p', 3, rows));
  source.fields = 2;
  source.field = fields;
  assert_ok(f->ctx, files_read(f->ctx, source, &r));
  const double *sum = sund_table_real(r.table, "group_sum");
  assert_true(sum[0] == 3 && sum[1] == 4 && isnan(sum[2]));
  assert_string_equal(profile_text(r.table, "id", 0), "x");
  assert_string_equal(profile_text(r.table, "id", 1), "y");
  assert_string_equal(profile_text(r.table, "id", 2), "");
  fields[0].value = "a + n";
  files_expect(f->ctx, source, SUND_SOURCE, "column group_sum: the field n is no number", SUND_NO_FEATURE);
  fields[0].value = "a + nix";
  files_expect(f->ctx, source, SUND_SOURCE, "column group_sum: no field named nix in layer x", SUND_NO_FEATURE);
}

/* P27: the newest row of each id, against a slow twin, on random registers. */
static void newest_rows(void **state) {
  files *f = *state;
  uint64_t seed = support_seed();
  for (int round = 0; round < 6; round++) {
    enum { ROWS = 60 };
    static char text[ROWS][80];
    const char *rows[ROWS];
    int id[ROWS], date[ROWS];
    size_t expected = 0, at = 0;
    for (int i = 0; i < ROWS; i++) {
      id[i] = (int)(support_random(&seed) % 20);
      date[i] = 2000 + (int)(support_random(&seed) % 12);
      bool dated = date[i] > 2000; /* 2000: no date at all, older than any */
      if (dated)
        snprintf(text[i], sizeof text[i], "\"kode\":\"h%d\",\"fra\":\"%d-01-01\",\"persons\":%d", id[i], date[i], i);
      else snprintf(text[i], sizeof text[i], "\"kode\":\"h%d\",\"fra\":null,\"persons\":%d", id[i], i);
      rows[i] = text[i];
    }
    reading r;
    sund_pair fields[] = {{"id", "kode", {0}}};
    sund_source source = files_source(SUND_HOMES, profile_layer(f, "x.geojson", 'p', ROWS, rows));
    source.fields = 1;
    source.field = fields;
    source.latest = "FRA";
    assert_ok(f->ctx, files_read(f->ctx, source, &r));
    for (int i = 0; i < ROWS; i++) {
      bool newest = true;
      for (int k = 0; k < ROWS; k++) newest = newest && !(id[k] == id[i] && date[k] > date[i]);
      if (!newest) continue;
      expected++;
      if (at >= r.table->rows || sund_table_real(r.table, "persons")[at++] != i)
        fail_msg("seed %llu: row %d is missing", (unsigned long long)support_seed(), i);
    }
    assert_int_equal(r.table->rows, expected);
    assert_int_equal(r.reading.rejected, ROWS - (int64_t)expected);
    assert_int_equal(r.reading.used, (int64_t)expected);
  }
}

static void latest_needs_its_fields(void **state) {
  static const char *const rows[] = {"\"kode\":\"a\",\"fra\":\"2001\""};
  files *f = *state;
  sund_pair fields[] = {{"id", "kode", {0}}};
  sund_source source = files_source(SUND_HOMES, profile_layer(f, "x.geojson", 'p', 1, rows));
  source.latest = "frax";
  source.fields = 1;
  source.field = fields;
  files_expect(f->ctx, source, SUND_SOURCE, "latest: no field named frax in layer x (did you mean fra?)",
               SUND_NO_FEATURE);
  source.latest = "fra";
  source.fields = 0;
  files_expect(f->ctx, source, SUND_SOURCE, "latest fra needs ids: map the column id to a field", SUND_NO_FEATURE);
}

/* In a project file and on the command line. */
static void written_by_the_user(void **state) {
  files *f = *state;
  sund_project *project = NULL;
  const char *path = files_text(f, "p.yaml",
                                "layers:\n  homes:\n    - source: a.gpkg\n      latest: virkningFra\n"
                                "      fields: {use: anvendelse, persons: x + y}\n"
                                "      codes: {use: {120: take, '*': skip}, persons: {-9999: missing}}\n");
  assert_ok(f->ctx, sund_project_read(f->ctx, path, &project));
  assert_string_equal(project->source[0].latest, "virkningFra");
  assert_int_equal(project->source[0].recodes, 3);
  path = files_text(f, "q.yaml", "layers:\n  homes: [{source: a.gpkg, codes: {use: {120: keep}}}]\n");
  assert_int_equal(sund_project_read(f->ctx, path, &project), SUND_USAGE);
  sund_ctx *own = sund_ctx_child(f->ctx);
  sund_source source;
  assert_ok(own, sund_source_parse(own, SUND_HOMES, "a.gpkg|latest=fra|id=kode", &source));
  assert_string_equal(source.latest, "fra");
  sund_ctx_free(own);
}

static void every_allocation_may_fail(void **state) {
  static const char *const rows[] = {"\"kode\":\"a\",\"fra\":\"2001\",\"x\":1,\"y\":2,\"slags\":\"hus\"",
                                     "\"kode\":\"a\",\"fra\":\"2002\",\"x\":1,\"y\":3,\"slags\":\"hus\"",
                                     "\"kode\":\"b\",\"fra\":null,\"x\":1,\"y\":2,\"slags\":\"lade\""};
  files *f = *state;
  sund_pair fields[] = {{"id", "kode | fra", {0}}, {"group_all", "x + y", {0}}, {"use", "slags", {0}}};
  sund_recode recodes[] = {recode("use", "hus", "take"), recode("use", "*", "skip")};
  static const char *const part[] = {"group_all"};
  sund_source source = files_source(SUND_HOMES, profile_layer(f, "x.geojson", 'p', 3, rows));
  source.fields = 3;
  source.field = fields;
  source.recodes = 2;
  source.recode = recodes;
  source.latest = "fra";
  source.parts = 1;
  source.part = part;
  for (size_t n = 1;; n++) {
    sund_ctx *ctx = sund_ctx_new();
    reading r;
    sund_crs *crs = NULL;
    assert_ok(ctx, sund_crs_open(ctx, "EPSG:25832", &crs));
    memset(&r, 0, sizeof r);
    sund_frame frame = {crs, NULL};
    size_t before = sund_ctx_allocations(ctx);
    sund_ctx_fail_alloc(ctx, n);
    sund_code code = sund_vector_read(ctx, &source, &frame, &r.table, &r.reading, &r.findings);
    bool reached = sund_ctx_allocations(ctx) >= before + n;
    if (code != (reached ? SUND_LIMIT : SUND_OK)) fail_msg("allocation %zu: code %d", n, code);
    assert_true(reached == !r.table);
    if (!reached) {
      assert_int_equal(r.table->rows, 1);
      assert_non_null(files_finding(&r, "group_all do not add up to persons in 1 of 1 rows: 3 of 1 persons"));
    }
    sund_ctx_free(ctx);
    if (!reached) break;
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      FILES_TEST(codes_in_any_spelling),
      FILES_TEST(unknown_codes_are_listed),
      FILES_TEST(words_of_codes),
      FILES_TEST(skipped_features_are_not_read),
      FILES_TEST(formulas),
      FILES_TEST(newest_rows),
      FILES_TEST(latest_needs_its_fields),
      FILES_TEST(written_by_the_user),
      FILES_TEST(every_allocation_may_fail),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}

/* test_gpkg_read.c - a result read back: the same tables that were written, what is refused, damage named with layer and
 * fid, random geometry there and back, random bytes, memory that runs out. */
#include "layers/gpkg.h"
#include "layers/gpkg_decode.h"
#include "support_gpkg.h"

/* The sample as a result: with a table of indicators, and without indexes, so that plain SQLite can change geometry. */
typedef struct written {
  char *folder, *path;
  sample *sample;
  sund_layer layer[5];
} written;

static const sund_field indicator_fields[] = {{"indicator", SUND_TEXT, NULL, {NULL}, NULL},
                                              {"value", SUND_REAL, "%", {NULL}, NULL}};

static written *write_result(sund_ctx *ctx, size_t homes) {
  written *w = sund_alloc(ctx, 1, sizeof *w);
  w->folder = folder_new(ctx);
  w->path = sund_text(ctx, "%s/r.gpkg", w->folder);
  w->sample = sample_new(ctx, w->path, homes);
  sund_table *indicators;
  assert_ok(ctx, sund_table_new(ctx, "indicators", SUND_NONE, 2, indicator_fields, 2, &indicators));
  indicators->column[0].text[0] = "access.share";
  indicators->column[1].real[0] = 1.0 / 3;
  memcpy(w->layer, w->sample->layer, sizeof w->sample->layer);
  w->layer[4] = (sund_layer){.table = indicators, .title = {"Indikatorer", "Indikatorer", "Indicators"}};
  for (size_t i = 0; i < 5; i++) w->layer[i].indexed = false;
  w->sample->spec.layers = 5;
  w->sample->spec.layer = w->layer;
  assert_ok(ctx, sund_gpkg_write(ctx, &w->sample->spec));
  return w;
}

static sund_table *read_table(sund_ctx *ctx, const char *path, const char *name) {
  sund_result *result;
  sund_table *table = NULL;
  assert_ok(ctx, sund_result_open(ctx, path, &result));
  assert_ok(ctx, sund_result_table(ctx, result, name, NULL, NULL, &table));
  return table;
}

/* ---------------------------------------------------------------------------------------------------- the same */

static bool same_real(double a, double b) {
  return memcmp(&a, &b, sizeof a) == 0 || (isnan(a) && isnan(b));
}

static bool same_text(const char *a, const char *b) {
  return a == b || (a && b && strcmp(a, b) == 0);
}

static void assert_same_shapes(const sund_shapes *a, const sund_shapes *b) {
  assert_int_equal(a->kind, b->kind);
  assert_int_equal(a->rows, b->rows);
  assert_int_equal(a->parts, b->parts);
  assert_int_equal(a->vertices, b->vertices);
  assert_memory_equal(a->first_part, b->first_part, (a->rows + 1) * sizeof *a->first_part);
  assert_memory_equal(a->first_vertex, b->first_vertex, (a->parts + 1) * sizeof *a->first_vertex);
  if (a->kind == SUND_AREA) assert_memory_equal(a->hole, b->hole, a->parts);
  else assert_null(b->hole);
  assert_memory_equal(a->x, b->x, a->vertices * sizeof *a->x);
  assert_memory_equal(a->y, b->y, a->vertices * sizeof *a->y);
}

static void assert_same_table(const sund_table *a, const sund_table *b) {
  assert_non_null(b);
  assert_string_equal(a->name, b->name);
  assert_int_equal(a->kind, b->kind);
  assert_int_equal(a->rows, b->rows);
  assert_int_equal(a->columns, b->columns);
  for (size_t c = 0; c < a->columns; c++) {
    assert_string_equal(a->column[c].field.name, b->column[c].field.name);
    assert_int_equal(a->column[c].field.type, b->column[c].field.type);
    for (size_t r = 0; r < a->rows; r++) {
      if (a->column[c].real) assert_true(same_real(a->column[c].real[r], b->column[c].real[r]));
      if (a->column[c].integer) assert_true(a->column[c].integer[r] == b->column[c].integer[r]);
      if (a->column[c].text) assert_true(same_text(a->column[c].text[r], b->column[c].text[r]));
    }
  }
  for (size_t r = 0; r < a->rows; r++) {
    assert_int_equal(b->feature[r], r + 1);
    assert_string_equal(sund_table_source(b, r), "r.gpkg");
    if (a->kind == SUND_POINT) assert_true(same_real(a->x[r], b->x[r]) && same_real(a->y[r], b->y[r]));
  }
  if (a->shapes) assert_same_shapes(a->shapes, b->shapes);
  else assert_null(b->shapes);
}

static void test_tables_come_back(void **state) {
  sund_ctx *ctx = *state;
  written *w = write_result(ctx, 500);
  for (size_t i = 0; i < 5; i++)
    assert_same_table(w->layer[i].table, read_table(ctx, w->path, w->layer[i].table->name));
  sund_result *result;
  assert_ok(ctx, sund_result_open(ctx, w->path, &result));
  assert_string_equal(sund_crs_code(sund_result_crs(result)), "EPSG:25832");
  folder_free(w->folder);
}

static void test_columns_and_rows_asked_for(void **state) {
  sund_ctx *ctx = *state;
  written *w = write_result(ctx, 500);
  sund_result *result;
  sund_table *table = NULL;
  assert_ok(ctx, sund_result_open(ctx, w->path, &result));
  const char *const columns[] = {"kind", "nothing", "home_id", NULL};
  const sund_match by_text = {"home_id", "h7 \"æøå\" & <x>"};
  assert_ok(ctx, sund_result_table(ctx, result, "access_homes", columns, &by_text, &table));
  assert_int_equal(table->rows, 1);
  assert_int_equal(table->feature[0], 8);
  assert_int_equal(table->columns, 2); /* in the order of the table */
  assert_string_equal(table->column[0].field.name, "home_id");
  assert_string_equal(table->column[1].field.name, "kind");
  assert_true(table->x[0] == w->sample->homes->x[7]);

  const sund_match by_number = {"who_met", "1"}, by_fid = {"fid", "8"}, by_quote = {"home_id", "x' OR 1=1 --"};
  const sund_match by_nothing = {"nothing", "nothing"};
  assert_ok(ctx, sund_result_table(ctx, result, "access_homes", NULL, &by_number, &table));
  assert_int_equal(table->rows, 125);
  assert_ok(ctx, sund_result_table(ctx, result, "access_homes", NULL, &by_fid, &table));
  assert_int_equal(table->rows, 1);
  assert_ok(ctx, sund_result_table(ctx, result, "access_homes", NULL, &by_quote, &table));
  assert_int_equal(table->rows, 0);
  assert_ok(ctx, sund_result_table(ctx, result, "access_homes", NULL, &by_nothing, &table));
  assert_int_equal(table->rows, 0);
  assert_int_equal(table->columns, 4);
  const sund_match by_name = {"name", "Öster \"Ål\""};
  assert_ok(ctx, sund_result_table(ctx, result, "green_areas", columns, &by_name, &table));
  assert_int_equal(table->columns, 0);
  assert_int_equal(table->shapes->rows, 1);
  assert_int_equal(table->shapes->vertices, 5);
  assert_ok(ctx, sund_result_table(ctx, result, "flood_homes", NULL, NULL, &table));
  assert_null(table);
  folder_free(w->folder);
}

/* A random row: lines of a few vertices, or rings around places of their own with holes in them. */
static void draw_row(sund_shapes *s, size_t row, uint64_t *seed) {
  size_t members = support_random(seed) % 4;
  for (size_t m = 0; m < members; m++) {
    size_t rings = s->kind == SUND_AREA ? 1 + support_random(seed) % 3 : 1;
    for (size_t ring = 0; ring < rings; ring++) {
      size_t n = s->kind == SUND_AREA ? 4 + support_random(seed) % 5 : 2 + support_random(seed) % 5;
      double radius = ring == 0 ? 100 : 5, x = 7e5 + (double)(m * 300 + ring * 12), y = 6.2e6 + (double)row;
      for (size_t i = 0; i < n; i++) {
        double turn = 2 * M_PI * (double)(s->kind == SUND_AREA && i == n - 1 ? 0 : i) / (double)(n - 1);
        double side = ring == 0 ? 1 : -1; /* holes run clockwise */
        s->x[s->vertices + i] = x + radius * cos(turn);
        s->y[s->vertices + i] = y + side * radius * sin(turn);
      }
      if (s->hole) s->hole[s->parts] = ring > 0;
      s->vertices += n;
      s->first_vertex[++s->parts] = s->vertices;
    }
  }
  s->first_part[row + 1] = s->parts;
}

static sund_table *draw_random(sund_ctx *ctx, const char *name, sund_kind kind, size_t rows, uint64_t *seed) {
  sund_table *table;
  assert_ok(ctx, sund_table_new(ctx, name, kind, rows, sample_line_fields, 1, &table));
  assert_ok(ctx, sund_shapes_new(ctx, kind, rows, rows * 12, rows * 120, &table->shapes));
  table->shapes->parts = table->shapes->vertices = 0;
  for (size_t r = 0; r < rows; r++) draw_row(table->shapes, r, seed);
  return table;
}

static void test_random_shapes_come_back(void **state) {
  sund_ctx *ctx = *state;
  uint64_t seed = support_seed();
  for (int round = 0; round < 10; round++) {
    written *w = write_result(ctx, 1);
    w->layer[1].table = draw_random(ctx, "coast_lines", SUND_LINE, 50, &seed);
    w->layer[2].table = draw_random(ctx, "green_areas", SUND_AREA, 50, &seed);
    w->sample->spec.overwrite = true;
    assert_ok(ctx, sund_gpkg_write(ctx, &w->sample->spec));
    for (size_t i = 1; i < 3; i++)
      assert_same_table(w->layer[i].table, read_table(ctx, w->path, w->layer[i].table->name));
    folder_free(w->folder);
  }
}

/* ------------------------------------------------------------------------------------------- edited afterwards */

/* Geometry by other writers: the other byte order, rings the other way, empty ones in all their forms. */
static void test_geometry_of_others(void **state) {
  sund_ctx *ctx = *state;
  written *w = write_result(ctx, 4);
  static const char square[] = /* big-endian polygon, clockwise, no box: (0 0, 0 1, 1 1, 1 0, 0 0) */
      "4750000000006 4E8 00 00000003 00000001 00000005 0000000000000000 0000000000000000 0000000000000000"
      " 3FF0000000000000 3FF0000000000000 3FF0000000000000 3FF0000000000000 0000000000000000 0000000000000000"
      " 0000000000000000";
  char hex[sizeof square];
  size_t length = 0;
  for (const char *c = square; *c; c++)
    if (*c != ' ') hex[length++] = *c;
  hex[length] = 0;
  sql_run(w->path, sund_text(ctx, "UPDATE green_areas SET geom = x'%s' WHERE fid = 1", hex));
  sql_run(w->path, "UPDATE green_areas SET geom = x'47500011E8640000010600000000000000' WHERE fid = 2");
  sql_run(w->path, "UPDATE coast_lines SET geom = x'47500011E8640000010500000000000000' WHERE fid = 1");
  sql_run(w->path,
          "UPDATE access_homes SET geom = "
          "x'47500011E86400000101000000000000000000F87F000000000000F87F' WHERE fid = 1");
  sql_run(w->path, "ALTER TABLE access_homes ADD COLUMN note TEXT(20)");
  sql_run(w->path, "ALTER TABLE access_homes ADD COLUMN seen BOOLEAN");
  sql_run(w->path, "ALTER TABLE access_homes ADD COLUMN picture BLOB");
  sund_table *areas = read_table(ctx, w->path, "green_areas");
  assert_int_equal(areas->shapes->parts, 1);
  assert_int_equal(areas->shapes->vertices, 5);
  assert_true(sund_ring_area(5, areas->shapes->x, areas->shapes->y) == 1);
  assert_int_equal(read_table(ctx, w->path, "coast_lines")->shapes->first_part[1], 0);
  sund_table *homes = read_table(ctx, w->path, "access_homes");
  assert_true(isnan(homes->x[0]) && isnan(homes->y[0]) && !isnan(homes->x[1]));
  assert_int_equal(homes->columns, 6);
  assert_int_equal(sund_table_column(homes, "seen")->field.type, SUND_INT);
  folder_free(w->folder);
}

/* A result with no layer has a CRS all the same. */
static void test_without_layers(void **state) {
  sund_ctx *ctx = *state;
  written *w = write_result(ctx, 3);
  w->sample->spec.layers = 2;
  w->sample->spec.layer = w->layer + 3;
  w->sample->spec.overwrite = true;
  sund_crs *crs;
  assert_ok(ctx, sund_crs_open(ctx, "EPSG:3006", &crs));
  w->sample->spec.crs = crs;
  assert_ok(ctx, sund_gpkg_write(ctx, &w->sample->spec));
  sund_result *result;
  assert_ok(ctx, sund_result_open(ctx, w->path, &result));
  assert_string_equal(sund_crs_code(sund_result_crs(result)), "EPSG:3006");
  folder_free(w->folder);
}

/* ----------------------------------------------------------------------------------------------------- refused */

static void assert_refused(const char *path, sund_code code, const char *part) {
  sund_ctx *ctx = sund_ctx_new();
  sund_result *result = NULL;
  assert_int_equal(sund_result_open(ctx, path, &result), code);
  assert_failure(ctx, code, part, sund_base_name(path));
  assert_null(result);
  sund_ctx_free(ctx);
}

static void test_refused(void **state) {
  sund_ctx *ctx = *state;
  written *w = write_result(ctx, 3);
  const char *other = sund_text(ctx, "%s/other.gpkg", w->folder);
  assert_refused(other, SUND_SOURCE, "");
  assert_refused(w->folder, SUND_SOURCE, "folder");
  file_write(other, "not a database");
  assert_refused(other, SUND_SOURCE, "is no result of sund");
  file_write(other, "SQLite format 3");
  assert_refused(other, SUND_SOURCE, "is no result of sund");
  unlink(other);
  sql_run(other, "CREATE TABLE t (a)");
  assert_refused(other, SUND_SOURCE, "it is no GeoPackage");
  unlink(other);
  sql_run(w->path, "ALTER TABLE run RENAME TO ran");
  assert_refused(w->path, SUND_SOURCE, "has no table run");
  sql_run(w->path, "CREATE VIEW run AS SELECT * FROM ran"); /* a view is no table */
  assert_refused(w->path, SUND_SOURCE, "has no table run");
  sql_run(w->path, "DROP VIEW run; ALTER TABLE ran RENAME TO run; ALTER TABLE indicators RENAME TO gone");
  assert_refused(w->path, SUND_SOURCE, "has no table indicators");
  sql_run(w->path, "ALTER TABLE gone RENAME TO indicators; PRAGMA application_id = 7");
  assert_refused(w->path, SUND_SOURCE, "it is no GeoPackage");
  sql_run(w->path, "PRAGMA application_id = 0x47504B47");
  const char *wal = sund_text(ctx, "%s-wal", w->path);
  file_write(wal, "x");
  assert_refused(w->path, SUND_SOURCE, "not folded in");
  unlink(wal);
  sql_run(w->path, "UPDATE gpkg_spatial_ref_sys SET organization = 'NONE', definition = 'x' WHERE srs_id = 25832");
  assert_refused(w->path, SUND_SOURCE, "coordinate system is not understood");
  folder_free(w->folder);
}

static void test_nothing_beside(void **state) {
  sund_ctx *ctx = *state;
  written *w = write_result(ctx, 30);
  sql_run(w->path, "PRAGMA journal_mode = WAL"); /* as QGIS leaves it */
  chmod(w->path, 0444);
  chmod(w->folder, 0555);
  sund_ctx *own = sund_ctx_new();
  assert_int_equal(read_table(own, w->path, "access_homes")->rows, 30);
  assert_int_equal(folder_count(w->folder, NULL, 0), 1);
  sund_ctx_free(own);
  assert_int_equal(folder_count(w->folder, NULL, 0), 1);
  chmod(w->folder, 0755);
  folder_free(w->folder);
}

/* ------------------------------------------------------------------------------------------------------ damage */

/* Reading the table fails with code, source, and this feature and words. */
static void assert_damaged(const char *path, const char *table, int64_t fid, const char *part) {
  sund_ctx *ctx = sund_ctx_new();
  sund_result *result;
  sund_table *out = NULL;
  int64_t feature = 0;
  assert_ok(ctx, sund_result_open(ctx, path, &result));
  assert_int_equal(sund_result_table(ctx, result, table, NULL, NULL, &out), SUND_SOURCE);
  assert_failure(ctx, SUND_SOURCE, part, "r.gpkg");
  assert_failure(ctx, SUND_SOURCE, table, NULL);
  sund_failure(ctx, NULL, NULL, &feature);
  assert_int_equal(feature, fid);
  assert_null(out);
  sund_ctx_free(ctx);
}

static void test_damage(void **state) {
  sund_ctx *ctx = *state;
  static const struct {
    const char *table, *change;
    int64_t fid;
    const char *part;
  } damages[] = {
      {"access_homes", "geom = substr(geom, 1, 28) WHERE fid = 2", 2, "ends too early"},
      {"access_homes", "geom = substr(geom, 1, 3) WHERE fid = 2", 2, "ends too early"},
      {"access_homes", "geom = x'' WHERE fid = 2", 2, "has no bytes"},
      {"access_homes", "geom = 'POINT(1 2)' WHERE fid = 2", 2, "begin with GP"},
      {"access_homes", "geom = CAST(geom || x'00' AS BLOB) WHERE fid = 2", 2, "longer than it says"},
      {"access_homes", "geom = (SELECT geom FROM green_areas) WHERE fid = 2", 2, "another type"},
      {"access_homes", "who_met = 'yes' WHERE fid = 3", 3, "no whole number"},
      {"access_homes", "who_met = 0.5 WHERE fid = 3", 3, "no whole number"},
      {"access_homes", "\"330_300_dist_m\" = 'far' WHERE fid = 3", 3, "no number"},
      {"access_homes", "kind = x'00' WHERE fid = 3", 3, "no text"},
      {"access_homes", "kind = CAST(x'C3' AS TEXT) WHERE fid = 3", 3, "not UTF-8"},
      {"green_areas", "geom = substr(geom, 1, 100) WHERE fid = 1", 1, "ends too early"},
      {"green_areas", "geom = CAST(x'4751' || substr(geom, 3) AS BLOB) WHERE fid = 1", 1, "begin with GP"},
      {"green_areas", "geom = CAST(x'475001' || substr(geom, 4) AS BLOB) WHERE fid = 1", 1, "version"},
      {"green_areas", "geom = CAST(x'4750000B' || substr(geom, 5) AS BLOB) WHERE fid = 1", 1, "header"},
      {"green_areas", "geom = CAST(x'47500023' || substr(geom, 5) AS BLOB) WHERE fid = 1", 1, "header"},
      {"green_areas", "geom = CAST(x'47500013' || substr(geom, 5) AS BLOB) WHERE fid = 1", 1, "calls itself empty"},
      {"green_areas", "geom = CAST(substr(geom, 1, 4) || x'00000000' || substr(geom, 9) AS BLOB) WHERE fid = 2", 2,
       "another CRS"},
      {"green_areas",
       "geom = CAST(substr(geom, 1, 16) || x'00000000000000' || substr(geom, 24) AS BLOB) WHERE fid = 2", 2,
       "box of the geometry"},
      {"green_areas", "geom = CAST(substr(geom, 1, 40) || x'07' || substr(geom, 42) AS BLOB) WHERE fid = 2", 2,
       "byte order"},
      {"green_areas", "geom = CAST(substr(geom, 1, 45) || x'FFFFFFFF' || substr(geom, 50) AS BLOB) WHERE fid = 2", 2,
       "ends too early"},
      {"green_areas", "geom = CAST(substr(geom, 1, 58) || x'03' || substr(geom, 60) AS BLOB) WHERE fid = 2", 2,
       "less than four"},
      {"green_areas",
       "geom = CAST(substr(geom, 1, 62) || x'000000000000F07F' || substr(geom, 71) AS BLOB)"
       " WHERE fid = 2",
       2, "finite"},
      {"green_areas",
       "geom = CAST(substr(geom, 1, 62) || x'0000000000000000' || substr(geom, 71) AS BLOB)"
       " WHERE fid = 2",
       2, "not closed"},
      {"coast_lines", "geom = (SELECT geom FROM access_homes) WHERE fid = 2", 2, "another type"},
      {"coast_lines", "geom = CAST(substr(geom, 1, 45) || x'01' || substr(geom, 47) AS BLOB) WHERE fid = 2", 2,
       "one vertex"},
  };
  for (size_t i = 0; i < sizeof damages / sizeof *damages; i++) {
    written *w = write_result(ctx, 9);
    sql_run(w->path, sund_text(ctx, "UPDATE %s SET %s", damages[i].table, damages[i].change));
    assert_damaged(w->path, damages[i].table, damages[i].fid, damages[i].part);
    folder_free(w->folder);
  }
  written *w = write_result(ctx, 9);
  sql_run(w->path,
          "UPDATE gpkg_geometry_columns SET geometry_type_name = 'CURVEPOLYGON' WHERE table_name = 'green_areas'");
  assert_damaged(w->path, "green_areas", SUND_NO_FEATURE, "not one that sund writes");
  sql_run(w->path, "ALTER TABLE coast_lines RENAME COLUMN fid TO id");
  assert_damaged(w->path, "coast_lines", SUND_NO_FEATURE, "no column fid");
  folder_free(w->folder);
}

/* Reads a table; whatever the bytes say, the answer is a table or SUND_SOURCE. */
static void read_damaged(const char *path, const char *name, uint64_t seed, int round) {
  sund_ctx *ctx = sund_ctx_new();
  sund_result *result;
  sund_table *table;
  sund_code code = sund_result_open(ctx, path, &result);
  if (code == SUND_OK) code = sund_result_table(ctx, result, name, NULL, NULL, &table);
  const char *why = "", *source = NULL;
  sund_failure(ctx, &why, &source, NULL);
  if (code != SUND_OK && (code != SUND_SOURCE || !source))
    fail_msg("seed %llu round %d, %s: code %d (%s)", (unsigned long long)seed, round, name, (int)code, why);
  sund_ctx_free(ctx);
}

/* Decodes a blob with some bytes changed or cut off; what comes out is whole rings, or nothing. */
static void decode_damaged(sund_ctx *ctx, sund_kind kind, uint8_t *blob, size_t bytes, uint64_t *seed) {
  for (uint64_t k = support_random(seed) % 4; k > 0; k--)
    blob[support_random(seed) % bytes] = (uint8_t)(support_random(seed) % 2 ? support_random(seed) : 0);
  if (support_random(seed) % 4 == 0) bytes = support_random(seed) % (bytes + 1);
  gpkg_decoder decoder = {.ctx = ctx, .kind = kind, .srs = 25832};
  double x, y;
  if (gpkg_decode(&decoder, blob, bytes, &x, &y)) return;
  const sund_shapes *s = &decoder.shapes;
  for (size_t part = 0; part < s->parts; part++) {
    size_t first = s->first_vertex[part], n = s->first_vertex[part + 1] - first;
    double area = sund_ring_area(n, s->x + first, s->y + first);
    assert_true(n >= (kind == SUND_LINE ? 2u : 4u) && isfinite(area));
    if (kind == SUND_AREA) assert_true(s->hole[part] ? area <= 0 : area >= 0);
  }
}

static void test_random_bytes_in_geometry(void **state) {
  sund_ctx *ctx = *state;
  uint64_t seed = support_seed();
  sund_table *tables[] = {draw_random(ctx, "coast_lines", SUND_LINE, 20, &seed),
                          draw_random(ctx, "green_areas", SUND_AREA, 20, &seed)};
  for (int round = 0; round < 20000; round++) {
    sund_ctx *scratch = sund_ctx_child(ctx);
    const sund_shapes *s = tables[round % 2]->shapes;
    size_t row = support_random(&seed) % s->rows;
    double box[4] = {7e5, 6.2e6, 7e5, 6.2e6};
    sund_shapes_box(s, row, box);
    uint8_t *blob = sund_alloc(scratch, gpkg_shape_size(s, row, true) + GPKG_POINT_SIZE, 1);
    bool point = round % 10 == 0;
    if (point) gpkg_point_write(box[0], box[1], 25832, blob);
    size_t bytes = point ? GPKG_POINT_SIZE : gpkg_shape_write(s, row, true, 25832, box, blob);
    decode_damaged(scratch, point ? SUND_POINT : s->kind, blob, bytes, &seed);
    sund_ctx_free(scratch);
  }
}

static void test_random_bytes_in_the_file(void **state) {
  sund_ctx *ctx = *state;
  uint64_t seed = support_seed(), begun = seed;
  written *w = write_result(ctx, 200);
  size_t length = 0;
  char *bytes = file_read(ctx, w->path, &length), *damaged = sund_alloc(ctx, length, 1);
  for (int round = 0; round < 30; round++) {
    memcpy(damaged, bytes, length);
    for (int k = 0; k < 1 + round; k++) damaged[support_random(&seed) % length] = (char)support_random(&seed);
    size_t kept = round % 4 == 3 ? support_random(&seed) % length : length; /* cut off, too */
    FILE *file = fopen(w->path, "wb");
    assert_int_equal(fwrite(damaged, 1, kept, file), kept);
    fclose(file);
    read_damaged(w->path, w->layer[round % 5].table->name, begun, round);
  }
  folder_free(w->folder);
}

static void test_without_memory(void **state) {
  sund_ctx *ctx = *state;
  written *w = write_result(ctx, 20);
  size_t before = 0, needed = 0;
  for (size_t n = 0; n <= needed; n += 1 + n / 20) {
    sund_ctx *poor = sund_ctx_new();
    sund_result *result;
    sund_table *table;
    before = sund_ctx_allocations(poor);
    sund_ctx_fail_alloc(poor, n);
    sund_code code = sund_result_open(poor, w->path, &result);
    for (size_t i = 0; i < 3 && code == SUND_OK; i++)
      code = sund_result_table(poor, result, w->layer[i].table->name, NULL, NULL, &table);
    if (n == 0) needed = sund_ctx_allocations(poor) - before;
    if (code != (n == 0 ? SUND_OK : SUND_LIMIT)) fail_msg("allocation %zu of %zu: code %d", n, needed, (int)code);
    sund_ctx_free(poor);
  }
  folder_free(w->folder);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      SUND_TEST(test_tables_come_back),         SUND_TEST(test_columns_and_rows_asked_for),
      SUND_TEST(test_random_shapes_come_back),  SUND_TEST(test_geometry_of_others),
      SUND_TEST(test_without_layers),           SUND_TEST(test_refused),
      SUND_TEST(test_nothing_beside),           SUND_TEST(test_damage),
      SUND_TEST(test_random_bytes_in_geometry), SUND_TEST(test_random_bytes_in_the_file),
      SUND_TEST(test_without_memory),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}

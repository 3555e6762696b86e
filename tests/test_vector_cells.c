/* Tests of rasters read as features: layers/vector_cells.c. */
#include <inttypes.h>

#include "vector_files.h"

/* cmocka compares floats only. */
#define assert_near(is, should, off)                                                      \
  do {                                                                                    \
    double got = (is), want = (should);                                                   \
    if (!(fabs(got - want) <= (off))) fail_msg("%s is %.10g, not %.10g", #is, got, want); \
  } while (0)

/* --------------------------------------------------------------------------------------------------------- rasters */

typedef struct cells_spec {
  const char *name;
  GDALDataType type;
  int columns, rows, bands, epsg; /* bands 0 = 1, epsg 0 = none */
  double transform[6];
  double nodata; /* 0 = none declared */
} cells_spec;

#define NORTH_UP \
  { 720000, 10, 0, 6214100, 0, -10 }

static const char *cells_file(files *f, cells_spec spec, const double *values) {
  const char *path = files_path(f, spec.name);
  GDALDatasetH dataset = GDALCreate(GDALGetDriverByName("GTiff"), path, spec.columns, spec.rows,
                                    spec.bands ? spec.bands : 1, spec.type, NULL);
  assert_non_null(dataset);
  GDALSetGeoTransform(dataset, spec.transform);
  if (spec.epsg) {
    OGRSpatialReferenceH srs = OSRNewSpatialReference(NULL);
    assert_int_equal(OSRImportFromEPSG(srs, spec.epsg), OGRERR_NONE);
    GDALSetSpatialRef(dataset, srs);
    OSRDestroySpatialReference(srs);
  }
  GDALRasterBandH band = GDALGetRasterBand(dataset, 1);
  if (spec.nodata != 0) GDALSetRasterNoDataValue(band, spec.nodata);
  assert_int_equal(GDALRasterIO(band, GF_Write, 0, 0, spec.columns, spec.rows, (void *)values, spec.columns,
                                spec.rows, GDT_Float64, 0, 0),
                   CE_None);
  GDALClose(dataset);
  return path;
}

/* Sum of the rings of a row, map square metres. */
static double row_area(const sund_shapes *shapes, size_t row) {
  double area = 0;
  for (size_t p = shapes->first_part[row]; p < shapes->first_part[row + 1]; p++) {
    size_t first = shapes->first_vertex[p];
    area += sund_ring_area(shapes->first_vertex[p + 1] - first, shapes->x + first, shapes->y + first);
  }
  return area;
}

/* ----------------------------------------------------------------------------------------------------------- homes */

static const double people[] = {3,  0, -1, 2.5, /* */
                                -1, 7, 0,  0};
static const cells_spec people_spec = {"people.tif", GDT_Float64, 4, 2, 0, 25832, NORTH_UP, -1};

static void homes_are_squares(void **state) {
  files *f = *state;
  reading r;
  assert_ok(f->ctx, files_read(f->ctx, files_source(SUND_HOMES, cells_file(f, people_spec, people)), &r));
  assert_int_equal(r.table->kind, SUND_AREA);
  assert_int_equal(r.table->rows, 3);
  const double *persons = sund_table_real(r.table, "persons");
  const char **id = sund_table_text(r.table, "id");
  static const char *const ids[] = {"c0-0", "c3-0", "c1-1"};
  static const double expected[] = {3, 2.5, 7}, west[] = {720000, 720030, 720010},
                      south[] = {6214090, 6214090, 6214080};
  static const int64_t feature[] = {0, 3, 5};
  for (size_t i = 0; i < 3; i++) {
    double box[4];
    assert_near(persons[i], expected[i], 0);
    assert_string_equal(id[i], ids[i]);
    assert_int_equal(sund_table_feature(r.table, i), feature[i]);
    assert_true(sund_shapes_box(r.table->shapes, i, box));
    assert_near(box[0], west[i], 1e-6);
    assert_near(box[1], south[i], 1e-6);
    assert_near(box[2], west[i] + 10, 1e-6);
    assert_near(row_area(r.table->shapes, i), 100, 1e-6);
  }
  assert_int_equal(r.reading.read, 6);
  assert_int_equal(r.reading.used, 3);
  assert_int_equal(r.reading.rejected, 3);
  assert_string_equal(r.reading.driver, "GTiff");
  assert_string_equal(r.reading.crs, "EPSG:25832");
  assert_non_null(r.reading.hash);
  assert_non_null(files_finding(&r, "3 of 6 cells with data have a value above 0"));
  assert_near(r.reading.extent[0], 720000, 1e-6);
  assert_near(r.reading.extent[1], 6214080, 1e-6);
  assert_near(r.reading.extent[2], 720040, 1e-6);
  assert_near(r.reading.extent[3], 6214100, 1e-6);
}

static void south_up_rasters_lie_where_they_say(void **state) {
  files *f = *state;
  reading r;
  cells_spec spec = people_spec;
  memcpy(spec.transform, (double[]){720000, 10, 0, 6214000, 0, 10}, sizeof spec.transform);
  assert_ok(f->ctx, files_read(f->ctx, files_source(SUND_HOMES, cells_file(f, spec, people)), &r));
  double box[4];
  assert_true(sund_shapes_box(r.table->shapes, 2, box)); /* column 1, second row from the south */
  assert_near(box[0], 720010, 1e-6);
  assert_near(box[1], 6214010, 1e-6);
  assert_near(row_area(r.table->shapes, 2), 100, 1e-6);
}

static void cells_are_points_when_asked(void **state) {
  files *f = *state;
  reading r;
  sund_source source = files_source(SUND_HOMES, cells_file(f, people_spec, people));
  source.as = "cells";
  assert_ok(f->ctx, files_read(f->ctx, source, &r));
  assert_int_equal(r.table->kind, SUND_POINT);
  assert_int_equal(r.table->rows, 3);
  assert_near(r.table->x[1], 720035, 1e-6);
  assert_near(r.table->y[1], 6214095, 1e-6);
  assert_near(sund_table_real(r.table, "persons")[1], 2.5, 0);
}

/* A raster in degrees comes out in metres, persons as they are. */
static void degrees_are_moved(void **state) {
  files *f = *state;
  reading r;
  cells_spec spec = {"degrees.tif", GDT_Float32, 4, 2, 0, 4326, {12.6, 0.001, 0, 56.03, 0, -0.001}, -1};
  assert_ok(f->ctx, files_read(f->ctx, files_source(SUND_HOMES, cells_file(f, spec, people)), &r));
  assert_near(sund_sum(3, sund_table_real(r.table, "persons")), 12.5, 1e-6);
  double area = row_area(r.table->shapes, 0); /* 62.3 m by 111.4 m */
  assert_true(area > 6800 && area < 7050);
}

static void refused(void **state) {
  files *f = *state;
  double bad[8];
  memcpy(bad, people, sizeof bad);
  bad[6] = -7;
  files_expect(f->ctx, files_source(SUND_HOMES, cells_file(f, people_spec, bad)), SUND_DATA,
               "cell (column 2, row 1) is -7, which cannot be a number of persons; if it means no data",
               SUND_NO_FEATURE);
  bad[6] = INFINITY;
  files_expect(f->ctx, files_source(SUND_HOMES, cells_file(f, people_spec, bad)), SUND_DATA,
               "cell (column 2, row 1) is infinite", SUND_NO_FEATURE);
  cells_spec spec = people_spec;
  spec.transform[2] = 1;
  files_expect(f->ctx, files_source(SUND_HOMES, cells_file(f, spec, people)), SUND_DATA, "is rotated",
               SUND_NO_FEATURE);
  spec = people_spec;
  spec.epsg = 0;
  files_expect(f->ctx, files_source(SUND_HOMES, cells_file(f, spec, people)), SUND_SOURCE, "has no CRS",
               SUND_NO_FEATURE);
  spec = people_spec;
  spec.bands = 3;
  files_expect(f->ctx, files_source(SUND_HOMES, cells_file(f, spec, people)), SUND_DATA, "has 3 bands",
               SUND_NO_FEATURE);
  sund_source source = files_source(SUND_HOMES, cells_file(f, people_spec, people));
  source.where = "persons > 2";
  files_expect(f->ctx, source, SUND_USAGE, "this is a raster", SUND_NO_FEATURE);
  files_expect(f->ctx, files_source(SUND_PATHS, source.path), SUND_SOURCE, "content is a GeoTIFF", SUND_NO_FEATURE);
  sund_source features = files_source(SUND_HOMES, files_homes(f, "h.gpkg", "GPKG", 2));
  features.as = "cells";
  files_expect(f->ctx, features, SUND_USAGE, "as is for rasters", SUND_NO_FEATURE);
  files_cut(source.path, 0.9);
  source.where = NULL;
  files_expect(f->ctx, source, SUND_SOURCE, "", SUND_NO_FEATURE);
}

static void a_crs_can_be_given(void **state) {
  files *f = *state;
  reading r;
  cells_spec spec = people_spec;
  spec.epsg = 0;
  sund_source source = files_source(SUND_HOMES, cells_file(f, spec, people));
  source.crs = "EPSG:25832";
  assert_ok(f->ctx, files_read(f->ctx, source, &r));
  assert_int_equal(r.table->rows, 3);
  assert_string_equal(r.reading.crs, "EPSG:25832");
}

static void what_a_raster_says_of_itself(void **state) {
  files *f = *state;
  sund_peek peek;
  sund_source source = files_source(SUND_GREEN, cells_file(f, people_spec, people));
  assert_ok(f->ctx, sund_vector_peek(f->ctx, &source, &peek));
  assert_int_equal(peek.kind, SUND_AREA);
  assert_string_equal(peek.layer, "people.tif");
  assert_int_equal(peek.features, -1);
  assert_non_null(peek.wkt);
  assert_near(peek.box[0], 720000, 0);
  assert_near(peek.box[3], 6214100, 0);
}

/* ----------------------------------------------------------------------------------------------------------- green */

static sund_recode codes[] = {{"kind", "41", "forest"},
                              {"kind", "42", "forest"},
                              {"kind", "20", "meadow"},
                              {"kind", "61", "skip"},
                              {"kind", "3", "other"}};

static sund_source green(const char *path, size_t count) {
  sund_source source = files_source(SUND_GREEN, path);
  source.recodes = count;
  source.recode = codes;
  return source;
}

/* Two codes of one kind are one area; cells that meet at a corner are two; a hole is a hole. */
static const double cover[] = {41, 42, 61, 20, 61, /* */
                               61, 61, 20, 61, 61, /* */
                               41, 41, 41, 61, 61, /* */
                               41, 61, 41, 61, 61, /* */
                               41, 41, 41, 0,  61};
static const cells_spec cover_spec = {"cover.tif", GDT_Byte, 5, 5, 0, 25832, NORTH_UP, 255};

static double area_of_kind(const sund_table *table, const char *kind, size_t *rows) {
  double area = 0;
  *rows = 0;
  const char **kinds = sund_table_text(table, "kind");
  for (size_t i = 0; i < table->rows; i++)
    if (strcmp(kinds[i], kind) == 0) {
      area += row_area(table->shapes, i);
      ++*rows;
    }
  return area;
}

static void green_cells_become_areas(void **state) {
  files *f = *state;
  reading r;
  double values[25];
  memcpy(values, cover, sizeof values);
  values[23] = 255;
  assert_ok(f->ctx, files_read(f->ctx, green(cells_file(f, cover_spec, values), 5), &r));
  size_t rows;
  assert_int_equal(r.table->kind, SUND_AREA);
  assert_near(area_of_kind(r.table, "forest", &rows), 1000, 1e-6);
  assert_int_equal(rows, 2);
  assert_near(area_of_kind(r.table, "meadow", &rows), 200, 1e-6);
  assert_int_equal(rows, 2);
  assert_int_equal(r.table->rows, 4);
  assert_int_equal(r.reading.read, 24);
  assert_int_equal(r.reading.used, 4);
  assert_non_null(files_finding(&r, "12 of 24 cells with data are green"));
  assert_string_equal(sund_table_text(r.table, "access")[0], "unknown");
}

/* P23: what no mapping knows is told, all of it at once. */
static void unknown_values_are_listed(void **state) {
  files *f = *state;
  const char *path = cells_file(f, cover_spec, cover);
  files_expect(f->ctx, green(path, 2), SUND_DATA, "codes that are not known: 61, 20, 0;", SUND_NO_FEATURE);
  files_expect(f->ctx, green(path, 0), SUND_DATA, "codes that are not known: 41, 42, 61, 20, 0;", SUND_NO_FEATURE);
  files_expect(f->ctx, green(path, 5), SUND_DATA, "codes that are not known: 0;", SUND_NO_FEATURE);
}

static void a_mask_needs_no_codes(void **state) {
  files *f = *state;
  reading r;
  sund_source source = files_source(SUND_GREEN, cells_file(f, people_spec, people));
  source.sets = 1;
  source.set = &(sund_pair){"kind", "park", {0}};
  assert_ok(f->ctx, files_read(f->ctx, source, &r));
  size_t rows;
  assert_near(area_of_kind(r.table, "park", &rows), 300, 1e-6);
  assert_int_equal(rows, 3);
}

static void supply_is_the_ground_area(void **state) {
  files *f = *state;
  reading r, squares;
  cells_spec spec = people_spec;
  spec.transform[0] = 930000; /* where a map metre of EPSG:25832 is 0.2 % longer than one on the ground */
  const char *path = cells_file(f, spec, people);
  sund_source source = files_source(SUND_GREEN, path);
  source.sets = 1;
  source.set = &(sund_pair){"kind", "park", {0}};
  source.as = "cells";
  assert_ok(f->ctx, files_read(f->ctx, source, &r));
  assert_ok(f->ctx, files_read(f->ctx, files_source(SUND_HOMES, path), &squares));
  double area[3];
  sund_crs *crs = NULL;
  assert_ok(f->ctx, sund_crs_open(f->ctx, "EPSG:25832", &crs));
  assert_ok(f->ctx, sund_geodesic_measure(f->ctx, crs, squares.table->shapes, area));
  const double *supply = sund_table_real(r.table, "supply");
  for (size_t i = 0; i < 3; i++) {
    assert_near(supply[i], area[i], 1e-3); /* one area for 64 columns */
    assert_true(area[i] < 99.7);
  }
  source.sets = 2;
  source.set = (sund_pair[]){{"kind", "park", {0}}, {"supply", "900", {0}}};
  assert_ok(f->ctx, files_read(f->ctx, source, &r));
  assert_near(sund_table_real(r.table, "supply")[2], 900, 0);
}

/* The slow twin: cells of one kind that share an edge, found by filling again and again. */
static size_t fill_parts(const double *values, size_t columns, size_t rows, size_t *part) {
  size_t parts = 0;
  for (size_t i = 0; i < columns * rows; i++) part[i] = SIZE_MAX;
  for (size_t i = 0; i < columns * rows; i++) {
    if (values[i] == 61 || part[i] != SIZE_MAX) continue;
    part[i] = parts;
    for (bool changed = true; changed;) {
      changed = false;
      for (size_t k = 0; k < columns * rows; k++) {
        size_t c = k % columns, w = k / columns;
        if (part[k] != SIZE_MAX || values[k] != values[i]) continue;
        bool next = (c > 0 && part[k - 1] == parts) || (c + 1 < columns && part[k + 1] == parts) ||
                    (w > 0 && part[k - columns] == parts) || (w + 1 < rows && part[k + columns] == parts);
        if (next) part[k] = parts, changed = true;
      }
    }
    parts++;
  }
  return parts;
}

static void areas_are_those_of_a_twin(void **state) {
  files *f = *state;
  enum { WIDE = 40, HIGH = 30 };
  uint64_t seed = support_seed(), began = seed;
  for (int turn = 0; turn < 4; turn++) {
    double values[WIDE * HIGH];
    size_t part[WIDE * HIGH], cells[WIDE * HIGH] = {0}, seen[WIDE * HIGH] = {0};
    for (size_t i = 0; i < WIDE * HIGH; i++) {
      double dice = support_uniform(&seed, 0, 1);
      values[i] = dice < 0.4 ? 41 : dice < 0.7 ? 20 : 61;
    }
    size_t parts = fill_parts(values, WIDE, HIGH, part);
    for (size_t i = 0; i < WIDE * HIGH; i++)
      if (part[i] != SIZE_MAX) cells[part[i]]++;
    cells_spec spec = {"twin.tif", GDT_Int32, WIDE, HIGH, 0, 25832, NORTH_UP, 0};
    reading r;
    assert_ok(f->ctx, files_read(f->ctx, green(cells_file(f, spec, values), 5), &r));
    if (r.table->rows != parts)
      fail_msg("%zu areas, not %zu (seed %" PRIu64 ", turn %d)", r.table->rows, parts, began, turn);
    /* Each area holds the middle of the cells of one part, and is as large as they are. */
    for (size_t a = 0; a < r.table->rows; a++) {
      size_t at = SIZE_MAX;
      for (size_t i = 0; i < WIDE * HIGH && at == SIZE_MAX; i++)
        if (part[i] != SIZE_MAX && sund_area_contains(r.table->shapes, a, 720000 + 10 * ((double)(i % WIDE) + 0.5),
                                                      6214100 - 10 * ((double)(i / WIDE) + 0.5)))
          at = part[i];
      if (at == SIZE_MAX || seen[at]++)
        fail_msg("area %zu is no part of the twin's (seed %" PRIu64 ", turn %d)", a, began, turn);
      if (fabs(row_area(r.table->shapes, a) - 100.0 * (double)cells[at]) > 1e-4)
        fail_msg("area %zu: %g m2 for %zu cells (seed %" PRIu64 ", turn %d)", a, row_area(r.table->shapes, a),
                 cells[at], began, turn);
    }
  }
}

/* -------------------------------------------------------------------------------------------------------- failures */

static void memory_may_end_anywhere(void **state) {
  files *f = *state;
  double values[25];
  memcpy(values, cover, sizeof values);
  values[23] = 20;
  const char *path = cells_file(f, cover_spec, values);
  sund_source sources[] = {green(path, 5), green(path, 5)};
  sources[1].as = "cells";
  for (size_t k = 0; k < 2; k++)
    for (size_t n = 1;; n += 1 + n / 8) {
      sund_ctx *own = sund_ctx_child(f->ctx);
      sund_crs *crs = NULL;
      assert_ok(own, sund_crs_open(own, "EPSG:25832", &crs));
      sund_frame frame = {crs, NULL};
      reading r = {0};
      sund_ctx_fail_alloc(own, n);
      sund_code code = sund_vector_read(own, &sources[k], &frame, &r.table, &r.reading, &r.findings);
      sund_ctx_fail_alloc(own, 0);
      if (code != SUND_OK && code != SUND_LIMIT) fail_msg("allocation %zu: code %d", n, code);
      if (code == SUND_OK) assert_int_equal(r.table->rows, k ? 13 : 5);
      sund_ctx_free(own);
      if (code == SUND_OK) break;
    }
}

/* The case of the raster method in the peers' tests: 30 m land cover, 90 m population. */
static void the_peers_rasters_are_read(void **state) {
  files *f = *state;
  const char *data = getenv("SUND_DATA");
  char path[2][512];
  for (size_t k = 0; k < 2; k++) {
    snprintf(path[k], sizeof path[k], "%s/peers/invest-una/%s", data ? data : "../shared/data",
             k ? "population.tif" : "lulc.tif");
    if (files_size(path[k]) < 0) skip();
  }
  reading r;
  sund_source source = green(path[0], 0);
  sund_recode all = {"kind", "*", "park"};
  source.recodes = 1;
  source.recode = &all;
  source.as = "cells";
  assert_ok(f->ctx, files_read_into(f->ctx, "EPSG:3116", source, &r));
  assert_int_equal(r.table->rows, 900);
  assert_near(r.table->x[0], 444735, 1e-6);
  assert_near(r.table->y[0], 3751305, 1e-6);
  assert_ok(f->ctx, files_read_into(f->ctx, "EPSG:3116", files_source(SUND_HOMES, path[1]), &r));
  assert_int_equal(r.table->kind, SUND_AREA);
  assert_true(r.table->rows > 0 && r.table->rows <= 100);
  assert_near(row_area(r.table->shapes, 0), 8100, 1e-6);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      FILES_TEST(homes_are_squares),
      FILES_TEST(south_up_rasters_lie_where_they_say),
      FILES_TEST(cells_are_points_when_asked),
      FILES_TEST(degrees_are_moved),
      FILES_TEST(refused),
      FILES_TEST(a_crs_can_be_given),
      FILES_TEST(what_a_raster_says_of_itself),
      FILES_TEST(green_cells_become_areas),
      FILES_TEST(unknown_values_are_listed),
      FILES_TEST(a_mask_needs_no_codes),
      FILES_TEST(supply_is_the_ground_area),
      FILES_TEST(areas_are_those_of_a_twin),
      FILES_TEST(memory_may_end_anywhere),
      FILES_TEST(the_peers_rasters_are_read),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}

/* Tests of terrains of several files, read by windows: layers/terrain.c, terrain_files.c. */
#include <sys/resource.h>

#include "raster_files.h"

typedef struct opened {
  size_t count;
  sund_terrain *terrain;
  sund_reading reading[80];
  sund_findings findings;
} opened;

static sund_source source_of(const char *path, const char *heights) {
  sund_source source = files_source(SUND_TERRAIN, path);
  source.heights = heights;
  return source;
}

static void open_ok(files *f, size_t count, const char *const *path, opened *out) {
  sund_source *source = sund_alloc(f->ctx, count, sizeof *source);
  memset(out, 0, sizeof *out);
  for (size_t i = 0; i < count; i++) source[i] = source_of(path[i], NULL);
  assert_ok(f->ctx,
            sund_terrain_open(f->ctx, count, source, &out->count, &out->terrain, out->reading, &out->findings));
}

static float *read_window(files *f, const sund_terrain *t, sund_window w) {
  float *cells = sund_alloc(f->ctx, w.columns * w.rows, sizeof *cells);
  assert_ok(f->ctx, t->read(f->ctx, t->data, &w, cells));
  return cells;
}

static float *read_all(files *f, const sund_terrain *t) {
  return read_window(f, t, (sund_window){0, 0, t->lattice.columns, t->lattice.rows});
}

/* A raster of 2 m cells whose north-west cell is `column` east and `row` south of a common corner; each cell says where
 * it is: row * 1000 + column of the common grid, divided by 8. */
static const raster_spec plain = {NULL, 0, 0, GDT_Float32, 25832, 5799, 720000, 6214100, 2, -2, -9999};

static const char *tile(files *f, const char *name, raster_spec spec, long column, long row) {
  double *value = sund_alloc(f->ctx, spec.columns * spec.rows, sizeof *value);
  for (size_t r = 0; r < spec.rows; r++)
    for (size_t c = 0; c < spec.columns; c++) {
      size_t north = spec.dy < 0 ? r : spec.rows - 1 - r;
      value[r * spec.columns + c] = ((double)(row + (long)north) * 1000 + (double)(column + (long)c)) / 8;
    }
  spec.name = name;
  spec.x0 += (double)column * fabs(spec.dx);
  spec.y0 -= (double)row * fabs(spec.dy);
  if (spec.dy > 0) spec.y0 -= (double)spec.rows * spec.dy;
  return raster_make(f, spec, value, NULL);
}

static raster_spec sized(size_t columns, size_t rows) {
  raster_spec spec = plain;
  spec.columns = columns;
  spec.rows = rows;
  return spec;
}

static float expected(long column, long row) {
  return (float)(((double)row * 1000 + (double)column) / 8);
}

/* ------------------------------------------------------------------------------------------------------------- cases */

static void test_one_file(void **state) {
  files *f = *state;
  const char *path = tile(f, "a.tif", sized(30, 20), 0, 0);
  opened o;
  open_ok(f, 1, &path, &o);
  assert_int_equal(o.count, 1);
  const sund_terrain *t = &o.terrain[0];
  assert_string_equal(t->name, "a.tif");
  assert_string_equal(t->heights, "EPSG:5799");
  assert_string_equal(sund_crs_code(t->crs), "EPSG:25832");
  assert_true(t->lattice.columns == 30 && t->lattice.rows == 20 && t->lattice.x0 == 720000);
  assert_true(t->lattice.y0 == 6214100 && t->lattice.dx == 2 && t->lattice.dy == 2 && t->files == 1);
  assert_int_equal(strlen(o.reading[0].hash), 64);
  assert_int_equal(o.reading[0].role, SUND_TERRAIN);
  assert_string_equal(o.reading[0].heights, "EPSG:5799");
  const float *all = read_all(f, t), *part = read_window(f, t, (sund_window){7, 3, 5, 4});
  for (size_t r = 0; r < 20; r++)
    for (size_t c = 0; c < 30; c++) assert_true(all[r * 30 + c] == expected((long)c, (long)r));
  for (size_t r = 0; r < 4; r++)
    for (size_t c = 0; c < 5; c++) assert_true(part[r * 5 + c] == all[(r + 3) * 30 + c + 7]);
  assert_ok(f->ctx, t->finish(f->ctx, t->data));
}

/* The same cells as sund_raster_read gives, whatever the type of the file's. */
static void test_as_raster_read(void **state) {
  files *f = *state;
  static const GDALDataType types[] = {GDT_Float32, GDT_Float64, GDT_Int16, GDT_UInt16, GDT_Int32, GDT_UInt32};
  uint64_t seed = support_seed();
  for (size_t k = 0; k < sizeof types / sizeof *types; k++)
    for (int south_up = 0; south_up < 2; south_up++) {
      enum { COLUMNS = 67, ROWS = 53 };
      double value[COLUMNS * ROWS];
      for (size_t i = 0; i < COLUMNS * ROWS; i++)
        value[i] = support_uniform(&seed, 0, 1) < 0.1 ? 30000 : support_uniform(&seed, 0, 5000);
      raster_spec spec = {"t.tif", COLUMNS, ROWS, types[k], 25832, 5799, 720000, 6214000, 0.4, south_up ? 0.4 : -0.4,
                          30000};
      char *options[] = {"TILED=YES", "BLOCKXSIZE=16", "BLOCKYSIZE=16", NULL};
      const char *path = raster_make(f, spec, value, options);
      GDALDatasetH dataset = GDALOpen(path, GA_Update);
      GDALSetRasterScale(GDALGetRasterBand(dataset, 1), 0.01);
      GDALClose(dataset);
      sund_source source = source_of(path, NULL);
      sund_grid *grid = NULL;
      sund_reading read;
      sund_findings findings = {0};
      opened o;
      assert_ok(f->ctx, sund_raster_read(f->ctx, &source, &grid, &read, &findings));
      open_ok(f, 1, &path, &o);
      const sund_terrain *t = &o.terrain[0];
      assert_true(t->lattice.x0 == grid->x0 && t->lattice.y0 == grid->y0 && t->lattice.dy == grid->dy);
      const float *all = read_all(f, t);
      for (size_t i = 0; i < COLUMNS * ROWS; i++)
        if (all[i] != grid->value[i] && !(isnan(all[i]) && isnan(grid->value[i])))
          fail_msg("type %zu, south up %d, cell %zu: %.9g, not %.9g", k, south_up, i, (double)all[i],
                   (double)grid->value[i]);
      size_t step = 1 + support_random(&seed) % 20;
      for (size_t row = 0; row < ROWS; row += step) {
        size_t rows = ROWS - row < step ? ROWS - row : step;
        const float *part = read_window(f, t, (sund_window){0, row, COLUMNS, rows});
        assert_memory_equal(part, all + row * COLUMNS, rows * COLUMNS * sizeof *part);
      }
      assert_ok(f->ctx, t->finish(f->ctx, t->data));
      assert_string_equal(o.reading[0].hash, read.hash);
      assert_int_equal(o.findings.count, findings.count);
    }
}

/* Three files with a gap, one of them south up: one terrain, wherever the window lies. */
static void test_mosaic(void **state) {
  files *f = *state;
  raster_spec turned = sized(20, 10);
  turned.dy = 2;
  const char *path[] = {tile(f, "b.tif", sized(20, 10), 30, 5), tile(f, "a.tif", turned, 0, 0),
                        tile(f, "c.tif", sized(7, 30), 50, -10)};
  opened o;
  open_ok(f, 3, path, &o);
  assert_int_equal(o.count, 1);
  const sund_terrain *t = &o.terrain[0];
  assert_string_equal(t->name, "b.tif");
  assert_int_equal(t->files, 3);
  assert_true(t->lattice.columns == 57 && t->lattice.rows == 30);
  assert_true(t->lattice.x0 == 720000 && t->lattice.y0 == 6214120);
  const float *all = read_all(f, t);
  for (long r = -10; r < 20; r++)
    for (long c = 0; c < 57; c++) {
      bool known = (c >= 30 && c < 50 && r >= 5 && r < 15) || (c < 20 && r >= 0 && r < 10) || c >= 50;
      float got = all[(r + 10) * 57 + c];
      if (known ? got != expected(c, r) : !isnan(got)) fail_msg("column %ld row %ld: %g", c, r, (double)got);
    }
  uint64_t seed = support_seed();
  for (int k = 0; k < 50; k++) {
    sund_window w = {support_random(&seed) % 57, support_random(&seed) % 30, 0, 0};
    w.columns = 1 + support_random(&seed) % (57 - w.column);
    w.rows = 1 + support_random(&seed) % (30 - w.row);
    const float *part = read_window(f, t, w);
    for (size_t r = 0; r < w.rows; r++)
      assert_memory_equal(part + r * w.columns, all + (w.row + r) * 57 + w.column, w.columns * sizeof *part);
  }
  assert_ok(f->ctx, t->finish(f->ctx, t->data));
}

/* Where files overlap the first one with a value counts. */
static void test_overlap(void **state) {
  files *f = *state;
  double first[100], second[100], third[100];
  for (size_t i = 0; i < 100; i++) first[i] = i % 3 ? 1 : -9999, second[i] = i % 2 ? 2 : -9999, third[i] = 3;
  raster_spec spec = sized(10, 10);
  const char *path[3];
  spec.name = "1.tif", path[0] = raster_make(f, spec, first, NULL);
  spec.name = "2.tif", path[1] = raster_make(f, spec, second, NULL);
  spec.name = "3.tif", path[2] = raster_make(f, spec, third, NULL);
  opened o;
  open_ok(f, 3, path, &o);
  assert_int_equal(o.count, 1);
  const float *all = read_all(f, &o.terrain[0]);
  for (size_t i = 0; i < 100; i++) assert_true(all[i] == (i % 3 ? 1.0f : i % 2 ? 2.0f : 3.0f));
}

/* What does not lie on one grid, in one CRS, in one height system are terrains of their own, in the order given. */
static void test_apart(void **state) {
  files *f = *state;
  raster_spec heights = sized(10, 10), crs = sized(10, 10), cell = sized(10, 10), off = sized(10, 10),
              near = sized(10, 10);
  heights.heights = 5613;
  crs.epsg = 3006;
  cell.dx = 1, cell.dy = -1;
  off.x0 += 0.01;
  near.x0 += 0.0015;
  const char *path[] = {tile(f, "a.tif", sized(10, 10), 0, 0), tile(f, "h.tif", heights, 10, 0),
                        tile(f, "c.tif", crs, 20, 0),          tile(f, "d.tif", cell, 30, 0),
                        tile(f, "o.tif", off, 40, 0),          tile(f, "n.tif", near, 50, 0),
                        tile(f, "h2.tif", heights, 60, 0)};
  opened o;
  open_ok(f, 7, path, &o);
  static const char *const names[] = {"a.tif", "h.tif", "c.tif", "d.tif", "o.tif"};
  static const size_t files_of[] = {2, 2, 1, 1, 1};
  assert_int_equal(o.count, 5);
  for (size_t i = 0; i < 5; i++) {
    assert_string_equal(o.terrain[i].name, names[i]);
    assert_int_equal(o.terrain[i].files, files_of[i]);
  }
  assert_int_equal(o.terrain[0].lattice.columns, 60);
  assert_string_equal(o.terrain[1].heights, "EPSG:5613");
}

/* More files than may be open at a time, read back and forth. */
static void test_many_files(void **state) {
  files *f = *state;
  enum { FILES = 70 };
  struct rlimit limit, few;
  const char *path[FILES];
  for (size_t i = 0; i < FILES; i++)
    path[i] = tile(f, sund_text(f->ctx, "%zu.tif", i), sized(3, 3), (long)i * 3, (long)(i % 2));
  assert_int_equal(getrlimit(RLIMIT_NOFILE, &limit), 0);
  few = limit;
  few.rlim_cur = FILES;
  assert_int_equal(setrlimit(RLIMIT_NOFILE, &few), 0);
  opened o;
  open_ok(f, FILES, path, &o);
  assert_int_equal(o.count, 1);
  for (int again = 0; again < 2; again++) {
    const float *all = read_all(f, &o.terrain[0]);
    for (long c = 0; c < FILES * 3; c++)
      for (long r = 0; r < 4; r++) {
        bool known = r >= c / 3 % 2 && r < c / 3 % 2 + 3;
        float got = all[r * FILES * 3 + c];
        assert_true(known ? got == expected(c, r) : isnan(got));
      }
  }
  assert_ok(f->ctx, o.terrain[0].finish(f->ctx, o.terrain[0].data));
  assert_int_equal(setrlimit(RLIMIT_NOFILE, &limit), 0);
}

/* ---------------------------------------------------------------------------------------------------------- refusals */

/* Opening, reading everything and finishing must fail with this, at the latest in the last step. */
static void refused(files *f, const char *path, const char *heights, sund_code code, const char *part) {
  sund_ctx *own = sund_ctx_child(f->ctx);
  sund_source source = source_of(path, heights);
  sund_terrain *terrain = NULL;
  sund_reading read;
  sund_findings findings = {0};
  size_t count = 0;
  const char *message = "", *blamed = NULL;
  sund_code got = sund_terrain_open(own, 1, &source, &count, &terrain, &read, &findings);
  if (got == SUND_OK) {
    sund_window all = {0, 0, terrain->lattice.columns, terrain->lattice.rows};
    float *cells = sund_alloc(own, all.columns * all.rows, sizeof *cells);
    got = terrain->read(own, terrain->data, &all, cells);
    if (got == SUND_OK) got = terrain->finish(own, terrain->data);
  }
  sund_failure(own, &message, &blamed, NULL);
  if (got != code || !strstr(message ? message : "", part))
    fail_msg("%s: code %d: %s\nexpected: %s", path, got, message ? message : "", part);
  assert_string_equal(blamed, strrchr(path, '/') + 1);
  sund_ctx_free(own);
}

static const char *patched(files *f, size_t count, const size_t *cell, const double *value) {
  double values[100];
  raster_spec spec = sized(10, 10);
  spec.nodata = NAN;
  spec.name = "x.tif";
  for (size_t i = 0; i < 100; i++) values[i] = (double)i;
  for (size_t i = 0; i < count; i++) values[cell[i]] = value[i];
  return raster_make(f, spec, values, NULL);
}

static void test_refusals(void **state) {
  files *f = *state;
  raster_spec spec = sized(10, 10);
  double nothing[100];
  refused(f, patched(f, 1, (size_t[]){13}, (double[]){INFINITY}), NULL, SUND_DATA,
          "cell (column 3, row 1) is infinite");
  refused(f, patched(f, 2, (size_t[]){6, 13}, (double[]){-9999, -9999}), NULL, SUND_DATA,
          "2 cells are -9999 (the first at column 6, row 0), which looks like nodata");
  spec.heights = 0;
  refused(f, tile(f, "h.tif", spec, 0, 0), NULL, SUND_DATA, "height system unknown; say heights: EPSG:5799");
  refused(f, tile(f, "h.tif", sized(10, 10), 0, 0), "EPSG:5613", SUND_DATA,
          "the raster says its heights are EPSG:5799, not EPSG:5613");
  spec = sized(10, 10);
  spec.type = GDT_Byte;
  refused(f, tile(f, "b.tif", spec, 0, 0), NULL, SUND_DATA, "8-bit cells");
  for (size_t i = 0; i < 100; i++) nothing[i] = -9999;
  spec = sized(10, 10);
  spec.name = "n.tif";
  refused(f, raster_make(f, spec, nothing, NULL), NULL, SUND_DATA, "every cell is nodata");
  spec = (raster_spec){NULL, 10, 10, GDT_Float32, 4326, 0, 12, 56, 0.001, -0.001, -9999};
  refused(f, tile(f, "d.tif", spec, 0, 0), "EPSG:5799", SUND_DATA, "is in degrees; warp it to one in metres");
  refused(f, sund_text_copy(f->ctx, files_path(f, "missing.tif")), NULL, SUND_SOURCE, "");
  refused(f, sund_text_copy(f->ctx, files_text(f, "y.tif", "hello")), NULL, SUND_SOURCE, "of no known kind");
}

/* A file of a mosaic may be sea only; a file cut short or changed on the way is an error, found while reading. */
static void test_damage(void **state) {
  files *f = *state;
  double *nothing = sund_alloc(f->ctx, 200 * 200, sizeof *nothing);
  raster_spec spec = sized(200, 200);
  for (size_t i = 0; i < 200 * 200; i++) nothing[i] = -9999;
  spec.name = "sea.tif";
  spec.x0 += 400;
  const char *path[] = {tile(f, "a.tif", sized(200, 200), 0, 0), raster_make(f, spec, nothing, NULL)};
  opened o;
  open_ok(f, 2, path, &o);
  read_all(f, &o.terrain[0]);
  assert_ok(f->ctx, o.terrain[0].finish(f->ctx, o.terrain[0].data));

  files_cut(path[0], 0.6);
  refused(f, path[0], NULL, SUND_SOURCE, "");

  path[0] = tile(f, "b.tif", sized(200, 200), 0, 0);
  open_ok(f, 1, path, &o);
  read_all(f, &o.terrain[0]);
  tile(f, "b.tif", sized(200, 201), 0, 0);
  assert_int_equal(o.terrain[0].finish(f->ctx, o.terrain[0].data), SUND_SOURCE);
  const char *message = "", *blamed = "";
  sund_failure(f->ctx, &message, &blamed, NULL);
  assert_string_equal(message, "changed during the run; start again");
  assert_string_equal(blamed, "b.tif");
}

static void test_memory(void **state) {
  files *f = *state;
  const char *path[] = {tile(f, "a.tif", sized(20, 20), 0, 0), tile(f, "b.tif", sized(20, 20), 10, 0)};
  sund_source source[] = {source_of(path[0], NULL), source_of(path[1], NULL)};
  for (size_t n = 1;; n++) {
    sund_ctx *own = sund_ctx_new();
    sund_terrain *t = NULL;
    sund_reading read[2];
    sund_findings findings = {0};
    size_t count;
    float cells[20 * 30];
    sund_ctx_fail_alloc(own, n);
    sund_code code = sund_terrain_open(own, 2, source, &count, &t, read, &findings);
    if (code == SUND_OK) code = t->read(own, t->data, &(sund_window){0, 0, 30, 20}, cells);
    if (code == SUND_OK) code = t->finish(own, t->data);
    sund_ctx_free(own);
    if (code == SUND_OK) break;
    assert_int_equal(code, SUND_LIMIT);
    assert_true(n < 5000);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      FILES_TEST(test_one_file), FILES_TEST(test_as_raster_read), FILES_TEST(test_mosaic),
      FILES_TEST(test_overlap),  FILES_TEST(test_apart),          FILES_TEST(test_many_files),
      FILES_TEST(test_refusals), FILES_TEST(test_damage),         FILES_TEST(test_memory),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}

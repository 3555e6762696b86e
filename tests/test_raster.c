/* Tests of reading and writing rasters: layers/raster.c, raster_write.c. R01 ... are the numbers of the corpus. */
#include <fcntl.h>
#include <signal.h>
#include <sys/file.h>
#include <sys/resource.h>

#include "vector_files.h"

typedef struct raster_spec {
  const char *name;
  size_t columns, rows;
  GDALDataType type;
  int epsg, heights;   /* 0 = none */
  double transform[6]; /* [1] = 0: none */
  double nodata;       /* 0 = none declared */
} raster_spec;

#define NORTH_UP \
  { 720000, 2, 0, 6214100, 0, -2 }

/* Cell (c, r) counted from the north holds r * columns + c + 0.5, as far as the type can. */
static const char *raster(files *f, raster_spec spec, const double *patch) {
  const char *path = files_path(f, spec.name);
  char *options[] = {"COMPRESS=DEFLATE", "BLOCKYSIZE=8", NULL};
  GDALDatasetH dataset =
      GDALCreate(GDALGetDriverByName("GTiff"), path, (int)spec.columns, (int)spec.rows, 1, spec.type, options);
  assert_non_null(dataset);
  if (spec.transform[1] != 0) GDALSetGeoTransform(dataset, spec.transform);
  if (spec.epsg) {
    OGRSpatialReferenceH srs = OSRNewSpatialReference(NULL), up = OSRNewSpatialReference(NULL),
                         both = OSRNewSpatialReference(NULL);
    assert_int_equal(OSRImportFromEPSG(srs, spec.epsg), OGRERR_NONE);
    if (spec.heights) {
      assert_int_equal(OSRImportFromEPSG(up, spec.heights), OGRERR_NONE);
      assert_int_equal(OSRSetCompoundCS(both, "both", srs, up), OGRERR_NONE);
    }
    GDALSetSpatialRef(dataset, spec.heights ? both : srs);
    OSRDestroySpatialReference(srs);
    OSRDestroySpatialReference(up);
    OSRDestroySpatialReference(both);
  }
  double *values = calloc(spec.columns * spec.rows, sizeof *values);
  for (size_t i = 0; i < spec.columns * spec.rows; i++) values[i] = (double)i + (spec.type == GDT_Byte ? 0 : 0.5);
  for (; patch && !isnan(patch[0]); patch += 2) values[(size_t)patch[0]] = patch[1];
  GDALRasterBandH band = GDALGetRasterBand(dataset, 1);
  if (spec.nodata != 0) GDALSetRasterNoDataValue(band, spec.nodata);
  int width = (int)spec.columns, height = (int)spec.rows;
  assert_int_equal(GDALRasterIO(band, GF_Write, 0, 0, width, height, values, width, height, GDT_Float64, 0, 0),
                   CE_None);
  free(values);
  GDALClose(dataset);
  return path;
}

static sund_source terrain(const char *path, const char *heights) {
  sund_source source = files_source(SUND_TERRAIN, path);
  source.heights = heights;
  return source;
}

static void read_ok(files *f, sund_source source, sund_grid **grid, reading *r) {
  memset(r, 0, sizeof *r);
  assert_ok(f->ctx, sund_raster_read(f->ctx, &source, grid, &r->reading, &r->findings));
}

static void expect(files *f, const char *path, const char *heights, sund_code code, const char *part) {
  sund_ctx *own = sund_ctx_child(f->ctx);
  sund_source source = terrain(path, heights);
  sund_grid *grid = NULL;
  sund_reading done;
  sund_findings findings = {0};
  const char *message = "", *blamed = NULL;
  sund_code got = sund_raster_read(own, &source, &grid, &done, &findings);
  sund_failure(own, &message, &blamed, NULL);
  if (got != code || !strstr(message ? message : "", part))
    fail_msg("%s: code %d: %s\nexpected: %s", path, got, message ? message : "", part);
  assert_string_equal(blamed, strrchr(path, '/') + 1);
  assert_null(grid);
  sund_ctx_free(own);
}

static void test_values(void **state) {
  files *f = *state;
  sund_grid *grid = NULL;
  reading r;
  const double holes[] = {5, -9999, 7, NAN, NAN, NAN};
  const char *path = raster(f, (raster_spec){"x.tif", 30, 20, GDT_Float32, 25832, 5799, NORTH_UP, -9999}, holes);
  read_ok(f, terrain(path, NULL), &grid, &r);
  assert_int_equal(grid->columns, 30);
  assert_int_equal(grid->rows, 20);
  assert_true(grid->x0 == 720000 && grid->y0 == 6214100 && grid->dx == 2 && grid->dy == 2);
  for (size_t i = 0; i < 600; i++)
    if (i == 5 || i == 7) assert_true(isnan(grid->value[i]));
    else assert_true(grid->value[i] == (float)i + 0.5f);
  assert_string_equal(r.reading.crs, "EPSG:25832");
  assert_string_equal(r.reading.heights, "EPSG:5799");
  assert_int_equal(strlen(r.reading.hash), 64);
  assert_true(r.reading.extent[1] == 6214060 && r.reading.extent[2] == 720060);
  sund_source source = terrain(path, NULL); /* check only */
  assert_ok(f->ctx, sund_raster_read(f->ctx, &source, NULL, &r.reading, &r.findings));
}

static void test_heights(void **state) {
  files *f = *state;
  sund_grid *grid = NULL;
  reading r;
  const char *path = raster(f, (raster_spec){"x.tif", 4, 4, GDT_Float32, 25832, 0, NORTH_UP, 0}, NULL);
  expect(f, path, NULL, SUND_DATA, "height system unknown; say heights: EPSG:5799");
  read_ok(f, terrain(path, "EPSG:5799"), &grid, &r);
  path = raster(f, (raster_spec){"y.tif", 4, 4, GDT_Float32, 3006, 5613, NORTH_UP, 0}, NULL);
  expect(f, path, "EPSG:5799", SUND_DATA, "the raster says its heights are EPSG:5613, not EPSG:5799");
}

static void test_R01_R02_R03_place(void **state) {
  files *f = *state;
  sund_grid *grid = NULL;
  reading r;
  expect(f, raster(f, (raster_spec){"a.tif", 4, 4, GDT_Float32, 25832, 5799, {0}, 0}, NULL), NULL, SUND_DATA,
         "does not say where it lies");
  expect(f, raster(f, (raster_spec){"b.tif", 4, 4, GDT_Float32, 0, 0, NORTH_UP, 0}, NULL), "EPSG:5799", SUND_SOURCE,
         "has no CRS");
  expect(f,
         raster(f, (raster_spec){"c.tif", 4, 4, GDT_Float32, 25832, 5799, {720000, 2, 1, 6214100, 1, -2}, 0}, NULL),
         NULL, SUND_DATA, "is rotated");
  const char *path =
      raster(f, (raster_spec){"d.tif", 4, 3, GDT_Float32, 25832, 5799, {720000, 2, 0, 6214000, 0, 3}, 0}, NULL);
  read_ok(f, terrain(path, NULL), &grid, &r);
  assert_true(grid->y0 == 6214009 && grid->dy == 3 && grid->dx == 2);
  assert_true(grid->value[0] == 8.5f && grid->value[8] == 0.5f); /* turned */
  assert_non_null(files_finding(&r, "from south to north"));
}

static void test_R04_R05_bad_values(void **state) {
  files *f = *state;
  sund_grid *grid = NULL;
  reading r;
  const double infinite[] = {13, INFINITY, NAN, NAN}, marked[] = {6, -9999, 13, -9999, NAN, NAN},
               deep[] = {6, -9999, 7, -9800, NAN, NAN};
  const raster_spec spec = {"x.tif", 10, 10, GDT_Float32, 25832, 5799, NORTH_UP, 0};
  expect(f, raster(f, spec, infinite), NULL, SUND_DATA, "cell (column 3, row 1) is infinite");
  expect(f, raster(f, spec, marked), NULL, SUND_DATA,
         "2 cells are -9999 (the first at column 6, row 0), which looks like nodata");
  read_ok(f, terrain(raster(f, spec, deep), NULL), &grid, &r); /* a sea that is really that deep */
}

static void test_R07_cut(void **state) {
  files *f = *state;
  const char *path = raster(f, (raster_spec){"x.tif", 200, 200, GDT_Float32, 25832, 5799, NORTH_UP, 0}, NULL);
  files_cut(path, 0.6);
  expect(f, path, NULL, SUND_SOURCE, "");
}

static void test_R09_scale(void **state) {
  files *f = *state;
  sund_grid *grid = NULL;
  reading r;
  const char *path = raster(f, (raster_spec){"x.tif", 4, 4, GDT_Int16, 25832, 0, NORTH_UP, 0}, NULL);
  GDALDatasetH dataset = GDALOpen(path, GA_Update);
  GDALSetRasterScale(GDALGetRasterBand(dataset, 1), 0.1);
  GDALSetRasterOffset(GDALGetRasterBand(dataset, 1), 100);
  GDALSetRasterUnitType(GDALGetRasterBand(dataset, 1), "cm");
  GDALClose(dataset);
  read_ok(f, terrain(path, "EPSG:5799"), &grid, &r);
  /* GDAL rounds the 10.5 that is written into an integer cell to 11. */
  if (fabs((double)grid->value[10] - (11 * 0.1 + 100) * 0.01) > 1e-6) fail_msg("%.9g", (double)grid->value[10]);
  assert_non_null(files_finding(&r, "raw values * 0.001"));
}

static void test_R08_R16_no_terrain(void **state) {
  files *f = *state;
  expect(f, raster(f, (raster_spec){"x.tif", 4, 4, GDT_Byte, 25832, 5799, NORTH_UP, 0}, NULL), NULL, SUND_DATA,
         "8-bit cells");
  expect(f, files_text(f, "x.vrt", "<VRTDataset rasterXSize=\"2000000000\" rasterYSize=\"2000000000\"></VRTDataset>"),
         NULL, SUND_SOURCE, "virtual dataset (VRT)");
  expect(f, files_homes(f, "x.gpkg", "GPKG", 3), NULL, SUND_SOURCE, "");
  expect(f, files_text(f, "y.tif", "hello"), NULL, SUND_SOURCE, "content is of no known kind");
  /* A sparse file that claims 40 000 x 40 000 cells. */
  const char *path = files_path(f, "big.tif");
  char *options[] = {"SPARSE_OK=YES", "TILED=YES", "BLOCKXSIZE=4096", "BLOCKYSIZE=4096", NULL};
  GDALClose(GDALCreate(GDALGetDriverByName("GTiff"), path, 40000, 40000, 1, GDT_Float32, options));
  expect(f, path, NULL, SUND_LIMIT, "claims 40000 x 40000 cells");
}

/* ------------------------------------------------------------------------------------------------------------- write */

static sund_grid *made_grid(files *f, size_t columns, size_t rows) {
  sund_grid *grid = NULL;
  uint64_t seed = support_seed();
  assert_ok(f->ctx, sund_grid_new(f->ctx, columns, rows, 720000, 6214100, 2, 2, &grid));
  for (size_t i = 0; i < columns * rows; i++)
    grid->value[i] = i % 7 == 0 ? NAN : (float)support_uniform(&seed, -5, 40);
  return grid;
}

/* Entries of the test's folder, hidden ones too. */
static size_t entries(files *f) {
  char **names = VSIReadDir(f->folder);
  size_t count = 0;
  for (char **name = names; *name; name++) count += strcmp(*name, ".") != 0 && strcmp(*name, "..") != 0;
  for (char **name = names; *name; name++) CPLFree(*name);
  CPLFree(names);
  return count;
}

static void test_write_and_read(void **state) {
  files *f = *state;
  sund_grid *grid = made_grid(f, 700, 600), *back = NULL;
  reading r;
  const char *path = files_path(f, "out.tif");
  assert_ok(f->ctx, sund_raster_write(f->ctx, path, grid, "EPSG:25832", "EPSG:5799"));
  read_ok(f, terrain(path, NULL), &back, &r);
  assert_string_equal(r.reading.heights, "EPSG:5799");
  assert_string_equal(r.reading.crs, "EPSG:25832");
  for (size_t i = 0; i < 700 * 600; i++)
    if (isnan(grid->value[i])) assert_true(isnan(back->value[i]));
    else assert_true(grid->value[i] == back->value[i]);
  GDALDatasetH dataset = GDALOpen(path, GA_ReadOnly);
  assert_string_equal(GDALGetMetadataItem(dataset, "LAYOUT", "IMAGE_STRUCTURE"), "COG");
  GDALClose(dataset);
  /* Equal grids, equal bytes; an older file is replaced; nothing hidden is left. */
  const char *again = files_text(f, "again.tif", "old");
  assert_ok(f->ctx, sund_raster_write(f->ctx, again, grid, "EPSG:25832", "EPSG:5799"));
  assert_int_equal(files_size(again), files_size(path));
  FILE *one = fopen(path, "rb"), *two = fopen(again, "rb");
  for (int a = fgetc(one), b = fgetc(two); a != EOF || b != EOF; a = fgetc(one), b = fgetc(two))
    assert_int_equal(a, b);
  fclose(one);
  fclose(two);
  assert_int_equal(entries(f), 2);
}

/* What killed runs left, and what GDAL kept beside it, goes with the next good run; other files stay. */
static void test_leftovers_swept(void **state) {
  files *f = *state;
  static const char *const left[] = {".x.tif.sund-999999-0.tmp", ".x.tif.sund-999999-0.tmp.ovr.tmp",
                                     ".x.tif.sund-999998-3.tmp.msk.ovr.tmp"};
  static const char *const others[] = {".xx.tif.sund-999999-0.tmp", ".x.tif.sund-999999-0.tmpx", "x.tif.ovr.tmp"};
  for (size_t i = 0; i < 3; i++) {
    files_text(f, left[i], "rest");
    files_text(f, others[i], "mine");
  }
  const char *path = files_path(f, "x.tif");
  assert_ok(f->ctx, sund_raster_write(f->ctx, path, made_grid(f, 30, 20), "EPSG:25832", NULL));
  assert_true(files_size(path) > 0);
  for (size_t i = 0; i < 3; i++) {
    assert_int_equal(files_size(files_path(f, left[i])), -1);
    assert_int_equal(files_size(files_path(f, others[i])), 4);
  }
  assert_int_equal(entries(f), 4);
}

/* Another run that lives: this one is refused, and touches neither the other's temporary nor what is beside it. */
static void test_other_run(void **state) {
  files *f = *state;
  const char *path = files_text(f, "x.tif", "old");
  int other = open(files_text(f, ".x.tif.sund-1-7.tmp", "half"), O_RDWR);
  assert_true(other >= 0);
  assert_int_equal(flock(other, LOCK_EX), 0);
  files_text(f, ".x.tif.sund-1-7.tmp.ovr.tmp", "half");
  sund_ctx *own = sund_ctx_child(f->ctx);
  const char *message = NULL, *source = NULL;
  assert_int_equal(sund_raster_write(own, path, made_grid(f, 30, 20), "EPSG:25832", NULL), SUND_OUTPUT);
  sund_failure(own, &message, &source, NULL);
  assert_non_null(strstr(message, "another run of sund is writing"));
  assert_string_equal(source, "x.tif");
  sund_ctx_free(own);
  assert_int_equal(files_size(path), 3);
  assert_int_equal(entries(f), 3);
  close(other);
  assert_ok(f->ctx, sund_raster_write(f->ctx, path, made_grid(f, 30, 20), "EPSG:25832", NULL));
  assert_int_equal(entries(f), 1);
}

/* A new file is as readable as the umask leaves it; a replaced one keeps its permissions. */
static void test_permissions(void **state) {
  files *f = *state;
  struct stat status;
  mode_t before = umask(027);
  const char *path = files_path(f, "x.tif");
  assert_ok(f->ctx, sund_raster_write(f->ctx, path, made_grid(f, 30, 20), "EPSG:25832", NULL));
  umask(before);
  assert_int_equal(stat(path, &status), 0);
  assert_int_equal(status.st_mode & 0777, 0640);
  assert_int_equal(chmod(path, 0604), 0);
  assert_ok(f->ctx, sund_raster_write(f->ctx, path, made_grid(f, 30, 20), "EPSG:25832", NULL));
  assert_int_equal(stat(path, &status), 0);
  assert_int_equal(status.st_mode & 0777, 0604);
}

static void expect_write(files *f, const char *path, const char *crs, sund_code code, const char *part) {
  sund_ctx *own = sund_ctx_child(f->ctx);
  const char *message = "";
  sund_code got = sund_raster_write(own, path, made_grid(f, 300, 300), crs, NULL);
  sund_failure(own, &message, NULL, NULL);
  if (got != code || !strstr(message ? message : "", part))
    fail_msg("code %d: %s\nexpected: %s", got, message ? message : "", part);
  sund_ctx_free(own);
}

static void test_write_fails(void **state) {
  files *f = *state;
  expect_write(f, files_path(f, "nowhere/x.tif"), "EPSG:25832", SUND_OUTPUT, "does not exist; create it first");
  expect_write(f, files_path(f, "x.tif"), "EPSG:999999", SUND_USAGE, "");
  expect_write(f, files_path(f, "x.tif"), "/etc/passwd", SUND_USAGE, "");
  assert_int_equal(symlink(P_tmpdir "/sund-victim", files_path(f, "link.tif")), 0);
  expect_write(f, files_path(f, "link.tif"), "EPSG:25832", SUND_OUTPUT, "is a symbolic link");
  unlink(files_path(f, "link.tif"));
  assert_int_equal(files_size(files_path(f, "x.tif")), -1);
}

/* A disk that is full after some bytes, for several numbers of bytes: no file, no hidden rest, the old file untouched. */
static void test_disk_full(void **state) {
  files *f = *state;
  const char *path = files_text(f, "x.tif", "old");
  struct rlimit before, small;
  signal(SIGXFSZ, SIG_IGN);
  getrlimit(RLIMIT_FSIZE, &before);
  for (rlim_t bytes = 0; bytes < 200000; bytes += 40000) {
    small = before;
    small.rlim_cur = bytes;
    setrlimit(RLIMIT_FSIZE, &small);
    sund_ctx *own = sund_ctx_child(f->ctx);
    sund_code code = sund_raster_write(own, path, made_grid(f, 300, 300), "EPSG:25832", "EPSG:5799");
    sund_ctx_free(own);
    setrlimit(RLIMIT_FSIZE, &before);
    assert_int_equal(code, SUND_OUTPUT);
    assert_int_equal(files_size(path), 3);
    assert_int_equal(entries(f), 1);
  }
  signal(SIGXFSZ, SIG_DFL);
}

/* The n-th allocation fails, for every n, reading and writing. */
static void test_every_allocation_fails(void **state) {
  files *f = *state;
  sund_grid *grid = made_grid(f, 40, 30);
  const char *path = files_path(f, "x.tif");
  bool written = false;
  for (size_t n = 1; !written; n++) {
    sund_ctx *own = sund_ctx_new();
    sund_ctx_fail_alloc(own, n);
    sund_code code = sund_raster_write(own, path, grid, "EPSG:25832", "EPSG:5799");
    written = code == SUND_OK;
    if (!written) assert_int_equal(entries(f), 0);
    if (!written && code != SUND_LIMIT) fail_msg("allocation %zu: code %d", n, code);
    sund_ctx_free(own);
  }
  for (size_t n = 1;; n++) {
    sund_ctx *own = sund_ctx_new();
    sund_source source = terrain(path, NULL);
    sund_grid *back = NULL;
    sund_reading done;
    sund_findings findings = {0};
    sund_ctx_fail_alloc(own, n);
    sund_code code = sund_raster_read(own, &source, &back, &done, &findings);
    sund_ctx_free(own);
    if (code == SUND_OK) break;
    assert_null(back);
    if (code != SUND_LIMIT) fail_msg("allocation %zu: code %d", n, code);
  }
}

/* Tiles of a GeoPackage hold heights too. */
static void test_geopackage(void **state) {
  files *f = *state;
  sund_grid *grid = NULL;
  reading r;
  GDALDatasetH from =
      GDALOpen(raster(f, (raster_spec){"x.tif", 300, 260, GDT_Float32, 25832, 0, NORTH_UP, 0}, NULL), GA_ReadOnly);
  const char *path = files_path(f, "x.gpkg");
  char *options[] = {"TILE_FORMAT=TIFF", "RASTER_TABLE=dtm", NULL};
  GDALDatasetH to = GDALCreateCopy(GDALGetDriverByName("GPKG"), path, from, 0, options, NULL, NULL);
  assert_non_null(to);
  GDALClose(to);
  GDALClose(from);
  read_ok(f, terrain(path, "EPSG:5799"), &grid, &r);
  assert_int_equal(grid->columns, 300);
  assert_true(grid->value[301] == 301.5f);
}

/* ---------------------------------------------------------------------------------------------------------- real data */

static void test_real(void **state) {
  const char *data = getenv("SUND_DATA");
  if (!data || access(data, R_OK) != 0) skip();
  files *f = *state;
  sund_grid *grid = NULL;
  reading r;
  char path[700];
  snprintf(path, sizeof path, "%s/oresund/dk/rudersdal_terrain/dtm.tif", data);
  read_ok(f, terrain(path, "EPSG:5799"), &grid, &r);
  assert_int_equal(grid->columns, 250);
  assert_int_equal(grid->rows, 188);
  snprintf(path, sizeof path, "%s/oresund/both/gebco_2020_15s.nc", data);
  sund_source source = terrain(path, "EPSG:5714");
  source.crs = "EPSG:4326"; /* the file does not say it */
  read_ok(f, source, &grid, &r);
  assert_string_equal(r.reading.crs, "EPSG:4326");
}

int main(void) {
  const struct CMUnitTest tests[] = {
      FILES_TEST(test_values),
      FILES_TEST(test_heights),
      FILES_TEST(test_R01_R02_R03_place),
      FILES_TEST(test_R04_R05_bad_values),
      FILES_TEST(test_R07_cut),
      FILES_TEST(test_R09_scale),
      FILES_TEST(test_R08_R16_no_terrain),
      FILES_TEST(test_write_and_read),
      FILES_TEST(test_leftovers_swept),
      FILES_TEST(test_other_run),
      FILES_TEST(test_permissions),
      FILES_TEST(test_write_fails),
      FILES_TEST(test_disk_full),
      FILES_TEST(test_every_allocation_fails),
      FILES_TEST(test_geopackage),
      FILES_TEST(test_real),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}

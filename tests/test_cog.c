/* Tests of the rasters of a result: layers/cog.c, cog_write.c, cog_style.c, and their publishing with the GeoPackage. */
#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>

#include "layers/cog.h"
#include "raster_files.h"

/* A raster whose cells are known: hills with plateaus, some of it never wet. */
typedef struct made {
  sund_raster raster;
  uint16_t *cell;
  sund_code fails; /* the code its read gives */
} made;

static sund_code read_cells(sund_ctx *ctx, void *data, const sund_window *w, uint16_t *cells) {
  const made *m = data;
  if (m->fails != SUND_OK) return sund_fail(ctx, m->fails, "no cells today");
  for (size_t r = 0; r < w->rows; r++)
    memcpy(cells + r * w->columns, m->cell + (w->row + r) * m->raster.lattice.columns + w->column,
           w->columns * sizeof *cells);
  return SUND_OK;
}

static const sund_class classes[] = {
    {-INFINITY, 0.5, NULL, "#08306b", {"under 0,5 m", "under 0,5 m", "below 0.5 m"}},
    {0.5, 1.25, NULL, "#4292c6", {"0,5–1,25 m", "0,5–1,25 m", "0.5–1.25 m"}},
    {1.25, INFINITY, NULL, "#deebf7", {"højere & mere", "högre", "above"}},
};

static made *make(files *f, const char *suffix, size_t columns, size_t rows) {
  made *m = sund_alloc(f->ctx, 1, sizeof *m);
  uint64_t seed = support_seed();
  m->cell = sund_alloc(f->ctx, columns * rows, sizeof *m->cell);
  for (size_t r = 0; r < rows; r++)
    for (size_t c = 0; c < columns; c++) {
      double height = 5500 + 900 * sin((double)c / 90) * cos((double)r / 70);
      m->cell[r * columns + c] = height > 6000                                  ? UINT16_MAX
                                 : support_random(&seed) % 4 == 0 && height > 0 ? (uint16_t)(height + 30)
                                                                                : (uint16_t)height;
    }
  m->raster = (sund_raster){.suffix = suffix,
                            .title = {"Vandstand", "Vattenstånd", "Level"},
                            .lattice = {columns, rows, 720000.4, 6216000.8, 0.4, 0.4},
                            .crs = "EPSG:25832",
                            .heights = "EPSG:5613",
                            .scale = 0.001,
                            .offset = -4.985,
                            .nodata = UINT16_MAX,
                            .classes = classes,
                            .count = 3,
                            .opacity = 0.7,
                            .read = read_cells,
                            .data = m};
  return m;
}

static char *bytes_of(files *f, const char *name, size_t *length) {
  FILE *file = fopen(files_path(f, name), "rb");
  if (!file) fail_msg("no %s", name);
  fseek(file, 0, SEEK_END);
  *length = (size_t)ftell(file);
  rewind(file);
  char *bytes = sund_alloc(f->ctx, *length + 1, 1);
  assert_int_equal(fread(bytes, 1, *length, file), *length);
  fclose(file);
  return bytes;
}

static void same_bytes(files *f, const char *one, const char *two) {
  size_t a, b;
  const char *x = bytes_of(f, one, &a), *y = bytes_of(f, two, &b);
  if (a != b || memcmp(x, y, a) != 0) fail_msg("%s (%zu bytes) and %s (%zu bytes) differ", one, a, two, b);
}

static size_t entries(files *f) {
  char **names = VSIReadDir(f->folder);
  size_t count = 0;
  for (char **name = names; name && *name; name++) count += strcmp(*name, ".") != 0 && strcmp(*name, "..") != 0;
  CSLDestroy(names);
  return count;
}

/* Drafts and publishes in a context of its own, which ends. */
static void write_ok(files *f, const char *result, size_t count, const sund_raster *raster, int threads) {
  sund_ctx *own = sund_ctx_child(f->ctx);
  sund_raster_draft *draft = NULL;
  sund_ctx_threads(own, threads);
  assert_ok(own, sund_rasters_draft(own, files_path(f, result), count, raster, 0, true, &draft));
  assert_ok(own, sund_rasters_publish(own, draft));
  sund_ctx_free(own);
}

/* ------------------------------------------------------------------------------------------------------------ writing */

static void test_what_gdal_sees(void **state) {
  files *f = *state;
  enum { COLUMNS = 1301, ROWS = 707 };
  made *m = make(f, "first_wet", COLUMNS, ROWS);
  write_ok(f, "r.gpkg", 1, &m->raster, 2);
  assert_int_equal(entries(f), 2);
  GDALDatasetH file = GDALOpen(files_path(f, "r_first_wet.tif"), GA_ReadOnly);
  assert_non_null(file);
  assert_string_equal(GDALGetMetadataItem(file, "LAYOUT", "IMAGE_STRUCTURE"), "COG");
  assert_string_equal(GDALGetMetadataItem(file, "COMPRESSION", "IMAGE_STRUCTURE"), "ZSTD");
  double t[6];
  assert_int_equal(GDALGetGeoTransform(file, t), CE_None);
  assert_true(t[0] == 720000.4 && t[1] == 0.4 && t[3] == 6216000.8 && t[5] == -0.4 && t[2] == 0 && t[4] == 0);
  OGRSpatialReferenceH srs = GDALGetSpatialRef(file);
  assert_true(OSRIsCompound(srs));
  assert_string_equal(OSRGetAuthorityCode(srs, "COMPD_CS|PROJCS"), "25832");
  assert_string_equal(OSRGetAuthorityCode(srs, "COMPD_CS|VERT_CS"), "5613");
  GDALRasterBandH band = GDALGetRasterBand(file, 1);
  int given = 0, bx = 0, by = 0;
  assert_true(GDALGetRasterNoDataValue(band, &given) == UINT16_MAX && given);
  assert_true(GDALGetRasterScale(band, &given) == 0.001 && given);
  assert_true(GDALGetRasterOffset(band, &given) == -4.985 && given);
  assert_string_equal(GDALGetRasterUnitType(band), "m");
  assert_string_equal(GDALGetDescription(band), "Vandstand");
  assert_string_equal(GDALGetMetadataItem(file, "TIFFTAG_SOFTWARE", NULL), "sund " SUND_VERSION);
  assert_string_equal(GDALGetMetadataItem(file, "TIFFTAG_DOCUMENTNAME", NULL), "first_wet");
  assert_int_equal(GDALGetRasterDataType(band), GDT_UInt16);
  GDALGetBlockSize(band, &bx, &by);
  assert_true(bx == 512 && by == 512);
  uint16_t *back = sund_alloc(f->ctx, COLUMNS * ROWS, sizeof *back);
  assert_int_equal(GDALRasterIO(band, GF_Read, 0, 0, COLUMNS, ROWS, back, COLUMNS, ROWS, GDT_UInt16, 0, 0), CE_None);
  assert_memory_equal(back, m->cell, COLUMNS * ROWS * sizeof *back);
  /* Overviews hold every second cell, every fourth, none in between. */
  assert_int_equal(GDALGetOverviewCount(band), 2);
  for (int k = 0; k < 2; k++) {
    GDALRasterBandH over = GDALGetOverview(band, k);
    int factor = 2 << k, columns = GDALGetRasterBandXSize(over), rows = GDALGetRasterBandYSize(over);
    assert_true(columns == (COLUMNS + factor - 1) / factor && rows == (ROWS + factor - 1) / factor);
    assert_int_equal(GDALRasterIO(over, GF_Read, 0, 0, columns, rows, back, columns, rows, GDT_UInt16, 0, 0),
                     CE_None);
    for (int r = 0; r < rows; r++)
      for (int c = 0; c < columns; c++)
        assert_int_equal(back[r * columns + c], m->cell[r * factor * COLUMNS + c * factor]);
  }
  GDALClose(file);
}

/* The same bytes for any number of threads, and whether the cells were put together in memory or in a file. */
static void test_same_bytes(void **state) {
  files *f = *state;
  made *m = make(f, "first_wet", 2300, 2100);
  write_ok(f, "a.gpkg", 1, &m->raster, 1);
  write_ok(f, "b.gpkg", 1, &m->raster, 2);
  write_ok(f, "c.gpkg", 1, &m->raster, 5);
  same_bytes(f, "a_first_wet.tif", "b_first_wet.tif");
  same_bytes(f, "a_first_wet.tif", "c_first_wet.tif");
  same_bytes(f, "a_first_wet.qml", "b_first_wet.qml");
  assert_int_equal(entries(f), 6);
  publish_target target = {.folder = -1};
  publish_draft draft = {.fd = -1};
  assert_ok(f->ctx, publish_enter(f->ctx, files_path(f, "d.tif"), false, &target));
  assert_ok(f->ctx, publish_begin(f->ctx, &target, &draft));
  assert_ok(f->ctx, cog_write(f->ctx, &m->raster, 0, 0, &target, &draft));
  assert_ok(f->ctx, publish_commit(f->ctx, &target, &draft));
  publish_leave(&target);
  same_bytes(f, "a_first_wet.tif", "d.tif");
  assert_int_equal(entries(f), 7);
}

static void test_small_ones(void **state) {
  files *f = *state;
  static const size_t sizes[][2] = {{1, 1}, {3, 1}, {1, 600}, {512, 512}, {513, 512}};
  for (size_t i = 0; i < 5; i++) {
    made *m = make(f, "x", sizes[i][0], sizes[i][1]);
    write_ok(f, "r.gpkg", 1, &m->raster, 2);
    GDALDatasetH file = GDALOpen(files_path(f, "r_x.tif"), GA_ReadOnly);
    assert_int_equal(GDALGetRasterXSize(file), sizes[i][0]);
    assert_int_equal(GDALGetRasterYSize(file), sizes[i][1]);
    assert_int_equal(GDALGetOverviewCount(GDALGetRasterBand(file, 1)), sizes[i][0] == 513 || sizes[i][1] == 600);
    GDALClose(file);
  }
}

static void test_style(void **state) {
  files *f = *state;
  made *m = make(f, "first_wet", 10, 10);
  const char *da, *en;
  assert_ok(f->ctx, cog_style(f->ctx, &m->raster, 0, &da));
  assert_ok(f->ctx, cog_style(f->ctx, &m->raster, 2, &en));
  assert_non_null(strstr(da, "<item alpha=\"255\" color=\"#08306b\" value=\"0.5\" label=\"under 0,5 m\"/>"));
  assert_non_null(strstr(en, "value=\"1.25\" label=\"0.5–1.25 m\"/>"));
  assert_non_null(strstr(da, "color=\"#deebf7\" value=\"inf\" label=\"højere &amp; mere\"/>"));
  assert_non_null(strstr(da, "opacity=\"0.7\""));
  assert_non_null(strstr(da, "colorRampType=\"DISCRETE\""));
  assert_non_null(strstr(da, "minimumValue=\"0.5\" maximumValue=\"1.25\""));
  write_ok(f, "r.gpkg", 1, &m->raster, 1);
  size_t length;
  assert_string_equal(bytes_of(f, "r_first_wet.qml", &length), da);
}

/* ------------------------------------------------------------------------------------------------------------- places */

static const char *const prefixes[] = {"first_wet", "depth_"};

static void expect_target(files *f, const char *result, bool overwrite, const char *part, const char *blamed) {
  sund_ctx *own = sund_ctx_child(f->ctx);
  const char *message = "", *source = NULL;
  sund_code code = sund_rasters_target(own, files_path(f, result), 2, prefixes, overwrite);
  sund_failure(own, &message, &source, NULL);
  if (!part) assert_ok(own, code);
  else if (code != SUND_OUTPUT || !strstr(message ? message : "", part))
    fail_msg("%s: code %d: %s\nexpected: %s", result, code, message ? message : "", part);
  if (part) assert_string_equal(source, blamed);
  sund_ctx_free(own);
}

static void test_targets(void **state) {
  files *f = *state;
  expect_target(f, "r.gpkg", false, NULL, NULL);
  expect_target(f, "nowhere/r.gpkg", true, "does not exist; create it first", "r_first_wet.tif");
  static const char *const there[] = {"r_first_wet.tif", "r_first_wet.qml"};
  for (size_t i = 0; i < 2; i++) {
    const char *path = sund_text_copy(f->ctx, files_text(f, there[i], "old"));
    expect_target(f, "r.gpkg", false, "the output exists; use --overwrite", there[i]);
    expect_target(f, "r.gpkg", true, NULL, NULL);
    expect_target(f, "r.other.gpkg", false, NULL, NULL); /* beside r.other_first_wet.tif */
    unlink(path);
  }
  files_text(f, "r_first_wet_2.tif", "old"); /* of a second terrain */
  expect_target(f, "r.gpkg", false, "the output exists; use --overwrite", "r_first_wet_2.tif");
  expect_target(f, "r.gpkg", true, NULL, NULL);
  assert_int_equal(symlink("victim", files_path(f, "r_first_wet.tif")), 0);
  expect_target(f, "r.gpkg", true, "is a symbolic link", "r_first_wet.tif");
  unlink(files_path(f, "r_first_wet.tif"));
}

/* Of how many terrains and at which levels is not known before the work: each name that may be the result's counts. */
static void test_targets_of_any_level(void **state) {
  files *f = *state;
  static const char *const there[] = {"r_depth_1_50.tif", "r_depth_1_50.qml", "r_depth_storm.qml",
                                      "r_first_wet_7.tif", "r_first_wet_9.qml"};
  for (size_t i = 0; i < 5; i++) {
    const char *path = sund_text_copy(f->ctx, files_text(f, there[i], "old"));
    expect_target(f, "r.gpkg", false, "the output exists; use --overwrite", there[i]);
    expect_target(f, "r.gpkg", true, NULL, NULL);
    unlink(path);
  }
  /* The first by name is told, whatever the folder's order. */
  static const char *const many[] = {"h", "c", "f", "a", "e", "b", "g", "d"};
  for (size_t i = 0; i < 8; i++) files_text(f, sund_text(f->ctx, "r_depth_%s.tif", many[i]), "old");
  expect_target(f, "r.gpkg", false, "the output exists; use --overwrite", "r_depth_a.tif");
  for (size_t i = 0; i < 8; i++) unlink(files_path(f, sund_text(f->ctx, "r_depth_%s.tif", many[i])));
  static const char *const others[] = {"r_depth.tif", "r_wet.tif", "ar_depth_1.tif", "r_depth_1.txt", "depth_1.tif"};
  for (size_t i = 0; i < 5; i++) files_text(f, others[i], "of somebody else");
  write_ok(f, "r_depth_2.gpkg", 1, &make(f, "first_wet", 4, 4)->raster, 1);
  expect_target(f, "r.gpkg", false, NULL, NULL); /* r_depth_2_first_wet.tif is another result's */
  expect_target(f, "r_depth_2.gpkg", false, "the output exists", "r_depth_2_first_wet.tif");
  assert_int_equal(symlink("victim", files_path(f, "r_depth_1.tif")), 0);
  expect_target(f, "r.gpkg", true, "is a symbolic link", "r_depth_1.tif");
  unlink(files_path(f, "r_depth_1.tif"));
}

/* Without an ending, with a dot in the folder, hidden. */
static void test_names(void **state) {
  files *f = *state;
  made *m = make(f, "w", 4, 4);
  assert_int_equal(mkdir(files_path(f, "a.b"), 0777), 0);
  static const char *const name[][2] = {
      {"plain", "plain_w.tif"}, {"a.b/plain", "a.b/plain_w.tif"}, {".h", ".h_w.tif"}, {"x.y.gpkg", "x.y_w.tif"}};
  for (size_t i = 0; i < 4; i++) {
    write_ok(f, name[i][0], 1, &m->raster, 1);
    if (files_size(files_path(f, name[i][1])) <= 0) fail_msg("no %s", name[i][1]);
  }
}

/* --------------------------------------------------------------------------------------------------------- together */

static const sund_field fields[] = {{"id", SUND_TEXT, NULL, {"id", "id", "id"}, NULL}};

static sund_code write_both(sund_ctx *ctx, files *f, const char *result, bool overwrite, size_t count,
                            const sund_raster *raster, void (*between)(files *f)) {
  sund_crs *crs = NULL;
  sund_table *table = NULL;
  TRY(sund_crs_open(ctx, "EPSG:25832", &crs));
  TRY(sund_table_new(ctx, "run", SUND_NONE, 1, fields, 1, &table));
  table->column[0].text[0] = "x";
  const sund_layer layer = {.table = table, .title = {"a", "b", "c"}, .summary = {"a", "b", "c"}};
  const char *path = sund_text_copy(ctx, files_path(f, result));
  if (!path) return SUND_LIMIT;
  sund_gpkg_spec spec = {.path = path,
                         .overwrite = overwrite,
                         .crs = crs,
                         .date = "2024-01-31T00:00:00.000Z",
                         .record = "{}",
                         .layers = 1,
                         .layer = &layer};
  TRY(sund_rasters_draft(ctx, spec.path, count, raster, 0, overwrite, &spec.rasters));
  if (overwrite) TRY(sund_rasters_replace(ctx, spec.rasters, spec.path, 2, prefixes));
  if (between) between(f);
  return sund_gpkg_write(ctx, &spec);
}

static void test_published_together(void **state) {
  files *f = *state;
  made *m = make(f, "first_wet", 30, 20), *n = make(f, "first_wet_2", 20, 30);
  const sund_raster raster[] = {m->raster, n->raster};
  static const char *const names[] = {"r.gpkg", "r_first_wet.tif", "r_first_wet.qml", "r_first_wet_2.tif",
                                      "r_first_wet_2.qml"};
  static const char *const left[] = {
      ".r_first_wet.tif.sund-999999-0.tmp", ".r_first_wet.tif.sund-999999-0.tmp.ovr.tmp",
      ".r_first_wet.tif.sund-999999-0.tmp.cells", ".r_first_wet.qml.sund-999998-1.tmp"};
  for (int again = 0; again < 2; again++) {
    for (size_t i = 0; i < 4; i++) files_text(f, left[i], "of a run that was killed");
    files_text(f, "r_first_wet.tif.aux.xml", "old statistics");
    sund_ctx *own = sund_ctx_child(f->ctx);
    assert_ok(own, write_both(own, f, "r.gpkg", again == 1, 2, raster, NULL));
    sund_ctx_free(own);
    for (size_t i = 0; i < 5; i++)
      if (files_size(files_path(f, names[i])) <= 0) fail_msg("no %s", names[i]);
    assert_int_equal(entries(f), 5);
  }
}

static void replace_by_another(files *f, const char *name) {
  files_text(f, "other", "of somebody else");
  assert_int_equal(rename(files_path(f, "other"), files_path(f, name)), 0);
}

static void replace_style(files *f) {
  replace_by_another(f, "r_first_wet.qml");
}

/* Called last when the GeoPackage is proved and nothing is published yet. */
static int write_result_meanwhile(double share, const char *message, void *data) {
  (void)share, (void)message;
  replace_by_another(data, "r.gpkg");
  return 1;
}

/* Something goes wrong between the drafts and the last rename: what stood there stands there, nothing else does. */
static void failing_leaves(files *f, size_t old, const char *const *name, bool overwrite, void (*between)(files *f),
                           const char *part) {
  made *m = make(f, "first_wet", 30, 20);
  sund_ctx *own = sund_ctx_child(f->ctx);
  if (!between) sund_ctx_progress(own, write_result_meanwhile, f);
  const char *message = "";
  sund_code code = write_both(own, f, "r.gpkg", overwrite, 1, &m->raster, between);
  sund_failure(own, &message, NULL, NULL);
  if (code != SUND_OUTPUT || !strstr(message ? message : "", part))
    fail_msg("code %d: %s\nexpected: %s", code, message ? message : "", part);
  sund_ctx_free(own);
  for (size_t i = 0; i < old; i++) {
    size_t length;
    assert_string_equal(bytes_of(f, name[i], &length), "older");
  }
}

static void test_older_ones_come_back(void **state) {
  files *f = *state;
  static const char *const names[] = {"r_first_wet.tif", "r_first_wet.qml"};
  for (size_t i = 0; i < 2; i++) files_text(f, names[i], "older");
  /* The style, second of the rasters' files, cannot be published: the first comes back. */
  failing_leaves(f, 1, names, true, replace_style, "somebody else has replaced this output");
  assert_int_equal(entries(f), 2);
  files_text(f, names[1], "older");
  /* The GeoPackage, last of all, cannot: both come back. */
  failing_leaves(f, 2, names, true, NULL, "somebody else has written this output meanwhile");
  assert_int_equal(entries(f), 3);
}

/* There were none: none are left. */
static void test_new_ones_go_again(void **state) {
  files *f = *state;
  failing_leaves(f, 0, NULL, false, NULL, "somebody else has written this output meanwhile");
  assert_int_equal(entries(f), 1);
}

/* ------------------------------------------------------------------------------------------------------------ older */

static void link_as(files *f, const char *from, const char *to) {
  const char *old = sund_text_copy(f->ctx, files_path(f, from));
  assert_int_equal(link(old, files_path(f, to)), 0);
}

/* A GeoTIFF of another program, with the software's name in it or NULL. */
static void foreign_raster(files *f, const char *name, const char *software, const char *document) {
  GDALDatasetH file = GDALCreate(GDALGetDriverByName("GTiff"), files_path(f, name), 2, 2, 1, GDT_Byte, NULL);
  assert_non_null(file);
  if (software) GDALSetMetadataItem(file, "TIFFTAG_SOFTWARE", software, NULL);
  if (document) GDALSetMetadataItem(file, "TIFFTAG_DOCUMENTNAME", document, NULL);
  GDALClose(file);
}

/* sund's of an older run of r.gpkg: two terrains, two levels. */
static const char *const stale[] = {"r_first_wet_2.tif",        "r_first_wet_2.qml",  "r_depth_2_00.tif",
                                    "r_depth_2_00.qml",         "r_depth_2_00_2.tif", "r_depth_2_00_2.qml",
                                    "r_depth_1_00_2.tif",       "r_depth_1_00_2.qml", "r_depth_2_00.tif.aux.xml",
                                    "r_first_wet_2.tif.aux.xml"};
/* Never touched: without the mark, of other results, renamed, styles alone, other names. */
static const char *const kept[] = {"r_depth_mine.tif",        "r_depth_mine.qml",   "r_depth_text.tif",
                                   "r_depth_gimp.tif",        "r_depth_sundry.tif", "r_depth_old.tif",
                                   "r_depth_old.qml",         "r_depth_alone.qml",  "r_depth_7_first_wet.tif",
                                   "r_depth_7_first_wet.qml", "q_depth_2_00.tif",   "r.gpkg"};
enum { STALE = sizeof stale / sizeof *stale, KEPT = sizeof kept / sizeof *kept };

static void write_older(files *f) {
  static const char *const suffix[] = {"first_wet",    "first_wet_2", "depth_1_00",
                                       "depth_1_00_2", "depth_2_00",  "depth_2_00_2"};
  sund_raster raster[6];
  for (size_t i = 0; i < 6; i++) raster[i] = make(f, suffix[i], 30, 20)->raster;
  sund_ctx *own = sund_ctx_child(f->ctx);
  assert_ok(own, write_both(own, f, "r.gpkg", false, 6, raster, NULL));
  sund_ctx_free(own);
  write_ok(f, "r_depth_7.gpkg", 1, raster, 1);
  for (size_t i = 8; i < STALE; i++) files_text(f, stale[i], "<PAMDataset/>");
  foreign_raster(f, "r_depth_mine.tif", NULL, NULL);
  foreign_raster(f, "r_depth_gimp.tif", "GIMP", "depth_gimp");
  foreign_raster(f, "r_depth_sundry.tif", "sundry tools", "depth_sundry");
  files_text(f, "r_depth_mine.qml", "mine");
  files_text(f, "r_depth_text.tif", "no raster");
  files_text(f, "r_depth_old.qml", "mine");
  files_text(f, "r_depth_alone.qml", "mine");
  link_as(f, "r_depth_2_00.tif", "r_depth_old.tif");
  link_as(f, "r_depth_2_00.tif", "q_depth_2_00.tif");
}

static void all_there(files *f, size_t count, const char *const *name, bool there) {
  for (size_t i = 0; i < count; i++)
    if ((files_size(files_path(f, name[i])) > 0) != there) fail_msg("%s %s", there ? "lost" : "left", name[i]);
}

static void test_stale_ones_go(void **state) {
  files *f = *state;
  static const char *const now[] = {"r_first_wet.tif", "r_first_wet.qml", "r_depth_1_00.tif", "r_depth_1_00.qml"};
  const sund_raster raster[] = {make(f, "first_wet", 20, 20)->raster, make(f, "depth_1_00", 20, 20)->raster};
  write_older(f);
  all_there(f, STALE, stale, true);
  size_t before = entries(f);
  sund_ctx *own = sund_ctx_child(f->ctx);
  assert_ok(own, write_both(own, f, "r.gpkg", true, 2, raster, NULL));
  sund_ctx_free(own);
  all_there(f, STALE, stale, false);
  all_there(f, KEPT, kept, true);
  all_there(f, 4, now, true);
  assert_int_equal(entries(f), before - STALE);
}

/* Until the GeoPackage stands at its name nothing of the older run is lost. */
static void test_stale_ones_stay_when_it_fails(void **state) {
  files *f = *state;
  write_older(f);
  link_as(f, "r.gpkg", "linked"); /* so that no other file gets its number */
  size_t before = entries(f);
  failing_leaves(f, 0, NULL, true, replace_style, "somebody else has replaced this output meanwhile");
  all_there(f, STALE, stale, true);
  all_there(f, KEPT, kept, true);
  failing_leaves(f, 0, NULL, true, NULL, "somebody else has replaced this output meanwhile");
  all_there(f, STALE, stale, true);
  assert_int_equal(entries(f), before);
}

static void replace_stale(files *f) {
  replace_by_another(f, "r_depth_2_00.tif");
}

/* What was looked at is not there any more when it should go: what stands there now is somebody else's. */
static void test_stale_one_replaced_meanwhile(void **state) {
  files *f = *state;
  size_t length;
  const sund_raster raster = make(f, "first_wet", 20, 20)->raster;
  write_older(f);
  sund_ctx *own = sund_ctx_child(f->ctx);
  assert_ok(own, write_both(own, f, "r.gpkg", true, 1, &raster, replace_stale));
  sund_ctx_free(own);
  assert_string_equal(bytes_of(f, "r_depth_2_00.tif", &length), "of somebody else");
  all_there(f, 2, stale + 2, true);
  all_there(f, 2, stale, false);
}

/* --------------------------------------------------------------------------------------------------------- failures */

static void test_read_fails(void **state) {
  files *f = *state;
  made *m = make(f, "first_wet", 30, 20);
  m->fails = SUND_CANCELLED;
  sund_ctx *own = sund_ctx_child(f->ctx);
  sund_raster_draft *draft = NULL;
  assert_int_equal(sund_rasters_draft(own, files_path(f, "r.gpkg"), 1, &m->raster, 0, true, &draft), SUND_CANCELLED);
  assert_null(draft);
  sund_ctx_free(own);
  assert_int_equal(entries(f), 0);
}

static void test_disk_full(void **state) {
  files *f = *state;
  made *m = make(f, "first_wet", 300, 300);
  struct rlimit before, small;
  signal(SIGXFSZ, SIG_IGN);
  getrlimit(RLIMIT_FSIZE, &before);
  write_ok(f, "whole.gpkg", 1, &m->raster, 1);
  rlim_t whole = (rlim_t)files_size(files_path(f, "whole_first_wet.tif"));
  for (rlim_t bytes = 0; bytes < whole; bytes += whole / 5) {
    files_text(f, "r_first_wet.tif", "old");
    small = before;
    small.rlim_cur = bytes;
    setrlimit(RLIMIT_FSIZE, &small);
    sund_ctx *own = sund_ctx_child(f->ctx);
    sund_raster_draft *draft = NULL;
    sund_code code = sund_rasters_draft(own, files_path(f, "r.gpkg"), 1, &m->raster, 0, true, &draft);
    sund_ctx_free(own);
    setrlimit(RLIMIT_FSIZE, &before);
    if (code != SUND_OUTPUT) fail_msg("%d bytes: code %d", (int)bytes, code);
    assert_int_equal(files_size(files_path(f, "r_first_wet.tif")), 3);
    assert_int_equal(entries(f), 3);
  }
  signal(SIGXFSZ, SIG_DFL);
}

static void test_every_allocation_fails(void **state) {
  files *f = *state;
  made *m = make(f, "first_wet", 40, 30);
  for (size_t n = 1;; n++) {
    sund_ctx *own = sund_ctx_new();
    sund_ctx_fail_alloc(own, n);
    sund_code code = write_both(own, f, "r.gpkg", true, 1, &m->raster, NULL);
    sund_ctx_free(own);
    if (code == SUND_OK) break;
    if (code != SUND_LIMIT) fail_msg("allocation %zu: code %d", n, code);
    assert_int_equal(entries(f), 0);
    assert_true(n < 5000);
  }
}

/* Looking for older rasters, before the work and before the publishing. */
static void test_looking_runs_out_of_memory(void **state) {
  files *f = *state;
  const sund_raster raster = make(f, "first_wet", 20, 20)->raster;
  write_ok(f, "r.gpkg", 1, &make(f, "first_wet_2", 9, 9)->raster, 1);
  files_text(f, "r_depth_1_00.tif", "no raster");
  const char *result = sund_text_copy(f->ctx, files_path(f, "r.gpkg"));
  size_t before = entries(f), refused = 0;
  for (size_t n = 1;; n++) {
    sund_ctx *own = sund_ctx_child(f->ctx);
    sund_raster_draft *draft = NULL;
    assert_ok(own, sund_rasters_draft(own, result, 1, &raster, 0, true, &draft));
    sund_ctx_fail_alloc(own, n);
    sund_code code = sund_rasters_replace(own, draft, result, 2, prefixes);
    if (code == SUND_OK) code = sund_rasters_target(own, result, 2, prefixes, true);
    sund_ctx_free(own);
    assert_int_equal(entries(f), before);
    if (code == SUND_OK) break;
    if (code != SUND_LIMIT) fail_msg("allocation %zu: code %d", n, code);
    refused++;
    assert_true(n < 5000);
  }
  assert_true(refused > 10);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      FILES_TEST(test_what_gdal_sees),
      FILES_TEST(test_same_bytes),
      FILES_TEST(test_small_ones),
      FILES_TEST(test_style),
      FILES_TEST(test_targets),
      FILES_TEST(test_targets_of_any_level),
      FILES_TEST(test_names),
      FILES_TEST(test_published_together),
      FILES_TEST(test_older_ones_come_back),
      FILES_TEST(test_new_ones_go_again),
      FILES_TEST(test_stale_ones_go),
      FILES_TEST(test_stale_ones_stay_when_it_fails),
      FILES_TEST(test_stale_one_replaced_meanwhile),
      FILES_TEST(test_read_fails),
      FILES_TEST(test_disk_full),
      FILES_TEST(test_every_allocation_fails),
      FILES_TEST(test_looking_runs_out_of_memory),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}

/* bench_gpkg.c - writing a GeoPackage: 500,000 points with six reals and a spatial index, by sund and by GDAL's OGR
 * in the same run, as a ratio. Usage: bench_gpkg [ROWS [FOLDER]]. Exit 1 when a target is missed.
 *
 * Targets: at most 2 s for 500,000 points, at most a quarter of GDAL's time.
 */
#include <gdal.h>
#include <ogr_api.h>
#include <ogr_srs_api.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "sund/layers.h"

enum { REALS = 6 };

static const sund_field fields[REALS] = {
    {"a_m", SUND_REAL, "m", {"a", "a", "a"}, NULL}, {"b_m", SUND_REAL, "m", {"b", "b", "b"}, NULL},
    {"c_m", SUND_REAL, "m", {"c", "c", "c"}, NULL}, {"d_m", SUND_REAL, "m", {"d", "d", "d"}, NULL},
    {"e_m", SUND_REAL, "m", {"e", "e", "e"}, NULL}, {"f_m", SUND_REAL, "m", {"f", "f", "f"}, NULL},
};

static double now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (double)time.tv_sec + 1e-9 * (double)time.tv_nsec;
}

static double peak_mb(void) {
  struct rusage usage;
  getrusage(RUSAGE_SELF, &usage);
  return (double)usage.ru_maxrss / 1024;
}

static double random_share(uint64_t *state) {
  *state = *state * 6364136223846793005u + 1442695040888963407u;
  return (double)(*state >> 11) * 0x1p-53;
}

static sund_code make_points(sund_ctx *ctx, size_t rows, sund_table **out) {
  TRY(sund_table_new(ctx, "points", SUND_POINT, rows, fields, REALS, out));
  uint64_t state = 7;
  for (size_t i = 0; i < rows; i++) {
    (*out)->x[i] = 690000 + 50000 * random_share(&state);
    (*out)->y[i] = 6180000 + 50000 * random_share(&state);
    for (int k = 0; k < REALS; k++) (*out)->column[k].real[i] = 1000 * random_share(&state);
  }
  return SUND_OK;
}

static sund_code write_ours(sund_ctx *ctx, const sund_table *table, const char *path) {
  sund_crs *crs = NULL;
  TRY(sund_crs_open(ctx, "EPSG:25832", &crs));
  sund_layer layer = {.table = table, .title = {"Punkter", "Punkter", "Points"}, .indexed = true};
  sund_gpkg_spec spec = {.path = path,
                         .crs = crs,
                         .language = 2,
                         .date = "2024-01-31T00:00:00.000Z",
                         .record = "{}",
                         .layers = 1,
                         .layer = &layer};
  return sund_gpkg_write(ctx, &spec);
}

static bool write_gdal(const sund_table *table, const char *path) {
  GDALDriverH driver = GDALGetDriverByName("GPKG");
  GDALDatasetH file = driver ? GDALCreate(driver, path, 0, 0, 0, GDT_Unknown, NULL) : NULL;
  if (!file) return false;
  OGRSpatialReferenceH srs = OSRNewSpatialReference(NULL);
  OSRImportFromEPSG(srs, 25832);
  OGRLayerH layer = GDALDatasetCreateLayer(file, "points", srs, wkbPoint, NULL);
  for (int k = 0; k < REALS; k++) {
    OGRFieldDefnH field = OGR_Fld_Create(fields[k].name, OFTReal);
    OGR_L_CreateField(layer, field, 1);
    OGR_Fld_Destroy(field);
  }
  bool good = GDALDatasetStartTransaction(file, 0) == OGRERR_NONE;
  OGRFeatureH feature = OGR_F_Create(OGR_L_GetLayerDefn(layer));
  for (size_t i = 0; i < table->rows && good; i++) {
    OGRGeometryH point = OGR_G_CreateGeometry(wkbPoint);
    OGR_G_SetPoint_2D(point, 0, table->x[i], table->y[i]);
    OGR_F_SetGeometryDirectly(feature, point);
    for (int k = 0; k < REALS; k++) OGR_F_SetFieldDouble(feature, k, table->column[k].real[i]);
    OGR_F_SetFID(feature, OGRNullFID);
    good = OGR_L_CreateFeature(layer, feature) == OGRERR_NONE;
  }
  OGR_F_Destroy(feature);
  good = GDALDatasetCommitTransaction(file) == OGRERR_NONE && good;
  GDALClose(file);
  OSRDestroySpatialReference(srs);
  return good;
}

static int report(size_t rows, double ours, double theirs, double ours_mb, double table_mb) {
  double ratio = ours / theirs, limit = 2.0 * (double)rows / 500000;
  printf(
      "gpkg: %zu points, 6 reals, index: sund %.2f s (peak %.0f MB, of it %.0f MB input), GDAL %s %.2f s, ratio "
      "%.3f\n",
      rows, ours, ours_mb, table_mb, GDALVersionInfo("RELEASE_NAME"), theirs, ratio);
  bool met = ours <= limit && ratio <= 0.25;
  printf("gpkg: target at most %.2f s and ratio 0.250: %s\n", limit, met ? "met" : "MISSED");
  return met ? 0 : 1;
}

int main(int argc, char **argv) {
  size_t rows = argc > 1 ? strtoull(argv[1], NULL, 10) : 500000;
  const char *above = argc > 2 ? argv[2] : getenv("TMPDIR") ? getenv("TMPDIR") : "/tmp";
  sund_ctx *ctx = sund_ctx_new();
  char *folder = ctx ? sund_text(ctx, "%s/sund-bench-XXXXXX", above) : NULL;
  if (!folder || !mkdtemp(folder)) return 2;
  char *mine = sund_text(ctx, "%s/sund.gpkg", folder), *other = sund_text(ctx, "%s/gdal.gpkg", folder);
  sund_table *table = NULL;
  sund_code code = mine && other ? make_points(ctx, rows, &table) : SUND_LIMIT;
  double table_mb = peak_mb(), start = now();
  if (code == SUND_OK) code = write_ours(ctx, table, mine);
  double ours = now() - start, ours_mb = peak_mb();
  int status = 2;
  if (code == SUND_OK) {
    GDALAllRegister();
    start = now();
    if (write_gdal(table, other)) status = report(rows, ours, now() - start, ours_mb, table_mb);
  } else {
    const char *why = "";
    sund_failure(ctx, &why, NULL, NULL);
    fprintf(stderr, "bench_gpkg: %s\n", why);
  }
  unlink(mine);
  unlink(other);
  rmdir(folder);
  sund_ctx_free(ctx);
  return status;
}

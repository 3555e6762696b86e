/* bench_flood_terrain.c - writes a synthetic Sound to measure flooding with: two coasts that face each other, cells of
 * 0.4 m. Usage: bench_flood_terrain FOLDER [CELLS [HOMES [RASTERS]]]   (10000 cells a side, 60000 homes, raw,zstd,lerc)
 *
 *   raw.tif    float32 GeoTIFF in tiles, uncompressed: what every program reads equally easily
 *   zstd.tif   the same as Cloud Optimized GeoTIFF, ZSTD with predictor
 *   lerc.tif   the same as Cloud Optimized GeoTIFF, LERC to 5 mm, which keeps whole centimetres
 *   sea.gpkg   the sea between the coasts, one area
 *   homes.gpkg homes on land, most of them near the sea: id, persons
 *
 * The sea is 30 % of it, in the middle. From each shore the ground rises to 30 m inland, with valleys that come down to
 * the sea, dunes with gaps, and low ground behind dikes, some of which have a gap too; all of it under white noise with
 * a standard deviation of 6 cm, in whole centimetres. EPSG:25832, DVR90. Everything comes from sums of waves and from
 * hashes of places: equal parameters give equal files.
 */
#include <cpl_conv.h>
#include <cpl_string.h>
#include <gdal.h>
#include <math.h>
#include <ogr_srs_api.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sund/layers.h"

static const double CELL_M = 0.4, WEST = 720000, NORTH = 6216000, NOISE_M = 0.06;
static const double SEA_SHARE = 0.30;

enum { STRIP = 512, SHORE_EVERY_M = 2 };

enum { SALT_NOISE = 1, SALT_HOME };

typedef struct sound {
  size_t cells, homes;
  double side_m;
  const char *rasters; /* those wanted */
} sound;

/* Bits from the place: finaliser of splitmix64 (Steele, Lea, Flood 2014). */
static uint64_t bits(uint64_t salt, uint64_t a, uint64_t b) {
  uint64_t z = (a << 32 | b) + salt * 0x9e3779b97f4a7c15u;
  for (int k = 0; k < 2; k++) {
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    z ^= z >> 31;
  }
  return z;
}

static double chance(uint64_t salt, uint64_t a, uint64_t b) {
  return (double)(bits(salt, a, b) >> 11) * 0x1p-53;
}

/* Nearly normal, standard deviation 1: the sum of four uniform numbers (Irwin and Hall 1927). */
static double noise(uint64_t column, uint64_t row) {
  const uint64_t z = bits(SALT_NOISE, column, row);
  const double sum =
      (double)(z & 0xffff) + (double)(z >> 16 & 0xffff) + (double)(z >> 32 & 0xffff) + (double)(z >> 48);
  return (sum / 65536 - 2 + 2.0 / 65536) * 1.7320508075688772;
}

/* ------------------------------------------------------------------------------------------------------- ground */

/* Metres from the western edge to the shore of a coast (0 west, 1 east), `down` metres from the northern edge. */
static double shore(const sound *s, int coast, double down) {
  const double middle = (0.5 + (coast ? 0.5 : -0.5) * SEA_SHARE) * s->side_m, turn = coast ? 1.7 : 0;
  return middle + 60 * sin(down / 310 + turn) + 24 * sin(down / 83 + 2 * turn) + 5 * sin(down / 17 + turn);
}

/* What a coast is like along its shore: the same for a whole row of cells. */
typedef struct profile {
  double shore_m;
  double dune_m, low_m, dike_m; /* crest; ground behind the dike; crest */
  double low_share;             /* 0 = hills, 1 = low ground            */
  double valley_m;              /* half the distance to the middle of the nearest valley */
} profile;

static profile coast_at(const sound *s, int coast, double down) {
  const double turn = coast ? 2.3 : 0.4, gap = sin(down / 23 + turn) * sin(down / 7.1 - turn);
  const double polder = sin(down / 260 + 3 * turn);
  const double slip = fabs(remainder(down - 170 * turn, 1900)); /* a slipway every 1900 m */
  return (profile){.shore_m = shore(s, coast, down),
                   .dune_m = 2.6 + 0.9 * sin(down / 61 + turn) - (gap > 0.7 ? 2.2 * (gap - 0.7) / 0.3 : 0),
                   .low_m = 0.7 + 0.4 * sin(down / 97 - turn),
                   .dike_m = 3.2 + 0.5 * sin(down / 190 + turn) - (slip < 3 ? 1.4 : 0),
                   .low_share = polder > 0.35 ? fmin((polder - 0.35) / 0.25, 1) : 0,
                   .valley_m = fabs(remainder(down - 90 * turn, 730))};
}

/* Ground `inland` metres from the shore; `wave` rolls the hills. */
static double ground_inland(const profile *p, double inland, double wave) {
  const double rise = 0.3 + 0.0215 * inland + fmin(inland / 300, 1) * 1.8 * wave;
  const double valley = 0.2 + 0.0045 * inland, aside = p->valley_m / (10 + 0.02 * inland);
  double ground = aside < 6 ? fmin(rise, valley + (rise - valley) * (1 - exp(-aside * aside))) : rise;
  if (inland > 62 && inland < 420) { /* low ground, rising again at its inner edge */
    const double low = p->low_m + 0.25 * wave + (inland > 330 ? 0.09 * (inland - 330) : 0);
    ground = fmin(ground, ground + p->low_share * (low - ground));
  }
  const double dike = p->dike_m - (fabs(inland - 55) > 2 ? (fabs(inland - 55) - 2) / 2.5 : 0);
  if (p->low_share > 0 && dike > ground) ground = dike;
  const double dune = (inland - 26) / 9;
  return fabs(dune) < 4 ? fmax(ground, p->dune_m * exp(-dune * dune)) : ground;
}

/* Bottom of the sea, and the water's own ripple near the shore. */
static double ground_offshore(double out) {
  return -0.12 - 9 * (1 - exp(-out / 220));
}

static double centimetres(double metres) {
  return rint(100 * metres) / 100;
}

typedef struct strip {
  const sound *s;
  size_t first; /* row */
  float *value;
} strip;

static sund_code fill_rows(sund_ctx *worker, size_t begin, size_t end, void *data) {
  const strip *t = data;
  const size_t n = t->s->cells;
  (void)worker;
  for (size_t r = begin; r < end; r++) {
    const double down = CELL_M * ((double)(t->first + r) + 0.5);
    const profile side[2] = {coast_at(t->s, 0, down), coast_at(t->s, 1, down)};
    float *value = t->value + r * n;
    double wave = 0;
    for (size_t c = 0; c < n; c++) {
      const double x = CELL_M * ((double)c + 0.5);
      if (c % 16 == 0) wave = sin(x / 130 + down / 410) * sin(down / 170 - x / 390);
      const double west = side[0].shore_m - x, east = x - side[1].shore_m;
      const double ground = west > 0   ? ground_inland(side, west, wave)
                            : east > 0 ? ground_inland(side + 1, east, wave)
                                       : ground_offshore(fmin(-west, -east));
      value[c] = (float)centimetres(ground + NOISE_M * noise(c, t->first + r));
    }
  }
  return SUND_OK;
}

/* ------------------------------------------------------------------------------------------------------ rasters */

static char *reference(void) {
  char *wkt = NULL;
  OGRSpatialReferenceH srs = OSRNewSpatialReference(NULL);
  if (OSRSetFromUserInput(srs, "EPSG:25832+5799") == OGRERR_NONE) OSRExportToWkt(srs, &wkt);
  OSRDestroySpatialReference(srs);
  return wkt;
}

static sund_code write_raw(sund_ctx *ctx, const sound *s, const char *path) {
  static const char *const how[] = {"TILED=YES", "BLOCKXSIZE=512", "BLOCKYSIZE=512", "BIGTIFF=IF_SAFER", NULL};
  const double corner[6] = {WEST, CELL_M, 0, NORTH, 0, -CELL_M};
  const int n = (int)s->cells;
  GDALDatasetH file = GDALCreate(GDALGetDriverByName("GTiff"), path, n, n, 1, GDT_Float32, (char **)(uintptr_t)how);
  char *wkt = reference();
  strip t = {.s = s, .value = sund_alloc(ctx, STRIP * s->cells, sizeof(float))};
  bool good = file && wkt && t.value && GDALSetProjection(file, wkt) == CE_None &&
              GDALSetGeoTransform(file, (double *)(uintptr_t)corner) == CE_None;
  for (; good && t.first < s->cells; t.first += STRIP) {
    const size_t rows = s->cells - t.first < STRIP ? s->cells - t.first : STRIP;
    good = sund_for(ctx, rows, 16, fill_rows, &t) == SUND_OK &&
           GDALRasterIO(GDALGetRasterBand(file, 1), GF_Write, 0, (int)t.first, n, (int)rows, t.value, n, (int)rows,
                        GDT_Float32, 0, 0) == CE_None;
  }
  CPLFree(wkt);
  if (file) GDALClose(file);
  return good ? SUND_OK : sund_fail(ctx, SUND_OUTPUT, "cannot write %s", path);
}

static sund_code write_copy(sund_ctx *ctx, const char *from, const char *path, const char *const *how) {
  GDALDatasetH file = GDALOpen(from, GA_ReadOnly), copy = NULL;
  if (file) copy = GDALCreateCopy(GDALGetDriverByName("COG"), path, file, 0, (char **)(uintptr_t)how, NULL, NULL);
  if (copy) GDALClose(copy);
  if (file) GDALClose(file);
  return copy ? SUND_OK : sund_fail(ctx, SUND_OUTPUT, "cannot write %s", path);
}

static sund_code write_rasters(sund_ctx *ctx, const sound *s, const char *folder) {
  static const char *const zstd[] = {"COMPRESS=ZSTD",
                                     "PREDICTOR=YES",
                                     "BLOCKSIZE=512",
                                     "NUM_THREADS=ALL_CPUS",
                                     "BIGTIFF=IF_SAFER",
                                     "OVERVIEWS=NONE",
                                     NULL};
  static const char *const lerc[] = {"COMPRESS=LERC",        "MAX_Z_ERROR=0.005", "BLOCKSIZE=512",
                                     "NUM_THREADS=ALL_CPUS", "OVERVIEWS=NONE",    NULL};
  char *raw = sund_text(ctx, "%s/raw.tif", folder), *packed = sund_text(ctx, "%s/zstd.tif", folder);
  char *coarse = sund_text(ctx, "%s/lerc.tif", folder);
  if (!raw || !packed || !coarse) return SUND_LIMIT;
  GDALAllRegister();
  TRY(write_raw(ctx, s, raw));
  if (strstr(s->rasters, "zstd")) TRY(write_copy(ctx, raw, packed, zstd));
  if (strstr(s->rasters, "lerc")) TRY(write_copy(ctx, raw, coarse, lerc));
  if (!strstr(s->rasters, "raw")) remove(raw);
  return SUND_OK;
}

/* ------------------------------------------------------------------------------------------------------ vectors */

static sund_code save(sund_ctx *ctx, const char *folder, const sund_table *table) {
  sund_crs *crs = NULL;
  char *path = sund_text(ctx, "%s/%s.gpkg", folder, table->name);
  if (!path) return SUND_LIMIT;
  TRY(sund_crs_open(ctx, "EPSG:25832", &crs));
  sund_layer only = {.table = table, .title = {table->name, table->name, table->name}, .indexed = true};
  sund_gpkg_spec spec = {.path = path,
                         .overwrite = true,
                         .crs = crs,
                         .language = 2,
                         .date = "2024-01-31T00:00:00.000Z",
                         .record = "{}",
                         .layers = 1,
                         .layer = &only};
  return sund_gpkg_write(ctx, &spec);
}

/* From the north-west corner down the western shore and up the eastern one. */
static sund_code write_sea(sund_ctx *ctx, const sound *s, const char *folder) {
  static const sund_field fields[] = {{"id", SUND_INT, NULL, {"id", "id", "id"}, NULL}};
  const size_t steps = (size_t)ceil(s->side_m / SHORE_EVERY_M), vertices = 2 * steps + 3;
  sund_table *table;
  TRY(sund_table_new(ctx, "sea", SUND_AREA, 1, fields, 1, &table));
  TRY(sund_shapes_new(ctx, SUND_AREA, 1, 1, vertices, &table->shapes));
  sund_shapes *ring = table->shapes;
  for (size_t k = 0; k <= steps; k++) {
    const double down = s->side_m * (double)k / (double)steps;
    ring->x[k] = WEST + shore(s, 0, down), ring->y[k] = NORTH - down;
    ring->x[vertices - 2 - k] = WEST + shore(s, 1, down), ring->y[vertices - 2 - k] = NORTH - down;
  }
  ring->x[vertices - 1] = ring->x[0], ring->y[vertices - 1] = ring->y[0];
  ring->first_part[1] = 1, ring->first_vertex[1] = vertices;
  table->column[0].integer[0] = 1;
  return save(ctx, folder, table);
}

static sund_code write_homes(sund_ctx *ctx, const sound *s, const char *folder) {
  static const sund_field fields[] = {{"id", SUND_TEXT, NULL, {"id", "id", "id"}, NULL},
                                      {"persons", SUND_REAL, "persons", {"personer", "personer", "persons"}, NULL}};
  sund_table *table;
  TRY(sund_table_new(ctx, "homes", SUND_POINT, s->homes, fields, 2, &table));
  for (size_t i = 0; i < s->homes; i++) {
    const int coast = (int)(bits(SALT_HOME, i, 0) & 1);
    const double down = s->side_m * chance(SALT_HOME, i, 1), share = chance(SALT_HOME, i, 2);
    const double line = shore(s, coast, down), room = coast ? s->side_m - line : line;
    const double inland = 3 + (room - 6) * share * share; /* half of them in the nearest quarter */
    table->x[i] = WEST + (coast ? line + inland : line - inland), table->y[i] = NORTH - down;
    if (!(table->column[0].text[i] = sund_text(ctx, "%zu", i + 1))) return SUND_LIMIT;
    table->column[1].real[i] = 1 + floor(5 * chance(SALT_HOME, i, 3));
  }
  return save(ctx, folder, table);
}

static sund_code run(sund_ctx *ctx, const sound *s, const char *folder) {
  TRY(write_rasters(ctx, s, folder));
  TRY(write_sea(ctx, s, folder));
  return write_homes(ctx, s, folder);
}

int main(int argc, char **argv) {
  if (argc < 2 || argc > 5) {
    fprintf(stderr, "usage: bench_flood_terrain FOLDER [CELLS [HOMES [RASTERS]]]\n");
    return 2;
  }
  sound s = {.cells = argc > 2 ? strtoull(argv[2], NULL, 10) : 10000,
             .homes = argc > 3 ? strtoull(argv[3], NULL, 10) : 60000,
             .rasters = argc > 4 ? argv[4] : "raw,zstd,lerc"};
  s.side_m = CELL_M * (double)s.cells;
  sund_ctx *ctx = sund_ctx_new();
  if (!ctx) return 2;
  const sund_code code = s.cells >= 500 && s.cells <= 100000 ? run(ctx, &s, argv[1])
                                                             : sund_fail(ctx, SUND_USAGE, "CELLS: 500 to 100000");
  if (code == SUND_OK) {
    printf("a sound of %zu x %zu cells of %.1f m, %zu homes\n", s.cells, s.cells, CELL_M, s.homes);
  } else {
    const char *why = "";
    sund_failure(ctx, &why, NULL, NULL);
    fprintf(stderr, "bench_flood_terrain: %s\n", why);
  }
  sund_ctx_free(ctx);
  return code == SUND_OK ? 0 : 2;
}

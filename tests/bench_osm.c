/* bench_osm.c - how long an extract of OpenStreetMap takes to read (bench_extract.h makes one).
 *
 * bench_osm write FILE.osm.pbf [WAYS]: default 1,250,000 ways, 62 MB.
 * bench_osm read FILE roads|all THREADS [TIMES]: osm_read, for streets alone or for streets, buildings and relations with
 * their members; says `wall` and `cpu` (user and system), best of TIMES (default 3), `rate` (MB of file a second),
 * `ways`, `peak` (MB, largest resident set).
 * bench_osm gdal FILE roads|all: the lines, or lines and areas, of GDAL's driver for such files; `wall`, `cpu`, `features`,
 * `peak`. GDAL is told to leave all other layers out; it draws what it hands over, sund's rows name their nodes.
 */
#include <cpl_error.h>
#include <gdal.h>
#include <ogr_api.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <time.h>

#include "bench_extract.h"

/* ------------------------------------------------------------------------------------------------------------- time */

typedef struct clock_pair {
  double wall, cpu;
} clock_pair;

static clock_pair now(void) {
  struct timespec wall, cpu;
  clock_gettime(CLOCK_MONOTONIC, &wall);
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &cpu);
  return (clock_pair){(double)wall.tv_sec + 1e-9 * (double)wall.tv_nsec,
                      (double)cpu.tv_sec + 1e-9 * (double)cpu.tv_nsec};
}

static void tell(clock_pair best) {
  struct rusage usage;
  getrusage(RUSAGE_SELF, &usage);
  printf("wall %.3f\ncpu %.3f\npeak %.1f\n", best.wall, best.cpu, (double)usage.ru_maxrss / 1024);
}

/* What osm_paths.c asks for, and with all what homes and areas ask for besides. */
static const char *const road_keys[] = {"highway", "route=ferry", "railway=platform", "public_transport=platform",
                                        NULL};
static const char *const road_nodes[] = {"barrier", NULL};
static const char *const restrictions[] = {"type=restriction", NULL};
static const char *const all_keys[] = {"highway", "building", NULL};
static const char *const all_relations[] = {"type=restriction", "building", "route", NULL};

static int read_file(const char *path, bool all, int threads, int times) {
  const osm_want roads = {.nodes = road_nodes, .ways = road_keys, .relations = restrictions};
  const osm_want both = {.nodes = road_nodes, .ways = all_keys, .relations = all_relations, .members = true};
  clock_pair best = {1e9, 1e9};
  struct stat facts;
  size_t ways = 0;
  if (stat(path, &facts) != 0) return 2;
  for (int i = 0; i < times; i++) {
    osm_file *file = NULL;
    sund_ctx *ctx = sund_ctx_new();
    if (!ctx) return 2;
    sund_ctx_threads(ctx, threads);
    const clock_pair start = now();
    if (osm_read(ctx, path, all ? &both : &roads, &file) != SUND_OK) {
      const char *why = "";
      sund_failure(ctx, &why, NULL, NULL);
      fprintf(stderr, "bench_osm: %s\n", why);
      return 2;
    }
    const clock_pair end = now();
    ways = file->ways;
    if (end.wall - start.wall < best.wall) best.wall = end.wall - start.wall;
    if (end.cpu - start.cpu < best.cpu) best.cpu = end.cpu - start.cpu;
    sund_ctx_free(ctx);
  }
  tell(best);
  printf("rate %.1f\nways %zu\n", (double)facts.st_size / 1e6 / best.wall, ways);
  return 0;
}

static int read_by_gdal(const char *path, bool all) {
  static const char *const drivers[] = {"OSM", NULL};
  size_t features = 0;
  GDALAllRegister();
  CPLSetErrorHandler(CPLQuietErrorHandler);
  const clock_pair start = now();
  GDALDatasetH data = GDALOpenEx(path, GDAL_OF_VECTOR, drivers, NULL, NULL);
  if (!data) return 2;
  GDALDatasetExecuteSQL(data, all ? "SET interest_layers = lines,multipolygons" : "SET interest_layers = lines", NULL,
                        NULL);
  OGR_L_SetAttributeFilter(GDALDatasetGetLayerByName(data, "lines"), "highway IS NOT NULL");
  OGRLayerH areas = GDALDatasetGetLayerByName(data, "multipolygons");
  if (all) OGR_L_SetAttributeFilter(areas, "building IS NOT NULL");
  for (OGRFeatureH f; (f = GDALDatasetGetNextFeature(data, NULL, NULL, NULL, NULL)); OGR_F_Destroy(f)) features++;
  GDALClose(data);
  const clock_pair end = now();
  tell((clock_pair){end.wall - start.wall, end.cpu - start.cpu});
  printf("features %zu\n", features);
  return features > 0 ? 0 : 2;
}

int main(int argc, char **argv) {
  const bool all = argc > 3 && strcmp(argv[3], "all") == 0;
  if (argc > 2 && strcmp(argv[1], "write") == 0)
    return extract_write(argv[2], argc > 3 ? strtoull(argv[3], NULL, 10) : 1250000);
  if (argc > 4 && strcmp(argv[1], "read") == 0)
    return read_file(argv[2], all, atoi(argv[4]), argc > 5 ? atoi(argv[5]) : 3);
  if (argc > 3 && strcmp(argv[1], "gdal") == 0) return read_by_gdal(argv[2], all);
  fprintf(stderr, "usage: bench_osm write FILE [WAYS] | read FILE roads|all THREADS [TIMES] | gdal FILE roads|all\n");
  return 2;
}

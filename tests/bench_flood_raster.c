/* bench_flood_raster.c - from a terrain to the raster of first-wet levels and nothing else: what a peer's one module does.
 * Usage: bench_flood_raster TERRAIN SEA CAP_M RESULT.gpkg   (writes RESULT_first_wet.tif beside RESULT.gpkg)
 *
 * Tells its stages on stderr as a program run with --progress json does, for bench_measure.
 */
#include <stdio.h>
#include <stdlib.h>

#include "sund/layers.h"

static const double STEP_M = 0.001, OFFSET_M = -10;

typedef struct ground {
  sund_terrain *terrain;
  sund_cells *sea;
} ground;

static void stage(const char *name) {
  fprintf(stderr, "{\"share\":0.00,\"stage\":\"%s\"}\n", name);
}

static sund_code read_ground(sund_ctx *ctx, void *data, const sund_window *w, float *metres, uint8_t *sea) {
  const ground *g = data;
  TRY(g->terrain->read(ctx, g->terrain->data, w, metres));
  return sund_cells_mark(ctx, g->sea, w, sea);
}

static sund_code read_wet(sund_ctx *ctx, void *data, const sund_window *w, uint16_t *cells) {
  (void)ctx;
  sund_flood_window(data, w, SUND_ANY_ZONE, NULL, cells, NULL);
  return SUND_OK;
}

static sund_code open_ground(sund_ctx *ctx, const sund_source *terrain, const sund_source *sea, ground *out) {
  sund_reading reading = {0};
  sund_findings findings = {0};
  sund_table *areas;
  size_t count;
  TRY(sund_terrain_open(ctx, 1, terrain, &count, &out->terrain, &reading, &findings));
  const sund_frame frame = {.crs = out->terrain->crs, .heights = out->terrain->heights};
  TRY(sund_vector_read(ctx, sea, &frame, &areas, &reading, &findings));
  return sund_cells_prepare(ctx, areas->shapes, &out->terrain->lattice, &out->sea);
}

static sund_code write_wet(sund_ctx *ctx, const ground *g, sund_flood *flood, const char *result) {
  static const sund_class all[] = {{0, 100, NULL, "#1c7ed6", {"0-100", "0-100", "0-100"}}};
  const sund_raster raster = {.suffix = "first_wet",
                              .title = {"first_wet", "first_wet", "first_wet"},
                              .lattice = g->terrain->lattice,
                              .crs = sund_crs_code(g->terrain->crs),
                              .heights = g->terrain->heights,
                              .scale = STEP_M,
                              .offset = OFFSET_M,
                              .nodata = SUND_NEVER,
                              .classes = all,
                              .count = 1,
                              .opacity = 1,
                              .read = read_wet,
                              .data = flood};
  sund_raster_draft *draft;
  TRY(sund_rasters_draft(ctx, result, 1, &raster, 2, true, &draft));
  return sund_rasters_publish(ctx, draft);
}

static sund_code run(sund_ctx *ctx, char **argument) {
  sund_source terrain, sea;
  ground g = {0};
  sund_flood *flood;
  TRY(sund_source_parse(ctx, SUND_TERRAIN, argument[1], &terrain));
  TRY(sund_source_parse(ctx, SUND_SEA, argument[2], &sea));
  stage("opening");
  TRY(open_ground(ctx, &terrain, &sea, &g));
  sund_flood_spec spec = {.lattice = g.terrain->lattice,
                          .step_m = STEP_M,
                          .offset_m = OFFSET_M,
                          .connectivity = 8,
                          .seeds = SUND_SEED_SEA,
                          .zones = 1};
  spec.cap = sund_flood_raw(&spec, strtod(argument[3], NULL));
  stage("reading and flooding");
  TRY(sund_flood_run(ctx, &spec, &(sund_flood_source){read_ground, NULL, &g}, &flood));
  stage("writing");
  return write_wet(ctx, &g, flood, argument[4]);
}

int main(int argc, char **argv) {
  if (argc != 5) {
    fprintf(stderr, "usage: bench_flood_raster TERRAIN SEA CAP_M RESULT.gpkg\n");
    return 2;
  }
  sund_ctx *ctx = sund_ctx_new();
  if (!ctx) return 2;
  const sund_code code = run(ctx, argv);
  if (code != SUND_OK) {
    const char *why = "";
    sund_failure(ctx, &why, NULL, NULL);
    fprintf(stderr, "bench_flood_raster: %s\n", why);
  }
  sund_ctx_free(ctx);
  return code == SUND_OK ? 0 : 2;
}

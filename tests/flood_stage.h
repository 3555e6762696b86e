/* flood_stage.h - a small terrain by a formula, flooded, for tests of what gets wet. Coordinates are those of draw.h. */
#ifndef SUND_TESTS_FLOOD_STAGE_H
#define SUND_TESTS_FLOOD_STAGE_H

#include "draw.h"
#include "queries/flood.h"

/* A raster: cells of `cell` metres from (x0, y0) of the drawing; ground and sea by the place of the centre. */
typedef struct flood_stage_raster {
  double x0, y0, cell;
  size_t columns, rows;
  double (*ground)(double x, double y); /* NAN = unknown */
  bool (*sea)(double x, double y);
  size_t (*zone)(double x, double y); /* NULL = 0 */
  const char *crs;                    /* NULL = that of the drawing; else its origin is the drawing's, to the metre */
} flood_stage_raster;

enum { FLOOD_STAGE_SITES = 2, FLOOD_STAGE_LEVELS = 6 };

typedef struct flood_stage {
  sund_ctx *ctx;
  sund_inputs in;
  flood_options options;
  sund_results out;
  flood_run run;
  flood_site site[FLOOD_STAGE_SITES];
  sund_terrain terrain;
  flood_level level[FLOOD_STAGE_LEVELS];
  double level_m[FLOOD_STAGE_LEVELS][SUND_MOST_ZONES];
} flood_stage;

static inline void flood_stage_begin(flood_stage *c, sund_ctx *ctx) {
  *c = (flood_stage){.ctx = ctx};
  c->in.crs = draw_crs(ctx);
  c->in.scenario = "baseline";
  c->in.heights = "EPSG:5799";
  c->options = (flood_options){.step_m = 0.001, .offset_m = -10, .sill_m = 0.3, .cap_m = NAN, .mean_m = NAN};
  c->options.rule = "touch", c->options.errors = "independent";
  c->terrain = (sund_terrain){.name = "terrain", .crs = c->in.crs, .heights = "EPSG:5799"};
  c->run = (flood_run){.in = &c->in,
                       .asked = &c->options,
                       .out = &c->out,
                       .seeds = SUND_SEED_SEA,
                       .connectivity = 8,
                       .site = c->site,
                       .method = "flood-touch/1#000000"};
  c->run.levels = (flood_levels){.zones = 1, .level = c->level, .highest_m = -INFINITY, .mean_m = NAN};
}

/* A level asked for, the same in all zones. Before the rasters. */
static inline void flood_stage_level(flood_stage *c, const char *variant, double metres) {
  flood_level *level = &c->level[c->run.levels.count];
  *level = (flood_level){.variant = variant, .period_y = NAN, .year = SUND_NULL_INT};
  level->level_m = c->level_m[c->run.levels.count++];
  for (size_t z = 0; z < SUND_MOST_ZONES; z++) level->level_m[z] = metres;
  c->run.levels.highest_m = fmax(c->run.levels.highest_m, metres);
}

static inline void flood_stage_place(const flood_stage_raster *r, sund_cell cell, double *x, double *y) {
  *x = r->x0 + ((double)cell.column + 0.5) * r->cell;
  *y = r->y0 + ((double)(r->rows - cell.row) - 0.5) * r->cell;
}

static inline sund_code flood_stage_read(sund_ctx *ctx, void *data, const sund_window *window, float *metres,
                                         uint8_t *sea) {
  const flood_stage_raster *r = data;
  size_t i = 0;
  (void)ctx;
  for (size_t row = 0; row < window->rows; row++)
    for (size_t column = 0; column < window->columns; column++, i++) {
      double x, y;
      flood_stage_place(r, (sund_cell){(uint32_t)(window->column + column), (uint32_t)(window->row + row)}, &x, &y);
      metres[i] = (float)r->ground(x, y);
      sea[i] = r->sea && r->sea(x, y);
    }
  return SUND_OK;
}

static inline size_t flood_stage_zone(const void *data, sund_cell land) {
  const flood_stage_raster *r = data;
  double x, y;
  flood_stage_place(r, land, &x, &y);
  return r->zone ? r->zone(x, y) : 0;
}

/* Operations between the drawing and the raster; the drawing's origin there. */
static inline void flood_stage_crs(flood_stage *c, const char *code, flood_site *site, double *x, double *y) {
  sund_crs *crs = NULL;
  assert_ok(c->ctx, sund_crs_open(c->ctx, code ? code : sund_crs_code(c->in.crs), &crs));
  assert_ok(c->ctx, sund_op_open(c->ctx, c->in.crs, crs, NULL, &site->to_raster));
  assert_ok(c->ctx, sund_op_open(c->ctx, crs, c->in.crs, NULL, &site->to_map));
  *x = DRAW_X, *y = DRAW_Y;
  assert_ok(c->ctx, sund_op_apply(c->ctx, site->to_raster, 1, x, y, NULL));
  *x = rint(*x), *y = rint(*y);
  sund_terrain *terrain = sund_alloc(c->ctx, 1, sizeof *terrain);
  assert_non_null(terrain);
  *terrain = c->terrain;
  terrain->crs = crs;
  site->terrain = terrain;
}

/* Floods one more terrain, up to cap_m. */
static inline void flood_stage_flood(flood_stage *c, const flood_stage_raster *raster, double cap_m) {
  flood_site *site = &c->site[c->run.sites++];
  const size_t zones = c->run.levels.zones;
  flood_stage_raster *r = sund_alloc(c->ctx, 1, sizeof *r);
  assert_non_null(r);
  *r = *raster;
  double x0, y0;
  flood_stage_crs(c, r->crs, site, &x0, &y0);
  x0 += r->x0, y0 += r->y0;
  const double box[4] = {x0, y0, x0 + (double)r->columns * r->cell, y0 + (double)r->rows * r->cell};
  sund_flood_spec spec = {.lattice = {r->columns, r->rows, box[0], box[3], r->cell, r->cell},
                          .step_m = c->options.step_m,
                          .offset_m = c->options.offset_m,
                          .connectivity = c->run.connectivity,
                          .seeds = c->run.seeds,
                          .zones = zones};
  spec.cap = (uint16_t)sund_flood_threshold(&spec, cap_m);
  const sund_flood_source source = {flood_stage_read, zones > 1 ? flood_stage_zone : NULL, r};
  assert_ok(c->ctx, sund_ground_open(c->ctx, site->terrain->crs, box, &site->ground));
  assert_ok(c->ctx, sund_flood_run(c->ctx, &spec, &source, &site->flood));
  site->spec = sund_flood_spec_of(site->flood);
  site->threshold = sund_alloc(c->ctx, c->run.levels.count * zones, sizeof *site->threshold);
  assert_non_null(site->threshold);
  for (size_t l = 0; l < c->run.levels.count; l++)
    for (size_t z = 0; z < zones; z++)
      site->threshold[l * zones + z] =
          isnan(c->level_m[l][z]) ? -1 : sund_flood_threshold(site->spec, c->level_m[l][z]);
}

#endif

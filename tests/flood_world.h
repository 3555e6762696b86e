/* flood_world.h - the whole query `flood` on a world drawn by hand: heights from a function, sea from boxes. Cells are
 * squares; the world's lower left corner is the drawing's origin (draw.h). */
#ifndef SUND_TESTS_FLOOD_WORLD_H
#define SUND_TESTS_FLOOD_WORLD_H

#include "draw.h"
#include "queries/flood.h"

extern const sund_query query_flood;

/* Height of the ground at metres east and north of the origin; NAN = unknown. */
typedef double (*world_ground)(double x, double y, const void *data);

typedef struct world_terrain {
  world_ground ground;
  const void *data;
  sund_lattice lattice;
} world_terrain;

typedef struct world {
  sund_ctx *ctx;
  sund_inputs in;
  flood_options options;
  double level[16];
  const char *seed[3];
  world_terrain terrain[2];
  sund_terrain opened[2];
  sund_results out;
} world;

static sund_code world_read(sund_ctx *ctx, void *data, const sund_window *w, float *metres) {
  const world_terrain *t = data;
  (void)ctx;
  for (size_t r = 0; r < w->rows; r++)
    for (size_t c = 0; c < w->columns; c++)
      metres[r * w->columns + c] =
          (float)t->ground(t->lattice.x0 + ((double)(w->column + c) + 0.5) * t->lattice.dx - DRAW_X,
                           t->lattice.y0 - ((double)(w->row + r) + 0.5) * t->lattice.dy - DRAW_Y, t->data);
  return SUND_OK;
}

static sund_code world_finish(sund_ctx *ctx, void *data) {
  (void)ctx;
  (void)data;
  return SUND_OK;
}

/* A world of columns x rows cells of `cell` metres in EPSG:25832 and DVR90, with all options at their defaults. */
static inline void world_begin(world *w, sund_ctx *ctx, size_t columns, size_t rows, double cell, world_ground ground,
                               const void *data) {
  *w = (world){.ctx = ctx};
  w->terrain[0] = (world_terrain){ground, data, {columns, rows, DRAW_X, DRAW_Y + (double)rows * cell, cell, cell}};
  w->opened[0] = (sund_terrain){.name = "world.tif",
                                .lattice = w->terrain[0].lattice,
                                .crs = draw_crs(ctx),
                                .heights = "EPSG:5799",
                                .files = 1,
                                .read = world_read,
                                .finish = world_finish,
                                .data = &w->terrain[0]};
  w->in = (sund_inputs){
      .crs = draw_crs(ctx), .scenario = "baseline", .terrains = 1, .terrain = w->opened, .heights = "EPSG:5799"};
  w->seed[0] = "sea";
  w->options = (flood_options){.levels = {0, w->level},
                               .seeds = {1, w->seed, NULL},
                               .connectivity = "8",
                               .rule = "touch",
                               .errors = "independent",
                               .difference = "no",
                               .step_m = 0.001,
                               .offset_m = -10,
                               .sill_m = 0.2,
                               .least_ha = 0,
                               .crown_m = 2,
                               .slope = 2,
                               .tile = 256};
}

static inline void world_level(world *w, double level_m) {
  w->level[w->options.levels.count++] = level_m;
}

static inline sund_code world_ask(world *w) {
  w->out = (sund_results){0};
  return query_flood.run(w->ctx, &w->in, &w->options, &w->out);
}

/* Polygons of the sea. */
static inline void world_sea(world *w, size_t n, const draw_box *box) {
  w->in.role[SUND_SEA] = draw_boxes(w->ctx, SUND_SEA, n, box);
}

static inline void world_homes(world *w, size_t n, const draw_point *point) {
  sund_table *table = draw_points(w->ctx, SUND_HOMES, n, point);
  for (size_t i = 0; i < n; i++) sund_table_text(table, "id")[i] = sund_text(w->ctx, "h%zu", i + 1);
  w->in.role[SUND_HOMES] = table;
}

/* A value of a table's row. */
static inline double world_real(const world *w, const char *layer, const char *column, size_t row) {
  const sund_table *table = draw_layer(&w->out, layer);
  if (!table || row >= table->rows) fail_msg("no row %zu of %s", row, layer);
  const double *real = sund_table_real(table, column);
  if (!real) fail_msg("%s has no column %s", layer, column);
  return real[row];
}

#endif

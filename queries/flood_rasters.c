/* flood_rasters.c - rasters beside the result, on the terrain's own grid: first-wet levels, and if asked the depth of the
 * water at every level and event, from the terrain's own heights as they were read.
 */
#include <math.h>

#include "flood.h"

static const sund_class wet_classes[] = {
    {-INFINITY, 0.5, NULL, "#08306b", {"til 0,5 m, og havet", "till 0,5 m, och havet", "up to 0.5 m, and the sea"}},
    {0.5, 1, NULL, "#08519c", {"0,5–1 m", "0,5–1 m", "0.5–1 m"}},
    {1, 1.5, NULL, "#2171b5", {"1–1,5 m", "1–1,5 m", "1–1.5 m"}},
    {1.5, 2, NULL, "#4292c6", {"1,5–2 m", "1,5–2 m", "1.5–2 m"}},
    {2, 2.5, NULL, "#6baed6", {"2–2,5 m", "2–2,5 m", "2–2.5 m"}},
    {2.5, 3, NULL, "#9ecae1", {"2,5–3 m", "2,5–3 m", "2.5–3 m"}},
    {3, 4, NULL, "#c6dbef", {"3–4 m", "3–4 m", "3–4 m"}},
    {4, INFINITY, NULL, "#deebf7", {"over 4 m", "över 4 m", "above 4 m"}},
};

static const sund_class depth_classes[] = {
    {-INFINITY, 0.1, NULL, "#deebf7", {"til 10 cm", "till 10 cm", "up to 10 cm"}},
    {0.1, 0.2, NULL, "#9ecae1", {"10–20 cm", "10–20 cm", "10–20 cm"}},
    {0.2, 0.5, NULL, "#6baed6", {"20–50 cm", "20–50 cm", "20–50 cm"}},
    {0.5, 1, NULL, "#2171b5", {"0,5–1 m", "0,5–1 m", "0.5–1 m"}},
    {1, 2, NULL, "#08519c", {"1–2 m", "1–2 m", "1–2 m"}},
    {2, INFINITY, NULL, "#08306b", {"over 2 m", "över 2 m", "above 2 m"}},
};
#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static sund_raster like(const flood_run *run, const flood_site *site) {
  const char *code = sund_crs_code(site->terrain->crs);
  return (sund_raster){.lattice = site->spec->lattice,
                       .crs = *code ? code : sund_crs_wkt(site->terrain->crs),
                       .nodata = SUND_NEVER,
                       .opacity = 0.7,
                       .heights = run->in->heights};
}

/* -------------------------------------------------------------------------------------------------------- first wet */

static sund_code read_wet(sund_ctx *ctx, void *data, const sund_window *window, uint16_t *cells) {
  const flood_site *site = data;
  (void)ctx;
  sund_flood_window(site->flood, window, SUND_ANY_ZONE, NULL, cells, NULL);
  sund_flood_rest(site->flood, window);
  return SUND_OK;
}

static sund_code add_wet(sund_ctx *ctx, flood_run *run, flood_site *site) {
  sund_raster raster = like(run, site);
  static const char *const title[3] = {"Første vandstand, hvor cellen bliver våd",
                                       "Första vattenstånd då cellen blir våt",
                                       "First level at which the cell gets wet"};
  for (int k = 0; k < 3; k++) raster.title[k] = title[k];
  raster.suffix = site->suffix;
  raster.scale = site->spec->step_m;
  raster.offset = site->spec->offset_m + site->up_m;
  raster.classes = wet_classes, raster.count = COUNT(wet_classes);
  raster.read = read_wet, raster.data = site;
  return sund_results_raster(ctx, run->out, raster);
}

/* ------------------------------------------------------------------------------------------------------------ depth */

typedef struct depth {
  const flood_run *run;
  const flood_site *site;
  size_t level;
} depth;

static const double STEP_M = 0.001;

/* The level that a cell is wet at, results' heights; NAN = dry. Of several zones the highest. */
static double level_at(const depth *d, size_t zones, uint16_t *const *wet, size_t cell) {
  const int32_t *threshold = d->site->threshold + d->level * zones;
  double level = NAN;
  for (size_t z = 0; z < zones; z++)
    if ((int32_t)wet[z][cell] <= threshold[z]) level = fmax(level, d->run->levels.level[d->level].level_m[z]);
  return level;
}

static sund_code fill_depth(sund_ctx *scratch, const depth *d, const sund_window *window, uint16_t *cells) {
  size_t n = window->columns * window->rows, zones = d->run->levels.zones;
  uint16_t *wet[SUND_MOST_ZONES];
  float *metres = sund_alloc(scratch, n, sizeof *metres);
  uint8_t *sea = sund_alloc(scratch, n, sizeof *sea);
  if (!metres || !sea) return SUND_LIMIT;
  TRY(d->site->terrain->read(scratch, d->site->terrain->data, window, metres));
  for (size_t z = 0; z < zones; z++) {
    if (!(wet[z] = sund_alloc(scratch, n, sizeof **wet))) return SUND_LIMIT;
    sund_flood_window(d->site->flood, window, zones == 1 ? SUND_ANY_ZONE : z, NULL, wet[z], z == 0 ? sea : NULL);
  }
  for (size_t i = 0; i < n; i++) {
    double level = sea[i] || isnan(metres[i]) ? NAN : level_at(d, zones, wet, i);
    double deep =
        fmax(0, level - d->site->up_m - (double)metres[i]); /* under a culvert's line the ground is higher */
    cells[i] = isnan(level) ? SUND_NEVER : (uint16_t)fmin(SUND_NEVER - 1, round(deep / STEP_M));
  }
  return SUND_OK;
}

static sund_code read_depth(sund_ctx *ctx, void *data, const sund_window *window, uint16_t *cells) {
  sund_ctx *scratch = sund_ctx_child(ctx);
  if (!scratch) return SUND_LIMIT;
  sund_code code = fill_depth(scratch, data, window, cells);
  if (code != SUND_OK) sund_ctx_pass(ctx, scratch);
  sund_ctx_free(scratch);
  return code;
}

static sund_code add_depth(sund_ctx *ctx, flood_run *run, const flood_site *site, size_t level) {
  sund_raster raster = like(run, site);
  const char *variant = run->levels.level[level].variant;
  static const char *const title[3] = {"Vanddybde ved", "Vattendjup vid", "Depth of the water at"};
  depth *d = sund_alloc(ctx, 1, sizeof *d);
  const char *column = flood_level_column(ctx, FLOOD_DEPTH_RASTER, &run->levels.level[level]);
  const char *second = site == run->site ? "" : site->suffix + sizeof FLOOD_WET_RASTER - 1;
  if (!d || !column || !(raster.suffix = sund_text(ctx, "%s%s", column, second))) return SUND_LIMIT;
  for (int k = 0; k < 3; k++)
    if (!(raster.title[k] = sund_text(ctx, "%s %s", title[k], variant))) return SUND_LIMIT;
  *d = (depth){run, site, level};
  raster.scale = STEP_M;
  raster.heights = NULL; /* a depth is above the ground */
  raster.classes = depth_classes, raster.count = COUNT(depth_classes);
  raster.read = read_depth, raster.data = d;
  return sund_results_raster(ctx, run->out, raster);
}

sund_code flood_rasters_write(sund_ctx *ctx, flood_run *run) {
  for (size_t s = 0; s < run->sites; s++) {
    TRY(add_wet(ctx, run, &run->site[s]));
    for (size_t l = 0; run->asked->depths && l < run->levels.count; l++) TRY(add_depth(ctx, run, &run->site[s], l));
  }
  return SUND_OK;
}

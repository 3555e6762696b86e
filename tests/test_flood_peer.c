/* test_flood_peer.c - flooding from the raster's edge against a terrain that another program has filled: the same number
 * in every cell. Skipped without the data. */
#include <math.h>

#include "vector_files.h"

typedef struct terrain {
  const sund_grid *ground;
} terrain;

static const sund_grid *read_grid(files *f, const char *name) {
  char text[4096];
  const char *data = getenv("SUND_DATA");
  snprintf(text, sizeof text, "%s/oresund/dk/rudersdal_terrain/%s|heights=EPSG:5799", data ? data : "../shared/data",
           name);
  sund_source source;
  sund_reading told;
  sund_findings findings = {0};
  sund_grid *grid = NULL;
  assert_ok(f->ctx, sund_source_parse(f->ctx, SUND_TERRAIN, text, &source));
  if (access(source.path, R_OK) != 0) skip();
  assert_ok(f->ctx, sund_raster_read(f->ctx, &source, &grid, &told, &findings));
  return grid;
}

static sund_code read_cells(sund_ctx *ctx, void *data, const sund_window *w, float *metres, uint8_t *sea) {
  (void)ctx, (void)sea;
  const sund_grid *ground = ((const terrain *)data)->ground;
  for (size_t r = 0; r < w->rows; r++)
    memcpy(metres + r * w->columns, ground->value + (w->row + r) * ground->columns + w->column,
           w->columns * sizeof *metres);
  return SUND_OK;
}

/* Cells that differ from the filled terrain. */
static size_t differing(files *f, const sund_grid *ground, const sund_grid *filled, int connectivity, unsigned seeds,
                        size_t tile) {
  terrain t = {ground};
  const sund_flood_spec spec = {
      .lattice = {ground->columns, ground->rows, ground->x0, ground->y0, ground->dx, ground->dy},
      .step_m = 0.001,
      .offset_m = -5,
      .cap = SUND_NEVER - 1,
      .connectivity = connectivity,
      .seeds = seeds,
      .zones = 1,
      .tile = tile};
  const sund_flood_source source = {read_cells, NULL, &t};
  sund_flood *flood;
  assert_ok(f->ctx, sund_flood_run(f->ctx, &spec, &source, &flood));
  size_t count = 0;
  for (uint32_t r = 0; r < ground->rows; r++)
    for (uint32_t c = 0; c < ground->columns; c++) {
      const uint16_t peer = sund_flood_raw(&spec, filled->value[r * ground->columns + c]);
      count += sund_flood_wet(flood, SUND_ANY_ZONE, (sund_cell){c, r}) != peer;
    }
  return count;
}

/* The peer fills with water that passes corners, from the edge; the terrain has no unknown cells. */
static void filled_terrain(void **state) {
  files *f = *state;
  const sund_grid *ground = read_grid(f, "dtm.tif"), *filled = read_grid(f, "filled.tif");
  assert_int_equal(ground->columns, filled->columns);
  assert_int_equal(ground->rows, filled->rows);
  for (size_t i = 0; i < ground->columns * ground->rows; i++) assert_true(isfinite(ground->value[i]) != 0);
  static const size_t tile[] = {0, 64, 11};
  for (size_t k = 0; k < 3; k++) {
    assert_int_equal(differing(f, ground, filled, 8, SUND_SEED_EDGE, tile[k]), 0);
    assert_int_equal(differing(f, ground, filled, 8, SUND_SEED_EDGE | SUND_SEED_NODATA, tile[k]), 0);
    assert_int_equal(differing(f, ground, filled, 4, SUND_SEED_EDGE, tile[k]), 6041);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {FILES_TEST(filled_terrain)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}

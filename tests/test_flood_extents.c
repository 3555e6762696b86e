/* test_flood_extents.c - the layer flood_extents on drawn worlds: its polygons hold the cells that a slow twin floods,
 * unit by unit and level by level, and nothing else. */
#include "flood_world.h"

enum { COLUMNS = 600, ROWS = 300, CELLS = COLUMNS * ROWS, LEVELS = 3, UNITS = 5, AREAS = 6 };
static const double CELL = 2.5, SEA_M = 150;
static const double level_m[LEVELS] = {0.5, 1.2, 2};

/* Units side by side, the last of them high and dry; then a district over several of them. Borders run between the
 * middles of cells. */
static const draw_box unit_box[AREAS] = {{0, 0, 703, 450},      {0, 450, 703, 750},   {703, 0, 1300, 300},
                                         {703, 300, 1300, 750}, {1300, 0, 1500, 750}, {400, 200, 1000, 600}};

static double noise(double x, double y) {
  uint64_t h = (uint64_t)(x * 8) * 0x9E3779B97F4A7C15u ^ (uint64_t)(y * 8) * 0xC2B2AE3D27D4EB4Fu;
  h ^= h >> 29, h *= 0xBF58476D1CE4E5B9u, h ^= h >> 32;
  return (double)(h % 1000) / 1000;
}

/* Hills that rise to the east, rough, with a lake of unknown height; never at a level itself. */
static double hills(double x, double y, const void *data) {
  (void)data;
  if (hypot(x - 500, y - 400) < 60) return NAN;
  return round(100 * (0.0045 * (x - 250) + 1.2 * sin(x / 60) * cos(y / 45) + 0.6 * noise(x, y))) / 100 + 0.005;
}

static double middle_x(size_t cell) {
  return ((double)(cell % COLUMNS) + 0.5) * CELL;
}

static double middle_y(size_t cell) {
  return ((double)ROWS - (double)(cell / COLUMNS) - 0.5) * CELL;
}

static bool in_box(const draw_box *b, size_t cell) {
  const double x = middle_x(cell), y = middle_y(cell);
  return x > b->x0 && x < b->x1 && y > b->y0 && y < b->y1;
}

/* Land that water reaches at a level over its own cells and their corners, from the sea in the west. */
static uint8_t *flood_slowly(sund_ctx *ctx, double level) {
  uint8_t *wet = sund_alloc(ctx, CELLS, 1);
  size_t *stack = sund_alloc(ctx, CELLS, sizeof *stack), depth = 0;
  assert_true(wet && stack);
  for (size_t i = 0; i < CELLS; i++)
    if (middle_x(i) < SEA_M) wet[i] = 2, stack[depth++] = i;
  while (depth) {
    const size_t at = stack[--depth], column = at % COLUMNS, row = at / COLUMNS;
    for (size_t r = row ? row - 1 : 0; r <= row + 1 && r < ROWS; r++)
      for (size_t c = column ? column - 1 : 0; c <= column + 1 && c < COLUMNS; c++) {
        const size_t next = r * COLUMNS + c;
        if (wet[next] || !(hills(middle_x(next), middle_y(next), NULL) <= level)) continue;
        wet[next] = 1, stack[depth++] = next;
      }
  }
  for (size_t i = 0; i < CELLS; i++) wet[i] = wet[i] == 1;
  return wet;
}

/* The cells in the polygons of a row; returns how many. */
static size_t cells_of(sund_ctx *ctx, const sund_table *extents, size_t row, uint8_t *mark) {
  const sund_lattice l = {COLUMNS, ROWS, DRAW_X, DRAW_Y + ROWS * CELL, CELL, CELL};
  sund_shapes *one;
  sund_cells *cells;
  size_t count = 0;
  assert_ok(ctx, sund_shapes_pick(ctx, extents->shapes, 1, &row, &one));
  assert_ok(ctx, sund_cells_prepare(ctx, one, &l, &cells));
  assert_ok(ctx, sund_cells_mark(ctx, cells, &(sund_window){0, 0, COLUMNS, ROWS}, mark));
  for (size_t i = 0; i < CELLS; i++) count += mark[i];
  return count;
}

/* The row of a level and unit, SIZE_MAX = none. */
static size_t row_of(const sund_table *extents, double level, const char *id) {
  for (size_t r = 0; r < extents->rows; r++)
    if (sund_table_real(extents, "level_m")[r] == level && strcmp(sund_table_text(extents, "area_id")[r], id) == 0)
      return r;
  return SIZE_MAX;
}

static void expect_valid(sund_ctx *ctx, const sund_table *extents) {
  sund_shapes *valid;
  sund_repair *repair;
  size_t repaired;
  assert_ok(ctx, sund_overlay_valid(ctx, extents->shapes, &valid, &repair, &repaired));
  if (repaired) fail_msg("row %zu: %s at %g %g", repair[0].row, repair[0].reason, repair[0].x, repair[0].y);
}

static const sund_table *ask_hills(world *w, sund_ctx *ctx, bool units) {
  world_begin(w, ctx, COLUMNS, ROWS, CELL, hills, NULL);
  world_sea(w, 1, &(draw_box){0, 0, SEA_M, ROWS * CELL});
  for (size_t l = 0; l < LEVELS; l++) world_level(w, level_m[l]);
  if (units) {
    w->in.role[SUND_AREAS] = draw_areas(ctx, AREAS, unit_box);
    for (size_t u = 0; u < AREAS; u++)
      sund_table_text(w->in.role[SUND_AREAS], "level")[u] = u < UNITS ? "municipality" : "district";
  }
  assert_ok(ctx, world_ask(w));
  return draw_layer(&w->out, "flood_extents");
}

/* ---------------------------------------------------------------------------------------------------------- tests */

static void the_whole_is_what_is_flooded(void **state) {
  world w;
  const sund_table *extents = ask_hills(&w, *state, false);
  uint8_t *mark = sund_alloc(*state, CELLS, 1), *lower = sund_alloc(*state, CELLS, 1);
  size_t count = 0;
  assert_int_equal(extents->rows, LEVELS);
  expect_valid(*state, extents);
  for (size_t l = 0; l < LEVELS; l++) { /* highest first in the layer */
    const size_t row = row_of(extents, level_m[l], "all"), before = count;
    assert_int_equal(row, LEVELS - 1 - l);
    count = cells_of(*state, extents, row, mark);
    assert_memory_equal(mark, flood_slowly(*state, level_m[l]), CELLS);
    assert_true(count > before && count < CELLS);
    for (size_t i = 0; i < CELLS; i++) assert_true(mark[i] >= lower[i]);
    memcpy(lower, mark, CELLS);
    const double m = draw_ground(*state, 1), ha = (double)count * CELL * CELL * m * m / 1e4;
    assert_near(world_real(&w, "flood_extents", "area_ha", row), ha, 2e-5 * ha);
  }
}

static void units_make_up_the_whole(void **state) {
  world w;
  const sund_table *extents = ask_hills(&w, *state, true);
  uint8_t *mark = sund_alloc(*state, CELLS, 1);
  size_t rows = 0;
  expect_valid(*state, extents);
  for (size_t l = 0; l < LEVELS; l++) {
    const uint8_t *wet = flood_slowly(*state, level_m[l]);
    for (size_t u = 0; u < AREAS; u++) {
      const char id[2] = {(char)('a' + u), 0};
      const size_t row = row_of(extents, level_m[l], id);
      size_t expected = 0;
      for (size_t i = 0; i < CELLS; i++) expected += wet[i] && in_box(&unit_box[u], i);
      assert_int_equal(row == SIZE_MAX, expected == 0); /* no row for what stays dry */
      if (row == SIZE_MAX) continue;
      assert_int_equal(cells_of(*state, extents, row, mark), expected);
      for (size_t i = 0; i < CELLS; i++) assert_int_equal(mark[i], wet[i] && in_box(&unit_box[u], i));
      rows++;
    }
    assert_int_equal(row_of(extents, level_m[l], "e"), SIZE_MAX);
  }
  assert_int_equal(extents->rows, rows);
  assert_true(rows > 2 * LEVELS);
  for (size_t r = 1; r < rows; r++) { /* highest level first, then by unit */
    const double *level = sund_table_real(extents, "level_m");
    const char **id = sund_table_text(extents, "area_id");
    assert_true(level[r] < level[r - 1] || (level[r] == level[r - 1] && strcmp(id[r - 1], id[r]) < 0));
  }
}

static void any_number_of_threads_gives_the_same(void **state) {
  const sund_table *made[2];
  for (int k = 0; k < 2; k++) {
    world w;
    sund_ctx *ctx = *state;
    sund_ctx_threads(ctx, k ? 4 : 1);
    made[k] = ask_hills(&w, ctx, true);
  }
  const sund_shapes *a = made[0]->shapes, *b = made[1]->shapes;
  assert_true(a->rows == b->rows && a->parts == b->parts && a->vertices == b->vertices);
  assert_memory_equal(a->first_part, b->first_part, (a->rows + 1) * sizeof *a->first_part);
  assert_memory_equal(a->x, b->x, a->vertices * sizeof *a->x);
  assert_memory_equal(a->y, b->y, a->vertices * sizeof *a->y);
}

static double flat(double x, double y, const void *data) {
  (void)x;
  (void)y;
  return *(const double *)data;
}

/* Ground of 1 m is wet at 1 m and dry a millimetre below; nothing wet, no row. */
static void a_level_at_the_ground_is_wet(void **state) {
  static const double ground = 1;
  for (int k = 0; k < 2; k++) {
    world w;
    world_begin(&w, *state, 40, 20, 10, flat, &ground);
    world_sea(&w, 1, &(draw_box){0, 0, 100, 200});
    world_level(&w, k ? 0.999 : 1);
    assert_ok(*state, world_ask(&w));
    const sund_table *extents = draw_layer(&w.out, "flood_extents");
    if (k) {
      assert_true(!extents || extents->rows == 0);
      continue;
    }
    assert_int_equal(extents->rows, 1);
    assert_int_equal(extents->shapes->vertices, 5);
    assert_near(world_real(&w, "flood_extents", "area_ha", 0), 6 * pow(draw_ground(*state, 1), 2), 1e-4);
  }
}

/* Two terrains side by side, the sea on both outer sides: a unit that lies on both is one row of two parts. */
static void a_unit_on_two_terrains_is_one_row(void **state) {
  static const double ground = 1;
  world w;
  world_begin(&w, *state, 40, 20, 10, flat, &ground);
  w.terrain[1] = w.terrain[0];
  w.terrain[1].lattice.x0 += 400;
  w.opened[1] = w.opened[0];
  w.opened[1].name = "second.tif";
  w.opened[1].lattice = w.terrain[1].lattice;
  w.opened[1].data = &w.terrain[1];
  w.in.terrains = 2;
  world_sea(&w, 2, (draw_box[]){{0, 0, 100, 200}, {700, 0, 800, 200}});
  w.in.role[SUND_AREAS] = draw_areas(*state, 2, (draw_box[]){{300, 0, 550, 200}, {0, 0, 300, 200}});
  world_level(&w, 2);
  world_level(&w, 1.5);
  assert_ok(*state, world_ask(&w));
  const sund_table *extents = draw_layer(&w.out, "flood_extents");
  const sund_shapes *s = extents->shapes;
  static const double expected[4] = {5, 4, 5, 4}; /* ha: a, b at 2 m, at 1.5 m */
  assert_int_equal(extents->rows, 4);
  for (size_t r = 0; r < 4; r++) {
    const double m = draw_ground(*state, 1);
    double m2 = 0;
    assert_string_equal(sund_table_text(extents, "area_id")[r], r % 2 ? "b" : "a");
    assert_int_equal(s->first_part[r + 1] - s->first_part[r], r % 2 ? 1 : 2);
    for (size_t p = s->first_part[r]; p < s->first_part[r + 1]; p++)
      m2 += sund_ring_area(s->first_vertex[p + 1] - s->first_vertex[p], s->x + s->first_vertex[p],
                           s->y + s->first_vertex[p]);
    assert_near(m2, expected[r] * 1e4, 1e-3);
    assert_near(world_real(&w, "flood_extents", "area_ha", r), expected[r] * m * m, 2e-5 * expected[r]);
  }
  assert_int_equal(s->first_part[4], s->parts);
}

/* Wherever memory ends in the query, it says so. */
static void the_end_of_memory_is_told(void **state) {
  enum { STEP = 7 };
  static const double ground = 1;
  (void)state;
  for (size_t n = 1;; n += STEP) {
    sund_ctx *ctx = sund_ctx_new();
    sund_ctx_threads(ctx, 1);
    world w;
    world_begin(&w, ctx, 12, 8, 10, flat, &ground);
    world_sea(&w, 1, &(draw_box){0, 0, 40, 80});
    w.in.role[SUND_AREAS] = draw_areas(ctx, 2, (draw_box[]){{0, 0, 80, 80}, {80, 0, 120, 80}});
    world_level(&w, 2);
    sund_ctx_fail_alloc(ctx, n);
    const sund_code code = world_ask(&w);
    sund_ctx_fail_alloc(ctx, 0);
    assert_int_equal(code, sund_failure(ctx, NULL, NULL, NULL));
    sund_ctx_free(ctx);
    if (code == SUND_OK) return;
    assert_int_equal(code, SUND_LIMIT);
    assert_true(n < 100000);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      SUND_TEST(the_whole_is_what_is_flooded),         SUND_TEST(units_make_up_the_whole),
      SUND_TEST(any_number_of_threads_gives_the_same), SUND_TEST(a_level_at_the_ground_is_wet),
      SUND_TEST(a_unit_on_two_terrains_is_one_row),    SUND_TEST(the_end_of_memory_is_told),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}

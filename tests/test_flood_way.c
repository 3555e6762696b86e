/* test_flood_way.c - the way of the water to a cell (geo/flood_way.c): by hand, and what the header promises on
 * random grids. */
#include <math.h>

#include "support.h"

/* A terrain in memory: metres, NAN = unknown, INFINITY = sea. */
typedef struct terrain {
  size_t columns, rows;
  float *metres;
} terrain;

static sund_code read_terrain(sund_ctx *ctx, void *data, const sund_window *w, float *metres, uint8_t *sea) {
  const terrain *t = data;
  (void)ctx;
  for (size_t i = 0; i < w->columns * w->rows; i++) {
    const float m = t->metres[(w->row + i / w->columns) * t->columns + w->column + i % w->columns];
    sea[i] = isinf(m) != 0;
    metres[i] = isinf(m) ? NAN : m;
  }
  return SUND_OK;
}

static sund_flood *run(sund_ctx *ctx, terrain *t, int connectivity, unsigned seeds, size_t tile) {
  const sund_flood_spec spec = {.lattice = {t->columns, t->rows, 0, 0, 1, 1},
                                .step_m = 1,
                                .offset_m = 0,
                                .cap = 50,
                                .connectivity = connectivity,
                                .seeds = seeds,
                                .zones = 1,
                                .tile = tile};
  const sund_flood_source source = {.read = read_terrain, .data = t};
  sund_flood *flood = NULL;
  assert_ok(ctx, sund_flood_run(ctx, &spec, &source, &flood));
  return flood;
}

/* A drawing: digits are metres, ~ sea, ? unknown, # 60 m; rows of equal length apart by spaces. */
static terrain draw(sund_ctx *ctx, const char *drawing) {
  terrain t = {.columns = strcspn(drawing, " ")};
  t.metres = sund_alloc(ctx, strlen(drawing), sizeof *t.metres);
  size_t n = 0;
  for (const char *c = drawing; *c; c++)
    if (*c != ' ') t.metres[n++] = *c == '~' ? INFINITY : *c == '?' ? NAN : *c == '#' ? 60 : (float)(*c - '0');
  t.rows = n / t.columns;
  return t;
}

static void expect(sund_ctx *parent, const char *drawing, int connectivity, unsigned seeds, sund_cell to,
                   const char *expected) {
  sund_ctx *ctx = sund_ctx_child(parent);
  terrain t = draw(ctx, drawing);
  sund_cell_list way = {0};
  char text[1000] = "";
  assert_ok(ctx, sund_flood_way(ctx, run(ctx, &t, connectivity, seeds, 0), to, &way));
  for (size_t i = 0, at = 0; i < way.count; i++)
    at += (size_t)snprintf(text + at, sizeof text - at, "%s%u,%u", i ? " " : "", way.cell[i].column, way.cell[i].row);
  assert_string_equal(text, expected);
  sund_ctx_free(ctx);
}

static void test_by_hand(void **state) {
  sund_ctx *ctx = *state;
  /* a slope */
  expect(ctx, "~1234", 8, SUND_SEED_SEA, (sund_cell){4, 0}, "1,0 2,0 3,0 4,0");
  /* a basin behind a dike of 3 m with a gap of 2 m */
  expect(ctx, "~#### ~3000 ~2000 ~3000", 8, SUND_SEED_SEA, (sund_cell){4, 2}, "1,2 2,2 3,2 4,2");
  /* the nearer of two equal gaps; of equally near ones the northern */
  expect(ctx, "~2000 ~3000 ~3000 ~2000", 4, SUND_SEED_SEA, (sund_cell){2, 2}, "1,3 2,3 2,2");
  expect(ctx, "~2000 ~3000 ~2000", 4, SUND_SEED_SEA, (sund_cell){2, 1}, "1,0 2,0 2,1");
  expect(ctx, "#~###### #2#000## #0#0#0## #000#2## #####~##", 4, SUND_SEED_SEA, (sund_cell){3, 2},
         "1,1 1,2 1,3 2,3 3,3 3,2");
  /* six steps straight on are shorter than five across corners */
  expect(ctx, "~~2###### ###0##### ####0#### #####0### ######0## ~2000000#", 8, SUND_SEED_SEA, (sund_cell){7, 5},
         "1,5 2,5 3,5 4,5 5,5 6,5 7,5");
  /* corners are passed, or not */
  expect(ctx, "~1# #1# ##1", 8, SUND_SEED_SEA, (sund_cell){2, 2}, "1,1 2,2");
  expect(ctx, "~1# #1# ##1", 4, SUND_SEED_SEA, (sund_cell){2, 2}, "");
  expect(ctx, "~1# #1# #11", 4, SUND_SEED_SEA, (sund_cell){2, 2}, "1,0 1,1 1,2 2,2");
  /* never, sea, unknown */
  expect(ctx, "~#1?", 8, SUND_SEED_SEA, (sund_cell){2, 0}, "");
  expect(ctx, "~#1?", 8, SUND_SEED_SEA, (sund_cell){0, 0}, "");
  expect(ctx, "~#1?", 8, SUND_SEED_SEA, (sund_cell){3, 0}, "");
  /* from the edge, from unknown cells */
  expect(ctx, "##### #1232 #####", 8, SUND_SEED_EDGE, (sund_cell){1, 1}, "4,1 3,1 2,1 1,1");
  expect(ctx, "##### #?12# #####", 8, SUND_SEED_NODATA, (sund_cell){3, 1}, "2,1 3,1");
}

/* ------------------------------------------------------------------------------------------------ random grids */

static bool starts_here(const terrain *t, sund_cell cell, int connectivity, unsigned seeds) {
  for (int k = 0; k < 9; k++) {
    const long c = (long)cell.column + k % 3 - 1, r = (long)cell.row + k / 3 - 1;
    const bool outside = c < 0 || r < 0 || c >= (long)t->columns || r >= (long)t->rows;
    if (k == 4 || (connectivity == 4 && k % 2 == 0)) continue;
    if (outside && (seeds & SUND_SEED_EDGE)) return true;
    if (outside) continue;
    const float m = t->metres[(size_t)r * t->columns + (size_t)c];
    if (isinf(m) && (seeds & SUND_SEED_SEA)) return true; /* else it is as good as unknown */
    if (!isfinite(m) && (seeds & SUND_SEED_NODATA)) return true;
  }
  return false;
}

/* The way is one: neighbours, begins where water starts, and at every cell the highest ground so far is the cell's
 * first-wet level. */
static void check_way(const terrain *t, const sund_flood *flood, sund_cell to, const sund_cell_list *way) {
  const sund_flood_spec *spec = sund_flood_spec_of(flood);
  const uint16_t wet = sund_flood_wet(flood, SUND_ANY_ZONE, to);
  if (wet == SUND_NEVER || sund_flood_is_sea(flood, to)) {
    assert_int_equal(way->count, 0);
    return;
  }
  assert_true(way->count > 0);
  assert_true(starts_here(t, way->cell[0], spec->connectivity, spec->seeds));
  assert_true(way->cell[way->count - 1].column == to.column && way->cell[way->count - 1].row == to.row);
  uint16_t highest = 0;
  for (size_t i = 0; i < way->count; i++) {
    const sund_cell c = way->cell[i];
    const uint16_t ground = sund_flood_ground(flood, c);
    assert_false(sund_flood_is_sea(flood, c));
    assert_true(ground != SUND_NEVER);
    if (ground > highest) highest = ground;
    assert_int_equal(highest, sund_flood_wet(flood, SUND_ANY_ZONE, c));
    if (i == 0) continue;
    const long dc = labs((long)c.column - (long)way->cell[i - 1].column);
    const long dr = labs((long)c.row - (long)way->cell[i - 1].row);
    assert_true(dc <= 1 && dr <= 1 && dc + dr >= 1);
    if (spec->connectivity == 4) assert_int_equal(dc + dr, 1);
    assert_false(i + 1 < way->count && starts_here(t, c, spec->connectivity, spec->seeds) && highest == ground &&
                 sund_flood_wet(flood, SUND_ANY_ZONE, way->cell[i - 1]) == highest);
  }
}

static void test_random(void **state) {
  uint64_t seed = support_seed();
  for (int round = 0; round < 150; round++) {
    sund_ctx *ctx = sund_ctx_child(*state);
    terrain t = {.columns = 1 + support_random(&seed) % 40, .rows = 1 + support_random(&seed) % 30};
    t.metres = sund_alloc(ctx, t.columns * t.rows, sizeof *t.metres);
    const uint64_t heights = 1 + support_random(&seed) % 12, hills = support_random(&seed) % 50;
    for (size_t i = 0; i < t.columns * t.rows; i++) {
      const uint64_t kind = support_random(&seed) % 100;
      t.metres[i] = kind < 2           ? INFINITY
                    : kind < 5         ? NAN
                    : kind < 5 + hills ? 60
                                       : (float)(support_random(&seed) % heights);
    }
    const int connectivity = round % 2 ? 4 : 8;
    const unsigned seeds = round % 5 ? SUND_SEED_SEA : 1 + (unsigned)(support_random(&seed) % 7);
    const sund_flood *flood = run(ctx, &t, connectivity, seeds, 0);
    const sund_flood *tiled = run(ctx, &t, connectivity, seeds, 1 + support_random(&seed) % 9);
    for (int k = 0; k < 60; k++) {
      const sund_cell to = {(uint32_t)(support_random(&seed) % t.columns),
                            (uint32_t)(support_random(&seed) % t.rows)};
      sund_cell_list way = {0}, again = {0};
      assert_ok(ctx, sund_flood_way(ctx, flood, to, &way));
      check_way(&t, flood, to, &way);
      assert_ok(ctx, sund_flood_way(ctx, tiled, to, &again));
      assert_int_equal(way.count, again.count);
      if (way.count) assert_memory_equal(way.cell, again.cell, way.count * sizeof *way.cell);
    }
    sund_ctx_free(ctx);
  }
}

/* A lake of one level, larger than the blocks the search works in: the way over it is as short as can be. */
static void test_lake(void **state) {
  sund_ctx *ctx = *state;
  uint64_t seed = support_seed();
  enum { N = 300 };
  terrain t = {.columns = N, .rows = N};
  t.metres = sund_alloc(ctx, N * N, sizeof *t.metres);
  for (size_t i = 0; i < N * N; i++)
    t.metres[i] = i % N == 0 ? INFINITY : i % N == 1 ? 9 : (float)(support_random(&seed) % 5);
  t.metres[150 * N + 1] = 5; /* the gap in the dike */
  const sund_flood *flood = run(ctx, &t, 8, SUND_SEED_SEA, 0);
  for (int k = 0; k < 20; k++) {
    const sund_cell to = {2 + (uint32_t)(support_random(&seed) % (N - 2)), (uint32_t)(support_random(&seed) % N)};
    const uint32_t east = to.column - 1, north = to.row > 150 ? to.row - 150 : 150 - to.row;
    sund_cell_list way = {0};
    assert_ok(ctx, sund_flood_way(ctx, flood, to, &way));
    check_way(&t, flood, to, &way);
    size_t diagonals = 0;
    for (size_t i = 1; i < way.count; i++)
      diagonals += way.cell[i].column != way.cell[i - 1].column && way.cell[i].row != way.cell[i - 1].row;
    assert_int_equal(way.count, (east > north ? east : north) + 1);
    assert_int_equal(diagonals, east < north ? east : north); /* as long as they lead on, no zigzag */
  }
}

/* T6: a serpentine channel. */
static void test_serpentine(void **state) {
  sund_ctx *ctx = *state;
  enum { N = 101 };
  terrain t = {.columns = N, .rows = N};
  t.metres = sund_alloc(ctx, N * N, sizeof *t.metres);
  for (size_t i = 0; i < N * N; i++) {
    const size_t r = i / N, c = i % N;
    t.metres[i] = r % 2 == 0 ? 0 : (c == (r % 4 == 1 ? N - 1 : 0)) ? 0 : 60;
  }
  t.metres[0] = INFINITY;
  sund_cell_list way = {0};
  assert_ok(ctx, sund_flood_way(ctx, run(ctx, &t, 4, SUND_SEED_SEA, 0), (sund_cell){N - 1, N - 1}, &way));
  assert_int_equal(way.count, 51 * N + 50 - 1);
}

static void test_out_of_memory(void **state) {
  sund_ctx *ctx = *state;
  terrain t = draw(ctx, "~2000 ~3000 ~3000 ~2000");
  const sund_flood *flood = run(ctx, &t, 8, SUND_SEED_SEA, 0);
  for (size_t n = 1;; n++) {
    sund_ctx *own = sund_ctx_new();
    sund_cell_list way = {0};
    sund_ctx_fail_alloc(own, n);
    const sund_code code = sund_flood_way(own, flood, (sund_cell){4, 2}, &way);
    assert_int_equal(code, sund_failure(own, NULL, NULL, NULL));
    if (code != SUND_OK) assert_null(way.cell);
    sund_ctx_free(own);
    if (code == SUND_OK) break;
    assert_int_equal(code, SUND_LIMIT);
    assert_true(n < 100);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      SUND_TEST(test_by_hand),    SUND_TEST(test_random),        SUND_TEST(test_lake),
      SUND_TEST(test_serpentine), SUND_TEST(test_out_of_memory),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}

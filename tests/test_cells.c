/* test_cells.c - which cells lie in areas (geo/cells.c), and where cells lie: by hand and against slow twins. */
#include <math.h>

#include "sketch.h"

static uint32_t row_of_cell(const sund_shapes *areas, const sund_lattice *l, size_t column, size_t row) {
  double x, y;
  sund_lattice_centre(l, (sund_cell){(uint32_t)column, (uint32_t)row}, &x, &y);
  for (size_t r = 0; r < areas->rows; r++)
    if (sund_area_contains(areas, r, x, y)) return (uint32_t)r;
  return UINT32_MAX;
}

/* Both functions against sund_area_contains, in windows of any size. */
static void compare(sund_ctx *parent, const sund_shapes *areas, const sund_lattice *l, uint64_t *seed) {
  sund_ctx *ctx = sund_ctx_child(parent);
  sund_cells *cells = NULL;
  assert_ok(ctx, sund_cells_prepare(ctx, areas, l, &cells));
  for (int k = 0; k < 4; k++) {
    sund_window w = {.columns = l->columns, .rows = l->rows};
    if (k > 0) {
      w.column = support_random(seed) % l->columns, w.row = support_random(seed) % l->rows;
      w.columns = 1 + support_random(seed) % (l->columns - w.column);
      w.rows = 1 + support_random(seed) % (l->rows - w.row);
    }
    uint32_t *row = sund_alloc(ctx, w.columns * w.rows, sizeof *row);
    uint8_t *mark = sund_alloc(ctx, w.columns * w.rows, 1);
    assert_ok(ctx, sund_cells_rows(ctx, cells, &w, row));
    assert_ok(ctx, sund_cells_mark(ctx, cells, &w, mark));
    for (size_t i = 0; i < w.columns * w.rows; i++) {
      const size_t c = w.column + i % w.columns, r = w.row + i / w.columns;
      const uint32_t expected = row_of_cell(areas, l, c, r);
      if (row[i] != expected || mark[i] != (expected != UINT32_MAX))
        fail_msg("seed %llu: cell %zu %zu is %u (%u), expected %u", (unsigned long long)support_seed(), c, r, row[i],
                 mark[i], expected);
    }
  }
  sund_ctx_free(ctx);
}

/* ---------------------------------------------------------------------------------------------------- lattice */

static void test_lattice(void **state) {
  (void)state;
  const sund_lattice l = {.columns = 10, .rows = 20, .x0 = 100, .y0 = 200, .dx = 2, .dy = 5};
  sund_cell cell = {0, 0};
  double x, y;
  assert_true(sund_lattice_cell(&l, 100, 200, &cell));
  assert_true(cell.column == 0 && cell.row == 0);
  assert_true(sund_lattice_cell(&l, 102, 195, &cell)); /* an edge belongs to the east and south */
  assert_true(cell.column == 1 && cell.row == 1);
  assert_true(sund_lattice_cell(&l, 119.999, 100.001, &cell));
  assert_true(cell.column == 9 && cell.row == 19);
  assert_false(sund_lattice_cell(&l, 120, 150, &cell));
  assert_false(sund_lattice_cell(&l, 110, 100, &cell));
  assert_false(sund_lattice_cell(&l, 99.999, 150, &cell));
  assert_false(sund_lattice_cell(&l, 110, 200.001, &cell));
  assert_false(sund_lattice_cell(&l, (double)NAN, 150, &cell));
  assert_false(sund_lattice_cell(&l, 1e300, -1e300, &cell));
  sund_lattice_centre(&l, (sund_cell){3, 4}, &x, &y);
  assert_true(x == 107 && y == 177.5);
}

/* Edges as they are computed for a real raster are edges, whatever division makes of them. */
static void test_lattice_edges(void **state) {
  (void)state;
  const sund_lattice l = {.columns = 20000, .rows = 20000, .x0 = 709999.6, .y0 = 6215000.4, .dx = 0.4, .dy = 0.4};
  for (uint32_t k = 0; k < 20000; k++) {
    sund_cell cell = {0, 0};
    assert_true(sund_lattice_cell(&l, l.x0 + k * l.dx, l.y0 - k * l.dy, &cell));
    assert_true(cell.column == k && cell.row == k);
    if (k == 0) continue;
    assert_true(sund_lattice_cell(&l, nextafter(l.x0 + k * l.dx, 0), nextafter(l.y0 - k * l.dy, 1e9), &cell));
    assert_true(cell.column == k - 1 && cell.row == k - 1);
  }
}

/* ---------------------------------------------------------------------------------------------------- areas */

static void test_square_with_hole(void **state) {
  sund_ctx *ctx = *state;
  sketch *s = new_sketch(ctx);
  const sund_lattice l = {.columns = 6, .rows = 6, .x0 = 0, .y0 = 6, .dx = 1, .dy = 1};
  start(s), to(s, 1, 1), to(s, 5, 1), to(s, 5, 5), to(s, 1, 5), close_ring(s);
  start(s), to(s, 2, 2), to(s, 2, 3), to(s, 4, 3), to(s, 4, 2), close_ring(s);
  sund_shapes *areas = finish(ctx, s);
  unite_rows(areas);
  areas->hole[1] = 1;
  sund_cells *cells = NULL;
  uint8_t mark[36];
  assert_ok(ctx, sund_cells_prepare(ctx, areas, &l, &cells));
  assert_ok(ctx, sund_cells_mark(ctx, cells, &(sund_window){0, 0, 6, 6}, mark));
  static const char *expected =
      "......"
      ".####."
      ".####."
      ".#..#."
      ".####."
      "......";
  for (size_t i = 0; i < 36; i++) assert_int_equal(mark[i], expected[i] == '#');
}

/* T1: a cone z = s (R - r) with its top in the centre of a cell: the dry area at a level as counted cells; how much
 * that is off was reckoned apart from this code. */
static void test_cone_area(void **state) {
  sund_ctx *ctx = *state;
  static const double size[4] = {20, 10, 5, 4}, error_pct[4] = {0.071, -0.150, -0.035, 0.013};
  sketch *s = new_sketch(ctx);
  start(s);
  for (int i = 0; i < 7000; i++) to(s, 750 * cos(2 * PI * (i + 0.5) / 7000), 750 * sin(2 * PI * (i + 0.5) / 7000));
  close_ring(s);
  sund_shapes *areas = finish(ctx, s);
  for (int k = 0; k < 4; k++) {
    const size_t n = (size_t)(2000 / size[k]) + 1;
    const double west = -size[k] * (double)n / 2;
    const sund_lattice l = {.columns = n, .rows = n, .x0 = west, .y0 = -west, .dx = size[k], .dy = size[k]};
    sund_cells *cells = NULL;
    uint8_t *mark = sund_alloc(ctx, n * n, 1);
    size_t count = 0;
    assert_ok(ctx, sund_cells_prepare(ctx, areas, &l, &cells));
    assert_ok(ctx, sund_cells_mark(ctx, cells, &(sund_window){0, 0, n, n}, mark));
    for (size_t i = 0; i < n * n; i++) count += mark[i];
    const double pct = 100 * ((double)count * size[k] * size[k] / (PI * 750 * 750) - 1);
    if (fabs(pct - error_pct[k]) > 0.0006) fail_msg("%g m: %g %%", size[k], pct);
  }
}

static double step(uint64_t *seed, double low, double high, bool snap) {
  const double v = support_uniform(seed, low, high);
  return snap ? round(2 * v) / 2 : v;
}

/* Any rings, also such as cross themselves, overlap, hang over the edge, lie beside the lattice; every second round
 * has their corners on centres and edges of cells. */
static void test_rows_twin(void **state) {
  sund_ctx *ctx = *state;
  uint64_t seed = support_seed();
  for (int round = 0; round < 60; round++) {
    sund_ctx *child = sund_ctx_child(ctx);
    sketch *s = new_sketch(child);
    const bool snap = round % 2;
    const size_t rows = 1 + support_random(&seed) % 12;
    for (size_t r = 0; r < rows; r++) {
      const size_t corners = 3 + support_random(&seed) % (round % 5 ? 8 : 200);
      const double mx = step(&seed, -5, 45, snap), my = step(&seed, -35, 5, snap),
                   wide = support_uniform(&seed, 0.2, 30);
      start(s);
      for (size_t i = 0; i < corners; i++)
        to(s, step(&seed, mx - wide, mx + wide, snap), step(&seed, my - wide, my + wide, snap));
      close_ring(s);
    }
    sund_shapes *areas = finish(child, s);
    if (round % 7 == 6) unite_rows(areas);
    const sund_lattice l = {
        .columns = 1 + support_random(&seed) % 40, .rows = 1 + support_random(&seed) % 30, .dx = 1, .dy = 1};
    compare(child, areas, &l, &seed);
    sund_ctx_free(child);
  }
}

/* The same at real coordinates, with cells of 0.4 m that no binary number hits. */
static void test_rows_real(void **state) {
  sund_ctx *ctx = *state;
  uint64_t seed = support_seed();
  for (int round = 0; round < 20; round++) {
    sund_ctx *child = sund_ctx_child(ctx);
    sketch *s = new_sketch(child);
    const sund_lattice l = {.columns = 50, .rows = 40, .x0 = 712345.6, .y0 = 6212345.2, .dx = 0.4, .dy = 0.4};
    for (size_t r = 0; r < 10; r++) {
      start(s);
      for (size_t i = 0; i < 5; i++) /* on centres, as they are written on paper */
        to(s, 712345.8 + 0.4 * (double)(support_random(&seed) % 50),
           6212345.0 - 0.4 * (double)(support_random(&seed) % 40));
      close_ring(s);
    }
    compare(child, finish(child, s), &l, &seed);
    sund_ctx_free(child);
  }
}

/* Neighbours with the same vertices on their borders: every centre is in exactly one. */
static void test_partition(void **state) {
  sund_ctx *ctx = *state;
  enum { N = 6, SIZE = 8 };
  uint64_t seed = support_seed();
  for (int run = 0; run < 10; run++) {
    sund_ctx *child = sund_ctx_child(ctx);
    sketch *s = new_sketch(child);
    double x[N + 1][N + 1], y[N + 1][N + 1];
    for (int i = 0; i <= N; i++)
      for (int k = 0; k <= N; k++) {
        const bool rim = i == 0 || k == 0 || i == N || k == N;
        x[i][k] = k * SIZE + (rim ? 0 : step(&seed, -2.5, 2.5, run % 2));
        y[i][k] = -i * SIZE + (rim ? 0 : step(&seed, -2.5, 2.5, run % 2));
      }
    for (int i = 0; i < N; i++)
      for (int k = 0; k < N; k++) { /* two triangles */
        start(s), to(s, x[i][k], y[i][k]), to(s, x[i + 1][k], y[i + 1][k]), to(s, x[i + 1][k + 1], y[i + 1][k + 1]);
        close_ring(s);
        start(s), to(s, x[i][k], y[i][k]), to(s, x[i + 1][k + 1], y[i + 1][k + 1]), to(s, x[i][k + 1], y[i][k + 1]);
        close_ring(s);
      }
    sund_shapes *areas = finish(child, s);
    const sund_lattice l = {.columns = N * SIZE, .rows = N * SIZE, .dx = 1, .dy = 1};
    compare(child, areas, &l, &seed);
    for (uint32_t c = 0; c < N * SIZE * N * SIZE; c++) {
      double px, py;
      size_t in = 0;
      sund_lattice_centre(&l, (sund_cell){c % (N * SIZE), c / (N * SIZE)}, &px, &py);
      for (size_t r = 0; r < areas->rows; r++) in += sund_area_contains(areas, r, px, py);
      assert_int_equal(in, 1);
    }
    sund_ctx_free(child);
  }
}

/* A ring with a vertex that is no number, and one that is not closed, do no harm. */
static void test_broken_areas(void **state) {
  sund_ctx *ctx = *state;
  uint64_t seed = support_seed();
  sketch *s = new_sketch(ctx);
  const sund_lattice l = {.columns = 20, .rows = 20, .dx = 1, .dy = 1};
  start(s), to(s, 3, -3), to(s, 3, -12), to(s, 12, -12), to(s, 14, -3);
  start(s), to(s, 5, -5), to(s, 5, -5), close_ring(s);
  start(s);
  start(s), to(s, 1e300, -1e300), to(s, -1e300, -1e300), to(s, 0, 1e300), close_ring(s);
  compare(ctx, finish(ctx, s), &l, &seed);
  s->rows = s->vertices = 0;
  start(s), to(s, 3, -3), to(s, (double)NAN, -12), to(s, 12, -12), to(s, 12, (double)INFINITY), close_ring(s);
  sund_cells *cells = NULL;
  uint8_t mark[400];
  assert_ok(ctx, sund_cells_prepare(ctx, finish(ctx, s), &l, &cells));
  assert_ok(ctx, sund_cells_mark(ctx, cells, &(sund_window){0, 0, 20, 20}, mark));
}

typedef struct asked {
  const sund_cells *cells;
  const sund_lattice *lattice;
  uint32_t *row;
} asked;

static sund_code ask_rows(sund_ctx *worker, size_t begin, size_t end, void *data) {
  const asked *a = data;
  const sund_window w = {.row = begin, .columns = a->lattice->columns, .rows = end - begin};
  return sund_cells_rows(worker, a->cells, &w, a->row + begin * a->lattice->columns);
}

static void test_threads(void **state) {
  sund_ctx *ctx = *state;
  uint64_t seed = support_seed();
  sketch *s = new_sketch(ctx);
  enum { N = 200 };
  const sund_lattice l = {.columns = N, .rows = N, .dx = 1, .dy = 1};
  for (int r = 0; r < 20; r++) {
    start(s);
    for (int i = 0; i < 300; i++) to(s, support_uniform(&seed, 0, N), support_uniform(&seed, -N, 0));
    close_ring(s);
  }
  sund_cells *cells = NULL;
  assert_ok(ctx, sund_cells_prepare(ctx, finish(ctx, s), &l, &cells));
  uint32_t *one = sund_alloc(ctx, N * N, sizeof *one), *four = sund_alloc(ctx, N * N, sizeof *four);
  assert_ok(ctx, sund_cells_rows(ctx, cells, &(sund_window){0, 0, N, N}, one));
  sund_ctx_threads(ctx, 4);
  assert_ok(ctx, sund_for(ctx, N, 7, ask_rows, &(asked){cells, &l, four}));
  assert_memory_equal(one, four, N * N * sizeof *one);
}

static void test_prepare_refused(void **state) {
  sund_ctx *ctx = *state;
  sketch *s = new_sketch(ctx);
  sund_cells *cells = NULL;
  const sund_lattice l = {.columns = (size_t)1 << 33, .rows = 1, .dx = 1, .dy = 1};
  assert_int_equal(sund_cells_prepare(ctx, finish(ctx, s), &l, &cells), SUND_LIMIT);
  assert_null(cells);
}

/* Whatever allocation fails, the failure comes back and nothing else happens. */
static void test_out_of_memory(void **state) {
  (void)state;
  for (size_t n = 1;; n++) {
    sund_ctx *ctx = sund_ctx_new();
    sketch *s = new_sketch(ctx);
    const sund_lattice l = {.columns = 10, .rows = 10, .dx = 1, .dy = 1};
    start(s), to(s, 1, -1), to(s, 9, -2), to(s, 8, -8), to(s, 2, -9), close_ring(s);
    const sund_shapes *areas = finish(ctx, s);
    uint8_t mark[100] = {7};
    sund_cells *cells = NULL;
    sund_ctx_fail_alloc(ctx, n);
    sund_code code = sund_cells_prepare(ctx, areas, &l, &cells);
    if (code == SUND_OK) code = sund_cells_mark(ctx, cells, &(sund_window){0, 0, 10, 10}, mark);
    if (code != SUND_OK) assert_int_equal(mark[0], 7);
    sund_ctx_fail_alloc(ctx, 0);
    const sund_code noted = sund_failure(ctx, NULL, NULL, NULL);
    sund_ctx_free(ctx);
    assert_int_equal(code, noted);
    if (code == SUND_OK) return;
    assert_int_equal(code, SUND_LIMIT);
    assert_true(n < 100);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      SUND_TEST(test_lattice),         SUND_TEST(test_lattice_edges), SUND_TEST(test_square_with_hole),
      SUND_TEST(test_cone_area),       SUND_TEST(test_rows_twin),     SUND_TEST(test_rows_real),
      SUND_TEST(test_partition),       SUND_TEST(test_broken_areas),  SUND_TEST(test_threads),
      SUND_TEST(test_prepare_refused), SUND_TEST(test_out_of_memory),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}

/* test_cells_band.c - cells near lines and under footprints (geo/cells_band.c): by hand, by measuring each cell. */
#include <math.h>

#include "sketch.h"

static double away(const sund_lattice *l, uint32_t column, uint32_t row, size_t n, const double *x, const double *y) {
  double cx, cy, share, least = INFINITY;
  sund_lattice_centre(l, (sund_cell){column, row}, &cx, &cy);
  if (n == 1) return hypot(cx - x[0], cy - y[0]);
  for (size_t i = 1; i < n; i++)
    least = fmin(least, sund_segment_nearest(cx, cy, x[i - 1], y[i - 1], x[i], y[i], &share));
  return least;
}

/* Each once, row by row. */
static void check_order(const sund_cell_list *list, size_t from) {
  for (size_t i = from + 1; i < list->count; i++) {
    const sund_cell a = list->cell[i - 1], b = list->cell[i];
    assert_true(a.row < b.row || (a.row == b.row && a.column < b.column));
  }
}

static void test_band_twin(void **state) {
  uint64_t seed = support_seed();
  for (int round = 0; round < 600; round++) {
    sund_ctx *ctx = sund_ctx_child(*state);
    const sund_lattice l = {
        .columns = 40, .rows = 30, .x0 = 7e5, .y0 = 6.2e6, .dx = 0.4, .dy = round % 2 ? 0.4 : 0.7};
    double x[5], y[5];
    const size_t n = 1 + support_random(&seed) % 5;
    static const double widths[] = {0, 0.1, 0.2, 1, 1.4, 3.7};
    const double metres = round % 3 ? widths[support_random(&seed) % 6] : support_uniform(&seed, 0, 5);
    for (size_t i = 0; i < n; i++) {
      const double east = support_uniform(&seed, -10, 50), south = support_uniform(&seed, -10, 40);
      x[i] = l.x0 + l.dx * (round % 4 == 0 ? floor(east) + 0.5 : east);
      y[i] = l.y0 - l.dy * (round % 4 == 0 ? floor(south) + 0.5 : south);
      if (i > 0 && round % 5 == 0) x[i] = x[i - 1];
      if (i > 0 && round % 7 == 0) y[i] = y[i - 1];
    }
    sund_cell_list list = {0};
    assert_ok(ctx, sund_cell_add(ctx, &list, (sund_cell){7, 7}));
    assert_ok(ctx, sund_cells_band(ctx, &l, n, x, y, metres, &list));
    check_order(&list, 1);
    size_t count = 0;
    for (uint32_t row = 0; row < l.rows; row++)
      for (uint32_t column = 0; column < l.columns; column++) {
        if (away(&l, column, row, n, x, y) > metres + 1e-6) continue;
        count++;
        if (count >= list.count || list.cell[count].column != column || list.cell[count].row != row)
          fail_msg("seed %llu: cell %u %u of round %d", (unsigned long long)support_seed(), column, row, round);
      }
    assert_int_equal(list.count, count + 1);
    sund_ctx_free(ctx);
  }
}

static void test_band_by_hand(void **state) {
  sund_ctx *ctx = *state;
  const sund_lattice l = {.columns = 10, .rows = 10, .x0 = 0, .y0 = 10, .dx = 1, .dy = 1};
  const double x[] = {2.5, 6.5}, y[] = {5.5, 5.5};
  sund_cell_list list = {0};
  assert_ok(ctx, sund_cells_band(ctx, &l, 2, x, y, 1, &list)); /* inclusive */
  assert_int_equal(list.count, 5 + 7 + 5);
  list.count = 0;
  assert_ok(ctx, sund_cells_band(ctx, &l, 2, x, y, 0, &list));
  assert_int_equal(list.count, 5);
  list.count = 0;
  assert_ok(ctx, sund_cells_band(ctx, &l, 2, x, y, -1, &list));
  assert_ok(ctx, sund_cells_band(ctx, &l, 2, x, y, (double)NAN, &list));
  assert_ok(ctx, sund_cells_band(ctx, &l, 0, x, y, 1, &list));
  assert_int_equal(list.count, 0);
}

/* Inclusive at real coordinates too, where 0.4 and 6.2e6 are not exact: centres lie 0.2, 0.6, 1.0, 1.4 m away. */
static void test_band_inclusive(void **state) {
  sund_ctx *ctx = *state;
  const sund_lattice l = {.columns = 100, .rows = 100, .x0 = 712000.4, .y0 = 6212000.8, .dx = 0.4, .dy = 0.4};
  for (uint32_t row = 20; row < 80; row++)
    for (uint32_t k = 1; k <= 4; k++) {
      sund_cell_list list = {0};
      const double x[] = {712002.4, 712022.4}, y[] = {6212000.8 - 0.4 * row, 6212000.8 - 0.4 * row};
      assert_ok(ctx, sund_cells_band(ctx, &l, 2, x, y, 0.4 * k - 0.2, &list));
      assert_int_equal(list.cell[0].row, row - k);
      assert_int_equal(list.cell[list.count - 1].row, row + k - 1);
    }
}

static void test_footprint_twin(void **state) {
  uint64_t seed = support_seed();
  for (int round = 0; round < 400; round++) {
    sund_ctx *ctx = sund_ctx_child(*state);
    sketch *s = new_sketch(ctx);
    const sund_lattice l = {.columns = 40, .rows = 30, .x0 = 7e5, .y0 = 6.2e6, .dx = 0.4, .dy = 0.4};
    const size_t corners = 3 + support_random(&seed) % 6;
    const double mx = support_uniform(&seed, -2, 18), my = support_uniform(&seed, -2, 14);
    const double wide = support_uniform(&seed, 0.05, 6), metres = round % 3 ? support_uniform(&seed, 0, 2) : 0;
    for (int ring = 0; ring < 2; ring++) { /* a star, and a hole in it */
      start(s);
      for (size_t i = 0; i < corners; i++) {
        const double turn = 2 * PI * (double)i / (double)corners,
                     r = wide * (ring ? 0.4 : support_uniform(&seed, 0.5, 1));
        to(s, 7e5 + mx + r * cos(turn), 6.2e6 - my + r * sin(turn));
      }
      close_ring(s);
    }
    sund_shapes *areas = finish(ctx, s);
    if (round % 2) unite_rows(areas);
    sund_cell_list list = {0};
    assert_ok(ctx, sund_cells_footprint(ctx, &l, areas, 0, metres, &list));
    check_order(&list, 0);
    size_t count = 0;
    const size_t parts = areas->first_part[1];
    for (uint32_t row = 0; row < l.rows; row++)
      for (uint32_t column = 0; column < l.columns; column++) {
        double x, y;
        sund_lattice_centre(&l, (sund_cell){column, row}, &x, &y);
        bool in = sund_area_contains(areas, 0, x, y);
        for (size_t p = 0; p < parts && metres > 0; p++)
          in |= away(&l, column, row, corners + 1, areas->x + areas->first_vertex[p],
                     areas->y + areas->first_vertex[p]) <= metres + 1e-6;
        if (!in) continue;
        if (count >= list.count || list.cell[count].column != column || list.cell[count].row != row)
          fail_msg("seed %llu: cell %u %u of round %d", (unsigned long long)support_seed(), column, row, round);
        count++;
      }
    if (count) assert_int_equal(list.count, count);
    else assert_true(list.count <= 1);
    if (!count && list.count) { /* its cell holds a part of it */
      const sund_cell c = list.cell[0];
      const double *x = areas->x, *y = areas->y;
      assert_true(line_meets(corners + 1, x, y, &l, c.column, c.row, 1e-7));
    }
    sund_ctx_free(ctx);
  }
}

/* T20's house, 10 x 10 m. */
static void test_footprint_house(void **state) {
  sund_ctx *ctx = *state;
  sketch *s = new_sketch(ctx);
  const sund_lattice l = {.columns = 100, .rows = 100, .x0 = 712000, .y0 = 6212040, .dx = 0.4, .dy = 0.4};
  start(s), to(s, 712010, 6212010), to(s, 712020, 6212010), to(s, 712020, 6212020), to(s, 712010, 6212020),
      close_ring(s);
  start(s), to(s, 712030.3, 6212010.3), to(s, 712030.4, 6212010.3), to(s, 712030.4, 6212010.39), close_ring(s);
  start(s), to(s, 712050, 6212010), to(s, 712051, 6212010), to(s, 712051, 6212011), close_ring(s);
  start(s);
  start(s), to(s, 712030.5, 6212010.3), to(s, 712030.5, 6212010.3), close_ring(s);
  sund_shapes *areas = finish(ctx, s);
  sund_cell_list list = {0};
  assert_ok(ctx, sund_cells_footprint(ctx, &l, areas, 0, 0, &list));
  assert_int_equal(list.count, 25 * 25);
  list.count = 0;
  assert_ok(ctx, sund_cells_footprint(ctx, &l, areas, 0, 1, &list));
  /* three rows more around it (0.2, 0.6, 1.0 m), without what is farther from the corners: of 3 x 3 there, the cells
   * (1.0, 0.6), (0.6, 1.0), (1.0, 1.0), (1.0, 0.2) and (0.2, 1.0) */
  assert_int_equal(list.count, 31 * 31 - 4 * 5);
  list.count = 0; /* smaller than a cell: the cell it lies in */
  assert_ok(ctx, sund_cells_footprint(ctx, &l, areas, 1, 0, &list));
  assert_int_equal(list.count, 1);
  assert_true(list.cell[0].column == 75 && list.cell[0].row == 74);
  list.count = 0; /* outside, empty */
  assert_ok(ctx, sund_cells_footprint(ctx, &l, areas, 2, 0, &list));
  assert_ok(ctx, sund_cells_footprint(ctx, &l, areas, 3, 1, &list));
  assert_int_equal(list.count, 0); /* without an inside: where its corner is */
  assert_ok(ctx, sund_cells_footprint(ctx, &l, areas, 4, 0, &list));
  assert_int_equal(list.count, 1);
}

/* Whatever allocation fails, the failure comes back. */
static void test_out_of_memory(void **state) {
  (void)state;
  for (size_t n = 1;; n++) {
    sund_ctx *ctx = sund_ctx_new();
    sketch *s = new_sketch(ctx);
    const sund_lattice l = {.columns = 10, .rows = 10, .dx = 1, .dy = 1};
    start(s), to(s, 1, -1), to(s, 9, -2), to(s, 8, -8), to(s, 2, -9), close_ring(s);
    const sund_shapes *areas = finish(ctx, s);
    sund_cell_list list = {0};
    sund_ctx_fail_alloc(ctx, n);
    sund_code code = sund_cells_line(ctx, &l, 5, areas->x, areas->y, SUND_TIGHT, &list);
    if (code == SUND_OK) code = sund_cells_band(ctx, &l, 5, areas->x, areas->y, 1, &list);
    if (code == SUND_OK) code = sund_cells_footprint(ctx, &l, areas, 0, 1, &list);
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
      SUND_TEST(test_band_twin),      SUND_TEST(test_band_by_hand),    SUND_TEST(test_band_inclusive),
      SUND_TEST(test_footprint_twin), SUND_TEST(test_footprint_house), SUND_TEST(test_out_of_memory),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}

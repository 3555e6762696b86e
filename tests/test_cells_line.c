/* test_cells_line.c - lines as cells (geo/cells_line.c): by hand, by clipping, as walls against water. */
#include <math.h>

#include "sketch.h"

static bool touching(sund_cell a, sund_cell b, bool corners) {
  const uint32_t dc = a.column > b.column ? a.column - b.column : b.column - a.column;
  const uint32_t dr = a.row > b.row ? a.row - b.row : b.row - a.row;
  return corners ? (dc | dr) == 1 : dc + dr == 1;
}

static bool has(const sund_cell_list *list, uint32_t column, uint32_t row) {
  for (size_t i = 0; i < list->count; i++)
    if (list->cell[i].column == column && list->cell[i].row == row) return true;
  return false;
}

static void check_line(sund_ctx *parent, const sund_lattice *l, size_t n, const double *x, const double *y,
                       bool inside) {
  sund_ctx *ctx = sund_ctx_child(parent);
  sund_cell_list list[2] = {{0}, {0}}, back[2] = {{0}, {0}};
  double bx[10], by[10];
  for (size_t i = 0; i < n; i++) bx[i] = x[n - 1 - i], by[i] = y[n - 1 - i];
  const sund_pen pens[2] = {SUND_THIN, SUND_TIGHT};
  for (int p = 0; p < 2; p++) {
    assert_ok(ctx, sund_cells_line(ctx, l, n, x, y, pens[p], &list[p]));
    assert_ok(ctx, sund_cells_line(ctx, l, n, bx, by, pens[p], &back[p]));
    assert_int_equal(list[p].count, back[p].count);
    for (size_t i = 0; i < list[p].count; i++) { /* the very same chain, backwards */
      const sund_cell c = list[p].cell[i], d = back[p].cell[list[p].count - 1 - i];
      assert_true(c.column == d.column && c.row == d.row);
      assert_true(c.column < l->columns && c.row < l->rows);
      assert_true(line_meets(n, x, y, l, c.column, c.row, 1e-7));
      if (inside && i > 0) assert_true(touching(list[p].cell[i - 1], c, pens[p] == SUND_THIN));
      if (i > 0) assert_false(list[p].cell[i - 1].column == c.column && list[p].cell[i - 1].row == c.row);
    }
  }
  for (uint32_t row = 0; row < l->rows; row++)
    for (uint32_t column = 0; column < l->columns; column++) {
      const bool in = has(&list[1], column, row);
      if (line_meets(n, x, y, l, column, row, -1e-7) && !in)
        fail_msg("seed %llu: cell %u %u is missing", (unsigned long long)support_seed(), column, row);
      if (!in) assert_false(has(&list[0], column, row)); /* the thin line lies in the tight one */
    }
  sund_cell end = {0, 0};
  if (inside) {
    for (int p = 0; p < 2; p++) {
      assert_true(sund_lattice_cell(l, x[0], y[0], &end));
      assert_true(end.column == list[p].cell[0].column && end.row == list[p].cell[0].row);
      for (size_t i = 1; i < n; i++) { /* segments join in the cell of their common vertex */
        assert_true(sund_lattice_cell(l, x[i], y[i], &end));
        assert_true(has(&list[p], end.column, end.row));
      }
    }
  }
  sund_ctx_free(ctx);
}

static void test_lines_twin(void **state) {
  uint64_t seed = support_seed();
  for (int round = 0; round < 3000; round++) {
    const sund_lattice l = {
        .columns = 12, .rows = 9, .x0 = 7e5, .y0 = 6.2e6, .dx = round % 3 ? 1 : 0.4, .dy = round % 3 ? 1 : 0.25};
    double x[6], y[6];
    const size_t n = 2 + support_random(&seed) % 4;
    const bool inside = round % 2, snap = round % 4 < 2 && round % 3;
    for (size_t i = 0; i < n; i++) {
      const double east = inside ? support_uniform(&seed, 0, 11.9) : support_uniform(&seed, -9, 21);
      const double south = inside ? support_uniform(&seed, 0, 8.9) : support_uniform(&seed, -9, 18);
      x[i] = l.x0 + l.dx * (snap ? floor(2 * east) / 2 : east);
      y[i] = l.y0 - l.dy * (snap ? floor(2 * south) / 2 : south);
      if (i > 0 && round % 11 == 0) x[i] = x[i - 1];
      if (i > 0 && round % 13 == 0) y[i] = y[i - 1];
    }
    check_line(*state, &l, n, x, y, inside);
  }
}

static void expect_line(sund_ctx *ctx, const sund_lattice *l, size_t n, const double *x, const double *y,
                        sund_pen pen, const char *expected) {
  sund_cell_list list = {0};
  char text[400] = "";
  assert_ok(ctx, sund_cells_line(ctx, l, n, x, y, pen, &list));
  for (size_t i = 0, at = 0; i < list.count; i++)
    at +=
        (size_t)snprintf(text + at, sizeof text - at, "%s%u,%u", i ? " " : "", list.cell[i].column, list.cell[i].row);
  assert_string_equal(text, expected);
}

static void test_lines_by_hand(void **state) {
  sund_ctx *ctx = *state;
  const sund_lattice l = {.columns = 5, .rows = 5, .x0 = 0, .y0 = 5, .dx = 1, .dy = 1};
  const double middle_x[] = {0.5, 2.5}, middle_y[] = {4.5, 2.5};
  expect_line(ctx, &l, 2, middle_x, middle_y, SUND_THIN, "0,0 1,1 2,2");
  expect_line(ctx, &l, 2, middle_x, middle_y, SUND_TIGHT, "0,0 0,1 1,1 1,2 2,2");
  const double back_x[] = {2.5, 0.5}, back_y[] = {2.5, 4.5};
  expect_line(ctx, &l, 2, back_x, back_y, SUND_THIN, "2,2 1,1 0,0");
  expect_line(ctx, &l, 2, back_x, back_y, SUND_TIGHT, "2,2 1,2 1,1 0,1 0,0");
  const double rise_x[] = {0.5, 2.5}, rise_y[] = {2.5, 4.5};
  expect_line(ctx, &l, 2, rise_x, rise_y, SUND_THIN, "0,2 1,1 2,0");
  expect_line(ctx, &l, 2, rise_x, rise_y, SUND_TIGHT, "0,2 1,2 1,1 2,1 2,0");
  const double dot_x[] = {3.2, 3.2}, dot_y[] = {1.7, 1.7};
  expect_line(ctx, &l, 2, dot_x, dot_y, SUND_THIN, "3,3");
  expect_line(ctx, &l, 2, dot_x, dot_y, SUND_TIGHT, "3,3");
  expect_line(ctx, &l, 1, dot_x, dot_y, SUND_TIGHT, "3,3");
  expect_line(ctx, &l, 0, dot_x, dot_y, SUND_TIGHT, "");
  /* leaves in the east and comes back below; beside the lattice altogether; beyond a corner */
  const double out_x[] = {3.5, 9, 3.5}, out_y[] = {4.5, 3.5, 2.5};
  expect_line(ctx, &l, 3, out_x, out_y, SUND_THIN, "3,0 4,0 4,2 3,2");
  expect_line(ctx, &l, 3, out_x, out_y, SUND_TIGHT, "3,0 4,0 4,2 3,2");
  const double off_x[] = {-3, -1, -1}, off_y[] = {7, 3, -3}, far_x[] = {4, 9}, far_y[] = {9, 4};
  expect_line(ctx, &l, 3, off_x, off_y, SUND_TIGHT, "");
  expect_line(ctx, &l, 2, far_x, far_y, SUND_TIGHT, "");
  const double wild_x[] = {0.5, (double)NAN, 2.5, 1e300}, wild_y[] = {0.5, 1, 0.5, 0.5};
  expect_line(ctx, &l, 4, wild_x, wild_y, SUND_TIGHT, "2,4 3,4 4,4");
}

/* Water from the upper right corner over cells that are not wall; how many it wets (wet = 1, wall = 2). */
static size_t flood(size_t n, const sund_cell_list *wall, bool corners, uint8_t *wet) {
  uint32_t queue[101 * 101];
  size_t count = 0, head = 0;
  memset(wet, 0, n * n);
  for (size_t i = 0; i < wall->count; i++) wet[wall->cell[i].row * n + wall->cell[i].column] = 2;
  queue[count++] = (uint32_t)n - 1;
  wet[n - 1] = 1;
  while (head < count) {
    const long column = (long)(queue[head] % n), row = (long)(queue[head] / n);
    head++;
    for (long k = 0; k < 9; k++) {
      const long c = column + k % 3 - 1, r = row + k / 3 - 1;
      if (c < 0 || r < 0 || c >= (long)n || r >= (long)n || (!corners && k % 2 == 0)) continue;
      if (wet[r * (long)n + c]) continue;
      wet[r * (long)n + c] = 1;
      queue[count++] = (uint32_t)(r * (long)n + c);
    }
  }
  return count;
}

/* T7: a diagonal wall, thin and tight, and water that passes corners or does not. */
static void test_wall(void **state) {
  sund_ctx *ctx = *state;
  enum { N = 101 };
  const sund_lattice l = {.columns = N, .rows = N, .x0 = 0, .y0 = N, .dx = 1, .dy = 1};
  const double x[] = {0.5, N - 0.5}, y[] = {N - 0.5, 0.5};
  sund_cell_list thin = {0}, tight = {0};
  uint8_t wet[N * N];
  assert_ok(ctx, sund_cells_line(ctx, &l, 2, x, y, SUND_THIN, &thin));
  assert_ok(ctx, sund_cells_line(ctx, &l, 2, x, y, SUND_TIGHT, &tight));
  assert_int_equal(thin.count, N);
  assert_int_equal(tight.count, 2 * N - 1);
  assert_int_equal(flood(N, &thin, true, wet), 10100); /* all there is */
  assert_int_equal(flood(N, &tight, true, wet), 5050); /* of 10 000    */
  assert_int_equal(flood(N, &thin, false, wet), 5050);
  assert_int_equal(flood(N, &tight, false, wet), 5050);
}

/* Walls of any direction, bent too, from edge to edge: tight holds. */
static void test_wall_any(void **state) {
  uint64_t seed = support_seed();
  enum { N = 101 };
  const sund_lattice l = {.columns = N, .rows = N, .x0 = 7e5, .y0 = 6.2e6, .dx = 0.4, .dy = 0.4};
  for (int round = 0; round < 200; round++) {
    sund_ctx *ctx = sund_ctx_child(*state);
    sund_cell_list wall = {0};
    double x[4] = {-1, support_uniform(&seed, 0, 60), support_uniform(&seed, 0, 100), 102}, y[4];
    for (int i = 0; i < 4; i++) {
      x[i] = l.x0 + 0.4 * x[i];
      y[i] = l.y0 - 0.4 * support_uniform(&seed, 20, 100);
    }
    assert_ok(ctx, sund_cells_line(ctx, &l, 4, x, y, SUND_TIGHT, &wall));
    uint8_t wet[N * N];
    flood(N, &wall, true, wet);
    for (uint32_t c = 0; c < N; c++) {
      assert_int_equal(wet[c], 1);
      assert_int_equal(wet[(N - 1) * N + c], 0);
    }
    sund_ctx_free(ctx);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      SUND_TEST(test_lines_twin),
      SUND_TEST(test_lines_by_hand),
      SUND_TEST(test_wall),
      SUND_TEST(test_wall_any),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}

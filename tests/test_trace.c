/* test_trace.c - polygons around cells (geo/trace.c), proved valid by GEOS, and the length of waterlines
 * (geo/trace_length.c). */
#include <math.h>

#include "support.h"

#define PI 3.14159265358979323846

/* A mask in memory, handed out strip by strip. */
typedef struct strips {
  const sund_window *window;
  const uint8_t *mark;
  size_t given; /* rows */
  size_t fail;  /* in the strip that holds this row; SIZE_MAX = in none */
} strips;

static sund_code give_rows(sund_ctx *ctx, void *data, const sund_window *part, uint8_t *mark) {
  strips *m = data;
  const sund_window *w = m->window;
  assert_true(part->column == w->column && part->columns == w->columns && part->rows > 0);
  assert_int_equal(part->row, w->row + m->given);
  uint8_t *scratch = sund_alloc(ctx, part->rows * part->columns, 1);
  if (!scratch) return SUND_LIMIT;
  memcpy(mark, m->mark + m->given * w->columns, part->rows * part->columns);
  m->given += part->rows;
  assert_true(m->given <= w->rows);
  return m->given > m->fail ? sund_fail(ctx, SUND_DATA, "row %zu is damaged", m->fail) : SUND_OK;
}

static sund_code trace_mask(sund_ctx *ctx, const sund_lattice *l, const sund_window *w, const uint8_t *mark,
                            sund_shapes **out) {
  strips m = {w, mark, 0, SIZE_MAX};
  const sund_code code = sund_trace_areas(ctx, l, w, give_rows, &m, out);
  if (code == SUND_OK) assert_int_equal(m.given, w->rows);
  return code;
}

/* A mask drawn with # and any other character, rows of equal length apart by spaces. */
static sund_shapes *trace_drawing(sund_ctx *ctx, const char *drawing) {
  uint8_t mark[1000];
  size_t columns = strcspn(drawing, " "), rows = 0, n = 0;
  for (const char *c = drawing; *c; c++)
    if (*c != ' ') mark[n++] = *c == '#';
  rows = n / columns;
  const sund_lattice l = {.columns = columns, .rows = rows, .x0 = 0, .y0 = (double)rows, .dx = 1, .dy = 1};
  sund_shapes *shapes = NULL;
  assert_ok(ctx, trace_mask(ctx, &l, &(sund_window){0, 0, columns, rows}, mark, &shapes));
  return shapes;
}

/* Rings as text: "x,y x,y ..." each, holes in brackets. */
static void expect(sund_ctx *parent, const char *drawing, const char *expected) {
  sund_ctx *ctx = sund_ctx_child(parent);
  const sund_shapes *s = trace_drawing(ctx, drawing);
  char text[2000] = "";
  size_t at = 0;
  assert_int_equal(s->rows, 1);
  assert_int_equal(s->first_part[1], s->parts);
  for (size_t p = 0; p < s->parts; p++) {
    at += (size_t)snprintf(text + at, sizeof text - at, "%s%s", p ? " " : "", s->hole[p] ? "[" : "(");
    for (size_t v = s->first_vertex[p]; v < s->first_vertex[p + 1]; v++)
      at += (size_t)snprintf(text + at, sizeof text - at, "%s%g,%g", v > s->first_vertex[p] ? " " : "", s->x[v],
                             s->y[v]);
    at += (size_t)snprintf(text + at, sizeof text - at, "%s", s->hole[p] ? "]" : ")");
  }
  assert_string_equal(text, expected);
  sund_ctx_free(ctx);
}

static void test_by_hand(void **state) {
  sund_ctx *ctx = *state;
  expect(ctx, ".. ..", "");
  expect(ctx, "#", "(0,1 0,0 1,0 1,1 0,1)");
  expect(ctx, "##. .#.", "(0,2 0,1 1,1 1,0 2,0 2,2 0,2)");
  /* T8: two cells that share a corner are two parts, either way */
  expect(ctx, "#. .#", "(0,2 0,1 1,1 1,2 0,2) (1,1 1,0 2,0 2,1 1,1)");
  expect(ctx, ".# #.", "(1,2 1,1 2,1 2,2 1,2) (0,1 0,0 1,0 1,1 0,1)");
  expect(ctx, "### #.# ###", "(0,3 0,0 3,0 3,3 0,3) [1,2 2,2 2,1 1,1 1,2]");
  /* two holes that share a corner are two holes */
  expect(ctx, "#### #.## ##.# ####", "(0,4 0,0 4,0 4,4 0,4) [1,3 2,3 2,2 1,2 1,3] [2,2 3,2 3,1 2,1 2,2]");
  /* a bay that is closed by a corner only is a hole that touches the outer ring there */
  expect(ctx, "###. #.## ####", "(0,3 0,0 4,0 4,2 3,2 3,3 0,3) [1,2 2,2 2,1 1,1 1,2]");
  expect(ctx, "###. #.#. ##.# .###",
         "(0,4 0,1 1,1 1,0 4,0 4,2 3,2 3,4 0,4)"
         " [1,3 2,3 2,2 1,2 1,3] [2,2 3,2 3,1 2,1 2,2]");
  /* a set inside a hole of another one */
  expect(ctx, "##### #...# #.#.# #...# #####", "(0,5 0,0 5,0 5,5 0,5) [1,4 4,4 4,1 1,1 1,4] (2,3 2,2 3,2 3,3 2,3)");
}

/* ------------------------------------------------------------------------------------------------ any masks */

/* Number of 4-connected sets, by painting one after the other. */
static size_t count_sets(size_t columns, size_t rows, const uint8_t *mark) {
  uint8_t seen[4096] = {0};
  size_t stack[4096], sets = 0;
  for (size_t i = 0; i < columns * rows; i++) {
    if (!mark[i] || seen[i]) continue;
    size_t depth = 0;
    sets++;
    seen[i] = 1;
    stack[depth++] = i;
    while (depth) {
      const size_t at = stack[--depth], c = at % columns, r = at / columns;
      const size_t near[4] = {c ? at - 1 : at, c + 1 < columns ? at + 1 : at, r ? at - columns : at,
                              r + 1 < rows ? at + columns : at};
      for (int k = 0; k < 4; k++)
        if (mark[near[k]] && !seen[near[k]]) seen[near[k]] = 1, stack[depth++] = near[k];
    }
  }
  return sets;
}

/* Rings as the header says: right directions, corners only, sets and holes, area. */
static void check_rings(const sund_shapes *s, size_t columns, size_t rows, const uint8_t *mark, double cell) {
  double area = 0;
  size_t count = 0, outer = 0;
  for (size_t i = 0; i < columns * rows; i++) count += mark[i] != 0;
  for (size_t p = 0; p < s->parts; p++) {
    const size_t first = s->first_vertex[p], n = s->first_vertex[p + 1] - first;
    const double *x = s->x + first, *y = s->y + first, ring = sund_ring_area(n, x, y);
    assert_true(n >= 5);
    assert_true(x[0] == x[n - 1] && y[0] == y[n - 1]);
    assert_int_equal(ring < 0, s->hole[p]);
    if (p == 0) assert_false(s->hole[p]);
    for (size_t v = 1; v < n; v++) {
      const size_t next = v + 1 < n ? v + 1 : 1;
      assert_true((x[v] == x[v - 1]) != (y[v] == y[v - 1]));
      assert_true((x[v] == x[v - 1]) == (y[v] == y[next])); /* it turns */
      assert_true(y[v] < y[0] || (y[v] == y[0] && x[v] >= x[0]));
    }
    area += ring;
    outer += !s->hole[p];
  }
  assert_true(fabs(area / cell - (double)count) < 1e-6 * (double)(count + 1));
  assert_int_equal(outer, count_sets(columns, rows, mark));
}

/* GEOS finds nothing to repair in any row. */
static void prove(sund_ctx *ctx, const sund_shapes *s) {
  sund_shapes *valid = NULL;
  sund_repair *repair = NULL;
  size_t repairs = 0;
  assert_ok(ctx, sund_overlay_valid(ctx, s, &valid, &repair, &repairs));
  if (repairs) fail_msg("row %zu: %s at %g %g", repair[0].row, repair[0].reason, repair[0].x, repair[0].y);
}

/* All masks of 4 x 4 cells. */
static void test_all_small(void **state) {
  enum { BATCH = 1024 };
  const sund_lattice l = {.columns = 4, .rows = 4, .x0 = 0, .y0 = 4, .dx = 1, .dy = 1};
  for (uint32_t begin = 0; begin < 65536; begin += BATCH) {
    sund_ctx *ctx = sund_ctx_child(*state);
    const sund_shapes *shapes[BATCH];
    sund_shapes *all = NULL;
    for (uint32_t mask = begin; mask < begin + BATCH; mask++) {
      uint8_t mark[16];
      sund_shapes *s = NULL;
      for (int i = 0; i < 16; i++) mark[i] = mask >> i & 1;
      assert_ok(ctx, trace_mask(ctx, &l, &(sund_window){0, 0, 4, 4}, mark, &s));
      check_rings(s, 4, 4, mark, 1);
      shapes[mask - begin] = s;
    }
    assert_ok(ctx, sund_shapes_join(ctx, SUND_AREA, BATCH, shapes, &all));
    prove(ctx, all);
    sund_ctx_free(ctx);
  }
}

/* Random masks of any size, sparse and dense, in windows of a real lattice; the cells of the polygon are the mask. */
static void test_random(void **state) {
  uint64_t seed = support_seed();
  for (int round = 0; round < 1500; round++) {
    sund_ctx *ctx = sund_ctx_child(*state);
    const size_t columns = 1 + support_random(&seed) % 20, rows = 1 + support_random(&seed) % 20;
    const sund_lattice l = {.columns = 100, .rows = 100, .x0 = 712345.6, .y0 = 6212345.2, .dx = 0.4, .dy = 0.4};
    const sund_window w = {
        .column = support_random(&seed) % 80, .row = support_random(&seed) % 80, .columns = columns, .rows = rows};
    const double share = support_uniform(&seed, 0, 1);
    uint8_t mark[400], back[400];
    for (size_t i = 0; i < columns * rows; i++)
      mark[i] = support_uniform(&seed, 0, 1) < share ? (uint8_t)(1 + i % 3) : 0;
    sund_shapes *s = NULL;
    sund_cells *cells = NULL;
    assert_ok(ctx, trace_mask(ctx, &l, &w, mark, &s));
    check_rings(s, columns, rows, mark, 0.4 * 0.4);
    prove(ctx, s);
    assert_ok(ctx, sund_cells_prepare(ctx, s, &l, &cells));
    assert_ok(ctx, sund_cells_mark(ctx, cells, &w, back));
    for (size_t i = 0; i < columns * rows; i++) assert_int_equal(back[i], mark[i] != 0);
    /* a hole lies in the outer ring before it: its upper left cell is no cell of the mask, the one above it is */
    for (size_t p = 0, shell = 0; p < s->parts; p++) {
      if (!s->hole[p]) shell = p;
      const sund_shapes one = {.kind = SUND_AREA,
                               .rows = 1,
                               .parts = 1,
                               .first_part = (size_t[2]){0, 1},
                               .first_vertex = s->first_vertex + shell,
                               .x = s->x,
                               .y = s->y};
      if (s->hole[p])
        assert_true(sund_area_contains(&one, 0, s->x[s->first_vertex[p]] + 0.2, s->y[s->first_vertex[p]] - 0.2));
    }
    sund_ctx_free(ctx);
  }
}

/* Sets in holes of sets in holes: a spiral of rings and noise, larger than the small masks. */
static void test_nested(void **state) {
  enum { N = 61 };
  uint64_t seed = support_seed();
  for (int round = 0; round < 20; round++) {
    sund_ctx *ctx = sund_ctx_child(*state);
    static uint8_t mark[N * N];
    for (int i = 0; i < N * N; i++) {
      const int dx = abs(i % N - N / 2), dy = abs(i / N - N / 2), ring = dx > dy ? dx : dy;
      mark[i] = (ring / 2) % 2 == 0;
      if (round && support_random(&seed) % 40 < (uint64_t)round / 2) mark[i] = !mark[i];
    }
    const sund_lattice l = {.columns = N, .rows = N, .x0 = 0, .y0 = N, .dx = 1, .dy = 1};
    sund_shapes *s = NULL;
    assert_ok(ctx, trace_mask(ctx, &l, &(sund_window){0, 0, N, N}, mark, &s));
    check_rings(s, N, N, mark, 1);
    prove(ctx, s);
    sund_ctx_free(ctx);
  }
}

static void test_refused(void **state) {
  sund_ctx *ctx = *state;
  sund_shapes *s = NULL;
  const sund_lattice l = {.columns = SIZE_MAX, .rows = 1, .dx = 1, .dy = 1};
  assert_int_equal(trace_mask(ctx, &l, &(sund_window){0, 0, SIZE_MAX, 1}, NULL, &s), SUND_LIMIT);
  assert_null(s);
}

/* Higher than any strip, from any row on: the same as in one piece, that is the cells of the mask. */
static void test_strips(void **state) {
  enum { COLUMNS = 5, ROWS = 800 };
  uint64_t seed = support_seed();
  for (int round = 0; round < 30; round++) {
    sund_ctx *ctx = sund_ctx_child(*state);
    const size_t rows = ROWS - support_random(&seed) % 600;
    const sund_lattice l = {.columns = 20, .rows = 2000, .x0 = 0, .y0 = 2000, .dx = 1, .dy = 1};
    const sund_window w = {.column = 3, .row = support_random(&seed) % 1200, .columns = COLUMNS, .rows = rows};
    uint8_t mark[COLUMNS * ROWS], back[COLUMNS * ROWS];
    for (size_t i = 0; i < COLUMNS * rows; i++) mark[i] = support_random(&seed) % 16 < (uint64_t)round / 2 + 1;
    sund_shapes *s = NULL;
    sund_cells *cells = NULL;
    assert_ok(ctx, trace_mask(ctx, &l, &w, mark, &s));
    check_rings(s, COLUMNS, rows, mark, 1);
    prove(ctx, s);
    assert_ok(ctx, sund_cells_prepare(ctx, s, &l, &cells));
    assert_ok(ctx, sund_cells_mark(ctx, cells, &w, back));
    assert_memory_equal(back, mark, COLUMNS * rows);
    sund_ctx_free(ctx);
  }
}

/* Whole words of equal cells are skipped: edges at every place of rows of every length. */
static void test_long_rows(void **state) {
  enum { MOST = 40 };
  for (size_t columns = 1; columns <= MOST; columns++)
    for (size_t begin = 0; begin < columns; begin++) {
      sund_ctx *ctx = sund_ctx_child(*state);
      const sund_lattice l = {.columns = columns, .rows = 1, .x0 = 0, .y0 = 1, .dx = 1, .dy = 1};
      for (size_t end = begin + 1; end <= columns; end++) {
        uint8_t mark[MOST] = {0};
        sund_shapes *s = NULL;
        memset(mark + begin, 1, end - begin);
        assert_ok(ctx, trace_mask(ctx, &l, &(sund_window){0, 0, columns, 1}, mark, &s));
        assert_int_equal(s->vertices, 5);
        assert_true(s->x[0] == (double)begin && s->x[2] == (double)end);
      }
      sund_ctx_free(ctx);
    }
}

/* What the caller cannot read is told as it told it. */
static void test_rows_fail(void **state) {
  enum { ROWS = 700 };
  const uint8_t mark[ROWS] = {1};
  const sund_lattice l = {.columns = 1, .rows = ROWS, .dx = 1, .dy = 1};
  const sund_window w = {0, 0, 1, ROWS};
  for (size_t fail = 0; fail < ROWS; fail += 233) {
    sund_ctx *ctx = sund_ctx_child(*state);
    strips m = {&w, mark, 0, fail};
    sund_shapes *s = NULL;
    const char *message = NULL;
    assert_int_equal(sund_trace_areas(ctx, &l, &w, give_rows, &m, &s), SUND_DATA);
    assert_int_equal(sund_failure(ctx, &message, NULL, NULL), SUND_DATA);
    assert_string_equal(message, sund_text(*state, "row %zu is damaged", fail));
    assert_true(m.given <= fail + 256);
    assert_null(s);
    sund_ctx_free(ctx);
  }
}

static void test_out_of_memory(void **state) {
  (void)state;
  for (size_t n = 1;; n++) {
    sund_ctx *ctx = sund_ctx_new();
    const uint8_t mark[] = {1, 1, 1, 0, 1, 0, 1, 1, 1, 1, 1, 1};
    const sund_lattice l = {.columns = 4, .rows = 3, .dx = 1, .dy = 1};
    sund_shapes *s = NULL;
    sund_ctx_fail_alloc(ctx, n);
    const sund_code code = trace_mask(ctx, &l, &(sund_window){0, 0, 4, 3}, mark, &s);
    sund_ctx_fail_alloc(ctx, 0);
    assert_int_equal(code, sund_failure(ctx, NULL, NULL, NULL));
    if (code != SUND_OK) assert_null(s);
    sund_ctx_free(ctx);
    if (code == SUND_OK) return;
    assert_int_equal(code, SUND_LIMIT);
    assert_true(n < 100);
  }
}

/* ---------------------------------------------------------------------------------------------------- lengths */

#define assert_near(value, expected, tolerance)                                   \
  do {                                                                            \
    const double near_value = (value), near_expected = (expected);                \
    if (!(fabs(near_value - near_expected) <= (tolerance)))                       \
      fail_msg("%s is %.12g, expected %.12g", #value, near_value, near_expected); \
  } while (0)

/* T1: the waterline of a cone. Edges of cells are 4/pi too long however small they are; marching squares is not. */
static void test_cone_line(void **state) {
  sund_ctx *ctx = *state;
  static const double size[4] = {20, 10, 5, 4};
  for (int k = 0; k < 4; k++) {
    const size_t n = (size_t)(2000 / size[k]) + 1;
    const double west = -size[k] * (double)n / 2;
    const sund_lattice l = {.columns = n, .rows = n, .x0 = west, .y0 = -west, .dx = size[k], .dy = size[k]};
    const sund_window w = {0, 0, n, n};
    float *value = sund_alloc(ctx, n * n, sizeof *value);
    uint8_t *mark = sund_alloc(ctx, n * n, 1);
    sund_shapes *s = NULL;
    double edges = 0;
    for (size_t i = 0; i < n * n; i++) {
      double x, y;
      sund_lattice_centre(&l, (sund_cell){(uint32_t)(i % n), (uint32_t)(i / n)}, &x, &y);
      value[i] = (float)(0.02 * (1000 - hypot(x, y)));
      mark[i] = value[i] > 5;
    }
    assert_ok(ctx, trace_mask(ctx, &l, &w, mark, &s));
    assert_int_equal(s->parts, 1);
    edges = sund_line_length(s->vertices, s->x, s->y) / (2 * PI * 750);
    const double line = sund_trace_length(&l, &w, value, 5) / (2 * PI * 750);
    assert_near(edges, 4 / PI, 4 * size[k] / (PI * 750)); /* a cell more or less across */
    assert_near(line, 1, k == 0 ? 6e-5 : k == 1 ? 2e-5 : 5e-6);
    if (k == 0) assert_true(line < 1); /* chords */
  }
}

static double length_of(double dx, double dy, size_t columns, size_t rows, const float *value, double level) {
  const sund_lattice l = {.columns = columns, .rows = rows, .dx = dx, .dy = dy};
  return sund_trace_length(&l, &(sund_window){0, 0, columns, rows}, value, level);
}

/* Every way a line can run through a square, by hand; and the saddle both ways. */
static void test_squares(void **state) {
  (void)state;
  for (int mask = 0; mask < 16; mask++) {
    float v[4];
    for (int i = 0; i < 4; i++) v[i] = mask >> i & 1 ? 3 : 0;
    const int above = (mask & 1) + (mask >> 1 & 1) + (mask >> 2 & 1) + (mask >> 3 & 1);
    const bool saddle = mask == 6 || mask == 9;
    const double up = 2.0 / 3, down = 1.0 / 3; /* the level 1 is 2/3 away from the 3 */
    double expected = 0;
    if (above == 1) expected = up * sqrt(5.0);
    if (above == 3) expected = down * sqrt(5.0);
    if (above == 2 && !saddle) expected = mask == 3 || mask == 12 ? 1 : 2;
    if (saddle) expected = 2 * down * sqrt(5.0); /* the mean, 1.5, lies above: the low corners are cut off */
    assert_near(length_of(1, 2, 2, 2, v, 1), expected, 1e-12);
    if (saddle) assert_near(length_of(1, 2, 2, 2, v, 2), 2 * down * sqrt(5.0), 1e-12); /* now the high ones */
  }
  const float gap[] = {3, (float)NAN, 0, 0, 0, 0}, flat[] = {1, 1, 1, 1};
  assert_near(length_of(1, 1, 2, 3, gap, 1), 0, 0);
  assert_near(length_of(1, 1, 2, 2, flat, 1), 0, 0);
  assert_near(length_of(1, 1, 1, 4, flat, 1), 0, 0);
  assert_near(length_of(1, 1, 0, 0, flat, 1), 0, 0);
}

/* A plane: a straight line, exactly. */
static void test_plane(void **state) {
  sund_ctx *ctx = *state;
  uint64_t seed = support_seed();
  enum { N = 50 };
  float *value = sund_alloc(ctx, N * N, sizeof *value);
  for (int round = 0; round < 50; round++) {
    const double a = support_uniform(&seed, -0.9, 0.9); /* crosses from the west side to the east side */
    for (int i = 0; i < N * N; i++) value[i] = (float)(i / N - 25 + a * (i % N - 25) / 2);
    const double level = support_uniform(&seed, -0.9, 0.9);
    assert_near(length_of(2, 3, N, N, value, level), (N - 1) * sqrt(4 + 9 * a * a / 4), 1e-3);
  }
}

/* Turned, mirrored or upside down (heights), a line is as long. */
static void test_symmetry(void **state) {
  sund_ctx *ctx = *state;
  uint64_t seed = support_seed();
  enum { N = 30 };
  float *v = sund_alloc(ctx, N * N, sizeof *v), *mirrored = sund_alloc(ctx, N * N, sizeof *v);
  float *turned = sund_alloc(ctx, N * N, sizeof *v), *negative = sund_alloc(ctx, N * N, sizeof *v);
  for (int i = 0; i < N * N; i++) {
    v[i] = (float)support_uniform(&seed, 0, 1);
    mirrored[i / N * N + N - 1 - i % N] = v[i];
    turned[i % N * N + N - 1 - i / N] = v[i];
    negative[i] = -v[i];
  }
  const double length = length_of(1, 1, N, N, v, 0.4);
  assert_true(length > 100);
  assert_near(length_of(1, 1, N, N, mirrored, 0.4), length, 1e-9);
  assert_near(length_of(1, 1, N, N, turned, 0.4), length, 1e-9);
  assert_near(length_of(1, 1, N, N, negative, -0.4), length, 1e-9);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      SUND_TEST(test_by_hand),       SUND_TEST(test_all_small), SUND_TEST(test_random),    SUND_TEST(test_nested),
      SUND_TEST(test_refused),       SUND_TEST(test_strips),    SUND_TEST(test_long_rows), SUND_TEST(test_rows_fail),
      SUND_TEST(test_out_of_memory), SUND_TEST(test_cone_line), SUND_TEST(test_squares),   SUND_TEST(test_plane),
      SUND_TEST(test_symmetry),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}

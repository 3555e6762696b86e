/* test_overlay.c - geo/overlay*.c: hand-drawn cases, twins that count cells, the normal form, failures.
 *
 * Shapes are written as text: "x y x y, x y x y; ..." with `,` between parts, `;` between rows, `-` before a hole.
 */
#include "support.h"

#include <math.h>

/* ------------------------------------------------------------------------------------------------ shapes as text */

static sund_shapes *shapes(sund_ctx *ctx, sund_kind kind, const char *text) {
  size_t rows = 1, parts = 1, numbers = 1;
  for (const char *c = text; *c; c++) {
    rows += *c == ';';
    parts += *c == ';' || *c == ',';
    numbers += *c == ' ' || *c == ';' || *c == ',';
  }
  sund_shapes *s;
  assert_ok(ctx, sund_shapes_new(ctx, kind, rows, parts, numbers, &s));
  s->rows = s->parts = s->vertices = 0;
  bool hole = false;
  for (const char *c = text;;) {
    c += strspn(c, " ");
    if (*c == '-' && c[1] == ' ') {
      hole = true;
      c++;
    } else if (*c && *c != ',' && *c != ';') {
      char *end;
      s->x[s->vertices] = strtod(c, &end);
      s->y[s->vertices++] = strtod(end, &end);
      c = end;
    } else {
      if (s->vertices > s->first_vertex[s->parts]) {
        if (s->hole) s->hole[s->parts] = hole;
        s->first_vertex[++s->parts] = s->vertices;
      }
      hole = false;
      if (*c != ',') s->first_part[++s->rows] = s->parts;
      if (!*c++) return s;
    }
  }
}

static double part_area(const sund_shapes *s, size_t part) {
  const size_t first = s->first_vertex[part];
  return sund_ring_area(s->first_vertex[part + 1] - first, s->x + first, s->y + first);
}

static double row_area(const sund_shapes *s, size_t row) {
  double sum = 0;
  for (size_t part = s->first_part[row]; part < s->first_part[row + 1]; part++) sum += part_area(s, part);
  return sum;
}

static double row_length(const sund_shapes *s, size_t row) {
  double sum = 0;
  for (size_t part = s->first_part[row]; part < s->first_part[row + 1]; part++) {
    const size_t first = s->first_vertex[part];
    sum += sund_line_length(s->first_vertex[part + 1] - first, s->x + first, s->y + first);
  }
  return sum;
}

static double total(const sund_shapes *s) {
  double sum = 0;
  for (size_t row = 0; row < s->rows; row++) sum += s->kind == SUND_AREA ? row_area(s, row) : row_length(s, row);
  return sum;
}

static size_t row_parts(const sund_shapes *s, size_t row) {
  return s->first_part[row + 1] - s->first_part[row];
}

static void assert_near(double value, double wanted, double tolerance) {
  if (!(fabs(value - wanted) <= tolerance)) fail_msg("%.12g is not %.12g", value, wanted);
}

/* Fails unless the shapes are as text says, vertex by vertex. */
static void assert_shapes(sund_ctx *ctx, const sund_shapes *s, const char *text) {
  const sund_shapes *want = shapes(ctx, s->kind, text);
  if (s->rows != want->rows || s->parts != want->parts || s->vertices != want->vertices) {
    fail_msg("%zu rows, %zu parts, %zu vertices; wanted %s", s->rows, s->parts, s->vertices, text);
  }
  assert_memory_equal(s->first_part, want->first_part, (s->rows + 1) * sizeof *s->first_part);
  assert_memory_equal(s->first_vertex, want->first_vertex, (s->parts + 1) * sizeof *s->first_vertex);
  if (s->hole) assert_memory_equal(s->hole, want->hole, s->parts);
  for (size_t v = 0; v < s->vertices; v++) {
    if (s->x[v] != want->x[v] || s->y[v] != want->y[v])
      fail_msg("vertex %zu: %g %g; wanted %s", v, s->x[v], s->y[v], text);
  }
}

/* The normal form of areas: closed, turned the right way, started at the smallest vertex, holes after their outer ring. */
static void assert_normal(const sund_shapes *s) {
  for (size_t row = 0; row < s->rows; row++) {
    double last_x = -INFINITY, last_y = -INFINITY;
    for (size_t part = s->first_part[row]; part < s->first_part[row + 1]; part++) {
      const size_t first = s->first_vertex[part], end = s->first_vertex[part + 1];
      assert_true(end - first >= 4);
      assert_true(s->x[first] == s->x[end - 1] && s->y[first] == s->y[end - 1]);
      assert_true(s->hole[part] ? part_area(s, part) < 0 : part_area(s, part) > 0);
      for (size_t v = first; v < end; v++) {
        assert_true(s->x[first] < s->x[v] || (s->x[first] == s->x[v] && s->y[first] <= s->y[v]));
      }
      if (s->hole[part]) {
        assert_true(part > s->first_part[row]);
        assert_true(sund_area_contains(s, row, s->x[first] - 1e-6, s->y[first]));
        continue;
      }
      assert_true(last_x < s->x[first] || (last_x == s->x[first] && last_y <= s->y[first]));
      last_x = s->x[first];
      last_y = s->y[first];
    }
  }
}

/* ----------------------------------------------------------------------------------------------------- squares */

enum { SIDE = 24 }; /* cells of the board that random squares are drawn on */

static void add_ring(sund_shapes *s, bool hole, double x0, double y0, double x1, double y1) {
  const double xs[] = {x0, hole ? x0 : x1, x1, hole ? x1 : x0, x0},
               ys[] = {y0, hole ? y1 : y0, y1, hole ? y0 : y1, y0};
  memcpy(s->x + s->vertices, xs, sizeof xs);
  memcpy(s->y + s->vertices, ys, sizeof ys);
  s->vertices += 5;
  s->hole[s->parts] = hole;
  s->first_vertex[++s->parts] = s->vertices;
}

/* Rectangles on whole numbers, every third with a hole, every seventh row empty. */
static sund_shapes *rectangles(sund_ctx *ctx, uint64_t *seed, size_t rows, size_t largest) {
  sund_shapes *s;
  assert_ok(ctx, sund_shapes_new(ctx, SUND_AREA, rows, 2 * rows, 10 * rows, &s));
  s->parts = s->vertices = 0;
  for (size_t row = 0; row < rows; row++) {
    const size_t w = 1 + support_random(seed) % largest, h = 1 + support_random(seed) % largest;
    const double x = (double)(support_random(seed) % (SIDE - w + 1)),
                 y = (double)(support_random(seed) % (SIDE - h + 1));
    if (row % 7 != 6) {
      add_ring(s, false, x, y, x + (double)w, y + (double)h);
      if (row % 3 == 0 && w > 2 && h > 2) add_ring(s, true, x + 1, y + 1, x + 2, y + 2);
    }
    s->first_part[row + 1] = s->parts;
  }
  return s;
}

static bool cell_in(const sund_shapes *s, size_t row, int x, int y) {
  return sund_area_contains(s, row, x + 0.5, y + 0.5);
}

/* ------------------------------------------------------------------------------------------------------- valid */

static void test_repairs(void **state) {
  sund_ctx *ctx = *state;
  static const struct {
    const char *text;
    double before, after, x, y;
    const char *reason;
  } cases[] = {
      {"0 0 10 10 10 0 0 10 0 0", 0, 50, 5, 5, "Self-intersection"},                       /* bowtie        */
      {"0 0 8 0 8 8 0 8 0 0, - 6 2 6 6 12 6 12 2 6 2", 40, 56, 8, 2, "Self-intersection"}, /* hole outside  */
      {"0 0 4 0 4 4 0 4 0 0, 2 0 6 0 6 4 2 4 2 0", 32, 24, 2, 0, "Self-intersection"},     /* overlap       */
      {"0 0 4 0 4 4 0 4 0 0, 9 9 9 9 9 9 9 9", 16, 16, 9, 9, "Too few points in geometry component"},
      {"0 0 4 0 4 4 0 4 0 0, 9 9 8 8 9 9", 16, 16, 9, 9, "Too few points in geometry component"},
      {"0 0 4 0 2 0 0 0", 0, 0, 0, 0, NULL}, /* no area       */
  };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    sund_shapes *out;
    sund_repair *repairs;
    size_t count;
    assert_ok(ctx, sund_overlay_valid(ctx, shapes(ctx, SUND_AREA, cases[i].text), &out, &repairs, &count));
    if (count != 1) fail_msg("case %zu: %zu repairs", i, count);
    assert_int_equal(repairs[0].row, 0);
    assert_near(repairs[0].area_before, cases[i].before, 1e-12);
    assert_near(repairs[0].area_after, cases[i].after, 1e-12);
    assert_near(row_area(out, 0), cases[i].after, 1e-12);
    if (cases[i].reason) {
      assert_string_equal(repairs[0].reason, cases[i].reason);
      assert_true(sund_area_contains(out, 0, 1.5, 0.5) || i == 0);
      if (i < 1 || i > 2) assert_near(repairs[0].x, cases[i].x, 1e-9), assert_near(repairs[0].y, cases[i].y, 1e-9);
    }
    assert_normal(out);
  }
}

/* G02 of the corpus of bad input: raw 40, linework 64, structure 52. */
static void test_hole_that_reaches_outside(void **state) {
  sund_ctx *ctx = *state;
  sund_shapes *out;
  sund_repair *repairs;
  size_t count;
  const char *text = "0 0 8 0 8 8 0 8 0 0, - 5 2 5 6 11 6 11 2 5 2";
  assert_ok(ctx, sund_overlay_valid(ctx, shapes(ctx, SUND_AREA, text), &out, &repairs, &count));
  assert_int_equal(count, 1);
  assert_near(repairs[0].area_before, 40, 1e-12);
  assert_near(repairs[0].area_after, 52, 1e-12);
}

static void test_valid_rows_pass_as_they_stand(void **state) {
  sund_ctx *ctx = *state;
  sund_shapes *out;
  sund_repair *repairs;
  size_t count;
  /* starts anywhere; row 1 is empty, row 2 a bowtie, row 3 has a hole */
  const sund_shapes *in = shapes(ctx, SUND_AREA,
                                 "4 4 0 4 0 0 4 0 4 4, 9 9 8 9 8 8 9 8 9 9;; 20 0 30 10 30 0 20 10 20 0;"
                                 "10 10 14 10 14 14 10 14 10 10, - 11 11 11 12 12 12 12 11 11 11");
  assert_ok(ctx, sund_overlay_valid(ctx, in, &out, &repairs, &count));
  assert_int_equal(count, 1);
  assert_int_equal(repairs[0].row, 2);
  assert_shapes(ctx, out,
                "4 4 0 4 0 0 4 0 4 4, 9 9 8 9 8 8 9 8 9 9;; 20 0 25 5 20 10 20 0, 25 5 30 0 30 10 25 5;"
                "10 10 14 10 14 14 10 14 10 10, - 11 11 11 12 12 12 12 11 11 11");
}

/* ------------------------------------------------------------------------------------------------------- merge */

static void test_merge_by_hand(void **state) {
  sund_ctx *ctx = *state;
  const sund_shapes *in = shapes(ctx, SUND_AREA,
                                 "20 3 21 3 21 4 20 4 20 3;" /* 0: alone until the gap is 9                  */
                                 "0 0 2 0 2 2 0 2 0 0;"      /* 1: touches 2 along an edge, 3 at a corner    */
                                 "2 0 4 0 4 2 2 2 2 0;"      /* 2                                            */
                                 "4 2 6 2 6 4 4 4 4 2;"      /* 3                                            */
                                 ";"                         /* 4: empty                                     */
                                 "1 1 3 1 3 3 1 3 1 1;"      /* 5: another group, overlaps                   */
                                 "5 3 11 3 11 4 5 4 5 3;"    /* 6: overlaps 3                                */
                                 "0 0 9 0 9 9 0 9 0 0");     /* 7: left out                                  */
  const int32_t group[] = {0, 0, 0, 0, 0, 3, 0, -1};
  sund_shapes *out;
  size_t of[8];
  assert_ok(ctx, sund_overlay_merge(ctx, in, group, 0, &out, of));
  const size_t wanted[] = {0, 1, 1, 1, SIZE_MAX, 2, 1, SIZE_MAX};
  assert_memory_equal(of, wanted, sizeof of);
  assert_int_equal(out->rows, 3);
  assert_near(row_area(out, 1), 4 + 4 + 4 + 6 - 1, 1e-12);
  assert_normal(out);
  assert_ok(ctx, sund_overlay_merge(ctx, in, group, 9, &out, of));
  const size_t wider[] = {0, 0, 0, 0, SIZE_MAX, 1, 0, SIZE_MAX};
  assert_memory_equal(of, wider, sizeof of);
  assert_int_equal(row_parts(out, 0), 3); /* 1+2, 3+6 (they meet in a point), 0: nothing between is filled */
  assert_near(row_area(out, 0), 18, 1e-12);
  assert_ok(ctx, sund_overlay_merge(ctx, in, group, nextafter(9, 0), &out, of));
  assert_memory_equal(of, wanted, sizeof of);
}

/* A ring of four parcels keeps the yard between them. */
static void test_merge_keeps_a_yard(void **state) {
  sund_ctx *ctx = *state;
  sund_shapes *out;
  size_t of[4];
  assert_ok(ctx, sund_overlay_merge(ctx,
                                    shapes(ctx, SUND_AREA,
                                           "0 0 3 0 3 1 0 1 0 0; 2 1 3 1 3 3 2 3 2 1; 0 2 2 2 2 3 0 3 0 2;"
                                           "0 1 1 1 1 2 0 2 0 1"),
                                    (const int32_t[]){1, 1, 1, 1}, 0, &out, of));
  assert_int_equal(out->rows, 1);
  assert_int_equal(out->parts, 2);
  assert_int_equal(out->hole[1], 1);
  assert_near(row_area(out, 0), 8, 1e-12);
  assert_normal(out);
}

/* Every pair by the definition of touching: closed cells that meet. */
static bool rows_touch(const sund_shapes *s, size_t a, size_t b, int gap) {
  for (int y = 0; y < SIDE; y++) {
    for (int x = 0; x < SIDE; x++) {
      if (!cell_in(s, a, x, y)) continue;
      for (int v = y - 1 - gap; v <= y + 1 + gap; v++) {
        for (int u = x - 1 - gap; u <= x + 1 + gap; u++) {
          if (u < 0 || v < 0 || u >= SIDE || v >= SIDE || !cell_in(s, b, u, v)) continue;
          const int dx = abs(u - x) > 1 ? abs(u - x) - 1 : 0, dy = abs(v - y) > 1 ? abs(v - y) - 1 : 0;
          if (dx * dx + dy * dy <= gap * gap) return true;
        }
      }
    }
  }
  return false;
}

static void test_merge_is_brute_force(void **state) {
  sund_ctx *ctx = *state;
  uint64_t seed = support_seed();
  enum { ROWS = 24 };
  for (int turn = 0; turn < 30; turn++) {
    const sund_shapes *in = rectangles(ctx, &seed, ROWS, 5);
    const int gap = turn % 3;
    int32_t group[ROWS];
    size_t label[ROWS], of[ROWS];
    for (size_t i = 0; i < ROWS; i++) {
      group[i] = (int32_t)(support_random(&seed) % 4) - 1;
      label[i] = row_parts(in, i) && group[i] >= 0 ? i : SIZE_MAX;
    }
    for (size_t a = 0; a < ROWS; a++) {
      for (size_t b = 0; b < a; b++) { /* relabelling everything: slow and obvious */
        if (label[a] == SIZE_MAX || label[b] == SIZE_MAX || group[a] != group[b] || label[a] == label[b]) continue;
        if (!rows_touch(in, a, b, gap)) continue;
        const size_t high = label[a] > label[b] ? label[a] : label[b], low = label[a] + label[b] - high;
        for (size_t i = 0; i < ROWS; i++) label[i] = label[i] == high ? low : label[i];
      }
    }
    sund_shapes *out;
    assert_ok(ctx, sund_overlay_merge(ctx, in, group, gap, &out, of));
    size_t merged = 0;
    for (size_t i = 0; i < ROWS; i++) {
      const size_t want = label[i] == SIZE_MAX ? SIZE_MAX : label[i] == i ? merged++ : of[label[i]];
      if (of[i] != want) fail_msg("turn %d row %zu: %zu, not %zu (SUND_SEED)", turn, i, of[i], want);
    }
    assert_int_equal(out->rows, merged);
    for (size_t k = 0; k < merged; k++) {
      int cells = 0;
      for (int cell = 0; cell < SIDE * SIDE; cell++) {
        bool in_any = false;
        for (size_t i = 0; i < ROWS; i++) in_any |= of[i] == k && cell_in(in, i, cell % SIDE, cell / SIDE);
        cells += in_any;
        if (in_any != cell_in(out, k, cell % SIDE, cell / SIDE))
          fail_msg("turn %d merged %zu cell %d", turn, k, cell);
      }
      assert_near(row_area(out, k), cells, 1e-9);
    }
  }
}

/* ---------------------------------------------------------------------------------------------------- intersect */

static void test_intersect_areas_by_hand(void **state) {
  sund_ctx *ctx = *state;
  sund_shapes *out;
  size_t *a_of, *b_of;
  const sund_shapes *a =
      shapes(ctx, SUND_AREA, "0 0 4 0 4 4 0 4 0 0;; 10 0 12 0 12 2 10 2 10 0; 4 4 5 4 5 5 4 5 4 4");
  const sund_shapes *b = shapes(
      ctx, SUND_AREA, "2 -1 11 -1 11 3 2 3 2 -1; 4 0 9 0 9 4 4 4 4 0; 1 1 1 2 2 2 2 1 1 1; 9 -1 20 -1 20 9 9 9 9 -1");
  assert_ok(ctx, sund_overlay_intersect(ctx, a, b, &out, &a_of, &b_of));
  const size_t from_a[] = {0, 0, 2, 2}, from_b[] = {0, 2, 0, 3};
  assert_shapes(ctx, out,
                "2 0 4 0 4 3 2 3 2 0;" /* crossed by a boundary                           */
                "1 1 1 2 2 2 2 1 1 1;" /* b inside a: as it stands (clockwise)            */
                "10 0 11 0 11 2 10 2 10 0;"
                "10 0 12 0 12 2 10 2 10 0"); /* a inside b; row 3 of a touches only            */
  assert_memory_equal(a_of, from_a, sizeof from_a);
  assert_memory_equal(b_of, from_b, sizeof from_b);
}

static void test_intersect_lines_by_hand(void **state) {
  sund_ctx *ctx = *state;
  sund_shapes *out;
  size_t *a_of, *b_of;
  const sund_shapes *lines = shapes(ctx, SUND_LINE,
                                    "9 1 1 1;"              /* 0: inside b 0, on to b 1      */
                                    "-1 5 3 5, 3 6 4 6;"    /* 1: two parts                  */
                                    "0 0 0 10;"             /* 2: along the boundary of b 0  */
                                    "-5 -5 0 0;"            /* 3: touches in a point         */
                                    "1 9 2 9 2 8 1 8 1 9"); /* 4: closed, inside             */
  const sund_shapes *areas = shapes(ctx, SUND_AREA, "0 0 5 0 5 10 0 10 0 0; 5 0 20 0 20 10 5 10 5 0");
  assert_ok(ctx, sund_overlay_intersect(ctx, lines, areas, &out, &a_of, &b_of));
  assert_shapes(ctx, out, "1 1 5 1; 5 1 9 1; 0 5 3 5, 3 6 4 6; 0 0 0 10; 1 9 2 9 2 8 1 8 1 9");
  const size_t from_a[] = {0, 0, 1, 2, 4}, from_b[] = {0, 1, 0, 0, 0};
  assert_memory_equal(a_of, from_a, sizeof from_a);
  assert_memory_equal(b_of, from_b, sizeof from_b);
}

/* A closed line whose start lies inside is one piece there, not two. */
static void test_intersect_joins_lines(void **state) {
  sund_ctx *ctx = *state;
  sund_shapes *out;
  size_t *a_of, *b_of;
  assert_ok(ctx, sund_overlay_intersect(ctx, shapes(ctx, SUND_LINE, "2 2 6 2 6 6 2 6 2 2"),
                                        shapes(ctx, SUND_AREA, "0 0 4 0 4 4 0 4 0 0"), &out, &a_of, &b_of));
  assert_shapes(ctx, out, "2 4 2 2 4 2");
}

static void test_intersect_counts_cells(void **state) {
  sund_ctx *ctx = *state;
  uint64_t seed = support_seed();
  for (int turn = 0; turn < 30; turn++) {
    const sund_shapes *a = rectangles(ctx, &seed, 12, 9), *b = rectangles(ctx, &seed, 12, turn % 2 ? 20 : 5);
    sund_shapes *out;
    size_t *a_of, *b_of, piece = 0;
    assert_ok(ctx, sund_overlay_intersect(ctx, a, b, &out, &a_of, &b_of));
    for (size_t i = 0; i < a->rows; i++) {
      for (size_t k = 0; k < b->rows; k++) {
        int cells = 0;
        for (int cell = 0; cell < SIDE * SIDE; cell++) {
          cells += cell_in(a, i, cell % SIDE, cell / SIDE) && cell_in(b, k, cell % SIDE, cell / SIDE);
        }
        if (!cells) continue;
        if (piece >= out->rows || a_of[piece] != i || b_of[piece] != k)
          fail_msg("turn %d: no piece %zu %zu", turn, i, k);
        assert_near(row_area(out, piece++), cells, 1e-9);
      }
    }
    assert_int_equal(piece, out->rows);
  }
}

/* Lines over areas that share borders off the grid: every bit of line lies in exactly one area. */
static void test_lines_over_a_partition(void **state) {
  sund_ctx *ctx = *state;
  uint64_t seed = support_seed();
  sund_shapes *cells, *lines, *out;
  size_t *a_of, *b_of;
  assert_ok(ctx, sund_shapes_new(ctx, SUND_AREA, 100, 100, 500, &cells));
  double x[11], y[11];
  for (int i = 0; i < 11; i++) {
    x[i] = 7e5 + 10 * i + support_uniform(&seed, 0, 5);
    y[i] = 6.2e6 + 10 * i + support_uniform(&seed, 0, 5);
  }
  cells->parts = cells->vertices = 0;
  for (size_t i = 0; i < 100; i++) {
    add_ring(cells, false, x[i % 10], y[i / 10], x[i % 10 + 1], y[i / 10 + 1]);
    cells->first_part[i + 1] = i + 1;
  }
  assert_ok(ctx, sund_shapes_new(ctx, SUND_LINE, 50, 50, 500, &lines));
  for (size_t i = 0; i < 50; i++) {
    for (size_t v = 10 * i; v < 10 * i + 10; v++) {
      lines->x[v] = support_uniform(&seed, x[0], x[10]);
      lines->y[v] = support_uniform(&seed, y[0], y[10]);
    }
    lines->first_part[i + 1] = i + 1;
    lines->first_vertex[i + 1] = 10 * (i + 1);
  }
  assert_ok(ctx, sund_overlay_intersect(ctx, lines, cells, &out, &a_of, &b_of));
  assert_near(total(out) / total(lines), 1, 1e-6);
  for (size_t p = 0; p + 1 < out->rows; p++) {
    assert_true(a_of[p] < a_of[p + 1] || (a_of[p] == a_of[p + 1] && b_of[p] < b_of[p + 1]));
  }
}

/* ----------------------------------------------------------------------------------- subtract, dissolve, buffer */

static void test_subtract_by_hand(void **state) {
  sund_ctx *ctx = *state;
  sund_shapes *out;
  const sund_shapes *b = shapes(ctx, SUND_AREA, "1 1 3 1 3 3 1 3 1 1; 2 1 5 1 5 3 2 3 2 1");
  const sund_shapes *a = shapes(ctx, SUND_AREA, "0 0 4 0 4 4 0 4 0 0;; 9 9 10 9 10 10 9 10 9 9; 1 1 2 1 2 2 1 2 1 1");
  assert_ok(ctx, sund_overlay_subtract(ctx, a, b, &out));
  assert_shapes(ctx, out, "0 0 4 0 4 1 3 1 2 1 1 1 1 3 2 3 3 3 4 3 4 4 0 4 0 0;; 9 9 10 9 10 10 9 10 9 9;");
  const sund_shapes *lines = shapes(ctx, SUND_LINE, "0 2 9 2; 0 9 9 9; 1.5 1.5 2 2");
  assert_ok(ctx, sund_overlay_subtract(ctx, lines, b, &out));
  assert_shapes(ctx, out, "0 2 1 2, 5 2 9 2; 0 9 9 9;");
}

static void test_subtract_and_dissolve_count_cells(void **state) {
  sund_ctx *ctx = *state;
  uint64_t seed = support_seed();
  for (int turn = 0; turn < 20; turn++) {
    const sund_shapes *a = rectangles(ctx, &seed, 10, 12), *b = rectangles(ctx, &seed, 1 + (size_t)turn, 6);
    sund_shapes *rest, *whole;
    assert_ok(ctx, sund_overlay_subtract(ctx, a, b, &rest));
    assert_ok(ctx, sund_overlay_dissolve(ctx, b, &whole));
    assert_int_equal(rest->rows, a->rows);
    assert_int_equal(whole->rows, 1);
    assert_normal(whole);
    int all = 0;
    for (size_t i = 0; i < a->rows; i++) {
      int cells = 0;
      all = 0;
      for (int cell = 0; cell < SIDE * SIDE; cell++) {
        bool covered = false;
        for (size_t k = 0; k < b->rows; k++) covered |= cell_in(b, k, cell % SIDE, cell / SIDE);
        cells += cell_in(a, i, cell % SIDE, cell / SIDE) && !covered;
        all += covered;
      }
      assert_near(row_area(rest, i), cells, 1e-9);
    }
    assert_near(row_area(whole, 0), all, 1e-9);
  }
}

static void test_dissolve_nothing(void **state) {
  sund_ctx *ctx = *state;
  sund_shapes *none, *out;
  assert_ok(ctx, sund_shapes_new(ctx, SUND_AREA, 0, 0, 0, &none));
  assert_ok(ctx, sund_overlay_dissolve(ctx, none, &out));
  assert_int_equal(out->rows, 1);
  assert_int_equal(out->parts, 0);
}

static void test_buffer(void **state) {
  sund_ctx *ctx = *state;
  sund_shapes *out;
  /* a circle of 8 segments a quadrant has the area of a polygon with 32 corners */
  const double circle = 16 * sin(2 * 3.14159265358979323846 / 32);
  assert_ok(ctx, sund_overlay_buffer(ctx, shapes(ctx, SUND_AREA, "0 0 10 0 10 10 0 10 0 0;"), 2, &out));
  assert_int_equal(out->rows, 2);
  assert_near(row_area(out, 0), 100 + 4 * 20 + 4 * circle, 1e-9);
  assert_int_equal(row_parts(out, 1), 0);
  assert_ok(ctx, sund_overlay_buffer(ctx, shapes(ctx, SUND_LINE, "0 0 10 0"), 1, &out));
  assert_int_equal(out->kind, SUND_AREA);
  assert_near(row_area(out, 0), 20 + circle, 1e-9);
  assert_ok(ctx, sund_overlay_buffer(ctx, shapes(ctx, SUND_AREA, "0 0 10 0 10 10 0 10 0 0"), -5, &out));
  assert_int_equal(row_parts(out, 0), 0);
}

/* ------------------------------------------------------------------------------------------------------- shore */

static void test_shore_cases(void **state) {
  sund_ctx *ctx = *state;
  static const struct {
    const char *what, *areas;
    double gap, min_area;
    size_t rows;
    double metres, tolerance;
  } cases[] = {
      {"exact border", "0 0 1000 0 1000 1000 0 1000 0 0; 1000 0 2000 0 2000 1000 1000 1000 1000 0", 0, 0, 1, 6000,
       1e-9},
      {"exact border, gap", "0 0 1000 0 1000 1000 0 1000 0 0; 1000 0 2000 0 2000 1000 1000 1000 1000 0", 10, 0, 1,
       6000, 1e-6},
      {"gap all along", "0 0 1000 0 1000 1000 0 1000 0 0; 1004 0 2000 0 2000 1000 1004 1000 1004 0", 5, 0, 1, 6000,
       2},
      {"gap too wide", "0 0 1000 0 1000 1000 0 1000 0 0; 1006 0 2000 0 2000 1000 1006 1000 1006 0", 5, 0, 2, 7988,
       1e-6},
      {"open wedge", "0 0 1000 0 1000 1000 0 1000 0 0; 1000 0 2000 0 2000 1000 1004 1000 1000 0", 5, 0, 1, 6000, 2},
      {"the wedge without a gap", "0 0 1000 0 1000 1000 0 1000 0 0; 1000 0 2000 0 2000 1000 1004 1000 1000 0", 0, 0,
       2, 7996, 0.1}, /* two rings that meet in a point */
      {"overlap", "0 0 1000 0 1000 1000 0 1000 0 0; 996 0 2000 0 2000 1000 996 1000 996 0", 5, 0, 1, 6000, 1e-6},
      {"closed sliver", "0 0 10 0 10 4 9 5 10 6 10 10 0 10 0 0; 10 0 20 0 20 10 10 10 10 0", 0, 0, 1, 60, 1e-9},
      {"lake", "0 0 900 0 900 900 0 900 0 0, - 300 300 300 600 600 600 600 300 300 300", 50, 0, 1, 3600, 1e-6},
      {"island in a lake",
       "0 0 900 0 900 900 0 900 0 0, - 300 300 300 600 600 600 600 300 300 300, 400 400 500 400 500 500 400 500 400 "
       "400",
       50, 0, 1, 3600, 1e-6},
      {"inlet of one area",
       "0 0 1000 0 1000 1000 503 1000 503 500 497 500 497 1000 0 1000 0 0; 5000 0 6000 0 6000 1000 5000 1000 5000 0",
       10, 0, 2, 4000 + 1000 + 4000, 1e-6},
      {"islets", "0 0 900 0 900 900 0 900 0 0; 1000 0 1005 0 1005 5 1000 5 1000 0", 5, 26, 1, 3600, 1e-6},
      {"islets kept", "0 0 900 0 900 900 0 900 0 0; 1000 0 1005 0 1005 5 1000 5 1000 0", 5, 25, 2, 3620, 1e-6},
      {"nothing", ";", 5, 0, 0, 0, 0},
  };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    sund_shapes *out;
    assert_ok(ctx,
              sund_overlay_shore(ctx, shapes(ctx, SUND_AREA, cases[i].areas), cases[i].gap, cases[i].min_area, &out));
    assert_int_equal(out->kind, SUND_LINE);
    if (out->rows != cases[i].rows) fail_msg("%s: %zu rows", cases[i].what, out->rows);
    if (!(fabs(total(out) - cases[i].metres) <= cases[i].tolerance))
      fail_msg("%s: %.9f m", cases[i].what, total(out));
    for (size_t row = 0; row < out->rows; row++) {
      assert_int_equal(row_parts(out, row), 1);
      const size_t first = out->first_vertex[out->first_part[row]];
      if (row) assert_true(out->x[out->first_vertex[out->first_part[row - 1]]] <= out->x[first]);
    }
  }
}

/* The inlet of one area stays also where a neighbour's border ends right beside it. */
static void test_shore_keeps_an_inlet_beside_a_border(void **state) {
  sund_ctx *ctx = *state;
  sund_shapes *out;
  /* inlet 6 m wide and 500 m deep, 100 m from the border; the border itself opens as a wedge of 4 m */
  const char *areas =
      "0 0 1000 0 1000 1000 903 1000 903 500 897 500 897 1000 0 1000 0 0; 1000 0 2000 0 2000 1000 1004 1000 1000 0";
  assert_ok(ctx, sund_overlay_shore(ctx, shapes(ctx, SUND_AREA, areas), 10, 0, &out));
  assert_int_equal(out->rows, 1);
  assert_near(total(out), 7000, 3);
}

/* Two neighbours with the same winding border, one of them digitised with noise: the shore is that of a rectangle. */
static void test_shore_of_noisy_neighbours(void **state) {
  sund_ctx *ctx = *state;
  uint64_t seed = support_seed();
  enum { STEPS = 200 };
  sund_shapes *s, *out, *pieces;
  size_t *a_of, *b_of;
  assert_ok(ctx, sund_shapes_new(ctx, SUND_AREA, 2, 2, 2 * (STEPS + 4), &s));
  s->vertices = 0;
  double border[STEPS + 1];
  for (int i = 0; i <= STEPS; i++) border[i] = 6e5 + 1000 + 60 * sin(0.1 * i) + support_uniform(&seed, -5, 5);
  for (size_t row = 0; row < 2; row++) {
    const size_t first = s->vertices;
    s->x[s->vertices] = row ? 6e5 + 2000 : 6e5;
    s->y[s->vertices++] = row ? 6.2e6 + 10 * STEPS : 6.2e6;
    for (int i = 0; i <= STEPS; i++) { /* the left one runs up its border, the right one down */
      const int at = row ? STEPS - i : i;
      s->x[s->vertices] = border[at] + support_uniform(&seed, -2, 2);
      s->y[s->vertices++] = 6.2e6 + 10 * at;
    }
    s->x[s->vertices] = row ? 6e5 + 2000 : 6e5;
    s->y[s->vertices++] = row ? 6.2e6 : 6.2e6 + 10 * STEPS;
    s->x[s->vertices] = s->x[first];
    s->y[s->vertices++] = s->y[first];
    s->first_part[row + 1] = s->parts = row + 1;
    s->first_vertex[row + 1] = s->vertices;
  }
  assert_ok(ctx, sund_overlay_shore(ctx, s, 10, 0, &out));
  assert_int_equal(out->rows, 1);
  assert_near(total(out), 8000, 15);
  assert_ok(ctx, sund_overlay_intersect(ctx, out, s, &pieces, &a_of, &b_of));
  double length[2] = {0};
  for (size_t i = 0; i < pieces->rows; i++) length[b_of[i]] += row_length(pieces, i);
  assert_near(length[0] + length[1], 8000, 15);
  assert_near(length[0], 2000 + border[0] - 6e5 + border[STEPS] - 6e5, 15);
}

/* A star cut into sectors: they share borders off every grid. The shore is the star's rim, each sector has its own. */
static void test_sectors_of_a_star(void **state) {
  enum { SECTORS = 12, STEPS = 9 };
  sund_ctx *ctx = *state;
  uint64_t seed = support_seed();
  sund_shapes *s, *out, *pieces, *whole, *left;
  size_t *a_of, *b_of;
  double rim[SECTORS] = {0}, length[SECTORS] = {0}, area = 0, x[SECTORS * STEPS + 1], y[SECTORS * STEPS + 1];
  for (int i = 0; i < SECTORS * STEPS; i++) {
    const double angle = 2 * 3.14159265358979323846 * i / (SECTORS * STEPS),
                 radius = support_uniform(&seed, 500, 900);
    x[i] = 7e5 + radius * cos(angle);
    y[i] = 6.2e6 + radius * sin(angle);
  }
  x[SECTORS * STEPS] = x[0];
  y[SECTORS * STEPS] = y[0];
  assert_ok(ctx, sund_shapes_new(ctx, SUND_AREA, SECTORS, SECTORS, SECTORS * (STEPS + 3), &s));
  s->vertices = 0;
  for (size_t k = 0; k < SECTORS; k++) {
    const size_t first = s->vertices;
    s->x[s->vertices] = s->x[first + STEPS + 2] = 7e5;
    s->y[s->vertices++] = s->y[first + STEPS + 2] = 6.2e6;
    for (size_t i = k * STEPS; i <= (k + 1) * STEPS; i++) {
      s->x[s->vertices] = x[i];
      s->y[s->vertices++] = y[i];
    }
    s->vertices++;
    rim[k] = sund_line_length(STEPS + 1, x + k * STEPS, y + k * STEPS);
    s->first_part[k + 1] = k + 1;
    s->first_vertex[k + 1] = s->vertices;
    area += row_area(s, k);
  }
  assert_ok(ctx, sund_overlay_shore(ctx, s, 0, 0, &out));
  assert_int_equal(out->rows, 1);
  assert_near(total(out), sund_line_length(SECTORS * STEPS + 1, x, y), 1e-6);
  assert_ok(ctx, sund_overlay_intersect(ctx, out, s, &pieces, &a_of, &b_of));
  for (size_t i = 0; i < pieces->rows; i++) length[b_of[i]] += row_length(pieces, i);
  for (size_t k = 0; k < SECTORS; k++) assert_near(length[k], rim[k], 0.05);
  /* areas add up, whatever is laid over them */
  assert_ok(ctx, sund_overlay_dissolve(ctx, s, &whole));
  assert_near(total(whole), area, 1e-3);
  sund_shapes *disc;
  assert_ok(ctx, sund_overlay_buffer(ctx, shapes(ctx, SUND_LINE, "699700 6200100 700333.3 6199654.3"), 321.7, &disc));
  assert_ok(ctx, sund_overlay_intersect(ctx, s, disc, &pieces, &a_of, &b_of));
  assert_ok(ctx, sund_overlay_subtract(ctx, s, disc, &left));
  assert_near(total(pieces) + total(left), area, 1e-3);
  assert_normal(pieces);
  assert_normal(left);
}

/* -------------------------------------------------------------------------------------------------- determinism */

/* The same areas written differently (start, order of parts) come out in the same bytes. */
static void test_equal_inputs_give_equal_bytes(void **state) {
  sund_ctx *ctx = *state;
  const char *text[2] = {
      "0 0 4 0 4 4 0 4 0 0, - 1 1 1 2 2 2 2 1 1 1, - 1 2.5 1 3 2 3 2 2.5 1 2.5, 6 0 7 0 7 1 6 1 6 0",
      "7 1 6 1 6 0 7 0 7 1, 4 4 0 4 0 0 4 0 4 4, - 2 3 2 2.5 1 2.5 1 3 2 3, - 2 2 2 1 1 1 1 2 2 2"};
  sund_shapes *out[2];
  for (int i = 0; i < 2; i++) assert_ok(ctx, sund_overlay_dissolve(ctx, shapes(ctx, SUND_AREA, text[i]), &out[i]));
  assert_shapes(ctx, out[0], text[0]);
  assert_shapes(ctx, out[1], text[0]);
}

/* ----------------------------------------------------------------------------------------------------- failures */

static void assert_failed(sund_ctx *ctx, sund_code code, sund_code wanted, const char *words) {
  const char *message = "";
  assert_int_equal(code, wanted);
  assert_int_equal(sund_failure(ctx, &message, NULL, NULL), wanted);
  if (!strstr(message, words)) fail_msg("\"%s\" does not say \"%s\"", message, words);
}

static void test_open_ring(void **state) {
  sund_ctx *ctx = *state;
  sund_shapes *out = NULL;
  const char *text = "0 0 1 0 1 1 0 0; 5 5 6 5 6 6 5 7";
  assert_failed(ctx, sund_overlay_dissolve(ctx, shapes(ctx, SUND_AREA, text), &out), SUND_DATA,
                "row 1 has a ring that is not closed, at 5.000 5.000");
  assert_null(out);
}

static void test_coordinate_that_is_not_finite(void **state) {
  sund_ctx *ctx = *state;
  sund_shapes *out = NULL, *in = shapes(ctx, SUND_AREA, "0 0 1 0 1 1 0 0");
  sund_repair *repairs = NULL;
  size_t count = 77;
  in->y[1] = INFINITY;
  assert_failed(ctx, sund_overlay_valid(ctx, in, &out, &repairs, &count), SUND_DATA,
                "row 0 has a coordinate that is not finite");
  assert_true(!out && !repairs && count == 77);
}

/* Coordinates that no arithmetic of GEOS survives: both tries fail, and the message names rows and place. */
static void test_what_geos_cannot_do(void **state) {
  sund_ctx *ctx = *state;
  sund_shapes *out = NULL;
  size_t of[3] = {7, 7, 7};
  sund_shapes *in = shapes(ctx, SUND_AREA, "6 4 4 5 3 3 5 2 6 4; 7 4 5 6 4 4 5 3 7 4; 8 3 6.1 4.9 4.7 3 6 1.3 8 3");
  for (size_t v = 0; v < in->vertices; v++) {
    in->x[v] *= 1.37e200;
    in->y[v] *= 1.11e200;
  }
  const sund_code code = sund_overlay_merge(ctx, in, (const int32_t[]){0, 0, 0}, 0, &out, of);
  assert_failed(ctx, code, SUND_DATA, "cannot unite rows 0 and 2: ");
  assert_failed(ctx, code, SUND_DATA, "e+");
  assert_true(!out && of[0] == 7);
}

static void test_buffer_of_nothing_known(void **state) {
  sund_ctx *ctx = *state;
  sund_shapes *out = NULL;
  assert_failed(ctx, sund_overlay_buffer(ctx, shapes(ctx, SUND_AREA, "0 0 1 0 1 1 0 0"), NAN, &out), SUND_USAGE,
                "buffer");
  assert_null(out);
}

/* Every function on one input; the result must be there or untouched. */
static sund_code run(sund_ctx *ctx, int what, const sund_shapes *a, const sund_shapes *b, sund_shapes **out) {
  const int32_t group[8] = {0};
  size_t of[8], *a_of, *b_of, count;
  sund_repair *repairs;
  switch (what) {
    case 0:
      return sund_overlay_valid(ctx, a, out, &repairs, &count);
    case 1:
      return sund_overlay_merge(ctx, a, group, 1, out, of);
    case 2:
      return sund_overlay_intersect(ctx, a, b, out, &a_of, &b_of);
    case 3:
      return sund_overlay_subtract(ctx, a, b, out);
    case 4:
      return sund_overlay_dissolve(ctx, a, out);
    case 5:
      return sund_overlay_buffer(ctx, a, 1, out);
    default:
      return sund_overlay_shore(ctx, a, 10, 0, out);
  }
}

static void test_every_allocation_may_fail(void **state) {
  sund_ctx *ctx = *state;
  /* wedge between rows 0 and 1, a bowtie, two parts with a hole */
  const sund_shapes *a =
      shapes(ctx, SUND_AREA,
             "0 0 100 0 100 100 0 100 0 0; 100 0 200 0 200 100 104 100 100 0;"
             "300 0 310 10 310 0 300 10 300 0; 0 200 9 200 9 209 0 209 0 200, - 1 201 1 202 2 202 2 201 1 201,"
             "20 200 21 200 21 201 20 201 20 200");
  const sund_shapes *valid,
      *b = shapes(ctx, SUND_AREA, "50 50 150 50 150 90 50 90 50 50; 60 60 70 60 70 300 60 300 60 60");
  sund_shapes *made;
  sund_repair *repairs;
  size_t count;
  assert_ok(ctx, sund_overlay_valid(ctx, a, &made, &repairs, &count));
  valid = made;
  for (int what = 0; what < 7; what++) {
    const sund_shapes *in = what ? valid : a;
    const size_t before = sund_ctx_allocations(ctx);
    assert_ok(ctx, run(ctx, what, in, b, &made));
    const size_t calls = sund_ctx_allocations(ctx) - before;
    assert_true(calls > 5);
    for (size_t n = 1; n <= calls; n++) {
      sund_ctx *fresh = sund_ctx_new();
      sund_shapes *out = NULL;
      sund_ctx_fail_alloc(fresh, n);
      if (run(fresh, what, in, b, &out) != SUND_LIMIT) fail_msg("function %d, allocation %zu did not fail", what, n);
      assert_int_equal(sund_failure(fresh, NULL, NULL, NULL), SUND_LIMIT);
      assert_null(out);
      sund_ctx_free(fresh);
    }
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      SUND_TEST(test_repairs),
      SUND_TEST(test_hole_that_reaches_outside),
      SUND_TEST(test_valid_rows_pass_as_they_stand),
      SUND_TEST(test_merge_by_hand),
      SUND_TEST(test_merge_keeps_a_yard),
      SUND_TEST(test_merge_is_brute_force),
      SUND_TEST(test_intersect_areas_by_hand),
      SUND_TEST(test_intersect_lines_by_hand),
      SUND_TEST(test_intersect_joins_lines),
      SUND_TEST(test_intersect_counts_cells),
      SUND_TEST(test_lines_over_a_partition),
      SUND_TEST(test_subtract_by_hand),
      SUND_TEST(test_subtract_and_dissolve_count_cells),
      SUND_TEST(test_dissolve_nothing),
      SUND_TEST(test_buffer),
      SUND_TEST(test_shore_cases),
      SUND_TEST(test_shore_keeps_an_inlet_beside_a_border),
      SUND_TEST(test_shore_of_noisy_neighbours),
      SUND_TEST(test_sectors_of_a_star),
      SUND_TEST(test_equal_inputs_give_equal_bytes),
      SUND_TEST(test_open_ring),
      SUND_TEST(test_coordinate_that_is_not_finite),
      SUND_TEST(test_what_geos_cannot_do),
      SUND_TEST(test_buffer_of_nothing_known),
      SUND_TEST(test_every_allocation_may_fail),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}

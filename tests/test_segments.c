/* test_segments.c - geo/segments.c and geo/inside.c against scans of every segment. */
#include "support.h"

#include <math.h>

/* ---------------------------------------------------------------------------------------------------- shapes */

/* Shapes that grow ring by ring; enough room is given at the start. */
static sund_shapes *start(sund_ctx *ctx, sund_kind kind, size_t rows, size_t parts, size_t vertices) {
  sund_shapes *s;
  assert_ok(ctx, sund_shapes_new(ctx, kind, rows, parts, vertices, &s));
  s->rows = s->parts = s->vertices = 0;
  return s;
}

static void add_part(sund_shapes *s, bool hole, size_t n, const double *xy) {
  for (size_t i = 0; i < n; i++) {
    s->x[s->vertices] = xy[2 * i];
    s->y[s->vertices++] = xy[2 * i + 1];
  }
  if (s->hole) s->hole[s->parts] = hole;
  s->first_vertex[++s->parts] = s->vertices;
}

static void end_row(sund_shapes *s) {
  s->first_part[++s->rows] = s->parts;
}

static void add_square(sund_shapes *s, double x, double y, double side) {
  const double xy[] = {x, y, x + side, y, x + side, y + side, x, y + side, x, y};
  add_part(s, false, 5, xy);
}

static void add_square_hole(sund_shapes *s, double x, double y, double side) {
  const double xy[] = {x, y, x, y + side, x + side, y + side, x + side, y, x, y};
  add_part(s, true, 5, xy);
}

/* A star around (x, y) with radii drawn between low and high: simple, far from convex. */
static void add_star(sund_shapes *s, uint64_t *seed, double x, double y, size_t n, double low, double high,
                     bool hole) {
  const size_t first = s->vertices;
  for (size_t i = 0; i < n; i++) {
    const double angle = 2 * 3.14159265358979323846 * (double)i / (double)n * (hole ? -1 : 1);
    const double radius = support_uniform(seed, low, high);
    s->x[s->vertices] = x + radius * cos(angle);
    s->y[s->vertices++] = y + radius * sin(angle);
  }
  s->x[s->vertices] = s->x[first];
  s->y[s->vertices++] = s->y[first];
  s->hole[s->parts] = hole;
  s->first_vertex[++s->parts] = s->vertices;
}

/* -------------------------------------------------------------------------------------------------- by hand */

/* Row 0: square 0..10 with a hole 4..6. Row 1: empty. Row 2: two squares, 20..21 and 30..31. */
static sund_shapes *hand(sund_ctx *ctx) {
  sund_shapes *s = start(ctx, SUND_AREA, 3, 4, 20);
  add_square(s, 0, 0, 10);
  add_square_hole(s, 4, 4, 2);
  end_row(s);
  end_row(s);
  add_square(s, 20, 0, 1);
  add_square(s, 30, 0, 1);
  end_row(s);
  return s;
}

static void test_by_hand(void **state) {
  sund_ctx *ctx = *state;
  sund_segments *segments;
  assert_ok(ctx, sund_segments_build(ctx, hand(ctx), &segments));
  assert_int_equal(segments->count, 16);
  static const struct {
    double x, y, limit;
    bool filled;
    size_t row;
    double near_x, near_y, metres;
  } cases[] = {
      {2, 5, 100, true, 0, 2, 5, 0},            /* inside                                  */
      {2, 5, 100, false, 0, 0, 5, 2},           /* the same point, boundary only           */
      {5, 5.5, 100, true, 0, 5, 6, 0.5},        /* in the hole: distance to the hole's rim */
      {13, 14, 5, true, 0, 10, 10, 5},          /* a corner, limit met exactly             */
      {13, 14, 4.999, true, SIZE_MAX, 0, 0, 0}, /* just too far                            */
      {15, 0.5, 100, true, 0, 10, 0.5, 5},      /* a tie: the smaller row                  */
      {15.5, 0.5, 100, true, 2, 20, 0.5, 4.5},
      {30.5, 0.5, 0, true, 2, 30.5, 0.5, 0}, /* the second part of row 2                */
      {0, 0, 0, false, 0, 0, 0, 0},
      {2, 5, -1, true, SIZE_MAX, 0, 0, 0},
      {2, 5, NAN, true, SIZE_MAX, 0, 0, 0},
  };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    double x = -1, y = -1, metres = -1;
    const size_t row = sund_segments_nearest(segments, cases[i].x, cases[i].y, cases[i].limit, NULL, cases[i].filled,
                                             &x, &y, &metres);
    if (row != cases[i].row) fail_msg("case %zu: row %zu", i, row);
    if (row == SIZE_MAX) continue;
    assert_true(fabs(x - cases[i].near_x) < 1e-12 && fabs(y - cases[i].near_y) < 1e-12);
    assert_true(fabs(metres - cases[i].metres) < 1e-12);
  }
  assert_int_equal(sund_segments_inside(segments, 2, 5, NULL), 0);
  assert_true(sund_segments_inside(segments, 5, 5, NULL) == SIZE_MAX);
}

static void test_accept(void **state) {
  sund_ctx *ctx = *state;
  sund_segments *segments;
  assert_ok(ctx, sund_segments_build(ctx, hand(ctx), &segments));
  double metres, x, y;
  const uint8_t only_last[] = {0, 1, 1}, none[] = {0, 0, 0};
  assert_int_equal(sund_segments_nearest(segments, 2, 0.5, 100, only_last, true, &x, &y, &metres), 2);
  assert_true(metres == 18);
  assert_true(sund_segments_nearest(segments, 2, 0.5, 100, none, true, &x, &y, &metres) == SIZE_MAX);
  assert_true(sund_segments_inside(segments, 2, 0.5, only_last) == SIZE_MAX);
}

/* On the edge of row 0 and inside row 1: both at 0, the smaller row is reported. */
static void test_boundary_of_a_smaller_row(void **state) {
  sund_ctx *ctx = *state;
  sund_shapes *s = start(ctx, SUND_AREA, 2, 2, 10);
  add_square(s, 0, 0, 10);
  end_row(s);
  add_square(s, 5, -5, 20);
  end_row(s);
  sund_segments *segments;
  assert_ok(ctx, sund_segments_build(ctx, s, &segments));
  double metres;
  const double on[3][2] = {{10, 5}, {7, 0}, {7, 10}};
  for (size_t i = 0; i < 3; i++) {
    assert_int_equal(sund_segments_nearest(segments, on[i][0], on[i][1], 3, NULL, true, NULL, NULL, &metres), 0);
    assert_true(metres == 0);
  }
}

static void test_nothing_and_bad_vertices(void **state) {
  sund_ctx *ctx = *state;
  sund_segments *segments;
  double metres;
  sund_shapes *empty = start(ctx, SUND_AREA, 0, 0, 0);
  assert_ok(ctx, sund_segments_build(ctx, empty, &segments));
  assert_true(sund_segments_nearest(segments, 0, 0, INFINITY, NULL, true, NULL, NULL, &metres) == SIZE_MAX);
  sund_shapes *lines = start(ctx, SUND_LINE, 2, 3, 8);
  add_part(lines, false, 1, (const double[]){0, 0}); /* one vertex: no segment */
  add_part(lines, false, 3, (const double[]){5, 0, NAN, 0, 7, 0});
  end_row(lines);
  add_part(lines, false, 4, (const double[]){9, 0, 9, 0, 9, 1, 9, 2});
  end_row(lines);
  assert_ok(ctx, sund_segments_build(ctx, lines, &segments));
  assert_int_equal(sund_segments_nearest(segments, 0, 0, INFINITY, NULL, true, NULL, NULL, &metres), 1);
  assert_true(metres == 9);
  assert_true(sund_segments_inside(segments, 0, 0, NULL) == SIZE_MAX);
}

/* ---------------------------------------------------------------------------------------------------- twins */

typedef struct answer {
  size_t row;
  double metres;
} answer;

static answer scan(const sund_shapes *s, double x, double y, double limit, const uint8_t *accept, bool filled) {
  answer best = {SIZE_MAX, INFINITY};
  for (size_t row = 0; row < s->rows; row++) {
    if (accept && !accept[row]) continue;
    double least = INFINITY, share;
    for (size_t p = s->first_part[row]; p < s->first_part[row + 1]; p++) {
      for (size_t v = s->first_vertex[p]; v + 1 < s->first_vertex[p + 1]; v++) {
        least = fmin(least, sund_segment_nearest(x, y, s->x[v], s->y[v], s->x[v + 1], s->y[v + 1], &share));
      }
    }
    if (filled && sund_area_contains(s, row, x, y)) least = 0;
    if (least <= limit && least < best.metres) best = (answer){row, least};
  }
  return best;
}

/* Stars of very different size, some with a hole, some overlapping. */
static sund_shapes *stars(sund_ctx *ctx, uint64_t *seed, size_t rows) {
  sund_shapes *s = start(ctx, SUND_AREA, rows, 2 * rows, rows * 500);
  for (size_t row = 0; row < rows; row++) {
    const double x = support_uniform(seed, 0, 1000), y = support_uniform(seed, 0, 1000);
    const double radius = support_uniform(seed, 5, 120);
    add_star(s, seed, x, y, 3 + support_random(seed) % (row % 3 ? 20 : 400), radius / 2, radius, false);
    if (row % 2) add_star(s, seed, x, y, 3 + support_random(seed) % 60, radius / 8, radius / 4, true);
    end_row(s);
  }
  return s;
}

static void test_stars_are_a_linear_scan(void **state) {
  sund_ctx *ctx = *state;
  uint64_t seed = support_seed();
  const size_t rows = 60;
  sund_shapes *s = stars(ctx, &seed, rows);
  sund_segments *segments;
  assert_ok(ctx, sund_segments_build(ctx, s, &segments));
  uint8_t *accept = sund_alloc(ctx, rows, 1);
  size_t held = 0;
  for (int turn = 0; turn < 2000; turn++) {
    for (size_t row = 0; row < rows; row++) accept[row] = support_random(&seed) % (turn % 5 ? 2 : 20) == 0;
    const uint8_t *use = turn % 4 ? accept : NULL;
    const double x = support_uniform(&seed, -50, 1050), y = support_uniform(&seed, -50, 1050);
    const double limit = turn % 2 ? INFINITY : 40;
    const bool filled = turn % 3 != 0;
    const answer want = scan(s, x, y, limit, use, filled);
    double near_x = NAN, near_y = NAN, metres = NAN;
    const size_t row = sund_segments_nearest(segments, x, y, limit, use, filled, &near_x, &near_y, &metres);
    if (row != want.row) fail_msg("turn %d: row %zu, not %zu (SUND_SEED)", turn, row, want.row);
    if (row == SIZE_MAX) continue;
    assert_true(metres == want.metres);
    assert_true(fabs(hypot(near_x - x, near_y - y) - metres) < 1e-9);
    held += metres == 0;
  }
  assert_true(held > 50);
}

typedef struct round_trip {
  const sund_segments *segments;
  const double *x, *y;
  size_t *row;
  double *metres;
} round_trip;

static sund_code ask(sund_ctx *worker, size_t begin, size_t end, void *data) {
  (void)worker;
  const round_trip *r = data;
  for (size_t i = begin; i < end; i++) {
    r->metres[i] = -1;
    r->row[i] = sund_segments_nearest(r->segments, r->x[i], r->y[i], 60, NULL, true, NULL, NULL, &r->metres[i]);
  }
  return SUND_OK;
}

static void test_threads_ask_at_once(void **state) {
  enum { POINTS = 5000 };
  sund_ctx *ctx = *state;
  uint64_t seed = support_seed();
  round_trip r[2];
  sund_segments *segments;
  double *x = sund_alloc(ctx, POINTS, sizeof *x), *y = sund_alloc(ctx, POINTS, sizeof *y);
  assert_ok(ctx, sund_segments_build(ctx, stars(ctx, &seed, 60), &segments));
  for (size_t i = 0; i < POINTS; i++) {
    x[i] = support_uniform(&seed, -50, 1050);
    y[i] = support_uniform(&seed, -50, 1050);
  }
  for (int turn = 0; turn < 2; turn++) {
    r[turn] = (round_trip){segments, x, y, sund_alloc(ctx, POINTS, sizeof(size_t)),
                           sund_alloc(ctx, POINTS, sizeof(double))};
    sund_ctx_threads(ctx, turn ? 4 : 1);
    assert_ok(ctx, sund_for(ctx, POINTS, 100, ask, &r[turn]));
  }
  assert_memory_equal(r[0].row, r[1].row, POINTS * sizeof(size_t));
  assert_memory_equal(r[0].metres, r[1].metres, POINTS * sizeof(double));
}

/* Even-odd at places that are awkward for a ray: at the height of vertices, and along horizontal edges. */
static void test_inside_at_vertex_heights(void **state) {
  sund_ctx *ctx = *state;
  uint64_t seed = support_seed();
  for (int turn = 0; turn < 40; turn++) {
    /* a skyline on whole numbers: up and down between the heights 1 and 9, closed along y = 0 */
    const size_t steps = 10 + support_random(&seed) % 200;
    sund_shapes *s = start(ctx, SUND_AREA, 1, 1, 2 * steps + 3);
    s->x[s->vertices++] = 0;
    s->x[s->vertices++] = (double)steps;
    uint8_t *height = sund_alloc(ctx, steps, 1);
    for (size_t i = steps; i-- > 0;) {
      height[i] = (uint8_t)(1 + support_random(&seed) % 9);
      s->x[s->vertices] = (double)(i + 1);
      s->y[s->vertices++] = height[i];
      s->x[s->vertices] = (double)i;
      s->y[s->vertices++] = height[i];
    }
    s->x[s->vertices++] = 0;
    s->first_vertex[++s->parts] = s->vertices;
    end_row(s);
    sund_segments *segments;
    assert_ok(ctx, sund_segments_build(ctx, s, &segments));
    for (size_t i = 0; i < steps; i++) {
      for (int y = 1; y < 10; y++) { /* whole heights: on vertices, but inside or outside by the columns' middle */
        if (y == height[i]) continue;
        const bool in = sund_segments_inside(segments, (double)i + 0.5, y, NULL) == 0;
        if (in != (y < height[i])) fail_msg("turn %d column %zu height %d", turn, i, y);
      }
    }
  }
}

/* Teeth: half of all segments span the whole height, so slabs would cost n^2; memory must stay linear. */
static void test_teeth(void **state) {
  sund_ctx *ctx = *state;
  const size_t teeth = 3000;
  sund_shapes *s = start(ctx, SUND_AREA, 1, 1, 2 * teeth + 2);
  for (size_t i = 0; i < teeth; i++) {
    s->x[s->vertices] = (double)i;
    s->y[s->vertices++] = 1;
    s->x[s->vertices] = (double)i + 0.5;
    s->y[s->vertices++] = 1000;
  }
  s->x[s->vertices] = (double)teeth;
  s->y[s->vertices++] = 0;
  s->x[s->vertices] = 0;
  s->y[s->vertices++] = 1;
  s->first_vertex[++s->parts] = s->vertices;
  end_row(s);
  sund_segments *segments;
  assert_ok(ctx, sund_segments_build(ctx, s, &segments));
  uint64_t seed = support_seed();
  for (int turn = 0; turn < 500; turn++) {
    const double x = support_uniform(&seed, 0, (double)teeth), y = support_uniform(&seed, 0, 1001);
    assert_int_equal(sund_segments_inside(segments, x, y, NULL) == 0, sund_area_contains(s, 0, x, y));
  }
}

/* ------------------------------------------------------------------------------------------------- failures */

static void test_every_allocation_may_fail(void **state) {
  sund_ctx *ctx = *state;
  uint64_t seed = support_seed();
  sund_shapes *s = stars(ctx, &seed, 20);
  const size_t before = sund_ctx_allocations(ctx);
  sund_segments *segments;
  assert_ok(ctx, sund_segments_build(ctx, s, &segments));
  const size_t count = sund_ctx_allocations(ctx) - before;
  for (size_t n = 1; n <= count; n++) {
    sund_ctx *fresh = sund_ctx_new();
    sund_ctx_fail_alloc(fresh, n);
    sund_segments *untouched = NULL;
    assert_int_equal(sund_segments_build(fresh, s, &untouched), SUND_LIMIT);
    assert_null(untouched);
    sund_ctx_free(fresh);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      SUND_TEST(test_by_hand),
      SUND_TEST(test_accept),
      SUND_TEST(test_boundary_of_a_smaller_row),
      SUND_TEST(test_nothing_and_bad_vertices),
      SUND_TEST(test_stars_are_a_linear_scan),
      SUND_TEST(test_threads_ask_at_once),
      SUND_TEST(test_inside_at_vertex_heights),
      SUND_TEST(test_teeth),
      SUND_TEST(test_every_allocation_may_fail),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}

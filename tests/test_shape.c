/* test_shape.c - plane geometry (geo/shape.c) by hand and against slow twins. */
#include <math.h>

#include "support.h"

#define PI 3.14159265358979323846

/* cmocka compares floats only as float. */
#define assert_near(value, expected, tolerance)                                   \
  do {                                                                            \
    const double near_value = (value), near_expected = (expected);                \
    if (!(fabs(near_value - near_expected) <= (tolerance)))                       \
      fail_msg("%s is %.12g, expected %.12g", #value, near_value, near_expected); \
  } while (0)

enum { MOST = 5000 };

/* A line of a test. */
typedef struct line {
  size_t n;
  double x[MOST], y[MOST];
  uint8_t keep[MOST];
  size_t scratch[MOST];
} line;

static line *line_new(sund_ctx *ctx) {
  line *l = sund_alloc(ctx, 1, sizeof *l);
  assert_non_null(l);
  return l;
}

static void add(line *l, double x, double y) {
  assert_true(l->n < MOST);
  l->x[l->n] = x;
  l->y[l->n++] = y;
}

/* A wandering line near real coordinates. */
static void wander(line *l, size_t n, uint64_t *seed) {
  double x = 7.2e5, y = 6.21e6, turn = 0;
  l->n = 0;
  for (size_t i = 0; i < n; i++) {
    add(l, x, y);
    turn += support_uniform(seed, -1.5, 1.5);
    x += support_uniform(seed, 0, 20) * cos(turn);
    y += support_uniform(seed, 0, 20) * sin(turn);
  }
}

/* The Koch curve of generation `depth` over the unit segment: 4^depth pieces, each 3^-depth long. */
static void koch(line *l, int depth) {
  static const double turns[4] = {0, PI / 3, -PI / 3, 0};
  const size_t pieces = (size_t)1 << (2 * depth);
  const double length = pow(3, -depth);
  double x = 0, y = 0;
  l->n = 0;
  add(l, x, y);
  for (size_t i = 0; i < pieces; i++) {
    double turn = 0;
    for (size_t digits = i; digits; digits /= 4) turn += turns[digits % 4];
    x += length * cos(turn);
    y += length * sin(turn);
    add(l, x, y);
  }
}

static void circle(line *l, size_t n, double radius) {
  l->n = 0;
  for (size_t i = 0; i < n; i++) {
    const double turn = 2 * PI * (double)i / (double)n;
    add(l, 100 + radius * cos(turn), 200 + radius * sin(turn));
  }
  add(l, l->x[0], l->y[0]);
}

/* ------------------------------------------------------------------------------------------- length, area, inside */

static void test_length_and_area(void **state) {
  const double x[5] = {7e5, 7e5 + 3, 7e5 + 3, 7e5, 7e5}, y[5] = {6.2e6, 6.2e6, 6.2e6 + 4, 6.2e6 + 4, 6.2e6};
  const double back_x[5] = {7e5, 7e5, 7e5 + 3, 7e5 + 3, 7e5}, back_y[5] = {6.2e6, 6.2e6 + 4, 6.2e6 + 4, 6.2e6, 6.2e6};
  (void)state;
  assert_near(sund_line_length(5, x, y), 14, 1e-9);
  assert_near(sund_line_length(1, x, y), 0, 0);
  assert_near(sund_line_length(0, x, y), 0, 0);
  assert_near(sund_ring_area(5, x, y), 12, 1e-12);
  assert_near(sund_ring_area(5, back_x, back_y), -12, 1e-12);
  assert_near(sund_ring_area(0, x, y), 0, 0);
  assert_near(sund_ring_area(2, x, y), 0, 0);
}

static void test_circle(void **state) {
  line *l = line_new(*state);
  circle(l, 3600, 1000);
  assert_near(sund_ring_area(l->n, l->x, l->y) / (PI * 1e6), 1, 1e-6);
  assert_near(sund_line_length(l->n, l->x, l->y) / (2 * PI * 1000), 1, 1e-6);
}

static void test_segment_nearest(void **state) {
  (void)state;
  double share = -1;
  assert_near(sund_segment_nearest(5, 3, 0, 0, 10, 0, &share), 3, 1e-12);
  assert_near(share, 0.5, 1e-12);
  assert_near(sund_segment_nearest(-3, 4, 0, 0, 10, 0, &share), 5, 1e-12);
  assert_near(share, 0, 0);
  assert_near(sund_segment_nearest(13, -4, 0, 0, 10, 0, &share), 5, 1e-12);
  assert_near(share, 1, 0);
  assert_near(sund_segment_nearest(3, 4, 7, 7, 7, 7, &share), 5, 1e-12); /* a segment without length */
  assert_near(share, 0, 0);
}

/* The nearest of many points along the segment is never nearer, and nearly as near. */
static void test_segment_nearest_twin(void **state) {
  (void)state;
  uint64_t seed = support_seed();
  for (int round = 0; round < 500; round++) {
    double p[6], share, best = INFINITY;
    for (int i = 0; i < 6; i++) p[i] = support_uniform(&seed, -100, 100);
    const double got = sund_segment_nearest(p[0], p[1], p[2], p[3], p[4], p[5], &share);
    for (int i = 0; i <= 2000; i++) {
      const double t = i / 2000.0;
      best = fmin(best, hypot(p[2] + t * (p[4] - p[2]) - p[0], p[3] + t * (p[5] - p[3]) - p[1]));
    }
    if (got > best + 1e-9 || got < best - 0.2)
      fail_msg("seed %llu: %g, %g", (unsigned long long)support_seed(), got, best);
  }
}

static void test_contains(void **state) {
  sund_ctx *ctx = *state;
  sund_shapes *areas = NULL;
  /* row 0: a square with a square hole; row 1: nothing; row 2: two squares that meet in a corner */
  const double x[] = {0, 10, 10, 0, 0, 4, 4, 6, 6, 4, 20, 22, 22, 20, 20, 22, 24, 24, 22, 22};
  const double y[] = {0, 0, 10, 10, 0, 4, 6, 6, 4, 4, 0, 0, 2, 2, 0, 2, 2, 4, 4, 2};
  assert_ok(ctx, sund_shapes_new(ctx, SUND_AREA, 3, 4, 20, &areas));
  memcpy(areas->x, x, sizeof x);
  memcpy(areas->y, y, sizeof y);
  areas->first_part[1] = areas->first_part[2] = 2;
  areas->first_part[3] = 4;
  for (size_t i = 1; i <= 4; i++) areas->first_vertex[i] = 5 * i;
  areas->hole[1] = 1;
  assert_true(sund_area_contains(areas, 0, 2, 5));
  assert_true(sund_area_contains(areas, 0, 2, 4)); /* level with vertices of the hole */
  assert_true(sund_area_contains(areas, 0, 8, 6));
  assert_false(sund_area_contains(areas, 0, 5, 5));
  assert_false(sund_area_contains(areas, 0, -1, 5));
  assert_false(sund_area_contains(areas, 0, -1, 0));
  assert_false(sund_area_contains(areas, 0, 11, 10));
  assert_false(sund_area_contains(areas, 1, 5, 5));
  assert_true(sund_area_contains(areas, 2, 21, 1));
  assert_true(sund_area_contains(areas, 2, 23, 3));
  assert_false(sund_area_contains(areas, 2, 21, 3));
}

/* A place on the border of two areas is in exactly one of them: nobody counts twice, nobody is lost. */
static void test_contains_border(void **state) {
  sund_ctx *ctx = *state;
  uint64_t seed = support_seed();
  sund_shapes *areas = NULL;
  assert_ok(ctx, sund_shapes_new(ctx, SUND_AREA, 2, 2, 8, &areas));
  areas->first_part[1] = 1, areas->first_part[2] = 2;
  areas->first_vertex[1] = 4, areas->first_vertex[2] = 8;
  for (int run = 0; run < 2000; run++) {
    const bool upright = run % 4 == 0, level = run % 4 == 1;
    double x0 = 7.2e5 + support_uniform(&seed, 0, 100), y0 = 6.21e6 + support_uniform(&seed, 0, 100);
    double x1 = upright ? x0 : x0 + support_uniform(&seed, 1, 100), y1 = level ? y0 : y0 + support_uniform(&seed, 1, 100);
    /* triangles on both sides of (x0, y0)-(x1, y1), which they run along in opposite directions */
    const double left[2] = {(x0 + x1) / 2 - (y1 - y0), (y0 + y1) / 2 + (x1 - x0)};
    const double right[2] = {(x0 + x1) / 2 + (y1 - y0), (y0 + y1) / 2 - (x1 - x0)};
    const double x[] = {x0, x1, left[0], x0, x1, x0, right[0], x1}, y[] = {y0, y1, left[1], y0, y1, y0, right[1], y1};
    memcpy(areas->x, x, sizeof x);
    memcpy(areas->y, y, sizeof y);
    const double share = run % 8 < 4 ? 0.5 : support_uniform(&seed, 0.1, 0.9);
    const double px = x0 + share * (x1 - x0), py = y0 + share * (y1 - y0);
    assert_int_equal(sund_area_contains(areas, 0, px, py) + sund_area_contains(areas, 1, px, py), 1);
  }
}

/* A star with many corners: the point is inside when its angle's edge is farther out. */
static void test_contains_twin(void **state) {
  sund_ctx *ctx = *state;
  enum { N = 100 };
  uint64_t seed = support_seed();
  sund_shapes *areas = NULL;
  double radius[N + 1];
  assert_ok(ctx, sund_shapes_new(ctx, SUND_AREA, 1, 1, N + 1, &areas));
  areas->first_part[1] = 1;
  areas->first_vertex[1] = N + 1;
  for (size_t i = 0; i <= N; i++) {
    radius[i] = i < N ? support_uniform(&seed, 1, 10) : radius[0];
    areas->x[i] = radius[i] * cos(2 * PI * (double)(i % N) / N);
    areas->y[i] = radius[i] * sin(2 * PI * (double)(i % N) / N);
  }
  for (int k = 0; k < 5000; k++) {
    const double x = support_uniform(&seed, -10, 10), y = support_uniform(&seed, -10, 10);
    double turn = atan2(y, x);
    if (turn < 0) turn += 2 * PI;
    const size_t i = (size_t)(turn / (2 * PI) * N) % N;
    const double ax = areas->x[i], ay = areas->y[i], bx = areas->x[i + 1], by = areas->y[i + 1];
    const double side = (bx - ax) * (y - ay) - (by - ay) * (x - ax);
    if (fabs(side) < 1e-9) continue;
    if (sund_area_contains(areas, 0, x, y) != (side > 0))
      fail_msg("seed %llu: %g %g", (unsigned long long)support_seed(), x, y);
  }
}

/* ------------------------------------------------------------------------------------------------ Douglas-Peucker */

/* The textbook's recursion, for comparison. */
static void simplify_twin(const line *l, size_t from, size_t to, double tolerance, uint8_t *keep) {
  double most = -1, share;
  size_t at = from;
  for (size_t i = from + 1; i < to; i++) {
    const double away = sund_segment_nearest(l->x[i], l->y[i], l->x[from], l->y[from], l->x[to], l->y[to], &share);
    if (away > most) most = away, at = i;
  }
  keep[from] = keep[to] = 1;
  if (most <= tolerance) return;
  simplify_twin(l, from, at, tolerance, keep);
  simplify_twin(l, at, to, tolerance, keep);
}

static size_t simplify(line *l, double tolerance) {
  return sund_simplify(l->n, l->x, l->y, tolerance, l->keep, l->scratch);
}

static double kept_length(const line *l) {
  double sum = 0;
  for (size_t i = 0, last = 0; i < l->n; i++)
    if (l->keep[i]) sum += hypot(l->x[i] - l->x[last], l->y[i] - l->y[last]), last = i;
  return sum;
}

static void test_simplify_by_hand(void **state) {
  line *l = line_new(*state);
  assert_int_equal(simplify(l, 1), 0);
  add(l, 0, 0);
  assert_int_equal(simplify(l, 1), 1);
  add(l, 50, 1);
  assert_int_equal(simplify(l, 1), 2);
  add(l, 100, 0);
  assert_int_equal(simplify(l, 1), 2); /* exactly at the tolerance is not farther */
  assert_int_equal(simplify(l, 0.999), 3);
  add(l, 100, 100); /* a right angle stays, whatever is small against it */
  assert_int_equal(simplify(l, 50), 3);
  assert_true(l->keep[0] && !l->keep[1] && l->keep[2] && l->keep[3]);
  assert_int_equal(simplify(l, 1000), 2);
  /* a spike beyond the end of the chord: its distance is to the segment, not to the endless line */
  l->n = 0;
  add(l, 0, 0), add(l, -30, 0), add(l, 10, 0);
  assert_int_equal(simplify(l, 5), 3);
}

static void test_simplify_closed(void **state) {
  line *l = line_new(*state);
  add(l, 0, 0), add(l, 10, 0), add(l, 10, 10), add(l, 0, 10), add(l, 0, 0);
  assert_int_equal(simplify(l, 1), 5);
  assert_int_equal(simplify(l, 8), 3); /* the start and the vertex farthest from it, there and back */
  assert_true(l->keep[0] && l->keep[2] && l->keep[4]);
  assert_int_equal(simplify(l, 1e9), 3);
  /* all at one place */
  l->n = 0;
  for (int i = 0; i < 6; i++) add(l, 1, 1);
  assert_true(simplify(l, 0) >= 2);
}

static void test_simplify_twin(void **state) {
  line *l = line_new(*state);
  uint64_t seed = support_seed();
  static const double tolerances[] = {0, 0.1, 1, 10, 100, 1e4};
  for (int round = 0; round < 60; round++) {
    wander(l, 2 + support_random(&seed) % 400, &seed);
    if (round % 3 == 0) add(l, l->x[0], l->y[0]);
    for (size_t t = 0; t < sizeof tolerances / sizeof *tolerances; t++) {
      uint8_t keep[MOST] = {0};
      const size_t got = simplify(l, tolerances[t]), last = l->n - 1;
      size_t far = 0, expected = 0;
      const bool closed = l->n > 3 && l->x[0] == l->x[last] && l->y[0] == l->y[last];
      for (size_t i = 1; i < last; i++)
        if (hypot(l->x[i] - l->x[0], l->y[i] - l->y[0]) > hypot(l->x[far] - l->x[0], l->y[far] - l->y[0])) far = i;
      if (closed) simplify_twin(l, 0, far, tolerances[t], keep), simplify_twin(l, far, last, tolerances[t], keep);
      else simplify_twin(l, 0, last, tolerances[t], keep);
      for (size_t i = 0; i < l->n; i++) expected += keep[i];
      if (got != expected || memcmp(keep, l->keep, l->n) != 0)
        fail_msg("seed %llu round %d tolerance %g", (unsigned long long)support_seed(), round, tolerances[t]);
    }
  }
}

/* What the name promises: no dropped vertex is farther than the tolerance from the chord over it. */
static void test_simplify_promise(void **state) {
  line *l = line_new(*state);
  uint64_t seed = support_seed();
  for (int round = 0; round < 40; round++) {
    wander(l, 1000, &seed);
    const double tolerance = pow(10, support_uniform(&seed, -1, 3));
    simplify(l, tolerance);
    assert_true(l->keep[0] && l->keep[l->n - 1]);
    for (size_t from = 0, to; from + 1 < l->n; from = to) {
      for (to = from + 1; !l->keep[to];) to++;
      for (size_t i = from + 1; i < to; i++) {
        double share;
        const double away =
            sund_segment_nearest(l->x[i], l->y[i], l->x[from], l->y[from], l->x[to], l->y[to], &share);
        if (away > tolerance) fail_msg("seed %llu: %g over %g", (unsigned long long)support_seed(), away, tolerance);
      }
    }
    assert_true(kept_length(l) <= sund_line_length(l->n, l->x, l->y) + 1e-6);
  }
}

/* Larger tolerances keep a subset here: the first split does not depend on the tolerance, nor does any later one. */
static void test_simplify_nested(void **state) {
  line *l = line_new(*state);
  uint64_t seed = support_seed();
  uint8_t before[MOST];
  for (int round = 0; round < 20; round++) {
    wander(l, 800, &seed);
    double longest = INFINITY;
    memset(before, 1, sizeof before);
    for (double tolerance = 0.5; tolerance < 2000; tolerance *= 2) {
      simplify(l, tolerance);
      for (size_t i = 0; i < l->n; i++)
        if (l->keep[i] && !before[i]) fail_msg("seed %llu: vertex %zu", (unsigned long long)support_seed(), i);
      assert_true(kept_length(l) <= longest + 1e-9);
      longest = kept_length(l);
      memcpy(before, l->keep, l->n);
    }
  }
}

/* A zigzag whose splits go one vertex at a time: the stack of a recursion would be as deep as the line is long. */
static void test_simplify_deep(void **state) {
  line *l = line_new(*state);
  for (size_t i = 0; i < MOST; i++) add(l, (double)i, (i % 2 ? 1 : -1) * pow(0.999, (double)i) * 100);
  assert_int_equal(simplify(l, 1e-3), MOST);
}

/* -------------------------------------------------------------------------------------------------------- divider */

/* The slow twin: creeps along the line in steps far smaller than the divider's. */
static double divider_twin(const line *l, double step) {
  double px = l->x[0], py = l->y[0], steps = 0;
  for (size_t i = 1; i < l->n; i++) {
    const double length = hypot(l->x[i] - l->x[i - 1], l->y[i] - l->y[i - 1]);
    const int creeps = 1 + (int)(length / (step * 1e-4));
    for (int k = 1; k <= creeps; k++) {
      const double t = (double)k / creeps, x = l->x[i - 1] + t * (l->x[i] - l->x[i - 1]);
      const double y = l->y[i - 1] + t * (l->y[i] - l->y[i - 1]);
      if (hypot(x - px, y - py) < step) continue;
      px = x, py = y;
      steps++;
    }
  }
  return steps * step + hypot(l->x[l->n - 1] - px, l->y[l->n - 1] - py);
}

static double divide(const line *l, double step) {
  return sund_divider_length(l->n, l->x, l->y, step);
}

static void test_divider_by_hand(void **state) {
  line *l = line_new(*state);
  assert_near(divide(l, 1), 0, 0);
  add(l, 0, 0);
  assert_near(divide(l, 1), 0, 0);
  add(l, 10, 0);
  assert_near(divide(l, 1), 10, 1e-12);  /* ten steps, no rest */
  assert_near(divide(l, 3), 10, 1e-12);  /* three steps and one */
  assert_near(divide(l, 25), 10, 1e-12); /* shorter than a step: end to end */
  assert_near(divide(l, 1e-6), 10, 1e-6);
  /* a right angle: 3 steps of 3 to (9, 0), then to (10, y) with 1 + y2 = 9, then on */
  add(l, 10, 10);
  const double up = sqrt(8);
  assert_near(divide(l, 3), 3 * 3 + 3 + 2 * 3 + (10 - up - 6), 1e-12);
  /* a step that reaches across the whole corner: from (0,0) to (10, y), 100 + y2 = 144 */
  assert_near(divide(l, 12), 12 + (10 - sqrt(44)), 1e-12);
  assert_near(divide(l, 100), sqrt(200), 1e-12);
  assert_near(divide(l, 0), 20, 1e-12); /* no step: as drawn */
  assert_near(divide(l, -1), 20, 1e-12);
}

/* Vertices inside the circle do not stop the leg: a hairpin of 4 m is nothing to a step of 10. */
static void test_divider_hairpin(void **state) {
  line *l = line_new(*state);
  add(l, 0, 0), add(l, 5, 0), add(l, 5, 4), add(l, 5, -4), add(l, 5, 0), add(l, 30, 0);
  assert_near(divide(l, 10), 30, 1e-12);
  assert_near(divide(l, 30), 30, 1e-12);
  /* the leg stands inside a bay and leaves it where the line comes out, not where it is nearest */
  l->n = 0;
  add(l, 0, 0), add(l, 1, 0), add(l, 1, 1), add(l, -5, 1);
  assert_near(divide(l, 2), 2 + hypot(-sqrt(3) + 5, 0), 1e-12);
}

/* On the Koch curve a divider of 3^-j stands on the corners of generation j: 4^j steps, D = log 4 / log 3. There the
 * curve turns back into the circle, so the divider is a hair shorter, lest rounding makes it miss the corner. */
static void test_divider_koch(void **state) {
  line *l = line_new(*state);
  koch(l, 6);
  assert_near(l->x[l->n - 1], 1, 1e-9);
  double length[5], step[5];
  for (int j = 1; j <= 5; j++) {
    assert_near(divide(l, pow(3, -j) * (1 - 1e-10)), pow(4.0 / 3, j), 1e-6);
    length[j - 1] = log(divide(l, pow(3, -j) * (1 - 1e-10)));
    step[j - 1] = log(pow(3, -j));
  }
  const double slope = (length[4] - length[0]) / (step[4] - step[0]);
  assert_near(1 - slope, log(4) / log(3), 1e-6);
}

static void test_divider_circle(void **state) {
  line *l = line_new(*state);
  circle(l, 4000, 1000);
  /* chords of the circle: step s covers the angle 2 asin(s / 2R) */
  for (double step = 50; step <= 800; step *= 2) {
    const double angle = 2 * asin(step / 2000), steps = floor(2 * PI / angle * (1 + 1e-7));
    const double rest = 2000 * sin(fmax(2 * PI - steps * angle, 0) / 2);
    assert_near(divide(l, step) / (steps * step + rest), 1, 1e-4);
  }
  assert_near(divide(l, 2001), 0, 1e-9); /* the whole circle within a step: back where it began */
}

static void test_divider_twin(void **state) {
  line *l = line_new(*state);
  uint64_t seed = support_seed();
  for (int round = 0; round < 30; round++) {
    wander(l, 60, &seed);
    for (size_t i = 0; i < l->n; i++) l->x[i] -= 7.2e5, l->y[i] -= 6.21e6;
    const double step = pow(10, support_uniform(&seed, 0.7, 2.3)), got = divide(l, step),
                 twin = divider_twin(l, step);
    /* the twin oversteps by up to 1e-4 of a step each time; where the circle just touches the line they may part */
    if (fabs(got - twin) > 0.02 * twin + step * 0.3)
      fail_msg("seed %llu round %d step %g: %g, %g", (unsigned long long)support_seed(), round, step, got, twin);
    assert_true(got <= sund_line_length(l->n, l->x, l->y) + 1e-9);
    assert_true(got >= hypot(l->x[l->n - 1] - l->x[0], l->y[l->n - 1] - l->y[0]) - 1e-9);
  }
}

/* Real coordinates cost digits, not steps. */
static void test_divider_far_from_origin(void **state) {
  line *l = line_new(*state);
  uint64_t seed = support_seed();
  for (int round = 0; round < 20; round++) {
    double here[6], i = 0;
    wander(l, 300, &seed);
    for (double step = 1; i < 6; step *= 4) here[(int)i++] = divide(l, step);
    for (size_t k = 0; k < l->n; k++) l->x[k] -= 7.2e5, l->y[k] -= 6.21e6;
    i = 0;
    for (double step = 1; i < 6; step *= 4, i++) assert_near(divide(l, step), here[(int)i], 0.02 * here[(int)i]);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      SUND_TEST(test_length_and_area),      SUND_TEST(test_circle),          SUND_TEST(test_segment_nearest),
      SUND_TEST(test_segment_nearest_twin), SUND_TEST(test_contains),        SUND_TEST(test_contains_twin),
      SUND_TEST(test_contains_border),
      SUND_TEST(test_simplify_by_hand),     SUND_TEST(test_simplify_closed), SUND_TEST(test_simplify_twin),
      SUND_TEST(test_simplify_promise),     SUND_TEST(test_simplify_nested), SUND_TEST(test_simplify_deep),
      SUND_TEST(test_divider_by_hand),      SUND_TEST(test_divider_hairpin), SUND_TEST(test_divider_koch),
      SUND_TEST(test_divider_circle),       SUND_TEST(test_divider_twin),    SUND_TEST(test_divider_far_from_origin),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}

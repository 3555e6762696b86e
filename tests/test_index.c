/* test_index.c - geo/index.c against linear scans. */
#include "support.h"

#include <math.h>

#include "geo/index.h"

/* --------------------------------------------------------------------------------------------------- search */

typedef struct found {
  uint8_t *hit;
  size_t count, stop_at;
} found;

static bool note(size_t item, void *data) {
  found *f = data;
  f->hit[item]++;
  f->count++;
  return f->count != f->stop_at;
}

static bool meets(const double *a, const double *b) {
  return a[0] <= b[2] && a[2] >= b[0] && a[1] <= b[3] && a[3] >= b[1];
}

/* Boxes on integers, so that edges coincide often. */
static double *random_boxes(sund_ctx *ctx, uint64_t *seed, size_t n, double width) {
  double *boxes = sund_alloc(ctx, n, 4 * sizeof *boxes);
  assert_non_null(boxes);
  for (size_t i = 0; i < n; i++) {
    boxes[4 * i] = floor(support_uniform(seed, 0, width));
    boxes[4 * i + 1] = floor(support_uniform(seed, 0, width));
    boxes[4 * i + 2] = boxes[4 * i] + floor(support_uniform(seed, 0, 5));
    boxes[4 * i + 3] = boxes[4 * i + 1] + floor(support_uniform(seed, 0, 5));
  }
  return boxes;
}

static void test_search_is_a_linear_scan(void **state) {
  sund_ctx *ctx = *state;
  uint64_t seed = support_seed();
  const size_t sizes[] = {0, 1, 2, 15, 16, 17, 255, 256, 257, 4095, 4096, 4097, 20000};
  for (size_t s = 0; s < sizeof sizes / sizeof *sizes; s++) {
    const size_t n = sizes[s];
    double *boxes = random_boxes(ctx, &seed, n, 200);
    sund_index *index;
    assert_ok(ctx, sund_index_build(ctx, n, boxes, &index));
    found f = {.hit = sund_alloc(ctx, n, 1)};
    for (int turn = 0; turn < 50; turn++) {
      double *box = random_boxes(ctx, &seed, 1, 200);
      memset(f.hit, 0, n);
      f.count = 0;
      sund_index_search(index, box, note, &f);
      for (size_t i = 0; i < n; i++) {
        if (f.hit[i] != meets(boxes + 4 * i, box)) fail_msg("n %zu item %zu (SUND_SEED)", n, i);
      }
    }
  }
}

/* -------------------------------------------------------------------------------------------------- pairs */

typedef struct paired {
  size_t n, *count, *partner; /* n: how many each has, and n * n: which, in the order told */
} paired;

static void note_pair(size_t a, size_t b, void *data) {
  paired *p = data;
  p->partner[a * p->n + p->count[a]++] = b;
}

static bool note_partner(size_t item, void *data) {
  paired *p = data;
  p->partner[p->count[0]++] = item;
  return true;
}

/* Each item's pairs are what a search around it finds, in that order, as far as the numbers are larger. */
static void test_pairs_are_searches(void **state) {
  sund_ctx *ctx = *state;
  uint64_t seed = support_seed();
  const size_t sizes[] = {0, 1, 2, 16, 17, 33, 257, 600};
  for (size_t s = 0; s < sizeof sizes / sizeof *sizes; s++) {
    const size_t n = sizes[s];
    const double by = s % 2 ? 0 : 1;
    double *boxes = random_boxes(ctx, &seed, n, 60);
    if (n > 5) boxes[4 * 5] = NAN; /* in no pair */
    sund_index *index;
    assert_ok(ctx, sund_index_build(ctx, n, boxes, &index));
    paired p = {n, sund_alloc(ctx, n, sizeof(size_t)), sund_alloc(ctx, n * n, sizeof(size_t))};
    const size_t groups = index_groups(index);
    index_pairs(index, groups / 2, groups, by, note_pair, &p);
    index_pairs(index, 0, groups / 2, by, note_pair, &p);
    for (size_t a = 0; a < n; a++) {
      const double *own = boxes + 4 * a;
      const double box[4] = {own[0] - by, own[1] - by, own[2] + by, own[3] + by};
      size_t count = 0, told = 0;
      paired around = {n, &count, sund_alloc(ctx, n, sizeof(size_t))};
      if (!isnan(own[0])) sund_index_search(index, box, note_partner, &around);
      for (size_t i = 0; i < count; i++) {
        if (around.partner[i] <= a) continue;
        if (told == p.count[a] || p.partner[a * n + told] != around.partner[i])
          fail_msg("seed %llu: n %zu, pair %zu, %zu", (unsigned long long)support_seed(), n, a, around.partner[i]);
        told++;
      }
      assert_int_equal(told, p.count[a]);
    }
  }
}

static void test_search_stops_when_told(void **state) {
  sund_ctx *ctx = *state;
  uint64_t seed = support_seed();
  double *boxes = random_boxes(ctx, &seed, 1000, 100);
  sund_index *index;
  assert_ok(ctx, sund_index_build(ctx, 1000, boxes, &index));
  found f = {.hit = sund_alloc(ctx, 1000, 1), .stop_at = 7};
  sund_index_search(index, (const double[4]){-1e9, -1e9, 1e9, 1e9}, note, &f);
  assert_int_equal(f.count, 7);
}

static void test_unusable_boxes_are_left_out(void **state) {
  sund_ctx *ctx = *state;
  const double boxes[] = {0, 0,   1,        1,        NAN,       0,         1, 1, 0, 0,
                          1, NAN, INFINITY, INFINITY, -INFINITY, -INFINITY, 2, 2, 3, 3};
  sund_index *index;
  assert_ok(ctx, sund_index_build(ctx, 5, boxes, &index));
  found f = {.hit = sund_alloc(ctx, 5, 1)};
  sund_index_search(index, (const double[4]){-INFINITY, -INFINITY, INFINITY, INFINITY}, note, &f);
  const uint8_t wanted[] = {1, 0, 0, 0, 1};
  assert_memory_equal(f.hit, wanted, 5);
}

/* A box without end is at every place, also when it is among others. */
static void test_infinite_boxes_are_kept(void **state) {
  sund_ctx *ctx = *state;
  uint64_t seed = support_seed();
  double *boxes = random_boxes(ctx, &seed, 100, 100);
  const double endless[4] = {-INFINITY, 5, INFINITY, 6};
  memcpy(boxes + 4 * 50, endless, sizeof endless);
  sund_index *index;
  assert_ok(ctx, sund_index_build(ctx, 100, boxes, &index));
  found f = {.hit = sund_alloc(ctx, 100, 1)};
  sund_index_search(index, (const double[4]){1e7, 5.5, 1e7, 5.5}, note, &f);
  assert_int_equal(f.hit[50], 1);
  assert_int_equal(f.count, 1);
}

/* -------------------------------------------------------------------------------------------------- nearest */

typedef struct points {
  const double *boxes;
  const uint8_t *skip;
  size_t calls;
} points;

static double to_box(size_t item, double x, double y, void *data) {
  points *p = data;
  p->calls++;
  if (p->skip && p->skip[item]) return item % 2 ? -1 : NAN;
  const double *box = p->boxes + 4 * item;
  return hypot(fmax(fmax(box[0] - x, x - box[2]), 0), fmax(fmax(box[1] - y, y - box[3]), 0));
}

static void test_nearest_is_a_linear_scan(void **state) {
  sund_ctx *ctx = *state;
  uint64_t seed = support_seed();
  const size_t sizes[] = {0, 1, 16, 17, 300, 5000};
  for (size_t s = 0; s < sizeof sizes / sizeof *sizes; s++) {
    const size_t n = sizes[s];
    double *boxes = random_boxes(ctx, &seed, n, 300);
    uint8_t *skip = sund_alloc(ctx, n, 1);
    for (size_t i = 0; i < n; i++) skip[i] = support_random(&seed) % 4 == 0;
    points p = {.boxes = boxes, .skip = skip};
    sund_index *index;
    assert_ok(ctx, sund_index_build(ctx, n, boxes, &index));
    for (int turn = 0; turn < 300; turn++) {
      /* whole numbers: many ties; limits that are met exactly */
      double x = floor(support_uniform(&seed, -20, 320)), y = floor(support_uniform(&seed, -20, 320));
      double limit = turn % 3 ? floor(support_uniform(&seed, 0, 30)) : INFINITY;
      size_t best = SIZE_MAX;
      double least = INFINITY, metres = -7;
      for (size_t i = 0; i < n; i++) {
        double d = to_box(i, x, y, &p);
        if (d >= 0 && d <= limit && d < least) best = i, least = d;
      }
      size_t got = sund_index_nearest(index, x, y, limit, to_box, &p, &metres);
      if (got != best) fail_msg("n %zu turn %d: item %zu, not %zu", n, turn, got, best);
      if (best != SIZE_MAX) assert_true(metres == least);
      else assert_true(metres == -7);
    }
  }
}

static void test_nearest_limits(void **state) {
  sund_ctx *ctx = *state;
  const double boxes[] = {3, 4, 3, 4, 3, 4, 3, 4};
  points p = {.boxes = boxes};
  sund_index *index;
  assert_ok(ctx, sund_index_build(ctx, 2, boxes, &index));
  double metres;
  assert_int_equal(sund_index_nearest(index, 0, 0, 5, to_box, &p, &metres), 0);
  assert_true(metres == 5);
  assert_true(sund_index_nearest(index, 0, 0, nextafter(5, 0), to_box, &p, &metres) == SIZE_MAX);
  assert_true(sund_index_nearest(index, 0, 0, -1, to_box, &p, &metres) == SIZE_MAX);
  assert_true(sund_index_nearest(index, 0, 0, NAN, to_box, &p, &metres) == SIZE_MAX);
  assert_true(sund_index_nearest(index, NAN, 0, 5, to_box, &p, &metres) == SIZE_MAX);
  assert_int_equal(sund_index_nearest(index, 3, 4, 0, to_box, &p, &metres), 0);
}

/* The tree is worth having: few items are measured. */
static void test_nearest_looks_at_few(void **state) {
  sund_ctx *ctx = *state;
  uint64_t seed = support_seed();
  const size_t n = 50000;
  double *boxes = sund_alloc(ctx, n, 4 * sizeof *boxes);
  for (size_t i = 0; i < n; i++) {
    boxes[4 * i] = boxes[4 * i + 2] = support_uniform(&seed, 6e5, 7e5);
    boxes[4 * i + 1] = boxes[4 * i + 3] = support_uniform(&seed, 6.1e6, 6.2e6);
  }
  points p = {.boxes = boxes};
  sund_index *index;
  assert_ok(ctx, sund_index_build(ctx, n, boxes, &index));
  double metres;
  for (int turn = 0; turn < 1000; turn++) {
    const double x = support_uniform(&seed, 6e5, 7e5), y = support_uniform(&seed, 6.1e6, 6.2e6);
    assert_true(sund_index_nearest(index, x, y, INFINITY, to_box, &p, &metres) != SIZE_MAX);
  }
  assert_true(p.calls < 10 * 1000);
}

/* Far from the origin rounding makes a distance smaller than its box; ties must not be lost by that. */
static double rounded(size_t item, double x, double y, void *data) {
  points *p = data;
  const double *box = p->boxes + 4 * item;
  return hypot(box[0] - x, box[1] - y) * (1 - 0x1p-52);
}

static void test_rounding_loses_nothing(void **state) {
  sund_ctx *ctx = *state;
  uint64_t seed = support_seed();
  double boxes[4 * 64];
  for (size_t i = 0; i < 64; i++) { /* all at distance 25 of one point, in the four quadrants */
    static const double turn[4][2] = {{7, 24}, {-24, 7}, {-7, -24}, {24, -7}};
    const double shift = (double)(i / 4) * 1e-3 * (double)(support_random(&seed) % 2);
    boxes[4 * i] = boxes[4 * i + 2] = 6.5e6 + turn[i % 4][0] + shift;
    boxes[4 * i + 1] = boxes[4 * i + 3] = 6.5e6 + turn[i % 4][1] + shift;
  }
  points p = {.boxes = boxes};
  sund_index *index;
  assert_ok(ctx, sund_index_build(ctx, 64, boxes, &index));
  double metres, least = INFINITY;
  size_t best = SIZE_MAX;
  for (size_t i = 0; i < 64; i++) {
    const double d = rounded(i, 6.5e6, 6.5e6, &p);
    if (d < least) best = i, least = d;
  }
  assert_int_equal(sund_index_nearest(index, 6.5e6, 6.5e6, 100, rounded, &p, &metres), best);
  assert_true(metres == least);
}

/* ------------------------------------------------------------------------------------------------- failures */

static void test_every_allocation_may_fail(void **state) {
  sund_ctx *ctx = *state;
  uint64_t seed = support_seed();
  double *boxes = random_boxes(ctx, &seed, 500, 100);
  const size_t before = sund_ctx_allocations(ctx);
  sund_index *index;
  assert_ok(ctx, sund_index_build(ctx, 500, boxes, &index));
  const size_t count = sund_ctx_allocations(ctx) - before;
  assert_true(count >= 3);
  for (size_t n = 1; n <= count; n++) {
    sund_ctx *fresh = sund_ctx_new();
    sund_ctx_fail_alloc(fresh, n);
    sund_index *untouched = NULL;
    assert_int_equal(sund_index_build(fresh, 500, boxes, &untouched), SUND_LIMIT);
    assert_null(untouched);
    assert_int_equal(sund_failure(fresh, NULL, NULL, NULL), SUND_LIMIT);
    sund_ctx_free(fresh);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      SUND_TEST(test_search_is_a_linear_scan), SUND_TEST(test_pairs_are_searches),
      SUND_TEST(test_search_stops_when_told),  SUND_TEST(test_unusable_boxes_are_left_out),
      SUND_TEST(test_infinite_boxes_are_kept), SUND_TEST(test_nearest_is_a_linear_scan),
      SUND_TEST(test_nearest_limits),          SUND_TEST(test_nearest_looks_at_few),
      SUND_TEST(test_rounding_loses_nothing),  SUND_TEST(test_every_allocation_may_fail),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}

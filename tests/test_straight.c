/* The nearest places by straight line: drawn by hand, against trying every place, and as pairs. */
#include "overland.h"

enum { TOWN = 40, PEOPLE = 300 };

static void by_hand(void **state) {
  sund_ctx *ctx = *state;
  const sund_shapes *areas = boxes(
      ctx, 4, (const double[][4]){{0, 0, 100, 100}, {50, 50, 150, 150}, {300, 0, 400, 100}, {100, 200, 120, 220}});
  const uint8_t accept[] = {1, 1, 1, 0};
  const sund_places places = {.rows = 4, .areas = areas, .accept = accept};
  const double x[] = {75, 20, 200, 110, NAN}, y[] = {75, 20, 50, 210, 0};
  double metres[15], near_x[15], near_y[15];
  size_t row[15];
  assert_ok(ctx, sund_straight_ranked(ctx, &places, NULL, 100, 3, 5, x, y, metres, row, near_x, near_y));
  const size_t wanted_row[15] = {0, 1, SIZE_MAX, 0,        1,        SIZE_MAX, 1,       0,
                                 2, 1, SIZE_MAX, SIZE_MAX, SIZE_MAX, SIZE_MAX, SIZE_MAX};
  const double wanted[15] = {0, 0, NAN, 0, sqrt(1800), NAN, 50, 100, 100, 60, NAN, NAN, NAN, NAN, NAN};
  for (size_t i = 0; i < 15; i++) {
    assert_true(row[i] == wanted_row[i]);
    if (row[i] == SIZE_MAX) assert_true(isnan(metres[i]) && isnan(near_x[i]) && isnan(near_y[i]));
    else NEAR(metres[i], wanted[i], 1e-9);
  }
  assert_true(near_x[0] == 75 && near_y[0] == 75);  /* inside both: there */
  assert_true(near_x[6] == 150 && near_y[6] == 50); /* straight to the side */
  assert_true(near_x[8] == 300 && near_y[8] == 50);
}

static void with_points(void **state) {
  sund_ctx *ctx = *state;
  const double px[] = {0, 10, 10, NAN, 100}, py[] = {0, 0, 0, 0, 0}, x = 10, y = 5;
  const sund_places places = {.rows = 5, .x = px, .y = py};
  double metres[6];
  size_t row[6];
  assert_ok(ctx, sund_straight_ranked(ctx, &places, NULL, INFINITY, 6, 1, &x, &y, metres, row, NULL, NULL));
  const size_t wanted[] = {1, 2, 0, 4, SIZE_MAX, SIZE_MAX}; /* equally near: the smaller row */
  for (size_t i = 0; i < 6; i++) assert_true(row[i] == wanted[i]);
  assert_ok(ctx, sund_straight_ranked(ctx, &places, NULL, INFINITY, 0, 1, &x, &y, metres, row, NULL, NULL));
  const sund_places none = {.rows = 0, .x = px, .y = py};
  assert_ok(ctx, sund_straight_ranked(ctx, &none, NULL, INFINITY, 1, 1, &x, &y, metres, row, NULL, NULL));
  assert_true(isnan(metres[0]) && row[0] == SIZE_MAX);
}

/* Metres are those on the ground, and so is the limit. */
static void on_the_ground(void **state) {
  sund_ctx *ctx = *state;
  sund_crs *crs;
  sund_ground *ground;
  assert_ok(ctx, sund_crs_open(ctx, "EPSG:25832", &crs));
  assert_ok(ctx, sund_ground_open(ctx, crs, (const double[]){700000, 6200000, 740000, 6240000}, &ground));
  const double px = 720300, py = 6215000, x = 720000, y = 6215000;
  const sund_places places = {.rows = 1, .x = &px, .y = &py};
  const double wanted = sund_ground_distance(ground, x, y, px, py);
  double metres;
  size_t row;
  assert_true(fabs(wanted - 300) > 0.01);
  assert_ok(ctx, sund_straight_ranked(ctx, &places, ground, wanted, 1, 1, &x, &y, &metres, &row, NULL, NULL));
  assert_true(metres == wanted && row == 0);
  sund_pairs *pairs;
  assert_ok(ctx, sund_straight_pairs(ctx, &places, ground, wanted, 1, &x, &y, &pairs));
  assert_true(pairs->first[1] == 1 && pairs->metres[0] == wanted);
  assert_ok(
      ctx, sund_straight_ranked(ctx, &places, ground, wanted * (1 - 1e-12), 1, 1, &x, &y, &metres, &row, NULL, NULL));
  assert_true(isnan(metres) && row == SIZE_MAX);
}

/* -------------------------------------------------------------------------------------------------------- twin */

typedef struct town {
  sund_shapes *areas;
  uint8_t accept[TOWN];
  sund_places places;
  double x[PEOPLE], y[PEOPLE];
} town;

static void make(sund_ctx *ctx, town *t, uint64_t *seed) {
  double box[TOWN][4];
  for (size_t i = 0; i < TOWN; i++) {
    box[i][0] = floor(support_uniform(seed, 0, 100)), box[i][1] = floor(support_uniform(seed, 0, 100));
    box[i][2] = box[i][0] + floor(support_uniform(seed, 1, 15));
    box[i][3] = box[i][1] + floor(support_uniform(seed, 1, 15));
    t->accept[i] = support_random(seed) % 4 != 0;
  }
  t->areas = boxes(ctx, TOWN, (const double(*)[4])box);
  t->places = (sund_places){.rows = TOWN, .areas = t->areas, .accept = t->accept};
  for (size_t i = 0; i < PEOPLE; i++)
    t->x[i] = round(support_uniform(seed, -10, 120)), t->y[i] = round(support_uniform(seed, -10, 120));
}

static double slow(const town *t, size_t place, double x, double y) {
  const sund_shapes *areas = t->areas;
  double best = sund_area_contains(areas, place, x, y) ? 0 : INFINITY, share;
  for (size_t v = areas->first_vertex[place]; v + 1 < areas->first_vertex[place + 1]; v++)
    best = fmin(best, sund_segment_nearest(x, y, areas->x[v], areas->y[v], areas->x[v + 1], areas->y[v + 1], &share));
  return best;
}

static void like_trying_all(void **state) {
  sund_ctx *ctx = *state;
  uint64_t seed = support_seed();
  enum { K = 4 };
  const double limit = 20;
  town t;
  make(ctx, &t, &seed);
  double metres[PEOPLE * K];
  size_t row[PEOPLE * K], found = 0;
  sund_pairs *pairs;
  assert_ok(ctx, sund_straight_ranked(ctx, &t.places, NULL, limit, K, PEOPLE, t.x, t.y, metres, row, NULL, NULL));
  assert_ok(ctx, sund_straight_pairs(ctx, &t.places, NULL, limit, PEOPLE, t.x, t.y, &pairs));
  for (size_t i = 0; i < PEOPLE; i++) {
    bool taken[TOWN] = {false};
    for (size_t k = 0; k < K; k++) {
      size_t best = SIZE_MAX;
      double least = INFINITY;
      for (size_t p = 0; p < TOWN; p++) {
        const double m = t.accept[p] && !taken[p] ? slow(&t, p, t.x[i], t.y[i]) : INFINITY;
        if (m <= limit && m < least) least = m, best = p;
      }
      if (best != SIZE_MAX) taken[best] = true;
      if (row[i * K + k] != best || (best != SIZE_MAX && fabs(metres[i * K + k] - least) > 1e-9))
        fail_msg("seed %llu, point %zu, rank %zu: %zu, not %zu", (unsigned long long)support_seed(), i, k,
                 row[i * K + k], best);
    }
  }
  for (size_t p = 0; p < TOWN; p++)
    for (size_t i = 0; i < PEOPLE; i++) {
      const double m = slow(&t, p, t.x[i], t.y[i]);
      if (!t.accept[p] || m > limit) continue;
      assert_true(found < pairs->first[p + 1] && pairs->to[found] == i && fabs(pairs->metres[found] - m) <= 1e-9);
      found++;
    }
  assert_int_equal(found, pairs->first[TOWN]);
}

static void any_number_of_threads(void **state) {
  sund_ctx *ctx = *state;
  uint64_t seed = support_seed() + 1;
  enum { MANY = 3000 };
  town t;
  make(ctx, &t, &seed);
  double x[MANY], y[MANY], metres[2][MANY * 2];
  size_t row[2][MANY * 2];
  sund_pairs *pairs[2];
  for (size_t i = 0; i < MANY; i++) x[i] = support_uniform(&seed, 0, 100), y[i] = support_uniform(&seed, 0, 100);
  for (size_t k = 0; k < 2; k++) {
    sund_ctx_threads(ctx, k ? 4 : 1);
    assert_ok(ctx, sund_straight_ranked(ctx, &t.places, NULL, 30, 2, MANY, x, y, metres[k], row[k], NULL, NULL));
    assert_ok(ctx, sund_straight_pairs(ctx, &t.places, NULL, 30, MANY, x, y, &pairs[k]));
  }
  assert_memory_equal(metres[0], metres[1], sizeof *metres);
  assert_memory_equal(row[0], row[1], sizeof *row);
  const size_t count = pairs[0]->first[TOWN];
  assert_int_equal(count, pairs[1]->first[TOWN]);
  assert_memory_equal(pairs[0]->to, pairs[1]->to, count * sizeof *pairs[0]->to);
  assert_memory_equal(pairs[0]->metres, pairs[1]->metres, count * sizeof *pairs[0]->metres);
}

/* Whatever allocation fails, the code says so and nothing is written. */
static void without_memory(void **state) {
  (void)state;
  for (size_t n = 1;; n++) {
    sund_ctx *ctx = sund_ctx_new();
    uint64_t seed = 5;
    town t;
    make(ctx, &t, &seed);
    double metres[PEOPLE];
    size_t row[PEOPLE];
    sund_pairs *pairs = NULL;
    row[0] = 77;
    sund_ctx_fail_alloc(ctx, n);
    const sund_code ranked =
        sund_straight_ranked(ctx, &t.places, NULL, 30, 1, PEOPLE, t.x, t.y, metres, row, NULL, NULL);
    const sund_code paired =
        ranked ? ranked : sund_straight_pairs(ctx, &t.places, NULL, 30, PEOPLE, t.x, t.y, &pairs);
    assert_true(paired == SUND_OK || (paired == SUND_LIMIT && pairs == NULL));
    assert_true(n > 1 || (ranked == SUND_LIMIT && row[0] == 77));
    sund_ctx_free(ctx);
    if (paired == SUND_OK) return;
    assert_true(n < 500);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      SUND_TEST(by_hand),         SUND_TEST(with_points),           SUND_TEST(on_the_ground),
      SUND_TEST(like_trying_all), SUND_TEST(any_number_of_threads), SUND_TEST(without_memory),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}

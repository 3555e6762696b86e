/* Ways over land, drawn by hand: bays, straits, bridges, islands, lakes, harbours, places in the water. The slow twin is in
 * test_overland_search.c. */
#include "overland.h"

/* A bay 100 m wide and 350 m deep between two points that look at each other. */
static void around_a_bay(void **state) {
  sund_ctx *ctx = *state;
  const sund_shapes *water = boxes(ctx, 1, (const double[][4]){{0, 0, 100, 350}});
  const sund_overland *o = open_ground(ctx, water, NULL, 0);
  /* 50 m to each corner of the head of the bay lies 350 m up; below it the sea would go on */
  const double leg = hypot(50, 150);
  NEAR(to_point(ctx, o, INFINITY, -50, 200, 150, 200), 2 * leg + 100, 1e-9);
  NEAR(to_point(ctx, o, INFINITY, -50, 175, 150, 175), 2 * hypot(50, 175) + 100, 1e-9);
  NEAR(to_point(ctx, o, INFINITY, -50, 400, 150, 400), 200, 1e-9);
  NEAR(to_point(ctx, o, INFINITY, -50, 350, 150, 350), 200, 1e-9); /* along the edge */
  NEAR(to_point(ctx, o, INFINITY, 0, 10, 0, 340), 330, 1e-9);
  NEAR(to_point(ctx, o, INFINITY, 0, 10, 100, 10), 120, 1e-9);
  assert_true(isnan(to_point(ctx, o, 2 * leg + 99.9, -50, 200, 150, 200)));
  NEAR(to_point(ctx, o, 2 * leg + 100.0001, -50, 200, 150, 200), 2 * leg + 100, 1e-9);
}

static void across_a_strait(void **state) {
  sund_ctx *ctx = *state;
  const sund_shapes *water = boxes(ctx, 2, (const double[][4]){{0, -9000, 500, 0}, {0, 0, 500, 9000}});
  const sund_shapes *bridge = draw(ctx, SUND_LINE, 2, (const size_t[]){3, 2},
                                   (const double[]){-40, 300, -10, 300, 250, 300, 250, 300, 560, 300}, NULL);
  const sund_overland *o = open_ground(ctx, water, NULL, 0);
  assert_true(isnan(to_point(ctx, o, 5000, -100, 0, 600, 0)));
  assert_true(isnan(to_point(ctx, o, 5000, -100, 10, 600, -10))); /* the seam at y = 0 is no way */
  assert_true(isnan(to_point(ctx, o, 5000, 0, 0, 500, 0)));
  o = open_ground(ctx, water, bridge, 0);
  NEAR(to_point(ctx, o, 5000, -100, 0, 600, 0), 2 * hypot(100, 300) + 500, 1e-9);
  NEAR(to_point(ctx, o, 5000, -100, 300, 600, 300), 700, 1e-9);
}

static void islands_and_lakes(void **state) {
  sund_ctx *ctx = *state;
  /* a lake 200 x 100 with an island that has a pond; the sea around is absent */
  const sund_shapes *water =
      draw(ctx, SUND_AREA, 3, (const size_t[]){4, 4, 4},
           (const double[]){0,  0,  200, 0,  200, 100, 0,  100, 60, 20, 60, 80, 140, 80, 140, 20,  //
                            90, 40, 110, 40, 110, 60,  90, 60},
           (const uint8_t[]){0, 1, 0});
  const sund_overland *o = open_ground(ctx, water, NULL, 0);
  NEAR(to_point(ctx, o, INFINITY, 100, -10, 100, 110), 2 * hypot(100, 10) + 100, 1e-9);
  NEAR(to_point(ctx, o, INFINITY, 120, -10, 120, 110), 2 * hypot(80, 10) + 100, 1e-9); /* the shorter way round */
  assert_true(isnan(to_point(ctx, o, INFINITY, 100, -10, 70, 50)));                    /* nobody gets to the island */
  NEAR(to_point(ctx, o, INFINITY, 70, 50, 130, 50), 2 * hypot(20, 10) + 20, 1e-9);     /* around the pond on it */
  NEAR(to_point(ctx, o, INFINITY, -20, 100, 220, 100), 240, 1e-9);                     /* along the edge */
  NEAR(to_point(ctx, o, INFINITY, 0, -30, 0, 130), 160, 1e-9);
}

/* A home in a harbour basin, a place in the water, and what lies too far out. */
static void starts_in_the_water(void **state) {
  sund_ctx *ctx = *state;
  const sund_shapes *water = boxes(ctx, 1, (const double[][4]){{0, 0, 1000, 1000}});
  const sund_overland *o = open_ground(ctx, water, NULL, 50);
  NEAR(to_point(ctx, o, INFINITY, 10, 500, -90, 500), 100, 1e-9);
  NEAR(to_point(ctx, o, INFINITY, 10, 500, -30, 540), 10 + 50, 1e-9);
  NEAR(to_point(ctx, o, INFINITY, 50, 500, 0, 530), 80, 1e-9);
  assert_true(isnan(to_point(ctx, o, INFINITY, 50.001, 500, 0, 530)));
  NEAR(to_point(ctx, o, INFINITY, -30, 540, 10, 500), 60, 1e-9);
  assert_true(isnan(to_point(ctx, o, INFINITY, -30, 540, 51, 500)));
  uint8_t lost[3];
  assert_ok(ctx, sund_overland_lost(ctx, o, 3, (const double[]){10, 51, -3}, (const double[]){500, 500, 500}, lost));
  assert_true(!lost[0] && lost[1] && !lost[2]);
  double near[2];
  const sund_shapes *bath =
      draw(ctx, SUND_AREA, 1, (const size_t[]){4}, (const double[]){20, 430, 40, 400, 60, 430, 40, 460}, NULL);
  NEAR(to_areas(ctx, o, INFINITY, -30, 430, bath, near), 50, 1e-9);
  NEAR(near[0], 20, 1e-9);
  NEAR(to_areas(ctx, o, INFINITY, -30, 470, bath, near), 50 + 20, 1e-9);
  NEAR(to_areas(ctx, o, INFINITY, 30, 430, bath, near), 0, 0);
  const sund_shapes *beach = boxes(ctx, 1, (const double[][4]){{-40, 400, 60, 460}}); /* half of it in the water */
  NEAR(to_areas(ctx, o, INFINITY, -40, 500, beach, near), 40, 1e-9);
  NEAR(to_areas(ctx, o, INFINITY, 30, 500, beach, near), 30 + 40, 1e-9);
  NEAR(to_areas(ctx, o, INFINITY, 30, 430, beach, near), 0, 0);
}

static void ways_are_told(void **state) {
  sund_ctx *ctx = *state;
  const sund_shapes *water = boxes(ctx, 1, (const double[][4]){{0, 0, 100, 350}});
  const sund_overland *o = open_ground(ctx, water, NULL, 20);
  sund_way way;
  assert_ok(ctx, sund_overland_way(ctx, o, -50, 200, 90, 200, INFINITY, &way));
  NEAR(way.metres, hypot(50, 150) + 250 + 10, 1e-9);
  assert_int_equal(way.vertices, 5);
  const double x[] = {-50, 0, 100, 100, 90}, y[] = {200, 350, 350, 200, 200};
  for (size_t i = 0; i < 5; i++) assert_true(way.x[i] == x[i] && way.y[i] == y[i]);
  assert_ok(ctx, sund_overland_way(ctx, o, -50, 200, 50, 200, INFINITY, &way));
  assert_true(isnan(way.metres) && way.vertices == 0);
}

static void pairs_are_told(void **state) {
  sund_ctx *ctx = *state;
  const sund_shapes *water = boxes(ctx, 1, (const double[][4]){{0, 0, 100, 350}});
  const sund_overland *o = open_ground(ctx, water, NULL, 0);
  const double px[] = {150, -60, 1000}, py[] = {200, 200, 1000}, x[] = {-50, 150, 150}, y[] = {200, 210, 360};
  const sund_places places = {.rows = 3, .x = px, .y = py};
  sund_pairs *pairs;
  assert_ok(ctx, sund_overland_pairs(ctx, o, &places, 320, 3, x, y, &pairs));
  assert_true(pairs->first[1] == 2 && pairs->first[2] == 4 && pairs->first[3] == 4);
  assert_true(pairs->to[0] == 1 && pairs->to[1] == 2 && pairs->to[2] == 0 && pairs->to[3] == 2);
  NEAR(pairs->metres[0], 10, 1e-9);
  NEAR(pairs->metres[3], hypot(60, 150) + hypot(150, 10), 1e-9);
}

/* Two lakes that touch in a corner: one can walk through between them, but not into them. */
static void touching_corners(void **state) {
  sund_ctx *ctx = *state;
  const sund_shapes *water = boxes(ctx, 2, (const double[][4]){{0, 0, 100, 100}, {100, 100, 200, 200}});
  const sund_overland *o = open_ground(ctx, water, NULL, 0);
  NEAR(to_point(ctx, o, INFINITY, 50, 150, 150, 50), hypot(100, 100), 1e-9); /* through the corner */
  NEAR(to_point(ctx, o, INFINITY, 60, 150, 150, 60), hypot(40, 50) + hypot(50, 40), 1e-9);
  NEAR(to_point(ctx, o, INFINITY, 50, -10, 150, 210), 2 * hypot(50, 10) + 200, 1e-9);
  NEAR(to_point(ctx, o, INFINITY, 100, 50, 100, 150), 100, 1e-9); /* along both */
  NEAR(to_point(ctx, o, INFINITY, 10, 100, 190, 100), 180, 1e-9);
  NEAR(to_point(ctx, o, INFINITY, -50, -50, 250, 250), 2 * hypot(50, 150) + hypot(100, 100), 1e-9);
  /* at both ends of a lake the tip of another one: no way leads from tip to tip, though each is only passed by */
  const sund_shapes *tips = draw(ctx, SUND_AREA, 3, (const size_t[]){4, 3, 3},
                                 (const double[]){0,  0,    50,  -2,   100, 0, 50, 2, -10, -100, 10, -100, 0, 0,  //
                                                  90, -100, 110, -100, 100, 0},
                                 NULL);
  o = open_ground(ctx, tips, NULL, 0);
  NEAR(to_point(ctx, o, INFINITY, -50, 0, 150, 0), 2 * hypot(100, 2), 1e-9);
}

/* A lake can be a place itself: it is reached at its shore. So can an island with all its water around. */
static void lakes_as_places(void **state) {
  sund_ctx *ctx = *state;
  const sund_shapes *lake = boxes(ctx, 1, (const double[][4]){{0, 0, 100, 100}});
  const sund_overland *o = open_ground(ctx, lake, NULL, 0);
  double near[2];
  NEAR(to_areas(ctx, o, INFINITY, -30, 50, lake, near), 30, 1e-9);
  assert_true(near[0] == 0 && near[1] == 50);
  NEAR(to_areas(ctx, o, INFINITY, 140, 130, lake, near), 50, 1e-9);
  const sund_shapes *moat =
      draw(ctx, SUND_AREA, 2, (const size_t[]){4, 4},
           (const double[]){0, 0, 300, 0, 300, 300, 0, 300, 100, 100, 100, 200, 200, 200, 200, 100},
           (const uint8_t[]){0, 1});
  const sund_shapes *bridge =
      draw(ctx, SUND_LINE, 1, (const size_t[]){2}, (const double[]){-10, 150, 110, 150}, NULL);
  const sund_shapes *reserve = boxes(ctx, 1, (const double[][4]){{50, 50, 250, 250}}); /* its boundary is all water */
  o = open_ground(ctx, moat, bridge, 0);
  NEAR(to_areas(ctx, o, INFINITY, -40, 150, reserve, near), 140, 1e-9);
  NEAR(to_areas(ctx, o, INFINITY, 150, 150, reserve, near), 0, 0);
  o = open_ground(ctx, moat, NULL, 0);
  assert_true(isnan(to_areas(ctx, o, INFINITY, -40, 150, reserve, near)));
}

/* A bridge that ends a little short of the land is joined to it, where starts in the water are. */
static void short_bridges(void **state) {
  sund_ctx *ctx = *state;
  const sund_shapes *water = boxes(ctx, 1, (const double[][4]){{0, -9000, 500, 9000}});
  const sund_shapes *bridge = draw(ctx, SUND_LINE, 1, (const size_t[]){2}, (const double[]){-10, 0, 495, 0}, NULL);
  NEAR(to_point(ctx, open_ground(ctx, water, bridge, 10), 2000, -10, 0, 510, 0), 520, 1e-9);
  assert_true(isnan(to_point(ctx, open_ground(ctx, water, bridge, 4), 2000, -10, 0, 510, 0)));
}

/* ------------------------------------------------------------------------------------------ threads and failures */

enum { MANY = 2000, ISLES = 30 };

typedef struct shire {
  sund_shapes *water, *areas;
  double x[MANY], y[MANY];
} shire;

static void make(sund_ctx *ctx, shire *s) {
  uint64_t seed = support_seed();
  double box[2][ISLES][4];
  for (size_t k = 0; k < 2; k++)
    for (size_t i = 0; i < ISLES; i++) {
      double *b = box[k][i];
      b[0] = support_uniform(&seed, 0, 2000), b[1] = support_uniform(&seed, 0, 2000);
      b[2] = b[0] + support_uniform(&seed, 10, k ? 30 : 300), b[3] = b[1] + support_uniform(&seed, 10, k ? 30 : 300);
    }
  s->water = boxes(ctx, ISLES, (const double(*)[4])box[0]);
  s->areas = boxes(ctx, ISLES, (const double(*)[4])box[1]);
  for (size_t i = 0; i < MANY; i++)
    s->x[i] = support_uniform(&seed, 0, 2000), s->y[i] = support_uniform(&seed, 0, 2000);
}

static void any_number_of_threads(void **state) {
  sund_ctx *ctx = *state;
  shire s;
  make(ctx, &s);
  const sund_places places = {.rows = ISLES, .areas = s.areas};
  const sund_overland *o = open_ground(ctx, s.water, NULL, 20);
  double metres[2][MANY * 2], x[2][MANY * 2], y[2][MANY * 2];
  size_t row[2][MANY * 2], blocked = 0;
  sund_pairs *pairs[2];
  for (size_t k = 0; k < 2; k++) {
    sund_ctx_threads(ctx, k ? 4 : 1);
    assert_ok(ctx, sund_overland_ranked(ctx, o, &places, 1500, 2, MANY, s.x, s.y, metres[k], row[k], x[k], y[k]));
    assert_ok(ctx, sund_overland_pairs(ctx, o, &places, 500, MANY, s.x, s.y, &pairs[k]));
  }
  assert_memory_equal(metres[0], metres[1], sizeof *metres);
  assert_memory_equal(row[0], row[1], sizeof *row);
  assert_memory_equal(x[0], x[1], sizeof *x);
  assert_memory_equal(y[0], y[1], sizeof *y);
  const size_t count = pairs[0]->first[ISLES];
  assert_int_equal(count, pairs[1]->first[ISLES]);
  assert_memory_equal(pairs[0]->to, pairs[1]->to, count * sizeof *pairs[0]->to);
  assert_memory_equal(pairs[0]->metres, pairs[1]->metres, count * sizeof *pairs[0]->metres);
  sund_ctx_threads(ctx, 2);
  assert_ok(ctx, sund_straight_ranked(ctx, &places, NULL, 1500, 2, MANY, s.x, s.y, metres[1], row[1], NULL, NULL));
  for (size_t i = 0; i < 2 * MANY; i++) blocked += !(metres[0][i] == metres[1][i]);
  assert_true(blocked > 100); /* else there was nothing to test */
}

/* Whatever allocation fails, the code says so and nothing is written. */
static void without_memory(void **state) {
  (void)state;
  const double x[] = {-50, 110, 300}, y[] = {200, 210, 100};
  const sund_places places = {.rows = 1, .x = (const double[]){150}, .y = (const double[]){200}};
  for (size_t n = 1;; n++) {
    sund_ctx *ctx = sund_ctx_new();
    const sund_shapes *water = boxes(ctx, 1, (const double[][4]){{0, 0, 100, 350}});
    const sund_shapes *bridge = draw(ctx, SUND_LINE, 1, (const size_t[]){2}, (const double[]){-9, 9, 109, 9}, NULL);
    sund_overland *o = NULL;
    sund_pairs *pairs = NULL;
    sund_way way = {.metres = 5};
    double metres[3];
    size_t row[3] = {77, 77, 77};
    sund_ctx_fail_alloc(ctx, n);
    sund_code code = sund_overland_build(ctx, water, bridge, NULL, 20, &o);
    assert_true((code == SUND_OK) == (o != NULL));
    if (!code) code = sund_overland_ranked(ctx, o, &places, INFINITY, 1, 3, x, y, metres, row, NULL, NULL);
    assert_true((code == SUND_OK) == (row[0] != 77));
    if (!code) code = sund_overland_pairs(ctx, o, &places, 5000, 3, x, y, &pairs);
    assert_true((code == SUND_OK) == (pairs != NULL));
    if (!code) code = sund_overland_way(ctx, o, x[0], y[0], 150, 200, INFINITY, &way);
    assert_true((code == SUND_OK) == (way.vertices > 0));
    assert_true(code == SUND_OK || code == SUND_LIMIT);
    assert_true(sund_failure(ctx, NULL, NULL, NULL) == code);
    sund_ctx_free(ctx);
    if (code == SUND_OK) return;
    assert_true(n < 2000);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      SUND_TEST(around_a_bay),          SUND_TEST(across_a_strait), SUND_TEST(islands_and_lakes),
      SUND_TEST(starts_in_the_water),   SUND_TEST(ways_are_told),   SUND_TEST(pairs_are_told),
      SUND_TEST(touching_corners),      SUND_TEST(lakes_as_places), SUND_TEST(short_bridges),
      SUND_TEST(any_number_of_threads), SUND_TEST(without_memory),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}

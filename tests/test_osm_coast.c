/* test_osm_coast.c - land out of coastlines: islands, lakes, chains that come in and leave, lines that overrun the box, and
 * what is refused; random land of squares as the twin. */
#include <math.h>

#include "layers/osm.h"
#include "support.h"

static const double box[4] = {0, 0, 10, 10};

/* Lines written as "x y x y ... / x y ...". */
static sund_shapes *lines_of(sund_ctx *ctx, const char *text) {
  sund_shapes *s = NULL;
  size_t parts = 0, vertices = 0;
  assert_ok(ctx, sund_shapes_new(ctx, SUND_LINE, 20, 20, 400, &s));
  for (const char *at = text; *at;) {
    char *end = NULL;
    s->x[vertices] = strtod(at, &end);
    s->y[vertices++] = strtod(end, &end);
    at = end + strspn(end, " ");
    if (*at && *at != '/') continue;
    s->first_vertex[++parts] = vertices;
    s->first_part[parts] = parts;
    at += *at == '/';
  }
  s->rows = s->parts = parts;
  s->vertices = vertices;
  return s;
}

static double area_of(const sund_shapes *s) {
  double sum = 0;
  for (size_t p = 0; p < s->parts; p++) {
    size_t first = s->first_vertex[p], count = s->first_vertex[p + 1] - first;
    double ring = sund_ring_area(count, s->x + first, s->y + first);
    assert_true(s->hole[p] ? ring < 0 : ring > 0);
    sum += ring;
  }
  return sum;
}

static bool is_land(const sund_shapes *s, double x, double y) {
  for (size_t r = 0; r < s->rows; r++)
    if (sund_area_contains(s, r, x, y)) return true;
  return false;
}

static void by_hand(void **state) {
  static const struct {
    const char *what, *lines;
    size_t rows;
    double area;
  } cases[] = {
      {"west is land", "5 0 5 10", 1, 50},
      {"east is land", "3 10 3 0", 1, 70},
      {"overruns the box", "5 -3 5 4/5 4 5 30", 1, 50},
      {"turns outside the box and comes in again", "-5 5 5 5 5 15 8 15 8 5 15 5", 2, 25 + 10},
      {"a strait", "4 0 4 10/6 10 6 0", 2, 80},
      {"an isthmus", "4 10 4 0/6 0 6 10", 1, 20},
      {"a corner", "3 0 0 3", 1, 4.5},
      {"all but a corner", "0 3 3 0", 1, 95.5},
      {"an island", "4 4 6 4 6 6 4 6 4 4", 1, 4},
      {"an island of three lines in any order", "4 4 6 4/6 6 4 6 4 4/6 4 6 6", 1, 4},
      {"an island over an edge", "8 4 12 4 12 6 8 6 8 4", 1, 4},
      {"an island over a corner, begun outside", "12 -2 12 3 8 3 8 -2 12 -2", 1, 6},
      {"an inner sea", "4 4 4 6 6 6 6 4 4 4", 1, 96},
      {"an inner sea with an island", "2 2 2 8 8 8 8 2 2 2/4 4 6 4 6 6 4 6 4 4", 2, 100 - 36 + 4},
      {"mainland, an inner sea in it, an island off it", "5 0 5 10/1 1 1 2 2 2 2 1 1 1/7 1 8 1 8 2 7 2 7 1", 2,
       50 - 1 + 1},
      {"along the south edge, land inside", "-5 0 15 0", 1, 100},
      {"a peninsula from the east", "10 6 4 6 4 4 10 4", 1, 12},
      {"a bay in the east", "10 4 4 4 4 6 10 6", 1, 88},
      {"leaves and is back by one vertex outside", "0 7 12 5 0 3", 2, 100 - 70 / 3.0},
      {"a bay that touches the other edge", "10 2 0 5 10 8", 1, 70},
  };
  sund_ctx *ctx = *state;
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    sund_shapes *land = NULL;
    assert_ok(ctx, osm_land(ctx, lines_of(ctx, cases[i].lines), box, &land));
    double area = area_of(land);
    if (land->rows != cases[i].rows || fabs(area - cases[i].area) > 1e-9)
      fail_msg("%s: %zu rows, %.9f", cases[i].what, land->rows, area);
  }
}

/* Where a line is cut it lies on the box to the last bit. */
static void oblique(void **state) {
  static const double odd[4] = {0.1, 0.2, 0.7, 0.9};
  uint64_t seed = support_seed();
  for (int turn = 0; turn < 300; turn++) {
    sund_ctx *ctx = sund_ctx_child(*state);
    sund_shapes *land = NULL;
    char text[200];
    snprintf(text, sizeof text, "%.17g %.17g %.17g %.17g %.17g %.17g", support_uniform(&seed, -1, 0),
             support_uniform(&seed, 0, 1), support_uniform(&seed, 0.2, 0.6), support_uniform(&seed, 0.3, 0.8),
             support_uniform(&seed, 0.8, 2), support_uniform(&seed, 0, 1));
    assert_ok(ctx, osm_land(ctx, lines_of(ctx, text), odd, &land));
    const double area = area_of(land);
    assert_true(land->rows == 1 && area > 0 && area < 0.6 * 0.7);
    sund_ctx_free(ctx);
  }
}

/* Along an edge of the box with the sea inside: there is no land, and that is no error. */
static void only_sea(void **state) {
  sund_ctx *ctx = *state;
  sund_shapes *land = NULL;
  assert_ok(ctx, osm_land(ctx, lines_of(ctx, "15 0 -5 0"), box, &land));
  assert_int_equal(land->rows, 0);
}

/* Lakes are no coastline: what holds water in land is a ring that runs clockwise, and it is a hole of its land. */
static void holes(void **state) {
  sund_ctx *ctx = *state;
  sund_shapes *land = NULL;
  assert_ok(ctx, osm_land(ctx, lines_of(ctx, "5 0 5 10/1 1 1 2 2 2 2 1 1 1/3 3 3 4 4 4 4 3 3 3"), box, &land));
  assert_int_equal(land->rows, 1);
  assert_int_equal(land->parts, 3);
  assert_int_equal(land->hole[0] * 4 + land->hole[1] * 2 + land->hole[2], 3);
  assert_true(is_land(land, 2.5, 2.5) && !is_land(land, 1.5, 1.5) && !is_land(land, 3.5, 3.5));
}

static void refused(void **state) {
  static const double nowhere[4] = {1, 1, -1, -1};
  static const struct {
    const char *lines, *part;
    bool boxed;
  } cases[] = {
      {"5 0 5 7",
       "ends inside the extract, so that nobody can tell land from sea, at longitude 5.000000, latitude 7.0", true},
      {"5 2 5 15", "at longitude 5.000000, latitude 2.000000", true},
      {"4 4 6 4 6 6", "ends inside", true},
      {"3 0 3 10/6 0 6 10", "contradicts the one beside it", true},
      {"5 0 5 10/1 1 2 1 2 2 1 2 1 1", "runs the wrong way round", true},
      {"1 1 2 1 2 2 1 2 1 1/4 4 4 9 9 9 9 4 4 4", "runs the wrong way round", true},
      {"20 20 21 20", "there is no coastline in it", true},
      {"", "there is no coastline in it", true},
      {"5 0 5 10", "states no box to close it with", false},
  };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    sund_ctx *ctx = sund_ctx_child(*state);
    sund_shapes *land = NULL;
    const char *message = "";
    sund_code code = osm_land(ctx, lines_of(ctx, cases[i].lines), cases[i].boxed ? box : nowhere, &land);
    sund_failure(ctx, &message, NULL, NULL);
    if (code != SUND_DATA || !strstr(message, cases[i].part)) fail_msg("%s: %d %s", cases[i].lines, code, message);
    assert_null(land);
    sund_ctx_free(ctx);
  }
  sund_shapes *land = NULL;
  assert_ok(*state, osm_land(*state, lines_of(*state, "4 4 6 4 6 6 4 6 4 4"), nowhere, &land));
  assert_int_equal(land->rows, 1);
}

static void without_memory(void **state) {
  (void)state;
  for (size_t n = 1;; n++) {
    sund_ctx *ctx = sund_ctx_new();
    sund_shapes *land = NULL, *lines = lines_of(ctx, "5 0 5 10/1 1 1 2 2 2 2 1 1 1/7 1 8 1 8 2 7 2 7 1");
    sund_ctx_fail_alloc(ctx, n);
    sund_code code = osm_land(ctx, lines, box, &land);
    if (code != SUND_OK) assert_int_equal(code, SUND_LIMIT);
    sund_ctx_free(ctx);
    if (code == SUND_OK) break;
    assert_true(n < 500);
  }
}

/* ------------------------------------------------------------------------------------------------------- by chance */

enum { SIDE = 14 };

/* Squares that are land, none of them touching another at a corner only: there the coast would cross itself. */
static void random_land(bool cell[SIDE][SIDE], uint64_t *seed) {
  const uint64_t share = 1 + support_random(seed) % 6;
  for (int i = 0; i < SIDE * SIDE; i++) cell[i / SIDE][i % SIDE] = support_random(seed) % 7 < share;
  for (bool again = true; again;) {
    again = false;
    for (int y = 0; y + 1 < SIDE; y++)
      for (int x = 0; x + 1 < SIDE; x++) {
        bool a = cell[y][x], b = cell[y][x + 1], c = cell[y + 1][x], d = cell[y + 1][x + 1];
        if (a != d || b != c || a == b) continue;
        cell[y][x] = cell[y][x + 1] = cell[y + 1][x] = cell[y + 1][x + 1] = true;
        again = true;
      }
  }
}

static bool is_set(bool cell[SIDE][SIDE], int x, int y) {
  return x >= 0 && y >= 0 && x < SIDE && y < SIDE && cell[y][x];
}

/* The coast, land on the left, as lines of some edges each, in any order. */
static sund_shapes *coast_of(sund_ctx *ctx, bool cell[SIDE][SIDE], uint64_t *seed) {
  enum { NODES = (SIDE + 1) * (SIDE + 1) };
  int next[NODES], order[NODES];
  size_t edges = 0;
  for (int i = 0; i < NODES; i++) next[i] = -1, order[i] = i;
  for (int y = 0; y < SIDE; y++)
    for (int x = 0; x < SIDE; x++) {
      if (!cell[y][x]) continue;
      const int a = y * (SIDE + 1) + x, b = a + 1, c = a + SIDE + 1, d = c + 1;
      if (!is_set(cell, x, y - 1)) next[a] = b, edges++;
      if (!is_set(cell, x + 1, y)) next[b] = d, edges++;
      if (!is_set(cell, x, y + 1)) next[d] = c, edges++;
      if (!is_set(cell, x - 1, y)) next[c] = a, edges++;
    }
  for (int i = NODES - 1; i > 0; i--) {
    const int k = (int)(support_random(seed) % (uint64_t)(i + 1)), kept = order[i];
    order[i] = order[k];
    order[k] = kept;
  }
  sund_shapes *s = NULL;
  assert_ok(ctx, sund_shapes_new(ctx, SUND_LINE, edges, edges, 2 * edges, &s));
  s->parts = s->vertices = 0;
  for (int i = 0; i < NODES; i++) {
    int at = order[i];
    if (next[at] < 0) continue;
    for (bool more = true; more;) {
      s->x[s->vertices] = at % (SIDE + 1);
      s->y[s->vertices++] = at / (SIDE + 1);
      const int to = next[at];
      next[at] = -1;
      more = to >= 0 && support_random(seed) % 4 > 0;
      if (to < 0) break;
      at = to;
      if (more && next[at] >= 0) continue;
      s->x[s->vertices] = at % (SIDE + 1);
      s->y[s->vertices++] = at / (SIDE + 1);
      more = false;
    }
    s->first_part[s->parts + 1] = s->parts + 1;
    s->first_vertex[++s->parts] = s->vertices;
  }
  s->rows = s->parts;
  return s;
}

/* Length of [from, from + 1] within [low, high]. */
static double within(double from, double low, double high) {
  return fmax(0, fmin(from + 1, high) - fmax(from, low));
}

static void random_squares(void **state) {
  uint64_t seed = support_seed();
  size_t made = 0;
  for (int turn = 0; turn < 400; turn++) {
    sund_ctx *ctx = sund_ctx_child(*state);
    bool cell[SIDE][SIDE];
    const double cut[4] = {support_uniform(&seed, 0, 5), support_uniform(&seed, 0, 5), support_uniform(&seed, 6, 14),
                           support_uniform(&seed, 6, 14)};
    random_land(cell, &seed);
    sund_shapes *land = NULL, *coast = coast_of(ctx, cell, &seed);
    const char *message = "";
    sund_code code = osm_land(ctx, coast, cut, &land);
    sund_failure(ctx, &message, NULL, NULL);
    if (code != SUND_OK && !strstr(message, "there is no coastline"))
      fail_msg("turn %d, seed %llu: %s", turn, (unsigned long long)support_seed(), message);
    double expected = 0;
    for (int i = 0; i < SIDE * SIDE && code == SUND_OK; i++) {
      const int x = i % SIDE, y = i / SIDE;
      const double width = within(x, cut[0], cut[2]), height = within(y, cut[1], cut[3]);
      if (width <= 0 || height <= 0) continue;
      expected += cell[y][x] ? width * height : 0;
      const double px = (fmax(x, cut[0]) + fmin(x + 1, cut[2])) / 2, py = (fmax(y, cut[1]) + fmin(y + 1, cut[3])) / 2;
      if (is_land(land, px, py) != cell[y][x])
        fail_msg("turn %d, seed %llu: square %d %d", turn, (unsigned long long)support_seed(), x, y);
    }
    if (code == SUND_OK) assert_true(fabs(area_of(land) - expected) < 1e-9);
    made += code == SUND_OK;
    sund_ctx_free(ctx);
  }
  assert_true(made > 350);
}

int main(void) {
  const struct CMUnitTest tests[] = {SUND_TEST(by_hand),       SUND_TEST(oblique), SUND_TEST(only_sea),
                                     SUND_TEST(holes),         SUND_TEST(refused), SUND_TEST(without_memory),
                                     SUND_TEST(random_squares)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}

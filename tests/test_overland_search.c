/* Ways over land against a slow twin: every pair of vertices tried by cutting the line between them at everything it
 * meets, all of them nodes of a Dijkstra. Against a fine grid as a rough bound. And what must hold on any ground. */
#include "overland.h"

enum { NODES_MAX = 600, CUTS_MAX = 4000, PLACES = 5, HOMES = 12, SIDES = 7 };

/* A scene: water, bridges, places as points or areas, homes. */
typedef struct scene {
  sund_ctx *ctx;
  uint64_t seed;
  sund_shapes *water, *bridges, *areas; /* bridges, areas: or NULL */
  sund_shapes *sea;                     /* dissolved               */
  sund_overland *ground;
  sund_places places;
  double px[PLACES], py[PLACES];
  double x[HOMES], y[HOMES];
} scene;

/* -------------------------------------------------------------------------------------------------------- twin */

static int by_value(const void *left, const void *right) {
  const double a = *(const double *)left, b = *(const double *)right;
  return a < b ? -1 : a > b;
}

/* Shares of a-b at which it meets, or comes within a hair of, an edge of the sea. */
static size_t twin_cuts(const sund_shapes *sea, const double a[2], const double b[2], double *cut) {
  const double dx = b[0] - a[0], dy = b[1] - a[1], square = dx * dx + dy * dy;
  size_t count = 0;
  cut[count++] = 0;
  cut[count++] = 1;
  for (size_t part = 0; part < sea->parts && square > 0; part++)
    for (size_t v = sea->first_vertex[part]; v + 1 < sea->first_vertex[part + 1]; v++) {
      const double cx = sea->x[v] - a[0], cy = sea->y[v] - a[1];
      const double ex = sea->x[v + 1] - sea->x[v], ey = sea->y[v + 1] - sea->y[v], across = dx * ey - dy * ex;
      const double share = (cx * dx + cy * dy) / square;
      if (share > 0 && share < 1 && hypot(cx - share * dx, cy - share * dy) < 1e-5) cut[count++] = share;
      if (across == 0) continue;
      const double t = (cx * ey - cy * ex) / across, u = (cx * dy - cy * dx) / across;
      if (t > 0 && t < 1 && u >= -1e-9 && u <= 1 + 1e-9) cut[count++] = t;
      assert_true(count + 2 < CUTS_MAX);
    }
  qsort(cut, count, sizeof *cut, by_value);
  return count;
}

/* Strictly in the water, by more than a hair. */
static bool twin_wet(const sund_shapes *sea, double x, double y) {
  bool odd = false;
  for (size_t part = 0; part < sea->parts; part++)
    for (size_t v = sea->first_vertex[part]; v + 1 < sea->first_vertex[part + 1]; v++) {
      double share;
      if (sund_segment_nearest(x, y, sea->x[v], sea->y[v], sea->x[v + 1], sea->y[v + 1], &share) < 2e-6) return false;
      if ((sea->y[v] > y) == (sea->y[v + 1] > y)) continue;
      const double at = sea->x[v] + (y - sea->y[v]) / (sea->y[v + 1] - sea->y[v]) * (sea->x[v + 1] - sea->x[v]);
      odd ^= at > x;
    }
  return odd;
}

static bool twin_clear(const sund_shapes *sea, const double a[2], const double b[2]) {
  double cut[CUTS_MAX];
  const size_t cuts = twin_cuts(sea, a, b, cut);
  for (size_t i = 0; i + 1 < cuts; i++) {
    const double middle = (cut[i] + cut[i + 1]) / 2;
    if (twin_wet(sea, a[0] + middle * (b[0] - a[0]), a[1] + middle * (b[1] - a[1]))) return false;
  }
  return true;
}

/* Nodes: the home, all vertices of the sea, the bridges cut at the shore. */
typedef struct twin {
  const scene *s;
  size_t count;
  double at[NODES_MAX][2];
  double *metres; /* NODES_MAX * NODES_MAX: steps, INFINITY = none */
} twin;

static size_t twin_node(twin *t, double x, double y) {
  for (size_t i = 1; i < t->count; i++)
    if (t->at[i][0] == x && t->at[i][1] == y) return i;
  assert_true(t->count < NODES_MAX);
  t->at[t->count][0] = x, t->at[t->count][1] = y;
  return t->count++;
}

static void twin_step(twin *t, size_t i, size_t k) {
  t->metres[i * NODES_MAX + k] = t->metres[k * NODES_MAX + i] =
      hypot(t->at[i][0] - t->at[k][0], t->at[i][1] - t->at[k][1]);
}

static void twin_bridges(twin *t, const sund_shapes *bridges) {
  double cut[CUTS_MAX];
  for (size_t part = 0; part < bridges->parts; part++)
    for (size_t v = bridges->first_vertex[part]; v + 1 < bridges->first_vertex[part + 1]; v++) {
      const double a[2] = {bridges->x[v], bridges->y[v]}, b[2] = {bridges->x[v + 1], bridges->y[v + 1]};
      const size_t cuts = twin_cuts(t->s->sea, a, b, cut);
      size_t before = twin_node(t, a[0], a[1]);
      for (size_t i = 1; i < cuts; i++) {
        const double share = cut[i];
        const size_t node = share >= 1 ? twin_node(t, b[0], b[1])
                                       : twin_node(t, a[0] + share * (b[0] - a[0]), a[1] + share * (b[1] - a[1]));
        if (node != before) twin_step(t, before, node);
        before = node;
      }
    }
}

static twin twin_open(const scene *s) {
  twin t = {.s = s, .count = 1};
  const sund_shapes *sea = s->sea;
  t.metres = sund_alloc(s->ctx, NODES_MAX, NODES_MAX * sizeof(double));
  assert_non_null(t.metres);
  for (size_t i = 0; i < (size_t)NODES_MAX * NODES_MAX; i++) t.metres[i] = INFINITY;
  for (size_t part = 0; part < sea->parts; part++)
    for (size_t v = sea->first_vertex[part]; v + 1 < sea->first_vertex[part + 1]; v++)
      twin_node(&t, sea->x[v], sea->y[v]);
  if (s->bridges) twin_bridges(&t, s->bridges);
  for (size_t i = 1; i < t.count; i++)
    for (size_t k = i + 1; k < t.count; k++)
      if (twin_clear(sea, t.at[i], t.at[k])) twin_step(&t, i, k);
  return t;
}

/* Metres straight from a node to a place, INFINITY when none of it is in sight. */
static double twin_last(const twin *t, size_t node, size_t place) {
  const scene *s = t->s;
  const double *from = t->at[node];
  double best = INFINITY, cut[CUTS_MAX];
  if (!s->areas) {
    const double to[2] = {s->px[place], s->py[place]};
    if (twin_wet(s->sea, to[0], to[1])) return INFINITY;
    return twin_clear(s->sea, from, to) ? hypot(from[0] - to[0], from[1] - to[1]) : INFINITY;
  }
  const sund_shapes *areas = s->areas;
  if (sund_area_contains(areas, place, from[0], from[1]) && !twin_wet(s->sea, from[0], from[1])) return 0;
  for (size_t v = areas->first_vertex[place]; v + 1 < areas->first_vertex[place + 1]; v++) {
    const double a[2] = {areas->x[v], areas->y[v]}, b[2] = {areas->x[v + 1], areas->y[v + 1]};
    const size_t cuts = twin_cuts(s->sea, a, b, cut);
    for (size_t i = 0; i + 1 < 2 * cuts;
         i++) { /* the parts, and the points between them, which may only touch land */
      const double begin = cut[i / 2], end = cut[(i + 1) / 2];
      const double c[4] = {a[0] + begin * (b[0] - a[0]), a[1] + begin * (b[1] - a[1]), a[0] + end * (b[0] - a[0]),
                           a[1] + end * (b[1] - a[1])};
      if (twin_wet(s->sea, (c[0] + c[2]) / 2, (c[1] + c[3]) / 2)) continue;
      double share;
      const double metres = sund_segment_nearest(from[0], from[1], c[0], c[1], c[2], c[3], &share);
      const double to[2] = {c[0] + share * (c[2] - c[0]), c[1] + share * (c[3] - c[1])};
      if (metres < best && twin_clear(s->sea, from, to)) best = metres;
    }
  }
  return best;
}

/* Metres from every node along the steps, the home being node 0. */
static void twin_spread(twin *t, double x, double y, double *metres) {
  bool done[NODES_MAX] = {false};
  t->at[0][0] = x, t->at[0][1] = y;
  for (size_t i = 1; i < t->count; i++) {
    t->metres[i] = INFINITY;
    if (twin_clear(t->s->sea, t->at[0], t->at[i])) t->metres[i] = hypot(x - t->at[i][0], y - t->at[i][1]);
  }
  for (size_t i = 0; i < t->count; i++) metres[i] = i ? INFINITY : 0;
  for (;;) {
    size_t next = t->count;
    for (size_t i = 0; i < t->count; i++)
      if (!done[i] && isfinite(metres[i]) && (next == t->count || metres[i] < metres[next])) next = i;
    if (next == t->count) return;
    done[next] = true;
    for (size_t i = 1; i < t->count; i++) metres[i] = fmin(metres[i], metres[next] + t->metres[next * NODES_MAX + i]);
  }
}

/* ------------------------------------------------------------------------------------------------------ scenes */

static double coordinate(uint64_t *seed, bool lattice, double low, double high) {
  const double value = support_uniform(seed, low, high);
  return lattice ? 50 * round(value / 50) : value;
}

/* Stars, on a lattice boxes that share borders and corners. */
static sund_shapes *random_areas(sund_ctx *ctx, uint64_t *seed, bool lattice, size_t n, double size) {
  double xy[2 * SIDES * BOXES_MAX];
  size_t count[BOXES_MAX], at = 0;
  for (size_t i = 0; i < n; i++) {
    const double x = coordinate(seed, lattice, 0, 1000), y = coordinate(seed, lattice, 0, 1000);
    const double w = coordinate(seed, lattice, 50, size), h = coordinate(seed, lattice, 50, size);
    const double box[8] = {x, y, x + w, y, x + w, y + h, x, y + h};
    count[i] = lattice ? 4 : SIDES;
    for (size_t k = 0; k < count[i]; k++) {
      const double angle = 6.283185307179586 * (double)k / SIDES, radius = support_uniform(seed, 0.2, 1) * size / 2;
      xy[at++] = lattice ? box[2 * k] : x + radius * cos(angle);
      xy[at++] = lattice ? box[2 * k + 1] : y + radius * sin(angle);
    }
  }
  return draw(ctx, SUND_AREA, n, count, xy, NULL);
}

static sund_shapes *random_bridges(sund_ctx *ctx, uint64_t *seed, bool lattice) {
  double xy[12];
  for (size_t i = 0; i < 12; i++) xy[i] = coordinate(seed, lattice, 0, 1000);
  return draw(ctx, SUND_LINE, 2, (const size_t[]){3, 3}, xy, NULL);
}

static void make(scene *s, sund_ctx *ctx, uint64_t seed, double shore) {
  *s = (scene){.ctx = ctx, .seed = seed};
  const bool lattice = seed % 3 == 0;
  uint64_t random = seed;
  s->water = random_areas(ctx, &random, lattice, 3 + seed % 6, 450);
  if (seed % 2) s->bridges = random_bridges(ctx, &random, lattice);
  if (seed % 4 > 1) s->areas = random_areas(ctx, &random, lattice && seed % 5, PLACES, 120);
  for (size_t i = 0; i < PLACES; i++)
    s->px[i] = coordinate(&random, lattice, -100, 1300), s->py[i] = coordinate(&random, lattice, -100, 1300);
  for (size_t i = 0; i < HOMES; i++)
    s->x[i] = coordinate(&random, lattice, -100, 1300), s->y[i] = coordinate(&random, lattice, -100, 1300);
  s->places =
      (sund_places){.rows = PLACES, .areas = s->areas, .x = s->areas ? NULL : s->px, .y = s->areas ? NULL : s->py};
  assert_ok(ctx, sund_overlay_dissolve(ctx, s->water, &s->sea));
  s->ground = open_ground(ctx, s->water, s->bridges, shore);
}

static void rank(const scene *s, double limit, size_t k, double *metres, size_t *row, double *x, double *y) {
  assert_ok(s->ctx,
            sund_overland_ranked(s->ctx, s->ground, &s->places, limit, k, HOMES, s->x, s->y, metres, row, x, y));
}

/* ------------------------------------------------------------------------------------------------------- tests */

static void expect(const scene *s, size_t home, size_t place, double got, double wanted) {
  if (isinf(wanted) ? isnan(got) : fabs(got - wanted) <= 2e-5) return;
  fail_msg("seed %llu, home %zu (%.9g, %.9g), place %zu: %.9g, not %.9g", (unsigned long long)s->seed, home,
           s->x[home], s->y[home], place, got, wanted);
}

/* All places of all homes, ranked; and the k nearest of them. */
static void check_home(const scene *s, size_t home, const double *wanted, const double *metres, const size_t *row) {
  double sorted[PLACES];
  memcpy(sorted, wanted, sizeof sorted);
  qsort(sorted, PLACES, sizeof *sorted, by_value);
  for (size_t k = 0; k < PLACES; k++) {
    expect(s, home, row[k], metres[k], sorted[k]);
    if (row[k] == SIZE_MAX) continue;
    expect(s, home, row[k], metres[k], wanted[row[k]]);
    for (size_t j = 0; j < k; j++) assert_true(row[j] != row[k]);
  }
}

static void like_the_twin(void **state) {
  (void)state;
  for (uint64_t seed = 100 * support_seed(); seed < 100 * support_seed() + 24; seed++) {
    sund_ctx *ctx = sund_ctx_new();
    scene s;
    make(&s, ctx, seed, 0);
    twin t = twin_open(&s);
    double metres[HOMES * PLACES], near_x[HOMES * PLACES], near_y[HOMES * PLACES], from[NODES_MAX];
    size_t row[HOMES * PLACES];
    rank(&s, INFINITY, PLACES, metres, row, near_x, near_y);
    double last[NODES_MAX][PLACES];
    for (size_t v = 1; v < t.count; v++)
      for (size_t p = 0; p < PLACES; p++) last[v][p] = twin_last(&t, v, p);
    for (size_t i = 0; i < HOMES; i++) {
      double wanted[PLACES];
      const bool wet = twin_wet(s.sea, s.x[i], s.y[i]);
      twin_spread(&t, s.x[i], s.y[i], from);
      for (size_t p = 0; p < PLACES; p++) {
        wanted[p] = wet ? INFINITY : twin_last(&t, 0, p);
        for (size_t v = 1; v < t.count && !wet; v++) wanted[p] = fmin(wanted[p], from[v] + last[v][p]);
      }
      check_home(&s, i, wanted, metres + i * PLACES, row + i * PLACES);
    }
    sund_ctx_free(ctx);
  }
}

/* Ways on a grid of 20 m with steps to 8 neighbours are ways; on open ground at most 8.3 per cent longer than the best. */
static void no_longer_than_on_a_grid(void **state) {
  (void)state;
  enum { SIDE = 60, CELLS = SIDE * SIDE };
  const double cell = 20;
  for (uint64_t seed = 100 * support_seed() + 25; seed < 100 * support_seed() + 28; seed++) {
    sund_ctx *ctx = sund_ctx_new();
    scene s;
    make(&s, ctx, seed, 0);
    double *metres = sund_alloc(ctx, CELLS, sizeof *metres);
    size_t compared = 0, alike = 0;
    assert_non_null(metres);
    bool changed = true;
    for (size_t i = 0; i < CELLS; i++) metres[i] = i ? INFINITY : 0;
    while (changed) { /* Bellman and Ford: slow, but nothing to get wrong */
      changed = false;
      for (size_t i = 0; i < CELLS; i++)
        for (size_t k = 0; k < 8 && isfinite(metres[i]); k++) {
          const int dx[] = {1, 1, 0, -1, -1, -1, 0, 1}, dy[] = {0, 1, 1, 1, 0, -1, -1, -1};
          const long column = (long)(i % SIDE) + dx[k], row = (long)(i / SIDE) + dy[k];
          if (column < 0 || row < 0 || column >= SIDE || row >= SIDE) continue;
          const size_t to = (size_t)(row * SIDE + column);
          const double next = metres[i] + cell * hypot(dx[k], dy[k]);
          const double a[2] = {cell * (double)(i % SIDE) - 90, cell * (double)(i / SIDE) - 90};
          const double b[2] = {cell * (double)column - 90, cell * (double)row - 90};
          if (!(next < metres[to] - 1e-9) || !twin_clear(s.sea, a, b)) continue;
          metres[to] = next;
          changed = true;
        }
    }
    for (size_t i = 0; i < CELLS; i += 37) {
      const double x = cell * (double)(i % SIDE) - 90, y = cell * (double)(i / SIDE) - 90;
      if (isinf(metres[i])) continue;
      const double exact = to_point(ctx, s.ground, INFINITY, x, y, -90, -90);
      assert_true(exact <= metres[i] + 1e-6);
      compared++;
      alike += exact > metres[i] / 1.25 - 40;
    }
    assert_true(2 * alike >= compared);
    sund_ctx_free(ctx);
  }
}

/* With fewer asked for, or a limit, it is the beginning of the same list; pairs and ways say the same. */
static void of_one_mind(void **state) {
  (void)state;
  for (uint64_t seed = 100 * support_seed() + 30; seed < 100 * support_seed() + 60; seed++) {
    sund_ctx *ctx = sund_ctx_new();
    scene s;
    make(&s, ctx, seed, 30);
    double all[HOMES * PLACES], some[HOMES * 2], x[HOMES * PLACES], y[HOMES * PLACES];
    size_t row[HOMES * PLACES], some_row[HOMES * 2], found = 0;
    const double limit = 600;
    rank(&s, INFINITY, PLACES, all, row, x, y);
    rank(&s, limit, 2, some, some_row, NULL, NULL);
    sund_pairs *pairs;
    assert_ok(ctx, sund_overland_pairs(ctx, s.ground, &s.places, limit, HOMES, s.x, s.y, &pairs));
    for (size_t i = 0; i < HOMES; i++) {
      for (size_t k = 0; k < 2; k++) {
        const double wanted = all[i * PLACES + k] <= limit ? all[i * PLACES + k] : INFINITY;
        expect(&s, i, some_row[i * 2 + k], some[i * 2 + k], wanted);
        if (isfinite(wanted)) assert_true(row[i * PLACES + k] == some_row[i * 2 + k]);
      }
      for (size_t k = 0; k < PLACES; k++) {
        if (!(all[i * PLACES + k] <= limit)) continue;
        const size_t r = row[i * PLACES + k];
        size_t at = pairs->first[r];
        while (at < pairs->first[r + 1] && pairs->to[at] != i) at++;
        assert_true(at < pairs->first[r + 1]);
        expect(&s, i, r, pairs->metres[at], all[i * PLACES + k]);
        found++;
      }
      for (size_t k = 0; k < PLACES && !s.areas; k++) {
        const size_t r = row[i * PLACES + k];
        sund_way way;
        if (r == SIZE_MAX) continue;
        assert_ok(ctx, sund_overland_way(ctx, s.ground, s.x[i], s.y[i], s.px[r], s.py[r], INFINITY, &way));
        expect(&s, i, r, way.metres, all[i * PLACES + k]);
        expect(&s, i, r, sund_line_length(way.vertices, way.x, way.y), all[i * PLACES + k]);
      }
    }
    assert_int_equal(found, pairs->first[PLACES]);
    sund_ctx_free(ctx);
  }
}

/* Never less than straight and equal without water; more water never makes a way shorter; a way over a third place is no
 * shorter; there and back are the same. */
static void what_must_hold(void **state) {
  (void)state;
  for (uint64_t seed = 100 * support_seed() + 60; seed < 100 * support_seed() + 90; seed++) {
    sund_ctx *ctx = sund_ctx_new();
    scene s;
    make(&s, ctx, seed, 0);
    double wet[HOMES * PLACES], dry[HOMES * PLACES], straight[HOMES * PLACES];
    size_t row[HOMES * PLACES], dry_row[HOMES * PLACES], straight_row[HOMES * PLACES];
    rank(&s, INFINITY, 1, wet, row, NULL, NULL);
    assert_ok(ctx, sund_straight_ranked(ctx, &s.places, NULL, INFINITY, 1, HOMES, s.x, s.y, straight, straight_row,
                                        NULL, NULL));
    sund_shapes *none, *less;
    assert_ok(ctx, sund_shapes_new(ctx, SUND_AREA, 0, 0, 0, &none));
    const sund_overland *dry_ground = open_ground(ctx, none, NULL, 0);
    assert_ok(ctx, sund_overland_ranked(ctx, dry_ground, &s.places, INFINITY, 1, HOMES, s.x, s.y, dry, dry_row, NULL,
                                        NULL));
    for (size_t i = 0; i < HOMES; i++) {
      assert_true(dry[i] == straight[i] && dry_row[i] == straight_row[i]);
      assert_true(isnan(wet[i]) || wet[i] >= straight[i] * (1 - 1e-12));
    }
    const size_t half[] = {0, 2, 1};
    assert_ok(ctx, sund_shapes_pick(ctx, s.water, 3, half, &less));
    const sund_overland *less_ground = open_ground(ctx, less, s.bridges, 0);
    assert_ok(ctx, sund_overland_ranked(ctx, less_ground, &s.places, INFINITY, 1, HOMES, s.x, s.y, dry, dry_row, NULL,
                                        NULL));
    for (size_t i = 0; i < HOMES; i++) assert_true(isnan(wet[i]) || wet[i] >= dry[i] - 1e-5);
    double between[HOMES][HOMES];
    for (size_t i = 0; i < HOMES; i++)
      for (size_t k = 0; k < HOMES; k++)
        between[i][k] = to_point(ctx, s.ground, INFINITY, s.x[i], s.y[i], s.x[k], s.y[k]);
    for (size_t i = 0; i < HOMES; i++)
      for (size_t k = 0; k < HOMES; k++) {
        assert_true(isnan(between[i][k]) == isnan(between[k][i]));
        if (isnan(between[i][k])) continue;
        expect(&s, i, k, between[i][k], between[k][i]);
        for (size_t j = 0; j < HOMES; j++)
          if (!isnan(between[i][j])) assert_true(between[i][k] <= between[i][j] + between[j][k] + 1e-5);
      }
    sund_ctx_free(ctx);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(like_the_twin),
      cmocka_unit_test(no_longer_than_on_a_grid),
      cmocka_unit_test(of_one_mind),
      cmocka_unit_test(what_must_hold),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}

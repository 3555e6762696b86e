/* Distances to the nearest source: hand cases, ties, limits, a slow twin, answers that another program published. */
#include "town.h"

/* A street of 1000 m in two edges of 600 and 400 m, and a branch of 500 m at 600. */
static const sund_graph *street(sund_ctx *ctx, town *t) {
  LINE(t, 0, 0, 0, 600, 0, 1000, 0);
  LINE(t, 0, 600, 0, 600, 500);
  LINE(t, 0, 5000, 0, 5100, 0); /* an island */
  return town_graph(ctx, t, NULL);
}

static void by_hand(void **state) {
  sund_ctx *ctx = *state;
  town t = {0};
  const sund_graph *g = street(ctx, &t);
  const sund_spot source[] = {town_spot(ctx, g, 900, 20), town_spot(ctx, g, 600, 480)};
  const sund_spot spot[] = {
      town_spot(ctx, g, 600, 0),   /* at the junction: 480 up, 320 along                  */
      town_spot(ctx, g, 100, -30), /* 30 + 500 + 320                                      */
      town_spot(ctx, g, 950, 0),   /* on the source's edge: 50 + 20                       */
      town_spot(ctx, g, 850, 0),   /* the other way                                       */
      town_spot(ctx, g, 610, 400), /* 10 + 80                                             */
      town_spot(ctx, g, 5050, 1),  /* the island                                          */
      {.edge = SUND_NO_EDGE},
  };
  double metres[7];
  size_t nearest[7];
  assert_ok(ctx, sund_route_nearest(ctx, g, 2, source, NULL, INFINITY, 7, spot, metres, nearest));
  const double wanted[] = {320, 850, 70, 70, 90};
  const size_t from[] = {0, 0, 0, 0, 1};
  for (int i = 0; i < 5; i++) {
    assert_close(metres[i], wanted[i], 1e-9);
    assert_int_equal(nearest[i], from[i]);
  }
  for (int i = 5; i < 7; i++) {
    assert_true(isnan(metres[i]));
    assert_int_equal(nearest[i], SIZE_MAX);
  }
}

static void limit_is_inclusive(void **state) {
  sund_ctx *ctx = *state;
  town t = {0};
  const sund_graph *g = street(ctx, &t);
  const sund_spot source = town_spot(ctx, g, 0, -25);
  const sund_spot spot[] = {town_spot(ctx, g, 265, 10), town_spot(ctx, g, 265.01, 10)}; /* 300 m with both legs */
  double metres[2];
  assert_ok(ctx, sund_route_nearest(ctx, g, 1, &source, NULL, 300, 2, spot, metres, NULL));
  assert_close(metres[0], 300, 1e-9);
  assert_true(isnan(metres[1]));
}

static void ties_go_to_the_smallest(void **state) {
  sund_ctx *ctx = *state;
  town t = {0};
  LINE(&t, 0, 0, 0, 100, 0);
  LINE(&t, 0, 100, 0, 200, 0);
  LINE(&t, 0, 100, 0, 100, 100);
  const sund_graph *g = town_graph(ctx, &t, NULL);
  sund_spot source[] = {town_spot(ctx, g, 100, 100), town_spot(ctx, g, 200, 0), town_spot(ctx, g, 0, 0),
                        town_spot(ctx, g, 25, 0)};
  const sund_spot spot[] = {town_spot(ctx, g, 100, 0), town_spot(ctx, g, 100, 0), town_spot(ctx, g, 12.5, 0)};
  double metres[3];
  size_t nearest[3];
  assert_ok(ctx, sund_route_nearest(ctx, g, 3, source, NULL, INFINITY, 3, spot, metres, nearest));
  assert_int_equal(nearest[0], 0);
  const uint8_t use[] = {0, 1, 1, 1};
  assert_ok(ctx, sund_route_nearest(ctx, g, 3, source, use, INFINITY, 3, spot, metres, nearest));
  assert_int_equal(nearest[0], 1);
  assert_close(metres[0], 100, 1e-9);
  assert_ok(ctx, sund_route_nearest(ctx, g, 4, source, use, INFINITY, 3, spot, metres, nearest));
  assert_int_equal(nearest[0], 3);
  assert_int_equal(nearest[2], 2); /* 12.5 m to either side on one edge */
  source[3] = source[2];
  assert_ok(ctx, sund_route_nearest(ctx, g, 4, source, use, INFINITY, 3, spot, metres, nearest));
  assert_int_equal(nearest[2], 2);
}

/* Two sources on one edge, the nearer one with the longer leg; and a ring where the way round is shorter. */
static void legs_on_the_same_edge(void **state) {
  sund_ctx *ctx = *state;
  town t = {0};
  LINE(&t, 0, 0, 0, 1000, 0);
  LINE(&t, 0, 0, 2000, 100, 2000, 100, 2100, 0, 2100, 0, 2000);
  const sund_graph *g = town_graph(ctx, &t, NULL);
  const sund_spot source[] = {town_spot(ctx, g, 500, 90), town_spot(ctx, g, 440, 20), town_spot(ctx, g, 20, 2000)};
  const sund_spot spot[] = {town_spot(ctx, g, 500, 0), town_spot(ctx, g, 540, 0), town_spot(ctx, g, 0, 2020)};
  double metres[3];
  size_t nearest[3];
  assert_ok(ctx, sund_route_nearest(ctx, g, 3, source, NULL, INFINITY, 3, spot, metres, nearest));
  assert_close(metres[0], 80, 1e-9);
  assert_int_equal(nearest[0], 1);
  assert_close(metres[1], 120, 1e-9);
  assert_int_equal(nearest[1], 1);
  assert_close(metres[2], 40, 1e-9); /* not 360 m */
}

static void no_sources(void **state) {
  sund_ctx *ctx = *state;
  town t = {0};
  const sund_graph *g = street(ctx, &t);
  const sund_spot spot = town_spot(ctx, g, 0, 0), none = {.edge = SUND_NO_EDGE};
  double metres = 1;
  assert_ok(ctx, sund_route_nearest(ctx, g, 0, NULL, NULL, INFINITY, 1, &spot, &metres, NULL));
  assert_true(isnan(metres));
  assert_ok(ctx, sund_route_nearest(ctx, g, 1, &none, NULL, INFINITY, 1, &spot, &metres, NULL));
  assert_true(isnan(metres));
}

/* -------------------------------------------------------------------------------------------------------- twin */

typedef struct inserted {
  uint32_t edge;
  double along;
  size_t number;
} inserted;

static int by_along(const void *left, const void *right) {
  const inserted *a = left, *b = right;
  if (a->edge != b->edge) return a->edge < b->edge ? -1 : 1;
  if (a->along != b->along) return a->along < b->along ? -1 : 1;
  return a->number < b->number ? -1 : a->number > b->number;
}

static void arc(double *d, size_t n, size_t a, size_t b, double metres) {
  d[a * n + b] = fmin(d[a * n + b], metres);
  d[b * n + a] = fmin(d[b * n + a], metres);
}

/* All distances when every spot is a node of the network: places are numbered after the nodes. */
static void twin(const sund_graph *g, size_t places, const sund_spot *place, double *d) {
  const size_t n = g->nodes + places;
  static inserted on[256];
  for (size_t i = 0; i < n * n; i++) d[i] = i % (n + 1) == 0 ? 0 : INFINITY;
  for (size_t i = 0; i < places; i++) on[i] = (inserted){place[i].edge, place[i].along_m, g->nodes + i};
  qsort(on, places, sizeof *on, by_along);
  size_t k = 0;
  for (uint32_t e = 0; e < g->edges; e++) {
    size_t last = g->edge_from[e];
    double along = 0;
    for (; k < places && on[k].edge == e; k++) {
      arc(d, n, last, on[k].number, on[k].along - along);
      last = on[k].number;
      along = on[k].along;
    }
    arc(d, n, last, g->edge_to[e], g->edge_m[e] - along);
  }
  town_floyd(n, d);
}

static void like_the_twin(void **state) {
  enum { SPOTS = 16, SOURCES = 8, ALL = SPOTS + SOURCES };
  (void)state;
  uint64_t seed = support_seed();
  double *d = malloc(sizeof *d * 400 * 400);
  assert_non_null(d);
  for (int round = 0; round < 40; round++) {
    sund_ctx *ctx = sund_ctx_new();
    town t;
    town_random(&t, &seed, 6, 12, 37, 2);
    const sund_graph *g = town_graph(ctx, &t, NULL);
    if (g->nodes + ALL > 400) {
      sund_ctx_free(ctx);
      continue;
    }
    sund_spot place[ALL];
    for (int i = 0; i < ALL; i++)
      place[i] = town_spot(ctx, g, support_uniform(&seed, 0, 450), support_uniform(&seed, 0, 450));
    const double limit = round % 2 ? INFINITY : support_uniform(&seed, 50, 400);
    uint8_t use[SOURCES];
    for (int i = 0; i < SOURCES; i++) use[i] = support_random(&seed) % 4 != 0;
    double metres[SPOTS];
    size_t nearest[SPOTS];
    assert_ok(ctx, sund_route_nearest(ctx, g, SOURCES, place + SPOTS, use, limit, SPOTS, place, metres, nearest));
    twin(g, ALL, place, d);
    const size_t n = g->nodes + ALL;
    for (size_t i = 0; i < SPOTS; i++) {
      double best = INFINITY, of_nearest = INFINITY;
      for (size_t k = 0; k < SOURCES; k++) {
        const double whole = place[i].leg_m + d[(g->nodes + i) * n + g->nodes + SPOTS + k] + place[SPOTS + k].leg_m;
        if (use[k]) best = fmin(best, whole);
        if (k == nearest[i]) of_nearest = use[k] ? whole : NAN;
      }
      const bool found = isfinite(best) && best <= limit;
      if (found ? !(fabs(metres[i] - best) < 1e-6 && fabs(of_nearest - best) < 1e-6)
                : !(isnan(metres[i]) && nearest[i] == SIZE_MAX))
        fail_msg("seed %llu, round %d, spot %zu: %.9f m to source %zu, twin %.9f", (unsigned long long)support_seed(),
                 round, i, metres[i], nearest[i], best);
    }
    sund_ctx_free(ctx);
  }
  free(d);
}

/* -------------------------------------------------------------------------------------- answers of another program */

enum { PEER_NODES = 18 };
typedef struct peer {
  town t;
  sund_graph *g;
  uint32_t edge[32];                   /* by id */
  double x[PEER_NODES], y[PEER_NODES]; /* nodes by id */
  double old_x[PEER_NODES], old_y[PEER_NODES];
} peer;

static FILE *peer_file(const char *name) {
  char path[4096];
  const char *data = getenv("SUND_DATA");
  snprintf(path, sizeof path, "%s/peers/pgrouting/%s", data ? data : "", name);
  FILE *file = data ? fopen(path, "r") : NULL;
  char head[256];
  if (file) assert_non_null(fgets(head, sizeof head, file));
  return file;
}

/* The network as published: edges meet at their ends only, each is 1 long. */
static void peer_read(sund_ctx *ctx, peer *p) {
  FILE *file = peer_file("edges.csv");
  if (!file) skip();
  double length[32], cost, back;
  int id, from, to, old_from, old_to, ids[32];
  double a[4];
  while (fscanf(file, "%d,%d,%d,%lf,%lf,%lf,%lf,%lf,%lf,%d,%d", &id, &from, &to, &cost, &back, &a[0], &a[1], &a[2],
                &a[3], &old_from, &old_to) == 11) {
    ids[p->t.rows] = id;
    length[p->t.rows] = fmax(cost, back);
    town_line(&p->t, id >= 17 ? id : 0, 2, a); /* 17 and 18 lie across others without meeting them */
    p->x[from] = p->old_x[old_from] = a[0];
    p->y[from] = p->old_y[old_from] = a[1];
    p->x[to] = p->old_x[old_to] = a[2];
    p->y[to] = p->old_y[old_to] = a[3];
  }
  fclose(file);
  assert_int_equal(p->t.rows, 18);
  assert_ok(ctx, sund_graph_join(ctx, town_shapes(&p->t, SUND_LINE), p->t.level, length, NULL, 0, NULL, &p->g, NULL));
  assert_int_equal(p->g->edges, 18);
  assert_int_equal(p->g->nodes, 17);
  for (uint32_t e = 0; e < 18; e++) p->edge[ids[p->g->edge_line[e]]] = e;
}

static void published_snapping(void **state) {
  peer p = {0};
  peer_read(*state, &p);
  FILE *file = peer_file("points_of_interest.csv");
  int pid, edge;
  char side;
  double x, y, fraction, snap_x, snap_y;
  for (int n = 0; n < 6; n++) {
    assert_int_equal(
        fscanf(file, "%d,%lf,%lf,%d,%c,%lf,%lf,%lf", &pid, &x, &y, &edge, &side, &fraction, &snap_x, &snap_y), 8);
    const sund_spot spot = town_spot(*state, p.g, x, y);
    assert_int_equal(spot.edge, p.edge[edge]);
    assert_close(spot.along_m, fraction, 1e-9);
    assert_close(spot.leg_m, hypot(x - snap_x, y - snap_y), 1e-9);
  }
  fclose(file);
}

static void published_distances(void **state) {
  sund_ctx *ctx = *state;
  peer p = {0};
  peer_read(ctx, &p);
  for (int from = 11; from <= 16; from += 5) {
    double wanted[PEER_NODES], metres[PEER_NODES];
    for (int v = 0; v < PEER_NODES; v++) wanted[v] = NAN;
    FILE *file = peer_file("expected_driving_distance.csv");
    char line[256], directed[16];
    int start, node, lines = 0;
    double cutoff, cost;
    while (fgets(line, sizeof line, file))
      if (sscanf(line, "%*[^,],%15[^,],%d,%lf,%d,%lf", directed, &start, &cutoff, &node, &cost) == 5 &&
          strcmp(directed, "false") == 0 && start == from && cutoff == 3)
        wanted[node] = cost, lines++;
    fclose(file);
    assert_true(lines >= 10);
    const sund_spot source = town_spot(ctx, p.g, p.x[from], p.y[from]);
    sund_spot spot[PEER_NODES];
    for (int v = 1; v < PEER_NODES; v++) spot[v] = town_spot(ctx, p.g, p.x[v], p.y[v]);
    assert_ok(ctx, sund_route_nearest(ctx, p.g, 1, &source, NULL, 3, PEER_NODES - 1, spot + 1, metres + 1, NULL));
    for (int v = 1; v < PEER_NODES; v++) {
      if (isnan(wanted[v])) assert_true(isnan(metres[v]));
      else assert_close(metres[v], wanted[v], 1e-9);
    }
  }
}

/* A place of the matrices: node number, or minus the number of a point in mid-edge. The legs are not theirs. */
static sund_spot peer_spot(sund_ctx *ctx, const peer *p, int place) {
  static const struct {
    int id, edge;
    double along;
  } points[] = {{-1, 1, 0.4}, {-6, 4, 0.7}};
  for (int i = 0; i < 2; i++)
    if (points[i].id == place) return (sund_spot){.edge = p->edge[points[i].edge], .along_m = points[i].along};
  return town_spot(ctx, p->g, p->old_x[place], p->old_y[place]);
}

static void published_mid_edge(void **state) {
  sund_ctx *ctx = *state;
  peer p = {0};
  peer_read(ctx, &p);
  FILE *file = peer_file("expected_points_cost_matrix_oldids.csv");
  char line[256], directed[16];
  int start, end, lines = 0;
  double cost, metres;
  while (fgets(line, sizeof line, file)) {
    if (sscanf(line, "%15[^,],%d,%d,%lf", directed, &start, &end, &cost) != 4 || strcmp(directed, "false") != 0)
      continue;
    const sund_spot from = peer_spot(ctx, &p, start), to = peer_spot(ctx, &p, end);
    assert_ok(ctx, sund_route_nearest(ctx, p.g, 1, &to, NULL, INFINITY, 1, &from, &metres, NULL));
    assert_close(metres, cost, 1e-9);
    lines++;
  }
  fclose(file);
  assert_int_equal(lines, 12);
}

/* ------------------------------------------------------------------------------------------- threads, memory */

static void same_for_any_threads(void **state) {
  enum { SPOTS = 20000, SOURCES = 300 };
  sund_ctx *ctx = *state;
  uint64_t seed = support_seed();
  town t;
  town_random(&t, &seed, 60, 60, 11, 1);
  const sund_graph *g = town_graph(ctx, &t, NULL);
  sund_spot *place = sund_alloc(ctx, SPOTS + SOURCES, sizeof *place);
  for (size_t i = 0; i < SPOTS + SOURCES; i++) {
    const uint32_t e = (uint32_t)(support_random(&seed) % g->edges);
    place[i] = (sund_spot){.edge = e, .along_m = support_uniform(&seed, 0, g->edge_m[e]), .leg_m = (double)(i % 7)};
  }
  double *metres[2];
  size_t *nearest[2];
  for (int k = 0; k < 2; k++) {
    metres[k] = sund_alloc(ctx, SPOTS, sizeof **metres);
    nearest[k] = sund_alloc(ctx, SPOTS, sizeof **nearest);
    sund_ctx_threads(ctx, k ? 4 : 1);
    assert_ok(ctx,
              sund_route_nearest(ctx, g, SOURCES, place + SPOTS, NULL, 150, SPOTS, place, metres[k], nearest[k]));
  }
  assert_memory_equal(metres[0], metres[1], SPOTS * sizeof **metres);
  assert_memory_equal(nearest[0], nearest[1], SPOTS * sizeof **nearest);
}

static void without_memory(void **state) {
  sund_ctx *town_ctx = *state;
  town t = {0};
  const sund_graph *g = street(town_ctx, &t);
  const sund_spot source = town_spot(town_ctx, g, 900, 20), spot = town_spot(town_ctx, g, 100, -30);
  size_t n = 1;
  for (bool done = false; !done; n++) {
    sund_ctx *ctx = sund_ctx_new();
    assert_non_null(ctx);
    sund_ctx_fail_alloc(ctx, n);
    double metres = -1;
    size_t nearest = 77;
    const sund_code code = sund_route_nearest(ctx, g, 1, &source, NULL, INFINITY, 1, &spot, &metres, &nearest);
    done = code == SUND_OK;
    if (done) {
      assert_close(metres, 850, 1e-9);
    } else {
      assert_int_equal(code, SUND_LIMIT);
      assert_int_equal(sund_failure(ctx, NULL, NULL, NULL), SUND_LIMIT);
      assert_true(metres == -1 && nearest == 77); /* untouched */
    }
    sund_ctx_free(ctx);
  }
  assert_true(n > 3);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      SUND_TEST(by_hand),
      SUND_TEST(limit_is_inclusive),
      SUND_TEST(ties_go_to_the_smallest),
      SUND_TEST(legs_on_the_same_edge),
      SUND_TEST(no_sources),
      SUND_TEST(like_the_twin),
      SUND_TEST(published_snapping),
      SUND_TEST(published_distances),
      SUND_TEST(published_mid_edge),
      SUND_TEST(same_for_any_threads),
      SUND_TEST(without_memory),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}

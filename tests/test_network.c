/* test_network.c - networks of lines that know their nodes: junctions by id, chains that become one edge, beside lines
 * that are joined by their geometry; node ids and turns taken along. */
#include "town.h"

/* A town whose vertices have ids: the same place, the same id, unless a test says otherwise. */
typedef struct city {
  town t;
  int64_t node[TOWN_MOST * 8];
  int32_t alike[TOWN_MOST];
  double length_m[TOWN_MOST];
  sund_turn turn[8];
  sund_topology topology;
  sund_table table;
} city;

static int64_t id_of(double x, double y) {
  return (int64_t)(x * 1000 + y) * 8000000007 - 4;
}

static void name_nodes(city *c) {
  for (size_t v = 0; v < c->t.vertices; v++) c->node[v] = id_of(c->t.x[v], c->t.y[v]);
  for (size_t r = 0; r < c->t.rows; r++) c->length_m[r] = NAN;
}

static sund_graph *city_graph(sund_ctx *ctx, city *c, bool chains, sund_join_report *report) {
  sund_graph *graph = NULL;
  c->topology.node = c->node;
  c->topology.turn = c->turn;
  c->table = (sund_table){.name = "paths",
                          .rows = c->t.rows,
                          .kind = SUND_LINE,
                          .shapes = (sund_shapes *)(uintptr_t)town_shapes(&c->t, SUND_LINE),
                          .topology = &c->topology};
  const sund_network_ask ask = {.lines = &c->table,
                                .level = c->t.level,
                                .length_m = c->length_m,
                                .alike = chains ? c->alike : NULL,
                                .tolerance = 1};
  assert_ok(ctx, sund_graph_network(ctx, &ask, NULL, &graph, report));
  return graph;
}

static void check_graph(const sund_graph *g) {
  assert_int_equal(g->first_out[g->nodes], 2 * g->edges);
  for (size_t v = 0; v < g->nodes; v++)
    for (size_t arc = g->first_out[v]; arc < g->first_out[v + 1]; arc++) {
      const uint32_t e = g->arc_edge[arc], to = g->head[arc];
      assert_true((g->edge_from[e] == v && g->edge_to[e] == to) || (g->edge_to[e] == v && g->edge_from[e] == to));
      assert_int_equal(g->component[v], g->component[to]);
    }
  for (size_t e = 0; e < g->edges; e++) {
    const size_t first = g->shape->first_vertex[e], last = g->shape->first_vertex[e + 1] - 1;
    assert_true(g->shape->x[first] == g->x[g->edge_from[e]] && g->shape->y[first] == g->y[g->edge_from[e]]);
    assert_true(g->shape->x[last] == g->x[g->edge_to[e]] && g->shape->y[last] == g->y[g->edge_to[e]]);
    assert_close(g->edge_m[e], sund_line_length(last - first + 1, g->shape->x + first, g->shape->y + first), 1e-3);
    if (e) assert_true(g->edge_from[e - 1] <= g->edge_from[e]);
  }
}

/* ------------------------------------------------------------------------------------------------------- by id */

static void a_crossing_without_a_node_is_none(void **state) {
  city c = {0};
  sund_join_report r;
  LINE(&c.t, 0, 0, 50, 100, 50);
  LINE(&c.t, 0, 50, 0, 50, 100);
  name_nodes(&c);
  const sund_graph *g = city_graph(*state, &c, false, &r);
  check_graph(g);
  assert_int_equal(g->nodes, 4);
  assert_int_equal(g->edges, 2);
  assert_int_equal(g->components, 2);
  assert_int_equal(r.crossings, 0);
  assert_int_equal(r.lines, 2);
}

static void a_shared_node_is_a_junction(void **state) {
  city c = {0};
  sund_join_report r;
  LINE(&c.t, 0, 0, 50, 20, 50, 50, 50, 100, 50); /* (20, 50) is nobody else's */
  LINE(&c.t, 1, 50, 0, 50, 50, 50, 100);         /* the level says nothing    */
  name_nodes(&c);
  const sund_graph *g = city_graph(*state, &c, false, &r);
  check_graph(g);
  assert_int_equal(g->nodes, 5);
  assert_int_equal(g->edges, 4);
  assert_int_equal(r.crossings, 1);
  assert_int_equal(g->shape->vertices, 9);
  assert_close(town_metres(*state, g, 0, 50, 50, 100), 100, 1e-9);
}

/* Equal places with different ids do not meet; one id drawn at two places does. */
static void ids_count_and_not_places(void **state) {
  city c = {0};
  LINE(&c.t, 0, 0, 0, 50, 0);
  LINE(&c.t, 0, 50, 0, 100, 0);
  name_nodes(&c);
  c.node[2] = 77;
  assert_int_equal(city_graph(*state, &c, false, NULL)->components, 2);
  c.node[2] = c.node[1];
  c.t.x[2] = 51;
  c.length_m[0] = 500;
  const sund_graph *g = city_graph(*state, &c, false, NULL);
  assert_int_equal(g->components, 1);
  assert_close(g->component_m[0], 550, 1e-9); /* 500 as stated; the node lies where it was drawn first */
}

static void loops_and_short_ways(void **state) {
  city c = {0};
  sund_join_report r;
  LINE(&c.t, 0, 0, 0, 100, 0, 100, 100, 0, 0);   /* a ring: an edge from its node to itself */
  LINE(&c.t, 0, 200, 0, 300, 0, 300, 0, 400, 0); /* a node twice in succession              */
  LINE(&c.t, 0, 400, 0, 400.0004, 0);            /* too short: its ends become one          */
  LINE(&c.t, 0, 400.0004, 0, 500, 0);
  LINE(&c.t, 0, 600, 0, 700, 0, 700, 50, 650, 0, 650, -50); /* through itself, at a vertex of its own */
  LINE(&c.t, 0, 600, 90, 650, 0);
  name_nodes(&c);
  c.node[9] = 1;
  c.node[10] = 1;
  const sund_graph *g = city_graph(*state, &c, false, &r);
  check_graph(g);
  assert_int_equal(r.dropped, 1);
  assert_int_equal(g->components, 3);
  assert_int_equal(g->edges, 1 + 2 + 3);
  assert_close(town_metres(*state, g, 200, 0, 500, 0), 300, 0.01);
}

/* ------------------------------------------------------------------------------------------------------- chains */

static void chains_become_one_edge(void **state) {
  city c = {0};
  LINE(&c.t, 0, 100, 0, 200, 0);
  LINE(&c.t, 0, 0, 0, 50, 5, 100, 0);
  LINE(&c.t, 0, 300, 0, 200, 0); /* drawn against the others */
  name_nodes(&c);
  c.alike[0] = c.alike[1] = c.alike[2] = 7;
  const sund_graph *g = city_graph(*state, &c, true, NULL);
  check_graph(g);
  assert_int_equal(g->edges, 2);
  c.alike[0] = c.alike[1] = c.alike[2] = -7;
  g = city_graph(*state, &c, true, NULL);
  check_graph(g);
  assert_int_equal(g->edges, 1);
  assert_int_equal(g->nodes, 2);
  assert_int_equal(g->edge_line[0], 0);
  assert_int_equal(g->shape->vertices, 5);
  assert_true(g->shape->x[0] == 0 && g->shape->x[4] == 300); /* drawn as row 0 is */
  c.alike[1] = -6;
  assert_int_equal(city_graph(*state, &c, true, NULL)->edges, 2);
  c.alike[0] = c.alike[1] = c.alike[2] = INT32_MIN;
  assert_int_equal(city_graph(*state, &c, true, NULL)->edges, 3);
}

static void levels_turns_and_rings_keep_nodes(void **state) {
  city c = {0};
  LINE(&c.t, 0, 0, 0, 100, 0);
  LINE(&c.t, 1, 100, 0, 200, 0);
  LINE(&c.t, 0, 200, 0, 300, 0);
  LINE(&c.t, 0, 300, 0, 400, 0);
  LINE(&c.t, 0, 400, 0, 500, 0);
  LINE(&c.t, 0, 0, 500, 100, 500, 100, 600); /* a ring of two */
  LINE(&c.t, 0, 100, 600, 0, 500);
  name_nodes(&c);
  for (size_t k = 0; k < c.t.rows; k++) c.alike[k] = 1;
  const sund_graph *g = city_graph(*state, &c, true, NULL);
  check_graph(g);
  assert_int_equal(g->edges, 3 + 1);
  const size_t ring = town_node(g, 0, 500);
  assert_true(ring != SIZE_MAX && g->head[g->first_out[ring]] == ring);
  c.turn[0] = (sund_turn){.from = 2, .to = 3, .node = id_of(300, 0), .modes = 1u << SUND_CAR};
  c.topology.turns = 1;
  g = city_graph(*state, &c, true, NULL);
  check_graph(g);
  assert_int_equal(g->edges, 5 + 1); /* rows 2 and 3 are named: neither they nor their neighbours become one */
}

/* -------------------------------------------------------------------------------------------------------- union */

static void beside_lines_without_nodes(void **state) {
  city c = {0};
  sund_join_report r;
  LINE(&c.t, 0, 0, 50, 100, 50);
  LINE(&c.t, 0, 50, 0, 50, 100);
  LINE(&c.t, 0, 0, 20, 100, 20); /* geometry: crosses the next, and what lies beside has no say */
  LINE(&c.t, 0, 30, 0, 30, 100);
  LINE(&c.t, 0, 30, 100.5, 30, 200); /* an end within the tolerance */
  name_nodes(&c);
  for (size_t v = 4; v < c.t.vertices; v++) c.node[v] = SUND_NULL_INT;
  const sund_graph *g = city_graph(*state, &c, true, &r);
  check_graph(g);
  assert_int_equal(g->components, 3);
  assert_int_equal(g->edges, 2 + 5);
  assert_int_equal(r.crossings, 1);
  assert_int_equal(r.snapped_ends, 1);
  assert_int_equal(r.lines, 5);
  assert_close(town_metres(*state, g, 0, 20, 30, 200), 30 + 180, 1.0);
  size_t rows = 0;
  for (size_t e = 0; e < g->edges; e++) rows |= (size_t)1 << g->edge_line[e];
  assert_int_equal(rows, 31);
  c.table.topology = NULL; /* no node at all: the very graph of sund_graph_join */
  const sund_network_ask ask = {.lines = &c.table, .level = c.t.level, .tolerance = 1};
  sund_graph *none;
  assert_ok(*state, sund_graph_network(*state, &ask, NULL, &none, NULL));
  assert_int_equal(none->edges, town_graph(*state, &c.t, NULL)->edges);
}

static void rows_left_out_and_bad_places(void **state) {
  city c = {0};
  LINE(&c.t, 0, 0, 0, 100, 0);
  LINE(&c.t, 0, 100, 0, 200, 0);
  LINE(&c.t, 0, 100, 0, 100, 50);
  name_nodes(&c);
  c.alike[0] = c.alike[1] = c.alike[2] = 1;
  assert_int_equal(city_graph(*state, &c, true, NULL)->edges, 3);
  const uint8_t keep[] = {1, 1, 0};
  const sund_network_ask ask = {.lines = &c.table, .keep = keep, .alike = c.alike, .tolerance = 1};
  sund_graph *g = NULL;
  assert_ok(*state, sund_graph_network(*state, &ask, NULL, &g, NULL));
  assert_int_equal(g->edges, 1); /* what is left out makes no junction */
  const uint8_t nothing[] = {0, 0, 0};
  const sund_network_ask empty = {.lines = &c.table, .keep = nothing, .tolerance = 1};
  assert_ok(*state, sund_graph_network(*state, &empty, NULL, &g, NULL));
  assert_int_equal(g->nodes, 0);
  c.t.x[1] = NAN;
  assert_int_equal(sund_graph_network(*state, &ask, NULL, &g, NULL), SUND_DATA);
}

/* --------------------------------------------------------------------------------------------------------- twin */

enum { SIDE = 6, PLACES = SIDE * SIDE };

static size_t place_of(double x, double y) {
  return (size_t)(x / 10) * SIDE + (size_t)(y / 10);
}

/* Every straight piece is an edge of the twin. */
static void twin_metres(const town *t, double *d) {
  for (size_t i = 0; i < PLACES * PLACES; i++) d[i] = INFINITY;
  for (size_t i = 0; i < PLACES; i++) d[i * PLACES + i] = 0;
  for (size_t r = 0; r < t->rows; r++)
    for (size_t v = t->first_vertex[r]; v + 1 < t->first_vertex[r + 1]; v++) {
      const size_t a = place_of(t->x[v], t->y[v]), b = place_of(t->x[v + 1], t->y[v + 1]);
      const double m = hypot(t->x[v] - t->x[v + 1], t->y[v] - t->y[v + 1]);
      if (m < d[a * PLACES + b]) d[a * PLACES + b] = d[b * PLACES + a] = m;
    }
  town_floyd(PLACES, d);
}

static void graph_metres_all(const sund_graph *g, double *d) {
  for (size_t i = 0; i < g->nodes * g->nodes; i++) d[i] = INFINITY;
  for (size_t i = 0; i < g->nodes; i++) d[i * g->nodes + i] = 0;
  for (size_t e = 0; e < g->edges; e++) {
    const size_t a = g->edge_from[e], b = g->edge_to[e];
    if (g->edge_m[e] < d[a * g->nodes + b]) d[a * g->nodes + b] = d[b * g->nodes + a] = g->edge_m[e];
  }
  town_floyd(g->nodes, d);
}

/* Does a row of that kind go from one vertex of the shape to the next? */
static bool drawn(const city *c, int32_t alike, const sund_shapes *s, size_t from, size_t to) {
  const town *t = &c->t;
  for (size_t r = 0; r < t->rows; r++)
    for (size_t v = t->first_vertex[r]; v + 1 < t->first_vertex[r + 1]; v++)
      if (c->alike[r] == alike && t->x[v] == s->x[from] && t->y[v] == s->y[from] && t->x[v + 1] == s->x[to] &&
          t->y[v + 1] == s->y[to])
        return true;
  return false;
}

static void check_directions(const city *c, const sund_graph *g) {
  for (size_t e = 0; e < g->edges; e++) {
    const int32_t alike = c->alike[g->edge_line[e]];
    for (size_t v = g->shape->first_vertex[e]; v + 1 < g->shape->first_vertex[e + 1]; v++)
      if (!drawn(c, alike, g->shape, v, v + 1) && !(alike < 0 && drawn(c, alike, g->shape, v + 1, v)))
        fail_msg("edge %zu runs against its line", e);
  }
}

/* Nodes of the plain graph that chains must pass through: two ends of different edges that are alike. */
static size_t count_passed(const city *c, const sund_graph *plain) {
  size_t passed = 0;
  for (size_t v = 0; v < plain->nodes; v++) {
    const size_t arc = plain->first_out[v];
    if (plain->first_out[v + 1] - arc != 2 || plain->arc_edge[arc] == plain->arc_edge[arc + 1]) continue;
    const uint32_t a = plain->arc_edge[arc], b = plain->arc_edge[arc + 1];
    const int32_t kind = c->alike[plain->edge_line[a]];
    if (kind != c->alike[plain->edge_line[b]] || plain->edge_level[a] != plain->edge_level[b]) continue;
    passed += kind < 0 || (plain->edge_from[a] == v) != (plain->edge_from[b] == v);
  }
  return passed;
}

/* Components that are a ring of such nodes and nothing else keep one of them. */
static size_t count_rings(const sund_graph *g) {
  size_t rings = 0;
  for (size_t e = 0; e < g->edges; e++) {
    const size_t v = g->edge_from[e];
    rings += g->edge_to[e] == v && g->first_out[v + 1] - g->first_out[v] == 2;
  }
  return rings;
}

static void draw_city(city *c, uint64_t *seed, size_t lines, uint64_t side) {
  memset(c, 0, sizeof *c);
  for (size_t r = 0; r < lines; r++) {
    double xy[8], x = 0, y = 0;
    size_t n = 0;
    while (n < 2 + support_random(seed) % 3) {
      const double nx = 10 * (double)(support_random(seed) % side), ny = 10 * (double)(support_random(seed) % side);
      if (n && nx == x && ny == y) continue;
      xy[2 * n] = x = nx;
      xy[2 * n++ + 1] = y = ny;
      if (n == 4) break;
    }
    if (n < 2) {
      r--;
      continue;
    }
    town_line(&c->t, (int32_t)(support_random(seed) % 8 == 0), n, xy);
    c->alike[r] = (int32_t)(support_random(seed) % 3) - 1;
  }
  name_nodes(c);
}

static void like_the_twin(void **state) {
  uint64_t seed = support_seed();
  static city c;
  size_t all_passed = 0;
  for (int round = 0; round < 400; round++) {
    sund_ctx *ctx = sund_ctx_child(*state);
    draw_city(&c, &seed, 2 + (size_t)round % 16, round % 2 ? SIDE : SIDE / 2);
    const sund_graph *plain = city_graph(ctx, &c, false, NULL), *g = city_graph(ctx, &c, true, NULL);
    check_graph(plain);
    check_graph(g);
    check_directions(&c, g);
    const size_t passed = count_passed(&c, plain), rings = count_rings(g) - count_rings(plain);
    if (plain->edges - g->edges != passed - rings || plain->nodes - g->nodes != passed - rings)
      fail_msg("seed %llu, round %d: %zu edges of %zu, %zu passed, %zu rings", (unsigned long long)support_seed(),
               round, g->edges, plain->edges, passed, rings);
    all_passed += passed;
    double *twin = sund_alloc(ctx, PLACES * PLACES, sizeof *twin), *own = sund_alloc(ctx, g->nodes * g->nodes, 8);
    twin_metres(&c.t, twin);
    graph_metres_all(g, own);
    for (size_t a = 0; a < g->nodes; a++)
      for (size_t b = 0; b < g->nodes; b++) {
        const double want = twin[place_of(g->x[a], g->y[a]) * PLACES + place_of(g->x[b], g->y[b])];
        const double got = own[a * g->nodes + b];
        if (!(got == want || fabs(got - want) < 1e-9))
          fail_msg("seed %llu, round %d: %g m, the twin has %g", (unsigned long long)support_seed(), round, got,
                   want);
      }
    sund_ctx_free(ctx);
  }
  assert_true(all_passed > 100);
}

static void same_for_any_threads(void **state) {
  uint64_t seed = support_seed() + 1;
  static city c;
  draw_city(&c, &seed, TOWN_MOST, SIDE);
  sund_ctx_threads(*state, 1);
  const sund_graph *one = city_graph(*state, &c, true, NULL);
  sund_ctx_threads(*state, 3);
  const sund_graph *three = city_graph(*state, &c, true, NULL);
  assert_int_equal(one->edges, three->edges);
  assert_memory_equal(one->edge_m, three->edge_m, one->edges * sizeof *one->edge_m);
  assert_memory_equal(one->edge_from, three->edge_from, one->edges * sizeof *one->edge_from);
  assert_memory_equal(one->edge_line, three->edge_line, one->edges * sizeof *one->edge_line);
}

static void without_memory(void **state) {
  uint64_t seed = support_seed() + 2;
  static city c;
  draw_city(&c, &seed, 12, SIDE);
  for (size_t v = c.t.first_vertex[8]; v < c.t.vertices; v++) c.node[v] = SUND_NULL_INT;
  city_graph(*state, &c, true, NULL);
  const sund_network_ask ask = {.lines = &c.table, .level = c.t.level, .alike = c.alike, .tolerance = 1};
  size_t failures = 0;
  for (size_t n = 1;; n++) {
    sund_ctx *ctx = sund_ctx_new();
    sund_graph *g = NULL;
    sund_ctx_threads(ctx, 1);
    sund_ctx_fail_alloc(ctx, n);
    const sund_code code = sund_graph_network(ctx, &ask, NULL, &g, NULL);
    assert_true(code == SUND_OK || (code == SUND_LIMIT && !g));
    sund_ctx_free(ctx);
    if (code == SUND_OK) break;
    failures++;
  }
  assert_true(failures > 20);
}

/* ------------------------------------------------------------------------------------------------------ topology */

static void ids_and_turns_go_along(void **state) {
  sund_ctx *ctx = *state;
  city c = {0};
  LINE(&c.t, 0, 0, 0, 1, 0);
  LINE(&c.t, 0, 1, 0, 2, 0, 3, 0);
  PART(&c.t, 5, 0, 6, 0);
  LINE(&c.t, 0, 3, 0, 4, 0);
  name_nodes(&c);
  size_t via[] = {1};
  c.turn[0] = (sund_turn){.from = 0, .to = 2, .via_rows = 1, .via = via, .node = id_of(1, 0), .only = true};
  c.turn[1] = (sund_turn){.from = 1, .to = 2, .node = id_of(3, 0), .modes = 5};
  c.topology = (sund_topology){c.node, 2, c.turn};
  const sund_shapes *shapes = town_shapes(&c.t, SUND_LINE);
  sund_topology *picked = NULL;
  const size_t rows[] = {2, 1};
  assert_ok(ctx, sund_topology_pick(ctx, shapes, &c.topology, 2, rows, &picked));
  const int64_t want[] = {id_of(3, 0), id_of(4, 0), id_of(1, 0), id_of(2, 0), id_of(3, 0), id_of(5, 0), id_of(6, 0)};
  assert_memory_equal(picked->node, want, sizeof want);
  assert_int_equal(picked->turns, 1);
  assert_int_equal(picked->turn[0].from, 1);
  assert_int_equal(picked->turn[0].to, 0);
  assert_int_equal(picked->turn[0].modes, 5);
  const sund_shapes *both[] = {shapes, shapes};
  const sund_topology *known[] = {NULL, &c.topology}, *none[] = {NULL, NULL};
  sund_topology *joined = NULL;
  assert_ok(ctx, sund_topology_join(ctx, 2, both, known, &joined));
  assert_true(joined->node[0] == SUND_NULL_INT && joined->node[shapes->vertices + 1] == id_of(1, 0));
  assert_true(id_of(0, 0) < 0 &&
              joined->node[shapes->vertices] < id_of(0, 0)); /* not given out: of this source only */
  assert_int_equal(joined->turns, 2);
  assert_int_equal(joined->turn[0].from, 3);
  assert_int_equal(joined->turn[0].to, 5);
  assert_int_equal(joined->turn[0].via[0], 4);
  assert_true(joined->turn[0].only && joined->turn[0].node == id_of(1, 0));
  assert_ok(ctx, sund_topology_join(ctx, 2, both, none, &joined));
  assert_null(joined);
  assert_ok(ctx, sund_topology_pick(ctx, shapes, NULL, 2, rows, &picked));
  assert_null(picked);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      SUND_TEST(a_crossing_without_a_node_is_none),
      SUND_TEST(a_shared_node_is_a_junction),
      SUND_TEST(ids_count_and_not_places),
      SUND_TEST(loops_and_short_ways),
      SUND_TEST(chains_become_one_edge),
      SUND_TEST(levels_turns_and_rings_keep_nodes),
      SUND_TEST(beside_lines_without_nodes),
      SUND_TEST(rows_left_out_and_bad_places),
      SUND_TEST(like_the_twin),
      SUND_TEST(same_for_any_threads),
      SUND_TEST(without_memory),
      SUND_TEST(ids_and_turns_go_along),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}

/* The network of pgRouting's documentation and the answers its own tests expect: driving distance, cost matrices, points
 * on edges, the nearest of a set, snapping. All costs are tenths: units of 0.1 s hold them exactly. Skipped without the
 * data.
 */
#include <unistd.h>

#include "web.h"

enum { NODES = 17, POINTS = 6, ROWS = 64 };

typedef struct peer {
  web w;
  sund_graph *g;
  sund_streets *s[2]; /* undirected, directed */
  uint32_t node_of_old[NODES + 1];
  sund_spot node[NODES + 1];   /* by id */
  double point[POINTS + 1][6]; /* by pid: x, y, edge, fraction, snapped x, y */
} peer;

/* Opens a file of the case behind its first line, or NULL. */
static FILE *open_table(const char *name) {
  char path[700], line[200];
  const char *data = getenv("SUND_DATA");
  if (!data) return NULL;
  snprintf(path, sizeof path, "%s/peers/pgrouting/%s.csv", data, name);
  FILE *file = fopen(path, "r");
  if (file) assert_non_null(fgets(line, sizeof line, file));
  return file;
}

static void read_edges(sund_ctx *ctx, peer *p, FILE *file, double *reverse) {
  double x[NODES + 1] = {0}, y[NODES + 1] = {0}, cost;
  struct edge {
    unsigned from, to, old_from, old_to;
    double x, y, to_x, to_y;
  } e[ROWS];
  unsigned id;
  size_t n = 0;
  double there[ROWS];
  while (fscanf(file, "%u,%u,%u,%lf,%lf,%lf,%lf,%lf,%lf,%u,%u\n", &id, &e[n].from, &e[n].to, &cost, &reverse[n],
                &e[n].x, &e[n].y, &e[n].to_x, &e[n].to_y, &e[n].old_from, &e[n].old_to) == 11) {
    assert_int_equal(id, n + 1);
    x[e[n].from] = e[n].x, y[e[n].from] = e[n].y, x[e[n].to] = e[n].to_x, y[e[n].to] = e[n].to_y;
    p->node_of_old[e[n].old_from] = e[n].from;
    p->node_of_old[e[n].old_to] = e[n].to;
    there[n++] = cost;
  }
  fclose(file);
  assert_int_equal(n, 18);
  for (size_t i = 1; i <= NODES; i++) web_node(ctx, &p->w, x[i], y[i]);
  for (size_t i = 0; i < n; i++)
    web_edge(ctx, &p->w, e[i].from - 1, e[i].to - 1, there[i] < 0 ? NAN : there[i],
             reverse[i] < 0 ? NAN : reverse[i]);
}

static bool open_peer(sund_ctx *ctx, peer *p) {
  memset(p, 0, sizeof *p);
  FILE *file = open_table("edges");
  if (!file) {
    print_message("no data: skipped\n");
    return false;
  }
  double reverse[ROWS];
  read_edges(ctx, p, file, reverse);
  p->g = web_graph(ctx, &p->w);
  for (int directed = 1; directed >= 0; directed--) {
    for (size_t i = 0; i < p->w.edges && !directed; i++) {
      if (isnan(p->w.forward_s[i])) p->w.forward_s[i] = p->w.backward_s[i];
      if (isnan(p->w.backward_s[i])) p->w.backward_s[i] = p->w.forward_s[i];
    }
    sund_streets_spec spec = web_spec(&p->w, p->g);
    spec.unit_s = 0.1;
    assert_ok(ctx, sund_streets_build(ctx, &spec, &p->s[directed], NULL, NULL));
    assert_ok(ctx, sund_streets_contract(ctx, p->s[directed]));
  }
  for (uint32_t v = 0; v < NODES; v++) p->node[v + 1] = web_at(p->g, v);
  file = open_table("points_of_interest");
  assert_non_null(file);
  char side;
  unsigned pid;
  double q[6];
  while (fscanf(file, "%u,%lf,%lf,%lf,%c,%lf,%lf,%lf\n", &pid, &q[0], &q[1], &q[2], &side, &q[3], &q[4], &q[5]) == 8)
    memcpy(p->point[pid], q, sizeof q);
  fclose(file);
  return true;
}

/* A place as the tables name it: a point when negative, else a node by its old number. */
static sund_spot place(const peer *p, int id) {
  if (id > 0) return p->node[p->node_of_old[id]];
  const double *q = p->point[-id];
  const uint32_t edge = (uint32_t)q[2] - 1;
  return (sund_spot){.edge = edge, .along_m = q[3] * p->g->edge_m[edge]};
}

/* Costs from one place to another: searched and swept, onward and backward. */
static double cost(sund_ctx *ctx, const peer *p, bool directed, sund_spot from, sund_spot to) {
  sund_trees_ask ask = {.sources = 1, .source = &from, .targets = 1, .target = &to, .limit = 60000, .metres = true};
  const uint32_t searched = web_trees(ctx, p->g, p->s[directed], &ask).units[0];
  ask.metres = false;
  assert_int_equal(web_trees(ctx, p->g, p->s[directed], &ask).units[0], searched);
  ask.source = &to, ask.target = &from, ask.backward = true;
  assert_int_equal(web_trees(ctx, p->g, p->s[directed], &ask).units[0], searched);
  return searched / 10.0;
}

static void driving_distance(void **state) {
  sund_ctx *ctx = *state;
  peer p;
  if (!open_peer(ctx, &p)) skip();
  FILE *file = open_table("expected_driving_distance");
  char query[20], directed[20];
  unsigned from, node, rows = 0, trees = 0, before = 0;
  double cutoff, wanted;
  bool was = true;
  web_sheet sheet = {0};
  size_t within = 0;
  while (fscanf(file, "%19[^,],%19[^,],%u,%lf,%u,%lf\n", query, directed, &from, &cutoff, &node, &wanted) == 6) {
    const bool now = strcmp(directed, "true") == 0;
    if (from != before || now != was) {
      const sund_trees_ask ask = {.sources = 1,
                                  .source = &p.node[from],
                                  .targets = NODES,
                                  .target = &p.node[1],
                                  .limit = (uint32_t)(cutoff * 10),
                                  .nodes = true};
      sheet = web_trees(ctx, p.g, p.s[now], &ask);
      before = from;
      was = now;
      trees++;
      for (size_t v = 0; v < NODES; v++) within += sheet.node[v] != SUND_BEYOND;
    }
    assert_int_equal(sheet.node[node - 1], lround(wanted * 10));
    assert_int_equal(sheet.units[node - 1], lround(wanted * 10));
    rows++;
  }
  fclose(file);
  assert_int_equal(trees, 3);
  assert_int_equal(rows, 36);
  assert_int_equal(within, rows); /* and nothing else */
}

static void expect_matrix(sund_ctx *ctx, const char *name, size_t wanted_rows) {
  peer p;
  if (!open_peer(ctx, &p)) skip();
  FILE *file = open_table(name);
  char directed[20];
  int from, to;
  double wanted;
  size_t rows = 0;
  for (; fscanf(file, "%19[^,],%d,%d,%lf\n", directed, &from, &to, &wanted) == 4; rows++) {
    const double got = cost(ctx, &p, strcmp(directed, "true") == 0, place(&p, from), place(&p, to));
    if (fabs(got - wanted) > 1e-9)
      fail_msg("%s, %s: %d to %d costs %g, not %g", name, directed, from, to, got, wanted);
  }
  fclose(file);
  assert_int_equal(rows, wanted_rows);
}

static void cost_matrix(void **state) {
  expect_matrix(*state, "expected_cost_matrix_oldids", 24);
}

static void cost_matrix_of_points(void **state) {
  expect_matrix(*state, "expected_points_cost_matrix_oldids", 24);
}

static void from_a_point_on_an_edge(void **state) {
  sund_ctx *ctx = *state;
  peer p;
  if (!open_peer(ctx, &p)) skip();
  FILE *file = open_table("expected_from_midedge_point_oldids");
  char query[20], note[80];
  int from, to;
  double cutoff, wanted;
  size_t rows = 0;
  for (; fscanf(file, "%19[^,],%d,%lf,%d,%lf,%79[^\n]\n", query, &from, &cutoff, &to, &wanted, note) >= 5; rows++) {
    const double got = cost(ctx, &p, true, place(&p, -from), place(&p, to));
    if (fabs(got - wanted) > 1e-9) fail_msg("%s: to %d costs %g, not %g", query, to, got, wanted);
  }
  fclose(file);
  assert_int_equal(rows, 13);
}

static void nearest_of_a_set(void **state) {
  sund_ctx *ctx = *state;
  peer p;
  if (!open_peer(ctx, &p)) skip();
  FILE *file = open_table("expected_nearest_of_set");
  char query[20], set[60];
  unsigned from, end;
  double wanted;
  size_t rows = 0;
  for (; fscanf(file, "%19[^,],true,%u,%59[^,],%u,%lf\n", query, &from, set, &end, &wanted) == 5; rows++) {
    double best = INFINITY;
    unsigned nearest = 0;
    for (char *rest = set; *rest; rest += *rest == '|') {
      const unsigned to = (unsigned)strtoul(rest, &rest, 10);
      const double got = cost(ctx, &p, true, p.node[from], p.node[to]);
      if (got < best) best = got, nearest = to;
    }
    assert_int_equal(nearest, end);
    assert_true(fabs(best - wanted) < 1e-9);
  }
  fclose(file);
  assert_int_equal(rows, 6);
}

/* Every node is served by the nearer of two: spreading from both, and a tree from each. */
static void nearest_source(void **state) {
  sund_ctx *ctx = *state;
  peer p;
  if (!open_peer(ctx, &p)) skip();
  FILE *file = open_table("expected_nearest_source_allocation");
  const sund_spot source[] = {p.node[11], p.node[16]};
  const uint32_t start[] = {0, 0};
  uint32_t spread[NODES];
  const sund_trees_ask ask = {.sources = 2, .source = source, .targets = NODES, .target = &p.node[1], .limit = 30};
  assert_ok(ctx, sund_streets_spread(ctx, p.s[1], &ask, start, spread, NULL));
  const web_sheet sheet = web_trees(ctx, p.g, p.s[1], &ask);
  char query[20], sources[20];
  unsigned allocated, node;
  double cutoff, wanted;
  size_t rows = 0, within = 0;
  for (; fscanf(file, "%19[^,],%19[^,],%lf,%u,%u,%lf\n", query, sources, &cutoff, &allocated, &node, &wanted) == 6;
       rows++) {
    assert_int_equal(spread[node - 1], lround(10 * wanted));
    assert_int_equal(sheet.units[(allocated == 16 ? NODES : 0) + node - 1], lround(10 * wanted));
  }
  fclose(file);
  for (size_t v = 0; v < NODES; v++) within += spread[v] != SUND_BEYOND;
  assert_int_equal(rows, 13);
  assert_int_equal(within, rows);
}

static void snapping(void **state) {
  sund_ctx *ctx = *state;
  peer p;
  if (!open_peer(ctx, &p)) skip();
  for (size_t i = 1; i <= POINTS; i++) {
    const double *q = p.point[i];
    sund_spot spot;
    assert_ok(ctx, sund_graph_snap(ctx, p.g, NULL, 1, &q[0], &q[1], 1, NULL, &spot));
    assert_int_equal(spot.edge + 1, q[2]);
    assert_true(fabs(spot.along_m / p.g->edge_m[spot.edge] - q[3]) < 1e-9);
    assert_true(fabs(spot.leg_m - hypot(q[0] - q[4], q[1] - q[5])) < 1e-9);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {SUND_TEST(driving_distance),
                                     SUND_TEST(cost_matrix),
                                     SUND_TEST(cost_matrix_of_points),
                                     SUND_TEST(from_a_point_on_an_edge),
                                     SUND_TEST(nearest_of_a_set),
                                     SUND_TEST(nearest_source),
                                     SUND_TEST(snapping)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}

/* Restricted turns by hand: must and must not, over ways between, rows that were cut or joined on the way to an edge, what
 * cannot be read.
 */
#include "web.h"

static const uint32_t anywhere = SUND_BEYOND - 1;

/* A network and the rows it was made of: rows are lines along nodes, by number. */
typedef struct town {
  web w;
  sund_graph *g;
  sund_shapes *lines;
  sund_topology topology;
} town;

/* Rows end with -1; each node of a row is one of the web, and its id is its number. */
static void add_rows(sund_ctx *ctx, town *t, size_t rows, const int (*row)[8]) {
  size_t vertices = 0;
  for (size_t r = 0; r < rows; r++)
    for (size_t i = 0; row[r][i] >= 0; i++) vertices++;
  assert_ok(ctx, sund_shapes_new(ctx, SUND_LINE, rows, rows, vertices, &t->lines));
  t->topology.node = web_room(ctx, vertices, sizeof *t->topology.node);
  size_t v = 0;
  for (size_t r = 0; r < rows; r++) {
    for (size_t i = 0; row[r][i] >= 0; i++, v++) {
      t->lines->x[v] = t->w.x[row[r][i]];
      t->lines->y[v] = t->w.y[row[r][i]];
      t->topology.node[v] = row[r][i];
    }
    t->lines->first_part[r + 1] = r + 1;
    t->lines->first_vertex[r + 1] = v;
  }
}

/* An edge of one second for each piece of a row, or for none: rows and edges are then drawn apart. */
static void add_edges(sund_ctx *ctx, town *t, size_t rows, const int (*row)[8]) {
  for (size_t r = 0; r < rows; r++)
    for (size_t i = 0; row[r][i + 1] >= 0; i++)
      web_edge(ctx, &t->w, (uint32_t)row[r][i], (uint32_t)row[r][i + 1], 1, 1);
}

static void finish(sund_ctx *ctx, town *t) {
  t->g = web_graph(ctx, &t->w);
  for (size_t e = 0; e < t->g->edges; e++) t->g->edge_line[e] = SIZE_MAX; /* rows are found by their vertices */
}

/* Seconds from node to node with these turns; used, lost: as wanted. */
static uint32_t seconds(sund_ctx *ctx, const town *t, size_t turns, const sund_turn *turn, uint32_t from, uint32_t to,
                        size_t wanted_used, size_t wanted_lost) {
  sund_streets_spec spec = web_spec(&t->w, t->g);
  spec.lines = t->lines;
  spec.topology = &t->topology;
  spec.turns = turns;
  spec.turn = turn;
  sund_streets *s;
  size_t used, lost;
  assert_ok(ctx, sund_streets_build(ctx, &spec, &s, &used, &lost));
  assert_int_equal(used, wanted_used);
  assert_int_equal(lost, wanted_lost);
  const sund_spot a = web_at(t->g, from), b = web_at(t->g, to);
  sund_trees_ask ask = {.sources = 1, .source = &a, .targets = 1, .target = &b, .limit = 60000};
  const web_sheet onward = web_trees(ctx, t->g, s, &ask);
  ask.source = &b, ask.target = &a, ask.backward = true;
  const web_sheet backward = web_trees(ctx, t->g, s, &ask);
  assert_int_equal(onward.units[0], backward.units[0]);
  assert_ok(ctx, sund_streets_contract(ctx, s));
  const web_sheet swept = web_trees(ctx, t->g, s, &ask);
  assert_int_equal(onward.units[0], swept.units[0]);
  return onward.units[0];
}

/* 0 south, 1 the cross, 2 north, 3 north-east, 4 east, 5 west: from the south to the west straight on is forced, and the
 * way leads around the block, 4 edges more. */
static const int cross_rows[][8] = {{0, 1, -1}, {1, 2, -1}, {2, 3, -1}, {3, 4, -1}, {4, 1, -1}, {1, 5, -1}};

static void draw_cross(sund_ctx *ctx, town *t) {
  const double xy[][2] = {{0, -1}, {0, 0}, {0, 1}, {1, 1}, {1, 0}, {-1, 0}};
  for (size_t i = 0; i < 6; i++) web_node(ctx, &t->w, xy[i][0], xy[i][1]);
  add_edges(ctx, t, 6, cross_rows);
  add_rows(ctx, t, 6, cross_rows);
  finish(ctx, t);
}

static void around_the_block(void **state) {
  sund_ctx *ctx = *state;
  town t = {0};
  draw_cross(ctx, &t);
  const sund_turn straight = {.only = true, .modes = 1u << SUND_CAR, .from = 0, .to = 1, .node = 1};
  const sund_turn no_left = {.modes = 1u << SUND_CAR, .from = 0, .to = 5, .node = 1};
  const sund_turn walk = {.modes = 1u << SUND_WALK, .from = 0, .to = 5, .node = 1};
  assert_int_equal(seconds(ctx, &t, 0, NULL, 0, 5, 0, 0), 2);
  assert_int_equal(seconds(ctx, &t, 1, &straight, 0, 5, 1, 0), 6);
  assert_int_equal(seconds(ctx, &t, 1, &no_left, 0, 5, 1, 0), 6);
  assert_int_equal(seconds(ctx, &t, 1, &no_left, 0, 4, 1, 0), 2);
  assert_int_equal(seconds(ctx, &t, 1, &no_left, 5, 0, 1, 0), 2); /* the other way round is free */
  assert_int_equal(seconds(ctx, &t, 1, &walk, 0, 5, 0, 0), 2);
}

/* Beginning on the edge is beginning on the way to the turn; beginning at the node is not. */
static void from_the_edge(void **state) {
  sund_ctx *ctx = *state;
  town t = {0};
  draw_cross(ctx, &t);
  const sund_turn no_left = {.modes = 1u << SUND_CAR, .from = 0, .to = 5, .node = 1};
  sund_streets_spec spec = web_spec(&t.w, t.g);
  spec.unit_s = 0.25;
  spec.lines = t.lines, spec.topology = &t.topology, spec.turns = 1, spec.turn = &no_left;
  sund_streets *s;
  assert_ok(ctx, sund_streets_build(ctx, &spec, &s, NULL, NULL));
  const sund_spot from[] = {{.edge = 0, .along_m = 0.5}, {.edge = 0, .along_m = 1}}, to = {.edge = 5, .along_m = 0.5};
  const sund_trees_ask ask = {.sources = 2, .source = from, .targets = 1, .target = &to, .limit = anywhere};
  const web_sheet sheet = web_trees(ctx, t.g, s, &ask);
  assert_int_equal(sheet.units[0], 4 * (0.5 + 4 + 0.5));
  assert_int_equal(sheet.units[1], 4 * 0.5);
}

/* A street with a median: 0 - 1 - 2 eastward and 5 - 4 - 3 westward, joined at 1 - 4. Turning over it is forbidden by way
 * of 1 - 4; 2 - 3 is the next place to turn. */
static void over_a_way_between(void **state) {
  sund_ctx *ctx = *state;
  town t = {0};
  const double xy[][2] = {{0, 0}, {100, 0}, {200, 0}, {200, 10}, {100, 10}, {0, 10}, {100, 99}};
  const int rows[][8] = {{0, 1, -1}, {1, 2, -1}, {2, 3, -1}, {3, 4, -1}, {4, 5, -1}, {1, 4, -1}, {4, 6, -1}};
  for (size_t i = 0; i < 7; i++) web_node(ctx, &t.w, xy[i][0], xy[i][1]);
  for (size_t r = 0; r < 7; r++) web_edge(ctx, &t.w, (uint32_t)rows[r][0], (uint32_t)rows[r][1], 1, r < 5 ? NAN : 1);
  add_rows(ctx, &t, 7, rows);
  finish(ctx, &t);
  size_t via = 5;
  const unsigned modes = 1u << SUND_CAR;
  const sund_turn no_return = {.modes = modes, .from = 0, .to = 4, .via_rows = 1, .via = &via, .node = 1};
  const sund_turn only_across = {
      .only = true, .modes = modes, .from = 0, .to = 6, .via_rows = 1, .via = &via, .node = 1};
  assert_int_equal(seconds(ctx, &t, 0, NULL, 0, 5, 0, 0), 3);
  assert_int_equal(seconds(ctx, &t, 1, &no_return, 0, 5, 1, 0), 5);
  assert_int_equal(seconds(ctx, &t, 1, &no_return, 0, 6, 1, 0), 3);
  assert_int_equal(seconds(ctx, &t, 1, &no_return, 1, 5, 1, 0), 2); /* who begins at 1 did not come from 0 */
  assert_int_equal(seconds(ctx, &t, 1, &only_across, 0, 6, 1, 0), 3);
  assert_int_equal(seconds(ctx, &t, 1, &only_across, 0, 2, 1, 0), 6); /* at the end of 6 one may turn */
  assert_int_equal(seconds(ctx, &t, 1, &only_across, 0, 5, 1, 0), 5);
}

/* The row `from` has a junction on its way and is cut there; the row `to` was joined with the one behind it. */
static void rows_cut_and_joined(void **state) {
  sund_ctx *ctx = *state;
  town t = {0};
  const double xy[][2] = {{0, -2}, {0, -1}, {0, 0}, {0, 1}, {1, 0}, {-1, 0}, {-2, 0}, {3, -1}, {3, 0}};
  for (size_t i = 0; i < 9; i++) web_node(ctx, &t.w, xy[i][0], xy[i][1]);
  const int pieces[][8] = {{0, 1, 2, 3, -1}, {2, 4, -1}, {1, 7, 8, 4, -1}};
  add_edges(ctx, &t, 3, pieces);
  const uint32_t joined = web_edge(ctx, &t.w, 2, 6, 2, 2); /* over 5, which is no node of the graph */
  const int rows[][8] = {{0, 1, 2, -1}, {2, 3, -1}, {2, 4, -1}, {2, 5, -1}, {5, 6, -1}};
  add_rows(ctx, &t, 5, rows);
  t.g = web_graph(ctx, &t.w);
  sund_shapes *s;
  assert_ok(ctx, sund_shapes_new(ctx, SUND_LINE, t.w.edges, t.w.edges, 2 * t.w.edges + 1, &s));
  for (size_t e = 0, v = 0; e < t.w.edges; e++) {
    const uint32_t on[] = {t.w.from[e], e == joined ? 5 : t.w.to[e], t.w.to[e]};
    for (size_t i = 0; i < (e == joined ? 3 : 2); i++, v++) {
      s->x[v] = t.w.x[on[i]];
      s->y[v] = t.w.y[on[i]];
    }
    s->first_part[e + 1] = e + 1;
    s->first_vertex[e + 1] = v;
  }
  t.g->shape = s;
  const sund_turn no_left = {.modes = 1u << SUND_CAR, .from = 0, .to = 3, .node = 2};
  assert_int_equal(seconds(ctx, &t, 0, NULL, 0, 6, 0, 0), 4);
  assert_int_equal(seconds(ctx, &t, 1, &no_left, 0, 6, 1, 0),
                   2 + 2 + 2); /* to the end of the street ahead and back */
  assert_int_equal(seconds(ctx, &t, 1, &no_left, 2, 6, 1, 0), 2);
}

static void what_cannot_be_read(void **state) {
  sund_ctx *ctx = *state;
  town t = {0};
  draw_cross(ctx, &t);
  size_t via = 3;
  const unsigned modes = 1u << SUND_CAR;
  const sund_turn lost[] = {{.modes = modes, .from = 0, .to = 5, .node = 77}, /* no such node          */
                            {.modes = modes, .from = 0, .to = 2, .node = 1},  /* `to` is elsewhere     */
                            {.modes = modes, .from = 99, .to = 5, .node = 1}, /* no such row           */
                            {.modes = modes, .from = 0, .to = 5, .via_rows = 1, .via = &via, .node = 1}};
  assert_int_equal(seconds(ctx, &t, 4, lost, 0, 5, 0, 4), 2);
  t.w.forward_s[0] = NAN; /* nobody comes that way: the turn is neither used nor lost */
  const sund_turn idle = {.modes = modes, .from = 0, .to = 5, .node = 1};
  assert_int_equal(seconds(ctx, &t, 1, &idle, 1, 5, 0, 0), 1);
}

/* A row that goes on at both sides of the node: nobody knows which end is meant, unless one is one-way. */
static void a_row_through_the_node(void **state) {
  sund_ctx *ctx = *state;
  for (int one_way = 0; one_way < 2; one_way++) {
    town t = {0};
    const double xy[][2] = {{0, -1}, {0, 0}, {0, 1}, {-1, 0}};
    const int rows[][8] = {{0, 1, 2, -1}, {1, 3, -1}};
    for (size_t i = 0; i < 4; i++) web_node(ctx, &t.w, xy[i][0], xy[i][1]);
    add_edges(ctx, &t, 2, rows);
    if (one_way) t.w.backward_s[0] = t.w.backward_s[1] = NAN;
    add_rows(ctx, &t, 2, rows);
    finish(ctx, &t);
    const sund_turn no_left = {.modes = 1u << SUND_CAR, .from = 0, .to = 1, .node = 1};
    assert_int_equal(seconds(ctx, &t, 1, &no_left, 0, 3, one_way ? 1 : 0, one_way ? 0 : 1),
                     one_way ? SUND_BEYOND : 2);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {SUND_TEST(around_the_block),    SUND_TEST(from_the_edge),
                                     SUND_TEST(over_a_way_between),  SUND_TEST(rows_cut_and_joined),
                                     SUND_TEST(what_cannot_be_read), SUND_TEST(a_row_through_the_node)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}

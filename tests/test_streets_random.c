/* Streets against slow twins on random graphs: ways over histories of passes where turns are restricted, all pairs by
 * Floyd and Warshall where they are not; trees onward and backward, spreading, ways, parts, any number of threads.
 */
#include "web.h"

enum { NODES = 9, MOST_EDGES = 16, MOST_PASSES = 2 * MOST_EDGES, TURNS = 5, SPOTS = 12, BASE = MOST_PASSES + 1 };

static const uint32_t beyond = SUND_BEYOND;

/* ---------------------------------------------------------------------------------------------------- the world */

typedef struct chain {
  bool only;
  size_t count;
  uint32_t pass[4];
} chain;

typedef struct world {
  web w;
  sund_graph *g;
  sund_streets *s;
  sund_topology topology;
  sund_turn turn[TURNS];
  size_t via[TURNS][2];
  size_t chains, lost;
  chain chain[TURNS];
  bool junction[NODES]; /* behind which one may not turn round */
  sund_spot spot[SPOTS];
} world;

static uint32_t tail(const world *o, uint32_t pass) {
  return pass & 1 ? o->w.to[pass / 2] : o->w.from[pass / 2];
}

static uint32_t head(const world *o, uint32_t pass) {
  return tail(o, pass ^ 1);
}

static bool allowed(const world *o, uint32_t pass) {
  return !isnan(pass & 1 ? o->w.backward_s[pass / 2] : o->w.forward_s[pass / 2]);
}

/* The edge's pass out of the node, or `beyond`. */
static uint32_t out_of(const world *o, uint32_t edge, uint32_t node) {
  return o->w.from[edge] == node ? 2 * edge : o->w.to[edge] == node ? 2 * edge + 1 : beyond;
}

static uint32_t other_edge(const world *o, uint64_t *seed, uint32_t node) {
  for (;;) {
    const uint32_t e = (uint32_t)(support_random(seed) % o->w.edges);
    if (out_of(o, e, node) != beyond) return e;
  }
}

/* A turn, and what it means; one of five is nonsense. */
static void draw_turn(world *o, uint64_t *seed, size_t i) {
  const uint32_t e = (uint32_t)(support_random(seed) % o->w.edges);
  const uint32_t into = 2 * e + (uint32_t)(support_random(seed) % 2), node = head(o, into);
  sund_turn *t = &o->turn[i];
  chain c = {.only = support_random(seed) % 3 == 0, .count = 1, .pass = {into}};
  *t = (sund_turn){.only = c.only, .modes = 1u << SUND_CAR, .from = e, .via = o->via[i], .node = node};
  uint32_t at = node;
  for (uint64_t k = support_random(seed) % 3; k > 0; k--) {
    const uint32_t via = other_edge(o, seed, at), pass = out_of(o, via, at);
    o->via[i][t->via_rows++] = via;
    c.pass[c.count++] = pass;
    at = head(o, pass);
  }
  t->to = other_edge(o, seed, at);
  c.pass[c.count++] = out_of(o, (uint32_t)t->to, at);
  if (support_random(seed) % 5 == 0) {
    t->node = 1000;
    o->lost++;
    return;
  }
  for (size_t k = 0; k < c.count; k++)
    if (!allowed(o, c.pass[k])) return;
  for (size_t k = 1; k < c.count; k++) o->junction[tail(o, c.pass[k])] = true;
  o->chain[o->chains++] = c;
}

/* A ring so that all hangs together, and chords; no two edges between the same nodes. */
static void draw_edges(sund_ctx *ctx, world *o, uint64_t *seed) {
  bool joined[NODES][NODES] = {{false}};
  for (uint32_t v = 0; v < NODES; v++)
    web_node(ctx, &o->w, support_uniform(seed, 0, 1000), support_uniform(seed, 0, 1000));
  while (o->w.edges < MOST_EDGES) {
    const uint32_t e = (uint32_t)o->w.edges;
    const uint32_t a = e < NODES ? e : (uint32_t)(support_random(seed) % NODES);
    const uint32_t b = e < NODES ? (e + 1) % NODES : (uint32_t)(support_random(seed) % NODES);
    if (a == b || joined[a][b]) continue;
    joined[a][b] = joined[b][a] = true;
    const uint64_t kind = support_random(seed) % 6;
    const double there = (double)(support_random(seed) % 30), back = (double)(support_random(seed) % 30);
    web_edge(ctx, &o->w, a, b, kind == 0 ? NAN : there, kind == 1 ? NAN : back);
  }
}

static void draw_world(sund_ctx *ctx, world *o, uint64_t *seed, bool turns) {
  memset(o, 0, sizeof *o);
  draw_edges(ctx, o, seed);
  o->g = web_graph(ctx, &o->w);
  int64_t *id = web_room(ctx, 2 * o->w.edges, sizeof *id);
  for (size_t e = 0; e < o->w.edges; e++) {
    id[2 * e] = o->w.from[e];
    id[2 * e + 1] = o->w.to[e];
  }
  o->topology.node = id;
  sund_streets_spec spec = web_spec(&o->w, o->g);
  if (turns) {
    for (size_t i = 0; i < TURNS; i++) draw_turn(o, seed, i);
    spec.turns = TURNS;
    spec.turn = o->turn;
    spec.topology = &o->topology;
  }
  spec.leg_s_m = 2;
  size_t used = 0, lost = 0;
  assert_ok(ctx, sund_streets_build(ctx, &spec, &o->s, &used, &lost));
  assert_int_equal(used, o->chains);
  assert_int_equal(lost, o->lost);
  for (size_t i = 0; i < SPOTS; i++) {
    const uint32_t e = (uint32_t)(support_random(seed) % o->w.edges);
    const uint64_t where = support_random(seed) % 6;
    o->spot[i] = (sund_spot){.edge = where == 5 ? SUND_NO_EDGE : e,
                             .along_m = where == 0   ? 0
                                        : where == 1 ? o->w.metres[e]
                                                     : support_uniform(seed, 0, o->w.metres[e]),
                             .leg_m = (double)(support_random(seed) % 4)};
  }
}

/* --------------------------------------------------------------------------------------------------------- twin */

/* Times over histories: the last three passes, newest last, each + 1; 0 = none. */
typedef struct twin {
  uint32_t units[BASE * BASE * BASE];
} twin;

static bool ends_with(uint32_t history, size_t count, const uint32_t *pass) {
  for (size_t k = count; k-- > 0; history /= BASE)
    if (history % BASE != pass[k] + 1) return false;
  return true;
}

static bool goes_on(const world *o, uint32_t pass) {
  for (uint32_t p = 0; p < 2 * o->w.edges; p++)
    if (tail(o, p) == head(o, pass) && p / 2 != pass / 2 && allowed(o, p)) return true;
  return false;
}

static bool permitted(const world *o, uint32_t history, uint32_t pass) {
  bool must = false, kept = false;
  for (size_t i = 0; i < o->chains; i++) {
    const chain *c = &o->chain[i];
    if (!c->only && c->pass[c->count - 1] == pass && ends_with(history, c->count - 1, c->pass)) return false;
    for (size_t j = 1; c->only && j < c->count; j++)
      if (ends_with(history, j, c->pass)) {
        must = true;
        kept = kept || c->pass[j] == pass;
      }
  }
  if (must && !kept) return false;
  if (history % BASE != (pass ^ 1) + 1) return true;
  return !(o->junction[tail(o, pass ^ 1)] && goes_on(o, pass ^ 1));
}

static uint32_t units_of(double seconds) {
  return (uint32_t)round(seconds);
}

static double pass_s(const world *o, uint32_t pass) {
  return pass & 1 ? o->w.backward_s[pass / 2] : o->w.forward_s[pass / 2];
}

/* Ways from a node, or from a spot: improved until nothing changes. */
static void twin_fill(const world *o, const sund_spot *from, twin *t) {
  memset(t, 0xff, sizeof *t);
  if (from->edge == SUND_NO_EDGE) return;
  const double share = from->along_m / o->w.metres[from->edge];
  for (uint32_t k = 0; k < 2; k++) {
    const uint32_t pass = 2 * from->edge + k;
    const double part = k ? share : 1 - share;
    if (part == 0) /* stands at the node: by any pass that leaves it */
      for (uint32_t p = 0; p < 2 * o->w.edges; p++) {
        if (tail(o, p) != head(o, pass) || !allowed(o, p)) continue;
        const uint32_t units = units_of(2 * from->leg_m) + units_of(pass_s(o, p));
        if (units < t->units[p + 1]) t->units[p + 1] = units;
      }
    else if (allowed(o, pass)) {
      const uint32_t units = units_of(2 * from->leg_m + part * pass_s(o, pass));
      if (units < t->units[pass + 1]) t->units[pass + 1] = units;
    }
  }
  for (bool better = true; better;) {
    better = false;
    for (uint32_t h = 1; h < BASE * BASE * BASE; h++) {
      if (t->units[h] == beyond) continue;
      for (uint32_t p = 0; p < 2 * o->w.edges; p++) {
        if (tail(o, p) != head(o, h % BASE - 1) || !allowed(o, p) || !permitted(o, h, p)) continue;
        const uint32_t next = h % (BASE * BASE) * BASE + p + 1, units = t->units[h] + units_of(pass_s(o, p));
        if (units >= t->units[next]) continue;
        t->units[next] = units;
        better = true;
      }
    }
  }
}

/* Time to the node: at the end of any history, and at the spot's own node. */
static uint32_t twin_node(const world *o, const sund_spot *from, const twin *t, uint32_t node) {
  uint32_t best = beyond;
  if (from->edge == SUND_NO_EDGE) return best;
  for (uint32_t h = 1; h < BASE * BASE * BASE; h++)
    if (t->units[h] < best && head(o, h % BASE - 1) == node) best = t->units[h];
  const uint32_t at = from->along_m == 0                         ? o->w.from[from->edge]
                      : from->along_m == o->w.metres[from->edge] ? o->w.to[from->edge]
                                                                 : beyond;
  const uint32_t leg = units_of(2 * from->leg_m);
  return at == node && leg < best ? leg : best;
}

static uint32_t twin_spot(const world *o, const sund_spot *from, const twin *t, const sund_spot *to) {
  uint32_t best = beyond;
  if (from->edge == SUND_NO_EDGE || to->edge == SUND_NO_EDGE) return best;
  const double metres = o->w.metres[to->edge], share = to->along_m / metres;
  for (uint32_t k = 0; k < 2; k++) {
    const uint32_t pass = 2 * to->edge + k, node = tail(o, pass);
    const double part = k ? 1 - share : share;
    if (part != 0 && !allowed(o, pass)) continue;
    const uint32_t rest = units_of(2 * to->leg_m + (part == 0 ? 0 : part * pass_s(o, pass)));
    for (uint32_t h = 1; h < BASE * BASE * BASE; h++)
      if (t->units[h] != beyond && head(o, h % BASE - 1) == node && (part == 0 || permitted(o, h, pass)) &&
          t->units[h] + rest < best)
        best = t->units[h] + rest;
    const bool here = (from->along_m == 0 && o->w.from[from->edge] == node) ||
                      (from->along_m == o->w.metres[from->edge] && o->w.to[from->edge] == node);
    if (here && units_of(2 * from->leg_m) + rest < best) best = units_of(2 * from->leg_m) + rest;
  }
  if (from->edge != to->edge) return best;
  const double apart = share - from->along_m / metres;
  const uint32_t pass = 2 * to->edge + (apart < 0);
  if (apart != 0 && !allowed(o, pass)) return best;
  const double whole = 2 * (from->leg_m + to->leg_m) + (apart == 0 ? 0 : fabs(apart) * pass_s(o, pass));
  return units_of(whole) < best ? units_of(whole) : best;
}

/* -------------------------------------------------------------------------------------------------------- tests */

static void expect_sheet(const world *o, const uint32_t *wanted, const web_sheet *sheet, uint32_t limit,
                         bool backward, const char *what, uint64_t seed) {
  (void)o;
  for (size_t i = 0; i < SPOTS; i++)
    for (size_t k = 0; k < SPOTS; k++) {
      uint32_t right = backward ? wanted[k * SPOTS + i] : wanted[i * SPOTS + k];
      if (right > limit) right = beyond;
      if (sheet->units[i * SPOTS + k] != right)
        fail_msg("%s: spot %zu to %zu takes %u, not %u (seed %llu)", what, i, k, sheet->units[i * SPOTS + k], right,
                 (unsigned long long)seed);
    }
}

static void expect_trees(sund_ctx *ctx, world *o, const uint32_t *wanted, uint64_t seed) {
  sund_trees_ask ask = {.sources = SPOTS, .source = o->spot, .targets = SPOTS, .target = o->spot};
  for (int contracted = 0; contracted < 2; contracted++) {
    if (contracted) assert_ok(ctx, sund_streets_contract(ctx, o->s));
    for (int backward = 0; backward < 2; backward++)
      for (uint32_t limit = 20; limit < 60000; limit *= 25) {
        ask.backward = backward;
        ask.limit = limit;
        const web_sheet sheet = web_trees(ctx, o->g, o->s, &ask);
        expect_sheet(o, wanted, &sheet, limit, backward, contracted ? "swept" : "searched", seed);
      }
  }
  ask.backward = false;
  ask.limit = SUND_BEYOND - 1;
  ask.metres = true;
  const web_sheet sheet = web_trees(ctx, o->g, o->s, &ask);
  expect_sheet(o, wanted, &sheet, ask.limit, false, "with metres", seed);
  for (size_t i = 0; i < SPOTS * SPOTS; i++) {
    sund_way way;
    uint32_t units;
    assert_ok(ctx, sund_streets_way(ctx, o->s, &o->spot[i / SPOTS], &o->spot[i % SPOTS], &way, &units));
    assert_int_equal(units, wanted[i]);
    assert_true(isnan(way.metres) ? isnan(sheet.metres[i]) : way.metres == sheet.metres[i]);
    if (units == beyond) continue;
    double drawn = o->spot[i / SPOTS].leg_m + o->spot[i % SPOTS].leg_m;
    for (size_t v = 1; v < way.vertices; v++) drawn += hypot(way.x[v] - way.x[v - 1], way.y[v] - way.y[v - 1]);
    assert_true(fabs(drawn - way.metres) < 1e-6);
  }
}

/* The nearest over all spots, each with a start of its own. */
static void expect_spread(sund_ctx *ctx, const world *o, const uint32_t *wanted, const uint32_t *to_node,
                          uint64_t *seed) {
  uint32_t start[SPOTS], node[NODES], target[SPOTS];
  for (size_t i = 0; i < SPOTS; i++)
    start[i] = support_random(seed) % 3 ? (uint32_t)(support_random(seed) % 99) : beyond;
  const sund_trees_ask ask = {
      .sources = SPOTS, .source = o->spot, .targets = SPOTS, .target = o->spot, .limit = 5000};
  assert_ok(ctx, sund_streets_spread(ctx, o->s, &ask, start, node, target));
  for (size_t k = 0; k < SPOTS; k++) {
    uint32_t right = beyond, right_node = beyond;
    for (size_t i = 0; i < SPOTS; i++) {
      if (start[i] == beyond) continue;
      if (wanted[i * SPOTS + k] != beyond && wanted[i * SPOTS + k] + start[i] < right)
        right = wanted[i * SPOTS + k] + start[i];
      if (k < NODES && to_node[i * NODES + k] != beyond && to_node[i * NODES + k] + start[i] < right_node)
        right_node = to_node[i * NODES + k] + start[i];
    }
    assert_int_equal(target[k], right);
    if (k < NODES) assert_int_equal(node[k], right_node);
  }
}

static void like_ways_over_histories(void **state) {
  static twin t;
  uint64_t seed = support_seed();
  for (int round = 0; round < 40; round++) {
    sund_ctx *ctx = sund_ctx_child(*state);
    const uint64_t began = seed;
    world o;
    draw_world(ctx, &o, &seed, round % 8 != 0);
    uint32_t wanted[SPOTS * SPOTS], to_node[SPOTS * NODES];
    for (size_t i = 0; i < SPOTS; i++) {
      twin_fill(&o, &o.spot[i], &t);
      for (size_t k = 0; k < SPOTS; k++) wanted[i * SPOTS + k] = twin_spot(&o, &o.spot[i], &t, &o.spot[k]);
      for (uint32_t v = 0; v < NODES; v++) to_node[i * NODES + v] = twin_node(&o, &o.spot[i], &t, v);
    }
    expect_spread(ctx, &o, wanted, to_node, &seed);
    const sund_trees_ask ask = {.sources = SPOTS, .source = o.spot, .limit = SUND_BEYOND - 1, .nodes = true};
    const web_sheet sheet = web_trees(ctx, o.g, o.s, &ask);
    for (size_t i = 0; i < SPOTS * NODES; i++)
      if (sheet.node[i] != to_node[i])
        fail_msg("spot %zu to node %zu takes %u, not %u (seed %llu)", i / NODES, i % NODES, sheet.node[i], to_node[i],
                 (unsigned long long)began);
    expect_trees(ctx, &o, wanted, began);
    sund_ctx_free(ctx);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {SUND_TEST(like_ways_over_histories)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}

/* Contracted streets: the order of the sweep is what it is said to be, climbing and sweeping by hand gives the times of
 * the search, and nothing depends on threads.
 */
#include "geo/hierarchy.h"
#include "web.h"

/* A random network: a ring of n nodes with chords, times of 0 to 99, some one-way. */
static web draw(sund_ctx *ctx, uint64_t *seed, uint32_t n, uint32_t chords) {
  web w = {0};
  for (uint32_t v = 0; v < n; v++) web_node(ctx, &w, support_uniform(seed, 0, 1e4), support_uniform(seed, 0, 1e4));
  for (uint32_t e = 0; e < n + chords; e++) {
    const uint32_t a = e < n ? e : (uint32_t)(support_random(seed) % n);
    const uint32_t b = e < n ? (e + 1) % n : (uint32_t)(support_random(seed) % n);
    const double there = (double)(support_random(seed) % 100), back = (double)(support_random(seed) % 100);
    const uint64_t kind = support_random(seed) % 9; /* of no time at all: 2 and 3 */
    if (a != b)
      web_edge(ctx, &w, a, b, kind == 0 ? NAN : kind < 4 ? 0 : there, kind == 1 ? NAN : kind < 4 ? 0 : back);
  }
  return w;
}

/* Every arc leads to a node above, those below a node follow it without a gap. */
static void expect_order(const hierarchy *h) {
  for (uint32_t at = 0; at < h->nodes; at++) {
    assert_true(h->end[at] > at && h->end[at] <= h->nodes);
    if (at + 1 < h->end[at]) assert_true(h->end[at + 1] <= h->end[at]);
    for (int k = 0; k < 2; k++)
      for (size_t i = h->arcs[k].first[at]; i < h->arcs[k].first[at + 1]; i++) {
        const uint32_t high = h->arcs[k].arc[i].high;
        assert_true(high < at && at < h->end[high]);
      }
  }
}

/* Times from a node by climbing and sweeping without lanes, limits or care. */
static void by_hand(const hierarchy *h, uint32_t from, uint64_t *units) {
  for (size_t at = 0; at < h->nodes; at++) units[at] = UINT64_MAX / 2;
  units[h->position[from]] = 0;
  for (size_t at = h->nodes; at-- > 0;)
    for (size_t i = h->arcs[0].first[at]; i < h->arcs[0].first[at + 1]; i++) {
      uint64_t *high = &units[h->arcs[0].arc[i].high];
      if (units[at] + h->arcs[0].arc[i].units < *high) *high = units[at] + h->arcs[0].arc[i].units;
    }
  for (size_t at = 0; at < h->nodes; at++)
    for (size_t i = h->arcs[1].first[at]; i < h->arcs[1].first[at + 1]; i++) {
      const uint64_t sum = units[h->arcs[1].arc[i].high] + h->arcs[1].arc[i].units;
      if (sum < units[at]) units[at] = sum;
    }
}

static void like_the_search(void **state) {
  uint64_t seed = support_seed();
  for (int round = 0; round < 30; round++) {
    sund_ctx *ctx = sund_ctx_child(*state);
    const uint32_t n = 2 + (uint32_t)(support_random(&seed) % 200);
    const web w = draw(ctx, &seed, n, (uint32_t)(support_random(&seed) % 150));
    const sund_graph *g = web_graph(ctx, &w);
    sund_streets *s = web_streets(ctx, &w, g);
    assert_ok(ctx, sund_streets_contract(ctx, s));
    expect_order(s->hierarchy);
    uint64_t *units = web_room(ctx, n, sizeof *units);
    const sund_spot *all = web_all(ctx, g);
    const sund_trees_ask ask = {.sources = n, .source = all, .limit = SUND_BEYOND - 1, .nodes = true};
    const web_sheet sheet = web_trees(ctx, g, s, &ask);
    for (uint32_t from = 0; from < n; from += 1 + from / 4) {
      by_hand(s->hierarchy, from, units);
      for (uint32_t v = 0; v < n; v++) {
        const uint64_t swept = units[s->hierarchy->position[v]];
        const uint32_t right = sheet.node[(size_t)from * n + v];
        if (right == SUND_BEYOND ? swept < SUND_BEYOND : swept != right)
          fail_msg("from %u to %u: %llu, not %u (seed %llu, round %d)", from, v, (unsigned long long)swept, right,
                   (unsigned long long)support_seed(), round);
      }
    }
    sund_ctx_free(ctx);
  }
}

static void the_same_for_any_threads(void **state) {
  sund_ctx *ctx = *state;
  uint64_t seed = support_seed();
  web w = web_grid(ctx, 70, 1); /* more than a block of tries */
  for (size_t e = 0; e < w.edges; e++) w.forward_s[e] = w.backward_s[e] = (double)(50 + support_random(&seed) % 50);
  const sund_graph *g = web_graph(ctx, &w);
  const hierarchy *h[2];
  for (int k = 0; k < 2; k++) {
    sund_streets *s = web_streets(ctx, &w, g);
    sund_ctx_threads(ctx, k ? 4 : 1);
    assert_ok(ctx, sund_streets_contract(ctx, s));
    assert_ok(ctx, sund_streets_contract(ctx, s)); /* once is enough */
    h[k] = s->hierarchy;
  }
  expect_order(h[0]);
  assert_memory_equal(h[0]->position, h[1]->position, h[0]->nodes * sizeof *h[0]->position);
  for (int k = 0; k < 2; k++) {
    const hierarchy_arcs *a = &h[0]->arcs[k], *b = &h[1]->arcs[k];
    assert_memory_equal(a->first, b->first, (h[0]->nodes + 1) * sizeof *a->first);
    assert_memory_equal(a->arc, b->arc, a->first[h[0]->nodes] * sizeof *a->arc);
  }
}

/* What nothing leads to, one node, no node. */
static void next_to_nothing(void **state) {
  sund_ctx *ctx = *state;
  for (uint32_t n = 0; n < 3; n++) {
    web w = {0};
    for (uint32_t v = 0; v < n; v++) web_node(ctx, &w, v, 0);
    if (n) web_edge(ctx, &w, 0, 0, 5, 5); /* a loop */
    sund_graph *g = web_graph(ctx, &w);
    sund_streets *s = web_streets(ctx, &w, g);
    assert_ok(ctx, sund_streets_contract(ctx, s));
    assert_int_equal(s->hierarchy->nodes, n);
    expect_order(s->hierarchy);
    const sund_spot spot = n ? web_at(g, 0) : (sund_spot){.edge = SUND_NO_EDGE};
    const sund_trees_ask ask = {.sources = 1, .source = &spot, .targets = 1, .target = &spot, .limit = 9};
    const web_sheet sheet = web_trees(ctx, g, s, &ask);
    assert_int_equal(sheet.units[0], n ? 0 : SUND_BEYOND);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {SUND_TEST(like_the_search), SUND_TEST(the_same_for_any_threads),
                                     SUND_TEST(next_to_nothing)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}

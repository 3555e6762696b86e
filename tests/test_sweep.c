/* Sweeps in lanes: the same as searches for any number of sources, either way, in 16 bits and in 32, at the edges of both,
 * after new links; on threads; without memory.
 */
#include "geo/sweep.h"
#include "web.h"

static web draw(sund_ctx *ctx, uint64_t *seed, uint32_t n, double longest) {
  web w = {0};
  for (uint32_t v = 0; v < n; v++) web_node(ctx, &w, support_uniform(seed, 0, 1e4), support_uniform(seed, 0, 1e4));
  for (uint32_t e = 0; e < n + n / 3; e++) {
    const uint32_t a = e < n ? e : (uint32_t)(support_random(seed) % n);
    const uint32_t b = e < n ? (e + 1) % n : (uint32_t)(support_random(seed) % n);
    const double there = floor(support_uniform(seed, 0, longest)), back = floor(support_uniform(seed, 0, longest));
    const uint64_t kind = support_random(seed) % 7;
    if (a != b) web_edge(ctx, &w, a, b, kind == 0 ? NAN : there, kind == 1 ? NAN : back);
  }
  return w;
}

static sund_spot *draw_spots(sund_ctx *ctx, uint64_t *seed, const sund_graph *g, size_t count) {
  sund_spot *spot = web_room(ctx, count, sizeof *spot);
  for (size_t i = 0; i < count; i++) {
    const uint32_t edge = (uint32_t)(support_random(seed) % g->edges);
    spot[i] = (sund_spot){.edge = support_random(seed) % 20 ? edge : SUND_NO_EDGE,
                          .along_m = support_uniform(seed, 0, g->edge_m[edge]),
                          .leg_m = support_uniform(seed, 0, 50)};
  }
  return spot;
}

/* Searches, sweeps 16, 32 and 64 lanes wide, several batches: one answer. Times reach from nothing to far beyond 16 bits,
 * and in 32 bits to beyond the limit and to beyond all that can be swept. */
static void like_the_search(void **state) {
  uint64_t seed = support_seed();
  const size_t sources[] = {1, 2, 17, 33, 64, 65, 300};
  const uint32_t limits[] = {500, 65534, 65535, 200000, 50000000, SWEEP_FAR - 1};
  const double longest[] = {100, 3000, 3000, 3000, 1e6, 1e8};
  enum { LIMITS = sizeof limits / sizeof *limits };
  for (size_t round = 0; round < 7 * LIMITS; round++) {
    sund_ctx *ctx = sund_ctx_child(*state);
    const uint32_t n = 20 + (uint32_t)(support_random(&seed) % 400);
    const web w = draw(ctx, &seed, n, longest[round % LIMITS]);
    const sund_graph *g = web_graph(ctx, &w);
    sund_streets *plain = web_streets(ctx, &w, g), *contracted = web_streets(ctx, &w, g);
    assert_ok(ctx, sund_streets_contract(ctx, contracted));
    const size_t count = sources[round % 7], targets = 1 + support_random(&seed) % 200;
    const sund_spot *source = draw_spots(ctx, &seed, g, count), *target = draw_spots(ctx, &seed, g, targets);
    for (int backward = 0; backward < 2; backward++) {
      const sund_trees_ask ask = {.backward = backward,
                                  .sources = count,
                                  .source = source,
                                  .targets = targets,
                                  .target = target,
                                  .limit = limits[round % LIMITS]};
      assert_false(sweep_suits(plain, &ask));
      assert_true(sweep_suits(contracted, &ask));
      sund_ctx_threads(ctx, 1 + (int)(round % 4));
      const web_sheet one = web_trees(ctx, g, plain, &ask), other = web_trees(ctx, g, contracted, &ask);
      for (size_t i = 0; i < count * targets; i++)
        if (one.units[i] != other.units[i])
          fail_msg("%s: source %zu to target %zu takes %u by search, %u by sweep (seed %llu, round %zu)",
                   backward ? "backward" : "onward", i / targets, i % targets, one.units[i], other.units[i],
                   (unsigned long long)support_seed(), round);
    }
    sund_ctx_free(ctx);
  }
}

/* A street of 40,000 s edges: 65,534 is within, 65,535 is beyond, sums far above never come round. */
static void at_the_edge_of_16_bits(void **state) {
  sund_ctx *ctx = *state;
  web w = {0};
  const double seconds[] = {40000, 25534, 1, 65535, 65000, 65536};
  for (uint32_t v = 0; v < 7; v++) web_node(ctx, &w, v, 0);
  for (uint32_t v = 0; v < 6; v++) web_edge(ctx, &w, v, v + 1, seconds[v], seconds[v]);
  const sund_graph *g = web_graph(ctx, &w);
  sund_streets *s = web_streets(ctx, &w, g);
  assert_ok(ctx, sund_streets_contract(ctx, s));
  const sund_spot *all = web_all(ctx, g);
  sund_trees_ask ask = {.sources = 7, .source = all, .targets = 7, .target = all, .limit = 65534};
  const web_sheet sheet = web_trees(ctx, g, s, &ask);
  const uint32_t beyond = SUND_BEYOND;
  const uint32_t first[] = {0, 40000, 65534, beyond, beyond, beyond, beyond};
  const uint32_t third[] = {65534, 25534, 0, 1, beyond, beyond, beyond};
  assert_memory_equal(sheet.units, first, sizeof first);
  assert_memory_equal(sheet.units + 14, third, sizeof third);
  assert_int_equal(sheet.units[4 * 7 + 5], 65000);
  assert_int_equal(sheet.units[5 * 7 + 6], beyond);
  ask.limit = 65535; /* in 32 bits */
  assert_true(sweep_suits(s, &ask));
  const web_sheet wide = web_trees(ctx, g, s, &ask);
  assert_int_equal(wide.units[3], 65535);
  assert_int_equal(wide.units[4], beyond);
  assert_int_equal(wide.units[5 * 7 + 6], beyond);
}

/* The same of 32 bits: the last time that can be swept, the first that is searched for, sums that would come round. */
static void at_the_edge_of_32_bits(void **state) {
  sund_ctx *ctx = *state;
  web w = {0};
  const double far = SWEEP_FAR, seconds[] = {far - 2, 1, 1, far - 1, far, far + far / 2};
  for (uint32_t v = 0; v < 7; v++) web_node(ctx, &w, v, 0);
  for (uint32_t v = 0; v < 6; v++) web_edge(ctx, &w, v, v + 1, seconds[v], seconds[v]);
  const sund_graph *g = web_graph(ctx, &w);
  sund_streets *plain = web_streets(ctx, &w, g), *s = web_streets(ctx, &w, g);
  assert_ok(ctx, sund_streets_contract(ctx, s));
  const sund_spot *all = web_all(ctx, g);
  sund_trees_ask ask = {.sources = 7, .source = all, .targets = 7, .target = all, .limit = SWEEP_FAR - 1};
  assert_true(sweep_suits(s, &ask));
  const web_sheet sheet = web_trees(ctx, g, s, &ask), searched = web_trees(ctx, g, plain, &ask);
  const uint32_t beyond = SUND_BEYOND, most = SWEEP_FAR - 1;
  const uint32_t first[] = {0, most - 1, most, beyond, beyond, beyond, beyond};
  assert_memory_equal(sheet.units, first, sizeof first);
  assert_int_equal(sheet.units[3 * 7 + 4], most);
  assert_int_equal(sheet.units[4 * 7 + 5], beyond);
  assert_memory_equal(sheet.units, searched.units, 49 * sizeof *sheet.units);
  ask.limit = SWEEP_FAR; /* does not fit: searched */
  assert_false(sweep_suits(s, &ask));
  assert_int_equal(web_trees(ctx, g, s, &ask).units[3], most + 1);
}

/* Metric closure: after k new links all times are those of Floyd and Warshall. */
static void after_new_links(void **state) {
  sund_ctx *ctx = *state;
  uint64_t seed = support_seed();
  enum { N = 200, LINKS = 12 };
  web w = draw(ctx, &seed, N, 100);
  static uint32_t d[N][N];
  for (int links = 0; links <= LINKS; links += LINKS) {
    for (int k = 0; k < links; k++)
      web_edge(ctx, &w, (uint32_t)(support_random(&seed) % N), (uint32_t)(support_random(&seed) % N), 3, 5);
    memset(d, 0x3f, sizeof d);
    for (size_t i = 0; i < N; i++) d[i][i] = 0;
    for (size_t e = 0; e < w.edges; e++) {
      const uint32_t a = w.from[e], b = w.to[e];
      if (!isnan(w.forward_s[e]) && w.forward_s[e] < d[a][b]) d[a][b] = (uint32_t)w.forward_s[e];
      if (!isnan(w.backward_s[e]) && w.backward_s[e] < d[b][a]) d[b][a] = (uint32_t)w.backward_s[e];
    }
    for (size_t k = 0; k < N; k++)
      for (size_t i = 0; i < N; i++)
        for (size_t j = 0; j < N; j++)
          if (d[i][k] + d[k][j] < d[i][j]) d[i][j] = d[i][k] + d[k][j];
    const sund_graph *g = web_graph(ctx, &w);
    sund_streets *s = web_streets(ctx, &w, g);
    const sund_spot *all = web_all(ctx, g);
    for (int contracted = 0; contracted < 2; contracted++) {
      if (contracted) assert_ok(ctx, sund_streets_contract(ctx, s));
      const sund_trees_ask ask = {
          .sources = N, .source = all, .targets = N, .target = all, .limit = links ? 60000 : 70000};
      const web_sheet sheet = web_trees(ctx, g, s, &ask);
      for (size_t i = 0; i < N * N; i++)
        assert_int_equal(sheet.units[i], d[i / N][i % N] < 0x3f3f3f3f ? d[i / N][i % N] : SUND_BEYOND);
    }
  }
}

/* Everything from building to sweeping, an allocation after the other missing. */
static sund_code all_of_it(sund_ctx *ctx, const web *w, const sund_graph *g, uint32_t *units) {
  const sund_streets_spec spec = web_spec(w, g);
  sund_streets *s;
  TRY(sund_streets_build(ctx, &spec, &s, NULL, NULL));
  const sund_spot spot[] = {web_at(g, 0), web_at(g, 4)};
  const web_sheet sheet = {
      .targets = 2, .nodes = g->nodes, .units = units, .metres = (double[4]){0}, .node = (uint32_t[32]){0}};
  sund_trees_ask ask = {
      .sources = 2, .source = spot, .targets = 2, .target = spot, .limit = 60000, .metres = true, .nodes = true};
  uint8_t accept[64];
  sund_way way;
  uint32_t start[2] = {0, 3}, spread[2], way_units;
  TRY(sund_streets_parts(ctx, s, 1, accept, NULL, NULL));
  TRY(sund_streets_trees(ctx, s, &ask, web_note, (void *)(uintptr_t)&sheet));
  TRY(sund_streets_spread(ctx, s, &ask, start, NULL, spread));
  TRY(sund_streets_way(ctx, s, &spot[0], &spot[1], &way, &way_units));
  TRY(sund_streets_contract(ctx, s));
  ask.metres = ask.nodes = false;
  return sund_streets_trees(ctx, s, &ask, web_note, (void *)(uintptr_t)&sheet);
}

static void without_memory(void **state) {
  sund_ctx *ctx = *state;
  const web w = web_grid(ctx, 4, 7);
  const sund_graph *g = web_graph(ctx, &w);
  uint32_t units[4];
  for (size_t n = 1;; n++) {
    sund_ctx *own = sund_ctx_new();
    sund_ctx_threads(own, 2);
    sund_ctx_fail_alloc(own, n);
    const sund_code code = all_of_it(own, &w, g, units);
    const size_t made = sund_ctx_allocations(own);
    assert_int_equal(code, sund_failure(own, NULL, NULL, NULL));
    sund_ctx_free(own);
    if (code == SUND_OK) {
      assert_true(made < n);
      break;
    }
    assert_int_equal(code, SUND_LIMIT);
  }
  assert_int_equal(units[1], 7);
}

int main(void) {
  const struct CMUnitTest tests[] = {SUND_TEST(like_the_search), SUND_TEST(at_the_edge_of_16_bits),
                                     SUND_TEST(at_the_edge_of_32_bits), SUND_TEST(after_new_links),
                                     SUND_TEST(without_memory)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}

/* Labour markets: the rule of Statistics Sweden, self-containment, greedy joining: by hand, against slow twins on random
 * flows, what must not change them, and what fails. geo/markets*.c. */
#include <math.h>

#include "support.h"

#define MOST 24
static const size_t NONE = SIZE_MAX;

/* A random region: a few towns that draw, whole persons so that sums are exact. */
typedef struct region {
  sund_flows flows;
  double flow[MOST * MOST];
} region;

static void draw(uint64_t *random, region *r) {
  const size_t n = 1 + (size_t)(support_random(random) % MOST);
  const uint64_t strength = 1 + support_random(random) % 60;
  r->flows = (sund_flows){n, r->flow};
  for (size_t i = 0; i < n; i++)
    for (size_t j = 0; j < n; j++) {
      uint64_t pull = j % 5 == 0 ? 8 : 1, some = support_random(random) % 3;
      double away = some ? (double)(support_random(random) % (strength * pull)) : 0;
      r->flow[i * n + j] = i == j ? (double)(support_random(random) % 400) : away;
    }
}

#define REPEAT(count)               \
  uint64_t random = support_seed(); \
  region r;                         \
  for (int round = 0; round < (count) && (draw(&random, &r), true); round++)

static void assert_same(const char *what, int round, size_t n, const size_t *got, const size_t *wanted) {
  for (size_t i = 0; i < n; i++)
    if (got[i] != wanted[i])
      fail_msg("%s: seed %llu round %d unit %zu of %zu: %zu, not %zu", what, (unsigned long long)support_seed(),
               round, i, n, got[i], wanted[i]);
}

/* ---------------------------------------------------------------------------------------------------- the SCB rule */

static const sund_scb_rule scb = {0.20, 0.075, NULL};

/* A is a centre (15 % out, 7.0 % at most); B sends 24 %; C 17.5 %, but 8.0 % to B; D sends most to C. */
static const double chain_of_four[] = {850, 70, 50, 30, 140, 760, 60, 40, 45, 80, 825, 50, 60, 40, 200, 700};
static const double chain_of_three[] = {880, 70, 50, 140, 760, 100, 95, 80, 825};

static void chains_of_two_links_hold(void **state) {
  size_t market[3], follows[3];
  uint8_t cut[3];
  double flow[9];
  memcpy(flow, chain_of_three, sizeof flow); /* C: 9.5 % to A, 8.0 % to B */
  assert_ok(*state, sund_markets_scb(*state, &(sund_flows){3, flow}, &scb, market, follows, cut));
  assert_int_equal(follows[2], 0);
  flow[6] = 45, flow[8] = 875; /* 12.5 % out, but 8.0 % to B: dependent by the second share alone */
  assert_ok(*state, sund_markets_scb(*state, &(sund_flows){3, flow}, &scb, market, follows, cut));
  assert_true(follows[0] == NONE && follows[1] == 0 && follows[2] == 1);
  for (size_t i = 0; i < 3; i++) assert_true(market[i] == 0 && !cut[i]);
}

static void chains_of_three_links_are_cut(void **state) {
  size_t market[4], follows[4];
  uint8_t cut[4];
  assert_ok(*state, sund_markets_scb(*state, &(sund_flows){4, chain_of_four}, &scb, market, follows, cut));
  static const size_t wanted[] = {NONE, 0, 1, 2}, markets[] = {0, 0, 2, 2};
  assert_same("follows", 0, 4, follows, wanted); /* C would still follow B */
  assert_same("market", 0, 4, market, markets);
  assert_true(!cut[0] && !cut[1] && cut[2] && !cut[3]); /* 8.0 % of 14, 8.0 and 20 % */
}

static void shares_are_inclusive(void **state) {
  /* 20 % out, 7.5 % at most: a centre. One person more of a thousand: not. */
  double flow[16] = {800, 75, 75, 50, 0, 1000, 0, 0, 0, 0, 1000, 0, 0, 0, 0, 1000};
  size_t market[4], follows[4];
  assert_ok(*state, sund_markets_scb(*state, &(sund_flows){4, flow}, &scb, market, follows, NULL));
  assert_true(follows[0] == NONE);
  flow[0]--, flow[3]++;
  assert_ok(*state, sund_markets_scb(*state, &(sund_flows){4, flow}, &scb, market, follows, NULL));
  assert_true(follows[0] == 1); /* of equal shares the first */
  flow[0]++, flow[3]--;
  const double fewer[] = {999, 1000, 1000, 1000};
  sund_scb_rule of_fewer = scb;
  of_fewer.residents = fewer;
  assert_ok(*state, sund_markets_scb(*state, &(sund_flows){4, flow}, &of_fewer, market, NULL, NULL));
  assert_true(market[0] == 1);
}

static void rings_are_opened(void **state) {
  /* two towns that exchange: the smaller share leads nobody */
  const double two[] = {60, 40, 30, 70};
  size_t market[3];
  uint8_t cut[3];
  assert_ok(*state, sund_markets_scb(*state, &(sund_flows){2, two}, &scb, market, NULL, cut));
  assert_true(market[0] == 1 && market[1] == 1 && cut[1] && !cut[0]);
  const double three[] = {60, 40, 0, 0, 60, 40, 40, 0, 60}; /* equal shares: the first unit leads */
  assert_ok(*state, sund_markets_scb(*state, &(sund_flows){3, three}, &scb, market, NULL, cut));
  assert_true(market[0] == 0 && market[1] == 0 && market[2] == 0 && cut[0]);
}

static void who_lives_nowhere_leads(void **state) {
  const double flow[] = {10, 90, 0, 0, 0, 0, 0, 5, 95}; /* the second is only worked in */
  size_t market[3];
  assert_ok(*state, sund_markets_scb(*state, &(sund_flows){3, flow}, &scb, market, NULL, NULL));
  assert_true(market[0] == 1 && market[1] == 1 && market[2] == 2);
  assert_ok(*state, sund_markets_scb(*state, &(sund_flows){0, flow}, &scb, market, NULL, NULL));
}

/* Slow twin: chains are written out unit by unit. */
typedef struct links {
  size_t n, to[MOST];
  double share[MOST];
} links;

/* The units from one to where its links end; n + 1 of them when it runs into a ring. */
static size_t walk(const links *l, size_t from, size_t *chain) {
  size_t count = 0;
  for (size_t at = from; at != NONE && count <= l->n; at = l->to[at]) chain[count++] = at;
  return count;
}

static bool weaker(const links *l, size_t a, size_t b) {
  return b == NONE || l->share[a] < l->share[b] || (l->share[a] == l->share[b] && a < b);
}

static links slow_links(const sund_flows *f) {
  links l = {.n = f->n};
  for (size_t i = 0; i < f->n; i++) {
    double all = 0, most = 0;
    l.to[i] = NONE;
    for (size_t j = 0; j < f->n; j++) all += f->flow[i * f->n + j];
    for (size_t j = 0; j < f->n; j++)
      if (j != i && f->flow[i * f->n + j] > most) most = f->flow[i * f->n + j], l.to[i] = j;
    double out = all - f->flow[i * f->n + i];
    if (all > 0) l.share[i] = most / all;
    if (!(all > 0) || (out <= 0.2 * all && most <= 0.075 * all)) l.to[i] = NONE;
  }
  return l;
}

static void slow_scb(const sund_flows *f, size_t *market) {
  links l = slow_links(f);
  size_t chain[MOST + 1], weakest;
  for (size_t i = 0; i < l.n; i++) {
    if (walk(&l, i, chain) <= l.n) continue;
    const size_t in_ring = chain[l.n];
    weakest = in_ring;
    for (size_t at = l.to[in_ring]; at != in_ring; at = l.to[at])
      if (weaker(&l, at, weakest)) weakest = at;
    l.to[weakest] = NONE;
  }
  do {
    weakest = NONE;
    for (size_t i = 0; i < l.n; i++) {
      const size_t count = walk(&l, i, chain);
      for (size_t c = 0; count > 3 && c + 1 < count; c++)
        if (weaker(&l, chain[c], weakest)) weakest = chain[c];
    }
    if (weakest != NONE) l.to[weakest] = NONE;
  } while (weakest != NONE);
  for (size_t i = 0; i < l.n; i++) market[i] = chain[walk(&l, i, chain) - 1];
}

static void scb_equals_its_slow_twin(void **state) {
  REPEAT(2000) {
    size_t got[MOST], wanted[MOST], follows[MOST];
    uint8_t cut[MOST];
    assert_ok(*state, sund_markets_scb(*state, &r.flows, &scb, got, follows, cut));
    slow_scb(&r.flows, wanted);
    assert_same("scb", round, r.flows.n, got, wanted);
    for (size_t i = 0; i < r.flows.n; i++) { /* nobody is more than two links from who leads */
      size_t at = i, steps = 0;
      for (; follows[at] != NONE && !cut[at] && steps < 9; steps++) at = follows[at];
      if (steps > 2 || at != got[i]) fail_msg("seed %llu round %d", (unsigned long long)support_seed(), round);
    }
  }
}

/* ------------------------------------------------------------------------------------------------- self-containment */

static const sund_containment_rule british = {3500, 0.667, 25000, 0.75};

static void validity_is_that_of_the_formula(void **state) {
  (void)state;
  const double passes = 0.667 / 0.75;
  double low = sund_containment_validity(&british, 10000, 0.70),
         high = sund_containment_validity(&british, 10000, 0.75);
  assert_true(fabs(low - 0.861) < 5e-4 && fabs(high - 0.9225) < 5e-4);
  assert_true(fabs(passes - 0.889) < 5e-4 && low < passes && high > passes);
  assert_true(fabs(sund_containment_validity(&british, 3500, 0.75) - passes) < 1e-15);
  assert_true(fabs(sund_containment_validity(&british, 25000, 0.667) - passes) < 1e-15);
  assert_true(sund_containment_validity(&british, 30000, 0.9) == 1);
  assert_true(sund_containment_validity(&british, 3499, 1) < passes);
  assert_true(sund_containment_validity(&british, 0, 0) == 0);
  const sund_containment_rule step = {100, 0.7, 100, 0.7}; /* both bounds are one */
  assert_true(sund_containment_validity(&step, 100, 0.7) == 1 && sund_containment_validity(&step, 99, 1) == 0);
  const sund_containment_rule wide = {100, 0.7, 200, 0.7};
  assert_true(sund_containment_validity(&wide, 100, 0.7) == 1 && sund_containment_validity(&wide, 99, 1) == 0);
}

/* Two towns with a suburb each, and a village between that is given to the one it exchanges more with. */
static void suburbs_join_their_towns(void **state) {
  static const double flow[] = {800, 20, 30,  0,  10, /* town */
                                300, 90, 10,  0,  0,  /* its suburb */
                                20,  0,  700, 30, 20, /* town */
                                0,   0,  250, 60, 0,  /* its suburb */
                                40,  0,  45,  0,  50};
  const sund_containment_rule rule = {100, 0.667, 500, 0.75};
  size_t market[5];
  assert_ok(*state, sund_markets_containment(*state, &(sund_flows){5, flow}, &rule, market));
  static const size_t wanted[] = {0, 0, 2, 2, 2};
  assert_same("towns", 0, 5, market, wanted);
}

static void who_hangs_together_with_none_is_left(void **state) {
  static const double flow[] = {900, 100, 0, 100, 900, 0, 0, 0, 5};
  const sund_containment_rule rule = {1100, 0.667, 1500, 0.75};
  size_t market[3];
  assert_ok(*state, sund_markets_containment(*state, &(sund_flows){3, flow}, &rule, market));
  assert_true(market[0] == 0 && market[1] == 0 && market[2] == NONE);
  const sund_containment_rule none = {1e6, 0.667, 2e6, 0.75}; /* not even all together */
  assert_ok(*state, sund_markets_containment(*state, &(sund_flows){3, flow}, &none, market));
  for (size_t i = 0; i < 3; i++) assert_true(market[i] == NONE);
  const sund_containment_rule wrong = {0, 0, 0, 0};
  assert_int_equal(sund_markets_containment(*state, &(sund_flows){3, flow}, &wrong, market), SUND_USAGE);
}

static double between(const sund_flows *f, const size_t *of, size_t a, size_t b) {
  double sum = 0;
  for (size_t i = 0; i < f->n; i++)
    for (size_t j = 0; j < f->n; j++)
      if ((a == NONE || of[i] == a) && (b == NONE || of[j] == b)) sum += f->flow[i * f->n + j];
  return sum;
}

static double slow_validity(const sund_flows *f, const sund_containment_rule *rule, const size_t *of, size_t k) {
  double lives = between(f, of, k, NONE), works = between(f, of, NONE, k), both = between(f, of, k, k);
  return sund_containment_validity(rule, lives, lives > 0 && works > 0 ? both / fmax(lives, works) : 0);
}

/* Slow twin: everything is summed anew at every step. A unit on its way stands in a cluster of its own, MOST + unit. */
static void slow_containment(const sund_flows *f, const sund_containment_rule *rule, size_t *market) {
  size_t of[MOST];
  const size_t n = f->n;
  for (size_t i = 0; i < n; i++) of[i] = i;
  while (true) {
    double least = rule->min_containment / rule->target_containment - 1e-12;
    size_t worst = NONE;
    for (size_t k = 0; k < n; k++) {
      bool stands = false;
      for (size_t i = 0; i < n; i++) stands = stands || of[i] == k;
      if (stands && slow_validity(f, rule, of, k) < least) least = slow_validity(f, rule, of, k), worst = k;
    }
    if (worst == NONE) break;
    bool out[MOST] = {false};
    for (size_t i = 0; i < n; i++)
      if (of[i] == worst) out[i] = true, of[i] = MOST + i;
    while (true) {
      size_t unit = NONE;
      double most = -1, linked = 0;
      for (size_t i = 0; i < n; i++)
        if (out[i] && between(f, of, of[i], NONE) > most) most = between(f, of, of[i], NONE), unit = i;
      if (unit == NONE) break;
      out[unit] = false;
      size_t best = MOST + unit, own = of[unit];
      for (size_t k = 0; k < n; k++) {
        double t = between(f, of, own, k), u = between(f, of, k, own), a = between(f, of, own, NONE);
        double b = between(f, of, k, NONE), link = 0;
        if (t > 0) link += t * t / (a * between(f, of, NONE, k));
        if (u > 0) link += u * u / (b * between(f, of, NONE, own));
        if (link > linked) linked = link, best = k;
      }
      of[unit] = best;
    }
  }
  for (size_t i = 0; i < n; i++) {
    market[i] = NONE;
    double most = -1;
    for (size_t j = 0; j < n && of[i] < MOST; j++) {
      double lives = 0;
      for (size_t k = 0; k < n; k++) lives += f->flow[j * n + k];
      if (of[j] == of[i] && lives > most) most = lives, market[i] = j;
    }
  }
}

static void containment_equals_its_slow_twin(void **state) {
  REPEAT(60) {
    size_t got[MOST], wanted[MOST];
    const sund_containment_rule rule = {support_uniform(&random, 0, 400), 0.667, support_uniform(&random, 400, 2000),
                                        0.75};
    assert_ok(*state, sund_markets_containment(*state, &r.flows, &rule, got));
    slow_containment(&r.flows, &rule, wanted);
    assert_same("containment", round, r.flows.n, got, wanted);
    for (size_t i = 0; i < r.flows.n; i++) /* every market passes, and leads itself */
      if (got[i] != NONE &&
          (got[got[i]] != got[i] || slow_validity(&r.flows, &rule, got, got[i]) < 0.667 / 0.75 - 1e-9))
        fail_msg("seed %llu round %d: market %zu does not pass", (unsigned long long)support_seed(), round, got[i]);
  }
}

/* ---------------------------------------------------------------------------------------------------------- greedy */

static void the_strongest_share_joins_first(void **state) {
  /* c sends half to b, b then (with c's) a third to a; a is large enough to stay */
  static const double flow[] = {1000, 50, 0, 60, 100, 20, 5, 50, 45};
  sund_greedy_rule rule = {.centre_size = 1000, .min_share = 1e-5};
  size_t market[3];
  assert_ok(*state, sund_markets_greedy(*state, &(sund_flows){3, flow}, &rule, market));
  for (size_t i = 0; i < 3; i++) assert_int_equal(market[i], 0);
  rule.min_share = 0.25; /* 65 of 280 is less */
  assert_ok(*state, sund_markets_greedy(*state, &(sund_flows){3, flow}, &rule, market));
  assert_true(market[0] == 0 && market[1] == 1 && market[2] == 1);
  static const uint8_t beside[] = {0, 1, 1, 1, 0, 0, 1, 0, 0}, centre[] = {1, 0, 1};
  rule.beside = beside, rule.min_share = 1e-5;
  assert_ok(*state, sund_markets_greedy(*state, &(sund_flows){3, flow}, &rule, market));
  assert_true(market[1] == 0 && market[2] == 0); /* each by itself: b and c are no neighbours */
  rule.centre = centre, rule.centre_size = INFINITY;
  assert_ok(*state, sund_markets_greedy(*state, &(sund_flows){3, flow}, &rule, market));
  assert_true(market[0] == 0 && market[1] == 0 && market[2] == 2);
}

static void of_equal_shares_the_first_joins(void **state) {
  static const double flow[] = {50, 50, 50, 50}, both[] = {50, 25, 25, 0, 50, 0, 0, 0, 50};
  const sund_greedy_rule rule = {.centre_size = INFINITY, .min_share = 0.2};
  size_t market[3];
  assert_ok(*state, sund_markets_greedy(*state, &(sund_flows){2, flow}, &rule, market));
  assert_true(market[0] == 1 && market[1] == 1);
  assert_ok(*state, sund_markets_greedy(*state, &(sund_flows){3, both}, &rule, market));
  assert_true(market[0] == 1 && market[1] == 1);
}

/* Does a unit of a lie beside one of b? */
static bool touch(const sund_greedy_rule *rule, size_t n, const size_t *of, size_t a, size_t b) {
  bool found = !rule->beside;
  for (size_t i = 0; i < n; i++)
    for (size_t j = 0; j < n; j++) found = found || (of[i] == a && of[j] == b && rule->beside[i * n + j]);
  return found;
}

/* Slow twin: keeps the units' flows, sums over members. */
static void slow_greedy(const sund_flows *f, const sund_greedy_rule *rule, size_t *of) {
  for (size_t i = 0; i < f->n; i++) of[i] = i;
  while (true) {
    double most = 0;
    size_t from = NONE, to = NONE;
    for (size_t a = 0; a < f->n; a++) {
      double lives = between(f, of, a, NONE), strongest = 0;
      if (of[a] != a || lives >= rule->centre_size || (rule->centre && rule->centre[a])) continue;
      for (size_t b = 0; b < f->n; b++) {
        double t = of[b] == b && b != a && touch(rule, f->n, of, a, b) ? between(f, of, a, b) : 0;
        if (t <= strongest) continue;
        strongest = t;
        if (t / lives >= rule->min_share && t / lives > most) most = t / lives, from = a, to = b;
      }
    }
    if (from == NONE) return;
    for (size_t i = 0; i < f->n; i++)
      if (of[i] == from) of[i] = to;
  }
}

static void greedy_equals_its_slow_twin(void **state) {
  REPEAT(100) {
    size_t got[MOST], wanted[MOST];
    uint8_t beside[MOST * MOST], centre[MOST];
    for (size_t k = 0; k < MOST * MOST; k++) beside[k] = support_random(&random) % 4 == 0;
    for (size_t k = 0; k < MOST; k++) centre[k] = support_random(&random) % 8 == 0;
    const sund_greedy_rule rule = {.centre_size = support_uniform(&random, 50, 3000),
                                   .min_share = support_uniform(&random, 0, 0.1),
                                   .centre = round % 3 ? centre : NULL,
                                   .beside = round % 2 ? beside : NULL};
    assert_ok(*state, sund_markets_greedy(*state, &r.flows, &rule, got));
    slow_greedy(&r.flows, &rule, wanted);
    assert_same("greedy", round, r.flows.n, got, wanted);
  }
}

/* ---------------------------------------------------------------------------------------------------------- memory */

static sund_code all_rules(sund_ctx *ctx, size_t *market) {
  const sund_flows flows = {4, chain_of_four};
  const sund_greedy_rule rule = {.centre_size = 1e9, .beside = (const uint8_t[16]){[1] = 1}};
  TRY(sund_markets_scb(ctx, &flows, &scb, market, NULL, NULL));
  TRY(sund_markets_containment(ctx, &flows, &british, market));
  return sund_markets_greedy(ctx, &flows, &rule, market);
}

static void every_allocation_may_fail(void **state) {
  size_t market[4];
  assert_ok(*state, all_rules(*state, market));
  const size_t count = sund_ctx_allocations(*state);
  assert_true(count > 20);
  for (size_t n = 1; n <= count; n++) {
    sund_ctx *ctx = sund_ctx_new();
    memset(market, 7, sizeof market);
    sund_ctx_fail_alloc(ctx, n);
    assert_int_equal(all_rules(ctx, market), SUND_LIMIT);
    assert_int_equal(sund_failure(ctx, NULL, NULL, NULL), SUND_LIMIT);
    sund_ctx_free(ctx);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      SUND_TEST(chains_of_two_links_hold),
      SUND_TEST(chains_of_three_links_are_cut),
      SUND_TEST(shares_are_inclusive),
      SUND_TEST(rings_are_opened),
      SUND_TEST(who_lives_nowhere_leads),
      SUND_TEST(scb_equals_its_slow_twin),
      SUND_TEST(validity_is_that_of_the_formula),
      SUND_TEST(suburbs_join_their_towns),
      SUND_TEST(who_hangs_together_with_none_is_left),
      SUND_TEST(containment_equals_its_slow_twin),
      SUND_TEST(the_strongest_share_joins_first),
      SUND_TEST(of_equal_shares_the_first_joins),
      SUND_TEST(greedy_equals_its_slow_twin),
      SUND_TEST(every_allocation_may_fail),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}

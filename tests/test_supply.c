/* Supply and demand: by hand, against dense twins, what must hold whatever the numbers. */
#include "supply_case.h"

/* ------------------------------------------------------------------------------------------------------- by hand */

static void weights_by_hand(void **state) {
  (void)state;
  const double rim = exp(-0.5);
  supply_rule rule = {.decay = DECAY_GAUSSIAN};
  assert_near(supply_weight(&rule, 0, 100), 1, 0);
  assert_near(supply_weight(&rule, 50, 100), (exp(-0.125) - rim) / (1 - rim), 1e-15);
  for (rule.decay = 0; rule.decay < SUPPLY_DECAYS; rule.decay++) { /* the rim is inside, beyond it there is nothing */
    double at = supply_weight(&rule, 100, 100), beside = supply_weight(&rule, 100 + 9e-7, 100);
    assert_true(at >= 0 && fabs(at - beside) < 1e-8);
    assert_true(supply_weight(&rule, 100.00001, 100) == 0);
    assert_true(supply_weight(&rule, INFINITY, INFINITY) == 0);
    assert_true(supply_weight(&rule, NAN, 100) == 0);
    assert_true(supply_weight(&rule, 0, 0) > 0 && supply_weight(&rule, 1, 0) == 0);
  }
  rule.decay = DECAY_GAUSSIAN;
  assert_true(supply_weight(&rule, 100, 100) == 0);
  rule.decay = DECAY_DENSITY;
  assert_near(supply_weight(&rule, 50, 100), 0.75 * 0.75, 1e-15);
  assert_true(supply_weight(&rule, 100, 100) == 0);
  rule.decay = DECAY_EXPONENTIAL;
  assert_near(supply_weight(&rule, 50, 100), exp(-0.5), 1e-15);
  assert_near(supply_weight(&rule, 100, 100), exp(-1), 1e-15);
  rule.decay_value = 0.2;
  assert_near(supply_weight(&rule, 50, 100), exp(-10), 1e-15);
  assert_true(supply_weight(&rule, 3000, 5000) == 0); /* e^-600 is no weight */
  rule.decay = DECAY_POWER;
  assert_true(supply_weight(&rule, 1, 100) == 1 && supply_weight(&rule, 0.5, 100) == 1);
  assert_near(supply_weight(&rule, 32, 100), 0.5, 1e-15);
  rule.decay_value = 0;
  assert_near(supply_weight(&rule, 32, 100), 1.0 / 32, 1e-15);
}

/* Three green areas, three homes:
 *   a reaches 1 at 5 m and 2 at 8 m, b reaches 2 and 3 at the rim of 10 m, c reaches nobody within 10 m. */
static const double three_m[] = {5, 8, NAN, NAN, 10, 10, NAN, NAN, 20};
static const double three_supply[] = {300, 1000, 70}, three_persons[] = {10, 20, 30};

static void three_by_three(void **state) {
  sund_ctx *ctx = *state;
  supply_case what = {
      .pairs = dense(ctx, 3, 3, three_m), .supply = three_supply, .homes = 3, .persons = three_persons};
  supply_rule rule = {.measure = SUPPLY_2SFCA, .radius = 10};
  supply_answer got = compute(ctx, &what, &rule); /* a: 300 m2 for 30 persons, b: 1000 for 50 */
  assert_true(got.value[0] == 10 && got.value[1] == 30 && got.value[2] == 20);
  assert_true(got.handed == 1300 && got.idle == 70 && got.overfull == 0 && !got.group_value);
  rule.measure = SUPPLY_BFCA; /* home 2 asks half of its 20 persons of each: a 300 for 20, b 1000 for 40 */
  got = compute(ctx, &what, &rule);
  assert_true(got.value[0] == 7.5 && got.value[1] == 20 && got.value[2] == 12.5 && got.idle == 70);
  rule.measure = SUPPLY_CUMULATIVE, rule.decay = DECAY_DENSITY;
  got = compute(ctx, &what, &rule);
  assert_true(got.value[0] == 300 && got.value[1] == 1300 && got.value[2] == 1000);
  rule.measure = SUPPLY_GRAVITY;
  got = compute(ctx, &what, &rule);
  assert_near(got.value[0], 300 * 0.75 * 0.75, 1e-12);
  assert_near(got.value[1], 300 * 0.75 * 0.36, 1e-12);
  assert_true(got.value[2] == 0);
  double near_m[3];
  nearest_supply(&what, near_m);
  assert_true(near_m[0] == 5 && near_m[1] == 8 && near_m[2] == 10);
}

static void nobody_and_nothing(void **state) {
  sund_ctx *ctx = *state;
  const double metres[] = {5, NAN, NAN, 5}, supply[] = {100, 50}, persons[] = {0, 2};
  supply_case what = {.pairs = dense(ctx, 2, 2, metres), .supply = supply, .homes = 2, .persons = persons};
  for (int m = 0; m < SUPPLY_MEASURES; m++) {
    supply_rule rule = {.measure = (supply_measure)m, .radius = 10};
    supply_answer got = compute(ctx, &what, &rule);
    bool shared = m == SUPPLY_2SFCA || m == SUPPLY_BFCA;
    assert_true(got.value[0] == (shared ? 0 : 100) && got.value[1] == (shared ? 25 : 50));
    if (shared) assert_true(got.idle == 100 && got.handed == 50); /* nobody lives where the first one reaches */
  }
  supply_case empty = {.pairs = dense(ctx, 0, 2, NULL), .supply = supply, .homes = 2, .persons = persons};
  supply_rule rule = {.measure = SUPPLY_BFCA, .radius = 10};
  supply_answer got = compute(ctx, &empty, &rule);
  assert_true(got.value[0] == 0 && got.value[1] == 0 && got.handed == 0);
}

/* One green area of 140 m2; home 1 at 5 m with 10 persons, 4 of them old; home 2 at 2 m with 8, 2 of them old. The old
 * walk 3 m. Fourteen persons can come: 10 m2 each; the four old ones of home 1 have none. */
static void a_group_walks_less(void **state) {
  sund_ctx *ctx = *state;
  const double metres[] = {5, 2}, supply[] = {140}, persons[] = {10, 8}, old[] = {4, 2}, short_m[] = {3};
  const double *const group[] = {old};
  supply_case what = {
      .pairs = dense(ctx, 1, 2, metres), .supply = supply, .homes = 2, .persons = persons, .group = group};
  supply_rule rule = {.measure = SUPPLY_2SFCA, .radius = 10, .groups = 1, .group_radius = short_m};
  supply_answer got = compute(ctx, &what, &rule);
  assert_near(got.value[0], 6, 1e-14);
  assert_near(got.value[1], 10, 1e-14);
  assert_true(got.group_value[0][0] == 0 && got.group_value[0][1] == 10);
  rule.measure = SUPPLY_CUMULATIVE;
  got = compute(ctx, &what, &rule);
  assert_near(got.value[0], 0.6 * 140, 1e-12);
  assert_true(got.value[1] == 140);
}

/* Registers say more old people than people: the home's own count stands. */
static void groups_do_not_make_people(void **state) {
  sund_ctx *ctx = *state;
  const double metres[] = {5}, supply[] = {100}, persons[] = {10}, old[] = {9}, women[] = {6}, radius[] = {10, 10};
  const double *const group[] = {old, women};
  supply_case what = {
      .pairs = dense(ctx, 1, 1, metres), .supply = supply, .homes = 1, .persons = persons, .group = group};
  supply_rule rule = {.measure = SUPPLY_2SFCA, .radius = 10, .groups = 2, .group_radius = radius};
  supply_answer got = compute(ctx, &what, &rule);
  assert_near(got.value[0], 10, 1e-13);
  assert_near(got.group_value[0][0], 10, 1e-13);
  assert_near(got.overfull, 5, 1e-13);
}

/* Parks are walked to from 4 m, forests (kind 1) from 9 m; kind 2 and no kind as all others, 6 m. */
static void a_kind_has_its_own_radius(void **state) {
  sund_ctx *ctx = *state;
  const double metres[] = {5, 5, 5, 5, 8, 8, 8, 8}, supply[] = {1, 10, 100, 1000}, persons[] = {1, 1};
  const double radius[] = {4, 9, NAN};
  const int32_t kind[] = {0, 1, 2, -1};
  double by_row[8];
  for (int j = 0; j < 4; j++) by_row[2 * j] = metres[j], by_row[2 * j + 1] = metres[4 + j];
  supply_case what = {
      .pairs = dense(ctx, 4, 2, by_row), .supply = supply, .kind = kind, .homes = 2, .persons = persons};
  supply_rule rule = {.measure = SUPPLY_CUMULATIVE, .radius = 6, .kind_radius = radius};
  supply_answer got = compute(ctx, &what, &rule);
  assert_true(got.value[0] == 1110 && got.value[1] == 10);
}

static void balances_by_hand(void **state) {
  (void)state;
  const double persons[] = {10, 20, 30, 40}, value[] = {5, 9, NAN, 14};
  supply_balance all = supply_balance_of(4, persons, value, 9);
  assert_near(all.mean, (50.0 + 180 + 560) / 70, 1e-12);
  assert_near(all.balance, all.mean - 9, 1e-12);
  assert_true(all.persons == 70 && all.under == 10 && all.over == 40); /* 20 have just what is asked */
  assert_true(isnan(supply_balance_of(0, persons, value, 9).mean));
}

/* --------------------------------------------------------------------------------------------------------- twins */

/* Weight of green j for class g of home i in a dense case. */
static double twin_weight(const town *t, const supply_rule *rule, size_t g, size_t j, size_t i) {
  double d = t->metres[j * t->homes + i], r = rule->radius;
  if (rule->kind_radius && !isnan(rule->kind_radius[t->kind[j]])) r = rule->kind_radius[t->kind[j]];
  if (g < rule->groups) r = rule->group_radius[g];
  if (isnan(d) || d > r) return 0;
  double u = d / r, v = rule->decay_value;
  switch (rule->measure == SUPPLY_CUMULATIVE ? DECAY_DICHOTOMY : rule->decay) {
    case DECAY_GAUSSIAN:
      return (exp(-u * u / 2) - exp(-0.5)) / (1 - exp(-0.5));
    case DECAY_EXPONENTIAL:
      return v > 0 ? exp(-v * d) : exp(-u);
    case DECAY_DENSITY:
      return 0.75 - 0.75 * u * u;
    case DECAY_POWER:
      return d <= 1 ? 1 : 1 / pow(d, v > 0 ? v : 1);
    default:
      return 1;
  }
}

/* Persons of class g of home i; the last class is everybody else. */
static double twin_persons(const town *t, const supply_rule *rule, size_t g, size_t i) {
  double rest = t->persons[i];
  if (g < rule->groups) return t->group[g][i];
  for (size_t k = 0; k < rule->groups; k++) rest -= t->group[k][i];
  return rest;
}

/* By the formulas, every sum from the beginning. */
static double twin(const town *t, const supply_rule *rule, size_t i, size_t g) {
  double sum = 0;
  for (size_t j = 0; j < t->green; j++) {
    double w = twin_weight(t, rule, g, j, i), demand = 0, all = 0;
    for (size_t k = 0; k < t->homes; k++)
      for (size_t c = 0; c <= rule->groups; c++) {
        double persons = twin_persons(t, rule, c, k), weight = twin_weight(t, rule, c, j, k), balance = 0;
        for (size_t m = 0; m < t->green; m++) balance += twin_weight(t, rule, c, m, k);
        if (rule->measure == SUPPLY_2SFCA) demand += persons * weight;
        if (rule->measure == SUPPLY_BFCA && weight > 0) demand += persons * weight / balance;
        if (t->persons[k] > 0) all += persons / t->persons[k] * weight;
        else if (c == rule->groups) all += weight;
      }
    if (rule->measure == SUPPLY_CUMULATIVE || rule->measure == SUPPLY_GRAVITY) sum += t->supply[j] * w;
    else if (demand > 0) sum += t->supply[j] / demand * w / (rule->measure == SUPPLY_BFCA ? all : 1);
  }
  return sum;
}

static double twin_home(const town *t, const supply_rule *rule, size_t i) {
  double sum = 0;
  if (!(t->persons[i] > 0)) return twin(t, rule, i, rule->groups);
  for (size_t g = 0; g <= rule->groups; g++) sum += twin_persons(t, rule, g, i) / t->persons[i] * twin(t, rule, i, g);
  return sum;
}

static void measures_agree_with_the_formulas(void **state) {
  sund_ctx *ctx = *state;
  uint64_t random = support_seed();
  const double kind_radius[] = {NAN, 5, 14}, group_radius[] = {4, 9};
  for (int round = 0; round < 120; round++) {
    town t = draw_town(&random, 1 + round % 6, 1 + round % 7);
    supply_case what = case_of(ctx, &t);
    supply_rule rule = {.measure = (supply_measure)(round % SUPPLY_MEASURES),
                        .decay = (supply_decay)(round / 4 % SUPPLY_DECAYS),
                        .decay_value = round % 3 ? 0 : 0.3,
                        .radius = round % 11 ? 10 : INFINITY,
                        .kind_radius = round % 2 ? kind_radius : NULL,
                        .groups = (size_t)(round / 3 % 3),
                        .group_radius = group_radius};
    if (isinf(rule.radius)) rule.decay = DECAY_DICHOTOMY;
    supply_answer got = compute(ctx, &what, &rule);
    for (size_t i = 0; i < t.homes; i++) {
      double wanted = twin_home(&t, &rule, i);
      if (!(fabs(got.value[i] - wanted) <= 1e-11 * fmax(1, wanted)))
        fail_msg("seed %llu round %d home %zu: %.15g, not %.15g", (unsigned long long)support_seed(), round, i,
                 got.value[i], wanted);
      for (size_t g = 0; g < rule.groups; g++)
        assert_near(got.group_value[g][i], twin(&t, &rule, i, g), 1e-11 * fmax(1, got.group_value[g][i]));
    }
  }
}

/* ---------------------------------------------------------------------------------------------------- invariants */

static void nothing_is_lost(void **state) {
  sund_ctx *ctx = *state;
  uint64_t random = support_seed() + 1;
  const double group_radius[] = {12, 55};
  for (int round = 0; round < 100; round++) {
    town t = draw_town(&random, 20, MOST_HOMES);
    supply_case what = case_of(ctx, &t);
    supply_rule rule = {.decay = (supply_decay)(round % SUPPLY_DECAYS),
                        .radius = support_uniform(&random, 1, 80),
                        .groups = (size_t)(round % 3),
                        .group_radius = group_radius};
    supply_answer got = compute(ctx, &what, &rule);
    double received = 0, supply = 0;
    for (size_t i = 0; i < t.homes; i++) received += t.persons[i] * got.value[i];
    for (size_t j = 0; j < t.green; j++) supply += t.supply[j];
    if (!(fabs(received - got.handed) <= 1e-9 * supply && fabs(got.handed + got.idle - supply) <= 1e-9 * supply))
      fail_msg("seed %llu round %d: %g received, %g handed out, %g idle of %g", (unsigned long long)support_seed(),
               round, received, got.handed, got.idle, supply);
  }
}

static void more_reach_is_not_less(void **state) {
  sund_ctx *ctx = *state;
  uint64_t random = support_seed() + 2;
  for (int round = 0; round < 60; round++) {
    town t = draw_town(&random, 20, MOST_HOMES);
    supply_case what = case_of(ctx, &t);
    supply_rule rule = {.measure = round % 2 ? SUPPLY_CUMULATIVE : SUPPLY_GRAVITY,
                        .decay = (supply_decay)(round / 2 % SUPPLY_DECAYS),
                        .radius = support_uniform(&random, 1, 50)};
    supply_answer small = compute(ctx, &what, &rule);
    rule.radius *= support_uniform(&random, 1, 2);
    supply_answer large = compute(ctx, &what, &rule);
    for (size_t i = 0; i < t.homes; i++)
      if (!(large.value[i] >= small.value[i] * (1 - 1e-12)))
        fail_msg("seed %llu round %d home %zu", (unsigned long long)support_seed(), round, i);
  }
}

/* Twice the supply is twice the value; twice the people half of it, where it is shared. */
static void scale(void **state) {
  sund_ctx *ctx = *state;
  uint64_t random = support_seed() + 3;
  for (int round = 0; round < 60; round++) {
    town t = draw_town(&random, 20, MOST_HOMES), more = t;
    supply_rule rule = {.measure = (supply_measure)(round % SUPPLY_MEASURES),
                        .decay = (supply_decay)(round % SUPPLY_DECAYS),
                        .radius = 30};
    for (size_t j = 0; j < t.green; j++) more.supply[j] *= 8;
    for (size_t i = 0; i < t.homes; i++) more.persons[i] *= 2;
    supply_case base_case = case_of(ctx, &t), more_case = case_of(ctx, &more);
    supply_answer base = compute(ctx, &base_case, &rule), got = compute(ctx, &more_case, &rule);
    double factor = rule.measure == SUPPLY_2SFCA || rule.measure == SUPPLY_BFCA ? 4 : 8;
    for (size_t i = 0; i < t.homes; i++)
      assert_true(got.value[i] == factor * base.value[i]); /* powers of 2 are exact */
  }
}

/* A group that walks as far as everybody is no group, and a kind with the common radius is no kind. */
static void equal_radii_change_nothing(void **state) {
  sund_ctx *ctx = *state;
  uint64_t random = support_seed() + 4;
  const double same[] = {30, 30, NAN};
  for (int round = 0; round < 60; round++) {
    town t = draw_town(&random, 20, MOST_HOMES);
    supply_case what = case_of(ctx, &t);
    supply_rule plain = {.measure = (supply_measure)(round % SUPPLY_MEASURES),
                         .decay = (supply_decay)(round % SUPPLY_DECAYS),
                         .radius = 30},
                grouped = plain;
    grouped.groups = 2, grouped.group_radius = same, grouped.kind_radius = same;
    supply_answer a = compute(ctx, &what, &plain), b = compute(ctx, &what, &grouped);
    for (size_t i = 0; i < t.homes; i++) assert_near(b.value[i], a.value[i], 1e-11 * fmax(1, a.value[i]));
  }
}

/* A census cell cut in two at one place has what it had (2SFCA; BFCA counts homes and does not promise it). */
static void cutting_a_home_in_two(void **state) {
  sund_ctx *ctx = *state;
  uint64_t random = support_seed() + 5;
  for (int round = 0; round < 60; round++) {
    town t = draw_town(&random, 12, 20), cut = t;
    double share = support_uniform(&random, 0, 1);
    cut.homes = 21, cut.persons[20] = t.persons[0] * share, cut.persons[0] -= cut.persons[20];
    for (size_t j = 0; j < t.green; j++) {
      memcpy(cut.metres + 21 * j, t.metres + 20 * j, 20 * sizeof(double));
      cut.metres[21 * j + 20] = t.metres[20 * j];
    }
    supply_rule rule = {.decay = (supply_decay)(round % SUPPLY_DECAYS), .radius = 30};
    supply_case whole_case = case_of(ctx, &t), cut_case = case_of(ctx, &cut);
    supply_answer whole = compute(ctx, &whole_case, &rule), got = compute(ctx, &cut_case, &rule);
    for (size_t i = 0; i < 20; i++) assert_near(got.value[i], whole.value[i], 1e-11 * fmax(1, whole.value[i]));
    assert_near(got.value[20], whole.value[0], 1e-11 * fmax(1, whole.value[0]));
  }
}

/* ------------------------------------------------------------------------------------------------------ failures */

static void what_cannot_be(void **state) {
  sund_ctx *ctx = *state;
  const double metres[] = {5, 5}, good[] = {1, 1}, bad[] = {1, -1}, unknown[] = {1, NAN};
  const double *const group[] = {bad};
  supply_rule rule = {.radius = 10, .group_radius = good};
  supply_answer out = {.handed = 42};
  const char *why;
  supply_case what = {.pairs = dense(ctx, 1, 2, metres), .supply = good, .homes = 2, .persons = bad, .group = group};
  assert_int_equal(supply_measure_homes(ctx, &what, &rule, &out), SUND_DATA);
  sund_failure(ctx, &why, NULL, NULL);
  assert_non_null(strstr(why, "persons of home 1 are -1"));
  what.persons = good, what.supply = unknown + 1;
  assert_int_equal(supply_measure_homes(ctx, &what, &rule, &out), SUND_DATA);
  what.supply = good, rule.groups = 1;
  assert_int_equal(supply_measure_homes(ctx, &what, &rule, &out), SUND_DATA);
  assert_true(out.handed == 42);
}

/* Figures that no double holds are noticed: what was received is not what was given. */
static void conservation_is_checked(void **state) {
  sund_ctx *ctx = *state;
  const double metres[] = {5, 5}, supply[] = {1e308}, persons[] = {1e-3, 0};
  supply_case what = {.pairs = dense(ctx, 1, 2, metres), .supply = supply, .homes = 2, .persons = persons};
  supply_rule rule = {.measure = SUPPLY_2SFCA, .radius = 10};
  supply_answer out = {.handed = 42};
  const char *why;
  assert_int_equal(supply_measure_homes(ctx, &what, &rule, &out), SUND_DEFECT);
  sund_failure(ctx, &why, NULL, NULL);
  assert_non_null(strstr(why, "2sfca is not conserved: 1e+308 given out"));
  assert_true(out.handed == 42);
}

static void memory_runs_out(void **state) {
  (void)state;
  for (size_t nth = 1; nth < 40; nth++) {
    sund_ctx *ctx = sund_ctx_new();
    const double radius[] = {3}, old[] = {1, 2, 3};
    const double *const group[] = {old};
    supply_case what = {.pairs = dense(ctx, 3, 3, three_m),
                        .supply = three_supply,
                        .homes = 3,
                        .persons = three_persons,
                        .group = group};
    supply_rule rule = {.measure = SUPPLY_BFCA, .radius = 10, .groups = 1, .group_radius = radius};
    supply_answer out = {.handed = 42};
    sund_ctx_fail_alloc(ctx, nth);
    sund_code code = supply_measure_homes(ctx, &what, &rule, &out), noted = sund_failure(ctx, NULL, NULL, NULL);
    bool untouched = out.handed == 42;
    sund_ctx_free(ctx);
    if (code == SUND_OK) {
      assert_true(nth > 8);
      return;
    }
    assert_true(code == SUND_LIMIT && noted == SUND_LIMIT && untouched);
  }
  fail_msg("never enough memory");
}

int main(void) {
  const struct CMUnitTest tests[] = {
      SUND_TEST(weights_by_hand),
      SUND_TEST(three_by_three),
      SUND_TEST(nobody_and_nothing),
      SUND_TEST(a_group_walks_less),
      SUND_TEST(groups_do_not_make_people),
      SUND_TEST(a_kind_has_its_own_radius),
      SUND_TEST(balances_by_hand),
      SUND_TEST(measures_agree_with_the_formulas),
      SUND_TEST(nothing_is_lost),
      SUND_TEST(more_reach_is_not_less),
      SUND_TEST(scale),
      SUND_TEST(equal_radii_change_nothing),
      SUND_TEST(cutting_a_home_in_two),
      SUND_TEST(what_cannot_be),
      SUND_TEST(conservation_is_checked),
      SUND_TEST(memory_runs_out),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}

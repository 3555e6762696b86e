/* supply_case.h - cases of supply and demand for tests: pairs from a dense matrix, random towns. */
#ifndef SUND_TESTS_SUPPLY_CASE_H
#define SUND_TESTS_SUPPLY_CASE_H

#include <math.h>

#include "queries/supply.h"
#include "support.h"

#define MOST_GREEN 20
#define MOST_HOMES 40

/* metres: green * homes by green area, NAN = out of reach. */
static inline sund_pairs *dense(sund_ctx *ctx, size_t green, size_t homes, const double *metres) {
  sund_pairs *pairs = sund_alloc(ctx, 1, sizeof *pairs);
  *pairs = (sund_pairs){.rows = green,
                        .first = sund_alloc(ctx, green + 1, sizeof(size_t)),
                        .to = sund_alloc(ctx, green * homes, sizeof(uint32_t)),
                        .metres = sund_alloc(ctx, green * homes, sizeof(double))};
  size_t n = 0;
  for (size_t j = 0; j < green; j++) {
    for (size_t i = 0; i < homes; i++)
      if (!isnan(metres[j * homes + i])) pairs->to[n] = (uint32_t)i, pairs->metres[n++] = metres[j * homes + i];
    pairs->first[j + 1] = n;
  }
  return pairs;
}

static inline supply_answer compute(sund_ctx *ctx, const supply_case *what, const supply_rule *rule) {
  supply_answer out = {0};
  assert_ok(ctx, supply_measure_homes(ctx, what, rule, &out));
  return out;
}

/* Distance from every home to the nearest green with a supply; NAN = none in the pairs. out: homes. */
static inline void nearest_supply(const supply_case *what, double *out) {
  const sund_pairs *pairs = what->pairs;
  for (size_t i = 0; i < what->homes; i++) out[i] = NAN;
  for (size_t j = 0; j < pairs->rows; j++)
    for (size_t k = pairs->first[j]; what->supply[j] > 0 && k < pairs->first[j + 1]; k++)
      out[pairs->to[k]] = fmin(out[pairs->to[k]], pairs->metres[k]);
}

/* A town small enough to look at every pair. Some homes are empty, some green has no supply. */
typedef struct town {
  size_t green, homes;
  double metres[MOST_GREEN * MOST_HOMES], supply[MOST_GREEN], persons[MOST_HOMES], group[2][MOST_HOMES];
  const double *groups[2];
  int32_t kind[MOST_GREEN];
} town;

static inline town draw_town(uint64_t *random, int green, int homes) {
  town t = {.green = (size_t)green, .homes = (size_t)homes};
  for (size_t j = 0; j < t.green; j++) {
    t.supply[j] = (double)(support_random(random) % 5) * 1000;
    t.kind[j] = (int32_t)(support_random(random) % 3);
  }
  for (size_t i = 0; i < t.homes; i++) {
    t.persons[i] = (double)(support_random(random) % 6);
    for (int g = 0; g < 2; g++) t.group[g][i] = t.persons[i] * support_uniform(random, 0, 0.5);
  }
  for (size_t k = 0; k < t.green * t.homes; k++)
    t.metres[k] = support_random(random) % 4 ? support_uniform(random, 0, 60) : NAN;
  for (size_t k = 0; k < t.green * t.homes; k += 3) t.metres[k] = (double)(support_random(random) % 16);
  return t;
}

static inline supply_case case_of(sund_ctx *ctx, town *t) {
  t->groups[0] = t->group[0], t->groups[1] = t->group[1];
  return (supply_case){.pairs = dense(ctx, t->green, t->homes, t->metres),
                       .supply = t->supply,
                       .kind = t->kind,
                       .homes = t->homes,
                       .persons = t->persons,
                       .group = t->groups};
}

#define assert_near(got, wanted, tolerance)                                                       \
  do {                                                                                            \
    double near_got = (got), near_wanted = (wanted);                                              \
    if (!(fabs(near_got - near_wanted) <= (tolerance)))                                           \
      fail_msg("%s is %.12g, not %.12g +- %g", #got, near_got, near_wanted, (double)(tolerance)); \
  } while (0)

#endif

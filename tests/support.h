/* support.h - what the tests share: a context per test, a seeded random source, data lines of tests/cases. */
#ifndef SUND_TESTS_SUPPORT_H
#define SUND_TESTS_SUPPORT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "sund/geo.h"

static inline int support_setup(void **state) {
  *state = sund_ctx_new();
  return *state ? 0 : -1;
}

static inline int support_teardown(void **state) {
  sund_ctx_free(*state);
  return 0;
}

/* A test with a fresh context in *state. */
#define SUND_TEST(fn) cmocka_unit_test_setup_teardown(fn, support_setup, support_teardown)

/* Fails with the context's message when the call does not succeed. */
#define assert_ok(ctx, call)                                                                  \
  do {                                                                                        \
    if ((call) != SUND_OK) {                                                                  \
      const char *why = "";                                                                   \
      sund_failure((ctx), &why, NULL, NULL);                                                  \
      fail_msg("%s: %s", #call, why);                                                         \
    }                                                                                         \
  } while (0)

/* Seed of this run: SUND_SEED in the environment, else 1. Print it in the message of a failing random test. */
static inline uint64_t support_seed(void) {
  const char *text = getenv("SUND_SEED");
  return text ? strtoull(text, NULL, 10) : 1;
}

/* splitmix64 (Steele, Lea, Flood 2014): small, good enough, the same everywhere. */
static inline uint64_t support_random(uint64_t *state) {
  uint64_t z = (*state += 0x9e3779b97f4a7c15u);
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
  return z ^ (z >> 31);
}

/* Uniform in [low, high). */
static inline double support_uniform(uint64_t *state, double low, double high) {
  return low + (high - low) * ((double)(support_random(state) >> 11) * 0x1p-53);
}

#endif

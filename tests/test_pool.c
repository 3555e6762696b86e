/* The parallel for: every row once, the same answer and the same failure for any number of threads. */
#include <stdatomic.h>

#include "support.h"

static sund_code count_rows(sund_ctx *worker, size_t begin, size_t end, void *data) {
  uint8_t *seen = data;
  if (!sund_alloc(worker, 10, 10)) return SUND_LIMIT;
  for (size_t i = begin; i < end; i++) seen[i]++;
  return SUND_OK;
}

static void every_row_runs_once(void **state) {
  sund_ctx *ctx = *state;
  static uint8_t seen[1000];
  for (int threads = 1; threads <= 7; threads += 3)
    for (size_t block = 1; block < 2000; block = block * 5 + 2)
      for (size_t rows = 0; rows <= 1000; rows += 333) {
        memset(seen, 0, sizeof seen);
        sund_ctx_threads(ctx, threads);
        assert_ok(ctx, sund_for(ctx, rows, block, count_rows, seen));
        for (size_t i = 0; i < sizeof seen; i++) assert_int_equal(seen[i], i < rows);
      }
}

static sund_code fail_from(sund_ctx *worker, size_t begin, size_t end, void *data) {
  size_t first = *(size_t *)data;
  for (size_t i = begin; i < end; i++)
    if (i >= first) {
      sund_fail(worker, SUND_DATA, "row %zu", i);
      return sund_blame(worker, "rows", (int64_t)i);
    }
  return SUND_OK;
}

static void the_lowest_failure_is_reported(void **state) {
  (void)state;
  for (int threads = 1; threads <= 8; threads++)
    for (size_t first = 0; first < 200; first += 17) {
      sund_ctx *ctx = sund_ctx_new();
      sund_ctx_threads(ctx, threads);
      assert_int_equal(sund_for(ctx, 500, 7, fail_from, &first), SUND_DATA);
      const char *message, *source;
      int64_t feature;
      sund_failure(ctx, &message, &source, &feature);
      assert_int_equal(feature, first);
      assert_string_equal(source, "rows");
      sund_ctx_free(ctx);
    }
}

int main(void) {
  const struct CMUnitTest tests[] = {SUND_TEST(every_row_runs_once), SUND_TEST(the_lowest_failure_is_reported)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}

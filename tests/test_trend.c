/* test_trend.c - two tables of indicators drawn by hand compared: verdicts in their order, refusals, rows of one side,
 * filters; random tables against a slow twin. The command line itself: tests/cases/trend.case. */
#include "draw.h"
#include "queries/trend.h"

typedef struct number {
  const char *indicator, *variant, *area;
  double value, low, high;
  const char *unit, *method;
} number;

static sund_table *draw_numbers(sund_ctx *ctx, size_t n, const number *row) {
  sund_field fields[11];
  for (size_t c = 0; c < 11; c++)
    fields[c] = (sund_field){.name = trend_columns[c], .type = c == 6 || c == 8 || c == 9 ? SUND_REAL : SUND_TEXT};
  sund_table *table;
  assert_ok(ctx, sund_table_new(ctx, "indicators", SUND_NONE, n, fields, 11, &table));
  for (size_t r = 0; r < n; r++) {
    sund_table_text(table, "scenario")[r] = "baseline";
    sund_table_text(table, "query")[r] = "access";
    sund_table_text(table, "indicator")[r] = row[r].indicator;
    sund_table_text(table, "variant")[r] = row[r].variant;
    sund_table_text(table, "area_id")[r] = row[r].area;
    sund_table_real(table, "value")[r] = row[r].value;
    sund_table_real(table, "low")[r] = row[r].low;
    sund_table_real(table, "high")[r] = row[r].high;
    sund_table_text(table, "unit")[r] = row[r].unit;
    sund_table_text(table, "method")[r] = row[r].method;
  }
  return table;
}

static const sund_strings all = {0};

static trend compare(sund_ctx *ctx, sund_table *before, sund_table *after) {
  trend found = {0};
  assert_ok(ctx, trend_compare(ctx, before, after, &all, NULL, &found));
  return found;
}

static void test_verdicts(void **state) {
  sund_ctx *ctx = *state;
  static const struct {
    number before, after;
    trend_verdict verdict;
    double change;
  } cases[] = {
#define SIDE(value, low, high) {"x", "", "a", value, low, high, "%", "m/1"}
      {SIDE(50, NAN, NAN), SIDE(51, NAN, NAN), TREND_UP, 1},
      {SIDE(51, NAN, NAN), SIDE(50, NAN, NAN), TREND_DOWN, -1},
      {SIDE(50, NAN, NAN), SIDE(50, NAN, NAN), TREND_SAME, 0},
      {SIDE(50, 40, 60), SIDE(50, 45, 55), TREND_SAME, 0},
      {SIDE(0, NAN, NAN), SIDE(0, NAN, NAN), TREND_SAME, 0},
      {SIDE(50, NAN, NAN), SIDE(50 + 1e-8, NAN, NAN), TREND_SAME, 1e-8},
      {SIDE(50, NAN, NAN), SIDE(50 + 1e-6, NAN, NAN), TREND_UP, 1e-6},
      {SIDE(50, 49, 51), SIDE(52, 51.1, 53), TREND_UP, 2},
      {SIDE(50, 49, 51), SIDE(52, 51, 53), TREND_UNDECIDED, 2}, /* P25: they touch */
      {SIDE(50, 49, 51), SIDE(52, NAN, NAN), TREND_UP, 2},
      {SIDE(50, 49, NAN), SIDE(50.5, 50, 53), TREND_UNDECIDED, .5},
      {SIDE(52, 51, 53), SIDE(50, 49, 50.9), TREND_DOWN, -2},
      {SIDE(52, 51, 53), SIDE(50, 49, 51), TREND_UNDECIDED, -2},
      {SIDE(NAN, NAN, NAN), SIDE(50, 49, 51), TREND_UNDECIDED, NAN},
      {SIDE(50, NAN, NAN), SIDE(NAN, NAN, NAN), TREND_UNDECIDED, NAN},
      {SIDE(NAN, NAN, NAN), SIDE(NAN, NAN, NAN), TREND_UNDECIDED, NAN},
  };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    trend found = compare(ctx, draw_numbers(ctx, 1, &cases[i].before), draw_numbers(ctx, 1, &cases[i].after));
    assert_int_equal(found.rows, 1);
    if (found.row[0].verdict != cases[i].verdict) fail_msg("case %zu is %d", i, (int)found.row[0].verdict);
    bool same =
        isnan(cases[i].change) ? isnan(found.row[0].change) : fabs(found.row[0].change - cases[i].change) < 1e-9;
    if (!same) fail_msg("case %zu changes by %g", i, found.row[0].change);
    assert_int_equal(found.count[cases[i].verdict], 1);
    assert_null(found.row[0].reason);
  }
}

/* Malmö 2005 and 2010: 82 and 95 %, measured in two ways. */
static void test_other_method_is_refused(void **state) {
  sund_ctx *ctx = *state;
  const number before[] = {{"access.share", "scb-300", "1280", 82, 81, 83, "%", "access-straight/1"},
                           {"access.share", "scb-300", "1283", 82, 81, 83, "%", "access-network/2#1a2b3c"},
                           {"access.d90", "", "1280", 300, NAN, NAN, "m", "m/1"},
                           {"access.d90", "", "1283", 300, NAN, NAN, "m", NULL}};
  const number after[] = {{"access.share", "scb-300", "1280", 95, 94, 96, "%", "access-network/2#1a2b3c"},
                          {"access.share", "scb-300", "1283", 82, 81, 83, "%", "access-network/2#1a2b3d"},
                          {"access.d90", "", "1280", 5, NAN, NAN, "min", "m/1"},
                          {"access.d90", "", "1283", 310, NAN, NAN, "m", NULL}};
  trend found = compare(ctx, draw_numbers(ctx, 4, before), draw_numbers(ctx, 4, after));
  assert_int_equal(found.count[TREND_REFUSED], 3);
  assert_string_equal(found.row[0].reason, "method access-straight/1 → access-network/2#1a2b3c");
  assert_true(isnan(found.row[0].change));
  assert_true(found.row[0].before.value == 82 && found.row[0].after.value == 95);
  assert_string_equal(found.row[1].reason, "method access-network/2#1a2b3c → access-network/2#1a2b3d");
  assert_string_equal(found.row[2].reason, "unit m → min");
  assert_int_equal(found.row[3].verdict, TREND_UP);
}

#define N(indicator, variant, area, value) \
  { indicator, variant, area, value, NAN, NAN, "%", "m/1" }

static void test_order_and_single_rows(void **state) {
  sund_ctx *ctx = *state;
  const number before[] = {N("x", "1", "a", 1), N("x", "2", "a", 1), N("gone", "", "b", 1), N("x", "1", "b", 1),
                           N("x", "1", "a", 5)};
  const number after[] = {N("x", "1", "b", 2), N("new", NULL, "a", 2), N("x", "1", "a", 1), N("x", "1", "a", 6),
                          N("x", "1", "a", 7)};
  trend found = compare(ctx, draw_numbers(ctx, 5, before), draw_numbers(ctx, 5, after));
  const trend_verdict expected[] = {TREND_UP,       TREND_ONLY_NEW, TREND_SAME,    TREND_UP,
                                    TREND_ONLY_NEW, TREND_ONLY_OLD, TREND_ONLY_OLD};
  assert_int_equal(found.rows, 7);
  for (size_t i = 0; i < 7; i++) assert_int_equal(found.row[i].verdict, expected[i]);
  assert_true(found.row[3].before.value == 5); /* the second of a key with the second */
  assert_string_equal(found.row[5].key[TREND_VARIANT], "2");
  assert_string_equal(found.row[6].key[TREND_INDICATOR], "gone");
  assert_true(isnan(found.row[6].after.value) && isnan(found.row[6].change));
  trend itself = compare(ctx, draw_numbers(ctx, 5, before), draw_numbers(ctx, 5, before));
  assert_int_equal(itself.count[TREND_SAME], 5);
}

static void test_filters(void **state) {
  sund_ctx *ctx = *state;
  const number before[] = {N("x", "", "a", 1), N("y", "", "a", 1), N("z", "", "b", 1)};
  sund_table *table = draw_numbers(ctx, 3, before), *none = draw_numbers(ctx, 0, NULL);
  const char *two[] = {"z", "y"}, *wrong[] = {"y", "yy"};
  const sund_strings y_and_z = {.count = 2, .value = two}, unknown = {.count = 2, .value = wrong};
  trend found = {0};
  assert_ok(ctx, trend_compare(ctx, table, table, &y_and_z, NULL, &found));
  assert_int_equal(found.rows, 2);
  found = (trend){0};
  assert_ok(ctx, trend_compare(ctx, table, none, &y_and_z, "a", &found));
  assert_int_equal(found.rows, 1);
  assert_int_equal(found.count[TREND_ONLY_OLD], 1);
  assert_int_equal(trend_compare(ctx, table, table, &unknown, NULL, &found), SUND_USAGE);
  const char *why = "";
  sund_failure(ctx, &why, NULL, NULL);
  assert_string_equal(why, "--indicator: neither result has 'yy'");
  sund_ctx *other = sund_ctx_new();
  assert_int_equal(trend_compare(other, table, table, &all, "c", &found), SUND_USAGE);
  sund_ctx_free(other);
}

static void test_missing_column(void **state) {
  sund_ctx *ctx = *state;
  sund_table *table = draw_numbers(ctx, 0, NULL);
  trend found = {0};
  table->column[10].field.name = "other";
  table->source_name = (const char *[]){"r.gpkg"};
  table->sources = 1;
  assert_int_equal(trend_compare(ctx, draw_numbers(ctx, 0, NULL), table, &all, NULL, &found), SUND_SOURCE);
  const char *why = "", *source = "";
  sund_failure(ctx, &why, &source, NULL);
  assert_non_null(strstr(why, "no column method"));
  assert_string_equal(source, "r.gpkg");
}

/* What trend_compare should say of a row of NEW, by looking at every row of OLD. Keys are unique. */
static trend_verdict twin(const number *row, size_t n, const number *before) {
  for (size_t i = 0; i < n; i++) {
    const number *old = &before[i];
    if (strcmp(old->indicator, row->indicator) || strcmp(old->area, row->area)) continue;
    if (strcmp(old->method, row->method)) return TREND_REFUSED;
    if (old->value == row->value) return TREND_SAME;
    if (old->high < row->low) return TREND_UP;
    return old->low > row->high ? TREND_DOWN : TREND_UNDECIDED;
  }
  return TREND_ONLY_NEW;
}

/* Up to 8 x 8 rows in random order, each with a chance to be there. */
static size_t draw_random(number *out, uint64_t *seed) {
  static const char *const names[] = {"a", "b", "c", "d", "e", "f", "g", "h"};
  size_t n = 0;
  for (size_t i = 0; i < 64; i++) {
    if (support_random(seed) % 4 == 0) continue;
    double value = (double)(support_random(seed) % 10), width = (double)(support_random(seed) % 4);
    number row = {names[i / 8],  "",
                  names[i % 8],  value,
                  value - width, value + width,
                  "%",           support_random(seed) % 8 ? "m/1" : "m/2"};
    size_t at = support_random(seed) % (n + 1);
    out[n++] = out[at];
    out[at] = row;
  }
  return n;
}

static void test_random_against_a_slow_twin(void **state) {
  sund_ctx *ctx = *state;
  uint64_t seed = support_seed(), begun = seed;
  for (int round = 0; round < 200; round++) {
    number before[65] = {0}, after[65] = {0};
    size_t n = draw_random(before, &seed), m = draw_random(after, &seed), both = 0;
    trend found = compare(ctx, draw_numbers(ctx, n, before), draw_numbers(ctx, m, after));
    for (size_t i = 0; i < m; i++) {
      trend_verdict verdict = twin(&after[i], n, before);
      both += verdict != TREND_ONLY_NEW;
      if (found.row[i].verdict != verdict || found.row[i].after.value != after[i].value)
        fail_msg("seed %llu round %d row %zu: %d, not %d", (unsigned long long)begun, round, i,
                 (int)found.row[i].verdict, (int)verdict);
    }
    if (found.rows != m + n - both || found.count[TREND_ONLY_OLD] != n - both)
      fail_msg("seed %llu round %d: %zu rows", (unsigned long long)begun, round, found.rows);
    /* the other way round up is down */
    trend back = compare(ctx, draw_numbers(ctx, m, after), draw_numbers(ctx, n, before));
    if (back.count[TREND_UP] != found.count[TREND_DOWN] || back.count[TREND_REFUSED] != found.count[TREND_REFUSED])
      fail_msg("seed %llu round %d: not the same backwards", (unsigned long long)begun, round);
  }
}

static void test_without_memory(void **state) {
  (void)state;
  const number before[] = {N("x", "", "a", 1), N("y", "", "a", 1)};
  const number after[] = {{"x", "", "a", 2, NAN, NAN, "%", "m/2"}, N("y", "", "a", 2)};
  const char *names[] = {"x", "y"};
  const sund_strings wanted = {.count = 2, .value = names};
  for (size_t n = 1, needed = 1; n <= needed; n++) {
    sund_ctx *ctx = sund_ctx_new();
    sund_table *a = draw_numbers(ctx, 2, before), *b = draw_numbers(ctx, 2, after);
    trend found = {0};
    if (n == 1) {
      size_t done = sund_ctx_allocations(ctx);
      assert_ok(ctx, trend_compare(ctx, a, b, &wanted, "a", &found));
      needed = sund_ctx_allocations(ctx) - done;
    }
    sund_ctx_fail_alloc(ctx, n);
    if (trend_compare(ctx, a, b, &wanted, "a", &found) != SUND_LIMIT) fail_msg("allocation %zu failed unseen", n);
    sund_ctx_free(ctx);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      SUND_TEST(test_verdicts),
      SUND_TEST(test_other_method_is_refused),
      SUND_TEST(test_order_and_single_rows),
      SUND_TEST(test_filters),
      SUND_TEST(test_missing_column),
      SUND_TEST(test_random_against_a_slow_twin),
      SUND_TEST(test_without_memory),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}

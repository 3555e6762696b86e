/* Storms of a series: by hand, against an obvious twin, drawn series of a known tail, and the gauges of the Sound. */
#include <math.h>

#include "support.h"

#define HOUR 3600.0
#define DAY 86400.0
#define YEAR (365.25 * DAY)

static bool near(double a, double b, double within) {
  return fabs(a - b) <= within;
}

static void storms_by_hand(void **state) {
  sund_ctx *ctx = *state;
  /* hours 0 .. 11; a gap of 20 h follows the last value but one */
  const double level[] = {0.1, 0.9, 1.2, 1.2, 0.8, 1.0, 0.2, NAN, 1.1, 0.3, 0.95, 1.3};
  double time[12];
  for (int i = 0; i < 12; i++) time[i] = i * HOUR + (i == 11 ? 19 * HOUR : 0);
  sund_peaks got;
  assert_ok(ctx, sund_peaks_find(ctx, 12, time, level, 0.8, 0, 2 * HOUR, &got));
  const size_t each[] = {2, 5, 8, 10,
                         11}; /* 0.8 is not above 0.8; of equal ones the first; the gap parts 10 from 11 */
  assert_int_equal(got.count, 5);
  for (int i = 0; i < 5; i++) assert_int_equal(got.row[i], each[i]);
  assert_true(near(got.years, 10 * HOUR / YEAR, 1e-12)); /* the step over the missing hour counts, the gap does not */
  assert_true(near(got.mean_m, 9.05 / 11, 1e-12));
  assert_ok(ctx, sund_peaks_find(ctx, 12, time, level, 0.8, 3 * HOUR, HOUR, &got));
  assert_int_equal(got.count, 4); /* 3 h apart are two storms, 2 h apart (8 and 10) are one */
  assert_int_equal(got.row[2], 8);
  assert_true(near(got.years, 8 * HOUR / YEAR, 1e-12));
}

/* Obvious twin: every value above the threshold is tied to the next one; a tie is broken where a value below or a gap
 * lies between and the peaks of the two runs are far enough apart. Highest value of what hangs together. */
static size_t slow(size_t n, const double *time, const double *level, double threshold, double apart, double gap,
                   size_t *out) {
  size_t runs[400][2], count = 0, storms = 0; /* first and last value of every run */
  for (size_t i = 0; i < n; i++) {
    if (!(level[i] > threshold)) continue;
    size_t before = i;
    while (before > 0 && isnan(level[before - 1])) before--;
    const bool goes_on = before > 0 && level[before - 1] > threshold && time[i] - time[before - 1] <= gap;
    if (!goes_on) runs[count++][0] = i;
    runs[count - 1][1] = i;
  }
  double last_peak = -1e300;
  for (size_t r = 0; r < count; r++) {
    size_t peak = runs[r][0];
    for (size_t i = runs[r][0]; i <= runs[r][1]; i++) peak = level[i] > level[peak] ? i : peak;
    if (time[peak] - last_peak >= apart) out[storms++] = peak;
    else if (level[peak] > level[out[storms - 1]]) out[storms - 1] = peak;
    last_peak = time[peak];
  }
  return storms;
}

static void storms_agree_with_the_twin(void **state) {
  sund_ctx *ctx = *state;
  uint64_t random = support_seed();
  for (int round = 0; round < 400; round++) {
    double time[300], level[300];
    const size_t n = (size_t)(support_random(&random) % 300);
    for (size_t i = 0; i < n; i++) {
      time[i] = (i ? time[i - 1] : 0) + HOUR * (double)(1 + (support_random(&random) % 8 == 0 ? 5 : 0));
      level[i] = support_random(&random) % 10 == 0 ? NAN : (double)(support_random(&random) % 12) / 10;
    }
    const double threshold = (double)(support_random(&random) % 11) / 10,
                 apart = HOUR * (double)(support_random(&random) % 9);
    size_t want[300];
    sund_peaks got;
    assert_ok(ctx, sund_peaks_find(ctx, n, time, level, threshold, apart, 3 * HOUR, &got));
    const size_t count = slow(n, time, level, threshold, apart, 3 * HOUR, want);
    if (got.count != count || (count && memcmp(got.row, want, count * sizeof *want) != 0))
      fail_msg("seed %llu round %d: %zu storms, not %zu", (unsigned long long)support_seed(), round, got.count,
               count);
  }
}

/* Five storms in ten years over 1 m with excesses of 10, 20, 30, 40, 50 cm: rate 1/2, mean 30 cm. */
static void a_tail_by_hand(void **state) {
  sund_ctx *ctx = *state;
  const double level[] = {1.1, 1.5, 1.3, 1.2, 1.4};
  size_t row[] = {0, 1, 2, 3, 4};
  const sund_peaks peaks = {5, row, 10, 0};
  sund_tail tail;
  assert_ok(ctx, sund_tail_of_peaks(ctx, &peaks, level, 1, &tail));
  assert_true(near(tail.b, 0.3, 1e-12) && near(sund_tail_level(&tail, 2), 1, 1e-12));
  assert_true(near(sund_tail_level(&tail, 100), 1 + 0.3 * log(50), 1e-12));
  assert_true(near(tail.least_y, 2, 1e-12) && tail.most_y == 10 && tail.count == 5);
  /* expected of the highest: 0.3 (1 + 1/2 + 1/3 + 1/4 + 1/5) = 0.685 against 0.5 */
  assert_true(near(tail.largest_m, 0.185, 1e-9));
}

/* Koebenhavn, northern storms of 185 years: 35 over 1.19 m with a mean excess of 14.3 cm give the levels of docs/flood.md. */
static void a_long_record(void **state) {
  sund_ctx *ctx = *state;
  size_t row[35] = {0};
  const double level[] = {1.333}, period[] = {20, 50, 100, 1000}, want[] = {1.38, 1.51, 1.61, 1.94};
  const sund_peaks peaks = {35, row, 185, 0};
  sund_tail tail;
  assert_ok(ctx, sund_tail_of_peaks(ctx, &peaks, level, 1.19, &tail));
  for (int i = 0; i < 4; i++) assert_true(near(sund_tail_level(&tail, period[i]), want[i], 0.0051));
}

/* A thousand years of storms whose tail is known. */
static void a_known_tail_is_found_again(void **state) {
  sund_ctx *ctx = *state;
  enum { YEARS = 1000, STORMS = 3 * YEARS };
  uint64_t random = support_seed();
  const size_t n = 2 * STORMS + 1;
  double *time = sund_alloc(ctx, n, sizeof *time), *level = sund_alloc(ctx, n, sizeof *level);
  for (size_t i = 0; i < n; i++) {
    time[i] = YEAR * YEARS * (double)i / (double)(n - 1);
    level[i] = i % 2 ? 0.8 - 0.15 * log(1 - support_uniform(&random, 0, 1)) + 1e-9 : 0;
  }
  sund_peaks peaks;
  sund_tail tail;
  assert_ok(ctx, sund_peaks_find(ctx, n, time, level, 0.8, 3 * DAY, 90 * DAY, &peaks));
  assert_int_equal(peaks.count, STORMS);
  assert_ok(ctx, sund_tail_of_peaks(ctx, &peaks, level, 0.8, &tail));
  const double off = sund_tail_level(&tail, 100) - (0.8 + 0.15 * log(300));
  if (!near(off, 0, 4 * 0.15 / sqrt(STORMS) * log(300)))
    fail_msg("seed %llu: T100 off by %.4f m", (unsigned long long)support_seed(), off);
}

/* ----------------------------------------------------------------------------------------------------- the Sound */

/* Seconds of "2014-01-01T00:30:00" since 1970, without the clock of this machine; *year. */
static double seconds(const char *text, int *year) {
  int month, day, hour, minute;
  if (sscanf(text, "%d-%d-%dT%d:%d", year, &month, &day, &hour, &minute) != 5) return NAN;
  const int y = *year - (month <= 2), m = month > 2 ? month - 3 : month + 9;
  const int days = 365 * y + y / 4 - y / 100 + y / 400 + (153 * m + 2) / 5 + day - 1 - 719468;
  return days * DAY + hour * HOUR + minute * 60;
}

typedef struct gauge {
  size_t count;
  double *time, *level;
  double most[3000]; /* by year */
} gauge;

static bool read_gauge(sund_ctx *ctx, const char *name, gauge *out) {
  const char *folder = getenv("SUND_DATA");
  char command[600], line[200];
  snprintf(command, sizeof command, "zcat '%s/oresund/sealevel/%s_wl.csv.gz' 2>/dev/null",
           folder ? folder : "../shared/data", name);
  FILE *file = popen(command, "r");
  enum { MOST = 200000 };
  *out = (gauge){.time = sund_alloc(ctx, MOST, sizeof(double)), .level = sund_alloc(ctx, MOST, sizeof(double))};
  for (int y = 0; y < 3000; y++) out->most[y] = -INFINITY;
  while (file && fgets(line, sizeof line, file) && out->count < MOST) {
    int year;
    const double time = seconds(line, &year);
    const char *comma = strchr(line, ',');
    if (isnan(time) || !comma) continue;
    out->time[out->count] = time;
    out->level[out->count] = strtod(comma + 1, NULL);
    out->most[year] = fmax(out->most[year], out->level[out->count++]);
  }
  if (file) pclose(file);
  return out->count > 0;
}

/* Numbers of docs/flood.md: mean levels and annual maxima to the printed digit; tails over 0.80 m to 3 cm, because how
 * the storms were parted there is not told: a few storms more or fewer move T100 that much. */
static void gauges_of_the_sound(void **state) {
  sund_ctx *ctx = *state;
  static const struct {
    const char *name;
    size_t rows;
    double mean, t20, t100;
    int first;
    double most[10];
  } row[] = {
      {"Barseback", 87549, 0.152, 1.58, 1.87, 2014, {0.82, 1.28, 1.48, 1.16, 0.82, 1.06, 1.06, 0.78, 1.40, 1.35}},
      {"Helsingborg", 38092, 0.164, 1.50, 1.76, 2019, {1.00, 1.12, 0.83, 1.29, 1.27}},
      {"Vedbaek", 162077, 0.093, 1.54, 1.83, 2016, {1.46}},
      {"Kobenhavn", 165275, 0.096, 1.35, 1.57, 2022, {1.27}}};
  for (size_t r = 0; r < sizeof row / sizeof *row; r++) {
    sund_peaks peaks;
    sund_tail tail;
    static gauge g;
    if (!read_gauge(ctx, row[r].name, &g)) skip();
    assert_int_equal(g.count, row[r].rows);
    for (int k = 0; k < 10 && row[r].most[k] > 0; k++)
      assert_true(near(g.most[row[r].first + k], row[r].most[k], 0.0051));
    assert_ok(ctx, sund_peaks_find(ctx, g.count, g.time, g.level, 0.8, 3 * DAY, 6 * HOUR, &peaks));
    assert_true(near(peaks.mean_m, row[r].mean, 0.00051));
    assert_ok(ctx, sund_tail_of_peaks(ctx, &peaks, g.level, 0.8, &tail));
    const double t20 = sund_tail_level(&tail, 20), t100 = sund_tail_level(&tail, 100);
    print_message("%s: %.2f years, %zu storms, b %.3f, T20 %.3f, T50 %.3f, T100 %.3f m\n", row[r].name, peaks.years,
                  peaks.count, tail.b, t20, sund_tail_level(&tail, 50), t100);
    assert_true(near(t20, row[r].t20, 0.031) && near(t100, row[r].t100, 0.041));
  }
}

static void what_fails(void **state) {
  sund_ctx *ctx = *state;
  const double time[] = {0, 1, 1}, level[] = {1, 1, 1};
  const char *why = "";
  sund_peaks peaks = {.count = 42};
  sund_ctx *child = sund_ctx_child(ctx);
  assert_int_equal(sund_peaks_find(child, 3, time, level, 0, 1, 1, &peaks), SUND_DATA);
  sund_failure(child, &why, NULL, NULL);
  assert_non_null(strstr(why, "value 3"));
  assert_true(peaks.count == 42);
  sund_ctx_free(child);
  size_t row[] = {0, 1, 2, 0, 1};
  sund_tail tail = {.a = 42};
  const sund_peaks few = {4, row, 10, 0}, no_time = {5, row, 0, 0};
  child = sund_ctx_child(ctx);
  assert_int_equal(sund_tail_of_peaks(child, &few, level, 0, &tail), SUND_DATA);
  sund_failure(child, &why, NULL, NULL);
  assert_non_null(strstr(why, "4 storms above 0.00 m are too few"));
  sund_ctx_free(child);
  child = sund_ctx_child(ctx);
  assert_int_equal(sund_tail_of_peaks(child, &no_time, level, 0, &tail), SUND_DATA);
  assert_true(tail.a == 42);
  sund_ctx_free(child);
}

static void memory_runs_out(void **state) {
  (void)state;
  const double time[] = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9}, level[] = {1, 0, 1, 0, 1, 0, 1, 0, 2, 0};
  bool enough = false;
  for (size_t nth = 1; !enough; nth++) {
    sund_ctx *ctx = sund_ctx_new();
    sund_peaks peaks = {.count = 42};
    sund_tail tail = {.a = 42};
    sund_ctx_fail_alloc(ctx, nth);
    sund_code code = sund_peaks_find(ctx, 10, time, level, 0.5, 1, 1, &peaks);
    if (code == SUND_OK) code = sund_tail_of_peaks(ctx, &peaks, level, 0.5, &tail);
    enough = code == SUND_OK;
    if (!enough) assert_true(code == SUND_LIMIT && tail.a == 42);
    sund_ctx_free(ctx);
    assert_true(nth < 20);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      SUND_TEST(storms_by_hand),
      SUND_TEST(storms_agree_with_the_twin),
      SUND_TEST(a_tail_by_hand),
      SUND_TEST(a_long_record),
      SUND_TEST(a_known_tail_is_found_again),
      SUND_TEST(gauges_of_the_sound),
      SUND_TEST(what_fails),
      SUND_TEST(memory_runs_out),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}

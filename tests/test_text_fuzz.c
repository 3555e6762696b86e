/* test_text_fuzz.c - words and times of gates, and project files, spoiled at random: a message or an answer, never a crash.
 *
 * A run tells its seed when it fails (SUND_SEED).
 */
#include <unistd.h>

#include "mutate.h"
#include "queries/gate_words.h"
#include "sund/layers.h"

enum { WORDS_TRIED = 4000, PROJECTS_TRIED = 600 };

static void gate_modes(void **state) {
  static const char *const words[] = {"walk", "til fods", "cykel", "G\xc3\x85NG", "all",
                                      "/",    ";",        "\xc3",  "bil,",        NULL};
  static mutant m;
  size_t good = 0;
  for (uint64_t n = 0; n < WORDS_TRIED; n++) {
    uint64_t random = support_seed() * 1000003 + n;
    sund_ctx *ctx = sund_ctx_child(*state);
    unsigned modes = 0;
    mutate_copy(&m, "walk, bike; till fots/bil", 25);
    mutate(&m, &random, words);
    const sund_code code = gate_words_modes(ctx, m.bytes, &modes);
    mutate_judge(ctx, code, n, &m);
    if (code == SUND_OK && (modes == 0 || modes >> SUND_MODES)) fail_msg("%s: modes %u", m.bytes, modes);
    good += code == SUND_OK;
    sund_ctx_free(ctx);
  }
  assert_in_range(good, WORDS_TRIED / 50, WORDS_TRIED * 9 / 10);
}

/* Times that are read are of a day and the next, and rise. */
static void gate_times(void **state) {
  static const char *const words[] = {"25:10", "47:59:59", "48:00",           "6:61", "-1:00",
                                      "24",    ":",        "999999999999:00", NULL};
  static mutant m;
  size_t good = 0;
  for (uint64_t n = 0; n < WORDS_TRIED; n++) {
    uint64_t random = support_seed() * 1000003 + n;
    sund_ctx *ctx = sund_ctx_child(*state);
    size_t count = 0;
    int32_t *seconds = NULL;
    mutate_copy(&m, "06:00 06:20,06:40;25:10\n05:05:30", 32);
    mutate(&m, &random, words);
    const sund_code code = gate_words_times(ctx, m.bytes, &count, &seconds);
    mutate_judge(ctx, code, n, &m);
    for (size_t i = 0; i < count && code == SUND_OK; i++)
      if (seconds[i] < 0 || seconds[i] >= 48 * 3600 || (i && seconds[i] <= seconds[i - 1]))
        fail_msg("%s: %d at %zu", m.bytes, seconds[i], i);
    good += code == SUND_OK && count > 0;
    sund_ctx_free(ctx);
  }
  assert_in_range(good, WORDS_TRIED / 50, WORDS_TRIED * 9 / 10);
}

static const char project_text[] =
    "name: Test\ncrs: EPSG:25832\nheights: EPSG:5799\nprofile: [dk, se]\n"
    "layers:\n  homes: [{source: homes.gpkg}]\n  places:\n    - source: places.csv\n      fields: {id: "
    "nr}\n"
    "  gates: [{source: ferry.geojson, set: {minutes: 20}}]\n"
    "scenarios:\n  fixed-link:\n    add: {gates: [{source: tunnel.geojson}]}\n"
    "  tunnel-only:\n    replace: {gates: []}\n  ferry-closed:\n    close: [HH, '898']\n"
    "queries:\n  catchment: {mode: [walk, car], minutes: [15, 30], compare: [fixed-link, ferry-closed]}\n";

/* The first problem told is the one the reader stops at. */
static void projects(void **state) {
  static const char *const words[] = {
      "gates", "scenarios", "close", "add", "replace",  "baseline", "source", "[]",  "{}",  "null",      "~",  "&a",
      "*a",    "!!int",     "<<:",   "- ",  "99999999", "  ",       "\n",     "---", "...", "catchment", ": ", NULL};
  static mutant m;
  size_t good = 0;
  char path[] = P_tmpdir "/sund-fuzz-XXXXXX";
  const int made = mkstemp(path);
  assert_true(made >= 0);
  close(made);
  for (uint64_t n = 0; n < PROJECTS_TRIED; n++) {
    uint64_t random = support_seed() * 1000003 + n;
    sund_ctx *ctx = sund_ctx_child(*state), *other = sund_ctx_child(*state);
    sund_project *project = NULL;
    const char *problem[4] = {NULL}, *message = NULL;
    size_t count = 0;
    mutate_copy(&m, project_text, sizeof project_text - 1);
    if (n > 0) mutate(&m, &random, words);
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(m.bytes, 1, m.length, file), m.length);
    assert_int_equal(fclose(file), 0);
    const sund_code code = sund_project_read(ctx, path, &project);
    if (n == 0) assert_ok(ctx, code);
    mutate_judge(ctx, code, n, &m);
    assert_ok(other, sund_project_problems(other, path, 4, problem, &count));
    if ((code == SUND_OK) != (count == 0))
      fail_msg("seed %llu: %zu problems\n%s", (unsigned long long)n, count, m.bytes);
    sund_failure(ctx, &message, NULL, NULL);
    if (count && strcmp(message, problem[0]) != 0)
      fail_msg("seed %llu: %s, but %s\n%s", (unsigned long long)n, message, problem[0], m.bytes);
    good += code == SUND_OK;
    sund_ctx_free(other);
    sund_ctx_free(ctx);
  }
  unlink(path);
  assert_in_range(good, PROJECTS_TRIED / 50, PROJECTS_TRIED * 9 / 10);
}

int main(void) {
  const struct CMUnitTest tests[] = {SUND_TEST(gate_modes), SUND_TEST(gate_times), SUND_TEST(projects)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}

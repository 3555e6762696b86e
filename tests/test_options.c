/* Reading settings into an options struct, by a table of its own: defaults, every kind of option, every way a value
 * can be wrong, on the command line and in a project file; progress and texts for people. */
#include "support.h"

#include <math.h>

#include "queries/options.h"
#include "queries/progress.h"
#include "queries/text.h"

/* ------------------------------------------------------------------------------------------------- the fake query */

typedef struct swim_options {
  bool warm;
  double depth_m;
  sund_numbers laps;
  const char *stroke;
  const char *pool;
  sund_strings teams;
  sund_strings days;
} swim_options;

static const char *const strokes[] = {"crawl", "breast", "back", NULL};
static const char *const days[] = {"monday", "friday", NULL};

static const sund_option swim_table[] = {
    {.name = "warm", .kind = SUND_FLAG, .offset = offsetof(swim_options, warm)},
    {.name = "depth",
     .kind = SUND_NUMBER,
     .offset = offsetof(swim_options, depth_m),
     .fallback = "2.5",
     .unit = "m",
     .low = -10,
     .high = 30},
    {.name = "laps",
     .kind = SUND_NUMBERS,
     .offset = offsetof(swim_options, laps),
     .fallback = "1,10,50",
     .low = 0,
     .high = INFINITY},
    {.name = "stroke",
     .kind = SUND_WORD,
     .offset = offsetof(swim_options, stroke),
     .fallback = "crawl",
     .words = strokes},
    {.name = "pool", .kind = SUND_STRING, .offset = offsetof(swim_options, pool)},
    {.name = "team",
     .alias = "teams",
     .kind = SUND_STRINGS,
     .offset = offsetof(swim_options, teams),
     .fallback = "red,blue"},
    {.name = "day", .kind = SUND_STRINGS, .offset = offsetof(swim_options, days), .words = days},
};
static const sund_query swim = {.name = "swim",
                                .options = swim_table,
                                .option_count = sizeof swim_table / sizeof *swim_table,
                                .options_size = sizeof(swim_options)};

/* A setting of one or two values; line 0 = command line, else line `line` of p.yaml, values in columns 10 and 20. */
static sund_setting setting(sund_ctx *ctx, int line, const char *name, const char *first, const char *second) {
  const char *file = line ? "p.yaml" : NULL;
  sund_setting out = {.mark = {file, line, 3}, .name = name, .values = (first ? 1u : 0u) + (second ? 1u : 0u)};
  out.value = sund_alloc(ctx, 2, sizeof *out.value);
  out.value_mark = sund_alloc(ctx, 2, sizeof *out.value_mark);
  assert_true(out.value && out.value_mark);
  out.value[0] = first;
  out.value[1] = second;
  out.value_mark[0] = (sund_mark){file, line, line ? 10 : 0};
  out.value_mark[1] = (sund_mark){file, line, line ? 20 : 0};
  return out;
}

static sund_code fill(sund_ctx *ctx, size_t count, sund_setting *list, swim_options **out) {
  const sund_request request = {.query = "swim", .settings = count, .setting = list};
  void *options = NULL;
  sund_code code = options_fill(ctx, &swim, &request, &options);
  *out = options;
  return code;
}

/* Expects SUND_USAGE with exactly that message. */
static void expect(int line, const char *name, const char *first, const char *second, const char *message) {
  sund_ctx *ctx = sund_ctx_new();
  sund_setting one = setting(ctx, line, name, first, second);
  swim_options *out = NULL;
  assert_int_equal(fill(ctx, 1, &one, &out), SUND_USAGE);
  assert_null(out);
  const char *said = "";
  assert_int_equal(sund_failure(ctx, &said, NULL, NULL), SUND_USAGE);
  assert_string_equal(said, message);
  sund_ctx_free(ctx);
}

/* ---------------------------------------------------------------------------------------------------------- tests */

static void defaults_come_from_the_table(void **state) {
  sund_ctx *ctx = *state;
  swim_options *got = NULL;
  assert_ok(ctx, fill(ctx, 0, NULL, &got));
  assert_false(got->warm);
  assert_true(got->depth_m == 2.5);
  assert_int_equal(got->laps.count, 3);
  assert_true(got->laps.value[0] == 1 && got->laps.value[1] == 10 && got->laps.value[2] == 50);
  assert_ptr_equal(got->stroke, strokes[0]);
  assert_null(got->pool);
  assert_int_equal(got->teams.count, 2);
  assert_string_equal(got->teams.value[1], "blue");
  assert_int_equal(got->days.count, 0);
}

static void command_line_values_are_read(void **state) {
  sund_ctx *ctx = *state;
  sund_setting list[] = {
      setting(ctx, 0, "warm", NULL, NULL),       setting(ctx, 0, "depth", "-1.5e0", NULL),
      setting(ctx, 0, "laps", "3, 0.5,7", NULL), setting(ctx, 0, "stroke", "back", NULL),
      setting(ctx, 0, "pool", "a,b.csv", NULL),  setting(ctx, 0, "team", "x", "y"),
      setting(ctx, 0, "day", "friday", NULL),
  };
  swim_options *got = NULL;
  assert_ok(ctx, fill(ctx, 7, list, &got));
  assert_true(got->warm);
  assert_true(got->depth_m == -1.5);
  assert_int_equal(got->laps.count, 3);
  assert_true(got->laps.value[0] == 3 && got->laps.value[1] == 0.5 && got->laps.value[2] == 7);
  assert_ptr_equal(got->stroke, strokes[2]);
  assert_string_equal(got->pool, "a,b.csv");
  assert_int_equal(got->teams.count, 2);
  assert_string_equal(got->teams.value[0], "x");
  assert_ptr_equal(got->days.value[0], days[1]);
}

static void file_values_are_read_with_their_places(void **state) {
  sund_ctx *ctx = *state;
  sund_setting list[] = {setting(ctx, 4, "teams", "x", "y"), setting(ctx, 5, "laps", "2", "4"),
                         setting(ctx, 6, "warm", "false", NULL)};
  swim_options *got = NULL;
  assert_ok(ctx, fill(ctx, 3, list, &got));
  assert_int_equal(got->teams.count, 2);
  assert_int_equal(got->teams.mark[1].line, 4);
  assert_int_equal(got->teams.mark[1].column, 20);
  assert_true(got->laps.count == 2 && got->laps.value[1] == 4);
  assert_false(got->warm);
  const sund_request request = {.query = "swim", .settings = 3, .setting = list};
  assert_ptr_equal(options_setting(&swim, &request, "team"), &list[0]);
  assert_null(options_setting(&swim, &request, "depth"));
}

static void wrong_values_on_the_command_line(void **state) {
  (void)state;
  expect(0, "depth", "0,35", NULL, "--depth: '0,35' is not a number; write 0.35");
  expect(0, "depth", "3 m", NULL, "--depth: '3 m' is not a number; write 3 (the unit is always m)");
  expect(0, "depth", "3m", NULL, "--depth: '3m' is not a number; write 3 (the unit is always m)");
  expect(0, "depth", "deep", NULL, "--depth: 'deep' is not a number");
  expect(0, "depth", "31", NULL, "--depth: 31 is not between -10 and 30 m");
  expect(0, "depth", NULL, NULL, "--depth: the value is missing");
  expect(0, "depth", "1", "2", "--depth: takes one value");
  expect(0, "laps", "1,,2", NULL, "--laps: a number is missing between the commas");
  expect(0, "laps", "1,2,", NULL, "--laps: a number is missing between the commas");
  expect(0, "laps", "1,-2", NULL, "--laps: -2 is less than 0");
  expect(0, "laps", "5,1,5.0", NULL, "--laps: 5.0 is given twice");
  expect(0, "stroke", "brest", NULL, "--stroke: unknown word 'brest'; did you mean 'breast'?");
  expect(0, "stroke", "dive", NULL, "--stroke: unknown word 'dive' (one of: crawl, breast, back)");
  expect(0, "day", "sunday", NULL, "--day: unknown word 'sunday'; did you mean 'monday'?");
  expect(0, "pool", "", NULL, "--pool: the value is empty");
  expect(0, "team", "x", "x", "--team: 'x' is given twice");
  expect(0, "dpeth", "1", NULL, "swim has no option --dpeth; did you mean 'depth'?");
  expect(0, "teams", "x", NULL, "swim has no option --teams; did you mean 'team'?");
}

static void wrong_values_in_a_file(void **state) {
  (void)state;
  expect(7, "depth", "0,35", NULL, "p.yaml:7:10: swim.depth: '0,35' is not a number; write 0.35");
  expect(7, "laps", "1,10", NULL,
         "p.yaml:7:10: swim.laps: '1,10' is not a number; write 1.10, or a list for several: [1,10]");
  expect(7, "laps", "1", "x", "p.yaml:7:20: swim.laps: 'x' is not a number");
  expect(7, "teams", NULL, NULL, "p.yaml:7:3: swim.teams: the value is missing");
  expect(7, "warm", "maybe", NULL, "p.yaml:7:10: swim.warm: 'maybe' is neither true nor false");
  expect(7, "team_s", "x", NULL, "p.yaml:7:3: swim has no option 'team_s'; did you mean 'teams'?");
  expect(7, "colour", "x", NULL,
         "p.yaml:7:3: swim has no option 'colour' (has: warm, depth, laps, stroke, pool, team, day)");
}

static void both_names_of_an_option_are_one_too_many(void **state) {
  sund_ctx *ctx = *state;
  sund_setting list[] = {setting(ctx, 4, "teams", "x", NULL), setting(ctx, 5, "team", "y", NULL)};
  swim_options *got = NULL;
  assert_int_equal(fill(ctx, 2, list, &got), SUND_USAGE);
  const char *said = "";
  sund_failure(ctx, &said, NULL, NULL);
  assert_string_equal(said, "p.yaml:5:3: swim.team: is given twice");
}

/* The n-th allocation fails: SUND_LIMIT, for every n, and nothing else. */
static void every_allocation_may_fail(void **state) {
  (void)state;
  for (size_t n = 1;; n++) {
    sund_ctx *ctx = sund_ctx_new();
    sund_setting list[] = {setting(ctx, 0, "laps", "3,4", NULL), setting(ctx, 0, "team", "x", "y")};
    swim_options *got = NULL;
    sund_ctx_fail_alloc(ctx, n);
    sund_code code = fill(ctx, 2, list, &got);
    sund_ctx_free(ctx);
    if (code == SUND_OK) {
      assert_true(n > 5);
      break;
    }
    assert_int_equal(code, SUND_LIMIT);
    assert_null(got);
  }
}

/* ------------------------------------------------------------------------------------------------------- progress */

/* What a run that reports these shares writes in that mode. */
static void progress_text(const char *mode, bool quiet, bool complete, char *out, size_t room) {
  FILE *stream = tmpfile();
  assert_non_null(stream);
  progress state;
  progress_init(&state, stream, mode, quiet, NULL);
  static const double shares[] = {0, 0.25, 0.20, 0.255, 0.5, 1, 1};
  for (size_t i = 0; i < sizeof shares / sizeof *shares; i++) assert_true(progress_hook(shares[i], "a\n\"b", &state));
  progress_finish(&state, complete);
  progress_finish(&state, complete);
  rewind(stream);
  out[fread(out, 1, room - 1, stream)] = 0;
  fclose(stream);
}

static void progress_rises_and_ends_once(void **state) {
  (void)state;
  char text[600];
  progress_text("json", false, true, text, sizeof text);
  assert_string_equal(text,
                      "{\"share\":0.00,\"stage\":\"a\\u000A\\\"b\"}\n{\"share\":0.25,\"stage\":\"a\\u000A\\\"b\"}\n"
                      "{\"share\":0.50,\"stage\":\"a\\u000A\\\"b\"}\n{\"share\":1.00,\"stage\":\"done\"}\n");
  progress_text("always", false, true, text, sizeof text);
  assert_string_equal(text, "  0 % a\\x0A\"b\n 25 % a\\x0A\"b\n 50 % a\\x0A\"b\n100 % done\n");
  progress_text("json", true, false, text, sizeof text);
  assert_null(strstr(text, "1.00"));
  progress_text("auto", false, true, text, sizeof text);
  assert_string_equal(text, "");
  progress_text(NULL, false, true, text, sizeof text);
  assert_string_equal(text, "");
  progress_text("never", false, true, text, sizeof text);
  assert_string_equal(text, "");
}

static void progress_hands_on_the_wish_to_stop(void **state) {
  sund_ctx *ctx = *state;
  volatile sig_atomic_t stop = 0;
  progress shown;
  progress_init(&shown, stderr, "never", false, &stop);
  sund_ctx_progress(ctx, progress_hook, &shown);
  assert_ok(ctx, sund_progress(ctx, 0.1, "reading"));
  stop = 1;
  assert_int_equal(sund_progress(ctx, 0.2, "reading"), SUND_CANCELLED);
}

/* ----------------------------------------------------------------------------------------------------------- texts */

static void language_with(const char *language, const char *all, const char *messages, const char *lang,
                          int expected) {
  const char *names[] = {"LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG"};
  const char *values[] = {language, all, messages, lang};
  for (size_t i = 0; i < 4; i++) {
    if (values[i]) setenv(names[i], values[i], 1);
    else unsetenv(names[i]);
  }
  assert_int_equal(text_language_of_environment(), expected);
}

static void language_comes_from_the_environment(void **state) {
  (void)state;
  language_with(NULL, NULL, NULL, NULL, SUND_EN);
  language_with(NULL, NULL, NULL, "da_DK.UTF-8", SUND_DA);
  language_with(NULL, NULL, "sv_SE", "da_DK.UTF-8", SUND_SV);
  language_with(NULL, "en_GB.UTF-8", "sv_SE", "da_DK.UTF-8", SUND_EN);
  language_with("fr:sv:da", NULL, NULL, "en_GB.UTF-8", SUND_SV);
  language_with("da", "C", NULL, NULL, SUND_EN);
  language_with("da", "C.UTF-8", NULL, NULL, SUND_DA);
  language_with("dag", NULL, NULL, "", SUND_EN);
  language_with(NULL, NULL, NULL, "s", SUND_EN);
}

static void shell_words_are_quoted_when_needed(void **state) {
  sund_ctx *ctx = *state;
  assert_string_equal(text_shell(ctx, "dk/grønt.gpkg"), "dk/grønt.gpkg");
  assert_string_equal(text_shell(ctx, ""), "''");
  assert_string_equal(text_shell(ctx, "a|where=b = 'x'"), "'a|where=b = '\\''x'\\'''");
}

int main(void) {
  const struct CMUnitTest tests[] = {
      SUND_TEST(defaults_come_from_the_table),
      SUND_TEST(command_line_values_are_read),
      SUND_TEST(file_values_are_read_with_their_places),
      SUND_TEST(wrong_values_on_the_command_line),
      SUND_TEST(wrong_values_in_a_file),
      SUND_TEST(both_names_of_an_option_are_one_too_many),
      SUND_TEST(every_allocation_may_fail),
      SUND_TEST(progress_rises_and_ends_once),
      SUND_TEST(progress_hands_on_the_wish_to_stop),
      SUND_TEST(language_comes_from_the_environment),
      SUND_TEST(shell_words_are_quoted_when_needed),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}

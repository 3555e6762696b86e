/* The program as a function: exit codes, messages, help and lists, without any data. What needs data stands in
 * tests/cases. */
#include "support.h"

#include <fcntl.h>
#include <unistd.h>

#include "queries/arguments.h"
#include "queries/help.h"
#include "sund/queries.h"

/* What a command printed. */
typedef struct outcome {
  int code;
  char out[40000], err[4000];
} outcome;

/* Points `stream` to `to`; returns what it was, for restore. */
static int redirect(FILE *stream, int to) {
  fflush(stream);
  int before = dup(fileno(stream));
  assert_true(before >= 0 && dup2(to, fileno(stream)) >= 0);
  return before;
}

static void restore(FILE *stream, int before) {
  fflush(stream);
  dup2(before, fileno(stream));
  close(before);
}

static void slurp(FILE *file, char *text, size_t room) {
  rewind(file);
  text[fread(text, 1, room - 1, file)] = 0;
  fclose(file);
}

/* Runs `sund LINE`; words are cut at blanks. */
static void run_line(const char *line, outcome *got) {
  enum { ROOM = 32 };
  char copy[1000], *argv[ROOM + 1] = {copy};
  int argc = 1;
  char text[1000];
  assert_true(snprintf(text, sizeof text, "%s", line) < (int)sizeof text);
  strcpy(copy, "sund");
  char *rest = NULL;
  for (char *word = strtok_r(text, " ", &rest); word && argc < ROOM; word = strtok_r(NULL, " ", &rest))
    argv[argc++] = word;
  FILE *out = tmpfile(), *err = tmpfile();
  assert_true(out && err);
  sund_ctx *ctx = sund_ctx_new();
  assert_non_null(ctx);
  int stdout_before = redirect(stdout, fileno(out)), stderr_before = redirect(stderr, fileno(err));
  got->code = sund_command(ctx, argc, argv);
  restore(stderr, stderr_before);
  restore(stdout, stdout_before);
  sund_ctx_free(ctx);
  slurp(out, got->out, sizeof got->out);
  slurp(err, got->err, sizeof got->err);
}

static void plain_environment(void) {
  unsetenv("LANGUAGE");
  unsetenv("LC_ALL");
  unsetenv("LC_MESSAGES");
  setenv("LANG", "C", 1);
}

/* ---------------------------------------------------------------------------------------------------------- usage */

/* Every one of these is exit 2, one line on stderr that is exactly this, nothing on stdout. */
static const struct {
  const char *line, *message;
} wrong[] = {
    {"", "sund: say what to do: sund run PROJECT.yaml -o RESULT.gpkg, or see sund help"},
    {"acess p.yaml", "sund: unknown command 'acess'; did you mean 'access'?"},
    {"chekc p.yaml", "sund: unknown command 'chekc'; did you mean 'check'?"},
    {"zebra",
     "sund: unknown command 'zebra' (run, check, demo, explain, trend, list, help, or a query: access, coast, "
     "flood, catchment, labour)"},
    {"partners p.yaml -o r.gpkg",
     "sund: the query 'partners' is not in this version (has: access, coast, flood, catchment, labour)"},
    {"help partners",
     "sund help: the query 'partners' is not in this version (has: access, coast, flood, catchment, labour)"},
    {"labour --rule scb -o r.gpkg",
     "sund labour: a project file or sources are missing: sund labour (PROJECT.yaml | --ROLE SOURCE …)"},
    {"labour --flows f.csv -o r.gpkg --together A",
     "sund labour: --together: 'A' is one unit; name two or more: A,B"},
    {"help coats", "sund help: unknown command 'coats'; did you mean 'coast'?"},
    {"p.yaml", "sund: 'p.yaml' is no command; a project is run by: sund run p.yaml -o RESULT.gpkg"},
    {"--lang da", "sund: say what to do: a command is missing (see sund help)"},
    {"--homes h.gpkg access", "sund: --homes belongs to a query: put the query first"},
    {"run", "sund run: PROJECT.yaml is missing after 'run'"},
    {"run p.yaml q.yaml", "sund run: 'q.yaml' is one argument too many (run takes PROJECT.yaml)"},
    {"run p.yaml", "sund run: -o RESULT.gpkg is missing (not needed with --json or --dry-run)"},
    {"run p.yaml -o", "sund run: -o: the value is missing"},
    {"run p.yaml -o --overwrite", "sund run: -o: the value is missing"},
    {"run p.yaml --output=", "sund run: --output: the value is empty"},
    {"run p.yaml -o r.shp", "sund run: --output: the result is a GeoPackage; name it something.gpkg, not 'r.shp'"},
    {"run p.yaml -o r.gpkg -o s.gpkg", "sund run: --output is given twice"},
    {"run p.yaml -o r.gpkg --overwriet", "sund run: unknown option --overwriet; did you mean --overwrite?"},
    {"run p.yaml -o r.gpkg -overwrite", "sund run: unknown option -overwrite; did you mean --overwrite?"},
    {"run p.yaml -o r.gpkg --overwrite=yes", "sund run: --overwrite takes no value"},
    {"run p.yaml -o r.gpkg -x", "sund run: unknown option -x (see sund help)"},
    {"run p.yaml -o r.gpkg --threads 0", "sund run: --threads: 0 is not between 1 and 1024"},
    {"run p.yaml -o r.gpkg --threads -1", "sund run: --threads: -1 is not between 1 and 1024"},
    {"run p.yaml -o r.gpkg --threads 1.5", "sund run: --threads: 1.5 is not a whole number"},
    {"run p.yaml -o r.gpkg --threads two", "sund run: --threads: 'two' is not a number"},
    {"run p.yaml -o r.gpkg --lang xx", "sund run: --lang: unknown word 'xx' (one of: da, sv, en)"},
    {"run p.yaml -o r.gpkg --progress allways",
     "sund run: --progress: unknown word 'allways'; did you mean 'always'?"},
    {"run p.yaml -o r.gpkg -q -v", "sund run: --quiet and --verbose contradict each other"},
    {"run p.yaml -o r.gpkg --homes h.gpkg",
     "sund run: run takes its sources from the project file, not from --homes"},
    {"run h.gpkg -o r.gpkg",
     "sund run: 'h.gpkg' is no project file; a source belongs to a query: sund QUERY --ROLE h.gpkg"},
    {"run missing.yaml -o r.gpkg", "sund run: missing.yaml: No such file or directory"},
    {"check", "sund check: PROJECT.yaml is missing after 'check'"},
    {"check p.yaml -o r.gpkg", "sund check: check does not take --output"},
    {"demo", "sund demo: DIR is missing after 'demo'"},
    {"list", "sund list: queries|roles|profiles|standards is missing after 'list'"},
    {"list role", "sund list: no list 'role'; did you mean 'roles'?"},
    {"list cities", "sund list: no list 'cities' (has: queries, roles, profiles, standards)"},
    {"list roles --json", "sund list: list does not take --json"},
    {"access -o r.gpkg",
     "sund access: a project file or sources are missing: sund access (PROJECT.yaml | --ROLE SOURCE …)"},
    {"access --hoems h.gpkg -o r.gpkg", "sund access: unknown option --hoems; did you mean --homes?"},
    {"access --homes h.gpkg -o r.gpkg --snap-limit 0,35",
     "sund access: --snap-limit: '0,35' is not a number; write 0.35"},
    {"access --homes h.gpkg --green g.gpkg -o r.gpkg --distance strait",
     "sund access: --distance: unknown word 'strait'; did you mean 'straight'?"},
    {"access --homes h.gpkg --scenario x -o r.gpkg",
     "sund access: --scenario: scenarios stand in a project file, and none is given"},
    {"coast --land l.gpkg -o r.gpkg --snap-limit 3", "sund coast: --snap-limit is an option of access, not of coast"},
    {"coast --land l.gpkg -o r.gpkg --tolerances 1,,2",
     "sund coast: --tolerances: a number is missing between the commas"},
    {"coast --land l.gpkg -o r.gpkg --tolerances 1 --tolerances 2", "sund coast: --tolerances is given twice"},
    {"run -- -o", "sund run: -o RESULT.gpkg is missing (not needed with --json or --dry-run)"},
};

static void usage_is_one_line_and_exit_2(void **state) {
  (void)state;
  plain_environment();
  static outcome got;
  for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
    run_line(wrong[i].line, &got);
    size_t length = strlen(wrong[i].message);
    if (got.code != 2 || strncmp(got.err, wrong[i].message, length) != 0 || strcmp(got.err + length, "\n") != 0 ||
        *got.out)
      fail_msg("sund %s: exit %d, stderr \"%s\", stdout \"%.60s\", expected \"%s\"", wrong[i].line, got.code, got.err,
               got.out, wrong[i].message);
  }
}

/* Text of unknown content must not reach the terminal as control characters. */
static void messages_are_harmless(void **state) {
  (void)state;
  static outcome got;
  run_line("run p.yaml -o r.gpkg --lang \033[31m\nx\xc2\x9bz", &got);
  assert_int_equal(got.code, 2);
  assert_string_equal(got.err, "sund run: --lang: unknown word '\\x1B[31m\\x0Ax\\xC2\\x9Bz' (one of: da, sv, en)\n");
}

/* A required role that is not given is missed before anything is opened. */
static void a_missing_role_is_named(void **state) {
  (void)state;
  static outcome got;
  run_line("access --green nowhere.gpkg -o r.gpkg", &got);
  assert_int_equal(got.code, 2);
  assert_ptr_equal(strstr(got.err, "sund access: --homes SOURCE is missing: "), got.err);
  run_line("access --homes nowhere.gpkg --green nowhere.gpkg -o r.gpkg", &got);
  assert_int_equal(got.code, 3);
  assert_non_null(strstr(got.err, "nowhere.gpkg"));
}

/* ------------------------------------------------------------------------------------------------------ arguments */

static void arguments_are_collected(void **state) {
  sund_ctx *ctx = *state;
  char *argv[] = {"sund",
                  "-v",
                  "access",
                  "--standard",
                  "who-05",
                  "--homes=a b.gpkg|persons=T",
                  "--crs",
                  "EPSG:25832",
                  "--overwrite",
                  "--standard",
                  "near.yaml",
                  "--homes",
                  "c.gpkg",
                  "--threads=3",
                  "--lang",
                  "sv",
                  "--snap-limit=100",
                  "-o",
                  "out.gpkg",
                  "project.yaml",
                  "-n",
                  "--progress",
                  "never"};
  arguments got;
  assert_ok(ctx, arguments_read(ctx, (int)(sizeof argv / sizeof *argv), argv, &got));
  assert_string_equal(got.query->name, "access");
  assert_string_equal(got.operand, "project.yaml");
  assert_string_equal(got.common.output, "out.gpkg");
  assert_string_equal(got.common.crs, "EPSG:25832");
  assert_true(got.common.overwrite && got.common.dry_run && got.common.verbose && !got.common.json);
  assert_true(got.common.threads == 3);
  assert_int_equal(got.language, SUND_SV);
  assert_int_equal(got.sources, 2);
  assert_int_equal(got.source[0].role, SUND_HOMES);
  assert_string_equal(got.source[0].path, "a b.gpkg");
  assert_int_equal(got.source[0].fields, 1);
  assert_string_equal(got.source[1].path, "c.gpkg");
  assert_int_equal(got.request.settings, 2);
  assert_string_equal(got.request.setting[0].name, "standard");
  assert_int_equal(got.request.setting[0].values, 2);
  assert_string_equal(got.request.setting[0].value[1], "near.yaml");
  assert_string_equal(got.request.setting[1].value[0], "100");
  /* The record has what changes the result, and nothing else. */
  assert_string_equal(got.recorded,
                      "sund access --standard who-05 --homes 'a b.gpkg|persons=T' --crs EPSG:25832 --standard "
                      "near.yaml --homes c.gpkg --lang sv --snap-limit 100 project.yaml");
}

/* The n-th allocation fails: SUND_LIMIT for every n. */
static void arguments_survive_want_of_memory(void **state) {
  (void)state;
  char *argv[] = {"sund", "access",           "--homes", "a.gpkg|persons=T", "--standard",
                  "who",  "--crs=EPSG:25832", "-o",      "r b.gpkg"};
  for (size_t n = 1;; n++) {
    sund_ctx *ctx = sund_ctx_new();
    arguments got;
    sund_ctx_fail_alloc(ctx, n);
    sund_code code = arguments_read(ctx, (int)(sizeof argv / sizeof *argv), argv, &got);
    sund_ctx_free(ctx);
    if (code == SUND_OK) {
      assert_true(n > 10);
      break;
    }
    if (code != SUND_LIMIT) fail_msg("allocation %zu: code %d", n, code);
  }
}

/* ---------------------------------------------------------------------------------------------------------- output */

static void version_is_one_line(void **state) {
  (void)state;
  static outcome got;
  const char *lines[] = {"--version", "access --version"};
  for (size_t i = 0; i < 2; i++) {
    run_line(lines[i], &got);
    assert_int_equal(got.code, 0);
    assert_string_equal(got.out, "sund " SUND_VERSION "\n");
    assert_string_equal(got.err, "");
  }
  run_line("-v --version", &got);
  assert_ptr_equal(strstr(got.out, "sund " SUND_VERSION "\n"), got.out);
  assert_non_null(strstr(got.out, "GDAL "));
}

/* The help of a query names every option, role and layer of its tables, in each language, with unit and default. */
static void help_shows_the_tables(void **state) {
  sund_ctx *ctx = *state;
  plain_environment();
  static outcome got;
  static const char *const languages[] = {"da", "sv", "en"};
  for (size_t q = 0; sund_queries[q]; q++)
    for (int language = 0; language < 3; language++) {
      const sund_query *query = sund_queries[q];
      run_line(sund_text(ctx, "help %s --lang %s", query->name, languages[language]), &got);
      assert_int_equal(got.code, 0);
      assert_string_equal(got.err, "");
      assert_non_null(strstr(got.out, query->summary[language]));
      for (size_t i = 0; i < query->option_count; i++) {
        const sund_option *option = &query->options[i];
        assert_non_null(strstr(got.out, sund_text(ctx, "\n  --%s", option->name)));
        if (sund_role_find(option->name) != SUND_ROLE_COUNT) continue; /* told of as a role */
        assert_non_null(strstr(got.out, option->help[language]));
        if (option->fallback) assert_non_null(strstr(got.out, option->fallback));
      }
      for (size_t i = 0; i < query->need_count; i++) {
        assert_non_null(strstr(got.out, sund_text(ctx, "--%s SOURCE", sund_role_of(query->needs[i].role)->name)));
        assert_non_null(strstr(got.out, query->needs[i].why[language]));
      }
      for (size_t i = 0; query->answers[i]; i++) assert_non_null(strstr(got.out, query->answers[i]));
      assert_non_null(strstr(got.out, "--overwrite"));
    }
}

static void help_is_found_anywhere(void **state) {
  (void)state;
  plain_environment();
  static outcome first, got;
  run_line("help access", &first);
  const char *lines[] = {"access --help", "access -h", "--help access", "access --nonsense -o --help",
                         "help access -v"};
  for (size_t i = 0; i < 5; i++) {
    run_line(lines[i], &got);
    assert_int_equal(got.code, 0);
    assert_string_equal(got.out, first.out);
  }
  run_line("help", &first);
  assert_non_null(strstr(first.out, "\nCommands:\n"));
  run_line("--help", &got);
  assert_string_equal(got.out, first.out);
  run_line("-h --lang sv", &got);
  assert_non_null(strstr(got.out, "Kommandon:"));
  run_line("help check", &got);
  assert_non_null(strstr(got.out, "sund check PROJECT.yaml"));
  run_line("acess --help", &got);
  assert_int_equal(got.code, 2);
}

static size_t lines_of(const char *text) {
  size_t lines = 0;
  for (; *text; text++) lines += *text == '\n';
  return lines;
}

static void lists_are_one_line_each(void **state) {
  (void)state;
  plain_environment();
  static outcome got;
  size_t count = 0;
  run_line("list queries", &got);
  while (sund_queries[count]) count++;
  assert_int_equal(lines_of(got.out), count);
  run_line("list roles", &got);
  assert_int_equal(lines_of(got.out), SUND_ROLE_COUNT);
  assert_non_null(strstr(got.out, "homes      point, polygon"));
  run_line("list roles --lang sv", &got);
  assert_non_null(strstr(got.out, "homes      punkt, yta"));
  run_line("list standards", &got);
  for (count = 0; sund_shipped_standards[count].name; count++)
    assert_non_null(strstr(got.out, sund_shipped_standards[count].name));
  assert_int_equal(lines_of(got.out), count);
  assert_non_null(strstr(got.out, "who-05             >= 0.5 ha  <= 300 m"));
  run_line("list profiles", &got);
  for (count = 0; sund_shipped_profiles[count].name; count++)
    assert_non_null(strstr(got.out, sund_shipped_profiles[count].name));
  assert_int_equal(lines_of(got.out), count);
  assert_int_equal(got.code, 0);
}

/* Output that cannot be written is exit 4, and says so. */
static void a_full_disk_is_noticed(void **state) {
  sund_ctx *ctx = *state;
  int full = open("/dev/full", O_WRONLY);
  if (full < 0) skip();
  FILE *err = tmpfile();
  assert_non_null(err);
  char *argv[] = {"sund", "list", "roles"};
  int stdout_before = redirect(stdout, full), stderr_before = redirect(stderr, fileno(err));
  int code = sund_command(ctx, 3, argv);
  restore(stderr, stderr_before);
  restore(stdout, stdout_before);
  close(full);
  char text[400];
  slurp(err, text, sizeof text);
  assert_int_equal(code, 4);
  assert_string_equal(text, "sund list: standard output cannot be written: No space left on device\n");
}

int main(void) {
  const struct CMUnitTest tests[] = {
      SUND_TEST(usage_is_one_line_and_exit_2),
      SUND_TEST(messages_are_harmless),
      SUND_TEST(a_missing_role_is_named),
      SUND_TEST(arguments_are_collected),
      SUND_TEST(arguments_survive_want_of_memory),
      SUND_TEST(version_is_one_line),
      SUND_TEST(help_shows_the_tables),
      SUND_TEST(help_is_found_anywhere),
      SUND_TEST(lists_are_one_line_each),
      SUND_TEST(a_full_disk_is_noticed),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}

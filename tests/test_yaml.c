/* test_yaml.c - YAML texts as nodes with places: what is read, what is refused and where, numbers, random texts. */
#include <math.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sund/layers.h"
#include "support.h"

static sund_code parse(sund_ctx *ctx, const char *text, sund_node **out) {
  return sund_yaml_parse(ctx, "project.yaml", text, strlen(text), out);
}

static const char *message_of(sund_ctx *ctx) {
  const char *message = NULL;
  sund_failure(ctx, &message, NULL, NULL);
  return message ? message : "";
}

/* The text must fail with a message that begins with `begin` and contains `part`. */
static void refuses(const char *text, size_t length, const char *begin, const char *part) {
  sund_ctx *ctx = sund_ctx_new();
  sund_node *root = NULL;
  assert_int_equal(sund_yaml_parse(ctx, "project.yaml", text, length, &root), SUND_USAGE);
  const char *message = message_of(ctx);
  if (strncmp(message, begin, strlen(begin)) != 0 || !strstr(message, part))
    fail_msg("expected %s...%s, got: %s", begin, part, message);
  assert_null(strchr(message, '\n'));
  assert_null(root);
  sund_ctx_free(ctx);
}

static void refuses_text(const char *text, const char *begin, const char *part) {
  refuses(text, strlen(text), begin, part);
}

static void reads_nodes_with_places(void **state) {
  sund_ctx *ctx = *state;
  sund_node *root = NULL;
  assert_ok(
      ctx, parse(ctx, "name: Helsingør\nlayers:\n  green:\n    - {source: a.gpkg, n: 0217}\n    - \"b|c\"\n", &root));
  assert_int_equal(root->kind, SUND_MAP);
  assert_int_equal(root->count, 2);
  assert_string_equal(root->key[0], "name");
  assert_string_equal(root->item[0]->text, "Helsingør");
  assert_int_equal(root->item[0]->mark.line, 1);
  assert_int_equal(root->item[0]->mark.column, 7);
  const sund_node *green = sund_node_get(sund_node_get(root, "layers"), "green");
  assert_int_equal(green->kind, SUND_LIST);
  assert_int_equal(green->count, 2);
  assert_string_equal(sund_node_get(green->item[0], "n")->text, "0217");
  assert_false(sund_node_get(green->item[0], "n")->quoted);
  assert_int_equal(green->item[0]->key_mark[1].line, 4);
  assert_int_equal(green->item[0]->key_mark[1].column, 24);
  assert_string_equal(green->item[1]->text, "b|c");
  assert_true(green->item[1]->quoted);
  assert_string_equal(green->item[1]->mark.file, "project.yaml");
  assert_null(sund_node_get(root, "heights"));
  assert_null(sund_node_get(root->item[0], "name"));
}

static void scalars_stay_text(void **state) {
  sund_ctx *ctx = *state;
  sund_node *root = NULL;
  assert_ok(ctx, parse(ctx, "[NO, no, yes, 0217, 1_000, 0x10, 1e3, ~, null, 12:30, 2024-01-31, '', true]", &root));
  static const char *const expected[] = {"NO", "no",   "yes",   "0217",       "1_000", "0x10", "1e3",
                                         "~",  "null", "12:30", "2024-01-31", "",      "true"};
  assert_int_equal(root->count, sizeof expected / sizeof *expected);
  for (size_t k = 0; k < root->count; k++) assert_string_equal(root->item[k]->text, expected[k]);
}

static void empty_values_are_scalars(void **state) {
  sund_ctx *ctx = *state;
  sund_node *root = NULL;
  assert_ok(ctx, parse(ctx, "queries:\n  coast:\n  access: {}\n", &root));
  const sund_node *queries = root->item[0];
  assert_int_equal(queries->count, 2);
  assert_int_equal(queries->item[0]->kind, SUND_SCALAR);
  assert_string_equal(queries->item[0]->text, "");
  assert_int_equal(queries->item[1]->kind, SUND_MAP);
  assert_int_equal(queries->item[1]->count, 0);
}

static void nordic_keys_and_byte_order_mark(void **state) {
  sund_ctx *ctx = *state;
  sund_node *root = NULL;
  assert_ok(ctx, parse(ctx, "\xEF\xBB\xBFmålsætning: ø\nväg: ä\r\nå: 1\r\n", &root));
  assert_int_equal(root->count, 3);
  assert_string_equal(sund_node_get(root, "målsætning")->text, "ø");
  assert_int_equal(root->item[0]->mark.column, 13);
  assert_int_equal(root->key_mark[2].line, 3);
}

static void reports_the_second_of_two_keys(void **state) {
  (void)state;
  refuses_text("name: a\ncrs: b\nname: c\n", "project.yaml:3:1: ", "name is given twice (first in line 1)");
  refuses_text("q:\n  a: 1\n  b: 2\n  b: 3\n  a: 4\n", "project.yaml:4:3: ", "b is given twice (first in line 3)");
  refuses_text("{æ: 1, ø: 2, æ: 3}", "project.yaml:1:14: ", "given twice");
  refuses_text("name: a\n\"name\": b\n", "project.yaml:2:1: ", "given twice");
}

static void equal_keys_in_different_maps_are_fine(void **state) {
  sund_ctx *ctx = *state;
  sund_node *root = NULL;
  assert_ok(ctx, parse(ctx, "a: {x: 1}\nb: {x: 2}\nx: {a: 1, b: 2}\n", &root));
}

static void refuses_what_may_grow_or_mislead(void **state) {
  (void)state;
  refuses_text("a: &x [1, 2]\nb: *x\n", "project.yaml:1:4: ", "anchors");
  refuses_text("a: 1\nb: *x\n", "project.yaml:2:4: ", "aliases");
  refuses_text("a: !!str 1\n", "project.yaml:1:4: ", "tags");
  refuses_text("a: !include /etc/passwd\n", "project.yaml:1:4: ", "tags");
  refuses_text("a: 1\n---\nb: 2\n", "project.yaml:2:1: ", "second document");
  refuses_text("a: \"x\\0y\"\n", "project.yaml:1:4: ", "control character");
  refuses_text("a: \"x\\e[31m\"\n", "project.yaml:1:4: ", "control character");
  refuses_text("? [1, 2]\n: 3\n", "project.yaml:1:3: ", "a key must be a word");
  refuses_text("a: 1\n: 2\n", "project.yaml:2:1: ", "");
  refuses_text("", "project.yaml:1:1: ", "empty");
  refuses_text("# nothing\n\n", "project.yaml:1:1: ", "empty");
}

static void an_alias_bomb_is_refused_at_its_first_anchor(void **state) {
  (void)state;
  refuses_text(
      "a: &a [x, x, x, x, x, x, x, x, x]\nb: &b [*a, *a, *a, *a, *a, *a]\nc: &c [*b, *b, *b, *b, *b]\nd: [*c, *c]\n",
      "project.yaml:1:4: ", "anchors");
}

static void nests_sixteen_deep_and_no_deeper(void **state) {
  sund_ctx *ctx = *state;
  sund_node *root = NULL;
  assert_ok(ctx, parse(ctx, "[[[[[[[[[[[[[[[[x]]]]]]]]]]]]]]]]", &root));
  refuses_text("[[[[[[[[[[[[[[[[[x]]]]]]]]]]]]]]]]]", "project.yaml:1:17: ", "deeper than 16");
  enum { BOMB = 200000 };
  char *bomb = sund_alloc(ctx, BOMB, 1);
  memset(bomb, '[', BOMB);
  refuses(bomb, BOMB, "project.yaml:1:17: ", "deeper than 16");
  for (size_t k = 0; k < BOMB; k++) bomb[k] = "- "[k % 2];
  refuses(bomb, BOMB, "project.yaml:1:33: ", "deeper than 16");
}

static void refuses_more_than_four_megabytes(void **state) {
  sund_ctx *ctx = *state;
  size_t length = ((size_t)4 << 20) + 1;
  char *text = sund_alloc(ctx, length, 1);
  memset(text, '#', length);
  refuses(text, length, "project.yaml:1:1: ", "larger than 4 MB");
}

static void syntax_errors_have_their_place(void **state) {
  (void)state;
  refuses_text("layers:\n\tgreen: a\n", "project.yaml:2:1: ", "a tab cannot indent");
  refuses_text("a: [1, 2\nb: 3\n", "project.yaml:2:", "not YAML");
  refuses_text("a: 1\n b: 2\n", "project.yaml:2:", "not YAML");
  refuses_text("a: \"x\n", "project.yaml:", "not YAML");
  refuses_text("name: 'x' y\n", "project.yaml:1:11: ", "not YAML");
}

static void invalid_utf8_has_its_place(void **state) {
  (void)state;
  refuses_text(
      "a: 1\nnavn: K\xF8"
      "benhavn\n",
      "project.yaml:2:8: ", "UTF-8");
  refuses_text("å: \xC3\x28\n", "project.yaml:1:4: ", "UTF-8");
  refuses("a: \0b", 5, "project.yaml:1:4: ", "UTF-8");
}

static double number_of(sund_ctx *ctx, const char *text) {
  sund_node node = {.kind = SUND_SCALAR, .text = text};
  double value = NAN;
  assert_ok(ctx, sund_node_number(ctx, &node, &value));
  return value;
}

static void reads_numbers(void **state) {
  sund_ctx *ctx = *state;
  assert_true(number_of(ctx, "0.35") == 0.35);
  assert_true(number_of(ctx, "-1.5e3") == -1500);
  assert_true(number_of(ctx, "+2") == 2);
  assert_true(number_of(ctx, ".5") == 0.5);
  assert_true(number_of(ctx, "5.") == 5);
  assert_true(number_of(ctx, "0217") == 217);
  assert_true(number_of(ctx, "1E-2") == 0.01);
}

static void refuses_number(const char *text, const char *part) {
  sund_ctx *ctx = sund_ctx_new();
  sund_node node = {.kind = SUND_SCALAR, .text = text, .mark = {"p.yaml", 3, 5}};
  double value = 42;
  assert_int_equal(sund_node_number(ctx, &node, &value), SUND_USAGE);
  assert_true(value == 42);
  const char *message = message_of(ctx);
  if (strncmp(message, "p.yaml:3:5: ", 12) != 0 || !strstr(message, part)) fail_msg("%s: %s", text, message);
  sund_ctx_free(ctx);
}

static void refuses_what_is_no_number(void **state) {
  sund_ctx *ctx = *state;
  refuses_number("0,35", "write 0.35");
  refuses_number("-1,5", "write -1.5");
  refuses_number("1,000.5", "1,000.5 is no number");
  refuses_number("1e400", "too large");
  refuses_number("", "missing");
  static const char *const wrong[] = {"1_000", "0x10", "nan", "inf", ".",     "-",  "1e",
                                      "1 000", " 1",   "1 ",  "1m",  "1.2.3", "e5", "--1"};
  for (size_t k = 0; k < sizeof wrong / sizeof *wrong; k++) refuses_number(wrong[k], "is no number");
  sund_node list = {.kind = SUND_LIST, .mark = {"p.yaml", 3, 5}};
  double value = 0;
  assert_int_equal(sund_node_number(ctx, &list, &value), SUND_USAGE);
  assert_string_equal(message_of(ctx), "p.yaml:3:5: a number is expected here, not a list");
}

static void failing_at_the_command_line_has_no_place(void **state) {
  sund_ctx *ctx = *state;
  sund_mark line = {NULL, 0, 0};
  assert_int_equal(sund_fail_at(ctx, line, "--%s is odd", "levels"), SUND_USAGE);
  assert_string_equal(message_of(ctx), "--levels is odd");
}

static void reads_files_by_base_name(void **state) {
  sund_ctx *ctx = *state;
  char folder[] = P_tmpdir "/sund-yaml-XXXXXX";
  assert_non_null(mkdtemp(folder));
  char path[64], pipe[64];
  snprintf(path, sizeof path, "%s/øst.yaml", folder);
  snprintf(pipe, sizeof pipe, "%s/pipe.yaml", folder);
  FILE *file = fopen(path, "w");
  assert_non_null(file);
  fputs("a: 1\na: 2\n", file);
  fclose(file);
  assert_int_equal(mkfifo(pipe, 0600), 0);
  sund_node *root = NULL;
  const char *wrong[] = {path, folder, pipe, "/nowhere/p.yaml"};
  const char *said[] = {"øst.yaml:2:1: a is given twice (first in line 1)", "not a file", "pipe.yaml: not a file",
                        "p.yaml: No such file"};
  for (size_t k = 0; k < 4; k++) {
    sund_ctx *child = sund_ctx_child(ctx);
    assert_int_equal(sund_yaml_read(child, wrong[k], &root), SUND_USAGE);
    assert_non_null(strstr(message_of(child), said[k]));
    assert_null(strstr(message_of(child), "/"));
    sund_ctx_free(child);
  }
  unlink(path);
  unlink(pipe);
  rmdir(folder);
}

/* Every text is read or refused with a place, whatever it holds, and a text that is read survives being cut. */
static void random_texts_are_read_or_refused(void **state) {
  (void)state;
  static const char *const piece[] = {"a",  "b: ", "- ", "\n", "  ", "[", "]", "{",    "}",   ", ", "'",
                                      "\"", "é",   "\t", ":",  "?",  "#", "|", "\xF8", "&x ", "1"};
  uint64_t seed = support_seed(), random = seed;
  for (size_t run = 0; run < 3000; run++) {
    char text[256] = "";
    size_t pieces = support_random(&random) % 30;
    for (size_t k = 0; k < pieces; k++) strcat(text, piece[support_random(&random) % (sizeof piece / sizeof *piece)]);
    sund_ctx *ctx = sund_ctx_new();
    sund_node *root = NULL;
    sund_code code = parse(ctx, text, &root);
    bool fine =
        code == SUND_OK ? root != NULL : code == SUND_USAGE && strncmp(message_of(ctx), "project.yaml:", 13) == 0;
    if (!fine) fail_msg("seed %llu, run %zu: code %d, %s", (unsigned long long)seed, run, (int)code, message_of(ctx));
    sund_ctx_free(ctx);
  }
}

static void every_allocation_may_fail(void **state) {
  (void)state;
  const char *text = "a: [1, {b: 2, c: [3]}]\nd: \"e\"\nf: {g: 1, h: 2}\n";
  for (size_t n = 1;; n++) {
    sund_ctx *ctx = sund_ctx_new();
    sund_node *root = NULL;
    sund_ctx_fail_alloc(ctx, n);
    sund_code code = parse(ctx, text, &root);
    bool reached = sund_ctx_allocations(ctx) >= n;
    assert_int_equal(code, reached ? SUND_LIMIT : SUND_OK);
    assert_true(reached == !root);
    sund_ctx_free(ctx);
    if (!reached) break;
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      SUND_TEST(reads_nodes_with_places),
      SUND_TEST(scalars_stay_text),
      SUND_TEST(empty_values_are_scalars),
      SUND_TEST(nordic_keys_and_byte_order_mark),
      SUND_TEST(reports_the_second_of_two_keys),
      SUND_TEST(equal_keys_in_different_maps_are_fine),
      SUND_TEST(refuses_what_may_grow_or_mislead),
      SUND_TEST(an_alias_bomb_is_refused_at_its_first_anchor),
      SUND_TEST(nests_sixteen_deep_and_no_deeper),
      SUND_TEST(refuses_more_than_four_megabytes),
      SUND_TEST(syntax_errors_have_their_place),
      SUND_TEST(invalid_utf8_has_its_place),
      SUND_TEST(reads_numbers),
      SUND_TEST(refuses_what_is_no_number),
      SUND_TEST(failing_at_the_command_line_has_no_place),
      SUND_TEST(reads_files_by_base_name),
      SUND_TEST(random_texts_are_read_or_refused),
      SUND_TEST(every_allocation_may_fail),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}

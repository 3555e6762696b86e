/* test_word.c - names as people write them: alike, patterns, nearest words against a slow twin. */
#include "layers/word.h"
#include "support.h"

static void nordic_spellings_are_alike(void **state) {
  (void)state;
  static const char *const pairs[][2] = {{"vådområde", "vaadomraade"},
                                         {"Vådområde", "VADOMRADE"},
                                         {"sø", "soe"},
                                         {"SJÖ", "sjo"},
                                         {"sjö", "sjø"},
                                         {"ÆBLE", "aeble"},
                                         {"å", "a\xCC\x8A"},
                                         {"ä", "æ"},
                                         {"", ""},
                                         {"niva", "nivå"},
                                         {"o\xCC\x88st", "øst"},
                                         {"bostader", "Bostäder"},
                                         {"code", "CODE"}};
  for (size_t k = 0; k < sizeof pairs / sizeof *pairs; k++)
    if (!word_alike(pairs[k][0], pairs[k][1]) || !word_alike(pairs[k][1], pairs[k][0]))
      fail_msg("%s and %s", pairs[k][0], pairs[k][1]);
}

static void other_words_are_not_alike(void **state) {
  (void)state;
  static const char *const pairs[][2] = {{"navn", "namn"}, {"id", "idd"}, {"a", ""},      {"so", "sa"},
                                         {"kode", "kod"},  {"é", "e"},    {"eng", "äng"}, {"ø", "å"}};
  for (size_t k = 0; k < sizeof pairs / sizeof *pairs; k++)
    if (word_alike(pairs[k][0], pairs[k][1])) fail_msg("%s and %s", pairs[k][0], pairs[k][1]);
}

static void the_closest_spelling_is_found(void **state) {
  (void)state;
  const char *const words[] = {"nivaa", "NIVÅ", "nivå", "Name"};
  assert_int_equal(word_find("nivå", 4, words), 2);
  assert_int_equal(word_find("Nivå", 4, words), 1);
  assert_int_equal(word_find("niva", 4, words), 0);
  assert_int_equal(word_find("NAME", 4, words), 3);
  assert_int_equal(word_find("id", 4, words), SIZE_MAX);
  assert_int_equal(word_find("id", 0, words), SIZE_MAX);
}

static void patterns_fit(void **state) {
  (void)state;
  assert_true(word_fits("NVDB_DK_O_GCM_vagtyp", "nvdb*gcm_vägtyp"));
  assert_true(word_fits("kommuneinddeling", "*kommun*"));
  assert_true(word_fits("kommun", "*kommun*"));
  assert_true(word_fits("", "*"));
  assert_true(word_fits("abcab", "*ab"));
  assert_true(word_fits("aXb", "a?b"));
  assert_true(word_fits("sø", "s?"));
  assert_true(word_fits("mississippi", "m*iss*ip*i"));
  assert_false(word_fits("kommun", "kommun?"));
  assert_false(word_fits("sogne", "*kommun*"));
  assert_false(word_fits("", "?"));
  assert_false(word_fits("abc", "ab"));
  assert_false(word_fits("ab", "abc"));
  assert_false(word_fits("xaby", "*ab"));
}

static void nearest_words(void **state) {
  (void)state;
  const char *const words[] = {"threads", "layers", "heights", "areas", "green", "who-05"};
  assert_string_equal(sund_nearest_word("theads", 6, words), "threads");
  assert_string_equal(sund_nearest_word("LAYERS", 6, words), "layers");
  assert_string_equal(sund_nearest_word("layesr", 6, words), "layers");
  assert_string_equal(sund_nearest_word("hieghts", 6, words), "heights");
  assert_string_equal(sund_nearest_word("grene", 6, words), "green");
  assert_null(sund_nearest_word("ar", 6, words));
  assert_null(sund_nearest_word("", 6, words));
  assert_null(sund_nearest_word("thread_count", 6, words));
  assert_null(sund_nearest_word("abcd", 6, words));
  assert_null(sund_nearest_word("green", 0, words));
  char longest[200];
  memset(longest, 'a', sizeof longest - 1);
  longest[sizeof longest - 1] = '\0';
  assert_null(sund_nearest_word(longest, 6, words));
}

/* Optimal string alignment by its recursive definition. */
static size_t slow_distance(const char *a, size_t n, const char *b, size_t m) {
  if (n == 0 || m == 0) return n + m;
  size_t best = slow_distance(a, n - 1, b, m - 1) + (a[n - 1] != b[m - 1]);
  size_t less = slow_distance(a, n - 1, b, m) + 1, more = slow_distance(a, n, b, m - 1) + 1;
  if (less < best) best = less;
  if (more < best) best = more;
  if (n > 1 && m > 1 && a[n - 1] == b[m - 2] && a[n - 2] == b[m - 1]) {
    size_t swapped = slow_distance(a, n - 2, b, m - 2) + 1;
    if (swapped < best) best = swapped;
  }
  return best;
}

static void nearest_words_equal_the_slow_twin(void **state) {
  (void)state;
  uint64_t seed = support_seed(), random = seed;
  for (size_t run = 0; run < 400; run++) {
    char word[4][8];
    for (size_t k = 0; k < 4; k++) {
      size_t n = support_random(&random) % 7;
      for (size_t j = 0; j < n; j++) word[k][j] = (char)('a' + support_random(&random) % 3);
      word[k][n] = '\0';
    }
    const char *const words[] = {word[1], word[2], word[3]};
    const char *expected = NULL;
    size_t fewest = 3, n = strlen(word[0]);
    for (size_t k = 0; k < 3; k++) {
      size_t edits = slow_distance(word[0], n, words[k], strlen(words[k]));
      if (edits >= fewest || 2 * edits >= n) continue;
      fewest = edits;
      expected = words[k];
    }
    const char *nearest = sund_nearest_word(word[0], 3, words);
    if (nearest != expected)
      fail_msg("seed %llu, run %zu: %s among %s %s %s", (unsigned long long)seed, run, word[0], word[1], word[2],
               word[3]);
  }
}

static void texts_are_shown_safely(void **state) {
  sund_ctx *ctx = *state;
  assert_string_equal(word_shown(ctx, "a\x1b[31m\nb"), "a?[31m?b");
  char text[400] = "";
  for (size_t k = 0; k < 100; k++) strcat(text, "ø");
  const char *shown = word_shown(ctx, text);
  assert_int_equal(strlen(shown), 60 * 2 + 3);
  const char *const words[] = {"areas", "green"};
  assert_string_equal(word_hint(ctx, "gren", 2, words), " (did you mean green?)");
  assert_string_equal(word_hint(ctx, "sea", 2, words), "");
  assert_string_equal(word_list(ctx, 2, words), "areas, green");
  assert_string_equal(word_list(ctx, 0, words), "");
}

int main(void) {
  const struct CMUnitTest tests[] = {
      SUND_TEST(nordic_spellings_are_alike),
      SUND_TEST(other_words_are_not_alike),
      SUND_TEST(the_closest_spelling_is_found),
      SUND_TEST(patterns_fit),
      SUND_TEST(nearest_words),
      SUND_TEST(nearest_words_equal_the_slow_twin),
      SUND_TEST(texts_are_shown_safely),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}

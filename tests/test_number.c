/* Tests of reading numbers: layers/number.c. */
#include <locale.h>

#include "sund/layers.h"
#include "support.h"

static void numbers_are_plain(void **state) {
  (void)state;
  static const char *const good[] = {"0", "-0.5", "+3", ".5", "5.", "1e3", "1E-3"};
  static const char *const bad[] = {"",    "-",  ".",  "nan", "inf", "0x10", " 1",  "1 ",    "1e400", "1_000",
                                    "--1", "e5", "1e", "1e+", "0,5", "1.5m", "+-1", "1.2.3", "1e5.0"};
  double value = 7;
  for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
    assert_true(sund_number_read(good[i], &value));
    assert_true(value == strtod(good[i], NULL));
  }
  assert_true(sund_number_read("-1e308", &value) && value == -1e308);
  value = 7;
  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
    if (sund_number_read(bad[i], &value)) fail_msg("'%s' was read as %g", bad[i], value);
    assert_true(value == 7);
  }
}

/* A program that has set a Danish locale and calls the library must not read 1.5 as 1. Skips without the locale. */
static void numbers_do_not_depend_on_the_locale(void **state) {
  (void)state;
  const char *const names[] = {"da_DK.UTF-8", "sv_SE.UTF-8", "de_DE.UTF-8", "da_DK.utf8"};
  const char *set = NULL;
  for (size_t i = 0; i < 4 && !set; i++) set = setlocale(LC_NUMERIC, names[i]);
  if (!set) skip();
  double value = 0;
  bool read = sund_number_read("1.5", &value);
  setlocale(LC_NUMERIC, "C");
  assert_true(read && value == 1.5);
}

/* Every text of up to five letters of a small alphabet against a twin: the grammar as strtod's, with its liberties
 * taken off. */
static void short_texts_are_read_as_strtod_reads_them(void **state) {
  (void)state;
  static const char letters[] = "05.e+-x ,";
  enum { LETTERS = sizeof letters - 1, LONGEST = 5 };
  size_t all = 1, numbers = 0;
  for (int i = 0; i < LONGEST; i++) all *= LETTERS + 1;
  for (size_t code = 0; code < all; code++) {
    char text[LONGEST + 1] = "", *end = text;
    for (size_t rest = code; rest; rest /= LETTERS + 1)
      if (rest % (LETTERS + 1)) *end++ = letters[rest % (LETTERS + 1) - 1];
    *end = '\0';
    double wanted = strtod(text, &end), value = 7;
    bool plain = *text && !*end && text[strcspn(text, "x ")] == '\0' && wanted <= 1e300;
    bool read = sund_number_read(text, &value);
    if (read != plain || (read && value != wanted))
      fail_msg("'%s': %d %g, not %d %g", text, read, value, plain, wanted);
    numbers += read;
  }
  assert_true(numbers > 1000);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      SUND_TEST(numbers_are_plain),
      SUND_TEST(numbers_do_not_depend_on_the_locale),
      SUND_TEST(short_texts_are_read_as_strtod_reads_them),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}

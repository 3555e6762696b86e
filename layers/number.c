/* number.c - numbers as people write them in files and on command lines, read strictly: the whole text or nothing.
 *
 * strtod alone takes more (blanks, hexadecimal, "inf", "nan") and asks the locale for the decimal point.
 */
#include "number.h"

#include <locale.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static const char *skip_digits(const char *at) {
  return at + strspn(at, "0123456789");
}

bool number_is(const char *text) {
  const char *at = text + (*text == '-' || *text == '+');
  const char *whole = skip_digits(at);
  const char *part = *whole == '.' ? skip_digits(whole + 1) : whole;
  size_t digits = (size_t)(whole - at) + (part > whole ? (size_t)(part - whole) - 1 : 0);
  if (digits == 0) return false;
  if (*part != 'e' && *part != 'E') return *part == '\0';
  const char *power = part + 1;
  power += *power == '-' || *power == '+';
  const char *end = skip_digits(power);
  return end > power && *end == '\0';
}

number_result number_read(const char *text, double *out) {
  if (!number_is(text)) return NUMBER_NONE;
  locale_t plain = newlocale(LC_ALL_MASK, "C", (locale_t)0);
  if (plain == (locale_t)0) return NUMBER_MEMORY;
  locale_t before = uselocale(plain);
  double value = strtod(text, NULL);
  uselocale(before);
  freelocale(plain);
  if (!isfinite(value)) return NUMBER_LARGE;
  *out = value;
  return NUMBER_READ;
}

bool sund_number_read(const char *text, double *out) {
  return number_read(text, out) == NUMBER_READ;
}

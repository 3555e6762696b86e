/* osm_duration.c - how long: the tags `duration` and `interval` of OpenStreetMap.
 *
 * "20" is minutes, "1:30" hours and minutes, "01:30:20" with seconds, "PT1H30M" as ISO 8601-1 has it (P with days, hours,
 * minutes, seconds; months and years are no travel times), "20 min" and "1 h" as people write.
 */
#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "osm_paths.h"

enum { MOST_DIGITS = 9 };

/* A number without sign at *text, which is moved behind it; NAN when there is none. */
static double take_number(const char **text) {
  char digits[MOST_DIGITS + 1];
  const size_t length = strspn(*text, "0123456789.");
  double value = NAN;
  if (length == 0 || length > MOST_DIGITS) return NAN;
  memcpy(digits, *text, length);
  digits[length] = '\0';
  *text += length;
  return sund_number_read(digits, &value) ? value : NAN;
}

/* "P1DT2H3M4S" behind the P. */
static double read_iso(const char *text) {
  double minutes = 0;
  bool time = false, any = false;
  while (*text) {
    if (*text == 'T' && !time) {
      time = true;
      text++;
      continue;
    }
    const double value = take_number(&text);
    const double scale = !time ? (*text == 'D' ? 1440 : NAN)
                               : (*text == 'H'   ? 60
                                  : *text == 'M' ? 1
                                  : *text == 'S' ? 1.0 / 60
                                                 : NAN);
    minutes += value * scale;
    if (isnan(minutes)) return NAN;
    any = true;
    text++;
  }
  return any ? minutes : NAN;
}

/* "1:30" and "1:30:00". */
static double read_clock(const char *text) {
  double part[3] = {0};
  size_t parts = 0;
  while (parts < 3) {
    part[parts] = take_number(&text);
    if (isnan(part[parts]) || (parts > 0 && part[parts] >= 60)) return NAN;
    parts++;
    if (*text != ':') break;
    text++;
  }
  return *text == '\0' && parts > 1 ? part[0] * 60 + part[1] + part[2] / 60 : NAN;
}

/* A number and its unit; none = minutes. */
static double read_plain(const char *text) {
  static const struct {
    const char *word;
    double minutes;
  } units[] = {{"", 1}, {"m", 1}, {"min", 1}, {"mins", 1}, {"minutes", 1}, {"h", 60}, {"hour", 60}, {"hours", 60}};
  const double value = take_number(&text);
  while (*text == ' ') text++;
  for (size_t k = 0; k < sizeof units / sizeof *units; k++)
    if (strcmp(units[k].word, text) == 0) return value * units[k].minutes;
  return NAN;
}

double osm_minutes(const char *text) {
  if (!text) return NAN;
  while (*text == ' ') text++;
  if (*text == 'P') return read_iso(text + 1);
  return strchr(text, ':') ? read_clock(text) : read_plain(text);
}

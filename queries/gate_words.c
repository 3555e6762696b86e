/* gate_words.c - what the columns `modes`, `times` and `times_back` of a gate say, and which gates a scenario closes.
 *
 * Modes are separated by commas and the like; a piece that is no word is taken apart at its blanks, so that both `til fods,
 * cykel` and `walk bike` are read. Times are those of a timetable: hours go on past 24 for sailings after midnight.
 */
#include "gate_words.h"

#include <stdlib.h>
#include <string.h>

enum { LONGEST_HOUR = 47 };

#define FOOT (1u << SUND_WALK)
#define BIKE (1u << SUND_BIKE)
#define CAR (1u << SUND_CAR)
#define TRANSIT (1u << SUND_TRANSIT)

/* Danish, Swedish and English; compared as names are. */
static const struct {
  const char *word;
  unsigned modes;
} words[] = {
    {"walk", FOOT},
    {"bike", BIKE},
    {"car", CAR},
    {"transit", TRANSIT},
    {"walking", FOOT},
    {"foot", FOOT},
    {"pedestrian", FOOT},
    {"pedestrians", FOOT},
    {"til fods", FOOT},
    {"till fots", FOOT},
    {"gang", FOOT},
    {"gående", FOOT},
    {"fodgænger", FOOT},
    {"fodgængere", FOOT},
    {"fotgängare", FOOT},
    {"bicycle", BIKE},
    {"bicycles", BIKE},
    {"cycle", BIKE},
    {"cycling", BIKE},
    {"cykel", BIKE},
    {"cykler", BIKE},
    {"cyklar", BIKE},
    {"cars", CAR},
    {"bil", CAR},
    {"biler", CAR},
    {"bilar", CAR},
    {"motorcar", CAR},
    {"motor_vehicle", CAR},
    {"vehicle", CAR},
    {"pt", TRANSIT},
    {"kollektiv", TRANSIT},
    {"kollektivt", TRANSIT},
    {"bus", TRANSIT},
    {"buss", TRANSIT},
    {"tog", TRANSIT},
    {"tåg", TRANSIT},
    {"train", TRANSIT},
    {"public transport", TRANSIT},
    {"all", FOOT | BIKE | CAR | TRANSIT},
    {"alle", FOOT | BIKE | CAR | TRANSIT},
    {"alla", FOOT | BIKE | CAR | TRANSIT},
};
enum { WORDS = sizeof words / sizeof *words };

static unsigned modes_of(const char *word) {
  for (size_t k = 0; k < WORDS; k++)
    if (sund_same_name(words[k].word, word)) return words[k].modes;
  return 0;
}

static sund_code fail_word(sund_ctx *ctx, const char *word) {
  const char *known[WORDS];
  for (size_t k = 0; k < WORDS; k++) known[k] = words[k].word;
  const char *near = sund_nearest_word(word, WORDS, known);
  return sund_fail(ctx, SUND_DATA, "modes: '%s' is none of walk, bike, car, transit%s%s%s", word,
                   near ? "; did you mean '" : "", near ? near : "", near ? "'?" : "");
}

/* The text from `from` on without the blanks around it. */
static const char *trimmed(sund_ctx *ctx, const char *from, size_t length) {
  while (length > 0 && (*from == ' ' || *from == '\t')) from++, length--;
  while (length > 0 && (from[length - 1] == ' ' || from[length - 1] == '\t')) length--;
  return sund_text(ctx, "%.*s", (int)length, from);
}

/* Adds what stands between two of the separators, or, when that is no word, between its blanks. */
static sund_code add_modes(sund_ctx *ctx, const char *from, size_t length, bool whole, unsigned *modes) {
  const char *word = trimmed(ctx, from, length);
  if (!word) return SUND_LIMIT;
  if (!*word) return SUND_OK;
  const unsigned found = modes_of(word);
  *modes |= found;
  if (found) return SUND_OK;
  if (!whole || !strpbrk(word, " \t")) return fail_word(ctx, word);
  while (*word) {
    const size_t part = strcspn(word, " \t");
    TRY(add_modes(ctx, word, part, false, modes));
    word += part + strspn(word + part, " \t");
  }
  return SUND_OK;
}

sund_code gate_words_modes(sund_ctx *ctx, const char *text, unsigned *modes) {
  *modes = 0;
  while (text && *text) {
    const size_t length = strcspn(text, ",;/|+&");
    TRY(add_modes(ctx, text, length, true, modes));
    text += length + (text[length] != 0);
  }
  if (*modes == 0)
    return sund_fail(ctx, SUND_DATA, "modes: no mode is given; write some of walk, bike, car, transit");
  return SUND_OK;
}

/* --------------------------------------------------------------------------------------------------------- times */

/* "6:20", "06:20" or "06:20:30"; -1 = none of them. */
static int32_t clock_time(const char *text, size_t length) {
  int32_t part[3] = {0};
  size_t parts = 0, digits = 0;
  for (size_t k = 0; k <= length; k++) {
    if (k < length && text[k] >= '0' && text[k] <= '9') {
      part[parts] = 10 * part[parts] + (text[k] - '0');
      if (++digits > 2) return -1;
      continue;
    }
    if ((k < length && text[k] != ':') || digits == 0 || (parts > 0 && digits != 2)) return -1;
    digits = 0;
    if (++parts == 3 && k < length) return -1;
  }
  if (parts < 2 || part[0] > LONGEST_HOUR || part[1] > 59 || part[2] > 59) return -1;
  return part[0] * 3600 + part[1] * 60 + part[2];
}

static int rising(const void *a, const void *b) {
  const int32_t x = *(const int32_t *)a, y = *(const int32_t *)b;
  return (x > y) - (x < y);
}

sund_code gate_words_times(sund_ctx *ctx, const char *text, size_t *count, int32_t **seconds) {
  static const char between[] = " \t\r\n,;";
  int32_t *list = sund_alloc(ctx, strlen(text) / 4 + 1, sizeof *list);
  size_t found = 0, once = 0;
  if (!list) return SUND_LIMIT;
  while (*(text += strspn(text, between))) {
    const size_t length = strcspn(text, between);
    const int32_t at = clock_time(text, length);
    if (at < 0)
      return sund_fail(ctx, SUND_DATA,
                       "times: '%.*s' is no time of day; write times as 06:20, after midnight as 24:20",
                       (int)(length < 40 ? length : 40), text);
    list[found++] = at;
    text += length;
  }
  if (found == 0) return sund_fail(ctx, SUND_DATA, "times: there is no time of day in it");
  qsort(list, found, sizeof *list, rising);
  for (size_t k = 0; k < found; k++)
    if (k == 0 || list[k] != list[once - 1]) list[once++] = list[k];
  *count = once;
  *seconds = list;
  return SUND_OK;
}

/* -------------------------------------------------------------------------------------------------------- closed */

bool gate_words_closed(const sund_table *gates, size_t row, size_t closed, const char *const *close) {
  const char **id = sund_table_text(gates, "id"), **name = sund_table_text(gates, "name");
  for (size_t k = 0; k < closed; k++) {
    if (id && id[row] && strcmp(id[row], close[k]) == 0) return true;
    if (name && name[row] && sund_same_name(name[row], close[k])) return true;
  }
  return false;
}

/* word.c - comparing names as people write them: alike, fitting a pattern, nearest.
 *
 * A name is read as a row of letters: UTF-8 decoded, lower case, Nordic letters and their two-letter spellings as the
 * bare vowel, combining marks left out. Distances are those of optimal string alignment (Damerau 1964 with adjacent
 * transpositions, each letter touched once).
 */
#include "word.h"

#include <string.h>

enum {
  LONGEST = 64,    /* letters of a word that can have a nearest one          */
  SHOWN = 60,      /* characters of a text in a message                      */
  LARGEST_TYPO = 2 /* edits between a word and its nearest one               */
};

/* Decodes one character; a byte that is no UTF-8 stands for itself. */
static uint32_t decode(const char **at) {
  const unsigned char *p = (const unsigned char *)*at;
  uint32_t c = p[0];
  size_t more = c >= 0xF0 && c < 0xF8 ? 3 : c >= 0xE0 ? 2 : c >= 0xC0 ? 1 : 0;
  if (c >= 0xF8) more = 0;
  uint32_t wide = more == 3 ? c & 0x07 : more == 2 ? c & 0x0F : c & 0x1F;
  for (size_t k = 1; k <= more; k++) {
    if ((p[k] & 0xC0) != 0x80) {
      more = 0;
      break;
    }
    wide = wide << 6 | (p[k] & 0x3Fu);
  }
  *at += more + 1;
  return more ? wide : c;
}

static bool combining(uint32_t c) {
  return c >= 0x300 && c <= 0x36F;
}

/* Lower case of the letters that names in Denmark and Sweden are made of. */
static uint32_t lower(uint32_t c) {
  if (c >= 'A' && c <= 'Z') return c + 32;
  if (c >= 0xC0 && c <= 0xDE && c != 0xD7) return c + 32;
  return c;
}

/* The next letter of a name as alike compares it; 0 at the end. */
static uint32_t next_letter(const char **at) {
  uint32_t c = 0;
  do {
    if (!**at) return 0;
    c = lower(decode(at));
  } while (combining(c));
  if (c == 0xE6 || c == 0xE4 || c == 0xE5) return 'a'; /* æ ä å */
  if (c == 0xF8 || c == 0xF6) return 'o';              /* ø ö   */
  char after = **at;
  if (after >= 'A' && after <= 'Z') after = (char)(after + 32);
  bool spelled = (c == 'a' && (after == 'a' || after == 'e')) || (c == 'o' && after == 'e');
  if (spelled) ++*at;
  return c;
}

bool word_alike(const char *a, const char *b) {
  uint32_t letter = 0;
  do {
    letter = next_letter(&a);
    if (letter != next_letter(&b)) return false;
  } while (letter);
  return true;
}

/* The same letters, in any case. */
static bool same_letters(const char *a, const char *b) {
  while (*a && *b)
    if (lower(decode(&a)) != lower(decode(&b))) return false;
  return !*a && !*b;
}

size_t word_find(const char *name, size_t count, const char *const *words) {
  for (size_t k = 0; k < count; k++)
    if (strcmp(words[k], name) == 0) return k;
  for (size_t k = 0; k < count; k++)
    if (same_letters(words[k], name)) return k;
  for (size_t k = 0; k < count; k++)
    if (word_alike(words[k], name)) return k;
  return SIZE_MAX;
}

/* One star at a time: on a mismatch the last star takes one letter more. */
bool word_fits(const char *name, const char *pattern) {
  const char *star = NULL, *retry = NULL;
  for (;;) {
    if (*pattern == '*') {
      star = ++pattern;
      retry = name;
      continue;
    }
    const char *name_next = name, *pattern_next = pattern;
    uint32_t letter = next_letter(&name_next);
    bool any = *pattern == '?' && letter != 0;
    if (any) pattern_next = pattern + 1;
    if (any || letter == next_letter(&pattern_next)) {
      if (letter == 0) return true;
      name = name_next;
      pattern = pattern_next;
      continue;
    }
    if (!star || !*retry) return false;
    next_letter(&retry);
    name = retry;
    pattern = star;
  }
}

/* Letters of a word in lower case; LONGEST + 1 when there are more than fit. */
static size_t letters(const char *word, uint32_t out[LONGEST]) {
  size_t count = 0;
  while (*word) {
    if (count == LONGEST) return LONGEST + 1;
    out[count++] = lower(decode(&word));
  }
  return count;
}

static size_t least(size_t a, size_t b) {
  return a < b ? a : b;
}

/* Edits from a to b, both at most LONGEST letters. */
static size_t distance(size_t n, const uint32_t *a, size_t m, const uint32_t *b) {
  size_t row[3][LONGEST + 1] = {{0}};
  for (size_t j = 0; j <= m; j++) row[0][j] = j;
  for (size_t i = 1; i <= n; i++) {
    const size_t *above = row[(i + 2) % 3], *above2 = row[(i + 1) % 3];
    size_t *here = row[i % 3];
    here[0] = i;
    for (size_t j = 1; j <= m; j++) {
      here[j] = least(above[j] + 1, here[j - 1] + 1);
      here[j] = least(here[j], above[j - 1] + (a[i - 1] != b[j - 1]));
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) here[j] = least(here[j], above2[j - 2] + 1);
    }
  }
  return row[n % 3][m];
}

const char *sund_nearest_word(const char *word, size_t count, const char *const *words) {
  uint32_t a[LONGEST], b[LONGEST];
  size_t n = letters(word, a);
  if (n > LONGEST) return NULL;
  const char *nearest = NULL;
  size_t fewest = LARGEST_TYPO + 1;
  for (size_t k = 0; k < count; k++) {
    size_t m = letters(words[k], b);
    if (m > LONGEST) continue;
    size_t edits = distance(n, a, m, b);
    if (edits >= fewest || 2 * edits >= n) continue;
    fewest = edits;
    nearest = words[k];
  }
  return nearest;
}

const char *word_shown(sund_ctx *ctx, const char *text) {
  const char *end = text;
  for (size_t k = 0; *end && k < SHOWN; k++) decode(&end);
  size_t bytes = (size_t)(end - text);
  char *shown = sund_text(ctx, "%.*s%s", (int)bytes, text, *end ? "…" : "");
  if (!shown) return "";
  for (size_t k = 0; k < bytes; k++)
    if ((unsigned char)shown[k] < 0x20 || shown[k] == 0x7F) shown[k] = '?';
  return shown;
}

const char *word_hint(sund_ctx *ctx, const char *word, size_t count, const char *const *words) {
  const char *nearest = sund_nearest_word(word, count, words);
  const char *hint = nearest ? sund_text(ctx, " (did you mean %s?)", nearest) : NULL;
  return hint ? hint : "";
}

const char *word_list(sund_ctx *ctx, size_t count, const char *const *words) {
  size_t bytes = 1;
  for (size_t k = 0; k < count; k++) bytes += strlen(words[k]) + 2;
  char *list = sund_alloc(ctx, bytes, 1);
  if (!list) return "";
  char *at = list;
  for (size_t k = 0; k < count; k++) {
    size_t length = strlen(words[k]);
    if (k > 0) {
      memcpy(at, ", ", 2);
      at += 2;
    }
    memcpy(at, words[k], length);
    at += length;
  }
  return list;
}

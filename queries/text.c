/* text.c - texts for people: the user's language, and texts of unknown content made harmless.
 *
 * LC_NUMERIC is "C" everywhere in sund: nothing calls setlocale, the language is read from the environment by hand.
 */
#include "text.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

int text_language(const char *word) {
  static const char *const words[] = {"da", "sv", "en"};
  for (int i = 0; i < 3; i++)
    if (strcmp(word, words[i]) == 0) return i;
  return -1;
}

/* The language of "da_DK.UTF-8" or "sv", or -1; length: how much of it counts. */
static int language_of_locale(const char *locale, size_t length) {
  if (length < 2 || (length > 2 && !strchr("_.@", locale[2]))) return -1;
  const char word[3] = {locale[0], locale[1], 0};
  return text_language(word);
}

int text_language_of_environment(void) {
  static const char *const names[] = {"LC_ALL", "LC_MESSAGES", "LANG"};
  const char *locale = "";
  for (size_t i = 0; i < 3 && !*locale; i++) {
    const char *value = getenv(names[i]);
    if (value) locale = value;
  }
  /* gettext ignores LANGUAGE when the locale is "C". */
  const char *list = getenv("LANGUAGE");
  bool plain = strcmp(locale, "C") == 0 || strcmp(locale, "POSIX") == 0;
  while (list && *list && !plain) {
    size_t length = strcspn(list, ":");
    int language = language_of_locale(list, length);
    if (language >= 0) return language;
    list += length + (list[length] == ':');
  }
  int language = language_of_locale(locale, strlen(locale));
  return language >= 0 ? language : SUND_EN;
}

const char *text_in(const char *const text[3], int language) {
  if (text[language]) return text[language];
  return text[SUND_EN] ? text[SUND_EN] : "";
}

/* Is there a control character at *c: ASCII's, or U+0080 to U+009F in UTF-8? Returns its bytes, or 0. */
static int control_at(const unsigned char *c) {
  if (*c < 0x20 || *c == 0x7f) return 1;
  if (c[0] == 0xc2 && c[1] >= 0x80 && c[1] <= 0x9f) return 2;
  return 0;
}

void text_put_plain(FILE *stream, const char *text) {
  for (const unsigned char *c = (const unsigned char *)text; *c;) {
    int bytes = control_at(c);
    if (bytes == 0) fputc(*c++, stream);
    for (; bytes > 0; bytes--) fprintf(stream, "\\x%02X", *c++);
  }
}

void text_put_json(FILE *stream, const char *text) {
  for (const unsigned char *c = (const unsigned char *)text; *c;) {
    int bytes = control_at(c);
    if (bytes > 0) {
      fprintf(stream, "\\u%04X", c[bytes - 1]);
      c += bytes;
    } else {
      if (*c == '"' || *c == '\\') fputc('\\', stream);
      fputc(*c++, stream);
    }
  }
}

sund_code text_flush(sund_ctx *ctx) {
  errno = 0;
  bool failed = fflush(stdout) != 0;
  int why = errno;
  if (!failed && !ferror(stdout)) return SUND_OK;
  return sund_fail(ctx, SUND_OUTPUT, "standard output cannot be written%s%s", why ? ": " : "",
                   why ? strerror(why) : "");
}

/* Does a shell take the byte as it is? Letters beyond ASCII (ae, oe, aa in UTF-8) are plain too. */
static bool plain_in_shell(char c) {
  unsigned char byte = (unsigned char)c;
  return byte >= 0x80 || (byte >= '0' && byte <= '9') || ((byte | 0x20) >= 'a' && (byte | 0x20) <= 'z') ||
         (byte && strchr("_-./:=,+@%", byte));
}

const char *text_shell(sund_ctx *ctx, const char *argument) {
  size_t length = strlen(argument), plain = 0;
  while (plain < length && plain_in_shell(argument[plain])) plain++;
  if (length > 0 && plain == length) return argument;
  size_t quotes = 0;
  for (const char *c = argument; *c; c++) quotes += *c == '\'';
  char *out = sund_alloc(ctx, length + 3 * quotes + 3, 1);
  if (!out) return NULL;
  char *to = out;
  *to++ = '\'';
  for (const char *c = argument; *c; c++) {
    if (*c == '\'') {
      memcpy(to, "'\\''", 4);
      to += 4;
    } else {
      *to++ = *c;
    }
  }
  *to = '\'';
  return out;
}

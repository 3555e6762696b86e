/* textbuf.c - a text that grows in the arena: its room doubles, what it grew out of stays until the context goes. */
#include "textbuf.h"

#include <stdio.h>
#include <string.h>

enum { FIRST_ROOM = 256 };

static sund_code add(sund_ctx *ctx, textbuf *buffer, const char *text, size_t length) {
  size_t need = buffer->length + length + 1;
  char *bigger = sund_grow(ctx, buffer->text, &buffer->room, need < FIRST_ROOM ? FIRST_ROOM : need, 1);
  if (!bigger) return SUND_LIMIT;
  buffer->text = bigger;
  memcpy(buffer->text + buffer->length, text, length);
  buffer->length += length;
  buffer->text[buffer->length] = '\0';
  return SUND_OK;
}

sund_code textbuf_add(sund_ctx *ctx, textbuf *buffer, ...) {
  va_list list;
  va_start(list, buffer);
  sund_code code = SUND_OK;
  for (const char *text; code == SUND_OK && (text = va_arg(list, const char *));)
    code = add(ctx, buffer, text, strlen(text));
  va_end(list);
  return code;
}

size_t textbuf_letter(const char *text) {
  static const uint32_t smallest[] = {0, 0x80, 0x800, 0x10000};
  const unsigned char *p = (const unsigned char *)text;
  if (*p < 0x80) return *p != 0;
  if (*p < 0xC2 || *p > 0xF4) return 0;
  int more = *p >= 0xF0 ? 3 : *p >= 0xE0 ? 2 : 1;
  uint32_t letter = *p & (0x3Fu >> more);
  for (int i = 1; i <= more; i++) {
    if ((p[i] & 0xC0) != 0x80) return 0;
    letter = letter << 6 | (p[i] & 0x3Fu);
  }
  if (letter < smallest[more] || letter > 0x10FFFF || (letter >= 0xD800 && letter <= 0xDFFF)) return 0;
  return (size_t)more + 1;
}

bool textbuf_utf8(const char *text) {
  while (*text) {
    size_t bytes = textbuf_letter(text);
    if (bytes == 0) return false;
    text += bytes;
  }
  return true;
}

/* What stands for an ASCII character in XML; NULL = itself. */
static const char *entity(char c) {
  switch (c) {
    case '&':
      return "&amp;";
    case '<':
      return "&lt;";
    case '>':
      return "&gt;";
    case '"':
      return "&quot;";
    case '\'':
      return "&apos;";
    default:
      return (unsigned char)c < 0x20 && c != '\n' && c != '\t' ? "" : NULL;
  }
}

sund_code textbuf_escaped(sund_ctx *ctx, textbuf *buffer, const char *text) {
  while (*text) {
    size_t plain = 0, bytes = 1;
    while ((bytes = textbuf_letter(text + plain)) > 0 && !entity(text[plain])) plain += bytes;
    TRY(add(ctx, buffer, text, plain));
    text += plain;
    if (!*text) break;
    const char *instead = bytes > 0 ? entity(*text) : "?";
    TRY(add(ctx, buffer, instead, strlen(instead)));
    text++;
  }
  return SUND_OK;
}

sund_code textbuf_attribute(sund_ctx *ctx, textbuf *buffer, const char *name, const char *value) {
  TRY(textbuf_add(ctx, buffer, " ", name, "=\"", NULL));
  TRY(textbuf_escaped(ctx, buffer, value));
  return textbuf_add(ctx, buffer, "\"", NULL);
}

const char *textbuf_number(sund_ctx *ctx, double value) {
  char digits[40];
  snprintf(digits, sizeof digits, "%.15g", value);
  /* A host program may have set a locale with a decimal comma, or a mark of several bytes. */
  char plain[40];
  size_t length = 0;
  for (const char *p = digits; *p; p++) {
    bool digit = strchr("0123456789+-eE", *p) != NULL;
    if (digit) plain[length++] = *p;
    else if (length == 0 || plain[length - 1] != '.') plain[length++] = '.';
  }
  plain[length] = '\0';
  return sund_text_copy(ctx, plain);
}

/* textbuf.h - a text that grows in the arena, for SQL, QML and XML. No locale touches it. */
#ifndef SUND_LAYERS_TEXTBUF_H
#define SUND_LAYERS_TEXTBUF_H

#include "sund/geo.h"

typedef struct textbuf {
  char *text;    /* ended by 0; NULL while nothing was added */
  size_t length; /* bytes before the 0                       */
  size_t room;   /* bytes allocated                          */
} textbuf;

/* Adds the texts that follow, up to a NULL. */
sund_code textbuf_add(sund_ctx *ctx, textbuf *buffer, ...) __attribute__((sentinel));
/* Bytes of the UTF-8 letter at the start of `text`, 1 to 4; 0 when it is malformed or the text is at its end. */
size_t textbuf_letter(const char *text);
/* Is all of it UTF-8? */
bool textbuf_utf8(const char *text);
/* Adds a text as XML content or attribute value: & < > " ' escaped, control characters that XML forbids left out,
 * bytes that are not UTF-8 (a file name may have them) as `?`. */
sund_code textbuf_escaped(sund_ctx *ctx, textbuf *buffer, const char *text);
/* Adds ` name="value"` with the value escaped. */
sund_code textbuf_attribute(sund_ctx *ctx, textbuf *buffer, const char *name, const char *value);
/* A number with a decimal point, up to 15 digits, whatever the locale. NULL without memory. */
const char *textbuf_number(sund_ctx *ctx, double value);

#endif

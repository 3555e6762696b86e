/* text.h - texts for people: the user's language, and texts of unknown content made harmless. */
#ifndef SUND_QUERIES_TEXT_H
#define SUND_QUERIES_TEXT_H

#include <stdio.h>

#include "sund/queries.h"

/* SUND_DA, SUND_SV or SUND_EN for "da", "sv", "en"; -1 for anything else. */
int text_language(const char *word);

/* The language the environment asks for: LANGUAGE, LC_ALL, LC_MESSAGES, LANG, as gettext reads them; else English. */
int text_language_of_environment(void);

/* The text of a language, or, where it is missing, the English one, or "". */
const char *text_in(const char *const text[3], int language);

/* Writes a text with control characters as \xNN: a message must stay one line and leave the terminal alone. */
void text_put_plain(FILE *stream, const char *text);

/* Writes a text as the inside of a JSON string. */
void text_put_json(FILE *stream, const char *text);

/* What was printed on stdout must have arrived: SUND_OUTPUT when it did not, now or earlier. */
sund_code text_flush(sund_ctx *ctx);

/* The argument as a shell would need it: quoted when it has to be. */
const char *text_shell(sund_ctx *ctx, const char *argument);

#endif

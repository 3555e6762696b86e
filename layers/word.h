/* word.h - comparing names as people write them, for the middle floor only.
 *
 * "Alike" means: the same letters whatever their case and however the Nordic ones were spelled: ø, oe, o and ö are
 * one, so are æ, ae, a, ä, å and aa. Composed and decomposed letters are one too.
 */
#ifndef SUND_LAYERS_WORD_H
#define SUND_LAYERS_WORD_H

#include "sund/layers.h"

/* Are the two names alike? */
bool word_alike(const char *a, const char *b);
/* The word that is `name`, else the first that differs in case only, else the first that is alike; SIZE_MAX = none. */
size_t word_find(const char *name, size_t count, const char *const *words);
/* Does the name fit the pattern? `*` stands for any letters, `?` for one; the others are compared as alike. */
bool word_fits(const char *name, const char *pattern);
/* The text as a message can show it: control characters as `?`, cut after 60 characters. Never NULL. */
const char *word_shown(sund_ctx *ctx, const char *text);
/* ` (did you mean X?)`, or "" when no word is near. Never NULL. */
const char *word_hint(sund_ctx *ctx, const char *word, size_t count, const char *const *words);
/* The words joined by ", ". Never NULL. */
const char *word_list(sund_ctx *ctx, size_t count, const char *const *words);

#endif

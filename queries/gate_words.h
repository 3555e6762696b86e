/* gate_words.h - what the columns `modes`, `times` and `times_back` of a gate say. */
#ifndef SUND_QUERIES_GATE_WORDS_H
#define SUND_QUERIES_GATE_WORDS_H

#include "sund/queries.h"

/* "walk, bicycle; bil": bits 1 << sund_mode. SUND_DATA for a word that is none, with the words there are, and when there is
 * none at all. */
sund_code gate_words_modes(sund_ctx *ctx, const char *text, unsigned *modes);

/* "06:00 06:20,25:40:30": seconds after midnight, rising, each once. SUND_DATA for what is no clock time. */
sund_code gate_words_times(sund_ctx *ctx, const char *text, size_t *count, int32_t **seconds);

/* Is a gate among those that a scenario closes, by its id, or by its name in any spelling? */
bool gate_words_closed(const sund_table *gates, size_t row, size_t closed, const char *const *close);

#endif

/* mutate.h - spoils a text or the bytes of a file a little, for tests that nothing a file says makes a reader crash. */
#ifndef SUND_TESTS_MUTATE_H
#define SUND_TESTS_MUTATE_H

#include <ctype.h>

#include "support.h"

enum { MUTATE_ROOM = 1 << 16, MUTATE_SPAN = 24 };

typedef struct mutant {
  size_t length;
  char bytes[MUTATE_ROOM + 1]; /* always ends with a 0 beyond its length */
} mutant;

static inline void mutate_copy(mutant *m, const void *bytes, size_t length) {
  assert_true(length <= MUTATE_ROOM);
  memcpy(m->bytes, bytes, length);
  m->bytes[m->length = length] = 0;
}

/* Puts `length` bytes in place of `gone` at a place. */
static inline void mutate_splice(mutant *m, size_t at, size_t gone, const char *bytes, size_t length) {
  if (m->length - gone + length > MUTATE_ROOM) return;
  memmove(m->bytes + at + length, m->bytes + at + gone, m->length - at - gone);
  memcpy(m->bytes + at, bytes, length);
  m->bytes[m->length = m->length - gone + length] = 0;
}

/* One change: a byte, a span gone or twice, the end gone, or a word of `words` (ended by NULL) put in or in place of a
 * word or number. */
static inline void mutate_once(mutant *m, uint64_t *random, const char *const *words) {
  static const char bytes[] = ",\"\n\r\t:;-+.0 9{}[]#'\\|\x00\x7f\xc3\xff";
  if (m->length == 0) return;
  const size_t at = support_random(random) % m->length, left = m->length - at;
  const size_t span = 1 + support_random(random) % (left < MUTATE_SPAN ? left : MUTATE_SPAN);
  size_t count = 0, begin = at, end = at;
  char copy[MUTATE_SPAN];
  while (words && words[count]) count++;
  const char *word = count ? words[support_random(random) % count] : "";
  while (begin > 0 && isalnum((unsigned char)m->bytes[begin - 1])) begin--;
  while (end < m->length && isalnum((unsigned char)m->bytes[end])) end++;
  switch (support_random(random) % (count ? 8 : 5)) {
    case 0:
      m->bytes[at] = bytes[support_random(random) % (sizeof bytes - 1)];
      return;
    case 1:
      m->bytes[at] = (char)(m->bytes[at] ^ (1 << support_random(random) % 8));
      return;
    case 2:
      mutate_splice(m, at, span, "", 0);
      return;
    case 3:
      memcpy(copy, m->bytes + at, span);
      mutate_splice(m, at, 0, copy, span);
      return;
    case 4:
      if (support_random(random) % 4 == 0) m->bytes[m->length = at] = 0;
      return;
    case 5:
      mutate_splice(m, at, 0, word, strlen(word));
      return;
    default:
      mutate_splice(m, begin, end - begin, word, strlen(word));
  }
}

static inline void mutate(mutant *m, uint64_t *random, const char *const *words) {
  for (uint64_t n = 1 + support_random(random) % 4; n > 0; n--) mutate_once(m, random, words);
}

/* A failure says something, and is none of sund's own faults. */
static inline void mutate_judge(sund_ctx *ctx, sund_code code, uint64_t seed, const mutant *m) {
  const char *message = NULL, *source = NULL;
  if (code == SUND_OK) return;
  const sund_code told = sund_failure(ctx, &message, &source, NULL);
  if (told != code || code == SUND_DEFECT || code == SUND_CANCELLED || !message || !*message)
    fail_msg("seed %llu, code %d, told %d: %s\n%s", (unsigned long long)seed, (int)code, (int)told,
             message ? message : "no message", m->bytes);
}

#endif

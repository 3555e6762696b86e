/* explain_words.h - the sentences of an explanation, in Danish, Swedish and English. */
#ifndef SUND_QUERIES_EXPLAIN_WORDS_H
#define SUND_QUERIES_EXPLAIN_WORDS_H

#include "sund/queries.h"

typedef enum explain_word {
  /* the home */
  WORD_HOME,
  WORD_PERSONS,
  WORD_AREA,
  WORD_PLACE,
  WORD_END,
  WORD_PIECE,
  WORD_WORST,
  WORD_OTHERS,
  WORD_RESULT,
  /* the standard and its answer */
  WORD_STANDARD,
  WORD_SOURCE,
  WORD_ASKED,
  WORD_ALL_KINDS,
  WORD_ALL_KINDS_BUT,
  WORD_ANY_SIZE,
  WORD_SIZE,
  WORD_SERVED,
  WORD_TOO_FAR,
  WORD_UNREACHED,
  WORD_UNASSESSED,
  WORD_PATH_AT,
  WORD_NO_PATH,
  WORD_NEAREST,
  WORD_LAW,
  WORD_ENTRANCE,
  WORD_STRAIGHT,
  WORD_NEXT,
  WORD_NEXT_FAR,
  WORD_ONLY,
  /* the way */
  WORD_WAY,
  WORD_LEG,
  WORD_LEG_USED,
  WORD_SUM,
  WORD_SUM_DIFFERS,
  WORD_INSIDE,
  WORD_NOT_STORED,
  WORD_BEYOND,
  WORD_NOT_FOUND,
  WORD_BY_TABLE,
  WORD_NODES,
  /* what nearly counts */
  WORD_MISSES,
  WORD_MISS,
  WORD_NO_MISS,
  WORD_MISS_SIZE,
  WORD_MISS_WAY,
  /* sources */
  WORD_SOURCES,
  WORD_SOURCE_LINE,
  WORD_LAYER,
  WORD_DATED,
  WORD_LICENCE,
  WORD_HASH,
  WORD_UNKNOWN,
  WORDS
} explain_word;

/* Each a phrase of explain_fill: da, sv, en. */
extern const char *const explain_words[WORDS][3];

/* Ways of measuring by their name in access_standards; rules of entrances; legs; reasons and what to do about them;
 * tests that are failed. */
extern const sund_choice explain_ways_said[], explain_rules_said[], explain_legs_said[], explain_reasons_said[],
    explain_advice_said[], explain_tests_said[];

#endif

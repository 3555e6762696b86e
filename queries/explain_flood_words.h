/* explain_flood_words.h - the sentences about a home's water, in Danish, Swedish and English. */
#ifndef SUND_QUERIES_EXPLAIN_FLOOD_WORDS_H
#define SUND_QUERIES_EXPLAIN_FLOOD_WORDS_H

#include "sund/queries.h"

typedef enum flood_word {
  /* the home's level */
  FLOOD_WORD_WET_FROM,
  FLOOD_WORD_NEVER,
  FLOOD_WORD_UNKNOWN,
  FLOOD_WORD_GROUND,
  FLOOD_WORD_GROUND_BESIDE,
  FLOOD_WORD_HIGHER,
  FLOOD_WORD_SHELTERED,
  FLOOD_WORD_OVER_ASKED,
  FLOOD_WORD_RULES,
  FLOOD_WORD_RULE,
  FLOOD_WORD_RULE_NEVER,
  FLOOD_WORD_COUNTS,
  /* what decides it */
  FLOOD_WORD_OWN_GROUND,
  FLOOD_WORD_SADDLE,
  FLOOD_WORD_WIDTH,
  FLOOD_WORD_WIDE,
  FLOOD_WORD_BEHIND,
  FLOOD_WORD_LOW_GROUND,
  FLOOD_WORD_BIAS,
  FLOOD_WORD_NEXT,
  FLOOD_WORD_HELD,
  FLOOD_WORD_NO_NEXT,
  FLOOD_WORD_THROUGH,
  FLOOD_WORD_LINK,
  /* the levels asked for */
  FLOOD_WORD_LEVELS,
  FLOOD_WORD_LEVEL_WET,
  FLOOD_WORD_EVENT_WET,
  FLOOD_WORD_LEVEL_ONLY_WET,
  FLOOD_WORD_LEVEL_DRY,
  FLOOD_WORD_LEVEL_ONLY_DRY,
  FLOOD_WORD_LEVEL_UNKNOWN,
  FLOOD_WORD_ODDS,
  FLOOD_WORD_SAYS,
  /* the water's way */
  FLOOD_WORD_WAY,
  FLOOD_WORD_WAY_HERE,
  FLOOD_WORD_SILLS,
  FLOOD_WORD_SILL,
  FLOOD_WORD_OTHER_SADDLE,
  FLOOD_WORD_NO_RASTER,
  FLOOD_WORD_NO_LEVEL,
  FLOOD_WORD_TOO_WIDE,
  /* heights and errors */
  FLOOD_WORD_HEIGHTS,
  FLOOD_WORD_OPERATION,
  FLOOD_WORD_ERRORS,
  /* on the map */
  FLOOD_WORD_AT_SADDLE,
  FLOOD_WORD_AT_NEXT,
  FLOOD_WORD_AT_SILL,
  FLOOD_WORD_AT_SHORE,
  FLOOD_WORDS
} flood_word;

/* Each a phrase of explain_fill: da, sv, en. */
extern const char *const flood_words[FLOOD_WORDS][3];

/* Rules, what can be said, and how errors hang together, by their names in the result. */
extern const sund_choice flood_rules_said[], flood_says_said[], flood_errors_said[];

#endif

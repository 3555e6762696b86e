/* explain_teller.h - what telling and drawing the facts about a home share. Private to explain_access_tell.c and
 * explain_access_draw.c.
 */
#ifndef SUND_QUERIES_EXPLAIN_TELLER_H
#define SUND_QUERIES_EXPLAIN_TELLER_H

#include "explain_access.h"
#include "explain_words.h"

/* An explanation being told. */
typedef struct teller {
  sund_ctx *ctx;
  const access_facts *facts;
  int language;
  explain_answer *out;
} teller;

const char *teller_word(const teller *t, explain_word which);
/* "g12 Egebæksvang, skov, offentlig adgang, 34.20 ha (88)"; NULL without memory. */
const char *teller_green(const teller *t, size_t row);
/* "fra hjem til sti" */
const char *teller_leg(const teller *t, const access_leg *leg);
/* Why an area does not help; NULL without memory. */
const char *teller_miss(const teller *t, const access_case *one, const access_miss *miss);

/* Lines and points of all standards. */
sund_code teller_draw(teller *t);

#endif

/* service_merge.h - inside of joining trips of different feeds. */
#ifndef SUND_LAYERS_SERVICE_MERGE_H
#define SUND_LAYERS_SERVICE_MERGE_H

#include "service.h"

/* Times of one call in two feeds may differ by so much, seconds. */
enum { SERVICE_SAME_S = 60 };

/* What kind of vehicle a trip is, types that feeds tell apart differently taken as one. */
int service_kind(const service_build *b, const service_trip *t);
/* Notes that two stops of different feeds are one. */
void service_share(service_build *b, uint32_t one, uint32_t other);

/* The calls two trips share: from the first to the last, of the trip kept and of the other. */
typedef struct service_span {
  uint32_t kept_first, kept_last, other_first, other_last;
} service_span;
/* Makes one trip of two: what comes before and behind the shared calls from the one that has it, between them the
 * longer list of stops. It stands in the place of `kept`; `other` is gone. service_union.c */
sund_code service_unite(service_build *b, uint32_t kept, uint32_t other, service_span span);

/* Puts the calls of `to` behind those of `from`, in whose place the whole stands; `to` is gone. service_union.c */
sund_code service_append(service_build *b, uint32_t from, uint32_t to);

/* Joins trains of which two feeds know a half each, up to and from the stop where they meet. service_halves.c */
sund_code service_halves(service_build *b);

#endif

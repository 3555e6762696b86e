/* service.h - inside of sund_feeds_service: what its files hand to each other. Private to layers/.
 *
 * Order: service_pick (runs: what leaves on the day, service_day.c), service_seat (runs one stays seated through
 * become one trip, service_blocks.c), service_merge (trips that two feeds both know, service_merge.c), service_links
 * (readings of stops, links, service_links.c), then service.c writes the result down.
 *
 * Stops of all feeds stand in one row: those of feed f begin at first_stop[f]. So do routes.
 */
#ifndef SUND_LAYERS_SERVICE_H
#define SUND_LAYERS_SERVICE_H

#include "feed.h"

/* A trip of a feed as it runs once, or by a headway. Times of its calls: of the feed's events + shift_s. */
typedef struct service_run {
  uint32_t feed, trip;
  int32_t shift_s;
  int32_t day_offset; /* its service day, counted from the day asked about    */
  int32_t headway_s;  /* 0 = as stated; else shift_s makes its first departure 0 */
  int32_t begin_s, end_s;
} service_run;

/* A call of a trip. */
typedef struct service_call {
  uint32_t stop; /* of all feeds; later: of the service */
  uint32_t run;
  int32_t arrive_s, depart_s;
  uint8_t use;
} service_call;

/* What one can stay seated in: runs one after the other. */
typedef struct service_trip {
  uint32_t run; /* its first */
  size_t first;
  uint32_t calls;
  uint8_t bikes;
  bool gone; /* another feed's stands for it */
} service_trip;

/* Stops of different feeds that lie near each other. */
typedef struct service_pair {
  uint32_t from, to;
  double metres;
  bool shared; /* trips that two feeds know call at both */
} service_pair;

typedef struct service_build {
  sund_ctx *ctx;  /* scratch              */
  sund_ctx *keep; /* of the result        */
  const sund_feeds *feeds;
  const sund_service_ask *ask;
  sund_findings *findings;
  int64_t day;
  const feed_zone *clock;           /* the zone whose clock counts                 */
  size_t stops, routes;             /* of all feeds                                */
  size_t *first_stop, *first_route; /* feeds + 1                         */
  uint8_t *closed;                  /* routes                            */
  size_t runs, run_room;
  service_run *run;
  size_t trips, trip_room;
  service_trip *trip;
  size_t calls, call_room;
  service_call *call;
  size_t pairs;
  service_pair *pair; /* of stops two feeds share: service_merge */
} service_build;

static inline const feed *service_feed(const service_build *b, const service_run *run) {
  return &b->feeds->feed[run->feed];
}
static inline const feed_trip *service_trip_of(const service_build *b, const service_run *run) {
  return &b->feeds->feed[run->feed].trip[run->trip];
}

sund_code service_tell(service_build *b, const char *severity, const char *source, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

sund_code service_choose_day(service_build *b); /* service_choice.c: fills day and clock */
sund_code service_pick(service_build *b);       /* service_day.c                         */
sund_code service_seat(service_build *b);       /* service_blocks.c                      */
sund_code service_merge(service_build *b);      /* service_merge.c                       */
/* service_links.c: fills stops and links of `out`, and makes stops of calls those of the service. */
sund_code service_links(service_build *b, sund_service *out);

/* Adds a trip made of runs in order. service_blocks.c */
sund_code service_add_trip(service_build *b, size_t runs, const uint32_t *run);

/* Fills the pairs: stops of different feeds, both called at, within `metres`; by from, to, both ways.
 * service_near.c */
sund_code service_near(service_build *b, double metres);

/* What stands in transfers.txt about two stops, or is implied: of several the one of the highest rank counts. */
typedef struct service_rule {
  uint32_t from, to;                                 /* stops of all feeds            */
  uint32_t from_route, to_route, from_trip, to_trip; /* of the feed, FEED_NONE = any  */
  uint8_t rank;                                      /* see service_rules.c           */
  uint8_t type;                                      /* as in transfers.txt           */
  bool change_only;
  int32_t seconds; /* FEED_UNTIMED = not said */
} service_rule;
typedef struct service_rules {
  size_t count, room;
  service_rule *rule; /* by from, to, falling rank */
} service_rules;
/* used: stops of all feeds that are called at. service_rules.c */
sund_code service_rules_make(service_build *b, const uint8_t *used, service_rules *out);
sund_code service_rules_add(service_build *b, service_rules *rules, service_rule rule);
/* Adds the ways through stations. service_paths.c */
sund_code service_paths_add(service_build *b, const uint8_t *used, service_rules *rules);

/* Where changing depends on routes or trips a stop is read several times: once for each of those named there, and
 * once for the others. Token: 0 = the others, 1 + route, or 1 + routes + trip of its feed. service_readings.c */
typedef struct service_readings {
  size_t count;
  uint32_t *stop, *token; /* count */
  size_t *first;          /* stops + 1 */
} service_readings;
/* Calls of b then name readings instead of stops. */
sund_code service_readings_make(service_build *b, const uint8_t *used, const service_rules *rules,
                                service_readings *out);

#endif

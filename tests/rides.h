/* rides.h - timetables drawn by hand, for the tests of timetable and rider. */
#ifndef SUND_TESTS_RIDES_H
#define SUND_TESTS_RIDES_H

#include "support.h"

enum { RIDES_MOST = 4000 };

/* Trips and links, filled one after the other. */
typedef struct rides {
  size_t trips, events, links;
  size_t first[RIDES_MOST + 1];
  uint32_t stop[RIDES_MOST];
  int32_t arrive[RIDES_MOST], depart[RIDES_MOST];
  uint8_t use[RIDES_MOST];
  uint32_t route[RIDES_MOST], name[RIDES_MOST];
  int32_t headway[RIDES_MOST], begin[RIDES_MOST], end[RIDES_MOST];
  uint32_t from[RIDES_MOST], to[RIDES_MOST];
  int32_t seconds[RIDES_MOST];
  uint8_t change_only[RIDES_MOST];
} rides;

static inline int32_t clock_s(int hours, int minutes) {
  return hours * 3600 + minutes * 60;
}

/* One more call of the trip being made. */
static inline void rides_call(rides *r, uint32_t stop, int32_t arrive, int32_t depart, uint8_t use) {
  r->stop[r->events] = stop;
  r->arrive[r->events] = arrive;
  r->depart[r->events] = depart;
  r->use[r->events++] = use;
}
/* The trip is complete. */
static inline void rides_trip(rides *r, uint32_t route) {
  r->route[r->trips] = route;
  r->name[r->trips] = (uint32_t)r->trips;
  r->first[++r->trips] = r->events;
}
/* A trip between two stops. */
static inline void rides_hop(rides *r, uint32_t from, uint32_t to, int32_t depart, int32_t arrive) {
  rides_call(r, from, depart, depart, 3);
  rides_call(r, to, arrive, arrive, 3);
  rides_trip(r, 0);
}
/* The trip being made comes by headway. */
static inline void rides_headway(rides *r, uint32_t route, int32_t headway, int32_t begin, int32_t end) {
  r->headway[r->trips] = headway;
  r->begin[r->trips] = begin;
  r->end[r->trips] = end;
  rides_trip(r, route);
}
static inline void rides_link(rides *r, uint32_t from, uint32_t to, int32_t seconds, uint8_t change_only) {
  r->from[r->links] = from;
  r->to[r->links] = to;
  r->seconds[r->links] = seconds;
  r->change_only[r->links++] = change_only;
}
static inline sund_trips rides_trips(rides *r) {
  return (sund_trips){r->trips, r->first, r->stop,    r->arrive, r->depart, r->use,
                      r->route, r->name,  r->headway, r->begin,  r->end,    NULL};
}
static inline sund_links rides_links(rides *r) {
  return (sund_links){r->links, r->from, r->to, r->seconds, r->change_only};
}
static inline sund_timetable *rides_table(sund_ctx *ctx, rides *r, size_t stops) {
  const sund_trips trips = rides_trips(r);
  const sund_links links = rides_links(r);
  sund_timetable *out = NULL;
  assert_ok(ctx, sund_timetable_build(ctx, stops, &trips, &links, &out));
  return out;
}

#endif

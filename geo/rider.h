/* rider.h - inside of a rider, for geo/rider*.c only.
 *
 * Times are whole seconds after midnight, RIDER_NEVER = not reached. Two searches give the same answers:
 *   rider_range.c  where only trips with stated times are met: lanes from the last to the first, each pruned by the later
 *                  ones, for one may always wait for a later departure;
 *   rider_lanes.c  where services known by their headway are met: their wait differs from lane to lane, so that no lane
 *                  says anything of another, and all lanes are carried side by side.
 */
#ifndef SUND_GEO_RIDER_H
#define SUND_GEO_RIDER_H

#include "geo/timetable.h"

/* Above all times, and with room for a few more (TIMETABLE_MOST_S). */
enum { RIDER_NEVER = 0x3f3f3f3f, RIDER_NEVER_BYTE = 0x3f };

/* Trips of a pattern that can be left within the window's last bound and are not gone before its first departure. */
typedef struct rider_rows {
  uint32_t begin, end;
} rider_rows;

/* What an origin reaches without a ride: each stop once, the links that are open before the first ride included. */
typedef struct rider_start {
  size_t count, room;
  sund_access *at;
  uint32_t *place; /* stops: number in `at` + 1; 0 = none */
} rider_start;

struct sund_rider {
  sund_ctx *ctx; /* memory */
  const sund_timetable *t;
  sund_lanes lanes;
  sund_rides_ask ask;
  rider_rows *rows; /* patterns */
  rider_start start;
  struct rider_range *range;
  struct rider_lanes *side;    /* NULL = no service is known by its headway */
  struct rider_search *search; /* of the last journey, or NULL               */
  bool side_by_side;           /* who answered the last ride                */
  uint32_t *reached;           /* stops                                     */
  size_t reached_count;
};

static inline int32_t rider_now(const sund_rider *r, size_t lane) {
  return r->lanes.depart_s + (int32_t)lane * r->lanes.step_s;
}

/* What an origin reaches without a ride, into r->start. */
sund_code rider_begin(sund_rider *r, size_t count, const sund_access *access);

/* rider_range.c. *met: a stop was reached in time where a line can be boarded; the answers are not to be used then. */
sund_code rider_range_open(sund_rider *r);
sund_code rider_range_ride(sund_rider *r, bool *met);
/* Stops reached, rising; how many. */
size_t rider_range_reached(const sund_rider *r, uint32_t *stop);
void rider_range_lanes(const sund_rider *r, uint32_t stop, uint32_t *out);

/* rider_lanes.c */
sund_code rider_lanes_open(sund_rider *r);
sund_code rider_lanes_ride(sund_rider *r);
size_t rider_lanes_reached(const sund_rider *r, uint32_t *stop);
void rider_lanes_lanes(const sund_rider *r, uint32_t stop, uint32_t *out);
/* Seconds that lane `lane` waits for a line. */
int32_t rider_wait(const sund_rider *r, const timetable_line *line, size_t lane);

#endif

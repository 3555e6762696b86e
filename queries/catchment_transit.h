/* catchment_transit.h - mode transit of `catchment`: what its files hand to each other.
 *
 * Order of making: the service of the day of every variant (catchment_transit.c), gates one may walk aboard as rides
 * (catchment_transit_gates.c), all different stops on the ground and the walks from them (catchment_transit_walks.c), links
 * and the timetable (catchment_transit_links.c), quays that nothing leads to (catchment_transit_quays.c). Answers:
 * catchment_transit_reach.c, for maps catchment_transit_nodes.c; metres: catchment_transit_metres.c; one way leg by leg:
 * catchment_transit_route.c.
 *
 * A *point* is a place on the ground where one stop or several lie: walks begin and end at points and are shared by all
 * stops there and by all variants.
 */
#ifndef SUND_QUERIES_CATCHMENT_TRANSIT_H
#define SUND_QUERIES_CATCHMENT_TRANSIT_H

#include "catchment.h"

#define TRANSIT_NONE UINT32_MAX

/* Walks between points, and from points to targets; the same for all variants. */
typedef struct transit_walks {
  sund_mode access; /* how one comes to the first stop       */
  sund_mode ground; /* how one goes between stops and from the last */
  uint32_t limit;   /* units: of every such walk             */
  size_t points, room;
  double *x, *y;
  sund_spot *spot;        /* points: on the streets of `ground`    */
  sund_spot *access_spot; /* points: on those of `access`          */
  size_t *first_near;     /* points + 1                            */
  uint32_t *near;         /* points that are walked to, rising     */
  uint32_t *near_units;
  size_t *first_from; /* targets + 1                           */
  uint32_t *from;     /* points from which the target is walked to, rising */
  uint32_t *from_units;
} transit_walks;

struct catchment_transit {
  transit_walks *walks;
  sund_service *service;
  sund_trips trips; /* of the service that may be used, then gates                         */
  size_t *origin;   /* trips: trip of the service; SIZE_MAX = a gate                       */
  size_t *gate;     /* trips: gate of the variant; SIZE_MAX                                */
  size_t stops;     /* of the service, then two a gate                                     */
  double *x, *y;
  uint32_t *point;    /* stops                                                               */
  uint8_t *served;    /* stops: bits 1 = boarded, 2 = alighted at, 4 = by a ferry, 8 = by something else */
  size_t *first_stop; /* points + 1                                                          */
  uint32_t *at;       /* stops by point                                                      */
  sund_links links;   /* of the service, then walks                                          */
  size_t links_stated;
  sund_timetable *timetable;
};

static inline sund_rides_ask transit_rides(const catchment_run *run, bool no_first_wait) {
  const double most = 7 * 86400, limit = (double)run->limit * run->unit_s;
  return (sund_rides_ask){.lanes = &run->lanes,
                          .limit_s = (uint32_t)(limit < most ? limit : most),
                          .slack_s = (uint32_t)run->options->board_slack_s,
                          .rides = (size_t)run->options->rides,
                          .no_first_wait = no_first_wait};
}

/* Seconds between the first departure and the last. Waits left out can make a time that much shorter, and no more. */
static inline uint32_t transit_window(const catchment_run *run) {
  return (uint32_t)(run->lanes.count - 1) * (uint32_t)run->lanes.step_s;
}

/* Whole seconds a walk takes: rounded up, roundings of its parts aside. */
static inline uint32_t transit_seconds(const catchment_run *run, uint32_t units) {
  const double seconds = ((double)units - CATCHMENT_ROUNDING) * run->unit_s;
  const uint32_t whole = seconds > 0 ? (uint32_t)seconds : 0;
  return whole + (seconds > (double)whole);
}
/* Units of whole seconds, SUND_BEYOND above a limit. */
static inline uint32_t transit_units(const catchment_run *run, uint32_t seconds, uint32_t limit) {
  const double units = (double)seconds / run->unit_s;
  return seconds == SUND_BEYOND || units > (double)limit ? SUND_BEYOND : (uint32_t)units;
}

/* Does the bicycle come along in trains and ferries? Not without streets. catchment_transit.c */
bool transit_bike_aboard(const catchment_run *run);

/* catchment_transit_gates.c: trips of the service that may be used, and the gates as trips. */
sund_code transit_trips(sund_ctx *ctx, catchment_run *run, size_t variant, catchment_transit *t);

/* catchment_transit_walks.c: points of all variants, then the walks. */
sund_code transit_add_points(sund_ctx *ctx, transit_walks *w, catchment_transit *t);
sund_code transit_walks_make(sund_ctx *ctx, catchment_run *run, transit_walks *w);
/* Places on the ground. */
typedef struct transit_places {
  size_t n;
  const double *x, *y;
  const sund_spot *spot;
} transit_places;
/* Units from places to all targets (out[i * (targets + points) + target]), then to all points, by `access`. */
sund_code transit_walks_from(sund_ctx *ctx, const catchment_run *run, const transit_walks *w,
                             const transit_places *from, uint32_t *out);
/* The same to the points alone: out[i * points + point]. */
sund_code transit_walks_to_points(sund_ctx *ctx, const catchment_run *run, const transit_walks *w,
                                  const transit_places *from, uint32_t *out);

/* catchment_transit.c: does one go everywhere with a bicycle, aboard too? */
bool transit_bike_aboard(const catchment_run *run);
/* catchment_transit_links.c */
sund_code transit_links(sund_ctx *ctx, const catchment_run *run, catchment_transit *t);
/* catchment_transit_quays.c */
sund_code transit_quays(sund_ctx *ctx, catchment_run *run, const catchment_transit *t);
/* catchment_transit_near.c: SUND_DATA when no place and no home has a stop; tells places without. */
sund_code transit_near(sund_ctx *ctx, catchment_run *run, const catchment_transit *t);

/* What one place reaches. */
typedef struct transit_answer {
  uint32_t **time;   /* percents: targets                                                         */
  uint32_t *planned; /* targets; NULL = not wanted                                                 */
  uint32_t *lane;    /* targets: a lane that takes the main percentile; NULL = not wanted          */
  uint32_t *through; /* targets: the point it comes from then, TRANSIT_NONE = not by a ride; with lane */
  uint32_t *start;   /* points: units at the main percentile; NULL = not wanted                    */
} transit_answer;
/* catchment_transit_nodes.c: nodes of the graph for maps, of all places without a ride; then of one with what its points are
 * reached in (units; SUND_BEYOND): node is made less. */
sund_code transit_start_nodes(sund_ctx *ctx, const catchment_run *run, size_t variant);
sund_code transit_nodes(sund_ctx *ctx, const catchment_run *run, const transit_walks *w, const uint32_t *point,
                        uint32_t *node);
/* The ride of a place: what catchment_transit_metres.c goes on with. */
typedef struct transit_origin {
  sund_rider *rider;
  size_t count;
  sund_access *access;
  const uint32_t *row; /* of transit_walks_from */
} transit_origin;
/* The stops that can be walked to, from the units to all points. room: stops. */
size_t transit_access(const catchment_run *run, const catchment_transit *t, const uint32_t *to_point,
                      sund_access *access);
/* catchment_transit_metres.c: metres of the ways that `answer` stands for. */
sund_code transit_metres(sund_ctx *ctx, const catchment_run *run, const catchment_transit *t, const transit_origin *o,
                         const transit_answer *answer, double *metres);

#endif

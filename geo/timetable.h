/* timetable.h - inside of a timetable, for geo/timetable*.c and geo/rider*.c only.
 *
 * A *pattern* is a row of calls (stops with leave to board and alight) and the trips that call there, none of which
 * overtakes another: trip t + 1 is nowhere before trip t. A *line* is a trip that comes every headway, nobody knows when.
 * Patterns and lines share one numbering: lines come after the patterns.
 */
#ifndef SUND_GEO_TIMETABLE_H
#define SUND_GEO_TIMETABLE_H

#include "sund/geo.h"

/* Times and durations lie within this many seconds of 0 (six years), so that sums of several stay within 32 bits. */
enum { TIMETABLE_MOST_S = 200000000 };

typedef struct timetable_pattern {
  uint32_t first_call; /* calls of the timetable                                              */
  uint32_t calls;
  uint32_t first_trip; /* of patterns: rows of the timetable's trips; of lines: the line's row */
  uint32_t trips;      /* 1 for a line                                                        */
  size_t event;        /* first of its events                                                 */
} timetable_pattern;

/* A trip that comes every headway_s seconds: its first departures lie in [begin_s, end_s). */
typedef struct timetable_line {
  int32_t headway_s, begin_s, end_s;
  uint32_t service; /* number for sund_lane_wait: windows of one service that follow each other share it */
} timetable_line;

/* Where a stop can be boarded at. */
typedef struct timetable_at {
  uint32_t pattern;
  uint32_t call; /* from 0 within the pattern */
} timetable_at;

typedef struct timetable_link {
  uint32_t to;
  int32_t seconds;
  uint8_t open; /* 1 = before the first ride and after the last one too */
} timetable_link;

struct sund_timetable {
  sund_timetable_facts facts;
  size_t stops, patterns, lines;
  timetable_pattern *pattern; /* patterns + lines                                                      */
  timetable_line *line;       /* lines                                                                 */
  uint32_t *stop;             /* calls                                                                 */
  uint8_t *use;               /* calls: bits 1 = board, 2 = alight                                     */
  uint32_t *trip;             /* rows: the trip it was built from                                      */
  int32_t *arrive;            /* events: trip by trip, in order of the calls                           */
  int32_t *depart;            /* events of a pattern: call by call, in order of its trips; of lines as arrive */
  uint32_t *first_at;         /* stops + 1                                                             */
  timetable_at *at;           /* where one may board and ride on                                       */
  uint32_t *first_link;       /* stops + 1                                                             */
  timetable_link *link;       /* to other stops, each pair once                                        */
  int32_t *change;            /* stops: seconds between two rides at the stop                          */
};

static inline int32_t timetable_arrive(const sund_timetable *t, const timetable_pattern *p, uint32_t row,
                                       uint32_t call) {
  return t->arrive[p->event + (size_t)row * p->calls + call];
}
/* Departures of all trips of a pattern at one call. */
static inline const int32_t *timetable_departs(const sund_timetable *t, const timetable_pattern *p, uint32_t call) {
  return t->depart + p->event + (size_t)call * p->trips;
}
/* The first of the rows low .. high-1 that leaves at `ready` or later, `depart` being in order; high = none. */
static inline uint32_t timetable_next(const int32_t *depart, uint32_t low, uint32_t high, int32_t ready) {
  while (low < high) {
    const uint32_t middle = low + (high - low) / 2;
    if (depart[middle] < ready) low = middle + 1;
    else high = middle;
  }
  return low;
}
/* When one who is ready at the first call at `ready` (seconds there) leaves on a line; INT32_MAX = it runs no more. wait:
 * seconds. */
static inline int32_t timetable_line_leaves(const timetable_line *line, int32_t ready, int32_t wait) {
  const int32_t at = (ready > line->begin_s ? ready : line->begin_s) + wait;
  return at < line->end_s ? at : INT32_MAX;
}

/* Links in order by stop, timetable_links.c. */
sund_code timetable_links(sund_ctx *ctx, sund_timetable *t, const sund_links *links);

#endif

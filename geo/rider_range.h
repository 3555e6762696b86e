/* rider_range.h - what the search of rider_range.c works on; for it and rider_range_open.c only. */
#ifndef SUND_GEO_RIDER_RANGE_H
#define SUND_GEO_RIDER_RANGE_H

#include "geo/rider.h"

/* A call one may board at, as timetable.at, with its departures beside it: what catching a trip needs, in one place. */
typedef struct seat {
  uint32_t pattern, call;
  uint32_t rows;    /* that can matter                                                */
  uint32_t reach;   /* first of them among those of all patterns                      */
  int32_t depart[]; /* INT32_MIN, then departures of the rows                         */
} seat;

/* What a call one may board at has offered so far within so many rides: row, and when the trip before it leaves, the only
 * one that would be news; INT32_MIN = there is none, INT32_MAX = a line. */
typedef struct offered {
  int32_t before;
  uint32_t row;
} offered;

/* A call that the origin offers. */
typedef struct board {
  offered offered;
  uint32_t at;  /* of the calls by stop                       */
  int32_t need; /* seconds from departure until one may board */
} board;

/* A piece of a trip: calls from + 1 to `to` are to be looked at. */
typedef struct stretch {
  const int32_t *arrive; /* at the trip's calls */
  uint32_t first_call;   /* of the pattern      */
  uint32_t from, to;
} stretch;

typedef struct note {
  uint32_t older; /* number of the note before + 1, 0 = none */
  uint32_t lane;
  int32_t arrive;
} note;

/* All that is known of a stop, side by side, for a search goes from stop to stop and waits for memory more than for
 * anything else. Set up when a ride first comes by. */
typedef struct place {
  uint32_t ride;             /* number of the ride it was set up in                                    */
  uint32_t arrived, waiting; /* numbers of the last rounds in which it was listed so                   */
  uint32_t opened;           /* bits: rounds whose offers have been set up                             */
  int32_t best;              /* arrival, links after the last ride included                            */
  uint32_t newest;           /* number of its newest note + 1                                          */
  int32_t label[];           /* rides: off a ride, with at most k + 1 rides; rides - 1: ready to board then */
} place;

enum { LANES = 16 }; /* in a block */
enum {
  HEAD = 6,
  SEAT_HEAD = 5,
  LINE = 16
}; /* 32-bit words: of a place before its labels; of a seat before its departures; of a line of the cache */

/* Stops that changed in a round, each once. */
typedef struct stop_list {
  size_t count;
  uint32_t *stop;
} stop_list;

/* A call where an earlier trip can be caught. */
typedef struct chance {
  uint32_t at; /* of the calls by stop */
  int32_t ready;
  offered *offered;
} chance;

struct rider_range {
  size_t rides;
  size_t *first; /* patterns: of their rows that can matter, among those of all */
  size_t rows;
  uint32_t *reach;  /* rows * rides: call from which on the trip has been ridden   */
  uint32_t *seat;   /* calls by stop (timetable.at): where in `seats` */
  uint32_t *seats;  /* words of all seats                             */
  offered *fresh;   /* calls by stop: nothing has been caught                      */
  offered *offered; /* stops: rides - 1 times their calls                          */
  uint32_t *words;  /* stops: places, `stride` words each                          */
  size_t stride;
  note *note;
  size_t notes, note_room;
  size_t notes_before; /* the lane */
  board *board;
  size_t boards, board_room;
  stretch *stretch;
  size_t stretches, stretch_room;
  chance *chance;
  size_t chances, chance_room;
  stop_list arrived, waiting;
  size_t width;            /* lanes, padded to whole blocks */
  int32_t *now;            /* width: departures             */
  int32_t *runs, *seconds; /* width and a block: of the stop asked for */
  uint64_t *noted;         /* stops: bits: there is a note of it */
  uint32_t ride, round;    /* numbers among all there ever were */
  bool met;                /* a line can be boarded             */
  size_t lane;
  int32_t bound; /* latest arrival of the lane */
};

static inline const seat *seat_of(const struct rider_range *s, size_t at) {
  return (const seat *)(const void *)(s->seats + s->seat[at]);
}

static inline void place_renew(const struct rider_range *s, place *p) {
  p->ride = s->ride;
  p->opened = p->newest = p->arrived = p->waiting = 0;
  p->best = RIDER_NEVER;
  for (size_t k = 0; k < 2 * s->rides - 1; k++) p->label[k] = RIDER_NEVER;
}

static inline place *place_visit(const struct rider_range *s, uint32_t stop) {
  place *p = (place *)(void *)(s->words + stop * s->stride);
  if (p->ride != s->ride) place_renew(s, p);
  return p;
}

static inline void stop_list_add(stop_list *l, uint32_t *round, uint32_t now, uint32_t stop) {
  if (*round == now) return;
  *round = now;
  l->stop[l->count++] = stop;
}

/* Lowers the label of round k and of those with more rides. */
static inline bool label_lower(int32_t *label, size_t k, size_t rides, int32_t value) {
  if (label[k] <= value) return false;
  for (; k < rides && label[k] > value; k++) label[k] = value;
  return true;
}

#endif

/* rider_journey.c - the rides of one lane to one stop.
 *
 * RAPTOR for one departure that keeps the labels of every round and how each came about, read backwards from the stop.
 * Of equally early journeys one with the fewest rides. The search is kept: further stops of the same lane and origin cost
 * nothing but the reading.
 */
#include <string.h>

#include "geo/rider.h"

#define NOWHERE UINT32_MAX

/* Off a ride: which one. */
typedef struct rode {
  int32_t arrive;
  uint32_t item, row; /* pattern or line, trip of the pattern */
  uint32_t board;     /* call                                 */
  int32_t depart;     /* there                                */
} rode;

/* Ready to board: where from. */
typedef struct stood {
  int32_t ready;
  uint32_t from;  /* stop arrived at; NOWHERE = from the origin */
  int32_t linked; /* seconds on a link                          */
} stood;

/* Where a journey to a stop gets off its last ride. */
typedef struct ended {
  int32_t arrive; /* at the stop, a link after the ride included */
  uint32_t from;  /* stop of that ride's end; NOWHERE = none     */
  uint32_t round;
} ended;

typedef struct rider_search {
  const sund_rider *r;
  size_t lane;
  size_t count, room; /* of the origin's stops */
  sund_access *access;
  bool done; /* labels are those of lane and origin */
  int32_t bound;
  rode *rode;   /* rides * stops */
  stood *stood; /* rides * stops */
  ended *ended; /* stops         */
} search;

/* ------------------------------------------------------------------------------------------------------- search */

static void stand(search *s, size_t k, uint32_t stop, stood x) {
  stood *label = &s->stood[k * s->r->t->stops + stop];
  if (x.ready < label->ready && x.ready <= s->bound) *label = x;
}

static void start(search *s, size_t count, const sund_access *access) {
  const sund_timetable *t = s->r->t;
  const int32_t now = rider_now(s->r, s->lane);
  for (size_t i = 0; i < count; i++) {
    if (access[i].seconds > s->r->ask.limit_s) continue;
    const int32_t ready = now + (int32_t)access[i].seconds;
    stand(s, 0, access[i].stop, (stood){ready, NOWHERE, 0});
    for (uint32_t l = t->first_link[access[i].stop]; l < t->first_link[access[i].stop + 1]; l++)
      if (t->link[l].open)
        stand(s, 0, t->link[l].to, (stood){ready + t->link[l].seconds, NOWHERE, t->link[l].seconds});
  }
}

static void alight(search *s, size_t k, uint32_t stop, rode x) {
  rode *label = &s->rode[k * s->r->t->stops + stop];
  if (x.arrive < label->arrive && x.arrive <= s->bound) *label = x;
}

static void ride_line(search *s, size_t k, uint32_t item) {
  const sund_timetable *t = s->r->t;
  const timetable_pattern *p = &t->pattern[item];
  const timetable_line *line = &t->line[item - t->patterns];
  const int32_t wait = k == 0 && s->r->ask.no_first_wait ? 0 : rider_wait(s->r, line, s->lane);
  int32_t on = RIDER_NEVER;
  uint32_t board = 0;
  for (uint32_t c = 0; c < p->calls; c++) {
    const uint32_t stop = t->stop[p->first_call + c];
    if (on != RIDER_NEVER && (t->use[p->first_call + c] & 2))
      alight(s, k, stop, (rode){on + t->arrive[p->event + c], item, 0, board, on + t->depart[p->event + board]});
    const int32_t ready = s->stood[k * t->stops + stop].ready;
    if (ready == RIDER_NEVER || !(t->use[p->first_call + c] & 1)) continue;
    const int32_t leaves =
        timetable_line_leaves(line, ready + (int32_t)s->r->ask.slack_s - t->depart[p->event + c], wait);
    if (leaves >= on) continue;
    on = leaves;
    board = c;
  }
}

static void ride_pattern(search *s, size_t k, uint32_t item) {
  const sund_timetable *t = s->r->t;
  const timetable_pattern *p = &t->pattern[item];
  uint32_t row = s->r->rows[item].end, board = 0;
  int32_t depart = 0;
  for (uint32_t c = 0; c < p->calls; c++) {
    const uint32_t stop = t->stop[p->first_call + c];
    if (row < s->r->rows[item].end && (t->use[p->first_call + c] & 2))
      alight(s, k, stop, (rode){timetable_arrive(t, p, row, c), item, row, board, depart});
    const int32_t ready = s->stood[k * t->stops + stop].ready;
    if (ready == RIDER_NEVER || !(t->use[p->first_call + c] & 1)) continue;
    const int32_t *leaves = timetable_departs(t, p, c);
    const uint32_t next = timetable_next(leaves, s->r->rows[item].begin, row, ready + (int32_t)s->r->ask.slack_s);
    if (next >= row) continue;
    row = next;
    board = c;
    depart = leaves[row];
  }
}

static void change(search *s, size_t k) {
  const sund_timetable *t = s->r->t;
  for (uint32_t stop = 0; stop < t->stops; stop++) {
    const int32_t arrive = s->rode[k * t->stops + stop].arrive;
    if (arrive == RIDER_NEVER) continue;
    stand(s, k + 1, stop, (stood){arrive + t->change[stop], stop, 0});
    for (uint32_t l = t->first_link[stop]; l < t->first_link[stop + 1]; l++)
      stand(s, k + 1, t->link[l].to, (stood){arrive + t->link[l].seconds, stop, t->link[l].seconds});
  }
}

/* --------------------------------------------------------------------------------------------------------- trace */

static void end_at(search *s, uint32_t stop, ended x) {
  if (x.arrive < s->ended[stop].arrive && x.arrive <= s->bound) s->ended[stop] = x;
}

/* Rounds in order: of equally early ends the one with fewer rides stays. */
static void find_ends(search *s) {
  const sund_timetable *t = s->r->t;
  for (uint32_t stop = 0; stop < t->stops; stop++) s->ended[stop] = (ended){RIDER_NEVER, NOWHERE, 0};
  for (uint32_t k = 0; k < s->r->ask.rides; k++)
    for (uint32_t from = 0; from < t->stops; from++) {
      const int32_t arrive = s->rode[k * t->stops + from].arrive;
      if (arrive == RIDER_NEVER) continue;
      end_at(s, from, (ended){arrive, from, k});
      for (uint32_t l = t->first_link[from]; l < t->first_link[from + 1]; l++)
        if (t->link[l].open) end_at(s, t->link[l].to, (ended){arrive + t->link[l].seconds, from, k});
    }
}

/* Rides k, k - 1 ... 0 into leg[k] ... */
static void trace(const search *s, uint32_t stop, size_t k, sund_leg *leg) {
  const sund_timetable *t = s->r->t;
  for (;; k--) {
    const rode *x = &s->rode[k * t->stops + stop];
    const timetable_pattern *p = &t->pattern[x->item];
    const uint32_t board = t->stop[p->first_call + x->board];
    const stood *from = &s->stood[k * t->stops + board];
    const bool same = from->from != NOWHERE && from->from == board; /* ready = arrival and change, both are waiting */
    leg[k] = (sund_leg){.trip = t->trip[p->first_trip + x->row],
                        .board = board,
                        .alight = stop,
                        .depart_s = x->depart,
                        .arrive_s = x->arrive,
                        .waited_s = x->depart - from->ready + (same ? t->change[board] : 0),
                        .linked_s = from->linked};
    if (k == 0) return;
    stop = from->from;
  }
}

/* ----------------------------------------------------------------------------------------------------------- run */

static void run(search *s) {
  const sund_timetable *t = s->r->t;
  const size_t rides = s->r->ask.rides;
  for (size_t i = 0; i < rides * t->stops; i++) {
    s->rode[i].arrive = RIDER_NEVER;
    s->stood[i].ready = RIDER_NEVER;
  }
  start(s, s->count, s->access);
  for (size_t k = 0; k < rides; k++) {
    for (uint32_t i = 0; i < t->patterns; i++) ride_pattern(s, k, i);
    for (size_t i = t->patterns; i < t->patterns + t->lines; i++) ride_line(s, k, (uint32_t)i);
    if (k + 1 < rides) change(s, k);
  }
  find_ends(s);
  s->done = true;
}

static sund_code open_search(sund_rider *r) {
  const size_t stops = r->t->stops;
  search *s = sund_alloc(r->ctx, 1, sizeof *s);
  if (!s) return SUND_LIMIT;
  *s = (search){.r = r,
                .rode = sund_alloc(r->ctx, stops, r->ask.rides * sizeof *s->rode),
                .stood = sund_alloc(r->ctx, stops, r->ask.rides * sizeof *s->stood),
                .ended = sund_alloc(r->ctx, stops, sizeof *s->ended)};
  if (!s->rode || !s->stood || !s->ended) return SUND_LIMIT;
  r->search = s;
  return SUND_OK;
}

/* Has the same been asked before? Else it is noted. */
static sund_code note_question(search *s, size_t count, const sund_access *access, size_t lane) {
  bool same = s->done && s->lane == lane && s->count == count;
  for (size_t i = 0; i < count && same; i++)
    same = s->access[i].stop == access[i].stop && s->access[i].seconds == access[i].seconds;
  s->done = same;
  if (same) return SUND_OK;
  sund_access *kept = sund_grow(s->r->ctx, s->access, &s->room, count, sizeof *kept);
  if (!kept) return SUND_LIMIT;
  s->access = kept;
  if (count) memcpy(kept, access, count * sizeof *kept);
  s->count = count;
  s->lane = lane;
  s->bound = rider_now(s->r, lane) + (int32_t)s->r->ask.limit_s;
  return SUND_OK;
}

sund_code sund_rider_journey(sund_ctx *ctx, sund_rider *r, size_t count, const sund_access *access, size_t lane,
                             uint32_t stop, size_t *legs, sund_leg **out) {
  if (!r->search) TRY(open_search(r));
  search *s = r->search;
  TRY(note_question(s, count, access, lane));
  if (!s->done) run(s);
  const ended *end = &s->ended[stop];
  const size_t n = end->from == NOWHERE ? 0 : end->round + 1;
  sund_leg *leg = sund_alloc(ctx, n, sizeof *leg);
  if (!leg) return SUND_LIMIT;
  if (n) trace(s, end->from, end->round, leg);
  *legs = n;
  *out = leg;
  return SUND_OK;
}

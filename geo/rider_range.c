/* rider_range.c - departures one after the other, from the last to the first, where only stated times are met.
 *
 * Range RAPTOR (Delling, Pajor and Werneck 2015, Round-based public transit routing) with the trips' own memory of trip-
 * based routing (Witt 2015): labels are kept from lane to lane, for whoever leaves earlier can wait; and of every trip is
 * known from which call on it has been ridden within so many rides, so that no piece of a trip is looked at twice.
 *
 * A lane:
 *   1. Round 0. Every call that the origin's stops offer knows the trip that is caught there (board). An earlier departure
 *      catches it or one before it; only the latter is news.
 *   2. A trip newly caught, or caught at an earlier call than before, is a stretch. Later trips of its pattern count as
 *      ridden from there too: they bring nobody anywhere sooner.
 *   3. Stretches are ridden: arrivals that are earlier than any with as many rides are noted; from those stops, changes
 *      and links make stops ready for the next round.
 * Labels of a stop with k rides never exceed those with fewer.
 *
 * Answers are kept as notes (lane, arrival) in a chain a stop, and spread over the lanes when they are asked for.
 */
#include "geo/rider_range.h"

#include <string.h>

/* -------------------------------------------------------------------------------------------------------- stretches */

/* One is ready at a call, in time for the trip before the last one offered: the first trip that can be caught. Most often
 * it is that one or the one before, so these are told apart without a branch. */
static inline uint32_t first_trip(const seat *at, int32_t ready, offered *o) {
  const int32_t *depart = at->depart + 1;
  const int32_t *next = depart + o->row - 1;
  next -= next[-1] >= ready;
  next -= next[-1] >= ready;
  while (next[-1] >= ready) next--;
  *o = (offered){next[-1], (uint32_t)(next - depart)};
  return o->row;
}

/* A trip is caught with k + 1 rides: a stretch, unless it has been ridden from there. */
static sund_code catch_trip(sund_rider *r, size_t k, const seat *at, uint32_t row) {
  struct rider_range *s = r->range;
  const size_t rides = s->rides;
  const uint32_t call = at->call;
  uint32_t *reach = s->reach + (at->reach + row) * rides;
  const uint32_t before = reach[k];
  if (before <= at->call) return SUND_OK;
  if (s->stretches == s->stretch_room) {
    stretch *more = sund_grow(r->ctx, s->stretch, &s->stretch_room, s->stretches + 1, sizeof *more);
    if (!more) return SUND_LIMIT;
    s->stretch = more;
  }
  const timetable_pattern *p = &r->t->pattern[at->pattern];
  const int32_t *arrive = r->t->arrive + p->event + (size_t)(r->rows[at->pattern].begin + row) * p->calls;
  s->stretch[s->stretches++] = (stretch){arrive, p->first_call, at->call, before < p->calls ? before : p->calls - 1};
  for (const uint32_t rows = at->rows; row < rows && reach[k] > call; row++, reach += rides)
    for (size_t j = k; j < rides && reach[j] > call; j++) reach[j] = call;
  return SUND_OK;
}

static void ride_stretches(sund_rider *r, size_t k) {
  struct rider_range *s = r->range;
  const sund_timetable *t = r->t;
  const int32_t bound = s->bound;
  const size_t rides = s->rides;
  s->arrived.count = 0;
  s->round++;
  for (size_t i = 0; i < s->stretches; i++) {
    const stretch *x = &s->stretch[i];
    const uint32_t *stop = t->stop + x->first_call;
    const uint8_t *use = t->use + x->first_call;
    const int32_t *arrive = x->arrive;
    for (uint32_t c = x->from + 1, to = x->to; c <= to && arrive[c] <= bound; c++) {
      place *at = place_visit(s, stop[c]);
      const int32_t then = arrive[c];
      if (then >= at->label[k] || !(use[c] & 2)) continue;
      label_lower(at->label, k, rides, then);
      stop_list_add(&s->arrived, &at->arrived, s->round, stop[c]);
    }
  }
  s->stretches = 0;
}

/* ------------------------------------------------------------------------------------------------------- changes */

static sund_code note_best(sund_rider *r, uint32_t stop, place *at, int32_t arrive) {
  struct rider_range *s = r->range;
  if (arrive >= at->best) return SUND_OK;
  at->best = arrive;
  if (at->newest > s->notes_before) { /* of this lane */
    s->note[at->newest - 1].arrive = arrive;
    return SUND_OK;
  }
  if (s->notes == s->note_room) {
    note *more = sund_grow(r->ctx, s->note, &s->note_room, s->notes + 1, sizeof *more);
    if (!more) return SUND_LIMIT;
    s->note = more;
  }
  s->note[s->notes++] = (note){at->newest, (uint32_t)s->lane, arrive};
  at->newest = (uint32_t)s->notes;
  s->noted[stop / 64] |= (uint64_t)1 << stop % 64;
  return SUND_OK;
}

/* What a stop's calls have offered to those who come after round k. */
static inline offered *offers_of(const sund_rider *r, size_t k, uint32_t stop) {
  const uint32_t first = r->t->first_at[stop], count = r->t->first_at[stop + 1] - first;
  return r->range->offered + (size_t)first * (r->range->rides - 1) + k * count;
}

/* One is ready at a stop after round k. */
static inline void wait_at(const sund_rider *r, size_t k, uint32_t stop, place *at, int32_t ready) {
  struct rider_range *s = r->range;
  if (k + 1 == s->rides || !label_lower(at->label + s->rides, k, s->rides - 1, ready)) return;
  stop_list_add(&s->waiting, &at->waiting, s->round, stop);
}

/* From stops arrived at in round k: answers, and stops where one is ready to board for round k + 1. */
static sund_code change(sund_rider *r, size_t k) {
  struct rider_range *s = r->range;
  const sund_timetable *t = r->t;
  s->waiting.count = 0;
  for (size_t i = 0; i < s->arrived.count; i++) {
    const uint32_t stop = s->arrived.stop[i];
    place *at = place_visit(s, stop);
    const int32_t arrive = at->label[k];
    TRY(note_best(r, stop, at, arrive));
    wait_at(r, k, stop, at, arrive + t->change[stop]);
    for (uint32_t l = t->first_link[stop]; l < t->first_link[stop + 1]; l++) {
      const timetable_link *link = &t->link[l];
      if (link->seconds > s->bound - arrive) continue;
      place *to = place_visit(s, link->to);
      if (link->open) TRY(note_best(r, link->to, to, arrive + link->seconds));
      wait_at(r, k, link->to, to, arrive + link->seconds);
    }
  }
  return SUND_OK;
}

/* Calls at a stop where one who is ready there after round k can catch an earlier trip than before. */
static sund_code find_chances(sund_rider *r, size_t k, uint32_t stop) {
  struct rider_range *s = r->range;
  const uint32_t first = r->t->first_at[stop], count = r->t->first_at[stop + 1] - first;
  place *at = place_visit(s, stop);
  const int32_t ready = at->label[s->rides + k] + (int32_t)r->ask.slack_s;
  if (ready > s->bound || count == 0) return SUND_OK;
  offered *o = offers_of(r, k, stop);
  for (uint32_t i = 0; i < count && !(at->opened >> k & 1); i++) o[i] = s->fresh[first + i];
  at->opened |= 1u << k;
  if (s->chance_room - s->chances < count) {
    chance *more = sund_grow(r->ctx, s->chance, &s->chance_room, s->chances + count, sizeof *more);
    if (!more) return SUND_LIMIT;
    s->chance = more;
  }
  for (uint32_t i = 0; i < count; i++) {
    __builtin_prefetch(s->seats + s->seat[first + i] + SEAT_HEAD + o[i].row - 3); /* departures looked at soon */
    s->chance[s->chances] = (chance){first + i, ready, &o[i]};
    s->chances += o[i].before >= ready;
  }
  return SUND_OK;
}

/* From stops where one is ready after round k: trips of round k + 1. */
static sund_code board_all(sund_rider *r, size_t k) {
  struct rider_range *s = r->range;
  s->chances = 0;
  for (size_t i = 0; i < s->waiting.count; i++) TRY(find_chances(r, k, s->waiting.stop[i]));
  size_t left = 0;
  for (size_t i = 0; i < s->chances; i++) { /* of those trips that have been ridden from there nothing is kept */
    const chance c = s->chance[i];
    const seat *at = seat_of(s, c.at);
    s->met = c.offered->before == INT32_MAX;
    if (s->met) return SUND_OK;
    const uint32_t row = first_trip(at, c.ready, c.offered);
    s->chance[left] = (chance){c.at, (int32_t)row, NULL};
    left += s->reach[(size_t)(at->reach + row) * s->rides + k + 1] > at->call;
  }
  for (size_t i = 0; i < left; i++)
    TRY(catch_trip(r, k + 1, seat_of(s, s->chance[i].at), (uint32_t)s->chance[i].ready));
  return SUND_OK;
}

/* ---------------------------------------------------------------------------------------------------------- lanes */

/* The calls that the origin's stops offer, nothing caught yet. */
static sund_code list_boards(sund_rider *r) {
  struct rider_range *s = r->range;
  const sund_timetable *t = r->t;
  s->boards = 0;
  for (size_t i = 0; i < r->start.count; i++) {
    const sund_access *from = &r->start.at[i];
    for (uint32_t a = t->first_at[from->stop]; a < t->first_at[from->stop + 1]; a++) {
      const uint32_t pattern = t->at[a].pattern;
      s->met = s->met || pattern >= t->patterns;
      if (s->met) return SUND_OK;
      if (r->rows[pattern].begin == r->rows[pattern].end) continue;
      board *more = sund_grow(r->ctx, s->board, &s->board_room, s->boards + 1, sizeof *more);
      if (!more) return SUND_LIMIT;
      s->board = more;
      s->board[s->boards++] = (board){s->fresh[a], a, (int32_t)(from->seconds + r->ask.slack_s)};
    }
  }
  return SUND_OK;
}

static sund_code catch_first(sund_rider *r) {
  struct rider_range *s = r->range;
  const int32_t now = rider_now(r, s->lane);
  for (size_t i = 0; i < s->boards; i++) {
    board *b = &s->board[i];
    if (b->offered.before < now + b->need) continue;
    const seat *at = seat_of(s, b->at);
    TRY(catch_trip(r, 0, at, first_trip(at, now + b->need, &b->offered)));
  }
  return SUND_OK;
}

static sund_code ride_lane(sund_rider *r) {
  struct rider_range *s = r->range;
  s->bound = rider_now(r, s->lane) + (int32_t)r->ask.limit_s;
  s->notes_before = s->notes;
  TRY(catch_first(r));
  for (size_t k = 0; k < s->rides && s->stretches && !s->met; k++) {
    ride_stretches(r, k);
    TRY(change(r, k));
    if (k + 1 < s->rides) TRY(board_all(r, k));
  }
  return SUND_OK;
}

sund_code rider_range_ride(sund_rider *r, bool *met) {
  struct rider_range *s = r->range;
  if (s->ride == UINT32_MAX || s->round > UINT32_MAX / 2) { /* numbers begin anew before they run out */
    memset(s->words, 0, r->t->stops * s->stride * sizeof *s->words);
    s->round = s->ride = 0;
  }
  s->ride++;
  memset(s->reach, 0xff, s->rows * s->rides * sizeof *s->reach);
  memset(s->noted, 0, (r->t->stops / 64 + 1) * sizeof *s->noted);
  s->notes = 0;
  s->stretches = 0;
  s->met = false;
  TRY(list_boards(r));
  for (s->lane = r->lanes.count; s->lane-- > 0 && !s->met;) TRY(ride_lane(r));
  *met = s->met;
  return SUND_OK;
}

/* -------------------------------------------------------------------------------------------------------- answers */

size_t rider_range_reached(const sund_rider *r, uint32_t *stop) {
  size_t count = 0;
  for (size_t w = 0; w <= r->t->stops / 64; w++)
    for (uint64_t bits = r->range->noted[w]; bits; bits &= bits - 1)
      stop[count++] = (uint32_t)(64 * w) + (uint32_t)__builtin_ctzll(bits);
  return count;
}

static void fill_block(int32_t *out, int32_t value) {
  for (int i = 0; i < LANES; i++) out[i] = value;
}

/* The seconds of a block of lanes: arrivals less departures, SUND_BEYOND above the limit. Without a branch, so that compilers
 * use the machine's vectors. */
static void since_departure(int32_t *restrict out, const int32_t *restrict arrive, const int32_t *restrict now,
                            int32_t limit) {
  for (int i = 0; i < LANES; i++) {
    const int32_t seconds = arrive[i] - now[i];
    out[i] = seconds | -(int32_t)(seconds > limit);
  }
}

/* A note holds from its lane down to the one behind the next newer note: runs of lanes with one arrival, written in whole
 * blocks whose ends the next run writes over. */
void rider_range_lanes(const sund_rider *r, uint32_t stop, uint32_t *out) {
  const struct rider_range *s = r->range;
  const place *at = (const place *)(const void *)(s->words + stop * s->stride);
  size_t end = 0;
  for (uint32_t n = at->ride == s->ride ? at->newest : 0; n; n = s->note[n - 1].older) {
    const size_t last = s->note[n - 1].lane;
    for (; end <= last; end += LANES) fill_block(s->runs + end, s->note[n - 1].arrive);
    end = last + 1;
  }
  for (size_t m = end; m < s->width; m++) s->runs[m] = RIDER_NEVER;
  for (size_t m = 0; m < s->width; m += LANES)
    since_departure(s->seconds + m, s->runs + m, s->now + m, (int32_t)r->ask.limit_s);
  memcpy(out, s->seconds, r->lanes.count * sizeof *out);
}

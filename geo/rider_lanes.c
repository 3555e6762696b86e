/* rider_lanes.c - departures side by side, where services known by their headway are met.
 *
 * RAPTOR (Delling, Pajor and Werneck 2015) with a row of lanes for every label: a round goes along every pattern and line
 * that passes a stop where some lane has become ready, and carries all lanes along at once. A lane on a pattern knows the
 * trip it sits in; on a line it knows when it left the first call, its own wait (sund_lane_wait) included, so that being
 * earlier at a call is being earlier at all that follow. Rows are padded to whole blocks, so that the machine's vectors
 * serve several lanes a step.
 */
#include <math.h>
#include <string.h>

#include "geo/lanes.h"
#include "geo/rider.h"

enum { BLOCK = 16 };

typedef struct marks {
  size_t count;
  uint32_t *item;
  uint8_t *is; /* 1 = in the list */
} marks;

struct rider_lanes {
  size_t width;     /* lanes, padded                                                     */
  int32_t *now;     /* width: departure                                                  */
  int32_t *bound;   /* width: latest arrival; below all times in padded lanes            */
  int32_t *wait;    /* lines * width: seconds                                            */
  int32_t *none;    /* width: 0, the wait of those who need not                          */
  int32_t *arrive;  /* stops * width: off a ride                                         */
  int32_t *ready;   /* stops * width: at the stop to board                               */
  int32_t *best;    /* stops * width: links after the last ride included                 */
  uint8_t *touched; /* stops: labels have been set up in this ride                      */
  uint32_t *touch;
  size_t touches;
  marks waiting, arrived, passing; /* stops, stops, patterns and lines                  */
  uint32_t *from;                  /* patterns and lines: first call to board at        */
  int32_t *column;                 /* rows of the largest pattern + 1: arrivals at a call */
  int32_t *on;                     /* width: row of the trip, or departure at the first call of a line */
};

/* ---------------------------------------------------------------------------------------------------------- open */

/* What leaves every second is always there. */
static int32_t whole_wait(const timetable_line *line, double share) {
  if (line->headway_s == 1) return 0;
  return (int32_t)floor(share * line->headway_s + 0.5);
}

int32_t rider_wait(const sund_rider *r, const timetable_line *line, size_t lane) {
  return whole_wait(line, sund_lane_wait(&r->lanes, line->service, lane));
}

static sund_code open_marks(sund_rider *r, size_t n, marks *m) {
  m->item = sund_alloc(r->ctx, n, sizeof *m->item);
  m->is = sund_alloc(r->ctx, n, sizeof *m->is);
  return m->item && m->is ? SUND_OK : SUND_LIMIT;
}

static void fill_lanes(sund_rider *r) {
  struct rider_lanes *s = r->side;
  for (size_t m = 0; m < s->width; m++) {
    s->now[m] = m < r->lanes.count ? rider_now(r, m) : RIDER_NEVER;
    s->bound[m] = m < r->lanes.count ? s->now[m] + (int32_t)r->ask.limit_s : INT32_MIN;
  }
}

static sund_code fill_waits(sund_rider *r) {
  struct rider_lanes *s = r->side;
  lanes_place *scratch = sund_alloc(r->ctx, r->lanes.count, sizeof *scratch);
  double *share = sund_alloc(r->ctx, r->lanes.count, sizeof *share);
  if (!scratch || !share) return SUND_LIMIT;
  for (size_t l = 0; l < r->t->lines; l++) {
    lanes_waits(&r->lanes, r->t->line[l].service, scratch, share);
    for (size_t m = 0; m < r->lanes.count; m++) s->wait[l * s->width + m] = whole_wait(&r->t->line[l], share[m]);
  }
  return SUND_OK;
}

sund_code rider_lanes_open(sund_rider *r) {
  const size_t stops = r->t->stops, all = r->t->patterns + r->t->lines;
  struct rider_lanes *s = r->side = sund_alloc(r->ctx, 1, sizeof *s);
  if (!s) return SUND_LIMIT;
  s->width = (r->lanes.count + BLOCK - 1) / BLOCK * BLOCK;
  const size_t row = s->width * sizeof *s->arrive;
  s->now = sund_alloc(r->ctx, 1, row);
  s->bound = sund_alloc(r->ctx, 1, row);
  s->none = sund_alloc(r->ctx, 1, row);
  s->on = sund_alloc(r->ctx, 1, row);
  s->wait = sund_alloc(r->ctx, r->t->lines, row);
  s->arrive = sund_alloc(r->ctx, stops, row);
  s->ready = sund_alloc(r->ctx, stops, row);
  s->best = sund_alloc(r->ctx, stops, row);
  size_t rows = 0;
  for (size_t i = 0; i < r->t->patterns; i++)
    if (r->rows[i].end - r->rows[i].begin > rows) rows = r->rows[i].end - r->rows[i].begin;
  s->column = sund_alloc(r->ctx, rows + 1, sizeof *s->column);
  s->touched = sund_alloc(r->ctx, stops, sizeof *s->touched);
  s->touch = sund_alloc(r->ctx, stops, sizeof *s->touch);
  s->from = sund_alloc(r->ctx, all, sizeof *s->from);
  if (!s->now || !s->bound || !s->none || !s->on || !s->wait || !s->arrive || !s->ready || !s->best || !s->column ||
      !s->touched || !s->touch || !s->from)
    return SUND_LIMIT;
  TRY(open_marks(r, stops, &s->waiting));
  TRY(open_marks(r, stops, &s->arrived));
  TRY(open_marks(r, all, &s->passing));
  fill_lanes(r);
  return fill_waits(r);
}

/* -------------------------------------------------------------------------------------------------------- labels */

static inline void mark(marks *m, uint32_t item) {
  if (m->is[item]) return;
  m->is[item] = 1;
  m->item[m->count++] = item;
}
static void unmark(marks *m) {
  while (m->count > 0) m->is[m->item[--m->count]] = 0;
}

static void touch(struct rider_lanes *s, uint32_t stop) {
  if (s->touched[stop]) return;
  s->touched[stop] = 1;
  s->touch[s->touches++] = stop;
  memset(s->arrive + stop * s->width, RIDER_NEVER_BYTE, s->width * sizeof *s->arrive);
  memset(s->ready + stop * s->width, RIDER_NEVER_BYTE, s->width * sizeof *s->ready);
  memset(s->best + stop * s->width, RIDER_NEVER_BYTE, s->width * sizeof *s->best);
}

/* A block of `lower`, without a branch, so that compilers use the machine's vectors. */
static void lower_block(int32_t *restrict label, const int32_t *restrict from, const int32_t *restrict bound,
                        int32_t add, int32_t *restrict news) {
  for (int i = 0; i < BLOCK; i++) {
    const int32_t sum = from[i] + add, now = label[i];
    const int32_t better = -(int32_t)((sum < now) & (sum <= bound[i]));
    news[i] |= better;
    label[i] = (sum & better) | (now & ~better);
  }
}

/* label = the smaller of itself and from + add, where that is within the bound. Is anything news? */
static bool lower(const struct rider_lanes *s, int32_t *label, const int32_t *from, int32_t add) {
  int32_t news[BLOCK] = {0}, any = 0;
  for (size_t b = 0; b < s->width; b += BLOCK) lower_block(label + b, from + b, s->bound + b, add, news);
  for (int i = 0; i < BLOCK; i++) any |= news[i];
  return any != 0;
}

/* ---------------------------------------------------------------------------------------------------------- rides */

static void board_block(int32_t *restrict on, const int32_t *restrict ready, const int32_t *restrict wait,
                        const timetable_line *line, int32_t before) {
  const int32_t begin = line->begin_s, end = line->end_s;
  for (int i = 0; i < BLOCK; i++) {
    const int32_t at = ready[i] + before, now = on[i], late = -(int32_t)(at > begin);
    const int32_t leaves = ((at & late) | (begin & ~late)) + wait[i];
    const int32_t sooner = -(int32_t)((leaves < end) & (leaves < now));
    on[i] = (leaves & sooner) | (now & ~sooner);
  }
}

static void ride_line(sund_rider *r, uint32_t item, bool wait_first) {
  struct rider_lanes *s = r->side;
  const sund_timetable *t = r->t;
  const timetable_pattern *p = &t->pattern[item];
  const timetable_line *line = &t->line[item - t->patterns];
  const int32_t *wait = wait_first ? s->wait + (item - t->patterns) * s->width : s->none;
  memset(s->on, RIDER_NEVER_BYTE, s->width * sizeof *s->on);
  for (uint32_t c = s->from[item]; c < p->calls; c++) {
    const uint32_t stop = t->stop[p->first_call + c];
    if (c > s->from[item] && (t->use[p->first_call + c] & 2)) {
      touch(s, stop);
      if (lower(s, s->arrive + stop * s->width, s->on, t->arrive[p->event + c])) mark(&s->arrived, stop);
    }
    if (!(t->use[p->first_call + c] & 1) || !s->waiting.is[stop]) continue;
    const int32_t *ready = s->ready + stop * s->width, before = (int32_t)r->ask.slack_s - t->depart[p->event + c];
    for (size_t b = 0; b < s->width; b += BLOCK) board_block(s->on + b, ready + b, wait + b, line, before);
  }
}

/* Rows of trips count from the first that can matter; `rows` = in none. low, high: rows ever in use: low .. high-1. */
static void catch_trips(const sund_rider *r, uint32_t item, uint32_t call, const int32_t *ready, uint32_t *low,
                        uint32_t *high) {
  const struct rider_lanes *s = r->side;
  const int32_t *depart = timetable_departs(r->t, &r->t->pattern[item], call) + r->rows[item].begin;
  const int32_t slack = (int32_t)r->ask.slack_s;
  for (size_t m = 0; m < r->lanes.count; m++) {
    const int32_t at = ready[m] + slack;
    uint32_t row = (uint32_t)s->on[m];
    if (at > s->bound[m] || row == 0 || depart[row - 1] < at) continue;
    row = timetable_next(depart, 0, row - 1, at);
    s->on[m] = (int32_t)row;
    *low = row < *low ? row : *low;
    *high = row >= *high ? row + 1 : *high;
  }
}

/* Lanes that sit in a trip arrive at a call. column: arrivals of the trips in use, RIDER_NEVER behind the last row. */
static bool alight(const sund_rider *r, const int32_t *restrict column, int32_t *restrict label) {
  const struct rider_lanes *s = r->side;
  int32_t any = 0;
  for (size_t m = 0; m < r->lanes.count; m++) {
    const int32_t at = column[s->on[m]], now = label[m];
    const int32_t better = -(int32_t)((at < now) & (at <= s->bound[m]));
    any |= better;
    label[m] = (at & better) | (now & ~better);
  }
  return any != 0;
}

static void ride_pattern(sund_rider *r, uint32_t item) {
  struct rider_lanes *s = r->side;
  const sund_timetable *t = r->t;
  const timetable_pattern *p = &t->pattern[item];
  const uint32_t begin = r->rows[item].begin, rows = r->rows[item].end - begin;
  uint32_t low = rows, high = 0;
  if (rows == 0) return;
  for (size_t m = 0; m < s->width; m++) s->on[m] = (int32_t)rows;
  s->column[rows] = RIDER_NEVER;
  for (uint32_t c = s->from[item]; c < p->calls; c++) {
    const uint32_t stop = t->stop[p->first_call + c];
    if (low < high && (t->use[p->first_call + c] & 2)) {
      touch(s, stop);
      for (uint32_t row = low; row < high; row++) s->column[row] = timetable_arrive(t, p, begin + row, c);
      if (alight(r, s->column, s->arrive + stop * s->width)) mark(&s->arrived, stop);
    }
    if ((t->use[p->first_call + c] & 1) && s->waiting.is[stop])
      catch_trips(r, item, c, s->ready + stop * s->width, &low, &high);
  }
}

/* ---------------------------------------------------------------------------------------------------------- rounds */

static void ride_all(sund_rider *r, bool wait) {
  struct rider_lanes *s = r->side;
  const sund_timetable *t = r->t;
  unmark(&s->passing);
  for (size_t i = 0; i < s->waiting.count; i++)
    for (uint32_t a = t->first_at[s->waiting.item[i]]; a < t->first_at[s->waiting.item[i] + 1]; a++) {
      const timetable_at *at = &t->at[a];
      if (!s->passing.is[at->pattern] || at->call < s->from[at->pattern]) s->from[at->pattern] = at->call;
      mark(&s->passing, at->pattern);
    }
  unmark(&s->arrived);
  for (size_t i = 0; i < s->passing.count; i++) {
    if (s->passing.item[i] < t->patterns) ride_pattern(r, s->passing.item[i]);
    else ride_line(r, s->passing.item[i], wait);
  }
}

static void change(sund_rider *r) {
  struct rider_lanes *s = r->side;
  const sund_timetable *t = r->t;
  unmark(&s->waiting);
  for (size_t i = 0; i < s->arrived.count; i++) {
    const uint32_t stop = s->arrived.item[i];
    const int32_t *arrive = s->arrive + stop * s->width;
    lower(s, s->best + stop * s->width, arrive, 0);
    if (lower(s, s->ready + stop * s->width, arrive, t->change[stop])) mark(&s->waiting, stop);
    for (uint32_t l = t->first_link[stop]; l < t->first_link[stop + 1]; l++) {
      const timetable_link *link = &t->link[l];
      if ((uint32_t)link->seconds > r->ask.limit_s) continue;
      touch(s, link->to);
      if (link->open) lower(s, s->best + link->to * s->width, arrive, link->seconds);
      if (lower(s, s->ready + link->to * s->width, arrive, link->seconds)) mark(&s->waiting, link->to);
    }
  }
}

sund_code rider_lanes_ride(sund_rider *r) {
  struct rider_lanes *s = r->side;
  while (s->touches > 0) s->touched[s->touch[--s->touches]] = 0;
  unmark(&s->waiting);
  for (size_t i = 0; i < r->start.count; i++) {
    const sund_access *from = &r->start.at[i];
    touch(s, from->stop);
    if (lower(s, s->ready + from->stop * s->width, s->now, (int32_t)from->seconds)) mark(&s->waiting, from->stop);
  }
  for (size_t k = 0; k < r->ask.rides && s->waiting.count; k++) {
    ride_all(r, k > 0 || !r->ask.no_first_wait);
    change(r);
  }
  return SUND_OK;
}

/* -------------------------------------------------------------------------------------------------------- answers */

size_t rider_lanes_reached(const sund_rider *r, uint32_t *stop) {
  const struct rider_lanes *s = r->side;
  size_t count = 0;
  for (uint32_t i = 0; i < r->t->stops; i++) {
    size_t m = 0;
    while (s->touched[i] && m < r->lanes.count && s->best[i * s->width + m] == RIDER_NEVER) m++;
    if (s->touched[i] && m < r->lanes.count) stop[count++] = i;
  }
  return count;
}

void rider_lanes_lanes(const sund_rider *r, uint32_t stop, uint32_t *out) {
  const struct rider_lanes *s = r->side;
  const int32_t *best = s->best + stop * s->width;
  const bool touched = s->touched[stop];
  for (size_t m = 0; m < r->lanes.count; m++)
    out[m] = touched && best[m] != RIDER_NEVER ? (uint32_t)(best[m] - s->now[m]) : SUND_BEYOND;
}

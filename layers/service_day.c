/* service_day.c - what runs on a day: the trips of its services, those of the days before that are still under way
 * (times past 24:00), those of the day after that begin within the time asked about.
 *
 * Times of a service day count from noon minus 12 hours, so days of the time change are 23 or 25 hours from the next.
 * Frequencies with exact_times become trips; others stay headways.
 */
#include "service.h"

enum { DAY_S = 86400, FIRST_HOUR_S = 3600 };

typedef struct picking {
  service_build *b;
  const feed *f;
  uint32_t feed;
  int32_t day_offset, shift_s;
  uint8_t *active; /* services: runs that day */
  size_t relative; /* templates read as counted from the begin of their cycle */
  uint32_t relative_trip;
} picking;

static sund_code add_run(const picking *p, service_run run) {
  service_build *b = p->b;
  service_run *grown = sund_grow(b->ctx, b->run, &b->run_room, b->runs + 1, sizeof *grown);
  if (!grown) return SUND_LIMIT;
  if (b->runs >= FEED_NONE - 1)
    return sund_fail(b->ctx, SUND_LIMIT, "more than four thousand million trips on a day");
  b->run = grown;
  run.feed = p->feed;
  run.day_offset = p->day_offset;
  b->run[b->runs++] = run;
  return SUND_OK;
}

/* Can it be boarded from begin_s on, and does it leave by end_s? */
static bool in_time(const picking *p, const feed_trip *trip, int32_t shift_s) {
  int32_t first = p->f->depart_s[trip->first], last = p->f->depart_s[trip->first + trip->events - 2];
  return last + shift_s >= p->b->ask->begin_s && first + shift_s <= p->b->ask->end_s;
}

/* The template's time that stands for the begin of a frequency: its first departure. A template that leaves some
 * minutes after midnight, though no vehicle does, is written relative to the begin of a cycle it comes later in
 * (its vehicle does another trip before): then the begin is its 0:00. */
static int32_t template_zero(picking *p, uint32_t number) {
  const feed *f = p->f;
  const feed_trip *trip = &f->trip[number];
  int32_t first = f->depart_s[trip->first];
  bool relative = first > 0 && first < FIRST_HOUR_S;
  for (uint32_t k = 0; k < trip->frequencies; k++)
    relative = relative && f->frequency[trip->first_frequency + k].begin_s >= FIRST_HOUR_S;
  if (!relative) return first;
  if (p->relative++ == 0) p->relative_trip = number;
  return 0;
}

static sund_code add_headway(picking *p, uint32_t number, const feed_frequency *row, int32_t zero_s) {
  const feed *f = p->f;
  const feed_trip *trip = &f->trip[number];
  int32_t first = f->depart_s[trip->first], later = p->shift_s + first - zero_s;
  int32_t lasts = f->depart_s[trip->first + trip->events - 2] - first;
  service_run run = {.trip = number,
                     .shift_s = -first,
                     .headway_s = row->headway_s,
                     .begin_s = row->begin_s + later,
                     .end_s = row->end_s + later};
  if (run.end_s + lasts < p->b->ask->begin_s || run.begin_s > p->b->ask->end_s) return SUND_OK;
  return add_run(p, run);
}

static sund_code add_frequencies(picking *p, uint32_t number) {
  const feed_trip *trip = &p->f->trip[number];
  int32_t zero_s = template_zero(p, number);
  for (uint32_t k = 0; k < trip->frequencies; k++) {
    const feed_frequency *row = &p->f->frequency[trip->first_frequency + k];
    if (!row->exact) {
      TRY(add_headway(p, number, row, zero_s));
      continue;
    }
    for (int32_t at = row->begin_s; at < row->end_s; at += row->headway_s) {
      int32_t shift_s = p->shift_s + at - zero_s;
      if (in_time(p, trip, shift_s)) TRY(add_run(p, (service_run){.trip = number, .shift_s = shift_s}));
    }
  }
  return SUND_OK;
}

static sund_code pick_day(picking *p) {
  const feed *f = p->f;
  const uint8_t *closed = p->b->closed + p->b->first_route[p->feed];
  for (size_t s = 0; s < f->services; s++) p->active[s] = feed_runs(f, (uint32_t)s, p->b->day + p->day_offset);
  for (size_t k = 0; k < f->trips; k++) {
    const feed_trip *trip = &f->trip[k];
    if (!trip->runs || trip->service == FEED_NONE || !p->active[trip->service] || closed[trip->route]) continue;
    if (trip->frequencies > 0) TRY(add_frequencies(p, (uint32_t)k));
    else if (in_time(p, trip, p->shift_s)) TRY(add_run(p, (service_run){.trip = (uint32_t)k, .shift_s = p->shift_s}));
  }
  return SUND_OK;
}

/* Days back that may still be under way: a headway's last trip may begin late and go on long. */
static int32_t days_back(const feed *f) {
  int64_t latest = f->latest_s;
  for (size_t i = 0; i < f->frequencies; i++) {
    const feed_trip *trip = &f->trip[f->frequency[i].trip];
    if (!trip->runs) continue;
    int64_t end = (int64_t)f->frequency[i].end_s + f->depart_s[trip->first + trip->events - 1];
    if (end > latest) latest = end;
  }
  return (int32_t)(latest / DAY_S) + 1;
}

sund_code service_pick(service_build *b) {
  for (size_t i = 0; i < b->feeds->count; i++) {
    const feed *f = &b->feeds->feed[i];
    const feed_zone *zone = f->zone_known ? &f->zone : b->clock;
    picking p = {.b = b, .f = f, .feed = (uint32_t)i, .active = sund_alloc(b->ctx, f->services, 1)};
    if (!p.active) return SUND_LIMIT;
    int32_t back = days_back(f), ahead = b->ask->end_s > 0 ? b->ask->end_s / DAY_S + 1 : 0;
    for (p.day_offset = -back; p.day_offset <= ahead; p.day_offset++) {
      p.shift_s = (int32_t)(feed_zone_zero(zone, b->day + p.day_offset) - feed_zone_zero(b->clock, b->day));
      TRY(pick_day(&p));
    }
    if (p.relative > 0)
      TRY(service_tell(
          b, "note", f->name,
          "frequencies.txt: trip %s leaves some minutes past 0:00 in stop_times.txt, which is read as counted from "
          "the begin of its frequency",
          f->trip[p.relative_trip].id));
  }
  return SUND_OK;
}

/* rider.c - earliest arrivals for every departure of a window: the front of the two searches (rider.h).
 *
 * An origin's stops and the links open before the first ride are put together first (start); then the search for stated
 * times runs, and where it meets a service known by its headway the search for lanes side by side instead.
 */
#include "geo/rider.h"

#include <string.h>

/* ------------------------------------------------------------------------------------------------------- start */

static sund_code offer(sund_rider *r, uint32_t stop, uint32_t seconds) {
  rider_start *s = &r->start;
  if (seconds > r->ask.limit_s) return SUND_OK;
  if (s->place[stop] == 0) {
    sund_access *at = sund_grow(r->ctx, s->at, &s->room, s->count + 1, sizeof *at);
    if (!at) return SUND_LIMIT;
    s->at = at;
    s->at[s->count++] = (sund_access){stop, seconds};
    s->place[stop] = (uint32_t)s->count;
  } else if (seconds < s->at[s->place[stop] - 1].seconds) {
    s->at[s->place[stop] - 1].seconds = seconds;
  }
  return SUND_OK;
}

sund_code rider_begin(sund_rider *r, size_t count, const sund_access *access) {
  const sund_timetable *t = r->t;
  for (size_t i = 0; i < r->start.count; i++) r->start.place[r->start.at[i].stop] = 0;
  r->start.count = 0;
  for (size_t i = 0; i < count; i++) {
    if (access[i].stop >= t->stops) return sund_fail(r->ctx, SUND_DEFECT, "a way to a stop that is not there");
    if (access[i].seconds > r->ask.limit_s) continue;
    TRY(offer(r, access[i].stop, access[i].seconds));
    for (uint32_t l = t->first_link[access[i].stop]; l < t->first_link[access[i].stop + 1]; l++)
      if (t->link[l].open) TRY(offer(r, t->link[l].to, access[i].seconds + (uint32_t)t->link[l].seconds));
  }
  return SUND_OK;
}

/* -------------------------------------------------------------------------------------------------------- rides */

static sund_code find_rows(sund_rider *r) {
  const sund_timetable *t = r->t;
  const int32_t last = rider_now(r, r->lanes.count - 1) + (int32_t)r->ask.limit_s;
  r->rows = sund_alloc(r->ctx, t->patterns, sizeof *r->rows);
  if (!r->rows) return SUND_LIMIT;
  for (size_t i = 0; i < t->patterns; i++) {
    const timetable_pattern *p = &t->pattern[i];
    rider_rows *rows = &r->rows[i];
    rows->end = timetable_next(timetable_departs(t, p, 0), 0, p->trips, last + 1);
    rows->begin = timetable_next(timetable_departs(t, p, p->calls - 2), 0, rows->end, r->lanes.depart_s);
  }
  return SUND_OK;
}

sund_code sund_rider_open(sund_ctx *ctx, const sund_timetable *timetable, const sund_rides_ask *ask,
                          sund_rider **out) {
  sund_rider *r = sund_alloc(ctx, 1, sizeof *r);
  if (!r) return SUND_LIMIT;
  *r = (sund_rider){.ctx = ctx, .t = timetable, .lanes = *ask->lanes, .ask = *ask};
  const double last = (double)r->lanes.depart_s + (double)r->lanes.step_s * (double)r->lanes.count;
  if (r->lanes.count == 0 || r->lanes.step_s <= 0 || r->lanes.depart_s < -TIMETABLE_MOST_S ||
      last + (double)ask->limit_s + (double)ask->slack_s > TIMETABLE_MOST_S)
    return sund_fail(ctx, SUND_USAGE, "the window of departures or its limit is not within the days of a timetable");
  if (ask->rides == 0 || ask->rides > 32) return sund_fail(ctx, SUND_USAGE, "rides must be 1 to 32");
  r->start.place = sund_alloc(ctx, timetable->stops, sizeof *r->start.place);
  r->reached = sund_alloc(ctx, timetable->stops, sizeof *r->reached);
  if (!r->start.place || !r->reached) return SUND_LIMIT;
  TRY(find_rows(r));
  TRY(rider_range_open(r));
  if (timetable->lines) TRY(rider_lanes_open(r));
  *out = r;
  return SUND_OK;
}

sund_code sund_rider_ride(sund_rider *r, size_t count, const sund_access *access, uint32_t *arrive) {
  TRY(rider_begin(r, count, access));
  TRY(rider_range_ride(r, &r->side_by_side));
  if (r->side_by_side) TRY(rider_lanes_ride(r));
  r->reached_count = r->side_by_side ? rider_lanes_reached(r, r->reached) : rider_range_reached(r, r->reached);
  if (!arrive) return SUND_OK;
  memset(arrive, 0xff, r->t->stops * r->lanes.count * sizeof *arrive); /* SUND_BEYOND */
  for (size_t i = 0; i < r->reached_count; i++)
    sund_rider_lanes(r, r->reached[i], arrive + r->reached[i] * r->lanes.count);
  return SUND_OK;
}

size_t sund_rider_reached(const sund_rider *r, const uint32_t **stop) {
  *stop = r->reached;
  return r->reached_count;
}

void sund_rider_lanes(const sund_rider *r, uint32_t stop, uint32_t *arrive) {
  if (r->side_by_side) rider_lanes_lanes(r, stop, arrive);
  else rider_range_lanes(r, stop, arrive);
}

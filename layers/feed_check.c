/* feed_check.c - what looks wrong in a timetable and can be lived with: a line each, with how many and an example, so
 * that nothing is left out in silence and a thousand cases of one fault do not hide another.
 */
#include <math.h>

#include "feed.h"

static uint32_t trip_of_event(const feed *f, size_t event) {
  for (size_t k = 0; k < f->trips; k++)
    if (event >= f->trip[k].first && event < f->trip[k].first + f->trip[k].events) return (uint32_t)k;
  return 0;
}

static sund_code check_trips(feed_reader *r, const feed_hops *h) {
  const feed *f = r->feed;
  if (h->silent > 0)
    TRY(feed_tell(r, "warning", NAN, NAN,
                  "trips.txt: %zu trips have no row in stop_times.txt and do not run, the first is %s", h->silent,
                  f->trip[h->silent_trip].id));
  if (h->single > 0)
    TRY(feed_tell(r, "warning", NAN, NAN,
                  "stop_times.txt: %zu trips have one stop only and do not run, the first is %s", h->single,
                  f->trip[h->single_trip].id));
  if (h->untimed > 0)
    TRY(feed_tell(
        r, "warning", NAN, NAN,
        "stop_times.txt: %zu trips have no time at their first or last stop and do not run, the first is %s",
        h->untimed, f->trip[h->untimed_trip].id));
  if (h->filled == 0) return SUND_OK;
  return feed_tell(r, "note", NAN, NAN,
                   "stop_times.txt: %zu times are not stated; put in by the way between those that are", h->filled);
}

static sund_code check_hops(feed_reader *r, const feed_hops *h) {
  const feed *f = r->feed;
  if (h->zero > 0) {
    const feed_stop *to = &f->stop[f->event_stop[h->zero_event]], *from = &f->stop[f->event_stop[h->zero_event - 1]];
    TRY(feed_tell(
        r, "note", to->x, to->y,
        "stop_times.txt: %zu hops of more than 250 m take no time, the first on trip %s from %s to %s (%.1f km)",
        h->zero, f->trip[trip_of_event(f, h->zero_event)].id, from->id, to->id, h->zero_m / 1000));
  }
  if (h->fast == 0) return SUND_OK;
  const feed_stop *to = &f->stop[f->event_stop[h->fast_event]], *from = &f->stop[f->event_stop[h->fast_event - 1]];
  return feed_tell(r, "warning", to->x, to->y,
                   "stop_times.txt: %zu hops are faster than 250 km/h (ferries: 70 km/h), the fastest on trip %s "
                   "from %s to %s: %.0f km/h",
                   h->fast, f->trip[trip_of_event(f, h->fast_event)].id, from->id, to->id, h->fast_kmh);
}

static sund_code check_stops(feed_reader *r) {
  const feed *f = r->feed;
  size_t idle = 0, first_idle = 0, lost = 0, first_lost = 0, strange = 0, first_strange = 0;
  for (size_t s = 0; s < f->stops; s++) {
    const feed_stop *stop = &f->stop[s];
    if (stop->type == 0 && !stop->called && idle++ == 0) first_idle = s;
    if (stop->called && isnan(stop->latitude) && lost++ == 0) first_lost = s;
    if (stop->called && stop->type != 0 && strange++ == 0) first_strange = s;
  }
  if (lost > 0)
    TRY(feed_tell(r, "warning", NAN, NAN,
                  "stops.txt: %zu stops have no place: nobody can walk to them, the first is %s (%s)", lost,
                  f->stop[first_lost].id, f->stop[first_lost].name));
  if (strange > 0)
    TRY(feed_tell(
        r, "warning", f->stop[first_strange].x, f->stop[first_strange].y,
        "stop_times.txt: %zu stations, entrances or the like are called at as if they were stops, the first is %s",
        strange, f->stop[first_strange].id));
  if (idle == 0) return SUND_OK;
  return feed_tell(r, "note", f->stop[first_idle].x, f->stop[first_idle].y,
                   "stops.txt: %zu stops are never called at, the first is %s (%s)", idle, f->stop[first_idle].id,
                   f->stop[first_idle].name);
}

static bool ever_runs(const feed *f, uint32_t service) {
  const feed_service *s = &f->service[service];
  for (int64_t day = s->begin_day; s->weekdays && day <= s->end_day; day++)
    if (feed_runs(f, service, day)) return true;
  for (size_t i = 0; i < s->exceptions; i++)
    if (f->exception[s->first_exception + i].added) return true;
  return false;
}

static sund_code check_services(feed_reader *r) {
  const feed *f = r->feed;
  size_t idle = 0, first_idle = 0, dead = 0, first_dead = 0;
  for (size_t k = 0; k < f->routes; k++)
    if (!f->route[k].used && idle++ == 0) first_idle = k;
  for (size_t k = 0; k < f->services; k++)
    if (!ever_runs(f, (uint32_t)k) && dead++ == 0) first_dead = k;
  if (idle > 0)
    TRY(feed_tell(r, "note", NAN, NAN, "routes.txt: %zu routes have no trip, the first is %s", idle,
                  f->route[first_idle].id));
  if (dead == 0) return SUND_OK;
  return feed_tell(r, "note", NAN, NAN, "calendar.txt, calendar_dates.txt: %zu services never run, the first is %s",
                   dead, f->service_id[first_dead]);
}

sund_code feed_check(feed_reader *r, const feed_hops *hops) {
  TRY(check_trips(r, hops));
  TRY(check_hops(r, hops));
  TRY(check_stops(r));
  return check_services(r);
}

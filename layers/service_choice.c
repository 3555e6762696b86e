/* service_choice.c - the day of a service and whose clock counts.
 *
 * Of the days all feeds know a Tuesday stands for a working day: the one with most trips, of equal ones the first.
 * Feeds that know no Tuesday together give the day with most trips.
 */
#include <inttypes.h>
#include <string.h>

#include "service.h"

enum { TUESDAY = 1, MOST_DAYS = 73000 };

/* Trips of a feed by service. */
static sund_code count_trips(sund_ctx *ctx, const feed *f, size_t **out) {
  size_t *trips = sund_alloc(ctx, f->services, sizeof *trips);
  if (!trips) return SUND_LIMIT;
  for (size_t k = 0; k < f->trips; k++)
    if (f->trip[k].runs && f->trip[k].service != FEED_NONE) trips[f->trip[k].service]++;
  *out = trips;
  return SUND_OK;
}

static size_t trips_on(const sund_feeds *feeds, size_t *const *trips, int64_t day) {
  size_t sum = 0;
  for (size_t i = 0; i < feeds->count; i++)
    for (size_t s = 0; s < feeds->feed[i].services; s++)
      if (trips[i][s] > 0 && feed_runs(&feeds->feed[i], (uint32_t)s, day)) sum += trips[i][s];
  return sum;
}

/* "a.zip: 2025-01-01 to 2025-12-13, b.zip: ..." */
static const char *days_known(const service_build *b) {
  const char *text = "";
  for (size_t i = 0; i < b->feeds->count && text; i++) {
    const feed *f = &b->feeds->feed[i];
    const char *first = sund_day_text(b->ctx, f->begin_day), *last = sund_day_text(b->ctx, f->end_day);
    if (!first || !last) return NULL;
    text = f->begin_day <= f->end_day
               ? sund_text(b->ctx, "%s%s%s: %s to %s", text, *text ? ", " : "", f->name, first, last)
               : sund_text(b->ctx, "%s%s%s: no day", text, *text ? ", " : "", f->name);
  }
  return text;
}

static sund_code fail_no_trip(service_build *b, const char *what) {
  const char *known = days_known(b);
  if (!known) return SUND_LIMIT;
  return sund_fail(b->ctx, SUND_DATA, "%s; the timetables know %s", what, known);
}

/* The day with most trips between two, every day or Tuesdays only; 0 trips = none. */
static size_t best_day(const service_build *b, size_t *const *trips, int64_t begin, int64_t end, bool tuesdays,
                       int64_t *best) {
  size_t most = 0;
  for (int64_t day = begin; day <= end; day++) {
    if (tuesdays && ((day + 3) % 7 + 7) % 7 != TUESDAY) continue;
    size_t here = trips_on(b->feeds, trips, day);
    if (here > most) most = here, *best = day;
  }
  return most;
}

static sund_code choose(service_build *b, size_t *const *trips) {
  int64_t begin = INT64_MIN, end = INT64_MAX;
  for (size_t i = 0; i < b->feeds->count; i++) {
    const feed *f = &b->feeds->feed[i];
    if (f->begin_day > begin) begin = f->begin_day;
    if (f->end_day < end) end = f->end_day;
  }
  if (begin > end) return fail_no_trip(b, "no day is known to all timetables: give one");
  if (end - begin > MOST_DAYS) end = begin + MOST_DAYS;
  if (best_day(b, trips, begin, end, true, &b->day) > 0) return SUND_OK;
  if (best_day(b, trips, begin, end, false, &b->day) == 0) return fail_no_trip(b, "no trip runs on any day");
  const char *day = sund_day_text(b->ctx, b->day);
  if (!day) return SUND_LIMIT;
  return service_tell(b, "note", NULL, "no Tuesday with trips is known to all timetables; %s is used", day);
}

/* Routes of a feed that have trips, but none in the week of the day, Monday to Sunday: dead as far as the day can
 * tell. */
static sund_code check_week(service_build *b, const feed *f, const char *day) {
  int64_t monday = b->day - ((b->day + 3) % 7 + 7) % 7;
  uint8_t *alive = sund_alloc(b->ctx, f->routes, 1), *runs = sund_alloc(b->ctx, f->services, 1);
  size_t dead = 0, first = 0;
  if (!alive || !runs) return SUND_LIMIT;
  for (size_t s = 0; s < f->services; s++)
    for (int d = 0; d < 7 && !runs[s]; d++) runs[s] = feed_runs(f, (uint32_t)s, monday + d);
  for (size_t k = 0; k < f->trips; k++)
    if (f->trip[k].runs && f->trip[k].service != FEED_NONE && runs[f->trip[k].service]) alive[f->trip[k].route] = 1;
  for (size_t r = 0; r < f->routes; r++)
    if (f->route[r].used && !alive[r] && dead++ == 0) first = r;
  if (dead == 0) return SUND_OK;
  return service_tell(b, "note", f->name, "%zu routes do not run in the week of %s, the first is %s (%s)", dead, day,
                      f->route[first].id, f->route[first].name);
}

/* A feed that is silent on the day others speak of is told. */
static sund_code check_day(service_build *b, size_t *const *trips) {
  const char *day = sund_day_text(b->ctx, b->day);
  if (!day) return SUND_LIMIT;
  size_t silent = 0;
  for (size_t i = 0; i < b->feeds->count; i++) {
    const sund_feeds one = {.count = 1, .feed = &b->feeds->feed[i], .crs = b->feeds->crs};
    if (trips_on(&one, &trips[i], b->day) > 0) {
      TRY(check_week(b, one.feed, day));
      continue;
    }
    silent++;
    TRY(service_tell(b, "warning", one.feed->name, "no trip runs on %s", day));
  }
  if (silent < b->feeds->count) return SUND_OK;
  const char *what = sund_text(b->ctx, "no trip runs on %s", day);
  return what ? fail_no_trip(b, what) : SUND_LIMIT;
}

static const feed_zone *clock_of(const sund_feeds *feeds) {
  for (size_t i = 0; i < feeds->count; i++)
    if (feeds->feed[i].zone_known) return &feeds->feed[i].zone;
  return &feeds->feed[0].zone;
}

/* Feeds whose clocks differ that day are put in line, and that is told. */
static sund_code check_clocks(service_build *b) {
  for (size_t i = 0; i < b->feeds->count; i++) {
    const feed *f = &b->feeds->feed[i];
    int64_t later = feed_zone_zero(&f->zone, b->day) - feed_zone_zero(b->clock, b->day);
    if (!f->zone_known || later == 0) continue;
    TRY(service_tell(
        b, "warning", f->name,
        "its clock (%s) is not that of the first timetable (%s) on the day: its trips are moved by %+" PRId64
        " minutes",
        f->zone.name, b->clock->name, later / 60));
  }
  return SUND_OK;
}

sund_code service_choose_day(service_build *b) {
  size_t **trips = sund_alloc(b->ctx, b->feeds->count, sizeof *trips);
  if (!trips) return SUND_LIMIT;
  for (size_t i = 0; i < b->feeds->count; i++) TRY(count_trips(b->ctx, &b->feeds->feed[i], &trips[i]));
  b->day = b->ask->day;
  b->clock = clock_of(b->feeds);
  if (b->ask->day == SUND_ANY_DAY) TRY(choose(b, trips));
  TRY(check_day(b, trips));
  return check_clocks(b);
}

/* A clock on the wall in seconds of the service; *shown: the clock does show it. */
static int32_t by_clock(const feed_zone *zone, int64_t day, int32_t clock_s, bool *shown) {
  int64_t zero = feed_zone_zero(zone, day);
  /* The clock's midnight by the offset at noon is time zero; before a change another offset was in force. */
  int32_t noon = feed_zone_offset(zone, zero + 43200), before = feed_zone_offset(zone, zero - 3600);
  int64_t as_noon = zero + clock_s, as_before = as_noon + noon - before;
  *shown = true;
  if (feed_zone_offset(zone, as_noon) == noon) return (int32_t)(as_noon - zero);
  if (feed_zone_offset(zone, as_before) == before) return (int32_t)(as_before - zero);
  *shown = false; /* left out: the change itself, which lies between the two */
  while (as_before - as_noon > 1) {
    int64_t middle = (as_noon + as_before) / 2;
    if (feed_zone_offset(zone, middle) == noon) as_before = middle;
    else as_noon = middle;
  }
  return (int32_t)(as_before - zero);
}

sund_code sund_feeds_clock(sund_ctx *ctx, const sund_feeds *feeds, int64_t day, int32_t clock_s, int32_t *service_s) {
  bool shown;
  if (feeds->count == 0) return sund_fail(ctx, SUND_DEFECT, "no timetable");
  *service_s = by_clock(clock_of(feeds), day, clock_s, &shown);
  return SUND_OK;
}

sund_code sund_feeds_shown(sund_ctx *ctx, const sund_feeds *feeds, int64_t day, int32_t clock_s) {
  bool shown;
  if (feeds->count == 0) return sund_fail(ctx, SUND_DEFECT, "no timetable");
  const feed_zone *zone = clock_of(feeds);
  (void)by_clock(zone, day, clock_s, &shown);
  if (shown) return SUND_OK;
  const char *date = sund_day_text(ctx, day);
  if (!date) return SUND_LIMIT;
  return sund_fail(ctx, SUND_USAGE,
                   "no clock shows %02d:%02d on %s: clocks go forward then (%s); give a time before or after",
                   (int)(clock_s / 3600), (int)(clock_s / 60 % 60), date, zone->name);
}

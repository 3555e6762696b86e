/* catchment_transit.c - the timetable of every variant, made once: services of the day, walks, links.
 *
 * Scenarios that close the same routes share a service; all variants share the walks over the ground, whatever the number
 * of their gates. Order: catchment_transit.h.
 */
#include "catchment_transit.h"

#include <math.h>
#include <string.h>

/* ------------------------------------------------------------------------------------------------------- services */

static bool same_closed(const catchment_variant *a, const catchment_variant *b) {
  if (a->closed != b->closed) return false;
  for (size_t i = 0; i < a->closed; i++)
    if (strcmp(a->close[i], b->close[i]) != 0) return false;
  return true;
}

/* The day that was chosen holds from now on. */
static sund_code keep_day(sund_ctx *ctx, catchment_run *run, const sund_service *service) {
  static const char *const names[] = {"Thursday", "Friday", "Saturday", "Sunday", "Monday", "Tuesday", "Wednesday"};
  catchment_options *own = sund_alloc(ctx, 1, sizeof *own);
  if (!own) return SUND_LIMIT;
  const bool chosen = run->options->day == SUND_ANY_DAY;
  *own = *run->options;
  own->day = service->day;
  run->options = own;
  const int64_t weekday = (service->day % 7 + 7) % 7; /* 1970-01-01 was a Thursday */
  const char *text = sund_text(ctx, "timetable of %s %s%s: %zu trips, %zu stops, %zu routes", names[weekday],
                               sund_day_text(ctx, service->day), chosen ? " (chosen: most trips)" : "",
                               service->trips.trips, service->stops, service->routes);
  return text ? catchment_note(ctx, run, "note", "timetable", text, NAN, NAN) : SUND_LIMIT;
}

static sund_code read_service(sund_ctx *ctx, catchment_run *run, size_t variant) {
  const catchment_variant *v = &run->variant[variant];
  for (size_t earlier = 0; earlier < variant; earlier++)
    if (same_closed(v, &run->variant[earlier])) {
      v->transit->service = run->variant[earlier].transit->service;
      return SUND_OK;
    }
  const sund_rides_ask rides = transit_rides(run, false);
  const int32_t last = run->lanes.depart_s + (int32_t)run->lanes.count * run->lanes.step_s;
  const sund_service_ask ask = {.day = run->options->day,
                                .begin_s = run->lanes.depart_s,
                                .end_s = last + (int32_t)rides.limit_s,
                                .closed = v->closed,
                                .close = v->close};
  /* What is wrong with the timetable is told once, by the first: closing routes only takes trips away. */
  sund_findings told = {0};
  TRY(sund_feeds_service(ctx, run->in->feeds, &ask, &v->transit->service,
                         variant == 0 ? &run->out->findings : &told));
  return variant == 0 ? keep_day(ctx, run, v->transit->service) : SUND_OK;
}

/* ----------------------------------------------------------------------------------------------------------- make */

static void note_served(catchment_transit *t) {
  for (size_t i = 0; i < t->trips.trips; i++) {
    const bool ferry = t->origin[i] == SIZE_MAX || t->service->route[t->trips.route[i]].type == 4;
    for (size_t e = t->trips.first[i]; e < t->trips.first[i + 1]; e++)
      t->served[t->trips.stop[e]] |= (uint8_t)((t->trips.use ? t->trips.use[e] & 3 : 3) | (ferry ? 4 : 8));
  }
}

static sund_code list_stops(sund_ctx *ctx, catchment_transit *t) {
  const size_t points = t->walks->points;
  t->first_stop = sund_alloc(ctx, points + 1, sizeof *t->first_stop);
  t->at = sund_alloc(ctx, t->stops, sizeof *t->at);
  size_t *next = sund_alloc(ctx, points + 1, sizeof *next);
  if (!t->first_stop || !t->at || !next) return SUND_LIMIT;
  for (size_t s = 0; s < t->stops; s++) t->first_stop[t->point[s] + 1]++;
  for (size_t p = 0; p < points; p++) t->first_stop[p + 1] += t->first_stop[p];
  for (uint32_t s = 0; s < t->stops; s++) t->at[t->first_stop[t->point[s]] + next[t->point[s]]++] = s;
  return SUND_OK;
}

static sund_code make_timetable(sund_ctx *ctx, catchment_run *run, size_t variant) {
  catchment_transit *t = run->variant[variant].transit;
  TRY(list_stops(ctx, t));
  TRY(transit_links(ctx, run, t));
  TRY(sund_timetable_build(ctx, t->stops, &t->trips, &t->links, &t->timetable));
  if (variant > 0) return SUND_OK;
  sund_timetable_facts facts;
  sund_timetable_told(t->timetable, &facts);
  const char *text =
      sund_text(ctx,
                "timetable: %zu trips in %zu patterns (%zu because trips overtake), %zu known by headway "
                "only, %zu stop times, %zu links between stops",
                facts.trips, facts.patterns, facts.overtaking, facts.headways, facts.events, facts.links);
  if (!text) return SUND_LIMIT;
  TRY(catchment_note(ctx, run, "note", "timetable", text, NAN, NAN));
  return transit_quays(ctx, run, t);
}

bool transit_bike_aboard(const catchment_run *run) {
  return run->graph && strcmp(run->options->bikes_aboard, "no") != 0;
}

sund_code catchment_transit_make(sund_ctx *ctx, catchment_run *run) {
  const catchment_options *o = run->options;
  transit_walks *w = sund_alloc(ctx, 1, sizeof *w);
  if (!w) return SUND_LIMIT;
  const bool aboard = transit_bike_aboard(run), by_bike = strcmp(o->access_by, "bike") == 0;
  w->ground = aboard ? SUND_BIKE : SUND_WALK;
  w->access = aboard || (by_bike && run->graph) ? SUND_BIKE : SUND_WALK;
  const double most = floor(o->walk_limit_min * 60 / run->unit_s) + CATCHMENT_ROUNDING;
  w->limit = most < (double)run->limit ? (uint32_t)most : run->limit;
  for (size_t v = 0; v < run->variants; v++) {
    catchment_transit *t = run->variant[v].transit = sund_alloc(ctx, 1, sizeof *t);
    if (!t) return SUND_LIMIT;
    t->walks = w;
    TRY(read_service(ctx, run, v));
    TRY(transit_trips(ctx, run, v, t));
    note_served(t);
    TRY(transit_add_points(ctx, w, t));
  }
  TRY(transit_walks_make(ctx, run, w));
  TRY(transit_near(ctx, run, run->variant[0].transit));
  for (size_t v = 0; v < run->variants; v++) TRY(make_timetable(ctx, run, v));
  return SUND_OK;
}

/* service.c - the timetable of a day, put together from feeds: sund_feeds_service. Steps and vocabulary:
 * service.h. */
#include "service.h"

#include <math.h>
#include <stdarg.h>
#include <string.h>

sund_code service_tell(service_build *b, const char *severity, const char *source, const char *format, ...) {
  va_list list;
  va_start(list, format);
  const char *text = sund_text_list(b->keep, format, list);
  va_end(list);
  if (!text) return SUND_LIMIT;
  return sund_finding_add(b->keep, b->findings,
                          (sund_finding){severity, source ? source : "timetable", SUND_NO_FEATURE, text, NAN, NAN});
}

/* ---------------------------------------------------------------------------------------------------------- begin */

static sund_code number_feeds(service_build *b) {
  const sund_feeds *feeds = b->feeds;
  b->first_stop = sund_alloc(b->ctx, feeds->count + 1, sizeof *b->first_stop);
  b->first_route = sund_alloc(b->ctx, feeds->count + 1, sizeof *b->first_route);
  if (!b->first_stop || !b->first_route) return SUND_LIMIT;
  for (size_t i = 0; i < feeds->count; i++) {
    b->first_stop[i + 1] = b->first_stop[i] + feeds->feed[i].stops;
    b->first_route[i + 1] = b->first_route[i] + feeds->feed[i].routes;
  }
  b->stops = b->first_stop[feeds->count];
  b->routes = b->first_route[feeds->count];
  if (b->stops >= FEED_NONE / 2) return sund_fail(b->ctx, SUND_LIMIT, "more stops than can be numbered");
  return SUND_OK;
}

static sund_code close_routes(service_build *b) {
  if (!(b->closed = sund_alloc(b->ctx, b->routes, 1))) return SUND_LIMIT;
  for (size_t i = 0; i < b->feeds->count; i++)
    for (size_t k = 0; k < b->feeds->feed[i].routes; k++)
      for (size_t c = 0; c < b->ask->closed; c++)
        if (strcmp(b->ask->close[c], b->feeds->feed[i].route[k].id) == 0) b->closed[b->first_route[i] + k] = 1;
  return SUND_OK;
}

/* --------------------------------------------------------------------------------------------------------- result */

static sund_code write_routes(service_build *b, sund_service *out) {
  out->routes = b->routes;
  if (!(out->route = sund_alloc(b->keep, b->routes, sizeof *out->route))) return SUND_LIMIT;
  for (size_t i = 0; i < b->feeds->count; i++)
    for (size_t k = 0; k < b->feeds->feed[i].routes; k++) {
      const feed_route *route = &b->feeds->feed[i].route[k];
      out->route[b->first_route[i] + k] = (sund_service_route){route->id, route->name, route->type, i};
    }
  return SUND_OK;
}

static sund_code make_trips(service_build *b, size_t trips, size_t calls, sund_service *out) {
  sund_trips *t = &out->trips;
  t->trips = trips;
  t->first = sund_alloc(b->keep, trips + 1, sizeof *t->first);
  t->stop = sund_alloc(b->keep, calls, sizeof *t->stop);
  t->arrive_s = sund_alloc(b->keep, calls, sizeof *t->arrive_s);
  t->depart_s = sund_alloc(b->keep, calls, sizeof *t->depart_s);
  t->use = sund_alloc(b->keep, calls, 1);
  t->route = sund_alloc(b->keep, trips, sizeof *t->route);
  t->name = sund_alloc(b->keep, trips, sizeof *t->name);
  t->headway_s = sund_alloc(b->keep, trips, sizeof *t->headway_s);
  t->begin_s = sund_alloc(b->keep, trips, sizeof *t->begin_s);
  t->end_s = sund_alloc(b->keep, trips, sizeof *t->end_s);
  out->trip = sund_alloc(b->keep, trips, sizeof *out->trip);
  out->bikes = sund_alloc(b->keep, trips, 1);
  return t->first && t->stop && t->arrive_s && t->depart_s && t->use && t->route && t->name && t->headway_s &&
                 t->begin_s && t->end_s && out->trip && out->bikes
             ? SUND_OK
             : SUND_LIMIT;
}

static void write_trip(const service_build *b, const service_trip *from, size_t row, sund_service *out) {
  sund_trips *t = &out->trips;
  const service_run *run = &b->run[from->run];
  const feed_trip *trip = service_trip_of(b, run);
  t->route[row] = (uint32_t)(b->first_route[run->feed] + trip->route);
  t->name[row] = (uint32_t)row;
  out->trip[row] = trip->id;
  out->bikes[row] = from->bikes;
  t->headway_s[row] = run->headway_s, t->begin_s[row] = run->begin_s, t->end_s[row] = run->end_s;
  size_t at = t->first[row];
  for (size_t k = 0; k < from->calls; k++, at++) {
    const service_call *call = &b->call[from->first + k];
    t->stop[at] = call->stop;
    t->arrive_s[at] = call->arrive_s, t->depart_s[at] = call->depart_s;
    t->use[at] = call->use;
  }
  t->first[row + 1] = at;
}

static sund_code write_trips(service_build *b, sund_service *out) {
  size_t trips = 0, calls = 0;
  for (size_t k = 0; k < b->trips; k++)
    if (!b->trip[k].gone) trips++, calls += b->trip[k].calls;
  TRY(make_trips(b, trips, calls, out));
  size_t row = 0;
  for (size_t k = 0; k < b->trips; k++)
    if (!b->trip[k].gone) write_trip(b, &b->trip[k], row++, out);
  return SUND_OK;
}

static sund_code build(service_build *b, sund_service *out) {
  TRY(number_feeds(b));
  TRY(close_routes(b));
  TRY(service_choose_day(b));
  TRY(service_pick(b));
  TRY(service_seat(b));
  TRY(service_merge(b));
  TRY(service_links(b, out));
  out->day = b->day;
  TRY(write_routes(b, out));
  return write_trips(b, out);
}

sund_code sund_feeds_service(sund_ctx *ctx, const sund_feeds *feeds, const sund_service_ask *ask, sund_service **out,
                             sund_findings *findings) {
  sund_service *made = sund_alloc(ctx, 1, sizeof *made);
  sund_ctx *scratch = made ? sund_ctx_child(ctx) : NULL;
  sund_findings told = *findings;
  if (!scratch) return SUND_LIMIT;
  service_build b = {.ctx = scratch, .keep = ctx, .feeds = feeds, .ask = ask, .findings = &told};
  sund_code code = feeds->count > 0 ? build(&b, made) : sund_fail(scratch, SUND_DEFECT, "no timetable");
  if (code != SUND_OK) {
    sund_ctx_pass(ctx, scratch);
    sund_blame(ctx, feeds->count == 1 ? feeds->feed[0].name : NULL, SUND_NO_FEATURE);
  } else {
    *findings = told;
    *out = made;
  }
  sund_ctx_free(scratch);
  return code;
}

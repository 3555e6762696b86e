/* catchment_transit_near.c - does the timetable serve the places asked about at all? A timetable of another region, or one
 * whose stops have latitude and longitude exchanged, would be an empty answer without a word: where no place and no home
 * has anything to board within the longest walk, and whatever runs does so far away, the run ends; a place of which this
 * holds alone, or a time in which nothing runs, is told.
 *
 * After transit_walks_make.
 */
#include <math.h>

#include "catchment_transit.h"

enum { MOST_NAMED = 5 };
/* Nearer than this it may be the hour: only stops that are called at in the time asked about are known here. */
static const double FAR_KM = 100;

/* Points where a trip of the run's own scenario calls. */
static sund_code note_stops(sund_ctx *ctx, const catchment_transit *t, uint8_t **out) {
  uint8_t *called = sund_alloc(ctx, t->walks->points, 1);
  if (!called) return SUND_LIMIT;
  for (size_t s = 0; s < t->service->stops; s++) called[t->point[s]] |= t->served[s] != 0;
  *out = called;
  return SUND_OK;
}

static bool has_stop(const transit_walks *w, const uint8_t *called, size_t target) {
  for (size_t i = w->first_from[target]; i < w->first_from[target + 1]; i++)
    if (called[w->from[i]]) return true;
  return false;
}

/* Kilometres from the first place to the nearest stop, in a straight line on the map. */
static double nearest_km(const catchment_run *run, const transit_walks *w, const uint8_t *called) {
  double least = INFINITY;
  for (size_t p = 0; p < w->points; p++)
    if (called[p]) least = fmin(least, hypot(w->x[p] - run->town.place_x[0], w->y[p] - run->town.place_y[0]));
  return least / 1000;
}

/* "within 20 minutes' walk", or within the snap limit without paths. */
static const char *within(sund_ctx *ctx, const catchment_run *run) {
  return run->graph ? sund_text(ctx, "within %g minutes' way (--walk-limit)", run->options->walk_limit_min)
                    : sund_text(ctx, "within %g m (--snap-limit; there are no paths)", run->options->snap_limit_m);
}

static sund_code tell_nowhere(sund_ctx *ctx, catchment_run *run, const transit_walks *w, const uint8_t *called) {
  const char *how = within(ctx, run);
  const double km = nearest_km(run, w, called);
  if (!how) return SUND_LIMIT;
  if (isfinite(km) && km > FAR_KM)
    return sund_fail(
        ctx, SUND_DATA,
        "timetable: no place and no home has a stop %s; the nearest lies %.0f km from %s: is it the timetable "
        "of this region, and are stop_lat and stop_lon the right way round?",
        how, km, run->town.place_name[0]);
  const char *text = isfinite(km)
                         ? sund_text(ctx,
                                     "no place and no home has a stop %s at which anything calls in the time "
                                     "asked about; the nearest lies %.1f km from %s",
                                     how, km, run->town.place_name[0])
                         : "nothing in the timetable can be boarded in the time asked about";
  return text ? catchment_note(ctx, run, "warning", "timetable", text, NAN, NAN) : SUND_LIMIT;
}

static sund_code tell_place(sund_ctx *ctx, catchment_run *run, size_t place) {
  const catchment_town *town = &run->town;
  const char *how = within(ctx, run);
  const char *text = how ? sund_text(ctx, "no stop of the timetable lies %s of %s (%s)", how, town->place_name[place],
                                     town->place_id[place])
                         : NULL;
  if (!text) return SUND_LIMIT;
  return catchment_note(ctx, run, "warning", "timetable", text, town->place_x[place], town->place_y[place]);
}

sund_code transit_near(sund_ctx *ctx, catchment_run *run, const catchment_transit *t) {
  const transit_walks *w = t->walks;
  const size_t first_place = run->town.home_count + run->town.job_count;
  uint8_t *called;
  bool any = false;
  size_t without = 0;
  TRY(note_stops(ctx, t, &called));
  /* Gates are boarded too: where one is in reach the run has an answer. */
  for (size_t k = 0; k < run->town.targets && !any; k++) any = w->first_from[k] < w->first_from[k + 1];
  if (!any) return tell_nowhere(ctx, run, w, called);
  if (w->access != w->ground) return SUND_OK; /* to the first stop one comes by another way than is known here */
  for (size_t place = 0; place < run->town.places; place++)
    if (!has_stop(w, called, first_place + place) && without++ < MOST_NAMED) TRY(tell_place(ctx, run, place));
  if (without <= MOST_NAMED) return SUND_OK;
  const char *text = sund_text(ctx, "%zu more places have no stop of the timetable as near", without - MOST_NAMED);
  return text ? catchment_note(ctx, run, "warning", "timetable", text, NAN, NAN) : SUND_LIMIT;
}

/* feed_clock.c - the times of the trips: those between others that are not stated are put in, by the straight
 * distance from stop to stop; times that run backwards are an error; hops no vehicle makes are counted. Trips side by
 * side.
 */
#include <math.h>
#include <stdatomic.h>
#include <string.h>

#include "feed.h"

enum { BLOCK = 4096 };
static const double EARTH_M = 6371008.8; /* mean radius, GRS80 */
static const double FAST_KMH = 250, FAST_FERRY_KMH = 70;
/* Whole minutes are rounded: shorter hops in no time, and a minute more or less on short hops, are no fault. */
static const double ZERO_HOP_M = 250, ROUNDED_S = 60;

typedef struct clock_job {
  feed *f;
  double (*place)[3];      /* stops: on the unit sphere; NAN = no place */
  _Atomic uint8_t *called; /* stops                                    */
  feed_hops *hops;         /* blocks                                   */
  int32_t *latest_s;       /* blocks                                   */
  size_t *bad_event;       /* blocks: SIZE_MAX = none                  */
  const char **bad;        /* blocks                                   */
} clock_job;

/* Metres between two stops through the earth: right to a thousandth up to 300 km. */
static double apart(const clock_job *job, uint32_t a, uint32_t b) {
  const double *p = job->place[a], *q = job->place[b];
  double dx = p[0] - q[0], dy = p[1] - q[1], dz = p[2] - q[2];
  return EARTH_M * sqrt(dx * dx + dy * dy + dz * dz);
}

/* ------------------------------------------------------------------------------------------------------- one trip */

/* Times of the events between two that are stated, in proportion to the way (or to their number without places). */
static void fill_between(clock_job *job, size_t from, size_t to) {
  feed *f = job->f;
  double whole = 0, done = 0;
  for (size_t e = from + 1; e <= to; e++) whole += apart(job, f->event_stop[e - 1], f->event_stop[e]);
  bool by_way = whole > 0; /* false for NAN too */
  int32_t left = f->depart_s[from], span = f->arrive_s[to] - left;
  for (size_t e = from + 1; e < to; e++) {
    if (by_way) done += apart(job, f->event_stop[e - 1], f->event_stop[e]);
    double share = by_way ? done / whole : (double)(e - from) / (double)(to - from);
    f->arrive_s[e] = f->depart_s[e] = left + (int32_t)floor(share * span);
  }
}

static void judge_hop(const clock_job *job, const feed_trip *trip, size_t e, feed_hops *hops) {
  const feed *f = job->f;
  double metres = apart(job, f->event_stop[e - 1], f->event_stop[e]);
  int32_t seconds = f->arrive_s[e] - f->depart_s[e - 1];
  if (seconds == 0) {
    if (metres > ZERO_HOP_M && hops->zero++ == 0) hops->zero_event = e, hops->zero_m = metres;
    return;
  }
  if (metres < seconds * (FAST_FERRY_KMH / 3.6)) return;
  int type = f->route[trip->route].type;
  double kmh = 3.6 * metres / (seconds <= ROUNDED_S ? seconds + ROUNDED_S : seconds);
  if (type == FEED_AIR || !(kmh > (type == FEED_FERRY ? FAST_FERRY_KMH : FAST_KMH))) return;
  hops->fast++;
  if (kmh > hops->fast_kmh) hops->fast_kmh = kmh, hops->fast_event = e;
}

/* One stated time stands for both. NULL, or what is wrong with event e. */
static const char *settle_event(feed *f, size_t e) {
  if (f->arrive_s[e] == FEED_UNTIMED) f->arrive_s[e] = f->depart_s[e];
  if (f->depart_s[e] == FEED_UNTIMED) f->depart_s[e] = f->arrive_s[e];
  return f->depart_s[e] < f->arrive_s[e] ? "departure_time is before arrival_time" : NULL;
}

static const char *settle_trip(clock_job *job, const feed_trip *trip, feed_hops *hops, size_t *bad) {
  feed *f = job->f;
  size_t known = trip->first;
  for (size_t e = trip->first; e < trip->first + trip->events; e++) {
    uint32_t stop = f->event_stop[e];
    if (!atomic_load_explicit(&job->called[stop], memory_order_relaxed))
      atomic_store_explicit(&job->called[stop], 1, memory_order_relaxed);
    *bad = e;
    const char *why = settle_event(f, e);
    if (why) return why;
    if (f->arrive_s[e] == FEED_UNTIMED) continue;
    if (e > trip->first && f->arrive_s[e] < f->depart_s[known])
      return "arrival_time is before the departure from the stop before";
    if (e > known + 1) {
      hops->filled += e - known - 1;
      fill_between(job, known, e);
    }
    if (e == known + 1) judge_hop(job, trip, e, hops);
    known = e;
  }
  return NULL;
}

static bool timed_ends(const feed *f, const feed_trip *trip) {
  size_t last = trip->first + trip->events - 1;
  return (f->arrive_s[trip->first] != FEED_UNTIMED || f->depart_s[trip->first] != FEED_UNTIMED) &&
         (f->arrive_s[last] != FEED_UNTIMED || f->depart_s[last] != FEED_UNTIMED);
}

/* ------------------------------------------------------------------------------------------------------ all trips */

static void count_first(size_t *count, uint32_t *first, size_t trip) {
  if ((*count)++ == 0) *first = (uint32_t)trip;
}

static sund_code settle_block(sund_ctx *worker, size_t begin, size_t end, void *data) {
  (void)worker;
  clock_job *job = data;
  feed *f = job->f;
  const size_t block = begin / BLOCK;
  feed_hops *hops = &job->hops[block];
  job->bad_event[block] = SIZE_MAX;
  for (size_t k = begin; k < end; k++) {
    feed_trip *trip = &f->trip[k];
    if (trip->events == 0) count_first(&hops->silent, &hops->silent_trip, k);
    else if (trip->events == 1) count_first(&hops->single, &hops->single_trip, k);
    else if (!timed_ends(f, trip)) count_first(&hops->untimed, &hops->untimed_trip, k);
    else trip->runs = true;
    if (!trip->runs) continue;
    size_t at = SIZE_MAX;
    job->bad[block] = settle_trip(job, trip, hops, &at);
    if (job->bad[block]) {
      job->bad_event[block] = at;
      return SUND_OK;
    }
    int32_t last = f->depart_s[trip->first + trip->events - 1];
    if (last > job->latest_s[block]) job->latest_s[block] = last;
  }
  return SUND_OK;
}

static void add_hops(feed_hops *all, const feed_hops *more) {
  if (all->silent == 0) all->silent_trip = more->silent_trip;
  if (all->single == 0) all->single_trip = more->single_trip;
  if (all->untimed == 0) all->untimed_trip = more->untimed_trip;
  if (all->zero == 0) all->zero_event = more->zero_event, all->zero_m = more->zero_m;
  if (more->fast_kmh > all->fast_kmh) all->fast_kmh = more->fast_kmh, all->fast_event = more->fast_event;
  all->silent += more->silent, all->single += more->single, all->untimed += more->untimed;
  all->filled += more->filled, all->zero += more->zero, all->fast += more->fast;
}

static void place_on_sphere(const feed *f, double (*place)[3]) {
  const double radian = M_PI / 180;
  for (size_t s = 0; s < f->stops; s++) {
    double lon = f->stop[s].longitude * radian, lat = f->stop[s].latitude * radian;
    place[s][0] = cos(lat) * cos(lon), place[s][1] = cos(lat) * sin(lon), place[s][2] = sin(lat);
  }
}

sund_code feed_clock(feed_reader *r, feed_hops *out) {
  feed *f = r->feed;
  size_t blocks = f->trips / BLOCK + 1;
  clock_job job = {.f = f,
                   .place = sund_alloc(r->ctx, f->stops, sizeof *job.place),
                   .called = sund_alloc(r->ctx, f->stops, sizeof *job.called),
                   .hops = sund_alloc(r->ctx, blocks, sizeof *job.hops),
                   .latest_s = sund_alloc(r->ctx, blocks, sizeof *job.latest_s),
                   .bad_event = sund_alloc(r->ctx, blocks, sizeof *job.bad_event),
                   .bad = sund_alloc(r->ctx, blocks, sizeof *job.bad)};
  if (!job.place || !job.called || !job.hops || !job.latest_s || !job.bad_event || !job.bad) return SUND_LIMIT;
  place_on_sphere(f, job.place);
  TRY(sund_for(r->ctx, f->trips, BLOCK, settle_block, &job));
  *out = (feed_hops){0};
  for (size_t b = 0; b * BLOCK < f->trips; b++) {
    if (job.bad[b]) return feed_times_fail(r, job.bad_event[b], job.bad[b]);
    add_hops(out, &job.hops[b]);
    if (job.latest_s[b] > f->latest_s) f->latest_s = job.latest_s[b];
  }
  for (size_t s = 0; s < f->stops; s++) f->stop[s].called = job.called[s];
  return SUND_OK;
}

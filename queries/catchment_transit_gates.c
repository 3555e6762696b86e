/* catchment_transit_gates.c - the trips that may be used, and gates one may walk aboard as trips between two stops of their
 * own at their ends.
 *
 * A gate that the timetable serves with a ferry of its own is left out: the timetable knows better. The time one has to be
 * there before a sailing, as far as it is more than the time to board asked for anyway, is taken as part of the ride. A
 * gate that is always open is a ride that is always there (headway 1: no wait). A gate with a headway brings its number for
 * the waits along: they are those on foot, whatever other gates and stops there are.
 */
#include <math.h>
#include <string.h>

#include "catchment_gate_read.h"
#include "catchment_transit.h"

/* A ferry of the timetable whose quays lie this near to both ends of a gate is that gate, unless one of them takes more than
 * twice the minutes of the other: a tunnel between the stations beside the quays is none. */
static const double SAME_QUAY_M = 500, SAME_CROSSING = 2;
enum { FERRY = 4, DAY_S = 86400 };

/* ---------------------------------------------------------------------------------------------------- counted twice */

/* Does trip t take about so many seconds from a stop near one end to a stop near the other? */
static bool is_crossing(const sund_trips *trips, size_t t, const uint8_t *near, double seconds) {
  for (size_t i = trips->first[t]; i < trips->first[t + 1]; i++)
    for (size_t j = i + 1; near[trips->stop[i]] && j < trips->first[t + 1]; j++) {
      const double ride_s = trips->arrive_s[j] - trips->depart_s[i];
      if ((near[trips->stop[i]] | near[trips->stop[j]]) == 3 && ride_s <= SAME_CROSSING * seconds &&
          seconds <= SAME_CROSSING * ride_s)
        return true;
    }
  return false;
}

/* Does a ferry of the timetable sail between both ends? */
static bool is_served(const catchment_run *run, const sund_service *s, const double x[2], const double y[2],
                      double seconds, uint8_t *near) {
  for (size_t k = 0; k < s->stops; k++) {
    near[k] = 0;
    for (int e = 0; e < 2; e++)
      if (fabs(s->stop[k].x - x[e]) <= 2 * SAME_QUAY_M && fabs(s->stop[k].y - y[e]) <= 2 * SAME_QUAY_M &&
          sund_ground_distance(run->ground, s->stop[k].x, s->stop[k].y, x[e], y[e]) <= SAME_QUAY_M)
        near[k] |= (uint8_t)(1 << e);
  }
  for (size_t t = 0; t < s->trips.trips; t++)
    if (s->route[s->trips.route[t]].type == FERRY && is_crossing(&s->trips, t, near, seconds)) return true;
  return false;
}

static sund_code choose_gates(sund_ctx *ctx, catchment_run *run, size_t variant, const sund_service *s,
                              uint8_t *use) {
  const catchment_variant *v = &run->variant[variant];
  const catchment_gates *gates = &v->by[SUND_TRANSIT];
  uint8_t *near = sund_alloc(ctx, s->stops, 1);
  if (!near) return SUND_LIMIT;
  for (size_t g = 0; g < gates->count; g++) {
    const double seconds = (double)gates->gate[g].crossing * run->unit_s;
    use[g] = !is_served(run, s, gates->x + 2 * g, gates->y + 2 * g, seconds, near);
    if (use[g] || variant > 0) continue;
    const char *name = catchment_gate_name(ctx, v->gates, gates->row[g]);
    const char *text = name ? sund_text(ctx, "the gate %s sails by the timetable in the mode transit", name) : NULL;
    if (!text) return SUND_LIMIT;
    TRY(catchment_note(ctx, run, "note", "gates", text, gates->x[2 * g], gates->y[2 * g]));
  }
  return SUND_OK;
}

/* ----------------------------------------------------------------------------------------------------------- trips */

/* May a trip be used with what one brings along? */
static bool may_come(const catchment_options *o, uint8_t bikes) {
  if (strcmp(o->bikes_aboard, "stated") == 0) return bikes == 1;
  return strcmp(o->bikes_aboard, "unless-refused") != 0 || bikes != 2;
}

/* Trips that leave a gate's end `side`. */
static size_t sailings(const sund_gate *g, int side) {
  if (side == 1 && !g->back) return 0;
  if (g->headway || (g->times[0] == 0 && g->times[1] == 0)) return 1;
  return g->times[side];
}

static sund_code room_for_trips(sund_ctx *ctx, catchment_transit *t, size_t trips, size_t events) {
  sund_trips *x = &t->trips;
  x->first = sund_alloc(ctx, trips + 1, sizeof *x->first);
  x->stop = sund_alloc(ctx, events, sizeof *x->stop);
  x->arrive_s = sund_alloc(ctx, events, sizeof *x->arrive_s);
  x->depart_s = sund_alloc(ctx, events, sizeof *x->depart_s);
  x->use = sund_alloc(ctx, events, sizeof *x->use);
  x->route = sund_alloc(ctx, trips, sizeof *x->route);
  x->headway_s = sund_alloc(ctx, trips, sizeof *x->headway_s);
  x->begin_s = sund_alloc(ctx, trips, sizeof *x->begin_s);
  x->end_s = sund_alloc(ctx, trips, sizeof *x->end_s);
  x->service = sund_alloc(ctx, trips, sizeof *x->service);
  t->origin = sund_alloc(ctx, trips, sizeof *t->origin);
  t->gate = sund_alloc(ctx, trips, sizeof *t->gate);
  return x->first && x->stop && x->arrive_s && x->depart_s && x->use && x->route && x->headway_s && x->begin_s &&
                 x->end_s && x->service && t->origin && t->gate
             ? SUND_OK
             : SUND_LIMIT;
}

static void copy_trip(catchment_transit *t, size_t trip) {
  const sund_trips *from = &t->service->trips;
  sund_trips *to = &t->trips;
  const size_t begin = from->first[trip], n = from->first[trip + 1] - begin, at = to->first[to->trips];
  memcpy(to->stop + at, from->stop + begin, n * sizeof *to->stop);
  memcpy(to->arrive_s + at, from->arrive_s + begin, n * sizeof *to->arrive_s);
  memcpy(to->depart_s + at, from->depart_s + begin, n * sizeof *to->depart_s);
  for (size_t e = 0; e < n; e++) to->use[at + e] = from->use ? from->use[begin + e] : 3;
  to->route[to->trips] = from->route[trip];
  to->headway_s[to->trips] = from->headway_s ? from->headway_s[trip] : 0;
  to->begin_s[to->trips] = from->begin_s ? from->begin_s[trip] : 0;
  to->end_s[to->trips] = from->end_s ? from->end_s[trip] : 0;
  to->service[to->trips] = from->service ? from->service[trip] : UINT32_MAX;
  t->origin[to->trips] = trip;
  t->gate[to->trips] = SIZE_MAX;
  to->first[++to->trips] = at + n;
}

/* A sailing of gate g from its end `side`, which leaves at `leave`. */
static void add_sailing(const catchment_run *run, catchment_transit *t, const sund_gate *gate, size_t g, int side,
                        int32_t leave) {
  sund_trips *to = &t->trips;
  const size_t at = to->first[to->trips];
  const double before = fmax((double)gate->board * run->unit_s - run->options->board_slack_s, 0);
  const int32_t extra = (int32_t)ceil(before), crossing = (int32_t)floor((double)gate->crossing * run->unit_s + 0.5);
  const bool stated = gate->headway == 0 && gate->times[0] + gate->times[1] > 0;
  const uint32_t end = (uint32_t)(t->service->stops + 2 * g);
  to->stop[at] = end + (uint32_t)side;
  to->stop[at + 1] = end + (uint32_t)(1 - side);
  to->arrive_s[at] = to->depart_s[at] = stated ? leave - extra : 0;
  to->arrive_s[at + 1] = to->depart_s[at + 1] = to->depart_s[at] + extra + crossing;
  to->use[at] = 1;
  to->use[at + 1] = 2;
  to->route[to->trips] = (uint32_t)(t->service->routes + g);
  to->service[to->trips] = (uint32_t)gate->service;
  if (!stated) {
    const int32_t every = (int32_t)floor((double)gate->headway * run->unit_s + 0.5);
    to->headway_s[to->trips] = every > 0 ? every : 1;
    to->begin_s[to->trips] = run->lanes.depart_s - DAY_S;
    to->end_s[to->trips] = run->lanes.depart_s + (int32_t)run->lanes.count * run->lanes.step_s +
                           (int32_t)transit_rides(run, false).limit_s + DAY_S;
  }
  t->origin[to->trips] = SIZE_MAX;
  t->gate[to->trips] = g;
  to->first[++to->trips] = at + 2;
}

static void fill_trips(const catchment_run *run, catchment_transit *t, const catchment_gates *gates,
                       const uint8_t *use) {
  const sund_service *s = t->service;
  for (size_t i = 0; i < s->trips.trips; i++)
    if (may_come(run->options, s->bikes ? s->bikes[i] : 0)) copy_trip(t, i);
  for (size_t g = 0; g < gates->count; g++)
    for (int side = 0; use[g] && side < 2; side++)
      for (size_t k = 0; k < sailings(&gates->gate[g], side); k++) {
        const sund_gate *gate = &gates->gate[g];
        const bool stated = gate->headway == 0 && gate->times[side] > 0;
        add_sailing(run, t, gate, g, side, stated ? (int32_t)((double)gate->time[side][k] * run->unit_s) : 0);
      }
}

/* What the timetable says about bicycles: what it does not say decides between strict and lenient. */
static sund_code tell_bikes(sund_ctx *ctx, catchment_run *run, const sund_service *s) {
  size_t said[3] = {0};
  if (strcmp(run->options->bikes_aboard, "no") == 0) return SUND_OK;
  for (size_t i = 0; i < s->trips.trips; i++) said[s->bikes && s->bikes[i] < 3 ? s->bikes[i] : 0]++;
  const char *text =
      sund_text(ctx, "bicycles may come on %zu trips, not on %zu, and on %zu it is not said (bikes-aboard: %s)",
                said[1], said[2], said[0], run->options->bikes_aboard);
  return text ? catchment_note(ctx, run, said[0] ? "warning" : "note", "timetable", text, NAN, NAN) : SUND_LIMIT;
}

sund_code transit_trips(sund_ctx *ctx, catchment_run *run, size_t variant, catchment_transit *t) {
  const catchment_gates *gates = &run->variant[variant].by[SUND_TRANSIT];
  const sund_service *s = t->service;
  uint8_t *use = sund_alloc(ctx, gates->count, 1);
  if (!use) return SUND_LIMIT;
  TRY(choose_gates(ctx, run, variant, s, use));
  if (variant == 0) TRY(tell_bikes(ctx, run, s));
  size_t more = 0;
  for (size_t g = 0; g < gates->count; g++) more += sailings(&gates->gate[g], 0) + sailings(&gates->gate[g], 1);
  t->stops = s->stops + 2 * gates->count;
  t->x = sund_alloc(ctx, t->stops, sizeof *t->x);
  t->y = sund_alloc(ctx, t->stops, sizeof *t->y);
  t->point = sund_alloc(ctx, t->stops, sizeof *t->point);
  t->served = sund_alloc(ctx, t->stops, sizeof *t->served);
  if (!t->x || !t->y || !t->point || !t->served) return SUND_LIMIT;
  for (size_t k = 0; k < s->stops; k++) t->x[k] = s->stop[k].x, t->y[k] = s->stop[k].y;
  for (size_t e = 0; e < 2 * gates->count; e++) t->x[s->stops + e] = gates->x[e], t->y[s->stops + e] = gates->y[e];
  TRY(room_for_trips(ctx, t, s->trips.trips + more, s->trips.first[s->trips.trips] + 2 * more));
  fill_trips(run, t, gates, use);
  return SUND_OK;
}

/* catchment_routes.c - the ways between places, leg by leg: the layer catchment_routes, which `sund explain --place A --to
 * B` reads.
 *
 * The way shown is that of the departure whose time is the main percentile: streets to a gate, the wait, the crossing,
 * streets from it. Gates are followed as sund_gates_reach does, with predecessors. Option `route`: pairs "A:B" of a place
 * and a place or home; "places" = every two places, while there are few.
 */
#include "catchment_routes.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "catchment_gate_read.h"

enum { MOST_PLACES = 12 }; /* "places" asks for all pairs of so many at most */

sund_code catchment_leg_add(sund_ctx *ctx, catchment_route *route, catchment_leg leg) {
  catchment_leg *array = sund_grow(ctx, route->leg, &route->room, route->legs + 1, sizeof leg);
  if (!array) return SUND_LIMIT;
  route->leg = array;
  array[route->legs++] = leg;
  return SUND_OK;
}

sund_code catchment_leg_ground(sund_ctx *ctx, const catchment_run *run, sund_mode mode, const double from[2],
                               const sund_spot *from_spot, const double to[2], const sund_spot *to_spot,
                               catchment_leg *out) {
  sund_way way = {0};
  uint32_t units;
  const char *name = catchment_mode_names[mode == SUND_TRANSIT ? SUND_WALK : mode];
  if (run->graph) {
    TRY(sund_streets_way(ctx, run->net[mode].streets, from_spot, to_spot, &way, &units));
  } else {
    units = catchment_straight(run, from[0], from[1], to[0], to[1]);
    way.metres = sund_ground_distance(run->ground, from[0], from[1], to[0], to[1]);
  }
  *out = (catchment_leg){.what = name, .metres = way.metres, .vertices = way.vertices + 2};
  out->seconds = units == SUND_BEYOND ? NAN : units * run->unit_s;
  out->driven_m = run->graph ? fmax(way.metres - from_spot->leg_m - to_spot->leg_m, 0) : way.metres;
  if (!(out->x = sund_alloc(ctx, out->vertices, sizeof *out->x)) ||
      !(out->y = sund_alloc(ctx, out->vertices, sizeof *out->y)))
    return SUND_LIMIT;
  out->x[0] = from[0], out->y[0] = from[1];
  for (size_t v = 0; v < way.vertices; v++) out->x[v + 1] = way.x[v], out->y[v + 1] = way.y[v];
  out->x[out->vertices - 1] = to[0], out->y[out->vertices - 1] = to[1];
  return SUND_OK;
}

/* ----------------------------------------------------------------------------------------------- through the gates */

enum { FROM_ORIGIN = -1 };

/* One lane's search over the ends of the gates: when one stands at an end by street (stand) and having come through its
 * gate (leave), and from which end one came on the street. */
typedef struct chain {
  size_t ends;
  const uint32_t *to_end; /* ends: from the origin */
  uint32_t *stand, *leave;
  int *street_from; /* ends: FROM_ORIGIN or the end left before */
} chain;

static uint32_t add(uint32_t a, uint32_t b, uint32_t limit) {
  return a > limit || b > limit - a ? SUND_BEYOND : a + b;
}

static sund_code follow_lane(sund_ctx *ctx, const catchment_run *run, const catchment_gates *gates, size_t lane,
                             const uint32_t *to_end, chain *out) {
  const size_t ends = 2 * gates->count;
  *out = (chain){ends, to_end, sund_alloc(ctx, ends, sizeof(uint32_t)), sund_alloc(ctx, ends, sizeof(uint32_t)),
                 sund_alloc(ctx, ends, sizeof(int))};
  if (!out->stand || !out->leave || !out->street_from) return SUND_LIMIT;
  for (size_t e = 0; e < ends; e++)
    out->stand[e] = to_end[e], out->leave[e] = SUND_BEYOND, out->street_from[e] = FROM_ORIGIN;
  for (bool changed = true; changed;) { /* times fall from round to round, so it ends */
    changed = false;
    for (size_t e = 0; e < ends; e++) {
      if (out->stand[e] == SUND_BEYOND) continue;
      const uint32_t there =
          sund_gate_pass(&gates->gate[e / 2], (int)(e & 1), &run->lanes, run->unit_s, lane, out->stand[e], false);
      if (there > run->limit || there >= out->leave[e ^ 1]) continue;
      out->leave[e ^ 1] = there;
      changed = true;
    }
    for (size_t e = 0; e < ends; e++)
      for (size_t f = 0; f < ends && out->leave[e] != SUND_BEYOND; f++) {
        const uint32_t there = add(out->leave[e], gates->between[e * ends + f], run->limit);
        if (f == e || there >= out->stand[f]) continue;
        out->stand[f] = there;
        out->street_from[f] = (int)e;
        changed = true;
      }
  }
  return SUND_OK;
}

/* The line of a gate from end `side`. */
static sund_code gate_line(sund_ctx *ctx, const catchment_run *run, const catchment_variant *variant,
                           const catchment_gates *gates, size_t g, int side, catchment_leg *leg) {
  const size_t row = gates->row[g];
  const sund_shapes *lines = catchment_gate_line(variant->gates, row);
  const size_t part = lines ? lines->first_part[row] : 0;
  const size_t first = lines ? lines->first_vertex[part] : 0, n = lines ? lines->first_vertex[part + 1] - first : 2;
  leg->vertices = n;
  leg->x = sund_alloc(ctx, n, sizeof *leg->x), leg->y = sund_alloc(ctx, n, sizeof *leg->y);
  if (!leg->x || !leg->y) return SUND_LIMIT;
  for (size_t v = 0; v < n; v++) {
    const size_t k = side ? n - 1 - v : v;
    leg->x[v] = lines ? lines->x[first + k] : gates->x[2 * g + k];
    leg->y[v] = lines ? lines->y[first + k] : gates->y[2 * g + k];
  }
  leg->metres = 0;
  for (size_t v = 1; v < n; v++)
    leg->metres += sund_ground_distance(run->ground, leg->x[v - 1], leg->y[v - 1], leg->x[v], leg->y[v]);
  return SUND_OK;
}

/* What a way is made of. */
typedef struct drawing {
  const catchment_run *run;
  const catchment_variant *variant;
  const catchment_gates *gates;
  sund_mode mode;
  const catchment_route_ask *ask;
  double depart_s; /* of the lane, after midnight */
} drawing;

static sund_code add_ground(sund_ctx *ctx, const drawing *d, size_t from_end, size_t to_end, double begin_s,
                            catchment_route *out) {
  const catchment_net *net = &d->run->net[d->mode];
  const catchment_town *t = &d->run->town;
  const size_t ends = 2 * d->gates->count;
  const double from[2] = {from_end < ends ? d->gates->x[from_end] : t->place_x[d->ask->place],
                          from_end < ends ? d->gates->y[from_end] : t->place_y[d->ask->place]};
  const double to[2] = {to_end < ends ? d->gates->x[to_end] : d->ask->to_x,
                        to_end < ends ? d->gates->y[to_end] : d->ask->to_y};
  const sund_spot *from_spot = from_end < ends ? &d->gates->end[from_end] : &net->place[d->ask->place];
  const sund_spot *to_spot = to_end < ends ? &d->gates->end[to_end] : &d->ask->to[d->mode];
  catchment_leg leg;
  TRY(catchment_leg_ground(ctx, d->run, d->mode, from, from_spot, to, to_spot, &leg));
  leg.begin_s = begin_s;
  return catchment_leg_add(ctx, out, leg);
}

/* The way that leaves gate end `last` and goes on to the destination: drawn from its beginning. */
static sund_code draw_chain(sund_ctx *ctx, const drawing *d, const chain *c, size_t last, catchment_route *out) {
  size_t *order = sund_alloc(ctx, c->ends, sizeof *order), count = 0;
  const double unit_s = d->run->unit_s;
  if (!order) return SUND_LIMIT;
  for (int e = (int)last; e != FROM_ORIGIN; e = c->street_from[(size_t)e ^ 1]) /* each end is left once: no ring */
    order[count++] = (size_t)e;
  for (size_t k = count; k-- > 0;) {
    const size_t leave = order[k], enter = leave ^ 1, from = k + 1 < count ? order[k + 1] : SIZE_MAX;
    const sund_gate *gate = &d->gates->gate[leave / 2];
    const double set_out = d->depart_s + (from == SIZE_MAX ? 0 : c->leave[from] * unit_s);
    TRY(add_ground(ctx, d, from, enter, set_out, out));
    catchment_leg leg = {.what = "gate",
                         .name = catchment_gate_name(ctx, d->variant->gates, d->gates->row[leave / 2]),
                         .seconds = gate->crossing * unit_s};
    if (!leg.name) return SUND_LIMIT;
    const double through = (c->leave[leave] - c->stand[enter]) * unit_s;
    leg.wait_s = through - leg.seconds;
    leg.begin_s = d->depart_s + c->leave[leave] * unit_s - leg.seconds;
    TRY(gate_line(ctx, d->run, d->variant, d->gates, leave / 2, (int)(enter & 1), &leg));
    TRY(catchment_leg_add(ctx, out, leg));
  }
  return add_ground(ctx, d, last, SIZE_MAX, d->depart_s + c->leave[last] * unit_s, out);
}

/* --------------------------------------------------------------------------------------------------------- one way */

/* Times of all lanes to the destination and the end each comes through. */
typedef struct lane_times {
  uint32_t direct;
  uint32_t *to_end, *from_end; /* ends                               */
  uint32_t *value;             /* lanes                              */
  uint8_t *through;            /* lanes: end, UINT8_MAX = directly   */
} lane_times;

static sund_code time_lanes(sund_ctx *ctx, const drawing *d, lane_times *out) {
  const catchment_run *run = d->run;
  const catchment_town *t = &run->town;
  const sund_spot *origin = &run->net[d->mode].place[d->ask->place], *goal = &d->ask->to[d->mode];
  const double *x = &t->place_x[d->ask->place], *y = &t->place_y[d->ask->place];
  const size_t ends = 2 * d->gates->count, lanes = run->lanes.count;
  uint32_t *at_end = sund_alloc(ctx, ends * lanes, sizeof *at_end);
  *out = (lane_times){SUND_BEYOND, sund_alloc(ctx, ends, sizeof(uint32_t)), sund_alloc(ctx, ends, sizeof(uint32_t)),
                      sund_alloc(ctx, lanes, sizeof(uint32_t)), sund_alloc(ctx, lanes, 1)};
  if (!at_end || !out->to_end || !out->from_end || !out->value || !out->through) return SUND_LIMIT;
  TRY(catchment_between(ctx, run, d->mode, 1, x, y, origin, 1, &d->ask->to_x, &d->ask->to_y, goal, &out->direct));
  if (ends) {
    TRY(catchment_between(ctx, run, d->mode, 1, x, y, origin, ends, d->gates->x, d->gates->y, d->gates->end,
                          out->to_end));
    TRY(catchment_between(ctx, run, d->mode, ends, d->gates->x, d->gates->y, d->gates->end, 1, &d->ask->to_x,
                          &d->ask->to_y, goal, out->from_end));
    const sund_gates_ask ask = {.gates = d->gates->count,
                                .gate = d->gates->gate,
                                .lanes = &run->lanes,
                                .unit_s = run->unit_s,
                                .to_end = out->to_end,
                                .between = d->gates->between,
                                .limit = run->limit};
    TRY(sund_gates_reach(ctx, &ask, at_end));
  }
  for (size_t m = 0; m < lanes; m++) {
    out->value[m] = out->direct, out->through[m] = UINT8_MAX;
    for (size_t e = 0; e < ends; e++) {
      const uint32_t there = add(at_end[e * lanes + m], out->from_end[e], run->limit);
      if (there < out->value[m]) out->value[m] = there, out->through[m] = (uint8_t)e;
    }
  }
  return SUND_OK;
}

static sund_code street_route(sund_ctx *ctx, drawing *d, catchment_route *out) {
  const catchment_run *run = d->run;
  lane_times times;
  chain c;
  TRY(time_lanes(ctx, d, &times));
  uint32_t *scratch = sund_alloc(ctx, run->lanes.count, sizeof *scratch);
  if (!scratch) return SUND_LIMIT;
  const uint32_t units = sund_lanes_percentile(run->lanes.count, times.value, run->percent[run->main], scratch);
  if (units == SUND_BEYOND) return SUND_OK;
  size_t lane = 0;
  while (times.value[lane] != units) lane++;
  d->depart_s = run->lanes.depart_s + (double)lane * run->lanes.step_s;
  out->total_s = units * run->unit_s;
  if (times.through[lane] == UINT8_MAX) return add_ground(ctx, d, SIZE_MAX, SIZE_MAX, d->depart_s, out);
  TRY(follow_lane(ctx, run, d->gates, lane, times.to_end, &c));
  return draw_chain(ctx, d, &c, times.through[lane], out);
}

/* -------------------------------------------------------------------------------------------------------- asked for */

static size_t find_place(const catchment_town *t, const char *id, size_t length) {
  for (size_t i = 0; i < t->places; i++)
    if (strlen(t->place_id[i]) == length && strncmp(t->place_id[i], id, length) == 0) return i;
  return SIZE_MAX;
}

static sund_code find_home(sund_ctx *ctx, const catchment_run *run, const char *id, size_t *out) {
  *out = SIZE_MAX;
  for (size_t k = 0; k < run->town.home_count && *out == SIZE_MAX; k++) {
    const char *home = homes_id(ctx, run->in, run->town.homes, k);
    if (!home) return SUND_LIMIT;
    if (strcmp(home, id) == 0) *out = k;
  }
  return SUND_OK;
}

/* Where the way ends, on the streets of every mode. */
static void set_goal(const catchment_run *run, catchment_route_ask *ask) {
  const catchment_town *t = &run->town;
  const bool place = ask->to_place != SIZE_MAX;
  ask->to_x = place ? t->place_x[ask->to_place] : t->x[ask->target];
  ask->to_y = place ? t->place_y[ask->to_place] : t->y[ask->target];
  for (int m = 0; m < SUND_MODES; m++) {
    const catchment_net *net = &run->net[m];
    const sund_spot *spot = place ? net->place : net->target;
    ask->to[m] = spot ? spot[place ? ask->to_place : ask->target] : (sund_spot){.edge = SUND_NO_EDGE};
  }
}

/* "A:B" with A a place and B a place or a home. */
static sund_code read_pair(sund_ctx *ctx, const catchment_run *run, size_t i, catchment_route_ask *out) {
  const sund_strings *asked = &run->options->route;
  const char *text = asked->value[i], *colon = strchr(text, ':');
  const sund_mark mark = asked->mark ? asked->mark[i] : (sund_mark){0};
  if (!colon) return sund_fail_at(ctx, mark, "route: '%s' is no pair; write it as PLACE:PLACE or PLACE:HOME", text);
  *out = (catchment_route_ask){.place = find_place(&run->town, text, (size_t)(colon - text)),
                               .to_id = colon + 1,
                               .target = SIZE_MAX,
                               .to_place = find_place(&run->town, colon + 1, strlen(colon + 1))};
  if (out->to_place == SIZE_MAX) TRY(find_home(ctx, run, colon + 1, &out->target));
  if (out->place == SIZE_MAX)
    return sund_fail_at(ctx, mark, "route: there is no place with the id '%.*s'", (int)(colon - text), text);
  if (out->to_place == SIZE_MAX && out->target == SIZE_MAX)
    return sund_fail_at(ctx, mark, "route: there is no place and no home with the id '%s'", colon + 1);
  return SUND_OK;
}

static bool is_word(const sund_strings *asked, size_t i) {
  return strcmp(asked->value[i], "none") == 0 || strcmp(asked->value[i], "places") == 0;
}

/* Between every two places. */
static bool all_places(const catchment_run *run) {
  const sund_strings *asked = &run->options->route;
  for (size_t i = 0; i < asked->count; i++)
    if (strcmp(asked->value[i], "places") == 0) return run->town.places <= MOST_PLACES;
  return false;
}

static sund_code read_asked(sund_ctx *ctx, const catchment_run *run, size_t *count, catchment_route_ask **out) {
  const sund_strings *asked = &run->options->route;
  const size_t places = all_places(run) ? run->town.places : 0;
  *count = 0;
  if (!(*out = sund_alloc(ctx, asked->count + places * places, sizeof **out))) return SUND_LIMIT;
  for (size_t i = 0; i < places; i++)
    for (size_t j = 0; j < places; j++)
      if (i != j)
        (*out)[(*count)++] =
            (catchment_route_ask){.place = i, .to_id = run->town.place_id[j], .target = SIZE_MAX, .to_place = j};
  for (size_t i = 0; i < asked->count; i++)
    if (!is_word(asked, i)) TRY(read_pair(ctx, run, i, &(*out)[(*count)++]));
  return SUND_OK;
}

sund_code catchment_routes_check(sund_ctx *ctx, const catchment_run *run) {
  size_t count;
  catchment_route_ask *ask;
  return read_asked(ctx, run, &count, &ask);
}

/* Said once: why there are no ways between the places. */
static sund_code note_too_many(sund_ctx *ctx, catchment_run *run) {
  const sund_strings *asked = &run->options->route;
  bool wanted = false;
  for (size_t i = 0; i < asked->count; i++) wanted = wanted || strcmp(asked->value[i], "places") == 0;
  if (!wanted || run->town.places <= MOST_PLACES) return SUND_OK;
  const char *text =
      sund_text(ctx, "ways are not drawn between %zu places (more than %d); ask for them with --route A:B",
                run->town.places, MOST_PLACES);
  return text ? catchment_note(ctx, run, "note", "places", text, NAN, NAN) : SUND_LIMIT;
}

sund_code catchment_routes(sund_ctx *ctx, catchment_run *run) {
  size_t asked, rows = 0, room = 0;
  catchment_route_ask *ask;
  catchment_route_row *row = NULL;
  TRY(note_too_many(ctx, run));
  TRY(read_asked(ctx, run, &asked, &ask));
  for (size_t i = 0; i < asked; i++) set_goal(run, &ask[i]);
  for (size_t v = 0; v < run->variants; v++)
    for (int m = 0; m < SUND_MODES; m++)
      for (size_t i = 0; i < asked && run->options->wants[m]; i++) {
        catchment_route *route = sund_alloc(ctx, 1, sizeof *route);
        const catchment_variant *variant = &run->variant[v];
        drawing d = {.run = run, .variant = variant, .gates = &variant->by[m], .mode = (sund_mode)m, .ask = &ask[i]};
        if (!route) return SUND_LIMIT;
        TRY(m == SUND_TRANSIT ? catchment_transit_route(ctx, run, v, &ask[i], route) : street_route(ctx, &d, route));
        if (!(row = sund_grow(ctx, row, &room, rows + route->legs, sizeof *row))) return SUND_LIMIT;
        for (size_t k = 0; k < route->legs; k++)
          row[rows++] = (catchment_route_row){&ask[i], v, (sund_mode)m, k, route};
      }
  return rows ? catchment_routes_write(ctx, run, rows, row) : SUND_OK;
}

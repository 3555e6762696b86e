/* gates.c - ways through ferries, bridges and tunnels: what an origin reaches through gates, departure by departure.
 *
 * Order of calls: sund_gates_reach once an origin, from the times to and between the ends of the gates; then
 * sund_gates_times once a percentile, with the times from the ends to the targets. No way on the ground is searched here:
 * another timetable, a closed or a new gate is another combination of the same trees.
 *
 * Reach: earliest arrival by correcting labels (Bellman 1958, Ford 1956; time-dependent: Cooke and Halsey 1966), all
 * departures of the window side by side. Whoever comes to a gate earlier never leaves it later, for sailings, headways and
 * open gates alike, so waiting before a gate for a better moment is never worth it and the labels are exact. Rounds end
 * when nothing changes, after at most as many as there are gates in the longest best way, and one.
 *
 * Times: for a target the departures have values min(direct, at_end[e] + from_end[e]). Most targets lie behind one gate
 * only: an end that is never later than another one, on no departure, leaves that other out; when one end is left the
 * percentile moves through the sum, for both sum and minimum keep order. The general case counts the departures out.
 */
#include <string.h>

#include "sund/geo.h"

enum { BLOCK = 2048 };

/* Sum that stays SUND_BEYOND. */
static inline uint32_t plus(uint32_t a, uint32_t b) {
  return (a < ~b ? a : ~b) + b;
}

static inline uint32_t least(uint32_t a, uint32_t b) {
  return a < b ? a : b;
}

/* ---------------------------------------------------------------------------------------------------------- pass */

/* A lane at a gate. */
typedef struct lane_at {
  int64_t clock; /* its departure, units after midnight */
  uint32_t wait; /* for a service known by its headway  */
} lane_at;

static lane_at lane_of(const sund_gate *gate, const sund_lanes *lanes, double unit_s, size_t lane) {
  const double clock = ((double)lanes->depart_s + (double)lanes->step_s * (double)lane) / unit_s;
  lane_at at = {(int64_t)(clock < 0 ? clock - 0.5 : clock + 0.5), 0};
  if (gate->headway > 0)
    at.wait = (uint32_t)((double)gate->headway * sund_lane_wait(lanes, gate->service, lane) + 0.5);
  return at;
}

/* The first sailing at `clock` or later, as units after the lane's departure; SUND_BEYOND = there is none. */
static uint32_t sailing(const sund_gate *gate, int side, int64_t departed, uint32_t ready) {
  const uint32_t *time = gate->time[side];
  const int64_t clock = departed + (int64_t)ready;
  size_t low = 0, high = gate->times[side];
  while (low < high) {
    const size_t middle = low + (high - low) / 2;
    if ((int64_t)time[middle] < clock) low = middle + 1;
    else high = middle;
  }
  if (low == gate->times[side]) return SUND_BEYOND;
  const int64_t units = (int64_t)time[low] - departed;
  return units < (int64_t)SUND_BEYOND ? (uint32_t)units : SUND_BEYOND;
}

static inline bool by_times(const sund_gate *gate) {
  return gate->headway == 0 && gate->times[0] + gate->times[1] > 0;
}

/* no_wait leaves out what is waited for a service known by its headway; a sailing leaves when it says, and who plans ahead
 * comes later himself (sund_lanes_planned). */
static uint32_t pass(const sund_gate *gate, int side, lane_at at, uint32_t before, bool no_wait) {
  if (side == 1 && !gate->back) return SUND_BEYOND;
  uint32_t leaves = plus(before, gate->board);
  if (leaves == SUND_BEYOND) return SUND_BEYOND;
  if (by_times(gate)) leaves = sailing(gate, side, at.clock, leaves);
  else if (!no_wait) leaves = plus(leaves, at.wait);
  return plus(leaves, gate->crossing);
}

uint32_t sund_gate_pass(const sund_gate *gate, int side, const sund_lanes *lanes, double unit_s, size_t lane,
                        uint32_t before, bool no_wait) {
  return pass(gate, side, lane_of(gate, lanes, unit_s, lane), before, no_wait);
}

/* --------------------------------------------------------------------------------------------------------- reach */

typedef struct search {
  const sund_gates_ask *ask;
  size_t lanes;
  lane_at *at;      /* gates x lanes                                   */
  uint32_t *before; /* lanes: when one comes to the gate in hand        */
  uint32_t *out;    /* ends x lanes                                    */
  uint8_t *changed; /* ends: in the last round                          */
  uint8_t *fresh;   /* ends: in this round                              */
} search;

/* Through gate g, entered from end `side` at s->before. */
static void enter(search *s, size_t g, int side, bool no_wait) {
  const sund_gate *gate = &s->ask->gate[g];
  const size_t end = 2 * g + (size_t)(1 - side);
  const lane_at *at = s->at + g * s->lanes;
  uint32_t *out = s->out + end * s->lanes;
  const uint32_t limit = s->ask->limit;
  if (side == 1 && !gate->back) return;
  for (size_t m = 0; m < s->lanes; m++) {
    if (s->before[m] >= out[m]) continue; /* also when there is no way to it */
    const uint32_t units = pass(gate, side, at[m], s->before[m], no_wait);
    if (units >= out[m] || units > limit) continue;
    out[m] = units;
    s->fresh[end] = 1;
  }
}

/* When one comes to `end` having gone through another gate last; false = no better than before. */
static bool come(search *s, size_t end) {
  const size_t ends = 2 * s->ask->gates;
  bool any = false;
  memset(s->before, 0xff, s->lanes * sizeof *s->before);
  for (size_t b = 0; b < ends; b++) {
    const uint32_t between = s->ask->between[b * ends + end];
    if (!s->changed[b] || between == SUND_BEYOND) continue;
    const uint32_t *from = s->out + b * s->lanes;
    for (size_t m = 0; m < s->lanes; m++) s->before[m] = least(s->before[m], plus(from[m], between));
    any = true;
  }
  return any;
}

static bool turn_round(search *s) {
  bool any = false;
  for (size_t g = 0; g < s->ask->gates; g++)
    for (int side = 0; side < 2; side++)
      if (come(s, 2 * g + (size_t)side)) enter(s, g, side, false);
  for (size_t e = 0; e < 2 * s->ask->gates; e++) any = any || s->fresh[e];
  memcpy(s->changed, s->fresh, 2 * s->ask->gates);
  memset(s->fresh, 0, 2 * s->ask->gates);
  return any;
}

static sund_code search_open(sund_ctx *ctx, const sund_gates_ask *ask, uint32_t *out, search *s) {
  *s = (search){.ask = ask, .lanes = ask->lanes->count, .out = out};
  s->at = sund_alloc(ctx, ask->gates * s->lanes, sizeof *s->at);
  s->before = sund_alloc(ctx, s->lanes, sizeof *s->before);
  s->changed = sund_alloc(ctx, 2 * ask->gates, 1);
  s->fresh = sund_alloc(ctx, 2 * ask->gates, 1);
  if (!s->at || !s->before || !s->changed || !s->fresh) return SUND_LIMIT;
  for (size_t g = 0; g < ask->gates; g++)
    for (size_t m = 0; m < s->lanes; m++)
      s->at[g * s->lanes + m] = lane_of(&ask->gate[g], ask->lanes, ask->unit_s, m);
  return SUND_OK;
}

sund_code sund_gates_reach(sund_ctx *ctx, const sund_gates_ask *ask, uint32_t *out) {
  search s;
  sund_ctx *scratch = sund_ctx_child(ctx);
  if (!scratch) return SUND_LIMIT;
  if (search_open(scratch, ask, out, &s) != SUND_OK) {
    const sund_code code = sund_ctx_pass(ctx, scratch);
    sund_ctx_free(scratch);
    return code;
  }
  for (size_t k = 0; k < 2 * ask->gates * s.lanes; k++) out[k] = SUND_BEYOND;
  for (size_t g = 0; g < ask->gates; g++)
    for (int side = 0; side < 2; side++) {
      const uint32_t first = ask->to_end[2 * g + (size_t)side];
      for (size_t m = 0; m < s.lanes; m++) s.before[m] = first;
      enter(&s, g, side, ask->no_first_wait);
    }
  memcpy(s.changed, s.fresh, 2 * ask->gates);
  memset(s.fresh, 0, 2 * ask->gates);
  while (turn_round(&s)) continue;
  sund_ctx_free(scratch);
  return SUND_OK;
}

/* --------------------------------------------------------------------------------------------------------- times */

typedef struct joining {
  const sund_gates_join *ask;
  uint32_t *low;        /* ends: least of its lanes                                                       */
  uint32_t *percentile; /* ends: of its lanes alone                                                       */
  int64_t *behind;      /* ends x ends: how much later than the second the first is on some lane, at most  */
  uint32_t *out;
  uint8_t *through;
} joining;

static const uint32_t *lanes_of(const sund_gates_join *ask, size_t end) {
  return ask->at_end + end * ask->lanes;
}

/* The most by which the lanes of a are later than those of b. Where b does not come at all a cannot be later; where only b
 * comes a is later without bound. */
static int64_t most_behind(size_t lanes, const uint32_t *a, const uint32_t *b) {
  int64_t most = INT64_MIN / 2;
  for (size_t m = 0; m < lanes; m++) {
    if (b[m] == SUND_BEYOND) continue;
    const int64_t by = a[m] == SUND_BEYOND ? INT64_MAX / 2 : (int64_t)a[m] - (int64_t)b[m];
    if (by > most) most = by;
  }
  return most;
}

static sund_code joining_open(sund_ctx *ctx, joining *j) {
  const sund_gates_join *ask = j->ask;
  uint32_t *scratch = sund_alloc(ctx, ask->lanes, sizeof *scratch);
  j->low = sund_alloc(ctx, ask->ends, sizeof *j->low);
  j->percentile = sund_alloc(ctx, ask->ends, sizeof *j->percentile);
  j->behind = sund_alloc(ctx, ask->ends * ask->ends, sizeof *j->behind);
  if (!scratch || !j->low || !j->percentile || !j->behind) return SUND_LIMIT;
  for (size_t e = 0; e < ask->ends; e++) {
    const uint32_t *lane = lanes_of(ask, e);
    j->low[e] = SUND_BEYOND;
    for (size_t m = 0; m < ask->lanes; m++) j->low[e] = least(j->low[e], lane[m]);
    j->percentile[e] = sund_lanes_percentile(ask->lanes, lane, ask->percent, scratch);
    for (size_t b = 0; b < ask->ends; b++)
      j->behind[e * ask->ends + b] = most_behind(ask->lanes, lane, lanes_of(ask, b));
  }
  return SUND_OK;
}

/* Does end e stand for end b at target t: never later, and of equal ones the lower number? */
static bool stands_for(const joining *j, size_t e, size_t b, size_t t) {
  const int64_t most = j->behind[e * j->ask->ends + b] + (int64_t)j->ask->from_end[e][t];
  const int64_t other = (int64_t)j->ask->from_end[b][t];
  return e < b ? most <= other : most < other;
}

/* Ends that are faster than the direct way on some lane, into `list`; those another one stands for are left out. */
static size_t choose(const joining *j, size_t t, size_t *list) {
  const sund_gates_join *ask = j->ask;
  size_t count = 0, kept = 0;
  for (size_t e = 0; e < ask->ends; e++) {
    const uint32_t soonest = plus(j->low[e], ask->from_end[e][t]);
    if (soonest < ask->direct[t] && (soonest <= ask->limit || ask->planned_step > 0)) list[count++] = e;
  }
  for (size_t i = 0; i < count; i++) {
    bool needed = true;
    for (size_t k = 0; k < count && needed; k++) needed = k == i || !stands_for(j, list[k], list[i], t);
    if (needed) list[kept++] = list[i];
  }
  return kept; /* a chain of ends that stand for each other has a first that nobody stands for */
}

/* Fills the lanes' values and returns through which end most of them come. */
static uint8_t fill(const joining *j, size_t t, size_t count, const size_t *list, uint32_t *value) {
  const sund_gates_join *ask = j->ask;
  size_t best = 0;
  uint8_t through = UINT8_MAX;
  for (size_t m = 0; m < ask->lanes; m++) value[m] = ask->direct[t];
  for (size_t i = 0; i < count; i++) {
    const uint32_t *lane = lanes_of(ask, list[i]), leg = ask->from_end[list[i]][t];
    for (size_t m = 0; m < ask->lanes; m++) value[m] = least(value[m], plus(lane[m], leg));
  }
  if (!j->through) return through;
  for (size_t m = 0; m < ask->lanes; m++) best += value[m] == ask->direct[t] && value[m] <= ask->limit;
  for (size_t i = 0; i < count; i++) {
    const uint32_t *lane = lanes_of(ask, list[i]), leg = ask->from_end[list[i]][t];
    size_t lanes = 0;
    for (size_t m = 0; m < ask->lanes; m++) {
      bool first = value[m] < ask->direct[t] && value[m] <= ask->limit && plus(lane[m], leg) == value[m];
      for (size_t k = 0; k < i && first; k++)
        first = plus(lanes_of(ask, list[k])[m], ask->from_end[list[k]][t]) != value[m];
      lanes += first;
    }
    if (lanes <= best) continue;
    best = lanes;
    through = (uint8_t)list[i];
  }
  return through;
}

static sund_code join_block(sund_ctx *worker, size_t begin, size_t end, void *data) {
  const joining *j = data;
  const sund_gates_join *ask = j->ask;
  uint32_t *value = sund_alloc(worker, ask->lanes, sizeof *value);
  uint32_t *other = sund_alloc(worker, ask->lanes, sizeof *other);
  uint32_t *scratch = sund_alloc(worker, ask->lanes, sizeof *scratch);
  size_t *list = sund_alloc(worker, ask->ends, sizeof *list);
  if (!value || !other || !scratch || !list) return SUND_LIMIT;
  for (size_t t = begin; t < end; t++) {
    const size_t count = choose(j, t, list);
    const bool general = count > 1 || (count == 1 && ask->planned_step > 0);
    uint8_t through = UINT8_MAX;
    uint32_t units = ask->direct[t];
    if (general || (count == 1 && j->through)) through = fill(j, t, count, list, value);
    if (general && ask->planned_step > 0) sund_lanes_planned(ask->lanes, value, ask->planned_step, other);
    if (general)
      units = sund_lanes_percentile(ask->lanes, ask->planned_step > 0 ? other : value, ask->percent, scratch);
    else if (count == 1) units = least(units, plus(j->percentile[list[0]], ask->from_end[list[0]][t]));
    j->out[t] = units <= ask->limit ? units : SUND_BEYOND;
    if (j->through) j->through[t] = j->out[t] == SUND_BEYOND ? UINT8_MAX : through;
  }
  return SUND_OK;
}

sund_code sund_gates_times(sund_ctx *ctx, const sund_gates_join *ask, uint32_t *out, uint8_t *through) {
  joining j = {.ask = ask, .out = out, .through = through};
  if (ask->ends >= UINT8_MAX)
    return sund_fail(ctx, SUND_LIMIT, "more than %d gates for one mode", (int)(UINT8_MAX - 1) / 2);
  sund_ctx *scratch = sund_ctx_child(ctx);
  if (!scratch) return SUND_LIMIT;
  sund_code code = joining_open(scratch, &j);
  if (code == SUND_OK) code = sund_for(scratch, ask->n, BLOCK, join_block, &j);
  if (code != SUND_OK) sund_ctx_pass(ctx, scratch);
  sund_ctx_free(scratch);
  return code;
}

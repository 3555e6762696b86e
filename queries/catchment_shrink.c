/* catchment_shrink.c - the joint catchment of two places across the Sound as the crossings get shorter.
 *
 * Minutes are taken off every gate: off its crossing (the border with it), then off being there in time, then off its
 * headway; never more than there is. Nothing is routed again: one tree a place without gates, the trees of the gates' ends
 * that the run has, and a new combination for every step (gates.c). By foot, bicycle and car; what the timetable says of
 * transit's crossings stays as it is.
 */
#include <math.h>
#include <string.h>

#include "catchment_joint.h"

enum { STEPS = 7 };
static const double STEP_MIN = 5;

typedef struct shrinking {
  catchment_run *run;
  sund_mode mode;
  size_t variant;
  const catchment_gates *gates;
  uint32_t **direct;  /* places: targets, without gates */
  uint32_t *to_end;   /* places x ends                  */
  sund_gate *shorter; /* gates                          */
} shrinking;

/* Takes up to `left` units off a time. */
static void take(uint32_t *time, uint32_t *left, uint32_t least) {
  const uint32_t most = *time > least ? *time - least : 0, by = *left < most ? *left : most;
  *time -= by;
  *left -= by;
}

static sund_gate shortened(sund_gate gate, uint32_t units) {
  take(&gate.crossing, &units, 0);
  take(&gate.board, &units, 0);
  if (gate.headway > 0) take(&gate.headway, &units, 1); /* 0 would mean something else */
  return gate;
}

/* Times of one place to all targets with the shorter gates. */
static sund_code times_of(sund_ctx *scratch, const shrinking *s, size_t place, uint32_t *out) {
  const catchment_run *run = s->run;
  const size_t ends = 2 * s->gates->count;
  uint32_t *at_end = sund_alloc(scratch, ends * run->lanes.count, sizeof *at_end);
  if (!at_end) return SUND_LIMIT;
  const sund_gates_ask reach = {.gates = s->gates->count,
                                .gate = s->shorter,
                                .lanes = &run->lanes,
                                .unit_s = run->unit_s,
                                .to_end = s->to_end + place * ends,
                                .between = s->gates->between,
                                .limit = run->limit};
  TRY(sund_gates_reach(scratch, &reach, at_end));
  const sund_gates_join join = {.ends = ends,
                                .lanes = run->lanes.count,
                                .n = run->town.targets,
                                .direct = s->direct[place],
                                .at_end = at_end,
                                .from_end = (const uint32_t *const *)s->gates->from_end,
                                .limit = run->limit,
                                .percent = run->percent[run->main]};
  return sund_gates_times(scratch, &join, out, NULL);
}

/* Rows of one step: all places anew, then the pairs. */
static sund_code one_step(sund_ctx *scratch, shrinking *s, size_t step, size_t pairs, const joint_pair *pair,
                          joint_row *row) {
  catchment_run *run = s->run;
  const double minutes = STEP_MIN * (double)step;
  const uint32_t units = (uint32_t)(minutes * 60 / run->unit_s + 0.5);
  uint32_t **time = sund_alloc(scratch, run->town.places, sizeof *time);
  joint_sums *sums = sund_alloc(scratch, run->bounds, sizeof *sums);
  if (!time || !sums) return SUND_LIMIT;
  for (size_t g = 0; g < s->gates->count; g++) s->shorter[g] = shortened(s->gates->gate[g], units);
  for (size_t i = 0; i < run->town.places; i++) {
    if (!(time[i] = sund_alloc(scratch, run->town.targets, sizeof **time))) return SUND_LIMIT;
    TRY(times_of(scratch, s, i, time[i]));
  }
  for (size_t p = 0; p < pairs; p++) {
    joint_count(run, time[pair[p].a], time[pair[p].b], sums);
    for (size_t b = 0; b < run->bounds; b++)
      row[p * run->bounds + b] = (joint_row){.pair = pair[p],
                                             .variant = s->variant,
                                             .bound = b,
                                             .mode = s->mode,
                                             .shrink_min = minutes,
                                             .sums = sums[b]};
  }
  return SUND_OK;
}

static sund_code grow_direct(sund_ctx *ctx, shrinking *s) {
  const catchment_run *run = s->run;
  const catchment_town *t = &run->town;
  if (!(s->direct = sund_alloc(ctx, t->places, sizeof *s->direct))) return SUND_LIMIT;
  for (size_t i = 0; i < t->places; i++)
    if (!(s->direct[i] = sund_alloc(ctx, t->targets, sizeof **s->direct))) return SUND_LIMIT;
  const catchment_trees ask = {
      .n = t->places, .x = t->place_x, .y = t->place_y, .spot = run->net[s->mode].place, .time = s->direct};
  return catchment_trees_grow(ctx, run, s->mode, &ask);
}

/* The steps of one variant and mode. */
static sund_code shrink_gates(sund_ctx *ctx, shrinking *s, size_t pairs, const joint_pair *pair, joint_row *row) {
  const catchment_run *run = s->run;
  const catchment_town *t = &run->town;
  const size_t ends = 2 * s->gates->count;
  if (!(s->to_end = sund_alloc(ctx, t->places * ends, sizeof *s->to_end)) ||
      !(s->shorter = sund_alloc(ctx, s->gates->count, sizeof *s->shorter)))
    return SUND_LIMIT;
  TRY(catchment_between(ctx, run, s->mode, t->places, t->place_x, t->place_y, run->net[s->mode].place, ends,
                        s->gates->x, s->gates->y, s->gates->end, s->to_end));
  for (size_t step = 0; step < STEPS; step++) {
    sund_ctx *scratch = sund_ctx_child(ctx);
    if (!scratch) return SUND_LIMIT;
    sund_code code = one_step(scratch, s, step, pairs, pair, row + step * pairs * run->bounds);
    if (code != SUND_OK) code = sund_ctx_pass(ctx, scratch);
    sund_ctx_free(scratch);
    TRY(code);
  }
  return SUND_OK;
}

static bool has_gates(const catchment_run *run, sund_mode mode) {
  bool some = false;
  for (size_t v = 0; v < run->variants; v++) some = some || run->variant[v].by[mode].count > 0;
  return some && run->options->wants[mode];
}

sund_code catchment_shrink(sund_ctx *ctx, catchment_run *run) {
  size_t pairs, count = 0;
  joint_pair *pair;
  joint_row *row;
  TRY(joint_pairs(ctx, run, true, &pairs, &pair));
  const size_t rows = STEPS * pairs * run->bounds;
  if (!(row = sund_alloc(ctx, run->variants * SUND_TRANSIT * rows, sizeof *row))) return SUND_LIMIT;
  for (int m = 0; m < SUND_TRANSIT; m++) {
    if (pairs == 0 || !has_gates(run, (sund_mode)m)) continue;
    shrinking s = {.run = run, .mode = (sund_mode)m};
    TRY(grow_direct(ctx, &s));
    for (size_t v = 0; v < run->variants; v++) {
      s.variant = v;
      s.gates = &run->variant[v].by[m];
      if (s.gates->count == 0) continue;
      TRY(shrink_gates(ctx, &s, pairs, pair, row + count));
      count += rows;
    }
  }
  if (count == 0)
    TRY(catchment_note(ctx, run, "note", "gates",
                       "shrink: no gate on foot, by bicycle or by car that two places could use", NAN, NAN));
  return joint_tell(ctx, run, count, row, true);
}

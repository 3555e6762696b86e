/* catchment_reach.c - what each place reaches on foot, by bicycle and by car, in every variant.
 *
 * Order, mode by mode: one tree a place without any gate; the way of each place to the gates' ends; then for every place
 * and variant the gates are combined with the trees (sund_gates_reach, sund_gates_times): no street is searched twice,
 * whatever the number of variants. Transit is catchment_transit.c. Last, who of the targets is across the Sound.
 */
#include <math.h>
#include <string.h>

#include "catchment.h"

/* Trees of all places by one mode, without gates. */
typedef struct direct {
  uint32_t **time, **node; /* places: targets, nodes */
  double **metres;         /* places: targets; NULL = not wanted */
} direct;

static sund_code new_rows(sund_ctx *ctx, size_t rows, size_t n, uint32_t ***out) {
  if (!(*out = sund_alloc(ctx, rows, sizeof **out))) return SUND_LIMIT;
  for (size_t i = 0; i < rows; i++)
    if (!((*out)[i] = sund_alloc(ctx, n, sizeof ***out))) return SUND_LIMIT;
  return SUND_OK;
}

bool catchment_wants_metres(const catchment_options *o) {
  return o->matrix || catchment_wants_measure(o, "detour");
}

static sund_code grow_direct(sund_ctx *ctx, const catchment_run *run, sund_mode mode, direct *d) {
  const catchment_town *t = &run->town;
  TRY(new_rows(ctx, t->places, t->targets, &d->time));
  if (run->graph && !run->options->no_map) TRY(new_rows(ctx, t->places, run->graph->nodes, &d->node));
  if (catchment_wants_metres(run->options)) {
    if (!(d->metres = sund_alloc(ctx, t->places, sizeof *d->metres))) return SUND_LIMIT;
    for (size_t i = 0; i < t->places; i++)
      if (!(d->metres[i] = sund_alloc(ctx, t->targets, sizeof **d->metres))) return SUND_LIMIT;
  }
  const catchment_trees ask = {.n = t->places,
                               .x = t->place_x,
                               .y = t->place_y,
                               .spot = run->net[mode].place,
                               .time = d->time,
                               .metres = d->metres,
                               .node = d->node};
  return catchment_trees_grow(ctx, run, mode, &ask);
}

/* ----------------------------------------------------------------------------------------------------- with gates */

/* One place, one variant: what the gates add. */
typedef struct gate_job {
  catchment_run *run;
  const catchment_gates *gates;
  const uint32_t *to_end;            /* ends: from this place */
  uint32_t *at_end, *at_end_planned; /* ends x lanes */
} gate_job;

static sund_code reach_ends(sund_ctx *ctx, gate_job *job) {
  const catchment_run *run = job->run;
  const size_t cells = 2 * job->gates->count * run->lanes.count;
  sund_gates_ask ask = {.gates = job->gates->count,
                        .gate = job->gates->gate,
                        .lanes = &run->lanes,
                        .unit_s = run->unit_s,
                        .to_end = job->to_end,
                        .between = job->gates->between,
                        .limit = run->limit};
  if (!(job->at_end = sund_alloc(ctx, cells, sizeof *job->at_end)) ||
      !(job->at_end_planned = sund_alloc(ctx, cells, sizeof *job->at_end_planned)))
    return SUND_LIMIT;
  TRY(sund_gates_reach(ctx, &ask, job->at_end));
  ask.no_first_wait = true;
  ask.limit = SUND_BEYOND - 1; /* waits for a sailing are left out afterwards only */
  return sund_gates_reach(ctx, &ask, job->at_end_planned);
}

/* Times to n points by the direct way or any gate: out as sund_gates_times. */
static sund_code join(sund_ctx *ctx, const gate_job *job, size_t n, const uint32_t *directly,
                      uint32_t *const *from_end, double percent, bool planned, uint32_t *out, uint8_t *through) {
  const catchment_run *run = job->run;
  const sund_gates_join ask = {
      .ends = 2 * job->gates->count,
      .lanes = run->lanes.count,
      .n = n,
      .direct = directly,
      .at_end = planned ? job->at_end_planned : job->at_end,
      .from_end = (const uint32_t *const *)from_end,
      .limit = run->limit,
      .percent = percent,
      .planned_step = planned ? (uint32_t)(run->lanes.step_s / run->unit_s) : 0,
  };
  return sund_gates_times(ctx, &ask, out, through);
}

static sund_code answer_with_gates(sund_ctx *ctx, sund_ctx *scratch, gate_job *job, const direct *d, size_t place,
                                   catchment_answer *answer) {
  const catchment_run *run = job->run;
  const size_t n = run->town.targets;
  TRY(reach_ends(scratch, job));
  if (!(answer->through = sund_alloc(ctx, n, 1)) || !(answer->planned = sund_alloc(ctx, n, sizeof *answer->planned)))
    return SUND_LIMIT;
  for (size_t p = 0; p < run->percents; p++) {
    if (!(answer->time[p] = sund_alloc(ctx, n, sizeof **answer->time))) return SUND_LIMIT;
    TRY(join(scratch, job, n, d->time[place], job->gates->from_end, run->percent[p], false, answer->time[p],
             p == run->main ? answer->through : NULL));
  }
  TRY(join(scratch, job, n, d->time[place], job->gates->from_end, run->percent[run->main], true, answer->planned,
           NULL));
  if (!d->node) return SUND_OK;
  if (!(answer->node = sund_alloc(ctx, run->graph->nodes, sizeof *answer->node))) return SUND_LIMIT;
  return join(scratch, job, run->graph->nodes, d->node[place], job->gates->node_from_end, run->percent[run->main],
              false, answer->node, NULL);
}

static void answer_directly(const catchment_run *run, const direct *d, size_t place, catchment_answer *answer) {
  for (size_t p = 0; p < run->percents; p++) answer->time[p] = d->time[place];
  answer->planned = d->time[place];
  answer->node = d->node ? d->node[place] : NULL;
}

/* ---------------------------------------------------------------------------------------------------------- metres */

/* Ground metres of a gate: its line, or straight between its ends. */
static double gate_metres(const catchment_run *run, const catchment_variant *variant, const catchment_gates *gates,
                          size_t g) {
  const sund_shapes *lines = catchment_gate_line(variant->gates, gates->row[g]);
  if (!lines)
    return sund_ground_distance(run->ground, gates->x[2 * g], gates->y[2 * g], gates->x[2 * g + 1],
                                gates->y[2 * g + 1]);
  double metres = 0;
  for (size_t p = lines->first_part[gates->row[g]]; p < lines->first_part[gates->row[g] + 1]; p++)
    for (size_t v = lines->first_vertex[p]; v + 1 < lines->first_vertex[p + 1]; v++)
      metres += sund_ground_distance(run->ground, lines->x[v], lines->y[v], lines->x[v + 1], lines->y[v + 1]);
  return metres;
}

/* Metres from every end of a gate to the targets. */
static sund_code metres_from_ends(sund_ctx *ctx, const catchment_run *run, sund_mode mode,
                                  const catchment_gates *gates, double ***out) {
  const size_t ends = 2 * gates->count;
  if (!(*out = sund_alloc(ctx, ends, sizeof **out))) return SUND_LIMIT;
  for (size_t e = 0; e < ends; e++)
    if (!((*out)[e] = sund_alloc(ctx, run->town.targets, sizeof ***out))) return SUND_LIMIT;
  const catchment_trees ask = {.n = ends, .x = gates->x, .y = gates->y, .spot = gates->end, .metres = *out};
  return catchment_trees_grow(ctx, run, mode, &ask);
}

/* Metres from every place to every end. */
typedef struct end_metres {
  size_t ends;
  double *out;
} end_metres;

static sund_code keep_metres(sund_ctx *worker, const sund_tree *tree, void *data) {
  (void)worker;
  const end_metres *job = data;
  memcpy(job->out + tree->source * job->ends, tree->metres, job->ends * sizeof *job->out);
  return SUND_OK;
}

static sund_code metres_to_ends(sund_ctx *ctx, const catchment_run *run, sund_mode mode, const catchment_gates *gates,
                                double *out) {
  const catchment_town *t = &run->town;
  const size_t ends = 2 * gates->count;
  if (!run->graph) {
    for (size_t i = 0; i < t->places; i++)
      for (size_t e = 0; e < ends; e++)
        out[i * ends + e] = sund_ground_distance(run->ground, t->place_x[i], t->place_y[i], gates->x[e], gates->y[e]);
    return SUND_OK;
  }
  const sund_trees_ask ask = {.sources = t->places,
                              .source = run->net[mode].place,
                              .targets = ends,
                              .target = gates->end,
                              .limit = run->limit,
                              .metres = true};
  end_metres job = {ends, out};
  return sund_streets_trees(ctx, run->net[mode].streets, &ask, keep_metres, &job);
}

static sund_code fill_metres(sund_ctx *ctx, const catchment_run *run, sund_mode mode, size_t variant,
                             const direct *d) {
  const catchment_variant *v = &run->variant[variant];
  const catchment_gates *gates = &v->by[mode];
  const size_t ends = 2 * gates->count, n = run->town.targets;
  double **from_end = NULL, *to_end = sund_alloc(ctx, run->town.places * ends, sizeof *to_end);
  double *on_gate = sund_alloc(ctx, gates->count, sizeof *on_gate);
  if (!to_end || !on_gate) return SUND_LIMIT;
  if (gates->count) {
    TRY(metres_from_ends(ctx, run, mode, gates, &from_end));
    TRY(metres_to_ends(ctx, run, mode, gates, to_end));
  }
  for (size_t g = 0; g < gates->count; g++) on_gate[g] = gate_metres(run, v, gates, g);
  for (size_t i = 0; i < run->town.places; i++) {
    catchment_answer *answer = catchment_answer_of(run, variant, mode, i);
    if (!(answer->metres = sund_alloc(ctx, n, sizeof *answer->metres))) return SUND_LIMIT;
    for (size_t k = 0; k < n; k++) {
      const uint8_t e = answer->through ? answer->through[k] : UINT8_MAX;
      if (answer->time[run->main][k] == SUND_BEYOND) answer->metres[k] = NAN;
      else if (e == UINT8_MAX) answer->metres[k] = d->metres[i][k];
      else answer->metres[k] = to_end[i * ends + (e ^ 1u)] + on_gate[e / 2] + from_end[e][k];
    }
  }
  return SUND_OK;
}

/* ---------------------------------------------------------------------------------------------------------- across */

/* Component of the network a spot stands on; UINT32_MAX = none. */
static uint32_t component_of(const catchment_run *run, const sund_spot *spot) {
  return spot->edge == SUND_NO_EDGE ? UINT32_MAX : run->graph->component[run->graph->edge_from[spot->edge]];
}

bool catchment_is_across(const catchment_run *run, int32_t here, int32_t there, const sund_spot *from,
                         const sund_spot *to) {
  const sund_table *areas = run->in->role[SUND_AREAS];
  if (here >= 0 && there >= 0) return here != there;
  if (!run->graph || (areas && areas->rows && run->town.country[0])) return false;
  return component_of(run, from) != component_of(run, to);
}

/* On the other shore. Without paths only a gate tells. */
static sund_code find_across(sund_ctx *ctx, const catchment_run *run, sund_mode mode, size_t place,
                             catchment_answer *answer) {
  const catchment_town *t = &run->town;
  const catchment_net *net = &run->net[mode];
  const bool countries = run->in->role[SUND_AREAS] && t->country[0];
  if (!(answer->across = sund_alloc(ctx, t->targets, 1))) return SUND_LIMIT;
  for (size_t k = 0; k < t->targets; k++)
    answer->across[k] = !run->graph && !countries ? answer->through && answer->through[k] != UINT8_MAX
                                                  : catchment_is_across(run, t->place_shore[place], t->shore[k],
                                                                        &net->place[place], &net->target[k]);
  return SUND_OK;
}

/* ------------------------------------------------------------------------------------------------------------ all */

static sund_code reach_variant(sund_ctx *ctx, catchment_run *run, sund_mode mode, size_t variant, const direct *d) {
  const catchment_gates *gates = &run->variant[variant].by[mode];
  const catchment_town *t = &run->town;
  const size_t ends = 2 * gates->count;
  uint32_t *to_end = sund_alloc(ctx, t->places * ends, sizeof *to_end);
  if (!to_end) return SUND_LIMIT;
  if (ends)
    TRY(catchment_between(ctx, run, mode, t->places, t->place_x, t->place_y, run->net[mode].place, ends, gates->x,
                          gates->y, gates->end, to_end));
  for (size_t i = 0; i < t->places; i++) {
    catchment_answer *answer = catchment_answer_of(run, variant, mode, i);
    if (!(answer->time = sund_alloc(ctx, run->percents, sizeof *answer->time))) return SUND_LIMIT;
    if (ends == 0) {
      answer_directly(run, d, i, answer);
    } else {
      gate_job job = {.run = run, .gates = gates, .to_end = to_end + i * ends};
      sund_ctx *scratch = sund_ctx_child(ctx);
      if (!scratch) return SUND_LIMIT;
      sund_code code = answer_with_gates(ctx, scratch, &job, d, i, answer);
      if (code != SUND_OK) code = sund_ctx_pass(ctx, scratch);
      sund_ctx_free(scratch);
      TRY(code);
    }
    TRY(find_across(ctx, run, mode, i, answer));
  }
  return d->metres ? fill_metres(ctx, run, mode, variant, d) : SUND_OK;
}

sund_code catchment_reach(sund_ctx *ctx, catchment_run *run) {
  const size_t answers = run->variants * SUND_MODES * run->town.places;
  if (!(run->answer = sund_alloc(ctx, answers, sizeof *run->answer))) return SUND_LIMIT;
  for (int m = 0; m < SUND_TRANSIT; m++) {
    direct d = {0};
    if (!run->options->wants[m]) continue;
    TRY(grow_direct(ctx, run, (sund_mode)m, &d));
    for (size_t v = 0; v < run->variants; v++) TRY(reach_variant(ctx, run, (sund_mode)m, v, &d));
  }
  if (!run->options->wants[SUND_TRANSIT]) return SUND_OK;
  for (size_t v = 0; v < run->variants; v++) {
    TRY(catchment_transit_reach(ctx, run, v));
    for (size_t i = 0; i < run->town.places; i++)
      TRY(find_across(ctx, run, SUND_TRANSIT, i, catchment_answer_of(run, v, SUND_TRANSIT, i)));
  }
  return SUND_OK;
}

/* catchment_transit_reach.c - what places reach by public transport: every departure of the window is a lane.
 *
 * For a place: walks to stops, then rides for all lanes (sund_rider). A target's lanes are the least of going there
 * directly and, point by point that it can be walked to from, of arriving at the point and walking on; percentiles are
 * counted from these. Everything is exact to the lane: no percentile is taken before the last walk is added. Without the
 * first wait (planned): of lanes that arrive at the same moment the last departure; services known by their headway come
 * when one does. For these, arrivals until the largest bound after the last departure are known: which bounds are asked
 * for makes no difference to any of them.
 *
 * Places are answered some at a time; every thread keeps its riders and rows from the first to the last.
 */
#include <math.h>
#include <string.h>

#include "catchment_transit.h"

enum {
  BLOCK = 16,       /* lanes are padded to whole blocks */
  AT_ONCE_LEAST = 4 /* places a thread at a time */
};
static const size_t HELD = (size_t)1 << 25; /* units of walks held at once: 128 MB */

typedef struct reach_job {
  const catchment_run *run;
  const catchment_transit *t;
  const uint32_t *rows; /* of transit_walks_from */
  size_t first, count;  /* places of the rows */
  uint32_t limit;       /* units of a lane: with its first wait */
  uint32_t never; /* more than that, and any walk can be added to it: bound, window and walk are a day each and the
                         * unit is chosen for more (catchment_options.c) */
  size_t states;
  struct worker_state *state;
  bool planned, lanes, nodes;
  size_t percents;
  const double *percent;
  size_t main;
  sund_code (*take)(sund_ctx *worker, const struct reach_job *job, size_t i, const transit_origin *o,
                    const transit_answer *answer);
  void *data;
} reach_job;

/* Lanes of the points that are reached, side by side. */
typedef struct point_lanes {
  size_t width;
  size_t count;
  uint32_t *row;   /* points: number + 1 of its lanes; 0 = not reached */
  uint32_t *point; /* count                                            */
  uint32_t *least; /* count: of all lanes                              */
  uint32_t *lane;  /* count * width: units; never                      */
  size_t room;
} point_lanes;

/* What a thread works with. */
typedef struct worker_state {
  sund_ctx *ctx; /* memory */
  transit_origin origin;
  sund_rider *at_once; /* services by headway come when one does; NULL = there is none */
  point_lanes by_ride, planned;
  uint32_t *seconds; /* lanes of a stop               */
  uint32_t *value, *scratch;
  transit_answer answer;
} worker_state;

/* ----------------------------------------------------------------------------------------------------------- points */

size_t transit_access(const catchment_run *run, const catchment_transit *t, const uint32_t *to_point,
                      sund_access *access) {
  size_t count = 0;
  for (size_t p = 0; p < t->walks->points; p++) {
    const uint32_t units = to_point[p];
    if (units > t->walks->limit) continue;
    for (size_t i = t->first_stop[p]; i < t->first_stop[p + 1]; i++)
      access[count++] = (sund_access){t->at[i], transit_seconds(run, units)};
  }
  return count;
}

static sund_code open_lanes(sund_ctx *ctx, const reach_job *job, point_lanes *l) {
  l->width = (job->run->lanes.count + BLOCK - 1) / BLOCK * BLOCK;
  l->row = sund_alloc(ctx, job->t->walks->points, sizeof *l->row);
  l->point = sund_alloc(ctx, job->t->walks->points, sizeof *l->point);
  l->least = sund_alloc(ctx, job->t->walks->points, sizeof *l->least);
  return l->row && l->point && l->least ? SUND_OK : SUND_LIMIT;
}

static sund_code add_lanes(sund_ctx *ctx, const reach_job *job, point_lanes *l, uint32_t point,
                           const uint32_t *seconds) {
  if (l->row[point] == 0) {
    uint32_t *more = sund_grow(ctx, l->lane, &l->room, (l->count + 1) * l->width, sizeof *more);
    if (!more) return SUND_LIMIT;
    l->lane = more;
    l->point[l->count] = point;
    l->least[l->count] = job->never;
    for (size_t m = 0; m < l->width; m++) l->lane[l->count * l->width + m] = job->never;
    l->row[point] = (uint32_t)++l->count;
  }
  uint32_t *lane = l->lane + (l->row[point] - 1) * l->width, *least = &l->least[l->row[point] - 1];
  for (size_t m = 0; m < job->run->lanes.count; m++) {
    const uint32_t units = transit_units(job->run, seconds[m], job->limit);
    if (units < lane[m]) lane[m] = units;
    if (units < *least) *least = units;
  }
  return SUND_OK;
}

/* Rides, then the lanes of every point that a stop reached lies at. */
static sund_code ride(sund_ctx *ctx, const reach_job *job, worker_state *s, sund_rider *rider, point_lanes *l) {
  const uint32_t *stop;
  for (size_t i = 0; i < l->count; i++) l->row[l->point[i]] = 0;
  l->count = 0;
  TRY(sund_rider_ride(rider, s->origin.count, s->origin.access, NULL));
  const size_t reached = sund_rider_reached(rider, &stop);
  for (size_t i = 0; i < reached; i++) {
    sund_rider_lanes(rider, stop[i], s->seconds);
    TRY(add_lanes(ctx, job, l, job->t->point[stop[i]], s->seconds));
  }
  return SUND_OK;
}

/* ---------------------------------------------------------------------------------------------------------- targets */

/* Lanes of a target: value. False when no ride is any help; value is not set then. */
static bool target_lanes(const reach_job *job, const point_lanes *l, size_t target, uint32_t directly,
                         uint32_t *value) {
  const transit_walks *w = job->t->walks;
  bool any = false;
  for (size_t k = w->first_from[target]; k < w->first_from[target + 1]; k++) {
    const uint32_t row = l->row[w->from[k]], walk = w->from_units[k];
    const uint32_t least = row ? l->least[row - 1] + walk : SUND_BEYOND;
    if (least > job->limit || least >= directly) continue;
    const uint32_t *lane = l->lane + (row - 1) * l->width;
    for (size_t m = 0; !any && m < l->width; m++) value[m] = directly;
    any = true;
    for (size_t b = 0; b < l->width; b += BLOCK)
      for (size_t m = b; m < b + BLOCK; m++) value[m] = lane[m] + walk < value[m] ? lane[m] + walk : value[m];
  }
  return any;
}

static uint32_t within(const catchment_run *run, uint32_t units) {
  return units <= run->limit ? units : SUND_BEYOND;
}

/* Which lane and point the main percentile comes from: the first lane of that time; of its points the first. */
static void note_lane(const reach_job *job, worker_state *s, size_t target, uint32_t directly, uint32_t units) {
  const transit_walks *w = job->t->walks;
  const point_lanes *l = &s->by_ride;
  transit_answer *a = &s->answer;
  size_t m = 0;
  while (s->value[m] != units) m++;
  a->lane[target] = (uint32_t)m;
  a->through[target] = TRANSIT_NONE;
  if (units == directly) return;
  for (size_t k = w->first_from[target]; k < w->first_from[target + 1]; k++) {
    const uint32_t row = l->row[w->from[k]];
    if (row == 0 || l->lane[(row - 1) * l->width + m] + w->from_units[k] != units) continue;
    a->through[target] = w->from[k];
    return;
  }
}

static void answer_target(const reach_job *job, worker_state *s, size_t target, uint32_t directly) {
  const catchment_run *run = job->run;
  const size_t lanes = run->lanes.count;
  transit_answer *a = &s->answer;
  if (a->lane) a->lane[target] = 0, a->through[target] = TRANSIT_NONE;
  const bool any = target_lanes(job, &s->by_ride, target, directly, s->value);
  for (size_t p = 0; p < job->percents; p++)
    a->time[p][target] =
        within(run, any ? sund_lanes_percentile(lanes, s->value, job->percent[p], s->scratch) : directly);
  if (any && a->lane && a->time[job->main][target] != SUND_BEYOND)
    note_lane(job, s, target, directly, a->time[job->main][target]);
  if (!a->planned) return;
  a->planned[target] = within(run, directly);
  if (s->at_once ? !target_lanes(job, &s->planned, target, directly, s->value) : !any) return;
  for (size_t m = 0; m < lanes; m++)
    if (s->value[m] > job->limit) s->value[m] = SUND_BEYOND;
  /* scratch serves twice: waits left out go to its second half */
  sund_lanes_planned(lanes, s->value, (uint32_t)((double)run->lanes.step_s / run->unit_s), s->scratch + lanes);
  a->planned[target] =
      within(run, sund_lanes_percentile(lanes, s->scratch + lanes, job->percent[job->main], s->scratch));
}

static void answer_points(const reach_job *job, worker_state *s) {
  const point_lanes *l = &s->by_ride;
  memset(s->answer.start, 0xff, job->t->walks->points * sizeof *s->answer.start); /* SUND_BEYOND */
  for (size_t i = 0; i < l->count; i++)
    s->answer.start[l->point[i]] = within(
        job->run,
        sund_lanes_percentile(job->run->lanes.count, l->lane + i * l->width, job->percent[job->main], s->scratch));
}

/* ----------------------------------------------------------------------------------------------------------- places */

/* Riders: with waits, and where there are services known by headway without the first of these. The one that answers for
 * what is planned goes on as long as its waits may be. */
static sund_code open_riders(const reach_job *job, worker_state *s) {
  sund_timetable_facts facts;
  sund_timetable_told(job->t->timetable, &facts);
  const bool two = job->planned && facts.headways;
  const uint32_t longer_s = job->planned ? transit_window(job->run) : 0;
  sund_rides_ask ask = transit_rides(job->run, false);
  if (!two) ask.limit_s += longer_s;
  TRY(sund_rider_open(s->ctx, job->t->timetable, &ask, &s->origin.rider));
  if (!two) return SUND_OK;
  ask.no_first_wait = true;
  ask.limit_s += longer_s;
  return sund_rider_open(s->ctx, job->t->timetable, &ask, &s->at_once);
}

static sund_code open_worker(const reach_job *job, worker_state *s) {
  const size_t targets = job->run->town.targets, width = job->run->lanes.count + BLOCK;
  sund_ctx *ctx = s->ctx;
  TRY(open_riders(job, s));
  TRY(open_lanes(ctx, job, &s->by_ride));
  TRY(open_lanes(ctx, job, &s->planned));
  s->origin.access = sund_alloc(ctx, job->t->stops, sizeof *s->origin.access);
  s->seconds = sund_alloc(ctx, width, sizeof *s->seconds);
  s->value = sund_alloc(ctx, width, sizeof *s->value);
  s->scratch = sund_alloc(ctx, 2 * width, sizeof *s->scratch);
  s->answer.time = sund_alloc(ctx, job->percents, sizeof *s->answer.time);
  if (!s->origin.access || !s->seconds || !s->value || !s->scratch || !s->answer.time) return SUND_LIMIT;
  for (size_t p = 0; p < job->percents; p++)
    if (!(s->answer.time[p] = sund_alloc(ctx, targets, sizeof **s->answer.time))) return SUND_LIMIT;
  if (job->planned && !(s->answer.planned = sund_alloc(ctx, targets, sizeof *s->answer.planned))) return SUND_LIMIT;
  if (job->lanes && (!(s->answer.lane = sund_alloc(ctx, targets, sizeof *s->answer.lane)) ||
                     !(s->answer.through = sund_alloc(ctx, targets, sizeof *s->answer.through))))
    return SUND_LIMIT;
  if (job->nodes && !(s->answer.start = sund_alloc(ctx, job->t->walks->points, sizeof *s->answer.start)))
    return SUND_LIMIT;
  return SUND_OK;
}

/* The place of row i. */
static sund_code answer_one(const reach_job *job, worker_state *s, size_t i) {
  const size_t targets = job->run->town.targets;
  const uint32_t *row = job->rows + i * (targets + job->t->walks->points);
  s->origin.row = row;
  s->origin.count = transit_access(job->run, job->t, row + targets, s->origin.access);
  TRY(ride(s->ctx, job, s, s->origin.rider, &s->by_ride));
  if (s->at_once) TRY(ride(s->ctx, job, s, s->at_once, &s->planned));
  for (size_t k = 0; k < targets; k++) answer_target(job, s, k, row[k]);
  if (s->answer.start) answer_points(job, s);
  sund_ctx *scratch = sund_ctx_child(s->ctx);
  if (!scratch) return SUND_LIMIT;
  sund_code code = job->take(scratch, job, job->first + i, &s->origin, &s->answer);
  if (code != SUND_OK) code = sund_ctx_pass(s->ctx, scratch);
  sund_ctx_free(scratch);
  return code;
}

/* Every so many-th row. */
static sund_code answer_part(const reach_job *job, worker_state *s, size_t part) {
  if (!s->origin.rider) TRY(open_worker(job, s));
  for (size_t i = part; i < job->count; i += job->states) TRY(answer_one(job, s, i));
  return SUND_OK;
}

static sund_code answer_parts(sund_ctx *worker, size_t begin, size_t end, void *data) {
  const reach_job *job = data;
  for (size_t part = begin; part < end; part++)
    if (answer_part(job, &job->state[part], part) != SUND_OK) return sund_ctx_pass(worker, job->state[part].ctx);
  return SUND_OK;
}

/* All places, some at a time: walks from them, then rides. */
static sund_code answer_in_turn(sund_ctx *ctx, reach_job *job, const transit_places *from, size_t batch) {
  const size_t width = job->run->town.targets + job->t->walks->points;
  uint32_t *rows = sund_alloc(ctx, batch * width, sizeof *rows);
  if (!rows) return SUND_LIMIT;
  job->rows = rows;
  for (size_t begin = 0; begin < from->n; begin += batch) {
    job->first = begin;
    job->count = from->n - begin < batch ? from->n - begin : batch;
    const transit_places some = {job->count, from->x + begin, from->y + begin, from->spot + begin};
    TRY(transit_walks_from(ctx, job->run, job->t->walks, &some, rows));
    TRY(sund_for(ctx, job->states, 1, answer_parts, job));
  }
  return SUND_OK;
}

static sund_code answer_all(sund_ctx *ctx, reach_job *job, const transit_places *from) {
  const size_t threads = (size_t)sund_ctx_thread_count(ctx), width = job->run->town.targets + job->t->walks->points;
  size_t batch = HELD / (width ? width : 1);
  if (batch < AT_ONCE_LEAST * threads) batch = AT_ONCE_LEAST * threads;
  if (batch > from->n) batch = from->n;
  job->limit = job->run->limit;
  job->never = SUND_BEYOND - job->t->walks->limit;
  if (job->planned) job->limit += (uint32_t)(transit_window(job->run) / job->run->unit_s);
  job->state = sund_alloc(ctx, threads, sizeof *job->state);
  if (!job->state) return SUND_LIMIT;
  sund_code code = SUND_OK;
  for (job->states = 0; job->states < threads && job->states < batch && code == SUND_OK; job->states++)
    if (!(job->state[job->states].ctx = sund_ctx_child(ctx))) code = SUND_LIMIT;
  if (code == SUND_OK) code = answer_in_turn(ctx, job, from, batch);
  for (size_t i = 0; i < job->states; i++) sund_ctx_free(job->state[i].ctx);
  return code;
}

/* ------------------------------------------------------------------------------------------------------------ answers */

typedef struct keep_job {
  catchment_run *run;
  size_t variant;
} keep_job;

static sund_code keep_answer(sund_ctx *worker, const reach_job *job, size_t i, const transit_origin *o,
                             const transit_answer *a) {
  const keep_job *keep = job->data;
  catchment_answer *answer = catchment_answer_of(keep->run, keep->variant, SUND_TRANSIT, i);
  const size_t targets = keep->run->town.targets;
  for (size_t p = 0; p < job->percents && targets; p++)
    memcpy(answer->time[p], a->time[p], targets * sizeof *a->planned);
  if (targets) memcpy(answer->planned, a->planned, targets * sizeof *a->planned);
  if (answer->metres) TRY(transit_metres(worker, job->run, job->t, o, a, answer->metres));
  return answer->node ? transit_nodes(worker, job->run, job->t->walks, a->start, answer->node) : SUND_OK;
}

static sund_code room_for_answers(sund_ctx *ctx, catchment_run *run, size_t variant) {
  const size_t targets = run->town.targets;
  for (size_t i = 0; i < run->town.places; i++) {
    catchment_answer *a = catchment_answer_of(run, variant, SUND_TRANSIT, i);
    if (!(a->time = sund_alloc(ctx, run->percents, sizeof *a->time)) ||
        !(a->planned = sund_alloc(ctx, targets, sizeof *a->planned)))
      return SUND_LIMIT;
    for (size_t p = 0; p < run->percents; p++)
      if (!(a->time[p] = sund_alloc(ctx, targets, sizeof **a->time))) return SUND_LIMIT;
    if (catchment_wants_metres(run->options) && !(a->metres = sund_alloc(ctx, targets, sizeof *a->metres)))
      return SUND_LIMIT;
    if (run->graph && !run->options->no_map && !(a->node = sund_alloc(ctx, run->graph->nodes, sizeof *a->node)))
      return SUND_LIMIT;
  }
  return SUND_OK;
}

sund_code catchment_transit_reach(sund_ctx *ctx, catchment_run *run, size_t variant) {
  const catchment_town *town = &run->town;
  const catchment_transit *t = run->variant[variant].transit;
  keep_job keep = {run, variant};
  TRY(room_for_answers(ctx, run, variant));
  if (run->graph && !run->options->no_map) TRY(transit_start_nodes(ctx, run, variant));
  reach_job job = {.run = run,
                   .t = t,
                   .planned = true,
                   .lanes = catchment_wants_metres(run->options),
                   .nodes = run->graph && !run->options->no_map,
                   .percents = run->percents,
                   .percent = run->percent,
                   .main = run->main,
                   .take = keep_answer,
                   .data = &keep};
  const transit_places from = {town->places, town->place_x, town->place_y, run->net[t->walks->access].place};
  return answer_all(ctx, &job, &from);
}

/* --------------------------------------------------------------------------------------------------------------- rows */

typedef struct visit_job {
  catchment_row_fn visit;
  void *data;
} visit_job;

static sund_code give_row(sund_ctx *worker, const reach_job *job, size_t i, const transit_origin *o,
                          const transit_answer *a) {
  const visit_job *visit = job->data;
  (void)o;
  return visit->visit(worker, i, a->time[0], visit->data);
}

sund_code catchment_transit_rows(sund_ctx *ctx, const catchment_run *run, size_t variant, size_t n, const double *x,
                                 const double *y, catchment_row_fn visit, void *data) {
  const catchment_transit *t = run->variant[variant].transit;
  visit_job give = {visit, data};
  reach_job job = {
      .run = run, .t = t, .percents = 1, .percent = &run->percent[run->main], .take = give_row, .data = &give};
  sund_ctx *scratch = sund_ctx_child(ctx);
  if (!scratch) return SUND_LIMIT;
  sund_spot *spot = sund_alloc(scratch, n, sizeof *spot);
  sund_code code = spot ? catchment_snap(scratch, run, t->walks->access, n, x, y, spot) : SUND_LIMIT;
  const transit_places from = {n, x, y, spot};
  if (code == SUND_OK) code = answer_all(scratch, &job, &from);
  if (code != SUND_OK) sund_ctx_pass(ctx, scratch);
  sund_ctx_free(scratch);
  return code;
}

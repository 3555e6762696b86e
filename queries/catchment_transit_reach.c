/* catchment_transit_reach.c - what places reach by public transport: every departure of the window is a lane.
 *
 * For a place: walks to stops, then rides for all lanes (sund_rider). A target's lanes are the least of going there
 * directly and, point by point that it can be walked to from, of arriving at the point and walking on; percentiles are
 * counted from these. Everything is exact to the lane: no percentile is taken before the last walk is added. Without the
 * first wait (planned): of lanes that arrive at the same moment the last departure; services known by their headway come
 * when one does.
 */
#include <math.h>
#include <string.h>

#include "catchment_transit.h"

enum {
  BLOCK = 16, /* lanes are padded to whole blocks */
  BLOCKS_A_THREAD = 4
};
#define NEVER 0x80000000u                   /* more than any limit, and a walk can be added to it */
static const size_t HELD = (size_t)1 << 24; /* units of walks held at once: 64 MB */

typedef struct reach_job {
  const catchment_run *run;
  const catchment_transit *t;
  const uint32_t *rows; /* of transit_walks_from */
  size_t first;         /* place of the first row */
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
  uint32_t *lane;  /* count * width: units; NEVER                      */
  size_t room;
} point_lanes;

/* What a thread works with. */
typedef struct worker_state {
  transit_origin origin;
  sund_rider *at_once; /* services by headway come when one does; NULL = there is none */
  point_lanes by_ride, planned;
  uint32_t *seconds; /* lanes of a stop               */
  uint32_t *value, *scratch;
  transit_answer answer;
} worker_state;

/* ----------------------------------------------------------------------------------------------------------- points */

size_t transit_access(const catchment_run *run, const catchment_transit *t, const uint32_t *row,
                      sund_access *access) {
  size_t count = 0;
  for (size_t p = 0; p < t->walks->points; p++) {
    const uint32_t units = row[run->town.targets + p];
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
    l->least[l->count] = NEVER;
    for (size_t m = 0; m < l->width; m++) l->lane[l->count * l->width + m] = NEVER;
    l->row[point] = (uint32_t)++l->count;
  }
  uint32_t *lane = l->lane + (l->row[point] - 1) * l->width, *least = &l->least[l->row[point] - 1];
  for (size_t m = 0; m < job->run->lanes.count; m++) {
    const uint32_t units = transit_units(job->run, seconds[m]);
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
    if (row == 0 || l->least[row - 1] + walk > job->run->limit || l->least[row - 1] + walk >= directly) continue;
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
    if (s->value[m] > run->limit) s->value[m] = SUND_BEYOND;
  /* scratch serves twice: waits left out go to its second half */
  sund_lanes_planned(lanes, s->value, (uint32_t)((double)run->lanes.step_s / run->unit_s), s->scratch + lanes);
  a->planned[target] = sund_lanes_percentile(lanes, s->scratch + lanes, job->percent[job->main], s->scratch);
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

static sund_code open_worker(sund_ctx *ctx, const reach_job *job, worker_state *s) {
  const size_t targets = job->run->town.targets, width = job->run->lanes.count + BLOCK;
  sund_timetable_facts facts;
  sund_timetable_told(job->t->timetable, &facts);
  sund_rides_ask ask = transit_rides(job->run, false);
  TRY(sund_rider_open(ctx, job->t->timetable, &ask, &s->origin.rider));
  ask.no_first_wait = true;
  if (job->planned && facts.headways) TRY(sund_rider_open(ctx, job->t->timetable, &ask, &s->at_once));
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

static sund_code answer_some(sund_ctx *worker, size_t begin, size_t end, void *data) {
  const reach_job *job = data;
  const size_t targets = job->run->town.targets, width = targets + job->t->walks->points;
  worker_state s = {0};
  TRY(open_worker(worker, job, &s));
  for (size_t i = begin; i < end; i++) {
    const uint32_t *row = job->rows + i * width;
    s.origin.row = row;
    s.origin.count = transit_access(job->run, job->t, row, s.origin.access);
    TRY(ride(worker, job, &s, s.origin.rider, &s.by_ride));
    if (s.at_once) TRY(ride(worker, job, &s, s.at_once, &s.planned));
    for (size_t k = 0; k < targets; k++) answer_target(job, &s, k, row[k]);
    if (s.answer.start) answer_points(job, &s);
    TRY(job->take(worker, job, job->first + i, &s.origin, &s.answer));
  }
  return SUND_OK;
}

/* All n places, some at a time: walks from them, then rides. */
static sund_code answer_all(sund_ctx *ctx, reach_job *job, const transit_places *from) {
  const size_t blocks = BLOCKS_A_THREAD * (size_t)sund_ctx_thread_count(ctx);
  const size_t width = job->run->town.targets + job->t->walks->points;
  size_t batch = HELD / (width ? width : 1);
  if (batch < 1) batch = 1;
  if (batch > from->n) batch = from->n;
  uint32_t *rows = sund_alloc(ctx, batch * width, sizeof *rows);
  if (!rows) return SUND_LIMIT;
  job->rows = rows;
  for (job->first = 0; job->first < from->n; job->first += batch) {
    const size_t begin = job->first, count = from->n - begin < batch ? from->n - begin : batch;
    const transit_places some = {count, from->x + begin, from->y + begin, from->spot + begin};
    TRY(transit_walks_from(ctx, job->run, job->t->walks, &some, rows));
    TRY(sund_for(ctx, count, (count + blocks - 1) / blocks, answer_some, job));
  }
  return SUND_OK;
}

/* ------------------------------------------------------------------------------------------------------------ answers */

typedef struct keep_job {
  catchment_run *run;
  size_t variant;
} keep_job;

/* The nodes of a map: from points at the main percentile on, at most the longest walk away from one of them; and directly.
 * The time of a node is at most too long, by what the percentile of the least is less than the least percentile. */
static sund_code reach_nodes(sund_ctx *worker, const reach_job *job, const transit_answer *a, uint32_t *node) {
  const catchment_run *run = job->run;
  const transit_walks *w = job->t->walks;
  const size_t nodes = run->graph->nodes;
  uint32_t *start = sund_alloc(worker, w->points, sizeof *start), *near = sund_alloc(worker, nodes, sizeof *near);
  uint32_t *by_ride = sund_alloc(worker, nodes, sizeof *by_ride);
  if (!start || !near || !by_ride) return SUND_LIMIT;
  for (size_t p = 0; p < w->points; p++) start[p] = a->start[p] == SUND_BEYOND ? SUND_BEYOND : 0;
  sund_trees_ask ask = {.sources = w->points, .source = w->spot, .limit = w->limit};
  TRY(sund_streets_spread(worker, run->net[w->ground].streets, &ask, start, near, NULL));
  ask.limit = run->limit;
  TRY(sund_streets_spread(worker, run->net[w->ground].streets, &ask, a->start, by_ride, NULL));
  for (size_t k = 0; k < nodes; k++)
    if (near[k] != SUND_BEYOND && by_ride[k] < node[k]) node[k] = by_ride[k];
  return SUND_OK;
}

static sund_code keep_answer(sund_ctx *worker, const reach_job *job, size_t i, const transit_origin *o,
                             const transit_answer *a) {
  const keep_job *keep = job->data;
  catchment_answer *answer = catchment_answer_of(keep->run, keep->variant, SUND_TRANSIT, i);
  const size_t targets = keep->run->town.targets;
  for (size_t p = 0; p < job->percents && targets; p++)
    memcpy(answer->time[p], a->time[p], targets * sizeof *a->planned);
  if (targets) memcpy(answer->planned, a->planned, targets * sizeof *a->planned);
  if (answer->metres) TRY(transit_metres(worker, job->run, job->t, o, a, answer->metres));
  return answer->node ? reach_nodes(worker, job, a, answer->node) : SUND_OK;
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

/* Nodes of a map without any ride. */
static sund_code start_nodes(sund_ctx *ctx, catchment_run *run, size_t variant) {
  const catchment_town *t = &run->town;
  const sund_mode mode = run->variant[variant].transit->walks->access;
  uint32_t **node = sund_alloc(ctx, t->places, sizeof *node);
  if (!node) return SUND_LIMIT;
  for (size_t i = 0; i < t->places; i++) node[i] = catchment_answer_of(run, variant, SUND_TRANSIT, i)->node;
  const catchment_trees ask = {
      .n = t->places, .x = t->place_x, .y = t->place_y, .spot = run->net[mode].place, .node = node};
  return catchment_trees_grow(ctx, run, mode, &ask);
}

sund_code catchment_transit_reach(sund_ctx *ctx, catchment_run *run, size_t variant) {
  const catchment_town *town = &run->town;
  const catchment_transit *t = run->variant[variant].transit;
  keep_job keep = {run, variant};
  TRY(room_for_answers(ctx, run, variant));
  if (run->graph && !run->options->no_map) TRY(start_nodes(ctx, run, variant));
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

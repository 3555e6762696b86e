/* catchment_transit_walks.c - the points where stops lie, and who walks where from them.
 *
 * One bounded tree a point (sund_streets_trees) gives its walks to other points and to targets. Trees are grown twice, to
 * count the walks of every point and to write them down where they belong: the list has no room to spare, and a tree costs
 * what it reaches, however many targets there are. Without paths whatever lies within the snap limit is joined by a
 * straight line, found among the places in order from west to east.
 */
#include "catchment_transit.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Walks at most: 8 GB are kept of them, 16 GB needed for a while. From TOLD on it is told. */
static const size_t MOST_WALKS = (size_t)1 << 30, TOLD = (size_t)1 << 26;
enum { STRAIGHT_BLOCK = 64 };

/* ----------------------------------------------------------------------------------------------------------- points */

typedef struct place_key {
  double x, y;
  uint32_t stop, point; /* point: TRANSIT_NONE = not yet known */
} place_key;

/* By place; points that are known already come before stops. */
static int by_place(const void *left, const void *right) {
  const place_key *a = left, *b = right;
  if (a->x != b->x) return a->x < b->x ? -1 : 1;
  if (a->y != b->y) return a->y < b->y ? -1 : 1;
  if (a->point != b->point) return a->point < b->point ? -1 : 1;
  return (a->stop > b->stop) - (a->stop < b->stop);
}

static sund_code add_point(sund_ctx *ctx, transit_walks *w, double x, double y) {
  size_t room = w->room;
  double *more_x = sund_grow(ctx, w->x, &room, w->points + 1, sizeof *more_x);
  if (!more_x) return SUND_LIMIT;
  w->x = more_x;
  room = w->room;
  double *more_y = sund_grow(ctx, w->y, &room, w->points + 1, sizeof *more_y);
  if (!more_y) return SUND_LIMIT;
  w->y = more_y;
  w->room = room;
  w->x[w->points] = x;
  w->y[w->points++] = y;
  return SUND_OK;
}

/* Stops without a place (NAN) are alike in nothing: each has a point of its own, which nobody walks to. */
sund_code transit_add_points(sund_ctx *ctx, transit_walks *w, catchment_transit *t) {
  const size_t known = w->points, n = known + t->stops;
  place_key *key = sund_alloc(ctx, n, sizeof *key);
  if (!key) return SUND_LIMIT;
  for (size_t i = 0; i < n; i++) {
    const bool old = i < known;
    const double x = old ? w->x[i] : t->x[i - known], y = old ? w->y[i] : t->y[i - known];
    key[i] = (place_key){isfinite(x) ? x : INFINITY, isfinite(y) ? y : INFINITY, old ? 0 : (uint32_t)(i - known),
                         old ? (uint32_t)i : TRANSIT_NONE};
  }
  if (n) qsort(key, n, sizeof *key, by_place);
  for (size_t i = 0; i < n; i++) {
    if (key[i].point != TRANSIT_NONE) continue;
    if (i > 0 && key[i].x == key[i - 1].x && key[i].y == key[i - 1].y && isfinite(key[i].x)) {
      key[i].point = key[i - 1].point;
    } else {
      key[i].point = (uint32_t)w->points;
      TRY(add_point(ctx, w, isfinite(key[i].x) ? key[i].x : NAN, isfinite(key[i].y) ? key[i].y : NAN));
    }
    t->point[key[i].stop] = key[i].point;
  }
  return SUND_OK;
}

/* -------------------------------------------------------------------------------------------------- from a place */

typedef struct rows_job {
  size_t width;
  uint32_t *out;
} rows_job;

static sund_code keep_row(sund_ctx *worker, const sund_tree *tree, void *data) {
  (void)worker;
  const rows_job *job = data;
  if (job->width) memcpy(job->out + tree->source * job->width, tree->units, job->width * sizeof *job->out);
  return SUND_OK;
}

/* Map metres differ from ground metres by less. */
static double most_apart(const catchment_run *run) {
  return 1.05 * run->options->snap_limit_m + 1;
}

/* Straight lines; places too far apart in one direction alone are not measured. */
static void straight_row(const catchment_run *run, double x, double y, const transit_places *to, uint32_t *out) {
  const double most = most_apart(run);
  for (size_t k = 0; k < to->n; k++)
    out[k] = fabs(to->x[k] - x) <= most && fabs(to->y[k] - y) <= most
                 ? catchment_straight(run, x, y, to->x[k], to->y[k])
                 : SUND_BEYOND;
}

static sund_code street_rows(sund_ctx *ctx, const catchment_run *run, const transit_walks *w,
                             const transit_places *from, const transit_places *to, uint32_t *out) {
  const sund_trees_ask ask = {
      .sources = from->n, .source = from->spot, .targets = to->n, .target = to->spot, .limit = run->limit};
  rows_job job = {to->n, out};
  return sund_streets_trees(ctx, run->net[w->access].streets, &ask, keep_row, &job);
}

/* Units from each place to all of `to` by `access`: out[i * to->n + k]. */
static sund_code rows_to(sund_ctx *ctx, const catchment_run *run, const transit_walks *w, const transit_places *from,
                         const transit_places *to, uint32_t *out) {
  if (run->graph) return street_rows(ctx, run, w, from, to, out);
  for (size_t i = 0; i < from->n; i++) straight_row(run, from->x[i], from->y[i], to, out + i * to->n);
  return SUND_OK;
}

/* Targets, then points: on the streets of `ground`, or with access those of `access`. */
static sund_code all_ends(sund_ctx *ctx, const catchment_run *run, const transit_walks *w, bool access,
                          transit_places *out) {
  const size_t targets = run->town.targets, n = targets + w->points;
  double *x = sund_alloc(ctx, n, sizeof *x), *y = sund_alloc(ctx, n, sizeof *y);
  sund_spot *spot = sund_alloc(ctx, run->graph ? n : 0, sizeof *spot);
  if (!x || !y || !spot) return SUND_LIMIT;
  if (targets) memcpy(x, run->town.x, targets * sizeof *x), memcpy(y, run->town.y, targets * sizeof *y);
  if (w->points) memcpy(x + targets, w->x, w->points * sizeof *x), memcpy(y + targets, w->y, w->points * sizeof *y);
  const catchment_net *net = &run->net[access ? w->access : w->ground];
  if (run->graph && targets) memcpy(spot, net->target, targets * sizeof *spot);
  if (run->graph && w->points) memcpy(spot + targets, access ? w->access_spot : w->spot, w->points * sizeof *spot);
  *out = (transit_places){n, x, y, spot};
  return SUND_OK;
}

sund_code transit_walks_from(sund_ctx *ctx, const catchment_run *run, const transit_walks *w,
                             const transit_places *from, uint32_t *out) {
  transit_places to;
  sund_ctx *scratch = sund_ctx_child(ctx);
  if (!scratch) return SUND_LIMIT;
  sund_code code = all_ends(scratch, run, w, true, &to);
  if (code == SUND_OK) code = rows_to(scratch, run, w, from, &to, out);
  if (code != SUND_OK) code = sund_ctx_pass(ctx, scratch);
  sund_ctx_free(scratch);
  return code;
}

sund_code transit_walks_to_points(sund_ctx *ctx, const catchment_run *run, const transit_walks *w,
                                  const transit_places *from, uint32_t *out) {
  const transit_places point = {w->points, w->x, w->y, w->access_spot};
  return rows_to(ctx, run, w, from, &point, out);
}

/* ------------------------------------------------------------------------------------------------------------ picking */

/* A walk from a point. */
typedef struct walk {
  uint32_t to; /* a target, or targets + a point */
  uint32_t units;
} walk;

typedef struct pick_job {
  const catchment_run *run;
  const transit_walks *w;
  const transit_places *to;
  uint32_t *west; /* without paths: numbers of `to` from west to east */
  size_t placed;  /* of these: those that have a place at all          */
  size_t *count;  /* points                                           */
  size_t *first;  /* points + 1; with                                  */
  walk *at;       /* walks of all points; NULL = they are counted only */
} pick_job;

static inline void pick(const pick_job *job, size_t point, uint32_t to, uint32_t units, size_t *count) {
  if (units > job->w->limit || to == job->run->town.targets + point) return;
  if (job->at) job->at[job->first[point] + *count] = (walk){to, units};
  ++*count;
}

static sund_code pick_tree(sund_ctx *worker, const sund_tree *tree, void *data) {
  const pick_job *job = data;
  const size_t n = tree->reaching ? tree->reached : job->to->n;
  size_t count = 0;
  (void)worker;
  for (size_t i = 0; i < n; i++) {
    const uint32_t to = tree->reaching ? tree->reaching[i] : (uint32_t)i;
    pick(job, tree->source, to, tree->units[to], &count);
  }
  job->count[tree->source] = count;
  return SUND_OK;
}

/* The first of those from west to east that is not west of x. */
static size_t first_east(const pick_job *job, double x) {
  size_t low = 0, high = job->placed;
  while (low < high) {
    const size_t middle = low + (high - low) / 2;
    if (job->to->x[job->west[middle]] < x) low = middle + 1;
    else high = middle;
  }
  return low;
}

static sund_code pick_straight(sund_ctx *worker, size_t begin, size_t end, void *data) {
  const pick_job *job = data;
  const transit_places *to = job->to;
  const double most = most_apart(job->run);
  (void)worker;
  for (size_t p = begin; p < end; p++) {
    const double x = job->w->x[p], y = job->w->y[p];
    size_t count = 0;
    for (size_t i = first_east(job, x - most); i < job->placed && to->x[job->west[i]] <= x + most; i++) {
      const uint32_t k = job->west[i];
      if (fabs(to->y[k] - y) <= most) pick(job, p, k, catchment_straight(job->run, x, y, to->x[k], to->y[k]), &count);
    }
    job->count[p] = count;
  }
  return SUND_OK;
}

static sund_code pick_all(sund_ctx *ctx, pick_job *job) {
  const transit_walks *w = job->w;
  if (!job->run->graph) return sund_for(ctx, w->points, STRAIGHT_BLOCK, pick_straight, job);
  const sund_trees_ask ask = {
      .sources = w->points, .source = w->spot, .targets = job->to->n, .target = job->to->spot, .limit = w->limit};
  return sund_streets_trees(ctx, job->run->net[w->ground].streets, &ask, pick_tree, job);
}

typedef struct west_key {
  double x;
  uint32_t number;
} west_key;

static int from_west(const void *left, const void *right) {
  const west_key *a = left, *b = right;
  if (a->x != b->x) return a->x < b->x ? -1 : 1;
  return (a->number > b->number) - (a->number < b->number);
}

static sund_code sort_from_west(sund_ctx *ctx, pick_job *job) {
  west_key *key = sund_alloc(ctx, job->to->n, sizeof *key);
  job->west = sund_alloc(ctx, job->to->n, sizeof *job->west);
  if (!key || !job->west) return SUND_LIMIT;
  for (uint32_t k = 0; k < job->to->n; k++)
    if (isfinite(job->to->x[k])) key[job->placed++] = (west_key){job->to->x[k], k};
  if (job->placed) qsort(key, job->placed, sizeof *key, from_west);
  for (size_t i = 0; i < job->placed; i++) job->west[i] = key[i].number;
  return SUND_OK;
}

/* All walks, point by point. */
static sund_code list_walks(sund_ctx *ctx, pick_job *job) {
  const size_t points = job->w->points;
  job->count = sund_alloc(ctx, points, sizeof *job->count);
  job->first = sund_alloc(ctx, points + 1, sizeof *job->first);
  if (!job->count || !job->first) return SUND_LIMIT;
  if (!job->run->graph) TRY(sort_from_west(ctx, job));
  TRY(pick_all(ctx, job));
  for (size_t p = 0; p < points; p++) job->first[p + 1] = job->first[p] + job->count[p];
  if (job->first[points] > MOST_WALKS)
    return sund_fail(
        ctx, SUND_LIMIT,
        "%zu walks from stops, at most %zu can be kept; ask for a shorter walk-limit, or leave homes out",
        job->first[points], MOST_WALKS);
  if (!(job->at = sund_alloc(ctx, job->first[points], sizeof *job->at))) return SUND_LIMIT;
  return pick_all(ctx, job);
}

/* ------------------------------------------------------------------------------------------------------------ sorting */

static int by_end(const void *left, const void *right) {
  const walk *a = left, *b = right;
  return (a->to > b->to) - (a->to < b->to);
}

/* Walks to points, by where they begin, then by where they end. */
static sund_code sort_near(sund_ctx *ctx, const pick_job *job, transit_walks *w) {
  const size_t targets = job->run->town.targets;
  size_t all = 0, most = 0;
  if (!(w->first_near = sund_alloc(ctx, w->points + 1, sizeof *w->first_near))) return SUND_LIMIT;
  for (size_t p = 0; p < w->points; p++) {
    for (size_t i = job->first[p]; i < job->first[p + 1]; i++) all += job->at[i].to >= targets;
    w->first_near[p + 1] = all;
    if (all - w->first_near[p] > most) most = all - w->first_near[p];
  }
  walk *near = sund_alloc(ctx, most, sizeof *near);
  w->near = sund_alloc(ctx, all, sizeof *w->near);
  w->near_units = sund_alloc(ctx, all, sizeof *w->near_units);
  if (!near || !w->near || !w->near_units) return SUND_LIMIT;
  for (size_t p = 0; p < w->points; p++) {
    size_t n = 0;
    for (size_t i = job->first[p]; i < job->first[p + 1]; i++)
      if (job->at[i].to >= targets) near[n++] = job->at[i];
    if (n) qsort(near, n, sizeof *near, by_end);
    for (size_t i = 0; i < n; i++) {
      w->near[w->first_near[p] + i] = near[i].to - (uint32_t)targets;
      w->near_units[w->first_near[p] + i] = near[i].units;
    }
  }
  return SUND_OK;
}

/* Walks to targets, by where they end, then by where they begin. */
static sund_code sort_from(sund_ctx *ctx, const pick_job *job, transit_walks *w) {
  const size_t targets = job->run->town.targets, all = job->first[w->points];
  size_t *first = sund_alloc(ctx, targets + 2, sizeof *first); /* one behind: it moves on while walks are put in */
  if (!first) return SUND_LIMIT;
  for (size_t i = 0; i < all; i++)
    if (job->at[i].to < targets) first[job->at[i].to + 2]++;
  for (size_t k = 0; k < targets; k++) first[k + 2] += first[k + 1];
  w->from = sund_alloc(ctx, first[targets + 1], sizeof *w->from);
  w->from_units = sund_alloc(ctx, first[targets + 1], sizeof *w->from_units);
  if (!w->from || !w->from_units) return SUND_LIMIT;
  for (size_t p = 0; p < w->points; p++)
    for (size_t i = job->first[p]; i < job->first[p + 1]; i++) {
      const walk *x = &job->at[i];
      if (x->to >= targets) continue;
      const size_t at = first[x->to + 1]++;
      w->from[at] = (uint32_t)p;
      w->from_units[at] = x->units;
    }
  w->first_from = first;
  return SUND_OK;
}

static sund_code tell_walks(sund_ctx *ctx, catchment_run *run, size_t walks) {
  if (walks < TOLD) return SUND_OK;
  const char *text = sund_text(ctx, "%zu walks from stops take %.1f GB of memory; a shorter walk-limit takes less",
                               walks, (double)walks * sizeof(walk) / 1e9);
  return text ? catchment_note(ctx, run, "note", "timetable", text, NAN, NAN) : SUND_LIMIT;
}

sund_code transit_walks_make(sund_ctx *ctx, catchment_run *run, transit_walks *w) {
  w->spot = sund_alloc(ctx, w->points, sizeof *w->spot);
  w->access_spot = sund_alloc(ctx, w->points, sizeof *w->access_spot);
  if (!w->spot || !w->access_spot) return SUND_LIMIT;
  TRY(catchment_snap(ctx, run, w->ground, w->points, w->x, w->y, w->spot));
  if (w->access == w->ground) w->access_spot = w->spot;
  else TRY(catchment_snap(ctx, run, w->access, w->points, w->x, w->y, w->access_spot));
  sund_ctx *scratch = sund_ctx_child(ctx);
  if (!scratch) return SUND_LIMIT;
  transit_places to;
  pick_job job = {.run = run, .w = w, .to = &to};
  sund_code code = all_ends(scratch, run, w, false, &to);
  if (code == SUND_OK) code = list_walks(scratch, &job);
  if (code != SUND_OK) sund_ctx_pass(ctx, scratch);
  if (code == SUND_OK) code = sort_near(ctx, &job, w);
  if (code == SUND_OK) code = sort_from(ctx, &job, w);
  if (code == SUND_OK) code = tell_walks(ctx, run, job.first[w->points]);
  sund_ctx_free(scratch);
  return code;
}

/* catchment_transit_walks.c - the points where stops lie, and who walks where from them.
 *
 * One bounded tree a point (sund_streets_trees) gives its walks to other points and to targets; trees are grown some at a
 * time, so that only what is reached is kept. Without paths whatever lies within the snap limit is joined by a straight
 * line.
 */
#include "catchment_transit.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Times that are held at once while walks are picked out of trees: 64 MB. */
static const size_t HELD = (size_t)1 << 24;

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

/* ------------------------------------------------------------------------------------------------------------ trees */

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

/* Straight lines; places too far apart in one direction alone are not measured. */
static void straight_row(const catchment_run *run, double x, double y, const transit_places *to, uint32_t *out) {
  const double most = 1.05 * run->options->snap_limit_m + 1; /* map metres differ by less from ground metres */
  for (size_t k = 0; k < to->n; k++)
    out[k] = fabs(to->x[k] - x) <= most && fabs(to->y[k] - y) <= most
                 ? catchment_straight(run, x, y, to->x[k], to->y[k])
                 : SUND_BEYOND;
}

static void straight_rows(const catchment_run *run, const transit_walks *w, const transit_places *from,
                          uint32_t *out) {
  const transit_places target = {run->town.targets, run->town.x, run->town.y, NULL},
                       point = {w->points, w->x, w->y, NULL};
  for (size_t i = 0; i < from->n; i++, out += target.n + point.n) {
    straight_row(run, from->x[i], from->y[i], &target, out);
    straight_row(run, from->x[i], from->y[i], &point, out + target.n);
  }
}

static sund_code street_rows(sund_ctx *scratch, const catchment_run *run, const transit_walks *w, bool access,
                             const transit_places *from, uint32_t *out) {
  const size_t targets = run->town.targets, width = targets + w->points;
  const catchment_net *net = &run->net[access ? w->access : w->ground];
  sund_spot *target = sund_alloc(scratch, width, sizeof *target);
  if (!target) return SUND_LIMIT;
  if (targets) memcpy(target, net->target, targets * sizeof *target);
  if (w->points) memcpy(target + targets, access ? w->access_spot : w->spot, w->points * sizeof *target);
  const sund_trees_ask ask = {.sources = from->n,
                              .source = from->spot,
                              .targets = width,
                              .target = target,
                              .limit = access ? run->limit : w->limit};
  rows_job job = {width, out};
  return sund_streets_trees(scratch, net->streets, &ask, keep_row, &job);
}

/* Units to all targets, then to all points: as one comes to the first stop (access), or from a stop. */
static sund_code rows_from(sund_ctx *ctx, const catchment_run *run, const transit_walks *w, bool access,
                           const transit_places *from, uint32_t *out) {
  if (!run->graph) {
    straight_rows(run, w, from, out);
    return SUND_OK;
  }
  sund_ctx *scratch = sund_ctx_child(ctx);
  if (!scratch) return SUND_LIMIT;
  sund_code code = street_rows(scratch, run, w, access, from, out);
  if (code != SUND_OK) code = sund_ctx_pass(ctx, scratch);
  sund_ctx_free(scratch);
  return code;
}

sund_code transit_walks_from(sund_ctx *ctx, const catchment_run *run, const transit_walks *w,
                             const transit_places *from, uint32_t *out) {
  return rows_from(ctx, run, w, true, from, out);
}

/* ------------------------------------------------------------------------------------------------------------ picking */

/* A walk from a point. */
typedef struct walk {
  uint32_t from, to; /* to: a target, or targets + a point */
  uint32_t units;
} walk;
typedef struct walk_list {
  sund_ctx *ctx; /* memory */
  size_t count, room;
  walk *at;
} walk_list;

static sund_code pick(const catchment_run *run, const transit_walks *w, size_t begin, size_t end,
                      const uint32_t *rows, walk_list *list) {
  const size_t width = run->town.targets + w->points;
  for (size_t p = begin; p < end; p++)
    for (size_t k = 0; k < width; k++) {
      const uint32_t units = rows[(p - begin) * width + k];
      if (units > w->limit || k == run->town.targets + p) continue;
      if (list->count == list->room) {
        walk *more = sund_grow(list->ctx, list->at, &list->room, list->count + 1, sizeof *more);
        if (!more) return SUND_LIMIT;
        list->at = more;
      }
      list->at[list->count++] = (walk){(uint32_t)p, (uint32_t)k, units};
    }
  return SUND_OK;
}

static sund_code walk_all(sund_ctx *ctx, const catchment_run *run, const transit_walks *w, walk_list *list) {
  const size_t width = run->town.targets + w->points;
  size_t batch = HELD / (width ? width : 1);
  if (batch < 1) batch = 1;
  if (batch > w->points) batch = w->points;
  uint32_t *rows = sund_alloc(ctx, batch * width, sizeof *rows);
  if (!rows) return SUND_LIMIT;
  for (size_t p = 0; p < w->points; p += batch) {
    const size_t end = w->points - p < batch ? w->points : p + batch;
    const transit_places from = {end - p, w->x + p, w->y + p, w->spot + p};
    TRY(rows_from(ctx, run, w, false, &from, rows));
    TRY(pick(run, w, p, end, rows, list));
  }
  return SUND_OK;
}

/* Walks to points by where they begin, walks to targets by where they end. */
static sund_code sort_walks(sund_ctx *ctx, const catchment_run *run, transit_walks *w, const walk_list *list) {
  const size_t targets = run->town.targets;
  size_t near = 0;
  for (size_t i = 0; i < list->count; i++) near += list->at[i].to >= targets;
  w->first_near = sund_alloc(ctx, w->points + 1, sizeof *w->first_near);
  w->near = sund_alloc(ctx, near, sizeof *w->near);
  w->near_units = sund_alloc(ctx, near, sizeof *w->near_units);
  w->first_from = sund_alloc(ctx, targets + 1, sizeof *w->first_from);
  w->from = sund_alloc(ctx, list->count - near, sizeof *w->from);
  w->from_units = sund_alloc(ctx, list->count - near, sizeof *w->from_units);
  size_t *next = sund_alloc(ctx, targets + 1, sizeof *next);
  if (!w->first_near || !w->near || !w->near_units || !w->first_from || !w->from || !w->from_units || !next)
    return SUND_LIMIT;
  for (size_t i = 0; i < list->count; i++) {
    const walk *x = &list->at[i];
    if (x->to < targets) w->first_from[x->to + 1]++;
    else w->first_near[x->from + 1]++;
  }
  for (size_t k = 0; k < targets; k++) w->first_from[k + 1] += w->first_from[k];
  for (size_t p = 0; p < w->points; p++) w->first_near[p + 1] += w->first_near[p];
  near = 0;
  for (size_t i = 0; i < list->count; i++) { /* in order of where they begin */
    const walk *x = &list->at[i];
    const size_t at = x->to < targets ? w->first_from[x->to] + next[x->to]++ : near++;
    (x->to < targets ? w->from : w->near)[at] = x->to < targets ? x->from : x->to - (uint32_t)targets;
    (x->to < targets ? w->from_units : w->near_units)[at] = x->units;
  }
  return SUND_OK;
}

sund_code transit_walks_make(sund_ctx *ctx, const catchment_run *run, transit_walks *w) {
  w->spot = sund_alloc(ctx, w->points, sizeof *w->spot);
  w->access_spot = sund_alloc(ctx, w->points, sizeof *w->access_spot);
  if (!w->spot || !w->access_spot) return SUND_LIMIT;
  TRY(catchment_snap(ctx, run, w->ground, w->points, w->x, w->y, w->spot));
  if (w->access == w->ground) w->access_spot = w->spot;
  else TRY(catchment_snap(ctx, run, w->access, w->points, w->x, w->y, w->access_spot));
  sund_ctx *scratch = sund_ctx_child(ctx);
  if (!scratch) return SUND_LIMIT;
  walk_list list = {.ctx = scratch};
  sund_code code = walk_all(scratch, run, w, &list);
  if (code == SUND_OK) code = sort_walks(ctx, run, w, &list);
  else sund_ctx_pass(ctx, scratch);
  sund_ctx_free(scratch);
  return code;
}

/* straight.c - the nearest places by straight line.
 *
 * Every segment of every accepted place is a piece in one index. The search runs in the map plane; the nearest point of
 * a piece is measured on the ground, and it is ground metres that decide which places are nearest. The k nearest come
 * from one descent of the index: what it is told is the distance of the k-th place so far, so that it looks no farther.
 * Points are gone through along a Hilbert curve, so that the one before is near: its k-th distance and the way from it
 * are a bound to begin with.
 */
#include "geo/straight.h"

#include <math.h>
#include <string.h>

#include "geo/gather.h"

enum { BLOCK = 512 };

static const double SLACK_M = 1e-6; /* what rounding may take off a box around a point */

double straight_metres(const sund_ground *ground, double x0, double y0, double x1, double y1) {
  return ground ? sund_ground_distance(ground, x0, y0, x1, y1) : hypot(x1 - x0, y1 - y0);
}

double straight_scale(const sund_ground *ground) {
  double smallest = 1, largest = 1;
  if (ground) sund_ground_scale(ground, &smallest, &largest);
  return largest;
}

/* --------------------------------------------------------------------------------------------------------- set */

static size_t count_pieces(const sund_shapes *areas) {
  size_t count = 0;
  for (size_t part = 0; part < areas->parts; part++) {
    const size_t vertices = areas->first_vertex[part + 1] - areas->first_vertex[part];
    if (vertices > 1) count += vertices - 1;
  }
  return count;
}

static void add_areas(straight_set *set) {
  const sund_shapes *areas = set->areas;
  for (size_t row = 0; row < areas->rows; row++)
    for (size_t part = areas->first_part[row]; part < areas->first_part[row + 1]; part++)
      for (size_t v = areas->first_vertex[part]; v + 1 < areas->first_vertex[part + 1]; v++)
        set->piece[set->count++] = (straight_piece){
            .x0 = areas->x[v], .y0 = areas->y[v], .x1 = areas->x[v + 1], .y1 = areas->y[v + 1], .row = (uint32_t)row};
}

static void add_points(straight_set *set, const sund_places *places) {
  for (size_t r = 0; r < set->rows; r++) {
    const double x = places->x[set->row_of[r]], y = places->y[set->row_of[r]];
    if (isnan(x) || isnan(y)) continue;
    set->piece[set->count++] = (straight_piece){.x0 = x, .y0 = y, .x1 = x, .y1 = y, .row = (uint32_t)r};
  }
}

sund_code straight_set_open(sund_ctx *ctx, const sund_places *places, straight_set **out) {
  straight_set *set = sund_alloc(ctx, 1, sizeof *set);
  if (!set) return SUND_LIMIT;
  if (places->rows >= UINT32_MAX) return sund_fail(ctx, SUND_LIMIT, "more than 4 billion places");
  set->row_of = sund_alloc(ctx, places->rows, sizeof *set->row_of);
  if (!set->row_of) return SUND_LIMIT;
  for (size_t r = 0; r < places->rows; r++)
    if (!places->accept || places->accept[r]) set->row_of[set->rows++] = r;
  if (places->areas) {
    TRY(sund_shapes_pick(ctx, places->areas, set->rows, set->row_of, &set->areas));
    TRY(inside_build(ctx, set->areas, &set->in));
  }
  set->piece = sund_alloc(ctx, set->areas ? count_pieces(set->areas) : set->rows, sizeof *set->piece);
  if (!set->piece) return SUND_LIMIT;
  if (set->areas) add_areas(set);
  else add_points(set, places);
  *out = set;
  return SUND_OK;
}

static sund_code index_pieces(sund_ctx *ctx, sund_ctx *scratch, straight_set *set) {
  if (set->count >= STRAIGHT_NONE) return sund_fail(ctx, SUND_LIMIT, "places of more than 4 billion vertices");
  double *boxes = sund_alloc(scratch, set->count, 4 * sizeof *boxes);
  if (!boxes) return SUND_LIMIT;
  for (size_t i = 0; i < set->count; i++) {
    const straight_piece *p = &set->piece[i];
    const bool line = p->leg_m == 0;
    double *box = boxes + 4 * i;
    box[0] = line && p->x1 < p->x0 ? p->x1 : p->x0;
    box[1] = line && p->y1 < p->y0 ? p->y1 : p->y0;
    box[2] = line && p->x1 > p->x0 ? p->x1 : p->x0;
    box[3] = line && p->y1 > p->y0 ? p->y1 : p->y0;
  }
  return sund_index_build(ctx, set->count, boxes, &set->index);
}

sund_code straight_set_index(sund_ctx *ctx, straight_set *set) {
  sund_ctx *scratch = sund_ctx_child(ctx);
  if (!scratch) return SUND_LIMIT;
  sund_code code = index_pieces(ctx, scratch, set);
  if (code != SUND_OK) code = sund_ctx_pass(ctx, scratch);
  sund_ctx_free(scratch);
  return code;
}

/* -------------------------------------------------------------------------------------------------------- best */

double straight_reach(const straight_best *best) {
  return best->count < best->room ? best->limit : best->hit[best->room - 1].metres;
}

static bool nearer(double metres, uint32_t row, const straight_hit *than) {
  return metres < than->metres || (metres == than->metres && row < than->row);
}

/* Has the place a hit already that is no farther? */
static bool beaten(const straight_best *best, uint32_t row, double metres) {
  for (size_t i = 0; i < best->count && best->hit[i].metres <= metres; i++)
    if (best->hit[i].row == row) return true;
  return false;
}

bool straight_wanted(const straight_best *best, uint32_t row, double metres) {
  if (!(metres <= best->limit)) return false;
  if (best->count == best->room && !nearer(metres, row, &best->hit[best->room - 1])) return false;
  return !beaten(best, row, metres);
}

void straight_keep(straight_best *best, const straight_hit *hit) {
  if (!straight_wanted(best, hit->row, hit->metres)) return;
  size_t at = 0; /* the place gives way to its own nearer hit, else the last one does */
  while (at < best->count && best->hit[at].row != hit->row) at++;
  if (at == best->count && best->count < best->room) best->count++;
  else if (at == best->count) at--;
  for (; at > 0 && nearer(hit->metres, hit->row, &best->hit[at - 1]); at--) best->hit[at] = best->hit[at - 1];
  best->hit[at] = *hit;
}

/* ------------------------------------------------------------------------------------------------------ search */

static bool given_up(const straight_quest *q) {
  return q->patience > 0 && q->refused >= q->patience;
}

/* Told to the index: nothing farther than this can be kept. Not a number as long as there is room. */
static double told(const straight_quest *q) {
  if (given_up(q)) return 0;
  return q->best->count == q->best->room ? straight_reach(q->best) * q->scale : NAN;
}

static double try_piece(size_t item, double x, double y, void *data) {
  straight_quest *q = data;
  const straight_piece *p = &q->set->piece[item];
  double at_x = p->x0, at_y = p->y0, share = 0, map_m;
  if (p->land != q->land) return told(q);
  if (p->leg_m == 0) {
    map_m = sund_segment_nearest(x, y, p->x0, p->y0, p->x1, p->y1, &share);
    at_x = share >= 1 ? p->x1 : p->x0 + share * (p->x1 - p->x0);
    at_y = share >= 1 ? p->y1 : p->y0 + share * (p->y1 - p->y0);
  } else {
    map_m = hypot(x - p->x0, y - p->y0);
  }
  const double least = map_m / q->scale + p->leg_m; /* ground metres it is away at the least */
  if (!(least <= straight_reach(q->best)) || beaten(q->best, p->row, least)) return told(q);
  straight_hit hit = {.metres = straight_metres(q->ground, x, y, at_x, at_y) + p->leg_m,
                      .x = at_x,
                      .y = at_y,
                      .row = p->row,
                      .piece = (uint32_t)item,
                      .via = STRAIGHT_NONE};
  if (given_up(q) || !straight_wanted(q->best, hit.row, hit.metres)) return told(q);
  if (!q->clear || q->clear(x, y, at_x, at_y, q->data)) straight_keep(q->best, &hit);
  else q->refused++;
  return told(q);
}

bool straight_search(straight_quest *quest, double x, double y) {
  double reach = straight_reach(quest->best);
  if (quest->known > 0) reach = fmin(reach, quest->known);
  quest->refused = 0;
  sund_index_nearest(quest->set->index, x, y, reach * quest->scale, try_piece, quest, NULL);
  return !given_up(quest);
}

typedef struct holding {
  straight_best *best;
  double x, y;
} holding;

static void keep_holding(size_t row, void *data) {
  const holding *h = data;
  const straight_hit hit = {.x = h->x, .y = h->y, .row = (uint32_t)row, .piece = STRAIGHT_NONE, .via = STRAIGHT_NONE};
  straight_keep(h->best, &hit);
}

void straight_inside(const straight_set *set, straight_best *best, double x, double y) {
  holding h = {.best = best, .x = x, .y = y};
  if (set->in) inside_each(set->in, x, y, keep_holding, &h);
}

void straight_answer(const straight_set *set, const straight_best *best, size_t k, double *metres, size_t *row,
                     double *near_x, double *near_y) {
  for (size_t i = 0; i < k; i++) {
    const straight_hit *hit = i < best->count ? &best->hit[i] : NULL;
    const straight_piece *p = hit && hit->piece != STRAIGHT_NONE ? &set->piece[hit->piece] : NULL;
    const bool leg = p && p->leg_m > 0;
    metres[i] = hit ? hit->metres : NAN;
    row[i] = hit ? set->row_of[hit->row] : SIZE_MAX;
    if (near_x) near_x[i] = leg ? p->x1 : hit ? hit->x : NAN;
    if (near_y) near_y[i] = leg ? p->y1 : hit ? hit->y : NAN;
  }
}

/* ------------------------------------------------------------------------------------------------------ ranked */

typedef struct job {
  const straight_set *set;
  const sund_ground *ground;
  double limit, scale;
  size_t k;
  const double *x, *y;
  double *metres, *near_x, *near_y;
  size_t *row;
  size_t *order; /* points, along the curve; NULL = as they are */
} job;

/* The point before, and how far its k nearest are. */
typedef struct before {
  double x, y, metres; /* INFINITY = there are not so many */
} before;

/* Where the k nearest are to be looked for: no farther than from the point before and the way from it. Ground metres
 * are not quite a metric: a thousandth and a metre are far more than that. */
static double known_from(const job *j, const before *b, double x, double y) {
  const double sum = b->metres + straight_metres(j->ground, x, y, b->x, b->y);
  return isfinite(sum) ? sum * 1.001 + 1 : 0;
}

static sund_code rank_block(sund_ctx *worker, size_t begin, size_t end, void *data) {
  const job *j = data;
  straight_best best = {.room = j->k, .limit = j->limit};
  best.hit = sund_alloc(worker, j->k, sizeof *best.hit);
  if (!best.hit) return SUND_LIMIT;
  straight_quest quest = {.set = j->set, .ground = j->ground, .scale = j->scale, .best = &best};
  before last = {.metres = INFINITY};
  for (size_t k = begin; k < end; k++) {
    const size_t i = j->order ? j->order[k] : k;
    best.count = 0;
    straight_inside(j->set, &best, j->x[i], j->y[i]);
    quest.known = known_from(j, &last, j->x[i], j->y[i]);
    straight_search(&quest, j->x[i], j->y[i]);
    last = (before){j->x[i], j->y[i], best.count == best.room ? best.hit[best.room - 1].metres : INFINITY};
    straight_answer(j->set, &best, j->k, j->metres + i * j->k, j->row + i * j->k,
                    j->near_x ? j->near_x + i * j->k : NULL, j->near_y ? j->near_y + i * j->k : NULL);
  }
  return SUND_OK;
}

static sund_code rank(sund_ctx *scratch, const sund_places *places, job *j, size_t n) {
  straight_set *set;
  TRY(straight_set_open(scratch, places, &set));
  TRY(straight_set_index(scratch, set));
  j->set = set;
  if (set->count > 0 && j->limit > 0) { /* else there is nothing to search */
    if (!(j->order = sund_alloc(scratch, n, sizeof *j->order))) return SUND_LIMIT;
    TRY(sund_hilbert_order(scratch, n, j->x, j->y, j->order));
  }
  return sund_for(scratch, n, BLOCK, rank_block, j);
}

sund_code sund_straight_ranked(sund_ctx *ctx, const sund_places *places, const sund_ground *ground, double limit,
                               size_t k, size_t n, const double *x, const double *y, double *metres, size_t *row,
                               double *near_x, double *near_y) {
  if (k == 0) return SUND_OK;
  sund_ctx *scratch = sund_ctx_child(ctx);
  if (!scratch) return SUND_LIMIT;
  job j = {.ground = ground,
           .limit = limit,
           .scale = straight_scale(ground),
           .k = k,
           .x = x,
           .y = y,
           .metres = metres,
           .near_x = near_x,
           .near_y = near_y,
           .row = row};
  sund_code code = rank(scratch, places, &j, n);
  if (code != SUND_OK) code = sund_ctx_pass(ctx, scratch);
  sund_ctx_free(scratch);
  return code;
}

/* ------------------------------------------------------------------------------------------------------- pairs */

/* Places within the limit of one point. */
typedef struct around {
  const job *j;
  double x, y;
  double *best;    /* rows: ground metres, INFINITY = not found */
  uint32_t *found; /* rows                                      */
  size_t count;
} around;

static void note(around *a, uint32_t row, double metres) {
  if (!(metres <= a->j->limit)) return;
  if (isinf(a->best[row])) a->found[a->count++] = row;
  if (metres < a->best[row]) a->best[row] = metres;
}

static void note_holding(size_t row, void *data) {
  note(data, (uint32_t)row, 0);
}

static bool note_piece(size_t item, void *data) {
  around *a = data;
  const straight_piece *p = &a->j->set->piece[item];
  double share;
  const double map_m = sund_segment_nearest(a->x, a->y, p->x0, p->y0, p->x1, p->y1, &share);
  const double reach = fmin(a->j->limit, a->best[p->row]);
  if (!(map_m / a->j->scale <= reach)) return true;
  note(a, p->row,
       straight_metres(a->j->ground, a->x, a->y, share >= 1 ? p->x1 : p->x0 + share * (p->x1 - p->x0),
                       share >= 1 ? p->y1 : p->y0 + share * (p->y1 - p->y0)));
  return true;
}

static sund_code pair_block(sund_ctx *worker, size_t begin, size_t end, void *data, gather *found) {
  const job *j = data;
  around a = {.j = j};
  a.best = sund_alloc(worker, j->set->rows, sizeof *a.best);
  a.found = sund_alloc(worker, j->set->rows, sizeof *a.found);
  if (!a.best || !a.found) return SUND_LIMIT;
  for (size_t r = 0; r < j->set->rows; r++) a.best[r] = INFINITY;
  const double reach = j->limit * j->scale + SLACK_M;
  for (size_t i = begin; i < end; i++) {
    a.x = j->x[i], a.y = j->y[i], a.count = 0;
    if (isnan(a.x) || isnan(a.y)) continue;
    if (j->set->in) inside_each(j->set->in, a.x, a.y, note_holding, &a);
    sund_index_search(j->set->index, (const double[4]){a.x - reach, a.y - reach, a.x + reach, a.y + reach},
                      note_piece, &a);
    for (size_t f = 0; f < a.count; f++) {
      const straight_pair pair = {.row = a.found[f], .to = (uint32_t)i, .metres = a.best[a.found[f]]};
      gather_push(found, &pair);
      a.best[a.found[f]] = INFINITY;
    }
  }
  return SUND_OK;
}

sund_code straight_pairs_sort(sund_ctx *ctx, size_t rows, size_t count, const straight_pair *pair, sund_pairs **out) {
  sund_pairs *pairs = sund_alloc(ctx, 1, sizeof *pairs);
  if (!pairs) return SUND_LIMIT;
  pairs->rows = rows;
  pairs->first = sund_alloc(ctx, rows + 1, sizeof *pairs->first);
  pairs->to = sund_alloc(ctx, count, sizeof *pairs->to);
  pairs->metres = sund_alloc(ctx, count, sizeof *pairs->metres);
  if (!pairs->first || !pairs->to || !pairs->metres) return SUND_LIMIT;
  for (size_t i = 0; i < count; i++) pairs->first[pair[i].row]++;
  for (size_t r = 0, sum = 0; r <= rows; r++) {
    sum += r < rows ? pairs->first[r] : 0;
    pairs->first[r] = sum; /* the end of the row, and its beginning once it is filled from behind */
  }
  for (size_t i = count; i-- > 0;) {
    const size_t at = --pairs->first[pair[i].row];
    pairs->to[at] = pair[i].to;
    pairs->metres[at] = pair[i].metres;
  }
  *out = pairs;
  return SUND_OK;
}

static sund_code pair(sund_ctx *ctx, sund_ctx *scratch, const sund_places *places, job *j, size_t n,
                      sund_pairs **out) {
  straight_set *set;
  if (n > UINT32_MAX) return sund_fail(ctx, SUND_LIMIT, "more than 4 billion points");
  TRY(straight_set_open(scratch, places, &set));
  TRY(straight_set_index(scratch, set));
  j->set = set;
  const gather_plan plan = {.rows = n, .block = BLOCK, .size = sizeof(straight_pair)};
  void *records = NULL;
  size_t count = 0;
  TRY(gather_for(scratch, &plan, pair_block, j, &records, &count));
  straight_pair *found = records;
  for (size_t i = 0; i < count; i++) found[i].row = (uint32_t)set->row_of[found[i].row];
  return straight_pairs_sort(ctx, places->rows, count, found, out);
}

sund_code sund_straight_pairs(sund_ctx *ctx, const sund_places *places, const sund_ground *ground, double limit,
                              size_t n, const double *x, const double *y, sund_pairs **out) {
  sund_ctx *scratch = sund_ctx_child(ctx);
  if (!scratch) return SUND_LIMIT;
  job j = {.ground = ground, .limit = limit, .scale = straight_scale(ground), .x = x, .y = y};
  sund_code code = pair(ctx, scratch, places, &j, n, out);
  if (code != SUND_OK) code = sund_ctx_pass(ctx, scratch);
  sund_ctx_free(scratch);
  return code;
}

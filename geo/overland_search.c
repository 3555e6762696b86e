/* overland_search.c - the nearest places over land.
 *
 *   1. Straight. Whoever sees his k nearest places has his answer; most do.
 *   2. Who does not is blocked. What he does see says how far a way around may be worth going, and with that, which
 *      nodes matter at all: those near enough to someone blocked and to a place.
 *   3. From each of these nodes the shortest ways to the k nearest places (overland_label.c).
 *   4. The blocked look for the node in sight over which the way is shortest.
 *   5. Those who gave up looking in 2. look again, no farther than the way they have found.
 *
 * Exact because a shortest way ends either at the nearest point of a piece of a place, or it touches a corner before.
 */
#include <math.h>

#include "geo/overland.h"

enum {
  BLOCK = 256,
  NODE_BLOCK = 16,
  BUNDLE = 16,  /* nodes looked at together                                */
  PATIENCE = 16 /* places out of sight after which corners are asked first */
};

static const double SLACK_M = 1e-6; /* what rounding may take off a bound */

/* Nodes that lie together. */
typedef struct bundle {
  double box[4];
  double least; /* ground metres from the best of them to a place */
  size_t first, count;
} bundle;

/* What the steps of a search share. */
typedef struct search {
  sund_ctx *scratch;
  overland_task *task;
  uint8_t *blocked; /* points: 1 = does not see his nearest places, 2 = and gave up looking */
  size_t count;     /* blocked ones                                                         */
  uint32_t *point;  /* count                                                                */
  sund_index *near; /* over them                                                            */
  double *reach;    /* count: ground metres worth going                                     */
  double most;      /* the largest of these                                                 */
  double box[4];    /* around the blocked points, that much wider                           */
  overland_frame frame;
  uint32_t *node; /* those with a label, the near ones together */
  bundle *bundle;
  sund_index *bundles;
} search;

static straight_best best_of(const overland_task *t, size_t i) {
  return (straight_best){
      .room = t->k, .count = t->hits[i], .limit = t->limit - t->start[i].leg_m, .hit = t->hit + i * t->k};
}

static straight_quest quest_of(const overland_task *t, straight_best *best, double x, double y) {
  return (straight_quest){.set = t->set,
                          .ground = t->o->ground,
                          .scale = t->o->scale,
                          .best = best,
                          .land = water_land(t->o->water, x, y)};
}

/* ---------------------------------------------------------------------------------------------------- straight */

static bool clear_from_point(double x, double y, double at_x, double at_y, void *data) {
  const water *w = data;
  return water_clear(w, (const double[2]){x, y}, (const double[2]){at_x, at_y}, (const bool[2]){false, false});
}

static bool all_clear(const overland_task *t, const straight_best *best, double x, double y) {
  for (size_t k = 0; k < best->count; k++)
    if (best->hit[k].piece != STRAIGHT_NONE && !clear_from_point(x, y, best->hit[k].x, best->hit[k].y, t->o->water))
      return false;
  return true;
}

static sund_code straight_block(sund_ctx *worker, size_t begin, size_t end, void *data) {
  (void)worker;
  search *s = data;
  overland_task *t = s->task;
  for (size_t i = begin; i < end; i++) {
    const overland_start start = t->start[i] = overland_start_at(t->o, t->x[i], t->y[i]);
    if (start.lost) continue;
    straight_best best = best_of(t, i);
    straight_quest quest = quest_of(t, &best, start.x, start.y);
    straight_inside(t->set, &best, start.x, start.y);
    straight_search(&quest, start.x, start.y);
    if (!all_clear(t, &best, start.x, start.y)) {
      best.count = 0;
      quest.clear = clear_from_point;
      quest.data = t->o->water;
      quest.patience = PATIENCE;
      straight_inside(t->set, &best, start.x, start.y);
      s->blocked[i] = straight_search(&quest, start.x, start.y) ? 1 : 2;
    }
    t->hits[i] = best.count;
  }
  return SUND_OK;
}

/* --------------------------------------------------------------------------------------------- nodes that matter */

static void widen(double box[4], double x0, double y0, double x1, double y1) {
  box[0] = fmin(box[0], x0), box[1] = fmin(box[1], y0);
  box[2] = fmax(box[2], x1), box[3] = fmax(box[3], y1);
}

static sund_code list_blocked(search *s) {
  const overland_task *t = s->task;
  size_t count = 0;
  for (size_t i = 0; i < t->n; i++) count += s->blocked[i] != 0;
  s->point = sund_alloc(s->scratch, count, sizeof *s->point);
  s->reach = sund_alloc(s->scratch, count, sizeof *s->reach);
  double *boxes = sund_alloc(s->scratch, count, 4 * sizeof *boxes);
  if (!s->point || !s->reach || !boxes) return SUND_LIMIT;
  for (size_t i = 0; i < t->n; i++) {
    if (!s->blocked[i]) continue;
    const straight_best best = best_of(t, i);
    const double x = t->start[i].x, y = t->start[i].y;
    s->reach[s->count] = straight_reach(&best);
    s->most = fmax(s->most, s->reach[s->count]);
    double *box = boxes + 4 * s->count;
    box[0] = box[2] = x, box[1] = box[3] = y;
    widen(s->box, x, y, x, y);
    s->point[s->count++] = (uint32_t)i;
  }
  const double wider = s->most * t->o->scale + SLACK_M;
  widen(s->box, s->box[0] - wider, s->box[1] - wider, s->box[2] + wider, s->box[3] + wider);
  return sund_index_build(s->scratch, count, boxes, &s->near);
}

/* Map metres to a blocked point, and more by what it is less willing to go than others. */
static double unwilling(size_t item, double x, double y, void *data) {
  const search *s = data;
  const overland_start *start = &s->task->start[s->point[item]];
  return hypot(x - start->x, y - start->y) + (s->most - s->reach[item]) * s->task->o->scale;
}

static sund_code slack_block(sund_ctx *worker, size_t begin, size_t end, void *data) {
  (void)worker;
  search *s = data;
  const overland_task *t = s->task;
  const double scale = t->o->scale;
  for (size_t v = begin; v < end; v++) {
    const overland_node *node = &t->o->node[v];
    double metres = 0;
    s->frame.slack[v] = -1;
    if (!(node->x >= s->box[0] && node->y >= s->box[1] && node->x <= s->box[2] && node->y <= s->box[3])) continue;
    if (isfinite(s->most) &&
        sund_index_nearest(s->near, node->x, node->y, s->most * scale, unwilling, s, &metres) == SIZE_MAX)
      continue;
    const double slack = s->most - metres / scale + SLACK_M;
    straight_hit hit;
    straight_best best = {.room = 1, .limit = slack, .hit = &hit};
    straight_quest quest = quest_of(t, &best, node->x, node->y);
    straight_inside(t->set, &best, node->x, node->y);
    straight_search(&quest, node->x, node->y);
    if (best.count) s->frame.slack[v] = slack, s->frame.least[v] = hit.metres;
  }
  return SUND_OK;
}

static sund_code choose_nodes(search *s) {
  const size_t nodes = s->task->o->nodes;
  overland_frame *frame = &s->frame;
  frame->slack = sund_alloc(s->scratch, nodes, sizeof *frame->slack);
  frame->least = sund_alloc(s->scratch, nodes, sizeof *frame->least);
  frame->node = sund_alloc(s->scratch, nodes, sizeof *frame->node);
  if (!frame->slack || !frame->least || !frame->node) return SUND_LIMIT;
  TRY(sund_for(s->scratch, nodes, BLOCK, slack_block, s));
  for (size_t v = 0; v < nodes; v++)
    if (frame->slack[v] >= 0) frame->node[frame->count++] = (uint32_t)v;
  return SUND_OK;
}

/* ------------------------------------------------------------------------------------------------ around corners */

/* Bundles of the nodes that have a label. */
static sund_code tie_bundles(search *s) {
  const overland_task *t = s->task;
  const size_t most = s->frame.count;
  size_t *order = sund_alloc(s->scratch, most, sizeof *order), count = 0;
  double *x = sund_alloc(s->scratch, most, sizeof *x), *y = sund_alloc(s->scratch, most, sizeof *y);
  double *boxes = sund_alloc(s->scratch, most / BUNDLE + 1, 4 * sizeof *boxes);
  uint32_t *labelled = sund_alloc(s->scratch, most, sizeof *labelled);
  s->node = sund_alloc(s->scratch, most, sizeof *s->node);
  s->bundle = sund_alloc(s->scratch, most / BUNDLE + 1, sizeof *s->bundle);
  if (!order || !x || !y || !boxes || !labelled || !s->node || !s->bundle) return SUND_LIMIT;
  for (size_t i = 0; i < most; i++) {
    const uint32_t v = s->frame.node[i];
    if (t->label[v].count == 0 || t->o->node[v].afloat) continue;
    x[count] = t->o->node[v].x, y[count] = t->o->node[v].y;
    labelled[count++] = v;
  }
  TRY(sund_hilbert_order(s->scratch, count, x, y, order));
  for (size_t i = 0; i < count; i++) {
    const uint32_t v = s->node[i] = labelled[order[i]];
    bundle *b = &s->bundle[i / BUNDLE];
    const overland_node *node = &t->o->node[v];
    if (i % BUNDLE == 0) *b = (bundle){{INFINITY, INFINITY, -INFINITY, -INFINITY}, INFINITY, i, 0};
    widen(b->box, node->x, node->y, node->x, node->y);
    b->least = fmin(b->least, t->label[v].hit[0].metres);
    b->count++;
    for (size_t k = 0; k < 4; k++) boxes[4 * (i / BUNDLE) + k] = b->box[k];
  }
  return sund_index_build(s->scratch, (count + BUNDLE - 1) / BUNDLE, boxes, &s->bundles);
}

typedef struct rounding {
  const search *s;
  straight_best *best;
} rounding;

static void try_node(const rounding *r, uint32_t v, double x, double y) {
  const overland_task *t = r->s->task;
  const overland_node *node = &t->o->node[v];
  const straight_best *label = &t->label[v];
  const double left = (straight_reach(r->best) - label->hit[0].metres) * t->o->scale;
  const double dx = node->x - x, dy = node->y - y;
  if (!(left >= 0 && dx * dx + dy * dy <= left * left) || !overland_node_taut(node, x, y)) return;
  const double metres = straight_metres(t->o->ground, x, y, node->x, node->y);
  bool wanted = false;
  for (size_t k = 0; k < label->count; k++)
    wanted |= straight_wanted(r->best, label->hit[k].row, metres + label->hit[k].metres);
  if (!wanted || !overland_node_sees(t->o, node, x, y)) return;
  for (size_t k = 0; k < label->count; k++) {
    straight_hit hit = label->hit[k];
    hit.metres += metres;
    hit.via = v;
    straight_keep(r->best, &hit);
  }
}

static double try_bundle(size_t item, double x, double y, void *data) {
  const rounding *r = data;
  const bundle *b = &r->s->bundle[item];
  const double scale = r->s->task->o->scale, left = (straight_reach(r->best) - b->least) * scale;
  const double dx = fmax(0, fmax(b->box[0] - x, x - b->box[2])), dy = fmax(0, fmax(b->box[1] - y, y - b->box[3]));
  if (left >= 0 && dx * dx + dy * dy <= left * left)
    for (size_t i = b->first; i < b->first + b->count; i++) try_node(r, r->s->node[i], x, y);
  return r->best->count == r->best->room ? straight_reach(r->best) * scale : NAN;
}

static sund_code around_block(sund_ctx *worker, size_t begin, size_t end, void *data) {
  (void)worker;
  search *s = data;
  overland_task *t = s->task;
  for (size_t b = begin; b < end; b++) {
    const size_t i = s->point[b];
    const overland_start *start = &t->start[i];
    straight_best best = best_of(t, i);
    rounding r = {.s = s, .best = &best};
    sund_index_nearest(s->bundles, start->x, start->y, straight_reach(&best) * t->o->scale, try_bundle, &r, NULL);
    if (s->blocked[i] == 2) {
      straight_quest quest = quest_of(t, &best, start->x, start->y);
      quest.clear = clear_from_point;
      quest.data = t->o->water;
      straight_search(&quest, start->x, start->y);
    }
    t->hits[i] = best.count;
  }
  return SUND_OK;
}

/* ------------------------------------------------------------------------------------------------------ search */

/* Adds the legs of those who began in the water, who may have been in a place there already. */
static void add_legs(overland_task *t) {
  for (size_t i = 0; i < t->n; i++) {
    if (t->start[i].leg_m == 0 || t->start[i].lost) continue;
    straight_best best = best_of(t, i);
    for (size_t k = 0; k < best.count; k++) best.hit[k].metres += t->start[i].leg_m;
    best.limit = t->limit;
    straight_inside(t->set, &best, t->x[i], t->y[i]);
    t->hits[i] = best.count;
  }
}

static sund_code run(sund_ctx *ctx, search *s) {
  overland_task *t = s->task;
  t->start = sund_alloc(ctx, t->n, sizeof *t->start);
  t->hit = sund_alloc(ctx, t->n, t->k * sizeof *t->hit);
  t->hits = sund_alloc(ctx, t->n, sizeof *t->hits);
  s->blocked = sund_alloc(s->scratch, t->n, sizeof *s->blocked);
  if (!t->start || !t->hit || !t->hits || !s->blocked) return SUND_LIMIT;
  TRY(sund_for(s->scratch, t->n, BLOCK, straight_block, s));
  TRY(list_blocked(s));
  if (s->count) {
    TRY(choose_nodes(s));
    TRY(overland_label(ctx, t, &s->frame));
    TRY(tie_bundles(s));
    TRY(sund_for(s->scratch, s->count, NODE_BLOCK, around_block, s));
  }
  add_legs(t);
  return SUND_OK;
}

sund_code overland_search(sund_ctx *ctx, overland_task *task) {
  sund_ctx *scratch = sund_ctx_child(ctx);
  if (!scratch) return SUND_LIMIT;
  search s = {.scratch = scratch, .task = task, .box = {INFINITY, INFINITY, -INFINITY, -INFINITY}};
  sund_code code = run(ctx, &s);
  if (code != SUND_OK) code = sund_ctx_pass(ctx, scratch);
  sund_ctx_free(scratch);
  return code;
}

/* overland_label.c - the shortest ways from corners and bridges to the k nearest places.
 *
 *   1. Each node looks straight at the places around it, for a while.
 *   2. What the nodes found is handed on along the shore and over bridges. From then on every node has an upper bound.
 *   3. Nodes that gave up looking look again, no farther than that bound.
 *   4. Pairs of nodes that are taut at both ends, and of which the one could help the other according to the bounds,
 *      are listed; and what the nodes found is handed on along them (Dijkstra 1959 with k labels a node, each for another
 *      place). Whether such a pair is in sight of each other is asked only when it would make a way shorter.
 */
#include <math.h>

#include "geo/gather.h"
#include "geo/overland.h"

enum { BLOCK = 16, PATIENCE = 16 };

static const double SLACK_M = 1e-6; /* what rounding may take off a bound */

/* A pair of nodes that may be in sight of each other. */
typedef struct pair {
  uint32_t from, to; /* a way from `to` may go by `from` */
  double metres;     /* on the ground                    */
  bool asked, clear;
} pair;

typedef struct labels {
  sund_ctx *scratch;
  overland_task *task;
  const overland_frame *frame;
  bool again;          /* 3. instead of 1.                        */
  uint8_t *incomplete; /* frame->count: gave up looking           */
  size_t *first;       /* nodes + 1: pairs from each              */
  pair *pair;          /* first[nodes]; NULL = known steps only   */
} labels;

/* -------------------------------------------------------------------------------------------------------- look */

typedef struct looking {
  const sund_overland *o;
  const overland_node *node;
} looking;

static bool clear_from_node(double x, double y, double at_x, double at_y, void *data) {
  (void)x, (void)y;
  const looking *l = data;
  return overland_node_taut(l->node, at_x, at_y) && overland_node_sees(l->o, l->node, at_x, at_y);
}

static sund_code look_block(sund_ctx *worker, size_t begin, size_t end, void *data) {
  (void)worker;
  labels *l = data;
  const overland_task *t = l->task;
  for (size_t i = begin; i < end; i++) {
    looking from = {.o = t->o, .node = &t->o->node[l->frame->node[i]]};
    if (from.node->afloat || (l->again && !l->incomplete[i])) continue;
    straight_best *best = &t->label[l->frame->node[i]];
    straight_quest quest = {.set = t->set,
                            .ground = t->o->ground,
                            .scale = t->o->scale,
                            .best = best,
                            .land = water_land(t->o->water, from.node->x, from.node->y),
                            .clear = clear_from_node,
                            .data = &from,
                            .patience = l->again ? 0 : PATIENCE};
    straight_inside(t->set, best, from.node->x, from.node->y);
    l->incomplete[i] = !straight_search(&quest, from.node->x, from.node->y);
  }
  return SUND_OK;
}

/* ------------------------------------------------------------------------------------------------------- pairs */

typedef struct pairing {
  const labels *l;
  uint32_t to;
  double reach; /* of that node */
  gather *found;
} pairing;

static bool try_pair(size_t item, void *data) {
  const pairing *p = data;
  const sund_overland *o = p->l->task->o;
  const overland_node *to = &o->node[p->to], *from = &o->node[item];
  if (p->l->frame->slack[item] < 0 || item == p->to) return true;
  const double dx = from->x - to->x, dy = from->y - to->y, left = (p->reach - p->l->frame->least[item]) * o->scale;
  if (!(left >= 0 && dx * dx + dy * dy <= left * left)) return true;
  if (!overland_node_taut(to, from->x, from->y) || !overland_node_taut(from, to->x, to->y)) return true;
  const pair found = {
      .from = (uint32_t)item, .to = p->to, .metres = straight_metres(o->ground, to->x, to->y, from->x, from->y)};
  gather_push(p->found, &found);
  return true;
}

static sund_code pair_block(sund_ctx *worker, size_t begin, size_t end, void *data, gather *found) {
  (void)worker;
  pairing p = {.l = data, .found = found};
  const overland_task *t = p.l->task;
  for (size_t i = begin; i < end; i++) {
    p.to = p.l->frame->node[i];
    const overland_node *node = &t->o->node[p.to];
    if (node->afloat) continue;
    p.reach = straight_reach(&t->label[p.to]) + SLACK_M;
    const double radius = p.reach * t->o->scale;
    sund_index_search(t->o->index,
                      (const double[4]){node->x - radius, node->y - radius, node->x + radius, node->y + radius},
                      try_pair, &p);
  }
  return SUND_OK;
}

/* The pairs in the order of the nodes they come from. */
static sund_code list_pairs(labels *l) {
  const size_t nodes = l->task->o->nodes;
  const gather_plan plan = {.rows = l->frame->count, .block = BLOCK, .size = sizeof(pair)};
  void *records = NULL;
  size_t count = 0;
  TRY(gather_for(l->scratch, &plan, pair_block, l, &records, &count));
  const pair *found = records;
  l->first = sund_alloc(l->scratch, nodes + 1, sizeof *l->first);
  l->pair = sund_alloc(l->scratch, count, sizeof *l->pair);
  if (!l->first || !l->pair) return SUND_LIMIT;
  for (size_t i = 0; i < count; i++) l->first[found[i].from]++;
  for (size_t v = 0, sum = 0; v <= nodes; v++) {
    sum += v < nodes ? l->first[v] : 0;
    l->first[v] = sum; /* the end, and the beginning once it is filled from behind */
  }
  for (size_t i = count; i-- > 0;) l->pair[--l->first[found[i].from]] = found[i];
  return SUND_OK;
}

/* ------------------------------------------------------------------------------------------------------ spread */

/* A label to be handed on. */
typedef struct entry {
  double metres;
  uint32_t row, node;
} entry;

typedef struct heap {
  sund_ctx *ctx;
  entry *at;
  size_t count, room;
} heap;

static bool sooner(const entry *a, const entry *b) {
  if (a->metres != b->metres) return a->metres < b->metres;
  return a->row != b->row ? a->row < b->row : a->node < b->node;
}

static sund_code push(heap *h, entry e) {
  entry *grown = sund_grow(h->ctx, h->at, &h->room, h->count + 1, sizeof *grown);
  if (!grown) return SUND_LIMIT;
  h->at = grown;
  size_t i = h->count++;
  for (; i > 0 && sooner(&e, &h->at[(i - 1) / 2]); i = (i - 1) / 2) h->at[i] = h->at[(i - 1) / 2];
  h->at[i] = e;
  return SUND_OK;
}

static entry pop(heap *h) {
  const entry top = h->at[0], last = h->at[--h->count];
  size_t i = 0;
  for (size_t child; (child = 2 * i + 1) < h->count; i = child) {
    if (child + 1 < h->count && sooner(&h->at[child + 1], &h->at[child])) child++;
    if (!sooner(&h->at[child], &last)) break;
    h->at[i] = h->at[child];
  }
  h->at[i] = last;
  return top;
}

/* The label an entry speaks of, or NULL when a better one has taken its place. */
static const straight_hit *label_of(const overland_task *t, const entry *e) {
  const straight_best *best = &t->label[e->node];
  for (size_t i = 0; i < best->count; i++)
    if (best->hit[i].row == e->row) return best->hit[i].metres == e->metres ? &best->hit[i] : NULL;
  return NULL;
}

/* The label of `from`, `metres` farther away. */
static straight_hit beyond(const straight_hit *hit, uint32_t from, double metres) {
  straight_hit next = *hit;
  next.metres += metres;
  next.via = from;
  return next;
}

static bool wanted(const overland_task *t, uint32_t node, const straight_hit *hit) {
  return t->label[node].room > 0 && straight_wanted(&t->label[node], hit->row, hit->metres);
}

static sund_code hand_on(overland_task *t, heap *h, uint32_t node, const straight_hit *hit) {
  straight_keep(&t->label[node], hit);
  return push(h, (entry){.metres = hit->metres, .row = hit->row, .node = node});
}

/* Hands on what a node has found to all who can use it. */
static sund_code hand_round(labels *l, heap *h, uint32_t node, straight_hit hit) {
  overland_task *t = l->task;
  const sund_overland *o = t->o;
  for (size_t i = o->first_known[node]; i < o->first_known[node + 1]; i++) {
    const straight_hit next = beyond(&hit, node, o->known[i].metres);
    if (wanted(t, o->known[i].to, &next)) TRY(hand_on(t, h, o->known[i].to, &next));
  }
  for (size_t i = l->pair ? l->first[node] : 0; l->pair && i < l->first[node + 1]; i++) {
    pair *p = &l->pair[i];
    const straight_hit next = beyond(&hit, node, p->metres);
    if ((p->asked && !p->clear) || !wanted(t, p->to, &next)) continue;
    if (!p->asked) p->clear = overland_node_sees_node(o, &o->node[node], &o->node[p->to]);
    p->asked = true;
    if (p->clear) TRY(hand_on(t, h, p->to, &next));
  }
  return SUND_OK;
}

static sund_code spread(labels *l) {
  overland_task *t = l->task;
  heap h = {.ctx = l->scratch};
  for (size_t i = 0; i < l->frame->count; i++) {
    const straight_best *best = &t->label[l->frame->node[i]];
    for (size_t k = 0; k < best->count; k++)
      TRY(push(&h, (entry){.metres = best->hit[k].metres, .row = best->hit[k].row, .node = l->frame->node[i]}));
  }
  while (h.count) {
    const entry e = pop(&h);
    const straight_hit *found = label_of(t, &e);
    if (found) TRY(hand_round(l, &h, e.node, *found));
  }
  return SUND_OK;
}

/* ------------------------------------------------------------------------------------------------------ labels */

static sund_code run(sund_ctx *ctx, labels *l) {
  overland_task *t = l->task;
  const overland_frame *frame = l->frame;
  t->label = sund_alloc(ctx, t->o->nodes, sizeof *t->label);
  straight_hit *hit = sund_alloc(ctx, frame->count, t->k * sizeof *hit);
  l->incomplete = sund_alloc(l->scratch, frame->count, sizeof *l->incomplete);
  if (!t->label || !hit || !l->incomplete) return SUND_LIMIT;
  for (size_t i = 0; i < frame->count; i++)
    t->label[frame->node[i]] =
        (straight_best){.room = t->k, .limit = frame->slack[frame->node[i]], .hit = hit + i * t->k};
  TRY(sund_for(l->scratch, frame->count, BLOCK, look_block, l));
  TRY(spread(l));
  l->again = true;
  TRY(sund_for(l->scratch, frame->count, BLOCK, look_block, l));
  TRY(list_pairs(l));
  return spread(l);
}

sund_code overland_label(sund_ctx *ctx, overland_task *task, const overland_frame *frame) {
  sund_ctx *scratch = sund_ctx_child(ctx);
  if (!scratch) return SUND_LIMIT;
  labels l = {.scratch = scratch, .task = task, .frame = frame};
  sund_code code = run(ctx, &l);
  if (code != SUND_OK) code = sund_ctx_pass(ctx, scratch);
  sund_ctx_free(scratch);
  return code;
}

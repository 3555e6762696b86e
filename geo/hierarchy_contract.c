/* hierarchy_contract.c - streets contracted node by node (Geisberger, Sanders, Schultes and Delling 2008): where
 * the fastest way between two neighbours leads over the node that is taken out, they get an arc of their own.
 *
 * The next node is the one whose removal costs least: few new arcs for those that go, and few nodes already
 * contracted one above the other in its surroundings. What it costs is found out when its turn comes (lazy update)
 * by trying; a bounded search for a way round may miss one, which makes an arc too many but no answer wrong.
 *
 * Neighbours left are kept in one list a node, both directions together. A node's list when it is contracted is
 * what the hierarchy needs of it. Equal costs: the smaller number, so the order depends on nothing else.
 */
#include <string.h>

#include "geo/hierarchy_witness.h"

enum { SETTLE = 60, BLOCK = 4096, LEVEL_COST = 1000, ARC_COST = 1000 };

/* An arc to be made. */
typedef struct shortcut {
  uint32_t from, to, units;
} shortcut;

/* What it takes to try a node. */
typedef struct trial {
  witness witness;
  shortcut *shortcut;
  size_t count, room;
} trial;

/* A node that waits for its turn, by its cost when it was tried last. */
typedef struct turn {
  uint64_t cost;
  uint32_t node;
} turn;

typedef struct contraction {
  sund_ctx *scratch;
  hierarchy_order *left;
  uint32_t *room;      /* nodes: of near                                       */
  uint32_t *level;     /* nodes: contracted ones above each other next to it   */
  uint32_t *arcs_cost; /* nodes: when it was tried last */
  turn *heap;
  size_t waiting;
} contraction;

/* --------------------------------------------------------------------------------------------------- neighbours */

static hierarchy_near *find_near(const hierarchy_order *left, uint32_t node, uint32_t other) {
  for (uint32_t i = 0; i < left->count[node]; i++)
    if (left->near[node][i].node == other) return &left->near[node][i];
  return NULL;
}

/* Lists are short and many: they grow by little. */
static sund_code more_room(contraction *c, uint32_t node) {
  const uint32_t count = c->left->count[node], room = count + count / 2 + 2;
  if (count < c->room[node]) return SUND_OK;
  hierarchy_near *grown = sund_alloc(c->scratch, room, sizeof *grown);
  if (!grown) return SUND_LIMIT;
  if (count) memcpy(grown, c->left->near[node], count * sizeof *grown);
  c->left->near[node] = grown;
  c->room[node] = room;
  return SUND_OK;
}

/* An arc from the node to another one (or back), unless there is a faster one. */
static sund_code add_near(contraction *c, uint32_t node, uint32_t other, uint32_t units, bool back) {
  hierarchy_near *near = find_near(c->left, node, other);
  if (!near) {
    TRY(more_room(c, node));
    near = &c->left->near[node][c->left->count[node]++];
    *near = (hierarchy_near){other, SUND_BEYOND, SUND_BEYOND};
  }
  uint32_t *known = back ? &near->from : &near->to;
  if (units < *known) *known = units;
  return SUND_OK;
}

static sund_code add_arc(contraction *c, uint32_t from, uint32_t to, uint32_t units) {
  TRY(add_near(c, from, to, units, false));
  return add_near(c, to, from, units, true);
}

static void remove_near(hierarchy_order *left, uint32_t node, uint32_t other) {
  hierarchy_near *near = find_near(left, node, other);
  *near = left->near[node][--left->count[node]];
}

/* ------------------------------------------------------------------------------------------------------- trying */

static sund_code note_shortcut(trial *t, uint32_t from, uint32_t to, uint32_t units) {
  shortcut *grown = sund_grow(t->witness.ctx, t->shortcut, &t->room, t->count + 1, sizeof *grown);
  if (!grown) return SUND_LIMIT;
  t->shortcut = grown;
  grown[t->count++] = (shortcut){from, to, units};
  return SUND_OK;
}

/* The arcs that are needed from one neighbour over the node to the others. */
static sund_code try_from(trial *t, const hierarchy_order *left, uint32_t node, const hierarchy_near *from) {
  const hierarchy_near *near = left->near[node];
  uint64_t most = 0;
  bool others = false;
  for (uint32_t i = 0; i < left->count[node]; i++) {
    if (near[i].node == from->node || near[i].to == SUND_BEYOND) continue;
    const uint64_t units = (uint64_t)from->from + near[i].to;
    if (units > most) most = units;
    others = true;
  }
  if (!others) return SUND_OK;
  TRY(witness_search(&t->witness, from->node, node, most, SETTLE));
  for (uint32_t i = 0; i < left->count[node]; i++) {
    if (near[i].node == from->node || near[i].to == SUND_BEYOND) continue;
    const uint64_t units = (uint64_t)from->from + near[i].to;
    if (units < SUND_BEYOND && witness_units(&t->witness, near[i].node) > units)
      TRY(note_shortcut(t, from->node, near[i].node, (uint32_t)units));
  }
  return SUND_OK;
}

static uint64_t cost_of(const contraction *c, uint32_t node) {
  return (uint64_t)LEVEL_COST * c->level[node] + c->arcs_cost[node];
}

/* Notes the arcs that are needed without the node, and what they cost. */
static sund_code try_node(trial *t, const contraction *c, uint32_t node) {
  const hierarchy_order *left = c->left;
  uint64_t gone = 0;
  t->count = 0;
  for (uint32_t i = 0; i < left->count[node]; i++) {
    const hierarchy_near *near = &left->near[node][i];
    gone += near->to != SUND_BEYOND;
    gone += near->from != SUND_BEYOND;
    if (near->from != SUND_BEYOND) TRY(try_from(t, left, node, near));
  }
  c->arcs_cost[node] = gone ? (uint32_t)((uint64_t)ARC_COST * t->count / gone) : 0;
  return SUND_OK;
}

/* -------------------------------------------------------------------------------------------------------- turns */

static bool before(turn a, turn b) {
  return a.cost < b.cost || (a.cost == b.cost && a.node < b.node);
}

static void sift_down(contraction *c, size_t at) {
  const turn moved = c->heap[at];
  for (;;) {
    size_t child = 2 * at + 1;
    if (child >= c->waiting) break;
    if (child + 1 < c->waiting && before(c->heap[child + 1], c->heap[child])) child++;
    if (!before(c->heap[child], moved)) break;
    c->heap[at] = c->heap[child];
    at = child;
  }
  c->heap[at] = moved;
}

static sund_code try_rows(sund_ctx *worker, size_t begin, size_t end, void *data) {
  contraction *c = data;
  trial t = {0};
  TRY(witness_open(worker, c->left, &t.witness));
  for (size_t v = begin; v < end; v++) {
    TRY(try_node(&t, c, (uint32_t)v));
    c->heap[v] = (turn){cost_of(c, (uint32_t)v), (uint32_t)v};
  }
  return SUND_OK;
}

/* --------------------------------------------------------------------------------------------------- contracting */

static sund_code take_out(contraction *c, const trial *t, uint32_t node, uint32_t rank) {
  hierarchy_order *left = c->left;
  left->order[rank] = node;
  left->rank[node] = rank;
  for (uint32_t i = 0; i < left->count[node]; i++) {
    const uint32_t other = left->near[node][i].node;
    remove_near(left, other, node);
    if (c->level[other] <= c->level[node]) c->level[other] = c->level[node] + 1;
  }
  for (size_t i = 0; i < t->count; i++) TRY(add_arc(c, t->shortcut[i].from, t->shortcut[i].to, t->shortcut[i].units));
  return SUND_OK;
}

/* Puts the first one back if it costs more than it did: another one is first then, and the answer true. */
static bool put_back(contraction *c) {
  const turn now = {cost_of(c, c->heap[0].node), c->heap[0].node};
  if (!before(c->heap[0], now)) return false;
  c->heap[0] = now;
  sift_down(c, 0);
  return c->heap[0].node != now.node;
}

static sund_code contract_all(contraction *c) {
  trial t = {0};
  TRY(witness_open(c->scratch, c->left, &t.witness));
  for (size_t i = c->waiting / 2; i-- > 0;) sift_down(c, i);
  for (uint32_t rank = 0; c->waiting;) {
    if (put_back(c)) continue; /* by its level alone */
    const uint32_t node = c->heap[0].node;
    TRY(try_node(&t, c, node));
    if (put_back(c)) continue;
    c->heap[0] = c->heap[--c->waiting];
    if (c->waiting) sift_down(c, 0);
    TRY(take_out(c, &t, node, rank++));
  }
  return SUND_OK;
}

static sund_code list_neighbours(contraction *c, const sund_streets *s) {
  for (uint32_t v = 0; v < s->nodes; v++)
    for (size_t i = s->arcs[0].first[v]; i < s->arcs[0].first[v + 1]; i++)
      if (s->arcs[0].arc[i].node != v) TRY(add_arc(c, v, s->arcs[0].arc[i].node, s->arcs[0].arc[i].units));
  return SUND_OK;
}

sund_code hierarchy_contract(sund_ctx *scratch, const sund_streets *s, hierarchy_order *out) {
  const size_t n = s->nodes;
  *out = (hierarchy_order){.nodes = n,
                           .order = sund_alloc(scratch, n, sizeof *out->order),
                           .rank = sund_alloc(scratch, n, sizeof *out->rank),
                           .near = sund_alloc(scratch, n, sizeof *out->near),
                           .count = sund_alloc(scratch, n, sizeof *out->count)};
  contraction c = {.scratch = scratch,
                   .left = out,
                   .room = sund_alloc(scratch, n, sizeof *c.room),
                   .level = sund_alloc(scratch, n, sizeof *c.level),
                   .arcs_cost = sund_alloc(scratch, n, sizeof *c.arcs_cost),
                   .heap = sund_alloc(scratch, n, sizeof *c.heap),
                   .waiting = n};
  if (!out->order || !out->rank || !out->near || !out->count || !c.room || !c.level || !c.arcs_cost || !c.heap)
    return SUND_LIMIT;
  TRY(list_neighbours(&c, s));
  const size_t blocks = 4 * (size_t)sund_ctx_thread_count(scratch);
  TRY(sund_for(scratch, n, n / blocks + BLOCK, try_rows, &c));
  return contract_all(&c);
}

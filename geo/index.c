/* index.c - which boxes meet a box, and which item is nearest to a point.
 *
 * A packed R-tree (Kamel & Faloutsos, "On packing R-trees", 1993): boxes are sorted by the Hilbert value of their
 * centre and every 16 neighbours share a parent, level by level up to one root. Node k of a level covers entries
 * 16 k .. 16 k + 15 of the level below, so the tree is two arrays and needs no pointers.
 *
 * Searching walks that implicit order without a stack. The nearest item is found depth-first, nearest child first,
 * with branch and bound (Roussopoulos, Kelley & Vincent, "Nearest neighbor queries", 1995) on a stack whose size is
 * known from the height of the tree. Neither allocates, so any number of threads may read.
 */
#include "geo/index.h"

#include <assert.h>
#include <float.h>
#include <math.h>

enum {
  FAN_OUT = 16,   /* entries a node                  */
  MAX_LEVELS = 17 /* 16 levels of nodes hold 2^64 items */
};

struct sund_index {
  size_t count;                 /* items kept                                       */
  int levels;                   /* levels in use; level 0 = the items; 0 = empty    */
  size_t size[MAX_LEVELS];      /* entries of each level; the top level has 1       */
  double (*box[MAX_LEVELS])[4]; /* their boxes: min x, min y, max x, max y          */
  size_t *item;                 /* count: the caller's number of each level-0 entry */
  double slack;                 /* metres that rounding may take off a distance     */
};

/* -------------------------------------------------------------------------------------------------- building */

static bool usable(const double box[4]) {
  return box[0] <= box[2] && box[1] <= box[3];
}

static void grow(double box[4], const double by[4]) {
  if (by[0] < box[0]) box[0] = by[0];
  if (by[1] < box[1]) box[1] = by[1];
  if (by[2] > box[2]) box[2] = by[2];
  if (by[3] > box[3]) box[3] = by[3];
}

/* Items with usable boxes along the Hilbert curve of their middles. */
static sund_code order(sund_ctx *scratch, size_t n, const double *boxes, size_t count, size_t **out) {
  size_t *item = sund_alloc(scratch, count, sizeof *item);
  size_t *place = sund_alloc(scratch, count, sizeof *place);
  double *x = sund_alloc(scratch, count, sizeof *x);
  double *y = sund_alloc(scratch, count, sizeof *y);
  if (!item || !place || !x || !y) return SUND_LIMIT;
  size_t used = 0;
  for (size_t i = 0; i < n; i++) {
    const double *box = boxes + 4 * i;
    if (!usable(box)) continue;
    x[used] = 0.5 * box[0] + 0.5 * box[2]; /* without overflow; not finite for an infinite box, which is allowed */
    y[used] = 0.5 * box[1] + 0.5 * box[3];
    item[used++] = i;
  }
  assert(used == count);
  TRY(sund_hilbert_order(scratch, count, x, y, place));
  for (size_t i = 0; i < count; i++) place[i] = item[place[i]];
  *out = place;
  return SUND_OK;
}

/* Boxes of one level of nodes from the level below. */
static void pack(sund_index *index, int level) {
  for (size_t node = 0; node < index->size[level]; node++) {
    double *box = index->box[level][node];
    box[0] = box[1] = INFINITY;
    box[2] = box[3] = -INFINITY;
    size_t end = (node + 1) * FAN_OUT < index->size[level - 1] ? (node + 1) * FAN_OUT : index->size[level - 1];
    for (size_t i = node * FAN_OUT; i < end; i++) grow(box, index->box[level - 1][i]);
  }
}

/* Room for every level: one array of boxes, shared out. */
static sund_code make_room(sund_ctx *ctx, sund_index *index) {
  size_t total = 0;
  for (size_t size = index->count; index->count; size = (size + FAN_OUT - 1) / FAN_OUT) {
    index->size[index->levels++] = size;
    total += size;
    if (size == 1) break;
  }
  double(*boxes)[4] = sund_alloc(ctx, total, sizeof *boxes);
  index->item = sund_alloc(ctx, index->count, sizeof *index->item);
  if (!boxes || !index->item) return SUND_LIMIT;
  for (int level = 0; level < index->levels; level++) {
    index->box[level] = boxes;
    boxes += index->size[level];
  }
  return SUND_OK;
}

static sund_code build(sund_ctx *ctx, sund_ctx *scratch, size_t n, const double *boxes, sund_index **out) {
  sund_index *index = sund_alloc(ctx, 1, sizeof *index);
  if (!index) return SUND_LIMIT;
  for (size_t i = 0; i < n; i++) index->count += usable(boxes + 4 * i);
  TRY(make_room(ctx, index));
  size_t *item;
  TRY(order(scratch, n, boxes, index->count, &item));
  double largest = 0;
  for (size_t i = 0; i < index->count; i++) {
    const double *box = boxes + 4 * item[i];
    index->item[i] = item[i];
    for (int k = 0; k < 4; k++) {
      index->box[0][i][k] = box[k];
      if (isfinite(box[k])) largest = fmax(largest, fabs(box[k]));
    }
  }
  index->slack = 8 * DBL_EPSILON * largest;
  for (int level = 1; level < index->levels; level++) pack(index, level);
  *out = index;
  return SUND_OK;
}

sund_code sund_index_build(sund_ctx *ctx, size_t n, const double *boxes, sund_index **out) {
  sund_ctx *scratch = sund_ctx_child(ctx);
  if (!scratch) return SUND_LIMIT;
  sund_code code = build(ctx, scratch, n, boxes, out);
  if (code != SUND_OK) code = sund_ctx_pass(ctx, scratch);
  sund_ctx_free(scratch);
  return code;
}

/* ------------------------------------------------------------------------------------------------- searching */

static bool meets(const double a[4], const double b[4]) {
  return (a[0] <= b[2]) & (a[2] >= b[0]) & (a[1] <= b[3]) & (a[3] >= b[1]); /* one branch, not four */
}

/* A place in the tree. */
typedef struct cursor {
  size_t at;
  int level;
  bool seen; /* looked at: the next step leads on */
} cursor;

static inline cursor first_place(const sund_index *index) {
  return (cursor){.level = index->levels - 1};
}

/* Goes on to the next item whose box meets the box; false when there is none left. */
static inline bool next_place(const sund_index *index, const double box[4], cursor *c) {
  const int top = index->levels - 1;
  if (top < 0) return false;
  for (;;) {
    if (c->seen) {
      /* on to the next entry; past a node's last one, to what follows the node */
      c->at++;
      while (c->level < top && (c->at % FAN_OUT == 0 || c->at == index->size[c->level])) {
        c->at = (c->at + FAN_OUT - 1) / FAN_OUT;
        c->level++;
      }
      if (c->level == top) return false;
    }
    c->seen = true;
    if (!meets(index->box[c->level][c->at], box)) continue;
    if (c->level == 0) return true;
    c->level--; /* down to the first child */
    c->at *= FAN_OUT;
    c->seen = false;
  }
}

void sund_index_search(const sund_index *index, const double box[4], bool (*visit)(size_t item, void *data),
                       void *data) {
  for (cursor c = first_place(index); next_place(index, box, &c);)
    if (!visit(index->item[c.at], data)) return;
}

/* ------------------------------------------------------------------------------------------------------ pairs */

/* A node of the lowest level, and its items with their boxes grown. */
typedef struct group {
  const sund_index *index;
  size_t count;
  size_t item[FAN_OUT];
  double box[FAN_OUT][4];
  void (*visit)(size_t a, size_t b, void *data);
  void *data;
} group;

static void pair_up(group *g, size_t at) {
  const size_t item = g->index->item[at];
  for (size_t i = 0; i < g->count; i++) {
    if (g->item[i] < item && meets(g->box[i], g->index->box[0][at])) g->visit(g->item[i], item, g->data);
  }
}

size_t index_groups(const sund_index *index) {
  return (index->count + FAN_OUT - 1) / FAN_OUT;
}

void index_pairs(const sund_index *index, size_t begin, size_t end, double by,
                 void (*visit)(size_t a, size_t b, void *data), void *data) {
  group g = {.index = index, .visit = visit, .data = data};
  for (size_t node = begin; node < end; node++) {
    const size_t first = node * FAN_OUT, rest = index->count - first;
    double box[4] = {INFINITY, INFINITY, -INFINITY, -INFINITY};
    g.count = rest < FAN_OUT ? rest : FAN_OUT;
    for (size_t i = 0; i < g.count; i++) {
      const double *own = index->box[0][first + i];
      const double grown[4] = {own[0] - by, own[1] - by, own[2] + by, own[3] + by};
      for (int k = 0; k < 4; k++) g.box[i][k] = grown[k];
      g.item[i] = index->item[first + i];
      grow(box, grown);
    }
    for (cursor c = first_place(index); next_place(index, box, &c);) pair_up(&g, c.at);
  }
}

/* ---------------------------------------------------------------------------------------------- nearest item */

typedef struct pending {
  double square; /* squared distance of the box */
  size_t at;
  int level;
} pending;

typedef struct quest {
  double x, y;
  double limit;
  double reach;  /* squared distance beyond which nothing can win */
  double metres; /* of the best so far                            */
  size_t best;
} quest;

static double square_to(const double box[4], double x, double y) {
  const double west = box[0] - x, east = x - box[2], south = box[1] - y, north = y - box[3];
  double dx = west > east ? west : east, dy = south > north ? south : north; /* largest of two: no branch */
  dx = dx > 0 ? dx : 0;
  dy = dy > 0 ? dy : 0;
  return dx * dx + dy * dy;
}

/* A caller's distance may come out a little below that of the box, by rounding: nothing may be lost by that, not even
 * a tie, so the reach has some slack. */
static double reach_of(const sund_index *index, double metres) {
  const double reach = metres + index->slack;
  return reach * reach * (1 + 8 * DBL_EPSILON);
}

/* Pushes the children of a node that can still win, the nearest last. Returns the new height of the stack. */
static size_t push_children(const sund_index *index, const quest *q, int level, size_t node, pending *stack,
                            size_t height) {
  const size_t first = height;
  size_t end = (node + 1) * FAN_OUT < index->size[level] ? (node + 1) * FAN_OUT : index->size[level];
  for (size_t i = node * FAN_OUT; i < end; i++) {
    double square = square_to(index->box[level][i], q->x, q->y);
    if (!(square <= q->reach)) continue;
    size_t k = height++;
    for (; k > first && stack[k - 1].square < square; k--) stack[k] = stack[k - 1];
    stack[k] = (pending){.square = square, .at = i, .level = level};
  }
  return height;
}

static void try_item(const sund_index *index, quest *q, size_t item, double metres) {
  if (!(metres >= 0 && metres <= q->limit)) return;
  if (q->best != SIZE_MAX && !(metres < q->metres || (metres == q->metres && item < q->best))) return;
  q->best = item;
  q->metres = metres;
  q->reach = reach_of(index, metres);
}

size_t sund_index_nearest(const sund_index *index, double x, double y, double limit,
                          double (*distance)(size_t item, double x, double y, void *data), void *data,
                          double *metres) {
  if (!index->levels || !(limit >= 0) || isnan(x) || isnan(y)) return SIZE_MAX;
  quest q = {.x = x, .y = y, .limit = limit, .reach = reach_of(index, limit), .metres = NAN, .best = SIZE_MAX};
  pending stack[MAX_LEVELS * FAN_OUT];
  size_t height = 0;
  stack[height++] =
      (pending){.square = square_to(index->box[index->levels - 1][0], x, y), .at = 0, .level = index->levels - 1};
  while (height) {
    const pending next = stack[--height];
    if (!(next.square <= q.reach)) continue;
    if (next.level > 0) {
      height = push_children(index, &q, next.level - 1, next.at, stack, height);
    } else {
      const size_t item = index->item[next.at];
      try_item(index, &q, item, distance(item, x, y, data));
    }
  }
  if (q.best != SIZE_MAX && metres) *metres = q.metres;
  return q.best;
}

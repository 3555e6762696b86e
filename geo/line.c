/* line.c - lines joined end to end.
 *
 * Every end is a record; sorted by place, two ends of different lines alone at one place are mates. Chains are walked
 * from mate to mate. A chain then gets a direction and a start that depend on where it lies and not on how it was
 * digitised, because a divider walk gives other lengths from the other end.
 */
#include <stdlib.h>
#include <string.h>

#include "sund/geo.h"

/* One end of one line. End 2 p is the first vertex of part p, end 2 p + 1 its last. */
typedef struct line_end {
  double x, y;
  size_t end;
} line_end;

/* A joined line in the scratch arrays. */
typedef struct chain {
  double x, y; /* its first vertex                   */
  double next_x, next_y;
  size_t first, count; /* vertices                          */
} chain;

/* What joining works on. */
typedef struct joining {
  const sund_shapes *lines;
  size_t *mate;  /* 2 * parts: the end joined to, or SIZE_MAX */
  uint8_t *done; /* parts                                     */
  double *x, *y; /* joined lines one after another            */
  size_t vertices;
  chain *chains;
  size_t count;
} joining;

static int compare_place(double ax, double ay, double bx, double by) {
  if (ax != bx) return ax < bx ? -1 : 1;
  if (ay != by) return ay < by ? -1 : 1;
  return 0;
}

static int compare_ends(const void *a, const void *b) {
  const line_end *p = a, *q = b;
  const int place = compare_place(p->x, p->y, q->x, q->y);
  return place ? place : (p->end > q->end) - (p->end < q->end);
}

static int compare_chains(const void *a, const void *b) {
  const chain *p = a, *q = b;
  int order = compare_place(p->x, p->y, q->x, q->y);
  if (!order) order = compare_place(p->next_x, p->next_y, q->next_x, q->next_y);
  return order ? order : (p->first > q->first) - (p->first < q->first);
}

static size_t part_length(const sund_shapes *lines, size_t part) {
  return lines->first_vertex[part + 1] - lines->first_vertex[part];
}

/* Finds who is joined to whom. */
static sund_code find_mates(sund_ctx *ctx, joining *join) {
  const sund_shapes *lines = join->lines;
  line_end *ends = sund_alloc(ctx, 2 * lines->parts, sizeof *ends);
  if (!ends) return SUND_LIMIT;
  size_t n = 0;
  for (size_t part = 0; part < lines->parts; part++) {
    join->mate[2 * part] = join->mate[2 * part + 1] = SIZE_MAX;
    if (part_length(lines, part) < 2) continue;
    const size_t first = lines->first_vertex[part], last = lines->first_vertex[part + 1] - 1;
    ends[n++] = (line_end){lines->x[first], lines->y[first], 2 * part};
    ends[n++] = (line_end){lines->x[last], lines->y[last], 2 * part + 1};
  }
  qsort(ends, n, sizeof *ends, compare_ends);
  for (size_t i = 0, to; i < n; i = to) {
    for (to = i + 1; to < n && ends[to].x == ends[i].x && ends[to].y == ends[i].y;) to++;
    if (to - i != 2 || ends[i].end / 2 == ends[i + 1].end / 2) continue;
    join->mate[ends[i].end] = ends[i + 1].end;
    join->mate[ends[i + 1].end] = ends[i].end;
  }
  return SUND_OK;
}

/* Adds a vertex unless the chain stands there already. */
static void add(joining *join, size_t first, double x, double y) {
  if (join->vertices > first && join->x[join->vertices - 1] == x && join->y[join->vertices - 1] == y) return;
  join->x[join->vertices] = x;
  join->y[join->vertices++] = y;
}

/* Walks the chain that is entered at `end`, to its other end or once around. */
static void walk(joining *join, size_t end) {
  const sund_shapes *lines = join->lines;
  const size_t first = join->vertices;
  while (end != SIZE_MAX && !join->done[end / 2]) {
    const size_t part = end / 2, from = lines->first_vertex[part], n = part_length(lines, part);
    join->done[part] = 1;
    for (size_t i = 0; i < n; i++) {
      const size_t v = from + (end % 2 ? n - 1 - i : i);
      add(join, first, lines->x[v], lines->y[v]);
    }
    end = join->mate[end ^ 1];
  }
  const size_t count = join->vertices - first;
  if (count < 2) join->vertices = first;
  else join->chains[join->count++] = (chain){.first = first, .count = count};
}

static void reverse(size_t n, double *v) {
  for (size_t i = 0; i < n / 2; i++) {
    const double kept = v[i];
    v[i] = v[n - 1 - i];
    v[n - 1 - i] = kept;
  }
}

/* Turns the n values so that the one at `to` comes first: three reversals. */
static void turn(size_t n, double *v, size_t to) {
  reverse(to, v);
  reverse(n - to, v + to);
  reverse(n, v);
}

/* Gives a chain its direction and start: open ones begin at the smaller end (x, then y), closed ones at their smallest
 * vertex and run counter-clockwise. */
static void settle(joining *join, chain *c) {
  double *x = join->x + c->first, *y = join->y + c->first;
  const size_t n = c->count, last = n - 1;
  const int ends = compare_place(x[0], y[0], x[last], y[last]);
  const bool backwards = ends ? ends > 0 : sund_ring_area(n, x, y) < 0;
  if (backwards) {
    reverse(n, x);
    reverse(n, y);
  }
  if (!ends) {
    size_t smallest = 0;
    for (size_t i = 1; i < last; i++)
      if (compare_place(x[i], y[i], x[smallest], y[smallest]) < 0) smallest = i;
    turn(last, x, smallest);
    turn(last, y, smallest);
    x[last] = x[0];
    y[last] = y[0];
  }
  c->x = x[0], c->y = y[0], c->next_x = x[1], c->next_y = y[1];
}

/* Copies the chains in their order. */
static sund_code deliver(sund_ctx *ctx, const joining *join, sund_shapes **out) {
  sund_shapes *shapes = NULL;
  TRY(sund_shapes_new(ctx, SUND_LINE, join->count, join->count, join->vertices, &shapes));
  size_t at = 0;
  for (size_t i = 0; i < join->count; i++) {
    const chain *c = &join->chains[i];
    memcpy(shapes->x + at, join->x + c->first, c->count * sizeof *shapes->x);
    memcpy(shapes->y + at, join->y + c->first, c->count * sizeof *shapes->y);
    at += c->count;
    shapes->first_part[i + 1] = i + 1;
    shapes->first_vertex[i + 1] = at;
  }
  *out = shapes;
  return SUND_OK;
}

/* Everything that needs scratch memory. */
static sund_code join_in(sund_ctx *scratch, joining *join) {
  const size_t parts = join->lines->parts, vertices = join->lines->vertices;
  join->mate = sund_alloc(scratch, 2 * parts, sizeof *join->mate);
  if (!join->mate) return SUND_LIMIT;
  join->done = sund_alloc(scratch, parts, sizeof *join->done);
  if (!join->done) return SUND_LIMIT;
  join->x = sund_alloc(scratch, vertices, sizeof *join->x);
  if (!join->x) return SUND_LIMIT;
  join->y = sund_alloc(scratch, vertices, sizeof *join->y);
  if (!join->y) return SUND_LIMIT;
  join->chains = sund_alloc(scratch, parts, sizeof *join->chains);
  if (!join->chains) return SUND_LIMIT;
  TRY(find_mates(scratch, join));
  /* chains with ends first, then the closed ones that are left */
  for (size_t end = 0; end < 2 * parts; end++)
    if (join->mate[end] == SIZE_MAX && !join->done[end / 2]) walk(join, end);
  for (size_t part = 0; part < parts; part++)
    if (!join->done[part]) walk(join, 2 * part);
  for (size_t i = 0; i < join->count; i++) settle(join, &join->chains[i]);
  qsort(join->chains, join->count, sizeof *join->chains, compare_chains);
  return SUND_OK;
}

sund_code sund_line_join(sund_ctx *ctx, const sund_shapes *lines, sund_shapes **out) {
  joining join = {.lines = lines};
  sund_ctx *scratch = sund_ctx_child(ctx);
  if (!scratch) return SUND_LIMIT;
  sund_code code = join_in(scratch, &join);
  if (code == SUND_OK) code = deliver(ctx, &join, out);
  else code = sund_ctx_pass(ctx, scratch);
  sund_ctx_free(scratch);
  return code;
}

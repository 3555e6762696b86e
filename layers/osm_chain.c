/* osm_chain.c - coastlines cut at the box of an extract (Liang and Barsky 1984) and joined end to start.
 *
 * Only the end of one piece and the start of the next are joined: a coastline has a direction, land lies on its left.
 */
#include <stdlib.h>

#include "osm_coast.h"

/* ----------------------------------------------------------------------------------------------------------- lines */

sund_code osm_lines_open(sund_ctx *ctx, osm_lines *out) {
  *out = (osm_lines){.ctx = ctx};
  out->first = sund_grow(ctx, NULL, &out->first_room, 2, sizeof *out->first);
  return out->first ? SUND_OK : SUND_LIMIT;
}

sund_code osm_lines_add(osm_lines *l, double x, double y) {
  size_t n = l->vertices;
  if (n > l->first[l->count] && l->x[n - 1] == x && l->y[n - 1] == y) return SUND_OK;
  double *xs = sund_grow(l->ctx, l->x, &l->x_room, n + 1, sizeof *xs);
  double *ys = sund_grow(l->ctx, l->y, &l->y_room, n + 1, sizeof *ys);
  if (!xs || !ys) return SUND_LIMIT;
  l->x = xs;
  l->y = ys;
  l->x[n] = x;
  l->y[n] = y;
  l->vertices++;
  return SUND_OK;
}

sund_code osm_lines_end(osm_lines *l) {
  size_t *first = sund_grow(l->ctx, l->first, &l->first_room, l->count + 2, sizeof *first);
  if (!first) return SUND_LIMIT;
  l->first = first;
  if (l->vertices - l->first[l->count] < 2) l->vertices = l->first[l->count];
  else l->first[++l->count] = l->vertices;
  return SUND_OK;
}

/* ------------------------------------------------------------------------------------------------------------- cut */

/* A segment in a box: the part from share t0 to t1, and the side on which each of these ends lies, -1 = none. */
typedef struct cut {
  double t0, t1;
  int side0, side1; /* index in the box: 0 west, 1 south, 2 east, 3 north */
} cut;

/* False when no point of the segment is in the box. */
static bool cut_segment(const double a[2], const double b[2], const double box[4], cut *out) {
  *out = (cut){0, 1, -1, -1};
  for (int side = 0; side < 4; side++) {
    int axis = side % 2;
    double sign = side < 2 ? 1 : -1; /* inside is where sign * (value - box[side]) >= 0 */
    double from = sign * (a[axis] - box[side]), to = sign * (b[axis] - box[side]);
    if (from < 0 && to < 0) return false;
    if (from >= 0 && to >= 0) continue;
    double t = from / (from - to);
    if (from < 0 && t > out->t0) {
      out->t0 = t;
      out->side0 = side;
    }
    if (to < 0 && t < out->t1) {
      out->t1 = t;
      out->side1 = side;
    }
  }
  return out->t0 <= out->t1;
}

/* The point at a share of the segment, exactly on the side where it was cut. */
static sund_code add_cut(osm_lines *l, const double a[2], const double b[2], double t, int side,
                         const double box[4]) {
  double p[2];
  for (int axis = 0; axis < 2; axis++) {
    p[axis] = side < 0 ? (t > 0 ? b[axis] : a[axis]) : a[axis] + t * (b[axis] - a[axis]);
    if (p[axis] < box[axis]) p[axis] = box[axis];
    if (p[axis] > box[axis + 2]) p[axis] = box[axis + 2];
  }
  if (side >= 0) p[side % 2] = box[side];
  return osm_lines_add(l, p[0], p[1]);
}

/* The pieces of one line that lie in the box. */
static sund_code cut_line(const sund_shapes *coast, size_t part, const double *box, osm_lines *out) {
  size_t begin = coast->first_vertex[part], end = coast->first_vertex[part + 1];
  for (size_t v = begin; v < end && !box; v++) TRY(osm_lines_add(out, coast->x[v], coast->y[v]));
  for (size_t v = begin; v + 1 < end && box; v++) {
    const double a[2] = {coast->x[v], coast->y[v]}, b[2] = {coast->x[v + 1], coast->y[v + 1]};
    cut c;
    if (!cut_segment(a, b, box, &c)) {
      TRY(osm_lines_end(out));
      continue;
    }
    TRY(add_cut(out, a, b, c.t0, c.side0, box));
    TRY(add_cut(out, a, b, c.t1, c.side1, box));
    if (c.side1 >= 0) TRY(osm_lines_end(out));
  }
  return osm_lines_end(out);
}

/* ------------------------------------------------------------------------------------------------------------ join */

typedef struct start {
  double x, y;
  size_t piece;
} start;

static int compare_starts(const void *a, const void *b) {
  const start *one = a, *other = b;
  if (one->x != other->x) return one->x < other->x ? -1 : 1;
  if (one->y != other->y) return one->y < other->y ? -1 : 1;
  return one->piece < other->piece ? -1 : one->piece > other->piece;
}

/* The first piece nobody goes on to yet that starts at a place, SIZE_MAX = none. */
static size_t piece_at(const start *starts, size_t count, double x, double y, const uint8_t *taken) {
  size_t low = 0, high = count;
  const start wanted = {x, y, 0};
  while (low < high) {
    size_t middle = low + (high - low) / 2;
    if (compare_starts(&starts[middle], &wanted) < 0) low = middle + 1;
    else high = middle;
  }
  for (; low < count && starts[low].x == x && starts[low].y == y; low++)
    if (!taken[starts[low].piece]) return starts[low].piece;
  return SIZE_MAX;
}

/* next[k]: the piece that goes on where piece k ends, or SIZE_MAX. taken[k]: piece k goes on from another. */
static sund_code follow(sund_ctx *ctx, const osm_lines *pieces, size_t *next, uint8_t *taken) {
  start *starts = sund_alloc(ctx, pieces->count, sizeof *starts);
  if (!starts) return SUND_LIMIT;
  for (size_t i = 0; i < pieces->count; i++)
    starts[i] = (start){pieces->x[pieces->first[i]], pieces->y[pieces->first[i]], i};
  qsort(starts, pieces->count, sizeof *starts, compare_starts);
  for (size_t i = 0; i < pieces->count; i++) {
    size_t last = pieces->first[i + 1] - 1;
    next[i] = piece_at(starts, pieces->count, pieces->x[last], pieces->y[last], taken);
    if (next[i] != SIZE_MAX) taken[next[i]] = 1;
  }
  return SUND_OK;
}

static sund_code add_chain(const osm_lines *pieces, size_t from, const size_t *next, uint8_t *done, osm_lines *out) {
  for (size_t k = from; k != SIZE_MAX && !done[k]; k = next[k]) {
    done[k] = 1;
    for (size_t v = pieces->first[k]; v < pieces->first[k + 1]; v++)
      TRY(osm_lines_add(out, pieces->x[v], pieces->y[v]));
  }
  return osm_lines_end(out);
}

sund_code osm_chains(sund_ctx *ctx, const sund_shapes *coast, const double *box, osm_lines *out) {
  osm_lines pieces;
  TRY(osm_lines_open(ctx, &pieces));
  for (size_t p = 0; p < coast->parts; p++) TRY(cut_line(coast, p, box, &pieces));
  size_t *next = sund_alloc(ctx, pieces.count, sizeof *next);
  uint8_t *taken = sund_alloc(ctx, pieces.count, 1), *done = sund_alloc(ctx, pieces.count, 1);
  if (!next || !taken || !done) return SUND_LIMIT;
  TRY(follow(ctx, &pieces, next, taken));
  TRY(osm_lines_open(ctx, out));
  /* Open chains begin at pieces that no other goes on to; what is left are rings. */
  for (size_t i = 0; i < pieces.count; i++)
    if (!taken[i]) TRY(add_chain(&pieces, i, next, done, out));
  for (size_t i = 0; i < pieces.count; i++)
    if (!done[i]) TRY(add_chain(&pieces, i, next, done, out));
  return SUND_OK;
}

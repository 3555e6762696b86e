/* osm_coast.c - land out of coastlines.
 *
 * In OpenStreetMap land lies on the left of natural=coastline. Inside the box of an extract the coast is rings (islands
 * run counter-clockwise, waters clockwise) and chains that come in over the box and leave over it. Land has the coast and,
 * counter-clockwise, the box as its boundary: from where a chain leaves, along the box to where the next one comes in.
 * Around the box chains leave and come in by turns, and rings within each other run by turns; where they do not, the data
 * contradict themselves, and where a chain ends inside the box nobody knows: both are refused, naming the place.
 */
#include "osm_coast.h"

#include <math.h>
#include <stdlib.h>

/* A square of a tenth of a millimetre. */
#define SMALLEST_DEGREES2 1e-18

/* A place where a chain meets the box. */
typedef struct gap {
  double along; /* counter-clockwise from the south-west corner, sides of length 1 */
  size_t chain;
  bool leaves;
} gap;

typedef struct coast {
  sund_ctx *ctx;
  const double *box; /* NULL = not stated */
  osm_lines chains;
  osm_lines rings; /* closed, those of land made of chains first */
  size_t gaps;
  gap *gap;
} coast;

static sund_code fail_at(coast *c, double x, double y, const char *what) {
  return sund_fail(c->ctx, SUND_DATA, "the coastline %s at longitude %.6f, latitude %.6f", what, x, y);
}

/* ------------------------------------------------------------------------------------------------------------ chains */

/* Where a point lies along the box; negative when it does not lie on it. */
static double place_on_box(const double box[4], double x, double y) {
  double width = box[2] - box[0], height = box[3] - box[1];
  if (y == box[1]) return (x - box[0]) / width;
  if (x == box[2]) return 1 + (y - box[1]) / height;
  if (y == box[3]) return 2 + (box[2] - x) / width;
  if (x == box[0]) return 3 + (box[3] - y) / height;
  return -1;
}

static sund_code add_gap(coast *c, size_t chain, bool leaves) {
  const osm_lines *l = &c->chains;
  size_t v = leaves ? l->first[chain + 1] - 1 : l->first[chain];
  double along = c->box ? place_on_box(c->box, l->x[v], l->y[v]) : -1;
  if (along < 0)
    return fail_at(c, l->x[v], l->y[v],
                   c->box ? "ends inside the extract, so that nobody can tell land from sea,"
                          : "is open and the file states no box to close it with: it ends");
  c->gap[c->gaps++] = (gap){along, chain, leaves};
  return SUND_OK;
}

static int compare_gaps(const void *a, const void *b) {
  const gap *one = a, *other = b;
  if (one->along != other->along) return one->along < other->along ? -1 : 1;
  if (one->leaves != other->leaves) return one->leaves ? -1 : 1;
  return one->chain < other->chain ? -1 : one->chain > other->chain;
}

/* Gaps in their order around the box, those that come in and leave by turns. At one place either may be first. */
static sund_code order_gaps(coast *c) {
  qsort(c->gap, c->gaps, sizeof *c->gap, compare_gaps);
  for (size_t i = 1; i < c->gaps; i++) {
    gap *here = &c->gap[i];
    size_t next = i + 1;
    if (here->leaves != here[-1].leaves) continue;
    while (next < c->gaps && c->gap[next].along == here->along && c->gap[next].leaves == here->leaves) next++;
    if (next == c->gaps || c->gap[next].along != here->along || c->gap[next].leaves == here->leaves) {
      const osm_lines *l = &c->chains;
      size_t v = here->leaves ? l->first[here->chain + 1] - 1 : l->first[here->chain];
      return fail_at(c, l->x[v], l->y[v], "contradicts the one beside it: one of them runs the wrong way round,");
    }
    gap kept = *here;
    *here = c->gap[next];
    c->gap[next] = kept;
  }
  return SUND_OK;
}

/* Corners of the box that are passed from one place on it to another, counter-clockwise. */
static sund_code add_corners(coast *c, double from, double to) {
  const double *b = c->box;
  const double x[4] = {b[0], b[2], b[2], b[0]}, y[4] = {b[1], b[1], b[3], b[3]};
  for (double corner = floor(from) + 1; corner < to; corner++)
    TRY(osm_lines_add(&c->rings, x[(int)corner % 4], y[(int)corner % 4]));
  return SUND_OK;
}

/* Closes the ring being added with its first vertex; what has no area, as along an edge of the box, is dropped. */
static sund_code end_ring(coast *c) {
  osm_lines *r = &c->rings;
  size_t first = r->first[r->count];
  TRY(osm_lines_add(r, r->x[first], r->y[first]));
  size_t count = r->vertices - first;
  if (count < 4 || fabs(sund_ring_area(count, r->x + first, r->y + first)) < SMALLEST_DEGREES2) r->vertices = first;
  return osm_lines_end(r);
}

static sund_code add_vertices(coast *c, size_t chain) {
  const osm_lines *l = &c->chains;
  for (size_t v = l->first[chain]; v < l->first[chain + 1]; v++) TRY(osm_lines_add(&c->rings, l->x[v], l->y[v]));
  return SUND_OK;
}

/* The land that has the chain leaving at gap `from` as its coast. */
static sund_code close_land(coast *c, size_t from, const size_t *leaving, uint8_t *done) {
  for (size_t at = from; !done[at];) {
    const gap *out = &c->gap[at];
    size_t next = at + 1 == c->gaps ? 0 : at + 1;
    const gap *in = &c->gap[next];
    done[at] = 1;
    TRY(add_vertices(c, out->chain));
    TRY(add_corners(c, out->along, in->along + (next < at ? 4 : 0)));
    at = leaving[in->chain];
  }
  return end_ring(c);
}

static sund_code close_chains(coast *c, const uint8_t *open) {
  size_t chains = c->chains.count;
  uint8_t *done = sund_alloc(c->ctx, 2 * chains, 1);
  size_t *leaving = sund_alloc(c->ctx, chains, sizeof *leaving);
  if (!done || !leaving || !(c->gap = sund_alloc(c->ctx, 2 * chains, sizeof *c->gap))) return SUND_LIMIT;
  for (size_t i = 0; i < chains; i++) {
    if (!open[i]) continue;
    TRY(add_gap(c, i, false));
    TRY(add_gap(c, i, true));
  }
  TRY(order_gaps(c));
  for (size_t i = 0; i < c->gaps; i++)
    if (c->gap[i].leaves) leaving[c->gap[i].chain] = i;
  for (size_t i = 0; i < c->gaps; i++)
    if (c->gap[i].leaves && !done[i]) TRY(close_land(c, i, leaving, done));
  return SUND_OK;
}

/* ------------------------------------------------------------------------------------------------------------- rings */

/* Which ring lies directly around each, SIZE_MAX = none. */
typedef struct around {
  const sund_shapes *shape;
  const double *area; /* signed: positive = counter-clockwise */
  size_t ring, best;
} around;

static bool see_ring(size_t item, void *data) {
  around *a = data;
  size_t first = a->shape->first_vertex[a->ring], count = a->shape->first_vertex[a->ring + 1] - first - 1;
  if (item == a->ring || fabs(a->area[item]) <= fabs(a->area[a->ring])) return true;
  int inside = 0; /* of three vertices one may be where the rings touch */
  for (size_t k = 0; k < 3; k++) {
    size_t v = first + k * count / 3;
    inside += sund_area_contains(a->shape, item, a->shape->x[v], a->shape->y[v]);
  }
  if (inside < 2) return true;
  if (a->best == SIZE_MAX || fabs(a->area[item]) < fabs(a->area[a->best])) a->best = item;
  return true;
}

static sund_code find_parents(coast *c, const sund_shapes *shape, const double *area, size_t *parent) {
  double *boxes = sund_alloc(c->ctx, shape->rows, 4 * sizeof *boxes);
  sund_index *index = NULL;
  if (!boxes) return SUND_LIMIT;
  for (size_t i = 0; i < shape->rows; i++) sund_shapes_box(shape, i, boxes + 4 * i);
  TRY(sund_index_build(c->ctx, shape->rows, boxes, &index));
  for (size_t i = 0; i < shape->rows; i++) {
    around a = {shape, area, i, SIZE_MAX};
    sund_index_search(index, boxes + 4 * i, see_ring, &a);
    parent[i] = a.best;
  }
  return SUND_OK;
}

/* Rings as shapes, one a row, as they run. */
static sund_code draw_rings(coast *c, sund_shapes **out) {
  const osm_lines *r = &c->rings;
  TRY(sund_shapes_new(c->ctx, SUND_AREA, r->count, r->count, r->vertices, out));
  for (size_t i = 0; i <= r->count; i++) {
    (*out)->first_part[i] = i;
    (*out)->first_vertex[i] = r->first[i];
  }
  for (size_t v = 0; v < r->vertices; v++) {
    (*out)->x[v] = r->x[v];
    (*out)->y[v] = r->y[v];
  }
  return SUND_OK;
}

/* Without a chain the box itself is land when the outermost rings are waters. */
static sund_code add_box(coast *c, bool *added) {
  sund_shapes *shape = NULL;
  *added = false;
  if (c->gaps > 0 || !c->box || c->rings.count == 0) return SUND_OK;
  TRY(draw_rings(c, &shape));
  double most = 0;
  for (size_t i = 0; i < shape->rows; i++) {
    size_t first = shape->first_vertex[i], count = shape->first_vertex[i + 1] - first;
    double area = sund_ring_area(count, shape->x + first, shape->y + first);
    if (fabs(area) > fabs(most)) most = area;
  }
  if (most > 0) return SUND_OK; /* the largest ring is an outermost one */
  const double *b = c->box;
  TRY(osm_lines_add(&c->rings, b[0], b[1]));
  TRY(osm_lines_add(&c->rings, b[2], b[1]));
  TRY(osm_lines_add(&c->rings, b[2], b[3]));
  TRY(osm_lines_add(&c->rings, b[0], b[3]));
  *added = true;
  return end_ring(c);
}

static void copy_ring(const sund_shapes *from, size_t ring, bool hole, sund_shapes *to) {
  size_t at = to->first_vertex[to->parts];
  for (size_t v = from->first_vertex[ring]; v < from->first_vertex[ring + 1]; v++, at++) {
    to->x[at] = from->x[v];
    to->y[at] = from->y[v];
  }
  to->hole[to->parts++] = hole;
  to->first_vertex[to->parts] = at;
}

/* Holes in the order of their outer ring. */
typedef struct hole {
  size_t parent, ring;
} hole;

static int compare_holes(const void *a, const void *b) {
  const hole *one = a, *other = b;
  if (one->parent != other->parent) return one->parent < other->parent ? -1 : 1;
  return one->ring < other->ring ? -1 : one->ring > other->ring;
}

/* One row for each ring of land, its waters behind it. */
static sund_code draw_land(sund_ctx *ctx, coast *c, const sund_shapes *shape, const double *area,
                           const size_t *parent, sund_shapes **out) {
  hole *holes = sund_alloc(c->ctx, shape->rows, sizeof *holes);
  size_t count = 0, next = 0;
  sund_shapes *land = NULL;
  if (!holes) return SUND_LIMIT;
  for (size_t i = 0; i < shape->rows; i++)
    if (area[i] < 0) holes[count++] = (hole){parent[i], i};
  qsort(holes, count, sizeof *holes, compare_holes);
  TRY(sund_shapes_new(ctx, SUND_AREA, shape->rows - count, shape->parts, shape->vertices, &land));
  land->rows = land->parts = 0;
  for (size_t i = 0; i < shape->rows; i++) {
    if (area[i] < 0) continue;
    copy_ring(shape, i, false, land);
    for (; next < count && holes[next].parent == i; next++) copy_ring(shape, holes[next].ring, true, land);
    land->first_part[++land->rows] = land->parts;
  }
  *out = land;
  return SUND_OK;
}

static sund_code nest_rings(sund_ctx *ctx, coast *c, sund_shapes **out) {
  sund_shapes *shape = NULL;
  bool boxed = false;
  TRY(add_box(c, &boxed));
  TRY(draw_rings(c, &shape));
  double *area = sund_alloc(c->ctx, shape->rows, sizeof *area);
  size_t *parent = sund_alloc(c->ctx, shape->rows, sizeof *parent);
  if (!area || !parent) return SUND_LIMIT;
  for (size_t i = 0; i < shape->rows; i++) {
    size_t first = shape->first_vertex[i], count = shape->first_vertex[i + 1] - first;
    area[i] = sund_ring_area(count, shape->x + first, shape->y + first);
  }
  TRY(find_parents(c, shape, area, parent));
  for (size_t i = 0; i < shape->rows; i++) {
    bool land = area[i] > 0, inside = parent[i] != SIZE_MAX;
    if (inside ? (area[parent[i]] > 0) != land : land) continue;
    return fail_at(c, shape->x[shape->first_vertex[i]], shape->y[shape->first_vertex[i]],
                   "runs the wrong way round: land would lie on both of its sides, or sea, for the ring that begins");
  }
  return draw_land(ctx, c, shape, area, parent, out);
}

/* ------------------------------------------------------------------------------------------------------------- land */

static sund_code make_land(sund_ctx *ctx, coast *c, const sund_shapes *lines, sund_shapes **out) {
  TRY(osm_chains(c->ctx, lines, c->box, &c->chains));
  const osm_lines *l = &c->chains;
  if (l->count == 0)
    return sund_fail(c->ctx, SUND_DATA, "there is no coastline in it, so that nobody can tell land from sea");
  uint8_t *open = sund_alloc(c->ctx, l->count, 1);
  if (!open) return SUND_LIMIT;
  TRY(osm_lines_open(c->ctx, &c->rings));
  for (size_t i = 0; i < l->count; i++) {
    size_t a = l->first[i], b = l->first[i + 1] - 1;
    open[i] = l->x[a] != l->x[b] || l->y[a] != l->y[b];
  }
  TRY(close_chains(c, open));
  for (size_t i = 0; i < l->count; i++) {
    if (open[i]) continue;
    TRY(add_vertices(c, i));
    TRY(end_ring(c));
  }
  return nest_rings(ctx, c, out);
}

sund_code osm_land(sund_ctx *ctx, const sund_shapes *lines, const double box[4], sund_shapes **out) {
  sund_ctx *scratch = sund_ctx_child(ctx);
  if (!scratch) return SUND_LIMIT;
  bool stated = box[0] < box[2] && box[1] < box[3];
  coast c = {.ctx = scratch, .box = stated ? box : NULL};
  sund_code code = make_land(ctx, &c, lines, out);
  if (code != SUND_OK) sund_ctx_pass(ctx, scratch);
  sund_ctx_free(scratch);
  return code;
}

/* overlay_result.c - rows that come out of GEOS, in one normal form, so that equal inputs give equal bytes.
 *
 * A ring starts at its smallest vertex (x, then y); outer rings run counter-clockwise, holes clockwise. Polygons are
 * ordered by their outer rings, vertex by vertex; the holes of each follow it in the same order. Lines are joined end
 * to end and start at their smaller end; their direction means nothing.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "overlay.h"

/* One ring or line of the row being made. Vertices stand in the result's arrays after those of finished rows. */
struct overlay_ring {
  const double *x, *y; /* set when the row is complete: the arrays move while they grow */
  size_t first, n;
  size_t polygon; /* number of its polygon in the row, later the polygon's rank    */
  size_t number;  /* in the row as GEOS gave it                                    */
  bool hole;
};

static sund_code reserve_vertices(overlay_result *r, size_t more) {
  size_t room = r->vertex_room; /* both arrays grow alike */
  double *x = sund_grow(r->o->scratch, r->x, &room, r->vertices + more, sizeof *x);
  double *y = sund_grow(r->o->scratch, r->y, &r->vertex_room, r->vertices + more, sizeof *y);
  if (!x || !y) return SUND_LIMIT;
  r->x = x;
  r->y = y;
  return SUND_OK;
}

sund_code overlay_result_new(overlay *o, sund_kind kind, double thinnest, overlay_result **out) {
  overlay_result *r = sund_alloc(o->scratch, 1, sizeof *r);
  if (!r) return SUND_LIMIT;
  r->o = o;
  r->kind = kind;
  r->thinnest = thinnest;
  *out = r;
  return SUND_OK;
}

/* -------------------------------------------------------------------------------------- rings of the new row */

static bool before(const double *x, const double *y, size_t a, size_t b) {
  return x[a] < x[b] || (x[a] == x[b] && y[a] < y[b]);
}

static void reverse(double *values, size_t n) {
  for (size_t i = 0, k = n; i + 1 < k; i++) {
    const double swap = values[--k];
    values[k] = values[i];
    values[i] = swap;
  }
}

/* Turns the first n values to start at `start`, by three reversals. */
static void rotate(double *values, size_t n, size_t start) {
  reverse(values, start);
  reverse(values + start, n - start);
  reverse(values, n);
}

/* Starts a closed line at its smallest vertex. */
static void start_at_smallest(double *x, double *y, size_t n) {
  size_t least = 0;
  for (size_t i = 1; i + 1 < n; i++) {
    if (before(x, y, i, least)) least = i;
  }
  rotate(x, n - 1, least);
  rotate(y, n - 1, least);
  x[n - 1] = x[0];
  y[n - 1] = y[0];
}

static void turn_round(double *x, double *y, size_t n) {
  reverse(x, n);
  reverse(y, n);
}

static void normalise_line(double *x, double *y, size_t n) {
  const bool closed = x[0] == x[n - 1] && y[0] == y[n - 1];
  if (closed) start_at_smallest(x, y, n);
  const size_t second = closed ? 1 : 0, last = closed ? n - 2 : n - 1;
  if (before(x, y, last, second)) turn_round(x, y, n);
}

/* Reads the vertices of a ring or line behind those already there. */
static sund_code read_vertices(overlay_result *r, const GEOSGeometry *g, size_t *n) {
  const GEOSCoordSequence *seq = GEOSGeom_getCoordSeq_r(r->o->geos, g);
  unsigned size = 0;
  if (!seq || !GEOSCoordSeq_getSize_r(r->o->geos, seq, &size)) return overlay_fail(r->o, "read result", r->rows);
  TRY(reserve_vertices(r, size));
  if (size && !GEOSCoordSeq_copyToArrays_r(r->o->geos, seq, r->x + r->vertices, r->y + r->vertices, NULL, NULL)) {
    return overlay_fail(r->o, "read result", r->rows);
  }
  *n = size;
  return SUND_OK;
}

static sund_code keep_ring(overlay_result *r, size_t n, size_t polygon, bool hole) {
  overlay_ring *ring = sund_grow(r->o->scratch, r->ring, &r->ring_room, r->rings + 1, sizeof *ring);
  if (!ring) return SUND_LIMIT;
  r->ring = ring;
  r->ring[r->rings] =
      (overlay_ring){.first = r->vertices, .n = n, .polygon = polygon, .number = r->rings, .hole = hole};
  r->rings++;
  r->vertices += n;
  return SUND_OK;
}

static sund_code add_line(overlay_result *r, const GEOSGeometry *g) {
  size_t n = 0;
  TRY(read_vertices(r, g, &n));
  double *x = r->x + r->vertices, *y = r->y + r->vertices;
  if (n < 2 || !(sund_line_length(n, x, y) > 0)) return SUND_OK;
  normalise_line(x, y, n);
  return keep_ring(r, n, r->rings, false);
}

/* Adds a ring of a polygon; *kept tells whether it has an area. */
static sund_code add_ring(overlay_result *r, const GEOSGeometry *g, size_t polygon, bool hole, bool *kept) {
  size_t n = 0;
  TRY(read_vertices(r, g, &n));
  double *x = r->x + r->vertices, *y = r->y + r->vertices;
  const double area = n < 4 ? 0 : sund_ring_area(n, x, y);
  *kept = fabs(area) > 0;
  if (!*kept) return SUND_OK;
  if ((area < 0) != hole) turn_round(x, y, n);
  start_at_smallest(x, y, n);
  return keep_ring(r, n, polygon, hole);
}

/* Area over half the perimeter: about the width of something long. */
static bool too_thin(const overlay_result *r, const GEOSGeometry *g) {
  double area = 0, perimeter = 0;
  if (!(r->thinnest > 0)) return false;
  if (!GEOSArea_r(r->o->geos, g, &area) || !GEOSLength_r(r->o->geos, g, &perimeter)) return false;
  return 2 * area < r->thinnest * perimeter;
}

static sund_code add_polygon(overlay_result *r, const GEOSGeometry *g) {
  const GEOSContextHandle_t geos = r->o->geos;
  const size_t polygon = r->rings;
  bool kept;
  if (GEOSisEmpty_r(geos, g) || too_thin(r, g)) return SUND_OK;
  TRY(add_ring(r, GEOSGetExteriorRing_r(geos, g), polygon, false, &kept));
  const int holes = kept ? GEOSGetNumInteriorRings_r(geos, g) : 0;
  for (int i = 0; i < holes; i++) TRY(add_ring(r, GEOSGetInteriorRingN_r(geos, g, i), polygon, true, &kept));
  return SUND_OK;
}

/* Adds every part of the wanted dimension. Collections are walked with a stack: GEOS nests them two deep at most. */
static sund_code add_parts(overlay_result *r, const GEOSGeometry *g) {
  enum { DEPTH = 8 };
  const GEOSContextHandle_t geos = r->o->geos;
  struct {
    const GEOSGeometry *g;
    int next;
  } open[DEPTH] = {{g, 0}};
  int depth = 1;
  while (depth) {
    const GEOSGeometry *top = open[depth - 1].g;
    const int type = GEOSGeomTypeId_r(geos, top);
    const bool collection = type >= GEOS_MULTIPOINT;
    if (!collection && type == GEOS_POLYGON && r->kind == SUND_AREA) TRY(add_polygon(r, top));
    if (!collection && (type == GEOS_LINESTRING || type == GEOS_LINEARRING) && r->kind == SUND_LINE) {
      TRY(add_line(r, top));
    }
    if (!collection || open[depth - 1].next == GEOSGetNumGeometries_r(geos, top)) {
      depth--;
      continue;
    }
    if (depth == DEPTH) return sund_fail(r->o->scratch, SUND_DEFECT, "GEOS nested a result %d deep", DEPTH);
    open[depth].g = GEOSGetGeometryN_r(geos, top, open[depth - 1].next++);
    open[depth++].next = 0;
  }
  return SUND_OK;
}

/* --------------------------------------------------------------------------------------------- order of parts */

static int compare_vertices(const overlay_ring *a, const overlay_ring *b) {
  const size_t n = a->n < b->n ? a->n : b->n;
  for (size_t i = 0; i < n; i++) {
    if (a->x[i] != b->x[i]) return a->x[i] < b->x[i] ? -1 : 1;
    if (a->y[i] != b->y[i]) return a->y[i] < b->y[i] ? -1 : 1;
  }
  if (a->n != b->n) return a->n < b->n ? -1 : 1;
  return a->number < b->number ? -1 : a->number > b->number;
}

/* Outer rings and lines first, by their vertices. */
static int by_outer(const void *left, const void *right) {
  const overlay_ring *a = left, *b = right;
  if (a->hole != b->hole) return a->hole ? 1 : -1;
  return compare_vertices(a, b);
}

/* By polygon, the outer ring first. */
static int by_polygon(const void *left, const void *right) {
  const overlay_ring *a = left, *b = right;
  if (a->polygon != b->polygon) return a->polygon < b->polygon ? -1 : 1;
  return by_outer(left, right);
}

/* Brings the rings into the order of the normal form. */
static sund_code sort_rings(overlay_result *r) {
  size_t *rank = sund_alloc(r->o->scratch, r->rings, sizeof *rank);
  if (!rank) return SUND_LIMIT;
  for (size_t i = 0; i < r->rings; i++) {
    r->ring[i].x = r->x + r->ring[i].first;
    r->ring[i].y = r->y + r->ring[i].first;
  }
  qsort(r->ring, r->rings, sizeof *r->ring, by_outer);
  for (size_t i = 0; i < r->rings && !r->ring[i].hole; i++) rank[r->ring[i].polygon] = i;
  for (size_t i = 0; i < r->rings; i++) r->ring[i].polygon = rank[r->ring[i].polygon];
  qsort(r->ring, r->rings, sizeof *r->ring, by_polygon);
  return SUND_OK;
}

/* Moves the vertices into the order of the sorted rings. */
static sund_code place_rings(overlay_result *r, size_t first_vertex) {
  const size_t count = r->vertices - first_vertex;
  double *copy = sund_alloc(r->o->scratch, count, 2 * sizeof *copy);
  if (!copy) return SUND_LIMIT;
  memcpy(copy, r->x + first_vertex, count * sizeof *copy);
  memcpy(copy + count, r->y + first_vertex, count * sizeof *copy);
  size_t at = first_vertex;
  for (size_t i = 0; i < r->rings; i++) {
    const size_t from = r->ring[i].first - first_vertex, n = r->ring[i].n;
    memcpy(r->x + at, copy + from, n * sizeof *copy);
    memcpy(r->y + at, copy + count + from, n * sizeof *copy);
    at += n;
  }
  return SUND_OK;
}

/* ------------------------------------------------------------------------------------------------------- rows */

static sund_code end_part(overlay_result *r, size_t n, bool hole) {
  size_t room = r->part_room; /* both arrays grow alike */
  uint8_t *holes = sund_grow(r->o->scratch, r->hole, &room, r->parts + 2, sizeof *holes);
  size_t *first = sund_grow(r->o->scratch, r->first_vertex, &r->part_room, r->parts + 2, sizeof *first);
  if (!holes || !first) return SUND_LIMIT;
  r->hole = holes;
  r->first_vertex = first;
  r->hole[r->parts] = hole;
  r->first_vertex[r->parts + 1] = r->first_vertex[r->parts] + n;
  r->parts++;
  return SUND_OK;
}

static sund_code end_row(overlay_result *r) {
  size_t *first = sund_grow(r->o->scratch, r->first_part, &r->row_room, r->rows + 2, sizeof *first);
  if (!first) return SUND_LIMIT;
  r->first_part = first;
  r->first_part[++r->rows] = r->parts;
  return SUND_OK;
}

sund_code overlay_add(overlay_result *r, const GEOSGeometry *g, bool keep_empty) {
  const size_t first_vertex = r->vertices;
  r->rings = 0;
  if (g) TRY(add_parts(r, g));
  if (r->rings > 1) {
    TRY(sort_rings(r));
    TRY(place_rings(r, first_vertex));
  }
  for (size_t i = 0; i < r->rings; i++) TRY(end_part(r, r->ring[i].n, r->ring[i].hole));
  return r->rings || keep_empty ? end_row(r) : SUND_OK;
}

static sund_code copy_part(overlay_result *r, const sund_shapes *shapes, size_t part) {
  const size_t first = shapes->first_vertex[part], n = shapes->first_vertex[part + 1] - first;
  TRY(reserve_vertices(r, n));
  if (n) {
    memcpy(r->x + r->vertices, shapes->x + first, n * sizeof *r->x);
    memcpy(r->y + r->vertices, shapes->y + first, n * sizeof *r->y);
  }
  r->vertices += n;
  return end_part(r, n, shapes->hole && shapes->hole[part]);
}

sund_code overlay_copy_part(overlay_result *r, const sund_shapes *shapes, size_t part) {
  TRY(copy_part(r, shapes, part));
  return end_row(r);
}

sund_code overlay_copy(overlay_result *r, const sund_shapes *shapes, size_t row) {
  for (size_t part = shapes->first_part[row]; part < shapes->first_part[row + 1]; part++) {
    TRY(copy_part(r, shapes, part));
  }
  return end_row(r);
}

sund_code overlay_result_finish(const overlay_result *r, sund_shapes **out) {
  return overlay_result_finish_in(r, r->o->ctx, out);
}

sund_code overlay_result_finish_in(const overlay_result *r, sund_ctx *arena, sund_shapes **out) {
  sund_shapes *shapes;
  TRY(sund_shapes_new(arena, r->kind, r->rows, r->parts, r->vertices, &shapes));
  if (r->rows) memcpy(shapes->first_part, r->first_part, (r->rows + 1) * sizeof *shapes->first_part);
  if (r->parts) {
    memcpy(shapes->first_vertex, r->first_vertex, (r->parts + 1) * sizeof *shapes->first_vertex);
    if (shapes->hole) memcpy(shapes->hole, r->hole, r->parts * sizeof *shapes->hole);
  }
  if (r->vertices) {
    memcpy(shapes->x, r->x, r->vertices * sizeof *shapes->x);
    memcpy(shapes->y, r->y, r->vertices * sizeof *shapes->y);
  }
  *out = shapes;
  return SUND_OK;
}

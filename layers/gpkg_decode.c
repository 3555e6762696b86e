/* gpkg_decode.c - geometry of a GeoPackage back into points, lines and areas. OGC 12-128r18, section 2.1.3: a header
 * "GP" with version, flags, srs_id and maybe a box, then WKB in either byte order. The counterpart of gpkg_shape.c.
 *
 * A blob is trusted in nothing: every count is held against the bytes that are left before room is made for it, the
 * box against the vertices, and not a byte may remain. Reading stops at the first thing that is wrong.
 */
#include "gpkg_decode.h"

#include <math.h>
#include <string.h>

enum { POINT = 1, LINESTRING = 2, POLYGON = 3, MULTILINESTRING = 5, MULTIPOLYGON = 6 };
enum { LITTLE_ENDIAN_FLAG = 1, BOX_SHIFT = 1, BOX_MASK = 7, EMPTY_FLAG = 1 << 4, EXTENDED_FLAG = 1 << 5 };
enum { VERTEX_SIZE = 16, LONGEST_BOX = 8 };

static const char cut_off[] = "the geometry ends too early";
static const char other_type[] = "the geometry is of another type than its layer";

/* Numbers in the header's box by its code: none, x y, with z, with m, with both. */
static const int box_numbers[] = {0, 4, 6, 6, 8};

/* A blob while it is read. */
typedef struct cursor {
  const uint8_t *at;
  size_t left; /* bytes */
  bool little;
  const char *wrong; /* the first fault, or NULL */
  double box[4];     /* of the vertices so far   */
} cursor;

static void fault(cursor *c, const char *what) {
  if (!c->wrong) c->wrong = what;
  c->left = 0;
}

/* The next `bytes` bytes, or NULL when they are not there. */
static const uint8_t *take(cursor *c, size_t bytes) {
  if (c->left < bytes) {
    fault(c, cut_off);
    return NULL;
  }
  const uint8_t *at = c->at;
  c->at += bytes;
  c->left -= bytes;
  return at;
}

static uint64_t take_number(cursor *c, size_t bytes) {
  const uint8_t *at = take(c, bytes);
  uint64_t value = 0;
  for (size_t i = 0; at && i < bytes; i++) value |= (uint64_t)at[c->little ? i : bytes - 1 - i] << (8 * i);
  return value;
}

static uint32_t take_u32(cursor *c) {
  return (uint32_t)take_number(c, 4);
}

static double take_real(cursor *c) {
  uint64_t bits = take_number(c, 8);
  double value;
  memcpy(&value, &bits, sizeof value);
  return value;
}

static void grow_box(double box[4], double x, double y) {
  box[0] = fmin(box[0], x);
  box[1] = fmin(box[1], y);
  box[2] = fmax(box[2], x);
  box[3] = fmax(box[3], y);
}

/* ------------------------------------------------------------------------------------------------------- header */

/* What the header says of the geometry behind it. */
typedef struct header {
  bool empty, boxed;
  double box[4]; /* min x, min y, max x, max y */
} header;

static header take_header(cursor *c, int32_t srs) {
  header head = {0};
  const uint8_t *at = take(c, 4);
  if (!at) return head;
  unsigned flags = at[3], code = flags >> BOX_SHIFT & BOX_MASK;
  if (at[0] != 'G' || at[1] != 'P') fault(c, "the geometry does not begin with GP");
  else if (at[2] != 0) fault(c, "the geometry is of an unknown version");
  else if ((flags & EXTENDED_FLAG) || code >= sizeof box_numbers / sizeof *box_numbers)
    fault(c, "the header of the geometry is not one of the standard");
  c->little = flags & LITTLE_ENDIAN_FLAG;
  if ((int32_t)take_u32(c) != srs) fault(c, "the geometry names another CRS than its layer");
  double number[LONGEST_BOX] = {0};
  for (int i = 0; !c->wrong && i < box_numbers[code]; i++) number[i] = take_real(c);
  head.empty = flags & EMPTY_FLAG;
  head.boxed = code > 0;
  const double box[4] = {number[0], number[2], number[1], number[3]}; /* stored min x, max x, min y, max y */
  memcpy(head.box, box, sizeof box);
  return head;
}

/* Byte order and type of a WKB geometry. */
static uint32_t take_type(cursor *c) {
  const uint8_t *order = take(c, 1);
  if (order && *order > 1) fault(c, "the byte order of the geometry is unknown");
  c->little = order && *order == 1;
  return take_u32(c);
}

/* ------------------------------------------------------------------------------------------------------ vertices */

static void take_point(cursor *c, double *x, double *y) {
  *x = take_real(c);
  *y = take_real(c);
  if (isnan(*x) && isnan(*y)) return; /* an empty point */
  if (!isfinite(*x) || !isfinite(*y)) fault(c, "a coordinate is not a finite number");
  else grow_box(c->box, *x, *y);
}

/* Makes room for a part of `n` vertices. */
static bool make_room(gpkg_decoder *d, size_t n) {
  sund_shapes *s = &d->shapes;
  size_t *first = sund_grow(d->ctx, s->first_vertex, &d->vertex_room, s->parts + 2, sizeof *first);
  if (first) s->first_vertex = first;
  double *x = sund_grow(d->ctx, s->x, &d->x_room, s->vertices + n, sizeof *x);
  if (x) s->x = x;
  double *y = sund_grow(d->ctx, s->y, &d->y_room, s->vertices + n, sizeof *y);
  if (y) s->y = y;
  if (d->kind == SUND_LINE) return first && x && y;
  uint8_t *hole = sund_grow(d->ctx, s->hole, &d->hole_room, s->parts + 1, sizeof *hole);
  if (hole) s->hole = hole;
  return first && x && y && hole;
}

static void reverse(size_t n, double *value) {
  for (size_t i = 0; i < n / 2; i++) {
    double other = value[n - 1 - i];
    value[n - 1 - i] = value[i];
    value[i] = other;
  }
}

/* Closes the part just read: a ring is turned the way of its kind. */
static void end_part(gpkg_decoder *d, cursor *c, size_t n, bool hole) {
  sund_shapes *s = &d->shapes;
  double *x = s->x + s->vertices, *y = s->y + s->vertices;
  if (d->kind == SUND_AREA) {
    if (x[0] != x[n - 1] || y[0] != y[n - 1]) fault(c, "a ring is not closed");
    double area = sund_ring_area(n, x, y);
    if (hole ? area > 0 : area < 0) {
      reverse(n, x);
      reverse(n, y);
    }
    s->hole[s->parts] = hole;
  }
  s->vertices += n;
  s->first_vertex[++s->parts] = s->vertices;
}

/* A line or a ring. */
static void take_part(gpkg_decoder *d, cursor *c, bool hole) {
  size_t n = take_u32(c), least = d->kind == SUND_LINE ? 2 : 4;
  if (n > c->left / VERTEX_SIZE) fault(c, cut_off);
  else if (n < least) fault(c, d->kind == SUND_LINE ? "a line has one vertex" : "a ring has less than four vertices");
  if (c->wrong) return;
  if (!make_room(d, n)) {
    fault(c, "there is no memory for the geometry");
    return;
  }
  double *x = d->shapes.x + d->shapes.vertices, *y = d->shapes.y + d->shapes.vertices;
  for (size_t i = 0; i < n && !c->wrong; i++) {
    take_point(c, &x[i], &y[i]);
    if (isnan(x[i])) fault(c, "a coordinate is not a finite number");
  }
  if (!c->wrong) end_part(d, c, n, hole);
}

/* A LINESTRING or a POLYGON behind its type. */
static void take_member(gpkg_decoder *d, cursor *c) {
  if (d->kind == SUND_LINE) {
    take_part(d, c, false);
    return;
  }
  uint32_t rings = take_u32(c);
  for (uint32_t i = 0; i < rings && !c->wrong; i++) take_part(d, c, i > 0);
}

static void take_shape(gpkg_decoder *d, cursor *c) {
  const uint32_t single = d->kind == SUND_LINE ? LINESTRING : POLYGON;
  const uint32_t multi = d->kind == SUND_LINE ? MULTILINESTRING : MULTIPOLYGON;
  uint32_t type = take_type(c);
  if (type == multi) {
    uint32_t members = take_u32(c);
    for (uint32_t i = 0; i < members && !c->wrong; i++) {
      if (take_type(c) != single) fault(c, other_type);
      if (!c->wrong) take_member(d, c);
    }
  } else if (type == single) {
    take_member(d, c);
  } else {
    fault(c, other_type);
  }
}

const char *gpkg_decode(gpkg_decoder *d, const uint8_t *blob, size_t bytes, double *x, double *y) {
  *x = *y = NAN;
  if (!blob) return NULL;
  cursor c = {.at = blob, .left = bytes, .box = {INFINITY, INFINITY, -INFINITY, -INFINITY}};
  const header head = take_header(&c, d->srs);
  if (c.wrong) return c.wrong;
  if (d->kind != SUND_POINT) take_shape(d, &c);
  else if (take_type(&c) != POINT) fault(&c, other_type);
  else take_point(&c, x, y);
  if (c.wrong) return c.wrong;
  if (c.left > 0) return "the geometry is longer than it says";
  bool filled = c.box[0] <= c.box[2];
  if (head.empty && filled) return "the geometry calls itself empty";
  for (int i = 0; i < 4 && filled && head.boxed; i++)
    if (c.box[i] != head.box[i]) return "the box of the geometry is not that of its vertices";
  return NULL;
}

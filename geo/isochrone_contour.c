/* isochrone_contour.c - the area where a field over cell centres is 0 or less, as polygons.
 *
 * Marching squares with linear interpolation (Lorensen and Cline 1987, in the plane). Centres are joined by lattice
 * edges; where one end is inside and the other is not the boundary crosses the edge, once. Two inside corners that
 * face each other over a square are not joined.
 *
 * Why the polygons are valid: every crossing lies strictly between the ends of its own edge (at least 1/NEAR of it
 * away), every square holds one chord, or two that cut off opposite corners, and squares meet in their edges only. So
 * chords share nothing but crossings, each of which ends one chord and begins another: simple rings that never touch.
 *
 * Why they are nested: a field that is nowhere larger has its crossings nowhere nearer to the inside, for the share is
 * computed by steps each of which keeps order, rounding included; chords of a square then do not cross.
 *
 * 1. Rows of centres are passed from north to south; crossings are numbered row by row, first those of the upright
 *    edges above a row, then those along it from west to east; each chord links two, the inside on its left.
 * 2. Links are followed into rings: counter-clockwise outer rings, clockwise holes.
 * 3. Owners. West of a crossing at which a row leaves the inside lies the crossing where it came in: both are in one
 *    polygon. A hole asks at its westernmost such crossing; the other one's ring is the polygon's outer ring, or a hole
 *    that reaches farther west and has been settled before.
 */
#include <assert.h>
#include <stdlib.h>

#include "isochrone.h"

#define NONE UINT32_MAX
enum { NEAR = 64 };

typedef enum side { NORTH, EAST, SOUTH, WEST } side;

/* Chords of a square by its corners inside (1 north-west, 2 north-east, 4 south-east, 8 south-west): from, to. */
static const struct {
  uint8_t count;
  uint8_t from[2], to[2];
} chords[16] = {
    [1] = {1, {WEST}, {NORTH}},
    [2] = {1, {NORTH}, {EAST}},
    [3] = {1, {WEST}, {EAST}},
    [4] = {1, {EAST}, {SOUTH}},
    [5] = {2, {WEST, EAST}, {NORTH, SOUTH}},
    [6] = {1, {NORTH}, {SOUTH}},
    [7] = {1, {WEST}, {SOUTH}},
    [8] = {1, {SOUTH}, {WEST}},
    [9] = {1, {SOUTH}, {NORTH}},
    [10] = {2, {NORTH, SOUTH}, {EAST, WEST}},
    [11] = {1, {SOUTH}, {EAST}},
    [12] = {1, {EAST}, {WEST}},
    [13] = {1, {EAST}, {NORTH}},
    [14] = {1, {NORTH}, {WEST}},
};

typedef struct crossing {
  double x, y;
  uint32_t next;
  uint32_t ring;
  bool leaves; /* along a row, to the east it is outside */
} crossing;

typedef struct ring {
  uint32_t first;  /* its crossing with the smallest number                   */
  uint32_t count;  /* of crossings                                            */
  uint32_t leaves; /* holes: westernmost crossing where a row leaves the inside */
  uint32_t owner;  /* number of the outer ring                                */
  bool hole;
} ring;

typedef struct contour {
  sund_ctx *scratch;
  const isochrone_field *field;
  crossing *at;
  size_t count, room;
  uint32_t *upper, *lower, *upright; /* columns: crossing along the row above, along that below, between them */
  ring *ring;
  size_t rings, ring_room;
} contour;

/* ------------------------------------------------------------------------------------------------------ crossings */

/* How far from the inside to the outside the boundary lies. */
static double share_of(double inside, double outside) {
  const double share = inside < 0 ? 1 / (1 + outside / -inside) : 0;
  return share < 1.0 / NEAR ? 1.0 / NEAR : share > 1 - 1.0 / NEAR ? 1 - 1.0 / NEAR : share;
}

/* Where the boundary passes between two neighbouring centres of the lattice. */
static sund_code cross(contour *c, size_t column, size_t row, bool upright, uint32_t *out) {
  const sund_lattice *l = &c->field->lattice;
  const float *value = c->field->value + row * l->columns + column;
  const double a = value[0], b = value[upright ? l->columns : 1];
  const double part = a <= 0 ? share_of(a, b) : -share_of(b, a);
  crossing *grown = sund_grow(c->scratch, c->at, &c->room, c->count + 1, sizeof *grown);
  if (!grown) return SUND_LIMIT;
  if (c->count >= NONE - 1) return sund_fail(c->scratch, SUND_LIMIT, "the boundary of what is reached is too long");
  c->at = grown;
  /* from the inside, so that the place follows the share alone */
  const double from = part > 0 ? 0.5 : 1.5;
  const double x = (double)column + (upright ? 0.5 : from + part), y = (double)row + (upright ? from + part : 0.5);
  c->at[c->count] = (crossing){
      .x = l->x0 + x * l->dx, .y = l->y0 - y * l->dy, .next = NONE, .ring = NONE, .leaves = !upright && a <= 0};
  *out = (uint32_t)c->count++;
  return SUND_OK;
}

static bool inside(const contour *c, size_t column, size_t row) {
  return c->field->value[row * c->field->lattice.columns + column] <= 0;
}

static sund_code cross_row(contour *c, size_t row) {
  for (size_t i = 0; i + 1 < c->field->lattice.columns; i++)
    if (inside(c, i, row) != inside(c, i + 1, row)) TRY(cross(c, i, row, false, c->lower + i));
  return SUND_OK;
}

static sund_code cross_upright(contour *c, size_t row) {
  for (size_t i = 0; i < c->field->lattice.columns; i++)
    if (inside(c, i, row) != inside(c, i, row + 1)) TRY(cross(c, i, row, true, c->upright + i));
  return SUND_OK;
}

/* The chords of the squares between two rows. */
static void link_row(contour *c, size_t row) {
  for (size_t i = 0; i + 1 < c->field->lattice.columns; i++) {
    const int corners =
        inside(c, i, row) | inside(c, i + 1, row) << 1 | inside(c, i + 1, row + 1) << 2 | inside(c, i, row + 1) << 3;
    const uint32_t on[4] = {c->upper[i], c->upright[i + 1], c->lower[i], c->upright[i]};
    for (int k = 0; k < chords[corners].count; k++)
      c->at[on[chords[corners].from[k]]].next = on[chords[corners].to[k]];
  }
}

static sund_code link_all(contour *c) {
  const size_t columns = c->field->lattice.columns, rows = c->field->lattice.rows;
  c->upper = sund_alloc(c->scratch, columns, sizeof *c->upper);
  c->lower = sund_alloc(c->scratch, columns, sizeof *c->lower);
  c->upright = sund_alloc(c->scratch, columns, sizeof *c->upright);
  if (!c->upper || !c->lower || !c->upright) return SUND_LIMIT;
  for (size_t r = 0; r + 1 < rows; r++) {
    uint32_t *swap = c->upper;
    c->upper = c->lower;
    c->lower = swap;
    TRY(cross_upright(c, r));
    TRY(cross_row(c, r + 1));
    link_row(c, r);
  }
  return SUND_OK;
}

/* ---------------------------------------------------------------------------------------------------------- rings */

static sund_code follow(contour *c, uint32_t first) {
  ring *grown = sund_grow(c->scratch, c->ring, &c->ring_room, c->rings + 1, sizeof *grown);
  if (!grown) return SUND_LIMIT;
  c->ring = grown;
  ring made = {.first = first, .leaves = NONE, .owner = (uint32_t)c->rings};
  const crossing *origin = c->at + first;
  double twice = 0; /* area */
  for (uint32_t e = first; c->at[e].ring == NONE; e = c->at[e].next) {
    crossing *a = c->at + e;
    const crossing *b = c->at + a->next;
    assert(a->next != NONE);
    a->ring = (uint32_t)c->rings;
    made.count++;
    twice += (a->x - origin->x) * (b->y - origin->y) - (b->x - origin->x) * (a->y - origin->y);
    if (a->leaves && (made.leaves == NONE || a->x < c->at[made.leaves].x)) made.leaves = e;
  }
  made.hole = twice < 0;
  c->ring[c->rings++] = made;
  return SUND_OK;
}

typedef struct hole {
  double x;
  uint32_t ring;
} hole;

static int by_west(const void *a, const void *b) {
  const hole *p = a, *q = b;
  if (p->x != q->x) return p->x < q->x ? -1 : 1;
  return p->ring < q->ring ? -1 : p->ring > q->ring;
}

static sund_code own_holes(contour *c) {
  hole *holes = sund_alloc(c->scratch, c->rings, sizeof *holes);
  size_t count = 0;
  if (!holes) return SUND_LIMIT;
  for (size_t i = 0; i < c->rings; i++)
    if (c->ring[i].hole) holes[count++] = (hole){c->at[c->ring[i].leaves].x, (uint32_t)i};
  if (count) qsort(holes, count, sizeof *holes, by_west);
  for (size_t i = 0; i < count; i++) {
    ring *r = c->ring + holes[i].ring;
    r->owner = c->ring[c->at[r->leaves - 1].ring].owner; /* crossings along a row are numbered one after the other */
  }
  return SUND_OK;
}

/* ---------------------------------------------------------------------------------------------------------- result */

static int by_owner(const void *a, const void *b) {
  const ring *p = a, *q = b;
  if (p->owner != q->owner) return p->owner < q->owner ? -1 : 1;
  if (p->hole != q->hole) return p->hole ? 1 : -1;
  return p->first < q->first ? -1 : p->first > q->first;
}

static sund_code write_rings(sund_ctx *ctx, contour *c, sund_shapes **out) {
  sund_shapes *shapes;
  if (c->rings) qsort(c->ring, c->rings, sizeof *c->ring, by_owner);
  TRY(sund_shapes_new(ctx, SUND_AREA, 1, c->rings, c->count + c->rings, &shapes));
  shapes->first_part[1] = c->rings;
  size_t v = 0;
  for (size_t i = 0; i < c->rings; i++) {
    const ring *r = c->ring + i;
    uint32_t e = r->first;
    shapes->hole[i] = r->hole;
    shapes->first_vertex[i] = v;
    for (size_t k = 0; k <= r->count; k++, v++, e = c->at[e].next) {
      shapes->x[v] = c->at[e].x;
      shapes->y[v] = c->at[e].y;
    }
  }
  shapes->first_vertex[c->rings] = v;
  *out = shapes;
  return SUND_OK;
}

static sund_code contour_all(sund_ctx *ctx, contour *c, sund_shapes **out) {
  TRY(link_all(c));
  for (size_t e = 0; e < c->count; e++)
    if (c->at[e].ring == NONE) TRY(follow(c, (uint32_t)e));
  TRY(own_holes(c));
  return write_rings(ctx, c, out);
}

sund_code isochrone_contour(sund_ctx *ctx, const isochrone_field *field, sund_shapes **out) {
  sund_ctx *scratch = sund_ctx_child(ctx);
  if (!scratch) return SUND_LIMIT;
  contour c = {.scratch = scratch, .field = field};
  sund_code code = contour_all(ctx, &c, out);
  if (code != SUND_OK) code = sund_ctx_pass(ctx, scratch);
  sund_ctx_free(scratch);
  return code;
}

/* closing_cover.h - the plane twice over, for closing_nodes.c and closing_cover.c only.
 *
 * A closed line separates the two ends of the water's way iff it crosses the way an odd number of times. So every point
 * is taken twice, once for each parity of crossings: the double cover. */
#ifndef SUND_GEO_CLOSING_COVER_H
#define SUND_GEO_CLOSING_COVER_H

#include "geo/closing.h"
#include "geo/route.h"

/* A node at which a line may cross the way. */
typedef struct cover_candidate {
  uint32_t node;
  uint32_t step, until; /* of the way: where the node lies on its left, or is it */
  uint32_t same;        /* the candidate before it that is the same node, plus 1; 0 = none */
  uint32_t met;         /* the last line found that it lies on */
  bool alive;
  bool wide; /* may use cells on both sides of a line that others of its kind may not */
} cover_candidate;

typedef struct cover {
  sund_ctx *ctx; /* scratch */
  const closing_plane *plane;
  size_t n;
  const uint32_t *way;
  unsigned stride; /* 1 = all directions, 2 = the sides only */
  uint8_t *left;   /* cells: bit d = direction d leaves the way to the left */
  size_t points, banks;
  uint32_t *node;             /* points: itself, or points + bank                      */
  uint8_t *twist;             /* points: parity of crossings between the bank's first cell and the point */
  size_t *first_port;         /* banks + 1                                             */
  uint32_t *port;             /* land cell * 8 + direction that lies at the bank       */
  uint32_t *low, *high;       /* cells: candidates that may use them                   */
  double *cost;               /* 2 * nodes: node * 2 + parity                          */
  uint32_t *came;             /* the same: (cell * 8 + from) * 8 + to                  */
  size_t touches, touch_room; /* entries of cost that are not INFINITY                 */
  uint32_t *touched;
  route_queue queue;
  double meet; /* best line of the search so far */
  uint32_t meet_node;
  uint32_t *last; /* nodes: the last candidate that it is, plus 1 */
  uint32_t lines; /* found so far */
  size_t candidates;
  cover_candidate *candidate;
  closing_cycle now; /* line of the last search */
  uint8_t *seen;     /* cells: of a fill, or on the line */
  uint32_t *list;    /* cells: of a fill                 */
} cover;

/* Points that are numbered with a cell: the middles of its north and west sides, and the north-west corner where a wall
 * may pass it. */
static inline size_t cover_points(const closing_plane *p) {
  return p->corners ? 2 : 3;
}

/* The point of a cell's border in a direction. */
static inline size_t cover_point(const closing_plane *p, size_t cell, unsigned direction) {
  static const uint8_t slot[PLANE_WAYS] = {1, 2, 0, 2, 1, 2, 0, 2};
  static const uint8_t east[PLANE_WAYS] = {1, 1, 0, 0, 0, 0, 0, 1}, south[PLANE_WAYS] = {0, 0, 0, 0, 0, 1, 1, 1};
  return (cell + east[direction] + south[direction] * p->columns) * cover_points(p) + slot[direction];
}

static inline uint32_t cover_node(const cover *c, size_t cell, unsigned direction) {
  return c->node[cover_point(c->plane, cell, direction)];
}

static inline unsigned cover_flips(const cover *c, size_t cell, unsigned direction) {
  return (unsigned)c->left[cell] >> direction & 1u;
}

static inline unsigned cover_direction(const closing_plane *p, size_t from, size_t to) {
  unsigned d = 0;
  while (d < PLANE_WAYS && plane_step(p, from, d) != to) d++;
  return d % PLANE_WAYS;
}

/* Nodes, candidates, an empty queue; the rest of c is zero but for ctx, plane, n, way and stride. */
sund_code cover_open(cover *c);

#endif

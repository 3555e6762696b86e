/* join.h - lines on their way to a network; private to join*.c and graph.c.
 *
 * Order of calls: join_clean, join_cross, join_stops, join_near, join_stops again, graph_build. What graph_build needs
 * lies in `scratch`, the rest in `early`, which is freed before the graph is built.
 */
#ifndef SUND_GEO_JOIN_H
#define SUND_GEO_JOIN_H

#include "sund/geo.h"

#define JOIN_NONE UINT32_MAX

/* A place on the lines where they are cut, and the node there. Ordered by vertex, then share. */
typedef struct join_place {
  uint32_t vertex; /* the segment from this vertex to the next      */
  uint32_t node;
  double share; /* along that segment, 0 to 1; 0 = at the vertex */
} join_place;

/* How much a node may be moved: the lowest kind of the nodes that become one gives the place. */
enum join_kind { JOIN_FIXED, /* somewhere inside a line */ JOIN_ENDS, /* several ends */ JOIN_END /* one end */ };

typedef struct join {
  const sund_ground *ground;
  double tolerance;        /* ground metres                                               */
  sund_shapes *shapes;     /* the lines kept, a part a row, no vertex twice in succession  */
  size_t *line;            /* parts: row of the caller's lines                            */
  int32_t *level;          /* parts                                                       */
  sund_segments *segments; /* index over shapes; its rows are parts. Early               */
  size_t rows;             /* rows of the caller's lines                                  */

  size_t nodes;
  double *x, *y;       /* nodes                                                       */
  uint8_t *kind;       /* nodes: enum join_kind                                       */
  uint8_t *end;        /* nodes: 1 = a line ends here                                 */
  uint32_t *parent;    /* nodes: trees of nodes that became one; see unite_root       */
  uint32_t *at_vertex; /* vertices: node there, or JOIN_NONE                          */
  size_t cuts;
  join_place *cut; /* cuts: places between vertices                               */

  size_t stops;
  join_place *stop;    /* stops: all places along all parts, in order                 */
  uint32_t *stop_part; /* stops: the part; piece k leads from stop k to k + 1 of one part */
} join;

/* The lines without those not kept, NAN-free, without repeated vertices. */
sund_code join_clean(sund_ctx *scratch, sund_ctx *early, join *j, const sund_shapes *lines, const int32_t *level,
                     const uint8_t *keep, sund_join_report *report);

/* Finds where lines of one level meet, and equal ends: nodes and cuts. Fills report->crossings. */
sund_code join_cross(sund_ctx *scratch, sund_ctx *early, join *j, sund_join_report *report);

/* Puts nodes and cuts in order along every part. */
sund_code join_stops(sund_ctx *scratch, join *j);

/* Joins ends with nodes and lines within the tolerance: more cuts, and nodes that become one. near (nodes): 1 where an
 * end stays loose although another line is close. */
sund_code join_near(sund_ctx *scratch, sund_ctx *early, join *j, uint8_t **near);

/* For qsort: places in order, ties by node. */
int join_by_place(const void *left, const void *right);

#endif

/* overland.h - shared by the files of the ways over land (geo/overland*.c). */
#ifndef SUND_GEO_OVERLAND_H
#define SUND_GEO_OVERLAND_H

#include "geo/overland_water.h"
#include "geo/straight.h"

/* A corner of the water around which a way can bend, or a place on a bridge. */
typedef struct overland_node {
  double x, y;
  double before[2], after[2]; /* corners: from here to the neighbours along the shore, map metres */
  bool corner;                /* else on a bridge: ways may bend any way                          */
  bool alone;                 /* no other shore meets here                                        */
  bool afloat;                /* on a bridge over water: reached along the bridge only            */
} overland_node;

/* A straight step from one node to another. */
typedef struct overland_step {
  uint32_t from, to;
  double metres; /* on the ground */
} overland_step;

struct sund_overland {
  const sund_ground *ground; /* NULL = metres of the plane               */
  double scale;              /* most map metres a ground metre           */
  double shore_m;
  water *water;
  size_t nodes;
  overland_node *node;
  sund_index *index;    /* over the nodes on land                                        */
  size_t *first_known;  /* nodes + 1                                                     */
  overland_step *known; /* ways that are always open: along bridges, and along the shore from corner to corner */
};

/* ------------------------------------------------------------------------------------------------- overland_node.c */

/* Nodes, their index, and the known steps. bridges: NULL = none. */
sund_code overland_node_build(sund_ctx *ctx, sund_overland *o, const sund_shapes *bridges);

/* May a shortest way bend at this node on its way to or from (x, y)? */
bool overland_node_taut(const overland_node *node, double x, double y);

/* Is a point on land in sight of a node from which (x, y) is taut? Are two nodes of each other, taut both ways? */
bool overland_node_sees(const sund_overland *o, const overland_node *node, double x, double y);
bool overland_node_sees_node(const sund_overland *o, const overland_node *a, const overland_node *b);

/* ------------------------------------------------------------------------------------------------ overland_place.c */

/* Where a way begins. */
typedef struct overland_start {
  double x, y;  /* on land                                   */
  double leg_m; /* ground metres from the point given        */
  bool lost;    /* the point lies too far out in the water   */
} overland_start;
overland_start overland_start_at(const sund_overland *o, double x, double y);

/* The places asked for, with the pieces of them that can be reached over land. */
sund_code overland_place_open(sund_ctx *ctx, const sund_overland *o, const sund_places *places, straight_set **out);

/* ----------------------------------------------------------------------------------------------- overland_search.c */

/* A question: the k nearest places of each of n points. */
typedef struct overland_task {
  const sund_overland *o;
  const straight_set *set;
  double limit; /* ground metres */
  size_t k, n;
  const double *x, *y;
  overland_start *start; /* n                                                                                   */
  straight_hit *hit;     /* n * k                                                                               */
  size_t *hits;          /* n                                                                                   */
  straight_best *label;  /* nodes: the shortest ways from there, hit.via the next node; NULL = all are straight */
} overland_task;

/* Answers it: start, hit, hits and label are made in ctx. */
sund_code overland_search(sund_ctx *ctx, overland_task *task);

/* ------------------------------------------------------------------------------------------------ overland_label.c */

/* The nodes that matter to a question. */
typedef struct overland_frame {
  size_t count;
  uint32_t *node; /* count, rising                                                                   */
  double *slack;  /* all nodes: ground metres worth going from there, < 0 = the node does not matter */
  double *least;  /* all nodes: ground metres to the nearest place in a straight line                */
} overland_frame;

/* Makes the labels of these nodes in ctx. */
sund_code overland_label(sund_ctx *ctx, overland_task *task, const overland_frame *frame);

#endif

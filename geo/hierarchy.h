/* hierarchy.h - contracted streets, for sweep.c.
 *
 * Nodes stand in the order of a sweep, numbered anew: their *positions*. A node comes after all nodes it has arcs
 * to or from that were contracted later (*higher* ones), and the nodes below a node follow it without a gap
 * (preorder of the elimination tree, small parts of it before large ones). Every arc leads from a node to one on
 * its way to the root.
 */
#ifndef SUND_GEO_HIERARCHY_H
#define SUND_GEO_HIERARCHY_H

#include "geo/streets.h"

/* An arc between a node and a higher one. */
typedef struct hierarchy_arc {
  uint32_t high; /* position of the higher node */
  uint32_t units;
} hierarchy_arc;

/* Arcs of one direction by the position of the lower node. */
typedef struct hierarchy_arcs {
  size_t *first;      /* nodes + 1    */
  hierarchy_arc *arc; /* first[nodes] */
} hierarchy_arcs;

typedef struct hierarchy {
  size_t nodes;
  uint32_t *position;     /* nodes of the streets                                        */
  uint32_t *end;          /* positions: behind the last node below it                    */
  hierarchy_arcs arcs[2]; /* from a node to higher ones; from higher ones to a node      */
} hierarchy;

/* A neighbour of a node in the graph that is left, with the units there and back; SUND_BEYOND = no arc. */
typedef struct hierarchy_near {
  uint32_t node, to, from;
} hierarchy_near;
/* Nodes in the order they were contracted, and the neighbours that each had left. */
typedef struct hierarchy_order {
  size_t nodes;
  uint32_t *order;       /* nodes                    */
  uint32_t *rank;        /* nodes: place in the order */
  hierarchy_near **near; /* nodes                    */
  uint32_t *count;       /* nodes: of near           */
} hierarchy_order;
/* hierarchy_contract.c */
sund_code hierarchy_contract(sund_ctx *scratch, const sund_streets *streets, hierarchy_order *out);

#endif

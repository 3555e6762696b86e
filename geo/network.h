/* network.h - a network on its way from lines that know their nodes; private to network*.c.
 *
 * Order of calls: network_pieces, network_chains; network.c adds the other lines and builds the graph.
 */
#ifndef SUND_GEO_NETWORK_H
#define SUND_GEO_NETWORK_H

#include "sund/geo.h"

#define NETWORK_NONE UINT32_MAX

/* Rows with node ids, cut where they share nodes. */
typedef struct network_pieces {
  const sund_network_ask *ask;
  const sund_ground *ground;
  const uint8_t *take; /* rows: 1 = kept, and every vertex has an id              */
  uint32_t *at;        /* vertices of the lines: node, NETWORK_NONE = not taken   */
  size_t nodes;
  double *x, *y; /* nodes                                                   */
  size_t count;
  size_t *row, *first, *last; /* pieces: row, first and last vertex of the lines         */
  uint32_t *from, *to;        /* pieces: nodes                                           */
  double *metres;             /* pieces: on the ground, length_m heeded                  */
} network_pieces;
/* Pieces in the order of the rows. What is shorter than a millimetre is left out, its nodes become one. Fills crossings and
 * dropped of the report. */
sund_code network_cut(sund_ctx *scratch, network_pieces *p, sund_join_report *report);

/* Edges with their geometry, in no special order of nodes. */
typedef struct network_draft {
  size_t nodes;
  double *x, *y; /* nodes                                        */
  size_t edges;
  uint32_t *from, *to;
  size_t *line;
  int32_t *level;
  double *metres;
  size_t *first; /* edges + 1: of the vertices                   */
  double *vx, *vy;
} network_draft;
/* Room in the draft for so many more; its arrays begin as NULL and keep what they hold. */
sund_code network_room(sund_ctx *scratch, network_draft *d, size_t nodes, size_t edges, size_t vertices);

/* Makes edges of the pieces: those that are alike and meet end to end become one. */
sund_code network_chains(sund_ctx *scratch, const network_pieces *p, network_draft *out);

#endif

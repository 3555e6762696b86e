/* graph.h - what the rooms of the network share: ground metres along an edge, and building the graph. */
#ifndef SUND_GEO_GRAPH_H
#define SUND_GEO_GRAPH_H

#include "geo/join.h"
#include "sund/geo.h"

/* Cut-offs are inclusive; sums of lengths may come out this much above the cut-off by rounding. */
#define GRAPH_ROUNDING_M 1e-6

/* Metres between two points: on the ground, or of the plane when ground is NULL. */
double graph_metres(const sund_ground *ground, double x0, double y0, double x1, double y1);

/* Map metres that are certainly enough to hold `metres` on the ground. */
double graph_map_reach(const sund_ground *ground, double metres);

/* Ground metres from edge_from to the place at `share` of the segment that begins at vertex `vertex` of graph->shape,
 * in the measure of edge_m. */
double graph_along(const sund_graph *graph, const sund_ground *ground, size_t edge, size_t vertex, double share);

/* The graph of joined lines: pieces shorter than a millimetre are left out (their nodes become one), nodes are numbered
 * along a Hilbert curve, edges by their first node. length_m: rows of the source lines, or NULL. near: nodes of j, 1 =
 * a loose end close to another line, or NULL. Completes the report. */
sund_code graph_build(sund_ctx *ctx, sund_ctx *scratch, join *j, const double *length_m, const uint8_t *near,
                      sund_graph **out, sund_join_report *report);

/* What every graph is made of, whatever its edges come from: arrays for nodes and edges; then, with edge_from, edge_to and
 * edge_m filled, the arcs; then the components. */
sund_code graph_room(sund_ctx *ctx, size_t nodes, size_t edges, sund_graph *g);
void graph_arcs(sund_graph *g);
sund_code graph_components(sund_ctx *ctx, sund_ctx *scratch, sund_graph *g);

#endif

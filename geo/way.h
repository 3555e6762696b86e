/* way.h - a way as stretches of edges, and its line. */
#ifndef SUND_GEO_WAY_H
#define SUND_GEO_WAY_H

#include "sund/geo.h"

/* A stretch of an edge gone along, in metres from edge_from; begin > end: against its direction. */
typedef struct way_stretch {
  uint32_t edge;
  double begin, end;
} way_stretch;

typedef struct way_stretches {
  way_stretch *at;
  size_t count, room;
} way_stretches;

/* Adds a stretch, unless it is of no length. */
sund_code way_add(sund_ctx *ctx, way_stretches *way, uint32_t edge, double begin, double end);
/* The last stretch becomes the first. */
void way_reverse(way_stretches *way);
/* The way from a spot along the stretches; metres: of it, with its legs. */
sund_code way_draw(sund_ctx *ctx, const sund_graph *graph, const way_stretches *parts, const sund_spot *from,
                   double metres, sund_way *out);

#endif

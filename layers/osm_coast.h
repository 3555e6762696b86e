/* osm_coast.h - coastlines of an OpenStreetMap file, cut at the box of the extract and joined end to start. Private to
 * layers/. */
#ifndef SUND_LAYERS_OSM_COAST_H
#define SUND_LAYERS_OSM_COAST_H

#include "osm.h"

/* Lines as arrays that grow: line k has vertices first[k] .. first[k + 1] - 1. */
typedef struct osm_lines {
  sund_ctx *ctx;
  size_t count, vertices, first_room, x_room, y_room;
  size_t *first; /* count + 1 */
  double *x, *y; /* degrees   */
} osm_lines;

sund_code osm_lines_open(sund_ctx *ctx, osm_lines *out);
/* A vertex of the line being added; one that repeats the last is left out. */
sund_code osm_lines_add(osm_lines *lines, double x, double y);
/* Ends the line being added; one with less than two vertices is dropped. */
sund_code osm_lines_end(osm_lines *lines);

/* Coastlines inside the box, joined end to start, in the order of their first piece; a ring's last vertex is its first.
 * Ends that were cut lie on the box exactly. box NULL: nothing is cut. */
sund_code osm_chains(sund_ctx *ctx, const sund_shapes *coast, const double *box, osm_lines *out);

/* Ends of coastlines inside the box where the extract is cut, and the first of them. */
typedef struct osm_cuts {
  size_t count;
  double lon, lat;
} osm_cuts;
/* All ways of a file that was read for its coastlines, one row a piece; cut ends go on to the nearest edge of the box.
 * osm_shore.c */
sund_code osm_coastline(sund_ctx *ctx, const osm_file *file, sund_shapes **out, osm_cuts *cuts);

#endif

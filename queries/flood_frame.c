/* flood_frame.c - between the analysis CRS and the raster of a site: shapes there and back, where a cell lies, how large
 * a cell is on the ground.
 */
#include <math.h>
#include <string.h>

#include "flood.h"

/* Edges longer than this are cut before they are brought to another CRS: a straight line of UTM is bent by a few
 * millimetres over this length in the neighbouring system. Map metres. */
static const double EDGE_M = 500;

double flood_cell_m2(const flood_site *site, sund_cell cell) {
  const sund_lattice *l = &site->spec->lattice;
  double x, y;
  sund_lattice_centre(l, cell, &x, &y);
  double east = sund_ground_distance(site->ground, x - l->dx / 2, y, x + l->dx / 2, y);
  double north = sund_ground_distance(site->ground, x, y - l->dy / 2, x, y + l->dy / 2);
  double across = sund_ground_distance(site->ground, x - l->dx / 2, y - l->dy / 2, x + l->dx / 2, y + l->dy / 2);
  double skew = (across * across - east * east - north * north) / 2; /* of the two sides: their inner product */
  return sqrt(fmax(0, east * east * north * north - skew * skew));
}

double flood_ground_scale(const flood_site *site, sund_cell cell) {
  const sund_lattice *l = &site->spec->lattice;
  return sqrt(flood_cell_m2(site, cell) / (l->dx * l->dy));
}

/* -------------------------------------------------------------------------------------------------------- shapes */

static size_t cuts(double x0, double y0, double x1, double y1) {
  return (size_t)fmax(1, ceil(hypot(x1 - x0, y1 - y0) / EDGE_M));
}

static size_t count_cut(const sund_shapes *shapes) {
  size_t n = 0;
  for (size_t p = 0; p < shapes->parts; p++)
    for (size_t v = shapes->first_vertex[p]; v < shapes->first_vertex[p + 1]; v++)
      n += v + 1 < shapes->first_vertex[p + 1] ? cuts(shapes->x[v], shapes->y[v], shapes->x[v + 1], shapes->y[v + 1])
                                               : 1;
  return n;
}

static void cut_edges(const sund_shapes *from, sund_shapes *to) {
  size_t at = 0;
  for (size_t p = 0; p < from->parts; p++) {
    to->first_vertex[p] = at;
    for (size_t v = from->first_vertex[p]; v < from->first_vertex[p + 1]; v++) {
      bool last = v + 1 == from->first_vertex[p + 1];
      size_t n = last ? 1 : cuts(from->x[v], from->y[v], from->x[v + 1], from->y[v + 1]);
      for (size_t k = 0; k < n; k++, at++) {
        double t = (double)k / (double)n;
        to->x[at] = k ? from->x[v] + t * (from->x[v + 1] - from->x[v]) : from->x[v];
        to->y[at] = k ? from->y[v] + t * (from->y[v + 1] - from->y[v]) : from->y[v];
      }
    }
  }
  to->first_vertex[from->parts] = at;
}

sund_code flood_to_raster(sund_ctx *ctx, const flood_site *site, const sund_shapes *shapes, sund_shapes **out) {
  sund_shapes *made = NULL;
  bool moved = !site->to_raster->identity;
  TRY(sund_shapes_new(ctx, shapes->kind, shapes->rows, shapes->parts, moved ? count_cut(shapes) : shapes->vertices,
                      &made));
  memcpy(made->first_part, shapes->first_part, (shapes->rows + 1) * sizeof *made->first_part);
  if (shapes->hole) memcpy(made->hole, shapes->hole, shapes->parts);
  if (moved) {
    cut_edges(shapes, made);
    TRY(sund_op_apply(ctx, site->to_raster, made->vertices, made->x, made->y, NULL));
  } else {
    memcpy(made->first_vertex, shapes->first_vertex, (shapes->parts + 1) * sizeof *made->first_vertex);
    memcpy(made->x, shapes->x, shapes->vertices * sizeof *made->x);
    memcpy(made->y, shapes->y, shapes->vertices * sizeof *made->y);
  }
  *out = made;
  return SUND_OK;
}

sund_code flood_to_map(sund_ctx *ctx, const flood_site *site, sund_shapes *shapes) {
  return sund_op_apply(ctx, site->to_map, shapes->vertices, shapes->x, shapes->y, NULL);
}

sund_code flood_cell_place(sund_ctx *ctx, const flood_site *site, sund_cell cell, double *x, double *y) {
  sund_lattice_centre(&site->spec->lattice, cell, x, y);
  return sund_op_apply(ctx, site->to_map, 1, x, y, NULL);
}

/* overlay_wedge.c - wedges of sea between areas.
 *
 * Neighbours that digitised their border differently leave a wedge that is open to the sea, and the boundary of their
 * union runs up one side of it and down the other. Such wedges are what a closing adds (Serra, "Image analysis and
 * mathematical morphology", 1982: grow by gap / 2, shrink by gap / 2). A closing also fills the narrow inlets and
 * rounds the inner corners of one area's own coast, which must stay; so of everything it adds only what lies within
 * `gap` of two different areas is kept. A coast that runs straight or bends outwards at the border's end is not moved.
 *
 * Order of calls: find_spots (stretches of the boundary with two areas near), make_windows (boxes around clusters of
 * them), then for each window close_window on the land in it, keep_touching, keep_between. A closing knows nothing
 * farther away than the gap, so closing the land in a window is the same as looking at the window after closing all
 * of the land, and takes seconds less.
 */
#include "overlay_wedge.h"

#include <math.h>

#include "unite.h"

/* Everything of one call. */
typedef struct wedges {
  overlay *o;
  double gap;
  overlay_set *areas;
  overlay_set *land;       /* a row per polygon, no holes                                          */
  sund_segments *segments; /* of the areas                                                         */
  size_t spots, spot_room;
  double (*spot)[4]; /* boxes around segments of the land's boundary with two areas near     */
  size_t fills, fill_room;
  GEOSGeometry **fill; /* what is put between areas, at last with the land itself              */
} wedges;

/* ------------------------------------------------------------------------------------------------------ spots */

/* A segment of the land's boundary, asked whether two areas are near. */
typedef struct near_two {
  const wedges *w;
  double ax, ay, bx, by;
  size_t row; /* first area found near, SIZE_MAX = none */
  bool two;
} near_two;

/* Smallest distance between the ends of either segment and the other one. Crossing segments may come out too far
 * apart; they are near the area they cross through others. */
static double segment_distance(const near_two *q, double cx, double cy, double dx, double dy) {
  double share;
  const double a = sund_segment_nearest(q->ax, q->ay, cx, cy, dx, dy, &share);
  const double b = sund_segment_nearest(q->bx, q->by, cx, cy, dx, dy, &share);
  const double c = sund_segment_nearest(cx, cy, q->ax, q->ay, q->bx, q->by, &share);
  const double d = sund_segment_nearest(dx, dy, q->ax, q->ay, q->bx, q->by, &share);
  return fmin(fmin(a, b), fmin(c, d));
}

static bool visit_segment(size_t item, void *data) {
  near_two *q = data;
  const sund_segments *s = q->w->segments;
  const size_t v = s->segment[item], row = s->row[item];
  if (row == q->row) return true;
  const double *x = s->shapes->x, *y = s->shapes->y;
  if (segment_distance(q, x[v], y[v], x[v + 1], y[v + 1]) > 2 * q->w->gap) return true;
  q->two = q->row != SIZE_MAX;
  q->row = row;
  return !q->two;
}

static void segment_box(const sund_shapes *s, size_t v, double margin, double box[4]) {
  box[0] = fmin(s->x[v], s->x[v + 1]) - margin;
  box[1] = fmin(s->y[v], s->y[v + 1]) - margin;
  box[2] = fmax(s->x[v], s->x[v + 1]) + margin;
  box[3] = fmax(s->y[v], s->y[v + 1]) + margin;
}

/* Notes the segments of the boundary that have two areas within twice the gap: a point within the gap of two areas is
 * within the gap of the boundary of one, hence that boundary within twice the gap of the other. */
static sund_code find_spots(wedges *w, const sund_shapes *land) {
  for (size_t part = 0; part < land->parts; part++) {
    for (size_t v = land->first_vertex[part]; v + 1 < land->first_vertex[part + 1]; v++) {
      near_two q = {w, land->x[v], land->y[v], land->x[v + 1], land->y[v + 1], SIZE_MAX, false};
      double box[4];
      segment_box(land, v, 2 * w->gap, box);
      sund_index_search(w->segments->index, box, visit_segment, &q);
      if (!q.two) continue;
      double(*grown)[4] = sund_grow(w->o->scratch, w->spot, &w->spot_room, w->spots + 1, sizeof *grown);
      if (!grown) return SUND_LIMIT;
      w->spot = grown;
      segment_box(land, v, 3 * w->gap, w->spot[w->spots++]);
    }
  }
  return SUND_OK;
}

/* ---------------------------------------------------------------------------------------------------- windows */

typedef struct cluster {
  uint32_t *parent;
  size_t spot;
} cluster;

static bool join_spot(size_t other, void *data) {
  cluster *c = data;
  unite_join(c->parent, c->spot, other);
  return true;
}

/* Boxes of the clusters of spots: spots that overlap are in one cluster. In the order of their first spots. */
static sund_code make_windows(wedges *w, size_t *out_count, double (**out)[4]) {
  sund_index *index;
  size_t windows = 0;
  uint32_t *parent = unite_new(w->o->scratch, w->spots);
  size_t *number = sund_alloc(w->o->scratch, w->spots, sizeof *number);
  double(*window)[4] = sund_alloc(w->o->scratch, w->spots, sizeof *window);
  if (!parent || !number || !window) return SUND_LIMIT;
  TRY(sund_index_build(w->o->scratch, w->spots, w->spots ? w->spot[0] : NULL, &index));
  for (size_t i = 0; i < w->spots; i++) {
    sund_index_search(index, w->spot[i], join_spot, &(cluster){.parent = parent, .spot = i});
  }
  for (size_t i = 0; i < w->spots; i++) {
    const size_t root = unite_root(parent, i);
    const double *spot = w->spot[i];
    if (root == i) { /* the smallest of its cluster, so seen first */
      number[i] = windows++;
      for (int k = 0; k < 4; k++) window[number[i]][k] = spot[k];
    }
    double *box = window[number[root]];
    for (int k = 0; k < 4; k++) box[k] = k < 2 ? fmin(box[k], spot[k]) : fmax(box[k], spot[k]);
  }
  *out_count = windows;
  *out = window;
  return SUND_OK;
}

/* ------------------------------------------------------------------------------------------------------ fills */

static void destroy_fills(void *data) {
  wedges *w = data;
  for (size_t i = 0; i < w->fills; i++) GEOSGeom_destroy_r(w->o->geos, w->fill[i]);
  w->fills = 0;
}

static sund_code failed(wedges *w) {
  return overlay_fail(w->o, "find the shore", SIZE_MAX);
}

/* Takes over g, which may be NULL after a failure of GEOS. */
static sund_code keep(wedges *w, GEOSGeometry *g) {
  if (!g) return failed(w);
  GEOSGeometry **grown = sund_grow(w->o->scratch, w->fill, &w->fill_room, w->fills + 1, sizeof *grown);
  if (!grown) {
    GEOSGeom_destroy_r(w->o->geos, g);
    return SUND_LIMIT;
  }
  w->fill = grown;
  w->fill[w->fills++] = g;
  return SUND_OK;
}

/* Keeps a fill, grown by a millimetre: its sides are those of the areas only up to rounding, and a slit of any width
 * would leave the wedge open. What is thinner than a micrometre is rounding itself. Takes over g as keep does. */
static sund_code keep_fill(wedges *w, GEOSGeometry *g) {
  const double thinnest = 1e-6;
  const GEOSContextHandle_t geos = w->o->geos;
  double area = 0, perimeter = 0;
  if (!g) return failed(w);
  const bool measured = GEOSArea_r(geos, g, &area) && GEOSLength_r(geos, g, &perimeter);
  const bool thick = 2 * area > thinnest * perimeter;
  GEOSGeometry *grown = measured && thick ? GEOSBuffer_r(geos, g, OVERLAY_GRID_M, OVERLAY_QUADRANT) : NULL;
  GEOSGeom_destroy_r(geos, g);
  return measured && !thick ? SUND_OK : keep(w, grown);
}

/* Leaves in hits the areas that touch the piece, to a millimetre. */
static sund_code keep_touching(wedges *w, const GEOSGeometry *piece, overlay_hits *hits) {
  size_t kept = 0;
  if (hits->count < 2) return SUND_OK;
  for (size_t i = 0; i < hits->count; i++) {
    const GEOSPreparedGeometry *area;
    TRY(overlay_prepared(w->areas, hits->row[i], &area));
    const char answer = GEOSPreparedDistanceWithin_r(w->o->geos, area, piece, OVERLAY_GRID_M);
    if (answer != 0 && answer != 1) return overlay_fail(w->o, "compare", hits->row[i]);
    if (answer == 1) hits->row[kept++] = hits->row[i];
  }
  hits->count = kept;
  return SUND_OK;
}

/* The part of the piece within the gap of an area, of which only the surroundings are looked at. NULL on failure. */
static GEOSGeometry *part_near(wedges *w, const GEOSGeometry *piece, const double box[4], const GEOSGeometry *area) {
  const GEOSContextHandle_t geos = w->o->geos;
  GEOSGeometry *local = overlay_clip(w->o, area, box);
  GEOSGeometry *grown = local ? GEOSBuffer_r(geos, local, w->gap, OVERLAY_QUADRANT) : NULL;
  GEOSGeometry *result = grown ? overlay_combine(w->o, OVERLAY_INTERSECT, piece, grown) : NULL;
  if (local) GEOSGeom_destroy_r(geos, local);
  if (grown) GEOSGeom_destroy_r(geos, grown);
  return result;
}

/* Keeps what of the piece lies within the gap of two or more of the areas in hits. */
static sund_code keep_between(wedges *w, const GEOSGeometry *piece, const double box[4], const overlay_hits *hits) {
  for (size_t i = 0; i < hits->count; i++) {
    const GEOSGeometry *a, *b;
    TRY(overlay_row(w->areas, hits->row[i], &a));
    GEOSGeometry *near_a = part_near(w, piece, box, a);
    if (!near_a) return failed(w);
    for (size_t k = i + 1; k < hits->count; k++) {
      sund_code code = overlay_row(w->areas, hits->row[k], &b);
      if (code == SUND_OK) code = keep_fill(w, part_near(w, near_a, box, b));
      if (code == SUND_OK) continue;
      GEOSGeom_destroy_r(w->o->geos, near_a);
      return code;
    }
    GEOSGeom_destroy_r(w->o->geos, near_a);
  }
  return SUND_OK;
}

/* Box of a geometry, grown. */
static bool box_of(overlay *o, const GEOSGeometry *g, double margin, double box[4]) {
  if (!GEOSGeom_getXMin_r(o->geos, g, &box[0]) || !GEOSGeom_getYMin_r(o->geos, g, &box[1]) ||
      !GEOSGeom_getXMax_r(o->geos, g, &box[2]) || !GEOSGeom_getYMax_r(o->geos, g, &box[3])) {
    return false;
  }
  for (int k = 0; k < 4; k++) box[k] += k < 2 ? -margin : margin;
  return true;
}

/* Goes through the pieces a closing added. */
static sund_code find_fills(wedges *w, const GEOSGeometry *added, overlay_hits *hits) {
  const int parts = GEOSGetNumGeometries_r(w->o->geos, added);
  for (int i = 0; i < parts; i++) {
    const GEOSGeometry *piece = overlay_polygon(w->o, added, i);
    double box[4];
    if (!piece) continue;
    if (!box_of(w->o, piece, 2 * w->gap, box)) return failed(w);
    TRY(overlay_find(w->areas, box, hits));
    TRY(keep_touching(w, piece, hits));
    if (hits->count > 1) TRY(keep_between(w, piece, box, hits));
  }
  return SUND_OK;
}

/* ----------------------------------------------------------------------------------------------------- closing */

/* What growing and shrinking by half the gap adds to the land. NULL on failure. */
static GEOSGeometry *closing(wedges *w, const GEOSGeometry *land) {
  const GEOSContextHandle_t geos = w->o->geos;
  GEOSGeometry *grown = GEOSBuffer_r(geos, land, w->gap / 2, OVERLAY_QUADRANT);
  GEOSGeometry *closed = grown ? GEOSBuffer_r(geos, grown, -w->gap / 2, OVERLAY_QUADRANT) : NULL;
  GEOSGeometry *added = closed ? overlay_combine(w->o, OVERLAY_SUBTRACT, closed, land) : NULL;
  if (grown) GEOSGeom_destroy_r(geos, grown);
  if (closed) GEOSGeom_destroy_r(geos, closed);
  return added;
}

/* The land in a window: what of its polygons lies inside. */
static sund_code land_in(wedges *w, const double box[4], overlay_hits *hits, GEOSGeometry **buffer,
                         GEOSGeometry **out) {
  TRY(overlay_find(w->land, box, hits));
  for (size_t i = 0; i < hits->count; i++) {
    const GEOSGeometry *polygon;
    sund_code code = overlay_row(w->land, hits->row[i], &polygon);
    buffer[i] = code == SUND_OK ? overlay_clip(w->o, polygon, box) : NULL;
    if (buffer[i]) continue;
    while (i-- > 0) GEOSGeom_destroy_r(w->o->geos, buffer[i]);
    return code == SUND_OK ? failed(w) : code;
  }
  *out = overlay_unite_all(w->o, buffer, hits->count);
  return *out ? SUND_OK : failed(w);
}

static sund_code close_window(wedges *w, const double box[4], overlay_hits *hits, GEOSGeometry **buffer) {
  GEOSGeometry *land = NULL;
  TRY(land_in(w, box, hits, buffer, &land));
  GEOSGeometry *added = closing(w, land);
  GEOSGeom_destroy_r(w->o->geos, land);
  if (!added) return failed(w);
  const sund_code code = find_fills(w, added, hits);
  GEOSGeom_destroy_r(w->o->geos, added);
  return code;
}

/* The polygons of the land as a set, a row each. */
static sund_code split_land(wedges *w, const GEOSGeometry *land, sund_shapes **out) {
  overlay_result *result;
  TRY(overlay_result_new(w->o, SUND_AREA, 0, &result));
  for (int i = 0; i < GEOSGetNumGeometries_r(w->o->geos, land); i++) {
    TRY(overlay_add(result, overlay_polygon(w->o, land, i), false));
  }
  TRY(overlay_result_finish_in(result, w->o->scratch, out));
  TRY(overlay_set_new(w->o, *out, &w->land));
  return overlay_set_index(w->land, 0);
}

static sund_code find_wedges(wedges *w, const sund_shapes *areas, const GEOSGeometry *land) {
  overlay_hits hits = {0};
  sund_shapes *polygons;
  size_t windows;
  double(*window)[4];
  TRY(overlay_set_new(w->o, areas, &w->areas));
  TRY(overlay_set_index(w->areas, 0));
  TRY(sund_segments_build(w->o->scratch, areas, &w->segments));
  TRY(split_land(w, land, &polygons));
  TRY(find_spots(w, polygons));
  TRY(make_windows(w, &windows, &window));
  GEOSGeometry **buffer = sund_alloc(w->o->scratch, polygons->rows, sizeof *buffer);
  if (!buffer) return SUND_LIMIT;
  for (size_t i = 0; i < windows; i++) TRY(close_window(w, window[i], &hits, buffer));
  return SUND_OK;
}

sund_code overlay_fill_wedges(overlay *o, const sund_shapes *areas, double gap, GEOSGeometry **land) {
  wedges *w = sund_alloc(o->scratch, 1, sizeof *w);
  if (!w) return SUND_LIMIT;
  w->o = o;
  w->gap = gap;
  TRY(sund_defer(o->scratch, destroy_fills, w));
  TRY(find_wedges(w, areas, *land));
  if (!w->fills) return SUND_OK;
  GEOSGeometry *open = *land;
  *land = NULL;
  TRY(keep(w, open));
  const size_t count = w->fills;
  w->fills = 0; /* from here on they belong to the union */
  *land = overlay_unite_all(o, w->fill, count);
  return *land ? SUND_OK : failed(w);
}

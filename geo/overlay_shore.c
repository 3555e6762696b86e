/* overlay_shore.c - where land ends: the outer boundary of all areas together.
 *
 * 1. The areas are united; borders that neighbours share exactly vanish. Holes are lakes or slivers, never shore.
 * 2. Wedges between neighbours that digitised their border differently are filled: geo/overlay_wedge.c.
 * 3. The outer rings of the whole are the shore.
 */
#include "overlay.h"
#include "overlay_wedge.h"

/* The same polygons without their holes, united: an island in a lake is part of the land now. NULL on failure. */
static GEOSGeometry *without_holes(overlay *o, const GEOSGeometry *g) {
  const int parts = GEOSGetNumGeometries_r(o->geos, g);
  GEOSGeometry **filled = sund_alloc(o->scratch, (size_t)parts, sizeof *filled);
  if (!filled) return NULL;
  size_t count = 0;
  for (int i = 0; i < parts; i++) {
    const GEOSGeometry *part = overlay_polygon(o, g, i);
    if (!part) continue;
    GEOSGeometry *ring = GEOSGeom_clone_r(o->geos, GEOSGetExteriorRing_r(o->geos, part));
    filled[count] = ring ? GEOSGeom_createPolygon_r(o->geos, ring, NULL, 0) : NULL;
    if (!filled[count]) {
      while (count-- > 0) GEOSGeom_destroy_r(o->geos, filled[count]);
      return NULL;
    }
    count++;
  }
  return overlay_unite_all(o, filled, count);
}

/* Adds the outer ring of every polygon that is large enough: a row each, in the order of their first vertices. */
static sund_code add_rings(overlay *o, const GEOSGeometry *land, double min_area, sund_shapes **out) {
  overlay_result *all, *result;
  sund_shapes *rings;
  TRY(overlay_result_new(o, SUND_AREA, 0, &all));
  TRY(overlay_add(all, land, true));
  TRY(overlay_result_finish_in(all, o->scratch, &rings));
  TRY(overlay_result_new(o, SUND_LINE, 0, &result));
  for (size_t part = 0; part < rings->parts; part++) {
    const size_t first = rings->first_vertex[part], n = rings->first_vertex[part + 1] - first;
    if (rings->hole[part] || sund_ring_area(n, rings->x + first, rings->y + first) < min_area) continue;
    TRY(overlay_copy_part(result, rings, part));
  }
  return overlay_result_finish(result, out);
}

static sund_code find(overlay *o, const sund_shapes *areas, double gap, double min_area, sund_shapes **out) {
  GEOSGeometry *whole;
  TRY(overlay_unite_rows(o, areas, &whole));
  GEOSGeometry *land = without_holes(o, whole);
  GEOSGeom_destroy_r(o->geos, whole);
  if (!land) return overlay_fail(o, "find the shore", SIZE_MAX);
  sund_code code = gap > 0 ? overlay_fill_wedges(o, areas, gap, &land) : SUND_OK;
  if (code == SUND_OK) code = add_rings(o, land, min_area, out);
  if (land) GEOSGeom_destroy_r(o->geos, land);
  return code;
}

sund_code sund_overlay_shore(sund_ctx *ctx, const sund_shapes *areas, double gap, double min_area,
                             sund_shapes **out) {
  overlay *o;
  TRY(overlay_open(ctx, &o));
  return overlay_close(o, find(o, areas, gap, min_area, out));
}

/* overlay_geos.c - GEOS for the overlay room: session, errors, rows as geometries, operations with a second try.
 *
 * Every public overlay function runs in a session of its own: a scratch context with a GEOS context in it. Handles that
 * outlive a statement belong to a set, which the scratch context closes, so that there is one exit for all of them,
 * whatever failed.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "overlay.h"

/* ---------------------------------------------------------------------------------------------------- session */

/* GEOS' messages are one line here, without the prefix that every exception has. */
static void note(const char *message, void *data) {
  overlay *o = data;
  size_t n = 0;
  for (; message[n] && n + 1 < sizeof o->message; n++) o->message[n] = message[n] < ' ' ? ' ' : message[n];
  while (n && o->message[n - 1] == ' ') n--;
  o->message[n] = '\0';
}

static void finish(void *data) {
  overlay *o = data;
  GEOS_finish_r(o->geos);
}

static sund_code start(sund_ctx *ctx, sund_ctx *scratch, overlay **out) {
  overlay *o = sund_alloc(scratch, 1, sizeof *o);
  if (!o) return SUND_LIMIT;
  o->ctx = ctx;
  o->scratch = scratch;
  o->geos = GEOS_init_r();
  if (!o->geos) return sund_fail(scratch, SUND_LIMIT, "out of memory for GEOS");
  TRY(sund_defer(scratch, finish, o));
  GEOSContext_setErrorMessageHandler_r(o->geos, note, o);
  *out = o;
  return SUND_OK;
}

sund_code overlay_open(sund_ctx *ctx, overlay **out) {
  sund_ctx *scratch = sund_ctx_child(ctx);
  if (!scratch) return SUND_LIMIT;
  sund_code code = start(ctx, scratch, out);
  if (code != SUND_OK) {
    code = sund_ctx_pass(ctx, scratch);
    sund_ctx_free(scratch);
  }
  return code;
}

sund_code overlay_close(overlay *o, sund_code code) {
  sund_ctx *scratch = o->scratch;
  /* results are allocated in the caller's context, so the failure may be noted there already */
  if (code != SUND_OK && sund_failure(scratch, NULL, NULL, NULL) != SUND_OK) code = sund_ctx_pass(o->ctx, scratch);
  sund_ctx_free(scratch);
  return code;
}

static sund_code out_of_memory(const overlay *o) {
  return strstr(o->message, "bad_alloc") ? sund_fail(o->scratch, SUND_LIMIT, "out of memory for GEOS") : SUND_OK;
}

sund_code overlay_fail(overlay *o, const char *doing, size_t row) {
  TRY(out_of_memory(o));
  if (row == SIZE_MAX) return sund_fail(o->scratch, SUND_DATA, "cannot %s: %s", doing, o->message);
  return sund_fail(o->scratch, SUND_DATA, "cannot %s row %zu: %s", doing, row, o->message);
}

sund_code overlay_fail_pair(overlay *o, const char *doing, size_t a, size_t b) {
  TRY(out_of_memory(o));
  return sund_fail(o->scratch, SUND_DATA, "cannot %s rows %zu and %zu: %s", doing, a, b, o->message);
}

/* -------------------------------------------------------------------------------------------------------- set */

void overlay_drop(overlay_set *set, size_t row) {
  const GEOSContextHandle_t geos = set->o->geos;
  if (set->prepared[row]) GEOSPreparedGeom_destroy_r(geos, set->prepared[row]);
  if (set->geom[row]) GEOSGeom_destroy_r(geos, set->geom[row]);
  set->prepared[row] = NULL;
  set->geom[row] = NULL;
}

static void drop_all(void *data) {
  overlay_set *set = data;
  for (size_t row = 0; row < set->shapes->rows; row++) overlay_drop(set, row);
}

sund_code overlay_set_new(overlay *o, const sund_shapes *shapes, overlay_set **out) {
  overlay_set *set = sund_alloc(o->scratch, 1, sizeof *set);
  if (!set) return SUND_LIMIT;
  size_t most = 0;
  for (size_t row = 0; row < shapes->rows; row++) {
    const size_t parts = shapes->first_part[row + 1] - shapes->first_part[row];
    if (parts > most) most = parts;
  }
  set->o = o;
  set->shapes = shapes;
  set->box = sund_alloc(o->scratch, shapes->rows, sizeof *set->box);
  set->geom = sund_alloc(o->scratch, shapes->rows, sizeof *set->geom);
  set->prepared = sund_alloc(o->scratch, shapes->rows, sizeof *set->prepared);
  set->pieces = sund_alloc(o->scratch, most, sizeof *set->pieces);
  set->rings = sund_alloc(o->scratch, most, sizeof *set->rings);
  if (!set->box || !set->geom || !set->prepared || !set->pieces || !set->rings) return SUND_LIMIT;
  for (size_t row = 0; row < shapes->rows; row++) sund_shapes_box(shapes, row, set->box[row]);
  TRY(sund_defer(o->scratch, drop_all, set));
  *out = set;
  return SUND_OK;
}

sund_code overlay_set_index(overlay_set *set, double margin) {
  const size_t rows = set->shapes->rows;
  double *boxes = sund_alloc(set->o->scratch, rows, 4 * sizeof *boxes);
  if (!boxes) return SUND_LIMIT;
  for (size_t row = 0; row < rows; row++) {
    for (int k = 0; k < 4; k++) boxes[4 * row + (size_t)k] = set->box[row][k] + (k < 2 ? -margin : margin);
  }
  return sund_index_build(set->o->scratch, rows, boxes, &set->index);
}

static sund_code check_part(const overlay_set *set, size_t row, size_t part) {
  const sund_shapes *s = set->shapes;
  const size_t first = s->first_vertex[part], end = s->first_vertex[part + 1];
  for (size_t v = first; v < end; v++) {
    if (!isfinite(s->x[v]) || !isfinite(s->y[v])) {
      return sund_fail(set->o->scratch, SUND_DATA, "row %zu has a coordinate that is not finite", row);
    }
  }
  if (s->kind == SUND_AREA && end > first && (s->x[first] != s->x[end - 1] || s->y[first] != s->y[end - 1])) {
    return sund_fail(set->o->scratch, SUND_DATA, "row %zu has a ring that is not closed, at %.3f %.3f", row,
                     s->x[first], s->y[first]);
  }
  return SUND_OK;
}

/* Ring or line of a part; NULL when GEOS fails. */
static GEOSGeometry *part_geometry(const overlay_set *set, size_t part) {
  const sund_shapes *s = set->shapes;
  const GEOSContextHandle_t geos = set->o->geos;
  const size_t first = s->first_vertex[part], n = s->first_vertex[part + 1] - first;
  if (n > UINT32_MAX) {
    note("more vertices in one part than GEOS can take", set->o);
    return NULL;
  }
  GEOSCoordSequence *seq = GEOSCoordSeq_copyFromArrays_r(geos, s->x + first, s->y + first, NULL, NULL, (unsigned)n);
  if (!seq) return NULL;
  return s->kind == SUND_AREA ? GEOSGeom_createLinearRing_r(geos, seq) : GEOSGeom_createLineString_r(geos, seq);
}

static bool large_enough(const sund_shapes *s, size_t part) {
  return s->first_vertex[part + 1] - s->first_vertex[part] >= (s->kind == SUND_AREA ? 4u : 2u);
}

static void destroy_all(GEOSContextHandle_t geos, GEOSGeometry **geoms, size_t count) {
  for (size_t i = 0; i < count; i++) GEOSGeom_destroy_r(geos, geoms[i]);
}

/* Polygon of the parts first .. end-1: outer ring and holes; NULL when GEOS fails. */
static GEOSGeometry *polygon(const overlay_set *set, size_t first, size_t end) {
  size_t count = 0;
  for (size_t part = first; part < end; part++) {
    if (!large_enough(set->shapes, part)) continue;
    set->rings[count] = part_geometry(set, part);
    if (!set->rings[count]) {
      destroy_all(set->o->geos, set->rings, count);
      return NULL;
    }
    count++;
  }
  return GEOSGeom_createPolygon_r(set->o->geos, set->rings[0], set->rings + 1, (unsigned)(count - 1));
}

/* Geometry of a row: what GEOS calls simple when there is one part, else a collection; NULL when GEOS fails. */
static GEOSGeometry *row_geometry(const overlay_set *set, size_t row) {
  const sund_shapes *s = set->shapes;
  const GEOSContextHandle_t geos = set->o->geos;
  const bool areas = s->kind == SUND_AREA;
  size_t count = 0;
  for (size_t part = s->first_part[row], next; part < s->first_part[row + 1]; part = next) {
    for (next = part + 1; areas && next < s->first_part[row + 1] && s->hole[next];) next++;
    if (!large_enough(s, part)) continue;
    set->pieces[count] = areas ? polygon(set, part, next) : part_geometry(set, part);
    if (!set->pieces[count]) {
      destroy_all(geos, set->pieces, count);
      return NULL;
    }
    count++;
  }
  if (count == 1) return set->pieces[0];
  if (count == 0) return areas ? GEOSGeom_createEmptyPolygon_r(geos) : GEOSGeom_createEmptyLineString_r(geos);
  return GEOSGeom_createCollection_r(geos, areas ? GEOS_MULTIPOLYGON : GEOS_MULTILINESTRING, set->pieces,
                                     (unsigned)count);
}

sund_code overlay_row(overlay_set *set, size_t row, const GEOSGeometry **out) {
  if (!set->geom[row]) {
    for (size_t part = set->shapes->first_part[row]; part < set->shapes->first_part[row + 1]; part++) {
      TRY(check_part(set, row, part));
    }
    set->geom[row] = row_geometry(set, row);
    if (!set->geom[row]) return overlay_fail(set->o, "read", row);
  }
  *out = set->geom[row];
  return SUND_OK;
}

sund_code overlay_prepared(overlay_set *set, size_t row, const GEOSPreparedGeometry **out) {
  const GEOSGeometry *geom;
  TRY(overlay_row(set, row, &geom));
  if (!set->prepared[row]) set->prepared[row] = GEOSPrepare_r(set->o->geos, geom);
  if (!set->prepared[row]) return overlay_fail(set->o, "prepare", row);
  *out = set->prepared[row];
  return SUND_OK;
}

sund_code overlay_take(overlay_set *set, size_t row, GEOSGeometry **out) {
  const GEOSGeometry *geom;
  TRY(overlay_row(set, row, &geom));
  if (set->prepared[row]) GEOSPreparedGeom_destroy_r(set->o->geos, set->prepared[row]);
  *out = set->geom[row];
  set->prepared[row] = NULL;
  set->geom[row] = NULL;
  return SUND_OK;
}

/* ------------------------------------------------------------------------------------------------------- hits */

static bool add_hit(size_t row, void *data) {
  overlay_hits *hits = data;
  size_t *grown = sund_grow(hits->scratch, hits->row, &hits->room, hits->count + 1, sizeof *grown);
  hits->failed = !grown;
  if (!grown) return false;
  hits->row = grown;
  hits->row[hits->count++] = row;
  return true;
}

static int ascending(const void *a, const void *b) {
  const size_t *x = a, *y = b;
  return (*x > *y) - (*x < *y);
}

sund_code overlay_find(const overlay_set *set, const double box[4], overlay_hits *hits) {
  hits->scratch = set->o->scratch;
  hits->count = 0;
  hits->failed = false;
  sund_index_search(set->index, box, add_hit, hits);
  if (hits->failed) return SUND_LIMIT;
  if (hits->count) qsort(hits->row, hits->count, sizeof *hits->row, ascending);
  return SUND_OK;
}

/* ------------------------------------------------------------------------------------------------- operations */

typedef GEOSGeometry *(*pair_fn)(GEOSContextHandle_t, const GEOSGeometry *, const GEOSGeometry *);
typedef GEOSGeometry *(*pair_grid_fn)(GEOSContextHandle_t, const GEOSGeometry *, const GEOSGeometry *, double);

/* Lines joined end to end where two meet. Takes over `lines`, which may be NULL. */
static GEOSGeometry *joined(overlay *o, GEOSGeometry *lines) {
  if (!lines || GEOSGetNumGeometries_r(o->geos, lines) < 2) return lines;
  GEOSGeometry *result = GEOSLineMerge_r(o->geos, lines);
  GEOSGeom_destroy_r(o->geos, lines);
  return result;
}

GEOSGeometry *overlay_combine(overlay *o, overlay_verb verb, const GEOSGeometry *a, const GEOSGeometry *b) {
  const pair_fn exact = verb == OVERLAY_INTERSECT ? GEOSIntersection_r : GEOSDifference_r;
  const pair_grid_fn on_grid = verb == OVERLAY_INTERSECT ? GEOSIntersectionPrec_r : GEOSDifferencePrec_r;
  if (GEOSGeom_getDimensions_r(o->geos, a) == 1) return joined(o, on_grid(o->geos, a, b, OVERLAY_GRID_M));
  GEOSGeometry *result = exact(o->geos, a, b);
  return result ? result : on_grid(o->geos, a, b, OVERLAY_GRID_M);
}

GEOSGeometry *overlay_unite(overlay *o, const GEOSGeometry *a) {
  GEOSGeometry *result = GEOSUnaryUnion_r(o->geos, a);
  return result ? result : GEOSUnaryUnionPrec_r(o->geos, a, OVERLAY_GRID_M);
}

GEOSGeometry *overlay_unite_all(overlay *o, GEOSGeometry **geoms, size_t count) {
  if (count > UINT32_MAX) {
    note("more geometries to unite than GEOS can take", o);
    destroy_all(o->geos, geoms, count);
    return NULL;
  }
  GEOSGeometry *all = GEOSGeom_createCollection_r(o->geos, GEOS_GEOMETRYCOLLECTION, geoms, (unsigned)count);
  if (!all) return NULL;
  GEOSGeometry *result = overlay_unite(o, all);
  GEOSGeom_destroy_r(o->geos, all);
  return result;
}

GEOSGeometry *overlay_clip(overlay *o, const GEOSGeometry *g, const double box[4]) {
  GEOSGeometry *window = GEOSGeom_createRectangle_r(o->geos, box[0], box[1], box[2], box[3]);
  GEOSGeometry *inside = window ? overlay_combine(o, OVERLAY_INTERSECT, g, window) : NULL;
  if (window) GEOSGeom_destroy_r(o->geos, window);
  return inside;
}

const GEOSGeometry *overlay_polygon(overlay *o, const GEOSGeometry *g, int n) {
  const GEOSGeometry *part = GEOSGetGeometryN_r(o->geos, g, n);
  if (!part || GEOSGeomTypeId_r(o->geos, part) != GEOS_POLYGON) return NULL;
  return GEOSisEmpty_r(o->geos, part) ? NULL : part;
}

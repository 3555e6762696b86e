/* overlay_valid.c - areas as a standard wants them.
 *
 * Valid rows pass as they stand. The others are rebuilt by GEOS' structure method: outer rings are united, holes
 * united and taken off. The other method, linework, takes every second crossing for a boundary and turns the part of a
 * hole that reaches outside its shell into land. Each repair is reported with the area before and after.
 */
#include <math.h>

#include "overlay.h"

/* The repairs so far, in scratch memory. */
typedef struct repairs {
  size_t count, room;
  sund_repair *repair;
} repairs;

static sund_code add_repair(overlay *o, repairs *list, sund_repair repair) {
  sund_repair *grown = sund_grow(o->scratch, list->repair, &list->room, list->count + 1, sizeof *grown);
  if (!grown) return SUND_LIMIT;
  list->repair = grown;
  list->repair[list->count++] = repair;
  return SUND_OK;
}

/* Signed sum of the rings of a row as given. */
static double signed_area(const sund_shapes *s, size_t row) {
  double area = 0;
  for (size_t part = s->first_part[row]; part < s->first_part[row + 1]; part++) {
    const size_t first = s->first_vertex[part], n = s->first_vertex[part + 1] - first;
    if (n) area += sund_ring_area(n, s->x + first, s->y + first);
  }
  return area;
}

/* A part that is too short to be a ring: GEOS does not even see it. SIZE_MAX when there is none. */
static size_t short_part(const sund_shapes *s, size_t row) {
  for (size_t part = s->first_part[row]; part < s->first_part[row + 1]; part++) {
    if (s->first_vertex[part + 1] - s->first_vertex[part] < 4) return part;
  }
  return SIZE_MAX;
}

/* Is the row valid? If not, *repair says why and where; the reason is in the caller's arena. */
static sund_code check(overlay *o, const GEOSGeometry *geom, size_t row, bool *valid, sund_repair *repair) {
  const GEOSContextHandle_t geos = o->geos;
  char *reason = NULL;
  GEOSGeometry *place = NULL;
  const char answer = GEOSisValidDetail_r(geos, geom, 0, &reason, &place);
  sund_code code = answer == 0 || answer == 1 ? SUND_OK : overlay_fail(o, "check", row);
  *valid = answer == 1;
  if (answer == 0) {
    repair->reason = sund_text_copy(o->ctx, reason ? reason : "invalid");
    if (!repair->reason) code = SUND_LIMIT;
    if (!place || !GEOSGeomGetX_r(geos, place, &repair->x) || !GEOSGeomGetY_r(geos, place, &repair->y)) {
      repair->x = repair->y = NAN;
    }
  }
  if (reason) GEOSFree_r(geos, reason);
  if (place) GEOSGeom_destroy_r(geos, place);
  return code;
}

/* GEOS' structure method; what collapses to lines and points is dropped. NULL on failure. */
static GEOSGeometry *rebuild(overlay *o, const GEOSGeometry *geom) {
  GEOSMakeValidParams *params = GEOSMakeValidParams_create_r(o->geos);
  if (!params) return NULL;
  GEOSGeometry *result = NULL;
  if (GEOSMakeValidParams_setMethod_r(o->geos, params, GEOS_MAKE_VALID_STRUCTURE) &&
      GEOSMakeValidParams_setKeepCollapsed_r(o->geos, params, 0)) {
    result = GEOSMakeValidWithParams_r(o->geos, geom, params);
  }
  GEOSMakeValidParams_destroy_r(o->geos, params);
  return result;
}

static sund_code repair_row(overlay *o, const GEOSGeometry *geom, overlay_result *result, sund_repair *repair) {
  GEOSGeometry *valid = rebuild(o, geom);
  if (!valid) return overlay_fail(o, "repair", repair->row);
  sund_code code = overlay_add(result, valid, true);
  if (code == SUND_OK && !GEOSArea_r(o->geos, valid, &repair->area_after)) {
    code = overlay_fail(o, "measure", repair->row);
  }
  GEOSGeom_destroy_r(o->geos, valid);
  return code;
}

static sund_code check_row(overlay_set *set, size_t row, overlay_result *result, repairs *list) {
  const sund_shapes *s = set->shapes;
  overlay *o = set->o;
  const GEOSGeometry *geom;
  sund_repair repair = {.row = row};
  bool valid;
  TRY(overlay_row(set, row, &geom));
  TRY(check(o, geom, row, &valid, &repair));
  const size_t stub = short_part(s, row);
  if (valid && stub == SIZE_MAX) {
    overlay_drop(set, row);
    return overlay_copy(result, s, row);
  }
  if (valid) { /* only the short part is wrong; in the words GEOS has for it */
    const size_t first = s->first_vertex[stub];
    const bool any = s->first_vertex[stub + 1] > first;
    repair.reason = sund_text_copy(o->ctx, "Too few points in geometry component");
    if (!repair.reason) return SUND_LIMIT;
    repair.x = any ? s->x[first] : NAN;
    repair.y = any ? s->y[first] : NAN;
  }
  repair.area_before = signed_area(s, row);
  TRY(repair_row(o, geom, result, &repair));
  overlay_drop(set, row);
  return add_repair(o, list, repair);
}

static sund_code make_valid(overlay *o, const sund_shapes *areas, sund_shapes **out, sund_repair **out_repairs,
                            size_t *out_count) {
  overlay_set *set;
  overlay_result *result;
  repairs list = {0};
  sund_shapes *shapes;
  TRY(overlay_set_new(o, areas, &set));
  TRY(overlay_result_new(o, SUND_AREA, 0, &result));
  for (size_t row = 0; row < areas->rows; row++) TRY(check_row(set, row, result, &list));
  sund_repair *copy = sund_alloc(o->ctx, list.count, sizeof *copy);
  if (!copy) return SUND_LIMIT;
  for (size_t i = 0; i < list.count; i++) copy[i] = list.repair[i];
  TRY(overlay_result_finish(result, &shapes));
  *out = shapes;
  *out_repairs = copy;
  *out_count = list.count;
  return SUND_OK;
}

sund_code sund_overlay_valid(sund_ctx *ctx, const sund_shapes *areas, sund_shapes **out, sund_repair **out_repairs,
                             size_t *repair_count) {
  overlay *o;
  TRY(overlay_open(ctx, &o));
  return overlay_close(o, make_valid(o, areas, out, out_repairs, repair_count));
}

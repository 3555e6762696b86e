/* crs_op.c - operations from one coordinate reference system to another.
 *
 * Order of calls: sund_op_open for a pair of systems, sund_op_apply for points.
 *
 * Every operation owns a PROJ context, so that it can be used by whoever holds it. x is east and y is north whatever
 * the authority says: PROJ's own normalisation is asked for at every door.
 *
 * One operation is chosen for a whole box, not one per point, so that a layer is never moved by two different shifts.
 * The box only ranks: data lie outside registered areas of use all the time (Helsingor in EPSG:25832).
 */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "geo/crs_inside.h"

enum { STRIDE = 512, AREA_STEPS = 8 };

/* What the search for an operation found. */
typedef struct candidate {
  PJ *usable;        /* the first that is exact and has its grids, or NULL; the finder's to close   */
  char grid[80];     /* else a grid that a good one would need, or ""                                */
  char refused[160]; /* else the name of what PROJ would have done, or ""                            */
} candidate;

/* Looks through PROJ's list, best first. */
static void choose(PJ_CONTEXT *context, const PJ_OBJ_LIST *list, candidate *found) {
  const int count = list ? proj_list_get_count(list) : 0;
  for (int i = 0; i < count && !found->usable; i++) {
    PJ *operation = proj_list_get(context, list, i);
    if (!operation) continue;
    const char *grid = NULL;
    if (proj_coordoperation_has_ballpark_transformation(context, operation)) {
      snprintf(found->refused, sizeof found->refused, "%s", proj_get_name(operation));
    } else if (proj_coordoperation_is_instantiable(context, operation)) {
      found->usable = operation;
      continue;
    } else if (!*found->grid && proj_coordoperation_get_grid_used_count(context, operation) > 0 &&
               proj_coordoperation_get_grid_used(context, operation, 0, &grid, NULL, NULL, NULL, NULL, NULL, NULL)) {
      snprintf(found->grid, sizeof found->grid, "%s", grid);
    }
    proj_destroy(operation);
  }
}

/* Searches around `area` (degrees; NULL = anywhere). Ballpark ones are listed too, to be able to say what was refused. */
static void search(PJ_CONTEXT *context, const PJ *from, const PJ *to, const double area[4], candidate *found) {
  PJ_OPERATION_FACTORY_CONTEXT *factory = proj_create_operation_factory_context(context, NULL);
  if (!factory) return;
  proj_operation_factory_context_set_spatial_criterion(context, factory, PROJ_SPATIAL_CRITERION_PARTIAL_INTERSECTION);
  proj_operation_factory_context_set_grid_availability_use(context, factory, PROJ_GRID_AVAILABILITY_IGNORED);
  if (area) proj_operation_factory_context_set_area_of_interest(context, factory, area[0], area[1], area[2], area[3]);
  PJ_OBJ_LIST *list = proj_create_operations(context, from, to, factory);
  choose(context, list, found);
  proj_list_destroy(list);
  proj_operation_factory_context_destroy(factory);
}

/* The refusal, with what is known about a way out. */
static sund_code refuse(sund_ctx *ctx, const sund_crs *from, const sund_crs *to, const candidate *found) {
  const char *what = from->vertical ? "heights" : "coordinates";
  if (*found->grid)
    return sund_fail(ctx, SUND_OUTPUT,
                     "no way to bring %s from %s (%s) to %s (%s): PROJ needs the grid %s, which is not installed",
                     what, from->name, from->code, to->name, to->code, found->grid);
  return sund_fail(ctx, SUND_OUTPUT,
                   "no way to bring %s from %s (%s) to %s (%s): PROJ knows only a guess (%s), which is refused", what,
                   from->name, from->code, to->name, to->code, *found->refused ? found->refused : "none");
}

/* Takes over an operation found: normalised, named, closed with the context. */
static sund_code adopt(sund_ctx *ctx, PJ_CONTEXT *context, PJ *operation, sund_op *op) {
  TRY(crs_keep(ctx, operation));
  PJ *handle = proj_normalize_for_visualization(context, operation);
  if (!handle) return sund_fail(ctx, SUND_DEFECT, "PROJ cannot order the axes of %s", proj_get_name(operation));
  TRY(crs_keep(ctx, handle));
  op->name = sund_text_copy(ctx, proj_get_name(operation));
  if (!op->name) return SUND_LIMIT;
  const double accuracy = proj_coordoperation_get_accuracy(context, operation);
  const bool exact = proj_get_type(operation) == PJ_TYPE_CONVERSION;
  op->accuracy_m = exact ? 0 : accuracy < 0 ? NAN : accuracy;
  op->handle = handle;
  return SUND_OK;
}

/* The operation between two objects around an area in degrees; what must not be used is in `found`. */
static sund_code op_between(sund_ctx *ctx, const PJ *from, const PJ *to, const double area[4], candidate *found,
                            sund_op **out) {
  PJ_CONTEXT *context = NULL;
  sund_op *op = sund_alloc(ctx, 1, sizeof *op);
  if (!op) return SUND_LIMIT;
  TRY(crs_context_open(ctx, &context));
  if (crs_same(context, from, to)) {
    op->name = "";
    op->identity = true;
  } else {
    if (area) search(context, from, to, area, found);
    if (!found->usable) search(context, from, to, NULL, found);
    if (found->usable) TRY(adopt(ctx, context, found->usable, op));
  }
  *out = op->identity || op->handle ? op : NULL;
  return SUND_OK;
}

sund_code crs_unproject_open(sund_ctx *ctx, const sund_crs *crs, sund_op **out, double *degrees) {
  if (crs->vertical) return sund_fail(ctx, SUND_USAGE, "%s is a height system: it has no positions", crs->name);
  PJ *geographic = proj_crs_get_geodetic_crs(crs->context, crs->flat);
  if (!geographic) return sund_fail(ctx, SUND_DEFECT, "PROJ gives no geographic system of %s", crs->name);
  TRY(crs_keep(ctx, geographic));
  PJ *base = proj_get_type(crs->flat) == PJ_TYPE_BOUND_CRS ? proj_get_source_crs(crs->context, crs->flat) : NULL;
  TRY(crs_keep(ctx, base));
  candidate found = {0};
  TRY(op_between(ctx, base ? base : crs->flat, geographic, NULL, &found, out));
  if (!*out) return sund_fail(ctx, SUND_DEFECT, "PROJ cannot unproject %s", crs->name);
  *degrees = crs->degrees;
  return SUND_OK;
}

/* Bounding box in degrees of a box in the CRS, from points along and across it. False when it cannot be told. */
static bool box_degrees(sund_ctx *scratch, const sund_crs *crs, const double box[4], double area[4]) {
  sund_op *op = NULL;
  double degrees = 1;
  if (crs->vertical || !(box[0] <= box[2] && box[1] <= box[3])) return false;
  if (crs_unproject_open(scratch, crs, &op, &degrees) != SUND_OK) return false;
  double west = INFINITY, south = INFINITY, east = -INFINITY, north = -INFINITY;
  for (int i = 0; i <= AREA_STEPS; i++)
    for (int j = 0; j <= AREA_STEPS; j++) {
      double x = box[0] + (box[2] - box[0]) * i / AREA_STEPS, y = box[1] + (box[3] - box[1]) * j / AREA_STEPS;
      if (sund_op_apply(scratch, op, 1, &x, &y, NULL) != SUND_OK) continue;
      west = fmin(west, x * degrees), east = fmax(east, x * degrees);
      south = fmin(south, y * degrees), north = fmax(north, y * degrees);
    }
  area[0] = fmax(west, -180), area[1] = fmax(south, -90), area[2] = fmin(east, 180), area[3] = fmin(north, 90);
  return area[0] <= area[2] && area[1] <= area[3];
}

sund_code sund_op_open(sund_ctx *ctx, const sund_crs *from, const sund_crs *to, const double box[4], sund_op **out) {
  if (from->vertical != to->vertical)
    return sund_fail(ctx, SUND_USAGE, "no way from %s to %s: one of them is a height system", from->name, to->name);
  double area[4];
  bool known = false;
  if (box) {
    sund_ctx *scratch = sund_ctx_child(ctx);
    if (!scratch) return SUND_LIMIT;
    known = box_degrees(scratch, from, box, area);
    /* a box that cannot be told is no failure, missing memory is */
    if (sund_failure(scratch, NULL, NULL, NULL) == SUND_LIMIT) sund_ctx_pass(ctx, scratch);
    sund_ctx_free(scratch);
    TRY(sund_failure(ctx, NULL, NULL, NULL));
  }
  candidate found = {0};
  sund_op *op = NULL;
  TRY(op_between(ctx, from->flat, to->flat, known ? area : NULL, &found, &op));
  if (!op) return refuse(ctx, from, to, &found);
  *out = op;
  return SUND_OK;
}

/* The first of n points that is not finite, or n. */
static size_t first_bad(size_t n, const double *x, const double *y) {
  for (size_t i = 0; i < n; i++)
    if (!isfinite(x[i]) || !isfinite(y[i])) return i;
  return n;
}

/* Transforms n points in place; returns the first bad one, or n. */
static size_t transform(const sund_op *op, size_t n, double *x, double *y) {
  /* A failure is counted as done by PROJ and leaves infinity in the coordinate: only the values tell. */
  for (size_t at = 0; at < n; at += STRIDE) {
    const size_t count = n - at < STRIDE ? n - at : STRIDE, step = sizeof *x;
    proj_trans_generic(op->handle, PJ_FWD, x + at, step, count, y + at, step, count, NULL, 0, 0, NULL, 0, 0);
    const size_t bad = first_bad(count, x + at, y + at);
    if (bad < count) return at + bad;
  }
  return n;
}

/* Transforms through a copy, so that x and y stay as they are when a point fails. */
static size_t transform_copy(const sund_op *op, size_t n, double *x, double *y, double *copy) {
  memcpy(copy, x, n * sizeof *x);
  memcpy(copy + n, y, n * sizeof *y);
  const size_t bad = transform(op, n, copy, copy + n);
  if (bad == n) {
    memcpy(x, copy, n * sizeof *x);
    memcpy(y, copy + n, n * sizeof *y);
  }
  return bad;
}

sund_code sund_op_apply(sund_ctx *ctx, const sund_op *op, size_t n, double *x, double *y, size_t *bad) {
  size_t wrong = first_bad(n, x, y);
  const bool given = wrong == n;
  double few[2 * STRIDE];
  if (given && !op->identity && n <= STRIDE) {
    wrong = transform_copy(op, n, x, y, few);
  } else if (given && !op->identity) {
    sund_ctx *scratch = sund_ctx_child(ctx);
    if (!scratch) return SUND_LIMIT;
    double *copy = n <= SIZE_MAX / 2 ? sund_alloc(scratch, 2 * n, sizeof *copy) : NULL;
    if (copy) wrong = transform_copy(op, n, x, y, copy);
    const sund_code code = copy ? SUND_OK : sund_ctx_pass(ctx, scratch);
    sund_ctx_free(scratch);
    if (!copy) return code == SUND_OK ? sund_fail(ctx, SUND_LIMIT, "too many points") : code;
  }
  if (wrong == n) return SUND_OK;
  if (bad) *bad = wrong;
  if (!given) return sund_fail(ctx, SUND_DATA, "coordinate is not finite (x %g, y %g)", x[wrong], y[wrong]);
  return sund_fail(ctx, SUND_DATA, "coordinate x %.9g, y %.9g cannot be transformed (%s): wrong CRS or swapped axes?",
                   x[wrong], y[wrong], op->name);
}

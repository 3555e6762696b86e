/* crs.c - coordinate reference systems and operations between them. The only file that includes PROJ's main header.
 *
 * Order of calls: sund_crs_open for each system, sund_op_open for a pair, sund_op_apply for points.
 *
 * Every system and every operation owns a PROJ context, closed with the sund context: PROJ objects belong to one
 * thread, and an operation can then be used by whoever holds it. The network is off. x is east and y is north
 * whatever the authority says: PROJ's own normalisation is asked for at every door.
 *
 * One operation is chosen for a whole box, not one per point, so that a layer is never moved by two different shifts.
 * The box only ranks: data lie outside registered areas of use all the time (Helsingor in EPSG:25832).
 */
#include "geo/crs.h"

#include <math.h>
#include <proj.h>
#include <proj_experimental.h>
#include <stdio.h>
#include <string.h>

struct sund_crs {
  PJ_CONTEXT *context;
  PJ *whole; /* as defined                                              */
  PJ *flat;  /* its two-dimensional part, or the height system          */
  const char *name;
  const char *code; /* "" when it has none                                     */
  const char *wkt;
  bool metric, geographic, vertical;
  bool has_area;
  double area[4]; /* degrees: west, south, east, north                       */
  double major_m; /* ellipsoid                                               */
  double flattening;
  double degrees; /* degrees per unit of its geographic system, usually 1    */
};

enum { STRIDE = 512, AREA_STEPS = 8 };

/* ------------------------------------------------------------------------------------------- PROJ's objects */

static void quiet(void *data, int level, const char *text) {
  (void)data, (void)level, (void)text;
}

static void close_context(void *data) {
  proj_context_destroy(data);
}

static void close_object(void *data) {
  proj_destroy(data);
}

/* A PROJ context that says nothing, reads no network, and is closed with `ctx`. */
static sund_code context_open(sund_ctx *ctx, PJ_CONTEXT **out) {
  PJ_CONTEXT *context = proj_context_create();
  if (!context) return sund_fail(ctx, SUND_LIMIT, "no memory for a PROJ context");
  TRY(sund_defer(ctx, close_context, context));
  proj_log_func(context, NULL, quiet);
  proj_context_set_enable_network(context, 0);
  if (!proj_context_get_database_path(context))
    return sund_fail(ctx, SUND_OUTPUT, "PROJ's database proj.db is not found; install the package proj-data");
  *out = context;
  return SUND_OK;
}

/* Gives an object to the context for closing; NULL passes. */
static sund_code keep(sund_ctx *ctx, PJ *object) {
  return object ? sund_defer(ctx, close_object, object) : SUND_OK;
}

/* Are they one system once both have x east and y north? Registry texts differ in axis order from what files carry. */
static bool same(PJ_CONTEXT *context, const PJ *a, const PJ *b) {
  PJ *east_a = proj_normalize_for_visualization(context, a);
  PJ *east_b = proj_normalize_for_visualization(context, b);
  bool equal = proj_is_equivalent_to_with_ctx(context, east_a ? east_a : a, east_b ? east_b : b,
                                              PJ_COMP_EQUIVALENT_EXCEPT_AXIS_ORDER_GEOGCRS) != 0;
  proj_destroy(east_a);
  proj_destroy(east_b);
  return equal;
}

/* The registry's entry for a system read from a text: by the code it carries, else by PROJ's search with full
 * confidence. NULL when there is none or the text says something else than the registry. */
static PJ *registered(PJ_CONTEXT *context, const PJ *given) {
  const char *authority = proj_get_id_auth_name(given, 0), *code = proj_get_id_code(given, 0);
  PJ *entry = NULL;
  if (authority && code) {
    entry = proj_create_from_database(context, authority, code, PJ_CATEGORY_CRS, 0, NULL);
  } else {
    int *confidence = NULL;
    PJ_OBJ_LIST *list = proj_identify(context, given, "EPSG", NULL, &confidence);
    if (list && proj_list_get_count(list) > 0 && confidence[0] == 100) entry = proj_list_get(context, list, 0);
    proj_int_list_destroy(confidence);
    proj_list_destroy(list);
  }
  if (entry && same(context, given, entry)) return entry;
  proj_destroy(entry);
  return NULL;
}

/* Replaces a system by the registry's own where that says the same. WKT 1 hangs a shift to WGS 84 on a system; what the
 * registry knows of the system itself is better. */
static sund_code resolve(sund_ctx *ctx, PJ_CONTEXT *context, PJ **object) {
  PJ *base = proj_get_type(*object) == PJ_TYPE_BOUND_CRS ? proj_get_source_crs(context, *object) : NULL;
  TRY(keep(ctx, base));
  PJ *entry = registered(context, base ? base : *object);
  TRY(keep(ctx, entry));
  if (entry) *object = entry;
  return SUND_OK;
}

/* ---------------------------------------------------------------------------------------------------- reading */

/* Makes the object a definition stands for, the registry's own wherever it is known there. */
static sund_code parse(sund_ctx *ctx, PJ_CONTEXT *context, const char *definition, PJ **out) {
  const char *authority, *code;
  TRY(crs_definition_check(ctx, definition, &authority, &code));
  PJ *given = NULL;
  if (authority) {
    given = proj_create_from_database(context, authority, code, PJ_CATEGORY_CRS, 0, NULL);
  } else if (strchr("{ \t\r\n", *definition)) {
    given = proj_create(context, definition + strspn(definition, " \t\r\n"));
  } else {
    PROJ_STRING_LIST warnings = NULL, errors = NULL;
    given = proj_create_from_wkt(context, definition, NULL, &warnings, &errors);
    proj_string_list_destroy(warnings);
    proj_string_list_destroy(errors);
  }
  if (!given) return crs_definition_unknown(ctx, definition, authority ? "is unknown" : "is not understood");
  TRY(keep(ctx, given));
  if (!proj_is_crs(given)) return crs_definition_unknown(ctx, definition, "is no coordinate system");
  *out = given;
  return authority ? SUND_OK : resolve(ctx, context, out);
}

/* The two-dimensional part of a system: of a compound one the horizontal component, of one with heights its plane. */
static sund_code flatten(sund_ctx *ctx, PJ_CONTEXT *context, PJ *whole, PJ **out) {
  PJ *flat = whole;
  if (proj_get_type(flat) == PJ_TYPE_COMPOUND_CRS) {
    flat = proj_crs_get_sub_crs(context, flat, 0);
    TRY(keep(ctx, flat));
    if (flat) TRY(resolve(ctx, context, &flat));
  }
  if (flat && proj_get_type(flat) == PJ_TYPE_GEOGRAPHIC_3D_CRS) {
    flat = proj_crs_demote_to_2D(context, NULL, flat);
    TRY(keep(ctx, flat));
  }
  if (!flat) return sund_fail(ctx, SUND_DEFECT, "PROJ gives no horizontal part of %s", proj_get_name(whole));
  *out = flat;
  return SUND_OK;
}

/* Reads axis `index` of a coordinate system. False when there is none, or when it runs west: x is east here. */
static bool axis(PJ_CONTEXT *context, const PJ *system, int index, double *factor) {
  const char *direction = NULL;
  return proj_cs_get_axis_info(context, system, index, NULL, NULL, &direction, factor, NULL, NULL, NULL) &&
         strcmp(direction, "west") != 0;
}

/* Fills in what the axes are: metres, degrees or heights. */
static sund_code read_axes(sund_ctx *ctx, sund_crs *crs) {
  const PJ_TYPE type = proj_get_type(crs->flat);
  PJ *base = type == PJ_TYPE_BOUND_CRS ? proj_get_source_crs(crs->context, crs->flat) : NULL;
  const PJ *bare = base ? base : crs->flat;
  const PJ_TYPE kind = proj_get_type(bare);
  PJ *system = proj_crs_get_coordinate_system(crs->context, bare);
  double x = NAN, y = NAN;
  bool axes = system && axis(crs->context, system, 0, &x) &&
              (kind == PJ_TYPE_VERTICAL_CRS || axis(crs->context, system, 1, &y));
  proj_destroy(system);
  proj_destroy(base);
  crs->vertical = kind == PJ_TYPE_VERTICAL_CRS;
  crs->metric = kind == PJ_TYPE_PROJECTED_CRS && fabs(x - 1) < 1e-9 && fabs(y - 1) < 1e-9;
  const double degree = 0.017453292519943295;
  crs->geographic = kind == PJ_TYPE_GEOGRAPHIC_2D_CRS && fabs(x - degree) < 1e-9 && fabs(y - degree) < 1e-9;
  crs->degrees = 1;
  bool usable = crs->vertical || kind == PJ_TYPE_PROJECTED_CRS || kind == PJ_TYPE_GEOGRAPHIC_2D_CRS;
  if (usable && axes) return SUND_OK;
  return crs_definition_unknown(ctx, crs->name,
                                usable ? "has axes that do not run east and north" : "is no map plane");
}

/* Fills in the ellipsoid, and the unit of the geographic system below. */
static sund_code read_ellipsoid(sund_ctx *ctx, sund_crs *crs) {
  if (crs->vertical) return SUND_OK;
  PJ *ellipsoid = proj_get_ellipsoid(crs->context, crs->flat);
  double inverse = 0;
  bool known =
      ellipsoid && proj_ellipsoid_get_parameters(crs->context, ellipsoid, &crs->major_m, NULL, NULL, &inverse);
  proj_destroy(ellipsoid);
  if (!known) return crs_definition_unknown(ctx, crs->name, "has no ellipsoid");
  crs->flattening = inverse > 0 ? 1 / inverse : 0;
  PJ *geographic = proj_crs_get_geodetic_crs(crs->context, crs->flat);
  PJ *system = geographic ? proj_crs_get_coordinate_system(crs->context, geographic) : NULL;
  double radians = 0;
  if (system && axis(crs->context, system, 0, &radians) && radians > 0) {
    const double degrees = radians * 57.295779513082321;
    crs->degrees = fabs(degrees - 1) < 1e-9 ? 1 : degrees;
  }
  proj_destroy(system);
  proj_destroy(geographic);
  return SUND_OK;
}

/* Fills in name, code, text and area of use. */
static sund_code read_names(sund_ctx *ctx, sund_crs *crs) {
  const char *const one_line[] = {"MULTILINE=NO", NULL};
  const char *authority = proj_get_id_auth_name(crs->whole, 0), *code = proj_get_id_code(crs->whole, 0);
  PJ *entry = authority && code ? registered(crs->context, crs->whole) : NULL;
  crs->code = entry ? sund_text(ctx, "%s:%s", authority, code) : "";
  proj_destroy(entry);
  crs->name = sund_text_copy(ctx, proj_get_name(crs->whole));
  const char *wkt = proj_as_wkt(crs->context, crs->whole, PJ_WKT1_GDAL, one_line);
  if (!wkt) wkt = proj_as_wkt(crs->context, crs->whole, PJ_WKT2_2019, one_line);
  crs->wkt = sund_text_copy(ctx, wkt ? wkt : "");
  if (!crs->code || !crs->name || !crs->wkt) return SUND_LIMIT;
  double *a = crs->area;
  crs->has_area = proj_get_area_of_use(crs->context, crs->whole, &a[0], &a[1], &a[2], &a[3], NULL) && a[0] > -1000;
  return SUND_OK;
}

sund_code sund_crs_open(sund_ctx *ctx, const char *definition, sund_crs **out) {
  sund_crs *crs = sund_alloc(ctx, 1, sizeof *crs);
  if (!crs) return SUND_LIMIT;
  TRY(context_open(ctx, &crs->context));
  TRY(parse(ctx, crs->context, definition, &crs->whole));
  TRY(flatten(ctx, crs->context, crs->whole, &crs->flat));
  TRY(read_names(ctx, crs));
  TRY(read_axes(ctx, crs));
  TRY(read_ellipsoid(ctx, crs));
  *out = crs;
  return SUND_OK;
}

const char *sund_crs_name(const sund_crs *crs) {
  return crs->name;
}

const char *sund_crs_code(const sund_crs *crs) {
  return crs->code;
}

const char *sund_crs_wkt(const sund_crs *crs) {
  return crs->wkt;
}

bool sund_crs_metric(const sund_crs *crs) {
  return crs->metric;
}

bool sund_crs_geographic(const sund_crs *crs) {
  return crs->geographic;
}

bool sund_crs_vertical(const sund_crs *crs) {
  return crs->vertical;
}

bool sund_crs_area(const sund_crs *crs, double box[4]) {
  if (crs->has_area) memcpy(box, crs->area, sizeof crs->area);
  return crs->has_area;
}

void crs_ellipsoid(const sund_crs *crs, double *major_m, double *flattening) {
  *major_m = crs->major_m;
  *flattening = crs->flattening;
}

/* ------------------------------------------------------------------------------------------------- operations */

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
  TRY(keep(ctx, operation));
  PJ *handle = proj_normalize_for_visualization(context, operation);
  if (!handle) return sund_fail(ctx, SUND_DEFECT, "PROJ cannot order the axes of %s", proj_get_name(operation));
  TRY(keep(ctx, handle));
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
  TRY(context_open(ctx, &context));
  if (same(context, from, to)) {
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
  TRY(keep(ctx, geographic));
  PJ *base = proj_get_type(crs->flat) == PJ_TYPE_BOUND_CRS ? proj_get_source_crs(crs->context, crs->flat) : NULL;
  TRY(keep(ctx, base));
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
    sund_ctx_free(scratch);
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

/* Transforms n points from x, y into out_x, out_y (which may be the same); returns the first bad point, or n. */
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

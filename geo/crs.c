/* crs.c - coordinate reference systems: reading a definition, and what is known of the system.
 *
 * Every system owns a PROJ context, closed with the sund context: PROJ objects belong to one thread. The network is
 * off. Of what a text and the registry both know, the registry's entry is taken. Operations: crs_op.c.
 */
#include <math.h>
#include <string.h>

#include "geo/crs_inside.h"

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

sund_code crs_context_open(sund_ctx *ctx, PJ_CONTEXT **out) {
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

sund_code crs_keep(sund_ctx *ctx, PJ *object) {
  return object ? sund_defer(ctx, close_object, object) : SUND_OK;
}

/* Registry texts differ in axis order from what files carry. */
bool crs_same(PJ_CONTEXT *context, const PJ *a, const PJ *b) {
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
  if (entry && crs_same(context, given, entry)) return entry;
  proj_destroy(entry);
  return NULL;
}

/* Replaces a system by the registry's own where that says the same. WKT 1 hangs a shift to WGS 84 on a system; what the
 * registry knows of the system itself is better. */
static sund_code resolve(sund_ctx *ctx, PJ_CONTEXT *context, PJ **object) {
  PJ *base = proj_get_type(*object) == PJ_TYPE_BOUND_CRS ? proj_get_source_crs(context, *object) : NULL;
  TRY(crs_keep(ctx, base));
  PJ *entry = registered(context, base ? base : *object);
  TRY(crs_keep(ctx, entry));
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
  TRY(crs_keep(ctx, given));
  if (!proj_is_crs(given)) return crs_definition_unknown(ctx, definition, "is no coordinate system");
  *out = given;
  return authority ? SUND_OK : resolve(ctx, context, out);
}

/* The two-dimensional part of a system: of a compound one the horizontal component, of one with heights its plane. */
static sund_code flatten(sund_ctx *ctx, PJ_CONTEXT *context, PJ *whole, PJ **out) {
  PJ *flat = whole;
  if (proj_get_type(flat) == PJ_TYPE_COMPOUND_CRS) {
    flat = proj_crs_get_sub_crs(context, flat, 0);
    TRY(crs_keep(ctx, flat));
    if (flat) TRY(resolve(ctx, context, &flat));
  }
  if (flat && proj_get_type(flat) == PJ_TYPE_GEOGRAPHIC_3D_CRS) {
    flat = proj_crs_demote_to_2D(context, NULL, flat);
    TRY(crs_keep(ctx, flat));
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
  TRY(crs_context_open(ctx, &crs->context));
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

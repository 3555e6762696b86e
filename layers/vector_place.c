/* vector_place.c - where a source says it is, and where it comes out in the analysis CRS.
 *
 * Coordinates are checked before they are moved: degrees must be degrees, metres must be on the Earth. Then the middle
 * of the data is put on the globe. It is under suspicion only when it lies far outside the areas of use of its own or
 * of the analysis CRS, and it is called wrong only when turning x and y, or another unit, brings it inside. So
 * Helsingor in EPSG:25832 (registered to 12 degrees east) and data at the other end of the Earth pass.
 */
#include <cpl_error.h>
#include <math.h>
#include <ogr_api.h>
#include <string.h>

#include "vector.h"

/* How far outside its registered area of use a CRS is still believed. */
#define MARGIN_DEGREES 6.0
/* Half the Earth's girth with room: no metric coordinate is larger. */
#define FARTHEST_M 4e7
/* Rounding of degrees in files. */
#define SLACK_DEGREES 1e-6

enum { EDGE_STEPS = 20, EDGE_POINTS = 4 * EDGE_STEPS };

/* --------------------------------------------------------------------------------------------------------- probing */

static void free_probe(void *data) {
  sund_ctx_free(data);
}

/* A context whose failures do not count. */
static sund_code open_probe(vector_reader *r, sund_ctx **out) {
  *out = sund_ctx_child(r->scratch);
  return *out ? sund_defer(r->scratch, free_probe, *out) : SUND_LIMIT;
}

/* What a probe did not find out does not count; that memory was missing does. */
static sund_code memory_of(vector_reader *r, const sund_ctx *probe) {
  bool missing = sund_failure(probe, NULL, NULL, NULL) == SUND_LIMIT;
  return missing ? sund_ctx_pass(r->scratch, probe) : SUND_OK;
}

typedef struct globe {
  sund_ctx *probe;
  const sund_op *op; /* to longitude and latitude; NULL = cannot be told */
} globe;

static sund_code open_globe(vector_reader *r, const sund_crs *crs, globe *out) {
  sund_crs *degrees = NULL;
  sund_op *op = NULL;
  TRY(open_probe(r, &out->probe));
  out->op = NULL;
  if (sund_crs_open(out->probe, "EPSG:4326", &degrees) == SUND_OK &&
      sund_op_open(out->probe, crs, degrees, NULL, &op) == SUND_OK)
    out->op = op;
  return memory_of(r, out->probe);
}

static bool on_globe(const globe *g, double x, double y, double *lon, double *lat) {
  *lon = x;
  *lat = y;
  return g->op && sund_op_apply(g->probe, g->op, 1, lon, lat, NULL) == SUND_OK;
}

/* Within an area of use grown by the margin; an area may cross the date line. */
static bool in_area(const sund_crs *crs, double lon, double lat) {
  double area[4];
  if (!crs || !sund_crs_area(crs, area)) return true;
  double west = area[0] - MARGIN_DEGREES, east = area[2] + MARGIN_DEGREES;
  bool between = area[0] <= area[2] ? lon >= west && lon <= east : lon >= west || lon <= east;
  return between && lat >= area[1] - MARGIN_DEGREES && lat <= area[3] + MARGIN_DEGREES;
}

/* ------------------------------------------------------------------------------------------------------------- open */

static sund_code open_wkt(vector_reader *r, const char *wkt, sund_crs **out) {
  sund_ctx *probe = NULL;
  const char *why = NULL;
  TRY(open_probe(r, &probe));
  sund_code code = sund_crs_open(probe, wkt, out);
  if (code == SUND_OK || code == SUND_LIMIT) return sund_ctx_pass(r->scratch, probe);
  sund_failure(probe, &why, NULL, NULL);
  return sund_fail(r->scratch, SUND_DATA, "its CRS is not understood (%s)", why);
}

/* Systems of this region that would put the middle of the data where that system is used. */
static const struct {
  const char *code;
  double west, south, east, north; /* degrees */
} candidates[] = {{"EPSG:25832", 7, 54, 15.5, 58.5}, {"EPSG:3006", 10.5, 55, 24.5, 69.5}};

static sund_code add_candidate(vector_reader *r, size_t i, double x, double y, const char **list) {
  sund_crs *crs = NULL;
  globe g;
  double lon = 0, lat = 0;
  TRY(sund_crs_open(r->scratch, candidates[i].code, &crs));
  TRY(open_globe(r, crs, &g));
  if (!on_globe(&g, x, y, &lon, &lat) || lon < candidates[i].west || lon > candidates[i].east ||
      lat < candidates[i].south || lat > candidates[i].north)
    return SUND_OK;
  *list = **list ? sund_text(r->scratch, "%s or %s", *list, candidates[i].code) : candidates[i].code;
  return *list ? SUND_OK : SUND_LIMIT;
}

/* What the CRS of coordinates around (x, y) may be: "EPSG:25832 or EPSG:3006", "" when nothing fits. */
static sund_code suggest(vector_reader *r, double x, double y, const char **list) {
  *list = "";
  if (fabs(x) <= 180 && fabs(y) <= 90) *list = "EPSG:4326";
  for (size_t i = 0; i < sizeof candidates / sizeof *candidates && strcmp(*list, "EPSG:4326") != 0; i++)
    TRY(add_candidate(r, i, x, y, list));
  return SUND_OK;
}

static sund_code fail_unplaced(vector_reader *r) {
  OGREnvelope box;
  const char *list = "";
  if (OGR_L_GetExtent(r->layer, &box, TRUE) == OGRERR_NONE)
    TRY(suggest(r, box.MinX / 2 + box.MaxX / 2, box.MinY / 2 + box.MaxY / 2, &list));
  return sund_fail(r->scratch, SUND_SOURCE, "has no CRS; say it with |crs=EPSG:...%s%s",
                   *list ? ", which may be " : "", list);
}

static bool is_geojson(const vector_reader *r) {
  return strncmp(r->guard->driver, "GeoJSON", 7) == 0;
}

sund_code vector_place_open(vector_reader *r) {
  OGRSpatialReferenceH srs = OGR_L_GetSpatialRef(r->layer);
  sund_crs *layer = NULL, *given = NULL;
  r->swap = guard_swapped(srs);
  TRY(guard_wkt(r->scratch, srs, &r->wkt));
  TRY(guard_check(r->guard));
  if (r->decided && r->kind == SUND_NONE) return SUND_OK;
  if (!r->wkt && !r->source->crs) return fail_unplaced(r);
  if (r->wkt) TRY(open_wkt(r, r->wkt, &layer));
  if (r->source->crs) TRY(sund_crs_open(r->scratch, r->source->crs, &given));
  r->crs = layer ? layer : given;
  if (!layer || !given || guard_same_crs(layer, given)) return SUND_OK;
  /* GeoJSON cannot say its CRS; the user may know better, if the numbers agree. */
  if (is_geojson(r) && sund_crs_geographic(layer) && sund_crs_metric(given)) {
    r->instead = given;
    return SUND_OK;
  }
  const char *code = sund_crs_code(layer);
  return sund_fail(r->scratch, SUND_DATA, "the layer says it is in %s, not %s", *code ? code : sund_crs_name(layer),
                   r->source->crs);
}

/* ------------------------------------------------------------------------------------------------------------ check */

/* Row of a vertex; points have one vertex a row. */
static int64_t feature_of(const vector_reader *r, size_t vertex) {
  const vector_geometry *g = &r->geometry;
  size_t low = 0, high = g->rows;
  while (r->kind != SUND_POINT && high - low > 1) {
    size_t middle = low + (high - low) / 2;
    if (g->first_vertex[g->first_part[middle]] <= vertex) low = middle;
    else high = middle;
  }
  return r->feature[r->kind == SUND_POINT ? vertex : low];
}

static bool is_degrees(double x, double y) {
  return fabs(x) <= 180 + SLACK_DEGREES && fabs(y) <= 90 + SLACK_DEGREES;
}

static sund_code fail_degrees(vector_reader *r, size_t v) {
  double x = r->geometry.x[v], y = r->geometry.y[v];
  const char *list = "", *hint = "";
  TRY(suggest(r, x, y, &list));
  if (is_degrees(y, x)) hint = "; x and y look swapped";
  else if (*list && !(hint = sund_text(r->scratch, "; it looks like %s", list))) return SUND_LIMIT;
  const char *code = sund_crs_code(r->crs);
  sund_fail(r->scratch, SUND_DATA, "coordinate %.10g %.10g is no longitude and latitude, as %s says%s", x, y,
            *code ? code : sund_crs_name(r->crs), hint);
  return sund_blame(r->scratch, NULL, feature_of(r, v));
}

static sund_code check_numbers(vector_reader *r) {
  const vector_geometry *g = &r->geometry;
  bool degrees = true;
  size_t wrong = 0;
  for (size_t v = 0; v < g->vertices && degrees; v++) {
    degrees = is_degrees(g->x[v], g->y[v]);
    wrong = v;
  }
  if (sund_crs_geographic(r->crs) && !degrees && r->instead) r->crs = r->instead;
  else if (r->instead)
    return sund_fail(r->scratch, SUND_DATA, "the layer says it is in %s, not %s", sund_crs_code(r->crs),
                     r->source->crs);
  if (sund_crs_geographic(r->crs)) return degrees ? SUND_OK : fail_degrees(r, wrong);
  for (size_t v = 0; v < g->vertices; v++)
    if (fabs(g->x[v]) > FARTHEST_M || fabs(g->y[v]) > FARTHEST_M) {
      sund_fail(r->scratch, SUND_DATA, "coordinate %g %g is not on the Earth", g->x[v], g->y[v]);
      return sund_blame(r->scratch, NULL, feature_of(r, v));
    }
  return SUND_OK;
}

static bool plausible(const vector_reader *r, const sund_frame *frame, const globe *g, double x, double y) {
  double lon = 0, lat = 0;
  return on_globe(g, x, y, &lon, &lat) && in_area(r->crs, lon, lat) && in_area(frame->crs, lon, lat);
}

static sund_code check_place(vector_reader *r, const sund_frame *frame, const double box[4]) {
  globe g;
  double x = box[0] / 2 + box[2] / 2, y = box[1] / 2 + box[3] / 2;
  TRY(open_globe(r, r->crs, &g));
  if (!g.op || plausible(r, frame, &g, x, y)) return SUND_OK;
  const char *code = sund_crs_code(r->crs), *looks = NULL;
  if (plausible(r, frame, &g, y, x)) looks = "x and y look swapped";
  else if (sund_crs_metric(r->crs) && in_area(r->crs, x, y) && in_area(frame->crs, x, y))
    looks = "they look like degrees";
  else if (sund_crs_metric(r->crs) && plausible(r, frame, &g, x * 1000, y * 1000))
    looks = "they look like kilometres";
  else if (sund_crs_metric(r->crs) && plausible(r, frame, &g, x / 1000, y / 1000))
    looks = "they look like millimetres";
  if (!looks) return SUND_OK;
  sund_fail(r->scratch, SUND_DATA, "coordinates around x %.10g, y %.10g lie far outside the area of %s; %s", x, y,
            *code ? code : sund_crs_name(r->crs), looks);
  return sund_blame(r->scratch, NULL, r->feature[0]);
}

/* ------------------------------------------------------------------------------------------------------------ apply */

static void box_of(size_t n, const double *x, const double *y, double box[4]) {
  box[0] = box[1] = INFINITY;
  box[2] = box[3] = -INFINITY;
  for (size_t i = 0; i < n; i++) {
    box[0] = fmin(box[0], x[i]);
    box[1] = fmin(box[1], y[i]);
    box[2] = fmax(box[2], x[i]);
    box[3] = fmax(box[3], y[i]);
  }
}

sund_code vector_place_apply(vector_reader *r, const sund_frame *frame) {
  vector_geometry *g = &r->geometry;
  double box[4];
  sund_op *op = NULL;
  if (!r->crs) return SUND_OK;
  box_of(g->vertices, g->x, g->y, box);
  if (g->vertices > 0) {
    TRY(check_numbers(r));
    TRY(check_place(r, frame, box));
  }
  TRY(sund_op_open(r->scratch, r->crs, frame->crs, g->vertices > 0 ? box : NULL, &op));
  r->op = op;
  size_t bad = SIZE_MAX;
  sund_code code = g->vertices ? sund_op_apply(r->scratch, op, g->vertices, g->x, g->y, &bad) : SUND_OK;
  return code != SUND_OK && bad < g->vertices ? sund_blame(r->scratch, NULL, feature_of(r, bad)) : code;
}

/* A straight edge in one system is a curve in another. */
sund_code vector_place_box(sund_ctx *ctx, const sund_op *op, const double from[4], double to[4]) {
  double x[EDGE_POINTS], y[EDGE_POINTS];
  sund_ctx *probe = sund_ctx_child(ctx); /* its failures do not count, but for memory */
  if (!probe) return SUND_LIMIT;
  for (size_t i = 0; i < EDGE_STEPS; i++) {
    double share = (double)i / EDGE_STEPS, width = from[2] - from[0], height = from[3] - from[1];
    x[4 * i] = from[0] + share * width;
    y[4 * i] = from[1];
    x[4 * i + 1] = from[2];
    y[4 * i + 1] = from[1] + share * height;
    x[4 * i + 2] = from[2] - share * width;
    y[4 * i + 2] = from[3];
    x[4 * i + 3] = from[0];
    y[4 * i + 3] = from[3] - share * height;
  }
  to[0] = to[1] = 1;
  to[2] = to[3] = -1;
  sund_code code = sund_op_apply(probe, op, EDGE_POINTS, x, y, NULL);
  if (code == SUND_OK) box_of(EDGE_POINTS, x, y, to);
  if (code == SUND_LIMIT) sund_ctx_pass(ctx, probe);
  sund_ctx_free(probe);
  return code == SUND_LIMIT ? SUND_LIMIT : SUND_OK;
}

/* Stated extent in the analysis CRS, grown to the data where it is stale; box[0] > box[2] when none is stated. */
sund_code vector_place_extent(vector_reader *r, double box[4]) {
  OGREnvelope stated;
  box[0] = box[1] = 1;
  box[2] = box[3] = -1;
  double from[4], data[4];
  if (r->cells) vector_cells_extent(r, from);
  if (r->things) TRY(vector_osm_extent(r, from));
  bool known = r->cells || r->things;
  if (!r->op || (!known && OGR_L_GetExtent(r->layer, &stated, FALSE) != OGRERR_NONE)) {
    r->guard->failures = 0;
    return SUND_OK;
  }
  if (!known) memcpy(from, (double[]){stated.MinX, stated.MinY, stated.MaxX, stated.MaxY}, sizeof from);
  if (r->swap) {
    double turned[4] = {stated.MinY, stated.MinX, stated.MaxY, stated.MaxX};
    memcpy(from, turned, sizeof from);
  }
  box_of(r->geometry.vertices, r->geometry.x, r->geometry.y, data);
  bool sound = isfinite(from[0]) && isfinite(from[1]) && isfinite(from[2]) && isfinite(from[3]) &&
               from[0] <= from[2] && from[1] <= from[3];
  if (!sound) return SUND_OK;
  TRY(vector_place_box(r->scratch, r->op, from, box));
  if (data[0] > data[2]) return SUND_OK;
  if (box[0] > box[2]) memcpy(box, data, sizeof data);
  box[0] = fmin(box[0], data[0]);
  box[1] = fmin(box[1], data[1]);
  box[2] = fmax(box[2], data[2]);
  box[3] = fmax(box[3], data[3]);
  return SUND_OK;
}

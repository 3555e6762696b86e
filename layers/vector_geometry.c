/* vector_geometry.c - OGR geometries into the arrays of geo.h.
 *
 * A geometry is taken apart into points, lines and polygons with a small stack (no recursion: nested collections come
 * from strangers). Z and M are dropped, arcs become chords, unclosed rings are closed, rings and lines without extent
 * are left out; what happened is counted. Rings are turned at the end, when coordinates are in the analysis CRS.
 */
#include <math.h>
#include <ogr_api.h>
#include <string.h>

#include "vector.h"

enum { DEEPEST = 32 };

/* Chords of arcs span at most this angle: on a radius of 100 m they are at most 6 cm off. */
#define ARC_STEP_DEGREES 4.0

static const char *const kind_words[] = {
    [SUND_NONE] = "no geometry", [SUND_POINT] = "a point", [SUND_LINE] = "a line", [SUND_AREA] = "an area"};
static const char *const kinds_words[] = {
    [SUND_NONE] = "no geometry", [SUND_POINT] = "points", [SUND_LINE] = "lines", [SUND_AREA] = "areas"};

static sund_code add_part(vector_reader *r, size_t first, bool hole) {
  vector_geometry *g = &r->geometry;
  size_t room = g->part_room; /* both arrays grow alike */
  size_t *first_vertex = sund_grow(r->scratch, g->first_vertex, &room, g->parts + 2, sizeof *first_vertex);
  uint8_t *holes = sund_grow(r->scratch, g->hole, &g->part_room, g->parts + 2, 1);
  if (!first_vertex || !holes) return SUND_LIMIT;
  g->first_vertex = first_vertex;
  g->hole = holes;
  g->first_vertex[g->parts] = first;
  g->hole[g->parts++] = hole;
  return SUND_OK;
}

/* --------------------------------------------------------------------------------------------------------- vertices */

static sund_code check_finite(vector_reader *r, size_t first) {
  const vector_geometry *g = &r->geometry;
  for (size_t v = first; v < g->vertices; v++)
    if (!isfinite(g->x[v]) || !isfinite(g->y[v])) {
      sund_fail(r->scratch, SUND_DATA, "a coordinate is not finite (%g %g)", g->x[v], g->y[v]);
      return sund_blame(r->scratch, NULL, r->last);
    }
  return SUND_OK;
}

/* Appends the vertices of a curve as they are; one spare vertex to close a ring with. */
static sund_code append_vertices(vector_reader *r, OGRGeometryH curve) {
  vector_geometry *g = &r->geometry;
  int found = OGR_G_GetPointCount(curve);
  size_t count = found > 0 ? (size_t)found : 0, first = g->vertices, room = g->vertex_room;
  double *xs = sund_grow(r->scratch, g->x, &room, first + count + 1, sizeof *xs);
  double *ys = sund_grow(r->scratch, g->y, &g->vertex_room, first + count + 1, sizeof *ys);
  if (!xs || !ys) return SUND_LIMIT;
  g->x = xs;
  g->y = ys;
  double *x = r->swap ? ys : xs, *y = r->swap ? xs : ys;
  if (count > 0) OGR_G_GetPoints(curve, x + first, sizeof *x, y + first, sizeof *y, NULL, 0);
  g->vertices += count;
  return check_finite(r, first);
}

static bool has_extent(const vector_geometry *g, size_t first) {
  for (size_t v = first + 1; v < g->vertices; v++)
    if (g->x[v] != g->x[first] || g->y[v] != g->y[first]) return true;
  return false;
}

/* ------------------------------------------------------------------------------------------------------------ parts */

static sund_code take_ring(vector_reader *r, OGRGeometryH ring, bool hole, bool *taken) {
  vector_geometry *g = &r->geometry;
  size_t first = g->vertices;
  *taken = false;
  TRY(append_vertices(r, ring));
  size_t count = g->vertices - first;
  if (count == 0) return SUND_OK;
  if (g->x[first] != g->x[g->vertices - 1] || g->y[first] != g->y[g->vertices - 1]) {
    g->x[g->vertices] = g->x[first];
    g->y[g->vertices++] = g->y[first];
    if (++count > 3) vector_count(r, VECTOR_UNCLOSED, r->last);
  }
  if (count < 4 || !has_extent(g, first)) {
    g->vertices = first;
    vector_count(r, VECTOR_LOST_PART, r->last);
    return SUND_OK;
  }
  *taken = true;
  return add_part(r, first, hole);
}

static sund_code take_polygon(vector_reader *r, OGRGeometryH polygon) {
  int rings = OGR_G_GetGeometryCount(polygon);
  bool outer = false, inner = false;
  for (int i = 0; i < rings && (i == 0 || outer); i++)
    TRY(take_ring(r, OGR_G_GetGeometryRef(polygon, i), i > 0, i == 0 ? &outer : &inner));
  return SUND_OK;
}

static sund_code take_line(vector_reader *r, OGRGeometryH line) {
  vector_geometry *g = &r->geometry;
  size_t first = g->vertices;
  TRY(append_vertices(r, line));
  if (g->vertices == first) return SUND_OK;
  if (has_extent(g, first)) return add_part(r, first, false);
  g->vertices = first;
  vector_count(r, VECTOR_LOST_PART, r->last);
  return SUND_OK;
}

/* Places without a quantity of their own: a feature of several points is several places. Persons or jobs would be
 * counted more than once. */
static bool may_split(sund_role role) {
  return role == SUND_GREEN || role == SUND_ENTRANCES || role == SUND_SEA;
}

static sund_code take_point(vector_reader *r, OGRGeometryH point, size_t row_first) {
  if (r->geometry.vertices > row_first && !may_split(r->source->role)) {
    sund_fail(r->scratch, SUND_DATA, "feature has several points; one point a feature is needed");
    return sund_blame(r->scratch, NULL, r->last);
  }
  return append_vertices(r, point);
}

/* ------------------------------------------------------------------------------------------------------- whole shapes */

/* Kind of a geometry without parts of its own kind; SUND_NONE for those that hold others. */
static sund_kind leaf_kind(OGRwkbGeometryType type) {
  switch (type) {
    case wkbPoint:
      return SUND_POINT;
    case wkbLineString:
    case wkbLinearRing:
      return SUND_LINE;
    case wkbPolygon:
    case wkbTriangle:
      return SUND_AREA;
    default:
      return SUND_NONE;
  }
}

static sund_code fail_kind(vector_reader *r, sund_kind kind) {
  bool allowed = (r->role->kinds & 1u << kind) != 0;
  if (allowed)
    sund_fail(r->scratch, SUND_DATA,
              "geometry is %s among %s; read them as two sources, each with a where such as OGR_GEOMETRY LIKE '%%%s'",
              kind_words[kind], kinds_words[r->kind],
              kind == SUND_POINT  ? "POINT"
              : kind == SUND_LINE ? "LINESTRING"
                                  : "POLYGON");
  else
    sund_fail(r->scratch, SUND_DATA, "geometry is %s; %s takes %s%s%s", kind_words[kind], r->role->name,
              (r->role->kinds & 1u << SUND_AREA)   ? "areas"
              : (r->role->kinds & 1u << SUND_LINE) ? "lines"
                                                   : "points",
              (r->role->kinds & 1u << SUND_AREA) && (r->role->kinds & 1u << SUND_POINT) ? " or points" : "",
              (r->role->kinds & 1u << SUND_NONE) ? " or a table" : "");
  return sund_blame(r->scratch, NULL, r->last);
}

/* GDAL calls a point empty whose x or y is not a number. In well-known binary that is how an empty point is written, if
 * both are; anything else is a broken coordinate. */
static sund_code check_empty(vector_reader *r, OGRGeometryH geometry) {
  if (wkbFlatten(OGR_G_GetGeometryType(geometry)) != wkbPoint) return SUND_OK;
  double x = OGR_G_GetX(geometry, 0), y = OGR_G_GetY(geometry, 0);
  bool text = strncmp(r->guard->driver, "GeoJSON", 7) == 0;
  if (isnan(x) && isnan(y) ? !text : !isnan(x) && !isnan(y)) return SUND_OK;
  sund_fail(r->scratch, SUND_DATA, "a coordinate is not finite (%g %g)", x, y);
  return sund_blame(r->scratch, NULL, r->last);
}

static sund_code take_leaf(vector_reader *r, OGRGeometryH leaf, sund_kind kind, bool collected, size_t row_first) {
  if (OGR_G_IsEmpty(leaf)) return check_empty(r, leaf);
  if (!r->decided && (r->role->kinds & 1u << kind)) {
    r->kind = kind;
    r->decided = true;
  }
  if (!r->decided || kind != r->kind) {
    if (!collected) return fail_kind(r, kind);
    vector_count(r, VECTOR_COLLECTION, r->last);
    return SUND_OK;
  }
  if (kind == SUND_POINT) return take_point(r, leaf, row_first);
  return kind == SUND_LINE ? take_line(r, leaf) : take_polygon(r, leaf);
}

typedef struct nest {
  OGRGeometryH geometry;
  int next; /* member to be visited */
} nest;

static sund_code take_parts(vector_reader *r, OGRGeometryH geometry, size_t row_first) {
  nest stack[DEEPEST];
  size_t depth = 0;
  bool collected = wkbFlatten(OGR_G_GetGeometryType(geometry)) == wkbGeometryCollection;
  stack[depth++] = (nest){geometry, 0};
  while (depth > 0) {
    nest *top = &stack[depth - 1];
    sund_kind kind = leaf_kind(wkbFlatten(OGR_G_GetGeometryType(top->geometry)));
    if (kind != SUND_NONE) {
      TRY(take_leaf(r, top->geometry, kind, collected, row_first));
      depth--;
    } else if (top->next >= OGR_G_GetGeometryCount(top->geometry)) {
      depth--;
    } else if (depth == DEEPEST) {
      sund_fail(r->scratch, SUND_DATA, "collections are nested more than %d deep", DEEPEST);
      return sund_blame(r->scratch, NULL, r->last);
    } else {
      OGRGeometryH member = OGR_G_GetGeometryRef(top->geometry, top->next++);
      stack[depth++] = (nest){member, 0};
    }
  }
  return SUND_OK;
}

static sund_code take_linear(vector_reader *r, OGRGeometryH geometry, int64_t feature, bool *taken) {
  vector_geometry *g = &r->geometry;
  size_t first_part = g->parts, first_vertex = g->vertices;
  TRY(take_parts(r, geometry, first_vertex));
  *taken = g->vertices > first_vertex;
  if (!*taken) {
    vector_count(r, VECTOR_DEGENERATE, feature);
    return SUND_OK;
  }
  size_t *first = sund_grow(r->scratch, g->first_part, &g->row_room, g->rows + 2, sizeof *first);
  if (!first) return SUND_LIMIT;
  g->first_part = first;
  g->first_part[g->rows++] = first_part;
  return SUND_OK;
}

sund_code vector_geometry_take(vector_reader *r, OGRGeometryH geometry, int64_t feature, bool *taken) {
  *taken = r->decided && r->kind == SUND_NONE;
  if (*taken) return SUND_OK;
  if (!geometry || OGR_G_IsEmpty(geometry)) {
    if (geometry) TRY(check_empty(r, geometry));
    vector_count(r, r->things ? VECTOR_OPEN : VECTOR_NO_GEOMETRY, feature);
    return SUND_OK;
  }
  if (!OGR_G_HasCurveGeometry(geometry, TRUE)) return take_linear(r, geometry, feature, taken);
  OGRGeometryH linear = OGR_G_GetLinearGeometry(geometry, ARC_STEP_DEGREES, NULL);
  if (!linear) {
    sund_fail(r->scratch, SUND_DATA, "arcs cannot be drawn as chords");
    return sund_blame(r->scratch, NULL, feature);
  }
  vector_count(r, VECTOR_CURVED, feature);
  sund_code code = take_linear(r, linear, feature, taken);
  OGR_G_DestroyGeometry(linear);
  return code;
}

/* ------------------------------------------------------------------------------------------------------------ close */

static void reverse(double *values, size_t count) {
  for (size_t i = 0, k = count; i + 1 < k; i++) {
    double kept = values[i];
    values[i] = values[--k];
    values[k] = kept;
  }
}

static void turn_rings(sund_shapes *shapes) {
  for (size_t p = 0; p < shapes->parts; p++) {
    size_t first = shapes->first_vertex[p], count = shapes->first_vertex[p + 1] - first;
    double area = sund_ring_area(count, shapes->x + first, shapes->y + first);
    if (shapes->hole[p] ? area <= 0 : area >= 0) continue;
    reverse(shapes->x + first, count);
    reverse(shapes->y + first, count);
  }
}

sund_code vector_geometry_close(vector_reader *r, sund_shapes **out) {
  vector_geometry *g = &r->geometry;
  sund_shapes *shapes = NULL;
  if (g->rows == 0) return sund_shapes_new(r->scratch, r->kind, 0, 0, 0, out);
  if (!(shapes = sund_alloc(r->scratch, 1, sizeof *shapes))) return SUND_LIMIT;
  g->first_part[g->rows] = g->parts;
  g->first_vertex[g->parts] = g->vertices;
  *shapes = (sund_shapes){.kind = r->kind,
                          .rows = g->rows,
                          .parts = g->parts,
                          .vertices = g->vertices,
                          .first_part = g->first_part,
                          .first_vertex = g->first_vertex,
                          .hole = g->hole,
                          .x = g->x,
                          .y = g->y};
  if (r->kind == SUND_AREA) turn_rings(shapes);
  else shapes->hole = NULL;
  *out = shapes;
  return SUND_OK;
}

/* vector_feature.c - things of an OpenStreetMap file as GDAL's features. */
#include "vector_feature.h"

#include <inttypes.h>
#include <string.h>

#include "textbuf.h"

/* ---------------------------------------------------------------------------------------------------------- fields */

sund_code vector_feature_open(sund_ctx *ctx, OGRLayerH layer, size_t count, const char *const *name,
                              vector_feature_fields *out) {
  (void)ctx;
  *out = (vector_feature_fields){count, name, -1, -1, -1};
  for (size_t i = 0; i < count; i++) {
    OGRFieldDefnH field = OGR_Fld_Create(name[i], OFTString);
    OGR_L_CreateField(layer, field, TRUE);
    OGR_Fld_Destroy(field);
    if (strcmp(name[i], "osm_id") == 0) out->id = (int)i;
    if (strcmp(name[i], "osm_way_id") == 0) out->way_id = (int)i;
    if (strcmp(name[i], "other_tags") == 0) out->others = (int)i;
  }
  return SUND_OK;
}

/* A text in quotes, with a backslash before quotes and backslashes. */
static sund_code add_quoted(sund_ctx *ctx, textbuf *text, const char *value) {
  char *escaped = sund_alloc(ctx, 2 * strlen(value) + 1, 1), *to = escaped;
  if (!escaped) return SUND_LIMIT;
  for (; *value; value++) {
    if (*value == '"' || *value == '\\') *to++ = '\\';
    *to++ = *value;
  }
  return textbuf_add(ctx, text, "\"", escaped, "\"", (char *)NULL);
}

static int field_of(const vector_feature_fields *fields, const char *key) {
  for (size_t i = 0; i < fields->count; i++)
    if (strcmp(fields->name[i], key) == 0) return (int)i;
  return -1;
}

static sund_code fill_tags(sund_ctx *ctx, const vector_feature_fields *fields, osm_tags tags, OGRFeatureH feature) {
  textbuf others = {0};
  for (size_t i = 0; i < tags.count; i++) {
    const osm_tag *tag = &tags.tag[i];
    int at = field_of(fields, tag->key);
    bool own = at >= 0 && at != fields->id && at != fields->way_id && at != fields->others;
    if (own) OGR_F_SetFieldString(feature, at, tag->value);
    if (own || fields->others < 0) continue;
    if (others.length > 0) TRY(textbuf_add(ctx, &others, ",", (char *)NULL));
    TRY(add_quoted(ctx, &others, tag->key));
    TRY(textbuf_add(ctx, &others, "=>", (char *)NULL));
    TRY(add_quoted(ctx, &others, tag->value));
  }
  if (others.text) OGR_F_SetFieldString(feature, fields->others, others.text);
  return SUND_OK;
}

sund_code vector_feature_make(sund_ctx *ctx, OGRLayerH layer, const vector_feature_fields *fields, bool way,
                              int64_t id, osm_tags tags, OGRFeatureH *out) {
  OGRFeatureH feature = OGR_F_Create(OGR_L_GetLayerDefn(layer));
  if (!feature) return sund_fail(ctx, SUND_LIMIT, "out of memory");
  char text[24];
  snprintf(text, sizeof text, "%" PRId64, id);
  int at = way && fields->way_id >= 0 ? fields->way_id : fields->id;
  if (at >= 0) OGR_F_SetFieldString(feature, at, text);
  OGR_F_SetFID(feature, id);
  *out = feature;
  return fill_tags(ctx, fields, tags, feature);
}

/* -------------------------------------------------------------------------------------------------------- geometry */

static OGRGeometryH make_curve(OGRwkbGeometryType type, size_t count, const double *x, const double *y) {
  OGRGeometryH curve = OGR_G_CreateGeometry(type);
  OGR_G_SetPoints(curve, (int)count, x, sizeof *x, y, sizeof *y, NULL, 0);
  return curve;
}

void vector_feature_areas(OGRFeatureH feature, const sund_shapes *areas, size_t row) {
  OGRGeometryH all = OGR_G_CreateGeometry(wkbMultiPolygon), polygon = NULL;
  for (size_t p = areas->first_part[row]; p < areas->first_part[row + 1]; p++) {
    size_t first = areas->first_vertex[p], count = areas->first_vertex[p + 1] - first;
    if (!areas->hole[p]) {
      if (polygon) OGR_G_AddGeometryDirectly(all, polygon);
      polygon = OGR_G_CreateGeometry(wkbPolygon);
    }
    OGR_G_AddGeometryDirectly(polygon, make_curve(wkbLinearRing, count, areas->x + first, areas->y + first));
  }
  if (polygon) OGR_G_AddGeometryDirectly(all, polygon);
  OGR_F_SetGeometryDirectly(feature, all);
}

void vector_feature_way(OGRFeatureH feature, const osm_file *file, size_t way) {
  OGRGeometryH all = OGR_G_CreateGeometry(wkbMultiLineString), line = NULL;
  for (size_t i = file->first_ref[way]; i < file->first_ref[way + 1]; i++) {
    uint32_t node = file->ref[i];
    if (node != UINT32_MAX && !line) line = OGR_G_CreateGeometry(wkbLineString);
    if (node != UINT32_MAX) OGR_G_AddPoint_2D(line, file->lon[node], file->lat[node]);
    bool ends = i + 1 == file->first_ref[way + 1] || file->ref[i + 1] == UINT32_MAX;
    if (!ends || !line) continue;
    if (OGR_G_GetPointCount(line) > 1) OGR_G_AddGeometryDirectly(all, line);
    else OGR_G_DestroyGeometry(line);
    line = NULL;
  }
  OGR_F_SetGeometryDirectly(feature, all);
}

void vector_feature_point(OGRFeatureH feature, double lon, double lat) {
  OGRGeometryH point = OGR_G_CreateGeometry(wkbPoint);
  OGR_G_SetPoint_2D(point, 0, lon, lat);
  OGR_F_SetGeometryDirectly(feature, point);
}

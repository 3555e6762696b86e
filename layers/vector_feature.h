/* vector_feature.h - things of an OpenStreetMap file as GDAL's features. Private to layers/. */
#ifndef SUND_LAYERS_VECTOR_FEATURE_H
#define SUND_LAYERS_VECTOR_FEATURE_H

#include <ogr_api.h>

#include "osm.h"

/* The fields of a layer, all of them text. "osm_id" and "osm_way_id" hold the id, "other_tags" what has no field. */
typedef struct vector_feature_fields {
  size_t count;
  const char *const *name;
  int id, way_id, others; /* their places, -1 = none */
} vector_feature_fields;

/* Adds the fields to a layer. */
sund_code vector_feature_open(sund_ctx *ctx, OGRLayerH layer, size_t count, const char *const *name,
                              vector_feature_fields *out);
/* A feature with its fields filled, no geometry yet. To be destroyed by the caller. */
sund_code vector_feature_make(sund_ctx *ctx, OGRLayerH layer, const vector_feature_fields *fields, bool way,
                              int64_t id, osm_tags tags, OGRFeatureH *out);
/* Its geometry: a row of areas; a way, in parts where its nodes are not in the file; a point. */
void vector_feature_areas(OGRFeatureH feature, const sund_shapes *areas, size_t row);
void vector_feature_way(OGRFeatureH feature, const osm_file *file, size_t way);
void vector_feature_point(OGRFeatureH feature, double lon, double lat);

#endif

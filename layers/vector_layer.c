/* vector_layer.c - opens a vector source and chooses the layer; what is there, before any feature is read. */
#include <cpl_error.h>
#include <ogr_api.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>

#include "vector.h"
#include "word.h"

/* Tables that programs put into GeoPackages for themselves. */
static const char *const own_tables[] = {"layer_styles", "qgis_projects"};

/* OpenStreetMap files: which of the driver's layers holds a role, and the tag that marks it. */
static const struct {
  sund_role role;
  const char *layer, *where;
} osm_layers[] = {
    {SUND_PATHS, "lines", "highway IS NOT NULL"},
    {SUND_HOMES, "multipolygons", "building IS NOT NULL"},
    {SUND_GREEN, "multipolygons",
     "leisure IS NOT NULL OR landuse IS NOT NULL OR \"natural\" IS NOT NULL OR amenity IS NOT NULL OR boundary IS "
     "NOT "
     "NULL"},
    {SUND_ENTRANCES, "points", "barrier IS NOT NULL"},
};
#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static sund_kind kind_of(OGRwkbGeometryType type) {
  switch (wkbFlatten(type)) {
    case wkbPoint:
    case wkbMultiPoint:
      return SUND_POINT;
    case wkbLineString:
    case wkbMultiLineString:
    case wkbCircularString:
    case wkbCompoundCurve:
    case wkbMultiCurve:
      return SUND_LINE;
    case wkbPolygon:
    case wkbMultiPolygon:
    case wkbCurvePolygon:
    case wkbMultiSurface:
      return SUND_AREA;
    default:
      return SUND_NONE;
  }
}

/* Could a layer hold the role, by its declared geometry? Only asked when the user named no layer. tables: are tables
 * without geometry asked for, too? */
static bool could_hold(const vector_reader *r, OGRLayerH layer, bool tables) {
  const char *name = OGR_L_GetName(layer);
  for (size_t i = 0; i < COUNT(own_tables); i++)
    if (strcmp(name, own_tables[i]) == 0) return false;
  bool table = OGR_L_GetGeomType(layer) == wkbNone;
  if (r->osm) {
    for (size_t i = 0; i < COUNT(osm_layers); i++)
      if (osm_layers[i].role == r->source->role) return strcmp(name, osm_layers[i].layer) == 0;
    sund_kind kind = kind_of(OGR_L_GetGeomType(layer));
    return kind != SUND_NONE && strcmp(name, "multilinestrings") != 0 && (r->role->kinds & 1u << kind) != 0;
  }
  return !table || tables;
}

/* Layers that could hold the role: the names of `count`; the last of them is taken. */
static size_t list_fitting(vector_reader *r, size_t count, const char **names, bool tables, const char **fitting) {
  size_t found = 0;
  for (size_t i = 0; i < count; i++) {
    OGRLayerH layer = GDALDatasetGetLayer(r->guard->dataset, (int)i);
    if (!could_hold(r, layer, tables)) continue;
    r->layer = layer;
    fitting[found++] = names[i];
  }
  return found;
}

static sund_code choose_layer(vector_reader *r, size_t count, const char **names) {
  const char **fitting = sund_alloc(r->scratch, count, sizeof *fitting);
  if (!fitting) return SUND_LIMIT;
  if (r->source->layer) {
    size_t at = word_find(r->source->layer, count, names);
    if (at == SIZE_MAX) { /* seen before any feature is read: the request is wrong, not the data */
      const char *file = r->source->mark.line > 0 ? path_base(r->scratch, r->source->path) : "";
      if (!file) return SUND_LIMIT;
      return sund_fail_at(r->scratch, r->source->mark, "%s%sno layer named %s%s; it has: %s", file, *file ? ": " : "",
                          word_shown(r->scratch, r->source->layer),
                          word_hint(r->scratch, r->source->layer, count, names), word_list(r->scratch, count, names));
    }
    r->layer = GDALDatasetGetLayer(r->guard->dataset, (int)at);
    return SUND_OK;
  }
  /* A role that may be a table, too, is one only where no layer has a geometry. */
  bool tables = (r->role->kinds & 1u << SUND_NONE) != 0;
  size_t found = list_fitting(r, count, names, r->role->kinds == 1u << SUND_NONE, fitting);
  if (found == 0 && tables) found = list_fitting(r, count, names, true, fitting);
  if (found > 1)
    return sund_fail(r->scratch, SUND_SOURCE, "has several layers; name one with |layername=: %s",
                     word_list(r->scratch, found, fitting));
  if (found == 0 && count == 1) r->layer = GDALDatasetGetLayer(r->guard->dataset, 0);
  else if (found == 0)
    return sund_fail(r->scratch, SUND_SOURCE, "no layer fits %s; it has: %s", r->role->name,
                     word_list(r->scratch, count, names));
  return SUND_OK;
}

static sund_code find_layer(vector_reader *r) {
  int found = GDALDatasetGetLayerCount(r->guard->dataset);
  if (found < 1) return sund_fail(r->scratch, SUND_SOURCE, "has no layers");
  size_t count = (size_t)found;
  const char **names = sund_alloc(r->scratch, count, sizeof *names);
  if (!names) return SUND_LIMIT;
  for (size_t i = 0; i < count; i++) names[i] = OGR_L_GetName(GDALDatasetGetLayer(r->guard->dataset, (int)i));
  TRY(guard_check(r->guard));
  TRY(choose_layer(r, count, names));
  r->layer_name = sund_text_copy(r->ctx, OGR_L_GetName(r->layer));
  return r->layer_name ? SUND_OK : SUND_LIMIT;
}

/* A CSV whose header is parted by semicolons comes from a place with a decimal comma. */
static bool comma_file(const vector_reader *r) {
  char line[1024] = {0};
  FILE *file = strcmp(r->guard->driver, "CSV") == 0
                   ? fopen(r->guard->private_copy ? r->guard->path : r->guard->facts.file, "rb")
                   : NULL;
  if (!file) return false;
  size_t length = fread(line, 1, sizeof line - 1, file);
  fclose(file);
  line[length] = '\0';
  size_t end = strcspn(line, "\r\n"), semicolons = 0, commas = 0;
  for (size_t i = 0; i < end; i++) {
    semicolons += line[i] == ';';
    commas += line[i] == ',';
  }
  return semicolons > commas;
}

sund_code vector_open(vector_reader *r) {
  path_facts facts;
  TRY(path_look(r->scratch, r->source->path, &facts));
  if (!facts.inside && path_ends(facts.file, ".shp"))
    TRY(vector_shapefile_check(r->scratch, facts.file, &r->shapefile));
  if (vector_osm_fits(r->source, &facts)) {
    TRY(vector_osm_open(r));
  } else if (vector_cells_fits(r, &facts)) {
    TRY(vector_cells_open(r));
  } else {
    if (r->source->as)
      return sund_fail_at(r->scratch, r->source->mark, "as is for rasters of homes, jobs or green; leave it out");
    TRY(guard_open(r->scratch, r->source->path, GUARD_VECTOR, NULL, &r->guard));
    r->osm = strcmp(r->guard->driver, "OSM") == 0;
    TRY(find_layer(r));
  }
  r->expected = -1;
  if (r->guard->inspect) TRY(gpkg_inspect_layer(r->scratch, r->guard->inspect, r->layer_name, &r->facts));
  r->comma = comma_file(r);
  r->kind = kind_of(OGR_L_GetGeomType(r->layer));
  /* A declared kind settles which one a role that takes several gets; what the features are is checked one by one. */
  bool table = OGR_L_GetGeomType(r->layer) == wkbNone;
  bool only_table = r->role->kinds == 1u << SUND_NONE;
  r->decided = table || only_table || (r->kind != SUND_NONE && (r->role->kinds & 1u << r->kind) != 0);
  if (table || only_table) r->kind = SUND_NONE;
  if (table && (r->role->kinds & 1u << SUND_NONE) == 0)
    return sund_fail(r->scratch, SUND_DATA, "layer %s is a table without geometry, which %s needs", r->layer_name,
                     r->role->name);
  return guard_check(r->guard);
}

/* -------------------------------------------------------------------------------------------------------- filter */

/* GeoPackage and SQLite take a filter as SQL of their own. Trying it on an empty layer with the same fields first keeps
 * it to OGR's language: one expression, no statement, no subquery. */
static sund_code try_filter(vector_reader *r, const char *where) {
  /* Vectors in memory moved from one driver to the other in GDAL 3.11. */
  GDALDriverH driver = GDALGetDriverByName("Memory");
  if (!driver) driver = GDALGetDriverByName("MEM");
  GDALDatasetH empty = driver ? GDALCreate(driver, "", 0, 0, 0, GDT_Unknown, NULL) : NULL;
  OGRLayerH layer = empty ? GDALDatasetCreateLayer(empty, "filter", NULL, wkbNone, NULL) : NULL;
  if (!layer && empty) GDALClose(empty);
  if (!layer) return sund_fail(r->scratch, SUND_LIMIT, "out of memory for a filter");
  OGRFeatureDefnH fields = OGR_L_GetLayerDefn(r->layer);
  for (int i = 0; i < OGR_FD_GetFieldCount(fields); i++)
    OGR_L_CreateField(layer, OGR_FD_GetFieldDefn(fields, i), TRUE);
  const char *key = OGR_L_GetFIDColumn(r->layer);
  if (*key && OGR_FD_GetFieldIndex(fields, key) < 0) {
    OGRFieldDefnH field = OGR_Fld_Create(key, OFTInteger64);
    OGR_L_CreateField(layer, field, TRUE);
    OGR_Fld_Destroy(field);
  }
  r->guard->failures = 0;
  OGRErr error = OGR_L_SetAttributeFilter(layer, where);
  GDALClose(empty);
  if (error == OGRERR_NONE && r->guard->failures == 0) return SUND_OK;
  const char *why = sund_text_copy(r->scratch, r->guard->failure);
  bool said = r->guard->failures > 0;
  r->guard->failures = 0;
  if (!why) return SUND_LIMIT;
  return sund_fail(r->scratch, SUND_SOURCE, "where \"%s\" is not understood%s%s", word_shown(r->scratch, where),
                   said ? ": " : "", said ? why : "");
}

/* OGR's word for the kind of geometry (OGR_GEOMETRY = 'POINT') in the SQL that SQLite files take; what stands in
 * quotes is left alone. */
static const char *native_filter(vector_reader *r, const char *where) {
  static const char word[] = "OGR_GEOMETRY";
  if (!r->guard->inspect) return where;
  const char *geometry = OGR_L_GetGeometryColumn(r->layer);
  char *text = sund_alloc(r->scratch, (strlen(where) + 1) * (strlen(geometry) + 20), 1), *to = text;
  if (!text) return NULL;
  for (char quote = 0; *where;) {
    if (!quote && strncasecmp(where, word, sizeof word - 1) == 0) {
      to += sprintf(to, "ST_GeometryType(\"%s\")", geometry);
      where += sizeof word - 1;
      continue;
    }
    if (*where == quote) quote = 0;
    else if (!quote && (*where == '\'' || *where == '"')) quote = *where;
    *to++ = *where++;
  }
  return text;
}

sund_code vector_filter(vector_reader *r) {
  const char *where = r->source->where;
  if (!where && r->osm)
    for (size_t i = 0; i < COUNT(osm_layers); i++)
      if (osm_layers[i].role == r->source->role && strcmp(osm_layers[i].layer, r->layer_name) == 0)
        where = osm_layers[i].where;
  if (where) {
    TRY(try_filter(r, where));
    const char *native = native_filter(r, where);
    if (!native) return SUND_LIMIT;
    if (OGR_L_SetAttributeFilter(r->layer, native) != OGRERR_NONE && r->guard->failures == 0)
      return sund_fail(r->scratch, SUND_SOURCE, "where \"%s\" is not understood", word_shown(r->scratch, where));
    TRY(guard_check(r->guard));
  }
  /* What the source says it will deliver. OpenStreetMap files cannot say without being read. */
  if (!where && r->guard->inspect) r->expected = r->facts.rows;
  else if (!where && r->shapefile.checked) r->expected = r->shapefile.rows;
  else if (!r->osm && !r->cells && !r->things) r->expected = OGR_L_GetFeatureCount(r->layer, TRUE);
  return guard_check(r->guard);
}

/* ---------------------------------------------------------------------------------------------------------- peek */

static sund_code peek_layer(vector_reader *r, sund_peek *out) {
  OGRFeatureDefnH fields = OGR_L_GetLayerDefn(r->layer);
  out->layer = r->layer_name;
  out->kind = r->decided ? r->kind : SUND_NONE;
  out->features = r->guard->inspect                 ? r->facts.rows
                  : r->osm || r->cells || r->things ? -1
                                                    : OGR_L_GetFeatureCount(r->layer, FALSE);
  OGREnvelope box;
  /* Files that do not state their extent are gone through; a GeoPackage states it, an OpenStreetMap file if it can. */
  int search = !r->guard->inspect && !r->osm;
  if (r->cells) vector_cells_extent(r, out->box);
  else if (r->things) TRY(vector_osm_extent(r, out->box));
  else if (OGR_L_GetGeomType(r->layer) != wkbNone && OGR_L_GetExtent(r->layer, &box, search) == OGRERR_NONE) {
    out->box[0] = box.MinX;
    out->box[1] = box.MinY;
    out->box[2] = box.MaxX;
    out->box[3] = box.MaxY;
  }
  r->guard->failures = 0; /* an extent that is not there is no error */
  out->fields = (size_t)OGR_FD_GetFieldCount(fields);
  if (!(out->field = sund_alloc(r->ctx, out->fields, sizeof *out->field))) return SUND_LIMIT;
  for (size_t i = 0; i < out->fields; i++)
    if (!(out->field[i] = sund_text_copy(r->ctx, OGR_Fld_GetNameRef(OGR_FD_GetFieldDefn(fields, (int)i)))))
      return SUND_LIMIT;
  return guard_wkt(r->ctx, OGR_L_GetSpatialRef(r->layer), &out->wkt);
}

/* A raster: its CRS and extent. */
static sund_code peek_raster(vector_reader *r, sund_peek *out) {
  TRY(guard_open(r->scratch, r->source->path, GUARD_RASTER, r->source->layer, &r->guard));
  double t[6];
  if (GDALGetGeoTransform(r->guard->dataset, t) == CE_None) {
    double x1 = t[0] + t[1] * GDALGetRasterXSize(r->guard->dataset);
    double y1 = t[3] + t[5] * GDALGetRasterYSize(r->guard->dataset);
    out->box[0] = x1 < t[0] ? x1 : t[0];
    out->box[1] = y1 < t[3] ? y1 : t[3];
    out->box[2] = x1 < t[0] ? t[0] : x1;
    out->box[3] = y1 < t[3] ? t[3] : y1;
  }
  return guard_wkt(r->ctx, GDALGetSpatialRef(r->guard->dataset), &out->wkt);
}

static sund_code peek(vector_reader *r, sund_peek *out) {
  struct stat status;
  if (r->role->medium == SUND_GTFS && (stat(r->source->path, &status) != 0 || !S_ISDIR(status.st_mode))) {
    path_facts facts;
    TRY(path_look(r->scratch, r->source->path, &facts));
  }
  if (r->role->medium == SUND_RASTER) TRY(peek_raster(r, out));
  if (r->role->medium == SUND_VECTOR) {
    TRY(vector_open(r));
    TRY(peek_layer(r, out));
  }
  out->driver = sund_text_copy(r->ctx, r->guard ? r->guard->driver : "GTFS");
  return out->driver ? SUND_OK : SUND_LIMIT;
}

sund_code sund_vector_peek(sund_ctx *ctx, const sund_source *source, sund_peek *out) {
  sund_ctx *scratch = sund_ctx_child(ctx);
  if (!scratch) return SUND_LIMIT;
  vector_reader *r = sund_alloc(scratch, 1, sizeof *r);
  const char *name = r ? path_base(scratch, source->path) : NULL;
  sund_peek found = {.features = -1, .box = {1, 1, -1, -1}};
  sund_code code = SUND_LIMIT;
  if (name) {
    *r = (vector_reader){.ctx = ctx, .scratch = scratch, .source = source, .role = sund_role_of(source->role)};
    code = peek(r, &found);
  }
  if (sund_failure(scratch, NULL, NULL, NULL) != SUND_OK) sund_ctx_pass(ctx, scratch);
  if (code != SUND_OK) sund_blame(ctx, name, SUND_NO_FEATURE);
  else *out = found;
  sund_ctx_free(scratch);
  return code;
}

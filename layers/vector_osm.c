/* vector_osm.c - things of an OpenStreetMap file as features, so that all that is done with features is done with these.
 *
 * What a role takes is told by its tags (the table below); `where` takes its place. The features have the fields of GDAL's
 * driver for these files (osmconf.ini), tags without a field stand in other_tags; codes are in profiles/osm.yaml, which is
 * applied when no other profile was. Order: vector_osm_fits, vector_osm_open (a layer in memory, empty), vector_osm_load
 * (the file is read), vector_osm_next.
 */
#include <math.h>
#include <ogr_api.h>
#include <string.h>

#include "osm_coast.h"
#include "vector.h"
#include "vector_feature.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static const char *const point_fields[] = {"osm_id",  "name",  "barrier", "highway",  "ref",
                                           "address", "is_in", "place",   "man_made", "other_tags"};
static const char *const line_fields[] = {"osm_id",  "name",     "highway", "waterway",  "aerialway",
                                          "barrier", "man_made", "railway", "other_tags"};
static const char *const area_fields[] = {
    "osm_id",   "osm_way_id", "name",       "type",     "aeroway",   "amenity", "admin_level", "barrier",  "boundary",
    "building", "craft",      "geological", "historic", "land_area", "landuse", "leisure",     "man_made", "military",
    "natural",  "office",     "place",      "shop",     "sport",     "tourism", "other_tags"};

/* Tags that make a closed way an area, as GDAL has them. */
static const char *const area_tags[] = {"aeroway",
                                        "amenity",
                                        "boundary",
                                        "building",
                                        "craft",
                                        "geological",
                                        "historic",
                                        "landuse",
                                        "leisure",
                                        "military",
                                        "natural",
                                        "office",
                                        "place",
                                        "shop",
                                        "sport",
                                        "tourism",
                                        "highway=platform",
                                        "public_transport=platform",
                                        "area=yes",
                                        NULL};
static const char *const any_tag[] = {"*", NULL};
static const char *const coast_tags[] = {"natural=coastline", NULL};
static const char *const building_tags[] = {"building", NULL};
static const char *const green_tags[] = {"leisure", "landuse", "natural", "amenity", "boundary", NULL};
static const char *const border_tags[] = {"boundary=administrative", NULL};
static const char *const barrier_tags[] = {"barrier", NULL};
static const char *const place_tags[] = {"place", NULL};

/* What a role takes, and what is looked through when `where` says which. */
typedef struct use {
  sund_role role;
  const char *layer;
  sund_kind kind;
  const char *const *tags, *const *all;
  bool named; /* only with a name */
} use;
static const use uses[] = {
    {SUND_GREEN, "multipolygons", SUND_AREA, green_tags, area_tags, false},
    {SUND_HOMES, "multipolygons", SUND_AREA, building_tags, area_tags, false},
    {SUND_AREAS, "multipolygons", SUND_AREA, border_tags, area_tags, true},
    {SUND_ENTRANCES, "points", SUND_POINT, barrier_tags, any_tag, false},
    {SUND_PLACES, "points", SUND_POINT, place_tags, any_tag, true},
    {SUND_COAST, "lines", SUND_LINE, coast_tags, any_tag, false},
    {SUND_LAND, "land", SUND_AREA, coast_tags, coast_tags, false},
    /* Made elsewhere; here is only what a look at them says. */
    {SUND_PATHS, "ways", SUND_LINE, NULL, NULL, false},
    {SUND_GATES, "ways", SUND_LINE, NULL, NULL, false},
};

struct vector_osm {
  const use *use;
  const char *const *tags; /* of what is handed out */
  vector_feature_fields fields;
  osm_file *file;
  size_t next;    /* thing to be looked at               */
  uint8_t *drawn; /* ways: outline of a relation handed out that says the same */
  sund_shapes *land;
  osm_cuts cuts;
};

/* ------------------------------------------------------------------------------------------------------------ open */

static const use *use_of(sund_role role) {
  for (size_t i = 0; i < COUNT(uses); i++)
    if (uses[i].role == role) return &uses[i];
  return NULL;
}

bool vector_osm_fits(const sund_source *source, const path_facts *facts) {
  const use *u = use_of(source->role);
  return u && osm_is_file(facts) && (!source->layer || strcmp(source->layer, u->layer) == 0);
}

static void close_layer(void *dataset) {
  GDALClose(dataset);
}

static sund_code fail_memory(const vector_reader *r) {
  return sund_fail(r->scratch, SUND_LIMIT, "out of memory for the things of an OpenStreetMap file");
}

static sund_code make_layer(vector_reader *r, const use *u) {
  GDALDriverH driver = GDALGetDriverByName("Memory");
  if (!driver) driver = GDALGetDriverByName("MEM");
  GDALDatasetH dataset = driver ? GDALCreate(driver, "", 0, 0, 0, GDT_Unknown, NULL) : NULL;
  if (!dataset) return fail_memory(r);
  TRY(sund_defer(r->scratch, close_layer, dataset));
  OGRSpatialReferenceH srs = OSRNewSpatialReference(NULL);
  bool known = srs && OSRImportFromEPSG(srs, 4326) == OGRERR_NONE;
  if (known) OSRSetAxisMappingStrategy(srs, OAMS_TRADITIONAL_GIS_ORDER);
  OGRwkbGeometryType type = u->kind == SUND_AREA ? wkbMultiPolygon : u->kind == SUND_LINE ? wkbLineString : wkbPoint;
  r->layer = known ? GDALDatasetCreateLayer(dataset, u->layer, srs, type, NULL) : NULL;
  if (srs) OSRRelease(srs);
  if (!r->layer) return fail_memory(r);
  const char *const *names = u->kind == SUND_AREA ? area_fields : u->kind == SUND_LINE ? line_fields : point_fields;
  size_t count = u->kind == SUND_AREA   ? COUNT(area_fields)
                 : u->kind == SUND_LINE ? COUNT(line_fields)
                                        : COUNT(point_fields);
  /* Land and ways have nothing that a field could be mapped to. */
  bool bare = u->role == SUND_LAND || !u->tags;
  TRY(vector_feature_open(r->scratch, r->layer, bare ? 0 : count, names, &r->things->fields));
  return guard_check(r->guard);
}

sund_code vector_osm_profile(vector_reader *r) {
  if (r->source->profile) return SUND_OK;
  sund_source *source = sund_alloc(r->scratch, 1, sizeof *source);
  sund_profile *profile = NULL;
  if (!source) return SUND_LIMIT;
  TRY(sund_profile_read(r->scratch, "osm", &profile));
  *source = *r->source;
  TRY(sund_profile_apply(r->scratch, 1, &profile, r->things->fields.count, r->things->fields.name, r->layer_name,
                         source));
  source->profile = profile->name; /* its licence holds, whether it had a mapping to add or not */
  if (!source->licence) source->licence = profile->licence;
  r->source = source;
  return SUND_OK;
}

sund_code vector_osm_open(vector_reader *r) {
  const use *u = use_of(r->source->role);
  if (!(r->things = sund_alloc(r->scratch, 1, sizeof *r->things))) return SUND_LIMIT;
  *r->things = (vector_osm){.use = u, .tags = r->source->where ? u->all : u->tags};
  TRY(osm_refuse(r->scratch, r->source));
  TRY(guard_stand(r->scratch, r->source->path, "OSM", &r->guard));
  TRY(make_layer(r, u));
  r->layer_name = u->layer;
  return SUND_OK;
}

sund_code vector_osm_extent(vector_reader *r, double box[4]) {
  if (r->things->file) memcpy(box, r->things->file->box, sizeof r->things->file->box);
  else TRY(osm_extent(r->scratch, r->source->path, box));
  return SUND_OK;
}

const char *vector_osm_date(const vector_reader *r) {
  return r->things->file ? r->things->file->date : NULL;
}

/* ------------------------------------------------------------------------------------------------------------ load */

sund_code vector_osm_load(vector_reader *r) {
  vector_osm *o = r->things;
  const use *u = o->use;
  osm_want want = {.members = u->kind == SUND_AREA && u->role != SUND_LAND};
  if (u->kind == SUND_POINT) want.nodes = o->tags;
  else want.ways = o->tags;
  if (want.members) want.relations = o->tags;
  TRY(osm_read(r->scratch, r->source->path, &want, &o->file));
  if (!(o->drawn = sund_alloc(r->scratch, o->file->ways, 1))) return SUND_LIMIT;
  if (u->role != SUND_LAND) return SUND_OK;
  sund_shapes *coast = NULL;
  TRY(osm_coastline(r->scratch, o->file, &coast, &o->cuts));
  return osm_land(r->scratch, coast, o->file->box, &o->land);
}

/* ------------------------------------------------------------------------------------------------------------ next */

/* Is the tag in the list? */
static bool is_listed(const osm_tag *tag, const char *const *list) {
  for (; *list; list++) {
    const char *equals = strchr(*list, '=');
    size_t length = equals ? (size_t)(equals - *list) : strlen(*list);
    if (strcmp(*list, "*") == 0) return true;
    if (strncmp(tag->key, *list, length) != 0 || tag->key[length] != '\0') continue;
    if (!equals || strcmp(tag->value, equals + 1) == 0) return true;
  }
  return false;
}

static bool has_tag(osm_tags tags, const char *const *list) {
  for (size_t i = 0; i < tags.count; i++)
    if (is_listed(&tags.tag[i], list)) return true;
  return false;
}

/* Is it handed out? Ways are also there as members, nodes as those of ways. */
static bool is_taken(const vector_osm *o, osm_tags tags, bool filtered) {
  if (!has_tag(tags, o->tags)) return false;
  return filtered || !o->use->named || osm_value(tags, "name");
}

static bool is_no(const char *value) {
  return value && strcmp(value, "no") == 0;
}

/* Could the way be an area? Of one whose ends are not in the file nobody knows. */
static bool may_be_area(const osm_file *file, size_t way) {
  size_t begin = file->first_ref[way], end = file->first_ref[way + 1];
  if (end - begin < 4 || is_no(osm_value(file->way_tags[way], "area"))) return false;
  uint32_t first = file->ref[begin], last = file->ref[end - 1];
  return first == last || first == UINT32_MAX || last == UINT32_MAX;
}

static bool is_multipolygon(osm_tags tags) {
  const char *type = osm_value(tags, "type");
  return type && (strcmp(type, "multipolygon") == 0 || strcmp(type, "boundary") == 0);
}

/* A building is often tagged twice, as a relation with its courtyards and as the way around it: it is one. */
static void note_outlines(vector_osm *o, size_t relation) {
  const osm_file *file = o->file;
  osm_tags tags = file->relation_tags[relation];
  for (size_t i = file->first_member[relation]; i < file->first_member[relation + 1]; i++) {
    const osm_member *member = &file->member[i];
    size_t way =
        member->kind == OSM_WAY && strcmp(member->role, "inner") != 0 ? osm_find_way(file, member->id) : SIZE_MAX;
    for (size_t k = 0; way != SIZE_MAX && k < tags.count; k++)
      if (is_listed(&tags.tag[k], o->tags) && osm_value(file->way_tags[way], tags.tag[k].key)) o->drawn[way] = 1;
  }
}

/* A relation or way as a feature, without geometry when its outline does not close. */
static sund_code make_area(vector_reader *r, sund_ctx *scratch, bool way, size_t row, OGRFeatureH *out) {
  vector_osm *o = r->things;
  const osm_file *file = o->file;
  sund_shapes *area = NULL;
  bool ok = false;
  if (way) TRY(osm_area_of_way(scratch, file, row, &area, &ok));
  else TRY(osm_area_of_relation(scratch, file, row, &area, &ok));
  int64_t id = way ? file->way_id[row] : file->relation_id[row];
  osm_tags tags = way ? file->way_tags[row] : file->relation_tags[row];
  TRY(vector_feature_make(scratch, r->layer, &o->fields, way, id, tags, out));
  if (ok) vector_feature_areas(*out, area, 0);
  if (ok && !way) note_outlines(o, row);
  return SUND_OK;
}

/* The next thing of the file that the role takes: relations, then ways. */
static sund_code next_area(vector_reader *r, OGRFeatureH *out) {
  vector_osm *o = r->things;
  const osm_file *file = o->file;
  for (; o->next < file->ways + file->relations && !*out; o->next++) {
    bool way = o->next >= file->relations;
    size_t row = way ? o->next - file->relations : o->next;
    if (!is_taken(o, way ? file->way_tags[row] : file->relation_tags[row], r->source->where)) continue;
    if (way ? o->drawn[row] || !may_be_area(file, row) : !is_multipolygon(file->relation_tags[row])) continue;
    sund_ctx *scratch = sund_ctx_child(r->scratch);
    if (!scratch) return SUND_LIMIT;
    sund_code code = make_area(r, scratch, way, row, out);
    if (code != SUND_OK) sund_ctx_pass(r->scratch, scratch);
    sund_ctx_free(scratch);
    TRY(code);
  }
  return SUND_OK;
}

static sund_code next_line(vector_reader *r, OGRFeatureH *out) {
  vector_osm *o = r->things;
  const osm_file *file = o->file;
  for (; o->next < file->ways && !*out; o->next++) {
    if (!is_taken(o, file->way_tags[o->next], r->source->where)) continue;
    TRY(vector_feature_make(r->scratch, r->layer, &o->fields, false, file->way_id[o->next], file->way_tags[o->next],
                            out));
    vector_feature_way(*out, file, o->next);
  }
  return SUND_OK;
}

static sund_code next_point(vector_reader *r, OGRFeatureH *out) {
  vector_osm *o = r->things;
  const osm_file *file = o->file;
  for (; o->next < file->nodes && !*out; o->next++) {
    if (!is_taken(o, file->node_tags[o->next], r->source->where)) continue;
    int64_t id = file->node_id[o->next];
    TRY(vector_feature_make(r->scratch, r->layer, &o->fields, false, id, file->node_tags[o->next], out));
    vector_feature_point(*out, file->lon[o->next], file->lat[o->next]);
  }
  return SUND_OK;
}

static sund_code next_land(vector_reader *r, OGRFeatureH *out) {
  vector_osm *o = r->things;
  if (o->next == o->land->rows) return SUND_OK;
  TRY(vector_feature_make(r->scratch, r->layer, &o->fields, false, (int64_t)o->next + 1, (osm_tags){0}, out));
  vector_feature_areas(*out, o->land, o->next++);
  return SUND_OK;
}

/* The feature itself when the filter lets it pass, else NULL. */
static OGRFeatureH filtered(OGRLayerH layer, OGRFeatureH feature) {
  GIntBig id = OGR_F_GetFID(feature);
  OGR_F_SetFID(feature, 0);
  OGRErr error = OGR_L_CreateFeature(layer, feature);
  OGR_F_Destroy(feature);
  if (error != OGRERR_NONE) return NULL; /* the guard has noted it */
  OGR_L_ResetReading(layer);
  OGRFeatureH found = OGR_L_GetNextFeature(layer);
  bool gone = OGR_L_DeleteFeature(layer, 0) == OGRERR_NONE;
  if (found) OGR_F_SetFID(found, id);
  if (found && !gone) OGR_F_Destroy(found);
  return gone ? found : NULL;
}

sund_code vector_osm_next(vector_reader *r, OGRFeatureH *out) {
  const use *u = r->things->use;
  do {
    *out = NULL;
    sund_code code = u->role == SUND_LAND    ? next_land(r, out)
                     : u->kind == SUND_AREA  ? next_area(r, out)
                     : u->kind == SUND_POINT ? next_point(r, out)
                                             : next_line(r, out);
    if (code != SUND_OK || !*out) {
      if (*out) OGR_F_Destroy(*out);
      *out = NULL;
      return code;
    }
    if (r->source->where) *out = filtered(r->layer, *out);
    TRY(guard_check(r->guard));
  } while (!*out);
  return SUND_OK;
}

/* ------------------------------------------------------------------------------------------------------------ tell */

sund_code vector_osm_tell(vector_reader *r, sund_findings *list) {
  const vector_osm *o = r->things;
  const char *name = sund_text_copy(r->ctx, r->guard->facts.name);
  if (!name) return SUND_LIMIT;
  if (o->use->role != SUND_LAND) return SUND_OK;
  const double *box = o->file->box;
  const char *text = sund_text(r->ctx,
                               "land is what lies on the left of the coastline, within the extract's box (%.6f %.6f "
                               ".. %.6f %.6f), whose edges are no shore",
                               box[0], box[1], box[2], box[3]);
  if (!text) return SUND_LIMIT;
  if (box[0] < box[2])
    TRY(sund_finding_add(r->ctx, list, (sund_finding){"note", name, SUND_NO_FEATURE, text, NAN, NAN}));
  if (o->cuts.count == 0) return SUND_OK;
  text = sund_text(r->ctx,
                   "the coastline leaves the data inside their box at %zu place%s (the first is at longitude %.6f, "
                   "latitude %.6f): it goes on to the nearest edge of the box, and beyond the data land is a guess",
                   o->cuts.count, o->cuts.count == 1 ? "" : "s", o->cuts.lon, o->cuts.lat);
  if (!text) return SUND_LIMIT;
  return sund_finding_add(r->ctx, list, (sund_finding){"warning", name, SUND_NO_FEATURE, text, NAN, NAN});
}

/* test_osm.c - OpenStreetMap files through the front door: XML, packed files, and what each role takes of one. */
#include "support_osm.h"
#include "vector_files.h"

/* A square of four corners around (x, y), a hundredth of a degree wide; the nodes are id .. id + 3, the way is id. */
static draft_thing *square(draft *d, int id, double x, double y, double width) {
  const double half = width / 2;
  draft_node(d, id, x - half, y - half);
  draft_node(d, id + 1, x + half, y - half);
  draft_node(d, id + 2, x + half, y + half);
  draft_node(d, id + 3, x - half, y + half);
  return draft_way(d, id, id, id + 1, id + 2, id + 3, id, 0);
}

/* Nodes first, then ways, then relations, each by id, as files are. */
static int compare_things(const void *a, const void *b) {
  const draft_thing *one = a, *other = b;
  if (one->kind != other->kind) return one->kind < other->kind ? -1 : 1;
  return one->id < other->id ? -1 : one->id > other->id;
}

/* A town at Helsingør: houses, one of them with a courtyard, a park, a municipality, a place, a gate, a coast. */
static void town(draft *d) {
  draft_tag(square(d, 10, 12.55, 56.02, 0.001), "building", "yes");
  draft_tag(square(d, 20, 12.56, 56.02, 0.001), "building", "house");
  draft_tag(square(d, 30, 12.57, 56.02, 0.001), "building", "no");
  draft_tag(square(d, 40, 12.58, 56.02, 0.002), "building", "yes"); /* and its courtyard, below */
  square(d, 50, 12.58, 56.02, 0.001);
  draft_tag(draft_way(d, 60, 10, 11, 12, 10, 0), "area", "no");
  draft_tag(&d->thing[d->count - 1], "building", "yes");
  draft_tag(draft_way(d, 61, 10, 777, 778, 10, 0), "building", "yes"); /* cut off */
  draft_tag(draft_way(d, 62, 10, 11, 12, 13, 0), "building", "yes");   /* no area */
  draft_tag(draft_tag(square(d, 70, 12.55, 56.03, 0.004), "leisure", "park"), "name", "Æbleparken");
  draft_tag(draft_tag(square(d, 80, 12.56, 56.03, 0.002), "natural", "wood"), "access", "no");
  draft_tag(square(d, 90, 12.57, 56.03, 0.002), "landuse", "industrial");
  draft_thing *t = square(d, 100, 12.57, 56.03, 0.1);
  draft_tag(draft_tag(t, "boundary", "administrative"), "admin_level", "7");
  draft_tag(t, "name", "Helsingør");
  draft_tag(draft_tag(square(d, 110, 12.57, 56.03, 0.1), "boundary", "administrative"), "admin_level", "4");
  draft_tag(draft_tag(draft_node(d, 1, 12.6, 56.03), "place", "town"), "name", "Helsingør");
  draft_tag(draft_node(d, 2, 12.6, 56.03), "place", "locality");
  draft_tag(draft_node(d, 3, 12.55, 56.028), "barrier", "gate");
  draft_tag(draft_node(d, 4, 12.55, 56.027), "barrier", "bollard");
  draft_node(d, 5, 12.62, 55.9);
  draft_node(d, 6, 12.62, 56.02);
  draft_node(d, 7, 12.5, 56.2);
  draft_tag(draft_way(d, 200, 5, 6, 7, 0), "natural", "coastline");
  t = draft_tag(draft_tag(draft_add(d, OSM_RELATION, 10), "type", "multipolygon"), "building", "yes");
  draft_item_add(t, OSM_WAY, 40, "outer");
  draft_item_add(t, OSM_WAY, 50, "inner");
  t = draft_tag(draft_tag(draft_add(d, OSM_RELATION, 11), "type", "route"), "building", "yes");
  draft_item_add(t, OSM_WAY, 40, "outer");
  qsort(d->thing, d->count, sizeof *d->thing, compare_things);
}

static const char *town_file(files *f, const char *name) {
  draft d = {0};
  const char *path = files_path(f, name);
  town(&d);
  if (strstr(name, ".pbf")) draft_pbf(&d, (draft_form){.seconds = 1676937600}, path);
  else draft_xml(&d, path);
  draft_free(&d);
  return path;
}

static const char *text_of(const sund_table *table, const char *column, size_t row) {
  const char **text = sund_table_text(table, column);
  return text && text[row] ? text[row] : "";
}

/* ------------------------------------------------------------------------------------------------------------ roles */

static void homes(void **state) {
  static const char *const names[] = {"town.osm.pbf", "town.osm"};
  files *f = *state;
  for (size_t i = 0; i < 2; i++) {
    reading r;
    const char *path = town_file(f, names[i]);
    assert_ok(f->ctx, files_read(f->ctx, files_source(SUND_HOMES, path), &r));
    assert_int_equal(r.table->rows, 3); /* the one with a courtyard once */
    assert_int_equal(r.table->kind, SUND_AREA);
    assert_string_equal(text_of(r.table, "id", 0), "10");
    assert_string_equal(text_of(r.table, "id", 2), "20");
    assert_true(sund_table_real(r.table, "persons")[0] == 1);
    assert_int_equal(r.table->shapes->parts, 4);
    assert_int_equal(r.table->shapes->hole[1], 1);
    assert_int_equal(r.reading.read, 5);
    assert_int_equal(r.reading.used, 3);
    assert_int_equal(r.reading.rejected, 2);
    const sund_finding *open = files_finding(&r, "does not close or is cut off");
    assert_non_null(open);
    assert_int_equal(open->feature, 61);
    assert_string_equal(r.reading.driver, "OSM");
    assert_string_equal(r.reading.layer, "multipolygons");
    assert_string_equal(r.reading.crs, "EPSG:4326");
    assert_string_equal(r.reading.licence, "ODbL, OpenStreetMap contributors");
    assert_string_equal(r.reading.profile, "osm");
    assert_int_equal(strlen(r.reading.hash), 64);
    if (i == 0) assert_string_equal(r.reading.date, "2023-02-21");
    else assert_null(r.reading.date);
  }
}

static void other_roles(void **state) {
  files *f = *state;
  reading r;
  const char *path = town_file(f, "town.osm.pbf");
  assert_ok(f->ctx, files_read(f->ctx, files_source(SUND_GREEN, path), &r));
  assert_int_equal(r.table->rows, 2);
  assert_string_equal(text_of(r.table, "kind", 0), "park");
  assert_string_equal(text_of(r.table, "access", 0), "public");
  assert_string_equal(text_of(r.table, "name", 0), "Æbleparken");
  assert_string_equal(text_of(r.table, "id", 0), "70");
  assert_string_equal(text_of(r.table, "kind", 1), "forest");
  assert_string_equal(text_of(r.table, "access", 1), "private");
  assert_ok(f->ctx, files_read(f->ctx, files_source(SUND_PLACES, path), &r));
  assert_int_equal(r.table->rows, 1);
  assert_string_equal(text_of(r.table, "name", 0), "Helsingør");
  assert_int_equal(r.table->kind, SUND_POINT);
  assert_ok(f->ctx, files_read(f->ctx, files_source(SUND_ENTRANCES, path), &r));
  assert_int_equal(r.table->rows, 1);
  assert_int_equal(r.table->feature[0], 3);
  assert_ok(f->ctx, files_read(f->ctx, files_source(SUND_COAST, path), &r));
  assert_int_equal(r.table->rows, 1);
  assert_int_equal(r.table->kind, SUND_LINE);
  assert_int_equal(r.table->feature[0], 200);
  assert_ok(f->ctx, files_read(f->ctx, files_source(SUND_AREAS, path), &r));
  assert_int_equal(r.table->rows, 1); /* one without a name is none */
  assert_string_equal(text_of(r.table, "name", 0), "Helsingør");
  assert_string_equal(text_of(r.table, "level", 0), "7");
}

/* Filters, fields, codes and constants of the user work on the fields of GDAL's driver. */
static void by_the_user(void **state) {
  files *f = *state;
  reading r;
  const char *path = town_file(f, "town.osm.pbf");
  sund_source source = files_source(SUND_HOMES, path);
  source.where = "building = 'house'";
  assert_ok(f->ctx, files_read(f->ctx, source, &r));
  assert_int_equal(r.table->rows, 1);
  source.where = "landuse = 'industrial'"; /* no building at all */
  sund_pair set = {.key = "persons", .value = "2.5"};
  source.set = &set;
  source.sets = 1;
  assert_ok(f->ctx, files_read(f->ctx, source, &r));
  assert_int_equal(r.table->rows, 1);
  assert_true(sund_table_real(r.table, "persons")[0] == 2.5);
  source = files_source(SUND_GREEN, path);
  sund_pair field = {.key = "kind", .value = "building"};
  sund_recode recode[] = {{"kind", "yes", "other"}, {"kind", "*", "skip"}, {"kind", "missing", "skip"}};
  source.field = &field;
  source.fields = 1;
  source.recode = recode;
  source.recodes = 3;
  source.where = "building IS NOT NULL";
  source.layer = "multipolygons";
  assert_ok(f->ctx, files_read(f->ctx, source, &r));
  assert_int_equal(r.table->rows, 2);
  source = files_source(SUND_PLACES, path);
  source.where = "place = 'village'";
  assert_ok(f->ctx, files_read(f->ctx, source, &r));
  assert_int_equal(r.table->rows, 0);
  source.where = "plaice = 'town'";
  files_expect(f->ctx, source, SUND_SOURCE, "where \"plaice = 'town'\" is not understood", SUND_NO_FEATURE);
  /* A layer that is not the role's own goes through GDAL, as any file. */
  source = files_source(SUND_HOMES, path);
  source.layer = "points";
  source.where = "place IS NOT NULL";
  assert_ok(f->ctx, files_read(f->ctx, source, &r));
  assert_int_equal(r.table->rows, 2);
  assert_int_equal(r.table->kind, SUND_POINT);
}

static void not_for_these(void **state) {
  files *f = *state;
  const char *path = town_file(f, "town.osm.pbf");
  sund_source source = files_source(SUND_LAND, path);
  source.where = "natural = 'coastline'";
  files_expect(f->ctx, source, SUND_USAGE, "where does not choose land", SUND_NO_FEATURE);
  source = files_source(SUND_PATHS, path);
  source.where = "highway = 'path'";
  files_expect(f->ctx, source, SUND_USAGE, "where is not for paths of an OpenStreetMap file", SUND_NO_FEATURE);
  sund_pair field = {.key = "class", .value = "highway"};
  source = files_source(SUND_GATES, path);
  source.field = &field;
  source.fields = 1;
  files_expect(f->ctx, source, SUND_USAGE, "fields is not for gates", SUND_NO_FEATURE);
  source = files_source(SUND_GREEN, path);
  source.as = "cells";
  files_expect(f->ctx, source, SUND_USAGE, "as is for rasters", SUND_NO_FEATURE);
  source = files_source(SUND_LAND, path);
  files_expect(f->ctx, source, SUND_DATA, "states no box", SUND_NO_FEATURE);
}

static void looks(void **state) {
  static const struct {
    sund_role role;
    const char *layer;
    sund_kind kind;
  } cases[] = {{SUND_HOMES, "multipolygons", SUND_AREA}, {SUND_PLACES, "points", SUND_POINT},
               {SUND_COAST, "lines", SUND_LINE},         {SUND_LAND, "land", SUND_AREA},
               {SUND_PATHS, "ways", SUND_LINE},          {SUND_GATES, "ways", SUND_LINE}};
  files *f = *state;
  const char *path = town_file(f, "town.osm");
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    sund_source source = files_source(cases[i].role, path);
    sund_peek peek;
    sund_crs *crs = NULL;
    assert_ok(f->ctx, sund_vector_peek(f->ctx, &source, &peek));
    assert_string_equal(peek.driver, "OSM");
    assert_string_equal(peek.layer, cases[i].layer);
    assert_int_equal(peek.kind, cases[i].kind);
    assert_ok(f->ctx, sund_crs_open(f->ctx, peek.wkt, &crs));
    assert_string_equal(sund_crs_code(crs), "EPSG:4326");
    assert_true(peek.box[0] == 12.5 && peek.box[1] == 55.9 && peek.box[2] == 12.62 && peek.box[3] == 56.2);
  }
}

/* -------------------------------------------------------------------------------------------------------------- land */

/* West of a straight coast that is cut off in the north; the box is stated. */
static void land(void **state) {
  static const char head[] =
      "<osm version='0.6'><bounds minlat='56.0' minlon='12.5' maxlat='56.1' maxlon='12.7'/>"
      "<node id='1' lat='55.95' lon='12.6'/><node id='2' lat='56.05' lon='12.6'/><node id='3' lat='56.09' "
      "lon='12.6'/>";
  static const char tail[] = "<tag k='natural' v='coastline'/></way></osm>";
  files *f = *state;
  for (int cut = 0; cut < 2; cut++) {
    char text[1000];
    reading r;
    snprintf(text, sizeof text, "%s%s<way id='9'><nd ref='1'/><nd ref='2'/><nd ref='%s'/>%s", head,
             cut ? "" : "<node id='4' lat='56.2' lon='12.6'/>", "4", tail);
    const char *path = files_text(f, cut ? "cut.osm" : "whole.osm", text);
    assert_ok(f->ctx, files_read(f->ctx, files_source(SUND_LAND, path), &r));
    assert_int_equal(r.table->rows, 1);
    double box[4];
    assert_true(sund_shapes_extent(r.table->shapes, box));
    /* 12.5 .. 12.6 E, 56.0 .. 56.1 N in UTM 32: about 6.2 by 11.1 km. When cut the coast turns to the nearest edge,
     * straight north. */
    double area = sund_ring_area(r.table->shapes->first_vertex[1], r.table->shapes->x, r.table->shapes->y);
    assert_true(fabs(area / 69.3e6 - 1) < 0.01);
    assert_non_null(files_finding(&r, "whose edges are no shore"));
    assert_true((files_finding(&r, "beyond the data land is a guess") != NULL) == (cut == 1));
    assert_true(r.reading.extent[0] < r.reading.extent[2]);
  }
}

/* --------------------------------------------------------------------------------------------------------------- xml */

static void xml(void **state) {
  static const struct {
    const char *text, *part;
  } cases[] = {
      {"<osm version='0.6'>\n<node id='1' lat='1' lon='2'/>\n<way id='x'/></osm>",
       "line 3: an id that is no whole number"},
      {"<osm version='0.6'><node id='1' lat='91' lon='2'><tag k='place' v='town'/><tag k='name' v='A'/></node></osm>",
       "node 1 lies at longitude 2, latitude 91"},
      {"<osm version='0.6'><node id='1' lon='2'><tag k='place' v='a'/></node></osm>",
       "line 1: a node without lat or lon"},
      {"<osm version='0.6'>\n<node id='1' lat='1' lon='2'>\n</osm>", "line 3: mismatched tag"},
      {"<osm version='0.6'><node id='1' lat='1' lon='2'/>", "no element found"},
      {"<osmChange version='0.6'></osmChange>", "the file is no <osm>"},
      {"<!DOCTYPE a [<!ENTITY b 'c'>]><osm version='0.6'></osm>", "DOCTYPE"},
      {"<osm version='0.6'><relation id='1'><member type='area' ref='1' role=''/></relation></osm>",
       "a member of a kind that is not known"},
  };
  static const char *const place[] = {"place", NULL}, *const all[] = {"*", NULL};
  const osm_want want = {place, all, all, false};
  files *f = *state;
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    sund_ctx *own = sund_ctx_child(f->ctx);
    osm_file *file = NULL;
    const char *message = "";
    sund_code code = osm_read(own, files_text(f, "a.osm", cases[i].text), &want, &file);
    sund_failure(own, &message, NULL, NULL);
    if (code != SUND_SOURCE || !strstr(message, cases[i].part)) fail_msg("%s: %d %s", cases[i].text, code, message);
    sund_ctx_free(own);
  }
}

/* Deleted things are passed over; what Overpass says of the date is taken; places are as exact as in .osm.pbf. */
static void xml_details(void **state) {
  static const char text[] =
      "<?xml version='1.0' encoding='ISO-8859-1'?><osm version='0.6'><meta osm_base='2024-09-08T10:00:00Z'/>"
      "<node id='1' lat='-0.0000001' lon='+1.2500000000000000001'><tag k='place' v='\xE6'/></node>"
      "<node id='2' lat='1' lon='1' action='delete'><tag k='place' v='a'/></node>"
      "<node id='3' visible='false'><tag k='place' v='a'/></node>"
      "<node id='4' lat='1e1' lon='.5'><tag k='place' v='b'/></node></osm>";
  static const char *const place[] = {"place=\xC3\xA6", "place=b", NULL};
  const osm_want want = {place, NULL, NULL, false};
  files *f = *state;
  osm_file *file = NULL;
  assert_ok(f->ctx, osm_read(f->ctx, files_text(f, "a.osm", text), &want, &file));
  assert_int_equal(file->nodes, 2);
  assert_int_equal(file->all_nodes, 2);
  assert_true(file->lat[0] == -1e-7 && file->lon[0] == 1.25);
  assert_true(file->lat[1] == 10 && file->lon[1] == 0.5);
  assert_string_equal(osm_value(file->node_tags[0], "place"), "\xC3\xA6");
  assert_string_equal(file->date, "2024-09-08");
}

/* A box of half the globe is none of an extract: the nodes are asked. */
static void box_of_half_the_globe(void **state) {
  static const char text[] =
      "<osm version='0.6'><bounds minlat='0' minlon='0' maxlat='90' maxlon='180'/>"
      "<node id='1' lat='49.4' lon='8.6'/><node id='2' lat='49.5' lon='8.7'/></osm>";
  files *f = *state;
  double box[4];
  assert_ok(f->ctx, osm_extent(f->ctx, files_text(f, "a.osm", text), box));
  assert_true(box[0] == 8.6 && box[1] == 49.4 && box[2] == 8.7 && box[3] == 49.5);
}

static void packed(void **state) {
  files *f = *state;
  reading r;
  draft d = {0};
  town(&d);
  const char *plain = files_path(f, "plain.osm");
  draft_xml(&d, plain);
  draft_free(&d);
  char text[60000];
  FILE *file = fopen(plain, "rb");
  size_t length = fread(text, 1, sizeof text, file);
  fclose(file);
  char small[60000];
  struct libdeflate_compressor *deflate = libdeflate_alloc_compressor(6);
  const size_t bytes = libdeflate_gzip_compress(deflate, text, length, small, sizeof small);
  libdeflate_free_compressor(deflate);
  const char *path = files_bytes(f, "town.osm.gz", small, bytes);
  assert_ok(f->ctx, files_read(f->ctx, files_source(SUND_HOMES, path), &r));
  assert_int_equal(r.table->rows, 3);
  sund_source source = files_source(SUND_HOMES, path);
  sund_peek peek;
  assert_ok(f->ctx, sund_vector_peek(f->ctx, &source, &peek));
  assert_true(peek.box[0] == 12.5);
  files_cut(path, 0.5);
  files_expect(f->ctx, files_source(SUND_HOMES, path), SUND_SOURCE, "gzip archive is cut or damaged",
               SUND_NO_FEATURE);
}

/* -------------------------------------------------------------------------------------------------------------- real */

static const char *data_file(files *f, const char *name) {
  const char *folder = getenv("SUND_DATA");
  char *path = f->path[f->turn = (f->turn + 1) % 4];
  snprintf(path, sizeof f->path[0], "%s/%s", folder ? folder : "../shared/data", name);
  return files_size(path) >= 0 ? path : NULL;
}

/* How many features GDAL's driver hands out. */
static size_t gdal_count(const char *path, const char *layer, const char *where) {
  GDALDatasetH dataset = GDALOpenEx(path, GDAL_OF_VECTOR, NULL, NULL, NULL);
  assert_non_null(dataset);
  size_t count = 0;
  OGRLayerH wanted = GDALDatasetGetLayerByName(dataset, layer), from = NULL;
  OGR_L_SetAttributeFilter(wanted, where);
  OGRFeatureH feature = NULL;
  while ((feature = GDALDatasetGetNextFeature(dataset, &from, NULL, NULL, NULL))) {
    count += from == wanted;
    OGR_F_Destroy(feature);
  }
  GDALClose(dataset);
  return count;
}

static void las_palmas(void **state) {
  static const char *const ways[] = {"leisure=park", "route=ferry", NULL}, *const turns[] = {"type=restriction",
                                                                                             NULL};
  static const char name[] = "peers/las-palmas/las_palmas_2023_osm_20230221.osm.pbf";
  files *f = *state;
  reading homes, shore;
  osm_file *file = NULL;
  if (!data_file(f, name)) skip();
  const osm_want want = {NULL, ways, turns, false};
  assert_ok(f->ctx, osm_read(f->ctx, data_file(f, name), &want, &file));
  assert_int_equal(file->all_nodes, 383161);
  assert_int_equal(file->all_ways, 53760);
  assert_int_equal(file->all_relations, 3005);
  assert_int_equal(file->relations, 922);
  assert_string_equal(file->date, "2023-02-21");
  size_t ferries = 0;
  for (size_t i = 0; i < file->ways; i++) ferries += osm_value(file->way_tags[i], "route") != NULL;
  assert_int_equal(ferries, 7);
  sund_source source = files_source(SUND_HOMES, data_file(f, name));
  assert_ok(f->ctx, files_read_into(f->ctx, "EPSG:32628", source, &homes));
  /* GDAL closes what is cut off with the nodes that are left. */
  const sund_finding *open = files_finding(&homes, "16 features whose outline does not close");
  assert_non_null(open);
  assert_int_equal(homes.table->rows + 16, gdal_count(source.path, "multipolygons", "building IS NOT NULL"));
  source.role = SUND_GREEN;
  source.where = "leisure = 'park'";
  reading parks;
  assert_ok(f->ctx, files_read_into(f->ctx, "EPSG:32628", source, &parks));
  assert_int_equal(parks.table->rows, gdal_count(source.path, "multipolygons", "leisure = 'park'"));
  /* Houses stand on land. */
  source = files_source(SUND_LAND, source.path);
  assert_ok(f->ctx, files_read_into(f->ctx, "EPSG:32628", source, &shore));
  sund_segments *segments = NULL;
  assert_ok(f->ctx, sund_segments_build(f->ctx, shore.table->shapes, &segments));
  size_t wet = 0;
  const sund_shapes *s = homes.table->shapes;
  for (size_t i = 0; i < s->rows; i++) {
    size_t v = s->first_vertex[s->first_part[i]];
    wet += sund_segments_inside(segments, s->x[v], s->y[v], NULL) == SIZE_MAX;
  }
  if (wet > s->rows / 500) fail_msg("%zu of %zu houses stand in the sea", wet, s->rows);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      FILES_TEST(homes),         FILES_TEST(other_roles), FILES_TEST(by_the_user),
      FILES_TEST(not_for_these), FILES_TEST(looks),       FILES_TEST(land),
      FILES_TEST(xml),           FILES_TEST(xml_details), FILES_TEST(box_of_half_the_globe),
      FILES_TEST(packed),        FILES_TEST(las_palmas)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}

/* test_profile_osm.c - the OpenStreetMap profile: files as they are, extracts, layers of one key. P07 ... are the
 * pitfalls of access to nature that a test is about. */
#include "profile_files.h"

#define NODE(id, lon, lat) "<node id='" id "' lat='" lat "' lon='" lon "' version='1'/>"
#define SQUARE "<nd ref='1'/><nd ref='2'/><nd ref='3'/><nd ref='4'/><nd ref='1'/>"
#define WAY(id, refs, tags) "<way id='" id "' version='1'>" refs tags "</way>"
#define TAG(key, value) "<tag k='" key "' v='" value "'/>"

static const char town[] =
    "<?xml version='1.0'?><osm version='0.6'>" NODE("1", "12.60", "56.03") NODE("2", "12.61", "56.03")
        NODE("3", "12.61", "56.04") NODE("4", "12.60", "56.04")
            "<node id='5' lat='56.035' lon='12.60' version='1'>" TAG("barrier", "kissing_gate") "</node>"
            "<node id='6' lat='56.036' lon='12.60' version='1'>" TAG("barrier", "bollard") "</node>"
            WAY("10", SQUARE, TAG("leisure", "park")) WAY("11", SQUARE, TAG("leisure", "golf_course"))
            WAY("12", SQUARE, TAG("leisure", "garden") TAG("fee", "yes"))
            WAY("13", SQUARE, TAG("natural", "wood") TAG("access", "private"))
            WAY("14", SQUARE, TAG("amenity", "school") TAG("landuse", "grass"))
            WAY("15", SQUARE, TAG("natural", "wood")) WAY("16", SQUARE, TAG("building", "yes"))
            WAY("17", SQUARE, TAG("landuse", "forest") TAG("military", "training_area"))
            WAY("18", SQUARE, TAG("landuse", "meadow") TAG("fee", "no") TAG("access", "customers"))
            WAY("20", "<nd ref='1'/><nd ref='3'/>", TAG("highway", "footway") TAG("layer", "1") TAG("bridge", "yes"))
            WAY("21", "<nd ref='2'/><nd ref='4'/>", TAG("highway", "path") TAG("foot", "no"))
            WAY("22", "<nd ref='2'/><nd ref='3'/>", TAG("route", "ferry"))
            WAY("23", "<nd ref='3'/><nd ref='4'/>", TAG("highway", "service") TAG("access", "private"))
            "</osm>";

static const char *access_of(const sund_table *green, const char *kind, size_t nth) {
  for (size_t i = 0; i < green->rows; i++)
    if (strcmp(profile_text(green, "kind", i), kind) == 0 && nth-- == 0) return profile_text(green, "access", i);
  return "";
}

/* P17: golf, fees and school grounds are restricted; P15: what is private says so; the military keeps people out. */
static void green_of_a_file(void **state) {
  files *f = *state;
  reading r;
  const char *path = files_text(f, "town.osm", town);
  profile_read(f, "osm", SUND_GREEN, path, &r);
  assert_int_equal(r.table->rows, 7); /* a house is not asked for, a training ground left out */
  assert_string_equal(access_of(r.table, "park", 0), "public");
  assert_string_equal(access_of(r.table, "park", 1), "restricted");
  assert_string_equal(access_of(r.table, "sports", 0), "restricted");
  assert_string_equal(access_of(r.table, "forest", 0), "private");
  assert_string_equal(access_of(r.table, "forest", 1), "unknown");
  assert_string_equal(access_of(r.table, "other", 0), "restricted");
  assert_string_equal(access_of(r.table, "meadow", 0), "restricted");
  assert_int_equal(r.reading.rejected, 1);
}

/* P07: a bridge has its level; P11: a ferry is no path. Ways are told by all their tags, without a mapping; as the lines
 * of GDAL they are mapped like any other layer. */
static void paths_and_gates_of_a_file(void **state) {
  files *f = *state;
  reading r;
  const char *path = files_text(f, "town.osm", town);
  assert_ok(f->ctx, files_read(f->ctx, files_source(SUND_PATHS, path), &r));
  const sund_table *paths = r.table;
  assert_int_equal(paths->rows, 2); /* what is private is nobody's way */
  const int64_t *level = sund_table_int(paths, "level"), *walk = sund_table_int(paths, "walk");
  for (size_t i = 0; i < 2; i++) {
    const char *class = profile_text(paths, "class", i);
    bool bridge = strcmp(class, "footway") == 0;
    assert_int_equal(level[i], bridge ? 1 : 0);
    assert_int_equal(walk[i], bridge ? 1 : 0);
  }
  assert_ok(f->ctx, files_read(f->ctx, profile_source(f, "osm", SUND_PATHS, path, "lines"), &r));
  assert_int_equal(r.table->rows, 3);
  assert_null(r.table->topology);
  profile_read(f, "osm", SUND_ENTRANCES, path, &r);
  assert_int_equal(r.table->rows, 1);
}

static void extracts_and_layers(void **state) {
  static const char *const rows[] = {"\"osm_id\":\"1\",\"fclass\":\"park\",\"name\":\"a\"",
                                     "\"osm_id\":\"2\",\"fclass\":\"residential\",\"name\":\"b\""};
  static const char *const layer[] = {"\"osm_id\":\"1\",\"landuse\":\"forest\",\"access\":\"permissive\"",
                                      "\"osm_id\":\"2\",\"landuse\":\"retail\",\"access\":null"};
  static const char quoted[] =
      "\"osm_id\":\"1\",\"leisure\":\"garden\",\"other_tags\":"
      "\"\\\"name:en\\\"=>\\\"a \\\\\\\"b\\\\\\\", c\\\",\\\"access\\\"=>\\\"no\\\"\"";
  static const char *const tags[] = {quoted, "\"osm_id\":\"2\",\"leisure\":\"garden\",\"other_tags\":\"\\\"access\"",
                                     "\"osm_id\":\"3\",\"leisure\":\"garden\",\"other_tags\":\"\""};
  files *f = *state;
  reading r;
  const sund_table *green = profile_read(f, "osm", SUND_GREEN, profile_layer(f, "gis_osm.geojson", 'a', 2, rows), &r);
  assert_int_equal(green->rows, 1);
  profile_green(green, 0, "park", "public", "");
  green = profile_read(f, "osm", SUND_GREEN, profile_layer(f, "landuse.geojson", 'a', 2, layer), &r);
  assert_int_equal(green->rows, 1);
  profile_green(green, 0, "forest", "public", "");
  green = profile_read(f, "osm", SUND_GREEN, profile_layer(f, "g.geojson", 'a', 3, tags), &r);
  profile_green(green, 0, "park", "private", "");
  profile_green(green, 1, "park", "unknown", ""); /* tags cut off */
  profile_green(green, 2, "park", "unknown", "");
}

static void real_files(void **state) {
  static const char *const names[] = {"osm/kalvebod.osm", "osm/map-medium.osm", "osm/tivoli.osm"};
  files *f = *state;
  if (!profile_real(f, names[0])) skip();
  size_t all = 0;
  for (size_t k = 0; k < sizeof names / sizeof *names; k++) {
    reading r;
    profile_read(f, "osm", SUND_GREEN, profile_real(f, names[k]), &r);
    assert_int_equal(r.reading.used + r.reading.rejected, r.reading.read);
    all += r.table->rows;
    assert_ok(f->ctx, files_read(f->ctx, files_source(SUND_PATHS, profile_real(f, names[k])), &r));
    assert_true(r.table->rows > 0 && r.table->topology);
  }
  assert_true(all > 10);
}

int main(void) {
  const struct CMUnitTest tests[] = {FILES_TEST(green_of_a_file), FILES_TEST(paths_and_gates_of_a_file),
                                     FILES_TEST(extracts_and_layers), FILES_TEST(real_files)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}

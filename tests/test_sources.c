/* Tests of what becomes of a project's sources: candidates by kind, the frame of tables, options that are sources,
 * terrains that are opened and not read. queries/sources.c, assembly.c. */
#include "queries/assembly.h"
#include "queries/sources.h"
#include "raster_files.h"

#define FEATURE(type, coordinates)                                                                                \
  "{\"type\":\"FeatureCollection\",\"features\":[{\"type\":\"Feature\",\"properties\":{\"id\":\"x\",\"cost\":1}," \
  "\"geometry\":{\"type\":\"" type "\",\"coordinates\":" coordinates "}}]}"

static const char point[] = FEATURE("Point", "[12.6,56.03]");
static const char line[] = FEATURE("LineString", "[[12.6,56.03],[12.61,56.03]]");
static const char area[] = FEATURE("Polygon", "[[[12.6,56.03],[12.61,56.03],[12.61,56.04],[12.6,56.03]]]");

static sund_source candidate(files *f, const char *name, const char *text) {
  return files_source(SUND_CANDIDATES, sund_text_copy(f->ctx, files_text(f, name, text)));
}

/* Looks at the sources of the project, chooses the frame, reads. */
static sund_code read_all(sund_ctx *ctx, sund_project *project, sources **s, sund_inputs *in) {
  sund_findings findings = {0};
  memset(in, 0, sizeof *in);
  TRY(sources_look(ctx, project, UINT32_MAX, s));
  TRY(sources_frame(ctx, project, *s));
  return sources_read(ctx, *s, in, &findings);
}

static void candidates_are_parted_by_kind(void **state) {
  files *f = *state;
  sund_source source[] = {candidate(f, "a.geojson", line), candidate(f, "b.geojson", area),
                          candidate(f, "c.geojson", line)};
  sund_project project = {.folder = ".", .sources = 3, .source = source};
  sources *s = NULL;
  sund_inputs in;
  assert_ok(f->ctx, read_all(f->ctx, &project, &s, &in));
  assert_null(in.candidate[SUND_POINT]);
  assert_int_equal(in.candidate[SUND_LINE]->rows, 2);
  assert_int_equal(in.candidate[SUND_LINE]->kind, SUND_LINE);
  assert_string_equal(in.candidate[SUND_LINE]->source_name[1], "c.geojson");
  assert_int_equal(in.candidate[SUND_AREA]->rows, 1);
  assert_ptr_equal(in.role[SUND_CANDIDATES], in.candidate[SUND_LINE]);
  source[0] = candidate(f, "d.geojson", point);
  assert_ok(f->ctx, read_all(f->ctx, &project, &s, &in));
  assert_int_equal(in.candidate[SUND_POINT]->rows, 1);
  assert_int_equal(in.candidate[SUND_LINE]->rows, 1);
  assert_ptr_equal(in.role[SUND_CANDIDATES], in.candidate[SUND_POINT]);
}

static void no_candidate_at_all_is_a_mistake(void **state) {
  files *f = *state;
  sund_source source = candidate(f, "a.geojson", line);
  source.where = "cost > 5";
  sund_project project = {.folder = ".", .sources = 1, .source = &source};
  sources *s = NULL;
  sund_inputs in;
  const char *message = "", *blamed = "";
  assert_int_equal(read_all(f->ctx, &project, &s, &in), SUND_DATA);
  sund_failure(f->ctx, &message, &blamed, NULL);
  assert_non_null(strstr(message, "has no feature that fits where"));
  assert_string_equal(blamed, "a.geojson");
}

static void tables_need_no_crs(void **state) {
  files *f = *state;
  sund_source source[] = {
      files_source(SUND_OD, sund_text_copy(f->ctx, files_text(f, "o.csv", "from,to,minutes\na,b,1\n"))),
      files_source(SUND_HOMES, sund_text_copy(f->ctx, files_text(f, "h.csv", "id,persons\na,1\n")))};
  sund_project project = {.folder = ".", .sources = 2, .source = source};
  sources *s = NULL;
  sund_inputs in;
  assert_ok(f->ctx, read_all(f->ctx, &project, &s, &in));
  assert_string_equal(s->crs_reason, "no source has a geometry");
  assert_string_equal(sund_crs_code(in.crs), "EPSG:25832");
  assert_int_equal(in.role[SUND_OD]->rows, 1);
  assert_int_equal(in.extents[SUND_HOMES], 0);
  /* A CSV with coordinates does need one. */
  source[1].path = sund_text_copy(f->ctx, files_text(f, "xy.csv", "id,x,y\na,720000,6214000\n"));
  sund_ctx *own = sund_ctx_child(f->ctx);
  const char *message = "";
  assert_int_equal(read_all(own, &project, &s, &in), SUND_USAGE);
  sund_failure(own, &message, NULL, NULL);
  assert_non_null(strstr(message, "no source says its CRS"));
  sund_ctx_free(own);
}

static void an_option_may_be_a_source(void **state) {
  files *f = *state;
  const char *path = sund_text_copy(
      f->ctx, files_text(f, "p.yaml", "layers: {od: [{source: a.csv}]}\nqueries:\n  access: {od: 'b.csv|to=x'}\n"));
  arguments args = {.operand = path, .command = vocabulary_command_of(COMMAND_RUN)};
  sund_project *project = NULL;
  assert_ok(f->ctx, assembly_project(f->ctx, &args, &project));
  assert_int_equal(project->sources, 2);
  const sund_source *od = &project->source[1];
  assert_int_equal(od->role, SUND_OD);
  assert_string_equal(od->text, "b.csv|to=x");
  assert_string_equal(sund_base_name(od->path), "b.csv");
  assert_memory_equal(od->path, f->folder, strlen(f->folder));
  assert_string_equal(od->mark.file, "p.yaml");
  assert_int_equal(od->mark.line, 3);
  assert_int_equal(od->mark.column, 16);
  /* What the command line says replaces all of them. */
  char *words[] = {"sund", "access", (char *)path, "--od", "c.csv", "-n", NULL};
  assert_ok(f->ctx, arguments_read(f->ctx, 6, words, &args));
  assert_ok(f->ctx, assembly_project(f->ctx, &args, &project));
  assert_int_equal(project->sources, 1);
  assert_string_equal(project->source[0].path, "c.csv");
  assert_int_equal(project->source[0].mark.line, 0);
}

/* A terrain of 20 x 10 cells of 2 m that rises to the east. */
static sund_source terrain(files *f, const char *name, int epsg, double x0, double y0, const char *heights) {
  double value[200];
  for (size_t i = 0; i < 200; i++) value[i] = (double)(i % 20) / 10;
  const raster_spec spec = {name, 20, 10, GDT_Float32, epsg, 0, x0, y0, 2, -2, NAN};
  sund_source source = files_source(SUND_TERRAIN, raster_make(f, spec, value, NULL));
  source.heights = heights;
  return source;
}

static void terrains_are_opened(void **state) {
  files *f = *state;
  sund_source source[] = {files_source(SUND_HOMES, sund_text_copy(f->ctx, files_homes(f, "h.gpkg", "GPKG", 3))),
                          terrain(f, "dk.tif", 25832, 720000, 6214000, "EPSG:5799"),
                          terrain(f, "se.tif", 3006, 357000, 6214000, "EPSG:5613")};
  source[0].heights = "EPSG:5799";
  sund_project project = {.folder = ".", .sources = 3, .source = source, .heights = "EPSG:5613"};
  sources *s = NULL;
  sund_inputs in;
  assert_ok(f->ctx, read_all(f->ctx, &project, &s, &in));
  assert_string_equal(in.heights, "EPSG:5613");
  assert_int_equal(in.terrains, 2);
  assert_string_equal(in.terrain[0].name, "dk.tif");
  assert_string_equal(in.terrain[1].heights, "EPSG:5613");
  assert_string_equal(sund_crs_code(in.terrain[1].crs), "EPSG:3006");
  assert_true(s->lattice[1].columns == 20 && s->lattice[2].dy == 2);
  assert_int_equal(strlen(s->reading[1].hash), 64);
  /* Extents are in the analysis CRS: the Swedish one lies at Helsingborg, turned by 5 degrees. */
  const double *box = s->reading[2].extent;
  assert_true(box[0] > 722000 && box[2] < 732000 && box[2] - box[0] > 40 && box[2] - box[0] < 43);
  assert_true(box[3] - box[1] > 22 && box[3] - box[1] < 25);
  /* The query reads them. */
  float cells[200];
  const sund_window all = {0, 0, 20, 10};
  assert_ok(f->ctx, in.terrain[1].read(f->ctx, in.terrain[1].data, &all, cells));
  assert_true(cells[25] == 0.5f);
  /* Rows know the height system their source was said to be in. */
  assert_string_equal(in.role[SUND_HOMES]->source_heights[0], "EPSG:5799");
}

static void a_terrain_alone_gives_the_frame(void **state) {
  files *f = *state;
  sund_source source = terrain(f, "se.tif", 3006, 357000, 6214000, "EPSG:5613");
  sund_project project = {.folder = ".", .sources = 1, .source = &source};
  sources *s = NULL;
  sund_inputs in;
  assert_ok(f->ctx, read_all(f->ctx, &project, &s, &in));
  assert_string_equal(sund_crs_code(in.crs), "EPSG:3006");
  assert_string_equal(s->crs_reason, "of terrain");
  assert_string_equal(in.heights, "EPSG:5613"); /* of the only terrain */
  assert_int_equal(in.terrains, 1);
}

/* What is wrong with a terrain is found when the sources are looked at, before anything is read. */
static void a_wrong_terrain_is_found_early(void **state) {
  files *f = *state;
  sund_source source[] = {terrain(f, "x.tif", 25832, 720000, 6214000, NULL),
                          terrain(f, "y.tif", 25832, 720000, 6214000, "EPSG:5799")};
  source[1].path = "/nowhere/y.tif";
  static const char *const parts[] = {"height system unknown; say heights", ""};
  static const char *const names[] = {"x.tif", "y.tif"};
  static const sund_code codes[] = {SUND_DATA, SUND_SOURCE};
  for (size_t i = 0; i < 2; i++) {
    sund_ctx *own = sund_ctx_child(f->ctx);
    sund_project project = {.folder = ".", .sources = 1, .source = &source[i]};
    sources *s = NULL;
    const char *message = "", *blamed = "";
    assert_int_equal(sources_look(own, &project, UINT32_MAX, &s), codes[i]);
    sund_failure(own, &message, &blamed, NULL);
    assert_non_null(strstr(message, parts[i]));
    assert_string_equal(blamed, names[i]);
    sund_ctx_free(own);
  }
}

static void heights_of_several_sources(void **state) {
  files *f = *state;
  sund_source source[] = {files_source(SUND_HOMES, sund_text_copy(f->ctx, files_homes(f, "a.gpkg", "GPKG", 3))),
                          files_source(SUND_HOMES, sund_text_copy(f->ctx, files_homes(f, "b.gpkg", "GPKG", 2)))};
  source[1].heights = "EPSG:5613";
  sund_project project = {.folder = ".", .sources = 2, .source = source};
  sources *s = NULL;
  sund_inputs in;
  assert_ok(f->ctx, read_all(f->ctx, &project, &s, &in));
  const sund_table *homes = in.role[SUND_HOMES];
  assert_int_equal(homes->rows, 5);
  assert_null(homes->source_heights[homes->source[2]]);
  assert_string_equal(homes->source_heights[homes->source[3]], "EPSG:5613");
}

/* A timetable as small as can be, in a folder. */
static sund_source timetable(files *f, const char *name, const char *route) {
  static const char *const tables[][2] = {
      {"agency.txt", "agency_name,agency_timezone\nA,Europe/Copenhagen\n"},
      {"stops.txt", "stop_id,stop_lat,stop_lon\nS1,56.03,12.60\nS2,56.04,12.60\n"},
      {"trips.txt", "route_id,service_id,trip_id\nR,W,T\n"},
      {"stop_times.txt",
       "trip_id,arrival_time,stop_id,stop_sequence\nT,07:00:00,S1,1\nT,07:10:00,S2,2\nT,07:20:00,S1,3\n"},
      {"calendar_dates.txt", "service_id,date,exception_type\nW,20261124,1\n"}};
  char file[64];
  assert_int_equal(mkdir(files_path(f, name), 0777), 0);
  for (size_t i = 0; i < sizeof tables / sizeof *tables; i++) {
    snprintf(file, sizeof file, "%s/%s", name, tables[i][0]);
    files_text(f, file, tables[i][1]);
  }
  snprintf(file, sizeof file, "%s/routes.txt", name);
  files_text(f, file, route);
  return files_source(SUND_TIMETABLE, sund_text_copy(f->ctx, files_path(f, name)));
}

/* All timetables become one; each has its own row of what was read. Alone they are read without a frame. */
static void timetables_are_read_together(void **state) {
  files *f = *state;
  sund_source source[] = {timetable(f, "a", "route_id,route_type\nR,3\n"), candidate(f, "a.geojson", line),
                          timetable(f, "b", "route_id,route_type\nR,1000\n")};
  sund_project project = {.folder = ".", .sources = 3, .source = source};
  sources *s = NULL;
  sund_inputs in;
  sund_service *service;
  sund_findings findings = {0};
  assert_ok(f->ctx, read_all(f->ctx, &project, &s, &in));
  assert_non_null(in.feeds);
  for (size_t i = 0; i < 3; i += 2) {
    assert_int_equal(s->reading[i].role, SUND_TIMETABLE);
    assert_int_equal(s->reading[i].read, 3);
    assert_string_equal(s->reading[i].date, "2026-11-24/2026-11-24");
    assert_string_equal(s->reading[i].driver, "GTFS");
  }
  assert_int_equal(s->reading[1].role, SUND_CANDIDATES);
  const sund_service_ask ask = {.day = SUND_ANY_DAY, .begin_s = 0, .end_s = 86400};
  assert_ok(f->ctx, sund_feeds_service(f->ctx, in.feeds, &ask, &service, &findings));
  assert_int_equal(service->trips.trips, 2);
  assert_true(isfinite(service->stop[0].x));
  sund_table *table;
  s->frame.crs = NULL;
  assert_ok(f->ctx, sources_read_one(f->ctx, s, 0, &table, &findings));
  assert_null(table);
  assert_int_equal(s->reading[0].used, 3);
}

/* A timetable of another place is refused beside areas, with what is wrong when that can be told. */
static void timetables_far_away(void **state) {
  static const struct {
    const char *stops, *why;
  } cases[] = {{"stop_id,stop_lat,stop_lon\nS1,12.60,56.03\nS2,12.60,56.04\n",
                "km from the areas: stop_lat and stop_lon are exchanged in stops.txt"},
               {"stop_id,stop_lat,stop_lon\nS1,48.85,2.35\nS2,48.86,2.36\n",
                "km from the areas: is it the timetable of this region?"},
               {"stop_id,stop_lat,stop_lon\nS1,55.60,13.00\nS2,12.60,56.04\n", NULL}}; /* one stop astray */
  static const char shore[] =
      "{\"type\":\"FeatureCollection\",\"features\":[{\"type\":\"Feature\",\"properties\":{\"id\":\"x\",\"name\":"
      "\"Shore\"},\"geometry\":{\"type\":\"Polygon\",\"coordinates\":[[[12.6,56.03],[12.61,56.03],[12.61,56.04],"
      "[12.6,56.03]]]}}]}";
  files *f = *state;
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    const char *name = sund_text(f->ctx, "far%zu", i);
    sund_source source[] = {files_source(SUND_AREAS, sund_text_copy(f->ctx, files_text(f, "areas.geojson", shore))),
                            timetable(f, name, "route_id,route_type\nR,3\n")};
    files_text(f, sund_text(f->ctx, "%s/stops.txt", name), cases[i].stops);
    sund_project project = {.folder = ".", .sources = 2, .source = source};
    sources *s = NULL;
    sund_inputs in;
    const char *message = "", *blamed = "";
    sund_ctx *own = sund_ctx_child(f->ctx);
    const sund_code code = read_all(own, &project, &s, &in);
    if (!cases[i].why) {
      assert_ok(own, code);
    } else {
      sund_failure(own, &message, &blamed, NULL);
      if (code != SUND_DATA || !strstr(message, cases[i].why)) fail_msg("case %zu: %s", i, message);
      assert_string_equal(blamed, name);
    }
    sund_ctx_free(own);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      FILES_TEST(terrains_are_opened),
      FILES_TEST(a_terrain_alone_gives_the_frame),
      FILES_TEST(a_wrong_terrain_is_found_early),
      FILES_TEST(heights_of_several_sources),
      FILES_TEST(candidates_are_parted_by_kind),
      FILES_TEST(no_candidate_at_all_is_a_mistake),
      FILES_TEST(tables_need_no_crs),
      FILES_TEST(an_option_may_be_a_source),
      FILES_TEST(timetables_are_read_together),
      FILES_TEST(timetables_far_away),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}

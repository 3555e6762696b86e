/* test_demo.c - queries/demo*.c: the demo as it is read back: people on land and in their municipality, valid areas,
 * connected networks, a ferry that lands, crossings that land where they should, two timetables of one ferry, commuters of
 * two markets, candidates that touch what they are to change, walls that lie on the dikes they mend, a low quarter that
 * floods through its gap and not over its dike; the same bytes every time; nothing left behind when it fails. What comes
 * of the planted cases is in tests/cases/demo.case. */
#include "support.h"

#include <dirent.h>
#include <math.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sund/queries.h"

enum { EAST = 718000, NORTH = 6208000 }; /* of the demo's plan, EPSG:25832 */

/* What all tests share: the demo, written once; and a context of their own. */
typedef struct fixture {
  char folder[64]; /* of mkdtemp; the demo is in it as "demo" */
  sund_ctx *ctx;
} fixture;

static void remove_all(const char *folder) {
  char command[200];
  snprintf(command, sizeof command, "rm -rf '%s'", folder);
  if (system(command) != 0) print_message("cannot remove %s\n", folder);
}

static int make_demo(void **state) {
  fixture *f = calloc(1, sizeof *f);
  if (!f) return -1;
  strcpy(f->folder, P_tmpdir "/sund-demo-XXXXXX");
  if (!mkdtemp(f->folder)) return -1;
  char path[100];
  snprintf(path, sizeof path, "%s/demo", f->folder);
  f->ctx = sund_ctx_new();
  if (!f->ctx) return -1;
  const char *why = "";
  sund_code code = sund_demo_write(f->ctx, path);
  sund_failure(f->ctx, &why, NULL, NULL);
  if (code != SUND_OK) print_message("demo: %s\n", why);
  sund_ctx_free(f->ctx);
  f->ctx = NULL;
  *state = f;
  return code == SUND_OK ? 0 : -1;
}

static int drop_demo(void **state) {
  fixture *f = *state;
  remove_all(f->folder);
  free(f);
  return 0;
}

static int open_ctx(void **state) {
  fixture *f = *state;
  f->ctx = sund_ctx_new();
  return f->ctx ? 0 : -1;
}

static int close_ctx(void **state) {
  fixture *f = *state;
  sund_ctx_free(f->ctx);
  f->ctx = NULL;
  return 0;
}

#define DEMO_TEST(fn) cmocka_unit_test_setup_teardown(fn, open_ctx, close_ctx)

static const char *in_demo(const fixture *f, const char *name) {
  return sund_text(f->ctx, "%s/demo/%s", f->folder, name);
}

/* A layer of the demo, read as any other source; it must raise no finding. */
static sund_table *layer_in(fixture *f, sund_role role, const char *source, const char *crs_code) {
  sund_source parsed = {0};
  sund_crs *crs;
  sund_table *table;
  sund_reading reading = {0};
  sund_findings findings = {0};
  assert_ok(f->ctx, sund_crs_open(f->ctx, crs_code, &crs));
  const sund_frame frame = {crs, "EPSG:5799"};
  assert_ok(f->ctx, sund_source_parse(f->ctx, role, in_demo(f, source), &parsed));
  assert_ok(f->ctx, sund_vector_read(f->ctx, &parsed, &frame, &table, &reading, &findings));
  if (findings.count)
    fail_msg("%s: %s (feature %lld)", source, findings.item[0].text, (long long)findings.item[0].feature);
  assert_int_equal(reading.rejected, 0);
  assert_int_equal(reading.read, table->rows);
  return table;
}

static sund_table *layer(fixture *f, sund_role role, const char *source) {
  return layer_in(f, role, source, "EPSG:25832");
}

static const char *const areas_of[2] = {"dk/kommuner.gpkg|id=kommunekode|name=navn",
                                        "se/kommuner.gpkg|id=kommunkod|name=kommunnamn"};
static const char *const land_of[2] = {"dk/kyst.gpkg|layername=land", "se/strandlinje.gpkg|layername=land"};
static const char *const homes_of[2] = {
    "dk/befolkning.gpkg|layername=adresser|id=adgangsadresse_id|persons=personer|income=indkomst|"
    "group_a=alder_0_17|group_b=alder_18_64|group_c=alder_65_plus",
    "se/befolkning.gpkg|layername=byggnader|id=byggnad_id|persons=bef_tot|income=inkomst|group_a=ald_0_17|"
    "group_b=ald_18_64|group_c=ald_65_plus"};
static const char *const green_of[2] = {"dk/natur.gpkg|layername=naturomraader|id=id|name=navn",
                                        "se/natur.gpkg|layername=gronomraden|id=objektid|name=namn"};
static const char *const paths_of[2] = {"dk/veje.gpkg|class=vejklasse|level=niveau",
                                        "se/vagar.gpkg|class=vagtyp|level=niva"};

static const char *const walls_of[2] = {"both/hojvand.gpkg|layername=mure|heights=EPSG:5799",
                                        "both/hojvand.gpkg|layername=murar|heights=EPSG:5613"};
static const char *const dikes_of[2] = {"dk/kyst.gpkg|layername=diger|crest_m=kote_m|heights=EPSG:5799",
                                        "se/strandlinje.gpkg|layername=vallar|crest_m=kronhojd_m|heights=EPSG:5613"};

static size_t row_at(const sund_table *areas, double x, double y) {
  for (size_t r = 0; r < areas->rows; r++)
    if (sund_area_contains(areas->shapes, r, x, y)) return r;
  return SIZE_MAX;
}

static size_t row_named(const sund_table *table, const char *column, const char *name) {
  const char **text = sund_table_text(table, column);
  assert_non_null(text);
  for (size_t r = 0; r < table->rows; r++)
    if (text[r] && strcmp(text[r], name) == 0) return r;
  fail_msg("%s has no %s", table->name, name);
  return SIZE_MAX;
}

/* ------------------------------------------------------------------------------------------------------- people */

/* Is the point inside any of the areas? */
static bool inside(const sund_segments *areas, double x, double y) {
  double near_x, near_y, metres;
  return sund_segments_nearest(areas, x, y, 0, NULL, true, &near_x, &near_y, &metres) != SIZE_MAX;
}

static void test_homes_stand_on_land_in_a_municipality(void **state) {
  fixture *f = *state;
  for (int side = 0; side < 2; side++) {
    sund_table *homes = layer(f, SUND_HOMES, homes_of[side]), *areas = layer(f, SUND_AREAS, areas_of[side]);
    sund_segments *land, *towns, *green;
    assert_ok(f->ctx, sund_segments_build(f->ctx, layer(f, SUND_LAND, land_of[side])->shapes, &land));
    assert_ok(f->ctx, sund_segments_build(f->ctx, layer(f, SUND_GREEN, green_of[side])->shapes, &green));
    assert_ok(f->ctx, sund_segments_build(f->ctx, areas->shapes, &towns));
    assert_in_range(homes->rows, side ? 5000 : 3500, side ? 7500 : 5500);
    assert_int_equal(areas->rows, 2);
    for (size_t r = 0; r < homes->rows; r++) {
      const char *id = sund_table_text(homes, "id")[r];
      if (!inside(land, homes->x[r], homes->y[r])) fail_msg("home %s stands in the sea", id);
      if (!inside(towns, homes->x[r], homes->y[r])) fail_msg("home %s is in no municipality", id);
      if (strncmp(id, side ? "byg-" : "adr-", 4) != 0) continue; /* set by hand: one is the forester's */
      if (inside(green, homes->x[r], homes->y[r])) fail_msg("home %s stands in a green area", id);
    }
  }
}

static void test_persons_are_conserved(void **state) {
  fixture *f = *state;
  double all = 0;
  for (int side = 0; side < 2; side++) {
    sund_table *homes = layer(f, SUND_HOMES, homes_of[side]);
    const double *persons = sund_table_real(homes, "persons");
    for (size_t r = 0; r < homes->rows; r++) {
      double groups = sund_table_real(homes, "group_a")[r] + sund_table_real(homes, "group_b")[r] +
                      sund_table_real(homes, "group_c")[r];
      assert_true(persons[r] >= 1);
      assert_true(groups == persons[r]);
      assert_in_range((int)sund_table_real(homes, "income")[r], 17, 72); /* 1000 euro */
    }
    all += sund_sum(homes->rows, persons);
  }
  assert_true(all > 25000 && all < 45000);
  sund_table *cells = layer(f, SUND_HOMES, "both/befolkning_1km.gpkg|persons=T|group_c=Y_GE65");
  assert_int_equal(cells->kind, SUND_AREA);
  assert_true(sund_sum(cells->rows, sund_table_real(cells, "persons")) == all);
}

/* -------------------------------------------------------------------------------------------------- areas, green */

static void test_areas_are_valid(void **state) {
  fixture *f = *state;
  const char *const source[] = {areas_of[0],
                                areas_of[1],
                                land_of[0],
                                land_of[1],
                                green_of[0],
                                green_of[1],
                                "dk/natur.gpkg|layername=fredninger",
                                "se/natur.gpkg|layername=naturreservat"};
  for (size_t i = 0; i < sizeof source / sizeof *source; i++) {
    sund_table *table = layer(f, i < 2 ? SUND_AREAS : i < 4 ? SUND_LAND : SUND_GREEN, source[i]);
    sund_shapes *valid;
    sund_repair *repairs;
    size_t count;
    assert_ok(f->ctx, sund_overlay_valid(f->ctx, table->shapes, &valid, &repairs, &count));
    if (count)
      fail_msg("%s: row %zu: %s at %.1f %.1f", source[i], repairs->row, repairs->reason, repairs->x, repairs->y);
  }
}

static double hectares(const sund_shapes *shapes, size_t row) {
  double sum = 0;
  for (size_t p = shapes->first_part[row]; p < shapes->first_part[row + 1]; p++) {
    size_t first = shapes->first_vertex[p];
    sum += sund_ring_area(shapes->first_vertex[p + 1] - first, shapes->x + first, shapes->y + first);
  }
  return sum / 10000;
}

/* Three parcels of 0.2 ha that touch are one of 0.6 ha; two of 0.3 ha 20 m apart are not. */
static void test_parcels(void **state) {
  fixture *f = *state;
  for (int side = 0; side < 2; side++) {
    sund_table *green = layer(f, SUND_GREEN, green_of[side]);
    int32_t *group = sund_alloc(f->ctx, green->rows, sizeof *group);
    size_t *merged_of = sund_alloc(f->ctx, green->rows, sizeof *merged_of);
    sund_shapes *merged;
    assert_ok(f->ctx, sund_overlay_merge(f->ctx, green->shapes, group, 0.5, &merged, merged_of));
    if (side == 0) {
      size_t a = row_named(green, "name", "Lommepark 1"), c = row_named(green, "name", "Lommepark 3");
      assert_true(fabs(hectares(green->shapes, a) - 0.2) < 0.001);
      assert_int_equal(merged_of[a], merged_of[c]);
      assert_true(fabs(hectares(merged, merged_of[a]) - 0.6) < 0.001);
    } else {
      size_t a = row_named(green, "name", "Delade parken v\303\244stra");
      size_t b = row_named(green, "name", "Delade parken \303\266stra");
      assert_int_not_equal(merged_of[a], merged_of[b]);
      assert_true(fabs(hectares(merged, merged_of[b]) - 0.3) < 0.001);
    }
  }
}

/* A forest on both sides of a municipal border, on both shores; one above 500 ha. */
static void test_forests(void **state) {
  fixture *f = *state;
  const char *const name[2] = {"Gr\303\246nseskoven", "Gr\303\244nsskogen"};
  for (int side = 0; side < 2; side++) {
    sund_table *green = layer(f, SUND_GREEN, green_of[side]), *areas = layer(f, SUND_AREAS, areas_of[side]);
    size_t forest = row_named(green, "name", name[side]), pieces = 0, *area_of, *green_of_piece;
    sund_shapes *out;
    assert_ok(f->ctx, sund_overlay_intersect(f->ctx, areas->shapes, green->shapes, &out, &area_of, &green_of_piece));
    for (size_t i = 0; i < out->rows; i++)
      if (green_of_piece[i] == forest && hectares(out, i) > 20) pieces++;
    assert_int_equal(pieces, 2);
    if (side) assert_true(hectares(green->shapes, row_named(green, "name", "Storskogen")) > 500);
  }
}

/* ------------------------------------------------------------------------------------------------------ networks */

static sund_graph *network(fixture *f, int side, const sund_table **lines) {
  sund_table *paths = layer(f, SUND_PATHS, paths_of[side]);
  sund_crs *crs;
  sund_ground *ground;
  sund_graph *graph;
  sund_join_report report;
  double box[4];
  int32_t *level = sund_alloc(f->ctx, paths->rows, sizeof *level);
  const int64_t *levels = sund_table_int(paths, "level");
  for (size_t r = 0; r < paths->rows; r++) level[r] = (int32_t)levels[r];
  assert_true(sund_table_box(paths, box));
  assert_ok(f->ctx, sund_crs_open(f->ctx, "EPSG:25832", &crs));
  assert_ok(f->ctx, sund_ground_open(f->ctx, crs, box, &ground));
  assert_ok(f->ctx, sund_graph_join(f->ctx, paths->shapes, level, NULL, NULL, 1, ground, &graph, &report));
  assert_true(report.crossings > 500);
  assert_true(report.near_misses >= 1);
  *lines = paths;
  return graph;
}

static void test_each_shore_hangs_together(void **state) {
  fixture *f = *state;
  for (int side = 0; side < 2; side++) {
    const sund_table *lines;
    sund_graph *graph = network(f, side, &lines);
    double most = 0;
    for (size_t i = 0; i < graph->components; i++) most = fmax(most, graph->component_m[i]);
    double share = most / sund_sum(graph->components, graph->component_m);
    if (share < 0.97) fail_msg("side %d: the largest component has only %.3f of the network", side, share);
    assert_true(share < 1); /* the planted footway that leads nowhere */
    int64_t low = 0, high = 0;
    const int64_t *levels = sund_table_int(lines, "level");
    for (size_t r = 0; r < lines->rows; r++) {
      if (levels[r] < low) low = levels[r];
      if (levels[r] > high) high = levels[r];
    }
    assert_int_equal(high, 1);
    assert_int_equal(low, side ? -1 : 0);
  }
}

static void test_ferry_lands_on_both_shores(void **state) {
  fixture *f = *state;
  sund_table *ferry = layer(f, SUND_GATES, "both/overfart.gpkg");
  assert_int_equal(ferry->rows, 1);
  assert_true(sund_table_real(ferry, "minutes")[0] == 20);
  size_t n = ferry->shapes->vertices;
  assert_in_range((int)sund_line_length(n, ferry->shapes->x, ferry->shapes->y), 4000, 5500);
  for (int side = 0; side < 2; side++) {
    sund_table *paths = layer(f, SUND_PATHS, paths_of[side]), *land = layer(f, SUND_LAND, land_of[side]);
    sund_segments *segments;
    double x, y, metres;
    size_t end = side ? n - 1 : 0;
    assert_ok(f->ctx, sund_segments_build(f->ctx, paths->shapes, &segments));
    assert_int_not_equal(sund_segments_nearest(segments, ferry->shapes->x[end], ferry->shapes->y[end], 60, NULL,
                                               false, &x, &y, &metres),
                         SIZE_MAX);
    assert_int_not_equal(row_at(land, ferry->shapes->x[end], ferry->shapes->y[end]), SIZE_MAX);
    assert_int_equal(row_at(land, ferry->shapes->x[n / 2], ferry->shapes->y[n / 2]), SIZE_MAX);
  }
}

/* No line comes within 30 m of Stilleskoven; the bridge passes over Byparken. */
static void test_planted_lines(void **state) {
  fixture *f = *state;
  sund_table *green = layer(f, SUND_GREEN, green_of[0]), *paths = layer(f, SUND_PATHS, paths_of[0]);
  size_t forest = row_named(green, "name", "Stilleskoven"), park = row_named(green, "name", "Byparken"), over = 0;
  sund_segments *segments;
  double x, y, metres;
  assert_ok(f->ctx, sund_segments_build(f->ctx, paths->shapes, &segments));
  const sund_shapes *s = green->shapes;
  for (size_t v = s->first_vertex[s->first_part[forest]]; v < s->first_vertex[s->first_part[forest + 1]]; v++)
    if (sund_segments_nearest(segments, s->x[v], s->y[v], 30, NULL, false, &x, &y, &metres) != SIZE_MAX)
      fail_msg("a path comes within %.1f m of Stilleskoven at %.0f %.0f", metres, x - EAST, y - NORTH);
  for (size_t r = 0; r < paths->rows; r++)
    for (size_t v = paths->shapes->first_vertex[r];
         sund_table_int(paths, "level")[r] == 1 && v < paths->shapes->first_vertex[r + 1]; v++)
      over += sund_area_contains(s, park, paths->shapes->x[v], paths->shapes->y[v]);
  assert_true(over > 3);
}

/* ------------------------------------------------------------------------------------------- crossings, timetables */

/* Metres from a point of the plan's system to the nearest edge of one row. */
static double metres_to(fixture *f, const sund_shapes *shapes, size_t row, double x, double y) {
  sund_shapes *one;
  sund_segments *segments;
  double near_x, near_y, metres = INFINITY;
  assert_ok(f->ctx, sund_shapes_pick(f->ctx, shapes, 1, &row, &one));
  assert_ok(f->ctx, sund_segments_build(f->ctx, one, &segments));
  sund_segments_nearest(segments, x, y, 1e6, NULL, false, &near_x, &near_y, &metres);
  return metres;
}

/* Metres from a point of the plan, in tens of metres, to an end of a line. */
static double metres_from(const sund_shapes *lines, size_t row, bool last, double x, double y) {
  size_t v = last ? lines->first_vertex[row + 1] - 1 : lines->first_vertex[row];
  return hypot(lines->x[v] - EAST - 10 * x, lines->y[v] - NORTH - 10 * y);
}

/* The cars' tunnel begins and ends on main roads, the trains' at the stations; the denser ferry lands where today's does. */
static void test_crossings_of_the_scenarios(void **state) {
  fixture *f = *state;
  sund_table *tunnel = layer(f, SUND_GATES, "both/tunnel.geojson");
  sund_table *often = layer(f, SUND_GATES, "both/overfart10.geojson"),
             *ferry = layer(f, SUND_GATES, "both/overfart.gpkg");
  assert_int_equal(tunnel->rows, 2);
  size_t cars = row_named(tunnel, "id", "biltunnel"), trains = row_named(tunnel, "id", "togtunnel");
  for (int side = 0; side < 2; side++) {
    sund_table *paths = layer(f, SUND_PATHS, paths_of[side]);
    const char **class = sund_table_text(paths, "class");
    double nearest = INFINITY;
    size_t v = side ? tunnel->shapes->first_vertex[cars + 1] - 1 : tunnel->shapes->first_vertex[cars];
    for (size_t r = 0; r < paths->rows; r++)
      if (strcmp(class[r], side ? "huvudled" : "hovedvej") == 0)
        nearest = fmin(nearest, metres_to(f, paths->shapes, r, tunnel->shapes->x[v], tunnel->shapes->y[v]));
    if (nearest > 30) fail_msg("the tunnel ends %.0f m from a main road", nearest);
  }
  assert_true(metres_from(tunnel->shapes, trains, false, 612, 806) < 1);
  assert_true(metres_from(tunnel->shapes, trains, true, 1153, 746) < 1);
  assert_true(metres_from(often->shapes, 0, false, 641, 801) < 1 &&
              metres_from(often->shapes, 0, true, 1120, 750) < 1);
  assert_true(metres_from(ferry->shapes, 0, false, 641, 801) < 1 &&
              metres_from(ferry->shapes, 0, true, 1120, 750) < 1);
  assert_true(sund_table_real(often, "headway_min")[0] == 10 && sund_table_real(ferry, "headway_min")[0] == 20);
  assert_true(sund_table_real(often, "minutes")[0] == sund_table_real(ferry, "minutes")[0]);
}

/* The timetable of a Tuesday morning; both feeds, or the first one only. */
static sund_service *morning(fixture *f, size_t feeds, int32_t begin_s, int32_t end_s, sund_findings *findings) {
  static const char *const folder[2] = {"gtfs", "gtfs-se"};
  sund_source source[2] = {0};
  sund_reading reading[2] = {0};
  sund_crs *crs;
  sund_feeds *read;
  sund_service *service;
  assert_ok(f->ctx, sund_crs_open(f->ctx, "EPSG:25832", &crs));
  for (size_t i = 0; i < feeds; i++)
    assert_ok(f->ctx, sund_source_parse(f->ctx, SUND_TIMETABLE, in_demo(f, folder[i]), &source[i]));
  assert_ok(f->ctx, sund_feeds_read(f->ctx, feeds, source, crs, &read, reading, findings));
  if (findings->count) fail_msg("timetable: %s", findings->item[0].text);
  sund_service_ask ask = {.begin_s = begin_s, .end_s = end_s};
  assert_true(sund_day_read("2025-01-07", &ask.day));
  assert_ok(f->ctx, sund_feeds_service(f->ctx, read, &ask, &service, findings));
  return service;
}

/* Departures of routes by id from their first stop. */
static size_t departures(const sund_service *s, const char *route, int32_t begin_s, int32_t end_s) {
  size_t count = 0;
  for (size_t t = 0; t < s->trips.trips; t++) {
    int32_t leaves = s->trips.depart_s[s->trips.first[t]];
    count += strcmp(s->route[s->trips.route[t]].id, route) == 0 && leaves >= begin_s && leaves < end_s;
  }
  return count;
}

/* Both feeds have the ferry: its sailings of an hour are counted once, and one before dawn is in the second feed only. */
static void test_two_feeds_have_one_ferry(void **state) {
  enum { HOUR = 3600 };
  fixture *f = *state;
  sund_findings alone = {0}, joined = {0}, night = {0};
  sund_service *one = morning(f, 1, 7 * HOUR, 8 * HOUR, &alone), *two = morning(f, 2, 7 * HOUR, 8 * HOUR, &joined);
  assert_int_equal(departures(one, "faerge", 7 * HOUR, 8 * HOUR), 6);
  assert_int_equal(departures(two, "faerge", 7 * HOUR, 8 * HOUR) + departures(two, "farja", 7 * HOUR, 8 * HOUR), 6);
  assert_int_equal(alone.count, 0);
  assert_int_equal(joined.count, 1);
  assert_non_null(strstr(joined.item[0].text, "are in other timetables too"));
  sund_service *early = morning(f, 2, 4 * HOUR, 5 * HOUR, &night);
  assert_int_equal(departures(early, "farja", 4 * HOUR, 5 * HOUR), 2);
  assert_int_equal(departures(early, "faerge", 4 * HOUR, 5 * HOUR), 0);
}

/* A train that leaves Nordsund before another and comes to Egholm after it. */
static void test_a_train_overtakes(void **state) {
  fixture *f = *state;
  sund_findings findings = {0};
  const sund_service *s = morning(f, 1, 7 * 3600, 8 * 3600, &findings);
  const sund_trips *trips = &s->trips;
  size_t overtaken = 0;
  for (size_t a = 0; a < trips->trips; a++)
    for (size_t b = 0; b < trips->trips; b++) {
      size_t first = trips->first[a], other = trips->first[b], n = trips->first[a + 1] - first;
      if (trips->first[b + 1] - other != n || trips->headway_s[a] || trips->headway_s[b]) continue;
      if (memcmp(trips->stop + first, trips->stop + other, n * sizeof *trips->stop) != 0) continue;
      if (trips->depart_s[first] >= trips->depart_s[other]) continue;
      overtaken += trips->arrive_s[first + n - 1] > trips->arrive_s[other + n - 1];
    }
  assert_int_equal(overtaken, 1);
}

/* The rule of Statistics Sweden by hand: two centres today, and how many commuters more it takes to make one. */
static void test_commuters_make_two_markets(void **state) {
  static const char *const unit[4] = {"9901", "9902", "9981", "9982"};
  fixture *f = *state;
  sund_table *flows = layer(f, SUND_FLOWS, "both/pendling.csv"), *travel = layer(f, SUND_TRAVEL, "both/rejsetid.csv");
  const char **from = sund_table_text(flows, "from"), **to = sund_table_text(flows, "to");
  double of[4][4] = {{0}};
  assert_int_equal(flows->rows, 16);
  assert_int_equal(travel->rows, 10); /* one way each */
  for (size_t r = 0; r < flows->rows; r++)
    for (int i = 0; i < 4; i++)
      for (int k = 0; k < 4; k++)
        if (strcmp(from[r], unit[i]) == 0 && strcmp(to[r], unit[k]) == 0)
          of[i][k] += sund_table_real(flows, "persons")[r];
  for (int i = 0; i < 4; i++) {
    double residents = of[i][0] + of[i][1] + of[i][2] + of[i][3], most = 0;
    for (int k = 0; k < 4; k++) most = fmax(most, k == i ? 0 : of[i][k]);
    bool centre = residents - of[i][i] <= 0.2 * residents && most <= 0.075 * residents;
    assert_int_equal(centre, i % 2 == 0);
    if (!centre) assert_true(most == of[i][i - 1]); /* to the town of its own shore */
    if (i == 0) assert_true(floor(0.075 * residents) + 1 - of[0][2] == 232);
  }
}

/* ------------------------------------------------------------------------------------------- candidates, surveys */

static sund_table *candidates(fixture *f, const char *name) {
  sund_table *table = layer(f, SUND_CANDIDATES, sund_text(f->ctx, "both/forslag.gpkg|layername=%s", name));
  const double *cost = sund_table_real(table, "cost");
  for (size_t r = 0; r < table->rows; r++) assert_true(cost[r] >= 10 && sund_table_text(table, "name")[r]);
  return table;
}

/* Gates stand at the graveyards' edge, where there are mapped gates already, and by a path. */
static void test_candidate_gates(void **state) {
  fixture *f = *state;
  static const char *const yard[2] = {"Nordsund Kirkeg\303\245rd", "Sundviks kyrkog\303\245rd"};
  sund_table *gates = candidates(f, "indgange");
  assert_int_equal(gates->kind, SUND_POINT);
  assert_int_equal(gates->rows, 3);
  for (size_t r = 0; r < gates->rows; r++) {
    int side = gates->x[r] - EAST > 9000;
    sund_table *green = layer(f, SUND_GREEN, green_of[side]);
    size_t row = row_named(green, "name", yard[side]);
    double metres = metres_to(f, green->shapes, row, gates->x[r], gates->y[r]);
    if (metres > 30) fail_msg("gate %zu stands %.1f m from the graveyard", r, metres);
  }
}

/* The path goes through Stilleskoven; the two at Ekeby meet, and only the second comes into the park. */
static void test_candidate_paths(void **state) {
  fixture *f = *state;
  sund_table *paths = candidates(f, "stier");
  sund_table *dk = layer(f, SUND_GREEN, green_of[0]), *se = layer(f, SUND_GREEN, green_of[1]);
  size_t forest = row_named(dk, "name", "Stilleskoven"), park = row_named(se, "name", "Ekeby park");
  size_t through = paths->shapes->first_vertex[row_named(paths, "id", "sti-1")];
  size_t to = paths->shapes->first_vertex[row_named(paths, "id", "sti-3")];
  size_t into = paths->shapes->first_vertex[row_named(paths, "id", "sti-4")];
  const double *x = paths->shapes->x, *y = paths->shapes->y;
  assert_int_equal(paths->rows, 5);
  assert_false(sund_area_contains(dk->shapes, forest, x[through], y[through]));
  assert_true(sund_area_contains(dk->shapes, forest, x[through + 3], y[through + 3]));
  assert_true(x[to + 1] == x[into] && y[to + 1] == y[into]);
  assert_true(metres_to(f, se->shapes, park, x[into], y[into]) > 30); /* farther than a path may lie from green */
  assert_false(sund_area_contains(se->shapes, park, x[into], y[into]));
  assert_true(sund_area_contains(se->shapes, park, x[into + 1], y[into + 1]));
}

/* The strip makes one area of 0.72 ha of both halves of Delade parken; the other parcel is too small. */
static void test_candidate_areas(void **state) {
  fixture *f = *state;
  sund_table *areas = candidates(f, "arealer"), *green = layer(f, SUND_GREEN, green_of[1]);
  const sund_shapes *part[2] = {green->shapes, areas->shapes};
  sund_shapes *all, *merged;
  assert_int_equal(areas->rows, 2);
  assert_true(fabs(hectares(areas->shapes, 1) - 0.36) < 0.001);
  assert_ok(f->ctx, sund_shapes_join(f->ctx, SUND_AREA, 2, part, &all));
  int32_t *group = sund_alloc(f->ctx, all->rows, sizeof *group);
  size_t *merged_of = sund_alloc(f->ctx, all->rows, sizeof *merged_of);
  assert_ok(f->ctx, sund_overlay_merge(f->ctx, all, group, 0.5, &merged, merged_of));
  size_t whole = merged_of[green->rows];
  assert_int_equal(merged_of[row_named(green, "name", "Delade parken v\303\244stra")], whole);
  assert_int_equal(merged_of[row_named(green, "name", "Delade parken \303\266stra")], whole);
  assert_true(fabs(hectares(merged, whole) - 0.72) < 0.001);
}

/* Walls that could be raised: one from dike to dike over the gap, one on the wall over the sluice, both ends of each on
 * what stands there already; one far from every dike and home. None is lower than its dike. */
static void test_candidate_walls(void **state) {
  fixture *f = *state;
  double longest = 0;
  for (int side = 0; side < 2; side++) {
    sund_table *walls = layer(f, SUND_WALLS, walls_of[side]), *dikes = layer(f, SUND_BARRIERS, dikes_of[side]);
    sund_table *homes = layer(f, SUND_HOMES, homes_of[side]);
    sund_segments *segments;
    assert_int_equal(walls->kind, SUND_LINE);
    assert_int_equal(walls->rows, side ? 1 : 2);
    assert_ok(f->ctx, sund_segments_build(f->ctx, dikes->shapes, &segments));
    for (size_t r = 0; r < walls->rows; r++) {
      const char *id = sund_table_text(walls, "id")[r];
      bool joins = strcmp(id, "mur-2") != 0;
      size_t first = walls->shapes->first_vertex[r], end = walls->shapes->first_vertex[r + 1];
      const double *x = walls->shapes->x, *y = walls->shapes->y;
      for (size_t v = first; v < end; v++) {
        double near_x, near_y, metres = INFINITY;
        sund_segments_nearest(segments, x[v], y[v], 1e6, NULL, false, &near_x, &near_y, &metres);
        if (joins ? metres > 1.5 : metres < 1000) fail_msg("%s ends %.1f m from a dike", id, metres);
        for (size_t h = 0; !joins && h < homes->rows; h++)
          assert_true(hypot(homes->x[h] - x[v], homes->y[h] - y[v]) > 200);
      }
      longest = fmax(longest, sund_line_length(end - first, x + first, y + first));
      assert_true(sund_table_real(walls, "cost")[r] > 0 && sund_table_text(walls, "name")[r]);
      assert_true(sund_table_real(walls, "crest_m")[r] >= sund_table_real(dikes, "crest_m")[0]);
    }
  }
  assert_true(longest > 60 && longest < 150);
}

static void test_surveys_ask_in_every_municipality(void **state) {
  fixture *f = *state;
  sund_table *surveys = layer(f, SUND_SURVEYS, "both/oplevelse.csv");
  assert_int_equal(surveys->rows, 4);
  for (int side = 0; side < 2; side++) {
    const sund_table *areas = layer(f, SUND_AREAS, areas_of[side]);
    for (size_t r = 0; r < areas->rows; r++) {
      size_t row = row_named(surveys, "area", sund_table_text(areas, "id")[r]);
      double low = sund_table_real(surveys, "low")[row], high = sund_table_real(surveys, "high")[row];
      double share = sund_table_real(surveys, "share")[row], asked = sund_table_real(surveys, "persons")[row];
      /* the interval of a simple random sample, to a per cent */
      double half = 1.96 * sqrt(share * (100 - share) / asked);
      assert_true(fabs(share - half - low) < 1 && fabs(share + half - high) < 1);
      assert_int_equal(sund_table_int(surveys, "year")[row], 2025);
      assert_non_null(sund_table_text(surveys, "question")[row]);
    }
  }
}

/* ------------------------------------------------------------------------------------------------------- terrain */

static size_t cell_of(const sund_grid *grid, double x, double y) {
  return (size_t)((grid->y0 - y) / grid->dy) * grid->columns + (size_t)((x - grid->x0) / grid->dx);
}

/* Puts the crest of a line's row into the cells under it, edge to edge: no step is a diagonal that water slips through. */
static void raise_line(sund_grid *grid, const sund_table *lines, size_t r) {
  float crest = (float)sund_table_real(lines, "crest_m")[r];
  size_t last = SIZE_MAX;
  for (size_t v = lines->shapes->first_vertex[r]; v + 1 < lines->shapes->first_vertex[r + 1]; v++)
    for (double t = 0; t <= 1; t += 0.01) {
      double x = lines->shapes->x[v] + t * (lines->shapes->x[v + 1] - lines->shapes->x[v]);
      double y = lines->shapes->y[v] + t * (lines->shapes->y[v + 1] - lines->shapes->y[v]);
      size_t cell = cell_of(grid, x, y), corner = cell / grid->columns * grid->columns + last % grid->columns;
      if (last == SIZE_MAX) corner = cell;
      grid->value[cell] = fmaxf(grid->value[cell], crest);
      grid->value[corner] = fmaxf(grid->value[corner], crest);
      last = cell;
    }
}

/* Terrain in its own system with the crests of the barriers put in. */
static sund_grid *terrain(fixture *f, int side) {
  static const char *const tif[2] = {"dk/dtm.tif", "se/markhojd.tif"};
  static const char *const heights[2] = {"EPSG:5799", "EPSG:5613"}, *const crs[2] = {"EPSG:25832", "EPSG:3006"};
  sund_source parsed = {0};
  sund_grid *grid;
  sund_reading reading = {0};
  sund_findings findings = {0};
  assert_ok(f->ctx, sund_source_parse(f->ctx, SUND_TERRAIN, in_demo(f, tif[side]), &parsed));
  assert_ok(f->ctx, sund_raster_read(f->ctx, &parsed, &grid, &reading, &findings));
  assert_string_equal(reading.heights, heights[side]);
  const sund_table *dikes = layer_in(f, SUND_BARRIERS, dikes_of[side], crs[side]);
  for (size_t r = 0; r < dikes->rows; r++) {
    assert_in_range((int)(sund_table_real(dikes, "crest_m")[r] * 100), 220, 260);
    raise_line(grid, dikes, r);
  }
  return grid;
}

/* Cells wet at a level: reached from the cell `seed` over cells no higher, by eight neighbours. */
static uint8_t *wet_at(fixture *f, const sund_grid *grid, size_t seed, float level) {
  size_t cells = grid->columns * grid->rows, n = 1;
  uint8_t *wet = sund_alloc(f->ctx, cells, 1);
  size_t *stack = sund_alloc(f->ctx, cells, sizeof *stack);
  assert_non_null(wet);
  assert_non_null(stack);
  stack[0] = seed;
  wet[seed] = 1;
  while (n) {
    size_t cell = stack[--n], column = cell % grid->columns, row = cell / grid->columns;
    for (size_t k = 0; k < 9; k++) {
      size_t c = column + k % 3, r = row + k / 3; /* one too many */
      if (!c || !r || c > grid->columns || r > grid->rows) continue;
      size_t next = (r - 1) * grid->columns + c - 1;
      if (wet[next] || !(grid->value[next] <= level)) continue;
      wet[next] = 1;
      stack[n++] = next;
    }
  }
  return wet;
}

/* Homes whose cell is wet, among those in the box of the plan (metres). */
static size_t wet_homes(const sund_grid *grid, const uint8_t *wet, const sund_table *homes, const double box[4]) {
  size_t count = 0;
  for (size_t r = 0; r < homes->rows; r++) {
    double x = homes->x[r] - EAST, y = homes->y[r] - NORTH;
    if (x < box[0] || y < box[1] || x > box[2] || y > box[3]) continue;
    count += wet[cell_of(grid, homes->x[r], homes->y[r])];
  }
  return count;
}

/* The sea enters Engkvarteret through the gap at 1.35 m, and over the dike only above 2.60 m; the inner basin behind
 * the railway bank stays dry, for the underpass is not in the terrain. */
static void test_low_quarter_floods_through_its_gap(void **state) {
  fixture *f = *state;
  const double quarter[4] = {5200, 5400, 5800, 6300}, inner[4] = {4600, 5400, 5150, 6300};
  sund_grid *grid = terrain(f, 0);
  sund_table *homes = layer(f, SUND_HOMES, homes_of[0]);
  size_t sea = cell_of(grid, EAST + 6300, NORTH + 6000);
  assert_int_equal(wet_homes(grid, wet_at(f, grid, sea, 1.30f), homes, quarter), 0);
  assert_true(wet_homes(grid, wet_at(f, grid, sea, 1.40f), homes, quarter) > 300);
  assert_int_equal(wet_homes(grid, wet_at(f, grid, sea, 2.55f), homes, inner), 0);
  sund_table *walls = layer(f, SUND_WALLS, walls_of[0]);
  raise_line(grid, walls, row_named(walls, "id", "mur-2")); /* a beach elsewhere */
  assert_true(wet_homes(grid, wet_at(f, grid, sea, 1.40f), homes, quarter) > 300);
  raise_line(grid, walls, row_named(walls, "id", "mur-1")); /* the gap closed */
  assert_int_equal(wet_homes(grid, wet_at(f, grid, sea, 2.55f), homes, quarter), 0);
  assert_true(wet_homes(grid, wet_at(f, grid, sea, 2.65f), homes, quarter) > 300);
}

/* The Swedish wall has no gap: dry up to 2.15 m without its sluice, wet from 0.95 m through it, and dry again when it is
 * walled off. */
static void test_swedish_wall_is_whole(void **state) {
  static const char sluice_source[] = "se/strandlinje.gpkg|layername=oppningar|heights=EPSG:5613|invert_m=bundkote_m";
  fixture *f = *state;
  sund_grid *grid = terrain(f, 1);
  sund_table *homes = layer(f, SUND_HOMES, homes_of[1]);
  sund_crs *from, *to;
  sund_op *op;
  double box[4] = {11850, 5200, 12600, 5950}, x = EAST + 11690, y = NORTH + 5600;
  assert_ok(f->ctx, sund_crs_open(f->ctx, "EPSG:25832", &from));
  assert_ok(f->ctx, sund_crs_open(f->ctx, "EPSG:3006", &to));
  assert_ok(f->ctx, sund_op_open(f->ctx, from, to, NULL, &op));
  assert_ok(f->ctx, sund_op_apply(f->ctx, op, 1, &x, &y, NULL));
  size_t sea = cell_of(grid, x, y), low = 0;
  sund_table moved = *homes; /* homes on the terrain's grid, chosen by the plan's box */
  moved.x = sund_alloc(f->ctx, homes->rows, sizeof *moved.x);
  moved.y = sund_alloc(f->ctx, homes->rows, sizeof *moved.y);
  moved.rows = 0;
  for (size_t r = 0; r < homes->rows; r++) {
    double px = homes->x[r] - EAST, py = homes->y[r] - NORTH;
    if (px < box[0] || py < box[1] || px > box[2] || py > box[3]) continue;
    moved.x[moved.rows] = homes->x[r];
    moved.y[moved.rows++] = homes->y[r];
  }
  assert_ok(f->ctx, sund_op_apply(f->ctx, op, moved.rows, moved.x, moved.y, NULL));
  for (size_t r = 0; r < moved.rows; r++) low += grid->value[cell_of(grid, moved.x[r], moved.y[r])] < 1.5f;
  assert_true(low > 300);
  const double everywhere[4] = {-1e9, -1e9, 1e9, 1e9};
  assert_int_equal(wet_homes(grid, wet_at(f, grid, sea, 2.15f), &moved, everywhere), 0);
  assert_true(wet_homes(grid, wet_at(f, grid, sea, 2.25f), &moved, everywhere) > 300);
  sund_table *sluice = layer_in(f, SUND_OPENINGS, sluice_source, "EPSG:3006");
  const double *sx = sluice->shapes->x, *sy = sluice->shapes->y;
  assert_true(sund_table_real(sluice, "invert_m")[0] == 0.95);
  for (double t = 0; t <= 1; t += 0.01) {
    size_t cell = cell_of(grid, sx[0] + t * (sx[1] - sx[0]), sy[0] + t * (sy[1] - sy[0]));
    grid->value[cell] = fminf(grid->value[cell], 0.95f);
  }
  assert_int_equal(wet_homes(grid, wet_at(f, grid, sea, 0.94f), &moved, everywhere), 0);
  assert_true(wet_homes(grid, wet_at(f, grid, sea, 0.96f), &moved, everywhere) > 300);
  raise_line(grid, layer_in(f, SUND_WALLS, walls_of[1], "EPSG:3006"), 0);
  assert_int_equal(wet_homes(grid, wet_at(f, grid, sea, 2.15f), &moved, everywhere), 0);
}

/* -------------------------------------------------------------------------------------------------------- files */

static size_t entries(const char *folder) {
  DIR *dir = opendir(folder);
  size_t count = 0;
  while (dir && readdir(dir)) count++;
  if (dir) closedir(dir);
  return count < 2 ? 0 : count - 2;
}

static void test_one_project_file_and_all_its_sources(void **state) {
  fixture *f = *state;
  sund_project *project;
  DIR *dir = opendir(in_demo(f, ""));
  size_t yaml = 0;
  assert_non_null(dir);
  for (struct dirent *entry; (entry = readdir(dir));) {
    size_t n = strlen(entry->d_name);
    yaml += n > 5 && strcmp(entry->d_name + n - 5, ".yaml") == 0;
  }
  closedir(dir);
  assert_int_equal(yaml, 1);
  assert_ok(f->ctx, sund_project_read(f->ctx, in_demo(f, "demo.yaml"), &project));
  assert_int_equal(project->scenarios, 3);
  unsigned roles = 0;
  for (size_t i = 0; i < project->sources; i++) {
    roles |= 1u << project->source[i].role;
    if (access(project->source[i].path, R_OK) != 0) fail_msg("%s is missing", project->source[i].path);
  }
  /* land says where coast and sea are, paths how far it is, events how high the sea comes; walls may stand anywhere */
  const unsigned without = 1u << SUND_COAST | 1u << SUND_SEA | 1u << SUND_OD | 1u << SUND_GAUGE | 1u << SUND_NOGO;
  assert_int_equal(roles, ((1u << SUND_ROLE_COUNT) - 1) & ~without);
}

/* Written again: the same files with the same bytes, in at most 10 MB. */
static void test_same_bytes(void **state) {
  fixture *f = *state;
  char command[300];
  const char *again = sund_text(f->ctx, "%s/again/", f->folder);
  assert_int_equal(mkdir(again, 0777), 0); /* an empty folder may be there */
  assert_ok(f->ctx, sund_demo_write(f->ctx, again));
  snprintf(command, sizeof command, "diff -r '%s/demo' '%s/again'", f->folder, f->folder);
  assert_int_equal(system(command), 0);
  snprintf(command, sizeof command, "test $(du -sk '%s' | cut -f1) -le 10240", again);
  assert_int_equal(system(command), 0);
  remove_all(again);
  assert_int_equal(entries(f->folder), 1); /* the demo, nothing hidden */
}

/* ----------------------------------------------------------------------------------------------------- failures */

static void assert_refused(fixture *f, const char *path, const char *word) {
  const char *why = "";
  sund_ctx *ctx = sund_ctx_new();
  assert_non_null(ctx);
  assert_int_equal(sund_demo_write(ctx, path), SUND_OUTPUT);
  assert_int_equal(sund_failure(ctx, &why, NULL, NULL), SUND_OUTPUT);
  if (!strstr(why, word)) fail_msg("\"%s\" does not say \"%s\"", why, word);
  sund_ctx_free(ctx);
  assert_int_equal(entries(f->folder), 1);
}

static void test_refused_folders(void **state) {
  fixture *f = *state;
  assert_refused(f, in_demo(f, "../demo"), "not an empty folder");
  assert_refused(f, in_demo(f, "demo.yaml"), "not an empty folder");
  assert_refused(f, in_demo(f, "demo.yaml/new"), "cannot make the folder");
  assert_refused(f, in_demo(f, "../no/new"), "is missing");
  assert_refused(f, in_demo(f, ".."), "name a new one");
  assert_int_equal(access(in_demo(f, "demo.yaml"), R_OK), 0);
}

/* Memory that ends early, late, and in between. */
static void test_failing_allocation_leaves_nothing(void **state) {
  fixture *f = *state;
  const char *path = sund_text(f->ctx, "%s/short", f->folder);
  for (size_t n = 1; n < 20000; n = n * 14 + 1) {
    sund_ctx *ctx = sund_ctx_new();
    assert_non_null(ctx);
    sund_ctx_threads(ctx, 1);
    sund_ctx_fail_alloc(ctx, n);
    sund_code code = sund_demo_write(ctx, path);
    bool enough = sund_ctx_allocations(ctx) < n;
    sund_ctx_free(ctx);
    if (code == SUND_OK && enough) remove_all(path);
    else if (code != SUND_LIMIT) fail_msg("allocation %zu: code %d", n, code);
    if (entries(f->folder) != 1) fail_msg("allocation %zu: something is left", n);
    if (code == SUND_OK) break;
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      DEMO_TEST(test_homes_stand_on_land_in_a_municipality),
      DEMO_TEST(test_persons_are_conserved),
      DEMO_TEST(test_areas_are_valid),
      DEMO_TEST(test_parcels),
      DEMO_TEST(test_forests),
      DEMO_TEST(test_each_shore_hangs_together),
      DEMO_TEST(test_ferry_lands_on_both_shores),
      DEMO_TEST(test_planted_lines),
      DEMO_TEST(test_crossings_of_the_scenarios),
      DEMO_TEST(test_two_feeds_have_one_ferry),
      DEMO_TEST(test_a_train_overtakes),
      DEMO_TEST(test_commuters_make_two_markets),
      DEMO_TEST(test_candidate_gates),
      DEMO_TEST(test_candidate_paths),
      DEMO_TEST(test_candidate_areas),
      DEMO_TEST(test_candidate_walls),
      DEMO_TEST(test_surveys_ask_in_every_municipality),
      DEMO_TEST(test_low_quarter_floods_through_its_gap),
      DEMO_TEST(test_swedish_wall_is_whole),
      DEMO_TEST(test_one_project_file_and_all_its_sources),
      DEMO_TEST(test_same_bytes),
      DEMO_TEST(test_refused_folders),
      DEMO_TEST(test_failing_allocation_leaves_nothing),
  };
  return cmocka_run_group_tests(tests, make_demo, drop_demo);
}

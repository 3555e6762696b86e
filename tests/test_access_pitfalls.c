/* Pitfalls of measuring access to nature, one test each, on towns drawn by hand: components, centroids, water, ferries,
 * weights, coarse cells, groups, disagreement, small numbers; entrances, strips, readings, surveys, tables. */
#include "ask.h"

static double real_of(const town *t, const char *column, size_t home) {
  return sund_table_real(draw_layer(&t->out, "access_homes"), column)[home];
}

static double value(const town *t, const char *indicator, const char *variant) {
  return draw_value(&t->out, indicator, variant, SIZE_MAX);
}

/* P03: the street lies 80 m away, but 50 m of canal between: the home has no path. A ditch of 4 m is stepped over. */
static void legs_do_not_cross_water(void **state) {
  town t;
  found_town(&t, *state);
  const draw_box land[] = {{-1000, -1000, 2000, 0}, {-1000, 50, 2000, 1000}};
  const draw_line road[] = {{510, -20, 1000, -20, 0}};
  const draw_box green[] = {{800, -200, 1000, 0}, {300, 15, 500, 260}};
  const draw_point home[] = {{600, 60, 1}, {600, -40, 2}};
  sund_table *table = draw_boxes(t.ctx, SUND_GREEN, 2, green);
  sund_table_text(table, "kind")[1] = "meadow";
  give(&t, SUND_GREEN, table);
  give(&t, SUND_HOMES, draw_points(t.ctx, SUND_HOMES, 2, home));
  give(&t, SUND_PATHS, draw_lines(t.ctx, 1, road));
  t.standards[0].max_m = 150;
  assert_ok(t.ctx, ask(&t)); /* nobody knows of the water */
  assert_near(dist(&t, 0), draw_ground(t.ctx, 80 + 200), 0.05);
  give(&t, SUND_LAND, draw_boxes(t.ctx, SUND_LAND, 2, land));
  assert_ok(t.ctx, ask(&t));
  assert_int_equal(met(&t, 0), SUND_NULL_INT);
  assert_string_equal(text_of(&t, "reason", 0), "no-path");
  assert_near(dist(&t, 1), draw_ground(t.ctx, 20 + 200), 0.05);
  assert_true(draw_found(&t.out, "warning", "across water"));
  const draw_line both[] = {{510, -20, 1000, -20, 0}, {400, 155, 1000, 155, 0}, {1000, -20, 1000, 155, 1}};
  give(&t, SUND_PATHS, draw_lines(t.ctx, 3, both)); /* a street on its own bank, farther away, and a bridge */
  assert_ok(t.ctx, ask(&t));
  assert_near(dist(&t, 0), draw_ground(t.ctx, 95 + 100), 0.05); /* to the meadow, whose edge the street crosses */
  give(&t, SUND_PATHS, draw_lines(t.ctx, 1, road));
  const draw_box ditch[] = {{-1000, -1000, 2000, 0}, {-1000, 4, 2000, 1000}};
  give(&t, SUND_LAND, draw_boxes(t.ctx, SUND_LAND, 2, ditch));
  assert_ok(t.ctx, ask(&t));
  assert_near(dist(&t, 0), draw_ground(t.ctx, 80 + 200), 0.05);
}

/* P05: the footway beside the home leads nowhere; the street 60 m away leads to the park. */
static void scraps_are_no_streets(void **state) {
  town t;
  found_town(&t, *state);
  const draw_line road[] = {{0, 0, 3000, 0, 0}, {500, 58, 560, 58, 0}};
  const draw_box park[] = {{700, -20, 800, 100}};
  const draw_point home[] = {{530, 60, 1}};
  give(&t, SUND_GREEN, draw_boxes(t.ctx, SUND_GREEN, 1, park));
  give(&t, SUND_HOMES, draw_points(t.ctx, SUND_HOMES, 1, home));
  give(&t, SUND_PATHS, draw_lines(t.ctx, 2, road));
  assert_ok(t.ctx, ask(&t));
  assert_near(dist(&t, 0), draw_ground(t.ctx, 60 + 170), 0.02);
  assert_true(draw_found(&t.out, "warning", "isolated pieces of network"));
}

/* P08: an L of 100 ha, whose centroid lies outside it: the distance is to its edge. */
static void large_forests_are_no_points(void **state) {
  town t;
  found_town(&t, *state);
  const draw_box forest[] = {{0, 0, 2000, 250}, {0, 250, 250, 2250}};
  const draw_point home[] = {{2100, 100, 1}, {350, 2000, 1}, {700, 700, 1}};
  t.standards[0].min_ha = 99;
  give(&t, SUND_GREEN, draw_boxes(t.ctx, SUND_GREEN, 2, forest));
  give(&t, SUND_HOMES, draw_points(t.ctx, SUND_HOMES, 3, home));
  assert_ok(t.ctx, ask(&t));
  assert_near(dist(&t, 0), draw_ground(t.ctx, 100), 0.01);
  assert_near(dist(&t, 1), draw_ground(t.ctx, 100), 0.01);
  assert_near(dist(&t, 2), draw_ground(t.ctx, 450), 0.01);
}

/* P09, P10: over the bay it is 200 m, around it 1,200; over the strait there is no way. The plain line says yes to both. */
static void water_is_walked_around(void **state) {
  town t;
  found_town(&t, *state);
  /* land with a bay 200 m wide from the south, 500 m deep; an island beyond a strait in the east */
  const draw_box land[] = {{0, 0, 400, 1000}, {400, 500, 600, 1000}, {600, 0, 1000, 1000}, {1200, 0, 2000, 1000}};
  const draw_box park[] = {{600, 0, 700, 100}};
  const draw_point home[] = {{400, 0, 1}, {1200, 50, 2}, {300, 800, 4}, {800, 50, 8}};
  give(&t, SUND_LAND, draw_boxes(t.ctx, SUND_LAND, 4, land));
  const double known[4] = {DRAW_X - 500, DRAW_Y - 500, DRAW_X + 2500, DRAW_Y + 1500};
  memcpy(t.extent[SUND_LAND][0], known, sizeof known);
  give(&t, SUND_GREEN, draw_boxes(t.ctx, SUND_GREEN, 1, park));
  give(&t, SUND_HOMES, draw_points(t.ctx, SUND_HOMES, 4, home));
  t.standards[0].max_m = 600;
  assert_ok(t.ctx, ask(&t));
  /* up the bay's side, across its head, down to the park's corner at (600, 100) */
  assert_near(dist(&t, 0), draw_ground(t.ctx, 500 + 200 + 400), 0.05);
  assert_int_equal(met(&t, 0), 0);
  assert_near(real_of(&t, "near_straight_m", 0), draw_ground(t.ctx, 200), 0.01);
  assert_true(isnan(dist(&t, 1)));
  assert_int_equal(met(&t, 1), 0);
  assert_near(dist(&t, 2), draw_ground(t.ctx, hypot(300, 300) + 400), 0.05);
  assert_near(dist(&t, 3), draw_ground(t.ctx, 100), 0.01);
  assert_near(value(&t, "access.persons", "near"), 8, 1e-9);
  assert_near(value(&t, "access.persons", "near/straight"), 11, 1e-9);
  assert_int_equal(sund_table_int(draw_layer(&t.out, "access_detours"), "straight_says")[0], 1);
  /* a path over the bay is a bridge: 200 m to the park's side */
  const draw_line bridge[] = {{350, 50, 650, 50, 0}};
  give(&t, SUND_PATHS, draw_lines(t.ctx, 1, bridge));
  t.options.distance = "land";
  assert_ok(t.ctx, ask(&t));
  assert_near(dist(&t, 0), draw_ground(t.ctx, 50 + 200), 0.05);
}

/* A lake in the way is walked around, and is no green for a standard that does not count lakes. */
static void lakes_are_in_the_way(void **state) {
  town t;
  found_town(&t, *state);
  const draw_box green[] = {{0, 400, 200, 500}, {-100, 100, 300, 300}};
  const draw_box sea[] = {{5000, 0, 5100, 100}};
  const draw_point home[] = {{50, 50, 1}};
  sund_table *table = draw_boxes(t.ctx, SUND_GREEN, 2, green);
  sund_table_text(table, "kind")[0] = "park", sund_table_text(table, "kind")[1] = "lake";
  t.standards[0].kinds = ALL & ~(1u << 5);
  give(&t, SUND_GREEN, table);
  give(&t, SUND_HOMES, draw_points(t.ctx, SUND_HOMES, 1, home));
  give(&t, SUND_SEA, draw_boxes(t.ctx, SUND_SEA, 1, sea));
  assert_ok(t.ctx, ask(&t));
  assert_near(dist(&t, 0), draw_ground(t.ctx, hypot(150, 50) + 200 + hypot(100, 100)), 0.05);
  assert_int_equal(met(&t, 0), 0);
  assert_near(value(&t, "access.persons", "near/straight"), 0, 1e-9); /* 350 m */
}

/* P11: a ferry is no footpath, unless it is asked for; then it takes its minutes and half its headway. */
static void ferries_are_off(void **state) {
  town t;
  found_town(&t, *state);
  const draw_box park[] = {{5000, -50, 5100, 50}};
  const draw_line road[] = {{0, 0, 1000, 0, 0}, {4000, 0, 5200, 0, 0}, {1000, 0, 4000, 0, 0}};
  const draw_point home[] = {{900, 10, 1}};
  sund_table *paths = draw_lines(t.ctx, 3, road);
  sund_table_text(paths, "class")[2] = "ferry";
  sund_table_int(paths, "walk")[2] = 1; /* foot passengers are welcome */
  give(&t, SUND_GREEN, draw_boxes(t.ctx, SUND_GREEN, 1, park));
  give(&t, SUND_HOMES, draw_points(t.ctx, SUND_HOMES, 1, home));
  give(&t, SUND_PATHS, paths);
  t.standards[0].max_m = 6000;
  assert_ok(t.ctx, ask(&t));
  assert_true(isnan(dist(&t, 0)));
  t.options.ferries = true;
  assert_ok(t.ctx, ask(&t));
  assert_near(dist(&t, 0), draw_ground(t.ctx, 10 + 4100), 0.1);
  give(&t, SUND_PATHS, draw_lines(t.ctx, 2, road)); /* and by a gate: 20 minutes, every 10 */
  sund_table *gate = draw_table(t.ctx, SUND_GATES, SUND_LINE, 1);
  gate->shapes = draw_lines(t.ctx, 1, road + 2)->shapes;
  sund_table_real(gate, "minutes")[0] = 20, sund_table_real(gate, "headway_min")[0] = 10;
  give(&t, SUND_GATES, gate);
  assert_ok(t.ctx, ask(&t));
  assert_near(dist(&t, 0), draw_ground(t.ctx, 10 + 100 + 1000) + 25 * 5000 / 60.0, 0.1);
  static const char *const shut[] = {"east line"}; /* a scenario closes it */
  sund_table_text(gate, "name")[0] = "East Line";
  t.in.closed = 1, t.in.close = shut;
  assert_ok(t.ctx, ask(&t));
  assert_true(isnan(dist(&t, 0)));
  t.in.closed = 0;
  t.options.ferries = false;
  assert_ok(t.ctx, ask(&t));
  assert_true(isnan(dist(&t, 0)));
}

/* P18, P19: where dwellings and persons tell different stories, the interval holds both. */
static void weights_make_an_interval(void **state) {
  town t;
  found_town(&t, *state);
  const draw_box park[] = {{0, 0, 100, 100}};
  const draw_point home[] = {{200, 50, 3}, {900, 50, 1}};
  sund_table *people = draw_points(t.ctx, SUND_HOMES, 2, home);
  sund_table_real(people, "dwellings")[0] = 1, sund_table_real(people, "dwellings")[1] = 1;
  give(&t, SUND_GREEN, draw_boxes(t.ctx, SUND_GREEN, 1, park));
  give(&t, SUND_HOMES, people);
  t.options.target_pct = 60;
  assert_ok(t.ctx, ask(&t));
  const sund_indicator *share = &t.out.indicator[0];
  while (strcmp(share->indicator, "access.share") != 0) share++;
  assert_near(share->value, 75, 1e-9);
  assert_near(share->low, 50, 1e-9);
  assert_near(share->high, 75, 1e-9);
  assert_string_equal(share->verdict, "undecided");
  assert_near(value(&t, "access.alternative", "near/weights-dwellings"), 50, 1e-9);
  t.options.target_pct = 50; /* inclusive */
  assert_ok(t.ctx, ask(&t));
  for (share = t.out.indicator; strcmp(share->indicator, "access.share") != 0;) share++;
  assert_string_equal(share->verdict, "met");
  t.options.target_pct = 75.1;
  assert_ok(t.ctx, ask(&t));
  for (share = t.out.indicator; strcmp(share->indicator, "access.share") != 0;) share++;
  assert_string_equal(share->verdict, "not met");
}

/* P21: a census cell of a kilometre is no point: 300 m are asked of its parts. */
static void coarse_cells_are_no_points(void **state) {
  town t;
  found_town(&t, *state);
  const draw_box cell[] = {{0, 0, 1000, 1000}}, park[] = {{-200, 0, 0, 1000}};
  give(&t, SUND_GREEN, draw_boxes(t.ctx, SUND_GREEN, 1, park));
  give(&t, SUND_HOMES, draw_boxes(t.ctx, SUND_HOMES, 1, cell));
  assert_ok(t.ctx, ask(&t));
  assert_near(value(&t, "access.share", "near"), 30, 5); /* of the area, not 0 by its centre 500 m away */
  assert_true(draw_found(&t.out, "note", "spread over"));
}

/* P29: groups are counted home by home: the same district, the old near, the young far. */
static void groups_are_not_district_means(void **state) {
  town t;
  found_town(&t, *state);
  const draw_box park[] = {{0, 0, 100, 100}};
  const draw_point home[] = {{200, 50, 10}, {900, 50, 10}};
  const sund_field fields[] = {{"id", SUND_TEXT, NULL, {NULL}, NULL},
                               {"persons", SUND_REAL, "persons", {NULL}, NULL},
                               {"group_0_17", SUND_REAL, "persons", {NULL}, NULL},
                               {"group_65_plus", SUND_REAL, "persons", {NULL}, NULL}};
  sund_table *people;
  assert_ok(t.ctx, sund_table_new(t.ctx, "homes", SUND_POINT, 2, fields, 4, &people));
  for (size_t i = 0; i < 2; i++) {
    people->x[i] = DRAW_X + home[i].x, people->y[i] = DRAW_Y + home[i].y;
    people->column[1].real[i] = 10;
    people->column[2].real[i] = i ? 6 : 2, people->column[3].real[i] = i ? 1 : 7;
  }
  give(&t, SUND_GREEN, draw_boxes(t.ctx, SUND_GREEN, 1, park));
  give(&t, SUND_HOMES, people);
  assert_ok(t.ctx, ask(&t));
  assert_near(value(&t, "access.share", "near"), 50, 1e-9);
  assert_near(value(&t, "access.share", "near/group_0_17"), 25, 1e-9);
  assert_near(value(&t, "access.share", "near/group_65_plus"), 87.5, 1e-9);
}

/* P30: two standards, two rankings: it is said. P31: shares are of persons, and say so. */
static void disagreement_is_told(void **state) {
  town t;
  found_town(&t, *state);
  const draw_box area[] = {{0, 0, 1000, 1000}, {1000, 0, 2000, 1000}};
  const draw_box green[] = {{100, 100, 180, 180}, {1400, -600, 1700, -10}};
  const draw_point home[] = {{200, 200, 5}, {300, 900, 5}, {1500, 500, 9}, {1600, 20, 1}};
  t.in.standards = 2;
  t.standards[1] = standard("large", 10, 600);
  give(&t, SUND_AREAS, draw_areas(t.ctx, 2, area));
  give(&t, SUND_GREEN, draw_boxes(t.ctx, SUND_GREEN, 2, green));
  const double wide[4] = {DRAW_X - 5000, DRAW_Y - 5000, DRAW_X + 5000, DRAW_Y + 5000};
  memcpy(t.extent[SUND_GREEN][0], wide, sizeof wide);
  give(&t, SUND_HOMES, draw_points(t.ctx, SUND_HOMES, 4, home));
  assert_ok(t.ctx, ask(&t));
  assert_near(draw_value(&t.out, "access.share", "near", 0), 50, 1e-9);
  assert_near(draw_value(&t.out, "access.share", "near", 1), 10, 1e-9); /* of persons; half of the homes */
  assert_near(draw_value(&t.out, "access.share", "large", 0), 0, 1e-9);
  assert_near(draw_value(&t.out, "access.share", "large", 1), 100, 1e-9);
  assert_true(draw_found(&t.out, "note", "rank"));
  for (size_t i = 0; i < t.out.indicators; i++)
    if (strcmp(t.out.indicator[i].indicator, "access.share") == 0)
      assert_string_equal(t.out.indicator[i].base_unit, "persons");
}

/* P33: figures of few people are withheld. */
static void small_numbers_are_withheld(void **state) {
  town t;
  found_town(&t, *state);
  const draw_box area[] = {{0, 0, 1000, 1000}, {1000, 0, 2000, 1000}}, green[] = {{100, 100, 180, 180}};
  const draw_point home[] = {{200, 200, 50}, {1500, 500, 3}};
  give(&t, SUND_AREAS, draw_areas(t.ctx, 2, area));
  give(&t, SUND_GREEN, draw_boxes(t.ctx, SUND_GREEN, 1, green));
  const double wide[4] = {DRAW_X - 5000, DRAW_Y - 5000, DRAW_X + 5000, DRAW_Y + 5000};
  memcpy(t.extent[SUND_GREEN][0], wide, sizeof wide);
  give(&t, SUND_HOMES, draw_points(t.ctx, SUND_HOMES, 2, home));
  t.options.suppress = 4;
  assert_ok(t.ctx, ask(&t));
  assert_near(draw_value(&t.out, "access.share", "near", 0), 100, 1e-9);
  assert_true(isnan(draw_value(&t.out, "access.share", "near", 1)));
  assert_true(isnan(sund_table_real(draw_layer(&t.out, "access_areas"), "near_persons")[1]));
  assert_true(draw_found(&t.out, "note", "fewer than 4 persons"));
}

/* Open ground is entered anywhere along the street beside it; a park only where a path leads in. */
static void open_ground_is_entered_anywhere(void **state) {
  town t;
  found_town(&t, *state);
  const draw_box green[] = {{0, 20, 1000, 200}};
  const draw_line road[] = {{-100, 0, 1100, 0, 0}, {1000, 0, 1000, 100, 0}};
  const draw_point home[] = {{100, -10, 1}};
  sund_table *table = draw_boxes(t.ctx, SUND_GREEN, 1, green);
  sund_table_text(table, "kind")[0] = "park";
  give(&t, SUND_GREEN, table);
  give(&t, SUND_HOMES, draw_points(t.ctx, SUND_HOMES, 1, home));
  give(&t, SUND_PATHS, draw_lines(t.ctx, 2, road));
  assert_ok(t.ctx, ask(&t));
  assert_near(dist(&t, 0), draw_ground(t.ctx, 10 + 900 + 20), 0.05);
  assert_near(value(&t, "access.alternative", "near/entrance-anywhere"), 100, 1e-9);
  sund_table_text(table, "kind")[0] = "meadow";
  assert_ok(t.ctx, ask(&t));
  assert_near(dist(&t, 0), draw_ground(t.ctx, 10 + 20), 0.05);
  const sund_table *entrances = draw_layer(&t.out, "green_entrances");
  bool open = false;
  for (size_t e = 0; e < entrances->rows; e++)
    open = open ||
           (strcmp(sund_table_text(entrances, "rule")[e], "open") == 0 && sund_table_int(entrances, "rank")[e] == 3);
  assert_true(open);
}

/* A verge of 3 m by 2 km is 0.6 ha, and no green area. */
static void strips_are_no_green_areas(void **state) {
  town t;
  found_town(&t, *state);
  const draw_box green[] = {{0, 0, 2000, 3}};
  const draw_point home[] = {{100, 100, 1}};
  give(&t, SUND_GREEN, draw_boxes(t.ctx, SUND_GREEN, 1, green));
  give(&t, SUND_HOMES, draw_points(t.ctx, SUND_HOMES, 1, home));
  assert_ok(t.ctx, ask(&t));
  assert_int_equal(met(&t, 0), 0);
  assert_int_equal(sund_table_int(draw_layer(&t.out, "green_areas"), "sliver")[0], 1);
  assert_true(draw_found(&t.out, "note", "strips narrower"));
  t.options.sliver_m = 0;
  assert_ok(t.ctx, ask(&t));
  assert_int_equal(met(&t, 0), 1);
}

/* P16, P17: three readings of the law: 1 person near public, 2 near restricted, 4 near private green. */
static void the_law_is_read_three_times(void **state) {
  town t;
  found_town(&t, *state);
  const draw_box green[] = {{0, 0, 100, 100}, {2000, 0, 2100, 100}, {4000, 0, 4100, 100}, {6000, 0, 6100, 100}};
  const draw_point home[] = {{150, 50, 1}, {2150, 50, 2}, {4150, 50, 4}, {6150, 50, 8}};
  const char *const access[] = {"public", "restricted", "private", "unknown"};
  sund_table *table = draw_boxes(t.ctx, SUND_GREEN, 4, green);
  for (size_t i = 0; i < 4; i++) sund_table_text(table, "access")[i] = access[i];
  give(&t, SUND_GREEN, table);
  give(&t, SUND_HOMES, draw_points(t.ctx, SUND_HOMES, 4, home));
  assert_ok(t.ctx, ask(&t));
  assert_near(value(&t, "access.persons", "near"), 9, 1e-9);
  assert_near(value(&t, "access.persons", "near/public"), 1, 1e-9);
  assert_near(value(&t, "access.persons", "near/restricted"), 3, 1e-9);
  assert_near(value(&t, "access.persons", "near/all"), 15, 1e-9);
}

/* One area in reach, or two; two kinds, or one. */
static void redundancy_and_variety(void **state) {
  town t;
  found_town(&t, *state);
  const draw_box green[] = {{0, 0, 100, 100}, {300, 0, 400, 100}, {500, 0, 520, 20}};
  const draw_point home[] = {{200, 50, 1}, {-50, 50, 3}};
  const char *const kind[] = {"park", "forest", "playground"};
  sund_table *table = draw_boxes(t.ctx, SUND_GREEN, 3, green);
  for (size_t i = 0; i < 3; i++) sund_table_text(table, "kind")[i] = kind[i];
  give(&t, SUND_GREEN, table);
  give(&t, SUND_HOMES, draw_points(t.ctx, SUND_HOMES, 2, home));
  assert_ok(t.ctx, ask(&t));
  assert_near(real_of(&t, "near_next_m", 0), draw_ground(t.ctx, 100), 0.01);
  assert_true(isnan(real_of(&t, "near_next_m", 1))); /* 350 m */
  assert_near(value(&t, "access.only_one", "near"), 75, 1e-9);
  assert_int_equal(sund_table_int(draw_layer(&t.out, "access_homes"), "near_kinds")[0], 2);
  assert_int_equal(sund_table_int(draw_layer(&t.out, "access_homes"), "near_kinds")[1], 1);
  assert_near(value(&t, "access.kinds", "near"), 5 / 4.0, 1e-9);
  const sund_table *areas = draw_layer(&t.out, "green_areas");
  assert_near(sund_table_real(areas, "near_only_persons")[0], 3, 1e-9);
}

/* The third nearest of four areas, by every way; the one a home stands in comes first. */
static void the_nth_nearest_counts_areas(void **state) {
  town t;
  found_town(&t, *state);
  const draw_box green[] = {{0, 20, 100, 120}, {300, 20, 400, 120}, {600, 20, 700, 120}, {1000, 20, 1100, 120}};
  const draw_line road[] = {
      {-100, 0, 1200, 0, 0}, {50, 0, 50, 60, 0}, {350, 0, 350, 60, 0}, {650, 0, 650, 60, 0}, {1050, 0, 1050, 60, 0}};
  const draw_point home[] = {{200, -10, 1}, {50, 30, 1}};
  give(&t, SUND_GREEN, draw_boxes(t.ctx, SUND_GREEN, 4, green));
  give(&t, SUND_HOMES, draw_points(t.ctx, SUND_HOMES, 2, home));
  t.options.nearest = 3;
  assert_ok(t.ctx, ask(&t));
  assert_near(real_of(&t, "near_nearest_m", 0), draw_ground(t.ctx, hypot(400, 30)), 0.01);
  assert_near(real_of(&t, "near_nearest_m", 1), draw_ground(t.ctx, 550), 0.01);
  give(&t, SUND_PATHS, draw_lines(t.ctx, 5, road));
  assert_ok(t.ctx, ask(&t));
  assert_near(real_of(&t, "near_nearest_m", 0), draw_ground(t.ctx, 10 + 450 + 20), 0.05);
  assert_near(real_of(&t, "near_nearest_m", 1), draw_ground(t.ctx, 30 + 600 + 20), 0.05);
  t.options.nearest = 5;
  assert_ok(t.ctx, ask(&t));
  assert_true(isnan(real_of(&t, "near_nearest_m", 0)));
}

/* What people say stands beside what is computed, and where they differ it is told. */
static void surveys_stand_beside(void **state) {
  town t;
  found_town(&t, *state);
  const draw_box area[] = {{0, 0, 1000, 1000}}, green[] = {{100, 100, 180, 180}};
  const draw_point home[] = {{200, 200, 1}, {900, 900, 1}};
  give(&t, SUND_AREAS, draw_areas(t.ctx, 1, area));
  give(&t, SUND_GREEN, draw_boxes(t.ctx, SUND_GREEN, 1, green));
  const double wide[4] = {DRAW_X - 5000, DRAW_Y - 5000, DRAW_X + 5000, DRAW_Y + 5000};
  memcpy(t.extent[SUND_GREEN][0], wide, sizeof wide);
  give(&t, SUND_HOMES, draw_points(t.ctx, SUND_HOMES, 2, home));
  sund_table *survey = draw_table(t.ctx, SUND_SURVEYS, SUND_NONE, 2);
  sund_table_text(survey, "area")[0] = "a", sund_table_text(survey, "area")[1] = "nowhere";
  sund_table_real(survey, "share")[0] = 82, sund_table_real(survey, "share")[1] = 10;
  sund_table_real(survey, "low")[0] = 78, sund_table_real(survey, "high")[0] = 86;
  t.in.role[SUND_SURVEYS] = survey;
  assert_ok(t.ctx, ask(&t));
  assert_near(draw_value(&t.out, "access.share", "near", 0), 50, 1e-9);
  assert_near(draw_value(&t.out, "access.experienced", "", 0), 82, 1e-9);
  assert_near(sund_table_real(draw_layer(&t.out, "access_areas"), "survey_share_pct")[0], 82, 1e-9);
  assert_true(draw_found(&t.out, "note", "disagree"));
  assert_true(draw_found(&t.out, "warning", "nowhere"));
}

/* A table of minutes: pairs that are absent are out of reach, of two the shorter counts, geometry is not needed. */
static void tables_replace_the_network(void **state) {
  town t;
  found_town(&t, *state);
  sund_table *people = draw_table(t.ctx, SUND_HOMES, SUND_NONE, 3),
             *green = draw_table(t.ctx, SUND_GREEN, SUND_NONE, 2);
  sund_table *od = draw_table(t.ctx, SUND_OD, SUND_NONE, 5);
  const char *const from[] = {"h1", "h1", "h2", "h2", "h9"}, *const to[] = {"a", "b", "b", "b", "a"};
  const double minutes[] = {3.6, 2, 5, 4, 1};
  for (size_t i = 0; i < 3; i++) sund_table_text(people, "id")[i] = sund_text(t.ctx, "h%zu", i + 1);
  sund_table_text(green, "id")[0] = "a", sund_table_text(green, "id")[1] = "b";
  for (size_t i = 0; i < 5; i++) {
    sund_table_text(od, "from")[i] = from[i], sund_table_text(od, "to")[i] = to[i];
    sund_table_real(od, "minutes")[i] = minutes[i];
  }
  t.in.role[SUND_HOMES] = people, t.in.role[SUND_GREEN] = green;
  assert_int_equal(ask(&t), SUND_DATA); /* without geometry, without a table */
  sund_ctx *ctx = sund_ctx_new();
  t.ctx = ctx;
  t.in.role[SUND_OD] = od; /* 300 m at 5 km/h are 3.6 minutes, inclusive */
  assert_ok(ctx, ask(&t));
  assert_int_equal(met(&t, 0), 1);
  assert_int_equal(met(&t, 1), 0);
  assert_int_equal(met(&t, 2), 0);
  assert_near(real_of(&t, "near_minutes", 0), 2, 1e-12);
  assert_near(real_of(&t, "near_minutes", 1), 4, 1e-12);
  assert_true(isnan(real_of(&t, "near_minutes", 2)));
  assert_true(isnan(dist(&t, 0)));
  sund_ctx_free(ctx);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      SUND_TEST(legs_do_not_cross_water),       SUND_TEST(scraps_are_no_streets),
      SUND_TEST(large_forests_are_no_points),   SUND_TEST(water_is_walked_around),
      SUND_TEST(lakes_are_in_the_way),          SUND_TEST(ferries_are_off),
      SUND_TEST(weights_make_an_interval),      SUND_TEST(coarse_cells_are_no_points),
      SUND_TEST(groups_are_not_district_means), SUND_TEST(disagreement_is_told),
      SUND_TEST(small_numbers_are_withheld),    SUND_TEST(open_ground_is_entered_anywhere),
      SUND_TEST(strips_are_no_green_areas),     SUND_TEST(the_law_is_read_three_times),
      SUND_TEST(redundancy_and_variety),        SUND_TEST(the_nth_nearest_counts_areas),
      SUND_TEST(surveys_stand_beside),          SUND_TEST(tables_replace_the_network),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}

/* test_flood_query.c - the query `flood` as a whole on worlds whose answers are known: a cone, a plane, basins behind
 * walls, two height systems, zones of the sea. T1, T2, T4, T5, T12, T17, T22 of the methods' list of exact cases. */
#include "flood_world.h"

/* -------------------------------------------------------------------------------------------------------- surfaces */

/* A cone island of radius 1000 m in the middle of 3000 x 3000 m, its top in the middle of a cell. */
static double cone(double x, double y, const void *cell) {
  double middle = 1500 + *(const double *)cell / 2;
  return 0.02 * (1000 - hypot(x - middle, y - middle));
}

static void a_cone_keeps_its_dry_top(void **state) {
  /* Error of counting cells at 20, 10 and 5 m against pi r^2 with r = 750 m. */
  static const struct { double cell, error; } of[] = {{20, 0.00071}, {10, -0.00150}, {5, -0.00035}};
  double scale = draw_distance(*state, draw_crs(*state), 1200, 1500, 2200, 1500) / 1000;
  for (size_t i = 0; i < sizeof of / sizeof *of; i++) {
    world w;
    size_t side = (size_t)(3000 / of[i].cell);
    world_begin(&w, *state, side, side, of[i].cell, cone, &of[i].cell);
    world_sea(&w, 1, &(draw_box){0, 0, 400, 3000}); /* joined to all the sea around */
    world_level(&w, 5);
    assert_ok(*state, world_ask(&w));
    /* All but the dry top and the sea given is wet. */
    double wet = draw_value(&w.out, "flood.area", "5.00", SIZE_MAX) * 1e4 / (scale * scale);
    double dry = 3000.0 * 3000.0 - 400 * 3000 - wet;
    assert_near(dry, 1767145.87 * (1 + of[i].error), 1767145.87 * 2e-5);
  }
}

static double plane(double x, double y, const void *data) {
  (void)data;
  (void)y;
  return 0.01 * (x - 100);
}

static void a_plane_gets_wet_at_its_own_height(void **state) {
  world w;
  double m = draw_ground(*state, 1);
  world_begin(&w, *state, 300, 40, 5, plane, NULL);
  world_sea(&w, 1, &(draw_box){0, 0, 100, 200});
  world_level(&w, 2);
  world_level(&w, 1);
  world_level(&w, 1); /* twice is once */
  assert_ok(*state, world_ask(&w));
  /* 100 m and 200 m of land by 200 m; water a wedge, by the cells' middles. */
  assert_near(draw_value(&w.out, "flood.area", "1.00", SIZE_MAX), 2 * m * m, 2e-4);
  assert_near(draw_value(&w.out, "flood.area", "2.00", SIZE_MAX), 4 * m * m, 2e-4);
  assert_near(draw_value(&w.out, "flood.volume", "2.00", SIZE_MAX), 200 * 200 * 1.0 * m * m, 2);
  /* The curve: one row a centimetre from 0, area rising by one column of 5 m each 5 cm. */
  const sund_table *curve = draw_layer(&w.out, "flood_curve");
  assert_int_equal(curve->rows, 201);
  for (size_t r = 1; r < curve->rows; r++) {
    double step = sund_table_real(curve, "area_ha")[r] - sund_table_real(curve, "area_ha")[r - 1];
    assert_true(step >= 0);
    assert_near(sund_table_real(curve, "level_m")[r], (double)r / 100, 1e-9);
  }
  assert_near(sund_table_real(curve, "area_ha")[200], draw_value(&w.out, "flood.area", "2.00", SIZE_MAX), 1e-9);
  /* T22: the histogram's sum is the whole; the volume is the integral of the area over the level. */
  double integral = 0;
  for (size_t r = 0; r + 1 < curve->rows; r++) integral += sund_table_real(curve, "area_ha")[r] * 1e4 * 0.01;
  assert_near(integral, draw_value(&w.out, "flood.volume", "2.00", SIZE_MAX), 420);
}

/* --------------------------------------------------------------------------------------------------------- basins */

/* Sea in the west; two basins in a row behind walls whose notches have the heights given. */
static double in_series(double x, double y, const void *data) {
  const double *notch = data;
  bool open = y > 90 && y < 110;
  if (x < 100) return -1;
  if (x < 110) return open ? notch[0] : 4;
  if (x < 300) return 0.3;
  if (x < 310) return open ? notch[1] : 4;
  if (x < 500) return 0.2;
  return 6;
}

static const draw_point series_homes[] = {{200, 50, 3}, {400, 50, 5}, {550, 50, 7}};

static void begin_series(world *w, sund_ctx *ctx, const double *notch) {
  world_begin(w, ctx, 60, 20, 10, in_series, notch);
  world_sea(w, 1, &(draw_box){0, 0, 100, 200});
  world_homes(w, 3, series_homes);
  world_level(w, 3);
}

static void basins_in_series_take_the_higher_saddle(void **state) {
  static const double rising[] = {1.2, 1.8}, falling[] = {1.8, 1.2};
  world w;
  begin_series(&w, *state, rising);
  assert_ok(*state, world_ask(&w));
  assert_near(world_real(&w, "flood_homes", "first_wet_m", 0), 1.2, 1e-9);
  assert_near(world_real(&w, "flood_homes", "first_wet_m", 1), 1.8, 1e-9);
  assert_true(isnan(world_real(&w, "flood_homes", "first_wet_m", 2)));
  const sund_table *saddles = draw_layer(&w.out, "flood_saddles");
  assert_int_equal(saddles->rows, 2);
  assert_near(sund_table_real(saddles, "persons_behind")[0], 3, 0);
  assert_near(sund_table_real(saddles, "persons_through")[0], 8, 0);
  assert_near(sund_table_real(saddles, "persons_behind")[1], 5, 0);
  assert_string_equal(sund_table_text(saddles, "parent_id")[1], "S1");
  assert_null(sund_table_text(saddles, "parent_id")[0]);
  assert_near(sund_table_real(saddles, "width_m")[0], 20 * draw_ground(*state, 1), 0.01);
  assert_near(sund_table_real(saddles, "next_m")[0], 4, 1e-9);

  begin_series(&w, *state, falling); /* the inner one is passed already: one basin, one saddle */
  assert_ok(*state, world_ask(&w));
  assert_near(world_real(&w, "flood_homes", "first_wet_m", 0), 1.8, 1e-9);
  assert_near(world_real(&w, "flood_homes", "first_wet_m", 1), 1.8, 1e-9);
  assert_int_equal(draw_layer(&w.out, "flood_saddles")->rows, 1);
  assert_near(world_real(&w, "flood_saddles", "persons_behind", 0), 8, 0);
}

/* A low square behind a ring wall with three notches. */
static double ringed(double x, double y, const void *data) {
  (void)data;
  double far = fmax(fabs(x - 300), fabs(y - 300));
  if (far > 200) return -1;
  if (far < 180) return 0;
  if (y < 120 && fabs(x - 200) < 10) return 1.0;
  if (y > 480 && fabs(x - 300) < 10) return 1.5;
  if (x > 480 && fabs(y - 400) < 10) return 2.0;
  return 5;
}

static void closing_one_notch_leaves_the_next(void **state) {
  world w;
  world_begin(&w, *state, 60, 60, 10, ringed, NULL);
  world_sea(&w, 1, &(draw_box){0, 0, 600, 50});
  world_homes(&w, 2, (draw_point[]){{300, 300, 4}, {250, 350, 6}});
  world_level(&w, 3);
  w.options.close = 1;
  assert_ok(*state, world_ask(&w));
  assert_near(world_real(&w, "flood_saddles", "crest_m", 0), 1.0, 1e-9);
  assert_near(world_real(&w, "flood_saddles", "next_m", 0), 1.5, 1e-9);
  assert_near(world_real(&w, "flood_saddles", "persons_held", 0), 10, 0);
  /* The cheapest line dry up to 3 m closes all three: 20 m of 2, 1.5 and 1 m (and the step above). */
  double m = draw_ground(*state, 1);
  assert_near(world_real(&w, "flood_closings", "face_m2", 0), 20 * (2 + 1.5 + 1) * m, 20 * 3 * 0.0011);
  assert_near(world_real(&w, "flood_closings", "persons", 0), 10, 0);
  /* What was tried is taken back: the levels told are those without a wall. */
  assert_near(world_real(&w, "flood_homes", "first_wet_m", 0), 1.0, 1e-9);
}

/* ---------------------------------------------------------------------------------------------------------- heights */

static void levels_pass_between_the_height_systems(void **state) {
  static const double notch[] = {1.2, 1.8};
  world w;
  begin_series(&w, *state, notch);
  w.in.heights = "EPSG:5613";
  assert_ok(*state, world_ask(&w));
  assert_near(world_real(&w, "flood_homes", "first_wet_m", 0), 1.215, 1e-9);
  assert_near(w.out.raster[0].offset, -10 + 0.015, 1e-12);
  begin_series(&w, *state, notch);
  w.in.heights = "EPSG:5733"; /* DNN: no rule */
  assert_int_equal(world_ask(&w), SUND_OUTPUT);
}

/* ------------------------------------------------------------------------------------------------------------ zones */

/* T12: a channel in the north with a sill of 2.0 m, one in the south with a sill of 1.0 m; they join before a shared inner
 * sill of 1.2 m. The home stands behind it. */
static double two_inlets(double x, double y, const void *data) {
  (void)data;
  bool north = y > 150 && y<180, south = y> 20 && y<50, inner = y> 80 && y < 120;
  if (x < 100) return -1;
  if (x < 120) return north ? 2.0 : south ? 1.0 : 9;
  if (x < 200) return 0;
  if (x < 220) return inner ? 1.2 : 9;
  return 0;
}

static void a_sloping_sea_is_followed_zone_by_zone(void **state) {
  static const draw_box seas[] = {{0, 100, 100, 200}, {0, 0, 100, 100}};
  world w;
  world_begin(&w, *state, 30, 20, 10, two_inlets, NULL);
  world_sea(&w, 2, seas);
  sund_table_text(w.in.role[SUND_SEA], "zone")[0] = "north";
  sund_table_text(w.in.role[SUND_SEA], "zone")[1] = "south";
  world_homes(&w, 1, (draw_point[]){{260, 100, 1}});
  /* Levels of the two zones: 1.5 + t and 0.6 + t. Wet from t = 0.5 on, not from 0.6. */
  static const double t[] = {0.45, 0.50, 0.55};
  sund_table *events = draw_table(*state, SUND_EVENTS, SUND_NONE, 6);
  for (size_t i = 0; i < 6; i++) {
    sund_table_text(events, "event")[i] = sund_text(*state, "storm-%zu", i / 2);
    sund_table_text(events, "zone")[i] = i % 2 ? "south" : "north";
    sund_table_text(events, "heights")[i] = "EPSG:5799";
    sund_table_real(events, "level_m")[i] = (i % 2 ? 0.6 : 1.5) + t[i / 2];
  }
  w.in.role[SUND_EVENTS] = events;
  assert_ok(*state, world_ask(&w));
  assert_near(draw_value(&w.out, "flood.persons", "storm-0", SIZE_MAX), 0, 0);
  assert_near(draw_value(&w.out, "flood.persons", "storm-1", SIZE_MAX), 1, 0);
  assert_near(draw_value(&w.out, "flood.persons", "storm-2", SIZE_MAX), 1, 0);
}

/* ------------------------------------------------------------------------------------------------------------ units */

static void units_add_up_to_the_whole(void **state) {
  static const double notch[] = {1.2, 1.8};
  static const draw_box halves[] = {{0, 0, 250, 200}, {250, 0, 600, 200}};
  world w;
  begin_series(&w, *state, notch);
  world_level(&w, 1.5);
  assert_ok(*state, world_ask(&w));
  double whole[2], persons[2];
  static const char *const level[] = {"1.50", "3.00"};
  for (int i = 0; i < 2; i++) {
    whole[i] = draw_value(&w.out, "flood.area", level[i], SIZE_MAX);
    persons[i] = draw_value(&w.out, "flood.persons", level[i], SIZE_MAX);
  }
  w.in.role[SUND_AREAS] = draw_areas(*state, 2, halves);
  assert_ok(*state, world_ask(&w));
  for (int i = 0; i < 2; i++) {
    double area = 0, people = 0;
    for (size_t u = 0; u < 2; u++) {
      area += draw_value(&w.out, "flood.area", level[i], u);
      people += draw_value(&w.out, "flood.persons", level[i], u);
    }
    assert_near(area, whole[i], 1e-9);
    assert_near(people, persons[i], 0);
  }
  /* Extents are valid polygons whose area is that of the cells. */
  const sund_table *extents = draw_layer(&w.out, "flood_extents");
  sund_shapes *valid;
  sund_repair *repairs;
  size_t repaired;
  double m2[8];
  assert_true(extents->rows <= 8);
  assert_ok(*state, sund_overlay_valid(*state, extents->shapes, &valid, &repairs, &repaired));
  assert_int_equal(repaired, 0);
  assert_ok(*state, sund_geodesic_measure(*state, w.in.crs, extents->shapes, m2));
  for (size_t r = 0; r < extents->rows; r++)
    assert_near(m2[r] / 1e4, sund_table_real(extents, "area_ha")[r], 1e-5 * m2[r] / 1e4);
}

/* Where no terrain is, nothing is told: not that nothing is wet, nor that the neighbours make no difference. */
static void a_unit_without_terrain_has_no_number(void **state) {
  static const double notch[] = {1.2, 1.8};
  static const draw_box areas[] = {{0, 0, 600, 200}, {5000, 0, 5600, 200}};
  static const char *const told[] = {"flood.area", "flood.volume", "flood.difference_area", "flood.difference_homes"};
  world w;
  begin_series(&w, *state, notch);
  w.options.difference = "yes";
  w.in.role[SUND_AREAS] = draw_areas(*state, 2, areas);
  assert_ok(*state, world_ask(&w));
  for (size_t i = 0; i < sizeof told / sizeof *told; i++) {
    assert_true(isnan(draw_value(&w.out, told[i], "3.00", 0)) == 0);
    assert_true(isnan(draw_value(&w.out, told[i], "3.00", 1)) != 0);
  }
  assert_true(draw_found(&w.out, "warning", "no terrain there"));
}

/* ------------------------------------------------------------------------------------------------------- invariants */

/* Hills and hollows; sea in the west. */
static double rough(double x, double y, const void *data) {
  uint64_t seed = *(const uint64_t *)data + (uint64_t)(x / 10) * 1000003 + (uint64_t)(y / 10) * 7919;
  return x < 60 ? -1 : support_uniform(&seed, 0, 3) * (0.4 + x / 700);
}

static void begin_rough(world *w, sund_ctx *ctx, const uint64_t *seed) {
  static const draw_box halves[] = {{0, 0, 300, 320}, {300, 0, 700, 320}};
  world_begin(w, ctx, 70, 32, 10, rough, seed);
  world_sea(w, 1, &(draw_box){0, 0, 60, 320});
  w->in.role[SUND_AREAS] = draw_areas(ctx, 2, halves);
  draw_point home[40];
  uint64_t at = *seed;
  for (size_t i = 0; i < 40; i++)
    home[i] = (draw_point){support_uniform(&at, 70, 690), support_uniform(&at, 10, 310), 1 + (double)(i % 4)};
  world_homes(w, 40, home);
  world_level(w, 1);
  world_level(w, 2);
  w->options.close = 1;
}

static void assert_same_table(const sund_table *a, const sund_table *b) {
  assert_int_equal(a->rows, b->rows);
  for (size_t c = 0; c < a->columns; c++)
    for (size_t r = 0; r < a->rows; r++) {
      if (a->column[c].real) assert_memory_equal(&a->column[c].real[r], &b->column[c].real[r], sizeof(double));
      if (a->column[c].integer) assert_true(a->column[c].integer[r] == b->column[c].integer[r]);
      if (a->column[c].text && a->column[c].text[r]) assert_string_equal(a->column[c].text[r], b->column[c].text[r]);
    }
  if (a->shapes) {
    assert_int_equal(a->shapes->vertices, b->shapes->vertices);
    assert_memory_equal(a->shapes->x, b->shapes->x, a->shapes->vertices * sizeof(double));
  }
}

static void tiles_and_threads_change_nothing(void **state) {
  static const double tile[] = {256, 7, 1, 33};
  for (uint64_t seed = support_seed(); seed < support_seed() + 3; seed++) {
    sund_results first = {0};
    for (int k = 0; k < 4; k++) {
      world w;
      begin_rough(&w, *state, &seed);
      w.options.tile = tile[k];
      sund_ctx_threads(*state, 1 + k);
      assert_ok(*state, world_ask(&w));
      if (k == 0) {
        first = w.out;
        continue;
      }
      assert_int_equal(first.layers, w.out.layers);
      for (size_t i = 0; i < first.layers; i++) assert_same_table(first.layer[i].table, w.out.layer[i].table);
      assert_int_equal(first.indicators, w.out.indicators);
      for (size_t i = 0; i < first.indicators; i++)
        assert_memory_equal(&first.indicator[i].value, &w.out.indicator[i].value, sizeof(double));
    }
  }
}

static void four_neighbours_flood_no_more_than_eight(void **state) {
  for (uint64_t seed = support_seed(); seed < support_seed() + 4; seed++) {
    world w;
    begin_rough(&w, *state, &seed);
    w.options.difference = "yes";
    assert_ok(*state, world_ask(&w));
    double eight = draw_value(&w.out, "flood.area", "2.00", 0),
           more = draw_value(&w.out, "flood.difference_area", "2.00", 0);
    assert_true(more >= 0);
    begin_rough(&w, *state, &seed);
    w.options.connectivity = "4";
    assert_ok(*state, world_ask(&w));
    assert_near(draw_value(&w.out, "flood.area", "2.00", 0), eight - more, 1e-9);
  }
}

static void a_run_without_memory_says_so(void **state) {
  uint64_t seed = support_seed();
  sund_ctx *probe = sund_ctx_new();
  world w;
  begin_rough(&w, probe, &seed);
  size_t before = sund_ctx_allocations(probe);
  assert_ok(probe, world_ask(&w));
  size_t needed = sund_ctx_allocations(probe) - before;
  sund_ctx_free(probe);
  (void)state;
  assert_true(needed > 100);
  for (size_t n = 1; n <= needed; n += 1 + n / 12) {
    sund_ctx *ctx = sund_ctx_new();
    begin_rough(&w, ctx, &seed);
    sund_ctx_threads(ctx, 1);
    sund_ctx_fail_alloc(ctx, n);
    assert_int_equal(world_ask(&w), SUND_LIMIT);
    assert_int_equal(sund_failure(ctx, NULL, NULL, NULL), SUND_LIMIT);
    sund_ctx_free(ctx);
  }
}

/* -------------------------------------------------------------------------------------------------------- refusals */

static void what_cannot_be_known_is_refused(void **state) {
  world w;
  uint32_t terrain = 1u << SUND_TERRAIN, sea = 1u << SUND_SEA;
  world_begin(&w, *state, 10, 10, 10, plane, NULL);
  assert_int_equal(query_flood.check(*state, 0, &w.options), SUND_USAGE);
  sund_ctx *ctx = sund_ctx_new();
  assert_int_equal(query_flood.check(ctx, terrain | sea, &w.options), SUND_USAGE); /* no levels */
  sund_ctx_free(ctx);
  world_level(&w, 1);
  ctx = sund_ctx_new();
  assert_int_equal(query_flood.check(ctx, terrain, &w.options), SUND_USAGE); /* where is the sea? */
  sund_ctx_free(ctx);
  ctx = sund_ctx_new();
  assert_ok(ctx, query_flood.check(ctx, terrain | sea, &w.options));
  w.seed[0] = "edge";
  assert_ok(ctx, query_flood.check(ctx, terrain, &w.options));
  w.seed[0] = "ocean";
  assert_int_equal(query_flood.check(ctx, terrain | sea, &w.options), SUND_USAGE);
  sund_ctx_free(ctx);
}

static void high_sea_and_a_low_edge_are_told(void **state) {
  world w;
  world_begin(&w, *state, 300, 40, 5, plane, NULL);
  world_sea(&w, 2, (draw_box[]){{0, 0, 100, 200}, {1300, 50, 1350, 100}}); /* the second lies at 12 m */
  world_level(&w, 1);
  assert_ok(*state, world_ask(&w));
  assert_true(draw_found(&w.out, "warning", "is land missing there?"));
  static const double notch[] = {2.5, 3.5};
  begin_series(&w, *state, notch); /* low ground at the southern edge of the raster, dry below 2.5 m */
  assert_ok(*state, world_ask(&w));
  assert_true(draw_found(&w.out, "warning", "beyond the edge"));
}

int main(void) {
  const struct CMUnitTest tests[] = {
      SUND_TEST(a_cone_keeps_its_dry_top),
      SUND_TEST(a_plane_gets_wet_at_its_own_height),
      SUND_TEST(basins_in_series_take_the_higher_saddle),
      SUND_TEST(closing_one_notch_leaves_the_next),
      SUND_TEST(levels_pass_between_the_height_systems),
      SUND_TEST(a_sloping_sea_is_followed_zone_by_zone),
      SUND_TEST(units_add_up_to_the_whole),
      SUND_TEST(a_unit_without_terrain_has_no_number),
      SUND_TEST(tiles_and_threads_change_nothing),
      SUND_TEST(four_neighbours_flood_no_more_than_eight),
      SUND_TEST(a_run_without_memory_says_so),
      SUND_TEST(what_cannot_be_known_is_refused),
      SUND_TEST(high_sea_and_a_low_edge_are_told),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}

/* test_flood_things.c - coast, paths and green areas that get wet, on small terrains by formula. */
#include "flood_stage.h"
#include "queries/coast.h"
#include "queries/flood_steps.h"

static const sund_indicator *indicator(const flood_stage *c, const char *name, const char *variant, size_t area) {
  const sund_indicator *found = NULL;
  for (size_t i = 0; i < c->out.indicators; i++)
    if (strcmp(c->out.indicator[i].indicator, name) == 0 && strcmp(c->out.indicator[i].variant, variant) == 0 &&
        c->out.indicator[i].area == area) {
      if (found) fail_msg("two rows of %s %s", name, variant);
      found = &c->out.indicator[i];
    }
  if (!found) fail_msg("no %s %s", name, variant);
  return found;
}

/* An island of 100 x 100 m at 1 m, its eastern half behind a quay of 3 m along its own shore; sea around. */
static bool around(double x, double y) {
  return !(x > 0 && x < 100 && y > 0 && y < 100);
}
static double island(double x, double y) {
  if (around(x, y)) return -1;
  const bool quay = x > 50 && (x > 98 || y < 2 || y > 98);
  return quay ? 3 : 1;
}
static const flood_stage_raster island_raster = {-20, -20, 1, 140, 140, island, around, NULL, NULL};

static double ground_of(const flood_stage *c, double map_m) {
  (void)c;
  return draw_ground(c->ctx, map_m);
}

/* ----------------------------------------------------------------------------------------------------------- steps */

static void steps_add_up(void **state) {
  sund_ctx *ctx = *state;
  sund_shapes *line;
  flood_steps *steps = sund_alloc(ctx, 1, sizeof *steps);
  const double at[] = {0, 0, 0.3, 0, 0.3, 0, 5000.2, 0, 5000.2, 2.5};
  assert_ok(ctx, sund_shapes_new(ctx, SUND_LINE, 1, 1, 5, &line));
  for (size_t v = 0; v < 5; v++) line->x[v] = at[2 * v], line->y[v] = at[2 * v + 1];
  line->first_part[1] = 1, line->first_vertex[1] = 5;
  flood_walk walk = flood_walk_begin(line, 0, 1);
  double length = 0, x = 0, y = 0;
  size_t count = 0, corners = 0;
  while (flood_walk_on(&walk, steps) > 0)
    for (size_t i = 0; i < steps->count; i++, count++) {
      assert_true(steps->map_m[i] <= 1 && steps->map_m[i] > 0);
      assert_near(hypot(steps->end_x[i] - x, steps->end_y[i] - y), steps->map_m[i], 1e-9);
      assert_near(steps->x[i], (x + steps->end_x[i]) / 2, 1e-9);
      x = steps->end_x[i], y = steps->end_y[i];
      length += steps->map_m[i];
      corners += steps->corner[i];
    }
  assert_int_equal(count, 1 + 5000 + 3);
  assert_int_equal(corners, 3);
  assert_near(length, 5002.7, 1e-6);
  assert_int_equal(flood_walk_on(&walk, steps), 0);
}

/* ----------------------------------------------------------------------------------------------------------- coast */

static void coast_with_a_quay(void **state) {
  flood_stage c;
  const draw_box land[] = {{0, 0, 100, 100}};
  flood_stage_begin(&c, *state);
  flood_stage_level(&c, "0.50", 0.5);
  flood_stage_level(&c, "2.00", 2);
  flood_stage_level(&c, "3.00", 3);
  flood_stage_flood(&c, &island_raster, 5);
  c.in.role[SUND_LAND] = draw_boxes(c.ctx, SUND_LAND, 1, land);
  assert_ok(c.ctx, flood_coast_measure(c.ctx, &c.run));
  const double whole = 4 * ground_of(&c, 100);
  assert_near(indicator(&c, "coast.exposed", "0.50", SIZE_MAX)->value, 0, 0);
  assert_near(indicator(&c, "coast.exposed", "2.00", SIZE_MAX)->value, whole / 2, 1e-3 * whole);
  assert_near(indicator(&c, "coast.exposed", "3.00", SIZE_MAX)->value, whole, 1e-6 * whole);
  const sund_indicator *row = indicator(&c, "coast.exposed", "2.00", SIZE_MAX);
  assert_near(row->base, whole, 1e-6 * whole);
  assert_true(isnan(row->low) && isnan(row->high)); /* everything is known */
  assert_string_equal(row->unit, "m");
  const sund_table *table = draw_layer(&c.out, "coast_lines");
  double length = 0, exposed = 0;
  for (size_t r = 0; r < table->rows; r++) {
    const double metres = sund_table_real(table, "length_m")[r], wet_m = sund_table_real(table, "first_wet_m")[r];
    const int64_t wet = sund_table_int(table, "exposed_2_00")[r];
    length += metres;
    if (wet) exposed += metres;
    assert_near(wet_m, wet ? 1 : 3, 1e-9);
    assert_string_equal(sund_table_text(table, "wet_class")[r], wet ? "1.00" : "3.00");
    assert_int_equal(sund_table_int(table, "exposed_0_50")[r], 0);
    assert_int_equal(sund_table_int(table, "exposed_3_00")[r], 1);
    assert_int_equal(sund_table_int(table, "island")[r], 1);
    assert_string_equal(sund_table_text(table, "area_id")[r], "all");
    double drawn;
    const size_t first = table->shapes->first_vertex[r], n = table->shapes->first_vertex[r + 1] - first;
    assert_true(n >= 2);
    assert_ok(c.ctx,
              sund_geodesic_length(c.ctx, c.in.crs, n, table->shapes->x + first, table->shapes->y + first, &drawn));
    assert_near(drawn, metres, 1e-3);
  }
  assert_true(table->rows >= 2 && table->rows <= 3);
  assert_near(length, whole, 1e-6 * whole);
  assert_near(exposed, row->value, 1e-9 * whole);
  /* for the curve: the metres of each level */
  double at_1 = 0, at_3 = 0;
  for (size_t i = 0; i < c.run.coast->pieces; i++) {
    assert_int_equal(c.run.coast->unit[i], 0);
    if (fabs(c.run.coast->wet_m[i] - 1) < 1e-9) at_1 += c.run.coast->metres[i];
    else if (fabs(c.run.coast->wet_m[i] - 3) < 1e-9) at_3 += c.run.coast->metres[i];
    else fail_msg("coast at %g m", c.run.coast->wet_m[i]);
  }
  assert_near(at_1 + at_3, whole, 1e-6 * whole);
  assert_near(at_1, row->value, 1e-6 * whole);
  /* asked once, kept */
  const flood_coast *again;
  assert_ok(c.ctx, flood_coast_find(c.ctx, &c.run, &again));
  assert_ptr_equal(again, c.run.coast);
}

/* A shore drawn a cell and a half out in the water has its land; the terrain ends in the middle of the island; what
 * lies above the cap is never wet. */
static double western(double x, double y) {
  return x > 60 ? NAN : x < 30 ? 9 : island(x, y);
}

static void coast_that_is_not_known(void **state) {
  flood_stage c;
  const draw_box land[] = {{-1.5, -1.5, 101.5, 101.5}}, area[] = {{-50, -50, 200, 50}, {-50, 50, 200, 150}};
  const flood_stage_raster raster = {-20, -20, 1, 140, 140, western, around, NULL, NULL};
  flood_stage_begin(&c, *state);
  flood_stage_level(&c, "2.00", 2);
  flood_stage_flood(&c, &raster, 5);
  c.in.role[SUND_LAND] = draw_boxes(c.ctx, SUND_LAND, 1, land);
  c.in.role[SUND_AREAS] = draw_areas(c.ctx, 2, area);
  assert_ok(c.ctx, flood_coast_measure(c.ctx, &c.run));
  const double metre = ground_of(&c, 1000) / 1000;
  for (size_t u = 0; u < 2; u++) {
    const sund_indicator *row = indicator(&c, "coast.exposed", "2.00", u);
    assert_near(row->base, 206 * metre, 0.01);
    assert_near(row->value, 20 * metre, 1.1 * metre); /* x from 30 to 50 */
    assert_near(row->low, row->value, 1e-9);
    assert_near(row->high - row->value, (41.5 + 51.5) * metre, 6 * metre);
  }
  assert_true(draw_found(&c.out, "note", "m of coast have no land with a known height"));
  const sund_table *table = draw_layer(&c.out, "coast_lines");
  size_t unknown = 0, never = 0;
  for (size_t r = 0; r < table->rows; r++) {
    const char *class = sund_table_text(table, "wet_class")[r];
    if (strcmp(class, "unknown") == 0) {
      unknown++;
      assert_true(sund_table_int(table, "exposed_2_00")[r] == SUND_NULL_INT);
    }
    if (strcmp(class, "never") == 0) {
      never++;
      assert_int_equal(sund_table_int(table, "exposed_2_00")[r], 0);
    }
  }
  assert_true(unknown > 0 && never > 0);
}

static void a_shoreline_alone(void **state) {
  flood_stage c;
  flood_stage_begin(&c, *state);
  flood_stage_level(&c, "2.00", 2);
  flood_stage_flood(&c, &island_raster, 5);
  const flood_coast *coast;
  assert_ok(c.ctx, flood_coast_find(c.ctx, &c.run, &coast));
  assert_null(coast);
  assert_ok(c.ctx, flood_coast_measure(c.ctx, &c.run));
  assert_int_equal(c.out.indicators + c.out.layers, 0);
  sund_table *line = draw_table(c.ctx, SUND_COAST, SUND_LINE, 1);
  assert_ok(c.ctx, sund_shapes_new(c.ctx, SUND_LINE, 1, 1, 2, &line->shapes));
  line->shapes->x[0] = line->shapes->x[1] = DRAW_X + 0;
  line->shapes->y[0] = DRAW_Y + 10, line->shapes->y[1] = DRAW_Y + 60;
  line->shapes->first_part[1] = 1, line->shapes->first_vertex[1] = 2;
  c.in.role[SUND_COAST] = line;
  assert_ok(c.ctx, flood_coast_measure(c.ctx, &c.run));
  assert_near(indicator(&c, "coast.exposed", "2.00", SIZE_MAX)->value, ground_of(&c, 50), 0.01);
  assert_string_equal(sund_table_text(draw_layer(&c.out, "coast_lines"), "drawn_from")[0], "coast");
}

/* All columns that `coast` writes are there, with the same types. */
static void coast_columns(void **state) {
  flood_stage c;
  const draw_box land[] = {{0, 0, 100, 100}};
  double yardstick[] = {10};
  coast_options options = {.tolerances = {1, yardstick}};
  sund_results out = {0};
  flood_stage_begin(&c, *state);
  flood_stage_level(&c, "2.00", 2);
  flood_stage_flood(&c, &island_raster, 5);
  c.in.role[SUND_LAND] = draw_boxes(c.ctx, SUND_LAND, 1, land);
  assert_ok(c.ctx, flood_coast_measure(c.ctx, &c.run));
  assert_ok(c.ctx, sund_query_find("coast")->run(c.ctx, &c.in, &options, &out));
  const sund_table *ours = draw_layer(&c.out, "coast_lines"), *theirs = draw_layer(&out, "coast_lines");
  for (size_t k = 0; k < theirs->columns; k++) {
    const sund_column *column = sund_table_column(ours, theirs->column[k].field.name);
    assert_non_null(column);
    assert_int_equal(column->field.type, theirs->column[k].field.type);
  }
}

/* ----------------------------------------------------------------------------------------------------------- paths */

static bool west(double x, double y) {
  (void)y;
  return x < 0;
}
static double plane(double x, double y) {
  (void)y;
  return 0.1 * x;
}
static const flood_stage_raster slope = {-10, 0, 0.5, 140, 80, plane, west, NULL, NULL};

static void paths_under_water(void **state) {
  flood_stage c;
  /* inland; a bridge from wet ground to dry ground; a tunnel, both ends dry; along the shore; out into the sea; far off */
  const draw_line line[] = {{0, 10, 50, 10, 0}, {5, 20, 45, 20, 1}, {30, 25, 50, 25, -1},
                            {5, 5, 5, 35, 0},   {-9, 30, 0, 30, 0}, {900, 0, 990, 0, 0}};
  const draw_box area[] = {{-50, -50, 4, 200}, {4, -50, 200, 200}};
  flood_stage_begin(&c, *state);
  flood_stage_level(&c, "1.00", 1);
  flood_stage_level(&c, "2.00", 2);
  flood_stage_flood(&c, &slope, 5);
  c.in.role[SUND_PATHS] = draw_lines(c.ctx, 6, line);
  c.in.role[SUND_AREAS] = draw_areas(c.ctx, 2, area);
  assert_ok(c.ctx, flood_paths_measure(c.ctx, &c.run));
  const double metre = ground_of(&c, 1000) / 1000;
  /* ground 0.1 x at the centres: wet to 1.00 m up to x = 10, to 2.00 m up to x = 20 */
  assert_near(indicator(&c, "flood.paths", "1.00", 0)->value, 4 * metre, 1e-3);
  assert_near(indicator(&c, "flood.paths", "1.00", 1)->value, (6 + 20 + 30) * metre, 1e-3);
  assert_near(indicator(&c, "flood.paths", "2.00", 1)->value, (16 + 20 + 30) * metre, 1e-3);
  const sund_table *table = draw_layer(&c.out, "flood_paths");
  assert_int_equal(table->rows, 3);
  assert_near(sund_table_real(table, "length_m")[0], 50 * metre, 1e-3);
  assert_near(sund_table_real(table, "wet_1_00_m")[0], 10 * metre, 1e-3);
  assert_near(sund_table_real(table, "wet_2_00_m")[0], 20 * metre, 1e-3);
  assert_near(sund_table_real(table, "first_wet_m")[0], 0.025, 1e-9);
  assert_int_equal(sund_table_int(table, "level")[1], 1);
  assert_near(sund_table_real(table, "wet_1_00_m")[1], 20 * metre, 1e-3);
  assert_near(sund_table_real(table, "first_wet_m")[1], 0.525, 1e-9);
  assert_near(sund_table_real(table, "wet_1_00_m")[2], 30 * metre, 1e-3);
}

static void no_paths(void **state) {
  flood_stage c;
  flood_stage_begin(&c, *state);
  flood_stage_level(&c, "1.00", 1);
  flood_stage_flood(&c, &slope, 5);
  assert_ok(c.ctx, flood_paths_measure(c.ctx, &c.run));
  assert_ok(c.ctx, flood_green_measure(c.ctx, &c.run));
  assert_int_equal(c.out.indicators + c.out.layers, 0);
}

/* ----------------------------------------------------------------------------------------------------------- green */

static const flood_stage_raster wide = {-100, -100, 1, 700, 600, plane, west, NULL, NULL};

/* A forest from the sea inland, a park inside it, a lawn that is dry. */
static void green_under_water(void **state) {
  flood_stage c;
  const draw_box green[] = {{-50, 0, 400, 100}, {100, 50, 200, 100}, {500, 0, 550, 50}, {0, 200, 10, 300}};
  const draw_box area[] = {{-100, -100, 150, 500}, {150, -100, 600, 500}, {-100, -100, 600, 500}};
  flood_stage_begin(&c, *state);
  flood_stage_level(&c, "10.00", 10);
  flood_stage_level(&c, "20.00", 20);
  flood_stage_flood(&c, &wide, 40);
  c.in.role[SUND_GREEN] = draw_boxes(c.ctx, SUND_GREEN, 4, green);
  c.in.role[SUND_AREAS] = draw_areas(c.ctx, 3, area);
  sund_table_text(c.in.role[SUND_AREAS], "level")[2] = "region";
  sund_table_text(c.in.role[SUND_GREEN], "id")[1] = "park";
  assert_ok(c.ctx, flood_green_measure(c.ctx, &c.run));
  const double ha = pow(ground_of(&c, 1000) / 1000, 2);
  assert_near(indicator(&c, "flood.green", "10.00", 0)->value, (1 + 0.1) * ha, 1e-4);
  assert_near(indicator(&c, "flood.green", "20.00", 0)->value, (1.5 + 0.1) * ha, 1e-4);
  assert_near(indicator(&c, "flood.green", "20.00", 1)->value, 0.5 * ha, 1e-4);
  assert_near(indicator(&c, "flood.green", "20.00", 2)->value, (2 + 0.1) * ha, 1e-4);
  const sund_table *table = draw_layer(&c.out, "flood_green");
  assert_int_equal(table->rows, 3);
  assert_near(sund_table_real(table, "area_ha")[0], 4.5 * ha, 1e-4);
  assert_near(sund_table_real(table, "wet_20_00_ha")[0], 2 * ha, 1e-4); /* the park inside it too */
  assert_string_equal(sund_table_text(table, "parcel_id")[1], "park");
  assert_near(sund_table_real(table, "wet_10_00_ha")[1], 0, 0);
  assert_near(sund_table_real(table, "wet_20_00_ha")[1], 0.5 * ha, 1e-4);
  assert_near(sund_table_real(table, "wet_10_00_ha")[2], 0.1 * ha, 1e-4);
}

/* Two parts of the sea with levels of their own: each side by its own. */
static bool both_sides(double x, double y) {
  (void)y;
  return x < 0 || x > 40;
}
static double ridge(double x, double y) {
  (void)y;
  return x < 0 || x > 40 ? -1 : fabs(x - 20) < 1 ? 3 : 1;
}
static size_t side(double x, double y) {
  (void)y;
  return x > 20;
}

static void zones_of_the_sea(void **state) {
  flood_stage c;
  const flood_stage_raster raster = {-10, -10, 1, 60, 60, ridge, both_sides, side, NULL};
  const draw_box land[] = {{0, -10, 40, 50}}, green[] = {{0, 0, 40, 10}};
  const draw_line line[] = {{0.5, 5, 39.5, 5, 0}};
  flood_stage_begin(&c, *state);
  c.run.levels.zones = 2;
  flood_stage_level(&c, "storm", 0.5);
  c.level_m[0][1] = 2;
  c.level[0].event = true;
  flood_stage_flood(&c, &raster, 6);
  c.in.role[SUND_LAND] = draw_boxes(c.ctx, SUND_LAND, 1, land);
  c.in.role[SUND_GREEN] = draw_boxes(c.ctx, SUND_GREEN, 1, green);
  c.in.role[SUND_PATHS] = draw_lines(c.ctx, 1, line);
  assert_ok(c.ctx, flood_coast_measure(c.ctx, &c.run));
  assert_ok(c.ctx, flood_green_measure(c.ctx, &c.run));
  assert_ok(c.ctx, flood_paths_measure(c.ctx, &c.run));
  const double metre = ground_of(&c, 1000) / 1000;
  assert_near(indicator(&c, "flood.paths", "storm", SIZE_MAX)->value, 18.5 * metre, 0.51); /* to half a cell */
  assert_near(indicator(&c, "flood.green", "storm", SIZE_MAX)->value, 0.019 * metre * metre, 1e-6);
  /* the eastern shore and half of the southern and northern ends, but for the ridge */
  assert_near(indicator(&c, "coast.exposed", "storm", SIZE_MAX)->value, (60 + 2 * 19) * metre, 2.1);
}

/* ----------------------------------------------------------------------------------------------- threads, memory */

static void any_number_of_threads(void **state) {
  flood_stage one, four;
  flood_stage *const c[] = {&one, &four};
  const draw_box land[] = {{0, 0, 100, 100}}, green[] = {{10, 10, 90, 90}, {0, 0, 50, 50}};
  const draw_line line[] = {{-10, 10, 120, 70, 0}, {5, 20, 45, 20, 1}};
  for (int k = 0; k < 2; k++) {
    flood_stage_begin(c[k], *state);
    flood_stage_level(c[k], "2.00", 2);
    sund_ctx_threads(*state, k ? 4 : 1);
    flood_stage_flood(c[k], &island_raster, 5);
    c[k]->in.role[SUND_LAND] = draw_boxes(*state, SUND_LAND, 1, land);
    c[k]->in.role[SUND_GREEN] = draw_boxes(*state, SUND_GREEN, 2, green);
    c[k]->in.role[SUND_PATHS] = draw_lines(*state, 2, line);
    assert_ok(*state, flood_coast_measure(*state, &c[k]->run));
    assert_ok(*state, flood_green_measure(*state, &c[k]->run));
    assert_ok(*state, flood_paths_measure(*state, &c[k]->run));
  }
  assert_int_equal(one.out.indicators, four.out.indicators);
  for (size_t i = 0; i < one.out.indicators; i++)
    assert_memory_equal(&one.out.indicator[i].value, &four.out.indicator[i].value, sizeof(double));
}

static void memory_runs_out(void **state) {
  (void)state;
  for (size_t n = 1;; n += 1 + n / 10) {
    flood_stage c;
    const draw_box land[] = {{0, 0, 100, 100}}, green[] = {{10, 10, 90, 90}};
    const draw_line line[] = {{-10, 10, 120, 70, 0}};
    flood_stage_begin(&c, sund_ctx_new());
    flood_stage_level(&c, "2.00", 2);
    flood_stage_flood(&c, &island_raster, 5);
    c.in.role[SUND_LAND] = draw_boxes(c.ctx, SUND_LAND, 1, land);
    c.in.role[SUND_GREEN] = draw_boxes(c.ctx, SUND_GREEN, 1, green);
    c.in.role[SUND_PATHS] = draw_lines(c.ctx, 1, line);
    sund_ctx_fail_alloc(c.ctx, n);
    sund_code code = flood_coast_measure(c.ctx, &c.run);
    if (code == SUND_OK) code = flood_paths_measure(c.ctx, &c.run);
    if (code == SUND_OK) code = flood_green_measure(c.ctx, &c.run);
    sund_ctx_free(c.ctx);
    if (code == SUND_OK) return;
    assert_int_equal(code, SUND_LIMIT);
    assert_true(n < 5000);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      SUND_TEST(steps_add_up),
      SUND_TEST(coast_with_a_quay),
      SUND_TEST(coast_that_is_not_known),
      SUND_TEST(a_shoreline_alone),
      SUND_TEST(coast_columns),
      SUND_TEST(paths_under_water),
      SUND_TEST(no_paths),
      SUND_TEST(green_under_water),
      SUND_TEST(zones_of_the_sea),
      SUND_TEST(any_number_of_threads),
      SUND_TEST(memory_runs_out),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}

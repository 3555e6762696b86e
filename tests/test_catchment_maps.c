/* test_catchment_maps.c - areas of catchments (queries/catchment_maps.c) and the layer catchment_times on small worlds
 * whose answers are known. */
#include "catchment_case.h"

#define PI 3.14159265358979323846

/* Row of the layer catchments for a scenario, mode, place and bound. */
static size_t row_of(const sund_table *t, const char *scenario, const char *mode, const char *place, double minutes) {
  for (size_t r = 0; r < t->rows; r++)
    if (strcmp(sund_table_text(t, "scenario")[r], scenario) == 0 &&
        strcmp(sund_table_text(t, "mode")[r], mode) == 0 && strcmp(sund_table_text(t, "place_id")[r], place) == 0 &&
        sund_table_real(t, "minutes")[r] == minutes)
      return r;
  fail_msg("no row %s %s %s %g", scenario, mode, place, minutes);
  return 0;
}

static double area_of(const sund_shapes *s, size_t row) {
  double area = 0;
  for (size_t p = s->first_part[row]; p < s->first_part[row + 1]; p++)
    area += sund_ring_area(s->first_vertex[p + 1] - s->first_vertex[p], s->x + s->first_vertex[p],
                           s->y + s->first_vertex[p]);
  return area;
}

static bool holds(const sund_table *t, size_t row, double x, double y) {
  return sund_area_contains(t->shapes, row, DRAW_X + x, DRAW_Y + y);
}

/* Walking along one street: a band of the snap limit's width, with round ends where the leg still has its full length. */
static void test_band(void **state) {
  catchment_case c;
  case_begin(&c, *state);
  const draw_line street[] = {{0, 0, 12000, 0, 0}};
  const draw_point at[] = {{6000, 0, 1}};
  c.in.role[SUND_PATHS] = case_roads(c.ctx, 1, street);
  c.in.role[SUND_PLACES] = case_places(c.ctx, 1, at);
  c.in.role[SUND_HOMES] = draw_points(c.ctx, SUND_HOMES, 1, at);
  assert_ok(c.ctx, case_ask(&c));
  const sund_table *t = draw_layer(&c.out, "catchments");
  for (int b = 0; b < 4; b++) {
    const size_t row = row_of(t, "baseline", "walk", "p0", c.minutes[b]);
    const double reach = c.minutes[b] * 5000 / 60;
    assert_near(area_of(t->shapes, row) / ((2 * reach - 500) * 500 + PI * 250 * 250), 1, 0.005);
    assert_true(holds(t, row, 6000 + reach - 30, 0) && !holds(t, row, 6000 + reach + 30, 0));
    assert_true(holds(t, row, 6000, 235) && !holds(t, row, 6000, 265));
  }
  assert_true(draw_found(&c.out, "note", "may reach over water"));
  assert_null(draw_layer(&c.out, "catchment_times")); /* no cells asked for */
}

/* The shore cuts the band; a box around all land is water beyond it. */
static void test_water(void **state) {
  catchment_case c;
  case_begin(&c, *state);
  const draw_line street[] = {{0, 0, 12000, 0, 0}};
  const draw_point at[] = {{6000, 0, 1}};
  const draw_box land[] = {{-2000, -2000, 14000, 80}};
  const double extent[1][4] = {{DRAW_X - 2000, DRAW_Y - 2000, DRAW_X + 14000, DRAW_Y + 3000}};
  c.in.role[SUND_PATHS] = case_roads(c.ctx, 1, street);
  c.in.role[SUND_PLACES] = case_places(c.ctx, 1, at);
  c.in.role[SUND_HOMES] = draw_points(c.ctx, SUND_HOMES, 1, at);
  c.in.role[SUND_LAND] = draw_boxes(c.ctx, SUND_LAND, 1, land);
  c.in.extent[SUND_LAND] = extent;
  c.in.extents[SUND_LAND] = 1;
  assert_ok(c.ctx, case_ask(&c));
  const sund_table *t = draw_layer(&c.out, "catchments");
  const sund_shapes *s = t->shapes;
  for (size_t v = 0; v < s->vertices; v++) assert_true(s->y[v] <= DRAW_Y + 80 + 0.002);
  const size_t row = row_of(t, "baseline", "walk", "p0", 30);
  assert_true(holds(t, row, 6000, 79.9) && holds(t, row, 6000, -240));
  assert_false(draw_found(&c.out, "note", "may reach over water"));
}

/* Cars: nobody gets off on the motorway between two places. */
static void test_motorway(void **state) {
  catchment_case c;
  case_begin(&c, *state);
  const draw_line street[] = {{0, 0, 1000, 0, 0}, {1000, 0, 9000, 0, 0}, {9000, 0, 10000, 0, 0}};
  const draw_point at[] = {{100, 0, 1}};
  c.modes[0] = "car";
  sund_table *lines = case_roads(c.ctx, 3, street);
  sund_table_text(lines, "class")[1] = "motorvej";
  c.in.role[SUND_PATHS] = lines;
  c.in.role[SUND_PLACES] = case_places(c.ctx, 1, at);
  c.in.role[SUND_HOMES] = draw_points(c.ctx, SUND_HOMES, 1, at);
  assert_ok(c.ctx, case_ask(&c));
  const sund_table *t = draw_layer(&c.out, "catchments");
  const size_t row = row_of(t, "baseline", "car", "p0", 15);
  assert_true(holds(t, row, 500, 0) && holds(t, row, 9500, 0));
  assert_false(holds(t, row, 5000, 0));
}

/* Without paths: figures, no areas, and it is said. */
static void test_no_paths(void **state) {
  catchment_case c;
  case_begin(&c, *state);
  const draw_point at[] = {{0, 0, 1}};
  c.in.role[SUND_PLACES] = case_places(c.ctx, 1, at);
  c.in.role[SUND_HOMES] = draw_points(c.ctx, SUND_HOMES, 1, at);
  c.options.cell_m = 500;
  assert_ok(c.ctx, case_ask(&c));
  const sund_table *t = draw_layer(&c.out, "catchments");
  assert_int_equal(t->rows, 4);
  assert_int_equal(t->shapes->parts, 0);
  assert_true(sund_table_real(t, "persons")[0] == 1);
  assert_true(draw_found(&c.out, "note", "without paths"));
  t = draw_layer(&c.out, "catchment_times");
  assert_int_equal(t->rows, 1);
  assert_true(sund_table_real(t, "minutes")[0] == 0);
}

/* ---------------------------------------------------------------------------------------------------------- gates */

/* 500 m to the quay and 1,000 m from the other one: 6 and 12 minutes; 20 on the ferry, 5 in the tunnel. */
static void draw_shores(catchment_case *c) {
  static const char *const shut[] = {"ferry"};
  const draw_line street[] = {{0, 100, 500, 100, 0}, {5500, 100, 6500, 100, 0}};
  const draw_line crossing[] = {{500, 100, 5500, 100, 0}};
  const draw_point at[] = {{0, 100, 0}};
  const draw_point home[] = {{250, 120, 1}, {5500, 110, 10}, {6500, 110, 100}};
  c->in.role[SUND_PATHS] = case_roads(c->ctx, 2, street);
  c->in.role[SUND_PLACES] = case_places(c->ctx, 1, at);
  c->in.role[SUND_HOMES] = draw_points(c->ctx, SUND_HOMES, 3, home);
  c->in.role[SUND_GATES] = case_gate(c->ctx, crossing, "ferry", 20, "walk");
  c->variants[0] = (sund_variant){.name = "Fixed link", .gates = case_gate(c->ctx, crossing, "tunnel", 5, "walk")};
  c->variants[1] = (sund_variant){.name = "shut", .gates = c->in.role[SUND_GATES], .closed = 1, .close = shut};
  c->in.variants = 2;
}

static void test_scenarios(void **state) {
  catchment_case c;
  case_begin(&c, *state);
  draw_shores(&c);
  c.modes[1] = "bike"; /* the gates are for those who walk: bicycles reach the same in all */
  c.options.mode.count = 2;
  assert_ok(c.ctx, case_ask(&c));
  const sund_table *t = draw_layer(&c.out, "catchments");
  static const char *const scenario[] = {"baseline", "Fixed link", "shut"};
  static const double across_from[] = {30, 15, INFINITY}; /* 26, 11 minutes to the other quay */
  for (int v = 0; v < 3; v++)
    for (int b = 0; b < 4; b++) {
      const size_t row = row_of(t, scenario[v], "walk", "p0", c.minutes[b]);
      assert_true(holds(t, row, 400, 110));
      assert_int_equal(holds(t, row, 5600, 105), c.minutes[b] >= across_from[v]);
      assert_false(holds(t, row, 3000, 100)); /* nobody gets off in the middle */
      assert_false(holds(t, row_of(t, scenario[v], "bike", "p0", c.minutes[b]), 5600, 105));
    }
  /* 26 minutes to the quay: four more along the street, 333 m */
  const size_t row = row_of(t, "baseline", "walk", "p0", 30);
  assert_true(holds(t, row, 5500 + 310, 100) && !holds(t, row, 5500 + 350, 100));
}

/* ---------------------------------------------------------------------------------------------------- the cells */

static size_t cell_row(const sund_table *t, const char *cell) {
  for (size_t r = 0; r < t->rows; r++)
    if (strcmp(sund_table_text(t, "cell_id")[r], cell) == 0) return r;
  fail_msg("no cell %s", cell);
  return 0;
}

/* Minutes to cells, and what scenarios change. */
static void test_times(void **state) {
  catchment_case c;
  case_begin(&c, *state);
  draw_shores(&c);
  c.options.cell_m = 500;
  c.minutes[0] = 5, c.minutes[1] = 10, c.minutes[2] = 20, c.minutes[3] = 30;
  assert_ok(c.ctx, case_ask(&c));
  const sund_table *t = draw_layer(&c.out, "catchment_times");
  const double leg = 3.6 / 5 / 60; /* minutes a metre */
  size_t r = cell_row(t, "500m_62150_7200");
  assert_near(sund_table_real(t, "minutes")[r], 270 * leg, 0.01);
  assert_near(sund_table_real(t, "minutes_fixed_link")[r], 270 * leg, 0.01);
  assert_near(sund_table_real(t, "gain_min_fixed_link")[r], 0, 1e-9);
  assert_string_equal(sund_table_text(t, "change_fixed_link")[r], "0");
  assert_true(sund_table_real(t, "persons")[r] == 1 && isnan(sund_table_real(t, "jobs")[r]));
  r = cell_row(t, "500m_62150_7255"); /* home at the quay: 26 and 11 minutes and the leg */
  assert_near(sund_table_real(t, "minutes")[r], 26 + 10 * leg, 0.01);
  assert_near(sund_table_real(t, "minutes_fixed_link")[r], 11 + 10 * leg, 0.01);
  assert_near(sund_table_real(t, "gain_min_fixed_link")[r], 15, 0.01);
  assert_string_equal(sund_table_text(t, "change_fixed_link")[r], "-10");
  assert_true(isnan(sund_table_real(t, "minutes_shut")[r]) && isnan(sund_table_real(t, "gain_min_shut")[r]));
  assert_string_equal(sund_table_text(t, "change_shut")[r], "lost");
  r = cell_row(t, "500m_62150_7265"); /* 38 minutes by ferry: only with the tunnel */
  assert_true(isnan(sund_table_real(t, "minutes")[r]));
  assert_near(sund_table_real(t, "minutes_fixed_link")[r], 23 + 10 * leg, 0.01);
  assert_string_equal(sund_table_text(t, "change_fixed_link")[r], "new");
  assert_null(sund_table_text(t, "change_shut")[r]);
  r = cell_row(t, "500m_62150_7260"); /* nobody lives there: the street nearest to its centre, 750 m from the quay */
  assert_true(sund_table_real(t, "persons")[r] == 0);
  assert_near(sund_table_real(t, "minutes_fixed_link")[r], 11 + 750 * leg, 0.02);
  c.options.suppress = 5; /* one person is not told of, nobody is */
  assert_ok(c.ctx, case_ask(&c));
  const sund_table *less = draw_layer(&c.out, "catchment_times");
  assert_int_equal(less->rows, t->rows);
  assert_true(isnan(sund_table_real(less, "persons")[cell_row(less, "500m_62150_7200")]));
  assert_true(sund_table_real(less, "persons")[cell_row(less, "500m_62150_7255")] == 10);
  assert_true(sund_table_real(less, "persons")[cell_row(less, "500m_62150_7260")] == 0);
  for (size_t k = 0; k < t->rows; k++) /* squares of half a kilometre */
    assert_near(area_of(t->shapes, k), 250000, 1e-3);
}

/* Half of a cell's persons and jobs decide. */
static void test_median(void **state) {
  catchment_case c;
  case_begin(&c, *state);
  const draw_line street[] = {{0, 10, 5000, 10, 0}};
  const draw_point at[] = {{0, 10, 0}};
  const draw_point home[] = {{1100, 10, 10}, {1200, 10, 10}};
  const draw_point job[] = {{1300, 10, 21}, {1400, 10, 0}};
  c.in.role[SUND_PATHS] = case_roads(c.ctx, 1, street);
  c.in.role[SUND_PLACES] = case_places(c.ctx, 1, at);
  c.in.role[SUND_HOMES] = draw_points(c.ctx, SUND_HOMES, 2, home);
  c.options.cell_m = 1000;
  assert_ok(c.ctx, case_ask(&c));
  const sund_table *t = draw_layer(&c.out, "catchment_times");
  assert_near(sund_table_real(t, "minutes")[cell_row(t, "1km_6215_721")], 1100 * 0.012, 0.001);
  c.in.role[SUND_JOBS] = case_jobs(c.ctx, 2, job);
  assert_ok(c.ctx, case_ask(&c));
  t = draw_layer(&c.out, "catchment_times");
  assert_near(sund_table_real(t, "minutes")[cell_row(t, "1km_6215_721")], 1300 * 0.012, 0.001);
  assert_true(sund_table_real(t, "jobs")[cell_row(t, "1km_6215_721")] == 21);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      SUND_TEST(test_band),      SUND_TEST(test_water), SUND_TEST(test_motorway), SUND_TEST(test_no_paths),
      SUND_TEST(test_scenarios), SUND_TEST(test_times), SUND_TEST(test_median),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}

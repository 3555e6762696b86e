/* test_flood_homes.c - at which level homes get wet, by every rule, on small terrains by formula. */
#include "flood_stage.h"
#include "queries/flood_places.h"

enum { NEVER = -1 };

static sund_code ask(flood_stage *c) {
  TRY(flood_homes_measure(c->ctx, &c->run));
  return SUND_OK;
}

/* The levels of a home by all rules; NEVER = not below the cap. */
#define assert_home(home, touch, kamp, sill, median)                   \
  do {                                                                 \
    const double wanted_m[] = {(touch), (kamp), (sill), (median)};     \
    for (size_t rule = 0; rule < FLOOD_RULES; rule++) {                \
      if (wanted_m[rule] < 0) assert_true(isnan((home)->wet_m[rule])); \
      else assert_near((home)->wet_m[rule], wanted_m[rule], 1e-9);     \
    }                                                                  \
  } while (0)

/* ----------------------------------------------------------------------------------------------------------- rules */

static bool west(double x, double y) {
  (void)y;
  return x < 0;
}
static double plane(double x, double y) {
  (void)y;
  return 0.1 * x;
}
static const flood_stage_raster slope = {-10, 0, 0.5, 140, 80, plane, west, NULL, NULL};

/* A house of 10 x 10 m on a plane that rises by 0.1: touch where it is lowest, kamp a metre in front of it + 20 cm. */
static void a_house_on_a_plane(void **state) {
  flood_stage c;
  const draw_box house[] = {{20, 10, 30, 20}};
  flood_stage_begin(&c, *state);
  flood_stage_level(&c, "2.50", 2.5);
  flood_stage_level(&c, "3.00", 3);
  flood_stage_flood(&c, &slope, 5);
  c.in.role[SUND_HOMES] = draw_boxes(c.ctx, SUND_HOMES, 1, house);
  assert_ok(c.ctx, ask(&c));
  const flood_home *home = c.run.home;
  /* centres of its cells from 20.25 to 29.75; those within 1 m from 19.25 */
  assert_home(home, 2.025, 1.925 + 0.2, 2.025 + 0.3, 0.1 * 24.75);
  assert_near(home->ground_m, 2.025, 1e-9);
  assert_int_equal(home->site, 0);
  assert_false(home->lifted);
  assert_int_equal(home->wet[0], 1);
  assert_int_equal(home->wet[1], 1);
  assert_near(home->zone_m[0], 2.025, 1e-9);
  double x, y;
  sund_lattice_centre(&c.site[0].spec->lattice, home->cell, &x, &y);
  assert_near(x, DRAW_X + 20.25, 1e-6); /* westernmost: lowest; northernmost of these */
  assert_near(y, DRAW_Y + 19.75, 1e-6);
}

static void the_rule_asked_for_decides(void **state) {
  const double wanted[] = {2.025, 2.125, 2.325, 2.475}, at[] = {20.25, 19.25, 20.25, 24.75};
  for (flood_rule rule = 0; rule < FLOOD_RULES; rule++) {
    flood_stage c;
    const draw_box house[] = {{20, 10, 30, 20}};
    flood_stage_begin(&c, *state);
    flood_stage_level(&c, "2.20", 2.2);
    flood_stage_flood(&c, &slope, 5);
    c.run.rule = rule;
    c.in.role[SUND_HOMES] = draw_boxes(c.ctx, SUND_HOMES, 1, house);
    assert_ok(c.ctx, ask(&c));
    double x, y;
    sund_lattice_centre(&c.site[0].spec->lattice, c.run.home->cell, &x, &y);
    assert_near(x, DRAW_X + at[rule], 1e-6);
    assert_near(c.run.home->zone_m[0], wanted[rule], 1e-9);
    assert_int_equal(c.run.home->wet[0], wanted[rule] <= 2.2);
  }
}

/* Points stand on their cell; a shed between the centres too; who lies higher than the cap never gets wet. */
static void points_and_small_houses(void **state) {
  flood_stage c;
  const draw_point point[] = {{20.1, 10.1, 1}, {0.3, 30.2, 1}, {55.1, 5.1, 1}};
  const draw_box shed[] = {{20.3, 10.3, 20.45, 10.45}};
  flood_stage_begin(&c, *state);
  flood_stage_level(&c, "2.00", 2);
  flood_stage_flood(&c, &slope, 5);
  c.in.role[SUND_HOMES] = draw_points(c.ctx, SUND_HOMES, 3, point);
  assert_ok(c.ctx, ask(&c));
  assert_home(&c.run.home[0], 2.025, 1.925 + 0.2, 2.325, 2.025);
  assert_home(&c.run.home[1], 0.025, 0.025 + 0.2, 0.325, 0.025); /* the sea within 1 m does not count */
  assert_home(&c.run.home[2], NEVER, NEVER, NEVER, NEVER);
  assert_near(c.run.home[2].ground_m, 5.525, 1e-9);
  c.in.role[SUND_HOMES] = draw_boxes(c.ctx, SUND_HOMES, 1, shed);
  assert_ok(c.ctx, ask(&c));
  assert_home(&c.run.home[0], 2.025, 1.975 + 0.2, 2.325, 2.025);
}

/* ------------------------------------------------------------------------------------------------ behind a wall */

/* Low ground of 0.5 m behind a wall of 2 m along x = 10. */
static double polder(double x, double y) {
  (void)y;
  return x < 0 ? -1 : x > 10 && x < 12 ? 2 : x > 12 ? 0.5 : 0.2;
}

static void behind_a_wall(void **state) {
  flood_stage c;
  const draw_point point[] = {{20.5, 10.5, 1}, {5.5, 10.5, 1}};
  const flood_stage_raster raster = {-10, 0, 1, 50, 40, polder, west, NULL, NULL};
  flood_stage_begin(&c, *state);
  flood_stage_level(&c, "1.00", 1);
  flood_stage_level(&c, "2.00", 2);
  flood_stage_flood(&c, &raster, 5);
  c.in.role[SUND_HOMES] = draw_points(c.ctx, SUND_HOMES, 2, point);
  assert_ok(c.ctx, ask(&c));
  assert_home(&c.run.home[0], 2, 2, 2, 2); /* deep at once: no rule asks for more */
  assert_near(c.run.home[0].ground_m, 0.5, 1e-9);
  assert_int_equal(c.run.home[0].wet[0], 0);
  assert_int_equal(c.run.home[0].wet[1], 1);
  assert_home(&c.run.home[1], 0.2, 0.4, 0.5, 0.2);
}

/* After the wall is cut and after it stands again, every home has the answers of a run of its own. */
static void again_after_a_change(void **state) {
  flood_stage c;
  const draw_point point[] = {{20.5, 10.5, 1}, {5.5, 10.5, 1}};
  const flood_stage_raster raster = {-10, 0, 1, 50, 40, polder, west, NULL, NULL};
  flood_stage_begin(&c, *state);
  flood_stage_level(&c, "1.00", 1);
  flood_stage_flood(&c, &raster, 5);
  c.in.role[SUND_HOMES] = draw_points(c.ctx, SUND_HOMES, 2, point);
  assert_ok(c.ctx, ask(&c));
  sund_cell cut[] = {{20, 7}, {21, 7}};
  uint16_t deep[] = {sund_flood_raw(c.site[0].spec, 0.9), sund_flood_raw(c.site[0].spec, 0.8)};
  sund_flood_edit edit = {2, cut, deep, NULL}, before;
  assert_ok(c.ctx, sund_flood_change(c.ctx, c.site[0].flood, &edit, &before));
  flood_home home[2];
  assert_ok(c.ctx, flood_homes_again(c.ctx, &c.run, home));
  assert_home(&home[0], 0.9, 0.9, 0.9, 0.9);
  assert_int_equal(home[0].wet[0], 1);
  assert_home(&home[1], 0.2, 0.4, 0.5, 0.2);
  assert_home(&c.run.home[0], 2, 2, 2, 2); /* those of the run stay */
  assert_ok(c.ctx, sund_flood_change(c.ctx, c.site[0].flood, &before, NULL));
  assert_ok(c.ctx, flood_homes_again(c.ctx, &c.run, home));
  assert_home(&home[0], 2, 2, 2, 2);
}

/* ---------------------------------------------------------------------------------------------------------- lifted */

static bool within(double x, double y, double x0, double y0, double x1, double y1) {
  return x > x0 && x < x1 && y > y0 && y < y1;
}

/* Buildings at 300 m on the plane: one alone, a row of three that hang together, one at the raster's edge; one of
 * 410 m across; and at x = 40 .. 50 one that was cut out. */
static double town(double x, double y) {
  if (within(x, y, 20, 10, 30, 20) || within(x, y, 10, 30, 40, 36) || within(x, y, 20, -1, 30, 4)) return 300;
  if (within(x, y, 10, 50, 420, 60)) return 300;
  if (within(x, y, 40, 10, 50, 20)) return NAN;
  return plane(x, y);
}
static const flood_stage_raster town_raster = {-10, 0, 1, 450, 70, town, west, NULL, NULL};

static void buildings_that_are_lifted(void **state) {
  flood_stage c;
  const draw_box house[] = {{20, 10, 30, 20},   {20, 30, 30, 36}, {20, 0, 30, 4},
                            {130, 50, 140, 60}, {40, 10, 50, 20}, {60, 10, 62, 12}};
  flood_stage_begin(&c, *state);
  flood_stage_level(&c, "2.00", 2);
  flood_stage_flood(&c, &town_raster, 8);
  c.in.role[SUND_HOMES] = draw_boxes(c.ctx, SUND_HOMES, 6, house);
  assert_ok(c.ctx, ask(&c));
  const flood_home *home = c.run.home;
  /* the ring: centres from 19.5 to 30.5, 36 of its 44 cells beside and the rest at its sides */
  assert_int_equal(home[0].lifted, 1);
  assert_home(&home[0], 1.95, 2.15, 2.25, 2.45);
  assert_near(home[0].ground_m, 1.95, 1e-9);
  /* the middle house of a row: the ground along its own walls, not at the row's end; corners of the neighbours too */
  assert_int_equal(home[1].lifted, 1);
  assert_near(home[1].wet_m[FLOOD_TOUCH], 1.85, 1e-9);
  /* no ring to the south; too large */
  assert_int_equal(home[2].lifted, 0);
  assert_home(&home[2], NEVER, 2.15, NEVER, NEVER); /* within 1 m there is ground */
  assert_int_equal(home[3].lifted, 0);
  assert_home(&home[3], NEVER, NEVER, NEVER, NEVER);
  assert_int_equal(home[4].lifted, 1);
  assert_home(&home[4], 3.95, 4.15, 4.25, 4.45);
  assert_int_equal(home[4].site, 0);
  assert_int_equal(home[5].lifted, 0);
  assert_true(draw_found(&c.out, "note", "3 homes with 3 persons stand on buildings that the terrain lifts"));
  assert_false(draw_found(&c.out, "warning", "no height"));
}

/* Address points on the same buildings: all ground around the building is beside them. */
static void points_on_lifted_buildings(void **state) {
  flood_stage c;
  const draw_point point[] = {{25.2, 15.2, 2}, {38.5, 32.5, 3}, {45.5, 15.5, 4}};
  flood_stage_begin(&c, *state);
  flood_stage_level(&c, "2.00", 2);
  flood_stage_flood(&c, &town_raster, 8);
  c.in.role[SUND_HOMES] = draw_points(c.ctx, SUND_HOMES, 3, point);
  assert_ok(c.ctx, ask(&c));
  for (size_t i = 0; i < 3; i++) assert_int_equal(c.run.home[i].lifted, 1);
  assert_near(c.run.home[0].wet_m[FLOOD_TOUCH], 1.95, 1e-9);
  assert_near(c.run.home[1].wet_m[FLOOD_TOUCH], 0.95, 1e-9);
  assert_near(c.run.home[2].wet_m[FLOOD_TOUCH], 3.95, 1e-9);
}

/* A footprint drawn half a metre off the building it belongs to: its low cells do not hide that it is lifted. */
static void footprints_beside_their_building(void **state) {
  flood_stage c;
  const draw_box house[] = {{18, 10, 28, 20}};
  flood_stage_begin(&c, *state);
  flood_stage_flood(&c, &town_raster, 8);
  c.in.role[SUND_HOMES] = draw_boxes(c.ctx, SUND_HOMES, 1, house);
  assert_ok(c.ctx, ask(&c));
  assert_int_equal(c.run.home[0].lifted, 1);
  assert_near(c.run.home[0].wet_m[FLOOD_TOUCH], 1.85, 1e-9);
  assert_true(!isnan(c.run.home[0].wet_m[FLOOD_MEDIAN]));
}

/* Hills are no buildings: a cone of 1 in 1, a mesa with a ramp, a steep islet, a small hill on large cells. */
static double hills(double x, double y) {
  const double r = hypot(x - 60, y - 60), mesa = hypot(x - 160, y - 60);
  if (r < 40) return 3 + (40 - r);
  if (mesa < 30) return 40;
  if (mesa < 45 && x > 160 && fabs(y - 60) < 3) return 40 - (mesa - 30) * 2.4;
  return 3;
}
static double knoll(double x, double y) {
  return fabs(x - 525) < 25 && fabs(y - 525) < 25 ? 16 : 3;
}

static void hills_are_no_buildings(void **state) {
  flood_stage c;
  const draw_point point[] = {{60.5, 60.5, 1}, {55.5, 70.5, 1}, {160.5, 60.5, 1}};
  const flood_stage_raster raster = {-10, 0, 1, 230, 120, hills, west, NULL, NULL};
  flood_stage_begin(&c, *state);
  flood_stage_flood(&c, &raster, 8);
  c.in.role[SUND_HOMES] = draw_points(c.ctx, SUND_HOMES, 3, point);
  assert_ok(c.ctx, ask(&c));
  for (size_t i = 0; i < 3; i++) {
    assert_int_equal(c.run.home[i].lifted, 0);
    assert_home(&c.run.home[i], NEVER, NEVER, NEVER, NEVER);
  }
  /* 13 m in one cell of 50 m is a slope of 1 in 4 */
  flood_stage_begin(&c, *state);
  const draw_point top[] = {{520, 530, 1}};
  const flood_stage_raster coarse = {-100, 0, 50, 24, 24, knoll, west, NULL, NULL};
  flood_stage_flood(&c, &coarse, 8);
  c.in.role[SUND_HOMES] = draw_points(c.ctx, SUND_HOMES, 1, top);
  assert_ok(c.ctx, ask(&c));
  assert_int_equal(c.run.home[0].lifted, 0);
}

/* A house on a rock in the sea whose bed is known: it gets wet at its own height. */
static double skerry(double x, double y) {
  return within(x, y, 20, 20, 40, 40) ? 7 : -5;
}
static bool off_the_rock(double x, double y) {
  return skerry(x, y) < 0;
}

static void rocks_are_no_buildings(void **state) {
  flood_stage c;
  const draw_point point[] = {{30.5, 30.5, 1}};
  const flood_stage_raster raster = {0, 0, 1, 60, 60, skerry, off_the_rock, NULL, NULL};
  flood_stage_begin(&c, *state);
  flood_stage_flood(&c, &raster, 8);
  c.in.role[SUND_HOMES] = draw_points(c.ctx, SUND_HOMES, 1, point);
  assert_ok(c.ctx, ask(&c));
  assert_int_equal(c.run.home[0].lifted, 0);
  assert_home(&c.run.home[0], 7, 7.2, 7.3, 7);
}

/* -------------------------------------------------------------------------------------------------- no terrain, sites */

static double half_known(double x, double y) {
  (void)y;
  return x < 30 ? plane(x, y) : NAN;
}

static void no_terrain(void **state) {
  flood_stage c;
  const draw_point point[] = {{20.1, 10.1, 1}, {50.1, 10.1, 2.5}, {5000, 10, 3}};
  const flood_stage_raster raster = {-10, 0, 0.5, 600, 80, half_known, west, NULL, NULL};
  flood_stage_begin(&c, *state);
  flood_stage_level(&c, "2.00", 2);
  flood_stage_flood(&c, &raster, 5);
  c.in.role[SUND_HOMES] = draw_points(c.ctx, SUND_HOMES, 3, point);
  assert_ok(c.ctx, ask(&c));
  assert_int_equal(c.run.home[0].site, 0);
  for (size_t i = 1; i < 3; i++) {
    assert_true(c.run.home[i].site == SIZE_MAX);
    assert_home(&c.run.home[i], NEVER, NEVER, NEVER, NEVER);
    assert_true(isnan(c.run.home[i].ground_m));
    assert_true(isnan(c.run.home[i].zone_m[0]));
    assert_int_equal(c.run.home[i].wet[0], 0);
  }
  assert_true(draw_found(&c.out, "warning", "2 homes with 6 persons stand where no height of the ground is known"));
}

static double higher(double x, double y) {
  return plane(x, y) + 1;
}

/* Two terrains: each home is asked on the first one that knows it, in the results' heights. */
static void two_terrains(void **state) {
  flood_stage c;
  const draw_point point[] = {{20.1, 10.1, 1}, {40.1, 10.1, 1}};
  const flood_stage_raster first = {-10, 0, 0.5, 600, 80, half_known, west, NULL, NULL},
                           second = {-10, 0, 1, 200, 80, higher, west, NULL, NULL};
  flood_stage_begin(&c, *state);
  flood_stage_level(&c, "5.00", 5);
  flood_stage_flood(&c, &first, 6);
  flood_stage_flood(&c, &second, 6);
  c.site[1].up_m = 0.015;
  c.in.role[SUND_HOMES] = draw_points(c.ctx, SUND_HOMES, 2, point);
  assert_ok(c.ctx, ask(&c));
  assert_int_equal(c.run.home[0].site, 0);
  assert_int_equal(c.run.home[1].site, 1);
  assert_near(c.run.home[0].wet_m[FLOOD_TOUCH], 2.025, 1e-9);
  assert_near(c.run.home[1].wet_m[FLOOD_TOUCH], 4.05 + 1 + 0.015, 1e-9);
}

/* A terrain in Sweden's CRS, turned by some degrees against the drawing: houses are brought to it. */
static void another_crs(void **state) {
  flood_stage c;
  const draw_box house[] = {{30, 30, 40, 40}, {35, 60, 50, 65}};
  const flood_stage_raster raster = {-10, -20, 0.5, 200, 240, plane, west, NULL, "EPSG:3006"};
  flood_stage_begin(&c, *state);
  flood_stage_flood(&c, &raster, 9);
  c.in.role[SUND_HOMES] = draw_boxes(c.ctx, SUND_HOMES, 2, house);
  assert_ok(c.ctx, ask(&c));
  double origin_x, origin_y;
  flood_site site;
  flood_stage_crs(&c, "EPSG:3006", &site, &origin_x, &origin_y);
  for (size_t i = 0; i < 2; i++) {
    double least = INFINITY, straight = INFINITY;
    for (size_t v = 5 * i; v < 5 * i + 5; v++) {
      double x = c.in.role[SUND_HOMES]->shapes->x[v], y = c.in.role[SUND_HOMES]->shapes->y[v];
      straight = fmin(straight, x - DRAW_X);
      assert_ok(c.ctx, sund_op_apply(c.ctx, site.to_raster, 1, &x, &y, NULL));
      least = fmin(least, x - origin_x);
    }
    assert_true(fabs(least - straight) > 0.8); /* so it matters */
    assert_near(c.run.home[i].wet_m[FLOOD_TOUCH], 0.1 * least, 0.1 * 0.5);
    assert_int_equal(c.run.home[i].site, 0);
  }
}

/* ----------------------------------------------------------------------------------------------------------- zones */

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

/* A house across a ridge between two parts of the sea; at the event one of them stands at 0.5, the other at 2 m. */
static void zones_are_respected(void **state) {
  const bool wanted[FLOOD_RULES] = {true, true, true, true};
  for (flood_rule rule = 0; rule < FLOOD_RULES; rule++) {
    flood_stage c;
    const draw_box house[] = {{10, 10, 30, 20}, {10, 10, 15, 20}, {25, 10, 30, 20}, {14, 10, 28, 20}};
    const flood_stage_raster raster = {-10, 0, 1, 60, 40, ridge, both_sides, side, NULL};
    flood_stage_begin(&c, *state);
    c.run.levels.zones = 2;
    flood_stage_level(&c, "storm", 2);
    flood_stage_level(&c, "surge", 1.8);
    c.level_m[0][0] = 0.5;
    c.level_m[0][1] = 2;
    flood_stage_flood(&c, &raster, 6);
    c.run.rule = rule;
    c.in.role[SUND_HOMES] = draw_boxes(c.ctx, SUND_HOMES, 4, house);
    assert_ok(c.ctx, ask(&c));
    const flood_home *home = c.run.home;
    assert_int_equal(home[0].wet[1], wanted[rule]);
    assert_int_equal(home[1].wet[0], 0); /* west of the ridge: only its own sea is too low */
    assert_int_equal(home[1].wet[1], 1);
    assert_int_equal(home[2].wet[0], 1);
    if (rule == FLOOD_MEDIAN) {
      assert_int_equal(home[0].wet[0], 0); /* 9 of its 20 columns */
      assert_int_equal(home[3].wet[0], 1); /* 7 of 14: at least half */
      assert_near(home[0].zone_m[0], 3, 1e-9);
      assert_near(home[0].wet_m[rule], 1, 1e-9); /* both seas together */
    }
  }
}

/* ----------------------------------------------------------------------------------------------------------- random */

static uint64_t noise_seed;
static double noise(double x, double y) {
  uint64_t seed = noise_seed + (uint64_t)((x + 100) * 2) * 1000003u + (uint64_t)((y + 100) * 2) * 7919u;
  support_random(&seed);
  return x < 2 ? -1 : floor(support_uniform(&seed, 0, 40)) / 10;
}

/* Distance of a point to a polygon; 0 inside. */
static double away(const sund_shapes *s, size_t row, double x, double y) {
  double nearest = INFINITY, share;
  if (sund_area_contains(s, row, x, y)) return 0;
  for (size_t v = s->first_vertex[row]; v + 1 < s->first_vertex[row + 1]; v++)
    nearest = fmin(nearest, sund_segment_nearest(x, y, s->x[v], s->y[v], s->x[v + 1], s->y[v + 1], &share));
  return nearest;
}

static int by_raw(const void *a, const void *b) {
  return (int)*(const uint16_t *)a - (int)*(const uint16_t *)b;
}

/* The rules word by word, over every cell of the raster. */
static void by_hand(const flood_stage *c, const sund_shapes *s, size_t row, double out[FLOOD_RULES]) {
  const flood_site *site = c->site;
  const sund_lattice *l = &site->spec->lattice;
  uint16_t wet[2000], ground = SUND_NEVER, touch = SUND_NEVER;
  uint32_t kamp = UINT32_MAX;
  size_t n = 0;
  for (uint32_t r = 0; r < l->rows; r++)
    for (uint32_t k = 0; k < l->columns; k++) {
      const sund_cell cell = {k, r};
      const uint16_t g = sund_flood_ground(site->flood, cell), w = sund_flood_wet(site->flood, SUND_ANY_ZONE, cell);
      double x, y, scale_low, scale_high;
      sund_lattice_centre(l, cell, &x, &y);
      sund_ground_scale(site->ground, &scale_low, &scale_high);
      const double metres = away(s, row, x, y);
      if (metres <= (scale_low + scale_high) / 2) {
        const uint32_t level = w > g + 200 ? w : g + 200u;
        if (level < kamp) kamp = level;
      }
      if (metres > 0) continue;
      wet[n++] = w;
      if (g < ground) ground = g;
      if (w < touch) touch = w;
    }
  assert_true(n > 0);
  qsort(wet, n, sizeof *wet, by_raw);
  const uint32_t raw[] = {touch, kamp, touch > ground + 300 ? touch : ground + 300u, wet[(n + 1) / 2 - 1]};
  for (size_t rule = 0; rule < FLOOD_RULES; rule++)
    out[rule] = raw[rule] > site->spec->cap ? NEVER : sund_flood_metres(site->spec, (uint16_t)raw[rule]);
}

enum { HOUSES = 40 };

/* Triangles turned any way. */
static sund_table *triangles(sund_ctx *ctx, uint64_t *seed) {
  sund_table *table = draw_table(ctx, SUND_HOMES, SUND_AREA, HOUSES);
  assert_ok(ctx, sund_shapes_new(ctx, SUND_AREA, HOUSES, HOUSES, 4 * HOUSES, &table->shapes));
  sund_shapes *s = table->shapes;
  for (size_t i = 0; i < HOUSES; i++) {
    const double x = support_uniform(seed, 6, 30), y = support_uniform(seed, 6, 30);
    for (size_t k = 0; k < 3; k++) {
      const double turn = 2.1 * (double)k + support_uniform(seed, 0, 1);
      s->x[4 * i + k] = DRAW_X + x + support_uniform(seed, 1.5, 5) * cos(turn);
      s->y[4 * i + k] = DRAW_Y + y + support_uniform(seed, 1.5, 5) * sin(turn);
    }
    s->x[4 * i + 3] = s->x[4 * i], s->y[4 * i + 3] = s->y[4 * i];
    s->first_part[i + 1] = i + 1, s->first_vertex[i + 1] = 4 * (i + 1);
  }
  return table;
}

static bool near_west(double x, double y) {
  (void)y;
  return x < 1;
}

static void random_houses(void **state) {
  uint64_t seed = support_seed();
  for (int round = 0; round < 5; round++) {
    flood_stage c, other;
    const flood_stage_raster raster = {0, 0, 0.5, 72, 72, noise, near_west, NULL, NULL};
    noise_seed = seed + (uint64_t)round;
    flood_stage_begin(&c, *state);
    flood_stage_level(&c, "1.00", 1);
    flood_stage_level(&c, "1.50", 1.5);
    flood_stage_flood(&c, &raster, 1.9);
    c.in.role[SUND_HOMES] = triangles(c.ctx, &seed);
    sund_ctx_threads(c.ctx, 1);
    assert_ok(c.ctx, ask(&c));
    other = c;
    other.run.in = &other.in, other.run.out = &other.out;
    other.run.home = sund_alloc(c.ctx, HOUSES, sizeof *other.run.home);
    sund_ctx_threads(c.ctx, 4);
    assert_ok(c.ctx, flood_homes_again(c.ctx, &other.run, other.run.home));
    for (size_t i = 0; i < HOUSES; i++) {
      double wanted[FLOOD_RULES];
      by_hand(&c, c.in.role[SUND_HOMES]->shapes, i, wanted);
      for (size_t rule = 0; rule < FLOOD_RULES; rule++) {
        const double got = isnan(c.run.home[i].wet_m[rule]) ? NEVER : c.run.home[i].wet_m[rule];
        if (fabs(got - wanted[rule]) > 1e-9)
          fail_msg("seed %llu round %d house %zu rule %zu: %g, not %g", (unsigned long long)support_seed(), round, i,
                   rule, got, wanted[rule]);
      }
      for (size_t l = 0; l < 2; l++)
        assert_int_equal(c.run.home[i].wet[l],
                         wanted[FLOOD_TOUCH] >= 0 && wanted[FLOOD_TOUCH] <= 1 + 0.5 * (double)l);
      assert_memory_equal(c.run.home[i].wet_m, other.run.home[i].wet_m, sizeof c.run.home[i].wet_m);
      assert_int_equal(c.run.home[i].cell.row, other.run.home[i].cell.row);
      assert_int_equal(c.run.home[i].cell.column, other.run.home[i].cell.column);
    }
  }
}

enum { MANY = 3000 };

/* More homes than a thread takes at a time, some of them lifted, cut out or beyond the terrain. */
static void any_number_of_threads(void **state) {
  static draw_box house[MANY];
  flood_stage c[2];
  uint64_t seed = support_seed();
  for (size_t i = 0; i < MANY; i++) {
    const double x = support_uniform(&seed, -5, 470), y = support_uniform(&seed, 0, 60);
    house[i] = (draw_box){x, y, x + support_uniform(&seed, 0.2, 8), y + support_uniform(&seed, 0.2, 8)};
  }
  for (int k = 0; k < 2; k++) {
    flood_stage_begin(&c[k], *state);
    flood_stage_level(&c[k], "2.00", 2);
    sund_ctx_threads(*state, k ? 4 : 1);
    flood_stage_flood(&c[k], &town_raster, 8);
    c[k].in.role[SUND_HOMES] = draw_boxes(*state, SUND_HOMES, MANY, house);
    assert_ok(*state, ask(&c[k]));
  }
  size_t lifted = 0, beyond = 0;
  for (size_t i = 0; i < MANY; i++) {
    const flood_home *a = &c[0].run.home[i], *b = &c[1].run.home[i];
    assert_memory_equal(a->wet_m, b->wet_m, sizeof a->wet_m);
    assert_memory_equal(&a->cell, &b->cell, sizeof a->cell);
    assert_int_equal(a->wet[0], b->wet[0]);
    assert_true(a->lifted == b->lifted && a->site == b->site);
    lifted += a->lifted, beyond += a->site == SIZE_MAX;
  }
  assert_true(lifted > 50 && beyond > 50);
}

/* ---------------------------------------------------------------------------------------------------------- report */

static const sund_indicator *indicator(const flood_stage *c, const char *name, const char *variant, size_t area) {
  for (size_t i = 0; i < c->out.indicators; i++)
    if (strcmp(c->out.indicator[i].indicator, name) == 0 && strcmp(c->out.indicator[i].variant, variant) == 0 &&
        c->out.indicator[i].area == area)
      return &c->out.indicator[i];
  fail_msg("no %s %s", name, variant);
  return NULL;
}

static void what_is_reported(void **state) {
  flood_stage c;
  const draw_point point[] = {{5.1, 10.1, 1}, {15.1, 10.1, 2}, {25.1, 10.1, 4}, {300, 10, 8}};
  const draw_box area[] = {{-10, 0, 20, 40}, {20, 0, 400, 40}, {1000, 0, 1100, 40}, {250, 0, 400, 40}};
  flood_stage_begin(&c, *state);
  flood_stage_level(&c, "1.00", 1);
  flood_stage_level(&c, "2.00", 2);
  flood_stage_flood(&c, &slope, 5);
  c.in.role[SUND_HOMES] = draw_points(c.ctx, SUND_HOMES, 4, point);
  c.in.role[SUND_AREAS] = draw_areas(c.ctx, 4, area);
  sund_table_text(c.in.role[SUND_AREAS], "level")[3] = "district";
  assert_ok(c.ctx, ask(&c));
  assert_ok(c.ctx, flood_homes_report(c.ctx, &c.run));
  assert_near(indicator(&c, "flood.homes", "1.00", 0)->value, 1, 0);
  assert_near(indicator(&c, "flood.homes", "2.00", 0)->value, 2, 0);
  assert_near(indicator(&c, "flood.persons", "2.00", 0)->value, 3, 0);
  assert_near(indicator(&c, "flood.persons", "2.00", 0)->base, 3, 0);
  assert_near(indicator(&c, "flood.persons", "2.00", 1)->value, 0, 0);
  assert_near(indicator(&c, "flood.persons", "2.00", 1)->base, 12, 0);
  assert_near(indicator(&c, "flood.persons", "2.00", 2)->value, 0, 0);
  const sund_indicator *row = indicator(&c, "flood.persons", "2.00", 3);
  assert_true(isnan(row->value) && row->low == 0 && row->high == 8 && row->base == 8); /* no terrain there */
  row = indicator(&c, "flood.persons", "2.00", 1);
  assert_true(row->low == 0 && row->high >= 8); /* of one home nothing is known */
  assert_string_equal(row->unit, "persons");
  assert_string_equal(row->method, c.run.method);
  const sund_table *table = draw_layer(&c.out, "flood_homes");
  assert_int_equal(table->rows, 4);
  assert_string_equal(sund_table_text(table, "home_id")[2], "3");
  assert_string_equal(sund_table_text(table, "area_id")[1], "a");
  assert_string_equal(sund_table_text(table, "rule")[1], "touch");
  assert_near(sund_table_real(table, "first_wet_m")[1], 1.525, 1e-9);
  assert_near(sund_table_real(table, "first_wet_kamp_m")[1], 1.425 + 0.2, 1e-9);
  assert_near(sund_table_real(table, "ground_m")[1], 1.525, 1e-9);
  assert_true(isnan(sund_table_real(table, "first_wet_m")[3]));
  assert_int_equal(sund_table_int(table, "wet_1_00")[0], 1);
  assert_int_equal(sund_table_int(table, "wet_1_00")[1], 0);
  assert_int_equal(sund_table_int(table, "wet_2_00")[1], 1);
  assert_true(sund_table_int(table, "wet_2_00")[3] == SUND_NULL_INT);
  assert_true(isnan(sund_table_real(table, "p_2_00")[3]));
  assert_null(sund_table_text(table, "says_2_00")[3]);
  assert_null(sund_table_text(table, "saddle_id")[0]);
}

/* Two terrains on two parts of the sea. An event of one of them says nothing of homes at the other, wherever they
 * stand, which is not the same as dry. */
static size_t shore(double x, double y) {
  (void)y;
  return x > 80;
}
static bool outer(double x, double y) {
  (void)y;
  return x < 0 || x > 160;
}
static double two_slopes(double x, double y) {
  (void)y;
  return 0.1 * (x < 80 ? x : 160 - x);
}

static void events_of_another_sea(void **state) {
  flood_stage c;
  const flood_stage_raster first = {-10, 0, 1, 70, 40, two_slopes, outer, shore, NULL},
                           second = {100, 0, 1, 70, 40, two_slopes, outer, shore, NULL};
  /* a wet and a dry one on each side, one without terrain */
  const draw_point point[] = {{5.5, 9.5, 1}, {45.5, 9.5, 2}, {154.5, 9.5, 4}, {114.5, 9.5, 8}, {80.5, 9.5, 16}};
  const draw_box area[] = {{-10, 0, 60, 40}, {100, 0, 170, 40}, {60, 0, 100, 40}, {-10, 0, 170, 40}};
  const char *const event[] = {"first", "second"};
  flood_stage_begin(&c, *state);
  c.run.levels.zones = 2;
  flood_stage_level(&c, "2.00", 2);
  for (size_t e = 0; e < 2; e++) {
    flood_stage_level(&c, event[e], 2);
    c.level_m[1 + e][1 - e] = NAN;
    c.level[1 + e].event = true;
  }
  flood_stage_flood(&c, &first, 6);
  flood_stage_flood(&c, &second, 6);
  c.site[0].has_zone = (bool[]){true, false};
  c.site[1].has_zone = (bool[]){false, true};
  c.in.role[SUND_HOMES] = draw_points(c.ctx, SUND_HOMES, 5, point);
  c.in.role[SUND_AREAS] = draw_areas(c.ctx, 4, area);
  sund_table_text(c.in.role[SUND_AREAS], "level")[3] = "region";
  assert_ok(c.ctx, ask(&c));
  assert_ok(c.ctx, flood_homes_report(c.ctx, &c.run));
  const sund_table *table = draw_layer(&c.out, "flood_homes");
  for (size_t i = 0; i < 5; i++) {
    const char *const columns[][3] = {{"wet_2_00", "p_2_00", "says_2_00"},
                                      {"wet_first", "p_first", "says_first"},
                                      {"wet_second", "p_second", "says_second"}};
    for (size_t l = 0; l < 3; l++) {
      const bool known = i < 4 && (l == 0 || l - 1 == i / 2);
      const int64_t wet = sund_table_int(table, columns[l][0])[i];
      const double odds = sund_table_real(table, columns[l][1])[i];
      const char *says = sund_table_text(table, columns[l][2])[i];
      assert_true(wet == (known ? i % 2 == 0 : SUND_NULL_INT));
      assert_true(known ? odds == (i % 2 == 0) : isnan(odds));
      if (known) assert_string_equal(says, i % 2 == 0 ? "wet" : "dry");
      else assert_null(says);
    }
    assert_true(i == 4 || !isnan(sund_table_real(table, "first_wet_m")[i]));
  }
  for (size_t e = 0; e < 2; e++) {
    const double here = e ? 4 : 1, all_here = e ? 12 : 3;
    const sund_indicator *row = indicator(&c, "flood.persons", event[e], e);
    assert_true(row->value == here && row->low == here && row->high == here && row->base == all_here);
    row = indicator(&c, "flood.persons", event[e], 1 - e);
    assert_true(isnan(row->value) && row->high == row->base && row->base == 15 - all_here);
    assert_true(isnan(indicator(&c, "flood.homes", event[e], 1 - e)->value));
    assert_true(isnan(indicator(&c, "flood.homes", event[e], 2)->value)); /* no terrain */
    row = indicator(&c, "flood.persons", event[e], 3);
    assert_true(row->value == here && row->low == here && row->high == 31 - (all_here - here) && row->base == 31);
    row = indicator(&c, "flood.persons", "2.00", 3);
    assert_true(row->value == 5 && row->low == 5 && row->high == 5 + 16);
  }
}

/* A census cell is spread: its pieces together are one home. */
static void census_cells(void **state) {
  flood_stage c;
  const draw_box cell[] = {{0, 0, 400, 400}};
  const flood_stage_raster raster = {-100, -50, 5, 120, 100, plane, west, NULL, NULL};
  flood_stage_begin(&c, *state);
  flood_stage_level(&c, "20.00", 20.25);
  flood_stage_flood(&c, &raster, 30);
  c.in.role[SUND_HOMES] = draw_boxes(c.ctx, SUND_HOMES, 1, cell);
  sund_table_real(c.in.role[SUND_HOMES], "persons")[0] = 80;
  assert_ok(c.ctx, ask(&c));
  assert_ok(c.ctx, flood_homes_report(c.ctx, &c.run));
  assert_int_equal(c.run.homes->count, 64);
  assert_near(indicator(&c, "flood.homes", "20.00", SIZE_MAX)->value, 0.5, 1e-9);
  assert_near(indicator(&c, "flood.homes", "20.00", SIZE_MAX)->base, 1, 1e-9);
  assert_near(indicator(&c, "flood.persons", "20.00", SIZE_MAX)->value, 40, 1e-6);
}

static void without_homes(void **state) {
  flood_stage c;
  flood_stage_begin(&c, *state);
  flood_stage_flood(&c, &slope, 5);
  assert_ok(c.ctx, ask(&c));
  assert_ok(c.ctx, flood_homes_report(c.ctx, &c.run));
  assert_null(c.run.homes);
  assert_int_equal(c.out.layers, 0);
  assert_int_equal(c.out.indicators, 0);
}

static void memory_runs_out(void **state) {
  (void)state;
  for (size_t n = 1;; n += 1 + n / 12) {
    flood_stage c;
    const draw_box house[] = {{20, 10, 30, 20}, {40, 10, 50, 20}};
    flood_stage_begin(&c, sund_ctx_new());
    flood_stage_level(&c, "2.00", 2);
    flood_stage_flood(&c, &town_raster, 8);
    c.in.role[SUND_HOMES] = draw_boxes(c.ctx, SUND_HOMES, 2, house);
    sund_ctx_threads(c.ctx, 1);
    sund_ctx_fail_alloc(c.ctx, n);
    sund_code code = ask(&c);
    if (code == SUND_OK) code = flood_homes_report(c.ctx, &c.run);
    sund_ctx_free(c.ctx);
    if (code == SUND_OK) return;
    assert_int_equal(code, SUND_LIMIT);
    assert_true(n < 5000);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      SUND_TEST(a_house_on_a_plane),
      SUND_TEST(the_rule_asked_for_decides),
      SUND_TEST(points_and_small_houses),
      SUND_TEST(behind_a_wall),
      SUND_TEST(again_after_a_change),
      SUND_TEST(buildings_that_are_lifted),
      SUND_TEST(points_on_lifted_buildings),
      SUND_TEST(footprints_beside_their_building),
      SUND_TEST(hills_are_no_buildings),
      SUND_TEST(rocks_are_no_buildings),
      SUND_TEST(no_terrain),
      SUND_TEST(two_terrains),
      SUND_TEST(another_crs),
      SUND_TEST(zones_are_respected),
      SUND_TEST(random_houses),
      SUND_TEST(any_number_of_threads),
      SUND_TEST(what_is_reported),
      SUND_TEST(events_of_another_sea),
      SUND_TEST(census_cells),
      SUND_TEST(without_homes),
      SUND_TEST(memory_runs_out),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}

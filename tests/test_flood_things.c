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

/* Lines numbered from 1. */
static sund_table *numbered(sund_ctx *ctx, size_t n, const draw_line *line) {
  sund_table *table = draw_lines(ctx, n, line);
  table->feature = sund_alloc(ctx, n, sizeof *table->feature);
  assert_non_null(table->feature);
  for (size_t k = 0; k < n; k++) table->feature[k] = (int64_t)k + 1;
  return table;
}

/* A row of flood_paths: of a path, from .. to along x (or y), first wet, wet at 1.00 and 2.00. */
typedef struct wanted_piece {
  int64_t path;
  double from, to, first_m;
  int64_t wet_1, wet_2;
} wanted_piece;

static void paths_under_water(void **state) {
  flood_stage c;
  /* inland; a bridge from wet ground to dry ground; a tunnel, both ends dry; along the shore; out into the sea; far off;
   * a bridge with both ends wet */
  const draw_line line[] = {{0, 10, 50, 10, 0}, {5, 20, 45, 20, 1},  {30, 25, 50, 25, -1}, {5, 5, 5, 35, 0},
                            {-9, 30, 0, 30, 0}, {900, 0, 990, 0, 0}, {5, 32, 19, 32, 2}};
  const draw_box area[] = {{-50, -50, 4, 200}, {4, -50, 200, 200}};
  /* ground 0.1 x at the centres: wet to 1.00 m up to x = 10, to 2.00 m up to x = 20; drawn alike up to 1, 1.5, 2 m */
  const wanted_piece wanted[] = {{1, 0, 10, 0.025, 1, 1}, {1, 10, 15, 1.025, 0, 1}, {1, 15, 20, 1.525, 0, 1},
                                 {2, 5, 25, 0.525, 1, 1}, {4, 5, 35, 0.525, 1, 1},  {7, 5, 12, 0.525, 1, 1},
                                 {7, 12, 19, 1.925, 0, 1}};
  flood_stage_begin(&c, *state);
  flood_stage_level(&c, "1.00", 1);
  flood_stage_level(&c, "2.00", 2);
  flood_stage_flood(&c, &slope, 5);
  c.in.role[SUND_PATHS] = numbered(c.ctx, 7, line);
  c.in.role[SUND_AREAS] = draw_areas(c.ctx, 2, area);
  assert_ok(c.ctx, flood_paths_measure(c.ctx, &c.run));
  const double metre = ground_of(&c, 1000) / 1000;
  assert_near(indicator(&c, "flood.paths", "1.00", 0)->value, 4 * metre, 1e-3);
  assert_near(indicator(&c, "flood.paths", "1.00", 1)->value, (6 + 20 + 30 + 7) * metre, 1e-3);
  assert_near(indicator(&c, "flood.paths", "2.00", 1)->value, (16 + 20 + 30 + 14) * metre, 1e-3);
  const sund_table *table = draw_layer(&c.out, "flood_paths");
  assert_int_equal(table->rows, sizeof wanted / sizeof *wanted);
  for (size_t n = 0; n < table->rows; n++) {
    const wanted_piece *w = &wanted[n];
    const size_t first = table->shapes->first_vertex[n], last = table->shapes->first_vertex[n + 1] - 1;
    const double *at = w->path == 4 ? table->shapes->y : table->shapes->x, origin = w->path == 4 ? DRAW_Y : DRAW_X;
    assert_int_equal(sund_table_int(table, "feature_id")[n], w->path);
    assert_near(at[first], origin + w->from, 1e-6);
    assert_near(at[last], origin + w->to, 1e-6);
    assert_near(sund_table_real(table, "length_m")[n], (w->to - w->from) * metre, 1e-3);
    assert_near(sund_table_real(table, "first_wet_m")[n], w->first_m, 1e-9);
    assert_int_equal(sund_table_int(table, "wet_1_00")[n], w->wet_1);
    assert_int_equal(sund_table_int(table, "wet_2_00")[n], w->wet_2);
  }
  assert_int_equal(sund_table_int(table, "level")[3], 1);
}

/* Any ground. */
static uint64_t noise_seed;
static double noise(double x, double y) {
  uint64_t seed = noise_seed + (uint64_t)(x + 100) * 1000003u + (uint64_t)(y + 100) * 7919u;
  support_random(&seed);
  return x < 2 ? -1 : floor(support_uniform(&seed, 0, 40)) / 10;
}
static bool near_west(double x, double y) {
  (void)y;
  return x < 1;
}

enum { STREETS = 30, STREET_LEVELS = 3 };

/* The rule word by word: map metres of a street by what they are wet at. */
static void walk_by_hand(const flood_stage *c, const draw_line *line, double metres[STREET_LEVELS]) {
  const flood_site *site = c->site;
  const double length = hypot(line->x1 - line->x0, line->y1 - line->y0);
  const size_t steps = (size_t)ceil(length);
  for (size_t k = 0; k < steps; k++) {
    const double share = ((double)k + 0.5) / (double)steps;
    sund_cell cell;
    if (!sund_lattice_cell(&site->spec->lattice, DRAW_X + line->x0 + share * (line->x1 - line->x0),
                           DRAW_Y + line->y0 + share * (line->y1 - line->y0), &cell) ||
        sund_flood_is_sea(site->flood, cell))
      continue;
    const uint16_t raw = sund_flood_wet(site->flood, SUND_ANY_ZONE, cell);
    for (size_t l = 0; l < STREET_LEVELS; l++)
      if (raw != SUND_NEVER && (int32_t)raw <= site->threshold[l]) metres[l] += length / (double)steps;
  }
}

/* Pieces of a street lie on it in a row, meet or leave dry ground out between them, and are as long as drawn. */
static void look_at_pieces(const flood_stage *c, const sund_table *table, const draw_line *line) {
  static const char *const columns[STREET_LEVELS] = {"wet_0_70", "wet_1_50", "wet_2_30"};
  const double metre = ground_of(c, 1000) / 1000;
  size_t n = 0, meet = 0;
  double sum[STREET_LEVELS] = {0};
  for (size_t street = 0; street < STREETS; street++) {
    double wet[STREET_LEVELS] = {0}, wanted[STREET_LEVELS] = {0}, reached = 0;
    const double dx = line[street].x1 - line[street].x0, dy = line[street].y1 - line[street].y0,
                 length = hypot(dx, dy);
    for (; n < table->rows && sund_table_int(table, "feature_id")[n] == (int64_t)street + 1; n++) {
      const size_t first = table->shapes->first_vertex[n], last = table->shapes->first_vertex[n + 1] - 1;
      const double x = table->shapes->x[first] - DRAW_X - line[street].x0,
                   y = table->shapes->y[first] - DRAW_Y - line[street].y0;
      const double metres = sund_table_real(table, "length_m")[n];
      const double drawn =
          hypot(table->shapes->x[last] - table->shapes->x[first], table->shapes->y[last] - table->shapes->y[first]);
      assert_near((x * dx + y * dy) / length, hypot(x, y), 1e-6); /* on the street */
      assert_true(hypot(x, y) > reached - 1e-6);
      if (reached > 0 && fabs(hypot(x, y) - reached) < 1e-6) {
        meet++;
        assert_near(table->shapes->x[first], table->shapes->x[first - 1], 0);
        assert_near(table->shapes->y[first], table->shapes->y[first - 1], 0);
      }
      reached = hypot(x, y) + drawn;
      assert_near(metres, metre * drawn, 1e-3);
      for (size_t l = 0; l < STREET_LEVELS; l++) wet[l] += (double)sund_table_int(table, columns[l])[n] * metres;
      assert_int_equal(sund_table_int(table, columns[STREET_LEVELS - 1])[n], 1);
    }
    walk_by_hand(c, &line[street], wanted);
    for (size_t l = 0; l < STREET_LEVELS; l++) {
      if (fabs(wet[l] - wanted[l] * metre) > 1e-3)
        fail_msg("seed %llu street %zu level %zu: %g, not %g", (unsigned long long)support_seed(), street, l, wet[l],
                 wanted[l]);
      sum[l] += wet[l];
    }
  }
  assert_int_equal(n, table->rows);
  assert_true(meet > STREETS);
  for (size_t l = 0; l < STREET_LEVELS; l++)
    assert_near(indicator(c, "flood.paths", c->level[l].variant, SIZE_MAX)->value, sum[l], 1e-3);
}

static void random_streets(void **state) {
  uint64_t seed = support_seed();
  const flood_stage_raster raster = {0, 0, 1, 72, 72, noise, near_west, NULL, NULL};
  for (int round = 0; round < 5; round++) {
    flood_stage c;
    draw_line line[STREETS];
    for (size_t k = 0; k < STREETS; k++)
      line[k] = (draw_line){support_uniform(&seed, -5, 80), support_uniform(&seed, -5, 80),
                            support_uniform(&seed, -5, 80), support_uniform(&seed, -5, 80), 0};
    noise_seed = seed + (uint64_t)round;
    flood_stage_begin(&c, *state);
    flood_stage_level(&c, "0.70", 0.7); /* within what is drawn alike */
    flood_stage_level(&c, "1.50", 1.5);
    flood_stage_level(&c, "2.30", 2.3);
    flood_stage_flood(&c, &raster, 4);
    c.in.role[SUND_PATHS] = numbered(c.ctx, STREETS, line);
    assert_ok(c.ctx, flood_paths_measure(c.ctx, &c.run));
    look_at_pieces(&c, draw_layer(&c.out, "flood_paths"), line);
  }
}

/* A bridge of several parts and corners: halves are cut in the middle of its length. */
static void bridges_with_corners(void **state) {
  flood_stage c;
  const draw_line line[] = {{0, 0, 0, 0, 1}};
  const double x[] = {5, 5, 5, 18, 18, 5, 9}, y[] = {10, 12, 12, 12, 32, 20, 20};
  flood_stage_begin(&c, *state);
  flood_stage_level(&c, "1.00", 1);
  flood_stage_level(&c, "2.00", 2);
  flood_stage_flood(&c, &slope, 5);
  sund_table *path = draw_lines(c.ctx, 1, line);
  c.in.role[SUND_PATHS] = path;
  sund_shapes *s;
  assert_ok(c.ctx, sund_shapes_new(c.ctx, SUND_LINE, 1, 2, 7, &s));
  for (size_t v = 0; v < 7; v++) s->x[v] = DRAW_X + x[v], s->y[v] = DRAW_Y + y[v];
  s->first_part[1] = 2, s->first_vertex[1] = 5, s->first_vertex[2] = 7;
  path->shapes = s;
  assert_ok(c.ctx, flood_paths_measure(c.ctx, &c.run));
  const double metre = ground_of(&c, 1000) / 1000;
  const sund_table *table = draw_layer(&c.out, "flood_paths");
  assert_int_equal(table->rows, 3);
  const double length[] = {17.5, 17.5, 4};
  for (size_t n = 0; n < 3; n++) assert_near(sund_table_real(table, "length_m")[n], length[n] * metre, 1e-3);
  const sund_shapes *pieces = table->shapes;
  const size_t middle = pieces->first_vertex[1];
  assert_near(pieces->x[middle], DRAW_X + 18, 1e-6);
  assert_near(pieces->y[middle], DRAW_Y + 14.5, 1e-6);
  assert_near(pieces->x[middle - 1], pieces->x[middle], 0);
  assert_near(pieces->y[middle - 1], pieces->y[middle], 0);
  assert_near(indicator(&c, "flood.paths", "1.00", SIZE_MAX)->value, (17.5 + 4) * metre, 1e-3);
  assert_near(indicator(&c, "flood.paths", "2.00", SIZE_MAX)->value, (35 + 4) * metre, 1e-3);
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

/* Two terrains on two parts of the sea. An event of one of them says nothing of what lies at the other, which is not
 * the same as dry. */
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
  return outer(x, y) ? -1 : 0.1 * (x < 80 ? x : 160 - x);
}

static void begin_two_seas(flood_stage *c, sund_ctx *ctx) {
  static bool has[2][2] = {{true, false}, {false, true}};
  const flood_stage_raster first = {-10, -10, 1, 70, 60, two_slopes, outer, shore, NULL},
                           second = {100, -10, 1, 70, 60, two_slopes, outer, shore, NULL};
  const draw_box land[] = {{0, 0, 50, 40}, {110, 0, 160, 40}};
  const draw_box area[] = {{-10, -10, 60, 50}, {100, -10, 170, 50}, {-10, -10, 170, 50}};
  const draw_line line[] = {{0, 20, 30, 20, 0}, {160, 20, 130, 20, 0}};
  flood_stage_begin(c, ctx);
  c->run.levels.zones = 2;
  flood_stage_level(c, "2.00", 2);
  flood_stage_level(c, "first", 2);
  flood_stage_level(c, "second", 2);
  for (size_t l = 1; l < 3; l++) c->level[l].event = true;
  c->level_m[1][1] = c->level_m[2][0] = NAN;
  flood_stage_flood(c, &first, 6);
  flood_stage_flood(c, &second, 6);
  for (size_t k = 0; k < 2; k++) c->site[k].has_zone = has[k];
  c->in.role[SUND_LAND] = draw_boxes(ctx, SUND_LAND, 2, land);
  c->in.role[SUND_GREEN] = draw_boxes(ctx, SUND_GREEN, 2, land);
  c->in.role[SUND_PATHS] = draw_lines(ctx, 2, line);
  c->in.role[SUND_AREAS] = draw_areas(ctx, 3, area);
  sund_table_text(c->in.role[SUND_AREAS], "level")[2] = "region";
  flood_area *measured;
  assert_ok(ctx, flood_area_walk(ctx, &c->run, &measured));
  c->run.area = measured;
}

static void events_of_another_sea(void **state) {
  static const char *const event[] = {"first", "second"}, *const exposed[] = {"exposed_first", "exposed_second"},
                           *const wet[] = {"wet_first", "wet_second"},
                           *const wet_ha[] = {"wet_first_ha", "wet_second_ha"},
                           *const measure[] = {"coast.exposed", "flood.paths", "flood.green"};
  flood_stage c;
  begin_two_seas(&c, *state);
  assert_ok(c.ctx, flood_coast_measure(c.ctx, &c.run));
  assert_ok(c.ctx, flood_paths_measure(c.ctx, &c.run));
  assert_ok(c.ctx, flood_green_measure(c.ctx, &c.run));
  for (size_t e = 0; e < 2; e++) {
    for (size_t k = 0; k < 3; k++) {
      const double all = indicator(&c, measure[k], "2.00", 2)->value,
                   here = indicator(&c, measure[k], event[e], e)->value;
      assert_true(here > 0);
      assert_near(here, all / 2, 1e-3 * all);
      assert_near(indicator(&c, measure[k], event[e], 2)->value, here, 1e-9 * all);
      assert_true(isnan(indicator(&c, measure[k], event[e], 1 - e)->value));
    }
    const sund_indicator *row = indicator(&c, "coast.exposed", event[e], 2);
    assert_near(row->low, row->value, 0);
    assert_near(row->high, row->value + row->base / 2, 1e-3);
    const sund_table *coast = draw_layer(&c.out, "coast_lines"), *paths = draw_layer(&c.out, "flood_paths"),
                     *green = draw_layer(&c.out, "flood_green");
    for (size_t r = 0; r < coast->rows; r++) {
      const bool east = coast->shapes->x[coast->shapes->first_vertex[r]] > DRAW_X + 80;
      const int64_t got = sund_table_int(coast, exposed[e])[r], level = sund_table_int(coast, "exposed_2_00")[r];
      assert_true(level == 0 || level == 1);
      assert_true(got == (east == (e == 1) ? level : SUND_NULL_INT));
    }
    assert_int_equal(paths->rows, 6); /* up to 1, 1.5, 2 m */
    for (size_t r = 0; r < paths->rows; r++)
      assert_true(sund_table_int(paths, wet[e])[r] == (r / 3 == e ? 1 : SUND_NULL_INT));
    for (size_t r = 0; r < 2; r++) {
      const double ha = sund_table_real(green, wet_ha[e])[r];
      assert_true(r == e ? ha == sund_table_real(green, "wet_2_00_ha")[r] : isnan(ha));
    }
  }
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
      SUND_TEST(steps_add_up),          SUND_TEST(coast_with_a_quay),    SUND_TEST(coast_that_is_not_known),
      SUND_TEST(a_shoreline_alone),     SUND_TEST(coast_columns),        SUND_TEST(paths_under_water),
      SUND_TEST(random_streets),        SUND_TEST(bridges_with_corners), SUND_TEST(no_paths),
      SUND_TEST(green_under_water),     SUND_TEST(zones_of_the_sea),     SUND_TEST(events_of_another_sea),
      SUND_TEST(any_number_of_threads), SUND_TEST(memory_runs_out),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}

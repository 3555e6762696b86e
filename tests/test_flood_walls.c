/* test_flood_walls.c - walls on trial: what is told of each equals a full run with the wall in the terrain, and what was
 * tried is taken back. */
#include "flood_world.h"

enum { HOMES = 60 };

/* Hills and hollows; sea in the west. */
static double rough(double x, double y, const void *data) {
  uint64_t seed = *(const uint64_t *)data + (uint64_t)(x / 10) * 1000003 + (uint64_t)(y / 10) * 7919;
  return x < 60 ? -1 : support_uniform(&seed, 0, 3) * (0.4 + x / 900);
}

static void begin_rough(world *w, sund_ctx *ctx, const uint64_t *seed) {
  world_begin(w, ctx, 80, 40, 10, rough, seed);
  world_sea(w, 1, &(draw_box){0, 0, 60, 400});
  draw_point home[HOMES];
  uint64_t at = *seed;
  for (size_t i = 0; i < HOMES; i++)
    home[i] = (draw_point){support_uniform(&at, 70, 790), support_uniform(&at, 10, 390), 1 + (double)(i % 4)};
  world_homes(w, HOMES, home);
  world_level(w, 1);
  world_level(w, 1.5);
  w->options.close_to = (sund_numbers){1, &w->level[8]};
}

/* A low square behind a ring wall with three notches, in the sea. */
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

static void begin_ring(world *w, sund_ctx *ctx, double level_m) {
  world_begin(w, ctx, 60, 60, 10, ringed, NULL);
  world_sea(w, 1, &(draw_box){0, 0, 600, 50});
  world_homes(w, 2, (draw_point[]){{300, 300, 4}, {250, 350, 6}});
  world_level(w, level_m);
}

/* Lines as barriers of a height. */
static sund_table *barriers(sund_ctx *ctx, const sund_table *from, size_t rows, double crest_m) {
  sund_table *table = draw_table(ctx, SUND_BARRIERS, SUND_LINE, rows);
  size_t row[64];
  for (size_t r = 0; r < rows; r++) row[r] = r, sund_table_real(table, "crest_m")[r] = crest_m;
  assert_ok(ctx, sund_shapes_pick(ctx, from->shapes, rows, row, &table->shapes));
  return table;
}

/* Each line closed, in order, keeps as many dry as a full run with it as a barrier says. */
static void closings_equal_full_runs(void **state) {
  size_t lines = 0;
  for (uint64_t seed = support_seed(); seed < support_seed() + 6; seed++) {
    for (int connectivity = 4; connectivity <= 8; connectivity += 4) {
      world w;
      begin_rough(&w, *state, &seed);
      w.level[8] = 1.5;
      w.options.connectivity = connectivity == 4 ? "4" : "8";
      w.options.close = 4;
      assert_ok(*state, world_ask(&w));
      const sund_table *closings = draw_layer(&w.out, "flood_closings");
      double wet = draw_value(&w.out, "flood.persons", "1.50", SIZE_MAX);
      for (size_t r = 0; closings && r < closings->rows; r++) {
        world full;
        begin_rough(&full, *state, &seed);
        full.level[8] = 1.5;
        full.options.connectivity = w.options.connectivity;
        full.in.role[SUND_BARRIERS] = barriers(*state, closings, r + 1, 1.501);
        assert_ok(*state, world_ask(&full));
        const double now = draw_value(&full.out, "flood.persons", "1.50", SIZE_MAX);
        const double told = sund_table_real(closings, "persons")[r];
        if (wet - now != told)
          fail_msg("seed %llu step %zu: %g told, %g by a full run", (unsigned long long)seed, r + 1, told, wet - now);
        assert_true(told > 0);
        assert_int_equal(sund_table_int(closings, "verified")[r], 1);
        assert_near(draw_value(&w.out, "flood.closed", sund_text(*state, "%zu", r + 1), SIZE_MAX), told, 0);
        wet = now;
        lines++;
      }
    }
  }
  assert_true(lines > 10);
}

/* T5: the cheapest line closes all notches below the level, no others. */
static void the_line_closes_what_is_low(void **state) {
  static const double level[] = {1.2, 1.7, 3}, metres[] = {20, 40, 60}, face[] = {4, 14 + 4, 40 + 30 + 20};
  static const double next[] = {1.201, 1.701, 3.001};
  for (size_t i = 0; i < 3; i++) {
    world w;
    begin_ring(&w, *state, level[i]);
    w.options.close = 3;
    assert_ok(*state, world_ask(&w));
    const sund_table *closings = draw_layer(&w.out, "flood_closings");
    const double m = draw_ground(*state, 1);
    assert_int_equal(closings->rows, 1); /* afterwards nobody is wet */
    assert_near(world_real(&w, "flood_closings", "length_m", 0), metres[i] * m, 1e-3);
    assert_near(world_real(&w, "flood_closings", "face_m2", 0), face[i] * m, 60 * 0.0011);
    assert_int_equal(closings->shapes->parts, i + 1);
    assert_near(world_real(&w, "flood_closings", "next_m", 0), next[i], 1e-9);
    assert_near(world_real(&w, "flood_closings", "level_m", 0), level[i], 0);
    /* Crown and slopes of 2: h (2 + 2 h) a metre. */
    double volume = 0;
    for (size_t k = 0; k <= i; k++) {
      const double h = level[i] + 0.001 - (1 + 0.5 * (double)k);
      volume += 20 * m * h * (2 + 2 * h);
    }
    assert_near(world_real(&w, "flood_closings", "volume_m3", 0), volume, 1e-3 * volume);
    assert_near(world_real(&w, "flood_homes", "first_wet_m", 0), 1.0, 1e-9);
  }
}

/* Where nothing may be built another line is found, or none and that is told. */
static void no_go_is_avoided(void **state) {
  world w;
  begin_ring(&w, *state, 1.2);
  w.options.close = 1;
  static const draw_box outer[] = {{150, 90, 250, 110}}, all[] = {{0, 0, 600, 600}};
  w.in.role[SUND_NOGO] = draw_boxes(*state, SUND_NOGO, 1, outer);
  assert_ok(*state, world_ask(&w));
  const sund_table *closings = draw_layer(&w.out, "flood_closings");
  assert_int_equal(closings->rows, 1);
  for (size_t v = 0; v < closings->shapes->vertices; v++) assert_true(closings->shapes->y[v] - DRAW_Y > 110);
  begin_ring(&w, *state, 1.2);
  w.options.close = 1;
  w.in.role[SUND_NOGO] = draw_boxes(*state, SUND_NOGO, 1, all);
  assert_ok(*state, world_ask(&w));
  assert_null(draw_layer(&w.out, "flood_closings"));
  assert_true(draw_found(&w.out, "note", "no line was found"));
}

static sund_table *walls(sund_ctx *ctx, size_t n, const double (*end)[4], const double *crest) {
  sund_table *table = draw_table(ctx, SUND_WALLS, SUND_LINE, n);
  assert_ok(ctx, sund_shapes_new(ctx, SUND_LINE, n, n, 2 * n, &table->shapes));
  for (size_t r = 0; r < n; r++) {
    for (size_t k = 0; k < 2; k++) {
      table->shapes->x[2 * r + k] = DRAW_X + end[r][2 * k];
      table->shapes->y[2 * r + k] = DRAW_Y + end[r][2 * k + 1];
    }
    table->shapes->first_part[r + 1] = r + 1;
    table->shapes->first_vertex[r + 1] = 2 * (r + 1);
    sund_table_real(table, "crest_m")[r] = crest[r];
  }
  return table;
}

/* Each wall by itself, home by home: a full run with it as a barrier. */
static void walls_equal_full_runs(void **state) {
  enum { WALLS = 4 };
  double gained = 0;
  for (uint64_t seed = support_seed(); seed < support_seed() + 4; seed++) {
    double end[WALLS][4], crest[WALLS];
    uint64_t at = seed + 99;
    for (size_t r = 0; r < WALLS; r++) {
      end[r][0] = support_uniform(&at, 65, 400), end[r][1] = support_uniform(&at, 0, 150);
      end[r][2] = support_uniform(&at, 65, 400), end[r][3] = support_uniform(&at, 250, 400);
      crest[r] = 6;
    }
    world w;
    begin_rough(&w, *state, &seed);
    w.options.connectivity = seed % 2 ? "8" : "4";
    w.in.role[SUND_WALLS] = walls(*state, WALLS, (const double(*)[4])end, crest);
    assert_ok(*state, world_ask(&w));
    const sund_table *told = draw_layer(&w.out, "flood_walls");
    assert_int_equal(told->rows, WALLS);
    for (size_t r = 0; r < WALLS; r++) {
      world full;
      begin_rough(&full, *state, &seed);
      full.options.connectivity = w.options.connectivity;
      sund_table *one = draw_table(*state, SUND_BARRIERS, SUND_LINE, 1);
      assert_ok(*state, sund_shapes_pick(*state, w.in.role[SUND_WALLS]->shapes, 1, &r, &one->shapes));
      sund_table_real(one, "crest_m")[0] = 6;
      full.in.role[SUND_BARRIERS] = one;
      assert_ok(*state, world_ask(&full));
      static const char *const level[] = {"1.00", "1.50"}, *const column[] = {"persons_1_00", "persons_1_50"};
      for (size_t l = 0; l < 2; l++) {
        const double saved = draw_value(&w.out, "flood.persons", level[l], SIZE_MAX) -
                             draw_value(&full.out, "flood.persons", level[l], SIZE_MAX);
        assert_near(sund_table_real(told, column[l])[r], saved, 0);
        gained += saved;
      }
    }
  }
  assert_true(gained > 50);
}

/* A crest in another height system is brought to the terrain's; a low wall changes nothing; none lowers the ground. */
static void crests_have_heights(void **state) {
  static const double end[3][4] = {{180, 110, 220, 110}, {180, 110, 220, 110}, {180, 110, 220, 110}};
  static const double crest[] = {1.505, 1.515, 0.5};
  static const char *names[] = {"walls.gpkg"}, *heights[] = {"EPSG:5613"};
  static uint16_t source[3];
  static int64_t feature[] = {1, 2, 3};
  world w;
  begin_ring(&w, *state, 1.495);
  sund_table *table = walls(*state, 3, end, crest);
  table->sources = 1, table->source = source, table->source_name = names, table->source_heights = heights;
  table->feature = feature;
  w.in.role[SUND_WALLS] = table;
  assert_ok(*state, world_ask(&w));
  /* 1.505 and 1.515 in RH2000 are 1.490 and 1.500 in DVR90. */
  assert_near(world_real(&w, "flood_walls", "persons_1_50", 0), 0, 0);
  assert_near(world_real(&w, "flood_walls", "persons_1_50", 1), 10, 0);
  assert_near(world_real(&w, "flood_walls", "persons_1_50", 2), 0, 0);
  assert_near(world_real(&w, "flood_walls", "length_m", 0), 40 * draw_ground(*state, 1), 1e-3);
  assert_string_equal(sund_table_text(draw_layer(&w.out, "flood_walls"), "wall_id")[2], "W3");
}

static void levels_above_the_cap_are_refused(void **state) {
  world w;
  begin_ring(&w, *state, 1.2);
  w.options.close = 1;
  w.level[8] = 6;
  w.options.close_to = (sund_numbers){1, &w.level[8]};
  assert_int_equal(world_ask(&w), SUND_USAGE);
}

static void walls_without_memory_say_so(void **state) {
  uint64_t seed = support_seed();
  (void)state;
  size_t needed = 0;
  for (size_t n = 0; n <= needed; n += n == 0 ? 1 : 1 + n / 5) {
    static const double end[1][4] = {{100, 0, 120, 400}}, crest[] = {6};
    sund_ctx *ctx = sund_ctx_new();
    world w;
    begin_rough(&w, ctx, &seed);
    w.level[8] = 1.5;
    w.options.close = 2;
    w.in.role[SUND_WALLS] = walls(ctx, 1, end, crest);
    sund_ctx_threads(ctx, 1);
    const size_t before = sund_ctx_allocations(ctx);
    sund_ctx_fail_alloc(ctx, n);
    assert_int_equal(world_ask(&w), n ? SUND_LIMIT : SUND_OK);
    if (!n) needed = sund_ctx_allocations(ctx) - before;
    sund_ctx_free(ctx);
  }
  assert_true(needed > 100);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      SUND_TEST(closings_equal_full_runs),
      SUND_TEST(the_line_closes_what_is_low),
      SUND_TEST(no_go_is_avoided),
      SUND_TEST(walls_equal_full_runs),
      SUND_TEST(crests_have_heights),
      SUND_TEST(levels_above_the_cap_are_refused),
      SUND_TEST(walls_without_memory_say_so),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}

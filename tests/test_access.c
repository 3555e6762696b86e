/* The query `access` on towns drawn by hand. P.. are numbers of pitfalls; the others are in test_access_pitfalls.c. */
#include "ask.h"

static void straight_lines_are_ground_metres(void **state) {
  town t;
  found_town(&t, *state);
  const draw_box park[] = {{0, 0, 100, 100}};
  const draw_point home[] = {{200, 50, 3}, {450, 50, 1}, {50, 50, 2}, {130, 140, 4}};
  give(&t, SUND_GREEN, draw_boxes(t.ctx, SUND_GREEN, 1, park));
  give(&t, SUND_HOMES, draw_points(t.ctx, SUND_HOMES, 4, home));
  assert_ok(t.ctx, ask(&t));
  assert_near(dist(&t, 0), draw_distance(t.ctx, t.in.crs, 200, 50, 100, 50), 1e-5);
  assert_near(dist(&t, 1), draw_distance(t.ctx, t.in.crs, 450, 50, 100, 50), 1e-5);
  assert_true(dist(&t, 0) < 99.99); /* not the bare 100 of the map */
  assert_true(dist(&t, 2) == 0);    /* inside */
  assert_near(dist(&t, 3), draw_ground(t.ctx, 50), 1e-3);
  assert_int_equal(met(&t, 0), 1);
  assert_int_equal(met(&t, 1), 0);
  assert_near(draw_value(&t.out, "access.share", "near", SIZE_MAX), 90, 1e-9);
  assert_near(draw_value(&t.out, "access.persons", "near", SIZE_MAX), 9, 1e-9);
  assert_near(draw_value(&t.out, "area.persons", "", SIZE_MAX), 10, 1e-9);
  assert_near(draw_value(&t.out, "access.median", "near", SIZE_MAX), draw_ground(t.ctx, 50), 1e-3);
  assert_true(draw_found(&t.out, "note", "straight lines"));
}

/* The distance asked for counts when it is met to the last bit. */
static void cut_offs_are_inclusive(void **state) {
  town t;
  found_town(&t, *state);
  const draw_box park[] = {{0, 0, 100, 100}};
  const draw_point home[] = {{400, 50, 1}};
  give(&t, SUND_GREEN, draw_boxes(t.ctx, SUND_GREEN, 1, park));
  give(&t, SUND_HOMES, draw_points(t.ctx, SUND_HOMES, 1, home));
  assert_ok(t.ctx, ask(&t));
  double exact = dist(&t, 0);
  t.standards[0].max_m = exact;
  assert_ok(t.ctx, ask(&t));
  assert_int_equal(met(&t, 0), 1);
  t.standards[0].max_m = nextafter(exact, 0);
  assert_ok(t.ctx, ask(&t));
  assert_int_equal(met(&t, 0), 0);
}

/* P13: three parcels of 0.2 ha make one of 0.6 when they touch, and do not when a road parts them. */
static void parcels_merge_before_the_size_test(void **state) {
  town t;
  found_town(&t, *state);
  const draw_box touching[] = {{0, 0, 40, 50}, {40, 0, 80, 50}, {80, 0, 120, 50}};
  const draw_box parted[] = {{0, 0, 40, 50}, {60, 0, 100, 50}, {120, 0, 160, 50}};
  const draw_point home[] = {{-100, 25, 1}};
  give(&t, SUND_HOMES, draw_points(t.ctx, SUND_HOMES, 1, home));
  give(&t, SUND_GREEN, draw_boxes(t.ctx, SUND_GREEN, 3, touching));
  assert_ok(t.ctx, ask(&t));
  assert_int_equal(met(&t, 0), 1);
  const sund_table *green = draw_layer(&t.out, "green_areas");
  assert_int_equal(green->rows, 1);
  assert_near(sund_table_real(green, "area_ha")[0], 0.6 * 0.9994, 0.0002); /* ground hectares, not map hectares */
  give(&t, SUND_GREEN, draw_boxes(t.ctx, SUND_GREEN, 3, parted));
  assert_ok(t.ctx, ask(&t));
  assert_int_equal(met(&t, 0), 0);
  assert_string_equal(text_of(&t, "status", 0), "unreached");
  assert_int_equal(draw_layer(&t.out, "green_areas")->rows, 3);
  t.options.merge_gap_m = 21;
  assert_ok(t.ctx, ask(&t));
  assert_int_equal(met(&t, 0), 1);
}

/* P14: the same meadow in two registers counts once. */
static void overlapping_registers_count_once(void **state) {
  town t;
  found_town(&t, *state);
  const draw_box twice[] = {{0, 0, 60, 60}, {0, 0, 60, 60}};
  const draw_point home[] = {{-100, 25, 1}};
  give(&t, SUND_HOMES, draw_points(t.ctx, SUND_HOMES, 1, home));
  give(&t, SUND_GREEN, draw_boxes(t.ctx, SUND_GREEN, 2, twice));
  assert_ok(t.ctx, ask(&t));
  assert_near(sund_table_real(draw_layer(&t.out, "green_areas"), "area_ha")[0], 0.36 * 0.9994, 0.0002);
  assert_int_equal(met(&t, 0), 0);
}

/* P16, P17: what is private or restricted does not count for a standard of public green, and never merges with it. */
static void access_classes_and_kinds_count(void **state) {
  town t;
  found_town(&t, *state);
  const draw_box box[] = {{0, 0, 100, 100}, {100, 0, 200, 100}, {900, 0, 1000, 100}};
  const draw_point home[] = {{-100, 50, 1}};
  sund_table *green = draw_boxes(t.ctx, SUND_GREEN, 3, box);
  sund_table_text(green, "access")[0] = "private";
  sund_table_text(green, "access")[1] = "public";
  sund_table_text(green, "access")[2] = "public";
  sund_table_text(green, "kind")[2] = "forest";
  t.in.standards = 3;
  t.standards[1] = standard("forest", 0, 2000);
  t.standards[1].kinds = 1;
  t.standards[2] = standard("any", 0, 2000);
  t.standards[2].access = 15;
  give(&t, SUND_HOMES, draw_points(t.ctx, SUND_HOMES, 1, home));
  give(&t, SUND_GREEN, green);
  assert_ok(t.ctx, ask(&t));
  const sund_table *answer = draw_layer(&t.out, "access_homes");
  assert_near(dist(&t, 0), draw_ground(t.ctx, 200), 1e-3);
  assert_near(sund_table_real(answer, "forest_dist_m")[0], draw_ground(t.ctx, 1000), 1e-3);
  assert_near(sund_table_real(answer, "any_dist_m")[0], draw_ground(t.ctx, 100), 1e-3);
  assert_int_equal(draw_layer(&t.out, "green_areas")->rows, 3);
}

static void green_points_have_no_size(void **state) {
  town t;
  found_town(&t, *state);
  const draw_point gate[] = {{0, 0, 0}}, home[] = {{100, 0, 1}};
  t.in.standards = 2;
  t.standards[1] = standard("any", 0, 300);
  give(&t, SUND_HOMES, draw_points(t.ctx, SUND_HOMES, 1, home));
  give(&t, SUND_GREEN, draw_points(t.ctx, SUND_GREEN, 1, gate));
  assert_ok(t.ctx, ask(&t));
  assert_int_equal(met(&t, 0), 0);
  assert_int_equal(sund_table_int(draw_layer(&t.out, "access_homes"), "any_met")[0], 1);
}

/* P01, P02: the gate lies in the middle of a long edge; both access legs count. */
static void networks_are_exact_on_edges(void **state) {
  town t;
  found_town(&t, *state);
  const draw_line road[] = {{0, 0, 2000, 0, 0}};
  const draw_box park[] = {{900, -50, 1100, -20}, {900, 0, 1000, 100}};
  const draw_point home[] = {{300, 40, 1}, {700, -100, 1}, {1500, 251, 1}, {1500, 249, 1}, {950, 50, 1}};
  give(&t, SUND_GREEN, draw_boxes(t.ctx, SUND_GREEN, 2, park));
  give(&t, SUND_HOMES, draw_points(t.ctx, SUND_HOMES, 5, home));
  give(&t, SUND_PATHS, draw_lines(t.ctx, 1, road));
  t.standards[0].max_m = 500;
  assert_ok(t.ctx, ask(&t));
  assert_near(dist(&t, 0), draw_ground(t.ctx, 640), 0.02);
  assert_near(dist(&t, 1), draw_ground(t.ctx, 300), 0.02);
  assert_string_equal(text_of(&t, "status", 2), "unassessed"); /* P04: 251 m from any path */
  assert_string_equal(text_of(&t, "reason", 2), "no-path");
  assert_int_equal(met(&t, 2), SUND_NULL_INT);
  /* to the park that has no gate, but lies 20 m from the road */
  assert_near(dist(&t, 3), draw_ground(t.ctx, 249 + 400 + 20), 0.02);
  assert_true(dist(&t, 4) == 0); /* lives in the park */
  assert_near(draw_value(&t.out, "access.unassessed", "near", SIZE_MAX), 1, 1e-9);
  assert_near(draw_value(&t.out, "access.share", "near", SIZE_MAX), 50, 1e-9); /* of the four assessed */
  assert_near(draw_value(&t.out, "access.share", "near/straight", SIZE_MAX), 80, 1e-9);
  assert_true(draw_found(&t.out, "warning", "no path lies within the snap limit"));
}

/* Nearest nodes without access legs: the long edge throws both onto its ends. */
static void nodes_reproduce_the_cruder_tools(void **state) {
  town t;
  found_town(&t, *state);
  const draw_line road[] = {{0, 0, 450, 0, 0}, {450, 0, 900, 0, 0}};
  const draw_box park[] = {{560, 0, 660, 100}};
  const draw_point home[] = {{100, 20, 1}};
  give(&t, SUND_GREEN, draw_boxes(t.ctx, SUND_GREEN, 1, park));
  give(&t, SUND_HOMES, draw_points(t.ctx, SUND_HOMES, 1, home));
  give(&t, SUND_PATHS, draw_lines(t.ctx, 2, road));
  assert_ok(t.ctx, ask(&t));
  assert_near(dist(&t, 0), draw_ground(t.ctx, 480), 0.02);
  t.options.match = "nodes";
  assert_ok(t.ctx, ask(&t));
  assert_near(dist(&t, 0), draw_ground(t.ctx, 450), 0.02);
  assert_true(strncmp(t.out.indicator[0].method, "access-nodes/2#", 15) == 0);
}

/* P07: a bridge over the park is no way in; the way round is. */
static void bridges_are_no_entrance(void **state) {
  town t;
  found_town(&t, *state);
  const draw_box park[] = {{400, -100, 600, 100}};
  const draw_line over[] = {{0, 0, 300, 0, 0},       {300, 0, 700, 0, 1},      {700, 0, 1000, 0, 0},
                            {1000, 0, 1000, 200, 0}, {1000, 200, 500, 200, 0}, {500, 200, 500, 100, 0}};
  const draw_point home[] = {{200, 0, 1}};
  give(&t, SUND_GREEN, draw_boxes(t.ctx, SUND_GREEN, 1, park));
  give(&t, SUND_HOMES, draw_points(t.ctx, SUND_HOMES, 1, home));
  give(&t, SUND_PATHS, draw_lines(t.ctx, 6, over));
  assert_ok(t.ctx, ask(&t));
  assert_near(dist(&t, 0), draw_ground(t.ctx, 800 + 200 + 500 + 100), 0.05);
  assert_int_equal(met(&t, 0), 0);
}

/* P03, P09: the far bank is near, the way there is long. Straight lines say so beside it. */
static void water_parts_what_paths_do_not_join(void **state) {
  town t;
  found_town(&t, *state);
  const draw_box park[] = {{0, 200, 200, 300}};
  const draw_line roads[] = {{0, 0, 400, 0, 0}, {0, 180, 400, 180, 0}};
  const draw_point home[] = {{100, 0, 1}};
  give(&t, SUND_GREEN, draw_boxes(t.ctx, SUND_GREEN, 1, park));
  give(&t, SUND_HOMES, draw_points(t.ctx, SUND_HOMES, 1, home));
  give(&t, SUND_PATHS, draw_lines(t.ctx, 2, roads));
  assert_ok(t.ctx, ask(&t));
  assert_int_equal(met(&t, 0), 0);
  assert_string_equal(text_of(&t, "status", 0), "unreached");
  assert_near(draw_value(&t.out, "access.share", "near/straight", SIZE_MAX), 100, 1e-9);
}

/* P12: the park behind the border serves; where nobody said what lies behind it, the answer is no "no". */
static void borders_neither_hide_nor_invent(void **state) {
  town t;
  found_town(&t, *state);
  const draw_box area[] = {{0, 0, 2000, 2000}}, green[] = {{-200, 950, -100, 1050}, {1000, 1000, 1100, 1100}};
  const draw_point home[] = {{50, 1000, 1}, {950, 1050, 2}, {1950, 1000, 4}, {1330, 1330, 8}};
  give(&t, SUND_AREAS, draw_areas(t.ctx, 1, area));
  give(&t, SUND_GREEN, draw_boxes(t.ctx, SUND_GREEN, 2, green));
  give(&t, SUND_HOMES, draw_points(t.ctx, SUND_HOMES, 4, home));
  const double to_the_border[4] = {DRAW_X - 500, DRAW_Y - 500, DRAW_X + 2000, DRAW_Y + 2500};
  memcpy(t.extent[SUND_GREEN][0], to_the_border, sizeof to_the_border);
  assert_ok(t.ctx, ask(&t));
  assert_int_equal(met(&t, 0), 1); /* across the border */
  assert_int_equal(met(&t, 1), 1);
  assert_int_equal(met(&t, 2), SUND_NULL_INT); /* 50 m from what nobody knows */
  assert_string_equal(text_of(&t, "reason", 2), "green-data-end");
  assert_int_equal(met(&t, 3), 0); /* nothing within 300 m, known for sure */
  assert_near(draw_value(&t.out, "access.unassessed", "near", 0), 4, 1e-9);
  assert_near(draw_value(&t.out, "access.share", "near", 0), 100 * 3 / 11.0, 1e-9);
  const sund_indicator *share = &t.out.indicator[0];
  assert_near(share->low, 100 * 3 / 15.0, 1e-9); /* if the four live far from green */
  assert_near(share->high, 100 * 7 / 15.0, 1e-9);
  assert_true(draw_found(&t.out, "warning", "green data end"));
  /* The neighbour's register reaches far enough: now it is a "no". */
  const double wide[4] = {DRAW_X - 500, DRAW_Y - 500, DRAW_X + 2500, DRAW_Y + 2500};
  memcpy(t.extent[SUND_GREEN][0], wide, sizeof wide);
  assert_ok(t.ctx, ask(&t));
  assert_int_equal(met(&t, 2), 0);
  /* Behind the shore there is no green to miss. */
  give(&t, SUND_GREEN, t.in.role[SUND_GREEN]);
  const draw_box sea[] = {{2000, -1000, 3000, 3000}};
  give(&t, SUND_SEA, draw_boxes(t.ctx, SUND_SEA, 1, sea));
  assert_ok(t.ctx, ask(&t));
  assert_int_equal(met(&t, 2), 0);
}

/* The halo along the network: the park lies where the paths were not given. */
static void missing_paths_of_the_neighbour_are_no_no(void **state) {
  town t;
  found_town(&t, *state);
  const draw_box area[] = {{0, 0, 1000, 1000}},
                 green[] = {{-200, 400, -100, 600}, {-2000, -2000, -1900, -1900}, {3000, 3000, 3100, 3100}};
  const draw_line road[] = {{10, 500, 900, 500, 0}};
  const draw_point home[] = {{50, 510, 1}, {800, 510, 1}};
  give(&t, SUND_AREAS, draw_areas(t.ctx, 1, area));
  give(&t, SUND_GREEN, draw_boxes(t.ctx, SUND_GREEN, 3, green));
  give(&t, SUND_HOMES, draw_points(t.ctx, SUND_HOMES, 2, home));
  give(&t, SUND_PATHS, draw_lines(t.ctx, 1, road));
  assert_ok(t.ctx, ask(&t));
  assert_int_equal(met(&t, 0), SUND_NULL_INT);
  assert_string_equal(text_of(&t, "reason", 0), "path-data-end");
  assert_int_equal(met(&t, 1), 0);
}

/* Census cells: persons are conserved, water takes none, and plain weighting loses people to the sea. */
static void cells_are_spread_over_their_land(void **state) {
  town t;
  found_town(&t, *state);
  const draw_box area[] = {{0, 0, 5000, 1000}, {5000, 0, 9000, 1000}};
  const draw_box land[] = {{300, 0, 9000, 1000}};
  const draw_box cell[] = {{0, 0, 1000, 1000}, {4500, 0, 5500, 1000}, {8000, 0, 9000, 1000}, {20000, 0, 21000, 1000}};
  const draw_box green[] = {{-5000, -5000, 15000, -4000}};
  sund_table *cells = draw_boxes(t.ctx, SUND_HOMES, 4, cell);
  const double persons[] = {700, 100, 50, 999};
  memcpy(sund_table_real(cells, "persons"), persons, sizeof persons);
  give(&t, SUND_AREAS, draw_areas(t.ctx, 2, area));
  give(&t, SUND_LAND, draw_boxes(t.ctx, SUND_LAND, 1, land));
  give(&t, SUND_GREEN, draw_boxes(t.ctx, SUND_GREEN, 1, green));
  give(&t, SUND_HOMES, cells);
  assert_ok(t.ctx, ask(&t));
  assert_near(draw_value(&t.out, "area.persons", "", 0), 750, 1e-6);
  assert_near(draw_value(&t.out, "area.persons", "", 1), 100, 1e-6);
  const sund_table *pieces = draw_layer(&t.out, "access_homes");
  double sum = 0;
  for (size_t i = 0; i < pieces->rows; i++) {
    sum += sund_table_real(pieces, "persons")[i];
    assert_true(pieces->x[i] > DRAW_X + 300);
    assert_true(sund_table_int(pieces, "piece")[i] > 0);
  }
  assert_near(sum, 850, 1e-6);
  assert_in_range(pieces->rows, 250, 340);
  t.options.plain_weights = true; /* the cell by the sea is wholly in the area here: cut the area at the shore */
  const draw_box dry[] = {{300, 0, 5000, 1000}, {5000, 0, 9000, 1000}};
  give(&t, SUND_AREAS, draw_areas(t.ctx, 2, dry));
  assert_ok(t.ctx, ask(&t));
  assert_near(draw_value(&t.out, "area.persons", "", 0), 490 + 50, 1e-6);
  t.options.plain_weights = false;
  assert_ok(t.ctx, ask(&t));
  assert_near(draw_value(&t.out, "area.persons", "", 0), 750, 1e-6);
}

/* A home in two areas of one level counts once, in the first, and that is said; in areas of two levels it counts in both. */
static void overlapping_areas_are_told(void **state) {
  town t;
  found_town(&t, *state);
  const draw_box area[] = {{0, 0, 1000, 1000}, {500, 0, 1500, 1000}, {0, 0, 1500, 1000}};
  const draw_box park[] = {{-3000, -3000, 4000, -2000}};
  const draw_point home[] = {{700, 500, 3}, {1200, 500, 4}};
  sund_table *areas = draw_areas(t.ctx, 3, area);
  sund_table_text(areas, "level")[2] = "region";
  give(&t, SUND_AREAS, areas);
  give(&t, SUND_GREEN, draw_boxes(t.ctx, SUND_GREEN, 1, park));
  give(&t, SUND_HOMES, draw_points(t.ctx, SUND_HOMES, 2, home));
  assert_ok(t.ctx, ask(&t));
  assert_near(draw_value(&t.out, "area.persons", "", 0), 3, 1e-9);
  assert_near(draw_value(&t.out, "area.persons", "", 1), 4, 1e-9);
  assert_near(draw_value(&t.out, "area.persons", "", 2), 7, 1e-9);
  assert_true(draw_found(&t.out, "warning", "1 homes with 3 persons lie in two areas"));
}

/* Slow twin: every home against every box, on random towns. Any order of rows and any number of threads. */
static void random_towns_agree_with_brute_force(void **state) {
  (void)state;
  uint64_t random = support_seed();
  for (int round = 0; round < 20; round++) {
    sund_ctx *ctx = sund_ctx_new();
    enum { GREEN = 40, HOMES = 200 };
    draw_box box[GREEN];
    draw_point home[HOMES];
    for (size_t i = 0; i < GREEN; i++) { /* on a lattice with gaps, so that none touch */
      double x = 300 * (double)(i % 8), y = 300 * (double)(i / 8);
      box[i] = (draw_box){x, y, x + support_uniform(&random, 20, 250), y + support_uniform(&random, 20, 250)};
    }
    for (size_t i = 0; i < HOMES; i++)
      home[i] = (draw_point){support_uniform(&random, -500, 3000), support_uniform(&random, -500, 2000),
                             1 + (double)(i % 4)};
    town t;
    found_town(&t, ctx);
    sund_ctx_threads(ctx, 1 + round % 3);
    t.standards[0].min_ha = 1.5;
    give(&t, SUND_GREEN, draw_boxes(ctx, SUND_GREEN, GREEN, box));
    give(&t, SUND_HOMES, draw_points(ctx, SUND_HOMES, HOMES, home));
    assert_ok(ctx, ask(&t));
    const double k = 0.9998;                /* ground metres per map metre here, near enough to tell 1.5 ha */
    for (size_t h = 0; h < HOMES; h += 8) { /* a geodesic takes long */
      double best = INFINITY, best_x = 0, best_y = 0;
      for (size_t g = 0; g < GREEN; g++) {
        if ((box[g].x1 - box[g].x0) * (box[g].y1 - box[g].y0) * k * k < 15000) continue;
        double x = fmin(fmax(home[h].x, box[g].x0), box[g].x1), y = fmin(fmax(home[h].y, box[g].y0), box[g].y1);
        if (hypot(home[h].x - x, home[h].y - y) < best)
          best = hypot(home[h].x - x, home[h].y - y), best_x = x, best_y = y;
      }
      if (isinf(best)) continue;
      best = draw_distance(ctx, t.in.crs, home[h].x, home[h].y, best_x, best_y);
      if (fabs(dist(&t, h) - best) > 1e-4)
        fail_msg("seed %llu round %d home %zu: %g, not %g", (unsigned long long)support_seed(), round, h, dist(&t, h),
                 best);
    }
    sund_ctx_free(ctx);
  }
}

static void failing_allocations_are_told(void **state) {
  (void)state;
  const draw_line road[] = {{0, 0, 2000, 0, 0}};
  const draw_box area[] = {{0, -500, 2000, 500}}, park[] = {{900, -50, 1100, -20}, {900, 0, 1000, 100}},
                 cell[] = {{0, -500, 1000, 500}};
  for (size_t n = 1;; n += 1 + n / 40) {
    sund_ctx *ctx = sund_ctx_new();
    sund_ctx_threads(ctx, 1);
    town t;
    found_town(&t, ctx);
    give(&t, SUND_AREAS, draw_areas(ctx, 1, area));
    give(&t, SUND_GREEN, draw_boxes(ctx, SUND_GREEN, 2, park));
    give(&t, SUND_HOMES, draw_boxes(ctx, SUND_HOMES, 1, cell));
    give(&t, SUND_PATHS, draw_lines(ctx, 1, road));
    sund_ctx_fail_alloc(ctx, n);
    sund_code code = ask(&t);
    sund_ctx_free(ctx);
    if (code == SUND_OK) {
      assert_true(n > 100);
      return;
    }
    assert_int_equal(code, SUND_LIMIT);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      SUND_TEST(straight_lines_are_ground_metres),
      SUND_TEST(cut_offs_are_inclusive),
      SUND_TEST(parcels_merge_before_the_size_test),
      SUND_TEST(overlapping_registers_count_once),
      SUND_TEST(access_classes_and_kinds_count),
      SUND_TEST(green_points_have_no_size),
      SUND_TEST(networks_are_exact_on_edges),
      SUND_TEST(nodes_reproduce_the_cruder_tools),
      SUND_TEST(bridges_are_no_entrance),
      SUND_TEST(water_parts_what_paths_do_not_join),
      SUND_TEST(borders_neither_hide_nor_invent),
      SUND_TEST(missing_paths_of_the_neighbour_are_no_no),
      SUND_TEST(cells_are_spread_over_their_land),
      SUND_TEST(overlapping_areas_are_told),
      SUND_TEST(random_towns_agree_with_brute_force),
      SUND_TEST(failing_allocations_are_told),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}

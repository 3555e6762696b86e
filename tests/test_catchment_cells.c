/* test_catchment_cells.c - the layer catchment_cells (queries/catchment_cells*.c): by hand, and against the same question
 * asked place by place; names of cells. */
#include "catchment_case.h"
#include "queries/catchment_grid.h"

static size_t row_of(const sund_table *t, const char *cell, const char *mode, double minutes) {
  for (size_t r = 0; r < t->rows; r++)
    if (strcmp(sund_table_text(t, "cell_id")[r], cell) == 0 && strcmp(sund_table_text(t, "mode")[r], mode) == 0 &&
        sund_table_real(t, "minutes")[r] == minutes)
      return r;
  fail_msg("no row %s %s %g", cell, mode, minutes);
  return 0;
}

static void test_names(void **state) {
  sund_ctx *ctx = *state;
  static const struct {
    double side, x, y;
    const char *name;
  } cases[] = {{100, 724250, 6137312, "100m_61373_7242"}, {1000, 724250, 6137312, "1km_6137_724"},
               {500, 718000, 6208000, "500m_62080_7180"}, {250, 724250, 6137312, "250m_613725_72425"},
               {2000, 724250, 6137312, "2km_6136_724"},   {0.5, 10.6, -0.2, "0.5m_-5_105"},
               {1500, 3100, -100, "1500m_-15_30"}};
  for (size_t k = 0; k < sizeof cases / sizeof *cases; k++)
    assert_string_equal(
        catchment_cell_name(ctx, cases[k].side, catchment_cell_at(cases[k].side, cases[k].x, cases[k].y)),
        cases[k].name);
}

/* Three cells on one street and one across: each reaches itself at once, others by the street and the gate. */
static void test_by_hand(void **state) {
  catchment_case c;
  case_begin(&c, *state);
  const draw_line street[] = {{0, 10, 4000, 10, 0}, {10000, 10, 14000, 10, 0}};
  const draw_line crossing[] = {{4000, 10, 10000, 10, 0}};
  const draw_box country[] = {{-500, -500, 7000, 500}, {7000, -500, 15000, 500}};
  const draw_point home[] = {{500, 10, 30}, {600, 10, 10}, {2500, 10, 5}, {10500, 10, 7}};
  const draw_point job[] = {{2500, 10, 100}, {10500, 10, 1000}, {13500, 10, 10000}};
  sund_table *areas = draw_areas(c.ctx, 2, country);
  sund_table_text(areas, "country")[0] = "DK";
  sund_table_text(areas, "country")[1] = "SE";
  c.in.role[SUND_AREAS] = areas;
  c.in.role[SUND_PATHS] = case_roads(c.ctx, 2, street);
  c.in.role[SUND_HOMES] = draw_points(c.ctx, SUND_HOMES, 4, home);
  c.in.role[SUND_JOBS] = case_jobs(c.ctx, 3, job);
  c.in.role[SUND_GATES] = case_gate(c.ctx, crossing, "ferry", 20, "walk");
  c.variants[0] = (sund_variant){.name = "tunnel", .gates = case_gate(c.ctx, crossing, "tunnel", 5, "walk")};
  c.in.variants = 1;
  c.options.cells = true;
  c.options.cell_m = 1000;
  assert_ok(c.ctx, case_ask(&c));
  const sund_table *t = draw_layer(&c.out, "catchment_cells");
  assert_int_equal(t->rows, 3 * 4);
  /* from 525 (weighted): 1,975 m to 2500, 24 minutes; the quay at 42, the other at 62 or 47, 10500 at 53 by tunnel */
  size_t r = row_of(t, "1km_6215_720", "walk", 15);
  assert_true(sund_table_real(t, "living")[r] == 40 && sund_table_real(t, "persons")[r] == 40);
  assert_true(sund_table_real(t, "jobs")[r] == 0);
  assert_string_equal(sund_table_text(t, "country")[r], "DK");
  r = row_of(t, "1km_6215_720", "walk", 30);
  assert_true(sund_table_real(t, "persons")[r] == 45 && sund_table_real(t, "jobs")[r] == 100);
  r = row_of(t, "1km_6215_720", "walk", 60);
  assert_true(sund_table_real(t, "jobs")[r] == 100 && sund_table_real(t, "jobs_tunnel")[r] == 1100);
  assert_true(sund_table_real(t, "jobs_gain_tunnel")[r] == 1000 && sund_table_real(t, "persons_gain_tunnel")[r] == 7);
  /* from 2500: quay 18, other quay 38, 10500 at 44 minutes */
  r = row_of(t, "1km_6215_722", "walk", 45);
  assert_true(sund_table_real(t, "jobs_across")[r] == 1000 && sund_table_real(t, "jobs")[r] == 1100);
  assert_true(sund_table_real(t, "persons_across")[r] == 7 && sund_table_real(t, "persons")[r] == 52);
  /* from 10500: 36 minutes to 13500 */
  r = row_of(t, "1km_6215_730", "walk", 45);
  assert_true(sund_table_real(t, "jobs")[r] == 11100 && sund_table_real(t, "jobs_across")[r] == 100);
  /* the average inhabitant: (40 * 100 + 5 * 1100 + 7 * 11100) / 52 within 45 minutes */
  assert_near(case_told(&c, "catchment.mean_jobs", "walk/45", "baseline", NULL),
              (40 * 100 + 5 * 1100 + 7 * 11100) / 52.0, 1e-9);
  /* small cells are not shown, and still counted */
  c.options.suppress = 6;
  assert_ok(c.ctx, case_ask(&c));
  assert_int_equal(draw_layer(&c.out, "catchment_cells")->rows, 2 * 4);
  assert_near(case_told(&c, "catchment.mean_jobs", "walk/45", "baseline", NULL),
              (40 * 100 + 5 * 1100 + 7 * 11100) / 52.0, 1e-9);
}

/* One goes to the centre of homes and jobs alike, from that of homes; a cell without a street reaches itself. */
static void test_centres(void **state) {
  catchment_case c;
  case_begin(&c, *state);
  const draw_line street[] = {{0, 10, 10000, 10, 0}};
  const draw_point home[] = {{100, 10, 1}, {2100, 10, 10}, {5500, 650, 7}};
  const draw_point job[] = {{2900, 10, 990}};
  c.in.role[SUND_PATHS] = case_roads(c.ctx, 1, street);
  c.in.role[SUND_HOMES] = draw_points(c.ctx, SUND_HOMES, 3, home);
  c.in.role[SUND_JOBS] = case_jobs(c.ctx, 1, job);
  c.options.cells = true;
  c.options.cell_m = 1000;
  assert_ok(c.ctx, case_ask(&c));
  const sund_table *t = draw_layer(&c.out, "catchment_cells");
  const double *jobs = sund_table_real(t, "jobs"), *persons = sund_table_real(t, "persons");
  /* 2,792 m, 33.5 minutes, to the centre of jobs; 24 minutes back from the homes */
  assert_true(jobs[row_of(t, "1km_6215_720", "walk", 30)] == 0);
  assert_true(jobs[row_of(t, "1km_6215_720", "walk", 45)] == 990);
  assert_true(persons[row_of(t, "1km_6215_722", "walk", 15)] == 10);
  assert_true(persons[row_of(t, "1km_6215_722", "walk", 30)] == 11);
  assert_true(persons[row_of(t, "1km_6215_725", "walk", 15)] == 7 &&
              persons[row_of(t, "1km_6215_725", "walk", 60)] == 7);
}

enum { SIDE = 6, CELLS = SIDE * SIDE };

/* A random town of 6 x 6 cells, one home and as many jobs as persons near the middle of each, streets between some of
 * them, a ferry, two countries. */
static void draw_town(catchment_case *c, uint64_t *seed, draw_point home[CELLS]) {
  draw_line street[2 * SIDE];
  for (int i = 0; i < SIDE; i++) {
    const double at = 1000 * i + 500;
    street[2 * i] = (draw_line){at, i < 3 ? 400 : 300, at, 5800, 0};
    street[2 * i + 1] = (draw_line){i % 2 ? 3200 : 300, at, i % 2 ? 5900 : 2800, at, 0};
    for (int k = 0; k < SIDE; k++)
      home[i * SIDE + k] =
          (draw_point){at + support_uniform(seed, -90, 90), 1000 * k + 500 + support_uniform(seed, -90, 90),
                       1 + (double)(support_random(seed) % 50)};
  }
  const draw_line crossing[] = {{600, 500, 5400, 5500, 0}};
  const draw_box country[] = {{-500, -500, 3000, 7000}, {3000, -500, 7000, 7000}};
  sund_table *areas = draw_areas(c->ctx, 2, country), *gates = case_gate(c->ctx, crossing, "ferry", 7.3, "walk,car");
  sund_table_text(areas, "country")[0] = "DK";
  sund_table_text(areas, "country")[1] = "SE";
  sund_table_real(gates, "headway_min")[0] = 11;
  c->modes[0] = "walk,bike,car";
  c->in.role[SUND_AREAS] = areas;
  c->in.role[SUND_PATHS] = case_roads(c->ctx, 2 * SIDE, street);
  c->in.role[SUND_HOMES] = draw_points(c->ctx, SUND_HOMES, CELLS, home);
  c->in.role[SUND_JOBS] = case_jobs(c->ctx, CELLS, home);
  c->in.role[SUND_GATES] = gates;
  c->options.cells = true;
  c->options.cell_m = 1000;
  c->minutes[0] = 5, c->minutes[1] = 17, c->minutes[2] = 31, c->minutes[3] = 47;
}

static void compare_cell(const catchment_case *c, const draw_point *home, size_t i, const char *mode, double minutes,
                         uint64_t started) {
  static const char *const counts[] = {"persons", "jobs", "persons_across", "jobs_across"};
  const sund_table *t = draw_layer(&c->out, "catchment_cells");
  const double side = c->options.cell_m;
  const char *variant = sund_text(c->ctx, "%s/%g", mode, minutes), *place = sund_text(c->ctx, "p%zu", i);
  const size_t r =
      row_of(t, catchment_cell_name(c->ctx, side, catchment_cell_at(side, DRAW_X + home[i].x, DRAW_Y + home[i].y)),
             mode, minutes);
  for (int k = 0; k < 4; k++) {
    const double wanted = case_told(c, sund_text(c->ctx, "catchment.%s", counts[k]), variant, "baseline", place);
    if (sund_table_real(t, counts[k])[r] != wanted)
      fail_msg("seed %llu: %s %s from %s: %g, not %g", (unsigned long long)started, counts[k], variant, place,
               sund_table_real(t, counts[k])[r], wanted);
  }
}

/* What a cell reaches is what a place there reaches, counted home by home by the other way of the program. */
static void test_against_places(void **state) {
  static const char *const modes[] = {"walk", "bike", "car"};
  uint64_t seed = support_seed();
  for (int round = 0; round < 3; round++) {
    const uint64_t started = seed;
    catchment_case c;
    draw_point home[CELLS];
    case_begin(&c, sund_ctx_child(*state));
    draw_town(&c, &seed, home);
    c.in.role[SUND_PLACES] = case_places(c.ctx, CELLS, home);
    c.options.no_map = true;
    assert_ok(c.ctx, case_ask(&c));
    for (int m = 0; m < 3; m++)
      for (int b = 0; b < 4; b++)
        for (size_t i = 0; i < CELLS; i++) compare_cell(&c, home, i, modes[m], c.minutes[b], started);
    sund_ctx_free(c.ctx);
  }
}

enum { PIECE_M = 10, PIECES = 800, ALONG = PIECES / 10, LONGEST_MIN = 2400 };

/* A street in pieces of 10 m, 0.72 s by car, which is no whole number of any usual unit; a home and a place every 100 m; a
 * ferry from its end to another one. Every cell reaches what a place in it does, and the longest bound, past which nothing
 * fits a narrow lane, makes no difference to the others. */
static void test_uneven_pieces(void **state) {
  static const char *const modes[] = {"walk", "car"};
  catchment_case c;
  draw_line street[PIECES];
  draw_point home[ALONG];
  const draw_line crossing[] = {{4000, 0, 4600, 0, 0}};
  case_begin(&c, *state);
  for (int i = 0; i < PIECES; i++) {
    const double at = PIECE_M * i + (i < PIECES / 2 ? 0 : 600);
    street[i] = (draw_line){at, 0, at + PIECE_M, 0, 0};
  }
  for (int i = 0; i < ALONG; i++) home[i] = (draw_point){100 * i + (i < ALONG / 2 ? 37 : 637), 5, 1 + i % 7};
  c.modes[0] = "walk,car";
  c.in.role[SUND_PATHS] = case_roads(c.ctx, PIECES, street);
  c.in.role[SUND_HOMES] = draw_points(c.ctx, SUND_HOMES, ALONG, home);
  c.in.role[SUND_JOBS] = case_jobs(c.ctx, ALONG, home);
  c.in.role[SUND_PLACES] = case_places(c.ctx, ALONG, home);
  c.in.role[SUND_GATES] = case_gate(c.ctx, crossing, "ferry", 1.3, "walk,car");
  sund_table_real(c.in.role[SUND_GATES], "headway_min")[0] = 3;
  c.options.no_map = c.options.cells = true;
  c.options.cell_m = 100;
  c.minutes[0] = 2, c.minutes[1] = 3.7, c.minutes[2] = 6.1, c.minutes[3] = LONGEST_MIN;
  double alone[2 * 3 * ALONG];
  for (size_t bounds = 3; bounds <= 4; bounds++) {
    c.options.minutes.count = bounds;
    assert_ok(c.ctx, case_ask(&c));
    const double *persons = sund_table_real(draw_layer(&c.out, "catchment_cells"), "persons");
    for (size_t m = 0; m < 2; m++) {
      for (size_t b = 0; b < bounds; b++)
        for (size_t i = 0; i < ALONG; i++) compare_cell(&c, home, i, modes[m], c.minutes[b], 0);
      double *of = alone + m * 3 * ALONG;
      if (bounds == 3) memcpy(of, persons + m * 3 * ALONG, 3 * ALONG * sizeof *of);
      else assert_memory_equal(of, persons + m * 4 * ALONG, 3 * ALONG * sizeof *of);
    }
  }
  /* from 37 m by car: 120 s less two legs of 3.6 s: 1,566 m, homes to 1,537 */
  double reached = 0;
  for (int i = 0; i <= 15; i++) reached += home[i].persons;
  assert_true(alone[3 * ALONG] == reached);
}

static void assert_same_table(const sund_table *a, const sund_table *b) {
  assert_int_equal(a->rows, b->rows);
  assert_int_equal(a->shapes->vertices, b->shapes->vertices);
  assert_memory_equal(a->shapes->x, b->shapes->x, a->shapes->vertices * sizeof *a->shapes->x);
  assert_memory_equal(a->shapes->y, b->shapes->y, a->shapes->vertices * sizeof *a->shapes->y);
  for (size_t k = 0; k < a->columns; k++)
    for (size_t r = 0; r < a->rows; r++) {
      if (a->column[k].real) assert_memory_equal(a->column[k].real + r, b->column[k].real + r, sizeof(double));
      if (a->column[k].text && a->column[k].text[r]) assert_string_equal(a->column[k].text[r], b->column[k].text[r]);
      if (a->column[k].text && !a->column[k].text[r]) assert_null(b->column[k].text[r]);
    }
}

/* The same layers with one thread and with four. */
static void test_threads(void **state) {
  static const char *const layers[] = {"catchments", "catchment_times", "catchment_cells"};
  uint64_t seed = support_seed();
  catchment_case c;
  draw_point home[CELLS];
  case_begin(&c, *state);
  draw_town(&c, &seed, home);
  c.in.role[SUND_PLACES] = case_places(c.ctx, 3, home);
  c.variants[0] = (sund_variant){.name = "none"};
  c.in.variants = 1;
  sund_ctx_threads(c.ctx, 1);
  assert_ok(c.ctx, case_ask(&c));
  const sund_results first = c.out;
  sund_ctx_threads(c.ctx, 4);
  assert_ok(c.ctx, case_ask(&c));
  for (size_t k = 0; k < 3; k++) {
    assert_true(draw_layer(&first, layers[k])->rows > 0);
    assert_same_table(draw_layer(&first, layers[k]), draw_layer(&c.out, layers[k]));
  }
}

/* Memory that ends anywhere is a failure and nothing worse. */
static void test_no_memory(void **state) {
  catchment_case c;
  const draw_line street[] = {{0, 0, 3000, 0, 0}, {5000, 0, 7000, 0, 0}}, crossing[] = {{3000, 0, 5000, 0, 0}};
  const draw_point home[] = {{500, 10, 3}, {2600, 10, 10}, {5500, 10, 7}};
  const draw_box land[] = {{-1000, -1000, 3100, 1000}, {4900, -1000, 8000, 1000}};
  size_t refused = 0;
  case_begin(&c, *state);
  c.in.role[SUND_PATHS] = case_roads(c.ctx, 2, street);
  c.in.role[SUND_LAND] = draw_boxes(c.ctx, SUND_LAND, 2, land);
  c.in.role[SUND_HOMES] = draw_points(c.ctx, SUND_HOMES, 3, home);
  c.in.role[SUND_PLACES] = case_places(c.ctx, 1, home);
  c.in.role[SUND_GATES] = case_gate(c.ctx, crossing, "ferry", 5, "walk");
  c.variants[0] = (sund_variant){.name = "none"};
  c.in.variants = 1;
  c.options.cells = true;
  c.options.cell_m = 500;
  for (size_t n = 1;; n += 1 + n / 12) {
    c.ctx = sund_ctx_child(*state);
    sund_ctx_fail_alloc(c.ctx, n);
    const sund_code code = case_ask(&c);
    sund_ctx_fail_alloc(c.ctx, 0);
    sund_ctx_free(c.ctx);
    if (code == SUND_OK) break;
    assert_int_equal(code, SUND_LIMIT);
    refused++;
  }
  assert_true(refused > 20);
}

/* Without paths: straight lines within the snap limit. */
static void test_no_paths(void **state) {
  catchment_case c;
  case_begin(&c, *state);
  const draw_point home[] = {{50, 50, 3}, {150, 50, 10}, {650, 50, 100}};
  c.in.role[SUND_HOMES] = draw_points(c.ctx, SUND_HOMES, 3, home);
  c.options.cells = true;
  c.options.cell_m = 100;
  assert_ok(c.ctx, case_ask(&c));
  const sund_table *t = draw_layer(&c.out, "catchment_cells");
  assert_true(sund_table_real(t, "persons")[row_of(t, "100m_62150_7200", "walk", 15)] == 13);
  assert_true(sund_table_real(t, "persons")[row_of(t, "100m_62150_7206", "walk", 60)] == 100);
  assert_true(isnan(sund_table_real(t, "jobs")[0]));
}

int main(void) {
  const struct CMUnitTest tests[] = {
      SUND_TEST(test_names),          SUND_TEST(test_by_hand),       SUND_TEST(test_centres),
      SUND_TEST(test_against_places), SUND_TEST(test_uneven_pieces), SUND_TEST(test_threads),
      SUND_TEST(test_no_paths),       SUND_TEST(test_no_memory),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}

/* test_coast.c - the query `coast` on islands drawn by hand, and on the real Helsingor when the data are there. */
#include "draw.h"
#include "queries/coast.h"

/* A question. */
typedef struct shore {
  sund_ctx *ctx;
  sund_inputs in;
  double yardstick[8];
  coast_options options;
  double extent[1][4];
  sund_results out;
} shore;

static void begin(shore *s, sund_ctx *ctx) {
  *s = (shore){.ctx = ctx, .yardstick = {1, 10, 50, 100}};
  s->in.crs = draw_crs(ctx);
  s->in.scenario = "baseline";
  s->options.tolerances = (sund_numbers){4, s->yardstick};
}

static sund_code ask(shore *s) {
  s->out = (sund_results){0};
  s->options.tolerances.value = s->yardstick;
  return sund_query_find("coast")->run(s->ctx, &s->in, &s->options, &s->out);
}

static double length(const shore *s, const char *variant, size_t area) {
  return draw_value(&s->out, "coast.length", variant, area);
}
static double drawn(const shore *s, size_t area) {
  return draw_value(&s->out, "coast.length_as_drawn", "", area);
}

static size_t rows_of(const sund_results *out, const char *indicator, size_t area) {
  size_t count = 0;
  for (size_t i = 0; i < out->indicators; i++)
    count += out->indicator[i].area == area && strcmp(out->indicator[i].indicator, indicator) == 0;
  return count;
}

/* A table of coast lines: counts of vertices ended by 0, then x, y, x, y, ... relative to the drawing's origin. */
static sund_table *coast_of(sund_ctx *ctx, const size_t *counts, const double *at) {
  size_t rows = 0, vertices = 0;
  while (counts[rows]) vertices += counts[rows++];
  sund_table *table = draw_table(ctx, SUND_COAST, SUND_LINE, rows);
  assert_ok(ctx, sund_shapes_new(ctx, SUND_LINE, rows, rows, vertices, &table->shapes));
  for (size_t i = 0; i < rows; i++) {
    table->shapes->first_part[i + 1] = i + 1;
    table->shapes->first_vertex[i + 1] = table->shapes->first_vertex[i] + counts[i];
  }
  for (size_t v = 0; v < vertices; v++)
    table->shapes->x[v] = DRAW_X + at[2 * v], table->shapes->y[v] = DRAW_Y + at[2 * v + 1];
  return table;
}

/* ------------------------------------------------------------------------------------------------------ islands */

static void a_square_island(void **state) {
  shore s;
  begin(&s, *state);
  const draw_box island[] = {{0, 0, 1000, 1000}};
  s.in.role[SUND_LAND] = draw_boxes(s.ctx, SUND_LAND, 1, island);
  assert_ok(s.ctx, ask(&s));
  const double km = draw_ground(s.ctx, 1000);
  assert_near(km, 999.77, 0.1); /* the map stretches here: metres are the ground's */
  const char *const variants[] = {"1", "10", "50", "100"};
  for (size_t k = 0; k < 4; k++) {
    assert_near(length(&s, variants[k], SIZE_MAX), 4 * km, 0.02);
    /* a step across a right angle loses at most (2 - sqrt 2) of itself, and there are four */
    const double lost = 4 * km - draw_value(&s.out, "coast.length_divider", variants[k], SIZE_MAX);
    assert_true(lost > -0.01 && lost < 4 * 0.586 * s.yardstick[k]);
  }
  assert_near(drawn(&s, SIZE_MAX), 4 * km, 0.02);
  assert_near(draw_value(&s.out, "coast.slope", "douglas-peucker", SIZE_MAX), 0, 1e-9);
  assert_near(draw_value(&s.out, "coast.vertex_spacing", "", SIZE_MAX), km, 0.02);
  assert_near(draw_value(&s.out, "area.land", "", SIZE_MAX), km * km / 1e4, 1e-3);
  assert_true(draw_found(&s.out, "note", "`land` is one feature"));
  const sund_table *lines = draw_layer(&s.out, "coast_lines");
  assert_int_equal(lines->rows, 1);
  assert_near(sund_table_real(lines, "length_m")[0], 4 * km, 0.02);
  assert_string_equal(sund_table_text(lines, "area_id")[0], "all");
  assert_int_equal(sund_table_int(lines, "island")[0], 1);
  assert_string_equal(sund_table_text(lines, "drawn_from")[0], "land");
  for (size_t i = 0; i < s.out.indicators; i++) {
    const sund_indicator *row = &s.out.indicator[i];
    if (strcmp(row->indicator, "coast.length") == 0) {
      assert_string_equal(row->unit, "m");
      assert_string_equal(row->method, "coast-douglas-peucker/1");
    }
  }
}

/* An islet is seen at yardsticks that do not swallow it. */
static void islets_vanish(void **state) {
  shore s;
  begin(&s, *state);
  const draw_box land[] = {{0, 0, 1000, 1000}, {2000, 0, 2020, 20}, {2100, 0, 2100.5, 0.5}};
  s.in.role[SUND_LAND] = draw_boxes(s.ctx, SUND_LAND, 3, land);
  assert_ok(s.ctx, ask(&s));
  const double f = draw_ground(s.ctx, 1000) / 1000;
  assert_near(length(&s, "1", SIZE_MAX), 4080 * f, 0.05); /* a quarter of a square metre is no island */
  assert_near(length(&s, "10", SIZE_MAX), 4080 * f, 0.05);
  assert_near(length(&s, "50", SIZE_MAX), 4000 * f, 0.05);
  assert_near(draw_value(&s.out, "coast.length_divider", "50", SIZE_MAX), 4000 * f, 4 * 0.586 * 50);
  assert_int_equal(draw_layer(&s.out, "coast_lines")->rows, 2);
}

/* A lake is no coast, nor is an island in it; its area is not land. */
static void lakes_are_no_coast(void **state) {
  shore s;
  begin(&s, *state);
  const draw_box frame[] = {
      {0, 0, 1000, 300}, {0, 700, 1000, 1000}, {0, 300, 300, 700}, {700, 300, 1000, 700}, {450, 450, 550, 550}};
  s.in.role[SUND_LAND] = draw_boxes(s.ctx, SUND_LAND, 5, frame);
  assert_ok(s.ctx, ask(&s));
  const double f = draw_ground(s.ctx, 1000) / 1000;
  assert_near(drawn(&s, SIZE_MAX), 4000 * f, 0.05);
  assert_near(draw_value(&s.out, "area.land", "", SIZE_MAX), (100 - 16 + 1) * f * f, 0.01);
  assert_int_equal(draw_layer(&s.out, "coast_lines")->rows, 1);
}

/* --------------------------------------------------------------------------------------------------- neighbours */

/* The polygons of municipalities follow the shore: their shared border is no coast, and the whole is the sum. */
static void neighbours_share_no_coast(void **state) {
  shore s;
  begin(&s, *state);
  const draw_box land[] = {{0, 0, 1000, 1000}, {1000, 0, 3000, 1000}};
  s.in.role[SUND_LAND] = draw_boxes(s.ctx, SUND_LAND, 2, land);
  s.in.role[SUND_AREAS] = draw_areas(s.ctx, 2, land);
  assert_ok(s.ctx, ask(&s));
  const double f = draw_ground(s.ctx, 1000) / 1000;
  assert_near(drawn(&s, 0), 3000 * f, 0.05);
  assert_near(drawn(&s, 1), 5000 * f, 0.05);
  for (size_t k = 0; k < 4; k++) {
    const char *const variants[] = {"1", "10", "50", "100"};
    assert_near(length(&s, variants[k], 0) + length(&s, variants[k], 1), 8000 * f, 0.1);
  }
  assert_near(draw_value(&s.out, "area.land", "", 0), 100 * f * f, 0.01);
  assert_near(draw_value(&s.out, "area.land", "", 1), 200 * f * f, 0.01);
  const sund_table *lines = draw_layer(&s.out, "coast_lines");
  assert_int_equal(lines->rows, 2);
  assert_string_equal(sund_table_text(lines, "area_id")[0], "a");
  assert_string_equal(sund_table_text(lines, "area_name")[1], "Area B");
  assert_int_equal(sund_table_int(lines, "island")[0], 0);
  /* both pieces end at the border's ends */
  const sund_shapes *shapes = lines->shapes;
  for (size_t p = 0; p < 2; p++) {
    const size_t first = shapes->first_vertex[p], last = shapes->first_vertex[p + 1] - 1;
    assert_near(shapes->x[first], DRAW_X + 1000, 1e-6);
    assert_near(shapes->x[last], DRAW_X + 1000, 1e-6);
  }
}

/* Only one of the neighbours is asked about: the same coast. */
static void one_area_of_two(void **state) {
  shore s;
  begin(&s, *state);
  const draw_box land[] = {{0, 0, 1000, 1000}, {1000, 0, 3000, 1000}};
  s.in.role[SUND_LAND] = draw_boxes(s.ctx, SUND_LAND, 2, land);
  s.in.role[SUND_AREAS] = draw_areas(s.ctx, 1, land);
  assert_ok(s.ctx, ask(&s));
  /* beyond either end of the border up to 1 m of the neighbour's coast is near enough to be taken */
  assert_near(drawn(&s, 0), 3000 * draw_ground(s.ctx, 1000) / 1000, 2.01);
}

/* Neighbours digitised apart: a sliver of 0.4 m between them is no coast. */
static void slivers_are_no_coast(void **state) {
  shore s;
  begin(&s, *state);
  const draw_box land[] = {{0, 0, 1000, 1000}, {1000.4, 0, 3000, 1000}};
  s.in.role[SUND_LAND] = draw_boxes(s.ctx, SUND_LAND, 2, land);
  s.in.role[SUND_AREAS] = draw_areas(s.ctx, 2, land);
  assert_ok(s.ctx, ask(&s));
  const double f = draw_ground(s.ctx, 1000) / 1000;
  assert_near(drawn(&s, 0), 3000 * f, 2);
  assert_near(drawn(&s, 1), 4999.2 * f, 2);
}

/* A municipality with sea territory: its coast lies inside it, and ends at the border in the sea of land. */
static void sea_territory(void **state) {
  shore s;
  begin(&s, *state);
  const draw_box land[] = {{0, 0, 3000, 1000}};
  const draw_box areas[] = {{-5000, -5000, 1000, 5000}, {1000, -5000, 8000, 5000}};
  s.in.role[SUND_LAND] = draw_boxes(s.ctx, SUND_LAND, 1, land);
  s.in.role[SUND_AREAS] = draw_areas(s.ctx, 2, areas);
  assert_ok(s.ctx, ask(&s));
  const double f = draw_ground(s.ctx, 1000) / 1000;
  assert_near(drawn(&s, 0), 3000 * f, 0.05);
  assert_near(drawn(&s, 1), 5000 * f, 0.05);
  assert_near(draw_value(&s.out, "area.land", "", 1), 200 * f * f, 0.01);
}

/* Areas and land from two files that differ by rounding: the coast on the areas' edge is still theirs, once. */
static void rounding_apart(void **state) {
  shore s;
  begin(&s, *state);
  const draw_box land[] = {{0, 0, 1000, 1000}, {1000, 0, 3000, 1000}};
  const draw_box areas[] = {{0.2, 0.3, 1000, 999.8}, {1000, 0.3, 2999.7, 999.8}};
  s.in.role[SUND_LAND] = draw_boxes(s.ctx, SUND_LAND, 2, land);
  s.in.role[SUND_AREAS] = draw_areas(s.ctx, 2, areas);
  assert_ok(s.ctx, ask(&s));
  const double f = draw_ground(s.ctx, 1000) / 1000;
  assert_near(drawn(&s, 0), 3000 * f, 2.1);
  assert_near(drawn(&s, 1), 5000 * f, 2.1);
  assert_int_equal(draw_layer(&s.out, "coast_lines")->rows, 2); /* connected, not chopped */
}

/* A region over two municipalities has the coast of both. */
static void levels(void **state) {
  shore s;
  begin(&s, *state);
  const draw_box land[] = {{0, 0, 1000, 1000}, {1000, 0, 3000, 1000}};
  const draw_box areas[] = {{0, 0, 1000, 1000}, {0, 0, 3000, 1000}, {1000, 0, 3000, 1000}};
  s.in.role[SUND_LAND] = draw_boxes(s.ctx, SUND_LAND, 2, land);
  sund_table *table = draw_areas(s.ctx, 3, areas);
  sund_table_text(table, "level")[1] = "region";
  s.in.role[SUND_AREAS] = table;
  assert_ok(s.ctx, ask(&s));
  assert_near(drawn(&s, 0) + drawn(&s, 2), drawn(&s, 1), 0.01);
  assert_near(drawn(&s, 1), 8000 * draw_ground(s.ctx, 1000) / 1000, 0.1);
}

/* An area inland has no coast, and that is known. */
static void inland(void **state) {
  shore s;
  begin(&s, *state);
  const draw_box land[] = {{0, 0, 3000, 3000}}, areas[] = {{1000, 1000, 2000, 2000}};
  s.in.role[SUND_LAND] = draw_boxes(s.ctx, SUND_LAND, 1, land);
  s.in.role[SUND_AREAS] = draw_areas(s.ctx, 1, areas);
  assert_ok(s.ctx, ask(&s));
  assert_near(length(&s, "10", 0), 0, 0);
  assert_near(drawn(&s, 0), 0, 0);
  assert_int_equal(rows_of(&s.out, "coast.slope", 0), 0); /* no slope of nothing */
  assert_int_equal(rows_of(&s.out, "coast.vertex_spacing", 0), 0);
  assert_int_equal(draw_layer(&s.out, "coast_lines")->rows, 0);
}

/* --------------------------------------------------------------------------------------------------- coast lines */

/* A shoreline in pieces, drawn either way, is one line; where land is missing it is taken. */
static void coast_lines_where_there_is_no_land(void **state) {
  shore s;
  begin(&s, *state);
  const draw_box land[] = {{0, 0, 1000, 1000}}, areas[] = {{0, 0, 1000, 1000}, {5000, 0, 7000, 2000}};
  const size_t counts[] = {2, 2, 2, 0};
  /* also along the land's own shore: the land wins there */
  const double at[] = {5000, 500, 5500, 500, 7500, 500, 5500, 500, 0, 0, 1000, 0};
  s.in.role[SUND_LAND] = draw_boxes(s.ctx, SUND_LAND, 1, land);
  s.in.role[SUND_AREAS] = draw_areas(s.ctx, 2, areas);
  s.in.role[SUND_COAST] = coast_of(s.ctx, counts, at);
  assert_ok(s.ctx, ask(&s));
  assert_near(drawn(&s, 0), 4 * draw_ground(s.ctx, 1000), 0.1);
  assert_near(drawn(&s, 1), draw_distance(s.ctx, s.in.crs, 5000, 500, 7000, 500), 1.1);
  assert_int_equal(rows_of(&s.out, "area.land", 1), 0);
  assert_true(draw_found(&s.out, "note", "area b has no land data"));
  const sund_table *lines = draw_layer(&s.out, "coast_lines");
  assert_int_equal(lines->rows, 2);
  assert_string_equal(sund_table_text(lines, "drawn_from")[1], "coast");
}

static void what_is_not_known_is_not_said(void **state) {
  shore s;
  begin(&s, *state);
  const draw_box land[] = {{0, 0, 1000, 1000}}, areas[] = {{0, 0, 1000, 1000}, {5000, 0, 7000, 2000}};
  const size_t counts[] = {2, 0};
  const double at[] = {0, 0, 1000, 0};
  s.in.role[SUND_LAND] = draw_boxes(s.ctx, SUND_LAND, 1, land);
  s.in.role[SUND_AREAS] = draw_areas(s.ctx, 2, areas);
  assert_ok(s.ctx, ask(&s));
  assert_int_equal(rows_of(&s.out, "coast.length", 0), 4);
  assert_int_equal(rows_of(&s.out, "coast.length", 1), 0);
  assert_int_equal(rows_of(&s.out, "area.land", 1), 0);
  assert_true(draw_found(&s.out, "warning", "area b has no land data"));
  /* with a shoreline alone: inside what its file covers no line means no coast, outside it nobody knows */
  s.in.role[SUND_LAND] = NULL;
  s.in.role[SUND_COAST] = coast_of(s.ctx, counts, at);
  assert_ok(s.ctx, ask(&s));
  assert_int_equal(rows_of(&s.out, "coast.length", 1), 0);
  assert_true(draw_found(&s.out, "warning", "area b has no coast data"));
  const double covered[4] = {DRAW_X - 10000, DRAW_Y - 10000, DRAW_X + 10000, DRAW_Y + 10000};
  memcpy(s.extent[0], covered, sizeof covered);
  s.in.extent[SUND_COAST] = (const double(*)[4])s.extent;
  s.in.extents[SUND_COAST] = 1;
  assert_ok(s.ctx, ask(&s));
  assert_near(length(&s, "10", 1), 0, 0);
  assert_false(draw_found(&s.out, "warning", "area b"));
}

static void land_wins_without_areas(void **state) {
  shore s;
  begin(&s, *state);
  const draw_box land[] = {{0, 0, 1000, 1000}};
  const size_t counts[] = {2, 0};
  const double at[] = {5000, 0, 6000, 0};
  s.in.role[SUND_LAND] = draw_boxes(s.ctx, SUND_LAND, 1, land);
  s.in.role[SUND_COAST] = coast_of(s.ctx, counts, at);
  assert_ok(s.ctx, ask(&s));
  assert_near(drawn(&s, SIZE_MAX), 4 * draw_ground(s.ctx, 1000), 0.1);
  assert_true(draw_found(&s.out, "warning", "`coast` is not used"));
  s.in.role[SUND_LAND] = NULL;
  assert_ok(s.ctx, ask(&s));
  assert_near(drawn(&s, SIZE_MAX), draw_distance(s.ctx, s.in.crs, 5000, 0, 6000, 0), 0.01);
  assert_int_equal(rows_of(&s.out, "area.land", SIZE_MAX), 0);
}

/* ---------------------------------------------------------------------------------------------------- yardsticks */

/* Teeth of 5 m on a straight coast: seen at 1 m, gone at 10 m. */
static void teeth(void **state) {
  shore s;
  begin(&s, *state);
  enum { N = 400 };
  static double at[2 * (N + 1)];
  const size_t counts[] = {N + 1, 0};
  for (size_t i = 0; i <= N; i++) at[2 * i] = (double)i * 5, at[2 * i + 1] = i % 2 ? 5 : 0;
  s.in.role[SUND_COAST] = coast_of(s.ctx, counts, at);
  assert_ok(s.ctx, ask(&s));
  const double f = draw_ground(s.ctx, 1000) / 1000;
  assert_near(length(&s, "1", SIZE_MAX), N * 5 * sqrt(2) * f, 0.1);
  assert_near(length(&s, "10", SIZE_MAX), N * 5 * f, 0.1);
  assert_near(length(&s, "100", SIZE_MAX), N * 5 * f, 0.1);
  assert_near(draw_value(&s.out, "coast.length_divider", "100", SIZE_MAX), N * 5 * f, 20);
  assert_true(draw_value(&s.out, "coast.slope", "douglas-peucker", SIZE_MAX) < -0.05);
  /* vertices are 7.07 m apart: 1 m is finer than that, 10 m is not */
  assert_near(draw_value(&s.out, "coast.vertex_spacing", "", SIZE_MAX), 5 * sqrt(2) * f, 1e-3);
  assert_true(draw_found(&s.out, "note", "coast of all at 1 m: finer than the source"));
}

/* The Koch coast: the divider finds its dimension log 4 / log 3. */
static void koch_coast(void **state) {
  shore s;
  begin(&s, *state);
  static const double turns[4] = {0, 1.0471975511965976, -1.0471975511965976, 0};
  enum { DEPTH = 6, N = 4096 };
  static double at[2 * (N + 1)];
  const size_t counts[] = {N + 1, 0};
  double x = 0, y = 0;
  for (size_t i = 0; i < N; i++) {
    double turn = 0;
    for (size_t digits = i; digits; digits /= 4) turn += turns[digits % 4];
    x += 3 * cos(turn), y += 3 * sin(turn); /* 2187 m from end to end */
    at[2 * i + 2] = x, at[2 * i + 3] = y;
  }
  s.in.role[SUND_COAST] = coast_of(s.ctx, counts, at);
  /* map metres of the corners' distances, a little short so that rounding cannot miss a corner, as ground metres */
  const double stretch = 4096 * 3 / draw_distance(s.ctx, s.in.crs, 0, 0, 2187, 0) * 2187 / (4096 * 3);
  s.options.tolerances.count = 4;
  for (size_t k = 0; k < 4; k++) s.yardstick[k] = pow(3, (double)k + 2) / stretch * (1 - 2e-4);
  assert_ok(s.ctx, ask(&s));
  assert_near(draw_value(&s.out, "coast.slope", "divider", SIZE_MAX), 1 - log(4) / log(3), 0.02);
}

static void yardsticks_are_named_once(void **state) {
  shore s;
  begin(&s, *state);
  const draw_box land[] = {{0, 0, 1000, 1000}};
  s.in.role[SUND_LAND] = draw_boxes(s.ctx, SUND_LAND, 1, land);
  s.yardstick[0] = 0.5, s.yardstick[1] = 1000, s.yardstick[2] = 0.5;
  s.options.tolerances.count = 3;
  assert_ok(s.ctx, ask(&s));
  assert_int_equal(rows_of(&s.out, "coast.length", SIZE_MAX), 2);
  assert_true(length(&s, "0.5", SIZE_MAX) > 3990);
  assert_true(length(&s, "1000", SIZE_MAX) >= 0);
  s.options.tolerances.count = 1;
  assert_ok(s.ctx, ask(&s));
  assert_int_equal(rows_of(&s.out, "coast.slope", SIZE_MAX), 0); /* one yardstick has no slope */
}

/* The same coast digitised the other way round, begun elsewhere, in other rows: the same numbers to the last bit. */
static void digitising_does_not_matter(void **state) {
  enum { N = 300 };
  uint64_t seed = support_seed();
  static double ring[2 * (N + 1)], turned[2 * (N + 3)];
  for (size_t i = 0; i < N; i++) {
    const double r = support_uniform(&seed, 400, 600), a = 6.283185307179586 * (double)i / N;
    ring[2 * i] = r * cos(a), ring[2 * i + 1] = r * sin(a);
  }
  ring[2 * N] = ring[0], ring[2 * N + 1] = ring[1];
  /* two rows, both backwards, begun at vertex 100 */
  for (size_t i = 0; i <= N; i++)
    memcpy(turned + 2 * (i + (i > 150)), ring + 2 * ((100 + N - i) % N), 2 * sizeof *ring);
  memcpy(turned + 2 * 151, turned + 2 * 150, 2 * sizeof *ring);
  const size_t one[] = {N + 1, 0}, two[] = {151, N + 1 - 150, 0};
  shore a, b;
  begin(&a, *state);
  begin(&b, *state);
  a.in.role[SUND_COAST] = coast_of(a.ctx, one, ring);
  b.in.role[SUND_COAST] = coast_of(b.ctx, two, turned);
  assert_ok(a.ctx, ask(&a));
  assert_ok(b.ctx, ask(&b));
  assert_int_equal(a.out.indicators, b.out.indicators);
  for (size_t i = 0; i < a.out.indicators; i++)
    if (a.out.indicator[i].value != b.out.indicator[i].value)
      fail_msg("seed %llu: %s %s", (unsigned long long)support_seed(), a.out.indicator[i].indicator,
               a.out.indicator[i].variant);
}

/* Random towns of rectangles: however areas are drawn over the land, their coasts add up to the whole. */
static void parts_add_up(void **state) {
  uint64_t seed = support_seed();
  for (int round = 0; round < 15; round++) {
    draw_box land[12], areas[4];
    for (size_t i = 0; i < 12; i++) {
      land[i].x0 = floor(support_uniform(&seed, 0, 900)), land[i].y0 = floor(support_uniform(&seed, 0, 900));
      land[i].x1 = land[i].x0 + 50 + floor(support_uniform(&seed, 0, 300));
      land[i].y1 = land[i].y0 + 50 + floor(support_uniform(&seed, 0, 300));
    }
    const double cut_x = support_uniform(&seed, 300, 700), cut_y = support_uniform(&seed, 300, 700);
    areas[0] = (draw_box){-100, -100, cut_x, cut_y}, areas[1] = (draw_box){cut_x, -100, 2000, cut_y};
    areas[2] = (draw_box){-100, cut_y, cut_x, 2000}, areas[3] = (draw_box){cut_x, cut_y, 2000, 2000};
    shore whole, parts;
    begin(&whole, *state);
    begin(&parts, *state);
    whole.in.role[SUND_LAND] = parts.in.role[SUND_LAND] = draw_boxes(*state, SUND_LAND, 12, land);
    parts.in.role[SUND_AREAS] = draw_areas(*state, 4, areas);
    assert_ok(*state, ask(&whole));
    assert_ok(*state, ask(&parts));
    double sum = 0, hectares = 0;
    for (size_t u = 0; u < 4; u++) {
      if (rows_of(&parts.out, "coast.length_as_drawn", u)) sum += drawn(&parts, u);
      if (rows_of(&parts.out, "area.land", u)) hectares += draw_value(&parts.out, "area.land", "", u);
    }
    if (fabs(sum - drawn(&whole, SIZE_MAX)) > 0.05 ||
        fabs(hectares - draw_value(&whole.out, "area.land", "", SIZE_MAX)) > 1e-3)
      fail_msg("seed %llu round %d: %.3f of %.3f m", (unsigned long long)support_seed(), round, sum,
               drawn(&whole, SIZE_MAX));
  }
}

/* ------------------------------------------------------------------------------------------------------- failures */

static void nothing_to_go_by(void **state) {
  shore s;
  begin(&s, *state);
  const char *message = "";
  assert_int_equal(ask(&s), SUND_USAGE);
  sund_failure(s.ctx, &message, NULL, NULL);
  assert_non_null(strstr(message, "--land or --coast"));
}

static void tolerances_must_be_positive(void **state) {
  shore s;
  begin(&s, *state);
  const draw_box land[] = {{0, 0, 1000, 1000}};
  s.in.role[SUND_LAND] = draw_boxes(s.ctx, SUND_LAND, 1, land);
  s.yardstick[2] = 0;
  assert_int_equal(ask(&s), SUND_USAGE);
}

static void memory_runs_out(void **state) {
  (void)state;
  for (size_t n = 1;; n += 1 + n / 12) {
    shore s;
    begin(&s, sund_ctx_new());
    const draw_box land[] = {{0, 0, 1000, 1000}, {1000, 0, 3000, 1000}};
    s.in.role[SUND_LAND] = draw_boxes(s.ctx, SUND_LAND, 2, land);
    s.in.role[SUND_AREAS] = draw_areas(s.ctx, 2, land);
    sund_ctx_fail_alloc(s.ctx, n);
    const sund_code code = ask(&s);
    sund_ctx_free(s.ctx);
    if (code == SUND_OK) return;
    assert_int_equal(code, SUND_LIMIT);
    assert_true(n < 5000);
  }
}

/* ------------------------------------------------------------------------------------------------------ real data */

static sund_table *read_kommuner(shore *s, sund_role role, const char *where) {
  const char *data = getenv("SUND_DATA");
  char text[4096];
  sund_source source;
  sund_table *table = NULL;
  sund_reading reading;
  sund_findings findings = {0};
  const sund_frame frame = {.crs = s->in.crs};
  snprintf(text, sizeof text, "%s/oresund/dk/kommuner.gpkg%s", data, where);
  assert_ok(s->ctx, sund_source_parse(s->ctx, role, text, &source));
  assert_ok(s->ctx, sund_vector_read(s->ctx, &source, &frame, &table, &reading, &findings));
  return table;
}

/* Helsingor as measured with GDAL and GEOS in EPSG:25832, 0.022 to 0.025 per cent less on the ground. Its polygon
 * follows the shore; the land is that of all municipalities. */
static void helsingor(void **state) {
  char path[4096];
  const char *data = getenv("SUND_DATA");
  snprintf(path, sizeof path, "%s/oresund/dk/kommuner.gpkg", data ? data : "");
  FILE *file = data ? fopen(path, "rb") : NULL;
  if (!file) skip();
  fclose(file);
  shore s;
  begin(&s, *state);
  s.in.role[SUND_LAND] = read_kommuner(&s, SUND_LAND, "");
  s.in.role[SUND_AREAS] = read_kommuner(&s, SUND_AREAS, "|where=name = 'Helsingor'|id=code");
  assert_ok(s.ctx, ask(&s));
  assert_near(drawn(&s, 0) / 0.99977, 35421, 5);
  assert_near(length(&s, "1", 0) / 0.99977, 35289, 20);
  assert_near(length(&s, "10", 0) / 0.99977, 33777, 150);
  assert_near(length(&s, "50", 0) / 0.99977, 30440, 300);
  assert_near(length(&s, "100", 0) / 0.99977, 28363, 600);
  const double slope = draw_value(&s.out, "coast.slope", "divider", 0);
  assert_true(slope < -0.02 && slope > -0.3);
  assert_near(draw_value(&s.out, "area.land", "", 0), 12111, 60);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      SUND_TEST(a_square_island),
      SUND_TEST(islets_vanish),
      SUND_TEST(lakes_are_no_coast),
      SUND_TEST(neighbours_share_no_coast),
      SUND_TEST(one_area_of_two),
      SUND_TEST(slivers_are_no_coast),
      SUND_TEST(sea_territory),
      SUND_TEST(rounding_apart),
      SUND_TEST(levels),
      SUND_TEST(inland),
      SUND_TEST(coast_lines_where_there_is_no_land),
      SUND_TEST(what_is_not_known_is_not_said),
      SUND_TEST(land_wins_without_areas),
      SUND_TEST(teeth),
      SUND_TEST(koch_coast),
      SUND_TEST(yardsticks_are_named_once),
      SUND_TEST(digitising_does_not_matter),
      SUND_TEST(parts_add_up),
      SUND_TEST(nothing_to_go_by),
      SUND_TEST(tolerances_must_be_positive),
      SUND_TEST(memory_runs_out),
      SUND_TEST(helsingor),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}

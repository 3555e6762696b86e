/* `sund explain` on results of towns drawn by hand and at random: what was measured is drawn again and adds up. */
#include "draw.h"

#include <unistd.h>

#include "queries/access.h"
#include "queries/explain_access.h"
#include "queries/explain_words.h"

enum { KINDS = 0x0FFF & ~(1 << 5), PUBLIC = 1, UNKNOWN = 8 }; /* every kind but lake */

/* A town, its result, and what was asked of it. */
typedef struct town {
  sund_ctx *ctx;
  sund_inputs in;
  access_options options;
  sund_standard standards[2];
  double extent[SUND_ROLE_COUNT][1][4];
  sund_results out;
  char folder[64];
  const char *path; /* of the result */
  sund_result *result;
  explain_question question;
  access_facts *facts;
} town;

static void found_town(town *t, sund_ctx *ctx) {
  *t = (town){.ctx = ctx};
  t->in.crs = draw_crs(ctx);
  t->in.scenario = "baseline";
  t->in.standard = t->standards;
  t->in.standards = 1;
  t->standards[0] = (sund_standard){.name = "near-300",
                                    .title = {"nær", "nära", "near"},
                                    .source = "drawn by hand",
                                    .kinds = KINDS,
                                    .access = PUBLIC | UNKNOWN,
                                    .min_ha = 0.5,
                                    .max_m = 300,
                                    .max_min = NAN};
  t->options = (access_options){.match = "edges",
                                .snap_limit_m = 250,
                                .walk_speed_kmh = 5,
                                .merge_gap_m = 1,
                                .join_m = 1,
                                .piece_m = 100,
                                .quick = true,
                                .decay = "dichotomy",
                                .nearest = 1};
}

static void give(town *t, sund_role role, const sund_table *table) {
  t->in.role[role] = table;
  if (!sund_table_box(table, t->extent[role][0])) return;
  t->in.extent[role] = (const double(*)[4])t->extent[role];
  t->in.extents[role] = 1;
}

/* A table with one row of texts. */
static sund_table *one_row(sund_ctx *ctx, const char *name, size_t n, const char *const *column,
                           const char *const *value) {
  sund_field fields[8];
  sund_table *table;
  assert_true(n <= 8);
  for (size_t c = 0; c < n; c++) fields[c] = (sund_field){.name = column[c], .type = SUND_TEXT};
  assert_ok(ctx, sund_table_new(ctx, name, SUND_NONE, 1, fields, n, &table));
  for (size_t c = 0; c < n; c++) table->column[c].text[0] = value[c];
  return table;
}

/* Runs the query and writes its layers, with the tables every result has. */
static void write_result(town *t) {
  static const char *const run_columns[] = {"program", "command", "parameters"};
  static const char *const run_values[] = {"sund", "sund access town.yaml",
                                           "access.snap-limit=250; access.walk-speed=5"};
  static const char *const source_columns[] = {"role", "path", "layer", "date", "licence", "hash_sha256"};
  static const char *const source_values[] = {"homes", "homes.gpkg", "houses", "2024-05-06", "CC0", "abc123"};
  static const char *const indicator_columns[] = {"indicator"}, *const indicator_values[] = {"access.share"};
  sund_layer layer[32];
  size_t n = 0;
  t->out = (sund_results){0};
  assert_ok(t->ctx, sund_query_find("access")->run(t->ctx, &t->in, &t->options, &t->out));
  for (size_t i = 0; i < t->out.layers; i++)
    if (t->out.layer[i].table->rows) layer[n++] = t->out.layer[i];
  layer[n++].table = one_row(t->ctx, "run", 3, run_columns, run_values);
  layer[n++].table = one_row(t->ctx, "sources", 6, source_columns, source_values);
  layer[n++].table = one_row(t->ctx, "indicators", 1, indicator_columns, indicator_values);
  for (size_t i = n - 3; i < n; i++)
    layer[i] = (sund_layer){.table = layer[i].table, .title = {"t", "t", "t"}, .summary = {"s", "s", "s"}};
  const char *above = getenv("TMPDIR");
  snprintf(t->folder, sizeof t->folder, "%s/sund-explain-XXXXXX", above && strlen(above) < 40 ? above : P_tmpdir);
  assert_non_null(mkdtemp(t->folder));
  assert_non_null(t->path = sund_text(t->ctx, "%s/town.gpkg", t->folder));
  const sund_gpkg_spec spec = {.path = t->path,
                               .crs = t->in.crs,
                               .language = SUND_EN,
                               .date = "2024-05-06T00:00:00.000Z",
                               .record = "{}",
                               .layers = n,
                               .layer = layer};
  assert_ok(t->ctx, sund_gpkg_write(t->ctx, &spec));
  t->question = (explain_question){.file = "town.gpkg"};
  assert_ok(t->ctx, sund_result_open(t->ctx, t->path, &t->result));
  t->question.result = t->result;
  sund_table *table;
  assert_ok(t->ctx, sund_result_table(t->ctx, t->result, "run", NULL, NULL, &table));
  t->question.run = table;
  assert_ok(t->ctx, sund_result_table(t->ctx, t->result, "sources", NULL, NULL, &table));
  t->question.sources = table;
}

static void leave_town(town *t) {
  unlink(t->path);
  rmdir(t->folder);
}

static sund_code ask(town *t, sund_ctx *ctx, const char *home) {
  void *facts = NULL;
  t->question.home = home;
  sund_code code = explain_access.find(ctx, &t->question, &facts);
  t->facts = facts;
  return code;
}

static const access_case *answer(town *t, const char *home) {
  assert_ok(t->ctx, ask(t, t->ctx, home));
  assert_non_null(t->facts);
  assert_int_equal(t->facts->cases, t->in.standards);
  return &t->facts->one[0];
}

static const char *text_of(town *t, int language) {
  explain_answer told = {0};
  assert_ok(t->ctx, explain_access.tell(t->ctx, t->facts, language, &told));
  assert_ok(t->ctx, explain_sources_tell(t->ctx, &t->question, explain_access.reads, t->facts, language, &told));
  return told.text;
}

static void assert_says(const char *text, const char *words) {
  if (!strstr(text, words)) fail_msg("no \"%s\" in:\n%s", words, text);
}

/* A street from west to east, a path north of it into a park of 1 ha, and green that does not count. */
static void draw_park_town(town *t) {
  static const draw_line line[] = {{-1000, 0, 1000, 0, 0}, {300, 0, 300, 200, 0}};
  static const draw_box green[] = {
      {250, 100, 350, 200},   /* g1: the park                  */
      {40, 30, 60, 50},       /* g2: 0.04 ha                   */
      {-100, 10, -20, 110},   /* g3: private                   */
      {-60, -150, 40, -20},   /* g4: a lake                    */
      {-150, 250, -50, 350},  /* g5: no path within 30 m       */
      {-400, -4, -100, -1.5}, /* g6: a strip of 2.5 m by 300 m */
  };
  static const draw_point home[] = {{0, 20, 2}, {310, 20, 1}, {300, 150, 3}, {0, 600, 1}, {0, 1900, 1}};
  sund_table *areas = draw_boxes(t->ctx, SUND_GREEN, 6, green);
  const char **kind = sund_table_text(areas, "kind"), **access = sund_table_text(areas, "access");
  for (size_t r = 0; r < 6; r++) kind[r] = r == 3 ? "lake" : "park", access[r] = r == 2 ? "private" : "public";
  sund_table_text(areas, "name")[0] = "Parken";
  sund_table *houses = draw_points(t->ctx, SUND_HOMES, 5, home);
  for (size_t i = 0; i < 5; i++) sund_table_text(houses, "id")[i] = sund_text(t->ctx, "home/%c", 'a' + (int)i);
  sund_table *paths = draw_lines(t->ctx, 2, line);
  if (sund_table_text(paths, "class")) {
    sund_table_text(paths, "class")[0] = "street";
    sund_table_text(paths, "class")[1] = "path";
  }
  t->options.sliver_m = 5;
  give(t, SUND_GREEN, areas);
  give(t, SUND_HOMES, houses);
  give(t, SUND_PATHS, paths);
}

static void legs_are_those_of_the_town(void **state) {
  town t;
  found_town(&t, *state);
  draw_park_town(&t);
  write_result(&t);
  const access_case *one = answer(&t, "home/a");
  assert_int_equal(one->way, WAY_NETWORK);
  assert_int_equal(one->drawing, DRAWN);
  assert_int_equal(one->met, 0);
  assert_int_equal(one->legs, 3);
  assert_near(one->leg[0].metres, draw_ground(t.ctx, 20), 1e-3);
  assert_near(one->leg[1].metres, draw_ground(t.ctx, 400), 1e-3);
  assert_near(one->leg[2].metres, 0, 1e-9);
  assert_near(one->sum_m, one->dist, 1e-3);
  assert_near(one->dist - one->max, draw_ground(t.ctx, 420) - 300, 1e-3);
  assert_near(one->near_x, DRAW_X + 300, 1e-3);
  assert_near(one->near_y, DRAW_Y + 100, 1e-3);
  const access_leg *along = &one->leg[1];
  assert_near(along->x[0], DRAW_X, 1e-3);
  assert_near(along->y[along->vertices - 1], DRAW_Y + 100, 1e-3);
  assert_string_equal(explain_green_text(t.facts, one->green, "name"), "Parken");
  assert_string_equal(sund_table_text(t.facts->entrances, "rule")[one->entrance], "crossing");
  const char *text = text_of(&t, SUND_EN);
  assert_says(text, "Not met: 419.9 m, which is 119.9 m too far");
  assert_says(text, "as in the result");
  assert_says(text, "homes.gpkg, layer houses, dated 2024-05-06, licence CC0");
  assert_says(text, "SHA-256 abc123");
  assert_says(text, "all kinds of green but lake, stream");
  assert_says(text_of(&t, SUND_DA), "det er 119.9 m for langt");
  assert_says(text_of(&t, SUND_SV), "det är 119.9 m för långt");
  one = answer(&t, "home/b");
  assert_int_equal(one->met, 1);
  assert_near(one->sum_m, draw_ground(t.ctx, 90), 1e-3);
  assert_near(one->leg[0].metres, draw_ground(t.ctx, 10), 1e-3);
  assert_int_equal(one->misses, 0);
  assert_says(text_of(&t, SUND_EN), "this is the only one");
  leave_town(&t);
}

typedef struct wanted_miss {
  const char *id;
  miss_test test;
  double metres; /* of the map */
} wanted_miss;

static void assert_misses(town *t, const wanted_miss wanted[3]) {
  const access_case *one = answer(t, "home/a");
  assert_int_equal(one->met, 0);
  assert_int_equal(one->misses, 3);
  for (size_t k = 0; k < 3; k++) {
    assert_string_equal(explain_green_text(t->facts, one->miss[k].green, "green_id"), wanted[k].id);
    assert_int_equal(one->miss[k].test, wanted[k].test);
    assert_near(one->miss[k].metres, draw_ground(t->ctx, wanted[k].metres), 1e-3);
  }
}

/* Nearest first; each with the first test it fails. */
static void near_misses_say_what_is_wrong(void **state) {
  static const wanted_miss as_drawn[] = {
      {"g3", MISS_ACCESS, 20}, {"g2", MISS_SIZE, 41.231056}, {"g6", MISS_SLIVER, 102.285141}};
  static const wanted_miss lakes[] = {
      {"g3", MISS_KIND, 20}, {"g6", MISS_SLIVER, 102.285141}, {"g5", MISS_ENTRANCE, 235.372046}};
  static const wanted_miss beaches[] = {{"g3", MISS_KIND, 20}, {"g4", MISS_KIND, 40}, {"g2", MISS_KIND, 41.231056}};
  town t;
  found_town(&t, *state);
  draw_park_town(&t);
  write_result(&t);
  assert_misses(&t, as_drawn);
  assert_says(text_of(&t, SUND_EN), "too small, 0.04 of 0.5 ha");
  assert_says(text_of(&t, SUND_DA), "adgangen tæller ikke");
  leave_town(&t);
  found_town(&t, *state);
  draw_park_town(&t);
  for (size_t r = 1; r <= 3; r++) sund_table_text(t.in.role[SUND_GREEN], "kind")[r] = "lake";
  write_result(&t);
  assert_misses(&t, lakes);
  leave_town(&t);
  found_town(&t, *state);
  draw_park_town(&t);
  t.standards[0].kinds = 1 << 4; /* beaches, and there is none */
  write_result(&t);
  assert_misses(&t, beaches);
  assert_says(text_of(&t, SUND_EN), "no green area that counts can be reached");
  leave_town(&t);
}

/* A park over the railway counts, is near by straight line, and is a long way off. */
static void a_long_way_round_is_a_near_miss(void **state) {
  static const draw_line line[] = {
      {0, 0, 1000, 0, 0}, {1000, 0, 1000, 200, 0}, {1000, 200, 0, 200, 0}, {0, 0, -400, 0, 0}};
  static const draw_box green[] = {{-50, 150, 50, 250}, {-500, -50, -350, 50}};
  static const draw_point home[] = {{0, 10, 1}};
  town t;
  found_town(&t, *state);
  give(&t, SUND_GREEN, draw_boxes(t.ctx, SUND_GREEN, 2, green));
  give(&t, SUND_HOMES, draw_points(t.ctx, SUND_HOMES, 1, home));
  give(&t, SUND_PATHS, draw_lines(t.ctx, 4, line));
  write_result(&t);
  const access_case *one = answer(&t, "1");
  assert_int_equal(one->met, 0);
  assert_near(one->sum_m, draw_ground(t.ctx, 360), 1e-2);
  assert_int_equal(one->misses, 1);
  assert_int_equal(one->miss[0].test, MISS_WAY);
  assert_near(one->miss[0].metres, draw_ground(t.ctx, 140), 1e-3);
  assert_says(text_of(&t, SUND_EN), "counts, but the way there is longer than 300.0 m");
  leave_town(&t);
}

static void inside_and_without_a_path(void **state) {
  town t;
  found_town(&t, *state);
  draw_park_town(&t);
  write_result(&t);
  const access_case *one = answer(&t, "home/c");
  assert_int_equal(one->drawing, INSIDE);
  assert_int_equal(one->met, 1);
  assert_int_equal(one->legs, 0);
  assert_says(text_of(&t, SUND_EN), "stands inside the green area");
  one = answer(&t, "home/d");
  assert_int_equal(one->met, -1);
  assert_near(one->path_m, draw_distance(t.ctx, t.in.crs, 0, 600, 300, 200), 1e-2);
  assert_says(text_of(&t, SUND_EN), "no path lies near enough");
  assert_says(text_of(&t, SUND_EN), "m from the home; 250 m was the limit");
  one = answer(&t, "home/e");
  assert_true(isnan(one->path_m));
  assert_says(text_of(&t, SUND_EN), "no street or path within 1000 m either");
  leave_town(&t);
}

static void straight_lines_and_ways_around_water(void **state) {
  town t;
  const draw_box park[] = {{200, 0, 300, 100}}, sea[] = {{90, -400, 110, 80}};
  const draw_point home[] = {{0, 50, 1}, {150, 50, 1}};
  found_town(&t, *state);
  t.options.distance = "straight";
  give(&t, SUND_GREEN, draw_boxes(t.ctx, SUND_GREEN, 1, park));
  give(&t, SUND_HOMES, draw_points(t.ctx, SUND_HOMES, 2, home));
  write_result(&t);
  const access_case *one = answer(&t, "1");
  assert_int_equal(one->drawing, DRAWN);
  assert_int_equal(one->leg[0].kind, LEG_STRAIGHT);
  assert_near(one->sum_m, draw_ground(t.ctx, 200), 1e-3);
  assert_near(one->near_x, DRAW_X + 200, 1e-3);
  leave_town(&t);
  found_town(&t, *state);
  t.options.distance = "land";
  give(&t, SUND_GREEN, draw_boxes(t.ctx, SUND_GREEN, 1, park));
  give(&t, SUND_HOMES, draw_points(t.ctx, SUND_HOMES, 2, home));
  give(&t, SUND_SEA, draw_boxes(t.ctx, SUND_SEA, 1, sea));
  write_result(&t);
  one = answer(&t, "1");
  assert_int_equal(one->drawing, DRAWN);
  assert_int_equal(one->leg[0].kind, LEG_LAND);
  assert_true(one->leg[0].vertices > 2);
  assert_near(one->sum_m, draw_ground(t.ctx, hypot(90, 30) + 20 + 90), 0.2);
  assert_near(one->sum_m, one->dist, 1e-6);
  assert_says(text_of(&t, SUND_DA), "over land");
  one = answer(&t, "2"); /* no water in between: the straight line */
  assert_int_equal(one->drawing, DRAWN);
  assert_int_equal(one->leg[0].vertices, 2);
  assert_near(one->sum_m, draw_ground(t.ctx, 50), 1e-3);
  leave_town(&t);
}

/* A ferry takes as long as two kilometres on foot and is drawn over eighteen: the way lies far outside the distance. */
static void long_ferries_are_drawn(void **state) {
  town t;
  const draw_box park[] = {{20000, -50, 20100, 50}};
  const draw_line road[] = {{0, 0, 1000, 0, 0}, {19000, 0, 20100, 0, 0}, {1000, 0, 19000, 0, 0}};
  const draw_point home[] = {{900, 10, 1}};
  found_town(&t, *state);
  sund_table *gate = draw_table(t.ctx, SUND_GATES, SUND_LINE, 1);
  gate->shapes = draw_lines(t.ctx, 1, road + 2)->shapes;
  sund_table_real(gate, "minutes")[0] = 20;
  give(&t, SUND_GREEN, draw_boxes(t.ctx, SUND_GREEN, 1, park));
  give(&t, SUND_HOMES, draw_points(t.ctx, SUND_HOMES, 1, home));
  give(&t, SUND_PATHS, draw_lines(t.ctx, 2, road));
  give(&t, SUND_GATES, gate);
  t.options.ferries = true;
  t.standards[0].max_m = 3000;
  write_result(&t);
  const access_case *one = answer(&t, "1");
  assert_near(one->dist, draw_ground(t.ctx, 10 + 100 + 1000) + 20 * 5000 / 60.0, 0.5);
  assert_int_equal(one->drawing, DRAWN);
  assert_near(one->sum_m, one->dist, 1e-3);
  leave_town(&t);
}

static void nodes_have_no_legs(void **state) {
  town t;
  found_town(&t, *state);
  draw_park_town(&t);
  t.options.match = "nodes";
  t.options.snap_limit_m = 500;
  write_result(&t);
  const access_case *one = answer(&t, "home/b");
  assert_true(one->nodes);
  assert_int_equal(one->drawing, DRAWN);
  assert_near(one->leg[0].metres, 0, 1e-9);
  assert_near(one->sum_m, one->dist, 1e-3);
  assert_says(text_of(&t, SUND_EN), "--match nodes");
  leave_town(&t);
}

static void a_table_of_minutes_has_no_way(void **state) {
  town t;
  found_town(&t, *state);
  const draw_box park[] = {{200, 0, 300, 100}};
  const draw_point home[] = {{0, 50, 1}, {150, 50, 1}};
  sund_table *od = draw_table(t.ctx, SUND_OD, SUND_NONE, 2), *green = draw_boxes(t.ctx, SUND_GREEN, 1, park);
  sund_table *houses = draw_points(t.ctx, SUND_HOMES, 2, home);
  for (size_t i = 0; i < 2; i++) {
    sund_table_text(houses, "id")[i] = sund_table_text(od, "from")[i] = i ? "b" : "a";
    sund_table_text(od, "to")[i] = "park";
    sund_table_real(od, "minutes")[i] = i ? 3 : 5;
  }
  sund_table_text(green, "id")[0] = "park";
  t.options.od = "od.csv";
  give(&t, SUND_GREEN, green);
  give(&t, SUND_HOMES, houses);
  give(&t, SUND_OD, od);
  write_result(&t);
  const access_case *one = answer(&t, "a");
  assert_int_equal(one->way, WAY_TABLE);
  assert_int_equal(one->drawing, NO_WAY);
  assert_true(one->minutes);
  assert_near(one->dist, 5, 1e-9);
  assert_near(one->max, 3.6, 1e-9);
  assert_int_equal(one->met, 0);
  assert_says(text_of(&t, SUND_EN), "Not met: 5.0 min, which is 1.4 min too far (at most 3.6 min)");
  one = answer(&t, "b");
  assert_int_equal(one->met, 1);
  leave_town(&t);
}

static void pieces_of_a_cell(void **state) {
  town t;
  found_town(&t, *state);
  static const draw_line line[] = {{-1000, 0, 1000, 0, 0}, {300, 0, 300, 200, 0}};
  const draw_box park[] = {{250, 100, 350, 200}}, cell[] = {{-400, -200, 0, 200}};
  sund_table *houses = draw_boxes(t.ctx, SUND_HOMES, 1, cell);
  sund_table_text(houses, "id")[0] = "cell";
  give(&t, SUND_GREEN, draw_boxes(t.ctx, SUND_GREEN, 1, park));
  give(&t, SUND_HOMES, houses);
  give(&t, SUND_PATHS, draw_lines(t.ctx, 2, line));
  write_result(&t);
  const access_case *one = answer(&t, "cell");
  double worst = one->dist;
  size_t rows = t.facts->homes->rows;
  assert_true(t.facts->worst && rows > 10 && t.facts->piece > 0);
  assert_says(text_of(&t, SUND_EN), "this is the worst of them");
  for (size_t p = 1; p <= rows; p++) {
    const char *id = sund_text(t.ctx, "cell/%zu", p);
    one = answer(&t, id);
    assert_int_equal(t.facts->piece, p);
    assert_false(t.facts->worst);
    assert_true(one->dist <= worst);
    assert_true(one->drawing == DRAWN);
  }
  leave_town(&t);
}

/* SUND_USAGE or SUND_DATA, with words that help. */
static void assert_refused(town *t, const char *home, const char *standard, sund_code wanted, const char *words) {
  sund_ctx *ctx = sund_ctx_child(t->ctx);
  const char *message = "";
  t->question.standard = standard;
  assert_int_equal(ask(t, ctx, home), wanted);
  sund_failure(ctx, &message, NULL, NULL);
  assert_says(message, words);
  t->question.standard = NULL;
  sund_ctx_free(ctx);
}

static void unknown_words_are_refused(void **state) {
  town t;
  found_town(&t, *state);
  draw_park_town(&t);
  write_result(&t);
  assert_refused(&t, "home/aa", NULL, SUND_USAGE, "did you mean 'home/a'?");
  assert_refused(&t, "4711", NULL, SUND_USAGE, "its 5 ids go from 'home/a' to 'home/e'");
  assert_refused(&t, "home/a/7", NULL, SUND_USAGE, "is not spread in pieces");
  assert_refused(&t, "home/a", "near-30", SUND_USAGE, "did you mean 'near-300'?");
  leave_town(&t);
  found_town(&t, *state);
  draw_park_town(&t);
  write_result(&t);
  assert_non_null(answer(&t, "home/a/0")); /* piece 0 is the home itself */
  leave_town(&t);
}

/* Every home of random towns: the way is found again, and its legs add up. */
static void random_towns_add_up(void **state) {
  enum { TOWNS = 4, LINES = 60, GREEN = 25, HOMES = 60 };
  uint64_t seed = support_seed();
  size_t drawn = 0;
  for (int n = 0; n < TOWNS; n++) {
    uint64_t before = seed;
    town t;
    draw_line line[LINES];
    draw_box green[GREEN];
    draw_point home[HOMES];
    sund_ctx *ctx = sund_ctx_child(*state);
    found_town(&t, ctx);
    for (size_t i = 0; i < LINES; i++) {
      double x = support_uniform(&seed, 0, 2000), y = support_uniform(&seed, 0, 2000);
      double dx = support_uniform(&seed, -900, 900), dy = support_uniform(&seed, -900, 900);
      line[i] = (draw_line){x, y, x + dx, y + dy, support_random(&seed) % 5 == 0};
    }
    for (size_t i = 0; i < GREEN; i++) {
      double x = support_uniform(&seed, 0, 1900), y = support_uniform(&seed, 0, 1900);
      double side = support_uniform(&seed, 20, 150);
      green[i] = (draw_box){x, y, x + side, y + side};
    }
    for (size_t i = 0; i < HOMES; i++)
      home[i] = (draw_point){support_uniform(&seed, 0, 2000), support_uniform(&seed, 0, 2000), 1};
    t.options.snap_limit_m = 150;
    if (n % 2) t.options.match = "nodes", t.options.snap_limit_m = 400;
    give(&t, SUND_GREEN, draw_boxes(ctx, SUND_GREEN, GREEN, green));
    give(&t, SUND_HOMES, draw_points(ctx, SUND_HOMES, HOMES, home));
    give(&t, SUND_PATHS, draw_lines(ctx, LINES, line));
    write_result(&t);
    for (size_t i = 0; i < HOMES; i++) {
      const access_case *one = answer(&t, sund_text(ctx, "%zu", i + 1));
      bool way = one->met >= 0 && isfinite(one->dist) && one->drawing != INSIDE;
      if (way && one->drawing != DRAWN)
        fail_msg("seed %llu, home %zu: way %d, legs %.6f, result %.6f", (unsigned long long)before, i + 1,
                 (int)one->drawing, one->sum_m, one->dist);
      drawn += way;
    }
    leave_town(&t);
    sund_ctx_free(ctx);
  }
  assert_true(drawn > 100);
}

/* A failing allocation anywhere is a failure, never a crash or a half answer. */
static void memory_may_run_out(void **state) {
  town t;
  found_town(&t, *state);
  draw_park_town(&t);
  write_result(&t);
  bool done = false;
  for (size_t n = 1; !done; n += 1 + n / 8) {
    sund_ctx *ctx = sund_ctx_child(t.ctx);
    explain_answer told = {0};
    size_t before = sund_ctx_allocations(ctx);
    sund_ctx_fail_alloc(ctx, n);
    sund_code code = ask(&t, ctx, "home/a");
    if (code == SUND_OK) code = explain_access.tell(ctx, t.facts, SUND_DA, &told);
    if (code == SUND_OK) code = explain_access.tables(ctx, t.facts, &told);
    done = code == SUND_OK && sund_ctx_allocations(ctx) - before < n;
    if (!done) assert_int_equal(code, SUND_LIMIT);
    sund_ctx_fail_alloc(ctx, 0);
    sund_ctx_free(ctx);
  }
  leave_town(&t);
}

/* The same places to fill in every language. */
static void phrases_agree(void **state) {
  (void)state;
  for (size_t w = 0; w < WORDS; w++)
    for (char digit = '1'; digit <= '9'; digit++) {
      const char place[] = {'{', digit, '}', 0};
      for (int l = 0; l < 3; l++) {
        assert_non_null(explain_words[w][l]);
        if ((strstr(explain_words[w][l], place) != NULL) != (strstr(explain_words[w][SUND_EN], place) != NULL))
          fail_msg("\"%s\" and \"%s\" differ in %s", explain_words[w][l], explain_words[w][SUND_EN], place);
      }
    }
}

static void phrases_are_filled(void **state) {
  sund_ctx *ctx = *state;
  assert_string_equal(explain_fill(ctx, "{2} of {1}{1}, {x} {", "a", "{2}", NULL), "{2} of aa, {x} {");
  assert_string_equal(explain_fill(ctx, "{3}.", "a", NULL), ".");
  assert_true(explain_listed("who-05, who-1", "who-1"));
  assert_false(explain_listed("who-05, who-1", "who"));
  assert_false(explain_listed(NULL, "who"));
}

int main(void) {
  const struct CMUnitTest tests[] = {
      SUND_TEST(legs_are_those_of_the_town),
      SUND_TEST(near_misses_say_what_is_wrong),
      SUND_TEST(a_long_way_round_is_a_near_miss),
      SUND_TEST(inside_and_without_a_path),
      SUND_TEST(straight_lines_and_ways_around_water),
      SUND_TEST(long_ferries_are_drawn),
      SUND_TEST(nodes_have_no_legs),
      SUND_TEST(a_table_of_minutes_has_no_way),
      SUND_TEST(pieces_of_a_cell),
      SUND_TEST(unknown_words_are_refused),
      SUND_TEST(random_towns_add_up),
      SUND_TEST(memory_may_run_out),
      SUND_TEST(phrases_agree),
      SUND_TEST(phrases_are_filled),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}

/* What candidates change: towns drawn by hand; and random towns, where each candidate alone and each step of the greedy
 * order must equal the query run again on the town that has them. */
#include "ask.h"

enum { MOST = 40 };

/* ---------------------------------------------------------------------------------------------------- drawing */

static sund_table *candidate_boxes(sund_ctx *ctx, size_t n, const draw_box *box) {
  sund_table *table = draw_boxes(ctx, SUND_CANDIDATES, n, box);
  for (size_t r = 0; r < n; r++) sund_table_text(table, "access")[r] = "public";
  return table;
}

static sund_table *candidate_lines(sund_ctx *ctx, size_t n, const draw_line *line) {
  sund_table *lines = draw_lines(ctx, n, line), *table = draw_table(ctx, SUND_CANDIDATES, SUND_LINE, n);
  table->shapes = lines->shapes;
  for (size_t r = 0; r < n; r++) sund_table_int(table, "level")[r] = line[r].level;
  return table;
}

static void offer(town *t, sund_table *table) {
  t->in.candidate[table->kind] = table;
  t->in.role[SUND_CANDIDATES] = table;
}

static double real_of(const town *t, const char *layer, const char *column, size_t row) {
  const sund_table *table = draw_layer(&t->out, layer);
  assert_non_null(table);
  return sund_table_real(table, column)[row];
}

static int64_t rank_of(const town *t, const char *layer, size_t row) {
  return sund_table_int(draw_layer(&t->out, layer), "rank")[row];
}

/* ----------------------------------------------------------------------------------------------- drawn by hand */

/* A fenced park: the street along it is 100 m away, its only gate on the far side. A gate through the fence opens it. */
static void a_gate_through_a_fence(void **state) {
  town t;
  found_town(&t, *state);
  const draw_box park[] = {{0, 0, 200, 200}};
  const draw_line path[] = {{-300, -40, 1500, -40, 0},
                            {100, -40, 100, 0, 1},
                            {1500, -40, 1500, 260, 0},
                            {1500, 260, 100, 260, 0},
                            {100, 260, 100, 200, 0}};
  const draw_point home[] = {{-100, -45, 3}, {250, -45, 4}, {900, -45, 5}}, mapped[] = {{100, 200, 0}};
  const draw_point gate[] = {{100, -1, 0}, {700, 0, 0}};
  give(&t, SUND_GREEN, draw_boxes(t.ctx, SUND_GREEN, 1, park));
  give(&t, SUND_HOMES, draw_points(t.ctx, SUND_HOMES, 3, home));
  give(&t, SUND_PATHS, draw_lines(t.ctx, 5, path));
  give(&t, SUND_ENTRANCES, draw_points(t.ctx, SUND_ENTRANCES, 1, mapped));
  offer(&t, draw_points(t.ctx, SUND_CANDIDATES, 2, gate));
  t.options.target_pct = 50;
  assert_ok(t.ctx, ask(&t));
  assert_near(draw_value(&t.out, "access.persons", "near", SIZE_MAX), 0, 0);
  assert_near(real_of(&t, "candidate_gates", "gain_alone_persons", 0), 7, 0);
  assert_near(real_of(&t, "candidate_gates", "gain_alone_pct", 0), 700.0 / 12, 1e-9);
  assert_near(real_of(&t, "candidate_gates", "gain_alone_persons", 1), 0, 0); /* at no park */
  assert_int_equal(rank_of(&t, "candidate_gates", 0), 1);
  assert_int_equal(rank_of(&t, "candidate_gates", 1), SUND_NULL_INT);
  assert_near(real_of(&t, "candidate_gates", "share_pct", 0), 700.0 / 12, 1e-9);
  assert_true(draw_found(&t.out, "note", "the target of 50 % is met"));
  assert_near(draw_value(&t.out, "access.gain", "near/g1", SIZE_MAX), 7, 0);
}

/* A railway parts the homes from the wood; a path over it joins them. At another level it would not. */
static void a_path_over_a_railway(void **state) {
  town t;
  found_town(&t, *state);
  const draw_box wood[] = {{0, 200, 400, 400}};
  const draw_line path[] = {{0, 0, 400, 0, 0}, {0, 180, 400, 180, 0}, {200, 180, 200, 250, 0}};
  const draw_point home[] = {{100, 0, 2}, {300, 5, 3}};
  const draw_line over[] = {{200, 0, 200, 180, 0}, {400, 90, 600, 90, 0}};
  give(&t, SUND_GREEN, draw_boxes(t.ctx, SUND_GREEN, 1, wood));
  give(&t, SUND_HOMES, draw_points(t.ctx, SUND_HOMES, 2, home));
  give(&t, SUND_PATHS, draw_lines(t.ctx, 3, path));
  sund_table *offered = candidate_lines(t.ctx, 2, over);
  sund_table_text(offered, "id")[0] = "bridge";
  sund_table_real(offered, "cost")[0] = 1000;
  offer(&t, offered);
  t.standards[0].max_m = 310;
  assert_ok(t.ctx, ask(&t));
  assert_near(real_of(&t, "candidate_paths", "gain_alone_persons", 0), 5, 0);
  assert_near(real_of(&t, "candidate_paths", "cost_per_person", 0), 200, 1e-9);
  assert_near(real_of(&t, "candidate_paths", "gain_alone_persons", 1), 0, 0);
  assert_string_equal(sund_table_text(draw_layer(&t.out, "candidate_paths"), "candidate_id")[0], "bridge");
  assert_near(draw_value(&t.out, "access.gain_share", "near/bridge", SIZE_MAX), 100, 1e-9);
}

/* A home without a path is unassessed; a path to it makes it assessed, and met. */
static void a_path_makes_a_home_assessed(void **state) {
  town t;
  found_town(&t, *state);
  const draw_box wood[] = {{0, 0, 400, 400}};
  const draw_line path[] = {{-300, 0, 500, 0, 0}};
  const draw_point home[] = {{100, -10, 1}, {200, -290, 3}, {-290, -10, 4}};
  const draw_line way[] = {{200, 0, 200, -300, 0}};
  give(&t, SUND_GREEN, draw_boxes(t.ctx, SUND_GREEN, 1, wood));
  give(&t, SUND_HOMES, draw_points(t.ctx, SUND_HOMES, 3, home));
  give(&t, SUND_PATHS, draw_lines(t.ctx, 1, path));
  offer(&t, candidate_lines(t.ctx, 1, way));
  assert_ok(t.ctx, ask(&t));
  assert_near(draw_value(&t.out, "access.unassessed", "near", SIZE_MAX), 3, 0);
  assert_near(real_of(&t, "candidate_paths", "gain_alone_persons", 0), 3, 0);
  assert_near(real_of(&t, "candidate_paths", "assessed_alone_persons", 0), 3, 0);
}

/* 0.3 ha beside 0.4 ha: neither counts alone, together they are a green area; around the one that was there too. */
static void a_parcel_lifts_its_neighbour(void **state) {
  town t;
  found_town(&t, *state);
  const draw_box park[] = {{0, 0, 80, 50}}, parcel[] = {{80, 0, 140, 50}, {300, 0, 360, 50}};
  const draw_point home[] = {{-250, 25, 2}, {400, 25, 3}, {1000, 0, 5}};
  sund_table *green = draw_boxes(t.ctx, SUND_GREEN, 1, park);
  sund_table_text(green, "access")[0] = "public";
  give(&t, SUND_GREEN, green);
  give(&t, SUND_HOMES, draw_points(t.ctx, SUND_HOMES, 3, home));
  offer(&t, candidate_boxes(t.ctx, 2, parcel));
  assert_ok(t.ctx, ask(&t));
  assert_near(real_of(&t, "candidate_areas", "gain_alone_persons", 0), 5, 0);
  assert_near(real_of(&t, "candidate_areas", "gain_alone_persons", 1), 0, 0);
  sund_table_text(t.in.candidate[SUND_AREA], "access")[0] = "private";
  assert_ok(t.ctx, ask(&t));
  assert_near(real_of(&t, "candidate_areas", "gain_alone_persons", 0), 0, 0);
}

/* Two halves of a way, each in vain alone: the greedy order does not find them, and says that nothing gains. */
static void two_that_only_help_together(void **state) {
  town t;
  found_town(&t, *state);
  const draw_box wood[] = {{0, 200, 400, 400}};
  const draw_line path[] = {{0, 0, 400, 0, 0}, {0, 180, 400, 180, 0}, {200, 180, 200, 250, 0}};
  const draw_line half[] = {{200, 0, 200, 90, 0}, {200, 90, 200, 180, 0}};
  const draw_point home[] = {{100, 0, 2}};
  give(&t, SUND_GREEN, draw_boxes(t.ctx, SUND_GREEN, 1, wood));
  give(&t, SUND_HOMES, draw_points(t.ctx, SUND_HOMES, 1, home));
  give(&t, SUND_PATHS, draw_lines(t.ctx, 3, path));
  offer(&t, candidate_lines(t.ctx, 2, half));
  t.options.target_pct = 90;
  assert_ok(t.ctx, ask(&t));
  for (size_t r = 0; r < 2; r++) {
    assert_near(real_of(&t, "candidate_paths", "gain_alone_persons", r), 0, 0);
    assert_int_equal(rank_of(&t, "candidate_paths", r), SUND_NULL_INT);
  }
  assert_true(draw_found(&t.out, "note", "the target of 90 % is not met"));
}

/* Green across the border serves; it also tells that the data do not end there. */
static void a_candidate_in_the_neighbour_municipality(void **state) {
  town t;
  found_town(&t, *state);
  const draw_box area[] = {{0, 0, 2000, 2000}}, green[] = {{1500, 1500, 1600, 1600}}, over[] = {{-200, 900, 0, 1100}};
  const draw_point home[] = {{50, 1000, 2}, {60, 200, 3}, {1450, 1550, 4}};
  give(&t, SUND_AREAS, draw_areas(t.ctx, 1, area));
  give(&t, SUND_GREEN, draw_boxes(t.ctx, SUND_GREEN, 1, green));
  give(&t, SUND_HOMES, draw_points(t.ctx, SUND_HOMES, 3, home));
  offer(&t, candidate_boxes(t.ctx, 1, over));
  assert_ok(t.ctx, ask(&t));
  assert_near(draw_value(&t.out, "access.unassessed", "near", 0), 5, 0);
  assert_near(real_of(&t, "candidate_areas", "gain_alone_persons", 0), 2, 0);
  assert_near(real_of(&t, "candidate_areas", "assessed_alone_persons", 0), 2, 0);
}

/* With costs for all, the gain per cost decides; equal gains go in the order given. */
static void costs_decide(void **state) {
  town t;
  found_town(&t, *state);
  const draw_box none[] = {{5000, 0, 5100, 100}},
                 parcel[] = {{0, 0, 100, 100}, {1000, 0, 1100, 100}, {2000, 0, 2100, 100}};
  const draw_point home[] = {{150, 50, 6}, {1150, 50, 4}, {2150, 50, 4}};
  give(&t, SUND_GREEN, draw_boxes(t.ctx, SUND_GREEN, 1, none));
  give(&t, SUND_HOMES, draw_points(t.ctx, SUND_HOMES, 3, home));
  sund_table *offered = candidate_boxes(t.ctx, 3, parcel);
  offer(&t, offered);
  assert_ok(t.ctx, ask(&t));
  for (size_t r = 0; r < 3; r++) assert_int_equal(rank_of(&t, "candidate_areas", r), r + 1);
  for (size_t r = 0; r < 3; r++) sund_table_real(offered, "cost")[r] = (const double[]){100, 40, 10}[r];
  assert_ok(t.ctx, ask(&t));
  for (size_t r = 0; r < 3; r++) assert_int_equal(rank_of(&t, "candidate_areas", r), 3 - r);
  assert_near(real_of(&t, "candidate_areas", "total_cost", 0), 150, 0);
  assert_near(real_of(&t, "candidate_areas", "share_pct", 0), 100, 1e-9);
}

/* ------------------------------------------------------------------------------------------------------- twin */

/* Tables as lists that grow. */
typedef struct lists {
  draw_line path[MOST * 3];
  draw_box green[MOST * 3];
  draw_point gate[MOST * 3], home[MOST * 4];
  size_t paths, greens, gates, homes;
} lists;

static double anywhere(uint64_t *seed) {
  return support_uniform(seed, 0, 1500);
}

static draw_line any_line(uint64_t *seed, double longest) {
  double x = anywhere(seed), y = anywhere(seed);
  return (draw_line){x, y, x + support_uniform(seed, -longest, longest), y + support_uniform(seed, -longest, longest),
                     support_random(seed) % 8 == 0};
}

static draw_box any_box(uint64_t *seed) {
  double x = anywhere(seed), y = anywhere(seed);
  return (draw_box){x, y, x + support_uniform(seed, 20, 140), y + support_uniform(seed, 20, 140)};
}

/* The i-th of areas that keep away from each other. */
static draw_box box_apart(uint64_t *seed, size_t i) {
  double x = 380 * (double)(i % 4) + support_uniform(seed, 0, 100);
  double y = 380 * (double)(i / 4) + support_uniform(seed, 0, 100);
  return (draw_box){x, y, x + support_uniform(seed, 20, 140), y + support_uniform(seed, 20, 140)};
}

/* With gates: areas that do not touch, every other one with a gate and a path that leads there. */
static void random_lists(uint64_t *seed, bool gated, lists *l) {
  memset(l, 0, sizeof *l);
  l->paths = 25, l->greens = 14, l->homes = 3 * MOST;
  for (size_t i = 0; i < l->paths; i++) l->path[i] = any_line(seed, i % 5 == 0 ? 60 : 600);
  for (size_t i = 0; i < l->greens; i++) l->green[i] = gated ? box_apart(seed, i) : any_box(seed);
  for (size_t i = 0; i < l->homes; i++)
    l->home[i] = (draw_point){anywhere(seed), anywhere(seed), support_uniform(seed, 1, 9)};
  for (size_t i = 0; gated && i < l->greens; i += 2) {
    draw_box b = l->green[i];
    l->gate[l->gates++] = (draw_point){b.x0, b.y0 + 5, 0};
    l->path[l->paths++] = (draw_line){b.x0 - 5, b.y0 + 5, b.x0 - 215, b.y0 + 5, 0};
  }
}

/* How a random town is asked. */
typedef struct manner {
  access_way way;
  bool gated, areas, nodes, lengths;
} manner;

static const double COVERED[4] = {DRAW_X + 250, DRAW_Y - 500, DRAW_X + 2500, DRAW_Y + 1100};

/* What sources cover is theirs to say: it stays the same whatever is added. */
static void cover(town *t, sund_role role) {
  memcpy(t->extent[role][0], COVERED, sizeof COVERED);
}

static void use(town *t, const lists *l, const manner *how) {
  sund_table *green = draw_boxes(t->ctx, SUND_GREEN, l->greens, l->green);
  const draw_box area[] = {{200, 100, 900, 1400}, {900, 100, 1400, 1400}}, sea[] = {{600, -500, 700, 1300}};
  for (size_t r = 0; r < l->greens; r++)
    sund_table_text(green, "access")[r] = (size_t)l->green[r].x1 % 5 ? "public" : "unknown";
  for (size_t r = 0; r < l->greens; r++)
    sund_table_text(green, "kind")[r] = (size_t)l->green[r].x0 % 3 ? "forest" : "meadow";
  give(t, SUND_GREEN, green);
  give(t, SUND_HOMES, draw_points(t->ctx, SUND_HOMES, l->homes, l->home));
  if (l->gates) give(t, SUND_ENTRANCES, draw_points(t->ctx, SUND_ENTRANCES, l->gates, l->gate));
  if (how->areas) give(t, SUND_AREAS, draw_areas(t->ctx, 2, area)), cover(t, SUND_GREEN);
  if (how->way == BY_LAND) give(t, SUND_SEA, draw_boxes(t->ctx, SUND_SEA, 1, sea));
  if (how->way != BY_NETWORK) return;
  sund_table *paths = draw_lines(t->ctx, l->paths, l->path);
  for (size_t r = 0; how->lengths && r < 25; r += 3)
    sund_table_real(paths, "length_m")[r] =
        hypot(l->path[r].x1 - l->path[r].x0, l->path[r].y1 - l->path[r].y0) * (r % 2 ? 0.6 : 1.5);
  give(t, SUND_PATHS, paths);
  if (how->areas) cover(t, SUND_PATHS);
}

/* Persons near enough, and persons assessed. */
static void ask_town(town *t, const manner *how, double *met, double *assessed) {
  assert_ok(t->ctx, ask(t));
  *met = *assessed = 0;
  for (size_t unit = 0; unit < (how->areas ? 2 : 1); unit++) {
    size_t area = how->areas ? unit : SIZE_MAX;
    *met += draw_value(&t->out, "access.persons", "near", area);
    *assessed +=
        draw_value(&t->out, "area.persons", "", area) - draw_value(&t->out, "access.unassessed", "near", area);
  }
}

static void compare(const town *t, const lists *l, const manner *how, double met, double assessed, const char *what) {
  town twin;
  sund_ctx *ctx = sund_ctx_child(t->ctx);
  double met_again, assessed_again;
  found_town(&twin, ctx);
  twin.options = t->options, twin.standards[0] = t->standards[0];
  use(&twin, l, how);
  ask_town(&twin, how, &met_again, &assessed_again);
  if (!(fabs(met_again - met) <= 1e-6) || !(fabs(assessed_again - assessed) <= 1e-6))
    fail_msg("seed %llu, way %d%s%s%s%s, %s: %.6f of %.6f persons, the whole town again says %.6f of %.6f",
             (unsigned long long)support_seed(), (int)how->way, how->gated ? ", gates" : "",
             how->areas ? ", areas" : "", how->nodes ? ", nodes" : "", how->lengths ? ", lengths" : "", what, met,
             assessed, met_again, assessed_again);
  sund_ctx_free(ctx);
}

static void add_to(lists *l, sund_kind kind, const lists *offered, size_t r) {
  if (kind == SUND_POINT) l->gate[l->gates++] = offered->gate[r];
  if (kind == SUND_LINE) l->path[l->paths++] = offered->path[r];
  if (kind == SUND_AREA) l->green[l->greens++] = offered->green[r];
}

static const char *const layer_of[] = {NULL, "candidate_gates", "candidate_paths", "candidate_areas"};

/* Six candidates of each kind. Gates: at areas that have one, where one more mapped gate is the same. */
static void offer_some(town *t, uint64_t *seed, const lists *l, const manner *how, lists *offered) {
  for (size_t i = 0; i < 6; i++) {
    draw_box b = l->green[2 * i];
    offered->path[offered->paths++] = any_line(seed, 500);
    offered->green[offered->greens++] = any_box(seed);
    if (how->gated) offered->gate[offered->gates++] = (draw_point){b.x1, b.y1 - 3, 0};
  }
  if (how->way == BY_NETWORK) offer(t, candidate_lines(t->ctx, offered->paths, offered->path));
  if (offered->gates) offer(t, draw_points(t->ctx, SUND_CANDIDATES, offered->gates, offered->gate));
  sund_table *areas = candidate_boxes(t->ctx, offered->greens, offered->green);
  for (size_t r = 0; r < offered->greens; r++) {
    sund_table_text(areas, "kind")[r] = (size_t)offered->green[r].x0 % 3 ? "forest" : "meadow";
    sund_table_text(areas, "access")[r] = (size_t)offered->green[r].x1 % 5 ? "public" : "unknown";
  }
  offer(t, areas);
}

static void check_alone(const town *t, const lists *l, const lists *offered, const manner *how, double met,
                        double assessed, size_t helped[SUND_AREA + 1]) {
  for (sund_kind kind = SUND_POINT; kind <= SUND_AREA; kind++)
    for (size_t r = 0; t->in.candidate[kind] && r < t->in.candidate[kind]->rows; r++) {
      lists with = *l;
      double gain = real_of(t, layer_of[kind], "gain_alone_persons", r);
      add_to(&with, kind, offered, r);
      helped[kind] += gain != 0;
      compare(t, &with, how, met + gain, assessed + real_of(t, layer_of[kind], "assessed_alone_persons", r),
              sund_text(t->ctx, "%s %zu alone", layer_of[kind], r));
    }
}

static void check_order(const town *t, const lists *l, const lists *offered, const manner *how, double met) {
  lists with = *l;
  for (int64_t rank = 1; rank <= 18; rank++)
    for (sund_kind kind = SUND_POINT; kind <= SUND_AREA; kind++)
      for (size_t r = 0; t->in.candidate[kind] && r < t->in.candidate[kind]->rows; r++) {
        if (rank_of(t, layer_of[kind], r) != rank) continue;
        add_to(&with, kind, offered, r);
        met += real_of(t, layer_of[kind], "gain_persons", r);
        compare(t, &with, how, met, 100 * met / real_of(t, layer_of[kind], "share_pct", r),
                sund_text(t->ctx, "step %d", (int)rank));
      }
}

static void check_town(sund_ctx *ctx, uint64_t *seed, const manner *how, size_t helped[SUND_AREA + 1]) {
  town t;
  lists l, offered = {0};
  double met, assessed;
  found_town(&t, ctx);
  t.options.quick = true, t.options.snap_limit_m = 80, t.options.merge_gap_m = support_random(seed) % 2 ? 1 : 15;
  t.options.match = how->nodes ? "nodes" : "edges";
  t.options.distance = (const char *[]){"straight", "land", "network"}[how->way];
  t.standards[0].max_m = 250;
  random_lists(seed, how->gated, &l);
  use(&t, &l, how);
  offer_some(&t, seed, &l, how, &offered);
  ask_town(&t, how, &met, &assessed);
  check_alone(&t, &l, &offered, how, met, assessed, helped);
  check_order(&t, &l, &offered, how, met);
}

static void equals_the_whole_town_again(void **state) {
  static const manner manners[] = {
      {.way = BY_NETWORK},
      {.way = BY_NETWORK, .gated = true},
      {.way = BY_NETWORK, .areas = true},
      {.way = BY_NETWORK, .gated = true, .nodes = true},
      {.way = BY_NETWORK, .gated = true, .areas = true, .lengths = true},
      {.way = BY_STRAIGHT, .areas = true},
      {.way = BY_LAND},
      {.way = BY_LAND, .areas = true},
  };
  uint64_t seed = support_seed();
  size_t helped[SUND_AREA + 1] = {0};
  for (size_t k = 0; k < sizeof manners / sizeof *manners; k++) {
    sund_ctx *ctx = sund_ctx_child(*state);
    check_town(ctx, &seed, &manners[k], helped);
    sund_ctx_free(ctx);
  }
  assert_true(helped[SUND_LINE] > 0 && helped[SUND_AREA] > 0); /* else nothing was tested */
  if (getenv("SUND_TALLY")) printf("%zu %zu %zu\n", helped[SUND_POINT], helped[SUND_LINE], helped[SUND_AREA]);
}

/* A scrap of network is no street while there are streets; where there is nothing else, homes stand at it. */
static void scraps_become_streets(void **state) {
  town t;
  found_town(&t, *state);
  const draw_box wood[] = {{0, 0, 200, 200}};
  const draw_line path[] = {{-500, -20, 500, -20, 0}, {100, -300, 100, -250, 0}, {50, -20, 50, 0, 0}};
  const draw_point home[] = {{90, -280, 2}, {-100, -25, 3}};
  const draw_line way[] = {{100, -250, 100, -20, 0}};
  give(&t, SUND_GREEN, draw_boxes(t.ctx, SUND_GREEN, 1, wood));
  give(&t, SUND_HOMES, draw_points(t.ctx, SUND_HOMES, 2, home));
  give(&t, SUND_PATHS, draw_lines(t.ctx, 3, path));
  offer(&t, candidate_lines(t.ctx, 1, way));
  t.options.snap_limit_m = 50, t.standards[0].max_m = 400;
  assert_ok(t.ctx, ask(&t));
  assert_near(draw_value(&t.out, "access.unassessed", "near", SIZE_MAX), 2, 0);
  assert_near(real_of(&t, "candidate_paths", "gain_alone_persons", 0), 2, 0);
  assert_near(real_of(&t, "candidate_paths", "assessed_alone_persons", 0), 2, 0);
  const draw_line scrap[] = {{-90, -20, 60, -20, 0}};
  give(&t, SUND_PATHS, draw_lines(t.ctx, 1, scrap));
  const draw_line longer[] = {{60, -20, 60, 10, 0}, {-90, -20, -190, -20, 0}};
  offer(&t, candidate_lines(t.ctx, 2, longer));
  t.options.snap_limit_m = 8;
  assert_ok(t.ctx, ask(&t));
  assert_near(real_of(&t, "candidate_paths", "gain_alone_persons", 0), 0, 0);
  assert_near(real_of(&t, "candidate_paths", "gain_alone_persons", 1), 3, 0);
}

/* A long path that only passes near the wood lets people in along it; a new path that crosses into the wood shuts that,
 * and who lives far from the crossing loses. */
static void a_crossing_shuts_near_boundaries(void **state) {
  town t;
  found_town(&t, *state);
  const draw_box wood[] = {{0, 0, 1500, 200}};
  const draw_line path[] = {{-100, -20, 1600, -20, 0}}, way[] = {{1400, -20, 1400, 50, 0}};
  const draw_point home[] = {{100, -25, 2}, {1350, -25, 3}};
  give(&t, SUND_GREEN, draw_boxes(t.ctx, SUND_GREEN, 1, wood));
  give(&t, SUND_HOMES, draw_points(t.ctx, SUND_HOMES, 2, home));
  give(&t, SUND_PATHS, draw_lines(t.ctx, 1, path));
  offer(&t, candidate_lines(t.ctx, 1, way));
  assert_ok(t.ctx, ask(&t));
  assert_near(draw_value(&t.out, "access.persons", "near", SIZE_MAX), 5, 0);
  assert_near(real_of(&t, "candidate_paths", "gain_alone_persons", 0), -2, 0);
  assert_int_equal(rank_of(&t, "candidate_paths", 0), SUND_NULL_INT);
}

/* What the way of measuring leaves without effect is said, not shown as a nought only. */
static void what_changes_nothing_is_told(void **state) {
  town t;
  found_town(&t, *state);
  const draw_box park[] = {{0, 0, 100, 100}};
  const draw_point home[] = {{450, 50, 1}}, gate[] = {{100, 50, 0}};
  give(&t, SUND_GREEN, draw_boxes(t.ctx, SUND_GREEN, 1, park));
  give(&t, SUND_HOMES, draw_points(t.ctx, SUND_HOMES, 1, home));
  offer(&t, draw_points(t.ctx, SUND_CANDIDATES, 1, gate));
  assert_ok(t.ctx, ask(&t));
  assert_near(real_of(&t, "candidate_gates", "gain_alone_persons", 0), 0, 0);
  assert_true(draw_found(&t.out, "warning", "not along a network"));
  t.options.gain = "far";
  assert_int_equal(ask(&t), SUND_USAGE);
}

/* A town with a candidate of each kind, all of which help. */
static void small_town(town *t, sund_ctx *ctx) {
  found_town(t, ctx);
  const draw_box wood[] = {{0, 200, 400, 400}}, parcel[] = {{-400, -100, -300, -10}};
  const draw_line path[] = {{-500, 0, 400, 0, 0}, {0, 180, 400, 180, 0}, {0, 180, 0, 900, 0}};
  const draw_line over[] = {{200, 0, 200, 180, 0}};
  const draw_point home[] = {{200, 0, 2}, {300, 5, 3}, {-380, 10, 4}, {5, 800, 5}};
  const draw_point mapped[] = {{350, 200, 0}}, gate[] = {{0, 390, 0}};
  give(t, SUND_GREEN, draw_boxes(ctx, SUND_GREEN, 1, wood));
  give(t, SUND_HOMES, draw_points(ctx, SUND_HOMES, 4, home));
  give(t, SUND_PATHS, draw_lines(ctx, 3, path));
  give(t, SUND_ENTRANCES, draw_points(ctx, SUND_ENTRANCES, 1, mapped));
  offer(t, candidate_lines(ctx, 1, over));
  offer(t, draw_points(ctx, SUND_CANDIDATES, 1, gate));
  offer(t, candidate_boxes(ctx, 1, parcel));
  t->standards[0].max_m = 460;
  t->options.quick = true;
}

static void every_kind_in_one_order(void **state) {
  static const char *const layer[] = {"candidate_gates", "candidate_paths", "candidate_areas"};
  static const double alone[] = {5, 5, 4};
  town t;
  for (int threads = 1; threads <= 4; threads += 3) {
    sund_ctx_threads(*state, threads);
    small_town(&t, *state);
    assert_ok(t.ctx, ask(&t));
    for (int64_t k = 0; k < 3; k++) {
      assert_near(real_of(&t, layer[k], "gain_alone_persons", 0), alone[k], 0);
      assert_int_equal(rank_of(&t, layer[k], 0), k + 1);
    }
    assert_near(real_of(&t, "candidate_areas", "share_pct", 0), 100, 1e-9);
  }
}

/* Every 7th allocation of the run, one at a time. */
static void memory_runs_out(void **state) {
  (void)state;
  for (size_t n = 1;; n += 7) {
    sund_ctx *ctx = sund_ctx_new();
    town t;
    sund_ctx_threads(ctx, 1);
    small_town(&t, ctx);
    sund_ctx_fail_alloc(ctx, n);
    sund_code code = ask(&t), noted = sund_failure(ctx, NULL, NULL, NULL);
    sund_ctx_free(ctx);
    assert_int_equal(code, noted);
    if (code == SUND_OK) {
      assert_true(n > 100);
      return;
    }
    assert_int_equal(code, SUND_LIMIT);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      SUND_TEST(a_gate_through_a_fence),
      SUND_TEST(a_path_over_a_railway),
      SUND_TEST(a_path_makes_a_home_assessed),
      SUND_TEST(a_parcel_lifts_its_neighbour),
      SUND_TEST(two_that_only_help_together),
      SUND_TEST(a_candidate_in_the_neighbour_municipality),
      SUND_TEST(costs_decide),
      SUND_TEST(scraps_become_streets),
      SUND_TEST(a_crossing_shuts_near_boundaries),
      SUND_TEST(what_changes_nothing_is_told),
      SUND_TEST(every_kind_in_one_order),
      SUND_TEST(memory_runs_out),
      SUND_TEST(equals_the_whole_town_again),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}

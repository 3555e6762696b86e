/* test_catchment_gates.c - what rows of a table of gates say, where their ends are put, and that scenarios share trees. */
#include "draw.h"
#include "queries/catchment.h"
#include "queries/gate_words.h"

static const char *message_of(const sund_ctx *ctx) {
  const char *message = NULL;
  sund_failure(ctx, &message, NULL, NULL);
  return message ? message : "";
}

/* ---------------------------------------------------------------------------------------------------------- words */

static void modes_in_three_languages(void **state) {
  static const struct {
    const char *text, *modes;
  } each[] = {{"walk,bike,car,transit", "wbct"},
              {"Foot; Bicycle", "wb"},
              {"til fods, cykel", "wb"},
              {"till fots/bil", "wc"},
              {"walk bike", "wb"},
              {" car ", "c"},
              {"gående+cyklar", "wb"},
              {"GANG, Biler", "wc"},
              {"public transport", "t"},
              {"alle", "wbct"},
              {"kollektivt", "t"},
              {"car,,walk,", "wc"}};
  for (size_t k = 0; k < sizeof each / sizeof *each; k++) {
    unsigned modes = 0, wanted = 0;
    for (const char *c = each[k].modes; *c; c++) wanted |= 1u << (strchr("wbct", *c) - "wbct");
    assert_ok(*state, gate_words_modes(*state, each[k].text, &modes));
    if (modes != wanted) fail_msg("%s: %u, not %u", each[k].text, modes, wanted);
  }
}

static void words_that_are_none(void **state) {
  static const struct {
    const char *text, *message;
  } each[] = {{"walk,boat", "modes: 'boat' is none of walk, bike, car, transit"},
              {"walk, cra", "modes: 'cra' is none of walk, bike, car, transit; did you mean 'car'?"},
              {"walk bke", "modes: 'bke' is none of walk, bike, car, transit; did you mean 'bike'?"},
              {"", "modes: no mode is given; write some of walk, bike, car, transit"},
              {" , ", "modes: no mode is given; write some of walk, bike, car, transit"}};
  for (size_t k = 0; k < sizeof each / sizeof *each; k++) {
    sund_ctx *ctx = sund_ctx_child(*state);
    unsigned modes;
    assert_int_equal(gate_words_modes(ctx, each[k].text, &modes), SUND_DATA);
    assert_string_equal(message_of(ctx), each[k].message);
    sund_ctx_free(ctx);
  }
}

static void times_of_day(void **state) {
  static const int32_t wanted[] = {5 * 3600 + 300, 6 * 3600, 6 * 3600 + 1200, 6 * 3600 + 1230, 25 * 3600 + 600};
  static const char *const wrong[] = {"6",       "6:1",        "06.20", "48:00", "06:60",  "06:20:60", "a",
                                      "06:20,x", "06:20:30:1", " , ",   ":20",   "006:20", "06:2000",  "-6:20"};
  size_t count;
  int32_t *seconds;
  assert_ok(*state, gate_words_times(*state, "06:00 25:10,06:20;6:20\n5:05,06:20:30 06:00", &count, &seconds));
  assert_int_equal(count, 5);
  assert_memory_equal(seconds, wanted, sizeof wanted);
  for (size_t k = 0; k < sizeof wrong / sizeof *wrong; k++) {
    sund_ctx *ctx = sund_ctx_child(*state);
    assert_int_equal(gate_words_times(ctx, wrong[k], &count, &seconds), SUND_DATA);
    assert_non_null(strstr(message_of(ctx), "no time of day"));
    sund_ctx_free(ctx);
  }
}

/* ---------------------------------------------------------------------------------------------------------- world */

/* Two shores with a street each, a place on each, and gates between. */
typedef struct world {
  sund_ctx *ctx;
  sund_inputs in;
  const char *mode[4];
  double minutes, percent;
  catchment_options options;
  sund_results out;
  catchment_run run;
  catchment_variant variant[3];
} world;

enum { TUNNEL_STREET = 2 };

static void begin(world *w, sund_ctx *ctx) {
  static const draw_line street[] = {{0, 0, 1000, 0, 0}, {5000, 0, 6000, 0, 0}, {1000, 0, 1000, 900, 0}};
  static const draw_point home[] = {{0, 0, 1}, {6000, 0, 10}};
  *w = (world){.ctx = ctx, .mode = {"walk", "bike", "car", "transit"}, .minutes = 90, .percent = 50};
  w->in.crs = draw_crs(ctx);
  w->in.scenario = "baseline";
  sund_table *paths = draw_lines(ctx, 3, street);
  for (size_t i = 0; i < 3; i++) sund_table_text(paths, "class")[i] = "residential";
  sund_table_text(paths, "class")[TUNNEL_STREET] = "motorway";
  w->in.role[SUND_PATHS] = paths;
  w->in.role[SUND_HOMES] = draw_points(ctx, SUND_HOMES, 2, home);
  sund_table *places = draw_points(ctx, SUND_PLACES, 2, home);
  sund_table_text(places, "id")[0] = "west", sund_table_text(places, "name")[0] = "Vestby";
  sund_table_text(places, "id")[1] = "east", sund_table_text(places, "name")[1] = "Österby";
  w->in.role[SUND_PLACES] = places;
  w->options = (catchment_options){.mode = {3, w->mode, NULL},
                                   .minutes = {1, &w->minutes},
                                   .percentiles = {1, &w->percent},
                                   .depart = "2026-11-24T07:00",
                                   .window_min = 60,
                                   .walk_kmh = 5,
                                   .bike_kmh = 15,
                                   .car_kmh = 50,
                                   .snap_limit_m = 250,
                                   .join_m = 1,
                                   .piece_m = 100,
                                   .access_by = "walk",
                                   .bikes_aboard = "no"};
}

/* Gates from (x0, y0) to (x1, y1): ids g0, g1 ..., 20 minutes, every 30, for all. */
static sund_table *gates_of(sund_ctx *ctx, size_t n, const draw_line *line) {
  sund_table *gates = draw_table(ctx, SUND_GATES, line ? SUND_LINE : SUND_NONE, n);
  if (line) gates->shapes = draw_lines(ctx, n, line)->shapes;
  for (size_t i = 0; i < n; i++) {
    sund_table_text(gates, "id")[i] = sund_text(ctx, "g%zu", i);
    sund_table_text(gates, "modes")[i] = "all";
    sund_table_real(gates, "minutes")[i] = 20;
    sund_table_real(gates, "headway_min")[i] = 30;
  }
  return gates;
}

static sund_code make(world *w, size_t variants, const sund_table *const *gates) {
  static const char *const names[] = {"baseline", "second", "third"};
  w->out = (sund_results){0};
  w->run = (catchment_run){
      .in = &w->in, .options = &w->options, .out = &w->out, .variants = variants, .variant = w->variant};
  for (size_t v = 0; v < variants; v++)
    w->variant[v] = (catchment_variant){
        .name = names[v], .gates = gates[v], .closed = w->variant[v].closed, .close = w->variant[v].close};
  TRY(catchment_options_read(w->ctx, &w->run));
  const double box[4] = {DRAW_X - 100, DRAW_Y - 100, DRAW_X + 7000, DRAW_Y + 1000};
  TRY(sund_ground_open(w->ctx, w->in.crs, box, &w->run.ground));
  TRY(catchment_town_make(w->ctx, &w->run));
  TRY(catchment_streets_make(w->ctx, &w->run));
  return catchment_gates_make(w->ctx, &w->run);
}

static uint32_t units(const world *w, double minutes) {
  return (uint32_t)(minutes * 60 / w->run.unit_s + 0.5);
}

static const draw_line quays[] = {{1000, 0, 5000, 0, 0}, {1000, 10, 5000, 10, 0}};

/* ----------------------------------------------------------------------------------------------------------- rows */

static void minutes_border_and_boarding(void **state) {
  world w;
  begin(&w, *state);
  sund_table *gates = gates_of(w.ctx, 1, quays);
  sund_table_real(gates, "border_s")[0] = 90;
  sund_table_real(gates, "board_s")[0] = 120;
  sund_table_real(gates, "board_car_s")[0] = 600;
  const sund_table *list[] = {gates};
  assert_ok(w.ctx, make(&w, 1, list));
  static const double board[] = {2, 2, 10};
  for (int m = 0; m < 3; m++) {
    const catchment_gates *of = &w.variant[0].by[m];
    assert_int_equal(of->count, 1);
    assert_int_equal(of->row[0], 0);
    assert_int_equal(of->gate[0].crossing, units(&w, 21.5));
    assert_int_equal(of->gate[0].board, units(&w, board[m]));
    assert_int_equal(of->gate[0].headway, units(&w, 30));
    assert_true(of->gate[0].back && of->gate[0].times[0] == 0);
    assert_true(of->x[0] == DRAW_X + 1000 && of->x[1] == DRAW_X + 5000);
    assert_near(of->from_end[1][1], of->from_end[0][0], 0.1 / w.run.unit_s); /* 1000 m on either shore */
    assert_int_equal(of->from_end[0][1], SUND_BEYOND);
    assert_int_equal(of->between[1], SUND_BEYOND);
    assert_int_equal(of->between[0], 0);
  }
  assert_near(w.variant[0].by[SUND_WALK].from_end[0][0] * w.run.unit_s, 720, 1);
  assert_int_equal(w.variant[0].by[SUND_TRANSIT].count, 0); /* not asked for */
}

/* The sailings of the day, those of last night, and those of tomorrow that somebody of the window can still take. */
static void sailings_of_every_day(void **state) {
  world w;
  begin(&w, *state);
  sund_table *gates = gates_of(w.ctx, 2, quays);
  sund_table_text(gates, "times")[0] = "06:00 18:00, 24:30";
  sund_table_text(gates, "times")[1] = "06:00";
  sund_table_text(gates, "times_back")[1] = "07:00 08:00";
  sund_table_text(gates, "oneway")[0] = "yes";
  const sund_table *list[] = {gates};
  w.options.window_min = 41 * 60; /* from 7 on until midnight of the next day */
  assert_ok(w.ctx, make(&w, 1, list));
  const sund_gate *gate = w.variant[0].by[SUND_WALK].gate;
  static const double wanted[] = {0.5, 6, 18, 24.5, 30, 42, 48.5};
  assert_int_equal(gate[0].times[0], 7);
  for (size_t k = 0; k < 7; k++) assert_int_equal(gate[0].time[0][k], units(&w, wanted[k] * 60));
  assert_int_equal(gate[0].headway, 0); /* the times count, and that is told */
  assert_true(draw_found(&w.out, "note", "the gate g0 has times and a headway: the times are used"));
  assert_false(gate[0].back);
  assert_true(gate[1].back && gate[1].times[0] == 2 && gate[1].times[1] == 4);
  assert_int_equal(gate[1].time[1][1], units(&w, 480));
  assert_int_equal(gate[0].times[1], 7);
}

static void open_at_any_moment(void **state) {
  world w;
  begin(&w, *state);
  sund_table *gates = gates_of(w.ctx, 2, quays);
  sund_table_real(gates, "headway_min")[0] = 0;
  sund_table_real(gates, "headway_min")[1] = NAN;
  sund_table_real(gates, "toll")[0] = 49.5;
  const sund_table *list[] = {gates, gates};
  assert_ok(w.ctx, make(&w, 2, list));
  const sund_gate *gate = w.variant[0].by[SUND_CAR].gate;
  for (size_t g = 0; g < 2; g++) assert_true(gate[g].headway == 0 && gate[g].times[0] + gate[g].times[1] == 0);
  size_t told = 0;
  for (size_t i = 0; i < w.out.findings.count; i++)
    told += strstr(w.out.findings.item[i].text, "neither headway_min nor times") != NULL;
  assert_int_equal(told, 1); /* of the second gate only, and once for both scenarios */
  assert_true(draw_found(&w.out, "warning", "the gate g1 has neither headway_min nor times"));
  assert_true(draw_found(&w.out, "note", "the gate g0 has a toll of 49.5"));
}

static void only_for_its_modes(void **state) {
  world w;
  begin(&w, *state);
  sund_table *gates = gates_of(w.ctx, 2, quays);
  sund_table_text(gates, "modes")[0] = "bil";
  sund_table_text(gates, "modes")[1] = "cykel; transit";
  const sund_table *list[] = {gates};
  assert_ok(w.ctx, make(&w, 1, list));
  assert_int_equal(w.variant[0].by[SUND_WALK].count, 0);
  assert_int_equal(w.variant[0].by[SUND_BIKE].count, 1);
  assert_int_equal(w.variant[0].by[SUND_BIKE].row[0], 1);
  assert_int_equal(w.variant[0].by[SUND_CAR].count, 1);
  assert_int_equal(w.variant[0].by[SUND_CAR].row[0], 0);
  w.options.mode = (sund_strings){1, w.mode + 3, NULL}; /* transit: what one may walk aboard, too */
  sund_table_text(gates, "modes")[0] = "walk";
  assert_ok(w.ctx, make(&w, 1, list));
  assert_int_equal(w.variant[0].by[SUND_TRANSIT].count, 2);
}

static void rows_that_cannot_be_right(void **state) {
  static const struct {
    const char *column, *text, *message;
  } each[] = {{"modes", "ferry", "modes: 'ferry' is none of walk"},
              {"modes", NULL, "modes: no mode is given"},
              {"times", "6.20", "'6.20' is no time of day"},
              {"times_back", "06:20", "times_back is given and times is not"},
              {"minutes", NULL, "minutes of the crossing are missing"},
              {"from", "vest", "'vest' is no place and no stop; did you mean 'west'?"},
              {"to", NULL, "it has no line; give from and to"}};
  for (size_t k = 0; k < sizeof each / sizeof *each; k++) {
    world w;
    int64_t feature = 0;
    sund_ctx *ctx = sund_ctx_child(*state);
    begin(&w, ctx);
    sund_table *gates = gates_of(ctx, 1, NULL);
    gates->feature = sund_alloc(ctx, 1, sizeof *gates->feature);
    gates->feature[0] = 77;
    sund_table_text(gates, "from")[0] = "west", sund_table_text(gates, "to")[0] = "east";
    if (strcmp(each[k].column, "minutes") == 0) sund_table_real(gates, "minutes")[0] = NAN;
    else sund_table_text(gates, each[k].column)[0] = each[k].text;
    const sund_table *list[] = {gates};
    assert_int_equal(make(&w, 1, list), SUND_DATA);
    if (!strstr(message_of(ctx), each[k].message)) fail_msg("%s\nis not: %s", message_of(ctx), each[k].message);
    sund_failure(ctx, NULL, NULL, &feature);
    assert_int_equal(feature, 77);
    sund_ctx_free(ctx);
  }
}

/* ----------------------------------------------------------------------------------------------------------- ends */

/* A table without lines: ids first, then names in any spelling. */
static void ends_by_the_names_of_places(void **state) {
  world w;
  begin(&w, *state);
  sund_table *gates = gates_of(w.ctx, 1, NULL);
  sund_table_text(gates, "from")[0] = "west", sund_table_text(gates, "to")[0] = "oesterby";
  const sund_table *list[] = {gates};
  assert_ok(w.ctx, make(&w, 1, list));
  const catchment_gates *of = &w.variant[0].by[SUND_BIKE];
  assert_true(of->x[0] == DRAW_X && of->x[1] == DRAW_X + 6000 && of->y[1] == DRAW_Y);
}

static void an_end_without_a_street(void **state) {
  static const draw_line far_out[] = {{1000, 0, 5000, 300, 0}};
  world w;
  begin(&w, *state);
  const sund_table *list[] = {gates_of(w.ctx, 1, far_out)};
  assert_ok(w.ctx, make(&w, 1, list));
  const catchment_gates *of = &w.variant[0].by[SUND_WALK];
  assert_int_equal(of->count, 1);
  assert_int_equal(of->end[1].edge, SUND_NO_EDGE);
  assert_int_equal(of->from_end[1][1], SUND_BEYOND);
  assert_true(draw_found(&w.out, "warning", "walk: an end of the gate g0 has no street within 250 m"));
  w.options.snap_limit_m = 301;
  assert_ok(w.ctx, make(&w, 1, list));
  assert_true(w.variant[0].by[SUND_WALK].from_end[1][1] != SUND_BEYOND);
}

static void many_ends_without_a_street(void **state) {
  draw_line far_out[9];
  world w;
  begin(&w, *state);
  for (size_t i = 0; i < 9; i++) far_out[i] = (draw_line){1000, 0, 5000, 300 + 10.0 * (double)i, 0};
  w.options.mode = (sund_strings){1, w.mode, NULL};
  const sund_table *list[] = {gates_of(w.ctx, 9, far_out)};
  assert_ok(w.ctx, make(&w, 1, list));
  size_t told = 0;
  for (size_t i = 0; i < w.out.findings.count; i++)
    told += strstr(w.out.findings.item[i].text, "an end of the gate") != NULL;
  assert_int_equal(told, 5);
  assert_true(draw_found(&w.out, "warning", "walk: 4 more ends of gates have no street near them"));
}

/* A byte tells ends apart: of too many gates those without a street go, and then it is too much. */
static void more_gates_than_a_byte_holds(void **state) {
  enum { MANY = 150 };
  static draw_line line[MANY];
  world w;
  begin(&w, *state);
  for (size_t i = 0; i < MANY; i++) line[i] = (draw_line){1000 - (double)i, 0, 5000, i < 100 ? 0 : 400, 0};
  w.options.mode = (sund_strings){1, w.mode, NULL};
  w.options.no_map = true;
  const sund_table *list[] = {gates_of(w.ctx, MANY, line)};
  assert_ok(w.ctx, make(&w, 1, list));
  assert_int_equal(w.variant[0].by[SUND_WALK].count, 100);
  assert_int_equal(w.variant[0].by[SUND_WALK].row[99], 99);
  w.options.snap_limit_m = 500;
  assert_int_equal(make(&w, 1, list), SUND_LIMIT);
  assert_string_equal(message_of(w.ctx), "gates: 150 for walk, at most 127; leave some out with where");
}

/* Homes are not put on a motorway; a tunnel begins there. */
static void a_tunnel_from_a_motorway(void **state) {
  static const draw_line tunnel[] = {{1000, 900, 5000, 0, 0}};
  world w;
  begin(&w, *state);
  const sund_table *list[] = {gates_of(w.ctx, 1, tunnel)};
  assert_ok(w.ctx, make(&w, 1, list));
  const catchment_gates *car = &w.variant[0].by[SUND_CAR];
  assert_int_equal(w.run.graph->edge_line[car->end[0].edge], TUNNEL_STREET);
  assert_true(car->end[0].leg_m < 0.01);
  assert_int_equal(w.variant[0].by[SUND_WALK].end[0].edge, SUND_NO_EDGE);
}

/* Both ends on one shore: the way between them is known too. */
static void ends_on_one_shore(void **state) {
  static const draw_line along[] = {{200, 0, 800, 0, 0}};
  world w;
  begin(&w, *state);
  const sund_table *list[] = {gates_of(w.ctx, 1, along)};
  assert_ok(w.ctx, make(&w, 1, list));
  const catchment_gates *of = &w.variant[0].by[SUND_WALK];
  assert_near(of->between[1] * w.run.unit_s, 600 * 0.72, 0.5);
  assert_int_equal(of->between[1], of->between[2]);
}

static void without_paths_by_straight_lines(void **state) {
  static const draw_line jetty[] = {{100, 0, 5900, 0, 0}};
  world w;
  begin(&w, *state);
  w.in.role[SUND_PATHS] = NULL;
  w.options.mode = (sund_strings){1, w.mode, NULL};
  const sund_table *list[] = {gates_of(w.ctx, 1, jetty)};
  assert_ok(w.ctx, make(&w, 1, list));
  const catchment_gates *of = &w.variant[0].by[SUND_WALK];
  assert_near(of->from_end[0][0] * w.run.unit_s, 72, 0.1);
  assert_int_equal(of->from_end[0][1], SUND_BEYOND);
  assert_int_equal(w.out.findings.count, 0);
}

/* ------------------------------------------------------------------------------------------------------- variants */

static void scenarios_share_trees(void **state) {
  world w;
  begin(&w, *state);
  sund_table *two = gates_of(w.ctx, 2, quays), *other = gates_of(w.ctx, 1, quays + 1);
  sund_table_real(other, "minutes")[0] = 5;
  const sund_table *list[] = {two, other, NULL};
  assert_ok(w.ctx, make(&w, 3, list));
  const catchment_gates *base = &w.variant[0].by[SUND_CAR], *second = &w.variant[1].by[SUND_CAR];
  assert_int_equal(base->count, 2);
  assert_int_equal(second->count, 1);
  assert_int_equal(w.variant[2].by[SUND_CAR].count, 0);
  for (size_t e = 0; e < 2; e++) {
    assert_ptr_equal(second->from_end[e], base->from_end[2 + e]);
    assert_ptr_equal(second->node_from_end[e], base->node_from_end[2 + e]);
    assert_int_equal(second->between[e * 2], base->between[(2 + e) * 4 + 2]);
  }
  assert_int_equal(second->gate[0].service, base->gate[1].service); /* waits alike in both */
  assert_true(base->gate[0].service != base->gate[1].service);
  assert_int_equal(second->gate[0].crossing, units(&w, 5));
  w.options.no_map = true;
  assert_ok(w.ctx, make(&w, 3, list));
  assert_null(w.variant[0].by[SUND_CAR].node_from_end);
}

/* Two lines between the same quays are two services: who waits long for the one need not for the other. */
static void every_gate_has_waits_of_its_own(void **state) {
  static const draw_line lines[] = {{1000, 0, 5000, 0, 0}, {1000, 0, 5000, 0, 0}, {1000, 0, 5000, 10, 0}};
  world w;
  begin(&w, *state);
  const sund_table *list[] = {gates_of(w.ctx, 3, lines), gates_of(w.ctx, 1, lines + 2)};
  assert_ok(w.ctx, make(&w, 2, list));
  const sund_gate *gate = w.variant[0].by[SUND_BIKE].gate;
  for (size_t a = 0; a < 3; a++)
    for (size_t b = 0; b < a; b++) assert_true(gate[a].service != gate[b].service);
  assert_int_equal(w.variant[1].by[SUND_BIKE].gate[0].service, gate[2].service);
}

static void closed_by_id_or_name(void **state) {
  static const char *const shut[] = {"g1", "Den Større Færg"};
  world w;
  begin(&w, *state);
  sund_table *gates = gates_of(w.ctx, 2, quays);
  sund_table_text(gates, "name")[0] = "Den Større Færge";
  w.variant[1].closed = 1, w.variant[1].close = shut;
  w.variant[2].closed = 1, w.variant[2].close = shut + 1;
  const sund_table *list[] = {gates, gates, gates};
  assert_ok(w.ctx, make(&w, 3, list));
  assert_int_equal(w.variant[0].by[SUND_WALK].count, 2);
  assert_int_equal(w.variant[1].by[SUND_WALK].count, 1);
  assert_int_equal(w.variant[1].by[SUND_WALK].row[0], 0);
  assert_int_equal(w.variant[2].by[SUND_WALK].count, 2);
  assert_true(draw_found(
      &w.out, "warning",
      "the scenario third closes Den Større Færg, and no gate has that id or name; did you mean Den Større Færge?"));
  assert_false(draw_found(&w.out, "warning", "closes g1"));
  const catchment_variant by_name = {.closed = 1, .close = (const char *const[]){"DEN STØRRE FÆRGE"}};
  assert_true(catchment_gate_closed(&by_name, gates, 0));
  assert_false(catchment_gate_closed(&by_name, gates, 1));
  const catchment_variant other_case = {.closed = 1, .close = (const char *const[]){"G1"}};
  assert_false(catchment_gate_closed(&other_case, gates, 1)); /* ids are exact */
}

/* A boat an hour: half of the departures wait longer than the bound; who knows the times does not. */
static void planned_with_long_waits(void **state) {
  world w;
  begin(&w, *state);
  w.minutes = 45;
  w.options.mode = (sund_strings){1, w.mode, NULL};
  w.options.no_map = true;
  sund_table *gates = gates_of(w.ctx, 1, quays);
  sund_table_real(gates, "minutes")[0] = 10;
  sund_table_text(gates, "times")[0] = "07:50 08:50 09:50";
  const sund_table *list[] = {gates};
  assert_ok(w.ctx, make(&w, 1, list));
  assert_ok(w.ctx, catchment_reach(w.ctx, &w.run));
  const catchment_answer *answer = catchment_answer_of(&w.run, 0, SUND_WALK, 0);
  assert_int_equal(answer->time[0][1], SUND_BEYOND);
  assert_near(answer->planned[1] * w.run.unit_s, (12 + 10 + 12) * 60, 61); /* to the minute of departure */
}

static void without_memory(void **state) {
  size_t refused = 0;
  for (size_t n = 1; n < 100000; n += 1 + n / 6) {
    world w;
    sund_ctx *ctx = sund_ctx_child(*state);
    begin(&w, ctx);
    sund_table *gates = gates_of(ctx, 2, quays);
    sund_table_text(gates, "times")[0] = "06:00 07:00";
    const sund_table *list[] = {gates, gates};
    sund_ctx_threads(ctx, 1);
    sund_ctx_fail_alloc(ctx, n);
    const sund_code code = make(&w, 2, list);
    assert_int_equal(sund_failure(ctx, NULL, NULL, NULL), code);
    assert_true(code == SUND_OK || code == SUND_LIMIT);
    refused += code == SUND_LIMIT;
    sund_ctx_free(ctx);
    if (code == SUND_OK) break;
  }
  assert_true(refused > 20);
}

/* ------------------------------------------------------------------------------------------- gates against streets */

enum { CORNERS = 14, MOST_STREETS = 64 };

/* A town on two shores: streets, and gates between any two corners. */
typedef struct drawn_town {
  size_t streets, gates;
  draw_point corner[CORNERS];
  draw_line street[MOST_STREETS], gate[5];
  double minutes[5];
} drawn_town;

static draw_line from_to(const drawn_town *t, size_t a, size_t b, int64_t level) {
  return (draw_line){t->corner[a].x, t->corner[a].y, t->corner[b].x, t->corner[b].y, level};
}

static void draw_random(drawn_town *t, uint64_t *random) {
  t->streets = 0;
  for (size_t i = 0; i < CORNERS; i++)
    t->corner[i] = (draw_point){floor(support_uniform(random, 0, 3000)) + (i % 2 ? 20000 : 0),
                                floor(support_uniform(random, 0, 3000)), 1};
  for (size_t i = 2; i < CORNERS; i++) { /* a tree on either shore, and some more */
    const size_t to = i % 2 + 2 * (support_random(random) % (i / 2));
    const size_t other = i % 2 + 2 * (support_random(random) % (i / 2));
    t->street[t->streets++] = from_to(t, i, to, 0);
    if (other != to) t->street[t->streets++] = from_to(t, i, other, 0);
  }
  t->gates = 1 + support_random(random) % 5;
  for (size_t g = 0; g < t->gates; g++) { /* on levels of their own: they meet streets at their ends only */
    const size_t a = support_random(random) % CORNERS;
    t->gate[g] = from_to(t, a, (a + 1 + support_random(random) % (CORNERS - 1)) % CORNERS, 1 + (int64_t)g);
    t->minutes[g] = floor(support_uniform(random, 1, 20));
  }
}

/* Times by car from every corner to every corner; as_streets: with streets in place of the gates, as long. */
static void times_in(sund_ctx *ctx, const drawn_town *t, bool as_streets, uint32_t time[CORNERS][CORNERS]) {
  draw_line line[MOST_STREETS];
  const size_t more = as_streets ? t->gates : 0, n = t->streets + more;
  world w;
  begin(&w, ctx);
  w.minutes = 600;
  w.options.mode = (sund_strings){1, w.mode + 2, NULL};
  w.options.snap_limit_m = 1;
  memcpy(line, t->street, t->streets * sizeof *line);
  memcpy(line + t->streets, t->gate, more * sizeof *line);
  sund_table *paths = draw_lines(ctx, n, line), *places = draw_points(ctx, SUND_PLACES, CORNERS, t->corner);
  for (size_t i = 0; i < n; i++) {
    sund_table_text(paths, "class")[i] = "residential";
    sund_table_real(paths, "speed_kmh")[i] = 60;
    sund_table_real(paths, "length_m")[i] =
        i < t->streets ? hypot(line[i].x1 - line[i].x0, line[i].y1 - line[i].y0) : t->minutes[i - t->streets] * 1000;
  }
  for (size_t i = 0; i < CORNERS; i++) sund_table_text(places, "id")[i] = sund_text(ctx, "c%zu", i);
  w.in.role[SUND_PATHS] = paths;
  w.in.role[SUND_PLACES] = places;
  w.in.role[SUND_HOMES] = draw_points(ctx, SUND_HOMES, CORNERS, t->corner);
  sund_table *gates = gates_of(ctx, t->gates, t->gate);
  for (size_t g = 0; g < t->gates; g++) {
    sund_table_real(gates, "minutes")[g] = t->minutes[g];
    sund_table_real(gates, "headway_min")[g] = 0;
  }
  const sund_table *list[] = {as_streets ? NULL : gates};
  assert_ok(ctx, make(&w, 1, list));
  assert_ok(ctx, catchment_reach(ctx, &w.run));
  for (size_t i = 0; i < CORNERS; i++)
    memcpy(time[i], catchment_answer_of(&w.run, 0, SUND_CAR, i)->time[0], sizeof time[i]);
}

static void open_gates_are_streets(void **state) {
  uint64_t random = support_seed() + 31;
  size_t across = 0;
  for (int round = 0; round < 25; round++) {
    drawn_town t;
    uint32_t with[CORNERS][CORNERS], without[CORNERS][CORNERS];
    sund_ctx *ctx = sund_ctx_child(*state);
    draw_random(&t, &random);
    times_in(ctx, &t, false, with);
    times_in(ctx, &t, true, without);
    for (size_t a = 0; a < CORNERS; a++)
      for (size_t b = 0; b < CORNERS; b++) {
        const double apart = fabs((double)with[a][b] - (double)without[a][b]);
        if (apart > CATCHMENT_ROUNDING) /* units: every edge is rounded */
          fail_msg("seed %llu round %d: %zu to %zu %u by gates, %u by streets", (unsigned long long)support_seed(),
                   round, a, b, with[a][b], without[a][b]);
        across += a % 2 != b % 2 && with[a][b] != SUND_BEYOND;
      }
    sund_ctx_free(ctx);
  }
  assert_true(across > 1000);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      SUND_TEST(modes_in_three_languages),
      SUND_TEST(words_that_are_none),
      SUND_TEST(times_of_day),
      SUND_TEST(minutes_border_and_boarding),
      SUND_TEST(sailings_of_every_day),
      SUND_TEST(open_at_any_moment),
      SUND_TEST(only_for_its_modes),
      SUND_TEST(rows_that_cannot_be_right),
      SUND_TEST(ends_by_the_names_of_places),
      SUND_TEST(an_end_without_a_street),
      SUND_TEST(many_ends_without_a_street),
      SUND_TEST(more_gates_than_a_byte_holds),
      SUND_TEST(a_tunnel_from_a_motorway),
      SUND_TEST(planned_with_long_waits),
      SUND_TEST(without_memory),
      SUND_TEST(open_gates_are_streets),
      SUND_TEST(ends_on_one_shore),
      SUND_TEST(without_paths_by_straight_lines),
      SUND_TEST(scenarios_share_trees),
      SUND_TEST(every_gate_has_waits_of_its_own),
      SUND_TEST(closed_by_id_or_name),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}

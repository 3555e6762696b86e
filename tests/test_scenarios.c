/* Tests of scenarios: what a project file may say of them, the sources of a run with one, and those that a run is compared
 * with. layers/project.c, queries/scenario.c, sources.c. */
#include "queries/assembly.h"
#include "queries/scenario.h"
#include "queries/sources.h"
#include "vector_files.h"

static const char text[] =
    "layers:\n"
    "  homes: [{source: homes.geojson}]\n"
    "  gates: [{source: ferry.geojson}, {source: bridge.geojson}]\n"
    "scenarios:\n"
    "  fixed-link:\n"
    "    add: {gates: [{source: tunnel.geojson}]}\n"
    "  tunnel-only:\n"
    "    replace: {gates: {source: tunnel.geojson}}\n"
    "  nothing-sails:\n"
    "    replace: {gates: []}\n"
    "  shut:\n"
    "    close: [ferry, 'line 2']\n"
    "  grown:\n"
    "    replace: {homes: [{source: more.geojson}, {source: most.geojson}]}\n"
    "    close: ferry\n"
    "queries:\n"
    "  coast:\n";

static const char *message_of(sund_ctx *ctx) {
  const char *message = NULL;
  sund_failure(ctx, &message, NULL, NULL);
  return message ? message : "";
}

static const char *write_project(files *f, const char *content) {
  return sund_text_copy(f->ctx, files_text(f, "p.yaml", content));
}

static sund_project *read_project(files *f, const char *content) {
  sund_project *project = NULL;
  assert_ok(f->ctx, sund_project_read(f->ctx, write_project(f, content), &project));
  return project;
}

/* Base names of the sources: "homes.geojson ferry.geojson". */
static const char *names_of(sund_ctx *ctx, size_t count, const sund_source *source) {
  const char *all = "";
  for (size_t i = 0; i < count; i++)
    all = sund_text(ctx, "%s%s%.*s", all, i ? " " : "", (int)strcspn(sund_base_name(source[i].path), "."),
                    sund_base_name(source[i].path));
  return all;
}

/* -------------------------------------------------------------------------------------------------------- grammar */

static void what_a_scenario_may_say(void **state) {
  files *f = *state;
  const sund_project *p = read_project(f, text);
  assert_int_equal(p->scenarios, 5);
  const sund_scenario *s = p->scenario;
  assert_string_equal(names_of(f->ctx, s[0].sources, s[0].source), "tunnel");
  assert_true(s[0].replaced == 0 && s[0].closed == 0);
  assert_string_equal(names_of(f->ctx, s[1].sources, s[1].source), "tunnel");
  assert_true(s[1].replaced == 1u << SUND_GATES);
  assert_true(s[2].replaced == 1u << SUND_GATES && s[2].sources == 0);
  assert_int_equal(s[3].closed, 2);
  assert_string_equal(s[3].close[1], "line 2");
  assert_int_equal(s[3].close_mark[1].line, 12);
  assert_int_equal(s[3].close_mark[1].column, 20);
  assert_string_equal(names_of(f->ctx, s[4].sources, s[4].source), "more most");
  assert_true(s[4].replaced == 1u << SUND_HOMES && s[4].closed == 1);
}

static void mistakes_are_shown_where_they_stand(void **state) {
  files *f = *state;
  static const struct {
    const char *wrong, *expected;
  } each[] = {
      {"scenarios: {a: {replce: {}}}\n", "p.yaml:1:17: unknown key replce (did you mean replace?)"},
      {"scenarios: {a: {shut: []}}\n", "p.yaml:1:17: unknown key shut; a scenario has: add, replace, close"},
      {"scenarios: {a: {replace: {gate: []}}}\n", "p.yaml:1:27: unknown role gate (did you mean gates?)"},
      {"scenarios: {a: {replace: gates}}\n", "p.yaml:1:26: layers are written as {role: sources}, not as a text"},
      {"scenarios: {a: {close: {gate: x}}}\n", "p.yaml:1:24: a word or a list of words is expected here"},
      {"scenarios: {a: {close: [x, y, x]}}\n", "p.yaml:1:31: x is closed twice"},
      {"scenarios: {a: {add: {gates: [b]}, replace: {gates: [c]}}}\n",
       "p.yaml:1:31: gates is replaced by this scenario: write the source there"},
      {"scenarios: {a: {replace: {gates: [{soruce: b}]}}}\n", "p.yaml:1:35: a source needs the key source"},
  };
  for (size_t k = 0; k < sizeof each / sizeof *each; k++) {
    sund_ctx *ctx = sund_ctx_child(f->ctx);
    sund_project *project = NULL;
    const sund_code code = sund_project_read(ctx, write_project(f, each[k].wrong), &project);
    if (code != SUND_USAGE || strncmp(message_of(ctx), each[k].expected, strlen(each[k].expected)) != 0)
      fail_msg("code %d\nexpected: %s\ngot:      %s", (int)code, each[k].expected, message_of(ctx));
    sund_ctx_free(ctx);
  }
}

/* Nothing to close, nothing to add: a scenario like the baseline. */
static void empty_lists_change_nothing(void **state) {
  files *f = *state;
  const sund_project *p = read_project(f, "scenarios:\n  a: {close: [], add: {}, replace: {}}\n  b:\n");
  for (size_t k = 0; k < 2; k++)
    assert_true(p->scenario[k].closed == 0 && p->scenario[k].sources == 0 && p->scenario[k].replaced == 0);
}

/* ------------------------------------------------------------------------------------------------------ one is run */

static void the_sources_of_a_scenario(void **state) {
  files *f = *state;
  static const struct {
    const char *name, *expected;
  } each[] = {
      {"baseline", "homes ferry bridge"}, {NULL, "homes ferry bridge"}, {"fixed-link", "homes ferry bridge tunnel"},
      {"tunnel-only", "homes tunnel"},    {"nothing-sails", "homes"},   {"shut", "homes ferry bridge"},
      {"grown", "ferry bridge more most"}};
  const char *path = write_project(f, text);
  for (size_t k = 0; k < sizeof each / sizeof *each; k++) {
    arguments args = {
        .operand = path, .command = vocabulary_command_of(COMMAND_RUN), .common.scenario = each[k].name};
    sund_project *p = NULL;
    assert_ok(f->ctx, assembly_project(f->ctx, &args, &p));
    assert_string_equal(names_of(f->ctx, p->sources, p->source), each[k].expected);
  }
  arguments args = {.operand = path, .command = vocabulary_command_of(COMMAND_RUN), .common.scenario = "fixed-lnik"};
  sund_project *p = NULL;
  assert_int_equal(assembly_project(f->ctx, &args, &p), SUND_USAGE);
  assert_string_equal(message_of(f->ctx), "--scenario: unknown scenario 'fixed-lnik'; did you mean 'fixed-link'?");
}

/* -------------------------------------------------------------------------------------------------------- compared */

/* A query that compares. */
typedef struct comparing {
  sund_strings compare;
} comparing;
static const sund_option option = {.name = "compare", .kind = SUND_STRINGS};
static const sund_need needs[] = {{SUND_HOMES, false, {"", "", ""}}, {SUND_GATES, false, {"", "", ""}}};
static const sund_query query = {.name = "comparing",
                                 .options = &option,
                                 .option_count = 1,
                                 .options_size = sizeof(comparing),
                                 .needs = needs,
                                 .need_count = 2};

typedef struct answer {
  size_t count;
  scenario_compared *with;
  sund_findings findings;
} answer;

static sund_code compare(sund_ctx *ctx, const sund_project *project, const char *running, size_t count,
                         const char **names, answer *out) {
  const comparing options = {{count, names, NULL}};
  const scenario_ask ask = {project, running, &query, &options};
  *out = (answer){0};
  return scenario_compare(ctx, &ask, &out->findings, &out->count, &out->with);
}

static void gates_of_compared_scenarios(void **state) {
  files *f = *state;
  sund_project *p = read_project(f, text);
  const char *names[] = {"fixed-link", "tunnel-only", "nothing-sails", "shut"};
  answer got;
  assert_ok(f->ctx, compare(f->ctx, p, NULL, 4, names, &got));
  assert_int_equal(got.count, 4);
  assert_string_equal(names_of(f->ctx, got.with[0].sources, got.with[0].source), "ferry bridge tunnel");
  assert_string_equal(names_of(f->ctx, got.with[1].sources, got.with[1].source), "tunnel");
  assert_int_equal(got.with[2].sources, 0);
  assert_string_equal(names_of(f->ctx, got.with[3].sources, got.with[3].source), "ferry bridge");
  assert_int_equal(got.with[3].closed, 2);
  assert_string_equal(got.with[3].close[0], "ferry");
  /* What only they name is read once, though two of them name it. */
  size_t asides = 0, room = 0;
  sund_source *aside = NULL;
  assert_ok(f->ctx, scenario_asides(f->ctx, p, got.count, got.with, &asides, &room, &aside));
  assert_string_equal(names_of(f->ctx, asides, aside), "tunnel");
  assert_ok(f->ctx, scenario_asides(f->ctx, p, got.count, got.with, &asides, &room, &aside));
  assert_int_equal(asides, 1);
}

static void the_baseline_beside_a_scenario(void **state) {
  files *f = *state;
  sund_project *p = read_project(f, text);
  const char *names[] = {"baseline", "tunnel-only", "shut"};
  answer got;
  assert_ok(f->ctx, scenario_apply(f->ctx, "tunnel-only", p));
  assert_ok(f->ctx, compare(f->ctx, p, "tunnel-only", 3, names, &got));
  assert_int_equal(got.count, 2); /* not with itself */
  assert_string_equal(got.with[0].name, "baseline");
  assert_string_equal(names_of(f->ctx, got.with[0].sources, got.with[0].source), "ferry bridge");
  assert_string_equal(got.with[1].name, "shut");
  size_t asides = 0, room = 0;
  sund_source *aside = NULL;
  assert_ok(f->ctx, scenario_asides(f->ctx, p, got.count, got.with, &asides, &room, &aside));
  assert_string_equal(names_of(f->ctx, asides, aside), "ferry bridge");
  assert_ok(f->ctx, compare(f->ctx, p, NULL, 1, names, &got));
  assert_int_equal(got.count, 0);
}

static void what_cannot_be_compared(void **state) {
  files *f = *state;
  sund_project *p = read_project(f, text);
  static const struct {
    const char *name[2], *expected;
  } each[] = {{{"grown", NULL},
               "--compare: the scenario grown changes homes; only gates and what is closed can be compared in one "
               "run: run it "
               "with --scenario grown"},
              {{"shtu", NULL}, "--compare: unknown scenario 'shtu'; did you mean 'shut'?"},
              {{"elsewhere", NULL},
               "--compare: unknown scenario 'elsewhere' (has: baseline, fixed-link, tunnel-only, nothing-sails, "
               "shut, grown)"},
              {{"shut", "shut"}, "--compare: shut is given twice"}};
  for (size_t k = 0; k < sizeof each / sizeof *each; k++) {
    sund_ctx *ctx = sund_ctx_child(f->ctx);
    const char *names[] = {each[k].name[0], each[k].name[1]};
    answer got;
    assert_int_equal(compare(ctx, p, NULL, names[1] ? 2 : 1, names, &got), SUND_USAGE);
    assert_string_equal(message_of(ctx), each[k].expected);
    sund_ctx_free(ctx);
  }
  /* What the baseline has already cannot be added, compared or run. */
  sund_project *again = read_project(f, "layers: {gates: [a.csv]}\nscenarios:\n  b: {add: {gates: [a.csv]}}\n");
  sund_ctx *ctx = sund_ctx_child(f->ctx);
  const char *b = "b";
  answer twice;
  assert_int_equal(compare(ctx, again, NULL, 1, &b, &twice), SUND_USAGE);
  assert_string_equal(message_of(ctx), "p.yaml:3:21: a.csv is given twice for gates; leave one out");
  sund_ctx_free(ctx);
  /* In a project file the place is said. */
  const char *one = "grown";
  sund_mark mark = {"p.yaml", 7, 3};
  const comparing options = {{1, &one, &mark}};
  const scenario_ask ask = {p, NULL, &query, &options};
  answer got = {0};
  assert_int_equal(scenario_compare(f->ctx, &ask, &got.findings, &got.count, &got.with), SUND_USAGE);
  assert_memory_equal(message_of(f->ctx), "p.yaml:7:3: compare: the scenario grown", 39);
}

/* A run whose homes differ too would show the others with those homes: nothing is compared, and that is said. */
static void a_run_that_changes_more(void **state) {
  files *f = *state;
  sund_project *p = read_project(f, text);
  const char *names[] = {"shut"};
  answer got;
  assert_ok(f->ctx, scenario_apply(f->ctx, "grown", p));
  assert_ok(f->ctx, compare(f->ctx, p, "grown", 1, names, &got));
  assert_int_equal(got.count, 0);
  assert_int_equal(got.findings.count, 1);
  assert_string_equal(got.findings.item[0].text,
                      "compare: nothing is compared, because the scenario grown changes more than gates");
}

/* ------------------------------------------------------------------------------------------------------------ read */

#define GATE(id, minutes)                                                                                           \
  "{\"type\":\"FeatureCollection\",\"features\":[{\"type\":\"Feature\",\"properties\":{\"id\":\"" id                \
  "\",\"minutes\":" minutes                                                                                         \
  ",\"modes\":\"walk\",\"headway_min\":0},\"geometry\":{\"type\":\"LineString\",\"coordinates\":[[12.6,56.03],[12." \
  "7,56.04]]}}]}"
#define HOME                                                                                           \
  "{\"type\":\"FeatureCollection\",\"features\":[{\"type\":\"Feature\",\"properties\":{\"id\":\"x\"}," \
  "\"geometry\":{\"type\":\"Point\",\"coordinates\":[12.6,56.03]}}]}"

static void compared_gates_are_tables_of_their_own(void **state) {
  files *f = *state;
  const char *names[] = {"fixed-link", "tunnel-only", "nothing-sails"};
  (void)files_text(f, "homes.geojson", HOME);
  (void)files_text(f, "ferry.geojson", GATE("ferry", "20"));
  (void)files_text(f, "bridge.geojson", GATE("bridge", "12"));
  (void)files_text(f, "tunnel.geojson", GATE("tunnel", "7"));
  sund_project *p = read_project(f, text);
  answer got;
  sources *s;
  sund_inputs in = {0};
  sund_findings findings = {0};
  sund_variant *variant;
  size_t asides = 0, room = 0;
  sund_source *aside = NULL;
  assert_ok(f->ctx, compare(f->ctx, p, NULL, 3, names, &got));
  assert_ok(f->ctx, scenario_asides(f->ctx, p, got.count, got.with, &asides, &room, &aside));
  assert_ok(f->ctx, sources_look_aside(f->ctx, p, 1u << SUND_HOMES | 1u << SUND_GATES, asides, aside, &s));
  assert_ok(f->ctx, sources_frame(f->ctx, p, s));
  assert_ok(f->ctx, sources_read(f->ctx, s, &in, &findings));
  assert_ok(f->ctx, sources_variants(f->ctx, s, got.count, got.with, &variant));
  assert_int_equal(s->count, 4);
  assert_int_equal(s->asides, 1);
  assert_int_equal(in.role[SUND_GATES]->rows, 2);
  assert_int_equal(variant[0].gates->rows, 3);
  assert_string_equal(sund_table_text(variant[0].gates, "id")[2], "tunnel");
  assert_true(sund_table_real(variant[0].gates, "minutes")[2] == 7);
  assert_int_equal(variant[1].gates->rows, 1);
  assert_string_equal(variant[1].name, "tunnel-only");
  assert_null(variant[2].gates);
  /* A query that reads no gates reads none of theirs. */
  assert_ok(f->ctx, sources_look_aside(f->ctx, p, 1u << SUND_HOMES, asides, aside, &s));
  assert_true(s->count == 1 && s->asides == 0);
}

/* A ferry that is drawn, and one that names its ends. */
static void gates_may_be_lines_and_tables(void **state) {
  files *f = *state;
  static const char table[] = "id,minutes,modes,from,to,headway_min\nven,25,walk,a,b,60\n";
  (void)files_text(f, "homes.geojson", HOME);
  (void)files_text(f, "ferry.geojson", GATE("ferry", "20"));
  (void)files_text(f, "ven.csv", table);
  for (int order = 0; order < 2; order++) {
    sund_project *p = read_project(f, order ? "layers: {homes: [homes.geojson], gates: [ven.csv, ferry.geojson]}\n"
                                            : "layers: {homes: [homes.geojson], gates: [ferry.geojson, ven.csv]}\n");
    sources *s;
    sund_inputs in = {0};
    sund_findings findings = {0};
    assert_ok(f->ctx, sources_look(f->ctx, p, UINT32_MAX, &s));
    assert_ok(f->ctx, sources_frame(f->ctx, p, s));
    assert_ok(f->ctx, sources_read(f->ctx, s, &in, &findings));
    const sund_table *gates = in.role[SUND_GATES];
    const size_t drawn = order ? 1 : 0, named = order ? 0 : 1;
    assert_true(gates->rows == 2 && gates->kind == SUND_LINE);
    assert_int_equal(gates->shapes->first_part[drawn + 1] - gates->shapes->first_part[drawn], 1);
    assert_int_equal(gates->shapes->first_part[named + 1] - gates->shapes->first_part[named], 0);
    assert_string_equal(sund_table_text(gates, "to")[named], "b");
    assert_null(sund_table_text(gates, "to")[drawn]);
  }
}

/* ------------------------------------------------------------------------------------------------ the whole program */

#define TWO_HOMES                                                                                      \
  "{\"type\":\"FeatureCollection\",\"features\":[{\"type\":\"Feature\",\"properties\":{\"id\":\"x\"}," \
  "\"geometry\":{\"type\":\"Point\",\"coordinates\":[12.6,56.03]}},{\"type\":\"Feature\","             \
  "\"properties\":{\"id\":\"y\"},\"geometry\":{\"type\":\"Point\",\"coordinates\":[12.7,56.04]}}]}"
#define PLACE                                                                                         \
  "{\"type\":\"FeatureCollection\",\"features\":[{\"type\":\"Feature\",\"properties\":{\"id\":\"p\"," \
  "\"name\":\"P\"},\"geometry\":{\"type\":\"Point\",\"coordinates\":[12.6,56.03]}}]}"

/* Persons within `minutes` in a scenario, from the indicators of a result; NAN = no such row. */
static double persons(sund_ctx *ctx, const char *path, const char *scenario, const char *variant) {
  sund_result *result;
  sund_table *table;
  assert_ok(ctx, sund_result_open(ctx, path, &result));
  assert_ok(ctx, sund_result_table(ctx, result, "indicators", NULL, NULL, &table));
  for (size_t r = 0; r < table->rows; r++)
    if (strcmp(sund_table_text(table, "scenario")[r], scenario) == 0 &&
        strcmp(sund_table_text(table, "indicator")[r], "catchment.persons") == 0 &&
        strcmp(sund_table_text(table, "variant")[r], variant) == 0)
      return sund_table_real(table, "value")[r];
  return NAN;
}

static size_t rows_of(sund_ctx *ctx, const char *path, const char *name, const char *column, const char *value) {
  sund_result *result;
  sund_table *table;
  size_t count = 0;
  assert_ok(ctx, sund_result_open(ctx, path, &result));
  assert_ok(ctx, sund_result_table(ctx, result, name, NULL, NULL, &table));
  for (size_t r = 0; r < table->rows; r++) count += strcmp(sund_table_text(table, column)[r], value) == 0;
  return count;
}

/* One run with four scenarios beside it, and each of them on its own: the same numbers. */
static void compared_and_run_are_the_same(void **state) {
  files *f = *state;
  static const struct {
    const char *name;
    double within[3]; /* 10, 15, 30 minutes: tunnel 7, bridge 12, ferry 20 */
  } each[] = {{"baseline", {1, 2, 2}},
              {"fixed-link", {2, 2, 2}},
              {"tunnel-only", {2, 2, 2}},
              {"nothing-sails", {1, 1, 1}},
              {"shut", {1, 1, 2}}};
  static const char *const bounds[] = {"walk/10", "walk/15", "walk/30"};
  const char *project = sund_text(f->ctx, "%s/p.yaml", f->folder);
  if (!sund_query_find("catchment")) skip();
  (void)files_text(f, "homes.geojson", TWO_HOMES);
  (void)files_text(f, "places.geojson", PLACE);
  (void)files_text(f, "ferry.geojson", GATE("ferry", "20"));
  (void)files_text(f, "bridge.geojson", GATE("line 2", "12"));
  (void)files_text(f, "tunnel.geojson", GATE("tunnel", "7"));
  (void)files_text(f, "p.yaml",
                   "crs: EPSG:25832\n"
                   "layers:\n"
                   "  homes: [{source: homes.geojson}]\n"
                   "  places: [{source: places.geojson}]\n"
                   "  gates: [{source: ferry.geojson}, {source: bridge.geojson}]\n"
                   "scenarios:\n"
                   "  fixed-link: {add: {gates: [{source: tunnel.geojson}]}}\n"
                   "  tunnel-only: {replace: {gates: [{source: tunnel.geojson}]}}\n"
                   "  nothing-sails: {replace: {gates: []}}\n"
                   "  shut: {close: ['line 2']}\n"
                   "queries:\n"
                   "  catchment: {modes: [walk], minutes: [10, 15, 30], no-map: yes, cell: 0,\n"
                   "              compare: [fixed-link, tunnel-only, nothing-sails, shut]}\n");
  char *all = sund_text(f->ctx, "%s/all.gpkg", f->folder);
  char *argv[] = {"sund", "run", sund_text_copy(f->ctx, project), "-q", "-o", all, NULL};
  sund_ctx *one = sund_ctx_new();
  assert_int_equal(sund_command(one, 6, argv), 0);
  sund_ctx_free(one);
  assert_int_equal(rows_of(f->ctx, all, "sources", "role", "gates"), 3);
  assert_int_equal(rows_of(f->ctx, all, "sources", "path", "tunnel.geojson"), 1);
  for (size_t k = 0; k < sizeof each / sizeof *each; k++) {
    char *alone = sund_text(f->ctx, "%s/%s.gpkg", f->folder, each[k].name);
    char *words[] = {"sund", "run", argv[2], "-q", "--scenario", sund_text_copy(f->ctx, each[k].name),
                     "-o",   alone, NULL};
    sund_ctx *own = sund_ctx_new();
    assert_int_equal(sund_command(own, 8, words), 0);
    sund_ctx_free(own);
    for (size_t b = 0; b < 3; b++) {
      assert_true(persons(f->ctx, all, each[k].name, bounds[b]) == each[k].within[b]);
      assert_true(persons(f->ctx, alone, each[k].name, bounds[b]) == each[k].within[b]);
    }
  }
}

/* A feed with a train a day between the two homes. */
static void write_feed(files *f) {
  assert_int_equal(mkdir(files_path(f, "gtfs"), 0700), 0);
  (void)files_text(f, "gtfs/agency.txt",
                   "agency_id,agency_name,agency_url,agency_timezone\na,A,https://example.org,Europe/Copenhagen\n");
  (void)files_text(f, "gtfs/stops.txt",
                   "stop_id,stop_name,stop_lat,stop_lon\ns1,Vest,56.03,12.6\ns2,Øst,56.04,12.7\n");
  (void)files_text(f, "gtfs/routes.txt",
                   "route_id,agency_id,route_short_name,route_long_name,route_type\nr1,a,1,,2\n");
  (void)files_text(f, "gtfs/trips.txt", "route_id,service_id,trip_id\nr1,d,t1\n");
  (void)files_text(f, "gtfs/stop_times.txt",
                   "trip_id,arrival_time,departure_time,stop_id,stop_sequence\nt1,07:10:00,07:10:00,s1,1\n"
                   "t1,07:22:00,07:22:00,s2,2\n");
  (void)files_text(f, "gtfs/calendar.txt",
                   "service_id,monday,tuesday,wednesday,thursday,friday,saturday,sunday,start_date,end_date\n"
                   "d,1,1,1,1,1,1,1,20260101,20261231\n");
}

/* Ends of gates by id and name of stops; routes that are closed; a word that closes nothing. */
static void stops_and_routes(void **state) {
  files *f = *state;
  if (!sund_query_find("catchment")) skip();
  write_feed(f);
  (void)files_text(f, "homes.geojson", TWO_HOMES);
  (void)files_text(f, "places.geojson", PLACE);
  (void)files_text(f, "gates.csv", "id,minutes,modes,from,to,headway_min\nboat,40,bike,s1,oest,0\n");
  (void)files_text(f, "p.yaml",
                   "crs: EPSG:25832\n"
                   "layers:\n"
                   "  homes: [{source: homes.geojson}]\n"
                   "  places: [{source: places.geojson}]\n"
                   "  timetable: [{source: gtfs}]\n"
                   "  gates: [{source: gates.csv, set: {modes: walk}}]\n"
                   "scenarios:\n"
                   "  no-train: {close: [r1]}\n"
                   "  nothing: {close: [r2, boat, r1]}\n"
                   "queries:\n"
                   "  catchment: {modes: [walk, transit], minutes: [15, 45], percentiles: [10], window: 11,\n"
                   "              depart: '2026-11-24T07:00', no-map: yes, cell: 0, compare: [no-train, nothing]}\n");
  char *all = sund_text(f->ctx, "%s/all.gpkg", f->folder);
  char *argv[] = {"sund", "run", sund_text(f->ctx, "%s/p.yaml", f->folder), "-q", "-o", all, NULL};
  sund_ctx *one = sund_ctx_new();
  assert_int_equal(sund_command(one, 6, argv), 0);
  sund_ctx_free(one);
  assert_true(persons(f->ctx, all, "baseline", "walk/15") == 1);
  assert_true(persons(f->ctx, all, "baseline", "walk/45") == 2);
  assert_true(persons(f->ctx, all, "nothing", "walk/45") == 1);
  assert_true(persons(f->ctx, all, "baseline", "transit/15") == 2); /* 07:09 to 07:22 */
  assert_true(persons(f->ctx, all, "no-train", "transit/15") == 1);
  assert_true(persons(f->ctx, all, "no-train", "transit/45") == 2); /* by the boat */
  assert_true(persons(f->ctx, all, "nothing", "transit/45") == 1);
  assert_int_equal(rows_of(f->ctx, all, "findings", "text",
                           "the scenario nothing closes r2, and no gate has that id or name, and no route that id"),
                   1);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      FILES_TEST(what_a_scenario_may_say),
      FILES_TEST(mistakes_are_shown_where_they_stand),
      FILES_TEST(empty_lists_change_nothing),
      FILES_TEST(the_sources_of_a_scenario),
      FILES_TEST(gates_of_compared_scenarios),
      FILES_TEST(the_baseline_beside_a_scenario),
      FILES_TEST(what_cannot_be_compared),
      FILES_TEST(a_run_that_changes_more),
      FILES_TEST(compared_gates_are_tables_of_their_own),
      FILES_TEST(gates_may_be_lines_and_tables),
      FILES_TEST(compared_and_run_are_the_same),
      FILES_TEST(stops_and_routes),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}

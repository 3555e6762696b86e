/* test_project.c - project files and sources: what is read, every kind of mistake at its place, all of them at once. */
#include <math.h>
#include <unistd.h>

#include "sund/layers.h"
#include "support.h"

static const char *message_of(sund_ctx *ctx) {
  const char *message = NULL;
  sund_failure(ctx, &message, NULL, NULL);
  return message ? message : "";
}

/* A folder with a project.yaml of that text; gone at the end of the test. */
typedef struct place {
  char folder[32], path[64];
} place;

static place write_project(const char *text) {
  place p = {P_tmpdir "/sund-project-XXXXXX", ""};
  assert_non_null(mkdtemp(p.folder));
  snprintf(p.path, sizeof p.path, "%s/project.yaml", p.folder);
  FILE *file = fopen(p.path, "w");
  assert_non_null(file);
  assert_true(fputs(text, file) >= 0);
  fclose(file);
  return p;
}

static void remove_project(const place *p) {
  unlink(p->path);
  rmdir(p->folder);
}

static sund_project *read_project(sund_ctx *ctx, const char *text) {
  place p = write_project(text);
  sund_project *project = NULL;
  assert_ok(ctx, sund_project_read(ctx, p.path, &project));
  remove_project(&p);
  return project;
}

/* The text must fail with exactly this message. */
static void refuses(const char *text, const char *expected) {
  sund_ctx *ctx = sund_ctx_new();
  place p = write_project(text);
  sund_project *project = NULL;
  sund_code code = sund_project_read(ctx, p.path, &project);
  remove_project(&p);
  if (code != SUND_USAGE || strcmp(message_of(ctx), expected) != 0)
    fail_msg("code %d\nexpected: %s\ngot:      %s", (int)code, expected, message_of(ctx));
  assert_null(project);
  sund_ctx_free(ctx);
}

static const char contract_example[] =
    "name: Helsingør–Helsingborg\n"
    "crs: EPSG:25832            # analysis CRS, metres\n"
    "heights: EPSG:5799\n"
    "profile: [dk, se]\n"
    "layers:\n"
    "  areas:\n"
    "    - source: dk/kommuner.gpkg\n"
    "      where: \"code = '0217'\"\n"
    "      fields: {id: code}\n"
    "      set: {country: DK}\n"
    "  green:\n"
    "    - {source: dk/0217/flade.gpkg, codes: {kind: {Hede: meadow, Mose: wetland}}, fields: {kind: naturtype}}\n"
    "  terrain:\n"
    "    - {source: dk/dtm.tif, heights: EPSG:5799}\n"
    "queries:\n"
    "  access:    {standards: [who, ags, sund/skov-strand], distance: network}\n"
    "  coast:     {tolerances: [1, 10, 50, 100]}\n"
    "  flood:     {levels: [0.5, 1.0, 1.5, 2.0, 2.5, 3.0]}\n"
    "scenarios:\n"
    "  fixed-link:\n"
    "    add: {gates: [{source: tunnel.geojson}]}\n"
    "goals:\n"
    "  - {indicator: access.share, variant: who, area: '0217', target: 90, year: 2030}\n";

static void reads_the_head_and_the_queries(void **state) {
  sund_ctx *ctx = *state;
  sund_project *p = read_project(ctx, contract_example);
  assert_string_equal(p->name, "Helsingør–Helsingborg");
  assert_string_equal(p->file, "project.yaml");
  assert_string_equal(p->crs, "EPSG:25832");
  assert_int_equal(p->crs_mark.line, 2);
  assert_int_equal(p->crs_mark.column, 6);
  assert_string_equal(p->heights, "EPSG:5799");
  assert_int_equal(p->profiles, 2);
  assert_string_equal(p->profile[1], "se");
  assert_int_equal(p->profile_mark[1].column, 15);
  assert_int_equal(p->goals, 1);
  assert_int_equal(p->requests, 3);
  const sund_request *access = &p->request[0];
  assert_string_equal(access->query, "access");
  assert_int_equal(access->mark.line, 16);
  assert_int_equal(access->settings, 2);
  assert_string_equal(access->setting[0].name, "standards");
  assert_int_equal(access->setting[0].values, 3);
  assert_string_equal(access->setting[0].value[2], "sund/skov-strand");
  assert_int_equal(access->setting[0].value_mark[1].column, 32);
  assert_string_equal(access->setting[1].value[0], "network");
  assert_int_equal(access->setting[1].mark.column, 56);
  assert_string_equal(p->request[2].setting[0].value[5], "3.0");
}

static void reads_goals(void **state) {
  sund_ctx *ctx = *state;
  sund_project *p = read_project(ctx, contract_example);
  const sund_goal *g = &p->goal[0];
  assert_string_equal(g->indicator, "access.share");
  assert_string_equal(g->variant, "who");
  assert_string_equal(g->area, "0217");
  assert_true(g->target == 90 && g->year == 2030 && !g->at_most);
  assert_int_equal(g->mark.column, 5);
  p = read_project(
      ctx, "goals:\n- {indicator: access.d90, at_most: 500}\n- {indicator: coast.length, target: 0, area: A}\n");
  assert_int_equal(p->goals, 2);
  g = p->goal;
  assert_true(g[0].at_most && g[0].target == 500 && g[0].year == 0 && !g[0].variant && !g[0].area);
  assert_true(!g[1].at_most && g[1].target == 0);
  assert_int_equal(g[1].mark.line, 3);
}

static void reads_sources(void **state) {
  sund_ctx *ctx = *state;
  sund_project *p = read_project(ctx, contract_example);
  assert_int_equal(p->sources, 3);
  const sund_source *areas = &p->source[0], *green = &p->source[1];
  assert_int_equal(areas->role, SUND_AREAS);
  assert_string_equal(areas->text, "dk/kommuner.gpkg");
  assert_int_equal(areas->mark.line, 7);
  assert_int_equal(areas->mark.column, 15);
  assert_int_equal(strncmp(areas->path, p->folder, strlen(p->folder)), 0);
  assert_string_equal(areas->path + strlen(p->folder), "/dk/kommuner.gpkg");
  assert_string_equal(areas->where, "code = '0217'");
  assert_null(areas->layer);
  assert_int_equal(areas->fields, 1);
  assert_string_equal(areas->field[0].key, "id");
  assert_string_equal(areas->field[0].value, "code");
  assert_int_equal(areas->field[0].mark.line, 9);
  assert_string_equal(areas->set[0].value, "DK");
  assert_int_equal(green->recodes, 2);
  assert_string_equal(green->recode[1].column, "kind");
  assert_string_equal(green->recode[1].from, "Mose");
  assert_string_equal(green->recode[1].to, "wetland");
  assert_string_equal(p->source[2].heights, "EPSG:5799");
  assert_int_equal(p->scenarios, 1);
  assert_string_equal(p->scenario[0].name, "fixed-link");
  assert_int_equal(p->scenario[0].mark.line, 20);
  assert_int_equal(p->scenario[0].sources, 1);
  assert_int_equal(p->scenario[0].source[0].role, SUND_GATES);
}

static void short_forms_mean_the_same(void **state) {
  sund_ctx *ctx = *state;
  sund_project *p = read_project(ctx,
                                 "layers:\n"
                                 "  homes: adresser.gpkg|layername=a|persons=pers\n"
                                 "  green: {source: /data/g.gpkg}\n"
                                 "  land: [a.gpkg, {source: b.gpkg, layername: c}]\n"
                                 "  sea:\n"
                                 "queries: [coast, access]\n"
                                 "profile: dk\n");
  assert_int_equal(p->sources, 4);
  assert_string_equal(p->source[0].layer, "a");
  assert_string_equal(p->source[0].field[0].value, "pers");
  assert_string_equal(p->source[1].path, "/data/g.gpkg");
  assert_string_equal(p->source[3].layer, "c");
  assert_int_equal(p->requests, 2);
  assert_string_equal(p->request[1].query, "access");
  assert_int_equal(p->request[1].settings, 0);
  assert_int_equal(p->profiles, 1);
  assert_null(p->crs);
  p = read_project(
      ctx, "queries:\n  coast:\n  access: {}\n  labour: {min-size: 5}\nscenarios:\n  bare:\nlayers:\ngoals:\n");
  assert_int_equal(p->requests, 3);
  assert_int_equal(p->request[0].settings, 0);
  assert_string_equal(p->request[2].setting[0].value[0], "5");
  assert_int_equal(p->scenario[0].sources, 0);
  p = read_project(ctx, "layers: {areas: [{source: a.shp, set: {country: NO, name: Æ}}]}\n");
  assert_string_equal(p->source[0].set[0].value, "NO");
}

static void mistakes_have_their_place(void **state) {
  (void)state;
  refuses("nmae: x\n", "project.yaml:1:1: unknown key nmae (did you mean name?)");
  refuses("colour: x\n",
          "project.yaml:1:1: unknown key colour; a project has: name, crs, heights, profile, layers, queries, "
          "scenarios, goals");
  refuses("- a\n", "project.yaml:1:1: a project is written as `key: value`, not as a list");
  refuses("name: [a]\n", "project.yaml:1:7: a text is expected here, not a list");
  refuses("name:\ncrs: x\n", "project.yaml:1:6: a value is missing here");
  refuses("profile: [dk, sw]\n", "project.yaml:1:15: unknown profile sw; known: dk, eu, osm, se");
  refuses("layers:\n  grene: a.gpkg\n", "project.yaml:2:3: unknown role grene (did you mean green?)");
  refuses("layers: [a.gpkg]\n", "project.yaml:1:9: layers are written as {role: sources}, not as a list");
  refuses("layers:\n  green:\n    - {where: a}\n", "project.yaml:3:7: a source needs the key source");
  refuses("layers:\n  green:\n    - {source: a, licens: b}\n",
          "project.yaml:3:19: unknown key licens (did you mean licence?)");
  refuses("layers:\n  green:\n    - {source: a, fields: {kint: b}}\n",
          "project.yaml:3:28: green has no column kint (did you mean kind?)");
  refuses("layers: {homes: {source: a, fields: {grup: b}}}\n",
          "project.yaml:1:38: homes has no column grup; it has: id, persons, dwellings, income, group_*");
  refuses("layers: {land: {source: a, set: {id: b}}}\n", "project.yaml:1:34: land has no columns, so there is no id");
  refuses("layers: {green: {source: a, set: {kind: frest}}}\n",
          "project.yaml:1:41: frest is no value of kind (did you mean forest?)");
  refuses("layers: {green: {source: a, codes: {access: {x: open}}}}\n",
          "project.yaml:1:49: open is no value of access; use one of: public, restricted, private, unknown");
  refuses("layers: {green: {source: a, codes: {access: public}}}\n",
          "project.yaml:1:45: codes are written as {code: value}, not as a text");
  refuses("layers: {homes: {source: a, set: {persons: '0,35'}}}\n",
          "project.yaml:1:44: 0,35 is no number; write 0.35");
  refuses("layers: {homes: {source: a, set: {group_65_plus: -1}}}\n",
          "project.yaml:1:50: group_65_plus is at least 0, not -1");
  refuses("layers: {paths: {source: a, set: {level: 1.5}}}\n", "project.yaml:1:42: level is a whole number, not 1.5");
  refuses("layers: {paths: {source: a, set: {level: 21}}}\n", "project.yaml:1:42: level is at most 20, not 21");
  refuses("layers: {green: {source: a, fields: {kind: k}, set: {kind: park}}}\n",
          "project.yaml:1:60: kind is set here and mapped to the field k; keep one");
  refuses("layers: {green: 'a.gpkg|knid=b'}\n",
          "project.yaml:1:17: unknown key knid in the source (did you mean kind?)");
  refuses("queries: {coast: 1}\n",
          "project.yaml:1:18: options of coast are written as {option: value}, not as a text");
  refuses("queries: {coast: {tolerances: {a: 1}}}\n",
          "project.yaml:1:31: a word or a list of words is expected here");
  refuses("queries: {coast: {tolerances: }}\n", "project.yaml:1:31: a value is missing here");
  refuses("queries: {coast: {tolerances: [1, [2]]}}\n", "project.yaml:1:35: a text is expected here, not a list");
  refuses("queries: [coast, coast]\n", "project.yaml:1:18: coast is given twice");
  refuses("queries:\n  coast: {}\n  access: {}\n  coast: {}\n",
          "project.yaml:4:3: coast is given twice (first in line 2)");
  refuses("scenarios: {baseline: {}}\n",
          "project.yaml:1:13: baseline is what the layers are without a scenario; name it otherwise");
  refuses("scenarios: {link: {remove: {}}}\n", "project.yaml:1:20: unknown key remove; a scenario has: add, replace, close");
  refuses("scenarios: {link: {add: {gate: a}}}\n", "project.yaml:1:26: unknown role gate (did you mean gates?)");
  refuses("goals: [{indicator: a, target: 90 %}]\n", "project.yaml:1:32: 90 % is no number");
  refuses("goals: [{indicator: a}]\n", "project.yaml:1:9: a goal needs the key target, or at_most");
  refuses("goals: [{indicator: a, target: 9, at_most: 8}]\n",
          "project.yaml:1:44: a goal has a target or an at_most, not both");
  refuses("goals: [{indicator: a, at_most: '0,5'}]\n", "project.yaml:1:33: 0,5 is no number; write 0.5");
  refuses("layers: {green: {source: a.tif, as: points}}\n", "project.yaml:1:37: as is areas or cells, not points");
  refuses("layers: {green: 'a.tif|as=squares'}\n", "project.yaml:1:17: as is areas or cells, not squares");
  refuses("layers: {surveys: {source: a, set: {share: 120}}}\n", "project.yaml:1:44: share is at most 100, not 120");
  refuses("goals: [{indicator: a, target: 9, year: 20.5}]\n", "project.yaml:1:41: 20.5 is no year");
  refuses("layers:\n\tgreen: a\n", "project.yaml:2:1: a tab cannot indent YAML; use spaces");
}

static void the_first_in_the_file_is_reported(void **state) {
  (void)state;
  /* The missing key is found after the unknown one but stands before it. */
  refuses("layers:\n  green:\n    - where: a\n      kind: b\nnaem: c\n",
          "project.yaml:3:7: a source needs the key source");
}

static void all_problems_are_listed_in_order(void **state) {
  sund_ctx *ctx = *state;
  place p = write_project(
      "nmae: x\n"
      "profile: dx\n"
      "layers:\n"
      "  homes: {source: a, set: {persons: '0,5', dwelings: 1}}\n"
      "  gren: b\n"
      "goals: [{target: 1}]\n");
  static const char *const expected[] = {
      "project.yaml:1:1: unknown key nmae (did you mean name?)",
      "project.yaml:2:10: unknown profile dx; known: dk, eu, osm, se",
      "project.yaml:4:37: 0,5 is no number; write 0.5",
      "project.yaml:4:44: homes has no column dwelings (did you mean dwellings?)",
      "project.yaml:5:3: unknown role gren (did you mean green?)",
      "project.yaml:6:9: a goal needs the key indicator",
  };
  const char *message[20];
  size_t count = 99;
  assert_ok(ctx, sund_project_problems(ctx, p.path, 20, message, &count));
  assert_int_equal(count, 6);
  for (size_t k = 0; k < count; k++) assert_string_equal(message[k], expected[k]);
  assert_ok(ctx, sund_project_problems(ctx, p.path, 2, message, &count));
  assert_int_equal(count, 2);
  remove_project(&p);
  assert_ok(ctx, sund_project_problems(ctx, p.path, 20, message, &count));
  assert_int_equal(count, 1);
  assert_string_equal(message[0], "project.yaml: No such file or directory");
  p = write_project(contract_example);
  assert_ok(ctx, sund_project_problems(ctx, p.path, 20, message, &count));
  assert_int_equal(count, 0);
  remove_project(&p);
}

static void many_problems_end_at_twenty(void **state) {
  sund_ctx *ctx = *state;
  char text[2000] = "";
  for (size_t k = 0; k < 50; k++) snprintf(text + strlen(text), sizeof text - strlen(text), "x%zu: 1\n", k);
  place p = write_project(text);
  const char *message[100];
  size_t count = 0;
  assert_ok(ctx, sund_project_problems(ctx, p.path, 100, message, &count));
  assert_int_equal(count, 20);
  remove_project(&p);
}

static void parses_sources_of_the_command_line(void **state) {
  sund_ctx *ctx = *state;
  sund_source s;
  assert_ok(ctx, sund_source_parse(ctx, SUND_HOMES, "adresser.gpkg", &s));
  assert_string_equal(s.path, "adresser.gpkg");
  assert_int_equal(s.mark.line, 0);
  assert_ok(ctx, sund_source_parse(ctx, SUND_HOMES,
                                   "a b/ø.gpkg|layername=hus|where=navn = 'a|b' || \"x|y\" and n=1|crs=EPSG:25832|"
                                   "heights=EPSG:5799|licence=CC0|persons=T|group_65_plus=Y_GE65",
                                   &s));
  assert_int_equal(s.role, SUND_HOMES);
  assert_string_equal(s.path, "a b/ø.gpkg");
  assert_string_equal(s.layer, "hus");
  assert_string_equal(s.where, "navn = 'a|b' || \"x|y\" and n=1");
  assert_string_equal(s.crs, "EPSG:25832");
  assert_string_equal(s.heights, "EPSG:5799");
  assert_string_equal(s.licence, "CC0");
  assert_int_equal(s.fields, 2);
  assert_string_equal(s.field[0].key, "persons");
  assert_string_equal(s.field[0].value, "T");
  assert_string_equal(s.field[1].key, "group_65_plus");
  assert_ok(ctx, sund_source_parse(ctx, SUND_LAND, "q.gpkg|subset=\"a\" = 'O''B|x'", &s));
  assert_string_equal(s.where, "\"a\" = 'O''B|x'");
  assert_ok(ctx, sund_source_parse(ctx, SUND_GREEN, "nmd.tif|as=cells", &s));
  assert_string_equal(s.as, "cells");
  assert_string_equal(s.path, "nmd.tif");
  sund_mark mark = {"project.yaml", 7, 9};
  assert_ok(ctx, sund_source_parse_at(ctx, SUND_OD, "t.csv.gz|minutes=travel_time", "town", mark, &s));
  assert_string_equal(s.path, "town/t.csv.gz");
  assert_string_equal(s.text, "t.csv.gz|minutes=travel_time");
  assert_int_equal(s.mark.line, 7);
}

static void refuses_sources_of_the_command_line(void **state) {
  (void)state;
  static const char *const wrong[][2] = {
      {"", "the source has no path: "},
      {"|layername=a", "the source has no path: |layername=a"},
      {"a|", "after a | the source says key=value, not nothing"},
      {"a|b", "after a | the source says key=value, not b"},
      {"a|crs=", "after a | the source says key=value, not crs="},
      {"a|=b", "after a | the source says key=value, not =b"},
      {"a|layrename=b", "unknown key layrename in the source (did you mean layername?)"},
      {"a|person=b", "unknown key person in the source (did you mean persons?)"},
      {"a|crs=b|crs=c", "crs is given twice in the source"},
      {"a|where=b|subset=c", "subset is given twice in the source"},
      {"a|persons=b|persons=c", "persons is mapped twice in the source"},
      {"a|colour=b",
       "unknown key colour in the source of homes; known: layername, where, crs, heights, licence, latest, as, "
       "subset, "
       "id, persons, dwellings, income"},
  };
  for (size_t k = 0; k < sizeof wrong / sizeof *wrong; k++) {
    sund_ctx *ctx = sund_ctx_new();
    sund_source s = {.text = "untouched"};
    assert_int_equal(sund_source_parse(ctx, SUND_HOMES, wrong[k][0], &s), SUND_USAGE);
    assert_string_equal(message_of(ctx), wrong[k][1]);
    assert_string_equal(s.text, "untouched");
    sund_ctx_free(ctx);
  }
}

static void every_allocation_may_fail(void **state) {
  (void)state;
  place good = write_project(contract_example);
  place bad = write_project("nmae: 1\nlayers: {grene: a, homes: {source: b, set: {persons: x}}}\n");
  for (int wrong = 0; wrong < 2; wrong++) {
    for (size_t n = 1;; n++) {
      sund_ctx *ctx = sund_ctx_new();
      sund_project *project = NULL;
      const char *message[20];
      size_t count = 0;
      sund_ctx_fail_alloc(ctx, n);
      sund_code code = wrong ? sund_project_problems(ctx, bad.path, 20, message, &count)
                             : sund_project_read(ctx, good.path, &project);
      bool reached = sund_ctx_allocations(ctx) >= n;
      if (code != (reached ? SUND_LIMIT : SUND_OK)) fail_msg("allocation %zu: code %d", n, (int)code);
      if (!wrong) assert_true(reached == !project);
      if (wrong && !reached) assert_int_equal(count, 3);
      sund_ctx_free(ctx);
      if (!reached) break;
    }
  }
  remove_project(&good);
  remove_project(&bad);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      SUND_TEST(reads_the_head_and_the_queries),
      SUND_TEST(reads_goals),
      SUND_TEST(reads_sources),
      SUND_TEST(short_forms_mean_the_same),
      SUND_TEST(mistakes_have_their_place),
      SUND_TEST(the_first_in_the_file_is_reported),
      SUND_TEST(all_problems_are_listed_in_order),
      SUND_TEST(many_problems_end_at_twenty),
      SUND_TEST(parses_sources_of_the_command_line),
      SUND_TEST(refuses_sources_of_the_command_line),
      SUND_TEST(every_allocation_may_fail),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}

/* project.c - the project file: its grammar as tables of keys, read into a sund_project.
 *
 *   name, crs, heights: text      profile: word or list
 *   layers:    {ROLE: source or list of sources}                 (source.c)
 *   queries:   {QUERY: {option: value or list}}, or a list of names
 *   scenarios: {NAME: {add: {ROLE: source or list of sources}, replace: {ROLE: the same, or [] for none},
 *                      close: [gate or route]}}
 *   goals:     [{indicator, variant, area, target or at_most, year}]
 *
 * What a query or an option is called is known one floor up; here its settings are kept as text with their places.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "path.h"
#include "schema.h"
#include "shipped.h"
#include "source.h"
#include "word.h"

/* A text and where it stands. */
typedef struct placed {
  const char *text;
  sund_mark mark;
} placed;

/* A list of sources while it is being read. */
typedef struct sources {
  size_t count;
  sund_source *source;
  const char *folder;
} sources;

/* The file as it is being read. */
typedef struct draft {
  const char *name;
  placed crs, heights;
  schema_words profiles;
  sources layers;
  struct {
    size_t count;
    sund_request *request;
  } queries;
  struct {
    size_t count;
    sund_scenario *scenario;
    const char *folder;
  } scenarios;
  struct {
    size_t count;
    sund_goal *goal;
  } goals;
} draft;

static sund_code take_placed(schema_walk *walk, const sund_node *value, void *out) {
  placed *text = out;
  text->mark = value->mark;
  return schema_text(walk, value, &text->text);
}

/* ------------------------------------------------------------------------------------------------------- sources */

static sund_code note_no_role(schema_walk *walk, sund_mark mark, const char *name) {
  const char *word[SUND_ROLE_COUNT];
  for (size_t k = 0; k < SUND_ROLE_COUNT; k++) word[k] = sund_role_of((sund_role)k)->name;
  const char *hint = word_hint(walk->ctx, name, SUND_ROLE_COUNT, word);
  if (*hint) return schema_note(walk, mark, "unknown role %s%s", word_shown(walk->ctx, name), hint);
  return schema_note(walk, mark, "unknown role %s; known roles: %s", word_shown(walk->ctx, name),
                     word_list(walk->ctx, SUND_ROLE_COUNT, word));
}

/* {ROLE: source or list of sources}, in the order of the file. */
static sund_code take_layers(schema_walk *walk, const sund_node *value, void *out) {
  sources *list = out;
  if (schema_empty(value)) return SUND_OK;
  if (value->kind != SUND_MAP)
    return schema_note(walk, value->mark, "layers are written as {role: sources}, not as a %s", schema_kind(value));
  size_t room = 0;
  for (size_t k = 0; k < value->count; k++) room += schema_count(value->item[k]);
  list->source = sund_alloc(walk->ctx, room, sizeof *list->source);
  if (!list->source) return SUND_LIMIT;
  for (size_t k = 0; k < value->count; k++) {
    sund_role role = sund_role_find(value->key[k]);
    if (role == SUND_ROLE_COUNT) {
      TRY(note_no_role(walk, value->key_mark[k], value->key[k]));
      continue;
    }
    for (size_t j = 0; j < schema_count(value->item[k]); j++) {
      sund_source *source = &list->source[list->count++];
      source->role = role;
      TRY(source_take(walk, schema_item(value->item[k], j), list->folder, source));
    }
  }
  return SUND_OK;
}

/* ------------------------------------------------------------------------------------------------------- queries */

static sund_code take_setting(schema_walk *walk, const sund_node *map, size_t k, sund_setting *out) {
  schema_words words = {0};
  TRY(schema_wordlist(walk, map->item[k], &words));
  *out = (sund_setting){map->key_mark[k], map->key[k], words.count, words.word, words.mark};
  return SUND_OK;
}

static sund_code take_settings(schema_walk *walk, const sund_node *value, sund_request *out) {
  if (schema_empty(value)) return SUND_OK;
  if (value->kind != SUND_MAP)
    return schema_note(walk, value->mark, "options of %s are written as {option: value}, not as a %s",
                       word_shown(walk->ctx, out->query), schema_kind(value));
  out->setting = sund_alloc(walk->ctx, value->count, sizeof *out->setting);
  if (!out->setting) return SUND_LIMIT;
  out->settings = value->count;
  for (size_t k = 0; k < value->count; k++) TRY(take_setting(walk, value, k, &out->setting[k]));
  return SUND_OK;
}

/* `queries: [coast, access]`: names alone, every option at its default. */
static sund_code take_query_names(schema_walk *walk, const sund_node *value, draft *d) {
  schema_words words = {0};
  TRY(schema_wordlist(walk, value, &words));
  d->queries.request = sund_alloc(walk->ctx, words.count, sizeof *d->queries.request);
  if (!d->queries.request) return SUND_LIMIT;
  for (size_t k = 0; k < words.count; k++) {
    for (size_t j = 0; j < k; j++)
      if (strcmp(words.word[j], words.word[k]) == 0)
        TRY(schema_note(walk, words.mark[k], "%s is given twice", word_shown(walk->ctx, words.word[k])));
    d->queries.request[k] = (sund_request){.query = words.word[k], .mark = words.mark[k]};
  }
  d->queries.count = words.count;
  return SUND_OK;
}

static sund_code take_queries(schema_walk *walk, const sund_node *value, void *out) {
  draft *d = out;
  if (schema_empty(value)) return SUND_OK;
  if (value->kind != SUND_MAP) return take_query_names(walk, value, d);
  d->queries.request = sund_alloc(walk->ctx, value->count, sizeof *d->queries.request);
  if (!d->queries.request) return SUND_LIMIT;
  d->queries.count = value->count;
  for (size_t k = 0; k < value->count; k++) {
    d->queries.request[k] = (sund_request){.query = value->key[k], .mark = value->key_mark[k]};
    TRY(take_settings(walk, value->item[k], &d->queries.request[k]));
  }
  return SUND_OK;
}

/* ----------------------------------------------------------------------------------------------------- scenarios */

/* A scenario as its keys are written. */
typedef struct scenario {
  sources add, replace;
  schema_words close;
  const sund_node *replaced; /* the map of `replace`, or NULL */
} scenario;

static sund_code take_replace(schema_walk *walk, const sund_node *value, void *out) {
  scenario *s = out;
  if (value->kind == SUND_MAP) s->replaced = value;
  return take_layers(walk, value, &s->replace);
}

/* `close: []` closes nothing. */
static sund_code take_close(schema_walk *walk, const sund_node *value, void *out) {
  if (schema_empty(value) || (value->kind == SUND_LIST && value->count == 0)) return SUND_OK;
  schema_words *words = out;
  TRY(schema_wordlist(walk, value, words));
  for (size_t k = 0; k < words->count; k++)
    for (size_t j = 0; j < k; j++)
      if (*words->word[k] && strcmp(words->word[j], words->word[k]) == 0)
        TRY(schema_note(walk, words->mark[k], "%s is closed twice", word_shown(walk->ctx, words->word[k])));
  return SUND_OK;
}

static const schema_key scenario_keys[] = {
    {"add", take_layers, offsetof(scenario, add), false},
    {"replace", take_replace, 0, false},
    {"close", take_close, offsetof(scenario, close), false},
};
static const schema scenario_table = {"a scenario", scenario_keys, sizeof scenario_keys / sizeof *scenario_keys};

/* The sources that are added and those that replace others, in one list; which roles are replaced. A role is added to or
 * replaced, not both: what replaces it may be as many sources as one likes. */
static sund_code join_scenario(schema_walk *walk, const scenario *s, sund_scenario *out) {
  const sund_node *replaced = s->replaced;
  for (size_t k = 0; replaced && k < replaced->count; k++) {
    const sund_role role = sund_role_find(replaced->key[k]);
    if (role == SUND_ROLE_COUNT) continue; /* noted already */
    out->replaced |= 1u << role;
    for (size_t i = 0; i < s->add.count; i++)
      if (s->add.source[i].role == role) {
        TRY(schema_note(walk, s->add.source[i].mark, "%s is replaced by this scenario: write the source there",
                        replaced->key[k]));
        break;
      }
  }
  out->sources = s->add.count + s->replace.count;
  out->source = sund_alloc(walk->ctx, out->sources, sizeof *out->source);
  if (!out->source) return SUND_LIMIT;
  for (size_t i = 0; i < s->add.count; i++) out->source[i] = s->add.source[i];
  for (size_t i = 0; i < s->replace.count; i++) out->source[s->add.count + i] = s->replace.source[i];
  out->closed = s->close.count;
  out->close = s->close.word;
  out->close_mark = s->close.mark;
  return SUND_OK;
}

static sund_code take_scenarios(schema_walk *walk, const sund_node *value, void *out) {
  draft *d = out;
  if (schema_empty(value)) return SUND_OK;
  if (value->kind != SUND_MAP)
    return schema_note(walk, value->mark, "scenarios are written as {name: {add: layers}}, not as a %s",
                       schema_kind(value));
  d->scenarios.scenario = sund_alloc(walk->ctx, value->count, sizeof *d->scenarios.scenario);
  if (!d->scenarios.scenario) return SUND_LIMIT;
  d->scenarios.count = value->count;
  for (size_t k = 0; k < value->count; k++) {
    if (strcmp(value->key[k], "baseline") == 0)
      TRY(schema_note(walk, value->key_mark[k],
                      "baseline is what the layers are without a scenario; name it otherwise"));
    scenario s = {.add.folder = d->scenarios.folder, .replace.folder = d->scenarios.folder};
    if (!schema_empty(value->item[k])) TRY(schema_map(walk, &scenario_table, value->item[k], &s));
    d->scenarios.scenario[k] = (sund_scenario){.name = value->key[k], .mark = value->key_mark[k]};
    TRY(join_scenario(walk, &s, &d->scenarios.scenario[k]));
  }
  return SUND_OK;
}

/* --------------------------------------------------------------------------------------------------------- goals */

/* A goal as its keys are written; NAN = not written. */
typedef struct goal {
  const char *indicator, *variant, *area;
  double target, at_most, year;
} goal;

static sund_code take_year(schema_walk *walk, const sund_node *value, void *out) {
  double *year = out;
  TRY(schema_number(walk, value, year));
  if (isnan(*year) || (*year == floor(*year) && *year >= 1900 && *year <= 2200)) return SUND_OK;
  return schema_note(walk, value->mark, "%s is no year", word_shown(walk->ctx, value->text));
}

static const schema_key goal_keys[] = {
    {"indicator", schema_text, offsetof(goal, indicator), true},
    {"variant", schema_text, offsetof(goal, variant), false},
    {"area", schema_text, offsetof(goal, area), false},
    {"target", schema_number, offsetof(goal, target), false},
    {"at_most", schema_number, offsetof(goal, at_most), false},
    {"year", take_year, offsetof(goal, year), false},
};
static const schema goal_table = {"a goal", goal_keys, sizeof goal_keys / sizeof *goal_keys};

/* A goal has one of `target` and `at_most`; a value that is no number has been noted already. */
static sund_code check_target(schema_walk *walk, const sund_node *node) {
  const sund_node *target = sund_node_get(node, "target"), *at_most = sund_node_get(node, "at_most");
  if (node->kind != SUND_MAP) return SUND_OK;
  if (!target && !at_most) return schema_note(walk, node->mark, "a goal needs the key target, or at_most");
  if (target && at_most) return schema_note(walk, at_most->mark, "a goal has a target or an at_most, not both");
  return SUND_OK;
}

static sund_code take_goal(schema_walk *walk, const sund_node *node, sund_goal *out) {
  goal g = {.target = NAN, .at_most = NAN, .year = NAN};
  TRY(schema_map(walk, &goal_table, node, &g));
  TRY(check_target(walk, node));
  bool at_most = !isnan(g.at_most);
  *out = (sund_goal){.mark = node->mark,
                     .indicator = g.indicator,
                     .variant = g.variant,
                     .area = g.area,
                     .target = at_most ? g.at_most : g.target,
                     .at_most = at_most,
                     .year = isnan(g.year) ? 0 : (int)g.year};
  return SUND_OK;
}

static sund_code take_goals(schema_walk *walk, const sund_node *value, void *out) {
  draft *d = out;
  size_t count = schema_count(value);
  d->goals.goal = sund_alloc(walk->ctx, count, sizeof *d->goals.goal);
  if (!d->goals.goal) return SUND_LIMIT;
  d->goals.count = count;
  for (size_t k = 0; k < count; k++) TRY(take_goal(walk, schema_item(value, k), &d->goals.goal[k]));
  return SUND_OK;
}

/* ------------------------------------------------------------------------------------------------------ the file */

static const schema_key project_keys[] = {
    {"name", schema_text, offsetof(draft, name), false},
    {"crs", take_placed, offsetof(draft, crs), false},
    {"heights", take_placed, offsetof(draft, heights), false},
    {"profile", schema_wordlist, offsetof(draft, profiles), false},
    {"layers", take_layers, offsetof(draft, layers), false},
    {"queries", take_queries, 0, false},
    {"scenarios", take_scenarios, 0, false},
    {"goals", take_goals, 0, false},
};
static const schema project_table = {"a project", project_keys, sizeof project_keys / sizeof *project_keys};

/* A profile is a shipped one by its name, or a file. */
static sund_code check_profiles(schema_walk *walk, const char *folder, schema_words *profiles) {
  size_t known = 0;
  const char **word = shipped_names(walk->ctx, sund_shipped_profiles, &known);
  if (!word) return SUND_LIMIT;
  for (size_t k = 0; k < profiles->count; k++) {
    const char *name = profiles->word[k], *ending = strrchr(name, '.');
    if (shipped_find(sund_shipped_profiles, name) || !*name) continue;
    if (strchr(name, '/') || (ending && strcmp(ending, ".yaml") == 0)) {
      profiles->word[k] = source_path(walk->ctx, folder, name);
      if (!profiles->word[k]) return SUND_LIMIT;
      continue;
    }
    const char *hint = word_hint(walk->ctx, name, known, word);
    TRY(schema_note(walk, profiles->mark[k], "unknown profile %s%s; known: %s", word_shown(walk->ctx, name), hint,
                    word_list(walk->ctx, known, word)));
  }
  return SUND_OK;
}

static sund_code read_root(schema_walk *walk, const char *path, const sund_node *root, sund_project *out) {
  const char *folder = path_folder(walk->ctx, path);
  if (!folder) return SUND_LIMIT;
  draft d = {.layers.folder = folder, .scenarios.folder = folder};
  TRY(schema_map(walk, &project_table, root, &d));
  TRY(check_profiles(walk, folder, &d.profiles));
  *out = (sund_project){
      .name = d.name,
      .file = root->mark.file,
      .folder = folder,
      .crs = d.crs.text,
      .crs_mark = d.crs.mark,
      .heights = d.heights.text,
      .heights_mark = d.heights.mark,
      .profiles = d.profiles.count,
      .profile = d.profiles.word,
      .profile_mark = d.profiles.mark,
      .sources = d.layers.count,
      .source = d.layers.source,
      .requests = d.queries.count,
      .request = d.queries.request,
      .scenarios = d.scenarios.count,
      .scenario = d.scenarios.scenario,
      .goals = d.goals.count,
      .goal = d.goals.goal,
  };
  return SUND_OK;
}

sund_code sund_project_read(sund_ctx *ctx, const char *path, sund_project **out) {
  sund_node *root = NULL;
  TRY(sund_yaml_read(ctx, path, &root));
  sund_project *project = sund_alloc(ctx, 1, sizeof *project);
  if (!project) return SUND_LIMIT;
  schema_walk walk = {.ctx = ctx};
  TRY(read_root(&walk, path, root, project));
  TRY(schema_end(&walk));
  *out = project;
  return SUND_OK;
}

/* Reads in `scratch`; what keeps it from being YAML is one problem. */
static sund_code collect(sund_ctx *scratch, const char *path, schema_walk *walk) {
  sund_node *root = NULL;
  sund_project project;
  sund_code code = sund_yaml_read(scratch, path, &root);
  if (code == SUND_OK) return read_root(walk, path, root, &project);
  const char *message = NULL;
  sund_failure(scratch, &message, NULL, NULL);
  if (code == SUND_USAGE) walk->problem[walk->count++] = (schema_problem){{NULL, 0, 0}, message};
  return code == SUND_USAGE ? SUND_OK : code;
}

sund_code sund_project_problems(sund_ctx *ctx, const char *path, size_t room, const char **message, size_t *count) {
  sund_ctx *scratch = sund_ctx_child(ctx);
  if (!scratch) return SUND_LIMIT;
  schema_walk walk = {.ctx = scratch};
  sund_code code = collect(scratch, path, &walk);
  /* A text of a message that found no memory fails the context, not the walk. */
  if (code == SUND_OK && sund_failure(scratch, NULL, NULL, NULL) == SUND_LIMIT) code = SUND_LIMIT;
  if (code != SUND_OK) sund_ctx_pass(ctx, scratch);
  schema_sort(&walk);
  size_t found = walk.count < room ? walk.count : room;
  for (size_t k = 0; k < found && code == SUND_OK; k++) {
    message[k] = sund_text_copy(ctx, walk.problem[k].text);
    if (!message[k]) code = SUND_LIMIT;
  }
  sund_ctx_free(scratch);
  if (code == SUND_OK) *count = found;
  return code;
}

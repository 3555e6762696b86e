/* assembly.c - from a command line and a project file to one project that can be run.
 *
 * Order of calls: assembly_project, then assembly_check (first problem) or assembly_check_all (all of them). What the
 * command line says wins: an option replaces the project's setting of that option, a role replaces all the project's
 * sources of that role.
 */
#include "assembly.h"

#include <string.h>
#include <sys/stat.h>

#include "options.h"
#include "scenario.h"

/* -------------------------------------------------------------------------------------------------------- merging */

/* Does the command line name sources of the role? */
static bool role_given(const arguments *args, sund_role role) {
  for (size_t i = 0; i < args->sources; i++)
    if (args->source[i].role == role) return true;
  return false;
}

/* The project's sources of other roles, then those of the command line. */
static sund_code merge_sources(sund_ctx *ctx, const arguments *args, sund_project *project) {
  sund_source *source = sund_alloc(ctx, project->sources + args->sources, sizeof *source);
  if (!source) return SUND_LIMIT;
  size_t count = 0;
  for (size_t i = 0; i < project->sources; i++)
    if (!role_given(args, project->source[i].role)) source[count++] = project->source[i];
  for (size_t i = 0; i < args->sources; i++) source[count++] = args->source[i];
  project->source = source;
  project->sources = count;
  return SUND_OK;
}

/* The project's request of that query, or NULL. */
static const sund_request *find_request(const sund_project *project, const char *query) {
  for (size_t i = 0; i < project->requests; i++)
    if (strcmp(project->request[i].query, query) == 0) return &project->request[i];
  return NULL;
}

/* One request: the project's settings that the command line does not replace, then the command line's. */
static sund_code merge_request(sund_ctx *ctx, const arguments *args, sund_project *project) {
  const sund_request *found = find_request(project, args->query->name);
  size_t settings = found ? found->settings : 0;
  sund_request *request = sund_alloc(ctx, 1, sizeof *request);
  if (!request) return SUND_LIMIT;
  *request = args->request;
  if (found) request->mark = found->mark;
  request->setting = sund_alloc(ctx, settings + args->request.settings, sizeof *request->setting);
  if (!request->setting) return SUND_LIMIT;
  size_t count = 0;
  for (size_t i = 0; i < settings; i++) {
    const sund_option *option =
        options_find(args->query->option_count, args->query->options, found->setting[i].name, true);
    if (option && options_setting(args->query, &args->request, option->name)) continue;
    request->setting[count++] = found->setting[i];
  }
  for (size_t i = 0; i < args->request.settings; i++) request->setting[count++] = args->request.setting[i];
  request->settings = count;
  project->request = request;
  project->requests = 1;
  return SUND_OK;
}

/* ------------------------------------------------------------------------------------------------ tables as options */

/* Options whose value is a source: read, hashed and recorded as one of that role. */
static const struct {
  const char *option;
  sund_role role;
} source_options[] = {{"od", SUND_OD}, {"flows", SUND_FLOWS}, {"minutes", SUND_TRAVEL}};
enum { SOURCE_OPTIONS = sizeof source_options / sizeof *source_options };

/* The source that a setting names, behind those there are. One of the command line replaces all the project's. */
static sund_code add_named(sund_ctx *ctx, sund_role role, const sund_setting *setting, sund_project *project) {
  sund_source *source = sund_alloc(ctx, project->sources + setting->values, sizeof *source);
  if (!source) return SUND_LIMIT;
  size_t count = 0;
  for (size_t i = 0; i < project->sources; i++)
    if (setting->mark.line > 0 || project->source[i].role != role) source[count++] = project->source[i];
  for (size_t k = 0; k < setting->values; k++) {
    sund_mark mark = setting->value_mark[k];
    const char *folder = mark.line > 0 ? project->folder : ".";
    TRY(sund_source_parse_at(ctx, role, setting->value[k], folder, mark, &source[count++]));
  }
  project->source = source;
  project->sources = count;
  return SUND_OK;
}

static sund_code add_option_sources(sund_ctx *ctx, sund_project *project) {
  for (size_t i = 0; i < project->requests; i++) {
    const sund_query *query = sund_query_find(project->request[i].query);
    for (size_t k = 0; query && k < SOURCE_OPTIONS; k++) {
      const sund_option *option =
          options_find(query->option_count, query->options, source_options[k].option, false);
      if (!option || option->kind == SUND_NUMBERS) continue; /* minutes are numbers to other queries */
      const sund_setting *setting = options_setting(query, &project->request[i], source_options[k].option);
      if (setting) TRY(add_named(ctx, source_options[k].role, setting, project));
    }
  }
  return SUND_OK;
}

/* ------------------------------------------------------------------------------------------------------ selecting */

/* "access, coast": the queries the project asks for. */
static const char *requests_text(sund_ctx *ctx, const sund_project *project) {
  const char *text = project->requests ? project->request[0].query : "none";
  for (size_t i = 1; text && i < project->requests; i++)
    text = sund_text(ctx, "%s, %s", text, project->request[i].query);
  return text ? text : "";
}

/* Keeps the requests named in the comma list. */
static sund_code keep_only(sund_ctx *ctx, const char *list, sund_project *project) {
  bool *keep = sund_alloc(ctx, project->requests, sizeof *keep);
  if (!keep) return SUND_LIMIT;
  while (true) {
    size_t length = strcspn(list, ",");
    const char *word = sund_text(ctx, "%.*s", (int)length, list);
    if (!word) return SUND_LIMIT;
    if (!*word) return sund_fail(ctx, SUND_USAGE, "--only: the name of a query is missing");
    if (!sund_query_find(word)) return vocabulary_fail_query(ctx, word, false, (sund_mark){0});
    const sund_request *found = find_request(project, word);
    if (!found)
      return sund_fail(ctx, SUND_USAGE, "--only: %s does not ask for %s (asks for: %s)", project->file, word,
                       requests_text(ctx, project));
    keep[found - project->request] = true;
    if (!list[length]) break;
    list += length + 1;
  }
  size_t count = 0;
  sund_request *request = sund_alloc(ctx, project->requests, sizeof *request);
  if (!request) return SUND_LIMIT;
  for (size_t i = 0; i < project->requests; i++)
    if (keep[i]) request[count++] = project->request[i];
  project->request = request;
  project->requests = count;
  return SUND_OK;
}

sund_code assembly_project(sund_ctx *ctx, const arguments *args, sund_project **out) {
  sund_project *project = NULL;
  if (args->operand) {
    TRY(sund_project_read(ctx, args->operand, &project));
  } else {
    project = sund_alloc(ctx, 1, sizeof *project);
    if (!project) return SUND_LIMIT;
    project->folder = ".";
  }
  if (args->common.crs) {
    project->crs = args->common.crs;
    project->crs_mark = (sund_mark){0};
  }
  if (args->common.heights) {
    project->heights = args->common.heights;
    project->heights_mark = (sund_mark){0};
  }
  if (args->query) {
    TRY(merge_sources(ctx, args, project));
    TRY(merge_request(ctx, args, project));
  } else if (args->common.only) {
    TRY(keep_only(ctx, args->common.only, project));
  }
  TRY(add_option_sources(ctx, project));
  TRY(scenario_apply(ctx, args->common.scenario, project));
  *out = project;
  return SUND_OK;
}

/* ------------------------------------------------------------------------------------------------------- checking */

static bool has_role(const sund_project *project, sund_role role) {
  for (size_t i = 0; i < project->sources; i++)
    if (project->source[i].role == role) return true;
  return false;
}

static sund_code check_need(sund_ctx *ctx, const sund_project *project, const sund_request *request,
                            const sund_need *need) {
  if (!need->required || has_role(project, need->role)) return SUND_OK;
  const char *role = sund_role_of(need->role)->name;
  const char *why = need->why[SUND_EN] ? need->why[SUND_EN] : "";
  if (request->mark.line > 0)
    return sund_fail_at(ctx, request->mark, "%s needs the role '%s' under layers: %s", request->query, role, why);
  return sund_fail(ctx, SUND_USAGE, "--%s SOURCE is missing: %s", role, why);
}

static sund_code check_request(sund_ctx *ctx, const sund_project *project, const sund_request *request) {
  const sund_query *query = sund_query_find(request->query);
  if (!query) return vocabulary_fail_query(ctx, request->query, false, request->mark);
  void *options = NULL;
  TRY(options_fill(ctx, query, request, &options));
  for (size_t i = 0; i < query->need_count; i++) TRY(check_need(ctx, project, request, &query->needs[i]));
  return SUND_OK;
}

/* A coordinate or height system, as the project file or an option names it. */
typedef struct system_name {
  const char *name; /* "crs"          */
  const char *text; /* NULL = not given */
  sund_mark mark;
  bool (*fits)(const sund_crs *crs);
  const char *hint;
} system_name;

static sund_code check_system(sund_ctx *ctx, const system_name *is) {
  if (!is->text) return SUND_OK;
  sund_ctx *child = sund_ctx_child(ctx);
  if (!child) return SUND_LIMIT;
  sund_crs *crs = NULL;
  sund_code code = sund_crs_open(child, is->text, &crs);
  if (code == SUND_USAGE || (code == SUND_OK && !is->fits(crs))) {
    const char *dashes = is->mark.line == 0 ? "--" : "", *why = is->hint;
    if (code == SUND_USAGE) sund_failure(child, &why, NULL, NULL);
    if (code == SUND_USAGE) code = sund_fail_at(ctx, is->mark, "%s%s: %s", dashes, is->name, why);
    else code = sund_fail_at(ctx, is->mark, "%s%s: %s is %s", dashes, is->name, is->text, why);
  } else if (code != SUND_OK) {
    sund_ctx_pass(ctx, child);
  }
  sund_ctx_free(child);
  return code;
}

static sund_code check_systems(sund_ctx *ctx, const sund_project *project) {
  const system_name crs = {"crs", project->crs, project->crs_mark, sund_crs_metric,
                           "not in metres; give a projected one, e.g. EPSG:25832"};
  const system_name heights = {"heights", project->heights, project->heights_mark, sund_crs_vertical,
                               "no height system (DVR90 is EPSG:5799, RH2000 EPSG:5613)"};
  TRY(check_system(ctx, &crs));
  return check_system(ctx, &heights);
}

/* Would writing the output destroy an input? */
static sund_code check_overlap(sund_ctx *ctx, const arguments *args, const sund_project *project) {
  struct stat out, in;
  if (!args->common.output || stat(args->common.output, &out) != 0 || !S_ISREG(out.st_mode)) return SUND_OK;
  for (size_t i = 0; i <= project->sources; i++) {
    const char *path = i < project->sources ? project->source[i].path : args->operand;
    if (path && stat(path, &in) == 0 && in.st_dev == out.st_dev && in.st_ino == out.st_ino)
      return sund_fail(ctx, SUND_USAGE, "--output: '%s' is also an input; choose another name", args->common.output);
  }
  return SUND_OK;
}

/* The same source twice in a role would count its people twice. Parts of a layer, or other columns of it, may follow
 * each other. */
static sund_code check_twice(sund_ctx *ctx, const sund_project *project) {
  for (size_t i = 0; i < project->sources; i++)
    for (size_t k = 0; k < i; k++) {
      const sund_source *b = &project->source[i];
      if (scenario_same_source(&project->source[k], b))
        return sund_fail_at(ctx, b->mark, "%s is given twice for %s; leave one out", sund_base_name(b->path),
                            sund_role_of(b->role)->name);
    }
  return SUND_OK;
}

static sund_code check_requests_there(sund_ctx *ctx, const arguments *args, const sund_project *project) {
  if (project->requests > 0 || args->command->bit == COMMAND_CHECK) return SUND_OK;
  return sund_fail(ctx, SUND_USAGE, "%s asks for no query; name one under queries: (has: %s)", project->file,
                   vocabulary_queries(ctx));
}

sund_code assembly_check(sund_ctx *ctx, const arguments *args, const sund_project *project) {
  TRY(check_requests_there(ctx, args, project));
  for (size_t i = 0; i < project->requests; i++) TRY(check_request(ctx, project, &project->request[i]));
  TRY(check_systems(ctx, project));
  TRY(check_twice(ctx, project));
  return check_overlap(ctx, args, project);
}

/* What assembly_check_all hands on. */
typedef struct listing {
  sund_ctx *ctx;
  const sund_project *project;
  void (*report)(const sund_ctx *problem, void *data);
  void *data;
} listing;

/* Hands on the failure in `child`, when it is one of usage, and frees the child. */
static sund_code hand_on(const listing *list, sund_ctx *child, sund_code code, bool *found) {
  if (code == SUND_USAGE) {
    list->report(child, list->data);
    *found = true;
  } else if (code != SUND_OK) {
    sund_ctx_pass(list->ctx, child);
  }
  sund_ctx_free(child);
  return code == SUND_USAGE ? SUND_OK : code;
}

/* One setting alone, or, with need, one role alone; in a context of its own. *found: was there a problem? */
static sund_code list_one(const listing *list, const sund_request *request, const sund_need *need, bool *found) {
  sund_ctx *child = sund_ctx_child(list->ctx);
  if (!child) return SUND_LIMIT;
  const sund_query *query = sund_query_find(request->query);
  void *options = NULL;
  sund_code code = SUND_OK;
  if (need) code = check_need(child, list->project, request, need);
  else if (query) code = options_fill(child, query, request, &options);
  else code = vocabulary_fail_query(child, request->query, false, request->mark);
  return hand_on(list, child, code, found);
}

static sund_code list_request(const listing *list, const sund_request *request) {
  const sund_query *query = sund_query_find(request->query);
  bool found = false;
  for (size_t i = 0; query && i < request->settings; i++) {
    sund_request one = *request;
    one.settings = 1;
    one.setting = &request->setting[i];
    TRY(list_one(list, &one, NULL, &found));
  }
  /* The whole: an unknown query, or an option given under both its names. */
  if (!found) TRY(list_one(list, request, NULL, &found));
  for (size_t i = 0; query && i < query->need_count; i++) TRY(list_one(list, request, &query->needs[i], &found));
  return SUND_OK;
}

sund_code assembly_check_all(sund_ctx *ctx, const sund_project *project,
                             void (*report)(const sund_ctx *problem, void *data), void *data) {
  const listing list = {ctx, project, report, data};
  bool found = false;
  sund_ctx *child = sund_ctx_child(ctx);
  if (!child) return SUND_LIMIT;
  TRY(hand_on(&list, child, check_systems(child, project), &found));
  if (!(child = sund_ctx_child(ctx))) return SUND_LIMIT;
  TRY(hand_on(&list, child, check_twice(child, project), &found));
  for (size_t i = 0; i < project->requests; i++) TRY(list_request(&list, &project->request[i]));
  return SUND_OK;
}

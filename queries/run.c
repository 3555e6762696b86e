/* run.c - the driver: plan, read, compute, write.
 *
 * Order: the queries asked for, the output's place, a look at every source, the frame; then reading, the queries one
 * after the other on the same tables, the record, the GeoPackage. Nothing is written before everything is computed.
 */
#include "run.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "goals.h"
#include "options.h"
#include "plan.h"
#include "record.h"
#include "scenario.h"
#include "sources.h"
#include "text.h"

/* A query to be run, with its options read. */
typedef struct task {
  const sund_query *query;
  void *options;
  size_t standards;
  sund_standard *standard;
  size_t compared; /* scenarios */
  scenario_compared *compare;
  sund_variant *variant; /* compared: with their gates */
} task;

typedef struct run {
  const sund_project *project;
  const run_settings *settings;
  size_t count;
  task *task;
  const sund_query **query; /* count: of the tasks */
  sund_results *results;    /* count               */
  sund_results goals;       /* the goals held against the results */
  sources *sources;
  sund_inputs inputs;
  sund_findings findings; /* of reading          */
} run;

enum { MOST_STANDARDS = 200 };

/* Shares of the run: reading up to here, then the queries, from here on writing. */
static const double READING = 0.3, WRITING = 0.85;

/* ------------------------------------------------------------------------------------------------------- tasks */

/* Standards named by the option `standard`, families opened. A file is looked for beside the project. */
static sund_code read_standards(sund_ctx *ctx, const sund_project *project, const sund_request *request, task *t) {
  const sund_option *option = options_find(t->query->option_count, t->query->options, "standard", false);
  if (!option) return SUND_OK;
  const sund_strings *names = (const sund_strings *)((const char *)t->options + option->offset);
  if (!(t->standard = sund_alloc(ctx, MOST_STANDARDS, sizeof *t->standard))) return SUND_LIMIT;
  const sund_setting *setting = options_setting(t->query, request, "standard");
  for (size_t i = 0; i < names->count; i++) {
    sund_mark mark = setting && i < setting->values ? setting->value_mark[i] : (sund_mark){0};
    TRY(sund_standard_read(ctx, names->value[i], mark.line > 0 ? project->folder : ".", mark, MOST_STANDARDS,
                           t->standard, &t->standards));
  }
  return SUND_OK;
}

/* The height shifts a query was asked to use, or NULL. */
static sund_strings *shifts_of(const task *t) {
  const sund_option *option = options_find(t->query->option_count, t->query->options, "height-shift", false);
  return option ? (sund_strings *)((char *)t->options + option->offset) : NULL;
}

/* A grid named in a height shift of the project file lies beside that, as every path in it. */
static sund_code place_grids(sund_ctx *ctx, const sund_project *project, const task *t) {
  sund_strings *rules = shifts_of(t);
  for (size_t i = 0; rules && i < rules->count; i++) {
    const char *rule = rules->value[i], *grid = rule;
    for (int word = 0; word < 2; word++) { /* FROM and TO stand before it */
      grid += strspn(grid, " \t");
      grid += strcspn(grid, " \t");
    }
    grid += strspn(grid, " \t");
    const char *word = sund_text(ctx, "%.*s", (int)strcspn(grid, " \t"), grid);
    double metres;
    if (!word) return SUND_LIMIT;
    if (rules->mark[i].line == 0 || !*word || *word == '/' || sund_number_read(word, &metres)) continue;
    rules->value[i] = sund_text(ctx, "%.*s%s/%s", (int)(grid - rule), rule, project->folder, grid);
    if (!rules->value[i]) return SUND_LIMIT;
  }
  return SUND_OK;
}

static uint32_t given_roles(const sund_project *project) {
  uint32_t roles = 0;
  for (size_t i = 0; i < project->sources; i++) roles |= 1u << project->source[i].role;
  return roles;
}

static sund_code make_tasks(sund_ctx *ctx, run *r) {
  const sund_project *project = r->project;
  if (!(r->task = sund_alloc(ctx, project->requests, sizeof *r->task)) ||
      !(r->query = sund_alloc(ctx, project->requests, sizeof *r->query)) ||
      !(r->results = sund_alloc(ctx, project->requests, sizeof *r->results)))
    return SUND_LIMIT;
  for (size_t i = 0; i < project->requests; i++) {
    const sund_request *request = &project->request[i];
    task *t = &r->task[r->count];
    t->query = r->query[r->count] = sund_query_find(request->query);
    if (!t->query) return sund_fail_at(ctx, request->mark, "no query \"%s\" in this version", request->query);
    TRY(options_fill(ctx, t->query, request, &t->options));
    if (t->query->check) TRY(t->query->check(ctx, given_roles(project), t->options));
    TRY(place_grids(ctx, project, t));
    TRY(read_standards(ctx, project, request, t));
    const scenario_ask compare = {project, r->settings->scenario, t->query, t->options};
    TRY(scenario_compare(ctx, &compare, &r->findings, &t->compared, &t->compare));
    r->count++;
  }
  return SUND_OK; /* none at all: assembly has refused that, but for `sund check` */
}

static uint32_t wanted_roles(const run *r) {
  uint32_t roles = 0;
  for (size_t q = 0; q < r->count; q++)
    for (size_t k = 0; k < r->query[q]->need_count; k++) roles |= 1u << r->query[q]->needs[k].role;
  return roles;
}

/* "sund access: warning: green: ..." */
static void print_finding(const char *name, const sund_finding *f) {
  fprintf(stderr, "sund %s: %s: ", name, f->severity);
  if (f->source) {
    text_put_plain(stderr, f->source);
    fputs(": ", stderr);
  }
  text_put_plain(stderr, f->text);
  if (f->feature != SUND_NO_FEATURE) fprintf(stderr, " (feature %lld)", (long long)f->feature);
  fputc('\n', stderr);
}

/* Notes are for the table; what is printed are warnings, or all with --verbose. */
static void print_findings(const run *r, const char *name, const sund_findings *findings) {
  for (size_t i = 0; i < findings->count; i++)
    if (r->settings->verbose || strcmp(findings->item[i].severity, "note") != 0)
      print_finding(name, &findings->item[i]);
}

/* ------------------------------------------------------------------------------------------------------- check */

static void tell(const run *r, const sund_ctx *failed, size_t *problems) {
  ++*problems;
  if (r->settings->problem) r->settings->problem(failed, r->settings->problem_data);
}

/* Looks at and reads one source of the project on its own, so that its failure does not hide the others'. */
static sund_code check_source(sund_ctx *ctx, const run *r, sund_source *source, size_t *problems) {
  sund_ctx *one = sund_ctx_child(ctx);
  if (!one) return SUND_LIMIT;
  sund_project alone = *r->project;
  alone.sources = 1;
  alone.source = source;
  sources *s = NULL;
  sund_table *table;
  sund_findings findings = {0};
  sund_code code = sources_look(one, &alone, UINT32_MAX, &s);
  bool table_only = code == SUND_OK && !s->peek[0].wkt && !alone.source->crs && s->peek[0].kind == SUND_NONE;
  if (code == SUND_OK && !table_only) code = sources_frame(one, &alone, s);
  if (code == SUND_OK) code = sources_read_one(one, s, 0, &table, &findings);
  if (code != SUND_OK && code != SUND_CANCELLED) tell(r, one, problems);
  if (code == SUND_OK && !r->settings->quiet) print_findings(r, "check", &findings);
  if (code == SUND_CANCELLED) sund_ctx_pass(ctx, one);
  sund_ctx_free(one);
  return sund_failure(ctx, NULL, NULL, NULL);
}

/* The baseline's sources and those of every scenario. */
static sund_code check_all(sund_ctx *ctx, run *r) {
  const sund_project *project = r->project;
  size_t problems = 0, read = 0, all = project->sources;
  for (size_t k = 0; k < project->scenarios; k++) all += project->scenario[k].sources;
  for (size_t k = 0; k <= project->scenarios; k++) {
    size_t count = k == 0 ? project->sources : project->scenario[k - 1].sources;
    sund_source *source = k == 0 ? project->source : project->scenario[k - 1].source;
    for (size_t i = 0; i < count; i++, read++) {
      TRY(sund_progress(ctx, (double)read / (double)all, sund_base_name(source[i].path)));
      TRY(check_source(ctx, r, &source[i], &problems));
    }
  }
  if (problems > 0)
    return sund_fail(ctx, SUND_SOURCE, "%zu problem%s in the sources", problems, problems == 1 ? "" : "s");
  if (!r->settings->quiet) fprintf(stderr, "sund check: %zu sources read, no problem\n", read);
  return SUND_OK;
}

/* ----------------------------------------------------------------------------------------------------- compute */

static sund_code compute(sund_ctx *ctx, run *r) {
  for (size_t q = 0; q < r->count; q++) {
    double each = (WRITING - READING) / (double)r->count;
    sund_ctx_progress_part(ctx, READING + (double)q * each, READING + (double)(q + 1) * each);
    r->inputs.standards = r->task[q].standards;
    r->inputs.standard = r->task[q].standard;
    r->inputs.variants = r->task[q].compared;
    r->inputs.variant = r->task[q].variant;
    TRY(r->query[q]->run(ctx, &r->inputs, r->task[q].options, &r->results[q]));
  }
  const goals_input goals = {r->project, &r->inputs, r->count, r->results};
  return goals_make(ctx, &goals, &r->goals);
}

/* --------------------------------------------------------------------------------------------------- write */

/* Options as they were used, for the record. */
static const char *parameter_text(sund_ctx *ctx, const run *r) {
  const char *text = "";
  for (size_t q = 0; text && q < r->count; q++)
    for (size_t k = 0; text && k < r->query[q]->option_count; k++) {
      const sund_option *option = &r->query[q]->options[k];
      const void *member = (const char *)r->task[q].options + option->offset;
      const char *value = options_text(ctx, option, member);
      if (!value) return NULL;
      text = sund_text(ctx, "%s%s%s.%s=%s", text, *text ? "; " : "", r->query[q]->name, option->name, value);
    }
  return text;
}

/* Has the layer all columns of another? */
static bool has_columns_of(const sund_layer *layer, const sund_layer *other) {
  for (size_t c = 0; c < other->table->columns; c++)
    if (!sund_table_column(layer->table, other->table->column[c].field.name)) return false;
  return true;
}

/* Adds a layer. Of two with one name the one is kept that says all that the other does: `flood` writes the coast of
 * `coast` with the levels at which it gets wet. */
static void add_layer(sund_layer *layer, size_t *count, const sund_layer *next) {
  for (size_t i = 0; i < *count; i++) {
    if (strcmp(layer[i].table->name, next->table->name) != 0) continue;
    const bool more = has_columns_of(next, &layer[i]);
    if (more) layer[i] = *next;
    if (more || has_columns_of(&layer[i], next)) return;
  }
  layer[(*count)++] = *next;
}

/* Layers of all queries, empty ones left out (many of them make QGIS slow), then the record. */
static sund_code gather_layers(sund_ctx *ctx, const run *r, const record_output *record, size_t *count,
                               sund_layer **out) {
  size_t room = 4 + r->goals.layers, n = 0;
  for (size_t q = 0; q < r->count; q++) room += r->results[q].layers;
  sund_layer *layer = sund_alloc(ctx, room, sizeof *layer);
  if (!layer) return SUND_LIMIT;
  for (size_t q = 0; q < r->count; q++)
    for (size_t i = 0; i < r->results[q].layers; i++)
      if (r->results[q].layer[i].table->rows > 0 || r->results[q].layer[i].kept)
        add_layer(layer, &n, &r->results[q].layer[i]);
  layer[n++] = record->indicators;
  for (size_t i = 0; i < r->goals.layers; i++) layer[n++] = r->goals.layer[i];
  layer[n++] = record->run;
  layer[n++] = record->sources;
  layer[n++] = record->findings; /* also when there is none: who looks for them finds that */
  for (size_t i = 0; i < n; i++) layer[i].history = record->history;
  *count = n;
  *out = layer;
  return SUND_OK;
}

static void say_what_was_done(const run *r, const record_output *record, size_t layers) {
  if (r->settings->quiet) return;
  print_findings(r, "read", &r->findings);
  for (size_t q = 0; q < r->count; q++) print_findings(r, r->query[q]->name, &r->results[q].findings);
  print_findings(r, "goals", &r->goals.findings);
  goals_say(stderr, &r->goals);
  if (r->settings->output)
    fprintf(stderr, "sund: %s: %zu tables, %zu indicators, %zu warnings\n", sund_base_name(r->settings->output),
            layers, record->indicators.table->rows, record->warnings);
}

static size_t count_prefixes(const sund_query *query) {
  size_t count = 0;
  while (query->rasters && query->rasters[count]) count++;
  return count;
}

/* The rasters of all queries, as hidden temporaries that are published with the GeoPackage. */
static sund_code draft_rasters(sund_ctx *ctx, const run *r, sund_raster_draft **out) {
  size_t room = 0, count = 0;
  for (size_t q = 0; q < r->count; q++) room += r->results[q].rasters;
  sund_raster *raster = sund_alloc(ctx, room, sizeof *raster);
  if (!raster) return SUND_LIMIT;
  for (size_t q = 0; q < r->count; q++)
    for (size_t i = 0; i < r->results[q].rasters; i++) raster[count++] = r->results[q].raster[i];
  *out = NULL;
  if (count == 0) return SUND_OK;
  const run_settings *settings = r->settings;
  TRY(sund_rasters_draft(ctx, settings->output, count, raster, settings->language, settings->overwrite, out));
  for (size_t q = 0; settings->overwrite && q < r->count; q++)
    TRY(sund_rasters_replace(ctx, *out, settings->output, count_prefixes(r->query[q]), r->query[q]->rasters));
  return SUND_OK;
}

static sund_code write_result(sund_ctx *ctx, run *r) {
  record_input from = {r->project,   r->settings, r->sources, &r->inputs,
                       r->count,     r->query,    r->results, parameter_text(ctx, r),
                       &r->findings, &r->goals};
  record_output record = {0};
  size_t count;
  sund_layer *layer;
  sund_ctx_progress_part(ctx, WRITING, 1);
  if (!from.parameters) return SUND_LIMIT;
  TRY(record_make(ctx, &from, &record));
  TRY(gather_layers(ctx, r, &record, &count, &layer));
  if (r->settings->json) {
    const char *text;
    const sund_json_member members[] = {
        {"program", "sund " SUND_VERSION, NULL},
        {"command", r->settings->command, NULL},
        {"indicators", NULL, record.indicators.table},
        {"findings", NULL, record.findings.table},
        {"goals", NULL, r->goals.layers > 0 ? r->goals.layer[0].table : NULL}}; /* last: may be none */
    size_t count_members = sizeof members / sizeof *members - (r->goals.layers == 0);
    TRY(sund_json_write(ctx, count_members, members, &text));
    puts(text);
    TRY(text_flush(ctx)); /* before the file: a run that fails leaves none */
  }
  if (r->settings->output) {
    TRY(sund_progress(ctx, 0, "writing"));
    sund_gpkg_spec spec = {.path = r->settings->output,
                           .overwrite = r->settings->overwrite,
                           .crs = r->sources->frame.crs,
                           .language = r->settings->language,
                           .date = record.date,
                           .record = record.json,
                           .layers = count,
                           .layer = layer};
    TRY(draft_rasters(ctx, r, &spec.rasters));
    TRY(sund_gpkg_write(ctx, &spec));
  }
  (void)sund_progress(ctx, 1, "done"); /* too late to stop: the result is published */
  say_what_was_done(r, &record, count);
  return SUND_OK;
}

/* Can the result and the rasters beside it be written? */
static sund_code check_targets(sund_ctx *ctx, const run *r) {
  const char *output = r->settings->output;
  TRY(sund_gpkg_target(ctx, output, r->settings->overwrite));
  for (size_t q = 0; q < r->count; q++)
    TRY(sund_rasters_target(ctx, output, count_prefixes(r->query[q]), r->query[q]->rasters, r->settings->overwrite));
  return SUND_OK;
}

/* Those of the first query that has any. */
static const sund_strings *height_shifts(const run *r) {
  static const sund_strings none = {0};
  for (size_t q = 0; q < r->count; q++) {
    const sund_strings *shifts = shifts_of(&r->task[q]);
    if (shifts && shifts->count > 0) return shifts;
  }
  return &none;
}

/* The sources of the run, and those that compared scenarios only name. */
static sund_code look_at_sources(sund_ctx *ctx, run *r) {
  size_t asides = 0, room = 0;
  sund_source *aside = NULL;
  for (size_t q = 0; q < r->count; q++)
    TRY(scenario_asides(ctx, r->project, r->task[q].compared, r->task[q].compare, &asides, &room, &aside));
  TRY(sources_look_aside(ctx, r->project, wanted_roles(r), asides, aside, &r->sources));
  return sources_frame(ctx, r->project, r->sources);
}

sund_code run_project(sund_ctx *ctx, const sund_project *project, const run_settings *settings) {
  run r = {.project = project, .settings = settings};
  const sund_scenario *scenario = scenario_named(project, settings->scenario);
  r.inputs.scenario = settings->scenario ? settings->scenario : "baseline";
  if (scenario) r.inputs.closed = scenario->closed, r.inputs.close = (const char *const *)scenario->close;
  TRY(make_tasks(ctx, &r));
  TRY(goals_check(ctx, project));
  if (settings->check) return check_all(ctx, &r);
  if (settings->output) TRY(check_targets(ctx, &r));
  TRY(look_at_sources(ctx, &r));
  if (settings->dry_run) return plan_print(ctx, r.sources, r.count, r.query, height_shifts(&r), settings);
  sund_ctx_progress_part(ctx, 0, READING);
  TRY(sources_read(ctx, r.sources, &r.inputs, &r.findings));
  for (size_t q = 0; q < r.count; q++)
    TRY(sources_variants(ctx, r.sources, r.task[q].compared, r.task[q].compare, &r.task[q].variant));
  r.inputs.result = settings->output;
  TRY(compute(ctx, &r));
  return write_result(ctx, &r);
}

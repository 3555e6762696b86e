/* scenario.c - the scenario that is run, and those it is compared with.
 *
 * A scenario adds sources to roles, replaces the sources of roles, and closes gates and routes. --scenario runs one: its
 * world takes the place of the baseline's, whatever it changes. The option `compare` of a query sets others beside the
 * run: their gates only are read beside those of the run, for nothing else may differ.
 */
#include "scenario.h"

#include <math.h>
#include <string.h>

#include "options.h"

/* ------------------------------------------------------------------------------------------------------- by name */

const sund_scenario *scenario_named(const sund_project *project, const char *name) {
  for (size_t k = 0; name && k < project->scenarios; k++)
    if (strcmp(project->scenario[k].name, name) == 0) return &project->scenario[k];
  return NULL;
}

static bool is_baseline(const char *name) {
  return !name || strcmp(name, "baseline") == 0;
}

/* "--scenario: unknown scenario 'x'; did you mean 'y'?" option: what named it; mark: where. */
static sund_code fail_unknown(sund_ctx *ctx, const sund_project *project, const char *option, sund_mark mark,
                              const char *name) {
  const char **words = sund_alloc(ctx, project->scenarios + 1, sizeof *words);
  if (!words) return SUND_LIMIT;
  words[0] = "baseline";
  const char *all = words[0], *dashes = mark.line == 0 ? "--" : "";
  for (size_t k = 0; k < project->scenarios && all; k++) {
    words[k + 1] = project->scenario[k].name;
    all = sund_text(ctx, "%s, %s", all, words[k + 1]);
  }
  if (!all) return SUND_LIMIT;
  const char *near = sund_nearest_word(name, project->scenarios + 1, words);
  if (near)
    return sund_fail_at(ctx, mark, "%s%s: unknown scenario '%s'; did you mean '%s'?", dashes, option, name, near);
  return sund_fail_at(ctx, mark, "%s%s: unknown scenario '%s' (has: %s)", dashes, option, name, all);
}

/* The baseline's sources of roles that are not replaced, then the scenario's. only: a role, or SUND_ROLE_COUNT = all. */
static sund_code gather(sund_ctx *ctx, const sund_project *project, const sund_scenario *scenario, sund_role only,
                        size_t *count, sund_source **out) {
  const bool applied = project->base_source != NULL;
  const size_t bases = applied ? project->base_sources : project->sources;
  const sund_source *base = applied ? project->base_source : project->source;
  const size_t own = scenario ? scenario->sources : 0;
  sund_source *source = sund_alloc(ctx, bases + own, sizeof *source);
  size_t n = 0;
  if (!source) return SUND_LIMIT;
  for (size_t i = 0; i < bases; i++) {
    const bool kept = !scenario || !(scenario->replaced >> base[i].role & 1);
    if (kept && (only == SUND_ROLE_COUNT || base[i].role == only)) source[n++] = base[i];
  }
  for (size_t i = 0; i < own; i++)
    if (only == SUND_ROLE_COUNT || scenario->source[i].role == only) source[n++] = scenario->source[i];
  *count = n;
  *out = source;
  return SUND_OK;
}

sund_code scenario_apply(sund_ctx *ctx, const char *name, sund_project *project) {
  if (is_baseline(name)) return SUND_OK;
  const sund_scenario *scenario = scenario_named(project, name);
  size_t count;
  sund_source *source;
  if (!scenario) return fail_unknown(ctx, project, "scenario", (sund_mark){0}, name);
  TRY(gather(ctx, project, scenario, SUND_ROLE_COUNT, &count, &source));
  project->base_sources = project->sources;
  project->base_source = project->source;
  project->sources = count;
  project->source = source;
  return SUND_OK;
}

/* ------------------------------------------------------------------------------------------------------ compared */

static bool same_text(const char *a, const char *b) {
  return a == b || (a && b && strcmp(a, b) == 0);
}

static bool same_pairs(size_t count, const sund_pair *a, size_t other, const sund_pair *b) {
  if (count != other) return false;
  for (size_t i = 0; i < count; i++)
    if (!same_text(a[i].key, b[i].key) || !same_text(a[i].value, b[i].value)) return false;
  return true;
}

bool scenario_same_source(const sund_source *a, const sund_source *b) {
  return a->role == b->role && same_text(a->path, b->path) && same_text(a->layer, b->layer) &&
         same_text(a->where, b->where) && same_pairs(a->fields, a->field, b->fields, b->field) &&
         same_pairs(a->sets, a->set, b->sets, b->set);
}

static bool has_source(size_t count, const sund_source *list, const sund_source *source) {
  for (size_t i = 0; i < count; i++)
    if (scenario_same_source(&list[i], source)) return true;
  return false;
}

/* A role other than gates that the scenario changes; SUND_ROLE_COUNT = none. */
static sund_role other_role(const sund_scenario *scenario) {
  for (size_t i = 0; scenario && i < scenario->sources; i++)
    if (scenario->source[i].role != SUND_GATES) return scenario->source[i].role;
  for (sund_role role = 0; scenario && role < SUND_ROLE_COUNT; role++)
    if (role != SUND_GATES && (scenario->replaced >> role & 1)) return role;
  return SUND_ROLE_COUNT;
}

static sund_code compare_with(sund_ctx *ctx, const sund_project *project, const char *name, sund_mark mark,
                              scenario_compared *out) {
  const char *dashes = mark.line == 0 ? "--" : "";
  const sund_scenario *scenario = scenario_named(project, name);
  if (!scenario && !is_baseline(name)) return fail_unknown(ctx, project, "compare", mark, name);
  const sund_role role = other_role(scenario);
  if (role != SUND_ROLE_COUNT)
    return sund_fail_at(ctx, mark,
                        "%scompare: the scenario %s changes %s; only gates and what is closed can be compared in one "
                        "run: run it with --scenario %s",
                        dashes, name, sund_role_of(role)->name, name);
  *out = (scenario_compared){.name = name};
  if (scenario) {
    out->closed = scenario->closed;
    out->close = (const char *const *)scenario->close;
  }
  TRY(gather(ctx, project, scenario, SUND_GATES, &out->sources, &out->source));
  for (size_t i = 0; i < out->sources; i++)
    if (has_source(i, out->source, &out->source[i]))
      return sund_fail_at(ctx, out->source[i].mark, "%s is given twice for gates; leave one out",
                          sund_base_name(out->source[i].path));
  return SUND_OK;
}

static sund_code tell_left_out(sund_ctx *ctx, const char *running, sund_findings *findings) {
  const char *text =
      sund_text(ctx, "compare: nothing is compared, because the scenario %s changes more than gates", running);
  if (!text) return SUND_LIMIT;
  return sund_finding_add(ctx, findings, (sund_finding){"warning", NULL, SUND_NO_FEATURE, text, NAN, NAN});
}

sund_code scenario_compare(sund_ctx *ctx, const scenario_ask *ask, sund_findings *findings, size_t *count,
                           scenario_compared **out) {
  const sund_option *option = options_find(ask->query->option_count, ask->query->options, "compare", false);
  *count = 0;
  *out = NULL;
  if (!option) return SUND_OK;
  const sund_strings *names = (const sund_strings *)((const char *)ask->options + option->offset);
  size_t found = 0;
  scenario_compared *list = sund_alloc(ctx, names->count, sizeof *list);
  if (!list) return SUND_LIMIT;
  for (size_t i = 0; i < names->count; i++) {
    const sund_mark mark = names->mark ? names->mark[i] : (sund_mark){0};
    for (size_t k = 0; k < i; k++)
      if (strcmp(names->value[k], names->value[i]) == 0)
        return sund_fail_at(ctx, mark, "%scompare: %s is given twice", mark.line == 0 ? "--" : "", names->value[i]);
    TRY(compare_with(ctx, ask->project, names->value[i], mark, &list[found]));
    found += strcmp(names->value[i], ask->running ? ask->running : "baseline") != 0;
  }
  if (found > 0 && other_role(scenario_named(ask->project, ask->running)) != SUND_ROLE_COUNT)
    return tell_left_out(ctx, ask->running, findings);
  *count = found;
  *out = list;
  return SUND_OK;
}

sund_code scenario_asides(sund_ctx *ctx, const sund_project *project, size_t compared, const scenario_compared *from,
                          size_t *count, size_t *room, sund_source **list) {
  for (size_t k = 0; k < compared; k++)
    for (size_t i = 0; i < from[k].sources; i++) {
      const sund_source *source = &from[k].source[i];
      if (has_source(project->sources, project->source, source) || has_source(*count, *list, source)) continue;
      sund_source *grown = sund_grow(ctx, *list, room, *count + 1, sizeof *grown);
      if (!grown) return SUND_LIMIT;
      *list = grown;
      grown[(*count)++] = *source;
    }
  return SUND_OK;
}

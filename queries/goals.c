/* goals.c - the goals of a project held against what its queries gave: the table `goals`.
 *
 * A goal asks for an indicator, maybe of one variant and one area. Its variant may be that of the indicator, or a
 * family of standards: then each member's is asked for. Without a variant every variant counts but those that stand
 * beside another one ("who-05/straight" beside "who-05"): they explain a number, nobody is judged by them. A goal for
 * a share that people have access is answered by what they say they experience, too, where a survey was given.
 *
 * A goal that is not met yet is no failure of the run: it is set for a year to come.
 */
#include "goals.h"

#include <math.h>
#include <string.h>

static const char PROXY[] = "access.share", SURVEY[] = "access.experienced";

/* ------------------------------------------------------------------------------------------------------ beforehand */

sund_code goals_check(sund_ctx *ctx, const sund_project *project) {
  enum { MOST = 200 };
  const char *known[MOST];
  size_t count = 0;
  for (size_t q = 0; sund_queries[q]; q++)
    for (size_t k = 0; sund_queries[q]->answers[k] && count < MOST; k++)
      if (strchr(sund_queries[q]->answers[k], '.')) known[count++] = sund_queries[q]->answers[k];
  for (size_t i = 0; i < project->goals; i++) {
    const sund_goal *goal = &project->goal[i];
    size_t k = 0;
    while (k < count && strcmp(known[k], goal->indicator) != 0) k++;
    const char *near = k < count ? NULL : sund_nearest_word(goal->indicator, count, known);
    if (near) /* else a coming version may know it */
      return sund_fail_at(ctx, goal->mark, "no query gives the indicator '%s'; did you mean '%s'?", goal->indicator,
                          near);
  }
  return SUND_OK;
}

/* ------------------------------------------------------------------------------------------------------ the table */

static const sund_choice rule_choices[] = {
    {"at least", {"mindst", "minst", "at least"}},
    {"at most", {"højst", "högst", "at most"}},
    {NULL, {NULL, NULL, NULL}},
};
static const sund_choice verdict_choices[] = {
    {"met", {"opfyldt", "uppfyllt", "met"}},
    {"not met", {"ikke opfyldt", "inte uppfyllt", "not met"}},
    {"undecided", {"uafgjort", "oavgjort", "undecided"}},
    {"unknown", {"ukendt", "okänt", "unknown"}},
    {NULL, {NULL, NULL, NULL}},
};

static const sund_field fields[] = {
    {"scenario", SUND_TEXT, NULL, {"scenarie", "scenario", "scenario"}, NULL},
    {"indicator", SUND_TEXT, NULL, {"indikator", "indikator", "indicator"}, NULL},
    {"variant", SUND_TEXT, NULL, {"variant", "variant", "variant"}, NULL},
    {"area_id", SUND_TEXT, NULL, {"område", "område", "area"}, NULL},
    {"area_name", SUND_TEXT, NULL, {"navn", "namn", "name"}, NULL},
    {"rule", SUND_TEXT, NULL, {"krav", "krav", "rule"}, rule_choices},
    {"target", SUND_REAL, NULL, {"mål", "mål", "target"}, NULL},
    {"year", SUND_INT, NULL, {"år", "år", "year"}, NULL},
    {"value", SUND_REAL, NULL, {"værdi", "värde", "value"}, NULL},
    {"low", SUND_REAL, NULL, {"nedre", "nedre", "low"}, NULL},
    {"high", SUND_REAL, NULL, {"øvre", "övre", "high"}, NULL},
    {"unit", SUND_TEXT, NULL, {"enhed", "enhet", "unit"}, NULL},
    {"verdict", SUND_TEXT, NULL, {"vurdering", "bedömning", "verdict"}, verdict_choices},
    {"method", SUND_TEXT, NULL, {"metode", "metod", "method"}, NULL},
};
enum {
  SCENARIO,
  INDICATOR,
  VARIANT,
  AREA_ID,
  AREA_NAME,
  RULE,
  TARGET,
  YEAR,
  VALUE,
  LOW,
  HIGH,
  UNIT,
  VERDICT,
  METHOD,
  FIELDS
};
_Static_assert(FIELDS == sizeof fields / sizeof *fields, "a column without a name");

/* An indicator that answers a goal. */
typedef struct answer {
  const sund_goal *goal;
  const sund_indicator *row;
} answer;

/* The goals while they are answered. */
typedef struct matching {
  sund_ctx *ctx;
  const goals_input *in;
  size_t count, room;
  answer *answer;
} matching;

/* ------------------------------------------------------------------------------------------------------- matching */

enum { MOST_MEMBERS = 64 };

/* The variants a goal asks for: its own word and, if that names a family of standards, its members. */
typedef struct variants {
  size_t count;
  const char *name[1 + MOST_MEMBERS];
} variants;

static sund_code read_variants(sund_ctx *ctx, const goals_input *in, const sund_goal *goal, variants *out) {
  out->count = 0;
  if (!goal->variant) return SUND_OK;
  out->name[out->count++] = goal->variant;
  sund_ctx *scratch = sund_ctx_child(ctx);
  if (!scratch) return SUND_LIMIT;
  size_t members = 0;
  sund_standard *standard = sund_alloc(scratch, MOST_MEMBERS, sizeof *standard);
  sund_code code = SUND_LIMIT;
  if (standard)
    code =
        sund_standard_read(scratch, goal->variant, in->project->folder, goal->mark, MOST_MEMBERS, standard, &members);
  /* A variant need not be a standard: "car/30". */
  if (code == SUND_LIMIT) sund_ctx_pass(ctx, scratch);
  for (size_t i = 0; code == SUND_OK && i < members; i++)
    if (!(out->name[out->count++] = sund_text_copy(ctx, standard[i].name))) code = SUND_LIMIT;
  sund_ctx_free(scratch);
  return code == SUND_LIMIT ? code : SUND_OK;
}

/* Does the indicator's variant stand beside a shorter one, up to its slash, of the same area? */
static bool is_aside(const sund_results *results, const sund_indicator *row) {
  const char *slash = strrchr(row->variant, '/');
  if (!slash) return false;
  size_t length = (size_t)(slash - row->variant);
  for (size_t i = 0; i < results->indicators; i++) {
    const sund_indicator *other = &results->indicator[i];
    if (other->area == row->area && strcmp(other->indicator, row->indicator) == 0 &&
        strncmp(other->variant, row->variant, length) == 0 && !other->variant[length])
      return true;
  }
  return false;
}

static bool fits_variant(const sund_results *results, const sund_indicator *row, const variants *wanted) {
  for (size_t i = 0; i < wanted->count; i++)
    if (strcmp(wanted->name[i], row->variant) == 0) return true;
  return wanted->count == 0 && !is_aside(results, row);
}

/* Id (0) or name (1) of the area of an indicator. */
static const char *area_text(const goals_input *in, const sund_indicator *row, int which) {
  const size_t area = row->area;
  if (row->unit_id) return which == 0 ? row->unit_id : row->unit_name ? row->unit_name : "";
  static const char *const column[] = {"id", "name"};
  if (area == SIZE_MAX) return "all";
  const char **text = sund_table_text(in->inputs->role[SUND_AREAS], column[which]);
  return text && text[area] ? text[area] : "";
}

static bool fits_area(const goals_input *in, const sund_indicator *row, const sund_goal *goal) {
  return !goal->area || strcmp(goal->area, area_text(in, row, 0)) == 0;
}

static sund_code add_answer(matching *m, const sund_goal *goal, const sund_indicator *row) {
  answer *grown = sund_grow(m->ctx, m->answer, &m->room, m->count + 1, sizeof *grown);
  if (!grown) return SUND_LIMIT;
  m->answer = grown;
  grown[m->count++] = (answer){goal, row};
  return SUND_OK;
}

/* How far a goal got: for the warning. */
typedef struct reach {
  bool indicator, variant, area;
} reach;

/* Adds the indicators called `name` that answer the goal; any_plain: a variant "" does, too. */
static sund_code add_matches(matching *m, const sund_goal *goal, const char *name, const variants *wanted,
                             bool any_plain, reach *found) {
  for (size_t q = 0; q < m->in->queries; q++) {
    const sund_results *results = &m->in->results[q];
    for (size_t i = 0; i < results->indicators; i++) {
      const sund_indicator *row = &results->indicator[i];
      if (row->scenario || strcmp(row->indicator, name) != 0) continue; /* a goal is for the run's own world */
      found->indicator = true;
      if (!(any_plain && !*row->variant) && !fits_variant(results, row, wanted)) continue;
      found->variant = true;
      if (!fits_area(m->in, row, goal)) continue;
      found->area = true;
      TRY(add_answer(m, goal, row));
    }
  }
  return SUND_OK;
}

static sund_code warn(sund_ctx *ctx, const goals_input *in, const sund_goal *goal, const reach *found,
                      sund_results *out) {
  const char *text, *variant = goal->variant ? goal->variant : "any";
  if (!found->indicator) text = sund_text(ctx, "no query of this run gives %s", goal->indicator);
  else if (!found->variant) text = sund_text(ctx, "%s has no variant %s in this run", goal->indicator, variant);
  else text = sund_text(ctx, "%s of variant %s is not given for area %s", goal->indicator, variant, goal->area);
  if (text) text = sund_text(ctx, "goal at %d:%d: %s", goal->mark.line, goal->mark.column, text);
  if (!text) return SUND_LIMIT;
  const sund_finding finding = {"warning", in->project->file, SUND_NO_FEATURE, text, NAN, NAN};
  return sund_finding_add(ctx, &out->findings, finding);
}

static sund_code match_goal(matching *m, const sund_goal *goal, sund_results *out) {
  variants wanted;
  reach found = {false, false, false}, survey = {false, false, false};
  TRY(read_variants(m->ctx, m->in, goal, &wanted));
  TRY(add_matches(m, goal, goal->indicator, &wanted, false, &found));
  if (strcmp(goal->indicator, PROXY) == 0) TRY(add_matches(m, goal, SURVEY, &wanted, true, &survey));
  return found.area ? SUND_OK : warn(m->ctx, m->in, goal, &found, out);
}

/* -------------------------------------------------------------------------------------------------------- verdict */

static const char *judge(const sund_goal *goal, const sund_indicator *row) {
  if (isnan(row->value)) return "unknown";
  double low = isnan(row->low) ? row->value : row->low, high = isnan(row->high) ? row->value : row->high;
  bool met = goal->at_most ? high <= goal->target : low >= goal->target;
  bool missed = goal->at_most ? low > goal->target : high < goal->target;
  return met ? "met" : missed ? "not met" : "undecided";
}

static void fill_row(const goals_input *in, const answer *found, sund_table *table, size_t row) {
  const sund_goal *goal = found->goal;
  const sund_indicator *given = found->row;
  const char *text[FIELDS] = {[SCENARIO] = in->inputs->scenario,
                              [INDICATOR] = given->indicator,
                              [VARIANT] = given->variant,
                              [AREA_ID] = area_text(in, given, 0),
                              [AREA_NAME] = area_text(in, given, 1),
                              [RULE] = goal->at_most ? "at most" : "at least",
                              [UNIT] = given->unit,
                              [VERDICT] = judge(goal, given),
                              [METHOD] = given->method};
  const double real[FIELDS] = {
      [TARGET] = goal->target, [VALUE] = given->value, [LOW] = given->low, [HIGH] = given->high};
  for (size_t c = 0; c < FIELDS; c++)
    if (table->column[c].text) table->column[c].text[row] = text[c];
    else if (table->column[c].real) table->column[c].real[row] = real[c];
    else table->column[c].integer[row] = goal->year ? goal->year : SUND_NULL_INT;
}

sund_code goals_make(sund_ctx *ctx, const goals_input *in, sund_results *out) {
  matching m = {.ctx = ctx, .in = in};
  for (size_t i = 0; i < in->project->goals; i++) TRY(match_goal(&m, &in->project->goal[i], out));
  if (m.count == 0) return SUND_OK;
  sund_table *table;
  TRY(sund_table_new(ctx, "goals", SUND_NONE, m.count, fields, FIELDS, &table));
  for (size_t i = 0; i < m.count; i++) fill_row(in, &m.answer[i], table, i);
  return sund_results_layer(
      ctx, out,
      (sund_layer){.table = table,
                   .title = {"Mål", "Mål", "Goals"},
                   .summary = {"Projektets mål mod kørslens tal", "Projektets mål mot körningens tal",
                               "The project's goals against the numbers of the run"}});
}

void goals_say(FILE *stream, const sund_results *results) {
  if (results->layers == 0) return;
  const sund_table *table = results->layer[0].table;
  fputs("sund: goals:", stream);
  for (const sund_choice *choice = verdict_choices; choice->value; choice++) {
    size_t count = 0;
    for (size_t row = 0; row < table->rows; row++)
      count += strcmp(table->column[VERDICT].text[row], choice->value) == 0;
    fprintf(stream, "%s %zu %s", choice == verdict_choices ? "" : ",", count, choice->value);
  }
  fputc('\n', stream);
}

/* explain_flood.c - the facts about a home in the layers of `flood`.
 *
 * Order: the home's row, its levels by each rule, the saddles on its water's way, the levels asked for; then the way
 * itself, from the rasters beside the result (explain_flood_way.c).
 */
#include "explain_flood.h"

#include <math.h>
#include <string.h>

const char *const explain_rule_names[WATER_RULES] = {"touch", "kamp", "sill", "median"};
const char *const explain_water_names[WATER_STATES] = {"drawn", "none", "no-raster", "no-level", "too-wide"};

/* ---------------------------------------------------------------------------------------------------------- home */

/* Of several rows the one that gets wet first; one that never does lies highest. */
static void choose_row(explain_home *home) {
  if (home->row != SIZE_MAX) return;
  const double *wet = sund_table_real(home->rows, "first_wet_m");
  home->row = 0;
  home->worst = home->rows->rows > 1;
  for (size_t i = 1; wet && i < home->rows->rows; i++)
    if (wet[i] < wet[home->row] || (isnan(wet[home->row]) && !isnan(wet[i]))) home->row = i;
}

static sund_code read_home(sund_ctx *ctx, flood_facts *facts) {
  const sund_table *t = facts->home.rows;
  const size_t row = facts->home.row;
  facts->placed = explain_home_place(&facts->home, &facts->x, &facts->y);
  facts->ground_m = explain_real(t, "ground_m", row);
  facts->wet_m = explain_real(t, "first_wet_m", row);
  facts->rule = explain_text(t, "rule", row);
  facts->lifted = explain_int(t, "lifted", row) == 1;
  for (size_t k = 0; k < WATER_RULES; k++) {
    const char *column = sund_text(ctx, "first_wet_%s_m", explain_rule_names[k]);
    if (!column) return SUND_LIMIT;
    facts->rule_m[k] = explain_real(t, column, row);
  }
  return SUND_OK;
}

/* ------------------------------------------------------------------------------------------------------- heights */

/* The system of the results: as the run was asked, else that of its terrain, which then is the same. */
static sund_code read_heights(sund_ctx *ctx, flood_facts *facts) {
  const explain_question *q = facts->question;
  const char *code = q->run && q->run->rows ? explain_text(q->run, "heights", 0) : NULL;
  sund_crs *system;
  for (size_t i = 0; !code && q->sources && i < q->sources->rows; i++) {
    const char *role = explain_text(q->sources, "role", i);
    if (role && strcmp(role, sund_role_of(SUND_TERRAIN)->name) == 0) code = explain_text(q->sources, "heights", i);
  }
  facts->heights = facts->heights_name = code;
  if (!code) return SUND_OK;
  sund_ctx *scratch = sund_ctx_child(ctx); /* a code that PROJ does not know is no reason to be silent */
  if (!scratch) return SUND_LIMIT;
  sund_code result = sund_crs_open(scratch, code, &system);
  if (result == SUND_OK && !(facts->heights_name = sund_text(ctx, "%s (%s)", sund_crs_name(system), code)))
    result = SUND_LIMIT;
  if (result == SUND_LIMIT) sund_ctx_pass(ctx, scratch);
  sund_ctx_free(scratch);
  return result == SUND_LIMIT ? SUND_LIMIT : SUND_OK;
}

/* -------------------------------------------------------------------------------------------------------- levels */

/* The names of the levels in the order they were measured in. */
static sund_code read_variants(sund_ctx *ctx, const flood_facts *facts, size_t *count, const char ***out) {
  static const char *const columns[] = {"indicator", "variant", NULL};
  const sund_match match = {"indicator", "flood.homes"};
  sund_table *t;
  *count = 0;
  TRY(sund_result_table(ctx, facts->question->result, "indicators", columns, &match, &t));
  const char **variant = t ? sund_table_text(t, "variant") : NULL;
  if (!(*out = sund_alloc(ctx, t ? t->rows : 0, sizeof **out))) return SUND_LIMIT;
  for (size_t i = 0; variant && i < t->rows; i++) {
    if (!variant[i] || (*count && strcmp(variant[i], (*out)[0]) == 0)) break; /* the next area */
    (*out)[(*count)++] = variant[i];
  }
  return SUND_OK;
}

/* Metres of a level: those of its extent; else its name, when that is one, with two decimals. */
static double metres_of(const sund_table *extents, const char *variant) {
  const char **name = extents ? sund_table_text(extents, "variant") : NULL, *dot = strchr(variant, '.');
  double metres;
  for (size_t i = 0; name && i < extents->rows; i++)
    if (name[i] && strcmp(name[i], variant) == 0) return explain_real(extents, "level_m", i);
  return dot && strlen(dot) == 3 && sund_number_read(variant, &metres) ? metres : NAN;
}

static sund_code read_case(sund_ctx *ctx, const flood_facts *facts, flood_case *one) {
  const sund_table *t = facts->home.rows;
  const size_t row = facts->home.row;
  const char *wet = sund_text(ctx, "wet_%s", one->column), *odds = sund_text(ctx, "p_%s", one->column);
  const char *says = sund_text(ctx, "says_%s", one->column);
  if (!wet || !odds || !says) return SUND_LIMIT;
  const int64_t is_wet = explain_int(t, wet, row);
  one->wet = is_wet == SUND_NULL_INT ? -1 : is_wet != 0;
  one->depth_m = one->wet == 1 ? fmax(one->level_m - facts->ground_m, 0) : NAN;
  if (isnan(one->level_m) || isnan(facts->ground_m)) one->depth_m = NAN;
  one->probability = explain_real(t, odds, row);
  one->says = explain_text(t, says, row);
  return SUND_OK;
}

static sund_code read_cases(sund_ctx *ctx, flood_facts *facts) {
  static const char *const columns[] = {"variant", "level_m", NULL}, prefix[] = "wet_";
  const sund_table *t = facts->home.rows;
  const char **variant;
  sund_table *extents;
  size_t variants;
  TRY(read_variants(ctx, facts, &variants, &variant));
  TRY(sund_result_table(ctx, facts->question->result, "flood_extents", columns, NULL, &extents));
  if (!(facts->one = sund_alloc(ctx, t->columns, sizeof *facts->one))) return SUND_LIMIT;
  for (size_t c = 0; c < t->columns; c++) {
    const char *name = t->column[c].field.name;
    if (strncmp(name, prefix, strlen(prefix)) == 0)
      facts->one[facts->cases++] = (flood_case){.column = name + strlen(prefix)};
  }
  for (size_t i = 0; i < facts->cases; i++) {
    facts->one[i].variant = facts->cases == variants ? variant[i] : facts->one[i].column;
    facts->one[i].level_m = metres_of(extents, facts->one[i].variant);
    TRY(read_case(ctx, facts, &facts->one[i]));
  }
  return SUND_OK;
}

/* Up to where water was looked for: as asked, else 2 m over the highest level, and at least 5 m. */
static sund_code read_cap(sund_ctx *ctx, flood_facts *facts) {
  const char *number;
  double highest = -INFINITY;
  TRY(explain_parameter(ctx, facts->question, "flood.cap", &number));
  facts->cap_m = NAN;
  if (number && sund_number_read(number, &facts->cap_m)) return SUND_OK;
  for (size_t i = 0; i < facts->cases; i++) highest = fmax(highest, facts->one[i].level_m);
  if (isfinite(highest)) facts->cap_m = fmax(highest + 2, 5);
  return SUND_OK;
}

/* ---------------------------------------------------------------------------------------------------------- find */

static size_t row_of_saddle(const sund_table *saddles, const char *id) {
  const char **ids = saddles && id ? sund_table_text(saddles, "saddle_id") : NULL;
  for (size_t i = 0; ids && i < saddles->rows; i++)
    if (ids[i] && strcmp(ids[i], id) == 0) return i;
  return SIZE_MAX;
}

static sund_code read_saddles(sund_ctx *ctx, flood_facts *facts) {
  sund_table *t;
  TRY(sund_result_table(ctx, facts->question->result, "flood_saddles", NULL, NULL, &t));
  facts->saddles = t;
  facts->decides = row_of_saddle(t, explain_text(facts->home.rows, "saddle_id", facts->home.row));
  facts->through = row_of_saddle(t, explain_text(facts->home.rows, "through_id", facts->home.row));
  return SUND_OK;
}

/* Does the result answer for access too? */
static sund_code has_access(sund_ctx *ctx, const explain_question *question, bool *out) {
  static const char *const columns[] = {"standard", NULL};
  sund_table *standards;
  TRY(sund_result_table(ctx, question->result, "access_standards", columns, NULL, &standards));
  *out = standards != NULL;
  return SUND_OK;
}

static sund_code find(sund_ctx *ctx, const explain_question *question, void **out) {
  flood_facts *facts = sund_alloc(ctx, 1, sizeof *facts);
  bool access;
  if (!facts) return SUND_LIMIT;
  *facts = (flood_facts){.question = question, .crs = explain_crs(question)};
  TRY(has_access(ctx, question, &access));
  if (access && question->standard) return SUND_OK; /* asked for that alone */
  TRY(explain_home_find(ctx, question, "flood_homes", access, &facts->home));
  if (!facts->home.rows) return SUND_OK;
  if (question->standard)
    return sund_fail(ctx, SUND_USAGE, "--standard: %s has no standards: access was not asked", question->file);
  choose_row(&facts->home);
  TRY(read_home(ctx, facts));
  TRY(read_heights(ctx, facts));
  TRY(read_cases(ctx, facts));
  TRY(read_cap(ctx, facts));
  TRY(read_saddles(ctx, facts));
  TRY(explain_water(ctx, facts));
  *out = facts;
  return SUND_OK;
}

static bool reads(const void *facts, const char *role) {
  (void)facts;
  return explain_listed("terrain, sea, land, coast, barriers, openings, events, gauge, homes, areas", role);
}

const explainer explain_flood = {
    .query = "flood", .find = find, .reads = reads, .tell = explain_flood_tell, .tables = explain_flood_tables};

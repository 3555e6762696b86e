/* explain_access.c - the facts about a home in the layers of `access`.
 *
 * Order: the home's rows by its id, the standards, the row to explain, then for each standard what access_homes says
 * of it, the green area and the entrance; then the ways (explain_route.c) and what nearly counts (explain_misses.c).
 */
#include "explain_access.h"

#include <math.h>
#include <string.h>

#include "access.h"

const char *const explain_way_names[] = {"straight", "land", "network", "table"};

/* -------------------------------------------------------------------------------------------------------- values */

const char *explain_home_text(const access_facts *facts, const char *column) {
  return explain_text(facts->homes, column, facts->row);
}
double explain_home_real(const access_facts *facts, const char *column) {
  return explain_real(facts->homes, column, facts->row);
}
const char *explain_green_text(const access_facts *facts, size_t row, const char *column) {
  return explain_text(facts->green, column, row);
}
double explain_green_ha(const access_facts *facts, size_t row) {
  return explain_real(facts->green, "area_ha", row);
}

sund_places explain_places(const access_facts *facts, const uint8_t *accept) {
  const sund_table *green = facts->green;
  return (sund_places){.rows = green->rows, .areas = green->shapes, .x = green->x, .y = green->y, .accept = accept};
}

bool explain_reads(const void *given, const char *role) {
  const access_facts *facts = given;
  static const char *const always[] = {"homes", "green", "areas"};
  static const char *const by_way[WAYS_KNOWN] = {"", "land, sea, paths", "paths, entrances, gates, land, sea", "od"};
  for (size_t i = 0; i < sizeof always / sizeof *always; i++)
    if (strcmp(role, always[i]) == 0) return true;
  for (size_t i = 0; i < facts->cases; i++)
    if (explain_listed(by_way[facts->one[i].way], role)) return true;
  return false;
}

/* ---------------------------------------------------------------------------------------------------------- home */

/* Rows of the id; with `ID/PIECE` facts->row is set, else it is SIZE_MAX. facts->homes NULL when the result has no such layer. */
static sund_code find_home(sund_ctx *ctx, const explain_question *question, access_facts *facts) {
  explain_home home;
  TRY(explain_home_find(ctx, question, "access_homes", false, &home));
  facts->homes = home.rows, facts->id = home.id, facts->row = home.row;
  return SUND_OK;
}

/* ----------------------------------------------------------------------------------------------------- standards */

static sund_code fail_standard(sund_ctx *ctx, const explain_question *question, const sund_table *standards) {
  const char **all = sund_table_text(standards, "standard"), *list = "";
  const char **name = sund_alloc(ctx, standards->rows, sizeof *name);
  size_t count = 0;
  if (!name) return SUND_LIMIT;
  for (size_t i = 0; i < standards->rows; i++) {
    if (!all[i]) continue;
    if (!(list = sund_text(ctx, "%s%s%s", list, count ? ", " : "", all[i]))) return SUND_LIMIT;
    name[count++] = all[i];
  }
  const char *near = sund_nearest_word(question->standard, count, name);
  return sund_fail(ctx, SUND_USAGE, "--standard: %s has no '%s'%s%s%s (has: %s)", question->file, question->standard,
                   near ? "; did you mean '" : "", near ? near : "", near ? "'?" : "", list);
}

static explain_way way_of(const char *word) {
  for (int way = 0; word && way < WAYS_KNOWN; way++)
    if (strcmp(word, explain_way_names[way]) == 0) return (explain_way)way;
  return WAY_STRAIGHT;
}

static void read_standard(const sund_table *t, size_t row, access_case *out) {
  const char *method = explain_text(t, "method", row);
  *out = (access_case){
      .standard = explain_text(t, "standard", row),
      .title = {explain_text(t, "title_da", row), explain_text(t, "title_sv", row), explain_text(t, "title", row)},
      .source = explain_text(t, "source", row),
      .kinds = explain_text(t, "kinds", row),
      .access = explain_text(t, "access", row),
      .min_ha = explain_real(t, "min_ha", row),
      .max_m = explain_real(t, "max_m", row),
      .snap_limit_m = explain_real(t, "snap_limit_m", row),
      .way = way_of(explain_text(t, "distance", row)),
      .nodes = method && strncmp(method, "access-nodes", strlen("access-nodes")) == 0,
      .path_m = NAN,
      .near_x = NAN,
      .near_y = NAN,
      .entrance = SIZE_MAX,
      .green = SIZE_MAX};
  out->max = out->max_m;
}

static sund_code find_standards(sund_ctx *ctx, const explain_question *question, access_facts *facts) {
  sund_table *t;
  TRY(sund_result_table(ctx, question->result, "access_standards", NULL, NULL, &t));
  if (!t || !sund_table_text(t, "standard")) {
    sund_fail(ctx, SUND_DATA, "has no table access_standards: it is of an older version of sund; run access again");
    return sund_blame(ctx, question->file, SUND_NO_FEATURE);
  }
  if (!(facts->one = sund_alloc(ctx, t->rows, sizeof *facts->one))) return SUND_LIMIT;
  for (size_t i = 0; i < t->rows; i++) {
    const char *name = explain_text(t, "standard", i);
    if (name && (!question->standard || strcmp(name, question->standard) == 0))
      read_standard(t, i, &facts->one[facts->cases++]);
  }
  return facts->cases || !question->standard ? SUND_OK : fail_standard(ctx, question, t);
}

/* --------------------------------------------------------------------------------------------------------- cases */

static sund_code column_of(sund_ctx *ctx, const access_case *one, const char *what, const char **out) {
  return (*out = access_column_name(ctx, one->standard, what)) ? SUND_OK : SUND_LIMIT;
}

/* Worst first: too far and reaching nothing, too far, near enough; what is not assessed says least. */
static double badness(const sund_table *table, const char *met_column, const char *dist_column, size_t row) {
  int64_t met = explain_int(table, met_column, row);
  double dist = explain_real(table, dist_column, row);
  if (met == SUND_NULL_INT) return -1;
  return isnan(dist) ? (met == 0 ? INFINITY : 0) : dist;
}

static sund_code choose_row(sund_ctx *ctx, access_facts *facts) {
  const char *met, *dist;
  if (facts->row == SIZE_MAX && facts->cases) {
    TRY(column_of(ctx, &facts->one[0], "met", &met));
    TRY(column_of(ctx, &facts->one[0], "dist_m", &dist));
    size_t worst = 0;
    for (size_t i = 1; i < facts->homes->rows; i++)
      if (badness(facts->homes, met, dist, i) > badness(facts->homes, met, dist, worst)) worst = i;
    facts->row = worst;
    facts->worst = facts->homes->rows > 1;
  }
  if (facts->row == SIZE_MAX) facts->row = 0;
  int64_t piece = explain_int(facts->homes, "piece", facts->row);
  facts->piece = piece == SUND_NULL_INT ? 0 : piece;
  facts->placed = facts->homes->x && isfinite(facts->homes->x[facts->row]);
  if (facts->placed) facts->x = facts->homes->x[facts->row], facts->y = facts->homes->y[facts->row];
  return SUND_OK;
}

static size_t row_of_text(const sund_table *table, const char *column, const char *wanted) {
  const char **text = table && wanted ? sund_table_text(table, column) : NULL;
  for (size_t i = 0; text && i < table->rows; i++)
    if (text[i] && strcmp(text[i], wanted) == 0) return i;
  return SIZE_MAX;
}

static size_t row_of_int(const sund_table *table, const char *column, int64_t wanted) {
  const int64_t *integer = table && wanted != SUND_NULL_INT ? sund_table_int(table, column) : NULL;
  for (size_t i = 0; integer && i < table->rows; i++)
    if (integer[i] == wanted) return i;
  return SIZE_MAX;
}

/* Minutes of a standard: its metres at the speed the run says. */
static sund_code minutes_of(sund_ctx *ctx, const access_facts *facts, double metres, double *out) {
  const char *number;
  double speed_kmh = NAN;
  TRY(explain_parameter(ctx, facts->question, "access.walk-speed", &number));
  *out = number && sund_number_read(number, &speed_kmh) && speed_kmh > 0 ? metres / (speed_kmh * 1000 / 60) : NAN;
  return SUND_OK;
}

static sund_code read_case(sund_ctx *ctx, const access_facts *facts, access_case *one) {
  enum { DIST, MET, NEXT, GREEN, STRAIGHT, ENTRANCE, MINUTES, COLUMNS };
  static const char *const what[COLUMNS] = {"dist_m", "met", "next_m", "green", "straight_m", "entrance", "minutes"};
  const sund_table *table = facts->homes;
  const char *column[COLUMNS];
  for (size_t k = 0; k < COLUMNS; k++) TRY(column_of(ctx, one, what[k], &column[k]));
  int64_t met = explain_int(table, column[MET], facts->row);
  one->met = met == SUND_NULL_INT ? -1 : met != 0;
  one->minutes = sund_table_real(table, column[MINUTES]) != NULL;
  if (one->minutes) TRY(minutes_of(ctx, facts, one->max_m, &one->max));
  one->dist = explain_real(table, column[one->minutes ? MINUTES : DIST], facts->row);
  one->next = explain_real(table, column[NEXT], facts->row);
  one->straight_m = explain_real(table, column[STRAIGHT], facts->row);
  one->green_id = explain_text(table, column[GREEN], facts->row);
  one->green = row_of_text(facts->green, "green_id", one->green_id);
  one->entrance = row_of_int(facts->entrances, "entrance_id", explain_int(table, column[ENTRANCE], facts->row));
  return SUND_OK;
}

/* Room for every way and everything looked at: legs lie within the distance from the home. */
static sund_code open_ground(sund_ctx *ctx, access_facts *facts) {
  double reach = 1000;
  for (size_t i = 0; i < facts->cases; i++) {
    const access_case *one = &facts->one[i];
    reach =
        fmax(reach, fmax(2 * one->max_m, fmax(EXPLAIN_FARTHER * one->snap_limit_m, one->minutes ? 0 : one->dist)));
  }
  reach *= 1.05;
  const double box[4] = {facts->x - reach, facts->y - reach, facts->x + reach, facts->y + reach};
  return sund_ground_open(ctx, sund_result_crs(facts->question->result), box, &facts->ground);
}

static sund_code read_layers(sund_ctx *ctx, const explain_question *question, access_facts *facts) {
  static const char *const green[] = {"green_id",  "kind",    "access", "name", "law",
                                      "parcel_id", "area_ha", "sliver", NULL};
  static const char *const entrances[] = {"entrance_id", "green_id", "rule",      "rank", "leg_m",
                                          "path_x",      "path_y",   "standards", NULL};
  sund_table *table;
  TRY(sund_result_table(ctx, question->result, "green_areas", green, NULL, &table));
  facts->green = table;
  TRY(sund_result_table(ctx, question->result, "green_entrances", entrances, NULL, &table));
  facts->entrances = table;
  return SUND_OK;
}

static sund_code find(sund_ctx *ctx, const explain_question *question, void **out) {
  const sund_crs *crs = sund_result_crs(question->result);
  access_facts *facts = sund_alloc(ctx, 1, sizeof *facts);
  if (!facts) return SUND_LIMIT;
  *facts = (access_facts){.question = question, .crs = *sund_crs_code(crs) ? sund_crs_code(crs) : sund_crs_name(crs)};
  TRY(find_home(ctx, question, facts));
  if (!facts->homes) return SUND_OK;
  TRY(find_standards(ctx, question, facts));
  TRY(choose_row(ctx, facts));
  TRY(read_layers(ctx, question, facts));
  for (size_t i = 0; i < facts->cases; i++) TRY(read_case(ctx, facts, &facts->one[i]));
  if (facts->placed) TRY(open_ground(ctx, facts));
  TRY(explain_ways(ctx, facts));
  TRY(explain_misses(ctx, facts));
  *out = facts;
  return SUND_OK;
}

const explainer explain_access = {.query = "access",
                                  .find = find,
                                  .reads = explain_reads,
                                  .tell = explain_access_tell,
                                  .tables = explain_access_tables};

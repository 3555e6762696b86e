/* labour_read.c - units, flows between them, who they are, how far they lie apart.
 *
 * Units are all that the flows name, where people live or where they work, sorted by id: the answer does not hang on the
 * order of the rows. Rows of one pair are added up (a table by sex or trade). Only then areas are looked up, so that
 * whoever works outside them still counts among the residents.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "labour.h"

static const size_t NONE = SIZE_MAX;
enum { MOST_UNITS = 12000, NAMED = 8 };

/* ----------------------------------------------------------------------------------------------------------- units */

static int compare_ids(const void *a, const void *b) {
  const char *const *left = a, *const *right = b;
  return strcmp(*left, *right);
}

size_t labour_unit_find(const labour_units *units, const char *id) {
  const char **found = id ? bsearch(&id, units->id, units->n, sizeof *units->id, compare_ids) : NULL;
  return found ? (size_t)(found - units->id) : NONE;
}

/* The ids of both columns, sorted, each once. */
static sund_code list_units(sund_ctx *ctx, const sund_table *flows, labour_units *units) {
  const char **from = sund_table_text(flows, "from"), **to = sund_table_text(flows, "to");
  units->id = sund_alloc(ctx, 2 * flows->rows, sizeof *units->id);
  if (!units->id) return SUND_LIMIT;
  for (size_t r = 0; r < flows->rows; r++) {
    if (from[r] && *from[r] && to[r] && *to[r]) {
      units->id[2 * r] = from[r], units->id[2 * r + 1] = to[r];
      continue;
    }
    sund_fail(ctx, SUND_DATA, "flows: a row without %s", from[r] && *from[r] ? "to" : "from");
    return sund_blame(ctx, sund_table_source(flows, r), sund_table_feature(flows, r));
  }
  if (flows->rows > 0) qsort(units->id, 2 * flows->rows, sizeof *units->id, compare_ids);
  for (size_t i = 0; i < 2 * flows->rows; i++)
    if (units->n == 0 || strcmp(units->id[units->n - 1], units->id[i]) != 0) units->id[units->n++] = units->id[i];
  if (units->n > MOST_UNITS)
    return sund_fail(ctx, SUND_LIMIT, "flows: %zu units; labour markets are delimited of at most %d", units->n,
                     MOST_UNITS);
  return SUND_OK;
}

static sund_code make_arrays(sund_ctx *ctx, labour_units *units) {
  const size_t n = units->n;
  units->name = sund_alloc(ctx, n, sizeof *units->name);
  units->country = sund_alloc(ctx, n, sizeof *units->country);
  units->area = sund_alloc(ctx, n, sizeof *units->area);
  units->persons = sund_alloc(ctx, n, sizeof *units->persons);
  units->residents = sund_alloc(ctx, n, sizeof *units->residents);
  units->jobs = sund_alloc(ctx, n, sizeof *units->jobs);
  units->flow = sund_alloc(ctx, n * n, sizeof *units->flow);
  if (!units->name || !units->country || !units->area || !units->persons || !units->residents || !units->jobs ||
      !units->flow)
    return SUND_LIMIT;
  for (size_t i = 0; i < n; i++) units->name[i] = units->id[i], units->area[i] = NONE, units->persons[i] = NAN;
  return SUND_OK;
}

/* ----------------------------------------------------------------------------------------------------------- flows */

static sund_code check_persons(sund_ctx *ctx, const sund_table *flows, size_t row, double persons) {
  if (persons >= 0 && isfinite(persons)) return SUND_OK;
  if (isnan(persons)) sund_fail(ctx, SUND_DATA, "flows: a row without persons");
  else sund_fail(ctx, SUND_DATA, "flows: %g persons cannot be", persons);
  return sund_blame(ctx, sund_table_source(flows, row), sund_table_feature(flows, row));
}

/* Adds the rows up; says how many pairs had several. */
static sund_code add_flows(sund_ctx *ctx, labour_run *run, const sund_table *flows) {
  labour_units *units = &run->units;
  const size_t n = units->n;
  const char **from = sund_table_text(flows, "from"), **to = sund_table_text(flows, "to");
  const double *persons = sund_table_real(flows, "persons");
  const int64_t *beside = sund_table_int(flows, "contiguous");
  uint8_t *seen = sund_alloc(ctx, n * n, sizeof *seen);
  size_t again = 0;
  bool told = false;
  for (size_t r = 0; beside && r < flows->rows; r++) told = told || beside[r] != SUND_NULL_INT;
  if (told && !(units->beside = sund_alloc(ctx, n * n, sizeof *units->beside))) return SUND_LIMIT;
  if (!seen) return SUND_LIMIT;
  for (size_t r = 0; r < flows->rows; r++) {
    const size_t i = labour_unit_find(units, from[r]), j = labour_unit_find(units, to[r]);
    TRY(check_persons(ctx, flows, r, persons[r]));
    units->flow[i * n + j] += persons[r];
    units->residents[i] += persons[r], units->jobs[j] += persons[r], units->all += persons[r];
    again += seen[i * n + j] == 1;
    seen[i * n + j] = seen[i * n + j] ? 2 : 1;
    if (told && beside[r] == 1) units->beside[i * n + j] = units->beside[j * n + i] = 1;
  }
  if (!(units->all > 0)) return sund_fail(ctx, SUND_DATA, "flows: nobody commutes: all persons are 0");
  if (again == 0) return SUND_OK;
  return labour_note(ctx, run, "note",
                     sund_text(ctx, "%zu pairs of units stand in several rows: these are added up", again));
}

/* ----------------------------------------------------------------------------------------------------------- areas */

/* Finds the units among the areas: the first row of an id counts. */
static size_t match_areas(labour_run *run, const sund_table *areas) {
  labour_units *units = &run->units;
  const char **id = sund_table_text(areas, "id"), **name = sund_table_text(areas, "name");
  const char **country = sund_table_text(areas, "country");
  const double *persons = sund_table_real(areas, "persons");
  size_t found = 0;
  for (size_t row = 0; row < areas->rows; row++) {
    const size_t i = labour_unit_find(units, id[row]);
    if (i == NONE || units->area[i] != NONE) continue;
    found++;
    units->area[i] = row;
    if (name && name[row]) units->name[i] = name[row];
    if (country && country[row]) units->country[i] = country[row];
    if (persons) units->persons[i] = persons[row];
  }
  return found;
}

/* "A, B and 3 more" of the units that `left` marks. */
static const char *list_some(sund_ctx *ctx, const labour_units *units, const uint8_t *left, size_t count) {
  const char *text = "";
  size_t named = 0;
  for (size_t i = 0; text && i < units->n && named < NAMED; i++)
    if (left[i]) text = sund_text(ctx, "%s%s%s", text, named++ ? ", " : "", units->id[i]);
  if (text && count > named) text = sund_text(ctx, "%s and %zu more", text, count - named);
  return text;
}

/* Which units lie in different countries; nothing when no country is known. */
static sund_code find_border(sund_ctx *ctx, labour_units *units) {
  size_t known = 0;
  for (size_t i = 0; i < units->n; i++) known += units->country[i] != NULL;
  if (known == 0) return SUND_OK;
  units->across = sund_alloc(ctx, units->n * units->n, sizeof *units->across);
  if (!units->across) return SUND_LIMIT;
  for (size_t k = 0; k < units->n * units->n; k++) {
    const char *a = units->country[k / units->n], *b = units->country[k % units->n];
    units->across[k] = a && b && strcmp(a, b) != 0;
  }
  return SUND_OK;
}

static sund_code look_up_areas(sund_ctx *ctx, labour_run *run) {
  const sund_table *areas = run->in->role[SUND_AREAS];
  labour_units *units = &run->units;
  if (!areas) return SUND_OK;
  const size_t found = match_areas(run, areas), missing = units->n - found;
  if (found == 0)
    return sund_fail(
        ctx, SUND_DATA,
        "flows: none of their units is among the areas (flows: '%s', areas: '%s'); are the ids of one kind?",
        units->id[0], areas->rows ? sund_table_text(areas, "id")[0] : "");
  uint8_t *left = sund_alloc(ctx, units->n, sizeof *left);
  if (!left) return SUND_LIMIT;
  for (size_t i = 0; i < units->n; i++) left[i] = units->area[i] == NONE;
  if (missing > 0)
    TRY(labour_note(ctx, run, "note",
                    sund_text(ctx, "%zu of %zu units are not among the areas, and are counted without a place: %s",
                              missing, units->n, list_some(ctx, units, left, missing))));
  return find_border(ctx, units);
}

/* Units where people work but none is said to live: their own residents are not in the data. */
static sund_code tell_unlived(sund_ctx *ctx, labour_run *run) {
  const labour_units *units = &run->units;
  size_t count = 0;
  uint8_t *left = sund_alloc(ctx, units->n, sizeof *left);
  if (!left) return SUND_LIMIT;
  for (size_t i = 0; i < units->n; i++) count += left[i] = !(units->residents[i] > 0);
  if (count == 0) return SUND_OK;
  return labour_note(
      ctx, run, "warning",
      sund_text(ctx,
                "%zu units have jobs but no residents in the flows, so nothing is known of where theirs work: %s",
                count, list_some(ctx, units, left, count)));
}

/* Units whose residents all work elsewhere: tables of commuters often leave out those who stay, and then every share is
 * wrong. */
static sund_code tell_unstayed(sund_ctx *ctx, labour_run *run) {
  const labour_units *units = &run->units;
  size_t count = 0, lived = 0;
  uint8_t *left = sund_alloc(ctx, units->n, sizeof *left);
  if (!left) return SUND_LIMIT;
  for (size_t i = 0; i < units->n; i++) {
    lived += units->residents[i] > 0;
    count += left[i] = units->residents[i] > 0 && !(units->flow[i * units->n + i] > 0);
  }
  if (count == 0) return SUND_OK;
  return labour_note(ctx, run, "warning",
                     sund_text(ctx,
                               "%zu of %zu units have residents but none who works there: %s; do the flows leave out "
                               "those who stay? Then add rows from a unit to itself",
                               count, lived, list_some(ctx, units, left, count)));
}

/* --------------------------------------------------------------------------------------------------------- minutes */

/* Rows of a pair given twice: the shorter. A pair given one way only holds for both. */
static sund_code read_minutes(sund_ctx *ctx, labour_run *run) {
  const sund_table *travel = run->in->role[SUND_TRAVEL];
  labour_units *units = &run->units;
  const size_t n = units->n;
  if (!travel) return SUND_OK;
  const char **from = sund_table_text(travel, "from"), **to = sund_table_text(travel, "to");
  const double *minutes = sund_table_real(travel, "minutes");
  size_t strange = 0, pairs = 0;
  units->minutes = sund_alloc(ctx, n * n, sizeof *units->minutes);
  if (!units->minutes) return SUND_LIMIT;
  for (size_t k = 0; k < n * n; k++) units->minutes[k] = NAN;
  for (size_t r = 0; r < travel->rows; r++) {
    const size_t i = labour_unit_find(units, from[r]), j = labour_unit_find(units, to[r]);
    if (i == NONE || j == NONE) {
      strange++;
      continue;
    }
    if (isnan(minutes[r])) continue;
    units->minutes[i * n + j] = fmin(units->minutes[i * n + j], minutes[r]);
    pairs++;
  }
  for (size_t k = 0; k < n * n; k++)
    if (isnan(units->minutes[k])) units->minutes[k] = units->minutes[k % n * n + k / n];
  if (pairs == 0) return sund_fail(ctx, SUND_DATA, "minutes: none of their rows is about two units of the flows");
  if (strange == 0) return SUND_OK;
  return labour_note(
      ctx, run, "note",
      sund_text(ctx, "%zu rows of minutes are about units without commuters, and are left out", strange));
}

sund_code labour_units_make(sund_ctx *ctx, labour_run *run) {
  const sund_table *flows = run->in->role[SUND_FLOWS];
  if (!flows || flows->rows == 0) return sund_fail(ctx, SUND_DATA, "flows: no row");
  TRY(list_units(ctx, flows, &run->units));
  TRY(make_arrays(ctx, &run->units));
  TRY(add_flows(ctx, run, flows));
  TRY(look_up_areas(ctx, run));
  TRY(tell_unlived(ctx, run));
  TRY(tell_unstayed(ctx, run));
  return read_minutes(ctx, run);
}

/* ----------------------------------------------------------------------------------------------------------- lists */

static sund_code fail_unit(sund_ctx *ctx, const labour_run *run, const char *option, const char *word) {
  const char *near = sund_nearest_word(word, run->units.n, run->units.id);
  if (!near) near = sund_nearest_word(word, run->units.n, run->units.name);
  return sund_fail(ctx, SUND_DATA, "%s: the flows have no unit '%s'%s%s%s", option, word,
                   near ? "; did you mean '" : "", near ? near : "", near ? "'?" : "");
}

/* By its id, else by its name when only one has it. */
static size_t find_unit(const labour_units *units, const char *word) {
  size_t found = labour_unit_find(units, word), named = 0;
  if (found != NONE) return found;
  for (size_t i = 0; i < units->n; i++)
    if (sund_same_name(units->name[i], word)) found = i, named++;
  return named == 1 ? found : NONE;
}

/* The next word of a list with commas, blanks around it taken off; *at NULL behind the last. */
static const char *next_word(sund_ctx *ctx, const char **at) {
  const char *begin = *at + strspn(*at, " "), *comma = strchr(*at, ',');
  const char *end = comma ? comma : *at + strlen(*at);
  while (end > begin && end[-1] == ' ') end--;
  *at = comma ? comma + 1 : NULL;
  return sund_text(ctx, "%.*s", end > begin ? (int)(end - begin) : 0, begin);
}

sund_code labour_unit_list(sund_ctx *ctx, const labour_run *run, const char *option, const char *ids, size_t *count,
                           size_t **out) {
  uint8_t *in = sund_alloc(ctx, run->units.n, sizeof *in);
  size_t *unit = sund_alloc(ctx, run->units.n, sizeof *unit);
  if (!in || !unit) return SUND_LIMIT;
  for (const char *at = ids; at;) {
    const char *word = next_word(ctx, &at);
    if (!word) return SUND_LIMIT;
    const size_t found = find_unit(&run->units, word);
    if (found == NONE) return fail_unit(ctx, run, option, word);
    in[found] = 1;
  }
  *count = 0;
  for (size_t i = 0; i < run->units.n; i++)
    if (in[i]) unit[(*count)++] = i;
  *out = unit;
  return SUND_OK;
}

const char *labour_join(sund_ctx *ctx, const char *const *text, size_t count, const size_t *unit,
                        const char *between) {
  const char *all = "";
  for (size_t k = 0; all && k < count; k++) all = sund_text(ctx, "%s%s%s", all, k ? between : "", text[unit[k]]);
  return all;
}

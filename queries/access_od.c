/* access_od.c - distances computed elsewhere: a table from homes to green areas, by their ids.
 *
 * A pair that is absent is out of reach; of a pair given twice the shorter counts. Rows that name no home or no green
 * area of this run are counted, not refused: matrices are often made for more than one town.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "access.h"

typedef struct od_name {
  const char *id;
  size_t row;
} od_name;

typedef struct od_pair {
  uint32_t green, home;
  double value;
} od_pair;

static int by_name(const void *left, const void *right) {
  const od_name *a = left, *b = right;
  int order = strcmp(a->id, b->id);
  return order ? order : a->row < b->row ? -1 : a->row > b->row;
}

static int by_pair(const void *left, const void *right) {
  const od_pair *a = left, *b = right;
  if (a->green != b->green) return a->green < b->green ? -1 : 1;
  if (a->home != b->home) return a->home < b->home ? -1 : 1;
  return a->value < b->value ? -1 : a->value > b->value;
}

/* Ids of a table in order; an id given twice is an error: which of the two is meant? */
static sund_code names(sund_ctx *ctx, const sund_table *table, const char *role, od_name **out) {
  const char **id = sund_table_text(table, "id");
  od_name *name = sund_alloc(ctx, table->rows, sizeof *name);
  if (!name) return SUND_LIMIT;
  for (size_t r = 0; r < table->rows; r++) {
    if (!id || !id[r])
      return sund_fail(ctx, SUND_DATA, "%s: a table of distances (od) names them by id; row %zu has none", role,
                       r + 1);
    name[r] = (od_name){id[r], r};
  }
  if (table->rows) qsort(name, table->rows, sizeof *name, by_name);
  for (size_t r = 1; r < table->rows; r++)
    if (strcmp(name[r - 1].id, name[r].id) == 0)
      return sund_fail(ctx, SUND_DATA,
                       "%s: the id \"%s\" is there twice; a table of distances (od) needs ids that are "
                       "unique",
                       role, name[r].id);
  *out = name;
  return SUND_OK;
}

static size_t find(const od_name *name, size_t count, const char *id) {
  const od_name wanted = {id, 0};
  size_t low = 0, high = count;
  while (low < high) {
    size_t middle = low + (high - low) / 2;
    if (strcmp(name[middle].id, wanted.id) < 0) low = middle + 1;
    else high = middle;
  }
  return low < count && strcmp(name[low].id, id) == 0 ? name[low].row : SIZE_MAX;
}

/* Pairs in order, of equal ones the first (the shortest). */
static sund_code compress(sund_ctx *ctx, size_t rows, od_pair *pair, size_t count, sund_pairs *out) {
  if (count) qsort(pair, count, sizeof *pair, by_pair);
  *out = (sund_pairs){.rows = rows,
                      .first = sund_alloc(ctx, rows + 1, sizeof *out->first),
                      .to = sund_alloc(ctx, count, sizeof *out->to),
                      .metres = sund_alloc(ctx, count, sizeof *out->metres)};
  if (!out->first || !out->to || !out->metres) return SUND_LIMIT;
  size_t n = 0;
  for (size_t k = 0; k < count; k++) {
    if (k && pair[k].green == pair[k - 1].green && pair[k].home == pair[k - 1].home) continue;
    out->to[n] = pair[k].home, out->metres[n] = pair[k].value;
    n++;
    out->first[pair[k].green + 1] = n;
  }
  for (size_t r = 0; r < rows; r++)
    if (out->first[r + 1] < out->first[r]) out->first[r + 1] = out->first[r];
  return SUND_OK;
}

sund_code access_od_read(sund_ctx *ctx, access_run *run) {
  const sund_table *table = run->in->role[SUND_OD], *home_table = run->in->role[SUND_HOMES];
  const sund_table *green = run->in->role[SUND_GREEN];
  const double *minutes = sund_table_real(table, "minutes"), *metres = sund_table_real(table, "metres");
  const char **from = sund_table_text(table, "from"), **to = sund_table_text(table, "to");
  od_name *home_name, *green_name;
  TRY(names(ctx, home_table, "homes", &home_name));
  TRY(names(ctx, green, "green", &green_name));
  access_od *od = sund_alloc(ctx, 1, sizeof *od);
  od_pair *pair = sund_alloc(ctx, table->rows, sizeof *pair);
  if (!od || !pair) return SUND_LIMIT;
  bool any_metres = false;
  for (size_t r = 0; metres && r < table->rows; r++) any_metres = any_metres || !isnan(metres[r]);
  od->minutes = !any_metres;
  const double *value = od->minutes ? minutes : metres;
  size_t count = 0, strangers = 0, silent = 0;
  for (size_t r = 0; r < table->rows; r++) {
    size_t home = from[r] ? find(home_name, home_table->rows, from[r]) : SIZE_MAX;
    size_t area = to[r] ? find(green_name, green->rows, to[r]) : SIZE_MAX;
    strangers += home == SIZE_MAX || area == SIZE_MAX;
    if (home == SIZE_MAX || area == SIZE_MAX) continue;
    if (!value || isnan(value[r])) {
      silent++;
      continue;
    }
    pair[count++] = (od_pair){(uint32_t)area, (uint32_t)home, value[r]};
  }
  if (table->rows && strangers == table->rows) {
    sund_fail(ctx, SUND_DATA,
              "no row names a home and a green area of this run, e.g. from '%s' to '%s': are the ids those of "
              "the layers?",
              from[0] ? from[0] : "", to[0] ? to[0] : "");
    return sund_blame(ctx, sund_table_source(table, 0), sund_table_feature(table, 0));
  }
  TRY(compress(ctx, green->rows, pair, count, &od->pairs));
  run->od = od;
  if (run->options->distance)
    TRY(access_note(ctx, run, "note", "od", "distances are those of the table: distance is not used"));
  const char *unit = od->minutes ? "minutes" : "metres", *rest = "";
  if (silent && !(rest = sund_text(ctx, ", %zu say no %s and are left out", silent, unit))) return SUND_LIMIT;
  const char *text = sund_text(ctx,
                               "table of distances in %s: %zu pairs used, %zu rows name no home or no green area of "
                               "this run%s",
                               unit, od->pairs.first[green->rows], strangers, rest);
  return text ? access_note(ctx, run, count && !silent ? "note" : "warning", "od", text) : SUND_LIMIT;
}

/* table_join.c - the tables of several sources of one role as one, rows in the order given.
 *
 * Areas are the units results are reported for, so there is one row for each: registers that give a municipality as
 * several polygons with one code give one unit. Homes are addresses here and buildings or cells there: where areas are
 * among them, points become areas of no size.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "source.h"
#include "table_ways.h"

static const char *const kind_words[] = {
    [SUND_NONE] = "a table", [SUND_POINT] = "points", [SUND_LINE] = "lines", [SUND_AREA] = "areas"};

static const char *first_source(const sund_table *table) {
  return table->sources ? table->source_name[0] : "?";
}

/* One table has one kind, but homes may be points and areas, and gates lines or rows that name their ends. Empty tables have
 * no say. */
static sund_code common_kind(sund_ctx *ctx, sund_role role, size_t count, sund_table *const *tables,
                             sund_kind *kind) {
  const sund_table *first = NULL;
  *kind = tables[0]->kind;
  for (size_t i = 0; i < count; i++) {
    if (tables[i]->rows == 0) continue;
    if (!first) first = tables[i], *kind = first->kind;
    if (tables[i]->kind == first->kind) continue;
    bool placed = tables[i]->kind != SUND_NONE && first->kind != SUND_NONE;
    if (role == SUND_HOMES && placed) *kind = SUND_AREA;
    else if (role == SUND_GATES) *kind = SUND_LINE;
    else
      return sund_fail(ctx, SUND_DATA, "%s: %s holds %s and %s holds %s; they cannot be read as one layer",
                       sund_role_of(role)->name, first_source(first), kind_words[first->kind],
                       first_source(tables[i]), kind_words[tables[i]->kind]);
  }
  return SUND_OK;
}

/* The columns of all tables, in order of first appearance. */
static sund_code all_fields(sund_ctx *ctx, size_t count, sund_table *const *tables, sund_field **fields,
                            size_t *field_count) {
  size_t most = 0, found = 0;
  for (size_t i = 0; i < count; i++) most += tables[i]->columns;
  if (!(*fields = sund_alloc(ctx, most, sizeof **fields))) return SUND_LIMIT;
  for (size_t i = 0; i < count; i++)
    for (size_t k = 0; k < tables[i]->columns; k++) {
      const sund_field *field = &tables[i]->column[k].field;
      size_t at = 0;
      while (at < found && strcmp((*fields)[at].name, field->name) != 0) at++;
      if (at == found) (*fields)[found++] = *field;
      else if ((*fields)[at].type != field->type)
        return sund_fail(ctx, SUND_DATA, "column %s has another type in %s", field->name, first_source(tables[i]));
    }
  *field_count = found;
  return SUND_OK;
}

/* What rows have whose source lacks the column. */
static sund_code fill_missing(sund_ctx *ctx, sund_role role, sund_column *to, size_t first, size_t rows) {
  const sund_role_column *info = source_column(role, to->field.name);
  const char *fallback = info ? info->fallback : NULL;
  sund_node node = {.kind = SUND_SCALAR, .text = fallback};
  double number = NAN;
  if (!fallback) return SUND_OK; /* unknown, as sund_table_new left it */
  if (to->field.type != SUND_TEXT) TRY(sund_node_number(ctx, &node, &number));
  for (size_t i = first; i < first + rows; i++) {
    if (to->real) to->real[i] = number;
    else if (to->integer) to->integer[i] = (int64_t)number;
    else to->text[i] = fallback;
  }
  return SUND_OK;
}

static sund_code copy_columns(sund_ctx *ctx, sund_role role, const sund_table *from, size_t first, sund_table *to) {
  for (size_t k = 0; k < to->columns; k++) {
    sund_column *column = &to->column[k];
    const sund_column *old = sund_table_column(from, column->field.name);
    if (!old) TRY(fill_missing(ctx, role, column, first, from->rows));
    else if (from->rows == 0) continue;
    else if (old->real) memcpy(column->real + first, old->real, from->rows * sizeof *old->real);
    else if (old->integer) memcpy(column->integer + first, old->integer, from->rows * sizeof *old->integer);
    else memcpy(column->text + first, old->text, from->rows * sizeof *old->text);
  }
  return SUND_OK;
}

/* Points as rings that stay where they are. */
static sund_code points_as_areas(sund_ctx *ctx, const sund_table *table, sund_shapes **out) {
  enum { RING = 4 };
  TRY(sund_shapes_new(ctx, SUND_AREA, table->rows, table->rows, RING * table->rows, out));
  sund_shapes *to = *out;
  for (size_t i = 0; i < table->rows; i++) {
    to->first_part[i + 1] = i + 1, to->first_vertex[i + 1] = RING * (i + 1), to->hole[i] = 0;
    for (size_t v = RING * i; v < RING * (i + 1); v++) to->x[v] = table->x[i], to->y[v] = table->y[i];
  }
  return SUND_OK;
}

static sund_code join_shapes(sund_ctx *ctx, sund_kind kind, size_t count, sund_table *const *tables,
                             sund_shapes **out) {
  const sund_shapes **from = sund_alloc(ctx, count, sizeof *from);
  size_t some = 0;
  if (!from) return SUND_LIMIT;
  for (size_t i = 0; i < count; i++) {
    sund_shapes *shapes = tables[i]->shapes;
    if (tables[i]->rows > 0 && tables[i]->kind == SUND_POINT) TRY(points_as_areas(ctx, tables[i], &shapes));
    if (tables[i]->kind == SUND_NONE) TRY(sund_shapes_new(ctx, kind, tables[i]->rows, 0, 0, &shapes));
    if (tables[i]->rows > 0) from[some++] = shapes;
  }
  return sund_shapes_join(ctx, kind, some, from, out);
}

/* Node ids and turns of lines that keep them. */
static sund_code join_topology(sund_ctx *ctx, size_t count, sund_table *const *tables, const sund_topology **out) {
  const sund_shapes **shapes = sund_alloc(ctx, count, sizeof *shapes);
  const sund_topology **topology = sund_alloc(ctx, count, sizeof *topology);
  sund_topology *joined = NULL;
  size_t some = 0;
  if (!shapes || !topology) return SUND_LIMIT;
  for (size_t i = 0; i < count; i++) {
    if (tables[i]->rows == 0) continue;
    topology[some] = tables[i]->topology;
    shapes[some++] = tables[i]->shapes;
  }
  TRY(sund_topology_join(ctx, some, shapes, topology, &joined));
  *out = joined;
  return SUND_OK;
}

/* Names and height systems of the sources, and the numbers of the rows' sources. */
static sund_code join_sources(sund_ctx *ctx, size_t count, sund_table *const *tables, sund_table *to) {
  size_t sources = 0, row = 0;
  for (size_t i = 0; i < count; i++) sources += tables[i]->sources;
  if (sources > UINT16_MAX) return sund_fail(ctx, SUND_LIMIT, "more than %d sources in one role", UINT16_MAX);
  to->feature = sund_alloc(ctx, to->rows, sizeof *to->feature);
  to->source = sund_alloc(ctx, to->rows, sizeof *to->source);
  to->source_name = sund_alloc(ctx, sources, sizeof *to->source_name);
  to->source_heights = sund_alloc(ctx, sources, sizeof *to->source_heights);
  if (!to->feature || !to->source || !to->source_name || !to->source_heights) return SUND_LIMIT;
  for (size_t i = 0; i < count; i++) {
    const sund_table *from = tables[i];
    for (size_t k = 0; k < from->rows; k++, row++) {
      to->feature[row] = sund_table_feature(from, k);
      to->source[row] = (uint16_t)(to->sources + (from->source ? from->source[k] : 0));
    }
    for (size_t k = 0; k < from->sources; k++) {
      to->source_name[to->sources + k] = from->source_name[k];
      to->source_heights[to->sources + k] = from->source_heights ? from->source_heights[k] : NULL;
    }
    to->sources += from->sources;
  }
  return SUND_OK;
}

/* --------------------------------------------------------------------------------------------------------- units */

/* Equal units stand together, in the order of their rows. */
enum { UNIT_NAMES = 4 };
static const char *const unit_columns[UNIT_NAMES] = {"level", "country", "id", "name"};
typedef struct unit_key {
  const char *name[UNIT_NAMES];
  size_t row;
} unit_key;

static int compare_names(const unit_key *x, const unit_key *y) {
  int order = 0;
  for (size_t k = 0; k < UNIT_NAMES && !order; k++) order = strcmp(x->name[k], y->name[k]);
  return order;
}

static int compare_units(const void *a, const void *b) {
  const unit_key *x = a, *y = b;
  int order = compare_names(x, y);
  return order ? order : (x->row > y->row) - (x->row < y->row);
}

/* first: rows, the first row of each row's unit. */
static size_t find_units(const sund_table *areas, unit_key *key, size_t *first) {
  size_t units = 0;
  for (size_t k = 0; k < UNIT_NAMES; k++) {
    const char **text = sund_table_text(areas, unit_columns[k]);
    for (size_t i = 0; i < areas->rows; i++) key[i].name[k] = text && text[i] ? text[i] : "";
  }
  for (size_t i = 0; i < areas->rows; i++) key[i].row = i;
  qsort(key, areas->rows, sizeof *key, compare_units);
  for (size_t i = 0; i < areas->rows; i++) {
    bool same = i > 0 && compare_names(&key[i], &key[i - 1]) == 0;
    first[key[i].row] = same ? first[key[i - 1].row] : key[i].row;
    units += !same;
  }
  return units;
}

/* The rows `keep` of the columns. */
static void pick_columns(const sund_table *from, size_t count, const size_t *keep, sund_table *to) {
  for (size_t k = 0; k < to->columns; k++)
    for (size_t i = 0; i < count; i++) {
      if (to->column[k].real) to->column[k].real[i] = from->column[k].real[keep[i]];
      else if (to->column[k].integer) to->column[k].integer[i] = from->column[k].integer[keep[i]];
      else to->column[k].text[i] = from->column[k].text[keep[i]];
    }
  for (size_t i = 0; i < count; i++) {
    to->feature[i] = sund_table_feature(from, keep[i]);
    to->source[i] = from->source ? from->source[keep[i]] : 0;
  }
}

/* One row of shapes for each unit; what several rows share counts once. key: sorted. */
static sund_code unite_shapes(sund_ctx *ctx, const sund_shapes *from, const unit_key *key, size_t units,
                              const size_t *first, sund_shapes **out) {
  sund_table *piece = sund_alloc(ctx, units, sizeof *piece);
  sund_table **pieces = sund_alloc(ctx, units, sizeof *pieces);
  size_t *row = sund_alloc(ctx, from->rows, sizeof *row), *place = sund_alloc(ctx, from->rows, sizeof *place), at = 0;
  if (!piece || !pieces || !row || !place) return SUND_LIMIT;
  for (size_t i = 0; i < from->rows; i++)
    if (first[i] == i) place[i] = at++;
  for (size_t i = 0, members; i < from->rows; i += members) {
    for (members = 0; i + members < from->rows && first[key[i + members].row] == key[i].row; members++)
      row[members] = key[i + members].row;
    sund_table *unit = &piece[place[key[i].row]];
    unit->rows = 1;
    unit->kind = SUND_AREA;
    TRY(sund_shapes_pick(ctx, from, members, row, &unit->shapes));
    if (members > 1) TRY(sund_overlay_dissolve(ctx, unit->shapes, &unit->shapes));
  }
  for (size_t i = 0; i < units; i++) pieces[i] = &piece[i];
  return join_shapes(ctx, SUND_AREA, units, pieces, out);
}

/* Areas of equal id, name, country and level become one row, where the first of them stood. */
static sund_code unite_areas(sund_ctx *ctx, sund_table **table) {
  sund_table *from = *table, *to = NULL;
  unit_key *key = sund_alloc(ctx, from->rows, sizeof *key);
  size_t *first = sund_alloc(ctx, from->rows, sizeof *first), *keep, units, count = 0;
  sund_field *fields = sund_alloc(ctx, from->columns, sizeof *fields);
  if (!key || !first || !fields) return SUND_LIMIT;
  if (from->rows < 2) return SUND_OK;
  units = find_units(from, key, first);
  if (units == from->rows) return SUND_OK;
  for (size_t k = 0; k < from->columns; k++) fields[k] = from->column[k].field;
  TRY(sund_table_new(ctx, from->name, SUND_AREA, units, fields, from->columns, &to));
  to->feature = sund_alloc(ctx, units, sizeof *to->feature);
  to->source = sund_alloc(ctx, units, sizeof *to->source);
  keep = sund_alloc(ctx, units, sizeof *keep);
  if (!to->feature || !to->source || !keep) return SUND_LIMIT;
  for (size_t i = 0; i < from->rows; i++)
    if (first[i] == i) keep[count++] = i;
  to->source_name = from->source_name;
  to->source_heights = from->source_heights;
  to->sources = from->sources;
  pick_columns(from, units, keep, to);
  TRY(unite_shapes(ctx, from->shapes, key, units, first, &to->shapes));
  *table = to;
  return SUND_OK;
}

sund_code sund_table_join(sund_ctx *ctx, sund_role role, size_t count, sund_table *const *tables, sund_table **out) {
  const sund_role_info *info = sund_role_of(role);
  sund_kind kind = SUND_NONE;
  sund_field *fields = NULL;
  sund_table *to = NULL;
  size_t rows = 0, field_count = 0, first = 0;
  if (count == 0) return sund_fail(ctx, SUND_DEFECT, "no table to join");
  if (count == 1) {
    *out = tables[0];
    return role == SUND_AREAS ? unite_areas(ctx, out) : SUND_OK;
  }
  TRY(common_kind(ctx, role, count, tables, &kind));
  TRY(all_fields(ctx, count, tables, &fields, &field_count));
  for (size_t i = 0; i < count; i++) rows += tables[i]->rows;
  TRY(sund_table_new(ctx, info->name, kind, rows, fields, field_count, &to));
  TRY(join_sources(ctx, count, tables, to));
  for (size_t i = 0; i < count; i++) {
    const sund_table *from = tables[i];
    TRY(copy_columns(ctx, role, from, first, to));
    if (kind == SUND_POINT && from->rows > 0) {
      memcpy(to->x + first, from->x, from->rows * sizeof *to->x);
      memcpy(to->y + first, from->y, from->rows * sizeof *to->y);
    }
    first += from->rows;
  }
  if (kind == SUND_LINE || kind == SUND_AREA) TRY(join_shapes(ctx, kind, count, tables, &to->shapes));
  if (kind == SUND_LINE && role != SUND_GATES) TRY(join_topology(ctx, count, tables, &to->topology));
  *out = to;
  if (role == SUND_AREAS) return unite_areas(ctx, out);
  return role == SUND_PATHS ? table_unite_ways(ctx, out) : SUND_OK;
}

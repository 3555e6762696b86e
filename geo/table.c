/* table.c - the shapes all data comes in: tables with geometry, grids. */
#include <math.h>
#include <string.h>

#include "sund/geo.h"

static sund_code fill_column(sund_ctx *ctx, size_t rows, const sund_field *field, sund_column *column) {
  column->field = *field;
  switch (field->type) {
    case SUND_REAL:
      if (!(column->real = sund_alloc(ctx, rows, sizeof(double)))) return SUND_LIMIT;
      for (size_t i = 0; i < rows; i++) column->real[i] = NAN;
      break;
    case SUND_INT:
      if (!(column->integer = sund_alloc(ctx, rows, sizeof(int64_t)))) return SUND_LIMIT;
      for (size_t i = 0; i < rows; i++) column->integer[i] = SUND_NULL_INT;
      break;
    case SUND_TEXT:
      if (!(column->text = sund_alloc(ctx, rows, sizeof(char *)))) return SUND_LIMIT;
      break;
  }
  return SUND_OK;
}

sund_code sund_table_new(sund_ctx *ctx, const char *name, sund_kind kind, size_t rows, const sund_field *fields,
                         size_t field_count, sund_table **out) {
  sund_table *table = sund_alloc(ctx, 1, sizeof *table);
  if (!table) return SUND_LIMIT;
  *table = (sund_table){.name = name, .rows = rows, .kind = kind, .columns = field_count};
  if (!(table->column = sund_alloc(ctx, field_count, sizeof *table->column))) return SUND_LIMIT;
  for (size_t i = 0; i < field_count; i++) TRY(fill_column(ctx, rows, &fields[i], &table->column[i]));
  if (kind == SUND_POINT) {
    if (!(table->x = sund_alloc(ctx, rows, sizeof(double)))) return SUND_LIMIT;
    if (!(table->y = sund_alloc(ctx, rows, sizeof(double)))) return SUND_LIMIT;
  }
  *out = table;
  return SUND_OK;
}

sund_column *sund_table_column(const sund_table *table, const char *name) {
  for (size_t i = 0; i < table->columns; i++)
    if (strcmp(table->column[i].field.name, name) == 0) return &table->column[i];
  return NULL;
}

double *sund_table_real(const sund_table *table, const char *name) {
  sund_column *column = sund_table_column(table, name);
  return column ? column->real : NULL;
}

int64_t *sund_table_int(const sund_table *table, const char *name) {
  sund_column *column = sund_table_column(table, name);
  return column ? column->integer : NULL;
}

const char **sund_table_text(const sund_table *table, const char *name) {
  sund_column *column = sund_table_column(table, name);
  return column ? column->text : NULL;
}

const char *sund_table_source(const sund_table *table, size_t row) {
  return table->source ? table->source_name[table->source[row]] : NULL;
}

int64_t sund_table_feature(const sund_table *table, size_t row) {
  return table->feature ? table->feature[row] : SUND_NO_FEATURE;
}

sund_code sund_shapes_new(sund_ctx *ctx, sund_kind kind, size_t rows, size_t parts, size_t vertices,
                          sund_shapes **out) {
  sund_shapes *shapes = sund_alloc(ctx, 1, sizeof *shapes);
  if (!shapes) return SUND_LIMIT;
  *shapes = (sund_shapes){.kind = kind, .rows = rows, .parts = parts, .vertices = vertices};
  if (!(shapes->first_part = sund_alloc(ctx, rows + 1, sizeof(size_t)))) return SUND_LIMIT;
  if (!(shapes->first_vertex = sund_alloc(ctx, parts + 1, sizeof(size_t)))) return SUND_LIMIT;
  if (kind == SUND_AREA && !(shapes->hole = sund_alloc(ctx, parts, 1))) return SUND_LIMIT;
  if (!(shapes->x = sund_alloc(ctx, vertices, sizeof(double)))) return SUND_LIMIT;
  if (!(shapes->y = sund_alloc(ctx, vertices, sizeof(double)))) return SUND_LIMIT;
  *out = shapes;
  return SUND_OK;
}

sund_code sund_shapes_pick(sund_ctx *ctx, const sund_shapes *from, size_t count, const size_t *row,
                           sund_shapes **out) {
  size_t parts = 0, vertices = 0;
  for (size_t i = 0; i < count; i++) {
    size_t p = from->first_part[row[i]], q = from->first_part[row[i] + 1];
    parts += q - p;
    vertices += from->first_vertex[q] - from->first_vertex[p];
  }
  sund_shapes *to = NULL;
  TRY(sund_shapes_new(ctx, from->kind, count, parts, vertices, &to));
  size_t part = 0, vertex = 0;
  for (size_t i = 0; i < count; i++) {
    to->first_part[i] = part;
    for (size_t p = from->first_part[row[i]]; p < from->first_part[row[i] + 1]; p++) {
      to->first_vertex[part] = vertex;
      if (to->hole) to->hole[part] = from->hole[p];
      size_t n = from->first_vertex[p + 1] - from->first_vertex[p];
      memcpy(to->x + vertex, from->x + from->first_vertex[p], n * sizeof *to->x);
      memcpy(to->y + vertex, from->y + from->first_vertex[p], n * sizeof *to->y);
      vertex += n, part++;
    }
  }
  to->first_part[count] = part;
  to->first_vertex[part] = vertex;
  *out = to;
  return SUND_OK;
}

sund_code sund_shapes_join(sund_ctx *ctx, sund_kind kind, size_t count, const sund_shapes *const *from,
                           sund_shapes **out) {
  size_t rows = 0, parts = 0, vertices = 0;
  for (size_t i = 0; i < count; i++) {
    rows += from[i]->rows;
    parts += from[i]->parts;
    vertices += from[i]->vertices;
  }
  sund_shapes *to = NULL;
  TRY(sund_shapes_new(ctx, kind, rows, parts, vertices, &to));
  rows = parts = vertices = 0;
  for (size_t i = 0; i < count; i++) {
    for (size_t k = 0; k < from[i]->rows; k++) to->first_part[rows + k] = parts + from[i]->first_part[k];
    for (size_t k = 0; k < from[i]->parts; k++) to->first_vertex[parts + k] = vertices + from[i]->first_vertex[k];
    if (to->hole) memcpy(to->hole + parts, from[i]->hole, from[i]->parts);
    memcpy(to->x + vertices, from[i]->x, from[i]->vertices * sizeof *to->x);
    memcpy(to->y + vertices, from[i]->y, from[i]->vertices * sizeof *to->y);
    rows += from[i]->rows;
    parts += from[i]->parts;
    vertices += from[i]->vertices;
  }
  to->first_part[rows] = parts;
  to->first_vertex[parts] = vertices;
  *out = to;
  return SUND_OK;
}

static void grow_box(double box[4], double x, double y) {
  if (x < box[0]) box[0] = x;
  if (y < box[1]) box[1] = y;
  if (x > box[2]) box[2] = x;
  if (y > box[3]) box[3] = y;
}

static void empty_box(double box[4]) {
  box[0] = box[1] = INFINITY;
  box[2] = box[3] = -INFINITY;
}

bool sund_shapes_box(const sund_shapes *shapes, size_t row, double box[4]) {
  empty_box(box);
  size_t first = shapes->first_vertex[shapes->first_part[row]];
  size_t end = shapes->first_vertex[shapes->first_part[row + 1]];
  for (size_t v = first; v < end; v++) grow_box(box, shapes->x[v], shapes->y[v]);
  return box[0] <= box[2];
}

bool sund_shapes_extent(const sund_shapes *shapes, double box[4]) {
  empty_box(box);
  for (size_t v = 0; v < shapes->vertices; v++) grow_box(box, shapes->x[v], shapes->y[v]);
  return box[0] <= box[2];
}

bool sund_table_box(const sund_table *table, double box[4]) {
  if (table->shapes) return sund_shapes_extent(table->shapes, box);
  empty_box(box);
  if (table->kind == SUND_POINT)
    for (size_t i = 0; i < table->rows; i++) grow_box(box, table->x[i], table->y[i]);
  return box[0] <= box[2];
}

sund_code sund_grid_new(sund_ctx *ctx, size_t columns, size_t rows, double x0, double y0, double dx, double dy,
                        sund_grid **out) {
  size_t cells = 0;
  if (__builtin_mul_overflow(columns, rows, &cells)) return sund_fail(ctx, SUND_LIMIT, "grid is too large");
  sund_grid *grid = sund_alloc(ctx, 1, sizeof *grid);
  if (!grid) return SUND_LIMIT;
  *grid = (sund_grid){.columns = columns, .rows = rows, .x0 = x0, .y0 = y0, .dx = dx, .dy = dy};
  if (!(grid->value = sund_alloc(ctx, cells, sizeof(float)))) return SUND_LIMIT;
  for (size_t i = 0; i < cells; i++) grid->value[i] = NAN;
  *out = grid;
  return SUND_OK;
}

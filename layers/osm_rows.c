/* osm_rows.c - ways of an OpenStreetMap file as rows of a table: places, shapes, ids, constants. */
#include <math.h>
#include <string.h>

#include "osm_paths.h"
#include "source.h"

/* ---------------------------------------------------------------------------------------------------------- places */

sund_code osm_places_make(sund_ctx *ctx, sund_ctx *scratch, const osm_file *file, const sund_crs *crs,
                          osm_places *out) {
  double box[4] = {INFINITY, INFINITY, -INFINITY, -INFINITY};
  sund_crs *degrees = NULL;
  sund_op *op = NULL;
  size_t bad = 0;
  out->x = sund_alloc(scratch, file->nodes, sizeof *out->x);
  out->y = sund_alloc(scratch, file->nodes, sizeof *out->y);
  if (!out->x || !out->y) return SUND_LIMIT;
  for (size_t v = 0; v < file->nodes; v++) {
    out->x[v] = file->lon[v];
    out->y[v] = file->lat[v];
    box[0] = fmin(box[0], file->lon[v]);
    box[1] = fmin(box[1], file->lat[v]);
    box[2] = fmax(box[2], file->lon[v]);
    box[3] = fmax(box[3], file->lat[v]);
  }
  TRY(sund_crs_open(ctx, "EPSG:4326", &degrees));
  TRY(sund_op_open(ctx, degrees, crs, box[0] <= box[2] ? box : NULL, &op));
  sund_code code = sund_op_apply(scratch, op, file->nodes, out->x, out->y, &bad);
  out->op = op;
  return code == SUND_DATA ? sund_blame(scratch, file->name, file->node_id[bad]) : code;
}

/* ---------------------------------------------------------------------------------------------------------- shapes */

sund_code osm_rows_shapes(sund_ctx *ctx, const osm_rows *rows, const osm_places *places, sund_shapes **shapes,
                          int64_t **node) {
  size_t vertices = 0;
  for (size_t r = 0; r < rows->count; r++) vertices += rows->end_ref[r] - rows->first_ref[r];
  TRY(sund_shapes_new(ctx, SUND_LINE, rows->count, rows->count, vertices, shapes));
  if (!(*node = sund_alloc(ctx, vertices, sizeof **node))) return SUND_LIMIT;
  sund_shapes *s = *shapes;
  vertices = 0;
  for (size_t r = 0; r < rows->count; r++) {
    for (size_t i = rows->first_ref[r]; i < rows->end_ref[r]; i++, vertices++) {
      const uint32_t v = rows->file->ref[i];
      s->x[vertices] = places->x[v];
      s->y[vertices] = places->y[v];
      (*node)[vertices] = rows->file->node_id[v];
    }
    s->first_part[r + 1] = r + 1;
    s->first_vertex[r + 1] = vertices;
  }
  return SUND_OK;
}

/* ----------------------------------------------------------------------------------------------------------- table */

static bool is_word(const char *const *list, const char *word) {
  for (; list && *list; list++)
    if (strcmp(*list, word) == 0) return true;
  return false;
}

/* What stands in a column where nothing is known. */
static sund_code fill_fallbacks(sund_ctx *ctx, sund_role role, sund_table *table) {
  for (size_t k = 0; k < table->columns; k++) {
    const char *fallback = source_column(role, table->column[k].field.name)->fallback;
    const sund_node node = {.kind = SUND_SCALAR, .text = fallback};
    sund_column *column = &table->column[k];
    double number = NAN;
    if (!fallback) continue;
    if (!column->text) TRY(sund_node_number(ctx, &node, &number));
    for (size_t r = 0; r < table->rows; r++) {
      if (column->text) column->text[r] = fallback;
      else if (column->real) column->real[r] = number;
      else column->integer[r] = (int64_t)number;
    }
  }
  return SUND_OK;
}

sund_code osm_rows_table(sund_ctx *ctx, const osm_rows *rows, sund_role role, const char *const *without,
                         sund_table **out) {
  const sund_role_info *info = sund_role_of(role);
  sund_field *fields = sund_alloc(ctx, info->columns, sizeof *fields);
  size_t count = 0;
  if (!fields) return SUND_LIMIT;
  for (size_t k = 0; k < info->columns; k++)
    if (!is_word(without, info->column[k].field.name)) fields[count++] = info->column[k].field;
  TRY(sund_table_new(ctx, info->name, SUND_LINE, rows->count, fields, count, out));
  sund_table *table = *out;
  table->feature = sund_alloc(ctx, rows->count, sizeof *table->feature);
  table->source = sund_alloc(ctx, rows->count, sizeof *table->source);
  table->source_name = sund_alloc(ctx, 1, sizeof *table->source_name);
  table->source_heights = sund_alloc(ctx, 1, sizeof *table->source_heights);
  if (!table->feature || !table->source || !table->source_name || !table->source_heights) return SUND_LIMIT;
  table->sources = 1;
  for (size_t r = 0; r < rows->count; r++) table->feature[r] = rows->file->way_id[rows->way[r]];
  if (!(table->source_name[0] = sund_text_copy(ctx, rows->file->name))) return SUND_LIMIT;
  return fill_fallbacks(ctx, role, table);
}

const char *osm_set_value(const sund_source *source, const char *column) {
  for (size_t k = 0; k < source->sets; k++)
    if (strcmp(source->set[k].key, column) == 0) return source->set[k].value;
  return NULL;
}

sund_code osm_set_columns(sund_ctx *ctx, const sund_source *source, sund_table *table) {
  for (size_t k = 0; k < source->sets; k++) {
    sund_column *column = sund_table_column(table, source->set[k].key);
    const char *text = column ? sund_text_copy(ctx, source->set[k].value) : NULL;
    double number = NAN;
    if (!column) continue;
    if (!text) return SUND_LIMIT;
    if (!column->text && !sund_number_read(text, &number)) continue; /* the schema has refused it long before */
    for (size_t r = 0; r < table->rows; r++) {
      if (column->text) column->text[r] = text;
      else if (column->real) column->real[r] = number;
      else column->integer[r] = (int64_t)number;
    }
  }
  return SUND_OK;
}

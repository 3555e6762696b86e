/* gpkg_rows.c - a layer's table and its rows: fid = row number + 1, columns in table order, unknown is NULL, a row
 * without shape has a NULL geometry. One prepared insert, values bound without copying. */
#include <math.h>
#include <sqlite3.h>
#include <string.h>

#include "gpkg.h"
#include "textbuf.h"

static const char *column_type(sund_type type) {
  return type == SUND_REAL ? "REAL" : type == SUND_INT ? "INTEGER" : "TEXT";
}

/* Declared type. A row of several parts cannot stand in a column of single ones, whatever the layer says. */
static const char *geometry_type(const sund_layer *layer, bool *multi) {
  const sund_table *table = layer->table;
  *multi = layer->multi;
  if (table->kind == SUND_NONE) return NULL;
  if (table->kind == SUND_POINT) return "POINT";
  for (size_t row = 0; row < table->rows && !*multi; row++) *multi = gpkg_shape_several(table->shapes, row);
  if (table->kind == SUND_LINE) return *multi ? "MULTILINESTRING" : "LINESTRING";
  return *multi ? "MULTIPOLYGON" : "POLYGON";
}

static sund_code create_table(gpkg_file *file, const sund_table *table, const char *type) {
  textbuf sql = {0};
  TRY(textbuf_add(file->ctx, &sql, "CREATE TABLE \"", table->name, "\" (\"fid\" INTEGER PRIMARY KEY NOT NULL", NULL));
  if (type) TRY(textbuf_add(file->ctx, &sql, ", \"geom\" ", type, NULL));
  for (size_t i = 0; i < table->columns; i++)
    TRY(textbuf_add(file->ctx, &sql, ", \"", table->column[i].field.name, "\" ",
                    column_type(table->column[i].field.type), NULL));
  TRY(textbuf_add(file->ctx, &sql, ")", NULL));
  return gpkg_exec(file, sql.text);
}

static sund_code prepare_insert(gpkg_file *file, const sund_table *table, sqlite3_stmt **out) {
  textbuf sql = {0};
  TRY(textbuf_add(file->ctx, &sql, "INSERT INTO \"", table->name, "\" VALUES (?", NULL));
  size_t more = table->columns + (table->kind != SUND_NONE);
  for (size_t i = 0; i < more; i++) TRY(textbuf_add(file->ctx, &sql, ",?", NULL));
  TRY(textbuf_add(file->ctx, &sql, ")", NULL));
  return gpkg_prepare(file, sql.text, out);
}

static int bind_column(sqlite3_stmt *insert, int at, const sund_column *column, size_t row) {
  switch (column->field.type) {
    case SUND_REAL:
      return sqlite3_bind_double(insert, at, column->real[row]); /* SQLite stores NAN as NULL */
    case SUND_INT:
      if (column->integer[row] == SUND_NULL_INT) return sqlite3_bind_null(insert, at);
      return sqlite3_bind_int64(insert, at, column->integer[row]);
    default:
      return sqlite3_bind_text(insert, at, column->text[row], -1, SQLITE_STATIC);
  }
}

/* Geometry of a row into `blob`; bytes 0 = none. */
static size_t make_geometry(const sund_table *table, size_t row, bool multi, int32_t srs, uint8_t *blob,
                            double box[4]) {
  if (table->kind == SUND_POINT) {
    double x = table->x[row], y = table->y[row];
    if (isnan(x)) return 0;
    box[0] = box[2] = x;
    box[1] = box[3] = y;
    gpkg_point_write(x, y, srs, blob);
    return GPKG_POINT_SIZE;
  }
  if (!sund_shapes_box(table->shapes, row, box)) return 0;
  return gpkg_shape_write(table->shapes, row, multi, srs, box, blob);
}

static void extend(gpkg_extent *extent, size_t row, const double box[4]) {
  extent->fid[extent->filled] = (int64_t)row + 1;
  memcpy(extent->boxes + 4 * extent->filled++, box, 4 * sizeof *box);
  for (int i = 0; i < 2; i++) {
    if (box[i] < extent->box[i]) extent->box[i] = box[i];
    if (box[i + 2] > extent->box[i + 2]) extent->box[i + 2] = box[i + 2];
  }
}

static size_t largest_geometry(const sund_table *table, bool multi) {
  size_t largest = GPKG_POINT_SIZE;
  if (table->kind == SUND_NONE || table->kind == SUND_POINT) return largest;
  for (size_t row = 0; row < table->rows; row++) {
    size_t size = gpkg_shape_size(table->shapes, row, multi);
    if (size > largest) largest = size;
  }
  return largest;
}

static sund_code insert_rows(gpkg_file *file, const sund_table *table, bool multi, sqlite3_stmt *insert,
                             gpkg_extent *extent) {
  uint8_t *blob = sund_alloc(file->ctx, largest_geometry(table, multi), 1);
  if (!blob) return SUND_LIMIT;
  for (size_t row = 0; row < table->rows; row++) {
    int at = 1;
    int rc = sqlite3_bind_int64(insert, at++, (int64_t)row + 1);
    if (table->kind != SUND_NONE) {
      double box[4];
      size_t bytes = make_geometry(table, row, multi, file->srs, blob, box);
      if (bytes > 0) extend(extent, row, box);
      rc |= bytes > 0 ? sqlite3_bind_blob64(insert, at, blob, bytes, SQLITE_STATIC) : sqlite3_bind_null(insert, at);
      at++;
    }
    for (size_t i = 0; i < table->columns; i++) rc |= bind_column(insert, at++, &table->column[i], row);
    if (rc != SQLITE_OK) return gpkg_failed(file->ctx, file->db, sqlite3_errcode(file->db), "writing the rows");
    rc = sqlite3_step(insert);
    if (rc != SQLITE_DONE) return gpkg_failed(file->ctx, file->db, rc, "writing the rows");
    sqlite3_reset(insert);
  }
  return SUND_OK;
}

sund_code gpkg_write_rows(gpkg_file *file, size_t layer, gpkg_extent *extent) {
  const sund_table *table = file->spec->layer[layer].table;
  bool multi = false;
  *extent = (gpkg_extent){.box = {INFINITY, INFINITY, -INFINITY, -INFINITY}};
  extent->type = geometry_type(&file->spec->layer[layer], &multi);
  size_t room = table->kind == SUND_NONE ? 0 : table->rows;
  extent->fid = sund_alloc(file->ctx, room, sizeof *extent->fid);
  extent->boxes = sund_alloc(file->ctx, room, 4 * sizeof *extent->boxes);
  if (!extent->fid || !extent->boxes) return SUND_LIMIT;
  TRY(create_table(file, table, extent->type));
  sqlite3_stmt *insert = NULL;
  TRY(prepare_insert(file, table, &insert));
  sund_code code = insert_rows(file, table, multi, insert, extent);
  sqlite3_finalize(insert);
  file->filled[layer] = extent->filled;
  return code;
}

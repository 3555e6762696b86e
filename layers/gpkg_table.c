/* gpkg_table.c - a table of a result, read back whole.
 *
 * Order: what the table has (find_geometry, find_columns), how many rows fit, then the rows, each decoded as it comes
 * by. A table may have been edited in QGIS since it was written: columns may be more, rings may run the other way.
 * What cannot be right is a failure with file, layer and fid. Views and virtual tables count as not there.
 */
#include <math.h>
#include <sqlite3.h>
#include <string.h>

#include "gpkg_decode.h"
#include "gpkg_read.h"
#include "path.h"
#include "textbuf.h"

/* A table about to be read. */
typedef struct reading {
  sund_ctx *ctx;
  const sund_result *result;
  const char *name;
  const char *geometry; /* its column, or NULL */
  gpkg_decoder decoder; /* kind SUND_NONE without geometry */
  size_t columns, room;
  sund_field *field;
  bool matched; /* has the column of the match, or none is asked for */
  sund_table *table;
} reading;

static sund_code fail_row(const reading *r, int64_t fid, const char *column, const char *what) {
  const char *colon = column ? ": " : "";
  sund_fail(r->ctx, SUND_SOURCE, "layer %s%s%s: %s", r->name, colon, column ? column : "", what);
  return sund_blame(r->ctx, r->result->name, fid);
}

static sund_code find_geometry(reading *r) {
  static const struct {
    const char *name;
    sund_kind kind;
  } types[] = {{"POINT", SUND_POINT},
               {"LINESTRING", SUND_LINE},
               {"MULTILINESTRING", SUND_LINE},
               {"POLYGON", SUND_AREA},
               {"MULTIPOLYGON", SUND_AREA}};
  const char *said[3] = {NULL};
  bool found;
  TRY(gpkg_read_ask(r->ctx, r->result,
                    "SELECT column_name, geometry_type_name, srs_id FROM gpkg_geometry_columns WHERE table_name = ?",
                    r->name, 3, said, &found));
  if (!found) return SUND_OK;
  double srs = NAN;
  for (size_t i = 0; i < sizeof types / sizeof *types; i++)
    if (said[1] && strcmp(said[1], types[i].name) == 0) r->decoder.kind = types[i].kind;
  bool whole = said[2] && sund_number_read(said[2], &srs) && srs == floor(srs) && fabs(srs) <= INT32_MAX;
  if (!said[0] || r->decoder.kind == SUND_NONE || !whole)
    return fail_row(r, SUND_NO_FEATURE, NULL, "its geometry column is not one that sund writes");
  r->geometry = said[0];
  r->decoder.ctx = r->ctx;
  r->decoder.srs = (int32_t)srs;
  return SUND_OK;
}

/* The type of a column by its declaration, as SQLite takes it; false = what it holds is no value of ours. */
static bool type_of(const char *declared, sund_type *out) {
  static const struct {
    const char *part;
    sund_type type;
  } rules[] = {{"INT", SUND_INT},   {"BOOL", SUND_INT},  {"CHAR", SUND_TEXT}, {"TEXT", SUND_TEXT},
               {"DATE", SUND_TEXT}, {"REAL", SUND_REAL}, {"DOUB", SUND_REAL}, {"FLOA", SUND_REAL}};
  for (size_t i = 0; i < sizeof rules / sizeof *rules; i++)
    if (path_find(declared, rules[i].part)) {
      *out = rules[i].type;
      return true;
    }
  return false;
}

static bool wanted(const char *name, const char *const *columns) {
  for (; columns && *columns; columns++)
    if (strcmp(*columns, name) == 0) return true;
  return !columns;
}

/* Adds a column of the table, if it is to be read. */
static sund_code add_column(reading *r, const char *name, const char *declared, const char *const *columns) {
  sund_type type;
  if (strcmp(name, "fid") == 0 || (r->geometry && strcmp(name, r->geometry) == 0)) return SUND_OK;
  if (!wanted(name, columns) || !type_of(declared, &type)) return SUND_OK;
  sund_field *field = sund_grow(r->ctx, r->field, &r->room, r->columns + 1, sizeof *field);
  const char *copy = field ? sund_text_copy(r->ctx, name) : NULL;
  if (!copy) return SUND_LIMIT;
  r->field = field;
  r->field[r->columns++] = (sund_field){.name = copy, .type = type};
  return SUND_OK;
}

/* The columns there are, in their order. */
static sund_code find_columns(reading *r, const char *const *columns, const sund_match *match) {
  sqlite3_stmt *statement = NULL;
  bool keyed = false, shaped = !r->geometry;
  sund_code code = SUND_OK;
  r->matched = !match;
  int rc = sqlite3_prepare_v2(r->result->db, "SELECT name, type FROM pragma_table_info(?)", -1, &statement, NULL);
  if (rc == SQLITE_OK) rc = sqlite3_bind_text(statement, 1, r->name, -1, SQLITE_STATIC);
  while (code == SUND_OK && rc == SQLITE_OK && (rc = sqlite3_step(statement)) == SQLITE_ROW) {
    const char *name = (const char *)sqlite3_column_text(statement, 0);
    const char *declared = (const char *)sqlite3_column_text(statement, 1);
    keyed = keyed || (name && strcmp(name, "fid") == 0);
    shaped = shaped || (name && strcmp(name, r->geometry) == 0);
    r->matched = r->matched || (name && strcmp(name, match->column) == 0);
    if (name && declared) code = add_column(r, name, declared, columns);
    rc = SQLITE_OK;
  }
  if (code == SUND_OK && rc != SQLITE_DONE) code = gpkg_read_failed(r->ctx, r->result);
  sqlite3_finalize(statement);
  TRY(code);
  if (!keyed) return fail_row(r, SUND_NO_FEATURE, NULL, "it has no column fid");
  if (!shaped) return fail_row(r, SUND_NO_FEATURE, NULL, "it has no geometry column");
  return SUND_OK;
}

/* ---------------------------------------------------------------------------------------------------------- rows */

/* Value of a text: one that is the same as in the row before is kept once. */
static const char *read_text(const reading *r, sund_column *column, size_t row, const char *text) {
  if (!textbuf_utf8(text)) return "it is not UTF-8";
  const char *before = row > 0 ? column->text[row - 1] : NULL;
  column->text[row] = before && strcmp(before, text) == 0 ? before : sund_text_copy(r->ctx, text);
  return column->text[row] ? NULL : "there is no memory for it";
}

/* Reads value `at` of the row a statement is at; returns what is wrong with it, or NULL. */
static const char *read_value(const reading *r, sqlite3_stmt *statement, int at, sund_column *column, size_t row) {
  int type = sqlite3_column_type(statement, at);
  if (type == SQLITE_NULL) return NULL;
  switch (column->field.type) {
    case SUND_REAL:
      if (type != SQLITE_FLOAT && type != SQLITE_INTEGER) return "it is no number";
      column->real[row] = sqlite3_column_double(statement, at);
      return NULL;
    case SUND_INT:
      if (type != SQLITE_INTEGER) return "it is no whole number";
      column->integer[row] = sqlite3_column_int64(statement, at);
      return NULL;
    default: {
      if (type != SQLITE_TEXT) return "it is no text";
      const char *text = (const char *)sqlite3_column_text(statement, at);
      return text ? read_text(r, column, row, text) : "there is no memory for it";
    }
  }
}

/* Reads the row the statement is at: fid, geometry if there is one, columns. */
static sund_code read_row(reading *r, sqlite3_stmt *statement, size_t row) {
  sund_table *table = r->table;
  int at = 0;
  int64_t fid = table->feature[row] = sqlite3_column_int64(statement, at++);
  if (r->geometry) {
    double x, y;
    const uint8_t *blob = sqlite3_column_blob(statement, at);
    size_t bytes = (size_t)sqlite3_column_bytes(statement, at);
    int type = sqlite3_column_type(statement, at++);
    const char *wrong =
        type != SQLITE_NULL && !blob ? "the geometry has no bytes" : gpkg_decode(&r->decoder, blob, bytes, &x, &y);
    if (wrong) return fail_row(r, fid, NULL, wrong);
    if (table->kind == SUND_POINT) table->x[row] = x, table->y[row] = y;
    else r->decoder.shapes.first_part[row + 1] = r->decoder.shapes.parts;
  }
  for (size_t i = 0; i < table->columns; i++) {
    const char *wrong = read_value(r, statement, at++, &table->column[i], row);
    if (wrong) return fail_row(r, fid, table->column[i].field.name, wrong);
  }
  return SUND_OK;
}

/* " FROM table WHERE column = ?", names quoted; a column that is missing makes no row. */
static const char *from_text(const reading *r, const sund_match *match) {
  char *text = NULL;
  if (!r->matched) text = sqlite3_mprintf(" FROM \"%w\" WHERE 0", r->name);
  else if (match) text = sqlite3_mprintf(" FROM \"%w\" WHERE \"%w\" = ?", r->name, match->column);
  else text = sqlite3_mprintf(" FROM \"%w\"", r->name);
  const char *copy = text ? sund_text_copy(r->ctx, text) : NULL;
  if (!copy) sund_fail(r->ctx, SUND_LIMIT, "out of memory while reading the result");
  sqlite3_free(text);
  return copy;
}

static sund_code select_text(const reading *r, const char *from, textbuf *sql) {
  TRY(textbuf_add(r->ctx, sql, "SELECT \"fid\"", NULL));
  for (size_t i = 0; i <= r->columns; i++) {
    const char *name = i == 0 ? r->geometry : r->field[i - 1].name;
    if (!name) continue;
    char *quoted = sqlite3_mprintf(", \"%w\"", name);
    sund_code code = quoted ? textbuf_add(r->ctx, sql, quoted, NULL)
                            : sund_fail(r->ctx, SUND_LIMIT, "out of memory while reading the result");
    sqlite3_free(quoted);
    TRY(code);
  }
  return textbuf_add(r->ctx, sql, from, " ORDER BY \"fid\"", NULL);
}

static sund_code count_rows(const reading *r, const char *from, const char *text, size_t *rows) {
  const char *said = NULL, *sql = sund_text(r->ctx, "SELECT count(*)%s", from);
  bool found;
  double count = 0;
  if (!sql) return SUND_LIMIT;
  TRY(gpkg_read_ask(r->ctx, r->result, sql, text, 1, &said, &found));
  if (!found || !said || !sund_number_read(said, &count)) return gpkg_read_failed(r->ctx, r->result);
  *rows = (size_t)count;
  return SUND_OK;
}

static sund_code make_table(reading *r, size_t rows) {
  sund_table *table;
  TRY(sund_table_new(r->ctx, r->name, r->decoder.kind, rows, r->field, r->columns, &table));
  table->feature = sund_alloc(r->ctx, rows, sizeof *table->feature);
  table->source = sund_alloc(r->ctx, rows, sizeof *table->source);
  table->source_name = sund_alloc(r->ctx, 1, sizeof *table->source_name);
  if (!table->feature || !table->source || !table->source_name) return SUND_LIMIT;
  table->sources = 1;
  table->source_name[0] = r->result->name;
  r->table = table;
  if (table->kind != SUND_LINE && table->kind != SUND_AREA) return SUND_OK;
  sund_shapes *shapes = &r->decoder.shapes;
  *shapes = (sund_shapes){.kind = table->kind, .rows = rows};
  shapes->first_part = sund_alloc(r->ctx, rows + 1, sizeof *shapes->first_part);
  shapes->first_vertex = sund_grow(r->ctx, NULL, &r->decoder.vertex_room, 1, sizeof *shapes->first_vertex);
  table->shapes = shapes->first_part && shapes->first_vertex ? sund_alloc(r->ctx, 1, sizeof *shapes) : NULL;
  return table->shapes ? SUND_OK : SUND_LIMIT;
}

static sund_code read_rows(reading *r, const char *sql, const char *text) {
  sqlite3_stmt *statement = NULL;
  sund_code code = SUND_OK;
  size_t row = 0;
  int rc = sqlite3_prepare_v2(r->result->db, sql, -1, &statement, NULL);
  if (rc == SQLITE_OK && text) rc = sqlite3_bind_text(statement, 1, text, -1, SQLITE_STATIC);
  while (code == SUND_OK && rc == SQLITE_OK && (rc = sqlite3_step(statement)) == SQLITE_ROW) {
    if (row < r->table->rows) code = read_row(r, statement, row);
    row++;
    rc = SQLITE_OK;
  }
  if (code == SUND_OK && rc != SQLITE_DONE) code = gpkg_read_failed(r->ctx, r->result);
  sqlite3_finalize(statement);
  TRY(code);
  if (row != r->table->rows)
    return fail_row(r, SUND_NO_FEATURE, NULL, "the file is damaged: its rows are not as counted");
  if (r->table->shapes) *r->table->shapes = r->decoder.shapes;
  return SUND_OK;
}

sund_code sund_result_table(sund_ctx *ctx, const sund_result *result, const char *name, const char *const *columns,
                            const sund_match *match, sund_table **out) {
  bool found;
  TRY(gpkg_read_ask(ctx, result, "SELECT 1 FROM sqlite_master WHERE " GPKG_READ_TABLE " = ?", name, 0, NULL, &found));
  if (!found) {
    *out = NULL;
    return SUND_OK;
  }
  reading r = {.ctx = ctx, .result = result, .name = sund_text_copy(ctx, name)};
  if (!r.name) return SUND_LIMIT;
  TRY(find_geometry(&r));
  TRY(find_columns(&r, columns, match));
  const char *from = from_text(&r, match), *text = match && r.matched ? match->text : NULL;
  textbuf sql = {0};
  size_t rows = 0;
  if (!from) return SUND_LIMIT;
  TRY(select_text(&r, from, &sql));
  TRY(count_rows(&r, from, text, &rows));
  TRY(make_table(&r, rows));
  TRY(read_rows(&r, sql.text, text));
  *out = r.table;
  return SUND_OK;
}

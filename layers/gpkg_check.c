/* gpkg_check.c - is what shall be written right? Names, arrays, texts, numbers, rings, before any file is made.
 *
 * A query that hands over a wrong table is a defect of sund; it is found here with layer and row, so that the writer
 * itself can trust what it is given and no half-made file ever exists because of it.
 */
#include <math.h>
#include <string.h>
#include <strings.h>

#include "gpkg.h"
#include "textbuf.h"

enum { NAME_LONGEST = 63 };

/* Coordinates beyond this overflow the 32-bit boxes of the R-tree; no map has them. */
static const double farthest = 1e30;

/* ASCII letters, digits and underscores. Digits may come first: the standard 330-300 gives 330_300_dist_m. */
static bool good_name(const char *name) {
  size_t length = name ? strlen(name) : 0;
  if (length == 0 || length > NAME_LONGEST) return false;
  for (size_t i = 0; i < length; i++) {
    char c = name[i];
    if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_')) return false;
  }
  return true;
}

static bool reserved_table(const char *name) {
  return strncasecmp(name, "gpkg_", 5) == 0 || strncasecmp(name, "sqlite_", 7) == 0 ||
         strncasecmp(name, "rtree_", 6) == 0 || strcasecmp(name, "layer_styles") == 0;
}

static sund_code wrong(sund_ctx *ctx, const sund_table *table, size_t row, const char *what) {
  sund_fail(ctx, SUND_DEFECT, "result layer '%s': %s", table->name ? table->name : "", what);
  return sund_blame(ctx, NULL, row == SIZE_MAX ? SUND_NO_FEATURE : (int64_t)row + 1);
}

static sund_code check_names(sund_ctx *ctx, const sund_gpkg_spec *spec, size_t layer) {
  const sund_table *table = spec->layer[layer].table;
  if (!good_name(table->name) || reserved_table(table->name))
    return wrong(ctx, table, SIZE_MAX, "its name cannot be that of a table");
  for (size_t i = 0; i < layer; i++)
    if (strcasecmp(spec->layer[i].table->name, table->name) == 0)
      return wrong(ctx, table, SIZE_MAX, "there are two layers of that name");
  for (size_t i = 0; i < table->columns; i++) {
    const char *name = table->column[i].field.name;
    if (!good_name(name) || strcasecmp(name, "fid") == 0 || strcasecmp(name, "geom") == 0) {
      sund_fail(ctx, SUND_DEFECT, "result layer '%s': '%s' cannot be the name of a column", table->name,
                name ? name : "");
      return SUND_DEFECT;
    }
    for (size_t k = 0; k < i; k++)
      if (strcasecmp(table->column[k].field.name, name) == 0)
        return sund_fail(ctx, SUND_DEFECT, "result layer '%s': column '%s' is there twice", table->name, name);
  }
  return SUND_OK;
}

static sund_code check_column(sund_ctx *ctx, const sund_table *table, const sund_column *column) {
  const char *name = column->field.name;
  const void *array = column->field.type == SUND_REAL  ? (const void *)column->real
                      : column->field.type == SUND_INT ? (const void *)column->integer
                                                       : (const void *)column->text;
  if (!array && table->rows > 0)
    return sund_fail(ctx, SUND_DEFECT, "result layer '%s': column '%s' has no values", table->name, name);
  for (size_t row = 0; row < table->rows; row++) {
    if (column->field.type == SUND_REAL && isinf(column->real[row])) {
      sund_fail(ctx, SUND_DEFECT, "result layer '%s': '%s' is infinite", table->name, name);
      return sund_blame(ctx, NULL, (int64_t)row + 1);
    }
    if (column->field.type == SUND_TEXT && column->text[row] && !textbuf_utf8(column->text[row])) {
      sund_fail(ctx, SUND_DEFECT, "result layer '%s': '%s' is not UTF-8", table->name, name);
      return sund_blame(ctx, NULL, (int64_t)row + 1);
    }
  }
  return SUND_OK;
}

static bool usable(double x, double y) {
  return fabs(x) <= farthest && fabs(y) <= farthest;
}

static sund_code check_points(sund_ctx *ctx, const sund_table *table) {
  if (table->rows > 0 && (!table->x || !table->y)) return wrong(ctx, table, SIZE_MAX, "it has no coordinates");
  for (size_t row = 0; row < table->rows; row++) {
    bool none = isnan(table->x[row]) && isnan(table->y[row]);
    if (!none && !usable(table->x[row], table->y[row]))
      return wrong(ctx, table, row, "a coordinate is not a finite number");
  }
  return SUND_OK;
}

static const char *wrong_part(const sund_shapes *shapes, size_t row, size_t part) {
  size_t begin = shapes->first_vertex[part], end = shapes->first_vertex[part + 1];
  if (end < begin || end > shapes->vertices) return "its vertices are not in order";
  for (size_t v = begin; v < end; v++)
    if (!usable(shapes->x[v], shapes->y[v])) return "a coordinate is not a finite number";
  if (shapes->kind == SUND_LINE) return end - begin < 2 ? "a line has fewer than two vertices" : NULL;
  if (end - begin < 4) return "a ring has fewer than four vertices";
  if (shapes->x[begin] != shapes->x[end - 1] || shapes->y[begin] != shapes->y[end - 1]) return "a ring is not closed";
  if (part == shapes->first_part[row] && shapes->hole && shapes->hole[part]) return "a hole comes before its ring";
  return NULL;
}

static sund_code check_shapes(sund_ctx *ctx, const sund_table *table) {
  const sund_shapes *shapes = table->shapes;
  if (!shapes || shapes->kind != table->kind || shapes->rows != table->rows)
    return wrong(ctx, table, SIZE_MAX, "its shapes do not fit its rows");
  for (size_t row = 0; row < table->rows; row++) {
    if (shapes->first_part[row] > shapes->first_part[row + 1] || shapes->first_part[row + 1] > shapes->parts)
      return wrong(ctx, table, row, "its parts are not in order");
    for (size_t part = shapes->first_part[row]; part < shapes->first_part[row + 1]; part++) {
      const char *what = wrong_part(shapes, row, part);
      if (what) return wrong(ctx, table, row, what);
    }
  }
  return SUND_OK;
}

sund_code gpkg_check(sund_ctx *ctx, const sund_gpkg_spec *spec) {
  if (!spec->date || strlen(spec->date) != strlen("2024-01-31T00:00:00.000Z"))
    return sund_fail(ctx, SUND_DEFECT, "the date of the result is not like 2024-01-31T00:00:00.000Z");
  if (spec->record && !textbuf_utf8(spec->record))
    return sund_fail(ctx, SUND_DEFECT, "the record of the run is not UTF-8");
  for (size_t i = 0; i < spec->layers; i++) {
    const sund_table *table = spec->layer[i].table;
    TRY(check_names(ctx, spec, i));
    for (size_t c = 0; c < table->columns; c++) TRY(check_column(ctx, table, &table->column[c]));
    if (table->kind == SUND_POINT) TRY(check_points(ctx, table));
    else if (table->kind != SUND_NONE) TRY(check_shapes(ctx, table));
  }
  return SUND_OK;
}

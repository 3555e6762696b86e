/* draw.h - tables drawn by hand for tests of queries. Coordinates are metres east and north of (720000, 6215000) in
 * EPSG:25832, a place in Helsingør. */
#ifndef SUND_TESTS_DRAW_H
#define SUND_TESTS_DRAW_H

#include <math.h>

#include "sund/queries.h"
#include "support.h"

#define DRAW_X 720000.0
#define DRAW_Y 6215000.0

typedef struct draw_box {
  double x0, y0, x1, y1;
} draw_box;
typedef struct draw_line {
  double x0, y0, x1, y1;
  int64_t level;
} draw_line;
typedef struct draw_point {
  double x, y, persons;
} draw_point;

/* A table with the columns of a role, at their fallbacks. */
static inline sund_table *draw_table(sund_ctx *ctx, sund_role role, sund_kind kind, size_t rows) {
  const sund_role_info *info = sund_role_of(role);
  sund_field fields[32];
  sund_table *table;
  for (size_t c = 0; c < info->columns; c++) fields[c] = info->column[c].field;
  assert_ok(ctx, sund_table_new(ctx, info->name, kind, rows, fields, info->columns, &table));
  for (size_t c = 0; c < info->columns; c++)
    for (size_t r = 0; info->column[c].fallback && r < rows; r++) {
      if (table->column[c].text) table->column[c].text[r] = info->column[c].fallback;
      if (table->column[c].real) table->column[c].real[r] = strtod(info->column[c].fallback, NULL);
      if (table->column[c].integer) table->column[c].integer[r] = strtoll(info->column[c].fallback, NULL, 10);
    }
  return table;
}

static inline sund_table *draw_boxes(sund_ctx *ctx, sund_role role, size_t n, const draw_box *box) {
  sund_table *table = draw_table(ctx, role, SUND_AREA, n);
  assert_ok(ctx, sund_shapes_new(ctx, SUND_AREA, n, n, 5 * n, &table->shapes));
  for (size_t i = 0; i < n; i++) {
    const double x[] = {box[i].x0, box[i].x1, box[i].x1, box[i].x0, box[i].x0};
    const double y[] = {box[i].y0, box[i].y0, box[i].y1, box[i].y1, box[i].y0};
    for (int k = 0; k < 5; k++)
      table->shapes->x[5 * i + (size_t)k] = DRAW_X + x[k], table->shapes->y[5 * i + (size_t)k] = DRAW_Y + y[k];
    table->shapes->first_part[i + 1] = i + 1;
    table->shapes->first_vertex[i + 1] = 5 * (i + 1);
  }
  return table;
}

static inline sund_table *draw_lines(sund_ctx *ctx, size_t n, const draw_line *line) {
  sund_table *table = draw_table(ctx, SUND_PATHS, SUND_LINE, n);
  assert_ok(ctx, sund_shapes_new(ctx, SUND_LINE, n, n, 2 * n, &table->shapes));
  for (size_t i = 0; i < n; i++) {
    table->shapes->x[2 * i] = DRAW_X + line[i].x0, table->shapes->y[2 * i] = DRAW_Y + line[i].y0;
    table->shapes->x[2 * i + 1] = DRAW_X + line[i].x1, table->shapes->y[2 * i + 1] = DRAW_Y + line[i].y1;
    table->shapes->first_part[i + 1] = i + 1;
    table->shapes->first_vertex[i + 1] = 2 * (i + 1);
    sund_table_int(table, "level")[i] = line[i].level;
  }
  return table;
}

static inline sund_table *draw_points(sund_ctx *ctx, sund_role role, size_t n, const draw_point *point) {
  sund_table *table = draw_table(ctx, role, SUND_POINT, n);
  for (size_t i = 0; i < n; i++) {
    table->x[i] = DRAW_X + point[i].x, table->y[i] = DRAW_Y + point[i].y;
    if (sund_table_real(table, "persons")) sund_table_real(table, "persons")[i] = point[i].persons;
  }
  return table;
}

/* Areas with ids a, b, c ... */
static inline sund_table *draw_areas(sund_ctx *ctx, size_t n, const draw_box *box) {
  sund_table *areas = draw_boxes(ctx, SUND_AREAS, n, box);
  for (size_t i = 0; i < n; i++) {
    sund_table_text(areas, "id")[i] = sund_text(ctx, "%c", 'a' + (int)i);
    sund_table_text(areas, "name")[i] = sund_text(ctx, "Area %c", 'A' + (int)i);
  }
  return areas;
}

static inline sund_crs *draw_crs(sund_ctx *ctx) {
  sund_crs *crs;
  assert_ok(ctx, sund_crs_open(ctx, "EPSG:25832", &crs));
  return crs;
}

/* Ground metres between two places of the drawing, by geodesic. */
static inline double draw_distance(sund_ctx *ctx, const sund_crs *crs, double x0, double y0, double x1, double y1) {
  const double x[] = {DRAW_X + x0, DRAW_X + x1}, y[] = {DRAW_Y + y0, DRAW_Y + y1};
  double metres = 0;
  assert_ok(ctx, sund_geodesic_length(ctx, crs, 2, x, y, &metres));
  return metres;
}

/* Ground metres of map metres going east from the origin of the drawing: within 3e-6 of those anywhere in it. */
static inline double draw_ground(sund_ctx *ctx, double map_m) {
  return draw_distance(ctx, draw_crs(ctx), 0, 0, map_m, 0);
}

/* The value of an indicator; fails the test when there is not exactly one such row. */
static inline double draw_value(const sund_results *out, const char *indicator, const char *variant, size_t area) {
  double value = NAN;
  int found = 0;
  for (size_t i = 0; i < out->indicators; i++)
    if (strcmp(out->indicator[i].indicator, indicator) == 0 && strcmp(out->indicator[i].variant, variant) == 0 &&
        out->indicator[i].area == area) {
      value = out->indicator[i].value;
      found++;
    }
  if (found != 1) fail_msg("%s %s: %d rows", indicator, variant, found);
  return value;
}

static inline const sund_table *draw_layer(const sund_results *out, const char *name) {
  for (size_t i = 0; i < out->layers; i++)
    if (strcmp(out->layer[i].table->name, name) == 0) return out->layer[i].table;
  return NULL;
}

static inline bool draw_found(const sund_results *out, const char *severity, const char *words) {
  for (size_t i = 0; i < out->findings.count; i++)
    if (strcmp(out->findings.item[i].severity, severity) == 0 && strstr(out->findings.item[i].text, words))
      return true;
  return false;
}

#define assert_near(got, wanted, tolerance)                                                     \
  do {                                                                                          \
    double near_got = (got), near_wanted = (wanted);                                            \
    if (!(fabs(near_got - near_wanted) <= (tolerance)))                                         \
      fail_msg("%s is %.9g, not %.9g +- %g", #got, near_got, near_wanted, (double)(tolerance)); \
  } while (0)

#endif

/* heights_grid.c - the difference of two height systems at a place, from a grid the user gives.
 *
 * The grid may be in degrees, as those of PROJ-data are, or in any other CRS. One value is taken at the place, between
 * the four nodes around it; how far the nodes within 20 km differ is told beside it.
 */
#include <math.h>
#include <unistd.h>

#include "heights.h"
#include "raster.h"

static const double AROUND_M = 20000;
static const double DEGREE_M = 111195; /* of a great circle, on a sphere of 6371 km */
static const double TURN = 0.017453292519943295;

typedef struct grid_reader {
  sund_ctx *ctx; /* scratch */
  const char *name;
  guard *guard;
  raster_claims is;
  double scale, offset; /* raw to metres                                  */
  double column, row;   /* of the place, in cells from the first centre   */
  double x_m, y_m;      /* metres a cell at the place                     */
  heights_grid *out;
} grid_reader;

/* Nodes [column, column + columns) x [row, row + rows) as metres, NAN = unknown. */
static sund_code read_nodes(grid_reader *r, size_t column, size_t row, size_t columns, size_t rows, double **out) {
  double *value = sund_alloc(r->ctx, columns * rows, sizeof *value);
  if (!value) return SUND_LIMIT;
  CPLErr error = GDALRasterIO(r->is.band, GF_Read, (int)column, (int)row, (int)columns, (int)rows, value,
                              (int)columns, (int)rows, GDT_Float64, 0, 0);
  if (error != CE_None || r->guard->failures > 0) {
    TRY(guard_check(r->guard));
    return sund_fail(r->ctx, SUND_SOURCE, "file is damaged");
  }
  for (size_t i = 0; i < columns * rows; i++)
    value[i] = raster_nodata(&r->is, value[i], 1) ? NAN : value[i] * r->scale + r->offset;
  *out = value;
  return SUND_OK;
}

/* Where the place lies in the grid; it may lie half a cell outside the outer nodes. */
static sund_code find_place(grid_reader *r, const sund_crs *crs, double x, double y) {
  sund_crs *own;
  sund_op *op;
  const double *t = r->is.transform;
  TRY(heights_place(r->ctx, crs, x, y, &r->out->longitude, &r->out->latitude));
  TRY(sund_crs_open(r->ctx, r->is.crs, &own));
  TRY(sund_op_open(r->ctx, crs, own, NULL, &op));
  TRY(sund_op_apply(r->ctx, op, 1, &x, &y, NULL));
  r->column = (x - t[0]) / t[1] - 0.5;
  r->row = (y - t[3]) / t[5] - 0.5;
  bool degrees = sund_crs_geographic(own);
  r->x_m = fabs(t[1]) * (degrees ? DEGREE_M * cos(r->out->latitude * TURN) : 1);
  r->y_m = fabs(t[5]) * (degrees ? DEGREE_M : 1);
  if (r->column >= -0.5 && r->column <= (double)r->is.columns - 0.5 && r->row >= -0.5 &&
      r->row <= (double)r->is.rows - 0.5)
    return SUND_OK;
  return sund_fail(r->ctx, SUND_OUTPUT, "the grid does not reach %.3f N %.3f E", r->out->latitude, r->out->longitude);
}

/* The node before a position, with one behind it where the grid has two, and the share of that one. */
static void around(double position, size_t nodes, size_t *first, size_t *count, double *share) {
  double last = (double)nodes - 1, at = fmin(fmax(position, 0), last);
  *first = nodes > 1 ? (size_t)fmin(floor(at), last - 1) : 0;
  *count = nodes > 1 ? 2 : 1;
  *share = at - (double)*first;
}

/* Between the four nodes around a position; NAN where one of them is unknown. */
static sund_code interpolate(grid_reader *r, double at_column, double at_row, double *out) {
  size_t column, row, columns, rows;
  double east, south, *v;
  around(at_column, r->is.columns, &column, &columns, &east);
  around(at_row, r->is.rows, &row, &rows, &south);
  TRY(read_nodes(r, column, row, columns, rows, &v));
  double north_m = v[0] + (columns > 1 ? (v[1] - v[0]) * east : 0), south_m = north_m;
  if (rows > 1) south_m = v[columns] + (columns > 1 ? (v[columns + 1] - v[columns]) * east : 0);
  *out = north_m + (south_m - north_m) * south;
  return SUND_OK;
}

static void widen(heights_grid *range, double metres) {
  range->lowest = fmin(range->lowest, metres); /* NAN has no say */
  range->highest = fmax(range->highest, metres);
}

static void bounds(double position, double reach, size_t nodes, size_t *first, size_t *count) {
  double low = fmax(0, floor(position - reach)), high = fmin((double)nodes - 1, ceil(position + reach));
  *first = (size_t)low;
  *count = high >= low ? (size_t)(high - low) + 1 : 0;
}

/* The nodes within 20 km, and for a coarse grid the four points that lie so far north, south, east and west. */
static sund_code measure_range(grid_reader *r) {
  static const double way[4][2] = {{1, 0}, {-1, 0}, {0, 1}, {0, -1}};
  size_t column, row, columns, rows;
  double *v, metres;
  bounds(r->column, AROUND_M / r->x_m, r->is.columns, &column, &columns);
  bounds(r->row, AROUND_M / r->y_m, r->is.rows, &row, &rows);
  r->out->lowest = r->out->highest = r->out->metres;
  for (size_t k = 0; k < 4; k++) {
    TRY(interpolate(r, r->column + way[k][0] * AROUND_M / r->x_m, r->row + way[k][1] * AROUND_M / r->y_m, &metres));
    widen(r->out, metres);
  }
  for (size_t k = 0; k < rows && columns > 0; k++) {
    TRY(read_nodes(r, column, row + k, columns, 1, &v));
    for (size_t c = 0; c < columns; c++) {
      double dx = ((double)(column + c) - r->column) * r->x_m, dy = ((double)(row + k) - r->row) * r->y_m;
      if (hypot(dx, dy) <= AROUND_M) widen(r->out, v[c]);
    }
  }
  return SUND_OK;
}

static sund_code read_grid(grid_reader *r, const char *path, const sund_crs *crs, double x, double y) {
  const sund_source source = {.role = SUND_TERRAIN, .path = path, .text = path};
  double metres;
  TRY(guard_open(r->ctx, path, GUARD_RASTER, NULL, &r->guard));
  TRY(raster_claims_read(r->ctx, r->guard, &source, &r->is));
  TRY(raster_unit(r->guard, &r->is, &metres));
  r->scale = r->is.scale * metres;
  r->offset = r->is.offset * metres;
  TRY(find_place(r, crs, x, y));
  TRY(interpolate(r, r->column, r->row, &r->out->metres));
  if (isfinite(r->out->metres)) return measure_range(r);
  return sund_fail(r->ctx, SUND_OUTPUT, "the grid has no value at %.3f N %.3f E", r->out->latitude,
                   r->out->longitude);
}

sund_code heights_grid_read(sund_ctx *ctx, const char *path, const sund_crs *crs, double x, double y,
                            heights_grid *out) {
  if (access(path, R_OK) != 0)
    return sund_fail(ctx, SUND_OUTPUT, "the grid %s of a height shift is not there or cannot be read",
                     sund_base_name(path));
  sund_ctx *scratch = sund_ctx_child(ctx);
  if (!scratch) return SUND_LIMIT;
  grid_reader r = {.ctx = scratch, .out = out};
  sund_code code = read_grid(&r, path, crs, x, y);
  if (code != SUND_OK) {
    sund_ctx_pass(ctx, scratch);
    sund_blame(ctx, sund_base_name(path), SUND_NO_FEATURE);
  }
  sund_ctx_free(scratch);
  return code;
}

/* geodesic.c - lengths and areas on the ellipsoid.
 *
 * Positions are brought to longitude and latitude of the CRS's own datum (no datum shift is involved), then measured
 * by geodesics from vertex to vertex, with the routines that come with PROJ. Karney (2013), Algorithms for geodesics,
 * J. Geodesy 87: 43-55.
 */
#include <geodesic.h>
#include <math.h>
#include <string.h>

#include "geo/crs.h"

/* Metres along positions in degrees. */
static double line_length(double major_m, double flattening, size_t n, const double *lon, const double *lat) {
  struct geod_geodesic ellipsoid;
  geod_init(&ellipsoid, major_m, flattening);
  double sum = 0;
  for (size_t i = 1; i < n; i++) {
    double metres = 0;
    geod_inverse(&ellipsoid, lat[i - 1], lon[i - 1], lat[i], lon[i], &metres, NULL, NULL);
    sum += metres;
  }
  return sum;
}

/* Square metres of a closed ring, positive when counter-clockwise. */
static double ring_area(double major_m, double flattening, size_t n, const double *lon, const double *lat) {
  struct geod_geodesic ellipsoid;
  struct geod_polygon ring;
  geod_init(&ellipsoid, major_m, flattening);
  geod_polygon_init(&ring, 0);
  for (size_t i = 0; i + 1 < n; i++) geod_polygon_addpoint(&ellipsoid, &ring, lat[i], lon[i]);
  double area = 0;
  geod_polygon_compute(&ellipsoid, &ring, 0, 1, &area, NULL);
  return area;
}

/* Copies of positions in degrees. */
typedef struct positions {
  double *lon;
  double *lat;
} positions;

/* Fills `out` from the scratch context. */
static sund_code unproject(sund_ctx *scratch, const sund_crs *crs, size_t n, const double *x, const double *y,
                           positions *out) {
  sund_op *op = NULL;
  double degrees = 1;
  TRY(crs_unproject_open(scratch, crs, &op, &degrees));
  out->lon = sund_alloc(scratch, n, sizeof *out->lon);
  if (!out->lon) return SUND_LIMIT;
  out->lat = sund_alloc(scratch, n, sizeof *out->lat);
  if (!out->lat) return SUND_LIMIT;
  if (n) {
    memcpy(out->lon, x, n * sizeof *x);
    memcpy(out->lat, y, n * sizeof *y);
  }
  TRY(sund_op_apply(scratch, op, n, out->lon, out->lat, NULL));
  for (size_t i = 0; degrees != 1 && i < n; i++) {
    out->lon[i] *= degrees;
    out->lat[i] *= degrees;
  }
  return SUND_OK;
}

/* Length or signed area, as a function of positions. */
typedef double (*measure_fn)(double major_m, double flattening, size_t n, const double *lon, const double *lat);

static sund_code measure_one(sund_ctx *ctx, const sund_crs *crs, size_t n, const double *x, const double *y,
                             measure_fn measure, double *out) {
  double major_m, flattening;
  positions at = {0};
  sund_ctx *scratch = sund_ctx_child(ctx);
  if (!scratch) return SUND_LIMIT;
  crs_ellipsoid(crs, &major_m, &flattening);
  sund_code code = unproject(scratch, crs, n, x, y, &at);
  if (code == SUND_OK) *out = measure(major_m, flattening, n, at.lon, at.lat);
  if (code != SUND_OK) code = sund_ctx_pass(ctx, scratch);
  sund_ctx_free(scratch);
  return code;
}

sund_code sund_geodesic_length(sund_ctx *ctx, const sund_crs *crs, size_t n, const double *x, const double *y,
                               double *metres) {
  return measure_one(ctx, crs, n, x, y, line_length, metres);
}

sund_code sund_geodesic_area(sund_ctx *ctx, const sund_crs *crs, size_t n, const double *x, const double *y,
                             double *square_metres) {
  return measure_one(ctx, crs, n, x, y, ring_area, square_metres);
}

sund_code sund_geodesic_measure(sund_ctx *ctx, const sund_crs *crs, const sund_shapes *shapes, double *out) {
  double major_m, flattening;
  positions at = {0};
  sund_ctx *scratch = sund_ctx_child(ctx);
  if (!scratch) return SUND_LIMIT;
  crs_ellipsoid(crs, &major_m, &flattening);
  sund_code code = unproject(scratch, crs, shapes->vertices, shapes->x, shapes->y, &at);
  for (size_t row = 0; code == SUND_OK && row < shapes->rows; row++) {
    double sum = 0;
    for (size_t part = shapes->first_part[row]; part < shapes->first_part[row + 1]; part++) {
      const size_t first = shapes->first_vertex[part], n = shapes->first_vertex[part + 1] - first;
      if (shapes->kind == SUND_LINE) {
        sum += line_length(major_m, flattening, n, at.lon + first, at.lat + first);
      } else {
        /* The flag decides what a ring is; its direction in the source does not. */
        const double area = fabs(ring_area(major_m, flattening, n, at.lon + first, at.lat + first));
        sum += shapes->hole && shapes->hole[part] ? -area : area;
      }
    }
    out[row] = sum;
  }
  if (code != SUND_OK) code = sund_ctx_pass(ctx, scratch);
  sund_ctx_free(scratch);
  return code;
}

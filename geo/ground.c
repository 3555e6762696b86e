/* ground.c - fast ground distances by the metric tensor of the ellipsoid in map coordinates.
 *
 * Order of calls: sund_ground_open over the box of the data, then sund_ground_distance from any thread.
 *
 * At every node of a lattice the map is differentiated numerically: with longitude l and latitude p as functions of x
 * and y, ds2 = (N cos p)2 dl2 + M2 dp2 = e dx2 + 2 f dx dy + g dy2, where M and N are the radii of curvature of the
 * meridian and the prime vertical (Snyder 1987, Map Projections, USGS PP 1395, section 4). Between nodes e, f, g are
 * interpolated bilinearly. A distance takes the tensor at the middle of the straight map line; a line longer than 2 km
 * is measured in pieces. The lattice is at most 5 km wide where the number of nodes allows, which leaves an error of
 * about (5 km / 6370 km)2 / 4 = 2e-7.
 */
#include <math.h>

#include "geo/crs.h"

enum { NODES_MAX = 256, PIECES_MAX = 1024 };

static const double spacing_m = 5000, piece_m = 2000, difference_m = 100;

typedef struct tensor {
  double e, f, g; /* m2 on the ground per squared map unit */
} tensor;

struct sund_ground {
  double x0, y0; /* lower left node, map units                    */
  double dx, dy; /* map units between nodes                       */
  size_t nx, ny; /* nodes, at least 2 each way                    */
  tensor *node;  /* ny rows of nx, south row first                */
  double piece;  /* map units: longest line measured in one piece */
  double smallest, largest;
};

/* Extends a side that has no length, and tells how many nodes it takes. */
static size_t divide(double *low, double *high, double spacing) {
  if (!(*high - *low >= spacing * 0.01)) {
    const double middle = *low + (*high - *low) / 2;
    *low = middle - spacing * 0.1;
    *high = middle + spacing * 0.1;
  }
  const double cells = ceil((*high - *low) / spacing);
  return cells < NODES_MAX - 1 ? (size_t)cells + 1 : NODES_MAX;
}

/* The tensor at a node, from the positions (degrees) at west, east, south and north of it, each `h` map units away. */
static tensor differentiate(double major_m, double flattening, const double lon[4], const double lat[4], double h) {
  const double radian = 0.017453292519943295;
  const double ee = flattening * (2 - flattening), p = (lat[0] + lat[1]) / 2 * radian;
  const double w2 = 1 - ee * sin(p) * sin(p), n = major_m / sqrt(w2), m = n * (1 - ee) / w2, c = n * cos(p);
  /* remainder takes out a jump from 180 to -180 */
  const double lx = remainder(lon[1] - lon[0], 360) * radian / (2 * h);
  const double ly = remainder(lon[3] - lon[2], 360) * radian / (2 * h);
  const double px = (lat[1] - lat[0]) * radian / (2 * h), py = (lat[3] - lat[2]) * radian / (2 * h);
  return (tensor){.e = c * c * lx * lx + m * m * px * px,
                  .f = c * c * lx * ly + m * m * px * py,
                  .g = c * c * ly * ly + m * m * py * py};
}

/* Smallest and largest map unit per ground metre of one tensor, from its eigenvalues. */
static void stretch(tensor t, double *smallest, double *largest) {
  const double mean = (t.e + t.g) / 2, spread = hypot((t.e - t.g) / 2, t.f);
  *smallest = 1 / sqrt(mean + spread);
  *largest = 1 / sqrt(fmax(mean - spread, 0));
}

/* Fills one row of nodes. lon, lat: room for 4 * nx positions. */
static sund_code fill_row(sund_ctx *ctx, const sund_op *op, const sund_crs *crs, double degrees, sund_ground *ground,
                          size_t row, double *lon, double *lat) {
  double major_m, flattening;
  crs_ellipsoid(crs, &major_m, &flattening);
  const double h = ground->piece * (difference_m / piece_m);
  for (size_t i = 0; i < ground->nx; i++) {
    const double x = ground->x0 + (double)i * ground->dx, y = ground->y0 + (double)row * ground->dy;
    const double step_x[4] = {-h, h, 0, 0}, step_y[4] = {0, 0, -h, h};
    for (size_t k = 0; k < 4; k++) {
      lon[4 * i + k] = x + step_x[k];
      lat[4 * i + k] = y + step_y[k];
    }
  }
  TRY(sund_op_apply(ctx, op, 4 * ground->nx, lon, lat, NULL));
  for (size_t i = 0; i < 4 * ground->nx && degrees != 1; i++) lon[i] *= degrees, lat[i] *= degrees;
  for (size_t i = 0; i < ground->nx; i++) {
    const tensor t = differentiate(major_m, flattening, lon + 4 * i, lat + 4 * i, h);
    double smallest, largest;
    stretch(t, &smallest, &largest);
    if (!(smallest > 0) || !isfinite(largest))
      return sund_fail(ctx, SUND_DATA, "the map plane of %s has no scale at x %.9g, y %.9g", sund_crs_name(crs),
                       ground->x0 + (double)i * ground->dx, ground->y0 + (double)row * ground->dy);
    ground->node[row * ground->nx + i] = t;
    ground->smallest = fmin(ground->smallest, smallest);
    ground->largest = fmax(ground->largest, largest);
  }
  return SUND_OK;
}

/* Fills the lattice with what a scratch context lends. */
static sund_code fill(sund_ctx *scratch, const sund_crs *crs, sund_ground *ground) {
  sund_op *op = NULL;
  double degrees = 1;
  TRY(crs_unproject_open(scratch, crs, &op, &degrees));
  double *lon = sund_alloc(scratch, 4 * ground->nx, sizeof *lon);
  if (!lon) return SUND_LIMIT;
  double *lat = sund_alloc(scratch, 4 * ground->nx, sizeof *lat);
  if (!lat) return SUND_LIMIT;
  for (size_t row = 0; row < ground->ny; row++) TRY(fill_row(scratch, op, crs, degrees, ground, row, lon, lat));
  return SUND_OK;
}

sund_code sund_ground_open(sund_ctx *ctx, const sund_crs *crs, const double box[4], sund_ground **out) {
  for (int i = 0; i < 4; i++)
    if (!isfinite(box[i])) return sund_fail(ctx, SUND_DATA, "the data have no finite extent to measure in");
  sund_ground *ground = sund_alloc(ctx, 1, sizeof *ground);
  if (!ground) return SUND_LIMIT;
  double low[2] = {fmin(box[0], box[2]), fmin(box[1], box[3])},
         high[2] = {fmax(box[0], box[2]), fmax(box[1], box[3])};
  const double unit = sund_crs_geographic(crs) ? 1 / 111000.0 : 1; /* map units in a metre, roughly */
  ground->nx = divide(&low[0], &high[0], spacing_m * unit);
  ground->ny = divide(&low[1], &high[1], spacing_m * unit);
  ground->x0 = low[0];
  ground->y0 = low[1];
  ground->dx = (high[0] - low[0]) / (double)(ground->nx - 1);
  ground->dy = (high[1] - low[1]) / (double)(ground->ny - 1);
  ground->piece = piece_m * unit;
  ground->smallest = INFINITY;
  ground->node = sund_alloc(ctx, ground->nx * ground->ny, sizeof *ground->node);
  if (!ground->node) return SUND_LIMIT;
  sund_ctx *scratch = sund_ctx_child(ctx);
  if (!scratch) return SUND_LIMIT;
  sund_code code = fill(scratch, crs, ground);
  if (code != SUND_OK) code = sund_ctx_pass(ctx, scratch);
  sund_ctx_free(scratch);
  if (code == SUND_OK) *out = ground;
  return code;
}

/* Cell and share along one side; beyond the box the edge counts. */
static size_t locate(double at, size_t nodes, double *share) {
  const double last = (double)(nodes - 1);
  const double inside = at > 0 ? (at < last ? at : last) : 0;
  const size_t cell = inside < last ? (size_t)inside : nodes - 2;
  *share = inside - (double)cell;
  return cell;
}

static tensor mix(tensor a, tensor b, double share) {
  const double rest = 1 - share;
  return (tensor){.e = rest * a.e + share * b.e, .f = rest * a.f + share * b.f, .g = rest * a.g + share * b.g};
}

static tensor interpolate(const sund_ground *ground, double x, double y) {
  double u, v;
  const size_t i = locate((x - ground->x0) / ground->dx, ground->nx, &u);
  const size_t j = locate((y - ground->y0) / ground->dy, ground->ny, &v);
  const tensor *south = ground->node + j * ground->nx + i, *north = south + ground->nx;
  return mix(mix(south[0], south[1], u), mix(north[0], north[1], u), v);
}

double sund_ground_distance(const sund_ground *ground, double x0, double y0, double x1, double y1) {
  const double dx = x1 - x0, dy = y1 - y0, length = sqrt(dx * dx + dy * dy);
  if (!isfinite(length)) return length;
  const double wanted = ceil(length / ground->piece);
  const size_t pieces = wanted > 1 ? (wanted < PIECES_MAX ? (size_t)wanted : PIECES_MAX) : 1;
  double sum = 0;
  for (size_t i = 0; i < pieces; i++) {
    const double share = ((double)i + 0.5) / (double)pieces;
    const tensor t = interpolate(ground, x0 + share * dx, y0 + share * dy);
    sum += sqrt(t.e * dx * dx + 2 * t.f * dx * dy + t.g * dy * dy);
  }
  return sum / (double)pieces;
}

void sund_ground_scale(const sund_ground *ground, double *smallest, double *largest) {
  /* The rounding of a distance must not push it out of a search by these bounds. */
  *smallest = ground->smallest * (1 - 1e-12);
  *largest = ground->largest * (1 + 1e-12);
}

/* Ground area of a closed ring: a fan of triangles from its first vertex, each by the scale at its centroid. */
static double ring_metres2(const sund_ground *ground, size_t n, const double *x, const double *y) {
  double sum = 0;
  for (size_t i = 1; i + 2 < n; i++) {
    const double ax = x[i] - x[0], ay = y[i] - y[0], bx = x[i + 1] - x[0], by = y[i + 1] - y[0];
    const tensor t = interpolate(ground, x[0] + (ax + bx) / 3, y[0] + (ay + by) / 3);
    sum += (ax * by - ay * bx) / 2 * sqrt(t.e * t.g - t.f * t.f);
  }
  return sum;
}

void sund_ground_areas(const sund_ground *ground, const sund_shapes *areas, double *square_metres) {
  for (size_t row = 0; row < areas->rows; row++) {
    double sum = 0;
    for (size_t part = areas->first_part[row]; part < areas->first_part[row + 1]; part++) {
      const size_t first = areas->first_vertex[part];
      sum += ring_metres2(ground, areas->first_vertex[part + 1] - first, areas->x + first, areas->y + first);
    }
    square_metres[row] = sum;
  }
}

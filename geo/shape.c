/* shape.c - plane geometry on plain arrays. Nothing here allocates, fails or recurses.
 *
 * Douglas and Peucker (1973), Algorithms for the reduction of the number of points required to represent a digitized
 * line or its caricature, The Canadian Cartographer 10(2): 112-122. The divider walk: Richardson (1961), The problem
 * of contiguity, General Systems Yearbook 6; Mandelbrot (1967), How long is the coast of Britain?, Science 156.
 */
#include <math.h>

#include "sund/geo.h"

/* sqrt, not hypot: coordinates are metres, nowhere near overflow, and this runs millions of times. */
static double distance(double ax, double ay, double bx, double by) {
  const double dx = bx - ax, dy = by - ay;
  return sqrt(dx * dx + dy * dy);
}

double sund_line_length(size_t n, const double *x, const double *y) {
  double sum = 0;
  for (size_t i = 1; i < n; i++) sum += distance(x[i - 1], y[i - 1], x[i], y[i]);
  return sum;
}

double sund_ring_area(size_t n, const double *x, const double *y) {
  double twice = 0;
  if (n < 3) return 0;
  /* relative to the first vertex: northings of 6e6 m would cost seven digits */
  for (size_t i = 1; i + 1 < n; i++) twice += (x[i] - x[0]) * (y[i + 1] - y[0]) - (x[i + 1] - x[0]) * (y[i] - y[0]);
  return twice / 2;
}

double sund_segment_nearest(double px, double py, double ax, double ay, double bx, double by, double *share) {
  const double dx = bx - ax, dy = by - ay, square = dx * dx + dy * dy;
  double t = square > 0 ? ((px - ax) * dx + (py - ay) * dy) / square : 0;
  t = t > 0 ? (t < 1 ? t : 1) : 0;
  *share = t;
  /* the ends themselves, not a rounded way to them */
  if (t == 1) return distance(px, py, bx, by);
  return distance(px, py, ax + t * dx, ay + t * dy);
}

bool sund_area_contains(const sund_shapes *areas, size_t row, double x, double y) {
  bool inside = false;
  for (size_t part = areas->first_part[row]; part < areas->first_part[row + 1]; part++)
    for (size_t i = areas->first_vertex[part]; i + 1 < areas->first_vertex[part + 1]; i++) {
      const double ax = areas->x[i], ay = areas->y[i], bx = areas->x[i + 1], by = areas->y[i + 1];
      /* half-open in y: a vertex at the point's height counts once */
      if ((ay > y) == (by > y)) continue;
      /* from the lower end, so that a point on a border of two areas is in exactly one, whichever way they run */
      const bool up = by > ay;
      const double lx = up ? ax : bx, ly = up ? ay : by, hx = up ? bx : ax, hy = up ? by : ay;
      if ((hx - lx) * (y - ly) - (x - lx) * (hy - ly) > 0) inside = !inside;
    }
  return inside;
}

/* The vertex strictly between `from` and `to` that is farthest from the segment between them; *metres: how far. */
static size_t farthest(const double *x, const double *y, size_t from, size_t to, double *metres) {
  size_t best = from;
  *metres = -1;
  for (size_t i = from + 1; i < to; i++) {
    double share;
    const double away = sund_segment_nearest(x[i], y[i], x[from], y[from], x[to], y[to], &share);
    if (away > *metres) {
      *metres = away;
      best = i;
    }
  }
  return best;
}

size_t sund_simplify(size_t n, const double *x, const double *y, double tolerance, uint8_t *keep, size_t *scratch) {
  for (size_t i = 0; i < n; i++) keep[i] = 0;
  if (n == 0) return 0;
  keep[0] = 1;
  if (n == 1) return 1;
  /* The stack holds the ends of the stretches still to be looked at, the nearest on top; the one on top begins at
   * `from`. Indices fall towards the top, so there are never more than n. */
  size_t depth = 0, from = 0, kept = 1;
  double away;
  scratch[depth++] = n - 1;
  if (n > 3 && x[0] == x[n - 1] && y[0] == y[n - 1]) scratch[depth++] = farthest(x, y, 0, n - 1, &away);
  while (depth) {
    const size_t to = scratch[depth - 1], middle = farthest(x, y, from, to, &away);
    if (away > tolerance) {
      scratch[depth++] = middle;
    } else {
      keep[to] = 1;
      kept++;
      from = to;
      depth--;
    }
  }
  return kept;
}

/* Where the divider stands. */
typedef struct divider {
  double x, y;  /* its fixed leg          */
  double steps; /* whole steps so far     */
} divider;

/* Steps along the straight stretch from a to b as far as whole steps go; the leg stands on the line behind it or at a,
 * and a is nearer to it than `step`. */
static void stride(divider *leg, double ax, double ay, double bx, double by, double step) {
  if (distance(leg->x, leg->y, bx, by) < step) return;
  /* |a + t (b - a) - leg| = step; a is inside the circle and b is not, so one root lies in [0, 1] */
  const double dx = bx - ax, dy = by - ay, mx = ax - leg->x, my = ay - leg->y;
  const double a = dx * dx + dy * dy, b = mx * dx + my * dy, c = mx * mx + my * my - step * step;
  const double root = sqrt(fmax(b * b - a * c, 0));
  double t = b > 0 ? -c / (b + root) : (root - b) / a;
  t = t > 0 ? (t < 1 ? t : 1) : 0;
  /* from there on steps lie on the stretch itself: all of them at once */
  const double length = sqrt(a), more = floor((1 - t) * length / step);
  t = fmin(t + more * step / length, 1);
  leg->x = ax + t * dx;
  leg->y = ay + t * dy;
  leg->steps += 1 + more;
}

double sund_divider_length(size_t n, const double *x, const double *y, double step) {
  if (n < 2) return 0;
  if (!(step > 0)) return sund_line_length(n, x, y);
  divider leg = {.x = x[0], .y = y[0]};
  for (size_t i = 1; i < n; i++) stride(&leg, x[i - 1], y[i - 1], x[i], y[i], step);
  return leg.steps * step + distance(leg.x, leg.y, x[n - 1], y[n - 1]);
}

/* trace_length.c - how long is a waterline? Counting the edges of cells makes every slanting shore too long, a circle
 * by 4/pi however small the cells. Marching squares (Lorensen and Cline 1987, Marching cubes, in the plane) does not:
 * between four neighbouring centres the line is straight, between points found by linear interpolation along the
 * sides.
 *
 * A value equal to the level lies below it (what is that high is wet). Where opposite corners are above and the
 * others below, the mean of the four decides which of them the line parts.
 */
#include <math.h>

#include "sund/geo.h"

/* Share of the way from a to b at which the level is crossed. */
static double crossing(double a, double b, double level) {
  return (level - a) / (b - a);
}

/* Length of the line from the point at share `from` of one side to that at share `to` of another, which meet in a
 * corner at a distance of those shares. */
static double cut_corner(double from, double to, double dx, double dy) {
  return sqrt(from * dx * from * dx + to * dy * to * dy);
}

/* The line inside the square of four centres: a north-west, b north-east, c south-east, d south-west. */
static double in_square(double a, double b, double c, double d, double level, double dx, double dy) {
  const bool up[4] = {a > level, b > level, c > level, d > level};
  const int above = up[0] + up[1] + up[2] + up[3];
  if (above == 0 || above == 4) return 0;
  /* from the north-west corner along the north and west sides, from the south-east along the south and east ones */
  const double north = up[0] != up[1] ? crossing(a, b, level) : NAN,
               west = up[0] != up[3] ? crossing(a, d, level) : NAN;
  const double south = up[2] != up[3] ? crossing(c, d, level) : NAN,
               east = up[1] != up[2] ? crossing(c, b, level) : NAN;
  if (above == 2 && up[0] == up[2]) { /* saddle */
    const bool middle = (a + b + c + d) / 4 > level;
    if (middle != up[0]) return cut_corner(north, west, dx, dy) + cut_corner(south, east, dx, dy);
    return cut_corner(1 - north, 1 - east, dx, dy) + cut_corner(1 - south, 1 - west, dx, dy);
  }
  if (above == 2) {
    if (isnan(north)) return cut_corner(1, 1 - west - east, dx, dy);
    return cut_corner(1 - north - south, 1, dx, dy);
  }
  if (!isnan(north)) return isnan(west) ? cut_corner(1 - north, 1 - east, dx, dy) : cut_corner(north, west, dx, dy);
  return isnan(west) ? cut_corner(south, east, dx, dy) : cut_corner(1 - south, 1 - west, dx, dy);
}

double sund_trace_length(const sund_lattice *lattice, const sund_window *window, const float *value, double level) {
  double metres = 0;
  for (size_t r = 1; r < window->rows; r++) {
    const float *upper = value + (r - 1) * window->columns, *lower = upper + window->columns;
    double row = 0;
    for (size_t c = 1; c < window->columns; c++) {
      const double a = upper[c - 1], b = upper[c], d = lower[c - 1], e = lower[c];
      if (!isfinite(a + b + d + e)) continue;
      row += in_square(a, b, e, d, level, lattice->dx, lattice->dy);
    }
    metres += row;
  }
  return metres;
}

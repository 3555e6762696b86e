/* meet.c - how two straight segments meet: ends that lie on the other segment, or one crossing.
 *
 * An end within a millimetre of the other segment lies on it; that settles shared vertices, T-junctions and
 * overlaps (whose ends are such ends) without asking for exact arithmetic. Only when no end does is a crossing
 * looked for, and then every sign that matters is far from 0. Coordinates are taken relative to a's start, so that
 * large northings cost no digits.
 */
#include "meet.h"

#include <math.h>

static bool apart(const double a[4], const double b[4]) {
  return fmin(a[0], a[2]) > fmax(b[0], b[2]) + MEET_NEAR_M || fmin(b[0], b[2]) > fmax(a[0], a[2]) + MEET_NEAR_M ||
         fmin(a[1], a[3]) > fmax(b[1], b[3]) + MEET_NEAR_M || fmin(b[1], b[3]) > fmax(a[1], a[3]) + MEET_NEAR_M;
}

static bool near(double dx, double dy) {
  return dx * dx + dy * dy <= MEET_NEAR_M * MEET_NEAR_M;
}

/* Share along s of the point when it lies on s, else NAN. */
static double share_on(double x, double y, const double s[4]) {
  if (near(x - s[0], y - s[1])) return 0;
  if (near(x - s[2], y - s[3])) return 1;
  const double dx = s[2] - s[0], dy = s[3] - s[1];
  const double share = ((x - s[0]) * dx + (y - s[1]) * dy) / (dx * dx + dy * dy);
  if (!(share > 0 && share < 1)) return NAN;
  return near(x - s[0] - share * dx, y - s[1] - share * dy) ? share : NAN;
}

bool meet_segments(const double a[4], const double b[4], meet *out) {
  if (apart(a, b)) return false;
  const double p[4] = {0, 0, a[2] - a[0], a[3] - a[1]};
  const double q[4] = {b[0] - a[0], b[1] - a[1], b[2] - a[0], b[3] - a[1]};
  *out = (meet){
      .on = {share_on(p[0], p[1], q), share_on(p[2], p[3], q), share_on(q[0], q[1], p), share_on(q[2], q[3], p)}};
  for (int k = 0; k < 4; k++) out->touch |= !isnan(out->on[k]);
  if (out->touch) return true;
  const double qx = q[2] - q[0], qy = q[3] - q[1];
  const double across = p[2] * qy - p[3] * qx;
  if (across == 0) return false;
  out->at_a = (q[0] * qy - q[1] * qx) / across;
  out->at_b = (q[0] * p[3] - q[1] * p[2]) / across;
  out->cross = out->at_a > 0 && out->at_a < 1 && out->at_b > 0 && out->at_b < 1;
  return out->cross;
}

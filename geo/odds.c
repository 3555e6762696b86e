/* odds.c - how probable it is that a home is wet when neither the sea level nor the terrain is known exactly.
 *
 * Water comes to a home when the level passes the ground under it and at least one of the crests around it: the level
 * has to pass M = max(ground, lowest crest). Errors are normal.
 *   One and the same error for all heights (correlated): M moves as a whole, P = Phi((level - M) / sigma) with the
 *   sigma of heights and level together.
 *   Errors of their own: given the level l, P(M <= l) = F(l) = Phi_ground (1 - product of (1 - Phi_crest)), and P is
 *   the mean of F over the level's error. Taken apart into the same closed form and the mean of what F differs from it,
 *   which is smooth and nothing beyond a few sigma, hence the trapezoid rule: its error falls like a Gaussian with the
 *   number of nodes, whatever the sigmas are (Trefethen and Weideman 2014, The exponentially convergent trapezoidal
 *   rule, SIAM Review 56). Below 1e-9 with the constants here (tests/test_odds.c).
 * A standard score of the home's own height alone (as for open coasts) would say 1 behind a sill that holds.
 */
#include <math.h>

#include "sund/geo.h"

#define REACH 7.0       /* sigmas beyond which nothing is left (1e-12)                            */
#define NODE_SPACE 0.95 /* between nodes, in widths of the narrowest thing integrated             */

/* What M is made of. */
typedef struct way_in {
  double ground_m; /* -INFINITY = not known to be in the way */
  size_t crests;
  const double *crest_m; /* NAN = none                       */
  size_t known;          /* crests that there are            */
  double lowest_m;       /* of them; -INFINITY without any   */
} way_in;

double sund_normal(double z) {
  return erfc(-z * 0.70710678118654752440) / 2;
}

static double density(double z) {
  return exp(-z * z / 2) * 0.39894228040143267794;
}

/* P(height <= level) when the height is known to sigma; without sigma the level reaches it or not. */
static double passes(double level_m, double height_m, double sigma_m) {
  if (sigma_m > 0) return sund_normal((level_m - height_m) / sigma_m);
  return level_m >= height_m ? 1 : 0;
}

static way_in gather(double ground_m, size_t crests, const double *crest_m) {
  way_in way = {isnan(ground_m) ? -INFINITY : ground_m, crests, crest_m, 0, INFINITY};
  for (size_t i = 0; i < crests; i++) {
    if (isnan(crest_m[i])) continue;
    way.known++;
    way.lowest_m = fmin(way.lowest_m, crest_m[i]);
  }
  if (way.known == 0) way.lowest_m = -INFINITY;
  return way;
}

/* F: P(M <= level), errors of their own. */
static double opens(const way_in *way, double level_m, double sigma_m) {
  double holds = 1;
  for (size_t i = 0; i < way->crests; i++) {
    if (!isnan(way->crest_m[i])) holds *= passes(way->crest_m[i], level_m, sigma_m);
  }
  const double open = way->known > 0 ? 1 - holds : 1;
  return open * passes(level_m, way->ground_m, sigma_m);
}

/* Mean over the level's error of what F differs from the closed form about M. */
static double correction(const way_in *way, const sund_doubt *doubt, double level_m, double m) {
  const double here = doubt->level_sigma_m, there = doubt->ground_sigma_m;
  const double low = fmax(level_m - REACH * here, m - REACH * there);
  const double high = fmin(level_m + REACH * here, m + REACH * there);
  const double bends = (double)way->known + 1; /* factors of F, each as narrow as `there` */
  const double step = NODE_SPACE / sqrt(1 / (here * here) + bends / (there * there));
  if (!(low < high)) return 0;
  const double count = ceil((high - low) / step), width = (high - low) / count;
  double sum = 0;
  for (double k = 0; k <= count; k++) {
    const double l = low + k * width;
    const double weight = k == 0 || k == count ? 0.5 : 1;
    sum += weight * density((l - level_m) / here) * (opens(way, l, there) - passes(l, m, there));
  }
  return sum * width / here;
}

double sund_probability_wet(const sund_doubt *doubt, double level_m, double ground_m, size_t crests,
                            const double *crest_m) {
  const way_in way = gather(ground_m, crests, crest_m);
  const double m = fmax(way.ground_m, way.lowest_m);
  if (isnan(level_m) || isinf(m)) return NAN;
  const double sigma = hypot(doubt->ground_sigma_m, doubt->level_sigma_m);
  if (doubt->correlated || !(doubt->ground_sigma_m > 0)) return passes(level_m, m, sigma);
  if (!(doubt->level_sigma_m > 0)) return opens(&way, level_m, doubt->ground_sigma_m);
  const double p = passes(level_m, m, sigma) + correction(&way, doubt, level_m, m);
  return fmin(1, fmax(0, p));
}

/* weir.c - how fast water comes through an opening: a broad-crested weir, the sea on one side, a basin filling on the other.
 *
 * Q = 1.7 b h^1.5 m3/s for b metres of crest under h metres of water (Poleni's formula with the coefficient of a broad
 * crest, as in any hydraulics handbook). Free flow: the basin's rising water does not hold it back, so times to fill are
 * the shortest there can be.
 */
#include <math.h>

#include "sund/geo.h"

double sund_weir_flow(double width_m, double head_m) {
  static const double COEFFICIENT = 1.7; /* m^0.5 / s */
  return width_m > 0 && head_m > 0 ? COEFFICIENT * width_m * head_m * sqrt(head_m) : 0;
}

double sund_weir_hours(double width_m, double head_m, double volume_m3) {
  double flow = sund_weir_flow(width_m, head_m);
  if (!(volume_m3 > 0)) return 0;
  return flow > 0 ? volume_m3 / flow / 3600 : INFINITY;
}

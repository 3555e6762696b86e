/* access_gains_box.c - boxes: min x, min y, max x, max y. An empty one meets nothing. */
#include <math.h>
#include <string.h>

#include "access_gains.h"

void box_empty(double box[4]) {
  box[0] = box[1] = INFINITY, box[2] = box[3] = -INFINITY;
}

void box_everywhere(double box[4]) {
  box[0] = box[1] = -INFINITY, box[2] = box[3] = INFINITY;
}

void box_copy(double to[4], const double from[4]) {
  memcpy(to, from, 4 * sizeof *to);
}

void box_add(double to[4], const double more[4]) {
  to[0] = fmin(to[0], more[0]), to[1] = fmin(to[1], more[1]);
  to[2] = fmax(to[2], more[2]), to[3] = fmax(to[3], more[3]);
}

void box_grow(double to[4], const double from[4], double by) {
  if (!(from[0] <= from[2])) {
    box_empty(to);
    return;
  }
  to[0] = from[0] - by, to[1] = from[1] - by, to[2] = from[2] + by, to[3] = from[3] + by;
}

bool box_meets(const double a[4], const double b[4]) {
  return a[0] <= b[2] && a[2] >= b[0] && a[1] <= b[3] && a[3] >= b[1];
}

bool box_holds(const double box[4], double x, double y) {
  return x >= box[0] && x <= box[2] && y >= box[1] && y <= box[3];
}

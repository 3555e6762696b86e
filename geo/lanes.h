/* lanes.h - waits of all lanes of a window at once, for geo/rider_lanes.c. */
#ifndef SUND_GEO_LANES_H
#define SUND_GEO_LANES_H

#include "sund/geo.h"

/* A lane in a service's order. */
typedef struct lanes_place {
  uint64_t digest;
  size_t lane;
} lanes_place;

/* What sund_lane_wait says of every lane. scratch, wait: count of the lanes each. */
void lanes_waits(const sund_lanes *lanes, size_t service, lanes_place *scratch, double *wait);

#endif

/* catchment_usual.h - the options of the query `catchment` that its tests begin with. */
#ifndef SUND_TESTS_CATCHMENT_USUAL_H
#define SUND_TESTS_CATCHMENT_USUAL_H

#include "queries/catchment.h"

/* The options as the program has them when nothing is asked, for one mode. */
static inline catchment_options usual_options(const char **mode, sund_numbers minutes, sund_numbers percentiles) {
  return (catchment_options){.mode = {1, mode, NULL},
                             .minutes = minutes,
                             .percentiles = percentiles,
                             .depart = "2026-11-24T07:00",
                             .window_min = 60,
                             .walk_kmh = 5,
                             .bike_kmh = 15,
                             .car_kmh = 50,
                             .snap_limit_m = 250,
                             .walk_limit_min = 20,
                             .rides = 5,
                             .join_m = 1,
                             .piece_m = 100,
                             .access_by = "walk",
                             .bikes_aboard = "no",
                             .decay = "exponential",
                             .nearest = 1};
}

#endif

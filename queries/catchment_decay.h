/* catchment_decay.h - how much an opportunity counts that is so many minutes away. */
#ifndef SUND_QUERIES_CATCHMENT_DECAY_H
#define SUND_QUERIES_CATCHMENT_DECAY_H

#include <stdbool.h>

/* A decay by its name in the option `decay`, with its value; value 0 = the usual one. bound_min: the largest bound. */
typedef struct catchment_decay {
  int kind;
  double value;
} catchment_decay;
/* False when there is no decay of that name. */
bool catchment_decay_of(const char *name, double value, double bound_min, catchment_decay *out);

/* Weight of `minutes` (not negative): 1 at 0, never rising. */
double catchment_decay_weight(const catchment_decay *decay, double minutes);

#endif

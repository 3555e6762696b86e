/* catchment_classes.h - who may use a line by its class, and how fast cars go there. */
#ifndef SUND_QUERIES_CATCHMENT_CLASSES_H
#define SUND_QUERIES_CATCHMENT_CLASSES_H

#include "sund/layers.h"

typedef struct catchment_class {
  const char *word;
  bool walk, bike, car;
  double car_kmh; /* 0 = not known */
} catchment_class;

/* What a class word says; never NULL. */
const catchment_class *catchment_class_of(const char *word);

#endif

/* meet.h - how two straight segments meet. */
#ifndef SUND_GEO_MEET_H
#define SUND_GEO_MEET_H

#include <stdbool.h>

/* Points nearer than this are one point, map metres. */
#define MEET_NEAR_M 0.001

/* The four ends in the order a's start, a's end, b's start, b's end. */
typedef struct meet {
  bool touch;   /* some end lies on the other segment                                                         */
  bool cross;   /* no end does, and the segments cross                                                        */
  double on[4]; /* share along the other segment where that end lies on it, exactly 0 or 1 at its ends; NAN = not */
  double at_a;  /* share along a of the crossing */
  double at_b;  /* share along b of the crossing */
} meet;

/* Segments a and b, each {x, y, x, y} and longer than MEET_NEAR_M. False when they do not meet. */
bool meet_segments(const double a[4], const double b[4], meet *out);

#endif

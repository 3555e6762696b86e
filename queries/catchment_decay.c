/* catchment_decay.c - how much an opportunity counts that is so many minutes away.
 *
 * t minutes, v the value:
 *   step         1 up to v, then 0: cumulative opportunities            v: the largest bound
 *   linear       1 - t / v, then 0                                       v: the largest bound
 *   exponential  e^(-v t)                                                v: 0.03 a minute
 *   gaussian     e^(-(t / v)^2 / 2)                                      v: 30 minutes
 *   logistic     (1 + e^(-v / s)) / (1 + e^((t - v) / s))                v: 30 minutes, where it is near a half
 *   power        1 up to a minute, then t^(-v)                           v: 1
 *   lognormal    e^(-v ln^2(t + 1))                                      v: 0.1
 * s is the scale of a logistic law with a standard deviation of 12 minutes. Kwan 1998, Space-time and integral measures of
 * individual accessibility; Reggiani, Bucci and Russo 2011, Accessibility and impedance forms.
 */
#include "catchment_decay.h"

#include <math.h>
#include <stddef.h>
#include <string.h>

enum { STEP, LINEAR, EXPONENTIAL, GAUSSIAN, LOGISTIC, POWER, LOGNORMAL, DECAYS };

static const struct {
  const char *name;
  double value; /* 0 = the largest bound */
} usual[DECAYS] = {{"step", 0},      {"linear", 0}, {"exponential", 0.03}, {"gaussian", 30},
                   {"logistic", 30}, {"power", 1},  {"lognormal", 0.1}};

/* sqrt(3) / pi times the standard deviation. */
static const double LOGISTIC_SCALE_MIN = 12 * 0.55132889542179204;

bool catchment_decay_of(const char *name, double value, double bound_min, catchment_decay *out) {
  for (int k = 0; k < DECAYS; k++) {
    if (strcmp(usual[k].name, name) != 0) continue;
    *out = (catchment_decay){k, value > 0 ? value : usual[k].value > 0 ? usual[k].value : bound_min};
    return true;
  }
  return false;
}

double catchment_decay_weight(const catchment_decay *decay, double minutes) {
  const double v = decay->value, t = minutes, s = LOGISTIC_SCALE_MIN;
  switch (decay->kind) {
    case STEP:
      return t <= v ? 1 : 0;
    case LINEAR:
      return t < v ? 1 - t / v : 0;
    case EXPONENTIAL:
      return exp(-v * t);
    case GAUSSIAN:
      return exp(-0.5 * (t / v) * (t / v));
    case LOGISTIC:
      return (1 + exp(-v / s)) / (1 + exp((t - v) / s));
    case POWER:
      return t <= 1 ? 1 : pow(t, -v);
    default:
      return exp(-v * log1p(t) * log1p(t));
  }
}

/* markets_containment.c - travel-to-work areas by self-containment.
 *
 * Order: every unit is a cluster; the cluster of smallest validity, as long as it does not pass, is dissolved and its
 * units are given, by decreasing residents, each to the standing cluster it hangs together with most; a unit that hangs
 * together with none is left over. Units that were dissolved together are no cluster again before one of them was given
 * away, so that every step leaves one cluster less and the end is certain. On Brindisi's flows of 2001 the answer is
 * that of the R package LabourMarketAreas.
 * Source: M. Coombes and S. Bond (2008), Travel-to-Work Areas: the 2007 review; L. Franconi, D. Ichim and M. D'Alo (2017),
 * Labour market areas for territorial policies.
 */
#include <math.h>

#include "sund/geo.h"

static const size_t NONE = SIZE_MAX;
/* Room for the rounding of a cluster that passes exactly. */
static const double ROUNDING = 1e-12;

typedef struct clusters {
  const sund_flows *flows;
  size_t *of;        /* units: cluster, NONE                                */
  double *lives;     /* units: employed residents                           */
  double *works;     /* units: persons who work there                       */
  bool *stands;      /* clusters                                            */
  double *residents; /* clusters                                            */
  double *jobs;      /* clusters                                            */
  double *inside;    /* clusters: persons who live and work in it           */
  double *to, *from; /* clusters: persons between a unit and the cluster, of the unit at hand */
  size_t *member;    /* units of the cluster at hand                        */
} clusters;

double sund_containment_validity(const sund_containment_rule *rule, double size, double containment) {
  const double span = rule->target_size - rule->min_size;
  double missing = size >= rule->target_size ? 0 : span > 0 ? (rule->target_size - size) / span : INFINITY;
  double slope = 1 - rule->min_containment / rule->target_containment;
  double by_size = missing > 0 && slope > 0 ? 1 - slope * missing : 1;
  if (missing > 1 && !(slope > 0)) by_size = 0; /* smaller than the smallest size, whatever the slope */
  return fmax(0, by_size * fmin(containment / rule->target_containment, 1));
}

static double share(double part, double whole) {
  return whole > 0 ? part / whole : 0;
}

static double validity(const clusters *c, const sund_containment_rule *rule, size_t k) {
  double contained = fmin(share(c->inside[k], c->residents[k]), share(c->inside[k], c->jobs[k]));
  return sund_containment_validity(rule, c->residents[k], contained);
}

static sund_code make(sund_ctx *ctx, const sund_flows *flows, clusters *c) {
  const size_t n = flows->n;
  double **const real[] = {&c->lives, &c->works, &c->residents, &c->jobs, &c->inside, &c->to, &c->from};
  *c = (clusters){.flows = flows};
  for (size_t k = 0; k < sizeof real / sizeof *real; k++)
    if (!(*real[k] = sund_alloc(ctx, n, sizeof **real[k]))) return SUND_LIMIT;
  c->of = sund_alloc(ctx, n, sizeof *c->of);
  c->member = sund_alloc(ctx, n, sizeof *c->member);
  c->stands = sund_alloc(ctx, n, sizeof *c->stands);
  if (!c->of || !c->member || !c->stands) return SUND_LIMIT;
  for (size_t i = 0; i < n; i++)
    for (size_t j = 0; j < n; j++) c->lives[i] += flows->flow[i * n + j], c->works[j] += flows->flow[i * n + j];
  for (size_t i = 0; i < n; i++) {
    c->of[i] = i, c->stands[i] = true;
    c->residents[i] = c->lives[i], c->jobs[i] = c->works[i], c->inside[i] = flows->flow[i * n + i];
  }
  return SUND_OK;
}

/* The standing cluster of smallest validity; NONE when it passes. */
static size_t worst(const clusters *c, const sund_containment_rule *rule) {
  double least = rule->min_containment / rule->target_containment - ROUNDING;
  size_t found = NONE;
  for (size_t k = 0; k < c->flows->n; k++) {
    if (!c->stands[k]) continue;
    double v = validity(c, rule, k);
    if (v < least) least = v, found = k;
  }
  return found;
}

/* Units of a cluster by decreasing residents, of equal ones the lower number first. */
static size_t list_members(clusters *c, size_t cluster) {
  size_t count = 0;
  for (size_t i = 0; i < c->flows->n; i++) {
    if (c->of[i] != cluster) continue;
    size_t at = count++;
    for (; at > 0 && c->lives[c->member[at - 1]] < c->lives[i]; at--) c->member[at] = c->member[at - 1];
    c->member[at] = i;
  }
  return count;
}

/* Persons between a unit and every cluster. */
static void exchange(clusters *c, size_t unit) {
  const size_t n = c->flows->n;
  for (size_t k = 0; k < n; k++) c->to[k] = c->from[k] = 0;
  for (size_t j = 0; j < n; j++) {
    if (c->of[j] == NONE) continue;
    c->to[c->of[j]] += c->flows->flow[unit * n + j];
    c->from[c->of[j]] += c->flows->flow[j * n + unit];
  }
}

/* The standing cluster the unit hangs together with most: T_ab^2 / (R_a J_b) + T_ba^2 / (R_b J_a). */
static size_t nearest(const clusters *c, size_t unit) {
  double most = 0;
  size_t found = NONE;
  for (size_t k = 0; k < c->flows->n; k++) {
    if (!c->stands[k]) continue;
    double linkage = share(c->to[k] * c->to[k], c->lives[unit] * c->jobs[k]) +
                     share(c->from[k] * c->from[k], c->residents[k] * c->works[unit]);
    if (linkage > most) most = linkage, found = k;
  }
  return found;
}

static void join(clusters *c, size_t unit, size_t cluster) {
  c->of[unit] = cluster;
  if (cluster == NONE) return;
  c->residents[cluster] += c->lives[unit];
  c->jobs[cluster] += c->works[unit];
  c->inside[cluster] += c->to[cluster] + c->from[cluster] + c->flows->flow[unit * c->flows->n + unit];
}

static void dissolve(clusters *c, size_t cluster) {
  const size_t count = list_members(c, cluster);
  c->stands[cluster] = false;
  for (size_t m = 0; m < count; m++) c->of[c->member[m]] = NONE;
  for (size_t m = 0; m < count; m++) {
    exchange(c, c->member[m]);
    join(c, c->member[m], nearest(c, c->member[m]));
  }
}

/* Every market is named by its unit with most residents. */
static void name_markets(clusters *c, size_t *market) {
  const size_t n = c->flows->n;
  size_t *leader = c->member;
  for (size_t k = 0; k < n; k++) leader[k] = NONE;
  for (size_t i = 0; i < n; i++) {
    if (c->of[i] == NONE) continue;
    size_t *first = &leader[c->of[i]];
    if (*first == NONE || c->lives[i] > c->lives[*first]) *first = i;
  }
  for (size_t i = 0; i < n; i++) market[i] = c->of[i] == NONE ? NONE : leader[c->of[i]];
}

sund_code sund_markets_containment(sund_ctx *ctx, const sund_flows *flows, const sund_containment_rule *rule,
                                   size_t *market) {
  if (!(rule->target_containment > 0))
    return sund_fail(ctx, SUND_USAGE, "the containment aimed at must be more than 0");
  sund_ctx *scratch = sund_ctx_child(ctx);
  if (!scratch) return SUND_LIMIT;
  clusters c;
  sund_code code = make(scratch, flows, &c);
  if (code != SUND_OK) {
    sund_ctx_pass(ctx, scratch);
  } else {
    for (size_t k = worst(&c, rule); k != NONE; k = worst(&c, rule)) dissolve(&c, k);
    name_markets(&c, market);
  }
  sund_ctx_free(scratch);
  return code;
}

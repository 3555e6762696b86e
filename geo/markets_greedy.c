/* markets_greedy.c - markets by joining the two units with the strongest link, again and again.
 *
 * Order: of all units that are no centre the one with the largest share of its employed residents in one other unit (a
 * neighbour, where neighbours are told) joins that one; its flows become the other's; until no share is large enough. A
 * unit is a centre when it is named as one or has grown to the size of one. The answer is that of the R package ttwa on the
 * flows of Reunion.
 * Source: C. Terrier (1980), Mirabelle, INSEE; F. Semecurbe and J. Timoteo (2013), ttwa.
 */
#include <math.h>
#include <string.h>

#include "sund/geo.h"

static const size_t NONE = SIZE_MAX;

typedef struct zones {
  size_t n;
  size_t *zone;    /* units: the zone they are in                        */
  bool *gone;      /* zones: joined another                              */
  bool *centre;    /* zones: named as one                                */
  double *flow;    /* zones * zones                                      */
  double *lives;   /* zones: employed residents                          */
  uint8_t *beside; /* zones * zones, or NULL                             */
  size_t *best;    /* zones: strongest link, NONE                        */
} zones;

static sund_code make(sund_ctx *ctx, const sund_flows *flows, const sund_greedy_rule *rule, zones *z) {
  const size_t n = flows->n;
  *z = (zones){.n = n};
  z->zone = sund_alloc(ctx, n, sizeof *z->zone);
  z->gone = sund_alloc(ctx, n, sizeof *z->gone);
  z->centre = sund_alloc(ctx, n, sizeof *z->centre);
  z->lives = sund_alloc(ctx, n, sizeof *z->lives);
  z->best = sund_alloc(ctx, n, sizeof *z->best);
  z->flow = sund_alloc(ctx, n * n, sizeof *z->flow);
  if (!z->zone || !z->gone || !z->centre || !z->lives || !z->best || !z->flow) return SUND_LIMIT;
  if (rule->beside && !(z->beside = sund_alloc(ctx, n * n, sizeof *z->beside))) return SUND_LIMIT;
  memcpy(z->flow, flows->flow, n * n * sizeof *z->flow);
  if (z->beside) memcpy(z->beside, rule->beside, n * n * sizeof *z->beside);
  for (size_t i = 0; i < n; i++) {
    z->zone[i] = i;
    z->centre[i] = rule->centre && rule->centre[i];
    for (size_t j = 0; j < n; j++) z->lives[i] += flows->flow[i * n + j];
  }
  return SUND_OK;
}

/* May zone a join zone b, and does anybody go there? */
static bool goes(const zones *z, size_t a, size_t b) {
  return a != b && !z->gone[b] && z->flow[a * z->n + b] > 0 && (!z->beside || z->beside[a * z->n + b]);
}

/* The zone most of the residents of zone a work in, other than a itself; of equal ones the first. */
static void look(zones *z, size_t a) {
  const double *row = z->flow + a * z->n;
  size_t best = NONE;
  for (size_t b = 0; b < z->n; b++)
    if (goes(z, a, b) && (best == NONE || row[b] > row[best])) best = b;
  z->best[a] = best;
}

/* After a has joined b: who went to a looks anew; for all others only b has become stronger. */
static void look_again(zones *z, size_t a, size_t b) {
  for (size_t i = 0; i < z->n; i++) {
    const double *row = z->flow + i * z->n;
    const size_t best = z->best[i];
    if (z->gone[i]) continue;
    if (i == b || best == a) look(z, i);
    else if (goes(z, i, b) && (best == NONE || row[b] > row[best] || (row[b] == row[best] && b < best)))
      z->best[i] = b;
  }
}

/* The zone that joins next; NONE = no more. */
static size_t strongest(const zones *z, const sund_greedy_rule *rule) {
  size_t found = NONE;
  double most = 0;
  for (size_t a = 0; a < z->n; a++) {
    if (z->gone[a] || z->centre[a] || z->best[a] == NONE || z->lives[a] >= rule->centre_size) continue;
    double share = z->flow[a * z->n + z->best[a]] / z->lives[a];
    if (share >= rule->min_share && share > most) most = share, found = a;
  }
  return found;
}

static void join(zones *z, size_t a, size_t b) {
  const size_t n = z->n;
  for (size_t j = 0; j < n; j++) {
    z->flow[b * n + j] += z->flow[a * n + j];
    z->flow[a * n + j] = 0;
    if (z->beside) z->beside[b * n + j] |= z->beside[a * n + j];
  }
  for (size_t i = 0; i < n; i++) {
    z->flow[i * n + b] += z->flow[i * n + a];
    z->flow[i * n + a] = 0;
    if (z->beside) z->beside[i * n + b] |= z->beside[i * n + a];
    if (z->zone[i] == a) z->zone[i] = b;
  }
  z->lives[b] += z->lives[a];
  z->gone[a] = true;
}

sund_code sund_markets_greedy(sund_ctx *ctx, const sund_flows *flows, const sund_greedy_rule *rule, size_t *market) {
  sund_ctx *scratch = sund_ctx_child(ctx);
  if (!scratch) return SUND_LIMIT;
  zones z;
  sund_code code = make(scratch, flows, rule, &z);
  if (code != SUND_OK) {
    sund_ctx_pass(ctx, scratch);
  } else {
    for (size_t i = 0; i < z.n; i++) look(&z, i);
    for (size_t a = strongest(&z, rule); a != NONE; a = strongest(&z, rule)) {
      const size_t b = z.best[a];
      join(&z, a, b);
      look_again(&z, a, b);
    }
    memcpy(market, z.zone, z.n * sizeof *market);
  }
  sund_ctx_free(scratch);
  return code;
}

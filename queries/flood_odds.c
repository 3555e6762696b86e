/* flood_odds.c - how probable it is that a home is wet at a level, and whether that can be said at all.
 *
 * What is uncertain is what decides: the crest that keeps the water out of its basin, and the ground at the home, not
 * every cell on the way (sund_probability_wet). The next way in, once the deciding saddle were closed, is a second crest
 * that may turn out to be the lower one. With zones of the sea the zone from which the home is wet first, or nearest to
 * wet, is asked; the next way in may then lead to another zone and is left out.
 *
 * "Cannot say" where the level is nearer to the first-wet level than CERTAIN standard deviations of both together.
 */
#include <math.h>
#include <string.h>

#include "flood.h"

/* Two sides of a normal law with 95 % in between. */
#define CERTAIN 1.96
/* The rule kamp asks for this much water beside the home. Metres. */

/* The zone with the largest level less first-wet level, SIZE_MAX when water reaches the home from none of those that the
 * level says something of. */
static size_t zone_of(const flood_run *run, const flood_home *home, const flood_level *level) {
  size_t best = SIZE_MAX;
  double margin = -INFINITY;
  for (size_t z = 0; z < run->levels.zones; z++) {
    const double here = level->level_m[z] - home->zone_m[z];
    if (here > margin) margin = here, best = z; /* NAN: no */
  }
  return best;
}

/* The height that water has to reach at the home itself, by the rule asked for. */
static double height_at_home(const flood_run *run, const flood_home *home) {
  if (run->rule == FLOOD_KAMP) return home->ground_m + FLOOD_KAMP_M;
  if (run->rule == FLOOD_SILL) return home->ground_m + run->asked->sill_m;
  return home->ground_m;
}

/* Crests that let water in, at most two, and the height at the home. */
static size_t ways_in(const flood_run *run, size_t i, double first_m, double crest_m[2], double *ground_m) {
  const size_t saddle = run->decides ? run->decides[i] : SIZE_MAX;
  *ground_m = first_m;
  if (saddle == SIZE_MAX) return 0; /* its own ground decides */
  *ground_m = fmin(first_m, height_at_home(run, &run->home[i]));
  crest_m[0] = run->levels.zones == 1 ? run->saddle[saddle].crest_m : first_m;
  crest_m[1] = run->levels.zones == 1 ? run->saddle[saddle].next_m : NAN;
  return 2;
}

/* A home that is dry up to the cap: as if it were wet from there on, which it is not below. */
static double above_cap(const flood_site *site, const flood_level *level, size_t zones, double sigma_m) {
  double highest = -INFINITY;
  for (size_t z = 0; z < zones; z++) highest = fmax(highest, level->level_m[z]);
  const double cap_m = sund_flood_metres(site->spec, site->spec->cap) + site->up_m;
  return sigma_m > 0 ? sund_normal((highest - cap_m) / sigma_m) : 0;
}

sund_code flood_odds(sund_ctx *ctx, const flood_run *run, size_t home, size_t level, double *probability,
                     flood_say *say) {
  (void)ctx;
  const flood_home *h = &run->home[home];
  const flood_level *at = &run->levels.level[level];
  *probability = NAN, *say = FLOOD_CANNOT_SAY;
  if (h->site == SIZE_MAX) return SUND_OK;
  const flood_site *site = &run->site[h->site];
  if (!flood_speaks(run, site, level)) return SUND_OK;
  const double level_sigma = hypot(hypot(run->asked->sigma_level_m, site->up_sigma_m), at->sigma_m);
  const double sigma = hypot(level_sigma, site->sigma_m);
  const size_t z = zone_of(run, h, at);
  *say = h->wet[level] ? FLOOD_WET : FLOOD_DRY;
  if (z == SIZE_MAX) {
    *probability = above_cap(site, at, run->levels.zones, sigma);
    if (*probability > sund_normal(-CERTAIN)) *say = FLOOD_CANNOT_SAY;
    return SUND_OK;
  }
  const sund_doubt doubt = {site->sigma_m, level_sigma, strcmp(run->asked->errors, "correlated") == 0};
  double crest_m[2], ground_m;
  const size_t crests = ways_in(run, home, h->zone_m[z], crest_m, &ground_m);
  *probability = sund_probability_wet(&doubt, at->level_m[z], ground_m, crests, crest_m);
  if (fabs(at->level_m[z] - h->zone_m[z]) < CERTAIN * sigma) *say = FLOOD_CANNOT_SAY;
  return SUND_OK;
}

/* access_supply.h - inside of `access`: which green hands out how much, and how far it is walked to. */
#ifndef SUND_QUERIES_ACCESS_SUPPLY_H
#define SUND_QUERIES_ACCESS_SUPPLY_H

#include "access.h"
#include "supply.h"

/* Radii of their own (--radius-of), read once a run. */
typedef struct access_radii {
  size_t kinds;
  uint32_t *kind; /* kinds: bit among the choices of green's kind                 */
  double *kind_m; /* kinds: radius                                                */
  size_t groups;
  size_t *group;   /* groups: number among the homes' groups, in the order given   */
  double *group_m; /* groups: radius                                               */
} access_radii;

/* Reads --radius-of. SUND_USAGE for a name that is no kind of green and no group of the homes. */
sund_code access_radii_read(sund_ctx *ctx, const access_run *run, access_radii *out);

/* What one answer hands out. The green is in parts: kinds that share a radius of their own are merged, tested for size
 * and reached for themselves; all other kinds together. Rows of the case are the rows of the parts, one part after the
 * other; the case's kind of a row is its part. */
typedef struct access_supply {
  supply_case what;
  double radius; /* of the answer: --radius, else the standard's distance     */
  size_t parts;
  double *part_radius; /* parts                                                     */
  bool in_m2;          /* false: handed out is what the column supply says          */
  double all;          /* supply of all rows                                        */
} access_supply;

/* Pairs within the largest radius, and supply: the column `supply` summed over the parcels of an area; without it the
 * area's ground, m2, every place counted once: where areas overlap, it belongs to the one that more people may enter
 * (public, restricted, unknown, private), of equal ones to the part named first. `keep` gets what the run holds on to
 * (sets, distances), `scratch` the rest. */
sund_code access_supply_of(sund_ctx *scratch, sund_ctx *keep, access_run *run, const access_answer *answer,
                           const access_radii *radii, access_supply *out);

#endif

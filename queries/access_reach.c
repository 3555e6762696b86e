/* access_reach.c - the nearest and second nearest area of a target for every home, by each way of measuring; and all
 * homes within reach of every area.
 *
 * A home inside an area is there, by every way but a table's.
 */
#include <math.h>
#include <string.h>

#include "access.h"

static sund_code new_reach(sund_ctx *ctx, size_t count, bool points, access_reach *out) {
  if (!(out->metres = sund_alloc(ctx, count, sizeof(double))) ||
      !(out->next_m = sund_alloc(ctx, count, sizeof(double))) || !(out->row = sund_alloc(ctx, count, sizeof(size_t))))
    return SUND_LIMIT;
  if (points && (!(out->near_x = sund_alloc(ctx, count, sizeof(double))) ||
                 !(out->near_y = sund_alloc(ctx, count, sizeof(double)))))
    return SUND_LIMIT;
  return SUND_OK;
}

/* Points and the k nearest places of each. */
typedef struct ranking {
  size_t count;
  double *x, *y;                    /* count     */
  double *metres, *near_x, *near_y; /* k * count */
  size_t *row;                      /* k * count */
} ranking;

static sund_code new_ranking(sund_ctx *ctx, size_t count, size_t k, ranking *out) {
  *out = (ranking){.count = count,
                   .x = sund_alloc(ctx, count, sizeof(double)),
                   .y = sund_alloc(ctx, count, sizeof(double)),
                   .metres = sund_alloc(ctx, k * count, sizeof(double)),
                   .near_x = sund_alloc(ctx, k * count, sizeof(double)),
                   .near_y = sund_alloc(ctx, k * count, sizeof(double)),
                   .row = sund_alloc(ctx, k * count, sizeof(size_t))};
  return out->x && out->y && out->metres && out->near_x && out->near_y && out->row ? SUND_OK : SUND_LIMIT;
}

static sund_places places_of(const access_target *target) {
  const green_set *set = target->set;
  return (sund_places){.rows = set->rows, .areas = set->shapes, .x = set->x, .y = set->y, .accept = target->accept};
}

/* Nearest places of n points within a limit. */
static sund_code rank(sund_ctx *ctx, const access_run *run, const access_target *target, access_way way, double limit,
                      size_t k, const ranking *r) {
  const sund_places places = places_of(target);
  if (way == BY_LAND)
    return sund_overland_ranked(ctx, run->overland, &places, limit, k, r->count, r->x, r->y, r->metres, r->row,
                                r->near_x, r->near_y);
  return sund_straight_ranked(ctx, &places, run->ground, limit, k, r->count, r->x, r->y, r->metres, r->row, r->near_x,
                              r->near_y);
}

/* The nearest of those that have none within the target's reach. home: them. */
static sund_code rank_far(sund_ctx *scratch, const access_run *run, const access_target *target, access_way way,
                          access_reach *reach) {
  size_t *home = sund_alloc(scratch, run->homes->count, sizeof *home), count = 0;
  ranking r;
  if (!home) return SUND_LIMIT;
  for (size_t i = 0; i < run->homes->count; i++)
    if (reach->row[i] == SIZE_MAX) home[count++] = i;
  TRY(new_ranking(scratch, count, 1, &r));
  for (size_t k = 0; k < count; k++) r.x[k] = run->homes->x[home[k]], r.y[k] = run->homes->y[home[k]];
  TRY(rank(scratch, run, target, way, way == BY_LAND ? FAR_REACHES * target->reach : INFINITY, 1, &r));
  for (size_t k = 0; k < count; k++) {
    reach->metres[home[k]] = r.metres[k], reach->row[home[k]] = r.row[k];
    reach->near_x[home[k]] = r.near_x[k], reach->near_y[home[k]] = r.near_y[k];
  }
  return SUND_OK;
}

/* Does anybody ask for the second nearest? Where a way is only compared with another one, the nearest will do. */
static bool second_counts(const access_run *run, const access_target *target, access_way way) {
  for (size_t a = 0; a < run->answers; a++)
    if (run->answer[a].target == target && run->answer[a].way == way) return true;
  return false;
}

/* The two nearest within reach, then the nearest at all of those that have none: a search for a second area that is far
 * away passes over every corner of the first. */
static sund_code rank_all(sund_ctx *scratch, const access_run *run, const access_target *target, access_way way,
                          access_reach *reach) {
  enum { NEAREST = 2 };
  size_t count = run->homes->count;
  ranking r;
  TRY(new_ranking(scratch, count, NEAREST, &r));
  memcpy(r.x, run->homes->x, count * sizeof *r.x);
  memcpy(r.y, run->homes->y, count * sizeof *r.y);
  /* Without a reach: who stands inside, maybe in two that overlap. */
  double limit = (target->near_only ? way == run->way : second_counts(run, target, way)) ? target->reach : 0;
  TRY(rank(scratch, run, target, way, limit, NEAREST, &r));
  for (size_t i = 0; i < count; i++) {
    size_t first = NEAREST * i;
    reach->metres[i] = r.metres[first], reach->next_m[i] = r.metres[first + 1], reach->row[i] = r.row[first];
    reach->near_x[i] = r.near_x[first], reach->near_y[i] = r.near_y[first];
  }
  return target->near_only ? SUND_OK : rank_far(scratch, run, target, way, reach);
}

static sund_code measure_plain(sund_ctx *ctx, const access_run *run, access_target *target, access_way way) {
  access_reach reach = {0};
  TRY(new_reach(ctx, run->homes->count, true, &reach));
  sund_ctx *scratch = sund_ctx_child(ctx);
  if (!scratch) return SUND_LIMIT;
  sund_code code = rank_all(scratch, run, target, way, &reach);
  sund_ctx_pass(ctx, scratch);
  sund_ctx_free(scratch);
  if (code == SUND_OK) target->by[way] = reach;
  return code;
}

/* Two nearest by the table. */
static sund_code measure_table(sund_ctx *ctx, const access_run *run, access_target *target) {
  const sund_pairs *pairs = &run->od->pairs;
  const homes *h = run->homes;
  size_t home_rows = run->in->role[SUND_HOMES]->rows;
  access_reach reach = {0};
  TRY(new_reach(ctx, h->count, false, &reach));
  double *best = sund_alloc(ctx, 2 * home_rows, sizeof *best); /* by row of the homes table */
  size_t *row = sund_alloc(ctx, home_rows, sizeof *row);
  if (!best || !row) return SUND_LIMIT;
  for (size_t i = 0; i < home_rows; i++) best[2 * i] = best[2 * i + 1] = INFINITY, row[i] = SIZE_MAX;
  for (size_t r = 0; r < pairs->rows; r++) {
    size_t m = target->set->merged_of[r];
    if (m == SIZE_MAX || !target->accept[m]) continue;
    for (size_t k = pairs->first[r]; k < pairs->first[r + 1]; k++) {
      double *two = best + 2 * (size_t)pairs->to[k], value = pairs->metres[k];
      if (value < two[0]) two[1] = two[0], two[0] = value, row[pairs->to[k]] = m;
      else if (value < two[1]) two[1] = value;
    }
  }
  for (size_t i = 0; i < h->count; i++) {
    const double *two = best + 2 * h->row[i];
    reach.metres[i] = isinf(two[0]) ? NAN : two[0];
    reach.next_m[i] = isinf(two[1]) ? NAN : two[1];
    reach.row[i] = row[h->row[i]];
  }
  target->by[BY_TABLE] = reach;
  return SUND_OK;
}

/* The entrances of a set, found once and numbered after those of the sets before. */
static sund_code enter(sund_ctx *ctx, const access_run *run, green_set *set) {
  if (set->entrances) return SUND_OK;
  TRY(access_entrances(ctx, run, set, ENTER_BY_RULE, &set->entrances));
  set->first_entrance = run->net->entrances;
  run->net->entrances += set->entrances->count;
  return SUND_OK;
}

static sund_code measure_network(sund_ctx *ctx, access_run *run, size_t count, access_target *const *target) {
  access_search *search = sund_alloc(ctx, count, sizeof *search);
  size_t n = 0;
  if (!search) return SUND_LIMIT;
  for (size_t k = 0; k < count; k++) {
    size_t seen = 0;
    while (seen < n && search[seen].target != target[k]) seen++;
    if (seen < n || target[k]->by[BY_NETWORK].metres) continue;
    TRY(access_measure(ctx, run, target[k], BY_STRAIGHT));
    TRY(enter(ctx, run, target[k]->set));
    search[n++] = (access_search){target[k]->set->entrances, NULL, target[k]};
  }
  return access_sweep(ctx, run, n, search);
}

sund_code access_measure(sund_ctx *ctx, access_run *run, access_target *target, access_way way) {
  if (target->by[way].metres) return SUND_OK;
  switch (way) {
    case BY_NETWORK:
      return measure_network(ctx, run, 1, &target);
    case BY_TABLE:
      return measure_table(ctx, run, target);
    default:
      return measure_plain(ctx, run, target, way);
  }
}

sund_code access_measure_all(sund_ctx *ctx, access_run *run, access_way way, size_t count,
                             access_target *const *target) {
  if (way == BY_NETWORK) return measure_network(ctx, run, count, target);
  for (size_t k = 0; k < count; k++) TRY(access_measure(ctx, run, target[k], way));
  return SUND_OK;
}

/* ------------------------------------------------------------------------------------------------------- pairs */

/* Pairs of the table for the rows of the set; homes that are spread have a pair for every piece. */
static sund_code pairs_of_table(sund_ctx *ctx, const access_run *run, const access_target *target, double limit,
                                sund_pairs **out) {
  const sund_pairs *given = &run->od->pairs;
  const homes *h = run->homes;
  size_t home_rows = run->in->role[SUND_HOMES]->rows;
  size_t *first = sund_alloc(ctx, home_rows + 2, sizeof *first), *piece = sund_alloc(ctx, h->count, sizeof *piece);
  sund_pairs *pairs = sund_alloc(ctx, 1, sizeof *pairs);
  if (!first || !piece || !pairs) return SUND_LIMIT;
  for (size_t i = 0; i < h->count; i++) first[h->row[i] + 2]++;
  for (size_t r = 0; r < home_rows; r++) first[r + 2] += first[r + 1];
  for (size_t i = 0; i < h->count; i++) piece[first[h->row[i] + 1]++] = i;
  size_t count = 0, n = 0;
  for (size_t k = 0; k < given->first[given->rows]; k++) count += first[given->to[k] + 1] - first[given->to[k]];
  pairs->rows = target->set->rows;
  if (!(pairs->first = sund_alloc(ctx, pairs->rows + 1, sizeof *pairs->first)) ||
      !(pairs->to = sund_alloc(ctx, count, sizeof *pairs->to)) ||
      !(pairs->metres = sund_alloc(ctx, count, sizeof *pairs->metres)))
    return SUND_LIMIT;
  for (size_t r = 0; r < given->rows; r++) { /* rows of a set that is not merged follow the parcels */
    size_t m = target->set->merged_of[r];
    if (m == SIZE_MAX) continue;
    for (size_t k = given->first[r]; target->accept[m] && k < given->first[r + 1]; k++)
      for (size_t p = first[given->to[k]]; given->metres[k] <= limit && p < first[given->to[k] + 1]; p++)
        pairs->to[n] = (uint32_t)piece[p], pairs->metres[n++] = given->metres[k];
    pairs->first[m + 1] = n;
  }
  *out = pairs;
  return SUND_OK;
}

sund_code access_inside(sund_ctx *ctx, const access_run *run, const access_target *target, sund_pairs **out) {
  const sund_places places = places_of(target);
  const homes *h = run->homes;
  return sund_straight_pairs(ctx, &places, run->ground, 0, h->count, h->x, h->y, out);
}

/* Adds the homes that stand inside an area to those it reaches, at 0 m. */
static sund_code add_insiders(sund_ctx *ctx, const access_run *run, const access_target *target, sund_pairs **pairs) {
  const sund_pairs *old = *pairs;
  sund_pairs *inside, *both = sund_alloc(ctx, 1, sizeof *both);
  TRY(access_inside(ctx, run, target, &inside));
  if (inside->first[inside->rows] == 0) return SUND_OK;
  size_t room = old->first[old->rows] + inside->first[inside->rows], n = 0;
  if (!both || !(both->first = sund_alloc(ctx, old->rows + 1, sizeof *both->first)) ||
      !(both->to = sund_alloc(ctx, room, sizeof *both->to)) ||
      !(both->metres = sund_alloc(ctx, room, sizeof *both->metres)))
    return SUND_LIMIT;
  both->rows = old->rows;
  for (size_t r = 0; r < old->rows; r++) {
    size_t k = old->first[r], i = inside->first[r];
    while (k < old->first[r + 1] || i < inside->first[r + 1]) {
      uint32_t there = k < old->first[r + 1] ? old->to[k] : UINT32_MAX;
      uint32_t here = i < inside->first[r + 1] ? inside->to[i] : UINT32_MAX;
      both->to[n] = here <= there ? here : there;
      both->metres[n++] = here <= there ? 0 : old->metres[k];
      k += there <= here, i += here <= there;
    }
    both->first[r + 1] = n;
  }
  *pairs = both;
  return SUND_OK;
}

/* Spots of the homes that have a path within the snap limit. */
static sund_code spots_in_limit(sund_ctx *ctx, const access_run *run, sund_spot **out) {
  size_t count = run->homes->count;
  if (!(*out = sund_alloc(ctx, count, sizeof **out))) return SUND_LIMIT;
  for (size_t i = 0; i < count; i++) {
    (*out)[i] = run->net->home_spot[i];
    if (!access_has_path(run, run->options->snap_limit_m, i)) (*out)[i].edge = SUND_NO_EDGE;
  }
  return SUND_OK;
}

static sund_code pairs_of_network(sund_ctx *ctx, access_run *run, access_target *target, double limit,
                                  sund_pairs **out) {
  green_set *set = target->set;
  sund_spot *spots;
  TRY(access_measure(ctx, run, target, BY_NETWORK));
  const sund_entrances *e = set->entrances;
  uint8_t *use = sund_alloc(ctx, e->count, 1);
  if (!use) return SUND_LIMIT;
  for (size_t k = 0; k < e->count; k++) use[k] = target->accept[e->area[k]] && e->spot[k].edge != SUND_NO_EDGE;
  TRY(spots_in_limit(ctx, run, &spots));
  TRY(sund_route_pairs(ctx, run->net->graph, e->count, e->spot, use, e->area, set->rows, limit, run->homes->count,
                       spots, out));
  return add_insiders(ctx, run, target, out);
}

sund_code access_pairs(sund_ctx *ctx, access_run *run, access_target *target, double limit, sund_pairs **out) {
  sund_places places = places_of(target);
  const homes *h = run->homes;
  switch (run->way) {
    case BY_TABLE:
      return pairs_of_table(ctx, run, target, limit, out);
    case BY_NETWORK:
      return pairs_of_network(ctx, run, target, limit, out);
    case BY_LAND:
      return sund_overland_pairs(ctx, run->overland, &places, limit, h->count, h->x, h->y, out);
    default:
      return sund_straight_pairs(ctx, &places, run->ground, limit, h->count, h->x, h->y, out);
  }
}

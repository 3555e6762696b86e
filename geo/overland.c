/* overland.c - ways over land around water: the calls of sund/geo.h.
 *
 *   overland_water.c    the water as a barrier: is there any between here and there?
 *   overland_node.c     corners around which ways bend, bridges, and the steps between them
 *   overland_place.c    where ways begin and end
 *   overland_search.c   the nearest places
 *   overland_label.c    shortest ways from the corners
 *   overland_pairs.c    who reaches what
 *   overland_way.c      one way as a line
 */
#include "geo/overland.h"

enum { BLOCK = 1024 };

sund_code sund_overland_build(sund_ctx *ctx, const sund_shapes *water_areas, const sund_shapes *bridges,
                              const sund_ground *ground, double shore_m, sund_overland **out) {
  sund_overland *o = sund_alloc(ctx, 1, sizeof *o);
  if (!o) return SUND_LIMIT;
  o->ground = ground;
  o->scale = straight_scale(ground);
  o->shore_m = shore_m;
  TRY(water_build(ctx, water_areas, &o->water));
  TRY(overland_node_build(ctx, o, bridges));
  *out = o;
  return SUND_OK;
}

/* ------------------------------------------------------------------------------------------------------ ranked */

sund_code sund_overland_ranked(sund_ctx *ctx, const sund_overland *overland, const sund_places *places, double limit,
                               size_t k, size_t n, const double *x, const double *y, double *metres, size_t *row,
                               double *near_x, double *near_y) {
  if (k == 0) return SUND_OK;
  sund_ctx *scratch = sund_ctx_child(ctx);
  if (!scratch) return SUND_LIMIT;
  overland_task task = {.o = overland, .limit = limit, .k = k, .n = n, .x = x, .y = y};
  straight_set *set;
  sund_code code = overland_place_open(scratch, overland, places, &set);
  task.set = code == SUND_OK ? set : NULL;
  if (code == SUND_OK) code = overland_search(scratch, &task);
  for (size_t i = 0; i < n && code == SUND_OK; i++) {
    const straight_best best = {.count = task.hits[i], .hit = task.hit + i * k};
    straight_answer(set, &best, k, metres + i * k, row + i * k, near_x ? near_x + i * k : NULL,
                    near_y ? near_y + i * k : NULL);
  }
  if (code != SUND_OK) code = sund_ctx_pass(ctx, scratch);
  sund_ctx_free(scratch);
  return code;
}

/* -------------------------------------------------------------------------------------------------------- lost */

typedef struct losing {
  const sund_overland *o;
  const double *x, *y;
  uint8_t *lost;
} losing;

static sund_code lost_block(sund_ctx *worker, size_t begin, size_t end, void *data) {
  (void)worker;
  const losing *l = data;
  for (size_t i = begin; i < end; i++) l->lost[i] = overland_start_at(l->o, l->x[i], l->y[i]).lost;
  return SUND_OK;
}

sund_code sund_overland_lost(sund_ctx *ctx, const sund_overland *overland, size_t n, const double *x, const double *y,
                             uint8_t *lost) {
  losing l = {.o = overland, .x = x, .y = y, .lost = lost};
  return sund_for(ctx, n, BLOCK, lost_block, &l);
}

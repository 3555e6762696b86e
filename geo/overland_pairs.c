/* overland_pairs.c - who reaches which place over land within a limit.
 *
 * Over land nothing is nearer than in a straight line, so the straight pairs are all that can come out. Place by place
 * their metres are replaced by those over land, and what is then beyond the limit falls out.
 */
#include <math.h>

#include "geo/overland.h"

typedef struct pairing {
  const sund_overland *o;
  const sund_places *places;
  double limit;
  const double *x, *y; /* of the points                                        */
  sund_pairs *pairs;   /* straight; metres become those over land, NAN = too far */
} pairing;

/* One place: its points, asked for it alone. */
static sund_code measure(sund_ctx *scratch, const pairing *p, size_t row, const uint8_t *accept) {
  const size_t first = p->pairs->first[row], n = p->pairs->first[row + 1] - first;
  double *x = sund_alloc(scratch, n, sizeof *x), *y = sund_alloc(scratch, n, sizeof *y);
  if (!x || !y) return SUND_LIMIT;
  for (size_t i = 0; i < n; i++) {
    x[i] = p->x[p->pairs->to[first + i]];
    y[i] = p->y[p->pairs->to[first + i]];
  }
  sund_places one = *p->places;
  one.accept = accept;
  overland_task task = {.o = p->o, .limit = p->limit, .k = 1, .n = n, .x = x, .y = y};
  straight_set *set;
  TRY(overland_place_open(scratch, p->o, &one, &set));
  task.set = set;
  TRY(overland_search(scratch, &task));
  for (size_t i = 0; i < n; i++) p->pairs->metres[first + i] = task.hits[i] ? task.hit[i].metres : NAN;
  return SUND_OK;
}

static sund_code measure_block(sund_ctx *worker, size_t begin, size_t end, void *data) {
  const pairing *p = data;
  uint8_t *accept = sund_alloc(worker, p->places->rows, sizeof *accept);
  if (!accept) return SUND_LIMIT;
  for (size_t row = begin; row < end; row++) {
    if (p->pairs->first[row] == p->pairs->first[row + 1]) continue;
    sund_ctx *scratch = sund_ctx_child(worker);
    if (!scratch) return SUND_LIMIT;
    accept[row] = 1;
    sund_code code = measure(scratch, p, row, accept);
    accept[row] = 0;
    if (code != SUND_OK) code = sund_ctx_pass(worker, scratch);
    sund_ctx_free(scratch);
    TRY(code);
  }
  return SUND_OK;
}

/* Takes out the pairs that are too far. */
static void drop_far(sund_pairs *pairs) {
  size_t kept = 0, begin = 0;
  for (size_t row = 0; row < pairs->rows; row++) {
    const size_t end = pairs->first[row + 1];
    for (size_t i = begin; i < end; i++) {
      if (isnan(pairs->metres[i])) continue;
      pairs->to[kept] = pairs->to[i];
      pairs->metres[kept++] = pairs->metres[i];
    }
    begin = end;
    pairs->first[row + 1] = kept;
  }
}

static sund_code measure_all(sund_ctx *ctx, pairing *p) {
  sund_ctx *scratch = sund_ctx_child(ctx);
  if (!scratch) return SUND_LIMIT;
  sund_code code = sund_for(scratch, p->pairs->rows, 1, measure_block, p);
  if (code != SUND_OK) code = sund_ctx_pass(ctx, scratch);
  sund_ctx_free(scratch);
  return code;
}

sund_code sund_overland_pairs(sund_ctx *ctx, const sund_overland *overland, const sund_places *places, double limit,
                              size_t n, const double *x, const double *y, sund_pairs **out) {
  sund_pairs *pairs;
  TRY(sund_straight_pairs(ctx, places, overland->ground, limit, n, x, y, &pairs));
  pairing p = {.o = overland, .places = places, .limit = limit, .x = x, .y = y, .pairs = pairs};
  TRY(measure_all(ctx, &p));
  drop_far(pairs);
  *out = pairs;
  return SUND_OK;
}

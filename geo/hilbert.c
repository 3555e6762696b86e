/* hilbert.c - rows in an order in which what is near on the map is near in memory.
 *
 * Places along the curve of Hilbert (1891), "Über die stetige Abbildung einer Linie auf ein Flächenstück", over square
 * cells of the points' box, sorted by counting digits.
 */
#include <math.h>

#include "sund/geo.h"

enum { CELL_BITS = 16, /* of each axis */ DIGIT_BITS = 8, BLOCK = 16384 };

typedef struct keyed {
  uint32_t key; /* place along the curve */
  size_t row;
} keyed;

/* Place along the curve of a cell; turns and flips from the highest bit down. Without branches, which nothing could
 * predict. */
static uint32_t place_of(uint32_t x, uint32_t y) {
  const uint32_t last = (1u << CELL_BITS) - 1;
  uint32_t place = 0;
  for (int bit = CELL_BITS - 1; bit >= 0; bit--) {
    const uint32_t right = x >> bit & 1, upper = y >> bit & 1, lower = upper ^ 1;
    place = place << 2 | (3 * right ^ upper);
    const uint32_t flip = last & (0 - (right & lower)), swap = (x ^ y) & (0 - lower);
    x ^= swap ^ flip;
    y ^= swap ^ flip;
  }
  return place;
}

/* Cell of a coordinate; whatever is not finite ends at an edge. */
static uint32_t cell_of(double value, double low, double size) {
  const double last = (double)((1u << CELL_BITS) - 1);
  const double cell = size > 0 ? (value - low) / size * last : 0;
  if (!(cell > 0)) return 0;
  return cell < last ? (uint32_t)cell : (uint32_t)last;
}

/* Sorts by key, least digit first; stable, so equal keys stay in the order of the rows. */
static void sort_keys(keyed *keys, keyed *other, size_t count) {
  const uint32_t mask = (1u << DIGIT_BITS) - 1;
  for (int shift = 0; shift < 2 * CELL_BITS; shift += DIGIT_BITS) {
    size_t start[(1 << DIGIT_BITS) + 1] = {0};
    for (size_t i = 0; i < count; i++) start[(keys[i].key >> shift & mask) + 1]++;
    for (size_t digit = 0; digit <= mask; digit++) start[digit + 1] += start[digit];
    for (size_t i = 0; i < count; i++) other[start[keys[i].key >> shift & mask]++] = keys[i];
    keyed *swap = keys;
    keys = other;
    other = swap;
  }
  /* an even number of passes: the result is back in the first array */
}

/* Points to be put on the curve. */
typedef struct points {
  const double *x, *y;
  double left, bottom, size; /* of the square that holds them */
  keyed *keys;
} points;

static sund_code find_keys(sund_ctx *worker, size_t begin, size_t end, void *data) {
  (void)worker;
  const points *p = data;
  for (size_t i = begin; i < end; i++)
    p->keys[i] =
        (keyed){.key = place_of(cell_of(p->x[i], p->left, p->size), cell_of(p->y[i], p->bottom, p->size)), .row = i};
  return SUND_OK;
}

static sund_code sort_rows(sund_ctx *scratch, size_t n, const double *x, const double *y, size_t *order) {
  keyed *keys = sund_alloc(scratch, n, sizeof *keys);
  keyed *other = sund_alloc(scratch, n, sizeof *other);
  if (!keys || !other) return SUND_LIMIT;
  double box[4] = {INFINITY, INFINITY, -INFINITY, -INFINITY};
  for (size_t i = 0; i < n; i++) {
    if (!isfinite(x[i]) || !isfinite(y[i])) continue;
    if (x[i] < box[0]) box[0] = x[i];
    if (y[i] < box[1]) box[1] = y[i];
    if (x[i] > box[2]) box[2] = x[i];
    if (y[i] > box[3]) box[3] = y[i];
  }
  points p = {
      .x = x, .y = y, .left = box[0], .bottom = box[1], .size = fmax(box[2] - box[0], box[3] - box[1]), .keys = keys};
  TRY(sund_for(scratch, n, BLOCK, find_keys, &p));
  sort_keys(keys, other, n);
  for (size_t i = 0; i < n; i++) order[i] = keys[i].row;
  return SUND_OK;
}

sund_code sund_hilbert_order(sund_ctx *ctx, size_t n, const double *x, const double *y, size_t *order) {
  sund_ctx *scratch = sund_ctx_child(ctx);
  if (!scratch) return SUND_LIMIT;
  sund_code code = sort_rows(scratch, n, x, y, order);
  if (code != SUND_OK) code = sund_ctx_pass(ctx, scratch);
  sund_ctx_free(scratch);
  return code;
}

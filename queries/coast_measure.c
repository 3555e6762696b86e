/* coast_measure.c - the length of pieces of coast at a yardstick.
 *
 * Two methods. Douglas-Peucker: what is left when details smaller than the yardstick are dropped. Divider: whole steps
 * of the yardstick along the line and the rest to its end. Both on every connected piece by itself, after cutting, so
 * that the coast of an area does not depend on what lies beyond its border; the ends of a piece are always kept, so the
 * pieces of two neighbours meet. An island that no vertex of leaves the yardstick's circle around its first one
 * (its smallest, x then y) is too small to be seen at that yardstick, and counts 0 in both.
 *
 * A yardstick is ground metres. A piece has one scale, that between its lengths in the map and on the ground.
 */
#include <math.h>
#include <string.h>

#include "coast.h"

/* Flags and stack of Douglas-Peucker, as long as the longest piece. */
typedef struct room {
  uint8_t *keep;
  size_t *stack;
} room;

/* Does any vertex lie farther than `metres` (map) from the first? */
static bool reaches(size_t n, const double *x, const double *y, double metres) {
  for (size_t i = 1; i < n; i++)
    if (hypot(x[i] - x[0], y[i] - y[0]) > metres) return true;
  return false;
}

/* Adds what is left of piece `p` at a yardstick to `out`, as its row `p`; *at: vertices so far. */
static void simplify_piece(const coast_pieces *pieces, size_t p, double yardstick_m, room *use, sund_shapes *out,
                           size_t *at) {
  const sund_shapes *lines = pieces->lines;
  const size_t first = lines->first_vertex[p], n = lines->first_vertex[p + 1] - first;
  const double *x = lines->x + first, *y = lines->y + first, tolerance = yardstick_m * pieces->stretch[p];
  const bool closed = x[0] == x[n - 1] && y[0] == y[n - 1];
  if (!closed || reaches(n, x, y, tolerance)) {
    sund_simplify(n, x, y, tolerance, use->keep, use->stack);
    for (size_t i = 0; i < n; i++) {
      if (!use->keep[i]) continue;
      out->x[*at] = x[i];
      out->y[(*at)++] = y[i];
    }
  }
  out->first_part[p + 1] = p + 1;
  out->first_vertex[p + 1] = *at;
}

/* Ground lengths of all pieces at one yardstick, by simplifying; metres: one for every piece. */
static sund_code simplified(sund_ctx *scratch, const coast_run *run, double yardstick_m, room *use, double *metres) {
  const coast_pieces *pieces = &run->pieces;
  sund_shapes *left;
  size_t at = 0;
  TRY(sund_shapes_new(scratch, SUND_LINE, pieces->lines->rows, pieces->lines->rows, pieces->lines->vertices, &left));
  for (size_t p = 0; p < pieces->lines->rows; p++) simplify_piece(pieces, p, yardstick_m, use, left, &at);
  left->vertices = at;
  return sund_geodesic_measure(scratch, run->in->crs, left, metres);
}

/* The same by divider steps. */
static void divided(const coast_run *run, double yardstick_m, double *metres) {
  const sund_shapes *lines = run->pieces.lines;
  for (size_t p = 0; p < lines->rows; p++) {
    const size_t first = lines->first_vertex[p], n = lines->first_vertex[p + 1] - first;
    const double stretch = run->pieces.stretch[p];
    metres[p] = sund_divider_length(n, lines->x + first, lines->y + first, yardstick_m * stretch) / stretch;
  }
}

/* Sums the pieces of every unit into column `k` of units x yardsticks. */
static void sum_units(const coast_run *run, const double *metres, size_t k, double *out) {
  const size_t *first = run->pieces.first;
  for (size_t u = 0; u < run->units; u++)
    out[u * run->yardsticks + k] = sund_sum(first[u + 1] - first[u], metres + first[u]);
}

/* Median distance between neighbouring vertices of every unit: how fine the source is. */
static sund_code find_spacing(sund_ctx *scratch, coast_run *run) {
  const sund_shapes *lines = run->pieces.lines;
  double *gap = sund_alloc(scratch, lines->vertices, sizeof *gap);
  if (!gap) return SUND_LIMIT;
  for (size_t u = 0; u < run->units; u++) {
    size_t n = 0;
    for (size_t p = run->pieces.first[u]; p < run->pieces.first[u + 1]; p++)
      for (size_t v = lines->first_vertex[p] + 1; v < lines->first_vertex[p + 1]; v++)
        gap[n++] = hypot(lines->x[v] - lines->x[v - 1], lines->y[v] - lines->y[v - 1]) / run->pieces.stretch[p];
    TRY(sund_quantile(scratch, n, gap, NULL, 0.5, &run->spacing_m[u]));
  }
  return SUND_OK;
}

/* Flags and stack for the longest piece. */
static sund_code make_room(sund_ctx *scratch, const sund_shapes *lines, room *out) {
  size_t longest = 0;
  for (size_t p = 0; p < lines->parts; p++) {
    const size_t n = lines->first_vertex[p + 1] - lines->first_vertex[p];
    if (n > longest) longest = n;
  }
  out->keep = sund_alloc(scratch, longest, sizeof *out->keep);
  if (!out->keep) return SUND_LIMIT;
  out->stack = sund_alloc(scratch, longest, sizeof *out->stack);
  return out->stack ? SUND_OK : SUND_LIMIT;
}

sund_code coast_measure(sund_ctx *ctx, sund_ctx *scratch, coast_run *run) {
  room use;
  const size_t cells = run->units * run->yardsticks;
  run->simplified_m = sund_alloc(ctx, cells, sizeof *run->simplified_m);
  if (!run->simplified_m) return SUND_LIMIT;
  run->divider_m = sund_alloc(ctx, cells, sizeof *run->divider_m);
  if (!run->divider_m) return SUND_LIMIT;
  run->spacing_m = sund_alloc(ctx, run->units, sizeof *run->spacing_m);
  if (!run->spacing_m) return SUND_LIMIT;
  double *metres = sund_alloc(scratch, run->pieces.lines->rows, sizeof *metres);
  if (!metres) return SUND_LIMIT;
  TRY(make_room(scratch, run->pieces.lines, &use));
  for (size_t k = 0; k < run->yardsticks; k++) {
    TRY(simplified(scratch, run, run->yardstick_m[k], &use, metres));
    sum_units(run, metres, k, run->simplified_m);
    divided(run, run->yardstick_m[k], metres);
    sum_units(run, metres, k, run->divider_m);
  }
  return find_spacing(scratch, run);
}

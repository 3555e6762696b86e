/* access_nearest.c - the distance to the N-th nearest area of every standard: who has three parks in reach, not one?
 *
 * Areas, not entrances, are counted; one that a home stands in is 0 away and comes first.
 */
#include <math.h>
#include <string.h>

#include "access.h"

/* Distance to the n-th area of a home that stands inside so many; row: the n nearest in order, SIZE_MAX = does not
 * count. */
static double last_of(size_t n, const double *metres, const size_t *row, size_t inside) {
  size_t taken = inside;
  if (taken >= n) return 0;
  for (size_t at = 0; at < n; at++)
    if (row[at] != SIZE_MAX && ++taken == n) return metres[at];
  return NAN;
}

static sund_code by_network(sund_ctx *scratch, const access_run *run, const access_target *target, size_t n,
                            double *out) {
  const sund_entrances *e = target->set->entrances;
  size_t count = run->homes->count;
  uint8_t *use = sund_alloc(scratch, e->count, 1);
  double *metres = sund_alloc(scratch, n * count, sizeof *metres);
  size_t *row = sund_alloc(scratch, n * count, sizeof *row), *inside = sund_alloc(scratch, count, sizeof *inside);
  sund_pairs *insiders;
  if (!use || !metres || !row || !inside) return SUND_LIMIT;
  for (size_t k = 0; k < e->count; k++) use[k] = target->accept[e->area[k]] && e->spot[k].edge != SUND_NO_EDGE;
  TRY(sund_route_ranked(scratch, run->net->graph, e->count, e->spot, use, e->area, INFINITY, n, count,
                        run->net->home_spot, metres, row));
  for (size_t k = 0; k < n * count; k++)
    if (row[k] != SIZE_MAX) row[k] = e->area[row[k]];
  TRY(access_inside(scratch, run, target, &insiders));
  for (size_t r = 0; r < insiders->rows; r++)
    for (size_t k = insiders->first[r]; k < insiders->first[r + 1]; k++) {
      size_t i = insiders->to[k];
      inside[i]++;
      for (size_t at = n * i; at < n * (i + 1); at++)
        if (row[at] == r) row[at] = SIZE_MAX;
    }
  for (size_t i = 0; i < count; i++) out[i] = last_of(n, metres + n * i, row + n * i, inside[i]);
  return SUND_OK;
}

static sund_code by_places(sund_ctx *scratch, const access_run *run, const access_target *target, size_t n,
                           double *out) {
  const green_set *set = target->set;
  const sund_places places = {
      .rows = set->rows, .areas = set->shapes, .x = set->x, .y = set->y, .accept = target->accept};
  const homes *h = run->homes;
  double *metres = sund_alloc(scratch, n * h->count, sizeof *metres);
  size_t *row = sund_alloc(scratch, n * h->count, sizeof *row);
  if (!metres || !row) return SUND_LIMIT;
  if (run->way == BY_LAND)
    TRY(sund_overland_ranked(scratch, run->overland, &places, FAR_REACHES * target->reach, n, h->count, h->x, h->y,
                             metres, row, NULL, NULL));
  else
    TRY(sund_straight_ranked(scratch, &places, run->ground, INFINITY, n, h->count, h->x, h->y, metres, row, NULL,
                             NULL));
  for (size_t i = 0; i < h->count; i++) out[i] = metres[n * i + n - 1];
  return SUND_OK;
}

/* The n smallest of the table's distances of every home. */
static sund_code by_table(sund_ctx *scratch, access_run *run, access_target *target, size_t n, double *out) {
  size_t count = run->homes->count;
  sund_pairs *pairs;
  double *best = sund_alloc(scratch, n * count, sizeof *best);
  if (!best) return SUND_LIMIT;
  for (size_t k = 0; k < n * count; k++) best[k] = INFINITY;
  TRY(access_pairs(scratch, run, target, INFINITY, &pairs));
  for (size_t k = 0; k < pairs->first[pairs->rows]; k++) {
    double *mine = best + n * (size_t)pairs->to[k];
    size_t at = n;
    while (at > 0 && pairs->metres[k] < mine[at - 1]) at--;
    for (size_t m = n - 1; at < n && m > at; m--) mine[m] = mine[m - 1];
    if (at < n) mine[at] = pairs->metres[k];
  }
  for (size_t i = 0; i < count; i++) out[i] = isinf(best[n * i + n - 1]) ? NAN : best[n * i + n - 1];
  return SUND_OK;
}

static sund_code measure(sund_ctx *scratch, access_run *run, access_target *target, size_t n, double *out) {
  if (run->way == BY_NETWORK) return by_network(scratch, run, target, n, out);
  return run->way == BY_TABLE ? by_table(scratch, run, target, n, out) : by_places(scratch, run, target, n, out);
}

sund_code access_nearest(sund_ctx *ctx, access_run *run) {
  size_t n = (size_t)run->options->nearest;
  bool minutes = run->way == BY_TABLE && run->od->minutes;
  if (n < 2) return SUND_OK;
  for (size_t a = 0; a < run->standards; a++) {
    const access_answer *answer = &run->answer[a];
    double *out = sund_alloc(ctx, run->homes->count, sizeof *out);
    sund_ctx *scratch = out ? sund_ctx_child(ctx) : NULL;
    if (!scratch) return SUND_LIMIT;
    sund_code code = measure(scratch, run, answer->target, n, out);
    sund_ctx_pass(ctx, scratch);
    sund_ctx_free(scratch);
    TRY(code);
    for (size_t i = 0; i < run->homes->count; i++)
      if (answer->met[i] < 0) out[i] = NAN;
    sund_field field = {.type = SUND_REAL, .unit = minutes ? "min" : "m"};
    field.name = access_column_name(ctx, answer->standard->name, minutes ? "nearest_min" : "nearest_m");
    field.label[SUND_DA] = sund_text(ctx, "%s: til det %zu. nærmeste område", answer->variant, n);
    field.label[SUND_SV] = sund_text(ctx, "%s: till det %zu:e närmaste området", answer->variant, n);
    field.label[SUND_EN] = sund_text(ctx, "%s: to nearest area no. %zu", answer->variant, n);
    if (!field.name || !field.label[0] || !field.label[1] || !field.label[2]) return SUND_LIMIT;
    TRY(access_add_column(ctx, run, field, out));
  }
  return SUND_OK;
}

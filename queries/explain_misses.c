/* explain_misses.c - green that nearly serves a home: the nearest areas by straight line that do not count, each with
 * the first test it fails, and those that count and lie near enough by straight line, but not by the way. Green of
 * kinds that the standard does not count comes last: that a park is no forest helps nobody who looks for forest.
 *
 * An area of green_areas is all green that touches, with kind and name of its largest parcel; a standard looks at the
 * parcels of its kinds only. Where an entrance is recorded for the standard, part of the area is of such a kind.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "explain_access.h"

const char *const explain_miss_names[] = {"kind", "access", "strip", "size", "no-entrance", "part", "way"};

/* Green is looked for within this many times the standard's distance. */
static const double LOOK = 2;

/* Areas that are entered for a standard: rows of green_areas. */
static sund_code find_entered(sund_ctx *ctx, const access_facts *facts, const char *standard, uint8_t **out) {
  const sund_table *green = facts->green, *entrances = facts->entrances;
  if (!(*out = sund_alloc(ctx, green->rows, 1))) return SUND_LIMIT;
  const char **id = sund_table_text(green, "green_id");
  const char **of = entrances ? sund_table_text(entrances, "green_id") : NULL;
  const char **standards = entrances ? sund_table_text(entrances, "standards") : NULL;
  const char *last = NULL;
  size_t at = 0; /* both layers are in the order of the areas: the next one lies ahead, but for other sets */
  for (size_t e = 0; id && of && green->rows && e < entrances->rows; e++) {
    if (!of[e] || (last && strcmp(of[e], last) == 0)) continue;
    if (standards && !explain_listed(standards[e], standard)) continue;
    last = of[e];
    size_t tried = 0;
    while (tried < green->rows && !(id[at] && strcmp(id[at], last) == 0)) at = (at + 1) % green->rows, tried++;
    if (tried < green->rows) (*out)[at] = 1;
  }
  return SUND_OK;
}

static bool word_in(const char *list, const char *word) {
  return !list || !word || explain_listed(list, word);
}

static miss_test test_of(const access_facts *facts, const access_case *one, size_t row, bool entered) {
  const int64_t *sliver = sund_table_int(facts->green, "sliver");
  bool whole = word_in(one->kinds, explain_green_text(facts, row, "kind")) &&
               word_in(one->access, explain_green_text(facts, row, "access"));
  if (!whole && !entered)
    return word_in(one->kinds, explain_green_text(facts, row, "kind")) ? MISS_ACCESS : MISS_KIND;
  if (sliver && sliver[row] == 1) return MISS_SLIVER;
  if (explain_green_ha(facts, row) < one->min_ha) return MISS_SIZE;
  if (one->way == WAY_NETWORK && !entered) return MISS_ENTRANCE;
  return whole ? COUNTS : MISS_PART;
}

static int by_metres(const void *left, const void *right) {
  const access_miss *a = left, *b = right;
  if (a->metres != b->metres) return a->metres < b->metres ? -1 : 1;
  return a->green < b->green ? -1 : a->green > b->green;
}

/* The nearest areas of those accepted, at most `limit` away, added to the list. */
static sund_code add_nearest(sund_ctx *ctx, const access_facts *facts, const uint8_t *accept, double limit,
                             access_miss *list, size_t *count) {
  double metres[MOST_MISSES], x[MOST_MISSES], y[MOST_MISSES];
  size_t row[MOST_MISSES];
  sund_places places = explain_places(facts, accept);
  TRY(sund_straight_ranked(ctx, &places, facts->ground, limit, MOST_MISSES, 1, &facts->x, &facts->y, metres, row, x,
                           y));
  for (size_t k = 0; k < MOST_MISSES && row[k] != SIZE_MAX; k++)
    list[(*count)++] = (access_miss){.green = row[k], .metres = metres[k], .x = x[k], .y = y[k]};
  return SUND_OK;
}

/* What an area is to a standard. */
typedef struct verdicts {
  miss_test *test; /* rows                                                                 */
  uint8_t *nearly; /* rows: of a kind that counts, and fails                                 */
  uint8_t *kind;   /* rows: fails by its kind: looked at only where the others are too few   */
  uint8_t *far;    /* rows: counts, and is not the nearest                                   */
} verdicts;

static sund_code judge_green(sund_ctx *ctx, const access_facts *facts, const access_case *one, verdicts *out) {
  size_t rows = facts->green->rows;
  uint8_t *entered;
  TRY(find_entered(ctx, facts, one->standard, &entered));
  *out = (verdicts){sund_alloc(ctx, rows, sizeof *out->test), sund_alloc(ctx, rows, 1), sund_alloc(ctx, rows, 1),
                    sund_alloc(ctx, rows, 1)};
  if (!out->test || !out->nearly || !out->kind || !out->far) return SUND_LIMIT;
  for (size_t r = 0; r < rows; r++) {
    if (r == one->green) continue;
    miss_test test = test_of(facts, one, r, entered[r]);
    out->test[r] = test == COUNTS ? MISS_WAY : test;
    out->far[r] = test == COUNTS;
    out->kind[r] = test == MISS_KIND;
    out->nearly[r] = test != COUNTS && test != MISS_KIND;
  }
  return SUND_OK;
}

static sund_code find_misses(sund_ctx *ctx, const access_facts *facts, access_case *one) {
  access_miss list[3 * MOST_MISSES];
  size_t count = 0;
  verdicts green;
  TRY(judge_green(ctx, facts, one, &green));
  TRY(add_nearest(ctx, facts, green.nearly, LOOK * one->max_m, list, &count));
  if (one->way != WAY_STRAIGHT) TRY(add_nearest(ctx, facts, green.far, one->max_m, list, &count));
  qsort(list, count, sizeof *list, by_metres);
  if (count < MOST_MISSES) TRY(add_nearest(ctx, facts, green.kind, LOOK * one->max_m, list, &count));
  if (count > MOST_MISSES) count = MOST_MISSES;
  qsort(list, count, sizeof *list, by_metres);
  for (size_t k = 0; k < count; k++) {
    one->miss[k] = list[k];
    one->miss[k].test = green.test[list[k].green];
  }
  one->misses = count;
  return SUND_OK;
}

sund_code explain_misses(sund_ctx *ctx, access_facts *facts) {
  bool placed = facts->placed && facts->green && (facts->green->shapes || facts->green->x);
  for (size_t i = 0; placed && i < facts->cases; i++)
    if (facts->one[i].met == 0) TRY(find_misses(ctx, facts, &facts->one[i]));
  return SUND_OK;
}

/* sources_together.c - do the sources of a project lie in one place? What lies hundreds of kilometres from the areas says a
 * wrong CRS, or has its axes exchanged, and would be an empty answer without a word.
 */
#include <math.h>
#include <string.h>

#include "sources.h"

/* Sources farther apart than this are not of one place. */
static const double FAR_M = 200000;

/* Metres between two boxes; 0 when they touch. */
static double box_apart(const double a[4], const double b[4]) {
  return hypot(fmax(0, fmax(a[0] - b[2], b[0] - a[2])), fmax(0, fmax(a[1] - b[3], b[1] - a[3])));
}

/* Where a source lies: as it states, else where its features are (GeoJSON states nothing). false = nowhere. */
static bool box_of(const sources *s, size_t i, double box[4]) {
  memcpy(box, s->reading[i].extent, 4 * sizeof *box);
  return box[0] <= box[2] || (s->table[i] && sund_table_box(s->table[i], box));
}

/* Would the middle of a box lie near another with latitude and longitude exchanged? Not when that cannot be worked out. */
static bool fits_swapped(sund_ctx *ctx, const sources *s, const double box[4], const double base[4]) {
  sund_crs *degrees;
  sund_op *there, *back;
  double x = (box[0] + box[2]) / 2, y = (box[1] + box[3]) / 2;
  if (sund_crs_open(ctx, "EPSG:4326", &degrees) != SUND_OK ||
      sund_op_open(ctx, s->frame.crs, degrees, NULL, &there) != SUND_OK ||
      sund_op_open(ctx, degrees, s->frame.crs, NULL, &back) != SUND_OK ||
      sund_op_apply(ctx, there, 1, &x, &y, NULL) != SUND_OK || sund_op_apply(ctx, back, 1, &y, &x, NULL) != SUND_OK)
    return false;
  const double swapped[4] = {y, x, y, x};
  return box_apart(swapped, base) <= FAR_M;
}

/* A timetable is in degrees always: it is another region's, or its columns are exchanged. */
static sund_code fail_far_feed(sund_ctx *ctx, const sources *s, size_t i, const double e[4], const double base[4]) {
  sund_ctx *trial = sund_ctx_child(ctx);
  if (!trial) return SUND_LIMIT;
  const bool swapped = fits_swapped(trial, s, e, base);
  sund_ctx_free(trial);
  sund_fail(ctx, SUND_DATA, "timetable: its stops lie %.0f km from the areas: %s", box_apart(base, e) / 1000,
            swapped ? "stop_lat and stop_lon are exchanged in stops.txt" : "is it the timetable of this region?");
  return sund_blame(ctx, sund_base_name(s->source[i].path), SUND_NO_FEATURE);
}

sund_code sources_together(sund_ctx *ctx, const sources *s) {
  double base[4], e[4];
  size_t lead = 0;
  while (lead < s->count && !(s->source[lead].role == SUND_AREAS && box_of(s, lead, base))) lead++;
  for (size_t i = 0; i < s->count && lead < s->count; i++) {
    if (s->source[i].role == SUND_AREAS || !box_of(s, i, e)) continue;
    const double apart_m = box_apart(base, e);
    if (apart_m <= FAR_M) continue;
    if (sund_role_of(s->source[i].role)->medium == SUND_GTFS) return fail_far_feed(ctx, s, i, e, base);
    sund_fail(ctx, SUND_DATA,
              "%s lies %.0f km from the areas: is its CRS (%s) the right one? If the file says nothing or something "
              "wrong, give |crs=EPSG:...",
              sund_role_of(s->source[i].role)->name, apart_m / 1000, s->reading[i].crs);
    return sund_blame(ctx, sund_base_name(s->source[i].path), SUND_NO_FEATURE);
  }
  return SUND_OK;
}

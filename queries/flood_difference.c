/* flood_difference.c - how much the choice of 8 or 4 neighbours matters: the same ground flooded the other way.
 *
 * Water that passes corners gets into more places: with 8 neighbours the answer is on the safe side. The terrain is read
 * once more; walls and openings are drawn for the other connectivity, so that they hold and let through as before.
 * Indicators: area and homes with 8 less those with 4, by unit and level.
 */
#include <math.h>
#include <string.h>

#include "flood_sites.h"

/* With `auto`, not looked at above this: it costs a second flooding. */
static const double MOST_CELLS = 50e6;

static sund_code flood_other(sund_ctx *ctx, const flood_run *run, const flood_site *site, sund_flood **out) {
  sund_flood_spec spec = *site->spec;
  flood_ground ground;
  spec.connectivity = spec.connectivity == 8 ? 4 : 8;
  spec.zones = 1;
  TRY(flood_ground_open(ctx, run, site, spec.connectivity, &ground));
  return sund_flood_run(ctx, &spec, &(sund_flood_source){.read = flood_ground_read, .data = &ground}, out);
}

/* Homes of a unit wet at a level, the one way and the other. */
static double home_difference(const flood_run *run, const flood_home *other, const size_t *list, size_t n,
                              double level) {
  double sum = 0;
  for (size_t k = 0; k < n; k++) {
    bool own = run->home[list[k]].wet_m[run->rule] <= level, then = other[list[k]].wet_m[run->rule] <= level;
    sum += ((double)own - (double)then) * run->homes->share[list[k]];
  }
  return run->connectivity == 8 ? sum : -sum;
}

static sund_code add_rows(sund_ctx *ctx, flood_run *run, const flood_area *area, const flood_home *other) {
  size_t *first = NULL, *list = NULL, levels = run->levels.count;
  if (run->homes) TRY(homes_by_area(ctx, run->in, run->homes, &first, &list));
  for (size_t u = 0; u < units_count(run->in); u++)
    for (size_t l = 0; l < levels; l++) {
      if (run->levels.level[l].event) continue;
      double m2 = run->area->level_m2[u * levels + l] - area->level_m2[u * levels + l];
      sund_indicator row = {
          .indicator = "flood.difference_area",
          .variant = run->levels.level[l].variant,
          .area = units_area(run->in, u),
          .value = run->area->said[u * levels + l] ? (run->connectivity == 8 ? m2 : -m2) / 1e4 : NAN,
          .unit = "ha",
          .low = NAN,
          .high = NAN,
          .base = run->area->level_m2[u * levels + l] / 1e4,
          .base_unit = "ha",
          .method = run->method};
      TRY(sund_results_indicator(ctx, run->out, row));
      if (!run->homes) continue;
      row.indicator = "flood.difference_homes";
      if (run->area->said[u * levels + l])
        row.value =
            home_difference(run, other, list + first[u], first[u + 1] - first[u], run->levels.level[l].level_m[0]);
      row.unit = row.base_unit = "homes";
      row.base = NAN;
      TRY(sund_results_indicator(ctx, run->out, row));
    }
  return SUND_OK;
}

static sund_code compare(sund_ctx *ctx, sund_ctx *scratch, flood_run *run) {
  sund_flood **other = sund_alloc(scratch, run->sites, sizeof *other);
  flood_home *home = run->homes ? sund_alloc(scratch, run->homes->count, sizeof *home) : NULL;
  flood_area *area;
  if (!other || (run->homes && !home)) return SUND_LIMIT;
  for (size_t s = 0; s < run->sites; s++) TRY(flood_other(scratch, run, &run->site[s], &other[s]));
  /* The run as it would be: one zone is enough for levels, which are the same in all. */
  size_t zones = run->levels.zones;
  flood_run one = *run;
  one.site = sund_alloc(scratch, run->sites, sizeof *one.site);
  if (!one.site) return SUND_LIMIT;
  memcpy(one.site, run->site, run->sites * sizeof *one.site);
  for (size_t s = 0; s < run->sites; s++) {
    one.site[s].flood = other[s];
    one.site[s].spec = sund_flood_spec_of(one.site[s].flood);
    if (!(one.site[s].threshold = sund_alloc(scratch, run->levels.count, sizeof *one.site[s].threshold)))
      return SUND_LIMIT;
    for (size_t l = 0; l < run->levels.count; l++) one.site[s].threshold[l] = run->site[s].threshold[l * zones];
  }
  one.levels.zones = 1;
  TRY(flood_area_walk(scratch, &one, &area));
  if (run->homes) TRY(flood_homes_again(scratch, &one, home));
  return add_rows(ctx, run, area, home);
}

bool flood_difference_wanted(const flood_run *run, double cells) {
  bool levels = false;
  for (size_t l = 0; l < run->levels.count; l++) levels = levels || !run->levels.level[l].event;
  if (!levels || strcmp(run->asked->difference, "no") == 0) return false;
  return strcmp(run->asked->difference, "yes") == 0 || cells <= MOST_CELLS;
}

sund_code flood_difference_measure(sund_ctx *ctx, flood_run *run) {
  double cells = 0;
  for (size_t s = 0; s < run->sites; s++)
    cells += (double)run->site[s].spec->lattice.columns * (double)run->site[s].spec->lattice.rows;
  if (!flood_difference_wanted(run, cells)) {
    if (strcmp(run->asked->difference, "no") == 0) return SUND_OK;
    return flood_note(
        ctx, run, "note", "terrain",
        "the difference between 8 and 4 neighbours was not computed: it is told for levels, and unasked "
        "for up to 50 million cells only (--difference yes)",
        NAN, NAN);
  }
  sund_ctx *scratch = sund_ctx_child(ctx);
  if (!scratch) return SUND_LIMIT;
  sund_code code = compare(ctx, scratch, run);
  if (code != SUND_OK) sund_ctx_pass(ctx, scratch);
  sund_ctx_free(scratch);
  return code;
}

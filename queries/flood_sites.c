/* flood_sites.c - every terrain of the run, flooded: its place among the results' heights, its water, its thresholds.
 *
 * A national raster keeps its own CRS and grid; only levels, homes and lines are brought to it. Order: the height step
 * to the results' system (refused when there is none), coordinate operations, ground and sea (flood_ground.c), zones of the
 * sea (flood_zones.c), the flooding, then one threshold a level and zone.
 */
#include "flood_sites.h"

#include <math.h>
#include <string.h>
#include <unistd.h>

/* The cap when none is asked for: this much above the highest level, at least LEAST_CAP_M. */
static const double ABOVE_M = 2, LEAST_CAP_M = 5;
/* Bytes a cell of a flooded raster, labels and edges included (measured: tests/bench). */
static const double CELL_BYTES = 5.5;

double flood_metres(const flood_site *site, uint16_t raw) {
  return round((sund_flood_metres(site->spec, raw) + site->up_m) * 1e6) / 1e6; /* 1.35, not 1.3499999; NAN stays */
}

/* -------------------------------------------------------------------------------------------------------- heights */

static sund_code place_heights(sund_ctx *ctx, flood_run *run, flood_site *site) {
  const sund_lattice *l = &site->terrain->lattice;
  double x = l->x0 + (double)l->columns * l->dx / 2, y = l->y0 - (double)l->rows * l->dy / 2;
  sund_height_step step;
  TRY(sund_heights_step(ctx, site->terrain->heights, run->in->heights, site->terrain->crs, x, y,
                        run->asked->height_shift.count, run->asked->height_shift.value, &step));
  site->up_m = step.add_m;
  site->up_sigma_m = step.sigma_m;
  return sund_results_heights(ctx, run->out,
                              (sund_reading){.role = SUND_TERRAIN,
                                             .path = site->terrain->name,
                                             .heights = site->terrain->heights,
                                             .heights_operation = step.operation,
                                             .accuracy_m = step.sigma_m});
}

sund_code flood_line_steps(sund_ctx *ctx, const flood_run *run, const flood_site *site, sund_role role, bool told,
                           const double **add_m) {
  const sund_table *table = run->in->role[role];
  const sund_lattice *l = &site->terrain->lattice;
  double *add = sund_alloc(ctx, table->sources + 1, sizeof *add), x = l->x0, y = l->y0;
  if (!add) return SUND_LIMIT;
  for (size_t s = 0; s < table->sources; s++) {
    const char *from = table->source_heights ? table->source_heights[s] : NULL;
    sund_height_step step;
    if (!from || strcmp(from, site->terrain->heights) == 0) continue;
    TRY(sund_heights_step(ctx, from, site->terrain->heights, site->terrain->crs, x, y, run->asked->height_shift.count,
                          run->asked->height_shift.value, &step));
    add[s] = step.add_m;
    if (!told) continue;
    TRY(sund_results_heights(ctx, run->out,
                             (sund_reading){.role = role,
                                            .path = table->source_name[s],
                                            .heights = from,
                                            .heights_operation = step.operation,
                                            .accuracy_m = step.sigma_m}));
  }
  *add_m = add;
  return SUND_OK;
}

/* ---------------------------------------------------------------------------------------------------------- specs */

/* A folder is needed when the cells of all terrains do not fit in memory; they are there twice when the difference
 * between 8 and 4 neighbours is asked for. */
static sund_code choose_store(sund_ctx *ctx, const flood_run *run, sund_flood_spec *spec) {
  double cells = 0, bound = run->asked->memory_mb * 1e6;
  for (size_t t = 0; t < run->in->terrains; t++)
    cells += (double)run->in->terrain[t].lattice.columns * (double)run->in->terrain[t].lattice.rows;
  double need = cells * CELL_BYTES * (flood_difference_wanted(run, cells) ? 2 : 1);
  if (bound == 0) bound = (double)sysconf(_SC_PHYS_PAGES) * (double)sysconf(_SC_PAGESIZE) / 2;
  if (need <= bound) return SUND_OK;
  spec->spool = run->asked->spool;
  if (spec->spool) return SUND_OK;
  const char *result = run->in->result, *slash = result ? strrchr(result, '/') : NULL;
  spec->spool = slash == result && slash ? "/" : slash ? sund_text(ctx, "%.*s", (int)(slash - result), result) : ".";
  return spec->spool ? SUND_OK : SUND_LIMIT;
}

static sund_code make_spec(sund_ctx *ctx, const flood_run *run, const flood_site *site, sund_flood_spec *spec) {
  const flood_options *asked = run->asked;
  *spec = (sund_flood_spec){.lattice = site->terrain->lattice,
                            .step_m = asked->step_m,
                            .offset_m = asked->offset_m,
                            .connectivity = run->connectivity,
                            .seeds = run->seeds,
                            .zones = run->levels.zones,
                            .tile = (size_t)asked->tile};
  double cap = isnan(asked->cap_m) ? fmax(run->levels.highest_m + ABOVE_M, LEAST_CAP_M) : asked->cap_m;
  int32_t raw = sund_flood_threshold(spec, cap - site->up_m);
  if (raw < 1 || cap - site->up_m > asked->offset_m + asked->step_m * (SUND_NEVER - 1))
    return sund_fail(
        ctx, SUND_USAGE,
        "flood: a cap of %g m cannot be told apart with heights from %g m in steps of %g m: change offset "
        "or step",
        cap, asked->offset_m, asked->step_m);
  if (cap < run->levels.highest_m)
    return sund_fail(ctx, SUND_USAGE, "flood: the highest level, %g m, lies above the cap of %g m",
                     run->levels.highest_m, cap);
  if (asked->close_to_m > cap)
    return sund_fail(ctx, SUND_USAGE, "flood: close-to, %g m, lies above the cap of %g m", asked->close_to_m, cap);
  spec->cap = (uint16_t)raw;
  return choose_store(ctx, run, spec);
}

/* Which zones of the sea touch land here: an event that speaks of others says nothing of this site. */
static sund_code set_zones(sund_ctx *ctx, const flood_run *run, const flood_zoner *zoner, flood_site *site) {
  if (!(site->has_zone = sund_alloc(ctx, run->levels.zones, sizeof *site->has_zone))) return SUND_LIMIT;
  for (size_t z = 0; z < run->levels.zones; z++) site->has_zone[z] = !zoner || flood_zones_met(zoner, z);
  return SUND_OK;
}

bool flood_speaks(const flood_run *run, const flood_site *site, size_t level) {
  for (size_t z = 0; z < run->levels.zones; z++)
    if ((!site->has_zone || site->has_zone[z]) && !isnan(run->levels.level[level].level_m[z])) return true;
  return false;
}

static sund_code set_thresholds(sund_ctx *ctx, const flood_run *run, flood_site *site) {
  size_t zones = run->levels.zones;
  if (!(site->threshold = sund_alloc(ctx, run->levels.count * zones, sizeof *site->threshold))) return SUND_LIMIT;
  for (size_t l = 0; l < run->levels.count; l++)
    for (size_t z = 0; z < zones; z++) {
      double level = run->levels.level[l].level_m[z];
      site->threshold[l * zones + z] = isnan(level) ? -1 : sund_flood_threshold(site->spec, level - site->up_m);
    }
  return SUND_OK;
}

/* ---------------------------------------------------------------------------------------------------------- notes */

static sund_code note_sea(sund_ctx *ctx, flood_run *run, const flood_ground *ground) {
  const flood_site *site = ground->site;
  double x, y;
  if (ground->high_sea == 0) return SUND_OK;
  TRY(flood_cell_place(ctx, site, ground->high_cell, &x, &y));
  const char *text = sund_text(ctx,
                               "%llu cells count as sea and lie above every level asked for, up to %.2f m: is land "
                               "missing there?",
                               (unsigned long long)ground->high_sea, ground->high_m + site->up_m);
  return text ? flood_note(ctx, run, "warning", site->terrain->name, text, x, y) : SUND_LIMIT;
}

static sund_code note_edge(sund_ctx *ctx, flood_run *run, const flood_site *site, const sund_flood_report *told) {
  double x, y, lowest = flood_metres(site, sund_flood_ground(site->flood, told->edge_lowest));
  if (told->edge_dry == 0 || !(lowest <= run->levels.highest_m)) return SUND_OK;
  TRY(flood_cell_place(ctx, site, told->edge_lowest, &x, &y));
  const char *text =
      sund_text(ctx,
                "%llu cells at the raster's edge lie low and dry, down to %.2f m: water could come from "
                "beyond the edge, so first-wet levels above that are upper bounds there",
                (unsigned long long)told->edge_dry, lowest);
  return text ? flood_note(ctx, run, "warning", site->terrain->name, text, x, y) : SUND_LIMIT;
}

/* Nothing wet is more often a sea that was not given than a dry shore. */
static sund_code note_dry(sund_ctx *ctx, flood_run *run, const flood_site *site, const sund_flood_report *told) {
  const char *why = run->seeds == SUND_SEED_SEA && told->sea == 0 ? "there is no sea in it: do sea or land reach it?"
                    : run->seeds == SUND_SEED_SEA                 ? "its sea touches no low land"
                                                  : "water does not come from there by the seeds that were given";
  const char *text = sund_text(ctx, "nothing in this terrain gets wet: %s", why);
  return text ? flood_note(ctx, run, "warning", site->terrain->name, text, NAN, NAN) : SUND_LIMIT;
}

static sund_code note_flood(sund_ctx *ctx, flood_run *run, const flood_ground *ground) {
  const flood_site *site = ground->site;
  sund_flood_report told;
  sund_flood_told(site->flood, &told);
  if (told.reached == 0) TRY(note_dry(ctx, run, site, &told));
  if (told.below_offset > 0) {
    const char *text = sund_text(ctx, "%llu cells lie below %g m and count as that high; --offset can be lower",
                                 (unsigned long long)told.below_offset, site->spec->offset_m);
    if (!text) return SUND_LIMIT;
    TRY(flood_note(ctx, run, "note", site->terrain->name, text, NAN, NAN));
  }
  const char *text =
      sund_text(ctx, "%llu cells, %llu of them sea, %llu unknown, %llu wet at or below the cap of %.2f m",
                (unsigned long long)told.cells, (unsigned long long)told.sea, (unsigned long long)told.unknown,
                (unsigned long long)told.reached, flood_metres(site, site->spec->cap));
  if (!text) return SUND_LIMIT;
  TRY(flood_note(ctx, run, "note", site->terrain->name, text, NAN, NAN));
  if (ground->in_sea > 0) {
    const char *walls =
        sund_text(ctx,
                  "%llu cells of barriers stand in the sea; what lies behind them stays sea as long as "
                  "`sea` or `land` says so: to let a gate hold, draw `sea` outside it",
                  (unsigned long long)ground->in_sea);
    if (!walls) return SUND_LIMIT;
    TRY(flood_note(ctx, run, "note", site->terrain->name, walls, NAN, NAN));
  }
  TRY(note_sea(ctx, run, ground));
  return note_edge(ctx, run, site, &told);
}

/* ----------------------------------------------------------------------------------------------------------- open */

static size_t zone_of(const void *data, sund_cell land) {
  const flood_ground *ground = data;
  return flood_zones_at(ground->zoner, land);
}

static sund_code open_place(sund_ctx *ctx, const flood_run *run, flood_site *site) {
  const sund_lattice *l = &site->terrain->lattice;
  double box[4] = {l->x0, l->y0 - (double)l->rows * l->dy, l->x0 + (double)l->columns * l->dx, l->y0};
  if (!sund_crs_metric(site->terrain->crs)) {
    sund_fail(ctx, SUND_DATA, "its CRS is in degrees: warp it to a metric one first (gdalwarp -t_srs EPSG:25832)");
    return sund_blame(ctx, site->terrain->name, SUND_NO_FEATURE);
  }
  TRY(sund_op_open(ctx, site->terrain->crs, run->in->crs, box, &site->to_map));
  TRY(sund_op_open(ctx, run->in->crs, site->terrain->crs, NULL, &site->to_raster));
  return sund_ground_open(ctx, site->terrain->crs, box, &site->ground);
}

static sund_code open_site(sund_ctx *ctx, flood_run *run, size_t s) {
  flood_site *site = &run->site[s];
  sund_flood_spec *spec = sund_alloc(ctx, 1, sizeof *spec);
  if (!spec) return SUND_LIMIT;
  site->terrain = &run->in->terrain[s];
  site->suffix = s == 0 ? FLOOD_WET_RASTER : sund_text(ctx, FLOOD_WET_RASTER "_%zu", s + 1);
  if (!site->suffix) return SUND_LIMIT;
  site->spec = spec;
  const sund_numbers *sigma = &run->asked->sigma_terrain;
  site->sigma_m = s < sigma->count ? sigma->value[s] : run->asked->sigma_terrain_m;
  TRY(open_place(ctx, run, site));
  TRY(place_heights(ctx, run, site));
  TRY(make_spec(ctx, run, site, spec));
  flood_ground *ground = sund_alloc(ctx, 1, sizeof *ground); /* as long as the flood: edits ask for zones again */
  if (!ground) return SUND_LIMIT;
  TRY(flood_ground_open(ctx, run, site, run->connectivity, ground));
  sund_flood_source source = {.read = flood_ground_read, .data = ground};
  if (run->levels.zones > 1 || run->levels.zone[0]) {
    TRY(flood_zones_open(ctx, run, site, &ground->zoner));
    source.zone = zone_of;
  }
  TRY(sund_flood_run(ctx, spec, &source, &site->flood));
  TRY(site->terrain->finish(ctx, site->terrain->data));
  site->spec = sund_flood_spec_of(site->flood);
  TRY(set_zones(ctx, run, ground->zoner, site));
  TRY(set_thresholds(ctx, run, site));
  return note_flood(ctx, run, ground);
}

sund_code flood_sites_heights(sund_ctx *ctx, const flood_run *run) {
  if (run->in->terrains == 0) return sund_fail(ctx, SUND_USAGE, "flood needs heights of the ground: give --terrain");
  if (run->asked->sigma_terrain.count > 1 && run->asked->sigma_terrain.count != run->in->terrains)
    return sund_fail(ctx, SUND_USAGE,
                     "flood: sigma-terrain has %zu numbers for %zu terrain%s: give one, or one a terrain",
                     run->asked->sigma_terrain.count, run->in->terrains, run->in->terrains == 1 ? "" : "s");
  if (run->in->heights) return SUND_OK;
  const char *first = run->in->terrain[0].heights, *other = first;
  for (size_t t = 1; t < run->in->terrains && strcmp(other, first) == 0; t++) other = run->in->terrain[t].heights;
  return sund_fail(
      ctx, SUND_USAGE,
      "terrains are in %s and in %s: say which system levels and results are in, with heights: EPSG:5799 "
      "(DVR90) or EPSG:5613 (RH2000)",
      first, other);
}

/* ------------------------------------------------------------------------------------------------------- together */

/* Is land known to both sites at a cell of the second? */
static sund_code both_know(sund_ctx *ctx, const flood_site *a, const flood_site *b, sund_cell cell, bool *out) {
  sund_cell other;
  double x, y;
  *out = false;
  if (sund_flood_ground(b->flood, cell) == SUND_NEVER || sund_flood_is_sea(b->flood, cell)) return SUND_OK;
  TRY(flood_cell_place(ctx, b, cell, &x, &y));
  TRY(sund_op_apply(ctx, a->to_raster, 1, &x, &y, NULL));
  *out = sund_lattice_cell(&a->spec->lattice, x, y, &other) && sund_flood_ground(a->flood, other) != SUND_NEVER &&
         !sund_flood_is_sea(a->flood, other);
  return SUND_OK;
}

/* Two terrains that know the same land would count it twice. Looked for at every n-th cell, at most 250 each way. */
static sund_code check_overlap(sund_ctx *ctx, const flood_site *a, const flood_site *b) {
  enum { LOOKS = 250 };
  const sund_lattice *l = &b->spec->lattice;
  size_t across = l->columns / LOOKS + 1, down = l->rows / LOOKS + 1;
  for (size_t row = down / 2; row < l->rows; row += down)
    for (size_t column = across / 2; column < l->columns; column += across) {
      sund_cell cell = {(uint32_t)column, (uint32_t)row};
      double x, y;
      bool twice;
      TRY(both_know(ctx, a, b, cell, &twice));
      if (!twice) continue;
      TRY(flood_cell_place(ctx, b, cell, &x, &y));
      sund_fail(
          ctx, SUND_DATA,
          "knows the same land as %s, at %.0f %.0f: it would be counted twice. Give one of them there, or cut the "
          "other out (files of one grid and height system may overlap)",
          a->terrain->name, x, y);
      return sund_blame(ctx, b->terrain->name, SUND_NO_FEATURE);
    }
  return SUND_OK;
}

/* Water that comes from nowhere floods nothing: that is a mistake in the input, not a safe town. */
static sund_code check_water(sund_ctx *ctx, const flood_run *run) {
  uint64_t sea = 0, land = 0;
  for (size_t s = 0; s < run->sites; s++) {
    sund_flood_report told;
    sund_flood_told(run->site[s].flood, &told);
    sea += told.sea;
    land += told.cells - told.sea - told.unknown;
  }
  if (run->seeds == SUND_SEED_SEA && sea == 0)
    return sund_fail(ctx, SUND_DATA,
                     "no cell of the terrain lies in the sea: nothing could get wet. Do sea or land reach it?");
  if (sea > 0 && land == 0)
    return sund_fail(ctx, SUND_DATA, "every known cell of the terrain counts as sea: does `land` reach it?");
  return SUND_OK;
}

sund_code flood_sites_open(sund_ctx *ctx, flood_run *run) {
  run->sites = run->in->terrains;
  if (!(run->site = sund_alloc(ctx, run->sites, sizeof *run->site))) return SUND_LIMIT;
  for (size_t s = 0; s < run->sites; s++) {
    TRY(open_site(ctx, run, s));
    for (size_t before = 0; before < s; before++) TRY(check_overlap(ctx, &run->site[before], &run->site[s]));
  }
  return check_water(ctx, run);
}

/* flood.c - the query `flood`: what gets wet when the sea rises, at which level, and through where.
 *
 * Order: options, the results' height system, levels and events, the terrains flooded one by one (flood_sites.c), then the
 * measures on the same floods. Method, rules and limits: docs/flood.md.
 */
#include "flood.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "flood_options.h"

static const sund_need needs[] = {
    {SUND_TERRAIN,
     true,
     {"højder, vandet stiger over", "höjder som vattnet stiger över", "heights the water rises over"}},
    {SUND_SEA,
     false,
     {"hvor havet er; ellers alt uden for land", "var havet är; annars allt utanför land",
      "where the sea is; else all that is not land"}},
    {SUND_LAND,
     false,
     {"land: resten er hav, og dets kant er kysten", "land: resten är hav, och dess kant är kusten",
      "land: the rest is sea, and its edge is the coast"}},
    {SUND_COAST,
     false,
     {"kystlinjen, hvor der ikke er land", "kustlinjen, där det inte finns land",
      "the shoreline, where there is no land"}},
    {SUND_EVENTS,
     false,
     {"vandstande med gentagelsesperiode, zone, år og kilde", "vattenstånd med återkomsttid, zon, år och källa",
      "levels with return period, zone, year and source"}},
    {SUND_GAUGE,
     false,
     {"målte vandstande, når der ikke er hændelser", "uppmätta vattenstånd, när det inte finns händelser",
      "observed water levels, when there are no events"}},
    {SUND_BARRIERS,
     false,
     {"diger og mure, hvis krone gælder i stedet for terrænet",
      "vallar och murar, vars krön gäller i stället för marken",
      "dikes and walls, whose crest counts instead of the terrain"}},
    {SUND_OPENINGS,
     false,
     {"rør, underføringer og sluser, vandet kommer igennem", "trummor, underfarter och slussar som vattnet går genom",
      "culverts, underpasses and sluices that let water through"}},
    {SUND_AREAS,
     false,
     {"enheder, tal opgøres for", "enheter som tal redovisas för", "the units results are reported for"}},
    {SUND_HOMES, false, {"hvem der bliver ramt", "vilka som drabbas", "who is hit"}},
    {SUND_PATHS,
     false,
     {"veje og stier under vand", "vägar och stigar under vatten", "streets and paths under water"}},
    {SUND_GREEN, false, {"grønne områder under vand", "grönområden under vatten", "green areas under water"}},
    {SUND_WALLS,
     false,
     {"mure, der prøves én ad gangen", "murar som prövas en i taget", "walls that are tried one by one"}},
    {SUND_NOGO, false, {"hvor der ikke må bygges", "där det inte får byggas", "where nothing may be built"}},
};

static const char *const answers[] = {"flood_homes",
                                      "flood_extents",
                                      "flood_saddles",
                                      "flood_ways",
                                      "flood_curve",
                                      "flood_closings",
                                      "flood_walls",
                                      "flood_paths",
                                      "flood_green",
                                      "flood_tails",
                                      "flood_gauge",
                                      "flood_gauge_tail",
                                      "coast_lines",
                                      "flood.area",
                                      "flood.homes",
                                      "flood.persons",
                                      "flood.paths",
                                      "flood.green",
                                      "flood.volume",
                                      "flood.mean_level",
                                      "flood.difference_area",
                                      "flood.difference_homes",
                                      "flood.closed",
                                      "flood.closed_face",
                                      "flood.wall",
                                      "flood.ead_persons",
                                      "flood.ead_homes",
                                      "flood.ead_area",
                                      "coast.exposed",
                                      NULL};

static const char *const rasters[] = {FLOOD_WET_RASTER, FLOOD_DEPTH_RASTER, NULL};

sund_code flood_note(sund_ctx *ctx, flood_run *run, const char *severity, const char *source, const char *text,
                     double x, double y) {
  return sund_finding_add(ctx, &run->out->findings, (sund_finding){severity, source, SUND_NO_FEATURE, text, x, y});
}

/* --------------------------------------------------------------------------------------------------------- method */

/* Id of the method with a mark of all that changes what its numbers mean. */
static sund_code name_method(sund_ctx *ctx, flood_run *run) {
  const flood_options *a = run->asked;
  const char *text =
      sund_text(ctx, "%d %s %u %.17g %.17g %s %.17g %s", run->connectivity, a->rule, run->seeds, a->step_m,
                a->offset_m, run->in->heights, run->rule == FLOOD_SILL ? a->sill_m : 0, a->errors);
  for (size_t s = 0; text && s < run->sites; s++)
    text = sund_text(ctx, "%s %s%+.17g", text, run->site[s].terrain->heights, run->site[s].up_m);
  uint32_t hash = 2166136261u;
  if (!text) return SUND_LIMIT;
  for (; *text; text++) hash = (hash ^ (unsigned char)*text) * 16777619u; /* FNV-1a */
  run->method = sund_text(ctx, "flood-%s/1#%06x", a->rule, (hash ^ hash >> 24) & 0xffffff);
  return run->method ? SUND_OK : SUND_LIMIT;
}

/* ------------------------------------------------------------------------------------------------------------- run */

static sund_code tell_mean(sund_ctx *ctx, flood_run *run) {
  if (isnan(run->levels.mean_m)) return SUND_OK;
  return sund_results_indicator(ctx, run->out,
                                (sund_indicator){.indicator = "flood.mean_level",
                                                 .variant = "",
                                                 .area = SIZE_MAX,
                                                 .value = run->levels.mean_m,
                                                 .unit = "m",
                                                 .low = NAN,
                                                 .high = NAN,
                                                 .base = NAN,
                                                 .method = run->method});
}

static sund_code measure(sund_ctx *ctx, flood_run *run) {
  TRY(sund_progress(ctx, 0.7, "homes"));
  TRY(flood_homes_measure(ctx, run));
  TRY(flood_saddles_measure(ctx, run));
  TRY(flood_homes_report(ctx, run));
  TRY(sund_progress(ctx, 0.8, "coast, areas"));
  TRY(flood_coast_measure(ctx, run));
  TRY(flood_area_measure(ctx, run));
  TRY(flood_difference_measure(ctx, run));
  TRY(flood_paths_measure(ctx, run));
  TRY(flood_green_measure(ctx, run));
  TRY(flood_risk_measure(ctx, run));
  TRY(sund_progress(ctx, 0.9, "walls"));
  return flood_walls_measure(ctx, run);
}

static sund_code run_flood(sund_ctx *ctx, const sund_inputs *in, const void *asked, sund_results *out) {
  flood_run *run = sund_alloc(ctx, 1, sizeof *run); /* rasters are read from it when the result is written */
  if (!run) return SUND_LIMIT;
  *run = (flood_run){.in = in, .asked = asked, .out = out};
  TRY(flood_options_read(ctx, run));
  TRY(flood_sites_heights(ctx, run));
  TRY(flood_levels_read(ctx, run));
  TRY(flood_sites_open(ctx, run));
  TRY(name_method(ctx, run));
  TRY(tell_mean(ctx, run));
  TRY(measure(ctx, run));
  return flood_rasters_write(ctx, run);
}

const sund_query query_flood = {
    .name = "flood",
    .summary = {"hvad havet oversvømmer, ved hvilken vandstand og hvorigennem",
                "vad havet översvämmar, vid vilket vattenstånd och var det kommer in",
                "what the sea floods, at which level, and through where"},
    .options = flood_option_table,
    .option_count = FLOOD_OPTIONS,
    .options_size = sizeof(flood_options),
    .needs = needs,
    .need_count = sizeof needs / sizeof *needs,
    .answers = answers,
    .rasters = rasters,
    .check = flood_options_check,
    .run = run_flood,
};

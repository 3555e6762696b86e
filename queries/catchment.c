/* catchment.c - the query `catchment`: who and how many jobs are within so many minutes of a place, by foot, bicycle, car
 * and public transport, and how many of them across the Sound, today and in scenarios.
 *
 * Order: options, homes and jobs and places, streets a mode, gates a mode and variant, the timetable; times from every
 * place; the reports. Method, rules and limits: docs/catchment.md.
 */
#include "catchment.h"

#include <math.h>
#include <string.h>

static const sund_need needs[] = {
    {SUND_PLACES,
     false,
     {"steder, oplande regnes fra", "platser som omland räknas från", "places catchments start from"}},
    {SUND_HOMES, false, {"hvem der bor i oplandet", "vilka som bor i omlandet", "who lives in the catchment"}},
    {SUND_JOBS, false, {"arbejdspladser i oplandet", "arbetstillfällen i omlandet", "jobs in the catchment"}},
    {SUND_PATHS,
     false,
     {"veje og stier; uden dem lige linjer inden for snap-limit",
      "vägar och stigar; utan dem raka linjer inom snap-limit",
      "streets and paths; without them straight lines within snap-limit"}},
    {SUND_TIMETABLE,
     false,
     {"køreplaner (GTFS) til kollektiv trafik", "tidtabeller (GTFS) för kollektivtrafik",
      "timetables (GTFS) for public transport"}},
    {SUND_GATES,
     false,
     {"færger, broer og tunneler mellem kysterne", "färjor, broar och tunnlar mellan kusterna",
      "ferries, bridges and tunnels between the shores"}},
    {SUND_AREAS,
     false,
     {"hvilket land et sted og et hjem ligger i", "vilket land en plats och ett hem ligger i",
      "which country a place and a home lie in"}},
    {SUND_LAND,
     false,
     {"hvor der er vand, oplande ikke går ud i", "var det finns vatten som omland inte går ut i",
      "where there is water that catchments do not reach into"}},
    {SUND_SEA, false, {"det samme", "detsamma", "the same"}},
};

static const char *const answers[] = {"catchments",
                                      "catchment_times",
                                      "catchment_cells",
                                      "catchment_joint",
                                      "catchment_shrink",
                                      "catchment_routes",
                                      "matrix",
                                      "catchment.persons",
                                      "catchment.jobs",
                                      "catchment.persons_across",
                                      "catchment.jobs_across",
                                      "catchment.mean_persons",
                                      "catchment.mean_jobs",
                                      "catchment.joint_persons",
                                      "catchment.joint_jobs",
                                      "catchment.overlap",
                                      "catchment.gravity",
                                      "catchment.nearest",
                                      "catchment.potential",
                                      "catchment.detour",
                                      "catchment.accessibility",
                                      "catchment.proximity",
                                      "catchment.performance",
                                      NULL};

sund_code catchment_note(sund_ctx *ctx, catchment_run *run, const char *severity, const char *source,
                         const char *text, double x, double y) {
  return sund_finding_add(ctx, &run->out->findings, (sund_finding){severity, source, SUND_NO_FEATURE, text, x, y});
}

/* A method's id with a mark of all that changes what its numbers mean; the text is used up. */
static const char *marked(sund_ctx *ctx, const char *text) {
  uint32_t hash = 2166136261u;
  for (; text && *text; text++) hash = (hash ^ (unsigned char)*text) * 16777619u; /* FNV-1a */
  return text ? sund_text(ctx, "catchment/1#%06x", (hash ^ hash >> 24) & 0xffffff) : NULL;
}

static sund_code name_method(sund_ctx *ctx, catchment_run *run) {
  const catchment_options *o = run->options;
  const char *text = sund_text(ctx, "%.17g %.17g %.17g %.17g %.17g %.17g %.17g %.17g %.17g %.17g %s %s %d %d %d",
                               o->walk_kmh, o->bike_kmh, o->car_kmh, o->board_slack_s, o->snap_limit_m,
                               o->walk_limit_min, o->rides, o->window_min, o->join_m, o->piece_m, o->access_by,
                               o->bikes_aboard, (int)run->lanes.depart_s, run->graph != NULL, run->in->feeds != NULL);
  if (!text) return SUND_LIMIT;
  run->method = marked(ctx, text);
  run->measure_method = marked(ctx, sund_text(ctx, "%s %s %.17g %.17g %.17g", text, o->decay, o->decay_value,
                                              o->nearest, run->minutes[run->bounds - 1]));
  return run->method && run->measure_method ? SUND_OK : SUND_LIMIT;
}

/* The run's own gates and those of the scenarios it is compared with. */
static sund_code make_variants(sund_ctx *ctx, catchment_run *run) {
  const sund_inputs *in = run->in;
  run->variants = 1 + in->variants;
  if (!(run->variant = sund_alloc(ctx, run->variants, sizeof *run->variant))) return SUND_LIMIT;
  run->variant[0] = (catchment_variant){
      .name = in->scenario, .gates = in->role[SUND_GATES], .closed = in->closed, .close = in->close};
  for (size_t v = 1; v < run->variants; v++) {
    const sund_variant *of = &in->variant[v - 1];
    run->variant[v] =
        (catchment_variant){.name = of->name, .gates = of->gates, .closed = of->closed, .close = of->close};
  }
  return SUND_OK;
}

/* The measure of the ground over all that is given. */
static sund_code open_ground(sund_ctx *ctx, catchment_run *run) {
  static const sund_role roles[] = {SUND_PLACES, SUND_HOMES, SUND_JOBS, SUND_PATHS, SUND_GATES};
  double box[4] = {INFINITY, INFINITY, -INFINITY, -INFINITY}, one[4];
  for (size_t k = 0; k < sizeof roles / sizeof *roles; k++) {
    const sund_table *table = run->in->role[roles[k]];
    if (!table || !sund_table_box(table, one)) continue;
    for (int i = 0; i < 2; i++) box[i] = fmin(box[i], one[i]), box[i + 2] = fmax(box[i + 2], one[i + 2]);
  }
  if (!run->in->crs || box[0] > box[2]) return SUND_OK;
  return sund_ground_open(ctx, run->in->crs, box, &run->ground);
}

static sund_code report(sund_ctx *ctx, catchment_run *run) {
  TRY(sund_progress(ctx, 0.7, "catchments"));
  TRY(catchment_report(ctx, run));
  TRY(catchment_matrix(ctx, run));
  TRY(catchment_routes(ctx, run));
  TRY(catchment_measures(ctx, run));
  TRY(catchment_joint(ctx, run));
  TRY(sund_progress(ctx, 0.85, "cells"));
  TRY(catchment_times(ctx, run));
  return catchment_cells(ctx, run);
}

static sund_code run_catchment(sund_ctx *ctx, const sund_inputs *in, const void *asked, sund_results *out) {
  catchment_run run = {.in = in, .options = asked, .out = out};
  TRY(catchment_options_read(ctx, &run));
  TRY(open_ground(ctx, &run));
  TRY(make_variants(ctx, &run));
  TRY(sund_progress(ctx, 0, "homes and jobs"));
  TRY(catchment_town_make(ctx, &run));
  TRY(catchment_routes_check(ctx, &run));
  TRY(sund_progress(ctx, 0.1, "streets"));
  TRY(catchment_streets_make(ctx, &run));
  TRY(name_method(ctx, &run));
  TRY(sund_progress(ctx, 0.3, "gates"));
  TRY(catchment_gates_make(ctx, &run));
  if (run.options->wants[SUND_TRANSIT]) TRY(catchment_transit_make(ctx, &run));
  TRY(sund_progress(ctx, 0.4, "ways"));
  TRY(catchment_reach(ctx, &run));
  return report(ctx, &run);
}

const sund_query query_catchment = {
    .name = "catchment",
    .summary =
        {"hvem og hvor mange job der nås fra et sted, til fods, på cykel, i bil og kollektivt, også over Sundet",
         "vilka och hur många jobb som nås från en plats, till fots, med cykel, bil och kollektivt, även över Sundet",
         "who and how many jobs are reached from a place on foot, by bike, car and public transport, also across "
         "the Sound"},
    .options = catchment_option_table,
    .option_count = CATCHMENT_OPTIONS,
    .options_size = sizeof(catchment_options),
    .needs = needs,
    .need_count = sizeof needs / sizeof *needs,
    .answers = answers,
    .check = catchment_check,
    .run = run_catchment,
};

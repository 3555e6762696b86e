/* access.c - the query `access`: how far people live from nature, and how many live near enough.
 *
 * Order: homes into areas, network and water, green into sets and targets, distances, gaps in the data, verdicts, what
 * the figures would be by other choices, measures of supply, figures, layers, candidates.
 * Methods and their limits: docs/access.md.
 */
#include "access.h"

#include <math.h>
#include <string.h>

static const sund_need needs[] = {
    {SUND_HOMES, true, {"hvor folk bor", "var folk bor", "where people live"}},
    {SUND_GREEN, true, {"grønne områder", "grönområden", "green areas"}},
    {SUND_AREAS, false, {"enheder der rapporteres for", "enheter att rapportera för", "units to report for"}},
    {SUND_LAND,
     false,
     {"land: det andet er vand, og celler spredes over det", "land: annat är vatten, och rutor sprids över det",
      "land: the rest is water, and cells are spread over it"}},
    {SUND_SEA,
     false,
     {"hav: her går ingen, og her mangler ikke grønt", "hav: här går ingen, och här saknas inte grönt",
      "sea: nobody walks and no green is missing there"}},
    {SUND_PATHS, false, {"gangnet", "gångnät", "walk network"}},
    {SUND_ENTRANCES, false, {"kortlagte indgange", "kartlagda entréer", "mapped gates"}},
    {SUND_GATES, false, {"færger, med --ferries", "färjor, med --ferries", "ferries, with --ferries"}},
    {SUND_OD,
     false,
     {"afstande beregnet andetsteds", "avstånd beräknade på annat håll", "distances computed elsewhere"}},
    {SUND_SURVEYS,
     false,
     {"hvad borgerne selv oplever", "vad medborgarna själva upplever", "what people say they experience"}},
    {SUND_CANDIDATES,
     false,
     {"stier, indgange og grønt der kunne komme", "stigar, entréer och grönt som kunde komma",
      "paths, gates and green that could be made"}},
};

static const char *const answers[] = {"access_homes",       "access_areas",
                                      "green_areas",        "green_entrances",
                                      "walk_network",       "access_detours",
                                      "access_curve",       "access_worst",
                                      "access_standards",   "candidate_gates",
                                      "candidate_paths",    "candidate_areas",
                                      "access.share",       "access.persons",
                                      "access.unassessed",  "access.median",
                                      "access.d90",         "access.median_min",
                                      "access.d90_min",     "access.p99",
                                      "access.farthest",    "access.slope",
                                      "access.only_one",    "access.kinds",
                                      "access.alternative", "access.experienced",
                                      "access.supply",      "access.balance",
                                      "access.under",       "access.over",
                                      "access.gini",        "access.theil",
                                      "access.palma",       "access.concentration",
                                      "access.gain",        "access.gain_share",
                                      "area.persons",       NULL};

sund_code access_note(sund_ctx *ctx, access_run *run, const char *severity, const char *source, const char *text) {
  return sund_finding_add(ctx, &run->out->findings,
                          (sund_finding){severity, source, SUND_NO_FEATURE, text, NAN, NAN});
}

/* Grows a box by that of a table, if there is one. */
static void grow(double all[4], const sund_table *table) {
  double box[4];
  if (!table || !sund_table_box(table, box)) return;
  all[0] = fmin(all[0], box[0]), all[1] = fmin(all[1], box[1]);
  all[2] = fmax(all[2], box[2]), all[3] = fmax(all[3], box[3]);
}

/* The box that everything measured lies in. */
static sund_code open_ground(sund_ctx *ctx, access_run *run) {
  static const sund_role roles[] = {SUND_AREAS, SUND_HOMES, SUND_GREEN, SUND_PATHS};
  double all[4] = {INFINITY, INFINITY, -INFINITY, -INFINITY};
  for (size_t k = 0; k < sizeof roles / sizeof *roles; k++) grow(all, run->in->role[roles[k]]);
  for (int kind = SUND_POINT; kind <= SUND_AREA; kind++) grow(all, run->in->candidate[kind]);
  if (!(all[0] <= all[2])) return SUND_OK; /* tables without geometry: nothing is measured on the ground */
  return sund_ground_open(ctx, run->in->crs, all, &run->ground);
}

static sund_code place_homes(sund_ctx *ctx, access_run *run) {
  double shortest = INFINITY;
  for (size_t i = 0; i < run->in->standards; i++)
    shortest = fmin(shortest, access_reach_m(&run->in->standard[i], run->options));
  /* Half the distance asked about: a home that long has parts on both sides of the question. */
  homes_options how = {fmax(shortest / 2, run->options->piece_m), run->options->piece_m, run->options->plain_weights};
  if (run->options->piece_m > shortest && run->in->role[SUND_HOMES]->kind == SUND_AREA) {
    const char *coarse =
        sund_text(ctx, "homes up to %g m long count as one point (spread), though a standard asks about %g m",
                  run->options->piece_m, shortest);
    if (!coarse) return SUND_LIMIT;
    TRY(access_note(ctx, run, "warning", "homes", coarse));
  }
  /* A table knows one distance for the whole home: it is cut by the areas only. */
  if (run->way == BY_TABLE) how.piece_m = 1e7;
  if (run->way == BY_TABLE && !run->in->role[SUND_AREAS]) how.spread_above_m = INFINITY;
  TRY(homes_prepare(ctx, run->in, &how, &run->homes, &run->out->findings));
  if (!run->homes->spread) return SUND_OK;
  const char *over = run->in->role[SUND_LAND] && !how.plain ? "their land" : "all of it";
  const char *text =
      run->way == BY_TABLE
          ? sund_text(ctx,
                      "%zu homes are areas larger than %.0f m: shared among the areas they lie in by area, over %s",
                      run->homes->spread, how.spread_above_m, over)
          : sund_text(ctx, "%zu homes are areas larger than %.0f m: spread over %s by area in pieces of at most %g m",
                      run->homes->spread, how.spread_above_m, over, how.piece_m);
  return text ? access_note(ctx, run, "note", "homes", text) : SUND_LIMIT;
}

static uint32_t roles_given(const sund_inputs *in) {
  uint32_t roles = 0;
  for (int role = 0; role < SUND_ROLE_COUNT; role++)
    if (in->role[role]) roles |= 1u << role;
  return roles;
}

/* Tables without geometry can be asked by a table of distances only, and without areas. */
static sund_code check_geometry(sund_ctx *ctx, const access_run *run) {
  static const sund_role roles[] = {SUND_HOMES, SUND_GREEN};
  for (size_t k = 0; k < 2; k++) {
    const sund_table *table = run->in->role[roles[k]];
    if (table->kind != SUND_NONE) continue;
    const char *name = sund_role_of(roles[k])->name;
    if (run->way != BY_TABLE)
      return sund_fail(ctx, SUND_DATA, "%s: no geometry; that will do with a table of distances (od) only", name);
    if (roles[k] == SUND_HOMES && run->in->role[SUND_AREAS])
      return sund_fail(ctx, SUND_DATA, "homes: without geometry they cannot be put into areas; leave out areas");
  }
  return SUND_OK;
}

static sund_code choose_way(sund_ctx *ctx, access_run *run) {
  uint32_t roles = roles_given(run->in);
  TRY(access_check(ctx, roles, run->options));
  run->way = access_choose_way(run->options, roles);
  TRY(check_geometry(ctx, run));
  if (run->way != BY_STRAIGHT || run->options->distance) return SUND_OK;
  return access_note(ctx, run, "note", NULL,
                     "no paths and no land or sea given: distances are straight lines, also across water and fences");
}

/* The ways of all answers; straight lines, too: verdicts ask for them. */
static sund_code measure_all(sund_ctx *ctx, access_run *run) {
  access_target **target = sund_alloc(ctx, run->answers, sizeof *target);
  size_t count = 0;
  if (!target) return SUND_LIMIT;
  for (size_t a = 0; a < run->answers; a++) {
    const access_answer *answer = &run->answer[a];
    if (run->way != BY_TABLE) TRY(access_measure(ctx, run, answer->target, BY_STRAIGHT));
    if (answer->way == run->way && run->way == BY_NETWORK) target[count++] = answer->target;
    else TRY(access_measure(ctx, run, answer->target, answer->way));
    TRY(sund_progress(ctx, 0.4 + 0.2 * (double)(a + 1) / (double)run->answers, answer->variant));
  }
  return access_measure_all(ctx, run, BY_NETWORK, count, target);
}

static sund_code run_access(sund_ctx *ctx, const sund_inputs *in, const void *given, sund_results *out) {
  access_run run = {.in = in, .options = given, .out = out, .columns = sund_alloc(ctx, 1, sizeof(access_columns))};
  if (!run.columns) return SUND_LIMIT;
  TRY(choose_way(ctx, &run));
  TRY(open_ground(ctx, &run));
  TRY(sund_progress(ctx, 0, "homes into areas"));
  TRY(place_homes(ctx, &run));
  TRY(homes_by_area(ctx, in, run.homes, &run.first, &run.list));
  if (run.way == BY_TABLE) TRY(access_od_read(ctx, &run));
  TRY(sund_progress(ctx, 0.1, "green areas merged"));
  TRY(access_green(ctx, &run));
  TRY(sund_progress(ctx, 0.3, run.way == BY_LAND ? "water" : "network"));
  if (run.way == BY_NETWORK) TRY(access_wet_open(ctx, &run));
  if (run.way == BY_NETWORK) TRY(access_network(ctx, &run));
  if (run.way == BY_LAND) TRY(access_land(ctx, &run));
  TRY(sund_progress(ctx, 0.4, "distances"));
  TRY(measure_all(ctx, &run));
  TRY(sund_progress(ctx, 0.7, "halo"));
  TRY(access_gap(ctx, &run));
  TRY(access_judge_all(ctx, &run));
  TRY(sund_progress(ctx, 0.75, "alternatives"));
  TRY(access_alternatives(ctx, &run));
  TRY(access_variety(ctx, &run));
  TRY(access_nearest(ctx, &run));
  TRY(access_measures(ctx, &run));
  TRY(sund_progress(ctx, 0.9, "report"));
  TRY(access_report(ctx, &run));
  return access_gains(ctx, &run);
}

const sund_query query_access = {
    .name = "access",
    .summary = {"afstand til natur, og hvor mange der bor nær nok",
                "avstånd till natur, och hur många som bor nära nog",
                "distance to nature, and how many live near enough"},
    .options = access_option_table,
    .option_count = ACCESS_OPTIONS,
    .options_size = sizeof(access_options),
    .needs = needs,
    .need_count = sizeof needs / sizeof *needs,
    .answers = answers,
    .check = access_check,
    .run = run_access,
};

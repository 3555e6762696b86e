/* coast.c - the query `coast`: how long the coast is, by yardstick.
 *
 * Order: the coast from `land` or `coast`, cut into reporting units and joined to connected lines; lengths of these by
 * two methods at every yardstick; report. Method, rules and limits: docs/coast.md. Richardson (1961), The problem of
 * contiguity; Mandelbrot (1967), How long is the coast of Britain?
 */
#include "coast.h"

#include <math.h>

static const sund_option options[] = {
    {"tolerances",
     NULL,
     SUND_NUMBERS,
     offsetof(coast_options, tolerances),
     "1,10,50,100",
     "m",
     0.01,
     100000,
     NULL,
     {"målestokke: så meget må kysten forenkles, og så lange er passerens skridt",
      "måttstockar: så mycket får kusten förenklas, och så långa är passarens steg",
      "yardsticks: how much the coast may be simplified, and how long the divider's steps are"}},
};

static const sund_need needs[] = {
    {SUND_LAND,
     false,
     {"kysten er dets ydre grænse, uden de grænser naboer deler",
      "kusten är dess yttre gräns, utan de gränser grannar delar",
      "the coast is its outer boundary, without the borders that neighbours share"}},
    {SUND_COAST,
     false,
     {"kystlinjen, hvor der ikke er land", "kustlinjen, där det inte finns land",
      "the shoreline, where there is no land"}},
    {SUND_AREAS,
     false,
     {"enheder, længder opgøres for", "enheter som längder redovisas för", "the units lengths are reported for"}},
};

static const char *const answers[] = {"coast_lines",
                                      "coast.length",
                                      "coast.length_divider",
                                      "coast.length_as_drawn",
                                      "coast.slope",
                                      "coast.vertex_spacing",
                                      "area.land",
                                      NULL};

/* The table of a role when it has rows, else NULL. */
static const sund_table *given(const sund_inputs *in, sund_role role) {
  const sund_table *table = in->role[role];
  return table && table->rows > 0 && (role == SUND_AREAS || table->shapes) ? table : NULL;
}

/* Yardsticks as asked for, each once. */
static sund_code choose_yardsticks(sund_ctx *ctx, const coast_options *asked, coast_run *run) {
  run->yardstick_m = sund_alloc(ctx, asked->tolerances.count, sizeof *run->yardstick_m);
  if (!run->yardstick_m) return SUND_LIMIT;
  for (size_t i = 0; i < asked->tolerances.count; i++) {
    const double metres = asked->tolerances.value[i];
    if (!(metres > 0) || !isfinite(metres))
      return sund_fail(ctx, SUND_USAGE, "coast: a tolerance must be more than 0 m, not %g", metres);
    size_t k = 0;
    while (k < run->yardsticks && run->yardstick_m[k] != metres) k++;
    if (k == run->yardsticks) run->yardstick_m[run->yardsticks++] = metres;
  }
  return SUND_OK;
}

/* Everything between the inputs and the report; what lasts is in `ctx`. */
static sund_code work(sund_ctx *ctx, sund_ctx *scratch, coast_run *run) {
  TRY(coast_pieces_find(ctx, scratch, run));
  TRY(sund_progress(ctx, 0.7, "coast lengths"));
  return coast_measure(ctx, scratch, run);
}

static sund_code check_coast(sund_ctx *ctx, uint32_t roles, const void *asked) {
  (void)asked;
  if (roles & (1u << SUND_LAND | 1u << SUND_COAST)) return SUND_OK;
  return sund_fail(ctx, SUND_USAGE,
                   "coast needs land or a shoreline: give --land or --coast, or `land:` or `coast:` under `layers:`");
}

static sund_code run_coast(sund_ctx *ctx, const sund_inputs *in, const void *asked, sund_results *out) {
  coast_run run = {.in = in, .out = out, .units = units_count(in)};
  run.land = given(in, SUND_LAND);
  run.coast = given(in, SUND_COAST);
  run.areas = in->role[SUND_AREAS];
  TRY(check_coast(ctx, (run.land ? 1u << SUND_LAND : 0) | (run.coast ? 1u << SUND_COAST : 0), asked));
  if (run.areas && run.units == 0) return sund_fail(ctx, SUND_DATA, "coast: `areas` has no row to report for");
  TRY(choose_yardsticks(ctx, asked, &run));
  TRY(sund_progress(ctx, 0, "coast"));
  sund_ctx *scratch = sund_ctx_child(ctx);
  if (!scratch) return SUND_LIMIT;
  sund_code code = work(ctx, scratch, &run);
  if (code != SUND_OK) code = sund_ctx_pass(ctx, scratch);
  sund_ctx_free(scratch);
  TRY(code);
  return coast_report(ctx, &run);
}

const sund_query query_coast = {
    .name = "coast",
    .summary = {"kystens længde pr. område ved flere målestokke", "kustens längd per område med flera måttstockar",
                "length of the coast by area, at several yardsticks"},
    .options = options,
    .option_count = sizeof options / sizeof *options,
    .options_size = sizeof(coast_options),
    .needs = needs,
    .need_count = sizeof needs / sizeof *needs,
    .answers = answers,
    .check = check_coast,
    .run = run_coast,
};

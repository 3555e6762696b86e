/* labour.c - the query `labour`: labour markets from commuting flows, and what would change them.
 *
 * Order: units and flows, partitions by each rule, reports. Method, rules and limits: docs/labour.md.
 */
#include "labour.h"

#include <math.h>

static const sund_need needs[] = {
    {SUND_FLOWS,
     true,
     {"hvem der bor hvor og arbejder hvor", "vem som bor var och arbetar var", "who lives where and works where"}},
    {SUND_AREAS,
     false,
     {"enhedernes navne, lande og kort", "enheternas namn, länder och karta",
      "names, countries and map of the units"}},
    {SUND_TRAVEL, false, {"minutter mellem enhederne", "minuter mellan enheterna", "minutes between the units"}},
};

static const char *const answers[] = {"labour_areas",
                                      "labour_markets",
                                      "labour_flows",
                                      "labour_overlap",
                                      "labour_together",
                                      "labour_together_units",
                                      "labour_steps",
                                      "labour.self_containment",
                                      "labour.job_containment",
                                      "labour.residents",
                                      "labour.jobs",
                                      "labour.persons",
                                      "labour.markets",
                                      "labour.left_over",
                                      "labour.across",
                                      "labour.agreement",
                                      "labour.joint_markets",
                                      "labour.joint_residents",
                                      "labour.together_self_containment",
                                      "labour.together_residents",
                                      "labour.together_jobs",
                                      "labour.together_persons",
                                      "labour.beta",
                                      "labour.border_factor",
                                      "labour.fit",
                                      "labour.merge_minutes",
                                      NULL};

sund_code labour_note(sund_ctx *ctx, labour_run *run, const char *severity, const char *text) {
  if (!text) return SUND_LIMIT;
  const sund_table *flows = run->in->role[SUND_FLOWS];
  return sund_finding_add(
      ctx, &run->out->findings,
      (sund_finding){severity, flows->sources ? flows->source_name[0] : "flows", SUND_NO_FEATURE, text, NAN, NAN});
}

static sund_code divide_all(sund_ctx *ctx, labour_run *run) {
  run->rules = run->options->rule.count;
  run->partition = sund_alloc(ctx, run->rules, sizeof *run->partition);
  if (!run->partition) return SUND_LIMIT;
  for (size_t r = 0; r < run->rules; r++)
    TRY(labour_partition_make(ctx, run, run->options->rule.value[r], &run->partition[r]));
  return SUND_OK;
}

static uint32_t roles_given(const sund_inputs *in) {
  uint32_t roles = 0;
  for (int role = 0; role < SUND_ROLE_COUNT; role++)
    if (in->role[role]) roles |= 1u << role;
  return roles;
}

static sund_code run_labour(sund_ctx *ctx, const sund_inputs *in, const void *given, sund_results *out) {
  labour_run run = {.in = in, .options = given, .out = out};
  TRY(labour_check(ctx, roles_given(in), given));
  TRY(sund_progress(ctx, 0, "units and flows"));
  TRY(labour_units_make(ctx, &run));
  TRY(sund_progress(ctx, 0.2, "markets"));
  TRY(divide_all(ctx, &run));
  TRY(labour_report(ctx, &run));
  TRY(labour_overlaps(ctx, &run));
  TRY(labour_together(ctx, &run));
  TRY(sund_progress(ctx, 0.5, "markets as minutes shrink"));
  TRY(labour_steps(ctx, &run));
  TRY(sund_progress(ctx, 0.8, "maps"));
  TRY(labour_areas(ctx, &run));
  return labour_maps(ctx, &run);
}

const sund_query query_labour = {
    .name = "labour",
    .summary = {"arbejdsmarkeder ud fra pendling, og hvad der kunne samle dem",
                "arbetsmarknader ur pendling, och vad som kunde förena dem",
                "labour markets from commuting, and what could join them"},
    .options = labour_option_table,
    .option_count = LABOUR_OPTIONS,
    .options_size = sizeof(labour_options),
    .needs = needs,
    .need_count = sizeof needs / sizeof *needs,
    .answers = answers,
    .check = labour_check,
    .run = run_labour,
};

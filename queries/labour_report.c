/* labour_report.c - what `labour` says in numbers: each market, and the whole. */
#include <math.h>
#include <string.h>

#include "labour.h"

/* Adds an indicator of a market, or of all units (market NULL). */
static sund_code add(sund_ctx *ctx, labour_run *run, const labour_partition *p, const labour_market *market,
                     sund_indicator row) {
  row.variant = p->rule, row.method = p->method, row.area = SIZE_MAX;
  row.low = row.high = NAN;
  if (!row.base_unit) row.base = NAN;
  if (market) {
    row.unit_id = run->units.id[market->leader], row.unit_name = run->units.name[market->leader];
    row.unit_country = market->countries, row.unit_level = "market";
  }
  return sund_results_indicator(ctx, run->out, row);
}

static sund_code report_market(sund_ctx *ctx, labour_run *run, const labour_partition *p, const labour_market *m) {
  const sund_indicator rows[] = {
      {.indicator = "labour.self_containment",
       .value = labour_percent(m->inside, m->residents),
       .unit = "%",
       .base = m->residents,
       .base_unit = "persons"},
      {.indicator = "labour.job_containment",
       .value = labour_percent(m->inside, m->jobs),
       .unit = "%",
       .base = m->jobs,
       .base_unit = "jobs"},
      {.indicator = "labour.residents", .value = m->residents, .unit = "persons"},
      {.indicator = "labour.jobs", .value = m->jobs, .unit = "jobs"},
  };
  for (size_t k = 0; k < sizeof rows / sizeof *rows; k++) TRY(add(ctx, run, p, m, rows[k]));
  if (isnan(m->persons)) return SUND_OK;
  return add(ctx, run, p, m, (sund_indicator){.indicator = "labour.persons", .value = m->persons, .unit = "persons"});
}

/* Residents of the units no market took. */
static sund_code report_left_over(sund_ctx *ctx, labour_run *run, const labour_partition *p) {
  double persons = 0;
  size_t units = 0;
  for (size_t i = 0; i < run->units.n; i++)
    if (p->market[i] == SIZE_MAX) units++, persons += run->units.residents[i];
  if (units == 0) return SUND_OK;
  TRY(labour_note(ctx, run, "warning",
                  sund_text(ctx, "%s: %zu units with %.0f residents are in no market: none is large or closed enough",
                            p->rule, units, persons)));
  return add(ctx, run, p, NULL,
             (sund_indicator){.indicator = "labour.left_over",
                              .value = persons,
                              .unit = "persons",
                              .base = run->units.all,
                              .base_unit = "persons"});
}

/* Commuters from one country to another, whatever the rule. */
static sund_code report_across(sund_ctx *ctx, labour_run *run) {
  const labour_units *u = &run->units;
  double persons = 0;
  if (!u->across) return SUND_OK;
  for (size_t k = 0; k < u->n * u->n; k++)
    if (u->across[k]) persons += u->flow[k];
  return sund_results_indicator(ctx, run->out,
                                (sund_indicator){.indicator = "labour.across",
                                                 .variant = "",
                                                 .area = SIZE_MAX,
                                                 .value = persons,
                                                 .unit = "persons",
                                                 .low = NAN,
                                                 .high = NAN,
                                                 .base = u->all,
                                                 .base_unit = "persons",
                                                 .method = "labour-flows/1"});
}

sund_code labour_report(sund_ctx *ctx, labour_run *run) {
  for (size_t r = 0; r < run->rules; r++) {
    const labour_partition *p = &run->partition[r];
    TRY(add(ctx, run, p, NULL,
            (sund_indicator){.indicator = "labour.markets", .value = (double)p->count, .unit = "markets"}));
    for (size_t k = 0; k < p->count; k++) TRY(report_market(ctx, run, p, &p->found[k]));
    TRY(report_left_over(ctx, run, p));
  }
  return report_across(ctx, run);
}

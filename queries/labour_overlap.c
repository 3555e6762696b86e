/* labour_overlap.c - two rules held against each other: which part of a market of the one lies in which of the other. */
#include <math.h>

#include "labour.h"

enum { RULE, MARKET_ID, MARKET_NAME, OTHER_RULE, OTHER_ID, OTHER_NAME, UNITS, RESIDENTS, SHARE, OTHER_SHARE, FIELDS };
static const sund_field fields[FIELDS] = {
    [RULE] = {"rule", SUND_TEXT, NULL, {"regel", "regel", "rule"}, NULL},
    [MARKET_ID] = {"market_id", SUND_TEXT, NULL, {"marked", "marknad", "market"}, NULL},
    [MARKET_NAME] =
        {"market_name", SUND_TEXT, NULL, {"markedets navn", "marknadens namn", "name of the market"}, NULL},
    [OTHER_RULE] = {"other_rule", SUND_TEXT, NULL, {"anden regel", "annan regel", "other rule"}, NULL},
    [OTHER_ID] = {"other_market_id", SUND_TEXT, NULL, {"marked der", "marknad där", "market there"}, NULL},
    [OTHER_NAME] = {"other_market_name",
                    SUND_TEXT,
                    NULL,
                    {"navn på marked der", "namn på marknad där", "name of the market there"},
                    NULL},
    [UNITS] = {"units", SUND_INT, NULL, {"fælles enheder", "gemensamma enheter", "units in both"}, NULL},
    [RESIDENTS] = {"residents",
                   SUND_REAL,
                   "persons",
                   {"beskæftigede beboere i begge", "sysselsatta boende i båda", "employed residents in both"},
                   NULL},
    [SHARE] = {"share_pct", SUND_REAL, "%", {"del af markedet", "del av marknaden", "share of the market"}, NULL},
    [OTHER_SHARE] = {"other_share_pct",
                     SUND_REAL,
                     "%",
                     {"del af markedet der", "del av marknaden där", "share of the market there"},
                     NULL},
};

/* What a market of one rule has in common with those of another: units and residents, each p->count. */
typedef struct common {
  size_t *units;
  double *residents;
} common;

static void meet(const labour_run *run, const labour_partition *a, size_t market, const labour_partition *b,
                 common *c) {
  for (size_t k = 0; k < b->count; k++) c->units[k] = 0, c->residents[k] = 0;
  for (size_t i = 0; i < run->units.n; i++) {
    if (a->market[i] != market || b->market[i] == SIZE_MAX) continue;
    c->units[b->market[i]]++;
    c->residents[b->market[i]] += run->units.residents[i];
  }
}

static void fill(const labour_run *run, const labour_partition *const pair[2], const size_t market[2],
                 const common *c, size_t row, sund_table *table) {
  const labour_market *a = &pair[0]->found[market[0]], *b = &pair[1]->found[market[1]];
  const double residents = c->residents[market[1]];
  const char *text[FIELDS] = {[RULE] = pair[0]->rule,
                              [MARKET_ID] = run->units.id[a->leader],
                              [MARKET_NAME] = run->units.name[a->leader],
                              [OTHER_RULE] = pair[1]->rule,
                              [OTHER_ID] = run->units.id[b->leader],
                              [OTHER_NAME] = run->units.name[b->leader]};
  for (size_t f = RULE; f <= OTHER_NAME; f++) table->column[f].text[row] = text[f];
  table->column[UNITS].integer[row] = (int64_t)c->units[market[1]];
  table->column[RESIDENTS].real[row] = residents;
  table->column[SHARE].real[row] = labour_percent(residents, a->residents);
  table->column[OTHER_SHARE].real[row] = labour_percent(residents, b->residents);
}

/* Rows of a pair of rules (table NULL: only counts them). agreed: residents in the largest part of each market. */
static size_t compare(const labour_run *run, const labour_partition *const pair[2], common *c, size_t row,
                      sund_table *table, double *agreed) {
  *agreed = 0;
  for (size_t market[2] = {0, 0}; market[0] < pair[0]->count; market[0]++) {
    double most = 0;
    meet(run, pair[0], market[0], pair[1], c);
    for (market[1] = 0; market[1] < pair[1]->count; market[1]++) {
      if (c->units[market[1]] == 0) continue;
      most = fmax(most, c->residents[market[1]]);
      if (table) fill(run, pair, market, c, row, table);
      row++;
    }
    *agreed += most;
  }
  return row;
}

static sund_code report(sund_ctx *ctx, labour_run *run, const labour_partition *const pair[2], double agreed) {
  const char *variant = sund_text(ctx, "%s/%s", pair[0]->rule, pair[1]->rule);
  if (!variant) return SUND_LIMIT;
  return sund_results_indicator(ctx, run->out,
                                (sund_indicator){.indicator = "labour.agreement",
                                                 .variant = variant,
                                                 .area = SIZE_MAX,
                                                 .value = labour_percent(agreed, run->units.all),
                                                 .unit = "%",
                                                 .low = NAN,
                                                 .high = NAN,
                                                 .base = run->units.all,
                                                 .base_unit = "persons",
                                                 .method = "labour-agreement/1"});
}

/* All pairs of rules: counted first, then written. */
static sund_code work(sund_ctx *ctx, labour_run *run, common *c, sund_table **table) {
  size_t rows = 0;
  for (int writing = 0; writing < 2; writing++) {
    size_t row = 0;
    if (writing) TRY(sund_table_new(ctx, "labour_overlap", SUND_NONE, rows, fields, FIELDS, table));
    for (size_t a = 0; a < run->rules; a++)
      for (size_t b = a + 1; b < run->rules; b++) {
        const labour_partition *const pair[2] = {&run->partition[a], &run->partition[b]};
        double agreed;
        row = compare(run, pair, c, row, writing ? *table : NULL, &agreed);
        if (writing) TRY(report(ctx, run, pair, agreed));
      }
    rows = row;
  }
  return SUND_OK;
}

sund_code labour_overlaps(sund_ctx *ctx, labour_run *run) {
  if (run->rules < 2) return SUND_OK;
  common c = {sund_alloc(ctx, run->units.n, sizeof *c.units), sund_alloc(ctx, run->units.n, sizeof *c.residents)};
  sund_table *table = NULL;
  if (!c.units || !c.residents) return SUND_LIMIT;
  TRY(work(ctx, run, &c, &table));
  return sund_results_layer(
      ctx, run->out,
      (sund_layer){.table = table,
                   .title = {"Regler sammenlignet", "Regler jämförda", "Rules compared"},
                   .summary = {"Hvad et marked efter én regel har fælles med et marked efter en anden",
                               "Vad en marknad enligt en regel har gemensamt med en marknad enligt en annan",
                               "What a market by one rule has in common with a market by another"}});
}

/* access_gains_report.c - what is told of candidates: candidate_gates, candidate_paths, candidate_areas, indicators. */
#include <math.h>

#include "access_gains.h"

static const sund_field fields[] = {
    {"candidate_id", SUND_TEXT, NULL, {"forslag", "förslag", "candidate"}, NULL},
    {"name", SUND_TEXT, NULL, {"navn", "namn", "name"}, NULL},
    {"cost", SUND_REAL, NULL, {"pris", "kostnad", "cost"}, NULL},
    {"standard", SUND_TEXT, NULL, {"standard", "standard", "standard"}, NULL},
    {"gain_alone_persons",
     SUND_REAL,
     "persons",
     {"flere personer nær nok, alene", "fler personer nära nog, ensamt", "more persons near enough, alone"},
     NULL},
    {"gain_alone_pct",
     SUND_REAL,
     "%",
     {"andelens ændring, alene", "andelens ändring, ensamt", "change of the share, alone"},
     NULL},
    {"assessed_alone_persons",
     SUND_REAL,
     "persons",
     {"flere personer vurderet, alene", "fler personer bedömda, ensamt", "more persons assessed, alone"},
     NULL},
    {"cost_per_person",
     SUND_REAL,
     NULL,
     {"pris pr. person, alene", "kostnad per person, ensamt", "cost per person, alone"},
     NULL},
    {"rank", SUND_INT, NULL, {"rækkefølge", "ordning", "order"}, NULL},
    {"gain_persons",
     SUND_REAL,
     "persons",
     {"flere personer nær nok, i rækkefølgen", "fler personer nära nog, i ordningen",
      "more persons near enough, in order"},
     NULL},
    {"share_pct", SUND_REAL, "%", {"andel derefter", "andel därefter", "share afterwards"}, NULL},
    {"total_cost", SUND_REAL, NULL, {"pris i alt", "kostnad totalt", "costs so far"}, NULL},
};
enum { FIELDS = sizeof fields / sizeof *fields };

static const sund_class rank_classes[] = {
    {1, 1, NULL, "#7b1fa2", {"den første", "den första", "the first"}},
    {2, 5, NULL, "#ab47bc", {"2 til 5", "2 till 5", "2 to 5"}},
    {6, 20, NULL, "#ce93d8", {"6 til 20", "6 till 20", "6 to 20"}},
    {21, 1e9, NULL, "#e1bee7", {"21 og senere", "21 och senare", "21 and later"}},
};

static void fill_row(const gains_town *town, const gains_candidate *c, sund_table *table) {
  const sund_table *from = town->run->in->candidate[c->kind];
  const char **name = sund_table_text(from, "name");
  sund_column *column = table->column;
  size_t r = c->row;
  column[0].text[r] = c->id;
  column[1].text[r] = name ? name[r] : NULL;
  column[2].real[r] = c->cost;
  column[3].text[r] = town->answer->variant;
  column[4].real[r] = c->alone.met;
  column[5].real[r] = c->share_alone;
  column[6].real[r] = c->alone.assessed;
  column[7].real[r] = c->alone.met > 0 ? c->cost / c->alone.met : NAN;
  if (from->kind == SUND_POINT) table->x[r] = from->x[r], table->y[r] = from->y[r];
  if (!c->rank) return;
  column[8].integer[r] = (int64_t)c->rank;
  column[9].real[r] = c->gain;
  column[10].real[r] = c->share;
  column[11].real[r] = c->spent;
}

static sund_code layer(sund_ctx *ctx, access_run *run, const gains_town *town, sund_kind kind) {
  static const char *const name[] = {NULL, "candidate_gates", "candidate_paths", "candidate_areas"};
  static const char *const title[][3] = {
      {NULL, NULL, NULL},
      {"Mulige indgange", "Möjliga entréer", "Gates that could be made"},
      {"Mulige stier", "Möjliga stigar", "Paths that could be made"},
      {"Mulige grønne områder", "Möjliga grönområden", "Green that could be made"}};
  static const double size_mm[] = {0, 3, 1, 0.4};
  const sund_table *from = run->in->candidate[kind];
  sund_table *table;
  sund_style *style;
  if (!from) return SUND_OK;
  TRY(sund_table_new(ctx, name[kind], kind, from->rows, fields, FIELDS, &table));
  table->shapes = from->shapes;
  for (size_t k = 0; k < town->candidates; k++)
    if (town->candidate[k].kind == kind) fill_row(town, &town->candidate[k], table);
  TRY(access_styled(ctx, "rank", true, rank_classes, sizeof rank_classes / sizeof *rank_classes, &style));
  style->size_mm = size_mm[kind], style->opacity = 0.6, style->label_column = "rank";
  return sund_results_layer(
      ctx, run->out,
      (sund_layer){.table = table,
                   .style = style,
                   .indexed = true,
                   .multi = kind != SUND_POINT,
                   .title = {title[kind][0], title[kind][1], title[kind][2]},
                   .summary = {"Hvad hvert forslag ændrer alene, og i hvilken rækkefølge de hjælper flest",
                               "Vad varje förslag ändrar ensamt, och i vilken ordning de hjälper flest",
                               "What each candidate changes alone, and in which order they help most"}});
}

/* ------------------------------------------------------------------------------------------- numbers and words */

static sund_code add(sund_ctx *ctx, access_run *run, const gains_town *town, const gains_candidate *c,
                     const char *indicator, double value, const char *unit) {
  sund_indicator row = {.indicator = indicator,
                        .variant = sund_text(ctx, "%s/%s", town->answer->variant, c->id),
                        .area = SIZE_MAX,
                        .value = value,
                        .unit = unit,
                        .low = NAN,
                        .high = NAN,
                        .base = NAN,
                        .method = access_method(ctx, run, town->answer)};
  if (!row.variant || !row.method) return SUND_LIMIT;
  return sund_results_indicator(ctx, run->out, row);
}

/* Of each what it gains alone; in the greedy order the share after each. */
static sund_code indicators(sund_ctx *ctx, access_run *run, const gains_town *town, size_t picked) {
  for (size_t k = 0; k < town->candidates; k++)
    TRY(add(ctx, run, town, &town->candidate[k], "access.gain", town->candidate[k].alone.met, "persons"));
  for (size_t rank = 1; rank <= picked; rank++)
    for (size_t k = 0; k < town->candidates; k++) {
      const gains_candidate *c = &town->candidate[k];
      if (c->rank == rank) TRY(add(ctx, run, town, c, "access.gain_share", c->share, "%"));
    }
  return SUND_OK;
}

static sund_code tell(sund_ctx *ctx, access_run *run, const gains_town *town, double before, size_t picked) {
  double target = run->options->target_pct, after = town->assessed > 0 ? 100 * town->met / town->assessed : NAN;
  const char *rest = "nothing else gains";
  if (target > 0 && after >= target) rest = sund_text(ctx, "the target of %g %% is met", target);
  else if (target > 0) rest = sund_text(ctx, "the target of %g %% is not met, and nothing else gains", target);
  if (!rest) return SUND_LIMIT;
  const char *text = sund_text(ctx, "%s: %.2f %%, with %zu of %zu candidates %.2f %%: %s", town->answer->variant,
                               before, picked, town->candidates, after, rest);
  return text ? access_note(ctx, run, "note", "candidates", text) : SUND_LIMIT;
}

sund_code gains_report(sund_ctx *ctx, access_run *run, const gains_town *town, double share_before) {
  size_t picked = 0;
  for (size_t k = 0; k < town->candidates; k++) picked += town->candidate[k].rank > 0;
  for (sund_kind kind = SUND_POINT; kind <= SUND_AREA; kind++) TRY(layer(ctx, run, town, kind));
  TRY(indicators(ctx, run, town, picked));
  return tell(ctx, run, town, share_before, picked);
}

/* labour_areas.c - the layer labour_areas: every unit of the flows, its market, and why it is there.
 *
 * Without areas a table; with areas a map, in which units that are not among the areas have no shape. With several rules
 * each has a layer of its own.
 */
#include <math.h>
#include <string.h>

#include "labour.h"

static const size_t NONE = SIZE_MAX;

enum {
  AREA_ID,
  AREA_NAME,
  COUNTRY,
  RULE,
  MARKET_ID,
  MARKET_NAME,
  STATUS,
  REASON,
  FOLLOWS_ID,
  FIRST_ID,
  FIRST_SHARE,
  SECOND_ID,
  SECOND_SHARE,
  OUT_SHARE,
  IN_MARKET,
  JOBS_IN_MARKET,
  OTHER_ID,
  OTHER_SHARE,
  RESIDENTS,
  JOBS,
  STAY,
  PERSONS,
  FIELDS
};

static const sund_choice status_choices[] = {
    {"centre", {"center", "centrum", "centre"}},
    {"follows", {"følger en anden", "följer en annan", "follows another"}},
    {"cut", {"kæden er klippet her", "kedjan är kapad här", "chain cut here"}},
    {"leads", {"størst i markedet", "störst i marknaden", "largest of its market"}},
    {"member", {"hører til markedet", "hör till marknaden", "belongs to the market"}},
    {"left_over", {"i intet marked", "i ingen marknad", "in no market"}},
    {NULL, {NULL, NULL, NULL}},
};

#define TEXT(name, da, sv, en) \
  { name, SUND_TEXT, NULL, {da, sv, en}, NULL }
#define REAL(name, unit, da, sv, en) \
  { name, SUND_REAL, unit, {da, sv, en}, NULL }
static const sund_field fields[FIELDS] = {
    [AREA_ID] = TEXT("area_id", "enhed", "enhet", "unit"),
    [AREA_NAME] = TEXT("area_name", "enhedens navn", "enhetens namn", "name of the unit"),
    [COUNTRY] = TEXT("country", "land", "land", "country"),
    [RULE] = TEXT("rule", "regel", "regel", "rule"),
    [MARKET_ID] = TEXT("market_id", "arbejdsmarked", "arbetsmarknad", "labour market"),
    [MARKET_NAME] = TEXT("market_name", "markedets navn", "marknadens namn", "name of the market"),
    [STATUS] = {"status", SUND_TEXT, NULL, {"stilling", "ställning", "standing"}, status_choices},
    [REASON] = TEXT("reason", "hvorfor", "varför", "why"),
    [FOLLOWS_ID] = TEXT("follows_id", "følger", "följer", "follows"),
    [FIRST_ID] = TEXT("first_id", "flest arbejder ellers i", "flest arbetar annars i", "most others work in"),
    [FIRST_SHARE] = REAL("first_pct", "%", "del af beboerne", "del av de boende", "share of residents"),
    [SECOND_ID] = TEXT("second_id", "næst flest", "näst flest", "second most"),
    [SECOND_SHARE] = REAL("second_pct", "%", "del af beboerne, næst flest", "del av de boende, näst flest",
                          "share of residents, second"),
    [OUT_SHARE] =
        REAL("out_pct", "%", "arbejder uden for enheden", "arbetar utanför enheten", "work outside the unit"),
    [IN_MARKET] = REAL("in_market_pct", "%", "beboere der arbejder i markedet", "boende som arbetar i marknaden",
                       "residents who work in the market"),
    [JOBS_IN_MARKET] = REAL("jobs_in_market_pct", "%", "job med beboere i markedet", "jobb med boende i marknaden",
                            "jobs held by residents of the market"),
    [OTHER_ID] =
        TEXT("other_market_id", "andet marked med flest", "annan marknad med flest", "other market with most"),
    [OTHER_SHARE] = REAL("other_market_pct", "%", "beboere der arbejder i det andet marked",
                         "boende som arbetar i den andra marknaden", "residents who work in the other market"),
    [RESIDENTS] = REAL("residents", "persons", "beskæftigede beboere", "sysselsatta boende", "employed residents"),
    [JOBS] = REAL("jobs", "jobs", "arbejdspladser", "arbetstillfällen", "jobs"),
    [STAY] = REAL("stay", "persons", "bor og arbejder i enheden", "bor och arbetar i enheten",
                  "live and work in the unit"),
    [PERSONS] = REAL("persons", "persons", "indbyggere", "invånare", "inhabitants"),
};

/* ----------------------------------------------------------------------------------------------------------- facts */

/* Where the residents of a unit go. */
typedef struct facts {
  size_t first, second;     /* units most others work in, NONE   */
  double out;               /* persons who work elsewhere        */
  double in_market, worked; /* residents who work in the market; jobs held by its residents */
  size_t other;             /* market, NONE                      */
  double in_other;
} facts;

/* by_market: scratch, as many as markets. */
static facts gather(const labour_run *run, const labour_partition *p, size_t unit, double *by_market) {
  const labour_units *u = &run->units;
  const double *row = u->flow + unit * u->n;
  facts f = {.first = NONE, .second = NONE, .other = NONE};
  for (size_t k = 0; k < p->count; k++) by_market[k] = 0;
  for (size_t j = 0; j < u->n; j++) {
    const size_t market = p->market[j];
    if (market != NONE) by_market[market] += row[j];
    if (market != NONE && market == p->market[unit]) f.worked += u->flow[j * u->n + unit];
    if (j == unit || !(row[j] > 0)) continue;
    f.out += row[j];
    if (f.first == NONE || row[j] > row[f.first]) f.second = f.first, f.first = j;
    else if (f.second == NONE || row[j] > row[f.second]) f.second = j;
  }
  if (p->market[unit] != NONE) f.in_market = by_market[p->market[unit]];
  for (size_t k = 0; k < p->count; k++)
    if (k != p->market[unit] && by_market[k] > f.in_other) f.in_other = by_market[k], f.other = k;
  return f;
}

static const char *status_of(const labour_partition *p, size_t unit) {
  const size_t market = p->market[unit];
  if (market == NONE) return "left_over";
  if (p->cut && p->cut[unit]) return "cut";
  if (p->follows) return p->follows[unit] == NONE ? "centre" : "follows";
  return p->found[market].leader == unit ? "leads" : "member";
}

/* One sentence of it, in English as all findings are. */
static const char *reason_of(sund_ctx *ctx, const labour_run *run, const labour_partition *p, size_t unit,
                             const facts *f) {
  const labour_units *u = &run->units;
  const char *status = status_of(p, unit);
  const double residents = u->residents[unit];
  if (!(residents > 0)) return "nobody who lives here is in the flows";
  const double out = labour_percent(f->out, residents);
  const double most = f->first == NONE ? 0 : labour_percent(u->flow[unit * u->n + f->first], residents);
  const char *where = f->first == NONE ? "nowhere" : u->name[f->first];
  if (strcmp(status, "left_over") == 0)
    return sund_text(ctx,
                     "the market it would be in is not large or closed enough; %.1f %% work elsewhere, %.1f %% in %s",
                     out, most, where);
  if (strcmp(status, "centre") == 0)
    return sund_text(ctx, "%.1f %% work elsewhere and at most %.1f %% in one other (%s): enough stay", out, most,
                     where);
  if (strcmp(status, "follows") == 0)
    return sund_text(ctx, "%.1f %% work elsewhere, most of them in %s (%.1f %%)", out, where, most);
  if (strcmp(status, "cut") == 0)
    return sund_text(ctx, "would follow %s (%.1f %%), but the chain is a ring or too long and this its weakest link",
                     where, most);
  return sund_text(ctx, "%.1f %% of the residents work in the market, %.1f %% in the next one",
                   labour_percent(f->in_market, residents), labour_percent(f->in_other, residents));
}

static sund_code fill(sund_ctx *ctx, const labour_run *run, const labour_partition *p, size_t i, double *by_market,
                      sund_table *table) {
  const labour_units *u = &run->units;
  const facts f = gather(run, p, i, by_market);
  const size_t market = p->market[i];
  const labour_market *m = market == NONE ? NULL : &p->found[market];
  const double residents = u->residents[i];
  const char *text[FIELDS] = {
      [AREA_ID] = u->id[i],
      [AREA_NAME] = u->name[i],
      [COUNTRY] = u->country[i],
      [RULE] = p->rule,
      [MARKET_ID] = m ? u->id[m->leader] : NULL,
      [MARKET_NAME] = m ? u->name[m->leader] : NULL,
      [STATUS] = status_of(p, i),
      [REASON] = reason_of(ctx, run, p, i, &f),
      [FOLLOWS_ID] = p->follows && p->follows[i] != NONE && !p->cut[i] ? u->id[p->follows[i]] : NULL,
      [FIRST_ID] = f.first == NONE ? NULL : u->id[f.first],
      [SECOND_ID] = f.second == NONE ? NULL : u->id[f.second],
      [OTHER_ID] = f.other == NONE ? NULL : u->id[p->found[f.other].leader]};
  const double real[FIELDS] = {
      [FIRST_SHARE] = f.first == NONE ? NAN : labour_percent(u->flow[i * u->n + f.first], residents),
      [SECOND_SHARE] = f.second == NONE ? NAN : labour_percent(u->flow[i * u->n + f.second], residents),
      [OUT_SHARE] = labour_percent(f.out, residents),
      [IN_MARKET] = m ? labour_percent(f.in_market, residents) : NAN,
      [JOBS_IN_MARKET] = m ? labour_percent(f.worked, u->jobs[i]) : NAN,
      [OTHER_SHARE] = f.other == NONE ? NAN : labour_percent(f.in_other, residents),
      [RESIDENTS] = residents,
      [JOBS] = u->jobs[i],
      [STAY] = u->flow[i * u->n + i],
      [PERSONS] = u->persons[i]};
  if (!text[REASON]) return SUND_LIMIT;
  for (size_t c = 0; c < FIELDS; c++)
    if (table->column[c].text) table->column[c].text[i] = text[c];
    else table->column[c].real[i] = real[c];
  return SUND_OK;
}

/* ---------------------------------------------------------------------------------------------------------- shapes */

/* Shapes of the units, empty for those that are not among the areas. */
static sund_code shapes_of_units(sund_ctx *ctx, const labour_run *run, sund_shapes **out) {
  const sund_shapes *areas = run->in->role[SUND_AREAS]->shapes;
  const labour_units *u = &run->units;
  size_t parts = 0, vertices = 0;
  for (size_t i = 0; i < u->n; i++) {
    if (u->area[i] == NONE) continue;
    const size_t first = areas->first_part[u->area[i]], end = areas->first_part[u->area[i] + 1];
    parts += end - first, vertices += areas->first_vertex[end] - areas->first_vertex[first];
  }
  TRY(sund_shapes_new(ctx, SUND_AREA, u->n, parts, vertices, out));
  sund_shapes *s = *out;
  size_t part = 0, vertex = 0;
  for (size_t i = 0; i < u->n; i++) {
    const size_t row = u->area[i];
    for (size_t k = row == NONE ? 0 : areas->first_part[row]; row != NONE && k < areas->first_part[row + 1]; k++) {
      const size_t from = areas->first_vertex[k], count = areas->first_vertex[k + 1] - from;
      memcpy(s->x + vertex, areas->x + from, count * sizeof *s->x);
      memcpy(s->y + vertex, areas->y + from, count * sizeof *s->y);
      s->hole[part] = areas->hole[k];
      s->first_vertex[++part] = vertex += count;
    }
    s->first_part[i + 1] = part;
  }
  return SUND_OK;
}

const char *labour_layer_name(sund_ctx *ctx, const labour_run *run, const labour_partition *partition,
                              const char *name) {
  return partition == run->partition ? name : sund_text(ctx, "%s_%s", name, partition->rule);
}

static sund_code add_layer(sund_ctx *ctx, labour_run *run, const labour_partition *p, sund_shapes *shapes) {
  sund_table *table;
  const sund_style *style = NULL;
  double *by_market = sund_alloc(ctx, p->count, sizeof *by_market);
  const char *name = labour_layer_name(ctx, run, p, "labour_areas");
  if (!by_market || !name) return SUND_LIMIT;
  TRY(sund_table_new(ctx, name, shapes ? SUND_AREA : SUND_NONE, run->units.n, fields, FIELDS, &table));
  table->shapes = shapes;
  for (size_t i = 0; i < run->units.n; i++) TRY(fill(ctx, run, p, i, by_market, table));
  if (shapes) TRY(labour_style(ctx, run, p, "area_name", &style));
  return sund_results_layer(
      ctx, run->out,
      (sund_layer){.table = table,
                   .style = style,
                   .indexed = shapes != NULL,
                   .multi = shapes != NULL,
                   .title = {"Enheder og deres arbejdsmarked", "Enheter och deras arbetsmarknad",
                             "Units and their labour market"},
                   .summary = {"En enhed i pendlingstabellen pr. række: dens arbejdsmarked, og hvorfor",
                               "En enhet i pendlingstabellen per rad: dess arbetsmarknad, och varför",
                               "One unit of the commuting table per row: its labour market, and why"}});
}

sund_code labour_areas(sund_ctx *ctx, labour_run *run) {
  sund_shapes *shapes = NULL;
  const sund_table *areas = run->in->role[SUND_AREAS];
  if (areas && areas->shapes) TRY(shapes_of_units(ctx, run, &shapes));
  for (size_t r = 0; r < run->rules; r++) TRY(add_layer(ctx, run, &run->partition[r], shapes));
  return SUND_OK;
}

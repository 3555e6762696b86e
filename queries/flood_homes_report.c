/* flood_homes_report.c - what `flood` says of homes: the layer flood_homes, the indicators flood.homes and
 * flood.persons.
 *
 * A home that is wet by the rule asked for counts. The interval of a count goes from the homes that are wet whatever
 * the errors of heights and levels, within what flood_odds.c takes for certain, to all but those that stay dry; a
 * home of which nothing is known may be wet, and where nothing is known of any home there is no count. Nothing is
 * known without a terrain, nor at an event of a part of the sea that does not reach the home's terrain: the water
 * there may be as high as anywhere. A piece of a spread census cell is its share of a home.
 */
#include <math.h>
#include <string.h>

#include "flood.h"

static const sund_choice yes_no[] = {
    {"0", {"nej", "nej", "no"}}, {"1", {"ja", "ja", "yes"}}, {NULL, {NULL, NULL, NULL}}};
static const sund_choice rule_choices[] = {
    {"touch", {"vand ved huset", "vatten vid huset", "water at the house"}},
    {"kamp", {"20 cm vand inden for 1 m", "20 cm vatten inom 1 m", "20 cm of water within 1 m"}},
    {"sill", {"vand over sokkelhøjden", "vatten över sockelhöjden", "water above the sill"}},
    {"median", {"vand på halvdelen af huset", "vatten på halva huset", "water on half of the house"}},
    {NULL, {NULL, NULL, NULL}},
};
static const sund_choice say_choices[] = {
    {"dry", {"tørt", "torrt", "dry"}},
    {"cannot_say", {"kan ikke siges", "kan inte sägas", "cannot be said"}},
    {"wet", {"vådt", "vått", "wet"}},
    {NULL, {NULL, NULL, NULL}},
};

enum {
  HOME_ID,
  AREA_ID,
  PERSONS,
  PIECE,
  GROUND_M,
  FIRST_WET_M,
  SADDLE_ID,
  THROUGH_ID,
  RULE,
  FIRST_RULE_M,
  LIFTED = FIRST_RULE_M + FLOOD_RULES,
  COMMON
};
static const sund_field common_fields[COMMON] = {
    [HOME_ID] = {"home_id", SUND_TEXT, NULL, {"hjem", "hem", "home"}, NULL},
    [AREA_ID] = {"area_id", SUND_TEXT, NULL, {"område", "område", "area"}, NULL},
    [PERSONS] = {"persons", SUND_REAL, "persons", {"personer", "personer", "persons"}, NULL},
    [PIECE] =
        {"piece", SUND_INT, NULL, {"stykke af spredt celle", "bit av spridd ruta", "piece of a spread cell"}, NULL},
    [GROUND_M] = {"ground_m",
                  SUND_REAL,
                  "m",
                  {"laveste terræn under hjemmet", "lägsta mark under hemmet", "lowest ground under the home"},
                  NULL},
    [FIRST_WET_M] = {"first_wet_m",
                     SUND_REAL,
                     "m",
                     {"vandstand, hvor det bliver vådt", "vattenstånd då det blir vått",
                      "level at which it gets wet"},
                     NULL},
    [SADDLE_ID] = {"saddle_id",
                   SUND_TEXT,
                   NULL,
                   {"tærskel, der afgør vandstanden", "tröskel som avgör nivån", "saddle that decides the level"},
                   NULL},
    [THROUGH_ID] = {"through_id",
                    SUND_TEXT,
                    NULL,
                    {"nærmeste tærskel på vandets vej", "närmaste tröskel på vattnets väg",
                     "nearest saddle on the water's way"},
                    NULL},
    [RULE] = {"rule", SUND_TEXT, NULL, {"regel", "regel", "rule"}, rule_choices},
    [FIRST_RULE_M] = {"first_wet_touch_m",
                      SUND_REAL,
                      "m",
                      {"vandstand: vand ved huset", "vattenstånd: vatten vid huset", "level: water at the house"},
                      NULL},
    [FIRST_RULE_M + FLOOD_KAMP] = {"first_wet_kamp_m",
                                   SUND_REAL,
                                   "m",
                                   {"vandstand: 20 cm vand inden for 1 m", "vattenstånd: 20 cm vatten inom 1 m",
                                    "level: 20 cm of water within 1 m"},
                                   NULL},
    [FIRST_RULE_M +
        FLOOD_SILL] = {"first_wet_sill_m",
                       SUND_REAL,
                       "m",
                       {"vandstand: over sokkelhøjden", "vattenstånd: över sockelhöjden", "level: above the sill"},
                       NULL},
    [FIRST_RULE_M + FLOOD_MEDIAN] = {"first_wet_median_m",
                                     SUND_REAL,
                                     "m",
                                     {"vandstand: vand på halvdelen af huset", "vattenstånd: vatten på halva huset",
                                      "level: water on half of the house"},
                                     NULL},
    [LIFTED] = {"lifted",
                SUND_INT,
                NULL,
                {"terrænet ved siden af gælder", "marken bredvid gäller", "the ground beside it counts"},
                yes_no},
};

/* Columns of every level and event: their labels end with its name. */
enum { WET, ODDS, SAYS, EACH };
static const sund_field each_field[EACH] = {
    [WET] = {"wet_", SUND_INT, NULL, {"vådt ved", "vått vid", "wet at"}, yes_no},
    [ODDS] = {"p_", SUND_REAL, NULL, {"sandsynlighed ved", "sannolikhet vid", "probability at"}, NULL},
    [SAYS] = {"says_",
              SUND_TEXT,
              NULL,
              {"hvad der kan siges ved", "vad som kan sägas vid", "what can be said at"},
              say_choices},
};

static const sund_class wet_classes[] = {
    {-INFINITY, 0.5, NULL, "#3f0012", {"til 0,5 m", "till 0,5 m", "up to 0.5 m"}},
    {0.5, 1, NULL, "#67001f", {"0,5–1 m", "0,5–1 m", "0.5–1 m"}},
    {1, 1.5, NULL, "#b2182b", {"1–1,5 m", "1–1,5 m", "1–1.5 m"}},
    {1.5, 2, NULL, "#d6604d", {"1,5–2 m", "1,5–2 m", "1.5–2 m"}},
    {2, 2.5, NULL, "#f4a582", {"2–2,5 m", "2–2,5 m", "2–2.5 m"}},
    {2.5, 3, NULL, "#fddbc7", {"2,5–3 m", "2,5–3 m", "2.5–3 m"}},
    {3, 4, NULL, "#e0d5c3", {"3–4 m", "3–4 m", "3–4 m"}},
    {4, INFINITY, NULL, "#bdbdbd", {"over 4 m", "över 4 m", "above 4 m"}},
};
static const sund_style wet_style = {.column = "first_wet_m",
                                     .graduated = true,
                                     .classes = wet_classes,
                                     .count = sizeof wet_classes / sizeof *wet_classes,
                                     .size_mm = 1.4,
                                     .opacity = 1};

/* What can be said of every home at every level. */
typedef struct sayings {
  double *odds;   /* homes x levels: P(wet), NAN = unknown */
  flood_say *say; /* homes x levels                        */
} sayings;

/* Is anything known of a home at a level? */
static bool is_known(const flood_run *run, const flood_home *home, size_t level) {
  return home->site != SIZE_MAX && flood_speaks(run, &run->site[home->site], level);
}

static sund_code find_sayings(sund_ctx *ctx, const flood_run *run, sayings *out) {
  const size_t count = run->homes->count, levels = run->levels.count;
  out->odds = sund_alloc(ctx, count * levels, sizeof *out->odds);
  out->say = sund_alloc(ctx, count * levels, sizeof *out->say);
  if (!out->odds || !out->say) return SUND_LIMIT;
  for (size_t i = 0; i < count; i++)
    for (size_t l = 0; l < levels; l++) {
      const size_t k = i * levels + l;
      TRY(flood_odds(ctx, run, i, l, &out->odds[k], &out->say[k]));
    }
  return SUND_OK;
}

/* ---------------------------------------------------------------------------------------------------------- layer */

static const char *saddle_id(const flood_run *run, const size_t *of, size_t home) {
  return of && of[home] != SIZE_MAX ? run->saddle[of[home]].id : NULL;
}

static sund_code fill_home(sund_ctx *ctx, const flood_run *run, const sayings *said, size_t i, sund_table *table) {
  const homes *h = run->homes;
  const flood_home *home = &run->home[i];
  sund_column *c = table->column;
  if (!(c[HOME_ID].text[i] = homes_id(ctx, run->in, h, i))) return SUND_LIMIT;
  c[AREA_ID].text[i] = homes_area_id(run->in, h, i);
  c[PERSONS].real[i] = h->persons[i];
  c[PIECE].integer[i] = h->piece[i];
  c[GROUND_M].real[i] = home->ground_m;
  c[FIRST_WET_M].real[i] = home->wet_m[run->rule];
  c[SADDLE_ID].text[i] = saddle_id(run, run->decides, i);
  c[THROUGH_ID].text[i] = saddle_id(run, run->through, i);
  c[RULE].text[i] = rule_choices[run->rule].value;
  for (size_t rule = 0; rule < FLOOD_RULES; rule++) c[FIRST_RULE_M + rule].real[i] = home->wet_m[rule];
  c[LIFTED].integer[i] = home->lifted;
  for (size_t l = 0; l < run->levels.count; l++) {
    sund_column *each = &c[COMMON + EACH * l];
    const size_t k = i * run->levels.count + l;
    if (!is_known(run, home, l)) continue;
    each[WET].integer[i] = home->wet[l];
    each[ODDS].real[i] = said->odds[k];
    each[SAYS].text[i] = say_choices[said->say[k]].value;
  }
  table->x[i] = h->x[i], table->y[i] = h->y[i];
  return SUND_OK;
}

static sund_code homes_layer(sund_ctx *ctx, flood_run *run, const sayings *said) {
  sund_field *fields;
  sund_table *table;
  TRY(flood_level_fields(ctx, run, &(flood_columns){COMMON, EACH, common_fields, each_field}, &fields));
  TRY(sund_table_new(ctx, "flood_homes", SUND_POINT, run->homes->count, fields, COMMON + EACH * run->levels.count,
                     &table));
  for (size_t i = 0; i < run->homes->count; i++) TRY(fill_home(ctx, run, said, i, table));
  return sund_results_layer(
      ctx, run->out,
      (sund_layer){
          .table = table,
          .style = &wet_style,
          .indexed = true,
          .title = {"Hjem og vandstand", "Hem och vattenstånd", "Homes and water levels"},
          .summary = {"Et punkt pr. hjem, eller pr. stykke af en spredt celle: den laveste vandstand i havet, "
                      "hvor det bliver vådt, og hvorigennem vandet kommer",
                      "En punkt per hem, eller per bit av en spridd ruta: det lägsta vattenstånd i havet då "
                      "det blir vått, och var vattnet kommer in",
                      "One point per home, or per piece of a spread cell: the lowest level of the sea at "
                      "which it gets wet, and where the water comes through"}});
}

/* ----------------------------------------------------------------------------------------------------- indicators */

/* Something counted at a level. */
typedef struct tally {
  double value, low, high, base;
  bool known; /* of some of it, see is_known */
} tally;

/* wet: of a home of which something is known */
static void count_home(tally *t, double amount, bool known, bool wet, flood_say say) {
  t->base += amount;
  t->known = t->known || known;
  if (wet) t->value += amount;
  if (wet && say == FLOOD_WET) t->low += amount;
  if (wet || say != FLOOD_DRY) t->high += amount;
}

static sund_code add_tally(sund_ctx *ctx, flood_run *run, size_t u, size_t l, const char *indicator, const char *what,
                           tally t) {
  return sund_results_indicator(ctx, run->out,
                                (sund_indicator){.indicator = indicator,
                                                 .variant = run->levels.level[l].variant,
                                                 .area = units_area(run->in, u),
                                                 .value = t.base > 0 && !t.known ? NAN : t.value,
                                                 .unit = what,
                                                 .low = t.low,
                                                 .high = t.high,
                                                 .base = t.base,
                                                 .base_unit = what,
                                                 .method = run->method});
}

static sund_code add_indicators(sund_ctx *ctx, flood_run *run, const sayings *said) {
  size_t *first, *list;
  TRY(homes_by_area(ctx, run->in, run->homes, &first, &list));
  for (size_t u = 0; u < units_count(run->in); u++)
    for (size_t l = 0; l < run->levels.count; l++) {
      tally homes_wet = {0}, persons_wet = {0};
      for (size_t k = first[u]; k < first[u + 1]; k++) {
        const size_t i = list[k];
        const flood_home *home = &run->home[i];
        const flood_say say = said->say[i * run->levels.count + l];
        const bool known = is_known(run, home, l), wet = known && home->wet[l];
        count_home(&homes_wet, run->homes->share[i], known, wet, say);
        count_home(&persons_wet, run->homes->persons[i], known, wet, say);
      }
      TRY(add_tally(ctx, run, u, l, "flood.homes", "homes", homes_wet));
      TRY(add_tally(ctx, run, u, l, "flood.persons", "persons", persons_wet));
    }
  return SUND_OK;
}

sund_code flood_homes_report(sund_ctx *ctx, flood_run *run) {
  sayings said;
  if (!run->homes) return SUND_OK;
  TRY(find_sayings(ctx, run, &said));
  TRY(add_indicators(ctx, run, &said));
  return homes_layer(ctx, run, &said);
}

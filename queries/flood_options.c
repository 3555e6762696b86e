/* flood_options.c - what can be asked of `flood`: its options, and what their table cannot say. */
#include <math.h>
#include <string.h>

#include "flood_options.h"

static const char *const connectivity_words[] = {"8", "4", NULL};
static const char *const rule_words[] = {"touch", "kamp", "sill", "median", NULL};
static const char *const difference_words[] = {"auto", "yes", "no", NULL};
static const char *const error_words[] = {"independent", "correlated", NULL};

enum { MOST_LEVELS = 300 };
#define AT(member) offsetof(flood_options, member)

const sund_option flood_option_table[FLOOD_OPTIONS] = {
    {.name = "levels",
     .kind = SUND_NUMBERS,
     .offset = AT(levels),
     .unit = "m",
     .low = -50,
     .high = 100,
     .help = {"vandstande i resultaternes højdesystem", "vattenstånd i resultatens höjdsystem",
              "sea levels in the height system of the results"}},
    {.name = "seed",
     .alias = "seeds",
     .kind = SUND_STRINGS,
     .offset = AT(seeds),
     .fallback = "sea",
     .help = {"hvorfra vandet kommer: sea (havet), edge (rasterets kant), nodata (ukendte celler)",
              "varifrån vattnet kommer: sea (havet), edge (rastrets kant), nodata (okända celler)",
              "where water comes from: sea, edge (of the raster), nodata (unknown cells)"}},
    {.name = "connectivity",
     .kind = SUND_WORD,
     .offset = AT(connectivity),
     .fallback = "8",
     .words = connectivity_words,
     .help = {"vand løber også over hjørner (8) eller kun over kanter (4)",
              "vatten rinner även över hörn (8) eller bara över kanter (4)",
              "water passes corners too (8) or edges only (4)"}},
    {.name = "difference",
     .kind = SUND_WORD,
     .offset = AT(difference),
     .fallback = "auto",
     .words = difference_words,
     .help = {"regn også med den anden forbindelse og vis forskellen; auto: op til 50 millioner celler",
              "räkna även med den andra förbindelsen och visa skillnaden; auto: upp till 50 miljoner celler",
              "compute with the other connectivity too and tell the difference; auto: up to 50 million cells"}},
    {.name = "rule",
     .kind = SUND_WORD,
     .offset = AT(rule),
     .fallback = "touch",
     .words = rule_words,
     .help = {"hvornår et hjem er vådt: touch (en celle), kamp (20 cm inden for 1 m), sill (dørtrin), median",
              "när ett hem är vått: touch (en cell), kamp (20 cm inom 1 m), sill (dörrtröskel), median",
              "when a home is wet: touch (any cell), kamp (20 cm within 1 m), sill (of the door), median"}},
    {.name = "cap",
     .kind = SUND_NUMBERS,
     .offset = AT(cap),
     .unit = "m",
     .low = -50,
     .high = 500,
     .help = {"vand over denne kote søges ikke; ellers højeste vandstand + 2 m, mindst 5 m",
              "vatten över denna höjd söks inte; annars högsta vattenstånd + 2 m, minst 5 m",
              "water above this is not looked for; else the highest level + 2 m, at least 5 m"}},
    {.name = "mean-level",
     .kind = SUND_NUMBERS,
     .offset = AT(mean),
     .unit = "m",
     .low = -50,
     .high = 50,
     .help = {"havets nuværende middelvandstand; ellers fra hændelsen `mean`, og ellers ukendt",
              "havets nuvarande medelvattenstånd; annars från händelsen `mean`, och annars okänt",
              "present mean level of the sea; else that of the event `mean`, else not known"}},
    {.name = "step",
     .kind = SUND_NUMBER,
     .offset = AT(step_m),
     .fallback = "0.001",
     .unit = "m",
     .low = 0.0001,
     .high = 0.05,
     .help = {"højdernes trin", "höjdernas steg", "step that heights are kept in"}},
    {.name = "offset",
     .kind = SUND_NUMBER,
     .offset = AT(offset_m),
     .fallback = "-10",
     .unit = "m",
     .low = -1000,
     .high = 9000,
     .help = {"laveste højde der kan skelnes; der er 65.534 trin over den",
              "lägsta höjd som kan skiljas ut; det finns 65 534 steg över den",
              "lowest height that is told apart; there are 65,534 steps above it"}},
    {.name = "sill",
     .kind = SUND_NUMBER,
     .offset = AT(sill_m),
     .fallback = "0.2",
     .unit = "m",
     .low = 0,
     .high = 10,
     .help = {"dørtrins højde over jorden, til reglen sill", "dörrtröskelns höjd över marken, för regeln sill",
              "height of door sills over the ground, for the rule sill"}},
    {.name = "least-basin",
     .kind = SUND_NUMBER,
     .offset = AT(least_ha),
     .fallback = "1",
     .unit = "ha",
     .low = 0,
     .high = 1e6,
     .help = {"lavninger uden hjem nævnes fra denne størrelse; 0: slet ikke",
              "sänkor utan hem nämns från denna storlek; 0: inte alls",
              "basins without homes are told from this size on; 0: not at all"}},
    {.name = "depths",
     .kind = SUND_FLAG,
     .offset = AT(depths),
     .help = {"skriv også et raster med vanddybden for hver vandstand (RESULT_depth_1_50.tif)",
              "skriv även ett raster med vattendjupet för varje vattenstånd (RESULT_depth_1_50.tif)",
              "write a raster of the water's depth for every level too (RESULT_depth_1_50.tif)"}},
    {.name = "close",
     .kind = SUND_NUMBER,
     .offset = AT(close),
     .fallback = "3",
     .low = 0,
     .high = 100,
     .help = {"så mange indløb lukkes på prøve, ét efter ét, det bedste først",
              "så många inlopp stängs på prov, ett efter ett, det bästa först",
              "so many ways in are closed for trial, one after the other, the best first"}},
    {.name = "close-to",
     .kind = SUND_NUMBERS,
     .offset = AT(close_to),
     .unit = "m",
     .low = -50,
     .high = 100,
     .help = {"vandstand de lukkes til; ellers den højeste", "vattenstånd de stängs till; annars det högsta",
              "level they are closed up to; else the highest"}},
    {.name = "crown",
     .kind = SUND_NUMBER,
     .offset = AT(crown_m),
     .fallback = "2",
     .unit = "m",
     .low = 0,
     .high = 100,
     .help = {"digets kronebredde, til rumfang", "vallens krönbredd, för volym",
              "width of a dike's crown, for its volume"}},
    {.name = "slope",
     .kind = SUND_NUMBER,
     .offset = AT(slope),
     .fallback = "2",
     .low = 0,
     .high = 100,
     .help = {"digets anlæg: meter ud pr. meter op på hver side",
              "vallens släntlutning: meter ut per meter upp på varje sida",
              "slope of a dike: metres out a metre up, each side"}},
    {.name = "sigma-terrain",
     .kind = SUND_NUMBERS,
     .offset = AT(sigma_terrain),
     .fallback = "0.05",
     .unit = "m",
     .low = 0,
     .high = 10,
     .help = {"terrænhøjders usikkerhed (standardafvigelse); ét tal, eller ét pr. terræn",
              "markhöjders osäkerhet (standardavvikelse); ett tal, eller ett per terräng",
              "uncertainty of terrain heights (standard deviation); one number, or one a terrain"}},
    {.name = "sigma-level",
     .kind = SUND_NUMBER,
     .offset = AT(sigma_level_m),
     .fallback = "0",
     .unit = "m",
     .low = 0,
     .high = 10,
     .help = {"vandstandes usikkerhed (standardafvigelse)", "vattenstånds osäkerhet (standardavvikelse)",
              "uncertainty of sea levels (standard deviation)"}},
    {.name = "errors",
     .kind = SUND_WORD,
     .offset = AT(errors),
     .fallback = "independent",
     .words = error_words,
     .help = {"fejl på tærskel og grund er uafhængige, eller én og samme",
              "fel på tröskel och mark är oberoende, eller ett och samma",
              "errors of crest and ground are independent, or one and the same"}},
    {.name = "height-shift",
     .alias = "height-shifts",
     .kind = SUND_STRINGS,
     .offset = AT(height_shift),
     .help =
         {"regel mellan højdesystemer: \"FRA TIL METER [SPREDNING] [kilde]\", eller et gitter i stedet for meter",
          "regel mellan höjdsystem: \"FRÅN TILL METER [SPRIDNING] [källa]\", eller ett rutnät i stället för meter",
          "rule between height systems: \"FROM TO METRES [SIGMA] [source]\", or a grid file instead of metres"}},
    {.name = "memory",
     .kind = SUND_NUMBER,
     .offset = AT(memory_mb),
     .fallback = "0",
     .unit = "MB",
     .low = 0,
     .high = 1e9,
     .help = {"mere hukommelse må cellerne ikke bruge; derover går de til --spool; 0: halvdelen af maskinens",
              "mer minne får cellerna inte använda; därutöver går de till --spool; 0: hälften av maskinens",
              "memory for cells; beyond it they go to --spool; 0: half of the machine's"}},
    {.name = "spool",
     .kind = SUND_STRING,
     .offset = AT(spool),
     .help = {"mappe til celler, der ikke kan være i hukommelsen; ellers resultatets",
              "mapp för celler som inte ryms i minnet; annars resultatets",
              "folder for cells that do not fit in memory; else the result's"}},
    {.name = "tile",
     .kind = SUND_NUMBER,
     .offset = AT(tile),
     .fallback = "256",
     .low = 1,
     .high = 256,
     .help = {"fliser af så mange celler på hver led; ændrer intet i svaret",
              "brickor om så många celler per sida; ändrar inget i svaret",
              "tiles of so many cells a side; changes nothing in the answer"}},
};

static const struct {
  const char *word;
  unsigned bit;
} seeds[] = {{"sea", SUND_SEED_SEA}, {"edge", SUND_SEED_EDGE}, {"nodata", SUND_SEED_NODATA}};
enum { SEEDS = sizeof seeds / sizeof *seeds };

static sund_code read_seeds(sund_ctx *ctx, const sund_strings *asked, unsigned *out) {
  static const char *const words[SEEDS] = {"sea", "edge", "nodata"};
  *out = 0;
  for (size_t i = 0; i < asked->count; i++) {
    size_t k = 0;
    while (k < SEEDS && strcmp(seeds[k].word, asked->value[i]) != 0) k++;
    if (k < SEEDS) {
      *out |= seeds[k].bit;
      continue;
    }
    const char *near = sund_nearest_word(asked->value[i], SEEDS, words);
    return sund_fail_at(ctx, asked->mark ? asked->mark[i] : (sund_mark){0},
                        "seed: '%s' is none of sea, edge, nodata%s%s%s", asked->value[i],
                        near ? "; did you mean '" : "", near ? near : "", near ? "'?" : "");
  }
  return SUND_OK;
}

static bool given(uint32_t roles, sund_role role) {
  return (roles >> role & 1) != 0;
}

sund_code flood_options_check(sund_ctx *ctx, uint32_t roles, const void *settings) {
  const flood_options *asked = settings;
  unsigned seed = 0;
  TRY(read_seeds(ctx, &asked->seeds, &seed));
  if (!given(roles, SUND_TERRAIN))
    return sund_fail(ctx, SUND_USAGE,
                     "flood needs heights of the ground: give --terrain, or `terrain:` under `layers:`");
  if (asked->levels.count == 0 && !given(roles, SUND_EVENTS) && !given(roles, SUND_GAUGE))
    return sund_fail(ctx, SUND_USAGE, "flood needs sea levels: give --levels 1.5,2.0 or --events TABLE (or --gauge)");
  if ((seed & SUND_SEED_SEA) && !given(roles, SUND_SEA) && !given(roles, SUND_LAND))
    return sund_fail(
        ctx, SUND_USAGE,
        "flood does not know where the sea is: give --sea or --land; or say --seed edge (water comes over "
        "the raster's edge) or --seed nodata (unknown cells are sea)");
  if (asked->levels.count > MOST_LEVELS)
    return sund_fail(ctx, SUND_USAGE,
                     "flood: %zu levels; at most %d can have columns of their own (flood_curve has every "
                     "centimetre)",
                     asked->levels.count, (int)MOST_LEVELS);
  if (asked->cap.count > 1 || asked->mean.count > 1 || asked->close_to.count > 1)
    return sund_fail(ctx, SUND_USAGE, "flood: cap, mean-level and close-to take one number");
  return SUND_OK;
}

sund_code flood_options_read(sund_ctx *ctx, flood_run *run) {
  flood_options *own = sund_alloc(ctx, 1, sizeof *own);
  if (!own) return SUND_LIMIT;
  *own = *run->asked;
  own->cap_m = own->cap.count ? own->cap.value[0] : NAN;
  own->mean_m = own->mean.count ? own->mean.value[0] : NAN;
  own->sigma_terrain_m = own->sigma_terrain.count ? own->sigma_terrain.value[0] : 0;
  own->close_to_m = own->close_to.count ? own->close_to.value[0] : NAN;
  run->asked = own;
  run->connectivity = strcmp(own->connectivity, "4") == 0 ? 4 : 8;
  for (size_t k = 0; rule_words[k]; k++)
    if (strcmp(own->rule, rule_words[k]) == 0) run->rule = (flood_rule)k;
  return read_seeds(ctx, &own->seeds, &run->seeds);
}

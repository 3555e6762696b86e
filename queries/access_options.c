/* access_options.c - what can be asked of `access`: its options, and what their table cannot say. */
#include <math.h>
#include <string.h>

#include "access.h"

static const char *const distance_words[] = {"network", "land", "straight", NULL};
static const char *const match_words[] = {"edges", "nodes", NULL};
static const char *const decay_words[] = {"dichotomy", "gaussian", "exponential", "density", "power", NULL};

#define AT(member) offsetof(access_options, member)

const sund_option access_option_table[ACCESS_OPTIONS] = {
    {.name = "standard",
     .alias = "standards",
     .kind = SUND_STRINGS,
     .offset = AT(standard),
     .fallback = "who",
     .help = {"standard eller familie af standarder (sund list standards), eller en YAML-fil",
              "standard eller familj av standarder (sund list standards), eller en YAML-fil",
              "standard or family of standards (sund list standards), or a YAML file"}},
    {.name = "distance",
     .kind = SUND_WORD,
     .offset = AT(distance),
     .words = distance_words,
     .help = {"langs stinettet, over land uden om vand, eller i lige linje; uden valg: nettet, når der er paths, "
              "ellers over land, når der er land eller sea",
              "längs gångnätet, över land runt vatten, eller fågelvägen; utan val: nätet, när paths finns, annars "
              "över land, när land eller sea finns",
              "along the walk network, over land around water, or straight; if not given: network when there are "
              "paths, else over land when there is land or sea"}},
    {.name = "od",
     .kind = SUND_STRING,
     .offset = AT(od),
     .help = {"tabel med afstande (from, to, minutes eller metres), i stedet for nettet",
              "tabell med avstånd (from, to, minutes eller metres), i stället för nätet",
              "table of distances (from, to, minutes or metres), instead of the network"}},
    {.name = "snap-limit",
     .kind = SUND_NUMBER,
     .offset = AT(snap_limit_m),
     .fallback = "250",
     .unit = "m",
     .low = 0,
     .high = 100000,
     .help = {"længste vej fra hjem til sti", "längsta väg från hem till stig", "farthest from a home to a path"}},
    {.name = "match",
     .kind = SUND_WORD,
     .offset = AT(match),
     .fallback = "edges",
     .words = match_words,
     .help = {"hjem og indgange sættes på nærmeste kant, eller på nærmeste knude uden adgangsben",
              "hem och entréer sätts på närmaste kant, eller på närmaste nod utan anslutning",
              "homes and entrances go to the nearest edge, or to the nearest node without an access leg"}},
    {.name = "walk-speed",
     .kind = SUND_NUMBER,
     .offset = AT(walk_speed_kmh),
     .fallback = "5",
     .unit = "km/h",
     .low = 0.1,
     .high = 20,
     .help = {"ganghastighed, for standarder i minutter", "gånghastighet, för standarder i minuter",
              "walking speed, for standards in minutes"}},
    {.name = "ferries",
     .kind = SUND_FLAG,
     .offset = AT(ferries),
     .help = {"færger må bruges: paths af klassen ferry, og gates med minutter",
              "färjor får användas: paths av klassen ferry, och gates med minuter",
              "ferries may be used: paths of class ferry, and gates with minutes"}},
    {.name = "merge-gap",
     .kind = SUND_NUMBER,
     .offset = AT(merge_gap_m),
     .fallback = "1",
     .unit = "m",
     .low = 0,
     .high = 1000,
     .help = {"grønne områder så nær hinanden er ét", "grönområden så nära varandra är ett",
              "green areas this near to each other are one"}},
    {.name = "sliver",
     .kind = SUND_NUMBER,
     .offset = AT(sliver_m),
     .fallback = "5",
     .unit = "m",
     .low = 0,
     .high = 1000,
     .help = {"smallere strimler er intet grønt område; 0: alle tæller",
              "smalare remsor är inget grönområde; 0: alla räknas",
              "narrower strips are no green area; 0: all count"}},
    {.name = "join",
     .kind = SUND_NUMBER,
     .offset = AT(join_m),
     .fallback = "1",
     .unit = "m",
     .low = 0,
     .high = 100,
     .help = {"linjeender så nær en linje forbindes med den", "linjeändar så nära en linje kopplas till den",
              "line ends this near to a line are joined to it"}},
    {.name = "spread",
     .kind = SUND_NUMBER,
     .offset = AT(piece_m),
     .fallback = "100",
     .unit = "m",
     .low = 1,
     .high = 10000,
     .help = {"kantlængde på de stykker en folketællingscelle spredes i",
              "sidlängd på de bitar en folkräkningsruta sprids i", "side of the pieces a census cell is spread in"}},
    {.name = "plain-weights",
     .kind = SUND_FLAG,
     .offset = AT(plain_weights),
     .help = {"spred celler også over vand (til sammenligning)", "sprid rutor även över vatten (för jämförelse)",
              "spread cells over water too (for comparison)"}},
    {.name = "measure",
     .alias = "measures",
     .kind = SUND_STRINGS,
     .offset = AT(measure),
     .fallback = "nearest",
     .help = {"nearest, 2sfca, bfca, cumulative, gravity: afstand, eller udbud og efterspørgsel",
              "nearest, 2sfca, bfca, cumulative, gravity: avstånd, eller utbud och efterfrågan",
              "nearest, 2sfca, bfca, cumulative, gravity: distance, or supply and demand"}},
    {.name = "decay",
     .kind = SUND_WORD,
     .offset = AT(decay),
     .fallback = "dichotomy",
     .words = decay_words,
     .help = {"hvordan vægten falder med afstanden", "hur vikten avtar med avståndet",
              "how the weight falls with distance"}},
    {.name = "radius",
     .kind = SUND_NUMBER,
     .offset = AT(radius_m),
     .unit = "m",
     .low = 0,
     .high = 1e9,
     .help = {"så langt søges der, eller minutter med minutter i od; ellers standardens afstand",
              "så långt söks det, eller minuter med minuter i od; annars standardens avstånd",
              "how far to search, minutes with minutes in od; else the standard's distance"}},
    {.name = "radius-of",
     .kind = SUND_STRINGS,
     .offset = AT(radius_of),
     .help = {"SLAGS=M eller GRUPPE=M: egen radius for en slags grønt eller en befolkningsgruppe",
              "SLAG=M eller GRUPP=M: egen radie för ett slags grönt eller en befolkningsgrupp",
              "KIND=M or GROUP=M: a radius of its own for a kind of green or a group of people"}},
    {.name = "decay-value",
     .kind = SUND_NUMBER,
     .offset = AT(decay_value),
     .low = 0,
     .high = 1e9,
     .help = {"hældning af exponential, eksponent af power", "lutning av exponential, exponent av power",
              "rate of exponential, exponent of power"}},
    {.name = "demand",
     .kind = SUND_NUMBER,
     .offset = AT(demand_m2),
     .unit = "m2",
     .low = 0,
     .high = 1e9,
     .help = {"grønt pr. person der ønskes: balance, personer under og over",
              "grönt per person som önskas: balans, personer under och över",
              "green a person is to have: balance, persons under and over"}},
    {.name = "nearest",
     .kind = SUND_NUMBER,
     .offset = AT(nearest),
     .fallback = "1",
     .low = 1,
     .high = 20,
     .help = {"afstand også til det N-te nærmeste område", "avstånd även till det N:te närmaste området",
              "distance also to the N-th nearest area"}},
    {.name = "target",
     .kind = SUND_NUMBER,
     .offset = AT(target_pct),
     .fallback = "90",
     .unit = "%",
     .low = 0,
     .high = 100,
     .help = {"andel der skal nås: opfyldt, ikke opfyldt, uafgjort; 0: ingen dom",
              "andel som ska nås: uppfyllt, ej uppfyllt, oavgjort; 0: ingen dom",
              "share to be reached: met, not met, undecided; 0: no verdict"}},
    {.name = "suppress",
     .kind = SUND_NUMBER,
     .offset = AT(suppress),
     .unit = "persons",
     .low = 0,
     .high = 1e6,
     .help = {"tal for færre personer vises ikke", "tal för färre personer visas inte",
              "figures of fewer persons are not given"}},
    {.name = "quick",
     .kind = SUND_FLAG,
     .offset = AT(quick),
     .help = {"uden intervallets alternativer", "utan intervallets alternativ",
              "without the alternatives of the interval"}},
    {.name = "gain",
     .kind = SUND_STRING,
     .offset = AT(gain),
     .help = {"standard som candidates bedømmes efter; ellers den første",
              "standard som candidates bedöms efter; annars den första",
              "standard that candidates are judged by; else the first"}},
};

static bool given(uint32_t roles, sund_role role) {
  return roles >> role & 1;
}

access_way access_choose_way(const access_options *options, uint32_t roles) {
  if (given(roles, SUND_OD)) return BY_TABLE;
  const char *asked = options->distance;
  if (asked) return strcmp(asked, "network") == 0 ? BY_NETWORK : strcmp(asked, "land") == 0 ? BY_LAND : BY_STRAIGHT;
  if (given(roles, SUND_PATHS)) return BY_NETWORK;
  return given(roles, SUND_LAND) || given(roles, SUND_SEA) ? BY_LAND : BY_STRAIGHT;
}

const char *access_radius_read(const char *text, double *metres) {
  const char *equals = strchr(text, '=');
  return equals && sund_number_read(equals + 1, metres) && *metres >= 0 ? equals : NULL;
}

static sund_code check_radii(sund_ctx *ctx, const sund_strings *asked) {
  double metres;
  for (size_t i = 0; i < asked->count; i++)
    if (!access_radius_read(asked->value[i], &metres))
      return sund_fail_at(ctx, asked->mark ? asked->mark[i] : (sund_mark){0},
                          "radius-of: \"%s\" is not NAME=METRES, as in forest=1000", asked->value[i]);
  return SUND_OK;
}

sund_code access_check(sund_ctx *ctx, uint32_t roles, const void *asked) {
  const access_options *options = asked;
  static const char *const measures[] = {"nearest", "2sfca", "bfca", "cumulative", "gravity"};
  enum { COUNT = sizeof measures / sizeof *measures };
  for (size_t i = 0; i < options->measure.count; i++) {
    const char *word = options->measure.value[i];
    size_t k = 0;
    while (k < COUNT && strcmp(word, measures[k]) != 0) k++;
    if (k == COUNT)
      return sund_fail(ctx, SUND_USAGE, "measure \"%s\" is none of nearest, 2sfca, bfca, cumulative, gravity", word);
  }
  if (options->nearest != floor(options->nearest))
    return sund_fail(ctx, SUND_USAGE, "nearest %g: areas are counted in whole numbers", options->nearest);
  TRY(check_radii(ctx, &options->radius_of));
  access_way way = access_choose_way(options, roles);
  if (way == BY_NETWORK && !given(roles, SUND_PATHS))
    return sund_fail(ctx, SUND_USAGE, "distance network needs paths: give --paths, or --distance land or straight");
  if (way == BY_LAND && !given(roles, SUND_LAND) && !given(roles, SUND_SEA))
    return sund_fail(ctx, SUND_USAGE,
                     "distance land needs to know the water: give --land or --sea, or --distance straight");
  return SUND_OK;
}

double access_reach_m(const sund_standard *standard, const access_options *options) {
  return isnan(standard->max_min) ? standard->max_m : standard->max_min * options->walk_speed_kmh * 1000 / 60;
}

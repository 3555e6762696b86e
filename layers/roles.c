/* roles.c - what a layer can be for: the table of roles, their columns, defaults, ranges and labels.
 *
 * Everything that depends on a role is read from this table: the options of the command line, the keys of a project
 * file, what the reader looks for in a source, the labels and value maps of the result. An alias is only a name that
 * cannot mean anything else in that role; a name that needs a look at the rest of the layer (`kommunekode` is an id of
 * municipalities, but a reference in a layer of parishes) belongs into a profile.
 */
#include <math.h>
#include <string.h>

#include "sund/layers.h"

#define POINTS (1u << SUND_POINT)
#define LINES (1u << SUND_LINE)
#define AREAS (1u << SUND_AREA)
#define TABLES (1u << SUND_NONE)
#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* Lowest and highest ground of the Earth with room to spare: catches centimetres of high ground and no-data marks. */
#define LOWEST_M (-500.0)
#define HIGHEST_M 9000.0

/* -------------------------------------------------------------------------------------------------- enumerations */

/* Order matters: bit k of sund_standard.kinds is row k. */
static const sund_choice green_kinds[] = {
    {"forest", {"skov", "skog", "forest"}},
    {"park", {"park", "park", "park"}},
    {"meadow", {"eng, hede, overdrev", "äng, hed, hage", "meadow, heath, pasture"}},
    {"wetland", {"vådområde", "våtmark", "wetland"}},
    {"beach", {"strand, klit", "strand, dyn", "beach, dune"}},
    {"lake", {"sø, vandløb", "sjö, vattendrag", "lake, stream"}},
    {"sports", {"idrætsanlæg", "idrottsanläggning", "sports ground"}},
    {"allotment", {"kolonihaver", "koloniområde", "allotment gardens"}},
    {"cemetery", {"kirkegård", "kyrkogård", "cemetery"}},
    {"playground", {"legeplads", "lekplats", "playground"}},
    {"protected", {"fredet eller beskyttet", "skyddad natur", "protected nature"}},
    {"other", {"andet grønt", "annan grönyta", "other green"}},
    {NULL, {NULL, NULL, NULL}},
};

/* Order matters: bit k of sund_standard.access is row k. */
static const sund_choice access_classes[] = {
    {"public", {"offentlig adgang", "allmänt tillgänglig", "public"}},
    {"restricted", {"begrænset adgang", "begränsat tillträde", "restricted"}},
    {"private", {"privat", "privat", "private"}},
    {"unknown", {"ukendt", "okänt", "unknown"}},
    {NULL, {NULL, NULL, NULL}},
};

static const sund_choice oneway_values[] = {
    {"no", {"begge retninger", "båda riktningarna", "both directions"}},
    {"yes", {"ensrettet, som tegnet", "enkelriktad, som ritad", "one way, as drawn"}},
    {"reverse", {"ensrettet, mod tegneretningen", "enkelriktad, mot ritriktningen", "one way, against the drawing"}},
    {NULL, {NULL, NULL, NULL}},
};

static const sund_choice gate_oneway[] = {
    {"no", {"begge retninger", "båda riktningarna", "both directions"}},
    {"yes", {"kun som tegnet", "bara som ritad", "as drawn only"}},
    {NULL, {NULL, NULL, NULL}},
};

/* ------------------------------------------------------------------------------------------------------- aliases */

static const char *const id_alias[] = {"id_lokalId", "objektidentitet", NULL};
static const char *const gauge_time_alias[] = {"datetime_UTC", "datetime", "tidspunkt", "tid", "tidpunkt", NULL};
static const char *const gauge_level_alias[] = {"water_level", "vandstand", "vattenstand", NULL};
static const char *const area_id_alias[] = {"kode", "kod", "code", "id_lokalId", "objektidentitet", NULL};
static const char *const name_alias[] = {"navn", "namn", NULL};
static const char *const country_alias[] = {"country_code", "CNTR_CODE", "CNTR_ID", NULL};
static const char *const persons_alias[] = {"personer", "befolkning", "beftotalt", "indbyggere",
                                            "invånare", "population", "pop",       NULL};
static const char *const dwellings_alias[] = {"boliger", "bostäder", NULL};
static const char *const jobs_alias[] = {"arbejdspladser", "arbetstillfällen", NULL};
static const char *const level_alias[] = {"niveau", "nivå", NULL};
static const char *const income_alias[] = {"indkomst", "inkomst", NULL};
static const char *const cost_alias[] = {"pris", "kostnad", "omkostning", NULL};
static const char *const survey_area_alias[] = {"area_id", "område", "kommune", "kommun", NULL};
static const char *const share_alias[] = {"andel", "share_pct", NULL};
static const char *const answers_alias[] = {"svar", "respondents", "n", NULL};
static const char *const live_alias[] = {"from_id",        "fra",   "från",   "home",   "residence",
                                         "community_live", "bopæl", "bostad", "origin", NULL};
static const char *const work_alias[] = {"to_id",          "til",         "till",         "work",        "workplace",
                                         "community_work", "arbejdssted", "arbetsställe", "destination", NULL};
static const char *const commuters_alias[] = {"amount",   "flow",     "commuters", "personer",
                                              "pendlere", "pendlare", "antal",     NULL};
static const char *const contiguous_alias[] = {"conti", "neighbours", "naboer", "grannar", NULL};
static const char *const from_alias[] = {"from_id", "fra", "från", "origin", "origin_id", NULL};
static const char *const to_alias[] = {"to_id", "til", "till", "destination", "destination_id", NULL};
static const char *const minutes_alias[] = {"travel_time", "minutter", "minuter", NULL};
static const char *const metres_alias[] = {"distance_m", "dist_m", "meter", NULL};

/* ------------------------------------------------------------------------------------------------------- columns */

/* name, type, unit, labels, choices; required, fallback, aliases, lowest, highest */
static const sund_role_column areas_columns[] = {
    {{"id", SUND_TEXT, NULL, {"id", "id", "id"}, NULL}, true, NULL, area_id_alias, NAN, NAN},
    {{"name", SUND_TEXT, NULL, {"navn", "namn", "name"}, NULL}, true, NULL, name_alias, NAN, NAN},
    {{"country", SUND_TEXT, NULL, {"land", "land", "country"}, NULL}, false, NULL, country_alias, NAN, NAN},
    {{"level", SUND_TEXT, NULL, {"niveau", "nivå", "level"}, NULL}, false, "municipality", NULL, NAN, NAN},
    {{"persons", SUND_REAL, "persons", {"indbyggere", "invånare", "inhabitants"}, NULL}, false, NULL, NULL, NAN, NAN},
};

static const sund_role_column green_columns[] = {
    {{"id", SUND_TEXT, NULL, {"id", "id", "id"}, NULL}, false, NULL, id_alias, NAN, NAN},
    {{"kind", SUND_TEXT, NULL, {"slags", "slag", "kind"}, green_kinds}, false, "other", NULL, NAN, NAN},
    {{"access", SUND_TEXT, NULL, {"adgang", "tillträde", "access"}, access_classes},
     false,
     "unknown",
     NULL,
     NAN,
     NAN},
    {{"name", SUND_TEXT, NULL, {"navn", "namn", "name"}, NULL}, false, NULL, name_alias, NAN, NAN},
    {{"supply", SUND_REAL, NULL, {"udbud", "utbud", "supply"}, NULL}, false, NULL, NULL, 0, NAN},
    {{"law", SUND_TEXT, NULL, {"adgangens hjemmel", "tillträdets grund", "law of the access"}, NULL},
     false,
     NULL,
     NULL,
     NAN,
     NAN},
};

static const sund_role_column homes_columns[] = {
    {{"id", SUND_TEXT, NULL, {"id", "id", "id"}, NULL}, false, NULL, id_alias, NAN, NAN},
    {{"persons", SUND_REAL, "persons", {"personer", "personer", "persons"}, NULL}, false, "1", persons_alias, 0, NAN},
    {{"dwellings", SUND_REAL, "dwellings", {"boliger", "bostäder", "dwellings"}, NULL},
     false,
     NULL,
     dwellings_alias,
     0,
     NAN},
    {{"income", SUND_REAL, NULL, {"indkomst", "inkomst", "income"}, NULL}, false, NULL, income_alias, NAN, NAN},
};

static const sund_role_column jobs_columns[] = {
    {{"jobs", SUND_REAL, "jobs", {"arbejdspladser", "arbetstillfällen", "jobs"}, NULL},
     true,
     NULL,
     jobs_alias,
     0,
     NAN},
};

static const sund_role_column places_columns[] = {
    {{"id", SUND_TEXT, NULL, {"id", "id", "id"}, NULL}, true, NULL, id_alias, NAN, NAN},
    {{"name", SUND_TEXT, NULL, {"navn", "namn", "name"}, NULL}, true, NULL, name_alias, NAN, NAN},
};

static const sund_role_column paths_columns[] = {
    {{"class", SUND_TEXT, NULL, {"vejklasse", "vägklass", "class"}, NULL}, false, NULL, NULL, NAN, NAN},
    {{"oneway", SUND_TEXT, NULL, {"ensrettet", "enkelriktad", "one way"}, oneway_values},
     false,
     "no",
     NULL,
     NAN,
     NAN},
    {{"level", SUND_INT, NULL, {"niveau", "nivå", "level"}, NULL}, false, "0", level_alias, -20, 20},
    {{"walk", SUND_INT, NULL, {"til fods", "till fots", "on foot"}, NULL}, false, NULL, NULL, 0, 1},
    {{"bike", SUND_INT, NULL, {"på cykel", "med cykel", "by bike"}, NULL}, false, NULL, NULL, 0, 1},
    {{"car", SUND_INT, NULL, {"i bil", "med bil", "by car"}, NULL}, false, NULL, NULL, 0, 1},
    {{"speed_kmh", SUND_REAL, "km/h", {"hastighed", "hastighet", "speed"}, NULL}, false, NULL, NULL, 0.1, 1000},
    {{"length_m", SUND_REAL, "m", {"længde", "längd", "length"}, NULL}, false, NULL, NULL, 0, NAN},
    /* Where nothing is said: as for cars; on foot both directions; as fast as the traveller goes. */
    {{"oneway_bike",
      SUND_TEXT,
      NULL,
      {"ensrettet på cykel", "enkelriktad med cykel", "one way by bike"},
      oneway_values},
     false,
     NULL,
     NULL,
     NAN,
     NAN},
    {{"oneway_walk",
      SUND_TEXT,
      NULL,
      {"ensrettet til fods", "enkelriktad till fots", "one way on foot"},
      oneway_values},
     false,
     NULL,
     NULL,
     NAN,
     NAN},
    {{"bike_kmh", SUND_REAL, "km/h", {"hastighed på cykel", "hastighet med cykel", "speed by bike"}, NULL},
     false,
     NULL,
     NULL,
     0.1,
     1000},
    {{"walk_kmh", SUND_REAL, "km/h", {"hastighed til fods", "hastighet till fots", "speed on foot"}, NULL},
     false,
     NULL,
     NULL,
     0.1,
     1000},
    {{"country", SUND_TEXT, NULL, {"land", "land", "country"}, NULL}, false, NULL, country_alias, NAN, NAN},
};

static const sund_role_column gates_columns[] = {
    {{"id", SUND_TEXT, NULL, {"id", "id", "id"}, NULL}, false, NULL, id_alias, NAN, NAN},
    {{"name", SUND_TEXT, NULL, {"navn", "namn", "name"}, NULL}, false, NULL, name_alias, NAN, NAN},
    {{"minutes", SUND_REAL, "min", {"overfartstid", "överfartstid", "crossing time"}, NULL},
     true,
     NULL,
     NULL,
     0,
     10000},
    {{"headway_min", SUND_REAL, "min", {"tid mellem afgange", "turtäthet", "headway"}, NULL},
     false,
     NULL,
     NULL,
     0,
     10000},
    {{"times", SUND_TEXT, NULL, {"afgangstider", "avgångstider", "departure times"}, NULL},
     false,
     NULL,
     NULL,
     NAN,
     NAN},
    {{"times_back", SUND_TEXT, NULL, {"afgangstider tilbage", "avgångstider tillbaka", "departure times back"}, NULL},
     false,
     NULL,
     NULL,
     NAN,
     NAN},
    {{"modes", SUND_TEXT, NULL, {"transportformer", "färdsätt", "modes"}, NULL}, true, NULL, NULL, NAN, NAN},
    {{"oneway", SUND_TEXT, NULL, {"ensrettet", "enkelriktad", "one way"}, gate_oneway}, false, "no", NULL, NAN, NAN},
    {{"border_s", SUND_REAL, "s", {"grænsetid", "gränstid", "border time"}, NULL}, false, "0", NULL, 0, 1000000},
    {{"board_s", SUND_REAL, "s", {"fremmøde før afgang", "inställelse före avgång", "to be there before"}, NULL},
     false,
     "0",
     NULL,
     0,
     1000000},
    {{"board_walk_s", SUND_REAL, "s", {"fremmøde til fods", "inställelse till fots", "to be there, on foot"}, NULL},
     false,
     NULL,
     NULL,
     0,
     1000000},
    {{"board_bike_s", SUND_REAL, "s", {"fremmøde på cykel", "inställelse med cykel", "to be there, by bike"}, NULL},
     false,
     NULL,
     NULL,
     0,
     1000000},
    {{"board_car_s", SUND_REAL, "s", {"fremmøde i bil", "inställelse med bil", "to be there, by car"}, NULL},
     false,
     NULL,
     NULL,
     0,
     1000000},
    {{"toll", SUND_REAL, NULL, {"takst", "avgift", "toll"}, NULL}, false, NULL, NULL, 0, NAN},
    {{"from", SUND_TEXT, NULL, {"fra", "från", "from"}, NULL}, false, NULL, NULL, NAN, NAN},
    {{"to", SUND_TEXT, NULL, {"til", "till", "to"}, NULL}, false, NULL, NULL, NAN, NAN},
};

static const sund_role_column barriers_columns[] = {
    {{"crest_m", SUND_REAL, "m", {"kronekote", "krönhöjd", "crest height"}, NULL},
     true,
     NULL,
     NULL,
     LOWEST_M,
     HIGHEST_M},
};

static const sund_role_column openings_columns[] = {
    {{"invert_m", SUND_REAL, "m", {"bundkote", "bottenhöjd", "invert height"}, NULL},
     true,
     NULL,
     NULL,
     LOWEST_M,
     HIGHEST_M},
    {{"width_m", SUND_REAL, "m", {"bredde", "bredd", "width"}, NULL}, false, NULL, NULL, 0, 100000},
};

static const sund_role_column sea_columns[] = {
    {{"zone", SUND_TEXT, NULL, {"zone", "zon", "zone"}, NULL}, false, NULL, NULL, NAN, NAN},
};

static const sund_role_column walls_columns[] = {
    {{"id", SUND_TEXT, NULL, {"id", "id", "id"}, NULL}, false, NULL, id_alias, NAN, NAN},
    {{"name", SUND_TEXT, NULL, {"navn", "namn", "name"}, NULL}, false, NULL, NULL, NAN, NAN},
    {{"crest_m", SUND_REAL, "m", {"kronekote", "krönhöjd", "crest height"}, NULL},
     true,
     NULL,
     NULL,
     LOWEST_M,
     HIGHEST_M},
    {{"cost", SUND_REAL, NULL, {"pris", "kostnad", "cost"}, NULL}, false, NULL, NULL, 0, NAN},
};

static const sund_role_column gauge_columns[] = {
    {{"time", SUND_TEXT, NULL, {"tidspunkt", "tidpunkt", "time"}, NULL}, true, NULL, gauge_time_alias, NAN, NAN},
    {{"level_m", SUND_REAL, "m", {"vandstand", "vattenstånd", "water level"}, NULL},
     true,
     NULL,
     gauge_level_alias,
     LOWEST_M,
     HIGHEST_M},
};

static const sund_role_column events_columns[] = {
    {{"event", SUND_TEXT, NULL, {"hændelse", "händelse", "event"}, NULL}, true, NULL, NULL, NAN, NAN},
    {{"level_m", SUND_REAL, "m", {"vandstand", "vattenstånd", "water level"}, NULL},
     true,
     NULL,
     NULL,
     LOWEST_M,
     HIGHEST_M},
    {{"heights", SUND_TEXT, NULL, {"højdesystem", "höjdsystem", "height system"}, NULL}, true, NULL, NULL, NAN, NAN},
    {{"return_period_y", SUND_REAL, "y", {"gentagelsesperiode", "återkomsttid", "return period"}, NULL},
     false,
     NULL,
     NULL,
     0.001,
     1e9},
    {{"zone", SUND_TEXT, NULL, {"zone", "zon", "zone"}, NULL}, false, NULL, NULL, NAN, NAN},
    {{"year", SUND_INT, NULL, {"år", "år", "year"}, NULL}, false, NULL, NULL, -10000, 10000},
    {{"source", SUND_TEXT, NULL, {"kilde", "källa", "source"}, NULL}, false, NULL, NULL, NAN, NAN},
};

static const sund_role_column candidates_columns[] = {
    {{"id", SUND_TEXT, NULL, {"id", "id", "id"}, NULL}, false, NULL, id_alias, NAN, NAN},
    {{"name", SUND_TEXT, NULL, {"navn", "namn", "name"}, NULL}, false, NULL, name_alias, NAN, NAN},
    {{"cost", SUND_REAL, NULL, {"pris", "kostnad", "cost"}, NULL}, false, NULL, cost_alias, 0, NAN},
    {{"kind", SUND_TEXT, NULL, {"slags", "slag", "kind"}, green_kinds}, false, "other", NULL, NAN, NAN},
    {{"access", SUND_TEXT, NULL, {"adgang", "tillträde", "access"}, access_classes},
     false,
     "unknown",
     NULL,
     NAN,
     NAN},
    {{"level", SUND_INT, NULL, {"niveau", "nivå", "level"}, NULL}, false, "0", level_alias, -20, 20},
    {{"class", SUND_TEXT, NULL, {"vejklasse", "vägklass", "class"}, NULL}, false, NULL, NULL, NAN, NAN},
};

static const sund_role_column surveys_columns[] = {
    {{"area", SUND_TEXT, NULL, {"område", "område", "area"}, NULL}, true, NULL, survey_area_alias, NAN, NAN},
    {{"share", SUND_REAL, "%", {"andel", "andel", "share"}, NULL}, true, NULL, share_alias, 0, 100},
    {{"low", SUND_REAL, "%", {"nedre grænse", "undre gräns", "lower bound"}, NULL}, false, NULL, NULL, 0, 100},
    {{"high", SUND_REAL, "%", {"øvre grænse", "övre gräns", "upper bound"}, NULL}, false, NULL, NULL, 0, 100},
    {{"standard", SUND_TEXT, NULL, {"standard", "standard", "standard"}, NULL}, false, NULL, NULL, NAN, NAN},
    {{"question", SUND_TEXT, NULL, {"spørgsmål", "fråga", "question"}, NULL}, false, NULL, NULL, NAN, NAN},
    {{"year", SUND_INT, NULL, {"år", "år", "year"}, NULL}, false, NULL, NULL, -10000, 10000},
    {{"source", SUND_TEXT, NULL, {"kilde", "källa", "source"}, NULL}, false, NULL, NULL, NAN, NAN},
    {{"persons", SUND_REAL, "persons", {"svarpersoner", "svarande", "persons asked"}, NULL},
     false,
     NULL,
     answers_alias,
     0,
     NAN},
};

static const sund_role_column od_columns[] = {
    {{"from", SUND_TEXT, NULL, {"fra", "från", "from"}, NULL}, true, NULL, from_alias, NAN, NAN},
    {{"to", SUND_TEXT, NULL, {"til", "till", "to"}, NULL}, true, NULL, to_alias, NAN, NAN},
    {{"minutes", SUND_REAL, "min", {"rejsetid", "restid", "travel time"}, NULL}, false, NULL, minutes_alias, 0, NAN},
    {{"metres", SUND_REAL, "m", {"afstand", "avstånd", "distance"}, NULL}, false, NULL, metres_alias, 0, NAN},
};

static const sund_role_column flows_columns[] = {
    {{"from", SUND_TEXT, NULL, {"bor i", "bor i", "lives in"}, NULL}, true, NULL, live_alias, NAN, NAN},
    {{"to", SUND_TEXT, NULL, {"arbejder i", "arbetar i", "works in"}, NULL}, true, NULL, work_alias, NAN, NAN},
    {{"persons", SUND_REAL, "persons", {"pendlere", "pendlare", "commuters"}, NULL},
     true,
     NULL,
     commuters_alias,
     0,
     NAN},
    {{"contiguous", SUND_INT, NULL, {"naboer", "grannar", "neighbours"}, NULL}, false, NULL, contiguous_alias, 0, 1},
};

static const sund_role_column travel_columns[] = {
    {{"from", SUND_TEXT, NULL, {"fra", "från", "from"}, NULL}, true, NULL, from_alias, NAN, NAN},
    {{"to", SUND_TEXT, NULL, {"til", "till", "to"}, NULL}, true, NULL, to_alias, NAN, NAN},
    {{"minutes", SUND_REAL, "min", {"rejsetid", "restid", "travel time"}, NULL}, true, NULL, minutes_alias, 0, NAN},
};

/* --------------------------------------------------------------------------------------------------------- roles */

static const sund_role_info roles[SUND_ROLE_COUNT] = {
    [SUND_AREAS] = {"areas",
                    {"områder, som resultaterne opgøres for", "områden som resultaten redovisas för",
                     "units the results are reported for"},
                    SUND_VECTOR,
                    AREAS,
                    areas_columns,
                    COUNT(areas_columns),
                    NULL},
    [SUND_LAND] = {"land",
                   {"land, som kysten ser det", "land, som stranden ser det", "land as the shore sees it"},
                   SUND_VECTOR,
                   AREAS,
                   NULL,
                   0,
                   NULL},
    [SUND_COAST] = {"coast",
                    {"kystlinjen, når der ikke er land", "strandlinjen, när land saknas",
                     "the shoreline itself, when there is no land"},
                    SUND_VECTOR,
                    LINES,
                    NULL,
                    0,
                    NULL},
    [SUND_SEA] = {"sea",
                  {"hvor havet er, ved oversvømmelse", "var havet är, vid översvämning",
                   "where the sea is, for flooding"},
                  SUND_VECTOR,
                  AREAS | POINTS,
                  sea_columns,
                  COUNT(sea_columns),
                  NULL},
    [SUND_GREEN] = {"green",
                    {"grønne områder eller deres indgange", "grönområden eller deras entréer",
                     "green areas, or points where they are entered"},
                    SUND_VECTOR,
                    AREAS | POINTS | TABLES,
                    green_columns,
                    COUNT(green_columns),
                    NULL},
    [SUND_ENTRANCES] = {"entrances",
                        {"indgange til grønne områder", "entréer till grönområden", "gates to green areas"},
                        SUND_VECTOR,
                        POINTS,
                        NULL,
                        0,
                        NULL},
    [SUND_HOMES] = {"homes",
                    {"boliger med personer", "bostäder med personer", "homes with persons"},
                    SUND_VECTOR,
                    POINTS | AREAS | TABLES,
                    homes_columns,
                    COUNT(homes_columns),
                    "group_"},
    [SUND_JOBS] = {"jobs",
                   {"arbejdspladser", "arbetstillfällen", "jobs"},
                   SUND_VECTOR,
                   POINTS | AREAS,
                   jobs_columns,
                   COUNT(jobs_columns),
                   NULL},
    [SUND_PLACES] = {"places",
                     {"steder, hvis opland ønskes", "platser vars omland söks", "places whose catchments are wanted"},
                     SUND_VECTOR,
                     POINTS,
                     places_columns,
                     COUNT(places_columns),
                     NULL},
    [SUND_PATHS] = {"paths",
                    {"veje og stier", "vägar och stigar", "streets and paths"},
                    SUND_VECTOR,
                    LINES,
                    paths_columns,
                    COUNT(paths_columns),
                    NULL},
    [SUND_TIMETABLE] =
        {"timetable", {"køreplan (GTFS)", "tidtabell (GTFS)", "timetable (GTFS)"}, SUND_GTFS, 0, NULL, 0, NULL},
    [SUND_GATES] = {"gates",
                    {"færger, broer og tunneler", "färjor, broar och tunnlar", "ferries, bridges and tunnels"},
                    SUND_VECTOR,
                    LINES | TABLES,
                    gates_columns,
                    COUNT(gates_columns),
                    NULL},
    [SUND_TERRAIN] =
        {"terrain", {"terrænhøjder", "markhöjder", "heights of the ground"}, SUND_RASTER, 0, NULL, 0, NULL},
    [SUND_BARRIERS] = {"barriers",
                       {"diger og mure", "vallar och murar", "dikes and walls"},
                       SUND_VECTOR,
                       LINES,
                       barriers_columns,
                       COUNT(barriers_columns),
                       NULL},
    [SUND_OPENINGS] = {"openings",
                       {"rørunderføringer, tunneler og sluser", "trummor, underfarter och slussar",
                        "culverts, underpasses and sluices"},
                       SUND_VECTOR,
                       LINES,
                       openings_columns,
                       COUNT(openings_columns),
                       NULL},
    [SUND_EVENTS] = {"events",
                     {"vandstande ved hændelser", "vattenstånd vid händelser", "water levels of events"},
                     SUND_VECTOR,
                     TABLES,
                     events_columns,
                     COUNT(events_columns),
                     NULL},
    [SUND_CANDIDATES] = {"candidates",
                         {"indgange, stier og grønne områder, der kunne laves",
                          "entréer, stigar och grönområden som skulle kunna anläggas",
                          "gates, paths and green areas that could be made"},
                         SUND_VECTOR,
                         POINTS | LINES | AREAS,
                         candidates_columns,
                         COUNT(candidates_columns),
                         NULL},
    [SUND_SURVEYS] = {"surveys",
                      {"hvad folk siger, de oplever", "vad människor säger att de upplever",
                       "what people say they experience"},
                      SUND_VECTOR,
                      TABLES,
                      surveys_columns,
                      COUNT(surveys_columns),
                      NULL},
    [SUND_OD] = {"od",
                 {"afstande beregnet andetsteds", "avstånd beräknade på annat håll", "distances computed elsewhere"},
                 SUND_VECTOR,
                 TABLES,
                 od_columns,
                 COUNT(od_columns),
                 NULL},
    [SUND_GAUGE] = {"gauge",
                    {"målte vandstande", "uppmätta vattenstånd", "a series of observed water levels"},
                    SUND_VECTOR,
                    TABLES,
                    gauge_columns,
                    COUNT(gauge_columns),
                    NULL},
    [SUND_WALLS] = {"walls",
                    {"mure og diger, der kunne bygges", "murar och vallar som skulle kunna byggas",
                     "walls and dikes that could be built"},
                    SUND_VECTOR,
                    LINES,
                    walls_columns,
                    COUNT(walls_columns),
                    NULL},
    [SUND_NOGO] = {"nogo",
                   {"hvor der ikke kan bygges", "där det inte kan byggas", "where no wall can be built"},
                   SUND_VECTOR,
                   AREAS,
                   NULL,
                   0,
                   NULL},
    [SUND_FLOWS] = {"flows",
                    {"hvem der bor hvor og arbejder hvor", "vem som bor var och arbetar var",
                     "commuters: who lives where and works where"},
                    SUND_VECTOR,
                    TABLES,
                    flows_columns,
                    COUNT(flows_columns),
                    NULL},
    [SUND_TRAVEL] = {"travel",
                     {"rejsetid mellem enheder, for arbejdsmarkeder", "restid mellan enheter, för arbetsmarknader",
                      "minutes between units, for labour markets"},
                     SUND_VECTOR,
                     TABLES,
                     travel_columns,
                     COUNT(travel_columns),
                     NULL},
};

const sund_role_info *sund_role_of(sund_role role) {
  return (size_t)role < COUNT(roles) ? &roles[role] : NULL;
}

sund_role sund_role_find(const char *name) {
  size_t role = 0;
  while (role < COUNT(roles) && strcmp(roles[role].name, name) != 0) role++;
  return (sund_role)role;
}

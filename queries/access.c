/* access.c - the query `access`: how far people live from nature, and how many live near enough.
 *
 * Order: homes into areas, green into sets and targets, straight lines, network, gaps in the data, verdicts, report.
 * Methods and their limits: docs/access.md.
 */
#include "access.h"

#include <math.h>
#include <string.h>

static const char *const distance_words[] = {"network", "straight", NULL};
static const char *const match_words[] = {"edges", "nodes", NULL};

#define AT(member) offsetof(access_options, member)

static const sund_option options[] = {
    {"standard",
     "standards",
     SUND_STRINGS,
     AT(standard),
     "who",
     NULL,
     NAN,
     NAN,
     NULL,
     {"standard eller familie af standarder (sund list standards), eller en YAML-fil",
      "standard eller familj av standarder (sund list standards), eller en YAML-fil",
      "standard or family of standards (sund list standards), or a YAML file"}},
    {"distance",
     NULL,
     SUND_WORD,
     AT(distance),
     NULL,
     NULL,
     NAN,
     NAN,
     distance_words,
     {"langs stinettet eller i lige linje; uden valg: nettet, når der er paths",
      "längs gångnätet eller fågelvägen; utan val: nätet, när paths finns",
      "along the walk network or straight; if not given: network when there are paths"}},
    {"snap-limit",
     NULL,
     SUND_NUMBER,
     AT(snap_limit_m),
     "250",
     "m",
     0,
     100000,
     NULL,
     {"længste vej fra hjem til sti", "längsta väg från hem till stig", "farthest from a home to a path"}},
    {"match",
     NULL,
     SUND_WORD,
     AT(match),
     "edges",
     NULL,
     NAN,
     NAN,
     match_words,
     {"hjem og indgange sættes på nærmeste kant, eller på nærmeste knude uden adgangsben",
      "hem och entréer sätts på närmaste kant, eller på närmaste nod utan anslutning",
      "homes and entrances go to the nearest edge, or to the nearest node without an access leg"}},
    {"walk-speed",
     NULL,
     SUND_NUMBER,
     AT(walk_speed_kmh),
     "5",
     "km/h",
     0.1,
     20,
     NULL,
     {"ganghastighed, for standarder i minutter", "gånghastighet, för standarder i minuter",
      "walking speed, for standards in minutes"}},
    {"merge-gap",
     NULL,
     SUND_NUMBER,
     AT(merge_gap_m),
     "1",
     "m",
     0,
     1000,
     NULL,
     {"grønne områder så nær hinanden er ét", "grönområden så nära varandra är ett",
      "green areas this near to each other are one"}},
    {"join",
     NULL,
     SUND_NUMBER,
     AT(join_m),
     "1",
     "m",
     0,
     100,
     NULL,
     {"linjeender så nær en linje forbindes med den", "linjeändar så nära en linje kopplas till den",
      "line ends this near to a line are joined to it"}},
    {"spread",
     NULL,
     SUND_NUMBER,
     AT(piece_m),
     "100",
     "m",
     1,
     10000,
     NULL,
     {"kantlængde på de stykker en folketællingscelle spredes i", "sidlängd på de bitar en folkräkningsruta sprids i",
      "side of the pieces a census cell is spread in"}},
    {"plain-weights",
     NULL,
     SUND_FLAG,
     AT(plain_weights),
     NULL,
     NULL,
     NAN,
     NAN,
     NULL,
     {"spred celler også over vand (til sammenligning)", "sprid rutor även över vatten (för jämförelse)",
      "spread cells over water too (for comparison)"}},
};

static const sund_need needs[] = {
    {SUND_HOMES, true, {"hvor folk bor", "var folk bor", "where people live"}},
    {SUND_GREEN, true, {"grønne områder", "grönområden", "green areas"}},
    {SUND_AREAS, false, {"enheder der rapporteres for", "enheter att rapportera för", "units to report for"}},
    {SUND_LAND,
     false,
     {"land, som celler spredes over", "land, som rutor sprids över", "land that cells are spread over"}},
    {SUND_SEA,
     false,
     {"hav: her mangler ikke grønt", "hav: här saknas inte grönt", "sea: no green is missing there"}},
    {SUND_PATHS, false, {"gangnet", "gångnät", "walk network"}},
    {SUND_ENTRANCES, false, {"kortlagte indgange", "kartlagda entréer", "mapped gates"}},
};

static const char *const answers[] = {"access_homes",
                                      "access_areas",
                                      "green_areas",
                                      "green_entrances",
                                      "access.share",
                                      "access.persons",
                                      "access.unassessed",
                                      "access.median",
                                      "access.d90",
                                      "area.persons",
                                      NULL};

sund_code access_note(sund_ctx *ctx, access_run *run, const char *severity, const char *source, const char *text) {
  return sund_finding_add(ctx, &run->out->findings,
                          (sund_finding){severity, source, SUND_NO_FEATURE, text, NAN, NAN});
}

/* The box that everything measured lies in. */
static sund_code open_ground(sund_ctx *ctx, access_run *run) {
  static const sund_role roles[] = {SUND_AREAS, SUND_HOMES, SUND_GREEN, SUND_PATHS};
  double all[4] = {INFINITY, INFINITY, -INFINITY, -INFINITY}, box[4];
  for (size_t k = 0; k < sizeof roles / sizeof *roles; k++) {
    const sund_table *table = run->in->role[roles[k]];
    if (!table || !sund_table_box(table, box)) continue;
    all[0] = fmin(all[0], box[0]), all[1] = fmin(all[1], box[1]);
    all[2] = fmax(all[2], box[2]), all[3] = fmax(all[3], box[3]);
  }
  return sund_ground_open(ctx, run->in->crs, all, &run->ground);
}

static sund_code place_homes(sund_ctx *ctx, access_run *run) {
  double shortest = INFINITY;
  for (size_t i = 0; i < run->in->standards; i++)
    shortest = fmin(shortest, access_reach_m(&run->in->standard[i], run->options));
  /* Half the distance asked about: a home that long has parts on both sides of the question. */
  homes_options how = {fmax(shortest / 2, run->options->piece_m), run->options->piece_m, run->options->plain_weights};
  TRY(homes_prepare(ctx, run->in, &how, &run->homes, &run->out->findings));
  if (!run->homes->spread) return SUND_OK;
  const char *text =
      sund_text(ctx, "%zu homes are areas larger than %.0f m: spread over %s by area in pieces of at most %g m",
                run->homes->spread, how.spread_above_m,
                run->in->role[SUND_LAND] && !how.plain ? "their land" : "all of it", how.piece_m);
  return text ? access_note(ctx, run, "note", "homes", text) : SUND_LIMIT;
}

/* Does (x, y) lie outside all that the path sources say they cover? */
static bool beyond_paths(const sund_inputs *in, double x, double y) {
  for (size_t i = 0; i < in->extents[SUND_PATHS]; i++) {
    const double *e = in->extent[SUND_PATHS][i];
    if (x >= e[0] && x <= e[2] && y >= e[1] && y <= e[3]) return false;
  }
  return in->extents[SUND_PATHS] > 0;
}

/* Verdict of one home and standard. A home that the data cannot place between paths and green has none, whatever the
 * distance found: to count its "yes" but not its "no" would bend the share. */
static int64_t judge(const access_run *run, const access_answer *answer, size_t i, uint8_t *reason) {
  double straight = answer->target->straight_m[i], dist = answer->dist_m[i], gap = run->gap_m[i];
  *reason = REASON_NONE;
  if (run->network && run->home_spot[i].edge == SUND_NO_EDGE) *reason = REASON_NO_PATH;
  else if (isfinite(gap) && !(straight <= gap)) *reason = REASON_GREEN_ENDS;
  else if (dist <= answer->max_m) return 1;
  else if (run->network && run->in->role[SUND_AREAS] && straight <= answer->max_m &&
           beyond_paths(run->in, answer->target->near_x[i], answer->target->near_y[i]))
    *reason = REASON_PATHS_END;
  return *reason == REASON_NONE ? 0 : SUND_NULL_INT;
}

/* One finding a reason: the standards it touches, with persons. persons: answers x reasons. */
static sund_code note_unassessed(sund_ctx *ctx, access_run *run, double (*persons)[REASON_PATHS_END + 1]) {
  static const char *const source[] = {NULL, "paths", "green", "paths"};
  static const char *const why[] = {NULL, "no path lies within the snap limit of their homes",
                                    "green data end nearer to their homes than any green; give the neighbours' green "
                                    "areas, or sources whose extent "
                                    "covers them",
                                    "the nearest green lies where path data end; give the neighbours' paths"};
  for (int r = REASON_NO_PATH; r <= REASON_PATHS_END; r++) {
    const char *list = "";
    for (size_t a = 0; a < run->answers; a++) {
      if (!(persons[a][r] > 0)) continue;
      list = sund_text(ctx, "%s%s%s %.0f", list, *list ? ", " : "", run->answer[a].standard->name, persons[a][r]);
      if (!list) return SUND_LIMIT;
    }
    if (!*list) continue;
    const char *text = sund_text(ctx, "persons unassessed because %s: %s", why[r], list);
    if (!text) return SUND_LIMIT;
    TRY(access_note(ctx, run, "warning", source[r], text));
  }
  return SUND_OK;
}

static sund_code verdicts(sund_ctx *ctx, access_run *run) {
  size_t count = run->homes->count;
  double(*persons)[REASON_PATHS_END + 1] = sund_alloc(ctx, run->answers, sizeof *persons);
  if (!persons || !(run->reason = sund_alloc(ctx, count, 1))) return SUND_LIMIT;
  for (size_t a = 0; a < run->answers; a++) {
    access_answer *answer = &run->answer[a];
    answer->dist_m = run->network ? answer->target->network_m : answer->target->straight_m;
    if (!(answer->met = sund_alloc(ctx, count, sizeof(int64_t)))) return SUND_LIMIT;
    for (size_t i = 0; i < count; i++) {
      uint8_t reason;
      answer->met[i] = judge(run, answer, i, &reason);
      persons[a][reason] += run->homes->persons[i];
      if (run->reason[i] == REASON_NONE) run->reason[i] = reason;
    }
  }
  return note_unassessed(ctx, run, persons);
}

static bool network_asked(const access_options *asked) {
  return asked->distance && strcmp(asked->distance, "network") == 0;
}

static sund_code check_access(sund_ctx *ctx, uint32_t roles, const void *given) {
  if (!network_asked(given) || roles >> SUND_PATHS & 1) return SUND_OK;
  return sund_fail(ctx, SUND_USAGE, "distance network needs paths: give --paths, or --distance straight");
}

static sund_code choose_distance(sund_ctx *ctx, access_run *run) {
  const sund_table *paths = run->in->role[SUND_PATHS];
  const char *distance = run->options->distance;
  TRY(check_access(ctx, paths ? 1u << SUND_PATHS : 0, run->options));
  run->network = distance ? network_asked(run->options) : paths != NULL;
  if (distance || paths) return SUND_OK;
  return access_note(ctx, run, "note", NULL,
                     "no paths given: distances are straight lines, also across water and fences");
}

static sund_code run_access(sund_ctx *ctx, const sund_inputs *in, const void *given, sund_results *out) {
  access_run run = {.in = in, .options = given, .out = out};
  TRY(choose_distance(ctx, &run));
  TRY(open_ground(ctx, &run));
  TRY(sund_progress(ctx, 0, "homes into areas"));
  TRY(place_homes(ctx, &run));
  TRY(sund_progress(ctx, 0.2, "green areas merged"));
  TRY(access_green(ctx, &run));
  TRY(sund_progress(ctx, 0.3, "straight-line distances"));
  TRY(access_straight(ctx, &run));
  TRY(sund_progress(ctx, 0.4, "network"));
  if (run.network) TRY(access_network(ctx, &run));
  TRY(sund_progress(ctx, 0.9, "halo"));
  TRY(access_gap(ctx, &run));
  TRY(verdicts(ctx, &run));
  return access_report(ctx, &run);
}

const sund_query query_access = {
    .name = "access",
    .summary = {"afstand til natur, og hvor mange der bor nær nok",
                "avstånd till natur, och hur många som bor nära nog",
                "distance to nature, and how many live near enough"},
    .options = options,
    .option_count = sizeof options / sizeof *options,
    .options_size = sizeof(access_options),
    .needs = needs,
    .need_count = sizeof needs / sizeof *needs,
    .answers = answers,
    .check = check_access,
    .run = run_access,
};

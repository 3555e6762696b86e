/* test_osm_paths.c - streets of an OpenStreetMap file: who may go where and how fast, one-way streets, limits, turn
 * restrictions, what stops cars; ferries as gates. Rules are those of the shipped profile unless a test brings its own. */
#include "layers/osm_paths.h"

#include "vector_files.h"

#define assert_near(value, wanted, by)                                                                        \
  do {                                                                                                        \
    const double got = (value), want = (wanted);                                                              \
    if (!(fabs(got - want) <= (by))) fail_msg("%s is %.9g, not %.9g (line %d)", #value, got, want, __LINE__); \
  } while (0)

/* --------------------------------------------------------------------------------------------------------- one way */

/* "highway=path|foot=no" as tags, in memory of the context. */
static osm_tags tags_of(sund_ctx *ctx, const char *text) {
  enum { MOST = 12 };
  osm_tag *tag = sund_alloc(ctx, MOST, sizeof *tag);
  char *at = sund_text_copy(ctx, text);
  size_t count = 0;
  while (at && *at) {
    char *end = strchr(at, '|'), *equals = strchr(at, '=');
    if (end) *end = '\0';
    *equals = '\0';
    tag[count++] = (osm_tag){at, equals + 1};
    at = end ? end + 1 : NULL;
  }
  return (osm_tags){count, tag};
}

/* "walk", "bike<", "car>50": open modes; > as drawn only, < against it only; km/h where not the traveller's own. */
static const char *verdicts(sund_ctx *ctx, const osm_rules *rules, const char *country, const char *text) {
  static const char *const name[] = {"walk", "bike", "car"};
  const osm_tags tags = tags_of(ctx, text);
  const char *class = osm_class(rules, tags), *out = "";
  for (int mode = 0; mode < OSM_MODES && class; mode++) {
    const osm_verdict v = osm_judge(rules, (sund_mode)mode, class, country, tags);
    if (!v.open) continue;
    const char *way = v.oneway == OSM_FORWARD ? ">" : v.oneway == OSM_BACKWARD ? "<" : "";
    out = sund_text(ctx, "%s%s%s%s%s", out, *out ? " " : "", name[mode], way, v.last ? "!" : "");
    if (!isnan(v.kmh)) out = sund_text(ctx, "%s%g", out, v.kmh);
  }
  return out;
}

static const struct {
  const char *tags, *country, *want;
} ways[] = {
    {"highway=residential", NULL, "walk bike car25"},
    {"highway=motorway", NULL, "car>90"},
    {"highway=motorway|oneway=no", NULL, "car90"},
    {"highway=construction", NULL, ""},
    {"route=ferry", NULL, ""},
    {"railway=platform", NULL, "walk bike4"},
    {"railway=rail", NULL, ""},
    {"highway=footway", NULL, "walk bike4"},
    {"highway=footway|bicycle=yes", NULL, "walk bike"},
    {"highway=footway|access=yes", NULL, "walk bike4"}, /* open to all it is meant for: no car */
    {"highway=footway|motor_vehicle=yes", NULL, "walk bike4 car7"},
    {"highway=cycleway|foot=no", NULL, "bike"},
    {"highway=path", NULL, "walk bike13"},
    {"highway=path|bicycle=designated", NULL, "walk bike"},
    {"highway=path|bicycle=dismount", NULL, "walk bike4"},
    {"highway=steps", NULL, "walk bike2"},
    {"highway=track", NULL, "walk bike12"},
    {"highway=track|motor_vehicle=agricultural;forestry", NULL, "walk bike12"},
    {"highway=track|motor_vehicle=yes|tracktype=grade3", NULL, "walk bike12 car15"},
    {"highway=service|access=private", NULL, ""},
    {"highway=service|access=private|foot=yes", NULL, "walk"},
    {"highway=service|vehicle=no", NULL, "walk"},
    {"highway=service|vehicle=no|bicycle=yes", NULL, "walk bike"},
    {"highway=service|access=no|motorcar=yes", NULL, "car15"},
    {"highway=service|access=customers", NULL, "walk! bike! car!15"},
    {"highway=residential|motor_vehicle=destination", NULL, "walk bike car!25"},
    {"highway=residential|access=yes;private", NULL, "walk bike car25"},
    {"highway=residential|access=whatever", NULL, "walk bike car25"},
    {"highway=residential|motor_vehicle=psv", NULL, "walk bike"},
    {"highway=trunk|motorroad=yes", NULL, "car85"},
    {"highway=trunk|motorroad=yes|bicycle=yes", NULL, "bike car85"},
    {"highway=secondary|sidewalk=separate", NULL, "bike car55"},
    {"highway=secondary|foot=use_sidepath|bicycle=use_sidepath", NULL, "car55"},
    /* one way */
    {"highway=residential|oneway=yes", NULL, "walk bike> car>25"},
    {"highway=residential|oneway=-1", NULL, "walk bike< car<25"},
    {"highway=residential|oneway=yes|oneway:bicycle=no", NULL, "walk bike car>25"},
    {"highway=residential|oneway=yes|cycleway=opposite_lane", NULL, "walk bike car>25"},
    {"highway=residential|oneway=yes|oneway:bicycle=yes|cycleway=opposite", NULL, "walk bike> car>25"},
    {"highway=residential|oneway=yes|cycleway:left:oneway=-1", NULL, "walk bike car>25"},
    {"highway=residential|junction=roundabout", NULL, "walk bike> car>25"},
    {"highway=residential|junction=circular|oneway=no", NULL, "walk bike car25"},
    {"highway=footway|oneway=yes", NULL, "walk bike>4"},
    {"highway=footway|oneway:foot=yes|bicycle=no", NULL, "walk>"},
    {"highway=residential|oneway=yes|oneway:motor_vehicle=no", NULL, "walk bike> car25"},
    /* how fast */
    {"highway=residential|surface=gravel", NULL, "walk3.75 bike6 car25"},
    {"highway=path|surface=sett", NULL, "walk bike9"},
    {"highway=primary|surface=gravel", NULL, "walk3.75 bike6 car40"},
    {"highway=residential|maxspeed=50", NULL, "walk bike car40"},
    {"highway=primary|maxspeed=50", NULL, "walk bike car40"},
    {"highway=service|maxspeed=50", NULL, "walk bike car15"}, /* slower than its limit whatever it says */
    {"highway=service|maxspeed=10", NULL, "walk bike car8"},
    {"highway=motorway|maxspeed=none", NULL, "car>104"},
    {"highway=primary|maxspeed=signals|maxspeed:type=DK:rural", NULL, "walk bike car64"},
    {"highway=primary|source:maxspeed=SE:rural", NULL, "walk bike car56"},
    {"highway=primary|maxspeed:forward=70", NULL, "walk bike car56"},
    {"highway=trunk", "DK", "walk bike car64"},
    {"highway=trunk", "SE", "walk bike car56"},
    {"highway=motorway", "SE", "car>88"},
    {"highway=motorway", "DK", "car>90"},
    {"highway=residential", "DK", "walk bike car25"},
    {"highway=trunk", "NO", "walk bike car85"},
    {"highway=trunk|maxspeed=100", "SE", "walk bike car80"},
};

static void who_may_go_where(void **state) {
  sund_ctx *ctx = *state;
  osm_rules *rules = NULL;
  assert_ok(ctx, osm_modes_read(ctx, NULL, &rules));
  for (size_t k = 0; k < sizeof ways / sizeof *ways; k++) {
    const char *got = verdicts(ctx, rules, ways[k].country, ways[k].tags);
    if (strcmp(got, ways[k].want) != 0) fail_msg("%s: \"%s\", not \"%s\"", ways[k].tags, got, ways[k].want);
  }
}

static void limits(void **state) {
  static const struct {
    const char *text;
    double kmh;
  } cases[] = {{"50", 50},           {"30 mph", 48.28032}, {"10 knots", 18.52},
               {"60 km/h", 60},      {"DK:urban", 50},     {"DK:rural", 80},
               {"DK:motorway", 130}, {"SE:urban", 50},     {"SE:rural", 70},
               {"SE:motorway", 110}, {"none", 130},        {"walk", 7},
               {"DE:walk", 7},       {"DE:zone:30", 30},   {"SE:zone30", 30},
               {"DK:30", 30},        {"50;30", 30},        {" 50", 50},
               {"variable", NAN},    {"NO:rural", NAN},    {"", NAN},
               {"fast", NAN},        {"50 furlongs", NAN}, {"0", NAN},
               {"1e9", NAN},         {"signals; 80", 80},  {"1234567890123456789", NAN}};
  osm_rules *rules = NULL;
  assert_ok(*state, osm_modes_read(*state, NULL, &rules));
  for (size_t k = 0; k < sizeof cases / sizeof *cases; k++) {
    const double kmh = osm_limit(&rules->limits, cases[k].text);
    if (!(isnan(cases[k].kmh) ? isnan(kmh) : fabs(kmh - cases[k].kmh) < 1e-9))
      fail_msg("%s is %g, not %g", cases[k].text, kmh, cases[k].kmh);
  }
}

static void durations(void **state) {
  static const struct {
    const char *text;
    double minutes;
  } cases[] = {{"20", 20},     {"0:20", 20},        {"00:20:00", 20}, {"01:30", 90},    {"1:30:30", 90.5},
               {"PT20M", 20},  {"PT1H30M", 90},     {"PT90S", 1.5},   {"P1D", 1440},    {"P1DT2H", 1560},
               {"20 min", 20}, {"2 h", 120},        {"2.5 h", 150},   {"", NAN},        {"P", NAN},
               {"P1M", NAN},   {"PT", NAN},         {"1:75", NAN},    {":20", NAN},     {"20:", NAN},
               {"soon", NAN},  {"20 parsecs", NAN}, {"-5", NAN},      {"1:2:3:4", NAN}, {" 7", 7}};
  (void)state;
  for (size_t k = 0; k < sizeof cases / sizeof *cases; k++) {
    const double minutes = osm_minutes(cases[k].text);
    if (!(isnan(cases[k].minutes) ? isnan(minutes) : fabs(minutes - cases[k].minutes) < 1e-9))
      fail_msg("%s is %g, not %g", cases[k].text, minutes, cases[k].minutes);
  }
  assert_true(isnan(osm_minutes(NULL)));
}

static void barriers_on_nodes(void **state) {
  static const struct {
    const char *tags;
    bool walk, bike, car;
  } cases[] = {{"barrier=bollard", true, true, false},
               {"barrier=gate", true, true, false},
               {"barrier=gate|access=yes", true, true, true},
               {"barrier=gate|motor_vehicle=yes", true, true, true},
               {"barrier=gate|access=private", false, false, false},
               {"barrier=bollard|bicycle=no", true, false, false},
               {"barrier=stile", true, false, false},
               {"barrier=cattle_grid", true, true, true},
               {"barrier=toll_booth", true, true, true},
               {"barrier=wall", false, false, false},
               {"highway=crossing|access=no", true, true, true}};
  osm_rules *rules = NULL;
  assert_ok(*state, osm_modes_read(*state, NULL, &rules));
  for (size_t k = 0; k < sizeof cases / sizeof *cases; k++) {
    const osm_tags tags = tags_of(*state, cases[k].tags);
    const bool want[] = {cases[k].walk, cases[k].bike, cases[k].car};
    for (int mode = 0; mode < OSM_MODES; mode++)
      if (osm_passes(rules, (sund_mode)mode, tags) != want[mode]) fail_msg("%s, mode %d", cases[k].tags, mode);
  }
}

/* ------------------------------------------------------------------------------------------------- rules of others */

static const char own_rules[] =
    "name: mine\ntitle: mine\nlayers: {}\nmodes:\n  ways: [highway, aeroway]\n  limits: {tags: [maxspeed], share: "
    "1}\n"
    "  walk: {access: [foot], open: [yes], shut: [no], otherwise: own, classes: {path: own}, oneway: [x]}\n"
    "  bike: {access: [bicycle], open: [yes], shut: [no], otherwise: 7, classes: {path: 9}, oneway: [x]}\n"
    "  car: {access: [car], open: [yes], shut: [no], otherwise: 30, classes: {taxiway: 40}, oneway: [x]}\n";

static void another_profile(void **state) {
  files *f = *state;
  sund_profile *profile = NULL;
  osm_rules *rules = NULL;
  sund_source source = {.role = SUND_PATHS};
  assert_ok(f->ctx, sund_profile_read(f->ctx, files_text(f, "mine.yaml", own_rules), &profile));
  assert_ok(f->ctx, sund_profile_apply(f->ctx, 1, &profile, 0, NULL, "lines", &source));
  assert_non_null(source.modes);
  assert_ok(f->ctx, osm_modes_read(f->ctx, source.modes, &rules));
  assert_string_equal(verdicts(f->ctx, rules, NULL, "aeroway=taxiway|maxspeed=30"), "car30");
  assert_string_equal(verdicts(f->ctx, rules, NULL, "highway=path"), "walk bike9");
  assert_string_equal(verdicts(f->ctx, rules, NULL, "highway=residential|bicycle=yes"), "");
}

static void rules_that_cannot_be_read(void **state) {
  static const struct {
    const char *was, *is, *message;
  } cases[] = {{"share: 1", "share: 1.5", "a share is above 0 and at most 1"},
               {"path: 9", "path: fast", "fast is no number"},
               {"path: 9", "path: 0", "a speed is 0.1 to 1000 km/h, or `own`"},
               {"classes: {path: 9}", "classes: [path]", "written as `key: value`"},
               {"otherwise: 7", "otherwize: 7", "a mode needs the key otherwise"},
               {"  walk:", "  stroll:", "modes needs the key walk"}};
  files *f = *state;
  size_t wrong = 0;
  for (size_t k = 0; k < sizeof cases / sizeof *cases; k++) {
    const char *at = strstr(own_rules, cases[k].was), *message = "";
    sund_ctx *ctx = sund_ctx_child(f->ctx);
    sund_profile *profile = NULL;
    const char *text =
        sund_text(ctx, "%.*s%s%s", (int)(at - own_rules), own_rules, cases[k].is, at + strlen(cases[k].was));
    assert_int_equal(sund_profile_read(ctx, files_text(f, "bad.yaml", text), &profile), SUND_USAGE);
    sund_failure(ctx, &message, NULL, NULL);
    if (!strstr(message, cases[k].message)) print_error("%s: %s\n", cases[k].is, message), wrong++;
    sund_ctx_free(ctx);
  }
  assert_int_equal(wrong, 0);
}

/* ------------------------------------------------------------------------------------------------------ whole files */

#define NODE(id, lon, lat) "<node id='" id "' lon='" lon "' lat='" lat "'/>"
#define TAG(key, value) "<tag k='" key "' v='" value "'/>"
#define ND(id) "<nd ref='" id "'/>"
#define WAY(id, refs, tags) "<way id='" id "'>" refs tags "</way>"
#define MEMBER(kind, role, id) "<member type='" kind "' role='" role "' ref='" id "'/>"
#define TURN(id, members, tags) "<relation id='" id "'>" members TAG("type", "restriction") tags "</relation>"
#define FROM(id) MEMBER("way", "from", id)
#define TO(id) MEMBER("way", "to", id)
#define VIA(id) MEMBER("node", "via", id)
#define STREET TAG("highway", "residential")

typedef struct made {
  sund_table *table;
  sund_reading reading;
  sund_findings findings;
} made;

typedef sund_code (*maker)(sund_ctx *, const osm_file *, const sund_source *, const sund_frame *, sund_table **,
                           sund_reading *, sund_findings *);

static sund_code make(sund_ctx *ctx, const char *path, maker fn, const char *crs, const char *country, made *out) {
  sund_pair set = {.key = "country", .value = country};
  const sund_source source = {
      .role = fn == osm_paths ? SUND_PATHS : SUND_GATES, .sets = country != NULL, .set = &set};
  sund_crs *system = NULL;
  osm_want want = osm_ferries_want;
  osm_file *file = NULL;
  *out = (made){0};
  TRY(sund_crs_open(ctx, crs, &system));
  if (fn == osm_paths) TRY(osm_paths_want(ctx, &source, &want));
  TRY(osm_read(ctx, path, &want, &file));
  const sund_frame frame = {.crs = system};
  return fn(ctx, file, &source, &frame, &out->table, &out->reading, &out->findings);
}

static const char *finding_with(const made *m, const char *text) {
  for (size_t k = 0; k < m->findings.count; k++)
    if (strstr(m->findings.item[k].text, text)) return m->findings.item[k].text;
  return NULL;
}

static const char town[] = "<?xml version='1.0'?><osm version='0.6'>" NODE("1", "12.600", "56.03")
    NODE("2", "12.602", "56.03") NODE("3", "12.604", "56.03") NODE("4", "12.602", "56.032")
        NODE("5", "12.602", "56.028") NODE("6", "12.606", "56.03") NODE("7", "12.606", "56.032")
            NODE("8", "12.608", "56.032") "<node id='9' lon='12.601' lat='56.028'>" TAG(
                "barrier", "bollard") "</node>" NODE("10", "12.600", "56.028") NODE("11", "12.603", "56.034")
                NODE("12", "12.603", "56.026") WAY("10", ND("1") ND("2") ND("3"), STREET)
                    WAY("11", ND("4") ND("2"), STREET TAG("oneway", "yes")) WAY("12", ND("2") ND("5"), STREET)
                        WAY("20", ND("3") ND("6"), STREET) WAY("21", ND("7") ND("6"), STREET)
                            WAY("22", ND("7") ND("8"), STREET)
                                WAY("30", ND("10") ND("9") ND("5"), STREET TAG("maxspeed", "50"))
                                    WAY("40", ND("11") ND("12"), STREET TAG("bridge", "yes")) /* over way 10 */
    WAY("41", ND("11") ND("11"), STREET) WAY("42", ND("77") ND("12") ND("5") ND("78"), STREET TAG("layer", "-2"))
        WAY("50", ND("1") ND("10"), TAG("highway", "service") TAG("access", "private")) WAY(
            "51", ND("1") ND("10"), TAG("highway", "proposed")) WAY("52", ND("8") ND("3"),
                                                                    STREET TAG("access", "destination"))
            TURN("100", FROM("10") VIA("2") TO("12"), TAG("restriction", "no_left_turn")) TURN(
                "101", FROM("11") VIA("2") TO("12"),
                TAG("restriction", "no_straight_on") TAG("except", "bicycle;psv"))
                TURN("102", FROM("20") MEMBER("way", "via", "21") TO("22"), TAG("restriction", "only_left_turn"))
                    TURN("103", FROM("20") VIA("6") TO("21"), TAG("restriction:conditional", "no_left_turn @ (Mo)"))
                        TURN("104", FROM("20") VIA("6") TO("21"), TAG("restriction:hgv", "no_left_turn"))
                            TURN("105", FROM("12") VIA("5") TO("12"), TAG("restriction:motorcar", "no_u_turn"))
                                TURN("106", FROM("12") VIA("5") TO("999"), TAG("restriction", "no_left_turn"))
                                    TURN("107", FROM("11") VIA("2") TO("12") TO("10"), TAG("restriction", "no_exit"))
                                        TURN("108", FROM("20") VIA("6") TO("21"),
                                             TAG("restriction", "no_left_turn") TAG("day_on", "Monday")) "</osm>";

/* The row of a way that has a node at one of its ends; SIZE_MAX = none. */
static size_t row_of(const sund_table *t, int64_t way, int64_t node) {
  const sund_shapes *s = t->shapes;
  for (size_t r = 0; r < t->rows; r++)
    if (t->feature[r] == way &&
        (t->topology->node[s->first_vertex[r]] == node || t->topology->node[s->first_vertex[r + 1] - 1] == node))
      return r;
  return SIZE_MAX;
}

static const sund_turn *turn_between(const sund_table *t, size_t from, size_t to, int64_t node) {
  for (size_t k = 0; k < t->topology->turns; k++) {
    const sund_turn *turn = &t->topology->turn[k];
    if (turn->from == from && turn->to == to && turn->node == node) return turn;
  }
  return NULL;
}

static void rows_of_a_town(void **state) {
  files *f = *state;
  made m;
  assert_ok(f->ctx, make(f->ctx, files_text(f, "town.osm", town), osm_paths, "EPSG:25832", "DK", &m));
  const sund_table *t = m.table;
  /* 10 is cut where a turn is about it, 30 at the bollard; 41 has no length, 50 is shut, 51 not built */
  assert_int_equal(t->rows, 12);
  assert_int_equal(m.reading.read, 13);
  assert_int_equal(m.reading.used, 10);
  assert_int_equal(m.reading.rejected, 3);
  assert_int_equal(t->shapes->rows, t->rows);
  const size_t bridge = row_of(t, 40, 11), cut = row_of(t, 42, 5), one = row_of(t, 11, 4), slow = row_of(t, 30, 10);
  assert_int_equal(sund_table_int(t, "level")[bridge], 1);
  assert_int_equal(sund_table_int(t, "level")[cut], -2);
  assert_int_equal(t->shapes->first_vertex[cut + 1] - t->shapes->first_vertex[cut],
                   2); /* ends where it leaves the file */
  assert_string_equal(sund_table_text(t, "oneway")[one], "yes");
  assert_string_equal(sund_table_text(t, "oneway_bike")[one], "yes");
  assert_string_equal(sund_table_text(t, "oneway_walk")[one], "no");
  assert_string_equal(sund_table_text(t, "class")[one], "residential");
  assert_string_equal(sund_table_text(t, "country")[one], "DK");
  assert_near(sund_table_real(t, "speed_kmh")[slow], 40, 1e-9);
  assert_true(isnan(sund_table_real(t, "bike_kmh")[slow]));
  assert_int_equal(sund_table_int(t, "car")[slow], 1);
  assert_string_equal(t->source_name[0], "town.osm");
  assert_null(sund_table_column(t, "length_m"));
  assert_near(t->shapes->x[0], 724290.7, 1000);
  assert_non_null(finding_with(&m, "begin or end there"));
  assert_non_null(finding_with(&m, "2 nodes of ways are not in the file"));
  assert_null(finding_with(&m, "no country"));
}

static void turns_of_a_town(void **state) {
  files *f = *state;
  made m;
  assert_ok(f->ctx, make(f->ctx, files_text(f, "town.osm", town), osm_paths, "EPSG:25832", NULL, &m));
  const sund_table *t = m.table;
  const size_t in = row_of(t, 11, 2), out = row_of(t, 12, 2), west = row_of(t, 10, 1);
  const unsigned car = 1u << SUND_CAR, both = car | 1u << SUND_BIKE;
  assert_int_equal(turn_between(t, in, out, 2)->modes, car); /* not for bicycles */
  assert_false(turn_between(t, in, out, 2)->only);
  const sund_turn *round = turn_between(t, out, out, 5);
  assert_non_null(round);
  assert_int_equal(round->modes, car);
  const size_t begin = row_of(t, 20, 6), between = row_of(t, 21, 6), end = row_of(t, 22, 7);
  const sund_turn *via = turn_between(t, begin, end, 6);
  assert_non_null(via);
  assert_true(via->only && via->via_rows == 1 && via->via[0] == between && via->modes == both);
  assert_null(
      turn_between(t, west, out, 2)); /* way 10 comes to node 2 from both sides: nobody knows which is meant */
  const size_t north = row_of(t, 30, 10), south = row_of(t, 30, 5);
  assert_true(north != south);
  assert_int_equal(turn_between(t, north, south, 9)->modes, car);
  assert_int_equal(turn_between(t, south, north, 9)->modes, car);
  assert_int_equal(t->topology->turns, 1 + 1 + 1 + 1 + 2);
  const char *told = finding_with(&m, "turn restrictions");
  assert_string_equal(told,
                      "9 turn restrictions: 4 used; not used: 2 that hold at certain times only, 1 for other "
                      "vehicles or of no known kind, 1 that name ways not among the paths, 1 whose ways do not "
                      "meet; 1 nodes stop a mode");
  assert_non_null(finding_with(&m, "no country is set"));
}

static void a_network_of_a_town(void **state) {
  files *f = *state;
  made m;
  sund_graph *g = NULL;
  sund_join_report report;
  assert_ok(f->ctx, make(f->ctx, files_text(f, "town.osm", town), osm_paths, "EPSG:25832", NULL, &m));
  const sund_network_ask ask = {.lines = m.table, .tolerance = 1};
  assert_ok(f->ctx, sund_graph_network(f->ctx, &ask, NULL, &g, &report));
  assert_int_equal(g->nodes, 12); /* 1 .. 12, 2 and 9 because rows were cut there */
  assert_int_equal(g->edges, 12);
  assert_int_equal(g->components, 1);
  /* joined with a layer that knows no nodes: ids go along, turns name the same ways */
  sund_table *both = NULL;
  sund_field class = {.name = "class", .type = SUND_TEXT};
  sund_table *plain = NULL;
  assert_ok(f->ctx, sund_table_new(f->ctx, "paths", SUND_LINE, 1, &class, 1, &plain));
  assert_ok(f->ctx, sund_shapes_new(f->ctx, SUND_LINE, 1, 1, 2, &plain->shapes));
  plain->shapes->first_part[1] = 1;
  plain->shapes->first_vertex[1] = 2;
  plain->shapes->x[1] = 100;
  sund_table *tables[] = {plain, m.table};
  assert_ok(f->ctx, sund_table_join(f->ctx, SUND_PATHS, 2, tables, &both));
  assert_non_null(both->topology);
  assert_true(both->topology->node[0] == SUND_NULL_INT && both->topology->node[2] == m.table->topology->node[0]);
  assert_int_equal(both->topology->turns, m.table->topology->turns);
  assert_int_equal(both->topology->turn[0].from, m.table->topology->turn[0].from + 1);
}

/* Two extracts with ways in common: each once, and turns name the one that stayed. */
static void two_extracts(void **state) {
  files *f = *state;
  made a, b;
  const char *path = files_text(f, "town.osm", town);
  const char *cut = strstr(town, "<way id='10'");
  const char *other =
      sund_text(f->ctx, "%.*s<way id='9'>" ND("8") ND("3") STREET "</way>%s", (int)(cut - town), town, cut);
  assert_ok(f->ctx, make(f->ctx, path, osm_paths, "EPSG:25832", "DK", &a));
  assert_ok(f->ctx, make(f->ctx, files_text(f, "other.osm", other), osm_paths, "EPSG:25832", "SE", &b));
  sund_table *tables[] = {a.table, b.table}, *both = NULL;
  assert_int_equal(b.table->rows, a.table->rows + 1);
  assert_ok(f->ctx, sund_table_join(f->ctx, SUND_PATHS, 2, tables, &both));
  assert_int_equal(both->rows, a.table->rows + 1);
  assert_int_equal(both->topology->turns, 2 * a.table->topology->turns);
  for (size_t k = 0; k < both->topology->turns; k++) assert_true(both->topology->turn[k].from < a.table->rows);
  const size_t own = row_of(both, 9, 8);
  assert_int_equal(own, a.table->rows);
  assert_string_equal(sund_table_text(both, "country")[own], "SE");
  assert_string_equal(sund_table_text(both, "country")[row_of(both, 10, 1)], "DK");
  assert_string_equal(sund_table_source(both, own), "other.osm");
  sund_graph *g = NULL;
  const sund_network_ask ask = {.lines = both, .tolerance = 1};
  assert_ok(f->ctx, sund_graph_network(f->ctx, &ask, NULL, &g, NULL));
  assert_int_equal(g->edges, 12 + 1);
}

/* A square that is a relation, one drawn as a closed way beside it, and two that no path meets; a pier is a path. */
static const char squares[] =
    "<?xml version='1.0'?><osm version='0.6'>" NODE("1", "12.600", "56.03") NODE("2", "12.602", "56.03")
        NODE("3", "12.604", "56.03") NODE("4", "12.604", "56.032") NODE("5", "12.606", "56.032") NODE("6", "12.62", "56.03")
            NODE("7", "12.63", "56.03") NODE("8", "12.63", "56.04") NODE("9", "12.61", "56.05")
                WAY("1", ND("1") ND("2"), STREET) WAY("2", ND("2") ND("3") ND("4"), "") WAY("3", ND("4") ND("2"), "")
                    WAY("4", ND("4") ND("5") ND("3") ND("4"), TAG("highway", "pedestrian") TAG("area", "yes"))
                        WAY("5", ND("6") ND("7") ND("9") ND("6"), TAG("highway", "pedestrian"))
                            WAY("6", ND("6") ND("7") ND("8") ND("6"), TAG("highway", "service") TAG("area", "yes"))
                                WAY("7", ND("8") ND("1"), TAG("man_made", "pier"))
                                    WAY("8", ND("7") ND("9"), TAG("natural", "coastline"))
    "<relation id='1'>" MEMBER("way", "outer", "2") MEMBER("way", "outer", "3") TAG("type", "multipolygon")
        TAG("highway", "pedestrian") TAG("bicycle", "no") "</relation>"
    "<relation id='2'>" MEMBER("way", "outer", "8") TAG("type", "multipolygon") TAG("natural", "water") "</relation></osm>";

static void squares_and_platforms(void **state) {
  files *f = *state;
  made m;
  const char *with = files_text(f, "squares.osm", squares);
  assert_ok(f->ctx, make(f->ctx, with, osm_paths, "EPSG:25832", NULL, &m));
  assert_int_equal(m.table->rows, 7); /* the pier brings a path to one square in the east, which touches the other */
  const size_t outline = row_of(m.table, 3, 4);
  assert_string_equal(sund_table_text(m.table, "class")[outline], "pedestrian");
  assert_int_equal(sund_table_int(m.table, "walk")[outline], 1);
  assert_int_equal(sund_table_int(m.table, "bike")[outline], 0);
  const char *pier = strstr(squares, "man_made"), *text;
  assert_non_null(text =
                      sund_text(f->ctx, "%.*snothing%s", (int)(pier - squares), squares, pier + strlen("man_made")));
  assert_ok(f->ctx, make(f->ctx, files_text(f, "squares.osm", text), osm_paths, "EPSG:25832", NULL, &m));
  assert_int_equal(m.table->rows, 4);
  assert_non_null(finding_with(&m, "2 outlines of squares and platforms that no path meets"));
}

/* ---------------------------------------------------------------------------------------------------------- ferries */

#define FERRY TAG("route", "ferry")

static const char sound[] = "<?xml version='1.0'?><osm version='0.6'>" NODE("1", "12.61", "56.03")
    NODE("2", "12.63", "56.035") NODE("3", "12.65", "56.04") NODE("4", "12.69", "56.04") NODE("5", "12.70", "56.04")
        NODE("6", "12.70", "56.05") NODE("7", "12.60", "56.03") NODE("8", "12.69", "56.06")
            NODE("50", "12.70", "56.1") NODE("51", "12.71", "56.1") NODE("52", "12.72", "56.1")
                NODE("53", "12.71", "56.11") WAY("1", ND("7") ND("1"), STREET) WAY("2", ND("4") ND("5"), STREET)
                    WAY("3", ND("50") ND("52"), STREET)
    /* one crossing in three ways, the middle one drawn against the others; its time stands on one of them */
    WAY("10", ND("1") ND("2"),
        FERRY TAG("name", "HH") TAG("foot", "yes") TAG("bicycle", "yes") TAG("motor_vehicle", "yes"))
        WAY("11", ND("3") ND("2"), FERRY TAG("duration", "0:20") TAG("bicycle", "yes") TAG("interval", "00:15"))
            WAY("12", ND("3") ND("4"), FERRY)
    /* all ways of a run carry the time of the whole */
    WAY("20", ND("5") ND("6"), FERRY TAG("duration", "PT5M") TAG("motor_vehicle", "no"))
    /* no time; leaves the file; a round trip; nobody may go; of a relation */
    WAY("30", ND("4") ND("6"), FERRY TAG("name", "Nobody knows"))
        WAY("31", ND("4") ND("99"), FERRY TAG("duration", "10"))
            WAY("32", ND("4") ND("6") ND("8") ND("4"), FERRY TAG("duration", "60"))
                WAY("33", ND("1") ND("4"), FERRY TAG("duration", "25") TAG("foot", "no"))
                    WAY("40", ND("50") ND("51"), FERRY TAG("duration", "12"))
                        WAY("41", ND("51") ND("52"), FERRY TAG("duration", "12"))
                            WAY("45", ND("52") ND("53"), FERRY TAG("duration", "5") TAG("name", "a"))
                                WAY("46", ND("53") ND("50"), FERRY TAG("duration", "8") TAG("name", "a"))
                                    WAY("34", ND("1") ND("5"), TAG("ferry", "trunk")) "<relation id='5'>" MEMBER(
                                        "way", "", "34") TAG("type", "route") TAG("route", "ferry")
                                        TAG("duration", "33") TAG("motorcar", "yes")
                                            TAG("name", "By relation") "</relation></osm>";

static size_t gate_of(const sund_table *t, int64_t way) {
  for (size_t r = 0; r < t->rows; r++)
    if (t->feature[r] == way) return r;
  return SIZE_MAX;
}

static void ferries(void **state) {
  files *f = *state;
  made m;
  assert_ok(f->ctx, make(f->ctx, files_text(f, "sound.osm", sound), osm_ferries, "EPSG:25832", NULL, &m));
  const sund_table *t = m.table;
  assert_int_equal(t->rows, 5);
  assert_int_equal(m.reading.read, 13);
  assert_int_equal(m.reading.used, 9);
  const size_t hh = gate_of(t, 10), short_one = gate_of(t, 20), relation = gate_of(t, 34);
  const double *minutes = sund_table_real(t, "minutes");
  const char **modes = sund_table_text(t, "modes"), **name = sund_table_text(t, "name");
  assert_near(minutes[hh], 20, 1e-9);
  assert_near(sund_table_real(t, "headway_min")[hh], 15, 1e-9);
  assert_string_equal(name[hh], "HH");
  assert_string_equal(sund_table_text(t, "id")[hh], "10");
  assert_string_equal(modes[hh], "walk,bike,car");
  assert_int_equal(t->shapes->first_vertex[hh + 1] - t->shapes->first_vertex[hh], 4);
  assert_true(t->shapes->x[t->shapes->first_vertex[hh]] < t->shapes->x[t->shapes->first_vertex[hh + 1] - 1]);
  assert_near(minutes[short_one], 5, 1e-9);
  assert_true(isnan(sund_table_real(t, "headway_min")[short_one]));
  assert_string_equal(modes[short_one], "walk");
  assert_near(minutes[relation], 33, 1e-9);
  assert_string_equal(name[relation], "By relation");
  assert_string_equal(modes[relation], "walk,bike,car");
  assert_string_equal(sund_table_text(t, "oneway")[hh], "no");
  assert_near(minutes[gate_of(t, 40)], 12, 1e-9); /* both ways carry the time of the whole */
  assert_near(minutes[gate_of(t, 45)], 13, 1e-9); /* each its own                         */
  assert_near(sund_table_real(t, "border_s")[hh], 0, 0);
  assert_non_null(finding_with(&m, "ferry Nobody knows (1 ways) is not used: no duration"));
  assert_non_null(finding_with(&m, "it leaves the file"));
  assert_non_null(finding_with(&m, "it ends where it begins"));
  assert_non_null(finding_with(&m, "it takes nobody"));
  assert_int_equal(m.findings.count, 4);
}

/* ------------------------------------------------------------------------------------------------------- real files */

static const char *data(files *f, const char *name) {
  const char *folder = getenv("SUND_DATA");
  const char *path = sund_text(f->ctx, "%s/peers/%s", folder ? folder : "../shared/data", name);
  FILE *file = fopen(path, "rb");
  if (!file) skip();
  fclose(file);
  return path;
}

static void las_palmas(void **state) {
  files *f = *state;
  const char *path = data(f, "las-palmas/las_palmas_2023_osm_20230221.osm.pbf");
  made m;
  assert_ok(f->ctx, make(f->ctx, path, osm_paths, "EPSG:32628", NULL, &m));
  assert_non_null(finding_with(&m, "922 turn restrictions: 838 used"));
  assert_true(m.table->topology->turns > 838);
  sund_graph *one = NULL, *two = NULL;
  const sund_network_ask ask = {.lines = m.table, .tolerance = 1};
  sund_ctx_threads(f->ctx, 1);
  assert_ok(f->ctx, sund_graph_network(f->ctx, &ask, NULL, &one, NULL));
  sund_ctx_threads(f->ctx, 2);
  assert_ok(f->ctx, sund_graph_network(f->ctx, &ask, NULL, &two, NULL));
  assert_int_equal(one->edges, two->edges);
  assert_memory_equal(one->edge_m, two->edge_m, one->edges * sizeof *one->edge_m);
  double largest = 0, all = 0;
  for (size_t c = 0; c < one->components; c++)
    largest = fmax(largest, one->component_m[c]), all += one->component_m[c];
  assert_true(largest > 0.8 * all);
  assert_ok(f->ctx, make(f->ctx, path, osm_ferries, "EPSG:32628", NULL, &m));
  assert_int_equal(m.reading.read, 7); /* none ends within the extract */
  assert_int_equal(m.table->rows, 0);
  assert_int_equal(m.findings.count, 7);
}

static void other_towns(void **state) {
  static const struct {
    const char *path, *crs, *finding;
  } towns[] = {{"heidelberg/heidelberg.test.pbf", "EPSG:25832", "476 turn restrictions: 465 used"},
               {"graphhopper-gtfs/moscow.osm.gz", "EPSG:32637", "106 turn restrictions: 80 used"}};
  files *f = *state;
  for (size_t k = 0; k < 2; k++) {
    made m;
    assert_ok(f->ctx, make(f->ctx, data(f, towns[k].path), osm_paths, towns[k].crs, NULL, &m));
    if (!finding_with(&m, towns[k].finding)) fail_msg("%s", finding_with(&m, "turn restrictions"));
    for (size_t i = 0; i < m.table->topology->turns; i++) {
      const sund_turn *turn = &m.table->topology->turn[i];
      assert_true(turn->from < m.table->rows && turn->to < m.table->rows && turn->modes);
    }
  }
}

/* ---------------------------------------------------------------------------------------------------------- memory */

static void without_memory(void **state) {
  static const char *const text[] = {town, sound};
  static const maker fn[] = {osm_paths, osm_ferries};
  files *f = *state;
  for (size_t k = 0; k < 2; k++) {
    const char *path = files_text(f, "any.osm", text[k]);
    size_t failures = 0;
    for (size_t n = 1;; n += 1 + n / 40) { /* later ones are of the same kind */
      sund_ctx *ctx = sund_ctx_new();
      made m;
      sund_ctx_threads(ctx, 1);
      sund_ctx_fail_alloc(ctx, n);
      const sund_code code = make(ctx, path, fn[k], "EPSG:25832", "DK", &m);
      if (code != SUND_OK && code != SUND_LIMIT) fail_msg("allocation %zu: code %d", n, (int)code);
      if (code == SUND_LIMIT) assert_null(m.table);
      sund_ctx_free(ctx);
      if (code == SUND_OK) break;
      failures++;
    }
    assert_true(failures > 20);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      SUND_TEST(who_may_go_where),
      SUND_TEST(limits),
      SUND_TEST(durations),
      SUND_TEST(barriers_on_nodes),
      FILES_TEST(another_profile),
      FILES_TEST(rules_that_cannot_be_read),
      FILES_TEST(rows_of_a_town),
      FILES_TEST(turns_of_a_town),
      FILES_TEST(a_network_of_a_town),
      FILES_TEST(two_extracts),
      FILES_TEST(squares_and_platforms),
      FILES_TEST(ferries),
      FILES_TEST(las_palmas),
      FILES_TEST(other_towns),
      FILES_TEST(without_memory),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}

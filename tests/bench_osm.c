/* bench_osm.c - an extract of OpenStreetMap as large as a region's, made without chance, and how long reading it takes.
 *
 * bench_osm write FILE.osm.pbf [WAYS]: nodes along roads, around buildings and fields and of addresses, ways with the tags
 * such ways have, buildings with courtyards, turn restrictions and bus routes as relations; version and time of every
 * thing, as public extracts have them (default 1,250,000 ways, about 70 MB).
 * bench_osm read FILE roads|all THREADS [TIMES]: osm_read, for streets alone or for streets, buildings and relations with
 * their members; says `wall` and `cpu` (user and system), best of TIMES (default 3), `rate` (MB of file a second),
 * `ways`, `peak` (MB, largest resident set).
 * bench_osm gdal FILE roads|all: the lines, or lines and areas, of GDAL's driver for such files; `wall`, `cpu`, `features`,
 * `peak`. GDAL is told to leave all other layers out; it draws what it hands over, sund's rows name their nodes.
 */
#include <gdal.h>
#include <ogr_api.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <time.h>

#include "support_osm.h"

enum { A_BLOCK = 8000, NAMES = 1500, NAME = 32, RECENT = 4096, LONGEST = 64 };

/* clang-format off: a word a place */
enum word {
  NONE,
  HIGHWAY,
  RESIDENTIAL,
  SERVICE,
  FOOTWAY,
  TRACK,
  TERTIARY,
  PRIMARY,
  CYCLEWAY,
  UNCLASSIFIED,
  NAME_KEY,
  SURFACE,
  ASPHALT,
  GRAVEL,
  MAXSPEED,
  FIFTY,
  EIGHTY,
  ONEWAY,
  YES,
  LIT,
  BUILDING,
  HOUSE,
  GARAGE,
  SHED,
  STREET,
  NUMBER,
  CITY,
  POSTCODE,
  TOWN,
  POSTCODE_TOWN,
  LANDUSE,
  FARMLAND,
  FOREST,
  GRASS,
  NATURAL,
  WATER,
  BARRIER,
  HEDGE,
  FENCE,
  WATERWAY,
  DITCH,
  SOURCE,
  SURVEY,
  GATE,
  CROSSING,
  MULTIPOLYGON,
  TYPE,
  RESTRICTION,
  NO_LEFT,
  ROUTE,
  BUS,
  OUTER,
  INNER,
  FROM,
  VIA,
  TO,
  REF,
  WORDS
};
static const char *const words[WORDS] = {
    [NONE] = "",
    [HIGHWAY] = "highway",
    [RESIDENTIAL] = "residential",
    [SERVICE] = "service",
    [FOOTWAY] = "footway",
    [TRACK] = "track",
    [TERTIARY] = "tertiary",
    [PRIMARY] = "primary",
    [CYCLEWAY] = "cycleway",
    [UNCLASSIFIED] = "unclassified",
    [NAME_KEY] = "name",
    [SURFACE] = "surface",
    [ASPHALT] = "asphalt",
    [GRAVEL] = "gravel",
    [MAXSPEED] = "maxspeed",
    [FIFTY] = "50",
    [EIGHTY] = "80",
    [ONEWAY] = "oneway",
    [YES] = "yes",
    [LIT] = "lit",
    [BUILDING] = "building",
    [HOUSE] = "house",
    [GARAGE] = "garage",
    [SHED] = "shed",
    [STREET] = "addr:street",
    [NUMBER] = "addr:housenumber",
    [CITY] = "addr:city",
    [POSTCODE] = "addr:postcode",
    [TOWN] = "Byen",
    [POSTCODE_TOWN] = "9999",
    [LANDUSE] = "landuse",
    [FARMLAND] = "farmland",
    [FOREST] = "forest",
    [GRASS] = "grass",
    [NATURAL] = "natural",
    [WATER] = "water",
    [BARRIER] = "barrier",
    [HEDGE] = "hedge",
    [FENCE] = "fence",
    [WATERWAY] = "waterway",
    [DITCH] = "ditch",
    [SOURCE] = "source",
    [SURVEY] = "survey",
    [GATE] = "gate",
    [CROSSING] = "crossing",
    [MULTIPOLYGON] = "multipolygon",
    [TYPE] = "type",
    [RESTRICTION] = "restriction",
    [NO_LEFT] = "no_left_turn",
    [ROUTE] = "route",
    [BUS] = "bus",
    [OUTER] = "outer",
    [INNER] = "inner",
    [FROM] = "from",
    [VIA] = "via",
    [TO] = "to",
    [REF] = "ref",
};

typedef enum what { A_BUILDING, A_ROAD, A_FIELD, A_LINE, AN_ADDRESS } what;

/* ---------------------------------------------------------------------------------------------------------- chance */

/* From numbers of things (finaliser of splitmix64; Steele, Lea, Flood 2014). */
static uint64_t mix(uint64_t a, uint64_t b) {
  uint64_t state = a * 0x9e3779b97f4a7c15u + b * 0xd1342543de82ef95u;
  return support_random(&state);
}

/* ------------------------------------------------------------------------------------------------------------ world */

static what what_of(uint64_t way) {
  const uint64_t c = mix(way, 1) % 100;
  return c < 52 ? A_BUILDING : c < 70 ? A_ROAD : c < 78 ? A_FIELD : c < 84 ? A_LINE : AN_ADDRESS;
}

/* Nodes of its own: an address is a node with tags and no way. */
static size_t nodes_of(uint64_t way) {
  switch (what_of(way)) {
    case A_BUILDING:
      return 4 + 2 * (mix(way, 2) % 3);
    case A_ROAD:
      return 2 + mix(way, 2) % 14;
    case A_FIELD:
      return 8 + mix(way, 2) % 40;
    case A_LINE:
      return 3 + mix(way, 2) % 10;
    case AN_ADDRESS:
      break;
  }
  return 1;
}

/* The next id: mostly one more, as those who map upload house by house; gaps where something was deleted. */
static int64_t id_after(int64_t id) {
  const uint64_t c = mix((uint64_t)id, 3);
  return id + 1 + (c % 8 == 0 ? (int64_t)(c >> 8) % 60 : 0);
}
static int64_t way_id(uint64_t way) {
  return (int64_t)(20000 + way * 3 + mix(way, 4) % 3);
}

/* 1e-7 degrees. */
typedef struct place {
  int64_t lon, lat;
} place;

/* Where things of a neighbourhood lie, 60 of them together, 700 m from the next. */
static place place_of(uint64_t way) {
  const uint64_t hood = way / 60;
  return (place){115000000 + (int64_t)(hood % 150) * 110000 + (int64_t)(mix(way, 5) % 100000),
                 552000000 + (int64_t)(hood / 150) * 65000 + (int64_t)(mix(way, 6) % 60000)};
}

/* From node to node: around a house, or on along a road that bends. */
static place step(uint64_t way, size_t node, place at) {
  static const int64_t side[4][2] = {{1400, 150}, {-120, 800}, {-1400, -150}, {120, -800}};
  if (what_of(way) == A_BUILDING)
    return (place){at.lon + side[node % 4][0] + (int64_t)(mix(way, 7) % 400),
                   at.lat + side[node % 4][1] + (int64_t)(mix(way, 8) % 200)};
  const int64_t east = (int64_t)(mix(way, 9) % 5000) - 2500, north = (int64_t)(mix(way, 10) % 3000) - 1500;
  return (place){at.lon + east + (int64_t)(mix(way * 64 + node, 11) % 1500),
                 at.lat + north + (int64_t)(mix(way * 64 + node, 12) % 900)};
}

/* ----------------------------------------------------------------------------------------------------------- blocks */

typedef struct writer {
  draft_form form;
  draft_bytes file;
  size_t things;                                      /* of the block                              */
  draft_bytes ids, lats, lons, tags, versions, times; /* nodes                                     */
  draft_bytes group;                                  /* ways and relations                        */
  int64_t id, lon, lat, time;
  int64_t recent[RECENT]; /* junctions of roads before                 */
  size_t roads;
} writer;

static int64_t time_of(uint64_t number) {
  return 1400000000 + (int64_t)(mix(number / 7, 13) % 300000000);
}

static void end_block(writer *w, bool nodes) {
  char name[NAMES][NAME];
  draft_bytes texts = {0}, block = {0}, dense = {0}, info = {0};
  if (w->things == 0) return;
  for (size_t i = 0; i < WORDS; i++) draft_text(&texts, 1, words[i]);
  for (size_t i = 0; i < NAMES; i++) {
    snprintf(name[i], NAME, "%c%c%s%s %u", (char)('A' + mix(i, w->file.length) % 26), (char)('a' + mix(i, 14) % 26),
             i % 3 ? "ager" : "holm", i % 2 ? "vej" : "gade", (unsigned)(i % 90));
    draft_text(&texts, 1, name[i]);
  }
  draft_field(&block, 1, &texts);
  if (nodes) {
    draft_field(&info, 1, &w->versions);
    draft_field(&info, 2, &w->times);
    draft_field(&dense, 1, &w->ids);
    draft_field(&dense, 5, &info);
    draft_field(&dense, 8, &w->lats);
    draft_field(&dense, 9, &w->lons);
    draft_field(&dense, 10, &w->tags);
    draft_field(&w->group, 2, &dense);
  }
  draft_field(&block, 2, &w->group);
  draft_blob(&w->form, "OSMData", &block, &w->file);
  w->things = 0;
  w->id = w->lon = w->lat = w->time = 0;
}

static uint64_t name_of(uint64_t number) {
  return WORDS + mix(number, 15) % NAMES;
}

/* Pairs of words, ended by NONE. */
typedef struct tags {
  size_t count;
  uint64_t word[2 * 8];
} tags;

static void tag(tags *t, uint64_t key, uint64_t value) {
  t->word[t->count++] = key;
  t->word[t->count++] = value;
}

static tags tags_of(uint64_t way) {
  static const enum word roads[] = {RESIDENTIAL, SERVICE, FOOTWAY, TRACK, TERTIARY, PRIMARY, CYCLEWAY, UNCLASSIFIED};
  static const enum word houses[] = {HOUSE, YES, GARAGE, SHED}, fields[] = {FARMLAND, FOREST, GRASS};
  const uint64_t c = mix(way, 16);
  tags t = {0};
  switch (what_of(way)) {
    case A_BUILDING:
      tag(&t, BUILDING, houses[c % 4]);
      if (c / 4 % 4 == 0) tag(&t, SOURCE, SURVEY);
      break;
    case A_ROAD:
      tag(&t, HIGHWAY, roads[c % 8]);
      if (c / 8 % 2) tag(&t, NAME_KEY, name_of(way));
      if (c / 16 % 2) tag(&t, SURFACE, c / 32 % 3 ? ASPHALT : GRAVEL);
      if (c / 128 % 4 == 0) tag(&t, MAXSPEED, c / 1024 % 2 ? FIFTY : EIGHTY);
      if (c / 512 % 9 == 0) tag(&t, ONEWAY, YES);
      if (c / 2048 % 3 == 0) tag(&t, LIT, YES);
      break;
    case A_FIELD:
      if (c % 5) tag(&t, LANDUSE, fields[c / 8 % 3]);
      else tag(&t, NATURAL, WATER);
      break;
    case A_LINE:
      if (c % 3) tag(&t, BARRIER, c / 8 % 2 ? HEDGE : FENCE);
      else tag(&t, WATERWAY, DITCH);
      break;
    case AN_ADDRESS:
      tag(&t, STREET, name_of(way / 20));
      tag(&t, NUMBER, name_of(way)); /* any text */
      tag(&t, CITY, TOWN);
      tag(&t, POSTCODE, POSTCODE_TOWN);
      break;
  }
  return t;
}

static void put_node(writer *w, uint64_t way, size_t node, int64_t id, place at) {
  const int64_t time = time_of(way);
  tags t = {0};
  if (what_of(way) == AN_ADDRESS) t = tags_of(way);
  else if (what_of(way) == A_ROAD && mix((uint64_t)id, 17) % 50 == 0)
    tag(&t, node ? HIGHWAY : BARRIER, node ? CROSSING : GATE);
  draft_zigzag(&w->ids, id - w->id);
  draft_zigzag(&w->lons, at.lon - w->lon);
  draft_zigzag(&w->lats, at.lat - w->lat);
  draft_varint(&w->versions, 1 + mix(way, 18) % 3);
  draft_zigzag(&w->times, time - w->time);
  for (size_t k = 0; k < t.count; k++) draft_varint(&w->tags, t.word[k]);
  draft_varint(&w->tags, 0);
  w->id = id;
  w->lon = at.lon;
  w->lat = at.lat;
  w->time = time;
  if (++w->things == A_BLOCK) end_block(w, true);
}

static void write_nodes(writer *w, uint64_t ways) {
  int64_t id = 1000000;
  for (uint64_t way = 0; way < ways; way++) {
    place at = place_of(way);
    for (size_t k = 0; k < nodes_of(way); k++) {
      put_node(w, way, k, id, at);
      at = step(way, k, at);
      id = id_after(id);
    }
  }
  end_block(w, true);
}

/* A way or relation, begun: id, tags, version and time. */
static void begin_thing(draft_bytes *out, int64_t id, tags t, uint64_t number) {
  draft_bytes keys = {0}, values = {0}, info = {0};
  draft_number(out, 1, (uint64_t)id);
  for (size_t k = 0; k < t.count; k += 2) {
    draft_varint(&keys, t.word[k]);
    draft_varint(&values, t.word[k + 1]);
  }
  draft_field(out, 2, &keys);
  draft_field(out, 3, &values);
  draft_number(&info, 1, 1 + mix(number, 19) % 5);
  draft_number(&info, 2, (uint64_t)time_of(number));
  draft_field(out, 4, &info);
}

/* A way's nodes: closed where it is an area; a road begins at a junction of one before it. */
static size_t refs_of(writer *w, uint64_t way, int64_t *id, int64_t ref[LONGEST]) {
  const what kind = what_of(way);
  size_t n = 0;
  if (kind == A_ROAD && w->roads > 0) {
    const size_t back = 1 + mix(way, 20) % (w->roads < RECENT ? w->roads : mix(way, 21) % 8 ? 40 : RECENT);
    ref[n++] = w->recent[(w->roads - (back < w->roads ? back : w->roads)) % RECENT];
  }
  const size_t first = n;
  for (size_t k = 0; k < nodes_of(way); k++, *id = id_after(*id)) ref[n++] = *id;
  if (kind == A_BUILDING || kind == A_FIELD) ref[n++] = ref[first];
  if (kind == A_ROAD) w->recent[w->roads++ % RECENT] = ref[first + mix(way, 22) % (n - first)];
  return n;
}

static void write_ways(writer *w, uint64_t ways) {
  int64_t id = 1000000, ref[LONGEST];
  for (uint64_t way = 0; way < ways; way++) {
    draft_bytes thing = {0}, refs = {0};
    const size_t n = refs_of(w, way, &id, ref);
    if (what_of(way) == AN_ADDRESS) continue;
    begin_thing(&thing, way_id(way), tags_of(way), way);
    int64_t last = 0;
    for (size_t k = 0; k < n; k++) {
      draft_zigzag(&refs, ref[k] - last);
      last = ref[k];
    }
    draft_field(&thing, 8, &refs);
    draft_field(&w->group, 3, &thing);
    if (++w->things == A_BLOCK) end_block(w, false);
  }
  end_block(w, false);
}

static void write_relations(writer *w, uint64_t ways) {
  static const uint64_t roles[3][3] = {{OUTER, INNER, INNER}, {FROM, VIA, TO}, {NONE, NONE, NONE}};
  for (uint64_t number = 0; number < ways / 100; number++) {
    draft_bytes thing = {0}, role = {0}, ids = {0}, kinds = {0};
    const uint64_t kind = number % 20 == 0 ? 2 : number % 3 == 0, members = kind == 2 ? 50 : 3;
    tags t = {0};
    tag(&t, TYPE, kind == 0 ? MULTIPOLYGON : kind == 1 ? RESTRICTION : ROUTE);
    if (kind == 0) tag(&t, BUILDING, YES);
    else tag(&t, kind == 1 ? RESTRICTION : ROUTE, kind == 1 ? NO_LEFT : BUS);
    begin_thing(&thing, (int64_t)(500 + 2 * number), t, number);
    int64_t last = 0;
    for (uint64_t k = 0; k < members; k++) {
      const bool via = kind == 1 && k == 1;
      const int64_t id = via ? 1000000 + (int64_t)(mix(number, k) % ways) : way_id((number * 100 + k * 7) % ways);
      draft_varint(&role, roles[kind][k % 3]);
      draft_zigzag(&ids, id - last);
      draft_varint(&kinds, via ? OSM_NODE : OSM_WAY);
      last = id;
    }
    draft_field(&thing, 8, &role);
    draft_field(&thing, 9, &ids);
    draft_field(&thing, 10, &kinds);
    draft_field(&w->group, 4, &thing);
    if (++w->things == A_BLOCK) end_block(w, false);
  }
  end_block(w, false);
}

static int write_file(const char *path, uint64_t ways) {
  static writer w = {.form = {.seconds = 1700000000}};
  draft_head(&w.form, &w.file);
  write_nodes(&w, ways);
  write_ways(&w, ways);
  write_relations(&w, ways);
  FILE *file = fopen(path, "wb");
  if (!file || fwrite(w.file.at, 1, w.file.length, file) != w.file.length || fclose(file) != 0) return 2;
  printf("megabytes %.1f\n", (double)w.file.length / 1e6);
  free(w.file.at);
  return 0;
}

/* ------------------------------------------------------------------------------------------------------------- time */

typedef struct clock_pair {
  double wall, cpu;
} clock_pair;

static clock_pair now(void) {
  struct timespec wall, cpu;
  clock_gettime(CLOCK_MONOTONIC, &wall);
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &cpu);
  return (clock_pair){(double)wall.tv_sec + 1e-9 * (double)wall.tv_nsec,
                      (double)cpu.tv_sec + 1e-9 * (double)cpu.tv_nsec};
}

static void tell(clock_pair best) {
  struct rusage usage;
  getrusage(RUSAGE_SELF, &usage);
  printf("wall %.3f\ncpu %.3f\npeak %.1f\n", best.wall, best.cpu, (double)usage.ru_maxrss / 1024);
}

/* What osm_paths.c asks for, and with all what homes and areas ask for besides. */
static const char *const road_keys[] = {"highway", "route=ferry", "railway=platform", "public_transport=platform",
                                        NULL};
static const char *const road_nodes[] = {"barrier", NULL};
static const char *const restrictions[] = {"type=restriction", NULL};
static const char *const all_keys[] = {"highway", "building", NULL};
static const char *const all_relations[] = {"type=restriction", "building", "route", NULL};

static int read_file(const char *path, bool all, int threads, int times) {
  const osm_want roads = {.nodes = road_nodes, .ways = road_keys, .relations = restrictions};
  const osm_want both = {.nodes = road_nodes, .ways = all_keys, .relations = all_relations, .members = true};
  clock_pair best = {1e9, 1e9};
  struct stat facts;
  size_t ways = 0;
  if (stat(path, &facts) != 0) return 2;
  for (int i = 0; i < times; i++) {
    osm_file *file = NULL;
    sund_ctx *ctx = sund_ctx_new();
    if (!ctx) return 2;
    sund_ctx_threads(ctx, threads);
    const clock_pair start = now();
    if (osm_read(ctx, path, all ? &both : &roads, &file) != SUND_OK) {
      const char *why = "";
      sund_failure(ctx, &why, NULL, NULL);
      fprintf(stderr, "bench_osm: %s\n", why);
      return 2;
    }
    const clock_pair end = now();
    ways = file->ways;
    if (end.wall - start.wall < best.wall) best.wall = end.wall - start.wall;
    if (end.cpu - start.cpu < best.cpu) best.cpu = end.cpu - start.cpu;
    sund_ctx_free(ctx);
  }
  tell(best);
  printf("rate %.1f\nways %zu\n", (double)facts.st_size / 1e6 / best.wall, ways);
  return 0;
}

static int read_by_gdal(const char *path, bool all) {
  static const char *const drivers[] = {"OSM", NULL};
  size_t features = 0;
  GDALAllRegister();
  const clock_pair start = now();
  GDALDatasetH data = GDALOpenEx(path, GDAL_OF_VECTOR, drivers, NULL, NULL);
  if (!data) return 2;
  GDALDatasetExecuteSQL(data, all ? "SET interest_layers = lines,multipolygons" : "SET interest_layers = lines", NULL,
                        NULL);
  for (OGRFeatureH f; (f = GDALDatasetGetNextFeature(data, NULL, NULL, NULL, NULL)); OGR_F_Destroy(f)) features++;
  GDALClose(data);
  const clock_pair end = now();
  tell((clock_pair){end.wall - start.wall, end.cpu - start.cpu});
  printf("features %zu\n", features);
  return features > 0 ? 0 : 2;
}

int main(int argc, char **argv) {
  const bool all = argc > 3 && strcmp(argv[3], "all") == 0;
  if (argc > 2 && strcmp(argv[1], "write") == 0)
    return write_file(argv[2], argc > 3 ? strtoull(argv[3], NULL, 10) : 1250000);
  if (argc > 4 && strcmp(argv[1], "read") == 0)
    return read_file(argv[2], all, atoi(argv[4]), argc > 5 ? atoi(argv[5]) : 3);
  if (argc > 3 && strcmp(argv[1], "gdal") == 0) return read_by_gdal(argv[2], all);
  fprintf(stderr, "usage: bench_osm write FILE [WAYS] | read FILE roads|all THREADS [TIMES] | gdal FILE roads|all\n");
  return 2;
}

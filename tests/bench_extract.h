/* bench_extract.h - an extract of OpenStreetMap as large as a region's, made without chance, for bench_osm.c.
 *
 * Nodes along roads, around buildings and fields, and of addresses; ways with the tags such ways have; buildings with
 * courtyards, turn restrictions and bus routes as relations. Version and time of every thing stand there as in public
 * extracts; ids rise with gaps; roads begin at a junction of a road before them. Blocks of 8,000 things, zlib level 6.
 */
#ifndef SUND_TESTS_BENCH_EXTRACT_H
#define SUND_TESTS_BENCH_EXTRACT_H

#include "support_osm.h"

enum { A_BLOCK = 8000, NAMES = 1500, NAME = 32, RECENT = 4096, LONGEST = 64 };

/* All words but names; a block's table of texts begins with them. */
static const char *const words[] = {"",
                                    "highway",
                                    "residential",
                                    "service",
                                    "footway",
                                    "track",
                                    "tertiary",
                                    "primary",
                                    "cycleway",
                                    "unclassified",
                                    "name",
                                    "surface",
                                    "asphalt",
                                    "gravel",
                                    "maxspeed",
                                    "50",
                                    "80",
                                    "oneway",
                                    "yes",
                                    "lit",
                                    "building",
                                    "house",
                                    "garage",
                                    "shed",
                                    "addr:street",
                                    "addr:housenumber",
                                    "addr:city",
                                    "addr:postcode",
                                    "Byen",
                                    "9999",
                                    "landuse",
                                    "farmland",
                                    "forest",
                                    "grass",
                                    "natural",
                                    "water",
                                    "barrier",
                                    "hedge",
                                    "fence",
                                    "waterway",
                                    "ditch",
                                    "source",
                                    "survey",
                                    "gate",
                                    "crossing",
                                    "type",
                                    "multipolygon",
                                    "restriction",
                                    "no_left_turn",
                                    "route",
                                    "bus",
                                    "outer",
                                    "inner",
                                    "from",
                                    "via",
                                    "to"};
enum { WORDS = sizeof words / sizeof *words };

typedef enum what { A_BUILDING, A_ROAD, A_FIELD, A_LINE, AN_ADDRESS } what;

/* ---------------------------------------------------------------------------------------------------------- chance */

/* From numbers of things (finaliser of splitmix64; Steele, Lea, Flood 2014). */
static inline uint64_t mix(uint64_t a, uint64_t b) {
  uint64_t state = a * 0x9e3779b97f4a7c15u + b * 0xd1342543de82ef95u;
  return support_random(&state);
}

/* ------------------------------------------------------------------------------------------------------------ world */

static inline what what_of(uint64_t way) {
  const uint64_t c = mix(way, 1) % 100;
  return c < 52 ? A_BUILDING : c < 70 ? A_ROAD : c < 78 ? A_FIELD : c < 84 ? A_LINE : AN_ADDRESS;
}

/* Nodes of its own: an address is a node with tags and no way. */
static inline size_t nodes_of(uint64_t way) {
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
static inline int64_t id_after(int64_t id) {
  const uint64_t c = mix((uint64_t)id, 3);
  return id + 1 + (c % 8 == 0 ? (int64_t)(c >> 8) % 60 : 0);
}
static inline int64_t way_id(uint64_t way) {
  return (int64_t)(20000 + way * 3 + mix(way, 4) % 3);
}

/* 1e-7 degrees. */
typedef struct place {
  int64_t lon, lat;
} place;

/* Where things of a neighbourhood lie, 60 of them together, 700 m from the next. */
static inline place place_of(uint64_t way) {
  const uint64_t hood = way / 60;
  return (place){115000000 + (int64_t)(hood % 150) * 110000 + (int64_t)(mix(way, 5) % 100000),
                 552000000 + (int64_t)(hood / 150) * 65000 + (int64_t)(mix(way, 6) % 60000)};
}

/* From node to node: around a house, or on along a road that bends. */
static inline place step(uint64_t way, size_t node, place at) {
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

static inline int64_t time_of(uint64_t number) {
  return 1400000000 + (int64_t)(mix(number / 7, 13) % 300000000);
}

static inline void end_block(writer *w, bool nodes) {
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

static inline uint64_t name_of(uint64_t number) {
  return WORDS + mix(number, 15) % NAMES;
}

static inline uint64_t word(const char *text) {
  for (uint64_t i = 0; i < WORDS; i++)
    if (strcmp(words[i], text) == 0) return i;
  exit(3);
}

/* Keys and values in turn, by their place in the table of texts. */
typedef struct tags {
  size_t count;
  uint64_t word[2 * 8];
} tags;

static inline void tag_by(tags *t, const char *key, uint64_t value) {
  t->word[t->count++] = word(key);
  t->word[t->count++] = value;
}
static inline void tag(tags *t, const char *key, const char *value) {
  tag_by(t, key, word(value));
}

static inline tags tags_of(uint64_t way) {
  static const char *const roads[] = {"residential", "service", "footway",  "track",
                                      "tertiary",    "primary", "cycleway", "unclassified"};
  static const char *const houses[] = {"house", "yes", "garage", "shed"}, *const fields[] = {"farmland", "forest",
                                                                                             "grass"};
  const uint64_t c = mix(way, 16);
  tags t = {0};
  switch (what_of(way)) {
    case A_BUILDING:
      tag(&t, "building", houses[c % 4]);
      if (c / 4 % 4 == 0) tag(&t, "source", "survey");
      break;
    case A_ROAD:
      tag(&t, "highway", roads[c % 8]);
      if (c / 8 % 2) tag_by(&t, "name", name_of(way));
      if (c / 16 % 2) tag(&t, "surface", c / 32 % 3 ? "asphalt" : "gravel");
      if (c / 128 % 4 == 0) tag(&t, "maxspeed", c / 1024 % 2 ? "50" : "80");
      if (c / 512 % 9 == 0) tag(&t, "oneway", "yes");
      if (c / 2048 % 3 == 0) tag(&t, "lit", "yes");
      break;
    case A_FIELD:
      if (c % 5) tag(&t, "landuse", fields[c / 8 % 3]);
      else tag(&t, "natural", "water");
      break;
    case A_LINE:
      if (c % 3) tag(&t, "barrier", c / 8 % 2 ? "hedge" : "fence");
      else tag(&t, "waterway", "ditch");
      break;
    case AN_ADDRESS:
      tag_by(&t, "addr:street", name_of(way / 20));
      tag_by(&t, "addr:housenumber", name_of(way)); /* any text */
      tag(&t, "addr:city", "Byen");
      tag(&t, "addr:postcode", "9999");
      break;
  }
  return t;
}

static inline void put_node(writer *w, uint64_t way, size_t node, int64_t id, place at) {
  const int64_t time = time_of(way);
  tags t = {0};
  if (what_of(way) == AN_ADDRESS) t = tags_of(way);
  else if (what_of(way) == A_ROAD && mix((uint64_t)id, 17) % 50 == 0)
    tag(&t, node ? "highway" : "barrier", node ? "crossing" : "gate");
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

static inline void write_nodes(writer *w, uint64_t ways) {
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
static inline void begin_thing(draft_bytes *out, int64_t id, tags t, uint64_t number) {
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
static inline size_t refs_of(writer *w, uint64_t way, int64_t *id, int64_t ref[LONGEST]) {
  const what kind = what_of(way);
  size_t n = 0;
  if (kind == A_ROAD && w->roads > 0) {
    const uint64_t near = mix(way, 21) % 8 ? 40 : RECENT, most = w->roads < near ? w->roads : near;
    ref[n++] = w->recent[(w->roads - 1 - mix(way, 20) % most) % RECENT];
  }
  const size_t first = n;
  for (size_t k = 0; k < nodes_of(way); k++, *id = id_after(*id)) ref[n++] = *id;
  if (kind == A_BUILDING || kind == A_FIELD) ref[n++] = ref[first];
  if (kind == A_ROAD) w->recent[w->roads++ % RECENT] = ref[first + mix(way, 22) % (n - first)];
  return n;
}

static inline void write_ways(writer *w, uint64_t ways) {
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

static inline void write_relations(writer *w, uint64_t ways) {
  static const char *const roles[3][3] = {{"outer", "inner", "inner"}, {"from", "via", "to"}, {"", "", ""}};
  for (uint64_t number = 0; number < ways / 100; number++) {
    draft_bytes thing = {0}, role = {0}, ids = {0}, kinds = {0};
    const uint64_t kind = number % 20 == 0 ? 2 : number % 3 == 0, members = kind == 2 ? 50 : 3;
    tags t = {0};
    tag(&t, "type", kind == 0 ? "multipolygon" : kind == 1 ? "restriction" : "route");
    if (kind == 0) tag(&t, "building", "yes");
    else tag(&t, kind == 1 ? "restriction" : "route", kind == 1 ? "no_left_turn" : "bus");
    begin_thing(&thing, (int64_t)(500 + 2 * number), t, number);
    int64_t last = 0;
    for (uint64_t k = 0; k < members; k++) {
      const bool via = kind == 1 && k == 1;
      uint64_t way = (number * 100 + k * 7) % ways;
      while (kind == 0 && what_of(way) != A_BUILDING) way = (way + 1) % ways;
      const int64_t id = via ? 1000000 + (int64_t)(mix(number, k) % ways) : way_id(way);
      draft_varint(&role, word(roles[kind][k % 3]));
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

static inline int extract_write(const char *path, uint64_t ways) {
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

#endif

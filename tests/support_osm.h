/* support_osm.h - OpenStreetMap files for tests: a small world by hand or by chance, written as .osm.pbf or as XML.
 *
 * The writer knows the formats on its own, so that a misreading in layers/ is no misreading here.
 */
#ifndef SUND_TESTS_SUPPORT_OSM_H
#define SUND_TESTS_SUPPORT_OSM_H

#include <libdeflate.h>
#include <stdbool.h>

#include "layers/osm.h"
#include "support.h"

enum { DRAFT_TAGS = 6, DRAFT_ITEMS = 40 };

typedef struct draft_item {
  osm_kind kind;
  int64_t id;
  const char *role;
} draft_item;

/* A node, way or relation. */
typedef struct draft_thing {
  osm_kind kind;
  int64_t id;
  int64_t lon, lat; /* 1e-7 degrees */
  size_t tags, items;
  const char *tag[DRAFT_TAGS][2];
  draft_item item[DRAFT_ITEMS];
} draft_thing;

typedef struct draft {
  size_t count, room;
  draft_thing *thing;
} draft;

/* How a draft is written. */
typedef struct draft_form {
  bool plain;                                  /* nodes one by one, not dense                          */
  bool raw;                                    /* blobs not packed                                     */
  size_t a_block;                              /* things a block; 0 = 8000                             */
  int64_t granularity, lat_offset, lon_offset; /* 0 = 100, 0, 0           */
  const char *feature;                         /* required; NULL = only those needed */
  const char *optional;                        /* or NULL                            */
  bool box;                                    /* of 1 2 .. 3 4 degrees              */
  int64_t seconds;                             /* replication time, 0 = none         */
  int packing;                                 /* field of the Blob, 0 = as raw says */
} draft_form;

/* ----------------------------------------------------------------------------------------------------------- draft */

static inline draft_thing *draft_add(draft *d, osm_kind kind, int64_t id) {
  if (d->count == d->room) {
    d->room = d->room ? 2 * d->room : 64;
    d->thing = realloc(d->thing, d->room * sizeof *d->thing);
    assert_non_null(d->thing);
  }
  draft_thing *thing = &d->thing[d->count++];
  memset(thing, 0, sizeof *thing);
  thing->kind = kind;
  thing->id = id;
  return thing;
}

static inline draft_thing *draft_tag(draft_thing *thing, const char *key, const char *value) {
  assert_true(thing->tags < DRAFT_TAGS);
  thing->tag[thing->tags][0] = key;
  thing->tag[thing->tags++][1] = value;
  return thing;
}

/* A node at whole 1e-7 degrees of lon and lat. */
static inline draft_thing *draft_node(draft *d, int64_t id, double lon, double lat) {
  draft_thing *node = draft_add(d, OSM_NODE, id);
  node->lon = (int64_t)(lon * 1e7 + (lon < 0 ? -0.5 : 0.5));
  node->lat = (int64_t)(lat * 1e7 + (lat < 0 ? -0.5 : 0.5));
  return node;
}

static inline void draft_item_add(draft_thing *thing, osm_kind kind, int64_t id, const char *role) {
  assert_true(thing->items < DRAFT_ITEMS);
  thing->item[thing->items++] = (draft_item){kind, id, role};
}

/* A way through nodes, ended by 0. */
static inline draft_thing *draft_way(draft *d, int64_t id, ...) {
  draft_thing *way = draft_add(d, OSM_WAY, id);
  va_list list;
  va_start(list, id);
  for (int ref = va_arg(list, int); ref != 0; ref = va_arg(list, int)) draft_item_add(way, OSM_NODE, ref, "");
  va_end(list);
  return way;
}

static inline void draft_free(draft *d) {
  free(d->thing);
  *d = (draft){0};
}

/* ------------------------------------------------------------------------------------------------------------- xml */

static inline void draft_escaped(FILE *file, const char *text) {
  for (; *text; text++)
    if (strchr("&<>\"'", *text)) fprintf(file, "&#%d;", *text);
    else fputc(*text, file);
}

static inline void draft_decimal(FILE *file, const char *name, int64_t value) {
  int64_t whole = value < 0 ? -value : value;
  fprintf(file, " %s='%s%lld.%07lld'", name, value < 0 ? "-" : "", (long long)(whole / 10000000),
          (long long)(whole % 10000000));
}

static inline void draft_xml(const draft *d, const char *path) {
  static const char *const names[] = {"node", "way", "relation"};
  FILE *file = fopen(path, "wb");
  assert_non_null(file);
  fprintf(file, "<?xml version='1.0' encoding='UTF-8'?>\n<osm version='0.6'>\n");
  for (size_t i = 0; i < d->count; i++) {
    const draft_thing *t = &d->thing[i];
    fprintf(file, "<%s id='%lld'", names[t->kind], (long long)t->id);
    if (t->kind == OSM_NODE) {
      draft_decimal(file, "lon", t->lon);
      draft_decimal(file, "lat", t->lat);
    }
    fprintf(file, ">");
    for (size_t k = 0; k < t->items; k++) {
      if (t->kind == OSM_WAY) {
        fprintf(file, "<nd ref='%lld'/>", (long long)t->item[k].id);
        continue;
      }
      fprintf(file, "<member type='%s' ref='%lld' role='", names[t->item[k].kind], (long long)t->item[k].id);
      draft_escaped(file, t->item[k].role);
      fprintf(file, "'/>");
    }
    for (size_t k = 0; k < t->tags; k++) {
      fprintf(file, "<tag k='");
      draft_escaped(file, t->tag[k][0]);
      fprintf(file, "' v='");
      draft_escaped(file, t->tag[k][1]);
      fprintf(file, "'/>");
    }
    fprintf(file, "</%s>\n", names[t->kind]);
  }
  fprintf(file, "</osm>\n");
  assert_int_equal(fclose(file), 0);
}

/* ------------------------------------------------------------------------------------------------------------- pbf */

typedef struct draft_bytes {
  unsigned char *at;
  size_t length, room;
} draft_bytes;

static inline void draft_put(draft_bytes *b, const void *bytes, size_t length) {
  if (b->length + length > b->room) {
    b->room = 2 * (b->length + length);
    b->at = realloc(b->at, b->room);
    assert_non_null(b->at);
  }
  if (length > 0) memcpy(b->at + b->length, bytes, length);
  b->length += length;
}

static inline void draft_varint(draft_bytes *b, uint64_t value) {
  do {
    unsigned char byte = (unsigned char)((value & 0x7F) | (value > 0x7F ? 0x80 : 0));
    draft_put(b, &byte, 1);
    value >>= 7;
  } while (value);
}

static inline void draft_zigzag(draft_bytes *b, int64_t value) {
  draft_varint(b, value < 0 ? ((uint64_t)(-(value + 1)) << 1) + 1 : (uint64_t)value << 1);
}

static inline void draft_number(draft_bytes *b, unsigned field, uint64_t value) {
  draft_varint(b, field << 3);
  draft_varint(b, value);
}

/* A field of bytes; `from` is freed. */
static inline void draft_field(draft_bytes *b, unsigned field, draft_bytes *from) {
  draft_varint(b, field << 3 | 2);
  draft_varint(b, from->length);
  draft_put(b, from->at, from->length);
  free(from->at);
  *from = (draft_bytes){0};
}

static inline void draft_text(draft_bytes *b, unsigned field, const char *text) {
  draft_bytes bytes = {0};
  draft_put(&bytes, text, strlen(text));
  draft_field(b, field, &bytes);
}

/* Texts of a block, the first one empty. */
typedef struct draft_table {
  size_t count;
  const char *text[4096];
} draft_table;

static inline uint64_t draft_string(draft_table *table, const char *text) {
  for (size_t i = 1; i < table->count; i++)
    if (strcmp(table->text[i], text) == 0) return i;
  assert_true(table->count < 4096);
  table->text[table->count] = text;
  return table->count++;
}

static inline void draft_tags(draft_table *table, const draft_thing *t, draft_bytes *out) {
  draft_bytes keys = {0}, values = {0};
  for (size_t k = 0; k < t->tags; k++) {
    draft_varint(&keys, draft_string(table, t->tag[k][0]));
    draft_varint(&values, draft_string(table, t->tag[k][1]));
  }
  if (t->tags == 0) return;
  draft_field(out, 2, &keys);
  draft_field(out, 3, &values);
}

static inline int64_t draft_place(const draft_form *form, int64_t value, int64_t offset) {
  int64_t granularity = form->granularity ? form->granularity : 100;
  assert_int_equal((value * 100 - offset) % granularity, 0);
  return (value * 100 - offset) / granularity;
}

static inline void draft_dense(const draft_form *form, draft_table *table, size_t count, const draft_thing *t,
                               draft_bytes *out) {
  draft_bytes ids = {0}, lats = {0}, lons = {0}, tags = {0}, dense = {0};
  int64_t id = 0, lat = 0, lon = 0;
  bool tagged = false;
  for (size_t i = 0; i < count; i++) {
    int64_t y = draft_place(form, t[i].lat, form->lat_offset), x = draft_place(form, t[i].lon, form->lon_offset);
    draft_zigzag(&ids, t[i].id - id);
    draft_zigzag(&lats, y - lat);
    draft_zigzag(&lons, x - lon);
    id = t[i].id;
    lat = y;
    lon = x;
    for (size_t k = 0; k < t[i].tags; k++) {
      draft_varint(&tags, draft_string(table, t[i].tag[k][0]));
      draft_varint(&tags, draft_string(table, t[i].tag[k][1]));
    }
    draft_varint(&tags, 0);
    tagged = tagged || t[i].tags > 0;
  }
  draft_field(&dense, 1, &ids);
  draft_field(&dense, 8, &lats);
  draft_field(&dense, 9, &lons);
  if (tagged) draft_field(&dense, 10, &tags);
  free(tags.at);
  draft_field(out, 2, &dense);
}

static inline void draft_one(const draft_form *form, draft_table *table, const draft_thing *t, draft_bytes *out) {
  draft_bytes bytes = {0}, roles = {0}, ids = {0}, kinds = {0};
  int64_t last = 0;
  if (t->kind == OSM_NODE) {
    draft_varint(&bytes, 1 << 3);
    draft_zigzag(&bytes, t->id);
  } else {
    draft_number(&bytes, 1, (uint64_t)t->id);
  }
  draft_tags(table, t, &bytes);
  for (size_t k = 0; k < t->items; k++) {
    draft_zigzag(&ids, t->item[k].id - last);
    last = t->item[k].id;
    draft_varint(&roles, *t->item[k].role ? draft_string(table, t->item[k].role) : 0);
    draft_varint(&kinds, t->item[k].kind);
  }
  if (t->kind == OSM_NODE) {
    draft_varint(&bytes, 8 << 3);
    draft_zigzag(&bytes, draft_place(form, t->lat, form->lat_offset));
    draft_varint(&bytes, 9 << 3);
    draft_zigzag(&bytes, draft_place(form, t->lon, form->lon_offset));
  }
  if (t->kind == OSM_WAY) draft_field(&bytes, 8, &ids);
  if (t->kind == OSM_RELATION) {
    draft_field(&bytes, 8, &roles);
    draft_field(&bytes, 9, &ids);
    draft_field(&bytes, 10, &kinds);
  }
  free(ids.at);
  free(roles.at);
  free(kinds.at);
  static const unsigned field[] = {1, 3, 4};
  draft_field(out, field[t->kind], &bytes);
}

/* A blob with its header; `block` is freed. */
static inline void draft_blob(const draft_form *form, const char *type, draft_bytes *block, draft_bytes *file) {
  draft_bytes blob = {0}, header = {0}, packed = {0};
  if (form->raw) {
    draft_field(&blob, 1, block);
  } else {
    struct libdeflate_compressor *deflate = libdeflate_alloc_compressor(6);
    packed.room = libdeflate_zlib_compress_bound(deflate, block->length);
    packed.at = malloc(packed.room);
    packed.length = libdeflate_zlib_compress(deflate, block->at, block->length, packed.at, packed.room);
    libdeflate_free_compressor(deflate);
    draft_number(&blob, 2, block->length);
    draft_field(&blob, form->packing ? (unsigned)form->packing : 3, &packed);
    free(block->at);
    *block = (draft_bytes){0};
  }
  draft_text(&header, 1, type);
  draft_number(&header, 3, blob.length);
  unsigned char length[4] = {0, 0, (unsigned char)(header.length >> 8), (unsigned char)header.length};
  draft_put(file, length, 4);
  draft_put(file, header.at, header.length);
  draft_put(file, blob.at, blob.length);
  free(header.at);
  free(blob.at);
}

static inline void draft_head(const draft_form *form, draft_bytes *file) {
  draft_bytes head = {0}, box = {0};
  static const int64_t sides[] = {1000000000, 3000000000, 4000000000, 2000000000}; /* left, right, top, bottom */
  for (unsigned i = 0; i < 4; i++) {
    draft_varint(&box, (i + 1) << 3);
    draft_zigzag(&box, sides[i]);
  }
  if (form->box) draft_field(&head, 1, &box);
  free(box.at);
  draft_text(&head, 4, "OsmSchema-V0.6");
  draft_text(&head, 4, "DenseNodes");
  if (form->feature) draft_text(&head, 4, form->feature);
  if (form->optional) draft_text(&head, 5, form->optional);
  draft_text(&head, 16, "sund's tests");
  if (form->seconds) draft_number(&head, 32, (uint64_t)form->seconds);
  draft_form plain = *form;
  plain.packing = 0;
  draft_blob(&plain, "OSMHeader", &head, file);
}

/* Things of one kind as a block. */
static inline void draft_block(const draft_form *form, size_t count, const draft_thing *t, draft_bytes *file) {
  static draft_table table;
  draft_bytes group = {0}, block = {0}, texts = {0};
  table.count = 1;
  table.text[0] = "";
  if (t->kind == OSM_NODE && !form->plain) draft_dense(form, &table, count, t, &group);
  else
    for (size_t i = 0; i < count; i++) draft_one(form, &table, &t[i], &group);
  for (size_t i = 0; i < table.count; i++) draft_text(&texts, 1, table.text[i]);
  draft_field(&block, 1, &texts);
  draft_field(&block, 2, &group);
  if (form->granularity) draft_number(&block, 17, (uint64_t)form->granularity);
  if (form->lat_offset) draft_number(&block, 19, (uint64_t)form->lat_offset);
  if (form->lon_offset) draft_number(&block, 20, (uint64_t)form->lon_offset);
  draft_blob(form, "OSMData", &block, file);
}

/* The file in memory, to be freed. */
static inline draft_bytes draft_pbf_bytes(const draft *d, draft_form form) {
  draft_bytes file = {0};
  draft_head(&form, &file);
  size_t most = form.a_block ? form.a_block : 8000;
  for (size_t i = 0; i < d->count;) {
    size_t end = i;
    while (end < d->count && d->thing[end].kind == d->thing[i].kind && end - i < most) end++;
    draft_block(&form, end - i, &d->thing[i], &file);
    i = end;
  }
  return file;
}

static inline void draft_write(const char *path, const void *bytes, size_t length) {
  FILE *file = fopen(path, "wb");
  assert_non_null(file);
  assert_int_equal(fwrite(bytes, 1, length, file), length);
  assert_int_equal(fclose(file), 0);
}

static inline void draft_pbf(const draft *d, draft_form form, const char *path) {
  draft_bytes file = draft_pbf_bytes(d, form);
  draft_write(path, file.at, file.length);
  free(file.at);
}

#endif

/* osm_block.c - the entities of one PrimitiveBlock (wiki.openstreetmap.org/wiki/PBF_Format, osmformat.proto).
 *
 * A block has a table of texts and groups of entities. Ids, places and refs are differences from the one before. The
 * table is looked through once for wanted keys, so that entities without one cost no more than counting.
 */
#include "osm_block.h"

#include "osm_wire.h"

enum { BLOCK_TABLE = 1, BLOCK_GROUP = 2, BLOCK_GRANULARITY = 17, BLOCK_LAT_OFFSET = 19, BLOCK_LON_OFFSET = 20 };
enum { GROUP_NODE = 1, GROUP_DENSE = 2, GROUP_WAY = 3, GROUP_RELATION = 4 };
enum { DENSE_ID = 1, DENSE_LAT = 8, DENSE_LON = 9, DENSE_TAGS = 10 };
enum { THING_ID = 1, THING_KEYS = 2, THING_VALUES = 3, NODE_LAT = 8, NODE_LON = 9 };
enum { WAY_REFS = 8, RELATION_ROLES = 8, RELATION_IDS = 9, RELATION_KINDS = 10 };
enum { MOST_FIELD = 10, NANO = 1000000000 };

/* The fields of an entity by number; those that are not there are empty. */
typedef struct fields {
  uint64_t value[MOST_FIELD + 1];
  osm_wire bytes[MOST_FIELD + 1];
  bool there[MOST_FIELD + 1];
} fields;

static sund_code damaged(osm_block *b, const char *what) {
  return sund_fail(b->ctx, SUND_SOURCE, "damaged: %s", what);
}

/* bits: the fields that hold bytes. Each may come once. */
static sund_code read_fields(osm_block *b, osm_wire wire, unsigned bytes, fields *out) {
  osm_field field;
  *out = (fields){0};
  while (osm_wire_next(&wire, &field)) {
    if (field.number > MOST_FIELD) continue;
    bool array = bytes >> field.number & 1;
    if (array && field.type != OSM_WIRE_BYTES) return damaged(b, "a list that is not packed");
    if (array && out->there[field.number]) return damaged(b, "a list that comes twice");
    out->there[field.number] = true;
    out->value[field.number] = field.value;
    out->bytes[field.number] = field.bytes;
  }
  return wire.bad ? damaged(b, "an entity that ends early") : SUND_OK;
}

/* ---------------------------------------------------------------------------------------------------------- texts */

static sund_code read_table(osm_block *b, osm_wire wire) {
  osm_field field;
  while (osm_wire_next(&wire, &field)) {
    if (field.number != 1 || field.type != OSM_WIRE_BYTES) continue;
    osm_string *all = sund_grow(b->ctx, b->string, &b->string_room, b->strings + 1, sizeof *all);
    if (!all) return SUND_LIMIT;
    b->string = all;
    osm_string *string = &all[b->strings++];
    *string =
        (osm_string){.text = (const char *)field.bytes.at, .length = (uint32_t)(field.bytes.end - field.bytes.at)};
    for (int kind = 0; kind < OSM_KINDS; kind++)
      if (osm_matcher_key(&b->reader->match[kind], string->text, string->length))
        string->wanted |= (uint8_t)(1 << kind);
  }
  return wire.bad ? damaged(b, "the table of texts ends early") : SUND_OK;
}

/* The place of a text in the part, copied when it is used first. */
static sund_code copy_text(osm_block *b, uint64_t at, size_t *out) {
  osm_string *string = &b->string[at];
  if (string->copy == 0) {
    size_t place = 0;
    TRY(osm_part_text(b->part, string->text, string->length, &place));
    string->copy = place + 1;
  }
  *out = string->copy - 1;
  return SUND_OK;
}

/* Tags of one entity: keys and values in two lists, or in turns in one (values NULL), up to a 0 or the end. */
typedef struct tag_wire {
  osm_wire keys, values;
  bool turns;
} tag_wire;

/* The next tag, as places in the table; *more false at the end. */
static sund_code next_tag(osm_block *b, tag_wire *tags, uint64_t *key, uint64_t *value, bool *more) {
  *more = tags->keys.at < tags->keys.end;
  if (!*more) return SUND_OK;
  *key = osm_wire_varint(&tags->keys);
  *more = !tags->turns || *key != 0;
  if (!*more) return SUND_OK;
  *value = osm_wire_varint(tags->turns ? &tags->keys : &tags->values);
  if (tags->keys.bad || tags->values.bad) return damaged(b, "tags that end early");
  if (*key >= b->strings || *value >= b->strings) return damaged(b, "a tag that is not in the table of texts");
  return SUND_OK;
}

/* Reads the tags to their end; *hit when one of them is wanted. */
static sund_code look_at_tags(osm_block *b, osm_kind kind, tag_wire *tags, bool *hit) {
  uint64_t key = 0, value = 0;
  for (bool more = true;;) {
    TRY(next_tag(b, tags, &key, &value, &more));
    if (!more) break;
    const osm_string *k = &b->string[key], *v = &b->string[value];
    if (!*hit && (k->wanted >> kind & 1))
      *hit = osm_matcher_fits(&b->reader->match[kind], k->text, k->length, v->text, v->length);
  }
  return tags->turns || tags->values.at == tags->values.end ? SUND_OK : damaged(b, "more values than keys of tags");
}

static sund_code keep_tags(osm_block *b, osm_kind kind, tag_wire tags) {
  uint64_t key = 0, value = 0;
  for (bool more = true;;) {
    TRY(next_tag(b, &tags, &key, &value, &more));
    if (!more) return SUND_OK;
    size_t k = 0, v = 0;
    TRY(copy_text(b, key, &k));
    TRY(copy_text(b, value, &v));
    TRY(osm_part_tag(b->part, kind, k, v));
  }
}

/* ---------------------------------------------------------------------------------------------------------- nodes */

static sund_code take_node(osm_block *b, int64_t id, uint64_t lat, uint64_t lon) {
  osm_reader *r = b->reader;
  bool box = r->take & OSM_TAKE_BOX;
  size_t row = box ? 0 : osm_reader_row(r, id, &b->hint);
  if (row == SIZE_MAX) return SUND_OK;
  /* Whole nanodegrees are exact; so is the nearest double of the quotient, as when it is read from text. */
  double y = (double)(int64_t)(b->lat_offset + b->granularity * lat) / NANO;
  double x = (double)(int64_t)(b->lon_offset + b->granularity * lon) / NANO;
  if (!box) return osm_reader_place(b->ctx, r, row, x, y);
  osm_part_place(b->part, x, y);
  return osm_reader_check(b->ctx, id, x, y);
}

static sund_code look_at_node(osm_block *b, int64_t id, tag_wire *tags) {
  bool hit = false;
  osm_part_node(b->part, id);
  if (!(b->reader->take & OSM_TAKE_NODES)) return SUND_OK;
  tag_wire from = *tags;
  TRY(look_at_tags(b, OSM_NODE, tags, &hit));
  if (!hit) return SUND_OK;
  TRY(osm_part_begin(b->part, OSM_NODE, id));
  return keep_tags(b, OSM_NODE, from);
}

static sund_code take_dense(osm_block *b, osm_wire wire) {
  fields f;
  TRY(read_fields(b, wire, 1u << DENSE_ID | 1u << DENSE_LAT | 1u << DENSE_LON | 1u << DENSE_TAGS, &f));
  osm_wire *ids = &f.bytes[DENSE_ID], *lats = &f.bytes[DENSE_LAT], *lons = &f.bytes[DENSE_LON];
  tag_wire tags = {.keys = f.bytes[DENSE_TAGS], .turns = true};
  size_t count = osm_wire_count(ids);
  bool places = b->reader->take & (OSM_TAKE_PLACES | OSM_TAKE_BOX);
  if (osm_wire_count(lats) != count || osm_wire_count(lons) != count)
    return damaged(b, "nodes without a place, or places without a node");
  uint64_t id = 0, lat = 0, lon = 0;
  for (size_t i = 0; i < count; i++) {
    id += osm_wire_signed(ids);
    if (places) {
      lat += osm_wire_signed(lats);
      lon += osm_wire_signed(lons);
      TRY(take_node(b, (int64_t)id, lat, lon));
    } else {
      TRY(look_at_node(b, (int64_t)id, &tags));
    }
  }
  bool rest = ids->at != ids->end || (places && (lats->at != lats->end || lons->at != lons->end));
  if (ids->bad || lats->bad || lons->bad || rest) return damaged(b, "a number that ends early");
  return SUND_OK;
}

static sund_code take_plain(osm_block *b, osm_wire wire) {
  fields f;
  TRY(read_fields(b, wire, 1u << THING_KEYS | 1u << THING_VALUES, &f));
  if (!f.there[THING_ID] || !f.there[NODE_LAT] || !f.there[NODE_LON]) return damaged(b, "a node without id or place");
  uint64_t value[3] = {f.value[THING_ID], f.value[NODE_LAT], f.value[NODE_LON]};
  for (int i = 0; i < 3; i++) value[i] = (value[i] >> 1) ^ (0 - (value[i] & 1));
  if (b->reader->take & (OSM_TAKE_PLACES | OSM_TAKE_BOX)) return take_node(b, (int64_t)value[0], value[1], value[2]);
  tag_wire tags = {f.bytes[THING_KEYS], f.bytes[THING_VALUES], false};
  return look_at_node(b, (int64_t)value[0], &tags);
}

/* ------------------------------------------------------------------------------------------------ ways, relations */

static sund_code take_way(osm_block *b, osm_wire wire) {
  fields f;
  osm_part *part = b->part;
  if (b->reader->take & OSM_TAKE_COUNTS) part->all[OSM_WAY]++;
  if (!(b->reader->take & OSM_TAKE_WAYS)) return SUND_OK;
  TRY(read_fields(b, wire, 1u << THING_KEYS | 1u << THING_VALUES | 1u << WAY_REFS, &f));
  int64_t id = (int64_t)f.value[THING_ID];
  tag_wire tags = {f.bytes[THING_KEYS], f.bytes[THING_VALUES], false}, from = tags;
  bool hit = osm_reader_member(b->reader, id);
  TRY(look_at_tags(b, OSM_WAY, &tags, &hit));
  if (!hit) return SUND_OK;
  osm_wire *refs = &f.bytes[WAY_REFS];
  size_t count = osm_wire_count(refs);
  int64_t *ref = NULL;
  TRY(osm_part_begin(part, OSM_WAY, id));
  TRY(osm_part_refs(part, count, &ref));
  uint64_t node = 0;
  for (size_t i = 0; i < count; i++) ref[i] = (int64_t)(node += osm_wire_signed(refs));
  if (refs->bad || refs->at != refs->end) return damaged(b, "a way whose nodes end early");
  return keep_tags(b, OSM_WAY, from);
}

static sund_code take_members(osm_block *b, fields *f) {
  osm_wire *roles = &f->bytes[RELATION_ROLES], *ids = &f->bytes[RELATION_IDS], *kinds = &f->bytes[RELATION_KINDS];
  size_t count = osm_wire_count(ids);
  if (osm_wire_count(roles) != count || osm_wire_count(kinds) != count)
    return damaged(b, "a relation whose members lack a role or a kind");
  uint64_t id = 0;
  for (size_t i = 0; i < count; i++) {
    uint64_t role = osm_wire_varint(roles), kind = osm_wire_varint(kinds);
    id += osm_wire_signed(ids);
    if (kind >= OSM_KINDS) return damaged(b, "a member of a kind that is not known");
    if (role >= b->strings) return damaged(b, "a role that is not in the table of texts");
    osm_item item = {.id = (int64_t)id, .kind = (osm_kind)kind};
    TRY(copy_text(b, role, &item.role));
    TRY(osm_part_item(b->part, item));
  }
  return ids->bad || roles->bad || kinds->bad || ids->at != ids->end ? damaged(b, "a relation that ends early")
                                                                     : SUND_OK;
}

static sund_code take_relation(osm_block *b, osm_wire wire) {
  fields f;
  if (b->reader->take & OSM_TAKE_COUNTS) b->part->all[OSM_RELATION]++;
  if (!(b->reader->take & OSM_TAKE_RELATIONS)) return SUND_OK;
  unsigned bytes =
      1u << THING_KEYS | 1u << THING_VALUES | 1u << RELATION_ROLES | 1u << RELATION_IDS | 1u << RELATION_KINDS;
  TRY(read_fields(b, wire, bytes, &f));
  tag_wire tags = {f.bytes[THING_KEYS], f.bytes[THING_VALUES], false}, from = tags;
  bool hit = false;
  TRY(look_at_tags(b, OSM_RELATION, &tags, &hit));
  if (!hit) return SUND_OK;
  TRY(osm_part_begin(b->part, OSM_RELATION, (int64_t)f.value[THING_ID]));
  TRY(take_members(b, &f));
  return keep_tags(b, OSM_RELATION, from);
}

/* ---------------------------------------------------------------------------------------------------------- block */

static sund_code take_group(osm_block *b, osm_wire wire) {
  osm_field field;
  unsigned take = b->reader->take;
  bool nodes = take & (OSM_TAKE_COUNTS | OSM_TAKE_PLACES | OSM_TAKE_BOX);
  while (osm_wire_next(&wire, &field)) {
    if (field.type != OSM_WIRE_BYTES) continue;
    if (field.number == GROUP_DENSE && nodes) TRY(take_dense(b, field.bytes));
    if (field.number == GROUP_NODE && nodes) TRY(take_plain(b, field.bytes));
    if (field.number == GROUP_WAY) TRY(take_way(b, field.bytes));
    if (field.number == GROUP_RELATION) TRY(take_relation(b, field.bytes));
  }
  return wire.bad ? damaged(b, "a group that ends early") : SUND_OK;
}

sund_code osm_block_take(osm_block *b, osm_part *part, const uint8_t *bytes, size_t size) {
  osm_wire wire = {bytes, bytes + size, false};
  osm_field field;
  b->part = part;
  b->strings = 0;
  b->granularity = 100;
  b->lat_offset = b->lon_offset = 0;
  /* What the groups need may stand behind them. */
  while (osm_wire_next(&wire, &field)) {
    if (field.number == BLOCK_TABLE && field.type == OSM_WIRE_BYTES) TRY(read_table(b, field.bytes));
    if (field.number == BLOCK_GRANULARITY) b->granularity = field.value;
    if (field.number == BLOCK_LAT_OFFSET) b->lat_offset = field.value;
    if (field.number == BLOCK_LON_OFFSET) b->lon_offset = field.value;
  }
  if (wire.bad) return damaged(b, "it ends early");
  if (b->granularity == 0 || b->granularity > NANO) return damaged(b, "its granularity cannot be");
  wire.at = bytes;
  while (osm_wire_next(&wire, &field))
    if (field.number == BLOCK_GROUP && field.type == OSM_WIRE_BYTES) TRY(take_group(b, field.bytes));
  return SUND_OK;
}

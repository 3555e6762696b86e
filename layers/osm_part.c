/* osm_part.c - what was taken from one blob of an OpenStreetMap file, in memory of its own. */
#include <string.h>

#include "osm_inside.h"
#include "textbuf.h"

sund_code osm_part_begin(osm_part *part, osm_kind kind, int64_t id) {
  osm_list *list = &part->list[kind];
  osm_row *rows = sund_grow(part->ctx, list->row, &list->row_room, list->rows + 1, sizeof *rows);
  if (!rows) return SUND_LIMIT;
  list->row = rows;
  list->row[list->rows++] = (osm_row){id, list->tags, kind == OSM_WAY ? part->refs : part->items};
  return SUND_OK;
}

sund_code osm_part_text(osm_part *part, const char *text, size_t length, size_t *out) {
  char *all = sund_grow(part->ctx, part->text, &part->text_room, part->length + length + 1, 1);
  if (!all) return SUND_LIMIT;
  part->text = all;
  char *copy = all + part->length;
  memcpy(copy, text, length);
  copy[length] = '\0';
  if (!textbuf_utf8(copy)) return sund_fail(part->ctx, SUND_SOURCE, "a text in it is not UTF-8");
  *out = part->length;
  part->length += length + 1;
  return SUND_OK;
}

sund_code osm_part_tag(osm_part *part, osm_kind kind, size_t key, size_t value) {
  osm_list *list = &part->list[kind];
  osm_text_tag *tags = sund_grow(part->ctx, list->tag, &list->tag_room, list->tags + 1, sizeof *tags);
  if (!tags) return SUND_LIMIT;
  list->tag = tags;
  list->tag[list->tags++] = (osm_text_tag){key, value};
  return SUND_OK;
}

sund_code osm_part_refs(osm_part *part, size_t count, int64_t **out) {
  int64_t *refs = sund_grow(part->ctx, part->ref, &part->ref_room, part->refs + count, sizeof *refs);
  if (!refs) return SUND_LIMIT;
  part->ref = refs;
  *out = refs + part->refs;
  part->refs += count;
  return SUND_OK;
}

sund_code osm_part_item(osm_part *part, osm_item item) {
  osm_item *items = sund_grow(part->ctx, part->item, &part->item_room, part->items + 1, sizeof *items);
  if (!items) return SUND_LIMIT;
  part->item = items;
  part->item[part->items++] = item;
  return SUND_OK;
}

void osm_part_node(osm_part *part, int64_t id) {
  if (part->all[OSM_NODE]++ == 0) part->first = part->low = part->high = id;
  else if (id <= part->last) part->falling = true;
  if (id < part->low) part->low = id;
  if (id > part->high) part->high = id;
  part->last = id;
}

void osm_part_place(osm_part *part, double lon, double lat) {
  bool none = !part->boxed;
  part->boxed = true;
  if (none || lon < part->box[0]) part->box[0] = lon;
  if (none || lat < part->box[1]) part->box[1] = lat;
  if (none || lon > part->box[2]) part->box[2] = lon;
  if (none || lat > part->box[3]) part->box[3] = lat;
}

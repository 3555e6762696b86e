/* osm_merge.c - the arrays of an osm_file out of the parts that a pass filled.
 *
 * Things are put in order by id; files are written so, and then nothing is moved. Where an id comes twice the last one in
 * the file counts, whatever thread met it. Nodes are those wanted for themselves and those of kept ways; ones that the file
 * does not have, because an extract cut the way, fall out when the coordinates are known.
 */
#include <stdlib.h>
#include <string.h>

#include "osm_inside.h"

enum { RADIX_BITS = 8, RADIX = 1 << RADIX_BITS, RADIX_PASSES = 8, REFS_A_BLOCK = 1 << 16 };

/* A thing in its part. */
typedef struct thing {
  int64_t id;
  uint32_t part;
  uint32_t row;
} thing;

/* ---------------------------------------------------------------------------------------------------------- sorting */

/* Signed numbers in the order of unsigned ones. */
static uint64_t key_of(int64_t value) {
  return (uint64_t)value ^ UINT64_C(1) << 63;
}

/* Radix sort by bytes, the lowest first; bytes that are the same everywhere, as high ones are, cost nothing. */
size_t osm_sort_unique(size_t n, int64_t **value, int64_t *other) {
  size_t count[RADIX_PASSES][RADIX] = {{0}};
  int64_t *from = *value, *to = other;
  for (size_t i = 0; i < n; i++)
    for (int p = 0; p < RADIX_PASSES; p++) count[p][key_of(from[i]) >> (p * RADIX_BITS) & (RADIX - 1)]++;
  for (int p = 0; p < RADIX_PASSES && n > 0; p++) {
    if (count[p][key_of(from[0]) >> (p * RADIX_BITS) & (RADIX - 1)] == n) continue;
    size_t first = 0;
    for (int k = 0; k < RADIX; k++) {
      size_t here = count[p][k];
      count[p][k] = first;
      first += here;
    }
    for (size_t i = 0; i < n; i++) to[count[p][key_of(from[i]) >> (p * RADIX_BITS) & (RADIX - 1)]++] = from[i];
    int64_t *swap = from;
    from = to;
    to = swap;
  }
  size_t kept = 0;
  for (size_t i = 0; i < n; i++)
    if (i == 0 || from[i] != from[i - 1]) from[kept++] = from[i];
  *value = from;
  return kept;
}

static int compare_things(const void *a, const void *b) {
  const thing *one = a, *other = b;
  if (one->id != other->id) return one->id < other->id ? -1 : 1;
  if (one->part != other->part) return one->part < other->part ? -1 : 1;
  return one->row < other->row ? -1 : one->row > other->row;
}

/* Things of a kind of all parts, by id, the last one of equals. */
static sund_code order_things(osm_reader *r, osm_kind kind, thing **out, size_t *count) {
  size_t n = 0;
  bool rising = true;
  for (size_t i = 0; i < r->parts; i++) n += r->part[i].list[kind].rows;
  thing *things = sund_alloc(r->scratch, n, sizeof *things);
  if (!things) return SUND_LIMIT;
  n = 0;
  for (size_t i = 0; i < r->parts; i++)
    for (size_t k = 0; k < r->part[i].list[kind].rows; k++) {
      things[n] = (thing){r->part[i].list[kind].row[k].id, (uint32_t)i, (uint32_t)k};
      rising = rising && (n == 0 || things[n - 1].id < things[n].id);
      n++;
    }
  if (!rising) qsort(things, n, sizeof *things, compare_things);
  size_t kept = 0;
  for (size_t i = 0; i < n; i++)
    if (i + 1 == n || things[i].id != things[i + 1].id) things[kept++] = things[i];
  *out = things;
  *count = kept;
  return SUND_OK;
}

/* ------------------------------------------------------------------------------------------------------ tags, items */

/* Where the tags or items of a row end: where the next row begins, or the array ends. */
static size_t end_of(const osm_list *list, size_t row, size_t all, bool tags) {
  if (row + 1 == list->rows) return all;
  return tags ? list->row[row + 1].first_tag : list->row[row + 1].first_item;
}

static sund_code keep_texts(osm_reader *r) {
  for (size_t i = 0; i < r->parts; i++) {
    osm_part *part = &r->part[i];
    if (!(part->kept = sund_alloc(r->ctx, part->length, 1))) return SUND_LIMIT;
    if (part->length > 0) memcpy(part->kept, part->text, part->length);
  }
  return SUND_OK;
}

static sund_code keep_tags(osm_reader *r, osm_kind kind, const thing *things, size_t count, osm_tags *out) {
  size_t all = 0;
  for (size_t i = 0; i < count; i++) {
    const osm_list *list = &r->part[things[i].part].list[kind];
    out[i].count = end_of(list, things[i].row, list->tags, true) - list->row[things[i].row].first_tag;
    all += out[i].count;
  }
  osm_tag *tags = sund_alloc(r->ctx, all, sizeof *tags);
  if (!tags) return SUND_LIMIT;
  for (size_t i = 0; i < count; i++) {
    const osm_part *part = &r->part[things[i].part];
    const osm_list *list = &part->list[kind];
    const osm_text_tag *from = list->tag + list->row[things[i].row].first_tag;
    out[i].tag = tags;
    for (size_t k = 0; k < out[i].count; k++)
      *tags++ = (osm_tag){part->kept + from[k].key, part->kept + from[k].value};
  }
  return SUND_OK;
}

static sund_code keep_ids(osm_reader *r, const thing *things, size_t count, int64_t **ids, osm_tags **tags,
                          size_t **first) {
  if (!(*ids = sund_alloc(r->ctx, count, sizeof **ids)) || !(*tags = sund_alloc(r->ctx, count, sizeof **tags)) ||
      !(*first = sund_alloc(r->ctx, count + 1, sizeof **first)))
    return SUND_LIMIT;
  for (size_t i = 0; i < count; i++) (*ids)[i] = things[i].id;
  return SUND_OK;
}

static sund_code keep_ways(osm_reader *r, int64_t **ref) {
  osm_file *file = r->file;
  thing *things = NULL;
  TRY(order_things(r, OSM_WAY, &things, &file->ways));
  TRY(keep_ids(r, things, file->ways, &file->way_id, &file->way_tags, &file->first_ref));
  TRY(keep_tags(r, OSM_WAY, things, file->ways, file->way_tags));
  for (size_t i = 0; i < file->ways; i++) {
    const osm_part *part = &r->part[things[i].part];
    const osm_list *list = &part->list[OSM_WAY];
    size_t begin = list->row[things[i].row].first_item, end = end_of(list, things[i].row, part->refs, false);
    file->first_ref[i + 1] = file->first_ref[i] + end - begin;
  }
  size_t refs = file->first_ref[file->ways];
  if (!(*ref = sund_alloc(r->scratch, refs, sizeof **ref))) return SUND_LIMIT;
  for (size_t i = 0; i < file->ways; i++) {
    const osm_part *part = &r->part[things[i].part];
    size_t begin = part->list[OSM_WAY].row[things[i].row].first_item, n = file->first_ref[i + 1] - file->first_ref[i];
    if (n > 0) memcpy(*ref + file->first_ref[i], part->ref + begin, n * sizeof **ref);
  }
  return SUND_OK;
}

static sund_code keep_relations(osm_reader *r) {
  osm_file *file = r->file;
  thing *things = NULL;
  TRY(order_things(r, OSM_RELATION, &things, &file->relations));
  TRY(keep_ids(r, things, file->relations, &file->relation_id, &file->relation_tags, &file->first_member));
  TRY(keep_tags(r, OSM_RELATION, things, file->relations, file->relation_tags));
  for (size_t i = 0; i < file->relations; i++) {
    const osm_part *part = &r->part[things[i].part];
    const osm_list *list = &part->list[OSM_RELATION];
    size_t begin = list->row[things[i].row].first_item, end = end_of(list, things[i].row, part->items, false);
    file->first_member[i + 1] = file->first_member[i] + end - begin;
  }
  osm_member *member = sund_alloc(r->ctx, file->first_member[file->relations], sizeof *member);
  if (!(file->member = member)) return SUND_LIMIT;
  for (size_t i = 0; i < file->relations; i++) {
    const osm_part *part = &r->part[things[i].part];
    const osm_item *item = part->item + part->list[OSM_RELATION].row[things[i].row].first_item;
    for (size_t k = file->first_member[i]; k < file->first_member[i + 1]; k++, item++)
      *member++ = (osm_member){item->kind, item->id, part->kept + item->role};
  }
  return SUND_OK;
}

sund_code osm_merge_things(osm_reader *r, int64_t **ref) {
  TRY(keep_texts(r));
  TRY(keep_ways(r, ref));
  return keep_relations(r);
}

/* ------------------------------------------------------------------------------------------------------------ nodes */

sund_code osm_merge_needed(osm_reader *r, const int64_t *ref) {
  size_t refs = r->file->first_ref[r->file->ways], n = refs;
  for (size_t i = 0; i < r->parts; i++) n += r->part[i].list[OSM_NODE].rows;
  int64_t *other = sund_alloc(r->scratch, n, sizeof *other);
  if (!other || !(r->node = sund_alloc(r->scratch, n, sizeof *r->node))) return SUND_LIMIT;
  if (refs > 0) memcpy(r->node, ref, refs * sizeof *ref);
  n = refs;
  for (size_t i = 0; i < r->parts; i++)
    for (size_t k = 0; k < r->part[i].list[OSM_NODE].rows; k++) r->node[n++] = r->part[i].list[OSM_NODE].row[k].id;
  r->nodes = osm_sort_unique(n, &r->node, other);
  if (r->nodes >= UINT32_MAX)
    return sund_fail(r->scratch, SUND_LIMIT, "more than %u nodes are in use", UINT32_MAX - 1);
  r->lon = sund_alloc(r->scratch, r->nodes, sizeof *r->lon);
  r->lat = r->lon ? sund_alloc(r->scratch, r->nodes, sizeof *r->lat) : NULL;
  r->found = r->lat ? sund_alloc(r->scratch, r->nodes, 1) : NULL;
  return r->found ? SUND_OK : SUND_LIMIT;
}

typedef struct ref_rows {
  const osm_reader *r;
  const int64_t *ref;
  const uint32_t *row; /* of the nodes asked for: the row in the file, UINT32_MAX = not in it */
} ref_rows;

static sund_code resolve(sund_ctx *worker, size_t begin, size_t end, void *data) {
  (void)worker;
  const ref_rows *rows = data;
  size_t hint = 0;
  for (size_t i = begin; i < end; i++) {
    size_t at = osm_reader_row(rows->r, rows->ref[i], &hint);
    rows->r->file->ref[i] = rows->row[at];
  }
  return SUND_OK;
}

static sund_code tag_nodes(osm_reader *r) {
  thing *things = NULL;
  size_t count = 0;
  TRY(order_things(r, OSM_NODE, &things, &count));
  osm_tags *tags = sund_alloc(r->scratch, count, sizeof *tags);
  if (!tags || !(r->file->node_tags = sund_alloc(r->ctx, r->file->nodes, sizeof *r->file->node_tags)))
    return SUND_LIMIT;
  TRY(keep_tags(r, OSM_NODE, things, count, tags));
  size_t row = 0;
  for (size_t i = 0; i < count; i++) {
    while (row < r->file->nodes && r->file->node_id[row] < things[i].id) row++;
    if (row < r->file->nodes && r->file->node_id[row] == things[i].id) r->file->node_tags[row] = tags[i];
  }
  return SUND_OK;
}

sund_code osm_merge_nodes(osm_reader *r, const int64_t *ref) {
  osm_file *file = r->file;
  uint32_t *row = sund_alloc(r->scratch, r->nodes, sizeof *row);
  if (!row) return SUND_LIMIT;
  for (size_t i = 0; i < r->nodes; i++) row[i] = r->found[i] ? (uint32_t)file->nodes++ : UINT32_MAX;
  file->node_id = sund_alloc(r->ctx, file->nodes, sizeof *file->node_id);
  file->lon = file->node_id ? sund_alloc(r->ctx, file->nodes, sizeof *file->lon) : NULL;
  file->lat = file->lon ? sund_alloc(r->ctx, file->nodes, sizeof *file->lat) : NULL;
  size_t refs = file->first_ref[file->ways];
  file->ref = file->lat ? sund_alloc(r->ctx, refs, sizeof *file->ref) : NULL;
  if (!file->ref) return SUND_LIMIT;
  for (size_t i = 0; i < r->nodes; i++) {
    if (!r->found[i]) continue;
    file->node_id[row[i]] = r->node[i];
    file->lon[row[i]] = r->lon[i];
    file->lat[row[i]] = r->lat[i];
  }
  ref_rows rows = {r, ref, row};
  TRY(sund_for(r->scratch, refs, REFS_A_BLOCK, resolve, &rows));
  for (size_t i = 0; i < refs; i++) file->lost += file->ref[i] == UINT32_MAX;
  return r->want->nodes ? tag_nodes(r) : SUND_OK;
}

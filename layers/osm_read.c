/* osm_read.c - an OpenStreetMap file, read: the passes through it, and looking things up in what came out.
 *
 * Order: look at the file, unpack it if it is packed, open it as what it is; first pass (counts, relations, nodes wanted
 * for themselves, ways), second pass (ways that are members, where these are asked for), merge, third pass (coordinates of
 * the nodes in use), merge. Nothing is given to the caller before all of it has succeeded.
 */
#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "guard.h"
#include "osm_inside.h"

/* A box wider than this is none of an extract: some writers state one that is not theirs. */
#define WIDEST_DEGREES 30.0

/* ---------------------------------------------------------------------------------------------------------- look up */

const char *osm_value(osm_tags tags, const char *key) {
  for (size_t i = 0; i < tags.count; i++)
    if (strcmp(tags.tag[i].key, key) == 0) return tags.tag[i].value;
  return NULL;
}

/* The place of an id among rising ones, SIZE_MAX = none. */
static size_t find(const int64_t *ids, size_t count, int64_t id) {
  size_t low = 0, high = count;
  while (low < high) {
    size_t middle = low + (high - low) / 2;
    if (ids[middle] < id) low = middle + 1;
    else high = middle;
  }
  return low < count && ids[low] == id ? low : SIZE_MAX;
}

size_t osm_find_node(const osm_file *file, int64_t id) {
  return find(file->node_id, file->nodes, id);
}

size_t osm_find_way(const osm_file *file, int64_t id) {
  return find(file->way_id, file->ways, id);
}

bool osm_reader_member(const osm_reader *r, int64_t way) {
  return r->members > 0 && find(r->member, r->members, way) != SIZE_MAX;
}

size_t osm_reader_row(const osm_reader *r, int64_t id, size_t *hint) {
  const int64_t *node = r->node;
  size_t low = *hint, high = *hint, step = 1;
  if (r->nodes == 0) return SIZE_MAX;
  if (low >= r->nodes) low = high = r->nodes - 1;
  /* Steps that double, up or down, until the id lies between low and high: node[low - 1] < id <= node[high]. */
  if (node[low] < id) {
    for (high = ++low; high < r->nodes && node[high] < id; step *= 2) {
      low = high + 1;
      high = r->nodes - high > step ? high + step : r->nodes;
    }
  } else {
    while (low > 0 && node[low] >= id) {
      high = low;
      low = low > step ? low - step : 0;
      step *= 2;
    }
    if (node[low] < id) low++;
  }
  while (low < high) {
    size_t middle = low + (high - low) / 2;
    if (node[middle] < id) low = middle + 1;
    else high = middle;
  }
  *hint = low;
  return low < r->nodes && node[low] == id ? low : SIZE_MAX;
}

sund_code osm_reader_check(sund_ctx *ctx, int64_t id, double lon, double lat) {
  if (fabs(lon) <= 180 && fabs(lat) <= 90) return SUND_OK;
  sund_fail(ctx, SUND_SOURCE, "damaged: node %" PRId64 " lies at longitude %g, latitude %g", id, lon, lat);
  return sund_blame(ctx, NULL, id);
}

sund_code osm_reader_place(sund_ctx *ctx, osm_reader *r, size_t row, double lon, double lat) {
  TRY(osm_reader_check(ctx, r->node[row], lon, lat));
  r->lon[row] = lon;
  r->lat[row] = lat;
  r->found[row] = 1;
  return SUND_OK;
}

/* ------------------------------------------------------------------------------------------------------------ file */

bool osm_is_file(const path_facts *facts) {
  if (facts->inside || facts->folder) return false;
  bool packed =
      facts->content == PATH_GZIP && (path_ends(facts->name, ".osm.gz") || path_ends(facts->name, ".pbf.gz"));
  return packed || facts->content == PATH_OSM || facts->content == PATH_OSM_PBF;
}

sund_code osm_unpack(sund_ctx *ctx, path_facts *facts) {
  if (facts->content != PATH_GZIP) return SUND_OK;
  guard *g = sund_alloc(ctx, 1, sizeof *g);
  if (!g) return SUND_LIMIT;
  TRY(guard_enter(ctx, g));
  g->facts = *facts;
  sund_code code = guard_unpack(g);
  guard_pause(g);
  TRY(code);
  return path_look(ctx, g->path, facts);
}

/* ---------------------------------------------------------------------------------------------------------- passes */

static sund_code pass(osm_reader *r, bool xml, unsigned take) {
  r->take = take;
  return xml ? osm_xml_pass(r) : osm_pbf_pass(r);
}

/* What the first pass counted; do node ids rise all through the file? */
static void sum_up(osm_reader *r) {
  int64_t *all[OSM_KINDS] = {&r->file->all_nodes, &r->file->all_ways, &r->file->all_relations};
  const osm_part *before = NULL;
  r->ordered = true;
  for (size_t i = 0; i < r->parts; i++) {
    const osm_part *part = &r->part[i];
    for (int kind = 0; kind < OSM_KINDS; kind++) *all[kind] += part->all[kind];
    if (part->all[OSM_NODE] == 0) continue;
    if (part->falling || (before && part->first <= before->last)) r->ordered = false;
    before = part;
  }
}

/* Ways that are members of the relations taken. */
static sund_code list_members(osm_reader *r) {
  size_t most = 0;
  for (size_t i = 0; i < r->parts; i++) most += r->part[i].items;
  int64_t *other = sund_alloc(r->scratch, most, sizeof *other);
  if (!other || !(r->member = sund_alloc(r->scratch, most, sizeof *r->member))) return SUND_LIMIT;
  for (size_t i = 0; i < r->parts; i++)
    for (size_t k = 0; k < r->part[i].items; k++)
      if (r->part[i].item[k].kind == OSM_WAY) r->member[r->members++] = r->part[i].item[k].id;
  r->members = osm_sort_unique(r->members, &r->member, other);
  return SUND_OK;
}

static sund_code open_parts(osm_reader *r) {
  if (!(r->part = sund_alloc(r->scratch, r->parts, sizeof *r->part))) return SUND_LIMIT;
  for (size_t i = 0; i < r->parts; i++)
    if (!(r->part[i].ctx = sund_ctx_child(r->scratch))) return SUND_LIMIT;
  return SUND_OK;
}

/* Contexts of parts are no children in memory: they are closed by hand, before the reader's. */
static void close_parts(void *data) {
  osm_reader *r = data;
  for (size_t i = 0; r->part && i < r->parts; i++) sund_ctx_free(r->part[i].ctx);
}

static sund_code open_file(osm_reader *r, bool xml) {
  TRY(xml ? osm_xml_open(r) : osm_pbf_open(r));
  TRY(sund_defer(r->scratch, close_parts, r));
  return open_parts(r);
}

static sund_code read_passes(osm_reader *r, bool xml) {
  const osm_want *want = r->want;
  int64_t *ref = NULL;
  TRY(open_file(r, xml));
  unsigned ways = OSM_TAKE_WAYS;
  TRY(pass(r, xml, OSM_TAKE_COUNTS | OSM_TAKE_NODES | OSM_TAKE_RELATIONS | (want->members ? 0 : ways)));
  sum_up(r);
  if (want->members) {
    TRY(list_members(r));
    TRY(pass(r, xml, ways));
  }
  TRY(osm_merge_things(r, &ref));
  TRY(osm_merge_needed(r, ref));
  if (r->nodes > 0) TRY(pass(r, xml, OSM_TAKE_PLACES));
  TRY(osm_merge_nodes(r, ref));
  if (r->placed && r->file->lost > 0)
    return sund_fail(r->scratch, SUND_SOURCE,
                     "has the places of nodes on its ways (LocationsOnWays) and not the nodes; write it with them");
  return SUND_OK;
}

/* The box the file states; else, or when it is too wide to be one of an extract, that of its nodes. */
static sund_code read_extent(osm_reader *r, bool xml) {
  double *box = r->file->box;
  TRY(open_file(r, xml));
  if (xml) TRY(pass(r, xml, OSM_TAKE_HEAD));
  if (box[0] <= box[2] && box[2] - box[0] <= WIDEST_DEGREES && box[3] - box[1] <= WIDEST_DEGREES) return SUND_OK;
  TRY(pass(r, xml, OSM_TAKE_COUNTS));
  sum_up(r);
  TRY(pass(r, xml, OSM_TAKE_BOX));
  if (r->file->all_nodes == 0) return SUND_OK;
  bool first = true;
  for (size_t i = 0; i < r->parts; i++) {
    const osm_part *part = &r->part[i];
    if (part->all[OSM_NODE] == 0) continue;
    for (int k = 0; k < 4; k++)
      if (first || (k < 2 ? part->box[k] < box[k] : part->box[k] > box[k])) box[k] = part->box[k];
    first = false;
  }
  return SUND_OK;
}

/* Opens what lies at the path and goes through it. */
static sund_code read_file(osm_reader *r, const char *path, sund_code (*read)(osm_reader *r, bool xml)) {
  path_facts facts;
  const char *const *lists[OSM_KINDS] = {r->want->nodes, r->want->ways, r->want->relations};
  for (int kind = 0; kind < OSM_KINDS; kind++) TRY(osm_matcher_open(r->scratch, lists[kind], &r->match[kind]));
  TRY(path_look(r->scratch, path, &facts));
  if (!(r->file->name = sund_text_copy(r->ctx, facts.name))) return SUND_LIMIT;
  if (osm_is_file(&facts)) TRY(osm_unpack(r->scratch, &facts));
  r->path = facts.file;
  if (facts.content != PATH_OSM && facts.content != PATH_OSM_PBF)
    return sund_fail(r->scratch, SUND_SOURCE, "is not an OpenStreetMap file");
  return read(r, facts.content == PATH_OSM);
}

static sund_code open_reader(sund_ctx *ctx, const char *path, const osm_want *want,
                             sund_code (*read)(osm_reader *r, bool xml), osm_file **out) {
  sund_ctx *scratch = sund_ctx_child(ctx);
  if (!scratch) return SUND_LIMIT;
  osm_reader *r = sund_alloc(scratch, 1, sizeof *r);
  osm_file *file = sund_alloc(ctx, 1, sizeof *file);
  const char *name = r && file ? path_base(scratch, path) : NULL;
  sund_code code = SUND_LIMIT;
  if (name) {
    *file = (osm_file){.box = {1, 1, -1, -1}};
    *r = (osm_reader){.ctx = ctx, .scratch = scratch, .want = want, .file = file};
    code = read_file(r, path, read);
  }
  if (code != SUND_OK) {
    sund_ctx_pass(ctx, scratch);
    sund_blame(ctx, name, SUND_NO_FEATURE);
  } else {
    *out = file;
  }
  sund_ctx_free(scratch);
  return code;
}

sund_code osm_read(sund_ctx *ctx, const char *path, const osm_want *want, osm_file **out) {
  return open_reader(ctx, path, want, read_passes, out);
}

sund_code osm_extent(sund_ctx *ctx, const char *path, double box[4]) {
  static const osm_want nothing = {NULL, NULL, NULL, false};
  osm_file *file = NULL;
  TRY(open_reader(ctx, path, &nothing, read_extent, &file));
  memcpy(box, file->box, sizeof file->box);
  return SUND_OK;
}

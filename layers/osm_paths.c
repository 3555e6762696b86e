/* osm_paths.c - streets and paths of an OpenStreetMap file: rows of the role paths with their nodes and turns.
 *
 * Order: every way, also the outline of a square (osm_squares.c), is judged for every mode (osm_judge.c); ways that some
 * mode may use are cut into rows where a node is missing from the file, stops a mode (a bollard), or is what a turn is
 * about, and are put in place; then turn restrictions name these rows (osm_turns.c). Roads meet where they share a node:
 * sund_graph_network. Ferries are no paths (osm_ferries.c).
 */
#include "osm_paths.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "word.h"

enum { BLOCK = 1024 };

static const char *const wanted_nodes[] = {"barrier", NULL};

sund_code osm_paths_want(sund_ctx *ctx, const sund_source *source, osm_want *out) {
  osm_rules *rules = NULL;
  TRY(osm_modes_read(ctx, source->modes, &rules));
  /* Squares and platforms are relations, too: their outlines are ways that say nothing themselves. */
  const char **list = sund_alloc(ctx, rules->ways.count + 2, sizeof *list);
  if (!list) return SUND_LIMIT;
  list[0] = "type=restriction";
  memcpy(list + 1, rules->ways.word, rules->ways.count * sizeof *list);
  *out = (osm_want){.nodes = wanted_nodes, .ways = list + 1, .relations = list, .members = true};
  return SUND_OK;
}

/* --------------------------------------------------------------------------------------------------------- judging */

typedef struct builder {
  sund_ctx *ctx; /* of the result */
  sund_ctx *scratch;
  const osm_file *file;
  const osm_rules *rules;
  const char *country;
  osm_tags *tags;       /* ways: their own, or of the area they are an outline of */
  const char **class;   /* ways: NULL = no way          */
  osm_verdict *verdict; /* ways * OSM_MODES             */
  osm_rows rows;
  /* Ways left out: no way or never one; outlines that no path meets; shut for all; fewer than two nodes in the file. */
  size_t no_way, alone, shut, lost;
} builder;

static sund_code judge_ways(sund_ctx *worker, size_t begin, size_t end, void *data) {
  const builder *b = data;
  (void)worker;
  for (size_t w = begin; w < end; w++) {
    const osm_tags tags = b->tags[w];
    b->class[w] = osm_class(b->rules, tags);
    for (size_t mode = 0; mode < OSM_MODES && b->class[w]; mode++)
      b->verdict[w * OSM_MODES + mode] = osm_judge(b->rules, (sund_mode)mode, b->class[w], b -> country, tags);
  }
  return SUND_OK;
}

/* Bits of the modes a way is open to; of those that may go as drawn, and against it. */
static uint8_t modes_of(const builder *b, size_t way, uint8_t *ahead, uint8_t *back) {
  unsigned modes = 0, with = 0, against = 0;
  for (unsigned mode = 0; mode < OSM_MODES; mode++) {
    const osm_verdict *verdict = &b->verdict[way * OSM_MODES + mode];
    if (!verdict->open) continue;
    modes |= 1u << mode;
    if (verdict->oneway != OSM_BACKWARD) with |= 1u << mode;
    if (verdict->oneway != OSM_FORWARD) against |= 1u << mode;
  }
  *ahead = (uint8_t)with;
  *back = (uint8_t)against;
  return (uint8_t)modes;
}

/* Nodes that turn restrictions are about. */
static sund_code find_via(builder *b) {
  const osm_file *file = b->file;
  if (!(b->rows.via = sund_alloc(b->scratch, file->nodes, 1))) return SUND_LIMIT;
  for (size_t m = 0; m < file->first_member[file->relations]; m++) {
    const bool via = file->member[m].kind == OSM_NODE && strcmp(file->member[m].role, "via") == 0;
    const size_t node = via ? osm_find_node(file, file->member[m].id) : SIZE_MAX;
    if (node != SIZE_MAX) b->rows.via[node] = 1;
  }
  return SUND_OK;
}

static sund_code find_stops(builder *b) {
  if (!b->file->node_tags) return SUND_OK;
  if (!(b->rows.stops = sund_alloc(b->scratch, b->file->nodes, 1))) return SUND_LIMIT;
  for (size_t v = 0; v < b->file->nodes; v++)
    for (size_t mode = 0; mode < OSM_MODES && b->file->node_tags[v].count; mode++)
      if (!osm_passes(b->rules, (sund_mode)mode, b->file->node_tags[v]))
        b->rows.stops[v] = (uint8_t)(b->rows.stops[v] | 1u << mode);
  return SUND_OK;
}

/* --------------------------------------------------------------------------------------------------------- cutting */

/* A row of refs [begin, end), or none when it leads nowhere. */
static void add_row(osm_rows *rows, size_t way, size_t begin, size_t end) {
  size_t other = begin;
  while (other < end && rows->file->ref[other] == rows->file->ref[begin]) other++;
  if (other >= end) return;
  rows->way[rows->count] = way;
  rows->first_ref[rows->count] = begin;
  rows->end_ref[rows->count++] = end;
}

static bool is_cut(const osm_rows *rows, uint32_t node, uint8_t modes) {
  return rows->via[node] || (rows->stops && rows->stops[node] & modes);
}

static void cut_way(osm_rows *rows, size_t way, uint8_t modes) {
  const osm_file *file = rows->file;
  const size_t end = file->first_ref[way + 1];
  size_t begin = file->first_ref[way];
  for (size_t i = begin; i < end; i++) {
    const uint32_t node = file->ref[i];
    if (node == UINT32_MAX) {
      add_row(rows, way, begin, i);
      begin = i + 1;
    } else if (i > begin && i + 1 < end && is_cut(rows, node, modes)) {
      add_row(rows, way, begin, i + 1);
      begin = i;
    }
  }
  add_row(rows, way, begin, end);
}

static sund_code room_for_rows(builder *b) {
  const osm_file *file = b->file;
  size_t most = file->ways;
  for (size_t i = 0; i < file->first_ref[file->ways]; i++)
    most += file->ref[i] == UINT32_MAX || is_cut(&b->rows, file->ref[i], UINT8_MAX);
  osm_rows *rows = &b->rows;
  rows->way = sund_alloc(b->scratch, most, sizeof *rows->way);
  rows->first_ref = sund_alloc(b->scratch, most, sizeof *rows->first_ref);
  rows->end_ref = sund_alloc(b->scratch, most, sizeof *rows->end_ref);
  rows->modes = sund_alloc(b->scratch, most, 1);
  rows->ahead = sund_alloc(b->scratch, most, 1);
  rows->back = sund_alloc(b->scratch, most, 1);
  rows->first_row = sund_alloc(b->scratch, file->ways + 1, sizeof *rows->first_row);
  const bool refs = rows->way && rows->first_ref && rows->end_ref && rows->first_row;
  return refs && rows->modes && rows->ahead && rows->back ? SUND_OK : SUND_LIMIT;
}

static sund_code cut_ways(builder *b) {
  TRY(room_for_rows(b));
  for (size_t w = 0; w < b->file->ways; w++) {
    uint8_t ahead = 0, back = 0;
    const uint8_t modes = b->class[w] ? modes_of(b, w, &ahead, &back) : 0;
    const size_t before = b->rows.count;
    if (modes) cut_way(&b->rows, w, modes);
    for (size_t r = before; r < b->rows.count; r++) {
      b->rows.modes[r] = modes;
      b->rows.ahead[r] = ahead;
      b->rows.back[r] = back;
    }
    b->rows.first_row[w + 1] = b->rows.count;
    if (!b->class[w]) b->no_way++;
    else if (!modes) b->shut++;
    else if (b->rows.count == before) b->lost++;
  }
  b->no_way -= b->alone; /* these have no class any more */
  return SUND_OK;
}

/* --------------------------------------------------------------------------------------------------------- columns */

/* Bridges are above and tunnels below, unless they say which layer they are on. */
static int64_t level_of(osm_tags tags) {
  static const char *const ground[] = {"no", "building_passage", "covered"};
  const char *layer = osm_value(tags, "layer"), *bridge = osm_value(tags, "bridge");
  const char *tunnel = osm_value(tags, "tunnel");
  double level = NAN;
  if (layer && sund_number_read(layer, &level) && fabs(level) <= 20) return (int64_t)level;
  if (bridge && strcmp(bridge, "no") != 0) return 1;
  return tunnel && word_find(tunnel, 3, ground) == SIZE_MAX ? -1 : 0;
}

static const char *const oneway_words[] = {[OSM_BOTH] = "no", [OSM_FORWARD] = "yes", [OSM_BACKWARD] = "reverse"};

/* Columns of a mode: whether, which way, how fast. */
static const struct {
  const char *may, *oneway, *kmh;
} mode_columns[OSM_MODES] = {
    [SUND_WALK] = {"walk", "oneway_walk", "walk_kmh"},
    [SUND_BIKE] = {"bike", "oneway_bike", "bike_kmh"},
    [SUND_CAR] = {"car", "oneway", "speed_kmh"},
};

static void fill_mode(const builder *b, size_t mode, sund_table *table) {
  int64_t *may = sund_table_int(table, mode_columns[mode].may);
  const char **oneway = sund_table_text(table, mode_columns[mode].oneway);
  double *kmh = sund_table_real(table, mode_columns[mode].kmh);
  for (size_t r = 0; r < table->rows; r++) {
    const osm_verdict *verdict = &b->verdict[b->rows.way[r] * OSM_MODES + mode];
    may[r] = verdict->open;
    kmh[r] = verdict->kmh;
    oneway[r] = oneway_words[verdict->oneway];
  }
}

static sund_code fill_table(builder *b, sund_table *table) {
  const char **class = sund_table_text(table, "class"), **country = sund_table_text(table, "country");
  int64_t *level = sund_table_int(table, "level");
  const char *last = NULL, *kept = NULL;
  for (size_t r = 0; r < table->rows; r++) {
    const char *own = b->class[b->rows.way[r]];
    if (!last || strcmp(own, last) != 0) { /* texts of the file may not outlive it */
      if (!(kept = sund_text_copy(b->ctx, own))) return SUND_LIMIT;
      last = own;
    }
    class[r] = kept;
    country[r] = b->country;
    level[r] = level_of(b->tags[b->rows.way[r]]);
  }
  for (size_t mode = 0; mode < OSM_MODES; mode++) fill_mode(b, mode, table);
  return SUND_OK;
}

/* --------------------------------------------------------------------------------------------------------- findings */

static sund_code note(builder *b, sund_findings *list, const char *severity, const char *text) {
  const char *name = sund_text_copy(b->ctx, b->file->name);
  if (!name || !text) return SUND_LIMIT;
  return sund_finding_add(b->ctx, list, (sund_finding){severity, name, SUND_NO_FEATURE, text, NAN, NAN});
}

/* Ways that are meant for those only who begin or end there. */
static sund_code note_last(builder *b, sund_findings *list) {
  size_t count = 0, first = 0;
  for (size_t w = b->file->ways; w-- > 0;) {
    bool last = false;
    for (size_t mode = 0; mode < OSM_MODES && b->class[w]; mode++)
      last = last || b->verdict[w * OSM_MODES + mode].last;
    count += last;
    if (last) first = w;
  }
  if (!count) return SUND_OK;
  return note(b, list, "note",
              sund_text(b->ctx,
                        "%zu ways are for those only who begin or end there (access=destination and the like; the "
                        "first is %" PRId64 "): they are open to all here",
                        count, b->file->way_id[first]));
}

static sund_code note_turns(builder *b, const osm_turn_report *said, sund_findings *list) {
  if (!said->restrictions && !said->stops) return SUND_OK;
  const char *text = sund_text(
      b->ctx,
      "%zu turn restrictions: %zu used; not used: %zu that hold at certain times only, %zu for other vehicles or of "
      "no "
      "known kind, %zu that name ways not among the paths, %zu whose ways do not meet; %zu nodes stop a mode",
      said->restrictions, said->used, said->conditional, said->others, said->missing, said->apart, said->stops);
  return note(b, list, "note", text);
}

static size_t left_out(const builder *b) {
  return b->no_way + b->alone + b->shut + b->lost;
}

static sund_code add_findings(builder *b, const osm_turn_report *turns, sund_findings *list) {
  const char *text =
      sund_text(b->ctx,
                "%zu ways left out: %zu are none now (planned, abandoned ...), %zu shut on foot, by bicycle and by "
                "car, %zu outlines "
                "of squares and platforms that no path meets, %zu with fewer than two nodes in the file",
                left_out(b), b->no_way, b->shut, b->alone, b->lost);
  TRY(note(b, list, "note", text));
  if (b->file->lost)
    TRY(note(b, list, "note",
             sund_text(b->ctx, "%zu nodes of ways are not in the file: these ways end where they leave it",
                       b->file->lost)));
  TRY(note_last(b, list));
  TRY(note_turns(b, turns, list));
  if (b->country) return SUND_OK;
  return note(b, list, "note",
              sund_text_copy(b->ctx,
                             "no country is set (`set: {country: DK}`): where no limit is signed, cars drive as "
                             "fast as the class of the road says"));
}

/* ------------------------------------------------------------------------------------------------------- the whole */

static sund_code make_table(builder *b, const sund_source *source, const sund_frame *frame, sund_reading *reading,
                            osm_turn_report *turns, sund_table **out) {
  static const char *const without[] = {"length_m", NULL};
  osm_places places;
  sund_topology *topology = sund_alloc(b->ctx, 1, sizeof *topology);
  if (!topology) return SUND_LIMIT;
  TRY(osm_places_make(b->ctx, b->scratch, b->file, frame->crs, &places));
  TRY(osm_rows_table(b->ctx, &b->rows, SUND_PATHS, without, out));
  TRY(osm_rows_shapes(b->ctx, &b->rows, &places, &(*out)->shapes, &topology->node));
  TRY(osm_turns(b->ctx, &b->rows, b->rules, topology, turns));
  TRY(fill_table(b, *out));
  TRY(osm_set_columns(b->ctx, source, *out));
  (*out)->topology = topology;
  reading->read = (int64_t)b->file->ways;
  reading->rejected = (int64_t)left_out(b);
  reading->used = reading->read - reading->rejected;
  reading->crs = "EPSG:4326";
  reading->operation = places.op->identity ? "" : places.op->name;
  reading->accuracy_m = places.op->accuracy_m;
  return SUND_OK;
}

static sund_code build(builder *b, const sund_source *source, const sund_frame *frame, sund_table **out,
                       sund_reading *reading, sund_findings *findings) {
  osm_rules *rules = NULL;
  osm_turn_report turns = {0};
  const char *country = osm_set_value(source, "country");
  TRY(osm_modes_read(b->scratch, source->modes, &rules));
  b->rules = rules;
  if (country && !(b->country = sund_text_copy(b->ctx, country))) return SUND_LIMIT;
  b->class = sund_alloc(b->scratch, b->file->ways, sizeof *b->class);
  b->verdict = sund_alloc(b->scratch, b->file->ways, OSM_MODES * sizeof *b->verdict);
  b->tags = sund_alloc(b->scratch, b->file->ways, sizeof *b->tags);
  if (!b->class || !b->verdict || !b->tags) return SUND_LIMIT;
  osm_squares_tags(b->file, rules, b->tags);
  TRY(sund_for(b->scratch, b->file->ways, BLOCK, judge_ways, b));
  TRY(osm_squares_alone(b->scratch, b->file, b->tags, b->class, &b->alone));
  TRY(find_stops(b));
  TRY(find_via(b));
  TRY(cut_ways(b));
  TRY(make_table(b, source, frame, reading, &turns, out));
  return add_findings(b, &turns, findings);
}

sund_code osm_paths(sund_ctx *ctx, const osm_file *file, const sund_source *source, const sund_frame *frame,
                    sund_table **out, sund_reading *reading, sund_findings *findings) {
  sund_ctx *scratch = sund_ctx_child(ctx);
  if (!scratch) return SUND_LIMIT;
  builder b = {.ctx = ctx, .scratch = scratch, .file = file, .rows = {.file = file}};
  sund_table *table = NULL;
  sund_code code = build(&b, source, frame, &table, reading, findings);
  if (code == SUND_OK) *out = table;
  else code = sund_ctx_pass(ctx, scratch);
  sund_ctx_free(scratch);
  return code;
}

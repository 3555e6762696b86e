/* osm_ferries.c - ferries of an OpenStreetMap file: rows of the role gates, one a crossing.
 *
 * A crossing is often drawn as several ways: those that meet end to end at sea, at a node that no road touches and no
 * other ferry passes, and whose names do not differ, are one run. Its `duration` is taken once: one value that all its
 * ways carry is that of the whole; if every way has its own they add up; else it is the largest. Relations route=ferry say
 * for their ways what these do not say themselves. A run without a duration, or one that leaves the file, is no gate: a
 * finding names it. Nobody guesses minutes here.
 */
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "osm_paths.h"

static const char *const wanted_ways[] = {"route=ferry", "highway", NULL};
static const char *const wanted_relations[] = {"route=ferry", NULL};
const osm_want osm_ferries_want = {.ways = wanted_ways, .relations = wanted_relations, .members = true};

#define NO_END UINT32_MAX

/* A ferry way's end: 2 * its number, plus 1 for the end it is drawn to. */
typedef struct ferries {
  sund_ctx *ctx, *scratch;
  const osm_file *file;
  uint8_t *stop; /* nodes: 1 = a road is there, or another ferry passes          */
  size_t count;
  size_t *way;        /* ferry ways: row in the file                       */
  size_t *relation;   /* ferry ways: a relation they belong to, SIZE_MAX    */
  uint32_t *opposite; /* ends: the end met there at sea, NO_END            */
  uint8_t *done;      /* ferry ways                                        */
  uint32_t *entry;    /* ferry ways: the ends they are entered by, run by run */
  size_t entries;
} ferries;

/* A run: ferry ways in order, each with how it is gone through. */
typedef struct run {
  size_t count;
  uint32_t *entry; /* the end it is entered by */
  bool cut;        /* leaves the file          */
} run;

/* --------------------------------------------------------------------------------------------------- what there is */

static bool is_ferry(osm_tags tags) {
  const char *route = osm_value(tags, "route");
  return route && strcmp(route, "ferry") == 0;
}

/* The relation of every way that is a member of one. */
static void find_relations(const ferries *f, size_t *relation) {
  const osm_file *file = f->file;
  for (size_t w = 0; w < file->ways; w++) relation[w] = SIZE_MAX;
  for (size_t k = 0; k < file->relations; k++)
    for (size_t m = file->first_member[k]; is_ferry(file->relation_tags[k]) && m < file->first_member[k + 1]; m++) {
      const bool way = file->member[m].kind == OSM_WAY && !strstr(file->member[m].role, "platform");
      const size_t w = way ? osm_find_way(file, file->member[m].id) : SIZE_MAX;
      if (w != SIZE_MAX && relation[w] == SIZE_MAX) relation[w] = k;
    }
}

static sund_code find_ferries(ferries *f) {
  const osm_file *file = f->file;
  size_t *relation = sund_alloc(f->scratch, file->ways, sizeof *relation);
  f->stop = sund_alloc(f->scratch, file->nodes, 1);
  f->way = sund_alloc(f->scratch, file->ways, sizeof *f->way);
  f->relation = sund_alloc(f->scratch, file->ways, sizeof *f->relation);
  if (!relation || !f->stop || !f->way || !f->relation) return SUND_LIMIT;
  find_relations(f, relation);
  for (size_t w = 0; w < file->ways; w++) {
    const bool road = osm_value(file->way_tags[w], "highway");
    for (size_t i = file->first_ref[w]; i < file->first_ref[w + 1] && road; i++)
      if (file->ref[i] != UINT32_MAX) f->stop[file->ref[i]] = 1;
    if (road || (!is_ferry(file->way_tags[w]) && relation[w] == SIZE_MAX)) continue;
    if (file->first_ref[w + 1] - file->first_ref[w] < 2) continue;
    for (size_t i = file->first_ref[w] + 1; i + 1 < file->first_ref[w + 1]; i++)
      if (file->ref[i] != UINT32_MAX) f->stop[file->ref[i]] = 1;
    f->relation[f->count] = relation[w];
    f->way[f->count++] = w;
  }
  f->opposite = sund_alloc(f->scratch, f->count, 2 * sizeof *f->opposite);
  f->done = sund_alloc(f->scratch, f->count, 1);
  f->entry = sund_alloc(f->scratch, f->count, sizeof *f->entry);
  return f->opposite && f->done && f->entry ? SUND_OK : SUND_LIMIT;
}

/* ------------------------------------------------------------------------------------------------------------ runs */

static uint32_t node_of(const ferries *f, uint32_t end) {
  const size_t w = f->way[end / 2];
  return f->file->ref[end & 1 ? f->file->first_ref[w + 1] - 1 : f->file->first_ref[w]];
}

typedef struct sea_end {
  uint32_t node, end;
} sea_end;

static int by_node(const void *a, const void *b) {
  const sea_end *x = a, *y = b;
  if (x->node != y->node) return x->node < y->node ? -1 : 1;
  return x->end < y->end ? -1 : x->end > y->end;
}

/* Are they parts of different crossings, by their own names? */
static bool named_apart(const ferries *f, uint32_t a, uint32_t b) {
  const char *one = osm_value(f->file->way_tags[f->way[a / 2]], "name");
  const char *other = osm_value(f->file->way_tags[f->way[b / 2]], "name");
  return one && other && strcmp(one, other) != 0;
}

/* Two ends, and no more, of two ways at a node at sea go on into each other. */
static sund_code find_opposites(ferries *f) {
  const size_t ends = 2 * f->count;
  sea_end *list = sund_alloc(f->scratch, ends, sizeof *list);
  if (!list) return SUND_LIMIT;
  for (uint32_t e = 0; e < ends; e++) {
    f->opposite[e] = NO_END;
    list[e] = (sea_end){node_of(f, e), e};
  }
  if (ends) qsort(list, ends, sizeof *list, by_node);
  for (size_t i = 0, n; i < ends; i += n) {
    for (n = 1; i + n < ends && list[i + n].node == list[i].node;) n++;
    const bool at_sea = list[i].node != UINT32_MAX && !f->stop[list[i].node];
    if (n != 2 || !at_sea || list[i].end / 2 == list[i + 1].end / 2) continue;
    if (named_apart(f, list[i].end, list[i + 1].end)) continue;
    f->opposite[list[i].end] = list[i + 1].end;
    f->opposite[list[i + 1].end] = list[i].end;
  }
  return SUND_OK;
}

/* The run of a ferry way, in the direction that way is drawn; none twice. */
static run make_run(ferries *f, uint32_t seed) {
  run r = {.entry = f->entry + f->entries};
  uint32_t entry = 2 * seed;
  while (f->opposite[entry] != NO_END && f->opposite[entry] / 2 != seed) entry = f->opposite[entry] ^ 1;
  if (f->opposite[entry] != NO_END) entry = 2 * seed; /* a ring */
  while (entry != NO_END && !f->done[entry / 2]) {
    f->done[entry / 2] = 1;
    r.entry[r.count++] = entry;
    const size_t w = f->way[entry / 2];
    for (size_t i = f->file->first_ref[w]; i < f->file->first_ref[w + 1]; i++)
      r.cut = r.cut || f->file->ref[i] == UINT32_MAX;
    entry = f->opposite[entry ^ 1];
  }
  f->entries += r.count;
  return r;
}

/* ------------------------------------------------------------------------------------------------- what a run says */

static const char *tag_of(const ferries *f, uint32_t number, const char *key) {
  const char *value = osm_value(f->file->way_tags[f->way[number]], key);
  if (value || f->relation[number] == SIZE_MAX) return value;
  return osm_value(f->file->relation_tags[f->relation[number]], key);
}

/* Minutes of a key of the ways themselves, else of their relation. */
static double run_minutes(const ferries *f, const run *r, const char *key) {
  double sum = 0, most = NAN, least = NAN, told = NAN;
  size_t own = 0;
  for (size_t k = 0; k < r->count; k++) {
    const double minutes = osm_minutes(osm_value(f->file->way_tags[f->way[r->entry[k] / 2]], key));
    if (isnan(told)) told = osm_minutes(tag_of(f, r->entry[k] / 2, key));
    if (isnan(minutes)) continue;
    own++;
    sum += minutes;
    most = fmax(most, minutes);
    least = fmin(least, minutes);
  }
  if (own == 0) return told;
  return own == r->count && most != least ? sum : most;
}

static const char *run_text(const ferries *f, const run *r, const char *key) {
  for (size_t k = 0; k < r->count; k++) {
    const char *value = tag_of(f, r->entry[k] / 2, key);
    if (value) return value;
  }
  return NULL;
}

typedef enum carries { NOT_SAID, CARRIES, REFUSES } carries;

/* What the ways of a run say of a mode: one that refuses is enough. */
static carries run_carries(const ferries *f, const run *r, const char *const *keys) {
  carries said = NOT_SAID;
  for (size_t k = 0; k < r->count; k++) {
    const char *value = NULL;
    for (size_t i = 0; keys[i] && !value; i++) value = tag_of(f, r->entry[k] / 2, keys[i]);
    if (!value) continue;
    if (strcmp(value, "no") == 0 || strcmp(value, "private") == 0) return REFUSES;
    said = CARRIES;
  }
  return said;
}

/* "walk,bike,car": on foot unless refused; bicycles and cars where the ways say so, and bicycles where cars go. */
static const char *run_modes(const ferries *f, const run *r) {
  static const char *const foot[] = {"foot", "access", NULL};
  static const char *const bicycle[] = {"bicycle", "vehicle", NULL};
  static const char *const car[] = {"motorcar", "motor_vehicle", "vehicle", NULL};
  const bool walk = run_carries(f, r, foot) != REFUSES, drive = run_carries(f, r, car) == CARRIES;
  const carries ride = run_carries(f, r, bicycle);
  const bool bike = ride == CARRIES || (ride == NOT_SAID && drive);
  static const char *const words[] = {"",    "walk",     "bike",     "walk,bike",
                                      "car", "walk,car", "bike,car", "walk,bike,car"};
  return words[(walk ? 1 : 0) | (bike ? 2 : 0) | (drive ? 4 : 0)];
}

static bool is_ring(const ferries *f, const run *r) {
  return node_of(f, r->entry[0]) == node_of(f, r->entry[r->count - 1] ^ 1);
}

/* Why a run is no gate; NULL = it is one. */
static const char *why_not(const ferries *f, const run *r) {
  if (r->cut) return "it leaves the file";
  if (is_ring(f, r)) return "it ends where it begins";
  if (!*run_modes(f, r)) return "it takes nobody on foot, by bicycle or by car";
  if (isnan(run_minutes(f, r, "duration"))) return "no duration: give its minutes in a layer of gates";
  return NULL;
}

/* --------------------------------------------------------------------------------------------------------- as rows */

/* The runs that are gates, as ways of a file of their own. */
typedef struct gate_runs {
  size_t count;
  run *run;
  osm_file file;
  osm_rows rows;
} gate_runs;

static sund_code room_for_rows(const ferries *f, gate_runs *g) {
  size_t refs = 0;
  for (size_t k = 0; k < f->count; k++) refs += f->file->first_ref[f->way[k] + 1] - f->file->first_ref[f->way[k]];
  g->file = *f->file;
  g->file.ways = g->count;
  g->file.ref = sund_alloc(f->scratch, refs, sizeof *g->file.ref);
  g->file.way_id = sund_alloc(f->scratch, g->count, sizeof *g->file.way_id);
  g->rows = (osm_rows){.file = &g->file,
                       .count = g->count,
                       .way = sund_alloc(f->scratch, g->count, sizeof *g->rows.way),
                       .first_ref = sund_alloc(f->scratch, g->count, sizeof *g->rows.first_ref),
                       .end_ref = sund_alloc(f->scratch, g->count, sizeof *g->rows.end_ref)};
  return g->file.ref && g->file.way_id && g->rows.way && g->rows.first_ref && g->rows.end_ref ? SUND_OK : SUND_LIMIT;
}

/* One line a run: refs of its ways, the node between two of them once. */
static sund_code draw_runs(const ferries *f, gate_runs *g) {
  size_t refs = 0;
  TRY(room_for_rows(f, g));
  for (size_t k = 0; k < g->count; k++) {
    const run *r = &g->run[k];
    g->rows.way[k] = k;
    g->rows.first_ref[k] = refs;
    g->file.way_id[k] = INT64_MAX;
    for (size_t i = 0; i < r->count; i++) {
      const size_t w = f->way[r->entry[i] / 2], first = f->file->first_ref[w], n = f->file->first_ref[w + 1] - first;
      for (size_t j = i > 0; j < n; j++)
        g->file.ref[refs++] = f->file->ref[first + (r->entry[i] & 1 ? n - 1 - j : j)];
      if (f->file->way_id[w] < g->file.way_id[k]) g->file.way_id[k] = f->file->way_id[w];
    }
    g->rows.end_ref[k] = refs;
  }
  return SUND_OK;
}

static sund_code fill_columns(const ferries *f, const gate_runs *g, sund_table *table) {
  double *minutes = sund_table_real(table, "minutes"), *headway = sund_table_real(table, "headway_min");
  const char **id = sund_table_text(table, "id"), **name = sund_table_text(table, "name");
  const char **modes = sund_table_text(table, "modes"), **oneway = sund_table_text(table, "oneway");
  for (size_t k = 0; k < g->count; k++) {
    const run *r = &g->run[k];
    const char *called = run_text(f, r, "name"), *one = run_text(f, r, "oneway");
    if (!called) called = run_text(f, r, "ref");
    minutes[k] = run_minutes(f, r, "duration");
    headway[k] = run_minutes(f, r, "interval");
    modes[k] = run_modes(f, r);
    if (one && strcmp(one, "yes") == 0 && !(r->entry[0] & 1)) oneway[k] = "yes";
    if (!(id[k] = sund_text(f->ctx, "%" PRId64, table->feature[k]))) return SUND_LIMIT;
    if (called && !(name[k] = sund_text_copy(f->ctx, called))) return SUND_LIMIT;
  }
  return SUND_OK;
}

/* ------------------------------------------------------------------------------------------------------- the whole */

static sund_code tell_refused(const ferries *f, const run *r, const char *why, const osm_places *places,
                              sund_findings *list) {
  const size_t w = f->way[r->entry[0] / 2];
  const char *called = run_text(f, r, "name"), *file = sund_text_copy(f->ctx, f->file->name);
  const char *text =
      sund_text(f->ctx, "ferry %s (%zu ways) is not used: %s", called ? called : "without a name", r->count, why);
  uint32_t node = UINT32_MAX;
  for (size_t i = f->file->first_ref[w]; i < f->file->first_ref[w + 1] && node == UINT32_MAX; i++)
    node = f->file->ref[i];
  if (!file || !text) return SUND_LIMIT;
  return sund_finding_add(
      f->ctx, list,
      (sund_finding){"warning", file, f->file->way_id[w], text, node == UINT32_MAX ? NAN : places->x[node],
                     node == UINT32_MAX ? NAN : places->y[node]});
}

/* All runs; those that are gates into g, the others told. */
static sund_code sort_runs(ferries *f, const osm_places *places, gate_runs *g, size_t *used, sund_findings *list) {
  if (!(g->run = sund_alloc(f->scratch, f->count, sizeof *g->run))) return SUND_LIMIT;
  for (uint32_t k = 0; k < f->count; k++) {
    if (f->done[k]) continue;
    const run r = make_run(f, k);
    const char *why = why_not(f, &r);
    if (why) TRY(tell_refused(f, &r, why, places, list));
    else g->run[g->count++] = r, *used += r.count;
  }
  return SUND_OK;
}

static sund_code build(ferries *f, const sund_source *source, const sund_frame *frame, sund_table **out,
                       sund_reading *reading, sund_findings *findings) {
  osm_places places;
  gate_runs g = {.count = 0};
  size_t used = 0;
  TRY(find_ferries(f));
  TRY(osm_places_make(f->ctx, f->scratch, f->file, frame->crs, &places));
  TRY(find_opposites(f));
  TRY(sort_runs(f, &places, &g, &used, findings));
  TRY(draw_runs(f, &g));
  TRY(osm_rows_table(f->ctx, &g.rows, SUND_GATES, NULL, out));
  int64_t *node = NULL;
  TRY(osm_rows_shapes(f->ctx, &g.rows, &places, &(*out)->shapes, &node));
  TRY(fill_columns(f, &g, *out));
  TRY(osm_set_columns(f->ctx, source, *out));
  reading->read = (int64_t)f->count;
  reading->used = (int64_t)used;
  reading->rejected = (int64_t)(f->count - used);
  reading->crs = "EPSG:4326";
  reading->operation = places.op->identity ? "" : places.op->name;
  reading->accuracy_m = places.op->accuracy_m;
  return SUND_OK;
}

sund_code osm_ferries(sund_ctx *ctx, const osm_file *file, const sund_source *source, const sund_frame *frame,
                      sund_table **out, sund_reading *reading, sund_findings *findings) {
  sund_ctx *scratch = sund_ctx_child(ctx);
  if (!scratch) return SUND_LIMIT;
  ferries f = {.ctx = ctx, .scratch = scratch, .file = file};
  sund_table *table = NULL;
  sund_code code = build(&f, source, frame, &table, reading, findings);
  if (code == SUND_OK) *out = table;
  else code = sund_ctx_pass(ctx, scratch);
  sund_ctx_free(scratch);
  return code;
}

/* osm_turns.c - turn restrictions of OpenStreetMap, and nodes that stop a mode, as turns between rows of the paths.
 *
 * A relation type=restriction names the way one comes from, what lies between (a node, or ways one after the other), and
 * the way one goes to; no_... forbids it, only_... forbids all else. `except` and restriction:VEHICLE say for whom. What
 * holds at certain times only is not used. Ways have been cut into rows, so each member is looked up by the node where it
 * meets the next. A bollard, or what else stops a mode, forbids going on from any row that ends at it to any other.
 */
#include <stdlib.h>
#include <string.h>

#include "osm_paths.h"

typedef struct turner {
  sund_ctx *ctx, *scratch;
  const osm_rows *rows;
  const osm_rules *rules;
  sund_topology *out;
  size_t room;
  osm_turn_report *report;
} turner;

static sund_code add_turn(turner *t, sund_turn turn) {
  sund_turn *grown = sund_grow(t->ctx, t->out->turn, &t->room, t->out->turns + 1, sizeof *grown);
  if (!grown) return SUND_LIMIT;
  t->out->turn = grown;
  grown[t->out->turns++] = turn;
  return SUND_OK;
}

/* ------------------------------------------------------------------------------------------------------------ rows */

static uint32_t begin_of(const osm_rows *rows, size_t row) {
  return rows->file->ref[rows->first_ref[row]];
}

static uint32_t end_of(const osm_rows *rows, size_t row) {
  return rows->file->ref[rows->end_ref[row] - 1];
}

/* The first row of a way that ends or begins at a node, SIZE_MAX = none. */
static size_t row_at(const osm_rows *rows, size_t way, uint32_t node) {
  for (size_t r = rows->first_row[way]; r < rows->first_row[way + 1]; r++)
    if (begin_of(rows, r) == node || end_of(rows, r) == node) return r;
  return SIZE_MAX;
}

/* Ways of a relation with a role, those that are in the table only. */
typedef struct ways {
  size_t count, missing;
  size_t *way;
} ways;

static sund_code find_ways(const turner *t, size_t relation, const char *role, ways *out) {
  const osm_file *file = t->rows->file;
  const size_t first = file->first_member[relation], end = file->first_member[relation + 1];
  *out = (ways){.way = sund_alloc(t->scratch, end - first, sizeof *out->way)};
  if (!out->way) return SUND_LIMIT;
  for (size_t k = first; k < end; k++) {
    if (file->member[k].kind != OSM_WAY || strcmp(file->member[k].role, role) != 0) continue;
    const size_t way = osm_find_way(file, file->member[k].id);
    if (way == SIZE_MAX || t->rows->first_row[way] == t->rows->first_row[way + 1]) out->missing++;
    else out->way[out->count++] = way;
  }
  return SUND_OK;
}

/* The node between, SIZE_MAX when there is not exactly one. */
static size_t via_node(const osm_file *file, size_t relation) {
  size_t found = SIZE_MAX, count = 0;
  for (size_t k = file->first_member[relation]; k < file->first_member[relation + 1]; k++) {
    if (file->member[k].kind != OSM_NODE || strcmp(file->member[k].role, "via") != 0) continue;
    found = osm_find_node(file, file->member[k].id);
    count++;
  }
  return count == 1 ? found : SIZE_MAX;
}

/* --------------------------------------------------------------------------------------------------- between ways */

/* A way through ways: rows in the order they are gone. */
typedef struct passage {
  uint32_t begin, end; /* nodes */
  size_t count;
  size_t *row;
} passage;

/* Goes through a way from the node at its end; false = that node is not at an end of it. */
static bool go_through(const osm_rows *rows, size_t way, passage *p) {
  const size_t first = rows->first_row[way], last = rows->first_row[way + 1] - 1;
  if (begin_of(rows, first) == p->end) {
    for (size_t r = first; r <= last; r++) p->row[p->count++] = r;
    p->end = end_of(rows, last);
    return true;
  }
  if (end_of(rows, last) != p->end) return false;
  for (size_t r = last + 1; r-- > first;) p->row[p->count++] = r;
  p->end = begin_of(rows, first);
  return true;
}

/* The ways between in this order or backwards, from a node of `from` to a node of `to`. */
static bool find_passage(const osm_rows *rows, const ways *via, size_t from, size_t to, passage *p) {
  for (int turned = 0; turned < 2; turned++) {
    const size_t first_way = via->way[turned ? via->count - 1 : 0];
    const uint32_t start[2] = {begin_of(rows, rows->first_row[first_way]),
                               end_of(rows, rows->first_row[first_way + 1] - 1)};
    for (int side = 0; side < 2; side++) {
      bool on = row_at(rows, from, start[side]) != SIZE_MAX;
      p->begin = p->end = start[side];
      p->count = 0;
      for (size_t k = 0; k < via->count && on; k++)
        on = go_through(rows, via->way[turned ? via->count - 1 - k : k], p);
      if (on && row_at(rows, to, p->end) != SIZE_MAX) return true;
    }
  }
  return false;
}

static sund_code room_for_passage(const turner *t, const ways *via, passage *p) {
  size_t rows = 0;
  for (size_t k = 0; k < via->count; k++)
    rows += t->rows->first_row[via->way[k] + 1] - t->rows->first_row[via->way[k]];
  p->row = sund_alloc(t->ctx, rows, sizeof *p->row);
  return p->row ? SUND_OK : SUND_LIMIT;
}

/* The row of a way by which a mode comes to a node, or leaves it: a way may have two there. Of several the one whose
 * direction allows it; SIZE_MAX when there is none, or nobody can tell which. */
static size_t row_by(const osm_rows *rows, size_t way, uint32_t node, unsigned modes, bool leaves) {
  size_t touching = 0, allowed = 0, any = SIZE_MAX, right = SIZE_MAX;
  for (size_t r = rows->first_row[way]; r < rows->first_row[way + 1]; r++) {
    const bool begins = begin_of(rows, r) == node, ends = end_of(rows, r) == node;
    const unsigned by_begin = leaves ? rows->ahead[r] : rows->back[r];
    const unsigned by_end = leaves ? rows->back[r] : rows->ahead[r];
    if (!begins && !ends) continue;
    touching++, any = r;
    if (((begins ? by_begin : 0) | (ends ? by_end : 0)) & modes) allowed++, right = r;
  }
  return allowed == 1 ? right : touching == 1 ? any : SIZE_MAX;
}

/* Nobody turns round on a way at a node, whichever row of it he comes by. */
static sund_code add_round(turner *t, size_t way, size_t node, sund_turn turn, bool *ok) {
  for (size_t r = t->rows->first_row[way]; r < t->rows->first_row[way + 1]; r++) {
    if (begin_of(t->rows, r) != node && end_of(t->rows, r) != node) continue;
    turn.from = turn.to = r;
    turn.node = t->rows->file->node_id[node];
    *ok = true;
    TRY(add_turn(t, turn));
  }
  return SUND_OK;
}

/* Adds the turn from a way to another; *ok false when they do not meet. */
static sund_code add_between(turner *t, size_t from, size_t to, size_t node, const ways *via, sund_turn turn,
                             bool *ok) {
  passage p = {.begin = (uint32_t)node, .end = (uint32_t)node};
  *ok = false;
  if (!via->count && node == SIZE_MAX) return SUND_OK;
  if (!via->count && from == to && !turn.only) return add_round(t, from, node, turn, ok);
  if (via->count) {
    TRY(room_for_passage(t, via, &p));
    if (!find_passage(t->rows, via, from, to, &p)) return SUND_OK;
  }
  turn.from = row_by(t->rows, from, p.begin, turn.modes, false);
  turn.to = row_by(t->rows, to, p.end, turn.modes, true);
  turn.via_rows = p.count;
  turn.via = p.row;
  turn.node = t->rows->file->node_id[p.begin];
  *ok = turn.from != SIZE_MAX && turn.to != SIZE_MAX;
  return *ok ? add_turn(t, turn) : SUND_OK;
}

/* All turns of a relation: several ways to come from, or several to go to (no_entry, no_exit), but not both. */
static sund_code add_members(turner *t, size_t relation, sund_turn turn, size_t *made, size_t *missing) {
  ways from, to, via;
  TRY(find_ways(t, relation, "from", &from));
  TRY(find_ways(t, relation, "to", &to));
  TRY(find_ways(t, relation, "via", &via));
  *missing += from.missing + to.missing + via.missing;
  const size_t node = via.count || via.missing ? SIZE_MAX : via_node(t->rows->file, relation);
  if (via.missing || (from.count > 1 && to.count > 1)) return SUND_OK;
  for (size_t i = 0; i < from.count; i++)
    for (size_t k = 0; k < to.count; k++) {
      bool ok = false;
      TRY(add_between(t, from.way[i], to.way[k], node, &via, turn, &ok));
      *made += ok;
    }
  return SUND_OK;
}

/* ---------------------------------------------------------------------------------------------------- restrictions */

/* Is the word (length letters) one of `a;b;c`? */
static bool among(const char *list, const char *word, size_t length) {
  while (list && *list) {
    list += strspn(list, " ;");
    if (strcspn(list, ";") == length && strncmp(list, word, length) == 0) return true;
    list += strcspn(list, ";");
  }
  return false;
}

/* Modes a restriction holds for; vehicle "" = all but those excepted. */
static unsigned modes_of(const osm_rules *rules, const char *vehicle, const char *except) {
  unsigned modes = 0;
  for (unsigned mode = 0; mode < OSM_MODES; mode++) {
    const schema_words *own = &rules->mode[mode].vehicles;
    bool holds = own->count > 0 && !*vehicle;
    for (size_t k = 0; k < own->count; k++) {
      if (strcmp(own->word[k], vehicle) == 0) holds = true;
      if (!*vehicle && among(except, own->word[k], strlen(own->word[k]))) holds = false;
    }
    if (holds) modes |= 1u << mode;
  }
  return modes;
}

static bool at_times(osm_tags tags) {
  return osm_value(tags, "day_on") || osm_value(tags, "hour_on");
}

static sund_code add_restriction(turner *t, size_t relation) {
  static const char key[] = "restriction";
  const osm_tags tags = t->rows->file->relation_tags[relation];
  bool conditional = at_times(tags), meant = false;
  size_t made = 0, missing = 0;
  for (size_t i = 0; i < tags.count && !at_times(tags); i++) {
    const char *tail = tags.tag[i].key + sizeof key - 1, *value = tags.tag[i].value;
    if (strncmp(tags.tag[i].key, key, sizeof key - 1) != 0 || (*tail && *tail != ':')) continue;
    const char *vehicle = *tail == ':' ? tail + 1 : "";
    const bool only = strncmp(value, "only_", 5) == 0;
    conditional = conditional || strstr(vehicle, "conditional");
    const unsigned modes = modes_of(t->rules, vehicle, osm_value(tags, "except"));
    if (!modes || (!only && strncmp(value, "no_", 3) != 0)) continue;
    meant = true;
    TRY(add_members(t, relation, (sund_turn){.only = only, .modes = modes}, &made, &missing));
  }
  t->report->restrictions++;
  if (made) t->report->used++;
  else if (meant && missing) t->report->missing++;
  else if (meant) t->report->apart++;
  else if (conditional) t->report->conditional++;
  else t->report->others++;
  return SUND_OK;
}

/* ----------------------------------------------------------------------------------------------------------- stops */

typedef struct row_end {
  uint32_t node;
  size_t row;
} row_end;

static int by_node(const void *a, const void *b) {
  const row_end *x = a, *y = b;
  if (x->node != y->node) return x->node < y->node ? -1 : 1;
  return (x->row > y->row) - (x->row < y->row);
}

/* Turns between the rows [first, end) that end at one node. */
static sund_code stop_at(turner *t, const row_end *ends, size_t count) {
  const osm_rows *rows = t->rows;
  bool any = false;
  for (size_t i = 0; i < count; i++)
    for (size_t k = 0; k < count; k++) {
      const unsigned modes = rows->stops[ends[i].node] & rows->modes[ends[i].row] & rows->modes[ends[k].row];
      if (ends[i].row == ends[k].row || !modes) continue;
      any = true;
      TRY(add_turn(
          t, (sund_turn){
                 .modes = modes, .from = ends[i].row, .to = ends[k].row, .node = rows->file->node_id[ends[i].node]}));
    }
  t->report->stops += any;
  return SUND_OK;
}

static sund_code add_stops(turner *t) {
  const osm_rows *rows = t->rows;
  row_end *ends = NULL;
  size_t count = 0, room = 0;
  for (size_t r = 0; r < rows->count && rows->stops; r++) {
    const uint32_t node[2] = {begin_of(rows, r), end_of(rows, r)};
    for (size_t k = 0; k < 2; k++) {
      if (!(rows->stops[node[k]] & rows->modes[r])) continue;
      if (!(ends = sund_grow(t->scratch, ends, &room, count + 1, sizeof *ends))) return SUND_LIMIT;
      ends[count++] = (row_end){node[k], r};
    }
  }
  if (count) qsort(ends, count, sizeof *ends, by_node);
  for (size_t i = 0, n; i < count; i += n) {
    for (n = 1; i + n < count && ends[i + n].node == ends[i].node;) n++;
    TRY(stop_at(t, ends + i, n));
  }
  return SUND_OK;
}

static sund_code add_all(turner *t) {
  for (size_t k = 0; k < t->rows->file->relations; k++) {
    const char *type = osm_value(t->rows->file->relation_tags[k], "type");
    if (type && strcmp(type, "restriction") == 0) TRY(add_restriction(t, k));
  }
  return add_stops(t);
}

sund_code osm_turns(sund_ctx *ctx, const osm_rows *rows, const osm_rules *rules, sund_topology *topology,
                    osm_turn_report *report) {
  sund_ctx *scratch = sund_ctx_child(ctx);
  if (!scratch) return SUND_LIMIT;
  turner t = {ctx, scratch, rows, rules, topology, 0, report};
  sund_code code = add_all(&t);
  if (code != SUND_OK) code = sund_ctx_pass(ctx, scratch);
  sund_ctx_free(scratch);
  return code;
}

/* flood_graph.c - between the tiles: the level at which the sea reaches each label.
 *
 * Edges of the graph are those the tiles tell, the lowest crossings of the borders between tiles, and the shores.
 * Taken by rising level they join labels to sets (Kruskal 1956); when a set meets the sea of a zone, all its labels
 * are reached from there at that level. The sea itself joins nothing. One pass serves all zones, and the order of
 * tiles, labels and edges is fixed, so that the levels do not depend on threads.
 */
#include <string.h>

#include "geo/flood.h"
#include "geo/unite.h"

enum { TILES_AT_ONCE = 16 };

typedef struct join {
  uint32_t a, b; /* labels of the graph; b = UINT32_MAX - zone for a shore */
  uint16_t level;
} join;

/* Joins of a tile: its own, and those over its borders to the east, south and the two corners there. */
typedef struct joins {
  const sund_flood *flood;
  size_t *first; /* tiles + 1 */
  join *join;
  bool count_only;
} joins;

/* Where the joins of one tile go. */
typedef struct tally {
  join *join; /* NULL = only counted */
  size_t count;
} tally;

static void add(tally *t, size_t a, size_t b, uint16_t level) {
  if (t->join) t->join[t->count] = (join){(uint32_t)a, (uint32_t)b, level};
  t->count++;
}

/* A side of a tile. */
typedef struct bank {
  const flood_tile *tile;
  const flood_rim *rim;
} bank;

static bank bank_of(const sund_flood *flood, size_t tile, flood_side side) {
  return (bank){&flood->tile[tile], flood_rim_of(flood, tile, side)};
}

static size_t label_of(const bank *b, size_t i) {
  return b->tile->first + b->tile->mark[b->rim[i].id - FLOOD_FIRST_ID].label;
}

/* The level of a crossing from cell i of one side to cell k of the other. */
static uint16_t level_of(const bank *a, size_t i, const bank *b, size_t k) {
  return a->rim[i].ground > b->rim[k].ground ? a->rim[i].ground : b->rim[k].ground;
}

static void cross(tally *t, const bank *a, size_t i, const bank *b, size_t k) {
  add(t, label_of(a, i), label_of(b, k), level_of(a, i, b, k));
}

/* Crossings of a border of n cells. Along it neighbouring cells of one tile are joined at the higher of their
 * grounds; a crossing that is not the lowest of its neighbours tells nothing new, and nor does one over a corner
 * that is not lower than the two straight ones beside it. */
static void cross_border(tally *t, size_t n, const bank *a, const bank *b, int connectivity) {
  uint16_t before = SUND_NEVER, here = level_of(a, 0, b, 0);
  for (size_t i = 0; i < n; i++) {
    const uint16_t after = i + 1 < n ? level_of(a, i + 1, b, i + 1) : SUND_NEVER;
    if (here < before && here <= after) cross(t, a, i, b, i);
    if (connectivity == 8 && i + 1 < n) {
      const uint16_t straight = here < after ? here : after;
      if (level_of(a, i, b, i + 1) < straight) cross(t, a, i, b, i + 1);
      if (level_of(a, i + 1, b, i) < straight) cross(t, a, i + 1, b, i);
    }
    before = here;
    here = after;
  }
}

static void cross_corner(tally *t, const bank *a, size_t i, const bank *b, size_t k) {
  if (b->rim && level_of(a, i, b, k) != SUND_NEVER) cross(t, a, i, b, k);
}

/* Crossings of the borders that a tile stands for: those to the east and south, and to the corners there. */
static void cross_tile(const sund_flood *f, size_t i, tally *t) {
  if (!f->tile[i].rim) return;
  const sund_window w = flood_patch_of(f, i).window;
  const bool east = (i + 1) % f->across != 0, south = i / f->across + 1 < f->down, west = i % f->across != 0;
  const int connectivity = f->spec.connectivity;
  const bank right = bank_of(f, i, FLOOD_EAST), lower = bank_of(f, i, FLOOD_SOUTH);
  if (east && f->tile[i + 1].rim) {
    const bank next = bank_of(f, i + 1, FLOOD_WEST);
    cross_border(t, w.rows, &right, &next, connectivity);
  }
  if (!south) return;
  const size_t below = i + f->across;
  if (f->tile[below].rim) {
    const bank next = bank_of(f, below, FLOOD_NORTH);
    cross_border(t, w.columns, &lower, &next, connectivity);
  }
  if (east && connectivity == 8) {
    const bank next = bank_of(f, below + 1, FLOOD_NORTH);
    cross_corner(t, &lower, w.columns - 1, &next, 0);
  }
  if (west && connectivity == 8) {
    const bank next = bank_of(f, below - 1, FLOOD_NORTH);
    cross_corner(t, &lower, 0, &next, flood_patch_of(f, below - 1).window.columns - 1);
  }
}

static sund_code join_tiles(sund_ctx *worker, size_t begin, size_t end, void *data) {
  (void)worker;
  const joins *l = data;
  for (size_t i = begin; i < end; i++) {
    const flood_tile *tile = &l->flood->tile[i];
    tally t = {l->count_only ? NULL : l->join + l->first[i], 0};
    for (size_t k = 0; k < tile->edges; k++)
      add(&t, tile->first + tile->edge[k].a, tile->first + tile->edge[k].b, tile->edge[k].level);
    for (size_t k = 0; k < tile->shores; k++)
      add(&t, tile->first + tile->shore[k].label, UINT32_MAX - tile->shore[k].zone, tile->shore[k].level);
    cross_tile(l->flood, i, &t);
    if (l->count_only) l->first[i + 1] = t.count;
  }
  return SUND_OK;
}

/* All joins, counted first. */
static sund_code collect(sund_ctx *ctx, const sund_flood *flood, joins *l) {
  const size_t tiles = flood->across * flood->down;
  *l = (joins){.flood = flood, .first = sund_alloc(ctx, tiles + 1, sizeof *l->first), .count_only = true};
  if (!l->first) return SUND_LIMIT;
  TRY(sund_for(ctx, tiles, TILES_AT_ONCE, join_tiles, l));
  for (size_t i = 0; i < tiles; i++) l->first[i + 1] += l->first[i];
  if (l->first[tiles] > UINT32_MAX) return sund_fail(ctx, SUND_LIMIT, "more than 4 billion crossings between tiles");
  l->join = sund_alloc(ctx, l->first[tiles], sizeof *l->join);
  if (!l->join) return SUND_LIMIT;
  l->count_only = false;
  return sund_for(ctx, tiles, TILES_AT_ONCE, join_tiles, l);
}

/* The order of joins by level (counting sort). */
static uint32_t *by_level(sund_ctx *ctx, size_t n, const join *l) {
  uint32_t *order = sund_alloc(ctx, n, sizeof *order);
  uint32_t *from = sund_alloc(ctx, FLOOD_LEVELS + 1, sizeof *from);
  if (!order || !from) return NULL;
  for (size_t i = 0; i < n; i++) from[l[i].level + 1]++;
  for (size_t i = 0; i < FLOOD_LEVELS; i++) from[i + 1] += from[i];
  for (size_t i = 0; i < n; i++) order[from[l[i].level]++] = (uint32_t)i;
  return order;
}

/* The sets of labels while the water rises. */
typedef struct sets {
  size_t labels, zones;
  uint32_t *parent;
  uint32_t *other; /* by label: the next of its set, in a ring */
  uint64_t *met;   /* by set: zones of the sea it has met      */
  uint16_t *level; /* as in sund_flood                         */
} sets;

/* All labels of a set are reached from these zones at a level. */
static void reach(sets *s, uint32_t root, uint64_t zones, uint16_t level) {
  const bool first = s->met[root] == 0;
  s->met[root] |= zones;
  for (uint64_t left = zones; left; left &= left - 1) {
    uint16_t *to = s->level + (size_t)__builtin_ctzll(left) * s->labels;
    uint32_t member = root;
    do to[member] = level;
    while ((member = s->other[member]) != root);
  }
  if (!first || s->zones == 1) return;
  uint16_t *any = s->level + s->zones * s->labels;
  uint32_t member = root;
  do any[member] = level;
  while ((member = s->other[member]) != root);
}

static void take(sets *s, const join *l) {
  const uint32_t a = unite_root(s->parent, l->a);
  if (l->b > UINT32_MAX - SUND_MOST_ZONES) {
    const uint64_t zone = UINT64_C(1) << (UINT32_MAX - l->b);
    if (!(s->met[a] & zone)) reach(s, a, zone, l->level);
    return;
  }
  const uint32_t b = unite_root(s->parent, l->b);
  if (a == b) return;
  const uint64_t to_a = s->met[b] & ~s->met[a], to_b = s->met[a] & ~s->met[b];
  if (to_a) reach(s, a, to_a, l->level);
  if (to_b) reach(s, b, to_b, l->level);
  unite_join(s->parent, a, b);
  const uint32_t after = s->other[a];
  s->other[a] = s->other[b];
  s->other[b] = after;
}

/* Makes room for the levels in a context of their own, so that the old ones can go. */
static sund_code make_levels(sund_ctx *ctx, sund_flood *flood, sets *s) {
  size_t labels = 0;
  for (size_t i = 0; i < flood->across * flood->down; i++) {
    flood->tile[i].first = labels;
    labels += flood->tile[i].labels;
  }
  if (labels > UINT32_MAX - SUND_MOST_ZONES)
    return sund_fail(ctx, SUND_LIMIT, "more than 4 billion places where water enters a tile");
  const size_t zones = flood->spec.zones, arrays = zones > 1 ? zones + 1 : 1;
  sund_ctx_free(flood->graph);
  flood->graph = sund_ctx_child(flood->ctx);
  if (!flood->graph) return sund_ctx_pass(ctx, flood->ctx);
  flood->level = sund_alloc(flood->graph, labels * arrays, sizeof *flood->level);
  if (!flood->level) return sund_ctx_pass(ctx, flood->graph);
  memset(flood->level, UINT8_MAX, labels * arrays * sizeof *flood->level);
  flood->labels = labels;
  flood->any = flood->level + (arrays - 1) * labels;
  *s = (sets){labels, zones, NULL, NULL, NULL, flood->level};
  return SUND_OK;
}

static sund_code solve(sund_ctx *ctx, sund_flood *flood) {
  sets s;
  joins l;
  TRY(make_levels(ctx, flood, &s));
  TRY(collect(ctx, flood, &l));
  const size_t count = l.first[flood->across * flood->down];
  const uint32_t *order = by_level(ctx, count, l.join);
  s.parent = unite_new(ctx, s.labels);
  s.other = unite_new(ctx, s.labels);
  s.met = sund_alloc(ctx, s.labels, sizeof *s.met);
  if (!order || !s.parent || !s.other || !s.met) return SUND_LIMIT;
  for (size_t i = 0; i < count; i++) take(&s, &l.join[order[i]]);
  return SUND_OK;
}

/* Land that gets wet: whole labels, since every cell of a label is joined to it below the cap. */
static void tell_reached(sund_flood *flood) {
  flood->told.reached = 0;
  for (size_t i = 0; i < flood->across * flood->down; i++) {
    const flood_tile *tile = &flood->tile[i];
    for (size_t k = 0; k < tile->labels; k++)
      if (flood->any[tile->first + k] != SUND_NEVER) flood->told.reached += tile->cells[k];
  }
}

/* Land along the raster's edge that water from beyond it would reach before the sea does. */
static void tell_edge(sund_flood *flood) {
  sund_flood_report *told = &flood->told;
  uint16_t lowest = SUND_NEVER;
  told->edge_dry = 0;
  told->edge_lowest = (sund_cell){0, 0};
  for (size_t row = 0; row < flood->rows; row++) {
    const bool whole = row == 0 || row + 1 == flood->rows || flood->columns == 1;
    for (size_t column = 0; column < flood->columns; column += whole ? 1 : flood->columns - 1) {
      const sund_cell cell = {(uint32_t)column, (uint32_t)row};
      uint16_t ground, id;
      flood_look(flood, column, row, &ground, &id);
      if (id == FLOOD_SEA_ID || ground > flood->spec.cap || sund_flood_wet(flood, SUND_ANY_ZONE, cell) == ground)
        continue;
      told->edge_dry++;
      if (ground < lowest) told->edge_lowest = cell;
      if (ground < lowest) lowest = ground;
    }
  }
}

/* What the cells and the tables beside them take. */
static void tell_bytes(sund_flood *flood) {
  const size_t tiles = flood->across * flood->down, zones = flood->spec.zones;
  double bytes = (double)tiles * sizeof *flood->tile;
  for (size_t i = 0; i < tiles; i++) {
    const flood_tile *tile = &flood->tile[i];
    const sund_window w = flood_patch_of(flood, i).window;
    const double cells = (double)w.columns * (double)w.rows;
    bytes += cells * (tile->flat ? 0 : sizeof *flood->ground) + cells * (tile->has_id ? sizeof *flood->id : 0);
    bytes += (double)tile->bytes;
  }
  flood->told.bytes = bytes + (double)flood->labels * (double)(zones > 1 ? zones + 1 : 1) * sizeof *flood->level;
}

sund_code flood_solve(sund_ctx *ctx, sund_flood *flood) {
  sund_ctx *scratch = sund_ctx_child(ctx);
  if (!scratch) return SUND_LIMIT;
  solve(scratch, flood);
  const sund_code code = sund_ctx_pass(ctx, scratch);
  sund_ctx_free(scratch);
  if (code != SUND_OK) return code;
  tell_reached(flood);
  tell_edge(flood);
  tell_bytes(flood);
  return SUND_OK;
}

/* flood_tile.c - floods one tile from every place where water could enter it, and keeps what the rest must know.
 *
 * Cells are taken in order of their level; a cell taken from the queue floods all cells beside it that lie no higher
 * at once, by a stack (Barnes, Lehman and Mulla 2014). Where two labels meet they become one set and leave an edge;
 * levels only rise, so this is Kruskal's order (1956) and the edges are a minimum spanning forest of the tile. A set
 * has one id at a level: all cells that lie lower than the water that meets them share it, and so ids stay few.
 */
#include <string.h>

#include "geo/flood.h"

enum { RINGS_AT_ONCE = 16 };

/* The next level from `from` on that has cells; FLOOD_LEVELS when there is none. */
static uint32_t next_level(const flood_work *work, uint32_t from) {
  uint64_t bits = work->word[from >> 6] >> (from & 63);
  if (bits) return from + (uint32_t)__builtin_ctzll(bits);
  uint32_t word = (from >> 6) + 1;
  if (word >= FLOOD_LEVELS / 64) return FLOOD_LEVELS;
  bits = work->words[word >> 6] >> (word & 63);
  while (!bits) {
    word = (word | 63) + 1;
    if (word >= FLOOD_LEVELS / 64) return FLOOD_LEVELS;
    bits = work->words[word >> 6];
  }
  word += (uint32_t)__builtin_ctzll(bits);
  return word * 64 + (uint32_t)__builtin_ctzll(work->word[word]);
}

/* A new id in a set, next to any other one in its ring. */
static uint16_t new_id(flood_work *work, uint16_t set, uint16_t level) {
  const uint16_t id = (uint16_t)work->ids++, ring = work->size[set]++ ? work->current[set] : id;
  work->mark[id] = (flood_mark){level, set};
  work->set[id] = set;
  work->other[id] = work->other[ring];
  work->other[ring] = id;
  work->current[set] = id;
  return id;
}

static void new_label(flood_work *work, uint32_t at, uint16_t level) {
  const uint16_t label = (uint16_t)work->labels++, id = (uint16_t)work->ids;
  work->other[id] = id;
  work->size[label] = 0;
  work->zones[label] = 0;
  work->cells[label] = 1;
  work->id[at] = new_id(work, label, level);
}

/* Two sets meet: the smaller one joins the larger. Returns the set of both. */
static uint16_t unite(flood_work *work, uint16_t a, uint16_t b, uint16_t level) {
  work->edge[work->edges++] = (flood_edge){a, b, level};
  if (work->size[a] < work->size[b]) {
    const uint16_t c = a;
    a = b;
    b = c;
  }
  const uint16_t in_a = work->current[a], in_b = work->current[b];
  uint16_t member = in_b;
  do {
    work->set[member] = a;
    member = work->other[member];
  } while (member != in_b);
  const uint16_t after = work->other[in_a];
  work->other[in_a] = work->other[in_b];
  work->other[in_b] = after;
  work->size[a] += work->size[b];
  work->zones[a] |= work->zones[b];
  if (work->mark[in_b].level > work->mark[in_a].level) work->current[a] = in_b;
  return a;
}

/* Takes a cell that has an id and everything joined to it that lies no higher than `level`; what lies higher goes
 * into the queue. */
static void grow(flood_work *work, uint32_t from, uint16_t level, const int32_t *step, int steps) {
  const uint16_t *const height = work->ground, *const sets = work->set;
  uint16_t *const ids = work->id;
  uint32_t *const stack = work->stack;
  uint32_t high = 0, found = 0;
  uint16_t set = sets[ids[from]], own = work->current[set];
  const uint16_t label = set;
  stack[high++] = from;
  while (high) {
    const uint32_t at = stack[--high];
    for (int k = 0; k < steps; k++) {
      const uint32_t to = (uint32_t)((int32_t)at + step[k]);
      const uint16_t id = ids[to];
      if (id == FLOOD_NO_ID) {
        const uint16_t ground = height[to];
        if (ground < level && work->mark[own].level < level) own = new_id(work, set, level);
        ids[to] = own;
        found++;
        if (ground <= level) stack[high++] = to;
        else if (!work->start[to]) flood_push(work, to, ground);
      } else if (sets[id] != set && height[to] <= level) {
        set = unite(work, set, sets[id], level);
        own = work->current[set];
      }
    }
  }
  work->cells[label] += found;
}

/* A cell beside the sea, at the level of its own ground: its set meets the sea of a zone there. */
static sund_code meet_sea(sund_ctx *ctx, const sund_flood *flood, const sund_window *w, flood_work *work,
                          uint32_t at) {
  const uint16_t set = work->set[work->id[at]];
  const uint64_t all = UINT64_MAX >> (64 - flood->spec.zones);
  if (work->zones[set] == all) return SUND_OK;
  const sund_cell cell = {(uint32_t)(w->column + at % work->stride - 1), (uint32_t)(w->row + at / work->stride - 1)};
  const size_t zone = flood->source.zone ? flood->source.zone(flood->source.data, cell) : 0;
  if (zone >= flood->spec.zones) return sund_fail(ctx, SUND_DEFECT, "the sea has no zone %zu", zone);
  if (work->zones[set] >> zone & 1) return SUND_OK;
  work->zones[set] |= UINT64_C(1) << zone;
  flood_shore *shore = sund_grow(ctx, work->shore, &work->shore_room, work->shores + 1, sizeof *shore);
  if (!shore) return SUND_LIMIT;
  work->shore = shore;
  shore[work->shores++] = (flood_shore){set, (uint16_t)zone, work->ground[at]};
  return SUND_OK;
}

/* Empties the queue, also after a failure: the work space is used again. */
static sund_code spread(sund_ctx *ctx, const sund_flood *flood, const sund_window *w, flood_work *work) {
  const int32_t south = (int32_t)work->stride;
  const int32_t step[8] = {-1, 1, -south, south, -south - 1, -south + 1, south - 1, south + 1};
  sund_code code = SUND_OK;
  for (uint32_t level = next_level(work, 0); level < FLOOD_LEVELS; level = next_level(work, level)) {
    uint32_t at = work->head[level];
    work->head[level] = 0;
    work->word[level >> 6] &= ~(UINT64_C(1) << (level & 63));
    if (!work->word[level >> 6]) work->words[level >> 12] &= ~(UINT64_C(1) << (level >> 6 & 63));
    for (; at && code == SUND_OK; at = work->next[at]) {
      if (work->id[at] == FLOOD_NO_ID) new_label(work, at, (uint16_t)level);
      if (work->start[at] & FLOOD_BESIDE) code = meet_sea(ctx, flood, w, work, at);
      grow(work, at, (uint16_t)level, step, flood->spec.connectivity);
    }
  }
  return code;
}

/* The cells' ids go into the store. */
static void keep_ids(sund_flood *flood, size_t tile, const flood_work *work) {
  const flood_patch patch = flood_patch_of(flood, tile);
  for (size_t r = 0; r < work->rows; r++) {
    const uint16_t *from = work->id + (r + 1) * work->stride + 1;
    uint16_t *to = flood->id + patch.first + r * work->columns;
    for (size_t c = 0; c < work->columns; c++) to[c] = from[c] == FLOOD_WALL_ID ? FLOOD_NO_ID : from[c];
  }
  flood->tile[tile].has_id = true;
}

static flood_rim rim_at(const flood_work *work, size_t column, size_t row) {
  const size_t at = (row + 1) * work->stride + column + 1;
  return (flood_rim){work->ground[at], work->id[at]};
}

/* What the rest must know goes into one piece of memory of the tile's own. */
static sund_code keep_result(flood_tile *tile, const flood_work *work) {
  const size_t marks = work->ids - FLOOD_FIRST_ID, rims = 2 * (work->columns + work->rows);
  const size_t bytes = marks * sizeof *tile->mark + work->labels * sizeof *tile->cells + rims * sizeof *tile->rim +
                       work->edges * sizeof *tile->edge + work->shores * sizeof *tile->shore;
  unsigned char *memory = sund_alloc(tile->ctx, bytes, 1);
  if (!memory) return SUND_LIMIT;
  tile->cells = (uint32_t *)(void *)memory;
  tile->mark = (flood_mark *)(void *)(tile->cells + work->labels);
  tile->rim = (flood_rim *)(void *)(tile->mark + marks);
  tile->edge = (flood_edge *)(void *)(tile->rim + rims);
  tile->shore = (flood_shore *)(void *)(tile->edge + work->edges);
  memcpy(tile->cells, work->cells, work->labels * sizeof *tile->cells);
  memcpy(tile->mark, work->mark + FLOOD_FIRST_ID, marks * sizeof *tile->mark);
  memcpy(tile->edge, work->edge, work->edges * sizeof *tile->edge);
  if (work->shores) memcpy(tile->shore, work->shore, work->shores * sizeof *tile->shore);
  tile->bytes = bytes;
  tile->ids = (uint32_t)marks;
  tile->labels = work->labels;
  tile->edges = work->edges;
  tile->shores = work->shores;
  flood_rim *rim = tile->rim;
  for (size_t c = 0; c < work->columns; c++) *rim++ = rim_at(work, c, 0);
  for (size_t c = 0; c < work->columns; c++) *rim++ = rim_at(work, c, work->rows - 1);
  for (size_t r = 0; r < work->rows; r++) *rim++ = rim_at(work, 0, r);
  for (size_t r = 0; r < work->rows; r++) *rim++ = rim_at(work, work->columns - 1, r);
  return SUND_OK;
}

/* Tiles to be flooded. */
typedef struct tiles {
  sund_flood *flood;
  const size_t *tile;
  uint8_t *ring; /* FLOOD_RING a tile */
  size_t works;
  flood_work *work; /* works: as many as threads */
} tiles;

static sund_code ring_some(sund_ctx *worker, size_t begin, size_t end, void *data) {
  (void)worker;
  const tiles *t = data;
  for (size_t i = begin; i < end; i++) flood_ring(t->flood, t->tile[i], t->ring + i * FLOOD_RING);
  return SUND_OK;
}

/* A work space nobody uses: there are as many as threads. */
static flood_work *claim(const tiles *t) {
  size_t i = 0;
  while (atomic_exchange(&t->work[i].busy, true)) i = (i + 1) % t->works;
  return &t->work[i];
}

static sund_code run_one(sund_ctx *worker, sund_flood *flood, size_t i, const uint8_t *ring, flood_work *work) {
  flood_tile *tile = &flood->tile[i];
  const flood_patch patch = flood_patch_of(flood, i);
  flood_load(flood, i, ring, work);
  TRY(spread(worker, flood, &patch.window, work));
  keep_ids(flood, i, work);
  return keep_result(tile, work) == SUND_OK ? SUND_OK : sund_ctx_pass(worker, tile->ctx);
}

static sund_code run_some(sund_ctx *worker, size_t begin, size_t end, void *data) {
  const tiles *t = data;
  flood_work *work = claim(t);
  work->shore = NULL; /* it was the last worker's memory */
  work->shore_room = 0;
  sund_code code = SUND_OK;
  for (size_t i = begin; i < end && code == SUND_OK; i++)
    code = run_one(worker, t->flood, t->tile[i], t->ring + i * FLOOD_RING, work);
  atomic_store(&work->busy, false);
  return code;
}

/* Forgets what a tile told before, and gives it memory of its own if it has anything to tell. */
static sund_code renew(sund_flood *flood, flood_tile *tile) {
  sund_ctx_free(tile->ctx);
  tile->ctx = NULL;
  tile->bytes = tile->ids = tile->labels = tile->edges = tile->shores = 0;
  tile->rim = NULL;
  if (!tile->has_low) return SUND_OK;
  tile->ctx = sund_ctx_child(flood->ctx);
  return tile->ctx ? SUND_OK : SUND_LIMIT;
}

static sund_code run_tiles(sund_ctx *scratch, sund_flood *flood, size_t count, const size_t *tile) {
  size_t low = 0, *lows = sund_alloc(scratch, count, sizeof *lows);
  if (!lows) return SUND_LIMIT;
  for (size_t i = 0; i < count; i++) {
    if (renew(flood, &flood->tile[tile[i]]) != SUND_OK) return sund_ctx_pass(scratch, flood->ctx);
    if (flood->tile[tile[i]].has_low) lows[low++] = tile[i];
  }
  const size_t threads = (size_t)sund_ctx_thread_count(scratch);
  tiles t = {flood, lows, sund_alloc(scratch, low, FLOOD_RING), low < threads ? low : threads, NULL};
  t.work = sund_alloc(scratch, t.works, sizeof *t.work);
  if (!t.ring || !t.work) return SUND_LIMIT;
  for (size_t i = 0; i < t.works; i++) TRY(flood_work_make(scratch, flood, &t.work[i]));
  TRY(sund_for(scratch, low, RINGS_AT_ONCE, ring_some, &t));
  return sund_for(scratch, low, 1, run_some, &t);
}

sund_code flood_tiles_run(sund_ctx *ctx, sund_flood *flood, size_t count, const size_t *tile) {
  sund_ctx *scratch = sund_ctx_child(ctx);
  if (!scratch) return SUND_LIMIT;
  run_tiles(scratch, flood, count, tile);
  const sund_code code = sund_ctx_pass(ctx, scratch);
  sund_ctx_free(scratch);
  return code;
}

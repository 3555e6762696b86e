/* flood_load.c - one tile made ready for flooding: walls, the cells beside the sea, and the queue of cells where
 * water can start.
 *
 * A ring of walls around the tile spares every test of bounds. Cells beside the sea are found over the tile's border
 * too. The queue is one list of cells per level, with two storeys of bits above it to find the next level that has
 * any (a bucket queue, Dial 1969).
 */
#include <string.h>

#include "geo/flood.h"

sund_code flood_work_make(sund_ctx *ctx, const sund_flood *flood, flood_work *out) {
  /* Ids fit in 16 bits: a label needs a cell of its own, and so does every further id, lower than the water that
   * meets it; and in a tile without any cell that gives water there are no more labels than cells along its
   * border. */
  const size_t cells = flood->side * flood->side + FLOOD_FIRST_ID, ring = (flood->side + 2) * (flood->side + 2);
  flood_work w = {.stride = flood->side + 2};
  w.ground = sund_alloc(ctx, ring, sizeof *w.ground);
  w.id = sund_alloc(ctx, ring, sizeof *w.id);
  w.water = sund_alloc(ctx, ring, sizeof *w.water);
  w.start = sund_alloc(ctx, ring, sizeof *w.start);
  w.next = sund_alloc(ctx, ring, sizeof *w.next);
  w.stack = sund_alloc(ctx, ring, sizeof *w.stack);
  w.head = sund_alloc(ctx, FLOOD_LEVELS, sizeof *w.head);
  w.word = sund_alloc(ctx, FLOOD_LEVELS / 64, sizeof *w.word);
  w.words = sund_alloc(ctx, FLOOD_LEVELS / 4096, sizeof *w.words);
  w.mark = sund_alloc(ctx, FLOOD_LEVELS, sizeof *w.mark);
  w.set = sund_alloc(ctx, FLOOD_LEVELS, sizeof *w.set);
  w.other = sund_alloc(ctx, FLOOD_LEVELS, sizeof *w.other);
  w.current = sund_alloc(ctx, cells, sizeof *w.current);
  w.size = sund_alloc(ctx, cells, sizeof *w.size);
  w.zones = sund_alloc(ctx, cells, sizeof *w.zones);
  w.cells = sund_alloc(ctx, cells, sizeof *w.cells);
  w.edge = sund_alloc(ctx, cells, sizeof *w.edge);
  *out = w;
  return sund_failure(ctx, NULL, NULL, NULL);
}

void flood_push(flood_work *work, uint32_t at, uint16_t level) {
  const uint32_t before = work->head[level];
  work->next[at] = before;
  work->head[level] = at;
  if (before) return;
  work->word[level >> 6] |= UINT64_C(1) << (level & 63);
  work->words[level >> 12] |= UINT64_C(1) << (level >> 6 & 63);
}

/* Place of a cell of the tile in the work space. */
static uint32_t place(const flood_work *work, size_t column, size_t row) {
  return (uint32_t)((row + 1) * work->stride + column + 1);
}

/* Does water come from a cell with this ground and id? */
static uint8_t gives_water(const sund_flood *flood, uint16_t ground, uint16_t id) {
  if (id == FLOOD_SEA_ID) return 1;
  return ground == SUND_NEVER && (flood->spec.seeds & SUND_SEED_NODATA);
}

/* Column and row, in the work space, of the k-th cell of the ring: north row, south row, west column, east column. */
static void ring_cell(const sund_window *w, size_t k, size_t *column, size_t *row) {
  const size_t across = w->columns + 2, rest = k < 2 * across ? k % across : k - 2 * across;
  *column = k < 2 * across ? rest : rest < w->rows ? 0 : w->columns + 1;
  *row = k < across ? 0 : k < 2 * across ? w->rows + 1 : rest % w->rows + 1;
}

static size_t ring_cells(const sund_window *w) {
  return 2 * (w->columns + 2 + w->rows);
}

void flood_ring(const sund_flood *flood, size_t tile, uint8_t *ring) {
  const sund_window w = flood_patch_of(flood, tile).window;
  for (size_t k = 0; k < ring_cells(&w); k++) {
    size_t column, row;
    uint16_t ground, id;
    ring_cell(&w, k, &column, &row);
    column += w.column - 1;
    row += w.row - 1;
    ring[k] = 0;
    if (column >= flood->columns || row >= flood->rows) continue;
    flood_look(flood, column, row, &ground, &id);
    ring[k] = gives_water(flood, ground, id);
  }
}

/* Cells of other tiles and beyond the raster are walls, but may give water. Returns whether one does. */
static uint8_t load_ring(const sund_window *w, const uint8_t *ring, flood_work *work) {
  uint8_t any = 0;
  for (size_t k = 0; k < ring_cells(w); k++) {
    size_t column, row;
    ring_cell(w, k, &column, &row);
    const size_t at = row * work->stride + column;
    work->ground[at] = SUND_NEVER;
    work->id[at] = FLOOD_WALL_ID;
    work->start[at] = 0;
    any |= work->water[at] = ring[k];
  }
  return any;
}

/* The tile's own cells. Returns whether one gives water. */
static uint8_t load_cells(const sund_flood *flood, const flood_tile *tile, const flood_patch *patch,
                          flood_work *work) {
  const uint16_t cap = flood->spec.cap;
  uint8_t any = 0;
  for (size_t r = 0; r < patch->window.rows; r++) {
    const size_t from = patch->first + r * patch->window.columns;
    const uint32_t to = place(work, 0, r);
    for (size_t c = 0; c < patch->window.columns; c++) {
      const uint16_t ground = tile->flat ? tile->flat_ground : flood->ground[from + c];
      const bool sea = (tile->has_id ? flood->id[from + c] : tile->plain_id) == FLOOD_SEA_ID;
      const bool wall = sea || ground > cap;
      work->ground[to + c] = wall ? SUND_NEVER : ground;
      work->id[to + c] = sea ? FLOOD_SEA_ID : wall ? FLOOD_WALL_ID : FLOOD_NO_ID;
      any |= work->water[to + c] = gives_water(flood, ground, sea ? FLOOD_SEA_ID : FLOOD_NO_ID);
    }
    memset(work->start + to, 0, patch->window.columns);
  }
  return any;
}

/* Queues a cell at its own height, once. */
static void start(flood_work *work, uint32_t at, uint8_t bits) {
  const uint16_t ground = work->ground[at];
  if (ground == SUND_NEVER) return;
  if (!work->start[at]) flood_push(work, at, ground);
  work->start[at] |= bits | FLOOD_QUEUED;
}

/* Cells beside one that gives water. */
static void start_beside(flood_work *work, int connectivity) {
  for (size_t r = 0; r < work->rows; r++) {
    const uint32_t at = place(work, 0, r);
    const uint8_t *here = work->water + at, *north = here - work->stride, *south = here + work->stride;
    for (ptrdiff_t c = 0; c < (ptrdiff_t)work->columns; c++) {
      uint8_t near = here[c - 1] | here[c + 1] | north[c] | south[c];
      if (connectivity == 8) near |= north[c - 1] | north[c + 1] | south[c - 1] | south[c + 1];
      if (near) start(work, at + (uint32_t)c, FLOOD_BESIDE);
    }
  }
}

/* Bits of the cells along a side: water may come from the next tile, or from beyond the raster. 0 = from neither. */
static uint8_t side_bits(const sund_flood *flood, bool beyond) {
  if (!beyond) return FLOOD_QUEUED;
  return flood->spec.seeds & SUND_SEED_EDGE ? FLOOD_QUEUED | FLOOD_BESIDE : 0;
}

static void start_sides(const sund_flood *flood, const sund_window *w, flood_work *work) {
  const uint8_t north = side_bits(flood, w->row == 0);
  const uint8_t south = side_bits(flood, w->row + w->rows == flood->rows);
  const uint8_t west = side_bits(flood, w->column == 0);
  const uint8_t east = side_bits(flood, w->column + w->columns == flood->columns);
  for (size_t c = 0; c < w->columns; c++) {
    if (north) start(work, place(work, c, 0), north);
    if (south) start(work, place(work, c, w->rows - 1), south);
  }
  for (size_t r = 0; r < w->rows; r++) {
    if (west) start(work, place(work, 0, r), west);
    if (east) start(work, place(work, w->columns - 1, r), east);
  }
}

void flood_load(const sund_flood *flood, size_t tile, const uint8_t *ring, flood_work *work) {
  const flood_patch patch = flood_patch_of(flood, tile);
  work->columns = patch.window.columns;
  work->rows = patch.window.rows;
  work->ids = FLOOD_FIRST_ID;
  work->labels = work->edges = work->shores = 0;
  uint8_t water = load_ring(&patch.window, ring, work);
  water |= load_cells(flood, &flood->tile[tile], &patch, work);
  if (water) start_beside(work, flood->spec.connectivity);
  start_sides(flood, &patch.window, work);
}

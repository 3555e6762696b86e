/* flood_read.c - reads the raster window by window, as 16-bit steps tile by tile, and floods the tiles on the way.
 *
 * A tile is flooded when all tiles around it are read, since cells beside the sea are found over its border: the last
 * row and column of tiles of a window wait for the next ones. So every cell is touched twice while it is near, and a
 * spool can let go of what is behind.
 */
#include <string.h>

#include "geo/flood.h"

enum { TILES_AT_ONCE = 4, PERCENT = 100 };

/* What was met in a tile. */
typedef struct tally {
  uint64_t sea, unknown, below_offset;
} tally;

/* Tiles of a window, from `column`, `row` on. */
typedef struct window {
  sund_flood *flood;
  size_t column, row, columns, rows; /* tiles                 */
  sund_window cells;                 /* of the raster         */
  float *metres;                     /* cells: what was read  */
  uint8_t *sea;                      /* cells                 */
  tally *met;                        /* tiles                 */
  size_t *ready;                     /* tiles to be flooded   */
} window;

/* One row of a tile being filled. */
typedef struct row {
  uint16_t raw[FLOOD_SIDE];
  size_t n;
  uint64_t sea, unknown, below_offset;
  bool low, same; /* land at or below the cap; all cells have the ground of the first */
} row;

/* Raw heights of the row's cells. Returns the lowest and highest of what flood_steps says. */
static void to_raw(const sund_flood *f, const float *restrict metres, row *restrict r, int32_t *low, int32_t *high) {
  const double offset = f->spec.offset_m, per_m = 1 / f->spec.step_m;
  int32_t least = INT32_MAX, most = INT32_MIN;
  for (size_t i = 0; i < r->n; i++) {
    const int32_t steps = flood_steps(offset, per_m, (double)metres[i]);
    least = steps < least ? steps : least;
    most = steps > most ? steps : most;
    r->raw[i] = (uint16_t)(steps < 0 ? 1 : steps);
  }
  *low = least;
  *high = most;
}

/* What is met in a row that has cells of several kinds. */
static void count(const sund_flood *f, const float *metres, const uint8_t *sea, row *r) {
  for (size_t i = 0; i < r->n; i++) {
    if (sea[i]) r->sea++;
    else if (r->raw[i] == SUND_NEVER) r->unknown++;
    else r->below_offset += flood_steps(f->spec.offset_m, 1 / f->spec.step_m, (double)metres[i]) < 0;
    if (!sea[i] && r->raw[i] <= f->spec.cap) r->low = true;
  }
}

static void convert(const sund_flood *f, const float *metres, const uint8_t *sea, row *r) {
  int32_t low, high;
  to_raw(f, metres, r, &low, &high);
  r->same = low == high;
  r->sea = r->unknown = r->below_offset = 0;
  r->low = false;
  const bool alike = r->n < 2 || memcmp(sea, sea + 1, r->n - 1) == 0;
  if (alike && sea[0]) r->sea = r->n;
  else if (!alike || low < 0 || high == SUND_NEVER) count(f, metres, sea, r);
  else r->low = low <= f->spec.cap;
}

/* Puts the row's ground into the store, unless the tile is flat so far. */
static void keep_ground(sund_flood *f, flood_tile *tile, const flood_patch *patch, size_t y, const row *r) {
  if (y == 0) {
    tile->flat = true;
    tile->flat_ground = r->raw[0];
  }
  uint16_t *to = f->ground + patch->first;
  if (tile->flat && r->same && r->raw[0] == tile->flat_ground) return;
  for (size_t i = 0; tile->flat && i < y * r->n; i++) to[i] = tile->flat_ground;
  tile->flat = false;
  memcpy(to + y * r->n, r->raw, r->n * sizeof *to);
}

/* The sea's ids, where a tile has both sea and other cells. */
static void keep_sea(const window *w, flood_tile *tile, const flood_patch *patch, const uint8_t *sea) {
  const size_t columns = patch->window.columns;
  for (size_t y = 0; y < patch->window.rows; y++) {
    uint16_t *to = w->flood->id + patch->first + y * columns;
    for (size_t x = 0; x < columns; x++) to[x] = sea[y * w->cells.columns + x] ? FLOOD_SEA_ID : FLOOD_NO_ID;
  }
  tile->has_id = true;
}

static sund_code convert_tiles(sund_ctx *worker, size_t begin, size_t end, void *data) {
  (void)worker;
  const window *w = data;
  for (size_t i = begin; i < end; i++) {
    const size_t at = (w->row + i / w->columns) * w->flood->across + w->column + i % w->columns;
    flood_tile *tile = &w->flood->tile[at];
    const flood_patch patch = flood_patch_of(w->flood, at);
    const size_t from =
        (patch.window.row - w->cells.row) * w->cells.columns + (patch.window.column - w->cells.column);
    tally *met = &w->met[i];
    row r = {.n = patch.window.columns};
    for (size_t y = 0; y < patch.window.rows; y++) {
      convert(w->flood, w->metres + from + y * w->cells.columns, w->sea + from + y * w->cells.columns, &r);
      keep_ground(w->flood, tile, &patch, y, &r);
      met->sea += r.sea;
      met->unknown += r.unknown;
      met->below_offset += r.below_offset;
      tile->has_low |= r.low;
    }
    tile->plain_id = met->sea ? FLOOD_SEA_ID : FLOOD_NO_ID;
    if (met->sea && met->sea < patch.window.columns * patch.window.rows) keep_sea(w, tile, &patch, w->sea + from);
  }
  return SUND_OK;
}

static sund_code read_window(sund_ctx *ctx, window *w) {
  sund_flood *f = w->flood;
  const size_t cells = w->cells.columns * w->cells.rows, tiles = w->columns * w->rows;
  memset(w->sea, 0, cells);
  memset(w->met, 0, tiles * sizeof *w->met);
  TRY(f->source.read(ctx, f->source.data, &w->cells, w->metres, w->sea));
  if (!(f->spec.seeds & SUND_SEED_SEA)) memset(w->sea, 0, cells);
  TRY(sund_for(ctx, tiles, TILES_AT_ONCE, convert_tiles, w));
  for (size_t i = 0; i < tiles; i++) {
    f->told.sea += w->met[i].sea;
    f->told.unknown += w->met[i].unknown;
    f->told.below_offset += w->met[i].below_offset;
  }
  return SUND_OK;
}

/* Floods the tiles that have all their neighbours since this window was read. */
static sund_code flood_ready(sund_ctx *ctx, const window *w) {
  sund_flood *f = w->flood;
  const size_t row_end = w->row + w->rows, column_end = w->column + w->columns;
  const size_t last_row = row_end < f->down ? row_end - 1 : row_end;
  const size_t last_column = column_end < f->across ? column_end - 1 : column_end;
  size_t count = 0;
  for (size_t y = w->row ? w->row - 1 : 0; y < last_row; y++)
    for (size_t x = w->column ? w->column - 1 : 0; x < last_column; x++) w->ready[count++] = y * f->across + x;
  TRY(flood_tiles_run(ctx, f, count, w->ready));
  const size_t back_row = w->row ? f->side : 0, back_column = w->column ? f->side : 0;
  const sund_window behind = {w->cells.column - back_column, w->cells.row - back_row, w->cells.columns + back_column,
                              w->cells.rows + back_row};
  flood_store_rest(f, &behind);
  return SUND_OK;
}

static sund_code make_window(sund_ctx *scratch, sund_flood *f, window *w) {
  const size_t tiles = FLOOD_WINDOW * FLOOD_WINDOW, side = FLOOD_WINDOW * f->side;
  const size_t columns = side < f->columns ? side : f->columns, rows = side < f->rows ? side : f->rows;
  *w = (window){.flood = f};
  w->metres = sund_alloc(scratch, columns * rows, sizeof *w->metres);
  w->sea = sund_alloc(scratch, columns * rows, 1);
  w->met = sund_alloc(scratch, tiles, sizeof *w->met);
  w->ready = sund_alloc(scratch, (FLOOD_WINDOW + 1) * (FLOOD_WINDOW + 1), sizeof *w->ready);
  return w->metres && w->sea && w->met && w->ready ? SUND_OK : SUND_LIMIT;
}

static size_t least(size_t a, size_t b) {
  return a < b ? a : b;
}

static sund_code read_all(sund_ctx *scratch, sund_flood *f) {
  window w;
  TRY(make_window(scratch, f, &w));
  size_t percent = 0;
  for (w.row = 0; w.row < f->down; w.row += FLOOD_WINDOW)
    for (w.column = 0; w.column < f->across; w.column += FLOOD_WINDOW) {
      w.columns = least(FLOOD_WINDOW, f->across - w.column);
      w.rows = least(FLOOD_WINDOW, f->down - w.row);
      w.cells.column = w.column * f->side;
      w.cells.row = w.row * f->side;
      w.cells.columns = least(w.columns * f->side, f->columns - w.cells.column);
      w.cells.rows = least(w.rows * f->side, f->rows - w.cells.row);
      TRY(read_window(scratch, &w));
      TRY(flood_ready(scratch, &w));
      const size_t done = (w.row * f->across + (w.column + w.columns) * w.rows) * PERCENT / (f->across * f->down);
      if (done > percent) TRY(sund_progress(scratch, (double)done / PERCENT, "flooding"));
      percent = done;
    }
  return SUND_OK;
}

sund_code flood_read(sund_ctx *ctx, sund_flood *flood) {
  sund_ctx *scratch = sund_ctx_child(ctx);
  if (!scratch) return SUND_LIMIT;
  read_all(scratch, flood);
  const sund_code code = sund_ctx_pass(ctx, scratch);
  sund_ctx_free(scratch);
  return code;
}

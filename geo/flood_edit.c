/* flood_edit.c - new ground for some cells: the tiles they lie in are flooded again, and those whose cells beside the
 * sea may have changed; then the graph between the tiles is solved again. Nothing else of a full run depends on them.
 */
#include "geo/flood.h"

static bool is_unknown(uint16_t ground, uint16_t id) {
  return ground == SUND_NEVER && id != FLOOD_SEA_ID;
}

/* What stands in the cells now. */
static sund_code note(sund_ctx *ctx, const sund_flood *flood, const sund_flood_edit *edit, sund_flood_edit *out) {
  sund_flood_edit was = {edit->count, sund_alloc(ctx, edit->count, sizeof *was.cell),
                         sund_alloc(ctx, edit->count, sizeof *was.ground),
                         sund_alloc(ctx, edit->count, sizeof *was.sea)};
  if (!was.cell || !was.ground || !was.sea) return SUND_LIMIT;
  for (size_t i = 0; i < edit->count; i++) {
    was.cell[i] = edit->cell[i];
    was.ground[i] = sund_flood_ground(flood, edit->cell[i]);
    was.sea[i] = sund_flood_is_sea(flood, edit->cell[i]);
  }
  *out = was;
  return SUND_OK;
}

/* The store gets room for cells that differ. */
static void unfold(sund_flood *flood, size_t i) {
  flood_tile *tile = &flood->tile[i];
  const flood_patch patch = flood_patch_of(flood, i);
  const size_t cells = patch.window.columns * patch.window.rows;
  for (size_t k = 0; tile->flat && k < cells; k++) flood->ground[patch.first + k] = tile->flat_ground;
  for (size_t k = 0; !tile->has_id && k < cells; k++) flood->id[patch.first + k] = tile->plain_id;
  tile->flat = false;
  tile->has_id = true;
}

/* Marks the tiles around a cell, its own included: they see whether it gives water. */
static void mark_around(const sund_flood *flood, sund_cell cell, uint8_t *mark) {
  for (size_t row = cell.row ? cell.row - 1 : 0; row <= cell.row + 1u && row < flood->rows; row++)
    for (size_t column = cell.column ? cell.column - 1 : 0; column <= cell.column + 1u && column < flood->columns;
         column++)
      mark[flood_tile_of(flood, column, row)] = 1;
}

/* Sets one cell, and what is counted of it. */
static void set(sund_flood *flood, sund_cell cell, uint16_t ground, bool sea, uint8_t *mark) {
  const size_t i = flood_tile_of(flood, cell.column, cell.row);
  const flood_patch patch = flood_patch_of(flood, i);
  uint16_t was, was_id;
  flood_look(flood, cell.column, cell.row, &was, &was_id);
  const uint16_t id = sea && (flood->spec.seeds & SUND_SEED_SEA) ? FLOOD_SEA_ID : FLOOD_NO_ID;
  unfold(flood, i);
  const size_t at =
      patch.first + (cell.row - patch.window.row) * patch.window.columns + (cell.column - patch.window.column);
  flood->ground[at] = ground;
  flood->id[at] = id;
  if (ground <= flood->spec.cap && id != FLOOD_SEA_ID) flood->tile[i].has_low = true;
  flood->told.sea += (uint64_t)(id == FLOOD_SEA_ID) - (was_id == FLOOD_SEA_ID);
  flood->told.unknown += (uint64_t)is_unknown(ground, id) - is_unknown(was, was_id);
  mark[i] = 1;
  if ((id == FLOOD_SEA_ID) != (was_id == FLOOD_SEA_ID) || is_unknown(ground, id) != is_unknown(was, was_id))
    mark_around(flood, cell, mark);
}

static sund_code change(sund_ctx *scratch, sund_flood *flood, const sund_flood_edit *edit) {
  const size_t tiles = flood->across * flood->down;
  uint8_t *mark = sund_alloc(scratch, tiles, 1);
  size_t count = 0, *again = sund_alloc(scratch, tiles, sizeof *again);
  if (!mark || !again) return SUND_LIMIT;
  for (size_t i = 0; i < edit->count; i++)
    set(flood, edit->cell[i], edit->ground[i], edit->sea && edit->sea[i], mark);
  for (size_t i = 0; i < tiles; i++)
    if (mark[i]) again[count++] = i;
  TRY(flood_tiles_run(scratch, flood, count, again));
  return flood_solve(scratch, flood);
}

sund_code sund_flood_change(sund_ctx *ctx, sund_flood *flood, const sund_flood_edit *edit, sund_flood_edit *before) {
  sund_flood_edit was = {0};
  if (before) TRY(note(ctx, flood, edit, &was));
  sund_ctx *scratch = sund_ctx_child(ctx);
  if (!scratch) return SUND_LIMIT;
  change(scratch, flood, edit);
  const sund_code code = sund_ctx_pass(ctx, scratch);
  sund_ctx_free(scratch);
  if (before && code == SUND_OK) *before = was;
  return code;
}

/* flood_lifted.c - homes on cells that are no ground: buildings the terrain lifts, and holes where they were cut out.
 *
 * Terrains made for rain lift every building far above the ground (the Danish one to 300 m), so that water runs
 * around it. Read as ground they would keep a home dry whatever the sea does. Others have no heights under buildings.
 *
 * A block is what hangs together with the home's cell, corners too, and lies no more than 10 m below it. It is a
 * lifted building when it is at most 400 m across, does not touch the raster's edge, and every cell right around it
 * lies more than 10 m lower than the block's lowest cell. A natural hill goes down in steps smaller than that
 * somewhere; where cells are larger than 10 m the step must be steeper than 1 in 1, up to 20 m, for a slope takes
 * larger steps there. A hole is the same of cells without a height that are not sea.
 *
 * Order: a walk to the west tells most homes apart at the cost of one row; then the block is grown in a window that
 * doubles as long as the block touches its border.
 */
#include <math.h>
#include <string.h>

#include "flood_places.h"

static const double step_m = 10, steepest_m = 20, across_m = 400;
enum { FIRST_REACH = 24, STRIP = 64 };

/* What is looked for, in raw heights and cells. */
typedef struct search {
  const flood_site *site;
  sund_cell from;
  bool hole;
  uint16_t lowest; /* of the block's cells      */
  uint32_t drop;   /* around it all lie lower by more than this */
  size_t across[2];
} search;

static bool belongs(const search *s, uint16_t ground, bool sea) {
  if (s->hole) return ground == SUND_NEVER && !sea;
  return ground != SUND_NEVER && ground >= s->lowest;
}

static search search_of(const flood_site *site, sund_cell from) {
  const sund_lattice *lattice = &site->spec->lattice;
  const double cell_m = fmin(lattice->dx, lattice->dy), raw = site->spec->step_m;
  const uint16_t ground = sund_flood_ground(site->flood, from);
  const double below = nearbyint(step_m / raw);
  return (search){.site = site,
                  .from = from,
                  .hole = ground == SUND_NEVER,
                  .lowest = ground > below ? (uint16_t)(ground - below) : 0,
                  .drop = (uint32_t)nearbyint(fmin(fmax(step_m, fmin(cell_m, steepest_m)) / raw, SUND_NEVER)),
                  .across = {(size_t)(across_m / lattice->dx), (size_t)(across_m / lattice->dy)}};
}

/* Is there a wall to the west, before the block would be too large or end at the raster's edge? */
static bool wall_in_the_west(const search *s) {
  uint16_t ground[STRIP], least = SUND_NEVER;
  uint8_t sea[STRIP] = {0};
  size_t left = s->across[0] < s->from.column ? s->across[0] + 1 : s->from.column + 1;
  for (size_t end = s->from.column + 1; left > 0;) {
    const size_t count = left < STRIP ? left : STRIP;
    const sund_window strip = {end - count, s->from.row, count, 1};
    sund_flood_window(s->site->flood, &strip, SUND_ANY_ZONE, ground, NULL, s->hole ? sea : NULL);
    for (size_t i = count; i-- > 0;) {
      if (!belongs(s, ground[i], sea[i])) return s->hole || ground[i] == SUND_NEVER || ground[i] + s->drop < least;
      if (ground[i] < least) least = ground[i];
    }
    left -= count, end -= count;
  }
  return false;
}

/* ---------------------------------------------------------------------------------------------------------- block */

/* The window of `reach` cells to all sides, as far as the raster goes. */
static sund_window window_around(const search *s, size_t reach) {
  const sund_lattice *lattice = &s->site->spec->lattice;
  const size_t column = s->from.column, row = s->from.row;
  sund_window w = {.column = column > reach ? column - reach : 0, .row = row > reach ? row - reach : 0};
  w.columns = (column + reach < lattice->columns ? column + reach + 1 : lattice->columns) - w.column;
  w.rows = (row + reach < lattice->rows ? row + reach + 1 : lattice->rows) - w.row;
  return w;
}

static sund_code read_window(sund_ctx *scratch, const search *s, size_t reach, flood_block *block) {
  block->window = window_around(s, reach);
  const size_t cells = block->window.columns * block->window.rows;
  if (cells > block->room) {
    block->room = cells;
    block->mark = sund_alloc(scratch, cells, sizeof *block->mark);
    block->stack = sund_alloc(scratch, cells, sizeof *block->stack);
    block->ground = sund_alloc(scratch, cells, sizeof *block->ground);
    block->sea = sund_alloc(scratch, cells, sizeof *block->sea);
    if (!block->mark || !block->stack || !block->ground || !block->sea) return SUND_LIMIT;
  }
  memset(block->mark, 0, cells);
  sund_flood_window(s->site->flood, &block->window, SUND_ANY_ZONE, block->ground, NULL, block->sea);
  return SUND_OK;
}

/* What growing came upon. */
typedef struct growth {
  size_t low[2], high[2]; /* columns and rows of the block, of the window */
  uint16_t least;         /* lowest cell of the block                     */
  uint16_t most;          /* highest cell beside it                       */
  size_t beside;
} growth;

/* Looks at a neighbour of the block; returns how many cells were put on the stack. */
static size_t look_at(const search *s, flood_block *block, size_t at, size_t top, growth *grown) {
  const uint16_t ground = block->ground[at];
  if (block->mark[at]) return 0;
  if (belongs(s, ground, block->sea[at])) {
    block->mark[at] = FLOOD_IN_BLOCK;
    block->stack[top] = at;
    return 1;
  }
  if (ground == SUND_NEVER) return 0;
  block->mark[at] = FLOOD_BESIDE;
  grown->beside++;
  if (ground > grown->most) grown->most = ground;
  return 0;
}

static growth grow(const search *s, flood_block *block) {
  const size_t columns = block->window.columns, rows = block->window.rows;
  growth grown = {{SIZE_MAX, SIZE_MAX}, {0, 0}, SUND_NEVER, 0, 0};
  size_t top = 0;
  top += look_at(s, block, (s->from.row - block->window.row) * columns + s->from.column - block->window.column, top,
                 &grown);
  while (top > 0) {
    const size_t at = block->stack[--top], here[2] = {at % columns, at / columns};
    for (size_t k = 0; k < 2; k++) {
      if (here[k] < grown.low[k]) grown.low[k] = here[k];
      if (here[k] > grown.high[k]) grown.high[k] = here[k];
    }
    if (block->ground[at] < grown.least) grown.least = block->ground[at];
    for (size_t r = here[1] > 0 ? here[1] - 1 : 0; r < rows && r <= here[1] + 1; r++)
      for (size_t c = here[0] > 0 ? here[0] - 1 : 0; c < columns && c <= here[0] + 1; c++)
        top += look_at(s, block, r * columns + c, top, &grown);
  }
  return grown;
}

/* Does the block reach the border of its window, so that it may go on beyond? */
static bool touches(const flood_block *block, const growth *grown) {
  return grown->low[0] == 0 || grown->low[1] == 0 || grown->high[0] + 1 == block->window.columns ||
         grown->high[1] + 1 == block->window.rows;
}

sund_code flood_block_find(sund_ctx *scratch, const flood_site *site, sund_cell from, bool *found,
                           flood_block *block) {
  const search s = search_of(site, from);
  const size_t most = (s.across[0] > s.across[1] ? s.across[0] : s.across[1]) + 1;
  *found = false;
  if (!wall_in_the_west(&s) || (s.hole && sund_flood_is_sea(site->flood, from))) return SUND_OK;
  for (size_t reach = FIRST_REACH;; reach *= 2) {
    if (reach > most) reach = most;
    TRY(read_window(scratch, &s, reach, block));
    const growth grown = grow(&s, block);
    for (size_t k = 0; k < 2; k++)
      if (grown.high[k] - grown.low[k] + 1 > s.across[k]) return SUND_OK;
    if (!touches(block, &grown)) {
      *found = grown.beside > 0 && (s.hole || (uint32_t)grown.most + s.drop < grown.least);
      return SUND_OK;
    }
    if (reach == most) return SUND_OK; /* at the raster's edge */
  }
}

uint8_t flood_block_mark(const flood_block *block, sund_cell cell) {
  const sund_window *w = &block->window;
  if (cell.column < w->column || cell.row < w->row || cell.column >= w->column + w->columns ||
      cell.row >= w->row + w->rows)
    return 0;
  return block->mark[(cell.row - w->row) * w->columns + (cell.column - w->column)];
}

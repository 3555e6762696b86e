/* flood_way.c - where the water of a cell came along.
 *
 * Going back from the cell: among joined cells of its own first-wet level the nearest one is looked for that lies
 * beside the sea (or is a seed for another reason) or has a lower neighbour; there must be one, or the cell would not
 * be wet at that level. From the lower neighbour it goes on in the same way, so the levels only fall, and no cell on
 * the way lies higher than the first-wet level of those behind it. Nearest is meant in steps of 5 along rows and
 * columns and 7 across corners (Borgefors 1986, Distance transformations in digital images), in a ring of queues
 * (Dial 1969); of equally near ones the northernmost, then westernmost is taken.
 *
 * Cells are looked at in blocks that are fetched when the search comes to them: memory is that of the water on the
 * way, not of the raster, and the raster's tiles do not matter.
 */
#include <string.h>

#include "sund/geo.h"

enum { SIDE = 64, STRAIGHT = 5, DIAGONAL = 7, QUEUES = 8, BLOCKS_FIRST = 64 };

/* How a cell was come to: direction of the step plus 1, or one of these. Bits above tell that it waits. */
enum { NOT_YET = 0, START = 9, SEA = 10, UNKNOWN = 11, CAME = 15, WAITS_STRAIGHT = 16, WAITS_DIAGONAL = 32 };

/* Steps to neighbours: those that share an edge first. */
static const int STEP_COLUMN[8] = {0, -1, 1, 0, -1, 1, -1, 1};
static const int STEP_ROW[8] = {-1, 0, 0, 1, -1, -1, 1, 1};

typedef struct block {
  uint32_t column, row;      /* in blocks                                                */
  bool whole;                /* the raster does not end in it                            */
  uint16_t wet[SIDE * SIDE]; /* first-wet level; SUND_NEVER also where the raster ends */
  uint8_t came[SIDE * SIDE];
} block;

/* A cell that waits, and the step that led to it. */
typedef struct waiting {
  sund_cell cell;
  uint8_t came;
} waiting;

typedef struct queue {
  size_t count, room;
  waiting *item;
} queue;

typedef struct search {
  sund_ctx *scratch;
  const sund_flood *flood;
  const sund_flood_spec *spec;
  block **block; /* by hash, NULL = free */
  size_t blocks, room;
  block *last; /* asked for */
  queue queue[QUEUES];
} search;

/* ---------------------------------------------------------------------------------------------------- blocks */

/* Where a block is, or would be. */
static size_t slot_of(const search *s, uint32_t column, uint32_t row) {
  uint64_t key = ((uint64_t)row << 32 | column) * 0x9e3779b97f4a7c15u;
  size_t slot = (size_t)(key >> 32) & (s->room - 1);
  while (s->block[slot] && (s->block[slot]->column != column || s->block[slot]->row != row))
    slot = (slot + 1) & (s->room - 1);
  return slot;
}

/* Room for one more, at most half full. */
static sund_code make_room(search *s) {
  if (2 * (s->blocks + 1) <= s->room) return SUND_OK;
  block **old = s->block;
  const size_t old_room = s->room, room = old_room ? 2 * old_room : BLOCKS_FIRST;
  block **grown = sund_alloc(s->scratch, room, sizeof *grown);
  if (!grown) return SUND_LIMIT;
  s->block = grown;
  s->room = room;
  for (size_t i = 0; i < old_room; i++)
    if (old[i]) s->block[slot_of(s, old[i]->column, old[i]->row)] = old[i];
  return SUND_OK;
}

/* Fetches the cells of a block. */
static void fetch(const search *s, block *b) {
  const sund_lattice *l = &s->spec->lattice;
  const size_t column = (size_t)b->column * SIDE, row = (size_t)b->row * SIDE;
  const sund_window w = {column, row, l->columns - column < SIDE ? l->columns - column : SIDE,
                         l->rows - row < SIDE ? l->rows - row : SIDE};
  uint16_t ground[SIDE * SIDE], wet[SIDE * SIDE];
  uint8_t sea[SIDE * SIDE];
  sund_flood_window(s->flood, &w, SUND_ANY_ZONE, ground, wet, sea);
  memset(b->wet, 0xff, sizeof b->wet); /* SUND_NEVER */
  b->whole = w.columns == SIDE && w.rows == SIDE;
  for (size_t r = 0, from = 0; r < w.rows; r++)
    for (size_t c = 0; c < w.columns; c++, from++) {
      const size_t at = r * SIDE + c;
      b->wet[at] = wet[from];
      if (sea[from]) b->came[at] = SEA;
      else if (ground[from] == SUND_NEVER) b->came[at] = UNKNOWN;
      if (b->came[at]) b->wet[at] = SUND_NEVER;
    }
}

/* The block of a cell and its place there. */
static sund_code look(search *s, sund_cell cell, block **out, size_t *at) {
  const uint32_t column = cell.column / SIDE, row = cell.row / SIDE;
  *at = (size_t)(cell.row % SIDE) * SIDE + cell.column % SIDE;
  *out = s->last;
  if (s->last && s->last->column == column && s->last->row == row) return SUND_OK;
  TRY(make_room(s));
  const size_t slot = slot_of(s, column, row);
  if (!s->block[slot]) {
    block *b = sund_alloc(s->scratch, 1, sizeof *b);
    if (!b) return SUND_LIMIT;
    b->column = column;
    b->row = row;
    fetch(s, b);
    s->block[slot] = b;
    s->blocks++;
  }
  *out = s->last = s->block[slot];
  return SUND_OK;
}

/* A cell in its block. */
typedef struct spot {
  sund_cell cell;
  block *block; /* NULL = outside the raster */
  size_t at;
} spot;

/* The neighbour in a direction. */
static sund_code look_beside(search *s, const spot *from, int direction, spot *to) {
  const int column = STEP_COLUMN[direction], row = STEP_ROW[direction];
  const uint32_t inner_column = from->cell.column % SIDE - 1, inner_row = from->cell.row % SIDE - 1;
  to->cell.column = from->cell.column + (uint32_t)column;
  to->cell.row = from->cell.row + (uint32_t)row;
  to->block = from->block;
  to->at = from->at + (size_t)(row * SIDE + column);
  if (inner_column < SIDE - 2 && inner_row < SIDE - 2 && from->block->whole) return SUND_OK;
  to->block = NULL;
  if (to->cell.column >= s->spec->lattice.columns || to->cell.row >= s->spec->lattice.rows) return SUND_OK;
  return look(s, to->cell, &to->block, &to->at);
}

/* ---------------------------------------------------------------------------------------------------- search */

/* The best way out of a level found so far. */
typedef struct way_out {
  bool found;
  bool seed;      /* water starts here, at its own height     */
  sund_cell cell; /* on the level                             */
  uint16_t level; /* of `next`                                */
  sund_cell next; /* the lower neighbour, when it is no seed  */
} way_out;

static bool before(sund_cell a, sund_cell b) {
  return a.row < b.row || (a.row == b.row && a.column < b.column);
}

static sund_code wait(search *s, size_t distance, waiting item) {
  queue *q = s->queue + distance % QUEUES;
  waiting *grown = sund_grow(s->scratch, q->item, &q->room, q->count + 1, sizeof *grown);
  if (!grown) return SUND_LIMIT;
  q->item = grown;
  q->item[q->count++] = item;
  return SUND_OK;
}

/* Lets a cell of the level wait, unless it does so for a step that is no longer: earlier ones come from nearer. */
static sund_code wait_for(search *s, size_t distance, const spot *to, int direction) {
  const bool straight = direction < 4;
  uint8_t *came = to->block->came + to->at;
  if (*came & (straight ? CAME | WAITS_STRAIGHT : CAME | WAITS_STRAIGHT | WAITS_DIAGONAL)) return SUND_OK;
  *came |= straight ? WAITS_STRAIGHT : WAITS_DIAGONAL;
  return wait(s, distance + (straight ? STRAIGHT : DIAGONAL), (waiting){to->cell, (uint8_t)(direction + 1)});
}

/* Looks around a cell of the level: does the way end or fall here? Neighbours of the level are to be looked at. */
static sund_code look_around(search *s, size_t distance, uint16_t level, const spot *from, way_out *here) {
  const unsigned seeds = s->spec->seeds;
  const int directions = s->spec->connectivity == 4 ? 4 : 8;
  *here = (way_out){.cell = from->cell, .level = level};
  for (int k = 0; k < directions; k++) {
    spot to;
    TRY(look_beside(s, from, k, &to));
    if (!to.block) {
      here->seed |= (seeds & SUND_SEED_EDGE) != 0;
      continue;
    }
    const uint16_t wet = to.block->wet[to.at];
    const uint8_t came = to.block->came[to.at];
    here->seed |= (came == SEA && (seeds & SUND_SEED_SEA)) || (came == UNKNOWN && (seeds & SUND_SEED_NODATA));
    if (wet < here->level || (wet == here->level && here->level < level && before(to.cell, here->next))) {
      here->level = wet;
      here->next = to.cell;
    }
    if (wet == level) TRY(wait_for(s, distance, &to, k));
  }
  here->found = here->seed || here->level < level;
  return SUND_OK;
}

/* All cells at one distance; out: the best way out among them. */
static sund_code look_at_queue(search *s, size_t distance, uint16_t level, way_out *out) {
  queue *q = s->queue + distance % QUEUES;
  for (size_t i = 0; i < q->count; i++) { /* grows no more: every step leads farther away */
    const waiting item = q->item[i];
    spot at = {.cell = item.cell};
    way_out here;
    TRY(look(s, item.cell, &at.block, &at.at));
    if ((at.block->came[at.at] & CAME) != NOT_YET) continue;
    at.block->came[at.at] = item.came;
    TRY(look_around(s, distance, level, &at, &here));
    if (!here.found) continue;
    if (!out->found || here.seed > out->seed || (here.seed == out->seed && before(here.cell, out->cell))) *out = here;
  }
  q->count = 0;
  return SUND_OK;
}

/* The nearest way out of the level of a cell. */
static sund_code leave_level(search *s, sund_cell from, uint16_t level, way_out *out) {
  size_t empty = 0;
  *out = (way_out){.found = false};
  for (size_t k = 0; k < QUEUES; k++) s->queue[k].count = 0;
  TRY(wait(s, 0, (waiting){from, START}));
  for (size_t distance = 0; !out->found && empty < QUEUES; distance++) {
    empty = s->queue[distance % QUEUES].count ? 0 : empty + 1;
    TRY(look_at_queue(s, distance, level, out));
  }
  if (!out->found) return sund_fail(s->scratch, SUND_DEFECT, "water stands at a cell that it cannot reach");
  return SUND_OK;
}

static void turn_round(size_t n, sund_cell *cell) {
  for (size_t i = 0; i < n / 2; i++) {
    const sund_cell swap = cell[i];
    cell[i] = cell[n - 1 - i];
    cell[n - 1 - i] = swap;
  }
}

/* Adds the cells from the start of a level to where it is left. */
static sund_code add_level(search *s, sund_cell end, sund_cell_list *way) {
  const size_t first = way->count;
  for (sund_cell cell = end;;) {
    block *b;
    size_t at;
    TRY(sund_cell_add(s->scratch, way, cell));
    TRY(look(s, cell, &b, &at));
    if (b->came[at] == START) break;
    const int direction = b->came[at] - 1;
    cell.column -= (uint32_t)STEP_COLUMN[direction];
    cell.row -= (uint32_t)STEP_ROW[direction];
  }
  turn_round(way->count - first, way->cell + first);
  return SUND_OK;
}

static sund_code find_way(search *s, sund_cell to, sund_cell_list *way) {
  block *b;
  size_t at;
  way_out out = {.next = to};
  TRY(look(s, to, &b, &at));
  out.level = b->wet[at];
  if (out.level == SUND_NEVER) return SUND_OK; /* never, or sea */
  while (!out.seed) {
    const sund_cell from = out.next;
    TRY(leave_level(s, from, out.level, &out));
    TRY(add_level(s, out.cell, way));
  }
  turn_round(way->count, way->cell);
  return SUND_OK;
}

static sund_code copy_way(sund_ctx *ctx, const sund_cell_list *way, sund_cell_list *out) {
  sund_cell *cell = sund_alloc(ctx, way->count, sizeof *cell);
  if (!cell) return SUND_LIMIT;
  if (way->count) memcpy(cell, way->cell, way->count * sizeof *cell);
  *out = (sund_cell_list){.count = way->count, .room = way->count, .cell = cell};
  return SUND_OK;
}

sund_code sund_flood_way(sund_ctx *ctx, const sund_flood *flood, sund_cell to, sund_cell_list *out) {
  sund_ctx *scratch = sund_ctx_child(ctx);
  if (!scratch) return SUND_LIMIT;
  search s = {.scratch = scratch, .flood = flood, .spec = sund_flood_spec_of(flood)};
  sund_cell_list way = {0};
  sund_code code = find_way(&s, to, &way);
  if (code != SUND_OK) code = sund_ctx_pass(ctx, scratch);
  else code = copy_way(ctx, &way, out);
  sund_ctx_free(scratch);
  return code;
}

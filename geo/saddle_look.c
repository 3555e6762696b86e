/* saddle_look.c - panes of a flooded raster, and the filling of a basin in them: see saddles.h.
 *
 * A fill goes by runs of cells in a row (Smith 1979, Tint fill), and works off one pane before it goes on to the next: most
 * basins are pits of a few cells, and a large one does not make panes come and go. What it finds does not depend on the
 * order.
 */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "geo/saddles.h"

enum { WORD = 64, PLACES = PANE_SIDE * PANE_SIDE };
/* Of n cells in a row a visit puts at most n + 3 places on the list, and a pane has at most half as many runs as cells. */
enum { HERE_MOST = 3 * PLACES + 1 };

const int saddles_around[8][2] = {{1, 0}, {1, 1}, {0, 1}, {-1, 1}, {-1, 0}, {-1, -1}, {0, -1}, {1, -1}};

/* ------------------------------------------------------------------------------------------------------- loading */

/* Columns of `from` become `columns` wide rows, `left` further right; nothing is known of the rest. In place. */
static void spread(uint16_t *value, size_t from, size_t from_rows, size_t left, size_t top, size_t columns,
                   size_t rows, uint16_t beyond) {
  const size_t used = top + from_rows;
  for (size_t i = used * columns; i < rows * columns; i++) value[i] = beyond;
  for (size_t r = from_rows; r-- > 0;) {
    uint16_t *to = value + (top + r) * columns;
    memmove(to + left, value + r * from, from * sizeof *value);
    for (size_t c = 0; c < left; c++) to[c] = beyond;
    for (size_t c = left + from; c < columns; c++) to[c] = beyond;
  }
  for (size_t i = 0; i < top * columns; i++) value[i] = beyond;
}

void saddles_load(const sund_flood *flood, ptrdiff_t column, ptrdiff_t row, size_t columns, size_t rows,
                  uint16_t *ground, uint16_t *wet, uint8_t *sea) {
  const sund_flood_spec *spec = sund_flood_spec_of(flood);
  const size_t left = column < 0 ? (size_t)-column : 0, top = row < 0 ? (size_t)-row : 0;
  sund_window w = {.column = column < 0 ? 0 : (size_t)column, .row = row < 0 ? 0 : (size_t)row};
  w.columns = spec->lattice.columns - w.column;
  w.rows = spec->lattice.rows - w.row;
  if (w.columns > columns - left) w.columns = columns - left;
  if (w.rows > rows - top) w.rows = rows - top;
  sund_flood_window(flood, &w, SUND_ANY_ZONE, ground, wet, sea);
  const bool holes = (spec->seeds & SUND_SEED_NODATA) != 0;
  for (size_t i = 0; i < w.columns * w.rows; i++) {
    const bool source = sea[i] | (holes & (ground[i] == SUND_NEVER));
    ground[i] = source ? SUND_NEVER : ground[i];
    wet[i] = source ? 0 : wet[i];
  }
  if (w.columns == columns && w.rows == rows) return;
  spread(ground, w.columns, w.rows, left, top, columns, rows, SUND_NEVER);
  spread(wet, w.columns, w.rows, left, top, columns, rows, spec->seeds & SUND_SEED_EDGE ? 0 : SUND_NEVER);
}

/* --------------------------------------------------------------------------------------------------------- panes */

uint64_t saddles_order(const saddles_look *look, sund_cell cell) {
  const size_t across = cell.column / PANE_STEP, down = cell.row / PANE_STEP;
  const uint64_t block = (uint64_t)(down / PANES_BLOCK) * look->blocks + across / PANES_BLOCK;
  const uint64_t pane = down % PANES_BLOCK * PANES_BLOCK + across % PANES_BLOCK;
  const uint64_t place = cell.row % PANE_STEP * PANE_SIDE + cell.column % PANE_STEP;
  return (block * PANES_BLOCK * PANES_BLOCK + pane) * PLACES + place;
}

static int by_order(const void *a, const void *b) {
  const saddles_asked *p = a, *q = b;
  if (p->order != q->order) return p->order < q->order ? -1 : 1;
  return (p->row > q->row) - (p->row < q->row);
}

/* The first of the asked cells that does not come before this one. */
static size_t first_asked(const saddles_look *look, sund_cell cell) {
  const uint64_t order = saddles_order(look, cell);
  size_t low = 0, high = look->asked;
  while (low < high) {
    const size_t middle = low + (high - low) / 2;
    if (look->ask[middle].order < order) low = middle + 1;
    else high = middle;
  }
  return low;
}

sund_code saddles_look_open(sund_ctx *scratch, const sund_flood *flood, size_t n, const sund_cell *asked,
                            saddles_look **out) {
  saddles_look *look = sund_alloc(scratch, 1, sizeof *look);
  if (!look) return SUND_LIMIT;
  look->ctx = scratch;
  look->flood = flood;
  look->spec = sund_flood_spec_of(flood);
  for (size_t k = 0; k < 8; k++) {
    if (look->spec->connectivity == 4 && k % 2) continue;
    look->step[look->directions++] = saddles_around[k][1] * PANE_SIDE + saddles_around[k][0];
  }
  look->blocks = look->spec->lattice.columns / (PANES_BLOCK * PANE_STEP) + 1;
  look->stride = (look->spec->lattice.columns + WORD - 1) / WORD;
  look->seen = sund_alloc(scratch, look->stride * look->spec->lattice.rows, sizeof *look->seen);
  look->sea = sund_alloc(scratch, PLACES, 1);
  look->here = sund_alloc(scratch, HERE_MOST, sizeof *look->here);
  look->ask = sund_alloc(scratch, n, sizeof *look->ask);
  if (!look->seen || !look->sea || !look->here || !look->ask) return SUND_LIMIT;
  for (size_t i = 0; i < n; i++) look->ask[i] = (saddles_asked){saddles_order(look, asked[i]), asked[i], i};
  look->asked = n;
  if (n) qsort(look->ask, n, sizeof *look->ask, by_order);
  *out = look;
  return SUND_OK;
}

static void mark_asked(const saddles_look *look, saddles_pane *pane) {
  if (pane->asked) memset(pane->ask, 0, PLACES / WORD * sizeof *pane->ask);
  pane->asked = false;
  const sund_cell corner = {(uint32_t)(pane->across * PANE_STEP), (uint32_t)(pane->down * PANE_STEP)};
  for (size_t i = first_asked(look, corner); i < look->asked; i++) {
    const sund_cell cell = look->ask[i].cell;
    if (cell.row / PANE_STEP != pane->down || cell.column / PANE_STEP != pane->across) break;
    const size_t place = saddles_place(pane, cell);
    pane->ask[place / WORD] |= (uint64_t)1 << (place % WORD);
    pane->asked = true;
  }
}

static sund_code load_pane(saddles_look *look, saddles_pane *pane, size_t across, size_t down) {
  if (!pane->ground) {
    uint16_t *ground = sund_alloc(look->ctx, 2 * (size_t)PLACES, sizeof *ground);
    pane->ask = sund_alloc(look->ctx, PLACES / WORD, sizeof *pane->ask);
    if (!ground || !pane->ask) return SUND_LIMIT;
    pane->ground = ground;
    pane->wet = ground + PLACES;
  }
  saddles_load(look->flood, (ptrdiff_t)(across * PANE_STEP) - 1, (ptrdiff_t)(down * PANE_STEP) - 1, PANE_SIDE,
               PANE_SIDE, pane->ground, pane->wet, look->sea);
  pane->across = across;
  pane->down = down;
  pane->loaded = true;
  mark_asked(look, pane);
  return SUND_OK;
}

saddles_pane *saddles_pane_of(saddles_look *look, sund_cell cell) {
  const size_t across = cell.column / PANE_STEP, down = cell.row / PANE_STEP;
  saddles_pane *pane = &look->pane[across % PANES_ACROSS + PANES_ACROSS * (down % PANES_ACROSS)];
  if (pane->loaded && pane->across == across && pane->down == down) return pane;
  return load_pane(look, pane, across, down) == SUND_OK ? pane : NULL;
}

void saddles_forget(saddles_look *look) {
  memset(look->seen, 0, look->stride * look->spec->lattice.rows * sizeof *look->seen);
}

/* ------------------------------------------------------------------------------------------------------- filling */

static sund_cell cell_at(const saddles_pane *pane, size_t place) {
  return (sund_cell){(uint32_t)(pane->across * PANE_STEP + place % PANE_SIDE - 1),
                     (uint32_t)(pane->down * PANE_STEP + place / PANE_SIDE - 1)};
}

static bool in_ring(size_t place) {
  const size_t column = place % PANE_SIDE, row = place / PANE_SIDE;
  return column - 1 >= PANE_STEP || row - 1 >= PANE_STEP;
}

/* An entry: where does its water come from? */
static void add_entry(const saddles_look *look, const saddles_pane *pane, size_t place, saddles_basin *b) {
  const sund_cell cell = cell_at(pane, place);
  if (b->exit.row == UINT32_MAX || saddles_before(cell, b->saddle)) b->saddle = cell;
  int32_t lowest = SUND_NEVER;
  sund_cell below = {0, 0};
  for (size_t k = 0; k < look->directions; k++) {
    const size_t beside = place + (size_t)look->step[k];
    const int32_t wet = saddles_is_source(pane->ground[beside], pane->wet[beside]) ? -1 : pane->wet[beside];
    const sund_cell at = cell_at(pane, beside);
    if (wet > lowest || (wet == lowest && !saddles_before(at, below))) continue;
    lowest = wet;
    below = at;
  }
  const int32_t before = b->from_sea ? -1 : b->lower;
  if (b->exit.row != UINT32_MAX && (lowest > before || (lowest == before && !saddles_before(cell, b->exit)))) return;
  b->exit = cell;
  b->below = below;
  b->from_sea = lowest < 0;
  b->lower = (uint16_t)(lowest < 0 ? 0 : lowest);
}

static void add_sunken(const saddles_pane *pane, size_t place, saddles_basin *b) {
  const uint16_t ground = pane->ground[place];
  b->sunken++;
  b->water += (uint64_t)(b->crest - pane->ground[place]);
  if (ground > b->lowest_raw) return;
  const sund_cell cell = cell_at(pane, place);
  if (ground == b->lowest_raw && b->sunken > 1 && !saddles_before(cell, b->lowest)) return;
  b->lowest_raw = ground;
  b->lowest = cell;
}

static sund_code add_asked(saddles_look *look, sund_cell cell) {
  for (size_t i = first_asked(look, cell); i < look->asked && saddles_same(look->ask[i].cell, cell); i++) {
    size_t *find = sund_grow(look->ctx, look->find, &look->found_room, look->found + 1, sizeof *find);
    if (!find) return SUND_LIMIT;
    look->find = find;
    look->find[look->found++] = i;
  }
  return SUND_OK;
}

/* What a cell tells of its basin. A sunken one has no lower water beside it: it would not be sunken. */
static sund_code visit(saddles_look *look, const saddles_pane *pane, size_t place, saddles_basin *b) {
  bool entry = false, rim = false;
  b->cells++;
  if (pane->ground[place] < b->crest) {
    add_sunken(pane, place, b);
  } else {
    for (size_t k = 0; k < look->directions; k++) {
      const size_t beside = place + (size_t)look->step[k];
      entry |= pane->wet[beside] < b->crest || saddles_is_source(pane->ground[beside], pane->wet[beside]);
    }
    if (entry) add_entry(look, pane, place, b);
  }
  for (size_t k = 0; look->with_rim && k < look->directions; k++) {
    const uint16_t wet = pane->wet[place + (size_t)look->step[k]];
    rim |= wet > b->crest && wet != SUND_NEVER;
  }
  if (look->with_rim && (rim || entry)) TRY(sund_cell_add(look->ctx, &look->rim, cell_at(pane, place)));
  if (look->with_all) TRY(sund_cell_add(look->ctx, &look->all, cell_at(pane, place)));
  const bool asked = pane->asked && (pane->ask[place / WORD] >> (place % WORD) & 1);
  return asked ? add_asked(look, cell_at(pane, place)) : SUND_OK;
}

/* A cell of the basin that has not been seen? */
static bool is_fresh(const saddles_look *look, const saddles_pane *pane, size_t place, uint16_t crest) {
  return pane->wet[place] == crest && pane->ground[place] != SUND_NEVER && !saddles_seen(look, cell_at(pane, place));
}

/* Puts the first of each run of fresh cells in a part of a row on the lists of what is to be visited. */
static sund_code look_along(saddles_look *look, const saddles_pane *pane, size_t first, size_t last, uint16_t crest,
                            size_t *here) {
  bool before = false;
  for (size_t place = first; place <= last; place++) {
    const bool fresh = is_fresh(look, pane, place, crest);
    if (fresh && !before) {
      if (in_ring(place)) TRY(sund_cell_add(look->ctx, &look->away, cell_at(pane, place)));
      else look->here[(*here)++] = (uint16_t)place;
    }
    before = fresh;
  }
  return SUND_OK;
}

/* Visits the run of fresh cells in a row around a place, and looks at what lies beside it. */
static sund_code visit_run(saddles_look *look, const saddles_pane *pane, size_t place, size_t *here,
                           saddles_basin *b) {
  size_t first = place, last = place;
  if (!is_fresh(look, pane, place, b->crest)) return SUND_OK;
  while (!in_ring(first - 1) && is_fresh(look, pane, first - 1, b->crest)) first--;
  while (!in_ring(last + 1) && is_fresh(look, pane, last + 1, b->crest)) last++;
  for (size_t at = first; at <= last; at++) {
    saddles_see(look, cell_at(pane, at));
    TRY(visit(look, pane, at, b));
  }
  const size_t wider = look->directions == 8;
  TRY(look_along(look, pane, first - 1, first - 1, b->crest, here));
  TRY(look_along(look, pane, last + 1, last + 1, b->crest, here));
  TRY(look_along(look, pane, first - PANE_SIDE - wider, last - PANE_SIDE + wider, b->crest, here));
  return look_along(look, pane, first + PANE_SIDE - wider, last + PANE_SIDE + wider, b->crest, here);
}

sund_code saddles_fill(saddles_look *look, sund_cell start, saddles_basin *out) {
  look->rim.count = look->all.count = look->away.count = look->found = 0;
  const saddles_pane *pane = saddles_pane_of(look, start);
  if (!pane) return SUND_LIMIT;
  saddles_basin b = {.crest = pane->wet[saddles_place(pane, start)],
                     .lowest_raw = SUND_NEVER,
                     .lower = SUND_NEVER,
                     .exit = {UINT32_MAX, UINT32_MAX}};
  assert(b.crest != SUND_NEVER && pane->ground[saddles_place(pane, start)] <= b.crest);
  size_t here = 0;
  look->here[here++] = (uint16_t)saddles_place(pane, start);
  for (;;) {
    while (here) {
      const size_t place = look->here[--here];
      TRY(visit_run(look, pane, place, &here, &b));
    }
    if (!look->away.count) break;
    const sund_cell cell = look->away.cell[--look->away.count];
    if (saddles_seen(look, cell)) continue;
    pane = saddles_pane_of(look, cell);
    if (!pane) return SUND_LIMIT;
    look->here[here++] = (uint16_t)saddles_place(pane, cell);
  }
  *out = b;
  return SUND_OK;
}

/* saddles.c - basins that get wet all at once, and through which cell the water comes.
 *
 * Two joined cells that both lie lower than their first-wet level S have the same S; a basin is a component of cells with
 * one S, some of them lower. It is filled from one of its sunken cells (saddle_look.c); its entries are the cells beside
 * water of a lower S, and its saddle is the first of them in reading order. So no merge tree of all cells is built: the
 * first-wet levels are that tree already, and each basin is met once (Arge, Rav, Revsbaek, Shin and Yang 2020).
 *
 *   1. With `least_cells` the raster is looked through along every m-th row and column, m * m <= least_cells: a basin of
 *      so many cells, and its entry, does not fit between them. The many small pits of noise are mostly never touched.
 *      Then basins are filled from the asked cells that lie lower than their S.
 *   2. Those that are kept are put in order.
 *   3. The water's way from each saddle, and from each asked cell outside, tells the basin before (saddle_trace.c).
 */
#include <math.h>
#include <stdlib.h>

#include "geo/saddles.h"

enum { MESH_MOST = 1024 /* cells */ };

/* A basin that is kept. */
typedef struct keep {
  saddles_basin basin;
  size_t found; /* number in the order of finding */
} keep;

typedef struct finding {
  saddles_look *look;
  uint64_t least;
  size_t mesh; /* cells: a basin of `least` cells does not fit between rows and columns so far apart */
  size_t count, room;
  keep *keep;
  size_t *own; /* asked: number of the basin it lies in, in the order of finding; SIZE_MAX = none */
} finding;

static bool is_sunken(const saddles_pane *pane, size_t place) {
  return pane->ground[place] < pane->wet[place] && pane->wet[place] != SUND_NEVER;
}

/* Fills the basin of a sunken cell, and keeps it when it is large enough or decides for an asked cell. */
static sund_code find_from(finding *f, sund_cell start) {
  saddles_basin basin;
  TRY(saddles_fill(f->look, start, &basin));
  bool decides = false;
  for (size_t i = 0; i < f->look->found; i++) {
    const sund_cell cell = f->look->ask[f->look->find[i]].cell;
    decides |= sund_flood_ground(f->look->flood, cell) < basin.crest;
  }
  if (!decides && (!f->least || basin.sunken < f->least)) return SUND_OK;
  keep *grown = sund_grow(f->look->ctx, f->keep, &f->room, f->count + 1, sizeof *grown);
  if (!grown) return SUND_LIMIT;
  f->keep = grown;
  f->keep[f->count] = (keep){basin, f->count};
  for (size_t i = 0; i < f->look->found; i++) f->own[f->look->ask[f->look->find[i]].row] = f->count;
  f->count++;
  return SUND_OK;
}

static sund_code find_asked(finding *f) {
  for (size_t i = 0; i < f->look->asked; i++) {
    const sund_cell cell = f->look->ask[i].cell;
    if (saddles_seen(f->look, cell)) continue;
    const saddles_pane *pane = saddles_pane_of(f->look, cell);
    if (!pane) return SUND_LIMIT;
    if (is_sunken(pane, saddles_place(pane, cell))) TRY(find_from(f, cell));
  }
  return SUND_OK;
}

/* Lies the cell lower than the water that reaches it, or level with water beside it? */
static bool may_start(const saddles_look *look, const saddles_pane *pane, size_t place) {
  const uint16_t wet = pane->wet[place];
  if (wet == SUND_NEVER || saddles_is_source(pane->ground[place], wet)) return false;
  if (pane->ground[place] < wet) return true;
  for (size_t k = 0; k < look->directions; k++)
    if (pane->wet[place + (size_t)look->step[k]] == wet) return true;
  return false;
}

/* Looks along every mesh-th row and column. */
static sund_code find_in_pane(finding *f, size_t across, size_t down) {
  const sund_lattice *lattice = &f->look->spec->lattice;
  const sund_cell corner = {(uint32_t)(across * PANE_STEP), (uint32_t)(down * PANE_STEP)};
  const saddles_pane *pane = saddles_pane_of(f->look, corner);
  if (!pane) return SUND_LIMIT;
  const size_t columns = lattice->columns - corner.column < PANE_STEP ? lattice->columns - corner.column : PANE_STEP;
  const size_t rows = lattice->rows - corner.row < PANE_STEP ? lattice->rows - corner.row : PANE_STEP;
  const size_t first = (f->mesh - corner.column % f->mesh) % f->mesh;
  for (size_t r = 0; r < rows; r++) {
    const bool whole = (corner.row + r) % f->mesh == 0;
    for (size_t c = whole ? 0 : first; c < columns; c += whole ? 1 : f->mesh) {
      if (!may_start(f->look, pane, (r + 1) * PANE_SIDE + c + 1)) continue;
      const sund_cell cell = {(uint32_t)(corner.column + c), (uint32_t)(corner.row + r)};
      if (saddles_seen(f->look, cell)) continue;
      TRY(find_from(f, cell));
      pane = saddles_pane_of(f->look, corner); /* a large basin may have put another one in its place */
      if (!pane) return SUND_LIMIT;
    }
  }
  return SUND_OK;
}

/* Everywhere, in blocks of panes that stay in memory together. */
static sund_code find_all(finding *f) {
  const sund_lattice *lattice = &f->look->spec->lattice;
  const size_t across = (lattice->columns + PANE_STEP - 1) / PANE_STEP;
  const size_t down = (lattice->rows + PANE_STEP - 1) / PANE_STEP;
  for (size_t top = 0; top < down; top += PANES_BLOCK)
    for (size_t left = 0; left < across; left += PANES_BLOCK) {
      for (size_t y = top; y < down && y < top + PANES_BLOCK; y++)
        for (size_t x = left; x < across && x < left + PANES_BLOCK; x++) TRY(find_in_pane(f, x, y));
      sund_window w = {left * PANE_STEP, top * PANE_STEP, PANES_BLOCK * PANE_STEP, PANES_BLOCK * PANE_STEP};
      if (w.columns > lattice->columns - w.column) w.columns = lattice->columns - w.column;
      if (w.rows > lattice->rows - w.row) w.rows = lattice->rows - w.row;
      sund_flood_rest(f->look->flood, &w);
    }
  return SUND_OK;
}

static int by_crest(const void *a, const void *b) {
  const saddles_basin *p = &((const keep *)a)->basin, *q = &((const keep *)b)->basin;
  if (p->crest != q->crest) return p->crest < q->crest ? -1 : 1;
  return saddles_before(p->saddle, q->saddle) ? -1 : 1;
}

/* Puts the basins in order: the saddles to be given, what lies before each, and own in the new numbers. */
static sund_code put_in_order(finding *f, size_t n, sund_saddle *saddle, saddles_basin **out) {
  size_t *number = sund_alloc(f->look->ctx, f->count, sizeof *number);
  saddles_basin *basin = sund_alloc(f->look->ctx, f->count, sizeof *basin);
  if (!number || !basin) return SUND_LIMIT;
  if (f->count) qsort(f->keep, f->count, sizeof *f->keep, by_crest);
  for (size_t i = 0; i < f->count; i++) {
    basin[i] = f->keep[i].basin;
    number[f->keep[i].found] = i;
    saddle[i] = (sund_saddle){.crest = basin[i].crest,
                              .cell = basin[i].saddle,
                              .basin = basin[i].lowest,
                              .cells = basin[i].sunken,
                              .water = basin[i].water,
                              .parent = SIZE_MAX};
  }
  for (size_t i = 0; i < n; i++)
    if (f->own[i] != SIZE_MAX) f->own[i] = number[f->own[i]];
  *out = basin;
  return SUND_OK;
}

static sund_code find(sund_ctx *ctx, sund_ctx *scratch, const sund_flood *flood, size_t n, const sund_cell *asked,
                      uint64_t least_cells, size_t *count, sund_saddle **out, size_t *decides, size_t *through) {
  finding f = {.least = least_cells};
  saddles_basin *basin = NULL;
  TRY(saddles_look_open(scratch, flood, n, asked, &f.look));
  f.own = sund_alloc(scratch, n, sizeof *f.own);
  size_t *way = through ? sund_alloc(scratch, n, sizeof *way) : NULL;
  if (!f.own || (through && !way)) return SUND_LIMIT;
  for (size_t i = 0; i < n; i++) f.own[i] = SIZE_MAX;
  f.mesh = least_cells < (uint64_t)MESH_MOST * MESH_MOST ? (size_t)sqrt((double)least_cells) : MESH_MOST;
  if (least_cells) TRY(find_all(&f));
  TRY(find_asked(&f));
  sund_saddle *saddle = sund_alloc(ctx, f.count, sizeof *saddle);
  if (!saddle) return SUND_LIMIT;
  TRY(put_in_order(&f, n, saddle, &basin));
  TRY(saddles_trace(f.look, f.count, saddle, basin, f.own, way));
  for (size_t i = 0; i < n; i++) {
    const bool lower =
        f.own[i] != SIZE_MAX && sund_flood_ground(flood, asked[i]) < sund_flood_wet(flood, SUND_ANY_ZONE, asked[i]);
    decides[i] = lower ? f.own[i] : SIZE_MAX;
    if (through) through[i] = way[i];
  }
  *count = f.count;
  *out = saddle;
  return SUND_OK;
}

sund_code sund_saddles_find(sund_ctx *ctx, const sund_flood *flood, size_t n, const sund_cell *asked,
                            uint64_t least_cells, size_t *count, sund_saddle **out, size_t *decides,
                            size_t *through) {
  sund_ctx *scratch = sund_ctx_child(ctx);
  if (!scratch) return SUND_LIMIT;
  sund_code code = find(ctx, scratch, flood, n, asked, least_cells, count, out, decides, through);
  if (code != SUND_OK) code = sund_ctx_pass(ctx, scratch);
  sund_ctx_free(scratch);
  return code;
}

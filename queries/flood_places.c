/* flood_places.c - which cells of the terrain a home stands on.
 *
 * A home drawn as an area stands on the cells whose centre lies in it, or when there is none on the cell that holds a
 * point inside it; a point, and a piece of a spread census cell, on its cell. Areas are brought to the terrain's CRS,
 * not the terrain to theirs. Beside these the cells within 1 m are kept, for the rule that looks there.
 *
 * Order: homes are put on the first terrain known at their place; those that are left, on the first one whose raster
 * covers them and that has a height in or beside their cells (a building cut out of it). Cells without a height are
 * left out; lifted buildings and holes give way to the cells around them (flood_lifted.c). Cells are kept as spans: a
 * town's footprints at 0.4 m would take ten times as much as single cells.
 */
#include "flood_places.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const double beside_m = 1; /* ground */
enum { EACH = 1024 };             /* homes a thread takes at a time */

/* The spans of a round of homes, in memory of its own: rounds are worked on by any thread. */
typedef struct spans {
  sund_ctx *ctx;
  size_t count, room;
  flood_span *span;
} spans;

/* Homes to be placed on one site. */
typedef struct placing {
  const flood_run *run;
  flood_places *places;
  const flood_site *site;
  size_t number;       /* of the site                               */
  double near;         /* map metres of the site                    */
  const double *x, *y; /* all homes, on the site's raster           */
  const sund_cell *at; /* all homes: the cell of their point        */
  size_t count;        /* to be placed                              */
  const size_t *home;  /* count                                     */
  const size_t *drawn; /* count: row of shapes, SIZE_MAX = a point  */
  sund_shapes *shapes; /* footprints, on the site's raster; or NULL */
  spans *round;        /* of EACH homes                             */
} placing;

/* What a thread works with; lists and block are used again from home to home. */
typedef struct desk {
  const placing *p;
  sund_ctx *scratch;
  spans *spans;
  flood_block block;
  sund_cell_list own, near;
} desk;

/* ------------------------------------------------------------------------------------------------- lists of cells */

static int by_place(const void *left, const void *right) {
  const sund_cell *a = left, *b = right;
  if (a->row != b->row) return a->row < b->row ? -1 : 1;
  return (a->column > b->column) - (a->column < b->column);
}

/* Row by row, each once. */
static void put_in_order(sund_cell_list *list) {
  size_t kept = 0;
  if (list->count) qsort(list->cell, list->count, sizeof *list->cell, by_place);
  for (size_t k = 0; k < list->count; k++)
    if (kept == 0 || by_place(&list->cell[kept - 1], &list->cell[k]) != 0) list->cell[kept++] = list->cell[k];
  list->count = kept;
}

/* Leaves out the cells that have no height, and with a block those that belong to it. */
static void leave_out(const flood_site *site, const flood_block *block, sund_cell_list *list) {
  size_t kept = 0;
  for (size_t k = 0; k < list->count; k++)
    if (sund_flood_ground(site->flood, list->cell[k]) != SUND_NEVER &&
        !(block && flood_block_mark(block, list->cell[k]) == FLOOD_IN_BLOCK))
      list->cell[kept++] = list->cell[k];
  list->count = kept;
}

/* Of a home on the quay the land counts: sea is at its own height only in name. A list of sea alone stays. */
static void leave_sea(const flood_site *site, sund_cell_list *list) {
  size_t land = 0;
  for (size_t k = 0; k < list->count; k++) land += !sund_flood_is_sea(site->flood, list->cell[k]);
  if (land == 0) return;
  land = 0;
  for (size_t k = 0; k < list->count; k++)
    if (!sund_flood_is_sea(site->flood, list->cell[k])) list->cell[land++] = list->cell[k];
  list->count = land;
}

/* Appends the cells as spans; tells where they stand among those of the round. */
static sund_code add_spans(spans *all, const sund_cell_list *list, size_t *begin, size_t *end) {
  *begin = all->count;
  for (size_t k = 0; k < list->count; k++) {
    const sund_cell cell = list->cell[k];
    flood_span *last = all->count > *begin ? &all->span[all->count - 1] : NULL;
    if (last && last->row == cell.row && last->column + last->count == cell.column) {
      last->count++;
      continue;
    }
    flood_span *grown = sund_grow(all->ctx, all->span, &all->room, all->count + 1, sizeof *grown);
    if (!grown) return SUND_LIMIT;
    all->span = grown;
    all->span[all->count++] = (flood_span){cell.row, cell.column, 1};
  }
  *end = all->count;
  return SUND_OK;
}

static sund_window box_of(const sund_cell_list *list) {
  size_t low = SIZE_MAX, high = 0;
  for (size_t k = 0; k < list->count; k++) {
    if (list->cell[k].column < low) low = list->cell[k].column;
    if (list->cell[k].column > high) high = list->cell[k].column;
  }
  const size_t first = list->cell[0].row, last = list->cell[list->count - 1].row;
  return (sund_window){low, first, high - low + 1, last - first + 1};
}

/* ------------------------------------------------------------------------------------------------------- lifting */

/* Cells between two places, the larger way of the two directions; 0 inside the window. */
static size_t cells_off(const sund_window *w, size_t column, size_t row) {
  const size_t east = column < w->column                 ? w->column - column
                      : column >= w->column + w->columns ? column - w->column - w->columns + 1
                                                         : 0;
  const size_t south = row < w->row ? w->row - row : row >= w->row + w->rows ? row - w->row - w->rows + 1 : 0;
  return east > south ? east : south;
}

/* Adds the ground beside a block: all of it for a point; for a footprint, which may be one house of a row that hangs
 * together, only what lies nearest to it. */
static sund_code add_beside(desk *d, bool footprint, const sund_window *home, sund_cell_list *list) {
  const sund_window *w = &d->block.window;
  size_t nearest = SIZE_MAX;
  for (int pass = footprint ? 0 : 1; pass < 2; pass++)
    for (size_t r = 0; r < w->rows; r++)
      for (size_t c = 0; c < w->columns; c++) {
        if (d->block.mark[r * w->columns + c] != FLOOD_BESIDE) continue;
        const size_t off = cells_off(home, w->column + c, w->row + r);
        if (pass == 0 && off < nearest) nearest = off;
        if (pass == 1 && (!footprint || off <= nearest + 1))
          TRY(sund_cell_add(d->scratch, list, (sund_cell){(uint32_t)(w->column + c), (uint32_t)(w->row + r)}));
      }
  return SUND_OK;
}

/* Replaces cells of the home that are no ground. One that gets wet at a height below the cap stands on ground. */
static sund_code lift(desk *d, bool footprint, bool *lifted) {
  const flood_site *site = d->p->site;
  const sund_window home = box_of(&d->own);
  sund_cell gap = {0, 0}, top = {0, 0};
  uint16_t highest = 0;
  bool any_gap = false, found = false;
  for (size_t k = 0; k < d->own.count; k++) {
    const sund_cell cell = d->own.cell[k];
    const uint16_t ground = sund_flood_ground(site->flood, cell);
    if (ground == SUND_NEVER && !any_gap && !sund_flood_is_sea(site->flood, cell)) any_gap = true, gap = cell;
    if (ground != SUND_NEVER && ground > highest) highest = ground, top = cell;
  }
  *lifted = false;
  for (int what = 0; what < 2; what++) {
    if (what == 0 ? !any_gap : highest <= site->spec->cap) continue;
    TRY(flood_block_find(d->scratch, site, what == 0 ? gap : top, &found, &d->block));
    if (!found) continue;
    leave_out(site, &d->block, &d->own);
    leave_out(site, &d->block, &d->near);
    TRY(add_beside(d, footprint, &home, &d->own));
    TRY(add_beside(d, footprint, &home, &d->near));
    put_in_order(&d->own);
    put_in_order(&d->near);
    *lifted = true;
  }
  leave_out(site, NULL, &d->own);
  leave_out(site, NULL, &d->near);
  leave_sea(site, &d->own);
  leave_sea(site, &d->near);
  return SUND_OK;
}

/* ------------------------------------------------------------------------------------------------------ one home */

/* Appends the cells whose centre lies within 1 m of a point, and the one it lies in. */
static sund_code add_around(desk *d, double x, double y, sund_cell in) {
  const sund_lattice *lattice = &d->p->site->spec->lattice;
  const double metres = d->p->near;
  const size_t c = (size_t)(metres / lattice->dx) + 1, r = (size_t)(metres / lattice->dy) + 1;
  for (size_t row = in.row > r ? in.row - r : 0; row < lattice->rows && row <= in.row + r; row++)
    for (size_t column = in.column > c ? in.column - c : 0; column < lattice->columns && column <= in.column + c;
         column++) {
      const sund_cell cell = {(uint32_t)column, (uint32_t)row};
      double cx, cy;
      sund_lattice_centre(lattice, cell, &cx, &cy);
      if (hypot(cx - x, cy - y) <= metres || (column == in.column && row == in.row))
        TRY(sund_cell_add(d->scratch, &d->near, cell));
    }
  return SUND_OK;
}

/* The cells of a footprint: its own and those near it. */
static sund_code add_footprint(desk *d, size_t row, sund_cell in) {
  const placing *p = d->p;
  TRY(sund_cells_footprint(d->scratch, &p->site->spec->lattice, p->shapes, row, 0, &d->own));
  TRY(sund_cells_footprint(d->scratch, &p->site->spec->lattice, p->shapes, row, p->near, &d->near));
  if (d->own.count == 0) TRY(sund_cell_add(d->scratch, &d->own, in));
  if (d->own.count > 1) return SUND_OK;
  TRY(sund_cell_add(d->scratch, &d->near, d->own.cell[0])); /* its centre may be farther away than that */
  put_in_order(&d->near);
  return SUND_OK;
}

static sund_code place_home(desk *d, size_t k) {
  const placing *p = d->p;
  const size_t home = p->home[k];
  const bool footprint = p->drawn[k] != SIZE_MAX;
  flood_place *place = &p->places->place[home];
  bool lifted;
  d->own.count = d->near.count = 0;
  if (footprint) {
    TRY(add_footprint(d, p->drawn[k], p->at[home]));
  } else {
    TRY(sund_cell_add(d->scratch, &d->own, p->at[home]));
    TRY(add_around(d, p->x[home], p->y[home], p->at[home]));
  }
  TRY(lift(d, footprint, &lifted));
  if (d->own.count == 0) return SUND_OK; /* no height in or beside it */
  place->site = p->number;
  place->lifted = lifted;
  place->own_cells = d->own.count;
  place->box = box_of(&d->near);
  TRY(add_spans(d->spans, &d->own, &place->own, &place->own_end));
  return add_spans(d->spans, &d->near, &place->near, &place->near_end);
}

/* ------------------------------------------------------------------------------------------------------ all homes */

static sund_code place_block(sund_ctx *worker, size_t begin, size_t end, void *data) {
  const placing *p = data;
  desk d = {.p = p, .scratch = worker, .spans = &p->round[begin / EACH]};
  for (size_t k = begin; k < end; k++)
    if (place_home(&d, k) != SUND_OK) return sund_ctx_pass(worker, d.spans->ctx);
  return SUND_OK;
}

/* Appends the spans of all rounds in order; homes then know them by their place in the whole. */
static sund_code gather(sund_ctx *ctx, placing *p) {
  flood_places *all = p->places;
  for (size_t r = 0; r * EACH < p->count; r++) {
    const spans *round = &p->round[r];
    if (round->count == 0) continue;
    flood_span *grown = sund_grow(ctx, all->span, &all->room, all->spans + round->count, sizeof *grown);
    if (!grown) return SUND_LIMIT;
    all->span = grown;
    memcpy(all->span + all->spans, round->span, round->count * sizeof *grown);
    for (size_t k = r * EACH; k < p->count && k < (r + 1) * EACH; k++) {
      flood_place *place = &all->place[p->home[k]];
      place->own += all->spans, place->own_end += all->spans;
      place->near += all->spans, place->near_end += all->spans;
    }
    all->spans += round->count;
  }
  return SUND_OK;
}

static sund_code place_all(sund_ctx *ctx, sund_ctx *scratch, placing *p) {
  const size_t rounds = (p->count + EACH - 1) / EACH;
  sund_code code = SUND_OK;
  if (!(p->round = sund_alloc(scratch, rounds, sizeof *p->round))) return SUND_LIMIT;
  for (size_t r = 0; r < rounds && code == SUND_OK; r++)
    if (!(p->round[r].ctx = sund_ctx_child(scratch))) code = SUND_LIMIT;
  if (code == SUND_OK) code = sund_for(scratch, p->count, EACH, place_block, p);
  if (code == SUND_OK) code = gather(ctx, p);
  for (size_t r = 0; r < rounds; r++) sund_ctx_free(p->round[r].ctx);
  return code;
}

static bool is_footprint(const flood_run *run, size_t home) {
  return run->in->role[SUND_HOMES]->kind == SUND_AREA && run->homes->piece[home] == 0;
}

/* Brings the footprints among the homes to the site's raster. */
static sund_code draw(sund_ctx *scratch, placing *p) {
  const flood_run *run = p->run;
  size_t *pick = sund_alloc(scratch, p->count, sizeof *pick), *drawn = sund_alloc(scratch, p->count, sizeof *drawn);
  size_t picked = 0;
  sund_shapes *shapes;
  if (!pick || !drawn) return SUND_LIMIT;
  for (size_t k = 0; k < p->count; k++) {
    drawn[k] = is_footprint(run, p->home[k]) ? picked : SIZE_MAX;
    if (drawn[k] != SIZE_MAX) pick[picked++] = run->homes->row[p->home[k]];
  }
  p->drawn = drawn;
  if (picked == 0) return SUND_OK;
  TRY(sund_shapes_pick(scratch, run->in->role[SUND_HOMES]->shapes, picked, pick, &shapes));
  return flood_to_raster(scratch, p->site, shapes, &p->shapes);
}

/* The homes without a place whose point the site covers: with a known height there, or anyhow. */
static sund_code place_on_site(sund_ctx *ctx, sund_ctx *scratch, const flood_run *run, flood_places *places,
                               size_t number, bool known) {
  const flood_site *site = &run->site[number];
  const size_t all = run->homes->count;
  double *x = sund_alloc(scratch, all, sizeof *x), *y = sund_alloc(scratch, all, sizeof *y), smallest, largest;
  sund_cell *at = sund_alloc(scratch, all, sizeof *at);
  size_t *home = sund_alloc(scratch, all, sizeof *home), count = 0;
  if (!x || !y || !at || !home) return SUND_LIMIT;
  memcpy(x, run->homes->x, all * sizeof *x);
  memcpy(y, run->homes->y, all * sizeof *y);
  TRY(sund_op_apply(scratch, site->to_raster, all, x, y, NULL));
  for (size_t i = 0; i < all; i++) {
    if (places->place[i].site != SIZE_MAX || !sund_lattice_cell(&site->spec->lattice, x[i], y[i], &at[i])) continue;
    if (!known || sund_flood_ground(site->flood, at[i]) != SUND_NEVER) home[count++] = i;
  }
  sund_ground_scale(site->ground, &smallest, &largest);
  placing p = {.run = run,
               .places = places,
               .site = site,
               .number = number,
               .near = beside_m * (smallest + largest) / 2,
               .x = x,
               .y = y,
               .at = at,
               .count = count,
               .home = home};
  TRY(draw(scratch, &p));
  return place_all(ctx, scratch, &p);
}

sund_code flood_places_find(sund_ctx *ctx, const flood_run *run, flood_places **out) {
  flood_places *places = sund_alloc(ctx, 1, sizeof *places);
  sund_code code = SUND_OK;
  if (!places || !(places->place = sund_alloc(ctx, run->homes->count, sizeof *places->place))) return SUND_LIMIT;
  for (size_t i = 0; i < run->homes->count; i++) places->place[i].site = SIZE_MAX;
  for (int known = 1; known >= 0; known--) /* every site is looked at twice: see the top */
    for (size_t s = 0; s < run->sites && code == SUND_OK; s++) {
      sund_ctx *scratch = sund_ctx_child(ctx);
      if (!scratch) return SUND_LIMIT;
      code = place_on_site(ctx, scratch, run, places, s, known);
      if (code != SUND_OK) code = sund_ctx_pass(ctx, scratch);
      sund_ctx_free(scratch);
    }
  TRY(code);
  *out = places;
  return SUND_OK;
}

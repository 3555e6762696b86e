/* flood_ground.c - ground and sea of a terrain, window by window: heights as read, walls and openings burned in.
 *
 * Sea is what lies in `sea`, else what does not lie in `land` (by the cell's centre). A wall's cells take its crest,
 * whether the terrain is higher or lower, and are no sea; they are drawn so that water of the chosen connectivity cannot
 * slip through: edge to edge when water passes corners. An opening's cells are at most as high as its invert; they are
 * drawn so that water can pass: edge to edge when it passes edges only. Openings are burned after the walls they lead
 * through. Where walls cross, the higher one counts; where openings cross, the lower one.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "flood_sites.h"

/* Sea higher than this above the highest level asked for is doubtful, metres. */
static const double DOUBT_M = 0.5;
/* No dike is higher. */
static const double MOST_M = 100;

typedef struct burning {
  const flood_run *run;
  const flood_site *site;
  bool told; /* height steps are told in `sources` */
  size_t count, room;
  flood_burn *burn;
} burning;

/* --------------------------------------------------------------------------------------------------------- lines */

static sund_code add_cells(sund_ctx *ctx, burning *b, const sund_cell_list *cells, flood_burn like) {
  flood_burn *grown = sund_grow(ctx, b->burn, &b->room, b->count + cells->count, sizeof *grown);
  if (!grown) return SUND_LIMIT;
  b->burn = grown;
  for (size_t i = 0; i < cells->count; i++) {
    like.cell = cells->cell[i];
    b->burn[b->count++] = like;
  }
  return SUND_OK;
}

/* The cells of a row of lines: its chain, and for a width everything within half of it. */
static sund_code row_cells(sund_ctx *ctx, const burning *b, const sund_shapes *lines, size_t row, sund_pen pen,
                           double width_m, sund_cell_list *cells) {
  const sund_lattice *lattice = &b->site->spec->lattice;
  for (size_t p = lines->first_part[row]; p < lines->first_part[row + 1]; p++) {
    size_t first = lines->first_vertex[p], n = lines->first_vertex[p + 1] - first;
    TRY(sund_cells_line(ctx, lattice, n, lines->x + first, lines->y + first, pen, cells));
    if (width_m > lattice->dx)
      TRY(sund_cells_band(ctx, lattice, n, lines->x + first, lines->y + first, width_m / 2, cells));
  }
  return SUND_OK;
}

/* Walls (column crest_m) or openings (invert_m, width_m). */
static sund_code burn_lines(sund_ctx *ctx, burning *b, sund_role role, const char *column, sund_pen pen) {
  const sund_table *table = b->run->in->role[role];
  const double *add;
  sund_shapes *lines;
  if (!table || table->rows == 0) return SUND_OK;
  TRY(flood_line_steps(ctx, b->run, b->site, role, b->told, &add));
  bool wall = strcmp(column, "crest_m") == 0;
  const double *height = sund_table_real(table, column), *width = sund_table_real(table, "width_m");
  TRY(flood_to_raster(ctx, b->site, table->shapes, &lines));
  for (size_t r = 0; r < table->rows; r++) {
    const double metres = height[r] + add[table->source ? table->source[r] : 0];
    sund_cell_list cells = {0};
    if (isnan(metres)) {
      sund_fail(ctx, SUND_DATA, "%s has no height: give metres in %s, or leave the line out with where",
                wall ? "a barrier" : "an opening", column);
      return sund_blame(ctx, sund_table_source(table, r), sund_table_feature(table, r));
    }
    if (fabs(metres) > MOST_M) {
      sund_fail(ctx, SUND_DATA, "%s of %g m: is it in centimetres?", column, height[r]);
      return sund_blame(ctx, sund_table_source(table, r), sund_table_feature(table, r));
    }
    TRY(row_cells(ctx, b, lines, r, pen, wall || !width || isnan(width[r]) ? 0 : width[r], &cells));
    flood_burn like = {.crest_m = wall ? metres : NAN, .invert_m = wall ? NAN : metres};
    TRY(add_cells(ctx, b, &cells, like));
  }
  return SUND_OK;
}

/* Points of the sea. */
static sund_code burn_points(sund_ctx *ctx, burning *b, const sund_table *sea) {
  for (size_t r = 0; r < sea->rows; r++) {
    double x = sea->x[r], y = sea->y[r];
    sund_cell_list cell = {0};
    sund_cell at;
    TRY(sund_op_apply(ctx, b->site->to_raster, 1, &x, &y, NULL));
    if (!sund_lattice_cell(&b->site->spec->lattice, x, y, &at)) continue;
    TRY(sund_cell_add(ctx, &cell, at));
    TRY(add_cells(ctx, b, &cell, (flood_burn){.crest_m = NAN, .invert_m = NAN, .sea = true}));
  }
  return SUND_OK;
}

static int by_cell(const void *a, const void *b) {
  const flood_burn *p = a, *q = b;
  if (p->cell.row != q->cell.row) return p->cell.row < q->cell.row ? -1 : 1;
  return (p->cell.column > q->cell.column) - (p->cell.column < q->cell.column);
}

/* One entry a cell: fmax and fmin pass over the NAN of the other kind. */
static size_t merge(size_t count, flood_burn *burn) {
  size_t n = 0;
  if (count) qsort(burn, count, sizeof *burn, by_cell);
  for (size_t i = 0; i < count; i++) {
    if (n == 0 || by_cell(&burn[n - 1], &burn[i]) != 0) {
      burn[n++] = burn[i];
      continue;
    }
    burn[n - 1].crest_m = fmax(burn[n - 1].crest_m, burn[i].crest_m);
    burn[n - 1].invert_m = fmin(burn[n - 1].invert_m, burn[i].invert_m);
    burn[n - 1].sea = burn[n - 1].sea || burn[i].sea;
  }
  return n;
}

/* ---------------------------------------------------------------------------------------------------------- open */

static sund_code prepare_areas(sund_ctx *ctx, const flood_site *site, const sund_table *table, sund_cells **out) {
  sund_shapes *shapes;
  TRY(flood_to_raster(ctx, site, table->shapes, &shapes));
  return sund_cells_prepare(ctx, shapes, &site->spec->lattice, out);
}

sund_code flood_ground_open(sund_ctx *ctx, const flood_run *run, const flood_site *site, int connectivity,
                            flood_ground *out) {
  const sund_table *sea = run->in->role[SUND_SEA], *land = run->in->role[SUND_LAND];
  sund_pen wall = connectivity == 8 ? SUND_TIGHT : SUND_THIN, hole = connectivity == 8 ? SUND_THIN : SUND_TIGHT;
  burning b = {.run = run, .site = site, .told = connectivity == run->connectivity}; /* the first time */
  *out =
      (flood_ground){.site = site, .doubtful_m = run->levels.highest_m + DOUBT_M - site->up_m, .high_m = -INFINITY};
  if (run->seeds & SUND_SEED_SEA) {
    if (sea && sea->kind == SUND_AREA) TRY(prepare_areas(ctx, site, sea, &out->sea));
    else if (sea) TRY(burn_points(ctx, &b, sea));
    else if (land) TRY(prepare_areas(ctx, site, land, &out->land));
  }
  TRY(burn_lines(ctx, &b, SUND_BARRIERS, "crest_m", wall));
  TRY(burn_lines(ctx, &b, SUND_OPENINGS, "invert_m", hole));
  out->burns = merge(b.count, b.burn);
  out->burn = b.burn;
  return SUND_OK;
}

/* ---------------------------------------------------------------------------------------------------------- read */

/* First burned cell at or after (row, column). */
static size_t burn_at(const flood_ground *g, size_t row, size_t column) {
  size_t low = 0, high = g->burns;
  while (low < high) {
    size_t middle = low + (high - low) / 2;
    const sund_cell *c = &g->burn[middle].cell;
    if (c->row < row || (c->row == row && c->column < column)) low = middle + 1;
    else high = middle;
  }
  return low;
}

static void burn_window(flood_ground *g, const sund_window *window, float *metres, uint8_t *sea) {
  for (size_t r = 0; r < window->rows; r++)
    for (size_t i = burn_at(g, window->row + r, window->column);
         i < g->burns && g->burn[i].cell.row == window->row + r &&
         g->burn[i].cell.column < window->column + window->columns;
         i++) {
      const flood_burn *burn = &g->burn[i];
      size_t at = r * window->columns + burn->cell.column - window->column;
      if (burn->sea) sea[at] = 1;
      if (!isnan(burn->crest_m)) g->in_sea += sea[at], sea[at] = 0, metres[at] = (float)burn->crest_m;
      if (!isnan(burn->invert_m))
        metres[at] = fminf(metres[at], (float)burn->invert_m); /* over unknown: the invert */
    }
}

/* Sea that lies high is told: a hole in `land` would else flood what is behind it. */
static void look_high(flood_ground *g, const sund_window *window, const float *metres, const uint8_t *sea) {
  for (size_t i = 0; i < window->columns * window->rows; i++) {
    if (!sea[i] || !((double)metres[i] > g->doubtful_m)) continue;
    g->high_sea++;
    if ((double)metres[i] <= g->high_m) continue;
    g->high_m = (double)metres[i];
    g->high_cell =
        (sund_cell){(uint32_t)(window->column + i % window->columns), (uint32_t)(window->row + i / window->columns)};
  }
}

/* The rows of a window that are marked by one thread. */
typedef struct marking {
  const sund_cells *cells;
  const sund_window *window;
  uint8_t *sea;
} marking;

static sund_code mark_rows(sund_ctx *worker, size_t begin, size_t end, void *data) {
  const marking *m = data;
  sund_window part = {m->window->column, m->window->row + begin, m->window->columns, end - begin};
  return sund_cells_mark(worker, m->cells, &part, m->sea + begin * m->window->columns);
}

sund_code flood_ground_read(sund_ctx *ctx, void *data, const sund_window *window, float *metres, uint8_t *sea) {
  enum { STRIP = 64 };
  flood_ground *g = data;
  size_t cells = window->columns * window->rows;
  TRY(g->site->terrain->read(ctx, g->site->terrain->data, window, metres));
  memset(sea, 0, cells);
  marking m = {g->sea ? g->sea : g->land, window, sea};
  if (m.cells) TRY(sund_for(ctx, window->rows, STRIP, mark_rows, &m));
  if (g->land)
    for (size_t i = 0; i < cells; i++) sea[i] = !sea[i];
  burn_window(g, window, metres, sea);
  look_high(g, window, metres, sea);
  return SUND_OK;
}

/* flood_saddles.c - where the water comes in: saddles, what lies behind each, the next way in once it is closed.
 *
 * Order: saddles of every site (geo/saddles.c) with the homes they decide; ids by crest; persons and homes; then, for
 * those that matter most, the widths of the opening, the way of the water and the next way in. Layers flood_saddles and
 * flood_ways.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "flood.h"

/* Openings, ways and next ways in are looked for at so many saddles of a run, those with most persons first. */
enum { MOST_STUDIED = 200 };
/* An opening is looked for so far on both sides of the saddle, map metres. */
static const double REACH_M = 250;
/* Head that a basin's time to fill is told for, metres. */
static const double HEAD_M = 0.5;
/* The opening counts as closed when it is walled off where it is this deep at the crest's level, metres. */
static const double CLOSED_M = 0.20;

/* ----------------------------------------------------------------------------------------------------------- find */

/* A saddle on its way into the run's list: by crest, then site, then place. */
typedef struct ranked {
  double crest_m;
  size_t site, row; /* of the site's saddles */
} ranked;

static int by_crest(const void *a, const void *b) {
  const ranked *p = a, *q = b;
  if (p->crest_m != q->crest_m) return p->crest_m < q->crest_m ? -1 : 1;
  if (p->site != q->site) return p->site < q->site ? -1 : 1;
  return (p->row > q->row) - (p->row < q->row);
}

typedef struct found {
  size_t count, asked;
  sund_saddle *saddle;
  size_t *home;              /* asked: which home                */
  size_t *decides, *through; /* asked: row of saddle             */
} found;

static sund_code find_site(sund_ctx *ctx, const flood_run *run, size_t s, found *out) {
  const flood_site *site = &run->site[s];
  size_t count = run->homes ? run->homes->count : 0;
  sund_cell *cell = sund_alloc(ctx, count, sizeof *cell);
  if (!cell || !(out->home = sund_alloc(ctx, count, sizeof *out->home))) return SUND_LIMIT;
  for (size_t h = 0; h < count; h++) {
    if (run->home[h].site != s || isnan(run->home[h].wet_m[run->rule])) continue;
    out->home[out->asked] = h;
    cell[out->asked++] = run->home[h].cell;
  }
  if (!(out->decides = sund_alloc(ctx, out->asked, sizeof *out->decides)) ||
      !(out->through = sund_alloc(ctx, out->asked, sizeof *out->through)))
    return SUND_LIMIT;
  const sund_lattice *l = &site->spec->lattice;
  sund_cell middle = {(uint32_t)(l->columns / 2), (uint32_t)(l->rows / 2)};
  double least = ceil(run->asked->least_ha * 1e4 / flood_cell_m2(site, middle));
  return sund_saddles_find(ctx, site->flood, out->asked, cell, (uint64_t)least, &out->count, &out->saddle,
                           out->decides, out->through);
}

/* The run's list from those of the sites. */
static sund_code merge(sund_ctx *ctx, flood_run *run, const found *from) {
  size_t count = run->homes ? run->homes->count : 0, *first = sund_alloc(ctx, run->sites + 1, sizeof *first);
  if (!first) return SUND_LIMIT;
  for (size_t s = 0; s < run->sites; s++) first[s + 1] = first[s] + from[s].count;
  run->saddles = first[run->sites];
  ranked *order = sund_alloc(ctx, run->saddles, sizeof *order);
  size_t *rank = sund_alloc(ctx, run->saddles, sizeof *rank);
  if (!order || !rank || !(run->saddle = sund_alloc(ctx, run->saddles, sizeof *run->saddle)) ||
      !(run->decides = sund_alloc(ctx, count, sizeof *run->decides)) ||
      !(run->through = sund_alloc(ctx, count, sizeof *run->through)))
    return SUND_LIMIT;
  for (size_t s = 0; s < run->sites; s++)
    for (size_t r = 0; r < from[s].count; r++)
      order[first[s] + r] = (ranked){flood_metres(&run->site[s], from[s].saddle[r].crest), s, r};
  if (run->saddles) qsort(order, run->saddles, sizeof *order, by_crest);
  for (size_t k = 0; k < run->saddles; k++) rank[first[order[k].site] + order[k].row] = k;
  for (size_t k = 0; k < run->saddles; k++) {
    flood_saddle *out = &run->saddle[k];
    *out = (flood_saddle){
        .site = order[k].site, .at = from[order[k].site].saddle[order[k].row], .crest_m = order[k].crest_m};
    if (out->at.parent != SIZE_MAX) out->at.parent = rank[first[out->site] + out->at.parent];
    if (!(out->id = sund_text(ctx, "S%zu", k + 1))) return SUND_LIMIT;
  }
  for (size_t h = 0; h < count; h++) run->decides[h] = run->through[h] = SIZE_MAX;
  for (size_t s = 0; s < run->sites; s++)
    for (size_t i = 0; i < from[s].asked; i++) {
      size_t h = from[s].home[i], d = from[s].decides[i], t = from[s].through[i];
      if (d != SIZE_MAX) run->decides[h] = rank[first[s] + d];
      if (t != SIZE_MAX) run->through[h] = rank[first[s] + t];
    }
  return SUND_OK;
}

/* ---------------------------------------------------------------------------------------------------------- behind */

/* Homes and persons: decided by the saddle; and all whose water comes through it, over any number of others. */
static void count_behind(flood_run *run) {
  for (size_t h = 0; run->homes && h < run->homes->count; h++) {
    size_t last = run->decides[h] != SIZE_MAX ? run->decides[h] : run->through[h];
    double persons = run->homes->persons[h];
    if (run->decides[h] != SIZE_MAX) {
      run->saddle[run->decides[h]].homes_behind += run->homes->share[h];
      run->saddle[run->decides[h]].persons_behind += persons;
    }
    for (; last != SIZE_MAX; last = run->saddle[last].at.parent) {
      run->saddle[last].homes_through += run->homes->share[h];
      run->saddle[last].persons_through += persons;
    }
  }
}

/* Beside the raster's edge: the water might find an easier way beyond it. */
static bool at_edge(const sund_lattice *l, sund_cell cell) {
  return cell.column < 2 || cell.row < 2 || cell.column + 2u >= l->columns || cell.row + 2u >= l->rows;
}

static sund_code describe(sund_ctx *ctx, flood_run *run) {
  for (size_t k = 0; k < run->saddles; k++) {
    flood_saddle *s = &run->saddle[k];
    const flood_site *site = &run->site[s->site];
    TRY(flood_cell_place(ctx, site, s->at.cell, &s->x, &s->y));
    s->area_m2 = (double)s->at.cells * flood_cell_m2(site, s->at.cell);
    s->volume_m3 = (double)s->at.water * site->spec->step_m * flood_cell_m2(site, s->at.cell);
    s->fill_h = NAN;
    s->at_edge = at_edge(&site->spec->lattice, s->at.cell);
    s->width_m = s->width_5_m = s->width_10_m = s->width_20_m = s->bias_m = NAN;
    s->next_m = s->next_x = s->next_y = s->persons_held = NAN;
  }
  return SUND_OK;
}

/* ----------------------------------------------------------------------------------------------------------- study */

typedef struct weight {
  double persons, area;
  size_t saddle;
} weight;

static int by_weight(const void *a, const void *b) {
  const weight *p = a, *q = b;
  if (p->persons != q->persons) return p->persons > q->persons ? -1 : 1;
  if (p->area != q->area) return p->area > q->area ? -1 : 1;
  return (p->saddle > q->saddle) - (p->saddle < q->saddle);
}

/* A culvert is as low along its whole length, and so is a road through a dike: cells of the crest's height joined to the
 * saddle are one opening, and are walled off with it. */
static sund_code close_flat(sund_ctx *ctx, const flood_site *site, const sund_saddle *at, sund_cell_list *closed) {
  const sund_lattice *l = &site->spec->lattice;
  size_t reach = (size_t)ceil(REACH_M / fmin(l->dx, l->dy)), side = 2 * reach + 1, first = closed->count;
  uint8_t *seen = sund_alloc(ctx, side * side, 1);
  if (!seen) return SUND_LIMIT;
  TRY(sund_cell_add(ctx, closed, at->cell));
  seen[reach * side + reach] = 1;
  for (size_t i = first; i < closed->count; i++)
    for (int k = 0; k < 9; k++) {
      int64_t column = (int64_t)closed->cell[i].column + k % 3 - 1, row = (int64_t)closed->cell[i].row + k / 3 - 1;
      int64_t x = column - at->cell.column + (int64_t)reach, y = row - at->cell.row + (int64_t)reach;
      if (column < 0 || row < 0 || (size_t)column >= l->columns || (size_t)row >= l->rows) continue;
      if (x < 0 || y < 0 || (size_t)x >= side || (size_t)y >= side || seen[(size_t)y * side + (size_t)x]) continue;
      sund_cell cell = {(uint32_t)column, (uint32_t)row};
      seen[(size_t)y * side + (size_t)x] = 1;
      if (sund_flood_ground(site->flood, cell) == at->crest && !sund_flood_is_sea(site->flood, cell))
        TRY(sund_cell_add(ctx, closed, cell));
    }
  return SUND_OK;
}

/* Widths at the crest and above it; the line to be closed is that at CLOSED_M, else the widest one found. */
static sund_code study_opening(sund_ctx *ctx, const flood_site *site, flood_saddle *s, sund_cell_list *closed) {
  static const double above_m[] = {0, 0.05, 0.10, CLOSED_M};
  double *width[] = {&s->width_m, &s->width_5_m, &s->width_10_m, &s->width_20_m},
         scale = flood_ground_scale(site, s->at.cell);
  for (size_t k = 0; k < sizeof above_m / sizeof *above_m; k++) {
    sund_opening opening = {0};
    uint16_t above = (uint16_t)fmin(SUND_NEVER - 1, round(above_m[k] / site->spec->step_m));
    TRY(sund_saddle_opening(ctx, site->flood, &s->at, above, REACH_M, &opening));
    *width[k] = opening.width_m * scale;
    if (k == 0 && s->width_m > 0) s->fill_h = sund_weir_hours(s->width_m, HEAD_M, s->volume_m3);
    if (opening.line.count > 0) *closed = opening.line;
  }
  return close_flat(ctx, site, &s->at, closed);
}

/* Noise lowers a crest that is many cells long: expected from the length of what is nearly as low. */
static void study_bias(const flood_site *site, flood_saddle *s) {
  double width = isnan(s->width_20_m) ? s->width_10_m : s->width_20_m, cell = site->spec->lattice.dx;
  if (isnan(width)) return;
  s->bias_m = round(site->sigma_m * sund_crest_bias(fmax(1, width / cell), 1) * 1e4) / 1e4 + 0.0;
}

/* Who stays dry up to the next way in: homes whose deciding cell is held. */
static void count_held(const flood_run *run, size_t site, const sund_cell_list *held, flood_saddle *s) {
  s->persons_held = 0;
  for (size_t h = 0; run->homes && h < run->homes->count; h++) {
    const flood_home *home = &run->home[h];
    if (home->site != site || !(home->wet_m[run->rule] >= s->crest_m)) continue;
    size_t low = 0, high = held->count;
    while (low < high) {
      size_t middle = low + (high - low) / 2;
      sund_cell c = held->cell[middle];
      if (c.row < home->cell.row || (c.row == home->cell.row && c.column < home->cell.column)) low = middle + 1;
      else high = middle;
    }
    if (low == held->count || held->cell[low].row != home->cell.row || held->cell[low].column != home->cell.column)
      continue;
    s->homes_held += run->homes->share[h];
    s->persons_held += run->homes->persons[h];
  }
}

static sund_code study_next(sund_ctx *ctx, const flood_run *run, flood_saddle *s, const sund_cell_list *closed) {
  const flood_site *site = &run->site[s->site];
  sund_next next;
  sund_cell_list held = {0};
  TRY(sund_saddle_next(ctx, site->flood, &s->at, closed, &next, &held));
  if (next.crest != SUND_NEVER) {
    s->next_m = flood_metres(site, next.crest);
    TRY(flood_cell_place(ctx, site, next.cell, &s->next_x, &s->next_y));
  }
  count_held(run, s->site, &held, s);
  return SUND_OK;
}

/* The way as a line: vertices only where it turns. */
static sund_code keep_way(sund_ctx *ctx, const flood_site *site, const sund_cell_list *way, sund_shapes **out) {
  size_t n = 0;
  sund_shapes *line;
  size_t room = way->count < 2 ? 2 : way->count;
  TRY(sund_shapes_new(ctx, SUND_LINE, 1, 1, room, &line));
  for (size_t i = 0; i < way->count; i++) {
    const sund_cell *c = way->cell + i;
    bool bend = i == 0 || i + 1 == way->count || (int64_t)c[1].row - c[0].row != (int64_t)c[0].row - c[-1].row ||
                (int64_t)c[1].column - c[0].column != (int64_t)c[0].column - c[-1].column;
    if (!bend) continue;
    sund_lattice_centre(&site->spec->lattice, *c, &line->x[n], &line->y[n]);
    n++;
  }
  if (n == 1) { /* the saddle lies at the shore: a line as long as a cell */
    line->x[1] = line->x[0] + site->spec->lattice.dx, line->y[1] = line->y[0];
    n = 2;
  }
  line->vertices = n;
  line->first_part[1] = 1;
  line->first_vertex[1] = n;
  *out = line;
  return flood_to_map(ctx, site, line);
}

/* Studies the saddles that matter most. way: saddles, NULL where none was drawn. */
static sund_code study(sund_ctx *ctx, flood_run *run, sund_shapes **way) {
  weight *order = sund_alloc(ctx, run->saddles, sizeof *order);
  if (!order) return SUND_LIMIT;
  for (size_t k = 0; k < run->saddles; k++)
    order[k] = (weight){run->saddle[k].persons_through, run->saddle[k].area_m2, k};
  if (run->saddles) qsort(order, run->saddles, sizeof *order, by_weight);
  for (size_t k = 0; k < run->saddles && k < MOST_STUDIED; k++) {
    flood_saddle *s = &run->saddle[order[k].saddle];
    const flood_site *site = &run->site[s->site];
    sund_ctx *scratch = sund_ctx_child(ctx);
    if (!scratch) return SUND_LIMIT;
    sund_cell_list closed = {0}, cells = {0};
    sund_code code = study_opening(scratch, site, s, &closed);
    if (code == SUND_OK) study_bias(site, s);
    if (code == SUND_OK) code = study_next(scratch, run, s, &closed);
    if (code == SUND_OK) code = sund_flood_way(scratch, site->flood, s->at.cell, &cells);
    if (code == SUND_OK && cells.count > 0) code = keep_way(ctx, site, &cells, &way[order[k].saddle]);
    if (code != SUND_OK) sund_ctx_pass(ctx, scratch);
    sund_ctx_free(scratch);
    TRY(code);
  }
  return SUND_OK;
}

sund_code flood_saddles_measure(sund_ctx *ctx, flood_run *run) {
  found *from = sund_alloc(ctx, run->sites, sizeof *from);
  if (!from) return SUND_LIMIT;
  for (size_t s = 0; s < run->sites; s++) TRY(find_site(ctx, run, s, &from[s]));
  TRY(merge(ctx, run, from));
  count_behind(run);
  TRY(describe(ctx, run));
  sund_shapes **way = sund_alloc(ctx, run->saddles, sizeof *way);
  if (!way) return SUND_LIMIT;
  TRY(study(ctx, run, way));
  return flood_saddles_write(ctx, run, way);
}

/* flood_extents.c - the layer flood_extents: what is wet at every level and event, unit by unit, as polygons.
 *
 * Traced around cells that share an edge, so that every polygon is valid by construction; sea is not part of it. The
 * area written is that of the cells on the ground.
 *
 * Units are traced one by one, each in its own window and strip by strip, so that memory is that of the boundaries.
 * Most land lies high: the lowest first-wet level of every block of 256 x 256 cells is found first, and only blocks
 * where some cell can be wet at the level are looked at. Units that flood_area.c found dry are left out.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "flood.h"

enum { VARIANT, LEVEL_M, AREA_ID, AREA_NAME, AREA_HA, VOLUME_M3, FIELDS };
static const sund_field fields[FIELDS] = {
    [VARIANT] = {"variant",
                 SUND_TEXT,
                 NULL,
                 {"vandstand eller hændelse", "vattenstånd eller händelse", "level or event"},
                 NULL},
    [LEVEL_M] = {"level_m", SUND_REAL, "m", {"vandstand", "vattenstånd", "sea level"}, NULL},
    [AREA_ID] = {"area_id", SUND_TEXT, NULL, {"område", "område", "area"}, NULL},
    [AREA_NAME] = {"area_name", SUND_TEXT, NULL, {"områdets navn", "områdets namn", "name of the area"}, NULL},
    [AREA_HA] = {"area_ha", SUND_REAL, "ha", {"vådt areal", "våt areal", "wet area"}, NULL},
    [VOLUME_M3] = {"volume_m3", SUND_REAL, "m3", {"vand på land", "vatten på land", "water on land"}, NULL},
};
static const sund_class classes[] = {
    {-INFINITY, 0.9999, NULL, "#08519c", {"under 1 m", "under 1 m", "below 1 m"}}, /* 1 m is in the next one */
    {0.9999, 1.4999, NULL, "#2171b5", {"1–1,5 m", "1–1,5 m", "1–1.5 m"}},
    {1.4999, 1.9999, NULL, "#4292c6", {"1,5–2 m", "1,5–2 m", "1.5–2 m"}},
    {1.9999, 2.4999, NULL, "#6baed6", {"2–2,5 m", "2–2,5 m", "2–2.5 m"}},
    {2.4999, 2.9999, NULL, "#9ecae1", {"2,5–3 m", "2,5–3 m", "2.5–3 m"}},
    {2.9999, INFINITY, NULL, "#c6dbef", {"3 m og mere", "3 m och mer", "3 m and more"}},
};
static const sund_style style = {.column = "level_m",
                                 .graduated = true,
                                 .classes = classes,
                                 .count = sizeof classes / sizeof *classes,
                                 .size_mm = 0.1,
                                 .opacity = 0.75,
                                 .nested = true};

/* What is wet at a level in a unit, in one site. */
typedef struct extent {
  double level_m;
  size_t level, unit, site;
  sund_shapes *shape;
} extent;

typedef struct extents {
  size_t count, room;
  extent *row;
} extents;

static sund_code keep(sund_ctx *ctx, extents *all, extent made) {
  extent *grown = sund_grow(ctx, all->row, &all->room, all->count + 1, sizeof *grown);
  if (!grown) return SUND_LIMIT;
  all->row = grown;
  all->row[all->count++] = made;
  return SUND_OK;
}

/* The level that stands for an event of several zones: the highest. */
static double level_of(const flood_run *run, size_t l) {
  double level = -INFINITY;
  for (size_t z = 0; z < run->levels.zones; z++) level = fmax(level, run->levels.level[l].level_m[z]);
  return level;
}

/* ---------------------------------------------------------------------------------------------------------- blocks */

enum { SIDE = 256, BLOCKS_AT_ONCE = 4 };

/* Blocks that a window touches, and which part of it lies in one of them; row by row. */
static size_t blocks_across(const sund_window *w) {
  return w->columns ? (w->column + w->columns - 1) / SIDE - w->column / SIDE + 1 : 0;
}

static size_t blocks_of(const sund_window *w) {
  return w->rows ? blocks_across(w) * ((w->row + w->rows - 1) / SIDE - w->row / SIDE + 1) : 0;
}

static void cut(size_t from, size_t count, size_t block, size_t *begin, size_t *length) {
  const size_t first = block * SIDE, end = from + count < first + SIDE ? from + count : first + SIDE;
  *begin = from > first ? from : first;
  *length = end - *begin;
}

static sund_window piece_of(const sund_window *w, size_t number) {
  const size_t across = blocks_across(w);
  sund_window piece;
  cut(w->column, w->columns, w->column / SIDE + number % across, &piece.column, &piece.columns);
  cut(w->row, w->rows, w->row / SIDE + number / across, &piece.row, &piece.rows);
  return piece;
}

/* The cells of a piece as one thread sees them. */
typedef struct view {
  uint16_t *wet;
  uint8_t *sea, *land; /* land: 1 = wet land of the unit */
  uint32_t *row;
} view;

static sund_code make_view(sund_ctx *ctx, view *v) {
  enum { CELLS = SIDE * SIDE };
  v->wet = sund_alloc(ctx, CELLS, sizeof *v->wet);
  v->sea = sund_alloc(ctx, CELLS, 1);
  v->land = sund_alloc(ctx, CELLS, 1);
  v->row = sund_alloc(ctx, CELLS, sizeof *v->row);
  return v->wet && v->sea && v->land && v->row ? SUND_OK : SUND_LIMIT;
}

/* A site with the lowest first-wet level of the land in each of its blocks. */
typedef struct tracing {
  const flood_run *run;
  const flood_site *site;
  const flood_area *area;
  sund_window whole;
  uint16_t *lowest;
  flood_units units;
} tracing;

static sund_code find_lowest(sund_ctx *ctx, size_t begin, size_t end, void *data) {
  const tracing *t = data;
  view v;
  TRY(make_view(ctx, &v));
  for (size_t b = begin; b < end; b++) {
    const sund_window piece = piece_of(&t->whole, b);
    uint16_t lowest = SUND_NEVER;
    sund_flood_window(t->site->flood, &piece, SUND_ANY_ZONE, NULL, v.wet, v.sea);
    for (size_t i = 0; i < piece.columns * piece.rows; i++)
      if (!v.sea[i] && v.wet[i] < lowest) lowest = v.wet[i];
    t->lowest[b] = lowest;
    sund_flood_rest(t->site->flood, &piece);
  }
  return SUND_OK;
}

/* ------------------------------------------------------------------------------------------------------------ mask */

typedef struct marking {
  const tracing *from;
  const sund_cells *cells;  /* of the unit's group; NULL = there is one unit */
  size_t row;               /* the unit's, of the cells                      */
  const int32_t *threshold; /* zones: of the level                           */
  int32_t highest;          /* of these                                      */
  const sund_window *part;  /* strip at hand                                 */
  uint8_t *mark;
} marking;

/* Finds the wet land of the unit in a piece. */
static sund_code look(sund_ctx *ctx, const marking *m, const sund_window *piece, view *v) {
  const size_t n = piece->columns * piece->rows, zones = m->from->run->levels.zones;
  uint8_t some = 0;
  memset(v->land, 0, n);
  for (size_t z = 0; z < zones; z++) {
    sund_flood_window(m->from->site->flood, piece, zones == 1 ? SUND_ANY_ZONE : z, NULL, v->wet, z ? NULL : v->sea);
    for (size_t i = 0; i < n; i++) v->land[i] |= v->wet[i] <= m->threshold[z];
  }
  for (size_t i = 0; i < n; i++) some |= v->land[i] &= !v->sea[i];
  if (!some || !m->cells) return SUND_OK;
  TRY(sund_cells_rows(ctx, m->cells, piece, v->row));
  for (size_t i = 0; i < n; i++) v->land[i] &= v->row[i] == m->row;
  return SUND_OK;
}

static sund_code mark_pieces(sund_ctx *ctx, size_t begin, size_t end, void *data) {
  const marking *m = data;
  view v = {0};
  for (size_t b = begin; b < end; b++) {
    const sund_window piece = piece_of(m->part, b);
    const size_t block = piece.row / SIDE * blocks_across(&m->from->whole) + piece.column / SIDE;
    const bool dry = m->from->lowest[block] > m->highest;
    uint8_t *to = m->mark + (piece.row - m->part->row) * m->part->columns + (piece.column - m->part->column);
    if (!dry && !v.land) TRY(make_view(ctx, &v));
    if (!dry) TRY(look(ctx, m, &piece, &v));
    for (size_t r = 0; r < piece.rows; r++, to += m->part->columns)
      if (dry) memset(to, 0, piece.columns);
      else memcpy(to, v.land + r * piece.columns, piece.columns);
  }
  return SUND_OK;
}

static sund_code mark_strip(sund_ctx *ctx, void *data, const sund_window *part, uint8_t *mark) {
  marking *m = data;
  m->part = part;
  m->mark = mark;
  TRY(sund_for(ctx, blocks_of(part), BLOCKS_AT_ONCE, mark_pieces, m));
  sund_flood_rest(m->from->site->flood, part);
  return SUND_OK;
}

/* ----------------------------------------------------------------------------------------------------------- trace */

/* The cells a unit may have in a site. False = none. */
static sund_code unit_window(sund_ctx *ctx, const tracing *t, size_t unit, sund_window *out, bool *any) {
  const sund_table *areas = t->run->in->role[SUND_AREAS];
  const sund_lattice *l = &t->site->spec->lattice;
  sund_shapes *one, *moved;
  double box[4];
  *out = t->whole;
  *any = true;
  if (!areas) return SUND_OK;
  TRY(sund_shapes_pick(ctx, areas->shapes, 1, &unit, &one));
  TRY(flood_to_raster(ctx, t->site, one, &moved));
  *any = sund_shapes_extent(moved, box);
  double west = fmax(0, floor((box[0] - l->x0) / l->dx)), north = fmax(0, floor((l->y0 - box[3]) / l->dy));
  double east = fmin((double)l->columns, ceil((box[2] - l->x0) / l->dx));
  double south = fmin((double)l->rows, ceil((l->y0 - box[1]) / l->dy));
  *any = *any && west < east && north < south;
  if (*any) *out = (sund_window){(size_t)west, (size_t)north, (size_t)(east - west), (size_t)(south - north)};
  return SUND_OK;
}

/* The extents of a unit at all levels. m: its group and row. */
static sund_code trace_unit(sund_ctx *ctx, const tracing *t, size_t unit, marking *m, extents *all) {
  const size_t levels = t->run->levels.count, zones = t->run->levels.zones;
  const double *level_m2 = t->area->level_m2 + unit * levels;
  sund_window window = {0};
  bool placed = false, any = true;
  for (size_t l = 0; l < levels && any; l++) {
    sund_shapes *shape;
    if (!(level_m2[l] > 0)) continue;
    if (!placed) TRY(unit_window(ctx, t, unit, &window, &any));
    placed = true;
    if (!any) break;
    m->threshold = t->site->threshold + l * zones;
    m->highest = -1;
    for (size_t z = 0; z < zones; z++) m->highest = m->threshold[z] > m->highest ? m->threshold[z] : m->highest;
    TRY(sund_trace_areas(ctx, &t->site->spec->lattice, &window, mark_strip, m, &shape));
    if (shape->parts == 0) continue;
    TRY(flood_to_map(ctx, t->site, shape));
    TRY(keep(ctx, all, (extent){level_of(t->run, l), l, unit, (size_t)(t->site - t->run->site), shape}));
  }
  return SUND_OK;
}

static sund_code trace_site(sund_ctx *ctx, const flood_run *run, const flood_site *site, const flood_area *area,
                            extents *all) {
  const sund_lattice *l = &site->spec->lattice;
  tracing t = {.run = run, .site = site, .area = area, .whole = {0, 0, l->columns, l->rows}};
  const size_t blocks = blocks_of(&t.whole);
  if (!(t.lowest = sund_alloc(ctx, blocks, sizeof *t.lowest))) return SUND_LIMIT;
  TRY(sund_for(ctx, blocks, BLOCKS_AT_ONCE, find_lowest, &t));
  TRY(flood_units_open(ctx, run, site, &t.units));
  for (size_t g = 0; g < t.units.groups; g++)
    for (size_t r = 0; r < t.units.count[g]; r++) {
      const size_t unit = t.units.unit[g] ? t.units.unit[g][r] : r;
      TRY(trace_unit(ctx, &t, unit, &(marking){.from = &t, .cells = t.units.cells[g], .row = r}, all));
    }
  return SUND_OK;
}

/* ------------------------------------------------------------------------------------------------------------ rows */

/* Highest level first, so that lower ones are drawn on top of them; then by unit. */
static int by_order(const void *a, const void *b) {
  const extent *p = a, *q = b;
  if (p->level_m != q->level_m) return p->level_m > q->level_m ? -1 : 1;
  if (p->level != q->level) return p->level < q->level ? -1 : 1;
  if (p->unit != q->unit) return p->unit < q->unit ? -1 : 1;
  return p->site < q->site ? -1 : p->site > q->site;
}

/* One row a level and unit, with the shapes of all its sites: first[i] is what row i begins with. */
static sund_code join_rows(sund_ctx *ctx, extents *all, sund_shapes **out, extent *first) {
  const sund_shapes **shape = sund_alloc(ctx, all->count, sizeof *shape);
  size_t rows = 0;
  if (!shape) return SUND_LIMIT;
  if (all->count) qsort(all->row, all->count, sizeof *all->row, by_order);
  for (size_t i = 0; i < all->count; i++) shape[i] = all->row[i].shape;
  TRY(sund_shapes_join(ctx, SUND_AREA, all->count, shape, out));
  for (size_t i = 0; i < all->count; i++) {
    if (rows && first[rows - 1].level == all->row[i].level && first[rows - 1].unit == all->row[i].unit) continue;
    (*out)->first_part[rows] = (*out)->first_part[i];
    first[rows++] = all->row[i];
  }
  (*out)->first_part[rows] = (*out)->parts;
  (*out)->rows = rows;
  return SUND_OK;
}

static sund_code make_table(sund_ctx *ctx, const flood_run *run, const flood_area *area, extents *all,
                            sund_table **out) {
  sund_table *table;
  sund_shapes *shapes;
  extent *row = sund_alloc(ctx, all->count, sizeof *row);
  if (!row) return SUND_LIMIT;
  TRY(join_rows(ctx, all, &shapes, row));
  TRY(sund_table_new(ctx, "flood_extents", SUND_AREA, shapes->rows, fields, FIELDS, &table));
  table->shapes = shapes;
  for (size_t r = 0; r < table->rows; r++) {
    const size_t at = row[r].unit * run->levels.count + row[r].level;
    table->column[VARIANT].text[r] = run->levels.level[row[r].level].variant;
    table->column[LEVEL_M].real[r] = row[r].level_m;
    if (!(table->column[AREA_ID].text[r] = flood_unit_text(ctx, run, row[r].unit, "id"))) return SUND_LIMIT;
    table->column[AREA_NAME].text[r] = flood_unit_text(ctx, run, row[r].unit, "name");
    table->column[AREA_HA].real[r] = area->level_m2[at] / 1e4;
    table->column[VOLUME_M3].real[r] = area->level_m3[at];
  }
  *out = table;
  return SUND_OK;
}

/* The polygons as they are traced go when they are joined. */
static sund_code make_layer(sund_ctx *ctx, const flood_run *run, const flood_area *area, sund_table **out) {
  extents all = {0};
  sund_ctx *scratch = sund_ctx_child(ctx);
  if (!scratch) return SUND_LIMIT;
  sund_code code = SUND_OK;
  for (size_t s = 0; s < run->sites && code == SUND_OK; s++)
    code = trace_site(scratch, run, &run->site[s], area, &all);
  if (code == SUND_OK) code = make_table(ctx, run, area, &all, out);
  if (code != SUND_OK) code = sund_ctx_pass(ctx, scratch);
  sund_ctx_free(scratch);
  return code;
}

sund_code flood_extents_write(sund_ctx *ctx, flood_run *run, const flood_area *area) {
  sund_table *table = NULL;
  TRY(make_layer(ctx, run, area, &table));
  return sund_results_layer(
      ctx, run->out,
      (sund_layer){
          .table = table,
          .title = {"Oversvømmelse", "Översvämning", "Flood extents"},
          .summary = {"Land, som er vådt ved vandstanden eller hændelsen, for hver enhed; vandet når havet over "
                      "celler, der ikke ligger højere",
                      "Land som är vått vid vattenståndet eller händelsen, för varje enhet; vattnet når havet "
                      "över celler som inte ligger högre",
                      "Land that is wet at the level or event, for every unit; its water reaches the sea over "
                      "cells that lie no higher"},
          .style = &style,
          .indexed = true,
          .kept = true,
          .multi = true});
}

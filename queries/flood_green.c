/* flood_green.c - how much of the green areas is under water: flood.green and the layer flood_green.
 *
 * Terrain is looked at in windows of 256 cells a side; most hold nothing that is wet at any level asked for and are
 * done with that. In the others a cell counts, with its ground area, for each level it is wet at: once for its
 * reporting unit however many green areas overlap there, and once for each of these areas. The sea is no green area
 * under water, though protected areas are drawn into it. Where a level says nothing of the terrain there is no
 * answer, which is not the same as dry.
 */
#include <math.h>
#include <string.h>

#include "flood.h"

enum { SIDE = 256 };

typedef struct reckoning {
  sund_ctx *scratch; /* of one terrain */
  flood_run *run;
  const sund_table *green;
  const flood_site *site;
  size_t across, down; /* windows of the site */
  double *unit_m2;     /* units x levels      */
  double *green_m2;    /* rows of green x levels */
  uint8_t *said;       /* rows of green x levels: 1 = the level says something of a terrain that it is wet on */
  /* A window's cells. */
  sund_window at;
  uint16_t *any, *zone[SUND_MOST_ZONES];
  uint8_t *sea, *mark, *levels; /* levels: cells x levels, 1 = wet */
  uint32_t *row;
  double cell_m2;
} reckoning;

/* --------------------------------------------------------------------------------------------------------- windows */

static sund_code make_room(reckoning *r) {
  enum { CELLS = SIDE * SIDE };
  const size_t zones = r->run->levels.zones;
  r->any = sund_alloc(r->scratch, CELLS, sizeof *r->any);
  r->sea = sund_alloc(r->scratch, CELLS, 1);
  r->mark = sund_alloc(r->scratch, CELLS, 1);
  r->levels = sund_alloc(r->scratch, CELLS, r->run->levels.count);
  r->row = sund_alloc(r->scratch, CELLS, sizeof *r->row);
  if (!r->any || !r->sea || !r->mark || !r->levels || !r->row) return SUND_LIMIT;
  for (size_t z = 0; zones > 1 && z < zones; z++)
    if (!(r->zone[z] = sund_alloc(r->scratch, CELLS, sizeof *r->zone[z]))) return SUND_LIMIT;
  return SUND_OK;
}

/* Reads a window and finds at which levels its cells are wet. Returns false when none is. */
static bool load(reckoning *r, size_t window) {
  const sund_lattice *l = &r->site->spec->lattice;
  const size_t column = window % r->across * SIDE, row = window / r->across * SIDE;
  const size_t zones = r->run->levels.zones, levels = r->run->levels.count;
  uint16_t raw[SUND_MOST_ZONES];
  bool wet = false;
  r->at = (sund_window){column, row, l->columns - column < SIDE ? l->columns - column : SIDE,
                        l->rows - row < SIDE ? l->rows - row : SIDE};
  const size_t cells = r->at.columns * r->at.rows;
  sund_flood_window(r->site->flood, &r->at, SUND_ANY_ZONE, NULL, r->any, r->sea);
  for (size_t z = 0; zones > 1 && z < zones; z++)
    sund_flood_window(r->site->flood, &r->at, z, NULL, r->zone[z], NULL);
  memset(r->levels, 0, cells * levels);
  for (size_t i = 0; i < cells; i++) {
    raw[0] = r->any[i];
    if (r->sea[i] || r->any[i] == SUND_NEVER) continue;
    for (size_t z = 0; zones > 1 && z < zones; z++) raw[z] = r->zone[z][i];
    for (size_t k = 0; k < levels; k++)
      if (flood_is_wet(r->run, r->site, k, raw)) wet = true, r->levels[i * levels + k] = 1;
  }
  r->cell_m2 =
      flood_cell_m2(r->site, (sund_cell){(uint32_t)(column + r->at.columns / 2), (uint32_t)(row + r->at.rows / 2)});
  return wet;
}

/* Adds a cell to the sums of something at every level. */
static void add_cell(const reckoning *r, size_t cell, double *m2) {
  const size_t levels = r->run->levels.count;
  for (size_t k = 0; k < levels; k++) m2[k] += r->levels[cell * levels + k] * r->cell_m2;
}

/* Adds the green cells of the window to their units. */
static sund_code add_to_units(reckoning *r, const sund_cells *green, const flood_units *units) {
  const size_t cells = r->at.columns * r->at.rows, levels = r->run->levels.count;
  TRY(sund_cells_mark(r->scratch, green, &r->at, r->mark));
  for (size_t g = 0; g < units->groups; g++) {
    if (units->cells[g]) TRY(sund_cells_rows(r->scratch, units->cells[g], &r->at, r->row));
    for (size_t i = 0; i < cells; i++) {
      if (!r->mark[i] || (units->cells[g] && r->row[i] == UINT32_MAX)) continue;
      add_cell(r, i, r->unit_m2 + (units->cells[g] ? units->unit[g][r->row[i]] : 0) * levels);
    }
  }
  return SUND_OK;
}

/* ------------------------------------------------------------------------------------------------------ one by one */

/* Green areas on a site, each to be asked alone, because they may overlap. */
typedef struct parcels {
  const sund_shapes *shapes;
  sund_index *index;  /* over their boxes                                  */
  sund_cells **cells; /* rows: made ready when first asked; NULL = not yet */
  size_t *near;       /* rows: scratch: those near a window                */
  size_t count;
} parcels;

static sund_code open_parcels(reckoning *r, const sund_shapes *shapes, parcels *out) {
  double *box = sund_alloc(r->scratch, shapes->rows, 4 * sizeof *box);
  *out = (parcels){.shapes = shapes};
  out->cells = sund_alloc(r->scratch, shapes->rows, sizeof *out->cells);
  out->near = sund_alloc(r->scratch, shapes->rows, sizeof *out->near);
  if (!box || !out->cells || !out->near) return SUND_LIMIT;
  for (size_t row = 0; row < shapes->rows; row++) sund_shapes_box(shapes, row, box + 4 * row);
  return sund_index_build(r->scratch, shapes->rows, box, &out->index);
}

static bool note_near(size_t row, void *data) {
  parcels *p = data;
  p->near[p->count++] = row;
  return true;
}

/* Adds the window's cells to every green area that holds them. */
static sund_code add_to_parcels(reckoning *r, parcels *p) {
  const sund_lattice *l = &r->site->spec->lattice;
  const size_t levels = r->run->levels.count;
  const double x = l->x0 + (double)r->at.column * l->dx, y = l->y0 - (double)r->at.row * l->dy;
  const double box[4] = {x, y - (double)r->at.rows * l->dy, x + (double)r->at.columns * l->dx, y};
  p->count = 0;
  sund_index_search(p->index, box, note_near, p);
  for (size_t n = 0; n < p->count; n++) {
    const size_t row = p->near[n];
    if (!p->cells[row]) {
      sund_shapes *alone;
      TRY(sund_shapes_pick(r->scratch, p->shapes, 1, &row, &alone));
      TRY(sund_cells_prepare(r->scratch, alone, l, &p->cells[row]));
    }
    TRY(sund_cells_mark(r->scratch, p->cells[row], &r->at, r->mark));
    bool wet = false;
    for (size_t i = 0; i < r->at.columns * r->at.rows; i++) {
      if (!r->mark[i]) continue;
      add_cell(r, i, r->green_m2 + row * levels);
      wet = wet || memchr(r->levels + i * levels, 1, levels);
    }
    for (size_t k = 0; wet && k < levels; k++)
      if (flood_speaks(r->run, r->site, k)) r->said[row * levels + k] = 1;
  }
  return SUND_OK;
}

static sund_code look_at_site(reckoning *r) {
  const sund_lattice *l = &r->site->spec->lattice;
  sund_shapes *green;
  sund_cells *cells;
  flood_units units;
  parcels each;
  r->across = (l->columns + SIDE - 1) / SIDE;
  r->down = (l->rows + SIDE - 1) / SIDE;
  TRY(make_room(r));
  TRY(flood_to_raster(r->scratch, r->site, r->green->shapes, &green));
  TRY(sund_cells_prepare(r->scratch, green, l, &cells));
  TRY(flood_units_open(r->scratch, r->run, r->site, &units));
  TRY(open_parcels(r, green, &each));
  for (size_t w = 0; w < r->across * r->down; w++) {
    if (load(r, w)) {
      TRY(add_to_units(r, cells, &units));
      TRY(add_to_parcels(r, &each));
    }
    sund_flood_rest(r->site->flood, &r->at);
  }
  return SUND_OK;
}

/* ---------------------------------------------------------------------------------------------------------- report */

enum { GREEN_ID, KIND, NAME, SOURCE, FEATURE, AREA_HA, COMMON };
static const sund_field common_fields[COMMON] = {
    [GREEN_ID] = {"parcel_id", SUND_TEXT, NULL, {"id i kilden", "id i källan", "id in the source"}, NULL},
    [KIND] = {"kind", SUND_TEXT, NULL, {"slags", "slag", "kind"}, NULL},
    [NAME] = {"name", SUND_TEXT, NULL, {"navn", "namn", "name"}, NULL},
    [SOURCE] = {"source", SUND_TEXT, NULL, {"kilde", "källa", "source"}, NULL},
    [FEATURE] = {"feature_id", SUND_INT, NULL, {"objekt", "objekt", "feature"}, NULL},
    [AREA_HA] = {"area_ha", SUND_REAL, "ha", {"areal", "areal", "area"}, NULL},
};
static const sund_class classes[] = {{0, 0, NULL, "#12878f", {"bliver våd", "blir våt", "gets wet"}}};
static const sund_style style = {.classes = classes, .count = 1, .size_mm = 0.2, .opacity = 0.6};

static sund_code make_fields(sund_ctx *ctx, const reckoning *r, sund_field **out) {
  static const sund_field wet = {
      "wet_*_ha", SUND_REAL, "ha", {"under vand ved", "under vatten vid", "under water at"}, NULL};
  const sund_column *kind = sund_table_column(r->green, "kind");
  TRY(flood_level_fields(ctx, r->run, &(flood_columns){COMMON, 1, common_fields, &wet}, out));
  (*out)[KIND].choices = kind ? kind->field.choices : NULL;
  return SUND_OK;
}

/* The areas that are wet at any level. */
static sund_code wet_areas(sund_ctx *ctx, const reckoning *r, size_t **row, size_t *count) {
  const size_t levels = r->run->levels.count;
  if (!(*row = sund_alloc(ctx, r->green->rows, sizeof **row))) return SUND_LIMIT;
  *count = 0;
  for (size_t area = 0; area < r->green->rows; area++) {
    bool wet = false;
    for (size_t l = 0; l < levels; l++) wet = wet || r->green_m2[area * levels + l] > 0;
    if (wet) (*row)[(*count)++] = area;
  }
  return SUND_OK;
}

static sund_code green_layer(sund_ctx *ctx, const reckoning *r) {
  static const char *const text_of[] = {"id", "kind", "name"};
  const size_t levels = r->run->levels.count;
  size_t *row, count;
  sund_field *fields;
  sund_table *table;
  TRY(wet_areas(ctx, r, &row, &count));
  TRY(make_fields(ctx, r, &fields));
  TRY(sund_table_new(ctx, "flood_green", SUND_AREA, count, fields, COMMON + levels, &table));
  TRY(sund_shapes_pick(ctx, r->green->shapes, count, row, &table->shapes));
  double *m2 = table->column[AREA_HA].real;
  TRY(sund_geodesic_measure(ctx, r->run->in->crs, table->shapes, m2));
  for (size_t n = 0; n < count; n++) {
    for (size_t k = 0; k < sizeof text_of / sizeof *text_of; k++) {
      const char **text = sund_table_text(r->green, text_of[k]);
      table->column[GREEN_ID + k].text[n] = text ? text[row[n]] : NULL;
    }
    table->column[SOURCE].text[n] = sund_table_source(r->green, row[n]);
    table->column[FEATURE].integer[n] = sund_table_feature(r->green, row[n]);
    m2[n] /= 1e4;
    for (size_t l = 0; l < levels; l++)
      if (r->said[row[n] * levels + l]) table->column[COMMON + l].real[n] = r->green_m2[row[n] * levels + l] / 1e4;
  }
  return sund_results_layer(
      ctx, r->run->out,
      (sund_layer){.table = table,
                   .style = &style,
                   .indexed = true,
                   .multi = true,
                   .title = {"Grønne områder under vand", "Grönområden under vatten", "Green areas under water"},
                   .summary = {"De grønne områder, der er våde ved en af vandstandene, med hektar under vand",
                               "De grönområden som är våta vid något av vattenstånden, med hektar under vatten",
                               "The green areas that are wet at one of the levels, with hectares under water"}});
}

sund_code flood_green_measure(sund_ctx *ctx, flood_run *run) {
  const sund_table *green = run->in->role[SUND_GREEN];
  if (!green || green->rows == 0 || green->kind != SUND_AREA) return SUND_OK;
  reckoning r = {.run = run, .green = green};
  r.unit_m2 = sund_alloc(ctx, units_count(run->in) * run->levels.count, sizeof *r.unit_m2);
  r.green_m2 = sund_alloc(ctx, green->rows * run->levels.count, sizeof *r.green_m2);
  r.said = sund_alloc(ctx, green->rows * run->levels.count, 1);
  if (!r.unit_m2 || !r.green_m2 || !r.said) return SUND_LIMIT;
  for (size_t s = 0; s < run->sites; s++) {
    r.site = &run->site[s];
    if (!(r.scratch = sund_ctx_child(ctx))) return SUND_LIMIT;
    sund_code code = look_at_site(&r);
    if (code != SUND_OK) code = sund_ctx_pass(ctx, r.scratch);
    sund_ctx_free(r.scratch);
    TRY(code);
  }
  TRY(flood_sums_tell(ctx, run, &(flood_sums){"flood.green", "ha", 1e-4, r.unit_m2, false}));
  return green_layer(ctx, &r);
}

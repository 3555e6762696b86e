/* flood_walls.c - walls on trial: those that could close an opening (flood_closings.c), and those the user drew, each
 * alone: the layer flood_walls, the indicator flood.wall.
 *
 * A wall's cells are raised to its crest where they are lower, edge to edge when water passes corners, and the sea under
 * it becomes land. Every home is asked again by the same rule; what differs is told for every level. Then the wall is
 * taken back. On two terrains it stands on both.
 */
#include "flood_walls.h"

#include <math.h>
#include <string.h>

typedef struct walls {
  flood_run *run;
  const sund_table *table; /* role walls         */
  sund_shapes **line;      /* sites: its lines in the terrain's CRS */
  const double **add_m;    /* sites: from its heights to the terrain's, by source */
  double *homes, *persons; /* rows x levels: made dry               */
} walls;

sund_code flood_walls_raise(sund_ctx *ctx, const flood_site *site, const sund_cell_list *cells, uint16_t crest,
                            sund_flood_edit *before) {
  sund_flood_edit edit = {.count = cells->count, .cell = cells->cell};
  if (!(edit.ground = sund_alloc(ctx, cells->count, sizeof *edit.ground))) return SUND_LIMIT;
  for (size_t i = 0; i < cells->count; i++) {
    const uint16_t ground = sund_flood_ground(site->flood, cells->cell[i]);
    edit.ground[i] = ground < crest || ground == SUND_NEVER ? crest : ground;
  }
  return sund_flood_change(ctx, site->flood, &edit, before);
}

/* --------------------------------------------------------------------------------------------------------- trial */

/* The crest of a wall in the heights of a site's terrain, metres. */
static double crest_of(const walls *w, size_t site, size_t row) {
  const sund_table *table = w->table;
  return sund_table_real(table, "crest_m")[row] + w->add_m[site][table->source ? table->source[row] : 0];
}

static sund_code cells_of(sund_ctx *ctx, const walls *w, size_t site, size_t row, sund_cell_list *out) {
  const sund_shapes *line = w->line[site];
  const flood_site *at = &w->run->site[site];
  const sund_pen pen = at->spec->connectivity == 8 ? SUND_TIGHT : SUND_THIN;
  for (size_t p = line->first_part[row]; p < line->first_part[row + 1]; p++) {
    const size_t first = line->first_vertex[p];
    TRY(sund_cells_line(ctx, &at->spec->lattice, line->first_vertex[p + 1] - first, line->x + first, line->y + first,
                        pen, out));
  }
  return SUND_OK;
}

/* Homes and persons that the walls now standing keep dry, by level. */
static sund_code count_saved(sund_ctx *ctx, const walls *w, size_t row) {
  const flood_run *run = w->run;
  const size_t levels = run->levels.count;
  flood_home *home = sund_alloc(ctx, run->homes->count, sizeof *home);
  if (!home) return SUND_LIMIT;
  TRY(flood_homes_again(ctx, run, home));
  for (size_t h = 0; h < run->homes->count; h++)
    for (size_t l = 0; l < levels; l++) {
      if (!run->home[h].wet[l] || home[h].wet[l]) continue;
      w->homes[row * levels + l] += run->homes->share[h];
      w->persons[row * levels + l] += run->homes->persons[h];
    }
  return SUND_OK;
}

/* Builds a wall on every site, counts, takes it back. */
static sund_code try_wall(sund_ctx *ctx, const walls *w, size_t row) {
  const flood_run *run = w->run;
  sund_flood_edit *before = sund_alloc(ctx, run->sites, sizeof *before);
  if (!before) return SUND_LIMIT;
  for (size_t s = 0; s < run->sites; s++) {
    sund_cell_list cells = {0};
    TRY(cells_of(ctx, w, s, row, &cells));
    if (cells.count == 0) continue;
    const uint16_t crest = sund_flood_raw(run->site[s].spec, crest_of(w, s, row));
    TRY(flood_walls_raise(ctx, &run->site[s], &cells, crest, &before[s]));
  }
  TRY(count_saved(ctx, w, row));
  for (size_t s = 0; s < run->sites; s++)
    if (before[s].count) TRY(sund_flood_change(ctx, run->site[s].flood, &before[s], NULL));
  return SUND_OK;
}

/* --------------------------------------------------------------------------------------------------------- layer */

enum { ID, NAME, CREST, LENGTH, COST, FIXED };
static const sund_field fixed_fields[FIXED] = {
    [ID] = {"wall_id", SUND_TEXT, NULL, {"mur", "mur", "wall"}, NULL},
    [NAME] = {"name", SUND_TEXT, NULL, {"navn", "namn", "name"}, NULL},
    [CREST] = {"crest_m", SUND_REAL, "m", {"kronekote", "krönhöjd", "crest height"}, NULL},
    [LENGTH] = {"length_m", SUND_REAL, "m", {"længde", "längd", "length"}, NULL},
    [COST] = {"cost", SUND_REAL, NULL, {"pris", "kostnad", "cost"}, NULL},
};
/* Columns of every level: their labels end with its name. */
enum { HOMES, PERSONS, EACH };
static const sund_field each_field[EACH] = {
    [HOMES] = {"homes_",
               SUND_REAL,
               "homes",
               {"hjem, den holder tørre ved", "hem den håller torra vid", "homes it keeps dry at"},
               NULL},
    [PERSONS] = {"persons_",
                 SUND_REAL,
                 "persons",
                 {"personer, den holder tørre ved", "personer den håller torra vid", "persons it keeps dry at"},
                 NULL},
};
static const sund_class classes[] = {{0, 0, NULL, "#5f3dc4", {"mur på prøve", "mur på prov", "wall on trial"}}};
static const sund_style style = {
    .classes = classes, .count = 1, .size_mm = 1.0, .opacity = 1, .label_column = "name"};

/* The wall's own id, else "W1" by its row. */
static const char *id_of(sund_ctx *ctx, const sund_table *table, size_t row) {
  const char **id = sund_table_text(table, "id");
  return id && id[row] ? id[row] : sund_text(ctx, "W%zu", row + 1);
}

static sund_code indicate(sund_ctx *ctx, const walls *w, size_t row, const char *id) {
  const size_t levels = w->run->levels.count;
  for (size_t l = 0; l < levels; l++) {
    const char *variant = sund_text(ctx, "%s/%s", id, w->run->levels.level[l].variant);
    if (!variant) return SUND_LIMIT;
    TRY(sund_results_indicator(ctx, w->run->out,
                               (sund_indicator){.indicator = "flood.wall",
                                                .variant = variant,
                                                .area = SIZE_MAX,
                                                .value = w->run->homes ? w->persons[row * levels + l] : NAN,
                                                .unit = "persons",
                                                .low = NAN,
                                                .high = NAN,
                                                .base = NAN,
                                                .method = w->run->method}));
  }
  return SUND_OK;
}

static sund_code fill(sund_ctx *ctx, const walls *w, const double *length_m, sund_table *table) {
  const size_t levels = w->run->levels.count;
  const double *cost = sund_table_real(w->table, "cost");
  const char **name = sund_table_text(w->table, "name");
  sund_column *column = table->column;
  for (size_t r = 0; r < table->rows; r++) {
    if (!(column[ID].text[r] = id_of(ctx, w->table, r))) return SUND_LIMIT;
    column[NAME].text[r] = name && name[r] ? name[r] : column[ID].text[r];
    column[CREST].real[r] = crest_of(w, 0, r) + w->run->site[0].up_m; /* every height of a result is in its system */
    column[LENGTH].real[r] = length_m[r];
    column[COST].real[r] = cost ? cost[r] : NAN;
    for (size_t l = 0; l < levels; l++) {
      sund_column *each = &column[FIXED + EACH * l];
      each[HOMES].real[r] = w->run->homes ? w->homes[r * levels + l] : NAN;
      each[PERSONS].real[r] = w->run->homes ? w->persons[r * levels + l] : NAN;
    }
    TRY(indicate(ctx, w, r, column[ID].text[r]));
  }
  return SUND_OK;
}

static sund_code write(sund_ctx *ctx, const walls *w) {
  sund_field *fields;
  sund_table *table;
  double *length_m = sund_alloc(ctx, w->table->rows, sizeof *length_m);
  if (!length_m) return SUND_LIMIT;
  TRY(sund_geodesic_measure(ctx, w->run->in->crs, w->table->shapes, length_m));
  TRY(flood_level_fields(ctx, w->run, &(flood_columns){FIXED, EACH, fixed_fields, each_field}, &fields));
  TRY(sund_table_new(ctx, "flood_walls", SUND_LINE, w->table->rows, fields, FIXED + EACH * w->run->levels.count,
                     &table));
  table->shapes = w->table->shapes;
  TRY(fill(ctx, w, length_m, table));
  return sund_results_layer(
      ctx, w->run->out,
      (sund_layer){.table = table,
                   .style = &style,
                   .indexed = true,
                   .multi = true,
                   .title = {"Mure på prøve", "Murar på prov", "Walls on trial"},
                   .summary = {"Hver mur for sig: hvem den holder tørre ved hver vandstand",
                               "Varje mur för sig: vilka den håller torra vid varje vattenstånd",
                               "Each wall by itself: whom it keeps dry at every level"}});
}

static sund_code measure_walls(sund_ctx *ctx, flood_run *run) {
  walls w = {.run = run, .table = run->in->role[SUND_WALLS]};
  const size_t each = run->levels.count;
  if (!w.table || w.table->rows == 0) return SUND_OK;
  w.line = sund_alloc(ctx, run->sites, sizeof *w.line);
  w.homes = sund_alloc(ctx, w.table->rows * each, sizeof *w.homes);
  w.persons = sund_alloc(ctx, w.table->rows * each, sizeof *w.persons);
  w.add_m = sund_alloc(ctx, run->sites, sizeof *w.add_m);
  if (!w.line || !w.homes || !w.persons || !w.add_m) return SUND_LIMIT;
  for (size_t r = 0; r < w.table->rows; r++)
    if (isnan(sund_table_real(w.table, "crest_m")[r])) {
      sund_fail(ctx, SUND_DATA, "a wall has no crest: give metres in crest_m, or leave it out with where");
      return sund_blame(ctx, sund_table_source(w.table, r), sund_table_feature(w.table, r));
    }
  for (size_t s = 0; s < run->sites; s++) {
    TRY(flood_to_raster(ctx, &run->site[s], w.table->shapes, &w.line[s]));
    TRY(flood_line_steps(ctx, run, &run->site[s], SUND_WALLS, true, &w.add_m[s]));
  }
  for (size_t r = 0; r < w.table->rows && run->homes; r++) {
    sund_ctx *scratch = sund_ctx_child(ctx);
    if (!scratch) return SUND_LIMIT;
    try_wall(scratch, &w, r);
    const sund_code code = sund_ctx_pass(ctx, scratch);
    sund_ctx_free(scratch);
    if (code != SUND_OK) return sund_blame(ctx, sund_table_source(w.table, r), sund_table_feature(w.table, r));
  }
  return write(ctx, &w);
}

sund_code flood_walls_measure(sund_ctx *ctx, flood_run *run) {
  TRY(flood_closings_measure(ctx, run));
  return measure_walls(ctx, run);
}

/* flood_area.c - how much ground gets wet, by unit: at every centimetre, at every level and event, and how much water
 * stands on it.
 *
 * The raster is walked in windows of 256 cells a side, windows in stripes, stripes on the threads. A stripe adds up in
 * the order of its windows and stripes are added in order, so that sums are the same for any number of threads. A cell
 * counts with its ground area, taken once a window (within 1e-5 of each cell's own at the Sound).
 */
#include <math.h>
#include <string.h>

#include "flood.h"

/* Fewer stripes when there are many units: each has a sum for every unit and centimetre. */
enum { SIDE = 256, STRIPES = 32, FEW_STRIPES = 4, MANY_UNITS = 200 };
/* What is lower gets wet with it, unless a level lies there. Centimetres. */
static const int32_t LOWEST_CM = -300;

int32_t flood_centimetre(double level_m) {
  return (int32_t)ceil(level_m * 100 - 1e-4); /* a hundredth of the millimetre that heights are kept in */
}

/* ---------------------------------------------------------------------------------------------------------- units */

const char *flood_unit_text(sund_ctx *ctx, const flood_run *run, size_t unit, const char *column) {
  const sund_table *areas = run->in->role[SUND_AREAS];
  const char **text = areas ? sund_table_text(areas, column) : NULL;
  if (!areas) return "all";
  if (text && text[unit]) return text[unit];
  return strcmp(column, "id") == 0 ? sund_text(ctx, "%lld", (long long)sund_table_feature(areas, unit)) : NULL;
}

static bool begins(const char **level, size_t row) {
  for (size_t r = 0; r < row; r++)
    if (units_same_level(level, r, row)) return false;
  return true;
}

sund_code flood_units_open(sund_ctx *ctx, const flood_run *run, const flood_site *site, flood_units *out) {
  const sund_table *areas = run->in->role[SUND_AREAS];
  size_t rows = areas ? areas->rows : 1;
  *out = (flood_units){0};
  if (!(out->cells = sund_alloc(ctx, rows, sizeof *out->cells)) ||
      !(out->count = sund_alloc(ctx, rows, sizeof *out->count)) ||
      !(out->unit = sund_alloc(ctx, rows, sizeof *out->unit)))
    return SUND_LIMIT;
  if (!areas) {
    out->groups = out->count[0] = 1;
    return SUND_OK;
  }
  const char **level = sund_table_text(areas, "level");
  for (size_t first = 0; first < rows; first++) {
    if (!begins(level, first)) continue;
    size_t *unit = sund_alloc(ctx, rows, sizeof *unit), count = 0;
    sund_shapes *picked, *shapes;
    if (!unit) return SUND_LIMIT;
    for (size_t r = first; r < rows; r++)
      if (units_same_level(level, first, r)) unit[count++] = r;
    TRY(sund_shapes_pick(ctx, areas->shapes, count, unit, &picked));
    TRY(flood_to_raster(ctx, site, picked, &shapes));
    TRY(sund_cells_prepare(ctx, shapes, &site->spec->lattice, &out->cells[out->groups]));
    out->count[out->groups] = count;
    out->unit[out->groups++] = unit;
  }
  return SUND_OK;
}

/* ----------------------------------------------------------------------------------------------------------- walk */

/* What one stripe adds up: as flood_area. */
typedef struct sums {
  double *at_m2, *known_m2, *covered_m2, *level_m2, *level_m3;
} sums;

typedef struct walk {
  const flood_run *run;
  const flood_site *site;
  const flood_area *area;
  flood_units units;
  size_t unit_count, windows_across, windows, stripes;
  int32_t *bin;   /* of every raw value, -1 = none */
  double *metres; /* of every raw value, results' heights */
  sums stripe[STRIPES];
} walk;

/* The window's cells as one thread sees them. */
typedef struct view {
  sund_window at;
  uint16_t *ground, *wet[SUND_MOST_ZONES + 1]; /* wet: by zone; with several zones, then by any of them */
  uint8_t *sea;
  uint32_t *row;
  double cell_m2;
} view;

static sund_code make_view(sund_ctx *ctx, const walk *w, view *v) {
  enum { CELLS = SIDE * SIDE };
  v->ground = sund_alloc(ctx, CELLS, sizeof *v->ground);
  v->sea = sund_alloc(ctx, CELLS, sizeof *v->sea);
  v->row = sund_alloc(ctx, CELLS, sizeof *v->row);
  if (!v->ground || !v->sea || !v->row) return SUND_LIMIT;
  for (size_t z = 0; z <= w->run->levels.zones; z++)
    if (!(v->wet[z] = sund_alloc(ctx, CELLS, sizeof *v->wet[z]))) return SUND_LIMIT;
  return SUND_OK;
}

static void load_view(const walk *w, size_t number, view *v) {
  const sund_lattice *l = &w->site->spec->lattice;
  size_t column = number % w->windows_across * SIDE, row = number / w->windows_across * SIDE;
  v->at = (sund_window){column, row, l->columns - column < SIDE ? l->columns - column : SIDE,
                        l->rows - row < SIDE ? l->rows - row : SIDE};
  size_t zones = w->run->levels.zones;
  sund_flood_window(w->site->flood, &v->at, SUND_ANY_ZONE, v->ground, v->wet[zones == 1 ? 0 : zones], v->sea);
  for (size_t z = 0; zones > 1 && z < zones; z++) sund_flood_window(w->site->flood, &v->at, z, NULL, v->wet[z], NULL);
  v->cell_m2 =
      flood_cell_m2(w->site, (sund_cell){(uint32_t)(column + v->at.columns / 2), (uint32_t)(row + v->at.rows / 2)});
}

/* Adds a wet cell of a unit to the levels it is wet at. */
static void add_levels(const walk *w, const view *v, size_t cell, size_t unit, const sums *sum) {
  size_t zones = w->run->levels.zones, levels = w->run->levels.count;
  for (size_t l = 0; l < levels; l++) {
    const int32_t *threshold = w->site->threshold + l * zones;
    double level = -INFINITY;
    for (size_t z = 0; z < zones; z++)
      if ((int32_t)v->wet[z][cell] <= threshold[z]) level = fmax(level, w->run->levels.level[l].level_m[z]);
    if (level == -INFINITY) continue;
    sum->level_m2[unit * levels + l] += v->cell_m2;
    sum->level_m3[unit * levels + l] += v->cell_m2 * (level - w->metres[v->ground[cell]]);
  }
}

static void add_view(const walk *w, const view *v, const size_t *unit_of, const sums *sum) {
  const uint16_t *any = v->wet[w->run->levels.zones == 1 ? 0 : w->run->levels.zones];
  for (size_t i = 0; i < v->at.columns * v->at.rows; i++) {
    if ((!v->sea[i] && v->ground[i] == SUND_NEVER) || (unit_of && v->row[i] == UINT32_MAX)) continue;
    size_t unit = unit_of ? unit_of[v->row[i]] : 0;
    sum->covered_m2[unit] += v->cell_m2;
    if (v->sea[i]) continue;
    sum->known_m2[unit] += v->cell_m2;
    if (any[i] == SUND_NEVER) continue;
    sum->at_m2[unit * w->area->bins + (size_t)w->bin[any[i]]] += v->cell_m2;
    add_levels(w, v, i, unit, sum);
  }
}

static sund_code walk_stripe(sund_ctx *ctx, size_t begin, size_t end, void *data) {
  const walk *w = data;
  view v = {0};
  TRY(make_view(ctx, w, &v));
  for (size_t s = begin; s < end; s++)
    for (size_t n = s * w->windows / w->stripes; n < (s + 1) * w->windows / w->stripes; n++) {
      load_view(w, n, &v);
      for (size_t g = 0; g < w->units.groups; g++) {
        if (w->units.cells[g]) TRY(sund_cells_rows(ctx, w->units.cells[g], &v.at, v.row));
        add_view(w, &v, w->units.unit[g], &w->stripe[s]);
      }
      sund_flood_rest(w->site->flood, &v.at);
    }
  return SUND_OK;
}

/* ------------------------------------------------------------------------------------------------------------ add */

static sund_code make_sums(sund_ctx *ctx, const walk *w, sums *out) {
  size_t units = w->unit_count, levels = w->run->levels.count;
  out->at_m2 = sund_alloc(ctx, units * w->area->bins, sizeof(double));
  out->known_m2 = sund_alloc(ctx, units, sizeof(double));
  out->covered_m2 = sund_alloc(ctx, units, sizeof(double));
  out->level_m2 = sund_alloc(ctx, units * levels, sizeof(double));
  out->level_m3 = sund_alloc(ctx, units * levels, sizeof(double));
  return out->at_m2 && out->known_m2 && out->covered_m2 && out->level_m2 && out->level_m3 ? SUND_OK : SUND_LIMIT;
}

static void add_all(size_t n, const double *from, double *to) {
  for (size_t i = 0; i < n; i++) to[i] += from[i];
}

/* Bins and metres of every raw value of a site. */
static sund_code make_tables(sund_ctx *ctx, walk *w) {
  if (!(w->bin = sund_alloc(ctx, UINT16_MAX + 1, sizeof *w->bin)) ||
      !(w->metres = sund_alloc(ctx, UINT16_MAX + 1, sizeof *w->metres)))
    return SUND_LIMIT;
  for (size_t raw = 0; raw <= UINT16_MAX; raw++) {
    w->metres[raw] = flood_metres(w->site, (uint16_t)raw);
    int32_t bin = flood_centimetre(w->metres[raw]) - w->area->first_cm;
    w->bin[raw] = raw > w->site->spec->cap ? -1 : bin < 0 ? 0 : bin;
  }
  return SUND_OK;
}

static sund_code walk_site(sund_ctx *ctx, const flood_run *run, const flood_site *site, flood_area *area) {
  walk w = {.run = run, .site = site, .area = area, .unit_count = units_count(run->in)};
  const sund_lattice *l = &site->spec->lattice;
  w.windows_across = (l->columns + SIDE - 1) / SIDE;
  w.windows = w.windows_across * ((l->rows + SIDE - 1) / SIDE);
  TRY(make_tables(ctx, &w));
  TRY(flood_units_open(ctx, run, site, &w.units));
  w.stripes = w.unit_count > MANY_UNITS ? FEW_STRIPES : STRIPES;
  for (size_t s = 0; s < w.stripes; s++) TRY(make_sums(ctx, &w, &w.stripe[s]));
  TRY(sund_for(ctx, w.stripes, 1, walk_stripe, &w));
  for (size_t s = 0; s < w.stripes; s++) {
    add_all(w.unit_count * area->bins, w.stripe[s].at_m2, area->at_m2);
    add_all(w.unit_count, w.stripe[s].known_m2, area->known_m2);
    add_all(w.unit_count, w.stripe[s].covered_m2, area->covered_m2);
    for (size_t k = 0; k < w.unit_count * run->levels.count; k++)
      if (w.stripe[s].covered_m2[k / run->levels.count] > 0 && flood_speaks(run, site, k % run->levels.count))
        area->said[k] = true;
    add_all(w.unit_count * run->levels.count, w.stripe[s].level_m2, area->level_m2);
    add_all(w.unit_count * run->levels.count, w.stripe[s].level_m3, area->level_m3);
  }
  return SUND_OK;
}

/* -------------------------------------------------------------------------------------------------------- measure */

static sund_code make_area(sund_ctx *ctx, const flood_run *run, flood_area **out) {
  flood_area *a = sund_alloc(ctx, 1, sizeof *a);
  size_t units = units_count(run->in), levels = run->levels.count;
  int32_t first = INT32_MAX, last = INT32_MIN, lowest = LOWEST_CM;
  if (!a) return SUND_LIMIT;
  for (size_t s = 0; s < run->sites; s++) {
    int32_t low = flood_centimetre(flood_metres(&run->site[s], 0));
    int32_t high = flood_centimetre(flood_metres(&run->site[s], run->site[s].spec->cap));
    first = low < first ? low : first;
    last = high > last ? high : last;
  }
  for (size_t l = 0; l < levels * run->levels.zones; l++) {
    double level = run->levels.level[l / run->levels.zones].level_m[l % run->levels.zones];
    if (level * 100 < lowest) lowest = flood_centimetre(level); /* NAN: no */
  }
  if (first < lowest && lowest < last) first = lowest;
  a->first_cm = first;
  a->bins = (size_t)(last - first) + 1;
  a->at_m2 = sund_alloc(ctx, units * a->bins, sizeof(double));
  a->known_m2 = sund_alloc(ctx, units, sizeof(double));
  a->covered_m2 = sund_alloc(ctx, units, sizeof(double));
  a->said = sund_alloc(ctx, units * levels, sizeof(bool));
  a->level_m2 = sund_alloc(ctx, units * levels, sizeof(double));
  a->level_m3 = sund_alloc(ctx, units * levels, sizeof(double));
  *out = a;
  return a->at_m2 && a->known_m2 && a->covered_m2 && a->said && a->level_m2 && a->level_m3 ? SUND_OK : SUND_LIMIT;
}

sund_code flood_sums_tell(sund_ctx *ctx, const flood_run *run, const flood_sums *what) {
  const flood_area *a = run->area; /* NULL: not measured, all levels are known */
  const size_t levels = run->levels.count;
  for (size_t u = 0; u < units_count(run->in); u++)
    for (size_t l = 0; l < levels; l++) {
      const size_t at = u * levels + l;
      sund_indicator row = {.indicator = what->indicator,
                            .variant = run->levels.level[l].variant,
                            .area = units_area(run->in, u),
                            .value = !a || a->said[at] ? what->sum[at] * what->by : NAN,
                            .unit = what->unit,
                            .low = NAN,
                            .high = NAN,
                            .base = what->of_land ? a->known_m2[u] / 1e4 : NAN,
                            .base_unit = what->of_land ? "ha" : NULL,
                            .method = run->method};
      TRY(sund_results_indicator(ctx, run->out, row));
    }
  return SUND_OK;
}

/* Units that no terrain reaches have no answer, which is not the same as no water; of those that it reaches in part the
 * rest is not known. */
static sund_code note_unknown(sund_ctx *ctx, flood_run *run, const flood_area *a) {
  static const double WHOLE = 0.99, MOST = 0.9; /* of its area: rounding at the border is no gap */
  const sund_table *areas = run->in->role[SUND_AREAS];
  if (!areas) return SUND_OK;
  double *m2 = sund_alloc(ctx, areas->rows, sizeof *m2);
  if (!m2) return SUND_LIMIT;
  TRY(sund_geodesic_measure(ctx, run->in->crs, areas->shapes, m2));
  for (size_t u = 0; u < areas->rows; u++) {
    double share = m2[u] > 0 ? a->covered_m2[u] / m2[u] : 1;
    const char *id = flood_unit_text(ctx, run, u, "id"), *text;
    if (!id) return SUND_LIMIT;
    if (share >= WHOLE) continue;
    text = a->covered_m2[u] > 0
               ? sund_text(ctx, "area %s: the terrain covers %.3g %% of it; of the rest nothing is known", id,
                           100 * share)
               : sund_text(ctx, "area %s: no terrain there, so nothing is known of its water", id);
    if (!text) return SUND_LIMIT;
    TRY(flood_note(ctx, run, share < MOST ? "warning" : "note", "terrain", text, NAN, NAN));
  }
  return SUND_OK;
}

sund_code flood_area_walk(sund_ctx *ctx, const flood_run *run, flood_area **out) {
  flood_area *area;
  TRY(make_area(ctx, run, &area));
  sund_ctx *scratch = sund_ctx_child(ctx);
  if (!scratch) return SUND_LIMIT;
  sund_code code = SUND_OK;
  for (size_t s = 0; s < run->sites && code == SUND_OK; s++) code = walk_site(scratch, run, &run->site[s], area);
  if (code != SUND_OK) code = sund_ctx_pass(ctx, scratch);
  sund_ctx_free(scratch);
  *out = area;
  return code;
}

sund_code flood_area_measure(sund_ctx *ctx, flood_run *run) {
  flood_area *area;
  TRY(flood_area_walk(ctx, run, &area));
  run->area = area;
  TRY(flood_sums_tell(ctx, run, &(flood_sums){"flood.area", "ha", 1e-4, area->level_m2, true}));
  TRY(flood_sums_tell(ctx, run, &(flood_sums){"flood.volume", "m3", 1, area->level_m3, true}));
  TRY(note_unknown(ctx, run, area));
  TRY(flood_curve_write(ctx, run, area));
  return flood_extents_write(ctx, run, area);
}

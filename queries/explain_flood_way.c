/* explain_flood_way.c - the water's way to a home, found in the raster of first-wet levels.
 *
 * The first-wet level of a cell is the lowest sea level at which it is joined to the sea. So from any cell the water can
 * be followed back over cells of the same level, a plateau, to one that gets wet earlier, and from there again, down to the
 * sea: no cell of that way has a higher level than those behind it. The nearest earlier cell is taken each time, found
 * breadth-first; of equally near ones that which the search meets first, edges before corners. The way ends where no
 * earlier cell joins on (the shore, the edge the water was let in from), or at the water line of the sea's present mean
 * level: the raster does not tell sea from land, and the ground under the sea would lead on.
 *
 * Order: the rasters beside the result, the one that has the home's level near its place, the search, sills, the line.
 */
#include <math.h>
#include <string.h>
#include <sys/stat.h>

#include "explain_flood.h"

enum { TILE = 512, MOST_TILES = 256, MOST_RASTERS = 64 };

/* Levels are kept in steps of a millimetre or more. */
static const double SAME_LEVEL_M = 0.0005;
/* A home's level is that of a cell under or beside it: so far its footprint may reach from its point, map metres. */
static const double HOME_REACH_M = 150;
/* Shorter level stretches are noise of the terrain. */
static const double LEAST_SILL_M = 5;
enum { LEAST_SILL_CELLS = 3 };

/* Neighbours, those over an edge first; k and k ^ 1 are opposite. */
static const int step_column[8] = {0, 0, -1, 1, -1, 1, 1, -1};
static const int step_row[8] = {-1, 1, 0, 0, -1, 1, -1, 1};

/* ------------------------------------------------------------------------------------------------------- search */

/* A part of the raster being searched. */
typedef struct tile {
  float *level;  /* TILE x TILE, NAN = never                          */
  uint8_t *from; /* 0 = not met, START, else 1 + step it was come by  */
} tile;
enum { START = 9 };

typedef struct search {
  sund_ctx *ctx;
  const water_search *ask;
  size_t across, tiles, most;
  tile *tile;
} search;

static size_t tile_of(const search *s, sund_cell cell) {
  return cell.row / TILE * s->across + cell.column / TILE;
}

static size_t place_of(sund_cell cell) {
  return (size_t)(cell.row % TILE) * TILE + cell.column % TILE;
}

static sund_code read_tile(search *s, sund_cell cell, tile *t) {
  const sund_lattice *l = &s->ask->raster->lattice;
  sund_window w = {cell.column / TILE * TILE, cell.row / TILE * TILE, TILE, TILE};
  if (w.columns > l->columns - w.column) w.columns = l->columns - w.column;
  if (w.rows > l->rows - w.row) w.rows = l->rows - w.row;
  float *level = sund_alloc(s->ctx, (size_t)TILE * TILE, sizeof *level);
  if (!level || !(t->from = sund_alloc(s->ctx, (size_t)TILE * TILE, 1))) return SUND_LIMIT;
  TRY(s->ask->raster->read(s->ctx, s->ask->raster->data, &w, level));
  for (size_t r = w.rows; w.columns < TILE && r-- > 0;) /* rows as far apart as in a whole tile */
    memmove(level + r * TILE, level + r * w.columns, w.columns * sizeof *level);
  t->level = level;
  s->tiles++;
  return SUND_OK;
}

/* The tile that holds the cell, read when it is not there yet. */
static sund_code tile_at(search *s, sund_cell cell, tile **out) {
  tile *t = &s->tile[tile_of(s, cell)];
  if (!t->level) TRY(read_tile(s, cell, t));
  *out = t;
  return SUND_OK;
}

static bool neighbour(const search *s, sund_cell cell, int k, sund_cell *out) {
  const sund_lattice *l = &s->ask->raster->lattice;
  if ((step_column[k] < 0 && cell.column == 0) || (step_row[k] < 0 && cell.row == 0)) return false;
  *out = (sund_cell){(uint32_t)((int64_t)cell.column + step_column[k]), (uint32_t)((int64_t)cell.row + step_row[k])};
  return out->column < l->columns && out->row < l->rows;
}

/* Over the plateau of `from`, whose level is `level`, to the nearest lower cell. *found false: there is none, or so many
 * tiles have been read. */
static sund_code descend(search *s, sund_cell from, float level, bool *found, sund_cell *lower) {
  sund_cell_list front = {0};
  TRY(sund_cell_add(s->ctx, &front, from));
  *found = false;
  for (size_t head = 0; head < front.count && s->tiles <= s->most; head++)
    for (int k = 0; k < s->ask->connectivity; k++) {
      sund_cell next;
      tile *t;
      if (!neighbour(s, front.cell[head], k, &next)) continue;
      TRY(tile_at(s, next, &t));
      const size_t at = place_of(next);
      if (t->from[at] || !(t->level[at] <= level)) continue;
      t->from[at] = (uint8_t)(1 + k);
      if (t->level[at] < level) {
        *found = true;
        *lower = next;
        return SUND_OK;
      }
      TRY(sund_cell_add(s->ctx, &front, next));
    }
  return SUND_OK;
}

/* From the last cell back to the start, which is the order from the sea. */
static sund_code walk_back(sund_ctx *ctx, search *s, sund_cell last, sund_cell_list *cells, float **level) {
  size_t room = 0, n = 0;
  *cells = (sund_cell_list){0};
  *level = NULL;
  for (sund_cell at = last;;) {
    tile *t;
    TRY(tile_at(s, at, &t));
    TRY(sund_cell_add(ctx, cells, at));
    if (!(*level = sund_grow(ctx, *level, &room, n + 1, sizeof **level))) return SUND_LIMIT;
    (*level)[n++] = t->level[place_of(at)];
    const uint8_t from = t->from[place_of(at)];
    if (from == START) return SUND_OK;
    if (!neighbour(s, at, (from - 1) ^ 1, &at)) return sund_fail(ctx, SUND_DEFECT, "the water's way is broken");
  }
}

static sund_code follow(sund_ctx *ctx, search *s, sund_cell_list *cells, float **level, bool *wide) {
  const sund_lattice *l = &s->ask->raster->lattice;
  sund_cell at = s->ask->start;
  tile *t;
  s->across = (l->columns + TILE - 1) / TILE;
  s->most = s->ask->most_tiles ? s->ask->most_tiles : MOST_TILES;
  if (!(s->tile = sund_alloc(s->ctx, s->across * ((l->rows + TILE - 1) / TILE), sizeof *s->tile))) return SUND_LIMIT;
  TRY(tile_at(s, at, &t));
  t->from[place_of(at)] = START;
  for (bool found = true; found;) {
    TRY(tile_at(s, at, &t));
    const float here = t->level[place_of(at)];
    if (here <= s->ask->stop_m && t->from[place_of(at)] != START) break;
    TRY(descend(s, at, here, &found, &at));
  }
  *wide = s->tiles > s->most;
  return walk_back(ctx, s, at, cells, level);
}

sund_code explain_water_search(sund_ctx *ctx, const water_search *ask, sund_cell_list *cells, float **level,
                               bool *wide) {
  sund_ctx *scratch = sund_ctx_child(ctx);
  if (!scratch) return SUND_LIMIT;
  search s = {.ctx = scratch, .ask = ask};
  sund_code code = follow(ctx, &s, cells, level, wide);
  if (code != SUND_OK) code = sund_ctx_pass(ctx, scratch);
  sund_ctx_free(scratch);
  return code;
}

/* -------------------------------------------------------------------------------------------------------- start */

/* A raster beside the result, and where the home's level is found in it. */
typedef struct beside {
  sund_terrain *raster;
  sund_op *to_map; /* to the analysis CRS */
  sund_cell start;
  bool found;
} beside;

/* "result_first_wet.tif" of "result.gpkg"; "_2" and so on for further rasters. NULL without memory. */
static const char *raster_path(sund_ctx *ctx, const char *result, size_t number) {
  const char *dot = strrchr(sund_base_name(result), '.');
  const int length = dot ? (int)(dot - result) : (int)strlen(result);
  return number ? sund_text(ctx, "%.*s_first_wet_%zu.tif", length, result, number + 1)
                : sund_text(ctx, "%.*s_first_wet.tif", length, result);
}

static sund_code open_raster(sund_ctx *ctx, const flood_facts *facts, const char *path, sund_terrain **out) {
  sund_source *source = sund_alloc(ctx, 1, sizeof *source); /* the terrain goes on reading it */
  sund_reading reading = {0};
  sund_findings findings = {0};
  size_t count;
  if (!source) return SUND_LIMIT;
  *source = (sund_source){.role = SUND_TERRAIN, .path = path, .text = path, .heights = facts->heights};
  TRY(sund_terrain_open(ctx, 1, source, &count, out, &reading, &findings));
  return count == 1 ? SUND_OK : sund_fail(ctx, SUND_SOURCE, "%s is no raster", sund_base_name(path));
}

/* Distance between two cells in map metres. */
static double cell_distance(const sund_lattice *l, sund_cell a, sund_cell b) {
  return hypot(l->dx * ((double)a.column - (double)b.column), l->dy * ((double)a.row - (double)b.row));
}

/* The window around a cell that the home's footprint may reach. */
static sund_window reach_window(const sund_lattice *l, sund_cell cell) {
  const size_t columns = (size_t)(HOME_REACH_M / l->dx) + 1, rows = (size_t)(HOME_REACH_M / l->dy) + 1;
  sund_window w = {cell.column > columns ? cell.column - columns : 0, cell.row > rows ? cell.row - rows : 0, 0, 0};
  const size_t east = cell.column + columns, south = cell.row + rows;
  w.columns = (east < l->columns ? east + 1 : l->columns) - w.column;
  w.rows = (south < l->rows ? south + 1 : l->rows) - w.row;
  return w;
}

/* The nearest cell that gets wet at the home's level: a cell under it, or beside it, decides that. */
static sund_code find_start(sund_ctx *ctx, const sund_terrain *raster, sund_cell home, double level_m, beside *out) {
  const sund_lattice *l = &raster->lattice;
  const sund_window w = reach_window(l, home);
  double least = HOME_REACH_M;
  float *level = sund_alloc(ctx, w.columns * w.rows, sizeof *level);
  if (!level) return SUND_LIMIT;
  TRY(raster->read(ctx, raster->data, &w, level));
  for (size_t i = 0; i < w.columns * w.rows; i++) {
    const sund_cell cell = {(uint32_t)(w.column + i % w.columns), (uint32_t)(w.row + i / w.columns)};
    if (!(fabs((double)level[i] - level_m) <= SAME_LEVEL_M)) continue;
    const double metres = cell_distance(l, cell, home);
    if (metres > least || (out->found && metres == least)) continue;
    least = metres;
    out->start = cell;
    out->found = true;
  }
  return SUND_OK;
}

/* Does the raster cover the home, and have its level near it? */
static sund_code look_into(sund_ctx *ctx, const flood_facts *facts, double level_m, beside *out) {
  const sund_crs *crs = sund_result_crs(facts->question->result);
  sund_op *to_raster;
  sund_cell home;
  double x = facts->x, y = facts->y;
  TRY(sund_op_open(ctx, crs, out->raster->crs, NULL, &to_raster));
  TRY(sund_op_open(ctx, out->raster->crs, crs, NULL, &out->to_map));
  TRY(sund_op_apply(ctx, to_raster, 1, &x, &y, NULL));
  if (!sund_lattice_cell(&out->raster->lattice, x, y, &home)) return SUND_OK;
  return find_start(ctx, out->raster, home, level_m, out);
}

/* --------------------------------------------------------------------------------------------------------- line */

/* Level stretches of the way, the highest first: where one ends towards the sea water passes over a crest. */
static void find_sills(const sund_lattice *l, const sund_cell_list *cells, const float *level, const double *x,
                       const double *y, water_way *way) {
  size_t first = cells->count;
  for (size_t end = cells->count; end > 0 && way->sills < WATER_SILLS; end = first) {
    double metres = 0;
    for (first = end - 1; first > 0 && level[first - 1] == level[end - 1]; first--)
      metres += cell_distance(l, cells->cell[first - 1], cells->cell[first]);
    if (end - first < LEAST_SILL_CELLS || metres < LEAST_SILL_M) continue;
    way->sill[way->sills++] = (water_sill){rint(1e4 * (double)level[first]) / 1e4, x[first], y[first], metres};
  }
}

/* Vertices where the way turns. */
static size_t drop_straight(const sund_cell_list *cells, double *x, double *y) {
  size_t n = 0;
  for (size_t i = 0; i < cells->count; i++) {
    const sund_cell *c = cells->cell + i;
    if (i > 0 && i + 1 < cells->count && c[1].column - c[0].column == c[0].column - c[-1].column &&
        c[1].row - c[0].row == c[0].row - c[-1].row)
      continue;
    x[n] = x[i], y[n++] = y[i];
  }
  return n;
}

static double distance_to_way(const water_way *way, double x, double y) {
  double least = way->vertices == 1 ? hypot(way->x[0] - x, way->y[0] - y) : INFINITY, share;
  for (size_t i = 0; i + 1 < way->vertices; i++)
    least = fmin(least, sund_segment_nearest(x, y, way->x[i], way->y[i], way->x[i + 1], way->y[i + 1], &share));
  return least;
}

static sund_code draw_line(sund_ctx *ctx, flood_facts *facts, const beside *from, const sund_cell_list *cells,
                           const float *level) {
  water_way *way = &facts->way;
  const sund_lattice *l = &from->raster->lattice;
  way->x = sund_alloc(ctx, cells->count, sizeof(double));
  way->y = sund_alloc(ctx, cells->count, sizeof(double));
  if (!way->x || !way->y) return SUND_LIMIT;
  for (size_t i = 0; i < cells->count; i++) sund_lattice_centre(l, cells->cell[i], way->x + i, way->y + i);
  TRY(sund_op_apply(ctx, from->to_map, cells->count, way->x, way->y, NULL));
  find_sills(l, cells, level, way->x, way->y, way);
  way->vertices = drop_straight(cells, way->x, way->y);
  TRY(sund_geodesic_length(ctx, sund_result_crs(facts->question->result), way->vertices, way->x, way->y,
                           &way->metres));
  if (facts->decides != SIZE_MAX && facts->saddles->x)
    way->saddle_m = distance_to_way(way, facts->saddles->x[facts->decides], facts->saddles->y[facts->decides]);
  return SUND_OK;
}

/* ---------------------------------------------------------------------------------------------------------- way */

static sund_code connectivity(sund_ctx *ctx, const flood_facts *facts, int *out) {
  const char *word;
  TRY(explain_parameter(ctx, facts->question, "flood.connectivity", &word));
  *out = word && strcmp(word, "4") == 0 ? 4 : 8;
  return SUND_OK;
}

/* The water line of the sea's present mean level, as the run knew it; without it the way is followed to its end. */
static sund_code mean_level(sund_ctx *ctx, const flood_facts *facts, double *out) {
  static const char *const columns[] = {"value", NULL};
  sund_table *rows;
  *out = -INFINITY;
  TRY(sund_result_table(ctx, facts->question->result, "indicators", columns,
                        &(sund_match){"indicator", "flood.mean_level"}, &rows));
  const double *value = rows && rows->rows > 0 ? sund_table_real(rows, "value") : NULL;
  if (value && !isnan(value[0])) *out = value[0];
  return SUND_OK;
}

static sund_code draw_from(sund_ctx *ctx, flood_facts *facts, const beside *from) {
  water_search ask = {.raster = from->raster, .start = from->start};
  sund_cell_list cells;
  float *level;
  bool wide;
  TRY(connectivity(ctx, facts, &ask.connectivity));
  TRY(mean_level(ctx, facts, &ask.stop_m));
  TRY(explain_water_search(ctx, &ask, &cells, &level, &wide));
  facts->way.state = wide ? WATER_TOO_WIDE : WATER_DRAWN;
  return draw_line(ctx, facts, from, &cells, level);
}

sund_code explain_water(sund_ctx *ctx, flood_facts *facts) {
  const double touch = facts->rule_m[0], level_m = isnan(touch) ? facts->wet_m : touch;
  facts->way = (water_way){.state = WATER_NOT_DONE, .metres = NAN, .saddle_m = NAN};
  if (isnan(level_m) || !facts->placed) return SUND_OK;
  facts->way.state = WATER_NO_RASTER;
  for (size_t number = 0; number < MOST_RASTERS; number++) {
    struct stat there;
    beside one = {0};
    const char *path = raster_path(ctx, facts->question->path, number);
    if (!path) return SUND_LIMIT;
    if (stat(path, &there) != 0) break;
    TRY(open_raster(ctx, facts, path, &one.raster));
    TRY(look_into(ctx, facts, level_m, &one));
    facts->way.state = WATER_NO_LEVEL;
    if (!one.found) continue;
    facts->way.raster = sund_base_name(path);
    return draw_from(ctx, facts, &one);
  }
  return SUND_OK;
}

/* flood.c - first-wet levels of a terrain: a run from reading to levels, and the questions that can be asked then.
 *
 * Order of calls: sund_flood_run; then the questions, from any thread; see geo/flood.h for the method.
 */
#include "geo/flood.h"

/* A level that is this little below a raw height, in steps, still reaches it: metres are no exact binary numbers. */
static const double STEP_TOLERANCE = 1e-6;

const sund_flood_spec *sund_flood_spec_of(const sund_flood *flood) {
  return &flood->spec;
}

void sund_flood_told(const sund_flood *flood, sund_flood_report *out) {
  *out = flood->told;
}

double sund_flood_metres(const sund_flood_spec *spec, uint16_t raw) {
  return raw == SUND_NEVER ? NAN : raw * spec->step_m + spec->offset_m;
}

int32_t sund_flood_threshold(const sund_flood_spec *spec, double level_m) {
  const double raw = floor((level_m - spec->offset_m) / spec->step_m + STEP_TOLERANCE);
  if (!(raw >= 0)) return -1;
  return raw >= SUND_NEVER ? SUND_NEVER - 1 : (int32_t)raw;
}

uint16_t sund_flood_raw(const sund_flood_spec *spec, double metres) {
  const int32_t steps = flood_steps(spec->offset_m, 1 / spec->step_m, metres);
  return steps < 0 ? 1 : (uint16_t)steps;
}

size_t flood_tile_of(const sund_flood *flood, size_t column, size_t row) {
  return row / flood->side * flood->across + column / flood->side;
}

/* The tile in column `across` and row `down` of tiles. */
static flood_patch patch_at(const sund_flood *flood, size_t across, size_t down) {
  const size_t column = across * flood->side, row = down * flood->side;
  const size_t columns = flood->columns - column < flood->side ? flood->columns - column : flood->side;
  const size_t rows = flood->rows - row < flood->side ? flood->rows - row : flood->side;
  return (flood_patch){{column, row, columns, rows}, row * flood->columns + column * rows};
}

flood_patch flood_patch_of(const sund_flood *flood, size_t tile) {
  return patch_at(flood, tile % flood->across, tile / flood->across);
}

/* A cell's tile and its place in the store. */
typedef struct spot {
  const flood_tile *tile;
  size_t at;
} spot;

static spot spot_of(const sund_flood *flood, size_t column, size_t row) {
  const uint32_t side = (uint32_t)flood->side, across = (uint32_t)column / side, down = (uint32_t)row / side;
  const flood_patch patch = patch_at(flood, across, down);
  return (spot){&flood->tile[down * flood->across + across],
                patch.first + (row - patch.window.row) * patch.window.columns + (column - patch.window.column)};
}

static uint16_t ground_at(const sund_flood *flood, spot s) {
  return s.tile->flat ? s.tile->flat_ground : flood->ground[s.at];
}

static uint16_t id_at(const sund_flood *flood, spot s) {
  return s.tile->has_id ? flood->id[s.at] : s.tile->plain_id;
}

void flood_look(const sund_flood *flood, size_t column, size_t row, uint16_t *ground, uint16_t *id) {
  const spot s = spot_of(flood, column, row);
  *ground = ground_at(flood, s);
  *id = id_at(flood, s);
}

uint16_t flood_level(const flood_tile *tile, const uint16_t *levels, uint16_t id, uint16_t ground) {
  const flood_mark mark = tile->mark[id - FLOOD_FIRST_ID];
  const uint16_t level = levels[tile->first + mark.label], met = mark.level > ground ? mark.level : ground;
  return level > met ? level : met;
}

const flood_rim *flood_rim_of(const sund_flood *flood, size_t tile, flood_side side) {
  const flood_rim *rim = flood->tile[tile].rim;
  if (!rim) return NULL;
  const sund_window w = flood_patch_of(flood, tile).window;
  switch (side) {
    case FLOOD_NORTH:
      return rim;
    case FLOOD_SOUTH:
      return rim + w.columns;
    case FLOOD_WEST:
      return rim + 2 * w.columns;
    default:
      return rim + 2 * w.columns + w.rows;
  }
}

uint16_t sund_flood_ground(const sund_flood *flood, sund_cell cell) {
  return ground_at(flood, spot_of(flood, cell.column, cell.row));
}

bool sund_flood_is_sea(const sund_flood *flood, sund_cell cell) {
  return id_at(flood, spot_of(flood, cell.column, cell.row)) == FLOOD_SEA_ID;
}

static const uint16_t *levels_of(const sund_flood *flood, size_t zone) {
  return zone < flood->spec.zones ? flood->level + zone * flood->labels : flood->any;
}

static uint16_t wet_of(const flood_tile *tile, const uint16_t *levels, uint16_t ground, uint16_t id) {
  if (id == FLOOD_NO_ID) return SUND_NEVER;
  if (id == FLOOD_SEA_ID) return ground == SUND_NEVER ? 0 : ground;
  return flood_level(tile, levels, id, ground);
}

uint16_t sund_flood_wet(const sund_flood *flood, size_t zone, sund_cell cell) {
  const spot s = spot_of(flood, cell.column, cell.row);
  return wet_of(s.tile, levels_of(flood, zone), ground_at(flood, s), id_at(flood, s));
}

/* Where answers go; each may be NULL. */
typedef struct answers {
  uint16_t *ground, *wet;
  uint8_t *sea;
} answers;

/* Answers for n cells of a row that lie in one tile, from place `to` on. */
static void answer(const sund_flood *flood, spot s, size_t n, const uint16_t *levels, const answers *out, size_t to) {
  for (size_t k = to; k < to + n; k++, s.at++) {
    const uint16_t ground = ground_at(flood, s), id = id_at(flood, s);
    if (out->ground) out->ground[k] = ground;
    if (out->wet) out->wet[k] = wet_of(s.tile, levels, ground, id);
    if (out->sea) out->sea[k] = id == FLOOD_SEA_ID;
  }
}

void sund_flood_window(const sund_flood *flood, const sund_window *window, size_t zone, uint16_t *ground,
                       uint16_t *wet, uint8_t *sea) {
  const uint16_t *levels = levels_of(flood, zone);
  const answers out = {ground, wet, sea};
  for (size_t r = 0; r < window->rows; r++) {
    size_t n;
    for (size_t c = 0; c < window->columns; c += n) {
      const size_t column = window->column + c, left = flood->side - column % flood->side;
      n = window->columns - c < left ? window->columns - c : left;
      answer(flood, spot_of(flood, column, window->row + r), n, levels, &out, r * window->columns + c);
    }
  }
}

void sund_flood_rest(const sund_flood *flood, const sund_window *window) {
  flood_store_rest(flood, window);
}

/* The contexts a flood owns go with it. */
static void release(void *data) {
  sund_flood *flood = data;
  for (size_t i = 0; i < flood->across * flood->down; i++) sund_ctx_free(flood->tile[i].ctx);
  sund_ctx_free(flood->graph);
}

static sund_code check(sund_ctx *ctx, const sund_flood_spec *spec) {
  if (spec->zones < 1 || spec->zones > SUND_MOST_ZONES)
    return sund_fail(ctx, SUND_USAGE, "the sea has %zu zones, 1 to %d can be told apart", spec->zones,
                     SUND_MOST_ZONES);
  if (spec->connectivity != 4 && spec->connectivity != 8)
    return sund_fail(ctx, SUND_USAGE, "water passes 4 or 8 neighbours, not %d", spec->connectivity);
  if (!(spec->step_m > 0)) return sund_fail(ctx, SUND_USAGE, "the step of heights is not above 0 m");
  size_t cells;
  if (spec->lattice.columns >= UINT32_MAX || spec->lattice.rows >= UINT32_MAX ||
      __builtin_mul_overflow(spec->lattice.columns, spec->lattice.rows, &cells) || cells > SIZE_MAX / 8)
    return sund_fail(ctx, SUND_LIMIT, "a raster of %zu by %zu cells is too large", spec->lattice.columns,
                     spec->lattice.rows);
  return SUND_OK;
}

static sund_code make(sund_ctx *ctx, const sund_flood_spec *spec, const sund_flood_source *source, sund_flood **out) {
  sund_flood *flood = sund_alloc(ctx, 1, sizeof *flood);
  if (!flood) return SUND_LIMIT;
  flood->ctx = ctx;
  flood->spec = *spec;
  if (flood->spec.cap == SUND_NEVER) flood->spec.cap = SUND_NEVER - 1;
  flood->source = *source;
  flood->columns = spec->lattice.columns;
  flood->rows = spec->lattice.rows;
  flood->side = spec->tile == 0 || spec->tile > FLOOD_SIDE ? FLOOD_SIDE : spec->tile;
  flood->across = (flood->columns + flood->side - 1) / flood->side;
  flood->down = (flood->rows + flood->side - 1) / flood->side;
  flood->told.cells = flood->columns * flood->rows;
  flood->tile = sund_alloc(ctx, flood->across * flood->down, sizeof *flood->tile);
  if (!flood->tile) return SUND_LIMIT;
  TRY(sund_defer(ctx, release, flood));
  *out = flood;
  return SUND_OK;
}

sund_code sund_flood_run(sund_ctx *ctx, const sund_flood_spec *spec, const sund_flood_source *source,
                         sund_flood **out) {
  sund_flood *flood = NULL;
  TRY(check(ctx, spec));
  TRY(make(ctx, spec, source, &flood));
  TRY(flood_store_open(ctx, flood));
  TRY(flood_read(ctx, flood));
  TRY(flood_solve(ctx, flood));
  const sund_window all = {0, 0, flood->columns, flood->rows};
  flood_store_rest(flood, &all);
  *out = flood;
  return SUND_OK;
}

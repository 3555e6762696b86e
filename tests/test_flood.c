/* test_flood.c - flooding: surfaces with exact answers, laws that hold for any terrain, tiles and threads, failures. */
#include <dirent.h>
#include <sys/stat.h>
#include <unistd.h>

#include "flood_sheet.h"

static uint16_t wet_at(const sund_flood *flood, size_t column, size_t row) {
  return sund_flood_wet(flood, SUND_ANY_ZONE, (sund_cell){(uint32_t)column, (uint32_t)row});
}

/* A terrain of chance with the sea along its western side. */
static sheet noise(sund_ctx *ctx, size_t columns, size_t rows, uint16_t levels, uint64_t seed) {
  sheet s = sheet_new(ctx, columns, rows);
  for (size_t i = 0; i < columns * rows; i++) {
    s.raw[i] = (uint16_t)(support_random(&seed) % levels);
    s.sea[i] = i % columns == 0;
  }
  return s;
}

/* ------------------------------------------------------------------------------------------------ exact answers */

/* A plane that rises from the sea: every cell gets wet at its own height. */
static void plane(void **state) {
  sheet s = sheet_new(*state, 300, 40);
  for (size_t i = 0; i < s.columns * s.rows; i++) {
    s.raw[i] = (uint16_t)(5 * (i % s.columns) + 3 * (i / s.columns));
    s.sea[i] = i % s.columns == 0;
  }
  const sund_flood_spec spec = sheet_spec(&s);
  const uint16_t *wet = sheet_wet(*state, sheet_flood(*state, &s, &spec), 0);
  for (size_t i = 0; i < s.columns * s.rows; i++) assert_int_equal(wet[i], s.raw[i]);
}

/* Two basins in series behind sills 2 and 4, then 4 and 2: behind both it is the higher one. */
static void sills_in_series(void **state) {
  const char *rising[] = {"~9999999", "~0201040", "~9999999"}, *falling[] = {"~9999999", "~0401020", "~9999999"};
  sheet s = sheet_draw(*state, 3, rising);
  const sund_flood_spec spec = sheet_spec(&s);
  sund_flood *flood = sheet_flood(*state, &s, &spec);
  assert_int_equal(wet_at(flood, 1, 1), 0);
  assert_int_equal(wet_at(flood, 4, 1), 2);
  assert_int_equal(wet_at(flood, 7, 1), 4);
  s = sheet_draw(*state, 3, falling);
  flood = sheet_flood(*state, &s, &spec);
  assert_int_equal(wet_at(flood, 4, 1), 4);
  assert_int_equal(wet_at(flood, 7, 1), 4);
}

/* A channel that runs to and fro between walls: sea level to its very end, in any tiles. */
static void labyrinth(void **state) {
  enum { SIDE = 201 };
  sheet s = sheet_new(*state, SIDE, SIDE);
  for (size_t r = 0; r < SIDE; r++)
    for (size_t c = 0; c < SIDE; c++) {
      const bool gap = r % 4 == 1 ? c == SIDE - 1 : c == 0;
      s.raw[r * SIDE + c] = r % 2 == 1 && !gap ? 10 : 0;
    }
  s.sea[0] = 1;
  for (size_t tile = 7; tile <= 256; tile += 83) {
    sund_flood_spec spec = sheet_spec(&s);
    spec.tile = tile;
    const uint16_t *wet = sheet_wet(*state, sheet_flood(*state, &s, &spec), 0);
    for (size_t i = 0; i < SIDE * SIDE; i++) assert_int_equal(wet[i], s.raw[i]);
  }
}

/* Two low cells that share a corner only. */
static void corner(void **state) {
  const char *text[] = {"~199", "9919", "9991"};
  sheet s = sheet_draw(*state, 3, text);
  sund_flood_spec spec = sheet_spec(&s);
  assert_int_equal(wet_at(sheet_flood(*state, &s, &spec), 3, 2), 1);
  spec.connectivity = 4;
  assert_int_equal(wet_at(sheet_flood(*state, &s, &spec), 3, 2), 9);
}

/* A wall one cell wide, thin and tight, against water that passes corners and water that does not. */
static void diagonal_walls(void **state) {
  const char *thin[] = {"~0009", "00090", "00900", "09000", "90000"};
  const char *tight[] = {"~0099", "00990", "09900", "99000", "90000"};
  for (int connectivity = 4; connectivity <= 8; connectivity += 4) {
    sheet s = sheet_draw(*state, 5, thin);
    sund_flood_spec spec = sheet_spec(&s);
    spec.connectivity = connectivity;
    assert_int_equal(wet_at(sheet_flood(*state, &s, &spec), 4, 4), connectivity == 8 ? 0 : 9);
    s = sheet_draw(*state, 5, tight);
    assert_int_equal(wet_at(sheet_flood(*state, &s, &spec), 4, 4), 9);
  }
}

/* The basin of a known report about filling: a hole in the terrain is no outlet unless it is asked for. */
static void unknown_inside(void **state) {
  static const uint16_t raw[12] = {250, 260, 265, 270, 240, SUND_NEVER, 100, 210, 230, 220, 225, 205};
  sheet s = sheet_new(*state, 4, 3);
  memcpy(s.raw, raw, sizeof raw);
  sund_flood_spec spec = sheet_spec(&s);
  spec.seeds = SUND_SEED_EDGE;
  sund_flood *flood = sheet_flood(*state, &s, &spec);
  assert_int_equal(wet_at(flood, 2, 1), 205);
  assert_int_equal(wet_at(flood, 1, 1), SUND_NEVER);
  assert_int_equal(wet_at(flood, 0, 0), 250);
  spec.seeds = SUND_SEED_EDGE | SUND_SEED_NODATA;
  assert_int_equal(wet_at(sheet_flood(*state, &s, &spec), 2, 1), 100);
  spec.seeds = SUND_SEED_SEA;
  sund_flood_report told;
  flood = sheet_flood(*state, &s, &spec);
  sund_flood_told(flood, &told);
  assert_int_equal(wet_at(flood, 2, 1), SUND_NEVER);
  assert_int_equal(told.unknown, 1);
  assert_int_equal(told.reached, 0);
  assert_int_equal(told.edge_dry, 10);
  assert_int_equal(told.edge_lowest.column, 3);
  assert_int_equal(told.edge_lowest.row, 2);
}

/* Two parts of the sea with levels 1.5 and 0.6 over two sills 2.0 and 1.0, which join before an inner sill 1.2. Behind it
 * the water is there once the storm has risen by min(max(2.0, 1.2) - 1.5, max(1.0, 1.2) - 0.6) = 0.5; one label for both
 * parts would say 0.6. */
static void zones(void **state) {
  const char *text[] = {"~k????", "??0c3?", "~a????"}; /* steps of 0.1 m: k = 2.0, a = 1.0, c = 1.2 */
  sheet s = sheet_draw(*state, 3, text);
  s.zone[2 * s.columns + 1] = 1;
  sund_flood_spec spec = sheet_spec(&s);
  spec.zones = 2;
  const sund_cell inner = {4, 1};
  for (size_t tile = 1; tile <= 6; tile++) {
    spec.tile = tile;
    const sund_flood *flood = sheet_flood(*state, &s, &spec);
    const uint16_t one = sund_flood_wet(flood, 0, inner), two = sund_flood_wet(flood, 1, inner);
    assert_int_equal(one, 20);
    assert_int_equal(two, 12);
    assert_int_equal(sund_flood_wet(flood, SUND_ANY_ZONE, inner), 12);
    assert_float_equal(fmin(one / 10. - 1.5, two / 10. - 0.6), 0.5, 1e-12);
  }
}

/* Metres and steps: halves to even, the range's ends, levels that are no binary numbers. */
static void steps(void **state) {
  (void)state;
  const sund_flood_spec spec = {.step_m = 0.001, .offset_m = -10};
  assert_int_equal(sund_flood_raw(&spec, -10), 0);
  assert_int_equal(sund_flood_raw(&spec, 0), 10000);
  assert_int_equal(sund_flood_raw(&spec, 2.3456), 12346);
  assert_int_equal(sund_flood_raw(&spec, -12), 1);
  assert_int_equal(sund_flood_raw(&spec, 900), SUND_NEVER - 1);
  assert_int_equal(sund_flood_raw(&spec, NAN), SUND_NEVER);
  const sund_flood_spec half = {.step_m = 0.5};
  assert_int_equal(sund_flood_raw(&half, 0.25), 0);
  assert_int_equal(sund_flood_raw(&half, 0.75), 2);
  assert_int_equal(sund_flood_raw(&half, 1.25), 2);
  assert_true(isnan(sund_flood_metres(&spec, SUND_NEVER)));
  assert_float_equal(sund_flood_metres(&spec, 12500), 2.5, 1e-12);
  assert_int_equal(sund_flood_threshold(&spec, -10.0005), -1);
  assert_int_equal(sund_flood_threshold(&spec, NAN), -1);
  assert_int_equal(sund_flood_threshold(&spec, 1000), SUND_NEVER - 1);
  for (int32_t raw = 0; raw < SUND_NEVER; raw += 7) {
    assert_int_equal(sund_flood_threshold(&spec, sund_flood_metres(&spec, (uint16_t)raw)), raw);
    assert_int_equal(sund_flood_raw(&spec, sund_flood_metres(&spec, (uint16_t)raw)), raw);
    assert_int_equal(sund_flood_threshold(&spec, (raw - 10000) / 1000. + 0.0004), raw);
  }
}

/* What is read: ground below the offset, sea of unknown ground, sea that is no seed. */
static void readings(void **state) {
  const char *text[] = {"~12", "?34"};
  sheet s = sheet_draw(*state, 2, text);
  sund_flood_spec spec = sheet_spec(&s);
  spec.offset_m = 2;
  sund_flood *flood = sheet_flood(*state, &s, &spec);
  sund_flood_report told;
  sund_flood_told(flood, &told);
  assert_int_equal(told.below_offset, 1);
  assert_int_equal(told.sea, 1);
  assert_int_equal(sund_flood_ground(flood, (sund_cell){1, 0}), 1);
  assert_int_equal(sund_flood_ground(flood, (sund_cell){2, 1}), 2);
  assert_int_equal(wet_at(flood, 0, 0), 0);
  assert_int_equal(sund_flood_ground(flood, (sund_cell){0, 0}), SUND_NEVER);
  spec.offset_m = 0;
  spec.seeds = SUND_SEED_EDGE;
  s.raw[0] = 7;
  flood = sheet_flood(*state, &s, &spec);
  assert_false(sund_flood_is_sea(flood, (sund_cell){0, 0}));
  assert_int_equal(wet_at(flood, 0, 0), 7);
}

/* A window that begins and ends within tiles, with and without each array. */
static void windows(void **state) {
  sheet s = noise(*state, 50, 40, 30, 3);
  sund_flood_spec spec = sheet_spec(&s);
  spec.tile = 16;
  const sund_flood *flood = sheet_flood(*state, &s, &spec);
  const sund_window w = {13, 15, 30, 18};
  uint16_t ground[30 * 18], wet[30 * 18];
  uint8_t sea[30 * 18];
  sund_flood_window(flood, &w, 0, ground, wet, sea);
  sund_flood_window(flood, &w, 0, NULL, NULL, NULL);
  for (uint32_t r = 0; r < 18; r++)
    for (uint32_t c = 0; c < 30; c++) {
      const sund_cell cell = {13 + c, 15 + r};
      assert_int_equal(ground[r * 30 + c], sund_flood_ground(flood, cell));
      assert_int_equal(wet[r * 30 + c], sund_flood_wet(flood, 0, cell));
      assert_int_equal(sea[r * 30 + c], sund_flood_is_sea(flood, cell));
    }
}

/* --------------------------------------------------------------------------------------------------------- laws */

/* Cells that water reaches at one level, walking over cells that are no higher. */
static uint8_t *walk(sund_ctx *ctx, const sheet *s, int connectivity, uint16_t level) {
  const size_t cells = s->columns * s->rows;
  uint8_t *wet = sund_alloc(ctx, cells, 1);
  size_t *list = sund_alloc(ctx, cells, sizeof *list), count = 0;
  for (size_t i = 0; i < cells; i++)
    if (s->sea[i]) list[count++] = i;
  for (size_t k = 0; k < count; k++) {
    size_t beside[8];
    const size_t n = sheet_beside(s, connectivity, list[k], beside);
    for (size_t j = 0; j < n; j++)
      if (!s->sea[beside[j]] && !wet[beside[j]] && s->raw[beside[j]] <= level) {
        wet[beside[j]] = 1;
        list[count++] = beside[j];
      }
  }
  return wet;
}

/* At every level the wet cells are those that can be walked to; never below the ground. */
static void every_level(void **state) {
  for (int connectivity = 4; connectivity <= 8; connectivity += 4) {
    sheet s = noise(*state, 70, 50, 40, support_seed());
    sund_flood_spec spec = sheet_spec(&s);
    spec.connectivity = connectivity;
    spec.tile = 19;
    const uint16_t *wet = sheet_wet(*state, sheet_flood(*state, &s, &spec), 0);
    for (uint16_t level = 0; level < 40; level++) {
      const uint8_t *walked = walk(*state, &s, connectivity, level);
      for (size_t i = 0; i < s.columns * s.rows; i++)
        if (!s.sea[i]) assert_int_equal(wet[i] <= level, walked[i]);
    }
    for (size_t i = 0; i < s.columns * s.rows; i++) assert_true(wet[i] >= s.raw[i]);
  }
}

/* Flooding what was flooded changes nothing; higher ground by c is wet c later; a higher cell lowers no level. */
static void laws(void **state) {
  sheet s = noise(*state, 60, 60, 30, support_seed() + 5);
  sund_flood_spec spec = sheet_spec(&s);
  spec.tile = 23;
  const uint16_t *wet = sheet_wet(*state, sheet_flood(*state, &s, &spec), 0);
  const size_t cells = s.columns * s.rows;
  sheet other = sheet_new(*state, s.columns, s.rows);
  memcpy(other.raw, wet, cells * sizeof *wet);
  memcpy(other.sea, s.sea, cells);
  assert_memory_equal(sheet_wet(*state, sheet_flood(*state, &other, &spec), 0), wet, cells * sizeof *wet);
  for (size_t i = 0; i < cells; i++) other.raw[i] = (uint16_t)(s.raw[i] + 17);
  const uint16_t *later = sheet_wet(*state, sheet_flood(*state, &other, &spec), 0);
  for (size_t i = 0; i < cells; i++) assert_int_equal(later[i], wet[i] + 17);
  uint64_t seed = support_seed();
  for (size_t k = 0; k < 50; k++) {
    memcpy(other.raw, s.raw, cells * sizeof *wet);
    other.raw[support_random(&seed) % cells] = 40;
    const uint16_t *higher = sheet_wet(*state, sheet_flood(*state, &other, &spec), 0);
    for (size_t i = 0; i < cells; i++) assert_true(higher[i] >= wet[i]);
  }
}

/* The same bits for any tiles and threads, in memory and in a file. */
static void tiles_and_threads(void **state) {
  sheet s = noise(*state, 131, 97, 500, support_seed() + 2);
  sund_flood_spec spec = sheet_spec(&s);
  const size_t bytes = s.columns * s.rows * sizeof(uint16_t);
  const uint16_t *wet = sheet_wet(*state, sheet_flood(*state, &s, &spec), 0);
  static const size_t tile[] = {1, 2, 3, 7, 32, 64, 131, 256};
  for (size_t k = 0; k < sizeof tile / sizeof *tile; k++)
    for (int threads = 1; threads <= 4; threads *= 2) {
      sund_ctx *ctx = sund_ctx_child(*state);
      sund_ctx_threads(ctx, threads);
      spec.tile = tile[k];
      spec.spool = k % 2 ? P_tmpdir : NULL;
      const sund_flood *flood = sheet_flood(ctx, &s, &spec);
      const sund_window part = {20, 20, 40, 50};
      sund_flood_rest(flood, &part);
      assert_memory_equal(sheet_wet(ctx, flood, 0), wet, bytes);
      sund_ctx_free(ctx);
    }
}

/* Turned and mirrored terrains are wet like the terrain, turned and mirrored. */
static void turned(void **state) {
  sheet s = noise(*state, 83, 60, 200, support_seed() + 3);
  sund_flood_spec spec = sheet_spec(&s);
  spec.tile = 25;
  const uint16_t *wet = sheet_wet(*state, sheet_flood(*state, &s, &spec), 0);
  for (int way = 1; way < 8; way++) {
    sheet t = way & 4 ? sheet_new(*state, s.rows, s.columns) : sheet_new(*state, s.columns, s.rows);
    size_t *to = sund_alloc(*state, s.columns * s.rows, sizeof *to);
    for (size_t i = 0; i < s.columns * s.rows; i++) {
      const size_t c = way & 1 ? s.columns - 1 - i % s.columns : i % s.columns;
      const size_t r = way & 2 ? s.rows - 1 - i / s.columns : i / s.columns;
      to[i] = way & 4 ? c * s.rows + r : r * s.columns + c;
      t.raw[to[i]] = s.raw[i];
      t.sea[to[i]] = s.sea[i];
    }
    spec.lattice.columns = t.columns;
    spec.lattice.rows = t.rows;
    const uint16_t *turned_wet = sheet_wet(*state, sheet_flood(*state, &t, &spec), 0);
    for (size_t i = 0; i < s.columns * s.rows; i++) assert_int_equal(turned_wet[to[i]], wet[i]);
  }
}

/* A wall is raised and taken back. A cell named twice gets the last value. */
static void wall(void **state) {
  const char *text[] = {"~99999", "~01010", "~99999"};
  sheet s = sheet_draw(*state, 3, text);
  sund_flood_spec spec = sheet_spec(&s);
  spec.tile = 2;
  sund_flood *flood = sheet_flood(*state, &s, &spec);
  assert_int_equal(wet_at(flood, 5, 1), 1);
  sund_cell cell[2] = {{2, 1}, {2, 1}};
  uint16_t ground[2] = {3, 6};
  const sund_flood_edit edit = {2, cell, ground, NULL};
  sund_flood_edit before;
  assert_ok(*state, sund_flood_change(*state, flood, &edit, &before));
  assert_int_equal(wet_at(flood, 5, 1), 6);
  assert_int_equal(wet_at(flood, 1, 1), 0);
  assert_int_equal(before.ground[0], 1);
  assert_int_equal(before.ground[1], 1);
  assert_ok(*state, sund_flood_change(*state, flood, &before, NULL));
  assert_int_equal(wet_at(flood, 5, 1), 1);
}

/* ----------------------------------------------------------------------------------------------------- failures */

static void expect(sund_ctx *parent, sheet *s, const sund_flood_spec *spec, sund_code code, const char *part) {
  sund_ctx *ctx = sund_ctx_child(parent);
  const sund_flood_source source = {sheet_read, spec->zones > 1 ? sheet_zone : NULL, s};
  sund_flood *flood = NULL;
  const char *message = "";
  const sund_code got = sund_flood_run(ctx, spec, &source, &flood);
  sund_failure(ctx, &message, NULL, NULL);
  if (got != code || !strstr(message ? message : "", part))
    fail_msg("code %d: %s\nexpected: %s", got, message ? message : "", part);
  assert_null(flood);
  sund_ctx_free(ctx);
}

static void refused(void **state) {
  sheet s = noise(*state, 1000, 1000, 9, 1);
  sund_flood_spec spec = sheet_spec(&s);
  spec.most_bytes = 2e6;
  expect(*state, &s, &spec, SUND_LIMIT,
         "the cells need 4.7 MB, 2.0 MB allowed: give a larger --memory or --spool FOLDER");
  spec.spool = "/nowhere/at/all";
  expect(*state, &s, &spec, SUND_LIMIT, "the cells need 4.0 MB, 2.0 MB allowed: give a larger --memory");
  spec.most_bytes = 0;
  expect(*state, &s, &spec, SUND_OUTPUT, "no file can be made in /nowhere/at/all");
  spec = sheet_spec(&s);
  spec.zones = 65;
  expect(*state, &s, &spec, SUND_USAGE, "the sea has 65 zones, 1 to 64");
  spec = sheet_spec(&s);
  spec.connectivity = 6;
  expect(*state, &s, &spec, SUND_USAGE, "4 or 8 neighbours, not 6");
  spec = sheet_spec(&s);
  spec.step_m = 0;
  expect(*state, &s, &spec, SUND_USAGE, "not above 0 m");
  spec = sheet_spec(&s);
  spec.lattice.columns = SIZE_MAX / 2;
  expect(*state, &s, &spec, SUND_LIMIT, "too large");
  spec = sheet_spec(&s);
  spec.zones = 2;
  memset(s.zone, 3, s.columns * s.rows);
  expect(*state, &s, &spec, SUND_DEFECT, "no zone 3");
}

/* The file of a spool has no name: nothing is left in its folder, even while it is in use. */
static void unnamed(void **state) {
  char folder[] = P_tmpdir "/sund-test-XXXXXX";
  assert_non_null(mkdtemp(folder));
  sheet s = noise(*state, 100, 100, 9, 1);
  sund_flood_spec spec = sheet_spec(&s);
  spec.spool = folder;
  const sund_flood *flood = sheet_flood(*state, &s, &spec);
  DIR *dir = opendir(folder);
  for (const struct dirent *entry = readdir(dir); entry; entry = readdir(dir))
    if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0) fail_msg("%s is left", entry->d_name);
  closedir(dir);
  assert_int_equal(rmdir(folder), 0);
  assert_int_equal(wet_at(flood, 0, 0), s.raw[0]);
}

static int stop_later(double share, const char *message, void *data) {
  (void)message;
  int *calls = data;
  assert_true(share >= 0 && share <= 1);
  return ++*calls < 3;
}

static void cancelled(void **state) {
  sheet s = noise(*state, 200, 200, 9, 1);
  sund_flood_spec spec = sheet_spec(&s);
  spec.tile = 4;
  int calls = 0;
  sund_ctx *ctx = sund_ctx_child(*state);
  sund_ctx_progress(ctx, stop_later, &calls);
  expect(ctx, &s, &spec, SUND_CANCELLED, "stopped");
  assert_int_equal(calls, 3);
  sund_ctx_free(ctx);
}

static sund_code cannot_read(sund_ctx *ctx, void *data, const sund_window *w, float *metres, uint8_t *sea) {
  (void)data, (void)w, (void)metres, (void)sea;
  return sund_fail(ctx, SUND_SOURCE, "a block cannot be read");
}

static void unreadable(void **state) {
  const sund_flood_spec spec = {
      .lattice = {10, 10, 0, 0, 1, 1}, .step_m = 1, .connectivity = 8, .seeds = SUND_SEED_SEA, .zones = 1};
  const sund_flood_source source = {cannot_read, NULL, NULL};
  sund_flood *flood = NULL;
  assert_int_equal(sund_flood_run(*state, &spec, &source, &flood), SUND_SOURCE);
  assert_null(flood);
}

/* Every allocation fails once, in a run and in a change. */
static void out_of_memory(void **state) {
  sheet s = noise(*state, 30, 30, 20, 4);
  sund_flood_spec spec = sheet_spec(&s);
  spec.tile = 10;
  spec.zones = 2;
  sund_code code = SUND_LIMIT;
  size_t n = 1;
  for (; code != SUND_OK; n++) {
    sund_ctx *ctx = sund_ctx_child(*state);
    sund_ctx_threads(ctx, 1);
    const sund_flood_source source = {sheet_read, sheet_zone, &s};
    sund_flood *flood = NULL;
    sund_ctx_fail_alloc(ctx, n);
    code = sund_flood_run(ctx, &spec, &source, &flood);
    if (code == SUND_OK) {
      sund_cell cell = {5, 5};
      uint16_t ground = 30;
      const sund_flood_edit edit = {1, &cell, &ground, NULL};
      sund_flood_edit before;
      code = sund_flood_change(ctx, flood, &edit, &before);
    } else assert_null(flood);
    sund_ctx_fail_alloc(ctx, 0);
    if (code != SUND_OK) assert_int_equal(code, SUND_LIMIT);
    sund_ctx_free(ctx);
  }
  assert_in_range(n, 60, 2000);
}

static void nothing_at_all(void **state) {
  sheet s = sheet_new(*state, 0, 0);
  const sund_flood_spec spec = sheet_spec(&s);
  sund_flood_report told;
  sund_flood_told(sheet_flood(*state, &s, &spec), &told);
  assert_int_equal(told.cells, 0);
  s = sheet_new(*state, 1, 1);
  const sund_flood_spec one = sheet_spec(&s);
  assert_int_equal(wet_at(sheet_flood(*state, &s, &one), 0, 0), SUND_NEVER);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      SUND_TEST(plane),
      SUND_TEST(sills_in_series),
      SUND_TEST(labyrinth),
      SUND_TEST(corner),
      SUND_TEST(diagonal_walls),
      SUND_TEST(unknown_inside),
      SUND_TEST(zones),
      SUND_TEST(steps),
      SUND_TEST(readings),
      SUND_TEST(windows),
      SUND_TEST(every_level),
      SUND_TEST(laws),
      SUND_TEST(tiles_and_threads),
      SUND_TEST(turned),
      SUND_TEST(wall),
      SUND_TEST(refused),
      SUND_TEST(unnamed),
      SUND_TEST(cancelled),
      SUND_TEST(unreadable),
      SUND_TEST(out_of_memory),
      SUND_TEST(nothing_at_all),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}

/* test_flood_random.c - flooding against its slow twin on random and on all small terrains; tiles, threads, edits. */
#include "flood_sheet.h"

enum { CASES = 400, EDITS = 80, ROUNDS = 4 };

static size_t pick(uint64_t *state, size_t n) {
  return (size_t)(support_random(state) % n);
}

/* A random terrain: few levels or many, with or without sea, unknown cells and zones. */
static sheet random_sheet(sund_ctx *ctx, uint64_t *state, sund_flood_spec *spec) {
  sheet s = sheet_new(ctx, 1 + pick(state, 40), 1 + pick(state, 40));
  *spec = sheet_spec(&s);
  const size_t levels = 1 + pick(state, pick(state, 2) ? 5 : 60), seas = pick(state, 4), holes = pick(state, 3);
  spec->connectivity = pick(state, 2) ? 8 : 4;
  spec->seeds = (unsigned)(1 + pick(state, 7));
  spec->zones = 1 + pick(state, 3) * pick(state, 2);
  spec->tile = 1 + pick(state, 45);
  spec->cap = pick(state, 2) ? (uint16_t)(levels * 2 / 3) : (uint16_t)(SUND_NEVER - 1);
  for (size_t i = 0; i < s.columns * s.rows; i++) {
    s.raw[i] = (uint16_t)pick(state, levels);
    s.sea[i] = pick(state, 40) < seas;
    s.zone[i] = (uint8_t)pick(state, spec->zones);
    if (pick(state, 30) < holes) s.raw[i] = SUND_NEVER;
  }
  if (seas > 1)
    for (size_t r = 0; r < s.rows; r++) s.sea[r * s.columns] = 1;
  return s;
}

static void assert_levels(const sheet *s, const uint16_t *got, const uint16_t *want, size_t number) {
  for (size_t i = 0; i < s->columns * s->rows; i++)
    if (got[i] != want[i])
      fail_msg("case %zu of seed %llu: cell %zu, %zu is wet at %d, not %d", number,
               (unsigned long long)support_seed(), i % s->columns, i / s->columns, got[i], want[i]);
}

/* Levels of every zone and of any, and the report. */
static void compare(sund_ctx *ctx, const sheet *s, const sund_flood_spec *spec, const sund_flood *flood,
                    size_t number) {
  for (size_t k = 0; k <= spec->zones; k++) {
    const size_t zone = k < spec->zones ? k : SUND_ANY_ZONE;
    assert_levels(s, sheet_wet(ctx, flood, zone), sheet_relax(ctx, s, spec, zone), number);
  }
  sund_flood_report told, want = {.cells = s->columns * s->rows};
  sund_flood_told(flood, &told);
  const uint16_t *wet = sheet_relax(ctx, s, spec, SUND_ANY_ZONE);
  uint16_t lowest = SUND_NEVER;
  for (size_t i = 0; i < want.cells; i++) {
    const size_t c = i % s->columns, r = i / s->columns;
    const sund_cell cell = {(uint32_t)c, (uint32_t)r};
    const bool sea = sheet_is_sea(s, spec, i), edge = !c || !r || c + 1 == s->columns || r + 1 == s->rows;
    assert_int_equal(sund_flood_is_sea(flood, cell), sea);
    assert_int_equal(sund_flood_ground(flood, cell), s->raw[i]);
    assert_int_equal(sund_flood_wet(flood, SUND_ANY_ZONE, cell), wet[i]);
    want.sea += sea;
    want.unknown += !sea && s->raw[i] == SUND_NEVER;
    want.reached += !sea && wet[i] != SUND_NEVER;
    if (sea || !edge || s->raw[i] > spec->cap || s->raw[i] == SUND_NEVER || wet[i] == s->raw[i]) continue;
    want.edge_dry++;
    if (s->raw[i] < lowest) want.edge_lowest = cell;
    if (s->raw[i] < lowest) lowest = s->raw[i];
  }
  assert_int_equal(told.cells, want.cells);
  assert_int_equal(told.sea, want.sea);
  assert_int_equal(told.unknown, want.unknown);
  assert_int_equal(told.reached, want.reached);
  assert_int_equal(told.edge_dry, want.edge_dry);
  assert_memory_equal(&told.edge_lowest, &want.edge_lowest, sizeof want.edge_lowest);
}

static void equals_its_twin(void **data) {
  uint64_t state = support_seed();
  for (size_t number = 0; number < CASES; number++) {
    sund_ctx *ctx = sund_ctx_child(*data);
    sund_ctx_threads(ctx, (int)(1 + pick(&state, 4)));
    sund_flood_spec spec;
    sheet s = random_sheet(ctx, &state, &spec);
    compare(ctx, &s, &spec, sheet_flood(ctx, &s, &spec), number);
    sund_ctx_free(ctx);
  }
}

/* All terrains of 3 by 3 cells with heights 0, 1, 2, with the sea in one corner; in one tile and in nine. */
static void all_small_terrains(void **data) {
  for (size_t number = 0; number < 6561; number++) {
    sund_ctx *ctx = sund_ctx_child(*data);
    sheet s = sheet_new(ctx, 3, 3);
    size_t rest = number;
    for (size_t i = 1; i < 9; i++, rest /= 3) s.raw[i] = (uint16_t)(rest % 3);
    s.sea[0] = 1;
    sund_flood_spec spec = sheet_spec(&s);
    spec.connectivity = number % 2 ? 4 : 8;
    spec.tile = number % 3 + 1;
    assert_levels(&s, sheet_wet(ctx, sheet_flood(ctx, &s, &spec), 0), sheet_relax(ctx, &s, &spec, 0), number);
    sund_ctx_free(ctx);
  }
}

static sund_flood_edit random_edit(sund_ctx *ctx, uint64_t *state, sheet *s) {
  const size_t count = pick(state, 12);
  sund_flood_edit edit = {count, sund_alloc(ctx, count, sizeof *edit.cell),
                          sund_alloc(ctx, count, sizeof *edit.ground),
                          pick(state, 2) ? sund_alloc(ctx, count, 1) : NULL};
  for (size_t k = 0; k < count; k++) {
    edit.cell[k] = (sund_cell){(uint32_t)pick(state, s->columns), (uint32_t)pick(state, s->rows)};
    edit.ground[k] = pick(state, 5) ? (uint16_t)pick(state, 60) : SUND_NEVER;
    if (edit.sea) edit.sea[k] = pick(state, 3) == 0;
  }
  return edit;
}

/* Edits, one after the other, then taken back: answers are always those of a full run. */
static void edits_equal_full_runs(void **data) {
  uint64_t state = support_seed() + 1;
  for (size_t number = 0; number < EDITS; number++) {
    sund_ctx *ctx = sund_ctx_child(*data);
    sund_ctx_threads(ctx, (int)(1 + pick(&state, 2)));
    sund_flood_spec spec;
    sheet s = random_sheet(ctx, &state, &spec);
    sund_flood *flood = sheet_flood(ctx, &s, &spec);
    sund_flood_edit before[ROUNDS];
    const sheet first = sheet_new(ctx, s.columns, s.rows);
    memcpy(first.raw, s.raw, s.columns * s.rows * sizeof *s.raw);
    memcpy(first.sea, s.sea, s.columns * s.rows);
    memcpy(first.zone, s.zone, s.columns * s.rows);
    for (size_t round = 0; round < ROUNDS; round++) {
      const sund_flood_edit edit = random_edit(ctx, &state, &s);
      assert_ok(ctx, sund_flood_change(ctx, flood, &edit, &before[round]));
      for (size_t k = 0; k < edit.count; k++) {
        const size_t i = edit.cell[k].row * s.columns + edit.cell[k].column;
        s.raw[i] = edit.ground[k];
        s.sea[i] = edit.sea && edit.sea[k];
      }
      compare(ctx, &s, &spec, flood, number);
    }
    for (size_t round = ROUNDS; round-- > 0;) assert_ok(ctx, sund_flood_change(ctx, flood, &before[round], NULL));
    compare(ctx, &first, &spec, flood, number);
    sund_ctx_free(ctx);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      SUND_TEST(equals_its_twin),
      SUND_TEST(all_small_terrains),
      SUND_TEST(edits_equal_full_runs),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}

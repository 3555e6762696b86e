/* test_saddles.c - saddles with known answers: a bowl behind a wall, basins in series, a ring with notches; openings and
 * the next way in. */
#include "flood_sheet.h"

static const double PI = 3.14159265358979323846;

enum { CHANNELS = 300 };

static sund_flood *draw(sund_ctx *ctx, sheet *s, sund_flood_spec *spec, int connectivity, size_t rows,
                        const char *const *text) {
  *s = sheet_draw(ctx, rows, text);
  *spec = sheet_spec(s);
  spec->connectivity = connectivity;
  return sheet_flood(ctx, s, spec);
}

#define DRAW(ctx, s, spec, connectivity, ...)                                                           \
  draw((ctx), (s), (spec), (connectivity), sizeof((const char *const[]){__VA_ARGS__}) / sizeof(char *), \
       (const char *const[]){__VA_ARGS__})

static size_t find(sund_ctx *ctx, const sund_flood *flood, sund_saddle **out) {
  size_t count = 0;
  assert_ok(ctx, sund_saddles_find(ctx, flood, 0, NULL, 1, &count, out, NULL, NULL));
  return count;
}

static void assert_cell(sund_cell cell, uint32_t column, uint32_t row) {
  if (cell.column != column || cell.row != row)
    fail_msg("cell %u, %u, not %u, %u", cell.column, cell.row, column, row);
}

static void assert_saddle(const sund_saddle *s, uint16_t crest, uint32_t column, uint32_t row, uint64_t cells,
                          size_t parent) {
  assert_int_equal(s->crest, crest);
  assert_cell(s->cell, column, row);
  assert_int_equal(s->cells, cells);
  assert_true(s->parent == parent);
}

static sund_opening opening(sund_ctx *ctx, const sund_flood *flood, const sund_saddle *saddle, uint16_t above,
                            double reach_m) {
  sund_opening out;
  assert_ok(ctx, sund_saddle_opening(ctx, flood, saddle, above, reach_m, &out));
  return out;
}

static void assert_near(double got, double want) {
  if (!(fabs(got - want) <= 1e-9 * fmax(1, fabs(want)))) fail_msg("%.12g, not %.12g", got, want);
}

/* The line's cells follow each other edge to edge. */
static void assert_tight(const sund_cell_list *line) {
  for (size_t i = 1; i < line->count; i++) {
    const sund_cell a = line->cell[i - 1], b = line->cell[i];
    assert_int_equal(labs((long)a.column - (long)b.column) + labs((long)a.row - (long)b.row), 1);
  }
}

static void close_cells(sund_ctx *ctx, sund_flood *flood, const sund_cell_list *line, uint16_t ground) {
  sund_flood_edit edit = {.count = line->count, .cell = line->cell};
  edit.ground = sund_alloc(ctx, line->count, sizeof *edit.ground);
  for (size_t i = 0; i < line->count; i++) edit.ground[i] = ground;
  assert_ok(ctx, sund_flood_change(ctx, flood, &edit, NULL));
}

/* ---------------------------------------------------------------------------------------------------- one basin */

enum { BOWL = 240, MIDDLE = 140, WALL = 20, NOTCH = 7, WALL_RAW = 9000, NOTCH_RAW = 2000, STEP_M = 2 };
static const double BOWL_K = 2e-4, BOWL_D = 3; /* z = k r2 - d, metres */

/* T3: a bowl z = k r2 - d behind a wall, with a notch and a channel of height h = 2 m, 7 cells of 2 m wide. */
static sund_flood *bowl(sund_ctx *ctx, sheet *s, sund_flood_spec *spec) {
  *s = sheet_new(ctx, BOWL, BOWL);
  for (size_t i = 0; i < (size_t)BOWL * BOWL; i++) {
    const size_t c = i % BOWL, r = i / BOWL;
    const double x = STEP_M * ((double)c - MIDDLE), y = STEP_M * ((double)r - BOWL / 2);
    const double z = BOWL_K * (x * x + y * y) - BOWL_D + 4; /* raw 0 is -4 m */
    const bool channel = r >= BOWL / 2 && r < BOWL / 2 + NOTCH && c < MIDDLE;
    s->sea[i] = c == 0;
    s->raw[i] = (uint16_t)lrint(z * 1000);
    if (c >= WALL && channel && s->raw[i] > NOTCH_RAW + 4000) s->raw[i] = NOTCH_RAW + 4000;
    if (c >= WALL && c < WALL + 2 && !channel) s->raw[i] = WALL_RAW + 4000;
    if (c < WALL) s->raw[i] = 4300;
  }
  *spec = sheet_spec(s);
  spec->lattice.dx = spec->lattice.dy = STEP_M;
  return sheet_flood(ctx, s, spec);
}

static void a_bowl_behind_a_wall_fills_through_its_notch(void **state) {
  sund_ctx *ctx = *state;
  sheet s;
  sund_flood_spec spec;
  sund_flood *flood = bowl(ctx, &s, &spec);
  const sund_cell asked[] = {{MIDDLE, BOWL / 2}, {MIDDLE, BOWL / 2 - 20}, {5, 5}, {WALL, 3}, {0, 9}, {WALL + 5, 130}};
  size_t decides[6], through[6], count;
  sund_saddle *saddle;
  assert_ok(ctx, sund_saddles_find(ctx, flood, 6, asked, 0, &count, &saddle, decides, through));
  assert_int_equal(count, 1);
  uint64_t lower = 0;
  for (size_t i = 0; i < (size_t)BOWL * BOWL; i++) lower += i % BOWL > WALL && s.raw[i] < NOTCH_RAW + 4000;
  assert_saddle(saddle, NOTCH_RAW + 4000, WALL, BOWL / 2, lower, SIZE_MAX);
  assert_cell(saddle->basin, MIDDLE, BOWL / 2);
  const double area = (double)lower * STEP_M * STEP_M, disc = PI * (2 + BOWL_D) / BOWL_K;
  assert_true(fabs(area / disc - 1) < 2e-3);
  const size_t none = SIZE_MAX, want[] = {0, 0, none, none, none, none}, way[] = {0, 0, none, none, none, 0};
  assert_memory_equal(decides, want, sizeof want);
  assert_memory_equal(through, way, sizeof way);
}

static void the_opening_is_as_wide_as_the_notch_up_to_the_wall(void **state) {
  sund_ctx *ctx = *state;
  sheet s;
  sund_flood_spec spec;
  sund_flood *flood = bowl(ctx, &s, &spec);
  sund_saddle *saddle;
  assert_int_equal(find(ctx, flood, &saddle), 1);
  const uint16_t above[] = {0, 50, 100, 200, WALL_RAW - NOTCH_RAW - 1};
  for (size_t i = 0; i < 5; i++) {
    const sund_opening o = opening(ctx, flood, saddle, above[i], 200);
    assert_near(o.width_m, NOTCH * STEP_M);
    assert_int_equal(o.line.count, NOTCH);
    assert_tight(&o.line);
    for (size_t k = 0; k < NOTCH; k++) assert_int_equal(o.line.cell[k].column, WALL);
  }
  assert_true(isnan(opening(ctx, flood, saddle, WALL_RAW - NOTCH_RAW, 40).width_m));
  assert_int_equal(opening(ctx, flood, saddle, WALL_RAW - NOTCH_RAW, 40).line.count, 0);
  assert_true(isnan(opening(ctx, flood, saddle, 0, 5).width_m));
  assert_near(opening(ctx, flood, saddle, 0, NOTCH * STEP_M - 1).width_m, NOTCH * STEP_M);
}

/* ------------------------------------------------------------------------------------------------ several basins */

static void basins_in_series(void **state) {
  sund_ctx *ctx = *state;
  sheet s;
  sund_flood_spec spec;
  sund_saddle *saddle;
  sund_flood *flood = DRAW(ctx, &s, &spec, 8, "~99999999", "~31161167", "~99999999");
  assert_int_equal(find(ctx, flood, &saddle), 2);
  assert_saddle(&saddle[0], 3, 1, 1, 2, SIZE_MAX);
  assert_saddle(&saddle[1], 6, 4, 1, 2, 0);
  const sund_cell asked[] = {{2, 1}, {6, 1}, {8, 1}, {1, 1}, {4, 1}, {4, 0}};
  size_t decides[6], through[6], count, none = SIZE_MAX;
  assert_ok(ctx, sund_saddles_find(ctx, flood, 6, asked, 0, &count, &saddle, decides, through));
  assert_int_equal(count, 2);
  const size_t want[] = {0, 1, none, none, none, none}, way[] = {0, 1, 1, 0, 1, none};
  assert_memory_equal(decides, want, sizeof want);
  assert_memory_equal(through, way, sizeof way);
  /* Only the inner one is asked about: the outer is not told of. */
  assert_ok(ctx, sund_saddles_find(ctx, flood, 1, asked + 1, 0, &count, &saddle, decides, NULL));
  assert_int_equal(count, 1);
  assert_saddle(saddle, 6, 4, 1, 2, SIZE_MAX);
  /* The higher one first: both are one basin. */
  flood = DRAW(ctx, &s, &spec, 8, "~99999999", "~61131199", "~99999999");
  assert_int_equal(find(ctx, flood, &saddle), 1);
  assert_saddle(saddle, 6, 1, 1, 5, SIZE_MAX);
}

static void closing_the_higher_changes_nothing_for_the_first(void **state) {
  sund_ctx *ctx = *state;
  sheet s;
  sund_flood_spec spec;
  sund_saddle *saddle;
  sund_flood *flood = DRAW(ctx, &s, &spec, 8, "~99999999", "~31161167", "~99899999", "~55555555");
  assert_int_equal(find(ctx, flood, &saddle), 2);
  sund_cell_list closed = opening(ctx, flood, &saddle[1], 0, 9).line, held;
  assert_int_equal(closed.count, 1);
  sund_next next;
  assert_ok(ctx, sund_saddle_next(ctx, flood, &saddle[1], &closed, &next, &held));
  assert_int_equal(next.crest, 9);
  assert_int_equal(held.count, 4); /* the two low cells, and the 6 and the 7 behind them */
  close_cells(ctx, flood, &closed, 50);
  sund_saddle *after;
  assert_int_equal(find(ctx, flood, &after), 2);
  assert_saddle(&after[0], 3, 1, 1, 2, SIZE_MAX);
  assert_int_equal(after[1].crest, 9);
  assert_int_equal(sund_flood_ground(flood, next.cell), 9);
  /* And the first one closed: in through the 8. */
  flood = DRAW(ctx, &s, &spec, 8, "~99999999", "~31161167", "~99899999", "~55555555");
  closed = opening(ctx, flood, &saddle[0], 0, 9).line;
  assert_ok(ctx, sund_saddle_next(ctx, flood, &saddle[0], &closed, &next, NULL));
  assert_int_equal(next.crest, 8);
  assert_cell(next.cell, 3, 2);
}

enum { RING = 60, NOTCHES = 5 };

/* T5: a ring wall with notches of different heights and widths; closing the lowest leads to the next. */
static void a_ring_with_notches_is_a_staircase(void **state) {
  sund_ctx *ctx = *state;
  static const struct {
    uint32_t column, row, wide;
    uint16_t raw;
  } notch[NOTCHES] = {{10, 20, 3, 1500}, {10, 40, 1, 1200}, {50, 18, 4, 1900}, {50, 30, 2, 1700}, {50, 42, 1, 2500}};
  static const size_t order[NOTCHES] = {1, 0, 3, 2, 4};
  sheet s = sheet_new(ctx, RING, RING);
  for (size_t i = 0; i < RING * RING; i++) {
    const size_t c = i % RING, r = i / RING;
    const bool wall = (c == 10 || c == 50 ? r >= 10 && r <= 50 : c > 10 && c < 50 && (r == 10 || r == 50));
    s.sea[i] = c < 2 || c > 57;
    s.raw[i] = wall ? 4000 : 300;
    for (size_t k = 0; k < NOTCHES; k++)
      if (c == notch[k].column && r >= notch[k].row && r < notch[k].row + notch[k].wide) s.raw[i] = notch[k].raw;
  }
  sund_flood_spec spec = sheet_spec(&s);
  sund_flood *flood = sheet_flood(ctx, &s, &spec);
  for (size_t k = 0; k < NOTCHES; k++) {
    const size_t at = order[k];
    sund_saddle *saddle;
    assert_int_equal(find(ctx, flood, &saddle), 1);
    assert_saddle(saddle, notch[at].raw, notch[at].column, notch[at].row, saddle->cells, SIZE_MAX);
    const size_t lower = 39 * 39;
    assert_int_equal(saddle->cells, lower);
    const sund_opening o = opening(ctx, flood, saddle, 100, 50);
    assert_near(o.width_m, notch[at].wide);
    assert_int_equal(o.line.count, notch[at].wide);
    sund_next next;
    sund_cell_list held;
    assert_ok(ctx, sund_saddle_next(ctx, flood, saddle, &o.line, &next, &held));
    assert_int_equal(next.crest, k + 1 < NOTCHES ? notch[order[k + 1]].raw : 4000);
    assert_int_equal(held.count, lower);
    if (k + 1 < NOTCHES) assert_int_equal(next.cell.column, notch[order[k + 1]].column);
    close_cells(ctx, flood, &o.line, 5000);
  }
}

static void nothing_below_the_cap_is_never(void **state) {
  sund_ctx *ctx = *state;
  sheet s = sheet_draw(ctx, 3, (const char *const[]){"~99999", "~31119", "~99999"});
  sund_flood_spec spec = sheet_spec(&s);
  spec.cap = 7;
  sund_flood *flood = sheet_flood(ctx, &s, &spec);
  sund_saddle *saddle;
  assert_int_equal(find(ctx, flood, &saddle), 1);
  sund_cell_list closed = {0}, held;
  assert_ok(ctx, sund_cell_add(ctx, &closed, saddle->cell));
  sund_next next;
  assert_ok(ctx, sund_saddle_next(ctx, flood, saddle, &closed, &next, &held));
  assert_int_equal(next.crest, SUND_NEVER);
  assert_int_equal(held.count, 3);
  assert_cell(held.cell[0], 2, 1);
  /* Nothing closed, nothing gained. */
  closed.count = 0;
  assert_ok(ctx, sund_saddle_next(ctx, flood, saddle, &closed, &next, &held));
  assert_int_equal(next.crest, 3);
  assert_cell(next.cell, 1, 1);
  assert_int_equal(held.count, 0);
}

/* ------------------------------------------------------------------------------------------------------ openings */

static void a_diagonal_gap_is_closed_tight(void **state) {
  sund_ctx *ctx = *state;
  sheet s;
  sund_flood_spec spec;
  sund_saddle *saddle;
  /* A dike from the lower left to the upper right; two cells of its crest are low. */
  const char *const text[] = {"~~1111199", "~~1111991", "~~1113911", "~~1139111",
                              "~~1991111", "~~9911111", "~~9999999"};
  for (int connectivity = 4; connectivity <= 8; connectivity += 4) {
    sund_flood *flood = draw(ctx, &s, &spec, connectivity, 7, text);
    s.raw[2 * 9 + 6] = s.raw[3 * 9 + 5] = 3; /* the second cell of each step */
    for (size_t r = 0; r < 7; r++)
      for (size_t c = 0; c < 9; c++)
        if (s.raw[r * 9 + c] == 1 && c + r > 8) s.raw[r * 9 + c] = 0;
    flood = sheet_flood(ctx, &s, &spec);
    assert_int_equal(find(ctx, flood, &saddle), 1);
    assert_int_equal(saddle->crest, 3);
    const sund_opening o = opening(ctx, flood, saddle, 1, 20);
    assert_near(o.width_m, 1 + sqrt(2));
    if (connectivity == 8) assert_tight(&o.line);
    sund_next next;
    assert_ok(ctx, sund_saddle_next(ctx, flood, saddle, &o.line, &next, NULL));
    assert_int_equal(next.crest, 9);
    close_cells(ctx, flood, &o.line, 7);
    assert_int_equal(find(ctx, flood, &saddle), 1);
    assert_int_equal(saddle->crest, 7);
  }
}

static void seeds_at_the_edge_are_ways_in(void **state) {
  sund_ctx *ctx = *state;
  sheet s = sheet_draw(ctx, 5, (const char *const[]){"999999", "311119", "411119", "999999", "999999"});
  sund_flood_spec spec = sheet_spec(&s);
  spec.seeds = SUND_SEED_EDGE;
  sund_flood *flood = sheet_flood(ctx, &s, &spec);
  sund_saddle *saddle;
  assert_int_equal(find(ctx, flood, &saddle), 1);
  assert_saddle(saddle, 3, 0, 1, 8, SIZE_MAX);
  assert_near(opening(ctx, flood, saddle, 0, 9).width_m, 1);
  assert_near(opening(ctx, flood, saddle, 1, 9).width_m, 2);
  sund_next next;
  const sund_cell_list closed = {.count = 1, .cell = &saddle->cell};
  assert_ok(ctx, sund_saddle_next(ctx, flood, saddle, &closed, &next, NULL));
  assert_int_equal(next.crest, 4);
  assert_cell(next.cell, 0, 2);
}

enum { FIELD = 44, DIKE_FROM = 16, DIKE_TO = 23 };

/* A dike with a crooked gap, at least so many cells wide and with so many different heights. bank: 1 = dike on the north of it, 2 = on the south. */
static sheet crooked(sund_ctx *ctx, uint64_t *random, size_t least, size_t levels, uint8_t *bank) {
  sheet s = sheet_new(ctx, FIELD, FIELD);
  size_t from = 12 + (size_t)(support_random(random) % 10), to = from + least + (size_t)(support_random(random) % 6);
  for (size_t c = 0; c < FIELD; c++) {
    if (c >= DIKE_FROM && c <= DIKE_TO) {
      from = from + (size_t)(support_random(random) % 3) - 1;
      if (from + least > to) from = to - least;
      to = to + (size_t)(support_random(random) % 3) - 1;
      if (to < from + least) to = from + least;
    }
    for (size_t r = 0; r < FIELD; r++) {
      const size_t i = r * FIELD + c;
      s.sea[i] = c < 3;
      s.raw[i] = (uint16_t)(c < DIKE_FROM ? 40 : 10 + support_random(random) % 20);
      if (c < DIKE_FROM || c > DIKE_TO) continue;
      bank[i] = r < from ? 1 : r >= to ? 2 : 0;
      s.raw[i] = (uint16_t)(bank[i] ? 900 : 50 + support_random(random) % levels);
    }
  }
  return s;
}

/* The twin: shortest lines from the saddle over water to the one bank and to the other, by trying all steps again and
 * again. */
static double crooked_width(sund_ctx *ctx, const sheet *s, const uint8_t *bank, sund_cell saddle) {
  double *far = sund_alloc(ctx, FIELD * FIELD, sizeof *far), best[3] = {0, INFINITY, INFINITY};
  for (size_t i = 0; i < FIELD * FIELD; i++) far[i] = INFINITY;
  far[saddle.row * FIELD + saddle.column] = 0;
  for (bool changed = true; changed;) {
    changed = false;
    for (size_t i = 0; i < FIELD * FIELD; i++) {
      size_t beside[8];
      const size_t n = isinf(far[i]) ? 0 : sheet_beside(s, 8, i, beside);
      for (size_t k = 0; k < n; k++) {
        const size_t b = beside[k];
        const double step = b % FIELD != i % FIELD && b / FIELD != i / FIELD ? sqrt(2) : 1;
        if (bank[b]) best[bank[b]] = fmin(best[bank[b]], far[i] + step / 2);
        else if (far[i] + step < far[b] - 1e-12) far[b] = far[i] + step, changed = true;
      }
    }
  }
  return best[1] + best[2];
}

static void crooked_gaps_are_as_wide_as_their_twin_says(void **state) {
  (void)state;
  uint64_t random = support_seed();
  for (size_t number = 0; number < CHANNELS; number++) {
    sund_ctx *ctx = sund_ctx_new();
    uint8_t *bank = sund_alloc(ctx, FIELD * FIELD, 1);
    sheet s = crooked(ctx, &random, number % 2 ? 1 : 3, number % 3 ? 1 + number % 4 : 50, bank);
    sund_flood_spec spec = sheet_spec(&s);
    spec.connectivity = number % 2 ? 8 : 4;
    sund_flood *flood = sheet_flood(ctx, &s, &spec);
    const sund_cell asked = {FIELD - 1, FIELD / 2};
    sund_saddle *saddle;
    size_t count, decides;
    assert_ok(ctx, sund_saddles_find(ctx, flood, 1, &asked, 0, &count, &saddle, &decides, NULL));
    assert_int_equal(count, 1);
    const sund_opening o = opening(ctx, flood, saddle, 200, 60);
    const double want = crooked_width(ctx, &s, bank, saddle->cell);
    if (!(fabs(o.width_m - want) < 1e-9))
      fail_msg("seed %llu case %zu: %g m wide, not %g", (unsigned long long)support_seed(), number, o.width_m, want);
    bool at_saddle = false;
    for (size_t i = 0; i < o.line.count; i++) {
      const sund_cell cell = o.line.cell[i];
      assert_false(bank[cell.row * FIELD + cell.column]);
      at_saddle |= cell.column == saddle->cell.column && cell.row == saddle->cell.row;
    }
    assert_true(at_saddle);
    /* A wall there holds until the dike's own height. */
    sund_next next;
    assert_ok(ctx, sund_saddle_next(ctx, flood, saddle, &o.line, &next, NULL));
    if (next.crest != 900)
      fail_msg("seed %llu case %zu: leaks at %d", (unsigned long long)support_seed(), number, next.crest);
    sund_ctx_free(ctx);
  }
}

/* ---------------------------------------------------------------------------------------------------------- tiles */

typedef struct answer {
  size_t count;
  sund_saddle *saddle;
  sund_opening opening;
  sund_next next;
  sund_cell_list held;
} answer;

static answer answer_of(sund_ctx *ctx, sheet *s, sund_flood_spec *spec, size_t tile, int threads) {
  answer a;
  spec->tile = tile;
  sund_ctx_threads(ctx, threads);
  sund_flood *flood = sheet_flood(ctx, s, spec);
  a.count = find(ctx, flood, &a.saddle);
  size_t large = 0;
  for (size_t i = 0; i < a.count; i++)
    if (a.saddle[i].cells > a.saddle[large].cells) large = i;
  a.opening = opening(ctx, flood, &a.saddle[large], 200, 60);
  assert_ok(ctx, sund_saddle_next(ctx, flood, &a.saddle[large], &a.opening.line, &a.next, &a.held));
  return a;
}

static void assert_same_cells(const sund_cell_list *a, const sund_cell_list *b) {
  assert_int_equal(a->count, b->count);
  assert_memory_equal(a->cell, b->cell, a->count * sizeof *a->cell);
}

static void tiles_and_threads_change_nothing(void **state) {
  sund_ctx *ctx = *state;
  uint64_t random = support_seed() + 9;
  uint8_t *bank = sund_alloc(ctx, FIELD * FIELD, 1);
  sheet s = crooked(ctx, &random, 2, 50, bank);
  for (size_t i = 0; i < FIELD * FIELD; i++) s.raw[i] = (uint16_t)(s.raw[i] / 4 * 4 + support_random(&random) % 3);
  sund_flood_spec spec = sheet_spec(&s);
  const answer whole = answer_of(ctx, &s, &spec, 0, 1);
  assert_true(whole.count > 5 && whole.held.count > 100);
  static const size_t tiles[] = {1, 2, 7, 16, 43};
  for (size_t t = 0; t < 5; t++) {
    const answer got = answer_of(ctx, &s, &spec, tiles[t], t % 2 ? 4 : 1);
    assert_int_equal(got.count, whole.count);
    for (size_t i = 0; i < got.count; i++) {
      const sund_saddle *a = &got.saddle[i], *b = &whole.saddle[i];
      assert_saddle(a, b->crest, b->cell.column, b->cell.row, b->cells, b->parent);
      assert_cell(a->basin, b->basin.column, b->basin.row);
    }
    assert_true(got.opening.width_m == whole.opening.width_m);
    assert_same_cells(&got.opening.line, &whole.opening.line);
    assert_int_equal(got.next.crest, whole.next.crest);
    assert_cell(got.next.cell, whole.next.cell.column, whole.next.cell.row);
    assert_same_cells(&got.held, &whole.held);
  }
}

/* ------------------------------------------------------------------------------------------------------- failure */

static void every_allocation_may_fail(void **state) {
  (void)state;
  for (size_t call = 0; call < 3; call++) {
    bool done = false;
    for (size_t n = 1; !done; n++) {
      sund_ctx *ctx = sund_ctx_new();
      sheet s;
      sund_flood_spec spec;
      sund_saddle *saddle = NULL;
      sund_flood *flood = DRAW(ctx, &s, &spec, 8, "~99999999", "~31161167", "~99899999", "~55555555");
      const sund_cell asked = {2, 1};
      size_t count = 77, decides = 77, through = 77;
      if (call) find(ctx, flood, &saddle);
      sund_cell_list closed = {.count = call ? 1 : 0, .cell = call ? &saddle->cell : NULL}, held = {.count = 77};
      sund_next next = {.crest = 77};
      sund_opening o = {.width_m = 77};
      sund_ctx_fail_alloc(ctx, n);
      sund_code code = SUND_OK;
      if (call == 0) code = sund_saddles_find(ctx, flood, 1, &asked, 1, &count, &saddle, &decides, &through);
      if (call == 1) code = sund_saddle_next(ctx, flood, saddle, &closed, &next, &held);
      if (call == 2) code = sund_saddle_opening(ctx, flood, saddle, 1, 30, &o);
      done = code == SUND_OK;
      if (!done) {
        assert_int_equal(code, SUND_LIMIT);
        assert_int_equal(sund_failure(ctx, NULL, NULL, NULL), SUND_LIMIT);
        assert_true(count == 77 && decides == 77 && through == 77 && next.crest == 77 && held.count == 77);
        assert_true(o.width_m == 77);
      }
      sund_ctx_free(ctx);
      assert_true(n < 200);
    }
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      SUND_TEST(a_bowl_behind_a_wall_fills_through_its_notch),
      SUND_TEST(the_opening_is_as_wide_as_the_notch_up_to_the_wall),
      SUND_TEST(basins_in_series),
      SUND_TEST(closing_the_higher_changes_nothing_for_the_first),
      SUND_TEST(a_ring_with_notches_is_a_staircase),
      SUND_TEST(nothing_below_the_cap_is_never),
      SUND_TEST(a_diagonal_gap_is_closed_tight),
      SUND_TEST(seeds_at_the_edge_are_ways_in),
      SUND_TEST(crooked_gaps_are_as_wide_as_their_twin_says),
      SUND_TEST(tiles_and_threads_change_nothing),
      SUND_TEST(every_allocation_may_fail),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}

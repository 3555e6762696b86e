/* test_saddles_random.c - saddles against slow twins on random terrains with ties: basins, ways, the next way in. */
#include "flood_sheet.h"

enum { CASES = 900, NEXT_CASES = 1500, LARGE_CASES = 4, FLIPS = 150 };

static size_t pick(uint64_t *state, size_t n) {
  return (size_t)(support_random(state) % n);
}

static sheet random_sheet(sund_ctx *ctx, uint64_t *state, size_t columns, size_t rows, sund_flood_spec *spec) {
  sheet s = sheet_new(ctx, columns, rows);
  *spec = sheet_spec(&s);
  const size_t levels = 2 + pick(state, pick(state, 3) ? 6 : 60), seas = pick(state, 4), holes = pick(state, 3);
  spec->connectivity = pick(state, 2) ? 8 : 4;
  spec->seeds = pick(state, 3) ? SUND_SEED_SEA : (unsigned)(1 + pick(state, 7));
  spec->tile = 1 + pick(state, 45);
  spec->cap = (uint16_t)(pick(state, 2) ? levels * 2 / 3 : 60000);
  for (size_t i = 0; i < columns * rows; i++) {
    s.raw[i] = (uint16_t)(pick(state, levels) + pick(state, 2));
    s.sea[i] = pick(state, 60) < seas;
    if (pick(state, 30) < holes) s.raw[i] = SUND_NEVER;
  }
  for (size_t r = 0; r < rows; r++) s.sea[r * columns] |= seas != 1;
  return s;
}

static sund_cell cell_of(const sheet *s, size_t i) {
  return (sund_cell){(uint32_t)(i % s->columns), (uint32_t)(i / s->columns)};
}
static size_t place_of(const sheet *s, sund_cell cell) {
  return cell.row * s->columns + cell.column;
}

/* ---------------------------------------------------------------------------------------------------------- twin */

/* Sets of joined cells with one first-wet level. Cells are numbered in reading order. */
typedef struct twin {
  const sheet *s;
  const sund_flood_spec *spec;
  uint16_t *wet;
  size_t sets;
  size_t *set;    /* cells: SIZE_MAX = sea or never wet            */
  size_t *sunken; /* sets: cells lower than the level              */
  size_t *saddle, *lowest;
  size_t *below; /* sets: the next cell on the way, SIZE_MAX = sea */
} twin;

static bool is_land(const twin *t, size_t i) {
  return !sheet_is_sea(t->s, t->spec, i) && t->wet[i] != SUND_NEVER;
}

static void label(twin *t, size_t *stack, size_t start) {
  size_t n = 0, beside[8];
  stack[n++] = start;
  t->set[start] = t->sets;
  while (n) {
    const size_t at = stack[--n], near = sheet_beside(t->s, t->spec->connectivity, at, beside);
    for (size_t k = 0; k < near; k++)
      if (is_land(t, beside[k]) && t->wet[beside[k]] == t->wet[at] && t->set[beside[k]] == SIZE_MAX) {
        t->set[beside[k]] = t->sets;
        stack[n++] = beside[k];
      }
  }
  t->sets++;
}

/* The lowest water beside a cell: -1 = sea, -2 = none lower than the cell's. */
static int lowest_beside(const twin *t, size_t i, size_t *at) {
  *at = SIZE_MAX;
  if (sheet_starts(t->s, t->spec, SUND_ANY_ZONE, i)) return -1;
  int lowest = -2;
  size_t beside[8];
  const size_t n = sheet_beside(t->s, t->spec->connectivity, i, beside);
  for (size_t k = 0; k < n; k++) {
    const size_t b = beside[k];
    if (!is_land(t, b) || t->wet[b] >= t->wet[i]) continue;
    if (lowest != -2 && (t->wet[b] > lowest || (t->wet[b] == lowest && b > *at))) continue;
    lowest = t->wet[b];
    *at = b;
  }
  return lowest;
}

static twin twin_new(sund_ctx *ctx, const sheet *s, const sund_flood_spec *spec, uint16_t *wet) {
  const size_t cells = s->columns * s->rows;
  twin t = {.s = s, .spec = spec, .wet = wet};
  size_t **const arrays[] = {&t.set, &t.sunken, &t.saddle, &t.lowest, &t.below};
  for (size_t a = 0; a < 5; a++) {
    *arrays[a] = sund_alloc(ctx, cells, sizeof **arrays[a]);
    for (size_t i = 0; i < cells; i++) (*arrays[a])[i] = a == 1 ? 0 : SIZE_MAX;
  }
  size_t *stack = sund_alloc(ctx, cells, sizeof *stack);
  int *best = sund_alloc(ctx, cells, sizeof *best);
  for (size_t i = 0; i < cells; i++)
    if (is_land(&t, i) && t.set[i] == SIZE_MAX) label(&t, stack, i);
  for (size_t i = 0; i < cells; i++) {
    if (!is_land(&t, i)) continue;
    const size_t set = t.set[i];
    if (s->raw[i] < wet[i]) {
      t.sunken[set]++;
      if (t.lowest[set] == SIZE_MAX || s->raw[i] < s->raw[t.lowest[set]]) t.lowest[set] = i;
      continue;
    }
    size_t at;
    const int water = lowest_beside(&t, i, &at);
    if (water == -2) continue;
    if (t.saddle[set] == SIZE_MAX || water < best[set]) best[set] = water, t.below[set] = at;
    if (t.saddle[set] == SIZE_MAX) t.saddle[set] = i;
  }
  return t;
}

/* The kept set that the water of a set comes through, itself counted. */
static size_t through_of(const twin *t, const uint8_t *kept, size_t set) {
  while (!kept[set]) {
    if (t->below[set] == SIZE_MAX) return SIZE_MAX;
    set = t->set[t->below[set]];
  }
  return set;
}

/* ------------------------------------------------------------------------------------------------------- compare */

typedef struct question {
  size_t n;
  sund_cell *asked;
  uint64_t least;
} question;

static question random_question(sund_ctx *ctx, uint64_t *state, const sheet *s, size_t most) {
  question q = {.n = pick(state, most)};
  q.least = pick(state, 2) ? 0 : 1 + pick(state, pick(state, 2) ? 3 : 30);
  q.asked = sund_alloc(ctx, q.n, sizeof *q.asked);
  for (size_t i = 0; i < q.n; i++) q.asked[i] = cell_of(s, pick(state, s->columns * s->rows));
  return q;
}

#define SAY "case %zu of seed %llu: "
#define CASE number, (unsigned long long)support_seed()

static size_t set_of(const twin *t, sund_cell saddle) {
  return t->set[place_of(t->s, saddle)];
}

static void compare_saddles(const twin *t, const uint8_t *kept, size_t count, const sund_saddle *got, size_t number) {
  size_t want = 0;
  for (size_t k = 0; k < t->sets; k++) want += kept[k];
  if (want != count) fail_msg(SAY "%zu saddles, not %zu", CASE, count, want);
  for (size_t i = 0; i < count; i++) {
    const size_t set = set_of(t, got[i].cell);
    if (set == SIZE_MAX || !kept[set]) fail_msg(SAY "saddle %zu should not be kept", CASE, i);
    if (place_of(t->s, got[i].cell) != t->saddle[set]) fail_msg(SAY "saddle %zu lies elsewhere", CASE, i);
    if (place_of(t->s, got[i].basin) != t->lowest[set]) fail_msg(SAY "the basin of %zu lies elsewhere", CASE, i);
    if (got[i].crest != t->wet[t->saddle[set]] || got[i].cells != t->sunken[set])
      fail_msg(SAY "saddle %zu: crest %d, %zu cells", CASE, i, got[i].crest, (size_t)got[i].cells);
    const size_t before = t->below[set] == SIZE_MAX ? SIZE_MAX : through_of(t, kept, t->set[t->below[set]]);
    if ((got[i].parent == SIZE_MAX) != (before == SIZE_MAX) ||
        (before != SIZE_MAX && set_of(t, got[got[i].parent].cell) != before))
      fail_msg(SAY "saddle %zu has another parent", CASE, i);
    if (!i) continue;
    const sund_saddle *p = &got[i - 1];
    assert_true(p->crest < got[i].crest ||
                (p->crest == got[i].crest && place_of(t->s, p->cell) < place_of(t->s, got[i].cell)));
  }
}

static void compare(sund_ctx *ctx, const twin *t, const sund_flood *flood, const question *q, size_t number) {
  size_t count = 0;
  sund_saddle *got = NULL;
  size_t *decides = sund_alloc(ctx, q->n, sizeof *decides), *through = sund_alloc(ctx, q->n, sizeof *through);
  assert_ok(ctx, sund_saddles_find(ctx, flood, q->n, q->asked, q->least, &count, &got, decides, through));
  uint8_t *kept = sund_alloc(ctx, t->sets, 1);
  for (size_t k = 0; k < t->sets; k++) kept[k] = q->least && t->sunken[k] >= q->least;
  for (size_t i = 0; i < q->n; i++) {
    const size_t at = place_of(t->s, q->asked[i]);
    if (is_land(t, at) && t->s->raw[at] < t->wet[at]) kept[t->set[at]] = 1;
  }
  compare_saddles(t, kept, count, got, number);
  for (size_t i = 0; i < q->n; i++) {
    const size_t at = place_of(t->s, q->asked[i]);
    const bool lower = is_land(t, at) && t->s->raw[at] < t->wet[at];
    const size_t own = lower ? t->set[at] : SIZE_MAX,
                 way = is_land(t, at) ? through_of(t, kept, t->set[at]) : SIZE_MAX;
    if ((decides[i] == SIZE_MAX) != (own == SIZE_MAX) || (lower && set_of(t, got[decides[i]].cell) != own))
      fail_msg(SAY "asked cell %zu is decided elsewhere", CASE, i);
    if ((through[i] == SIZE_MAX) != (way == SIZE_MAX) || (way != SIZE_MAX && set_of(t, got[through[i]].cell) != way))
      fail_msg(SAY "asked cell %zu gets its water elsewhere", CASE, i);
  }
}

static void saddles_equal_their_twin(void **state) {
  (void)state;
  uint64_t random = support_seed();
  for (size_t number = 0; number < CASES; number++) {
    sund_ctx *ctx = sund_ctx_new();
    sund_flood_spec spec;
    const size_t columns = 1 + pick(&random, 30), rows = 1 + pick(&random, 30);
    sheet s = random_sheet(ctx, &random, columns, rows, &spec);
    sund_flood *flood = sheet_flood(ctx, &s, &spec);
    const twin t = twin_new(ctx, &s, &spec, sheet_relax(ctx, &s, &spec, SUND_ANY_ZONE));
    const question q = random_question(ctx, &random, &s, 60);
    compare(ctx, &t, flood, &q, number);
    sund_ctx_free(ctx);
  }
}

/* Larger than a pane and than a block of tiles, with basins that reach over several. */
static void large_ones_too(void **state) {
  (void)state;
  uint64_t random = support_seed() + 1;
  for (size_t number = 0; number < LARGE_CASES; number++) {
    sund_ctx *ctx = sund_ctx_new();
    sund_flood_spec spec;
    const bool thin = number % 2; /* longer than the panes that are kept */
    const size_t columns = thin ? 5300 : 300 + pick(&random, 500);
    const size_t rows = thin ? 12 : 300 + pick(&random, 300);
    sheet s = random_sheet(ctx, &random, columns, rows, &spec);
    spec.seeds = SUND_SEED_SEA;
    for (size_t i = 0; i < s.columns * s.rows; i++) {
      const size_t c = i % s.columns, r = i / s.columns;
      s.sea[i] = c == 0;
      if (s.raw[i] != SUND_NEVER)
        s.raw[i] = (uint16_t)(s.raw[i] % 3 + ((c / 90 % 2 && !thin) || r % 200 == 7 ? 5 : 0));
    }
    sund_flood *flood = sheet_flood(ctx, &s, &spec);
    const twin t = twin_new(ctx, &s, &spec, sheet_wet(ctx, flood, SUND_ANY_ZONE));
    question q = random_question(ctx, &random, &s, 3000);
    if (number == LARGE_CASES - 1) q.least = 2, q.n = 0;
    compare(ctx, &t, flood, &q, number);
    sund_ctx_free(ctx);
  }
}

/* The same terrain mirrored or turned has the same crests with the same numbers of cells. */
static void flips_keep_crests_and_counts(void **state) {
  (void)state;
  uint64_t random = support_seed() + 2;
  for (size_t number = 0; number < FLIPS; number++) {
    sund_ctx *ctx = sund_ctx_new();
    sund_flood_spec spec;
    const size_t columns = 1 + pick(&random, 25), rows = 1 + pick(&random, 25);
    sheet s = random_sheet(ctx, &random, columns, rows, &spec);
    uint64_t sum[4] = {0};
    for (size_t flip = 0; flip < 4; flip++) {
      sheet f = flip == 3 ? sheet_new(ctx, s.rows, s.columns) : sheet_new(ctx, s.columns, s.rows);
      for (size_t i = 0; i < s.columns * s.rows; i++) {
        const size_t c = i % s.columns, r = i / s.columns;
        const size_t to = flip == 3   ? c * f.columns + r
                          : flip == 2 ? (s.rows - 1 - r) * s.columns + c
                                      : r * s.columns + (flip ? s.columns - 1 - c : c);
        f.raw[to] = s.raw[i];
        f.sea[to] = s.sea[i];
      }
      sund_flood_spec as = spec;
      as.lattice.columns = f.columns;
      as.lattice.rows = f.rows;
      sund_saddle *got = NULL;
      size_t count = 0;
      assert_ok(ctx, sund_saddles_find(ctx, sheet_flood(ctx, &f, &as), 0, NULL, 1, &count, &got, NULL, NULL));
      for (size_t i = 0; i < count; i++) sum[flip] += (got[i].crest * 1000003u + got[i].cells) * 2654435761u;
      if (sum[flip] != sum[0]) fail_msg(SAY "flip %zu", CASE, flip);
    }
    sund_ctx_free(ctx);
  }
}

/* ---------------------------------------------------------------------------------------------------------- next */

/* Cells to be closed: the saddle, its opening, or some cells around. */
static sund_cell_list random_wall(sund_ctx *ctx, uint64_t *state, const sheet *s, const sund_flood *flood,
                                  const sund_saddle *saddle) {
  sund_cell_list closed = {0};
  assert_ok(ctx, sund_cell_add(ctx, &closed, saddle->cell));
  const size_t kind = pick(state, 3);
  if (kind == 1) {
    sund_opening opening;
    assert_ok(ctx, sund_saddle_opening(ctx, flood, saddle, (uint16_t)pick(state, 3), 40, &opening));
    if (opening.line.count) closed = opening.line;
  }
  for (size_t i = 0; kind == 2 && i < 12; i++)
    assert_ok(ctx, sund_cell_add(ctx, &closed, cell_of(s, pick(state, s->columns * s->rows))));
  return closed;
}

/* Cells joined to a cell of the basin, outside the wall, by ground lower than the level, and by the basin itself. */
static uint8_t *held_by(sund_ctx *ctx, const twin *t, size_t start, const uint8_t *wall, uint16_t level) {
  const size_t cells = t->s->columns * t->s->rows;
  uint8_t *in = sund_alloc(ctx, cells, 1);
  if (start == SIZE_MAX || level == t->wet[start]) return in;
  size_t *stack = sund_alloc(ctx, cells, sizeof *stack), n = 0, beside[8];
  in[start] = 1, stack[n++] = start;
  while (n) {
    const size_t near = sheet_beside(t->s, t->spec->connectivity, stack[--n], beside);
    for (size_t k = 0; k < near; k++) {
      const size_t b = beside[k];
      if (in[b] || wall[b] || sheet_is_sea(t->s, t->spec, b)) continue;
      if (t->s->raw[b] >= level || t->s->raw[b] > t->spec->cap) continue;
      in[b] = 1;
      stack[n++] = b;
    }
  }
  return in;
}

/* The lowest cell of a basin outside the wall, SIZE_MAX = none. */
static size_t lowest_left(const twin *t, size_t set, const uint8_t *wall) {
  size_t lowest = SIZE_MAX;
  for (size_t i = 0; i < t->s->columns * t->s->rows; i++)
    if (t->set[i] == set && !wall[i] && (lowest == SIZE_MAX || t->s->raw[i] < t->s->raw[lowest])) lowest = i;
  return lowest;
}

static void compare_next(sund_ctx *ctx, const twin *t, const sund_flood *flood, const sund_saddle *saddle,
                         const sund_cell_list *closed, size_t number) {
  const size_t cells = t->s->columns * t->s->rows, set = set_of(t, saddle->cell);
  sund_next next;
  sund_cell_list held = {0};
  assert_ok(ctx, sund_saddle_next(ctx, flood, saddle, closed, &next, &held));
  sheet raised = sheet_new(ctx, t->s->columns, t->s->rows);
  uint8_t *wall = sund_alloc(ctx, cells, 1);
  for (size_t i = 0; i < closed->count; i++) wall[place_of(t->s, closed->cell[i])] = 1;
  for (size_t i = 0; i < cells; i++) {
    raised.raw[i] = wall[i] ? SUND_NEVER - 1 : t->s->raw[i];
    raised.sea[i] = t->s->sea[i] && !wall[i];
  }
  const uint16_t *after = sheet_relax(ctx, &raised, t->spec, SUND_ANY_ZONE);
  const size_t start = lowest_left(t, set, wall);
  const uint16_t crest = start == SIZE_MAX ? SUND_NEVER : after[start];
  if (crest != next.crest) fail_msg(SAY "the next crest is %d, not %d", CASE, next.crest, crest);
  const uint8_t *in = held_by(ctx, t, start, wall, crest);
  size_t at = 0;
  for (size_t i = 0; i < cells; i++) {
    if (!in[i] || t->wet[i] < saddle->crest) continue;
    if (at >= held.count || place_of(t->s, held.cell[at]) != i) fail_msg(SAY "cell %zu is not held", CASE, i);
    if (!(t->wet[i] < crest && after[i] >= crest)) fail_msg(SAY "cell %zu is held but does not rise", CASE, i);
    at++;
  }
  if (at != held.count) fail_msg(SAY "%zu cells are held, not %zu", CASE, held.count, at);
  if (crest == SUND_NEVER) return;
  const size_t top = place_of(t->s, next.cell);
  if (wall[top] || t->s->raw[top] != crest || after[top] != crest) fail_msg(SAY "the next cell is no saddle", CASE);
  size_t beside[8], n = sheet_beside(&raised, t->spec->connectivity, top, beside);
  bool below = sheet_starts(&raised, t->spec, SUND_ANY_ZONE, top);
  for (size_t k = 0; k < n; k++) below |= after[beside[k]] < crest;
  if (!below) fail_msg(SAY "the next cell is not on the sea's side", CASE);
}

static void next_equals_a_full_run(void **state) {
  (void)state;
  uint64_t random = support_seed() + 3;
  for (size_t number = 0; number < NEXT_CASES; number++) {
    sund_ctx *ctx = sund_ctx_new();
    sund_flood_spec spec;
    const size_t columns = 2 + pick(&random, 20), rows = 2 + pick(&random, 20);
    sheet s = random_sheet(ctx, &random, columns, rows, &spec);
    sund_flood *flood = sheet_flood(ctx, &s, &spec);
    const twin t = twin_new(ctx, &s, &spec, sheet_relax(ctx, &s, &spec, SUND_ANY_ZONE));
    size_t count = 0;
    sund_saddle *got = NULL;
    assert_ok(ctx, sund_saddles_find(ctx, flood, 0, NULL, 1, &count, &got, NULL, NULL));
    for (size_t round = 0; count && round < 3; round++) {
      const sund_saddle *saddle = &got[pick(&random, count)];
      const sund_cell_list closed = random_wall(ctx, &random, &s, flood, saddle);
      compare_next(ctx, &t, flood, saddle, &closed, number);
    }
    sund_ctx_free(ctx);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(saddles_equal_their_twin),
      cmocka_unit_test(large_ones_too),
      cmocka_unit_test(flips_keep_crests_and_counts),
      cmocka_unit_test(next_equals_a_full_run),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}

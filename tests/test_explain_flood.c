/* `sund explain` on floods drawn by hand and at random: the water's way keeps its promises, and what is said is what
 * the layers and the raster hold. */
#include <unistd.h>

#include "draw.h"
#include "queries/explain_flood.h"

/* ------------------------------------------------------------------------------------------- rasters in memory */

enum { MOST_SIDE = 1100 };

/* A terrain whose heights are an array; cells of 2 m. */
typedef struct sheet {
  size_t columns, rows;
  float *level;
  size_t reads;
  size_t fail_at; /* the n-th read fails, 0 = none */
} sheet;

static sund_code read_sheet(sund_ctx *ctx, void *data, const sund_window *w, float *metres) {
  sheet *s = data;
  if (++s->reads == s->fail_at) return sund_fail(ctx, SUND_SOURCE, "a torn sheet");
  for (size_t r = 0; r < w->rows; r++)
    memcpy(metres + r * w->columns, s->level + (w->row + r) * s->columns + w->column, w->columns * sizeof *metres);
  return SUND_OK;
}

static sund_terrain terrain_of(sheet *s) {
  return (sund_terrain){.name = "sheet",
                        .lattice = {s->columns, s->rows, DRAW_X, DRAW_Y + 2 * (double)s->rows, 2, 2},
                        .read = read_sheet,
                        .data = s};
}

/* First-wet levels by going over all cells again and again: the sea is the western column. */
static float *first_wet(sund_ctx *ctx, size_t columns, size_t rows, const float *ground, int connectivity) {
  float *wet = sund_alloc(ctx, columns * rows, sizeof *wet);
  assert_non_null(wet);
  for (size_t i = 0; i < columns * rows; i++) wet[i] = i % columns ? INFINITY : ground[i];
  for (bool changed = true; changed;) {
    changed = false;
    for (size_t i = 0; i < columns * rows; i++)
      for (int dr = -1; dr <= 1; dr++)
        for (int dc = -1; dc <= 1; dc++) {
          const int64_t c = (int64_t)(i % columns) + dc, r = (int64_t)(i / columns) + dr;
          if (c < 0 || r < 0 || c >= (int64_t)columns || r >= (int64_t)rows) continue;
          if (connectivity == 4 && dr && dc) continue;
          const float through =
              wet[(size_t)r * columns + (size_t)c] > ground[i] ? wet[(size_t)r * columns + (size_t)c] : ground[i];
          if (through < wet[i]) wet[i] = through, changed = true;
        }
  }
  return wet;
}

static bool beside(sund_cell a, sund_cell b, int connectivity) {
  const int64_t dc = (int64_t)a.column - b.column, dr = (int64_t)a.row - b.row;
  if (dc < -1 || dc > 1 || dr < -1 || dr > 1 || (!dc && !dr)) return false;
  return connectivity == 8 || !dc || !dr;
}

/* Steps from `from` to the nearest cell lower than it, over cells of its level; SIZE_MAX = there is none. */
static size_t steps_down(sund_ctx *ctx, const sheet *s, sund_cell from, int connectivity) {
  const size_t n = s->columns * s->rows, start = from.row * s->columns + from.column;
  size_t *steps = sund_alloc(ctx, n, sizeof *steps), least = SIZE_MAX;
  assert_non_null(steps);
  for (size_t i = 0; i < n; i++) steps[i] = SIZE_MAX;
  steps[start] = 0;
  for (bool changed = true; changed;) {
    changed = false;
    for (size_t i = 0; i < n; i++) {
      if (!(s->level[i] <= s->level[start])) continue;
      for (size_t k = 0; k < n; k++) {
        const sund_cell a = {(uint32_t)(i % s->columns), (uint32_t)(i / s->columns)};
        const sund_cell b = {(uint32_t)(k % s->columns), (uint32_t)(k / s->columns)};
        if (steps[k] == SIZE_MAX || s->level[k] != s->level[start] || !beside(a, b, connectivity)) continue;
        if (steps[k] + 1 < steps[i]) steps[i] = steps[k] + 1, changed = true;
      }
    }
  }
  for (size_t i = 0; i < n; i++)
    if (s->level[i] < s->level[start] && steps[i] < least) least = steps[i];
  return least;
}

/* ---------------------------------------------------------------------------------------------------------- search */

/* What a way must be, whatever the raster. */
static void assert_way(const sheet *s, const water_search *ask, const sund_cell_list *cells, const float *level) {
  assert_true(cells->count >= 1);
  const sund_cell last = cells->cell[cells->count - 1];
  assert_true(last.column == ask->start.column && last.row == ask->start.row);
  for (size_t i = 0; i < cells->count; i++) {
    const sund_cell c = cells->cell[i];
    assert_true(level[i] == s->level[c.row * s->columns + c.column]);
    if (!i) continue;
    assert_true(beside(c, cells->cell[i - 1], ask->connectivity));
    assert_true(level[i - 1] <= level[i]);
  }
}

static void random_ways_descend_by_the_nearest(void **state) {
  uint64_t seed = support_seed();
  for (int round = 0; round < 60; round++) {
    sund_ctx *ctx = sund_ctx_child(*state);
    const size_t columns = 2 + support_random(&seed) % 9, rows = 1 + support_random(&seed) % 9;
    const int connectivity = support_random(&seed) % 2 ? 8 : 4;
    float *ground = sund_alloc(ctx, columns * rows, sizeof *ground);
    for (size_t i = 0; i < columns * rows; i++) ground[i] = i % columns ? (float)(support_random(&seed) % 5) : -1.0f;
    sheet s = {.columns = columns, .rows = rows, .level = first_wet(ctx, columns, rows, ground, connectivity)};
    const sund_terrain terrain = terrain_of(&s);
    const sund_cell start = {(uint32_t)(1 + support_random(&seed) % (columns - 1)),
                             (uint32_t)(support_random(&seed) % rows)};
    const water_search ask = {.raster = &terrain, .start = start, .connectivity = connectivity, .stop_m = -INFINITY};
    sund_cell_list cells;
    float *level;
    bool wide;
    assert_ok(ctx, explain_water_search(ctx, &ask, &cells, &level, &wide));
    assert_false(wide);
    assert_way(&s, &ask, &cells, level);
    if (cells.cell[0].column != 0) fail_msg("seed %llu, round %d", (unsigned long long)support_seed(), round);
    for (size_t i = cells.count - 1; i > 0;) { /* from the home, plateau by plateau */
      size_t down = i;
      while (down > 0 && level[down - 1] == level[i]) down--;
      if (down == 0) break;
      if (i - (down - 1) != steps_down(ctx, &s, cells.cell[i], connectivity))
        fail_msg("seed %llu, round %d: not the nearest", (unsigned long long)support_seed(), round);
      i = down - 1;
    }
    sund_ctx_free(ctx);
  }
}

/* Over many tiles: a winding corridor of one level. */
static void ways_cross_tiles(void **state) {
  sund_ctx *ctx = *state;
  sheet s = {.columns = MOST_SIDE, .rows = MOST_SIDE};
  s.level = sund_alloc(ctx, s.columns * s.rows, sizeof *s.level);
  for (size_t i = 0; i < s.columns * s.rows; i++) {
    const size_t c = i % s.columns, r = i / s.columns, gap = r / 2 % 2 ? 1 : s.columns - 1;
    s.level[i] = c == 0 ? -1 : r % 2 && c != gap ? NAN : 1; /* every second row is a wall but for one end */
  }
  for (size_t r = 1; r < s.rows; r++) s.level[r * s.columns] = NAN; /* the sea is one cell */
  const sund_terrain terrain = terrain_of(&s);
  water_search ask = {.raster = &terrain, .start = {700, 8}, .connectivity = 8, .stop_m = 0};
  sund_cell_list cells;
  float *level;
  bool wide;
  assert_ok(ctx, explain_water_search(ctx, &ask, &cells, &level, &wide));
  assert_false(wide);
  assert_way(&s, &ask, &cells, level);
  assert_int_equal(cells.cell[0].column, 0);
  assert_int_equal(cells.cell[0].row, 0);
  assert_in_range(cells.count, 4 * (s.columns - 8), 5 * s.columns);
  assert_true(s.reads <= 3);
  ask.start = (sund_cell){700, 1098};
  ask.most_tiles = 4;
  assert_ok(ctx, explain_water_search(ctx, &ask, &cells, &level, &wide));
  assert_true(wide);
  assert_way(&s, &ask, &cells, level);
}

static void ways_stop_at_the_water_line(void **state) {
  sund_ctx *ctx = *state;
  float level[] = {-3, -2, -1, 0, 1, 2, 3};
  sheet s = {.columns = 7, .rows = 1, .level = level};
  const sund_terrain terrain = terrain_of(&s);
  water_search ask = {.raster = &terrain, .start = {6, 0}, .connectivity = 8, .stop_m = 0};
  sund_cell_list cells;
  float *found;
  bool wide;
  assert_ok(ctx, explain_water_search(ctx, &ask, &cells, &found, &wide));
  assert_int_equal(cells.count, 4);
  assert_int_equal(cells.cell[0].column, 3);
  ask.start.column = 1; /* a home below it is led one step on all the same */
  assert_ok(ctx, explain_water_search(ctx, &ask, &cells, &found, &wide));
  assert_int_equal(cells.count, 2);
  ask.start.column = 0; /* nothing is lower */
  assert_ok(ctx, explain_water_search(ctx, &ask, &cells, &found, &wide));
  assert_int_equal(cells.count, 1);
}

static void failures_of_the_raster_are_passed_on(void **state) {
  float level[] = {0, 1, 2};
  for (size_t n = 0; n < 60; n++) {
    sund_ctx *ctx = sund_ctx_child(*state);
    sheet s = {.columns = 3, .rows = 1, .level = level, .fail_at = n == 0};
    const sund_terrain terrain = terrain_of(&s);
    const water_search ask = {.raster = &terrain, .start = {2, 0}, .connectivity = 8};
    sund_cell_list cells;
    float *found;
    bool wide;
    sund_ctx_fail_alloc(ctx, n);
    const sund_code code = explain_water_search(ctx, &ask, &cells, &found, &wide);
    sund_ctx_fail_alloc(ctx, 0);
    if (n == 0) assert_int_equal(code, SUND_SOURCE);
    else if (code == SUND_OK) n = 60;
    else assert_int_equal(code, SUND_LIMIT);
    assert_int_equal(sund_failure(ctx, NULL, NULL, NULL), code);
    sund_ctx_free(ctx);
  }
}

/* ------------------------------------------------------------------------------------------------ a whole result */

/* 100 x 60 cells of 2 m: the sea in the west, a beach, a wall at column 30 with one notch at row 25 of 2.13 m, low
 * ground behind it, hills from column 80 on. */
enum { COLUMNS = 100, ROWS = 60, WALL = 30, NOTCH = 25, HILLS = 80 };
static const double CAP = 5;

static double ground_at(size_t column, size_t row) {
  if (column < 10) return -0.5;
  if (column < 20) return 0.2 + 0.08 * (double)(column - 10);
  if (column < WALL) return 1;
  if (column < WALL + 2) return row == NOTCH ? 2.13 : 6;
  if (column < HILLS) return 0.5;
  return 3 + 0.2 * (double)(column - HILLS);
}

static double wet_at(size_t column, size_t row) {
  const double ground = ground_at(column, row);
  return column < WALL + 2 ? ground : fmax(ground, 2.13);
}

typedef struct village {
  sund_ctx *ctx;
  char folder[64];
  const char *path, *raster;
  sund_crs *crs;
  sund_result *result;
  explain_question question;
  flood_facts *facts;
} village;

static sund_code read_wet(sund_ctx *ctx, void *data, const sund_window *w, uint16_t *cells) {
  (void)ctx, (void)data;
  for (size_t i = 0; i < w->columns * w->rows; i++) {
    const double wet = wet_at(w->column + i % w->columns, w->row + i / w->columns);
    cells[i] = wet > CAP ? SUND_NEVER : (uint16_t)lround(1000 * (wet + 10));
  }
  return SUND_OK;
}

/* A table without geometry; every row a text of its values with bars between them, nothing = unknown. */
static sund_table *table_of(sund_ctx *ctx, const char *name, size_t columns, const sund_field *fields, size_t rows,
                            const char *const *row) {
  sund_table *table;
  assert_ok(ctx, sund_table_new(ctx, name, SUND_NONE, rows, fields, columns, &table));
  for (size_t r = 0; r < rows; r++) {
    const char *at = row[r];
    for (size_t c = 0; c < columns; c++, at += *at == '|') {
      sund_column *column = &table->column[c];
      const char *value = sund_text(ctx, "%.*s", (int)strcspn(at, "|"), at);
      at += strlen(value);
      if (!*value) continue;
      if (column->text) column->text[r] = value;
      if (column->real) column->real[r] = strtod(value, NULL);
      if (column->integer) column->integer[r] = strtoll(value, NULL, 10);
    }
    assert_int_equal(*at, 0);
  }
  return table;
}

#define T(name) \
  { name, SUND_TEXT, NULL, {name, name, name}, NULL }
#define R(name) \
  { name, SUND_REAL, NULL, {name, name, name}, NULL }
#define I(name) \
  { name, SUND_INT, NULL, {name, name, name}, NULL }
#define N(array) (sizeof(array) / sizeof *(array))

static sund_table *with_points(sund_ctx *ctx, sund_table *table, const double (*cell)[2]) {
  table->kind = SUND_POINT;
  table->x = sund_alloc(ctx, table->rows, sizeof(double));
  table->y = sund_alloc(ctx, table->rows, sizeof(double));
  for (size_t i = 0; i < table->rows; i++)
    table->x[i] = DRAW_X + 2 * cell[i][0] + 1, table->y[i] = DRAW_Y + 2 * (ROWS - cell[i][1]) - 1;
  return table;
}

static sund_table *village_homes(sund_ctx *ctx) {
  static const sund_field fields[] = {T("home_id"),
                                      T("area_id"),
                                      R("persons"),
                                      I("piece"),
                                      R("ground_m"),
                                      R("first_wet_m"),
                                      T("saddle_id"),
                                      T("through_id"),
                                      T("rule"),
                                      R("first_wet_touch_m"),
                                      R("first_wet_kamp_m"),
                                      R("first_wet_sill_m"),
                                      R("first_wet_median_m"),
                                      I("lifted"),
                                      I("wet_1_00"),
                                      R("p_1_00"),
                                      T("says_1_00"),
                                      I("wet_2_50"),
                                      R("p_2_50"),
                                      T("says_2_50"),
                                      I("wet_storm"),
                                      R("p_storm"),
                                      T("says_storm")};
  static const char *const row[] = {
      "low|a|3|0|0.5|2.13|S1|S1|touch|2.13|2.33|2.33|2.13|0|0|0.01|dry|1|0.97|wet|1|0.6|cannot_say",
      "hill|a|1|0|3.4|3.4||S1|touch|3.4|3.6|3.6|3.4|0|0|0|dry|0|0|dry|0|0|dry",
      "high|a|1|0|6.8||||touch|||||0|0|0|dry|0|0|dry|0|0|dry",
      "moat|a|1|0|0.5||||touch|||||0|0|0|dry|0|0|dry|0|0|dry",
      "sea|a|1|0|0.2|0.2|||touch|0.2|0.4|0.4|0.2|1|1|1|wet|1|1|wet|1|1|wet",
      "cell|a|9|1|3.4|3.4||S1|touch|3.4|3.6|3.6|3.4|0|0|0|dry|0|0|dry|0|0|dry",
      "cell|a|9|2|0.5|2.13|S1|S1|touch|2.13|2.33|2.33|2.13|0|0|0|dry|1|1|wet|1|1|wet",
      "lost|a|1|0|||||touch|||||0||||||||||",
      "other|a|1|0|0.5|1.77|||touch|1.77|1.97|1.97|1.77|0|0|0|dry|1|1|wet|1|1|wet"};
  static const double cell[][2] = {{50, 25}, {82, 25}, {99, 25},   {60, 10}, {10, 30},
                                   {82, 5},  {50, 5},  {500, 500}, {50, 30}};
  return with_points(ctx, table_of(ctx, "flood_homes", N(fields), fields, N(row), row), cell);
}

static sund_table *village_saddles(sund_ctx *ctx) {
  static const sund_field fields[] = {
      T("saddle_id"),     R("crest_m"),      R("persons_behind"), I("homes_behind"), R("area_ha_behind"),
      R("width_m"),       R("width_5cm_m"),  R("width_10cm_m"),   R("width_20cm_m"), R("persons_through"),
      I("homes_through"), T("parent_id"),    R("bias_m"),         R("next_m"),       R("next_x"),
      R("next_y"),        R("persons_held"), I("homes_held"),     T("raster")};
  static const char *const row[] = {"S1|2.13|12|2|1.15|2|2|2||14|4|S0|-0.08|4.2|720070|6215100|12|2|dtm.tif",
                                    "S0|1.0|0|0|0.1|20|20|20|20|14|4||0||||0|0|dtm.tif"};
  static const double cell[][2] = {{WALL, NOTCH}, {20, 25}};
  return with_points(ctx, table_of(ctx, "flood_saddles", N(fields), fields, N(row), row), cell);
}

static void build_village(village *v, sund_ctx *ctx, const char *parameters) {
  static const sund_field run[] = {T("program"), T("command"), T("parameters"), T("heights")};
  static const sund_field sources[] = {T("role"),    T("path"),        T("layer"),   T("date"),
                                       T("licence"), T("hash_sha256"), T("heights"), T("heights_operation")};
  static const char *const source[] = {"terrain|dtm.tif||2023-01-02||cafe|EPSG:5613|RH2000 = DVR90 + 0.015 m",
                                       "green|green.gpkg||||||"};
  static const sund_field indicators[] = {T("indicator"), T("variant"), T("area_id")};
  static const char *const indicator[] = {"flood.area|1.00|a", "flood.homes|1.00|a", "flood.homes|2.50|a",
                                          "flood.homes|storm|a", "flood.homes|1.00|b"};
  static const sund_field extents[] = {T("variant"), R("level_m")};
  static const char *const extent[] = {"2.50|2.5", "storm|2.2"};
  const char *const ran = sund_text(ctx, "sund|sund flood village.yaml|%s|EPSG:5799", parameters);
  *v = (village){.ctx = ctx, .crs = draw_crs(ctx)};
  sund_table *table[] = {village_homes(ctx),
                         village_saddles(ctx),
                         table_of(ctx, "run", N(run), run, 1, &ran),
                         table_of(ctx, "sources", N(sources), sources, 2, source),
                         table_of(ctx, "indicators", N(indicators), indicators, 5, indicator),
                         table_of(ctx, "flood_extents", N(extents), extents, 2, extent)};
  sund_layer layer[N(table)];
  for (size_t i = 0; i < N(table); i++)
    layer[i] = (sund_layer){.table = table[i], .title = {"t", "t", "t"}, .summary = {"s", "s", "s"}};
  const char *above = getenv("TMPDIR");
  snprintf(v->folder, sizeof v->folder, "%s/sund-explain-XXXXXX", above && strlen(above) < 40 ? above : P_tmpdir);
  assert_non_null(mkdtemp(v->folder));
  v->path = sund_text(ctx, "%s/village.gpkg", v->folder);
  v->raster = sund_text(ctx, "%s/village_first_wet.tif", v->folder);
  const sund_gpkg_spec spec = {.path = v->path,
                               .crs = v->crs,
                               .language = SUND_EN,
                               .date = "2024-05-06T00:00:00.000Z",
                               .record = "{}",
                               .layers = N(table),
                               .layer = layer};
  assert_ok(ctx, sund_gpkg_write(ctx, &spec));
}

static void add_raster(village *v) {
  const sund_raster raster = {.suffix = "first_wet",
                              .title = {"t", "t", "t"},
                              .lattice = {COLUMNS, ROWS, DRAW_X, DRAW_Y + 2 * ROWS, 2, 2},
                              .crs = "EPSG:25832",
                              .heights = "EPSG:5799",
                              .scale = 0.001,
                              .offset = -10,
                              .nodata = SUND_NEVER,
                              .opacity = 1,
                              .read = read_wet};
  sund_raster_draft *draft;
  assert_ok(v->ctx, sund_rasters_draft(v->ctx, v->path, 1, &raster, SUND_EN, false, &draft));
  assert_ok(v->ctx, sund_rasters_publish(v->ctx, draft));
  assert_int_equal(access(v->raster, R_OK), 0);
}

static void open_village(village *v) {
  sund_table *table;
  assert_ok(v->ctx, sund_result_open(v->ctx, v->path, &v->result));
  v->question = (explain_question){.result = v->result, .path = v->path, .file = "village.gpkg"};
  assert_ok(v->ctx, sund_result_table(v->ctx, v->result, "run", NULL, NULL, &table));
  v->question.run = table;
  assert_ok(v->ctx, sund_result_table(v->ctx, v->result, "sources", NULL, NULL, &table));
  v->question.sources = table;
}

static void leave_village(village *v) {
  const char *style = sund_text(v->ctx, "%s/village_first_wet.qml", v->folder);
  unlink(v->raster);
  unlink(style);
  unlink(v->path);
  if (rmdir(v->folder) != 0) fail_msg("%s is not empty", v->folder);
}

static sund_code ask(village *v, sund_ctx *ctx, const char *home) {
  void *facts = NULL;
  v->question.home = home;
  const sund_code code = explain_flood.find(ctx, &v->question, &facts);
  v->facts = facts;
  return code;
}

static const char *told(village *v, const char *home, int language) {
  explain_answer out = {0};
  assert_ok(v->ctx, ask(v, v->ctx, home));
  assert_non_null(v->facts);
  assert_ok(v->ctx, explain_flood.tell(v->ctx, v->facts, language, &out));
  return out.text;
}

static void assert_says(const char *text, const char *words) {
  if (!strstr(text, words)) fail_msg("no \"%s\" in:\n%s", words, text);
}
static void assert_silent(const char *text, const char *words) {
  if (strstr(text, words)) fail_msg("\"%s\" in:\n%s", words, text);
}

static const char parameters[] =
    "flood.connectivity=8; flood.errors=independent; flood.sigma-level=0.1; flood.sigma-terrain=0.05";

static void a_home_behind_a_saddle(void **state) {
  village v;
  build_village(&v, *state, parameters);
  add_raster(&v);
  open_village(&v);
  const char *text = told(&v, "low", SUND_EN);
  assert_says(text, "Home low, persons: 3, area a");
  assert_says(text, "gets wet at 2.13 m");
  assert_says(text, "Heights in DVR90 height (EPSG:5799)");
  assert_says(text, "The ground under the home lies at 0.50 m.");
  assert_says(text, "    2.13 m  water at the house (touch): this one counts");
  assert_says(text, "    2.33 m  20 cm of water within 1 m (kamp)\n");
  assert_says(text, "The saddle S1 decides: 2.13 m, at 720061.0 6215069.0 (EPSG:25832)");
  assert_says(text, "opening: 2.0 m; 5 cm higher 2.0 m; 10 cm higher 2.0 m; 20 cm higher wider than was measured");
  assert_says(text, "it decides for 12 persons in 2 homes");
  assert_says(text, "lower ground behind it: 1.15 ha");
  assert_says(text, "show it 0.08 m too low");
  assert_says(text, "once it is closed water comes at 4.20 m, at 720070.0 6215100.0");
  assert_says(text, "closing it keeps 12 persons in 2 homes dry");
  assert_says(text, "comes through S1 (2.13 m), and before that S0 (1.00 m).");
  assert_says(text, "1.00 m: dry, by 1.13 m; probability of wet 0.01; given the error budget: dry");
  assert_says(text, "2.50 m: wet, 2.00 m of water over the ground; probability of wet 0.97");
  assert_says(
      text,
      "storm (2.20 m): wet, at most 1.70 m of water over the ground; probability of wet 0.60; given the error "
      "budget: cannot be said");
  assert_says(text, "found in village_first_wet.tif");
  assert_says(text, "    2.13 m at 720061.0 6215069.0; behind it 40.0 m of the way at one level");
  assert_silent(text, "another saddle");
  assert_says(text, "terrain 0.05 m, sea level 0.1 m; errors of crest and ground are independent");
  assert_says(text, "dtm.tif: EPSG:5613, RH2000 = DVR90 + 0.015 m");
  assert_says(told(&v, "low", SUND_DA), "bliver vådt ved 2.13 m");
  assert_says(told(&v, "low", SUND_DA), "Tærsklen S1 afgør det");
  assert_says(told(&v, "low", SUND_SV), "blir vått vid 2.13 m");
  assert_says(told(&v, "low", SUND_SV), "Tröskeln S1 avgör det");
  leave_village(&v);
}

static void the_way_is_drawn(void **state) {
  village v;
  build_village(&v, *state, parameters);
  add_raster(&v);
  open_village(&v);
  assert_ok(v.ctx, ask(&v, v.ctx, "low"));
  const water_way *way = &v.facts->way;
  assert_int_equal(way->state, WATER_DRAWN);
  assert_near(way->x[way->vertices - 1], DRAW_X + 101, 1e-6);
  assert_near(way->y[way->vertices - 1], DRAW_Y + 2 * (ROWS - NOTCH) - 1, 1e-6);
  assert_near(way->x[0], DRAW_X + 19, 1e-6); /* the first cell of the sea */
  assert_near(way->metres, draw_ground(v.ctx, 82), 0.05);
  assert_int_equal(way->vertices, 2); /* straight through the notch */
  assert_true(way->saddle_m < 2);
  assert_int_equal(way->sills, 2);
  assert_near(way->sill[0].level_m, 2.13, 1e-6);
  assert_near(way->sill[0].x, DRAW_X + 2 * WALL + 1, 1e-6);
  assert_near(way->sill[1].level_m, 1, 1e-6);
  explain_answer out = {0};
  assert_ok(v.ctx, explain_flood.tell(v.ctx, v.facts, SUND_EN, &out));
  assert_int_equal(out.lines, 1);
  assert_string_equal(out.line[0].leg, "water");
  assert_int_equal(out.points, 6); /* home, saddle, next, two sills, shore */
  assert_ok(v.ctx, explain_flood.tables(v.ctx, v.facts, &out));
  const char *json;
  assert_ok(v.ctx, sund_json_write(v.ctx, out.members, out.member, &json));
  assert_says(json, "\"first_wet_m\": 2.13");
  assert_says(json, "\"says\": \"cannot_say\"");
  assert_says(json, "\"line\": \"LINESTRING (720019.000 6215069.000, 720101.000 6215069.000)\"");
  assert_says(json, "\"parent_id\": \"S0\"");
  assert_says(json, "\"behind_m\": 40.0");
  leave_village(&v);
}

static void other_homes(void **state) {
  village v;
  build_village(&v, *state, parameters);
  add_raster(&v);
  open_village(&v);
  const char *text = told(&v, "hill", SUND_EN);
  assert_says(text, "Its own ground decides");
  assert_says(text, "comes through S1");
  assert_says(text, "2.50 m: dry, by 0.90 m");
  assert_says(text, "storm (2.20 m): dry; probability of wet 0.00");
  assert_says(text, "    2.13 m at 720061.0 6215069.0; behind it 98.0 m");
  text = told(&v, "high", SUND_EN);
  assert_says(text, "does not get wet up to 5.00 m");
  assert_says(text, "That is 1.80 m higher.");
  assert_says(text, "From the highest level asked for (2.50 m) it is at least 2.50 m.");
  assert_silent(text, "decides");
  text = told(&v, "moat", SUND_EN);
  assert_says(text, "That is lower; but all that water could come over is higher");
  text = told(&v, "sea", SUND_EN);
  assert_says(text, "The ground beside the home lies at 0.20 m; the cells under it are raised");
  assert_says(text, "1.00 m: wet, 0.80 m of water");
  text = told(&v, "lost", SUND_EN);
  assert_says(text, "no known terrain under the home");
  text = told(&v, "other", SUND_EN);
  assert_says(text, "the raster beside the result says otherwise of the place");
  text = told(&v, "cell", SUND_EN);
  assert_says(text, "piece 2 of a cell");
  assert_says(text, "2 rows have this id; this is the worst of them");
  text = told(&v, "cell/1", SUND_EN);
  assert_says(text, "gets wet at 3.40 m");
  leave_village(&v);
}

/* Without a raster everything else is still said; one of another place has nothing to say. */
static void without_a_raster(void **state) {
  village v;
  build_village(&v, *state, "flood.cap=4; flood.connectivity=4");
  open_village(&v);
  const char *text = told(&v, "low", SUND_EN);
  assert_says(text, "gets wet at 2.13 m");
  assert_says(text, "the raster *_first_wet.tif does not lie beside the result");
  assert_silent(text, "Error budget");
  assert_says(told(&v, "high", SUND_EN), "up to 4.00 m");
  add_raster(&v);
  assert_says(told(&v, "low", SUND_EN), "found in village_first_wet.tif");
  leave_village(&v);
}

static void what_cannot_be_asked(void **state) {
  village v;
  sund_ctx *ctx = *state;
  const char *why;
  build_village(&v, ctx, parameters);
  open_village(&v);
  sund_ctx *child = sund_ctx_child(ctx);
  assert_int_equal(ask(&v, child, "lov"), SUND_USAGE);
  sund_failure(child, &why, NULL, NULL);
  assert_says(why, "has no home 'lov'; did you mean 'low'?");
  sund_ctx_free(child);
  child = sund_ctx_child(ctx);
  assert_int_equal(ask(&v, child, "cell/7"), SUND_USAGE);
  sund_failure(child, &why, NULL, NULL);
  assert_says(why, "its pieces go up to 2");
  sund_ctx_free(child);
  child = sund_ctx_child(ctx);
  v.question.standard = "who-05";
  assert_int_equal(ask(&v, child, "low"), SUND_USAGE);
  sund_failure(child, &why, NULL, NULL);
  assert_says(why, "access was not asked");
  sund_ctx_free(child);
  leave_village(&v);
}

static void every_allocation_may_fail(void **state) {
  village v;
  build_village(&v, *state, parameters);
  add_raster(&v);
  open_village(&v);
  size_t failed = 0;
  for (size_t n = 1;; n += 1 + n / 8) {
    sund_ctx *ctx = sund_ctx_child(*state);
    explain_answer out = {0};
    sund_ctx_fail_alloc(ctx, n);
    sund_code code = ask(&v, ctx, "low");
    if (code == SUND_OK) code = explain_flood.tell(ctx, v.facts, SUND_EN, &out);
    if (code == SUND_OK) code = explain_flood.tables(ctx, v.facts, &out);
    sund_ctx_fail_alloc(ctx, 0);
    if (code != SUND_OK) assert_int_equal(code, SUND_LIMIT);
    sund_ctx_free(ctx);
    if (code == SUND_OK) break;
    failed++;
  }
  assert_true(failed > 20);
  leave_village(&v);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      SUND_TEST(random_ways_descend_by_the_nearest),
      SUND_TEST(ways_cross_tiles),
      SUND_TEST(ways_stop_at_the_water_line),
      SUND_TEST(failures_of_the_raster_are_passed_on),
      SUND_TEST(a_home_behind_a_saddle),
      SUND_TEST(the_way_is_drawn),
      SUND_TEST(other_homes),
      SUND_TEST(without_a_raster),
      SUND_TEST(what_cannot_be_asked),
      SUND_TEST(every_allocation_may_fail),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}

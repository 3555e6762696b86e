/* flood_paths.c - how much of the streets and paths is under water: flood.paths and the layer flood_paths.
 *
 * A line on the ground (level 0) is walked in steps no longer than a cell; a step is wet when the cell under its
 * middle is. Bridges and tunnels (any other level) do not lie on the terrain: they are cut off where their ends are
 * wet, and each end stands for half of the line. Cells of the sea are left out: what is drawn there is a pier or a
 * ferry, not a path that gets wet. Lengths are on the ground.
 */
#include <math.h>
#include <string.h>

#include "flood.h"
#include "flood_steps.h"

typedef struct reckoning {
  sund_ctx *keep;
  flood_run *run;
  const sund_table *paths;
  sund_ground *ground;
  sund_segments *areas; /* NULL without areas */
  size_t groups;        /* levels of the areas: municipalities, districts ... */
  uint8_t **accept;     /* groups x areas: 1 = of this level */
  flood_steps *steps;
  uint8_t *wet;   /* levels: of a step                */
  double *unit_m; /* units x levels: wet metres       */
  double *path_m; /* levels: of the path at hand      */
  double first_m; /* its lowest first-wet level       */
  size_t rows;    /* of the layer                     */
  size_t row_room, metre_room, first_room;
  size_t *row;    /* rows: of the paths               */
  double *metres; /* rows x levels                    */
  double *wet_m;  /* rows: lowest first-wet level     */
} reckoning;

/* ----------------------------------------------------------------------------------------------------------- units */

static bool same_level(const char **level, size_t a, size_t b) {
  if (!level || level[a] == level[b]) return true;
  return level[a] && level[b] && strcmp(level[a], level[b]) == 0;
}

static sund_code open_units(sund_ctx *ctx, reckoning *r) {
  const sund_table *areas = r->run->in->role[SUND_AREAS];
  if (!areas) return SUND_OK;
  const char **level = sund_table_text(areas, "level");
  uint8_t *done = sund_alloc(ctx, areas->rows, 1);
  if (!done || !(r->accept = sund_alloc(ctx, areas->rows, sizeof *r->accept))) return SUND_LIMIT;
  for (size_t first = 0; first < areas->rows; first++) {
    if (done[first]) continue;
    uint8_t *accept = sund_alloc(ctx, areas->rows, 1);
    if (!accept) return SUND_LIMIT;
    for (size_t a = first; a < areas->rows; a++)
      if (!done[a] && same_level(level, first, a)) done[a] = accept[a] = 1;
    r->accept[r->groups++] = accept;
  }
  return sund_segments_build(ctx, areas->shapes, &r->areas);
}

/* Adds metres that are wet at the levels of r->wet to the path and to the units at a place. */
static void add_metres(reckoning *r, double x, double y, double metres) {
  const size_t levels = r->run->levels.count;
  for (size_t l = 0; l < levels; l++)
    if (r->wet[l]) r->path_m[l] += metres;
  for (size_t g = 0; g < (r->areas ? r->groups : 1); g++) {
    const size_t unit = r->areas ? sund_segments_inside(r->areas, x, y, r->accept[g]) : 0;
    for (size_t l = 0; l < levels && unit != SIZE_MAX; l++)
      if (r->wet[l]) r->unit_m[unit * levels + l] += metres;
  }
}

/* ----------------------------------------------------------------------------------------------------------- paths */

/* Asks about a step; true when it is wet at any level asked for. */
static bool step_is_wet(reckoning *r, size_t i) {
  const flood_steps *s = r->steps;
  const size_t site = s->site[i], levels = r->run->levels.count;
  if (site == SIZE_MAX || sund_flood_is_sea(r->run->site[site].flood, s->cell[i])) return false;
  const uint16_t raw = flood_cell_wet(r->run, site, s->cell[i], r->wet);
  r->first_m = fmin(r->first_m, flood_metres(&r->run->site[site], raw)); /* fmin leaves NAN out */
  return raw != SUND_NEVER && memchr(r->wet, 1, levels) != NULL;
}

static sund_code walk_part(reckoning *r, size_t part, double longest_m) {
  flood_walk walk = flood_walk_begin(r->paths->shapes, part, longest_m);
  flood_steps *s = r->steps;
  while (flood_walk_on(&walk, s) > 0) {
    TRY(flood_steps_ask(r->keep, r->run, false, s));
    for (size_t i = 0; i < s->count; i++)
      if (step_is_wet(r, i))
        add_metres(r, s->x[i], s->y[i],
                   2 * sund_ground_distance(r->ground, s->x[i], s->y[i], s->end_x[i], s->end_y[i]));
  }
  return SUND_OK;
}

/* Ground metres of a part as drawn. */
static double part_length(const reckoning *r, size_t part) {
  const sund_shapes *lines = r->paths->shapes;
  double metres = 0;
  for (size_t v = lines->first_vertex[part]; v + 1 < lines->first_vertex[part + 1]; v++)
    metres += sund_ground_distance(r->ground, lines->x[v], lines->y[v], lines->x[v + 1], lines->y[v + 1]);
  return metres;
}

static sund_code ask_ends(reckoning *r, size_t part) {
  const sund_shapes *lines = r->paths->shapes;
  const size_t first = lines->first_vertex[part], last = lines->first_vertex[part + 1] - 1;
  flood_steps *s = r->steps;
  if (last <= first) return SUND_OK;
  s->count = 2;
  s->x[0] = lines->x[first], s->y[0] = lines->y[first];
  s->x[1] = lines->x[last], s->y[1] = lines->y[last];
  TRY(flood_steps_ask(r->keep, r->run, false, s));
  for (size_t i = 0; i < 2; i++)
    if (step_is_wet(r, i)) add_metres(r, s->x[i], s->y[i], part_length(r, part) / 2);
  return SUND_OK;
}

/* Keeps a path that is wet at any level for the layer. */
static sund_code keep_path(reckoning *r, size_t path) {
  const size_t levels = r->run->levels.count;
  size_t *row = sund_grow(r->keep, r->row, &r->row_room, r->rows + 1, sizeof *row);
  double *metres = sund_grow(r->keep, r->metres, &r->metre_room, (r->rows + 1) * levels, sizeof *metres);
  double *first = sund_grow(r->keep, r->wet_m, &r->first_room, r->rows + 1, sizeof *first);
  if (!row || !metres || !first) return SUND_LIMIT;
  r->row = row, r->metres = metres, r->wet_m = first;
  memcpy(metres + r->rows * levels, r->path_m, levels * sizeof *metres);
  first[r->rows] = r->first_m;
  row[r->rows++] = path;
  return SUND_OK;
}

/* A box in the analysis CRS around all terrains. */
static sund_code terrain_box(sund_ctx *ctx, const flood_run *run, double box[4]) {
  enum { SIDE = 17 };
  double x[4 * SIDE], y[4 * SIDE];
  box[0] = box[1] = INFINITY, box[2] = box[3] = -INFINITY;
  for (size_t s = 0; s < run->sites; s++) {
    const sund_lattice *l = &run->site[s].spec->lattice;
    const double wide = (double)l->columns * l->dx, tall = (double)l->rows * l->dy;
    for (size_t k = 0; k < SIDE; k++) {
      const double share = (double)k / (SIDE - 1);
      for (size_t side = 0; side < 4; side++) {
        x[4 * k + side] = l->x0 + wide * (side == 0 ? 0 : side == 1 ? 1 : share);
        y[4 * k + side] = l->y0 - tall * (side == 2 ? 0 : side == 3 ? 1 : share);
      }
    }
    TRY(sund_op_apply(ctx, run->site[s].to_map, 4 * SIDE, x, y, NULL));
    for (size_t k = 0; k < 4 * SIDE; k++) {
      box[0] = fmin(box[0], x[k]), box[1] = fmin(box[1], y[k]);
      box[2] = fmax(box[2], x[k]), box[3] = fmax(box[3], y[k]);
    }
  }
  return SUND_OK;
}

static sund_code walk_paths(reckoning *r, const double box[4]) {
  const int64_t *level = sund_table_int(r->paths, "level");
  const sund_shapes *lines = r->paths->shapes;
  const double longest_m = flood_steps_longest(r->run);
  for (size_t path = 0; path < r->paths->rows; path++) {
    double own[4];
    if (!sund_shapes_box(lines, path, own) || own[0] > box[2] || own[2] < box[0] || own[1] > box[3] ||
        own[3] < box[1])
      continue;
    const bool on_ground = !level || level[path] == 0 || level[path] == SUND_NULL_INT;
    memset(r->path_m, 0, r->run->levels.count * sizeof *r->path_m);
    r->first_m = NAN;
    for (size_t part = lines->first_part[path]; part < lines->first_part[path + 1]; part++)
      TRY(on_ground ? walk_part(r, part, longest_m) : ask_ends(r, part));
    for (size_t l = 0; l < r->run->levels.count; l++)
      if (r->path_m[l] > 0) {
        TRY(keep_path(r, path));
        break;
      }
  }
  return SUND_OK;
}

/* ---------------------------------------------------------------------------------------------------------- layer */

enum { SOURCE, FEATURE, CLASS, LEVEL, LENGTH_M, FIRST_WET_M, COMMON };
static const sund_field common_fields[COMMON] = {
    [SOURCE] = {"source", SUND_TEXT, NULL, {"kilde", "källa", "source"}, NULL},
    [FEATURE] = {"feature_id", SUND_INT, NULL, {"objekt", "objekt", "feature"}, NULL},
    [CLASS] = {"class", SUND_TEXT, NULL, {"vejklasse", "vägklass", "class"}, NULL},
    [LEVEL] = {"level", SUND_INT, NULL, {"niveau", "nivå", "level"}, NULL},
    [LENGTH_M] = {"length_m", SUND_REAL, "m", {"længde", "längd", "length"}, NULL},
    [FIRST_WET_M] = {"first_wet_m",
                     SUND_REAL,
                     "m",
                     {"laveste vandstand, hvor den bliver våd", "lägsta vattenstånd då den blir våt",
                      "lowest level at which it gets wet"},
                     NULL},
};
static const sund_class classes[] = {
    {-INFINITY, 1, NULL, "#67001f", {"til 1 m", "till 1 m", "up to 1 m"}},
    {1, 1.5, NULL, "#b2182b", {"1–1,5 m", "1–1,5 m", "1–1.5 m"}},
    {1.5, 2, NULL, "#d6604d", {"1,5–2 m", "1,5–2 m", "1.5–2 m"}},
    {2, 2.5, NULL, "#f4a582", {"2–2,5 m", "2–2,5 m", "2–2.5 m"}},
    {2.5, 3, NULL, "#fddbc7", {"2,5–3 m", "2,5–3 m", "2.5–3 m"}},
    {3, INFINITY, NULL, "#92c5de", {"over 3 m", "över 3 m", "above 3 m"}},
};
static const sund_style style = {.column = "first_wet_m",
                                 .graduated = true,
                                 .classes = classes,
                                 .count = sizeof classes / sizeof *classes,
                                 .size_mm = 0.6,
                                 .opacity = 1};

static sund_code make_fields(sund_ctx *ctx, const flood_run *run, sund_field **out) {
  static const char *const wet[3] = {"under vand ved", "under vatten vid", "under water at"};
  sund_field *fields = sund_alloc(ctx, COMMON + run->levels.count, sizeof *fields);
  if (!fields) return SUND_LIMIT;
  memcpy(fields, common_fields, sizeof common_fields);
  for (size_t l = 0; l < run->levels.count; l++) {
    const flood_level *level = &run->levels.level[l];
    const char *name = flood_level_column(ctx, "wet_", level);
    sund_field *field = &fields[COMMON + l];
    *field = (sund_field){.name = name ? sund_text(ctx, "%s_m", name) : NULL, .type = SUND_REAL, .unit = "m"};
    if (!field->name) return SUND_LIMIT;
    for (int k = 0; k < 3; k++)
      if (!(field->label[k] = sund_text(ctx, "%s %s%s", wet[k], level->variant, level->event ? "" : " m")))
        return SUND_LIMIT;
  }
  *out = fields;
  return SUND_OK;
}

static sund_code paths_layer(sund_ctx *ctx, const reckoning *r) {
  const size_t levels = r->run->levels.count;
  const char **class = sund_table_text(r->paths, "class");
  const int64_t *level = sund_table_int(r->paths, "level");
  const sund_shapes *lines = r->paths->shapes;
  sund_field *fields;
  sund_table *table;
  TRY(make_fields(ctx, r->run, &fields));
  TRY(sund_table_new(ctx, "flood_paths", SUND_LINE, r->rows, fields, COMMON + levels, &table));
  TRY(sund_shapes_pick(ctx, lines, r->rows, r->row, &table->shapes));
  for (size_t n = 0; n < r->rows; n++) {
    const size_t path = r->row[n];
    double length = 0;
    for (size_t part = lines->first_part[path]; part < lines->first_part[path + 1]; part++)
      length += part_length(r, part);
    table->column[SOURCE].text[n] = sund_table_source(r->paths, path);
    table->column[FEATURE].integer[n] = sund_table_feature(r->paths, path);
    table->column[CLASS].text[n] = class ? class[path] : NULL;
    table->column[LEVEL].integer[n] = level ? level[path] : SUND_NULL_INT;
    table->column[LENGTH_M].real[n] = length;
    table->column[FIRST_WET_M].real[n] = r->wet_m[n];
    for (size_t l = 0; l < levels; l++) table->column[COMMON + l].real[n] = r->metres[n * levels + l];
  }
  return sund_results_layer(
      ctx, r->run->out,
      (sund_layer){
          .table = table,
          .style = &style,
          .indexed = true,
          .multi = true,
          .title = {"Veje og stier under vand", "Vägar och stigar under vatten", "Streets and paths under water"},
          .summary = {"De linjer, der er våde ved en af vandstandene, med meter under vand",
                      "De linjer som är våta vid något av vattenstånden, med meter under vatten",
                      "The lines that are wet at one of the levels, with metres under water"}});
}

static sund_code add_indicators(sund_ctx *ctx, const reckoning *r) {
  const size_t levels = r->run->levels.count;
  for (size_t u = 0; u < units_count(r->run->in); u++) {
    const bool known = !r->run->area || r->run->area->known_m2[u] > 0; /* else no terrain is there */
    for (size_t l = 0; l < levels; l++)
      TRY(sund_results_indicator(ctx, r->run->out,
                                 (sund_indicator){.indicator = "flood.paths",
                                                  .variant = r->run->levels.level[l].variant,
                                                  .area = units_area(r->run->in, u),
                                                  .value = known ? r->unit_m[u * levels + l] : NAN,
                                                  .unit = "m",
                                                  .low = NAN,
                                                  .high = NAN,
                                                  .base = NAN,
                                                  .method = r->run->method}));
  }
  return SUND_OK;
}

sund_code flood_paths_measure(sund_ctx *ctx, flood_run *run) {
  const sund_table *paths = run->in->role[SUND_PATHS];
  const size_t levels = run->levels.count;
  double box[4];
  if (!paths || paths->rows == 0 || !paths->shapes) return SUND_OK;
  reckoning r = {.keep = ctx, .run = run, .paths = paths};
  r.steps = sund_alloc(ctx, 1, sizeof *r.steps);
  r.wet = sund_alloc(ctx, levels, 1);
  r.path_m = sund_alloc(ctx, levels, sizeof *r.path_m);
  r.unit_m = sund_alloc(ctx, units_count(run->in) * levels, sizeof *r.unit_m);
  if (!r.steps || !r.wet || !r.path_m || !r.unit_m) return SUND_LIMIT;
  TRY(terrain_box(ctx, run, box));
  TRY(sund_ground_open(ctx, run->in->crs, box, &r.ground));
  TRY(open_units(ctx, &r));
  TRY(walk_paths(&r, box));
  flood_steps_done(run);
  TRY(add_indicators(ctx, &r));
  return paths_layer(ctx, &r);
}

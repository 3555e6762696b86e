/* flood_paths.c - how much of the streets and paths is under water: flood.paths and the layer flood_paths.
 *
 * A line on the ground (level 0) is walked in steps no longer than a cell; a step is wet when the cell under its
 * middle is. Bridges and tunnels (any other level) do not lie on the terrain: they are cut off where their ends are
 * wet, and each end stands for half of the line. Cells of the sea are left out: what is drawn there is a pier or a
 * ferry, not a path that gets wet. Lengths are on the ground.
 *
 * The layer has the pieces that are wet at one of the levels: steps in a row that are wet at the same levels and drawn
 * alike (flood_steps.c). Lengths of the pieces wet at a level add up to flood.paths, as far as there are units.
 */
#include <math.h>
#include <string.h>

#include "flood.h"
#include "flood_steps.h"

/* What the terrain says at a place. */
typedef struct answer {
  uint8_t *wet;   /* levels: FLOOD_STEP_...                                      */
  double first_m; /* first-wet level, results' heights; NAN = never, or no answer */
  bool any;       /* wet at one of the levels                                    */
} answer;

typedef struct reckoning {
  sund_ctx *keep;
  flood_run *run;
  const sund_table *paths;
  sund_ground *ground;
  sund_segments *areas; /* NULL without areas */
  size_t groups;        /* levels of the areas: municipalities, districts ... */
  uint8_t **accept;     /* groups x areas: 1 = of this level */
  flood_steps *steps;
  answer at[2];           /* of a step; of both ends                     */
  double *unit_m;         /* units x levels: wet metres                  */
  flood_stretches pieces; /* line: row of paths; class: row of `classes` */
} reckoning;

/* ----------------------------------------------------------------------------------------------------------- units */

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
      if (!done[a] && units_same_level(level, first, a)) done[a] = accept[a] = 1;
    r->accept[r->groups++] = accept;
  }
  return sund_segments_build(ctx, areas->shapes, &r->areas);
}

/* Adds metres to the levels they are wet at, in the units at a place. */
static void add_metres(reckoning *r, const answer *at, double x, double y, double metres) {
  const size_t levels = r->run->levels.count;
  for (size_t g = 0; g < (r->areas ? r->groups : 1); g++) {
    const size_t unit = r->areas ? sund_segments_inside(r->areas, x, y, r->accept[g]) : 0;
    for (size_t l = 0; l < levels && unit != SIZE_MAX; l++)
      if (at->wet[l] == FLOOD_STEP_WET) r->unit_m[unit * levels + l] += metres;
  }
}

/* ---------------------------------------------------------------------------------------------------------- style */

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

static unsigned class_of(double first_m) {
  unsigned k = 0;
  while (first_m > classes[k].high) k++;
  return k;
}

/* ----------------------------------------------------------------------------------------------------------- paths */

/* Asks about a step; at->any is false where no terrain is, and at sea. */
static void ask_step(const reckoning *r, size_t i, answer *at) {
  const flood_steps *s = r->steps;
  const size_t site = s->site[i];
  at->any = false;
  if (site == SIZE_MAX || sund_flood_is_sea(r->run->site[site].flood, s->cell[i])) return;
  at->first_m = flood_metres(&r->run->site[site], flood_cell_wet(r->run, site, s->cell[i], at->wet));
  at->any = memchr(at->wet, FLOOD_STEP_WET, r->run->levels.count) != NULL;
}

/* Metres of a path up to (x, y): to the piece at hand, a new one, or none. */
static sund_code pass(reckoning *r, size_t path, const answer *at, double metres, double x, double y, bool corner) {
  if (!at->any) return flood_stretches_begin(r->keep, &r->pieces, x, y);
  const flood_stretch step = {
      .line = path, .metres = metres, .wet_m = at->first_m, .class = class_of(at->first_m), .wet = at->wet};
  return flood_stretches_add(r->keep, &r->pieces, &step, x, y, corner);
}

static sund_code walk_part(reckoning *r, size_t path, size_t part, double longest_m) {
  flood_walk walk = flood_walk_begin(r->paths->shapes, part, longest_m);
  flood_steps *s = r->steps;
  while (flood_walk_on(&walk, s) > 0) {
    TRY(flood_steps_ask(r->keep, r->run, false, s));
    for (size_t i = 0; i < s->count; i++) {
      const double metres = 2 * sund_ground_distance(r->ground, s->x[i], s->y[i], s->end_x[i], s->end_y[i]);
      ask_step(r, i, &r->at[0]);
      if (r->at[0].any) add_metres(r, &r->at[0], s->x[i], s->y[i], metres);
      TRY(pass(r, path, &r->at[0], metres, s->end_x[i], s->end_y[i], s->corner[i]));
    }
  }
  return SUND_OK;
}

/* Metres of a part as drawn, on the map or on the ground. */
static double part_length(const reckoning *r, size_t part, bool on_ground) {
  const sund_shapes *lines = r->paths->shapes;
  double metres = 0;
  for (size_t v = lines->first_vertex[part]; v + 1 < lines->first_vertex[part + 1]; v++) {
    const double *x = lines->x + v, *y = lines->y + v;
    metres += on_ground ? sund_ground_distance(r->ground, x[0], y[0], x[1], y[1]) : hypot(x[1] - x[0], y[1] - y[0]);
  }
  return metres;
}

/* Draws the halves of a part by the answers at its ends. */
static sund_code draw_halves(reckoning *r, size_t path, size_t part, double ground_m) {
  const sund_shapes *lines = r->paths->shapes;
  const double map_m = part_length(r, part, false), half = map_m / 2, scale = ground_m / map_m;
  double done = 0;
  for (size_t v = lines->first_vertex[part]; v + 1 < lines->first_vertex[part + 1]; v++) {
    const double *x = lines->x + v, *y = lines->y + v, length = hypot(x[1] - x[0], y[1] - y[0]);
    double left = length;
    if (done < half && done + length > half) {
      const double share = (half - done) / length;
      left = done + length - half;
      TRY(pass(r, path, &r->at[0], (length - left) * scale, x[0] + share * (x[1] - x[0]),
               y[0] + share * (y[1] - y[0]), true));
    }
    done += length;
    TRY(pass(r, path, &r->at[done > half], left * scale, x[1], y[1], true));
  }
  return SUND_OK;
}

static sund_code ask_ends(reckoning *r, size_t path, size_t part) {
  const sund_shapes *lines = r->paths->shapes;
  const size_t first = lines->first_vertex[part], last = lines->first_vertex[part + 1] - 1;
  const double metres = part_length(r, part, true);
  flood_steps *s = r->steps;
  if (!(metres > 0)) return SUND_OK;
  s->count = 2;
  s->x[0] = lines->x[first], s->y[0] = lines->y[first];
  s->x[1] = lines->x[last], s->y[1] = lines->y[last];
  TRY(flood_steps_ask(r->keep, r->run, false, s));
  for (size_t i = 0; i < 2; i++) {
    ask_step(r, i, &r->at[i]);
    if (r->at[i].any) add_metres(r, &r->at[i], s->x[i], s->y[i], metres / 2);
  }
  return draw_halves(r, path, part, metres);
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
    for (size_t part = lines->first_part[path]; part < lines->first_part[path + 1]; part++) {
      const size_t first = lines->first_vertex[part];
      if (first == lines->first_vertex[part + 1]) continue;
      TRY(flood_stretches_begin(r->keep, &r->pieces, lines->x[first], lines->y[first]));
      TRY(on_ground ? walk_part(r, path, part, longest_m) : ask_ends(r, path, part));
    }
  }
  return flood_stretches_end(r->keep, &r->pieces);
}

/* ---------------------------------------------------------------------------------------------------------- layer */

static const sund_choice yes_no[] = {
    {"0", {"nej", "nej", "no"}}, {"1", {"ja", "ja", "yes"}}, {NULL, {NULL, NULL, NULL}}};

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
static const sund_field wet_field = {
    "wet_", SUND_INT, NULL, {"under vand ved", "under vatten vid", "under water at"}, yes_no};

static sund_code paths_layer(sund_ctx *ctx, const reckoning *r) {
  const size_t levels = r->run->levels.count, rows = r->pieces.count;
  const char **class = sund_table_text(r->paths, "class");
  const int64_t *level = sund_table_int(r->paths, "level");
  sund_field *fields;
  sund_table *table;
  TRY(flood_level_fields(ctx, r->run, &(flood_columns){COMMON, 1, common_fields, &wet_field}, &fields));
  TRY(sund_table_new(ctx, "flood_paths", SUND_LINE, rows, fields, COMMON + levels, &table));
  TRY(flood_stretches_shapes(ctx, &r->pieces, &table->shapes));
  for (size_t n = 0; n < rows; n++) {
    const flood_stretch *piece = &r->pieces.stretch[n];
    sund_column *c = table->column;
    c[SOURCE].text[n] = sund_table_source(r->paths, piece->line);
    c[FEATURE].integer[n] = sund_table_feature(r->paths, piece->line);
    c[CLASS].text[n] = class ? class[piece->line] : NULL;
    c[LEVEL].integer[n] = level ? level[piece->line] : SUND_NULL_INT;
    c[LENGTH_M].real[n] = piece->metres;
    c[FIRST_WET_M].real[n] = piece->wet_m;
    for (size_t l = 0; l < levels; l++)
      if (piece->wet[l] != FLOOD_STEP_UNSAID) c[COMMON + l].integer[n] = piece->wet[l] == FLOOD_STEP_WET;
  }
  return sund_results_layer(
      ctx, r->run->out,
      (sund_layer){
          .table = table,
          .style = &style,
          .indexed = true,
          .title = {"Veje og stier under vand", "Vägar och stigar under vatten", "Streets and paths under water"},
          .summary = {"Et stykke af en vej eller sti pr. række, som bliver vådt ved de samme vandstande",
                      "En bit av en väg eller stig per rad, som blir våt vid samma vattenstånd",
                      "One piece of a street or path per row that gets wet at the same levels"}});
}

sund_code flood_paths_measure(sund_ctx *ctx, flood_run *run) {
  const sund_table *paths = run->in->role[SUND_PATHS];
  const size_t levels = run->levels.count;
  double box[4];
  if (!paths || paths->rows == 0 || !paths->shapes) return SUND_OK;
  reckoning r = {.keep = ctx, .run = run, .paths = paths};
  r.steps = sund_alloc(ctx, 1, sizeof *r.steps);
  r.pieces.levels = levels;
  for (size_t k = 0; k < 2; k++)
    if (!(r.at[k].wet = sund_alloc(ctx, levels, 1))) return SUND_LIMIT;
  r.unit_m = sund_alloc(ctx, units_count(run->in) * levels, sizeof *r.unit_m);
  if (!r.steps || !r.unit_m) return SUND_LIMIT;
  TRY(terrain_box(ctx, run, box));
  TRY(sund_ground_open(ctx, run->in->crs, box, &r.ground));
  TRY(open_units(ctx, &r));
  TRY(walk_paths(&r, box));
  flood_steps_done(run);
  TRY(flood_sums_tell(ctx, run, &(flood_sums){"flood.paths", "m", 1, r.unit_m, false}));
  return paths_layer(ctx, &r);
}

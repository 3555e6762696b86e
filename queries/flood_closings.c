/* flood_closings.c - what could be closed: the layer flood_closings, the indicators flood.closed and flood.closed_face.
 *
 * So many steps as asked for. In each the saddles are put in order by the persons who are wet now at the level to be held
 * and whose water comes through them, over any number of other saddles. The first TRIALS of them are tried, but for those
 * that a line tried before keeps dry too: the cheapest line around the basin (geo/closing.c) is built, every home is asked
 * again, the line is taken back. The one that keeps most persons dry, of equal ones the one with the smallest face, is
 * built for good, and the next step begins behind it: its persons are true marginal gains. Without homes basins count by
 * their area. At the end all is taken back.
 *
 * A line is looked for in a window: the box of the basin and its saddle, wider by the box's larger side, at least
 * MARGIN cells, on all sides; when there is none, in one three times as wide. Water beyond the window counts as sea.
 */
#include <math.h>
#include <string.h>

#include "flood_walls.h"

enum {
  TRIALS = 8,           /* saddles tried a step                      */
  MARGIN = 64,          /* cells                                     */
  WIDER = 3,            /* times the margin at the second look       */
  MOST_CELLS = 2250000, /* of a window: about 150 bytes each         */
  MOST_STEPS = 100
};
static const double SAME_M = 5e-7; /* levels are told in whole micrometres */

int32_t flood_closings_target(const flood_closings *c, const flood_site *site) {
  return sund_flood_threshold(site->spec, c->level_m - site->up_m);
}

/* ------------------------------------------------------------------------------------------------------- windows */

/* The window around a box, wider by `margin` cells on every side as far as there is a raster. */
static sund_window widened(const sund_lattice *lattice, sund_window box, size_t margin) {
  const size_t column = box.column > margin ? box.column - margin : 0;
  const size_t row = box.row > margin ? box.row - margin : 0;
  const size_t east = box.column + box.columns + margin, south = box.row + box.rows + margin;
  return (sund_window){column, row, (east < lattice->columns ? east : lattice->columns) - column,
                       (south < lattice->rows ? south : lattice->rows) - row};
}

static sund_window both(sund_window a, sund_window b) {
  const size_t column = a.column < b.column ? a.column : b.column, row = a.row < b.row ? a.row : b.row;
  const size_t a_east = a.column + a.columns, b_east = b.column + b.columns;
  const size_t a_south = a.row + a.rows, b_south = b.row + b.rows;
  return (sund_window){column, row, (a_east > b_east ? a_east : b_east) - column,
                       (a_south > b_south ? a_south : b_south) - row};
}

static sund_window of_cell(sund_cell cell) {
  return (sund_window){cell.column, cell.row, 1, 1};
}

static size_t cells_in(sund_window w) {
  return w.columns * w.rows;
}

/* Does water pass from a cell of the window to another, both of the basin? Fills it and returns its box. */
static sund_window fill_basin(const sund_window *w, size_t start, int connectivity, uint8_t *open, size_t *queue) {
  size_t count = 0;
  sund_window box = {w->column + start % w->columns, w->row + start / w->columns, 1, 1};
  queue[count++] = start;
  open[start] = 0;
  for (size_t i = 0; i < count; i++) {
    const size_t column = queue[i] % w->columns, row = queue[i] / w->columns;
    box = both(box, (sund_window){w->column + column, w->row + row, 1, 1});
    for (int k = 0; k < 9; k++) {
      const size_t c = column + (size_t)(k % 3) - 1, r = row + (size_t)(k / 3) - 1;
      if ((connectivity == 4 && k % 2 == 0) || c >= w->columns || r >= w->rows || !open[r * w->columns + c]) continue;
      open[r * w->columns + c] = 0;
      queue[count++] = r * w->columns + c;
    }
  }
  return box;
}

/* The box of the basin as seen in a window: cells joined to its lowest that lie lower than its crest. */
static sund_code basin_in(sund_ctx *ctx, const flood_site *site, const sund_saddle *at, const sund_window *w,
                          sund_window *box) {
  const size_t n = cells_in(*w);
  uint16_t *ground = sund_alloc(ctx, n, sizeof *ground);
  uint8_t *open = sund_alloc(ctx, n, 1);
  size_t *queue = sund_alloc(ctx, n, sizeof *queue);
  if (!ground || !open || !queue) return SUND_LIMIT;
  sund_flood_window(site->flood, w, SUND_ANY_ZONE, ground, NULL, open);
  for (size_t i = 0; i < n; i++) open[i] = !open[i] && ground[i] < at->crest;
  const size_t start = (at->basin.row - w->row) * w->columns + at->basin.column - w->column;
  *box = fill_basin(w, start, site->spec->connectivity, open, queue);
  return SUND_OK;
}

/* The box of the basin and its saddle. *fits false when it is too large to be looked at. */
static sund_code basin_box(sund_ctx *ctx, const flood_site *site, const sund_saddle *at, sund_window *box,
                           bool *fits) {
  const sund_lattice *lattice = &site->spec->lattice;
  const sund_window first = both(of_cell(at->basin), of_cell(at->cell));
  for (size_t margin = MARGIN;; margin *= 2) {
    const sund_window w = widened(lattice, first, margin);
    *fits = cells_in(w) <= MOST_CELLS;
    if (!*fits) return SUND_OK;
    sund_ctx *scratch = sund_ctx_child(ctx);
    if (!scratch) return SUND_LIMIT;
    sund_window basin = first;
    basin_in(scratch, site, at, &w, &basin);
    const sund_code code = sund_ctx_pass(ctx, scratch);
    sund_ctx_free(scratch);
    TRY(code);
    *box = both(first, basin);
    const sund_window around = widened(lattice, *box, 1);
    if (cells_in(both(w, around)) == cells_in(w)) return SUND_OK;
  }
}

/* --------------------------------------------------------------------------------------------------------- trial */

static sund_code look_in(sund_ctx *ctx, const flood_closings *c, const flood_saddle *s, const sund_window *within,
                         bool *found, sund_closing *line) {
  const flood_site *site = &c->run->site[s->site];
  sund_closing_ask ask = {.keep = s->at.basin,
                          .target = (uint16_t)flood_closings_target(c, site),
                          .within = *within,
                          .ground_scale = flood_ground_scale(site, s->at.cell)};
  if (c->no_go[s->site]) {
    uint8_t *mark = sund_alloc(ctx, cells_in(*within), 1);
    if (!mark) return SUND_LIMIT;
    TRY(sund_cells_mark(ctx, c->no_go[s->site], within, mark));
    ask.no_go = mark;
  }
  return sund_closing_find(ctx, site->flood, &ask, found, line);
}

/* The line around the basin of a saddle. */
static sund_code look(sund_ctx *ctx, const flood_closings *c, const flood_saddle *s, bool *found,
                      sund_closing *line) {
  const flood_site *site = &c->run->site[s->site];
  sund_window box, last = {0};
  bool fits;
  *found = false;
  TRY(basin_box(ctx, site, &s->at, &box, &fits));
  size_t margin = box.columns > box.rows ? box.columns : box.rows;
  if (margin < MARGIN) margin = MARGIN;
  for (int wide = 0; fits && wide < 2 && !*found; wide++, margin *= WIDER) {
    const sund_window within = widened(&site->spec->lattice, box, margin);
    if (cells_in(within) > MOST_CELLS || cells_in(within) == cells_in(last)) break;
    TRY(look_in(ctx, c, s, &within, found, line));
    last = within;
  }
  return SUND_OK;
}

/* What the line built does to homes. */
static sund_code count_gain(sund_ctx *ctx, const flood_closings *c, flood_trial *t) {
  const flood_run *run = c->run;
  const flood_saddle *s = &run->saddle[t->saddle];
  t->gain = s->area_m2;
  if (!run->homes) return SUND_OK;
  flood_home *home = sund_alloc(ctx, run->homes->count, sizeof *home);
  t->wet = sund_alloc(ctx, run->homes->count, 1);
  if (!home || !t->wet) return SUND_LIMIT;
  TRY(flood_homes_again(ctx, run, home));
  for (size_t h = 0; h < run->homes->count; h++) {
    t->wet[h] = home[h].wet_m[run->rule] <= c->level_m + SAME_M;
    if (!c->wet[h] || t->wet[h]) continue;
    t->persons += run->homes->persons[h];
    t->homes += run->homes->share[h];
  }
  t->gain = t->persons;
  return SUND_OK;
}

/* Basins that are dry behind the line too need no trial of their own in this step. */
static void leave_covered(flood_closings *c, const flood_site *site, int32_t target) {
  const flood_run *run = c->run;
  for (size_t k = 0; k < run->saddles; k++)
    if (&run->site[run->saddle[k].site] == site && c->score[k] > 0 &&
        sund_flood_wet(site->flood, SUND_ANY_ZONE, run->saddle[k].at.basin) > target)
      c->score[k] = 0;
}

/* Tries the line around the basin of a saddle; its state is left as it was. */
static sund_code attempt(flood_closings *c, flood_trial *t, bool *found) {
  const flood_saddle *s = &c->run->saddle[t->saddle];
  const flood_site *site = &c->run->site[s->site];
  sund_flood_edit before;
  const int32_t target = flood_closings_target(c, site);
  TRY(look(t->ctx, c, s, found, &t->line));
  if (!*found) return SUND_OK;
  TRY(flood_walls_raise(t->ctx, site, &t->line.line, (uint16_t)(target + 1), &before));
  const uint16_t wet = sund_flood_wet(site->flood, SUND_ANY_ZONE, s->at.basin);
  t->verified = wet > target;
  t->next_m = flood_metres(site, wet);
  TRY(count_gain(t->ctx, c, t));
  leave_covered(c, site, target);
  return sund_flood_change(t->ctx, site->flood, &before, NULL);
}

/* --------------------------------------------------------------------------------------------------------- steps */

/* What could be gained at each saddle, now. */
static void set_scores(flood_closings *c) {
  const flood_run *run = c->run;
  for (size_t k = 0; k < run->saddles; k++) c->score[k] = run->homes ? 0 : run->saddle[k].area_m2;
  for (size_t h = 0; run->homes && h < run->homes->count; h++) {
    size_t k = run->decides[h] != SIZE_MAX ? run->decides[h] : run->through[h];
    for (; c->wet[h] && k != SIZE_MAX; k = run->saddle[k].at.parent) c->score[k] += run->homes->persons[h];
  }
  for (size_t k = 0; k < run->saddles; k++) {
    const flood_saddle *s = &run->saddle[k];
    const flood_site *site = &run->site[s->site];
    if (c->tried[k] || s->at_edge ||
        sund_flood_wet(site->flood, SUND_ANY_ZONE, s->at.basin) > flood_closings_target(c, site))
      c->score[k] = 0;
  }
}

/* The saddle with the largest score that is left, SIZE_MAX = none. */
static size_t best_left(const flood_closings *c) {
  size_t best = SIZE_MAX;
  for (size_t k = 0; k < c->run->saddles; k++)
    if (c->score[k] > 0 && (best == SIZE_MAX || c->score[k] > c->score[best])) best = k;
  return best;
}

static sund_code note_none(sund_ctx *ctx, const flood_closings *c, size_t saddle) {
  const flood_saddle *s = &c->run->saddle[saddle];
  const char *text = sund_text(ctx, "no line was found that closes saddle %s up to %.2f m", s->id, c->level_m);
  return text ? flood_note(ctx, c->run, "note", "terrain", text, s->x, s->y) : SUND_LIMIT;
}

static bool better(const flood_trial *a, const flood_trial *b) {
  return a->gain > b->gain || (a->gain == b->gain && a->line.face_m2 < b->line.face_m2);
}

/* Tries a saddle, and keeps it when it is the best so far. */
static sund_code try_saddle(sund_ctx *ctx, flood_closings *c, size_t saddle) {
  flood_trial now = {.saddle = saddle, .next_m = NAN};
  bool found = false;
  if (!(now.ctx = sund_ctx_child(ctx))) return SUND_LIMIT;
  attempt(c, &now, &found);
  sund_code code = sund_ctx_pass(ctx, now.ctx);
  if (code == SUND_OK && found && now.gain > 0 && (!c->best.ctx || better(&now, &c->best))) {
    const flood_trial worse = c->best;
    c->best = now;
    now = worse;
  }
  sund_ctx_free(now.ctx);
  if (code != SUND_OK || found) return code;
  c->tried[saddle] = 1;
  return note_none(ctx, c, saddle);
}

/* The best of the saddles tried is c->best; its ctx NULL = nothing can be gained. */
static sund_code choose(sund_ctx *ctx, flood_closings *c) {
  c->best = (flood_trial){.ctx = NULL};
  set_scores(c);
  for (int k = 0; k < TRIALS; k++) {
    const size_t saddle = best_left(c);
    if (saddle == SIZE_MAX) return SUND_OK;
    c->score[saddle] = 0;
    TRY(try_saddle(ctx, c, saddle));
  }
  return SUND_OK;
}

/* Builds the best. */
static sund_code build(sund_ctx *ctx, flood_closings *c) {
  const flood_trial *t = &c->step[c->steps++];
  c->step[c->steps - 1] = c->best;
  c->best.ctx = NULL;
  const flood_site *site = &c->run->site[c->run->saddle[t->saddle].site];
  c->tried[t->saddle] = 1;
  if (t->wet) memcpy(c->wet, t->wet, c->run->homes->count);
  return flood_walls_raise(ctx, site, &t->line.line, (uint16_t)(flood_closings_target(c, site) + 1),
                           &c->before[c->steps - 1]);
}

static sund_code open_closings(sund_ctx *ctx, flood_run *run, flood_closings *c) {
  const size_t count = run->homes ? run->homes->count : 0;
  const double level = isnan(run->asked->close_to_m) ? run->levels.highest_m : run->asked->close_to_m;
  const sund_table *areas = run->in->role[SUND_NOGO];
  *c = (flood_closings){.run = run, .level_m = level};
  c->wet = sund_alloc(ctx, count, 1);
  c->tried = sund_alloc(ctx, run->saddles, 1);
  c->score = sund_alloc(ctx, run->saddles, sizeof *c->score);
  c->no_go = sund_alloc(ctx, run->sites, sizeof *c->no_go);
  c->step = sund_alloc(ctx, MOST_STEPS, sizeof *c->step);
  c->before = sund_alloc(ctx, MOST_STEPS, sizeof *c->before);
  if (!c->wet || !c->tried || !c->score || !c->no_go || !c->step || !c->before) return SUND_LIMIT;
  for (size_t h = 0; h < count; h++) c->wet[h] = run->home[h].wet_m[run->rule] <= level + SAME_M;
  for (size_t k = 0; k < run->sites; k++)
    if (flood_closings_target(c, &run->site[k]) > run->site[k].spec->cap)
      return sund_fail(ctx, SUND_USAGE, "flood: the level to close up to, %g m, lies above the cap of %.2f m", level,
                       flood_metres(&run->site[k], run->site[k].spec->cap));
  for (size_t s = 0; s < run->sites && areas && areas->rows; s++) {
    sund_shapes *shapes;
    TRY(flood_to_raster(ctx, &run->site[s], areas->shapes, &shapes));
    TRY(sund_cells_prepare(ctx, shapes, &run->site[s].spec->lattice, &c->no_go[s]));
  }
  return SUND_OK;
}

static sund_code measure(sund_ctx *ctx, flood_closings *c) {
  flood_run *run = c->run;
  TRY(open_closings(ctx, run, c));
  while (c->steps < MOST_STEPS && (double)c->steps < run->asked->close) {
    TRY(choose(ctx, c));
    if (!c->best.ctx) break;
    TRY(build(ctx, c));
  }
  for (size_t i = c->steps; i-- > 0;)
    TRY(sund_flood_change(ctx, run->site[run->saddle[c->step[i].saddle].site].flood, &c->before[i], NULL));
  return flood_closings_write(ctx, c);
}

sund_code flood_closings_measure(sund_ctx *ctx, flood_run *run) {
  flood_closings c = {.run = run};
  if (run->asked->close < 1 || run->saddles == 0) return SUND_OK;
  const sund_code code = measure(ctx, &c);
  for (size_t i = 0; i < c.steps; i++) sund_ctx_free(c.step[i].ctx);
  sund_ctx_free(c.best.ctx);
  return code;
}

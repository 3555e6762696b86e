/* catchment_cells_ways.c - from every inhabited cell to every cell where somebody lives or works, mode by mode, in every
 * variant at once.
 *
 * On streets: the run's own, contracted, so that the trees of all cells are swept in lanes (sund_streets_trees does that by
 * itself): a cell's times are to the unit those of a place that stands there. The targets of each tree are the cells and
 * the ends of all gates; gates are combined with it in place, variant by variant, from trees that begin at the gates'
 * ends: no street is searched twice, whatever the number of variants.
 *
 * By public transport times come home by home (catchment_transit_rows).
 */
#include <math.h>
#include <string.h>

#include "catchment_cells.h"

/* From so many trees on a hierarchy pays. */
enum { MANY_TREES = 1000 };

/* Gates of a variant, seen from the cells. */
typedef struct cell_gates {
  size_t ends, begin; /* begin: of its ends among the targets of a tree, behind the cells */
  const sund_gate *gate;
  uint32_t *between;
  uint32_t **from_end; /* ends: cells */
} cell_gates;

typedef struct ways {
  const catchment_cells_run *c;
  sund_mode mode;
  sund_streets *streets;
  sund_spot *from;   /* origins                        */
  sund_spot *target; /* cells, then ends of all variants */
  size_t targets;
  cell_gates *gates; /* variants */
} ways;

/* ------------------------------------------------------------------------------------------------------- sums */

static void add(const catchment_cells_run *c, size_t variant, sund_mode mode, size_t origin, uint32_t units,
                const catchment_cells_sums *what) {
  for (size_t b = 0; b < c->run->bounds; b++) {
    if (units > c->run->bound[b]) continue;
    catchment_cells_sums *s = catchment_cells_sums_of(c, variant, mode, b) + origin;
    s->persons += what->persons, s->jobs += what->jobs;
    s->persons_across += what->persons_across, s->jobs_across += what->jobs_across;
  }
}

static void add_all(const catchment_cells_run *c, const ways *w, size_t variant, sund_mode mode, size_t origin,
                    const uint32_t *units) {
  const catchment_grid *g = c->grid;
  for (size_t k = 0; k < g->count; k++) {
    const uint32_t time = k == c->cell[origin] ? 0 : units[k];
    if (time == SUND_BEYOND) continue;
    const bool across = catchment_is_across(c->run, c->from_shore[origin], c->shore[k], w ? &w->from[origin] : NULL,
                                            w ? &w->target[k] : NULL);
    const catchment_cells_sums what = {g->persons[k], g->jobs[k], across ? g->persons[k] : 0,
                                       across ? g->jobs[k] : 0};
    add(c, variant, mode, origin, time, &what);
  }
}

/* ------------------------------------------------------------------------------------------------------ gates */

/* Trees from the ends of a variant's gates: to the cells, and to its own ends. */
typedef struct end_job {
  const cell_gates *gates;
  size_t cells;
} end_job;

static sund_code keep_end(sund_ctx *worker, const sund_tree *tree, void *data) {
  (void)worker;
  const end_job *job = data;
  const cell_gates *g = job->gates;
  memcpy(g->from_end[tree->source], tree->units, job->cells * sizeof *tree->units);
  memcpy(g->between + tree->source * g->ends, tree->units + job->cells, g->ends * sizeof *tree->units);
  return SUND_OK;
}

static sund_code make_gates(sund_ctx *ctx, const ways *w, size_t variant) {
  const catchment_gates *of = &w->c->run->variant[variant].by[w->mode];
  cell_gates *g = &w->gates[variant];
  const size_t cells = w->c->grid->count;
  if (!g->ends) return SUND_OK;
  sund_spot *target = sund_alloc(ctx, cells + g->ends, sizeof *target);
  if (!target || !(g->between = sund_alloc(ctx, g->ends * g->ends, sizeof *g->between)) ||
      !(g->from_end = sund_alloc(ctx, g->ends, sizeof *g->from_end)))
    return SUND_LIMIT;
  g->gate = of->gate;
  for (size_t e = 0; e < g->ends; e++)
    if (!(g->from_end[e] = sund_alloc(ctx, cells, sizeof **g->from_end))) return SUND_LIMIT;
  memcpy(target, w->target, cells * sizeof *target);
  memcpy(target + cells, of->end, g->ends * sizeof *target);
  const sund_trees_ask ask = {
      .sources = g->ends, .source = of->end, .targets = cells + g->ends, .target = target, .limit = w->c->run->limit};
  end_job job = {g, cells};
  return sund_streets_trees(ctx, w->streets, &ask, keep_end, &job);
}

/* Times of one origin through the gates of a variant: out: cells. */
static sund_code join_gates(sund_ctx *ctx, const ways *w, const cell_gates *g, const uint32_t *units, uint32_t *out) {
  const catchment_run *run = w->c->run;
  uint32_t *at_end = sund_alloc(ctx, g->ends * run->lanes.count, sizeof *at_end);
  if (!at_end) return SUND_LIMIT;
  const sund_gates_ask reach = {.gates = g->ends / 2,
                                .gate = g->gate,
                                .lanes = &run->lanes,
                                .unit_s = run->unit_s,
                                .to_end = units + g->begin,
                                .between = g->between,
                                .limit = run->limit};
  TRY(sund_gates_reach(ctx, &reach, at_end));
  const sund_gates_join join = {.ends = g->ends,
                                .lanes = run->lanes.count,
                                .n = w->c->grid->count,
                                .direct = units,
                                .at_end = at_end,
                                .from_end = (const uint32_t *const *)g->from_end,
                                .limit = run->limit,
                                .percent = run->percent[run->main]};
  return sund_gates_times(ctx, &join, out, NULL);
}

/* ---------------------------------------------------------------------------------------------------- streets */

static sund_code visit_variants(sund_ctx *scratch, const ways *w, const sund_tree *tree) {
  uint32_t *joined = sund_alloc(scratch, w->c->grid->count, sizeof *joined);
  if (!joined) return SUND_LIMIT;
  for (size_t v = 0; v < w->c->run->variants; v++) {
    const cell_gates *g = &w->gates[v];
    if (g->ends) TRY(join_gates(scratch, w, g, tree->units, joined));
    add_all(w->c, w, v, w->mode, tree->source, g->ends ? joined : tree->units);
  }
  return SUND_OK;
}

/* A worker sees many origins: what one takes is given back. */
static sund_code visit(sund_ctx *worker, const sund_tree *tree, void *data) {
  sund_ctx *scratch = sund_ctx_child(worker);
  if (!scratch) return SUND_LIMIT;
  sund_code code = visit_variants(scratch, data, tree);
  if (code != SUND_OK) code = sund_ctx_pass(worker, scratch);
  sund_ctx_free(scratch);
  return code;
}

static sund_code put_on_streets(sund_ctx *ctx, ways *w) {
  const catchment_cells_run *c = w->c;
  const catchment_run *run = c->run;
  const size_t cells = c->grid->count;
  w->targets = cells;
  if (!(w->gates = sund_alloc(ctx, run->variants, sizeof *w->gates))) return SUND_LIMIT;
  for (size_t v = 0; v < run->variants; v++) {
    w->gates[v] = (cell_gates){.ends = 2 * run->variant[v].by[w->mode].count, .begin = w->targets};
    w->targets += w->gates[v].ends;
  }
  if (!(w->from = sund_alloc(ctx, c->origins, sizeof *w->from)) ||
      !(w->target = sund_alloc(ctx, w->targets, sizeof *w->target)))
    return SUND_LIMIT;
  TRY(catchment_snap(ctx, run, w->mode, c->origins, c->from_x, c->from_y, w->from));
  TRY(catchment_snap(ctx, run, w->mode, cells, c->x, c->y, w->target));
  for (size_t v = 0; v < run->variants; v++)
    if (w->gates[v].ends)
      memcpy(w->target + w->gates[v].begin, run->variant[v].by[w->mode].end, w->gates[v].ends * sizeof *w->target);
  return SUND_OK;
}

sund_code catchment_cells_by_streets(sund_ctx *ctx, const catchment_cells_run *c, sund_mode mode) {
  ways w = {.c = c, .mode = mode, .streets = c->run->net[mode].streets};
  TRY(put_on_streets(ctx, &w));
  if (c->origins >= MANY_TREES) TRY(sund_streets_contract(ctx, w.streets));
  for (size_t v = 0; v < c->run->variants; v++) TRY(make_gates(ctx, &w, v));
  const sund_trees_ask ask = {
      .sources = c->origins, .source = w.from, .targets = w.targets, .target = w.target, .limit = c->run->limit};
  return sund_streets_trees(ctx, w.streets, &ask, visit, &w);
}

/* ------------------------------------------------------------------------------------------------ straight lines */

static sund_code line_rows(sund_ctx *worker, size_t begin, size_t end, void *data) {
  const catchment_cells_run *c = data;
  uint32_t *units = sund_alloc(worker, c->grid->count, sizeof *units);
  if (!units) return SUND_LIMIT;
  for (size_t i = begin; i < end; i++) {
    for (size_t k = 0; k < c->grid->count; k++)
      units[k] = catchment_straight(c->run, c->from_x[i], c->from_y[i], c->x[k], c->y[k]);
    for (size_t v = 0; v < c->run->variants; v++) add_all(c, NULL, v, SUND_WALK, i, units);
  }
  return SUND_OK;
}

sund_code catchment_cells_by_lines(sund_ctx *ctx, catchment_cells_run *c) {
  return sund_for(ctx, c->origins, 8, line_rows, c);
}

/* ------------------------------------------------------------------------------------------------------- transit */

typedef struct transit_job {
  const catchment_cells_run *c;
  size_t variant;
  size_t *cell_of; /* targets                          */
  sund_spot *from; /* origins, on foot; NULL = no paths */
} transit_job;

static sund_code transit_row(sund_ctx *worker, size_t i, const uint32_t *units, void *data) {
  (void)worker;
  const transit_job *job = data;
  const catchment_cells_run *c = job->c;
  const catchment_town *t = &c->run->town;
  const sund_spot *target = c->run->net[SUND_TRANSIT].target;
  for (size_t k = 0; k < t->targets; k++) {
    const uint32_t time = job->cell_of[k] == c->cell[i] ? 0 : units[k];
    if (time == SUND_BEYOND) continue;
    const bool across = catchment_is_across(c->run, c->from_shore[i], t->shore[k], job->from ? &job->from[i] : NULL,
                                            target ? &target[k] : NULL);
    const catchment_cells_sums what = {t->persons[k], t->jobs[k], across ? t->persons[k] : 0,
                                       across ? t->jobs[k] : 0};
    add(c, job->variant, SUND_TRANSIT, i, time, &what);
  }
  return SUND_OK;
}

sund_code catchment_cells_by_transit(sund_ctx *ctx, const catchment_cells_run *c, size_t variant) {
  const catchment_run *run = c->run;
  transit_job job = {.c = c, .variant = variant};
  if (!(job.cell_of = sund_alloc(ctx, run->town.targets, sizeof *job.cell_of))) return SUND_LIMIT;
  for (size_t k = 0; k < c->grid->count; k++)
    for (size_t i = c->grid->first[k]; i < c->grid->first[k + 1]; i++) job.cell_of[c->grid->target[i]] = k;
  if (run->graph) {
    if (!(job.from = sund_alloc(ctx, c->origins, sizeof *job.from))) return SUND_LIMIT;
    TRY(catchment_snap(ctx, run, SUND_TRANSIT, c->origins, c->from_x, c->from_y, job.from));
  }
  return catchment_transit_rows(ctx, run, variant, c->origins, c->from_x, c->from_y, transit_row, &job);
}

/* catchment_times.c - the layer catchment_times: minutes from every place to the cells around it, today and in every
 * scenario compared, and what the scenario changes.
 *
 * The time of a cell is that at which half of its persons and jobs are reached (the nearest-rank median over what lies in
 * it): one far corner does not decide, nor does one house at the station. A cell where nobody lives or works shows the
 * time at the street nearest to its centre, where one runs within half a side of it.
 *
 * Times are those of the main percentile. Order: the cells, the times of every place, mode and variant, the layer
 * (catchment_times_layer.c).
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "catchment_times.h"

/* Above this many rows cells are made twice as long. */
static const double MOST_ROWS = 1e6;
/* Cells of the network's box that are looked at. */
static const double MOST_CELLS = 4e6;

/* ------------------------------------------------------------------------------------------------------ the cells */

typedef struct times {
  catchment_run *run;
  catchment_grid *grid;
  double *x, *y;               /* cells: their centres                                    */
  sund_spot *spot[SUND_MODES]; /* cells: the street nearest to the centre; NULL = no streets */
  double *minutes;             /* variants x cells: of the place and mode at hand, NAN    */
} times;

/* Centres of the cells that streets run through, over the box of the network. */
static sund_code street_cells(sund_ctx *ctx, const sund_graph *graph, double side, size_t *count, double **x,
                              double **y) {
  double box[4];
  *count = 0;
  if (!graph || !sund_shapes_extent(graph->shape, box)) return SUND_OK;
  const sund_shapes *s = graph->shape;
  const double west = floor(box[0] / side) * side, north = ceil(box[3] / side + 1e-9) * side;
  const sund_lattice l = {
      (size_t)((box[2] - west) / side) + 1, (size_t)((north - box[1]) / side) + 1, west, north, side, side};
  uint8_t *mark = sund_alloc(ctx, l.columns * l.rows, 1);
  sund_cell_list list = {0};
  if (!mark) return SUND_LIMIT;
  for (size_t e = 0; e < s->rows; e++) {
    list.count = 0;
    const size_t first = s->first_vertex[e];
    TRY(sund_cells_line(ctx, &l, s->first_vertex[e + 1] - first, s->x + first, s->y + first, SUND_TIGHT, &list));
    for (size_t k = 0; k < list.count; k++) mark[list.cell[k].row * l.columns + list.cell[k].column] = 1;
  }
  for (size_t i = 0; i < l.columns * l.rows; i++) *count += mark[i];
  if (!(*x = sund_alloc(ctx, *count, sizeof **x)) || !(*y = sund_alloc(ctx, *count, sizeof **y))) return SUND_LIMIT;
  for (size_t i = 0, n = 0; i < l.columns * l.rows; i++)
    if (mark[i]) {
      sund_lattice_centre(&l, (sund_cell){(uint32_t)(i % l.columns), (uint32_t)(i / l.columns)}, *x + n, *y + n);
      n++;
    }
  return SUND_OK;
}

/* The street nearest to the centre of every cell, at most half a side away. */
static sund_code snap_centres(sund_ctx *ctx, times *t) {
  const catchment_run *run = t->run;
  const size_t n = t->grid->count;
  double smallest = 1, largest = 1;
  if (run->ground) sund_ground_scale(run->ground, &smallest, &largest);
  for (int m = 0; m < SUND_MODES && run->graph; m++) {
    if (!run->options->wants[m]) continue;
    if (!(t->spot[m] = sund_alloc(ctx, n, sizeof **t->spot))) return SUND_LIMIT;
    TRY(sund_graph_snap(ctx, run->graph, run->ground, n, t->x, t->y, t->grid->side_m / 2 / largest,
                        run->net[m].accept, t->spot[m]));
  }
  return SUND_OK;
}

static sund_code make_cells(sund_ctx *ctx, times *t, double side) {
  double *x = NULL, *y = NULL;
  size_t extra;
  TRY(street_cells(ctx, t->run->graph, side, &extra, &x, &y));
  TRY(catchment_grid_make(ctx, t->run, side, extra, x, y, &t->grid));
  const size_t n = t->grid->count;
  if (!(t->x = sund_alloc(ctx, n, sizeof *t->x)) || !(t->y = sund_alloc(ctx, n, sizeof *t->y)) ||
      !(t->minutes = sund_alloc(ctx, n * t->run->variants, sizeof *t->minutes)))
    return SUND_LIMIT;
  for (size_t c = 0; c < n; c++) {
    t->x[c] = ((double)t->grid->cell[c].east + 0.5) * side;
    t->y[c] = ((double)t->grid->cell[c].north + 0.5) * side;
  }
  return snap_centres(ctx, t);
}

/* ------------------------------------------------------------------------------------------------------ the times */

typedef struct weighed {
  uint32_t time;
  double weight;
} weighed;

static int by_time(const void *a, const void *b) {
  const weighed *p = a, *q = b;
  if (p->time != q->time) return p->time < q->time ? -1 : 1;
  return (p->weight > q->weight) - (p->weight < q->weight);
}

/* The time at which half of what is in the cell is reached. list: room for its targets. */
static uint32_t median_time(const times *t, size_t cell, const uint32_t *time, weighed *list) {
  const catchment_town *town = &t->run->town;
  const size_t first = t->grid->first[cell], n = t->grid->first[cell + 1] - first;
  const double total = t->grid->persons[cell] + t->grid->jobs[cell];
  double below = 0, half = 0;
  for (size_t k = 0; k < n; k++) {
    const size_t i = t->grid->target[first + k];
    list[k] = (weighed){time[i], total > 0 ? town->persons[i] + town->jobs[i] : 1};
    half += list[k].weight / 2;
  }
  qsort(list, n, sizeof *list, by_time);
  for (size_t k = 0; k < n; k++) {
    below += list[k].weight;
    if (below >= half * (1 - 1e-12)) return list[k].time;
  }
  return list[n - 1].time;
}

/* The time at a place of a street, by the labels of its ends. */
static double street_time(const catchment_run *run, sund_mode mode, const catchment_answer *answer,
                          const sund_spot *spot) {
  const sund_graph *g = run->graph;
  const catchment_net *net = &run->net[mode];
  if (!answer->node || spot->edge == SUND_NO_EDGE) return INFINITY;
  const uint32_t from = answer->node[g->edge_from[spot->edge]], to = answer->node[g->edge_to[spot->edge]];
  const double share = spot->along_m / g->edge_m[spot->edge];
  const double ahead = net->forward_s[spot->edge] / run->unit_s, back = net->backward_s[spot->edge] / run->unit_s;
  double best = INFINITY; /* fmin passes over ways that are not allowed, NAN */
  if (from != SUND_BEYOND) best = fmin(best, from + share * ahead);
  if (to != SUND_BEYOND) best = fmin(best, to + (1 - share) * back);
  return best;
}

static double minutes_of(const times *t, size_t cell, sund_mode mode, const catchment_answer *answer, weighed *list) {
  const catchment_run *run = t->run;
  double units = INFINITY;
  if (t->grid->first[cell + 1] > t->grid->first[cell]) {
    const uint32_t time = median_time(t, cell, answer->time[run->main], list);
    if (time != SUND_BEYOND) units = time;
  } else if (t->spot[mode]) {
    units = street_time(run, mode, answer, &t->spot[mode][cell]);
  }
  return units <= run->limit ? units * run->unit_s / 60 : NAN;
}

/* ------------------------------------------------------------------------------------------------------- the rows */

static sund_code keep_rows(sund_ctx *ctx, const times *t, size_t place, sund_mode mode, catchment_times_rows *out) {
  const size_t variants = t->run->variants;
  for (size_t c = 0; c < t->grid->count; c++) {
    bool any = false;
    for (size_t v = 0; v < variants; v++) any = any || !isnan(t->minutes[c * variants + v]);
    if (!any) continue;
    catchment_times_row *row = sund_grow(ctx, out->row, &out->room, out->count + 1, sizeof *row);
    if (!row) return SUND_LIMIT;
    out->row = row;
    double *minutes = sund_grow(ctx, out->minutes, &out->minutes_room, (out->count + 1) * variants, sizeof *minutes);
    if (!minutes) return SUND_LIMIT;
    out->minutes = minutes;
    row[out->count] = (catchment_times_row){place, c, mode};
    memcpy(minutes + out->count * variants, t->minutes + c * variants, variants * sizeof *minutes);
    out->count++;
  }
  return SUND_OK;
}

typedef struct fill_job {
  const times *t;
  const catchment_answer *answer;
  sund_mode mode;
  size_t variant, most; /* most: targets in one cell */
} fill_job;

static sund_code fill_cells(sund_ctx *worker, size_t begin, size_t end, void *data) {
  const fill_job *job = data;
  const times *t = job->t;
  weighed *list = sund_alloc(worker, job->most, sizeof *list);
  if (!list) return SUND_LIMIT;
  for (size_t c = begin; c < end; c++)
    t->minutes[c * t->run->variants + job->variant] =
        job->answer->time ? minutes_of(t, c, job->mode, job->answer, list) : NAN;
  return SUND_OK;
}

static sund_code find_rows(sund_ctx *ctx, const times *t, catchment_times_rows *out) {
  const catchment_run *run = t->run;
  size_t most = 1;
  for (size_t c = 0; c < t->grid->count; c++) {
    const size_t n = t->grid->first[c + 1] - t->grid->first[c];
    most = n > most ? n : most;
  }
  for (size_t i = 0; i < run->town.places; i++)
    for (int m = 0; m < SUND_MODES; m++) {
      if (!catchment_answer_of(run, 0, (sund_mode)m, i)->time) continue;
      for (size_t v = 0; v < run->variants; v++) {
        fill_job job = {t, catchment_answer_of(run, v, (sund_mode)m, i), (sund_mode)m, v, most};
        TRY(sund_for(ctx, t->grid->count, 256, fill_cells, &job));
      }
      TRY(keep_rows(ctx, t, i, (sund_mode)m, out));
    }
  return SUND_OK;
}

/* The side asked for, twice as long as often as needed for the cells of the network's box to be looked at. */
static double side_for(const catchment_run *run) {
  double box[4], side = run->options->cell_m;
  if (run->graph && sund_shapes_extent(run->graph->shape, box))
    while ((box[2] - box[0]) / side * ((box[3] - box[1]) / side) > MOST_CELLS) side *= 2;
  return side;
}

sund_code catchment_times(sund_ctx *ctx, catchment_run *run) {
  times t = {.run = run};
  catchment_times_rows all = {0};
  if (!run->town.places || run->options->cell_m <= 0) return SUND_OK;
  sund_ctx *scratch = sund_ctx_child(ctx);
  if (!scratch) return SUND_LIMIT;
  sund_code code = SUND_OK;
  double side = side_for(run);
  do {
    all.count = 0;
    code = make_cells(scratch, &t, side);
    if (code == SUND_OK) code = find_rows(scratch, &t, &all);
    side *= 2;
  } while (code == SUND_OK && (double)all.count > MOST_ROWS);
  if (code == SUND_OK) code = catchment_times_layer(ctx, run, t.grid, &all);
  if (code != SUND_OK) code = sund_ctx_pass(ctx, scratch);
  const double used = code == SUND_OK ? t.grid->side_m : 0;
  sund_ctx_free(scratch);
  TRY(code);
  if (used <= run->options->cell_m) return SUND_OK;
  const char *text = sund_text(ctx, "catchment_times: cells of %g m instead of %g m, for there would be too many",
                               used, run->options->cell_m);
  return text ? catchment_note(ctx, run, "note", NULL, text, NAN, NAN) : SUND_LIMIT;
}

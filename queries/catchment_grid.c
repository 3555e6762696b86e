/* catchment_grid.c - square cells of the analysis CRS: which there are, what lies in them, what they are called.
 *
 * Cells lie at whole multiples of their side, so that two runs, and the same place on two maps, have the same cells.
 */
#include "catchment_grid.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

const sund_choice catchment_mode_choices[] = {
    {"walk", {"til fods", "till fots", "on foot"}},
    {"bike", {"på cykel", "med cykel", "by bike"}},
    {"car", {"i bil", "med bil", "by car"}},
    {"transit", {"kollektivt", "kollektivt", "by public transport"}},
    {NULL, {NULL, NULL, NULL}},
};

catchment_cell catchment_cell_at(double side_m, double x, double y) {
  return (catchment_cell){(int64_t)floor(x / side_m), (int64_t)floor(y / side_m)};
}

static int compare_cells(catchment_cell a, catchment_cell b) {
  if (a.north != b.north) return a.north < b.north ? -1 : 1;
  return (a.east > b.east) - (a.east < b.east);
}

/* A point by its cell; points behind the targets are extra. */
typedef struct entry {
  catchment_cell cell;
  size_t point;
} entry;

static int by_cell(const void *left, const void *right) {
  const entry *a = left, *b = right;
  const int order = compare_cells(a->cell, b->cell);
  return order ? order : (a->point > b->point) - (a->point < b->point);
}

static sund_code fill(sund_ctx *ctx, const catchment_run *run, const entry *list, size_t n, catchment_grid *g) {
  const catchment_town *t = &run->town;
  size_t placed = 0;
  if (!(g->cell = sund_alloc(ctx, n, sizeof *g->cell)) || !(g->first = sund_alloc(ctx, n + 1, sizeof *g->first)) ||
      !(g->target = sund_alloc(ctx, t->targets, sizeof *g->target)) ||
      !(g->persons = sund_alloc(ctx, n, sizeof *g->persons)) || !(g->jobs = sund_alloc(ctx, n, sizeof *g->jobs)))
    return SUND_LIMIT;
  for (size_t k = 0; k < n; k++) {
    if (k == 0 || compare_cells(list[k].cell, list[k - 1].cell) != 0) {
      g->first[g->count] = placed;
      g->cell[g->count++] = list[k].cell;
    }
    const size_t c = g->count - 1, i = list[k].point;
    if (i >= t->targets) continue;
    g->target[placed++] = i;
    g->persons[c] += t->persons[i];
    g->jobs[c] += t->jobs[i];
  }
  g->first[g->count] = placed;
  return SUND_OK;
}

sund_code catchment_grid_make(sund_ctx *ctx, const catchment_run *run, double side_m, size_t extra, const double *x,
                              const double *y, catchment_grid **out) {
  const catchment_town *t = &run->town;
  const size_t n = t->targets + extra;
  catchment_grid *g = sund_alloc(ctx, 1, sizeof *g);
  entry *list = sund_alloc(ctx, n, sizeof *list);
  if (!g || !list) return SUND_LIMIT;
  g->side_m = side_m;
  for (size_t i = 0; i < n; i++) {
    const bool target = i < t->targets;
    const double px = target ? t->x[i] : x[i - t->targets], py = target ? t->y[i] : y[i - t->targets];
    list[i] = (entry){catchment_cell_at(side_m, px, py), i};
  }
  if (n) qsort(list, n, sizeof *list, by_cell);
  TRY(fill(ctx, run, list, n, g));
  *out = g;
  return SUND_OK;
}

size_t catchment_grid_find(const catchment_grid *grid, catchment_cell cell) {
  size_t low = 0, high = grid->count;
  while (low < high) {
    const size_t middle = low + (high - low) / 2;
    if (compare_cells(grid->cell[middle], cell) < 0) low = middle + 1;
    else high = middle;
  }
  return low < grid->count && compare_cells(grid->cell[low], cell) == 0 ? low : SIZE_MAX;
}

/* ---------------------------------------------------------------------------------------------------------- names */

/* The largest power of ten, at most 1 km and at least 1 mm, that divides the side. */
static double step_of(double side_m) {
  double step = 1000;
  while (step > 0.0015 && fabs(side_m / step - rint(side_m / step)) > 1e-9 * side_m / step) step /= 10;
  return step;
}

const char *catchment_cell_name(sund_ctx *ctx, double side_m, catchment_cell cell) {
  const double step = step_of(side_m), per = rint(side_m / step);
  const bool km = step >= 1000;
  return sund_text(ctx, "%.10g%s_%.0f_%.0f", km ? side_m / 1000 : side_m, km ? "km" : "m", (double)cell.north * per,
                   (double)cell.east * per);
}

sund_code catchment_cell_squares(sund_ctx *ctx, double side_m, size_t rows, const catchment_cell *cell,
                                 sund_shapes **out) {
  sund_shapes *s;
  TRY(sund_shapes_new(ctx, SUND_AREA, rows, rows, 5 * rows, &s));
  for (size_t r = 0; r < rows; r++) {
    const double west = (double)cell[r].east * side_m, south = (double)cell[r].north * side_m;
    const double east = (double)(cell[r].east + 1) * side_m, north = (double)(cell[r].north + 1) * side_m;
    const double x[5] = {west, east, east, west, west}, y[5] = {south, south, north, north, south};
    memcpy(s->x + 5 * r, x, sizeof x);
    memcpy(s->y + 5 * r, y, sizeof y);
    s->first_part[r + 1] = r + 1;
    s->first_vertex[r + 1] = 5 * (r + 1);
  }
  *out = s;
  return SUND_OK;
}

/* Letters and digits of a name in small letters, everything else as a line. */
static char *plain(sund_ctx *ctx, const char *name) {
  char *text = sund_text_copy(ctx, name), *to = text;
  for (char *c = text; c && *c; c++) {
    const bool upper = *c >= 'A' && *c <= 'Z', kept = (*c >= 'a' && *c <= 'z') || (*c >= '0' && *c <= '9');
    const bool inside = (*c & 0xc0) == 0x80; /* a letter beyond ASCII becomes one line */
    if (!inside) *to++ = upper ? (char)(*c - 'A' + 'a') : kept ? *c : '_';
  }
  if (to) *to = 0;
  return text;
}

const char *catchment_column_name(sund_ctx *ctx, const catchment_run *run, const char *prefix, size_t variant) {
  const char *own = plain(ctx, run->variant[variant].name);
  size_t like = 0; /* names before it that read the same */
  if (!own) return NULL;
  for (size_t v = 1; v < variant; v++) {
    const char *other = plain(ctx, run->variant[v].name);
    if (!other) return NULL;
    like += strcmp(own, other) == 0;
  }
  return like ? sund_text(ctx, "%s_%s_%zu", prefix, own, like + 1) : sund_text(ctx, "%s_%s", prefix, own);
}

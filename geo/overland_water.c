/* overland_water.c - is there water between here and there?
 *
 * The water is dissolved first: borders between pieces of it must not become ways. A grid over it, with a few cells for
 * every segment of the shore, knows of each cell whether it is land, water, or has shore in it; a straight way is
 * followed from cell to cell and looks only at the shore in those it passes. Across open water the first cell ends it.
 *
 * What is nearer than a micrometre touches. A way that touches the shore somewhere is judged by the middles of its
 * parts in that cell, so that going along a quay, or past the tip of a pier, needs no exact arithmetic.
 */
#include "geo/overland_water.h"

#include <math.h>
#include <stdlib.h>

#include "geo/unite.h"

#define PAD_M 1e-3 /* a segment belongs to all cells it comes this near to */

enum { CELLS_A_SEGMENT = 4, SIDE_MAX = 4096, MEETS_MAX = 4 };

/* ------------------------------------------------------------------------------------------------------- cells */

static size_t clamp(double at, size_t count) {
  return at > 0 ? (at < (double)count ? (size_t)at : count - 1) : 0;
}

/* Shares of the line within [low, high] of one axis, clipped to what is there. False when there is none. */
static bool clip(double from, double step, double low, double high, double *begin, double *end) {
  if (step == 0) return from >= low && from <= high;
  const double a = (low - from) / step, b = (high - from) / step;
  *begin = fmax(*begin, fmin(a, b));
  *end = fmin(*end, fmax(a, b));
  return *begin <= *end;
}

/* Calls visit for the cells within `pad` of the line s = {x, y, x, y}, from its start on, until it returns false. */
static bool walk(const water *w, const double s[4], double pad, bool (*visit)(size_t cell, void *data), void *data) {
  const double dx = s[2] - s[0], dy = s[3] - s[1];
  const double low = fmin(s[1], s[3]) - pad - w->y0, high = fmax(s[1], s[3]) + pad - w->y0;
  if (w->columns == 0 || high < 0 || low > (double)w->rows * w->cell) return true;
  const size_t south = clamp(low / w->cell, w->rows), north = clamp(high / w->cell, w->rows);
  for (size_t k = 0; k <= north - south; k++) {
    const size_t row = dy < 0 ? north - k : south + k;
    const double bottom = w->y0 + (double)row * w->cell;
    double begin = 0, end = 1;
    if (!clip(s[1], dy, bottom - pad, bottom + w->cell + pad, &begin, &end)) continue;
    const double from = s[0] + begin * dx - w->x0, to = s[0] + end * dx - w->x0;
    const double left = fmin(from, to) - pad, right = fmax(from, to) + pad;
    if (right < 0 || left > (double)w->columns * w->cell) continue;
    const size_t west = clamp(left / w->cell, w->columns), east = clamp(right / w->cell, w->columns);
    for (size_t i = 0; i <= east - west; i++)
      if (!visit(row * w->columns + (dx < 0 ? east - i : west + i), data)) return false;
  }
  return true;
}

/* -------------------------------------------------------------------------------------------------- building */

typedef struct filling {
  water *w;
  size_t *at; /* cells: where the next segment goes */
  uint32_t vertex;
} filling;

static bool count_cell(size_t cell, void *data) {
  ((filling *)data)->w->first[cell]++;
  return true;
}

static bool fill_cell(size_t cell, void *data) {
  filling *f = data;
  f->w->vertex[f->at[cell]++] = f->vertex;
  return true;
}

static void each_segment(filling *f, bool (*visit)(size_t cell, void *data)) {
  const sund_segments *segments = f->w->segments;
  const double *x = segments->shapes->x, *y = segments->shapes->y;
  for (size_t i = 0; i < segments->count; i++) {
    const size_t v = segments->segment[i];
    f->vertex = (uint32_t)v;
    walk(f->w, (const double[4]){x[v], y[v], x[v + 1], y[v + 1]}, PAD_M, visit, f);
  }
}

static bool in_area(const water *w, double x, double y) {
  return sund_segments_inside(w->segments, x, y, NULL) != SIZE_MAX;
}

/* States of the cells. Two empty neighbours are alike: no shore runs between them. */
static void fill_states(water *w) {
  for (size_t row = 0; row < w->rows; row++)
    for (size_t column = 0; column < w->columns; column++) {
      const size_t cell = row * w->columns + column;
      const double x = w->x0 + ((double)column + 0.5) * w->cell, y = w->y0 + ((double)row + 0.5) * w->cell;
      if (w->first[cell + 1] > w->first[cell]) w->state[cell] = WATER_SHORE;
      else if (column > 0 && w->state[cell - 1] != WATER_SHORE) w->state[cell] = w->state[cell - 1];
      else w->state[cell] = in_area(w, x, y) ? WATER_IN : WATER_LAND;
    }
}

/* Lands: cells side by side that are not all water. */
static void join_cells(water *w) {
  const size_t beyond = w->columns * w->rows;
  for (size_t row = 0; row < w->rows; row++)
    for (size_t column = 0; column < w->columns; column++) {
      const size_t cell = row * w->columns + column;
      if (w->state[cell] == WATER_IN) continue;
      if (column > 0 && w->state[cell - 1] != WATER_IN) unite_join(w->land, cell - 1, cell);
      if (row > 0 && w->state[cell - w->columns] != WATER_IN) unite_join(w->land, cell - w->columns, cell);
      if (column == 0 || row == 0 || column + 1 == w->columns || row + 1 == w->rows)
        unite_join(w->land, cell, beyond);
    }
}

static void choose_grid(water *w, const double box[4]) {
  const double width = box[2] - box[0] + 2, height = box[3] - box[1] + 2;
  const double wanted = (double)(CELLS_A_SEGMENT * w->segments->count + 64);
  w->cell = fmax(sqrt(width * height / wanted), fmax(width, height) / SIDE_MAX);
  w->x0 = box[0] - 1;
  w->y0 = box[1] - 1;
  w->columns = (size_t)(width / w->cell) + 1;
  w->rows = (size_t)(height / w->cell) + 1;
}

static sund_code build_grid(sund_ctx *ctx, sund_ctx *scratch, water *w) {
  double box[4];
  const bool any = sund_shapes_extent(w->areas, box);
  if (any) choose_grid(w, box);
  const size_t cells = w->columns * w->rows;
  w->land = unite_new(ctx, cells + 1);
  if (!w->land) return SUND_LIMIT;
  if (!any) return SUND_OK;
  filling f = {.w = w};
  w->state = sund_alloc(ctx, cells, sizeof *w->state);
  w->first = sund_alloc(ctx, cells + 1, sizeof *w->first);
  f.at = sund_alloc(scratch, cells, sizeof *f.at);
  if (!w->state || !w->first || !f.at) return SUND_LIMIT;
  each_segment(&f, count_cell);
  size_t total = 0;
  for (size_t cell = 0; cell < cells; cell++) {
    f.at[cell] = total;
    total += w->first[cell];
    w->first[cell] = f.at[cell];
  }
  w->first[cells] = total;
  w->vertex = sund_alloc(ctx, total, sizeof *w->vertex);
  if (!w->vertex) return SUND_LIMIT;
  each_segment(&f, fill_cell);
  fill_states(w);
  join_cells(w);
  return SUND_OK;
}

static sund_code build(sund_ctx *ctx, sund_ctx *scratch, const sund_shapes *areas, water **out) {
  water *w = sund_alloc(ctx, 1, sizeof *w);
  if (!w) return SUND_LIMIT;
  TRY(sund_overlay_dissolve(ctx, areas, &w->areas));
  if (w->areas->vertices >= UINT32_MAX) return sund_fail(ctx, SUND_LIMIT, "more than 4 billion vertices of water");
  TRY(sund_segments_build(ctx, w->areas, &w->segments));
  TRY(build_grid(ctx, scratch, w));
  *out = w;
  return SUND_OK;
}

sund_code water_build(sund_ctx *ctx, const sund_shapes *areas, water **out) {
  sund_ctx *scratch = sund_ctx_child(ctx);
  if (!scratch) return SUND_LIMIT;
  sund_code code = build(ctx, scratch, areas, out);
  if (code != SUND_OK) code = sund_ctx_pass(ctx, scratch);
  sund_ctx_free(scratch);
  return code;
}

/* ------------------------------------------------------------------------------------------------------ points */

/* Is the point on the shore of this cell? */
static bool on_shore(const water *w, size_t cell, double x, double y) {
  const double *sx = w->areas->x, *sy = w->areas->y;
  double share;
  for (size_t i = w->first[cell]; i < w->first[cell + 1]; i++) {
    const size_t v = w->vertex[i];
    if (sund_segment_nearest(x, y, sx[v], sy[v], sx[v + 1], sy[v + 1], &share) <= WATER_NEAR_M) return true;
  }
  return false;
}

static water_place place_in(const water *w, size_t cell, double x, double y) {
  if (w->state[cell] != WATER_SHORE) return (water_place)w->state[cell];
  if (on_shore(w, cell, x, y)) return WATER_SHORE;
  return in_area(w, x, y) ? WATER_IN : WATER_LAND;
}

/* The cell of a point; one past the last when it lies beyond the grid. */
static size_t cell_at(const water *w, double x, double y) {
  const double column = (x - w->x0) / w->cell, row = (y - w->y0) / w->cell;
  if (!(column >= 0 && column < (double)w->columns && row >= 0 && row < (double)w->rows)) return w->columns * w->rows;
  return (size_t)row * w->columns + (size_t)column;
}

water_place water_at(const water *w, double x, double y) {
  const size_t cell = cell_at(w, x, y);
  return cell < w->columns * w->rows ? place_in(w, cell, x, y) : WATER_LAND;
}

uint32_t water_land(const water *w, double x, double y) {
  return w->land[cell_at(w, x, y)];
}

void water_join(water *w, const double a[2], const double b[2]) {
  unite_join(w->land, cell_at(w, a[0], a[1]), cell_at(w, b[0], b[1]));
}

/* Every number leads to a smaller one, which is settled before it. */
void water_settle(water *w) {
  for (size_t cell = 0; cell <= w->columns * w->rows; cell++) w->land[cell] = w->land[w->land[cell]];
}

bool water_free_box(const water *w, const double box[4]) {
  if (w->columns == 0) return true;
  const double low[2] = {(box[0] - w->x0) / w->cell, (box[1] - w->y0) / w->cell};
  const double high[2] = {(box[2] - w->x0) / w->cell, (box[3] - w->y0) / w->cell};
  if (!(high[0] >= 0 && high[1] >= 0 && low[0] < (double)w->columns && low[1] < (double)w->rows)) return true;
  const size_t west = clamp(low[0], w->columns), east = clamp(high[0], w->columns);
  for (size_t row = clamp(low[1], w->rows); row <= clamp(high[1], w->rows); row++)
    for (size_t column = west; column <= east; column++)
      if (w->state[row * w->columns + column] != WATER_LAND) return false;
  return true;
}

/* -------------------------------------------------------------------------------------------------- crossings */

/* A straight way and the shares along it where it meets a segment of the shore. */
typedef struct sight {
  const water *w;
  double s[4];        /* from a to b */
  double dx, dy;      /* b - a */
  double length;      /* map metres */
  double first, last; /* meetings before and after these shares are of no interest */
} sight;

typedef struct meeting {
  bool cross; /* runs through to the other side */
  size_t touches;
  double share[MEETS_MAX]; /* of the crossing, or of the touches */
} meeting;

static sight open_sight(const water *w, const double a[2], const double b[2]) {
  sight s = {.w = w, .s = {a[0], a[1], b[0], b[1]}, .dx = b[0] - a[0], .dy = b[1] - a[1], .first = -1, .last = 2};
  s.length = hypot(s.dx, s.dy);
  return s;
}

/* How the sight meets the segment from vertex v. */
static meeting meet(const sight *s, size_t v) {
  const double *x = s->w->areas->x, *y = s->w->areas->y;
  meeting m = {.cross = false};
  const double cx = x[v] - s->s[0], cy = y[v] - s->s[1], ex = x[v + 1] - x[v], ey = y[v + 1] - y[v];
  const double fx = cx + ex, fy = cy + ey, near = WATER_NEAR_M * s->length;
  const double c = s->dx * cy - s->dy * cx, f = s->dx * fy - s->dy * fx; /* distances from the line, times length */
  if ((c > near && f > near) || (c < -near && f < -near)) return m;
  const double width = hypot(ex, ey);
  if (width == 0) return m;
  const double a = (ey * cx - ex * cy) / width, b = (ex * (s->dy - cy) - ey * (s->dx - cx)) / width;
  if (((c > near && f < -near) || (c < -near && f > near)) &&
      ((a > WATER_NEAR_M && b < -WATER_NEAR_M) || (a < -WATER_NEAR_M && b > WATER_NEAR_M))) {
    m.cross = true;
    m.share[0] = a / (a - b);
    return m;
  }
  const double square = s->length * s->length, slack = WATER_NEAR_M / s->length;
  const double at_c = (cx * s->dx + cy * s->dy) / square, at_f = (fx * s->dx + fy * s->dy) / square;
  if (fabs(c) <= near && at_c >= -slack && at_c <= 1 + slack) m.share[m.touches++] = at_c;
  if (fabs(f) <= near && at_f >= -slack && at_f <= 1 + slack) m.share[m.touches++] = at_f;
  const double along_a = -(cx * ex + cy * ey) / width, along_b = ((s->dx - cx) * ex + (s->dy - cy) * ey) / width;
  if (fabs(a) <= WATER_NEAR_M && along_a >= -WATER_NEAR_M && along_a <= width + WATER_NEAR_M)
    m.share[m.touches++] = 0;
  if (fabs(b) <= WATER_NEAR_M && along_b >= -WATER_NEAR_M && along_b <= width + WATER_NEAR_M)
    m.share[m.touches++] = 1;
  return m;
}

/* Shares of the sight within the cell. */
static bool within(const sight *s, size_t cell, double *begin, double *end) {
  const water *w = s->w;
  const double west = w->x0 + (double)(cell % w->columns) * w->cell;
  const double south = w->y0 + (double)(cell / w->columns) * w->cell;
  *begin = 0, *end = 1;
  return clip(s->s[0], s->dx, west - WATER_NEAR_M, west + w->cell + WATER_NEAR_M, begin, end) &&
         clip(s->s[1], s->dy, south - WATER_NEAR_M, south + w->cell + WATER_NEAR_M, begin, end);
}

/* The parts of the sight in this cell between touches: is none of them in the water? */
static bool parts_clear(const sight *s, size_t cell) {
  const water *w = s->w;
  const double tiny = WATER_NEAR_M / s->length;
  double begin, end;
  if (!within(s, cell, &begin, &end)) return true;
  while (begin + 2 * tiny < end) {
    double next = end;
    for (size_t i = w->first[cell]; i < w->first[cell + 1]; i++) {
      const meeting m = meet(s, w->vertex[i]);
      for (size_t k = 0; k < m.touches; k++)
        if (m.share[k] > begin + tiny && m.share[k] < next) next = m.share[k];
    }
    const double middle = (begin + next) / 2;
    if (place_in(w, cell, s->s[0] + middle * s->dx, s->s[1] + middle * s->dy) == WATER_IN) return false;
    begin = next;
  }
  return true;
}

static bool look(size_t cell, void *data) {
  const sight *s = data;
  const water *w = s->w;
  if (w->state[cell] != WATER_SHORE) return w->state[cell] == WATER_LAND;
  bool touched = false;
  for (size_t i = w->first[cell]; i < w->first[cell + 1]; i++) {
    const meeting m = meet(s, w->vertex[i]);
    if (m.cross) return false;
    for (size_t k = 0; k < m.touches; k++) touched |= m.share[k] > s->first && m.share[k] < s->last;
  }
  return !touched || parts_clear(s, cell);
}

bool water_clear(const water *w, const double a[2], const double b[2], const bool skip[2]) {
  sight s = open_sight(w, a, b);
  if (s.length <= 2 * WATER_NEAR_M) return true;
  if (skip[0]) s.first = 2 * WATER_NEAR_M / s.length;
  if (skip[1]) s.last = 1 - 2 * WATER_NEAR_M / s.length;
  return walk(w, s.s, WATER_NEAR_M, look, &s);
}

/* -------------------------------------------------------------------------------------------------------- cuts */

typedef struct cutting {
  sight s;
  sund_ctx *ctx;
  double *share;
  size_t room, count;
  bool full; /* without memory */
} cutting;

static bool add_cut(cutting *c, double share) {
  double *grown = sund_grow(c->ctx, c->share, &c->room, c->count + 1, sizeof *grown);
  if (!grown) c->full = true;
  else {
    c->share = grown;
    c->share[c->count++] = fmin(fmax(share, 0), 1);
  }
  return !c->full;
}

static bool cut(size_t cell, void *data) {
  cutting *c = data;
  const water *w = c->s.w;
  for (size_t i = w->first[cell]; i < w->first[cell + 1]; i++) {
    const meeting m = meet(&c->s, w->vertex[i]);
    for (size_t k = 0; k < (m.cross ? 1 : m.touches); k++)
      if (!add_cut(c, m.share[k])) return false;
  }
  return true;
}

static int by_share(const void *left, const void *right) {
  const double a = *(const double *)left, b = *(const double *)right;
  return a < b ? -1 : a > b;
}

sund_code water_cuts(sund_ctx *ctx, const water *w, const double a[2], const double b[2], double **share,
                     size_t *room, size_t *count) {
  cutting c = {.s = open_sight(w, a, b), .ctx = ctx, .share = *share, .room = *room};
  add_cut(&c, 0);
  if (c.s.length > 0) walk(w, c.s.s, WATER_NEAR_M, cut, &c);
  add_cut(&c, 1);
  *share = c.share;
  *room = c.room;
  *count = 0;
  if (c.full) return SUND_LIMIT;
  qsort(c.share, c.count, sizeof *c.share, by_share);
  for (size_t i = 0; i < c.count; i++)
    if (*count == 0 || c.share[i] > c.share[*count - 1]) c.share[(*count)++] = c.share[i];
  return SUND_OK;
}

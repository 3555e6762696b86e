/* cells.c - which cells of a raster lie in an area: the centres, row by row.
 *
 * Order of calls: sund_cells_prepare once, then sund_cells_rows or sund_cells_mark for any window, from any thread.
 *
 * Preparing: every segment of the areas is told which rows of the lattice it crosses; the segments are sorted by how
 * many rows they cross (in powers of two) and within that by the first of them. Those that reach into a window are
 * then, for each power, one stretch of the list: memory is one entry a segment, and a window looks at segments near
 * its rows only.
 *
 * Asking: the scan line method (Wylie, Romney, Evans and Erdahl 1967, Half-tone perspective drawings by computer).
 * For each row the columns where boundaries are crossed are gathered and sorted by area; between the last two
 * crossings of an area its cells are inside, between the two before them again. A crossing is settled by the very
 * test of sund_area_contains, so that the answer is the same to the cell. Areas are painted from the last row to the
 * first: the smallest stays.
 */
#include "cells.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum {
  SPANS = 33,       /* powers of two: rows are numbered with 32 bits          */
  INSERT_UP_TO = 16 /* keys sorted by insertion; more by qsort                */
};

/* A segment that crosses rows. */
typedef struct edge {
  size_t vertex;        /* its first             */
  uint32_t area;        /* row of the areas      */
  uint32_t first, last; /* rows of the lattice   */
} edge;

struct sund_cells {
  sund_lattice lattice;
  const sund_shapes *areas;
  edge *edge;              /* by span, then first row, then vertex */
  size_t begin[SPANS + 1]; /* of the edges of each span            */
};

/* ---------------------------------------------------------------------------------------- segments and centres */

void cells_edge_rows(const sund_lattice *lattice, const sund_shapes *areas, size_t v, size_t *first, size_t *end) {
  const double ay = areas->y[v], by = areas->y[v + 1];
  const double low = ay < by ? ay : by, high = ay < by ? by : ay;
  *first = *end = 0;
  if (!isfinite(areas->x[v]) || !isfinite(areas->x[v + 1]) || !isfinite(ay) || !isfinite(by) || low == high) return;
  size_t top = cells_index((lattice->y0 - high) / lattice->dy, lattice->rows);
  size_t bottom = cells_index((lattice->y0 - low) / lattice->dy, lattice->rows);
  /* at most a step or two: by the centres themselves, not by the division */
  while (top > 0 && cells_y(lattice, top - 1) < high) top--;
  while (top < lattice->rows && !(cells_y(lattice, top) < high)) top++;
  while (bottom > 0 && !(cells_y(lattice, bottom - 1) >= low)) bottom--;
  while (bottom < lattice->rows && cells_y(lattice, bottom) >= low) bottom++;
  if (top >= bottom) return;
  *first = top;
  *end = bottom;
}

size_t cells_edge_column(const sund_lattice *lattice, const sund_shapes *areas, size_t v, size_t row) {
  const bool up = areas->y[v + 1] > areas->y[v];
  const size_t l = up ? v : v + 1, h = up ? v + 1 : v;
  const double lx = areas->x[l], ly = areas->y[l], wide = areas->x[h] - lx, tall = areas->y[h] - ly;
  const double over = cells_y(lattice, row) - ly, reach = wide * over;
  size_t column = cells_index((lx + reach / tall - lattice->x0) / lattice->dx, lattice->columns);
  /* the test of sund_area_contains at the centres around; it only ever changes from true to false towards the east */
  while (column > 0 && !(reach - (cells_x(lattice, column - 1) - lx) * tall > 0)) column--;
  while (column < lattice->columns && reach - (cells_x(lattice, column) - lx) * tall > 0) column++;
  return column;
}

static int by_key(const void *a, const void *b) {
  const uint64_t p = *(const uint64_t *)a, q = *(const uint64_t *)b;
  return p < q ? -1 : p > q;
}

void cells_sort(size_t n, uint64_t *key) {
  if (n > INSERT_UP_TO) {
    qsort(key, n, sizeof *key, by_key);
    return;
  }
  for (size_t i = 1; i < n; i++) {
    const uint64_t moved = key[i];
    size_t k = i;
    for (; k > 0 && key[k - 1] > moved; k--) key[k] = key[k - 1];
    key[k] = moved;
  }
}

/* ------------------------------------------------------------------------------------------------- preparing */

/* Smallest power of two above the rows between first and last. */
static unsigned span_of(const edge *e) {
  unsigned span = 0;
  for (uint32_t rows = e->last - e->first; rows; rows >>= 1) span++;
  return span;
}

static int by_span(const void *a, const void *b) {
  const edge *p = a, *q = b;
  const unsigned ps = span_of(p), qs = span_of(q);
  if (ps != qs) return ps < qs ? -1 : 1;
  if (p->first != q->first) return p->first < q->first ? -1 : 1;
  return p->vertex < q->vertex ? -1 : p->vertex > q->vertex;
}

/* Segments that cross rows and are not west of everything; into `edges` unless it is NULL. */
static size_t list_edges(const sund_lattice *lattice, const sund_shapes *areas, edge *edges) {
  const double west = lattice->x0 - lattice->dx;
  size_t count = 0;
  for (size_t row = 0; row < areas->rows; row++)
    for (size_t part = areas->first_part[row]; part < areas->first_part[row + 1]; part++)
      for (size_t v = areas->first_vertex[part]; v + 1 < areas->first_vertex[part + 1]; v++) {
        size_t first, end;
        if (areas->x[v] < west && areas->x[v + 1] < west) continue;
        cells_edge_rows(lattice, areas, v, &first, &end);
        if (first == end) continue;
        if (edges) edges[count] = (edge){v, (uint32_t)row, (uint32_t)first, (uint32_t)(end - 1)};
        count++;
      }
  return count;
}

sund_code sund_cells_prepare(sund_ctx *ctx, const sund_shapes *areas, const sund_lattice *lattice, sund_cells **out) {
  if (lattice->columns >= UINT32_MAX || lattice->rows >= UINT32_MAX)
    return sund_fail(ctx, SUND_LIMIT, "raster of %zu x %zu cells is too large", lattice->columns, lattice->rows);
  if (areas->rows >= UINT32_MAX) return sund_fail(ctx, SUND_LIMIT, "%zu areas are too many", areas->rows);
  sund_cells *cells = sund_alloc(ctx, 1, sizeof *cells);
  if (!cells) return SUND_LIMIT;
  cells->lattice = *lattice;
  cells->areas = areas;
  const size_t count = list_edges(lattice, areas, NULL);
  cells->edge = sund_alloc(ctx, count, sizeof *cells->edge);
  if (!cells->edge) return SUND_LIMIT;
  list_edges(lattice, areas, cells->edge);
  qsort(cells->edge, count, sizeof *cells->edge, by_span);
  for (size_t i = 0; i < count; i++) cells->begin[span_of(cells->edge + i) + 1]++;
  for (size_t span = 0; span < SPANS; span++) cells->begin[span + 1] += cells->begin[span];
  *out = cells;
  return SUND_OK;
}

/* ---------------------------------------------------------------------------------------------------- asking */

/* Crossings of a window's rows. */
typedef struct scan {
  const sund_cells *cells;
  const sund_window *window;
  size_t *at;    /* rows + 1: how many, then where the next one goes */
  uint64_t *key; /* area << 32 | columns of the window west of it; NULL while counting */
} scan;

/* First edge of a span whose first row is `row` or later. */
static size_t find_edge(const sund_cells *cells, unsigned span, size_t row) {
  size_t low = cells->begin[span], high = cells->begin[span + 1];
  while (low < high) {
    const size_t middle = low + (high - low) / 2;
    if (cells->edge[middle].first < row) low = middle + 1;
    else high = middle;
  }
  return low;
}

/* Columns of the window west of the edge in a row. */
static uint64_t columns_west(const scan *s, const edge *e, size_t row, bool east) {
  const sund_window *w = s->window;
  if (east) return w->columns;
  const size_t column = cells_edge_column(&s->cells->lattice, s->cells->areas, e->vertex, row);
  if (column <= w->column) return 0;
  return column - w->column < w->columns ? column - w->column : w->columns;
}

/* Counts or notes the crossings of an edge. */
static void cross(scan *s, const edge *e) {
  const sund_lattice *lattice = &s->cells->lattice;
  const sund_window *w = s->window;
  const size_t first = e->first > w->row ? e->first - w->row : 0;
  const size_t last = e->last - w->row < w->rows ? e->last - w->row : w->rows - 1;
  const double ax = s->cells->areas->x[e->vertex], bx = s->cells->areas->x[e->vertex + 1];
  /* a cell farther away than the window: no doubt where it crosses, and what it leaves in the west has no say */
  const double west = cells_x(lattice, w->column) - lattice->dx;
  const double beyond = cells_x(lattice, w->column + w->columns);
  if (ax < west && bx < west) return;
  const bool east = ax > beyond && bx > beyond;
  for (size_t row = first; row <= last; row++) {
    if (s->key) s->key[s->at[row]] = (uint64_t)e->area << 32 | columns_west(s, e, w->row + row, east);
    s->at[row]++;
  }
}

/* Every edge that crosses rows of the window. */
static void each_edge(scan *s) {
  const sund_cells *cells = s->cells;
  const size_t begin = s->window->row, end = begin + s->window->rows;
  for (unsigned span = 0; span < SPANS; span++) {
    const size_t reach = ((size_t)1 << span) - 1;
    for (size_t i = find_edge(cells, span, begin > reach ? begin - reach : 0); i < cells->begin[span + 1]; i++) {
      if (cells->edge[i].first >= end) break;
      if (cells->edge[i].last >= begin) cross(s, cells->edge + i);
    }
  }
}

/* Where the answer goes: one of the two. */
typedef struct canvas {
  uint32_t *row;
  uint8_t *mark;
} canvas;

/* Paints the cells of a row between its crossings, `n` keys in order; the row's cells begin at `cell`. */
static void paint(const canvas *to, size_t cell, size_t n, const uint64_t *key) {
  while (n) {
    const uint32_t area = (uint32_t)(key[n - 1] >> 32);
    const size_t end = cell + (uint32_t)key[n - 1];
    size_t begin = cell; /* a boundary that was crossed far in the west */
    n--;
    if (n && key[n - 1] >> 32 == area) begin = cell + (uint32_t)key[--n];
    if (to->mark) memset(to->mark + begin, 1, end - begin);
    else
      for (size_t i = begin; i < end; i++) to->row[i] = area;
  }
}

static sund_code scan_window(sund_ctx *scratch, const sund_cells *cells, const sund_window *window,
                             const canvas *to) {
  scan s = {.cells = cells, .window = window};
  s.at = sund_alloc(scratch, window->rows, sizeof *s.at);
  size_t *begin = sund_alloc(scratch, window->rows + 1, sizeof *begin);
  if (!s.at || !begin) return SUND_LIMIT;
  each_edge(&s);
  for (size_t row = 0; row < window->rows; row++) {
    begin[row + 1] = begin[row] + s.at[row];
    s.at[row] = begin[row];
  }
  uint64_t *key = sund_alloc(scratch, begin[window->rows], sizeof *key);
  if (!key) return SUND_LIMIT;
  s.key = key;
  each_edge(&s);
  for (size_t row = 0; row < window->rows; row++) {
    const size_t n = begin[row + 1] - begin[row], cell = row * window->columns;
    if (to->mark) memset(to->mark + cell, 0, window->columns);
    else memset(to->row + cell, 0xff, window->columns * sizeof *to->row); /* UINT32_MAX: in no area */
    cells_sort(n, key + begin[row]);
    paint(to, cell, n, key + begin[row]);
  }
  return SUND_OK;
}

static sund_code scan_into(sund_ctx *ctx, const sund_cells *cells, const sund_window *window, const canvas *to) {
  assert(window->column + window->columns <= cells->lattice.columns);
  assert(window->row + window->rows <= cells->lattice.rows);
  if (!window->columns || !window->rows) return SUND_OK;
  sund_ctx *scratch = sund_ctx_child(ctx);
  if (!scratch) return SUND_LIMIT;
  sund_code code = scan_window(scratch, cells, window, to);
  if (code != SUND_OK) code = sund_ctx_pass(ctx, scratch);
  sund_ctx_free(scratch);
  return code;
}

sund_code sund_cells_rows(sund_ctx *ctx, const sund_cells *cells, const sund_window *window, uint32_t *row) {
  return scan_into(ctx, cells, window, &(canvas){.row = row});
}

sund_code sund_cells_mark(sund_ctx *ctx, const sund_cells *cells, const sund_window *window, uint8_t *mark) {
  return scan_into(ctx, cells, window, &(canvas){.mark = mark});
}

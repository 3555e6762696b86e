/* trace.c - polygons around the cells of a mask, row by row.
 *
 * 1. Upright edges. The mask is asked for strip by strip, and forgotten: in each row of cells the columns where 0
 *    changes to 1 and back are listed. Cells lie on the left of their boundary, so the first of each pair runs down
 *    (south), the second up: its place in the list, even or odd, tells.
 * 2. Links. Along the line between two rows the lists of both are merged. Where one list has an edge the boundary
 *    turns into the line, or out of it; where both have one it goes straight on, or four edges meet because two cells
 *    touch by a corner. There each boundary turns left, around its own cell. So every upright edge learns which one
 *    follows.
 * 3. Rings. Following the links from the first edge not yet passed gives the outer boundary of a set of joined cells
 *    when that edge runs down, a hole when it runs up; the hole is in the set whose cells lie left of it, the edge
 *    before it in the list. A boundary that comes back to a corner it has been at is cut there: what lies between is
 *    a hole that touches the rest in that corner. Boundaries do not cross, so what is cut off is always the newest.
 * 4. Rings are put in order: by set, holes after their outer ring, each from its upper left corner.
 *
 * Memory is some 40 bytes an upright edge and 16 a corner, and one strip of the mask.
 */
#include <stdlib.h>
#include <string.h>

#include "sund/geo.h"

enum { STRIP = 256 }; /* rows of the mask at once: as high as a tile of a flood */

/* A corner of cells, counted from the upper left one of the window. */
typedef struct corner {
  uint32_t column, line;
} corner;

typedef struct ring {
  size_t set;          /* of joined cells, in order of their upper left cell */
  bool hole;           /* comes after the outer ring                         */
  corner top;          /* upper left corner                                  */
  size_t start;        /* where that stands in `done`                        */
  size_t first, count; /* in `done`                                          */
} ring;

typedef struct trace {
  sund_ctx *scratch;
  const sund_window *window;
  size_t *row;      /* rows + 1: first upright edge of each row                                   */
  uint32_t *column; /* edges: column line they stand on                                           */
  size_t room;      /* of `column`                                                                */
  size_t *next;     /* edges: the edge that follows                                               */
  size_t *set;      /* edges: set of joined cells, SIZE_MAX = not yet passed                      */
  uint8_t *meets;   /* edges: 1 = four edges meet at its upper end, 2 = at its lower end          */
  size_t *cross;    /* rows + 1: first of such places on each line; the rows below begin there     */
  corner *crossing; /* such places, line by line                                                  */
  size_t *seen;     /* such places: 1 + where the ring at hand passed it, in corners passed by all */
  size_t corners;   /* of all rings                                                               */
  size_t passed;    /* corners passed by the rings before                                         */
  corner *stack;    /* of the ring at hand                                                        */
  size_t depth;
  corner *done; /* of finished rings, without their closing corner */
  size_t done_count;
  size_t sets;
  ring *ring;
  size_t rings, ring_room;
} trace;

/* ---------------------------------------------------------------------------------------------------- edges */

/* Changes along a row of cells, into `column`: at most columns + 1. */
static size_t list_row(const uint8_t *mark, size_t columns, uint32_t *column) {
  static const uint64_t same[2] = {0, 0x0101010101010101}; /* eight cells */
  size_t count = 0, c = 0;
  bool inside = false;
  while (c < columns) {
    uint64_t eight;
    if (columns - c >= sizeof eight) {
      memcpy(&eight, mark + c, sizeof eight);
      if (eight == same[inside]) {
        c += sizeof eight;
        continue;
      }
    }
    if ((mark[c] != 0) != inside) {
      column[count++] = (uint32_t)c;
      inside = !inside;
    }
    c++;
  }
  if (inside) column[count++] = (uint32_t)columns;
  return count;
}

static sund_code list_strip(trace *t, size_t begin, size_t end, const uint8_t *mark) {
  const size_t columns = t->window->columns;
  for (size_t r = begin; r < end; r++) {
    uint32_t *grown = sund_grow(t->scratch, t->column, &t->room, t->row[r] + columns + 1, sizeof *grown);
    if (!grown) return SUND_LIMIT;
    t->column = grown;
    t->row[r + 1] = t->row[r] + list_row(mark + (r - begin) * columns, columns, t->column + t->row[r]);
  }
  return SUND_OK;
}

/* Asks for the mask from north to south. */
static sund_code list_strips(trace *t, sund_ctx *ctx, sund_trace_rows rows, void *data) {
  const sund_window *w = t->window;
  const size_t most = w->rows < STRIP ? w->rows : STRIP;
  uint8_t *mark = sund_alloc(ctx, w->columns * most, 1);
  if (!mark) return SUND_LIMIT;
  for (size_t r = 0, end; r < w->rows; r = end) {
    end = r + STRIP - (w->row + r) % STRIP;
    if (end > w->rows) end = w->rows;
    const sund_window part = {w->column, w->row + r, w->columns, end - r};
    sund_ctx *scratch = sund_ctx_child(ctx);
    if (!scratch) return SUND_LIMIT;
    sund_code code = rows(scratch, data, &part, mark);
    if (code != SUND_OK) sund_ctx_pass(ctx, scratch);
    sund_ctx_free(scratch);
    TRY(code);
    TRY(list_strip(t, r, end, mark));
  }
  return SUND_OK;
}

static sund_code list_edges(trace *t, sund_trace_rows rows, void *data) {
  t->row = sund_alloc(t->scratch, t->window->rows + 1, sizeof *t->row);
  sund_ctx *strip = t->row ? sund_ctx_child(t->scratch) : NULL;
  if (!strip) return SUND_LIMIT;
  const sund_code code = list_strips(t, strip, rows, data);
  if (code != SUND_OK) sund_ctx_pass(t->scratch, strip);
  sund_ctx_free(strip);
  return code;
}

static sund_code make_edges(trace *t) {
  const size_t rows = t->window->rows, edges = t->row[rows];
  t->next = sund_alloc(t->scratch, edges, sizeof *t->next);
  t->set = sund_alloc(t->scratch, edges, sizeof *t->set);
  t->meets = sund_alloc(t->scratch, edges, sizeof *t->meets);
  t->cross = sund_alloc(t->scratch, rows + 1, sizeof *t->cross);
  if (!t->next || !t->set || !t->meets || !t->cross) return SUND_LIMIT;
  for (size_t e = 0; e < edges; e++) t->set[e] = SIZE_MAX;
  return SUND_OK;
}

/* ---------------------------------------------------------------------------------------------------- links */

/* A line between two rows, as far as it has been followed to the east. */
typedef struct sweep {
  trace *t;
  size_t open;       /* edge from which the boundary runs along the line, if `above` and `below` differ */
  bool above, below; /* are there cells of the mask on both sides? */
} sweep;

static bool runs_down(size_t edge) {
  return edge % 2 == 0; /* rows have an even number */
}

/* The boundary along the line ends at an edge: it runs east under cells above, west over cells below. */
static void close_line(const sweep *s, size_t edge) {
  if (s->above) s->t->next[s->open] = edge;
  else s->t->next[edge] = s->open;
  s->t->corners += 2;
}

/* An edge in one of the rows only. */
static void turn(sweep *s, size_t edge, bool above) {
  if (s->above != s->below) close_line(s, edge);
  else s->open = edge;
  if (above) s->above = !s->above;
  else s->below = !s->below;
}

/* An edge in both rows at one place. */
static void meet(sweep *s, size_t upper, size_t lower) {
  trace *t = s->t;
  if (s->above == s->below) {
    if (runs_down(upper)) t->next[upper] = lower;
    else t->next[lower] = upper;
  } else { /* a corner on both sides: each boundary keeps to its cell */
    close_line(s, s->above ? upper : lower);
    s->open = s->above ? lower : upper;
    t->meets[upper] |= 2;
    t->meets[lower] |= 1;
  }
  s->above = !s->above;
  s->below = !s->below;
}

/* Links the edges that end or begin at the line above row r. */
static void link_line(trace *t, size_t r) {
  sweep s = {.t = t};
  const size_t rows = t->window->rows;
  size_t upper = r > 0 ? t->row[r - 1] : 0, lower = r < rows ? t->row[r] : 0;
  const size_t upper_end = r > 0 ? t->row[r] : 0, lower_end = r < rows ? t->row[r + 1] : 0;
  while (upper < upper_end || lower < lower_end) {
    if (lower == lower_end || (upper < upper_end && t->column[upper] < t->column[lower])) turn(&s, upper++, true);
    else if (upper == upper_end || t->column[lower] < t->column[upper]) turn(&s, lower++, false);
    else meet(&s, upper++, lower++);
  }
}

/* The places where four edges meet, line by line. */
static sund_code list_crossings(trace *t) {
  const size_t rows = t->window->rows;
  for (size_t r = 0; r < rows; r++) {
    t->cross[r + 1] = t->cross[r];
    for (size_t e = t->row[r]; e < t->row[r + 1]; e++) t->cross[r + 1] += t->meets[e] & 1;
  }
  t->crossing = sund_alloc(t->scratch, t->cross[rows], sizeof *t->crossing);
  t->seen = sund_alloc(t->scratch, t->cross[rows], sizeof *t->seen);
  if (!t->crossing || !t->seen) return SUND_LIMIT;
  size_t at = 0;
  for (size_t r = 0; r < rows; r++)
    for (size_t e = t->row[r]; e < t->row[r + 1]; e++)
      if (t->meets[e] & 1) t->crossing[at++] = (corner){t->column[e], (uint32_t)r};
  return SUND_OK;
}

/* ---------------------------------------------------------------------------------------------------- rings */

/* Cells inside a ring; positive = counter-clockwise on the map. */
static int64_t ring_cells(size_t n, const corner *c) {
  int64_t cells = 0;
  for (size_t i = 0; i < n; i++) {
    const corner a = c[i], b = c[i + 1 < n ? i + 1 : 0];
    if (a.line == b.line) cells += ((int64_t)b.column - a.column) * (int64_t)a.line;
  }
  return cells;
}

/* Takes the corners from `from` on off the stack: a finished ring. */
static sund_code finish(trace *t, size_t set, size_t from) {
  ring *grown = sund_grow(t->scratch, t->ring, &t->ring_room, t->rings + 1, sizeof *grown);
  if (!grown) return SUND_LIMIT;
  t->ring = grown;
  const size_t n = t->depth - from;
  ring *made = t->ring + t->rings++;
  *made = (ring){.set = set, .first = t->done_count, .count = n};
  memcpy(t->done + t->done_count, t->stack + from, n * sizeof *t->done);
  const corner *c = t->done + t->done_count;
  for (size_t i = 1; i < n; i++) {
    const corner best = c[made->start];
    if (c[i].line < best.line || (c[i].line == best.line && c[i].column < best.column)) made->start = i;
  }
  made->top = c[made->start];
  made->hole = ring_cells(n, c) < 0;
  t->done_count += n;
  t->depth = from;
  return SUND_OK;
}

/* Number of a place where four edges meet. */
static size_t find_crossing(const trace *t, corner at) {
  size_t low = t->cross[at.line], high = t->cross[at.line + 1];
  while (low < high) {
    const size_t middle = low + (high - low) / 2;
    if (t->crossing[middle].column < at.column) low = middle + 1;
    else high = middle;
  }
  return low;
}

/* Passes a corner. */
static sund_code pass(trace *t, size_t set, corner at, bool meets) {
  if (meets) {
    size_t *seen = t->seen + find_crossing(t, at);
    if (*seen > t->passed) { /* by this ring: what came since is a ring of its own, this corner belongs to both */
      const size_t place = *seen - t->passed - 1;
      TRY(finish(t, set, place));
      t->depth = place + 1;
      return SUND_OK;
    }
    *seen = t->passed + t->depth + 1;
  }
  t->stack[t->depth++] = at;
  return SUND_OK;
}

/* Follows the boundary on which `first`, an edge of row r, lies. */
static sund_code follow(trace *t, size_t first, size_t r) {
  const size_t set = runs_down(first) ? t->sets++ : t->set[first - 1];
  size_t edge = first;
  t->depth = 0;
  do {
    const size_t next = t->next[edge], line = runs_down(edge) ? r + 1 : r;
    t->set[edge] = set;
    if (t->column[next] != t->column[edge]) {
      const corner a = {t->column[edge], (uint32_t)line}, b = {t->column[next], (uint32_t)line};
      TRY(pass(t, set, a, t->meets[edge] & (runs_down(edge) ? 2 : 1)));
      TRY(pass(t, set, b, t->meets[next] & (runs_down(next) ? 1 : 2)));
    }
    r = runs_down(next) ? line : line - 1;
    edge = next;
  } while (edge != first);
  t->passed += t->corners;
  return finish(t, set, 0);
}

static sund_code make_rings(trace *t) {
  t->stack = sund_alloc(t->scratch, t->corners, sizeof *t->stack);
  t->done = sund_alloc(t->scratch, t->corners, sizeof *t->done);
  if (!t->stack || !t->done) return SUND_LIMIT;
  for (size_t r = 0; r < t->window->rows; r++)
    for (size_t e = t->row[r]; e < t->row[r + 1]; e++)
      if (t->set[e] == SIZE_MAX) TRY(follow(t, e, r));
  return SUND_OK;
}

/* ---------------------------------------------------------------------------------------------------- result */

static int by_order(const void *a, const void *b) {
  const ring *p = a, *q = b;
  if (p->set != q->set) return p->set < q->set ? -1 : 1;
  if (p->hole != q->hole) return p->hole ? 1 : -1;
  if (p->top.line != q->top.line) return p->top.line < q->top.line ? -1 : 1;
  return p->top.column < q->top.column ? -1 : p->top.column > q->top.column;
}

static sund_code write_rings(sund_ctx *ctx, trace *t, const sund_lattice *lattice, sund_shapes **out) {
  sund_shapes *shapes;
  TRY(sund_shapes_new(ctx, SUND_AREA, 1, t->rings, t->done_count + t->rings, &shapes));
  if (t->rings) qsort(t->ring, t->rings, sizeof *t->ring, by_order);
  shapes->first_part[1] = t->rings;
  size_t v = 0;
  for (size_t i = 0; i < t->rings; i++) {
    const ring *r = t->ring + i;
    shapes->hole[i] = r->hole;
    shapes->first_vertex[i] = v;
    for (size_t k = 0; k <= r->count; k++, v++) {
      const corner at = t->done[r->first + (r->start + k) % r->count];
      shapes->x[v] = lattice->x0 + (double)(t->window->column + at.column) * lattice->dx;
      shapes->y[v] = lattice->y0 - (double)(t->window->row + at.line) * lattice->dy;
    }
  }
  shapes->first_vertex[t->rings] = v;
  *out = shapes;
  return SUND_OK;
}

static sund_code trace_window(sund_ctx *ctx, trace *t, const sund_lattice *lattice, sund_shapes **out) {
  TRY(make_edges(t));
  for (size_t r = 0; r <= t->window->rows; r++) link_line(t, r);
  TRY(list_crossings(t));
  TRY(make_rings(t));
  return write_rings(ctx, t, lattice, out);
}

sund_code sund_trace_areas(sund_ctx *ctx, const sund_lattice *lattice, const sund_window *window,
                           sund_trace_rows rows, void *data, sund_shapes **out) {
  if (window->columns >= UINT32_MAX || window->rows >= UINT32_MAX)
    return sund_fail(ctx, SUND_LIMIT, "window of %zu x %zu cells is too large", window->columns, window->rows);
  sund_ctx *scratch = sund_ctx_child(ctx);
  if (!scratch) return SUND_LIMIT;
  trace t = {.scratch = scratch, .window = window};
  sund_code code = list_edges(&t, rows, data);
  if (code == SUND_OK) code = trace_window(ctx, &t, lattice, out);
  if (code != SUND_OK) code = sund_ctx_pass(ctx, scratch);
  sund_ctx_free(scratch);
  return code;
}

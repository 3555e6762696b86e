/* demo_pen.c - the drawing tools of `sund demo`: chance from hashes, smooth noise, rough lines, masks, sheets.
 *
 * Rough lines are drawn by midpoint displacement (Fournier, Fussell, Carpenter 1982): the same rule at every scale, so
 * that the length of the shore depends on the yardstick, as that of real shores does. Distances are chamfer distances
 * 5-7-11 (Borgefors 1986), whole numbers and thus the same everywhere. */
#include <math.h>
#include <string.h>

#include "demo.h"

/* Mixes three numbers into one (finaliser of splitmix64; Steele, Lea, Flood 2014). */
uint32_t demo_hash(uint32_t a, uint32_t b, uint32_t c) {
  uint64_t z = ((uint64_t)a << 32 | b) + ((uint64_t)c + 1) * 0x9e3779b97f4a7c15u;
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
  return (uint32_t)((z ^ (z >> 31)) >> 16);
}

double demo_chance(uint32_t a, uint32_t b, uint32_t c) {
  return demo_hash(a, b, c) * 0x1p-32;
}

/* Value noise: random values on a lattice, joined by smooth steps. */
double demo_noise(uint32_t seed, double x, double y, double scale) {
  double u = (x + 1e6) / scale, v = (y + 1e6) / scale; /* the plan is far from negative numbers */
  double i = floor(u), j = floor(v);
  double s = u - i, t = v - j;
  uint32_t a = (uint32_t)i, b = (uint32_t)j;
  s = s * s * (3 - 2 * s);
  t = t * t * (3 - 2 * t);
  double low = (1 - s) * demo_chance(seed, a, b) + s * demo_chance(seed, a + 1, b);
  double high = (1 - s) * demo_chance(seed, a, b + 1) + s * demo_chance(seed, a + 1, b + 1);
  return 2 * ((1 - t) * low + t * high) - 1;
}

sund_code demo_line_add(sund_ctx *ctx, demo_line *line, double x, double y) {
  size_t room = line->room; /* both arrays grow alike */
  double *xs = sund_grow(ctx, line->x, &room, line->n + 1, sizeof *xs);
  double *ys = sund_grow(ctx, line->y, &line->room, line->n + 1, sizeof *ys);
  if (!xs || !ys) return SUND_LIMIT;
  line->x = xs;
  line->y = ys;
  line->x[line->n] = x;
  line->y[line->n++] = y;
  return SUND_OK;
}

/* Catmull and Rom (1974): the curve through b and c, with a before and d after them, at t in [0, 1]. */
static double through(double a, double b, double c, double d, double t) {
  return b + 0.5 * t * (c - a + t * (2 * a - 5 * b + 4 * c - d + t * (3 * (b - c) + d - a)));
}

/* From (ax, ay) towards (bx, by) without the end: 2^levels pieces, every midpoint moved sideways. */
static sund_code rough_piece(sund_ctx *ctx, const double a[2], const double b[2], double rough, uint32_t seed,
                             demo_line *line) {
  enum { MOST = 128 };
  double x[MOST + 1] = {0}, y[MOST + 1] = {0};
  size_t pieces = 1;
  x[0] = a[0], y[0] = a[1], x[MOST] = b[0], y[MOST] = b[1];
  for (double length = hypot(b[0] - a[0], b[1] - a[1]); length > 5 && pieces < MOST && rough > 0; length /= 2) {
    size_t step = MOST / pieces;
    for (size_t i = 0; i < MOST; i += step) {
      size_t m = i + step / 2, j = i + step;
      double shift = rough * (2 * demo_chance(seed, (uint32_t)pieces, (uint32_t)m) - 1);
      x[m] = (x[i] + x[j]) / 2 - shift * (y[j] - y[i]);
      y[m] = (y[i] + y[j]) / 2 + shift * (x[j] - x[i]);
    }
    pieces *= 2;
  }
  for (size_t i = 0; i < MOST; i += MOST / pieces) TRY(demo_line_add(ctx, line, x[i], y[i]));
  return SUND_OK;
}

sund_code demo_draw(sund_ctx *ctx, size_t n, const demo_knot *knot, bool smooth, uint32_t seed, demo_line *line) {
  for (size_t i = 0; i + 1 < n; i++) {
    const demo_knot *b = knot + i, *c = b + 1;
    const demo_knot *a = i && b[-1].rough ? b - 1 : b, *d = i + 2 < n && c->rough ? c + 1 : c;
    int parts = b->rough && smooth ? 4 : 1;
    for (int k = 0; k < parts; k++) {
      double end[2][2];
      for (int e = 0; e < 2; e++) {
        double t = (double)(k + e) / parts;
        end[e][0] = 10 * through(a->x, b->x, c->x, d->x, t);
        end[e][1] = 10 * through(a->y, b->y, c->y, d->y, t);
      }
      TRY(rough_piece(ctx, end[0], end[1], 0.01 * b->rough, demo_hash(seed, (uint32_t)i, (uint32_t)k), line));
    }
  }
  return demo_line_add(ctx, line, 10.0 * knot[n - 1].x, 10.0 * knot[n - 1].y);
}

sund_code demo_bend(sund_ctx *ctx, size_t n, const double *x, const double *y, double step, demo_line *line) {
  for (size_t b = 0; b + 1 < n; b++) {
    size_t a = b ? b - 1 : b, c = b + 1, d = b + 2 < n ? b + 2 : c;
    int parts = (int)ceil(hypot(x[c] - x[b], y[c] - y[b]) / step);
    for (int k = 0; k < parts; k++) {
      double t = (double)k / parts;
      TRY(demo_line_add(ctx, line, through(x[a], x[b], x[c], x[d], t), through(y[a], y[b], y[c], y[d], t)));
    }
  }
  return demo_line_add(ctx, line, x[n - 1], y[n - 1]);
}

sund_code demo_curve(sund_ctx *ctx, size_t n, const int16_t *tens, double step, demo_line *line) {
  double x[DEMO_MOST_KNOTS], y[DEMO_MOST_KNOTS];
  for (size_t i = 0; i < n; i++) x[i] = 10.0 * tens[2 * i], y[i] = 10.0 * tens[2 * i + 1];
  return demo_bend(ctx, n, x, y, step, line);
}

/* ------------------------------------------------------------------------------------------------------- masks */

static size_t clamp(double cell, size_t count) {
  return cell < 0 ? 0 : cell >= (double)count ? count - 1 : (size_t)cell;
}

size_t demo_cell(const demo_plan *plan, double x, double y) {
  return clamp((y - DEMO_SOUTH) / DEMO_CELL, plan->rows) * plan->columns + clamp(x / DEMO_CELL, plan->columns);
}

double demo_sample(const demo_plan *plan, const float *mask, double x, double y) {
  double u = x / DEMO_CELL - 0.5, v = (y - DEMO_SOUTH) / DEMO_CELL - 0.5;
  size_t i = clamp(u, plan->columns - 1), j = clamp(v, plan->rows - 1);
  double s = fmin(fmax(u - (double)i, 0), 1), t = fmin(fmax(v - (double)j, 0), 1);
  const float *at = mask + j * plan->columns + i;
  return (1 - t) * ((1 - s) * (double)at[0] + s * (double)at[1]) +
         t * ((1 - s) * (double)at[plan->columns] + s * (double)at[plan->columns + 1]);
}

/* Every edge flips the cells to its right in the rows it passes; what was flipped an odd number of times is inside. */
void demo_fill(demo_plan *plan, size_t n, const double *x, const double *y, uint8_t *mask, uint8_t value, bool bits) {
  size_t low = plan->rows, high = 0;
  for (size_t i = 0; i < n; i++) {
    size_t j = (i + 1) % n;
    double u = (fmin(y[i], y[j]) - DEMO_SOUTH) / DEMO_CELL - 0.5,
           v = (fmax(y[i], y[j]) - DEMO_SOUTH) / DEMO_CELL - 0.5;
    for (double row = fmax(ceil(u), 0); row < v && row < (double)plan->rows; row++) {
      double share = (row + 0.5) * DEMO_CELL + DEMO_SOUTH;
      double at = x[i] + (x[j] - x[i]) * (share - y[i]) / (y[j] - y[i]);
      size_t r = (size_t)row, c = clamp(ceil(at / DEMO_CELL - 0.5), plan->columns);
      plan->scratch[r * plan->columns + c] ^= 1;
      if (r < low) low = r;
      if (r >= high) high = r + 1;
    }
  }
  for (size_t r = low; r < high; r++) {
    uint8_t *row = plan->scratch + r * plan->columns, *to = mask + r * plan->columns, inside = 0;
    for (size_t c = 0; c < plan->columns; c++) {
      inside ^= row[c];
      row[c] = 0;
      if (inside) to[c] = bits ? (uint8_t)(to[c] | value) : value;
    }
  }
}

void demo_distance(const demo_plan *plan, const uint8_t *mask, uint8_t value, float *out) {
  static const int8_t side[8][2] = {{-1, 0}, {0, -1}, {-1, -1}, {1, -1}, {-2, -1}, {2, -1}, {-1, -2}, {1, -2}};
  static const float cost[8] = {5, 5, 7, 7, 11, 11, 11, 11};
  int64_t columns = (int64_t)plan->columns, cells = columns * (int64_t)plan->rows, back[8];
  for (int k = 0; k < 8; k++) back[k] = side[k][1] * columns + side[k][0];
  for (int64_t i = 0; i < cells; i++) out[i] = mask[i] == value ? 0 : 1e6f;
  /* Forth and back; the two outermost rows and columns are only read. */
  for (int64_t i = 2 * columns + 2; i < cells - 2 * columns - 2; i++)
    for (int k = 0; k < 8; k++)
      if (out[i + back[k]] + cost[k] < out[i]) out[i] = out[i + back[k]] + cost[k];
  for (int64_t i = cells - 2 * columns - 3; i >= 2 * columns + 2; i--)
    for (int k = 0; k < 8; k++)
      if (out[i - back[k]] + cost[k] < out[i]) out[i] = out[i - back[k]] + cost[k];
  for (int64_t i = 0; i < cells; i++) out[i] *= (float)(DEMO_CELL / 5);
}

void demo_to_shore(const demo_plan *plan, double metres, double *x, double *y) {
  for (int k = 0; k < 6; k++) {
    double gx = demo_sample(plan, plan->shore, *x + 15, *y) - demo_sample(plan, plan->shore, *x - 15, *y);
    double gy = demo_sample(plan, plan->shore, *x, *y + 15) - demo_sample(plan, plan->shore, *x, *y - 15);
    double steep = hypot(gx, gy), miss = metres - demo_sample(plan, plan->shore, *x, *y);
    if (steep < 1) return;
    *x += miss * gx / steep;
    *y += miss * gy / steep;
  }
}

/* ------------------------------------------------------------------------------------------------------ sheets */

sund_code demo_row(sund_ctx *ctx, demo_sheet *sheet, const demo_value *value) {
  size_t room = sheet->row_room; /* both arrays grow alike */
  demo_value *values = sund_grow(ctx, sheet->value, &room, sheet->rows + 1, sheet->fields * sizeof *values);
  size_t *first = sund_grow(ctx, sheet->first_part, &sheet->row_room, sheet->rows + 1, sizeof *first);
  if (!values || !first) return SUND_LIMIT;
  sheet->value = values;
  sheet->first_part = first;
  memcpy(sheet->value + sheet->rows * sheet->fields, value, sheet->fields * sizeof *value);
  sheet->first_part[sheet->rows++] = sheet->parts;
  return SUND_OK;
}

sund_code demo_part(sund_ctx *ctx, demo_sheet *sheet, size_t n, const double *x, const double *y) {
  size_t *first = sund_grow(ctx, sheet->first_vertex, &sheet->part_room, sheet->parts + 1, sizeof *first);
  if (!first) return SUND_LIMIT;
  sheet->first_vertex = first;
  sheet->first_vertex[sheet->parts++] = sheet->line.n;
  for (size_t i = 0; i < n; i++) TRY(demo_line_add(ctx, &sheet->line, x[i], y[i]));
  return SUND_OK;
}

sund_code demo_point(sund_ctx *ctx, demo_sheet *sheet, const demo_value *value, double x, double y) {
  TRY(demo_row(ctx, sheet, value));
  return demo_part(ctx, sheet, 1, &x, &y);
}

sund_code demo_shapes(sund_ctx *ctx, const demo_sheet *sheet, sund_kind kind, sund_shapes **out) {
  sund_shapes *shapes = NULL;
  TRY(sund_shapes_new(ctx, kind, sheet->rows, sheet->parts, sheet->line.n, &shapes));
  for (size_t r = 0; r <= sheet->rows; r++)
    shapes->first_part[r] = r < sheet->rows ? sheet->first_part[r] : sheet->parts;
  for (size_t p = 0; p <= sheet->parts; p++)
    shapes->first_vertex[p] = p < sheet->parts ? sheet->first_vertex[p] : sheet->line.n;
  for (size_t r = 0; r < sheet->rows; r++)
    for (size_t p = shapes->first_part[r]; p < shapes->first_part[r + 1]; p++) {
      size_t first = shapes->first_vertex[p], n = shapes->first_vertex[p + 1] - first;
      bool hole = kind == SUND_AREA && p > shapes->first_part[r];
      bool turn = kind == SUND_AREA && (sund_ring_area(n, sheet->line.x + first, sheet->line.y + first) < 0) != hole;
      if (kind == SUND_AREA) shapes->hole[p] = hole;
      for (size_t i = 0; i < n; i++) {
        size_t from = first + (turn ? n - 1 - i : i);
        shapes->x[first + i] = sheet->line.x[from];
        shapes->y[first + i] = sheet->line.y[from];
      }
    }
  *out = shapes;
  return SUND_OK;
}

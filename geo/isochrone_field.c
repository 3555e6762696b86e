/* isochrone_field.c - how far is a cell from what is reached? Map metres, 0 or less inside.
 *
 * At a reached point q the rest of the time carries radius(q) metres off the network. The field at p is the smallest
 * |p - q| - radius(q) over all reached points q: the union of the discs is where it is 0 or less. Edges are cut into
 * pieces on which the radius falls at a steady rate (or not at all, where the longest leg allowed is the bound); for a
 * piece the best q has a closed form: it lies before the foot of the perpendicular by h k / sqrt(1 - k2), h the
 * distance from the line, k the fall of the radius a metre; with k >= 1 it is where the piece begins.
 *
 * Tiles of cells are filled on threads: each asks the index of the edges for what lies near enough to matter. The least
 * of a set does not depend on its order, so any number of threads gives the same field.
 *
 * Water. Near water a way off the network counts only if no cell strictly between its two ends lies in water; pieces are
 * no longer than a cell there, so that trying the best q of each is enough. A cell in the water may be the end of a way,
 * for the contour to pass the shore, where the area is then cut; what lies behind it is not reached.
 *
 * Only the neighbourhood of the edge matters: the field is held between -far and far, cells that are deep inside are
 * passed over (a tile keeps a bit a cell for those that are not: in a dense network nearly all are, after few pieces), and
 * from one limit to the next only pieces are looked at whose radius was not the longest before.
 */
#include <math.h>

#include "graph.h"
#include "isochrone.h"

enum { TILE = 64 /* bits of a row of it */ };

/* Pieces longer than so many cells are looked at row by row. */
static const double LONG_CELLS = 4;

/* Map metres a unit where legs take no time. */
#define AT_ONCE 1e12

typedef struct spread {
  const sund_isochrone_ask *ask;
  const float *share;
  uint32_t limit;
  double before;   /* the limit before, whose field this one begins with; negative = none */
  double leg_map;  /* longest leg, map metres                                 */
  double per_unit; /* map metres a unit off the network                       */
  double margin;   /* the field is wanted this far outside, map metres        */
  isochrone_field *field;
  size_t tiles_across;
} spread;

/* Part of a drawn edge on which the radius falls steadily from its begin. */
typedef struct piece {
  double x, y;   /* where it begins                  */
  double ux, uy; /* direction                        */
  double length; /* map metres                       */
  double radius; /* at its begin, map metres         */
  double fall;   /* of the radius a map metre, not negative */
  double lead;   /* the best way begins so far before the foot of the perpendicular, a metre of its length */
} piece;

typedef struct tile {
  const spread *s;
  size_t column, row, columns, rows; /* of the lattice */
  double box[4];                     /* its rim, grown by what can matter */
  uint64_t shallow[TILE];            /* rows: a bit a cell that is not deep inside yet    */
  uint64_t offshore[TILE];           /* rows: a bit a cell with nothing but water around */
} tile;

/* --------------------------------------------------------------------------------------------------------- sight */

/* What a cell of the water is marked with. */
enum { WET = 1, NEAR_IN_ROW = 2, NEAR = 4 };

static uint8_t water_at(const isochrone_field *f, double column, double row) {
  const sund_lattice *l = &f->lattice;
  if (!(column >= 0) || !(row >= 0) || column >= (double)l->columns || row >= (double)l->rows) return 0;
  return f->water[(size_t)row * l->columns + (size_t)column];
}

static void mark_rows(const isochrone_field *f, size_t reach) {
  const size_t columns = f->lattice.columns;
  for (size_t r = 0; r < f->lattice.rows; r++) {
    uint8_t *row = f->water + r * columns;
    size_t since = SIZE_MAX - 1; /* cells since the last water */
    for (size_t c = 0; c < columns; c++) {
      since = row[c] & WET ? 0 : since + (since < SIZE_MAX - 1);
      if (since <= reach) row[c] |= NEAR_IN_ROW;
    }
    since = SIZE_MAX - 1;
    for (size_t c = columns; c-- > 0;) {
      since = row[c] & WET ? 0 : since + (since < SIZE_MAX - 1);
      if (since <= reach) row[c] |= NEAR_IN_ROW;
    }
  }
}

static void mark_cells(const isochrone_field *f, size_t reach, size_t *since, bool north) {
  const size_t columns = f->lattice.columns, rows = f->lattice.rows;
  for (size_t c = 0; c < columns; c++) since[c] = SIZE_MAX - 1;
  for (size_t k = 0; k < rows; k++) {
    uint8_t *row = f->water + (north ? k : rows - 1 - k) * columns;
    for (size_t c = 0; c < columns; c++) {
      since[c] = row[c] & NEAR_IN_ROW ? 0 : since[c] + (since[c] < SIZE_MAX - 1);
      if (since[c] <= reach) row[c] |= NEAR;
    }
  }
}

sund_code isochrone_near_water(sund_ctx *ctx, double metres, isochrone_field *field) {
  size_t *since = sund_alloc(ctx, field->lattice.columns, sizeof *since);
  const size_t reach =
      (size_t)ceil(metres / field->lattice.dx) + 3; /* the rim of the field, the piece's own length */
  if (!since) return SUND_LIMIT;
  mark_rows(field, reach);
  mark_cells(field, reach, since, true);
  mark_cells(field, reach, since, false);
  return SUND_OK;
}

/* Is the straight way from (x, y) to the centre of a cell free of water between the cells of its ends? */
static bool in_sight(const isochrone_field *f, double x, double y, size_t column, size_t row) {
  const double c0 = (x - f->lattice.x0) / f->lattice.dx, r0 = (f->lattice.y0 - y) / f->lattice.dy;
  const double dc = (double)column + 0.5 - c0, dr = (double)row + 0.5 - r0;
  const double steps = ceil(2 * fmax(fabs(dc), fabs(dr)));
  const double from_c = floor(c0), from_r = floor(r0);
  for (double k = 1; k < steps; k++) {
    const double c = floor(c0 + dc * k / steps), r = floor(r0 + dr * k / steps);
    if ((c == from_c && r == from_r) || (c == (double)column && r == (double)row)) continue;
    if (water_at(f, c, r) & WET) return false;
  }
  return true;
}

/* --------------------------------------------------------------------------------------------------------- pieces */

/* Is the field of a piece at (px, py) less than *metres? Then *metres is that, and *at where on the piece the best way
 * begins. */
static bool nearer(const piece *p, double px, double py, double *metres, double *at) {
  const double foot = (px - p->x) * p->ux + (py - p->y) * p->uy;
  const double h = fabs((py - p->y) * p->ux - (px - p->x) * p->uy);
  double s = p->fall >= 1 ? 0 : foot - h * p->lead;
  s = s < 0 ? 0 : s > p->length ? p->length : s;
  const double radius = p->radius - p->fall * s, square = (foot - s) * (foot - s) + h * h;
  const double most = *metres + radius;
  if (!(most > 0) || !(square < most * most)) return false;
  *metres = sqrt(square) - radius;
  *at = s;
  return true;
}

/* Whole cells within begin and end. */
static size_t clamp(double cells, size_t begin, size_t end) {
  return !(cells > (double)begin) ? begin : cells >= (double)end ? end : (size_t)cells;
}

/* Bits begin to end of a row of the tile, of TILE. */
static uint64_t bits_between(size_t begin, size_t end) {
  return begin < end ? (UINT64_MAX >> (TILE - (end - begin))) << begin : 0;
}

/* Columns of the tile between two x, as bits. */
static uint64_t columns_within(const tile *t, double west, double east) {
  const sund_lattice *l = &t->s->field->lattice;
  const size_t begin = clamp(floor((west - l->x0) / l->dx - 0.5), t->column, t->column + t->columns);
  const size_t end = clamp(ceil((east - l->x0) / l->dx - 0.5) + 1, t->column, t->column + t->columns);
  return bits_between(begin - t->column, end - t->column);
}

/* Columns of a row of the tile that a long piece may matter to: those of the part of it that is near the row. */
static uint64_t columns_near(const tile *t, const piece *p, double y, double far) {
  double low = 0, high = p->length;
  if (p->uy != 0) {
    const double a = (y - far - p->y) / p->uy, b = (y + far - p->y) / p->uy;
    low = fmax(low, fmin(a, b)), high = fmin(high, fmax(a, b));
  } else if (fabs(p->y - y) > far) {
    high = -1;
  }
  if (low > high) return 0;
  return columns_within(t, p->x + fmin(low * p->ux, high * p->ux) - far,
                        p->x + fmax(low * p->ux, high * p->ux) + far);
}

/* Cells of a row of the tile that a piece no longer than a cell may come to: of those offshore only what is next to it,
 * as any way to the others goes through water. */
static uint64_t may_come(const tile *t, const piece *p, size_t row) {
  const sund_lattice *l = &t->s->field->lattice;
  const double column = floor((p->x - l->x0) / l->dx), from_row = floor((l->y0 - p->y) / l->dy);
  if (fabs((double)row - from_row) > 2) return ~t->offshore[row - t->row];
  const size_t begin = clamp(column - 2, t->column, t->column + t->columns);
  const size_t end = clamp(column + 3, t->column, t->column + t->columns);
  return ~t->offshore[row - t->row] | bits_between(begin - t->column, end - t->column);
}

static void stamp(tile *t, const piece *p, bool near_water) {
  const sund_lattice *l = &t->s->field->lattice;
  const float deep = -isochrone_far(l);
  const double far = p->radius + t->s->margin, tip = p->y + p->uy * p->length;
  const double north = fmax(p->y, tip) + far, south = fmin(p->y, tip) - far;
  const size_t top = clamp(floor((l->y0 - north) / l->dy - 0.5), t->row, t->row + t->rows);
  const size_t bottom = clamp(ceil((l->y0 - south) / l->dy - 0.5) + 1, t->row, t->row + t->rows);
  const uint64_t wide =
      columns_within(t, fmin(p->x, p->x + p->ux * p->length) - far, fmax(p->x, p->x + p->ux * p->length) + far);
  for (size_t r = top; r < bottom; r++) {
    const double y = l->y0 - ((double)r + 0.5) * l->dy;
    float *value = t->s->field->value + r * l->columns;
    uint64_t *shallow = &t->shallow[r - t->row];
    uint64_t left = *shallow & wide;
    if (left && p->length > LONG_CELLS * l->dx) left &= columns_near(t, p, y, far);
    if (near_water && left) left &= may_come(t, p, r);
    for (; left; left &= left - 1) {
      const size_t c = t->column + (size_t)__builtin_ctzll(left);
      double at, metres = (double)value[c];
      if (!nearer(p, l->x0 + ((double)c + 0.5) * l->dx, y, &metres, &at)) continue;
      if (near_water && !in_sight(t->s->field, p->x + at * p->ux, p->y + at * p->uy, c, r)) continue;
      value[c] = (float)metres > deep ? (float)metres : deep;
      if (value[c] <= deep) *shallow ^= left & -left;
    }
  }
}

/* A piece, cut where water is near. */
static void stamp_cut(tile *t, const piece *whole) {
  const isochrone_field *f = t->s->field;
  const double parts = fmax(ceil(whole->length / f->lattice.dx), 1), length = whole->length / parts;
  bool near_water = false;
  for (double k = 0; k < parts && f->water && !near_water; k++) {
    const double x = whole->x + whole->ux * length * (k + 0.5), y = whole->y + whole->uy * length * (k + 0.5);
    near_water =
        water_at(f, floor((x - f->lattice.x0) / f->lattice.dx), floor((f->lattice.y0 - y) / f->lattice.dy)) & NEAR;
  }
  if (!near_water) {
    stamp(t, whole, false);
    return;
  }
  for (double k = 0; k < parts; k++) {
    piece p = *whole;
    p.x += p.ux * length * k, p.y += p.uy * length * k;
    p.radius -= p.fall * length * k;
    p.length = length;
    stamp(t, &p, true);
  }
}

/* A drawn segment of an edge: map coordinates of its ends, ground metres from the edge's begin. */
typedef struct segment {
  double ax, ay, bx, by;
  double low, high;
} segment;

/* The part of a stretch that lies on a segment, as at most two pieces: where the longest leg bounds the radius, then
 * where the rest of the time does. */
static void stamp_stretch(tile *t, const isochrone_stretch *st, const segment *g) {
  const spread *s = t->s;
  const double metres = g->high - g->low, map = hypot(g->bx - g->ax, g->by - g->ay);
  const double low = fmax(g->low, fmin(st->begin, st->end)), high = fmin(g->high, fmax(st->begin, st->end));
  if (!(map > 0) || !(metres > 0) || low > high) return;
  const bool ahead = st->end >= st->begin;
  const double enter = ahead ? low : high, scale = map / metres;
  const double rest = s->limit - st->units - st->rate * fabs(enter - st->begin),
               spare = rest - s->leg_map / s->per_unit;
  if (rest < 0) return;
  const double then = spare - (s->limit - s->before) - st->rate * (high - low); /* at its end, by the limit before */
  if (s->before >= 0 && then >= 0) return;                                      /* the same discs as before */
  const double until = st->rate > 0 ? fmin(high - low, rest / st->rate) : high - low;
  const double flat = st->rate > 0 ? fmin(until, fmax(spare, 0) / st->rate) : spare >= 0 ? until : 0;
  const double share = (enter - g->low) / metres, ux = (g->bx - g->ax) / map, uy = (g->by - g->ay) / map;
  piece p = {.x = g->ax + share * (g->bx - g->ax), .y = g->ay + share * (g->by - g->ay), .radius = s->leg_map};
  p.ux = ahead ? ux : -ux, p.uy = ahead ? uy : -uy;
  if (spare >= 0) {
    p.length = flat * scale;
    stamp_cut(t, &p);
  }
  if (spare >= 0 && until <= flat) return;
  p.x += p.ux * flat * scale, p.y += p.uy * flat * scale;
  p.radius = fmin(s->leg_map, (rest - st->rate * flat) * s->per_unit);
  p.fall = st->rate * s->per_unit / scale;
  p.lead = p.fall < 1 ? p.fall / sqrt(1 - p.fall * p.fall) : 0;
  p.length = (until - flat) * scale;
  stamp_cut(t, &p);
}

/* ---------------------------------------------------------------------------------------------------------- tiles */

static bool visit(size_t item, void *data) {
  tile *t = data;
  const sund_isochrone_ask *ask = t->s->ask;
  const sund_segments *segments = ask->graph->segments;
  const sund_shapes *s = ask->graph->shape;
  const size_t v = segments->segment[item], edge = segments->row[item];
  isochrone_stretch stretch[ISOCHRONE_STRETCHES];
  const size_t count = isochrone_stretches(ask, edge, stretch);
  const double metres = ask->graph->edge_m[edge];
  const segment g = {s->x[v],
                     s->y[v],
                     s->x[v + 1],
                     s->y[v + 1],
                     (double)t->s->share[v] * metres,
                     (double)t->s->share[v + 1] * metres};
  for (size_t i = 0; i < count; i++) stamp_stretch(t, stretch + i, &g);
  return true;
}

/* Is a cell and all around it water? */
static bool is_offshore(const isochrone_field *f, size_t column, size_t row) {
  const double c = (double)column, r = (double)row;
  for (int i = 0; i < 9; i++)
    if (!(water_at(f, c + i % 3 - 1, r + i / 3 - 1) & WET)) return false;
  return true;
}

/* Marks the cells of the tile, none of which is reached before the first limit. */
static void begin_tile(tile *t) {
  const isochrone_field *f = t->s->field;
  const float far = isochrone_far(&f->lattice);
  for (size_t r = 0; r < t->rows; r++) {
    float *value = f->value + (t->row + r) * f->lattice.columns + t->column;
    for (size_t c = 0; c < t->columns; c++) {
      if (t->s->before < 0) value[c] = far;
      if (value[c] > -far) t->shallow[r] |= (uint64_t)1 << c;
      if (f->water && is_offshore(f, t->column + c, t->row + r)) t->offshore[r] |= (uint64_t)1 << c;
    }
  }
}

static void fill_tile(const spread *s, size_t number) {
  const sund_lattice *l = &s->field->lattice;
  const double far = s->leg_map + s->margin;
  tile t = {.s = s, .column = number % s->tiles_across * TILE, .row = number / s->tiles_across * TILE};
  t.columns = l->columns - t.column < TILE ? l->columns - t.column : TILE;
  t.rows = l->rows - t.row < TILE ? l->rows - t.row : TILE;
  t.box[0] = l->x0 + (double)t.column * l->dx - far;
  t.box[2] = l->x0 + (double)(t.column + t.columns) * l->dx + far;
  t.box[3] = l->y0 - (double)t.row * l->dy + far;
  t.box[1] = l->y0 - (double)(t.row + t.rows) * l->dy - far;
  begin_tile(&t);
  sund_index_search(s->ask->graph->segments->index, t.box, visit, &t);
}

static sund_code fill_tiles(sund_ctx *worker, size_t begin, size_t end, void *data) {
  (void)worker;
  for (size_t i = begin; i < end; i++) fill_tile(data, i);
  return SUND_OK;
}

sund_code isochrone_spread(sund_ctx *ctx, const sund_isochrone_ask *ask, const float *share, size_t limit,
                           double map_scale, isochrone_field *field) {
  const double leg_units = isochrone_leg_units(ask);
  spread s = {.ask = ask,
              .share = share,
              .limit = ask->limit[limit],
              .before = limit ? (double)ask->limit[limit - 1] : -1,
              .leg_map = ask->leg_m * map_scale,
              .per_unit = leg_units > 0 ? map_scale / leg_units : AT_ONCE,
              .margin = 1.5 * field->lattice.dx,
              .field = field,
              .tiles_across = (field->lattice.columns + TILE - 1) / TILE};
  const size_t tiles = s.tiles_across * ((field->lattice.rows + TILE - 1) / TILE);
  return sund_for(ctx, tiles, 4, fill_tiles, &s);
}

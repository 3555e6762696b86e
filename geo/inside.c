/* inside.c - which row of areas holds a point.
 *
 * The rows whose box holds the point come from a box index. In each of them the crossings of a ray to the east are
 * counted (even-odd, all rings). Rows with many segments are cut into horizontal slabs of equal height (after Dobkin &
 * Lipton, "Multidimensional searching problems", 1976), each with the list of segments that reach into it, so that a
 * point looks at a handful of segments and not at the whole boundary. Nothing is allocated after building.
 */
#include "inside.h"

#include <math.h>

enum {
  SLAB_FROM = 32,      /* rows with fewer vertices are tested segment by segment    */
  SEGMENTS_A_SLAB = 8, /* aimed at                                                  */
  ENTRIES_A_VERTEX = 4 /* at most; fewer slabs when long segments would need more   */
};

struct inside {
  const sund_shapes *areas;
  sund_index *rows;   /* boxes of the rows                                               */
  size_t *first_slab; /* rows + 1: slabs of each row; none = test every segment          */
  double *low;        /* rows: y of the lowest slab's lower edge                         */
  double *per_metre;  /* rows: slabs a metre                                             */
  size_t *first;      /* slabs + 1: entries of each slab                                 */
  size_t *vertex;     /* entries: first vertex of a segment that reaches into the slab   */
};

/* -------------------------------------------------------------------------------------------------- building */

static size_t row_vertices(const sund_shapes *areas, size_t row) {
  return areas->first_vertex[areas->first_part[row + 1]] - areas->first_vertex[areas->first_part[row]];
}

/* Slab of a height. The same formula when building and when asking: rounding cannot part them. */
static size_t slab_of(double y, double low, double per_metre, size_t slabs) {
  const double slab = (y - low) * per_metre;
  if (!(slab > 0)) return 0;
  return slab < (double)slabs ? (size_t)slab : slabs - 1;
}

/* Entries the slabs of a row would take. */
static size_t count_entries(const sund_shapes *areas, size_t row, double low, double per_metre, size_t slabs) {
  size_t entries = 0;
  for (size_t part = areas->first_part[row]; part < areas->first_part[row + 1]; part++) {
    for (size_t v = areas->first_vertex[part]; v + 1 < areas->first_vertex[part + 1]; v++) {
      const size_t a = slab_of(areas->y[v], low, per_metre, slabs);
      const size_t b = slab_of(areas->y[v + 1], low, per_metre, slabs);
      entries += (a < b ? b - a : a - b) + 1;
    }
  }
  return entries;
}

/* Chooses the number of slabs of a row: as many as its vertices deserve, halved until the entries are few enough. */
static size_t choose(inside *in, size_t row, const double box[4], size_t *entries) {
  const size_t vertices = row_vertices(in->areas, row);
  *entries = 0;
  if (vertices < SLAB_FROM || !(box[3] > box[1]) || !isfinite(box[3] - box[1])) return 0;
  for (size_t slabs = vertices / SEGMENTS_A_SLAB; slabs > 1; slabs /= 2) {
    const double per_metre = (double)slabs / (box[3] - box[1]);
    if (!isfinite(per_metre)) return 0;
    *entries = count_entries(in->areas, row, box[1], per_metre, slabs);
    if (*entries > ENTRIES_A_VERTEX * vertices) continue;
    in->low[row] = box[1];
    in->per_metre[row] = per_metre;
    return slabs;
  }
  *entries = 0;
  return 0;
}

/* Puts the segments of a row into its slabs; at[slab] is where the next entry of the slab goes. */
static void fill(const inside *in, size_t row, size_t *at) {
  const sund_shapes *areas = in->areas;
  const size_t first = in->first_slab[row], slabs = in->first_slab[row + 1] - first;
  for (size_t part = areas->first_part[row]; part < areas->first_part[row + 1]; part++) {
    for (size_t v = areas->first_vertex[part]; v + 1 < areas->first_vertex[part + 1]; v++) {
      size_t a = slab_of(areas->y[v], in->low[row], in->per_metre[row], slabs);
      size_t b = slab_of(areas->y[v + 1], in->low[row], in->per_metre[row], slabs);
      if (a > b) {
        const size_t swap = a;
        a = b;
        b = swap;
      }
      for (size_t slab = a; slab <= b; slab++) {
        if (in->vertex) in->vertex[at[first + slab]] = v;
        at[first + slab]++;
      }
    }
  }
}

static sund_code make_slabs(sund_ctx *ctx, sund_ctx *scratch, inside *in, const double *boxes) {
  const size_t rows = in->areas->rows;
  size_t entries = 0;
  for (size_t row = 0; row < rows; row++) {
    size_t more;
    in->first_slab[row + 1] = in->first_slab[row] + choose(in, row, boxes + 4 * row, &more);
    entries += more;
  }
  const size_t slabs = in->first_slab[rows];
  in->first = sund_alloc(ctx, slabs + 1, sizeof *in->first);
  size_t *at = sund_alloc(scratch, slabs + 1, sizeof *at);
  if (!in->first || !at) return SUND_LIMIT;
  /* first pass, without in->vertex: counts; second pass: the entries */
  for (size_t row = 0; row < rows; row++) {
    if (in->first_slab[row + 1] > in->first_slab[row]) fill(in, row, at);
  }
  for (size_t slab = 0; slab < slabs; slab++) {
    in->first[slab + 1] = in->first[slab] + at[slab];
    at[slab] = in->first[slab];
  }
  in->vertex = sund_alloc(ctx, entries, sizeof *in->vertex);
  if (!in->vertex) return SUND_LIMIT;
  for (size_t row = 0; row < rows; row++) {
    if (in->first_slab[row + 1] > in->first_slab[row]) fill(in, row, at);
  }
  return SUND_OK;
}

static sund_code build(sund_ctx *ctx, sund_ctx *scratch, const sund_shapes *areas, inside **out) {
  inside *in = sund_alloc(ctx, 1, sizeof *in);
  if (!in) return SUND_LIMIT;
  in->areas = areas;
  in->first_slab = sund_alloc(ctx, areas->rows + 1, sizeof *in->first_slab);
  in->low = sund_alloc(ctx, areas->rows, sizeof *in->low);
  in->per_metre = sund_alloc(ctx, areas->rows, sizeof *in->per_metre);
  double *boxes = sund_alloc(scratch, areas->rows, 4 * sizeof *boxes);
  if (!in->first_slab || !in->low || !in->per_metre || !boxes) return SUND_LIMIT;
  for (size_t row = 0; row < areas->rows; row++) sund_shapes_box(areas, row, boxes + 4 * row);
  TRY(sund_index_build(ctx, areas->rows, boxes, &in->rows));
  TRY(make_slabs(ctx, scratch, in, boxes));
  *out = in;
  return SUND_OK;
}

sund_code inside_build(sund_ctx *ctx, const sund_shapes *areas, inside **out) {
  sund_ctx *scratch = sund_ctx_child(ctx);
  if (!scratch) return SUND_LIMIT;
  sund_code code = build(ctx, scratch, areas, out);
  if (code != SUND_OK) code = sund_ctx_pass(ctx, scratch);
  sund_ctx_free(scratch);
  return code;
}

/* ---------------------------------------------------------------------------------------------------- asking */

/* Does the segment from vertex v cross the ray from (x, y) to the east? Lower end included, upper end not. */
static bool crosses(const sund_shapes *areas, size_t v, double x, double y) {
  const double ax = areas->x[v], ay = areas->y[v], bx = areas->x[v + 1], by = areas->y[v + 1];
  if ((ay > y) == (by > y)) return false;
  const double side = (bx - ax) * (y - ay) - (x - ax) * (by - ay);
  return by > ay ? side > 0 : side < 0;
}

static bool row_holds(const inside *in, size_t row, double x, double y) {
  const sund_shapes *areas = in->areas;
  const size_t first = in->first_slab[row], slabs = in->first_slab[row + 1] - first;
  bool odd = false;
  if (slabs) {
    const size_t slab = first + slab_of(y, in->low[row], in->per_metre[row], slabs);
    for (size_t i = in->first[slab]; i < in->first[slab + 1]; i++) odd ^= crosses(areas, in->vertex[i], x, y);
    return odd;
  }
  for (size_t part = areas->first_part[row]; part < areas->first_part[row + 1]; part++) {
    for (size_t v = areas->first_vertex[part]; v + 1 < areas->first_vertex[part + 1]; v++) {
      odd ^= crosses(areas, v, x, y);
    }
  }
  return odd;
}

typedef struct asked {
  const inside *in;
  const uint8_t *accept;
  double x, y;
  size_t best;
} asked;

static bool try_row(size_t row, void *data) {
  asked *q = data;
  if (row < q->best && (!q->accept || q->accept[row]) && row_holds(q->in, row, q->x, q->y)) q->best = row;
  return true;
}

size_t inside_row(const inside *in, double x, double y, const uint8_t *accept) {
  asked q = {.in = in, .accept = accept, .x = x, .y = y, .best = SIZE_MAX};
  sund_index_search(in->rows, (const double[4]){x, y, x, y}, try_row, &q);
  return q.best;
}

typedef struct each {
  const inside *in;
  double x, y;
  void (*visit)(size_t row, void *data);
  void *data;
} each;

static bool tell_row(size_t row, void *data) {
  const each *q = data;
  if (row_holds(q->in, row, q->x, q->y)) q->visit(row, q->data);
  return true;
}

void inside_each(const inside *in, double x, double y, void (*visit)(size_t row, void *data), void *data) {
  each q = {.in = in, .x = x, .y = y, .visit = visit, .data = data};
  sund_index_search(in->rows, (const double[4]){x, y, x, y}, tell_row, &q);
}

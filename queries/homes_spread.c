/* homes_spread.c - census cells spread over their land: by area (dasymetric areal weighting, Wright 1936; Eicher and
 * Brewer 2001), cut by the areas' borders and by a lattice, so that no piece is longer than the lattice.
 */
#include "homes_spread.h"

#include <math.h>
#include <string.h>

#include "land.h"

void homes_inside_point(const sund_shapes *areas, size_t row, double *x, double *y) {
  double area = 0, sum_x = 0, sum_y = 0;
  size_t first = areas->first_vertex[areas->first_part[row]], end = areas->first_vertex[areas->first_part[row + 1]];
  double base_x = areas->x[first], base_y = areas->y[first]; /* near the origin nothing cancels */
  for (size_t p = areas->first_part[row]; p < areas->first_part[row + 1]; p++)
    for (size_t v = areas->first_vertex[p]; v + 1 < areas->first_vertex[p + 1]; v++) {
      double ax = areas->x[v] - base_x, ay = areas->y[v] - base_y;
      double bx = areas->x[v + 1] - base_x, by = areas->y[v + 1] - base_y;
      double cross = ax * by - bx * ay;
      area += cross / 2, sum_x += (ax + bx) * cross / 6, sum_y += (ay + by) * cross / 6;
    }
  *x = area != 0 ? base_x + sum_x / area : base_x;
  *y = area != 0 ? base_y + sum_y / area : base_y;
  if (sund_area_contains(areas, row, *x, *y)) return;
  double widest = 0, at = *x;
  for (size_t v = first; v + 1 < end; v++) {
    if ((areas->y[v] > *y) == (areas->y[v + 1] > *y)) continue;
    double left =
        areas->x[v] + (*y - areas->y[v]) / (areas->y[v + 1] - areas->y[v]) * (areas->x[v + 1] - areas->x[v]);
    double right = INFINITY; /* the next crossing to the right */
    for (size_t w = first; w + 1 < end; w++) {
      if ((areas->y[w] > *y) == (areas->y[w + 1] > *y)) continue;
      double c = areas->x[w] + (*y - areas->y[w]) / (areas->y[w + 1] - areas->y[w]) * (areas->x[w + 1] - areas->x[w]);
      if (c > left && c < right) right = c;
    }
    if (isfinite(right) && right - left > widest && sund_area_contains(areas, row, (left + right) / 2, *y))
      widest = right - left, at = (left + right) / 2;
  }
  *x = at;
}

static double plane_area(const sund_shapes *areas, size_t row) {
  double area = 0;
  for (size_t p = areas->first_part[row]; p < areas->first_part[row + 1]; p++) {
    size_t first = areas->first_vertex[p];
    area += sund_ring_area(areas->first_vertex[p + 1] - first, areas->x + first, areas->y + first);
  }
  return area;
}

/* Squares of `side` metres over the boxes of the rows of `over`, on one lattice, each square once. */
static sund_code make_lattice(sund_ctx *ctx, const sund_shapes *over, double side, sund_shapes **out) {
  double all[4];
  sund_shapes_extent(over, all);
  double x0 = floor(all[0] / side) * side, y0 = floor(all[1] / side) * side;
  double wide = ceil((all[2] - x0) / side) + 1, high = ceil((all[3] - y0) / side) + 1;
  if (!(wide * high < 2e9))
    return sund_fail(ctx, SUND_LIMIT,
                     "spreading homes over %.0f x %.0f pieces is too much; use larger pieces (spread)", wide, high);
  size_t columns = (size_t)wide, rows = (size_t)high, count = 0;
  uint8_t *used = sund_alloc(ctx, rows * columns, 1);
  if (!used) return SUND_LIMIT;
  for (size_t r = 0; r < over->rows; r++) {
    double box[4];
    if (!sund_shapes_box(over, r, box)) continue;
    for (size_t j = (size_t)((box[1] - y0) / side); (double)j * side + y0 <= box[3]; j++)
      for (size_t i = (size_t)((box[0] - x0) / side); (double)i * side + x0 <= box[2]; i++) {
        count += !used[j * columns + i];
        used[j * columns + i] = 1;
      }
  }
  double(*square)[4] = sund_alloc(ctx, count, sizeof *square);
  if (!square) return SUND_LIMIT;
  size_t n = 0;
  for (size_t c = 0; c < rows * columns; c++) {
    if (!used[c]) continue;
    double x = x0 + (double)(c % columns) * side, y = y0 + (double)(c / columns) * side;
    memcpy(square[n++], (const double[4]){x, y, x + side, y + side}, sizeof *square);
  }
  return land_rectangles(ctx, count, (const double(*)[4])square, out);
}

/* Cells on their land: the land pieces first, then the cells of which no land is known, whole. cell_of: cell of each
 * piece; whole: area that each cell's persons are divided by; waterless: cells without known land. */
static sund_code on_land(sund_ctx *ctx, const sund_inputs *in, const sund_shapes *cells, bool plain,
                         sund_shapes **land, size_t **cell_of, double *whole, size_t *waterless) {
  const sund_table *table = in->role[SUND_LAND];
  for (size_t i = 0; i < cells->rows; i++) whole[i] = 0;
  *waterless = 0;
  sund_shapes *dry = NULL, *inside = NULL;
  size_t *a = NULL, *b = NULL;
  if (table && !plain) {
    double box[4];
    sund_shapes_extent(cells, box);
    TRY(land_within(ctx, table, box, &dry));
    TRY(sund_overlay_intersect(ctx, cells, dry, &inside, &a, &b));
    for (size_t i = 0; i < inside->rows; i++) whole[a[i]] += plane_area(inside, i);
  }
  size_t known = inside ? inside->rows : 0, bare_count = 0;
  size_t *bare = sund_alloc(ctx, cells->rows, sizeof *bare);
  if (!bare || !(*cell_of = sund_alloc(ctx, known + cells->rows, sizeof **cell_of))) return SUND_LIMIT;
  for (size_t i = 0; i < cells->rows; i++)
    if (!(whole[i] > 0)) bare[bare_count++] = i, whole[i] = plane_area(cells, i);
  for (size_t i = 0; i < known; i++) (*cell_of)[i] = a[i];
  for (size_t i = 0; i < bare_count; i++) (*cell_of)[known + i] = bare[i];
  *waterless = bare_count;
  sund_shapes *rest = NULL;
  TRY(sund_shapes_pick(ctx, cells, bare_count, bare, &rest));
  const sund_shapes *both[2] = {rest, rest};
  if (inside) both[0] = inside;
  return sund_shapes_join(ctx, SUND_AREA, inside ? 2 : 1, both, land);
}

/* Cuts land by the areas of level 0. cell_of is carried along; unit_of: the area of each piece. */
static sund_code cut_by_areas(sund_ctx *ctx, const sund_table *areas, const size_t *level_of, sund_shapes **land,
                              size_t **cell_of, size_t **unit_of) {
  size_t *pick = sund_alloc(ctx, areas->rows, sizeof *pick), count = 0;
  if (!pick) return SUND_LIMIT;
  for (size_t r = 0; r < areas->rows; r++)
    if (level_of[r] == 0) pick[count++] = r;
  sund_shapes *units = NULL, *cut = NULL;
  size_t *a = NULL, *b = NULL;
  TRY(sund_shapes_pick(ctx, areas->shapes, count, pick, &units));
  TRY(sund_overlay_intersect(ctx, *land, units, &cut, &a, &b));
  for (size_t i = 0; i < cut->rows; i++) a[i] = (*cell_of)[a[i]], b[i] = pick[b[i]];
  *land = cut, *cell_of = a, *unit_of = b;
  return SUND_OK;
}

sund_code homes_spread(sund_ctx *ctx, const sund_inputs *in, const homes_options *options, size_t count,
                       const size_t *pick, const size_t *level_of, homes_pieces *out, sund_findings *findings) {
  const sund_table *table = in->role[SUND_HOMES], *areas = in->role[SUND_AREAS];
  sund_shapes *cells = NULL, *land = NULL, *squares = NULL;
  size_t *cell_of = NULL, *unit_of = NULL, *a = NULL, *b = NULL, waterless = 0;
  TRY(sund_shapes_pick(ctx, table->shapes, count, pick, &cells));
  double *whole = sund_alloc(ctx, count, sizeof *whole);
  if (!whole) return SUND_LIMIT;
  TRY(on_land(ctx, in, cells, options->plain, &land, &cell_of, whole, &waterless));
  if (waterless && !options->plain) {
    const char *text = sund_text(
        ctx,
        "%zu of %zu homes given as areas have no known land: their persons are spread over the whole area, water too",
        waterless, count);
    if (!text) return SUND_LIMIT;
    TRY(sund_finding_add(ctx, findings, (sund_finding){"warning", "homes", SUND_NO_FEATURE, text, NAN, NAN}));
  }
  if (areas) TRY(cut_by_areas(ctx, areas, level_of, &land, &cell_of, &unit_of));
  TRY(make_lattice(ctx, land, options->piece_m, &squares));
  TRY(sund_overlay_intersect(ctx, land, squares, &out->shapes, &a, &b));
  out->home = a, out->unit = b;
  if (!(out->share = sund_alloc(ctx, out->shapes->rows, sizeof *out->share)) ||
      !(out->plain = sund_alloc(ctx, out->shapes->rows, sizeof *out->plain)))
    return SUND_LIMIT;
  for (size_t i = 0; i < out->shapes->rows; i++) {
    size_t piece = a[i], cell = cell_of[piece];
    out->home[i] = pick[cell];
    out->unit[i] = unit_of ? unit_of[piece] : SIZE_MAX;
    double area = plane_area(out->shapes, i), all = plane_area(cells, cell);
    out->share[i] = whole[cell] > 0 ? area / whole[cell] : 0;
    out->plain[i] = all > 0 ? area / all : 0;
  }
  return SUND_OK;
}

/* homes.c - where people live, made ready for a query.
 *
 * Points are put into the areas as they are. Polygons that are small against the distance asked about become one
 * point. Larger ones (census cells) are spread: over their land by area (dasymetric areal weighting, Wright 1936;
 * Eicher and Brewer 2001), cut by the areas' borders and by a lattice, so that no piece is longer than the lattice.
 */
#include "homes.h"

#include <math.h>
#include <string.h>

#include "land.h"

size_t units_count(const sund_inputs *in) {
  return in->role[SUND_AREAS] ? in->role[SUND_AREAS]->rows : 1;
}

size_t units_area(const sund_inputs *in, size_t unit) {
  return in->role[SUND_AREAS] ? unit : SIZE_MAX;
}

/* Distinct levels of the areas; level_of: areas, number of the level. */
static sund_code find_levels(sund_ctx *ctx, const sund_table *areas, homes *h, size_t **level_of) {
  size_t rows = areas ? areas->rows : 1;
  if (!(h->level = sund_alloc(ctx, rows, sizeof *h->level))) return SUND_LIMIT;
  if (!(*level_of = sund_alloc(ctx, rows, sizeof **level_of))) return SUND_LIMIT;
  const char **text = areas ? sund_table_text(areas, "level") : NULL;
  for (size_t r = 0; r < rows; r++) {
    const char *level = text && text[r] ? text[r] : "municipality";
    size_t l = 0;
    while (l < h->levels && strcmp(h->level[l], level) != 0) l++;
    if (l == h->levels) h->level[h->levels++] = level;
    (*level_of)[r] = l;
  }
  return SUND_OK;
}

/* ---------------------------------------------------------------------------------------- points into areas */

typedef struct locate_job {
  const sund_shapes *areas;
  const sund_index *index; /* over the areas' boxes */
  const size_t *level_of;
  homes *h;
} locate_job;

typedef struct locate_hit {
  const locate_job *job;
  size_t home;
} locate_hit;

static bool locate_visit(size_t area, void *data) {
  const locate_hit *hit = data;
  homes *h = hit->job->h;
  size_t *found = &h->area[hit->job->level_of[area]][hit->home];
  /* Where areas of one level overlap the first one counts. */
  if (area < *found && sund_area_contains(hit->job->areas, area, h->x[hit->home], h->y[hit->home])) *found = area;
  return true;
}

static sund_code locate_block(sund_ctx *worker, size_t begin, size_t end, void *data) {
  (void)worker;
  locate_job *job = data;
  for (size_t i = begin; i < end; i++) {
    const double box[4] = {job->h->x[i], job->h->y[i], job->h->x[i], job->h->y[i]};
    locate_hit hit = {job, i};
    sund_index_search(job->index, box, locate_visit, &hit);
  }
  return SUND_OK;
}

/* Area of every home at every level. */
static sund_code locate(sund_ctx *ctx, const sund_table *areas, const size_t *level_of, homes *h) {
  if (!(h->area = sund_alloc(ctx, h->levels, sizeof *h->area))) return SUND_LIMIT;
  for (size_t l = 0; l < h->levels; l++) {
    if (!(h->area[l] = sund_alloc(ctx, h->count, sizeof **h->area))) return SUND_LIMIT;
    for (size_t i = 0; i < h->count; i++) h->area[l][i] = SIZE_MAX;
  }
  if (!areas) return SUND_OK;
  double *boxes = sund_alloc(ctx, areas->rows, 4 * sizeof *boxes);
  if (!boxes) return SUND_LIMIT;
  for (size_t r = 0; r < areas->rows; r++) sund_shapes_box(areas->shapes, r, boxes + 4 * r);
  sund_index *index;
  TRY(sund_index_build(ctx, areas->rows, boxes, &index));
  locate_job job = {areas->shapes, index, level_of, h};
  return sund_for(ctx, h->count, 4096, locate_block, &job);
}

/* ------------------------------------------------------------------------------------------- polygon homes */

/* A point inside row `row`: the centroid, or where that lies outside (a horseshoe) the middle of the widest crossing
 * of the horizontal line through it. */
static void inside_point(const sund_shapes *areas, size_t row, double *x, double *y) {
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

static void shapes_box(const sund_shapes *shapes, double box[4]) {
  box[0] = box[1] = INFINITY, box[2] = box[3] = -INFINITY;
  for (size_t v = 0; v < shapes->vertices; v++) {
    box[0] = fmin(box[0], shapes->x[v]), box[1] = fmin(box[1], shapes->y[v]);
    box[2] = fmax(box[2], shapes->x[v]), box[3] = fmax(box[3], shapes->y[v]);
  }
}

/* Squares of `side` metres over the boxes of the rows of `over`, on one lattice, each square once. */
static sund_code make_lattice(sund_ctx *ctx, const sund_shapes *over, double side, sund_shapes **out) {
  double all[4];
  shapes_box(over, all);
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
  sund_shapes *squares;
  TRY(sund_shapes_new(ctx, SUND_AREA, count, count, 5 * count, &squares));
  size_t n = 0;
  for (size_t c = 0; c < rows * columns; c++) {
    if (!used[c]) continue;
    double x = x0 + (double)(c % columns) * side, y = y0 + (double)(c / columns) * side;
    const double ring_x[] = {x, x + side, x + side, x, x}, ring_y[] = {y, y, y + side, y + side, y};
    squares->first_part[n] = n;
    squares->first_vertex[n] = 5 * n;
    memcpy(squares->x + 5 * n, ring_x, sizeof ring_x);
    memcpy(squares->y + 5 * n, ring_y, sizeof ring_y);
    n++;
  }
  squares->first_part[n] = n;
  squares->first_vertex[n] = 5 * n;
  *out = squares;
  return SUND_OK;
}

/* What spreading makes: areas with the home they come from. */
typedef struct pieces {
  sund_shapes *shapes;
  size_t *home;  /* row of the homes table                              */
  size_t *unit;  /* row of the areas it was cut by; SIZE_MAX without areas */
  double *share; /* of the home's persons                               */
} pieces;

/* Homes `pick` on their land: rows of land pieces, home_of, and the area each home's persons are divided by. */
static sund_code on_land(sund_ctx *ctx, const sund_inputs *in, const sund_shapes *cells, bool plain,
                         sund_shapes **land, size_t **cell_of, double *whole, size_t *waterless) {
  const sund_table *table = in->role[SUND_LAND];
  for (size_t i = 0; i < cells->rows; i++) whole[i] = 0;
  *waterless = 0;
  sund_shapes *dry = NULL, *inside = NULL;
  size_t *a = NULL, *b = NULL;
  if (table && !plain) {
    double box[4];
    shapes_box(cells, box);
    TRY(land_within(ctx, table, box, &dry));
    TRY(sund_overlay_intersect(ctx, cells, dry, &inside, &a, &b));
    for (size_t i = 0; i < inside->rows; i++) whole[a[i]] += plane_area(inside, i);
  }
  size_t rest = 0, known = inside ? inside->rows : 0, parts = known ? inside->parts : 0,
         vertices = known ? inside->vertices : 0;
  for (size_t i = 0; i < cells->rows; i++)
    if (!(whole[i] > 0)) {
      rest++;
      parts += cells->first_part[i + 1] - cells->first_part[i];
      vertices += cells->first_vertex[cells->first_part[i + 1]] - cells->first_vertex[cells->first_part[i]];
    }
  *waterless = rest;
  /* Land pieces first, then the homes of which no land is known, whole. */
  size_t *pick = sund_alloc(ctx, rest, sizeof *pick);
  if (!pick || !(*cell_of = sund_alloc(ctx, known + rest, sizeof **cell_of))) return SUND_LIMIT;
  size_t n = 0;
  for (size_t i = 0; i < cells->rows; i++)
    if (!(whole[i] > 0)) pick[n++] = i, whole[i] = plane_area(cells, i);
  sund_shapes *bare = NULL, *both = NULL;
  TRY(sund_shapes_pick(ctx, cells, rest, pick, &bare));
  for (size_t i = 0; i < known; i++) (*cell_of)[i] = a[i];
  for (size_t i = 0; i < rest; i++) (*cell_of)[known + i] = pick[i];
  if (!known) {
    *land = bare;
    return SUND_OK;
  }
  TRY(sund_shapes_new(ctx, SUND_AREA, known + rest, parts, vertices, &both));
  const sund_shapes *half[2] = {inside, bare};
  size_t row = 0, part = 0, vertex = 0;
  for (int k = 0; k < 2; k++) {
    for (size_t r = 0; r < half[k]->rows; r++) both->first_part[row++] = part + half[k]->first_part[r];
    for (size_t p = 0; p < half[k]->parts; p++) {
      both->first_vertex[part + p] = vertex + half[k]->first_vertex[p];
      both->hole[part + p] = half[k]->hole[p];
    }
    memcpy(both->x + vertex, half[k]->x, half[k]->vertices * sizeof *both->x);
    memcpy(both->y + vertex, half[k]->y, half[k]->vertices * sizeof *both->y);
    part += half[k]->parts, vertex += half[k]->vertices;
  }
  both->first_part[row] = part;
  both->first_vertex[part] = vertex;
  *land = both;
  return SUND_OK;
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

static sund_code spread(sund_ctx *ctx, const sund_inputs *in, const homes_options *options, size_t count,
                        const size_t *pick, const size_t *level_of, pieces *out, sund_findings *findings) {
  const sund_table *table = in->role[SUND_HOMES], *areas = in->role[SUND_AREAS];
  sund_shapes *cells = NULL, *land = NULL, *squares = NULL;
  size_t *cell_of = NULL, *unit_of = NULL, *a = NULL, *b = NULL, waterless = 0;
  TRY(sund_shapes_pick(ctx, table->shapes, count, pick, &cells));
  double *whole = sund_alloc(ctx, count, sizeof *whole);
  if (!whole) return SUND_LIMIT;
  TRY(on_land(ctx, in, cells, options->plain, &land, &cell_of, whole, &waterless));
  if (waterless) {
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
  if (!(out->share = sund_alloc(ctx, out->shapes->rows, sizeof *out->share))) return SUND_LIMIT;
  for (size_t i = 0; i < out->shapes->rows; i++) {
    size_t piece = a[i], cell = cell_of[piece];
    out->home[i] = pick[cell];
    out->unit[i] = unit_of ? unit_of[piece] : SIZE_MAX;
    out->share[i] = whole[cell] > 0 ? plane_area(out->shapes, i) / whole[cell] : 0;
  }
  return SUND_OK;
}

/* ------------------------------------------------------------------------------------------------- together */

static sund_code new_homes(sund_ctx *ctx, size_t room, homes *h) {
  h->count = 0;
  if (!(h->x = sund_alloc(ctx, room, sizeof(double))) || !(h->y = sund_alloc(ctx, room, sizeof(double))) ||
      !(h->persons = sund_alloc(ctx, room, sizeof(double))) || !(h->row = sund_alloc(ctx, room, sizeof(size_t))) ||
      !(h->piece = sund_alloc(ctx, room, sizeof(int64_t))))
    return SUND_LIMIT;
  return SUND_OK;
}

static void add_home(homes *h, double x, double y, double persons, size_t row, int64_t piece) {
  size_t i = h->count++;
  h->x[i] = x, h->y[i] = y, h->persons[i] = persons, h->row[i] = row, h->piece[i] = piece;
}

/* Splits polygon homes into those that become a point and those that are spread. Those far from the areas are left
 * out here, so that a census of a whole region costs nothing. */
static sund_code sort_out(sund_ctx *ctx, const sund_inputs *in, double above_m, size_t **pick, size_t *picked,
                          uint8_t **single) {
  const sund_shapes *shapes = in->role[SUND_HOMES]->shapes;
  const sund_table *areas = in->role[SUND_AREAS];
  double all[4] = {-INFINITY, -INFINITY, INFINITY, INFINITY}, box[4];
  if (areas && !sund_table_box(areas, all)) return sund_fail(ctx, SUND_DATA, "areas: no area has a geometry");
  *picked = 0;
  if (!(*pick = sund_alloc(ctx, shapes->rows, sizeof **pick))) return SUND_LIMIT;
  if (!(*single = sund_alloc(ctx, shapes->rows, 1))) return SUND_LIMIT;
  for (size_t r = 0; r < shapes->rows; r++) {
    if (!sund_shapes_box(shapes, r, box)) continue;
    bool near = box[0] <= all[2] && box[2] >= all[0] && box[1] <= all[3] && box[3] >= all[1];
    bool large = fmax(box[2] - box[0], box[3] - box[1]) > above_m;
    (*single)[r] = !large;
    if (large && near) (*pick)[(*picked)++] = r;
  }
  return SUND_OK;
}

static sund_code from_polygons(sund_ctx *ctx, const sund_inputs *in, const homes_options *options,
                               const size_t *level_of, homes *h, pieces *p, sund_findings *findings) {
  const sund_table *table = in->role[SUND_HOMES];
  const double *persons = sund_table_real(table, "persons");
  size_t *pick = NULL;
  uint8_t *single = NULL;
  TRY(sort_out(ctx, in, options->spread_above_m, &pick, &h->spread, &single));
  if (h->spread) TRY(spread(ctx, in, options, h->spread, pick, level_of, p, findings));
  size_t spread_rows = p->shapes ? p->shapes->rows : 0;
  TRY(new_homes(ctx, table->rows + spread_rows, h));
  double x, y;
  for (size_t r = 0; r < table->rows; r++)
    if (single[r]) {
      inside_point(table->shapes, r, &x, &y);
      add_home(h, x, y, persons[r], r, 0);
    }
  int64_t *number = sund_alloc(ctx, table->rows, sizeof *number);
  if (!number) return SUND_LIMIT;
  for (size_t i = 0; i < spread_rows; i++) {
    inside_point(p->shapes, i, &x, &y);
    add_home(h, x, y, persons[p->home[i]] * p->share[i], p->home[i], ++number[p->home[i]]);
  }
  return SUND_OK;
}

/* Drops the homes that lie in no area of any level. */
static sund_code drop_outside(sund_ctx *ctx, homes *h, sund_findings *findings) {
  size_t kept = 0;
  double persons = 0;
  for (size_t i = 0; i < h->count; i++) {
    bool inside = false;
    for (size_t l = 0; l < h->levels; l++) inside = inside || h->area[l][i] != SIZE_MAX;
    if (!inside) {
      persons += h->persons[i];
      continue;
    }
    h->x[kept] = h->x[i], h->y[kept] = h->y[i], h->persons[kept] = h->persons[i];
    h->row[kept] = h->row[i], h->piece[kept] = h->piece[i];
    for (size_t l = 0; l < h->levels; l++) h->area[l][kept] = h->area[l][i];
    kept++;
  }
  size_t dropped = h->count - kept;
  h->count = kept;
  if (!dropped) return SUND_OK;
  const char *text =
      sund_text(ctx, "%zu homes with %.0f persons lie in none of the areas and are left out", dropped, persons);
  if (!text) return SUND_LIMIT;
  return sund_finding_add(ctx, findings, (sund_finding){"note", "homes", SUND_NO_FEATURE, text, NAN, NAN});
}

sund_code homes_prepare(sund_ctx *ctx, const sund_inputs *in, const homes_options *options, homes **out,
                        sund_findings *findings) {
  const sund_table *table = in->role[SUND_HOMES], *areas = in->role[SUND_AREAS];
  homes *h = sund_alloc(ctx, 1, sizeof *h);
  size_t *level_of;
  pieces p = {0};
  if (!h) return SUND_LIMIT;
  TRY(find_levels(ctx, areas, h, &level_of));
  if (table->kind == SUND_POINT) {
    const double *persons = sund_table_real(table, "persons");
    TRY(new_homes(ctx, table->rows, h));
    for (size_t r = 0; r < table->rows; r++) add_home(h, table->x[r], table->y[r], persons[r], r, 0);
  } else {
    TRY(from_polygons(ctx, in, options, level_of, h, &p, findings));
  }
  TRY(locate(ctx, areas, level_of, h));
  /* Pieces come last and keep the area they were cut by: their point may lie on its border. */
  if (areas && p.shapes)
    for (size_t i = 0; i < p.shapes->rows; i++) h->area[0][h->count - p.shapes->rows + i] = p.unit[i];
  if (areas) TRY(drop_outside(ctx, h, findings));
  if (h->count == 0)
    return sund_fail(ctx, SUND_DATA, "homes: none lies in any of the areas; check the CRS and the areas");
  *out = h;
  return SUND_OK;
}

sund_code homes_by_area(sund_ctx *ctx, const sund_inputs *in, const homes *h, size_t **first, size_t **list) {
  size_t units = units_count(in), total = 0;
  size_t *start = sund_alloc(ctx, units + 2, sizeof *start);
  if (!start) return SUND_LIMIT;
  for (size_t l = 0; l < h->levels; l++)
    for (size_t i = 0; i < h->count; i++) {
      size_t unit = in->role[SUND_AREAS] ? h->area[l][i] : 0;
      if (unit != SIZE_MAX) start[unit + 2]++, total++;
    }
  for (size_t u = 0; u < units; u++) start[u + 2] += start[u + 1];
  size_t *members = sund_alloc(ctx, total, sizeof *members);
  if (!members) return SUND_LIMIT;
  for (size_t l = 0; l < h->levels; l++)
    for (size_t i = 0; i < h->count; i++) {
      size_t unit = in->role[SUND_AREAS] ? h->area[l][i] : 0;
      if (unit != SIZE_MAX) members[start[unit + 1]++] = i;
    }
  *first = start;
  *list = members;
  return SUND_OK;
}

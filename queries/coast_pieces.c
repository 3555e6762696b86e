/* coast_pieces.c - which coast belongs to which reporting unit.
 *
 * 1. The shore of `land`: its outer boundary; borders shared by neighbours, slivers between them, and lakes are none.
 *    Lines of `coast` are joined end to end.
 * 2. A unit that land lies in takes the shore, another one the lines of `coast`.
 * 3. Coast inside a unit is its own. A municipality whose polygon follows the shore has its coast on its own boundary,
 *    and there rounding decides what is inside. So coast that lies in no unit of a level goes to the units of that
 *    level within 1 m. Nothing is counted twice: neighbours meet at the border.
 * 4. The fragments of a unit are joined end to end again, so that they are simplified as connected lines.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "coast.h"

/* Neighbours nearer than this share a border; coast nearer than this to an area is its own. Map metres. */
static const double near_m = 1;
/* Rings smaller than this are no islands; land smaller than this in an area is rounding. Square metres. */
static const double least_m2 = 1;
/* Segments in a line that is cut. */
enum { CHUNK = 1000 };

/* A line of coast, or a part of one, in one unit. */
typedef struct fragment {
  size_t unit;
  const sund_shapes *lines;
  size_t row;
  size_t order; /* in which it was found */
} fragment;

/* What this file works on. */
typedef struct cutting {
  coast_run *run;
  sund_ctx *scratch;
  size_t count, room;
  fragment *fragment;
} cutting;

static sund_code add(cutting *cut, size_t unit, const sund_shapes *lines, size_t row) {
  fragment *grown = sund_grow(cut->scratch, cut->fragment, &cut->room, cut->count + 1, sizeof *grown);
  if (!grown) return SUND_LIMIT;
  cut->fragment = grown;
  cut->fragment[cut->count] = (fragment){unit, lines, row, cut->count};
  cut->count++;
  return SUND_OK;
}

/* ---------------------------------------------------------------------------------------------------- selections */

/* Counts and, with `out`, copies the parts of one row to the end of `out`. */
static void append(const sund_shapes *from, size_t row, sund_shapes *out, size_t *parts, size_t *vertices) {
  for (size_t p = from->first_part[row]; p < from->first_part[row + 1]; p++) {
    const size_t first = from->first_vertex[p], n = from->first_vertex[p + 1] - first;
    if (out) {
      memcpy(out->x + *vertices, from->x + first, n * sizeof *out->x);
      memcpy(out->y + *vertices, from->y + first, n * sizeof *out->y);
      if (out->hole && from->hole) out->hole[*parts] = from->hole[p];
      out->first_vertex[*parts + 1] = *vertices + n;
    }
    *parts += 1;
    *vertices += n;
  }
}

/* The rows of fragments, as shapes of their own. */
static sund_code collect(sund_ctx *ctx, sund_kind kind, size_t count, const fragment *rows, sund_shapes **out) {
  size_t parts = 0, vertices = 0;
  for (size_t i = 0; i < count; i++) append(rows[i].lines, rows[i].row, NULL, &parts, &vertices);
  TRY(sund_shapes_new(ctx, kind, count, parts, vertices, out));
  parts = vertices = 0;
  for (size_t i = 0; i < count; i++) {
    append(rows[i].lines, rows[i].row, *out, &parts, &vertices);
    (*out)->first_part[i + 1] = parts;
  }
  return SUND_OK;
}

/* The areas of one level. */
typedef struct level {
  sund_shapes *areas;
  size_t *unit; /* rows of areas: the reporting unit */
} level;

/* The level that the area `first` belongs to. */
static sund_code level_of(cutting *cut, size_t first, level *out) {
  const sund_table *areas = cut->run->areas;
  const char **name = sund_table_text(areas, "level");
  fragment *rows = sund_alloc(cut->scratch, areas->rows, sizeof *rows);
  if (!rows) return SUND_LIMIT;
  out->unit = sund_alloc(cut->scratch, areas->rows, sizeof *out->unit);
  if (!out->unit) return SUND_LIMIT;
  size_t count = 0;
  for (size_t r = 0; r < areas->rows; r++) {
    if (!units_same_level(name, first, r)) continue;
    out->unit[count] = r;
    rows[count] = (fragment){r, areas->shapes, r, count};
    count++;
  }
  return collect(cut->scratch, SUND_AREA, count, rows, &out->areas);
}

/* Is `unit` the first area of its level? */
static bool begins_level(const coast_run *run, size_t unit) {
  const char **name = sund_table_text(run->areas, "level");
  for (size_t r = 0; r < unit; r++)
    if (units_same_level(name, r, unit)) return false;
  return true;
}

/* -------------------------------------------------------------------------------------------------------- cutting */

/* Splits lines into short ones. A whole island's shore would be compared with every area around it; the
 * pieces are joined again later. */
static sund_code chop(sund_ctx *scratch, const sund_shapes *lines, sund_shapes **out) {
  size_t rows = 0, vertices = 0, at = 0;
  for (size_t pass = 0; pass < 2; pass++) {
    if (pass) TRY(sund_shapes_new(scratch, SUND_LINE, rows, rows, vertices, out));
    rows = 0;
    for (size_t p = 0; p < lines->parts; p++)
      for (size_t from = lines->first_vertex[p], last = lines->first_vertex[p + 1]; from + 1 < last; from += CHUNK) {
        const size_t n = last - from > CHUNK ? CHUNK + 1 : last - from;
        rows++;
        vertices += n;
        if (!pass) continue;
        for (size_t i = 0; i < n; i++, at++) {
          (*out)->x[at] = lines->x[from + i];
          (*out)->y[at] = lines->y[from + i];
        }
        (*out)->first_part[rows] = rows;
        (*out)->first_vertex[rows] = at;
      }
  }
  return SUND_OK;
}

/* Adds the parts of `lines` inside `areas` for the units that take their coast from `source`. */
static sund_code cut_inside(cutting *cut, const sund_shapes *lines, const sund_shapes *areas, const size_t *unit,
                            coast_source source) {
  sund_shapes *inside;
  size_t *line_of, *area_of;
  TRY(sund_overlay_intersect(cut->scratch, lines, areas, &inside, &line_of, &area_of));
  for (size_t i = 0; i < inside->rows; i++)
    if (cut->run->source[unit[area_of[i]]] == source) TRY(add(cut, unit[area_of[i]], inside, i));
  return SUND_OK;
}

static sund_code cut_lines(cutting *cut, const sund_shapes *whole, coast_source source) {
  sund_shapes *lines;
  TRY(chop(cut->scratch, whole, &lines));
  for (size_t u = 0; u < cut->run->units; u++) {
    level here;
    sund_shapes *loose, *grown;
    if (!begins_level(cut->run, u)) continue;
    TRY(level_of(cut, u, &here));
    TRY(cut_inside(cut, lines, here.areas, here.unit, source));
    TRY(sund_overlay_subtract(cut->scratch, lines, here.areas, &loose));
    TRY(sund_overlay_buffer(cut->scratch, here.areas, near_m, &grown));
    TRY(cut_inside(cut, loose, grown, here.unit, source));
  }
  return SUND_OK;
}

/* Without areas there is one unit, and everything belongs to it. */
static sund_code take_all(cutting *cut, const sund_shapes *lines) {
  for (size_t i = 0; i < lines->rows; i++) TRY(add(cut, 0, lines, i));
  return SUND_OK;
}

/* ----------------------------------------------------------------------------------------------------------- land */

/* Fills land_m2 with the land in every unit, overlaps counted once. */
static sund_code find_land(cutting *cut) {
  coast_run *run = cut->run;
  sund_shapes *pieces, *merged;
  size_t *land_of, *unit_of;
  for (size_t u = 0; u < run->units; u++) run->land_m2[u] = NAN;
  if (!run->land) return SUND_OK;
  if (!run->areas) {
    TRY(sund_overlay_dissolve(cut->scratch, run->land->shapes, &merged));
    return sund_geodesic_measure(cut->scratch, run->in->crs, merged, run->land_m2);
  }
  TRY(sund_overlay_intersect(cut->scratch, run->land->shapes, run->areas->shapes, &pieces, &land_of, &unit_of));
  int32_t *group = sund_alloc(cut->scratch, pieces->rows, sizeof *group);
  if (!group) return SUND_LIMIT;
  size_t *merged_of = sund_alloc(cut->scratch, pieces->rows, sizeof *merged_of);
  if (!merged_of) return SUND_LIMIT;
  for (size_t i = 0; i < pieces->rows; i++) group[i] = (int32_t)unit_of[i];
  TRY(sund_overlay_merge(cut->scratch, pieces, group, 0, &merged, merged_of));
  double *m2 = sund_alloc(cut->scratch, merged->rows, sizeof *m2);
  if (!m2) return SUND_LIMIT;
  TRY(sund_geodesic_measure(cut->scratch, run->in->crs, merged, m2));
  for (size_t i = 0; i < pieces->rows; i++) {
    const size_t m = merged_of[i];
    if (m == SIZE_MAX || isnan(m2[m])) continue;
    double *sum = &run->land_m2[unit_of[i]];
    *sum = isnan(*sum) ? m2[m] : *sum + m2[m];
    m2[m] = NAN; /* counted */
  }
  for (size_t u = 0; u < run->units; u++)
    if (run->land_m2[u] < least_m2) run->land_m2[u] = NAN;
  return SUND_OK;
}

static void choose_sources(coast_run *run) {
  for (size_t u = 0; u < run->units; u++) {
    if (!isnan(run->land_m2[u])) run->source[u] = COAST_LAND;
    else run->source[u] = run->coast ? COAST_LINE : COAST_NONE;
  }
}

bool coast_is_covered(const coast_run *run, size_t unit) {
  double box[4];
  if (!run->areas) return true;
  if (!sund_shapes_box(run->areas->shapes, unit, box)) return false;
  for (size_t i = 0; i < run->in->extents[SUND_COAST]; i++) {
    const double *extent = run->in->extent[SUND_COAST][i];
    if (box[0] >= extent[0] && box[1] >= extent[1] && box[2] <= extent[2] && box[3] <= extent[3]) return true;
  }
  return false;
}

/* --------------------------------------------------------------------------------------------------------- pieces */

/* By unit, then in the order they were found. */
static int compare_fragments(const void *a, const void *b) {
  const fragment *p = a, *q = b;
  if (p->unit != q->unit) return p->unit < q->unit ? -1 : 1;
  return (p->order > q->order) - (p->order < q->order);
}

/* Lines are cut on a grid of 1 mm and left alone where nothing cuts them. On the grid all of them meet again. */
static double on_grid(double metres) {
  return floor(metres * 1000 + 0.5) / 1000;
}

/* Joins the fragments of every unit; lists the rows of the joined lines. */
static sund_code join_units(cutting *cut, cutting *joined) {
  if (cut->count) qsort(cut->fragment, cut->count, sizeof *cut->fragment, compare_fragments);
  for (size_t i = 0, to; i < cut->count; i = to) {
    sund_shapes *loose, *lines;
    const size_t unit = cut->fragment[i].unit;
    for (to = i; to < cut->count && cut->fragment[to].unit == unit;) to++;
    TRY(collect(cut->scratch, SUND_LINE, to - i, cut->fragment + i, &loose));
    for (size_t v = 0; v < loose->vertices; v++) {
      loose->x[v] = on_grid(loose->x[v]);
      loose->y[v] = on_grid(loose->y[v]);
    }
    TRY(sund_line_join(cut->scratch, loose, &lines));
    for (size_t row = 0; row < lines->rows; row++) TRY(add(joined, unit, lines, row));
  }
  return SUND_OK;
}

/* Lays the joined lines out as the pieces of the run and measures them as drawn. */
static sund_code lay_out(sund_ctx *ctx, coast_run *run, const cutting *joined) {
  coast_pieces *pieces = &run->pieces;
  TRY(collect(ctx, SUND_LINE, joined->count, joined->fragment, &pieces->lines));
  pieces->unit = sund_alloc(ctx, joined->count, sizeof *pieces->unit);
  if (!pieces->unit) return SUND_LIMIT;
  pieces->first = sund_alloc(ctx, run->units + 1, sizeof *pieces->first);
  if (!pieces->first) return SUND_LIMIT;
  pieces->ground_m = sund_alloc(ctx, joined->count, sizeof *pieces->ground_m);
  if (!pieces->ground_m) return SUND_LIMIT;
  pieces->stretch = sund_alloc(ctx, joined->count, sizeof *pieces->stretch);
  if (!pieces->stretch) return SUND_LIMIT;
  TRY(sund_geodesic_measure(ctx, run->in->crs, pieces->lines, pieces->ground_m));
  for (size_t i = 0; i < joined->count; i++) {
    const size_t first = pieces->lines->first_vertex[i], n = pieces->lines->first_vertex[i + 1] - first;
    const double map = sund_line_length(n, pieces->lines->x + first, pieces->lines->y + first);
    pieces->stretch[i] = pieces->ground_m[i] > 0 ? map / pieces->ground_m[i] : 1;
    pieces->unit[i] = joined->fragment[i].unit;
    pieces->first[pieces->unit[i] + 1] = i + 1;
  }
  for (size_t u = 0; u < run->units; u++)
    if (pieces->first[u + 1] < pieces->first[u]) pieces->first[u + 1] = pieces->first[u];
  return SUND_OK;
}

/* The land that can have a say in the areas' shore: what lies more than a kilometre from all of them cannot. */
static sund_code near_land(sund_ctx *scratch, const coast_run *run, const sund_shapes **out) {
  static const double margin_m = 1000;
  const sund_shapes *land = run->land->shapes;
  double all[4], box[4];
  *out = land;
  if (!run->areas || !sund_table_box(run->areas, all)) return SUND_OK;
  size_t *near = sund_alloc(scratch, land->rows, sizeof *near), count = 0;
  if (!near) return SUND_LIMIT;
  for (size_t r = 0; r < land->rows; r++)
    if (sund_shapes_box(land, r, box) && box[0] <= all[2] + margin_m && box[2] >= all[0] - margin_m &&
        box[1] <= all[3] + margin_m && box[3] >= all[1] - margin_m)
      near[count++] = r;
  sund_shapes *picked = NULL;
  TRY(sund_shapes_pick(scratch, land, count, near, &picked));
  *out = picked;
  return SUND_OK;
}

static sund_code find_shore(sund_ctx *scratch, const coast_run *run, sund_shapes **out) {
  const sund_shapes *land = NULL;
  TRY(near_land(scratch, run, &land));
  return sund_overlay_shore(scratch, land, near_m, least_m2, out);
}

sund_code coast_pieces_find(sund_ctx *ctx, sund_ctx *scratch, coast_run *run) {
  cutting cut = {.run = run, .scratch = scratch}, joined = cut;
  sund_shapes *shore = NULL, *lines = NULL;
  run->source = sund_alloc(ctx, run->units, sizeof *run->source);
  if (!run->source) return SUND_LIMIT;
  run->land_m2 = sund_alloc(ctx, run->units, sizeof *run->land_m2);
  if (!run->land_m2) return SUND_LIMIT;
  TRY(find_land(&cut));
  choose_sources(run);
  TRY(sund_progress(ctx, 0.3, "shore"));
  if (run->land) TRY(find_shore(scratch, run, &shore));
  if (run->coast) TRY(sund_line_join(scratch, run->coast->shapes, &lines));
  if (!run->areas) {
    TRY(take_all(&cut, run->land ? shore : lines));
  } else {
    if (run->land) TRY(cut_lines(&cut, shore, COAST_LAND));
    if (run->coast) TRY(cut_lines(&cut, lines, COAST_LINE));
  }
  TRY(join_units(&cut, &joined));
  return lay_out(ctx, run, &joined);
}

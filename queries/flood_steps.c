/* flood_steps.c - lines cut into steps no longer than a cell, what the terrain says at each, and stretches of steps.
 *
 * Order: flood_walk_begin and flood_stretches_begin, then flood_walk_on, flood_steps_ask and for each step
 * flood_stretches_add in turn until the line ends; flood_stretches_end after the last line. A segment is cut into
 * equal steps, so that every vertex ends one: lengths add up to the line's, and no vertex is farther from the middle
 * of a step than half a cell.
 */
#include "flood_steps.h"

#include <math.h>
#include <string.h>

enum { REACH = 2 }; /* cells from the coast to land */

double flood_steps_longest(const flood_run *run) {
  double cell = INFINITY;
  for (size_t s = 0; s < run->sites; s++)
    cell = fmin(cell, fmin(run->site[s].spec->lattice.dx, run->site[s].spec->lattice.dy));
  return cell;
}

flood_walk flood_walk_begin(const sund_shapes *lines, size_t part, double longest_m) {
  const size_t first = lines->first_vertex[part], end = lines->first_vertex[part + 1];
  return (flood_walk){.lines = lines, .vertex = first, .last = end > first ? end - 1 : first, .longest_m = longest_m};
}

size_t flood_walk_on(flood_walk *walk, flood_steps *steps) {
  size_t n = 0;
  for (; walk->vertex < walk->last && n < FLOOD_STEPS; walk->vertex++) {
    const double *x = walk->lines->x + walk->vertex, *y = walk->lines->y + walk->vertex;
    const double length = hypot(x[1] - x[0], y[1] - y[0]);
    const size_t count = (size_t)ceil(length / walk->longest_m);
    for (; walk->done < count && n < FLOOD_STEPS; walk->done++, n++) {
      const double middle = ((double)walk->done + 0.5) / (double)count,
                   end = (double)(walk->done + 1) / (double)count;
      steps->corner[n] = walk->done + 1 == count;
      steps->x[n] = x[0] + middle * (x[1] - x[0]), steps->y[n] = y[0] + middle * (y[1] - y[0]);
      steps->end_x[n] = steps->corner[n] ? x[1] : x[0] + end * (x[1] - x[0]);
      steps->end_y[n] = steps->corner[n] ? y[1] : y[0] + end * (y[1] - y[0]);
      steps->map_m[n] = length / (double)count;
    }
    if (walk->done < count) break;
    walk->done = 0;
  }
  steps->count = n;
  return n;
}

/* The cell of a point, when its height is known. */
static bool cell_at(const flood_site *site, double x, double y, sund_cell *out) {
  return sund_lattice_cell(&site->spec->lattice, x, y, out) && sund_flood_ground(site->flood, *out) != SUND_NEVER;
}

/* The nearest cell of land around a point that may lie just outside the raster. */
static bool land_near(const flood_site *site, double x, double y, sund_cell *out) {
  enum { WIDE = 2 * REACH + 1 };
  const sund_lattice *l = &site->spec->lattice;
  const double column = floor((x - l->x0) / l->dx), row = floor((l->y0 - y) / l->dy);
  if (!(column >= -REACH && row >= -REACH && column < (double)l->columns + REACH && row < (double)l->rows + REACH))
    return false;
  uint16_t ground[WIDE * WIDE];
  uint8_t sea[WIDE * WIDE];
  const size_t left = column > REACH ? (size_t)column - REACH : 0, top = row > REACH ? (size_t)row - REACH : 0;
  const size_t right = (size_t)fmin(column + REACH + 1, (double)l->columns);
  const size_t bottom = (size_t)fmin(row + REACH + 1, (double)l->rows);
  const sund_window w = {left, top, right - left, bottom - top};
  double nearest = INFINITY;
  sund_flood_window(site->flood, &w, SUND_ANY_ZONE, ground, NULL, sea);
  for (size_t i = 0; i < w.columns * w.rows; i++) {
    const sund_cell cell = {(uint32_t)(left + i % w.columns), (uint32_t)(top + i / w.columns)};
    double cx, cy;
    if (sea[i] || ground[i] == SUND_NEVER) continue;
    sund_lattice_centre(l, cell, &cx, &cy);
    const double cells = hypot((cx - x) / l->dx, (cy - y) / l->dy);
    if (cells < nearest) nearest = cells, *out = cell;
  }
  return nearest < INFINITY;
}

sund_code flood_steps_ask(sund_ctx *ctx, const flood_run *run, bool shore, flood_steps *steps) {
  double *x = steps->raster_x, *y = steps->raster_y;
  size_t left = steps->count;
  for (size_t i = 0; i < steps->count; i++) steps->site[i] = SIZE_MAX;
  for (size_t s = 0; s < run->sites && left > 0; s++) {
    const flood_site *site = &run->site[s];
    memcpy(x, steps->x, steps->count * sizeof *x);
    memcpy(y, steps->y, steps->count * sizeof *y);
    TRY(sund_op_apply(ctx, site->to_raster, steps->count, x, y, NULL));
    for (size_t i = 0; i < steps->count; i++) {
      if (steps->site[i] != SIZE_MAX) continue;
      if (!(shore ? land_near(site, x[i], y[i], &steps->cell[i]) : cell_at(site, x[i], y[i], &steps->cell[i])))
        continue;
      steps->site[i] = s;
      left--;
    }
  }
  return SUND_OK;
}

uint16_t flood_cell_wet(const flood_run *run, size_t site, sund_cell cell, uint8_t *wet) {
  const flood_site *s = &run->site[site];
  const uint16_t any = sund_flood_wet(s->flood, SUND_ANY_ZONE, cell);
  uint16_t zone[SUND_MOST_ZONES];
  for (size_t z = 0; z < run->levels.zones; z++)
    zone[z] = run->levels.zones == 1 ? any : sund_flood_wet(s->flood, z, cell);
  for (size_t l = 0; l < run->levels.count; l++)
    wet[l] = !flood_speaks(run, s, l)                             ? FLOOD_STEP_UNSAID
             : any != SUND_NEVER && flood_is_wet(run, s, l, zone) ? FLOOD_STEP_WET
                                                                  : FLOOD_STEP_DRY;
  return any;
}

/* -------------------------------------------------------------------------------------------------------- stretches */

static sund_code add_point(sund_ctx *ctx, flood_stretches *s, double x, double y) {
  double *grown_x = sund_grow(ctx, s->x, &s->x_room, s->points + 1, sizeof *grown_x);
  double *grown_y = sund_grow(ctx, s->y, &s->y_room, s->points + 1, sizeof *grown_y);
  if (!grown_x || !grown_y) return SUND_LIMIT;
  s->x = grown_x, s->y = grown_y;
  s->x[s->points] = x, s->y[s->points++] = y;
  s->stretch[s->count - 1].points++;
  return SUND_OK;
}

sund_code flood_stretches_end(sund_ctx *ctx, flood_stretches *s) {
  if (s->open && !s->ends_drawn) TRY(add_point(ctx, s, s->end_x, s->end_y));
  s->open = false;
  return SUND_OK;
}

sund_code flood_stretches_begin(sund_ctx *ctx, flood_stretches *s, double x, double y) {
  TRY(flood_stretches_end(ctx, s));
  s->end_x = x, s->end_y = y;
  return SUND_OK;
}

/* A new stretch from where the last step ended. */
static sund_code open_stretch(sund_ctx *ctx, flood_stretches *s, const flood_stretch *step) {
  TRY(flood_stretches_end(ctx, s));
  flood_stretch *grown = sund_grow(ctx, s->stretch, &s->room, s->count + 1, sizeof *grown);
  uint8_t *wet = sund_alloc(ctx, s->levels, 1);
  if (!grown || !wet) return SUND_LIMIT;
  memcpy(wet, step->wet, s->levels);
  s->stretch = grown;
  s->stretch[s->count++] =
      (flood_stretch){.line = step->line, .first = s->points, .wet_m = NAN, .class = step->class, .wet = wet};
  s->open = true;
  return add_point(ctx, s, s->end_x, s->end_y);
}

sund_code flood_stretches_add(sund_ctx *ctx, flood_stretches *s, const flood_stretch *step, double x, double y,
                              bool corner) {
  const flood_stretch *last = s->open ? &s->stretch[s->count - 1] : NULL;
  if (!last || last->class != step->class || memcmp(last->wet, step->wet, s->levels) != 0)
    TRY(open_stretch(ctx, s, step));
  flood_stretch *at = &s->stretch[s->count - 1];
  at->metres += step->metres;
  at->wet_m = fmin(at->wet_m, step->wet_m); /* fmin leaves NAN out */
  s->end_x = x, s->end_y = y;
  s->ends_drawn = corner;
  return corner ? add_point(ctx, s, x, y) : SUND_OK;
}

sund_code flood_stretches_shapes(sund_ctx *ctx, const flood_stretches *s, sund_shapes **out) {
  TRY(sund_shapes_new(ctx, SUND_LINE, s->count, s->count, s->points, out));
  for (size_t row = 0; row < s->count; row++) {
    (*out)->first_part[row + 1] = row + 1;
    (*out)->first_vertex[row + 1] = s->stretch[row].first + s->stretch[row].points;
  }
  if (s->points == 0) return SUND_OK;
  memcpy((*out)->x, s->x, s->points * sizeof *s->x);
  memcpy((*out)->y, s->y, s->points * sizeof *s->y);
  return SUND_OK;
}

void flood_steps_done(const flood_run *run) {
  for (size_t s = 0; s < run->sites; s++) {
    const sund_lattice *l = &run->site[s].spec->lattice;
    sund_flood_rest(run->site[s].flood, &(sund_window){0, 0, l->columns, l->rows});
  }
}

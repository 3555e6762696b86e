/* saddle_opening_way.c - the line of the water's way through a saddle, which tells its two banks apart.
 *
 * From the saddle one arm goes to the basin's lowest cell and on through its sunken ones, the other down to the sea, both
 * until they have left the surroundings looked at; where that water ends before, on to the nearest bank. Together, with
 * every detour cut short so that none of their cells touches another than the next, they are a curve that a line from
 * bank to bank must cross an odd number of times to part the basin from the sea.
 */
#include "geo/saddle_opening.h"

bool opening_in_raster(const opening_view *v, size_t cell) {
  const ptrdiff_t column = v->column + (ptrdiff_t)(cell % v->columns), row = v->row + (ptrdiff_t)(cell / v->columns);
  return column >= 0 && row >= 0 && (size_t)column < v->spec->lattice.columns && (size_t)row < v->spec->lattice.rows;
}

bool opening_inside(const opening_view *v, size_t cell) {
  const size_t column = cell % v->columns, row = cell / v->columns;
  if (!column || !row || column + 1 == v->columns || row + 1 == v->rows) return false;
  const double x = ((double)column - (double)(v->saddle % v->columns)) * v->spec->lattice.dx;
  const double y = ((double)row - (double)(v->saddle / v->columns)) * v->spec->lattice.dy;
  return x * x + y * y <= v->radius_m * v->radius_m;
}

/* -------------------------------------------------------------------------------------------------------- search */

/* Which cells an arm may go over. */
typedef enum ground_kind {
  LEVEL,  /* the basin with its level cells: to its lowest one, or where it goes on outside */
  SUNKEN, /* its sunken cells                        */
  BEHIND, /* all water not lower than the basin      */
  BEFORE  /* water lower than the basin, and the sea */
} ground_kind;

static bool may_go(const opening_view *v, ground_kind kind, size_t cell) {
  if (opening_is_source(v, cell)) return kind == BEFORE;
  if (!opening_is_water(v, cell)) return false;
  switch (kind) {
    case LEVEL:
      return v->wet[cell] == v->crest;
    case SUNKEN:
      return v->wet[cell] == v->crest && v->ground[cell] < v->crest;
    case BEHIND:
      return v->wet[cell] >= v->crest;
    case BEFORE:
      break;
  }
  return v->wet[cell] < v->crest;
}

/* How good is it to end here? 0 = not at all, BEST = look no farther. */
enum { BEST = 3 };

static int goal(const opening_view *v, ground_kind kind, bool to_bank, size_t cell) {
  const bool outside = !opening_inside(v, cell);
  if (to_bank) return outside || !opening_is_water(v, cell) ? BEST : 0;
  if (kind != LEVEL) return outside ? BEST : 0;
  if (cell == v->basin) return BEST;
  return !outside ? 0 : v->ground[cell] < v->crest ? 2 : 1;
}

/* An arm: cells from the saddle outwards. */
typedef struct arm {
  size_t count, room;
  size_t *cell;
} arm;

static sund_code lengthen(opening_view *v, arm *a, size_t cell) {
  size_t *grown = sund_grow(v->ctx, a->cell, &a->room, a->count + 1, sizeof *grown);
  if (!grown) return SUND_LIMIT;
  a->cell = grown;
  a->cell[a->count++] = cell;
  return SUND_OK;
}

/* Breadth-first from the end of an arm to the nearest of the best goals, or to the cell farthest away when there is
 * none. */
static sund_code go(opening_view *v, arm *a, ground_kind kind, bool to_bank) {
  const size_t cells = v->columns * v->rows;
  uint32_t *queue = sund_alloc(v->ctx, cells, sizeof *queue);
  uint8_t *from = sund_alloc(v->ctx, cells, 1); /* 1 + direction in which the cell was entered */
  if (!queue || !from) return SUND_LIMIT;
  const size_t start = a->cell[a->count - 1];
  size_t head = 0, tail = 0, end = start;
  int best = 0;
  queue[tail++] = (uint32_t)start;
  from[start] = 9;
  while (head < tail && best < BEST) {
    const size_t at = queue[head++];
    const int good = goal(v, kind, to_bank, at);
    if (good > best || !best) end = at;
    if (good > best) best = good;
    if (good) continue;
    for (size_t k = 0; k < 8; k += v->spec->connectivity == 4 ? 2 : 1) {
      const size_t n = opening_beside(v, at, k);
      if (from[n] || !(may_go(v, kind, n) || (to_bank && !opening_is_water(v, n)))) continue;
      from[n] = (uint8_t)(1 + k);
      queue[tail++] = (uint32_t)n;
    }
  }
  size_t steps = 0;
  for (size_t at = end; at != start; at = opening_beside(v, at, (from[at] + 3u) % 8)) steps++;
  for (size_t i = 0; i < steps; i++) TRY(lengthen(v, a, start));
  for (size_t at = end, i = a->count; at != start; at = opening_beside(v, at, (from[at] + 3u) % 8)) a->cell[--i] = at;
  return SUND_OK;
}

static bool has_left(const opening_view *v, const arm *a) {
  return !opening_inside(v, a->cell[a->count - 1]);
}

static sund_code reach_out(opening_view *v, bool to_sea, arm *a) {
  TRY(lengthen(v, a, v->saddle));
  if (!to_sea) TRY(go(v, a, LEVEL, false));
  if (!has_left(v, a)) TRY(go(v, a, to_sea ? BEFORE : SUNKEN, false));
  if (!has_left(v, a)) TRY(go(v, a, to_sea ? BEFORE : BEHIND, true));
  return SUND_OK;
}

/* ----------------------------------------------------------------------------------------------------------- way */

/* From each cell on to the last one beside it. Banks at the ends stay: water on their other side is not beside. */
static void cut_detours(opening_view *v, const arm *a) {
  size_t first = 0, end = a->count;
  if (!opening_is_water(v, a->cell[0])) v->way[v->count++] = a->cell[first++];
  if (!opening_is_water(v, a->cell[end - 1])) end--;
  for (size_t i = first; i < end; i++) v->on_way[a->cell[i]] = (uint32_t)(i + 1);
  for (size_t i = v->on_way[a->cell[first]] - 1; i < end;) {
    v->way[v->count++] = a->cell[i];
    size_t last = i + 1;
    for (size_t k = 0; k < 8 && opening_inside(v, a->cell[i]); k += v->spec->connectivity == 4 ? 2 : 1) {
      const size_t at = v->on_way[opening_beside(v, a->cell[i], k)];
      if (at > last + 1) last = at - 1;
    }
    i = last;
  }
  if (end < a->count) v->way[v->count++] = a->cell[end];
  for (size_t i = 0; i < a->count; i++) v->on_way[a->cell[i]] = 0;
  for (size_t i = 0; i < v->count; i++) v->on_way[v->way[i]] = (uint32_t)(i + 1);
}

sund_code opening_find_way(opening_view *v) {
  arm up = {0}, down = {0}, both = {0};
  TRY(reach_out(v, false, &up));
  TRY(reach_out(v, true, &down));
  for (size_t i = up.count; i-- > 0;) TRY(lengthen(v, &both, up.cell[i]));
  for (size_t i = 1; i < down.count; i++) TRY(lengthen(v, &both, down.cell[i]));
  v->count = 0;
  v->way = sund_alloc(v->ctx, both.count, sizeof *v->way);
  v->on_way = sund_alloc(v->ctx, v->columns * v->rows, sizeof *v->on_way);
  if (!v->way || !v->on_way) return SUND_LIMIT;
  cut_detours(v, &both);
  return SUND_OK;
}

/* Direction from a cell to one beside it. */
static size_t direction(const opening_view *v, size_t from, size_t to) {
  for (size_t k = 0; k < 8; k++)
    if (opening_beside(v, from, k) == to) return k;
  return 8;
}

/* Does direction k from a cell of the way lead to its right side? */
static bool is_right(const opening_view *v, size_t cell, size_t k) {
  const size_t i = v->on_way[cell] - 1;
  if (v->count == 1) return false;
  const size_t back = i > 0 ? direction(v, cell, v->way[i - 1]) : 8;
  const size_t on = i + 1 < v->count ? direction(v, cell, v->way[i + 1]) : (back + 4) % 8;
  const size_t before = i > 0 ? back : (on + 4) % 8;
  const size_t turn = (before + 8 - on) % 8, to = (k + 8 - on) % 8;
  return to > 0 && to < turn;
}

bool opening_crosses(const opening_view *v, size_t cell, size_t k) {
  const size_t to = opening_beside(v, cell, k);
  if (v->on_way[cell] || v->on_way[to])
    return (v->on_way[cell] && is_right(v, cell, k)) != (v->on_way[to] && is_right(v, to, (k + 4) % 8));
  if (k % 2 == 0) return false;
  const uint32_t a = v->on_way[opening_beside(v, cell, (k + 7) % 8)];
  const uint32_t b = v->on_way[opening_beside(v, cell, (k + 1) % 8)];
  return a && b && (a + 1 == b || b + 1 == a);
}

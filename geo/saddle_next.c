/* saddle_next.c - where the water comes in once a saddle is closed.
 *
 * The flood turned around: from the basin outwards, always on over the lowest ground (Priority-Flood with one bucket a
 * level; cells of the level at hand are done at once), until water is met that does not need the closed cells. Every
 * cell reached below the level found is cut off from the sea below that level: these are the cells held.
 *
 * Water that needs no closed cell: the sea, a seed, and cells with a first-wet level below those of the basin and of all
 * closed cells, since the way to such a cell has no higher ones.
 */
#include <stdlib.h>

#include "geo/saddles.h"

enum { NOBODY = 0 };

/* A cell to be gone on from. */
typedef struct ahead {
  sund_cell cell;
  sund_cell top; /* the cell of its level on the way to it; of several the last */
  uint32_t next; /* in its bucket: number in `pool`, NOBODY = last              */
} ahead;

typedef struct spread {
  saddles_look *look;
  sund_cell_list *held;      /* cells reached, by level; NULL = not wanted */
  size_t held_below;         /* of them reached below the level at hand    */
  uint16_t crest, cap, sure; /* sure: water below this needs no closed cell */
  uint32_t *first, *last;    /* cap - crest + 1 buckets */
  size_t pool_count, pool_room;
  ahead *pool;
  uint32_t spare;
  bool met;
  sund_next next;
} spread;

static sund_code push(spread *s, uint16_t level, sund_cell cell, sund_cell top) {
  uint32_t i = s->spare;
  if (i != NOBODY) {
    s->spare = s->pool[i].next;
  } else {
    if (s->pool_count >= UINT32_MAX) return sund_fail(s->look->ctx, SUND_LIMIT, "the basin is too large");
    ahead *pool = sund_grow(s->look->ctx, s->pool, &s->pool_room, s->pool_count + 1, sizeof *pool);
    if (!pool) return SUND_LIMIT;
    s->pool = pool;
    i = (uint32_t)s->pool_count++;
  }
  s->pool[i] = (ahead){cell, top, NOBODY};
  const size_t bucket = (size_t)(level - s->crest);
  if (s->first[bucket] == NOBODY) s->first[bucket] = i;
  else s->pool[s->last[bucket]].next = i;
  s->last[bucket] = i;
  return SUND_OK;
}

/* Does water come from this cell of the raster? */
static bool is_source(const spread *s, sund_cell cell, uint16_t ground) {
  const bool hole = (s->look->spec->seeds & SUND_SEED_NODATA) && ground == SUND_NEVER;
  return hole || sund_flood_is_sea(s->look->flood, cell);
}

/* Goes on from a cell that water at `level` has reached from the basin. */
static sund_code go_on(spread *s, uint16_t level, sund_cell cell, sund_cell top) {
  const sund_flood_spec *spec = s->look->spec;
  for (size_t k = 0; k < 8 && !s->met; k += spec->connectivity == 4 ? 2 : 1) {
    const sund_cell n = {cell.column + (uint32_t)saddles_around[k][0], cell.row + (uint32_t)saddles_around[k][1]};
    bool source = false;
    uint16_t ground = SUND_NEVER;
    if (n.column >= spec->lattice.columns || n.row >= spec->lattice.rows) {
      source = (spec->seeds & SUND_SEED_EDGE) != 0;
    } else if (!saddles_seen(s->look, n)) {
      ground = sund_flood_ground(s->look->flood, n);
      source = is_source(s, n, ground);
    }
    if (source) {
      s->met = true;
      s->next = (sund_next){level, top};
    } else if (ground <= s->cap && ground != SUND_NEVER) {
      saddles_see(s->look, n);
      TRY(push(s, ground > level ? ground : level, n, ground >= level ? n : top));
    }
  }
  return SUND_OK;
}

static sund_code reach(spread *s, uint16_t level, const ahead *at) {
  const uint16_t wet = sund_flood_wet(s->look->flood, SUND_ANY_ZONE, at->cell);
  if (wet < s->sure) {
    s->met = true;
    s->next = (sund_next){level, at->top};
    return SUND_OK;
  }
  if (s->held && wet >= s->crest) TRY(sund_cell_add(s->look->ctx, s->held, at->cell));
  return go_on(s, level, at->cell, at->top);
}

static int in_order(const void *a, const void *b) {
  const sund_cell *p = a, *q = b;
  return saddles_same(*p, *q) ? 0 : saddles_before(*p, *q) ? -1 : 1;
}

static bool is_closed(const sund_cell_list *closed, sund_cell cell) {
  return closed->count && bsearch(&cell, closed->cell, closed->count, sizeof cell, in_order);
}

/* The cell to begin at: the lowest of the basin, or the lowest that is left of it. False when none is. */
static sund_code choose_start(saddles_look *look, const sund_saddle *saddle, const sund_cell_list *closed, bool *left,
                              sund_cell *out) {
  saddles_basin basin;
  *out = saddle->basin;
  *left = !is_closed(closed, *out);
  if (*left) return SUND_OK;
  look->with_all = true;
  TRY(saddles_fill(look, *out, &basin));
  uint16_t lowest = basin.crest;
  for (size_t i = 0; i < look->all.count; i++) {
    const sund_cell cell = look->all.cell[i];
    const uint16_t ground = sund_flood_ground(look->flood, cell);
    if (is_closed(closed, cell) || ground > lowest) continue;
    if (*left && ground == lowest && !saddles_before(cell, *out)) continue;
    *left = true;
    lowest = ground;
    *out = cell;
  }
  saddles_forget(look);
  return SUND_OK;
}

/* Begins with the part of the basin around a cell: wherever it lies beside other cells the way may go on. */
static sund_code begin(spread *s, sund_cell start, const sund_cell_list *closed) {
  saddles_look *look = s->look;
  saddles_basin part;
  for (size_t i = 0; i < closed->count; i++) saddles_see(look, closed->cell[i]);
  look->with_rim = true;
  look->with_all = s->held != NULL;
  TRY(saddles_fill(look, start, &part));
  for (size_t i = 0; s->held && i < look->all.count; i++) TRY(sund_cell_add(look->ctx, s->held, look->all.cell[i]));
  for (size_t i = 0; i < look->rim.count && !s->met; i++)
    TRY(go_on(s, s->crest, look->rim.cell[i], look->rim.cell[i]));
  return SUND_OK;
}

static sund_code spread_out(spread *s) {
  const size_t buckets = (size_t)(s->cap - s->crest) + 1;
  for (size_t b = 0; b < buckets && !s->met; b++) {
    s->held_below = b && s->held ? s->held->count : 0;
    while (s->first[b] != NOBODY && !s->met) {
      const uint32_t i = s->first[b];
      const ahead at = s->pool[i];
      s->first[b] = at.next;
      s->pool[i].next = s->spare;
      s->spare = i;
      TRY(reach(s, (uint16_t)(s->crest + b), &at));
    }
  }
  if (!s->met && s->held) s->held_below = s->held->count;
  return SUND_OK;
}

/* The closed cells in order, and the level below which water needs none of them. */
static sund_code prepare(spread *s, const sund_cell_list *closed, sund_cell_list *sorted) {
  const sund_flood *flood = s->look->flood;
  for (size_t i = 0; i < closed->count; i++) {
    const bool source = is_source(s, closed->cell[i], sund_flood_ground(flood, closed->cell[i]));
    const uint16_t wet = source ? 0 : sund_flood_wet(flood, SUND_ANY_ZONE, closed->cell[i]);
    if (wet < s->sure) s->sure = wet;
    TRY(sund_cell_add(s->look->ctx, sorted, closed->cell[i]));
  }
  if (sorted->count) qsort(sorted->cell, sorted->count, sizeof *sorted->cell, in_order);
  const size_t buckets = (size_t)(s->cap - s->crest) + 1;
  s->first = sund_alloc(s->look->ctx, buckets, sizeof *s->first);
  s->last = sund_alloc(s->look->ctx, buckets, sizeof *s->last);
  s->pool = sund_grow(s->look->ctx, NULL, &s->pool_room, 1, sizeof *s->pool);
  s->pool_count = 1; /* number 0 is NOBODY */
  return s->first && s->last && s->pool ? SUND_OK : SUND_LIMIT;
}

static sund_code find_next(sund_ctx *ctx, sund_ctx *scratch, const sund_flood *flood, const sund_saddle *saddle,
                           const sund_cell_list *closed, sund_next *out, sund_cell_list *held) {
  saddles_look *look = NULL;
  TRY(saddles_look_open(scratch, flood, 0, NULL, &look));
  sund_cell_list sorted = {0}, reached = {0};
  spread s = {.look = look,
              .held = held ? &reached : NULL,
              .crest = saddle->crest,
              .sure = saddle->crest,
              .cap = look->spec->cap < SUND_NEVER ? look->spec->cap : SUND_NEVER - 1,
              .next = {.crest = SUND_NEVER}};
  bool left = false;
  sund_cell start;
  TRY(prepare(&s, closed, &sorted));
  TRY(choose_start(look, saddle, &sorted, &left, &start));
  if (left) TRY(begin(&s, start, &sorted));
  TRY(spread_out(&s));
  if (held) {
    if (s.held_below) qsort(reached.cell, s.held_below, sizeof *reached.cell, in_order);
    sund_cell_list list = {0};
    list.cell = sund_grow(ctx, NULL, &list.room, s.held_below, sizeof *list.cell);
    if (!list.cell) return SUND_LIMIT;
    for (; list.count < s.held_below; list.count++) list.cell[list.count] = reached.cell[list.count];
    *held = list;
  }
  *out = s.next;
  return SUND_OK;
}

sund_code sund_saddle_next(sund_ctx *ctx, const sund_flood *flood, const sund_saddle *saddle,
                           const sund_cell_list *closed, sund_next *out, sund_cell_list *held) {
  sund_ctx *scratch = sund_ctx_child(ctx);
  if (!scratch) return SUND_LIMIT;
  sund_code code = find_next(ctx, scratch, flood, saddle, closed, out, held);
  if (code != SUND_OK) code = sund_ctx_pass(ctx, scratch);
  sund_ctx_free(scratch);
  return code;
}

/* saddle_trace.c - which basins the water of a cell has come through.
 *
 * Every set of joined cells with one first-wet level, be it a basin, level ground or a single cell of a slope, has one
 * way out: from its entry beside the lowest water to that water, the sea before all, ties in reading order. So the sets
 * form a tree with the sea at its root, and the first kept basin on the way to the root is the answer.
 *
 * Cells at which a way may come into a set that was passed before are remembered with the number of the walk that passed
 * it; all sets passed on one walk have one answer. Of single cells only one in eight is remembered: ways that have met
 * stay together, and come upon it soon.
 */
#include <assert.h>
#include <stdlib.h>

#include "geo/saddles.h"

enum { ROOM_FIRST = 1024, ONE_IN = 8 };

/* A cell that was passed. */
typedef struct passed {
  uint64_t key; /* 1 + number of the cell; 0 = free */
  uint32_t walk;
} passed;

typedef struct trace {
  saddles_look *look;
  const sund_saddle *kept;
  size_t count;
  size_t used, room; /* room: a power of two */
  passed *passed;
  size_t walks, walk_room;
  size_t *answer; /* walks: row of kept, SIZE_MAX = none before the sea */
} trace;

static uint64_t mix(uint64_t key) {
  key *= 0x9e3779b97f4a7c15u;
  return key ^ (key >> 29);
}

static uint64_t key_of(const trace *t, sund_cell cell) {
  return 1 + (uint64_t)cell.row * t->look->spec->lattice.columns + cell.column;
}

/* The place of a key, or a free one. */
static passed *place_of(passed *table, size_t room, uint64_t key) {
  size_t i = mix(key) & (room - 1);
  while (table[i].key && table[i].key != key) i = (i + 1) & (room - 1);
  return &table[i];
}

static sund_code remember(trace *t, sund_cell cell, uint32_t walk) {
  if (2 * (t->used + 1) > t->room) {
    const size_t room = t->room ? 2 * t->room : ROOM_FIRST;
    passed *table = sund_alloc(t->look->ctx, room, sizeof *table);
    if (!table) return SUND_LIMIT;
    for (size_t i = 0; i < t->room; i++)
      if (t->passed[i].key) *place_of(table, room, t->passed[i].key) = t->passed[i];
    t->passed = table;
    t->room = room;
  }
  passed *place = place_of(t->passed, t->room, key_of(t, cell));
  if (place->key) return SUND_OK;
  *place = (passed){key_of(t, cell), walk};
  t->used++;
  return SUND_OK;
}

static sund_code new_walk(trace *t, size_t answer, uint32_t *out) {
  if (t->walks >= UINT32_MAX) return sund_fail(t->look->ctx, SUND_LIMIT, "too many cells asked for");
  size_t *grown = sund_grow(t->look->ctx, t->answer, &t->walk_room, t->walks + 1, sizeof *grown);
  if (!grown) return SUND_LIMIT;
  t->answer = grown;
  t->answer[t->walks] = answer;
  *out = (uint32_t)t->walks++;
  return SUND_OK;
}

/* The kept basin with a crest whose cells are not remembered: the largest. */
static size_t largest_with(const trace *t, uint16_t crest) {
  size_t low = 0, high = t->count;
  while (low < high) {
    const size_t middle = low + (high - low) / 2;
    if (t->kept[middle].crest < crest) low = middle + 1;
    else high = middle;
  }
  assert(low < t->count && t->kept[low].crest == crest);
  size_t largest = low;
  for (size_t i = low; i < t->count && t->kept[i].crest == crest; i++)
    if (t->kept[i].cells > t->kept[largest].cells) largest = i;
  return largest;
}

/* Remembers the set filled last, where ways may come into it or begin. */
static sund_code remember_set(trace *t, const saddles_basin *basin, uint32_t walk) {
  if (basin->cells == 1) {
    saddles_unsee(t->look, basin->saddle); /* it may be met again */
    return mix(key_of(t, basin->saddle)) >> 32 & (ONE_IN - 1) ? SUND_OK : remember(t, basin->saddle, walk);
  }
  for (size_t i = 0; i < t->look->rim.count; i++) TRY(remember(t, t->look->rim.cell[i], walk));
  for (size_t i = 0; i < t->look->found; i++) TRY(remember(t, t->look->ask[t->look->find[i]].cell, walk));
  return SUND_OK;
}

/* Follows the water's way from a cell, with the set it lies in. */
static sund_code walk_from(trace *t, sund_cell cell, size_t *out) {
  uint32_t walk = 0;
  TRY(new_walk(t, SIZE_MAX, &walk));
  for (;;) {
    const passed *known = t->room ? place_of(t->passed, t->room, key_of(t, cell)) : NULL;
    if (known && known->key) {
      t->answer[walk] = t->answer[known->walk];
      break;
    }
    if (saddles_seen(t->look, cell)) {
      t->answer[walk] = largest_with(t, sund_flood_wet(t->look->flood, SUND_ANY_ZONE, cell));
      break;
    }
    saddles_basin basin;
    TRY(saddles_fill(t->look, cell, &basin));
    TRY(remember_set(t, &basin, walk));
    if (basin.from_sea) break;
    cell = basin.below;
  }
  *out = t->answer[walk];
  return SUND_OK;
}

/* A walk to be made: those in one place one after the other. */
typedef struct start {
  uint64_t order;
  size_t row; /* of kept */
} start;

static int by_order(const void *a, const void *b) {
  const start *p = a, *q = b;
  if (p->order != q->order) return p->order < q->order ? -1 : 1;
  return (p->row > q->row) - (p->row < q->row);
}

/* Rows of kept in the order of cells of theirs. */
static sund_code put_in_order(const trace *t, bool below, const saddles_basin *lower, start **out) {
  start *list = sund_alloc(t->look->ctx, t->count, sizeof *list);
  if (!list) return SUND_LIMIT;
  for (size_t i = 0; i < t->count; i++) {
    const sund_cell cell = below && !lower[i].from_sea ? lower[i].below : t->kept[i].basin;
    list[i] = (start){saddles_order(t->look, cell), i};
  }
  if (t->count) qsort(list, t->count, sizeof *list, by_order);
  *out = list;
  return SUND_OK;
}

/* Sees all kept basins, and remembers all but the largest of those with one crest: who comes to a cell that has been
 * seen, but is not remembered, has come to the largest. */
static sund_code see_kept(trace *t) {
  start *list = NULL;
  TRY(put_in_order(t, false, NULL, &list));
  for (size_t k = 0; k < t->count; k++) {
    const size_t i = list[k].row;
    saddles_basin basin;
    uint32_t walk = 0;
    t->look->with_rim = largest_with(t, t->kept[i].crest) != i;
    TRY(saddles_fill(t->look, t->kept[i].basin, &basin));
    if (!t->look->with_rim) continue;
    TRY(new_walk(t, i, &walk));
    TRY(remember_set(t, &basin, walk));
  }
  t->look->with_rim = true;
  return SUND_OK;
}

sund_code saddles_trace(saddles_look *look, size_t count, sund_saddle *kept, const saddles_basin *lower,
                        const size_t *own, size_t *through) {
  trace t = {.look = look, .kept = kept, .count = count};
  start *list = NULL;
  saddles_forget(look);
  TRY(see_kept(&t));
  TRY(put_in_order(&t, true, lower, &list));
  for (size_t k = 0; k < count; k++) {
    const size_t i = list[k].row;
    if (!lower[i].from_sea) TRY(walk_from(&t, lower[i].below, &kept[i].parent));
  }
  for (size_t k = 0; through && k < look->asked; k++) {
    const sund_cell cell = look->ask[k].cell;
    const size_t i = look->ask[k].row;
    through[i] = own[i];
    if (own[i] != SIZE_MAX || !count || sund_flood_is_sea(look->flood, cell) ||
        sund_flood_wet(look->flood, SUND_ANY_ZONE, cell) == SUND_NEVER)
      continue;
    TRY(walk_from(&t, cell, &through[i]));
  }
  look->with_rim = false;
  return SUND_OK;
}

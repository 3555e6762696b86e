/* service_blocks.c - trips one stays seated through: runs of a block on one day in order of their departures, and
 * trips linked by transfers of type 4 (type 5 forbids it), become one trip, so that no change is counted.
 *
 * A vehicle of a block that goes on from elsewhere (more than 250 m away) went there empty: nobody stays in it. A
 * linked trip may divide and join (portions of a train): every way through is a trip of its own, a tree of runs
 * walked from its leaves. Ways beyond MOST_OF_ONE runs from one end early; no run is left without a trip.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "service.h"

enum { STAY_SEATED = 4, GET_OUT = 5 };
/* Runs in all ways through from one: a train that divides at every station has more than anybody rides. */
enum { MOST_OF_ONE = 2000 };

/* One can stay seated from a run into the next. */
typedef struct seat {
  uint32_t from, to;
} seat;

typedef struct seating {
  service_build *b;
  size_t seats, room;
  seat *seat;
  size_t apart, overlapping; /* pairs of a block not joined, and why */
  uint32_t apart_run, overlapping_run;
} seating;

static int32_t begins(const service_build *b, uint32_t run) {
  const service_run *r = &b->run[run];
  return service_feed(b, r)->depart_s[service_trip_of(b, r)->first] + r->shift_s;
}

static int32_t ends(const service_build *b, uint32_t run) {
  const service_run *r = &b->run[run];
  const feed_trip *trip = service_trip_of(b, r);
  return service_feed(b, r)->arrive_s[trip->first + trip->events - 1] + r->shift_s;
}

/* Is the last stop of one the first of the other, in one station with it, or near it? */
static bool goes_on_here(const service_build *b, uint32_t from, uint32_t to) {
  const feed *f = service_feed(b, &b->run[from]);
  const feed_trip *one = service_trip_of(b, &b->run[from]), *two = service_trip_of(b, &b->run[to]);
  uint32_t last = f->event_stop[one->first + one->events - 1], first = f->event_stop[two->first];
  const feed_stop *p = &f->stop[last], *q = &f->stop[first];
  if (last == first || (p->parent != FEED_NONE && p->parent == q->parent)) return true;
  return hypot(p->x - q->x, p->y - q->y) <= FEED_SAME_PLACE_M;
}

static sund_code add_seat(seating *s, uint32_t from, uint32_t to) {
  seat *grown = sund_grow(s->b->ctx, s->seat, &s->room, s->seats + 1, sizeof *grown);
  if (!grown) return SUND_LIMIT;
  s->seat = grown;
  s->seat[s->seats++] = (seat){from, to};
  return SUND_OK;
}

/* ------------------------------------------------------------------------------------------------------ transfers */

/* Trips of a feed a transfer of type 4 or 5 links. */
typedef struct tie {
  uint32_t feed, from, to;
  bool stay;
} tie;

static int by_tie(const void *a, const void *b) {
  const tie *x = a, *y = b;
  if (x->feed != y->feed) return x->feed < y->feed ? -1 : 1;
  if (x->from != y->from) return x->from < y->from ? -1 : 1;
  return x->to < y->to ? -1 : x->to > y->to;
}

static sund_code gather_ties(service_build *b, size_t *count, tie **out) {
  size_t ties = 0;
  for (size_t i = 0; i < b->feeds->count; i++)
    for (size_t k = 0; k < b->feeds->feed[i].transfers; k++)
      ties += b->feeds->feed[i].transfer[k].type >= STAY_SEATED;
  tie *list = sund_alloc(b->ctx, ties, sizeof *list);
  if (!list) return SUND_LIMIT;
  ties = 0;
  for (size_t i = 0; i < b->feeds->count; i++)
    for (size_t k = 0; k < b->feeds->feed[i].transfers; k++) {
      const feed_transfer *t = &b->feeds->feed[i].transfer[k];
      if (t->type >= STAY_SEATED) list[ties++] = (tie){(uint32_t)i, t->from_trip, t->to_trip, t->type == STAY_SEATED};
    }
  qsort(list, ties, sizeof *list, by_tie);
  *count = ties, *out = list;
  return SUND_OK;
}

static const tie *find_tie(const tie *list, size_t count, const service_run *from, const service_run *to) {
  const tie key = {.feed = from->feed, .from = from->trip, .to = to->trip};
  return count ? bsearch(&key, list, count, sizeof key, by_tie) : NULL;
}

/* Runs in order of feed, trip, day: those of one trip stand together. */
typedef struct run_key {
  uint32_t feed, trip, run;
  int32_t day_offset;
} run_key;

static int by_trip_and_day(const void *a, const void *b) {
  const run_key *x = a, *y = b;
  if (x->feed != y->feed) return x->feed < y->feed ? -1 : 1;
  if (x->trip != y->trip) return x->trip < y->trip ? -1 : 1;
  if (x->day_offset != y->day_offset) return x->day_offset < y->day_offset ? -1 : 1;
  return x->run < y->run ? -1 : x->run > y->run;
}

/* The run of a trip on a day; FEED_NONE when it does not run, or runs by frequency. */
static uint32_t find_run(const service_build *b, const run_key *key, uint32_t of, uint32_t trip, int32_t day) {
  size_t low = 0, high = b->runs;
  const run_key wanted = {of, trip, 0, day};
  while (low < high) {
    size_t middle = (low + high) / 2;
    if (by_trip_and_day(&key[middle], &wanted) < 0) low = middle + 1;
    else high = middle;
  }
  if (low == b->runs || key[low].feed != of || key[low].trip != trip || key[low].day_offset != day) return FEED_NONE;
  return b->feeds->feed[of].trip[trip].frequencies > 0 ? FEED_NONE : key[low].run;
}

static sund_code seat_ties(seating *s, const tie *list, size_t count) {
  service_build *b = s->b;
  run_key *key = sund_alloc(b->ctx, b->runs, sizeof *key);
  if (!key) return SUND_LIMIT;
  for (size_t i = 0; i < b->runs; i++)
    key[i] = (run_key){b->run[i].feed, b->run[i].trip, (uint32_t)i, b->run[i].day_offset};
  qsort(key, b->runs, sizeof *key, by_trip_and_day);
  for (size_t i = 0; i < b->runs; i++) {
    if (b->feeds->feed[key[i].feed].trip[key[i].trip].frequencies > 0) continue;
    const tie wanted = {key[i].feed, key[i].trip, 0, false};
    size_t low = 0, high = count;
    while (low < high) {
      size_t middle = (low + high) / 2;
      if (by_tie(&list[middle], &wanted) < 0) low = middle + 1;
      else high = middle;
    }
    for (; low < count && list[low].feed == key[i].feed && list[low].from == key[i].trip; low++) {
      uint32_t to = list[low].stay ? find_run(b, key, key[i].feed, list[low].to, key[i].day_offset) : FEED_NONE;
      bool twice = low > 0 && by_tie(&list[low - 1], &list[low]) == 0;
      if (to != FEED_NONE && !twice && begins(b, to) >= ends(b, key[i].run)) TRY(add_seat(s, key[i].run, to));
    }
  }
  return SUND_OK;
}

/* --------------------------------------------------------------------------------------------------------- blocks */

typedef struct block_key {
  uint32_t feed, block, run;
  int32_t day_offset, begins_s;
} block_key;

static int by_block_and_time(const void *a, const void *b) {
  const block_key *x = a, *y = b;
  if (x->feed != y->feed) return x->feed < y->feed ? -1 : 1;
  if (x->block != y->block) return x->block < y->block ? -1 : 1;
  if (x->day_offset != y->day_offset) return x->day_offset < y->day_offset ? -1 : 1;
  if (x->begins_s != y->begins_s) return x->begins_s < y->begins_s ? -1 : 1;
  return x->run < y->run ? -1 : x->run > y->run;
}

static sund_code seat_pair(seating *s, const tie *list, size_t count, uint32_t from, uint32_t to) {
  const service_build *b = s->b;
  if (find_tie(list, count, &b->run[from], &b->run[to])) return SUND_OK; /* said already, or forbidden */
  if (begins(b, to) < ends(b, from)) {
    if (s->overlapping++ == 0) s->overlapping_run = from;
    return SUND_OK;
  }
  if (!goes_on_here(b, from, to)) {
    if (s->apart++ == 0) s->apart_run = from;
    return SUND_OK;
  }
  return add_seat(s, from, to);
}

static sund_code seat_blocks(seating *s, const tie *list, size_t count) {
  service_build *b = s->b;
  block_key *key = sund_alloc(b->ctx, b->runs, sizeof *key);
  size_t n = 0;
  if (!key) return SUND_LIMIT;
  for (size_t i = 0; i < b->runs; i++) {
    const feed_trip *trip = service_trip_of(b, &b->run[i]);
    if (trip->block == FEED_NONE || trip->frequencies > 0) continue;
    key[n++] = (block_key){b->run[i].feed, trip->block, (uint32_t)i, b->run[i].day_offset, begins(b, (uint32_t)i)};
  }
  qsort(key, n, sizeof *key, by_block_and_time);
  for (size_t i = 1; i < n; i++)
    if (key[i].feed == key[i - 1].feed && key[i].block == key[i - 1].block &&
        key[i].day_offset == key[i - 1].day_offset)
      TRY(seat_pair(s, list, count, key[i - 1].run, key[i].run));
  return SUND_OK;
}

/* ---------------------------------------------------------------------------------------------------------- trips */

static void add_calls(service_build *b, service_trip *trip, uint32_t run) {
  const service_run *r = &b->run[run];
  const feed *f = service_feed(b, r);
  const feed_trip *t = service_trip_of(b, r);
  for (size_t e = t->first; e < t->first + t->events; e++) {
    service_call *call = &b->call[trip->first + trip->calls++];
    *call = (service_call){(uint32_t)(b->first_stop[r->feed] + f->event_stop[e]), run, f->arrive_s[e] + r->shift_s,
                           f->depart_s[e] + r->shift_s, f->event_use[e]};
    /* Nobody gets out where a run begins, nor in where it ends: there the next run has a call of its own. */
    if (e == t->first) call->use &= 1, call->arrive_s = call->depart_s;
    if (e + 1 == t->first + t->events) call->use &= 2, call->depart_s = call->arrive_s;
  }
}

sund_code service_add_trip(service_build *b, size_t runs, const uint32_t *run) {
  size_t calls = 0;
  for (size_t i = 0; i < runs; i++) calls += service_trip_of(b, &b->run[run[i]])->events;
  service_trip *trips = sund_grow(b->ctx, b->trip, &b->trip_room, b->trips + 1, sizeof *trips);
  service_call *grown = trips ? sund_grow(b->ctx, b->call, &b->call_room, b->calls + calls, sizeof *grown) : NULL;
  if (!grown) return SUND_LIMIT;
  b->trip = trips, b->call = grown;
  service_trip *trip = &b->trip[b->trips++];
  *trip = (service_trip){.run = run[0], .first = b->calls, .bikes = service_trip_of(b, &b->run[run[0]])->bikes};
  for (size_t i = 0; i < runs; i++) {
    uint8_t bikes = service_trip_of(b, &b->run[run[i]])->bikes;
    if (bikes != trip->bikes) trip->bikes = bikes == 2 || trip->bikes == 2 ? 2 : 0;
    add_calls(b, trip, run[i]);
  }
  b->calls += calls;
  return SUND_OK;
}

/* A run in the tree of ways through: what one sat in before it. */
typedef struct node {
  uint32_t run;
  size_t before; /* SIZE_MAX = nothing */
  uint32_t depth;
} node;

/* The ways through, tree by tree. */
typedef struct growing {
  service_build *b;
  const seat *seat;
  size_t *first;           /* runs + 1: seats from each                             */
  uint8_t *sat, *has_trip; /* runs: one can come into it seated; it is in some trip */
  size_t nodes, room;
  node *tree;             /* of the root in hand                                   */
  uint32_t *way;          /* runs                                                  */
  size_t left;            /* nodes that may still be made                          */
  size_t cut, cut_run;    /* runs with more ways through than are followed         */
  size_t rings, ring_run; /* runs that lead back to one sat in before              */
} growing;

static int by_from(const void *a, const void *b) {
  const seat *x = a, *y = b;
  if (x->from != y->from) return x->from < y->from ? -1 : 1;
  return x->to < y->to ? -1 : x->to > y->to;
}

/* The way that ends at a leaf. Runs that may take a bicycle though the whole way may not stand on their own too. */
static sund_code add_way(growing *g, size_t leaf) {
  service_build *b = g->b;
  const uint32_t runs = g->tree[leaf].depth + 1;
  size_t at = leaf;
  for (uint32_t k = runs; k-- > 0; at = g->tree[at].before) g->way[k] = g->tree[at].run, g->has_trip[g->way[k]] = 1;
  TRY(service_add_trip(b, runs, g->way));
  uint8_t bikes = b->trip[b->trips - 1].bikes;
  for (uint32_t k = 0; k < runs; k++)
    if (service_trip_of(b, &b->run[g->way[k]])->bikes != bikes) TRY(service_add_trip(b, 1, &g->way[k]));
  return SUND_OK;
}

/* Room for all trips and calls at once: a day has millions. */
static sund_code make_room(service_build *b) {
  size_t calls = 0;
  for (size_t i = 0; i < b->runs; i++) calls += service_trip_of(b, &b->run[i])->events;
  b->trip = sund_grow(b->ctx, b->trip, &b->trip_room, b->runs, sizeof *b->trip);
  b->call = sund_grow(b->ctx, b->call, &b->call_room, calls, sizeof *b->call);
  return b->trip && b->call ? SUND_OK : SUND_LIMIT;
}

/* Was one in this run before one came to a node? */
static bool sat_in(const growing *g, size_t at, uint32_t run) {
  for (; at != SIZE_MAX; at = g->tree[at].before)
    if (g->tree[at].run == run) return true;
  return false;
}

/* Adds what follows a node; *leaf: nothing does. Where there are too many ways they end: what follows then stands on its
 * own. */
static sund_code follow(growing *g, size_t at, bool *leaf) {
  const uint32_t run = g->tree[at].run;
  const size_t begin = g->first[run], end = g->first[run + 1];
  *leaf = true;
  if (begin == end) return SUND_OK;
  if (end - begin > g->left || g->nodes + (end - begin) > MOST_OF_ONE) {
    if (g->cut++ == 0) g->cut_run = run;
    return SUND_OK;
  }
  node *grown = sund_grow(g->b->ctx, g->tree, &g->room, g->nodes + (end - begin), sizeof *grown);
  if (!grown) return SUND_LIMIT;
  g->tree = grown;
  for (size_t k = begin; k < end; k++) {
    if (sat_in(g, at, g->seat[k].to)) {
      if (g->rings++ == 0) g->ring_run = run;
      continue;
    }
    g->tree[g->nodes++] = (node){g->seat[k].to, at, g->tree[at].depth + 1};
    g->left--;
    *leaf = false;
  }
  return SUND_OK;
}

static sund_code add_tree(growing *g, uint32_t root) {
  node *grown = sund_grow(g->b->ctx, g->tree, &g->room, 1, sizeof *grown);
  if (!grown) return SUND_LIMIT;
  g->tree = grown;
  g->tree[0] = (node){root, SIZE_MAX, 0};
  g->nodes = 1;
  for (size_t next = 0; next < g->nodes; next++) {
    bool leaf;
    TRY(follow(g, next, &leaf));
    if (leaf) TRY(add_way(g, next));
  }
  return SUND_OK;
}

static sund_code tell_ways(const growing *g) {
  service_build *b = g->b;
  if (g->rings > 0)
    TRY(service_tell(b, "warning", NULL,
                     "transfers.txt: %zu trips lead, seated, back to themselves: the ring is cut, the first is %s",
                     g->rings, service_trip_of(b, &b->run[g->ring_run])->id));
  if (g->cut == 0) return SUND_OK;
  return service_tell(b, "warning", NULL,
                      "after %zu trips there are more ways to stay seated than are followed: there one changes, the "
                      "first is %s",
                      g->cut, service_trip_of(b, &b->run[g->cut_run])->id);
}

/* First from the runs nobody comes into seated, then from those that are in no trip yet: rings have no beginning, and
 * what follows where ways were cut has lost its own. */
static sund_code add_ways(seating *s) {
  service_build *b = s->b;
  growing g = {.b = b, .left = 4 * (b->runs + s->seats) + MOST_OF_ONE};
  TRY(make_room(b));
  g.first = sund_alloc(b->ctx, b->runs + 1, sizeof *g.first);
  g.sat = sund_alloc(b->ctx, b->runs, 1);
  g.has_trip = sund_alloc(b->ctx, b->runs, 1);
  g.way = sund_alloc(b->ctx, b->runs + 1, sizeof *g.way);
  if (!g.first || !g.sat || !g.has_trip || !g.way) return SUND_LIMIT;
  if (s->seats > 0) qsort(s->seat, s->seats, sizeof *s->seat, by_from);
  g.seat = s->seat;
  for (size_t i = 0; i < s->seats; i++) g.first[s->seat[i].from + 1]++, g.sat[s->seat[i].to] = 1;
  for (size_t i = 0; i < b->runs; i++) g.first[i + 1] += g.first[i];
  for (uint32_t i = 0; i < b->runs; i++)
    if (!g.sat[i]) TRY(add_tree(&g, i));
  for (uint32_t i = 0; i < b->runs; i++)
    if (!g.has_trip[i]) TRY(add_tree(&g, i));
  return tell_ways(&g);
}

sund_code service_seat(service_build *b) {
  seating s = {.b = b};
  size_t ties;
  tie *list;
  TRY(gather_ties(b, &ties, &list));
  TRY(seat_blocks(&s, list, ties));
  if (ties > 0) TRY(seat_ties(&s, list, ties));
  TRY(add_ways(&s));
  if (s.overlapping > 0)
    TRY(service_tell(
        b, "warning", NULL,
        "%zu trips of one block are under way at once: nobody stays seated between them, the first is %s",
        s.overlapping, service_trip_of(b, &b->run[s.overlapping_run])->id));
  if (s.apart == 0) return SUND_OK;
  return service_tell(b, "note", NULL,
                      "%zu trips of a block go on from another place: nobody stays seated, the first is %s", s.apart,
                      service_trip_of(b, &b->run[s.apart_run])->id);
}

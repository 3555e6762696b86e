/* closing_cover.c - the cheapest closed line around what is to be kept dry: see closing_cover.h.
 *
 *   search: a line from a node to its twin on the other sheet is the cheapest odd line through that node (Dijkstra 1959,
 *     from both ends of the line at once: its halves meet where a node has been reached on both sheets).
 *   halve: every odd line passes a candidate. The cheapest line through one of them divides the plane. Lines through the
 *     others need not cross it: of a line that does, the parts on one side can be exchanged for parts of it, and what
 *     comes out is odd and no dearer. So candidates on either side have that side to themselves, those on the line both
 *     sides (Reif 1983, where the way is a shortest path; here the plane stays whole when the way crosses the line to
 *     and fro).
 *   spare: a line through a candidate, with a walk to its neighbour and back, is an odd line through the neighbour. Who
 *     is near one with a costly line cannot have a much cheaper one, and is left out.
 */
#include <math.h>
#include <string.h>

#include "geo/closing_cover.h"

/* So much farther than the best line a candidate's line is followed, to divide the plane and to spare its neighbours. */
static const double FARTHER = 1.5;

/* ------------------------------------------------------------------------------------------------------ search */

/* Does a piece of wall through a cell lead to the other sheet? */
static unsigned turned(const cover *c, size_t cell, unsigned from, unsigned to) {
  const unsigned ends = c->twist[cover_point(c->plane, cell, from)] ^ c->twist[cover_point(c->plane, cell, to)];
  return cover_flips(c, cell, from) ^ cover_flips(c, cell, to) ^ ends;
}

static bool usable(const cover *c, size_t cell, size_t who) {
  return c->plane->kind[cell] == PLANE_LAND && c->low[cell] <= who && c->high[cell] >= who;
}

static sund_code reach(cover *c, uint32_t state, double cost, uint32_t came, double most) {
  if (!(cost < c->cost[state])) return SUND_OK;
  if (c->cost[state] == INFINITY) {
    uint32_t *grown = sund_grow(c->ctx, c->touched, &c->touch_room, c->touches + 1, sizeof *grown);
    if (!grown) return SUND_LIMIT;
    c->touched = grown;
    c->touched[c->touches++] = state;
  }
  c->cost[state] = cost;
  c->came[state] = came;
  const double whole = cost + c->cost[state ^ 1u];
  if (whole < c->meet) {
    c->meet = whole;
    c->meet_node = state / 2;
  }
  return 2 * cost <= fmin(c->meet, most) ? route_push(&c->queue, state, cost, 0) : SUND_OK;
}

/* On from a point of a land cell's border through that cell. */
static sund_code through(cover *c, uint32_t state, size_t cell, unsigned from, uint32_t who, double most) {
  const closing_plane *p = c->plane;
  if (!usable(c, cell, who)) return SUND_OK;
  const double cost = c->cost[state];
  for (unsigned to = 0; to < PLANE_WAYS; to += c->stride) {
    if (!(p->length[from][to] > 0)) continue;
    TRY(reach(c, cover_node(c, cell, to) * 2 + ((state & 1u) ^ turned(c, cell, from, to)),
              cost + p->length[from][to] * p->lift[cell], (uint32_t)((cell * PLANE_WAYS + from) * PLANE_WAYS + to),
              most));
  }
  return SUND_OK;
}

static sund_code spread(cover *c, uint32_t state, uint32_t who, double most) {
  const closing_plane *p = c->plane;
  const size_t node = state / 2;
  if (node >= c->points) {
    const size_t bank = node - c->points;
    for (size_t i = c->first_port[bank]; i < c->first_port[bank + 1]; i++)
      TRY(through(c, state, c->port[i] / PLANE_WAYS, c->port[i] % PLANE_WAYS, who, most));
    return SUND_OK;
  }
  const size_t cell = node / cover_points(p);
  switch (node % cover_points(p)) {
    case 0:
      TRY(through(c, state, cell, 2, who, most));
      return through(c, state, cell - p->columns, 6, who, most);
    case 1:
      TRY(through(c, state, cell, 4, who, most));
      return through(c, state, cell - 1, 0, who, most);
    default:
      TRY(through(c, state, cell, 3, who, most));
      TRY(through(c, state, cell - 1, 1, who, most));
      TRY(through(c, state, cell - p->columns, 5, who, most));
      return through(c, state, cell - p->columns - 1, 7, who, most);
  }
}

/* Pieces back from a state to the start of the search. */
static sund_code trace(cover *c, uint32_t state, uint32_t start) {
  while (state != start) {
    const uint32_t came = c->came[state];
    const unsigned to = came % PLANE_WAYS, from = came / PLANE_WAYS % PLANE_WAYS;
    const uint32_t cell = came / (PLANE_WAYS * PLANE_WAYS);
    closing_piece *grown = sund_grow(c->ctx, c->now.piece, &c->now.room, c->now.count + 1, sizeof *grown);
    if (!grown) return SUND_LIMIT;
    c->now.piece = grown;
    grown[c->now.count++] =
        (closing_piece){.cell = cell, .from = (uint8_t)to, .to = (uint8_t)from, .landed = state / 2 >= c->points};
    state = cover_node(c, cell, from) * 2 + ((state & 1u) ^ turned(c, cell, from, to));
  }
  return SUND_OK;
}

/* The line found: from the start to where its halves met, and on to the start's twin. */
static sund_code trace_line(cover *c, uint32_t start) {
  c->now.count = 0;
  TRY(trace(c, c->meet_node * 2, start));
  const size_t half = c->now.count;
  for (size_t i = 0; i < half / 2; i++) {
    const closing_piece swap = c->now.piece[i];
    c->now.piece[i] = c->now.piece[half - 1 - i];
    c->now.piece[half - 1 - i] = swap;
  }
  for (size_t i = 0; i < half; i++) {
    closing_piece *piece = &c->now.piece[i];
    *piece = (closing_piece){.cell = piece->cell, .from = piece->to, .to = piece->from};
    piece->landed = cover_node(c, piece->cell, piece->from) >= c->points;
  }
  TRY(trace(c, c->meet_node * 2 + 1, start));
  c->now.found = true;
  c->now.cost = c->meet;
  return SUND_OK;
}

/* The cheapest odd line through a candidate's point, if it costs at most `most`. */
static sund_code search(cover *c, size_t who, double most) {
  const uint32_t start = c->candidate[who].node * 2;
  c->now.found = false;
  c->meet = INFINITY;
  TRY(reach(c, start, 0, 0, most));
  route_entry entry;
  while (route_pop(&c->queue, &entry))
    if (entry.metres <= c->cost[entry.node] && 2 * entry.metres <= fmin(c->meet, most))
      TRY(spread(c, entry.node, (uint32_t)who, most));
  if (c->meet <= most && c->meet < INFINITY) TRY(trace_line(c, start));
  for (size_t i = 0; i < c->touches; i++) c->cost[c->touched[i]] = INFINITY;
  c->touches = 0;
  return SUND_OK;
}

/* ------------------------------------------------------------------------------------------------------- halve */

/* Which candidates lie on the line found? False when others stand between them. */
static bool meets_at(cover *c, size_t *first, size_t *last) {
  size_t count = 0;
  *first = SIZE_MAX, *last = 0;
  c->lines++;
  for (size_t i = 0; i < c->now.count; i++)
    for (uint32_t k = c->last[cover_node(c, c->now.piece[i].cell, c->now.piece[i].from)]; k;
         k = c->candidate[k - 1].same) {
      if (c->candidate[k - 1].met == c->lines) break;
      c->candidate[k - 1].met = c->lines;
      if (*first > k - 1) *first = k - 1;
      if (*last < k - 1) *last = k - 1;
      count++;
    }
  return count == *last - *first + 1;
}

/* Cells on the one side of the line found belong to the candidates of that side: steps begin .. end - 1 of the way lie
 * there. `who` is where the search began. */
static void fill_side(cover *c, size_t who, size_t begin, size_t end, uint32_t low, uint32_t high) {
  const closing_plane *p = c->plane;
  size_t count = 0;
  for (size_t i = begin; i < end; i++) {
    const uint32_t cell = c->way[i];
    if (c->seen[cell] || c->low[cell] > who || c->high[cell] < who) continue;
    if (!plane_is_wet(p, cell) || plane_on_ring(p, cell)) continue;
    c->seen[cell] = 1;
    c->list[count++] = cell;
  }
  const unsigned stride = p->corners ? 1 : 2;
  for (size_t at = 0; at < count; at++)
    for (unsigned d = 0; d < PLANE_WAYS; d += stride) {
      const size_t next = plane_step(p, c->list[at], d);
      if (c->seen[next] || c->low[next] > who || c->high[next] < who) continue;
      if (!plane_is_wet(p, next) || plane_on_ring(p, next)) continue;
      c->seen[next] = 1;
      c->list[count++] = (uint32_t)next;
    }
  for (size_t at = 0; at < count; at++) {
    uint32_t *l = &c->low[c->list[at]], *h = &c->high[c->list[at]];
    if (*l < low) *l = low;
    if (*h > high) *h = high;
    c->seen[c->list[at]] = 0;
  }
}

static void split(cover *c, size_t who) {
  size_t first, last;
  if (!meets_at(c, &first, &last)) return;
  for (size_t i = 0; i < c->now.count; i++) c->seen[c->now.piece[i].cell] = 1;
  fill_side(c, who, 0, c->candidate[first].step, 0, (uint32_t)last);
  fill_side(c, who, c->candidate[last].until + 1, c->n, (uint32_t)first, UINT32_MAX);
  for (size_t i = 0; i < c->now.count; i++) c->seen[c->now.piece[i].cell] = 0;
  for (size_t k = first; k <= last; k++) c->candidate[k].wide = true;
}

/* Cost of a wall through a cell from one node to another, INFINITY when there is none. */
static double across(const cover *c, size_t cell, uint32_t from, uint32_t to, size_t who) {
  double best = INFINITY;
  for (unsigned d = 0; d < PLANE_WAYS && usable(c, cell, who); d += c->stride)
    for (unsigned e = 0; e < PLANE_WAYS && cover_node(c, cell, d) == from; e += c->stride)
      if (cover_node(c, cell, e) == to && c->plane->length[d][e] > 0)
        best = fmin(best, c->plane->length[d][e] * c->plane->lift[cell]);
  return best;
}

/* A walk from one candidate to the next, there and back: through one cell of the way or beside it, or over the side
 * between two cells of the way. INFINITY = not known. */
static double gap_of(const cover *c, size_t from, size_t who) {
  const closing_plane *p = c->plane;
  const cover_candidate *a = &c->candidate[from], *b = a + 1;
  const uint32_t here = c->way[a->until], there = c->way[b->step];
  double gap = fmin(across(c, here, a->node, b->node, who), across(c, there, a->node, b->node, who));
  for (unsigned d = 0; d < PLANE_WAYS; d += 2)
    gap = fmin(gap, across(c, plane_step(p, here, d), a->node, b->node, who));
  const unsigned over = cover_direction(p, here, there);
  if (over % 2 || plane_step(p, here, over) != there) return gap;
  const uint32_t between = cover_node(c, here, over);
  return fmin(gap, across(c, here, a->node, between, who) + across(c, there, between, b->node, who));
}

/* Leaves out those near `who` whose lines cannot be cheaper than the best: any line through `who` costs at least `cost`. */
static void spare(cover *c, size_t who, size_t begin, size_t end, double cost, double best) {
  double walk = 0;
  for (size_t i = who + 1; i < end; i++) {
    walk += gap_of(c, i - 1, who);
    if (!(cost - 2 * walk >= best)) break;
    c->candidate[i].alive &= c->candidate[i].wide;
  }
  walk = 0;
  for (size_t i = who; i-- > begin;) {
    walk += gap_of(c, i, who);
    if (!(cost - 2 * walk >= best)) break;
    c->candidate[i].alive &= c->candidate[i].wide;
  }
}

static sund_code keep_best(sund_ctx *ctx, const cover *c, closing_cycle *best) {
  if (!c->now.found || c->now.cost >= best->cost) return SUND_OK;
  closing_piece *grown = sund_grow(ctx, best->piece, &best->room, c->now.count, sizeof *grown);
  if (!grown) return SUND_LIMIT;
  memcpy(grown, c->now.piece, c->now.count * sizeof *grown);
  *best =
      (closing_cycle){.found = true, .cost = c->now.cost, .count = c->now.count, .room = best->room, .piece = grown};
  return SUND_OK;
}

/* Candidates begin .. end - 1, beginning with `who`. */
static sund_code halve(sund_ctx *ctx, cover *c, size_t begin, size_t end, size_t who, closing_cycle *best) {
  if (c->candidate[who].alive) {
    const double most = best->cost * FARTHER;
    TRY(search(c, who, most));
    TRY(keep_best(ctx, c, best));
    spare(c, who, begin, end, c->now.found ? c->now.cost : most, best->cost);
    if (c->now.found) split(c, who);
  }
  if (begin < who) TRY(halve(ctx, c, begin, who, begin + (who - begin) / 2, best));
  if (who + 1 < end) TRY(halve(ctx, c, who + 1, end, who + 1 + (end - who - 1) / 2, best));
  return SUND_OK;
}

/* Where the way lies longest along one bank a line is likely to be cheap; else in the middle. */
static size_t likely(const cover *c) {
  size_t who = c->candidates / 2;
  for (size_t i = 0; i < c->candidates; i++)
    if (c->candidate[i].until - c->candidate[i].step > c->candidate[who].until - c->candidate[who].step) who = i;
  return who;
}

sund_code closing_cycle_find(sund_ctx *ctx, const closing_plane *plane, size_t n, const uint32_t *way,
                             closing_cycle *out) {
  sund_ctx *scratch = sund_ctx_child(ctx);
  if (!scratch) return SUND_LIMIT;
  cover c = {.ctx = scratch, .plane = plane, .n = n, .way = way, .stride = plane->corners ? 2 : 1};
  closing_cycle best = {.cost = INFINITY};
  sund_code code = cover_open(&c);
  if (code == SUND_OK && c.candidates) code = halve(ctx, &c, 0, c.candidates, likely(&c), &best);
  sund_ctx_pass(ctx, scratch);
  sund_ctx_free(scratch);
  if (code != SUND_OK) return code;
  *out = best;
  return SUND_OK;
}

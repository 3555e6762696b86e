/* closing_cover.c - the cheapest closed line around what is to be kept dry: see closing.h.
 *
 * A closed line separates the two ends of the water's way iff it crosses the way an odd number of times. So every point
 * of the plane is taken twice, once for each parity of crossings: the double cover. A line from a point to its twin is
 * the cheapest odd line through that point (Dijkstra 1959, from both ends of the line at once: the two halves meet where
 * a point has been reached with both parities).
 *
 *   1. Nodes (nodes_make): points of the borders of cells; all points of one bank are one node, because a wall may go
 *      along a bank for nothing. No bank is crossed by the way, so parity does not change on it.
 *   2. Candidates (candidates_make): the way is thought of as lying a hair to the left of its cells' centres. A line that
 *      crosses it goes through one of its cells, from a point on the left to one that is not: one of the points on the
 *      left is on every odd line. They stand in order along the way.
 *   3. halve: the cheapest line through one candidate divides the plane; those through the others need not cross it, as
 *      long as the way crosses it only once, so that a candidate on either side has that side to itself (Reif 1983).
 *      When the way crosses it more than once the plane stays whole.
 *   4. spare: a line through a candidate and a walk to its neighbour on the left and back is an odd line through the
 *      neighbour. Who is near one with a costly line cannot have a much cheaper one, and is left out.
 */
#include <math.h>
#include <string.h>

#include "geo/closing.h"
#include "geo/route.h"

enum {
  POINTS = 3,
  CELLS_MOST = 1 << 26,
  SEEN = 1,
  SEEN_ODD = 2, /* on the other sheet than the first cell of the bank */
  FINE = 16     /* parts of a usual piece: few pieces are cheaper than a bucket of the queue */
};
static const double FARTHER =
    1.5; /* how far past the best line a candidate's line is followed, to spare its neighbours */

typedef struct candidate {
  uint32_t node;
  uint32_t step, until; /* of the way: where the node lies on its left, or is it */
  uint32_t same;        /* the candidate before it that is the same node, plus 1; 0 = none */
  bool alive;
  bool wide; /* may use cells on both sides of a line that others of its kind may not */
} candidate;

typedef struct cover {
  sund_ctx *ctx; /* scratch */
  const closing_plane *plane;
  size_t n;
  const uint32_t *way;
  unsigned stride; /* 1 = all directions, 2 = the sides only */
  uint8_t *left;   /* cells: bit d = direction d leaves the way to the left */
  size_t points, banks;
  uint32_t *node;             /* points: itself, or points + bank                      */
  uint8_t *twist;             /* points: parity of crossings between the bank's first cell and the point */
  size_t *first_port;         /* banks + 1                                             */
  uint32_t *port;             /* land cell * 8 + direction that lies at the bank       */
  uint32_t *low, *high;       /* cells: candidates that may use them                   */
  double *cost;               /* 2 * nodes: node * 2 + parity                          */
  uint32_t *came;             /* the same: (cell * 8 + from) * 8 + to                  */
  size_t touches, touch_room; /* entries of cost that are not INFINITY                 */
  uint32_t *touched;
  route_queue queue;
  double meet; /* best line of the search so far */
  uint32_t meet_node;
  uint32_t *last; /* nodes: the last candidate that it is, plus 1 */
  size_t candidates;
  candidate *candidate;
  closing_cycle now; /* line of the last search */
  uint8_t *seen;     /* cells: of a fill, or on the line */
  uint32_t *list;    /* cells: of a fill                 */
} cover;

/* ------------------------------------------------------------------------------------------------------- nodes */

/* The point of a cell's border in a direction. Points: of the north side, of the west side, the north-west corner. */
static size_t point_of(const closing_plane *p, size_t cell, unsigned direction) {
  switch (direction) {
    case 0:
      return (cell + 1) * POINTS + 1;
    case 1:
      return (cell + 1) * POINTS + 2;
    case 2:
      return cell * POINTS;
    case 3:
      return cell * POINTS + 2;
    case 4:
      return cell * POINTS + 1;
    case 5:
      return (cell + p->columns) * POINTS + 2;
    case 6:
      return (cell + p->columns) * POINTS;
    default:
      return (cell + p->columns + 1) * POINTS + 2;
  }
}

static uint32_t node_of(const cover *c, size_t cell, unsigned direction) {
  return c->node[point_of(c->plane, cell, direction)];
}

static unsigned flips(const cover *c, size_t cell, unsigned direction) {
  return (unsigned)c->left[cell] >> direction & 1u;
}

static unsigned direction_to(const closing_plane *p, size_t from, size_t to) {
  unsigned d = 0;
  while (d < PLANE_WAYS && plane_step(p, from, d) != to) d++;
  return d % PLANE_WAYS;
}

/* Marks one bank, beginning with a cell of it: its points are node `node`. */
static void bank_fill(cover *c, uint32_t cell, uint32_t node) {
  const closing_plane *p = c->plane;
  size_t count = 0;
  c->list[count++] = cell;
  c->seen[cell] = SEEN;
  for (size_t at = 0; at < count; at++)
    for (unsigned d = 0; d < PLANE_WAYS; d += c->stride) {
      const uint32_t here = c->list[at];
      const unsigned odd = (c->seen[here] == SEEN_ODD) ^ flips(c, here, d);
      const size_t point = point_of(p, here, d), next = plane_step(p, here, d);
      c->node[point] = node;
      c->twist[point] = (uint8_t)odd;
      if (!plane_beside(p, here, next) || c->seen[next] || p->kind[next] != PLANE_BANK) continue;
      c->seen[next] = odd ^ flips(c, next, (d + 4u) % PLANE_WAYS) ? SEEN_ODD : SEEN;
      c->list[count++] = (uint32_t)next;
    }
}

/* Where land touches banks. */
static sund_code ports_make(cover *c) {
  const closing_plane *p = c->plane;
  c->first_port = sund_alloc(c->ctx, c->banks + 2, sizeof *c->first_port);
  if (!c->first_port) return SUND_LIMIT;
  for (int pass = 0; pass < 2; pass++) {
    for (size_t cell = 0; cell < p->cells; cell++) {
      if (p->kind[cell] != PLANE_LAND) continue;
      for (unsigned d = 0; d < PLANE_WAYS; d += c->stride) {
        const size_t node = node_of(c, cell, d);
        if (node < c->points) continue;
        size_t *next = &c->first_port[node - c->points + 1];
        if (pass) c->port[*next] = (uint32_t)(cell * PLANE_WAYS + d);
        ++*next;
      }
    }
    if (pass) break;
    for (size_t b = 0; b <= c->banks; b++) c->first_port[b + 1] += c->first_port[b];
    c->port = sund_alloc(c->ctx, c->first_port[c->banks], sizeof *c->port);
    if (!c->port) return SUND_LIMIT;
    memmove(c->first_port + 1, c->first_port, c->banks * sizeof *c->first_port);
    c->first_port[0] = 0;
  }
  return SUND_OK;
}

static sund_code nodes_make(cover *c) {
  const closing_plane *p = c->plane;
  c->points = (p->cells + p->columns + 2) * POINTS;
  c->node = sund_alloc(c->ctx, c->points, sizeof *c->node);
  c->twist = sund_alloc(c->ctx, c->points, 1);
  c->seen = sund_alloc(c->ctx, p->cells, 1);
  c->list = sund_alloc(c->ctx, p->cells, sizeof *c->list);
  if (!c->node || !c->twist || !c->seen || !c->list) return SUND_LIMIT;
  for (size_t i = 0; i < c->points; i++) c->node[i] = (uint32_t)i;
  for (size_t cell = 0; cell < p->cells; cell++)
    if (p->kind[cell] == PLANE_BANK && !c->seen[cell])
      bank_fill(c, (uint32_t)cell, (uint32_t)(c->points + c->banks++));
  memset(c->seen, 0, p->cells);
  TRY(ports_make(c));
  const size_t states = 2 * (c->points + c->banks);
  c->cost = sund_alloc(c->ctx, states, sizeof *c->cost);
  c->came = sund_alloc(c->ctx, states, sizeof *c->came);
  if (!c->cost || !c->came) return SUND_LIMIT;
  for (size_t i = 0; i < states; i++) c->cost[i] = INFINITY;
  return SUND_OK;
}

/* -------------------------------------------------------------------------------------------------- candidates */

static sund_code way_sides(cover *c) {
  c->left = sund_alloc(c->ctx, c->plane->cells, 1);
  if (!c->left) return SUND_LIMIT;
  for (size_t i = 1; i + 1 < c->n; i++) {
    const uint32_t cell = c->way[i];
    const unsigned ahead = direction_to(c->plane, cell, c->way[i + 1]);
    const unsigned behind = direction_to(c->plane, cell, c->way[i - 1]);
    for (unsigned turn = 1; (ahead + turn) % PLANE_WAYS != behind; turn++)
      c->left[cell] = (uint8_t)(c->left[cell] | 1u << (ahead + turn) % PLANE_WAYS);
  }
  return SUND_OK;
}

static void candidate_add(cover *c, uint32_t node, size_t step) {
  candidate *last = c->candidates ? &c->candidate[c->candidates - 1] : NULL;
  if (last && last->node == node) {
    last->until = (uint32_t)step;
    return;
  }
  c->candidate[c->candidates++] = (candidate){
      .node = node, .step = (uint32_t)step, .until = (uint32_t)step, .same = c->last[node], .alive = true};
  c->last[node] = (uint32_t)c->candidates;
}

/* In order from the sea: around every cell of the way clockwise from where the way comes from. */
static sund_code candidates_make(cover *c) {
  const closing_plane *p = c->plane;
  c->last = sund_alloc(c->ctx, c->points + c->banks, sizeof *c->last);
  c->candidate = sund_alloc(c->ctx, c->n * PLANE_WAYS, sizeof *c->candidate);
  if (!c->last || !c->candidate) return SUND_LIMIT;
  for (size_t i = 1; i + 1 < c->n; i++) {
    const uint32_t cell = c->way[i];
    const unsigned behind = direction_to(p, cell, c->way[i - 1]);
    if (p->kind[cell] == PLANE_BANK) candidate_add(c, node_of(c, cell, 0), i);
    if (p->kind[cell] != PLANE_LAND) continue;
    for (unsigned turn = 1; turn < PLANE_WAYS; turn++) {
      const unsigned d = (behind + PLANE_WAYS - turn) % PLANE_WAYS;
      if (d % c->stride == 0 && flips(c, cell, d)) candidate_add(c, node_of(c, cell, d), i);
    }
  }
  return SUND_OK;
}

/* ------------------------------------------------------------------------------------------------------ search */

/* Does a piece of wall through a cell lead to the other sheet? */
static unsigned turned(const cover *c, size_t cell, unsigned from, unsigned to) {
  const unsigned ends = c->twist[point_of(c->plane, cell, from)] ^ c->twist[point_of(c->plane, cell, to)];
  return flips(c, cell, from) ^ flips(c, cell, to) ^ ends;
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
    TRY(reach(c, node_of(c, cell, to) * 2 + ((state & 1u) ^ turned(c, cell, from, to)),
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
  const size_t cell = node / POINTS;
  switch (node % POINTS) {
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
    state = node_of(c, cell, from) * 2 + ((state & 1u) ^ turned(c, cell, from, to));
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
    piece->landed = node_of(c, piece->cell, piece->from) >= c->points;
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
static bool meets_at(const cover *c, size_t *first, size_t *last) {
  size_t count = 0;
  *first = SIZE_MAX, *last = 0;
  for (size_t i = 0; i < c->now.count; i++)
    for (uint32_t k = c->last[node_of(c, c->now.piece[i].cell, c->now.piece[i].from)]; k;
         k = c->candidate[k - 1].same) {
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
  for (size_t i = 0; i < c->now.count; i++) c->seen[c->now.piece[i].cell] = SEEN;
  fill_side(c, who, 0, c->candidate[first].step, 0, (uint32_t)last);
  fill_side(c, who, c->candidate[last].until + 1, c->n, (uint32_t)first, UINT32_MAX);
  for (size_t i = 0; i < c->now.count; i++) c->seen[c->now.piece[i].cell] = 0;
  for (size_t k = first; k <= last; k++) c->candidate[k].wide = true;
}

/* Cost of a wall through a cell from one node to another, INFINITY when there is none. */
static double across(const cover *c, size_t cell, uint32_t from, uint32_t to, size_t who) {
  double best = INFINITY;
  for (unsigned d = 0; d < PLANE_WAYS && usable(c, cell, who); d += c->stride)
    for (unsigned e = 0; e < PLANE_WAYS && node_of(c, cell, d) == from; e += c->stride)
      if (node_of(c, cell, e) == to && c->plane->length[d][e] > 0)
        best = fmin(best, c->plane->length[d][e] * c->plane->lift[cell]);
  return best;
}

/* A walk from one candidate to the next, there and back: through one cell of the way or beside it, or over the side
 * between two cells of the way. INFINITY = not known. */
static double gap_of(const cover *c, size_t from, size_t who) {
  const closing_plane *p = c->plane;
  const candidate *a = &c->candidate[from], *b = a + 1;
  const uint32_t here = c->way[a->until], there = c->way[b->step];
  double gap = fmin(across(c, here, a->node, b->node, who), across(c, there, a->node, b->node, who));
  for (unsigned d = 0; d < PLANE_WAYS; d += 2)
    gap = fmin(gap, across(c, plane_step(p, here, d), a->node, b->node, who));
  const unsigned over = direction_to(p, here, there);
  if (over % 2 || plane_step(p, here, over) != there) return gap;
  const uint32_t between = node_of(c, here, over);
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

static sund_code cover_open(cover *c) {
  const closing_plane *p = c->plane;
  if (p->cells >= CELLS_MOST) return sund_fail(c->ctx, SUND_LIMIT, "the window for a closing line is too large");
  TRY(way_sides(c));
  TRY(nodes_make(c));
  TRY(candidates_make(c));
  c->low = sund_alloc(c->ctx, p->cells, sizeof *c->low);
  c->high = sund_alloc(c->ctx, p->cells, sizeof *c->high);
  if (!c->low || !c->high) return SUND_LIMIT;
  memset(c->high, 0xff, p->cells * sizeof *c->high);
  double sum = 0, most = 0;
  size_t count = 0;
  for (size_t cell = 0; cell < p->cells; cell++)
    if (p->kind[cell] == PLANE_LAND) {
      sum += p->lift[cell];
      most = fmax(most, p->lift[cell]);
      count++;
    }
  double longest = 0;
  for (unsigned d = 0; d < PLANE_WAYS; d++)
    for (unsigned e = 0; e < PLANE_WAYS; e++) longest = fmax(longest, p->length[d][e]);
  const route_scale scale = {.usual = count ? longest * sum / (double)count / FINE : 1, .most = longest * most};
  return route_queue_open(c->ctx, &scale, scale.most, &c->queue);
}

sund_code closing_cycle_find(sund_ctx *ctx, const closing_plane *plane, size_t n, const uint32_t *way,
                             closing_cycle *out) {
  sund_ctx *scratch = sund_ctx_child(ctx);
  if (!scratch) return SUND_LIMIT;
  cover c = {.ctx = scratch, .plane = plane, .n = n, .way = way, .stride = plane->corners ? 2 : 1};
  closing_cycle best = {.cost = INFINITY};
  sund_code code = cover_open(&c);
  if (code == SUND_OK && c.candidates) code = halve(ctx, &c, 0, c.candidates, c.candidates / 2, &best);
  sund_ctx_pass(ctx, scratch);
  sund_ctx_free(scratch);
  if (code != SUND_OK) return code;
  *out = best;
  return SUND_OK;
}

/* closing_nodes.c - the nodes of the double cover, and where a line may cross the way: see closing_cover.h.
 *
 * Order: way_sides, nodes_make, candidates_make.
 *
 * The way is thought of as lying a hair to the left of its cells' centres. Nodes are points of the borders of cells. All
 * points of one bank are one node, because a wall may go along a bank for nothing; where the way leads over a bank, its
 * points differ in parity (twist) from its first cell. A line that crosses the way does so in a bank of the way, or in a
 * cell of it from a point on the left to one that is not. So one of these nodes is on every odd line: the candidates, in
 * order along the way.
 */
#include <math.h>
#include <string.h>

#include "geo/closing_cover.h"

enum {
  CELLS_MOST = 1 << 26,
  SEEN = 1,
  SEEN_ODD = 2, /* on the other sheet than the first cell of the bank                    */
  FINE = 16     /* parts of a usual piece: few pieces are cheaper than a bucket of the queue */
};

/* Marks one bank, beginning with a cell of it: its points are node `node`. */
static void bank_fill(cover *c, uint32_t cell, uint32_t node) {
  const closing_plane *p = c->plane;
  size_t count = 0;
  c->list[count++] = cell;
  c->seen[cell] = SEEN;
  for (size_t at = 0; at < count; at++)
    for (unsigned d = 0; d < PLANE_WAYS; d += c->stride) {
      const uint32_t here = c->list[at];
      const unsigned odd = (c->seen[here] == SEEN_ODD) ^ cover_flips(c, here, d);
      const size_t point = cover_point(p, here, d), next = plane_step(p, here, d);
      c->node[point] = node;
      c->twist[point] = (uint8_t)odd;
      if (!plane_beside(p, here, next) || c->seen[next] || p->kind[next] != PLANE_BANK) continue;
      c->seen[next] = odd ^ cover_flips(c, next, (d + 4u) % PLANE_WAYS) ? SEEN_ODD : SEEN;
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
        const size_t node = cover_node(c, cell, d);
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
  c->points = (p->cells + p->columns + 2) * cover_points(p);
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

static sund_code way_sides(cover *c) {
  c->left = sund_alloc(c->ctx, c->plane->cells, 1);
  if (!c->left) return SUND_LIMIT;
  for (size_t i = 1; i + 1 < c->n; i++) {
    const uint32_t cell = c->way[i];
    const unsigned ahead = cover_direction(c->plane, cell, c->way[i + 1]);
    const unsigned behind = cover_direction(c->plane, cell, c->way[i - 1]);
    for (unsigned turn = 1; (ahead + turn) % PLANE_WAYS != behind; turn++)
      c->left[cell] = (uint8_t)(c->left[cell] | 1u << (ahead + turn) % PLANE_WAYS);
  }
  return SUND_OK;
}

static void candidate_add(cover *c, uint32_t node, size_t step) {
  cover_candidate *last = c->candidates ? &c->candidate[c->candidates - 1] : NULL;
  if (last && last->node == node) {
    last->until = (uint32_t)step;
    return;
  }
  c->candidate[c->candidates++] = (cover_candidate){
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
    const unsigned behind = cover_direction(p, cell, c->way[i - 1]);
    if (p->kind[cell] == PLANE_BANK) candidate_add(c, cover_node(c, cell, 0), i);
    if (p->kind[cell] != PLANE_LAND) continue;
    for (unsigned turn = 1; turn < PLANE_WAYS; turn++) {
      const unsigned d = (behind + PLANE_WAYS - turn) % PLANE_WAYS;
      if (d % c->stride == 0 && cover_flips(c, cell, d)) candidate_add(c, cover_node(c, cell, d), i);
    }
  }
  return SUND_OK;
}

/* Buckets a fraction of a usual piece wide. */
static sund_code queue_open(cover *c) {
  const closing_plane *p = c->plane;
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

sund_code cover_open(cover *c) {
  const closing_plane *p = c->plane;
  if (p->cells >= CELLS_MOST) return sund_fail(c->ctx, SUND_LIMIT, "the window for a closing line is too large");
  TRY(way_sides(c));
  TRY(nodes_make(c));
  TRY(candidates_make(c));
  c->low = sund_alloc(c->ctx, p->cells, sizeof *c->low);
  c->high = sund_alloc(c->ctx, p->cells, sizeof *c->high);
  if (!c->low || !c->high) return SUND_LIMIT;
  memset(c->high, 0xff, p->cells * sizeof *c->high);
  return queue_open(c);
}

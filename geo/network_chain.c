/* network_chain.c - pieces of lines that are alike and meet end to end become one edge.
 *
 * A node that only two piece ends meet at, of pieces that are alike, is passed through. From the smallest piece not yet in
 * an edge the chain is followed back to its start, then forward to its end. A ring of such nodes alone keeps the one its
 * smallest piece begins at. Chains depend on the pieces only, so the same lines give the same edges.
 */
#include <string.h>

#include "geo/network.h"

/* An end of a piece: 2 * piece, plus 1 for the end it leads to. */
typedef struct chains {
  const network_pieces *p;
  uint8_t *named;   /* rows: 1 = a turn names it                         */
  uint32_t *meet;   /* 2 * nodes: the ends that meet there, the first two */
  uint8_t *through; /* nodes: 1 = passed through                         */
  uint8_t *done;    /* pieces                                            */
} chains;

static uint32_t node_of(const network_pieces *p, uint32_t end) {
  return end & 1 ? p->to[end / 2] : p->from[end / 2];
}

/* ------------------------------------------------------------------------------------------------- what is alike */

static void name_rows(const sund_topology *topology, uint8_t *named) {
  for (size_t k = 0; k < topology->turns; k++) {
    const sund_turn *turn = &topology->turn[k];
    named[turn->from] = named[turn->to] = 1;
    for (size_t i = 0; i < turn->via_rows; i++) named[turn->via[i]] = 1;
  }
}

static bool alike(const chains *c, uint32_t end, uint32_t other) {
  const sund_network_ask *ask = c->p->ask;
  const size_t a = c->p->row[end / 2], b = c->p->row[other / 2];
  if (end / 2 == other / 2 || c->named[a] || c->named[b]) return false;
  if (ask->alike[a] == INT32_MIN || ask->alike[a] != ask->alike[b]) return false;
  if (ask->level && ask->level[a] != ask->level[b]) return false;
  return ask->alike[a] < 0 || (end & 1) != (other & 1);
}

static sund_code find_through(sund_ctx *scratch, chains *c) {
  const network_pieces *p = c->p;
  c->named = sund_alloc(scratch, p->ask->lines->rows, 1);
  c->meet = sund_alloc(scratch, p->nodes, 2 * sizeof *c->meet);
  c->through = sund_alloc(scratch, p->nodes, 1);
  c->done = sund_alloc(scratch, p->count, 1);
  uint8_t *degree = sund_alloc(scratch, p->nodes, 1);
  if (!c->named || !c->meet || !c->through || !c->done || !degree) return SUND_LIMIT;
  if (!p->ask->alike) return SUND_OK;
  name_rows(p->ask->lines->topology, c->named);
  for (uint32_t end = 0; end < 2 * p->count; end++) {
    const uint32_t node = node_of(p, end);
    if (degree[node] < 2) c->meet[2 * (size_t)node + degree[node]] = end;
    if (degree[node] < 3) degree[node]++;
  }
  for (size_t v = 0; v < p->nodes; v++)
    c->through[v] = degree[v] == 2 && alike(c, c->meet[2 * v], c->meet[2 * v + 1]);
  return SUND_OK;
}

/* -------------------------------------------------------------------------------------------------------- chains */

/* The end that is met behind this one, NETWORK_NONE when the chain ends here. */
static uint32_t beyond(const chains *c, uint32_t end) {
  const size_t node = node_of(c->p, end);
  if (!c->through[node]) return NETWORK_NONE;
  return c->meet[2 * node] == end ? c->meet[2 * node + 1] : c->meet[2 * node];
}

/* The end the chain of piece `seed` begins with, in the direction of that piece. */
static uint32_t chain_start(const chains *c, uint32_t seed) {
  uint32_t end = 2 * seed;
  for (uint32_t next = beyond(c, end); next != NETWORK_NONE; next = beyond(c, end)) {
    if (next / 2 == seed) return 2 * seed; /* a ring */
    end = next ^ 1;
  }
  return end;
}

static void add_vertex(network_draft *d, double x, double y) {
  const size_t v = d->first[d->edges + 1]++;
  d->vx[v] = x;
  d->vy[v] = y;
}

/* Adds the vertices of a piece but its first to the edge that is being made. */
static void add_piece(const network_pieces *p, uint32_t entry, network_draft *d) {
  const sund_shapes *s = p->ask->lines->shapes;
  const size_t first = p->first[entry / 2], last = p->last[entry / 2];
  for (size_t i = 1; i < last - first; i++) {
    const size_t v = entry & 1 ? last - i : first + i, before = entry & 1 ? v + 1 : v - 1;
    if (p->at[v] != p->at[before]) add_vertex(d, s->x[v], s->y[v]);
  }
  const uint32_t node = node_of(p, entry ^ 1);
  add_vertex(d, p->x[node], p->y[node]);
}

/* One edge from a chain; seed: its smallest piece. */
static void add_chain(chains *c, uint32_t seed, network_draft *d) {
  const network_pieces *p = c->p;
  uint32_t entry = chain_start(c, seed);
  const size_t e = d->edges;
  d->from[e] = node_of(p, entry);
  d->line[e] = p->row[seed];
  d->level[e] = p->ask->level ? p->ask->level[p->row[seed]] : 0;
  d->metres[e] = 0;
  d->first[e + 1] = d->first[e];
  add_vertex(d, p->x[d->from[e]], p->y[d->from[e]]);
  while (entry != NETWORK_NONE && !c->done[entry / 2]) {
    c->done[entry / 2] = 1;
    d->metres[e] += p->metres[entry / 2];
    d->to[e] = node_of(p, entry ^ 1);
    add_piece(p, entry, d);
    entry = beyond(c, entry ^ 1);
  }
  d->edges++;
}

sund_code network_chains(sund_ctx *scratch, const network_pieces *p, network_draft *out) {
  chains c = {.p = p};
  size_t vertices = 0;
  TRY(find_through(scratch, &c));
  for (size_t k = 0; k < p->count; k++) vertices += p->last[k] - p->first[k] + 1;
  TRY(network_room(scratch, out, p->nodes, p->count, vertices));
  for (size_t v = 0; v < p->nodes; v++) {
    out->x[v] = p->x[v];
    out->y[v] = p->y[v];
  }
  out->nodes = p->nodes;
  for (uint32_t k = 0; k < p->count; k++)
    if (!c.done[k]) add_chain(&c, k, out);
  return SUND_OK;
}

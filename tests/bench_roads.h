/* bench_roads.h - a synthetic road network for the measurements: towns of narrow streets, a few roads between them, fast
 * roads over all. Made by rules and a fixed seed: the same on every machine.
 *
 * Nodes lie on a lattice 100 m apart, moved a little. A town is TOWN x TOWN nodes; within it a street between neighbours
 * is there in five of seven cases, between towns only where a road crosses. Every 8th row and column of a town is a road
 * of 50 km/h, those through its middle go on to the next town at 80, and every 8th of these is a motorway of 110. Of what
 * is then not joined to the rest nothing is left.
 */
#ifndef SUND_TESTS_BENCH_ROADS_H
#define SUND_TESTS_BENCH_ROADS_H

#include <math.h>
#include <stdlib.h>

#include "sund/geo.h"

enum { TOWN = 32, ROAD = 8, MOTORWAY = 8 };

typedef struct roads {
  size_t nodes, edges;
  double *x, *y;
  uint32_t *from, *to;
  double *metres, *forward_s, *backward_s;
} roads;

static inline uint64_t roads_random(uint64_t *state) { /* splitmix64 (Steele, Lea, Flood 2014) */
  uint64_t z = (*state += 0x9e3779b97f4a7c15u);
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
  return z ^ (z >> 31);
}

/* km/h of a street along a line of the lattice, between places `at` and `at` + 1 of it; 0 = there is none. */
static inline double roads_speed(uint64_t *seed, size_t line, size_t at) {
  const bool middle = line % TOWN == TOWN / 2, leaves = at % TOWN == TOWN - 1;
  const uint64_t luck = roads_random(seed) % 7;
  if (middle) return line / TOWN % MOTORWAY == MOTORWAY / 2 ? 110 : 80;
  if (leaves) return line % TOWN == 3 && line / TOWN % 2 ? 50 : 0;
  if (line % ROAD == 0) return 50;
  return luck < 4 ? 30 : 0;
}

static inline void roads_add(roads *r, uint32_t a, uint32_t b, double kmh, bool one_way) {
  const size_t e = r->edges++;
  r->from[e] = a;
  r->to[e] = b;
  r->metres[e] = hypot(r->x[a] - r->x[b], r->y[a] - r->y[b]);
  r->forward_s[e] = r->metres[e] * 3.6 / kmh;
  r->backward_s[e] = one_way ? NAN : r->forward_s[e];
}

/* The root of a node's piece, with the way to it cut short. */
static inline uint32_t roads_root(uint32_t *up, uint32_t node) {
  while (up[node] != node) node = up[node] = up[up[node]];
  return node;
}

/* Keeps the largest piece only, nodes numbered along the towns. */
static inline void roads_keep_largest(roads *r, uint32_t *up, uint32_t *number) {
  for (uint32_t v = 0; v < r->nodes; v++) number[v] = 0, up[v] = v;
  for (size_t e = 0; e < r->edges; e++) up[roads_root(up, r->from[e])] = roads_root(up, r->to[e]);
  uint32_t largest = 0, count = 0;
  for (uint32_t v = 0; v < r->nodes; v++) number[roads_root(up, v)]++;
  for (uint32_t v = 0; v < r->nodes; v++)
    if (number[v] > number[largest]) largest = v;
  for (uint32_t v = 0; v < r->nodes; v++) {
    number[v] = UINT32_MAX;
    if (roads_root(up, v) != largest) continue;
    r->x[count] = r->x[v];
    r->y[count] = r->y[v];
    number[v] = count++;
  }
  size_t edges = 0;
  for (size_t e = 0; e < r->edges; e++) {
    if (number[r->from[e]] == UINT32_MAX) continue;
    r->from[edges] = number[r->from[e]];
    r->to[edges] = number[r->to[e]];
    r->metres[edges] = r->metres[e];
    r->forward_s[edges] = r->forward_s[e];
    r->backward_s[edges++] = r->backward_s[e];
  }
  r->edges = edges;
  r->nodes = count;
}

/* About `nodes` nodes. False without memory. */
static inline bool roads_make(sund_ctx *ctx, size_t nodes, roads *out) {
  const size_t side = (size_t)(sqrt((double)nodes * 1.1) / TOWN + 1) * TOWN, n = side * side;
  uint64_t seed = 1;
  roads r = {.nodes = n, .x = sund_alloc(ctx, n, 8), .y = sund_alloc(ctx, n, 8)};
  r.from = sund_alloc(ctx, n, 12);
  r.to = sund_alloc(ctx, n, 12);
  r.metres = sund_alloc(ctx, n, 24);
  r.forward_s = sund_alloc(ctx, n, 24);
  r.backward_s = sund_alloc(ctx, n, 24);
  uint32_t *up = sund_alloc(ctx, n, 4), *number = sund_alloc(ctx, n, 4), *at = sund_alloc(ctx, n, 4);
  if (!r.x || !r.y || !r.from || !r.to || !r.metres || !r.forward_s || !r.backward_s || !up || !number || !at)
    return false;
  uint32_t next = 0;
  for (size_t town = 0; town < n / (TOWN * TOWN);
       town++) /* town by town: what is near on the map is near in memory */
    for (size_t i = 0; i < TOWN * TOWN; i++) {
      const size_t column = town % (side / TOWN) * TOWN + i % TOWN, row = town / (side / TOWN) * TOWN + i / TOWN;
      r.x[next] = 100 * (double)column + (double)(roads_random(&seed) % 60);
      r.y[next] = 100 * (double)row + (double)(roads_random(&seed) % 60);
      at[row * side + column] = next++;
    }
  for (size_t row = 0; row < side; row++)
    for (size_t column = 0; column < side; column++) {
      const uint32_t here = at[row * side + column];
      const double east = column + 1 < side ? roads_speed(&seed, row, column) : 0;
      const double south = row + 1 < side ? roads_speed(&seed, column, row) : 0;
      const uint64_t luck = roads_random(&seed);
      if (east > 0) roads_add(&r, here, at[row * side + column + 1], east, east == 30 && luck % 10 == 0);
      if (south > 0) roads_add(&r, here, at[(row + 1) * side + column], south, south == 30 && luck % 10 == 1);
      if (luck % 50 == 2 && column % TOWN + 1 < TOWN && row % TOWN + 1 < TOWN)
        roads_add(&r, here, at[(row + 1) * side + column + 1], 30, false);
    }
  roads_keep_largest(&r, up, number);
  *out = r;
  return true;
}

/* The graph of it, as far as the streets need it: no lines. */
static inline sund_graph *roads_graph(sund_ctx *ctx, const roads *r) {
  sund_graph *g = sund_alloc(ctx, 1, sizeof *g);
  if (!g) return NULL;
  *g = (sund_graph){.nodes = r->nodes,
                    .edges = r->edges,
                    .x = r->x,
                    .y = r->y,
                    .edge_from = r->from,
                    .edge_to = r->to,
                    .edge_m = r->metres};
  g->first_out = sund_alloc(ctx, g->nodes + 2, sizeof *g->first_out);
  g->arc_edge = sund_alloc(ctx, 2 * g->edges, sizeof *g->arc_edge);
  if (!g->first_out || !g->arc_edge) return NULL;
  size_t *next = g->first_out + 1;
  for (size_t e = 0; e < g->edges; e++) {
    next[g->edge_from[e] + 1]++;
    next[g->edge_to[e] + 1]++;
  }
  for (size_t v = 0; v < g->nodes; v++) next[v + 1] += next[v];
  for (size_t e = 0; e < g->edges; e++) {
    g->arc_edge[next[g->edge_from[e]]++] = (uint32_t)e;
    g->arc_edge[next[g->edge_to[e]]++] = (uint32_t)e;
  }
  return g;
}

#endif

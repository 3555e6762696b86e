/* town.h - small networks for the tests of join, snap, entrances and route. */
#ifndef SUND_TESTS_TOWN_H
#define SUND_TESTS_TOWN_H

#include <math.h>

#include "support.h"

/* Doubles, which cmocka's own compares as floats. */
#define assert_close(value, wanted, by)                                                                      \
  do {                                                                                                       \
    const double got_value = (value), wanted_value = (wanted);                                               \
    if (!(fabs(got_value - wanted_value) <= (by)))                                                           \
      fail_msg("%s is %.9g, not %.9g within %g (line %d)", #value, got_value, wanted_value, (by), __LINE__); \
  } while (0)

enum { TOWN_MOST = 64 };

/* Lines drawn in the order of calls: town_line begins one, each with its vertices. */
typedef struct town {
  size_t rows, parts, vertices;
  size_t first_part[TOWN_MOST + 1], first_vertex[TOWN_MOST + 1];
  double x[TOWN_MOST * 8], y[TOWN_MOST * 8];
  int32_t level[TOWN_MOST];
  uint8_t hole[TOWN_MOST];
  sund_shapes shapes;
} town;

/* Adds a part of n vertices to the last row, from x, y pairs. */
static inline void town_part(town *t, size_t n, const double *xy) {
  for (size_t i = 0; i < n; i++) {
    t->x[t->vertices] = xy[2 * i];
    t->y[t->vertices++] = xy[2 * i + 1];
  }
  t->first_vertex[++t->parts] = t->vertices;
  t->first_part[t->rows] = t->parts;
}

/* Adds a row of one part. */
static inline void town_line(town *t, int32_t level, size_t n, const double *xy) {
  t->level[t->rows++] = level;
  town_part(t, n, xy);
}

#define LINE(t, level, ...) \
  town_line((t), (level), sizeof((double[]){__VA_ARGS__}) / (2 * sizeof(double)), (double[]){__VA_ARGS__})
#define PART(t, ...) town_part((t), sizeof((double[]){__VA_ARGS__}) / (2 * sizeof(double)), (double[]){__VA_ARGS__})

static inline const sund_shapes *town_shapes(town *t, sund_kind kind) {
  t->shapes = (sund_shapes){.kind = kind,
                            .rows = t->rows,
                            .parts = t->parts,
                            .vertices = t->vertices,
                            .first_part = t->first_part,
                            .first_vertex = t->first_vertex,
                            .hole = kind == SUND_AREA ? t->hole : NULL,
                            .x = t->x,
                            .y = t->y};
  return &t->shapes;
}

/* The network of the town in plane metres, ends joined within a metre. */
static inline sund_graph *town_graph(sund_ctx *ctx, town *t, sund_join_report *report) {
  sund_graph *graph = NULL;
  assert_ok(ctx, sund_graph_join(ctx, town_shapes(t, SUND_LINE), t->level, NULL, NULL, 1, NULL, &graph, report));
  return graph;
}

/* The node at a place, or SIZE_MAX. */
static inline size_t town_node(const sund_graph *g, double x, double y) {
  for (size_t v = 0; v < g->nodes; v++)
    if (hypot(g->x[v] - x, g->y[v] - y) < 0.01) return v;
  return SIZE_MAX;
}

/* The spot nearest to a place. */
static inline sund_spot town_spot(sund_ctx *ctx, const sund_graph *g, double x, double y) {
  sund_spot spot;
  assert_ok(ctx, sund_graph_snap(ctx, g, NULL, 1, &x, &y, 1e6, NULL, &spot));
  return spot;
}

/* Metres from (x, y) to (to_x, to_y), both put on the network, legs included. */
static inline double town_metres(sund_ctx *ctx, const sund_graph *g, double x, double y, double to_x, double to_y) {
  const sund_spot from = town_spot(ctx, g, x, y), to = town_spot(ctx, g, to_x, to_y);
  double metres;
  assert_ok(ctx, sund_route_nearest(ctx, g, 1, &to, NULL, INFINITY, 1, &from, &metres, NULL));
  return metres;
}

/* A town of `lines` polylines of two to four vertices on a lattice of `side` by `side` points, `step` metres apart. */
static inline void town_random(town *t, uint64_t *seed, size_t lines, uint64_t side, double step, int levels) {
  memset(t, 0, sizeof *t);
  for (size_t i = 0; i < lines; i++) {
    const size_t n = 2 + support_random(seed) % 3;
    double xy[8];
    for (size_t k = 0; k < 2 * n; k++) xy[k] = step * (double)(support_random(seed) % side);
    town_line(t, (int32_t)(support_random(seed) % (uint64_t)levels), n, xy);
  }
}

/* Shortest ways between all nodes (Floyd 1962, Warshall 1962); d: n * n, INFINITY where there is no arc. */
static inline void town_floyd(size_t n, double *d) {
  for (size_t k = 0; k < n; k++)
    for (size_t i = 0; i < n; i++)
      for (size_t j = 0; j < n; j++)
        if (d[i * n + k] + d[k * n + j] < d[i * n + j]) d[i * n + j] = d[i * n + k] + d[k * n + j];
}

#endif

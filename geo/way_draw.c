/* way_draw.c - a way along edges drawn as a line: the edges' own lines, the first and the last one cut at the
 * places. A cut lies at its share of the edge's length as drawn on the map.
 */
#include <math.h>

#include "geo/way.h"

sund_code way_add(sund_ctx *ctx, way_stretches *way, uint32_t edge, double begin, double end) {
  if (begin == end) return SUND_OK;
  way_stretch *at = sund_grow(ctx, way->at, &way->room, way->count + 1, sizeof *at);
  if (!at) return SUND_LIMIT;
  way->at = at;
  at[way->count++] = (way_stretch){edge, begin, end};
  return SUND_OK;
}

void way_reverse(way_stretches *way) {
  for (size_t i = 0; i < way->count / 2; i++) {
    const way_stretch other = way->at[i];
    way->at[i] = way->at[way->count - 1 - i];
    way->at[way->count - 1 - i] = other;
  }
}

/* ------------------------------------------------------------------------------------------------------ drawing */

static void add_vertex(sund_way *way, double x, double y) {
  const size_t n = way->vertices;
  if (n && way->x[n - 1] == x && way->y[n - 1] == y) return;
  way->x[n] = x;
  way->y[n] = y;
  way->vertices++;
}

static double side_length(const sund_shapes *s, size_t v) {
  return hypot(s->x[v + 1] - s->x[v], s->y[v + 1] - s->y[v]);
}

/* A place on an edge's line: `share` of the way from vertex `vertex` to the next. */
typedef struct cut {
  size_t vertex;
  double share;
  double x, y;
} cut;

static cut cut_at(const sund_graph *g, uint32_t edge, double along_m) {
  const sund_shapes *s = g->shape;
  const size_t first = s->first_vertex[edge], last = s->first_vertex[edge + 1] - 1;
  if (!(along_m > 0)) return (cut){first, 0, s->x[first], s->y[first]};
  if (!(along_m < g->edge_m[edge])) return (cut){last, 0, s->x[last], s->y[last]};
  double whole = 0;
  for (size_t v = first; v < last; v++) whole += side_length(s, v);
  double left = along_m / g->edge_m[edge] * whole;
  for (size_t v = first; v < last; v++) {
    const double length = side_length(s, v);
    if (left < length) {
      const double share = left / length;
      return (cut){v, share, s->x[v] + share * (s->x[v + 1] - s->x[v]), s->y[v] + share * (s->y[v + 1] - s->y[v])};
    }
    left -= length;
  }
  return (cut){last, 0, s->x[last], s->y[last]};
}

static void draw(const sund_graph *g, const way_stretch *part, sund_way *way) {
  const sund_shapes *s = g->shape;
  const cut begin = cut_at(g, part->edge, part->begin), end = cut_at(g, part->edge, part->end);
  add_vertex(way, begin.x, begin.y);
  if (part->begin < part->end) {
    for (size_t v = begin.vertex + 1; v <= end.vertex; v++) add_vertex(way, s->x[v], s->y[v]);
  } else {
    for (size_t v = begin.vertex + (begin.share > 0); v-- > end.vertex + 1;) add_vertex(way, s->x[v], s->y[v]);
  }
  add_vertex(way, end.x, end.y);
}

sund_code way_draw(sund_ctx *ctx, const sund_graph *g, const way_stretches *parts, const sund_spot *from,
                   double metres, sund_way *out) {
  size_t room = 2;
  for (size_t i = 0; i < parts->count; i++) {
    const uint32_t edge = parts->at[i].edge;
    room += 2 + g->shape->first_vertex[edge + 1] - g->shape->first_vertex[edge];
  }
  sund_way way = {.metres = metres,
                  .edges = parts->count,
                  .edge = sund_alloc(ctx, parts->count, sizeof *way.edge),
                  .x = sund_alloc(ctx, room, sizeof *way.x),
                  .y = sund_alloc(ctx, room, sizeof *way.y)};
  if (!way.edge || !way.x || !way.y) return SUND_LIMIT;
  for (size_t i = 0; i < parts->count; i++) {
    way.edge[i] = parts->at[i].edge;
    draw(g, &parts->at[i], &way);
  }
  if (way.vertices < 2) { /* a line has two ends, also when it leads nowhere */
    const cut here = cut_at(g, from->edge, from->along_m);
    way.x[0] = way.x[1] = here.x;
    way.y[0] = way.y[1] = here.y;
    way.vertices = 2;
  }
  *out = way;
  return SUND_OK;
}

/* join_near.c - line ends that stop short of a node or a line.
 *
 * Judged on the first draft of the network, node by node in a parallel loop. What lies near an end is a candidate
 * unless it is reached from there along the lines within a few metres anyway: that one rule keeps short streets, hooks
 * and stubs from being tied to themselves. Candidates are taken nearest first, and what one of them reaches falls away.
 *   - A node within the tolerance is preferred to a new cut beside it.
 *   - Ends join ends whatever the level, and the inside of lines of a level that already meets there; only an end that
 *     is otherwise loose joins the inside of a line of another level. So a ramp joins the bridge it leads to, but two
 *     streets that meet below a bridge do not.
 * A loose end with something unreached up to three times the tolerance away is a near miss.
 */
#include <math.h>
#include <stdlib.h>

#include "geo/gather.h"
#include "geo/graph.h"
#include "geo/join.h"
#include "geo/meet.h"
#include "geo/unite.h"

enum {
  BLOCK = 1024,
  INCIDENT = 16,
  CROWD = 128 /* more nodes or candidates within a few metres are no place for guesses: nothing is joined there */
};

#define DETOUR 4.0     /* a way along the lines of up to 4 times the distance is a way         */
#define NEAR_MISS 3.0  /* times the tolerance                                                  */
#define MAP_SLACK 1.01 /* a gap of 3 map metres counts as one of 3 m, whatever the map's scale */

/* The first draft of the network. Arcs of node v are first[v] .. first[v+1]-1. */
typedef struct draft {
  join *j;
  size_t *first;     /* nodes + 1                     */
  uint32_t *piece;   /* arcs                          */
  uint8_t *near;     /* nodes: loose, something close */
  double radius;     /* ground metres looked around   */
  double map_radius; /* map metres for that           */
  double map_scale;  /* most map metres a ground metre */
} draft;

/* What lies near an end: the nearest place of a piece. */
typedef struct candidate {
  size_t piece;
  double metres; /* on the ground                                             */
  bool strange;  /* no line of this level meets at the end                    */
  join_place at; /* at.node: a node to join, or JOIN_NONE: cut here           */
} candidate;

/* A node joins another, or a line at a place. */
typedef struct tie {
  uint32_t node;
  join_place at;
} tie;

/* Nodes reached along the lines. */
typedef struct reach {
  size_t count;
  bool full;
  uint32_t node[CROWD];
  double metres[CROWD]; /* map metres */
  bool done[CROWD];
} reach;

/* An end being looked at. */
typedef struct look {
  const draft *d;
  uint32_t node;
  double x, y;
  bool spread; /* reach is filled */
  bool full;   /* too many candidates */
  reach around;
  size_t incidents;
  uint32_t incident[INCIDENT]; /* segments that begin or end at the node */
  size_t count;
  candidate found[CROWD];
} look;

/* ------------------------------------------------------------------------------------------------------- draft */

static bool is_piece(const join *j, size_t k) {
  return k + 1 < j->stops && j->stop_part[k] == j->stop_part[k + 1];
}

static sund_code open_draft(sund_ctx *scratch, draft *d) {
  join *j = d->j;
  d->first = sund_alloc(scratch, j->nodes + 1, sizeof *d->first);
  d->piece = sund_alloc(scratch, j->stops, 2 * sizeof *d->piece);
  if (!d->first || !d->piece) return SUND_LIMIT;
  for (size_t k = 0; k < j->stops; k++) {
    if (!is_piece(j, k)) continue;
    d->first[j->stop[k].node]++;
    d->first[j->stop[k + 1].node]++;
  }
  size_t arcs = 0;
  for (size_t v = 0; v <= j->nodes; v++) {
    arcs += v < j->nodes ? d->first[v] : 0;
    d->first[v] = arcs;
  }
  for (size_t k = j->stops; k-- > 0;) { /* backwards, so that a node's pieces come in order */
    if (!is_piece(j, k)) continue;
    d->piece[--d->first[j->stop[k + 1].node]] = (uint32_t)k;
    d->piece[--d->first[j->stop[k].node]] = (uint32_t)k;
  }
  return SUND_OK;
}

static double segment_length(const sund_shapes *s, uint32_t v) {
  return hypot(s->x[v + 1] - s->x[v], s->y[v + 1] - s->y[v]);
}

/* Map metres along a line from place a to a later place b; anything above `most` once that is passed. */
static double way(const join *j, const join_place *a, const join_place *b, double most) {
  if (a->vertex == b->vertex)
    return b->share > a->share ? (b->share - a->share) * segment_length(j->shapes, a->vertex) : 0;
  double metres = (1 - a->share) * segment_length(j->shapes, a->vertex);
  for (uint32_t v = a->vertex + 1; v < b->vertex && metres <= most; v++) metres += segment_length(j->shapes, v);
  return b->share > 0 ? metres + b->share * segment_length(j->shapes, b->vertex) : metres;
}

/* The piece on which a place lies. */
static size_t piece_at(const join *j, const join_place *at) {
  size_t low = 0, high = j->stops; /* the last stop not after the place lies in [low, high) */
  while (high - low > 1) {
    const size_t middle = low + (high - low) / 2;
    const join_place *stop = &j->stop[middle];
    if (stop->vertex < at->vertex || (stop->vertex == at->vertex && stop->share <= at->share)) low = middle;
    else high = middle;
  }
  return is_piece(j, low) ? low : low - 1;
}

/* ------------------------------------------------------------------------------------------------------- reach */

static void reach_add(reach *r, uint32_t node, double metres) {
  size_t i = 0;
  while (i < r->count && r->node[i] != node) i++;
  if (i == CROWD) r->full = true;
  if (i == CROWD || (i < r->count && r->metres[i] <= metres)) return;
  if (i == r->count) r->count++;
  r->node[i] = node;
  r->metres[i] = metres;
  r->done[i] = false;
}

/* Dijkstra on a handful of nodes. */
static void reach_spread(const draft *d, reach *r) {
  const join *j = d->j;
  const double most = DETOUR * d->map_radius;
  while (!r->full) {
    size_t next = r->count;
    for (size_t i = 0; i < r->count; i++)
      if (!r->done[i] && (next == r->count || r->metres[i] < r->metres[next])) next = i;
    if (next == r->count) return;
    r->done[next] = true;
    const uint32_t node = r->node[next];
    for (size_t arc = d->first[node]; arc < d->first[node + 1] && !r->full; arc++) {
      const join_place *stop = &j->stop[d->piece[arc]];
      const double metres = r->metres[next] + way(j, stop, stop + 1, most);
      if (metres <= most) reach_add(r, stop->node == node ? stop[1].node : stop->node, metres);
    }
  }
}

/* Is the place reached along the lines, within the detour allowed for something so near? */
static bool reached(const draft *d, const reach *r, size_t piece, const join_place *at, double metres) {
  const join *j = d->j;
  const double most = DETOUR * (metres <= j->tolerance ? j->tolerance * d->map_scale : d->map_radius);
  const join_place *stop = &j->stop[piece];
  if (r->full) return true;
  for (size_t i = 0; i < r->count; i++) {
    if (r->node[i] == stop[0].node && r->metres[i] + way(j, stop, at, most) <= most) return true;
    if (r->node[i] == stop[1].node && r->metres[i] + way(j, at, stop + 1, most) <= most) return true;
  }
  return false;
}

/* -------------------------------------------------------------------------------------------------- candidates */

static int32_t level_of(const join *j, size_t piece) {
  return j->level[j->stop_part[piece]];
}

static bool meets_level(const draft *d, uint32_t node, int32_t level) {
  for (size_t arc = d->first[node]; arc < d->first[node + 1]; arc++)
    if (level_of(d->j, d->piece[arc]) == level) return true;
  return false;
}

/* A node of the piece within the tolerance, rather than a cut beside it. */
static void prefer_node(const look *l, candidate *c) {
  const join *j = l->d->j;
  double best = j->tolerance;
  for (size_t k = c->piece; k <= c->piece + 1; k++) {
    const uint32_t node = j->stop[k].node;
    const double metres = graph_metres(j->ground, l->x, l->y, j->x[node], j->y[node]);
    if (node == l->node || metres > best) continue;
    best = metres;
    c->at.node = node;
  }
}

/* Keeps the nearest place of each piece. */
static void keep_nearest(look *l, const candidate *c) {
  size_t i = 0;
  while (i < l->count && l->found[i].piece != c->piece) i++;
  if (i == CROWD) {
    l->full = true;
    return;
  }
  if (i < l->count) {
    const candidate *old = &l->found[i];
    if (old->metres < c->metres || (old->metres == c->metres && old->at.vertex <= c->at.vertex)) return;
  } else {
    l->count++;
  }
  l->found[i] = *c;
}

static bool visit_near(size_t item, void *data) {
  look *l = data;
  const join *j = l->d->j;
  const sund_shapes *s = j->shapes;
  const uint32_t v = (uint32_t)j->segments->segment[item];
  for (size_t i = 0; i < l->incidents; i++)
    if (l->incident[i] == v) return true;
  double share;
  sund_segment_nearest(l->x, l->y, s->x[v], s->y[v], s->x[v + 1], s->y[v + 1], &share);
  const double x = s->x[v] + share * (s->x[v + 1] - s->x[v]), y = s->y[v] + share * (s->y[v + 1] - s->y[v]);
  candidate c = {.metres = graph_metres(j->ground, l->x, l->y, x, y)};
  if (!(c.metres <= l->d->radius)) return true;
  if (c.metres <= MEET_NEAR_M) c.metres = 0;
  c.at = share >= 1 ? (join_place){.vertex = v + 1, .node = JOIN_NONE}
                    : (join_place){.vertex = v, .node = JOIN_NONE, .share = share};
  const join_place on = {.vertex = v, .share = share}; /* on this segment also at its end, where a line may end */
  c.piece = piece_at(j, &on);
  if (!l->spread) {
    reach_add(&l->around, l->node, 0);
    reach_spread(l->d, &l->around);
    l->spread = true;
  }
  if (reached(l->d, &l->around, c.piece, &on, c.metres)) return true;
  c.strange = !meets_level(l->d, l->node, level_of(j, c.piece));
  prefer_node(l, &c);
  keep_nearest(l, &c);
  return !l->full;
}

/* Segments at the node itself, to be passed over quickly: they are most of what the index finds. */
static void note_incident(look *l) {
  const draft *d = l->d;
  for (size_t arc = d->first[l->node]; arc < d->first[l->node + 1] && l->incidents + 2 <= INCIDENT; arc++) {
    const join_place *stop = &d->j->stop[d->piece[arc]];
    if (stop[0].node == l->node) l->incident[l->incidents++] = stop[0].vertex;
    if (stop[1].node == l->node)
      l->incident[l->incidents++] = stop[1].share > 0 ? stop[1].vertex : stop[1].vertex - 1;
  }
}

static int by_distance(const void *left, const void *right) {
  const candidate *a = left, *b = right;
  if (a->metres != b->metres) return a->metres < b->metres ? -1 : 1;
  if (a->strange != b->strange) return a->strange ? 1 : -1;
  return a->piece < b->piece ? -1 : a->piece > b->piece;
}

/* Takes the candidates, nearest first. */
static void take(look *l, gather *out) {
  const draft *d = l->d;
  const join *j = d->j;
  const bool loose = d->first[l->node + 1] - d->first[l->node] == 1;
  bool tied = false;
  qsort(l->found, l->count, sizeof *l->found, by_distance);
  for (size_t i = 0; i < l->count; i++) {
    const candidate *c = &l->found[i];
    if (reached(d, &l->around, c->piece, &c->at, c->metres)) continue;
    if (c->metres > j->tolerance) {
      d->near[l->node] = loose && !tied;
      return;
    }
    const bool to_end = c->at.node != JOIN_NONE && j->end[c->at.node];
    if (c->strange && !to_end && (!loose || tied)) continue;
    const tie t = {.node = l->node, .at = c->at};
    gather_push(out, &t);
    tied = true;
    const join_place *stop = &j->stop[c->piece];
    const double most = DETOUR * d->map_radius;
    if (c->at.node != JOIN_NONE) {
      reach_add(&l->around, c->at.node, 0);
    } else {
      reach_add(&l->around, stop[0].node, way(j, stop, &c->at, most));
      reach_add(&l->around, stop[1].node, way(j, &c->at, stop + 1, most));
    }
    reach_spread(d, &l->around);
  }
}

static sund_code look_near(sund_ctx *worker, size_t begin, size_t end, void *data, gather *out) {
  const draft *d = data;
  const join *j = d->j;
  look *l = sund_alloc(worker, 1, sizeof *l);
  if (!l) return SUND_LIMIT;
  for (size_t node = begin; node < end; node++) {
    if (!j->end[node] || j->parent[node] != node) continue;
    l->d = d;
    l->node = (uint32_t)node;
    l->x = j->x[node];
    l->y = j->y[node];
    l->spread = l->full = l->around.full = false;
    l->incidents = l->count = l->around.count = 0;
    note_incident(l);
    const double box[4] = {l->x - d->map_radius, l->y - d->map_radius, l->x + d->map_radius, l->y + d->map_radius};
    sund_index_search(j->segments->index, box, visit_near, l);
    if (l->count && !l->full) take(l, out);
  }
  return SUND_OK;
}

/* ------------------------------------------------------------------------------------------------------ result */

/* A place inside a line does not move: the end comes to it. */
static void move_to_cut(join *j, uint32_t node, const join_place *at) {
  const sund_shapes *s = j->shapes;
  if (j->kind[node] == JOIN_FIXED) return;
  const size_t v = at->vertex, w = at->share > 0 ? v + 1 : v;
  j->x[node] = s->x[v] + at->share * (s->x[w] - s->x[v]);
  j->y[node] = s->y[v] + at->share * (s->y[w] - s->y[v]);
  j->kind[node] = JOIN_FIXED;
}

static sund_code apply(sund_ctx *scratch, join *j, const tie *ties, size_t count) {
  join_place *cut = sund_alloc(scratch, j->cuts + count, sizeof *cut);
  if (!cut) return SUND_LIMIT;
  for (size_t i = 0; i < j->cuts; i++) cut[i] = j->cut[i];
  for (size_t i = 0; i < count; i++) {
    if (ties[i].at.node != JOIN_NONE) {
      unite_join(j->parent, ties[i].node, ties[i].at.node);
      continue;
    }
    cut[j->cuts] = ties[i].at;
    cut[j->cuts++].node = ties[i].node;
    move_to_cut(j, ties[i].node, &ties[i].at);
  }
  j->cut = cut;
  qsort(cut, j->cuts, sizeof *cut, join_by_place);
  for (uint32_t v = 0; v < j->nodes; v++) {
    const uint32_t root = unite_root(j->parent, v);
    if (j->kind[v] >= j->kind[root]) continue;
    j->kind[root] = j->kind[v];
    j->x[root] = j->x[v];
    j->y[root] = j->y[v];
  }
  return SUND_OK;
}

sund_code join_near(sund_ctx *scratch, sund_ctx *early, join *j, uint8_t **near) {
  draft d = {.j = j, .radius = NEAR_MISS * MAP_SLACK * j->tolerance};
  d.map_radius = graph_map_reach(j->ground, d.radius);
  d.map_scale = graph_map_reach(j->ground, 1);
  d.near = sund_alloc(scratch, j->nodes, 1);
  if (!d.near) return SUND_LIMIT;
  TRY(open_draft(early, &d));
  const gather_plan plan = {.rows = j->tolerance > 0 ? j->nodes : 0, .block = BLOCK, .size = sizeof(tie)};
  void *ties = NULL;
  size_t count = 0;
  TRY(gather_for(early, &plan, look_near, &d, &ties, &count));
  TRY(apply(early, j, ties, count));
  *near = d.near;
  return SUND_OK;
}

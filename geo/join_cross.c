/* join_cross.c - where lines of one level meet.
 *
 * Points are the vertices of the lines and, numbered after them, the crossings. Points that are one place are united
 * (unite.c):
 *   - vertices with equal coordinates on one level, and on any level when a line ends there (hash table);
 *   - a vertex within a millimetre of another line's vertex, or on its segment: that segment is cut there;
 *   - crossings of segments: both are cut;
 *   - cuts of one segment within a millimetre of each other, as where three lines cross in one point.
 * Pairs of segments come from the index, each pair once, in a parallel loop. A point becomes a node when a line ends
 * there, when it cuts something, or when two vertices met.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "geo/gather.h"
#include "geo/index.h"
#include "geo/join.h"
#include "geo/meet.h"
#include "geo/unite.h"

enum { BLOCK = 128 /* groups of the index */ };

/* What a pair of segments has in common. */
typedef struct hit {
  enum { SAME_VERTEX, ON_SEGMENT, CROSSING } kind;
  uint32_t a;    /* a vertex; for CROSSING the first vertex of a segment     */
  uint32_t b;    /* SAME_VERTEX: a vertex; else the first vertex of a segment */
  uint32_t item; /* the segment of the pair that comes first */
  double at_a;   /* CROSSING: share along a                                  */
  double at_b;   /* share along b                                            */
} hit;

typedef struct crossing {
  sund_ctx *scratch; /* for what lasts */
  sund_ctx *early;
  join *j;
  hit *hits;
  size_t hit_count;
  size_t points;    /* vertices + crossings                                       */
  uint32_t *parent; /* points                                                     */
  uint8_t *flag;    /* points: enum below                                         */
} crossing;
enum { MEETS = 1, INSIDE = 2, /* a line passes through */ ENDS = 4, ENDS_TWICE = 8 };

/* ----------------------------------------------------------------------------------------------- pairs of segments */

typedef struct pairs {
  const join *j;
  size_t item; /* the pair's first segment */
  gather *found;
} pairs;

static void corners(const sund_shapes *shapes, size_t v, double out[4]) {
  out[0] = shapes->x[v];
  out[1] = shapes->y[v];
  out[2] = shapes->x[v + 1];
  out[3] = shapes->y[v + 1];
}

static bool equal(const sund_shapes *shapes, size_t v, size_t w) {
  return shapes->x[v] == shapes->x[w] && shapes->y[v] == shapes->y[w];
}

/* Vertex v lies at `share` of the segment w, w + 1. */
static void push_touch(pairs *p, size_t v, size_t w, double share) {
  if (isnan(share)) return;
  const sund_shapes *shapes = p->j->shapes;
  hit h = {.kind = ON_SEGMENT, .a = (uint32_t)v, .b = (uint32_t)w, .item = (uint32_t)p->item, .at_b = share};
  if (share == 0 || share == 1) {
    const size_t other = share == 0 ? w : w + 1;
    if (v == other || equal(shapes, v, other)) return; /* found by the hash table */
    h = (hit){.kind = SAME_VERTEX, .a = (uint32_t)v, .b = (uint32_t)other, .item = (uint32_t)p->item};
  }
  gather_push(p->found, &h);
}

static void visit_pair(size_t item, size_t other, void *data) {
  pairs *p = data;
  const sund_segments *segments = p->j->segments;
  if (p->j->level[segments->row[item]] != p->j->level[segments->row[other]]) return;
  const size_t v = segments->segment[item], w = segments->segment[other];
  double a[4], b[4];
  corners(segments->shapes, v, a);
  corners(segments->shapes, w, b);
  meet met;
  if (!meet_segments(a, b, &met)) return;
  p->item = item;
  if (met.cross) {
    hit h = {.kind = CROSSING,
             .a = (uint32_t)v,
             .b = (uint32_t)w,
             .item = (uint32_t)item,
             .at_a = met.at_a,
             .at_b = met.at_b};
    gather_push(p->found, &h);
    return;
  }
  push_touch(p, v, w, met.on[0]);
  push_touch(p, v + 1, w, met.on[1]);
  push_touch(p, w, v, met.on[2]);
  push_touch(p, w + 1, v, met.on[3]);
}

static sund_code find_pairs(sund_ctx *worker, size_t begin, size_t end, void *data, gather *found) {
  (void)worker;
  const join *j = data;
  pairs p = {.j = j, .found = found};
  index_pairs(j->segments->index, begin, end, MEET_NEAR_M, visit_pair, &p);
  return SUND_OK;
}

/* Hits in the order of the lines, whatever the order of the index; those of one segment stay in order. */
static sund_code find_hits(crossing *c) {
  const sund_segments *segments = c->j->segments;
  const gather_plan plan = {.rows = index_groups(segments->index), .block = BLOCK, .size = sizeof(hit)};
  void *records = NULL;
  TRY(gather_for(c->early, &plan, find_pairs, c->j, &records, &c->hit_count));
  const hit *found = records;
  size_t *next = sund_alloc(c->early, segments->count + 1, sizeof *next);
  c->hits = sund_alloc(c->early, c->hit_count, sizeof *c->hits);
  if (!next || !c->hits) return SUND_LIMIT;
  for (size_t i = 0; i < c->hit_count; i++) next[found[i].item + 1]++;
  for (size_t item = 0; item < segments->count; item++) next[item + 1] += next[item];
  for (size_t i = 0; i < c->hit_count; i++) c->hits[next[found[i].item]++] = found[i];
  return SUND_OK;
}

/* --------------------------------------------------------------------------------------------- equal coordinates */

/* Hash table of vertices by coordinates and, when level is given, by the level of their line. */
typedef struct same {
  const sund_shapes *shapes;
  const int32_t *level; /* of parts, or NULL */
  const uint32_t *part; /* of vertices       */
  uint32_t *slot;       /* vertex + 1; 0 = free */
  size_t mask;
} same;

static sund_code same_open(sund_ctx *scratch, size_t entries, same *table) {
  size_t size = 16;
  while (size < 2 * entries) size *= 2;
  table->mask = size - 1;
  table->slot = sund_alloc(scratch, size, sizeof *table->slot);
  return table->slot ? SUND_OK : SUND_LIMIT;
}

static uint64_t mix(uint64_t h, uint64_t word) {
  h = (h ^ word) * 0x9e3779b97f4a7c15u;
  return h ^ (h >> 29);
}

static size_t hash(const same *table, uint32_t v) {
  uint64_t x, y;
  memcpy(&x, &table->shapes->x[v], sizeof x);
  memcpy(&y, &table->shapes->y[v], sizeof y);
  uint64_t h = mix(mix(0, x), y);
  if (table->level) h = mix(h, (uint32_t)table->level[table->part[v]]);
  return (size_t)(h ^ (h >> 32));
}

/* The vertex entered first at the place of v, v itself after entering it, or JOIN_NONE. */
static uint32_t same_first(const same *table, uint32_t v, bool enter) {
  for (size_t at = hash(table, v) & table->mask;; at = (at + 1) & table->mask) {
    const uint32_t found = table->slot[at];
    if (found == 0) {
      if (!enter) return JOIN_NONE;
      table->slot[at] = v + 1;
      return v;
    }
    if (equal(table->shapes, v, found - 1) &&
        (!table->level || table->level[table->part[v]] == table->level[table->part[found - 1]]))
      return found - 1;
  }
}

static void unite(crossing *c, uint32_t a, uint32_t b) {
  unite_join(c->parent, a, b);
  c->flag[a] |= MEETS;
  c->flag[b] |= MEETS;
}

/* Marks ends and inner vertices, and unites vertices with equal coordinates. */
static sund_code unite_equal(crossing *c) {
  const sund_shapes *shapes = c->j->shapes;
  uint32_t *part_of = sund_alloc(c->early, shapes->vertices, sizeof *part_of);
  if (!part_of) return SUND_LIMIT;
  same all = {.shapes = shapes, .level = c->j->level, .part = part_of}, ends = {.shapes = shapes, .part = part_of};
  TRY(same_open(c->early, shapes->vertices, &all));
  TRY(same_open(c->early, 2 * shapes->parts, &ends));
  for (size_t part = 0; part < shapes->parts; part++) {
    const uint32_t first = (uint32_t)shapes->first_vertex[part], last = (uint32_t)shapes->first_vertex[part + 1] - 1;
    for (uint32_t v = first; v <= last; v++) {
      part_of[v] = (uint32_t)part;
      const bool end = v == first || v == last;
      const uint32_t other = same_first(&all, v, true);
      if (other != v) unite(c, v, other);
      c->flag[v] |= end ? ENDS : INSIDE;
      if (!end) continue;
      const uint32_t other_end = same_first(&ends, v, true);
      if (other_end != v) unite(c, v, other_end);
    }
  }
  /* An end takes along what has a vertex exactly there on any level: the vertex says that a junction is meant. */
  for (uint32_t v = 0; v < shapes->vertices; v++) {
    const uint32_t end = same_first(&ends, v, false);
    if (end != JOIN_NONE && unite_join(c->parent, v, end)) c->flag[v] |= MEETS;
  }
  return SUND_OK;
}

/* ------------------------------------------------------------------------------------------------ cuts and nodes */

/* Segments that a hit cuts. */
static size_t cuts_of(const hit *h) {
  return h->kind == CROSSING ? 2 : h->kind == ON_SEGMENT ? 1 : 0;
}

/* Until the nodes are numbered, join_place.node holds a point. */
static sund_code make_cuts(crossing *c) {
  join *j = c->j;
  size_t count = 0;
  for (size_t i = 0; i < c->hit_count; i++) count += cuts_of(&c->hits[i]);
  j->cut = sund_alloc(c->early, count, sizeof *j->cut);
  if (!j->cut) return SUND_LIMIT;
  uint32_t next = (uint32_t)j->shapes->vertices;
  for (size_t i = 0; i < c->hit_count; i++) {
    const hit *h = &c->hits[i];
    if (h->kind == SAME_VERTEX) {
      unite(c, h->a, h->b);
      continue;
    }
    const uint32_t point = h->kind == CROSSING ? next++ : h->a;
    c->flag[point] |= MEETS | INSIDE;
    j->cut[j->cuts++] = (join_place){.vertex = h->b, .node = point, .share = h->at_b};
    if (h->kind == CROSSING) j->cut[j->cuts++] = (join_place){.vertex = h->a, .node = point, .share = h->at_a};
  }
  qsort(j->cut, j->cuts, sizeof *j->cut, join_by_place);
  for (size_t i = 1; i < j->cuts; i++) {
    const join_place *a = &j->cut[i - 1], *b = &j->cut[i];
    const sund_shapes *s = j->shapes;
    if (a->vertex == b->vertex &&
        (b->share - a->share) * hypot(s->x[a->vertex + 1] - s->x[a->vertex], s->y[a->vertex + 1] - s->y[a->vertex]) <=
            MEET_NEAR_M)
      unite_join(c->parent, a->node, b->node);
  }
  return SUND_OK;
}

/* Gives what is known of a point to the point that stands for it. */
static void collect_flags(crossing *c) {
  for (uint32_t p = 0; p < c->points; p++) {
    const uint32_t root = unite_root(c->parent, p);
    if (root == p) continue;
    if (c->flag[p] & c->flag[root] & (ENDS | ENDS_TWICE)) c->flag[root] |= ENDS_TWICE;
    c->flag[root] |= c->flag[p];
  }
}

/* Crossings are computed on their first segment. */
static void place_points(crossing *c, double *x, double *y, const uint32_t *node) {
  const sund_shapes *s = c->j->shapes;
  uint32_t point = (uint32_t)s->vertices;
  for (size_t i = 0; i < c->hit_count; i++) {
    const hit *h = &c->hits[i];
    if (h->kind != CROSSING) continue;
    if (node[point] != JOIN_NONE && c->parent[point] == point) {
      x[node[point]] = s->x[h->a] + h->at_a * (s->x[h->a + 1] - s->x[h->a]);
      y[node[point]] = s->y[h->a] + h->at_a * (s->y[h->a + 1] - s->y[h->a]);
    }
    point++;
  }
}

static sund_code room_for_nodes(sund_ctx *scratch, join *j) {
  j->x = sund_alloc(scratch, j->nodes, sizeof *j->x);
  j->y = sund_alloc(scratch, j->nodes, sizeof *j->y);
  j->kind = sund_alloc(scratch, j->nodes, 1);
  j->end = sund_alloc(scratch, j->nodes, 1);
  j->parent = sund_alloc(scratch, j->nodes, sizeof *j->parent);
  j->at_vertex = sund_alloc(scratch, j->shapes->vertices, sizeof *j->at_vertex);
  return j->x && j->y && j->kind && j->end && j->parent && j->at_vertex ? SUND_OK : SUND_LIMIT;
}

/* Numbers the nodes in the order of the points that stand for them. */
static sund_code make_nodes(crossing *c, sund_join_report *report) {
  join *j = c->j;
  uint32_t *node = sund_alloc(c->early, c->points, sizeof *node);
  if (!node) return SUND_LIMIT;
  for (uint32_t p = 0; p < c->points; p++)
    node[p] = c->parent[p] == p && (c->flag[p] & (MEETS | ENDS)) ? (uint32_t)j->nodes++ : JOIN_NONE;
  TRY(room_for_nodes(c->scratch, j));
  for (uint32_t p = 0; p < c->points; p++) {
    const uint32_t root = unite_root(c->parent, p), n = node[root];
    if (p < j->shapes->vertices) j->at_vertex[p] = n;
    if (root != p || n == JOIN_NONE) continue;
    if (p < j->shapes->vertices) {
      j->x[n] = j->shapes->x[p];
      j->y[n] = j->shapes->y[p];
    }
    j->parent[n] = n;
    j->end[n] = (c->flag[p] & ENDS) != 0;
    j->kind[n] = c->flag[p] & INSIDE ? JOIN_FIXED : c->flag[p] & ENDS_TWICE ? JOIN_ENDS : JOIN_END;
    report->crossings += j->kind[n] == JOIN_FIXED;
  }
  place_points(c, j->x, j->y, node);
  for (size_t i = 0; i < j->cuts; i++) j->cut[i].node = node[unite_root(c->parent, j->cut[i].node)];
  return SUND_OK;
}

sund_code join_cross(sund_ctx *scratch, sund_ctx *early, join *j, sund_join_report *report) {
  crossing c = {.scratch = scratch, .early = early, .j = j};
  TRY(find_hits(&c));
  c.points = j->shapes->vertices;
  for (size_t i = 0; i < c.hit_count; i++) c.points += c.hits[i].kind == CROSSING;
  if (c.points >= JOIN_NONE) return sund_fail(early, SUND_LIMIT, "the network has too many crossings");
  c.parent = unite_new(early, c.points);
  c.flag = sund_alloc(early, c.points, 1);
  if (!c.parent || !c.flag) return SUND_LIMIT;
  TRY(unite_equal(&c));
  TRY(make_cuts(&c));
  collect_flags(&c);
  return make_nodes(&c, report);
}

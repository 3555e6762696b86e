/* osm_rings.c - areas of an OpenStreetMap file: closed ways, and multipolygon relations whose ways are joined end to end.
 *
 * Ways are joined where they share an end node, those of outer and of inner roles apart and, should that not close, all
 * together. Where several rings meet at a node the walk goes on with the way that is next counter-clockwise, so that rings
 * do not cross there, and leaves a ring as soon as it comes back to a node it has passed, so that no ring touches itself.
 * Which rings are holes is then told by how many others they lie in, for roles are often
 * wrong: an even number is ground, an odd number a hole.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "osm.h"

enum { OUTER = 1, INNER = 2 };
#define FULL_TURN 6.28318530717958647692

static const struct {
  const char *role;
  unsigned bit;
} roles[] = {{"", OUTER}, {"outer", OUTER}, {"exclave", OUTER}, {"inner", INNER}, {"enclave", INNER}};

/* Rings as nodes of the file, each closed: the last node is the first. */
typedef struct rings {
  sund_ctx *ctx;
  const osm_file *file;
  size_t count, first_room, nodes, node_room;
  size_t *first; /* count + 1 */
  uint32_t *node;
} rings;

/* The end of a way that is not closed. */
typedef struct loose_end {
  uint32_t node;
  uint32_t piece;
  bool last;    /* of its way; else its first                  */
  double angle; /* in which direction its way begins, radians  */
} loose_end;

/* Open ways on their way to become rings. Places are distinct end nodes. */
typedef struct joiner {
  rings *out;
  size_t pieces;
  const size_t *way;
  size_t *place[2];   /* pieces: of the first node, of the last                  */
  double *angle[2];   /* pieces: of these ends                                   */
  size_t *first_end;  /* places + 1                                              */
  loose_end *end;     /* 2 * pieces, by node                                     */
  size_t *passed;     /* places: step of the walk that begins there + 1; 0 = none */
  uint8_t *used;      /* pieces                                                  */
  size_t *step;       /* the walk: 2 * piece, + 1 when backwards                 */
  size_t *step_place; /* where each step begins                                  */
} joiner;

/* ------------------------------------------------------------------------------------------------------------ rings */

static sund_code add_node(rings *r, uint32_t node) {
  if (r->nodes > r->first[r->count] && r->node[r->nodes - 1] == node) return SUND_OK;
  uint32_t *nodes = sund_grow(r->ctx, r->node, &r->node_room, r->nodes + 1, sizeof *nodes);
  if (!nodes) return SUND_LIMIT;
  r->node = nodes;
  r->node[r->nodes++] = node;
  return SUND_OK;
}

static sund_code add_way(rings *r, size_t way, bool backwards) {
  const uint32_t *ref = r->file->ref + r->file->first_ref[way];
  size_t count = r->file->first_ref[way + 1] - r->file->first_ref[way];
  for (size_t i = 0; i < count; i++) TRY(add_node(r, ref[backwards ? count - 1 - i : i]));
  return SUND_OK;
}

/* Ends the ring being added; what has no extent is dropped. */
static sund_code end_ring(rings *r) {
  size_t *first = sund_grow(r->ctx, r->first, &r->first_room, r->count + 2, sizeof *first);
  if (!first) return SUND_LIMIT;
  r->first = first;
  if (r->nodes - r->first[r->count] < 4) r->nodes = r->first[r->count];
  else r->first[++r->count] = r->nodes;
  return SUND_OK;
}

static sund_code open_rings(sund_ctx *ctx, const osm_file *file, rings *out) {
  *out = (rings){.ctx = ctx, .file = file};
  out->first = sund_grow(ctx, NULL, &out->first_room, 2, sizeof *out->first);
  return out->first ? SUND_OK : SUND_LIMIT;
}

/* ------------------------------------------------------------------------------------------------------------- ways */

static bool whole(const osm_file *file, size_t way) {
  for (size_t i = file->first_ref[way]; i < file->first_ref[way + 1]; i++)
    if (file->ref[i] == UINT32_MAX) return false;
  return true;
}

static unsigned bit_of(const char *role) {
  for (size_t i = 0; i < sizeof roles / sizeof *roles; i++)
    if (strcmp(roles[i].role, role) == 0) return roles[i].bit;
  return 0;
}

static int compare_rows(const void *a, const void *b) {
  size_t one = *(const size_t *)a, other = *(const size_t *)b;
  return one < other ? -1 : one > other;
}

/* The ways of a relation with the roles of `bits`, each once; *ok false when one is not in the file, or not whole. */
static sund_code list_ways(sund_ctx *ctx, const osm_file *file, size_t relation, unsigned bits, size_t *count,
                           size_t **way, bool *ok) {
  size_t begin = file->first_member[relation], end = file->first_member[relation + 1], found = 0;
  if (!(*way = sund_alloc(ctx, end - begin, sizeof **way))) return SUND_LIMIT;
  for (size_t i = begin; i < end; i++) {
    const osm_member *member = &file->member[i];
    if (member->kind != OSM_WAY || !(bit_of(member->role) & bits)) continue;
    size_t row = osm_find_way(file, member->id);
    if (row == SIZE_MAX || !whole(file, row)) *ok = false;
    else if (file->first_ref[row + 1] - file->first_ref[row] > 1) (*way)[found++] = row;
  }
  qsort(*way, found, sizeof **way, compare_rows);
  *count = 0;
  for (size_t i = 0; i < found; i++)
    if (i == 0 || (*way)[i] != (*way)[i - 1]) (*way)[(*count)++] = (*way)[i];
  return SUND_OK;
}

/* ---------------------------------------------------------------------------------------------------------- joining */

static uint32_t end_node(const osm_file *file, size_t way, bool last) {
  return file->ref[last ? file->first_ref[way + 1] - 1 : file->first_ref[way]];
}

static int compare_ends(const void *a, const void *b) {
  const loose_end *one = a, *other = b;
  if (one->node != other->node) return one->node < other->node ? -1 : 1;
  if (one->piece != other->piece) return one->piece < other->piece ? -1 : 1;
  return (int)one->last - (int)other->last;
}

/* The direction in which a way leaves one of its ends. Degrees are not square: the order of directions is the same. */
static double end_angle(const osm_file *file, size_t way, bool last) {
  size_t begin = file->first_ref[way], end = file->first_ref[way + 1], i = last ? end - 1 : begin;
  uint32_t from = file->ref[i], to = from;
  while (to == from && (last ? i > begin : i + 1 < end)) to = file->ref[last ? --i : ++i];
  return atan2(file->lat[to] - file->lat[from], file->lon[to] - file->lon[from]);
}

static sund_code open_joiner(sund_ctx *ctx, rings *out, size_t pieces, const size_t *way, joiner *j) {
  *j = (joiner){.out = out, .pieces = pieces, .way = way};
  size_t ends = 2 * pieces, places = 0;
  if (!(j->place[0] = sund_alloc(ctx, pieces, sizeof **j->place)) ||
      !(j->place[1] = sund_alloc(ctx, pieces, sizeof **j->place)) ||
      !(j->angle[0] = sund_alloc(ctx, pieces, sizeof **j->angle)) ||
      !(j->angle[1] = sund_alloc(ctx, pieces, sizeof **j->angle)) ||
      !(j->first_end = sund_alloc(ctx, ends + 1, sizeof *j->first_end)) ||
      !(j->end = sund_alloc(ctx, ends, sizeof *j->end)) || !(j->passed = sund_alloc(ctx, ends, sizeof *j->passed)) ||
      !(j->used = sund_alloc(ctx, pieces, 1)) || !(j->step = sund_alloc(ctx, pieces, sizeof *j->step)) ||
      !(j->step_place = sund_alloc(ctx, pieces, sizeof *j->step_place)))
    return SUND_LIMIT;
  for (size_t i = 0; i < ends; i++) {
    double angle = end_angle(out->file, way[i / 2], i % 2);
    j->end[i] = (loose_end){end_node(out->file, way[i / 2], i % 2), (uint32_t)(i / 2), i % 2, angle};
    j->angle[i % 2][i / 2] = angle;
  }
  qsort(j->end, ends, sizeof *j->end, compare_ends);
  for (size_t i = 0; i < ends; i++) {
    if (i > 0 && j->end[i].node != j->end[i - 1].node) j->first_end[++places] = i;
    j->place[j->end[i].last][j->end[i].piece] = places;
  }
  j->first_end[ends > 0 ? places + 1 : 0] = ends;
  return SUND_OK;
}

/* Leaves the ring that begins with step `from`. */
static sund_code leave_ring(joiner *j, size_t from, size_t steps) {
  for (size_t i = from; i < steps; i++) {
    TRY(add_way(j->out, j->way[j->step[i] / 2], j->step[i] % 2));
    j->passed[j->step_place[i]] = 0;
  }
  return end_ring(j->out);
}

/* The end of a way not walked yet that is next counter-clockwise from the one by which the walk came to the place (steps
 * 0: the first), NULL = none. */
static const loose_end *next_end(const joiner *j, size_t place, size_t steps) {
  const loose_end *best = NULL;
  double least = INFINITY, from = 0;
  if (steps > 0) from = j->angle[j->step[steps - 1] % 2 == 0][j->step[steps - 1] / 2];
  for (size_t i = j->first_end[place]; i < j->first_end[place + 1]; i++) {
    const loose_end *end = &j->end[i];
    if (j->used[end->piece]) continue;
    double turn = steps > 0 ? end->angle - from : 0;
    if (turn < 0) turn += FULL_TURN;
    if (turn >= least) continue;
    least = turn;
    best = end;
  }
  return best;
}

/* Walks from a place until every step taken is part of a ring; *ok false at a dead end. */
static sund_code walk(joiner *j, size_t place, bool *ok) {
  size_t steps = 0;
  do {
    const loose_end *next = next_end(j, place, steps);
    if (!next) {
      *ok = false;
      return SUND_OK;
    }
    j->used[next->piece] = 1;
    j->step[steps] = 2 * (size_t)next->piece + next->last;
    j->step_place[steps++] = place;
    j->passed[place] = steps;
    place = j->place[!next->last][next->piece];
    if (j->passed[place] == 0) continue;
    size_t from = j->passed[place] - 1;
    TRY(leave_ring(j, from, steps));
    steps = from;
  } while (steps > 0);
  return SUND_OK;
}

/* Joins ways to rings. */
static sund_code join(rings *out, size_t count, size_t *way, bool *ok) {
  size_t open = 0;
  for (size_t i = 0; i < count; i++) {
    if (end_node(out->file, way[i], false) != end_node(out->file, way[i], true)) {
      way[open++] = way[i];
      continue;
    }
    TRY(add_way(out, way[i], false));
    TRY(end_ring(out));
  }
  joiner j;
  TRY(open_joiner(out->ctx, out, open, way, &j));
  for (size_t i = 0; i < open && *ok; i++)
    if (!j.used[i]) TRY(walk(&j, j.place[0][i], ok));
  return SUND_OK;
}

static sund_code join_roles(rings *out, size_t relation, unsigned bits, bool *ok) {
  size_t count = 0, *way = NULL;
  TRY(list_ways(out->ctx, out->file, relation, bits, &count, &way, ok));
  return *ok ? join(out, count, way, ok) : SUND_OK;
}

/* --------------------------------------------------------------------------------------------------------- nesting */

/* A ring as a shape, and how it lies among the others. */
typedef struct nesting {
  double box[4], area;
  size_t depth;  /* number of rings around it             */
  size_t parent; /* smallest of them, SIZE_MAX = none     */
} nesting;

static bool boxes_meet(const double outer[4], const double inner[4]) {
  return outer[0] <= inner[0] && outer[1] <= inner[1] && outer[2] >= inner[2] && outer[3] >= inner[3];
}

static bool has_node(const rings *r, size_t ring, uint32_t node) {
  for (size_t i = r->first[ring]; i < r->first[ring + 1]; i++)
    if (r->node[i] == node) return true;
  return false;
}

/* Does ring b lie in ring a? Told by a node of b that a does not have, else by the middle of an edge: rings that touch
 * share nodes. */
static bool contains(const rings *r, sund_shapes *shape, size_t a, size_t b) {
  const osm_file *file = r->file;
  for (size_t i = r->first[b]; i + 1 < r->first[b + 1]; i++)
    if (!has_node(r, a, r->node[i]))
      return sund_area_contains(shape, a, file->lon[r->node[i]], file->lat[r->node[i]]);
  uint32_t n0 = r->node[r->first[b]], n1 = r->node[r->first[b] + 1];
  return sund_area_contains(shape, a, (file->lon[n0] + file->lon[n1]) / 2, (file->lat[n0] + file->lat[n1]) / 2);
}

static sund_code nest(rings *r, sund_shapes *shape, nesting **out) {
  nesting *n = sund_alloc(r->ctx, r->count, sizeof *n);
  if (!n) return SUND_LIMIT;
  for (size_t i = 0; i < r->count; i++) {
    sund_shapes_box(shape, i, n[i].box);
    n[i].area = fabs(sund_ring_area(r->first[i + 1] - r->first[i], shape->x + r->first[i], shape->y + r->first[i]));
    n[i].parent = SIZE_MAX;
  }
  for (size_t i = 0; i < r->count; i++)
    for (size_t k = 0; k < r->count; k++) {
      if (i == k || n[k].area <= n[i].area || !boxes_meet(n[k].box, n[i].box) || !contains(r, shape, k, i)) continue;
      n[i].depth++;
      if (n[i].parent == SIZE_MAX || n[k].area < n[n[i].parent].area) n[i].parent = k;
    }
  *out = n;
  return SUND_OK;
}

/* Every ring as a row of its own, as it is drawn. */
static sund_code draw_rings(rings *r, sund_shapes **out) {
  sund_shapes *s = NULL;
  TRY(sund_shapes_new(r->ctx, SUND_AREA, r->count, r->count, r->nodes, &s));
  for (size_t i = 0; i <= r->count; i++) {
    s->first_part[i] = i;
    s->first_vertex[i] = r->first[i];
  }
  for (size_t i = 0; i < r->nodes; i++) {
    s->x[i] = r->file->lon[r->node[i]];
    s->y[i] = r->file->lat[r->node[i]];
  }
  *out = s;
  return SUND_OK;
}

/* Copies a ring as the next part, turned as outer rings and holes are. */
static void copy_ring(const sund_shapes *from, size_t ring, bool hole, sund_shapes *to) {
  size_t begin = from->first_vertex[ring], count = from->first_vertex[ring + 1] - begin;
  size_t at = to->first_vertex[to->parts];
  bool turn = (sund_ring_area(count, from->x + begin, from->y + begin) < 0) != hole;
  for (size_t i = 0; i < count; i++) {
    to->x[at + i] = from->x[begin + (turn ? count - 1 - i : i)];
    to->y[at + i] = from->y[begin + (turn ? count - 1 - i : i)];
  }
  to->hole[to->parts++] = hole;
  to->first_vertex[to->parts] = at + count;
}

/* One row: outer rings, each with its holes behind it. */
static sund_code draw_area(sund_ctx *ctx, rings *r, sund_shapes **out) {
  sund_shapes *drawn = NULL, *area = NULL;
  nesting *n = NULL;
  TRY(draw_rings(r, &drawn));
  TRY(nest(r, drawn, &n));
  TRY(sund_shapes_new(ctx, SUND_AREA, 1, r->count, r->nodes, &area));
  area->parts = 0;
  for (size_t i = 0; i < r->count; i++) {
    if (n[i].depth % 2) continue;
    copy_ring(drawn, i, false, area);
    for (size_t k = 0; k < r->count; k++)
      if (n[k].depth == n[i].depth + 1 && n[k].parent == i) copy_ring(drawn, k, true, area);
  }
  area->first_part[1] = area->parts;
  area->vertices = area->first_vertex[area->parts];
  *out = area;
  return SUND_OK;
}

/* ------------------------------------------------------------------------------------------------------------ areas */

/* Rings of a relation: by roles, else of all its ways together. */
static sund_code relation_rings(sund_ctx *scratch, const osm_file *file, size_t relation, rings *r, bool *ok) {
  *ok = true;
  TRY(open_rings(scratch, file, r));
  TRY(join_roles(r, relation, OUTER, ok));
  if (*ok) TRY(join_roles(r, relation, INNER, ok));
  if (*ok) return SUND_OK;
  *ok = true;
  TRY(open_rings(scratch, file, r));
  return join_roles(r, relation, OUTER | INNER, ok);
}

sund_code osm_area_of_relation(sund_ctx *ctx, const osm_file *file, size_t relation, sund_shapes **out, bool *ok) {
  sund_ctx *scratch = sund_ctx_child(ctx);
  if (!scratch) return SUND_LIMIT;
  rings r;
  sund_shapes *area = NULL;
  bool closed = false;
  sund_code code = relation_rings(scratch, file, relation, &r, &closed);
  closed = closed && r.count > 0;
  if (code == SUND_OK && closed) code = draw_area(ctx, &r, &area);
  if (code != SUND_OK) sund_ctx_pass(ctx, scratch);
  sund_ctx_free(scratch);
  TRY(code);
  *ok = closed;
  if (closed) *out = area;
  return SUND_OK;
}

sund_code osm_area_of_way(sund_ctx *ctx, const osm_file *file, size_t way, sund_shapes **out, bool *ok) {
  rings r;
  size_t begin = file->first_ref[way], end = file->first_ref[way + 1];
  *ok = end - begin > 3 && whole(file, way) && file->ref[begin] == file->ref[end - 1];
  if (!*ok) return SUND_OK;
  TRY(open_rings(ctx, file, &r));
  TRY(add_way(&r, way, false));
  TRY(end_ring(&r));
  *ok = r.count > 0;
  return *ok ? draw_area(ctx, &r, out) : SUND_OK;
}

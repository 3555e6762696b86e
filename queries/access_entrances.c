/* access_entrances.c - where green is entered: once for every set and rule.
 *
 * Sets share most of their areas: what is a forest is green as well. An area that a set before has too, the same to the
 * last bit, has its entrances from there; the network is searched for the others only.
 */
#include <string.h>

#include "access.h"

/* Boundary points tried are at most this far apart, map metres. */
static const double SPACING_M = 10;
/* The same where anything beside a path is an entrance: there are so many. */
static const double ANYWHERE_M = 20;

/* Mapped gates: each belongs to the green area it stands at, strips aside; an area that has gates is entered there
 * only. */
static sund_code add_gates(sund_ctx *ctx, const access_run *run, const green_set *set, sund_entrances *entrances) {
  const sund_table *gates = run->in->role[SUND_ENTRANCES];
  size_t room = entrances->count + gates->rows;
  double smallest, largest;
  sund_ground_scale(run->ground, &smallest, &largest);
  sund_spot *gate_spot = sund_alloc(ctx, gates->rows, sizeof *gate_spot);
  size_t *gate_area = sund_alloc(ctx, gates->rows, sizeof *gate_area);
  uint8_t *gated = sund_alloc(ctx, set->rows, 1), *solid = sund_alloc(ctx, set->rows, 1);
  sund_entrances all = {.spot = sund_alloc(ctx, room, sizeof *all.spot),
                        .area = sund_alloc(ctx, room, sizeof *all.area),
                        .rule = sund_alloc(ctx, room, 1),
                        .x = sund_alloc(ctx, room, sizeof *all.x),
                        .y = sund_alloc(ctx, room, sizeof *all.y)};
  if (!gate_spot || !gate_area || !gated || !solid || !all.spot || !all.area || !all.rule || !all.x || !all.y)
    return SUND_LIMIT;
  sund_segments *segments = NULL;
  for (size_t r = 0; r < set->rows; r++) solid[r] = !set->sliver[r];
  TRY(sund_segments_build(ctx, set->shapes, &segments));
  TRY(access_snap(ctx, run, run->options->snap_limit_m, gates->rows, gates->x, gates->y, gate_spot));
  for (size_t g = 0; g < gates->rows; g++) {
    double near_x, near_y, metres;
    gate_area[g] = sund_segments_nearest(segments, gates->x[g], gates->y[g], ENTRANCE_M * largest, solid, true,
                                         &near_x, &near_y, &metres);
    if (gate_area[g] != SIZE_MAX && gate_spot[g].edge != SUND_NO_EDGE) gated[gate_area[g]] = 1;
  }
  for (size_t e = 0; e < entrances->count; e++) {
    if (gated[entrances->area[e]]) continue;
    size_t n = all.count++;
    all.spot[n] = entrances->spot[e], all.area[n] = entrances->area[e], all.rule[n] = entrances->rule[e];
    all.x[n] = entrances->x[e], all.y[n] = entrances->y[e];
  }
  for (size_t g = 0; g < gates->rows; g++) {
    if (gate_area[g] == SIZE_MAX || gate_spot[g].edge == SUND_NO_EDGE) continue;
    size_t n = all.count++;
    all.spot[n] = gate_spot[g], all.area[n] = gate_area[g], all.rule[n] = RULE_MAPPED;
    all.x[n] = gates->x[g], all.y[n] = gates->y[g];
  }
  *entrances = all;
  return SUND_OK;
}

/* Entrances of points: they are entered where they are. */
static sund_code point_entrances(sund_ctx *ctx, const green_set *set, sund_entrances **out) {
  sund_entrances *e = sund_alloc(ctx, 1, sizeof *e);
  if (!e) return SUND_LIMIT;
  *e = (sund_entrances){.count = set->rows,
                        .x = set->x,
                        .y = set->y,
                        .spot = sund_alloc(ctx, set->rows, sizeof(sund_spot)),
                        .area = sund_alloc(ctx, set->rows, sizeof(size_t)),
                        .rule = sund_alloc(ctx, set->rows, 1)};
  if (!e->spot || !e->area || !e->rule) return SUND_LIMIT;
  for (size_t r = 0; r < set->rows; r++) e->area[r] = r, e->rule[r] = RULE_MAPPED;
  *out = e;
  return SUND_OK;
}

/* ------------------------------------------------------------------------------------- areas of the sets before */

/* Where the entrances of each area of a set are known from. */
typedef struct source {
  const sund_entrances *entrances; /* NULL = to be found */
  size_t first, end;               /* of the area there  */
} source;

static const sund_entrances *found(const green_set *set, access_rule rule) {
  return rule == ENTER_ANYWHERE ? set->anywhere : set->entrances;
}

/* Are two areas the same, in what they look like and in how they are entered? */
static bool same_area(const green_set *a, size_t r, const green_set *b, size_t s) {
  const sund_shapes *p = a->shapes, *q = b->shapes;
  size_t part = p->first_part[r], other = q->first_part[s], parts = p->first_part[r + 1] - part;
  if (a->open[r] != b->open[s] || a->sliver[r] != b->sliver[s] || q->first_part[s + 1] - other != parts) return false;
  size_t first = p->first_vertex[part], there = q->first_vertex[other];
  for (size_t k = 1; k <= parts; k++)
    if (p->first_vertex[part + k] - first != q->first_vertex[other + k] - there) return false;
  size_t bytes = (p->first_vertex[part + parts] - first) * sizeof *p->x;
  return !memcmp(p->x + first, q->x + there, bytes) && !memcmp(p->y + first, q->y + there, bytes);
}

/* Areas whose entrances are looked for: anywhere beside a path only those that count for a standard. */
static sund_code wanted_areas(sund_ctx *scratch, const access_run *run, const green_set *set, access_rule rule,
                              uint8_t **out) {
  if (!(*out = sund_alloc(scratch, set->rows, 1))) return SUND_LIMIT;
  for (size_t r = 0; r < set->rows; r++) (*out)[r] = rule != ENTER_ANYWHERE;
  for (size_t a = 0; rule == ENTER_ANYWHERE && a < run->standards; a++) {
    const access_target *target = run->answer[a].target;
    for (size_t r = 0; target->set == set && r < set->rows; r++) (*out)[r] |= target->accept[r];
  }
  return SUND_OK;
}

/* Notes the areas that another set has too. */
static sund_code look_into(sund_ctx *scratch, const access_run *run, const green_set *set, const green_set *other,
                           access_rule rule, source *known) {
  const sund_entrances *e = found(other, rule);
  size_t *first = sund_alloc(scratch, other->rows + 1, sizeof *first);
  uint8_t *wanted;
  if (!first) return SUND_LIMIT;
  TRY(wanted_areas(scratch, run, other, rule, &wanted));
  for (size_t k = 0; k < e->count; k++) first[e->area[k] + 1]++;
  for (size_t r = 0; r < other->rows; r++) first[r + 1] += first[r];
  for (size_t r = 0; r < set->rows; r++) {
    size_t there = other->merged_of[set->parcel[r]];
    if (known[r].entrances || there == SIZE_MAX || !wanted[there] || !same_area(set, r, other, there)) continue;
    known[r] = (source){e, first[there], first[there + 1]};
  }
  return SUND_OK;
}

/* Entrances of all areas in their order: those known, and those found for the others. */
static sund_code put_together(sund_ctx *ctx, size_t rows, source *known, const sund_entrances *fresh,
                              sund_entrances **out) {
  size_t count = fresh->count, n = 0, next = 0;
  for (size_t r = 0; r < rows; r++) count += known[r].end - known[r].first;
  sund_entrances *e = sund_alloc(ctx, 1, sizeof *e);
  if (!e) return SUND_LIMIT;
  *e = (sund_entrances){.count = count,
                        .spot = sund_alloc(ctx, count, sizeof *e->spot),
                        .area = sund_alloc(ctx, count, sizeof *e->area),
                        .rule = sund_alloc(ctx, count, 1),
                        .x = sund_alloc(ctx, count, sizeof *e->x),
                        .y = sund_alloc(ctx, count, sizeof *e->y)};
  if (!e->spot || !e->area || !e->rule || !e->x || !e->y) return SUND_LIMIT;
  for (size_t r = 0; r < rows; r++) {
    if (!known[r].entrances) {
      known[r] = (source){fresh, next, next};
      while (next < fresh->count && fresh->area[next] == r) known[r].end = ++next;
    }
    const sund_entrances *from = known[r].entrances;
    for (size_t k = known[r].first; k < known[r].end; k++, n++) {
      e->spot[n] = from->spot[k], e->area[n] = r, e->rule[n] = from->rule[k];
      e->x[n] = from->x[k], e->y[n] = from->y[k];
    }
  }
  *out = e;
  return SUND_OK;
}

/* ------------------------------------------------------------------------------------------------------- areas */

static sund_code area_entrances(sund_ctx *ctx, sund_ctx *scratch, const access_run *run, const green_set *set,
                                access_rule rule, sund_entrances **out) {
  source *known = sund_alloc(scratch, set->rows, sizeof *known);
  uint8_t *accept = sund_alloc(scratch, set->rows, 1), *wanted;
  sund_entrances *fresh = NULL;
  if (!known || !accept) return SUND_LIMIT;
  for (size_t i = 0; i < run->sets; i++) {
    const green_set *other = run->set[i];
    /* Gates are of one set, and a set drawn for a part of the town has no parcels. */
    if (other == set || !found(other, rule) || run->in->role[SUND_ENTRANCES] || !set->parcel) continue;
    TRY(look_into(scratch, run, set, other, rule, known));
  }
  TRY(wanted_areas(scratch, run, set, rule, &wanted));
  for (size_t r = 0; r < set->rows; r++)
    accept[r] = !wanted[r] || set->sliver[r] || known[r].entrances ? 0
                : rule == ENTER_ANYWHERE || set->open[r]           ? 2
                                                                   : 1;
  TRY(sund_graph_entrances(scratch, run->net->graph, run->ground, set->shapes, accept, ENTRANCE_M,
                           rule == ENTER_ANYWHERE ? ANYWHERE_M : SPACING_M, &fresh));
  TRY(put_together(ctx, set->rows, known, fresh, out));
  return run->in->role[SUND_ENTRANCES] ? add_gates(ctx, run, set, *out) : SUND_OK;
}

sund_code access_entrances(sund_ctx *ctx, const access_run *run, const green_set *set, access_rule rule,
                           sund_entrances **out) {
  sund_entrances *entrances = NULL;
  if (set->shapes) {
    sund_ctx *scratch = sund_ctx_child(ctx);
    if (!scratch) return SUND_LIMIT;
    sund_code code = area_entrances(ctx, scratch, run, set, rule, &entrances);
    sund_ctx_pass(ctx, scratch);
    sund_ctx_free(scratch);
    TRY(code);
  } else {
    TRY(point_entrances(ctx, set, &entrances));
  }
  if (access_to_nodes(run) || !set->shapes)
    TRY(access_snap(ctx, run, run->options->snap_limit_m, entrances->count, entrances->x, entrances->y,
                    entrances->spot));
  size_t shut;
  TRY(access_wet_shut(ctx, run, entrances->count, entrances->x, entrances->y, entrances->spot, &shut));
  *out = entrances;
  return SUND_OK;
}

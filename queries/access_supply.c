/* access_supply.c - what green hands out: which parts of it, how far each is walked to, how many square metres. */
#include "access_supply.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Openness of access classes in the role's order (public, restricted, private, unknown): 0 = open to most. */
static const int openness[] = {0, 1, 3, 2};

typedef struct part {
  access_target *target;
  double radius;
  size_t first; /* row of the case its rows begin at */
} part;

/* ------------------------------------------------------------------------------------------------- radii of their own */

static const sund_choice *kinds_of_green(void) {
  const sund_role_info *info = sund_role_of(SUND_GREEN);
  for (size_t c = 0; c < info->columns; c++)
    if (strcmp(info->column[c].field.name, "kind") == 0) return info->column[c].field.choices;
  return NULL;
}

static sund_code unknown_name(sund_ctx *ctx, const access_run *run, sund_mark mark, const char *name) {
  const char *list = "";
  for (const sund_choice *kind = kinds_of_green(); kind->value; kind++)
    if (!(list = sund_text(ctx, "%s %s", list, kind->value))) return SUND_LIMIT;
  for (size_t g = 0; g < run->homes->groups; g++)
    if (!(list = sund_text(ctx, "%s %s", list, run->homes->group[g]))) return SUND_LIMIT;
  return sund_fail_at(ctx, mark, "radius-of: \"%s\" is no kind of green and no group of the homes; there are%s", name,
                      list);
}

/* One "NAME=M", whose form has been checked. */
static sund_code read_radius(sund_ctx *ctx, const access_run *run, sund_mark mark, const char *text,
                             access_radii *out) {
  double metres = NAN;
  const char *end = access_radius_read(text, &metres);
  const char *name = sund_text(ctx, "%.*s", end ? (int)(end - text) : 0, text);
  if (!name) return SUND_LIMIT;
  const sund_choice *kind = kinds_of_green();
  for (uint32_t k = 0; kind[k].value; k++)
    if (strcmp(kind[k].value, name) == 0) {
      out->kind[out->kinds] = 1u << k, out->kind_m[out->kinds++] = metres;
      return SUND_OK;
    }
  for (size_t g = 0; g < run->homes->groups; g++)
    if (strcmp(run->homes->group[g], name) == 0 || strcmp(run->homes->group[g] + strlen("group_"), name) == 0) {
      out->group[out->groups] = g, out->group_m[out->groups++] = metres;
      return SUND_OK;
    }
  return unknown_name(ctx, run, mark, name);
}

sund_code access_radii_read(sund_ctx *ctx, const access_run *run, access_radii *out) {
  const sund_strings *asked = &run->options->radius_of;
  *out = (access_radii){.kind = sund_alloc(ctx, asked->count, sizeof *out->kind),
                        .kind_m = sund_alloc(ctx, asked->count, sizeof *out->kind_m),
                        .group = sund_alloc(ctx, asked->count, sizeof *out->group),
                        .group_m = sund_alloc(ctx, asked->count, sizeof *out->group_m)};
  if (!out->kind || !out->kind_m || !out->group || !out->group_m) return SUND_LIMIT;
  for (size_t i = 0; i < asked->count; i++)
    TRY(read_radius(ctx, run, asked->mark ? asked->mark[i] : (sund_mark){0}, asked->value[i], out));
  for (size_t a = 1; a < out->kinds; a++)
    for (size_t b = 0; b < a; b++)
      if (out->kind[a] == out->kind[b])
        return sund_fail(ctx, SUND_USAGE, "radius-of: a kind of green is named twice");
  for (size_t a = 1; a < out->groups; a++)
    for (size_t b = 0; b < a; b++)
      if (out->group[a] == out->group[b]) return sund_fail(ctx, SUND_USAGE, "radius-of: a group is named twice");
  return SUND_OK;
}

/* ------------------------------------------------------------------------------------------------------- parts */

static sund_code add_part(sund_ctx *ctx, access_run *run, const access_answer *answer, uint32_t kinds, double radius,
                          part *out) {
  green_set *set;
  TRY(access_set(ctx, run, kinds, answer->standard->access, run->way != BY_TABLE, &set));
  TRY(access_target_of(ctx, run, set, answer->target->min_ha, radius, &out->target));
  out->radius = radius;
  if (run->way != BY_TABLE) TRY(access_measure(ctx, run, out->target, BY_STRAIGHT));
  return access_measure(ctx, run, out->target, run->way);
}

/* Kinds of equal radius together, in the order they were named; the rest last. part: radii->kinds + 1. */
static sund_code divide(sund_ctx *ctx, access_run *run, const access_answer *answer, const access_radii *radii,
                        double radius, part *parts, size_t *count) {
  uint32_t rest = answer->standard->kinds, left = rest;
  for (size_t k = 0; k < radii->kinds; k++) rest &= ~radii->kind[k];
  for (size_t k = 0; k < radii->kinds; k++) {
    uint32_t kinds = 0;
    for (size_t m = k; m < radii->kinds; m++)
      if (radii->kind_m[m] == radii->kind_m[k]) kinds |= radii->kind[m] & left;
    left &= ~kinds;
    if (kinds) TRY(add_part(ctx, run, answer, kinds, radii->kind_m[k], &parts[(*count)++]));
  }
  if (rest == answer->standard->kinds) { /* nothing of its own: the answer's own target */
    parts[(*count)++] = (part){.target = answer->target, .radius = radius};
    return SUND_OK;
  }
  return rest ? add_part(ctx, run, answer, rest, radius, &parts[(*count)++]) : SUND_OK;
}

/* The pairs of all parts, one after the other. */
static sund_code join_pairs(sund_ctx *scratch, access_run *run, part *parts, size_t count, double farthest_group,
                            sund_pairs *out) {
  sund_pairs **of = sund_alloc(scratch, count, sizeof *of);
  size_t pairs = 0, row = 0, n = 0;
  if (!of) return SUND_LIMIT;
  for (size_t p = 0; p < count; p++) {
    TRY(access_pairs(scratch, run, parts[p].target, fmax(parts[p].radius, farthest_group), &of[p]));
    parts[p].first = out->rows;
    out->rows += of[p]->rows, pairs += of[p]->first[of[p]->rows];
  }
  if (count == 1) {
    *out = *of[0];
    return SUND_OK;
  }
  if (!(out->first = sund_alloc(scratch, out->rows + 1, sizeof *out->first)) ||
      !(out->to = sund_alloc(scratch, pairs, sizeof *out->to)) ||
      !(out->metres = sund_alloc(scratch, pairs, sizeof *out->metres)))
    return SUND_LIMIT;
  for (size_t p = 0; p < count; p++) {
    size_t length = of[p]->first[of[p]->rows];
    if (length) memcpy(out->to + n, of[p]->to, length * sizeof *out->to);
    if (length) memcpy(out->metres + n, of[p]->metres, length * sizeof *out->metres);
    for (size_t r = 0; r < of[p]->rows; r++) out->first[++row] = n + of[p]->first[r + 1];
    n += length;
  }
  return SUND_OK;
}

/* ------------------------------------------------------------------------------------------------------- ground */

/* Areas of all parts, to find what overlaps. */
typedef struct ground {
  const access_run *run;
  sund_shapes *shapes; /* rows of the case                                      */
  const uint8_t *accept;
  const int *closed;  /* rows: openness of the access class, 0 = open to most  */
  const size_t *part; /* rows                                                  */
  bool merged;        /* areas of one part and class do not overlap            */
  sund_index *index;
  size_t row;    /* being asked about                                     */
  size_t *above; /* rows: those that have their ground before it          */
  size_t count;
} ground;

/* Has row b its ground before row a? */
static bool comes_before(const ground *g, size_t b, size_t a) {
  if (!g->accept[b] || a == b) return false;
  if (g->closed[b] != g->closed[a]) return g->closed[b] < g->closed[a];
  if (g->part[b] != g->part[a]) return g->part[b] < g->part[a];
  return !g->merged && b < a;
}

static bool visit(size_t item, void *data) {
  ground *g = data;
  if (comes_before(g, item, g->row)) g->above[g->count++] = item;
  return true;
}

static int by_number(const void *a, const void *b) {
  size_t p = *(const size_t *)a, q = *(const size_t *)b;
  return (p > q) - (p < q);
}

/* Ground of row g->row that no row above it covers, m2. */
static sund_code own_ground(sund_ctx *scratch, ground *g, double *out) {
  sund_shapes *own, *above, *rest;
  qsort(g->above, g->count, sizeof *g->above, by_number);
  TRY(sund_shapes_pick(scratch, g->shapes, 1, &g->row, &own));
  TRY(sund_shapes_pick(scratch, g->shapes, g->count, g->above, &above));
  TRY(sund_overlay_subtract(scratch, own, above, &rest));
  sund_ground_areas(g->run->ground, rest, out);
  return SUND_OK;
}

/* Takes from every row what rows above it cover. */
static sund_code take_overlaps(sund_ctx *ctx, ground *g, double *supply) {
  double *boxes = sund_alloc(ctx, 4 * g->shapes->rows, sizeof *boxes);
  if (!boxes || !(g->above = sund_alloc(ctx, g->shapes->rows, sizeof *g->above))) return SUND_LIMIT;
  for (size_t r = 0; r < g->shapes->rows; r++) sund_shapes_box(g->shapes, r, boxes + 4 * r);
  TRY(sund_index_build(ctx, g->shapes->rows, boxes, &g->index));
  for (g->row = 0; g->row < g->shapes->rows; g->row++) {
    g->count = 0;
    if (g->accept[g->row]) sund_index_search(g->index, boxes + 4 * g->row, visit, g);
    if (!g->count) continue;
    sund_ctx *scratch = sund_ctx_child(ctx);
    if (!scratch) return SUND_LIMIT;
    sund_code code = own_ground(scratch, g, &supply[g->row]);
    if (code != SUND_OK) sund_ctx_pass(ctx, scratch);
    sund_ctx_free(scratch);
    if (code != SUND_OK) return code;
  }
  return SUND_OK;
}

/* The class of every row, from its parcels; they are all of one. */
static void closed_classes(const green_set *set, size_t parcels, int *closed) {
  for (size_t r = 0; r < parcels; r++)
    if (set->merged_of[r] != SIZE_MAX) closed[set->merged_of[r]] = openness[set->group[r]];
}

/* Square metres of every row, each place once. */
static sund_code measure_ground(sund_ctx *ctx, const access_run *run, const part *parts, size_t count, size_t rows,
                                double *supply) {
  const sund_shapes **shapes = sund_alloc(ctx, count, sizeof *shapes);
  uint8_t *accept = sund_alloc(ctx, rows, 1);
  int *closed = sund_alloc(ctx, rows, sizeof *closed);
  size_t *part_of = sund_alloc(ctx, rows, sizeof *part_of);
  if (!shapes || !accept || !closed || !part_of) return SUND_LIMIT;
  for (size_t p = 0; p < count; p++) {
    const green_set *set = parts[p].target->set;
    size_t first = parts[p].first;
    for (size_t r = 0; r < set->rows; r++) {
      accept[first + r] = parts[p].target->accept[r], part_of[first + r] = p;
      supply[first + r] = accept[first + r] ? set->ha[r] * 10000 : 0;
    }
    closed_classes(set, run->in->role[SUND_GREEN]->rows, closed + first);
    shapes[p] = set->shapes;
  }
  if (!shapes[0]) return SUND_OK; /* points have no ground */
  ground g = {.run = run, .accept = accept, .closed = closed, .part = part_of, .merged = run->way != BY_TABLE};
  TRY(sund_shapes_join(ctx, SUND_AREA, count, shapes, &g.shapes));
  return take_overlaps(ctx, &g, supply);
}

/* ------------------------------------------------------------------------------------------------------- supply */

/* The column supply of the green, or NULL when it says nothing. */
static const double *supply_column(const sund_table *green) {
  const double *given = sund_table_real(green, "supply");
  for (size_t r = 0; given && r < green->rows; r++)
    if (!isnan(given[r])) return given;
  return NULL;
}

/* Square metres of every parcel; a point has none, a row without geometry has no area that is known. */
static sund_code parcel_areas(sund_ctx *ctx, const access_run *run, double **out) {
  const sund_table *green = run->in->role[SUND_GREEN];
  if (!(*out = sund_alloc(ctx, green->rows, sizeof **out))) return SUND_LIMIT;
  if (green->shapes) sund_ground_areas(run->ground, green->shapes, *out);
  for (size_t r = 0; green->kind == SUND_NONE && r < green->rows; r++) (*out)[r] = NAN;
  return SUND_OK;
}

/* The column's supply of every row: the sum over its parcels; a parcel it says nothing of hands out its area. */
static sund_code add_given(sund_ctx *ctx, const sund_table *green, const double *given, const part *p,
                           const double *area, double *supply) {
  for (size_t r = 0; r < green->rows; r++) {
    size_t m = p->target->set->merged_of[r];
    if (m == SIZE_MAX || !p->target->accept[m]) continue;
    double value = isnan(given[r]) ? area[r] : given[r];
    if (isnan(value)) {
      sund_fail(ctx, SUND_DATA, "no supply, and no geometry whose area it could be");
      return sund_blame(ctx, sund_table_source(green, r), sund_table_feature(green, r));
    }
    supply[p->first + m] += value;
  }
  return SUND_OK;
}

static sund_code fill_supply(sund_ctx *ctx, const access_run *run, const part *parts, access_supply *out) {
  const sund_table *green = run->in->role[SUND_GREEN];
  const double *given = supply_column(green);
  size_t rows = out->what.pairs->rows;
  double *supply = sund_alloc(ctx, rows, sizeof *supply), *area = NULL;
  if (!supply) return SUND_LIMIT;
  if (!given && green->kind == SUND_NONE)
    return sund_fail(ctx, SUND_DATA, "green: without geometry there is no area; give the column supply");
  if (given) TRY(parcel_areas(ctx, run, &area));
  for (size_t p = 0; given && p < out->parts; p++) TRY(add_given(ctx, green, given, &parts[p], area, supply));
  if (!given) TRY(measure_ground(ctx, run, parts, out->parts, rows, supply));
  out->in_m2 = !given, out->what.supply = supply, out->all = sund_sum(rows, supply);
  return SUND_OK;
}

sund_code access_supply_of(sund_ctx *scratch, sund_ctx *keep, access_run *run, const access_answer *answer,
                           const access_radii *radii, access_supply *out) {
  part *parts = sund_alloc(scratch, radii->kinds + 1, sizeof *parts);
  sund_pairs *pairs = sund_alloc(scratch, 1, sizeof *pairs);
  const double **group = sund_alloc(scratch, radii->groups, sizeof *group);
  double farthest_group = 0;
  *out = (access_supply){.radius = run->options->radius_m > 0 ? run->options->radius_m : answer->max};
  if (!parts || !pairs || !group) return SUND_LIMIT;
  for (size_t g = 0; g < radii->groups; g++)
    group[g] = run->homes->in_group[radii->group[g]], farthest_group = fmax(farthest_group, radii->group_m[g]);
  TRY(divide(keep, run, answer, radii, out->radius, parts, &out->parts));
  TRY(join_pairs(scratch, run, parts, out->parts, farthest_group, pairs));
  int32_t *kind = sund_alloc(scratch, pairs->rows, sizeof *kind);
  if (!kind || !(out->part_radius = sund_alloc(scratch, out->parts, sizeof *out->part_radius))) return SUND_LIMIT;
  for (size_t p = 0; p < out->parts; p++) {
    out->part_radius[p] = parts[p].radius;
    for (size_t r = 0; r < parts[p].target->set->rows; r++) kind[parts[p].first + r] = (int32_t)p;
  }
  out->what = (supply_case){
      .pairs = pairs, .kind = kind, .homes = run->homes->count, .persons = run->homes->persons, .group = group};
  return fill_supply(scratch, run, parts, out);
}

/* access_green.c - the green that counts for each answer: filtered by kind and access class, touching parcels of
 * equal access merged before the size test, also across municipal borders.
 *
 * Answers that ask for the same parcels share a set; those that ask for the same smallest size too share a target, so
 * that each distance is computed once.
 */
#include <math.h>
#include <string.h>

#include "access.h"

/* A strip at least this many times as long as wide is a verge, a hedge or a bank. */
static const double SLIVER_LENGTHS = 20;

/* Bit of a value among the choices of a green column; the reader has checked the values. */
static uint32_t choice_bit(const sund_column *column, size_t row) {
  const char *value = column && column->text ? column->text[row] : NULL;
  const sund_choice *choices = column ? column->field.choices : NULL;
  for (uint32_t k = 0; value && choices && choices[k].value; k++)
    if (strcmp(choices[k].value, value) == 0) return 1u << k;
  return 0;
}

/* Group of every parcel: its access class if it is of these kinds and classes, else -1. */
static void group_parcels(const sund_table *green, uint32_t kinds, uint32_t access, int32_t *group) {
  const sund_column *kind = sund_table_column(green, "kind"), *class = sund_table_column(green, "access");
  for (size_t r = 0; r < green->rows; r++) {
    uint32_t kind_bit = choice_bit(kind, r), class_bit = choice_bit(class, r);
    bool counts = (kinds == EVERY_BIT || (kinds & kind_bit)) && (access == EVERY_BIT || (access & class_bit));
    group[r] = counts ? (class_bit ? __builtin_ctz(class_bit) : 0) : -1;
  }
}

/* Parcels that stand alone: row of every parcel in the set. */
static sund_code number_parcels(sund_ctx *ctx, const sund_table *green, green_set *set) {
  if (!(set->merged_of = sund_alloc(ctx, green->rows, sizeof(size_t)))) return SUND_LIMIT;
  for (size_t r = 0; r < green->rows; r++) set->merged_of[r] = set->group[r] >= 0 ? set->rows++ : SIZE_MAX;
  return SUND_OK;
}

static sund_code fill_points(sund_ctx *ctx, const sund_table *green, green_set *set) {
  TRY(number_parcels(ctx, green, set));
  if (!(set->x = sund_alloc(ctx, set->rows, sizeof(double))) ||
      !(set->y = sund_alloc(ctx, set->rows, sizeof(double))))
    return SUND_LIMIT;
  for (size_t r = 0; r < green->rows; r++) {
    size_t n = set->merged_of[r];
    if (n == SIZE_MAX) continue;
    set->x[n] = green->x ? green->x[r] : NAN;
    set->y[n] = green->y ? green->y[r] : NAN;
  }
  return SUND_OK;
}

/* Groups of the parcels that lie in an area of all green of which the set has a part only; -1 = all others. */
static sund_code group_broken(sund_ctx *scratch, const access_run *run, const green_set *set, int32_t **out) {
  const green_set *all = run->all;
  size_t rows = run->in->role[SUND_GREEN]->rows;
  uint8_t *broken = sund_alloc(scratch, all->rows, 1);
  if (!broken || !(*out = sund_alloc(scratch, rows, sizeof **out))) return SUND_LIMIT;
  for (size_t r = 0; r < rows; r++)
    if (all->merged_of[r] != SIZE_MAX && set->group[r] < 0) broken[all->merged_of[r]] = 1;
  for (size_t r = 0; r < rows; r++)
    (*out)[r] = all->merged_of[r] != SIZE_MAX && broken[all->merged_of[r]] ? set->group[r] : -1;
  return SUND_OK;
}

/* Merges what is in the set. An area of all green whose parcels are all in it is an area of the set as it is: what
 * hangs together does not depend on what else there is. Only the parcels of the others are merged anew. */
static sund_code merge_parcels(sund_ctx *ctx, sund_ctx *scratch, const access_run *run, green_set *set) {
  const sund_shapes *green = run->in->role[SUND_GREEN]->shapes;
  const green_set *all = run->all;
  double smallest, largest;
  sund_ground_scale(run->ground, &smallest, &largest);
  double gap = run->options->merge_gap_m * largest;
  if (!all) return sund_overlay_merge(ctx, green, set->group, gap, &set->shapes, set->merged_of);
  int32_t *group;
  sund_shapes *rest, *both;
  size_t *rest_of = sund_alloc(scratch, green->rows, sizeof *rest_of), n = 0;
  TRY(group_broken(scratch, run, set, &group));
  if (!rest_of) return SUND_LIMIT;
  TRY(sund_overlay_merge(scratch, green, group, gap, &rest, rest_of));
  TRY(sund_shapes_join(scratch, SUND_AREA, 2, (const sund_shapes *const[]){all->shapes, rest}, &both));
  size_t *pick = sund_alloc(scratch, both->rows, sizeof *pick),
         *number = sund_alloc(scratch, both->rows, sizeof *number);
  if (!pick || !number) return SUND_LIMIT;
  for (size_t k = 0; k < both->rows; k++) number[k] = SIZE_MAX;
  for (size_t r = 0; r < green->rows; r++) { /* areas in the order of their first parcels */
    size_t from = group[r] >= 0 ? all->rows + rest_of[r] : all->merged_of[r];
    set->merged_of[r] = SIZE_MAX;
    if (set->group[r] < 0 || from == SIZE_MAX) continue;
    if (number[from] == SIZE_MAX) number[from] = n, pick[n++] = from;
    set->merged_of[r] = number[from];
  }
  return sund_shapes_pick(ctx, both, n, pick, &set->shapes);
}

static sund_code fill_areas(sund_ctx *ctx, const access_run *run, green_set *set) {
  const sund_table *green = run->in->role[SUND_GREEN];
  if (set->merged) {
    if (!(set->merged_of = sund_alloc(ctx, green->rows, sizeof(size_t)))) return SUND_LIMIT;
    sund_ctx *scratch = sund_ctx_child(ctx);
    if (!scratch) return SUND_LIMIT;
    sund_code code = merge_parcels(ctx, scratch, run, set);
    sund_ctx_pass(ctx, scratch);
    sund_ctx_free(scratch);
    TRY(code);
  } else {
    TRY(number_parcels(ctx, green, set));
    size_t *row = sund_alloc(ctx, set->rows, sizeof *row), n = 0;
    if (!row) return SUND_LIMIT;
    for (size_t r = 0; r < green->rows; r++)
      if (set->merged_of[r] != SIZE_MAX) row[n++] = r;
    TRY(sund_shapes_pick(ctx, green->shapes, n, row, &set->shapes));
  }
  set->rows = set->shapes->rows;
  return SUND_OK;
}

/* Length of all rings of a row. */
static double perimeter(const sund_shapes *shapes, size_t row) {
  double metres = 0;
  for (size_t p = shapes->first_part[row]; p < shapes->first_part[row + 1]; p++) {
    size_t first = shapes->first_vertex[p];
    metres += sund_line_length(shapes->first_vertex[p + 1] - first, shapes->x + first, shapes->y + first);
  }
  return metres;
}

/* Sizes, slivers, open ground. A rectangle of width w and length k w has area k w^2 and perimeter 2 (k + 1) w: from
 * area and perimeter follow width and length of the rectangle that has both. */
static sund_code describe(sund_ctx *ctx, const access_run *run, green_set *set) {
  const sund_table *green = run->in->role[SUND_GREEN];
  const sund_column *kind = sund_table_column(green, "kind");
  if (!(set->ha = sund_alloc(ctx, set->rows, sizeof(double))) || !(set->sliver = sund_alloc(ctx, set->rows, 1)) ||
      !(set->open = sund_alloc(ctx, set->rows, 1)) || !(set->parcel = sund_alloc(ctx, set->rows, sizeof(size_t))))
    return SUND_LIMIT;
  if (set->shapes) sund_ground_areas(run->ground, set->shapes, set->ha);
  for (size_t r = 0; set->shapes && r < set->rows; r++) {
    double half = perimeter(set->shapes, r) / 2, area = set->ha[r];
    double root = sqrt(fmax(0, half * half / 4 - area)), width = half / 2 - root, length = half / 2 + root;
    set->sliver[r] = width < run->options->sliver_m && length > SLIVER_LENGTHS * width;
    set->ha[r] = area / 10000;
  }
  for (size_t r = 0; r < set->rows; r++) set->open[r] = 1;
  for (size_t r = green->rows; r-- > 0;)
    if (set->merged_of[r] != SIZE_MAX) set->parcel[set->merged_of[r]] = r;
  for (size_t r = 0; r < green->rows; r++) {
    const char *value = kind && kind->text ? kind->text[r] : NULL;
    bool open = value && (strcmp(value, "meadow") == 0 || strcmp(value, "beach") == 0);
    if (!open && set->merged_of[r] != SIZE_MAX) set->open[set->merged_of[r]] = 0;
  }
  return SUND_OK;
}

static sund_code fill_set(sund_ctx *ctx, const access_run *run, green_set *set) {
  const sund_table *green = run->in->role[SUND_GREEN];
  TRY(green->kind == SUND_AREA ? fill_areas(ctx, run, set) : fill_points(ctx, green, set));
  return describe(ctx, run, set);
}

/* A new set of the parcels that have a group. */
static sund_code add_set(sund_ctx *ctx, access_run *run, const int32_t *group, bool merged, green_set **out) {
  size_t parcels = run->in->role[SUND_GREEN]->rows;
  green_set *set = sund_alloc(ctx, 1, sizeof *set);
  green_set **grown = sund_alloc(ctx, run->sets + 1, sizeof *grown);
  if (!set || !grown || !(set->group = sund_alloc(ctx, parcels, sizeof *group))) return SUND_LIMIT;
  memcpy(set->group, group, parcels * sizeof *group);
  set->merged = merged;
  TRY(fill_set(ctx, run, set));
  if (run->sets) memcpy(grown, run->set, run->sets * sizeof *grown);
  grown[run->sets++] = set;
  run->set = grown;
  *out = set;
  return SUND_OK;
}

sund_code access_set(sund_ctx *ctx, access_run *run, uint32_t kinds, uint32_t access, bool merged, green_set **out) {
  const sund_table *green = run->in->role[SUND_GREEN];
  sund_ctx *scratch = sund_ctx_child(ctx);
  if (!scratch) return SUND_LIMIT;
  int32_t *group = sund_alloc(scratch, green->rows, sizeof *group);
  sund_code code = group ? SUND_OK : sund_ctx_pass(ctx, scratch);
  *out = NULL;
  if (group) group_parcels(green, kinds, access, group);
  for (size_t i = 0; group && i < run->sets && !*out; i++)
    if (run->set[i]->merged == merged && memcmp(run->set[i]->group, group, green->rows * sizeof *group) == 0)
      *out = run->set[i];
  if (group && !*out) code = add_set(ctx, run, group, merged, out);
  sund_ctx_free(scratch);
  return code;
}

/* Is a row of a table of distances large enough? One without an area has no size that could be too small. */
static bool large_enough(const access_run *run, const green_set *set, size_t row, double min_ha) {
  bool sizeless = run->way == BY_TABLE && run->in->role[SUND_GREEN]->kind == SUND_NONE;
  return sizeless || set->ha[row] >= min_ha;
}

sund_code access_target_of(sund_ctx *ctx, access_run *run, green_set *set, double min_ha, double reach,
                           access_target **out) {
  for (size_t i = 0; i < run->targets; i++)
    if (run->target[i]->set == set && run->target[i]->min_ha == min_ha) {
      *out = run->target[i];
      run->target[i]->reach = fmax(run->target[i]->reach, reach);
      return SUND_OK;
    }
  access_target *target = sund_alloc(ctx, 1, sizeof *target);
  access_target **grown = sund_alloc(ctx, run->targets + 1, sizeof *grown);
  if (!target || !grown) return SUND_LIMIT;
  *target = (access_target){.set = set, .min_ha = min_ha, .reach = reach};
  if (!(target->accept = sund_alloc(ctx, set->rows, 1))) return SUND_LIMIT;
  for (size_t r = 0; r < set->rows; r++) target->accept[r] = !set->sliver[r] && large_enough(run, set, r, min_ha);
  if (run->targets) memcpy(grown, run->target, run->targets * sizeof *grown);
  grown[run->targets++] = target;
  run->target = grown;
  *out = target;
  return SUND_OK;
}

/* ----------------------------------------------------------------------------------------------------- answers */

/* The readings of the rate: whom the law lets in (notes on each country's law: docs/access.md). */
typedef struct reading {
  const char *name;
  uint32_t access; /* bits: public 1, restricted 2, private 4, unknown 8 */
} reading;
static const reading readings[] = {{"public", 1}, {"restricted", 1 | 2}, {"all", EVERY_BIT}};
enum { READINGS = sizeof readings / sizeof *readings };

static double limit_of(const access_run *run, const sund_standard *standard) {
  double metres = access_reach_m(standard, run->options);
  if (run->way != BY_TABLE || !run->od->minutes) return metres;
  /* A standard in minutes is taken as it says: 15 walked and timed again need not be 15. */
  return isnan(standard->max_min) ? metres / (run->options->walk_speed_kmh * 1000 / 60) : standard->max_min;
}

static sund_code add_answer(sund_ctx *ctx, access_run *run, const sund_standard *standard, const char *reading_name,
                            uint32_t access, access_way way) {
  access_answer *answer = &run->answer[run->answers];
  green_set *set;
  *answer = (access_answer){.standard = standard,
                            .variant = standard->name,
                            .way = way,
                            .access = access,
                            .reading = reading_name && access != standard->access};
  if (reading_name) answer->variant = sund_text(ctx, "%s/%s", standard->name, reading_name);
  if (!answer->variant) return SUND_LIMIT;
  answer->max = way == run->way ? limit_of(run, standard) : access_reach_m(standard, run->options);
  TRY(access_set(ctx, run, standard->kinds, access, run->way != BY_TABLE, &set));
  TRY(access_target_of(ctx, run, set, standard->min_ha, answer->max, &answer->target));
  run->answers++;
  return SUND_OK;
}

/* A rate of nought because nothing was there to count is not one because people live far away. */
static sund_code note_nothing_counts(sund_ctx *ctx, access_run *run, const access_answer *answer) {
  const access_target *target = answer->target;
  size_t counts = 0, rows = target->set->rows;
  for (size_t r = 0; r < rows; r++) counts += target->accept[r];
  if (counts) return SUND_OK;
  const char *text =
      rows ? sund_text(ctx, "%s: none of the %zu green areas of its kinds and access is as large as %g ha",
                       answer->variant, rows, target->min_ha)
           : sund_text(ctx, "%s: no green of this run is of the kinds and access it counts", answer->variant);
  return text ? access_note(ctx, run, rows ? "note" : "warning", "green", text) : SUND_LIMIT;
}

sund_code access_green(sund_ctx *ctx, access_run *run) {
  const sund_inputs *in = run->in;
  size_t slivers = 0;
  run->standards = in->standards;
  if (!(run->answer = sund_alloc(ctx, in->standards * (2 + READINGS), sizeof *run->answer))) return SUND_LIMIT;
  TRY(access_set(ctx, run, EVERY_BIT, EVERY_BIT, run->way != BY_TABLE, &run->all));
  for (size_t i = 0; i < in->standards; i++) {
    TRY(add_answer(ctx, run, &in->standard[i], NULL, in->standard[i].access, run->way));
    TRY(note_nothing_counts(ctx, run, &run->answer[run->answers - 1]));
  }
  for (size_t i = 0; i < in->standards; i++) {
    const sund_standard *standard = &in->standard[i];
    if (run->way == BY_LAND || run->way == BY_NETWORK)
      TRY(add_answer(ctx, run, standard, "straight", standard->access, BY_STRAIGHT));
    for (size_t k = 0; k < READINGS; k++)
      TRY(add_answer(ctx, run, standard, readings[k].name, readings[k].access, run->way));
  }
  for (size_t r = 0; r < run->all->rows; r++) slivers += run->all->sliver[r];
  if (!slivers) return SUND_OK;
  const char *text = sund_text(ctx,
                               "%zu green areas are strips narrower than %g m and more than %g times as long: they "
                               "count for no standard",
                               slivers, run->options->sliver_m, SLIVER_LENGTHS);
  return text ? access_note(ctx, run, "note", "green", text) : SUND_LIMIT;
}

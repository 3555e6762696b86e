/* access_green.c - the green that counts for each standard: filtered by kind and access class, touching parcels of
 * equal access merged before the size test, also across municipal borders.
 *
 * Standards that ask for the same kinds and access classes share a set; those that ask for the same smallest size too
 * share a target, so that each distance is computed once.
 */
#include <math.h>
#include <string.h>

#include "access.h"

#define EVERYTHING UINT32_MAX

/* Bit of a value among the choices of a green column; the reader has checked the values. */
static uint32_t choice_bit(const sund_column *column, size_t row) {
  const char *value = column && column->text ? column->text[row] : NULL;
  const sund_choice *choices = column ? column->field.choices : NULL;
  for (uint32_t k = 0; value && choices && choices[k].value; k++)
    if (strcmp(choices[k].value, value) == 0) return 1u << k;
  return 0;
}

/* Group of every parcel: its access class if it belongs to the set, else -1. */
static sund_code group_parcels(sund_ctx *ctx, const sund_table *green, const green_set *set, int32_t **group) {
  const sund_column *kind = sund_table_column(green, "kind"), *access = sund_table_column(green, "access");
  if (!(*group = sund_alloc(ctx, green->rows, sizeof **group))) return SUND_LIMIT;
  for (size_t r = 0; r < green->rows; r++) {
    uint32_t kind_bit = choice_bit(kind, r), access_bit = choice_bit(access, r);
    bool counts = (set->kinds == EVERYTHING || (set->kinds & kind_bit)) &&
                  (set->access == EVERYTHING || (set->access & access_bit));
    (*group)[r] = counts ? (access_bit ? __builtin_ctz(access_bit) : 0) : -1;
  }
  return SUND_OK;
}

static sund_code fill_points(sund_ctx *ctx, const sund_table *green, green_set *set) {
  const int32_t *group = set->group;
  for (size_t r = 0; r < green->rows; r++) set->rows += group[r] >= 0;
  double *boxes = sund_alloc(ctx, set->rows, 4 * sizeof *boxes);
  if (!boxes || !(set->x = sund_alloc(ctx, set->rows, sizeof(double))) ||
      !(set->y = sund_alloc(ctx, set->rows, sizeof(double))) ||
      !(set->ha = sund_alloc(ctx, set->rows, sizeof(double))) ||
      !(set->merged_of = sund_alloc(ctx, green->rows, sizeof(size_t))))
    return SUND_LIMIT;
  size_t n = 0;
  for (size_t r = 0; r < green->rows; r++) {
    set->merged_of[r] = SIZE_MAX;
    if (group[r] < 0) continue;
    set->x[n] = boxes[4 * n] = boxes[4 * n + 2] = green->x[r];
    set->y[n] = boxes[4 * n + 1] = boxes[4 * n + 3] = green->y[r];
    set->merged_of[r] = n++;
  }
  return sund_index_build(ctx, set->rows, boxes, &set->index);
}

static sund_code fill_areas(sund_ctx *ctx, const access_run *run, green_set *set) {
  const sund_table *green = run->in->role[SUND_GREEN];
  if (!(set->merged_of = sund_alloc(ctx, green->rows, sizeof(size_t)))) return SUND_LIMIT;
  double smallest, largest;
  sund_ground_scale(run->ground, &smallest, &largest);
  TRY(sund_overlay_merge(ctx, green->shapes, set->group, run->options->merge_gap_m * largest, &set->shapes,
                         set->merged_of));
  set->rows = set->shapes->rows;
  if (!(set->ha = sund_alloc(ctx, set->rows, sizeof(double)))) return SUND_LIMIT;
  TRY(sund_geodesic_measure(ctx, run->in->crs, set->shapes, set->ha));
  for (size_t r = 0; r < set->rows; r++) set->ha[r] /= 10000;
  return SUND_OK;
}

/* The set of these kinds and access classes: one that is there already if it takes the same parcels. */
static sund_code find_set(sund_ctx *ctx, access_run *run, uint32_t kinds, uint32_t access, const green_set **out) {
  const sund_table *green = run->in->role[SUND_GREEN];
  green_set *set = &run->set[run->sets];
  *set = (green_set){.kinds = kinds, .access = access};
  TRY(group_parcels(ctx, green, set, &set->group));
  for (size_t i = 0; i < run->sets; i++)
    if (memcmp(run->set[i].group, set->group, green->rows * sizeof *set->group) == 0) {
      *out = &run->set[i];
      return SUND_OK;
    }
  run->sets++;
  *out = set;
  return green->kind == SUND_POINT ? fill_points(ctx, green, set) : fill_areas(ctx, run, set);
}

static sund_code find_target(sund_ctx *ctx, access_run *run, const green_set *set, double min_ha,
                             const access_target **out) {
  for (size_t i = 0; i < run->targets; i++)
    if (run->target[i].set == set && run->target[i].min_ha == min_ha) {
      *out = &run->target[i];
      return SUND_OK;
    }
  access_target *target = &run->target[run->targets++];
  *target = (access_target){.set = set, .min_ha = min_ha};
  if (!(target->accept = sund_alloc(ctx, set->rows, 1))) return SUND_LIMIT;
  for (size_t r = 0; r < set->rows; r++) target->accept[r] = set->ha[r] >= min_ha;
  *out = target;
  return SUND_OK;
}

double access_reach_m(const sund_standard *standard, const access_options *options) {
  return isnan(standard->max_min) ? standard->max_m : standard->max_min * options->walk_speed_kmh * 1000 / 60;
}

sund_code access_green(sund_ctx *ctx, access_run *run) {
  const sund_inputs *in = run->in;
  run->answers = in->standards;
  if (!(run->set = sund_alloc(ctx, in->standards + 1, sizeof *run->set)) ||
      !(run->target = sund_alloc(ctx, in->standards, sizeof *run->target)) ||
      !(run->answer = sund_alloc(ctx, in->standards, sizeof *run->answer)))
    return SUND_LIMIT;
  TRY(find_set(ctx, run, EVERYTHING, EVERYTHING, &run->all));
  for (size_t i = 0; i < in->standards; i++) {
    const sund_standard *standard = &in->standard[i];
    const green_set *set;
    access_answer *answer = &run->answer[i];
    answer->standard = standard;
    answer->max_m = access_reach_m(standard, run->options);
    TRY(find_set(ctx, run, standard->kinds, standard->access, &set));
    TRY(find_target(ctx, run, set, standard->min_ha, &answer->target));
  }
  return SUND_OK;
}

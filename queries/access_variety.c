/* access_variety.c - how many kinds of green are in reach of every home: one sweep a kind and access mask, whatever the
 * number of standards. Every parcel counts, whatever its size: what is asked is whether there is a wood at all.
 */
#include <math.h>
#include <string.h>

#include "access.h"

/* The target of one kind under a standard's access classes. */
static sund_code kind_target(sund_ctx *ctx, access_run *run, uint32_t kind, uint32_t access, double reach,
                             access_target **out) {
  green_set *set;
  TRY(access_set(ctx, run, kind, access, run->way != BY_TABLE, &set));
  TRY(access_target_of(ctx, run, set, 0, reach, out));
  (*out)->near_only = !(*out)->by[run->way].metres;
  return SUND_OK;
}

/* Targets of all kinds that a standard asks for and that occur: standard by standard, first: standards + 1. */
static sund_code kind_targets(sund_ctx *ctx, access_run *run, size_t *first, access_target ***out) {
  const sund_column *kind = sund_table_column(run->in->role[SUND_GREEN], "kind");
  uint32_t there = 0, kinds = 0; /* bits of those that occur, number of those there are */
  double reach = 0;
  for (size_t r = 0; r < run->in->role[SUND_GREEN]->rows; r++)
    for (uint32_t k = 0; kind->text[r] && kind->field.choices[k].value; k++)
      if (strcmp(kind->text[r], kind->field.choices[k].value) == 0) there |= 1u << k;
  while (kind->field.choices[kinds].value) kinds++;
  for (size_t a = 0; a < run->standards; a++) reach = fmax(reach, run->answer[a].max);
  if (!(*out = sund_alloc(ctx, run->standards * kinds, sizeof **out))) return SUND_LIMIT;
  for (size_t a = 0; a < run->standards; a++) {
    const sund_standard *standard = run->answer[a].standard;
    first[a + 1] = first[a];
    for (uint32_t k = 0; k < kinds; k++)
      if (there & standard->kinds & 1u << k)
        TRY(kind_target(ctx, run, 1u << k, standard->access, reach, &(*out)[first[a + 1]++]));
  }
  return SUND_OK;
}

sund_code access_variety(sund_ctx *ctx, access_run *run) {
  const sund_column *kind = sund_table_column(run->in->role[SUND_GREEN], "kind");
  size_t count = run->homes->count, *first = sund_alloc(ctx, run->standards + 1, sizeof *first);
  access_target **target;
  if (!kind || !kind->text || !kind->field.choices) return SUND_OK;
  if (!first || !(run->kinds = sund_alloc(ctx, run->standards, sizeof *run->kinds))) return SUND_LIMIT;
  TRY(kind_targets(ctx, run, first, &target));
  if (run->way != BY_TABLE) TRY(access_measure_all(ctx, run, BY_STRAIGHT, first[run->standards], target));
  TRY(access_measure_all(ctx, run, run->way, first[run->standards], target));
  for (size_t a = 0; a < run->standards; a++) {
    if (!(run->kinds[a] = sund_alloc(ctx, count, 1))) return SUND_LIMIT;
    for (size_t t = first[a]; t < first[a + 1]; t++) {
      const double *metres = target[t]->by[run->way].metres;
      for (size_t i = 0; i < count; i++)
        run->kinds[a][i] = (uint8_t)(run->kinds[a][i] + (metres[i] <= run->answer[a].max));
    }
  }
  return SUND_OK;
}

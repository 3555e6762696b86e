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
  if (run->way != BY_TABLE) TRY(access_measure(ctx, run, *out, BY_STRAIGHT));
  return access_measure(ctx, run, *out, run->way);
}

sund_code access_variety(sund_ctx *ctx, access_run *run) {
  const sund_column *kind = sund_table_column(run->in->role[SUND_GREEN], "kind");
  size_t count = run->homes->count;
  uint32_t there = 0; /* kinds that occur */
  double reach = 0;
  if (!kind || !kind->text || !kind->field.choices) return SUND_OK;
  for (size_t r = 0; r < run->in->role[SUND_GREEN]->rows; r++)
    for (uint32_t k = 0; kind->text[r] && kind->field.choices[k].value; k++)
      if (strcmp(kind->text[r], kind->field.choices[k].value) == 0) there |= 1u << k;
  if (!(run->kinds = sund_alloc(ctx, run->standards, sizeof *run->kinds))) return SUND_LIMIT;
  for (size_t a = 0; a < run->standards; a++) reach = fmax(reach, run->answer[a].max);
  for (size_t a = 0; a < run->standards; a++) {
    const access_answer *answer = &run->answer[a];
    if (!(run->kinds[a] = sund_alloc(ctx, count, 1))) return SUND_LIMIT;
    for (uint32_t k = 0; kind->field.choices[k].value; k++) {
      access_target *target;
      if (!(there & answer->standard->kinds & 1u << k)) continue;
      TRY(kind_target(ctx, run, 1u << k, answer->standard->access, reach, &target));
      const double *metres = target->by[run->way].metres;
      for (size_t i = 0; i < count; i++) run->kinds[a][i] = (uint8_t)(run->kinds[a][i] + (metres[i] <= answer->max));
    }
  }
  return SUND_OK;
}

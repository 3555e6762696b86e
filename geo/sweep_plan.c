/* sweep_plan.c - what is swept for a set of targets (Delling, Goldberg and Werneck 2011, restricted sweeps).
 *
 * Only nodes above a target's can matter to it, so a node is swept when a target is come to from it or from one
 * below it. A target's row is made after the last of its nodes, when those above are still kept; nodes that are not
 * above the last one, which turns can make, get a record of their own.
 */
#include <stdlib.h>

#include "geo/sweep.h"

/* Where a target is come to from, by position. */
typedef struct coming {
  uint32_t position, target, units;
} coming;

typedef struct planning {
  const hierarchy *h;
  const hierarchy_arcs *arcs;
  coming *coming; /* by target, then position: at most from first[target] on */
  size_t *first;  /* targets + 1 */
  size_t *record; /* positions + 1: records made after each, then where they begin */
  sweep_plan *plan;
} planning;

/* Units of an arc in as many bits as the times. */
static uint32_t clip(const sweep_plan *plan, uint32_t units) {
  const uint32_t beyond = plan->wide ? SWEEP_FAR : SWEEP_BEYOND;
  return units < beyond ? units : beyond;
}

/* Nodes come in any order of their positions. */
static sund_code list_comings(sund_ctx *scratch, const sund_streets *s, const streets_targets *t, planning *p) {
  const size_t count = t->first[s->nodes];
  p->first = sund_alloc(scratch, t->count + 2, sizeof *p->first);
  p->coming = sund_alloc(scratch, count, sizeof *p->coming);
  uint32_t *node_at = sund_alloc(scratch, s->nodes, sizeof *node_at);
  if (!p->first || !p->coming || !node_at) return SUND_LIMIT;
  for (uint32_t v = 0; v < s->nodes; v++) node_at[p->h->position[v]] = v;
  size_t *next = p->first + 1;
  for (size_t i = 0; i < count; i++) next[t->at[i].target + 1]++;
  for (size_t i = 0; i < t->count; i++) next[i + 1] += next[i];
  for (uint32_t position = 0; position < s->nodes; position++) {
    const uint32_t v = node_at[position];
    for (size_t i = t->first[v]; i < t->first[v + 1]; i++)
      p->coming[next[t->at[i].target]++] = (coming){position, t->at[i].target, t->at[i].units};
  }
  return SUND_OK;
}

/* Is the earlier one at a node above that of the later one, or at the same? */
static bool above(const hierarchy *h, uint32_t earlier, uint32_t later) {
  return later < h->end[earlier];
}

/* Takes the comings of the next record of a target out of first .. *end - 1: the last one and those above it go behind
 * the new *end. */
static void split_record(const hierarchy *h, coming *all, size_t first, size_t *end) {
  const uint32_t last = all[*end - 1].position;
  size_t left = first;
  for (size_t i = first; i < *end; i++) {
    if (above(h, all[i].position, last)) continue;
    const coming other = all[i];
    for (size_t k = i; k > left; k--) all[k] = all[k - 1];
    all[left++] = other;
  }
  *end = left;
}

/* Comings become records, each the positions record[0] .. in `coming`; counts them by the position they are made after. */
static sund_code count_records(sund_ctx *scratch, size_t targets, planning *p, uint32_t **sizes) {
  p->record = sund_alloc(scratch, p->h->nodes + 2, sizeof *p->record);
  uint32_t *size = sund_alloc(scratch, p->first[targets], sizeof *size); /* of the record that begins there */
  if (!p->record || !size) return SUND_LIMIT;
  for (size_t t = 0; t < targets; t++)
    for (size_t end = p->first[t + 1]; end > p->first[t];) {
      const size_t old = end;
      split_record(p->h, p->coming, p->first[t], &end);
      size[end] = (uint32_t)(old - end);
      p->record[p->coming[old - 1].position + 2]++;
      p->plan->records++;
    }
  for (size_t i = 0; i < p->h->nodes; i++) p->record[i + 2] += p->record[i + 1];
  *sizes = size;
  return SUND_OK;
}

/* Records by position: where their comings begin. */
static sund_code sort_records(sund_ctx *scratch, size_t comings, const uint32_t *size, planning *p, size_t **out) {
  size_t *begin = sund_alloc(scratch, p->plan->records, sizeof *begin);
  if (!begin) return SUND_LIMIT;
  for (size_t i = 0; i < comings; i += size[i]) begin[p->record[p->coming[i + size[i] - 1].position + 1]++] = i;
  *out = begin;
  return SUND_OK;
}

/* A node is swept when there is a record at it or below it. */
static bool swept(const planning *p, size_t position) {
  return p->record[p->h->end[position]] > p->record[position];
}

/* ------------------------------------------------------------------------------------------------------- slots */

/* Rows that are kept. */
typedef struct keeping {
  uint32_t *last;  /* positions: step that needs the row last; 0 = none */
  uint32_t *slot;  /* positions                                         */
  uint32_t *spare; /* slots that are free again                         */
  size_t spares, slots;
} keeping;

/* Steps with the positions of their arcs; who needs whom last. */
static void list_steps(const planning *p, const size_t *begin, const uint32_t *size, uint32_t *from, keeping *k) {
  sweep_plan *plan = p->plan;
  size_t arc = 0;
  plan->records = 0;
  for (uint32_t at = 0; at < p->h->nodes; at++) {
    if (!swept(p, at)) continue;
    const size_t first = p->arcs->first[at], end = p->arcs->first[at + 1];
    plan->step[plan->steps++] = (sweep_step){.arcs = (uint32_t)(end - first), .position = at};
    for (size_t i = first; i < end; i++, arc++) {
      plan->arc[arc].units = clip(plan, p->arcs->arc[i].units);
      k->last[from[arc] = p->arcs->arc[i].high] = (uint32_t)plan->steps;
    }
    for (size_t i = p->record[at]; i < p->record[at + 1]; i++) {
      const coming *c = &p->coming[begin[i]];
      plan->step[plan->steps++] = (sweep_step){.arcs = size[begin[i]], .position = STREETS_NOTHING};
      plan->target[plan->records++] = c->target;
      for (uint32_t n = 0; n < size[begin[i]]; n++, arc++) {
        plan->arc[arc].units = clip(plan, c[n].units);
        k->last[from[arc] = c[n].position] = (uint32_t)plan->steps;
      }
    }
  }
}

/* Slots by who needs them when: a row's is free after the last step that needs it; the one freed last is taken first. */
static void deal_slots(sweep_plan *plan, const uint32_t *from, keeping *k) {
  size_t arc = 0;
  for (size_t i = 0; i < plan->steps; i++) {
    sweep_step *step = &plan->step[i];
    const size_t first = arc;
    for (; arc < first + step->arcs; arc++) plan->arc[arc].slot = k->slot[from[arc]];
    if (step->position != STREETS_NOTHING) {
      step->slot = k->spares ? k->spare[--k->spares] : (uint32_t)k->slots++;
      k->slot[step->position] = step->slot;
      if (!k->last[step->position]) k->spare[k->spares++] = step->slot;
    }
    for (size_t a = first; a < arc; a++) {
      if (k->last[from[a]] != i + 1) continue;
      k->last[from[a]] = 0; /* arcs to the same node come once only */
      k->spare[k->spares++] = k->slot[from[a]];
    }
  }
  plan->slots = k->slots;
}

static sund_code make(sund_ctx *ctx, sund_ctx *scratch, const sund_streets *s, const streets_targets *t,
                      planning *p) {
  uint32_t *size;
  size_t *begin, nodes = 0, arcs = t->first[s->nodes];
  TRY(list_comings(scratch, s, t, p));
  TRY(count_records(scratch, t->count, p, &size));
  TRY(sort_records(scratch, t->first[s->nodes], size, p, &begin));
  for (size_t at = 0; at < p->h->nodes; at++) {
    if (!swept(p, at)) continue;
    nodes++;
    arcs += p->arcs->first[at + 1] - p->arcs->first[at];
  }
  sweep_plan *plan = p->plan;
  plan->step = sund_alloc(ctx, nodes + plan->records, sizeof *plan->step);
  plan->arc = sund_alloc(ctx, arcs, sizeof *plan->arc);
  plan->target = sund_alloc(ctx, plan->records, sizeof *plan->target);
  uint32_t *from = sund_alloc(scratch, arcs, sizeof *from);
  keeping k = {.last = sund_alloc(scratch, s->nodes, sizeof *k.last),
               .slot = sund_alloc(scratch, s->nodes, sizeof *k.slot),
               .spare = sund_alloc(scratch, nodes, sizeof *k.spare)};
  if (!plan->step || !plan->arc || !plan->target || !from || !k.last || !k.slot || !k.spare) return SUND_LIMIT;
  if (nodes + plan->records >= UINT32_MAX) return sund_fail(scratch, SUND_LIMIT, "too many targets for one sweep");
  list_steps(p, begin, size, from, &k);
  deal_slots(plan, from, &k);
  return SUND_OK;
}

sund_code sweep_plan_make(sund_ctx *ctx, const sund_streets *streets, bool backward, const streets_targets *targets,
                          uint32_t limit, sweep_plan *out) {
  sund_ctx *scratch = sund_ctx_child(ctx);
  if (!scratch) return SUND_LIMIT;
  *out = (sweep_plan){.wide = limit >= SWEEP_BEYOND};
  planning p = {.h = streets->hierarchy, .arcs = &streets->hierarchy->arcs[!backward], .plan = out};
  sund_code code = make(ctx, scratch, streets, targets, &p);
  if (code != SUND_OK) code = sund_ctx_pass(ctx, scratch);
  sund_ctx_free(scratch);
  return code;
}

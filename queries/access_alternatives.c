/* access_alternatives.c - the interval of the rate: what it would be, had other defensible choices been made.
 *
 *   snap     homes may be half as far, or twice as far, from a path
 *   gap      green areas are one across ten metres too (a road)
 *   entrance green is entered only where a path crosses into it, or anywhere beside a path
 *   weights  persons of census cells spread over water too; or persons as dwellings are
 *
 * Each is a full answer to every standard, with one choice changed; low and high are the least and the largest of them
 * and of the rate itself. They are given one by one as access.alternative, so that a number at a hearing can be traced.
 */
#include <math.h>
#include <string.h>

#include "access.h"

/* A choice to be changed. */
typedef enum choice_kind { CHOICE_SNAP, CHOICE_GAP, CHOICE_ENTRANCE, CHOICE_WEIGHTS } choice_kind;

typedef struct choice {
  choice_kind kind;
  double number;    /* times the snap limit; metres of gap; an access_rule; 0 = plain, 1 = dwellings */
  const char *name; /* behind the standard's: "who-05/snap-125" */
} choice;

static const choice choices[] = {
    {CHOICE_SNAP, 0.5, "snap-half"},
    {CHOICE_SNAP, 2, "snap-double"},
    {CHOICE_GAP, 10, "gap-10-m"},
    {CHOICE_ENTRANCE, ENTER_CROSSING, "entrance-crossing"},
    {CHOICE_ENTRANCE, ENTER_ANYWHERE, "entrance-anywhere"},
    {CHOICE_WEIGHTS, 0, "weights-plain"},
    {CHOICE_WEIGHTS, 1, "weights-dwellings"},
};

/* Persons per home by other weights; NULL when the choice changes nothing here. */
static sund_code other_persons(sund_ctx *ctx, const access_run *run, const choice *c, const double **out) {
  const homes *h = run->homes;
  const sund_table *table = run->in->role[SUND_HOMES];
  const double *dwellings = sund_table_real(table, "dwellings"), *persons = sund_table_real(table, "persons");
  double *other = sund_alloc(ctx, h->count, sizeof *other), known = 0;
  *out = NULL;
  if (!other) return SUND_LIMIT;
  for (size_t r = 0; c->number > 0 && dwellings && r < table->rows; r++)
    known += isnan(dwellings[r]) ? 0 : dwellings[r];
  if (c->number > 0 ? !(known > 0) : h->spread == 0 || run->options->plain_weights) return SUND_OK;
  for (size_t i = 0; i < h->count; i++) {
    size_t r = h->row[i];
    other[i] = c->number > 0 ? (isnan(dwellings[r]) ? 0 : dwellings[r] * h->share[i]) : persons[r] * h->plain[i];
  }
  *out = other;
  return SUND_OK;
}

/* Hectares of every area with all those of its access class that hang together with it across `gap` metres. */
static sund_code wider_sizes(sund_ctx *ctx, const access_run *run, double gap, green_set *set) {
  double smallest, largest;
  int32_t *group = sund_alloc(ctx, set->rows, sizeof *group);
  size_t *cluster = sund_alloc(ctx, set->rows, sizeof *cluster);
  double *sum = sund_alloc(ctx, set->rows, sizeof *sum);
  if (!group || !cluster || !sum || !(set->wider_ha = sund_alloc(ctx, set->rows, sizeof *set->wider_ha)))
    return SUND_LIMIT;
  sund_ground_scale(run->ground, &smallest, &largest);
  for (size_t r = 0; r < set->rows; r++) group[r] = set->group[set->parcel[r]];
  TRY(sund_overlay_cluster(ctx, set->shapes, group, gap * largest, cluster));
  for (size_t r = 0; r < set->rows; r++)
    if (cluster[r] != SIZE_MAX) sum[cluster[r]] += set->ha[r];
  for (size_t r = 0; r < set->rows; r++) set->wider_ha[r] = cluster[r] != SIZE_MAX ? sum[cluster[r]] : set->ha[r];
  return SUND_OK;
}

/* The target of an answer with sizes across a wider gap; its own when no area passes that did not before. */
static sund_code other_gap(sund_ctx *ctx, access_run *run, double gap, const access_answer *answer,
                           access_target **out) {
  access_target *own = answer->target;
  green_set *set = own->set;
  bool more = false;
  if ((*out = own->wider)) return SUND_OK;
  access_target *target = sund_alloc(ctx, 1, sizeof *target);
  if (!target || !(target->accept = sund_alloc(ctx, set->rows, 1))) return SUND_LIMIT;
  if (!set->wider_ha) TRY(wider_sizes(ctx, run, gap, set));
  target->set = set, target->min_ha = own->min_ha, target->reach = own->reach;
  for (size_t r = 0; r < set->rows; r++) {
    target->accept[r] = !set->sliver[r] && set->wider_ha[r] >= own->min_ha;
    more = more || target->accept[r] != own->accept[r];
  }
  *out = own->wider = more ? target : own;
  if (!more) return SUND_OK;
  TRY(access_measure(ctx, run, target, BY_STRAIGHT));
  return access_measure(ctx, run, target, answer->way);
}

/* The target of an answer with its green entered by another rule; found once for all answers of the target. */
static sund_code other_entrances(sund_ctx *ctx, const access_run *run, access_rule rule, access_target *own,
                                 access_target **out) {
  access_target **kept = &own->entered[rule - ENTER_CROSSING];
  if ((*out = *kept)) return SUND_OK;
  access_target *target = sund_alloc(ctx, 1, sizeof *target);
  green_set *set = own->set;
  const sund_entrances *e = set->entrances;
  uint8_t *use = NULL;
  if (!target) return SUND_LIMIT;
  *target = *own;
  target->by[BY_NETWORK] = (access_reach){0};
  if (rule == ENTER_CROSSING) {
    if (!(use = sund_alloc(ctx, e->count, 1))) return SUND_LIMIT;
    for (size_t k = 0; k < e->count; k++) use[k] = e->rule[k] == RULE_CROSSING || e->rule[k] == RULE_MAPPED;
  } else {
    if (!set->anywhere) TRY(access_entrances(ctx, run, set, ENTER_ANYWHERE, &set->anywhere));
    e = set->anywhere;
  }
  TRY(access_sweep(ctx, run, e, use, target));
  *out = *kept = target;
  return SUND_OK;
}

/* Shares of one answer under one choice. */
static sund_code add_shares(sund_ctx *ctx, access_run *run, const choice *c, const access_answer *own,
                            const access_answer *other, const double *persons) {
  const char *variant = sund_text(ctx, "%s/%s", own->variant, c->name), *method = access_method(ctx, run, own);
  if (!variant || !method) return SUND_LIMIT;
  for (size_t u = 0; u < units_count(run->in); u++) {
    access_figures f;
    sund_ctx *scratch = sund_ctx_child(ctx);
    if (!scratch) return SUND_LIMIT;
    sund_code code =
        access_count(scratch, other, persons, run->first[u + 1] - run->first[u], run->list + run->first[u], &f);
    sund_ctx_pass(ctx, scratch);
    sund_ctx_free(scratch);
    TRY(code);
    own->low[u] = fmin(own->low[u], f.share), own->high[u] = fmax(own->high[u], f.share);
    bool people = persons == run->homes->persons || c->number == 0;
    TRY(sund_results_indicator(ctx, &run->later,
                               (sund_indicator){.area = units_area(run->in, u),
                                                .indicator = "access.alternative",
                                                .variant = variant,
                                                .value = f.share,
                                                .unit = "%",
                                                .low = NAN,
                                                .high = NAN,
                                                .base = f.assessed,
                                                .base_unit = people ? "persons" : "dwellings",
                                                .method = method}));
  }
  return SUND_OK;
}

static sund_code judge_other(sund_ctx *ctx, const access_run *run, access_answer *other, double snap_limit_m) {
  uint8_t reason;
  if (!(other->met = sund_alloc(ctx, run->homes->count, 1))) return SUND_LIMIT;
  for (size_t i = 0; i < run->homes->count; i++) other->met[i] = access_judge(run, other, snap_limit_m, i, &reason);
  return SUND_OK;
}

/* One standard under one choice; *applies: the choice means something here. */
static sund_code ask_again(sund_ctx *ctx, access_run *run, const choice *c, const access_answer *own) {
  access_answer other = *own;
  const double *persons = run->homes->persons;
  double snap_limit_m = run->options->snap_limit_m;
  switch (c->kind) {
    case CHOICE_SNAP:
      snap_limit_m *= c->number;
      break;
    case CHOICE_GAP:
      TRY(other_gap(ctx, run, c->number, own, &other.target));
      break;
    case CHOICE_ENTRANCE:
      TRY(other_entrances(ctx, run, (access_rule)c->number, own->target, &other.target));
      break;
    case CHOICE_WEIGHTS:
      TRY(other_persons(ctx, run, c, &persons));
      if (!persons) return SUND_OK;
      break;
  }
  if (c->kind != CHOICE_WEIGHTS) TRY(judge_other(ctx, run, &other, snap_limit_m));
  return add_shares(ctx, run, c, own, &other, persons);
}

static bool applies(const access_run *run, const choice *c) {
  bool areas = run->in->role[SUND_GREEN]->kind == SUND_AREA;
  switch (c->kind) {
    case CHOICE_SNAP:
      return run->way == BY_NETWORK && strcmp(run->options->match, "nodes") != 0;
    case CHOICE_GAP:
      return run->way != BY_TABLE && areas && c->number > run->options->merge_gap_m;
    case CHOICE_ENTRANCE:
      return run->way == BY_NETWORK && areas;
    default:
      return true;
  }
}

sund_code access_alternatives(sund_ctx *ctx, access_run *run) {
  size_t units = units_count(run->in);
  if (run->options->quick) return SUND_OK;
  for (size_t a = 0; a < run->standards; a++) {
    access_answer *own = &run->answer[a];
    if (!(own->low = sund_alloc(ctx, units, sizeof(double))) || !(own->high = sund_alloc(ctx, units, sizeof(double))))
      return SUND_LIMIT;
    for (size_t u = 0; u < units; u++) own->low[u] = own->high[u] = NAN;
  }
  for (size_t k = 0; k < sizeof choices / sizeof *choices; k++) {
    const choice *c = &choices[k];
    if (!applies(run, c)) continue;
    for (size_t a = 0; a < run->standards; a++) TRY(ask_again(ctx, run, c, &run->answer[a]));
    TRY(sund_progress(ctx, 0.75 + 0.1 * (double)(k + 1) / (double)(sizeof choices / sizeof *choices), c->name));
  }
  return SUND_OK;
}

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

/* The same target with sizes across a wider gap; itself when no area passes that did not before. */
static sund_code make_wider(sund_ctx *ctx, const access_run *run, double gap, access_target *own) {
  green_set *set = own->set;
  bool more = false;
  access_target *target = sund_alloc(ctx, 1, sizeof *target);
  if (!target || !(target->accept = sund_alloc(ctx, set->rows, 1))) return SUND_LIMIT;
  if (!set->wider_ha) TRY(wider_sizes(ctx, run, gap, set));
  target->set = set, target->min_ha = own->min_ha, target->reach = own->reach;
  for (size_t r = 0; r < set->rows; r++) {
    target->accept[r] = !set->sliver[r] && set->wider_ha[r] >= own->min_ha;
    more = more || target->accept[r] != own->accept[r];
  }
  own->wider = more ? target : own;
  return SUND_OK;
}

/* target->wider of all standards. */
static sund_code measure_wider(sund_ctx *ctx, access_run *run, double gap) {
  access_target **target = sund_alloc(ctx, run->standards, sizeof *target);
  if (!target) return SUND_LIMIT;
  for (size_t a = 0; a < run->standards; a++) {
    access_target *own = run->answer[a].target;
    if (!own->wider) TRY(make_wider(ctx, run, gap, own));
    target[a] = own->wider;
  }
  TRY(access_measure_all(ctx, run, BY_STRAIGHT, run->standards, target));
  return access_measure_all(ctx, run, run->way, run->standards, target);
}

/* Which entrances of a target are used by another rule, and where they are. */
static sund_code other_entrances(sund_ctx *ctx, const access_run *run, access_rule rule, green_set *set,
                                 access_search *search) {
  if (rule == ENTER_ANYWHERE) {
    if (!set->anywhere) TRY(access_entrances(ctx, run, set, ENTER_ANYWHERE, &set->anywhere));
    search->entrances = set->anywhere;
    return SUND_OK;
  }
  const sund_entrances *e = search->entrances = set->entrances;
  uint8_t *use = sund_alloc(ctx, e->count, 1);
  if (!use) return SUND_LIMIT;
  for (size_t k = 0; k < e->count; k++) use[k] = e->rule[k] == RULE_CROSSING || e->rule[k] == RULE_MAPPED;
  search->use = use;
  return SUND_OK;
}

/* target->entered of all standards, by one rule. */
static sund_code measure_entered(sund_ctx *ctx, const access_run *run, access_rule rule) {
  access_search *search = sund_alloc(ctx, run->standards, sizeof *search);
  size_t count = 0;
  if (!search) return SUND_LIMIT;
  for (size_t a = 0; a < run->standards; a++) {
    access_target *own = run->answer[a].target, **entered = &own->entered[rule - ENTER_CROSSING];
    if (*entered) continue;
    if (!(*entered = sund_alloc(ctx, 1, sizeof **entered))) return SUND_LIMIT;
    **entered = *own;
    (*entered)->by[BY_NETWORK] = (access_reach){0};
    search[count].target = *entered;
    TRY(other_entrances(ctx, run, rule, own->set, &search[count++]));
  }
  return access_sweep(ctx, run, count, search);
}

/* One choice put to all standards. */
typedef struct asking {
  const access_run *run;
  const choice *choice;
  const double *persons; /* homes */
  access_figures *out;   /* standards x units */
} asking;

/* The answer of a standard with the choice changed. */
static sund_code answer_again(sund_ctx *worker, const asking *ask, const access_answer *own, access_answer *other) {
  const choice *c = ask->choice;
  double snap_limit_m = ask->run->options->snap_limit_m;
  uint8_t reason;
  *other = *own;
  if (c->kind == CHOICE_WEIGHTS) return SUND_OK;
  if (c->kind == CHOICE_SNAP) snap_limit_m *= c->number;
  if (c->kind == CHOICE_GAP) other->target = own->target->wider;
  if (c->kind == CHOICE_ENTRANCE) other->target = own->target->entered[(int)c->number - ENTER_CROSSING];
  if (!(other->met = sund_alloc(worker, ask->run->homes->count, 1))) return SUND_LIMIT;
  for (size_t i = 0; i < ask->run->homes->count; i++)
    other->met[i] = access_judge(ask->run, other, snap_limit_m, i, &reason);
  return SUND_OK;
}

static sund_code ask_block(sund_ctx *worker, size_t begin, size_t end, void *data) {
  const asking *ask = data;
  const access_run *run = ask->run;
  size_t units = units_count(run->in);
  for (size_t a = begin; a < end; a++) {
    access_answer other;
    TRY(answer_again(worker, ask, &run->answer[a], &other));
    for (size_t u = 0; u < units; u++) {
      sund_ctx *scratch = sund_ctx_child(worker);
      if (!scratch) return SUND_LIMIT;
      sund_code code = access_count(scratch, &other, ask->persons, run->first[u + 1] - run->first[u],
                                    run->list + run->first[u], &ask->out[a * units + u]);
      sund_ctx_pass(worker, scratch);
      sund_ctx_free(scratch);
      TRY(code);
    }
  }
  return SUND_OK;
}

/* Shares of one standard under one choice, by unit. */
static sund_code add_shares(sund_ctx *ctx, access_run *run, const asking *ask, size_t a) {
  const access_answer *own = &run->answer[a];
  const choice *c = ask->choice;
  const char *variant = sund_text(ctx, "%s/%s", own->variant, c->name), *method = access_method(ctx, run, own);
  bool people = c->kind != CHOICE_WEIGHTS || c->number == 0;
  if (!variant || !method) return SUND_LIMIT;
  for (size_t u = 0; u < units_count(run->in); u++) {
    const access_figures *f = &ask->out[a * units_count(run->in) + u];
    own->low[u] = fmin(own->low[u], f->share), own->high[u] = fmax(own->high[u], f->share);
    TRY(sund_results_indicator(ctx, &run->later,
                               (sund_indicator){.area = units_area(run->in, u),
                                                .indicator = "access.alternative",
                                                .variant = variant,
                                                .value = f->share,
                                                .unit = "%",
                                                .low = NAN,
                                                .high = NAN,
                                                .base = f->assessed,
                                                .base_unit = people ? "persons" : "dwellings",
                                                .method = method}));
  }
  return SUND_OK;
}

/* All standards under one choice, unless it means nothing here. */
static sund_code ask_again(sund_ctx *ctx, access_run *run, const choice *c) {
  asking ask = {run, c, run->homes->persons,
                sund_alloc(ctx, run->standards * units_count(run->in), sizeof(access_figures))};
  if (!ask.out) return SUND_LIMIT;
  if (c->kind == CHOICE_GAP) TRY(measure_wider(ctx, run, c->number));
  if (c->kind == CHOICE_ENTRANCE) TRY(measure_entered(ctx, run, (access_rule)c->number));
  if (c->kind == CHOICE_WEIGHTS) TRY(other_persons(ctx, run, c, &ask.persons));
  if (!ask.persons) return SUND_OK;
  TRY(sund_for(ctx, run->standards, 1, ask_block, &ask));
  for (size_t a = 0; a < run->standards; a++) TRY(add_shares(ctx, run, &ask, a));
  return SUND_OK;
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
    TRY(ask_again(ctx, run, c));
    TRY(sund_progress(ctx, 0.75 + 0.1 * (double)(k + 1) / (double)(sizeof choices / sizeof *choices), c->name));
  }
  return SUND_OK;
}

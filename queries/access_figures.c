/* access_figures.c - the indicators of `access` for every unit, answer and group of people.
 *
 * Figures are computed for all units and answers at once on the threads, then written down in order.
 */
#include <math.h>
#include <string.h>

#include "access.h"

/* ----------------------------------------------------------------------------------------------------- figures */

sund_code access_count(sund_ctx *ctx, const access_answer *answer, const double *persons, size_t n,
                       const size_t *list, access_figures *out) {
  double *all = sund_alloc(ctx, n, sizeof *all), *known = sund_alloc(ctx, n, sizeof *known);
  double *met = sund_alloc(ctx, n, sizeof *met);
  if (!all || !known || !met) return SUND_LIMIT;
  for (size_t k = 0; k < n; k++) {
    all[k] = persons[list[k]];
    known[k] = answer->met[list[k]] >= 0 ? all[k] : 0;
    met[k] = answer->met[list[k]] == 1 ? all[k] : 0;
  }
  *out = (access_figures){.persons = sund_sum(n, all), .assessed = sund_sum(n, known), .met = sund_sum(n, met)};
  out->share = out->assessed > 0 ? 100 * out->met / out->assessed : NAN;
  return SUND_OK;
}

/* A quantile that falls on a home that reaches nothing is unknown. */
static double quantile(const sund_ranks *ranks, double share) {
  double value = sund_ranks_quantile(ranks, share);
  return isinf(value) ? NAN : value;
}

/* Points of the share per 10 m: what five metres more and less would change. */
static double slope_at(const sund_ranks *ranks, double max) {
  enum { HALF_M = 5 };
  return 100 * (sund_ranks_share(ranks, max + HALF_M) - sund_ranks_share(ranks, fmax(0, max - HALF_M)));
}

/* How the distances of the homes list[0..n) are spread. */
static sund_code spread_out(sund_ctx *ctx, const access_run *run, const access_answer *answer, size_t n,
                            const size_t *list, access_figures *out) {
  const access_reach *reach = &answer->target->by[answer->way];
  double *dist = sund_alloc(ctx, n, sizeof *dist), *weight = sund_alloc(ctx, n, sizeof *weight);
  double *one = sund_alloc(ctx, n, sizeof *one);
  sund_ranks ranks;
  if (!dist || !weight || !one) return SUND_LIMIT;
  out->farthest_m = NAN;
  for (size_t k = 0; k < n; k++) {
    size_t i = list[k];
    double metres = reach->metres[i];
    dist[k] = isnan(metres) ? INFINITY : metres;
    weight[k] = answer->met[i] >= 0 ? run->homes->persons[i] : 0;
    one[k] = answer->met[i] == 1 && !(reach->next_m[i] <= answer->max) ? weight[k] : 0;
    if (weight[k] > 0 && !isnan(metres)) out->farthest_m = fmax(out->farthest_m, metres);
  }
  out->only_one = sund_sum(n, one);
  TRY(sund_ranks_make(ctx, n, dist, weight, &ranks));
  out->median_m = quantile(&ranks, 0.5);
  out->d90_m = quantile(&ranks, 0.9);
  out->p99_m = quantile(&ranks, 0.99);
  out->gini = sund_ranks_gini(&ranks);
  out->slope = slope_at(&ranks, answer->max);
  for (size_t s = 0; s < CURVE_STEPS; s++)
    out->curve[s] = 100 * sund_ranks_share(&ranks, answer->max * (double)s / CURVE_TENTHS);
  return SUND_OK;
}

typedef struct figures_job {
  const access_run *run;
  access_figures *out; /* units x answers */
} figures_job;

static sund_code figures_block(sund_ctx *worker, size_t begin, size_t end, void *data) {
  const figures_job *job = data;
  const access_run *run = job->run;
  for (size_t f = begin; f < end; f++) {
    size_t u = f / run->answers, n = run->first[u + 1] - run->first[u];
    const size_t *list = run->list + run->first[u];
    const access_answer *answer = &run->answer[f % run->answers];
    sund_ctx *scratch = sund_ctx_child(worker);
    if (!scratch) return SUND_LIMIT;
    sund_code code = access_count(scratch, answer, run->homes->persons, n, list, &job->out[f]);
    if (code == SUND_OK && !answer->reading) code = spread_out(scratch, run, answer, n, list, &job->out[f]);
    if (code != SUND_OK) sund_ctx_pass(worker, scratch);
    sund_ctx_free(scratch);
    if (code != SUND_OK) return code;
  }
  return SUND_OK;
}

/* ------------------------------------------------------------------------------------------------------ method */

static uint32_t mix(uint32_t hash, const void *bytes, size_t count) {
  const unsigned char *byte = bytes;
  for (size_t i = 0; i < count; i++) hash = (hash ^ byte[i]) * 16777619u; /* FNV-1a */
  return hash;
}

const char *access_method(sund_ctx *ctx, const access_run *run, const access_answer *answer) {
  static const char *const way_name[WAYS] = {"straight", "land", "network", "table"};
  const access_options *o = run->options;
  bool nodes = answer->way == BY_NETWORK && strcmp(o->match, "nodes") == 0;
  const double number[] = {answer->max,
                           answer->target->min_ha,
                           o->merge_gap_m,
                           o->sliver_m,
                           answer->way == BY_NETWORK || answer->way == BY_LAND ? o->snap_limit_m : 0,
                           answer->way == BY_NETWORK ? o->join_m : 0,
                           answer->way == BY_NETWORK && o->ferries,
                           run->homes->spread > 0 ? o->piece_m : 0,
                           run->homes->spread > 0 && o->plain_weights};
  const uint32_t counts[] = {answer->standard->kinds, answer->access};
  uint32_t hash = mix(mix(2166136261u, counts, sizeof counts), number, sizeof number);
  return sund_text(ctx, "access-%s/2#%06x", nodes ? "nodes" : way_name[answer->way], (hash ^ hash >> 24) & 0xffffff);
}

/* -------------------------------------------------------------------------------------------------- indicators */

sund_code access_add(sund_ctx *ctx, access_run *run, size_t unit, sund_indicator row) {
  row.area = units_area(run->in, unit);
  if (!row.base_unit && !isnan(row.base)) row.base_unit = "persons";
  return sund_results_indicator(ctx, run->out, row);
}

const char *access_verdict(double target, double value, double low, double high) {
  if (!(target > 0) || isnan(value)) return NULL;
  if (!((isnan(low) ? value : low) < target)) return "met";
  return (isnan(high) ? value : high) < target ? "not met" : "undecided";
}

static sund_code add(sund_ctx *ctx, access_run *run, size_t unit, sund_indicator like, const char *indicator,
                     double value, const char *unit_name, double base) {
  like.indicator = indicator, like.value = value, like.unit = unit_name, like.base = base;
  return access_add(ctx, run, unit, like);
}

bool access_hidden(const access_run *run, double persons) {
  return persons > 0 && persons < run->options->suppress;
}

/* Leaves nothing of the figures but how many live there. */
static void withhold(access_figures *f) {
  *f = (access_figures){.persons = f->persons,
                        .assessed = NAN,
                        .met = NAN,
                        .share = NAN,
                        .median_m = NAN,
                        .d90_m = NAN,
                        .p99_m = NAN,
                        .farthest_m = NAN,
                        .slope = NAN,
                        .only_one = NAN,
                        .gini = NAN,
                        .low = NAN,
                        .high = NAN};
  for (size_t s = 0; s < CURVE_STEPS; s++) f->curve[s] = NAN;
}

/* The share's interval: as if none, and as if all of the unassessed lived near enough; and what the alternatives give.
 * NAN when nothing is open. */
static void interval(const access_answer *answer, bool whole, size_t unit, const access_figures *f, double *low,
                     double *high) {
  bool all = f->assessed >= f->persons;
  *low = all ? NAN : 100 * f->met / f->persons;
  *high = all ? NAN : 100 * (f->met + f->persons - f->assessed) / f->persons;
  if (!answer->low || isnan(answer->low[unit]) || !whole) return; /* alternatives are of all people, not of a group */
  *low = fmin(fmin(*low, answer->low[unit]), f->share);
  *high = fmax(fmax(*high, answer->high[unit]), f->share);
}

/* Share, persons, unassessed: what every answer and every group has. */
static sund_code add_share(sund_ctx *ctx, access_run *run, size_t unit, const access_answer *answer,
                           const char *variant, access_figures *f, sund_indicator *like) {
  *like = (sund_indicator){.variant = variant, .method = access_method(ctx, run, answer), .low = NAN, .high = NAN};
  if (!like->method) return SUND_LIMIT;
  if (access_hidden(run, f->persons)) {
    run->withheld++;
    withhold(f);
    return add(ctx, run, unit, *like, "access.share", NAN, "%", NAN);
  }
  interval(answer, variant == answer->variant, unit, f, &f->low, &f->high);
  f->verdict = access_verdict(run->options->target_pct, f->share, f->low, f->high);
  like->low = f->low, like->high = f->high, like->verdict = f->verdict;
  TRY(add(ctx, run, unit, *like, "access.share", f->share, "%", f->assessed));
  like->low = like->high = NAN, like->verdict = NULL;
  TRY(add(ctx, run, unit, *like, "access.persons", f->met, "persons", f->assessed));
  return add(ctx, run, unit, *like, "access.unassessed", f->persons - f->assessed, "persons", f->persons);
}

static sund_code add_figures(sund_ctx *ctx, access_run *run, size_t unit, const access_answer *answer,
                             access_figures *f) {
  sund_indicator like;
  const char *metre = answer->way == BY_TABLE && run->od->minutes ? "min" : "m";
  TRY(add_share(ctx, run, unit, answer, answer->variant, f, &like));
  if (access_hidden(run, f->persons) || answer->reading) return SUND_OK;
  bool table = *metre == 'm' && metre[1];
  TRY(add(ctx, run, unit, like, "access.median", table ? NAN : f->median_m, "m", f->assessed));
  TRY(add(ctx, run, unit, like, "access.d90", table ? NAN : f->d90_m, "m", f->assessed));
  if (table) {
    TRY(add(ctx, run, unit, like, "access.median_min", f->median_m, metre, f->assessed));
    TRY(add(ctx, run, unit, like, "access.d90_min", f->d90_m, metre, f->assessed));
    return SUND_OK;
  }
  TRY(add(ctx, run, unit, like, "access.p99", f->p99_m, "m", f->assessed));
  TRY(add(ctx, run, unit, like, "access.farthest", f->farthest_m, "m", f->assessed));
  TRY(add(ctx, run, unit, like, "access.slope", f->slope, "%/10 m", f->assessed));
  TRY(add(ctx, run, unit, like, "access.gini", f->gini, "", f->assessed));
  double only = f->met > 0 ? 100 * f->only_one / f->met : NAN;
  return add(ctx, run, unit, like, "access.only_one", only, "%", f->met);
}

/* The standards' own answers by group of people: "who-05/group_65_plus". */
static sund_code add_groups(sund_ctx *ctx, access_run *run, size_t unit, const access_answer *answer) {
  size_t n = run->first[unit + 1] - run->first[unit];
  for (size_t g = 0; g < run->homes->groups; g++) {
    access_figures f;
    sund_indicator like;
    const char *variant = sund_text(ctx, "%s/%s", answer->variant, run->homes->group[g]);
    sund_ctx *scratch = variant ? sund_ctx_child(ctx) : NULL;
    if (!scratch) return SUND_LIMIT;
    sund_code code = access_count(scratch, answer, run->homes->in_group[g], n, run->list + run->first[unit], &f);
    sund_ctx_pass(ctx, scratch);
    sund_ctx_free(scratch);
    TRY(code);
    TRY(add_share(ctx, run, unit, answer, variant, &f, &like));
  }
  return SUND_OK;
}

/* Mean number of kinds of green in reach, by persons. */
static sund_code add_kinds(sund_ctx *ctx, access_run *run, size_t unit, size_t a, const access_figures *f) {
  double persons = 0, kinds = 0;
  if (!run->kinds || access_hidden(run, f->persons)) return SUND_OK;
  for (size_t k = run->first[unit]; k < run->first[unit + 1]; k++) {
    size_t i = run->list[k];
    if (run->answer[a].met[i] < 0) continue;
    persons += run->homes->persons[i], kinds += run->homes->persons[i] * run->kinds[a][i];
  }
  const sund_indicator like = {
      .variant = run->answer[a].variant, .method = access_method(ctx, run, &run->answer[a]), .low = NAN, .high = NAN};
  return like.method
             ? add(ctx, run, unit, like, "access.kinds", persons > 0 ? kinds / persons : NAN, "kinds", persons)
             : SUND_LIMIT;
}

/* Units that one standard ranks this way and another that way, by a point each: no single number is the truth. */
static sund_code note_ranks(sund_ctx *ctx, access_run *run, const access_figures *kept) {
  static const double POINT = 1;
  size_t units = units_count(run->in), pairs = 0, first[4] = {0};
  const char **level = run->in->role[SUND_AREAS] ? sund_table_text(run->in->role[SUND_AREAS], "level") : NULL;
  for (size_t u = 0; u < units; u++)
    for (size_t v = u + 1; v < units; v++) {
      if (level && strcmp(level[u], level[v]) != 0) continue;
      size_t up = SIZE_MAX, down = SIZE_MAX;
      for (size_t a = 0; a < run->standards; a++) {
        double more = kept[u * run->standards + a].share - kept[v * run->standards + a].share;
        if (more > POINT && up == SIZE_MAX) up = a;
        if (more < -POINT && down == SIZE_MAX) down = a;
      }
      if (up == SIZE_MAX || down == SIZE_MAX) continue;
      if (pairs++ == 0) first[0] = u, first[1] = v, first[2] = up, first[3] = down;
    }
  if (!pairs) return SUND_OK;
  const char **name = sund_table_text(run->in->role[SUND_AREAS], "name");
  const char *text =
      sund_text(ctx,
                "standards rank %zu pairs of areas differently, e.g. %s before %s by %s, the other way "
                "round by %s: compare areas by more than one",
                pairs, name[first[0]], name[first[1]], run->answer[first[2]].variant, run->answer[first[3]].variant);
  return text ? access_note(ctx, run, "note", "areas", text) : SUND_LIMIT;
}

static sund_code note_withheld(sund_ctx *ctx, access_run *run) {
  if (!run->withheld) return SUND_OK;
  const char *text = sund_text(ctx, "%zu shares are of fewer than %g persons: these and their figures are not given",
                               run->withheld, run->options->suppress);
  return text ? access_note(ctx, run, "note", "homes", text) : SUND_LIMIT;
}

sund_code access_figures_add(sund_ctx *ctx, access_run *run, access_figures *kept) {
  size_t units = units_count(run->in);
  figures_job job = {run, sund_alloc(ctx, units * run->answers, sizeof(access_figures))};
  if (!job.out) return SUND_LIMIT;
  TRY(sund_for(ctx, units * run->answers, 1, figures_block, &job));
  for (size_t u = 0; u < units; u++) {
    access_figures *f = &job.out[u * run->answers];
    for (size_t a = 0; a < run->answers; a++) {
      TRY(add_figures(ctx, run, u, &run->answer[a], &f[a]));
      if (a >= run->standards) continue;
      kept[u * run->standards + a] = f[a];
      TRY(add_groups(ctx, run, u, &run->answer[a]));
      TRY(add_kinds(ctx, run, u, a, &f[a]));
    }
    const sund_indicator persons = {.indicator = "area.persons",
                                    .variant = "",
                                    .value = run->answers && !access_hidden(run, f->persons) ? f->persons : NAN,
                                    .unit = "persons",
                                    .low = NAN,
                                    .high = NAN,
                                    .base = NAN,
                                    .method = run->homes->spread ? "persons-spread/1" : "persons/1"};
    TRY(access_add(ctx, run, u, persons));
  }
  TRY(note_withheld(ctx, run));
  return note_ranks(ctx, run, kept);
}

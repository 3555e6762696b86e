/* access_figures.c - the indicators of `access`: share, persons, distances of every area and standard. */
#include <math.h>
#include <string.h>

#include "access.h"

/* Quantiles count homes that reach nothing as infinitely far; a quantile that falls on one of them is unknown. */
static sund_code distance_quantile(sund_ctx *ctx, size_t n, const double *dist, const double *weight, double share,
                                   double *out) {
  TRY(sund_quantile(ctx, n, dist, weight, share, out));
  if (isinf(*out)) *out = NAN;
  return SUND_OK;
}

/* Figures over the homes list[0..n). met NULL: judged here against max_m, everybody assessed. */
static sund_code figure(sund_ctx *ctx, const access_run *run, const access_answer *answer, bool straight, size_t n,
                        const size_t *list, access_figures *out) {
  sund_ctx *scratch = sund_ctx_child(ctx);
  if (!scratch) return SUND_LIMIT;
  const double *dist = straight ? answer->target->straight_m : answer->dist_m;
  double *value = sund_alloc(scratch, n, sizeof *value), *weight = sund_alloc(scratch, n, sizeof *weight);
  double *met = sund_alloc(scratch, n, sizeof *met), *all = sund_alloc(scratch, n, sizeof *all);
  sund_code code = sund_failure(scratch, NULL, NULL, NULL);
  if (code == SUND_OK) {
    for (size_t k = 0; k < n; k++) {
      size_t i = list[k];
      bool known = !isfinite(run->gap_m[i]) || dist[i] <= run->gap_m[i]; /* no data end before the green */
      bool yes = straight ? known && dist[i] <= answer->max_m : answer->met[i] == 1;
      bool assessed = straight ? known : answer->met[i] != SUND_NULL_INT;
      all[k] = run->homes->persons[i];
      weight[k] = assessed ? all[k] : 0;
      met[k] = yes ? all[k] : 0;
      value[k] = isnan(dist[i]) ? INFINITY : dist[i];
    }
    *out = (access_figures){.persons = sund_sum(n, all), .assessed = sund_sum(n, weight), .met = sund_sum(n, met)};
    out->share = out->assessed > 0 ? 100 * out->met / out->assessed : NAN;
    code = distance_quantile(scratch, n, value, weight, 0.5, &out->median_m);
    if (code == SUND_OK) code = distance_quantile(scratch, n, value, weight, 0.9, &out->d90_m);
  }
  sund_ctx_pass(ctx, scratch);
  sund_ctx_free(scratch);
  return code;
}

static sund_code add(sund_ctx *ctx, access_run *run, size_t unit, const char *indicator, const char *variant,
                     double value, const char *unit_name, double base, const char *method) {
  return sund_results_indicator(ctx, run->out,
                                (sund_indicator){indicator, variant, units_area(run->in, unit), value, unit_name, NAN,
                                                 NAN, base, isnan(base) ? NULL : "persons", method});
}

/* The share's interval: as if none, and as if all of the unassessed lived near enough. NULL when there are none. */
static sund_code add_share(sund_ctx *ctx, access_run *run, size_t unit, const char *variant, const access_figures *f,
                           const char *method) {
  bool all = f->assessed >= f->persons;
  double low = all ? NAN : 100 * f->met / f->persons;
  double high = all ? NAN : 100 * (f->met + f->persons - f->assessed) / f->persons;
  return sund_results_indicator(ctx, run->out,
                                (sund_indicator){"access.share", variant, units_area(run->in, unit), f->share, "%",
                                                 low, high, f->assessed, "persons", method});
}

static sund_code add_figures(sund_ctx *ctx, access_run *run, size_t unit, const char *variant,
                             const access_figures *f, const char *method) {
  TRY(add_share(ctx, run, unit, variant, f, method));
  TRY(add(ctx, run, unit, "access.persons", variant, f->met, "persons", f->assessed, method));
  TRY(add(ctx, run, unit, "access.unassessed", variant, f->persons - f->assessed, "persons", f->persons, method));
  TRY(add(ctx, run, unit, "access.median", variant, f->median_m, "m", f->assessed, method));
  return add(ctx, run, unit, "access.d90", variant, f->d90_m, "m", f->assessed, method);
}

static const char *method_id(const access_run *run) {
  if (!run->network) return "access-straight/1";
  return strcmp(run->options->match, "nodes") == 0 ? "access-nodes/1" : "access-network/1";
}

/* All figures, unit by unit; kept: units x answers, for the layer access_areas. */
sund_code access_figures_add(sund_ctx *ctx, access_run *run, const size_t *first, const size_t *list,
                             access_figures *kept) {
  for (size_t u = 0; u < units_count(run->in); u++) {
    size_t n = first[u + 1] - first[u];
    double persons = 0;
    for (size_t a = 0; a < run->answers; a++) {
      const access_answer *answer = &run->answer[a];
      access_figures *f = &kept[u * run->answers + a], straight;
      TRY(figure(ctx, run, answer, false, n, list + first[u], f));
      TRY(add_figures(ctx, run, u, answer->standard->name, f, method_id(run)));
      persons = f->persons;
      if (!run->network) continue;
      const char *variant = sund_text(ctx, "%s/straight", answer->standard->name);
      if (!variant) return SUND_LIMIT;
      TRY(figure(ctx, run, answer, true, n, list + first[u], &straight));
      TRY(add_figures(ctx, run, u, variant, &straight, "access-straight/1"));
    }
    TRY(add(ctx, run, u, "area.persons", "", persons, "persons", NAN,
            run->homes->spread ? "persons-spread/1" : "persons/1"));
  }
  return SUND_OK;
}

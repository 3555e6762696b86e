/* labour_rules.c - the units divided into markets by a rule, and the sums of markets. */
#include <math.h>
#include <string.h>

#include "labour.h"

static const size_t NONE = SIZE_MAX;

double labour_percent(double part, double whole) {
  return whole > 0 ? 100 * part / whole : NAN;
}

sund_containment_rule labour_containment(const labour_options *o) {
  return (sund_containment_rule){o->min_size, labour_share(o->min_containment), o->target_size,
                                 labour_share(o->target_containment)};
}

double labour_validity(const labour_options *options, const labour_market *m) {
  const sund_containment_rule rule = labour_containment(options);
  const double larger = fmax(m->residents, m->jobs);
  return sund_containment_validity(&rule, m->residents, larger > 0 ? m->inside / larger : 0);
}

/* ---------------------------------------------------------------------------------------------------------- rules */

static sund_code divide_greedily(sund_ctx *ctx, const labour_run *run, const sund_flows *flows, size_t *leader) {
  const labour_options *o = run->options;
  uint8_t *centre = sund_alloc(ctx, flows->n, sizeof *centre);
  if (!centre) return SUND_LIMIT;
  for (size_t k = 0; k < o->centres.count; k++) {
    size_t count, *unit;
    TRY(labour_unit_list(ctx, run, "centres", o->centres.value[k], &count, &unit));
    for (size_t i = 0; i < count; i++) centre[unit[i]] = 1;
  }
  const sund_greedy_rule rule = {o->centre_size, labour_share(o->min_link), centre, run->units.beside};
  return sund_markets_greedy(ctx, flows, &rule, leader);
}

sund_code labour_divide(sund_ctx *ctx, const labour_run *run, const char *rule, const double *flow, size_t *leader,
                        size_t *follows, uint8_t *cut) {
  const labour_options *o = run->options;
  const sund_flows flows = {run->units.n, flow};
  if (strcmp(rule, "scb") == 0) {
    const sund_scb_rule scb = {labour_share(o->max_out), labour_share(o->max_single), NULL};
    return sund_markets_scb(ctx, &flows, &scb, leader, follows, cut);
  }
  if (strcmp(rule, "ttwa") == 0) return divide_greedily(ctx, run, &flows, leader);
  const sund_containment_rule containment = labour_containment(o);
  return sund_markets_containment(ctx, &flows, &containment, leader);
}

/* ----------------------------------------------------------------------------------------------------------- sums */

/* "DK, SE" in the order of the units. */
static sund_code add_country(sund_ctx *ctx, const char *country, labour_market *m) {
  if (!country) return SUND_OK;
  for (const char *at = m->countries; at; at = strchr(at, ',') ? strchr(at, ',') + 2 : NULL) {
    const size_t length = strcspn(at, ",");
    if (strlen(country) == length && strncmp(at, country, length) == 0) return SUND_OK;
  }
  m->countries = m->countries ? sund_text(ctx, "%s, %s", m->countries, country) : country;
  return m->countries ? SUND_OK : SUND_LIMIT;
}

sund_code labour_sum(sund_ctx *ctx, const labour_units *u, const uint8_t *in, labour_market *out) {
  labour_market m = {.leader = NONE};
  for (size_t i = 0; i < u->n; i++) {
    if (!in[i]) continue;
    m.units++;
    m.residents += u->residents[i], m.jobs += u->jobs[i], m.persons += u->persons[i];
    if (m.leader == NONE || u->residents[i] > u->residents[m.leader]) m.leader = i;
    TRY(add_country(ctx, u->country[i], &m));
    for (size_t j = 0; j < u->n; j++) {
      if (!in[j]) continue;
      m.inside += u->flow[i * u->n + j];
      if (u->across && u->across[i * u->n + j]) m.crossing += u->flow[i * u->n + j];
    }
  }
  *out = m;
  return SUND_OK;
}

/* Markets in the order of their leaders, each with its sums. */
static sund_code sum_markets(sund_ctx *ctx, const labour_run *run, const size_t *leader, labour_partition *p) {
  const size_t n = run->units.n;
  size_t *number = sund_alloc(ctx, n, sizeof *number);
  uint8_t *in = sund_alloc(ctx, n, sizeof *in);
  p->found = sund_alloc(ctx, n, sizeof *p->found);
  if (!number || !in || !p->found) return SUND_LIMIT;
  for (size_t i = 0; i < n; i++)
    if (leader[i] == i) number[i] = p->count++;
  for (size_t i = 0; i < n; i++) p->market[i] = leader[i] == NONE ? NONE : number[leader[i]];
  for (size_t i = 0; i < n; i++) {
    if (leader[i] != i) continue;
    for (size_t j = 0; j < n; j++) in[j] = leader[j] == i;
    labour_market *m = &p->found[number[i]];
    TRY(labour_sum(ctx, &run->units, in, m));
    m->leader = i; /* by scb a market is led by its centre, whatever its size */
  }
  return SUND_OK;
}

static uint32_t mix(uint32_t hash, const void *data, size_t count) {
  const unsigned char *byte = data;
  for (size_t i = 0; i < count; i++) hash = (hash ^ byte[i]) * 16777619u; /* FNV-1a */
  return hash;
}

/* Name and version of the method with a hash of what it was asked with: other parameters are no trend. */
static const char *method_of(sund_ctx *ctx, const labour_run *run, const char *rule) {
  const labour_options *o = run->options;
  const bool scb = strcmp(rule, "scb") == 0, ttwa = strcmp(rule, "ttwa") == 0;
  const sund_containment_rule c = labour_containment(o);
  const double of_scb[] = {labour_share(o->max_out), labour_share(o->max_single)};
  const double of_ttwa[] = {o->centre_size, labour_share(o->min_link), run->units.beside != NULL};
  const double of_containment[] = {c.min_size, c.min_containment, c.target_size, c.target_containment};
  uint32_t hash = 2166136261u;
  if (scb) hash = mix(hash, of_scb, sizeof of_scb);
  else if (ttwa) hash = mix(hash, of_ttwa, sizeof of_ttwa);
  else hash = mix(hash, of_containment, sizeof of_containment);
  for (size_t k = 0; ttwa && k < o->centres.count; k++)
    hash = mix(hash, o->centres.value[k], strlen(o->centres.value[k]) + 1);
  return sund_text(ctx, "labour-%s/1#%06x", rule, (hash ^ hash >> 24) & 0xffffff);
}

sund_code labour_partition_make(sund_ctx *ctx, labour_run *run, const char *rule, labour_partition *out) {
  const size_t n = run->units.n;
  const bool scb = strcmp(rule, "scb") == 0;
  size_t *leader = sund_alloc(ctx, n, sizeof *leader);
  *out = (labour_partition){.rule = rule, .method = method_of(ctx, run, rule)};
  out->market = sund_alloc(ctx, n, sizeof *out->market);
  if (!leader || !out->method || !out->market) return SUND_LIMIT;
  if (scb && !(out->follows = sund_alloc(ctx, n, sizeof *out->follows))) return SUND_LIMIT;
  if (scb && !(out->cut = sund_alloc(ctx, n, sizeof *out->cut))) return SUND_LIMIT;
  TRY(labour_divide(ctx, run, rule, run->units.flow, leader, out->follows, out->cut));
  return sum_markets(ctx, run, leader, out);
}

/* streets.c - the streets of one mode: times in whole units, arcs onward and backward.
 *
 * Order: times by edge and direction, nodes and links (streets_turns.c copies nodes where turns are restricted),
 * arcs grouped by node. Searches: streets_search.c, streets_trees.c; parts: streets_parts.c; the way itself:
 * streets_way.c.
 */
#include "geo/streets.h"

#include <math.h>

uint32_t streets_units(const sund_streets *streets, double seconds) {
  const double units = round(seconds / streets->unit_s);
  return units < (double)SUND_BEYOND ? (uint32_t)units : SUND_BEYOND;
}

/* ------------------------------------------------------------------------------------------------------- times */

static sund_code note_times(sund_ctx *ctx, const sund_streets_spec *spec, sund_streets *s) {
  for (size_t e = 0; e < s->graph->edges; e++) {
    const double given[2] = {spec->forward_s[e], spec->backward_s[e]};
    for (size_t k = 0; k < 2; k++) {
      s->seconds[2 * e + k] = given[k];
      if (isnan(given[k])) continue;
      if (given[k] < 0 || streets_units(s, given[k]) == SUND_BEYOND)
        return sund_fail(ctx, SUND_DATA, "edge %zu takes %g seconds", e, given[k]);
    }
  }
  return SUND_OK;
}

/* -------------------------------------------------------------------------------------------------------- arcs */

/* Arcs by one of their ends, in the order of the links. */
static sund_code make_arcs(sund_ctx *ctx, const sund_streets *s, size_t count, const streets_link *link,
                           bool backward, streets_arcs *out) {
  streets_arcs a = {.first = sund_alloc(ctx, s->nodes + 2, sizeof *a.first),
                    .arc = sund_alloc(ctx, count, sizeof *a.arc),
                    .pass = sund_alloc(ctx, count, sizeof *a.pass)};
  if (!a.first || !a.arc || !a.pass) return SUND_LIMIT;
  size_t *next = a.first + 1;
  for (size_t i = 0; i < count; i++) next[(backward ? link[i].to : link[i].from) + 1]++;
  for (size_t v = 0; v < s->nodes; v++) next[v + 1] += next[v];
  for (size_t i = 0; i < count; i++) {
    const size_t at = next[backward ? link[i].to : link[i].from]++;
    a.arc[at] = (streets_arc){backward ? link[i].from : link[i].to, streets_units(s, s->seconds[link[i].pass])};
    a.pass[at] = link[i].pass;
  }
  *out = a;
  return SUND_OK;
}

static void measure_arcs(sund_streets *s) {
  const size_t count = s->arcs[0].first[s->nodes];
  uint64_t sum = 0;
  for (size_t i = 0; i < count; i++) {
    const uint32_t units = s->arcs[0].arc[i].units;
    sum += units;
    if (units > s->longest) s->longest = units;
  }
  s->usual = count ? (uint32_t)(sum / count) : 0;
}

/* ---------------------------------------------------------------------------------------------------- building */

static sund_code build(sund_ctx *ctx, sund_ctx *scratch, const sund_streets_spec *spec, sund_streets *s, size_t *used,
                       size_t *lost) {
  const size_t passes = 2 * s->graph->edges;
  if (passes >= UINT32_MAX) return sund_fail(scratch, SUND_LIMIT, "%zu edges are too many", s->graph->edges);
  s->seconds = sund_alloc(ctx, passes, sizeof *s->seconds);
  s->after = sund_alloc(ctx, passes, sizeof *s->after);
  if (!s->seconds || !s->after) return SUND_LIMIT;
  TRY(note_times(scratch, spec, s));
  size_t count;
  streets_link *links;
  streets_chains chains = {0};
  if (spec->turns && spec->topology) TRY(streets_turns_read(scratch, spec, s, &chains, used, lost));
  TRY(streets_nodes_make(ctx, scratch, s, &chains, &count, &links));
  TRY(make_arcs(ctx, s, count, links, false, &s->arcs[0]));
  TRY(make_arcs(ctx, s, count, links, true, &s->arcs[1]));
  measure_arcs(s);
  return SUND_OK;
}

sund_code sund_streets_build(sund_ctx *ctx, const sund_streets_spec *spec, sund_streets **out, size_t *turns_used,
                             size_t *turns_lost) {
  if (!(spec->unit_s > 0) || !(spec->leg_s_m >= 0))
    return sund_fail(ctx, SUND_DEFECT, "streets with units of %g seconds and legs of %g seconds a metre",
                     spec->unit_s, spec->leg_s_m);
  sund_streets *s = sund_alloc(ctx, 1, sizeof *s);
  sund_ctx *scratch = s ? sund_ctx_child(ctx) : NULL;
  if (!scratch) return SUND_LIMIT;
  s->graph = spec->graph;
  s->unit_s = spec->unit_s;
  s->leg_s_m = spec->leg_s_m;
  size_t used = 0, lost = 0;
  sund_code code = build(ctx, scratch, spec, s, &used, &lost);
  if (code != SUND_OK) code = sund_ctx_pass(ctx, scratch);
  sund_ctx_free(scratch);
  if (code != SUND_OK) return code;
  if (turns_used) *turns_used = used;
  if (turns_lost) *turns_lost = lost;
  *out = s;
  return SUND_OK;
}

size_t sund_streets_nodes(const sund_streets *streets) {
  return streets->nodes;
}

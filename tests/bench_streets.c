/* bench_streets.c - trees over a road network of about a million nodes. Usage: bench_streets NODES FOLDER.
 *
 * Says, a line each, `name value`: seconds of building, of contracting (CPU, and for a million nodes), of a tree by search
 * and by sweeps of 16, 32 and 64 lanes of 16 bits and of 32 bits (wide; CPU, one thread) and on two threads (wall), of
 * trees handed to a visitor for few and many targets, and megabytes. Writes FOLDER/edges.csv (id, source, target, cost, reverse cost, in seconds; -1 = not
 * allowed) and FOLDER/trees.csv (source, nodes reached, sum of their seconds), for other programs to do the same trees.
 */
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

#include "bench_roads.h"
#include "geo/sweep.h"

enum { TREES = 4, BATCHES = 16, SOURCES = 1024, NARROW_LIMIT = 65534, WIDE_LIMIT = 65535 };

static double now(clockid_t clock) {
  struct timespec time;
  clock_gettime(clock, &time);
  return (double)time.tv_sec + 1e-9 * (double)time.tv_nsec;
}

static double cpu(void) {
  return now(CLOCK_PROCESS_CPUTIME_ID);
}

static double megabytes(void) {
  struct rusage usage;
  getrusage(RUSAGE_SELF, &usage);
  return (double)usage.ru_maxrss / 1024;
}

static sund_spot at_node(const sund_graph *g, size_t node) {
  const uint32_t edge = g->arc_edge[g->first_out[node]];
  return (sund_spot){.edge = edge, .along_m = g->edge_from[edge] == node ? 0 : g->edge_m[edge]};
}

/* -------------------------------------------------------------------------------------------------------- files */

static bool write_edges(const char *folder, const roads *r, const sund_streets *s) {
  char path[1000];
  snprintf(path, sizeof path, "%s/edges.csv", folder);
  FILE *file = fopen(path, "w");
  if (!file) return false;
  for (size_t e = 0; e < r->edges; e++) {
    const double back = s->seconds[2 * e + 1];
    fprintf(file, "%zu,%u,%u,%.0f,%.0f\n", e + 1, r->from[e], r->to[e], round(s->seconds[2 * e]),
            isnan(back) ? -1 : round(back));
  }
  return fclose(file) == 0;
}

/* ------------------------------------------------------------------------------------------------------- search */

static sund_code search_trees(sund_ctx *ctx, const sund_streets *s, const char *folder, sund_spot *source,
                              uint64_t *sums) {
  char path[1000];
  streets_search q;
  streets_ends ends = {0};
  double seconds = 0;
  snprintf(path, sizeof path, "%s/trees.csv", folder);
  FILE *file = fopen(path, "w");
  if (!file) return sund_fail(ctx, SUND_OUTPUT, "%s cannot be written", path);
  TRY(streets_search_open(ctx, s, false, false, false, &q));
  for (size_t i = 0; i < TREES; i++) {
    const size_t node = s->nodes / TREES * i + 17;
    const sund_spot spot = source[i] = at_node(s->graph, node);
    const double begin = cpu();
    ends.count = 0;
    TRY(streets_ends_add(ctx, s, &spot, true, &ends));
    TRY(streets_search_run(&q, SUND_BEYOND - 1, &ends));
    seconds += (cpu() - begin) / TREES;
    uint64_t sum = 0;
    for (size_t k = 0; k < q.reached_count; k++) sum += q.units[q.reached[k]];
    sums[i] = sum;
    fprintf(file, "%zu,%zu,%llu\n", node, q.reached_count, (unsigned long long)sum);
  }
  printf("search %.6f\n", seconds);
  return fclose(file) == 0 ? SUND_OK : sund_fail(ctx, SUND_OUTPUT, "%s cannot be written", path);
}

/* -------------------------------------------------------------------------------------------------------- sweeps */

typedef struct sweeping {
  const sund_streets *s;
  sweep_plan plan;
  size_t width;
  uint64_t *sums; /* trees */
} sweeping;

/* A sweep over all nodes, from one node a lane: what it costs does not depend on which. */
static sund_code sweep_batches(sund_ctx *worker, size_t begin, size_t end, void *data) {
  const sweeping *w = data;
  const size_t nodes = w->s->nodes;
  uint32_t *units = sund_alloc(worker, w->width, sizeof *units);
  uint32_t *row = sund_alloc(worker, nodes, sizeof *row);
  unsigned char *kept = sund_alloc(worker, w->plan.slots * w->width * sizeof *units + 64, 1);
  if (!units || !row || !kept) return SUND_LIMIT;
  row[0] = 1;
  void *aligned = kept + (64 - (uintptr_t)kept % 64) % 64;
  const sweep_seeds seeds = {.width = w->width, .row = row, .units = units};
  for (size_t i = begin; i < end; i++) sweep_lanes(&w->plan, &seeds, aligned, units, 0);
  return SUND_OK;
}

/* The plan of all nodes without records. */
static sund_code plan_all(sund_ctx *ctx, const sund_streets *s, const streets_targets *t, sweep_plan *out) {
  sweep_plan plan;
  TRY(sweep_plan_make(ctx, s, false, t, NARROW_LIMIT, &plan));
  size_t steps = 0, from = 0, to = 0;
  for (size_t i = 0; i < plan.steps; i++) {
    const sweep_step step = plan.step[i];
    if (step.position != STREETS_NOTHING) {
      memmove(plan.arc + to, plan.arc + from, step.arcs * sizeof *plan.arc);
      plan.step[steps++] = step;
      to += step.arcs;
    }
    from += step.arcs;
  }
  plan.steps = steps;
  plan.records = 0;
  *out = plan;
  printf("swept-nodes %zu\nswept-arcs %zu\nkept-rows %zu\n", steps, to, plan.slots);
  return SUND_OK;
}

static sund_code sweep_all(sund_ctx *ctx, const sund_streets *s, const sund_spot *nodes) {
  streets_targets t;
  sweeping w = {.s = s};
  TRY(streets_targets_make(ctx, s, s->nodes, nodes, false, &t));
  TRY(plan_all(ctx, s, &t, &w.plan));
  sund_ctx_threads(ctx, 1);
  for (int wide = 0; wide < 2; wide++)
    for (w.width = 16; w.width <= SWEEP_LANES; w.width *= 2) {
      w.plan.wide = wide;
      const double begin = cpu();
      TRY(sund_for(ctx, BATCHES, BATCHES, sweep_batches, &w));
      printf("sweep-%s%zu %.8f\n", wide ? "wide-" : "", w.width, (cpu() - begin) / BATCHES / (double)w.width);
    }
  w.plan.wide = false;
  w.width = SWEEP_LANES;
  sund_ctx_threads(ctx, 2);
  const double begin = now(CLOCK_MONOTONIC);
  TRY(sund_for(ctx, 4 * BATCHES, 2 * BATCHES, sweep_batches, &w));
  printf("sweep-two-threads %.8f\n", (now(CLOCK_MONOTONIC) - begin) / (4 * BATCHES) / (double)w.width);
  return SUND_OK;
}

/* -------------------------------------------------------------------------------------------------------- visits */

static sund_code add_up(sund_ctx *worker, const sund_tree *tree, void *data) {
  (void)worker;
  uint64_t *sum = data; /* sources */
  sum[tree->source] = tree->units[tree->source];
  return SUND_OK;
}

/* Trees as a query asks for them, with all that goes before and after a sweep. */
static sund_code visit_trees(sund_ctx *ctx, const sund_streets *s, const sund_spot *nodes, size_t targets,
                             size_t sources, uint32_t limit, const char *name) {
  sund_spot *source = sund_alloc(ctx, sources, sizeof *source), *target = sund_alloc(ctx, targets, sizeof *target);
  uint64_t *sum = sund_alloc(ctx, sources, sizeof *sum);
  if (!source || !target || !sum) return SUND_LIMIT;
  for (size_t i = 0; i < sources; i++) source[i] = nodes[s->nodes / sources * i];
  for (size_t i = 0; i < targets; i++) target[i] = nodes[s->nodes / targets * i];
  const sund_trees_ask ask = {
      .sources = sources, .source = source, .targets = targets, .target = target, .limit = limit};
  sund_ctx_threads(ctx, 2);
  const double begin = now(CLOCK_MONOTONIC), cpu_begin = cpu();
  TRY(sund_streets_trees(ctx, s, &ask, add_up, sum));
  printf("%s %.8f\n%s-cpu %.8f\n", name, (now(CLOCK_MONOTONIC) - begin) / (double)sources, name,
         (cpu() - cpu_begin) / (double)sources);
  return SUND_OK;
}

static sund_code sum_up(sund_ctx *worker, const sund_tree *tree, void *data) {
  (void)worker;
  const sweeping *w = data;
  uint64_t sum = 0;
  for (size_t v = 0; v < w->s->nodes; v++) sum += tree->units[v] == SUND_BEYOND ? 0 : tree->units[v];
  w->sums[tree->source] = sum;
  return SUND_OK;
}

/* Are the sums of the trees swept those of the trees searched? */
static sund_code compare(sund_ctx *ctx, const sund_streets *s, const sund_spot *nodes, const sund_spot *source,
                         const uint64_t *searched, uint32_t limit, const char *name) {
  uint64_t swept[TREES];
  sweeping w = {.s = s, .sums = swept};
  const sund_trees_ask ask = {
      .sources = TREES, .source = source, .targets = s->nodes, .target = nodes, .limit = limit};
  TRY(sund_streets_trees(ctx, s, &ask, sum_up, &w));
  printf("%s %d\n", name, memcmp(swept, searched, sizeof swept) == 0);
  return SUND_OK;
}

static sund_code run(sund_ctx *ctx, size_t nodes, const char *folder) {
  roads r;
  sund_spot source[TREES];
  uint64_t sums[TREES];
  if (!roads_make(ctx, nodes, &r)) return SUND_LIMIT;
  sund_graph *g = roads_graph(ctx, &r);
  if (!g) return SUND_LIMIT;
  const sund_streets_spec spec = {
      .graph = g, .unit_s = 1, .forward_s = r.forward_s, .backward_s = r.backward_s, .mode = SUND_CAR};
  sund_streets *s;
  double begin = cpu();
  TRY(sund_streets_build(ctx, &spec, &s, NULL, NULL));
  printf("nodes %zu\narcs %zu\nbuild %.3f\n", s->nodes, s->arcs[0].first[s->nodes], cpu() - begin);
  if (!write_edges(folder, &r, s)) return sund_fail(ctx, SUND_OUTPUT, "%s cannot be written", folder);
  TRY(search_trees(ctx, s, folder, source, sums));
  printf("memory-search %.0f\n", megabytes());
  begin = cpu();
  TRY(sund_streets_contract(ctx, s));
  const double contract = cpu() - begin;
  printf("contract %.3f\ncontract-million %.3f\n", contract, contract * 1e6 / (double)s->nodes);
  sund_spot *all = sund_alloc(ctx, s->nodes, sizeof *all);
  if (!all) return SUND_LIMIT;
  for (size_t v = 0; v < s->nodes; v++) all[v] = at_node(g, v);
  TRY(compare(ctx, s, all, source, sums, NARROW_LIMIT, "same"));
  TRY(compare(ctx, s, all, source, sums, WIDE_LIMIT, "same-wide"));
  TRY(sweep_all(ctx, s, all));
  TRY(visit_trees(ctx, s, all, 1000, SOURCES, NARROW_LIMIT, "visit-thousand"));
  TRY(visit_trees(ctx, s, all, s->nodes / 32, SOURCES, NARROW_LIMIT, "visit-some"));
  TRY(visit_trees(ctx, s, all, s->nodes / 32, SOURCES, WIDE_LIMIT, "visit-some-wide"));
  TRY(visit_trees(ctx, s, all, s->nodes, SOURCES / 8, NARROW_LIMIT, "visit-all"));
  TRY(visit_trees(ctx, s, all, s->nodes, SOURCES / 8, WIDE_LIMIT, "visit-all-wide"));
  printf("memory %.0f\n", megabytes());
  return SUND_OK;
}

int main(int count, char **word) {
  if (count != 3) {
    fprintf(stderr, "usage: bench_streets NODES FOLDER\n");
    return 2;
  }
  sund_ctx *ctx = sund_ctx_new();
  if (!ctx) return 1;
  const sund_code code = run(ctx, strtoul(word[1], NULL, 10), word[2]);
  const char *message = NULL;
  if (code != SUND_OK) sund_failure(ctx, &message, NULL, NULL);
  if (message) fprintf(stderr, "bench_streets: %s\n", message);
  sund_ctx_free(ctx);
  return code == SUND_OK ? 0 : 1;
}

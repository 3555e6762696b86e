/* access_network.c - distance along the walk network from every home to the nearest green of each target.
 *
 * Lines are joined to a network once; homes are put on their nearest edge; the green of a set gets its entrances once;
 * then one sweep per target from all its entrances gives every home its distance. A home inside the green is there.
 */
#include <math.h>
#include <string.h>

#include "access.h"

/* Components shorter than this are scraps of drawing, not streets one lives at. */
static const double SCRAP_M = 200;
/* Without an entrance a boundary this near to a path can be entered. */
static const double REACH_M = 30;
/* Boundary points tried are at most this far apart, map metres. */
static const double SPACING_M = 10;

/* Nobody walks there, whatever a line layer says of itself. */
static const char *const not_walked[] = {"motorway", "motorway_link", "motorvej", "motorväg",
                                         "ferry",    "færge",         "färja",    NULL};

static sund_code walkable(sund_ctx *ctx, const sund_table *paths, uint8_t **keep) {
  const int64_t *walk = sund_table_int(paths, "walk");
  const char **class = sund_table_text(paths, "class");
  if (!(*keep = sund_alloc(ctx, paths->rows, 1))) return SUND_LIMIT;
  for (size_t r = 0; r < paths->rows; r++) {
    bool banned = false;
    for (size_t k = 0; class && class[r] && not_walked[k]; k++)
      banned = banned || strcmp(class[r], not_walked[k]) == 0;
    bool stated = walk && walk[r] != SUND_NULL_INT;
    (*keep)[r] = stated ? walk[r] != 0 : !banned;
  }
  return SUND_OK;
}

static sund_code report_joining(sund_ctx *ctx, access_run *run, const sund_graph *graph,
                                const sund_join_report *report, size_t scraps) {
  const char *text = sund_text(
      ctx, "network: %zu lines, %zu nodes, %zu edges, %zu components; %zu crossings cut, %zu ends joined",
      report->lines, graph->nodes, graph->edges, graph->components, report->crossings, report->snapped_ends);
  if (!text) return SUND_LIMIT;
  TRY(access_note(ctx, run, "note", "paths", text));
  if (scraps) {
    text = sund_text(ctx, "%zu isolated pieces of network, each shorter than %.0f m in all: no home is put on them",
                     scraps, SCRAP_M);
    if (!text) return SUND_LIMIT;
    TRY(access_note(ctx, run, "warning", "paths", text));
  }
  if (!report->near_misses) return SUND_OK;
  text = sund_text(ctx, "%zu line ends lie between %g and %g m from another line and are not joined to it",
                   report->near_misses, run->options->join_m, 3 * run->options->join_m);
  if (!text) return SUND_LIMIT;
  return sund_finding_add(ctx, &run->out->findings,
                          (sund_finding){"warning", "paths", SUND_NO_FEATURE, text, report->near_x, report->near_y});
}

static sund_code make_network(sund_ctx *ctx, access_run *run, sund_graph **out, uint8_t **street) {
  const sund_table *paths = run->in->role[SUND_PATHS];
  uint8_t *keep;
  TRY(walkable(ctx, paths, &keep));
  const int64_t *stated = sund_table_int(paths, "level");
  int32_t *level = sund_alloc(ctx, paths->rows, sizeof *level);
  if (!level) return SUND_LIMIT;
  for (size_t r = 0; r < paths->rows; r++) level[r] = stated && stated[r] != SUND_NULL_INT ? (int32_t)stated[r] : 0;
  sund_join_report report;
  sund_graph *graph;
  TRY(sund_graph_join(ctx, paths->shapes, level, sund_table_real(paths, "length_m"), keep, run->options->join_m,
                      run->ground, &graph, &report));
  /* Homes stand at streets on the ground, of a network that leads somewhere. */
  if (!(*street = sund_alloc(ctx, graph->edges, 1))) return SUND_LIMIT;
  double longest = 0;
  size_t scraps = 0;
  for (size_t c = 0; c < graph->components; c++) longest = fmax(longest, graph->component_m[c]);
  for (size_t c = 0; c < graph->components; c++) scraps += graph->component_m[c] < fmin(SCRAP_M, longest);
  for (size_t e = 0; e < graph->edges; e++)
    (*street)[e] = graph->edge_level[e] == 0 &&
                   graph->component_m[graph->component[graph->edge_from[e]]] >= fmin(SCRAP_M, longest);
  TRY(report_joining(ctx, run, graph, &report, scraps));
  *out = graph;
  return SUND_OK;
}

static sund_code snap(sund_ctx *ctx, const access_run *run, const sund_graph *graph, const uint8_t *street, size_t n,
                      const double *x, const double *y, sund_spot *spots) {
  bool nodes = strcmp(run->options->match, "nodes") == 0;
  return (nodes ? sund_graph_snap_nodes : sund_graph_snap)(ctx, graph, run->ground, n, x, y,
                                                           run->options->snap_limit_m, street, spots);
}

/* Mapped gates: each belongs to the green area it stands at; an area that has gates is entered there only. */
static sund_code add_gates(sund_ctx *ctx, const access_run *run, const sund_graph *graph, const uint8_t *street,
                           const green_set *set, sund_entrances *entrances) {
  const sund_table *gates = run->in->role[SUND_ENTRANCES];
  size_t room = entrances->count + gates->rows;
  double smallest, largest;
  sund_ground_scale(run->ground, &smallest, &largest);
  sund_spot *gate_spot = sund_alloc(ctx, gates->rows, sizeof *gate_spot);
  size_t *gate_area = sund_alloc(ctx, gates->rows, sizeof *gate_area);
  uint8_t *gated = sund_alloc(ctx, set->rows, 1);
  sund_entrances all = {.spot = sund_alloc(ctx, room, sizeof *all.spot),
                        .area = sund_alloc(ctx, room, sizeof *all.area),
                        .rule = sund_alloc(ctx, room, 1),
                        .x = sund_alloc(ctx, room, sizeof *all.x),
                        .y = sund_alloc(ctx, room, sizeof *all.y)};
  if (!gate_spot || !gate_area || !gated || !all.spot || !all.area || !all.rule || !all.x || !all.y)
    return SUND_LIMIT;
  sund_segments *segments = NULL;
  TRY(sund_segments_build(ctx, set->shapes, &segments));
  TRY(snap(ctx, run, graph, street, gates->rows, gates->x, gates->y, gate_spot));
  for (size_t g = 0; g < gates->rows; g++) {
    double near_x, near_y, metres;
    gate_area[g] = sund_segments_nearest(segments, gates->x[g], gates->y[g], REACH_M * largest, NULL, true, &near_x,
                                         &near_y, &metres);
    if (gate_area[g] != SIZE_MAX && gate_spot[g].edge != SUND_NO_EDGE) gated[gate_area[g]] = 1;
  }
  for (size_t e = 0; e < entrances->count; e++) {
    if (gated[entrances->area[e]]) continue;
    size_t n = all.count++;
    all.spot[n] = entrances->spot[e], all.area[n] = entrances->area[e], all.rule[n] = entrances->rule[e];
    all.x[n] = entrances->x[e], all.y[n] = entrances->y[e];
  }
  for (size_t g = 0; g < gates->rows; g++) {
    if (gate_area[g] == SIZE_MAX || gate_spot[g].edge == SUND_NO_EDGE) continue;
    size_t n = all.count++;
    all.spot[n] = gate_spot[g], all.area[n] = gate_area[g], all.rule[n] = 2;
    all.x[n] = gates->x[g], all.y[n] = gates->y[g];
  }
  *entrances = all;
  return SUND_OK;
}

/* Where the green of a set is entered from the network. Points are entered where they are. */
static sund_code find_entrances(sund_ctx *ctx, const access_run *run, const sund_graph *graph, const uint8_t *street,
                                const green_set *set, sund_entrances **out) {
  sund_entrances *entrances;
  bool nodes = strcmp(run->options->match, "nodes") == 0;
  if (set->shapes) {
    TRY(sund_graph_entrances(ctx, graph, run->ground, set->shapes, NULL, REACH_M, SPACING_M, &entrances));
    if (run->in->role[SUND_ENTRANCES]) TRY(add_gates(ctx, run, graph, street, set, entrances));
  } else {
    if (!(entrances = sund_alloc(ctx, 1, sizeof *entrances))) return SUND_LIMIT;
    *entrances = (sund_entrances){.count = set->rows, .x = set->x, .y = set->y};
    if (!(entrances->spot = sund_alloc(ctx, set->rows, sizeof(sund_spot))) ||
        !(entrances->area = sund_alloc(ctx, set->rows, sizeof(size_t))) ||
        !(entrances->rule = sund_alloc(ctx, set->rows, 1)))
      return SUND_LIMIT;
    for (size_t r = 0; r < set->rows; r++) entrances->area[r] = r, entrances->rule[r] = 2;
  }
  if (nodes || !set->shapes)
    TRY(snap(ctx, run, graph, street, entrances->count, entrances->x, entrances->y, entrances->spot));
  *out = entrances;
  return SUND_OK;
}

static sund_code sweep(sund_ctx *ctx, const access_run *run, const sund_graph *graph, const sund_entrances *entrances,
                       access_target *target) {
  size_t count = run->homes->count;
  uint8_t *use = sund_alloc(ctx, entrances->count, 1);
  size_t *nearest = sund_alloc(ctx, count, sizeof *nearest);
  if (!use || !nearest || !(target->network_m = sund_alloc(ctx, count, sizeof(double)))) return SUND_LIMIT;
  for (size_t e = 0; e < entrances->count; e++)
    use[e] = target->accept[entrances->area[e]] && entrances->spot[e].edge != SUND_NO_EDGE;
  TRY(sund_route_nearest(ctx, graph, entrances->count, entrances->spot, use, INFINITY, count, run->home_spot,
                         target->network_m, nearest));
  for (size_t i = 0; i < count; i++)
    if (target->straight_m[i] == 0) target->network_m[i] = 0;
  return SUND_OK;
}

sund_code access_network(sund_ctx *ctx, access_run *run) {
  sund_graph *graph;
  uint8_t *street;
  size_t count = run->homes->count;
  TRY(make_network(ctx, run, &graph, &street));
  TRY(sund_progress(ctx, 0.5, "homes and green on the network"));
  if (!(run->home_spot = sund_alloc(ctx, count, sizeof *run->home_spot))) return SUND_LIMIT;
  TRY(snap(ctx, run, graph, street, count, run->homes->x, run->homes->y, run->home_spot));
  for (size_t s = 0; s < run->sets; s++) {
    sund_entrances *entrances;
    TRY(find_entrances(ctx, run, graph, street, &run->set[s], &entrances));
    if (&run->set[s] == run->all) run->entrances = entrances;
    for (size_t t = 0; t < run->targets; t++)
      if (run->target[t].set == &run->set[s]) TRY(sweep(ctx, run, graph, entrances, &run->target[t]));
  }
  return SUND_OK;
}

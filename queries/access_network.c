/* access_network.c - distance along the walk network from every home to the nearest green of a target.
 *
 * Lines are joined to a network once; homes are put on their nearest edge; green has its entrances (access_entrances.c);
 * then one sweep per target from all its entrances gives every home its distance to the nearest and to the second
 * nearest area. A home inside the green is there.
 */
#include <math.h>
#include <string.h>

#include "access.h"
#include "gate_words.h"

/* Nobody walks there, whatever a line layer says of itself. */
static const char *const not_walked[] = {"motorway", "motorway_link", "motorvej", "motorväg", NULL};

static const char *const ferry_words[] = {"ferry", "færge", "färja", NULL};

static bool is_word(const char *text, const char *const *words) {
  for (size_t k = 0; text && words[k]; k++)
    if (strcmp(text, words[k]) == 0) return true;
  return false;
}

sund_code access_walkable(sund_ctx *ctx, const access_run *run, uint8_t **keep) {
  const sund_table *paths = run->in->role[SUND_PATHS];
  const int64_t *walk = sund_table_int(paths, "walk");
  const char **class = sund_table_text(paths, "class");
  if (!(*keep = sund_alloc(ctx, paths->rows, 1))) return SUND_LIMIT;
  for (size_t r = 0; r < paths->rows; r++) {
    bool stated = walk && walk[r] != SUND_NULL_INT;
    const char *word = class ? class[r] : NULL;
    if (is_word(word, ferry_words)) (*keep)[r] = run->options->ferries;
    else (*keep)[r] = stated ? walk[r] != 0 : !is_word(word, not_walked);
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
    text = sund_text(ctx, "%zu isolated pieces of network, each shorter than %d m in all: no home is put on them",
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

/* Lines with what joining wants to know of each. */
typedef struct net_lines {
  sund_shapes *shapes;
  const sund_topology *topology; /* NULL = lines meet where they are drawn to meet */
  int32_t *level;
  double *length_m; /* NAN = as drawn */
  uint8_t *keep;
} net_lines;

/* Metres that take as long on foot as the crossing and half the time between two departures. */
static double ferry_metres(const access_run *run, double minutes, double headway_min) {
  return (minutes + (isnan(headway_min) ? 0 : headway_min / 2)) * run->options->walk_speed_kmh * 1000 / 60;
}

/* The gates that are lines, after the `paths` rows of the lines. */
static sund_code add_ferries(sund_ctx *ctx, const access_run *run, size_t paths, net_lines *lines) {
  const sund_table *gates = run->in->role[SUND_GATES];
  const double *minutes = sund_table_real(gates, "minutes"), *headway = sund_table_real(gates, "headway_min");
  const sund_shapes *both[2] = {lines->shapes, gates->shapes};
  sund_shapes *joined;
  size_t used = 0;
  TRY(sund_shapes_join(ctx, SUND_LINE, 2, both, &joined));
  lines->shapes = joined;
  lines->topology = NULL; /* a ferry knows no nodes: it meets what it is drawn to */
  for (size_t g = 0; g < gates->rows; g++) {
    const bool open = !gate_words_closed(gates, g, run->in->closed, run->in->close);
    lines->keep[paths + g] = open;
    used += open;
    lines->length_m[paths + g] = ferry_metres(run, minutes[g], headway ? headway[g] : NAN);
  }
  const char *text = sund_text(ctx,
                               "ferries are used: %zu gates, each as long as its minutes and half its headway take "
                               "on foot",
                               used);
  return text ? sund_finding_add(ctx, &run->out->findings,
                                 (sund_finding){"note", "gates", SUND_NO_FEATURE, text, NAN, NAN})
              : SUND_LIMIT;
}

/* Lines that know their nodes meet there only; candidates know none, so with them all lines meet as they are drawn. */
static const sund_topology *topology_of(const access_run *run) {
  const sund_table *candidates = run->in->candidate[SUND_LINE];
  return candidates && candidates->rows ? NULL : run->in->role[SUND_PATHS]->topology;
}

static sund_code gather_lines(sund_ctx *ctx, const access_run *run, net_lines *out) {
  const sund_table *paths = run->in->role[SUND_PATHS], *gates = run->in->role[SUND_GATES];
  const int64_t *level = sund_table_int(paths, "level");
  const double *length = sund_table_real(paths, "length_m");
  bool ferries = run->options->ferries && gates && gates->kind == SUND_LINE;
  size_t rows = paths->rows + (ferries ? gates->rows : 0);
  uint8_t *keep;
  TRY(access_walkable(ctx, run, &keep));
  *out = (net_lines){.shapes = paths->shapes,
                     .topology = topology_of(run),
                     .level = sund_alloc(ctx, rows, sizeof *out->level),
                     .length_m = sund_alloc(ctx, rows, sizeof *out->length_m),
                     .keep = sund_alloc(ctx, rows, 1)};
  if (!out->level || !out->length_m || !out->keep) return SUND_LIMIT;
  for (size_t r = 0; r < paths->rows; r++) {
    out->level[r] = level && level[r] != SUND_NULL_INT ? (int32_t)level[r] : 0;
    out->length_m[r] = length ? length[r] : NAN;
    out->keep[r] = keep[r];
  }
  return ferries ? add_ferries(ctx, run, paths->rows, out) : SUND_OK;
}

/* How long each connected piece is. Of a part of a town only what lies in its view is known to be whole: a piece that
 * leaves it counts as long. */
static sund_code piece_lengths(sund_ctx *ctx, const sund_graph *graph, const double *view, double **out) {
  double *metres = sund_alloc(ctx, graph->components, sizeof *metres);
  if (!metres) return SUND_LIMIT;
  if (graph->components) memcpy(metres, graph->component_m, graph->components * sizeof *metres);
  for (size_t e = 0; view && e < graph->edges; e++) {
    double box[4];
    sund_shapes_box(graph->shape, e, box);
    if (box[0] < view[0] || box[1] < view[1] || box[2] > view[2] || box[3] > view[3])
      metres[graph->component[graph->edge_from[e]]] = INFINITY;
  }
  *out = metres;
  return SUND_OK;
}

/* Homes stand at streets on the ground, of a network that leads somewhere, and not at a ferry. */
static sund_code find_streets(sund_ctx *ctx, const access_run *run, const sund_graph *graph, uint8_t **street,
                              size_t *scraps) {
  const sund_table *paths = run->in->role[SUND_PATHS];
  const char **class = sund_table_text(paths, "class");
  if (!(*street = sund_alloc(ctx, graph->edges, 1))) return SUND_LIMIT;
  double longest = 0, *metres;
  TRY(piece_lengths(ctx, graph, run->view, &metres));
  for (size_t c = 0; c < graph->components; c++) longest = fmax(longest, metres[c]);
  double least = run->view ? SCRAP_M : fmin(SCRAP_M, longest);
  for (size_t c = 0; c < graph->components; c++) *scraps += metres[c] < least;
  for (size_t e = 0; e < graph->edges; e++) {
    size_t line = graph->edge_line[e];
    bool ferry = line >= paths->rows || (class && is_word(class[line], ferry_words));
    (*street)[e] = !ferry && graph->edge_level[e] == 0 && metres[graph->component[graph->edge_from[e]]] >= least;
  }
  return SUND_OK;
}

bool access_to_nodes(const access_run *run) {
  return strcmp(run->options->match, "nodes") == 0;
}

sund_code access_snap(sund_ctx *ctx, const access_run *run, double limit, size_t n, const double *x, const double *y,
                      sund_spot *spots) {
  return (access_to_nodes(run) ? sund_graph_snap_nodes : sund_graph_snap)(ctx, run->net->graph, run->ground, n, x, y,
                                                                          limit, run->net->street, spots);
}

bool access_has_path(const access_run *run, double snap_limit_m, size_t home) {
  const sund_spot *spot = &run->net->home_spot[home];
  if (spot->edge == SUND_NO_EDGE) return false;
  /* Beyond the limit asked for lie only those the interval looks at; nodes give no leg to tell them by. */
  return spot->leg_m <= snap_limit_m || snap_limit_m >= run->net->farthest_m || access_to_nodes(run);
}

/* A home inside an area is there: that area comes first, and the nearest other one second. */
static void step_inside(const access_target *target, const sund_entrances *e, const size_t *two, const double *metres,
                        size_t i, access_reach *reach) {
  const access_reach *straight = &target->by[BY_STRAIGHT];
  size_t other = two[0] != SIZE_MAX && e->area[two[0]] == straight->row[i] ? 1 : 0;
  reach->metres[i] = 0;
  reach->row[i] = straight->row[i];
  reach->entrance[i] = SIZE_MAX;
  reach->next_m[i] = metres[other];
  if (straight->next_m[i] == 0) reach->next_m[i] = 0; /* inside two that overlap */
}

static sund_code new_reach(sund_ctx *ctx, size_t count, access_reach *out) {
  *out = (access_reach){.metres = sund_alloc(ctx, count, sizeof(double)),
                        .next_m = sund_alloc(ctx, count, sizeof(double)),
                        .row = sund_alloc(ctx, count, sizeof(size_t)),
                        .entrance = sund_alloc(ctx, count, sizeof(size_t))};
  return out->metres && out->next_m && out->row && out->entrance ? SUND_OK : SUND_LIMIT;
}

static sund_code sweep(sund_ctx *scratch, const access_run *run, const access_search *search, access_reach *reach) {
  enum { NEAREST = 2 };
  const sund_entrances *e = search->entrances;
  const access_target *target = search->target;
  size_t count = run->homes->count;
  uint8_t *open = sund_alloc(scratch, e->count, 1);
  double *metres = sund_alloc(scratch, NEAREST * count, sizeof *metres);
  size_t *nearest = sund_alloc(scratch, NEAREST * count, sizeof *nearest);
  if (!open || !metres || !nearest) return SUND_LIMIT;
  for (size_t k = 0; k < e->count; k++)
    open[k] = (!search->use || search->use[k]) && target->accept[e->area[k]] && e->spot[k].edge != SUND_NO_EDGE;
  TRY(sund_route_ranked(scratch, run->net->graph, e->count, e->spot, open, e->area, INFINITY, NEAREST, count,
                        run->net->home_spot, metres, nearest));
  for (size_t i = 0; i < count; i++) {
    const size_t *two = nearest + NEAREST * i;
    reach->metres[i] = metres[NEAREST * i], reach->next_m[i] = metres[NEAREST * i + 1];
    reach->entrance[i] = two[0];
    reach->row[i] = two[0] == SIZE_MAX ? SIZE_MAX : e->area[two[0]];
    if (target->by[BY_STRAIGHT].metres[i] == 0) step_inside(target, e, two, metres + NEAREST * i, i, reach);
  }
  return SUND_OK;
}

typedef struct sweep_job {
  const access_run *run;
  const access_search *search;
  access_reach *reach;
} sweep_job;

static sund_code sweep_block(sund_ctx *worker, size_t begin, size_t end, void *data) {
  const sweep_job *job = data;
  for (size_t k = begin; k < end; k++) TRY(sweep(worker, job->run, &job->search[k], &job->reach[k]));
  return SUND_OK;
}

sund_code access_sweep(sund_ctx *ctx, const access_run *run, size_t count, const access_search *search) {
  sweep_job job = {run, search, sund_alloc(ctx, count, sizeof(access_reach))};
  if (!job.reach) return SUND_LIMIT;
  for (size_t k = 0; k < count; k++) TRY(new_reach(ctx, run->homes->count, &job.reach[k]));
  TRY(sund_for(ctx, count, 1, sweep_block, &job));
  for (size_t k = 0; k < count; k++) search[k].target->by[BY_NETWORK] = job.reach[k];
  return SUND_OK;
}

/* The interval asks what a snap limit twice as large would change. */
static const double FARTHER = 2;

/* The nearest street of a home whose nearest one lies across water; SUND_NO_EDGE when each of the first few does. */
static sund_code snap_dry(sund_ctx *ctx, const access_run *run, access_net *net, uint8_t *open, size_t home) {
  enum { TRIES = 32 };
  uint32_t shut[TRIES];
  size_t count = 0, wet = 1;
  double x = run->homes->x[home], y = run->homes->y[home];
  sund_spot *spot = &net->home_spot[home];
  while (wet && count < TRIES) {
    TRY(sund_graph_snap(ctx, net->graph, run->ground, 1, &x, &y, net->farthest_m, open, spot));
    if (spot->edge == SUND_NO_EDGE) break;
    open[shut[count++] = spot->edge] = 0;
    TRY(access_wet_shut(ctx, run, 1, &x, &y, spot, &wet));
  }
  for (size_t k = 0; k < count; k++) open[shut[k]] = 1;
  return SUND_OK;
}

/* No home wades to its path. */
static sund_code keep_dry(sund_ctx *ctx, access_run *run, access_net *net) {
  size_t count = run->homes->count, shut = 0, left = 0;
  sund_spot *first = sund_alloc(ctx, count, sizeof *first);
  uint8_t *open = sund_alloc(ctx, net->graph->edges, 1);
  if (!first || !open) return SUND_LIMIT;
  if (count) memcpy(first, net->home_spot, count * sizeof *first);
  TRY(access_wet_shut(ctx, run, count, run->homes->x, run->homes->y, net->home_spot, &shut));
  if (!shut) return SUND_OK;
  if (net->graph->edges) memcpy(open, net->street, net->graph->edges);
  for (size_t i = 0; i < count; i++) {
    if (first[i].edge == SUND_NO_EDGE || net->home_spot[i].edge != SUND_NO_EDGE) continue;
    if (!access_to_nodes(run)) TRY(snap_dry(ctx, run, net, open, i));
    left += net->home_spot[i].edge == SUND_NO_EDGE;
  }
  const char *text = sund_text(
      ctx, "%zu homes have their nearest path across water: %zu of them have none on their own side", shut, left);
  return text ? access_note(ctx, run, left ? "warning" : "note", "paths", text) : SUND_LIMIT;
}

sund_code access_network(sund_ctx *ctx, access_run *run) {
  net_lines lines;
  sund_join_report report;
  size_t count = run->homes->count, scraps = 0;
  access_net *net = sund_alloc(ctx, 1, sizeof *net);
  if (!net) return SUND_LIMIT;
  TRY(gather_lines(ctx, run, &lines));
  const sund_table table = {.name = "paths",
                            .rows = lines.shapes->rows,
                            .kind = SUND_LINE,
                            .shapes = lines.shapes,
                            .topology = lines.topology};
  const sund_network_ask ask = {.lines = &table,
                                .level = lines.level,
                                .length_m = lines.length_m,
                                .keep = lines.keep,
                                .tolerance = run->options->join_m};
  TRY(sund_graph_network(ctx, &ask, run->ground, &net->graph, &report));
  TRY(find_streets(ctx, run, net->graph, &net->street, &scraps));
  TRY(report_joining(ctx, run, net->graph, &report, scraps));
  run->net = net;
  net->farthest_m = run->options->snap_limit_m * (run->options->quick || access_to_nodes(run) ? 1 : FARTHER);
  if (!(net->home_spot = sund_alloc(ctx, count, sizeof *net->home_spot))) return SUND_LIMIT;
  TRY(access_snap(ctx, run, net->farthest_m, count, run->homes->x, run->homes->y, net->home_spot));
  return keep_dry(ctx, run, net);
}

/* catchment_streets.c - one network of all lines, and for each mode the seconds of its edges, the streets they make, and
 * where targets and places stand on them.
 *
 * Who may go where: what a line says (walk, bike, car), else its class. Seconds: length over the line's speed for cars;
 * cycling and walking speed as asked, scaled where a line says that its surface is slower (bike_kmh is for somebody who
 * otherwise does 15 km/h, walk_kmh for 5). Walking ignores one-way streets unless a line says oneway_walk.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "catchment.h"
#include "catchment_classes.h"

/* Pieces of network shorter than this in all lead nowhere: nobody is put on them. */
static const double LEAST_PIECE_M = 300;
/* What walk_kmh and bike_kmh of a line are measured against. */
static const double USUAL_WALK_KMH = 5, USUAL_BIKE_KMH = 15;

enum { ALONG = 1, AGAINST = 2 };

/* Columns of the lines, each NULL when it is not there. */
typedef struct line_columns {
  const char **class, **oneway, **oneway_of[SUND_TRANSIT];
  const int64_t *level, *may[SUND_TRANSIT];
  const double *car_kmh, *bike_kmh, *walk_kmh, *length_m;
  const catchment_class **of; /* rows: what the class says */
} line_columns;

static line_columns columns_of(const sund_table *paths) {
  return (line_columns){
      .class = sund_table_text(paths, "class"),
      .oneway = sund_table_text(paths, "oneway"),
      .oneway_of =
          {[SUND_WALK] = sund_table_text(paths, "oneway_walk"), [SUND_BIKE] = sund_table_text(paths, "oneway_bike")},
      .level = sund_table_int(paths, "level"),
      .may = {sund_table_int(paths, "walk"), sund_table_int(paths, "bike"), sund_table_int(paths, "car")},
      .car_kmh = sund_table_real(paths, "speed_kmh"),
      .bike_kmh = sund_table_real(paths, "bike_kmh"),
      .walk_kmh = sund_table_real(paths, "walk_kmh"),
      .length_m = sund_table_real(paths, "length_m"),
  };
}

/* What one line says of one mode. */
typedef struct line_say {
  int directions; /* ALONG | AGAINST; 0 = shut */
  double s_m;     /* seconds a metre           */
  bool guessed;   /* neither speed nor class   */
} line_say;

static int directions(const line_columns *c, size_t row, sund_mode mode) {
  const char *word = c->oneway_of[mode] ? c->oneway_of[mode][row] : NULL;
  if (!word && mode != SUND_WALK && c->oneway) word = c->oneway[row];
  if (word && strcmp(word, "yes") == 0) return ALONG;
  if (word && strcmp(word, "reverse") == 0) return AGAINST;
  return ALONG | AGAINST;
}

/* The value of a column, NAN when it is not there. */
static double real_of(const double *column, size_t row) {
  return column ? column[row] : NAN;
}

static line_say say_of(const catchment_run *run, const line_columns *c, size_t row, sund_mode mode) {
  const catchment_options *o = run->options;
  const catchment_class *class = c->of[row];
  const bool by_class[] = {class->walk, class->bike, class->car};
  const bool stated = c->may[mode] && c->may[mode][row] != SUND_NULL_INT;
  line_say say = {.directions = directions(c, row, mode)};
  if (!(stated ? c->may[mode][row] != 0 : by_class[mode])) return (line_say){.s_m = NAN};
  double kmh;
  if (mode == SUND_CAR) {
    kmh = real_of(c->car_kmh, row);
    if (isnan(kmh)) kmh = class->car_kmh;
    if (!(kmh > 0)) kmh = o->car_kmh, say.guessed = true;
  } else {
    const bool walk = mode == SUND_WALK;
    kmh = real_of(walk ? c->walk_kmh : c->bike_kmh, row);
    kmh = isnan(kmh) ? 1 : kmh / (walk ? USUAL_WALK_KMH : USUAL_BIKE_KMH);
    kmh *= walk ? o->walk_kmh : o->bike_kmh;
  }
  say.s_m = 3.6 / kmh;
  return say;
}

/* ----------------------------------------------------------------------------------------------------------- graph */

/* Order of lines by all that decides how they are used: equal ones may become one edge. */
static int compare_say(const line_say *a, const line_say *b) {
  for (size_t m = 0; m < SUND_TRANSIT; m++) {
    if (a[m].directions != b[m].directions) return a[m].directions < b[m].directions ? -1 : 1;
    const double x = isnan(a[m].s_m) ? -1 : a[m].s_m, y = isnan(b[m].s_m) ? -1 : b[m].s_m;
    if (x != y) return x < y ? -1 : 1;
  }
  return 0;
}

typedef struct say_row {
  const line_say *say;
  int32_t level;
  size_t row;
} say_row;

static int by_say(const void *left, const void *right) {
  const say_row *a = left, *b = right;
  const int order = compare_say(a->say, b->say);
  if (order) return order;
  if (a->level != b->level) return a->level < b->level ? -1 : 1;
  return (a->row > b->row) - (a->row < b->row);
}

/* Is a line the same in both directions for everybody? */
static bool both_ways(const line_say *say) {
  bool both = true;
  for (size_t m = 0; m < SUND_TRANSIT; m++)
    both = both && (say[m].directions == 0 || say[m].directions == (ALONG | AGAINST));
  return both;
}

/* Equal numbers for lines that are used alike; negative where it does not matter how they were drawn. */
static sund_code number_alike(sund_ctx *ctx, size_t rows, const line_say *say, const int32_t *level, int32_t **out) {
  say_row *list = sund_alloc(ctx, rows, sizeof *list);
  int32_t *alike = sund_alloc(ctx, rows, sizeof *alike), number = 0;
  if (!list || !alike) return SUND_LIMIT;
  for (size_t r = 0; r < rows; r++) list[r] = (say_row){say + r * SUND_TRANSIT, level[r], r};
  if (rows) qsort(list, rows, sizeof *list, by_say);
  for (size_t k = 0; k < rows; k++) {
    if (k > 0 && (compare_say(list[k].say, list[k - 1].say) != 0 || list[k].level != list[k - 1].level)) number++;
    alike[list[k].row] = both_ways(list[k].say) ? -1 - number : number;
  }
  *out = alike;
  return SUND_OK;
}

static sund_code tell_network(sund_ctx *ctx, catchment_run *run, const sund_join_report *report) {
  const sund_graph *g = run->graph;
  const char *text =
      sund_text(ctx, "network: %zu lines, %zu nodes, %zu edges, %zu components; %zu crossings cut, %zu ends joined",
                report->lines, g->nodes, g->edges, g->components, report->crossings, report->snapped_ends);
  if (!text) return SUND_LIMIT;
  TRY(catchment_note(ctx, run, "note", "paths", text, NAN, NAN));
  if (!report->near_misses) return SUND_OK;
  text = sund_text(ctx, "%zu line ends lie between %g and %g m from another line and are not joined to it",
                   report->near_misses, run->options->join_m, 3 * run->options->join_m);
  return text ? catchment_note(ctx, run, "warning", "paths", text, report->near_x, report->near_y) : SUND_LIMIT;
}

/* The network of all lines that somebody may use. say: rows x SUND_TRANSIT. */
static sund_code make_graph(sund_ctx *ctx, catchment_run *run, const line_columns *c, const line_say *say) {
  const sund_table *paths = run->in->role[SUND_PATHS];
  uint8_t *keep = sund_alloc(ctx, paths->rows, 1);
  int32_t *level = sund_alloc(ctx, paths->rows, sizeof *level), *alike;
  if (!keep || !level) return SUND_LIMIT;
  for (size_t r = 0; r < paths->rows; r++) {
    for (size_t m = 0; m < SUND_TRANSIT; m++) keep[r] |= say[r * SUND_TRANSIT + m].directions != 0;
    level[r] = c->level && c->level[r] != SUND_NULL_INT ? (int32_t)c->level[r] : 0;
  }
  TRY(number_alike(ctx, paths->rows, say, level, &alike));
  const sund_network_ask ask = {.lines = paths,
                                .level = level,
                                .length_m = c->length_m,
                                .keep = keep,
                                .alike = alike,
                                .tolerance = run->options->join_m};
  sund_join_report report = {0};
  TRY(sund_graph_network(ctx, &ask, run->ground, &run->graph, &report));
  if (run->graph->edges == 0)
    return sund_fail(ctx, SUND_DATA, "paths: no line is left that anybody may use; check class, walk, bike, car");
  return tell_network(ctx, run, &report);
}

/* --------------------------------------------------------------------------------------------------------- one mode */

static sund_code build(sund_ctx *ctx, const catchment_run *run, sund_mode mode, sund_streets **out,
                       size_t *turns_lost) {
  const sund_table *paths = run->in->role[SUND_PATHS];
  const catchment_net *net = &run->net[mode];
  const sund_topology *topology = paths->topology;
  const sund_streets_spec spec = {.graph = run->graph,
                                  .unit_s = run->unit_s,
                                  .forward_s = net->forward_s,
                                  .backward_s = net->backward_s,
                                  .leg_s_m = 3.6 / run->options->walk_kmh,
                                  .turns = topology ? topology->turns : 0, /* those that hold for the mode count */
                                  .turn = topology ? topology->turn : NULL,
                                  .mode = mode,
                                  .topology = topology,
                                  .lines = paths->shapes};
  return sund_streets_build(ctx, &spec, out, NULL, turns_lost);
}

/* Seconds of every edge; how many metres of street have neither speed nor class. */
static sund_code edge_seconds(sund_ctx *ctx, catchment_run *run, const line_say *say, sund_mode mode,
                              double *guessed_m) {
  const sund_graph *g = run->graph;
  catchment_net *net = &run->net[mode];
  if (!(net->forward_s = sund_alloc(ctx, g->edges, sizeof *net->forward_s)) ||
      !(net->backward_s = sund_alloc(ctx, g->edges, sizeof *net->backward_s)) ||
      !(net->accept = sund_alloc(ctx, g->edges, 1)) || !(net->part = sund_alloc(ctx, g->edges, sizeof *net->part)))
    return SUND_LIMIT;
  for (size_t e = 0; e < g->edges; e++) {
    const line_say *of = &say[g->edge_line[e] * SUND_TRANSIT + (size_t)mode];
    const double seconds = g->edge_m[e] * of->s_m;
    net->forward_s[e] = of->directions & ALONG ? seconds : NAN;
    net->backward_s[e] = of->directions & AGAINST ? seconds : NAN;
    if (of->directions && of->guessed) *guessed_m += g->edge_m[e];
  }
  return SUND_OK;
}

/* Nobody begins or ends on a motorway, under or over the ground, or on a piece of network that leads nowhere. */
static sund_code choose_edges(sund_ctx *ctx, catchment_run *run, const line_columns *c, sund_mode mode) {
  const sund_graph *g = run->graph;
  catchment_net *net = &run->net[mode];
  double longest = 0;
  size_t small = 0;
  for (size_t k = 0; k < g->components; k++) longest = fmax(longest, g->component_m[k]);
  const double least = fmin(LEAST_PIECE_M, longest);
  TRY(sund_streets_parts(ctx, net->streets, least, net->accept, net->part, &small));
  for (size_t e = 0; e < g->edges; e++) {
    const catchment_class *class = c->of[g->edge_line[e]];
    if (g->edge_level[e] != 0 || !(class->walk || class->bike)) net->accept[e] = 0;
  }
  if (!small) return SUND_OK;
  const char *text = sund_text(
      ctx, "%s: %zu pieces of network shorter than %g m in all, or that cannot be left again: nobody is put on them",
      catchment_mode_names[mode], small, LEAST_PIECE_M);
  return text ? catchment_note(ctx, run, "note", "paths", text, NAN, NAN) : SUND_LIMIT;
}

sund_code catchment_snap(sund_ctx *ctx, const catchment_run *run, sund_mode mode, size_t n, const double *x,
                         const double *y, sund_spot *spot) {
  if (run->graph)
    return sund_graph_snap(ctx, run->graph, run->ground, n, x, y, run->options->snap_limit_m, run->net[mode].accept,
                           spot);
  for (size_t i = 0; i < n; i++) spot[i] = (sund_spot){.edge = SUND_NO_EDGE, .along_m = NAN, .leg_m = NAN};
  return SUND_OK;
}

/* Places that no street of the mode is near: the first few by name. */
static sund_code tell_lost_places(sund_ctx *ctx, catchment_run *run, sund_mode mode) {
  enum { NAMED = 5 };
  const catchment_town *t = &run->town;
  const double limit_m = run->options->snap_limit_m;
  size_t lost = 0;
  for (size_t i = 0; i < t->places; i++) {
    if (run->net[mode].place[i].edge != SUND_NO_EDGE || ++lost > NAMED) continue;
    const char *text = sund_text(
        ctx, "%s: the place %s has no street within %g m that one can come to and leave again: it reaches nobody",
        catchment_mode_names[mode], t->place_id[i], limit_m);
    if (!text) return SUND_LIMIT;
    TRY(catchment_note(ctx, run, "warning", "places", text, t->place_x[i], t->place_y[i]));
  }
  if (lost <= NAMED) return SUND_OK;
  const char *text = sund_text(ctx, "%s: %zu places in all have no such street within %g m",
                               catchment_mode_names[mode], lost, limit_m);
  return text ? catchment_note(ctx, run, "warning", "places", text, NAN, NAN) : SUND_LIMIT;
}

static sund_code tell_unsnapped(sund_ctx *ctx, catchment_run *run, sund_mode mode) {
  const catchment_net *net = &run->net[mode];
  const catchment_town *t = &run->town;
  double persons = 0, jobs = 0;
  for (size_t i = 0; i < t->targets; i++)
    if (net->target[i].edge == SUND_NO_EDGE) persons += t->persons[i], jobs += t->jobs[i];
  TRY(tell_lost_places(ctx, run, mode));
  if (persons + jobs <= 0) return SUND_OK;
  const char *text =
      sund_text(ctx, "%s: %.0f persons and %.0f jobs have no street within %g m and are reached by nobody",
                catchment_mode_names[mode], persons, jobs, run->options->snap_limit_m);
  return text ? catchment_note(ctx, run, "warning", "homes", text, NAN, NAN) : SUND_LIMIT;
}

static sund_code put_on_streets(sund_ctx *ctx, catchment_run *run, sund_mode mode) {
  catchment_net *net = &run->net[mode];
  const catchment_town *t = &run->town;
  if (!(net->target = sund_alloc(ctx, t->targets, sizeof *net->target)) ||
      !(net->place = sund_alloc(ctx, t->places, sizeof *net->place)))
    return SUND_LIMIT;
  TRY(catchment_snap(ctx, run, mode, t->targets, t->x, t->y, net->target));
  return catchment_snap(ctx, run, mode, t->places, t->place_x, t->place_y, net->place);
}

static sund_code make_mode(sund_ctx *ctx, catchment_run *run, const line_columns *c, const line_say *say,
                           sund_mode mode) {
  catchment_net *net = &run->net[mode];
  double guessed_m = 0;
  size_t lost = 0;
  net->made = true;
  TRY(edge_seconds(ctx, run, say, mode, &guessed_m));
  TRY(build(ctx, run, mode, &net->streets, &lost));
  TRY(choose_edges(ctx, run, c, mode));
  TRY(put_on_streets(ctx, run, mode));
  TRY(tell_unsnapped(ctx, run, mode));
  if (lost) {
    const char *text = sund_text(ctx, "%s: %zu turn restrictions name ways that do not meet here and are not used",
                                 catchment_mode_names[mode], lost);
    if (!text) return SUND_LIMIT;
    TRY(catchment_note(ctx, run, "note", "paths", text, NAN, NAN));
  }
  if (guessed_m < 1) return SUND_OK;
  const char *text =
      sund_text(ctx, "car: %.1f km of street have neither a speed nor a known class; %g km/h is assumed",
                guessed_m / 1000, run->options->car_kmh);
  return text ? catchment_note(ctx, run, "warning", "paths", text, NAN, NAN) : SUND_LIMIT;
}

/* Is the network of a mode needed? Walking also for transit. */
static bool is_needed(const catchment_options *o, sund_mode mode) {
  const bool bike_to_stop = strcmp(o->access_by, "bike") == 0 || strcmp(o->bikes_aboard, "no") != 0;
  if (mode == SUND_WALK) return o->wants[SUND_WALK] || o->wants[SUND_TRANSIT];
  if (mode == SUND_BIKE) return o->wants[SUND_BIKE] || (o->wants[SUND_TRANSIT] && bike_to_stop);
  return o->wants[mode];
}

sund_code catchment_streets_make(sund_ctx *ctx, catchment_run *run) {
  const sund_table *paths = run->in->role[SUND_PATHS];
  if (!paths || paths->rows == 0 || !paths->shapes) {
    TRY(put_on_streets(ctx, run, SUND_WALK));
    run->net[SUND_TRANSIT] = run->net[SUND_WALK];
    return SUND_OK;
  }
  line_columns c = columns_of(paths);
  if (!(c.of = sund_alloc(ctx, paths->rows, sizeof *c.of))) return SUND_LIMIT;
  for (size_t r = 0; r < paths->rows; r++) c.of[r] = catchment_class_of(c.class ? c.class[r] : NULL);
  line_say *say = sund_alloc(ctx, paths->rows * SUND_TRANSIT, sizeof *say);
  if (!say) return SUND_LIMIT;
  for (size_t r = 0; r < paths->rows; r++)
    for (int m = 0; m < SUND_TRANSIT; m++) say[r * SUND_TRANSIT + (size_t)m] = say_of(run, &c, r, (sund_mode)m);
  TRY(make_graph(ctx, run, &c, say));
  for (int m = 0; m < SUND_TRANSIT; m++)
    if (is_needed(run->options, (sund_mode)m)) TRY(make_mode(ctx, run, &c, say, (sund_mode)m));
  run->net[SUND_TRANSIT] = run->net[SUND_WALK];
  return SUND_OK;
}

/* access_gains_town.c - the town that candidates are tried on: as the run found it, then with what was picked. */
#include <math.h>
#include <string.h>

#include "access_gains.h"

/* ------------------------------------------------------------------------------------------------- the network */

/* Ground metres of the network per drawn metre, at least: less than 1 where lines are shorter than they are drawn
 * (ferries), and then more of the town is near. */
static double least_factor(const access_run *run) {
  const sund_graph *g = run->net->graph;
  double least = 1;
  for (size_t e = 0; e < g->edges; e++) {
    double drawn = 0;
    for (size_t v = g->shape->first_vertex[e]; v + 1 < g->shape->first_vertex[e + 1]; v++)
      drawn +=
          sund_ground_distance(run->ground, g->shape->x[v], g->shape->y[v], g->shape->x[v + 1], g->shape->y[v + 1]);
    if (drawn > 0) least = fmin(least, g->edge_m[e] / drawn);
  }
  return least;
}

static void measure_pieces(gains_town *town) {
  const sund_graph *g = town->run->net->graph;
  double longest = 0;
  bool scraps = false;
  for (size_t c = 0; c < g->components; c++) {
    longest = fmax(longest, g->component_m[c]);
    scraps = scraps || g->component_m[c] < SCRAP_M;
  }
  town->tiny = longest < SCRAP_M;
  town->slack = scraps ? SCRAP_M * town->largest : 0;
}

/* Mapped gates come last among a set's entrances, in their order; those without a path are not there. */
static void measure_gates(gains_town *town) {
  const sund_table *gates = town->run->in->role[SUND_ENTRANCES];
  const sund_entrances *e = town->answer->target->set->entrances;
  bool nodes = strcmp(town->run->options->match, "nodes") == 0;
  size_t next = 0;
  while (next < e->count && e->rule[next] != RULE_MAPPED) next++;
  for (size_t g = 0; gates && g < gates->rows; g++) {
    town->gate_m[g] = town->snap;
    if (next >= e->count || e->x[next] != gates->x[g] || e->y[next] != gates->y[g]) continue;
    if (!nodes) town->gate_m[g] = e->spot[next].leg_m * town->largest;
    next++;
  }
}

static sund_code take_network(sund_ctx *ctx, gains_town *town) {
  const access_run *run = town->run;
  const sund_table *paths = run->in->role[SUND_PATHS], *gates = run->in->role[SUND_ENTRANCES];
  const green_set *set = town->answer->target->set;
  bool nodes = strcmp(run->options->match, "nodes") == 0;
  town->reach = (town->answer->max / least_factor(run)) * town->largest + (nodes ? 3 * town->snap : 0) + 1;
  measure_pieces(town);
  if (!(town->line = sund_alloc(ctx, paths->rows, sizeof *town->line)) ||
      !(town->gate_m = sund_alloc(ctx, gates ? gates->rows : 0, sizeof *town->gate_m)) ||
      !(town->witness = sund_alloc(ctx, set->entrances->count, 1)))
    return SUND_LIMIT;
  for (size_t r = 0; r < paths->rows; r++) sund_shapes_box(paths->shapes, r, town->line[r]);
  if (set->shapes) measure_gates(town);
  for (size_t e = 0; set->shapes && e < set->entrances->count; e++) {
    static const gains_mode mode_of[] = {MODE_CROSSING, MODE_NEAR, MODE_NONE, MODE_GATED};
    gains_green *green = &town->green[set->entrances->area[e]];
    gains_mode mode = mode_of[set->entrances->rule[e]];
    if (mode > green->mode) green->mode = mode;
    town->witness[e] = 1;
  }
  return SUND_OK;
}

/* --------------------------------------------------------------------------------------------- homes and green */

static sund_code take_homes(sund_ctx *ctx, gains_town *town) {
  const access_run *run = town->run;
  const access_answer *answer = town->answer;
  const access_reach *straight = &answer->target->by[BY_STRAIGHT], *reach = &answer->target->by[answer->way];
  if (!(town->home = sund_alloc(ctx, run->homes->count, sizeof *town->home))) return SUND_LIMIT;
  for (size_t i = 0; i < run->homes->count; i++) {
    gains_home *h = &town->home[i];
    *h = (gains_home){.metres = reach->metres[i] <= answer->max ? reach->metres[i] : INFINITY,
                      .straight = straight->metres[i],
                      .near_x = straight->near_x[i],
                      .near_y = straight->near_y[i],
                      .gap_m = run->gap_m[i],
                      .pathless = run->net && !access_has_path(run, run->options->snap_limit_m, i)};
    h->met = access_judge(run, answer, run->options->snap_limit_m, i, &h->reason);
    town->met += h->met == 1 ? run->homes->persons[i] : 0;
    town->assessed += h->met >= 0 ? run->homes->persons[i] : 0;
  }
  return SUND_OK;
}

static sund_code take_green(sund_ctx *ctx, gains_town *town) {
  const access_target *target = town->answer->target;
  const green_set *set = target->set;
  town->greens = town->room = set->rows;
  if (!(town->green = sund_alloc(ctx, set->rows, sizeof *town->green))) return SUND_LIMIT;
  for (size_t r = 0; r < set->rows; r++) {
    gains_green *g = &town->green[r];
    *g = (gains_green){.shapes = set->shapes,
                       .row = r,
                       .ha = set->ha[r],
                       .sliver = set->sliver[r],
                       .open = set->open[r],
                       .accept = target->accept[r],
                       .parcel = set->parcel[r],
                       .into = SIZE_MAX};
    if (set->shapes) sund_shapes_box(set->shapes, r, g->box);
    else g->box[0] = g->box[2] = set->x[r], g->box[1] = g->box[3] = set->y[r];
  }
  return SUND_OK;
}

/* -------------------------------------------------------------------------------------------------- candidates */

static sund_code take_candidates(sund_ctx *ctx, gains_town *town) {
  const sund_inputs *in = town->run->in;
  static const char letter[] = {0, 'g', 'p', 'a'};
  size_t count = 0;
  for (int kind = SUND_POINT; kind <= SUND_AREA; kind++) count += in->candidate[kind] ? in->candidate[kind]->rows : 0;
  if (!(town->candidate = sund_alloc(ctx, count, sizeof *town->candidate))) return SUND_LIMIT;
  for (int kind = SUND_POINT; kind <= SUND_AREA; kind++) {
    const sund_table *table = in->candidate[kind];
    if (!table) continue;
    const char **id = sund_table_text(table, "id");
    const double *cost = sund_table_real(table, "cost");
    for (size_t r = 0; r < table->rows; r++) {
      gains_candidate *c = &town->candidate[town->candidates++];
      *c = (gains_candidate){.kind = (sund_kind)kind, .row = r, .cost = cost ? cost[r] : NAN, .spent = NAN};
      c->id = id && id[r] ? id[r] : sund_text(ctx, "%c%zu", letter[kind], r + 1);
      if (!c->id) return SUND_LIMIT;
      if (table->shapes) sund_shapes_box(table->shapes, r, c->box);
      else c->box[0] = c->box[2] = table->x[r], c->box[1] = c->box[3] = table->y[r];
    }
  }
  return SUND_OK;
}

sund_code gains_town_new(sund_ctx *ctx, const access_run *run, const access_answer *answer, gains_town *out) {
  double smallest;
  *out = (gains_town){.run = run, .answer = answer, .gap = run->gap};
  sund_ground_scale(run->ground, &smallest, &out->largest);
  out->snap = run->options->snap_limit_m * out->largest + 1;
  out->reach = answer->max * out->largest + 1;
  out->near = (ENTRANCE_M + 3 * run->options->join_m + run->options->merge_gap_m) * out->largest + 1;
  TRY(take_green(ctx, out));
  if (run->way == BY_NETWORK) TRY(take_network(ctx, out));
  TRY(take_homes(ctx, out));
  return take_candidates(ctx, out);
}

/* ------------------------------------------------------------------------------------------------------- picks */

size_t gains_green_now(const gains_town *town, size_t row) {
  while (town->green[row].into != SIZE_MAX) row = town->green[row].into;
  return row;
}

/* The area made by the plan takes the place of its members. */
static sund_code replace_green(sund_ctx *ctx, gains_town *town, const gains_plan *plan) {
  gains_green area = plan->area;
  sund_shapes *shapes;
  if (!plan->has_area) return SUND_OK;
  TRY(sund_shapes_pick(ctx, plan->area.shapes, 1, &plan->area.row, &shapes));
  area.shapes = shapes, area.row = 0;
  gains_green *grown = sund_grow(ctx, town->green, &town->room, town->greens + 1, sizeof *grown);
  if (!grown) return SUND_LIMIT;
  town->green = grown;
  town->green[town->greens] = area;
  for (size_t m = 0; m < plan->members; m++) town->green[plan->member[m]].into = town->greens;
  town->greens++;
  return SUND_OK;
}

sund_code gains_commit(sund_ctx *ctx, gains_town *town, size_t candidate, const gains_effect *effect) {
  const gains_plan *plan = &effect->plan;
  const sund_entrances *e = town->answer->target->set->entrances;
  double zone[4];
  for (size_t k = 0; k < plan->asked; k++)
    if (plan->ask[k] < town->greens) town->green[plan->ask[k]].mode = effect->mode[k];
  TRY(replace_green(ctx, town, plan));
  for (size_t k = 0; plan->has_area && k < plan->asked; k++)
    if (plan->ask[k] == town->greens - 1) town->green[plan->ask[k]].mode = effect->mode[k];
  for (size_t k = 0; k < effect->changes; k++) town->home[effect->change[k].home] = effect->change[k].now;
  if (plan->regap) {
    size_t row = 0;
    sund_shapes *gap;
    TRY(sund_shapes_pick(ctx, effect->gap, 1, &row, &gap));
    town->gap = gap;
  }
  box_grow(zone, town->candidate[candidate].box, town->near);
  for (size_t k = 0; town->witness && k < e->count; k++)
    if (box_holds(zone, e->x[k], e->y[k])) town->witness[k] = 0;
  town->met += effect->outcome.met, town->assessed += effect->outcome.assessed;
  town->candidate[candidate].rank = 1; /* numbered by the caller */
  return SUND_OK;
}

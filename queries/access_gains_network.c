/* access_gains_network.c - the ways along the network of a part of the town.
 *
 * All lines that meet the view are joined anew, whole; within the view the network is then the town's. Outside it lines
 * are missing, so what is found there is not to be trusted: ways that lead there are longer than anybody asks for, and
 * how an area is entered there is known from the town.
 */
#include <math.h>

#include "access_gains.h"

/* ------------------------------------------------------------------------------------------------------- lines */

/* Is a candidate path there now? */
static bool there(const gains_candidate *c, const gains_plan *plan, sund_kind kind) {
  return c->kind == kind && (c->rank || c == plan->candidate);
}

/* Rows of the paths, then of the candidate paths, that meet the view. */
static sund_code lines_in_view(sund_ctx *ctx, const gains_town *town, const gains_plan *plan, const double view[4],
                               size_t **out, size_t count[2]) {
  size_t paths = town->run->in->role[SUND_PATHS]->rows;
  size_t *row = sund_alloc(ctx, paths + town->candidates, sizeof *row);
  if (!row) return SUND_LIMIT;
  count[0] = count[1] = 0;
  for (size_t r = 0; r < paths; r++)
    if (box_meets(town->line[r], view)) row[count[0]++] = r;
  for (size_t k = 0; k < town->candidates; k++) {
    const gains_candidate *c = &town->candidate[k];
    if (there(c, plan, SUND_LINE) && box_meets(c->box, view)) row[count[0] + count[1]++] = c->row;
  }
  *out = row;
  return SUND_OK;
}

static void fill_line(const sund_table *from, size_t row, sund_table *to, size_t n) {
  const char **class = sund_table_text(from, "class");
  const int64_t *level = sund_table_int(from, "level"), *walk = sund_table_int(from, "walk");
  const double *length = sund_table_real(from, "length_m");
  to->column[0].text[n] = class ? class[row] : NULL;
  to->column[1].integer[n] = level ? level[row] : SUND_NULL_INT;
  to->column[2].integer[n] = walk ? walk[row] : SUND_NULL_INT;
  to->column[3].real[n] = length ? length[row] : NAN;
}

static sund_code part_paths(sund_ctx *ctx, const gains_town *town, const gains_plan *plan, gains_part *part) {
  static const sund_field field[] = {{.name = "class", .type = SUND_TEXT},
                                     {.name = "level", .type = SUND_INT},
                                     {.name = "walk", .type = SUND_INT},
                                     {.name = "length_m", .type = SUND_REAL}};
  const sund_table *from[2] = {town->run->in->role[SUND_PATHS], town->run->in->candidate[SUND_LINE]};
  const sund_shapes *both[2];
  size_t *row, count[2];
  sund_shapes *shapes;
  sund_topology *topology;
  sund_table *table;
  TRY(lines_in_view(ctx, town, plan, part->view, &row, count));
  TRY(sund_table_new(ctx, "paths", SUND_LINE, count[0] + count[1], field, 4, &table));
  for (size_t n = 0; n < count[0] + count[1]; n++) fill_line(from[n >= count[0]], row[n], table, n);
  TRY(sund_shapes_pick(ctx, from[0]->shapes, count[0], row, &shapes));
  both[0] = shapes;
  if (count[1]) {
    TRY(sund_shapes_pick(ctx, from[1]->shapes, count[1], row + count[0], &shapes));
    both[1] = shapes;
  }
  TRY(sund_shapes_join(ctx, SUND_LINE, count[1] ? 2 : 1, both, &table->shapes));
  TRY(sund_topology_pick(ctx, from[0]->shapes, from[0]->topology, count[0], row, &topology));
  if (!count[1]) table->topology = topology;
  part->in.role[SUND_PATHS] = table;
  return SUND_OK;
}

static sund_code part_gates(sund_ctx *ctx, const gains_town *town, const gains_plan *plan, gains_part *part) {
  const sund_table *gates = town->run->in->role[SUND_ENTRANCES];
  sund_table *table;
  size_t n = 0;
  part->in.role[SUND_ENTRANCES] = NULL;
  if (!gates || plan->alone) return SUND_OK;
  for (size_t g = 0; g < gates->rows; g++) n += box_holds(part->view, gates->x[g], gates->y[g]);
  if (n == 0) return SUND_OK;
  TRY(sund_table_new(ctx, "entrances", SUND_POINT, n, NULL, 0, &table));
  n = 0;
  for (size_t g = 0; g < gates->rows; g++)
    if (box_holds(part->view, gates->x[g], gates->y[g])) table->x[n] = gates->x[g], table->y[n++] = gates->y[g];
  part->in.role[SUND_ENTRANCES] = table;
  return SUND_OK;
}

/* ------------------------------------------------------------------------------------------------------- green */

static const gains_green *green_of(const gains_town *town, const gains_plan *plan, size_t green) {
  return green < town->greens ? &town->green[green] : &plan->area;
}

/* Areas that meet the view, as they are with the candidate. Alone it needs none, or (a gate) the one it stands at. */
static sund_code green_in_view(sund_ctx *ctx, const gains_town *town, const gains_plan *plan, gains_part *part) {
  bool gate = plan->candidate->kind == SUND_POINT;
  double near[4];
  green_set *set = &part->set;
  box_grow(near, plan->alone ? plan->candidate->box : part->view, town->near);
  if (!(part->green = sund_alloc(ctx, town->greens + 1, sizeof *part->green))) return SUND_LIMIT;
  for (size_t r = 0; r <= town->greens; r++) {
    bool own = r == town->greens, member = false;
    if (own ? !plan->has_area : town->green[r].into != SIZE_MAX || (plan->alone && !gate)) continue;
    for (size_t m = 0; m < plan->members; m++) member = member || plan->member[m] == r;
    if (!member && (own || box_meets(town->green[r].box, near))) part->green[set->rows++] = r;
  }
  return SUND_OK;
}

static sund_code part_shapes(sund_ctx *ctx, const gains_town *town, const gains_plan *plan, gains_part *part) {
  const green_set *own = town->answer->target->set;
  green_set *set = &part->set;
  const sund_shapes **piece = sund_alloc(ctx, set->rows, sizeof *piece);
  if (!piece) return SUND_LIMIT;
  if (!own->shapes) {
    if (!(set->x = sund_alloc(ctx, set->rows, sizeof(double))) ||
        !(set->y = sund_alloc(ctx, set->rows, sizeof(double))))
      return SUND_LIMIT;
    for (size_t r = 0; r < set->rows; r++) set->x[r] = own->x[part->green[r]], set->y[r] = own->y[part->green[r]];
    return SUND_OK;
  }
  for (size_t r = 0; r < set->rows; r++) {
    const gains_green *green = green_of(town, plan, part->green[r]);
    sund_shapes *shapes;
    TRY(sund_shapes_pick(ctx, green->shapes, 1, &green->row, &shapes));
    piece[r] = shapes;
  }
  return sund_shapes_join(ctx, SUND_AREA, set->rows, piece, &set->shapes);
}

static sund_code part_green(sund_ctx *ctx, const gains_town *town, const gains_plan *plan, gains_part *part) {
  green_set *set = &part->set;
  TRY(green_in_view(ctx, town, plan, part));
  TRY(part_shapes(ctx, town, plan, part));
  if (!(set->ha = sund_alloc(ctx, set->rows, sizeof *set->ha)) || !(set->sliver = sund_alloc(ctx, set->rows, 1)) ||
      !(set->open = sund_alloc(ctx, set->rows, 1)) || !(part->target.accept = sund_alloc(ctx, set->rows, 1)))
    return SUND_LIMIT;
  for (size_t r = 0; r < set->rows; r++) {
    const gains_green *green = green_of(town, plan, part->green[r]);
    set->ha[r] = green->ha, set->sliver[r] = green->sliver, set->open[r] = green->open;
    part->target.accept[r] = green->accept;
  }
  part->target.set = set;
  return SUND_OK;
}

/* --------------------------------------------------------------------------------------------------- entrances */

/* Finds the modes that were asked for, and takes out the entrances that the town's modes shut. */
static sund_code settle(sund_ctx *ctx, const gains_town *town, const gains_plan *plan, const gains_part *part,
                        sund_entrances *e, gains_mode *found) {
  static const gains_mode mode_of[] = {MODE_CROSSING, MODE_NEAR, MODE_NONE, MODE_GATED};
  gains_mode *mode = sund_alloc(ctx, part->set.rows, sizeof *mode);
  uint8_t *asked = sund_alloc(ctx, part->set.rows, 1);
  size_t kept = 0;
  if (!mode || !asked) return SUND_LIMIT;
  for (size_t k = 0; k < e->count; k++)
    if (mode_of[e->rule[k]] > mode[e->area[k]]) mode[e->area[k]] = mode_of[e->rule[k]];
  for (size_t r = 0; r < part->set.rows; r++) {
    for (size_t k = 0; k < plan->asked; k++)
      if (plan->ask[k] == part->green[r]) asked[r] = 1, found[k] = mode[r];
    gains_mode known = green_of(town, plan, part->green[r])->mode;
    if (!asked[r] && known > mode[r]) mode[r] = known;
  }
  for (size_t k = 0; k < e->count; k++) {
    gains_mode shut = mode[e->area[k]];
    if ((shut == MODE_GATED && e->rule[k] != RULE_MAPPED) || (shut == MODE_CROSSING && e->rule[k] == RULE_NEAR))
      continue;
    e->spot[kept] = e->spot[k], e->area[kept] = e->area[k], e->rule[kept] = e->rule[k];
    e->x[kept] = e->x[k], e->y[kept++] = e->y[k];
  }
  e->count = kept;
  return SUND_OK;
}

/* Candidate gates in view. */
static sund_code gates_in_view(sund_ctx *ctx, const gains_town *town, const gains_plan *plan, const gains_part *part,
                               const gains_candidate ***out, size_t *count) {
  if (!(*out = sund_alloc(ctx, town->candidates, sizeof **out))) return SUND_LIMIT;
  for (size_t k = 0; k < town->candidates; k++) {
    const gains_candidate *c = &town->candidate[k];
    if (!there(c, plan, SUND_POINT) || (plan->alone && c != plan->candidate)) continue;
    if (box_holds(part->view, c->box[0], c->box[1])) (*out)[(*count)++] = c;
  }
  return SUND_OK;
}

/* Candidate gates: one way in more, to the area each stands at. */
static sund_code add_gates(sund_ctx *ctx, const gains_town *town, const gains_plan *plan, const gains_part *part,
                           sund_entrances *e) {
  const gains_candidate **gate = NULL;
  size_t gates = 0, room, n = e->count;
  sund_segments *segments;
  uint8_t *solid = sund_alloc(ctx, part->set.rows, 1);
  if (!solid) return SUND_LIMIT;
  for (size_t r = 0; r < part->set.rows; r++) solid[r] = !part->set.sliver[r];
  TRY(gates_in_view(ctx, town, plan, part, &gate, &gates));
  if (gates == 0) return SUND_OK;
  room = e->count + gates;
  sund_entrances all = {.spot = sund_alloc(ctx, room, sizeof *all.spot),
                        .area = sund_alloc(ctx, room, sizeof *all.area),
                        .rule = sund_alloc(ctx, room, 1),
                        .x = sund_alloc(ctx, room, sizeof *all.x),
                        .y = sund_alloc(ctx, room, sizeof *all.y)};
  if (!all.spot || !all.area || !all.rule || !all.x || !all.y) return SUND_LIMIT;
  TRY(sund_segments_build(ctx, part->set.shapes, &segments));
  for (size_t k = 0; k < n; k++) {
    all.spot[k] = e->spot[k], all.area[k] = e->area[k], all.rule[k] = e->rule[k];
    all.x[k] = e->x[k], all.y[k] = e->y[k];
  }
  for (size_t k = 0; k < gates; k++) {
    double x = gate[k]->box[0], y = gate[k]->box[1], near_x, near_y, metres;
    all.area[n] =
        sund_segments_nearest(segments, x, y, ENTRANCE_M * town->largest, solid, true, &near_x, &near_y, &metres);
    TRY(access_snap(ctx, &part->run, part->run.options->snap_limit_m, 1, &x, &y, &all.spot[n]));
    if (all.area[n] == SIZE_MAX || all.spot[n].edge == SUND_NO_EDGE) continue;
    all.rule[n] = RULE_MAPPED, all.x[n] = x, all.y[n] = y;
    n++;
  }
  all.count = n;
  *e = all;
  return SUND_OK;
}

static sund_code part_entrances(sund_ctx *ctx, const gains_town *town, const gains_plan *plan, gains_part *part,
                                gains_mode *mode, sund_entrances **out) {
  bool gate = plan->alone && plan->candidate->kind == SUND_POINT;
  if (gate) {
    if (!(*out = sund_alloc(ctx, 1, sizeof **out))) return SUND_LIMIT;
  } else {
    TRY(access_entrances(ctx, &part->run, &part->set, ENTER_BY_RULE, out));
    TRY(settle(ctx, town, plan, part, *out, mode));
  }
  return part->set.shapes ? add_gates(ctx, town, plan, part, *out) : SUND_OK;
}

sund_code gains_network(sund_ctx *ctx, const gains_town *town, const gains_plan *plan, gains_part *part,
                        gains_mode *mode) {
  const access_reach *reach = &part->target.by[BY_NETWORK];
  double *before = part->target.by[BY_NETWORK].metres;
  sund_entrances *e;
  TRY(part_paths(ctx, town, plan, part));
  TRY(part_gates(ctx, town, plan, part));
  TRY(part_green(ctx, town, plan, part));
  part->options.quick = true; /* nobody asks what another snap limit would give */
  part->run.view = plan->whole ? NULL : part->view;
  TRY(access_network(ctx, &part->run));
  TRY(part_entrances(ctx, town, plan, part, mode, &e));
  TRY(access_sweep(ctx, &part->run, 1, &(access_search){e, NULL, &part->target}));
  for (size_t i = 0; plan->alone && i < part->count; i++)
    reach->metres[i] = isnan(reach->metres[i]) ? before[i] : fmin(reach->metres[i], before[i]);
  return SUND_OK;
}

/* access_gains_plan.c - what a candidate touches, and whose answer it can change.
 *
 * Green is the only thing that acts at a distance: an area that a path crosses for the first time is no longer entered
 * where it merely lies near one, all around; a gate shuts every other way in; an area that grows past the size limit
 * counts for everybody around it. For these the whole area and all homes around it are looked at again, unless it is
 * sure that nothing changes away from the candidate: an area is crossed (or has a gate) elsewhere already.
 */
#include <math.h>

#include "access_gains.h"

static sund_code add_region(sund_ctx *ctx, gains_plan *plan, const double box[4], double by) {
  double(*grown)[4] = sund_grow(ctx, plan->region, &plan->room, plan->regions + 1, sizeof *grown);
  if (!grown) return SUND_LIMIT;
  plan->region = grown;
  box_grow(plan->region[plan->regions], box, by);
  box_add(plan->felt, plan->region[plan->regions++]);
  return SUND_OK;
}

/* The mode of an area (town->greens: the plan's) has to be found again. */
static sund_code ask_mode(sund_ctx *ctx, const gains_town *town, gains_plan *plan, size_t green) {
  for (size_t k = 0; k < plan->asked; k++)
    if (plan->ask[k] == green) return SUND_OK;
  plan->ask[plan->asked++] = green;
  plan->alone = false;
  return add_region(ctx, plan, green < town->greens ? town->green[green].box : plan->area.box, town->reach);
}

/* Is the area entered this way somewhere away from the candidate? */
static bool sure(const gains_town *town, const gains_candidate *c, size_t green, uint8_t rule) {
  const sund_entrances *e = town->answer->target->set->entrances;
  double zone[4];
  box_grow(zone, c->box, town->near);
  for (size_t k = 0; k < e->count; k++)
    if (e->rule[k] == rule && town->witness[k] && !box_holds(zone, e->x[k], e->y[k]) &&
        gains_green_now(town, e->area[k]) == green)
      return true;
  return false;
}

bool gains_gate_near(const gains_town *town, const gains_candidate *c, size_t gate) {
  const sund_table *gates = town->run->in->role[SUND_ENTRANCES];
  double zone[4];
  box_grow(zone, c->box, c->kind == SUND_LINE ? town->gate_m[gate] + town->slack + town->near : town->near);
  return box_holds(zone, gates->x[gate], gates->y[gate]);
}

static bool picked_gate_near(const gains_town *town, const gains_candidate *c, const gains_candidate *gate) {
  double zone[4];
  box_grow(zone, c->box, c->kind == SUND_LINE ? town->snap + town->slack + town->near : town->near);
  return gate->rank && gate->kind == SUND_POINT && box_holds(zone, gate->box[0], gate->box[1]);
}

static bool any_gate_near(const gains_town *town, const gains_candidate *c) {
  const sund_table *gates = town->run->in->role[SUND_ENTRANCES];
  for (size_t g = 0; gates && g < gates->rows; g++)
    if (gains_gate_near(town, c, g)) return true;
  for (size_t k = 0; k < town->candidates; k++)
    if (picked_gate_near(town, c, &town->candidate[k])) return true;
  return false;
}

/* ------------------------------------------------------------------------------------------------------- paths */

/* Gates that may be reached another way, and the areas they stand at. */
static sund_code touch_gates(sund_ctx *ctx, const gains_town *town, gains_plan *plan, double radius) {
  const gains_candidate *c = plan->candidate;
  const sund_table *gates = town->run->in->role[SUND_ENTRANCES];
  double at[4];
  for (size_t g = 0; gates && g < gates->rows; g++) {
    if (!gains_gate_near(town, c, g)) continue;
    const double point[4] = {gates->x[g], gates->y[g], gates->x[g], gates->y[g]};
    TRY(add_region(ctx, plan, point, radius));
    box_grow(at, point, town->near);
    for (size_t r = 0; r < town->greens; r++) {
      const gains_green *green = &town->green[r];
      if (green->into == SIZE_MAX && green->mode != MODE_GATED && box_meets(green->box, at))
        TRY(ask_mode(ctx, town, plan, r));
    }
  }
  for (size_t k = 0; k < town->candidates; k++)
    if (picked_gate_near(town, c, &town->candidate[k])) TRY(add_region(ctx, plan, town->candidate[k].box, radius));
  return SUND_OK;
}

static sund_code plan_path(sund_ctx *ctx, const gains_town *town, gains_plan *plan) {
  const gains_candidate *c = plan->candidate;
  double radius = fmax(town->reach, town->snap + town->slack), zone[4];
  TRY(add_region(ctx, plan, c->box, radius));
  TRY(touch_gates(ctx, town, plan, radius));
  box_grow(zone, c->box, town->answer->target->set->shapes ? town->near : town->snap + town->slack);
  for (size_t r = 0; r < town->greens; r++) {
    const gains_green *green = &town->green[r];
    if (green->into != SIZE_MAX || !box_meets(green->box, zone)) continue;
    if (!green->shapes)
      TRY(add_region(ctx, plan, green->box, radius)); /* a point is put on the streets as homes are */
    else if (green->mode == MODE_NEAR || (green->mode == MODE_CROSSING && !sure(town, c, r, RULE_CROSSING)))
      TRY(ask_mode(ctx, town, plan, r));
  }
  return SUND_OK;
}

/* ------------------------------------------------------------------------------------------------------- areas */

/* How the area that is made is entered, when that is sure; else it is asked. */
static sund_code mode_of_area(sund_ctx *ctx, const gains_town *town, gains_plan *plan, bool gates) {
  const gains_candidate *c = plan->candidate;
  gains_mode most = MODE_NONE;
  bool is_sure = false;
  for (size_t m = 0; m < plan->members; m++) {
    const gains_green *green = &town->green[plan->member[m]];
    if (green->mode > most) most = green->mode, is_sure = false;
    if (green->mode == most && !is_sure)
      is_sure = (most == MODE_GATED && sure(town, c, plan->member[m], RULE_MAPPED)) ||
                (most == MODE_CROSSING && !gates && sure(town, c, plan->member[m], RULE_CROSSING));
  }
  plan->area.mode = most;
  return is_sure ? SUND_OK : ask_mode(ctx, town, plan, town->greens);
}

/* Gates go to the area they are nearest to: others may lose theirs. */
static sund_code touch_gated(sund_ctx *ctx, const gains_town *town, gains_plan *plan) {
  double zone[4];
  box_grow(zone, plan->candidate->box, 2 * town->near);
  for (size_t r = 0; r < town->greens; r++) {
    const gains_green *green = &town->green[r];
    bool member = false;
    for (size_t m = 0; m < plan->members; m++) member = member || plan->member[m] == r;
    if (member || green->into != SIZE_MAX || !box_meets(green->box, zone)) continue;
    if (green->mode == MODE_GATED && !sure(town, plan->candidate, r, RULE_MAPPED)) TRY(ask_mode(ctx, town, plan, r));
  }
  return SUND_OK;
}

static sund_code plan_area(sund_ctx *ctx, const gains_town *town, gains_plan *plan) {
  const gains_candidate *c = plan->candidate;
  double zone[4];
  TRY(gains_merge(ctx, town, c, plan));
  if (town->gap) {
    box_grow(zone, c->box, 0);
    double gap[4];
    plan->regap = sund_shapes_box(town->gap, 0, gap) && box_meets(gap, zone);
  }
  plan->idle = !plan->has_area && !plan->regap;
  if (plan->idle) return SUND_OK;
  TRY(add_region(ctx, plan, c->box, town->reach + 2 * town->near));
  for (size_t m = 0; m < plan->members; m++) {
    const gains_green *green = &town->green[plan->member[m]];
    box_add(plan->felt, green->box);
    if (green->accept && !plan->area.accept) plan->whole = true;
    if (!green->accept || town->answer->way == BY_LAND) TRY(add_region(ctx, plan, plan->area.box, town->reach));
  }
  if (!plan->has_area || town->answer->way != BY_NETWORK) return SUND_OK;
  bool gates = any_gate_near(town, c);
  TRY(mode_of_area(ctx, town, plan, gates));
  plan->alone = plan->members == 0 && !gates;
  return gates ? touch_gated(ctx, town, plan) : SUND_OK;
}

sund_code gains_plan_make(sund_ctx *ctx, const gains_town *town, const gains_candidate *c, gains_plan *out) {
  bool network = town->answer->way == BY_NETWORK;
  *out = (gains_plan){.candidate = c, .ask = sund_alloc(ctx, town->greens + 1, sizeof *out->ask)};
  if (!out->ask) return SUND_LIMIT;
  box_empty(out->felt);
  out->idle = !(c->box[0] <= c->box[2]) || (c->kind != SUND_AREA && !network) ||
              (c->kind != SUND_LINE && !town->answer->target->set->shapes);
  if (out->idle) return SUND_OK;
  out->alone = c->kind == SUND_POINT;
  if (c->kind == SUND_LINE) TRY(plan_path(ctx, town, out));
  if (c->kind == SUND_POINT) TRY(add_region(ctx, out, c->box, town->reach));
  if (c->kind == SUND_AREA) TRY(plan_area(ctx, town, out));
  out->whole = out->whole || (network && town->tiny) || !isfinite(town->reach);
  if (out->whole) box_everywhere(out->felt);
  return SUND_OK;
}

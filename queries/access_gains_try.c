/* access_gains_try.c - one candidate on the part of the town around it.
 *
 * The part: the homes in the plan's regions, and a view around them in which all their ways to green lie. Besides, homes
 * anywhere that could not be assessed because green data end nearer to them than any green: new green may tell.
 */
#include <math.h>

#include "access_gains.h"

/* -------------------------------------------------------------------------------------------------------- homes */

static bool in_regions(const gains_plan *plan, double x, double y) {
  for (size_t k = 0; k < plan->regions; k++)
    if (box_holds(plan->region[k], x, y)) return true;
  return plan->whole;
}

/* Homes in the regions; or (far) those outside that lie nearer to where green data end than to any green. */
static sund_code list_homes(sund_ctx *ctx, const gains_town *town, const gains_plan *plan, bool far,
                            gains_part *part) {
  const homes *h = town->run->homes;
  part->count = 0;
  for (int pass = 0; pass < 2; pass++) {
    if (pass && !(part->home = sund_alloc(ctx, part->count, sizeof *part->home))) return SUND_LIMIT;
    size_t n = 0;
    for (size_t i = 0; i < h->count; i++) {
      if (far && town->home[i].straight <= town->home[i].gap_m) continue;
      if (in_regions(plan, h->x[i], h->y[i]) == far) continue;
      if (pass) part->home[n] = i;
      n++;
    }
    part->count = n;
  }
  return SUND_OK;
}

/* Arrays for the homes of a part, filled with what the town knows of them. */
static sund_code part_arrays(sund_ctx *ctx, const gains_town *town, gains_part *part) {
  size_t n = part->count;
  access_reach *straight = &part->target.by[BY_STRAIGHT], *reach = &part->target.by[town->answer->way];
  double *persons = sund_alloc(ctx, n, sizeof *persons);
  homes *h = &part->homes;
  if (!(h->x = sund_alloc(ctx, n, sizeof *h->x)) || !(h->y = sund_alloc(ctx, n, sizeof *h->y)) || !persons ||
      !(straight->metres = sund_alloc(ctx, n, sizeof(double))) ||
      !(straight->next_m = sund_alloc(ctx, n, sizeof(double))) ||
      !(straight->near_x = sund_alloc(ctx, n, sizeof(double))) ||
      !(straight->near_y = sund_alloc(ctx, n, sizeof(double))) ||
      !(straight->row = sund_alloc(ctx, n, sizeof(size_t))) ||
      !(part->run.gap_m = sund_alloc(ctx, n, sizeof(double))) || !(part->run.lost = sund_alloc(ctx, n, 1)) ||
      !(part->net.home_spot = sund_alloc(ctx, n, sizeof(sund_spot))))
    return SUND_LIMIT;
  if (reach != straight && !(reach->metres = sund_alloc(ctx, n, sizeof(double)))) return SUND_LIMIT;
  for (size_t k = 0; k < n; k++) {
    size_t i = part->home[k];
    const gains_home *now = &town->home[i];
    h->x[k] = town->run->homes->x[i], h->y[k] = town->run->homes->y[i];
    persons[k] = town->run->homes->persons[i];
    reach->metres[k] = now->metres;
    straight->metres[k] = now->straight, straight->row[k] = SIZE_MAX;
    straight->near_x[k] = now->near_x, straight->near_y[k] = now->near_y;
    part->run.gap_m[k] = now->gap_m;
    part->run.lost[k] = town->run->lost ? town->run->lost[i] : 0;
    part->net.home_spot[k].edge = now->pathless ? SUND_NO_EDGE : 0;
  }
  h->count = n, h->persons = persons;
  return SUND_OK;
}

static sund_code part_new(sund_ctx *ctx, const gains_town *town, const gains_plan *plan, bool far, gains_part **out) {
  gains_part *part = sund_alloc(ctx, 1, sizeof *part);
  if (!part) return SUND_LIMIT;
  part->far = far;
  part->in = *town->run->in, part->options = *town->run->options;
  part->run = *town->run;
  part->run.in = &part->in, part->run.options = &part->options, part->run.out = &part->out;
  part->run.homes = &part->homes, part->run.net = &part->net;
  part->net.farthest_m = town->run->options->snap_limit_m;
  part->answer = *town->answer;
  part->answer.target = &part->target;
  TRY(list_homes(ctx, town, plan, far, part));
  TRY(part_arrays(ctx, town, part));
  *out = part;
  return SUND_OK;
}

/* -------------------------------------------------------------------------------------------------------- views */

/* Everything that ways of the part's homes can lead through, and the areas whose mode is asked. An area entered by near
 * boundaries only is looked at whole: a path that seems to end at it where lines are missing would shut them. */
static void find_view(const gains_town *town, const gains_plan *plan, gains_part *part) {
  double at[4], grown[4], by = town->near + town->snap + town->slack;
  box_empty(at);
  for (size_t k = 0; k < part->count; k++)
    box_add(at, (const double[4]){part->homes.x[k], part->homes.y[k], part->homes.x[k], part->homes.y[k]});
  box_grow(part->view, at, fmax(town->reach, town->snap) + town->slack + town->near);
  box_grow(grown, plan->candidate->box, plan->candidate->kind == SUND_LINE ? town->near : by);
  box_add(part->view, grown);
  for (size_t k = 0; k < plan->asked; k++) {
    box_grow(grown, plan->ask[k] < town->greens ? town->green[plan->ask[k]].box : plan->area.box, by);
    box_add(part->view, grown);
  }
  box_copy(at, part->view);
  for (size_t r = 0; !plan->alone && r < town->greens; r++) {
    if (town->green[r].mode != MODE_NEAR || !box_meets(town->green[r].box, at)) continue;
    box_grow(grown, town->green[r].box, town->near);
    box_add(part->view, grown);
  }
  if (plan->whole) box_everywhere(part->view);
}

/* ------------------------------------------------------------------------------------------------------ changes */

/* Verdicts of a part; adds to the effect. */
static void judge(const gains_town *town, const gains_part *part, gains_effect *out) {
  const access_reach *straight = &part->target.by[BY_STRAIGHT], *reach = &part->target.by[town->answer->way];
  for (size_t k = 0; k < part->count; k++) {
    size_t i = part->home[k];
    const gains_home *before = &town->home[i];
    double persons = part->homes.persons[k], limit = town->run->options->snap_limit_m;
    gains_home now = {.metres = reach->metres[k] <= town->answer->max ? reach->metres[k] : INFINITY,
                      .straight = straight->metres[k],
                      .near_x = straight->near_x[k],
                      .near_y = straight->near_y[k],
                      .gap_m = part->run.gap_m[k],
                      .pathless = town->answer->way == BY_NETWORK && !access_has_path(&part->run, limit, k)};
    now.met = access_judge(&part->run, &part->answer, limit, k, &now.reason);
    out->outcome.met += persons * ((now.met == 1) - (before->met == 1));
    out->outcome.assessed += persons * ((now.met >= 0) - (before->met >= 0));
    out->change[out->changes++] = (gains_change){i, now};
  }
}

/* Metres that differ by less are the same way, cut at other places. */
static const double SAME_M = 1e-6;

static bool is_other(double before, double now) {
  if (isnan(before) || isnan(now)) return isnan(before) != isnan(now);
  return isinf(before) || isinf(now) ? isinf(before) != isinf(now) : fabs(before - now) > SAME_M;
}

/* The candidate itself, areas that are otherwise, homes that are otherwise. What another candidate gains can change by
 * these only where it is felt: a way that leads along both is no longer than the distance asked about. */
static void find_writes(const gains_town *town, gains_effect *out) {
  const gains_plan *plan = &out->plan;
  const homes *h = town->run->homes;
  box_grow(out->writes, plan->candidate->box, town->near + town->slack);
  if (plan->has_area) box_add(out->writes, plan->area.box);
  for (size_t k = 0; k < plan->asked; k++)
    if (plan->ask[k] < town->greens && town->green[plan->ask[k]].mode != out->mode[k])
      box_add(out->writes, town->green[plan->ask[k]].box);
  for (size_t k = 0; k < out->changes; k++) {
    size_t i = out->change[k].home;
    const gains_home *before = &town->home[i], *now = &out->change[k].now;
    if (before->met == now->met && before->reason == now->reason && before->pathless == now->pathless &&
        !is_other(before->metres, now->metres) && !is_other(before->straight, now->straight) &&
        !is_other(before->gap_m, now->gap_m))
      continue;
    box_add(out->writes, (const double[4]){h->x[i], h->y[i], h->x[i], h->y[i]});
  }
  if (plan->whole) box_everywhere(out->writes);
}

/* Green that is new, or a smaller gap, for homes outside the regions. */
static bool felt_far(const gains_town *town, const gains_plan *plan) {
  return !plan->whole && town->gap && (plan->regap || (plan->has_area && plan->area.accept));
}

sund_code gains_try(sund_ctx *ctx, const gains_town *town, const gains_candidate *c, gains_effect *out) {
  gains_part *part, *far = NULL;
  *out = (gains_effect){0};
  box_empty(out->outcome.reads);
  TRY(gains_plan_make(ctx, town, c, &out->plan));
  const gains_plan *plan = &out->plan;
  if (plan->idle) return SUND_OK;
  TRY(part_new(ctx, town, plan, false, &part));
  find_view(town, plan, part);
  if (!(out->mode = sund_alloc(ctx, plan->asked, sizeof *out->mode))) return SUND_LIMIT;
  TRY(gains_lines(ctx, town, plan, part));
  if (town->answer->way == BY_NETWORK) TRY(gains_network(ctx, town, plan, part, out->mode));
  if (felt_far(town, plan)) {
    TRY(part_new(ctx, town, plan, true, &far));
    TRY(gains_lines(ctx, town, plan, far));
  }
  if (!(out->change = sund_alloc(ctx, part->count + (far ? far->count : 0), sizeof *out->change))) return SUND_LIMIT;
  judge(town, part, out);
  if (far) judge(town, far, out);
  out->gap = plan->regap ? part->run.gap : NULL;
  find_writes(town, out);
  box_copy(out->outcome.reads, plan->felt);
  if (far && far->count) box_everywhere(out->outcome.reads);
  return SUND_OK;
}
